package assessment

import "constat.example/blind/kind"

// ExplanationSchema names the shape of an Explanation in JSON.
const ExplanationSchema = "constat.explanation/1"

// Explanation is why one row is linked, or is not. It holds no value, unless
// the row was opened: then Opened is true, and its cells are in it.
type Explanation struct {
	Schema      string  `json:"schema"`
	Case        string  `json:"case"`
	Row         int64   `json:"row"`      // 1-based, in the dump
	Rows        int64   `json:"rows"`     // of the dump
	People      int64   `json:"people"`   // of the register
	Expected    float64 `json:"expected"` // share of rows whose person is taken to be in the register
	Threshold   float64 `json:"threshold"`
	Verdict     string  `json:"verdict"` // "linked", "ambiguous", "unlinked"
	Probability float64 `json:"probability"`

	Decisions  []RowDecision `json:"decisions"` // that stand, of people
	Tie        *RowTie       `json:"tie"`       // null where the row speaks for itself
	Against    *TieEnd       `json:"against"`   // a tie that says otherwise, and weighed less
	Aside      bool          `json:"set_aside"` // what the row itself says was set aside
	Candidates []Candidate   `json:"candidates"`
	Others     int           `json:"others"` // considered besides

	Opened bool   `json:"opened"`
	Cells  []Cell `json:"cells,omitempty"` // what was not compared of an opened row
}

// RowDecision is a decision about a row.
type RowDecision struct {
	Decision int64  `json:"decision"`
	Row      int64  `json:"row"`
	Act      string `json:"act"`                 // "same", "not", "unknown", "undone"
	Of       int64  `json:"of,omitempty"`        // the decision that was undone
	RecordID string `json:"record_id,omitempty"` // "" where it is about nobody, or somebody the register no longer has
	Who      string `json:"who"`
	When     string `json:"when"` // RFC 3339
	Reason   string `json:"reason"`
	Applied  bool   `json:"applied"` // the assessment knows of it
}

// TieEnd is a column that other tables name rows by.
type TieEnd struct {
	Table  string `json:"table"`
	Column string `json:"column"`
}

// RowTie is a tie that a row follows.
type RowTie struct {
	TieEnd
	Row      int64  `json:"row"` // the row whose person it took
	RecordID string `json:"record_id"`
}

// Candidate is somebody who was considered for a row.
type Candidate struct {
	RecordID string `json:"record_id"`
	Waterfall
}

// Cell is a cell of an opened row.
type Cell struct {
	Column string    `json:"column"`
	Kind   kind.Kind `json:"kind"`
	Text   string    `json:"text"`
}

// ReviewSchema names the shape of a Review in JSON.
const ReviewSchema = "constat.review/1"

// Review is the rows of a dump that a person should look at, what is at stake
// first, and what people decided already.
type Review struct {
	Schema    string           `json:"schema"`
	Case      string           `json:"case"`
	Total     int64            `json:"total"`     // rows to be looked at
	Rows      []ReviewRow      `json:"rows"`      // a page of them
	Next      int64            `json:"next"`      // the row after which the next page begins; 0: there is none
	Decisions []ReviewDecision `json:"decisions"` // that stand
	Pending   int64            `json:"pending"`   // decisions made, or undone, since the dump was assessed
}

// ReviewRow is one row, and why it should be looked at.
type ReviewRow struct {
	Row         int64       `json:"row"`
	Verdict     string      `json:"verdict"`
	Probability float64     `json:"probability"`
	Stake       string      `json:"stake"` // the highest rank of sensitivity of what the row holds
	Kinds       []kind.Kind `json:"kinds"` // what it holds
	Reason      string      `json:"reason"`
	People      int         `json:"people"` // who fit about as well
	Agree       []string    `json:"agree"`  // aspects on which the best candidate agrees
	Differ      []string    `json:"differ"` // and does not
}

// ReviewDecision is a decision, without whom it is about.
type ReviewDecision struct {
	Decision int64  `json:"decision"`
	Row      int64  `json:"row"`
	Act      string `json:"act"`
	Who      string `json:"who"`
	When     string `json:"when"` // RFC 3339
	Reason   string `json:"reason"`
	Applied  bool   `json:"applied"`
	Void     string `json:"void,omitempty"` // why it cannot be applied, in English
}
