package form

import (
	"time"

	"constat.example/blind/watch"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/deadline"
	"constat.example/desk/evidence"
	"constat.example/desk/finding"
	"constat.example/desk/severity"
)

// Facts are all that is known of a case when a document is drafted.
type Facts struct {
	Case  string
	Now   time.Time
	Zone  *time.Location // of the organisation's clock
	State *casefile.Case

	Assessment *assessment.Assessment // the latest; nil for none
	History    []finding.Line         // of what was established
	Severity   *severity.Assessment   // nil without an assessment
	Claims     []*claim.Claim         // number i+1
	Clock      *deadline.Case         // what duties are reckoned from
	Duties     []deadline.Duty        // as they stand at Now
	Originals  []evidence.Original
	Custody    []evidence.Entry
	Alarms     []watch.Alarm
	Ledger     Ledger
	Answers    map[string]Answer // by key of a fact; those of the case before those of the home
	Filings    []Filing          // documents that were filed, the earliest first
}

// Ledger is where the record of acts stands.
type Ledger struct {
	Entries int64
	Root    string // base64, as checkpoints have it
	Origin  string
}

// Answer is what a person stated of a fact.
type Answer struct {
	Key   string
	Value Value
	Who   string
	Time  time.Time
	Act   int64 // number of the act of the case; 0: the organisation says it of itself
}

// Filing is a document that a person filed, as it stood then.
type Filing struct {
	Number    int       `json:"number"` // in the case, from 1
	Form      string    `json:"form"`
	At        time.Time `json:"at"`        // of filing
	Reference string    `json:"reference"` // that the addressee gave; "" for none
	Who       string    `json:"who"`
	Act       int64     `json:"act"` // number of the act
	SHA256    string    `json:"sha256"`
	Document  *Document `json:"-"`
}
