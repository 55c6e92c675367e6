package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"constat.example/desk/casefile"
	"constat.example/desk/exchange/misp"
	"constat.example/desk/exchange/stix"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// TellRequest asks for a case in a format of others.
type TellRequest struct {
	Common
	Case   string
	Form   string // "stix", "misp"
	Output string // file, or "" for stdout
	Yes    bool   // a case marked RED too
	Reason string // to whom and why; "" where that is not kept
}

// CaseTold is a case as others read it.
type CaseTold struct {
	Text   []byte
	SHA256 string
	TLP    casefile.TLP
	PAP    casefile.PAP
}

func (a *app) exchange() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "exchange COMMAND",
		Short: "Tell other teams of a case, in their formats",
		Long: `Write what may be told of a case as other teams read it: counts, kinds of data,
hashes, times and decisions. No value of a person is among it, and no reason or
other free words. Nothing is sent: what is written is a file in the hand of a person.`,
		Example: `  constat exchange stix forum-2026-04 -o bundle.json
  constat exchange misp forum-2026-04 -o event.json`,
	}, append(a.exchangeShared(),
		a.tell("stix", "a STIX 2.1 bundle", `Write a case as a STIX 2.1 bundle: the incident with its impact on confidentiality,
where each claim was seen, the files by hash, the organisation as "case deadlines"
knows it, and the markings TLP 2.0 and PAP.`),
		a.tell("misp", "a MISP event", `Write a case as a MISP event, in the JSON of its REST interface, not published: each
claim as an object data-leak-claim ("constat exchange template"), files, impacts and
the incident as objects of MISP, tags of its taxonomies, a distribution by TLP.`),
		a.exchangeTemplate())...)
}

func (a *app) tell(form, what, long string) *cobra.Command {
	if a.services.TellCase == nil {
		return nil
	}
	var request TellRequest
	cmd := &cobra.Command{
		Use:   form + " CASE [-o FILE] [flags]",
		Short: "Write a case as " + what,
		Long: long + `

The same case gives the same bytes; later, with the same ids and a later time. A
case marked TLP:RED is for named recipients, and refused until --yes and --reason
say to whom and why. What was written for a reason stands in the history of the case.`,
		Example: fmt.Sprintf("  constat exchange %s forum-2026-04 -o told.json\n  constat exchange %s forum-2026-04 --yes --reason \"for the officer of the CERT, by hand\"", form, form),
		Args:    between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.Case, request.Form = args[0], form
			told, err := a.services.TellCase(cmd.Context(), request)
			if err != nil {
				return err
			}
			a.ui.say(fmt.Sprintf("Marked TLP:%s: %s.", told.TLP, told.TLP.Words().EN))
			return a.print(func(w io.Writer) {
				if request.Output == "" {
					_, _ = w.Write(told.Text) // print tells of what cannot be written
					return
				}
				fmt.Fprintf(w, "written: %s, %s bytes, SHA-256 %s\n", visible.Text(request.Output, 200), count(int64(len(told.Text))), told.SHA256)
			})
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.StringVarP(&request.Output, "output", "o", "", "`file` to write (default stdout)")
	flags.BoolVar(&request.Yes, "yes", false, "write a case marked TLP:RED too")
	flags.StringVar(&request.Reason, "reason", "", "to whom and why, as a short `text` that names no private person; kept in the case")
	completeFiles(cmd, "output", "json")
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

func (a *app) exchangeTemplate() *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "template [flags]",
		Short: "Print the object data-leak-claim, for whoever reads it",
		Long: `Print how a claim is told where a format has no words for it: the template of the
object data-leak-claim as MISP takes it in (objects/data-leak-claim/definition.json),
or the JSON schema of the extension of STIX.`,
		Example: `  constat exchange template > definition.json
  constat exchange template --form stix`,
		Args: between(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			text := misp.Template()
			switch form {
			case "misp":
			case "stix":
				text = stix.Schema()
			default:
				return failure.New(failure.Usage, "Take misp or stix.", "there is no template for %q", visible.Text(form, 20))
			}
			return a.print(func(w io.Writer) { _, _ = w.Write(text) }) // print tells of what cannot be written
		},
	}
	cmd.Flags().StringVar(&form, "form", "misp", "whose `format`: misp or stix")
	complete(cmd, "form", cobra.FixedCompletions([]string{"misp", "stix"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}
