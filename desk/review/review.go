// Package review keeps what people decided about the links of a case: that a
// row is a person's, that it is not, that nobody can tell. Decisions are lines
// of a chain (package chain), and none is ever taken back out: one that no longer
// stands was undone by a later line.
//
// A decision names its row by the dump's SHA-256 and its number there, and its
// person by the token of the record id. The reason is text that people write,
// and the one place where a value could slip in: what looks like one is refused.
package review

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/blind/link"
	"constat.example/blind/token"
	"constat.example/desk/chain"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// Undone is the act of undoing a decision; the other acts are the answers.
const Undone = "undone"

// Decision is one line: a decision, or that one was undone.
type Decision struct {
	Seq    int64     `json:"seq"`  // from 1
	Time   time.Time `json:"time"` // UTC, to the second
	Who    string    `json:"who"`
	Act    string    `json:"act"`  // "same", "not", "unknown", "undone"
	Dump   string    `json:"dump"` // SHA-256, see DumpSum
	Row    int64     `json:"row"`
	Person string    `json:"person,omitempty"` // token of the record id, in hexadecimal
	Key    string    `json:"key,omitempty"`    // id of the register key the token was made with
	Of     int64     `json:"of,omitempty"`     // the decision that was undone
	Reason string    `json:"reason"`
	Prev   string    `json:"prev"` // SHA-256 of the line before
}

// Place implements chain.Act.
func (d *Decision) Place() (seq *int64, prev *string) { return &d.Seq, &d.Prev }

var (
	fullSum  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	fullMark = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

// Check implements chain.Act.
func (d *Decision) Check() error {
	answer, known := answers[d.Act]
	switch {
	case !known && d.Act != Undone:
		return errors.New("is no act that is known")
	case !fullSum.MatchString(d.Dump) || d.Row < 1:
		return errors.New("names no row")
	case (answer == link.Same || answer == link.Not) != (d.Person != ""), d.Person != "" && !fullMark.MatchString(d.Person):
		return errors.New("does not name whom it is about")
	case (d.Act == Undone) != (d.Of > 0):
		return errors.New("does not name what it undoes")
	}
	return nil
}

var answers = map[string]link.Answer{
	link.Same.String(): link.Same, link.Not.String(): link.Not, link.Unknown.String(): link.Unknown,
}

// Answer is the answer of that word; 0 for another word.
func Answer(word string) link.Answer { return answers[word] }

// Mark writes the token of a record id as decisions name it.
func Mark(t token.Token) string { return fmt.Sprintf("%016x", uint64(t)) }

// Ruling is the decision as the linker takes it.
func (d Decision) Ruling() link.Ruling {
	mark, err := strconv.ParseUint(d.Person, 16, 64)
	if err != nil {
		mark = 0
	}
	return link.Ruling{Row: d.Row, Record: token.Token(mark), Answer: answers[d.Act]}
}

// DumpSum names a dump by the SHA-256 of its originals, in their order: a row has
// its number among all of them.
func DumpSum(originals []string) string {
	return chain.Sum([]byte("constat.dump/1\n" + strings.Join(originals, "\n")))
}

// Store is the decisions of a case.
type Store struct{ dir, caseID string }

// In is the decisions kept in dir of the case of that id. Nothing need be there yet.
func In(dir, caseID string) Store { return Store{dir, caseID} }

const decisionsFile = "decisions.jsonl"

// Chain reads all decisions that were ever made in the case.
func (s Store) Chain() (*chain.Chain[Decision], error) {
	text, err := os.ReadFile(filepath.Join(s.dir, decisionsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the decisions of the case: %w", err)
	}
	c := chain.Parse[Decision]("constat.decision/1 "+s.caseID, text)
	if len(c.Breaks) > 0 {
		return nil, failure.New(failure.BadInput, "Bring the folder of the case back from a backup; until then no decision is added or applied.",
			"the decisions of case %s do not hold: %s", s.caseID, c.Breaks[0])
	}
	return &c, nil
}

// Hand is who decides, and by which clock.
type Hand struct {
	Who string
	Now func() time.Time
}

// Add keeps a decision. It returns once it is on the disk.
func (s Store) Add(by Hand, d Decision) (Decision, error) {
	if err := CheckReason(d.Reason); err != nil {
		return d, err
	}
	return s.append(by, func(*chain.Chain[Decision]) (Decision, error) { return d, nil })
}

// Undo has a decision stand no longer: the one that pick takes from those that do.
func (s Store) Undo(by Hand, pick func(standing []Decision) (Decision, error), reason string) (Decision, error) {
	if err := CheckReason(reason); err != nil {
		return Decision{}, err
	}
	return s.append(by, func(c *chain.Chain[Decision]) (Decision, error) {
		d, err := pick(Standing(c.Entries))
		if err != nil {
			return d, err
		}
		return Decision{Act: Undone, Dump: d.Dump, Row: d.Row, Of: d.Seq, Reason: reason}, nil
	})
}

// append adds what make makes of the decisions there are, while nobody else adds any.
func (s Store) append(by Hand, make func(*chain.Chain[Decision]) (Decision, error)) (d Decision, err error) {
	if err := disk.MakeFolder(s.dir); err != nil {
		return d, fmt.Errorf("making the folder of decisions: %w", err)
	}
	f, err := os.Open(s.dir)
	if err != nil {
		return d, fmt.Errorf("opening the decisions of the case: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := disk.Lock(f); err != nil {
		return d, fmt.Errorf("locking the decisions of the case: %w", err)
	}
	c, err := s.Chain()
	if err != nil {
		return d, err
	}
	if d, err = make(c); err != nil {
		return d, err
	}
	d.Time, d.Who = by.Now().UTC().Truncate(time.Second), visible.Text(by.Who, longestWord)
	d.Reason = visible.Text(d.Reason, longestReason)
	if err := d.Check(); err != nil {
		return d, fmt.Errorf("a decision that %w", err)
	}
	if err := chain.Append(c, filepath.Join(s.dir, decisionsFile), d); err != nil {
		return d, fmt.Errorf("writing the decision: %w", err)
	}
	return c.Entries[len(c.Entries)-1], nil
}

// Longest texts of a line, in characters.
const (
	longestWord   = 200
	longestReason = 400
)

// Standing are the decisions that hold, in the order they were made: not undone,
// and not replaced. A row that is somebody's, or nobody can tell whose, has one
// decision; one that is not somebody's may be not somebody else's too.
func Standing(all []Decision) []Decision {
	var standing []Decision
	for _, d := range all {
		if d.Act == Undone {
			standing = slices.DeleteFunc(standing, func(s Decision) bool { return s.Seq == d.Of })
			continue
		}
		standing = slices.DeleteFunc(standing, func(s Decision) bool {
			return s.Dump == d.Dump && s.Row == d.Row &&
				(answers[d.Act] != link.Not || answers[s.Act] != link.Not || s.Person == d.Person)
		})
		standing = append(standing, d)
	}
	return standing
}

// digits are five digits or more, as they are written in numbers and dates.
var digits = regexp.MustCompile(`\d(?:[ .,/\-\x{a0}\x{202f}]?\d){4}`)

// CheckReason refuses a reason that may hold a personal value, or that says nothing.
func CheckReason(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return failure.New(failure.Usage, "Say why with --reason; the case keeps it.", "nothing is decided without a reason")
	case digits.MatchString(reason):
		return failure.New(failure.Usage, "Say why without numbers or dates of a person: \"the second given name tells them apart\".",
			"the reason has five digits or more in a row, as phone numbers, dates and identifiers do")
	case strings.Contains(reason, "@"):
		return failure.New(failure.Usage, "Say why without the address of anybody.", "the reason has an @ in it, as addresses do")
	}
	return nil
}
