package dump

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/klauspost/compress/zip"
)

// unread names the format that head is the start of, when it is one that is
// known and not read.
func unread(head []byte) string {
	for _, m := range unreadMarks {
		if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.mark)) && (m.mark != "ORC" || bytes.IndexByte(head, 0) >= 0) {
			return m.like
		}
	}
	return ""
}

// unreadMarks are what stands at an offset of files in formats not read.
var unreadMarks = []struct {
	at   int
	mark string
	like string
}{
	{0, "\x37\x7f\x06\x82", "a write-ahead log of SQLite"},
	{0, "\x37\x7f\x06\x83", "a write-ahead log of SQLite"},
	{0, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", "a rollback journal of SQLite"},
	{0, "MSCF\x00\x00\x00\x00", "a cabinet archive"},
	{0, "!<arch>\n", "an ar archive"},
	{0, "070701", "a cpio archive"},
	{0, "070707", "a cpio archive"},
	{0, "\xed\xab\xee\xdb", "an RPM package"},
	{0, "LZIP\x01", "an lzip file"},
	{0, "\x1f\x9d\x90", "a file of compress"},
	{0, "BEGIN:VCALENDAR", "a calendar"},
	{0, "!BDN", "an Outlook store"},
	{0, "ORC", "an ORC file"},
	{0, "\x89PNG\r\n", "a PNG picture"},
	{0, "\xff\xd8\xff", "a JPEG picture"},
	{0, "GIF8", "a GIF picture"},
	{0, "\x7fELF", "a program"},
	{0, "MZ\x90\x00", "a program"},
}

// markup is how tables in markup are named.
const markup = "XML or HTML without tables"

var xmlStart = regexp.MustCompile(`(?i)^\s*(<\?xml|<!doctype|<html)`)

// unreadText is unread for decoded text.
func unreadText(text []byte) string {
	text = text[:min(len(text), 4096)]
	if xmlStart.Match(text) {
		return markup
	}
	return ""
}

// unreadDocuments are documents that are archives of the kinds that are read,
// and are told by what is in them.
var unreadDocuments = []string{oldOffice, binaryWorkbook, wordDocument, openDocument}

const (
	oldOffice      = "an old Office document other than a workbook"
	binaryWorkbook = "a binary Excel workbook (XLSB)"
	wordDocument   = "a Word document"
	openDocument   = "an OpenDocument file other than a spreadsheet"
)

// office names the document that a zip archive with these members is.
func office(files []*zip.File) string {
	for _, m := range files {
		switch name := partName(m.Name); {
		case name == "xl/workbook.bin":
			return binaryWorkbook
		case strings.HasPrefix(name, "word/document"):
			return wordDocument
		case name == "content.xml":
			return openDocument
		}
	}
	return ""
}
