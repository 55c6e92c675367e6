package scenario

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"constat.example/internal/chance"
	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
)

// WriteRegister writes the snapshots of the register, of the months and of the
// other instants given, as dated CSV files in dir, and tells what it wrote. Of two
// on one day there is one file, of the first.
func (w *World) WriteRegister(ctx context.Context, dir string, besides ...time.Time) ([]Snapshot, error) {
	instants := w.monthly()
	for _, at := range besides {
		since, err := w.since(at)
		if err != nil {
			return nil, err
		}
		instants = append(instants, since)
	}
	slices.Sort(instants)
	const day = 86_400
	instants = slices.CompactFunc(instants, func(a, b int64) bool { return a/day == b/day })
	return w.writeRegister(ctx, dir, instants)
}

// monthly are the instants of the months whose snapshots are wanted.
func (w *World) monthly() []int64 {
	var instants []int64
	for _, m := range w.c.Snapshots {
		instants = append(instants, w.w.Month(m))
	}
	return instants
}

// around adds to the monthly instants those of each day from five to twenty-five
// days before the copy begins, by the seed, so that the theft is not always in
// the middle, up to a month later and the time that it takes.
func (w *World) around(from, until int64) []int64 {
	const day = 86_400
	instants := w.monthly()
	first, last := instants[0], instants[len(instants)-1]
	lead := int64(5 + chance.Below(chance.Mix(w.c.Seed^0x6461696c), 21))
	for d := from/day - lead; d <= until/day-lead+30; d++ {
		if at := d * day; at > first && at < last {
			instants = append(instants, at)
		}
	}
	slices.Sort(instants)
	return slices.Compact(instants)
}

// writeRegister writes the register at each of the instants, which ascend, and
// tells what it wrote.
func (w *World) writeRegister(ctx context.Context, dir string, instants []int64) ([]Snapshot, error) {
	var paths []string
	var written []Snapshot
	for _, since := range instants {
		at := w.time(since)
		s := Snapshot{File: snapshotFile(at), At: at}
		paths = append(paths, filepath.Join(dir, s.File))
		written = append(written, s)
	}
	people, err := w.write(ctx, paths, instants)
	if err != nil {
		return nil, err
	}
	for i := range written {
		written[i].People = people[i]
	}
	return written, nil
}

// snapshotFile names the snapshot of an instant.
func snapshotFile(at time.Time) string { return at.Format(time.DateOnly) + ".csv" }

// writeChanges writes what changed after an instant and until another, to a CSV
// file in dir named by the second, and returns its name and how many changes it has.
func (w *World) writeChanges(ctx context.Context, dir string, from, to int64) (name string, changes int, err error) {
	name = "changes-" + w.time(to).Format(time.DateOnly) + ".csv"
	f, err := create(filepath.Join(dir, name))
	if err != nil {
		return "", 0, err
	}
	defer f.abandon()
	f.write(agency.AppendHeader([]byte("changed_at;operation;"), ';'))
	type piece struct {
		chunk *agency.Chunk
		text  []byte
		rows  int
	}
	err = agency.InOrder(ctx, w.c.Threads, w.w.Chunks(), func(i int, p *piece) *piece {
		if p == nil {
			p = &piece{}
		}
		p.chunk, p.rows = w.w.Make(i, p.chunk), 0
		p.text = p.chunk.Changes(p.text[:0], &p.rows, from, to, func(b []byte, at int64) []byte {
			return w.time(at).AppendFormat(b, time.RFC3339)
		})
		return p
	}, func(p *piece) error {
		f.write(p.text)
		changes += p.rows
		return f.err
	})
	if err != nil {
		return "", 0, err
	}
	return name, changes, f.keep()
}

// WriteSnapshot writes the register as it stands at an instant to a CSV file,
// and returns how many people are in it.
func (w *World) WriteSnapshot(ctx context.Context, path string, at time.Time) (int, error) {
	since, err := w.since(at)
	if err != nil {
		return 0, err
	}
	people, err := w.write(ctx, []string{path}, []int64{since})
	if err != nil {
		return 0, err
	}
	return people[0], nil
}

// since is an instant in seconds after the first snapshot.
func (w *World) since(at time.Time) (int64, error) {
	since := int64(at.Sub(w.c.Start) / time.Second)
	if since < 0 || since > w.w.Month(w.c.Months) {
		return 0, failure.New(failure.Usage, "Give an instant within the months simulated.", "the register is not known at %s", at.Format(time.RFC3339))
	}
	return since, nil
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
