package claim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Longest texts of a claim that is kept, in characters. They name a place, a
// field or a price; what is longer quotes, and may quote people's data.
const (
	longestSource = 200
	longestWord   = 80
	mostFields    = 100
)

// Kept is what a case keeps of a claim: source, time, count, fields, price and
// deadline. A sample, comments, and whatever else the file says stay out: what
// is copied from a post may hold people's data.
type Kept struct {
	Claim *Claim
	// Text is the claim as it is kept, in YAML. The same claim gives the same
	// bytes.
	Text []byte
	// Left are the lines of the file whose keys are not kept, in order.
	Left []int
}

// Hash names the claim by what is kept of it: 12 hexadecimal digits.
func (k *Kept) Hash() string {
	sum := sha256.Sum256(k.Text)
	return hex.EncodeToString(sum[:6])
}

// Keep reads the text of a claim file and works out what a case keeps of it.
func Keep(text []byte) (*Kept, error) {
	c, err := Parse(text)
	if err != nil {
		return nil, err
	}
	if c.Source == "" {
		return nil, errors.New("it does not say its source")
	}
	if err := short("source", c.Source, longestSource); err != nil {
		return nil, err
	}
	if err := short("price", c.Price, longestWord); err != nil {
		return nil, err
	}
	if err := short("deadline", c.Deadline, longestWord); err != nil {
		return nil, err
	}
	if len(c.Claimed.Fields) > mostFields {
		return nil, fmt.Errorf("it claims more than %d fields", mostFields)
	}
	for i, f := range c.Claimed.Fields {
		if err := short(fmt.Sprintf("field %d", i+1), f, longestWord); err != nil {
			return nil, err
		}
	}
	left, err := unkept(text)
	if err != nil {
		return nil, err
	}
	kept := *c
	kept.Sample = ""
	out, err := yaml.Marshal(kept)
	return &Kept{Claim: &kept, Text: out, Left: left}, err
}

func short(name, text string, longest int) error {
	if utf8.RuneCountInString(text) > longest || strings.ContainsAny(text, "\n\r") {
		return fmt.Errorf("its %s is longer than %d characters or several lines: it is to name, not to quote", name, longest)
	}
	return nil
}

// keptKeys are the keys that are kept, by the key they stand under.
var keptKeys = map[string][]string{
	"":        {"source", "first_seen", "claimed", "price", "deadline"},
	"claimed": {"count", "fields"},
}

// unkept lists the lines of the keys that are not kept. The keys themselves
// are not told: a post pasted into the file may make anything a key.
func unkept(text []byte) ([]int, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, errors.New("it is not the YAML expected")
	}
	var lines []int
	var walk func(under string, node ast.Node)
	walk = func(under string, node ast.Node) {
		var pairs []*ast.MappingValueNode
		switch n := node.(type) {
		case *ast.MappingNode:
			pairs = n.Values
		case *ast.MappingValueNode:
			pairs = []*ast.MappingValueNode{n}
		}
		for _, pair := range pairs {
			key := pair.Key.GetToken()
			switch {
			case !slices.Contains(keptKeys[under], key.Value):
				lines = append(lines, key.Position.Line)
			case under == "" && keptKeys[key.Value] != nil:
				walk(key.Value, pair.Value)
			}
		}
	}
	for _, doc := range file.Docs {
		walk("", doc.Body)
	}
	return lines, nil
}
