package chain_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"constat.example/desk/chain"
)

// note is an act of a chain of its own.
type note struct {
	Seq  int64  `json:"seq"`
	Text string `json:"text"`
	Prev string `json:"prev"`
}

func (n *note) Place() (seq *int64, prev *string) { return &n.Seq, &n.Prev }

func (n *note) Check() error {
	if n.Text == "" {
		return errors.New("says nothing")
	}
	return nil
}

const about = "constat.note/1 c1"

func TestAppend(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.jsonl")
	c := chain.Parse[note](about, nil)
	for _, text := range []string{"one", "two"} {
		if err := chain.Append(&c, path, note{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if again := chain.Parse[note](about, text); len(again.Breaks) > 0 || again.Head != c.Head || len(again.Entries) != 2 || again.Entries[1].Seq != 2 {
		t.Fatalf("read again: %+v", again)
	}
	if other := chain.Parse[note]("constat.note/1 c2", text); len(other.Breaks) != 1 || other.Breaks[0].Line != 1 {
		t.Errorf("as the chain of another case it holds: %v", other.Breaks)
	}

	// A torn line is healed by the next act, whatever the crash left of it.
	for _, torn := range []string{`{"seq":3,"te`, "\x00\x00\n", "a\x00\n"} {
		if err := os.WriteFile(path, append(bytes.Clone(text), torn...), 0o600); err != nil {
			t.Fatal(err)
		}
		held, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c := chain.Parse[note](about, held)
		if c.Whole != int64(len(text)) {
			t.Fatalf("%q: %d whole bytes, want %d", torn, c.Whole, len(text))
		}
		if err := chain.Append(&c, path, note{Text: "three"}); err != nil {
			t.Fatal(err)
		}
		held, err = os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if again := chain.Parse[note](about, held); len(again.Breaks) > 0 || len(again.Entries) != 3 {
			t.Errorf("%q: not healed: %+v", torn, again)
		}
	}
}

func TestAppendThatFails(t *testing.T) {
	t.Parallel()
	c := chain.Parse[note](about, nil)
	head := c.Head
	if err := chain.Append(&c, filepath.Join(t.TempDir(), "no", "folder"), note{Text: "one"}); err == nil {
		t.Error("what was not written is no error")
	}
	if c.Head != head || len(c.Entries) != 0 {
		t.Error("what was not written stands in the chain")
	}
}

func TestParseShowsChanges(t *testing.T) {
	t.Parallel()
	one, err := chain.Line(note{Seq: 1, Text: "one", Prev: chain.Sum([]byte(about))})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		breaks     int
	}{
		{"whole", string(one), 0},
		{"twice", string(one) + string(one), 1},
		{"spaced", string(bytes.Replace(one, []byte(`":`), []byte(`": `), 1)), 1},
		{"not allowed", string(bytes.Replace(one, []byte(`"one"`), []byte(`""`), 1)), 1},
		{"renumbered", string(bytes.Replace(one, []byte(`"seq":1`), []byte(`"seq":7`), 1)), 1},
		{"no JSON", "one\n", 1},
	} {
		if got := chain.Parse[note](about, []byte(c.text)); len(got.Breaks) != c.breaks {
			t.Errorf("%s: %v", c.name, got.Breaks)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("{\"seq\":1,\"text\":\"one\",\"prev\":\"\"}\n"))
	f.Add([]byte("{}\n\x00\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := chain.Parse[note](about, text)
		lines := bytes.Count(text[:c.Whole], []byte("\n"))
		// Every line is an act, a break, or an act out of its place.
		if len(c.Entries) > lines || len(c.Breaks) > lines || len(c.Entries)+len(c.Breaks) < lines {
			t.Fatalf("%d acts, %d breaks, %d lines", len(c.Entries), len(c.Breaks), lines)
		}
		if again := chain.Parse[note](about, text[:c.Whole]); again.Head != c.Head || again.Whole != c.Whole {
			t.Fatal("the torn end taken off, it is another chain")
		}
	})
}
