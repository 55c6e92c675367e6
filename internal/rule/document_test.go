package rule

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	command = regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)")
	target  = regexp.MustCompile(`(?m)^([a-z-]+):`)
)

// broken lists what the documents promise and the project does not have: pages
// they link to, and targets of the Makefile they tell people to make.
func broken(files []entry) []string {
	var targets []string
	exists := map[string]bool{}
	for _, f := range files {
		for at := f.path; at != "."; at = path.Dir(at) {
			exists[at] = true
		}
		if f.path == "Makefile" {
			for _, m := range target.FindAllSubmatch(f.text, -1) {
				targets = append(targets, string(m[1]))
			}
		}
	}
	var all []string
	for _, f := range files {
		if path.Ext(f.path) != ".md" {
			continue
		}
		for _, m := range link.FindAllSubmatch(f.text, -1) {
			to, _, _ := strings.Cut(string(m[1]), "#")
			if to != "" && !strings.Contains(to, ":") && !exists[path.Join(path.Dir(f.path), to)] {
				all = append(all, f.path+" links to "+to+", which is not there")
			}
		}
		for _, m := range command.FindAllSubmatch(f.text, -1) {
			if !slices.Contains(targets, string(m[1])) {
				all = append(all, f.path+" tells to make "+string(m[1])+", which the Makefile cannot")
			}
		}
	}
	return all
}

func TestDocumentsKeepTheirPromises(t *testing.T) {
	t.Parallel()
	report(t, broken(tree(t)))
}

func TestDocumentRuleCanFail(t *testing.T) {
	t.Parallel()
	got := broken([]entry{
		{path: "Makefile", text: []byte("test: unit\n\tgo test\n")},
		{path: "docs/a.md", text: []byte("[ok](b.md) [ok](../Makefile) [ok](#here) [ok](https://a.example/x) [no](c.md)\n\n`make test`\nmake haste\nthey make sense\n")},
		{path: "docs/b.md", text: nil},
	})
	want := []string{"docs/a.md links to c.md, which is not there", "docs/a.md tells to make haste, which the Makefile cannot"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
