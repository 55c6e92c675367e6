package evidence

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"constat.example/desk/chain"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// keeper is a register key of tests.
type keeper struct {
	caseKey
	id string
}

func newKeeper(t testing.TB, id string) keeper {
	t.Helper()
	k, err := newCaseKey([]byte(id + strings.Repeat("k", 32-len(id))))
	if err != nil {
		t.Fatal(err)
	}
	return keeper{k, id}
}

func (k keeper) ID() string { return k.id }

func (k keeper) Wrap(purpose string, secret []byte) []byte {
	return k.Seal(nil, nil, secret, []byte(purpose))
}

func (k keeper) Unwrap(purpose string, wrapped []byte) ([]byte, error) {
	return k.AEAD.Open(nil, nil, wrapped, []byte(purpose))
}

var hand = Hand{Who: "an analyst", Reason: "a test", Now: func() time.Time { return time.Date(2026, 4, 21, 12, 0, 0, 7, time.UTC) }}

// bench is a case of its own.
type bench struct {
	t *testing.T
	Store
	key keeper
}

func newBench(t *testing.T) bench {
	t.Helper()
	return bench{t, In(filepath.Join(t.TempDir(), "cases", "c1", "evidence"), "c1"), newKeeper(t, "k1")}
}

func (b bench) seal(name, text string) *Sealed {
	b.t.Helper()
	s, err := Seal(b.t.Context(), name, strings.NewReader(text), filepath.Join(b.t.TempDir(), "x.age"), progress.None)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b bench) receive(name, text string) {
	b.t.Helper()
	if err := b.Receive(b.key, hand, []*Sealed{b.seal(name, text)}); err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) chain() *Chain {
	b.t.Helper()
	c, err := b.Chain()
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// acts is the chain in short.
func (b bench) acts() string {
	b.t.Helper()
	c := b.chain()
	if len(c.Breaks) > 0 {
		b.t.Errorf("the chain does not hold: %v", c.Breaks)
	}
	var all []string
	for _, e := range c.Entries {
		all = append(all, string(e.Act)+" "+e.Name)
	}
	return strings.Join(all, ", ")
}

// text reads an original through its seal.
func (b bench) text(o Original) (string, error) {
	b.t.Helper()
	rs, err := b.Open(b.key, []Original{o})
	if err != nil {
		return "", err
	}
	defer func() { _ = rs[0].Close() }()
	text, err := io.ReadAll(io.NewSectionReader(rs[0], 0, o.Bytes))
	return string(text), err
}

// verify returns what does not hold.
func (b bench) verify() string {
	b.t.Helper()
	checks, err := b.Verify(b.t.Context(), b.key, hand, progress.None)
	if err != nil {
		b.t.Fatal(err)
	}
	var bad []string
	for _, c := range checks {
		if c.Name == "" || c.Detail == "" {
			b.t.Errorf("a check that says nothing: %+v", c)
		}
		if !c.OK {
			bad = append(bad, c.Name+": "+c.Detail)
		}
	}
	return strings.Join(bad, "; ")
}

func (b bench) files() string {
	b.t.Helper()
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		b.t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func long(n int) string {
	text := make([]byte, n)
	_, _ = rand.Read(text)
	return string(text)
}

func TestSealAndRead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	texts := []string{"", "x", "nom;prenom\nMartin;Anne\n", long(64 << 10), long(1<<20 + 1), long(5 << 20)}
	for i, text := range texts {
		b.receive(fmt.Sprintf("part%d.csv", i), text)
	}
	held := b.chain().Held()
	for i, text := range texts {
		o := held[i]
		if o.SHA256 != chain.Sum([]byte(text)) || o.Bytes != int64(len(text)) || o.By != hand.Who || o.Name != fmt.Sprintf("part%d.csv", i) {
			t.Errorf("original %+v", o)
		}
		got, err := b.text(o)
		if err != nil || got != text {
			t.Errorf("%s: %d bytes, %v", o.Name, len(got), err)
		}
		sealed, err := os.ReadFile(b.path(o.SHA256 + sealedExt))
		if err != nil || len(text) > 5 && bytes.Contains(sealed, []byte(text[:6])) {
			t.Errorf("%s shows, or is not there: %v", o.Name, err)
		}
		if most := SealedSize(o.Bytes); int64(len(sealed)) > most {
			t.Errorf("%s takes %d bytes, at most %d were expected", o.Name, len(sealed), most)
		}
	}
	if bad := b.verify(); bad != "" {
		t.Error(bad)
	}
	for _, e := range strings.Fields(b.files()) {
		if st, err := os.Stat(b.path(e)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e, st.Mode(), err)
		}
	}
}

func TestReadAtAnyPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	text := long(300_000)
	b.receive("a", text)
	rs, err := b.Open(b.key, b.chain().Held())
	if err != nil {
		t.Fatal(err)
	}
	r := rs[0]
	defer func() { _ = r.Close() }()
	for _, c := range []struct {
		off int64
		n   int
	}{{0, 1}, {65_535, 2}, {65_536, 65_536}, {1, 299_999}, {299_999, 1}, {299_000, 5000}, {300_000, 1}, {400_000, 1}} {
		p := make([]byte, c.n)
		n, err := r.ReadAt(p, c.off)
		want := ""
		if c.off < int64(len(text)) {
			want = text[c.off:min(len(text), int(c.off)+c.n)]
		}
		if string(p[:n]) != want || n < c.n && !errors.Is(err, io.EOF) || err != nil && !errors.Is(err, io.EOF) {
			t.Errorf("%d bytes at %d: got %d, %v", c.n, c.off, n, err)
		}
	}
	sealed, identity := r.Handover()
	id, err := age.ParseX25519Identity(identity)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(io.NewSectionReader(sealed, 0, 1<<40), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(plain); err != nil || string(got) != text {
		t.Errorf("handed over: %d bytes, %v", len(got), err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", r, r, r, r); strings.Contains(s, identity) {
		t.Error("the identity is printed")
	}
}

func TestReceivedTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.receive("a.csv", "same")
	before := b.files()
	sealed, err := os.ReadFile(b.path(chain.Sum([]byte("same")) + sealedExt))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Receive(b.key, hand, []*Sealed{b.seal("b.csv", "same"), b.seal("c.csv", "same"), b.seal("d.csv", "other"), b.seal("e.csv", "other")}); err != nil {
		t.Fatal(err)
	}
	if got := b.acts(); got != "received a.csv, received b.csv, received c.csv, received d.csv, received e.csv" {
		t.Error(got)
	}
	if len(strings.Fields(b.files())) != len(strings.Fields(before))+2 {
		t.Errorf("%s, before %s", b.files(), before)
	}
	if again, err := os.ReadFile(b.path(chain.Sum([]byte("same")) + sealedExt)); err != nil || !bytes.Equal(again, sealed) {
		t.Errorf("it was stored again: %v", err)
	}
	held := b.chain().Held()
	if len(held) != 2 || held[0].Name != "a.csv" || held[1].Name != "d.csv" {
		t.Errorf("held %+v", held)
	}
}

// TestAltered changes what is kept, and holds that reading it fails with words
// that say so.
func TestAltered(t *testing.T) {
	t.Parallel()
	flip := func(name string, at float64) func(b bench) {
		return func(b bench) {
			text, err := os.ReadFile(b.path(name))
			if err != nil {
				t.Fatal(err)
			}
			text[int(at*float64(len(text)-1))] ^= 4
			if err := os.WriteFile(b.path(name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A letter of base64 changed at will may be none: the key is changed inside.
	otherKey := func(b bench) {
		text, err := os.ReadFile(b.path(keyFile))
		if err != nil {
			t.Fatal(err)
		}
		var w wrappedKey
		if err := json.Unmarshal(text, &w); err != nil {
			t.Fatal(err)
		}
		w.Wrapped[len(w.Wrapped)/2] ^= 4
		if text, err = json.Marshal(w); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(b.path(keyFile), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, other := long(200_000), long(200_000)
	one, two := chain.Sum([]byte(text)), chain.Sum([]byte(other))
	swap := func(ends ...string) func(b bench) {
		return func(b bench) {
			for _, end := range ends {
				for _, step := range [][2]string{{one + end, "x"}, {two + end, one + end}, {"x", two + end}} {
					if err := os.Rename(b.path(step[0]), b.path(step[1])); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(b bench)
		want   string
	}{
		{"a byte of the header", flip(one+sealedExt, 0.0001), "evidence was altered"},
		{"a byte in the middle", flip(one+sealedExt, 0.4), "its seal is broken"},
		{"the last byte", flip(one+sealedExt, 1), "its seal is broken"},
		{"its key", flip(one+keyExt, 0.5), "its key was changed"},
		{"cut short", func(b bench) { _ = os.Truncate(b.path(one+sealedExt), 65_536*2+200) }, "evidence was altered"},
		{"emptied", func(b bench) { _ = os.Truncate(b.path(one+sealedExt), 0) }, "evidence was altered"},
		{"gone", func(b bench) { _ = os.Remove(b.path(one + sealedExt)) }, "the sealed file is gone"},
		{"its key gone", func(b bench) { _ = os.Remove(b.path(one + keyExt)) }, "its key is gone"},
		{"another original in its place", swap(sealedExt), "its seal is broken"},
		{"another original in its place, key and all", swap(sealedExt, keyExt), "its key was changed"},
		{"the key of the case", otherKey, "key of the evidence of case c1 was altered"},
		{"the key of the case, its start", flip(keyFile, 0), "is damaged"},
		{"the key of the case gone", func(b bench) { _ = os.Remove(b.path(keyFile)) }, "key of the evidence of case c1 is gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.receive("a.csv", text)
			b.receive("b.csv", other)
			c.change(b)
			got, err := b.text(b.chain().Held()[0])
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("%d bytes, error %v", len(got), err)
			}
			if !strings.HasPrefix(text, got) {
				t.Error("what was given is not what was received")
			}
			if bad := b.verify(); !strings.Contains(bad, c.want) {
				t.Errorf("verifying found %q", bad)
			}
			if acts := b.acts(); !strings.Contains(acts, "altered a.csv") {
				t.Errorf("acts %s", acts)
			}
		})
	}
}

func TestMended(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.receive("a.csv", "text")
	if err := os.Truncate(b.path(chain.Sum([]byte("text"))+sealedExt), 100); err != nil {
		t.Fatal(err)
	}
	b.receive("a.csv", "text")
	if bad := b.verify(); bad != "" {
		t.Error(bad)
	}
}

func TestOtherKeys(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.receive("a.csv", "text")
	if id, err := b.KeyID(); id != "k1" || err != nil {
		t.Errorf("key %q, %v", id, err)
	}
	held := b.chain().Held()
	if _, err := b.Open(newKeeper(t, "k2"), held); failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), "register key k1, not k2") {
		t.Errorf("%v", err)
	}
	if err := b.Receive(newKeeper(t, "k2"), hand, []*Sealed{b.seal("b.csv", "more")}); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
	// The same files under another case open nothing.
	moved := b
	moved.caseID = "c2"
	if _, err := moved.Open(b.key, held); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
	if c := moved.chain(); len(c.Breaks) == 0 {
		t.Error("the chain of another case holds")
	}
	if id, err := In(t.TempDir(), "c3").KeyID(); id != "" || err != nil {
		t.Errorf("key %q, %v", id, err)
	}
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.receive("a.csv", "text")
	b.receive("b.csv", "other")
	o := b.chain().Held()[0]
	if err := b.Log(hand, Read, []Original{o}); err != nil {
		t.Fatal(err)
	}
	if err := b.Discard(hand, o); err != nil {
		t.Fatal(err)
	}
	if got := b.acts(); got != "received a.csv, received b.csv, read a.csv, discarding a.csv, discarded a.csv" {
		t.Error(got)
	}
	if strings.Contains(b.files(), o.SHA256) {
		t.Errorf("left: %s", b.files())
	}
	if bad := b.verify(); bad != "" {
		t.Error(bad)
	}
	if held := b.chain().Held(); len(held) != 1 || held[0].Name != "b.csv" {
		t.Errorf("held %+v", held)
	}
	if _, err := b.text(o); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("it still opens: %v", err)
	}
	if e := b.chain().Entries[3]; e.Reason != "a test" || e.Who != "an analyst" || !e.Time.Equal(hand.Now().Truncate(time.Second)) {
		t.Errorf("entry %+v", e)
	}
	// Received again, it is there again.
	b.receive("a2.csv", "text")
	if got, err := b.text(b.chain().Held()[0]); got != "text" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// TestCrashes leaves what a crash leaves, and holds that the next act settles it.
func TestCrashes(t *testing.T) {
	t.Parallel()
	text := chain.Sum([]byte("text"))
	copies := func(b bench, from, to string) {
		data, err := os.ReadFile(b.path(from))
		if err == nil {
			err = os.WriteFile(b.path(to), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add := func(b bench, more string) {
		f, err := os.OpenFile(b.path(CustodyFile), os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString(more)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	move := func(b bench, from, to string) {
		if err := os.Rename(b.path(from), b.path(to)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		crash func(b bench)
		held  int
		acts  string // before anything else is done
	}{
		{"before the line", func(b bench) {
			copies(b, text+keyExt, strings.Repeat("a", 64)+keyExt+newExt)
			copies(b, text+sealedExt, strings.Repeat("a", 64)+sealedExt+newExt)
		}, 1, "received a.csv"},
		{"after the line", func(b bench) {
			move(b, text+keyExt, text+keyExt+newExt)
			move(b, text+sealedExt, text+sealedExt+newExt)
		}, 1, "received a.csv"},
		{"between two names", func(b bench) { move(b, text+sealedExt, text+sealedExt+newExt) }, 1, "received a.csv"},
		{"a torn line", func(b bench) { add(b, `{"seq":2,"time":"2026-04-2`) }, 1, "received a.csv"},
		{"a whole line without its end", func(b bench) {
			line, _ := os.ReadFile(b.path(CustodyFile))
			add(b, string(line[:len(line)-1]))
		}, 1, "received a.csv"},
		{"a block that was not written", func(b bench) { add(b, strings.Repeat("\x00", 700)+"\"}\n") }, 1, "received a.csv"},
		{"a file half replaced", func(b bench) { copies(b, keyFile, "."+keyFile+"123") }, 1, "received a.csv"},
		{"discarding, nothing done", func(b bench) {
			c := b.chain()
			if err := b.append(c, hand.entries(Discarding, c.Held())...); err != nil {
				t.Fatal(err)
			}
		}, 0, "received a.csv, discarding a.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.receive("a.csv", "text")
			c.crash(b)
			if got := b.acts(); got != c.acts {
				t.Errorf("acts %s", got)
			}
			b.receive("b.csv", "other")
			if got := b.acts(); got != c.acts+", received b.csv" {
				t.Errorf("acts %s", got)
			}
			if held := b.chain().Held(); len(held) != c.held+1 {
				t.Errorf("held %+v", held)
			}
			if c.held == 0 {
				if bad := b.verify(); !strings.Contains(bad, "discard it again") {
					t.Errorf("verifying found %q", bad)
				}
				if err := b.Discard(hand, b.chain().Originals()[0]); err != nil {
					t.Fatal(err)
				}
			}
			if bad := b.verify(); bad != "" {
				t.Error(bad)
			}
			if n := len(strings.Fields(b.files())); n != 2+2*(c.held+1) {
				t.Errorf("files %s", b.files())
			}
		})
	}
}

// TestNotAccepted holds that an act that cannot be logged leaves nothing.
func TestNotAccepted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.receive("a.csv", "text")
	before, text := b.files(), b.acts()
	late := hand
	late.Now = func() time.Time { return time.Date(12_026, 1, 1, 0, 0, 0, 0, time.UTC) } // no JSON has such a year
	if err := b.Receive(b.key, late, []*Sealed{b.seal("b.csv", "other")}); err == nil {
		t.Fatal("it was received")
	}
	if b.files() != before || b.acts() != text {
		t.Errorf("left %s; %s", b.files(), b.acts())
	}
}

func TestStrangers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if bad := b.verify(); bad != "" {
		t.Errorf("a case without evidence: %s", bad)
	}
	b.receive("a.csv", "text")
	b.receive("b.csv", "other")
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"a file put there", func() error { return os.WriteFile(b.path("x.age"), nil, 0o600) }, "not told of: 1;"},
		{"what was discarded put back", func() error {
			o := b.chain().Held()[1]
			key, err := os.ReadFile(b.path(o.SHA256 + keyExt))
			return cmp.Or(err, os.Remove(b.path("x.age")), b.Discard(hand, o), os.WriteFile(b.path(o.SHA256+keyExt), key, 0o600))
		}, "files of it are still there"},
		{"lines cut off the end", func() error {
			line, err := os.ReadFile(b.path(CustodyFile))
			return cmp.Or(err, os.WriteFile(b.path(CustodyFile), line[:bytes.IndexByte(line, '\n')+1], 0o600))
		}, "not told of: 1;"},
		{"the whole chain gone", func() error { return os.Remove(b.path(CustodyFile)) }, "not told of: 3;"},
	} {
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		if bad := b.verify(); !strings.Contains(bad, c.want) {
			t.Errorf("%s: found %q", c.name, bad)
		}
	}
}

func TestSealFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := errors.New("the disk failed")
	if _, err := Seal(t.Context(), "a", io.MultiReader(strings.NewReader(long(3<<20)), failing{bad}), filepath.Join(dir, "a"), progress.None); !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Seal(ctx, "a", strings.NewReader(long(3<<20)), filepath.Join(dir, "b"), progress.None); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := Seal(t.Context(), "a", strings.NewReader("x"), filepath.Join(dir, "none", "c"), progress.None); err == nil {
		t.Error("sealed into a folder that is not there")
	}
	if _, err := pump(t.Context(), strings.NewReader(long(3<<20)), progress.None, io.Discard, failing{bad}); !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestTwoHandsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	done := make(chan error)
	const hands, acts = 4, 8
	for h := range hands {
		go func() {
			for i := range acts {
				o := b.seal(fmt.Sprintf("%d-%d", h, i), fmt.Sprint("text ", i))
				if err := b.Receive(b.key, hand, []*Sealed{o}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range hands {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := len(b.chain().Entries); n != hands*acts {
		t.Errorf("%d acts", n)
	}
	if held := b.chain().Held(); len(held) != acts || slices.ContainsFunc(held, func(o Original) bool { _, err := b.text(o); return err != nil }) {
		t.Errorf("held %+v", held)
	}
	if bad := b.verify(); bad != "" {
		t.Error(bad)
	}
}

// BenchmarkSeal seals a large file on the disk of the tests.
func BenchmarkSeal(b *testing.B) {
	const size = 1 << 30
	dir := b.TempDir()
	src := filepath.Join(dir, "src")
	f, err := os.Create(src)
	if err != nil {
		b.Fatal(err)
	}
	block := []byte(long(1 << 20))
	for range size / len(block) {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		in, err := os.Open(src)
		if err != nil {
			b.Fatal(err)
		}
		to := filepath.Join(dir, "sealed")
		if _, err := Seal(b.Context(), "a", in, to, progress.None); err != nil {
			b.Fatal(err)
		}
		if err := errors.Join(in.Close(), os.Remove(to)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead reads a large original through its seal, start to end.
func BenchmarkRead(b *testing.B) {
	const size = 256 << 20
	key := newKeeper(b, "k1")
	s := In(filepath.Join(b.TempDir(), "c1", "evidence"), "c1")
	sealed, err := Seal(b.Context(), "a", strings.NewReader(long(size)), filepath.Join(b.TempDir(), "x"), progress.None)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Receive(key, hand, []*Sealed{sealed}); err != nil {
		b.Fatal(err)
	}
	c, err := s.Chain()
	if err != nil {
		b.Fatal(err)
	}
	rs, err := s.Open(key, c.Held())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{io.NewSectionReader(rs[0], 0, size)}, make([]byte, 1<<20)); err != nil {
			b.Fatal(err)
		}
	}
}
