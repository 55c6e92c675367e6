// Package column tells what kind of personal data each column of a file
// holds, from evidence about the whole column: what its header says, how many
// of its values pass a check that chance would fail, what the values look like
// together, and how many of them the register knows.
//
// # Model
//
// A column holds one kind, or none that we know (unknown). Each piece of
// evidence is a log-likelihood ratio, in nats: how much more probable it is
// where the column holds the kind than where it holds something else. They are
// added to the log of the prior and the sums, over all kinds, are made into a
// posterior (naive Bayes). The weights stand in one table each: the header
// words in lexicon.go, what values must look like in weights.go, hit rates in
// hits.go.
//
// A share m of n distinct values that pass a test, which a share p passes
// where the column holds the kind and a share c elsewhere, counts
//
//	min(n, cap) · ( m·ln(p/c) + (1-m)·ln((1-p)/(1-c)) )
//
// The cap is how many of the values speak for themselves: a checksum fails or
// passes in each value anew (cap 30 and above), a look is shared by the whole
// column (cap 3 to 8). Lists of names and towns are never whole, so that what they
// fail to recognise counts no more than a floor.
//
// Precision goes before recall: a column is given a kind when its posterior is
// at least one half, and is unknown otherwise. A kind that no person has twice
// goes to one column only.
package column

import (
	"constat.example/blind/kind"
)

// Column is what a column was found to hold, and why.
type Column struct {
	Name         string
	Kind         kind.Kind
	Confidence   float64  // posterior probability of Kind, 0 to 1; 1 where Overridden
	Evidence     []string // short English sentences, the weightiest first; none holds a value
	Alternatives []Guess  // the next best kinds, best first
	Overridden   bool     // the kind comes from a map or from the option ID
}

// Guess is a kind a column may hold, with its posterior probability.
type Guess struct {
	Kind  kind.Kind
	Score float64
}

// Hits tells, for a column and a candidate kind, which share of its distinct
// non-empty sample values is in the register under that kind, and how many
// values that share is of. ok is false when there is no register or it lacks
// the kind.
type Hits interface {
	Rate(column int, k kind.Kind) (rate float64, of int, ok bool)
}

// Role says which side of the comparison a file is on.
type Role uint8

// The roles.
const (
	Dump     Role = iota // what somebody offers: any column may be missing
	Register             // the organisation's own file: a record id is required
)

// Options is what is known of a file beside its sample. The zero value types a
// dump from its sample alone.
type Options struct {
	Role Role
	ID   string // name of the record id column, or empty to find it
	Map  Map    // kinds that a person has settled, or nil
	Hits Hits   // hit rates in the register, or nil
}
