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
	Theft     time.Time  `json:"theft"` // instant of the copy
	Dump      string     `json:"dump"`  // file name
	Columns   []string   `json:"columns"`
	Kinds     []string   `json:"kinds"` // what each column holds
	Snapshots []Snapshot `json:"snapshots"`

	Rows         int     `json:"rows"`
	Genuine      int     `json:"genuine"`  // rows of people in the register at the theft, or known to both agencies
	Invented     int     `json:"invented"` // rows of nobody, or of people only the other agency knows
	Duplicates   int     `json:"duplicates"`
	GenuineShare float64 `json:"genuine_share"` // of the rows, those copied from the register
	Mistyped     int     `json:"mistyped"`      // rows that errors changed

	Persons   int             `json:"persons"` // people of the register in the dump
	Stale     int             `json:"stale"`   // of them: some value is no longer current in the last snapshot
	Gone      int             `json:"gone"`    // of them: no longer in the last snapshot; all their values count as stale
	Exposures []TruthExposure `json:"exposures"`

	FreeText *TruthFreeText `json:"free_text,omitempty"` // of dumps with notes
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
	exposed, old, altered                   [agency.Columns + 1]int
}

func (t *tally) add(o *tally) {
	t.genuine += o.genuine
	t.invented += o.invented
	t.duplicates += o.duplicates
	t.mistyped += o.mistyped
	t.persons += o.persons
	t.stale += o.stale
	t.gone += o.gone
	for c := range t.exposed {
		t.exposed[c] += o.exposed[c]
		t.old[c] += o.old[c]
		t.altered[c] += o.altered[c]
	}
}
