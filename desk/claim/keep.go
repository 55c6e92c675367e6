package claim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"constat.example/internal/visible"
)

// Longest texts of a claim that is kept, in characters. They name a place, a
// field or a price; what is longer quotes, and may quote people's data.
const (
	LongestSource = 200
	LongestWord   = 80
	mostFields    = 100
)

// Kept is what a case keeps of a claim in the clear: what names and counts. A post,
// who made it, comments and whatever else the file says may hold people's data: the
// file is kept sealed where it says any of that.
type Kept struct {
	Claim *Claim
	// Text is the claim as it is kept, in YAML. The same claim gives the same
	// bytes.
	Text []byte
	// Left are the lines of the file whose keys are not kept in the clear, in order.
	Left []int
	// Files are those of the samples, in order, "" for none. No path is kept.
	Files []string
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
	if err := short("source", c.Source, LongestSource); err != nil {
		return nil, err
	}
	if err := short("price", c.Price, LongestWord); err != nil {
		return nil, err
	}
	if err := short("ransom", c.Ransom, LongestWord); err != nil {
		return nil, err
	}
	if err := short("deadline", c.Deadline, LongestWord); err != nil {
		return nil, err
	}
	if len(c.Claimed.Fields) > mostFields {
		return nil, fmt.Errorf("it claims more than %d fields", mostFields)
	}
	for i, f := range c.Claimed.Fields {
		if err := short(fmt.Sprintf("field %d", i+1), f, LongestWord); err != nil {
			return nil, err
		}
	}
	if len(c.Samples) > mostFields || len(c.Sealed) > mostFields {
		return nil, fmt.Errorf("it has more than %d samples", mostFields)
	}
	for _, sum := range c.Sealed {
		if !fullSum.MatchString(sum) {
			return nil, errors.New("what is sealed is not named by its SHA-256")
		}
	}
	if c.Item != nil && (!fullSum.MatchString(c.Item.ID) || !fullSum.MatchString(c.Item.SHA256)) {
		return nil, errors.New("the item that it comes from is not named by SHA-256")
	}
	left, err := unkept(text)
	if err != nil {
		return nil, err
	}
	k := &Kept{Claim: c, Left: left}
	for i := range c.Samples {
		if err := c.Samples[i].check(i + 1); err != nil {
			return nil, err
		}
		k.Files = append(k.Files, c.Samples[i].File)
		c.Samples[i].File = ""
	}
	return k, k.write()
}

// write words the claim as it is kept.
func (k *Kept) write() (err error) {
	k.Text, err = yaml.Marshal(k.Claim)
	return err
}

// Seal notes what of the claim was sealed as evidence: the SHA-256 of the post and
// whatever else was said in full, and those of the samples, "" for one without a
// file. What the file said of that itself is dropped.
func (k *Kept) Seal(posts, samples []string) error {
	k.Claim.Sealed = posts
	for i := range k.Claim.Samples {
		k.Claim.Samples[i].SHA256 = samples[i]
	}
	return k.write()
}

var fullSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (s Sample) check(n int) error {
	if err := short(fmt.Sprintf("sample %d", n), s.What, LongestWord); err != nil {
		return err
	}
	switch {
	case visible.Quotes(s.What):
		return fmt.Errorf("what its sample %d is has an @ or five digits in a row, as values of people do: it is to name, not to quote", n)
	case s.SHA256 != "" && !fullSum.MatchString(s.SHA256):
		return fmt.Errorf("its sample %d is not named by its SHA-256", n)
	}
	return nil
}

func short(name, text string, longest int) error {
	if utf8.RuneCountInString(text) > longest || strings.ContainsAny(text, "\n\r") {
		return fmt.Errorf("its %s is longer than %d characters or several lines: it is to name, not to quote", name, longest)
	}
	return nil
}

// keptKeys are the keys that are kept, by the key they stand under.
var keptKeys = map[string][]string{
	"":        {"source", "first_seen", "corrects", "claimed", "price", "ransom", "deadline", "samples", "sealed", "item"},
	"claimed": {"count", "unit", "fields"},
	"price":   {"amount", "currency"},
	"ransom":  {"amount", "currency"},
	"item":    {"id", "sha256", "changed"},
	"samples": {"what", "rows", "file", "sha256"},
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
		case *ast.SequenceNode:
			if under == "samples" {
				for _, item := range n.Values {
					walk(under, item)
				}
			}
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

// Draft is a claim that is being written down.
type Draft struct {
	Claim `yaml:",inline"`

	Actor string `yaml:"actor,omitempty"` // who claims it; kept sealed, in a case
}

// Write words the claim as a claim file.
func (d Draft) Write() ([]byte, error) { return yaml.Marshal(d) }
