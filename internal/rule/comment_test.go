package rule

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// uncommented tells which packages have no package comment, several, or one
// that does not begin with what it is a comment of.
func uncommented(files []sourceFile) []string {
	type comment struct{ file, text string }
	names := map[string]string{}
	comments := map[string][]comment{}
	var all []string
	for _, f := range files {
		if f.test {
			if f.syntax.Doc != nil && f.syntax.Doc.Text() != "" {
				all = append(all, f.path+": the comment of a package stands in its code, not in a test")
			}
			continue
		}
		if f.generator() {
			continue
		}
		names[f.folder()] = f.syntax.Name.Name
		if f.syntax.Doc != nil && f.syntax.Doc.Text() != "" {
			comments[f.folder()] = append(comments[f.folder()], comment{f.path, f.syntax.Doc.Text()})
		}
	}
	for folder, name := range names {
		begin := "Package " + name + " "
		if name == "main" {
			begin = "Command " + path.Base(folder) + " "
		}
		switch cs := comments[folder]; {
		case len(cs) == 0:
			all = append(all, folder+": no package comment")
		case len(cs) > 1:
			all = append(all, fmt.Sprintf("%s: two package comments, in %s and %s", folder, cs[0].file, cs[1].file))
		case !strings.HasPrefix(cs[0].text, begin):
			all = append(all, fmt.Sprintf("%s: the package comment does not begin with %q", cs[0].file, begin))
		}
	}
	slices.Sort(all)
	return all
}

func TestPackageComments(t *testing.T) {
	t.Parallel()
	report(t, uncommented(sources(t)))
}

func TestCommentRuleCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"none", map[string]string{"a/x.go": "package a\n"}, "a: no package comment"},
		{"detached", map[string]string{"a/x.go": "// Package a is detached.\n\npackage a\n"}, "a: no package comment"},
		{"two", map[string]string{"a/x.go": "// Package a is.\npackage a\n", "a/y.go": "// Package a is too.\npackage a\n"}, "two package comments"},
		{"another name", map[string]string{"a/x.go": "// Package b is.\npackage a\n"}, "does not begin"},
		{"in a test", map[string]string{"a/x.go": "// Package a is.\npackage a\n", "a/x_test.go": "// Package a tests.\npackage a\n"}, "not in a test"},
		{"command", map[string]string{"cmd/constat/main.go": "// Command constat is.\npackage main\n"}, ""},
		{"only a directive", map[string]string{"a/x.go": "//go:build linux\n\n// Package a is.\npackage a\n", "a/y.go": "//go:build !linux\n\npackage a\n"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(uncommented(parseAll(t, c.files)), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// silent lists tests that skip without saying why. A fuzz target may: that is
// how it tells the fuzzer that an input is of no use.
func silent(files []sourceFile) []string {
	var all []string
	for _, f := range files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				return false
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !regexp.MustCompile(`^[tbf]b?$`).MatchString(fmt.Sprint(sel.X)) {
				return true
			}
			if sel.Sel.Name == "SkipNow" || sel.Sel.Name == "Skip" && len(call.Args) == 0 {
				all = append(all, fmt.Sprintf("%s: a skipped test says why", f.set.Position(call.Pos())))
			}
			return true
		})
	}
	return all
}

func TestSkipsSayWhy(t *testing.T) {
	t.Parallel()
	report(t, silent(sources(t)))
	files := parseAll(t, map[string]string{"a/a_test.go": "package a\nfunc f(t T) { t.Skip(); t.SkipNow(); t.Skip(\"no server\"); s.Skip() }\nfunc FuzzX(f F) { f.Fuzz(func(t T) { t.Skip() }) }\n"})
	if got := silent(files); len(got) != 2 {
		t.Errorf("the rule found %q in a file with two silent skips", got)
	}
}
