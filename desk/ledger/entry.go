package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Act is what was done. The set is closed: an act has no free text.
type Act string

// The acts.
const (
	ImportRegister  Act = "register-import"
	AddLeak         Act = "leak-add"
	RemoveLeak      Act = "leak-remove"
	AddClaim        Act = "claim-add"
	OpenClaim       Act = "claim-open"
	Receive         Act = "receive"
	Assess          Act = "assess"
	Trace           Act = "trace"
	Alarm           Act = "alarm"
	OpenRow         Act = "row-open"
	Decide          Act = "link-decide"
	Undo            Act = "link-undo"
	AddHoney        Act = "honey-add"
	RetireHoney     Act = "honey-retire"
	OwnerAsk        Act = "owner-ask"
	OwnerAnswer     Act = "owner-answer"
	Discard         Act = "discard"
	CaseAct         Act = "case-act"
	RoleAct         Act = "role-act"
	OrganisationAct Act = "organisation-act"
	Destroy         Act = "destroy"
	Restore         Act = "store-restore"
	Verify          Act = "verify"
	MakeKey         Act = "key-new"
	RotateKey       Act = "key-rotate"
	TimeStamp       Act = "stamp"
	Keep            Act = "keep"
	GivePass        Act = "reader-add"
	TakePass        Act = "reader-remove"
	Serve           Act = "serve"
	// Found is that files were there before the ledger knew of their folder: it
	// vouches for them from then on, not for how they came to be.
	Found Act = "found"
)

// Acts are all acts.
var Acts = []Act{
	ImportRegister, AddLeak, RemoveLeak, AddClaim, OpenClaim, Receive, Assess, Trace, Alarm, OpenRow, Decide, Undo,
	AddHoney, RetireHoney, OwnerAsk, OwnerAnswer, Discard, CaseAct, RoleAct, OrganisationAct, Destroy, Restore, Verify, MakeKey, RotateKey, TimeStamp, Keep, GivePass, TakePass, Serve, Found,
}

// Step is how far an act is.
type Step string

// The steps. An act is begun before it changes anything, and ends done or failed;
// what it wrote may stand in entries of its own before the last.
const (
	Begun  Step = "begun"
	Wrote  Step = "wrote"
	Done   Step = "done"
	Failed Step = "failed"
)

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// HashOf is the SHA-256 of text.
func HashOf(text []byte) Hash { return sha256.Sum256(text) }

// ParseHash reads 64 lower-case hexadecimal digits.
func ParseHash(s string) (h Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) || strings.ToLower(s) != s {
		return h, errors.New("is no SHA-256")
	}
	return Hash(b), nil
}

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText implements encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hash) UnmarshalText(text []byte) (err error) {
	*h, err = ParseHash(string(text))
	return err
}

// File is a file as an act left it.
type File struct {
	Name  string `json:"name"`            // within the folder of the entry, with slashes
	Bytes int64  `json:"bytes"`           // of a file that grows: how many it had
	Sum   Hash   `json:"sha256"`          // of those bytes
	Grows bool   `json:"grows,omitempty"` // it is only ever added to: these are its first bytes
	Gone  bool   `json:"gone,omitempty"`  // it was taken away; bytes and sum are zero
}

// Entry is one line of the ledger. No field holds free text: names of people who act
// are bounded to what accounts are called or replaced by a mark (ActorOf), and what
// was done and to what is told by codes, hashes and names that Constat gave.
type Entry struct {
	At     time.Time `json:"at"` // UTC, to the second
	Actor  string    `json:"actor"`
	Act    Act       `json:"act"`
	Step   Step      `json:"step"`
	Of     int64     `json:"of,omitempty"`     // number of the entry that it is a further step of
	On     string    `json:"on,omitempty"`     // folder of the home that it is about: cases/ID, register, leaks/NAME …
	Exit   int       `json:"exit,omitempty"`   // exit code of what ended
	Inputs []Hash    `json:"inputs,omitempty"` // of what was given
	Files  []File    `json:"files,omitempty"`  // what it wrote or took away
	Closes []int64   `json:"closes,omitempty"` // acts on the same folder that began and never ended: what they left stands in Files
}

// maxEntry is the most bytes of an entry: bundles of C2SP tlog-tiles give its length
// in two bytes. maxFiles fit into one.
const (
	maxEntry = 1<<16 - 1
	maxFiles = 150
)

// Case is the case that an entry is about; "" for none.
func (e *Entry) Case() string {
	id, is := strings.CutPrefix(e.On, "cases/")
	if !is {
		return ""
	}
	return id
}

// isAccount tells what accounts are called: [a-z_][a-z0-9_-]{0,31}.
func isAccount(s string) bool {
	for i, c := range []byte(s) {
		if small := c >= 'a' && c <= 'z' || c == '_'; !small && (i == 0 || !(c >= '0' && c <= '9' || c == '-')) {
			return false
		}
	}
	return s != "" && len(s) <= 32
}

// isMark tells what a mark looks like: a tilde and 32 hexadecimal digits.
func isMark(s string) bool {
	if len(s) != 33 || s[0] != '~' {
		return false
	}
	for _, c := range []byte(s[1:]) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

// isPart tells what Constat calls a file or a folder: letters, digits, and, but for
// the first, dots and dashes.
func isPart(s string) bool {
	for i, c := range []byte(s) {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
		if !plain && (i == 0 || c != '.' && c != '-') {
			return false
		}
	}
	return s != "" && len(s) <= 128
}

// isName tells what NameOf writes: parts or marks, not too many.
func isName(s string) bool {
	n := 0
	for part := range strings.SplitSeq(s, "/") {
		if n++; n > 8 || !isPart(part) && !isMark(part) {
			return false
		}
	}
	return true
}

// ActorOf is how who acts is written: the name of an account as it is, anything else,
// such as a name that was given with it, by a mark that says whether two are the
// same. What the mark stands for is told by the records of the case.
func ActorOf(who string) string {
	if isAccount(who) {
		return who
	}
	sum := sha256.Sum256([]byte("constat.actor/1\n" + who))
	return "~" + hex.EncodeToString(sum[:16])
}

// NameOf is how the name of a file is written: parts that Constat would not have
// chosen are replaced by a mark.
func NameOf(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if !isPart(p) {
			sum := sha256.Sum256([]byte("constat.name/1\n" + p))
			parts[i] = "~" + hex.EncodeToString(sum[:16])
		}
	}
	return strings.Join(parts, "/")
}

// Check tells what cannot be an entry, as words that follow "entry 3".
func (e *Entry) Check() error {
	switch {
	case e.At.Location() != time.UTC || e.At.Nanosecond() != 0 || e.At.Year() < 2000 || e.At.Year() > 9999:
		return errors.New("gives no time in UTC, to the second")
	case !isAccount(e.Actor) && !isMark(e.Actor):
		return errors.New("names nobody")
	case !slices.Contains(Acts, e.Act):
		return errors.New("is no act")
	case e.Step != Begun && e.Step != Wrote && e.Step != Done && e.Step != Failed:
		return errors.New("is no step of an act")
	case (e.Of > 0) == (e.Step == Begun) && e.Act != Found || e.Of < 0:
		return errors.New("does not say which act it is a step of")
	case e.On != "" && !isName(e.On):
		return errors.New("is about no folder")
	case e.Exit < 0 || e.Exit > 255 || len(e.Files) > maxFiles || len(e.Inputs) > maxFiles:
		return errors.New("says more than an entry can")
	case e.Step == Begun && len(e.Files)+len(e.Closes)+e.Exit > 0:
		return errors.New("tells of what it did before it did it")
	}
	for _, f := range e.Files {
		if !isName(f.Name) || f.Bytes < 0 || f.Gone && (f.Bytes > 0 || f.Sum != Hash{} || f.Grows) {
			return errors.New("names no file")
		}
	}
	for _, n := range e.Closes {
		if n < 1 {
			return errors.New("closes no act")
		}
	}
	return nil
}

// Marshal writes an entry: JSON, in one spelling.
func (e *Entry) Marshal() ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, fmt.Errorf("the entry %w", err)
	}
	text, err := json.Marshal(e)
	if err == nil && len(text) > maxEntry {
		err = fmt.Errorf("the entry has %d bytes, and %d are the most", len(text), maxEntry)
	}
	return text, err
}

// ParseEntry reads what Marshal wrote, and refuses every other spelling of it.
func ParseEntry(text []byte) (*Entry, error) {
	e := new(Entry)
	if err := json.Unmarshal(text, e); err != nil {
		return nil, errors.New("is no entry")
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	if again, err := json.Marshal(e); err != nil || !bytes.Equal(again, text) {
		return nil, errors.New("is not written as entries are")
	}
	return e, nil
}
