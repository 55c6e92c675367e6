package cli

import (
	"context"
	"time"

	"constat.example/blind/watch"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"

	"constat.example/desk/evidence"
	"constat.example/desk/finding"
	"constat.example/desk/reach"
	"constat.example/internal/progress"
)

// Services are what the commands run on, one function per command. A command
// whose function is nil is not in the tree: help lists only what works.
//
// An error of code failure.Attention may come with a result: the result is
// shown, then the error, and the exit code is 1.
type Services struct {
	// Assess assesses a dump against the register of the home. It seals the files
	// in the case, and keeps the assessment and its page there.
	Assess func(context.Context, AssessRequest) (*Outcome, error)
	// Cases lists the cases of a home, for shell completion. It is quick and
	// asks for no passphrase.
	Cases func(home string) ([]string, error)

	// Trace reads access logs into a case, and finds out who read its exposed people.
	Trace func(context.Context, TraceRequest) (*Trace, error)
	// Watch reads logs, and hands alarms on as they come.
	Watch func(context.Context, WatchRequest) (*Watched, error)

	// ListCases lists the cases of the home, and opens no key.
	ListCases func(context.Context, Common) ([]CaseSummary, error)
	// ShowCase tells what a case holds, and opens no key.
	ShowCase func(context.Context, CaseRequest) (*CaseView, error)
	// OpenCase opens an empty case.
	OpenCase func(context.Context, DeskRequest) (*Desk, error)
	// ActOnCase does something about a case, as its roles allow.
	ActOnCase func(context.Context, DeskRequest) (*Desk, error)
	// TellCase words a case in a format of others, and may note that in the case.
	TellCase func(context.Context, TellRequest) (*CaseTold, error)
	// Timeline tells all that happened about a case, in order.
	Timeline func(context.Context, CaseRequest) ([]Happened, error)
	// Clock tells which duties of a case are overdue or run, the soonest first: none where
	// there is no such case. It is quick.
	Clock func(context.Context, CaseRequest) ([]NextDuty, error)
	// Remind tells which duties of open cases fall due, and may send that.
	Remind func(context.Context, RemindRequest) (*Reminded, error)
	// CasePage draws the page of a case, or of all.
	CasePage func(context.Context, PageRequest) ([]byte, error)
	// Severity tells how badly the breach of a case can hurt people, and who said what of it.
	Severity func(context.Context, CaseRequest) (*Severity, error)
	// DraftDocument fills a document from what is known of a case, and draws it. It opens
	// no key.
	DraftDocument func(context.Context, DocumentRequest) (*Drafted, error)
	// FileDocument keeps a document as it was filed, or tells what it would keep.
	FileDocument func(context.Context, FilingRequest) (*Filing, error)
	// Answer keeps what people say for documents, and tells what is asked.
	Answer func(context.Context, AnswerRequest) (*Answers, error)
	// DestroyCase destroys the data of a case, as two people agreed.
	DestroyCase func(context.Context, DestroyRequest) (*Destruction, error)
	// Team tells who has which roles; ActOnCase gives them out.
	Team func(context.Context, Common) (*Team, error)
	// BackUpStore writes the acts of people into a file; RestoreStore brings them back.
	BackUpStore, RestoreStore func(context.Context, StoreRequest) (*StoreDone, error)
	// VerifyCase replays the ledger, and checks a case or all of them against it.
	VerifyCase func(context.Context, VerifyRequest) (*Audit, error)
	// LedgerEntries lists what the ledger tells of, once it is seen to hold.
	LedgerEntries func(context.Context, LedgerRequest) ([]LedgerEntry, error)
	// LedgerKey is the line that verifies the ledger.
	LedgerKey func(context.Context, Common) (string, error)
	// LedgerCheckpoint is the latest checkpoint, as it is written.
	LedgerCheckpoint func(context.Context, Common) (string, error)
	// ExportLedger copies the ledger into a folder.
	ExportLedger func(context.Context, LedgerFileRequest) (*LedgerExported, error)
	// StampLedger has the latest checkpoint time-stamped, or tells what would be sent.
	StampLedger func(context.Context, StampRequest) (*Stamped, error)
	// WitnessLedger cosigns a ledger in a folder, and needs no home.
	WitnessLedger func(context.Context, WitnessRequest) (string, error)
	// NewWitness makes the key of a witness in a file, and returns the public one.
	NewWitness func(ctx context.Context, path string) (string, error)
	// KeepCheckpoint keeps a checkpoint that a witness cosigned.
	KeepCheckpoint func(context.Context, LedgerFileRequest) (*LedgerKept, error)
	// Deadlines keeps what happened in a case, and tells by when whom must be told. It
	// opens no key.
	Deadlines func(context.Context, DeadlinesRequest) (*Deadlines, error)
	// DiscardOriginal destroys an original of a case, or tells which one it would.
	DiscardOriginal func(context.Context, DiscardRequest) (*Discard, error)

	// ExplainLink tells why a row of an assessed dump is linked, or is not.
	ExplainLink func(context.Context, ExplainRequest) (*assessment.Explanation, error)
	// ReviewLinks lists the rows that a person should look at, and what was decided.
	// It opens no key.
	ReviewLinks func(context.Context, ReviewRequest) (*assessment.Review, error)
	// DecideLink keeps what a person decided about a row.
	DecideLink func(context.Context, DecideRequest) (*assessment.RowDecision, error)
	// UndoDecision has a decision stand no longer.
	UndoDecision func(context.Context, UndoRequest) (*assessment.RowDecision, error)

	// Account names who runs the program, as the operating system knows them.
	Account func() string

	// ImportRegister adds a snapshot to the register of the home. It makes a
	// key where there is none, and says so.
	ImportRegister func(context.Context, ImportRequest) (*Imported, error)
	// Registers names the registers of a home, for shell completion. It is quick and
	// asks for no passphrase.
	Registers func(home string) ([]string, error)
	// ListRegister lists the snapshots by register, oldest first.
	ListRegister func(context.Context, RegisterRequest) ([]Snapshot, error)
	// ShowRegister describes a register: kinds, people, disk.
	ShowRegister func(context.Context, RegisterRequest) (*RegisterSummary, error)
	// AuditRegister checks what is kept against what the manifest says of it.
	AuditRegister func(context.Context, RegisterRequest) (*Audit, error)
	// ReachRegister tells how far accounts reach into a register, by logs.
	ReachRegister func(context.Context, ReachRequest) (*reach.Reach, error)
	// SourceColumns reads the column names of a register source or a dump, for
	// shell completion of --id.
	SourceColumns func(ctx context.Context, source string) ([]string, error)

	// OwnerPin tells by which pin others know this home.
	OwnerPin func(context.Context, Common) (string, error)
	// OwnerAsk asks another organisation how much of a dump is hers, or tells what
	// would be sent.
	OwnerAsk func(context.Context, OwnerAskRequest) (*OwnerAsked, error)
	// OwnerAnswer answers another organisation once, or tells what would be answered.
	OwnerAnswer func(context.Context, OwnerAnswerRequest) (*OwnerAnswered, error)

	// AddClaim checks a claim file and keeps it in a case.
	AddClaim func(context.Context, ClaimRequest) (*ClaimAdded, error)
	// Serve serves cases over TAXII until the context is done.
	Serve func(context.Context, ServeRequest) error
	// LetRead makes a token for a reader of what is served, or takes it back.
	LetRead func(context.Context, ReaderRequest) (*ReaderLet, error)
	// Readers lists who may read what is served.
	Readers func(context.Context, Common) ([]ReaderLet, error)
	// Collections lists the collections of another TAXII server.
	Collections func(context.Context, CollectionsRequest) ([]CollectionOffered, error)
	// ImportClaims adds a claim for each item of a source that tells one and is not known yet.
	ImportClaims func(context.Context, ImportClaimsRequest) (*ClaimsImported, error)
	// Claims reads the claims of a case, or, for no case, of all. It opens no key.
	Claims func(context.Context, CaseRequest) ([]ClaimAdded, error)
	// CompareClaims puts the claims of a case beside what is established. It opens
	// no key.
	CompareClaims func(context.Context, CaseRequest) (*ClaimComparison, error)
	// OpenClaim opens the texts that were sealed with a claim, and logs that.
	OpenClaim func(ctx context.Context, r CaseRequest, number int) ([]ClaimText, error)

	// AddLeak keeps the tokens of an earlier leak. It makes a key where there is none,
	// and says so.
	AddLeak func(context.Context, LeakRequest) (*Leak, error)
	// ListLeaks lists the earlier leaks of the home by name. It opens no key.
	ListLeaks func(context.Context, Common) ([]Leak, error)
	// ShowLeak tells what is kept of an earlier leak. It opens no key.
	ShowLeak func(context.Context, LeakNamed) (*Leak, error)
	// RemoveLeak takes an earlier leak away, or tells which one it would.
	RemoveLeak func(context.Context, LeakNamed) (*LeakRemoved, error)

	// NewKey makes a key and makes it current.
	NewKey func(context.Context, KeyRequest) (*Key, error)
	// RotateKey encrypts the current key anew, to another identity or
	// passphrase. Tokens stay as they are.
	RotateKey func(context.Context, KeyRequest) (*Key, error)
	// ListKeys lists the keys of the home, oldest first. It opens none.
	ListKeys func(context.Context, Common) ([]Key, error)

	// NewHoney makes people up for a copy of the register, and writes them to a file.
	NewHoney func(context.Context, HoneyRequest) (*HoneyMade, error)
	// AddHoney keeps people whom somebody else made up.
	AddHoney func(context.Context, HoneyRequest) (*HoneyMade, error)
	// ListHoney lists the copies that hold made-up people. It opens no key.
	ListHoney func(context.Context, Common) ([]HoneySet, error)
	// ShowHoney tells what the register knows of a copy's made-up people.
	ShowHoney func(context.Context, HoneyRequest) (*HoneyShown, error)
	// RetireHoney notes that a copy's made-up people were taken out, or tells what it would.
	RetireHoney func(context.Context, HoneyRequest) (*HoneySet, error)

	// DrillKinds are the kinds of drill there are, in the order of help.
	DrillKinds []DrillKind
	// NewDrill writes a drill into a folder.
	NewDrill func(context.Context, DrillRequest) (*DrillMade, error)
	// RunDrill imports the drill's register into a home of its own inside the
	// folder, and assesses its dump there. It never reads truth/.
	RunDrill func(context.Context, DrillRunRequest) (*Outcome, error)
	// ScoreDrill compares what RunDrill found with the truth.
	ScoreDrill func(context.Context, DrillRunRequest) (*Score, error)

	// Demo plays a whole incident on a simulated agency, under a folder of the
	// home, and scores it.
	Demo func(context.Context, DemoRequest) (*Played, error)
}

// Common is what every request carries.
type Common struct {
	Home string // folder of keys, register and cases; absolute; may not exist yet

	// Identity is the age identity file that opens the keys, or "" for the one
	// in the home.
	Identity string
	// Passphrase returns the passphrase of the keys, from the file the user
	// named or from the terminal. It is never nil, is called only when a key
	// needs it, and fails with a hint where there is neither file nor terminal.
	Passphrase func() ([]byte, error)
	// PassphraseNamed says that the user named a passphrase file: a key that
	// has to be made is then kept under that passphrase, not under an identity.
	PassphraseNamed bool

	Who   casefile.Person // acts
	Store string          // where acts are kept; "": in the home

	Progress progress.Meter   // never nil
	Now      func() time.Time // the clock, in UTC
	Say      func(string)     // tells the user something while work goes on: one sentence, on stderr
	Detail   func(string)     // the same of what only --verbose tells: a clause

	Memory  int64 // bytes to keep within; 0: the engine's default
	Threads int   // 0: the number of cores
}

// AssessRequest asks for the main job.
type AssessRequest struct {
	Common
	Paths []string // the dump's files, in order; none: the originals that the case holds
	Case  string   // id of the case; "": a new one named after the dump
	Claim string   // claim file, or ""
	Map   string   // map file that overrides kinds of columns, or ""
	// Register to compare with; "": that which was named for the case before, else
	// the likeliest; "all": the likeliest
	Register string
	Links    string // where to write links: a path ending in .parquet or .csv; "": nowhere

	Passwords [][]byte // tried on what of the dump is encrypted
	Fresh     bool     // use nothing that an earlier run made
}

// Outcome is an assessment and where it was put.
type Outcome struct {
	Assessment *assessment.Assessment
	// Paths of what was written; "" for what was not.
	Page, JSON, Links string
	// Home is named where it is not the one asked for (drills, demo).
	Home string
}

// CaseRequest names a case.
type CaseRequest struct {
	Common
	Case string
}

// CaseSummary is a case in short.
type CaseSummary struct {
	ID        string    `json:"id"`
	Opened    time.Time `json:"opened"`
	Originals int64     `json:"originals"` // held
	Bytes     int64     `json:"bytes"`     // of them
	Claims    int64     `json:"claims"`
	Alarms    int64     `json:"alarms"`   // of the watch
	People    *int64    `json:"people"`   // of the register, found exposed; nil where nothing was assessed
	State     string    `json:"state"`    // "open", "closed", "destroyed"; "" where nobody decided anything yet
	Standing  string    `json:"standing"` // "suspected", "confirmed", "refuted"; "" for nothing yet
	Next      *NextDuty `json:"next"`     // whose time has passed or runs out first; nil for none
}

// NextDuty is the duty of a case that is next.
type NextDuty struct {
	What     string    `json:"what"`
	Due      time.Time `json:"due"`
	Standing string    `json:"standing"` // in words, as "55 h left, until …"
	Overdue  bool      `json:"overdue"`
}

// CaseView is what a case holds.
type CaseView struct {
	ID         string          `json:"id"`
	Opened     time.Time       `json:"opened"`
	Claims     []ClaimAdded    `json:"claims"`     // the latest last
	Alarms     []watch.Alarm   `json:"alarms"`     // of the watch, in the order in which they were given
	Assessment *CaseAssessment `json:"assessment"` // nil where there is none
	Evidence   []Original      `json:"evidence"`   // in the order of receipt
	Custody    Custody         `json:"custody"`
	Next       *NextDuty       `json:"next"` // nil where no clock runs
	Desk       *Desk           `json:"desk"` // what people decided; nil where nobody has yet
}

// DeskRequest asks for an act of a person.
type DeskRequest struct {
	Common
	Case string // "": of the home
	Act  casefile.Act
	Seen int64 // number of the last act that was seen; 0: whatever it is
}

// Desk is what people decided about a case.
type Desk struct {
	Case      string              `json:"case"`
	Seen      int64               `json:"seen"` // number of the last act
	Opened    time.Time           `json:"opened"`
	Standing  string              `json:"standing"` // "suspected", "confirmed", "refuted"; "" for nothing yet
	Closed    bool                `json:"closed"`
	Destroyed *time.Time          `json:"destroyed"`
	TLP       string              `json:"tlp"`
	PAP       string              `json:"pap"`
	Decisions []casefile.Decision `json:"decisions"` // in order
	Events    []casefile.Event    `json:"events"`    // that clocks go by, as they were stated
	Filings   []casefile.Filed    `json:"filings"`   // documents that were filed, in order
}

// Happened is one thing that happened about a case.
type Happened struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`  // "" where nobody here did it
	From string    `json:"from"` // "claim", "evidence", "finding", "alarm", "act", "event"
	Code string    `json:"code"`
	What string    `json:"what"` // in words
}

// DestroyRequest asks for the data of a case to be destroyed, or what that would take away.
type DestroyRequest struct {
	Common
	Case string
	Yes  bool
}

// Destruction is what is destroyed, or would be.
type Destruction struct {
	Case      string          `json:"case"`
	Originals int             `json:"originals"`
	Files     []casefile.Kept `json:"files"`
	Done      bool            `json:"done"`
}

// Team is who has which roles, in the order of accounts.
type Team struct {
	Members []Member       `json:"members"`
	Acts    []casefile.Act `json:"acts"`
}

// Member is one account and its roles.
type Member struct {
	Account string          `json:"account"`
	Roles   []casefile.Role `json:"roles"`
}

// StoreRequest names the file of a backup.
type StoreRequest struct {
	Common
	File string
}

// StoreDone is what was backed up or brought back.
type StoreDone struct {
	File string `json:"file"`
	Acts int64  `json:"acts"`
}

// CaseAssessment is the latest assessment of a case in short.
type CaseAssessment struct {
	Summary string             `json:"summary"`
	Inputs  []assessment.Input `json:"inputs"`
	People  int64              `json:"people"` // of the register, found exposed
	JSON    string             `json:"json"`   // path
	Page    string             `json:"page"`   // path
}

// Original is an original of a case.
type Original struct {
	Name     string    `json:"name"`
	Bytes    int64     `json:"bytes"`
	SHA256   string    `json:"sha256"`
	Received time.Time `json:"received"`
	By       string    `json:"by"`
	State    string    `json:"state"` // "held", "discarding", "discarded"
	Role     string    `json:"role"`  // "" for what is assessed; "post", "sample"
}

// Custody is the chain of custody of a case.
type Custody struct {
	Holds  bool             `json:"holds"`
	Breaks []string         `json:"breaks"` // what does not hold
	Head   string           `json:"head"`   // SHA-256 of the last line
	Acts   []evidence.Entry `json:"acts"`   // in order
}

// DiscardRequest asks for an original to be destroyed.
type DiscardRequest struct {
	Common
	Case   string
	SHA256 string // how it begins
	Reason string
	Yes    bool // do it; else tell what would be done
}

// Discard is an original that was destroyed, or would be.
type Discard struct {
	Case   string `json:"case"`
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Done   bool   `json:"done"`
}

// ExplainRequest asks why a row is linked, or is not.
type ExplainRequest struct {
	Common
	Case      string
	Row       int64
	Open      bool     // show what the row holds; logged in the chain of custody before
	Passwords [][]byte // tried on what of the dump is encrypted
}

// ReviewRequest asks for a page of the rows to be looked at.
type ReviewRequest struct {
	Common
	Case  string
	Limit int
	After int64 // the last row of the page before; 0: the first page
}

// DecideRequest asks to keep a decision about a row.
type DecideRequest struct {
	Common
	Case   string
	Row    int64
	Answer string // "same", "not", "unknown"
	Person string // record id; "": the best candidate
	Reason string
}

// UndoRequest asks for a decision not to stand any longer.
type UndoRequest struct {
	Common
	Case     string
	Decision int64 // its number; 0: that about the row
	Row      int64
	Reason   string
}

// RegisterRequest names a register.
type RegisterRequest struct {
	Common
	Register string // "": all, or the main one where it can be only one
}

// ImportRequest asks to add a snapshot.
type ImportRequest struct {
	Common
	Register string    // its name; "": the main one
	Source   string    // path, or postgres:// URL
	ID       string    // name of the record id column, or "" to find it
	AsOf     time.Time // the instant the source stood as it is, in UTC; never zero
	Map      string    // map file that overrides kinds of columns, or ""
	Fresh    bool      // use nothing that an earlier import made
	Told     *Told     // of a source that tells its own history; nil of a snapshot
}

// Told says how a source tells its own history.
type Told struct {
	Changes                       bool   // it holds what changed since the last snapshot; else all versions there were
	ValidFrom, ValidTo, Operation string // names of its columns of time, or "" to find them
	Column, Value                 string // of changes of one column a row: names of the columns that hold the name and the value
	Zone                          *time.Location
	Since                         time.Time // from when on changes are kept; zero for the usual
}

// Imported is what an import did.
type Imported struct {
	Snapshot Snapshot            `json:"snapshot"`
	Rows     assessment.Rows     `json:"rows"`
	Rejects  []assessment.Reject `json:"rejects"`
	Columns  []assessment.Column `json:"columns"`
	Warnings []string            `json:"warnings"`
	History  *ToldRows           `json:"history,omitempty"` // of a source that tells its history
}

// ToldRows counts the rows of a source that tells its history; Read is the sum of
// those from Applied to Unknown.
type ToldRows struct {
	Read     int64 `json:"read"`
	Applied  int64 `json:"applied"`
	Held     int64 `json:"held"`
	Earlier  int64 `json:"earlier"`
	Later    int64 `json:"later"`
	Repeated int64 `json:"repeated"`
	Same     int64 `json:"same"`
	Unknown  int64 `json:"unknown"`
	Ended    int64 `json:"ended"`
	Exact    bool  `json:"exact"` // every change is dated to the instant
}

// Snapshot is one snapshot of a register.
type Snapshot struct {
	Register string    `json:"register"`
	ID       string    `json:"id"`
	AsOf     time.Time `json:"as_of"`
	Imported time.Time `json:"imported"`
	Source   string    `json:"source"` // without password
	SHA256   string    `json:"sha256"` // of a file; "" for a database
	People   int64     `json:"people"`
	Added    int64     `json:"added"`
	Changed  int64     `json:"changed"`
	Gone     int64     `json:"gone"`
	Bytes    int64     `json:"bytes"` // on disk
}

// RegisterSummary describes a register.
type RegisterSummary struct {
	Register  string          `json:"register"`
	Key       string          `json:"key"`       // id of the key its tokens are made with
	People    int64           `json:"people"`    // ever seen
	Present   int64           `json:"present"`   // in the last snapshot
	Bytes     int64           `json:"bytes"`     // on disk
	Columns   []ColumnSummary `json:"columns"`   // one per token column kept
	Snapshots []Snapshot      `json:"snapshots"` // oldest first
}

// ColumnSummary describes what a register holds of one kind.
type ColumnSummary struct {
	Kind     string `json:"kind"`
	Filled   int64  `json:"filled"`   // people with a value now
	Distinct int64  `json:"distinct"` // distinct values now
}

// Audit is a list of checks of what is kept.
type Audit struct {
	Checks []Check      `json:"checks"`
	Reach  *reach.Reach `json:"reach,omitempty"` // of a register, where logs were given
}

// Check is one thing looked at.
type Check struct {
	Name   string `json:"name"`   // what must hold, as a clause: "every segment has the size the manifest says"
	OK     bool   `json:"ok"`     //
	Detail string `json:"detail"` // what was found, with figures
}

// ClaimRequest asks to keep a claim.
type ClaimRequest struct {
	Common
	File     string   // YAML
	Text     []byte   // of a claim that lies in no file; nil: it lies in File
	Case     string   // "": a new case named after the claim
	Post     string   // file of the post, or ""
	Samples  []string // files
	Corrects int      // number of the claim that it replaces; 0: what the file says
}

// ClaimAdded is a claim as it was understood.
type ClaimAdded struct {
	Case      string        `json:"case"`
	Number    int           `json:"number"`   // in the case, from 1
	Corrects  int           `json:"corrects"` // number of the claim it replaces; 0: none
	Source    string        `json:"source"`
	FirstSeen string        `json:"first_seen"` // RFC 3339
	Count     *int64        `json:"count"`      // nil where the claim gives none
	Unit      string        `json:"unit"`       // of Count: people, records, rows, bytes; "": not said
	Fields    []string      `json:"fields"`
	Price     string        `json:"price"`    // "5000 USD", or as it was put; or ""
	Ransom    string        `json:"ransom"`   // the same
	Deadline  string        `json:"deadline"` // as it was put, or ""
	Samples   []ClaimSample `json:"samples"`
	Sealed    int           `json:"sealed"` // texts sealed with it: the post, who made it
}

// ClaimSample is a sample that was offered.
type ClaimSample struct {
	What   string `json:"what"`
	Rows   *int64 `json:"rows"`
	SHA256 string `json:"sha256"` // of the file that is sealed; "" for none
}

// ClaimText is a text that was sealed with a claim.
type ClaimText struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// ClaimShown is a claim, with what was opened of it.
type ClaimShown struct {
	ClaimAdded

	Texts []ClaimText `json:"texts"`
}

// ClaimComparison is the claims of a case beside what is established.
type ClaimComparison struct {
	Case     string              `json:"case"`
	Assessed bool                `json:"assessed"`
	Claims   []assessment.Claim  `json:"claims"`
	Changes  []EstablishedChange `json:"changes"` // oldest first
}

// EstablishedChange is what an assessment established, where that was new.
type EstablishedChange struct {
	Time  time.Time      `json:"time"`
	Who   string         `json:"who"`
	Moved []finding.Move `json:"moved"` // since the one before; none at first
	Facts finding.Facts  `json:"facts"`
}

// KeyRequest asks to make or to rotate a key.
type KeyRequest struct {
	Common
	// ToPassphrase returns the passphrase to keep the key under, typed twice
	// or read from a file. Nil: keep it under an identity file.
	ToPassphrase func() ([]byte, error)
}

// Key is what may be told of a key.
type Key struct {
	ID       string    `json:"id"`
	Created  time.Time `json:"created"`
	KeptBy   string    `json:"kept_by"` // "identity" or "passphrase"
	Current  bool      `json:"current"`
	Path     string    `json:"path"`               // of the encrypted key
	Identity string    `json:"identity,omitempty"` // path of the identity file that opens it
	Warnings []string  `json:"warnings,omitempty"`
}

// HoneyRequest asks about the made-up people of a copy.
type HoneyRequest struct {
	Common
	Copy       string
	Everywhere bool      // they stand in the register, and so in every copy
	AsOf       time.Time // since when they stand there, or no longer; never zero
	Register   string    // "": the only one, or the main one

	Count      int    // how many to make
	Like       string // file whose columns they have; "": those of the last snapshot
	FirstID    string // record id of the first; "": none
	MailDomain string
	Out        string // file to write them to

	File string // of people who were made elsewhere
	ID   string // name of its record id column, or ""
	Map  string // map file, or ""
	Yes  bool   // do it; else tell what would be done
}

// HoneyMade is people who were made up and are kept.
type HoneyMade struct {
	Copy   string   `json:"copy"`
	People int64    `json:"people"`
	Left   []string `json:"left"` // columns that stayed empty
}

// HoneySet is the made-up people of a copy.
type HoneySet struct {
	Copy       string     `json:"copy"`
	Everywhere bool       `json:"everywhere"` // they stand in the register, and so in every copy
	People     int64      `json:"people"`
	From       time.Time  `json:"from"`
	Until      *time.Time `json:"until"` // nil while they are in place
}

// HoneyShown is what the register knows of a copy's made-up people.
type HoneyShown struct {
	HoneySet
	InRegister int64    `json:"in_register"`
	RecordIDs  []string `json:"record_ids"`
}

// DrillKind is a kind of drill and what happens in it.
type DrillKind struct {
	Name string
	What string // a clause, lower case
}

// DrillRequest asks for a new drill.
type DrillRequest struct {
	Common
	Kind    string // one of Services.DrillKinds
	People  int
	Seed    uint64
	Daily   bool   // snapshots of each day around the theft too
	History bool   // one snapshot, and all changes since with their instants
	Out     string // folder; must not exist or be empty
}

// DrillMade says what was written.
type DrillMade struct {
	Out       string   `json:"out"`
	Kind      string   `json:"kind"`
	People    int      `json:"people"`
	Seed      uint64   `json:"seed"`
	Snapshots []string `json:"snapshots"` // paths under Out
	Dump      []string `json:"dump"`      // paths under Out
	Earlier   []string `json:"earlier"`   // paths under Out, of the leaks of before that the dump is made of
	Rows      int64    `json:"rows"`      // of the dump
}

// DrillRunRequest names a drill to run or to score.
type DrillRunRequest struct {
	Common
	Dir string
}

// Score is how well a drill's truth was found.
type Score struct {
	Drill     string  `json:"drill"`
	Precision float64 `json:"precision"` // share of links that are right
	Recall    float64 `json:"recall"`    // share of true links that were found
	F1        float64 `json:"f1"`
	Links     int64   `json:"links"`      // links made
	TrueLinks int64   `json:"true_links"` // links there are
	Checks    []Check `json:"checks"`     // other things that truth says, and whether they were found
}

// DemoRequest asks for the demonstration.
type DemoRequest struct {
	Common
	People int
	Seed   uint64
}

// Played is a demonstration that was played.
type Played struct {
	Outcome *Outcome
	Score   *Score // nil when the assessment was refused
	// The truth: when the copy was made, whose data is in the dump, and of how
	// many of them something has changed since; rows that errors were put in.
	Theft                    time.Time
	Persons, Stale, Mistyped int64
}
