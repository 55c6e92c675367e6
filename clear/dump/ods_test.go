package dump

import (
	"strings"
	"testing"
)

// odsContent is the content of a spreadsheet of sheets as XML.
func odsContent(styles, sheets string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:automatic-styles>` + styles +
		`</office:automatic-styles><office:body><office:spreadsheet>` + sheets + `</office:spreadsheet></office:body></office:document-content>`
}

func odsOf(styles, sheets string, more ...string) string {
	return string(zipOf(append([]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", odsContent(styles, sheets)}, more...)...))
}

// odsRow is a row of texts.
func odsRow(cells string) string {
	var b strings.Builder
	b.WriteString("<table:table-row>")
	for c := range strings.SplitSeq(cells, "|") {
		b.WriteString(`<table:table-cell office:value-type="string"><text:p>` + c + "</text:p></table:table-cell>")
	}
	b.WriteString("</table:table-row>")
	return b.String()
}

func TestODS(t *testing.T) {
	t.Parallel()
	table := func(rows string) string { return `<table:table table:name="a">` + rows + "</table:table>" }
	for _, c := range []sheetCase{
		{name: "made", content: string(madeODS()), tables: []string{"clients: nom|naissance"}, rows: []string{"Martin|1970-01-31", "Martin|1970-01-31"}},
		{
			name: "kinds of cells", content: odsOf("", table(odsRow("id|nom|cp|heure|actif|taux")+
				`<table:table-row><table:table-cell office:value-type="float" office:value="1.5E3"><text:p>1 500</text:p></table:table-cell>`+
				`<table:table-cell office:value-type="string"><text:p>A<text:s text:c="2"/><text:span>B</text:span><text:tab/>&amp;</text:p><text:p>C</text:p><office:annotation><text:p>remark</text:p></office:annotation></table:table-cell>`+
				`<table:table-cell office:value-type="float" office:value="1000"><text:p>01000</text:p></table:table-cell>`+
				`<table:table-cell office:value-type="time" office:time-value="PT26H05M03S"><text:p>26:05</text:p></table:table-cell>`+
				`<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VRAI</text:p></table:table-cell>`+
				`<table:table-cell office:value-type="percentage" office:value="0.25"><text:p>25 %</text:p></table:table-cell></table:table-row>`)),
			tables: []string{"a: id|nom|cp|heure|actif|taux"}, rows: []string{"1500|A  B\t&\nC|01000|26:05:03|true|0.25"},
			rejects: map[string]int64{"a value of a type that is not read": 1},
		},
		{
			name: "repeated, covered and hidden", content: odsOf(`<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>`,
				`<table:table table:name="a" table:style-name="ta2"><table:table-header-rows>`+odsRow("id|nom|ville|pays")+"</table:table-header-rows>"+
					`<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`+
					`<table:table-row><table:table-cell office:value-type="float" office:value="1"/><table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>x</text:p></table:table-cell><table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>France</text:p></table:table-cell><table:table-cell table:number-columns-repeated="99999999"/></table:table-row>`+
					`<table:table-row><table:table-cell office:value-type="float" office:value="2"/><table:table-cell table:number-columns-repeated="2"/><table:covered-table-cell/></table:table-row>`+
					`<table:table-row><table:table-cell office:value-type="float" office:value="3"/></table:table-row>`+
					`<table:table-row table:number-rows-repeated="99999999999999999999"><table:table-cell/></table:table-row></table:table>`),
			tables: []string{"a (hidden): id|nom|ville|pays"}, rows: []string{"1|x|x|France", "2|||France", "3|||"},
		},
		{
			name: "more columns than are read", content: odsOf("", table(odsRow("id|nom")+odsRow("1|Martin")+`<table:table-row><table:table-cell table:number-columns-repeated="99999999" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>`)),
			rows: []string{"1|Martin"}, rejects: map[string]int64{"too many cells": 1},
		},
		{
			name: "broken rows", content: odsOf("", table(odsRow("id|nom")+odsRow("1|Martin")+`<table:table-row><table:table-cell office:value-type="string"><text:p>2</text:p`+odsRow("3|Roux"))),
			rows: []string{"1|Martin", "3|Roux"}, rejects: map[string]int64{"malformed markup": 1},
		},
		{
			name: "pictures", content: odsOf("", table(odsRow("id|nom")+odsRow("1|Martin")), "Pictures/1.png", "x", "styles.xml", "x", "META-INF/manifest.xml", "<a/>"),
			rows: []string{"1|Martin"}, rejects: map[string]int64{"member is not in a format that is read": 1},
		},
		{
			name:    "as one XML file",
			content: `<?xml version="1.0" encoding="ISO-8859-1"?>` + "\n" + `<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>` + table(odsRow("id|nom")+odsRow("1|Ren\xe9")) + "</office:spreadsheet></office:body></office:document>\n",
			tables:  []string{"a: id|nom"}, rows: []string{"1|René"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func TestODSCutAnywhere(t *testing.T) {
	t.Parallel()
	cutAnywhere(t, string(madeODS()))
	cutAnywhere(t, strings.Replace(odsContent("", `<table:table table:name="a">`+odsRow("id|nom")+odsRow("1|Martin")+odsRow("2|Petit")+"</table:table>"), "<office:document-content", `<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet"`, 1))
}

func FuzzODS(f *testing.F) {
	f.Add(odsRow("id|nom") + `<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="3" office:value-type="float" office:value="1"/></table:table-row>`)
	f.Add(`<table:table-row><table:table-cell table:number-rows-spanned="3" office:value-type="time" office:time-value="PT1H"><text:p>a<text:s text:c="99"/></text:p>`)
	f.Fuzz(func(t *testing.T, rows string) {
		content := odsOf("", `<table:table table:name="a">`+rows+"</table:table>")
		reconcile(t, file(t, "a", content))
		reconcile(t, file(t, "a", gz(t, content)))
		reconcile(t, file(t, "a", `<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><table:table table:name="a">`+rows))
	})
}
