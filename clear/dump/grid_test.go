package dump

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/failure"
)

// sheetCase is a file of sheets, and what is in it.
type sheetCase struct {
	name, content string
	options       Options
	tables        []string // name within the file, then the columns
	rows          []string // cells joined by a bar
	rejects       map[string]int64
}

func (c sheetCase) check(t *testing.T) {
	t.Helper()
	for _, content := range []string{c.content, gz(t, c.content)} {
		d, err := Open(t.Context(), sourcesOf(t, file(t, "a", content)), c.options)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		var tables []string
		for _, x := range d.Tables {
			tables = append(tables, strings.TrimPrefix(strings.TrimPrefix(x.Name, "a")+": "+strings.Join(x.Columns, "|"), ": "))
		}
		if c.tables != nil && !slices.Equal(tables, c.tables) {
			t.Errorf("tables %q, want %q", tables, c.tables)
		}
		s := scanAll(t, d)
		var rows []string
		for _, r := range s.rows {
			rows = append(rows, strings.Join(r, "|"))
		}
		if !slices.Equal(rows, c.rows) {
			t.Errorf("rows %q, want %q", rows, c.rows)
		}
		expectRejects(t, s.account, c.rejects)
	}
}

// cutAnywhere reads a file cut at many lengths, and with bytes changed: each
// time it is refused, or what is missing is told.
func cutAnywhere(t *testing.T, content string) {
	t.Helper()
	content = strings.TrimRight(content, " \r\n")
	step := max(1, len(content)/300)
	format := openAll(t, file(t, "a", content)).Tables[0].Format
	for n := 1; n < len(content); n += step {
		d, err := Open(t.Context(), sourcesOf(t, file(t, "a", content[:n])), Options{})
		if err != nil {
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
				t.Fatalf("cut at %d: %v", n, err)
			}
			continue
		}
		s := scanAll(t, d)
		if d.Tables[0].Format == format && len(s.account.Rejects) == 0 {
			t.Errorf("cut at %d of %d: %d rows and no reject", n, len(content), len(s.rows))
		}
		_ = d.Close()
	}
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	for range 150 {
		b := []byte(content)
		for range 1 + chance.IntN(3) {
			b[chance.IntN(len(b))] ^= byte(1 << chance.IntN(8))
		}
		reconcile(t, file(t, "a", string(b)))
	}
}

func TestSheetFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code string
		want sheetFormat
	}{
		{"General", sheetFormat{}},
		{"0.00", sheetFormat{}},
		{"00000", sheetFormat{zeros: 5}},
		{`0#" "##" "##" "##" "##`, sheetFormat{zeros: 10}},
		{"#,##0", sheetFormat{}},
		{"0.00E+00", sheetFormat{}},
		{"#,##0.00 [$€-40C];[Red]-#,##0.00", sheetFormat{}},
		{"dd/mm/yyyy", sheetFormat{as: dayNumber}},
		{"[$-40C]d mmmm yyyy;@", sheetFormat{as: dayNumber}},
		{"mmm-yy", sheetFormat{as: dayNumber}},
		{"dd/mm/yyyy hh:mm", sheetFormat{as: momentNumber}},
		{"h:mm AM/PM", sheetFormat{as: clockNumber}},
		{"mm:ss.0", sheetFormat{as: clockNumber}},
		{"[h]:mm:ss", sheetFormat{as: elapsedNumber}},
		{`"le "dd`, sheetFormat{as: dayNumber}},
		{`"dd"0`, sheetFormat{zeros: 1}},
		{"@", sheetFormat{}},
		{"", sheetFormat{}},
		{"[", sheetFormat{}},
		{`"`, sheetFormat{}},
	} {
		if got := readFormat(c.code); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.code, got, c.want)
		}
	}
}

func TestSheetNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format sheetFormat
		text   string
		since  bool
		want   string
	}{
		{sheetFormat{}, "12.50", false, "12.50"},
		{sheetFormat{}, "6.39980102E8", false, "639980102"},
		{sheetFormat{}, "1.5E-3", false, "0.0015"},
		{sheetFormat{}, "-1E+2", false, "-100"},
		{sheetFormat{}, "1E+300", false, "1E+300"},
		{sheetFormat{}, "x1e5", false, "x1e5"},
		{sheetFormat{zeros: 5}, "1000", false, "01000"},
		{sheetFormat{zeros: 5}, "1000.5", false, "1000.5"},
		{sheetFormat{zeros: 10}, "639980102", false, "0639980102"},
		{sheetFormat{as: dayNumber}, "25599", false, "1970-01-31"},
		{sheetFormat{as: dayNumber}, "24137", true, "1970-01-31"},
		{sheetFormat{as: dayNumber}, "0", true, "1904-01-01"},
		{sheetFormat{as: dayNumber}, "1", false, "1900-01-01"},
		{sheetFormat{as: dayNumber}, "60", false, "1900-02-29"},
		{sheetFormat{as: dayNumber}, "61", false, "1900-03-01"},
		{sheetFormat{as: dayNumber}, "0", false, "0"},
		{sheetFormat{as: dayNumber}, "-3", false, "-3"},
		{sheetFormat{as: dayNumber}, "2958466", false, "2958466"},
		{sheetFormat{as: dayNumber}, "25599.5", false, "1970-01-31T12:00:00"},
		{sheetFormat{as: momentNumber}, "25599", false, "1970-01-31T00:00:00"},
		{sheetFormat{as: momentNumber}, "25599.99999999999", false, "1970-02-01T00:00:00"},
		{sheetFormat{as: momentNumber}, "25599.000000011574", false, "1970-01-31T00:00:00.001"},
		{sheetFormat{as: clockNumber}, "0.75", false, "18:00:00"},
		{sheetFormat{as: elapsedNumber}, "1.5", false, "36:00:00"},
		{sheetFormat{as: dayNumber}, "NaN", false, "NaN"},
	} {
		if got := string(c.format.append(nil, []byte(c.text), c.since)); got != c.want {
			t.Errorf("%q as %+v: %q, want %q", c.text, c.format, got, c.want)
		}
	}
}

func TestTextStore(t *testing.T) {
	t.Parallel()
	d := openAll(t, file(t, "a", "id;nom\n1;x\n"))
	const n = 60_000
	text := func(i int) string { return strings.Repeat("x", i%90) + fmt.Sprint(i) }
	i := -1
	s, err := d.storeTexts(t.Context(), 0, func() ([]byte, bool, error) {
		i++
		return []byte(text(i)), i < n, nil
	})
	if err != nil || s.count != n {
		t.Fatal(err, s.count)
	}
	r := &textReader{s: s}
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	for range 20_000 {
		i := chance.IntN(n)
		if got, ok, err := r.append(nil, i); err != nil || !ok || string(got) != text(i) {
			t.Fatalf("text %d: %q, %v", i, got, err)
		}
	}
	for _, i := range []int{-1, n, 1 << 40} {
		if _, ok, err := r.append(nil, i); ok || err != nil {
			t.Errorf("text %d is there", i)
		}
	}
}

// TestSwollen holds that a small file that stands for endless rows, or for more
// columns than anybody reads, ends soon.
func TestSwollen(t *testing.T) {
	t.Parallel()
	row := `<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string"><text:p>` + strings.Repeat("x", 900) + "</text:p></table:table-cell></table:table-row>"
	s := scanAll(t, mustOpen(t, odsOf("", `<table:table table:name="a">`+odsRow("id|nom")+odsRow("1|Martin")+strings.Repeat(row, 50)+"</table:table>"), Options{MaxDecoded: 10 << 20}))
	expectRejects(t, s.account, map[string]int64{"unpacks to far more than it should": 1})
	if len(s.rows) < 5000 || len(s.rows) > 20_000 {
		t.Errorf("%d rows", len(s.rows))
	}
	var sheets []string
	for range 70 {
		sheets = append(sheets, "a", `<row><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row></sheetData>`)
	}
	s = scanAll(t, mustOpen(t, xlsxOf("", nil, sheets...), Options{}))
	if len(s.dump.Tables) != 64 {
		t.Errorf("%d tables", len(s.dump.Tables))
	}
	expectRejects(t, s.account, map[string]int64{"too many cells": 6})
}
