package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/deadline"
	"constat.example/desk/form"
	"constat.example/desk/paper"
	"constat.example/desk/report"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// DocumentRequest asks for a document of a case as it stands.
type DocumentRequest struct {
	Common
	Case   string // "": all of the home, of the record alone
	Form   *form.Form
	Lang   string // of what is drawn
	Format string // one of formats; "": nothing is drawn
	Output string // file to draw it to; "": it is handed back
}

// Drafted is a document, and what was drawn of it where that is not in a file.
type Drafted struct {
	Document *form.Document
	Drawn    []byte
}

// FilingRequest says that a document was handed to whom it is for.
type FilingRequest struct {
	DocumentRequest
	At        string // as people write it; "": now
	Reference string // that the addressee gave, or ""
	Party     string // id of who filed it; "": whose case it is
	Yes       bool   // keep it; else it is only told what would be kept
}

// Filing is a document that was filed, or would be.
type Filing struct {
	Case      string        `json:"case"`
	Form      string        `json:"form"`
	Number    int           `json:"number"`
	At        time.Time     `json:"at"`
	Reference string        `json:"reference"`
	SHA256    string        `json:"sha256"`
	Path      string        `json:"path"`  // of the document as it was filed
	Event     deadline.Kind `json:"event"` // that it is for the clocks; "" for none
	Party     string        `json:"party"` // whose event
	Open      int           `json:"open"`  // questions that nobody answered
	Done      bool          `json:"done"`
}

func (a *app) report() *cobra.Command {
	if a.services.DraftDocument == nil || a.services.FileDocument == nil {
		return nil
	}
	var (
		r                   reportRequest
		list, asJSON, filed bool
	)
	cmd := &cobra.Command{
		Use:   "report [CASE] --form NAME [flags]",
		Short: "Draft a document of a case, or say that it was filed",
		Long: `Draft a document of a case from what is known at the moment: notifications and their
updates, reports, a complaint, a statement. Every box that is filled says where it
stands; what nobody knows is listed as a question ("constat case answer"), and nothing is
made up. Without -o it is shown as text.

A file is written in the format that its name ends in: html, pdf, docx, txt, json; of the
record of all breaches, which needs no case, also csv. --format veris writes a VERIS record
as its community exchanges it.

Constat hands nothing over. When somebody has, --filed keeps the document as it stands and
stops the clock it was for, where the decision is in force that it takes ("constat help
decide"); without --yes it is only said what would be kept. Later drafts tell what changed
since.

The exit code is 1 while questions are open.`,
		Example: `  constat report --list
  constat report forum-2026-04 --form cnil-initial
  constat report forum-2026-04 --form cnil-initial --lang fr -o notification.pdf
  constat report --form register -o register.csv
  constat report forum-2026-04 --form cnil-initial --filed --reference N-114 --yes`,
		Args: between(0, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return a.reportList(r.Lang, asJSON)
			}
			if asJSON {
				r.Format = "json"
			}
			if err := r.read(args); err != nil {
				return err
			}
			for _, flag := range []string{"at", "reference", "party", "yes"} {
				if cmd.Flags().Changed(flag) && !filed {
					return failure.New(failure.Usage, "Say that it was filed with --filed.", "--%s says something of a filing, and there is none", flag)
				}
			}
			var err error
			if r.Common, err = a.common(nil); err != nil {
				return err
			}
			if filed && (r.Output != "" || r.Format != "" && !asJSON) {
				return failure.New(failure.Usage, "Draw it first, without --filed.", "it is filed, and nothing is drawn")
			}
			if filed && r.Case == "" {
				return failure.New(failure.Usage, "Name the case.", "a document is filed in a case, and none is named")
			}
			if filed {
				return a.reportFiled(cmd.Context(), r.FilingRequest, asJSON)
			}
			return a.reportDraft(cmd.Context(), &r)
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.StringVar(&r.form, "form", "", "`name` of the document; --list lists them")
	flags.BoolVar(&list, "list", false, "list the documents there are")
	flags.StringVarP(&r.Output, "output", "o", "", "`file` to write it to")
	flags.StringVar(&r.Format, "format", "", "write it in this `format`, whatever the name of the file ends in")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	flags.BoolVar(&filed, "filed", false, "say that it was filed, as it stands")
	flags.StringVar(&r.At, "at", "", "`time` at which it was filed, by the clock of who did (default now)")
	flags.StringVar(&r.Reference, "reference", "", "short `text` that the addressee gave for it")
	flags.StringVar(&r.Party, "party", "", "`id` of the party who filed it (default whose case it is)")
	flags.BoolVar(&r.Yes, "yes", false, "keep it; without this flag it is only said what would be kept")
	langFlag(cmd, &r.Lang)
	complete(cmd, "form", cobra.FixedCompletions(documentNames(), cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "format", cobra.FixedCompletions(slices.Sorted(maps.Keys(formats)), cobra.ShellCompDirectiveNoFileComp))
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

// reportRequest is a command line of report.
type reportRequest struct {
	FilingRequest
	form string // name of the document
}

// read checks what was asked for.
func (r *reportRequest) read(args []string) error {
	if err := checkLanguage(r.Lang); err != nil {
		return err
	}
	if r.form == "" {
		return failure.New(failure.Usage, "Name it with --form: "+strings.Join(documentNames(), ", ")+".", "it is not said which document")
	}
	named, err := formsNamed(r.form)
	if err != nil {
		return err
	}
	r.Form = named[0]
	switch {
	case len(args) > 0:
		r.Case = args[0]
	case r.form != registerForm:
		return failure.New(failure.Usage, "\"constat case list\" shows the cases of the home.", "the document %s is of a case, and none is named", r.form)
	}
	if r.Format == "" && r.Output != "" {
		r.Format = strings.TrimPrefix(strings.ToLower(filepath.Ext(r.Output)), ".")
	}
	if there := formatsOf(r.form); (r.Format != "" || r.Output != "") && !slices.Contains(there, r.Format) {
		return failure.New(failure.Usage, "Formats are: "+strings.Join(there, ", ")+".", "the document %s has no format %q", r.form, visible.Text(r.Format, 20))
	}
	return nil
}

func (a *app) reportList(lang string, asJSON bool) error {
	type listed struct {
		Name    string     `json:"name"`
		Version string     `json:"version"`
		Title   words.Both `json:"title"`
		For     words.Both `json:"for"`
		Basis   words.Both `json:"basis"`
	}
	if err := checkLanguage(lang); err != nil {
		return err
	}
	all := []listed{}
	for _, f := range form.Forms() {
		all = append(all, listed{f.Name, f.Version, f.Title, f.For, f.Basis})
	}
	if asJSON {
		return a.printJSON(all)
	}
	return a.print(func(w io.Writer) {
		t := newGrid(a.ui.outStyle, left(words.Both{FR: "nom", EN: "name"}.In(lang)), left(words.Both{FR: "document", EN: "document"}.In(lang)))
		for _, f := range all {
			t.row(f.Name, f.Title.In(lang))
		}
		t.write(w, "")
	})
}

func (a *app) reportDraft(ctx context.Context, r *reportRequest) error {
	d, err := a.services.DraftDocument(ctx, r.DocumentRequest)
	switch {
	case err != nil:
		return err
	case r.Output != "":
		a.ui.say("written: " + visible.Text(r.Output, 200))
	case r.Format != "":
		err = a.print(func(w io.Writer) { _, _ = w.Write(d.Drawn) })
	default:
		var text bytes.Buffer
		if err = paper.Text(&text, d.Document, report.Language(r.Lang), a.ui.columns); err == nil {
			err = a.print(func(w io.Writer) { _, _ = w.Write(text.Bytes()) })
		}
	}
	if err != nil {
		return err
	}
	return a.openQuestions(d.Document, r.Lang)
}

// openQuestions tells what a document waits for, if it does.
func (a *app) openQuestions(d *form.Document, lang string) error {
	all := d.Questions()
	if len(all) == 0 {
		return nil
	}
	const most = 5 // shown; the document has them all
	a.ui.aside(func() {
		for i, b := range all {
			if i == most {
				fmt.Fprintf(a.ui.err, "  %s\n", words.Both{FR: fmt.Sprintf("et %d de plus", len(all)-most), EN: fmt.Sprintf("and %d more", len(all)-most)}.In(lang))
				break
			}
			fmt.Fprintf(a.ui.err, "  %s  %s (%s)\n", b.ID, b.Label.In(lang), b.Key)
		}
	})
	return failure.New(failure.Attention, fmt.Sprintf("Answer with: constat case answer %s --form %s --questions", d.Case, d.Form),
		"%d of %s wait for somebody to say", len(all), plurals(int64(d.Counts.Boxes), "box", "boxes"))
}

func (a *app) reportFiled(ctx context.Context, r FilingRequest, asJSON bool) error {
	done, err := a.services.FileDocument(ctx, r)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(done)
	}
	return a.print(func(w io.Writer) { filingView(w, done, a.ui.outStyle) })
}

func filingView(w io.Writer, f *Filing, s style) {
	t := newFacts(s)
	t.add("case", f.Case)
	t.add("document", f.Form)
	t.add("filing", fmt.Sprint(f.Number))
	t.add("filed", f.At.Format("2006-01-02 15:04 UTC"))
	t.add("reference", either(visible.Text(f.Reference, 80), "none"))
	if f.Event != "" {
		t.add("event", f.Event.Words().EN+", of "+f.Party)
	}
	t.add("SHA-256", f.SHA256)
	t.add("kept as", f.Path)
	t.write(w, "")
	if f.Open > 0 {
		fmt.Fprintf(w, "\n%s open: what is found out later is for a complement.\n", plurals(int64(f.Open), "question is", "questions are"))
	}
	if f.Done {
		fmt.Fprintln(w, "\nIt is kept as it was filed. Later drafts tell what changed since.")
	} else {
		fmt.Fprintln(w, "\nNothing was done. With --yes it would be kept as it stands now. Constat hands nothing over.")
	}
}
