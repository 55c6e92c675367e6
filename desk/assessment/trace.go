package assessment

// Trace is who read the exposed people, by the logs that the case was given, and what
// these logs cannot show. The accounts are in Suspects of the assessment.
type Trace struct {
	Logs       []Log       `json:"logs"`
	From       *string     `json:"from"`      // the reads looked at: the window of the copy with a day of grace on both sides, RFC 3339; null: no bound
	To         *string     `json:"to"`        //
	Accounts   int64       `json:"accounts"`  // who read anything, at any time
	Leaked     int64       `json:"leaked"`    // people whose readers were sought
	Read       int64       `json:"read"`      // of Leaked: those whom somebody read then, as far as lines tell
	Remainder  int64       `json:"remainder"` // of Leaked: those whom no line says that anybody read then; Read + Remainder = Leaked
	Explained  float64     `json:"explained"` // share of Leaked that the suspects read together
	Nobody     float64     `json:"nobody"`    // likelihood that the theft is not in these logs; 1 when refused
	BlindSpots []BlindSpot `json:"blind_spots"`
	Refused    string      `json:"refused,omitempty"`
}

// Log is one log, and what became of its lines. Used + Idle + Rejected = Lines.
type Log struct {
	Name     string      `json:"name"`
	SHA256   string      `json:"sha256"` // of the file
	Bytes    int64       `json:"bytes"`  // of the file
	Format   string      `json:"format"`
	Zone     string      `json:"zone"` // of its times: "in the log", or the one that was taken
	Lines    int64       `json:"lines"`
	Used     int64       `json:"used"`
	Idle     int64       `json:"idle"` // read, and nothing about who read what
	Rejected int64       `json:"rejected"`
	Entries  int64       `json:"entries"` // accesses made of the lines used
	Rejects  []LogReject `json:"rejects"`
	First    *string     `json:"first"` // of the entries
	Last     *string     `json:"last"`  //
}

// LogReject is lines that could not be read, for one reason.
type LogReject struct {
	Reason string  `json:"reason"`
	Count  int64   `json:"count"`
	Lines  []int64 `json:"lines"` // the first few, from 1
}

// Suspect is an account that may be where exposed people were read.
type Suspect struct {
	Account    string  `json:"account"`
	First      string  `json:"first"`      // of what it read beyond its ordinary work, RFC 3339
	Last       string  `json:"last"`       //
	Covered    float64 `json:"covered"`    // share of the exposed people that it read in that time; where Counted: that the number would reach
	Read       int64   `json:"read"`       // people it read in that time, each once; where Counted: records that its lines count
	Likelihood float64 `json:"likelihood"` // that the leak, or part of it, was read through it

	Exposed   int64        `json:"exposed"`  // of Read: the exposed
	Reads     int64        `json:"reads"`    // reads of the exposed, each time counted
	Expected  float64      `json:"expected"` // what Reads would be by its ordinary work
	Counted   bool         `json:"counted"`  // its lines tell how many records, not whose
	Address   bool         `json:"address"`  // Account is an address: the log tells no account
	Addresses []SuspectWay `json:"addresses"`
	Sessions  []SuspectWay `json:"sessions"`
	Days      []SuspectDay `json:"days"`
}

// SuspectWay is an address or a session that exposed people were read from.
type SuspectWay struct {
	Name  string `json:"name"`
	Reads int64  `json:"reads"`
}

// SuspectDay is what was read on a day on which anything was.
type SuspectDay struct {
	Day     string `json:"day"`
	Read    int64  `json:"read"`
	Exposed int64  `json:"exposed"` // of Read
}

// BlindSpot is a way in which data could have left that the logs cannot show.
type BlindSpot struct {
	Code     string   `json:"code"`
	Share    float64  `json:"share"` // of the exposed people that it could explain, at most
	Name     string   `json:"name"`  // of what was declared; or ""
	Kind     string   `json:"kind"`  // of it, or what the statement did; or ""
	Count    int64    `json:"count"` // lines, hours, accounts: what the code counts; 0 where nothing is
	Part     float64  `json:"part"`  // of the window that it bears on; 0 where that means nothing
	From     *string  `json:"from"`
	To       *string  `json:"to"`
	Accounts []string `json:"accounts"` // the first few
}

// NoTrace is a trace that was refused.
func NoTrace(why string) Trace {
	return Trace{Logs: []Log{}, Nobody: 1, BlindSpots: []BlindSpot{}, Refused: why}
}

// NotTraced is the refusal of a trace of a case that has no logs.
const NotTraced = "no logs were given"
