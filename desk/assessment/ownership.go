package assessment

// Ownership is how much of the dump is others' by their own registers, as each said
// without anybody showing records.
type Ownership struct {
	Asked []Asked `json:"asked"` // in the order of asking; the latest of each organisation
}

// Asked is what one other organisation said of the dump.
type Asked struct {
	Name        string           `json:"name"` // as this side calls it
	Peer        string           `json:"peer"` // pin of its key
	At          string           `json:"at"`   // RFC 3339
	Dump        string           `json:"dump"` // what was asked about, as decisions name it
	Rows        int64            `json:"rows"` // of the dump that hold something to compare
	Sent        int64            `json:"sent"` // of them: all, or a sample
	Seed        uint64           `json:"seed"` // of the sample
	Identifiers []string         `json:"identifiers"`
	Points      int64            `json:"points"` // of the other register, about: distinct identifiers
	Step        int64            `json:"step"`   // counts are multiples of it, rounded down
	Theirs      int64            `json:"theirs"` // of Sent: rows that are of people of that register
	By          map[string]int64 `json:"by"`     // of Sent: rows that agree, by identifier
	People      int64            `json:"people"` // records of the other register that those rows are of
	Share       Interval         `json:"share"`  // of Rows
}

// NoOwnership is that nobody was asked.
func NoOwnership() Ownership { return Ownership{Asked: []Asked{}} }
