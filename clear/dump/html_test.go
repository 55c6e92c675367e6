package dump

import (
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []sheetCase{
		{name: "made", content: htmlFormat{}.about().Example, tables: []string{"nom|ville"}, rows: []string{"Martin|Lyon", "Petit & fils|Lyon"}},
		{
			name: "phpMyAdmin", content: `<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title><style>td { a }</style></head><body><h2>clients</h2><table><caption></caption><thead><tr><td>id</td><td>nom</td></tr></thead><tbody><tr><td>1</td><td>Martin<br>Luc</td></tr><tr><td>2</td><td>  A&nbsp;&eacute;
  B<p>C</p></td></tr></tbody></table><script>if (a < b) {}</script><h2>dossiers</h2><table><tr><th>id<th>note<tr><td>7</table></body></html>`,
			tables: []string{"clients: id|nom", "dossiers: id|note"}, rows: []string{"1|Martin\nLuc", "2|A é B\nC", "7|"}, rejects: map[string]int64{"text outside of rows": 2},
		},
		{
			name: "tables in tables, cells over columns", content: `<html><table><tr><th colspan=2>nom<th>ville<tr><td>Martin<td>Luc<td><table><tr><th>id<th>montant<tr><td>7<td>2.5</table>Lyon<tr><td colspan=99999999>x</table></html>`,
			tables: []string{"table 1: nom|column 2|ville", "table 2: id|montant"}, rows: []string{"7|2.5", "Martin|Luc|Lyon", "x||"},
		},
		{
			name: "Excel in Latin-1", content: "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><meta http-equiv=Content-Type content=\"text/html; charset=windows-1252\"><body><table x:str><tr><td>id</td><td>pr\xe9nom</td></tr><tr><td x:num>1</td><td>Ren\xe9 &#339;</td></tr></table></body></html>",
			tables: []string{"id|prénom"}, rows: []string{"1|René œ"},
		},
		{
			name: "fields of a form", content: `<table><tr><th>id<th>nom<tr><td>1<td><input type="text" value="Martin"><input type=hidden value=x></table>`,
			rows: []string{"1|Martin"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
	cutAnywhere(t, "<html><body><table><tr><th>id</th><th>nom</th></tr><tr><td>1</td><td>Martin</td></tr><tr><td>2</td><td>Petit</td></tr></table></body></html>")
}

// TestHTMLHostile holds that deep and wide tables end.
func TestHTMLHostile(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"<table><tr><td>x", "<tr><td rowspan=65534 colspan=1000>x", "<td rowspan=0>x", "<table>", "<th>", "<td", "<!--", "<script>", "&#", "<tr><th>nom<tr><td>x</table><table>"} {
		reconcile(t, file(t, "a", "<table><tr><td>a<td>b"+strings.Repeat(piece, 3000)))
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("<tr><th colspan=3>a<td rowspan=0>b<table><tr><td>c</table>d&amp;<!-- x --></td></tr>")
	f.Add("<thead><tr><td>a<br>b</thead></table>x<script>y</script><h1>z<table>")
	f.Fuzz(func(t *testing.T, rows string) {
		reconcile(t, file(t, "a", "<table><tr><td>1"+rows))
		reconcile(t, file(t, "a", gz(t, "<html><table><tr><td>1"+rows)))
	})
}
