package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// stages remembers the stages it is told of.
type stages struct {
	progress.Meter
	names []string
}

func (s *stages) Stage(name string, _ int64, _ string) { s.names = append(s.names, name) }

func TestText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "register.csv")
	if err := os.WriteFile(path, []byte("id;nom\n1;Zoé\n2;Léo\n3"+strings.Repeat(";a", 40)+"\n4;Max\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	meter := &stages{Meter: progress.None}
	s, err := Open(t.Context(), path, Options{Progress: meter})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Name() != "register.csv" || !slices.Equal(s.Columns(), []string{"id", "nom"}) {
		t.Errorf("%q has columns %q", s.Name(), s.Columns())
	}
	rows, stats := scanned(t, s)
	if !slices.Equal(rows, []string{"1:1|Zoé", "2:2|Léo", "4:4|Max"}) {
		t.Errorf("%q", rows)
	}
	if stats.Rejected != 1 || len(stats.Rejects) != 1 || stats.Rejects[0].First[0].Row != 3 || len(stats.SHA256) != 64 || stats.Bytes != 109 {
		t.Errorf("%+v", stats)
	}
	b, err := s.Sample(t.Context(), 2)
	if err != nil || b.Rows() != 2 {
		t.Errorf("%v, %v", b, err)
	}
	if !slices.Equal(meter.names, []string{stage, stage}) { // looking for tables, then reading
		t.Errorf("stages %q", meter.names)
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.csv")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, uri string }{
		{"no such file", filepath.Join(dir, "none.csv")},
		{"a folder", dir},
		{"an empty file", empty},
		{"a scheme", "https://user:s3cret@example.invalid/people.csv"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(t.Context(), test.uri, Options{})
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v (%q)", err, failure.HintOf(err))
			}
		})
	}
}
