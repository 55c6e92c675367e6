package finding

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
)

func hand() Hand {
	return Hand{Who: "agent", Now: func() time.Time { return time.Date(2026, 4, 21, 12, 0, 0, 5, time.UTC) }}
}

func assessed(people int64, kinds ...kind.Kind) *assessment.Assessment {
	a := assessment.New()
	a.Inputs = []assessment.Input{{SHA256: "a"}}
	a.Rows.Read, a.Linked.Rows, a.Exposures.Persons = 10, people, people
	for _, k := range kinds {
		a.Exposures.Kinds = append(a.Exposures.Kinds, assessment.Exposure{Kind: k, People: 1})
	}
	a.Claims = []assessment.Claim{{Number: 1}, {Number: 2, Against: true}}
	return a
}

func TestNoteKeepsChangesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := In(dir, "c1")
	for _, n := range []int64{5, 5, 6, 6, 5} {
		if err := s.Note(hand(), Of(assessed(n, kind.Email))); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := s.Lines()
	if err != nil || len(lines) != 3 || lines[1].People != 6 || lines[2].Seq != 3 || lines[0].Claim != 2 {
		t.Fatalf("%d lines, %v: %+v", len(lines), err, lines)
	}
	// Of another case the lines are none, and a changed one shows.
	path := filepath.Join(dir, File)
	if _, err := In(dir, "c2").Lines(); err == nil {
		t.Error("the lines of one case are taken for another's")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// What a crash tore is healed by the next note.
	if err := os.WriteFile(path, text[:len(text)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Note(hand(), Of(assessed(5, kind.Email))); err != nil {
		t.Fatal(err)
	}
	if lines, err := s.Lines(); err != nil || len(lines) != 3 {
		t.Errorf("healed: %d lines, %v", len(lines), err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), `"people":6`, `"people":7`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Note(hand(), Of(assessed(8, kind.Email))); err == nil {
		t.Error("a line is added to a chain that does not hold")
	}
}

func TestMoved(t *testing.T) {
	t.Parallel()
	before, after := Of(assessed(5, kind.Email, kind.Phone)), Of(assessed(6, kind.Email, kind.NIR))
	if got := Moved(before, before); len(got) != 0 || got == nil {
		t.Errorf("nothing moved: %v", got)
	}
	at, n := "2026-02-01T00:00:00Z", int64(7)
	after.Size, after.Copied.Low, after.Dump = &n, &at, "other"
	want := []Move{
		{"originals", "1", "1"},
		{"people", "5", "6"},
		{"size", "", "7"},
		{"linked", "5", "6"},
		{"kinds", "email, phone", "email, nir"},
		{"copied_after", "", at},
	}
	if got := Moved(before, after); !reflect.DeepEqual(got, want) {
		t.Errorf("moved %v, want %v", got, want)
	}
	// Every fact that changes is told.
	base := reflect.ValueOf(Of(assessed(5)))
	for i := range base.NumField() {
		changed := reflect.New(base.Type()).Elem()
		changed.Set(base)
		switch f := changed.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Int, reflect.Int64:
			f.SetInt(99)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]string{"nir"}))
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		case reflect.Struct:
			f.Field(1).Set(reflect.ValueOf(&at))
		}
		if len(Moved(base.Interface().(Facts), changed.Interface().(Facts))) == 0 {
			t.Errorf("that %s changed is not told", base.Type().Field(i).Name)
		}
	}
}

func FuzzLines(f *testing.F) {
	dir := f.TempDir()
	if err := In(dir, "c1").Note(hand(), Of(assessed(5, kind.Email))); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, File), text, 0o600); err != nil {
			t.Fatal(err)
		}
		s := In(dir, "c1")
		before, err := s.Lines()
		if err != nil {
			return
		}
		if err := s.Note(hand(), Of(assessed(77, kind.Email))); err != nil {
			t.Fatal(err)
		}
		after, err := s.Lines()
		if err != nil || len(after) < len(before) || after[len(after)-1].People != 77 {
			t.Fatalf("%d lines, then %d, %v", len(before), len(after), err)
		}
	})
}
