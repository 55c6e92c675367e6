package paper

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"constat.example/desk/form"
	"constat.example/desk/report"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// sheet is a document in one language with everything worded: what all formats lay out.
type sheet struct {
	report.Language
	Title, For, Basis, Version, Case string
	Marks                            []mark
	At                               moment
	Since                            string // "" where it is compared with nothing
	Summary                          string
	Tally                            []tally
	Questions                        []question
	Parts                            []part
	Sources                          []source
}

// mark says who may be told, or what may be done: "TLP:AMBER".
type mark struct{ Text, Colour string }

type moment struct{ Text, Machine string }

// tally is how many boxes are in a state.
type tally struct {
	State    form.State
	Words    string
	N        int64
	X, Width float64 // hundredths of the boxes that apply
}

// question is a box that is asked.
type question struct {
	Box       int // number of the box in the document, from 1
	ID, Label string
	Ask, Key  string
	Options   []string // what it may be answered with
	One       bool     // with one of them only
}

type part struct {
	N               int // from 1
	ID, Title, Note string
	Prose           bool
	Boxes           []box
}

// box is a box with its value worded.
type box struct {
	N               int // in the document, from 1
	ID, Label, Help string
	Name            string // the label, or the section's title where there is none
	Key             string
	Type            form.Type
	State           form.State
	Standing        string // the state, in words
	Value           content
	Found           *content // what the evidence says, where a person said something else
	Why, Ask        string
	From            []int
	New             string // "" where it is not
	Proposed        string // that a person has to confirm it; "" for no
}

// Wide reports whether a table stands in the box that takes the whole page.
func (b box) Wide() bool {
	return slices.ContainsFunc(b.Value.Grids, func(g grid) bool { return len(g.Head) > 4 })
}

// Long reports whether the box may be broken between two pages: others stand on one.
func (b box) Long() bool {
	n := len(b.Value.Options) / 2
	for _, g := range b.Value.Grids {
		n += 2 * len(g.Rows)
	}
	for _, l := range b.Value.Lines {
		n += 1 + len(l.Text)/80
	}
	return n > 24
}

// change is what happened to a line since the last filing.
type change string

const (
	same   change = ""
	before change = "before" // it stood there, and no longer does
	now    change = "now"    // it stands there, and did not
)

// content is what stands in a box. A box that changed since the last filing has its
// former lines among the present ones, marked.
type content struct {
	Lines   []line
	Options []option
	Grids   []grid
}

// Blank reports whether nothing stands there now.
func (c content) Blank() bool {
	return !slices.ContainsFunc(c.Lines, func(l line) bool { return l.Change != before }) &&
		!slices.ContainsFunc(c.Options, func(o option) bool { return o.Chosen }) &&
		!slices.ContainsFunc(c.Grids, func(g grid) bool {
			return slices.ContainsFunc(g.Rows, func(r row) bool { return r.Change != before })
		})
}

// Last is the number of the last line, from 0; -1 for none.
func (c content) Last() int { return len(c.Lines) - 1 }

type line struct {
	phrase
	Change change
}

type option struct {
	Words  string
	Chosen bool
	Change change
}

type grid struct {
	Head   []column
	Rows   []row
	Change change // of a table whose columns are others now
}

type column struct {
	phrase
	Figures bool // all that stands in it is numbers
	Broken  bool // a word in it is too long to stand on a line of a column: a hash
}

// Class is the column's in the style sheet.
func (c column) Class() string {
	switch {
	case c.Figures:
		return "n"
	case c.Broken:
		return "long"
	}
	return ""
}

type row struct {
	Cells  []phrase
	Change change
}

// Cell is a cell, changed as its row is.
func (r row) Cell(i int) line { return line{r.Cells[i], r.Change} }

// phrase is a text, and its language where that is not the document's: what a person
// said in one language only.
type phrase struct{ Text, Lang string }

type source struct {
	N     int // from 1
	Words string
	Where string
	Ref   string
	Show  string
}

// longest is how much of one paragraph is shown: what a form takes is far below.
const longest = 20_000

// newSheet words a document.
func newSheet(doc *form.Document, lang report.Language) *sheet {
	s := &sheet{Language: lang, Case: clean(doc.Case), Version: clean(doc.Version)}
	s.Title, s.For, s.Basis = s.words(doc.Title), s.words(doc.For), s.words(doc.Basis)
	s.At = s.moment(doc.At)
	if doc.TLP != "" {
		s.Marks = append(s.Marks, mark{"TLP:" + clean(doc.TLP), colour(doc.TLP)})
	}
	if doc.PAP != "" {
		s.Marks = append(s.Marks, mark{"PAP:" + clean(doc.PAP), colour(doc.PAP)})
	}
	s.Since = s.since(doc.Since)
	s.Summary, s.Tally = s.summary(doc.Counts), s.tallies(doc.Counts)
	n := 0
	for i, section := range doc.Sections {
		p := part{N: i + 1, ID: clean(section.ID), Title: s.words(section.Title), Note: s.words(section.Note), Prose: section.Prose}
		for _, b := range section.Boxes {
			n++
			drawn := s.box(n, &b, doc.Since)
			drawn.Name = cmp.Or(drawn.Label, p.Title)
			if section.Prose {
				drawn.ID = ""                                 // a text has no numbers but its own
				if b.State == form.Empty && drawn.Why == "" { // a text with nothing under a heading is not done
					drawn.Why = s.T("À compléter par ce qui reste à établir.", "To be completed from what is still to find out.")
				}
			}
			if b.State == form.Asked {
				s.Questions = append(s.Questions, s.question(drawn))
			}
			p.Boxes = append(p.Boxes, drawn)
		}
		s.Parts = append(s.Parts, p)
	}
	for i, from := range doc.Sources {
		s.Sources = append(s.Sources, source{i + 1, s.words(from.Words), s.room(from.Room), clean(from.Ref), clean(from.Show)})
	}
	return s
}

func (s *sheet) question(b box) question {
	q := question{Box: b.N, ID: b.ID, Label: b.Name, Ask: b.Ask, Key: b.Key, One: b.Type == form.Choice}
	for _, o := range b.Value.Options {
		q.Options = append(q.Options, o.Words)
	}
	return q
}

func (s *sheet) box(n int, b *form.Box, since *form.Since) box {
	drawn := box{
		N: n, ID: clean(b.ID), Label: s.words(b.Label), Help: s.words(b.Help), Key: clean(b.Key), Type: b.Type, State: b.State, Standing: s.standing(b.State),
		Why: s.words(b.Why), Ask: s.words(b.Ask), From: b.From,
	}
	if _, known := standings[b.State]; !known { // of a later version: its words are all there is
		drawn.State = form.Empty
	}
	drawn.Value = s.content(b, &b.Value, b.Was)
	if b.Found != nil {
		found := s.content(b, b.Found, nil)
		drawn.Found = &found
	}
	if b.Proposed {
		drawn.Proposed = s.T("proposé, à confirmer", "proposed, to be confirmed")
	}
	if b.New && since != nil {
		drawn.New = s.T("nouveau depuis le dépôt nᵒ\u00a0%d", "new since filing %d", since.Number)
	}
	return drawn
}

// content words a value, beside what stood in its place before; was is nil where that
// was the same.
func (s *sheet) content(b *form.Box, v, was *form.Value) content {
	c := content{}
	if was == nil {
		was = v
	}
	for _, l := range compare(s.lines(was), s.lines(v), func(p phrase) string { return p.Text }) {
		c.Lines = append(c.Lines, line{l.of, l.change})
	}
	c.Options = s.options(b, v, was)
	c.Grids = s.grids(v.Table, was.Table)
	return c
}

// lines are number, instant and paragraphs of a value.
func (s *sheet) lines(v *form.Value) []phrase {
	var all []phrase
	if v.Number != nil {
		all = append(all, phrase{Text: s.Int(*v.Number)})
	}
	if v.At != "" {
		all = append(all, phrase{Text: s.moment(v.At).Text})
	}
	for _, text := range v.Text {
		all = append(all, s.phrase(text))
	}
	return all
}

// options are all that a box offers, in the order of the form, and what was answered
// beside them.
func (s *sheet) options(b *form.Box, v, was *form.Value) []option {
	var all []option
	add := func(code, words string) {
		o := option{Words: words, Chosen: slices.Contains(v.Codes, code)}
		if stood := slices.Contains(was.Codes, code); stood != o.Chosen {
			o.Change = now
			if stood {
				o.Change = before
			}
		}
		all = append(all, o)
	}
	offered := map[string]bool{}
	for _, o := range b.Options {
		offered[o.Code] = true
		add(o.Code, s.words(o.Words))
	}
	for _, code := range append(slices.Clone(v.Codes), was.Codes...) {
		if !offered[code] {
			offered[code] = true
			add(code, clean(code))
		}
	}
	return all
}

// grids is the table of a box: one, or two where its columns are others now.
func (s *sheet) grids(v, was *form.Grid) []grid {
	// A table is as wide as its widest row, so that no cell is left out; an empty cell, which
	// is none to who has it read aloud, has a dash.
	cells := func(texts []words.Both, width int) []phrase {
		all := make([]phrase, width)
		for i := range all {
			if i < len(texts) {
				all[i] = s.phrase(texts[i])
			}
			if all[i].Text == "" {
				all[i].Text = "–"
			}
		}
		return all
	}
	width := func(g *form.Grid) int {
		n := len(g.Head)
		for _, r := range g.Rows {
			n = max(n, len(r))
		}
		return n
	}
	head := func(g *form.Grid) []phrase { return cells(g.Head, width(g)) }
	rows := func(g *form.Grid) [][]phrase {
		var all [][]phrase
		for _, r := range g.Rows {
			all = append(all, cells(r, width(g)))
		}
		return all
	}
	alone := func(g *form.Grid, c change) []grid {
		if g == nil || len(g.Rows) == 0 || width(g) == 0 {
			return nil
		}
		drawn := grid{Change: c, Head: figures(head(g), rows(g))}
		for _, cells := range rows(g) {
			drawn.Rows = append(drawn.Rows, row{cells, c})
		}
		return []grid{drawn}
	}
	switch {
	case v == was:
		return alone(v, same)
	case v == nil || was == nil || len(v.Rows) == 0 || len(was.Rows) == 0 || !slices.Equal(head(v), head(was)):
		return append(alone(was, before), alone(v, now)...)
	}
	drawn := grid{}
	for _, l := range compare(rows(was), rows(v), func(cells []phrase) string {
		var all []string
		for _, c := range cells {
			all = append(all, c.Text)
		}
		return strings.Join(all, "\x00")
	}) {
		drawn.Rows = append(drawn.Rows, row{l.of, l.change})
	}
	drawn.Head = figures(head(v), append(rows(was), rows(v)...))
	return []grid{drawn}
}

// figures tells which columns hold numbers, that their digits may stand under one
// another.
func figures(head []phrase, rows [][]phrase) []column {
	all := make([]column, len(head))
	for i, h := range head {
		digits := 0
		all[i] = column{phrase: h, Figures: true}
		for _, cells := range rows {
			for word := range strings.FieldsSeq(cells[i].Text) {
				all[i].Broken = all[i].Broken || utf8.RuneCountInString(word) > 24
			}
			for _, r := range cells[i].Text {
				switch {
				case r >= '0' && r <= '9':
					digits++
				case !strings.ContainsRune(" .,%−-–\u00a0\u202f", r):
					all[i].Figures = false
				}
			}
		}
		all[i].Figures = all[i].Figures && digits > 0
	}
	return all
}

// edit is an element of what stood there, of what stands there, or of both.
type edit[T any] struct {
	of     T
	change change
}

// compare lays two lists over each other so that as many elements as can be stand in
// both (the longest common subsequence): lists in boxes are short. What was there stands
// before what is there in its place.
func compare[T any](was, is []T, text func(T) string) []edit[T] {
	common := make([][]int, len(was)+1) // of what follows i and j
	for i := range common {
		common[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if text(was[i]) == text(is[j]) {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var all []edit[T]
	i, j := 0, 0
	for i < len(was) || j < len(is) {
		switch {
		case i < len(was) && j < len(is) && text(was[i]) == text(is[j]):
			all = append(all, edit[T]{is[j], same})
			i++
			j++
		case i < len(was) && (j == len(is) || common[i+1][j] >= common[i][j+1]):
			all = append(all, edit[T]{was[i], before})
			i++
		default:
			all = append(all, edit[T]{is[j], now})
			j++
		}
	}
	return all
}

// words is a text in the language, else in the one there is.
func (s *sheet) words(b words.Both) string { return s.phrase(b).Text }

func (s *sheet) phrase(b words.Both) phrase {
	other := map[report.Language]report.Language{report.French: report.English, report.English: report.French}[s.Language]
	if text := b.In(string(s.Language)); text != "" {
		return phrase{Text: clean(text)}
	}
	if text := b.In(string(other)); text != "" {
		return phrase{clean(text), string(other)}
	}
	return phrase{}
}

// moment words an instant or a day. What is neither stands as it is.
func (s *sheet) moment(at string) moment {
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		return moment{s.Clock(t), at}
	}
	if t, err := time.Parse(time.DateOnly, at); err == nil {
		return moment{s.Day(t), at}
	}
	return moment{Text: clean(at)}
}

// clean makes text fit to be shown. Lines stay lines.
func clean(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = visible.Text(strings.ReplaceAll(l, "\t", " "), longest)
	}
	return strings.Join(lines, "\n")
}

// Sheet is itself, where a template hands it on.
func (s *sheet) Sheet() *sheet { return s }
