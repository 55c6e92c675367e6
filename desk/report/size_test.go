package report_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
)

// TestSizesAreWorded: whatever the judge may say of a size has words in French: every
// constant of his that is a sentence, and every count that is not known.
func TestSizesAreWorded(t *testing.T) {
	t.Parallel()
	sentences := map[string]string{}
	for _, path := range []string{"../../blind/verdict/size.go", "../assessment/size.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, v := range spec.Values {
				if text, ok := v.(*ast.BasicLit); ok && text.Kind == token.STRING {
					if s, err := strconv.Unquote(text.Value); err == nil && strings.Contains(s, " ") {
						sentences[spec.Names[i].Name] = s
					}
				}
			}
			return true
		})
	}
	if len(sentences) < 20 {
		t.Fatalf("%d sentences found", len(sentences))
	}
	for name, sentence := range sentences {
		a := later()
		a.Size = assessment.NoSize("")
		switch {
		case strings.HasPrefix(name, "SizeMoved"):
			a.Size.Counts = []assessment.SizeCount{{Name: assessment.Queried, Refused: assessment.NoLogs}}
			a.Size.History = []assessment.SizeVersion{{Version: 1, When: "2026-04-20T09:00:00Z", Why: []string{sentence}}}
		case strings.HasPrefix(name, "Size"):
			a.Size.Refused = sentence
		case strings.HasPrefix(name, "No"):
			a.Size.Counts = []assessment.SizeCount{{Name: assessment.Queried, Refused: sentence}}
		default:
			a.Size.Basis = sentence
		}
		french := editions(t, draw(t, a, time.Time{}))[0]
		if strings.Contains(words(french), sentence) {
			t.Errorf("%s stands on the French page in English", name)
		}
	}
}

// TestALowerBoundIsNoEstimate: a size that is refused says how many there are at least.
func TestALowerBoundIsNoEstimate(t *testing.T) {
	t.Parallel()
	a := later()
	low := int64(9_876)
	a.Size = assessment.NoSize("not assessed")
	a.Size.Low = &low
	for i, edition := range editions(t, draw(t, a, time.Time{})) {
		if want := []string{"au moins 9\u202f876", "at least 9,876"}[i]; !strings.Contains(words(edition), want) {
			t.Errorf("edition %d does not say %q", i, want)
		}
	}
}
