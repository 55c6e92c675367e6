// Package honey keeps which made-up people were put into which copy, when, and
// by whom: a chain of lines of which none can be changed unseen. It holds names of
// copies and counts; the people themselves lie beside it, as tokens.
package honey

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"constat.example/desk/chain"
)

// What is done with the people of a copy.
const (
	Placed  = "placed"
	Retired = "retired"
)

// Act is a line of the chain.
type Act struct {
	Seq        int64     `json:"seq"`
	At         time.Time `json:"at"`
	By         string    `json:"by"`
	Act        string    `json:"act"`
	Copy       string    `json:"copy"`
	When       time.Time `json:"when"` // they stand in the copy from then on, or no longer
	Everywhere bool      `json:"everywhere,omitempty"`
	People     int64     `json:"people,omitempty"`
	Key        string    `json:"key,omitempty"`    // of their tokens
	SHA256     string    `json:"sha256,omitempty"` // of the file of their tokens
	Prev       string    `json:"prev"`
}

var copyName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Named reports whether name can be a copy's.
func Named(name string) bool { return copyName.MatchString(name) }

// Place implements chain.Act.
func (a *Act) Place() (seq *int64, prev *string) { return &a.Seq, &a.Prev }

// Check implements chain.Act.
func (a *Act) Check() error {
	switch {
	case a.Act != Placed && a.Act != Retired:
		return errors.New("names no act")
	case !Named(a.Copy):
		return errors.New("names no copy")
	case a.Act == Placed && (a.People <= 0 || a.Key == "" || a.SHA256 == ""):
		return errors.New("places nobody")
	case a.When.IsZero():
		return errors.New("has no time")
	}
	return nil
}

const (
	about = "constat.honey/1"
	file  = "log.jsonl"
)

// Chain is the acts of a home.
type Chain = chain.Chain[Act]

// Read reads the acts kept in the folder dir, which may not exist.
func Read(dir string) (Chain, error) {
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Chain{}, err
	}
	return chain.Parse[Act](about, text), nil
}

// Append adds an act. Whoever calls it holds the folder alone.
func Append(c *Chain, dir string, act Act) error {
	return chain.Append(c, filepath.Join(dir, file), act)
}

// Set is the people of a copy, in place or taken out.
type Set struct {
	Copy       string
	Everywhere bool
	From       time.Time
	Until      time.Time // zero while they are in place
	People     int64
	Key        string
	SHA256     string
	File       string // base name of the file of their tokens
}

// Sets tells what the acts come to, in the order in which the people were made.
func Sets(c Chain) ([]Set, error) {
	if len(c.Breaks) > 0 {
		return nil, fmt.Errorf("the log of made-up people does not hold: %s", c.Breaks[0])
	}
	var sets []Set
	for _, a := range c.Entries {
		at := slices.IndexFunc(sets, func(s Set) bool { return s.Copy == a.Copy })
		switch {
		case a.Act == Placed && at < 0:
			sets = append(sets, Set{
				Copy: a.Copy, Everywhere: a.Everywhere, From: a.When, People: a.People, Key: a.Key, SHA256: a.SHA256, File: FileOf(a.Copy),
			})
		case a.Act == Retired && at >= 0 && sets[at].Until.IsZero():
			sets[at].Until = a.When
		default:
			return nil, fmt.Errorf("the log of made-up people does not hold: line %d does not follow from the ones before", a.Seq)
		}
	}
	return sets, nil
}

// FileOf is the name of the file of the tokens of a copy's people.
func FileOf(copyName string) string { return copyName + ".parquet" }
