package triage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/link"
	"constat.example/blind/verdict"
	"constat.example/desk/assessment"
)

// Of several registers the one that a dump was copied from is found by a sample of
// its rows: linked to each, judged against each. docs/design/registers.md says why
// so, and what is made of it.

const (
	// sampledRows is about how many rows are held against each register: enough
	// to tell shares of the dump to a hundredth.
	sampledRows = 20_000

	// fewestApart is the fewest rows that are judged by themselves.
	fewestApart = 30
)

// drawnRows are some rows of a dump, as linking reads them.
type drawnRows struct {
	tokens, lexicon string
	rows            int64
}

// likeness is how a sample of a dump compares with one register.
type likeness struct {
	named
	rows   int64
	found  []int64 // rows of people of the register, in order
	alone  []int64 // of those: of people that no other register has
	origin verdict.Origin
	apart  *likeness // of the rows that no other register has the people of; nil where they are few
}

// owner finds the register that the dump was copied from, most likely, and tells
// how it compares with each.
func (b Bench) owner(ctx context.Context, out *assessment.Assessment, d *crossed, registers []named) (named, error) {
	if len(registers) == 1 {
		return registers[0], nil
	}
	b.Meter.Stage("comparing with each register", int64(len(registers)), "registers")
	var sample drawnRows
	if err := b.inSession(ctx, d.plan.dir, func(s engine.Session) (err error) {
		sample, err = drawSample(ctx, s, d, d.account.Read, sampledRows)
		return err
	}); err != nil {
		return named{}, err
	}
	var all []*likeness
	for _, reg := range registers {
		l, err := b.compare(ctx, d, sample, reg)
		if err != nil {
			return named{}, err
		}
		all = append(all, l)
		b.Meter.Add(1)
	}
	several, nobody, err := partRows(sample.rows, all)
	if err != nil {
		return named{}, err
	}
	for i, l := range all {
		if len(l.alone) < fewestApart {
			continue
		}
		var apart drawnRows
		if err := b.inSession(ctx, d.plan.dir, func(s engine.Session) (err error) {
			if err := s.Load(ctx, "elsewhere", []string{"row"}, []string{"BIGINT"}, foundBut(all, i)); err != nil {
				return err
			}
			apart, err = writeSample(ctx, s, d, sample.tokens, filepath.Join(d.plan.dir, "apart.parquet"),
				"SELECT d.* FROM some_rows d LEFT JOIN elsewhere e ON e.row = d.row WHERE e.row IS NULL ORDER BY d.row")
			return err
		}); err != nil {
			return named{}, err
		}
		if l.apart, err = b.compare(ctx, d, apart, l.named); err != nil {
			return named{}, err
		}
	}
	best := choose(all)
	fillOwners(out, all, best, sample.rows, several, nobody)
	return all[best].named, nil
}

// choose is the index of the register that the dump was copied from most likely: by
// the evidence, else by the rows found, else the first.
func choose(all []*likeness) int {
	best := 0
	for i, l := range all {
		switch b := all[best]; {
		case l.origin.Score > b.origin.Score, l.origin.Score == b.origin.Score && len(l.found) > len(b.found):
			best = i
		}
	}
	return best
}

// partRows divides the rows of a sample by the registers that have their people, and
// fills in which each has alone.
func partRows(rows int64, all []*likeness) (several, nobody int64, err error) {
	in := map[int64]int{}
	for _, l := range all {
		for _, row := range l.found {
			in[row]++
		}
	}
	nobody = rows - int64(len(in))
	sum := nobody
	for _, l := range all {
		if l.rows != rows {
			return 0, 0, fmt.Errorf("the rows do not add up: %d of %d were compared with the register %s", l.rows, rows, l.name)
		}
		for _, row := range l.found {
			if in[row] == 1 {
				l.alone = append(l.alone, row)
			}
		}
		sum += int64(len(l.alone))
	}
	for _, n := range in {
		if n > 1 {
			several++
		}
	}
	if sum += several; sum != rows || nobody < 0 {
		return 0, 0, fmt.Errorf("the rows do not add up: %d by the registers that know them, of %d", sum, rows)
	}
	return several, nobody, nil
}

// foundBut are the rows of people of the registers but the i-th, as a table.
func foundBut(all []*likeness, i int) [][]any {
	var rows []int64
	for j, l := range all {
		if j != i {
			rows = append(rows, l.found...)
		}
	}
	slices.Sort(rows)
	var table [][]any
	for _, row := range slices.Compact(rows) {
		table = append(table, []any{row})
	}
	return table
}

// drawSample takes about so many rows of the dump by their number: which does not depend on what
// they hold, and follows no period of the file (multiplied by 2^32 over the golden
// ratio, numbers spread evenly: Knuth, The Art of Computer Programming 3, 6.4).
func drawSample(ctx context.Context, s engine.Session, d *crossed, rows, most int64) (drawnRows, error) {
	if rows <= most {
		return drawnRows{d.plan.tokens, d.plan.lexicon, rows}, nil
	}
	const turn = 1 << 32
	return writeSample(ctx, s, d, d.plan.tokens, filepath.Join(d.plan.dir, "sample.parquet"),
		fmt.Sprintf("SELECT * FROM some_rows WHERE ((row * 2654435761) & %d) < %d ORDER BY row", turn-1, turn/rows*most+turn%rows*most/rows))
}

// writeSample writes the rows that a select takes from some_rows, which are those of
// a file of tokens, and what the lexicon has of their values.
func writeSample(ctx context.Context, s engine.Session, d *crossed, tokens, path, query string) (drawnRows, error) {
	out := drawnRows{tokens: path, lexicon: path + ".lexicon"}
	if err := errors.Join(s.View(ctx, "some_rows", tokens), s.View(ctx, "some_words", d.plan.lexicon)); err != nil {
		return out, err
	}
	if err := s.Write(ctx, path, query); err != nil {
		return out, err
	}
	if err := s.View(ctx, "some_rows", path); err != nil {
		return out, err
	}
	if err := s.Query(ctx, "SELECT count(*) FROM some_rows", func(v []any) error {
		out.rows = v[0].(int64)
		return nil
	}); err != nil {
		return out, err
	}
	values := "SELECT CAST(NULL AS BIGINT) AS value WHERE FALSE"
	for _, c := range d.plan.layout {
		if !c.Short() {
			values += fmt.Sprintf(" UNION ALL SELECT %s AS value FROM some_rows", c.Name())
		}
	}
	return out, s.Write(ctx, out.lexicon, fmt.Sprintf(
		"SELECT w.* FROM some_words w JOIN (SELECT DISTINCT value FROM (%s) x WHERE value IS NOT NULL) v ON v.value = w.value ORDER BY w.family, w.value, w.class, w.variant", values))
}

// compare links a sample to a register and judges it, in a session of its own.
func (b Bench) compare(ctx context.Context, d *crossed, sample drawnRows, reg named) (_ *likeness, err error) {
	dir, err := os.MkdirTemp(d.plan.dir, "compare-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	l := &likeness{named: reg}
	return l, b.inSession(ctx, dir, func(s engine.Session) error {
		if err := reg.Views(ctx, s); err != nil {
			return err
		}
		m, last := reg.Manifest(), reg.last()
		linked, err := link.Run(ctx, link.Config{
			Session: s, Tokens: []string{sample.tokens}, Lexicon: []string{sample.lexicon},
			Dump: d.plan.layout, Register: m.Layout, People: last.People, Filled: last.Filled,
		})
		if err != nil {
			return err
		}
		l.rows = linked.Rows
		if l.found, err = linked.Found(ctx); err != nil {
			return err
		}
		changes, err := verdict.Count(ctx, s, linked.Shared(), m)
		if err != nil {
			return err
		}
		l.origin, err = originOf(ctx, m, linked, d.plan.shapes, changes, verdict.WindowOf(changes, time.Time{}))
		return err
	})
}

func fillOwners(out *assessment.Assessment, all []*likeness, best int, rows, several, nobody int64) {
	out.Parts = assessment.Parts{Sampled: rows, Several: several, Nobody: nobody}
	for i, l := range all {
		o := assessment.Owner{
			Name: l.name, People: l.last().People, Sampled: rows, Found: int64(len(l.found)), Alone: int64(len(l.alone)),
			Class: string(l.origin.Class), Refused: l.origin.Refused, GenuineShare: genuineShare(l.origin),
			Bits: thousandths(l.origin.Bits), Score: thousandths(l.origin.Score), Chosen: i == best,
		}
		if a := l.apart; a != nil {
			o.Apart = &assessment.OwnerApart{
				Rows: a.rows, Found: int64(len(a.found)),
				Class: string(a.origin.Class), Refused: a.origin.Refused, GenuineShare: genuineShare(a.origin), Bits: thousandths(a.origin.Bits),
			}
		}
		out.Registers = append(out.Registers, o)
	}
}
