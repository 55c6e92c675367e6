package triage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/seal"
	"constat.example/desk/assessment"
	"constat.example/desk/ledger"
	"constat.example/desk/review"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// reviewDir is the folder of a case that holds the decisions about its links.
const reviewDir = "review"

func (b Bench) decisions(id string) review.Store {
	return review.In(filepath.Join(b.CaseDir(id), reviewDir), id)
}

// rulings are the decisions of a case about a dump, as the linker takes them,
// beside those that stand.
type rulings struct {
	upto     int64
	standing []review.Decision // about this dump, in the order of taken
	taken    []link.Ruling
	void     []assessment.VoidDecision // about other dumps
}

// rulings reads the decisions of a case.
func (b Bench) rulings(id string, inputs []assessment.Input) (*rulings, error) {
	chain, err := b.decisions(id).Chain()
	if err != nil {
		return nil, err
	}
	r := &rulings{upto: int64(len(chain.Entries))}
	dump := dumpSum(inputs)
	for _, d := range review.Standing(chain.Entries) {
		if d.Dump != dump {
			r.void = append(r.void, assessment.VoidDecision{Decision: d.Seq, Row: d.Row, Why: assessment.VoidDump})
			continue
		}
		r.standing = append(r.standing, d)
		r.taken = append(r.taken, d.Ruling())
	}
	return r, nil
}

// fill tells what came of the decisions.
func (r *rulings) fill(out *assessment.Assessment, ruled link.Ruled) {
	d := &out.Decided
	d.Upto, d.Same, d.Not, d.Unknown = r.upto, ruled.Same, ruled.Not, ruled.Unknown
	d.Void = append(d.Void, r.void...)
	for _, v := range ruled.Void {
		was := r.standing[v.Ruling]
		why := assessment.VoidPerson
		if v.Row {
			why = assessment.VoidRow
		}
		d.Void = append(d.Void, assessment.VoidDecision{Decision: was.Seq, Row: was.Row, Why: why})
	}
	slices.SortFunc(d.Void, func(a, b assessment.VoidDecision) int { return int(a.Decision - b.Decision) })
}

// ReviewRequest asks for the rows that a person should look at.
type ReviewRequest struct {
	Case  string
	Limit int   // rows at most
	After int64 // begin after this row; 0: at the top
}

// Review lists the rows of an assessed dump that a person should look at, what is
// at stake first. It opens no key.
func (b Bench) Review(ctx context.Context, req ReviewRequest) (out *assessment.Review, err error) {
	b = b.withDefaults()
	made, err := b.assessed(req.Case)
	if err != nil {
		return nil, err
	}
	know, err := b.learnt(req.Case)
	if err != nil {
		return nil, err
	}
	standing := review.Standing(made.made)
	var decided []int64
	for _, d := range standing {
		if d.Dump == made.dump() {
			decided = append(decided, d.Row)
		}
	}
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	s, err := b.session(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	list, err := link.Review(ctx, link.Kept{
		Session: s, Model: know.Model,
		Tokens: made.file(keptTokens), Links: made.file(linksFile), Open: made.file(candidatesFile),
	}, req.Limit, req.After, decided)
	switch {
	case errors.Is(err, link.ErrNoRow):
		return nil, failure.New(failure.BadInput, "Leave --after out to begin at the top.", "row %d is not among the rows to be reviewed", req.After)
	case errors.Is(err, link.ErrModel):
		return nil, failure.New(failure.BadInput, fmt.Sprintf("Assess it again as before: \"constat assess --case %s\".", req.Case),
			"case %s was assessed by another version of Constat: %w", req.Case, err)
	case err != nil:
		return nil, err
	}
	out = &assessment.Review{
		Schema: assessment.ReviewSchema, Case: req.Case, Total: list.Total, Next: list.Next,
		Rows: []assessment.ReviewRow{}, Decisions: []assessment.ReviewDecision{},
	}
	upto := made.Assessment.Decided.Upto
	for _, d := range made.made {
		if d.Seq > upto && d.Dump == made.dump() {
			out.Pending++
		}
	}
	for _, d := range standing {
		told := assessment.ReviewDecision{Decision: d.Seq, Row: d.Row, Act: d.Act, Who: d.Who, When: d.Time.Format(time.RFC3339), Reason: d.Reason, Applied: d.Seq <= upto}
		if d.Dump != made.dump() {
			told.Void = assessment.VoidDump
		}
		for _, v := range made.Assessment.Decided.Void {
			if v.Decision == d.Seq {
				told.Void = v.Why
			}
		}
		told.Applied = told.Applied && told.Void == ""
		out.Decisions = append(out.Decisions, told)
	}
	for _, d := range list.Rows {
		out.Rows = append(out.Rows, assessment.ReviewRow{
			Row: d.Row, Verdict: string(d.Verdict), Probability: millionths(d.Probability), Stake: d.Stake().String(),
			Kinds: append([]kind.Kind{}, d.Kinds.Kinds()...), Reason: string(d.Reason), People: d.People,
			Agree: append([]string{}, d.Agree...), Differ: append([]string{}, d.Differ...),
		})
	}
	return out, nil
}

// DecideRequest asks to keep a decision.
type DecideRequest struct {
	Case   string
	Row    int64
	Answer string // "same", "not", "unknown"
	Person string // record id; "": the best candidate
	Reason string
}

// Decide keeps a decision about a row. It holds from the next assessment on.
func (b Bench) Decide(ctx context.Context, req DecideRequest) (out *assessment.RowDecision, err error) {
	b = b.withDefaults()
	answer := review.Answer(req.Answer)
	if answer == 0 {
		return nil, failure.New(failure.Usage, "Decide that a row is a person's (same), is not theirs (not), or that nobody can tell (unknown).", "%q is no decision", visible.Text(req.Answer, 40))
	}
	if answer == link.Unknown && req.Person != "" {
		return nil, failure.New(failure.Usage, "Leave --person out, or decide \"same\" or \"not\".", "that nobody can tell is about no person")
	}
	if err := review.CheckReason(req.Reason); err != nil {
		return nil, err
	}
	made, err := b.assessed(req.Case)
	if err != nil {
		return nil, err
	}
	if err := made.within(req.Row); err != nil {
		return nil, err
	}
	d := review.Decision{Act: req.Answer, Dump: made.dump(), Row: req.Row, Reason: req.Reason}
	err = b.withLinks(ctx, made, func(s engine.Session, key *seal.Key, m register.Manifest, _ string) error {
		if err := made.isRow(ctx, s, req.Row); err != nil {
			return err
		}
		id := ""
		if answer != link.Unknown {
			record, err := made.person(ctx, s, key, req)
			if err != nil {
				return err
			}
			d.Person, d.Key = review.Mark(record), m.KeyID
			if id, err = recordOf(ctx, s, key, d); err != nil {
				return err
			}
		}
		var kept review.Decision
		if err := b.recorded(ledger.Decide, onCase(req.Case), func() (err error) {
			kept, err = b.decisions(req.Case).Add(review.Hand{Who: b.Who, Now: b.Now}, d)
			return err
		}); err != nil {
			return err
		}
		out = rowDecision(kept, id)
		return nil
	})
	return out, err
}

// isRow refuses a row that was rejected.
func (c *assessedCase) isRow(ctx context.Context, s engine.Session, row int64) error {
	if err := s.View(ctx, "dump_all", c.file(keptTokens)); err != nil {
		return err
	}
	n := int64(0)
	if err := s.Query(ctx, fmt.Sprintf("select count(*) from dump_all where row = %d", row), func(v []any) error {
		n = v[0].(int64)
		return nil
	}); err != nil {
		return err
	}
	if n == 0 {
		return c.rejected(row)
	}
	return nil
}

// person is the token of the record id of the person that a decision is about.
func (c *assessedCase) person(ctx context.Context, s engine.Session, key *seal.Key, req DecideRequest) (token.Token, error) {
	where := ""
	if req.Person != "" {
		var split field.Splitter
		parts, _, _ := split.Split(kind.RecordID, 1, []byte(req.Person))
		if len(parts) != 1 {
			return 0, failure.New(failure.Usage, "Give it as \"constat link explain\" shows it.", "what --person gives is no record id")
		}
		where = fmt.Sprintf("record_id = %d", key.Token(parts[0].Column, parts[0].Text))
	} else {
		best, err := c.best(ctx, s, req.Row)
		if err != nil {
			return 0, err
		}
		if best < 0 {
			return 0, failure.New(failure.BadInput, "Name the person with --person RECORD_ID.", "nobody is a candidate for row %d", req.Row)
		}
		where = fmt.Sprintf("person = %d", best)
	}
	var record token.Token
	if err := s.Query(ctx, "select record_id from reg_people where "+where, func(v []any) error {
		record = v[0].(int64)
		return nil
	}); err != nil {
		return 0, err
	}
	if record == 0 {
		return 0, failure.New(failure.BadInput, "Give the record id as \"constat link explain\" shows it.", "the register has no person of the record id given with --person")
	}
	return record, nil
}

// best is the person that a row is linked to, or its best candidate; -1: none.
func (c *assessedCase) best(ctx context.Context, s engine.Session, row int64) (int64, error) {
	best := int64(-1)
	for _, q := range [][2]string{
		{candidatesFile, "select person from kept where row = %d order by w, person desc"}, // the last is the best
		{linksFile, "select person from kept where row = %d"},
	} {
		if err := s.View(ctx, "kept", c.file(q[0])); err != nil {
			return 0, err
		}
		if err := s.Query(ctx, fmt.Sprintf(q[1], row), func(v []any) error {
			best = v[0].(int64)
			return nil
		}); err != nil {
			return 0, err
		}
	}
	return best, nil
}

// UndoRequest asks for a decision not to stand any longer.
type UndoRequest struct {
	Case     string
	Decision int64 // its number; 0: that about the row
	Row      int64
	Reason   string
}

// Undo has a decision stand no longer, from the next assessment on.
func (b Bench) Undo(req UndoRequest) (_ *assessment.RowDecision, err error) {
	b = b.withDefaults()
	if err := b.knownCase(req.Case); err != nil {
		return nil, err
	}
	show := fmt.Sprintf("\"constat link review %s --decided\" lists the decisions that stand.", req.Case)
	act, err := b.begin(ledger.Undo, onCase(req.Case))
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	undone, err := b.decisions(req.Case).Undo(review.Hand{Who: b.Who, Now: b.Now}, func(standing []review.Decision) (review.Decision, error) {
		var found []review.Decision
		for _, d := range standing {
			if req.Decision > 0 && d.Seq == req.Decision || req.Decision == 0 && d.Row == req.Row {
				found = append(found, d)
			}
		}
		switch {
		case len(found) == 0 && req.Decision > 0:
			return review.Decision{}, failure.New(failure.BadInput, show, "there is no decision %d in case %s, or it stands no longer", req.Decision, req.Case)
		case len(found) == 0:
			return review.Decision{}, failure.New(failure.BadInput, show, "no decision about row %d stands in case %s", req.Row, req.Case)
		case len(found) > 1:
			return review.Decision{}, failure.New(failure.BadInput, "Give the number of the decision. "+show, "%d decisions about row %d stand in case %s", len(found), req.Row, req.Case)
		}
		return found[0], nil
	}, req.Reason)
	if err != nil {
		return nil, err
	}
	return rowDecision(undone, ""), nil
}

func rowDecision(d review.Decision, id string) *assessment.RowDecision {
	return &assessment.RowDecision{Decision: d.Seq, Row: d.Row, Act: d.Act, Of: d.Of, RecordID: id, Who: d.Who, When: d.Time.Format(time.RFC3339), Reason: d.Reason}
}
