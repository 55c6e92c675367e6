package scenario

import (
	"context"
	"path/filepath"

	"constat.example/scenario/internal/agency"
)

// WriteRegister writes the snapshots of the register, as dated CSV files in
// dir, and returns how many people are in each.
func (w *World) WriteRegister(ctx context.Context, dir string) ([]int, error) {
	files := make([]*file, len(w.c.Snapshots))
	instants := make([]int64, len(files))
	defer func() {
		for _, f := range files {
			f.abandon()
		}
	}()
	for i, m := range w.c.Snapshots {
		f, err := create(filepath.Join(dir, w.snapshotName(m)))
		if err != nil {
			return nil, err
		}
		files[i], instants[i] = f, w.w.Month(m)
		f.write(agency.AppendHeader(nil, ';'))
	}
	type piece struct {
		chunk *agency.Chunk
		text  [][]byte
		rows  []int
	}
	people := make([]int, len(files))
	chunks := 0
	err := agency.InOrder(ctx, w.c.Threads, w.w.Chunks(), func(i int, p *piece) *piece {
		if p == nil {
			p = &piece{text: make([][]byte, len(files)), rows: make([]int, len(files))}
		}
		p.chunk = w.w.Make(i, p.chunk)
		for k := range p.text {
			p.text[k], p.rows[k] = p.text[k][:0], 0
		}
		p.chunk.Snapshots(p.text, p.rows, instants)
		return p
	}, func(p *piece) error {
		for k, f := range files {
			f.write(p.text[k])
			people[k] += p.rows[k]
			if f.err != nil {
				return f.err
			}
		}
		chunks++
		w.c.Progress(float64(chunks) / float64(w.w.Chunks()))
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := f.keep(); err != nil {
			return nil, err
		}
	}
	return people, nil
}
