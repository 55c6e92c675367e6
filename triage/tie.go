package triage

import (
	"context"
	"path/filepath"
	"slices"
	"sync"

	"constat.example/blind/engine"
	"constat.example/blind/link"
	"constat.example/blind/tie"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/dump"
	"constat.example/clear/seal"
	"constat.example/clear/table"
	"constat.example/desk/assessment"
)

// tying is what is carried across the curtain to tell how the tables of a dump
// hang together: the keys of rows as tokens, names, and what the dump declares. A
// dump of one table has none: all methods of nil do nothing.
type tying struct {
	tables  []dump.Table
	found   tie.Dump
	columns [][]seal.KeyColumn // by table
}

// mostKeys is how many columns of a dump may be keys.
const mostKeys = 2000

func newTying(tables []dump.Table) *tying {
	if len(tables) < 2 {
		return nil
	}
	return &tying{tables: tables, columns: make([][]seal.KeyColumn, len(tables))}
}

// add notes the columns of a table that may be keys. Tables come in their order.
func (t *tying) add(index int, sample *table.Batch, typed []column.Column) {
	if t == nil {
		return
	}
	of := tie.Table{Name: t.tables[index].Name}
	for _, c := range typed {
		of.Kinds = append(of.Kinds, c.Kind)
	}
	t.found.Tables = append(t.found.Tables, of)
	var declared []int
	unique := map[int]bool{}
	for i, tab := range t.tables {
		for _, k := range tab.Keys {
			if len(k.Columns) != 1 {
				continue // of several columns: none of them is a key by itself
			}
			if i == index {
				declared = append(declared, k.Columns[0])
				unique[k.Columns[0]] = unique[k.Columns[0]] || k.Table < 0
			}
			if k.Table == index {
				declared = append(declared, k.To[0])
			}
		}
	}
	for _, k := range column.Keys(sample, typed, declared) {
		number := len(t.found.Keys)
		if number == mostKeys {
			return
		}
		c := typed[k.Column]
		t.found.Keys = append(t.found.Keys, tie.Key{Table: index, Column: k.Column, Name: c.Name, Kind: c.Kind, Room: k.Room, Unique: unique[k.Column]})
		t.columns[index] = append(t.columns[index], seal.KeyColumn{Column: k.Column, Number: number})
	}
}

// find tells how the tables hang together, once they are sealed; nil where there
// is nothing to tie.
func (t *tying) find(ctx context.Context, s engine.Session, sealed *sealing) (*tie.Found, error) {
	if t == nil {
		return nil, nil
	}
	for i, tab := range t.tables {
		for _, k := range tab.Keys {
			if k.Table < 0 || len(k.Columns) != 1 {
				continue
			}
			from, to := t.number(i, k.Columns[0]), t.number(k.Table, k.To[0])
			if r := (tie.Reference{From: from, To: to}); from >= 0 && to >= 0 && !slices.Contains(t.found.References, r) {
				t.found.References = append(t.found.References, r)
			}
		}
	}
	t.found.RowKeys, t.found.Tokens, t.found.Layout = rowKeysIn(sealed.dir), sealed.tokens, sealed.layout
	return tie.Find(ctx, s, t.found)
}

func (t *tying) number(table, column int) int {
	for _, k := range t.columns[table] {
		if k.Column == column {
			return k.Number
		}
	}
	return -1
}

func rowKeysIn(dir string) string { return filepath.Join(dir, keysFile) }

// keyFile is the file of the keys of rows under way; nil where there is none.
type keyFile struct {
	out  *token.RowKeyWriter
	free sync.Pool // of *token.RowKeys
}

func (t *tying) create(dir string) (*keyFile, error) {
	if t == nil {
		return nil, nil
	}
	out, err := token.CreateRowKeys(rowKeysIn(dir))
	if err != nil {
		return nil, err
	}
	return &keyFile{out: out, free: sync.Pool{New: func() any { return new(token.RowKeys) }}}, nil
}

// sealers has one sealer per table, for one goroutine.
func (t *tying) sealers(key *seal.Key) []*seal.KeySealer {
	if t == nil {
		return nil
	}
	set := make([]*seal.KeySealer, len(t.columns))
	for i, c := range t.columns {
		set[i] = seal.NewKeySealer(key, c)
	}
	return set
}

func (f *keyFile) seal(set []*seal.KeySealer, b *table.Batch) *token.RowKeys {
	if f == nil {
		return nil
	}
	k := f.free.Get().(*token.RowKeys)
	set[b.Table].Seal(k, b)
	return k
}

func (f *keyFile) write(k *token.RowKeys) error {
	if f == nil {
		return nil
	}
	defer f.free.Put(k)
	return f.out.Write(k)
}

func (f *keyFile) close() error {
	if f == nil {
		return nil
	}
	return f.out.Close()
}

func (f *keyFile) abort() error {
	if f == nil {
		return nil
	}
	return f.out.Abort()
}

// fillTies tells how the tables hang together, and what came of it.
func fillTies(out *assessment.Assessment, found *tie.Found, linked *link.Result) {
	if found == nil {
		return
	}
	end := func(key int) assessment.TieColumn {
		k := found.Keys[key]
		return assessment.TieColumn{Table: k.Table, Column: k.Name}
	}
	tell := func(t tie.Tie) assessment.Tie {
		return assessment.Tie{From: end(t.From), To: end(t.To), Inclusion: probability(t.Inclusion), Rows: t.Rows, Reason: string(t.Reason)}
	}
	for i, t := range found.Ties {
		said := tell(t)
		for _, came := range linked.Tied {
			if came.Tie != i {
				continue
			}
			said.Linked, said.Conflicts = came.Rows, came.Conflicts
			if came.Refused != "" {
				said.Reason = string(came.Refused)
			}
		}
		if said.Reason != string(t.Reason) {
			out.NotTied = append(out.NotTied, said)
			continue
		}
		out.Ties = append(out.Ties, said)
	}
	for _, t := range found.Refused {
		out.NotTied = append(out.NotTied, tell(t))
	}
}
