package dump

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCSVAwkward(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2000)
	people := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%d,Martin,Anne,19%02d-01-02,Lyon\n", i, i%100)
		}
		return b.String()
	}
	header := "id,nom,prenom,naissance,ville\n"
	for _, c := range []struct {
		name     string
		text     string
		columns  []string
		rows     int
		repaired int64
		rejects  map[string]int64
		want     map[int][]string // rows by index
	}{
		{
			name: "quote that is never closed", text: header + people(3) + "7,\"Martin,Anne,1970-01-01,Lyon\n" + people(500),
			rows: 504, repaired: 1, want: map[int][]string{3: {"7", `"Martin`, "Anne", "1970-01-01", "Lyon"}, 4: {"0", "Martin", "Anne", "1900-01-02", "Lyon"}},
		},
		{
			name: "two broken quotes far apart", text: header + people(3) + "7,\"Martin,Anne,1970-01-01,Lyon\n" + people(50) + "8,Martin\",Anne,1970-01-01,Lyon\n" + people(5),
			rows: 60, repaired: 1, want: map[int][]string{3: {"7", `"Martin`, "Anne", "1970-01-01", "Lyon"}},
		},
		{
			name: "broken quote among quoted cells", text: header + "1,\"Martin\",\"Anne, dite A\",1970-01-01,Lyon\n2,\"Martin,\"Anne\",1970-01-01,Lyon\n3,\"Martin\",\"Anne\",1970-01-01,Lyon\n",
			rows: 3, repaired: 1, want: map[int][]string{0: {"1", "Martin", "Anne, dite A", "1970-01-01", "Lyon"}, 1: {"2", `"Martin`, "Anne", "1970-01-01", "Lyon"}},
		},
		{
			name: "cell of several lines", text: header + "1,\"Mar\ntin\n\n, \"\"dit\"\" M\",Anne,1970-01-01,Lyon\n" + people(2),
			rows: 3, want: map[int][]string{0: {"1", "Mar\ntin\n\n, \"dit\" M", "Anne", "1970-01-01", "Lyon"}},
		},
		{
			name: "quotes within a quoted cell", text: header + "1,\"Martin \"le grand\" M\",Anne,1970-01-01,Lyon\n" + people(2),
			rows: 3, repaired: 1, want: map[int][]string{0: {"1", `Martin "le grand" M`, "Anne", "1970-01-01", "Lyon"}},
		},
		{
			name: "too few and too many cells", text: header + people(9) + "1,Martin\n2,Martin,Anne,1970-01-01,Lyon,,\n3,Martin,Anne,1970-01-01,Lyon,France\n(3 rows)\n",
			rows: 12, repaired: 3, rejects: map[string]int64{"one cell where several were expected": 1},
			want: map[int][]string{9: {"1", "Martin", "", "", ""}, 11: {"3", "Martin", "Anne", "1970-01-01", "Lyon,France"}},
		},
		{
			name: "cells that belong nowhere", text: header + people(9) + strings.Repeat("a,", 60) + "\n", rows: 9, rejects: map[string]int64{"too many cells": 1},
		},
		{
			name: "a delimiter within a cell without quotes", text: "id,nom,adresse,naissance,courriel\n" + strings.Repeat("1,Martin,3 rue du Bac,1970-01-02,a@x.example\n", 20) + "2,Petit,4 rue du Bac, Pau,1971-02-03,b@x.example\n",
			rows: 21, repaired: 1, want: map[int][]string{20: {"2", "Petit", "4 rue du Bac, Pau", "1971-02-03", "b@x.example"}},
		},
		{
			name: "cells that are missing in the middle", text: "id,nom,adresse,naissance,courriel\n" + strings.Repeat("1,Martin,3 rue du Bac,1970-01-02,a@x.example\n", 20) + "2,Petit,1971-02-03,b@x.example\n,3,Roux,5 rue du Bac,1972-03-04,c@x.example\n",
			rows: 22, repaired: 2, want: map[int][]string{20: {"2", "Petit", "", "1971-02-03", "b@x.example"}, 21: {"3", "Roux", "5 rue du Bac", "1972-03-04", "c@x.example"}},
		},
		{
			name: "a row with another delimiter, one with another quote, a remark", text: header + strings.ReplaceAll(people(20), "Lyon", "\"Lyon\"") + "21;Martin;Anne;1970-01-01;Lyon\n# 22 rows so far\n22,'Martin, dit M',Anne,1970-01-01,'Lyon'\n23 Martin Anne 1970-01-01 Lyon\n",
			rows: 23, repaired: 3, want: map[int][]string{20: {"21", "Martin", "Anne", "1970-01-01", "Lyon"}, 21: {"22", "Martin, dit M", "Anne", "1970-01-01", "Lyon"}, 22: {"23", "Martin", "Anne", "1970-01-01", "Lyon"}},
		},
		{
			name: "a header of two rows", text: "id,identite,,date,montant\n,nom,prenom,de naissance,en euros\n" + strings.ReplaceAll(people(9), "Lyon", "12.50"), columns: []string{"id", "identite nom", "prenom", "date de naissance", "montant en euros"}, rows: 9,
		},
		{
			name: "a header written twice", text: header + header + people(9), columns: []string{"id id", "nom nom", "prenom prenom", "naissance naissance", "ville ville"}, rows: 9,
		},
		{
			name: "a first row that lacks its numbers", text: header + "?,Martin,Anne,inconnue,Lyon\n" + people(9), columns: []string{"id", "nom", "prenom", "naissance", "ville"}, rows: 10,
		},
		{
			name: "a header with a stray quote", text: "id,\"nom,prenom,\"naissance\",ville\n" + people(9), columns: []string{"id", "\"nom", "prenom", "naissance", "ville"}, rows: 9,
		},
		{
			name: "header again, blank lines, mixed ends", text: header + people(2) + "\r\n" + header + "\n" + strings.ReplaceAll(people(2), "\n", "\r\n"),
			rows: 4, want: map[int][]string{3: {"1", "Martin", "Anne", "1901-01-02", "Lyon"}},
		},
		{
			name: "zero bytes and a row in another encoding", text: header + people(9) + "1,Mar\x00tin,H\xe9l\xe8ne,1970-01-01,Orl\xe9ans\n" + strings.Repeat("2,Martin,Hélène,1970-01-01,Orléans\n", 20),
			rows: 30, repaired: 1, want: map[int][]string{9: {"1", "Martin", "Hélène", "1970-01-01", "Orléans"}},
		},
		{
			name: "row too long", text: header + people(5) + "7," + long + ",a,b,c\n" + people(5),
			rows: 10, rejects: map[string]int64{"row too long": 1},
		},
		{
			name: "carriage returns alone", text: strings.ReplaceAll(header+people(5), "\n", "\r"), rows: 5,
			want: map[int][]string{4: {"4", "Martin", "Anne", "1904-01-02", "Lyon"}},
		},
		{
			name: "preamble and footer", text: "Extraction du 3 mars;;;\n\nid;nom;mel;ville\n1;Martin;a@x.example;Lyon\n2;Petit;b@x.example;Pau\nTotal : 2\n",
			columns: []string{"id", "nom", "mel", "ville"}, rows: 2, rejects: map[string]int64{"one cell where several were expected": 1},
		},
		{
			name: "blanks after the delimiter", text: "rec_id, nom, ville\n1, martin, lyon\n2, , pau\n3, petit, \"nice, fr\"\n",
			columns: []string{"rec_id", "nom", "ville"}, rows: 3, want: map[int][]string{1: {"2", "", "pau"}, 2: {"3", "petit", "nice, fr"}},
		},
		{
			name: "no header", text: people(5), columns: []string{"column 1", "column 2", "column 3", "column 4", "column 5"}, rows: 5,
		},
		{
			name: "one column", text: "email\na@x.example\nb@x.example\n", columns: []string{"email"}, rows: 2,
		},
		{
			name: "delimiter of two characters", text: "id||nom||ville\n1||a|b||Lyon\n2||\"x || \"\"y\"\"\"||\"Pau\nNay\"\n3||||\n" + strings.Repeat("4||z||Nice\n", 40), columns: []string{"id", "nom", "ville"}, rows: 43,
			want: map[int][]string{0: {"1", "a|b", "Lyon"}, 1: {"2", `x || "y"`, "Pau\nNay"}, 2: {"3", "", ""}},
		},
		{
			name: "backslash escapes", text: "id,note\n1,\"a \\\"b\\\", c\"\n2,\"d\\\\\"\n3,\"e, f\"\n", rows: 3,
			want: map[int][]string{0: {"1", `a "b", c`}, 1: {"2", `d\`}, 2: {"3", "e, f"}},
		},
		{
			name: "header only", text: "id;nom;prenom\n", columns: []string{"id", "nom", "prenom"},
		},
		{
			name: "column twice and one without a name", text: "id,nom,nom,\n1,a,b,c\n2,d,e,f\n", columns: []string{"id", "nom", "nom (2)", "column 4"}, rows: 2,
		},
		{
			name: "UTF-16", text: wideText("id;nom\r\n1;Hélène\r\n"), columns: []string{"id", "nom"}, rows: 1, want: map[int][]string{0: {"1", "Hélène"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := open(context.Background(), sourcesOf(t, file(t, "a.csv", c.text)), Options{MaxRow: 1500}, 4096)
			if err != nil {
				t.Fatal(err)
			}
			if c.columns != nil && !slices.Equal(d.Tables[0].Columns, c.columns) {
				t.Errorf("columns %q", d.Tables[0].Columns)
			}
			s := scanAll(t, d)
			if len(s.rows) != c.rows || s.account.Repaired != c.repaired {
				t.Errorf("%d rows, %d repaired; want %d and %d (%s)", len(s.rows), s.account.Repaired, c.rows, c.repaired, d.Tables[0].Dialect)
			}
			for i, want := range c.want {
				if i < len(s.rows) && !slices.Equal(s.rows[i], want) {
					t.Errorf("row %d is %q", i, s.rows[i])
				}
			}
			expectRejects(t, s.account, c.rejects)
		})
	}
}

// wideText is text in UTF-16 LE, with its mark.
func wideText(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range text {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

// TestCutting reads texts cut in many ways by several threads: all must give
// the same rows and the same account.
func TestCutting(t *testing.T) {
	t.Parallel()
	var csv, lines, array strings.Builder
	csv.WriteString("id;nom;note;ville;cp\n")
	array.WriteString("[\n")
	for i := range 300 {
		switch {
		case i%37 == 5:
			fmt.Fprintf(&csv, "%d;\"Martin;a;b;c\n", i)
		case i%41 == 7:
			fmt.Fprintf(&csv, "%d;Martin;\"deux\nlignes; ou \"\"trois\"\"\n\";Lyon;69001\r\n", i)
		case i%53 == 9:
			fmt.Fprintf(&csv, "%d;%s;;;\n", i, strings.Repeat("long ", 300))
		case i%29 == 3:
			fmt.Fprintf(&csv, "%d;O\"Brien;\"x\";\"Orl\xe9ans\";45000;trop\n", i)
		default:
			fmt.Fprintf(&csv, "%d;\"Petit\";note;Pau;64000\n", i)
		}
		object := fmt.Sprintf(`{"id":%d,"p":{"nom":"Petit \"le\" n°%d"},"l":[1,2]}`, i, i)
		switch {
		case i%31 == 4:
			object = fmt.Sprintf(`{"id":%d,"p":{"nom":"Petit}}`, i)
		case i%43 == 8:
			object = fmt.Sprintf(`{"id":%d,"p":"%s"}`, i, strings.Repeat("long ", 300))
		}
		lines.WriteString(object + "\n")
		array.WriteString(object + ",\n")
	}
	array.WriteString("{\"id\":1}]")
	for name, text := range map[string]string{"CSV": csv.String(), "JSON Lines": lines.String(), "JSON": array.String(), "UTF-16": wideText(lines.String())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t, "a.txt", text)
			var first string
			for _, chunk := range []int{1 << 20, 64, 100, 333, 1000, 5000} {
				for _, threads := range []int{1, 3} {
					d, err := open(context.Background(), sourcesOf(t, path), Options{Threads: threads, MaxRow: 1200}, chunk)
					if err != nil {
						t.Fatal(err)
					}
					s := scanAll(t, d)
					got := fmt.Sprintf("%q %v %+v", s.rows, s.ordinal, *s.account)
					if first == "" {
						first = got
						t.Logf("%d rows, %d rejected, %d repaired", s.account.Read, s.account.Rejected, s.account.Repaired)
					}
					if got != first {
						t.Fatalf("chunks of %d bytes, %d threads: another result\n%s\n%s", chunk, threads, got, first)
					}
				}
			}
		})
	}
}
