package triage

import (
	"context"
	"errors"

	"constat.example/blind/kind"
	"constat.example/clear/column"
	"constat.example/clear/seal"
	"constat.example/clear/source"
	"constat.example/clear/table"
)

// Seal types and seals a CSV file into dir as an import does, or, without ids,
// as a dump is, and says how many rows it had. The home has a key.
func (b Bench) Seal(ctx context.Context, path, mapFile, dir string, ids bool) (rows int64, err error) {
	b = b.withDefaults()
	ring, err := b.ring()
	if err != nil {
		return 0, err
	}
	key, err := ring.Open("", b.Unlock)
	if err != nil {
		return 0, err
	}
	defer key.Destroy()
	columnMap, err := readMap(mapFile)
	if err != nil {
		return 0, err
	}
	src, err := source.Open(ctx, path, source.Options{Threads: b.Threads})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	sample, err := src.Sample(ctx, samples)
	if err != nil {
		return 0, err
	}
	role := column.Dump
	if ids {
		role = column.Register
	}
	typed, err := column.Type(sample, src.Columns(), column.Options{Role: role, Map: columnMap.of(src.Columns())})
	if err != nil {
		return 0, err
	}
	columns := columnsOf(typed, sample)
	columns.Layout = layoutOf([][]kind.Kind{columns.Kinds})
	if !ids {
		columns.Search = searched(typed)
	}
	plan := sealing{key: key, columns: []seal.Columns{columns}, layout: columns.Layout, withIDs: ids, threads: b.Threads, dir: dir}
	var stats source.Stats
	err = plan.run(ctx, func(ctx context.Context, each func(*table.Batch, func()) error) (err error) {
		stats, err = src.Scan(ctx, each)
		return err
	})
	return stats.Read, err
}
