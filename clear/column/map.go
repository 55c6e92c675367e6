package column

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"constat.example/blind/kind"
	"constat.example/internal/failure"
)

// Map says which kind a column holds, by the column's name. Unknown means that
// the column is to be ignored.
type Map map[string]kind.Kind

// maxMapSize is far more than a map of every column of every file needs.
const maxMapSize = 1 << 20

const mapHint = `Write it as YAML, for example:
columns:
  "Date naiss": birth_date
  "ref": record_id
  "x": ignore`

// ReadMap reads a map file: YAML with one key, columns, that holds a kind, or
// "ignore", for each column name.
func ReadMap(path string) (Map, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --map.", "reading the map file: %w", err)
	}
	if info.Size() > maxMapSize {
		return nil, failure.New(failure.BadInput, mapHint, "map file %s is larger than %d bytes", path, maxMapSize)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --map.", "reading the map file: %w", err)
	}
	m, err := parseMap(text)
	if err != nil {
		return nil, failure.New(failure.BadInput, mapHint, "map file %s: %w", path, err)
	}
	return m, nil
}

func parseMap(text []byte) (Map, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
			return nil, fmt.Errorf("line %d is not valid YAML: %s", e.GetToken().Position.Line, e.GetMessage())
		}
		return nil, errors.New("it is not valid YAML")
	}
	var columns ast.Node
	for _, doc := range file.Docs {
		for _, e := range entries(doc.Body) {
			if name := scalar(e.Key); name != "columns" {
				return nil, fmt.Errorf("line %d: the key %q is not known, only columns is", line(e), name)
			}
			if columns != nil {
				return nil, fmt.Errorf("line %d: columns is given twice", line(e))
			}
			columns = e.Value
		}
	}
	if columns == nil {
		return nil, errors.New("it has no key named columns")
	}
	m := Map{}
	for _, e := range entries(columns) {
		name := scalar(e.Key)
		if _, dup := m[name]; dup {
			return nil, fmt.Errorf("line %d: the column %q is given twice", line(e), name)
		}
		k, err := parseKind(scalar(e.Value))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line(e), err)
		}
		m[name] = k
	}
	if len(m) == 0 {
		return nil, errors.New("columns names no column")
	}
	return m, nil
}

func parseKind(name string) (kind.Kind, error) {
	if name == "ignore" {
		return kind.Unknown, nil
	}
	k, err := kind.Parse(name)
	if err != nil {
		return k, fmt.Errorf("no kind %q: the kinds are %s, or ignore", name, strings.Join(kind.Names(), ", "))
	}
	return k, nil
}

func entries(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func line(e *ast.MappingValueNode) int {
	if e.Key == nil || e.Key.GetToken() == nil {
		return 0
	}
	return e.Key.GetToken().Position.Line
}

// scalar is the text of a key or value as written, so that a column named 12
// or true is the text it looks like.
func scalar(n ast.Node) string {
	if n == nil || n.GetToken() == nil {
		return ""
	}
	return n.GetToken().Value
}

// check reports the names in m that are no column.
func (m Map) check(names []string) error {
	var missing []string
	for name := range m {
		if !slices.ContainsFunc(names, func(n string) bool { return sameName(n, name) }) {
			missing = append(missing, fmt.Sprintf("%q", name))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return failure.New(failure.BadInput, "Correct the name in the map file; the columns are: "+join(names)+".",
		"the map file names %s, which the file does not have", strings.Join(missing, ", "))
}

func (m Map) find(name string) (kind.Kind, bool) {
	if k, ok := m[name]; ok {
		return k, true
	}
	for n, k := range m {
		if sameName(n, name) {
			return k, true
		}
	}
	return kind.Unknown, false
}

// sameName compares column names; blanks around them do not show in a file.
func sameName(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }

// join quotes names for a sentence.
func join(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = fmt.Sprintf("%q", strings.TrimSpace(n))
	}
	return strings.Join(q, ", ")
}
