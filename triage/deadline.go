package triage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"constat.example/desk/deadline"
	"constat.example/desk/timeline"
	"constat.example/internal/failure"
)

// DeadlinesRequest asks by when whom must be told in a case, and may state before
// what its parties are and what happened.
type DeadlinesRequest struct {
	Case   string
	Facts  string // file of parties and switches, or ""
	Events []deadline.EventEntry
	At     time.Time // as things stand then; zero: now
}

// Deadlines is how the duties of a case stand.
type Deadlines struct {
	Case   *deadline.Case
	Rules  string // version
	At     time.Time
	Duties []deadline.Duty
}

// Deadlines keeps what is stated, which may open the case, and reckons its duties.
// It opens no key.
func (b Bench) Deadlines(r DeadlinesRequest) (*Deadlines, error) {
	b = b.withDefaults()
	if err := checkCase(r.Case); err != nil {
		return nil, err
	}
	if r.Case == "" {
		return nil, failure.New(failure.Usage, "\"constat case list\" shows the cases of the home.", "no case is named")
	}
	book, err := deadline.Rules()
	if err != nil {
		return nil, err
	}
	store := timeline.In(b.CaseDir(r.Case), r.Case)
	facts, err := readFacts(r.Facts)
	if err != nil {
		return nil, err
	}
	if facts != nil || len(r.Events) > 0 {
		err := store.Add(timeline.Hand{Who: b.Who, Now: b.Now}, facts, r.Events, func(c *deadline.Case, now time.Time) error {
			for i, e := range c.Events {
				if e.At.After(now) {
					return fmt.Errorf("event %d is in the future", i+1)
				}
			}
			_, err := deadline.Duties(book, c, now)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if err := b.knownCase(r.Case); err != nil {
		return nil, err
	}
	lines, err := store.Lines()
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, failure.New(failure.BadInput, "Say who must tell with --facts FILE; \"constat help deadlines\" shows such a file.",
			"the case %s does not know yet whose deadlines they are", r.Case)
	}
	out := &Deadlines{Rules: book.Version, At: r.At}
	if out.At.IsZero() {
		out.At = b.Now()
	}
	out.At = out.At.UTC().Truncate(time.Second)
	if out.Case, err = timeline.File(r.Case, lines).Read(); err == nil {
		out.Duties, err = deadline.Duties(book, out.Case, out.At)
	}
	return out, err
}

// readFacts reads a file of parties and switches; nil for "".
func readFacts(path string) (*timeline.Facts, error) {
	if path == "" {
		return nil, nil
	}
	unreadable := func(why error) error {
		return failure.New(failure.BadInput, "\"constat help deadlines\" shows what a file of parties holds.", "reading the parties in %s: %w", path, why)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure.New(failure.BadInput, "Check the name of the file.", "there is no file %s", path)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	const most = 1 << 20 // bytes; far more than parties take
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(text) > most {
		return nil, unreadable(fmt.Errorf("it is larger than %d bytes", most))
	}
	stated, err := deadline.ParseFile(text)
	switch {
	case err != nil:
		return nil, unreadable(err)
	case len(stated.Events) > 0 || stated.Case != "":
		return nil, unreadable(errors.New("it holds parties and switches only; events are stated with --event"))
	}
	return &timeline.Facts{With: stated.With, Parties: stated.Parties}, nil
}
