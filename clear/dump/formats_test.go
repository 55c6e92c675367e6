package dump

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/formats.md")

// TestFormatsAreDocumented holds docs/formats.md against the code: every format
// with an example, which is read here, and what is not read.
func TestFormatsAreDocumented(t *testing.T) {
	t.Parallel()
	var doc bytes.Buffer
	doc.WriteString("# Formats\n\nWhat a dump may be written in. A format is told by what a file holds, never by its name. Whatever the file,\nits rows are read and counted, or each piece that is not has an offset and a reason.\n\nThis page is made from the code: `go test ./clear/dump -run Documented -update`.\n\n")
	doc.WriteString("| format | what | not read |\n|---|---|---|\n")
	for _, f := range Formats() {
		fmt.Fprintf(&doc, "| %s | %s | %s |\n", f.Name, f.What, f.NotRead)
	}
	fmt.Fprintf(&doc, "\nEach may be packed in: %s.\n", strings.Join(Packings(), ", "))
	fmt.Fprintf(&doc, "\nEncodings: %s; a row, or in SQL a value, in another one is mended.\n", strings.Join(charsetNames[:], ", "))
	doc.WriteString("\n## Examples\n\nEach is read as is in the tests.\n")
	for _, f := range Formats() {
		content, shown := f.Example, "```\n"+f.Example+"```"
		if f.Made != nil {
			content, shown = string(f.Made()), f.Example
		}
		s := scanAll(t, openAll(t, file(t, "example", content)))
		if got := s.dump.Tables[0].Format; got != f.Name || len(s.account.Rejects) > 0 || s.account.Read == 0 {
			t.Errorf("the example of %s is read as %s, %+v", f.Name, got, s.account)
		}
		fmt.Fprintf(&doc, "\n### %s\n\n%s\n\n", f.Name, shown)
		for i, tab := range s.dump.Tables {
			fmt.Fprintf(&doc, "%d rows; columns %s. Read as: %s.\n", s.account.TableRows[i], strings.Join(tab.Columns, ", "), tab.Dialect)
		}
	}
	doc.WriteString("\n## Told and refused\n\nThese are known when they are seen, and not read yet; the message names them.\n\n")
	for _, name := range Refused() {
		fmt.Fprintf(&doc, "- %s\n", name)
	}
	path := filepath.Join("..", "..", "docs", "formats.md")
	if *update {
		if err := os.WriteFile(path, doc.Bytes(), 0o644); err != nil { //nolint:gosec // a page of the documentation
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, doc.Bytes()) {
		t.Error("docs/formats.md is not what the code says; run this test with -update")
	}
}
