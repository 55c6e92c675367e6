// Package assessment is what Constat established about a dump: the one object
// that `constat assess --json` prints, that pages and reports are drawn from,
// and that a case keeps. It holds counts and names of columns, never a
// personal value.
package assessment

import (
	"encoding/json"
	"errors"
	"io"

	"constat.example/blind/kind"
)

// Schema names the shape of an Assessment in JSON.
const Schema = "constat.assessment/1"

// NotAssessed is the refusal of a finding that was not looked for.
const NotAssessed = "not assessed"

// Assessment is the result of assessing one dump against one register.
type Assessment struct {
	Schema    string             `json:"schema"`
	Case      string             `json:"case"`
	Inputs    []Input            `json:"inputs"`
	Bytes     Bytes              `json:"bytes"`
	Rows      Rows               `json:"rows"`
	Rejects   []Reject           `json:"rejects"`
	Tables    []Table            `json:"tables"`
	Columns   []Column           `json:"columns"`
	Ties      []Tie              `json:"ties"`     // how the tables hang together
	NotTied   []Tie              `json:"not_tied"` // what might be thought to hold, and does not
	Register  Register           `json:"register"`
	Registers []Owner            `json:"registers"` // of several, how each compares; empty where there is one
	Parts     Parts              `json:"parts"`
	Linked    Linked             `json:"linked"`
	Certainty Certainty          `json:"certainty"` // how sure the links are
	Decided   Decided            `json:"decided"`   // by people
	Exposures Exposures          `json:"exposures"`
	Verdict   Verdict            `json:"verdict"`
	Window    Window             `json:"window"`
	Recycled  Recycled           `json:"recycled"` // what of it stood in earlier leaks
	Size      Size               `json:"size"`
	Claims    []Claim            `json:"claims"`    // all of the case, beside what was established
	Ownership Ownership          `json:"ownership"` // what other organisations said
	Honey     Honey              `json:"honey"`     // people who were made up for the register
	Suspects  []Suspect          `json:"suspects"`
	Trace     Trace              `json:"trace"`   // where suspects come from, and what logs cannot show
	Weights   []Aspect           `json:"weights"` // what the linkage learnt
	Notes     []string           `json:"notes"`   // what a reader must know, in English
	Timings   map[string]float64 `json:"timings"` // seconds by stage
}

// Input is one file as it was given.
type Input struct {
	Name   string `json:"name"` // base name
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Bytes says that every byte of the inputs was accounted for.
type Bytes struct {
	Total     int64 `json:"total"`
	Accounted int64 `json:"accounted"`
}

// Rows counts the rows of the dump: Read + Rejected is what the files hold.
type Rows struct {
	Read     int64 `json:"read"`
	Rejected int64 `json:"rejected"`
	Repaired int64 `json:"repaired"` // of Read: those that had to be mended to be read
}

// Reject is the rejected pieces that share a file and a reason.
type Reject struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
	Bytes  int64  `json:"bytes"`
	// The first few, to look at.
	First []Place `json:"first"`
}

// Place is where a rejected piece stands.
type Place struct {
	Offset int64 `json:"offset"` // in the decoded file, from 0
	Row    int64 `json:"row"`    // ordinal in the dump; 0 where it is no row
}

// Table is one table found in the inputs.
type Table struct {
	Name     string `json:"name"` // file, and member or table within it
	Format   string `json:"format"`
	Dialect  string `json:"dialect"` // in words: separator, quote, encoding, header
	Rows     int64  `json:"rows"`
	Rejected int64  `json:"rejected"`
}

// Column is one column of the dump and what it was taken for.
type Column struct {
	Table      int       `json:"table"` // index in Tables
	Name       string    `json:"name"`
	Kind       kind.Kind `json:"kind"`
	Confidence float64   `json:"confidence"` // 0 to 1
	Evidence   []string  `json:"evidence"`   // why, strongest first
	Filled     int64     `json:"filled"`     // cells that are not empty
	Valid      int64     `json:"valid"`      // of Filled: well formed for the kind
	Odd        int64     `json:"odd"`        // of Filled: usable, with something unusual
	Invalid    int64     `json:"invalid"`    // of Filled: not of the kind
}

// Tie is a column of the dump that names rows of another table by a column there.
type Tie struct {
	From      TieColumn `json:"from"`
	To        TieColumn `json:"to"`
	Inclusion float64   `json:"inclusion"` // share of the distinct values of From that To has
	Rows      int64     `json:"rows"`      // rows whose value is there
	Reason    string    `json:"reason"`    // why it holds, or why not, in English
	Linked    int64     `json:"linked"`    // rows linked to the person of the row they are tied to
	Conflicts int64     `json:"conflicts"` // rows that by themselves agree with somebody else than the tie says, nobody included; the weightier was taken
}

// TieColumn is an end of a tie.
type TieColumn struct {
	Table  int    `json:"table"` // index in Tables
	Column string `json:"column"`
}

// Register says what the dump was compared with.
type Register struct {
	Name      string `json:"name"`
	Named     bool   `json:"named"` // by whoever had the dump assessed, and not found by comparing
	People    int64  `json:"people"`
	Snapshots int    `json:"snapshots"`
	From      string `json:"from"` // first snapshot, RFC 3339
	To        string `json:"to"`   // last snapshot, RFC 3339
}

// Linked counts rows by what linking said of them; Rows + Ambiguous +
// Unlinked is the number of rows read.
type Linked struct {
	Rows      int64 `json:"rows"`
	Persons   int64 `json:"persons"`
	Ambiguous int64 `json:"ambiguous"`
	Unlinked  int64 `json:"unlinked"`
}

// Exposures counts the people whose rows were linked, or whose identifiers stand
// in free text, by what of theirs is in the dump.
type Exposures struct {
	Persons  int64            `json:"persons"`
	ByKind   map[string]int64 `json:"by_kind"` // people for whom the kind is in the dump
	Stale    int64            `json:"stale"`   // people of whom some value in the dump is no longer current
	Kinds    []Exposure       `json:"kinds"`   // the same in detail, in the order of kinds
	FreeText FreeText         `json:"free_text"`
}

// FreeText is the people exposed through what stands in notes and messages.
type FreeText struct {
	Persons  int64            `json:"persons"`
	Only     int64            `json:"only"`    // of Persons: no row is linked to them
	ByKind   map[string]int64 `json:"by_kind"` // of Persons, those for whom the kind stands in free text
	Mentions Mentions         `json:"mentions"`
}

// Mentions counts the identifiers found in free text. ConfirmedByRegister +
// ByRow + Ambiguous + Unattributed = Found.
type Mentions struct {
	Found               int64 `json:"found"`
	ConfirmedByChecksum int64 `json:"confirmed_by_checksum"`
	ConfirmedByRegister int64 `json:"confirmed_by_register"` // a value of the register, and whose is known
	ByRow               int64 `json:"by_row"`                // a key fits, the register does not know it: held for the person's of the row
	Ambiguous           int64 `json:"ambiguous"`             // several people share the value
	Unattributed        int64 `json:"unattributed"`          // nobody's as far as is known
}

// Exposure is the people for whom one kind is in the dump. Current + Stale +
// Unconfirmed = People.
type Exposure struct {
	Kind        kind.Kind `json:"kind"`
	People      int64     `json:"people"`
	Current     int64     `json:"current"`     // the value in the dump is the register's present one
	Stale       int64     `json:"stale"`       // the value is an earlier one of the register
	Unconfirmed int64     `json:"unconfirmed"` // the register has no such value for the person
	FreeText    int64     `json:"free_text"`   // of People: those for whom it stands in free text, there or beside a column of its own
}

// Verdict is the finding on the claim.
type Verdict struct {
	Class        string   `json:"class"`
	GenuineShare Interval `json:"genuine_share"`
	Reasons      []Reason `json:"reasons"` // that which weighs most for the class first
	Refused      string   `json:"refused,omitempty"`
}

// Reason is one piece of evidence of where a dump comes from.
type Reason struct {
	Code   string             `json:"code"`
	Weight float64            `json:"weight"` // bits for the class against the next likely; less than 0: against it
	Bits   Origins            `json:"bits"`
	Facts  map[string]float64 `json:"facts"` // what was counted
	Of     string             `json:"of"`    // the kind or rule that it is about; "" for none
}

// Origins is how likely a piece of evidence is, as the logarithm to base 2, under
// each origin; only differences mean something.
type Origins struct {
	Copied float64 `json:"copied"`
	Other  float64 `json:"other"`
	Made   float64 `json:"made"`
}

// Interval is an estimate with its bounds; all null when refused.
type Interval struct {
	Estimate *float64 `json:"estimate"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

// Aspect is what was learnt of one aspect of agreement between a row and a
// person: how often each level of agreement occurs among matches and by chance.
type Aspect struct {
	Name   string  `json:"name"`
	Levels []Level `json:"levels"`
}

// Level is one level of agreement. Its weight is log2(Match/Chance).
type Level struct {
	Name   string  `json:"name"`
	Match  float64 `json:"match"`
	Chance float64 `json:"chance"`
	Weight float64 `json:"weight"`
}

// New returns an assessment whose later findings are refused as not assessed.
func New() *Assessment {
	return &Assessment{
		Schema:    Schema,
		Inputs:    []Input{},
		Rejects:   []Reject{},
		Tables:    []Table{},
		Columns:   []Column{},
		Ties:      []Tie{},
		NotTied:   []Tie{},
		Registers: []Owner{},
		Certainty: Certainty{Bands: []Band{}, Waterfalls: []Waterfall{}},
		Decided:   Decided{Void: []VoidDecision{}},
		Exposures: Exposures{ByKind: map[string]int64{}, Kinds: []Exposure{}, FreeText: FreeText{ByKind: map[string]int64{}}},
		Verdict:   Verdict{Class: "undetermined", Reasons: []Reason{}, Refused: NotAssessed},
		Window:    NoWindow(NotAssessed),
		Size:      NoSize(NotAssessed),
		Claims:    []Claim{},
		Ownership: NoOwnership(),
		Honey:     NoHoneyFound(NotAssessed),
		Recycled:  NotRecycled(NotAssessed),
		Suspects:  []Suspect{},
		Trace:     NoTrace(NotTraced),
		Weights:   []Aspect{},
		Notes:     []string{},
		Timings:   map[string]float64{},
	}
}

// Write writes a as indented JSON.
func (a *Assessment) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(a)
}

// Persons reads of what Write wrote how many people rows are linked to, and no more of it than it
// takes.
func Persons(r io.Reader) (int64, error) {
	d := json.NewDecoder(r)
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return 0, errors.Join(err, errors.New("it is no assessment"))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return 0, err
		}
		if key == "linked" {
			var l Linked
			err := d.Decode(&l)
			return l.Persons, err
		}
		var passed json.RawMessage
		if err := d.Decode(&passed); err != nil {
			return 0, err
		}
	}
	_, err := d.Token()
	return 0, err
}

// Read reads what Write wrote. A finding that was written without a refusal has none; one
// that an older version did not write is refused as not assessed.
func Read(r io.Reader) (*Assessment, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var written map[string]json.RawMessage
	if err := json.Unmarshal(text, &written); err != nil {
		return nil, err
	}
	a := New()
	for key, refused := range map[string]*string{
		"verdict": &a.Verdict.Refused, "window": &a.Window.Refused, "size": &a.Size.Refused, "honey": &a.Honey.Refused, "recycled": &a.Recycled.Refused, "trace": &a.Trace.Refused,
	} {
		if _, there := written[key]; there {
			*refused = ""
		}
	}
	return a, json.Unmarshal(text, a)
}
