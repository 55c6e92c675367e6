package dump

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// The polluted files of Vitagliano, Hameed, Jiang, Reisener, Wu and Naumann,
// "Pollock: A Data Loading Benchmark" (PVLDB 16, 2023), section 3.3, made anew
// over sources of our own: one file of 84 rows and 9 columns, and 2,289 files
// with one thing wrong each.

// polluted is a file of the benchmark.
type polluted struct {
	name   string
	class  string
	weight float64 // how often the pollution was seen in the survey, shared out over its files
	text   string
	want   [][]string // what a reader should make of it, header first
	as     writing
	skip   int // lines before the first row of data
}

// sourceCell is a cell of a source; quoted ones are written in quotes.
type sourceCell struct {
	value  string
	quoted bool
}

// writing is how a file of the benchmark is written.
type writing struct {
	delim, quote, escape, end string
}

var standard = writing{delim: ",", quote: `"`, escape: `"`, end: "\r\n"}

func (w writing) cell(c sourceCell) string {
	if !c.quoted {
		return c.value
	}
	return w.quote + strings.ReplaceAll(c.value, w.quote, w.escape+w.quote) + w.quote
}

// row writes cells with what stands before the first, between, and at the end.
func (w writing) row(cells []sourceCell) string {
	var out []string
	for _, c := range cells {
		out = append(out, w.cell(c))
	}
	return strings.Join(out, w.delim) + w.end
}

func (w writing) rows(rows [][]sourceCell) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(w.row(r))
	}
	return b.String()
}

func values(rows [][]sourceCell) [][]string {
	var out [][]string
	for _, r := range rows {
		var cells []string
		for _, c := range r {
			cells = append(cells, c.value)
		}
		out = append(out, cells)
	}
	return out
}

// pollute makes all files of the benchmark of a source.
func pollute(source [][]sourceCell) []polluted {
	want := values(source)
	var all []polluted
	add := func(class, name string, weight float64, text string, want [][]string) {
		all = append(all, polluted{name: name, class: class, weight: weight, text: text, want: want, as: standard, skip: 1})
	}
	last := func() *polluted { return &all[len(all)-1] }
	whole := standard.rows(source)
	columns := len(source[0])
	header, data := source[0], source[1:]
	bare := func(cells []sourceCell) (out []sourceCell) {
		for _, c := range cells {
			out = append(out, sourceCell{c.value, strings.ContainsAny(c.value, `,"`)})
		}
		return out
	}
	alone := func(first string) []sourceCell {
		row := make([]sourceCell, columns)
		row[0].value = first
		return row
	}

	add("source", "source", 1, whole, want)
	add("empty", "no payload", 15, "", nil)
	add("ends", "no newline at the end", 184, strings.TrimSuffix(whole, standard.end), want)
	add("ends", "two newlines at the end", 5, whole+standard.end, want)
	add("no header", "no header", 470, standard.rows(data), want[1:])
	last().skip = 0
	for n := 2; n <= 3; n++ {
		text, names := whole, append([]string(nil), want[0]...)
		for range n - 1 {
			text = standard.row(bare(header)) + text
			for i := range names {
				names[i] += " " + want[0][i]
			}
		}
		add("header of several rows", fmt.Sprintf("header of %d rows", n), 47, text, append([][]string{names}, want[1:]...))
		last().skip = n
	}
	add("preamble", "preamble", 282, standard.row(alone("PREAMBLE"))+standard.row(alone(""))+whole, want)
	last().skip = 3
	for width := columns - 1; width <= columns+1; width++ {
		text := whole
		for i, r := range source[:len(source)-1] {
			second := bare(r)
			if width > columns {
				second = append(second, second[columns-1])
				if i == 0 {
					second[columns].value = "col1"
				}
			}
			text += standard.row(second[:width])
		}
		add("several tables", fmt.Sprintf("second table of %d columns", width), 188.0/3, text, want)
	}
	add("few rows", "header only", 3, standard.row(header), want[:1])
	add("few rows", "one row", 4, standard.rows(source[:2]), want[:2])

	const inconsistent = 0.36775106082036774
	for i := range source {
		before, after := standard.rows(source[:i]), standard.rows(source[i+1:])
		var cells []string
		for _, c := range source[i] {
			cells = append(cells, standard.cell(c))
		}
		for j := range columns {
			place := fmt.Sprintf("row %d, column %d", i, j)
			left, right := cells[:j], cells[j:]
			more := append(append(append([]string(nil), left...), ""), right...)
			if j > 0 {
				// The separator is put before the one that is there.
				add("separator too many", "separator too many, "+place, inconsistent, before+strings.Join(more, ",")+standard.end+after, want)
				less := append([]string(nil), cells[:j-1]...)
				less = append(append(less, cells[j-1]+cells[j]), cells[j+1:]...)
				add("separator missing", "separator missing, "+place, inconsistent, before+strings.Join(less, ",")+standard.end+after, want)
			} else {
				add("separator too many", "separator too many, "+place, inconsistent, before+strings.Join(more, ",")+standard.end+after, want)
			}
			odd := append([]string(nil), cells...)
			expected := append([][]string(nil), want...)
			expected[i] = append([]string(nil), want[i]...)
			expected[i][j] = `"` + want[i][j]
			odd[j] = `"` + cells[j]
			add("stray quote", "stray quote, "+place, 7.0/756, before+strings.Join(odd, ",")+standard.end+after, expected)
		}
		add("another separator in a row", fmt.Sprintf("blanks separate row %d", i), 12.0/84, before+strings.Join(cells, " ")+standard.end+after, want)
	}

	other := func(class, name string, weight float64, change func(w *writing)) {
		w := standard
		change(&w)
		add(class, name, weight, w.rows(source), want)
		last().as = w
	}
	other("ends", "line feeds", 1691, func(w *writing) { w.end = "\n" })
	other("ends", "carriage returns", 7, func(w *writing) { w.end = "\r" })
	other("separator", "semicolon", 834, func(w *writing) { w.delim = ";" })
	other("separator", "tab", 4, func(w *writing) { w.delim = "\t" })
	other("separator", "comma and blank", 101, func(w *writing) { w.delim = ", " })
	other("separator", "blank", 4, func(w *writing) { w.delim = " " })
	other("quotes", "apostrophes", 11, func(w *writing) { w.quote, w.escape = "'", "'" })
	other("quotes", "backslash escapes", 1, func(w *writing) { w.escape = `\` })
	other("quotes", "no escapes", 7, func(w *writing) { w.escape = "" })
	return all
}

// Scores of a file: success; precision, recall and F1 of header, records and
// cells. Precision is over what was expected and recall over what was read, as
// the paper has it. Their sum is at most 10.
const pollockScores = 10

// pollockScore scores what a reader made of a file: a header, where it found
// one, and rows.
func pollockScore(want, got [][]string) (s [pollockScores]float64) {
	s[0] = 1
	if len(want) == 0 {
		for i := range s {
			s[i] = 1
		}
		return s
	}
	if len(got) == 0 {
		got = [][]string{nil}
	}
	records := func(rows [][]string) (out []string) {
		for _, r := range rows[1:] {
			out = append(out, strings.Join(normal(r), ""))
		}
		return out
	}
	cells := func(rows [][]string) (out []string) {
		for _, r := range rows {
			out = append(out, normal(r)...)
		}
		return out
	}
	s[1], s[2], s[3] = agreement(normal(want[0]), normal(got[0]))
	s[4], s[5], s[6] = agreement(records(want), records(got))
	s[7], s[8], s[9] = agreement(cells(want), cells(got))
	return s
}

// agreement compares two multisets.
func agreement(want, got []string) (precision, recall, f1 float64) {
	if len(want) == 0 {
		return 1, 1, 1
	}
	left := map[string]int{}
	for _, x := range want {
		left[x]++
	}
	both := 0
	for _, x := range got {
		if left[x] > 0 {
			left[x]--
			both++
		}
	}
	if both == 0 {
		return 0, 0, 0
	}
	precision, recall = float64(both)/float64(len(want)), float64(both)/float64(len(got))
	return precision, recall, 2 * precision * recall / (precision + recall)
}

// normal brings cells to one spelling of dates, times and numbers, in small
// letters.
func normal(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.ToLower(c)
		c = strings.TrimSpace(c)
		switch strings.ToLower(c) {
		case "true":
			c = "1"
		case "false":
			c = "0"
		}
		if n, err := strconv.ParseFloat(c, 64); err == nil {
			out[i] = strconv.FormatFloat(n, 'g', -1, 64)
			continue
		}
		for _, layout := range []string{"02/01/2006", "2006-01-02", "2006-01-02 15:04:05", "15:04", "15:04:05"} {
			if at, err := time.Parse(layout, c); err == nil {
				out[i] = at.Format(time.DateTime)
				break
			}
		}
	}
	return out
}

// readPolluted is what this package makes of a file: its first table.
func readPolluted(t testing.TB, path string) (rows [][]string, ok bool) {
	t.Helper()
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return nil, false // refused, with its reason
	}
	d, err := Open(context.Background(), sourcesOf(t, path), Options{Threads: 1})
	if err != nil {
		if failure.CodeOf(err) != failure.BadInput {
			t.Fatal(err)
		}
		return nil, false
	}
	if d.Tables[0].Header {
		rows = append(rows, d.Tables[0].Columns)
	}
	a, err := d.Scan(context.Background(), func(b *table.Batch, release func()) error {
		defer release()
		if b.Table != 0 {
			return nil
		}
		for r := range b.Rows() {
			var row []string
			for c := range b.Width {
				row = append(row, string(b.Cell(r, c)))
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err == nil && a.DecodedTotal != a.DecodedAccounted {
		err = errors.New("bytes are not accounted for")
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows, true
}

// pollockSources are the sources, by name. Each seed is another file.
var pollockSources = map[string]func(*rand.Rand) [][]sourceCell{"orders": orders, "members": members}

const pollockRows = 83

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// phrase is a sentence of words, with commas, apostrophes and quotation marks.
func phrase(r *rand.Rand, words int, quotes bool) string {
	stock := strings.Fields("colis livre retard client demande retour accord facture remise voisin porte tard gardien absent signe bureau l'entree d'accord pas avant midi sous trois jours cadeau piece jointe merci rappel fait ce matin aucun autre choix possible")
	var b strings.Builder
	for i := range words {
		if i > 0 {
			b.WriteString(pick(r, " ", " ", " ", " ", ", "))
		}
		w := pick(r, stock...)
		if i == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		if quotes && i == words/2 {
			w = fmt.Sprintf(`%d" de long`, 5+r.IntN(40))
		}
		b.WriteString(w)
	}
	return b.String() + pick(r, ".", "", "!")
}

// orders is a source of a shop: dates, times, amounts, free text, links, and a
// last column that is always empty.
func orders(r *rand.Rand) [][]sourceCell {
	rows := [][]sourceCell{{{"JOUR", false}, {"HEURE", false}, {"Nombre", false}, {"REFERENCE", false}, {"Montant", false}, {"Objet", false}, {"Description", true}, {"LIEN", true}, {"Remarques", false}}}
	for i := range pollockRows {
		ref := fmt.Sprintf("%s-%04d", pick(r, "AB", "KX", "RT", "ZQ", "PM"), r.IntN(10000))
		object := phrase(r, 2+r.IntN(3), r.IntN(20) == 0)
		rows = append(rows, []sourceCell{
			{fmt.Sprintf("%02d/%02d/2024", 1+i%28, 1+i/28), false},
			{fmt.Sprintf("%02d:%02d", r.IntN(24), 15*r.IntN(4)), false},
			{strconv.Itoa(r.IntN(30)), false},
			{ref, false},
			{fmt.Sprintf("$%d.%02d", 1+r.IntN(99), r.IntN(100)), false},
			{object, strings.ContainsAny(object, `,"`)},
			{phrase(r, 10+r.IntN(25), r.IntN(20) == 0), true},
			{"https://boutique.example/article/" + strings.ReplaceAll(ref, "-", "_") + ".html", true},
			{"", false},
		})
	}
	return rows
}

// members is a source of a club: people, with addresses in quotes and notes.
func members(r *rand.Rand) [][]sourceCell {
	rows := [][]sourceCell{{{"numero", false}, {"nom", false}, {"prenom", false}, {"date_naissance", false}, {"courriel", false}, {"adresse", true}, {"inscription", false}, {"note", true}, {"cotisation", false}}}
	for i := range pollockRows {
		nom := pick(r, "Martin", "Petit", "Le Goff", "O'Neil", "Da Costa", "Roux", "Lambert", "Fontaine", "Chevalier", "Garnier")
		prenom := pick(r, "Anne", "Jean-Luc", "Marie Claire", "Paul", "Aline", "Hugo", "Chantal", "Denis")
		rows = append(rows, []sourceCell{
			{strconv.Itoa(1000 + 7*i + r.IntN(7)), false},
			{nom, false},
			{prenom, false},
			{fmt.Sprintf("%04d-%02d-%02d", 1940+r.IntN(65), 1+r.IntN(12), 1+r.IntN(28)), false},
			{fmt.Sprintf("%s.%d@courriel.example", strings.ToLower(prenom[:3]), r.IntN(900)), false},
			{fmt.Sprintf("%d %s %s, %s", 1+r.IntN(90), pick(r, "rue", "avenue", "place"), pick(r, "des Lilas", "de l'Orme", "du Moulin", "Foch"), pick(r, "Lyon", "Pau", "Brest", "Le Mans")), true},
			{fmt.Sprintf("%02d/%02d/20%02d", 1+r.IntN(28), 1+r.IntN(12), 10+r.IntN(14)), false},
			{phrase(r, 6+r.IntN(20), r.IntN(12) == 0), true},
			{pick(r, "oui", "oui", "non", ""), false},
		})
	}
	return rows
}

// TestPollock reads a part of the benchmark's files: those of each kind of
// pollution, and of the repeated ones some places.
func TestPollock(t *testing.T) {
	t.Parallel()
	files := pollute(orders(rand.New(rand.NewPCG(1, 2))))
	if len(files) != 2290 {
		t.Errorf("%d files, not 2,289 and their source", len(files))
	}
	seen := map[string]int{}
	for _, f := range files {
		if seen[f.class]++; seen[f.class] > 10 && seen[f.class]%97 != 0 {
			continue
		}
		got, ok := readPolluted(t, file(t, "a.csv", f.text))
		s, sum := pollockScore(f.want, got), 0.0
		if !ok {
			s = [pollockScores]float64{}
		}
		for _, x := range s {
			sum += x
		}
		least := 9.6
		switch {
		case f.class == "empty":
			least = 0 // refused, with its reason
		case f.class == "several tables":
			least = 8 // one that has the same header goes on
		case strings.HasPrefix(f.name, "separator missing, row 0"):
			least = 9.3
		case f.name == "blank":
			least = 9 // words without quotes
		}
		if sum < least {
			t.Errorf("%s: %.3f of 10: %.3f", f.name, sum, s)
		}
	}
}
