package rule

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "constat.example"

// skipped are the folders that hold nothing of the project: what git keeps,
// and what the Makefile makes (the same as in .gitignore).
var skipped = []string{".git", ".cache", "bin", "dist"}

// made are the endings of files that tools leave behind (as in .gitignore).
var made = []string{".test", ".out", ".prof"}

// sourceFile is one Go file, parsed but not type-checked, so that the rules
// see files of every build tag and system, and work on code that does not
// compile yet.
type sourceFile struct {
	path   string // from the module's root, with slashes
	test   bool
	set    *token.FileSet
	syntax *ast.File
}

// folder names the file's package by its place: "clear/field".
func (f sourceFile) folder() string { return path.Dir(f.path) }

// imports lists what the file imports: rooms of this module by folder,
// everything else by import path.
func (f sourceFile) imports() []string {
	var all []string
	for _, spec := range f.syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the compiler says so
		}
		all = append(all, strings.TrimPrefix(name, module+"/"))
	}
	return all
}

// generator reports whether the file is a program of its own that go generate
// runs (built in no package).
func (f sourceFile) generator() bool {
	for _, group := range f.syntax.Comments {
		for _, line := range group.List {
			if group.Pos() < f.syntax.Package && constraint.IsGoBuild(line.Text) {
				x, err := constraint.Parse(line.Text)
				return err == nil && x.String() == "ignore"
			}
		}
	}
	return false
}

// parse reads one Go file. A file that is no Go at all is left to the compiler.
func parse(name string, text []byte) (sourceFile, bool) {
	set := token.NewFileSet()
	syntax, _ := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if syntax == nil || syntax.Name == nil {
		return sourceFile{}, false
	}
	return sourceFile{path: name, test: strings.HasSuffix(name, "_test.go"), set: set, syntax: syntax}, true
}

// parseAll parses a made-up project for the rules' own tests: path → text.
func parseAll(t *testing.T, files map[string]string) []sourceFile {
	t.Helper()
	var all []sourceFile
	for name, text := range files {
		f, ok := parse(name, []byte(text))
		if !ok {
			t.Fatalf("%s does not parse", name)
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b sourceFile) int { return strings.Compare(a.path, b.path) })
	return all
}

// findRoot returns the module's root, above the test's folder.
var findRoot = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", err
		}
		dir = above
	}
})

func root(t *testing.T) string {
	t.Helper()
	dir, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// document reads a file of the project by its path from the root.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// entry is one file of the project.
type entry struct {
	path string // from the module's root, with slashes
	size int64
	text []byte // nil when longer than maxFile
}

const maxFile = 1 << 20 // bytes

// walk reads every file of the project, in order of path.
func walk(dir string) ([]entry, error) {
	var all []entry
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil // a temporary file went away meanwhile
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if slices.Contains(skipped, rel) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || slices.Contains(made, path.Ext(rel)) || rel == ".git" {
			return nil
		}
		info, err := d.Info()
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			return err
		}
		e := entry{path: rel, size: info.Size()}
		if e.size <= maxFile {
			e.text, err = os.ReadFile(name)
			if os.IsNotExist(err) {
				return nil
			}
		}
		all = append(all, e)
		return err
	})
	return all, err
}

var walkOnce = sync.OnceValues(func() ([]entry, error) {
	dir, err := findRoot()
	if err != nil {
		return nil, err
	}
	return walk(dir)
})

// tree returns every file of the project.
func tree(t *testing.T) []entry {
	t.Helper()
	all, err := walkOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sources returns every Go file of the project but those that test data hold.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	var all []sourceFile
	for _, e := range tree(t) {
		if path.Ext(e.path) != ".go" || strings.Contains("/"+e.path, "/testdata/") {
			continue
		}
		if f, ok := parse(e.path, e.text); ok {
			all = append(all, f)
		}
	}
	return all
}

// under reports whether path is dir or inside it.
func under(path, dir string) bool {
	return dir == "" || path == dir || strings.HasPrefix(path, dir+"/")
}

func underAny(path string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return under(path, dir) })
}

// report fails the test with each breach of a rule.
func report(t *testing.T, breaches []string) {
	t.Helper()
	for _, b := range breaches {
		t.Error(b)
	}
}
