package dump

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestFixedWidth(t *testing.T) {
	t.Parallel()
	aligned := func(n int, from int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%5d %-10s %-12s %s %8.2f\n", from+i, []string{"Martin", "Le Goff", "Ève", ""}[i%4], []string{"Lyon", "Le Mans", "Saint-Étienne"[:13]}[i%3], "1970-01-02 10:11:12", float64(i)*13.5)
		}
		return b.String()
	}
	for _, c := range []struct {
		name    string
		text    string
		columns [][]string
		rows    []int64
		want    map[int][]string
		rejects map[string]int64
	}{
		{
			name: "psql", text: "constat=> select * from clients;\n id |   nom    | ville \n----+----------+-------\n  1 | Martin   | Lyon\n  2 | Élodie | | \n  3 | a       +| Pau\n    | b        | \n(3 rows)\n\n",
			columns: [][]string{{"id", "nom", "ville"}}, rows: []int64{3}, want: map[int][]string{0: {"1", "Martin", "Lyon"}, 1: {"2", "Élodie |", ""}, 2: {"3", "a\nb", "Pau"}},
		},
		{
			name: "psql with bars that are cells", text: " id |  nom  | ville \n----+-------+-------\n  1 | a | b | Lyon\n  2 |       | \n", columns: [][]string{{"id", "nom", "ville"}}, rows: []int64{2}, want: map[int][]string{0: {"1", "a | b", "Lyon"}},
		},
		{
			name: "mysql, two results", text: "mysql> select 1;\n+----+--------+\n| id | nom    |\n+----+--------+\n|  1 | Martin |\n|  2 | NULL   |\n+----+--------+\n2 rows in set (0.00 sec)\n\n+-----+------+--------+\n| ref | jour | note   |\n+-----+------+--------+\n|   7 | lun  | à voir |\n+-----+------+--------+\n1 row in set (0.00 sec)\n",
			columns: [][]string{{"id", "nom"}, {"ref", "jour", "note"}}, rows: []int64{2, 1}, want: map[int][]string{2: {"7", "lun", "à voir"}},
		},
		{
			name: "sqlplus, in pages", text: "\n        ID NOM        VILLE\n---------- ---------- --------------------\n         1 MARTIN     Lyon\n         2            Le Mans\n\n        ID NOM        VILLE\n---------- ---------- --------------------\n         3 O'BRIEN\n\n3 rows selected.\n",
			columns: [][]string{{"ID", "NOM", "VILLE"}}, rows: []int64{3}, want: map[int][]string{1: {"2", "", "Le Mans"}, 2: {"3", "O'BRIEN", ""}},
		},
		{
			name: "frames of drawn lines", text: "┌────┬────────┐\n│ id │ nom    │\n├────┼────────┤\n│ 1  │ Hélène │\n│ 2  │ x      │\n└────┴────────┘\n", columns: [][]string{{"id", "nom"}}, rows: []int64{2}, want: map[int][]string{0: {"1", "Hélène"}},
		},
		{
			name: "Markdown", text: "| id | nom |\n|---|:---:|\n| 1 | Martin |\n| 22 | Petit |\n", columns: [][]string{{"id", "nom"}}, rows: []int64{2}, want: map[int][]string{1: {"22", "Petit"}},
		},
		{
			name: "a line between rows", text: "+----+-----+\n| id | nom |\n+====+=====+\n| 1  | a   |\n+----+-----+\n| 2  | b   |\n+----+-----+\n", columns: [][]string{{"id", "nom"}}, rows: []int64{2},
		},
		{
			name: "no lines, a header", text: "   id nom        ville        cree                  solde\n" + aligned(20, 1), columns: [][]string{{"id", "nom", "ville", "cree", "solde"}}, rows: []int64{20},
			want: map[int][]string{1: {"2", "Le Goff", "Le Mans", "1970-01-02 10:11:12", "13.50"}, 3: {"4", "", "Lyon", "1970-01-02 10:11:12", "40.50"}},
		},
		{
			name: "a row with too few cells", text: "+----+-----+-----+\n| id | nom | cp  |\n+----+-----+-----+\n| 1  | a   | x   |\n| rien\n| 2  | b   | y   |\n", columns: [][]string{{"id", "nom", "cp"}}, rows: []int64{2}, rejects: map[string]int64{"one cell where several were expected": 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := file(t, "a.txt", c.text)
			first := ""
			for _, chunk := range []int{1 << 20, 50, 333} {
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
				if d.Tables[0].Format != "fixed width" || !slices.EqualFunc(columns, c.columns, slices.Equal) {
					t.Fatalf("%s, columns %q", d.Tables[0].Format, columns)
				}
				if !slices.Equal(s.account.TableRows, c.rows) {
					t.Errorf("rows %v, rejects %+v", s.account.TableRows, s.account.Rejects)
				}
				for i, want := range c.want {
					if i < len(s.rows) && !slices.Equal(s.rows[i], want) {
						t.Errorf("row %d is %q", i, s.rows[i])
					}
				}
				expectRejects(t, s.account, c.rejects)
			}
		})
	}
}

// TestNotFixedWidth holds texts that have blanks side by side and are read as
// something else.
func TestNotFixedWidth(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"prose":           strings.Repeat("Il y avait  une fois un roi\net sa fille,  qui dormait\nsous un arbre  depuis longtemps.\n", 5),
		"padded cells":    strings.Repeat("1  ;Martin    ;Lyon      \n22 ;Petit     ;Le Mans   \n", 9),
		"one column":      strings.Repeat("a@x.example\n", 20),
		"dashes in a CSV": "id,nom\n1,a\n--------\n2,b\n",
	} {
		if got := openAll(t, file(t, "a.txt", text)).Tables[0].Format; got != "CSV" {
			t.Errorf("%s is read as %s", name, got)
		}
	}
}
