package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// tree returns every command of a program that can do everything.
func tree() []*cobra.Command {
	b := newBundle()
	a := &app{services: b.services, ui: newUI(Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}, func(string) string { return "" })}
	root := a.root()
	root.InitDefaultHelpCmd()
	var all []*cobra.Command
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		all = append(all, cmd)
		for _, verb := range cmd.Commands() {
			walk(verb)
		}
	}
	walk(root)
	return all
}

func TestEveryPageOfHelpIsWhole(t *testing.T) {
	t.Parallel()
	for _, cmd := range tree() {
		name := cmd.CommandPath()
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || strings.ToUpper(cmd.Short[:1]) != cmd.Short[:1] {
			t.Errorf("%s: the short text is a phrase with a capital and no full stop: %q", name, cmd.Short)
		}
		if len(cmd.Short) > 72 {
			t.Errorf("%s: the short text is %d characters long", name, len(cmd.Short))
		}
		if cmd.Long == "" {
			t.Errorf("%s: there is no long text", name)
		}
		for line := range strings.Lines(cmd.Long + "\n" + cmd.Example) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 92 {
				t.Errorf("%s: a line of help is %d characters long: %s", name, n, line)
			}
		}
		if cmd.IsAdditionalHelpTopicCommand() {
			continue
		}
		if cmd.Example == "" {
			t.Errorf("%s: there is no example", name)
		}
	}
}

// TestExamplesAreUnderstood runs the examples of every page of help, up to the
// services.
func TestExamplesAreUnderstood(t *testing.T) {
	t.Parallel()
	passwords := filepath.Join(t.TempDir(), "passwords.txt") // read before anything is asked for
	if err := os.WriteFile(passwords, []byte("word\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range tree() {
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " >")
			line = strings.TrimSuffix(strings.TrimPrefix(line, "source <("), ")")
			words := Words(strings.ReplaceAll(strings.ReplaceAll(line, "'", ""), "passwords.txt", passwords))
			if len(words) == 0 {
				continue
			}
			if words[0] != "constat" {
				t.Errorf("%s: the example is no command: %s", cmd.CommandPath(), line)
				continue
			}
			if words[1] == "man" && words[2] != "--markdown" {
				continue // writes files
			}
			if words[1] == "claim" && words[2] == "new" {
				continue // asks at a terminal
			}
			b := newBundle()
			if code := b.run(words[1:]...); code != 0 {
				t.Errorf("%s: the example %q exits with %d: %s", cmd.CommandPath(), line, code, b.err)
			}
		}
	}
}

func TestFlagsAreExplained(t *testing.T) {
	t.Parallel()
	for _, cmd := range tree() {
		for line := range strings.Lines(cmd.NonInheritedFlags().FlagUsages()) {
			if len(strings.Fields(line)) < 4 {
				t.Errorf("%s: a flag is not explained: %s", cmd.CommandPath(), line)
			}
		}
	}
}

// TestOnlyWhatWorksIsListed takes the services away one noun at a time.
func TestOnlyWhatWorksIsListed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		take func(*Services)
		args string
	}{
		{"assess", func(s *Services) { s.Assess = nil }, "assess x"},
		{"import", func(s *Services) { s.ImportRegister = nil }, "register import x"},
		{"drill score", func(s *Services) { s.ScoreDrill = nil }, "drill score x"},
		{"demo", func(s *Services) { s.Demo = nil }, "demo"},
		{"key", func(s *Services) { s.NewKey, s.RotateKey, s.ListKeys = nil, nil, nil }, "key list"},
		{"claim", func(s *Services) { s.AddClaim, s.Claims, s.CompareClaims = nil, nil, nil }, "claim add x"},
		{"case discard", func(s *Services) { s.DiscardOriginal = nil }, "case discard c abcd --reason x"},
		{"case", func(s *Services) {
			s.ListCases, s.ShowCase, s.DiscardOriginal, s.ActOnCase, s.Timeline, s.DestroyCase, s.Answer = nil, nil, nil, nil, nil, nil, nil
		}, "case list"},
		{"decide", func(s *Services) { s.ActOnCase = nil }, "case decide c standing confirmed --reason x"},
		{"role", func(s *Services) { s.Team = nil }, "role list"},
		{"store", func(s *Services) { s.BackUpStore, s.RestoreStore = nil, nil }, "store backup x"},
		{"leak", func(s *Services) { s.AddLeak, s.ListLeaks, s.ShowLeak, s.RemoveLeak = nil, nil, nil, nil }, "leak list"},
		{"ledger stamp", func(s *Services) { s.StampLedger = nil }, "ledger stamp --tsa http://x"},
		{"report", func(s *Services) { s.DraftDocument = nil }, "report c --form cnil-initial"},
		{"organisation", func(s *Services) { s.Answer = nil }, "organisation"},
		{"verify", func(s *Services) { s.VerifyCase = nil }, "verify c"},
	} {
		b := newBundle()
		test.take(&b.services)
		if code := b.run(strings.Fields(test.args)...); code != 2 {
			t.Errorf("%s: exit code %d, want 2", test.name, code)
		}
	}
	b := newBundle()
	b.services = Services{}
	if code := b.run("help"); code != 0 || strings.Contains(b.out, "drill") {
		t.Errorf("exit code %d, help:\n%s", code, b.out)
	}
}
