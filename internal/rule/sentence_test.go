package rule

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// literal returns the text of a string literal, or of several joined by +.
func literal(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			text, err := strconv.Unquote(x.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		left, ok := literal(x.X)
		right, too := literal(x.Y)
		return left + right, ok && too && x.Op == token.ADD
	}
	return "", false
}

// misspoken lists the failures whose words have not the shape that
// docs/errors.md gives them: a lower-case clause, and a hint that is a sentence.
func misspoken(files []sourceFile) []string {
	var all []string
	for _, f := range files {
		if f.test {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 3 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || fmt.Sprint(sel.X) != "failure" || sel.Sel.Name != "New" {
				return true
			}
			at := f.set.Position(call.Pos())
			if hint, ok := literal(call.Args[1]); ok && hint != "" {
				if first, _ := utf8.DecodeRuneInString(hint); unicode.IsLower(first) || !strings.ContainsAny(hint[len(hint)-1:], ".?)`") {
					all = append(all, fmt.Sprintf("%s: the hint %q is no sentence", at, hint))
				}
			}
			what, ok := literal(call.Args[2])
			if !ok {
				return true
			}
			first, width := utf8.DecodeRuneInString(what)
			second, _ := utf8.DecodeRuneInString(what[width:])
			if what == "" || strings.HasSuffix(what, ".") || unicode.IsUpper(first) && unicode.IsLower(second) {
				all = append(all, fmt.Sprintf("%s: the error %q is no lower-case clause without a full stop", at, what))
			}
			return true
		})
	}
	return all
}

func TestFailuresAreWellSpoken(t *testing.T) {
	t.Parallel()
	report(t, misspoken(sources(t)))
}

func TestSentenceRuleCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, call, want string }{
		{"well spoken", `failure.New(failure.BadInput, "Name the column with --id.", "no column %q", x)`, ""},
		{"an acronym first", `failure.New(failure.BadInput, "", "JSON ends early")`, ""},
		{"no hint", `failure.New(failure.BadInput, "", "reading: %w", err)`, ""},
		{"a computed hint", `failure.New(failure.BadInput, hint(x), "no column %q", x)`, ""},
		{"hint without an end", `failure.New(failure.BadInput, "Name the " + "column", "no column")`, "no sentence"},
		{"hint in lower case", `failure.New(failure.BadInput, "name the column.", "no column")`, "no sentence"},
		{"capital", `failure.New(failure.BadInput, "", "No column")`, "no lower-case clause"},
		{"full stop", `failure.New(failure.BadInput, "", "no column.")`, "no lower-case clause"},
		{"nothing said", `failure.New(failure.BadInput, "", "")`, "no lower-case clause"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(misspoken(parseAll(t, map[string]string{"a/a.go": "package a\nvar err = " + c.call + "\n"})), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
