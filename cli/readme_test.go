package cli_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"constat.example/cli"
)

// TestReadme plays the transcripts of documents, each one story in a
// folder of its own. In a console block a line after "$ " is typed; the lines
// up to the next one are what comes of it. There "…" stands for any text, and
// alone on a line for any lines.
func TestReadme(t *testing.T) {
	for _, path := range []string{
		"../README.md",
		"../docs/casework.md",
		"../docs/claims.md",
		"../docs/deadlines.md",
		"../docs/documents.md",
		"../docs/exchange.md",
		"../docs/honey.md",
		"../docs/leaks.md",
		"../docs/ledger.md",
		"../docs/links.md",
		"../docs/owner.md",
		"../docs/reach.md",
		"../docs/register-history.md",
		"../docs/several-registers.md",
		"../docs/watching.md",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			if testing.Short() && path != "../README.md" {
				t.Skip("it plays a whole story; the first is enough for the race detector")
			}
			playDocument(t, path)
		})
	}
}

// playDocument plays the transcript of a document.
func playDocument(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	steps := transcript(string(text))
	if len(steps) == 0 {
		t.Fatal("there is no transcript")
	}
	stage := stage{home: dir, port: freePort(t)}
	defer stage.beside.Wait()
	for _, s := range steps {
		got := strings.ReplaceAll(stage.play(t, s), dir, "/home/you")
		spaces := strings.NewReplacer("\u202f", " ", "\u00a0", " ")
		got = spaces.Replace(got)
		if !like(spaces.Replace(s.want), got) {
			t.Fatalf("$ %s\nsays\n%s\nand the document\n%s", s.typed, got, s.want)
		}
	}
}

// step is a command, what is fed to it, and what it says.
type step struct{ typed, input, want string }

func transcript(text string) []step {
	var steps []step
	inside, until := false, ""
	for line := range strings.Lines(text) {
		bare := strings.TrimSuffix(line, "\n")
		switch {
		case !inside:
			inside = bare == "```console"
		case until != "" && bare == until:
			until = ""
		case until != "":
			steps[len(steps)-1].input += line
		case bare == "```":
			inside = false
		case strings.HasPrefix(bare, "$ "):
			typed, end, _ := strings.Cut(bare[2:], " <<'")
			until = strings.TrimSuffix(end, "'")
			steps = append(steps, step{typed: typed})
		case len(steps) > 0:
			steps[len(steps)-1].want += line
		}
	}
	return steps
}

// stage is where a transcript is played.
type stage struct {
	home   string
	port   string // in the place of the transcript's
	sudo   string // who acts through sudo
	beside sync.WaitGroup
}

// transcriptPort is the port that transcripts use.
const transcriptPort = "7600"

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// run runs a command, and returns what it says.
func (p *stage) run(t *testing.T, rest string) string {
	var screen bytes.Buffer
	env := map[string]string{"HOME": p.home, "NO_COLOR": "1", "SUDO_USER": p.sudo}
	rest = strings.ReplaceAll(rest, ":"+transcriptPort, ":"+p.port)
	cli.Run(t.Context(), cli.Words(rest), cli.Streams{In: strings.NewReader(""), Out: &screen, Err: &screen}, func(name string) string { return env[name] })
	// Whether this machine has all that shuts the reader in is no matter here.
	said := regexp.MustCompile(`(?m)^constat: The program that reads the dump is shut in less .*\n`).ReplaceAllString(screen.String(), "")
	return strings.ReplaceAll(said, ":"+p.port, ":"+transcriptPort)
}

// play runs the few commands that transcripts use.
func (p *stage) play(t *testing.T, s step) string {
	t.Helper()
	command, rest, _ := strings.Cut(s.typed, " ")
	if who, ok := strings.CutPrefix(command, "SUDO_USER="); ok {
		p.sudo = who
		defer func() { p.sudo = "" }()
		command, rest, _ = strings.Cut(rest, " ")
	}
	switch {
	case command == "constat":
		rest, beside := strings.CutSuffix(rest, " &")
		rest, file, kept := strings.Cut(rest, " > ")
		if !kept {
			return p.run(t, rest)
		}
		write := func() {
			if err := os.WriteFile(file, []byte(p.run(t, rest)), 0o600); err != nil {
				t.Error(err)
			}
		}
		if beside {
			p.beside.Go(write)
		} else {
			write()
		}
		return ""
	case command == "wait":
		p.beside.Wait()
		return ""
	case command == "cat" && strings.HasPrefix(rest, "> "):
		if err := os.WriteFile(rest[2:], []byte(s.input), 0o600); err != nil {
			t.Fatal(err)
		}
		return ""
	case command == "cat":
		text, err := os.ReadFile(rest)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Fatalf("the test cannot run %q", s.typed)
	return ""
}

func like(want, got string) bool {
	pattern := regexp.QuoteMeta(strings.TrimSpace(want))
	pattern = regexp.MustCompile(`(?m)^…$`).ReplaceAllString(pattern, `(?s:.*)`)
	pattern = strings.ReplaceAll(pattern, "…", ".*")
	return regexp.MustCompile(`^` + pattern + `$`).MatchString(strings.TrimSpace(got))
}

func TestTranscriptsAreComparedWhole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want, got string
		like      bool
	}{
		{"a\nb\n", "a\nb\n", true},
		{"a\n", "a\nb\n", false},
		{"a\n…\nd\n", "a\nb\nc\nd\n", true},
		{"a … c\n", "a b c\n", true},
		{"a … c\n", "a b\nx c\n", false},
		{"(a+)", "(a+)", true},
	} {
		if like(test.want, test.got) != test.like {
			t.Errorf("%q and %q", test.want, test.got)
		}
	}
}
