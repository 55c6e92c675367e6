// Package reach tells how far accounts reach: how many people each could read, has
// read and needed to, and whose loss would cost most. It sees numbers of accounts and
// tokens of record ids.
//
// Counts are drawn by SQL (count.go); the judgement is pure Go over them (judge.go).
// docs/design/reach.md tells why it counts as it does.
package reach

import "constat.example/blind/kind"

// Grant is what an account may read by its rights. Where several rights let it read
// the same person, it sees the kinds of all of them.
type Grant struct {
	Account  int64
	All      kind.Set // kinds it sees of everybody; none: it may not read everybody
	Office   kind.Set // kinds it sees of the people of Offices
	Offices  []int64  // numbers, each once, ascending; 0 is no office
	Assigned kind.Set // kinds it sees of those assigned to it
	Listed   bool     // in the list of accounts
	Role     int64    // number; 0: not told
	Left     int64    // when its person left, microseconds since 1970; 0: not known to have
}

// Seen is what logs tell of an account, whatever it may read.
type Seen struct {
	Account     int64
	First, Last int64 // of its lines within the period, microseconds since 1970; 0 where there are none
	Office      int64 // the last that a line tells; 0 where none does
	Lines       int64 // entries of reads
	Unnamed     int64 // records returned of lines that tell how many, not whose
	Bulk        int64 // lines of exports, bulk statements, backups
	Untold      int64 // of Bulk: without a word on how many
	Largest     int64 // records returned by the largest line
	Addresses   int64 // from how many it was used
	Shared      int64 // hours in which it was used from several by turns
	AfterLeft   int64 // entries since its person left
}

// Read is the people whose records an account read, each once.
type Read struct {
	Account int64
	Now     int64 // in the register now
	Gone    int64 // in it before
	Unknown int64 // record ids that are nobody's
	Within  int64 // of Now: whom its rights let it read
	Needed  int64 // of Now: of whom a read is explained
}

// Share is people of one office on the list of one account.
type Share struct{ Account, Office, People int64 }

// Counts is what is judged.
type Counts struct {
	People  int64           // in the register now
	Offices map[int64]int64 // of them, by office; 0: of none
	Grants  []Grant         // of all accounts, by Account ascending, each once
	Seen    []Seen          // by Account ascending
	Read    []Read          // by Account ascending
	Lists   []Share         // by Account, Office ascending: people assigned, in the register now
	Whole   Whole

	From, To int64 // the period: first midnight and last, UTC, microseconds since 1970
	Entries  int64 // reads within it
	Nameless int64 // of Entries: without account
	Outside  int64 // entries of stray days, out of the period
}

// Whole is the people in the register now, each once, by what all accounts together do.
type Whole struct {
	Reachable int64 // somebody could read them
	Read      int64 // somebody read them
	Needed    int64 // somebody needed to
}

// Account is how far one account reaches.
type Account struct {
	Account  int64
	Declared int64 // people it may read by its rights
	Beyond   int64 // people it read beyond them
	Could    int64 // Declared + Beyond; without rights: Read.Now, its lower bound
	Unread   int64 // of Could: people whom it cannot have read, whatever lines leave out
	Cost     float64
	Kinds    kind.Set // it may see of anybody
	Listed   bool     // in the list of accounts
	Role     int64    // number; 0: not told
	Flags    []string

	Seen Seen
	Read Read
}

// What is notable about an account.
const (
	Left      = "left"          // its person left, and it is still there
	AfterLeft = "used_after"    // it was used since
	Asleep    = "asleep"        // without a line for thirty days or more
	Unlisted  = "unlisted"      // it reads and is not in the list of accounts
	Shared    = "shared"        // used from several addresses by turns
	Beyond    = "beyond_rights" // it read people whom its rights do not let it read
	Counted   = "counted"       // records were returned of which only the number is told
	Bulk      = "bulk"          // it exports or copies
)

// Finding is how far all accounts reach.
type Finding struct {
	Refused string // why nothing is said; the rest is then empty

	Accounts []Account // whose loss would cost most first
	Steps    []Step    // what to change, in this order

	// Pairs of an account and a person: doors that stand open, were used, had to be.
	Could, Read, Needed int64
}

// Step is something to change.
type Step struct {
	Code     string
	Accounts []int64 // that it bears on most first
	Roles    []int64 // whose rights are meant
	Doors    int64   // pairs of account and person that it is about
	Count    int64   // lines or records, for what logs do not show
}

// What to change.
const (
	StepRevoke   = "revoke"   // close accounts of those who left, and accounts that sleep
	StepProtect  = "protect"  // guard the ten whose loss would cost most
	StepNarrow   = "narrow"   // bring the rights of these roles down to what their work takes
	StepEnforce  = "enforce"  // hold accounts to their rights
	StepSeparate = "separate" // give each person an account of their own
	StepList     = "list"     // say whose accounts these are
	StepName     = "name"     // log whose records are returned, not only how many
	StepWho      = "who"      // log which account reads
)

// Why nothing is said, or not all.
const (
	NoReads   = "the logs hold no read of a record by an account"
	NoJoin    = "no record id that the logs name is one of the register: the map of the log may name another field"
	NoRights  = "no rights were declared: whom an account could read is only known to be at least whom it read"
	NoReasons = "no reasons were declared: whom an account needed to read is only known to be at most whom it read"
)

// Costliest is of how many accounts it is told that their loss would cost most.
const Costliest = 10
