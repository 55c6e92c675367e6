package rule

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// timeless are the rooms whose results may depend on their input only: they
// take the time and the seed from their caller.
var timeless = []string{"blind", "clear", "desk", "scenario", "selfcheck", "triage"}

// dated are the files that may read the clock all the same, and why.
var dated = map[string]string{
	"clear/seal/ring.go":       "a key is made by chance and carries the day it was made; tests replace the clock",
	"clear/accesslog/index.go": "names are found by a hash that nobody can foresee, since logs are hostile; what order it gives shows nowhere",
	"clear/accesslog/live.go":  "a sender is waited for by the clock of the machine",
}

// impure are the functions that answer differently each time.
var impure = map[string][]string{
	"time":         {"Now", "Since", "Until"},
	"math/rand/v2": {"ExpFloat64", "Float32", "Float64", "Int", "Int32", "Int32N", "Int64", "Int64N", "IntN", "N", "NormFloat64", "Perm", "Shuffle", "Uint", "Uint32", "Uint32N", "Uint64", "Uint64N", "UintN"},
	"hash/maphash": {"MakeSeed", "Bytes", "String", "Comparable"},
}

// impurities lists the calls of impure functions in rooms that keep none.
func impurities(files []sourceFile) []string {
	var all []string
	for _, f := range files {
		if f.test || f.generator() || support(f.folder()) || !underAny(f.folder(), timeless) {
			continue
		}
		if dated[f.path] != "" {
			continue
		}
		names := map[string][]string{} // the package's name in this file → its impure functions
		for _, spec := range f.syntax.Imports {
			from, err := strconv.Unquote(spec.Path.Value)
			if err != nil || impure[from] == nil {
				continue
			}
			name := path.Base(from)
			if name == "v2" {
				name = path.Base(path.Dir(from))
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			names[name] = impure[from]
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(names[x.Name], sel.Sel.Name) {
					all = append(all, fmt.Sprintf("%s: %s.%s in a room whose results depend on its input only: take the time or the seed from the caller", f.set.Position(sel.Pos()), x.Name, sel.Sel.Name))
				}
			}
			return true
		})
	}
	return all
}

func TestNoClockNoChance(t *testing.T) {
	t.Parallel()
	report(t, impurities(sources(t)))
}

func TestClockRuleCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, path, text, want string }{
		{"clock in a judge", "blind/verdict/a.go", "package verdict\nimport \"time\"\nvar t = time.Now()\n", "blind/verdict/a.go:3:9: time.Now"},
		{"clock as a value", "triage/a.go", "package triage\nimport clock \"time\"\nvar now = clock.Now\n", "clock.Now"},
		{"chance without a seed", "scenario/a.go", "package scenario\nimport \"math/rand/v2\"\nvar n = rand.IntN(6)\n", "rand.IntN"},
		{"chance with a seed", "scenario/a.go", "package scenario\nimport \"math/rand/v2\"\nvar r = rand.New(rand.NewPCG(1, 2))\nvar n = r.IntN(6)\n", ""},
		{"time without the clock", "desk/deadline/a.go", "package deadline\nimport \"time\"\nvar d = time.Hour\n", ""},
		{"clock at the edge", "cli/a.go", "package cli\nimport \"time\"\nvar t = time.Now()\n", ""},
		{"clock in a test", "blind/verdict/a_test.go", "package verdict\nimport \"time\"\nvar t = time.Now()\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(impurities(parseAll(t, map[string]string{c.path: c.text})), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
