package dump

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"unicode/utf16"

	"github.com/klauspost/compress/zip"
)

// zipOf makes a zip archive of names and contents in turn. The first member is
// not compressed, as OpenDocument wants it.
func zipOf(files ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		h := &zip.FileHeader{Name: files[i], Method: zip.Deflate}
		if i == 0 {
			h.Method = zip.Store
		}
		m, err := w.CreateHeader(h)
		if err == nil {
			_, err = m.Write([]byte(files[i+1]))
		}
		if err != nil {
			return nil // writing to memory does not fail
		}
	}
	if w.Close() != nil {
		return nil
	}
	return b.Bytes()
}

// madeXLSX is a small workbook.
func madeXLSX() []byte {
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	return zipOf(
		"[Content_Types].xml", head+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
		"_rels/.rels", head+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", head+`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="clients" sheetId="1" r:id="rId1"/><sheet name="dossiers" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", head+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml", head+`<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml", head+`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="4" uniqueCount="4"><si><t>nom</t></si><si><t>naissance</t></si><si><t>code postal</t></si><si><r><t>Mar</t></r><r><t>tin</t></r></si></sst>`,
		"xl/worksheets/sheet1.xml", head+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row><row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" s="1"><v>25599</v></c><c r="C2" s="2"><v>1000</v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>Petit</t></is></c><c r="B3" s="1"><v>30000</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml", head+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>montant</t></is></c></row><row r="2"><c r="A2"><v>7</v></c><c r="B2"><f>1+1.5</f><v>2.5</v></c></row></sheetData></worksheet>`,
	)
}

// madeODS is a small spreadsheet.
func madeODS() []byte {
	return zipOf(
		"mimetype", "application/vnd.oasis.opendocument.spreadsheet",
		"content.xml", `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body><office:spreadsheet><table:table table:name="clients"><table:table-row><table:table-cell office:value-type="string"><text:p>nom</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>naissance</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><text:p>Martin</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="1970-01-31"><text:p>31/01/70</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`,
		"META-INF/manifest.xml", `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
	)
}

// compoundOf makes a compound file of streams, by name and content in turn, each
// filled up with zeros to where it is no small one.
func compoundOf(streams ...string) []byte {
	const sector, free, end, ownTable = 512, 0xffffffff, 0xfffffffe, 0xfffffffd
	var body []byte
	var table []uint32
	add := func(content []byte) (start uint32) {
		start = uint32(len(table))
		for i := 0; i < len(content); i += sector {
			piece := make([]byte, sector)
			copy(piece, content[i:])
			body = append(body, piece...)
			table = append(table, uint32(len(table))+1)
		}
		table[len(table)-1] = end
		return start
	}
	entry := func(name string, kind byte, child, start, size uint32) []byte {
		e := make([]byte, 128)
		for i, u := range utf16.Encode([]rune(name)) {
			binary.LittleEndian.PutUint16(e[2*i:], u)
		}
		binary.LittleEndian.PutUint16(e[64:], uint16(2*len(utf16.Encode([]rune(name)))+2))
		e[66], e[67] = kind, 1
		binary.LittleEndian.PutUint32(e[68:], free)
		binary.LittleEndian.PutUint32(e[72:], free)
		binary.LittleEndian.PutUint32(e[76:], child)
		binary.LittleEndian.PutUint32(e[116:], start)
		binary.LittleEndian.PutUint32(e[120:], size)
		return e
	}
	names := entry("Root Entry", 5, 1, end, 0)
	for i := 0; i+1 < len(streams); i += 2 {
		content := append([]byte(streams[i+1]), make([]byte, max(0, 4096-len(streams[i+1])))...)
		e := entry(streams[i], 2, free, add(content), uint32(len(content)))
		if i+3 < len(streams) {
			binary.LittleEndian.PutUint32(e[72:], uint32(i/2+2))
		}
		names = append(names, e...)
	}
	directory := add(names)
	first, n := len(table), 1
	for n*sector/4 < len(table)+n {
		n++
	}
	for range n {
		table = append(table, ownTable)
	}
	for len(table)%(sector/4) != 0 {
		table = append(table, free)
	}
	head := make([]byte, sector)
	copy(head, compoundMagic)
	for at, v := range map[int]uint16{24: 0x3e, 26: 3, 28: 0xfffe, 30: 9, 32: 6} {
		binary.LittleEndian.PutUint16(head[at:], v)
	}
	for at, v := range map[int]uint32{44: uint32(n), 48: directory, 56: 4096, 60: end, 68: end} {
		binary.LittleEndian.PutUint32(head[at:], v)
	}
	for i := range 109 {
		v := uint32(free)
		if i < n {
			v = uint32(first + i)
		}
		binary.LittleEndian.PutUint32(head[76+4*i:], v)
	}
	out := slices.Concat(head, body)
	for _, v := range table {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	return out
}

// biff is a record, of numbers of two bytes and of bytes as they are.
func biff(id uint16, parts ...any) []byte {
	var data []byte
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			data = binary.LittleEndian.AppendUint16(data, uint16(p))
		case float64:
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(p))
		case string:
			data = append(data, p...)
		}
	}
	out := binary.LittleEndian.AppendUint16(nil, id)
	return append(binary.LittleEndian.AppendUint16(out, uint16(len(data))), data...)
}

// xlsOf makes a workbook of one sheet, of records before the sheet and in it.
func xlsOf(globals, sheet []byte) []byte {
	begin := biff(biffBegin, 0x600, 5, 0, 0, 0, 0, 0, 0)
	const name = "\x00\x00\x07\x00clients"
	at := len(begin) + len(globals) + 4 + 4 + len(name) + 4
	book := append(begin, globals...)
	book = append(book, biff(biffSheet, at, 0, name)...)
	book = append(book, biff(biffEnd)...)
	book = append(book, biff(biffBegin, 0x600, 0x10, 0, 0, 0, 0, 0, 0)...)
	book = append(append(book, sheet...), biff(biffEnd)...)
	return compoundOf("Workbook", string(book))
}

// madeXLS is a small workbook.
func madeXLS() []byte {
	const rest = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	globals := bytes.Join([][]byte{
		biff(biffFormatCode, 164, 5, "\x0000000"),
		biff(biffStyle, 0, 0, rest), biff(biffStyle, 0, 14, rest), biff(biffStyle, 0, 164, rest),
		biff(biffTexts, 4, 0, 4, 0, 3, "\x00nom", 9, "\x00naissance", 11, "\x00code postal", 6, "\x00Martin"),
	}, nil)
	sheet := bytes.Join([][]byte{
		biff(biffLabelSST, 0, 0, 0, 0, 0), biff(biffLabelSST, 0, 1, 0, 1, 0), biff(biffLabelSST, 0, 2, 0, 2, 0),
		biff(biffLabelSST, 1, 0, 0, 3, 0), biff(biffNumber, 1, 1, 1, 25599.0), biff(biffNumber, 1, 2, 2, 1000.0),
		biff(biffLabel, 2, 0, 0, 5, "\x00Petit"), biff(biffNumber, 2, 1, 1, 30000.0),
	}, nil)
	return xlsOf(globals, sheet)
}
