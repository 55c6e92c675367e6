package rule

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// direct lists the modules that a go.mod requires for the project's own code.
func direct(goMod string) []string {
	var all []string
	block := false
	for line := range strings.Lines(goMod) {
		line = strings.TrimSpace(line)
		switch line {
		case "require (":
			block = true
			continue
		case ")":
			block = false
		}
		line, one := strings.CutPrefix(line, "require ")
		name, rest, ok := strings.Cut(line, " ")
		if (block || one) && ok && !strings.Contains(rest, "// indirect") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// explained lists the modules that the first column of the page's first table
// names.
func explained(page string) []string {
	var all []string
	row := regexp.MustCompile("^\\| `([^`]+)` \\|")
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "## ") && len(all) > 0 {
			break // the tools and the refused come in tables of their own
		}
		if m := row.FindStringSubmatch(line); m != nil {
			all = append(all, m[1])
		}
	}
	slices.Sort(all)
	return all
}

// unexplained compares what go.mod requires with what the page explains.
func unexplained(goMod, page string) []string {
	var all []string
	required, named := direct(goMod), explained(page)
	for _, m := range required {
		if !slices.Contains(named, m) {
			all = append(all, "go.mod requires "+m+": say in docs/dependencies.md what for, and why this one")
		}
	}
	for _, m := range named {
		if !slices.Contains(required, m) {
			all = append(all, "docs/dependencies.md explains "+m+", which go.mod does not require: take the line out")
		}
	}
	return all
}

func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	goMod := document(t, "go.mod")
	if len(direct(goMod)) == 0 {
		t.Fatal("no requirement was found in go.mod")
	}
	report(t, unexplained(goMod, document(t, "docs/dependencies.md")))
}

func TestDependencyRuleCanFail(t *testing.T) {
	t.Parallel()
	goMod := "module x\n\nrequire a.example/one v1.0.0\n\nrequire (\n\tb.example/two v1.0.0\n\tc.example/three v1.0.0 // indirect\n)\n"
	page := "## Libraries\n| module | for |\n|---|---|\n| `a.example/one` | one |\n| `d.example/four` | four |\n\n## Tools\n| `e.example/five` | five |\n"
	got := strings.Join(unexplained(goMod, page), "\n")
	for _, want := range []string{"go.mod requires b.example/two", "explains d.example/four"} {
		if !strings.Contains(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	if n := strings.Count(got, "\n") + 1; n != 2 {
		t.Errorf("%d breaches, want 2: %q", n, got)
	}
}
