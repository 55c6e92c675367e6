package column_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/clear/column"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// roll is a small register of invented people: id, ref, two surnames, given
// name, two birth dates.
func roll() (*table.Batch, []string) {
	r := rand.New(rand.NewPCG(7, 7))
	var rows [][]string
	surnames := strings.Fields("MARTIN BERNARD PETIT DURAND LEROY MOREAU SIMON LAURENT LEFEBVRE ROUX FOURNIER GIRARD")
	given := strings.Fields("Marie Jean Pierre Jacques Anne Louise Paul Camille Hugo Lucas Chantal Monique")
	date := func() string {
		return fmt.Sprintf("%d-%02d-%02d", 1940+r.IntN(60), 1+r.IntN(12), 1+r.IntN(28))
	}
	for i := range 60 {
		rows = append(rows, []string{
			fmt.Sprintf("P%05d", 10*i), fmt.Sprintf("%06d", 500000-i*37), surnames[r.IntN(12)], surnames[r.IntN(12)],
			given[r.IntN(12)], date(), date(),
		})
	}
	return batch(rows, 7), []string{"id_personne", "colis", "nom", "nom_usage", "prenom", "date_naissance", "temoin"}
}

func TestRegisterRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		rename map[int]string
		o      column.Options
		what   string // of the error; empty for none
		hint   string
		want   map[int]kind.Kind
	}{
		{name: "found by its name", want: map[int]kind.Kind{0: kind.RecordID, 2: kind.BirthSurname, 3: kind.UsedSurname, 4: kind.GivenNames, 5: kind.BirthDate}},
		{name: "named by --id", o: column.Options{ID: "colis"}, want: map[int]kind.Kind{1: kind.RecordID}},
		{name: "--id names no column", o: column.Options{ID: "nip"}, what: `there is no column "nip"`, hint: `"id_personne"`},
		{name: "no record id", rename: map[int]string{0: "xx"}, what: "no column of the register holds record ids", hint: "--id"},
		{name: "two record ids tie", rename: map[int]string{1: "id_usager"}, what: `"id_personne" and "id_usager"`, hint: "--id"},
		{name: "the organisation's own number serves", rename: map[int]string{0: "matricule"}, want: map[int]kind.Kind{0: kind.RecordID}},
		{name: "two birth dates", rename: map[int]string{6: "ddn"}, what: `"date_naissance" and "ddn"`, hint: "map file"},
		{name: "two birth dates, one mapped away", rename: map[int]string{6: "ddn"}, o: column.Options{Map: column.Map{"ddn": kind.Unknown}}, want: map[int]kind.Kind{5: kind.BirthDate, 6: kind.Unknown}},
		{name: "a map wins over a name", o: column.Options{Map: column.Map{"prenom": kind.Login}}, want: map[int]kind.Kind{4: kind.Login}},
		{name: "a map names the record id", o: column.Options{Map: column.Map{"colis": kind.RecordID}}, want: map[int]kind.Kind{1: kind.RecordID}},
		{name: "a map gives one kind twice", o: column.Options{Map: column.Map{"nom": kind.NIR, "prenom": kind.NIR}}, what: "gives the kind nir to two columns", hint: "ignore"},
		{name: "a map names no column", o: column.Options{Map: column.Map{"nss": kind.NIR}}, what: `"nss"`, hint: `"date_naissance"`},
		{name: "map and --id disagree", o: column.Options{ID: "colis", Map: column.Map{"id_personne": kind.RecordID}}, what: "the map file names", hint: "--id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sample, names := roll()
			for i, n := range c.rename {
				names[i] = n
			}
			c.o.Role = column.Register
			columns, err := column.Type(sample, names, c.o)
			if c.what != "" {
				if err == nil || failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), c.what) || !strings.Contains(failure.HintOf(err), c.hint) {
					t.Fatalf("error %v, hint %q; want %q, %q", err, failure.HintOf(err), c.what, c.hint)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, k := range c.want {
				if columns[i].Kind != k {
					t.Errorf("%q is %v, want %v: %q", names[i], columns[i].Kind, k, columns[i].Evidence)
				}
			}
		})
	}
}

func TestDumpGivesAKindToOneColumn(t *testing.T) {
	t.Parallel()
	sample, names := roll()
	names[6] = "ddn"
	columns, err := column.Type(sample, names, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if columns[5].Kind != kind.BirthDate || columns[6].Kind == kind.BirthDate {
		t.Errorf("kinds %v and %v", columns[5].Kind, columns[6].Kind)
	}
	if !strings.Contains(strings.Join(columns[6].Evidence, "\n"), `the column "date_naissance" already holds the birth date`) {
		t.Errorf("evidence %q", columns[6].Evidence)
	}
}

func TestTwoSurnamesWithoutHeader(t *testing.T) {
	t.Parallel()
	sample, _ := roll()
	columns, err := column.Type(sample, nil, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if columns[2].Kind != kind.BirthSurname || columns[3].Kind != kind.UsedSurname {
		t.Errorf("kinds %v and %v", columns[2].Kind, columns[3].Kind)
	}
}

// known is a register that knows given shares of some columns.
type known map[int]map[kind.Kind]float64

func (h known) Rate(column int, k kind.Kind) (float64, int, bool) {
	if k == kind.Email { // the register lacks the kind
		return 0, 0, false
	}
	return h[column][k], 60, true
}

func TestHitsDecide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		head []string
		hits known
		want map[int]kind.Kind
	}{
		{"record ids that the register knows", []string{"ref", "", "", "", "", "", ""}, known{0: {kind.RecordID: .95}}, map[int]kind.Kind{0: kind.RecordID}},
		{"named as record ids, unknown to the register", []string{"rec_id", "", "", "", "", "", ""}, known{}, map[int]kind.Kind{0: kind.Identifier}},
		{"given names in a column of surnames", []string{"", "", "a", "b", "c", "", ""}, known{4: {kind.GivenNames: .98, kind.BirthSurname: .3}}, map[int]kind.Kind{4: kind.GivenNames}},
		{"another organisation's number", []string{"zzz", "", "", "", "", "", ""}, known{0: {kind.Identifier: .97}}, map[int]kind.Kind{0: kind.Identifier}},
		{"a register that knows nothing", []string{"", "", "nom", "", "prenom", "date_naissance", ""}, known{}, map[int]kind.Kind{2: kind.BirthSurname, 4: kind.GivenNames, 5: kind.BirthDate}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sample, _ := roll()
			columns, err := column.Type(sample, c.head, column.Options{Hits: c.hits})
			if err != nil {
				t.Fatal(err)
			}
			for i, k := range c.want {
				if columns[i].Kind != k {
					t.Errorf("column %d is %v, want %v: %q", i, columns[i].Kind, k, columns[i].Evidence)
				}
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	sample, names := roll()
	got := column.Candidates(sample, names)
	for i, want := range []kind.Kind{kind.RecordID, kind.RecordID, kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.BirthDate, kind.BirthDate} {
		found := false
		for _, k := range got[i] {
			found = found || k == want
		}
		if !found || len(got[i]) > 8 {
			t.Errorf("%q: %v lacks %v, or is long", names[i], got[i], want)
		}
	}
}

func TestMonthFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		cells []string
		want  bool
	}{
		{"hostile", []string{"", "99/99/9999", "1/2/3/4", "//", "\x00/\xff/2000", "12345678901234567890"}, false},
		{"day first", []string{"25/12/1980", "01/02/1990", "03/04/85"}, false},
		{"month first", []string{"12/25/1980", "01/02/1990"}, true},
		{"month first in one form of several", []string{"12-25-1980 10:00", "1980-12-25", "05/30/72"}, true},
		{"nothing tells", []string{"01/02/1990", "03/04/1990"}, false},
		{"errors among day first", []string{"25/12/1980", "26/12/1980", "12/25/1980"}, false},
		{"digits alone", []string{"12251980", "01021990"}, true},
		{"ISO", []string{"1980-12-25", "19801225"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var rows [][]string
			for _, cell := range c.cells {
				rows = append(rows, []string{cell})
			}
			if got := column.MonthFirst(batch(rows, 1), 0); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
	if column.MonthFirst(batch(nil, 1), 4) {
		t.Error("a column that is not there is month first")
	}
}

func TestEmptyColumns(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"", "NULL", " "}, {"", "-", ""}, {"", "", "\u00A0"}}
	columns, err := column.Type(batch(rows, 3), []string{"nir", "iban", "ville"}, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		if c.Kind != kind.Unknown || !reflect.DeepEqual(c.Evidence, []string{"empty"}) {
			t.Errorf("%q is %v: %q", c.Name, c.Kind, c.Evidence)
		}
	}
	if columns, err := column.Type(batch(nil, 0), nil, column.Options{}); err != nil || len(columns) != 0 {
		t.Errorf("of nothing: %v, %v", columns, err)
	}
}

// TestEvidenceHoldsNoValue looks for cells in what is said about them.
func TestEvidenceHoldsNoValue(t *testing.T) {
	t.Parallel()
	sample, names := roll()
	columns, err := column.Type(sample, names, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		said := strings.Join(c.Evidence, "\n")
		if said == "" {
			t.Errorf("%q has no evidence", c.Name)
		}
		for row := range sample.Rows() {
			for i := range names {
				if cell := string(sample.Cell(row, i)); strings.Contains(said, cell) {
					t.Fatalf("the evidence about column %q holds the value of row %d, column %d", c.Name, row, i)
				}
			}
		}
	}
}

func TestTypeIsDeterministic(t *testing.T) {
	t.Parallel()
	sample, names := roll()
	first, err := column.Type(sample, names, column.Options{Role: column.Register})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := column.Type(sample, names, column.Options{Role: column.Register})
		if err != nil || !reflect.DeepEqual(first, again) {
			t.Fatalf("another run differs: %v", err)
		}
	}
}

func FuzzType(f *testing.F) {
	f.Add("nom;prénom;né le\nMARTIN;Jean;01/02/1980\nPETIT;Anne;31/12/1975", uint8(0))
	f.Add("id;nir\n1;2 53 07 2B 073 004 70\n2;=\"0123\"", uint8(1))
	f.Add(";;\n\xff\xfe;\u202E;12 bis\n$2y$;{x};\\x00", uint8(2))
	f.Add("a\n+\n0\n+33\n@.\n::\n-", uint8(0))
	f.Fuzz(func(t *testing.T, text string, role uint8) {
		var rows [][]string
		var names []string
		for i, l := range strings.Split(text, "\n") {
			cells := strings.Split(l, ";")
			if i == 0 {
				names = cells
			} else if len(cells) <= len(names) {
				rows = append(rows, cells)
			}
		}
		sample := batch(rows, len(names))
		o := column.Options{Role: column.Role(role % 2)}
		one, err1 := column.Type(sample, names, o)
		two, err2 := column.Type(sample, names, o)
		if !reflect.DeepEqual(one, two) || fmt.Sprint(err1) != fmt.Sprint(err2) {
			t.Fatal("two runs differ")
		}
		if err1 == nil && len(one) != len(names) {
			t.Fatal("a column is lost")
		}
		held := map[kind.Kind]bool{}
		for i, c := range one {
			if held[c.Kind] && !c.Kind.Info().Repeats {
				t.Fatalf("two columns hold %v", c.Kind)
			}
			held[c.Kind] = true
			if c.Confidence < 0 || c.Confidence > 1 || len(c.Evidence) == 0 {
				t.Fatalf("column %d: confidence %v, %d pieces of evidence", i, c.Confidence, len(c.Evidence))
			}
			column.MonthFirst(sample, i)
		}
		if len(column.Candidates(sample, names)) != len(names) {
			t.Fatal("candidates of a column are lost")
		}
	})
}

func TestReadMap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       column.Map
		what       string
	}{
		{"empty", "", nil, "no key named columns"},
		{"binary", "\x00\x01\xff", nil, ""},
		{"not a map", "- a\n- b\n", nil, "no key named columns"},
		{"another key", "colonnes:\n  a: nir\n", nil, `line 1: the key "colonnes" is not known`},
		{"no column", "columns: {}\n", nil, "columns names no column"},
		{"unknown kind", "columns:\n  a: nir\n  b: nom_de_jeune_fille\n", nil, `line 3: no kind "nom_de_jeune_fille": the kinds are address,`},
		{"column given twice", "columns:\n  a: nir\n  a: iban\n", nil, "line 3"},
		{"broken", "columns:\n  a: [nir\n", nil, "line 2"},
		{"flow", `columns: {"Date naiss": birth_date, "ref": record_id, "x": ignore}`, column.Map{"Date naiss": kind.BirthDate, "ref": kind.RecordID, "x": kind.Unknown}, ""},
		{"block, with names that look like numbers", "# of the register\ncolumns:\n  12: nir\n  true: sex\n  'né le': birth_date\n", column.Map{"12": kind.NIR, "true": kind.Sex, "né le": kind.BirthDate}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "map.yaml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := column.ReadMap(path)
			if c.want == nil {
				if failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), c.what) || failure.HintOf(err) == "" {
					t.Fatalf("error %v, want %q", err, c.what)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	if _, err := column.ReadMap(filepath.Join(t.TempDir(), "none.yaml")); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("a file that is not there: %v", err)
	}
}

func FuzzReadMap(f *testing.F) {
	f.Add([]byte("columns: {a: nir}"))
	f.Add([]byte("columns:\n  ? [a]\n  : b\n"))
	f.Add([]byte("&a columns: *a"))
	f.Add([]byte("columns:\n  <<: {a: nir}\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(dir, fmt.Sprintf("map-%d.yaml", os.Getpid()))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := column.ReadMap(path)
		again, err2 := column.ReadMap(path)
		if !reflect.DeepEqual(m, again) || fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatal("two readings differ")
		}
		if err == nil && len(m) == 0 {
			t.Fatal("a map of nothing was accepted")
		}
	})
}
