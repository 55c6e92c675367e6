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
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive"},
	{0, "Rar!\x1a\x07", "a RAR archive"},
	{0, "BZh", "a bzip2 file"},
	{0, "\xfd7zXZ\x00", "an xz file"},
	{0, "\x04\x22\x4d\x18", "an lz4 file"},
	{257, "ustar", "a tar archive"},
	{0, "%PDF-", "a PDF document"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"},
	{0, "ORC", "an ORC file"},
	{0, "\x89PNG\r\n", "a PNG picture"},
	{0, "\xff\xd8\xff", "a JPEG picture"},
	{0, "GIF8", "a GIF picture"},
	{0, "\x7fELF", "a program"},
	{0, "MZ\x90\x00", "a program"},
}

// markup is how tables in markup are named.
const markup = "XML or HTML"

var xmlStart = regexp.MustCompile(`(?i)^\s*(<\?xml|<!doctype|<html)`)

// unreadText is unread for decoded text.
func unreadText(text []byte) string {
	text = text[:min(len(text), 4096)]
	if xmlStart.Match(text) {
		return markup
	}
	return ""
}

// office names the document that a zip archive with these members is.
func office(files []*zip.File) string {
	for _, m := range files {
		switch {
		case strings.HasPrefix(m.Name, "xl/workbook"):
			return "an Excel workbook"
		case strings.HasPrefix(m.Name, "word/document"):
			return "a Word document"
		case m.Name == "content.xml":
			return "an OpenDocument file"
		}
	}
	return ""
}
