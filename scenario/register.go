package scenario

import (
	"context"
	"path/filepath"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
)

// WriteRegister writes the snapshots of the register, as dated CSV files in
// dir, and returns how many people are in each.
func (w *World) WriteRegister(ctx context.Context, dir string) ([]int, error) {
	var paths []string
	var instants []int64
	for _, m := range w.c.Snapshots {
		paths = append(paths, filepath.Join(dir, w.snapshotName(m)))
		instants = append(instants, w.w.Month(m))
	}
	return w.write(ctx, paths, instants)
}

// WriteSnapshot writes the register as it stands at an instant to a CSV file,
// and returns how many people are in it.
func (w *World) WriteSnapshot(ctx context.Context, path string, at time.Time) (int, error) {
	since := int64(at.Sub(w.c.Start) / time.Second)
	if since < 0 || since > w.w.Month(w.c.Months) {
		return 0, failure.New(failure.Usage, "Give an instant within the months simulated.", "the register is not known at %s", at.Format(time.RFC3339))
	}
	people, err := w.write(ctx, []string{path}, []int64{since})
	if err != nil {
		return 0, err
	}
	return people[0], nil
}

// write writes the register at each of the instants, which ascend.
func (w *World) write(ctx context.Context, paths []string, instants []int64) ([]int, error) {
	files := make([]*file, len(paths))
	defer func() {
		for _, f := range files {
			f.abandon()
		}
	}()
	for i, path := range paths {
		f, err := create(path)
		if err != nil {
			return nil, err
		}
		files[i] = f
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
