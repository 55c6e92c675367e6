package dump

import (
	"strings"
	"testing"
)

func TestSpreadsheetML(t *testing.T) {
	t.Parallel()
	row := func(cells string) string {
		return "<Row>" + strings.ReplaceAll(`<Cell><Data ss:Type="String">`+strings.ReplaceAll(cells, "|", "\x00")+"</Data></Cell>", "\x00", `</Data></Cell><Cell><Data ss:Type="String">`) + "</Row>\n"
	}
	book := func(before, rows, after string) string {
		return `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">` + before + `<Worksheet ss:Name="a"><Table>` + rows + "</Table>" + after + "</Worksheet></Workbook>\n"
	}
	for _, c := range []sheetCase{
		{name: "made", content: spreadsheetMLFormat{}.about().Example, tables: []string{"clients: nom|naissance"}, rows: []string{"Martin|1970-01-31"}},
		{
			name: "places, merged cells, kinds of cells",
			content: book(`<Styles><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style><Style ss:ID="z"><NumberFormat ss:Format="00000"/></Style></Styles>`,
				row("id|nom|cp|actif|ville")+
					`<Row ss:Index="4"><Cell ss:MergeDown="1"><Data ss:Type="Number">1</Data></Cell><Cell ss:MergeAcross="1"><ss:Data ss:Type="String"><B>A</B>&#10;<Font html:Color="#FF0000">B</Font></ss:Data><Comment><ss:Data>remark</ss:Data></Comment></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>`+
					`<Row><Cell ss:Index="3" ss:StyleID="z"><Data ss:Type="Number">1000</Data></Cell><Cell/><Cell ss:StyleID="d"><Data ss:Type="Number">25599</Data></Cell></Row>`+
					`<Row><Cell><Data ss:Type="Error">#REF!</Data></Cell></Row>`, `<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>`),
			tables: []string{"a (hidden): id|nom|cp|actif|ville"},
			rows:   []string{"1|A\nB||true|", "1||01000||1970-01-31", "#REF!||||"}, rejects: map[string]int64{"a value of a type that is not read": 1},
		},
		{
			name:    "broken rows",
			content: book("", row("id|nom")+row("1|Martin")+`<Row><Cell><Data ss:Type="String>2</Data></Cell></Row>`+row("3|Roux")+"<Row><Cell><Data>4</Data></Row>"+row("5|a < b")+"<Row><Cell>"+row("6|&nope;&#0;"), ""),
			rows:    []string{"1|Martin", "3|Roux", "5|a < b", "6|&nope;&#0;"}, rejects: map[string]int64{"malformed markup": 3},
		},
		{
			name: "entities that swell", content: strings.Replace(book("", row("id|nom")+row("1|&b;"), ""), "<?mso", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><?mso`, 1),
			rows: []string{"1|&b;"},
		},
		{
			name: "UTF-16", content: wideText(book("", row("id|nom")+row("1|René"), "")),
			tables: []string{"a: id|nom"}, rows: []string{"1|René"},
		},
		{
			name: "another encoding", content: strings.Replace(book("", row("id|nom")+row("1|\xc8\xe2\xe0\xed"), ""), `"1.0"`, `"1.0" encoding="windows-1251"`, 1),
			tables: []string{"a: id|nom"}, rows: []string{"1|Иван"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
	cutAnywhere(t, book("", row("id|nom")+row("1|Martin")+row("2|Petit"), ""))
}

func FuzzSpreadsheetML(f *testing.F) {
	f.Add(`<Row ss:Index="3"><Cell ss:MergeDown="2" ss:Index="4"><Data ss:Type="Number">1</Data></Cell></Row>`)
	f.Add("<Row><Cell><![CDATA[x]]><Comment>a</Cell></Row><!-- -->")
	f.Fuzz(func(t *testing.T, rows string) {
		content := `<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>` + rows
		reconcile(t, file(t, "a", content))
		reconcile(t, file(t, "a", gz(t, content)))
	})
}

// TestXMLReader reads texts longer than its buffer, cut at every place.
func TestXMLReader(t *testing.T) {
	t.Parallel()
	for _, pad := range []int{0, markupPiece - 4, markupPiece - 1, 2*markupPiece - 7, 2*markupPiece - 2, 5 * markupPiece} {
		text := strings.Repeat("é", pad/2) + strings.Repeat("x", pad%2) + "&amp;&#233;é<![CDATA[" + strings.Repeat("ü]", pad/3) + "&amp;]]>"
		x := newXMLReader(strings.NewReader("<!-- a -- b --><a b='"+strings.Repeat("y", pad)+"' c=\"&lt;\">"+text+"</a>"), utf8Text, 1<<24)
		var got []byte
		tags := 0
		for x.next() {
			switch x.kind {
			case textToken:
				got, _ = x.appendText(got, x.text, x.cdata)
			case brokenToken:
				t.Errorf("broken at %d", x.start)
			default:
				tags++
				if x.kind == startTag && (x.value("c") != "<" || len(x.attr("b")) != pad) {
					t.Errorf("attributes %q", x.value("c"))
				}
			}
		}
		want := strings.Repeat("é", pad/2) + strings.Repeat("x", pad%2) + "&éé" + strings.Repeat("ü]", pad/3) + "&amp;"
		if string(got) != want || tags != 2 || x.depth != 0 {
			t.Errorf("pad %d: %d bytes, want %d; %d tags", pad, len(got), len(want), tags)
		}
	}
}
