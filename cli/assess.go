package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
)

func (a *app) assess() *cobra.Command {
	if a.services.Assess == nil {
		return nil
	}
	var (
		request   AssessRequest
		passwords string
		asJSON    bool
		limits    limits
	)
	cmd := &cobra.Command{
		Use:   "assess [DUMP...] [flags]",
		Short: "Compare a stolen file with the register: who, which fields",
		Long: `Assess a dump: read every row of the files given, find out what each column
holds, link the rows to the people of the register, and count who is exposed
and by which kinds of data, with values that are current or that have changed
since.

The files are read as one dump, in the order given; of an archive cut into
volumes, the first is enough where the others lie beside it. Rows that cannot
be read are counted and located, never passed over.

Where the home holds several registers, a sample of the rows is held against
each; the dump is assessed against the one that it was most likely copied from,
and how it compares with the others is told. --register names one to assess
against; a case keeps to it until --register names another, or "all".

Before anything is read from them the files are sealed in the case: encrypted,
with their SHA-256, who and when, so that the evidence is what was received
("constat help case"). That takes as much room as they do. Besides, the case
keeps counts, and tokens that say nothing without the key. With --case and no
file, the originals that the case holds are assessed again.

Whoever wrote the files is not trusted: they are read by a process of its own
that can open no file, reach no network and start no program, as far as the
machine can hold it so; where it cannot, that is said. What makes this process
fail is left out, counted and named, and the rest is read.

The summary is printed, or the whole assessment as one JSON object with
--json; the case also keeps a page to hand on. The exit code is 0, or 1 when
some rows were rejected.

What was sealed stays in the case. A run that was cut short is gone on with by
running the same command again, and originals that were sealed before are
compared with a later register without being read again; --fresh reads them
("constat help resume").`,
		Example: `  constat assess leak.csv.gz
  constat assess part1.csv part2.csv --case forum-post --links links.csv
  constat assess leak.part1.rar --password-file passwords.txt
  constat assess leak.jsonl --claim claim.yaml --json > assessment.json
  constat assess --case forum-post --map map.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && request.Case != "" {
				return nil
			}
			return between(1, -1, "the file or files of the dump, or a case that holds some")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			request.Paths = args
			if err := linksPath(request.Links); err != nil {
				return err
			}
			if passwords != "" {
				if request.Passwords, err = passwordFile(passwords); err != nil {
					return err
				}
			}
			outcome, err := a.services.Assess(cmd.Context(), request)
			if outcome == nil {
				return err
			}
			return a.outcome(outcome, asJSON, err)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Case, "case", "", "keep files and assessment in the case of this `ID` (default a new case named after the dump)")
	flags.StringVar(&request.Claim, "claim", "", "hold it against this claim: a `file` (YAML), or the number of one of the case (default the latest of the case)")
	flags.StringVar(&request.Map, "map", "", "map `file` (YAML) that says what columns hold; see \"constat help map\"")
	a.registerFlag(cmd, &request.Register, "`name` of the register to compare with (default the likeliest of all)")
	flags.StringVar(&request.Links, "links", "", "write one line per linked row to this `file`, ending in .parquet or .csv")
	flags.StringVar(&passwords, "password-file", "", "try the passwords in this `file`, one a line, on archives that are encrypted")
	flags.BoolVar(&request.Fresh, "fresh", false, "begin anew: use nothing that an earlier run sealed")
	flags.BoolVar(&asJSON, "json", false, "print the assessment as JSON")
	limits.flags(cmd)
	a.acts(cmd)
	completeFiles(cmd, "claim", "yaml", "yml")
	completeFiles(cmd, "map", "yaml", "yml")
	completeFiles(cmd, "links", "parquet", "csv")
	a.completeCases(cmd)
	return cmd
}

// longestPasswordFile is more than the passwords of any dump take.
const longestPasswordFile = 1 << 20 // bytes

// passwordFile reads passwords from a file, one a line. A line is a password as
// it stands, blanks too.
func passwordFile(path string) ([][]byte, error) {
	const hint = "Write the passwords to try into a file, one a line, and name it with --password-file."
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, hint, "reading the password file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestPasswordFile+1))
	if err != nil {
		return nil, failure.New(failure.BadInput, hint, "reading the password file: %w", err)
	}
	if len(text) > longestPasswordFile {
		return nil, failure.New(failure.BadInput, hint, "the password file %s is too long to be one", name)
	}
	var all [][]byte
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))) {
		if line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")); len(line) > 0 {
			all = append(all, line)
		}
	}
	if len(all) == 0 {
		return nil, failure.New(failure.BadInput, hint, "the password file %s holds no password", name)
	}
	return all, nil
}

func linksPath(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".parquet", ".csv":
		return nil
	}
	if path == "" {
		return nil
	}
	return failure.New(failure.Usage, "Give the file a name that ends in .parquet or .csv.", "--links cannot tell the format to write from the name %s", filepath.Base(path))
}

// outcome prints an assessment. attention is what the service asks attention
// for, or nil.
func (a *app) outcome(o *Outcome, asJSON bool, attention error) error {
	a.ui.close()
	if o.Home == "" {
		a.about = o.Assessment.Case
	}
	if asJSON {
		if err := o.Assessment.Write(a.ui.out); err != nil {
			return writing(err)
		}
	} else if err := summary(a.ui.out, o, a.ui.outStyle, a.ui.columns); err != nil {
		return writing(err)
	}
	if attention != nil {
		return attention
	}
	if n := o.Assessment.Rows.Rejected; n > 0 {
		return failure.New(failure.Attention, "", "%s of the dump could not be read; the assessment says where", plural(n, "row"))
	}
	return nil
}
