package triage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"constat.example/clear/mention"
	"constat.example/desk/casefile"
	"constat.example/desk/chain"
	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/desk/store"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
	"constat.example/internal/visible"
)

// storeFile is the store of a home that names no other.
const storeFile = "desk.db"

// withStore lends the store of the home. One that is only read is not made: for use it
// is nil where there is none yet.
func (b Bench) withStore(ctx context.Context, make bool, use func(*store.Store) error) (err error) {
	at := b.Store
	if at == "" {
		at = filepath.Join(b.Home, storeFile)
		if _, err := os.Stat(at); errors.Is(err, fs.ErrNotExist) && !make {
			return use(nil)
		}
	}
	s, err := store.Open(ctx, at)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return use(s)
}

// acts reads the history of a case, or of the home for "".
func acts(ctx context.Context, s *store.Store, id string) (*chain.Chain[casefile.Act], error) {
	var text []byte
	if s != nil {
		var err error
		if text, err = s.Lines(ctx, id); err != nil {
			return nil, err
		}
	}
	return history(id, text, "Bring a backup of the store back: constat store restore.")
}

// history reads a history, and refuses one that does not hold, with that hint.
func history(id string, text []byte, hint string) (*chain.Chain[casefile.Act], error) {
	c := casefile.Parse(id, text)
	if len(c.Breaks) == 0 {
		return &c, nil
	}
	what := "the roles"
	if id != "" {
		what = "the acts of case " + visible.Text(id, 64)
	}
	return nil, failure.New(failure.BadInput, hint, "the history of %s does not hold: %s", what, c.Breaks[0])
}

// Desk is what people have done about a case, and who may do what.
type Desk struct {
	Case *casefile.Case
	Team casefile.Team
	Acts []casefile.Act
}

// Desk reads the history of a case. A case without one has no act.
func (b Bench) Desk(ctx context.Context, id string) (d Desk, err error) {
	if err := b.knownCase(id); err != nil {
		return d, err
	}
	err = b.withStore(ctx, false, func(s *store.Store) error {
		d, _, err = desk(ctx, s, id)
		return err
	})
	return d, err
}

// Desks reads the histories of cases, by id.
func (b Bench) Desks(ctx context.Context, ids []string) (all map[string]Desk, err error) {
	all = map[string]Desk{}
	err = b.withStore(ctx, false, func(s *store.Store) error {
		for _, id := range ids {
			if all[id], _, err = desk(ctx, s, id); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

func desk(ctx context.Context, s *store.Store, id string) (Desk, *chain.Chain[casefile.Act], error) {
	home, err := acts(ctx, s, "")
	if err != nil {
		return Desk{}, nil, err
	}
	d := Desk{Team: casefile.TeamOf(home.Entries)}
	if id == "" {
		d.Acts = home.Entries
		return d, home, nil
	}
	of, err := acts(ctx, s, id)
	if err != nil {
		return Desk{}, nil, err
	}
	d.Case, d.Acts = casefile.Of(id, of.Entries), of.Entries
	return d, of, nil
}

// Team reads who has which roles, and the acts that gave them.
func (b Bench) Team(ctx context.Context) (d Desk, err error) {
	err = b.withStore(ctx, false, func(s *store.Store) error {
		d, _, err = desk(ctx, s, "")
		return err
	})
	return d, err
}

// ActRequest asks for acts of a person, all or none.
type ActRequest struct {
	Case string // "": of the home
	Acts []casefile.Act
	Seen int64 // number of the last act that their doer had seen; 0: whatever it is
}

// Act does something, as the person whose bench it is. It is refused where their
// roles, or the state of the case, do not allow it, and where somebody else acted
// after what they had seen.
func (b Bench) Act(ctx context.Context, r ActRequest) (d Desk, err error) {
	b = b.withDefaults()
	opens := false
	for i := range r.Acts {
		a := &r.Acts[i]
		a.Reason = strings.TrimSpace(a.Reason)
		if err := quotesNothing(a.Reason); err != nil {
			return d, err
		}
		if err := answersQuoteNothing(r.Case, a); err != nil {
			return d, err
		}
		opens = opens || a.Do == casefile.Open || a.Do == casefile.State
	}
	if r.Case != "" && !opens {
		if err := b.knownCase(r.Case); err != nil {
			return d, err
		}
	}
	err = b.withStore(ctx, true, func(s *store.Store) error {
		d, err = b.act(ctx, s, r)
		return err
	})
	return d, err
}

// act does something, and has the ledger vouch for it.
func (b Bench) act(ctx context.Context, s *store.Store, r ActRequest) (Desk, error) {
	return b.actAfter(ctx, s, r, func() error { return nil })
}

// actAfter is act, after something else that changes the folder of the case.
func (b Bench) actAfter(ctx context.Context, s *store.Store, r ActRequest, first func() error) (Desk, error) {
	lines, after, err := b.compose(ctx, s, r)
	if err != nil {
		return Desk{}, err
	}
	what, on := ledger.RoleAct, ""
	if len(r.Acts) > 0 && r.Acts[0].Do == casefile.Say {
		what = ledger.OrganisationAct
	}
	if r.Case != "" {
		what, on = ledger.CaseAct, onCase(r.Case)
		if err := disk.MakeFolder(b.CaseDir(r.Case)); err != nil {
			return Desk{}, homeError(b.Home, err)
		}
	}
	var sums []string
	for _, line := range lines {
		sums = append(sums, chain.Sum([]byte(line+"\n")))
	}
	if err := b.recorded(what, on, func() error {
		if err := first(); err != nil {
			return err
		}
		return put(ctx, s, r.Case, after, lines)
	}, sums...); err != nil {
		return Desk{}, err
	}
	d, _, err := desk(ctx, s, r.Case)
	return d, err
}

// compose makes the lines of acts, if they may be done now, and tells which one they follow.
func (b Bench) compose(ctx context.Context, s *store.Store, r ActRequest) (lines []string, after int64, err error) {
	d, of, err := desk(ctx, s, r.Case)
	if err != nil {
		return nil, 0, err
	}
	after = int64(len(of.Entries))
	if r.Seen > 0 && r.Seen != after {
		return nil, 0, moved(r.Case)
	}
	for _, a := range r.Acts {
		a.Time, a.Who = b.Now().UTC().Truncate(time.Second), b.As
		if err := d.Team.May(d.Case, a); err != nil {
			return nil, 0, err
		}
		line, err := chain.Next(of, a)
		if err != nil {
			return nil, 0, err
		}
		lines = append(lines, strings.TrimSuffix(string(line), "\n"))
		if r.Case != "" {
			d.Case = casefile.Of(r.Case, of.Entries)
		}
	}
	return lines, after, nil
}

func put(ctx context.Context, s *store.Store, id string, after int64, lines []string) error {
	err := s.Add(ctx, id, after, lines...)
	if errors.Is(err, store.ErrMoved) {
		return moved(id)
	}
	return err
}

func moved(id string) error {
	hint := "See \"constat role list\", and decide again."
	if id != "" {
		hint = fmt.Sprintf("See \"constat case show %s\", and decide again.", id)
	}
	return failure.New(failure.Refused, hint, "somebody else acted meanwhile; nothing was done")
}

// quotesNothing refuses a text in which values of people stand.
func quotesNothing(text string) error {
	var f mention.Finder
	found, _ := f.Find([]byte(text))
	if len(found) == 0 {
		return nil
	}
	return failure.New(failure.Usage, "Write it without: name the case, the file or the number of people instead.",
		"at character %d the text holds what looks like somebody's data (%s), and it would be kept in the clear", len([]rune(text[:found[0].From]))+1, found[0].Kind)
}

// OpenCase opens an empty case, for a signal that comes before any file.
func (b Bench) OpenCase(ctx context.Context, id, reason string) (Desk, error) {
	if err := checkCase(id); err != nil || id == "" {
		return Desk{}, cmp.Or[error](err, failure.New(failure.Usage, "Give it a short name, as forum-2026-04.", "a case needs an id"))
	}
	// An opening that was cut short may have left an empty folder, and is done again.
	if files, err := ledger.Walk(b.Home, onCase(id)); err != nil || len(files) > 0 {
		return Desk{}, cmp.Or(homeError(b.Home, err), casefile.Known(id))
	}
	return b.Act(ctx, ActRequest{Case: id, Acts: []casefile.Act{{Do: casefile.Open, Reason: reason}}})
}

// BackUp writes all acts of the store, and returns how many there are.
func (b Bench) BackUp(ctx context.Context, w io.Writer) (n int64, err error) {
	err = b.withStore(ctx, true, func(s *store.Store) error {
		n, err = s.Backup(ctx, w)
		return err
	})
	return n, err
}

// Restore brings a backup back into an empty store. Each history has to hold.
func (b Bench) Restore(ctx context.Context, r io.Reader) (n int64, err error) {
	if err := disk.MakeFolder(b.Home); err != nil {
		return 0, homeError(b.Home, err)
	}
	b = b.withDefaults()
	err = b.withStore(ctx, true, func(s *store.Store) error {
		return b.recorded(ledger.Restore, "", func() (err error) {
			n, err = s.Restore(ctx, r, func(id string, text []byte) error {
				_, err := history(id, text, "Take another backup; nothing was brought back.")
				return err
			})
			return err
		})
	})
	return n, err
}

// fileSums are files by name and hash, as acts name them.
func (b Bench) fileSums(ctx context.Context, paths []string) ([]casefile.Kept, error) {
	var all []casefile.Kept
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading %s: %w", path, err)
		}
		sum, err := evidence.Sum(ctx, f, progress.None)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, failure.New(failure.BadInput, "Copy the file again from where it was made.", "reading %s: %w", path, err)
		}
		all = append(all, casefile.Kept{Name: filepath.Base(path), SHA256: sum})
	}
	return all, nil
}

// actSums are the acts of people that the ledger tells of, by the folder they are about ("" for
// roles): SHA-256 of their lines, in order. One that was begun and never ended may be there or not.
type actSums struct {
	of    map[string][]actSum
	place map[int64]string // of those that began, by the number of the entry
	whole bool             // all of the ledger was taken
}

type actSum struct {
	entry int64
	sum   string
	done  bool
}

func newActSums() *actSums {
	return &actSums{of: map[string][]actSum{}, place: map[int64]string{}}
}

// take takes an entry of the ledger.
func (s *actSums) take(n int64, e *ledger.Entry) {
	if e.Act != ledger.CaseAct && e.Act != ledger.RoleAct && e.Act != ledger.OrganisationAct {
		return
	}
	on := s.place[e.Of]
	switch {
	case e.Step == ledger.Begun:
		for _, in := range e.Inputs {
			s.of[e.On] = append(s.of[e.On], actSum{n, in.String(), false})
		}
		s.place[n] = e.On
	case e.Step == ledger.Done:
		for i := range s.of[on] {
			s.of[on][i].done = s.of[on][i].done || s.of[on][i].entry == e.Of
		}
	case e.Exit == int(failure.Refused): // of what failed otherwise, the store knows whether it was kept
		s.of[on] = slices.DeleteFunc(s.of[on], func(a actSum) bool { return a.entry == e.Of })
	}
}

// told are the acts on a folder, each once: a line carries its number and the SHA-256 of
// the one before, so that one that is told of twice was begun again after it was cut short.
func (s *actSums) told(on string) (all []actSum) {
	at := map[string]int{}
	for _, a := range s.of[on] {
		i, again := at[a.sum]
		if !again {
			at[a.sum] = len(all)
			all = append(all, a)
		} else if a.done {
			all[i] = a
		}
	}
	return all
}

// vouchedFor refuses what cannot be undone, unless the ledger holds and tells of every act on a
// case and of every role: somebody who can write to the store could put in a second yes.
func (b Bench) vouchedFor(ctx context.Context, id string) error {
	said := newActSums()
	_, checks, err := b.verifyLedger(ctx, VerifyRequest{}, said)
	if err != nil {
		return err
	}
	for _, of := range []string{"", id} {
		more, err := b.verifyActs(ctx, of, said)
		if err != nil {
			return err
		}
		checks = append(checks, more...)
	}
	for _, c := range checks {
		if !c.OK {
			return failure.New(failure.Refused, "\"constat verify\" tells all that does not hold. What is destroyed is not brought back, so look into it first.",
				"the data of case %s is not destroyed, since it does not hold that %s: %s", id, c.Name, c.Detail)
		}
	}
	return nil
}

// verifyActs holds what people decided about a case, or which roles they gave for "", against the
// ledger: each act is one that it tells of, and none is missing.
func (b Bench) verifyActs(ctx context.Context, id string, said *actSums) ([]evidence.Check, error) {
	check, on := evidence.Check{Name: "decisions are those that the ledger tells of"}, onCase(id)
	if id == "" {
		check.Name, on = "roles are those that the ledger tells of", ""
	}
	var lines [][]byte
	err := b.withStore(ctx, false, func(s *store.Store) error {
		if s == nil {
			return nil
		}
		text, err := s.Lines(ctx, id)
		if err != nil {
			return err
		}
		if of := casefile.Parse(id, text); len(of.Breaks) > 0 {
			check.Detail = "the history " + of.Breaks[0].String()
			return nil
		}
		lines = slices.Collect(bytes.Lines(text))
		return nil
	})
	if err != nil && failure.CodeOf(err) != failure.BadInput {
		return nil, err
	}
	told := said.told(on)
	switch {
	case err != nil:
		check.Detail = err.Error()
	case check.Detail != "":
	case len(lines) == 0 && len(told) == 0:
		return nil, nil
	default:
		check.OK, check.Detail = matched(lines, told)
	}
	return []evidence.Check{check}, nil
}

// matched tells the first act that is not where the ledger has it.
func matched(lines [][]byte, told []actSum) (ok bool, detail string) {
	at := 0
	for _, t := range told {
		switch {
		case at < len(lines) && chain.Sum(lines[at]) == t.sum:
			at++
		case t.done:
			return false, fmt.Sprintf("act %d is not the one that entry %d of the ledger tells of, or is missing", at+1, t.entry)
		}
	}
	if at < len(lines) {
		return false, fmt.Sprintf("no entry of the ledger tells of act %d", at+1)
	}
	return true, fmt.Sprintf("%d acts", len(lines))
}
