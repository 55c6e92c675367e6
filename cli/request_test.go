package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
)

func TestAssessRequest(t *testing.T) {
	t.Parallel()
	b := newBundle()
	words := filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(words, []byte("one\r\n\n two \nthree"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := want[AssessRequest](t, b, 0, "assess", "a.csv", "b.csv", "--case", "c", "--claim", "claim.yaml", "--map", "m.yaml", "--links", "l.PARQUET", "--memory", "2GiB", "--threads", "3", "--identity", "id.txt", "--password-file", words)
	if got := fmt.Sprintf("%q", r.Passwords); got != `["one" " two " "three"]` {
		t.Error(got)
	}
	got := []any{r.Paths, r.Case, r.Claim, r.Map, r.Links, r.Memory, r.Threads, r.Identity, r.PassphraseNamed, r.Home}
	wanted := []any{[]string{"a.csv", "b.csv"}, "c", "claim.yaml", "m.yaml", "l.PARQUET", int64(2 << 30), 3, "id.txt", false, "/home/agent/.local/share/constat"}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("asked for\n%v, want\n%v", got, wanted)
	}
	if r.Progress == nil || r.Passphrase == nil || r.Say == nil || !r.Now().Equal(noon) {
		t.Error("the request lacks what every request carries")
	}
	if !strings.Contains(b.out, "l.PARQUET") {
		t.Error("the summary does not say where the links are")
	}
}

func TestLeakRequest(t *testing.T) {
	t.Parallel()
	b := newBundle()
	r := want[LeakRequest](t, b, 0, "leak", "add", "a.csv", "b.csv", "--name", "old", "--seen", "2024-03-12", "--ours", "--map", "m.yaml", "--threads", "2")
	got := []any{r.Paths, r.Name, r.Seen.Format(time.DateOnly), r.Ours, r.Map, r.Threads}
	if wanted := []any{[]string{"a.csv", "b.csv"}, "old", "2024-03-12", true, "m.yaml", 2}; !reflect.DeepEqual(got, wanted) {
		t.Errorf("asked for\n%v, want\n%v", got, wanted)
	}
	for _, args := range [][]string{{"leak", "add", "a.csv"}, {"leak", "add", "--name", "old"}, {"leak", "add", "a.csv", "--name", "old", "--seen", "March"}, {"leak", "remove"}} {
		if code := newBundle().run(args...); code != 2 {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
	if r := want[LeakNamed](t, newBundle(), 0, "leak", "remove", "old"); r.Name != "old" || r.Yes {
		t.Errorf("%+v", r)
	}
	if r := want[LeakNamed](t, newBundle(), 0, "leak", "remove", "old", "--yes"); !r.Yes {
		t.Errorf("%+v", r)
	}
}

func TestDrillRequest(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]DrillRequest{
		"drill new --kind noisy --out d":                                         {Kind: "noisy", People: 10_000, Seed: 1, Out: "d"},
		"drill new --kind noisy --out d --people 5 --seed 3 --snapshots daily":   {Kind: "noisy", People: 5, Seed: 3, Out: "d", Daily: true},
		"drill new --kind noisy --out d --people 5 --seed 3 --snapshots monthly": {Kind: "noisy", People: 5, Seed: 3, Out: "d"},
	} {
		b := newBundle()
		code := b.run(strings.Fields(args)...)
		got, ok := b.asked.(DrillRequest)
		got.Common = Common{}
		if code != 0 || !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: asked for\n%+v, want\n%+v", args, got, want)
		}
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want string
		env        map[string]string
		args       []string
	}{
		{"flag before the verb", "/a", map[string]string{"CONSTAT_HOME": "/b"}, []string{"--home", "/a", "register", "list"}},
		{"flag after the verb", "/a", map[string]string{"CONSTAT_HOME": "/b"}, []string{"register", "list", "--home=/a"}},
		{"flag between noun and verb", "/a", nil, []string{"register", "--home", "/a", "list"}},
		{"variable", "/b", map[string]string{"CONSTAT_HOME": "/b", "XDG_DATA_HOME": "/c"}, []string{"register", "list"}},
		{"data folder", "/c/constat", map[string]string{"XDG_DATA_HOME": "/c", "HOME": "/d"}, []string{"register", "list"}},
		{"relative data folder is ignored", "/d/.local/share/constat", map[string]string{"XDG_DATA_HOME": "c", "HOME": "/d"}, []string{"register", "list"}},
		{"user's folder", "/d/.local/share/constat", map[string]string{"HOME": "/d"}, []string{"register", "list"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBundle()
			b.env = test.env
			if got := want[RegisterRequest](t, b, 0, test.args...).Home; got != test.want {
				t.Errorf("home %s, want %s", got, test.want)
			}
		})
	}
	t.Run("relative flag", func(t *testing.T) {
		t.Parallel()
		if got := want[RegisterRequest](t, newBundle(), 0, "register", "list", "--home", "x").Home; !filepath.IsAbs(got) {
			t.Errorf("home %s is not absolute", got)
		}
	})
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		b := newBundle()
		b.env = nil
		if code := b.run("register", "list"); code != 2 || !strings.Contains(b.err, "--home") {
			t.Errorf("exit code %d, stderr %s", code, b.err)
		}
	})
}

func TestPassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good", "correct horse\r\nsecond line")
	for _, test := range []struct {
		name, file, want string
	}{
		{"first line", good, "correct horse"},
		{"spaces are kept", write("spaces", " a b "), " a b "},
		{"empty", write("empty", ""), ""},
		{"empty first line", write("late", "\nx"), ""},
		{"endless", write("endless", strings.Repeat("x", longestPassphrase+1)), ""},
		{"missing", filepath.Join(dir, "missing"), ""},
		{"folder", dir, ""},
	} {
		got, err := passphraseFile(test.file)
		if string(got) != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s: %q, %v; want %q", test.name, got, err, test.want)
		}
		if err != nil && (failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "") {
			t.Errorf("%s: %v has code %d, hint %q", test.name, err, failure.CodeOf(err), failure.HintOf(err))
		}
	}

	b := newBundle()
	b.env["CONSTAT_PASSPHRASE_FILE"] = good
	r := want[Common](t, b, 0, "key", "list")
	if text, err := r.Passphrase(); !r.PassphraseNamed || err != nil || string(text) != "correct horse" {
		t.Errorf("named %v, %v", r.PassphraseNamed, err)
	}
	if r := want[Common](t, b, 0, "key", "list", "--passphrase-file", filepath.Join(dir, "spaces")); r.PassphraseNamed {
		if text, _ := r.Passphrase(); string(text) != " a b " {
			t.Error("the flag does not win over the variable")
		}
	}
}

func TestKeyRequests(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new")
	if err := os.WriteFile(file, []byte("new words\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		to   string // passphrase the key is to be kept under; "-": typed; "": an identity
	}{
		{"new", []string{"key", "new"}, ""},
		{"new under a file", []string{"key", "new", "--passphrase-file", file}, "new words"},
		{"new under a typed one", []string{"key", "new", "--passphrase"}, "-"},
		{"rotate", []string{"key", "rotate", "--passphrase-file", file}, ""},
		{"rotate to a file", []string{"key", "rotate", "--new-passphrase-file", file}, "new words"},
		{"rotate to a typed one", []string{"key", "rotate", "--passphrase"}, "-"},
	} {
		r := want[KeyRequest](t, newBundle(), 0, test.args...)
		switch {
		case (r.ToPassphrase == nil) != (test.to == ""):
			t.Errorf("%s: a passphrase is given: %v", test.name, r.ToPassphrase != nil)
		case test.to != "" && test.to != "-":
			if got, err := r.ToPassphrase(); err != nil || string(got) != test.to {
				t.Errorf("%s: passphrase %q, %v", test.name, got, err)
			}
		}
	}
}

func TestAsOf(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		source string
		flag   string
		want   time.Time // zero: usage error
	}{
		{"now", "people.csv", "", noon},
		{"name", "dir/people-2026-01-31.csv.gz", "", midnight},
		{"folder is not the name", "2026-01-31/people.csv", "", noon},
		{"two dates", "2026-01-31-to-2026-02-28.csv", "", noon},
		{"no such day", "2026-02-30.csv", "", noon},
		{"database", "postgres://db.example/x?table=t_2026-01-31", "", noon},
		{"date", "2020-01-01.csv", "2026-01-31", midnight},
		{"instant", "x.csv", "2026-01-31T02:00:00+02:00", midnight},
		{"minutes", "x.csv", "2026-01-31T00:00", midnight},
		{"spaced", "x.csv", "2026-01-31 00:00:00", midnight},
		{"French order", "x.csv", "31/01/2026", time.Time{}},
		{"word", "x.csv", "yesterday", time.Time{}},
	} {
		b := newBundle()
		args := []string{"register", "import", test.source}
		if test.flag != "" {
			args = append(args, "--as-of", test.flag)
		}
		if test.want.IsZero() {
			if code := b.run(args...); code != 2 {
				t.Errorf("%s: exit code %d, want 2", test.name, code)
			}
			continue
		}
		if r := want[ImportRequest](t, b, 0, args...); !r.AsOf.Equal(test.want) {
			t.Errorf("%s: as of %s, want %s", test.name, r.AsOf, test.want)
		}
	}
}

func FuzzAsOf(f *testing.F) {
	f.Add("2026-01-31T18:00:00Z")
	f.Add("people-2026-01-31.csv")
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := parseTime(text); err == nil {
			if again, err := parseTime(at.Format(time.RFC3339Nano)); err != nil || !again.Equal(at) {
				t.Errorf("%q is read as %s, and that as %s, %v", text, at, again, err)
			}
		}
		if at, ok := dateInName(text); ok && !strings.Contains(text, at.Format(time.DateOnly)) {
			t.Errorf("%s is not in %q", at, text)
		}
	})
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		says string
	}{
		{"assess", "needs the file or files of the dump"},
		{"assess a.csv --links l.txt", "cannot tell the format"},
		{"assess a.csv --memory many", "is no size"},
		{"assess a.csv --threads -1", "not a number of threads"},
		{"assess a.csv --jsn", "Did you mean --json?"},
		{"asess a.csv", `Did you mean "assess"?`},
		{"register", "import, list, show"},
		{"case", "answer, approve, close, deadlines, decide, destroy, discard, list, mark, open, page, reject, remind, reopen, severity, show, timeline, withdraw"},
		{"case show", "needs one case"},

		{"verify a b", "nothing more"},
		{"case discard c", "needs one case and the SHA-256"},
		{"case discard c abcd", "without a reason"},
		{"case discard c abcd --reason", "flag needs an argument"},
		{"case discard c abc --reason x", "not how a SHA-256 begins"},
		{"case discard c abcg --reason x", "not how a SHA-256 begins"},
		{"register inport x", `Did you mean "import"?`},
		{"register import", "needs one source"},
		{"register import a b", "nothing more"},
		{"register list x", "takes no arguments"},
		{"drill new --out d", "needs a kind of drill"},
		{"drill new --kind ful-copy --out d", `Did you mean "full-copy"?`},
		{"drill new --kind noisy", "needs a folder"},
		{"drill new --kind noisy --out d --snapshots hourly", "monthly, daily or history"},
		{"drill new --kind noisy --out d --people 0", "an agency has people"},
		{"drill new --kind noisy --out d --seed -1", "invalid argument"},
		{"drill run", "needs the folder of a drill"},
		{"demo --people 0", "an agency has people"},
		{"claim add", "needs one claim file"},
		{"key rotate now", "takes no arguments"},
		{"help nothing", "there is no command"},
	} {
		b := newBundle()
		if code := b.run(strings.Fields(test.args)...); code != 2 || !strings.Contains(b.err, test.says) || b.out != "" || b.asked != nil {
			t.Errorf("constat %s: exit code %d, asked %T\nstdout: %s\nstderr: %s\nwant: %s", test.args, code, b.asked, b.out, b.err, test.says)
		}
		if lines := strings.Count(b.err, "\n"); lines != 2 || !strings.HasPrefix(b.err, "constat: ") || !strings.Contains(b.err, "\nhint: ") {
			t.Errorf("constat %s: an error and its hint are two lines:\n%s", test.args, b.err)
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	fails := func(err error) func(context.Context, AssessRequest) (*Outcome, error) {
		return func(context.Context, AssessRequest) (*Outcome, error) { return nil, err }
	}
	for _, test := range []struct {
		name   string
		assess func(context.Context, AssessRequest) (*Outcome, error)
		code   int
		err    string
	}{
		{"rejects", func(context.Context, AssessRequest) (*Outcome, error) {
			return &Outcome{Assessment: withRejects()}, nil
		}, 1, "attention: 2 rows of the dump could not be read; the assessment says where\n"},
		{"a service's own attention", func(context.Context, AssessRequest) (*Outcome, error) {
			return &Outcome{Assessment: sample()}, failure.New(failure.Attention, "Do so.", "look here")
		}, 1, "attention: look here\nhint: Do so.\n"},
		{"bad input", fails(failure.New(failure.BadInput, "Give another.", "this is noise")), 3, "constat: this is noise\nhint: Give another.\n"},
		{"wrapped", fails(fmt.Errorf("reading: %w", failure.New(failure.Refused, "", "not allowed"))), 4, "constat: reading: not allowed\n"},
		{"uncoded", fails(errors.New("the engine stopped")), 70, "constat: the engine stopped\nhint: This was not expected"},
		{"interrupted", fails(fmt.Errorf("reading: %w", context.Canceled)), 70, "constat: interrupted\nhint: Nothing half-done was kept"},
		{"panic of ours", func(context.Context, AssessRequest) (*Outcome, error) { panic("private words") }, 70, "constat: a fault of type string\n"},
		{"panic of the runtime", func(context.Context, AssessRequest) (*Outcome, error) {
			none := []int{}
			_ = none[len(none)]
			return nil, nil
		}, 70, "constat: runtime error: index out of range"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBundle()
			b.services.Assess = test.assess
			if code := b.run("assess", "x.csv"); code != test.code || !strings.HasPrefix(b.err, test.err) {
				t.Errorf("exit code %d, want %d; stderr\n%s", code, test.code, b.err)
			}
			if strings.Contains(b.err, "private words") {
				t.Error("a panic's words were printed")
			}
		})
	}
}

func TestJSONIsAllOfStdout(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"assess x.csv --json", "register import x.csv --json", "register list --json", "register show --json", "register audit --json",
		"claim add c.yaml --json", "claim list --json", "claim show c 1 --json", "claim compare c --json", "key new --json", "key rotate --json", "key list --json",
		"case list --json", "case show c --json", "case discard c abcd --reason x --json", "case discard c abcd --reason x --yes --json", "verify c --json",
		"drill new --kind noisy --out d --json", "drill run d --json", "drill score d --json", "demo --json",
	} {
		b := newBundle()
		if code := b.run(strings.Fields(args)...); code != 0 {
			t.Errorf("constat %s: exit code %d, stderr %s", args, code, b.err)
			continue
		}
		var value any
		decoder := json.NewDecoder(strings.NewReader(b.out))
		if err := decoder.Decode(&value); err != nil || decoder.More() {
			t.Errorf("constat %s: stdout is not one JSON value: %v\n%s", args, err, b.out)
		}
		plain := strings.TrimSuffix(args, " --json")
		if code := b.run(strings.Fields(plain)...); code != 0 || b.out == "" || strings.HasPrefix(b.out, "{") {
			t.Errorf("constat %s: exit code %d, stdout %q", plain, code, b.out)
		}
	}
	b := newBundle()
	b.run("assess", "x.csv", "--json")
	if a, err := assessment.Read(strings.NewReader(b.out)); err != nil || a.Linked.Persons != 98_500 {
		t.Errorf("the assessment does not come back: %v", err)
	}
}

func TestCompletionOfValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, want string }{
		{"assess --case|", "case-in-/home/agent/.local/share/constat\n:4\n"},
		{"--home|/x|assess|--case|", "case-in-/x\n:4\n"},
		{"register import people.csv --id|", "ref\nnom\n:4\n"},
		{"drill new --kind|", "full-copy\teverything, as it stood\nnoisy\twith typing errors\nscrape\tone after the other\n:4\n"},
		{"drill new --snapshots|", "monthly\ndaily\nhistory\n:4\n"},
		{"assess --register|", "main\nemployers\n:4\n"},
		{"register import x.csv --register|", "main\nemployers\n:4\n"},
		{"register list --register|", "main\nemployers\n:4\n"},
		{"case show|", "case-in-/home/agent/.local/share/constat\n:4\n"},
		{"verify|", "case-in-/home/agent/.local/share/constat\n:4\n"},
		{"case discard|", "case-in-/home/agent/.local/share/constat\n:4\n"},
		{"case discard c|", "abababababab\tleak.csv.gz\n:4\n"},
		{"case show c|", ":4\n"},
		{"claim add|", "yaml\nyml\n:8\n"},
		{"drill run|", ":16\n"},
		{"assess --links|", "parquet\ncsv\n:8\n"},
	} {
		b := newBundle()
		args := append([]string{"__complete"}, strings.FieldsFunc(test.args, func(r rune) bool { return r == ' ' || r == '|' })...)
		if code := b.run(append(args, "")...); code != 0 || b.out != test.want {
			t.Errorf("%s: exit code %d, %q, want %q", test.args, code, b.out, test.want)
		}
	}
}

func TestEmptyListsAreSaid(t *testing.T) {
	t.Parallel()
	b := newBundle()
	b.services.ListRegister = func(context.Context, RegisterRequest) ([]Snapshot, error) { return nil, nil }
	b.services.ListKeys = func(context.Context, Common) ([]Key, error) { return nil, nil }
	b.services.ListCases = func(context.Context, Common) ([]CaseSummary, error) { return nil, nil }
	for args, says := range map[string]string{"case list": "there is no case yet", "register list": "the register is empty", "key list": "there is no key yet"} {
		if code := b.run(strings.Fields(args)...); code != 0 || b.out != "" || !strings.Contains(b.err, says) {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", args, code, b.out, b.err)
		}
		if code := b.run(strings.Fields(args + " --json")...); code != 0 || b.out != "[]\n" {
			t.Errorf("%s --json: exit code %d, stdout %q", args, code, b.out)
		}
	}
}

func TestFailedAuditNeedsAttention(t *testing.T) {
	t.Parallel()
	b := newBundle()
	b.services.AuditRegister = func(context.Context, RegisterRequest) (*Audit, error) {
		return &Audit{Checks: []Check{{"files are whole", false, "one is gone"}}}, nil
	}
	if code := b.run("register", "audit"); code != 1 || !strings.Contains(b.out, "FAILED") || !strings.Contains(b.err, "attention: 1 check failed") {
		t.Errorf("exit code %d\n%s\n%s", code, b.out, b.err)
	}
}

func TestFailedVerificationNeedsAttention(t *testing.T) {
	t.Parallel()
	b := newBundle()
	b.services.VerifyCase = func(context.Context, VerifyRequest) (*Audit, error) {
		return &Audit{Checks: []Check{{"the chain of custody holds", true, "3 acts"}, {"a.csv is what was received", false, "its seal is broken"}}}, nil
	}
	if code := b.run("verify", "c"); code != 1 || !strings.Contains(b.out, "FAILED") || !strings.Contains(b.err, "attention: 1 check failed, the first: a.csv is what was received: its seal is broken") {
		t.Errorf("exit code %d\n%s\n%s", code, b.out, b.err)
	}
}

// TestWho looks at what the chain of custody is told of who acts.
func TestWho(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		account func() string
		sudo    string
		as      string
		want    string
	}{
		{"the account", func() string { return "agent" }, "", "", "agent"},
		{"under sudo", func() string { return "root" }, "agent", "", "root, sudo by agent"},
		{"a name", func() string { return "agent" }, "", " Jeanne Exemple ", "Jeanne Exemple (agent)"},
		{"a name under sudo", func() string { return "root" }, "agent", "Jeanne", "Jeanne (root, sudo by agent)"},
		{"tricks", func() string { return "agent" }, "", "a\x1b[2J\nb", `a\u001b[2J\u000ab (agent)`},
		{"nobody", func() string { return "" }, "", "", "unknown"},
		{"no such service", nil, "", "", "unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBundle()
			b.services.Account = test.account
			b.env["SUDO_USER"] = test.sudo
			for _, args := range [][]string{{"assess", "x.csv"}, {"verify", "c"}, {"case", "discard", "c", "abcd", "--reason", "x"}} {
				if code := b.run(append(args, "--as", test.as)...); code != 0 {
					t.Fatalf("exit code %d: %s", code, b.err)
				}
				var who string
				switch r := b.asked.(type) {
				case AssessRequest:
					who = r.Who.String()
				case VerifyRequest:
					who = r.Who.String()
				case DiscardRequest:
					who = r.Who.String()
				}
				if who != test.want {
					t.Errorf("%s: %q, want %q", args[0], who, test.want)
				}
			}
		})
	}
}

func TestCaseRequests(t *testing.T) {
	t.Parallel()
	b := newBundle()
	if r := want[DiscardRequest](t, b, 0, "case", "discard", "c", "ABcd", "--reason", " closed "); r.Yes || r.Case != "c" || r.SHA256 != "ABcd" || r.Reason != "closed" {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(b.out, "Nothing was done. With --yes") {
		t.Error(b.out)
	}
	if r := want[DiscardRequest](t, b, 0, "case", "discard", "c", "abcd", "--reason", "x", "--yes"); !r.Yes || !strings.Contains(b.out, "It is destroyed") {
		t.Errorf("%+v, %s", r, b.out)
	}
	if r := want[AssessRequest](t, b, 0, "assess", "--case", "c"); len(r.Paths) != 0 || r.Case != "c" {
		t.Errorf("%+v", r)
	}
	if r := want[CaseRequest](t, b, 0, "case", "show", "c"); r.Case != "c" {
		t.Errorf("%+v", r)
	}
	for _, says := range []string{"98 500 people.", "a forum\\u001b", "leak.csv.gz    5.0 MiB  abab", "discarded", "old\\u202e.csv", "2026-04-21 12:00:00", "closed", "The chain holds"} {
		if !strings.Contains(b.out, says) {
			t.Errorf("the case does not say %q:\n%s", says, b.out)
		}
	}
	b.services.ShowCase = func(context.Context, CaseRequest) (*CaseView, error) {
		v := sampleCase("c")
		v.Custody.Holds, v.Custody.Breaks = false, []string{"line 2 is no act"}
		return v, nil
	}
	if b.run("case", "show", "c"); !strings.Contains(b.out, "The chain does not hold: line 2 is no act") || strings.Contains(b.out, "The chain holds") {
		t.Error(b.out)
	}
	b.services.ShowCase = func(context.Context, CaseRequest) (*CaseView, error) { return &CaseView{ID: "c"}, nil }
	if b.run("case", "show", "c"); !strings.Contains(b.out, "The case holds no original.") || !strings.Contains(b.out, "opened      –") {
		t.Error(b.out)
	}
	if b.run("case", "list"); !strings.Contains(b.out, "not assessed") {
		t.Error(b.out)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestUnwrittenResultIsAnError(t *testing.T) {
	t.Parallel()
	b := newBundle()
	for _, args := range []string{"assess x.csv", "assess x.csv --json", "register list", "register import x.csv", "key new", "case list", "case show c", "verify c", "case discard c abcd --reason x", "link explain c 1", "link review c", "link decide c 1 same --reason x"} {
		var talk strings.Builder
		code := run(context.Background(), strings.Fields(args), Streams{In: strings.NewReader(""), Out: brokenPipe{}, Err: &talk},
			func(name string) string { return b.env[name] }, b.services, func() time.Time { return noon })
		if code != 70 || !strings.Contains(talk.String(), "writing the result: broken pipe") {
			t.Errorf("constat %s: exit code %d, %s", args, code, talk.String())
		}
	}
}
