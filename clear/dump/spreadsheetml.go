package dump

import (
	"bytes"
	"context"
	"io"
	"strconv"
)

// spreadsheetMLFormat is a workbook as one XML file, as Excel 2003 and many
// report generators write it, mostly under the name of an .xls.
type spreadsheetMLFormat struct{}

func (spreadsheetMLFormat) probe(_ context.Context, l *look) float64 {
	head := l.text[:min(len(l.text), 8192)]
	if bytes.Contains(head, []byte("urn:schemas-microsoft-com:office:spreadsheet")) && bytes.Contains(head, []byte("Workbook")) && !bytes.Contains(head, []byte("<html")) {
		return 0.99
	}
	return 0
}

func (spreadsheetMLFormat) about() About {
	return About{
		Name: "SpreadsheetML", What: "workbooks as one XML file (Excel 2003): every sheet, also hidden ones; dates, booleans, merged cells",
		Example: `<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="clients"><Table>
<Row><Cell><Data ss:Type="String">nom</Data></Cell><Cell><Data ss:Type="String">naissance</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Martin</Data></Cell><Cell><Data ss:Type="DateTime">1970-01-31T00:00:00.000</Data></Cell></Row>
</Table></Worksheet></Workbook>
`,
		NotRead: "remarks: each is a reject",
	}
}

func (spreadsheetMLFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	in, err := openXMLFile(ctx, f)
	if err != nil {
		return nil, err
	}
	return openGrid(ctx, "SpreadsheetML: "+in.as.name, f, &spreadsheetML{in})
}

type spreadsheetML struct{ file xmlFile }

func (s *spreadsheetML) walk(ctx context.Context, to gridVisitor) error {
	return s.file.read(func(in io.Reader) error {
		most := s.file.entry.maxRow()
		x := newXMLReader(in, s.file.as.values(), most)
		w := spreadsheetMLWalk{x: x, to: to, sheet: -1, formats: map[string]sheetFormat{}}
		w.row.most = most
		for x.next() {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			if err := w.token(); err != nil {
				return err
			}
		}
		if err := fault(x.cause); err != nil {
			return err
		}
		if w.inRow {
			w.row.fail(rowCut)
			if err := w.row.tell(to, w.sheet, x.offset()); err != nil {
				return err
			}
		} else if !w.ended {
			to.reject(w.sheet, cutShort, x.offset(), 0)
		}
		if w.sheet >= 0 {
			to.end(w.sheet, w.hidden)
		}
		return nil
	})
}

// spreadsheetMLWalk goes through the sheets of a workbook.
type spreadsheetMLWalk struct {
	x  *xmlReader
	to gridVisitor

	formats map[string]sheetFormat // by style
	style   string

	sheets, sheet                          int // sheet is -1 between two
	hidden, visible, inRow, inCell, inData bool
	ended                                  bool
	row                                    gridRow
	number                                 int64
	column                                 int
	down                                   carried

	cell    []byte
	kind    string
	format  sheetFormat
	across  int
	deep    int64
	skipped int // depth within what is no data of the cell
}

func (w *spreadsheetMLWalk) token() error {
	x := w.x
	opens, closes := x.kind == startTag, x.kind == endTag || x.kind == startTag && x.closed
	switch {
	case x.kind == brokenToken:
		if w.inRow {
			w.row.fail(badMarkup)
		} else {
			w.to.reject(w.sheet, badMarkup, x.start, x.offset()-x.start)
		}
		return nil
	case x.kind == textToken:
		switch {
		case w.inData && w.skipped == 0 && len(w.cell) <= w.row.most:
			var mended bool
			w.cell, mended = x.appendText(w.cell, x.text, x.cdata)
			w.row.mended = w.row.mended || mended
		case w.visible:
			w.hidden = w.hidden || bytes.Contains(x.text, []byte("Hidden"))
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
	switch string(x.name) {
	case "Style":
		w.style = string(x.attr("ID"))
	case "NumberFormat":
		if opens && w.sheet < 0 && len(w.formats) < maxStyles {
			w.formats[w.style] = namedFormat(x.value("Format"))
		}
	case "Worksheet":
		if opens {
			w.begin()
		}
		if closes && w.sheet >= 0 {
			w.to.end(w.sheet, w.hidden)
			w.sheet = -1
		}
	case "Visible":
		w.visible = opens && !closes
	case "Workbook":
		w.ended = w.ended || closes
	case "Row":
		if opens && w.sheet >= 0 {
			if err := w.beginRow(); err != nil {
				return err
			}
		}
		if closes && w.inRow {
			return w.endRow()
		}
	case "Cell":
		if !w.inRow {
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
	case "Data":
		w.inData = w.inCell && opens && !closes
		if opens && w.inCell {
			w.kind = string(x.attr("Type"))
		}
	case "Comment", "PhoneticText":
		if w.inCell && opens && !closes {
			w.skipped = 1
			if string(x.name) == "Comment" {
				w.to.reject(w.sheet, otherType, x.start, 0)
			}
		}
	}
	return nil
}

func (w *spreadsheetMLWalk) begin() {
	if w.sheet >= 0 {
		w.to.end(w.sheet, w.hidden)
		w.sheet = -1
	}
	if w.sheets == maxSheets {
		w.to.reject(-1, tooMany, w.x.start, 0)
		return
	}
	w.to.sheet(w.x.value("Name"))
	w.sheet = w.sheets
	w.sheets++
	w.hidden, w.inRow, w.number = false, false, 0
	w.down = carried{}
}

func (w *spreadsheetMLWalk) beginRow() error {
	x := w.x
	if w.inRow {
		w.row.fail(badMarkup)
		if err := w.row.tell(w.to, w.sheet, x.start); err != nil {
			return err
		}
	}
	number := w.number
	if n := times(x.attr("Index")); n > 1 {
		number = n - 1
	}
	w.down.pass(max(number-w.number, 0))
	w.number = number + 1
	w.row.begin(number, x.start)
	w.inRow, w.inCell, w.inData, w.column = true, false, false, 0
	return nil
}

func (w *spreadsheetMLWalk) endRow() error {
	w.inRow = false
	if w.inCell {
		w.row.fail(badMarkup)
	}
	w.down.fill(&w.row)
	w.down.pass(1)
	return w.row.tell(w.to, w.sheet, w.x.offset())
}

func (w *spreadsheetMLWalk) beginCell() {
	x := w.x
	w.inCell, w.inData, w.cell, w.kind = true, false, w.cell[:0], ""
	if x.attr("Index") != nil {
		w.column = int(min(times(x.attr("Index")), maxSheetColumns+1)) - 1
	} else {
		for w.down.holds(w.column) && w.column < maxSheetColumns {
			w.column++
		}
	}
	w.across, w.deep = 0, 0
	if n, err := strconv.Atoi(string(x.attr("MergeAcross"))); err == nil {
		w.across = max(0, min(n, maxSheetColumns))
	}
	if n, err := strconv.ParseInt(string(x.attr("MergeDown")), 10, 64); err == nil {
		w.deep = max(0, n)
	}
	w.format = w.formats[string(x.attr("StyleID"))]
}

func (w *spreadsheetMLWalk) endCell() {
	w.inCell = false
	switch value := bytes.TrimSpace(w.cell); w.kind {
	case "Number":
		w.row.text = w.format.append(w.row.text, value, false)
	case "DateTime":
		value = bytes.TrimSuffix(value, []byte(".000"))
		w.row.text = append(w.row.text, bytes.TrimSuffix(value, []byte("T00:00:00"))...)
	case "Boolean":
		switch string(value) {
		case "1":
			value = []byte("true")
		case "0":
			value = []byte("false")
		}
		w.row.text = append(w.row.text, value...)
	default:
		w.row.text = append(w.row.text, w.cell...)
	}
	w.row.put(w.column)
	if w.deep > 0 {
		w.down.add(&w.row, w.column, w.deep)
	}
	w.column = min(w.column+1+w.across, maxSheetColumns)
}

// namedFormat is a format by its code, or by the name that Excel has for it.
func namedFormat(code string) sheetFormat {
	switch code {
	case "Short Date", "Long Date", "Medium Date":
		return sheetFormat{as: dayNumber}
	case "General Date":
		return sheetFormat{as: momentNumber}
	case "Short Time", "Long Time", "Medium Time":
		return sheetFormat{as: clockNumber}
	case "Fixed", "Standard", "Currency", "Euro Currency", "Percent", "Scientific", "Yes/No", "True/False", "On/Off":
		return sheetFormat{}
	}
	return readFormat(code)
}
