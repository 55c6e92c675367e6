package assessment

import "constat.example/blind/kind"

// Claim is one claim of the case beside what was established.
type Claim struct {
	Number      int           `json:"number"`  // in its case, from 1; 0: from a file of its own
	Against     bool          `json:"against"` // size.claimed and window are of this one
	Corrects    int           `json:"corrects"`
	CorrectedBy int           `json:"corrected_by"` // 0: none, it stands
	Source      string        `json:"source"`
	FirstSeen   *string       `json:"first_seen"`
	Count       *int64        `json:"count"`
	Unit        string        `json:"unit"`   // "people", "records", "rows", "bytes"; "" where it is not said
	Counts      []ClaimCount  `json:"counts"` // what Count is held against; none where none is given
	Fields      []ClaimField  `json:"fields"`
	Unclaimed   []ClaimedKind `json:"unclaimed"` // kinds found of people of the register, and not claimed
	Price       string        `json:"price"`
	Ransom      string        `json:"ransom"`
	Deadline    string        `json:"deadline"`
	DeadlineAt  *string       `json:"deadline_at"` // null where it is no time
	Samples     []ClaimSample `json:"samples"`
	Sealed      int           `json:"sealed"` // texts kept sealed: the post, and who made it
}

// ClaimCount is what was established in the unit of a claimed count.
type ClaimCount struct {
	Of          string `json:"of"` // "people", "rows", "bytes"
	Established int64  `json:"established"`
	Low         *int64 `json:"low"` // of an estimate; null of what was counted
	High        *int64 `json:"high"`
	State       string `json:"state"` // one of the States of a count
}

// The states of a count. A count agrees as far as the claim is precise: "19 million"
// is anything from 18.5 to 19.5.
const (
	CountAgrees = "as_claimed"
	CountFewer  = "fewer"
	CountMore   = "more"
)

// ClaimField is a field of a claim and what was found of it.
type ClaimField struct {
	Field  string      `json:"field"` // in the words of the claim
	Kinds  []kind.Kind `json:"kinds"` // that it may mean
	State  string      `json:"state"` // one of the States of a field
	People int64       `json:"people"`
}

// The states of a field: people of the register have it in the dump; a column
// holds it, of nobody of the register; nothing holds it; nothing was assessed yet;
// or it is a word that no kind goes by.
const (
	FieldConfirmed   = "confirmed"
	FieldOfNobody    = "of_nobody"
	FieldNotFound    = "not_found"
	FieldNotAssessed = "not_assessed"
	FieldNotJudged   = "not_judged"
)

// ClaimedKind is a kind and how many people of the register it exposes.
type ClaimedKind struct {
	Kind   kind.Kind `json:"kind"`
	People int64     `json:"people"`
}

// ClaimSample is a sample that was offered.
type ClaimSample struct {
	What   string `json:"what"`
	Rows   *int64 `json:"rows"`   // said to be in it
	SHA256 string `json:"sha256"` // of the file that is sealed; "" for none
}
