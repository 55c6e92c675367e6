package scenario

import (
	"encoding/json"
	"time"

	"constat.example/blind/kind"
	"constat.example/scenario/internal/agency"
)

// TruthSchema names the shape of a Truth in JSON.
const TruthSchema = "constat.truth/1"

// Truth is what really happened in a drill.
type Truth struct {
	Schema    string     `json:"schema"`
	Kind      string     `json:"kind"`
	Class     string     `json:"class"` // what the verdict should be
	Seed      uint64     `json:"seed"`
	Theft     time.Time  `json:"theft"` // instant of the copy, of its beginning where it took long
	Dump      string     `json:"dump"`  // file name
	Format    Format     `json:"format"`
	Columns   []string   `json:"columns"`
	Kinds     []string   `json:"kinds"` // what each column holds
	Snapshots []Snapshot `json:"snapshots"`
	Changes   string     `json:"changes,omitempty"` // file of the register's changes since the one snapshot, in register/

	Register string     `json:"register,omitempty"` // the name of the register copied from, of organisations with several
	Second   []Snapshot `json:"second,omitempty"`   // snapshots of the second one

	Rows         int     `json:"rows"`
	Genuine      int     `json:"genuine"`  // rows of people in the register at the theft, or known to another agency too
	Invented     int     `json:"invented"` // rows of nobody, or of people only the other agency knows
	Duplicates   int     `json:"duplicates"`
	GenuineShare float64 `json:"genuine_share"` // of the rows, those copied from the register
	Mistyped     int     `json:"mistyped"`      // rows that errors changed

	Persons   int             `json:"persons"` // people of the register in the dump
	Stale     int             `json:"stale"`   // of them: some value is no longer current in the last snapshot
	Gone      int             `json:"gone"`    // of them: no longer in the last snapshot; all their values count as stale
	Exposures []TruthExposure `json:"exposures"`

	// The first and the last instant of the copy, equal when it took one; none
	// where nothing was copied from the register.
	TheftFrom  *time.Time   `json:"theft_from"`
	TheftTo    *time.Time   `json:"theft_to"`
	Leaked     time.Time    `json:"leaked"` // when what was taken came out
	Population *Population  `json:"population,omitempty"`
	Earlier    []TruthEarly `json:"earlier,omitempty"` // dumps of before that this one is made of

	Access *TruthAccess `json:"access,omitempty"` // of drills with logs

	FreeText *TruthFreeText `json:"free_text,omitempty"` // of dumps with notes
	Honey    *TruthHoney    `json:"honey,omitempty"`     // of an agency that made people up: of their rows those of the register's are Genuine, none of them is among the Persons

	before [mostEarlier]int // rows of people who are in each of the earlier leaks
}

// Population is the people whom the persons in the dump were drawn from.
type Population struct {
	How         string   `json:"how"`                   // "all", "random", "first" in order of record id, "ids" in a range, "region"
	Register    int      `json:"register"`              // people in the register at the theft
	Reached     int      `json:"reached"`               // of them: whom the thief could have taken, before a sample of them or the first were
	IDs         []string `json:"ids,omitempty"`         // the lowest record id of the range, and the first beyond it
	Departments []string `json:"departments,omitempty"` // of the region
}

// TruthEarly is a dump of before, under earlier/.
type TruthEarly struct {
	File     string    `json:"file"`
	Links    string    `json:"links"` // the file of its links, under truth/
	Ours     bool      `json:"ours"`  // copied from the register; else another organisation's
	Theft    time.Time `json:"theft"` // instant of the copy; of another organisation's, of its last value
	Leaked   time.Time `json:"leaked"`
	Format   Format    `json:"format"`
	Columns  []string  `json:"columns"`
	Rows     int       `json:"rows"`
	Persons  int       `json:"persons"`   // people of the register in it
	DumpRows int       `json:"dump_rows"` // rows of the drill's dump about somebody who is in it
}

// Snapshot is one written snapshot of the register.
type Snapshot struct {
	File   string    `json:"file"`
	At     time.Time `json:"at"`
	People int       `json:"people"`
}

// TruthExposure is what the dump holds of one kind. Current + Stale = People;
// Altered counts those of whom the dump spoils the value, on both sides.
type TruthExposure struct {
	Kind    kind.Kind `json:"kind"`
	People  int       `json:"people"`
	Current int       `json:"current"`
	Stale   int       `json:"stale"`
	Altered int       `json:"altered"`
}

func (t *Truth) json() ([]byte, error) {
	b, err := json.MarshalIndent(t, "", "  ")
	return append(b, '\n'), err
}

// tally counts, for the truth, the rows of one chunk.
type tally struct {
	genuine, invented, duplicates, mistyped int
	persons, stale, gone                    int
	register, reached                       int
	beside                                  int   // of the genuine: rows of another agency's file
	from, to                                int64 // first and last instant of the copy; to is -1 where nothing was copied
	exposed, old, altered                   [agency.Columns + 1]int
	before                                  [mostEarlier]int // rows of people who are in each of the earlier leaks
}

// mostEarlier is how many earlier leaks a dump may have.
const mostEarlier = 8

// none is the tally of nothing.
var none = tally{to: -1}

// copied notes that somebody was copied at that instant.
func (t *tally) copied(at int64) {
	if t.to < 0 {
		t.from = at
	}
	t.from, t.to = min(t.from, at), max(t.to, at)
}

func (t *tally) add(o *tally) {
	t.genuine += o.genuine
	t.invented += o.invented
	t.duplicates += o.duplicates
	t.mistyped += o.mistyped
	t.persons += o.persons
	t.stale += o.stale
	t.gone += o.gone
	t.register += o.register
	t.reached += o.reached
	t.beside += o.beside
	if o.to >= 0 {
		t.copied(o.from)
		t.copied(o.to)
	}
	for i := range t.before {
		t.before[i] += o.before[i]
	}
	for c := range t.exposed {
		t.exposed[c] += o.exposed[c]
		t.old[c] += o.old[c]
		t.altered[c] += o.altered[c]
	}
}
