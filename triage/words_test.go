package triage_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/blind/tie"
	"constat.example/clear/field"
	"constat.example/desk/assessment"
	"constat.example/desk/report"
)

// The rooms left of the curtain write why they read columns as they do, in
// English; the page right of it has their French, and neither may know the
// other. These tests see both: they take every sentence from the source of the
// one and look for it in French in the page of the other.

// TestEvidenceHasItsFrench takes as sentence every string of clear/column that
// holds a blank, but those of errors, of lists and of parsing.
func TestEvidenceHasItsFrench(t *testing.T) {
	t.Parallel()
	// Files whose strings are words to look for, not words to say.
	silent := []string{"cell.go", "date.go", "header.go", "lexicon.go", "lists.go", "look.go", "map.go"}
	// Parts of other sentences, tried within them.
	pieces := []string{"%s of %s %s", "%s rows with one of %d values", " distinct values", ", where chance gives %s", "number %d", "none of the kinds", "100 %", "over 99 %", "under 1 %", "%.0f %%"}
	said := 0
	for name, found := range texts(t, "../clear/column") {
		if slices.Contains(silent, name) {
			continue
		}
		for _, text := range found {
			switch {
			case slices.Contains(pieces, text):
				continue
			case name == "weights.go": // what values look like
				for _, of := range []string{"none of 1 distinct values ", "88 % of 1,680 distinct values ", "100 % of 3,085 rows with one of 2 values "} {
					french(t, of+text)
				}
				if strings.HasSuffix(text, "whose key matches") {
					french(t, "88 % of 1,680 distinct values "+text+", where chance gives 1 %")
					french(t, "88 % of 1,680 distinct values "+text+", where chance gives under 1 %")
				}
			default:
				french(t, spoken(text)...)
			}
			said++
		}
	}
	if said < 60 {
		t.Errorf("only %d sentences were found: are they still there?", said)
	}
}

// spoken fills the verbs of a sentence with all that may stand there; some
// filling must be known.
func spoken(text string) []string {
	all := []string{text}
	for strings.Contains(all[0], "%") {
		var more []string
		for _, s := range all {
			i := strings.IndexByte(s, '%')
			fill := map[byte][]string{'q': {`"nom"`}, 'd': {"3"}, 's': {"88 ٪", "1,680", "postcode", `"nom"`}}[s[i+1]]
			for _, f := range fill {
				more = append(more, s[:i]+f+s[i+2:])
			}
		}
		all = more
	}
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "٪", "%")
	}
	return all
}

func TestFlawsHaveTheirFrench(t *testing.T) {
	t.Parallel()
	for r := field.NoReason + 1; r.String() != "unknown reason"; r++ {
		french(t, fmt.Sprintf("%d cells: %s", 1680, r))
		french(t, fmt.Sprintf("%d cell: %s", 1, r))
	}
}

// TestRejectsHaveTheirFrench takes the reasons from the table in clear/dump.
func TestRejectsHaveTheirFrench(t *testing.T) {
	t.Parallel()
	reasons := 0
	for reason := range table(t, "../clear/dump/account.go", "reasons") {
		reasons++
		a := assessment.New()
		a.Rejects = []assessment.Reject{{File: "f", Reason: reason, Count: 1}}
		if strings.Contains(page(t, a), `<th scope="row" lang="en">`) {
			t.Errorf("the page has no French for the reject %q", reason)
		}
	}
	if reasons < 10 {
		t.Errorf("only %d reasons were found", reasons)
	}
}

// TestTiesHaveTheirFrench takes the reasons of ties.
func TestTiesHaveTheirFrench(t *testing.T) {
	t.Parallel()
	for _, reason := range tie.Reasons() {
		a := assessment.New()
		a.Tables = make([]assessment.Table, 2)
		a.NotTied = []assessment.Tie{{To: assessment.TieColumn{Table: 1}, Reason: string(reason)}}
		if strings.Contains(page(t, a), `<td lang="en">`) {
			t.Errorf("the page has no French for the reason %q", reason)
		}
	}
}

// TestNotesHaveTheirFrench takes the notes where they are added.
func TestNotesHaveTheirFrench(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	notes := 0
	for _, path := range paths {
		ast.Inspect(parse(t, path), func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if to, ok := call.Args[0].(*ast.SelectorExpr); !ok || to.Sel.Name != "Notes" {
				return true
			}
			lit, ok := call.Args[1].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s adds a note that is no plain sentence: the page cannot know it in French", path)
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			notes++
			a := assessment.New()
			a.Notes = []string{text}
			if strings.Contains(page(t, a), `<li lang="en">`) {
				t.Errorf("the page has no French for the note %q", text)
			}
			return true
		})
	}
	if notes == 0 {
		t.Error("no note was found")
	}
}

// french checks that the page knows one of the sentences in French.
func french(t *testing.T, sentences ...string) {
	t.Helper()
	a := assessment.New()
	a.Tables = []assessment.Table{{Name: "t"}}
	for _, s := range sentences {
		a.Columns = append(a.Columns, assessment.Column{Name: "c", Evidence: []string{s}})
	}
	if got := page(t, a); strings.Count(got, `<li lang="en">`) == len(sentences) {
		t.Errorf("the page has no French for %q", sentences[0])
	}
}

func page(t *testing.T, a *assessment.Assessment) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Page(&b, a, time.Time{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// texts lists by file the strings of a package that hold a blank and are
// not arguments of an error.
func texts(t *testing.T, dir string) map[string][]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		name := filepath.Base(path)
		ast.Inspect(parse(t, path), func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok {
					if from, ok := f.X.(*ast.Ident); ok && (from.Name == "failure" || from.Name == "errors" || f.Sel.Name == "Errorf" || from.Name == "bytes") {
						return false
					}
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && strings.Contains(text, " ") {
					all[name] = append(all[name], text)
				}
			}
			return true
		})
	}
	return all
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// table yields the strings of a variable that is a list of them.
func table(t *testing.T, path, variable string) func(func(string) bool) {
	f := parse(t, path)
	return func(yield func(string) bool) {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Names[0].Name != variable {
				return true
			}
			ast.Inspect(spec, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil {
						return yield(text)
					}
				}
				return true
			})
			return false
		})
	}
}
