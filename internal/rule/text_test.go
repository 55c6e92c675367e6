package rule

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A phrase must not stand in the project's text. The patterns are put together
// from halves, so that this file does not find itself.
type phrase struct {
	pattern *regexp.Regexp
	endings []string // only in files with these endings; none: everywhere
	reason  string
}

var phrases = []phrase{
	{
		pattern: regexp.MustCompile(`\b(?:proxy|registry|files|deb|index|static|repo1?)[.][a-z.-]*[a-z]+[.](?:or` + `g|co` + `m|i` + `o)\b`),
		reason:  "which registry a machine uses is that machine's business",
	},
	{
		pattern: regexp.MustCompile(`\b(?:TO` + `DO|FIX` + `ME)\b`),
		endings: []string{".go", ".md", ".sh", ".yml", ".sql", ".css", ".html", ".txtar", ""},
		reason:  "what is left open is an issue, not a note in the text",
	},
	{
		pattern: regexp.MustCompile(`@lat` + `est\b`),
		reason:  "tools and libraries are pinned",
	},
}

// ownPaths is the phrase that a path of this very machine is: the folder of
// the project, the home of whoever works on it, and the usual homes of build
// machines.
func ownPaths(folders ...string) phrase {
	known := []string{"/ro" + "ot", "/wo" + "rk"}
	for _, folder := range folders {
		if strings.Count(folder, "/") > 1 { // not "/" or "/src", which may mean anything
			known = append(known, folder)
		}
	}
	for i, folder := range known {
		known[i] = regexp.QuoteMeta(folder)
	}
	return phrase{
		pattern: regexp.MustCompile(`(?:^|[\s"'` + "`" + `(=:])(?:` + strings.Join(known, "|") + `)/`),
		reason:  "a path of one machine is none on another",
	}
}

// forbidden lists the phrases that stand where they must not, and the files
// that are too large to keep.
func forbidden(files []entry, phrases []phrase) []string {
	var all []string
	for _, f := range files {
		if f.size > maxFile {
			all = append(all, fmt.Sprintf("%s: %d bytes; a file of the project has at most %d", f.path, f.size, maxFile))
			continue
		}
		if bytes.IndexByte(f.text, 0) >= 0 || !utf8.Valid(f.text) {
			continue // no text
		}
		for _, p := range phrases {
			if len(p.endings) > 0 && !slices.Contains(p.endings, path.Ext(f.path)) {
				continue
			}
			for _, at := range p.pattern.FindAllIndex(f.text, -1) {
				line := 1 + bytes.Count(f.text[:at[0]], []byte("\n"))
				found := strings.TrimSpace(string(f.text[at[0]:at[1]]))
				all = append(all, fmt.Sprintf("%s:%d: %q: %s", f.path, line, found, p.reason))
			}
		}
	}
	return all
}

func TestText(t *testing.T) {
	t.Parallel()
	home, _ := os.UserHomeDir() // "" says nothing
	report(t, forbidden(tree(t), append(slices.Clip(phrases), ownPaths(root(t), home))))
}

func TestTextRuleCanFail(t *testing.T) {
	t.Parallel()
	rules := append(slices.Clip(phrases), ownPaths("/home/anne", "/"))
	for _, c := range []struct{ name, path, text, want string }{
		{"one's own home", "docs/a.md", "see\n\"/home/anne/constat\"\n", "docs/a.md:2: "},
		{"somebody else's", "docs/a.md", "see /home/jean/constat\n", ""},
		{"a build machine", "a.go", "\"/ro" + "ot/x\"", "a.go:1: "},
		{"a web page called so", "web/a.go", "https://agence.example/home/anne/\n", ""},
		{"a registry", "Makefile", "GOPROXY=https://proxy." + "golang.org\n", "Makefile:1: "},
		{"an invented host", "a.go", "files.agence.example\n", ""},
		{"a note to oneself", "a.go", "// TO" + "DO: later\n", "a.go:1: "},
		{"the same in data", "testdata/a.csv", "TO" + "DO;1\n", ""},
		{"a floating version", "Makefile", "go install x@lat" + "est\n", "are pinned"},
		{"no text", "a.bin", "\x00/ro" + "ot/x\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(forbidden([]entry{{path: c.path, text: []byte(c.text)}}, rules), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
	if got := forbidden([]entry{{path: "big.gz", size: maxFile + 1}}, nil); len(got) != 1 {
		t.Errorf("a file over the limit gave %q", got)
	}
}
