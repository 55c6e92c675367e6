package triage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/chain"
	"constat.example/desk/deadline"
	"constat.example/desk/form"
	"constat.example/desk/store"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// filingsDir is the folder of a case that holds documents as they were filed.
const filingsDir = "filings"

// Facts are all that is known of a case at the moment, for documents. No key is opened and
// no register is read: what is read is counts.
func (b Bench) Facts(ctx context.Context, id string) (*form.Facts, error) {
	b = b.withDefaults()
	d, err := b.Desk(ctx, id)
	if err != nil {
		return nil, err
	}
	return b.facts(d)
}

// AllFacts are the facts of all cases of the home, in the order of their ids.
func (b Bench) AllFacts(ctx context.Context) ([]*form.Facts, error) {
	b = b.withDefaults()
	ids, err := b.Cases()
	if err != nil {
		return nil, err
	}
	desks, err := b.Desks(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []*form.Facts
	for _, id := range ids {
		f, err := b.facts(desks[id])
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func (b Bench) facts(d Desk) (*form.Facts, error) {
	id := d.Case.ID
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	f := &form.Facts{
		Case: id, Now: b.Now().UTC().Truncate(time.Second), State: d.Case, Assessment: c.Assessment, Claims: c.Claims, Alarms: c.Alarms,
		Originals: c.Custody.Originals(), Custody: c.Custody.Entries, Answers: answersOf(d),
	}
	if len(c.Custody.Breaks) > 0 {
		return nil, failure.New(failure.BadInput, "\"constat verify\" tells more; bring the folder of the case back from a backup.", "the chain of custody of case %s does not hold: %s", id, c.Custody.Breaks[0])
	}
	if f.History, err = b.established(id).Lines(); err != nil {
		return nil, err
	}
	if f.Assessment != nil {
		if f.Severity, err = severityOf(d.Case, f.Assessment); err != nil {
			return nil, err
		}
	}
	if d.Case.Facts != nil {
		book, err := deadline.Rules()
		if err != nil {
			return nil, err
		}
		if f.Clock, err = d.Case.Deadlines().Read(); err != nil {
			return nil, err
		}
		f.Zone = clockOf(f.Clock, d.Case.Party())
		if f.Duties, err = deadline.Duties(book, f.Clock, f.Now); err != nil {
			return nil, err
		}
	}
	// A home whose first act is still to come has no ledger.
	if _, err := os.Stat(filepath.Join(b.Home, ledgerDir, "checkpoint")); err == nil {
		at, err := b.latest()
		if err != nil {
			return nil, err
		}
		f.Ledger = form.Ledger{Entries: at.Size, Root: at.Root.String(), Origin: at.Origin}
	}
	f.Filings, err = b.filings(d.Case)
	return f, err
}

// clockOf is the clock of a party.
func clockOf(c *deadline.Case, party string) *time.Location {
	for i := range c.Parties {
		if c.Parties[i].ID == party {
			return c.Parties[i].Zone
		}
	}
	return c.Parties[0].Zone
}

// answersOf are what the organisation says of itself, and before it what was said in the case.
func answersOf(d Desk) map[string]form.Answer {
	all := map[string]form.Answer{}
	for _, s := range d.Team.Answers {
		all[s.Key] = form.Answer{Key: s.Key, Value: s.Value, Who: s.Who.String(), Time: s.Time}
	}
	if d.Case != nil {
		for _, s := range d.Case.Answers {
			all[s.Key] = form.Answer{Key: s.Key, Value: s.Value, Who: s.Who.String(), Time: s.Time, Act: s.Act}
		}
	}
	return all
}

// filings reads the documents of a case that were filed. One that is not what the history
// of the case says is refused: nothing is compared with it.
func (b Bench) filings(c *casefile.Case) ([]form.Filing, error) {
	var all []form.Filing
	for _, x := range c.Filings {
		text, err := os.ReadFile(b.filingPath(c.ID, &x.Filing))
		if errors.Is(err, fs.ErrNotExist) || err == nil && chain.Sum(text) != x.SHA256 {
			return nil, failure.New(failure.BadInput, "\"constat verify\" tells more; bring the folder of the case back from a backup.", "filing %d of case %s is not what was filed", x.Number, c.ID)
		}
		if err != nil {
			return nil, homeError(b.Home, err)
		}
		d, err := form.Read(text)
		if err != nil {
			return nil, fmt.Errorf("filing %d of case %s: %w", x.Number, c.ID, err)
		}
		all = append(all, form.Filing{Number: x.Number, Form: x.Form, At: x.At, Reference: x.Reference, Who: x.Who.String(), Act: x.Act, SHA256: x.SHA256, Document: d})
	}
	return all, nil
}

func (b Bench) filingPath(id string, f *casefile.Filing) string {
	return filepath.Join(b.CaseDir(id), filingsDir, filingName(f))
}

func filingName(f *casefile.Filing) string { return fmt.Sprintf("%04d-%s.json", f.Number, f.Form) }

// Draft fills a form from what is known of a case at the moment.
func (b Bench) Draft(ctx context.Context, id string, f *form.Form) (*form.Document, error) {
	facts, err := b.Facts(ctx, id)
	if err != nil {
		return nil, err
	}
	return form.Draft(f, facts)
}

// Questions are the facts that forms have a box for, in a case; for "" those that the
// organisation says of itself. zone is that of times that tell no other.
func (b Bench) Questions(ctx context.Context, id string, forms []*form.Form) (all []form.Question, zone *time.Location, err error) {
	b = b.withDefaults()
	var facts *form.Facts
	if id == "" {
		d, err := b.Team(ctx)
		if err != nil {
			return nil, nil, err
		}
		facts = &form.Facts{Now: b.Now().UTC().Truncate(time.Second), State: casefile.Of("", nil), Answers: answersOf(d)}
	} else if facts, err = b.Facts(ctx, id); err != nil {
		return nil, nil, err
	}
	all = form.Questions(forms, facts)
	if id == "" {
		all = slices.DeleteFunc(all, func(q form.Question) bool { return !form.OfOrganisation(q.Key) })
	}
	return all, cmp.Or(facts.Zone, time.UTC), nil
}

// Answer keeps what a person says of facts, in a case or, for "", of the organisation. What
// is in force already is not said again. It returns which answers were new.
func (b Bench) Answer(ctx context.Context, id string, forms []*form.Form, given []form.Given, seen int64) ([]casefile.Answer, error) {
	questions, zone, err := b.Questions(ctx, id, forms)
	if err != nil {
		return nil, err
	}
	answers, err := form.Answers(questions, given, zone)
	if err != nil {
		return nil, err
	}
	d, err := b.Team(ctx)
	if id != "" {
		d, err = b.Desk(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	before := d.Team.Answers
	if id != "" {
		before = d.Case.Answers
	}
	answers = slices.DeleteFunc(answers, func(a casefile.Answer) bool {
		i := slices.IndexFunc(before, func(s casefile.Stated) bool { return s.Key == a.Key })
		return i < 0 && a.Value.Zero() || i >= 0 && sameValue(before[i].Value, a.Value)
	})
	if len(answers) == 0 {
		return nil, nil
	}
	_, err = b.Act(ctx, ActRequest{Case: id, Acts: []casefile.Act{{Do: casefile.Say, Answers: answers}}, Seen: seen})
	return answers, err
}

func sameValue(a, b casefile.Value) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// answersQuoteNothing refuses answers in which values of people stand. What an organisation
// says of itself has its own address and who is reached there.
func answersQuoteNothing(id string, a *casefile.Act) error {
	for _, x := range a.Answers {
		own := form.OfOrganisation(x.Key)
		if id == "" && !own {
			return failure.New(failure.Usage, "Answer it in the case, with \"constat case answer\".", "%s is no fact of the organisation", x.Key)
		}
		if own {
			continue
		}
		for _, text := range x.Value.Texts() {
			if err := quotesNothing(text); err != nil {
				return failure.New(failure.CodeOf(err), failure.HintOf(err), "%s: %w", x.Key, err)
			}
		}
	}
	return nil
}

// FileRequest says that a document was handed to whom it is for.
type FileRequest struct {
	Case      string
	Form      *form.Form
	At        string // when, as people write it; "": now
	Reference string // that the addressee gave, or ""
	Party     string // who filed it; "": the first controller
	Do        bool   // else it is only told what would be kept
}

// Filed is a document that was filed, or would be.
type Filed struct {
	casefile.Filing
	Path     string               // in the home
	Event    *deadline.EventEntry // that it is for the clocks; nil for none
	Document *form.Document
	Done     bool
}

// File keeps a document of a case as it is filed, in the case and in its history, and
// states the event that it is. Constat itself hands nothing over. It is refused where
// nobody decided what law 8 asks for. After a stop at any instant either all of it is
// there or nothing is known of it.
func (b Bench) File(ctx context.Context, r FileRequest) (out *Filed, err error) {
	b = b.withDefaults()
	if err := b.knownCase(r.Case); err != nil {
		return nil, err
	}
	if err := quotesNothing(r.Reference); err != nil {
		return nil, err
	}
	if r.Do {
		dir := filepath.Join(b.CaseDir(r.Case), filingsDir)
		if err := disk.MakeFolder(dir); err != nil {
			return nil, homeError(b.Home, err)
		}
		unlock, err := lock(dir, true) // two who file at once are numbered one after the other
		if err != nil {
			return nil, err
		}
		defer unlock()
	}
	err = b.withStore(ctx, r.Do, func(s *store.Store) error {
		d, _, err := desk(ctx, s, r.Case)
		if err == nil {
			out, err = b.file(ctx, s, d, r)
		}
		return err
	})
	return out, err
}

func (b Bench) file(ctx context.Context, s *store.Store, d Desk, r FileRequest) (*Filed, error) {
	facts, err := b.facts(d)
	if err != nil {
		return nil, err
	}
	doc, err := form.Draft(r.Form, facts)
	if err != nil {
		return nil, err
	}
	text, err := doc.JSON()
	if err != nil {
		return nil, err
	}
	out := &Filed{Filing: casefile.Filing{Number: len(d.Case.Filings) + 1, Form: r.Form.Name, Reference: r.Reference, SHA256: chain.Sum(text)}, Document: doc}
	zone := cmp.Or(facts.Zone, time.UTC)
	if out.At, err = b.filedAt(r.At, zone); err != nil {
		return nil, err
	}
	out.Path = b.filingPath(r.Case, &out.Filing)
	if out.Event, err = b.filingEvent(d, r, out.SHA256, out.At.In(zone)); err != nil {
		return nil, err
	}
	act := casefile.Act{Do: casefile.File, Filing: &out.Filing, Event: out.Event}
	asked := act
	asked.Time, asked.Who = b.Now().UTC().Truncate(time.Second), b.As
	if err := d.Team.May(d.Case, asked); err != nil || !r.Do {
		return out, err
	}
	_, err = b.actAfter(ctx, s, ActRequest{Case: r.Case, Acts: []casefile.Act{act}, Seen: d.Case.Seen}, func() error {
		if err := b.dropUnfiled(d.Case); err != nil {
			return err
		}
		return disk.WriteFile(out.Path, text)
	})
	out.Done = err == nil
	return out, err
}

// filedAt reads when a document was filed: an instant that was.
func (b Bench) filedAt(text string, zone *time.Location) (time.Time, error) {
	now := b.Now().UTC().Truncate(time.Second)
	if text == "" {
		return now, nil
	}
	at, day, err := deadline.Time(text, zone)
	switch {
	case err != nil:
		return at, failure.New(failure.Usage, "Write it as 2026-01-31T18:00, by the clock of who filed.", "--at: %w", err)
	case day:
		return at, failure.New(failure.Usage, "Write it as 2026-01-31T18:00: deadlines are in hours.", "--at tells no hour")
	case at.After(now):
		return at, failure.New(failure.Usage, "File it first, then say so.", "--at is in the future")
	}
	return at.UTC(), nil
}

// filingEvent is what filing a form is for the clocks: nil where it is nothing, or the case
// does not know whose clocks.
func (b Bench) filingEvent(d Desk, r FileRequest, sum string, at time.Time) (*deadline.EventEntry, error) {
	if r.Form.Meets == "" {
		return nil, nil
	}
	if d.Case.Facts == nil {
		return nil, failure.New(failure.Refused, fmt.Sprintf("Say it first: constat case deadlines %s --facts FILE; \"constat help deadlines\" shows such a file.", r.Case),
			"the case %s does not know yet who files, and whose clock that stops", r.Case)
	}
	book, err := deadline.Rules()
	if err != nil {
		return nil, err
	}
	e := deadline.EventEntry{Kind: deadline.Kind(r.Form.Meets), Party: cmp.Or(r.Party, d.Case.Party()), At: at.Format(time.RFC3339), Evidence: []string{sum}}
	acts, err := b.statements(book, d, nil, []deadline.EventEntry{e})
	if err != nil {
		return nil, err
	}
	return acts[0].Event, nil
}

// dropUnfiled removes what an interrupted filing left: files that the history of the case
// does not tell of.
func (b Bench) dropUnfiled(c *casefile.Case) error {
	dir := filepath.Join(b.CaseDir(c.ID), filingsDir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.ContainsFunc(c.Filings, func(f casefile.Filed) bool { return filingName(&f.Filing) == e.Name() }) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
