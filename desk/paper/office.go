package paper

import (
	"fmt"
	"strings"
	"time"
)

// The parts of a file for word processors that are the same in every document, or nearly.

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	namespaces  = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relations   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	types       = "application/vnd.openxmlformats-officedocument.wordprocessingml."

	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + types + `document.main+xml"/>` +
		`<Override PartName="/word/footer.xml" ContentType="` + types + `footer+xml"/>` +
		`<Override PartName="/word/header.xml" ContentType="` + types + `header+xml"/>` +
		`<Override PartName="/word/numbering.xml" ContentType="` + types + `numbering+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="` + types + `settings+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="` + types + `styles+xml"/></Types>`

	packageRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="document" Type="` + relations + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="core" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

	documentRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="footer" Type="` + relations + `footer" Target="footer.xml"/><Relationship Id="header" Type="` + relations + `header" Target="header.xml"/>` +
		`<Relationship Id="numbering" Type="` + relations + `numbering" Target="numbering.xml"/><Relationship Id="settings" Type="` + relations + `settings" Target="settings.xml"/>` +
		`<Relationship Id="styles" Type="` + relations + `styles" Target="styles.xml"/></Relationships>`

	// Word shows a document older than it as one of a former age ("compatibility mode")
	// unless the file names the age it is of.
	settings = `<w:settings ` + namespaces + `><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="LANG"/></w:settings>`

	// Lists 1 and 2: sources, and questions.
	numbering = `<w:numbering ` + namespaces + `>` +
		`<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="[%1]"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>` +
		`<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="425" w:hanging="425"/></w:pPr></w:lvl></w:abstractNum>` +
		`<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>`
)

// styles are those of the page, in the colours that it prints.
var styles = `<w:styles ` + namespaces + `>` +
	`<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/><w:sz w:val="20"/><w:szCs w:val="20"/><w:lang w:val="LANG" w:eastAsia="LANG" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
	`<w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="269" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` +
	`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>` +
	paragraphStyle("Title", "Title", `<w:keepNext/><w:spacing w:before="120" w:after="120" w:line="240" w:lineRule="auto"/>`, `<w:b/><w:color w:val="1C4373"/><w:sz w:val="40"/><w:szCs w:val="40"/>`) +
	paragraphStyle("Subtitle", "Subtitle", `<w:keepNext/><w:spacing w:after="160"/>`, `<w:sz w:val="26"/><w:szCs w:val="26"/>`) +
	paragraphStyle("Heading1", "heading 1", `<w:keepNext/><w:keepLines/><w:pBdr><w:top w:val="single" w:sz="4" w:space="8" w:color="BBBBBB"/></w:pBdr><w:spacing w:before="400" w:after="120"/><w:outlineLvl w:val="0"/>`, `<w:b/><w:color w:val="1C4373"/><w:sz w:val="28"/><w:szCs w:val="28"/>`) +
	paragraphStyle("Heading2", "heading 2", `<w:keepNext/><w:keepLines/><w:spacing w:before="260" w:after="40"/><w:outlineLvl w:val="1"/>`, `<w:b/><w:sz w:val="21"/><w:szCs w:val="21"/>`) +
	paragraphStyle("Standing", "Standing", `<w:keepNext/><w:spacing w:after="60"/>`, `<w:sz w:val="17"/><w:szCs w:val="17"/>`) +
	paragraphStyle("Small", "Small", `<w:keepNext/><w:spacing w:after="80"/>`, `<w:color w:val="333333"/><w:sz w:val="17"/><w:szCs w:val="17"/>`) +
	paragraphStyle("Help", "Help", `<w:spacing w:after="80"/>`, `<w:color w:val="333333"/><w:sz w:val="17"/><w:szCs w:val="17"/>`) +
	paragraphStyle("Nothing", "Remark", ``, `<w:i/><w:color w:val="333333"/>`) +
	paragraphStyle("Missing", "Missing", `<w:pBdr><w:left w:val="single" w:sz="24" w:space="6" w:color="B4570A"/></w:pBdr><w:shd w:val="clear" w:color="auto" w:fill="FDF3E4"/><w:ind w:left="142"/>`, ``) +
	paragraphStyle("Option", "Option", `<w:spacing w:after="20"/><w:ind w:left="340" w:hanging="340"/>`, ``) +
	paragraphStyle("Item", "Item", `<w:spacing w:after="100"/>`, ``) +
	paragraphStyle("Cell", "Cell", `<w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/>`, `<w:sz w:val="18"/><w:szCs w:val="18"/>`) +
	paragraphStyle("Figures", "Figures", `<w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/><w:jc w:val="right"/>`, `<w:sz w:val="18"/><w:szCs w:val="18"/>`) +
	paragraphStyle("After", "After a table", `<w:spacing w:after="0" w:line="120" w:lineRule="exact"/>`, ``) +
	paragraphStyle("Header", "header", `<w:tabs><w:tab w:val="right" w:pos="9752"/></w:tabs><w:spacing w:after="0"/>`, `<w:color w:val="333333"/><w:sz w:val="16"/><w:szCs w:val="16"/>`) +
	paragraphStyle("Footer", "footer", `<w:tabs><w:tab w:val="right" w:pos="9752"/></w:tabs><w:spacing w:after="0"/>`, `<w:color w:val="333333"/><w:sz w:val="16"/><w:szCs w:val="16"/>`) +
	characterStyle("Strong", `<w:b/>`) +
	characterStyle("Quiet", `<w:color w:val="333333"/><w:sz w:val="17"/><w:szCs w:val="17"/>`) +
	characterStyle("Code", `<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/><w:noProof/><w:sz w:val="17"/><w:szCs w:val="17"/>`) +
	characterStyle("Sign", `<w:rFonts w:ascii="Segoe UI Symbol" w:hAnsi="Segoe UI Symbol" w:eastAsia="Segoe UI Symbol" w:cs="Segoe UI Symbol"/>`) +
	characterStyle("Removed", `<w:strike/><w:color w:val="333333"/>`) +
	characterStyle("Added", `<w:u w:val="single"/>`) +
	characterStyle("filled", `<w:b/><w:color w:val="2C6B4C"/>`) +
	characterStyle("stated", `<w:b/><w:color w:val="1C4373"/>`) +
	characterStyle("asked", `<w:b/><w:color w:val="B4570A"/>`) +
	characterStyle("empty", `<w:color w:val="333333"/>`) +
	characterStyle("apart", `<w:color w:val="333333"/>`) +
	`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
	`<w:style w:type="table" w:customStyle="1" w:styleId="Grid"><w:name w:val="Constat"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="4" w:space="0" w:color="BBBBBB"/><w:bottom w:val="single" w:sz="4" w:space="0" w:color="BBBBBB"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="BBBBBB"/></w:tblBorders></w:tblPr></w:style>` +
	`</w:styles>`

func paragraphStyle(id, name, paragraph, run string) string {
	custom := ` w:customStyle="1"`
	if name == strings.ToLower(name) || id == "Title" || id == "Subtitle" {
		custom = "" // the program's own
	}
	text := `<w:style w:type="paragraph"` + custom + ` w:styleId="` + id + `"><w:name w:val="` + name + `"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>`
	if paragraph != "" {
		text += `<w:pPr>` + paragraph + `</w:pPr>`
	}
	if run != "" {
		text += `<w:rPr>` + run + `</w:rPr>`
	}
	return text + `</w:style>`
}

func characterStyle(id, run string) string {
	custom := ` w:customStyle="1"`
	if id == "Strong" {
		custom = ""
	}
	return `<w:style w:type="character"` + custom + ` w:styleId="` + id + `"><w:name w:val="` + id + `"/><w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/><w:rPr>` + run + `</w:rPr></w:style>`
}

// coreProperties say what the file is, whose it is and of when.
func coreProperties(s *sheet) string {
	text := `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escaped(s.Name()) + `</dc:title><dc:creator>Constat</dc:creator>`
	if at, err := time.Parse(time.RFC3339, s.At.Machine); err == nil {
		text += fmt.Sprintf(`<dcterms:created xsi:type="dcterms:W3CDTF">%[1]s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%[1]s</dcterms:modified>`, at.UTC().Format(time.RFC3339))
	}
	return text + `<dc:language>` + locale(s.Lang()) + `</dc:language></cp:coreProperties>`
}

// header is what stands above each page, and footer below.
func header(s *sheet) string {
	var marks []string
	for _, m := range s.Marks {
		marks = append(marks, m.Text)
	}
	t := &wordText{sheet: s}
	t.paragraph("Header", t.run("", s.Title)+tab+t.run("Strong", strings.Join(marks, "   ")))
	return `<w:hdr ` + namespaces + `>` + t.String() + `</w:hdr>`
}

func footer(s *sheet) string {
	t := &wordText{sheet: s}
	t.paragraph("Footer", t.run("", s.Foot())+tab+t.run("", s.T("page", "page")+" ")+field("PAGE")+t.run("", " / ")+field("NUMPAGES"))
	return `<w:ftr ` + namespaces + `>` + t.String() + `</w:ftr>`
}

const tab = `<w:r><w:tab/></w:r>`

// field is a number that the word processor counts.
func field(name string) string {
	return `<w:fldSimple w:instr="` + name + `"><w:r><w:t>1</w:t></w:r></w:fldSimple>`
}
