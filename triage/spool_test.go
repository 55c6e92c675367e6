package triage_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/internal/failure"
	"constat.example/triage"
)

func sentAccesses(names *access.Names, n int) (all []access.Access) {
	for i := range n {
		all = append(all, access.Access{
			Time: int64(1_000_000 * i), Record: int64(-7 * i), Count: int64(i) - 1, Step: -3, Action: access.Search, By: kind.BirthDate,
			Account: names.Number(fmt.Appendf(nil, "c%d", i%3)), Address: names.Number([]byte("10.0.0.7")), Office: names.Number([]byte("075")), Reason: names.Number([]byte("rdv")),
		})
	}
	return all
}

// What was put in a spool is there after a crash, up to where one cut a portion off, and
// goes once a state holds it.
func TestSpool(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "spool")
	open := func(taken map[string]int64) triage.Spool {
		t.Helper()
		s, err := triage.OpenSpool(dir, taken)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	files := func() []string {
		all, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	var names access.Names
	want := sentAccesses(&names, 5)
	s := open(map[string]int64{"otlp": 7})
	for i, input := range []string{"otlp", "syslog", "otlp"} {
		if seq, err := s.Add(input, want[i:i+2], &names); err != nil || seq != int64(8+i) {
			t.Fatal(seq, err)
		}
	}
	// A crash while the last was written, and one before anything was.
	text, err := os.ReadFile(files()[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []struct {
		name string
		text []byte
	}{{files()[0], text[:len(text)-1]}, {filepath.Join(dir, fmt.Sprintf("%020d", 10)), nil}} {
		if err := os.WriteFile(to.name, to.text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s = open(nil)
	var other access.Names
	other.Number([]byte("another name before"))
	got, err := s.Left("otlp", 7, &other)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d accesses were left, %v", len(got), err)
	}
	for i, a := range got {
		w := want[i]
		if a.Time != w.Time || a.Record != w.Record || a.Count != w.Count || a.Step != w.Step || a.Action != w.Action || a.By != w.By || other.Of(a.Account) != names.Of(w.Account) || other.Of(a.Reason) != "rdv" || a.Session != 0 {
			t.Errorf("%+v, not %+v", a, w)
		}
	}
	if seq, err := s.Add("otlp", want, &names); err != nil || seq != 10 {
		t.Fatal(seq, err)
	}
	if err := s.Keep(map[string]int64{"otlp": 10}); err != nil || len(files()) != 1 {
		t.Fatalf("%q are left, %v", files(), err) // the first still holds one of syslog
	}
	if err := s.Keep(map[string]int64{"otlp": 10, "syslog": 9}); err != nil || len(files()) != 0 {
		t.Fatalf("%q are left, %v", files(), err)
	}
	// A portion in the middle that is not as it was written.
	if _, err := s.Add("otlp", want, &names); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add("otlp", want, &names); err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(files()[0]); err != nil {
		t.Fatal(err)
	}
	text[20] ^= 1
	if err := os.WriteFile(files()[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := triage.OpenSpool(dir, nil); failure.CodeOf(err) != failure.BadInput {
		t.Error(err)
	}
}

func FuzzSpool(f *testing.F) {
	dir := f.TempDir()
	s, err := triage.OpenSpool(dir, nil)
	if err != nil {
		f.Fatal(err)
	}
	var names access.Names
	if _, err := s.Add("otlp", sentAccesses(&names, 4), &names); err != nil {
		f.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(all[0])
	if err != nil {
		f.Fatal(err)
	}
	text = text[8+8+5:] // behind length, sum, ordinal and input
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := triage.ReadAccesses(text)
		if err != nil {
			return
		}
		if again, err := triage.ReadAccesses(once); err != nil || !bytes.Equal(again, once) {
			t.Errorf("%x is read and written as %x: %v", once, again, err)
		}
	})
}
