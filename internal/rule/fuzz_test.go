package rule

import (
	"context"
	"go/ast"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// targets lists the fuzz targets of the files as "folder FuzzName".
func targets(files []sourceFile) []string {
	var all []string
	for _, f := range files {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				all = append(all, f.folder()+" "+fn.Name.Name)
			}
		}
	}
	slices.Sort(all)
	return all
}

// "make fuzz" finds targets by their text; the compiler's eyes must agree.
func TestFuzzScriptFindsEveryTarget(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	run := exec.CommandContext(ctx, bash, filepath.Join("scripts", "fuzz"), "--list")
	run.Dir = root(t)
	out, err := run.Output()
	if err != nil {
		t.Fatalf("scripts/fuzz --list: %v", err)
	}
	listed := strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	slices.Sort(listed)
	if want := targets(sources(t)); !slices.Equal(listed, want) {
		t.Errorf("scripts/fuzz lists\n%s\nand the code has\n%s", strings.Join(listed, "\n"), strings.Join(want, "\n"))
	}
}

func TestTargetsAreFunctionsOfTests(t *testing.T) {
	t.Parallel()
	got := targets(parseAll(t, map[string]string{
		"a/a_test.go": "package a\nfunc FuzzIn(f *F) {}\nfunc (x T) FuzzNot(f *F) {}\n// func FuzzComment(f *F) {}\n",
		"a/a.go":      "package a\nfunc FuzzCode() {}\n",
	}))
	if want := []string{"a FuzzIn"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
