package dump

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zip"

	"constat.example/internal/failure"
)

// xlsxFormat is a workbook of Office Open XML (ECMA-376), with macros or
// without.
type xlsxFormat struct{}

func (xlsxFormat) probe(ctx context.Context, l *look) float64 {
	if z := l.zipped(ctx); z != nil && slices.ContainsFunc(z.File, func(m *zip.File) bool {
		name := partName(m.Name)
		return name == "xl/workbook.xml" || strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml")
	}) {
		return certain
	}
	return 0
}

func partName(name string) string { return strings.ToLower(strings.ReplaceAll(name, `\`, "/")) }

func (xlsxFormat) about() About {
	return About{
		Name: "XLSX", What: "workbooks of Excel and others: every sheet, also hidden ones, and every table in it; dates by their number format, cached results of formulas; protected by a password that is offered, or by the one Excel uses by itself",
		Example: "a workbook of two sheets, one of them hidden",
		NotRead: "remarks, pictures, embedded files, caches of pivot tables: each is a reject",
		Made:    madeXLSX,
	}
}

// xlsxBook is what a workbook says of its sheets.
type xlsxBook struct {
	entry    *entry
	sheets   []xlsxSheet
	formats  []sheetFormat // by number of a cell's style
	from1904 bool
	texts    *textStore
	reader   *textReader
	broken   brokenParts
	known    map[string]bool // members that are read
}

type xlsxSheet struct {
	name, path string
	hidden     bool
	merged     []sheetMerge // cells that reach down, by their first row
}

func (xlsxFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	z, err := openParts(ctx, f)
	if err != nil {
		return nil, err
	}
	b := &xlsxBook{entry: f, known: map[string]bool{}}
	if err := b.directory(z); err != nil {
		return nil, err
	}
	if len(b.sheets) == 0 {
		return nil, failure.New(failure.BadInput, "Check that the file was copied whole.", "%s: the workbook holds no sheet that can be read", f.name)
	}
	if err := b.styles(z); err != nil {
		return nil, err
	}
	if err := b.shared(ctx, z); err != nil {
		return nil, err
	}
	return openGrid(ctx, "XLSX: workbook", f, b)
}

// spoil notes that a part cannot be read to its end.
func (b *xlsxBook) spoil(p *part, x *xmlReader) error {
	switch {
	case p.err != nil:
		return p.err
	case p.cause != nil:
		at := p.place(x.offset())
		b.broken.add(p.cause.why, at, p.end()-at)
	case x.depth > 0:
		b.broken.add(badMarkup, p.place(x.offset()), 0)
	}
	return nil
}

// scanPart gives the tokens of a member.
func (b *xlsxBook) scanPart(z *zipParts, name string, token func(x *xmlReader)) error {
	m := z.find(name)
	if m == nil {
		return nil
	}
	b.known[m.Name] = true
	p := z.open(m)
	defer p.close()
	x := newPartReader(p, b.entry)
	for x.next() {
		if x.kind == brokenToken {
			b.broken.add(badMarkup, p.place(x.start), p.place(x.offset())-p.place(x.start))
		}
		if x.kind != textToken || len(bytes.TrimSpace(x.text)) > 0 {
			token(x)
		}
	}
	return b.spoil(p, x)
}

// directory reads the names of the sheets and where they lie.
func (b *xlsxBook) directory(z *zipParts) error {
	book := "xl/workbook.xml"
	relations := map[string]string{}
	other := map[string]bool{}
	err := b.scanPart(z, path.Join(path.Dir(book), "_rels", path.Base(book)+".rels"), func(x *xmlReader) {
		if x.kind == startTag && string(x.name) == "Relationship" && len(relations) < maxSheets {
			target := strings.ReplaceAll(x.value("Target"), `\`, "/")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(path.Dir(book), target)
			}
			target = strings.TrimPrefix(path.Clean(target), "/")
			relations[x.value("Id")] = target
			if !strings.HasSuffix(x.value("Type"), "/worksheet") {
				other[target] = true
			}
		}
	})
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	err = b.scanPart(z, book, func(x *xmlReader) {
		if x.kind != startTag {
			return
		}
		switch string(x.name) {
		case "workbookPr":
			v := x.value("date1904")
			b.from1904 = v == "1" || v == "true" || v == "on"
		case "sheet":
			state := x.value("state")
			s := xlsxSheet{name: x.value("name"), path: relations[x.value("id")], hidden: state == "hidden" || state == "veryHidden"}
			if s.path == "" || z.find(s.path) == nil {
				b.broken.add(badMember, 0, 0)
			}
			if s.path != "" && !other[s.path] && z.find(s.path) != nil && !taken[s.path] && len(b.sheets) < maxSheets {
				taken[s.path] = true
				b.sheets = append(b.sheets, s)
			}
		}
	})
	if err != nil {
		return err
	}
	// Sheets that the workbook does not name are there all the same.
	var lost []xlsxSheet
	for _, m := range z.File {
		name := partName(m.Name)
		if !taken[m.Name] && strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml") && len(b.sheets)+len(lost) < maxSheets {
			lost = append(lost, xlsxSheet{path: m.Name})
		}
	}
	slices.SortStableFunc(lost, func(a, b xlsxSheet) int {
		return cmp.Or(cmp.Compare(len(a.path), len(b.path)), strings.Compare(a.path, b.path))
	})
	b.sheets = append(b.sheets, lost...)
	for i := range b.sheets {
		b.known[z.find(b.sheets[i].path).Name] = true
	}
	return nil
}

// maxStyles is how many styles of cells are kept.
const maxStyles = 1 << 17

// styles reads what number formats the styles of cells have.
func (b *xlsxBook) styles(z *zipParts) error {
	codes := map[string]sheetFormat{}
	within := false
	return b.scanPart(z, "xl/styles.xml", func(x *xmlReader) {
		switch name := string(x.name); {
		case name == "cellXfs":
			within = x.kind == startTag && !x.closed
		case x.kind == startTag && name == "numFmt" && len(codes) < maxStyles:
			codes[string(x.attr("numFmtId"))] = readFormat(x.value("formatCode"))
		case x.kind == startTag && name == "xf" && within && len(b.formats) < maxStyles:
			id := string(x.attr("numFmtId"))
			f, ok := codes[id]
			if n, err := strconv.Atoi(id); !ok && err == nil {
				f = builtinFormat(n)
			}
			b.formats = append(b.formats, f)
		}
	})
}

// shared keeps the texts that cells share.
func (b *xlsxBook) shared(ctx context.Context, z *zipParts) error {
	m := z.find("xl/sharedStrings.xml")
	if m == nil {
		return nil
	}
	b.known[m.Name] = true
	p := z.open(m)
	defer p.close()
	x := newPartReader(p, b.entry)
	t := xlsxText{most: b.entry.maxRow() + 1}
	var err error
	b.texts, err = b.entry.dump.storeTexts(ctx, b.entry.blob.input, func() ([]byte, bool, error) {
		t.begin()
		for x.next() {
			switch {
			case x.kind == brokenToken:
				b.broken.add(badMarkup, p.place(x.start), p.place(x.offset())-p.place(x.start))
			case x.kind == startTag && string(x.name) == "si" && x.closed:
				return nil, true, nil
			case x.kind == endTag && string(x.name) == "si":
				return t.done(), true, nil
			default:
				t.token(x)
			}
		}
		return nil, false, p.err
	})
	if err != nil {
		return err
	}
	return b.spoil(p, x)
}

// xlsxText gathers the text of the runs of a string, without those that say how
// it is spoken.
type xlsxText struct {
	text   []byte
	most   int
	in     bool // <t>
	spoken bool // <rPh>
	mended bool
}

func (t *xlsxText) begin() { t.text, t.in, t.spoken, t.mended = t.text[:0], false, false, false }

func (t *xlsxText) token(x *xmlReader) {
	switch {
	case x.kind == textToken:
		if t.in && !t.spoken && len(t.text) <= t.most {
			var mended bool
			t.text, mended = x.appendText(t.text, x.text, x.cdata)
			t.mended = t.mended || mended
		}
	case string(x.name) == "t":
		t.in = x.kind == startTag && !x.closed
	case string(x.name) == "rPh":
		t.spoken = x.kind == startTag && !x.closed
	}
}

// done is the text; characters that XML cannot hold are written _xHHHH_.
func (t *xlsxText) done() []byte {
	text := t.text
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte("_x"))
		if i < 0 {
			t.text = text
			return text
		}
		from += i
		if len(text) < from+7 || text[from+6] != '_' {
			from += 2
			continue
		}
		n, err := strconv.ParseUint(string(text[from+2:from+6]), 16, 16)
		if err != nil {
			from += 2
			continue
		}
		if r := rune(n); n > 0 && r != '\r' {
			was := text[from+7:]
			text = append(fmt.Appendf(text[:from:from], "%c", r), was...)
			from++
		} else {
			text = append(text[:from], text[from+7:]...)
		}
	}
}

// walk goes through the sheets in the order of the workbook.
func (b *xlsxBook) walk(ctx context.Context, to gridVisitor) error {
	z, err := openParts(ctx, b.entry)
	if err != nil {
		return err
	}
	b.reader = &textReader{s: b.texts}
	defer func() { b.reader = nil }()
	for i := range b.sheets {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		s := &b.sheets[i]
		to.sheet(s.name)
		p := z.open(z.find(s.path))
		err := b.sheet(p, i, to)
		p.close()
		if err != nil {
			return err
		}
		to.end(i, s.hidden)
	}
	b.broken.tell(to)
	for _, m := range z.File {
		if !b.known[m.Name] && !xlsxDress(partName(m.Name)) && !m.FileInfo().IsDir() {
			from, err := m.DataOffset()
			if isSourceError(err) {
				return err
			}
			to.reject(-1, unknownMember, from, int64(m.CompressedSize64))
		}
	}
	return nil
}

// xlsxDress reports a member that says only how a workbook looks and hangs together.
func xlsxDress(name string) bool {
	if name == "[content_types].xml" || strings.HasSuffix(name, ".rels") || name == "xl/calcchain.xml" || name == "xl/metadata.xml" {
		return true
	}
	for _, p := range []string{"docprops/", "xl/theme/", "xl/printersettings/", "xl/tables/", "xl/drawings/", "xl/charts/", "xl/chartsheets/", "xl/ctrlprops/", "xl/pivottables/", "xl/slicers/", "xl/querytables/", "xl/richdata/"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// xlsxCell is the cell under way.
type xlsxCell struct {
	open   bool
	column int
	kind   string
	format sheetFormat
	value  []byte
	in     bool // <v>
	inline xlsxText
}

// sheet tells the rows of one sheet.
func (b *xlsxBook) sheet(p *part, index int, to gridVisitor) error {
	s := &b.sheets[index]
	x := newPartReader(p, b.entry)
	r := &gridRow{most: b.entry.maxRow()}
	c := xlsxCell{inline: xlsxText{most: r.most}}
	down := &carried{}
	merged, learnt := s.merged, []sheetMerge(nil)
	inRow, ended, next := false, false, int64(0)
	finish := func() error {
		inRow = false
		merged = down.merge(r, merged)
		down.fill(r)
		down.pass(1)
		return r.tell(to, index, p.place(x.offset()))
	}
	for x.next() {
		switch {
		case x.kind == brokenToken:
			if inRow {
				r.fail(badMarkup)
			} else {
				to.reject(index, badMarkup, p.place(x.start), p.place(x.offset())-p.place(x.start))
			}
		case x.kind == textToken:
			switch {
			case c.in && len(c.value) <= r.most:
				var mended bool
				c.value, mended = x.appendText(c.value, x.text, x.cdata)
				r.mended = r.mended || mended
			case c.open:
				c.inline.token(x)
			}
		case string(x.name) == "row" && x.kind == startTag:
			if inRow {
				r.fail(badMarkup)
				if err := r.tell(to, index, p.place(x.start)); err != nil {
					return err
				}
			}
			number := next
			if n, err := strconv.ParseInt(string(x.attr("r")), 10, 32); err == nil && n > 0 {
				number = n - 1
			}
			down.pass(max(number-next, 0)) // rows that are left out
			next = number + 1
			r.begin(number, p.place(x.start))
			c.open, c.in, c.column = false, false, -1
			inRow = !x.closed
		case string(x.name) == "row":
			if !inRow {
				break
			}
			if c.open {
				r.fail(badMarkup)
			}
			if err := finish(); err != nil {
				return err
			}
		case !inRow:
			switch string(x.name) {
			case "worksheet":
				ended = ended || x.kind == endTag || x.closed
			case "mergeCell":
				if m, ok := readMerge(x.attr("ref")); ok && x.kind == startTag && len(learnt) < mostMerged {
					learnt = append(learnt, m)
				}
			}
		case string(x.name) == "c" && x.kind == startTag:
			if c.open {
				r.fail(badMarkup)
			}
			b.beginCell(&c, x, r)
			if x.closed {
				c.open = false
			}
		case string(x.name) == "c":
			if c.open {
				if err := b.endCell(&c, r); err != nil {
					return err
				}
			}
			c.open = false
		case string(x.name) == "v":
			c.in = c.open && x.kind == startTag && !x.closed
		case c.open:
			c.inline.token(x)
		}
	}
	if p.err != nil {
		return p.err
	}
	at := x.offset()
	if inRow {
		r.fail(rowCut)
		if err := r.tell(to, index, p.place(at)); err != nil {
			return err
		}
	}
	switch {
	case p.cause != nil:
		to.reject(index, p.cause.why, p.place(at), p.end()-p.place(at))
	case !ended && !inRow:
		to.reject(index, cutShort, p.place(at), 0)
	}
	s.merged = sorted(learnt)
	return nil
}

func (b *xlsxBook) beginCell(c *xlsxCell, x *xmlReader, r *gridRow) {
	c.open, c.in = true, false
	c.column++
	if ref := x.attr("r"); ref != nil {
		column, _, ok := readReference(ref)
		if !ok {
			r.fail(badRecord)
		}
		c.column = column
	}
	c.kind = string(x.attr("t"))
	c.format = sheetFormat{}
	if n, err := strconv.Atoi(string(x.attr("s"))); err == nil && n >= 0 && n < len(b.formats) {
		c.format = b.formats[n]
	}
	c.value = c.value[:0]
	c.inline.begin()
}

func (b *xlsxBook) endCell(c *xlsxCell, r *gridRow) error {
	switch value := bytes.TrimSpace(c.value); c.kind {
	case "s":
		if len(value) == 0 {
			break
		}
		n, err := strconv.Atoi(string(value))
		ok := err == nil
		if ok {
			if r.text, ok, err = b.reader.append(r.text, n); err != nil {
				return err
			}
		}
		if !ok {
			r.fail(damaged)
		}
	case "inlineStr":
		r.text = append(r.text, c.inline.done()...)
		r.mended = r.mended || c.inline.mended
	case "str", "d", "e":
		c.inline.text = append(c.inline.text[:0], c.value...)
		r.text = append(r.text, c.inline.done()...)
	case "b":
		switch string(value) {
		case "1", "true":
			r.text = append(r.text, "true"...)
		case "0", "false":
			r.text = append(r.text, "false"...)
		default:
			r.text = append(r.text, value...)
		}
	default:
		r.text = c.format.append(r.text, value, b.from1904)
	}
	r.put(c.column)
	return nil
}

// readReference reads the place of a cell, such as AB12.
func readReference(ref []byte) (column int, row int64, ok bool) {
	n := 0
	for n < len(ref) && (ref[n]|0x20 >= 'a' && ref[n]|0x20 <= 'z' || ref[n] == '$') {
		if ref[n] != '$' {
			column = column*26 + int(ref[n]|0x20-'a') + 1
		}
		if n++; n > 5 {
			return 0, 0, false
		}
	}
	row, err := strconv.ParseInt(strings.TrimPrefix(string(ref[n:]), "$"), 10, 32)
	return column - 1, row - 1, err == nil && column > 0 && row > 0
}

// readMerge reads a range that reaches over several rows.
func readMerge(ref []byte) (sheetMerge, bool) {
	first, last, ok := bytes.Cut(ref, []byte(":"))
	column, row, good := readReference(first)
	_, end, well := readReference(last)
	return sheetMerge{int32(row), int32(end), int32(column)}, ok && good && well && end > row && column < maxSheetColumns
}
