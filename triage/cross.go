package triage

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/clear/cage"
	"constat.example/clear/column"
	"constat.example/clear/dump"
	"constat.example/clear/seal"
	"constat.example/clear/table"
	"constat.example/desk/evidence"
)

// crossing is what it takes to bring a dump across the curtain.
type crossing struct {
	given     *originals
	passwords [][]byte
	columnMap mapFile
	key       *seal.Key
	registers []named // whose values tell what columns hold
	session   engine.Session
	dir       string // of the job
	watch     *stopwatch
	fresh     bool // nothing of an earlier run is used
}

// crossed is a dump that is across: what is known of its tables, and the tokens of
// its rows. No value of it is left.
type crossed struct {
	tables  []dump.Table // without the names of their columns
	columns [][]column.Column
	account *dump.Account
	probes  []probe
	plan    sealing
}

// cross brings a dump across the curtain. What an earlier run made of the same
// originals is taken up where the result cannot be another (checkpoint.go says
// when); else they are read.
//
// What the columns hold is judged with the help of the registers, which may have
// grown since. The questions put to them are kept as tokens and put again: while the
// answers are the same, so is the judgement, and nothing is read. Where they differ, samples
// are read and judged anew; only when that makes other tokens is the dump read whole.
func (b Bench) cross(ctx context.Context, x crossing) (*crossed, error) {
	if err := openProbed(ctx, x.session, x.registers); err != nil {
		return nil, err
	}
	mark, err := b.markOf(x)
	if err != nil {
		return nil, err
	}
	var kept *crossed
	if !x.fresh {
		if kept, err = b.takeUp(ctx, x, mark); err != nil {
			return nil, err
		}
	}
	if kept != nil {
		before := slices.Clone(kept.probes)
		if err := answer(ctx, x.session, x.registers, kept.probes); err != nil {
			return nil, err
		}
		if slices.EqualFunc(before, kept.probes, func(a, b probe) bool { return a.Found == b.Found }) {
			x.watch.lap("take up")
			b.Say("The dump was sealed by an earlier run, and is not read again; --fresh reads it.")
			return kept, nil
		}
		b.Detail("the register has grown: what the columns hold is judged anew")
	}
	if err := b.evidence(x.given.caseID).Log(b.hand("assessment"), evidence.Read, distinct(x.given.list)); err != nil {
		return nil, err
	}
	var d *crossed
	whole, err := b.readDump(ctx, x.given.sealed(), x.passwords, x.dir, func(r *cage.Reader) (err error) {
		d, err = b.readAcross(ctx, x, r, kept)
		return err
	})
	if err != nil {
		return nil, err
	}
	if whole { // else the next run is to try again what the reader failed on
		if err := b.keepCheckpoint(x, mark, d); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// readAcross types the columns of an open dump and seals its rows, unless kept
// holds what sealing would make.
func (b Bench) readAcross(ctx context.Context, x crossing, r *cage.Reader, kept *crossed) (*crossed, error) {
	x.watch.lap("open")
	b.Meter.Stage("typing columns", int64(len(r.Tables)), "tables")
	if err := x.columnMap.known(r.Tables); err != nil {
		return nil, err
	}
	d := &crossed{columns: make([][]column.Column, len(r.Tables))}
	d.plan = sealing{key: x.key, threads: b.Threads, dir: x.dir, ties: newTying(r.Tables)}
	kinds := make([][]kind.Kind, len(r.Tables))
	for t, tab := range r.Tables {
		sample, err := r.Sample(ctx, t, samples)
		if err != nil {
			return nil, err
		}
		asked := ask(x.key, layoutsOf(x.registers), t, sample, tab.Columns)
		if err := answer(ctx, x.session, x.registers, asked); err != nil {
			return nil, err
		}
		d.probes = append(d.probes, asked...)
		typed, err := column.Type(sample, tab.Columns, column.Options{Role: column.Dump, Map: x.columnMap.of(tab.Columns), Hits: hitsOf(asked)})
		if err != nil {
			return nil, err
		}
		d.columns[t] = typed
		d.plan.ties.add(t, sample, typed)
		c := columnsOf(typed, sample)
		c.Search = searched(typed)
		kinds[t] = c.Kinds
		d.plan.columns = append(d.plan.columns, c)
		tab.Columns = nil
		d.tables = append(d.tables, tab)
		b.Meter.Add(1)
	}
	d.plan.layout = layoutOf(kinds)
	for t := range d.plan.columns {
		d.plan.columns[t].Layout = d.plan.layout
	}
	x.watch.lap("type")
	if kept != nil {
		same, err := sameSealing(kept, d)
		if err != nil {
			return nil, err
		}
		if same {
			b.Say("The dump was sealed by an earlier run, and its rows are not read again; --fresh reads them.")
			kept.columns, kept.probes = d.columns, d.probes
			return kept, nil
		}
		b.Detail("columns hold something else than was thought: the dump is read anew")
	}
	err := d.plan.run(ctx, func(ctx context.Context, each func(*table.Batch, func()) error) (err error) {
		d.account, err = r.Scan(ctx, each)
		return err
	})
	x.watch.lap("seal")
	return d, err
}

// sameSealing tells whether sealing two readings of the same originals makes the
// same tokens.
func sameSealing(a, b *crossed) (bool, error) {
	var texts [2][]byte
	for i, d := range []*crossed{a, b} {
		var err error
		if texts[i], err = json.Marshal(struct {
			Tables []dump.Table
			Sealed []seal.Columns
			Ties   *keptTies
		}{d.tables, d.plan.columns, d.plan.ties.kept()}); err != nil {
			return false, err
		}
	}
	return bytes.Equal(texts[0], texts[1]), nil
}
