package dump

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestCSVTables reads texts of several tables, and of one written in several
// ways.
func TestCSVTables(t *testing.T) {
	t.Parallel()
	people := func(from, n int, delim string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Join([]string{fmt.Sprint(from + i), "Martin", "Anne", fmt.Sprintf("19%02d-01-02", i%100), "Lyon"}, delim) + "\n")
		}
		return b.String()
	}
	orders := func(n int, delim string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Join([]string{fmt.Sprint(i), fmt.Sprintf("%d.50", i), "\"livre,\nle 3\""}, delim) + "\n")
		}
		return b.String()
	}
	header := "id,nom,prenom,naissance,ville\n"
	other := "commande,montant,note\n"
	names := []string{"id", "nom", "prenom", "naissance", "ville"}
	others := []string{"commande", "montant", "note"}
	for _, c := range []struct {
		name    string
		text    string
		columns [][]string
		rows    []int64
		want    map[int][]string
		rejects map[string]int64
	}{
		{name: "stacked, apart by a blank line", text: header + people(0, 30, ",") + "\n" + other + orders(20, ","), columns: [][]string{names, others}, rows: []int64{30, 20}, want: map[int][]string{30: {"0", "0.50", "livre,\nle 3"}}},
		{name: "stacked without a blank line", text: header + people(0, 30, ",") + other + orders(20, ","), columns: [][]string{names, others}, rows: []int64{30, 20}},
		{name: "a small table before a large one", text: other + orders(3, ",") + "\n" + header + people(0, 300, ","), columns: [][]string{others, names}, rows: []int64{3, 300}},
		{name: "a small table before a large one with another delimiter", text: "Extraction\n\n" + strings.ReplaceAll(other, ",", ";") + orders(4, ";") + "\n" + header + people(0, 300, ","), columns: [][]string{others, names}, rows: []int64{4, 300}},
		{name: "a small table after a large one", text: header + people(0, 300, ",") + "\n" + other + orders(2, ","), columns: [][]string{names, others}, rows: []int64{300, 2}},
		{name: "another header of as many columns", text: header + people(0, 30, ",") + "\nref,objet,auteur,jour,lieu\n" + people(100, 30, ","), columns: [][]string{names, {"ref", "objet", "auteur", "jour", "lieu"}}, rows: []int64{30, 30}},
		{name: "the delimiter changes", text: header + people(0, 40, ",") + people(40, 40, ";") + people(80, 40, "|") + people(120, 10, ","), columns: [][]string{names}, rows: []int64{130}, want: map[int][]string{45: {"45", "Martin", "Anne", "1905-01-02", "Lyon"}, 129: {"129", "Martin", "Anne", "1909-01-02", "Lyon"}}},
		{name: "the delimiter changes with the header again", text: header + people(0, 40, ",") + strings.ReplaceAll(header, ",", "~|~") + people(40, 40, "~|~"), columns: [][]string{names}, rows: []int64{80}},
		{name: "the header again after a blank line", text: header + people(0, 20, ",") + "\n" + header + people(20, 20, ","), columns: [][]string{names}, rows: []int64{40}},
		{name: "a footer is no table", text: header + people(0, 20, ",") + "\nTotal,20\nPage,1\n", columns: [][]string{names}, rows: []int64{22}},
		{name: "shorter rows are no table", text: header + people(0, 20, ",") + strings.ReplaceAll(people(20, 20, ","), ",Lyon", "") + people(40, 9, ","), columns: [][]string{names}, rows: []int64{49}, want: map[int][]string{25: {"25", "Martin", "Anne", "1905-01-02", ""}}},
		{name: "three tables, and back", text: header + people(0, 20, ",") + other + orders(20, ",") + people(20, 20, ",") + "\na;b\n" + strings.Repeat("1;2\n", 9), columns: [][]string{names, others, {"a", "b"}}, rows: []int64{40, 20, 9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := file(t, "a.csv", c.text)
			first := ""
			for _, chunk := range []int{1 << 20, 50, 333, 2000} {
				d, err := open(context.Background(), sourcesOf(t, path), Options{Threads: 2}, chunk)
				if err != nil {
					t.Fatal(err)
				}
				s := scanAll(t, d)
				if got := fmt.Sprintf("%q %v %v %+v", s.rows, s.ordinal, s.table, *s.account); first == "" {
					first = got
				} else if got != first {
					t.Fatalf("chunks of %d bytes: another result\n%s\n%s", chunk, got, first)
				}
				if chunk != 1<<20 {
					continue
				}
				var columns [][]string
				for _, tab := range d.Tables {
					columns = append(columns, tab.Columns)
				}
				if !slices.EqualFunc(columns, c.columns, slices.Equal) {
					t.Fatalf("columns %q", columns)
				}
				if !slices.Equal(s.account.TableRows, c.rows) {
					t.Errorf("rows %v, rejects %+v", s.account.TableRows, s.account.Rejects)
				}
				for i, want := range c.want {
					if i < len(s.rows) && !slices.Equal(s.rows[i], want) {
						t.Errorf("row %d is %q", i, s.rows[i])
					}
				}
				for i := range d.Tables {
					b, err := d.Sample(context.Background(), i, 5)
					if err != nil || int64(b.Rows()) != min(5, c.rows[i]) || b.Width != len(columns[i]) {
						t.Errorf("sample of table %d: %v, %d rows, %d columns", i, err, b.Rows(), b.Width)
					}
				}
			}
		})
	}
}
