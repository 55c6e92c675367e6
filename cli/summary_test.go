package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"constat.example/desk/assessment"
)

func TestGoldenSummaries(t *testing.T) {
	t.Parallel()
	several := withRejects()
	several.Tables = append(several.Tables, assessment.Table{Name: "other\u202e.csv"})
	several.Inputs = append(several.Inputs, assessment.Input{Name: "other.csv"})
	several.Columns[1].Table = 1
	several.Ties = []assessment.Tie{{
		From: assessment.TieColumn{Table: 1, Column: "client_id"}, To: assessment.TieColumn{Column: "id\u202e"},
		Reason: "the name of the column names the other table", Inclusion: 1, Rows: 9_000, Linked: 8_123, Conflicts: 4,
	}}
	several.NotTied = []assessment.Tie{{To: assessment.TieColumn{Table: 7}}, {From: assessment.TieColumn{Table: 1}}}
	several.Bytes.Accounted--
	several.Window.Refused = "the register has one snapshot only"
	notes := sample()
	notes.Exposures.Persons += 250
	notes.Exposures.FreeText = assessment.FreeText{Persons: 1_900, Only: 250, ByKind: map[string]int64{"email": 1_900}}
	at := func(s string) *string { return &s }
	notes.Window = assessment.NoWindow("")
	notes.Window.Shape, notes.Window.Even, notes.Window.NotBefore, notes.Window.NotAfter = assessment.ShapeOnce, true, at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z")
	notes.Window.MostLikely, notes.Window.Interval = at("2026-01-10T11:24:00Z"), assessment.Bounds{Low: at("2026-01-08T13:46:00Z"), High: at("2026-01-12T12:25:00Z")}
	goes := withRejects()
	goes.Window = assessment.NoWindow("")
	goes.Window.Shape, goes.Window.NotAfter = assessment.ShapeTwice, at("2026-02-01T00:00:00Z")
	goes.Window.Instants = []assessment.Instant{{At: at("2026-01-10T11:24:00Z"), Share: 0.31}, {Share: 0.69}}
	where := Outcome{Page: "/home/agent/.local/share/constat/cases/forum/page.html", JSON: "/home/agent/.local/share/constat/cases/forum/assessment.json"}
	wanted := map[string]bool{}
	for _, test := range []struct {
		name string
		a    *assessment.Assessment
	}{
		{"plain", sample()},
		{"rejects", several},
		{"notes", notes},
		{"goes", goes},
		{"empty", assessment.New()},
	} {
		var got bytes.Buffer
		where.Assessment = test.a
		if err := summary(&got, &where, style{}, 100); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", "summary", test.name+".txt")
		wanted[path] = true
		golden(t, path, got.Bytes())
	}
	kept, err := filepath.Glob("testdata/summary/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range kept {
		if !wanted[path] {
			t.Errorf("%s belongs to no test", path)
		}
	}
}

func TestColourOnlyAdds(t *testing.T) {
	t.Parallel()
	o := &Outcome{Assessment: withRejects(), Page: "p"}
	var plain, coloured bytes.Buffer
	if err := summary(&plain, o, style{}, 100); err != nil {
		t.Fatal(err)
	}
	if err := summary(&coloured, o, style{colour: true}, 100); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Error("there are escapes where there is no colour")
	}
	text := coloured.String()
	for _, code := range []string{"0", "1", "2", "31;1", "33;1", "36"} {
		text = strings.ReplaceAll(text, "\x1b["+code+"m", "")
	}
	if text != plain.String() {
		t.Errorf("colour changes more than colour:\n%s", text)
	}
}

func TestSummaryFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{80, 100, 160} {
		var got bytes.Buffer
		if err := summary(&got, &Outcome{Assessment: sample()}, style{}, columns); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(got.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns {
				t.Errorf("a line is %d characters long on %d columns: %s", n, columns, line)
			}
		}
	}
}

func TestSplitShowsEveryPart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		e    assessment.Exposure
		want string
	}{
		{"all current", assessment.Exposure{People: 100, Current: 100}, "██████████"},
		{"half", assessment.Exposure{People: 50, Current: 50}, "█████"},
		{"a few stale", assessment.Exposure{People: 100, Current: 99, Stale: 1}, "█████████▒"},
		{"one of each", assessment.Exposure{People: 100, Current: 98, Stale: 1, Unconfirmed: 1}, "████████▒░"},
		{"few people", assessment.Exposure{People: 1, Stale: 1}, "▒"},
		{"nobody", assessment.Exposure{}, ""},
	} {
		if got := split(test.e, 100, 10); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
