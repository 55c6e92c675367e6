package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"constat.example/internal/failure"
)

// grid lays cells out in aligned columns under a dim heading. Cells must be
// printable.
type grid struct {
	style style
	heads []head
	rows  [][]string
	// columns, when not 0, is the width the last column is cut to fit in.
	columns int
	// paint colours a cell that was already padded; nil leaves it.
	paint func(row, column int, padded string) string
}

type head struct {
	name  string
	right bool
}

func left(name string) head  { return head{name: name} }
func right(name string) head { return head{name: name, right: true} }

func newGrid(s style, heads ...head) *grid { return &grid{style: s, heads: heads} }

func (g *grid) row(cells ...string) { g.rows = append(g.rows, cells) }

// write writes the heading and the rows.
func (g *grid) write(w io.Writer, indent string) { g.lay(w, indent, true) }

// body writes the rows without a heading.
func (g *grid) body(w io.Writer, indent string) { g.lay(w, indent, false) }

func (g *grid) lay(w io.Writer, indent string, heading bool) {
	widths := make([]int, len(g.heads))
	for i, h := range g.heads {
		widths[i] = utf8.RuneCountInString(h.name)
		for _, row := range g.rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	if g.columns > 0 {
		room := g.columns - len(indent)
		for _, width := range widths[:len(widths)-1] {
			room -= width + 2
		}
		for _, row := range g.rows {
			row[len(row)-1] = cut(row[len(row)-1], max(room, 20))
		}
	}
	line := func(cell func(i int) string) {
		var b strings.Builder
		for i := range g.heads {
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(cell(i))
		}
		fmt.Fprintln(w, indent+strings.TrimRight(b.String(), " "))
	}
	if heading {
		line(func(i int) string { return g.style.dim(g.pad(i, g.heads[i].name, widths[i])) })
	}
	for r, row := range g.rows {
		line(func(i int) string {
			padded := g.pad(i, row[i], widths[i])
			if g.paint != nil {
				return g.paint(r, i, padded)
			}
			return padded
		})
	}
}

func (g *grid) pad(column int, cell string, width int) string {
	blanks := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(cell)))
	if g.heads[column].right {
		return blanks + cell
	}
	if column == len(g.heads)-1 {
		return cell
	}
	return cell + blanks
}

// facts lays out names and what they are.
type facts struct {
	style style
	lines [][2]string
}

func newFacts(s style) *facts { return &facts{style: s} }

func (f *facts) add(name, value string) { f.lines = append(f.lines, [2]string{name, value}) }

func (f *facts) write(w io.Writer, indent string) {
	width := 0
	for _, line := range f.lines {
		width = max(width, utf8.RuneCountInString(line[0]))
	}
	for _, line := range f.lines {
		blanks := strings.Repeat(" ", width-utf8.RuneCountInString(line[0]))
		fmt.Fprintf(w, "%s%s%s  %s\n", indent, f.style.dim(line[0]), blanks, line[1])
	}
}

// instant writes a time as people read it: its date, with the hour where it is
// not midnight, in UTC.
func instant(t time.Time) string {
	t = t.UTC()
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04 UTC")
}

// moment is instant, for what may not be known.
func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return instant(t)
}

// printJSON writes a value as the commands print JSON.
func printJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

func (a *app) printJSON(value any) error {
	a.ui.close()
	return writing(printJSON(a.ui.out, value))
}

// print writes a result to stdout, and tells whether it was written.
func (a *app) print(text func(w io.Writer)) error {
	a.ui.close()
	w := &watched{w: a.ui.out}
	text(w)
	return writing(w.err)
}

// watched keeps the first error of its writer, and writes nothing after it.
type watched struct {
	w   io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.w.Write(p)
	w.err = err
	return n, err
}

// writing is the error of a result that could not be written.
func writing(err error) error {
	if err == nil || failure.CodeOf(err) != failure.Internal {
		return err
	}
	return fmt.Errorf("writing the result: %w", err)
}

// orEmpty makes an absent list an empty one, so that JSON never has null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
