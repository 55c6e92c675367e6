// Package form drafts the documents of a case, box by box: what fills a box comes from
// the evidence and says where it stands, or from a person who stated it; what nobody
// knows is asked, and never made up. It is pure: facts come in, documents come out, and
// who files them is a person.
package form

import (
	"bytes"
	"encoding/json"
	"errors"

	"constat.example/desk/casefile"
	"constat.example/internal/words"
)

// Schema names the shape of a Document in JSON.
const Schema = "constat.document/1"

// Document is one document of a case in both languages.
type Document struct {
	Schema  string     `json:"schema"`
	Form    string     `json:"form"`    // its name, as "cnil-initial"
	Version string     `json:"version"` // of the form it follows
	Basis   words.Both `json:"basis"`   // statute or source that the boxes follow
	Case    string     `json:"case"`
	At      string     `json:"at"` // as of when, RFC 3339 with the offset of the organisation's clock
	TLP     string     `json:"tlp,omitempty"`
	PAP     string     `json:"pap,omitempty"`
	Title   words.Both `json:"title"`
	For     words.Both `json:"for"` // to whom it goes, and how

	Sections []Section `json:"sections"`
	Sources  []Source  `json:"sources"` // what boxes come from, each once
	Counts   Counts    `json:"counts"`
	Since    *Since    `json:"since"` // the filing it is compared with; null for none
}

// Section is a part of a document.
type Section struct {
	ID    string     `json:"id"` // "3"
	Title words.Both `json:"title"`
	Note  words.Both `json:"note,omitzero"`
	// Prose: boxes are paragraphs of a text and not boxes of a form. Their labels are
	// headings, "" for none.
	Prose bool  `json:"prose,omitempty"`
	Boxes []Box `json:"boxes"`
}

// Type is how a box is filled.
type Type string

// The types of boxes.
const (
	Text    Type = "text"
	Choice  Type = "choice"  // one of Options
	Choices Type = "choices" // any of Options
	Number  Type = "number"
	Time    Type = "time"
	Table   Type = "table"
)

// State is where a box stands.
type State string

// The states of boxes. Asked is what the person who files has to find out; Empty is what
// need not be filled; Apart does not apply to the case, and Why says so.
const (
	Filled State = "filled" // from evidence
	Stated State = "stated" // by a person
	Asked  State = "asked"
	Empty  State = "empty"
	Apart  State = "apart"
)

// Box is one box of a form.
type Box struct {
	ID       string     `json:"id"`  // of the box in its form: "3.2"
	Key      string     `json:"key"` // of the fact that fills it, the same in all forms: "people.count"
	Label    words.Both `json:"label"`
	Help     words.Both `json:"help,omitzero"`
	Type     Type       `json:"type"`
	Options  []Option   `json:"options,omitempty"` // in the order of the form
	Optional bool       `json:"optional,omitempty"`

	State State      `json:"state"`
	Value Value      `json:"value"`
	Why   words.Both `json:"why,omitzero"` // of Apart, of a box that a refusal fills, and of what is proposed
	Ask   words.Both `json:"ask,omitzero"` // of Asked: what is to be found out, and who may know
	From  []int      `json:"from"`         // numbers of Sources, from 1
	// Found is what the evidence says, where a person stated something else.
	Found *Value `json:"found,omitempty"`
	// Was is what the last filing said, where it said something else.
	Was *Value `json:"was,omitempty"`
	New bool   `json:"new,omitempty"` // the last filing had no such box, or it was empty
	// Proposed is of a value that follows from evidence by a rule, and that a person has
	// to confirm: Why tells the rule.
	Proposed bool `json:"proposed,omitempty"`

	hidden bool // the form has no such box in this case: an answer for another form does not show here
}

// Option is one of the answers that a box offers.
type Option struct {
	Code  string     `json:"code"`
	Words words.Both `json:"words"`
}

// Value is what stands in a box: what a person states of a fact is kept in the history of
// a case, which has it from casefile.
type Value = casefile.Value

// Grid is a table in a box.
type Grid = casefile.Grid

// Room is where what fills a box stands.
type Room string

// Where facts come from.
const (
	FromAssessment   Room = "assessment"   // Ref: path in its JSON
	FromHistory      Room = "history"      // of what was established; Ref: number of the line
	FromSeverity     Room = "severity"     // Ref: its part
	FromDecision     Room = "decision"     // Ref: number of the act
	FromEvent        Room = "event"        // Ref: number of the act
	FromDuty         Room = "duty"         // Ref: the rule
	FromClaim        Room = "claim"        // Ref: number of the claim
	FromEvidence     Room = "evidence"     // Ref: SHA-256 of an original
	FromAlarm        Room = "alarm"        // Ref: its number
	FromFiling       Room = "filing"       // Ref: its number
	FromLedger       Room = "ledger"       // Ref: root
	FromPerson       Room = "person"       // who stated it; Ref: number of the act
	FromOrganisation Room = "organisation" // what the home says of itself; Ref: key
)

// Source is where something stands, and how to look at it.
type Source struct {
	Room  Room       `json:"room"`
	Ref   string     `json:"ref"`
	Words words.Both `json:"words"`
	Show  string     `json:"show,omitempty"` // command that shows it
}

// Counts of boxes that apply to the case.
type Counts struct {
	Boxes  int `json:"boxes"`
	Filled int `json:"filled"` // from evidence
	Stated int `json:"stated"`
	Asked  int `json:"asked"`
	Empty  int `json:"empty"`
	Apart  int `json:"apart"` // beyond Boxes

	Proposed int `json:"proposed"` // of Filled: to be confirmed by a person
}

// Since is the filing that a document is compared with.
type Since struct {
	Number  int    `json:"number"` // of the filing
	Form    string `json:"form"`
	At      string `json:"at"` // RFC 3339
	Changed int    `json:"changed"`
	New     int    `json:"new"`
}

// Questions are the boxes that are asked, in order.
func (d *Document) Questions() []Box {
	var all []Box
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			if b.State == Asked {
				all = append(all, b)
			}
		}
	}
	return all
}

// JSON is the document as it is printed and kept.
func (d *Document) JSON() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(d)
	return out.Bytes(), err
}

// Read reads a document that JSON wrote. Errors quote nothing.
func Read(text []byte) (*Document, error) {
	d := &Document{}
	if err := json.Unmarshal(text, d); err != nil || d.Schema != Schema {
		return nil, errors.New("it is no document of " + Schema)
	}
	return d, nil
}
