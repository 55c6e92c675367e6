package dump

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zip"

	"constat.example/internal/failure"
)

// odsFormat is a spreadsheet of OpenDocument (ISO/IEC 26300), in a zip archive
// or as one XML file.
type odsFormat struct{}

func (odsFormat) probe(ctx context.Context, l *look) float64 {
	if z := l.zipped(ctx); z != nil && isODS(l.head, z) {
		return certain
	}
	head := l.text[:min(len(l.text), 8192)]
	if bytes.Contains(head, []byte("<office:document")) && bytes.Contains(head, []byte("opendocument.spreadsheet")) {
		return 0.99
	}
	return 0
}

// isODS looks at the type that stands at the start of the archive, as it must;
// where it is missing the content speaks.
func isODS(head []byte, z *zip.Reader) bool {
	content := false
	for _, m := range z.File {
		content = content || m.Name == "content.xml"
	}
	const kind = "application/vnd.oasis.opendocument."
	i := bytes.Index(head[:min(len(head), 256)], []byte(kind))
	if !content {
		return false
	}
	if i >= 0 {
		return bytes.HasPrefix(head[i+len(kind):], []byte("spreadsheet"))
	}
	for _, m := range z.File {
		if m.Name == "content.xml" {
			in, err := m.Open()
			if err != nil {
				return false
			}
			start := make([]byte, 64<<10)
			n, _ := io.ReadFull(in, start) // it is a look only
			_ = in.Close()
			return bytes.Contains(start[:n], []byte("<office:spreadsheet"))
		}
	}
	return false
}

func (odsFormat) about() About {
	return About{
		Name: "ODS", What: "spreadsheets of LibreOffice and others, also as one XML file: every sheet and every table in it; repeated rows and cells as many times as they stand for",
		Example: "a spreadsheet of one sheet, with a date and a repeated row",
		NotRead: "remarks, pictures and embedded documents: each is a reject; documents with a password",
		Made:    madeODS,
	}
}

// odsBook is a spreadsheet.
type odsBook struct {
	entry *entry
	flat  *xmlFile // where it is one XML file
}

func (odsFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	b := &odsBook{entry: f}
	head := make([]byte, 4)
	in, _, err := f.random(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := in.ReadAt(head, 0); err != nil || string(head) != "PK\x03\x04" {
		flat, err := openXMLFile(ctx, f)
		if err != nil {
			return nil, err
		}
		b.flat = &flat
		return openGrid(ctx, "ODS: as one XML file", f, b)
	}
	z, err := openParts(ctx, f)
	if err != nil {
		return nil, err
	}
	if locked, err := odsLocked(z, f); err != nil {
		return nil, err
	} else if locked {
		return nil, failure.New(failure.BadInput, "Ask for its password, open it with LibreOffice and save it without.", "%s: the spreadsheet is encrypted", f.name)
	}
	return openGrid(ctx, "ODS: spreadsheet", f, b)
}

// odsLocked reports a document whose content is encrypted.
func odsLocked(z *zipParts, f *entry) (bool, error) {
	m := z.find("META-INF/manifest.xml")
	if m == nil {
		return false, nil
	}
	p := z.open(m)
	defer p.close()
	x := newXMLReader(p, utf8Text, f.maxRow())
	for x.next() {
		if x.kind == startTag && string(x.name) == "encryption-data" {
			return true, nil
		}
	}
	return false, p.err
}

func (b *odsBook) walk(ctx context.Context, to gridVisitor) error {
	if b.flat != nil {
		return b.flat.read(func(in io.Reader) error {
			x := newXMLReader(in, b.flat.as.values(), b.entry.maxRow())
			w := odsWalk{ctx: ctx, x: x, to: to, place: func(at int64) int64 { return at }}
			w.row.most = b.entry.maxRow()
			if err := w.all(); err != nil {
				return err
			}
			return fault(x.cause)
		})
	}
	z, err := openParts(ctx, b.entry)
	if err != nil {
		return err
	}
	for _, m := range z.File {
		name := partName(m.Name)
		if m.Name == "content.xml" {
			p := z.open(m)
			x := newPartReader(p, b.entry)
			w := odsWalk{ctx: ctx, x: x, to: to, place: p.place}
			w.row.most = b.entry.maxRow()
			err := w.all()
			p.close()
			switch {
			case err != nil:
				return err
			case p.err != nil:
				return p.err
			case p.cause != nil:
				to.reject(-1, p.cause.why, p.place(x.offset()), p.end()-p.place(x.offset()))
			}
			continue
		}
		if m.FileInfo().IsDir() || odsDress(name) {
			continue
		}
		from, err := m.DataOffset()
		if isSourceError(err) {
			return err
		}
		to.reject(-1, unknownMember, from, int64(m.CompressedSize64))
	}
	return nil
}

// odsDress reports a member that says only how a document looks.
func odsDress(name string) bool {
	switch name {
	case "mimetype", "styles.xml", "settings.xml", "meta.xml", "manifest.rdf":
		return true
	}
	return strings.HasPrefix(name, "meta-inf/") || strings.HasPrefix(name, "configurations2/") || strings.HasPrefix(name, "thumbnails/") || strings.HasPrefix(name, "objectreplacements/")
}

// odsWalk goes through the sheets of a content.
type odsWalk struct {
	ctx   context.Context
	x     *xmlReader
	to    gridVisitor
	place func(int64) int64

	sheets                          int
	sheet                           int // under way, or -1
	tables                          int // open, one in the other
	hidden                          map[string]bool
	style                           string
	concealed, inRow, inCell, ended bool
	row                             gridRow
	number                          int64
	rows                            int64 // that the row under way stands for
	repeats                         int64 // rows of the sheet that may still be repeated
	column                          int
	down                            carried

	cell    []byte // text of the cell under way
	value   []byte // what its attributes say it is
	kind    string
	copies  int64 // that it stands for
	span    int64 // rows that it takes up
	inText  int   // paragraphs open
	texts   int   // paragraphs so far
	skipped int   // depth within what is no text of the cell
	notes   []int64
	mended  bool
}

// mostNotes is how many remarks of a row are told one by one.
const mostNotes = 100

func (w *odsWalk) all() error {
	x := w.x
	w.sheet, w.hidden = -1, map[string]bool{}
	for x.next() {
		if err := w.token(); err != nil {
			return err
		}
	}
	at := w.place(x.offset())
	if w.inRow {
		w.row.fail(rowCut)
		if err := w.row.tell(w.to, w.sheet, at); err != nil {
			return err
		}
	} else if !w.ended && fault(x.cause) == nil {
		w.to.reject(w.sheet, cutShort, at, 0)
	}
	if w.sheet >= 0 {
		w.to.end(w.sheet, w.concealed)
	}
	return nil
}

func (w *odsWalk) token() error {
	x := w.x
	opens, closes := x.kind == startTag, x.kind == endTag || x.kind == startTag && x.closed
	switch {
	case x.kind == brokenToken:
		if w.inRow {
			w.row.fail(badMarkup)
		} else {
			at := w.place(x.start)
			w.to.reject(w.sheet, badMarkup, at, w.place(x.offset())-at)
		}
		return nil
	case x.kind == textToken:
		if w.inCell && w.inText > 0 && w.skipped == 0 && len(w.cell) <= w.row.most {
			var mended bool
			w.cell, mended = x.appendText(w.cell, x.text, x.cdata)
			w.mended = w.mended || mended
		}
		return nil
	case w.skipped > 0:
		switch {
		case opens && !x.closed:
			w.skipped++
		case x.kind == endTag:
			w.skipped--
		}
		return nil
	}
	switch name := string(x.name); name {
	case "style":
		w.style = string(x.attr("name"))
	case "table-properties":
		if string(x.attr("display")) == "false" && len(w.hidden) < maxSheets {
			w.hidden[w.style] = true
		}
	case "table":
		if opens {
			w.table()
		}
		if closes {
			if w.tables = max(w.tables-1, 0); w.tables == 0 && w.sheet >= 0 {
				w.to.end(w.sheet, w.concealed)
				w.sheet = -1
			}
		}
	case "document-content", "document":
		w.ended = w.ended || closes
	case "table-row":
		if w.sheet < 0 || w.tables > 1 {
			return nil
		}
		if opens {
			if err := w.beginRow(); err != nil {
				return err
			}
		}
		if closes && w.inRow {
			return w.endRow()
		}
	case "table-cell", "covered-table-cell":
		if !w.inRow || w.tables > 1 {
			return nil
		}
		if opens {
			if w.inCell {
				w.row.fail(badMarkup)
			}
			w.beginCell()
		}
		if closes && w.inCell {
			w.endCell()
		}
	case "annotation":
		if w.inCell && opens && !x.closed {
			w.skipped = 1
			if len(w.notes) < mostNotes {
				w.notes = append(w.notes, w.place(x.start))
			}
		}
	case "shapes", "tracked-changes", "forms":
		if opens && !x.closed && !w.inRow {
			w.skipped = 1
		}
	case "p", "h":
		if !w.inCell {
			return nil
		}
		if opens {
			if w.texts > 0 {
				w.cell = append(w.cell, '\n')
			}
			w.texts++
			w.inText++
		}
		if closes {
			w.inText = max(w.inText-1, 0)
		}
	case "s", "tab", "line-break":
		if w.inText > 0 && opens {
			w.blank(name)
		}
	}
	return nil
}

// blank is white space that is an element.
func (w *odsWalk) blank(name string) {
	switch name {
	case "tab":
		w.cell = append(w.cell, '\t')
	case "line-break":
		w.cell = append(w.cell, '\n')
	default:
		n, err := strconv.Atoi(string(w.x.attr("c")))
		if err != nil {
			n = 1
		}
		w.cell = append(w.cell, strings.Repeat(" ", max(0, min(n, 1000)))...)
	}
}

func (w *odsWalk) table() {
	if w.tables++; w.tables > 1 || w.sheets == maxSheets {
		return
	}
	w.to.sheet(w.x.value("name"))
	w.sheet = w.sheets
	w.sheets++
	w.concealed = w.hidden[string(w.x.attr("style-name"))]
	w.number, w.repeats = 0, maxSheetRows
	w.down = carried{}
}

// times is how many times something stands there.
func times(text []byte) int64 {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 1<<40)
}

func (w *odsWalk) beginRow() error {
	if w.inRow {
		w.row.fail(badMarkup)
		if err := w.row.tell(w.to, w.sheet, w.place(w.x.start)); err != nil {
			return err
		}
	}
	w.row.begin(w.number, w.place(w.x.start))
	w.rows = times(w.x.attr("number-rows-repeated"))
	w.inRow, w.inCell, w.column, w.mended = true, false, 0, false
	return nil
}

func (w *odsWalk) endRow() error {
	w.inRow = false
	if w.inCell {
		w.row.fail(badMarkup)
	}
	w.row.mended = w.mended
	w.down.fill(&w.row)
	w.down.pass(w.rows)
	end := w.place(w.x.offset())
	for _, at := range w.notes {
		w.to.reject(w.sheet, otherType, at, 0)
	}
	w.notes = w.notes[:0]
	if w.row.bad || w.row.first() < 0 {
		w.number += w.rows
		return w.row.tell(w.to, w.sheet, end)
	}
	told := min(w.rows, w.repeats+1)
	w.repeats -= told - 1
	for k := range told {
		if err := w.ctx.Err(); err != nil {
			return context.Cause(w.ctx)
		}
		w.row.number = w.number + k
		if err := w.row.tell(w.to, w.sheet, end); err != nil {
			return err
		}
	}
	if w.rows > told {
		w.to.reject(w.sheet, bomb, w.row.offset, 0)
	}
	w.number += w.rows
	return nil
}

func (w *odsWalk) beginCell() {
	x := w.x
	w.inCell, w.inText, w.texts = true, 0, 0
	w.cell, w.value = w.cell[:0], w.value[:0]
	w.kind = string(x.attr("value-type"))
	w.copies, w.span = times(x.attr("number-columns-repeated")), times(x.attr("number-rows-spanned"))
	from := ""
	switch w.kind {
	case "float", "percentage", "currency":
		from = "value"
	case "date":
		from = "date-value"
	case "time":
		from = "time-value"
	case "boolean":
		from = "boolean-value"
	case "string":
		from = "string-value"
	}
	if from != "" {
		var mended bool
		w.value, mended = x.appendText(w.value, x.attr(from), false)
		w.mended = w.mended || mended
	}
}

func (w *odsWalk) endCell() {
	w.inCell = false
	text := w.cell
	switch {
	case len(w.value) == 0:
	case w.kind == "float" || w.kind == "percentage" || w.kind == "currency":
		text = shownZeros(w.cell, w.value)
	case w.kind == "date":
		text = bytes.TrimSuffix(w.value, []byte("T00:00:00"))
	case w.kind == "time":
		text = readPeriod(w.value)
	default:
		text = w.value
	}
	if len(text) > 0 {
		for k := range min(w.copies, maxSheetColumns+1) {
			if w.row.bad {
				break
			}
			w.row.text = append(w.row.text, text...)
			w.row.put(w.column + int(k))
		}
		if w.span > 1 && w.copies == 1 {
			w.down.add(&w.row, w.column, w.span-1)
		}
	}
	w.column += int(min(w.copies, maxSheetColumns))
	w.column = min(w.column, maxSheetColumns)
}

// shownZeros is a number with the zeros before it that the sheet shows, as
// postcodes and telephone numbers have them.
func shownZeros(shown, value []byte) []byte {
	digits := bytes.Map(func(r rune) rune {
		if strings.ContainsRune(" .-/\u00a0\u202f", r) {
			return -1
		}
		return r
	}, shown)
	if len(digits) > len(value) && digits[0] == '0' && digitsOnly(digits) && bytes.Equal(bytes.TrimLeft(digits, "0"), value) {
		return digits
	}
	return appendDecimal(nil, value)
}

// readPeriod makes a time of day, or more, of a duration such as PT12H30M00S.
func readPeriod(text []byte) []byte {
	rest, ok := bytes.CutPrefix(text, []byte("PT"))
	ms, units := int64(0), "HMS"
	for ok && len(rest) > 0 {
		k := bytes.IndexAny(rest, units)
		if k <= 0 {
			return text
		}
		v, err := strconv.ParseFloat(strings.Replace(string(rest[:k]), ",", ".", 1), 64)
		if err != nil || !(v >= 0 && v < 1e9) {
			return text
		}
		ms += int64(v*map[byte]float64{'H': 3600e3, 'M': 60e3, 'S': 1e3}[rest[k]] + 0.5)
		units = units[strings.IndexByte(units, rest[k])+1:]
		rest = rest[k+1:]
	}
	if !ok {
		return text
	}
	return appendClock(nil, ms)
}
