package plainyaml

import (
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Shape is what a Tree is.
type Shape int

// The shapes of a Tree.
const (
	Null Shape = iota
	Scalar
	List
	Mapping
)

// Tree is YAML as it was written: 0612 stays 0612, and 1.10 stays 1.10. Whoever asked for
// it knows what it is.
type Tree struct {
	Shape Shape
	Line  int    // from 1; 0: it was in no file
	Text  string // of a scalar, without its quotes
	Items []Tree // of a list
	Pairs []Pair // of a mapping, in order; each key once
}

// Pair is a key of a mapping, and what it has.
type Pair struct {
	Key   string
	Value Tree
}

// Word is a scalar that was in no file.
func Word(text string) Tree { return Tree{Shape: Scalar, Text: text} }

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (t *Tree) UnmarshalYAML(node ast.Node) error {
	*t = Tree{Line: node.GetToken().Position.Line}
	switch n := node.(type) {
	case *ast.NullNode:
		return nil
	case *ast.StringNode:
		t.Shape, t.Text = Scalar, n.Value
	case *ast.LiteralNode:
		t.Shape, t.Text = Scalar, n.Value.Value
	case *ast.SequenceNode:
		t.Shape = List
		for _, v := range n.Values {
			var item Tree
			if err := item.UnmarshalYAML(v); err != nil {
				return err
			}
			t.Items = append(t.Items, item)
		}
	case *ast.MappingNode:
		t.Shape = Mapping
		for _, v := range n.Values {
			if err := t.pair(v); err != nil {
				return err
			}
		}
	case *ast.MappingValueNode:
		t.Shape = Mapping
		return t.pair(n)
	case ast.ScalarNode:
		t.Shape, t.Text = Scalar, n.GetToken().Value
	default:
		return errOdd
	}
	return nil
}

func (t *Tree) pair(n *ast.MappingValueNode) error {
	var key, value Tree
	if err := key.UnmarshalYAML(n.Key); err != nil {
		return err
	}
	if err := value.UnmarshalYAML(n.Value); err != nil {
		return err
	}
	for _, p := range t.Pairs {
		if p.Key == key.Text {
			return &yaml.DuplicateKeyError{Token: n.Key.GetToken()}
		}
	}
	if key.Shape != Scalar || key.Text == "" {
		return errOdd
	}
	t.Pairs = append(t.Pairs, Pair{key.Text, value})
	return nil
}
