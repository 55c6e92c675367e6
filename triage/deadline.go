package triage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/store"
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
func (b Bench) Deadlines(ctx context.Context, r DeadlinesRequest) (*Deadlines, error) {
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
	facts, err := readFacts(r.Facts)
	if err != nil {
		return nil, err
	}
	if facts == nil && len(r.Events) == 0 {
		if err := b.knownCase(r.Case); err != nil {
			return nil, err
		}
	}
	var of *casefile.Case
	err = b.withStore(ctx, facts != nil || len(r.Events) > 0, func(s *store.Store) error {
		d, _, err := desk(ctx, s, r.Case)
		if err != nil {
			return err
		}
		acts, err := b.statements(book, d, facts, r.Events)
		if err == nil && len(acts) > 0 {
			d, err = b.act(ctx, s, ActRequest{Case: r.Case, Acts: acts})
		}
		of = d.Case
		return err
	})
	if err != nil {
		return nil, err
	}
	if of.Facts == nil {
		return nil, failure.New(failure.BadInput, "Say who must tell with --facts FILE; \"constat help deadlines\" shows such a file.",
			"the case %s does not know yet whose deadlines they are", r.Case)
	}
	out := &Deadlines{Rules: book.Version, At: r.At}
	if out.At.IsZero() {
		out.At = b.Now()
	}
	out.At = out.At.UTC().Truncate(time.Second)
	if out.Case, err = of.Deadlines().Read(); err == nil {
		out.Duties, err = deadline.Duties(book, out.Case, out.At)
	}
	return out, err
}

// Clock is how the duties of a case stand at an instant.
type Clock struct {
	Case   *deadline.Case
	At     time.Time
	Duties []deadline.Duty
}

// Clock reckons the duties of a case as they stand now; nil where nobody said whose they
// are, or where the case is closed. It opens no key.
func (b Bench) Clock(c *casefile.Case) (*Clock, error) {
	if c == nil || c.Closed() {
		return nil, nil
	}
	return b.reckon(c)
}

// reckon is Clock of a case that may be closed.
func (b Bench) reckon(c *casefile.Case) (*Clock, error) {
	if c.Facts == nil {
		return nil, nil
	}
	book, err := deadline.Rules()
	if err != nil {
		return nil, err
	}
	clock := &Clock{At: b.Now().UTC().Truncate(time.Second)}
	if clock.Case, err = c.Deadlines().Read(); err == nil {
		clock.Duties, err = deadline.Duties(book, clock.Case, clock.At)
	}
	return clock, err
}

// dutiesOf are the duties of a case as they stand now; none where there is no clock.
func (b Bench) dutiesOf(ctx context.Context, id string) ([]deadline.Duty, error) {
	desks, err := b.Desks(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	clock, err := b.Clock(desks[id].Case)
	if clock == nil || err != nil {
		return nil, err
	}
	return clock.Duties, nil
}

// statements are the acts that state facts and events, refused where the case would not
// hold. Facts that stand already are not stated again; the party of an event is the
// only one where it is not told.
func (b Bench) statements(book *deadline.Rulebook, d Desk, facts *casefile.Facts, events []deadline.EventEntry) (acts []casefile.Act, err error) {
	now, would := b.Now(), *d.Case
	if facts != nil && !reflect.DeepEqual(facts, would.Facts) {
		acts = append(acts, casefile.Act{Do: casefile.State, Facts: facts})
		would.Facts = facts
	}
	would.Events = slices.Clone(would.Events)
	for _, e := range events {
		if e.Party == "" && would.Facts != nil && len(would.Facts.Parties) == 1 {
			e.Party = would.Facts.Parties[0].ID
		}
		acts = append(acts, casefile.Act{Do: casefile.State, Event: &e})
		would.Events = append(would.Events, casefile.Event{Event: e})
	}
	c, err := would.Deadlines().Read()
	for i := 0; err == nil && i < len(c.Events); i++ {
		if c.Events[i].At.After(now) {
			err = fmt.Errorf("event %d is in the future", i+1)
		}
	}
	if err == nil {
		_, err = deadline.Duties(book, c, now)
	}
	if err != nil && len(acts) > 0 {
		return nil, failure.New(failure.BadInput, "Nothing was kept. See \"constat help deadlines\" for what parties and events are.", "the events of case %s would not hold: %w", d.Case.ID, err)
	}
	return acts, nil
}

// readFacts reads a file of parties and switches; nil for "".
func readFacts(path string) (*casefile.Facts, error) {
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
	return &casefile.Facts{With: stated.With, Parties: stated.Parties}, nil
}
