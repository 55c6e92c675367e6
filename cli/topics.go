package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/blind/kind"
)

// topics are the pages of help that belong to no command.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{
			Use:   "map",
			Short: "Saying what columns hold, where it was found out wrong",
			Long: `What a column holds is found out from its name and its values, and the reasons
are shown. Where that went wrong, a map file says better. It is YAML, and names
the columns it has something to say of; the others are found out as before:

  columns:
    "Date naiss": birth_date
    ref: record_id
    remarks: ignore

Give it with --map. A column mapped to "ignore" is counted and not compared.
"constat help kinds" lists the kinds.`,
		},
		{
			Use:   "claims",
			Short: "Writing down what somebody claims to have stolen",
			Long: `A claim file is YAML. Only source is required; give what the post gives:

  source: a forum where data is sold, thread 4711
  first_seen: 2026-04-20T08:00:00Z
  actor: alias of who says so
  claimed:
    count: 43000000
    unit: people
    fields: [name, birth date, NIR, e-mail]
  price: {amount: 5000, currency: USD}
  ransom: 2 BTC
  deadline: 48 hours
  samples:
    - {what: the first rows, rows: 100, file: sample.csv}
  post: |
    the text, copied

A unit is people, records, rows or bytes. "constat claim add" keeps the file in a
case; "constat claim new" asks for all of it; "constat assess --claim" uses a file
once. What names and counts is kept in the clear. The post, who made it, samples and
any other key are kept sealed, as evidence of the case.`,
		},
		{
			Use:   "deadlines",
			Short: "Stating whose deadlines they are, and what happened",
			Long:  deadlinesTopic(),
		},
		{
			Use:   "kinds",
			Short: "The kinds of personal data a column can hold",
			Long:  "The kinds of personal data a column can hold, by the names that map files and\nJSON use:\n\n" + kindTable(),
		},
		{
			Use:   "roles",
			Short: "Who in the incident team may decide what",
			Long: `Roles, given out with "constat role grant":

  analyst        whether there was a breach; when things happened; how grave it is
  dpo            the data-protection officer: all decisions, and the first yes
                 where two are needed
  communication  what the public is told; notices
  administrator  roles; complaints; the second yes to destroying a case
  auditor        reads everything, and changes nothing

Two are needed, by different accounts of the machine: for whether those concerned
are told (dpo, then another dpo or an administrator), for sending notices to many
(dpo or communication, each), and for destroying a case (dpo, then an
administrator). A name given with --as does not make somebody a second person.

As long as no role is given out, whoever may write to the home has all of them.`,
		},
		{
			Use:   "exit-codes",
			Short: "What the exit codes mean",
			Long: `Exit codes:

   0  done
   1  done, and something needs attention: rejected rows, a warning
   2  the command was not understood
   3  what was given cannot be used as it is: a file, a key, a snapshot
   4  refused: a right or an approval is missing
  70  internal: a mistake in Constat, a failing machine, or an interruption

An error is told on stderr in one sentence, followed where possible by a hint
that says what to do next.`,
		},
		{
			Use:   "resume",
			Short: "Stopping, going on, and beginning anew",
			Long: `Any command can be stopped at any time, with Ctrl-C or however else. Run it
again, the same, and it goes on after the last stage that was done:

  assess            files that the home holds as evidence already are not sealed
                    a second time; rows that were sealed are not read again
  register import   of a file: rows that were sealed are not read again

What was sealed is used only where it would come out the same: for the same
originals, key, map and passwords, by the same program. A case that was assessed
is assessed again, with a later snapshot of the register, from what was sealed;
where the register now says something else of what columns hold, samples are read
to judge that anew. What does not fit or is damaged is dropped, and --verbose
tells why. --fresh begins anew.

Evidence that is not read is not checked either: "constat verify" does that.`,
		},
		{
			Use:   "environment",
			Short: "Environment variables, and where things are kept",
			Long: `Keys, register and cases are kept in one folder, the home: --home, else
$CONSTAT_HOME, else $XDG_DATA_HOME/constat, else ~/.local/share/constat. Work
that outgrows memory spills there too, tokens only, while it lasts.

  CONSTAT_HOME              the home
  CONSTAT_IDENTITY_FILE     the age identity file that opens the keys
  CONSTAT_PASSPHRASE_FILE   a file whose first line is the passphrase of the keys
  NO_COLOR                  any value: no colours

A flag wins over a variable.`,
		},
	}
}

func kindTable() string {
	var b strings.Builder
	for _, k := range kind.All() {
		fmt.Fprintf(&b, "  %-18s %s\n", k, k.Label("en"))
	}
	return strings.TrimRight(b.String(), "\n")
}
