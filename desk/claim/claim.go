// Package claim reads what somebody asserts about stolen data: where it was
// seen, when, how many records, which fields.
package claim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/goccy/go-yaml"

	"constat.example/internal/failure"
)

// Claim is one assertion.
type Claim struct {
	Source    string    `yaml:"source"`     // where it was seen
	FirstSeen time.Time `yaml:"first_seen"` // RFC 3339
	Claimed   Claimed   `yaml:"claimed"`
	Price     string    `yaml:"price,omitempty"` // or ransom, as it was put
	Deadline  string    `yaml:"deadline,omitempty"`
	Sample    string    `yaml:"sample,omitempty"` // what was offered to look at
}

// Claimed is what the data is said to be.
type Claimed struct {
	Count  *int64   `yaml:"count"` // people or records; nil where none is given
	Fields []string `yaml:"fields,omitempty"`
}

// Read reads a claim file.
func Read(path string) (*Claim, error) {
	text, err := Text(path)
	if err != nil {
		return nil, err
	}
	c, err := Parse(text)
	if err != nil {
		return nil, Unreadable(path, err)
	}
	return c, nil
}

// largest is far more than a claim takes.
const largest = 1 << 20

// Text reads the text of a claim file.
func Text(path string) ([]byte, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failure.New(failure.BadInput, "Check the name of the file.", "there is no claim file %s", path)
	case err != nil:
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the claim file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the claim file: %w", err)
	}
	if len(text) > largest {
		return nil, Unreadable(path, fmt.Errorf("it is larger than %d bytes", largest))
	}
	return text, nil
}

// Unreadable is the error of a claim file that cannot be used as it is.
func Unreadable(path string, why error) error {
	return failure.New(failure.BadInput, "A claim file is YAML: source, first_seen, claimed with count and fields, price, deadline, sample. See \"constat help claims\".",
		"reading the claim file %s: %w", path, why)
}

// Parse reads the text of a claim file.
func Parse(text []byte) (*Claim, error) {
	var c Claim
	if err := yaml.Unmarshal(text, &c); err != nil {
		// The message would quote the file; where it fails is enough.
		if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
			p := at.GetToken().Position
			return nil, failure.New(failure.BadInput, "", "line %d, column %d is not as expected", p.Line, p.Column)
		}
		return nil, errors.New("it is not the YAML expected")
	}
	if c.Claimed.Count != nil && *c.Claimed.Count < 0 {
		return nil, errors.New("the claimed count is negative")
	}
	if c.Source == "" && c.Claimed.Count == nil && len(c.Claimed.Fields) == 0 {
		return nil, errors.New("it says neither where the claim was seen nor what is claimed")
	}
	return &c, nil
}
