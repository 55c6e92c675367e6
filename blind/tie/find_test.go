package tie_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/tie"
	"constat.example/blind/token"
)

// token64 spreads small numbers as sealing does.
func token64(domain, n int) int64 {
	x := uint64(domain)<<32 | uint64(n)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int64(x^x>>31) | 1
}

// TestFind counts in the engine: more keys than an integer has bits, and two tables
// that say the same of people under numbers that count up.
func TestFind(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	layout := token.LayoutOf([]kind.Kind{kind.GivenNames, kind.Email, kind.Email})
	email, second := layout.Index(token.Column{Kind: kind.Email, Occurrence: 1}), layout.Index(token.Column{Kind: kind.Email, Occurrence: 2})
	d := tie.Dump{
		Layout: layout, RowKeys: filepath.Join(dir, "k.parquet"), Tokens: filepath.Join(dir, "t.parquet"),
		Tables: []tie.Table{{Name: "users", Kinds: []kind.Kind{kind.GivenNames, kind.Email}}, {Name: "newsletter", Kinds: []kind.Kind{kind.Email}}, {Name: "logs"}},
	}
	const people, wide = 2000, 70
	d.Keys = append(d.Keys, tie.Key{Table: 0, Name: "no", Room: 3.3}, tie.Key{Table: 1, Name: "no", Room: 3.3})
	for i := range wide { // nothing in them is anywhere else
		d.Keys = append(d.Keys, tie.Key{Table: 2, Column: i, Name: "x", Room: 2})
	}
	d.Keys = append(d.Keys, tie.Key{Table: 2, Column: wide, Name: "user_no", Room: 3.3})
	var keys token.RowKeys
	add := func(row, key, domain, value int) {
		keys.Row, keys.Number, keys.Value = append(keys.Row, int64(row)), append(keys.Number, int16(key)), append(keys.Value, token64(domain, value))
	}
	b := token.NewBatch(layout)
	b.Reset(3*people + 1)
	for i := range b.Row {
		b.Row[i] = int64(i + 1)
	}
	for i := range people {
		add(i+1, 0, 1, i)
		add(people+i+1, 1, 1, i)
		add(2*people+i+1, 2+i%wide, 9, i)
		add(2*people+i+1, 2+wide, 1, i/2)
		b.Cells[email][i] = token64(2, i)
		b.Cells[second][people+i] = token64(2, i) // the first is empty there
	}
	b.Cells[email][people+7] = token64(2, 12345)
	out, err := token.Create(d.Tokens, layout, false)
	if err == nil {
		err = out.Write(b)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := token.CreateRowKeys(d.RowKeys)
	if err == nil {
		err = w.Write(&keys)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{1, 2} {
		s, err := duckdb.Open(ctx, engine.Config{Threads: threads, Dir: dir, Memory: 1 << 28})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		found, err := tie.Find(ctx, s, d)
		if err != nil {
			t.Fatal(err)
		}
		want := []tie.Tie{
			{From: 0, To: 1, Inclusion: 1, Rows: people, Reason: tie.RowsAgree},
			{From: 2 + wide, To: 0, Inclusion: 1, Rows: people, Reason: tie.NamesIt},
		}
		if !slices.Equal(found.Ties, want) || len(found.Refused) != 0 {
			t.Errorf("ties %+v, refused %+v", found.Ties, found.Refused)
		}
		if ways := []tie.Way{{Tie: 0, Table: 1, Key: 1, ByTable: 0, ByKey: 0}, {Tie: 1, Table: 2, Key: 2 + wide, ByTable: 0, ByKey: 0}}; !slices.Equal(found.Ways, ways) {
			t.Errorf("ways %+v", found.Ways)
		}
	}
	s, err := duckdb.Open(ctx, engine.Config{Threads: 1, Dir: dir, Memory: 1 << 28})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d.Keys = nil
	if w, err = token.CreateRowKeys(d.RowKeys); err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if found, err := tie.Find(ctx, s, d); err != nil || len(found.Ties)+len(found.Refused)+len(found.Ways) != 0 {
		t.Errorf("without keys: %+v, %v", found, err)
	}
}
