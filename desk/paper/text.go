package paper

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat.example/desk/form"
	"constat.example/desk/report"
)

// narrowest is the least width that text is set in.
const narrowest = 40

// Text writes a document for a terminal of so many columns: what is filled, by whom, what
// changed; then what is still to be found out, and last where everything stands. Of the
// options of a box only those that are chosen are shown, unless the box is asked.
func Text(w io.Writer, doc *form.Document, lang report.Language, width int) error {
	return write(w, doc, lang, func(s *sheet) ([]byte, error) {
		t := &terminal{sheet: s, width: max(width, narrowest)}
		t.document()
		return []byte(t.String()), nil
	})
}

// terminal is text under way.
type terminal struct {
	strings.Builder
	*sheet
	width int
}

func (t *terminal) document() {
	t.line(0, t.Title)
	var marks []string
	for _, m := range t.Marks {
		marks = append(marks, m.Text)
	}
	t.line(0, strings.Join(marks, "  "))
	t.line(0, "")
	for _, r := range [][2]string{{t.T("Pour", "For"), t.For}, {t.T("Fondement", "Basis"), t.Basis}, {t.T("Dossier", "Case"), t.Case}, {t.T("État au", "As of"), t.At.Text}, {t.T("Depuis", "Since"), t.Since}} {
		if r[1] != "" {
			t.hang(0, r[0]+strings.Repeat(" ", max(1, 11-columns(r[0]))), r[1])
		}
	}
	t.line(0, "")
	t.line(0, t.Summary)
	for _, p := range t.Parts {
		t.heading(heading(p.ID, p.Title))
		if p.Note != "" {
			t.line(0, p.Note)
			t.line(0, "")
		}
		for _, b := range p.Boxes {
			t.box(p, b)
		}
	}
	if len(t.Questions) > 0 {
		t.heading(t.Missing())
		for i, q := range t.Questions {
			sign := fmt.Sprintf("%2d. ", i+1)
			t.hang(0, sign, strings.TrimSpace(q.ID+" "+q.Label))
			for _, text := range []string{q.Ask, t.Offers(q), t.Answer(q)} {
				t.line(len(sign), text)
			}
		}
	}
	if len(t.Sources) > 0 {
		t.heading(t.T("Sources", "Sources"))
		for _, from := range t.Sources {
			text := from.Words
			if !strings.Contains(from.Words, from.Ref) {
				text += " (" + from.Ref + ")"
			}
			if from.Show != "" {
				text += " – " + from.Show
			}
			t.hang(0, fmt.Sprintf("%5s ", fmt.Sprintf("[%d]", from.N)), text)
		}
	}
}

func (t *terminal) heading(text string) {
	t.line(0, "")
	t.line(0, text)
	t.line(0, strings.Repeat("─", min(t.width, columns(text))))
}

const indent = 4

func (t *terminal) box(p part, b box) {
	standing := []string{standings[b.State].sign + " " + b.Standing}
	if p.Prose && b.State != form.Asked {
		standing = nil // it is read as a text
	}
	for _, more := range []string{b.Proposed, b.New} {
		if more != "" {
			standing = append(standing, more)
		}
	}
	said := strings.Join(standing, ", ")
	for _, n := range b.From {
		said = strings.TrimLeft(fmt.Sprintf("%s [%d]", said, n), " ")
	}
	label := strings.TrimSpace(b.ID + " " + b.Label)
	if label != "" && said != "" {
		label += " · "
	}
	t.hang(0, "", label+said)
	t.value(b, b.Value)
	if b.Help != "" {
		t.line(indent, b.Help)
	}
	if b.Found != nil {
		t.line(indent, t.T("Les éléments disent :", "The evidence says:"))
		t.value(b, *b.Found)
	}
}

func (t *terminal) value(b box, c content) {
	for _, l := range c.Lines {
		switch l.Change {
		case same:
			t.line(indent, l.Text)
		default:
			t.hang(indent, t.Of(l.Change)+" ", l.Text)
		}
	}
	if c.Blank() {
		t.line(indent, t.Nothing(b))
	}
	for _, o := range c.Options {
		if !o.Chosen && o.Change == same && b.State != form.Asked {
			continue
		}
		sign := "[ ] "
		if o.Chosen {
			sign = "[x] "
		}
		text := o.Words
		if o.Change != same {
			text += " – " + t.Moved(o.Change)
		}
		t.hang(indent, sign, text)
	}
	for _, g := range c.Grids {
		t.grid(g)
	}
	if b.Why != "" && !c.Blank() {
		t.line(indent, b.Why)
	}
}

// grid sets a table in columns where they fit, else each row as a list.
func (t *terminal) grid(g grid) {
	if g.Change != same {
		t.line(indent, t.Of(g.Change))
	}
	lead := func(r row) string {
		if r.Change != same && g.Change == same {
			return t.Of(r.Change) + " "
		}
		return ""
	}
	head := make([]string, len(g.Head))
	for i, h := range g.Head {
		head[i] = h.Text
	}
	table := [][]string{head}
	for _, r := range g.Rows {
		cells := make([]string, len(g.Head))
		for i := range g.Head {
			cells[i] = strings.ReplaceAll(r.Cells[i].Text, "\n", " ")
		}
		if len(cells) > 0 {
			cells[0] = lead(r) + cells[0]
		}
		table = append(table, cells)
	}
	widths, whole := make([]int, len(g.Head)), indent-2
	for i := range g.Head {
		for _, cells := range table {
			widths[i] = max(widths[i], columns(cells[i]))
		}
		whole += widths[i] + 2
	}
	if whole <= t.width {
		for _, cells := range table {
			var b strings.Builder
			for i, c := range cells {
				space := strings.Repeat(" ", widths[i]-columns(c))
				if g.Head[i].Figures {
					c = space + c
				} else {
					c += space
				}
				b.WriteString(c + "  ")
			}
			t.WriteString(strings.Repeat(" ", indent) + strings.TrimRight(b.String(), " ") + "\n")
		}
		return
	}
	for _, cells := range table[1:] {
		for i, c := range cells {
			sign := "  "
			if i == 0 {
				sign = "- "
			}
			t.hang(indent, sign, head[i]+t.T(" : ", ": ")+c)
		}
	}
}

// line sets a text so many columns in; an empty one is a line that is empty, at the
// margin, and nothing within.
func (t *terminal) line(in int, text string) {
	if text == "" {
		if in == 0 && !strings.HasSuffix(t.String(), "\n\n") {
			t.WriteByte('\n')
		}
		return
	}
	t.hang(in, "", text)
}

// hang sets a text behind a sign; what does not fit goes on below the text's beginning.
func (t *terminal) hang(in int, sign, text string) {
	in0, rest := strings.Repeat(" ", in)+sign, strings.Repeat(" ", in+columns(sign))
	for _, l := range strings.Split(text, "\n") {
		for _, piece := range wrap(l, t.width-columns(rest)) {
			t.WriteString(strings.TrimRightFunc(in0+piece, unicode.IsSpace) + "\n")
			in0 = rest
		}
	}
}

// wrap breaks a text at plain spaces; a word that is longer than a line is broken where
// the line ends, so that nothing is lost.
func wrap(text string, width int) []string {
	width = max(width, 8)
	var all []string
	current := ""
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' }) {
		switch {
		case current == "":
			current = word
		case columns(current)+1+columns(word) <= width:
			current += " " + word
		default:
			all = append(all, current)
			current = word
		}
		for columns(current) > width {
			cut := []rune(current)
			all = append(all, string(cut[:width]))
			current = string(cut[width:])
		}
	}
	return append(all, current)
}

// columns is how wide a text is on a terminal, in the letters of the documents'
// languages.
func columns(text string) int {
	n := utf8.RuneCountInString(text)
	for _, r := range text {
		if unicode.Is(unicode.Mn, r) {
			n--
		}
	}
	return n
}
