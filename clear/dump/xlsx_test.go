package dump

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/internal/datatest"
	"constat.example/internal/failure"
)

// xlsxOf is a workbook of sheets as XML, by name.
func xlsxOf(book string, more []string, sheets ...string) string {
	files := []string{"[Content_Types].xml", "<Types/>"}
	var list, relations strings.Builder
	for i := 0; i < len(sheets); i += 2 {
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="r%d"/>`, sheets[i], i+1, i)
		fmt.Fprintf(&relations, `<Relationship Id="r%d" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="/xl/worksheets/s%d.xml"/>`, i, i)
		files = append(files, fmt.Sprintf("xl/worksheets/s%d.xml", i), "<worksheet><sheetData>"+sheets[i+1]+"</worksheet>")
	}
	files = append(files, "xl/workbook.xml", "<workbook>"+book+"<sheets>"+list.String()+"</sheets></workbook>", "xl/_rels/workbook.xml.rels", "<Relationships>"+relations.String()+"</Relationships>")
	return string(zipOf(append(files, more...)...))
}

// xlsxRows are rows of texts.
func xlsxRows(rows ...string) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString("<row>")
		for c := range strings.SplitSeq(r, "|") {
			if c == "" {
				b.WriteString("<c/>")
			} else {
				b.WriteString(`<c t="inlineStr"><is><t>` + c + "</t></is></c>")
			}
		}
		b.WriteString("</row>")
	}
	return b.String()
}

func TestXLSX(t *testing.T) {
	t.Parallel()
	const end = "</sheetData>"
	header := `<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>nom</v></c><c r="C1" t="str"><v>ville</v></c></row>`
	for _, c := range []sheetCase{
		{
			name: "made", content: string(madeXLSX()),
			tables: []string{"clients: nom|naissance|code postal", "dossiers (hidden): id|montant"},
			rows:   []string{"Martin|1970-01-31|01000", "Petit|1982-02-18|", "7|2.5"},
		},
		{
			name: "gaps, kinds of cells, escapes", content: xlsxOf("", nil, "a", header+
				`<row r="3"><c r="A3"><v>1</v></c><c r="C3" t="str"><v>A &amp; B&#233;_x000D_
_x0041_</v></c></row><row r="7"><c r="B7" t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row><row r="8"/><row r="9"><c r="A9"><v/></c></row>`+end),
			tables: []string{"a: id|nom|ville"}, rows: []string{"1||A & Bé\nA", "|true|#N/A"},
		},
		{
			name: "days since 1904", content: xlsxOf(`<workbookPr date1904="1"/>`, []string{"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>`}, "a", header+
				`<row><c><v>1</v></c><c s="1"><v>24137.5</v></c><c s="77"><v>3</v></c></row>`+end),
			rows: []string{"1|1970-01-31T12:00:00|3"},
		},
		{
			name: "cells that reach down", content: xlsxOf("", nil, "a", header+xlsxRows("1|Martin|Lyon", "2||Pau", "|Petit|", "4|Roux|")+end+`<mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="C4:C5"/><mergeCell ref="C2:C9999999999"/></mergeCells>`),
			rows: []string{"1|Martin|Lyon", "2|Martin|Pau", "|Petit|", "4|Roux|"},
		},
		{
			name: "spoken runs", content: xlsxOf("", []string{"xl/sharedStrings.xml", `<sst><si><t>id</t></si><si><t>nom</t></si><si><t>Lu</t><rPh sb="0" eb="2"><t>spoken</t></rPh><phoneticPr/></si><si/></sst>`}, "a",
				`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>1</v></c><c t="s"><v>2</v></c></row><row><c><v>2</v></c><c t="s"><v>3</v></c></row>`+end),
			tables: []string{"a: id|nom"}, rows: []string{"1|Lu", "2|"},
		},
		{
			name: "words above, two tables, the header again", content: xlsxOf("", nil, "a", `<row r="1"><c r="A1" t="str"><v>Clients</v></c></row>`+
				`<row r="3"><c r="B3" t="str"><v>id</v></c><c r="C3" t="str"><v>nom</v></c><c r="D3" t="str"><v>ville</v></c></row>`+
				`<row r="4"><c r="B4"><v>1</v></c><c r="C4" t="str"><v>Martin</v></c><c r="D4" t="str"><v>Lyon</v></c></row>`+
				`<row r="5"><c r="B5"><v>2</v></c><c r="C5" t="str"><v>Petit</v></c><c r="D5" t="str"><v>Pau</v></c></row>`+
				`<row r="7"><c r="B7" t="str"><v>id</v></c><c r="C7" t="str"><v>nom</v></c><c r="D7" t="str"><v>ville</v></c></row>`+
				`<row r="8"><c r="B8"><v>3</v></c><c r="C8" t="str"><v>Roux</v></c><c r="D8" t="str"><v>Nice</v></c></row>`+
				`<row r="10"><c r="A10" t="str"><v>email</v></c><c r="B10" t="str"><v>telephone</v></c></row>`+
				`<row r="11"><c r="A11" t="str"><v>a@x.example</v></c><c r="B11" t="str"><v>0639980102</v></c></row>`+
				`<row r="12"><c r="A12" t="str"><v>b@x.example</v></c><c r="B12" t="str"><v>0639980103</v></c></row>`+end),
			tables: []string{"a (1): id|nom|ville", "a (2): email|telephone"},
			rows:   []string{"1|Martin|Lyon", "2|Petit|Pau", "3|Roux|Nice", "a@x.example|0639980102", "b@x.example|0639980103"},
		},
		{
			name: "rows that cannot be read", content: xlsxOf("", nil, "a", header+
				`<row><c><v>1</v></c></row><row><c t="s"><v>9</v></c></row><row><c><v>2<</v></c></row><row><c><v>3</v></c><row><c><v>4</v></c></row><row><c r="AAAAAA1"><v>5</v></c></row><row><c r="A1"><v>6</v></c><c r="A1"><v>7</v></c></row><row><c r="XFE1"><v>7</v></c></row><row><c><v>8</v></c></row>`+end),
			rows:    []string{"1||", "2<||", "4||", "8||"},
			rejects: map[string]int64{"the file is damaged here": 1, "malformed markup": 1, "malformed record": 2, "too many cells": 1},
		},
		{
			name: "members that are not read, a sheet that is missing", content: xlsxOf("", []string{"xl/comments1.xml", "<comments/>", "xl/media/image1.png", "x", "xl/worksheets/_rels/s0.xml.rels", "x", "docProps/app.xml", "x"}, "a", header+xlsxRows("1|Martin|Lyon")+end),
			rows:    []string{"1|Martin|Lyon"},
			rejects: map[string]int64{"member is not in a format that is read": 2},
		},
		{
			name: "sheets that no workbook names", content: string(zipOf("xl/worksheets/sheet10.xml", "<worksheet><sheetData>"+xlsxRows("id|nom", "2|Petit")+"</sheetData></worksheet>", "xl/worksheets/sheet2.xml", "<worksheet><sheetData>"+xlsxRows("id|nom", "1|Martin")+"</sheetData></worksheet>")),
			tables: []string{"table 1: id|nom", "table 2: id|nom"}, rows: []string{"1|Martin", "2|Petit"},
		},
		{
			name: "sheet cut short", content: string(zipOf("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+xlsxRows("id|nom", "1|Martin")+"<row><c>")),
			rows: []string{"1|Martin"}, rejects: map[string]int64{"row cut short by the end of the data": 1},
		},
		{
			name: "longer rows than are read", content: xlsxOf("", nil, "a", header+xlsxRows("1|"+strings.Repeat("x", 600)+"|", "2|y|")+end), options: Options{MaxRow: 500},
			rows: []string{"2|y|"}, rejects: map[string]int64{"row too long": 1},
		},
		{
			name: "more than may be unpacked", content: xlsxOf("", nil, "a", header+xlsxRows("1|x|")+strings.Repeat(xlsxRows("1|x|"), 3000)+end), options: Options{MaxDecoded: 3000},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.options.MaxDecoded > 0 {
				s := scanAll(t, mustOpen(t, c.content, c.options))
				if got := s.account.Rejects; len(got) != 2 || got[1].Reason != "unpacks to far more than it should" {
					t.Errorf("rejects %+v", got)
				}
				return
			}
			c.check(t)
		})
	}
}

func mustOpen(t *testing.T, content string, o Options) *Dump {
	t.Helper()
	d, err := Open(t.Context(), sourcesOf(t, file(t, "a", content)), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestXLSXCutAnywhere(t *testing.T) {
	t.Parallel()
	cutAnywhere(t, string(madeXLSX()))
}

// TestXLSXManySharedTexts reads more texts than are kept in memory.
func TestXLSXManySharedTexts(t *testing.T) {
	t.Parallel()
	const n = 40_000
	var texts, rows strings.Builder
	texts.WriteString("<sst><si><t>id</t></si><si><t>note</t></si>")
	rows.WriteString(`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`)
	for i := range n {
		fmt.Fprintf(&texts, "<si><t>texte %d de la ligne %s</t></si>", i, strings.Repeat("z", i%40))
		fmt.Fprintf(&rows, `<row><c><v>%d</v></c><c t="s"><v>%d</v></c></row>`, i, n+1-i)
	}
	d := mustOpen(t, xlsxOf("", []string{"xl/sharedStrings.xml", texts.String() + "</sst>"}, "a", rows.String()+"</sheetData>"), Options{})
	if d.spool == nil {
		t.Error("texts were kept in memory")
	}
	s := scanAll(t, d)
	if len(s.rows) != n || s.rows[5][1] != fmt.Sprintf("texte %d de la ligne %s", n-6, strings.Repeat("z", (n-6)%40)) {
		t.Errorf("%d rows, %q", len(s.rows), s.rows[5])
	}
}

// TestXLSXOfOthers reads the workbooks of excelize, good and bad.
func TestXLSXOfOthers(t *testing.T) {
	t.Parallel()
	dir := datatest.Path(t, "xlsx-excelize")
	for name, want := range map[string]int{
		"Book1.xlsx": 13, "CalcChain.xlsx": 1, "MergeCell.xlsx": 1, "OverflowNumericCell.xlsx": 1, "SharedStrings.xlsx": 1, "BadWorkbook.xlsx": 0,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			d, err := Open(t.Context(), []Source{{Name: name, Size: int64(len(data)), At: bytes.NewReader(data)}}, Options{})
			if want == 0 {
				if failure.CodeOf(err) != failure.BadInput {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			if len(s.rows) < want {
				t.Errorf("%d rows of %+v", len(s.rows), d.Tables)
			}
			t.Logf("%d tables, %d rows, %v", len(d.Tables), len(s.rows), s.account.Rejects)
		})
	}
}

func FuzzXLSX(f *testing.F) {
	f.Add(madeXLSX())
	f.Add([]byte(gz(f, string(madeXLSX()))))
	f.Fuzz(func(t *testing.T, content []byte) { reconcile(t, file(t, "a", string(content))) })
}

// FuzzXLSXSheet changes what is packed in a workbook.
func FuzzXLSXSheet(f *testing.F) {
	f.Add(xlsxRows("id|nom", "1|Martin")+"</sheetData>", "<sst><si><t>a</t></si></sst>")
	f.Add(`<row r="3"><c r="B3" t="s"><v>0</v></c><c r="AA3" s="1"><v>3.5E4</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B9"/></mergeCells>`, "<sst><si><r><t>_x0041_</t></r></si>")
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		content := xlsxOf("", []string{"xl/sharedStrings.xml", texts, "xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>`}, "a", sheet)
		reconcile(t, file(t, "a", content))
		reconcile(t, file(t, "a", gz(t, content)))
	})
}
