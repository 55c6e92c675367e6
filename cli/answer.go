package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/desk/form"
	"constat.example/internal/failure"
	"constat.example/internal/near"
	"constat.example/internal/plainyaml"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// AnswerRequest states facts that evidence cannot tell; of none, it asks what is asked.
type AnswerRequest struct {
	Common
	Case  string // "": of the organisation itself
	Forms []*form.Form
	Given []form.Given
	File  string // of more of them, or ""
	Seen  int64  // number of the last act that was seen; 0: whatever it is
}

// Answers are the facts that forms have boxes for, and what people said of them.
type Answers struct {
	Schema    string          `json:"schema"` // constat.answers/1
	Case      string          `json:"case"`   // "": the organisation's own
	Kept      []string        `json:"kept"`   // keys of what was said just now
	Questions []form.Question `json:"questions"`
}

// asked are the questions that a form waits for.
func (a *Answers) asked() []form.Question {
	return slices.DeleteFunc(slices.Clone(a.Questions), func(q form.Question) bool { return !q.Asked })
}

func (a *app) caseAnswers() *cobra.Command {
	return a.answerCommand(&cobra.Command{
		Use:   "answer CASE [KEY=TEXT...] [flags]",
		Short: "State what evidence cannot tell, for documents",
		Long: `State facts that evidence cannot tell, each once for all documents, by the key that
documents name. Without any, what was said is shown.

A box of choices takes the code of one, or codes with commas. KEY= takes back what was
said. --questions writes a file of all that is asked, to be filled in by hand and given
back with --file; there a text may be in both languages: {fr: ..., en: ...}.

Nobody's data belongs into an answer; one that holds an address, a number or the like is
refused. What the organisation says of itself (organisation.*, contact.*) is better
stated once for all cases: "constat organisation".`,
		Example: `  constat case answer forum-2026-04 --questions > answers.yaml
  constat case answer forum-2026-04 --file answers.yaml
  constat case answer forum-2026-04 "measures.taken=The accounts were closed."`,
		Args:              between(1, -1, "a case"),
		ValidArgsFunction: a.caseArgument,
	}, true)
}

func (a *app) organisation() *cobra.Command {
	return a.answerCommand(&cobra.Command{
		Use:   "organisation [KEY=TEXT...] [flags]",
		Short: "State what the organisation is, once for all documents",
		Long: `State what documents ask of the organisation itself: its name and number, its address,
its officer for data protection and whom to call. It is stated once for all cases; what
a case states for itself goes before it. Without any, what was said is shown.

A box of choices takes the code of one, or codes with commas. KEY= takes back what was
said. --questions writes a file of all that is asked, to be filled in by hand and given
back with --file.`,
		Example: `  constat organisation "organisation.name=The agency"
  constat organisation --questions > organisation.yaml
  constat organisation --file organisation.yaml`,
		Args: cobra.ArbitraryArgs,
	}, false)
}

// answerCommand completes a command that states facts, of a case named first or of the
// organisation.
func (a *app) answerCommand(cmd *cobra.Command, ofCase bool) *cobra.Command {
	if a.services.Answer == nil {
		return nil
	}
	var (
		request     AnswerRequest
		name, lang  string
		ask, asJSON bool
	)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var err error
		if err := checkLanguage(lang); err != nil {
			return err
		}
		if request.Forms, err = formsNamed(name); err != nil {
			return err
		}
		if request.Common, err = a.common(nil); err != nil {
			return err
		}
		if ofCase {
			request.Case, args = args[0], args[1:]
		}
		if request.Given, err = givenAnswers(args); err != nil {
			return err
		}
		if ask && (len(request.Given) > 0 || request.File != "") {
			return failure.New(failure.Usage, "Ask first, then answer.", "--questions and answers cannot go together")
		}
		found, err := a.services.Answer(cmd.Context(), request)
		if err != nil {
			return err
		}
		switch {
		case asJSON:
			return a.printJSON(found)
		case ask:
			return a.print(func(w io.Writer) { _, _ = w.Write(form.Sheet(found.asked(), lang, sheetHead(found.Case))) })
		}
		return a.print(func(w io.Writer) { answersView(w, found, lang, a.ui.outStyle, a.ui.columns) })
	}
	flags := cmd.Flags()
	flags.StringVar(&request.File, "file", "", "answers as a `file` (YAML), as --questions writes one")
	flags.BoolVar(&ask, "questions", false, "write all that is asked, to be filled in and given back")
	flags.StringVar(&name, "form", "", "of the document of this `name` alone (\"constat report --list\")")
	flags.Int64Var(&request.Seen, "seen", 0, "refuse where somebody acted after the act of this `number`, as \"case show\" told it")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	langFlag(cmd, &lang)
	completeFiles(cmd, "file", "yaml", "yml")
	complete(cmd, "form", cobra.FixedCompletions(form.Names(), cobra.ShellCompDirectiveNoFileComp))
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

// formsNamed are all forms, or the one of that name.
func formsNamed(name string) ([]*form.Form, error) {
	if name == "" {
		return form.Forms(), nil
	}
	f, err := form.ByName(name)
	if err == nil {
		return []*form.Form{f}, nil
	}
	hint := "Documents are: " + strings.Join(documentNames(), ", ") + "."
	if like := near.Word(name, documentNames()); like != "" {
		hint = fmt.Sprintf("Did you mean %q? %s", like, hint)
	}
	return nil, failure.New(failure.Usage, hint, "there is no document %q", visible.Text(name, 40))
}

// documentNames are those of all documents.
func documentNames() []string { return form.Names() }

// givenAnswers are those of a command line, the last of each key.
func givenAnswers(args []string) ([]form.Given, error) {
	var all []form.Given
	for _, arg := range args {
		key, text, is := strings.Cut(arg, "=")
		if !is {
			return nil, failure.New(failure.Usage, "Write it as KEY=TEXT; with --questions all keys are listed.", "%q answers nothing", visible.Text(arg, 40))
		}
		all = slices.DeleteFunc(all, func(g form.Given) bool { return g.Key == key })
		all = append(all, form.Given{Key: key, Value: plainyaml.Word(text)})
	}
	return all, nil
}

// sheetHead begins a file of questions.
func sheetHead(id string) words.Both {
	back := words.Both{
		FR: "Remplir ce qui est connu, laisser vide le reste, puis rendre le fichier : ",
		EN: "Fill in what you know, leave the rest empty, and give the file back: ",
	}
	if id == "" {
		command := "constat organisation --file …"
		return words.Both{FR: "Ce que les documents demandent de l’organisme. " + back.FR + command, EN: "What documents ask of the organisation. " + back.EN + command}
	}
	id = visible.Text(id, 64)
	command := "constat case answer " + id + " --file …"
	return words.Both{FR: "Ce que les documents du dossier " + id + " demandent. " + back.FR + command, EN: "What the documents of case " + id + " ask. " + back.EN + command}
}

// answersView tells what was said, and how much is asked.
func answersView(w io.Writer, a *Answers, lang string, s style, columns int) {
	say := func(fr, en string) string { return words.Both{FR: fr, EN: en}.In(lang) }
	t := newGrid(s, left(say("clé", "key")), left(say("question", "question")), left(say("réponse", "answer")))
	t.columns = columns
	said := 0
	for i := range a.Questions {
		if q := &a.Questions[i]; q.Answer != nil {
			said++
			t.row(q.Key, visible.Text(q.Label.In(lang), 40), visible.Text(valueText(q, lang), 200))
		}
	}
	if said == 0 {
		fmt.Fprintln(w, say("Rien n’a encore été répondu.", "Nothing was answered yet."))
	} else {
		t.write(w, "")
	}
	command := "constat organisation --questions"
	if a.Case != "" {
		command = "constat case answer " + visible.Text(a.Case, 64) + " --questions"
	}
	if n := len(a.asked()); n > 0 {
		fmt.Fprintf(w, "\n%s\n", say(fmt.Sprintf("Questions ouvertes : %d. Les écrire : %s", n, command), fmt.Sprintf("Open questions: %d. Write them: %s", n, command)))
	}
}

// valueText is an answer on one line.
func valueText(q *form.Question, lang string) string {
	v := q.Answer
	var all []string
	for _, b := range v.Text {
		all = append(all, b.In(lang))
	}
	for _, code := range v.Codes {
		text := code
		for _, o := range q.Options {
			if o.Code == code {
				text = o.Words.In(lang)
			}
		}
		all = append(all, text)
	}
	switch {
	case v.Number != nil:
		return count(*v.Number)
	case v.At != "":
		return v.At
	case v.Table != nil:
		n := int64(len(v.Table.Rows))
		return words.Both{FR: fmt.Sprintf("un tableau (%d)", n), EN: "a table of " + plural(n, "row")}.In(lang)
	}
	return strings.Join(all, " ")
}
