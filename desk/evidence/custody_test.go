package evidence

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/chain"
)

// chainOf writes a chain of that many acts on the original of "text".
func chainOf(t testing.TB, n int) []byte {
	t.Helper()
	var text []byte
	c := Parse("c1", nil)
	for i := range n {
		act := []Act{Received, Read, Verified, Discarding, Discarded}[i%5]
		e := hand.entry(act, Original{SHA256: chain.Sum([]byte("text")), Bytes: 4, Name: "a <b> é.csv"})
		e.Seq, e.Prev = int64(i+1), c.Head
		line, err := chain.Line(e)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, line...)
		c = Parse("c1", text)
	}
	return text
}

func TestChainShowsChanges(t *testing.T) {
	t.Parallel()
	whole := chainOf(t, 5)
	lines := bytes.SplitAfter(whole, []byte("\n"))[:5]
	if c := Parse("c1", whole); len(c.Breaks) > 0 || len(c.Entries) != 5 || c.Whole != int64(len(whole)) {
		t.Fatalf("%+v", c)
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, c := range []struct {
		name string
		text []byte
		want int // line of the first break
	}{
		{"the first line taken out", join(lines[1:]...), 1},
		{"a line taken out", join(lines[0], lines[1], lines[3], lines[4]), 3},
		{"lines in another order", join(lines[0], lines[2], lines[1], lines[3], lines[4]), 2},
		{"a line twice", join(lines[0], lines[1], lines[1], lines[2]), 3},
		{"another name", bytes.Replace(whole, []byte("an analyst"), []byte("no analyst"), 1), 2},
		{"another time", bytes.Replace(whole, []byte("T12:00"), []byte("T11:00"), 1), 2},
		{"an empty line", join(lines[0], []byte("\n"), lines[1]), 2},
		{"a space", bytes.Replace(whole, []byte(`"seq":2`), []byte(`"seq": 2`), 1), 2},
		{"a key more", bytes.Replace(whole, []byte(`"seq":2`), []byte(`"x":1,"seq":2`), 1), 2},
		{"the path of a file", bytes.Replace(whole, []byte(`"sha256":"`), []byte(`"sha256":"../`), 1), 1},
		{"fewer bytes than none", bytes.Replace(whole, []byte(`"bytes":4`), []byte(`"bytes":-4`), 1), 1},
		{"no chain at all", []byte("hello\nworld\n"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Parse("c1", c.text)
			if len(got.Breaks) == 0 || got.Breaks[0].Line != c.want {
				t.Errorf("breaks %v, want line %d", got.Breaks, c.want)
			}
			for _, o := range got.Originals() {
				if !fullSum.MatchString(o.SHA256) {
					t.Errorf("original %q", o.SHA256)
				}
			}
		})
	}
	if Parse("c1", join(lines[:4]...)).Head == Parse("c1", whole).Head {
		t.Error("a line cut off the end leaves the same head")
	}
}

// TestAnyByte changes every byte of a chain in turn: only the last line may do
// without a break, since nothing follows it, and then the head tells.
func TestAnyByte(t *testing.T) {
	t.Parallel()
	whole := chainOf(t, 3)
	head := Parse("c1", whole).Head
	for i := range whole {
		text := bytes.Clone(whole)
		text[i] ^= 1
		if c := Parse("c1", text); len(c.Breaks) == 0 && c.Head == head {
			t.Errorf("byte %d was changed, and nothing shows", i)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	of := func(acts ...string) *Chain {
		c := &Chain{}
		for _, a := range acts {
			act, name, _ := strings.Cut(a, " ")
			c.Entries = append(c.Entries, Entry{Act: Act(act), SHA256: name, Name: name, Time: at})
		}
		return c
	}
	for _, c := range []struct {
		name  string
		chain *Chain
		want  string
	}{
		{"nothing", of(), ""},
		{"in order of receipt", of("received b", "received a", "received b"), "b held, a held"},
		{"discarded", of("received a", "received b", "discarding a", "discarded a"), "a discarded, b held"},
		{"being discarded", of("received a", "discarding a"), "a discarding"},
		{"received again", of("received a", "discarding a", "discarded a", "received a"), "a held"},
		{"read and verified", of("received a", "read a", "verified a", "altered a"), "a held"},
		{"never received", of("discarded a", "read b"), ""},
		{"an act of later", of("received a", "lent a"), "a held"},
	} {
		var got []string
		for _, o := range c.chain.Originals() {
			got = append(got, fmt.Sprintf("%s %s", o.SHA256, o.State))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

func FuzzCustody(f *testing.F) {
	whole := chainOf(f, 4)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(append(bytes.Clone(whole), "\x00\x00\n"...))
	f.Add([]byte("{}\n\n{\"seq\":1}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := Parse("c1", text)
		// Every byte is a whole line's or torn.
		if c.Whole < 0 || c.Whole > int64(len(text)) || c.Whole > 0 && text[c.Whole-1] != '\n' {
			t.Fatalf("%d bytes of %d", c.Whole, len(text))
		}
		lines := bytes.Count(text[:c.Whole], []byte("\n"))
		if len(c.Entries) > lines || len(c.Breaks) > lines || len(c.Entries)+len(c.Breaks) < lines {
			t.Fatalf("%d acts, %d breaks, %d lines", len(c.Entries), len(c.Breaks), lines)
		}
		// What holds is written as it was read.
		if len(c.Breaks) == 0 {
			var again []byte
			for _, e := range c.Entries {
				line, err := chain.Line(e)
				if err != nil {
					t.Fatal(err)
				}
				again = append(again, line...)
			}
			if !bytes.Equal(again, text[:c.Whole]) {
				t.Fatal("written again, it is another text")
			}
		}
		// The torn end taken off, it is the same chain; one act more breaks nothing.
		healed := Parse("c1", text[:c.Whole])
		if healed.Head != c.Head || !slices.Equal(healed.Breaks, c.Breaks) || healed.Whole != c.Whole {
			t.Fatal("healed, it is another chain")
		}
		e := hand.entry(Read, Original{SHA256: chain.Sum([]byte("text")), Bytes: 4, Name: "a"})
		e.Seq, e.Prev = int64(lines+1), c.Head
		line, err := chain.Line(e)
		if err != nil {
			t.Fatal(err)
		}
		if more := Parse("c1", append(bytes.Clone(text[:c.Whole]), line...)); len(more.Breaks) != len(c.Breaks) || len(more.Entries) != len(c.Entries)+1 {
			t.Fatalf("one act more: breaks %v, before %v", more.Breaks, c.Breaks)
		}
		for _, o := range c.Originals() {
			if !fullSum.MatchString(o.SHA256) {
				t.Fatalf("original %q", o.SHA256)
			}
		}
	})
}

// TestRoles: what was received as a dump is one, whatever else it was received as,
// and only that is to be assessed.
func TestRoles(t *testing.T) {
	t.Parallel()
	var text []byte
	c := Parse("c1", nil)
	for i, x := range []struct {
		name string
		role Role
		act  Act
	}{
		{"post", Post, Received},
		{"sample", Sample, Received},
		{"dump", Dump, Received},
		{"dump", Sample, Received},
		{"promoted", Sample, Received},
		{"promoted", Dump, Received},
		{"post", Post, Shown},
	} {
		e := hand.entry(x.act, Original{SHA256: chain.Sum([]byte(x.name)), Bytes: 4, Name: x.name, Role: x.role})
		e.Seq, e.Prev = int64(i+1), c.Head
		line, err := chain.Line(e)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, line...)
		c = Parse("c1", text)
	}
	if len(c.Breaks) > 0 || len(c.Held()) != 4 {
		t.Fatalf("%d held, breaks %v", len(c.Held()), c.Breaks)
	}
	var names []string
	for _, o := range c.Dump() {
		names = append(names, o.Name)
	}
	if !slices.Equal(names, []string{"dump", "promoted"}) {
		t.Errorf("to be assessed: %q", names)
	}
	odd := Entry{SHA256: chain.Sum(nil), Role: "other"}
	if odd.Check() == nil {
		t.Error("a role that there is not is taken")
	}
}
