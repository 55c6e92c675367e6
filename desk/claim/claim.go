// Package claim reads what somebody asserts about stolen data: where it was
// seen, when, how many records, which fields, at what price; and holds it against
// what was established.
package claim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"constat.example/internal/failure"
	"constat.example/internal/plainyaml"
)

// Claim is one assertion.
type Claim struct {
	Source    string    `yaml:"source"`             // where it was seen
	FirstSeen time.Time `yaml:"first_seen"`         // RFC 3339
	Corrects  int       `yaml:"corrects,omitempty"` // number of the claim of the case that this one replaces
	Claimed   Claimed   `yaml:"claimed"`
	Price     string    `yaml:"price,omitempty"`    // "5000 USD", or as it was put
	Ransom    string    `yaml:"ransom,omitempty"`   // the same
	Deadline  string    `yaml:"deadline,omitempty"` // as it was put: a time, a date, "48 hours"
	Samples   []Sample  `yaml:"samples,omitempty"`
	Sealed    []string  `yaml:"sealed,omitempty"` // SHA-256 of what was said in full, sealed as evidence
	Item      *Item     `yaml:"item,omitempty"`   // that it was imported from; nil for none
}

// Item is the entry of a feed, an event or an object that a claim was imported from. It
// is known again by hashes: what sources call their items may be anything.
type Item struct {
	ID      string     `yaml:"id"`                // SHA-256 of what its source calls it
	SHA256  string     `yaml:"sha256"`            // of what it said
	Changed *time.Time `yaml:"changed,omitempty"` // when it did last, as its source tells
}

// Claimed is what the data is said to be.
type Claimed struct {
	Count  *int64   `yaml:"count"`          // nil where none is given
	Unit   string   `yaml:"unit,omitempty"` // of Count; "" where it is not said
	Fields []string `yaml:"fields,omitempty"`
}

// What a count may be of.
const (
	People  = "people"
	Records = "records"
	Rows    = "rows"
	Bytes   = "bytes"
)

// Sample is a part of the data that was offered to look at.
type Sample struct {
	What   string `yaml:"what,omitempty"`
	Rows   *int64 `yaml:"rows,omitempty"`   // said to be in it
	File   string `yaml:"file,omitempty"`   // beside the claim file; a case keeps no path
	SHA256 string `yaml:"sha256,omitempty"` // of the file, sealed as evidence
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

// Largest is far more than a claim or a post takes, in bytes.
const Largest = 1 << 20

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
	text, err := io.ReadAll(io.LimitReader(f, Largest+1))
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the claim file: %w", err)
	}
	if len(text) > Largest {
		return nil, Unreadable(path, fmt.Errorf("it is larger than %d bytes", Largest))
	}
	return text, nil
}

// Unreadable is the error of a claim file that cannot be used as it is.
func Unreadable(path string, why error) error {
	return failure.New(failure.BadInput, "A claim file is YAML: source, first_seen, claimed with count, unit and fields, price, ransom, deadline, samples. See \"constat help claims\".",
		"reading the claim file %s: %w", path, why)
}

// file is a claim file: a price is "5000 USD" or an amount with its currency, a
// sample a text or a mapping.
type file struct {
	Source    string    `yaml:"source"`
	FirstSeen time.Time `yaml:"first_seen"`
	Corrects  int       `yaml:"corrects"`
	Claimed   Claimed   `yaml:"claimed"`
	Price     any       `yaml:"price"`
	Ransom    any       `yaml:"ransom"`
	Deadline  any       `yaml:"deadline"`
	Samples   any       `yaml:"samples"`
	Sealed    []string  `yaml:"sealed"`
	Item      *Item     `yaml:"item"`
}

// Parse reads the text of a claim file. Errors tell where, and quote nothing.
func Parse(text []byte) (*Claim, error) {
	var f file
	err := plainyaml.Decode(text, &f)
	if err != nil {
		return nil, err
	}
	c := &Claim{Source: f.Source, FirstSeen: f.FirstSeen, Corrects: f.Corrects, Claimed: f.Claimed, Sealed: f.Sealed, Item: f.Item}
	if c.Price, err = money("price", f.Price); err != nil {
		return nil, err
	}
	if c.Ransom, err = money("ransom", f.Ransom); err != nil {
		return nil, err
	}
	if c.Deadline, err = scalar("deadline", f.Deadline); err != nil {
		return nil, err
	}
	if c.Samples, err = samples(f.Samples); err != nil {
		return nil, err
	}
	switch {
	case c.Claimed.Count != nil && *c.Claimed.Count < 0:
		return nil, errors.New("the claimed count is negative")
	case c.Claimed.Unit != "" && !isUnit(c.Claimed.Unit):
		return nil, errors.New("the unit of the claimed count is none of people, records, rows and bytes")
	case c.Corrects < 0:
		return nil, errors.New("the number of the claim that it corrects is negative")
	case c.Source == "" && c.Claimed.Count == nil && len(c.Claimed.Fields) == 0:
		return nil, errors.New("it says neither where the claim was seen nor what is claimed")
	}
	return c, nil
}

func isUnit(word string) bool {
	return word == People || word == Records || word == Rows || word == Bytes
}

// scalar is a value as text, "" where there is none.
func scalar(name string, value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(v), nil
	case uint64:
		return strconv.FormatUint(v, 10), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			return strconv.FormatFloat(v, 'f', -1, 64), nil
		}
	}
	return "", fmt.Errorf("its %s is not written as expected", name)
}

// money is an amount with its currency, or what was put instead.
func money(name string, value any) (string, error) {
	parts, ok := value.(map[string]any)
	if !ok {
		text, err := scalar(name, value)
		if told, ok := Money(text); ok {
			text = told
		}
		return text, err
	}
	amount, err := scalar(name, parts["amount"])
	if err != nil {
		return "", err
	}
	currency, err := scalar(name, parts["currency"])
	if err != nil {
		return "", err
	}
	told, ok := Money(amount + " " + currency)
	if !ok || len(parts) != 2 {
		return "", fmt.Errorf("its %s is not an amount and a currency", name)
	}
	return told, nil
}

func samples(value any) ([]Sample, error) {
	if value == nil {
		return nil, nil
	}
	odd := errors.New("its samples are not a list of what, rows and file")
	list, ok := value.([]any)
	if !ok {
		return nil, odd
	}
	var all []Sample
	for _, item := range list {
		var s Sample
		parts, ok := item.(map[string]any)
		if !ok {
			parts = map[string]any{"what": item}
		}
		for key, to := range map[string]*string{"what": &s.What, "file": &s.File, "sha256": &s.SHA256} {
			var err error
			if *to, err = scalar("sample", parts[key]); err != nil {
				return nil, odd
			}
		}
		switch rows := parts["rows"].(type) {
		case nil:
		case uint64:
			if rows > math.MaxInt64 {
				return nil, odd
			}
			n := int64(rows)
			s.Rows = &n
		default:
			return nil, odd
		}
		all = append(all, s)
	}
	return all, nil
}
