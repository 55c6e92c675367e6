package field

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// cell is one row of the tables of the kinds' tests.
type cell struct {
	name, in, want string
	validity       Validity
	reason         Reason
}

func testCells(t *testing.T, k kind.Kind, cells []cell) {
	t.Helper()
	for _, c := range cells {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := Parse(k, c.in)
			if v.Canonical() != c.want || v.Validity() != c.validity || v.Reason() != c.reason {
				t.Errorf("got %q %s (%s), want %q %s (%s)",
					v.Canonical(), v.Validity(), v.Reason(), c.want, c.validity, c.reason)
			}
			if again := Parse(k, v.Canonical()); again.Canonical() != v.Canonical() {
				t.Errorf("%q is canonically %q", v.Canonical(), again.Canonical())
			}
		})
	}
}

// parts writes the parts of a cell as "column=text" for comparison.
func parts(k kind.Kind, occurrence int, in string) string {
	var s Splitter
	ps, _, _ := s.Split(k, occurrence, []byte(in))
	var list []string
	for _, p := range ps {
		list = append(list, p.Column.Name()+"="+string(p.Text))
	}
	return strings.Join(list, "; ")
}

func testParts(t *testing.T, k kind.Kind, table [][2]string) {
	t.Helper()
	for _, row := range table {
		if got := parts(k, 1, row[0]); got != row[1] {
			t.Errorf("%s %q gives %q, want %q", k, row[0], got, row[1])
		}
	}
}

func TestValueNeverPrintsItself(t *testing.T) {
	t.Parallel()
	const secret = "xyzzy.plugh@mail.example"
	v := Parse(kind.Email, secret)
	if v.Canonical() != secret {
		t.Fatal("the canonical form is another")
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("seen", slog.Any("value", v))
	asJSON, err := json.Marshal(map[string]any{"v": v})
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{
		fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v), fmt.Sprintf("%v", []Value{v}),
		fmt.Sprintf("%+v", struct{ V Value }{v}), v.String(), v.GoString(), log.String(), string(asJSON),
	} {
		if strings.Contains(out, "xyzzy") || strings.Contains(out, "78797a7a79") {
			t.Errorf("printed in the clear by %.20q", out)
		}
	}
	if got := v.String(); got != "‹email, 24 characters›" {
		t.Errorf("String() = %s", got)
	}
}

func TestMissingMarks(t *testing.T) {
	t.Parallel()
	for _, k := range kind.All() {
		for _, mark := range []string{"", "  ", "\u00a0", "\ufeff", "NULL", "null", `\N`, "N/A", "n/a", "None", "nan", "-", "--", "?", "???", "inconnu", "non renseigné", "Non renseigne", "(vide)", "xxx"} {
			if k == kind.Password || k == kind.FreeText {
				continue
			}
			if v := Parse(k, mark); v.Validity() != Empty || v.Canonical() != "" {
				t.Errorf("%s %q is %s", k, mark, v.Validity())
			}
			if got := parts(k, 1, mark); got != "" {
				t.Errorf("%s %q gives %s", k, mark, got)
			}
		}
	}
	for _, name := range []string{"NA", "NC", "ND", "SANS", "VIDE", "NIL"} {
		if name == "NIL" {
			continue
		}
		if v := Parse(kind.BirthSurname, name); v.Canonical() != name {
			t.Errorf("the surname %s became %q, %s", name, v.Canonical(), v.Validity())
		}
	}
	for _, filler := range []string{"0000-00-00", "00/00/0000", "01/01/1900", "1900-01-01", "1900-01-01 00:00:00", "19000101.0", "9999-12-31"} {
		if v := Parse(kind.BirthDate, filler); v.Validity() != Empty {
			t.Errorf("the date %s is %s", filler, v.Validity())
		}
	}
}

func TestReasonsAndValiditiesHaveText(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for r := NoReason; r < reasonCount; r++ {
		if (r.String() == "") != (r == NoReason) || seen[r.String()] {
			t.Errorf("reason %d reads %q", r, r)
		}
		seen[r.String()] = true
	}
	for v := Empty; v <= Invalid; v++ {
		if v.String() == "unknown" {
			t.Errorf("validity %d has no text", v)
		}
	}
}

func TestUncomparedKindsGiveNoParts(t *testing.T) {
	t.Parallel()
	for _, k := range kind.All() {
		if k.Info().Compared {
			continue
		}
		if got := parts(k, 1, "2024-01-02 10:11:12"); got != "" {
			t.Errorf("%s gives %s", k, got)
		}
	}
}

// Every column that a cell fills is in the layout of its kind.
func TestPartsFitTheLayout(t *testing.T) {
	t.Parallel()
	for _, k := range kind.All() {
		layout := token.LayoutOf([]kind.Kind{k, k})
		for _, in := range seeds {
			var s Splitter
			ps, _, _ := s.Split(k, 1, []byte(in))
			for _, p := range ps {
				if layout.Index(p.Column) < 0 {
					t.Errorf("%s %q fills %s, which is not in its layout", k, in, p.Column.Name())
				}
			}
		}
	}
}

func TestEncodingIsFlagged(t *testing.T) {
	t.Parallel()
	testCells(t, kind.GivenNames, []cell{
		{"misread", "AndrÃ©", "ANDRE", Odd, Encoding},
		{"lost", "Andr\ufffd", "ANDR", Odd, CharactersLost},
	})
}

var seeds = []string{
	"", "DUPONT-MARTIN (née LE GOFF)", "M. et Mme Jean-Pierre de la Tour", "Marie, Claude;Anne", "DUPONT, Marie", "Nour Eddine EL AMRANI",
	"1951-05-06", "19510506.0", "06/05/51", "12 mars 1950", "1er janv. 1950", "24/13/1990", "00/00/1950", "18750", "1947-93-16",
	"2 95 10 99 126 111 93", "253072B07300470", "1.92027648267166E+14", "3023217600053", "732 829 320 00074", "FR40303265045",
	"FR14 2004 1010 0505 0001 3M02 606", "Jean <Jean.Dupont+x@Mail.Example>", "jean(at)mail.example", "a@b.example; c@d.example",
	"+33 (0)6 39 98 01 23", "06.39.98.01.23", "0639980123 / 0199001234", "+44 20 7946 0018", "12 bis, av. du Gal de Gaulle\n94350 Villiers-s/-Marne CEDEX 2",
	"BP 80111 159, avenue Jacques-Douzans 31604 Muret", "12-14 R DE L EGLISE", "8 Stanley St", "PARIS 15E ARRONDISSEMENT", "LYON 3EME", "75015 Paris (75)",
	"2A004", "99352", "ALGÉRIE", "Côte d’Ivoire", "12B", "n° 4.0", "::1", "192.168.1.1:80", "2024-01-02T03:04:05.600+02:00", "1700000000",
	"$2y$10$abcdefghijklmnopqrstuv", "Ｍ．", "Щукин", "ã©", "\"='x'\"", "AndrÃƒÂ©", "NULL,", "S/S/S", "A 1.0", "IBANIBAN", "RCS1", "00330", "X NEE Y NEE Z",
}

// FuzzSplit checks, for every kind, that nothing panics, that the canonical form
// is its own canonical form, and that parts are clean.
func FuzzSplit(f *testing.F) {
	for _, k := range kind.All() {
		for _, in := range seeds {
			f.Add(byte(k), in)
		}
	}
	f.Fuzz(func(t *testing.T, code byte, in string) {
		k := kind.Kind(int(code) % kind.Count)
		v := Parse(k, in)
		if (v.Validity() == Empty) != (v.Canonical() == "") {
			t.Fatalf("%s %q: %s, canonically %q", k, in, v.Validity(), v.Canonical())
		}
		if v.Validity() > Invalid || v.Reason() >= reasonCount {
			t.Fatalf("%s %q: validity %d, reason %d", k, in, v.Validity(), v.Reason())
		}
		if again := Parse(k, v.Canonical()); again.Canonical() != v.Canonical() {
			t.Fatalf("%s %q is canonically %q, which is canonically %q", k, in, v.Canonical(), again.Canonical())
		}
		var s Splitter
		ps, validity, _ := s.Split(k, 1, []byte(in))
		if validity != v.Validity() {
			t.Fatalf("%s %q: split %s, parsed %s", k, in, validity, v.Validity())
		}
		for _, p := range ps {
			if len(p.Text) == 0 {
				t.Fatalf("%s %q fills %s with nothing", k, in, p.Column.Name())
			}
			if p.Column.Role == token.Whole && !utf8.Valid(p.Text) {
				t.Fatalf("%s %q fills %s with what is not UTF-8", k, in, p.Column.Name())
			}
		}
	})
}
