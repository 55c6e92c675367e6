package triage_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// organisation writes a drill of two registers and imports both.
func organisation(t *testing.T, people int, seed uint64) (w triage.Bench, dir string, truth *scenario.Truth) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "drill")
	truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: people, Seed: seed, Snapshots: []int{0, 14, 23}}, "two-registers")
	if err != nil {
		t.Fatal(err)
	}
	w = workbench(filepath.Join(t.TempDir(), "home"))
	for _, s := range truth.Snapshots {
		put(t, w, "", filepath.Join(dir, "register", s.File), s)
	}
	for _, s := range truth.Second {
		put(t, w, truth.Register, filepath.Join(dir, "register-b", s.File), s)
	}
	return w, dir, truth
}

func put(t *testing.T, w triage.Bench, name, path string, s scenario.Snapshot) {
	t.Helper()
	if _, err := w.Import(t.Context(), triage.ImportRequest{Register: name, Source: path, AsOf: s.At}); failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
}

func assessedAgainst(t *testing.T, w triage.Bench, r triage.AssessRequest) *assessment.Assessment {
	t.Helper()
	res, err := w.Assess(t.Context(), r)
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	return res.Assessment
}

// addUp checks what an assessment says of several registers.
func addUp(t *testing.T, a *assessment.Assessment) {
	t.Helper()
	sum, chosen := a.Parts.Several+a.Parts.Nobody, 0
	for _, r := range a.Registers {
		sum += r.Alone
		if r.Alone > r.Found || r.Found > r.Sampled || r.Sampled != a.Parts.Sampled {
			t.Errorf("%+v of %+v", r, a.Parts)
		}
		if r.Chosen {
			chosen++
			if r.Name != a.Register.Name {
				t.Errorf("%s is chosen, and %s compared with", r.Name, a.Register.Name)
			}
		}
	}
	if sum != a.Parts.Sampled || len(a.Registers) > 0 && chosen != 1 {
		t.Errorf("%d rows by the registers that know them, of %d; %d chosen", sum, a.Parts.Sampled, chosen)
	}
}

// TestSeveralRegisters finds the register that a dump was copied from, and holds a
// case to it.
func TestSeveralRegisters(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it assesses a dump against two registers, five times")
	}
	w, dir, truth := organisation(t, 1000, 5)
	var said []string
	w.Say = func(s string) { said = append(said, s) }
	request := triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}, Case: "forum"}
	a := assessedAgainst(t, w, request)
	addUp(t, a)
	if a.Register.Name != "b" || a.Register.Named || a.Verdict.Class != "genuine" || len(a.Registers) != 2 || !slices.Equal(a.Sources(), []string{"b"}) {
		t.Fatalf("%+v, %s, %+v", a.Register, a.Verdict.Class, a.Registers)
	}
	first, second := a.Registers[0], a.Registers[1]
	if first.Name != "main" || first.Class == "genuine" || first.Found < first.Sampled/3 || first.Alone != 0 || first.Apart != nil {
		t.Errorf("%+v", first)
	}
	if second.Found*1000 < second.Sampled*995 || second.Apart == nil || second.Apart.Class != "genuine" || second.Apart.Found != second.Alone {
		t.Errorf("%+v, apart %+v", second, second.Apart)
	}
	w.Threads = 1
	if again := assessedAgainst(t, w, request); timeless(t, again) != timeless(t, a) {
		t.Error("another number of threads gave another assessment")
	}

	// Who asks why a row is linked is answered from that register.
	explained, err := w.Explain(t.Context(), triage.ExplainRequest{Case: "forum", Row: 1})
	if err != nil || len(explained.Candidates) == 0 || !strings.HasPrefix(explained.Candidates[0].RecordID, "E") {
		t.Errorf("%+v, %v", explained, err)
	}

	// One that is named stays, until another is, or all are. The dump is not read again.
	request.Register = "main"
	var seen stages
	w.Meter = &seen
	named := assessedAgainst(t, w, request)
	if named.Register.Name != "main" || !named.Register.Named || len(named.Registers) != 0 || named.Parts != (assessment.Parts{}) || named.Verdict.Class == "genuine" || seen.took("reading the dump") {
		t.Errorf("%+v, %+v, %q", named.Register, named.Registers, seen.names)
	}
	request.Register, said = "", nil
	if kept := assessedAgainst(t, w, request); kept.Register.Name != "main" || !kept.Register.Named || !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, "register main, as before") }) {
		t.Errorf("%+v, said %q", kept.Register, said)
	}
	request.Register = triage.EveryRegister
	all := assessedAgainst(t, w, request)
	all.Size.History = a.Size.History // which tells of what was said between
	if timeless(t, all) != timeless(t, a) {
		t.Errorf("compared with all again: %+v", all.Register)
	}
}

// TestMixedFile has a file put together of copies of two registers.
func TestMixedFile(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it assesses a dump against two registers")
	}
	w, dir, truth := organisation(t, 1000, 6)
	other := filepath.Join(t.TempDir(), "other")
	first, err := scenario.Write(t.Context(), other, scenario.Config{People: 1000, Seed: 6, Snapshots: []int{0, 14, 23}}, "full-copy", func(theft *scenario.Theft) {
		theft.Columns, theft.Format = []string{"nom_naissance", "prenoms", "date_naissance", "courriel", "telephone", "adresse", "code_postal", "commune"}, truth.Format
	})
	if err != nil {
		t.Fatal(err)
	}
	var mixed []byte
	for i, path := range []string{filepath.Join(dir, truth.Dump), filepath.Join(other, first.Dump)} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			_, text, _ = bytes.Cut(text, []byte("\n"))
		}
		mixed = append(mixed, text...)
	}
	path := filepath.Join(dir, "mixed.csv")
	if err := os.WriteFile(path, mixed, 0o600); err != nil {
		t.Fatal(err)
	}
	a := assessedAgainst(t, w, triage.AssessRequest{Paths: []string{path}})
	addUp(t, a)
	if !slices.Equal(a.Sources(), []string{"main", "b"}) || a.Registers[0].Alone < 300 || a.Registers[1].Alone < 300 || a.Parts.Several < 600 {
		t.Errorf("%q, %+v, %+v", a.Sources(), a.Registers, a.Parts)
	}
}

func TestNamesOfRegisters(t *testing.T) {
	t.Parallel()
	w := workbench(filepath.Join(t.TempDir(), "home"))
	people := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(people, []byte("id,email\n1,a@b.example\n2,c@d.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func(name string) error {
		_, err := w.Import(t.Context(), triage.ImportRequest{Register: name, Source: people, ID: "id", AsOf: w.Now()})
		return err
	}
	for _, name := range []string{"all", "../main", "A", ".", "é", "a b", strings.Repeat("a", 33), "-x", "a/b", "a\x1b[31m"} {
		if err := load(name); failure.CodeOf(err) != failure.Usage {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := w.Snapshots(name); name != "all" && failure.CodeOf(err) != failure.Usage {
			t.Errorf("listed %q: %v", name, err)
		}
		if _, _, err := w.Summary(t.Context(), name); failure.CodeOf(err) != failure.Usage {
			t.Errorf("showed %q: %v", name, err)
		}
	}
	if names, err := w.Registers(); err != nil || len(names) != 0 {
		t.Errorf("%q, %v", names, err)
	}
	// Without a main one: the only one is it; of several one must be named.
	for i, name := range []string{"job-seekers", "employers"} {
		if err := load(name); err != nil {
			t.Fatal(err)
		}
		which, summary, err := w.Summary(t.Context(), "")
		if only := i == 0; only != (err == nil && which == name && summary.People == 2) || !only && failure.CodeOf(err) != failure.Usage {
			t.Errorf("with %d registers: %q, %v", i+1, which, err)
		}
	}
	if err := load(""); err != nil {
		t.Fatal(err)
	}
	if names, err := w.Registers(); err != nil || !slices.Equal(names, []string{"main", "employers", "job-seekers"}) {
		t.Errorf("%q, %v", names, err)
	}
	if which, _, err := w.Summary(t.Context(), ""); err != nil || which != "main" {
		t.Errorf("%q, %v", which, err)
	}
	if _, err := w.Snapshots("employees"); failure.CodeOf(err) != failure.BadInput || !strings.Contains(failure.HintOf(err), "main, employers, job-seekers") {
		t.Errorf("%v", err)
	}
	// All are sealed with one key, though another became current meanwhile.
	if _, err := w.NewKey(); err != nil {
		t.Fatal(err)
	}
	if err := load("later"); err != nil {
		t.Fatal(err)
	}
	dump := filepath.Join(t.TempDir(), "dump.csv")
	if err := os.WriteFile(dump, []byte("email\na@b.example\nz@b.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := assessedAgainst(t, w, triage.AssessRequest{Paths: []string{dump}}); len(a.Registers) != 4 || a.Register.Name != "main" {
		t.Errorf("%+v", a.Registers)
	}
	if _, err := w.Assess(t.Context(), triage.AssessRequest{Paths: []string{dump}, Register: "employees"}); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
}

// TestSampleOfRows draws a sample of the rows of a case.
func TestSampleOfRows(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it assesses a dump")
	}
	w, dir, truth := organisation(t, 600, 8)
	assessedAgainst(t, w, triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}, Case: "forum"})
	draw := func(most int64) ([]int64, []byte) {
		rows, text, missing, err := w.Sample(context.WithoutCancel(t.Context()), "forum", int64(truth.Rows), most, t.TempDir())
		if err != nil || missing != 0 {
			t.Fatalf("%d words are missing: %v", missing, err)
		}
		return rows, text
	}
	rows, text := draw(100)
	if len(rows) < 97 || len(rows) > 103 || !slices.IsSorted(rows) || rows[0] < 1 || rows[len(rows)-1] > int64(truth.Rows) {
		t.Fatalf("%d rows: %d", len(rows), rows)
	}
	for i := 1; i < len(rows); i++ {
		if gap := rows[i] - rows[i-1]; gap < 2 || gap > int64(truth.Rows)/100*3 {
			t.Errorf("the rows %d and %d follow one another", rows[i-1], rows[i])
		}
	}
	if _, again := draw(100); !bytes.Equal(again, text) {
		t.Error("drawn again, the sample is another")
	}
	if all, _ := draw(int64(truth.Rows)); len(all) != truth.Rows {
		t.Errorf("%d rows of %d", len(all), truth.Rows)
	}
}
