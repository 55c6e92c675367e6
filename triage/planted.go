package triage

import (
	"context"
	"fmt"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/honey"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/blind/verdict"
	"constat.example/desk/assessment"
)

// planted is the made-up people of the home, in an assessment under way.
type planted struct {
	sets   []honey.Set
	layout token.Layout // of the table honey
	people int64
	rows   int64 // of theirs in the dump that are linked to nobody
	found  int64
}

// plant makes the made-up people known to a session, and who of the register is
// one. It returns nil where there are none.
func (b Bench) plant(ctx context.Context, s engine.Session, m register.Manifest) (*planted, error) {
	kept, err := b.Honey()
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	p := &planted{}
	if p.sets, err = b.blindSets(kept); err != nil {
		return nil, err
	}
	for _, set := range p.sets {
		p.people += set.People
	}
	if p.layout, err = honey.View(ctx, s, p.sets); err != nil {
		return nil, err
	}
	return p, honeyPeople(ctx, s, m, p.layout, p.people)
}

// unreal is the table of people of the register who do not exist, or "".
func (p *planted) unreal() string {
	if p == nil {
		return ""
	}
	return "honey_person"
}

// fill tells which made-up people stand in the dump, and what that says. A row is
// theirs that agrees with them by itself, or that is linked to them.
func (p *planted) fill(ctx context.Context, out *assessment.Assessment, s engine.Session, dump token.Layout, linked *link.Result) error {
	if p == nil {
		out.Honey = assessment.NoHoneyFound(assessment.NoHoney)
		return nil
	}
	out.Honey = assessment.NoHoneyFound("")
	h := &out.Honey
	h.Placed, h.Persons = p.people, linked.Unreal
	unseen := honey.Reach(dump, p.layout) < honey.Enough(out.Rows.Read, p.people)
	if err := honey.Find(ctx, s, "honey_row", honey.Rows{Table: "dump", ID: "row", Layout: dump, Count: out.Rows.Read}, p.layout, p.people); err != nil {
		return err
	}
	const both = "SELECT id AS row, honey FROM honey_row UNION SELECT l.row, p.honey FROM link l JOIN honey_person p ON p.person = l.person"
	if err := s.Query(ctx, "SELECT count(DISTINCT b.row), count(DISTINCT CASE WHEN l.row IS NULL THEN b.row END) FROM ("+both+") b LEFT JOIN link l ON l.row = b.row", func(row []any) error {
		h.Rows, p.rows = row[0].(int64), row[1].(int64)
		return nil
	}); err != nil {
		return err
	}
	counts := make([]verdict.HoneyCount, len(p.sets))
	for i, set := range p.sets {
		counts[i].Set = set
	}
	if err := s.Query(ctx, "SELECT CAST(h.part AS BIGINT), count(*) FROM honey h JOIN (SELECT DISTINCT honey FROM ("+both+") x) b ON b.honey = h.honey GROUP BY h.part", func(row []any) error {
		counts[row[0].(int64)].Found = row[1].(int64)
		h.Found += row[1].(int64)
		return nil
	}); err != nil {
		return err
	}
	p.found = h.Found
	if unseen && h.Found == 0 {
		h.Refused = assessment.HoneyUnseen
	}
	judged := verdict.HoneyOf(counts)
	for _, set := range judged.Sets {
		c := assessment.HoneyCopy{Name: set.Copy, Everywhere: set.Everywhere, From: *stamp(set.From), Until: stamp(set.Until), Placed: set.People, Found: set.Found}
		if !set.Everywhere && h.Refused == "" {
			bits, likelihood := thousandths(set.Bits), min(0.9999, rounded(set.Likelihood)) // nothing of the kind is certain
			c.Bits, c.Likelihood = &bits, &likelihood
		}
		h.Copies = append(h.Copies, c)
	}
	h.Named = append(h.Named, judged.Named...)
	h.NotBefore, h.NotAfter = stamp(judged.NotBefore), stamp(judged.NotAfter)
	return h.Adds()
}

// date narrows the window of the copy by when made-up people were put in place, and
// taken out; where that contradicts what the changes of people say, it leaves it.
func (p *planted) date(out *assessment.Assessment) error {
	h, w := &out.Honey, &out.Window
	if p == nil || w.Refused != "" || h.NotBefore == nil && h.NotAfter == nil {
		return nil
	}
	at := map[**string]time.Time{}
	for _, t := range []**string{&h.NotBefore, &h.NotAfter, &w.NotBefore, &w.NotAfter, &w.MostLikely, &w.Interval.Low, &w.Interval.High} {
		if *t == nil {
			continue
		}
		var err error
		if at[t], err = time.Parse(time.RFC3339, **t); err != nil {
			return fmt.Errorf("a time of the window is none: %w", err)
		}
	}
	// later reports whether a comes after b, where both are known.
	later := func(a, b **string) bool { return *a != nil && *b != nil && at[a].After(at[b]) }
	if later(&h.NotBefore, &w.MostLikely) || later(&w.MostLikely, &h.NotAfter) || later(&h.NotBefore, &w.NotAfter) || later(&w.NotBefore, &h.NotAfter) {
		h.Window = assessment.HoneyContradicts
		return nil
	}
	h.Window = assessment.HoneyFits
	for _, low := range []**string{&w.NotBefore, &w.Interval.Low} {
		if h.NotBefore != nil && (*low == nil || later(&h.NotBefore, low)) {
			*low, h.Window = h.NotBefore, assessment.HoneyNarrows
		}
	}
	for _, high := range []**string{&w.NotAfter, &w.Interval.High} {
		if h.NotAfter != nil && (*high == nil || later(high, &h.NotAfter)) {
			*high, h.Window = h.NotAfter, assessment.HoneyNarrows
		}
	}
	return nil
}

// weigh adds made-up people to the evidence of where the dump comes from.
func (p *planted) weigh(e *verdict.Evidence) {
	if p != nil {
		e.Honey, e.HoneyPlaced, e.HoneyRows = p.found, p.people, p.rows
	}
}
