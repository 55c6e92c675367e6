// Package exchange is what of a case may be told to other organisations: counts,
// names of kinds, hashes, times and decisions. No value of a person, no reason and
// no other free text of people is among it. Packages stix and misp write it in the
// formats of others, and read claims back.
package exchange

import (
	"time"

	"github.com/google/uuid"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/claim"
)

// Told is what is told of a case. The same case is told in the same way.
type Told struct {
	Case     string    // its id here
	Seed     string    // what no other home anywhere has: names of objects are made from it
	Began    time.Time // the first act in the home
	Created  time.Time // the case; to the second, as all times here but for the next
	Modified time.Time // the last act that may have changed what is told; acts of one second are a millisecond apart
	TLP      casefile.TLP
	PAP      casefile.PAP
	State    State
	Standing casefile.Choice // Suspected, Confirmed, Refuted; "" where nothing is decided
	Owner    *Owner          // whose case it is; nil where nobody said
	Watched  bool            // the watch of accesses raised an alarm in it
	Claims   []Claim         // in the order in which they were added
	Files    []File          // that were assessed, in order
	Received [2]time.Time    // the first and the last of Files; zero for none
	Finding  *Finding        // nil where nothing was assessed
}

// State is how far work on a case is.
type State string

// The states.
const (
	New    State = "new" // nothing was assessed, and nothing decided
	Open   State = "open"
	Closed State = "closed"
)

// Owner is the organisation whose case it is, as the case's first controller
// names itself.
type Owner struct {
	Name    string
	Country string // ISO 3166, or ""
	Public  bool   // an authority
}

// Claim is a claim of the case. Its Fields are words that kinds of data go by, its samples
// hashes and numbers of rows, its Price and Ransom amounts, its Deadline a time; what
// is put in other words is left out, and so is a Source that may quote somebody.
type Claim struct {
	claim.Claim

	Number      int // in its case, from 1; 0: of a file of its own, that the assessment was held against
	CorrectedBy int // number of the claim that replaces it; 0: it stands
	Other       int // fields claimed that no kind goes by: only counted
}

// File is a file known by its hash.
type File struct {
	Name   string // "" where it may quote somebody
	SHA256 string // in hexadecimal
	Bytes  int64
}

// Finding is what was established of Files.
type Finding struct {
	Verdict string              // one of the classes of a verdict
	Refused bool                // it is not established where they come from
	Genuine assessment.Interval // share of rows copied from the register; nulls where not known
	Rows    int64               // read
	Bytes   int64
	People  int64 // of the register, found in Files
	// Interval and estimate of the people in the whole leak; nil where not known.
	// Where only Low is given there are at least so many.
	Estimate, Low, High *int64
	Kinds               []Exposed  // in the order of kinds; those that expose nobody are not told
	NotBefore, NotAfter *time.Time // when the copy was made; nil where not known
	MostLikely          *time.Time
}

// Exposed is how many people are exposed by a kind of data in Files.
type Exposed struct {
	Kind   kind.Kind
	People int64
}

// space is the namespace of the names that UUIDs are made from here.
var space = uuid.MustParse("5c0d4f3e-8a3b-4d5c-9a57-6f1f0d7c2b41")

// UUID names something for ever: the same name gives the same UUID (RFC 9562, version 5).
func UUID(name string) string { return uuid.NewSHA1(space, []byte(name)).String() }

// UUID names something of the case.
func (t *Told) UUID(name string) string { return UUID(t.Seed + "\n" + t.Case + "\n" + name) }

// OwnUUID names something that cases of the home share. No case has the name "".
func (t *Told) OwnUUID(name string) string { return UUID(t.Seed + "\n\n" + name) }
