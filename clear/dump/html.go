package dump

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"constat.example/internal/failure"
)

// htmlFormat is tables in a page: exports of phpMyAdmin and others, pages that
// were saved, and what Excel writes under the name of an .xls.
type htmlFormat struct{}

var (
	htmlStart = regexp.MustCompile(`(?i)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,400}?-->\s*)?<(?:!doctype html|html|head|body|table|meta|style|div|center|p|h[1-6]|font|b|br)[\s>/]`)
	htmlTable = regexp.MustCompile(`(?i)<table[\s>]`)
	htmlCell  = regexp.MustCompile(`(?i)<t[dh][\s>]`)
)

func (htmlFormat) probe(_ context.Context, l *look) float64 {
	if htmlStart.Match(l.text[:min(len(l.text), 4096)]) && htmlTable.Match(l.text) && htmlCell.Match(l.text) {
		return 0.99
	}
	return 0
}

func (htmlFormat) about() About {
	return About{
		Name: "HTML", What: "tables in pages, also tables within tables: exports of phpMyAdmin and others, saved pages, what Excel saves as a page; cells that reach over rows and columns",
		Example: "<table>\n<tr><th>nom<th>ville\n<tr><td>Martin<td rowspan=2>Lyon\n<tr><td>Petit &amp; fils\n</table>\n",
		NotRead: "text outside of cells: each run of it is a reject; scripts",
	}
}

func (htmlFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	in, err := openXMLFile(ctx, f)
	if err != nil {
		return nil, err
	}
	l, err := openGrid(ctx, "HTML: "+in.as.name, f, &htmlFile{in})
	if err == nil && len(l.shapes()) == 0 {
		return nil, failure.New(failure.BadInput, "Ask for the part that holds the data.", "%s holds no table with something in it", f.name)
	}
	return l, err
}

type htmlFile struct{ file xmlFile }

func (h *htmlFile) walk(ctx context.Context, to gridVisitor) error {
	return h.file.read(func(in io.Reader) error {
		w := &htmlWalk{to: to, most: h.file.entry.maxRow()}
		w.cells.charset = h.file.as.values()
		w.z = html.NewTokenizer(in)
		w.z.SetMaxBuf(w.most + 1<<16)
		for {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			kind := w.z.Next()
			if kind == html.ErrorToken {
				return w.end(h.file.entry.blob.size)
			}
			w.start = w.at
			w.at += int64(len(w.z.Raw()))
			if err := w.token(kind); err != nil {
				return err
			}
		}
	})
}

// Limits of tables in pages.
const (
	maxTableDepth = 32
	maxColspan    = 1000
	maxRowspan    = 65_534
)

// htmlWalk goes through the tables of a page.
type htmlWalk struct {
	z     *html.Tokenizer
	to    gridVisitor
	most  int
	cells cellWriter

	start, at int64 // of the token, and of the next
	sheets    int
	open      []*htmlTableOpen
	spare     []*htmlTableOpen
	deeper    int // tables within tables that are not gone into

	skipped   string // the element whose text is no text
	heading   bool
	title     []byte
	page      bool // <html> was not ended
	loose     int64
	looseSize int64 // bytes of text outside of cells
}

// htmlTableOpen is a table that has not ended.
type htmlTableOpen struct {
	sheet  int
	row    gridRow
	number int64
	down   carried
	inRow  bool
	inHead bool
	names  int // <th> in the row
	others int // <td>

	inCell bool
	column int
	across int
	deep   int64
	cell   []byte
	blank  bool // white space is to come before more text
	line   bool // a line ends before more text
}

// text adds text to a cell, its white space as a page shows it.
func (t *htmlTableOpen) text(text string, most int) {
	for _, r := range text {
		switch {
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\u00a0':
			t.blank = true
			continue
		case len(t.cell) > most:
			return
		case len(t.cell) > 0 && t.line:
			t.cell = append(t.cell, '\n')
		case len(t.cell) > 0 && t.blank:
			t.cell = append(t.cell, ' ')
		}
		t.blank, t.line = false, false
		t.cell = append(t.cell, string(r)...)
	}
}

func (w *htmlWalk) top() *htmlTableOpen {
	if len(w.open) == 0 {
		return nil
	}
	return w.open[len(w.open)-1]
}

func (w *htmlWalk) token(kind html.TokenType) error {
	switch kind {
	case html.TextToken:
		w.textToken()
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := w.z.TagName()
		return w.startTag(string(name), more, kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		name, _ := w.z.TagName()
		return w.endTag(string(name))
	}
	return nil
}

func (w *htmlWalk) textToken() {
	raw := w.z.Raw()
	if w.skipped != "" || len(bytes.TrimSpace(raw)) == 0 {
		if t := w.top(); t != nil && t.inCell {
			t.blank = true
		}
		return
	}
	t := w.top()
	mended := w.cells.row(raw)
	text := html.UnescapeString(string(w.cells.text(raw)))
	if t != nil && t.inCell {
		t.row.mended = t.row.mended || mended
		t.text(text, w.most)
		return
	}
	if w.heading && len(w.title) < 200 {
		w.title = append(w.title, text[:min(len(text), 200)]...)
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	if w.looseSize == 0 {
		w.loose = w.start
	}
	w.looseSize += int64(len(raw))
}

// settle tells of the text outside of cells so far.
func (w *htmlWalk) settle() {
	if w.looseSize > 0 {
		sheet := -1
		if t := w.top(); t != nil {
			sheet = t.sheet
		}
		w.to.reject(sheet, outside, w.loose, w.looseSize)
		w.looseSize = 0
	}
}

func (w *htmlWalk) startTag(name string, more, closed bool) error {
	t := w.top()
	switch name {
	case "html":
		w.page = true
	case "script", "style", "title", "template":
		if !closed && w.skipped == "" {
			w.skipped = name
		}
	case "table":
		w.table()
	case "h1", "h2", "h3", "h4", "h5", "h6", "caption":
		w.heading, w.title = true, w.title[:0]
	}
	if t == nil || w.deeper > 0 || name == "table" {
		return nil
	}
	switch name {
	case "thead":
		t.inHead = true
	case "tbody", "tfoot":
		t.inHead = false
		return w.endRow(t)
	case "tr":
		if err := w.endRow(t); err != nil {
			return err
		}
		w.beginRow(t)
	case "td", "th":
		w.endCell(t)
		if !t.inRow {
			w.beginRow(t)
		}
		w.beginCell(t, name, more)
	case "br", "p", "div", "li":
		t.line = t.line || len(t.cell) > 0
	case "input":
		if t.inCell {
			w.input(t, more)
		}
	}
	return nil
}

// input adds the value of a field of a form.
func (w *htmlWalk) input(t *htmlTableOpen, more bool) {
	kind, value := "text", ""
	for more {
		var k, v []byte
		k, v, more = w.z.TagAttr()
		switch string(k) {
		case "type":
			kind = strings.ToLower(string(v))
		case "value":
			w.cells.row(v)
			value = string(w.cells.text(v))
		}
	}
	switch kind {
	case "text", "email", "tel", "date", "number", "url", "search":
		t.text(value, w.most)
	}
}

func (w *htmlWalk) endTag(name string) error {
	if w.skipped != "" {
		if name == w.skipped {
			w.skipped = ""
		}
		return nil
	}
	t := w.top()
	switch name {
	case "html":
		w.page = false
	case "h1", "h2", "h3", "h4", "h5", "h6", "caption":
		w.heading = false
	}
	if t == nil {
		return nil
	}
	switch name {
	case "table":
		if w.deeper > 0 {
			w.deeper--
			return nil
		}
		return w.endTable(t)
	case "thead":
		err := w.endRow(t)
		t.inHead = false
		return err
	case "tr":
		if w.deeper == 0 {
			return w.endRow(t)
		}
	case "td", "th":
		if w.deeper == 0 {
			w.endCell(t)
		}
	case "p", "div", "li":
		t.line = t.line || len(t.cell) > 0
	}
	return nil
}

func (w *htmlWalk) table() {
	w.settle()
	if len(w.open) == maxTableDepth || w.sheets == maxSheets {
		if w.deeper == 0 {
			why := tooMany
			if len(w.open) == maxTableDepth {
				why = nested
			}
			w.to.reject(-1, why, w.start, w.at-w.start)
		}
		w.deeper++
		return
	}
	var t *htmlTableOpen
	if n := len(w.spare); n > 0 {
		t, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		t = &htmlTableOpen{}
	}
	*t = htmlTableOpen{sheet: w.sheets, row: t.row, cell: t.cell[:0]}
	t.row.most = w.most
	w.sheets++
	w.open = append(w.open, t)
	w.to.sheet(string(w.title))
	w.title = w.title[:0]
}

func (w *htmlWalk) endTable(t *htmlTableOpen) error {
	if err := w.endRow(t); err != nil {
		return err
	}
	w.settle()
	w.to.end(t.sheet, false)
	w.open = w.open[:len(w.open)-1]
	w.spare = append(w.spare, t)
	return nil
}

func (w *htmlWalk) beginRow(t *htmlTableOpen) {
	w.settle()
	t.row.begin(t.number, w.start)
	t.number++
	t.inRow, t.column, t.names, t.others = true, 0, 0, 0
}

func (w *htmlWalk) endRow(t *htmlTableOpen) error {
	w.endCell(t)
	if !t.inRow {
		return nil
	}
	t.inRow = false
	t.row.heading = t.others == 0 && t.names > 0 || t.inHead
	t.down.fill(&t.row)
	t.down.pass(1)
	return t.row.tell(w.to, t.sheet, w.at)
}

func (w *htmlWalk) beginCell(t *htmlTableOpen, name string, more bool) {
	t.inCell, t.cell, t.blank, t.line = true, t.cell[:0], false, false
	t.across, t.deep = 1, 1
	if name == "th" {
		t.names++
	} else {
		t.others++
	}
	for more {
		var k, v []byte
		k, v, more = w.z.TagAttr()
		n, err := strconv.Atoi(string(bytes.TrimSpace(v)))
		switch {
		case err != nil:
		case string(k) == "colspan":
			t.across = max(1, min(n, maxColspan))
		case string(k) == "rowspan" && n == 0:
			t.deep = maxRowspan // to the end of the table
		case string(k) == "rowspan":
			t.deep = int64(max(1, min(n, maxRowspan)))
		}
	}
	for t.down.holds(t.column) && t.column < maxSheetColumns {
		t.column++
	}
}

func (w *htmlWalk) endCell(t *htmlTableOpen) {
	if !t.inCell {
		return
	}
	t.inCell = false
	t.row.text = append(t.row.text, t.cell...)
	t.row.put(t.column)
	if t.deep > 1 {
		t.down.add(&t.row, t.column, t.deep-1)
	}
	t.column = min(t.column+t.across, maxSheetColumns)
}

// end tells what the end of the page leaves open.
func (w *htmlWalk) end(size int64) error {
	err := w.z.Err()
	if !errors.Is(err, io.EOF) && !errors.Is(err, html.ErrBufferExceeded) && fault(err) != nil {
		return err
	}
	w.settle()
	cut := w.page || len(w.open) > 0 || len(w.z.Raw()) > 0
	for len(w.open) > 0 {
		t := w.top()
		if t.inRow {
			t.row.fail(rowCut)
			t.inCell, cut = false, false
		}
		if err := w.endTable(t); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(err, html.ErrBufferExceeded):
		w.to.reject(-1, leftover, w.at, max(0, size-w.at))
	case cut:
		w.to.reject(-1, cutShort, w.at, int64(len(w.z.Raw())))
	}
	return nil
}
