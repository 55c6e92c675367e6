package paper

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"constat.example/desk/casefile"
	"constat.example/desk/form"
	"constat.example/desk/report"
)

// constants are the values of the constants of a type in desk/form, as its source has them:
// a new one that nobody worded is found.
func constants(t *testing.T, of string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../form/form.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == of {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, value)
		}
		return true
	})
	if len(all) == 0 {
		t.Fatalf("desk/form has no constant of type %s", of)
	}
	return all
}

func TestEveryWordHasBothLanguages(t *testing.T) {
	t.Parallel()
	for _, state := range constants(t, "State") {
		if said, ok := standings[form.State(state)]; !ok || !said.Whole() || said.sign == "" || said.FR == said.EN {
			t.Errorf("the state %q has no words", state)
		}
	}
	if n := len(constants(t, "State")); n != len(standings) {
		t.Errorf("%d states, %d worded", n, len(standings))
	}
	for _, room := range constants(t, "Room") {
		if said, ok := rooms[form.Room(room)]; !ok || !said.Whole() {
			t.Errorf("the room %q has no words", room)
		}
	}
	if n := len(constants(t, "Room")); n != len(rooms) {
		t.Errorf("%d rooms, %d worded", n, len(rooms))
	}
	page, err := files.ReadFile("page.html.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	pairs := regexp.MustCompile(`\.T "([^"]*)" "([^"]*)"`).FindAllStringSubmatch(string(page), -1)
	if len(pairs) < 10 || len(pairs) != strings.Count(string(page), ".T ") {
		t.Errorf("%d of %d texts of the page are in two languages", len(pairs), strings.Count(string(page), ".T "))
	}
	for _, pair := range pairs {
		if pair[1] == "" || pair[2] == "" {
			t.Errorf("%q says nothing in one language", pair[0])
		}
	}
}

func TestEveryMarkingHasItsColour(t *testing.T) {
	t.Parallel()
	for _, tlp := range casefile.TLPs() {
		want, _, _ := strings.Cut(strings.ToLower(string(tlp)), "+")
		if got := colour(string(tlp)); got != want {
			t.Errorf("TLP:%s is %s", tlp, got)
		}
	}
	if colour("x\"}") != "clear" {
		t.Error("a marking that there is not has a colour of its own")
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	for _, c := range []struct {
		counts form.Counts
		fr, en string
	}{
		{form.Counts{Boxes: 92, Filled: 78, Stated: 6, Asked: 8}, "78 sur 92 cases remplies d’après les éléments, 6 déclarées, 8 à établir.", "78 of 92 boxes filled from evidence, 6 stated, 8 to find out."},
		{
			form.Counts{Boxes: 1200, Filled: 1197, Stated: 1, Asked: 1, Empty: 1, Apart: 2, Proposed: 3},
			"1 197 sur 1 200 cases remplies d’après les éléments (dont 3 proposées, à confirmer), 1 déclarée, 1 à établir, 1 laissée vide ; 2 autres sont sans objet.",
			"1,197 of 1,200 boxes filled from evidence (3 proposed, to be confirmed), 1 stated, 1 to find out, 1 left empty; 2 more do not apply.",
		},
		{form.Counts{}, "0 sur 0 case remplie d’après les éléments, 0 déclarée, 0 à établir.", "0 of 0 boxes filled from evidence, 0 stated, 0 to find out."},
	} {
		for lang, want := range map[report.Language]string{report.French: c.fr, report.English: c.en} {
			s := newSheet(&form.Document{Counts: c.counts}, lang)
			if got := plain.Replace(s.Summary); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			whole := 0.0
			for _, part := range s.Tally {
				whole += part.Width
			}
			if c.counts.Boxes > 0 && (whole < 99.99 || whole > 100.01) {
				t.Errorf("the parts of the bar are %g %% of it", whole)
			}
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ was, is, want string }{
		{"", "", ""},
		{"a b c", "a b c", "a b c"},
		{"a b c", "a x c", "a -b +x c"},
		{"a", "", "-a"},
		{"", "a", "+a"},
		{"a b", "b a", "-a b +a"},
		{"a a b", "a b b", "a -a b +b"},
	} {
		var got []string
		for _, e := range compare(strings.Fields(c.was), strings.Fields(c.is), func(s string) string { return s }) {
			got = append(got, map[change]string{same: "", before: "-", now: "+"}[e.change]+e.of)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q to %q: %q, want %q", c.was, c.is, strings.Join(got, " "), c.want)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	s := &sheet{Language: report.English}
	for at, want := range map[string]string{"2026-04-15T10:30:00+02:00": "15\u00a0April 2026 at 10:30 (UTC+2)", "2026-04-01": "1\u00a0April 2026", "in spring": "in spring", "": ""} {
		if got := s.moment(at).Text; got != want {
			t.Errorf("%q is %q, want %q", at, got, want)
		}
	}
}
