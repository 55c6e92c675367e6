package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/desk/claim"
	"constat.example/desk/report"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

func (a *app) claimNew() *cobra.Command {
	if a.services.AddClaim == nil {
		return nil
	}
	var (
		request      ClaimRequest
		lang, output string
		asJSON       bool
	)
	cmd := &cobra.Command{
		Use:   "new [flags]",
		Short: "Write down a claim, asked question after question",
		Long: `Ask for a claim at the terminal, question after question, in French or English.
With --case it is kept in that case, and the post, who made it and samples are asked
for too and sealed; else it is written as a claim file, to the screen or to a file.

A count may be written as the post has it: "19 millions", "19M", "1,9 Mio". What can
be read in two ways, such as "1 billion", is asked again.`,
		Example: `  constat claim new --case forum-2026-04
  constat claim new --lang fr -o claim.yaml`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			language, err := a.formLanguage(lang)
			if err != nil {
				return err
			}
			if request.Case != "" && output != "" {
				return failure.New(failure.Usage, "Use one of them: a case keeps the claim, a file is added later.", "--case and -o cannot go together")
			}
			if _, ok := terminal(a.ui.in); !ok {
				return failure.New(failure.Usage, "Write a claim file and add it with \"constat claim add FILE\"; \"constat help claims\" shows one.",
					"there is no terminal to ask for a claim")
			}
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			f := claimForm{ctx: cmd.Context(), in: bufio.NewReader(a.ui.in), out: a.ui.err, l: language, style: a.ui.errStyle}
			d, err := f.ask(request.Case != "")
			if err != nil {
				return err
			}
			text, err := d.Write()
			if err != nil {
				return err
			}
			if request.Case == "" {
				return a.claimWritten(text, output)
			}
			request.File, request.Text, request.Post, request.Samples = "claim.yaml", text, f.post, f.samples
			added, err := a.services.AddClaim(cmd.Context(), request)
			if err != nil {
				return err
			}
			return a.claimTold(added, asJSON)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Case, "case", "", "keep the claim in the case of this `ID`")
	flags.StringVarP(&output, "output", "o", "", "write the claim file here, a `file` that is not there yet")
	flags.StringVar(&lang, "lang", "", "`language` to ask in: fr or en (default that of the terminal)")
	flags.BoolVar(&asJSON, "json", false, "with --case, print what was understood as JSON")
	a.acts(cmd)
	complete(cmd, "lang", cobra.FixedCompletions([]string{"fr", "en"}, cobra.ShellCompDirectiveNoFileComp))
	a.completeCases(cmd)
	return cmd
}

// formLanguage is the language that was asked for, else that of the locale (POSIX:
// LC_ALL before LC_MESSAGES before LANG).
func (a *app) formLanguage(lang string) (report.Language, error) {
	switch l := report.Language(lang); l {
	case report.French, report.English:
		return l, nil
	case "":
	default:
		return "", failure.New(failure.Usage, "The languages are fr and en.", "there is no language %q", visible.Text(lang, 20))
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := a.getenv(name); locale != "" {
			if strings.HasPrefix(locale, "fr") {
				return report.French, nil
			}
			break
		}
	}
	return report.English, nil
}

func (a *app) claimWritten(text []byte, path string) error {
	a.ui.close()
	if path == "" {
		return a.print(func(w io.Writer) { fmt.Fprintf(w, "%s", text) })
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return failure.New(failure.BadInput, "Name a file that is not there yet.", "the file %s is there already, or cannot be", path)
	}
	full, err := filepath.Abs(path)
	if err == nil {
		err = disk.WriteFile(full, text)
	}
	if err != nil {
		return failure.New(failure.BadInput, "Name a file in a folder where you may write.", "writing the claim file: %w", err)
	}
	a.ui.say(fmt.Sprintf("The claim is written; to keep it in a case: constat claim add %s", quoteArg(path)))
	return nil
}

// form asks for a claim.
type claimForm struct {
	ctx   context.Context //nolint:containedctx // a form is filled in once, by one command
	in    *bufio.Reader
	out   io.Writer
	l     report.Language
	style style

	post    string // file
	samples []string
}

// errNoMore is that the answers end before the questions.
var errNoMore = failure.New(failure.Usage, "Run the command again and answer; an empty answer leaves a question out.", "the form was not filled in")

// line asks one question until read takes the answer. An empty answer is taken
// unless it is needed.
func (f *claimForm) line(question string, needed bool, read func(answer string) error) error {
	for {
		fmt.Fprintf(f.out, "%s ", f.style.bold(question))
		text, err := f.read()
		if f.ctx.Err() != nil {
			fmt.Fprintln(f.out)
			return context.Cause(f.ctx)
		}
		answer := strings.TrimSpace(text)
		if err != nil && (!errors.Is(err, io.EOF) || answer == "") {
			fmt.Fprintln(f.out)
			return errNoMore
		}
		switch {
		case answer == "" && !needed:
			return nil
		case answer == "":
			fmt.Fprintln(f.out, "  "+f.l.T("Il faut une réponse.", "This needs an answer."))
			continue
		case len(answer) > 4000:
			err = errors.New(f.l.T("c’est trop long", "it is too long"))
		default:
			err = read(answer)
		}
		if err == nil {
			return nil
		}
		fmt.Fprintln(f.out, "  "+f.l.T("Pas compris : ", "Not understood: ")+err.Error())
	}
}

// read reads an answer, or stops waiting for one when the user stops the command.
func (f *claimForm) read() (string, error) {
	type answer struct {
		text string
		err  error
	}
	given := make(chan answer, 1)
	go func() {
		text, err := f.in.ReadString('\n')
		given <- answer{text, err}
	}()
	select {
	case a := <-given:
		return a.text, a.err
	case <-f.ctx.Done():
		return "", context.Cause(f.ctx)
	}
}

// ask asks all questions. What is to be sealed is asked for only where a case is
// there to keep it.
func (f *claimForm) ask(sealed bool) (d claim.Draft, err error) {
	t := f.l.T
	name := func(to *string, most int) func(string) error {
		return func(answer string) error {
			if len([]rune(answer)) > most {
				return errors.New(t("%d caractères au plus : nommer, ne pas citer", "%d characters at most: name, do not quote", most))
			}
			*to = answer
			return nil
		}
	}
	existing := func(to func(string)) func(string) error {
		return func(answer string) error {
			st, err := os.Stat(answer)
			if err != nil || !st.Mode().IsRegular() {
				return errors.New(t("ce fichier n’existe pas", "there is no such file"))
			}
			to(answer)
			return nil
		}
	}
	fmt.Fprintln(f.out, t("Une réponse vide passe la question.", "An empty answer leaves a question out."))
	money := func(to *string) func(string) error {
		return func(answer string) error {
			if told, ok := claim.Money(answer); ok {
				answer = told
			}
			return name(to, claim.LongestWord)(answer)
		}
	}
	type step struct {
		question string
		needed   bool
		read     func(string) error
	}
	for _, s := range []step{
		{t("Où l’annonce a-t-elle été vue (site, fil, lettre) ?", "Where was the claim seen (site, thread, letter)?"), true, name(&d.Source, claim.LongestSource)},
		{t("Vue pour la première fois quand (2026-04-20, ou 2026-04-20T08:00:00Z) ?", "First seen when (2026-04-20, or 2026-04-20T08:00:00Z)?"), false, func(answer string) (err error) {
			if d.FirstSeen, err = claim.Seen(answer); err != nil {
				err = errors.New(t("écrire 2026-04-20 ou 2026-04-20T08:00:00Z", "write 2026-04-20 or 2026-04-20T08:00:00Z"))
			}
			return err
		}},
		{t("Combien sont annoncés (« 19 millions », « 19M ») ?", "How many are claimed (\"19 million\", \"19M\")?"), false, func(answer string) error {
			n, unit, err := claim.Count(answer)
			if err != nil {
				return errors.New(t("écrire « 19 millions », « 19M » ou « 19 000 000 »", "write \"19 million\", \"19M\" or \"19 000 000\""))
			}
			d.Claimed.Count, d.Claimed.Unit = &n, unit
			return nil
		}},
	} {
		if err := f.line(s.question, s.needed, s.read); err != nil {
			return d, err
		}
	}
	if d.Claimed.Count != nil && d.Claimed.Unit == "" {
		err := f.line(t("De quoi : personnes, fiches, lignes ou octets ?", "Of what: people, records, rows or bytes?"), false, func(answer string) error {
			_, unit, err := claim.Count("1 " + answer)
			if err != nil || unit == "" {
				return errors.New(t("écrire personnes, fiches, lignes ou octets", "write people, records, rows or bytes"))
			}
			d.Claimed.Unit = unit
			return nil
		})
		if err != nil {
			return d, err
		}
	}
	steps := []step{
		{t("Quelles données, séparées par des virgules ?", "Which fields, with commas between them?"), false, func(answer string) error {
			var all []string
			for field := range strings.SplitSeq(answer, ",") {
				var one string
				if err := name(&one, claim.LongestWord)(strings.TrimSpace(field)); err != nil {
					return err
				}
				if one != "" {
					all = append(all, one)
				}
			}
			d.Claimed.Fields = all
			return nil
		}},
		{t("À quel prix (5000 USD) ?", "At what price (5000 USD)?"), false, money(&d.Price)},
		{t("Quelle rançon ?", "What ransom?"), false, money(&d.Ransom)},
		{t("Jusqu’à quand (une date, ou « 48 heures ») ?", "Until when (a date, or \"48 hours\")?"), false, name(&d.Deadline, claim.LongestWord)},
	}
	if sealed {
		steps = append(
			steps,
			step{t("Qui le dit (pseudonyme ; gardé sous scellé) ?", "Who says so (alias; kept sealed)?"), false, name(&d.Actor, claim.LongestSource)},
			step{t("Fichier de l’annonce, à mettre sous scellé ?", "File of the post, to be sealed?"), false, existing(func(path string) { f.post = path })},
		)
	}
	for _, s := range steps {
		if err := f.line(s.question, s.needed, s.read); err != nil {
			return d, err
		}
	}
	for sealed {
		n := len(f.samples)
		err := f.line(t("Fichier d’un échantillon, à mettre sous scellé ?", "File of a sample, to be sealed?"), false, existing(func(path string) { f.samples = append(f.samples, path) }))
		if err != nil {
			return d, err
		}
		if len(f.samples) == n {
			break
		}
	}
	return d, nil
}
