package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/ledger"
	"constat.example/internal/failure"
)

// VerifyRequest asks for a case, or for the whole home, to be verified. Files are
// named.
type VerifyRequest struct {
	Common
	Case        string   // "": all of the home
	Key         string   // file of the key that verifies the ledger; "": the one beside it
	Checkpoints []string // files of checkpoints that were kept elsewhere
	Witnesses   []string // files of public keys
	Authorities string   // file of certificates of time-stamp authorities, or ""
}

// LedgerRequest asks for the entries of the ledger.
type LedgerRequest struct {
	Common
	Case string // "": all
}

// LedgerEntry is an entry of the ledger.
type LedgerEntry struct {
	Number int64  `json:"number"`         // from 1
	Name   string `json:"name,omitempty"` // of the one who acted, where a record of the home tells it
	ledger.Entry
}

// LedgerFileRequest asks for something about the ledger that a file is named for.
type LedgerFileRequest struct {
	Common
	File string
}

// LedgerKept is a checkpoint that is kept.
type LedgerKept struct {
	Size int64
}

// LedgerExported is a copy of the ledger.
type LedgerExported struct {
	Files int64
}

// StampRequest asks for the latest checkpoint to be time-stamped.
type StampRequest struct {
	Common
	URL         string
	Authorities string // file of certificates of authorities that are trusted, or ""
	Yes         bool   // do it; else tell what would be sent
}

// Stamped is what was time-stamped, or would be.
type Stamped struct {
	URL    string     `json:"url"`
	Size   int64      `json:"entries"`
	SHA256 string     `json:"sha256"` // what is sent: that of the checkpoint
	Time   *time.Time `json:"time"`   // nil where nothing was sent
}

// WitnessRequest asks a witness to cosign the checkpoint of a ledger.
type WitnessRequest struct {
	Common
	Ledger string // folder
	Key    string // file of the key that verifies it
	Signer string // file of the private key of the witness
	Last   string // file of the checkpoint that was cosigned before, or ""
}

func (a *app) ledger() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "ledger COMMAND",
		Short: "See what was done in a home, and have others vouch for it",
		Long: `Every act in a home is an entry of its ledger: who did what to which case when,
with the SHA-256 of what was given and of every file that was written. No entry
can be changed, taken out or put in without showing: the ledger is a Merkle tree
whose root is signed each time it grows.

Whoever holds the key that signs can write another history, as long as nobody
outside has seen the first. So hand a checkpoint on, to an auditor, a witness or
a time-stamp authority; "constat verify" holds the ledger against it.`,
		Example: `  constat ledger show forum-2026-04
  constat ledger checkpoint > checkpoint-of-today`,
	}, a.ledgerShow(), a.ledgerKey(), a.ledgerCheckpoint(), a.ledgerExport(), a.ledgerStamp(), a.ledgerWitness(), a.ledgerWitnessKey(), a.ledgerKeep())
}

func (a *app) ledgerShow() *cobra.Command {
	if a.services.LedgerEntries == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [CASE] [flags]",
		Short: "List what was done, in a home or in a case",
		Long: `List the acts that the ledger tells of, the earliest first: in the whole home, or
in one case. An act that began and has no end is under way, or was cut short.
The ledger is replayed first; of one that does not hold nothing is shown.

A name that was given with --as is no part of the ledger, which holds a mark of
it; the name is shown where the chain of custody of a case tells it.`,
		Example: `  constat ledger show
  constat ledger show forum-2026-04 --json`,
		Args: between(0, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			request := LedgerRequest{Common: common}
			if len(args) > 0 {
				request.Case = args[0]
			}
			entries, err := a.services.LedgerEntries(cmd.Context(), request)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(orEmpty(entries))
			case len(entries) == 0:
				a.ui.say("the ledger tells of no act on that")
				return nil
			}
			return a.print(func(w io.Writer) { actTable(w, entries, a.ui.outStyle) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the entries as JSON")
	return cmd
}

// acts are what people call the acts.
var acts = map[ledger.Act]string{
	ledger.ImportRegister:  "a snapshot of the register was imported",
	ledger.AddLeak:         "an earlier leak was added",
	ledger.RemoveLeak:      "an earlier leak was taken away",
	ledger.AddClaim:        "a claim was added",
	ledger.OpenClaim:       "the text of a claim was opened",
	ledger.Receive:         "originals were received",
	ledger.Assess:          "the dump was assessed",
	ledger.Trace:           "logs were traced",
	ledger.Alarm:           "the watch raised an alarm",
	ledger.OpenRow:         "a row was opened",
	ledger.Decide:          "a link was decided about",
	ledger.Undo:            "a decision was undone",
	ledger.AddHoney:        "made-up people were added",
	ledger.RetireHoney:     "made-up people were taken out",
	ledger.OwnerAsk:        "another organisation was asked",
	ledger.OwnerAnswer:     "another organisation was answered",
	ledger.Discard:         "an original was discarded",
	ledger.CaseAct:         "somebody decided or stated something",
	ledger.RoleAct:         "a role was given out or taken back",
	ledger.OrganisationAct: "the organisation was described",
	ledger.Destroy:         "the data of the case was destroyed",
	ledger.Restore:         "decisions were brought back from a backup",
	ledger.Verify:          "the evidence was verified",
	ledger.MakeKey:         "a key was made",
	ledger.RotateKey:       "a key was encrypted anew",
	ledger.TimeStamp:       "a checkpoint was time-stamped",
	ledger.Keep:            "a cosigned checkpoint was kept",
	ledger.GivePass:        "another organisation was let in to read",
	ledger.TakePass:        "another organisation was let in no longer",
	ledger.Serve:           "what others may read was opened, changed or closed",
	ledger.Found:           "files were found that the ledger did not know",
}

// actTable lists acts: one a line, with its end.
func actTable(w io.Writer, entries []LedgerEntry, s style) {
	ends := map[int64]LedgerEntry{}
	files := map[int64]int64{}
	for _, e := range entries {
		if e.Of > 0 {
			files[e.Of] += int64(len(e.Files))
			if e.Step != ledger.Wrote {
				ends[e.Of] = e
			}
		}
	}
	t := newGrid(s, right("entry"), left("when"), left("who"), left("what"), left("on"), right("files"), left("end"))
	for _, e := range entries {
		if e.Of > 0 {
			continue
		}
		end, n := "under way, or cut short", files[e.Number]
		if e.Act == ledger.Found {
			end, n = "", int64(len(e.Files))
		} else if last, is := ends[e.Number]; is {
			end = "done"
			if last.Step == ledger.Failed {
				end = fmt.Sprintf("failed (%d)", last.Exit)
			}
		}
		t.row(count(e.Number), e.At.Format("2006-01-02 15:04:05"), either(e.Name, e.Actor), acts[e.Act], strings.TrimPrefix(e.On, "cases/"), count(n), end)
	}
	t.write(w, "")
}

func (a *app) ledgerKey() *cobra.Command {
	if a.services.LedgerKey == nil {
		return nil
	}
	return &cobra.Command{
		Use:   "key",
		Short: "Print the key that verifies the ledger",
		Long: `Print the line that verifies the signatures of the ledger of this home. Hand it
to whoever will verify before there is anything to verify: who takes it from the
home later takes what may have been put there.`,
		Example: `  constat ledger key > agency.vkey`,
		Args:    between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			key, err := a.services.LedgerKey(cmd.Context(), common)
			if err != nil {
				return err
			}
			return a.print(func(w io.Writer) { fmt.Fprintln(w, key) })
		},
	}
}

func (a *app) ledgerCheckpoint() *cobra.Command {
	if a.services.LedgerCheckpoint == nil {
		return nil
	}
	return &cobra.Command{
		Use:   "checkpoint",
		Short: "Print the checkpoint of the ledger, to be kept elsewhere",
		Long: `Print the latest checkpoint of the ledger: its name, how many entries it has, the
root of their tree, and the signature. It says nothing of what was done. Kept
where nobody of the home can reach it, it shows any later change of what stands
before it: constat verify --checkpoint FILE.`,
		Example: `  constat ledger checkpoint > checkpoint-of-today`,
		Args:    between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			text, err := a.services.LedgerCheckpoint(cmd.Context(), common)
			if err != nil {
				return err
			}
			return a.print(func(w io.Writer) { fmt.Fprint(w, text) })
		},
	}
}

func (a *app) ledgerExport() *cobra.Command {
	if a.services.ExportLedger == nil {
		return nil
	}
	return &cobra.Command{
		Use:   "export FOLDER",
		Short: "Copy the ledger into a folder for a witness or an auditor",
		Long: `Replay the ledger and copy it into a folder that is not there yet: entries, tiles,
checkpoint, and the key that verifies it. Nothing secret is in it, and no
personal data. The folder is in the layout of C2SP tlog-tiles, which other
programs read.`,
		Example: `  constat ledger export ledger-for-the-witness`,
		Args:    between(1, 1, "a folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			done, err := a.services.ExportLedger(cmd.Context(), LedgerFileRequest{Common: common, File: args[0]})
			if err != nil {
				return err
			}
			a.ui.say(fmt.Sprintf("%s copied to %s", plural(done.Files, "file"), args[0]))
			return nil
		},
	}
}

// entriesOf is a number of entries.
func entriesOf(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return count(n) + " entries"
}

func (a *app) ledgerStamp() *cobra.Command {
	if a.services.StampLedger == nil {
		return nil
	}
	var request StampRequest
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "stamp --tsa URL [flags]",
		Short: "Have a time-stamp authority vouch for when the ledger stood so",
		Long: `Send the SHA-256 of the latest checkpoint to a time-stamp authority (RFC 3161),
and keep its answer in the home. It learns nothing but that number. Without --yes
it is only said what would be sent, and where.

"constat verify" holds the ledger against every checkpoint that was stamped, and
with --tsa-ca checks whose stamps they are.`,
		Example: `  constat ledger stamp --tsa https://tsa.example/
  constat ledger stamp --tsa https://tsa.example/ --tsa-ca tsa.pem --yes`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			if request.URL == "" {
				return failure.New(failure.Usage, "Name it with --tsa URL.", "no time-stamp authority is named")
			}
			done, err := a.services.StampLedger(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(done)
			}
			return a.print(func(w io.Writer) {
				f := newFacts(a.ui.outStyle)
				f.add("time-stamp authority", done.URL)
				f.add("checkpoint", "of "+entriesOf(done.Size))
				if done.Time == nil {
					f.add("would be sent", "SHA-256 "+done.SHA256)
					f.write(w, "")
					fmt.Fprintln(w, "\nNothing was sent. With --yes it would be.")
					return
				}
				f.add("was sent", "SHA-256 "+done.SHA256)
				f.add("stamped", done.Time.Format("2006-01-02 15:04:05 UTC"))
				f.write(w, "")
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.URL, "tsa", "", "`address` of the time-stamp authority")
	flags.StringVar(&request.Authorities, "tsa-ca", "", "`file` of certificates, in PEM, that the authority must be certified by (default: whoever answers)")
	flags.BoolVar(&request.Yes, "yes", false, "send it; without this flag it is only said what would be sent")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	return cmd
}

func (a *app) ledgerWitness() *cobra.Command {
	if a.services.WitnessLedger == nil {
		return nil
	}
	var request WitnessRequest
	cmd := &cobra.Command{
		Use:   "witness FOLDER --key FILE --with FILE [flags]",
		Short: "Cosign another's ledger, once it is seen to hold",
		Long: `Replay a ledger that was exported, hold it against the checkpoint that was
cosigned before (--last), and print its checkpoint with the signature of the
witness and the time (C2SP cosignature/v1). This needs no home: it is what a
witness does elsewhere. A ledger that does not hold is refused.`,
		Example: `  constat ledger witness copy --key agency.vkey --with my.key > cosigned
  constat ledger witness copy --key agency.vkey --with my.key --last cosigned`,
		Args: between(1, 1, "the folder of a ledger"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.Ledger = args[0]
			if request.Key == "" || request.Signer == "" {
				return failure.New(failure.Usage, "Name both: --key is what \"constat ledger key\" printed there, --with is the key of the witness.", "the key of the ledger or that of the witness is not named")
			}
			text, err := a.services.WitnessLedger(cmd.Context(), request)
			if err != nil {
				return err
			}
			return a.print(func(w io.Writer) { fmt.Fprint(w, text) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Key, "key", "", "`file` of the key that verifies the ledger")
	flags.StringVar(&request.Signer, "with", "", "`file` of the private key of the witness")
	flags.StringVar(&request.Last, "last", "", "`file` of the checkpoint that was cosigned before")
	return cmd
}

func (a *app) ledgerWitnessKey() *cobra.Command {
	if a.services.NewWitness == nil {
		return nil
	}
	return &cobra.Command{
		Use:   "witness-key FILE",
		Short: "Make the key of a witness",
		Long: `Make a key for a witness, keep its private half in a file that is not there yet
(mode 0600), and print the public half, which "constat verify --witness" takes.`,
		Example: `  constat ledger witness-key witness.key > witness.vkey`,
		Args:    between(1, 1, "a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := a.services.NewWitness(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(func(w io.Writer) { fmt.Fprintln(w, key) })
		},
	}
}

func (a *app) ledgerKeep() *cobra.Command {
	if a.services.KeepCheckpoint == nil {
		return nil
	}
	cmd := &cobra.Command{
		Use:   "keep FILE",
		Short: "Keep a checkpoint that a witness cosigned",
		Long: `Keep a checkpoint that came back from a witness, once it is seen to be of this
ledger. "constat verify" holds the ledger against it from then on.`,
		Example: `  constat ledger keep cosigned`,
		Args:    between(1, 1, "the file of a checkpoint"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			kept, err := a.services.KeepCheckpoint(cmd.Context(), LedgerFileRequest{Common: common, File: args[0]})
			if err != nil {
				return err
			}
			a.ui.say(fmt.Sprintf("a checkpoint of %s is kept", entriesOf(kept.Size)))
			return nil
		},
	}
	a.acts(cmd)
	return cmd
}
