package assessment

// Certainty is how sure the links are: rows by the probability of their best
// candidate, and what makes it. The rows of Bands and None are all that were read.
type Certainty struct {
	Bands      []Band      `json:"bands"`
	None       int64       `json:"none"`       // rows that nobody of the register was a candidate for
	Sampled    int64       `json:"sampled"`    // linked rows that the average is taken over
	Waterfalls []Waterfall `json:"waterfalls"` // the average, and single rows
}

// Band is the rows whose best candidate has a probability from From up to To;
// the last band includes To.
type Band struct {
	From   float64 `json:"from"`
	To     float64 `json:"to"`
	Linked int64   `json:"linked"`
	Open   int64   `json:"open"` // not linked
}

// What a waterfall is of.
const (
	OfAverage   = "average"   // linked rows, on average
	OfSettled   = "settled"   // a linked row as most are
	OfThreshold = "threshold" // the linked row that is nearest to not being
	OfAmbiguous = "ambiguous" // a row that several fit
)

// Waterfall is what makes a probability, in bits: each doubles the odds. Start,
// Present, the Evidence, Relatives, Rivals and Shown add up to Total, the odds of
// Probability.
type Waterfall struct {
	Of          string     `json:"of,omitempty"`
	Row         int64      `json:"row,omitempty"` // 0 for the average
	Start       float64    `json:"start"`         // any pair of a row and a person
	Present     float64    `json:"present"`       // a stranger fits best only where the row's own person is not in the register
	Evidence    []Evidence `json:"evidence"`
	Relatives   float64    `json:"relatives"` // what a household or a twin could explain as well
	Rivals      float64    `json:"rivals"`    // what others who fit take
	Shown       float64    `json:"shown"`     // how far numbers that agree alone are known to be the register's
	Total       float64    `json:"total"`
	Probability float64    `json:"probability"`
}

// Evidence is what one aspect adds.
type Evidence struct {
	Aspect string   `json:"aspect"`
	Level  string   `json:"level,omitempty"` // "" where one side has no value, and in an average
	Bits   float64  `json:"bits"`
	Chance float64  `json:"chance,omitempty"` // that a stranger agrees so
	Exact  bool     `json:"exact,omitempty"`  // the chance is that of the very value
	Told   bool     `json:"told,omitempty"`   // another aspect tells it already: a mail address the names, the NIR the birth month
	Stale  bool     `json:"stale,omitempty"`  // it agrees with what the register held before
	Cells  []string `json:"cells,omitempty"`  // what the row holds: only where it was opened
}

// Decided is what people decided of the links, and what came of it.
type Decided struct {
	Upto    int64          `json:"upto"`    // number of the last decision that was known
	Same    int64          `json:"same"`    // rows that are of the person a person said
	Not     int64          `json:"not"`     // pairs that were said not to be
	Unknown int64          `json:"unknown"` // rows of which nobody can tell
	Void    []VoidDecision `json:"void"`    // decisions that could not be applied
}

// VoidDecision is a decision that could not be applied.
type VoidDecision struct {
	Decision int64  `json:"decision"` // its number
	Row      int64  `json:"row"`
	Why      string `json:"why"` // in English
}

// Why a decision could not be applied.
const (
	VoidRow    = "the dump has no such row"
	VoidPerson = "the register has no such person"
	VoidDump   = "it was made about other files"
)
