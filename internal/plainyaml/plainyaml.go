// Package plainyaml reads the YAML that people write by hand: without tags,
// anchors and aliases, which have no place there, let a small file grow without
// bound, and make the library fail. Its errors tell where, and quote nothing.
package plainyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Strict refuses keys that are not expected.
var Strict = yaml.DisallowUnknownField()

var errOdd = errors.New("it is not the YAML expected")

// Decode reads text into what to points at.
func Decode(text []byte, to any, options ...yaml.DecodeOption) (err error) {
	defer func() {
		if recover() != nil {
			err = errOdd
		}
	}()
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return place(err)
	}
	look := &tricks{}
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			ast.Walk(look, doc.Body)
		}
	}
	if look.found {
		return errOdd
	}
	err = yaml.NewDecoder(bytes.NewReader(text), options...).Decode(to)
	if errors.Is(err, io.EOF) { // nothing is in it
		return nil
	}
	return place(err)
}

// place keeps of an error where it is: its message would quote the text.
func place(err error) error {
	if err == nil {
		return nil
	}
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		p := at.GetToken().Position
		return fmt.Errorf("line %d, column %d is not as expected", p.Line, p.Column)
	}
	return errOdd
}

// tricks looks for what plain YAML does without.
type tricks struct{ found bool }

// Visit implements ast.Visitor.
func (t *tricks) Visit(node ast.Node) ast.Visitor {
	switch node.(type) {
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		t.found = true
	}
	return t
}
