package rule

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// room is one line of the map: a folder, and whether it is yet to come.
type room struct {
	folder string
	later  bool
}

// rooms reads the tables of the map's section "The rooms": the first column
// names the folder, and a line that begins "later:" in the second one is a
// room yet to come.
func rooms(page string) []room {
	_, section, _ := strings.Cut(page, "\n## The rooms\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var all []room
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)/` \\| (later: )?").FindAllStringSubmatch(section, -1) {
		all = append(all, room{folder: m[1], later: m[2] != ""})
	}
	return all
}

// cupboard reports whether a folder is a room's own internal/ folder, which
// nobody else can import and the map need not show.
func cupboard(folder string) bool {
	return strings.Contains("/"+path.Dir(folder)+"/", "/internal/") && !under(folder, "internal")
}

// unmapped compares the map with the folders that hold packages.
func unmapped(files []sourceFile, page string) []string {
	packages := map[string]bool{}
	for _, f := range files {
		if !f.generator() {
			packages[f.folder()] = true
		}
	}
	var all []string
	named := rooms(page)
	for folder := range packages {
		if !cupboard(folder) && !slices.ContainsFunc(named, func(r room) bool { return r.folder == folder }) {
			all = append(all, folder+"/ is not on the map: give it a line in docs/architecture.md")
		}
	}
	for _, r := range named {
		exists := false
		for folder := range packages {
			exists = exists || under(folder, r.folder)
		}
		if exists == r.later {
			all = append(all, r.folder+map[bool]string{
				true:  "/ is there by now: take its \"later:\" off docs/architecture.md",
				false: "/ is on the map but not there: mark it \"later:\" in docs/architecture.md, or take it off",
			}[r.later])
		}
	}
	slices.Sort(all)
	return all
}

func TestMapShowsEveryRoom(t *testing.T) {
	t.Parallel()
	page := document(t, "docs/architecture.md")
	if len(rooms(page)) == 0 {
		t.Fatal("no room was found in docs/architecture.md")
	}
	report(t, unmapped(sources(t), page))
}

func TestMapRuleCanFail(t *testing.T) {
	t.Parallel()
	files := parseAll(t, map[string]string{
		"clear/field/a.go":         "package field\n",
		"clear/field/nir/a.go":     "package nir\n",
		"scenario/internal/x/a.go": "package x\n",
		"desk/ledger/a.go":         "package ledger\n",
	})
	page := "# Map\n\n## The rooms\n\n| room | what |\n|---|---|\n| `clear/` | the clear side |\n| `clear/field/` | values |\n| `scenario/` | drill |\n" +
		"| `desk/ledger/` | later: record |\n| `web/` | later: pages |\n| `blind/link/` | links |\n\n## The laws\n| `nowhere/` | no room |\n"
	got := unmapped(files, page)
	want := []string{"blind/link/ is on the map but not there", "clear/field/nir/ is not on the map", "desk/ledger/ is there by now"}
	if len(got) != len(want) {
		t.Fatalf("found %q, want %q", got, want)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("found %q, want %q", got[i], want[i])
		}
	}
}
