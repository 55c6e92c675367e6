package assessment

// Size is how many people the leak holds. Where it is Refused, Estimate and High are
// null, and Low, where it is not null too, is how many people it holds at least.
type Size struct {
	Claimed  *int64 `json:"claimed"`
	Estimate *int64 `json:"estimate"`
	Low      *int64 `json:"low"` // with High, the interval of 95 chances in 100
	High     *int64 `json:"high"`
	Basis    string `json:"basis"` // what the estimate is of, in English; "" where refused
	Refused  string `json:"refused,omitempty"`

	Rows       int64         `json:"rows"`       // read
	Persons    int64         `json:"persons"`    // whom rows are linked to
	Duplicates int64         `json:"duplicates"` // linked rows beyond the first of each person
	Counts     []SizeCount   `json:"counts"`
	Tests      []SizeTest    `json:"tests"`
	Range      SizeRange     `json:"range"`
	Regions    []SizeGroup   `json:"regions"`
	Files      []SizeFile    `json:"files"`
	History    []SizeVersion `json:"history"` // what earlier assessments of the case said, where it was something else
}

// What is counted, each apart from the others.
const (
	Referenced  = "referenced"  // people in the register when the copy was made
	Reachable   = "reachable"   // of them, whom the thief could reach
	Queried     = "queried"     // of them, whom somebody asked for
	Returned    = "returned"    // of them, whom an answer held
	Exfiltrated = "exfiltrated" // of them, who are in what was taken
)

// SizeCount is a count with its bounds, null where it is not known and why not. Where
// only Low is given, there are at least so many.
type SizeCount struct {
	Name     string `json:"name"`
	Estimate *int64 `json:"estimate"`
	Low      *int64 `json:"low"`
	High     *int64 `json:"high"`
	Refused  string `json:"refused,omitempty"`
}

// Why a count is not known.
const (
	NoLogs    = "only access logs tell, and none were given"
	NoReach   = "nothing tells how far the thief could reach"
	NoLeaking = "nothing was copied from the register"
)

// SizeTest is a test of whether the people in the dump are a random sample of the register.
type SizeTest struct {
	Name   string  `json:"name"`
	Result string  `json:"result"` // "passed", "failed", "not_told"
	P      float64 `json:"p"`      // chance that a random sample departs as far
	Off    float64 `json:"off"`    // how far it departs, 0 to 1
	Within bool    `json:"within"` // it was made within the range, not over the whole register
}

// SizeRange is where the people in the dump stand in the order of record ids, as
// shares of the register.
type SizeRange struct {
	From  float64   `json:"from"` // what the estimate is about
	To    float64   `json:"to"`
	Bins  []float64 `json:"bins"`  // of stretches of as many people each, the share who are in the dump
	First string    `json:"first"` // of what the dump is the beginning: "ids", "file", or "" for nothing
}

// SizeGroup is the people of a region.
type SizeGroup struct {
	Name  string  `json:"name"`
	Dense float64 `json:"dense"` // share of them who are in the dump
	Whole bool    `json:"whole"` // one of those that the dump holds whole
}

// SizeFile is one of several files of the dump.
type SizeFile struct {
	Name    string `json:"name"`
	Persons int64  `json:"persons"`
	Known   int64  `json:"known"` // of them, those who are in a file before it
}

// SizeVersion is what an earlier assessment of the case said of the size.
type SizeVersion struct {
	Version  int64    `json:"version"`
	When     string   `json:"when"` // RFC 3339
	Claimed  *int64   `json:"claimed"`
	Rows     int64    `json:"rows"`
	Persons  int64    `json:"persons"`
	Estimate *int64   `json:"estimate"`
	Low      *int64   `json:"low"`
	High     *int64   `json:"high"`
	Basis    string   `json:"basis"`
	Refused  string   `json:"refused,omitempty"`
	Why      []string `json:"why"` // what moved it from there: SizeMovedFiles …
}

// What moves a size from one assessment to the next.
const (
	SizeMovedFiles     = "other files"
	SizeMovedRegister  = "another register, or more snapshots of it"
	SizeMovedClaim     = "another claim"
	SizeMovedDecisions = "decisions about links"
	SizeMovedProgram   = "another version of Constat"
)

// NoSize is a size that is refused.
func NoSize(why string) Size {
	return Size{
		Refused: why, Counts: []SizeCount{}, Tests: []SizeTest{}, Range: SizeRange{Bins: []float64{}},
		Regions: []SizeGroup{}, Files: []SizeFile{}, History: []SizeVersion{},
	}
}
