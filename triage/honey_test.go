package triage_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

var honeyDay = time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)

// agency imports an agency of so many people, as of one day, and returns the file
// of its register.
func agency(t *testing.T, w triage.Bench, people int, seed uint64) string {
	t.Helper()
	world, err := scenario.New(t.Context(), scenario.Config{People: people, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "register.csv")
	at := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
	if _, err := world.WriteSnapshot(t.Context(), path, at); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Import(t.Context(), triage.ImportRequest{Source: path, AsOf: at}); failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	return path
}

// makeUp makes people up for a copy and returns their rows, the header first.
func makeUp(t *testing.T, w triage.Bench, r triage.HoneyRequest) [][]string {
	t.Helper()
	r.Out = filepath.Join(t.TempDir(), "honey.csv")
	if r.MailDomain == "" {
		r.MailDomain = "agence.example"
	}
	if r.AsOf.IsZero() {
		r.AsOf = honeyDay
	}
	made, err := w.NewHoney(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if made.People != int64(r.Count) {
		t.Fatalf("%d people were made of %d", made.People, r.Count)
	}
	if info, err := os.Stat(r.Out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of made-up people is %v, %v", info, err)
	}
	return readRows(t, r.Out)
}

func readRows(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func writeDump(t *testing.T, rows [][]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dump.csv")
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Comma = ';'
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestHoneyIsLikeNobody makes people up for a register of 20,000: none has a number,
// an address or a name with a birth date of anybody there, and no value of theirs
// but their names, their towns and their dates is anybody's.
func TestHoneyIsLikeNobody(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("imports 20,000 people")
	}
	home := filepath.Join(t.TempDir(), "home")
	w := workbench(home)
	register := readRows(t, agency(t, w, 20_000, 8301))
	made := makeUp(t, w, triage.HoneyRequest{Copy: "register", Everywhere: true, Count: 200, FirstID: "FT-0990000001"})
	header := made[0]
	if !slices.Equal(header, register[0]) {
		t.Fatalf("made-up people have the columns %q, the register %q", header, register[0])
	}
	at := func(name string) int { return slices.Index(header, name) }
	alone := []string{"identifiant", "nir", "courriel", "telephone", "iban", "numero_fiscal"}
	real := map[string]bool{}
	for _, row := range register[1:] {
		for _, name := range alone {
			real[name+row[at(name)]] = true
		}
		real[row[at("nom_naissance")]+row[at("date_naissance")]] = true
	}
	filled := map[string]int{}
	for _, row := range made[1:] {
		for i, cell := range row {
			if cell != "" {
				filled[header[i]]++
			}
		}
		for _, name := range alone {
			if cell := row[at(name)]; cell != "" && real[name+cell] {
				t.Errorf("a made-up person has the %s of a real one", name)
			}
		}
		if real[row[at("nom_naissance")]+row[at("date_naissance")]] {
			t.Error("a made-up person has the name and birth date of a real one")
		}
		if !strings.HasSuffix(row[at("courriel")], "@agence.example") && row[at("courriel")] != "" {
			t.Errorf("a mail address is at another domain: %s", row[at("courriel")])
		}
	}
	for name, least := range map[string]int{"identifiant": 200, "nom_naissance": 200, "prenoms": 200, "date_naissance": 200, "nir": 190, "courriel": 80, "telephone": 80, "code_postal": 200, "iban": 80} {
		if filled[name] < least {
			t.Errorf("only %d of 200 made-up people have a %s", filled[name], name)
		}
	}
	// What the home keeps holds no value of theirs.
	var values [][]byte
	for _, row := range made[1:] {
		for _, name := range []string{"nir", "courriel", "iban", "telephone"} {
			if cell := row[at(name)]; cell != "" {
				values = append(values, []byte(cell))
			}
		}
	}
	err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, v := range values {
			if bytes.Contains(text, v) {
				t.Errorf("%s holds a value of a made-up person", path)
				break
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// Another name, other people; the same name is refused, and so is an existing file.
	other := makeUp(t, w, triage.HoneyRequest{Copy: "partner-a", Count: 5})
	if other[1][at("nir")] == made[1][at("nir")] {
		t.Error("two copies hold the same person")
	}
	if other[1][at("identifiant")] != "" {
		t.Error("a record id was given that nobody asked for")
	}
	_, err = w.NewHoney(t.Context(), triage.HoneyRequest{Copy: "partner-a", Count: 5, AsOf: honeyDay, MailDomain: "agence.example", Out: filepath.Join(t.TempDir(), "again.csv")})
	if failure.CodeOf(err) != failure.Usage {
		t.Errorf("a copy was given people twice: %v", err)
	}
	_, err = w.NewHoney(t.Context(), triage.HoneyRequest{Copy: "taken", Count: 5, FirstID: register[1][0], AsOf: honeyDay, MailDomain: "agence.example", Out: filepath.Join(t.TempDir(), "taken.csv")})
	if failure.CodeOf(err) != failure.BadInput {
		t.Errorf("made-up people were given record ids of real ones: %v", err)
	}
}

// spoil writes a row as a thief's tools may: without accents, in capitals, cut, with
// columns dropped.
func spoil(row []string, how string, header []string) []string {
	row = slices.Clone(row)
	drop := func(names ...string) {
		for _, name := range names {
			row[slices.Index(header, name)] = ""
		}
	}
	switch how {
	case "capitals":
		for i := range row {
			row[i] = strings.ToUpper(row[i])
		}
	case "cut":
		for i := range row {
			if runes := []rune(row[i]); len(runes) > 12 {
				row[i] = string(runes[:12])
			}
		}
	case "names and place only":
		drop("courriel", "telephone", "nir", "iban", "numero_fiscal", "identifiant", "adresse", "complement_adresse")
	}
	return row
}

// TestHoneyIsRecognised assesses dumps of a register with made-up people of its own
// and of two copies: whoever leaked is named, however the rows were spoilt, and
// nobody else; what the linked people count is not changed by who does not exist.
func TestHoneyIsRecognised(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("assesses some dumps")
	}
	w := workbench(filepath.Join(t.TempDir(), "home"))
	register := readRows(t, agency(t, w, 600, 8302))
	header := register[0]
	own := makeUp(t, w, triage.HoneyRequest{Copy: "register", Everywhere: true, Count: 20, FirstID: "FT-0990000001"})[1:]
	a := makeUp(t, w, triage.HoneyRequest{Copy: "partner-a", Count: 20})[1:]
	c := makeUp(t, w, triage.HoneyRequest{Copy: "partner-b", Count: 20})[1:]
	loaded := filepath.Join(t.TempDir(), "loaded.csv")
	if err := os.Rename(writeDump(t, slices.Concat(register, own)), loaded); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Import(t.Context(), triage.ImportRequest{Source: loaded, AsOf: honeyDay}); failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	shown, err := w.ShowHoney(t.Context(), "register", "")
	if err != nil || shown.InRegister != 20 || len(shown.RecordIDs) != 20 || shown.RecordIDs[0] != "FT-0990000001" {
		t.Errorf("of the register's own people it has %+v, %v", shown, err)
	}
	if shown, err := w.ShowHoney(t.Context(), "partner-a", ""); err != nil || shown.InRegister != 0 {
		t.Errorf("of a copy's people the register has %+v, %v", shown, err)
	}

	people := register[1:401]
	for _, test := range []struct {
		name  string
		rows  [][]string
		spoil string
		found []int64
		named []string
	}{
		{"nobody made up", people, "", []int64{0, 0, 0}, []string{}},
		{"the register", slices.Concat(people, own), "", []int64{20, 0, 0}, []string{}},
		{"a copy", slices.Concat(people, own, a), "", []int64{20, 20, 0}, []string{"partner-a"}},
		{"two copies put together", slices.Concat(people, own, a, c), "", []int64{20, 20, 20}, []string{"partner-a", "partner-b"}},
		{"a part of a copy", slices.Concat(people[:150], own[:5], c[:6]), "", []int64{5, 0, 6}, []string{"partner-b"}},
		{"capitals", slices.Concat(people, own, a), "capitals", []int64{20, 20, 0}, []string{"partner-a"}},
		{"cut", slices.Concat(people, own, c), "cut", []int64{20, 0, 20}, []string{"partner-b"}},
		{"names and place only", slices.Concat(people, own, c), "names and place only", []int64{20, 0, 20}, []string{"partner-b"}},
		{"one by mistake", slices.Concat(people, c[:1]), "", []int64{0, 0, 1}, []string{}},
	} {
		rows := [][]string{header}
		for _, row := range test.rows {
			rows = append(rows, spoil(row, test.spoil, header))
		}
		res, err := w.Assess(t.Context(), triage.AssessRequest{Paths: []string{writeDump(t, rows)}})
		if failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
		h := res.Assessment.Honey
		var found []int64
		for _, copied := range h.Copies {
			found = append(found, copied.Found)
		}
		if !slices.Equal(found, test.found) || !slices.Equal(h.Named, test.named) {
			t.Errorf("%s: found %v, named %q; want %v, %q", test.name, found, h.Named, test.found, test.named)
		}
		if want := test.found[0]; h.Persons != want {
			t.Errorf("%s: %d people of the register are said not to exist, of %d", test.name, h.Persons, want)
		}
		if e, l := res.Assessment.Exposures.Persons, res.Assessment.Linked.Persons; e != l-h.Persons {
			t.Errorf("%s: %d people are exposed of %d linked, %d of them made up", test.name, e, l, h.Persons)
		}
		says := slices.ContainsFunc(res.Assessment.Verdict.Reasons, func(r assessment.Reason) bool { return r.Code == "honey_found" && r.Weight >= 10 })
		if says != (h.Found > 0) {
			t.Errorf("%s: the verdict rests on made-up people: %v; %+v", test.name, says, res.Assessment.Verdict)
		}
		if test.name == "a copy" && (res.Assessment.Verdict.Class != "genuine" || h.NotBefore == nil || *h.NotBefore != "2025-10-01T00:00:00Z") {
			t.Errorf("%s: %+v, not before %v", test.name, res.Assessment.Verdict, h.NotBefore)
		}
	}
}

// TestHoneyRetires takes people out, and brings in those whom somebody else made up.
func TestHoneyRetires(t *testing.T) {
	t.Parallel()
	w := workbench(filepath.Join(t.TempDir(), "home"))
	register := readRows(t, agency(t, w, 300, 8303))
	mine := make([][]string, 4)
	for i := range mine {
		mine[i] = slices.Clone(register[i+1])
		mine[i][0] = fmt.Sprintf("FT-099000%04d", i)
		mine[i][slices.Index(register[0], "nir")] = ""
		mine[i][slices.Index(register[0], "courriel")] = fmt.Sprintf("piege%d@agence.example", i)
	}
	made, err := w.AddHoney(t.Context(), triage.HoneyRequest{Copy: "backup", File: writeDump(t, slices.Concat(register[:1], mine)), AsOf: honeyDay})
	if err != nil || made.People != 4 {
		t.Fatalf("kept %+v, %v", made, err)
	}
	if _, err := w.RetireHoney("backup", honeyDay, true); failure.CodeOf(err) != failure.Usage {
		t.Errorf("people were taken out as they were put in: %v", err)
	}
	later := honeyDay.AddDate(0, 1, 0)
	for _, yes := range []bool{false, true} {
		if _, err := w.RetireHoney("backup", later, yes); err != nil {
			t.Fatal(err)
		}
		sets, err := w.Honey()
		if err != nil || len(sets) != 1 || sets[0].Until.IsZero() == yes {
			t.Errorf("after taking out with yes %v: %+v, %v", yes, sets, err)
		}
	}
	if _, err := w.RetireHoney("backup", later, true); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("people were taken out twice: %v", err)
	}
	if _, err := w.ShowHoney(t.Context(), "nothing", ""); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("people of no copy were shown: %v", err)
	}
}
