package register

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"constat.example/blind/engine"
	"constat.example/blind/token"
	"constat.example/internal/progress"
)

// Import adds a snapshot and returns what changed. After an error, or a crash
// at any instant, the register is as it was. Views made in s before show the
// register before.
func (r *Register) Import(ctx context.Context, s engine.Session, staged Staged, meter progress.Meter) (snapshot Snapshot, err error) {
	unlock, err := r.lock()
	if err != nil {
		return Snapshot{}, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := r.load(); err != nil { // it may have grown since it was opened
		return Snapshot{}, err
	}
	if err := r.manifest.check(staged); err != nil {
		return Snapshot{}, err
	}
	layout, err := layoutOf(staged.Tokens)
	if err != nil {
		return Snapshot{}, err
	}
	if err := r.sweep(); err != nil {
		return Snapshot{}, err
	}

	i := &importing{Register: r, Session: s, meter: meter, segment: len(r.manifest.Snapshots), layout: layout}
	defer func() { err = errors.Join(err, i.forget(context.WithoutCancel(ctx))) }()
	var made []Snapshot
	if staged.Story != nil {
		i.parts = staged.Story.Parts
		made, err = i.told(ctx, staged)
	} else {
		made = make([]Snapshot, 1)
		made[0], err = i.run(ctx, staged)
	}
	if err != nil {
		return Snapshot{}, errors.Join(err, r.sweep())
	}
	// The segment's files are on disk, under their names; now they count.
	return made[len(made)-1], r.commit(Manifest{
		KeyID:     staged.KeyID,
		Layout:    token.Union(r.manifest.Layout, layout),
		Snapshots: append(slices.Clone(r.manifest.Snapshots), made...),
	})
}

// importing is one import under way.
type importing struct {
	*Register
	engine.Session
	meter   progress.Meter
	segment int
	layout  token.Layout           // what this snapshot observed
	parts   map[token.Column]int64 // see Story
	tables  []string               // made for some of its columns
	files   []File
}

// forget drops the tables that only the import needed.
func (i *importing) forget(ctx context.Context) error {
	var errs []error
	names := []string{"imp_stage", "imp_held", "imp_rows", "imp_when", "imp_lexicon", "imp_words", "imp_known", "imp_twice", "imp_met", "imp_delta", "imp_was", "imp_is", "imp_before", "imp_after", "imp_moved", "imp_event", "imp_had", "imp_line", "imp_told", "imp_fate", "imp_new", "imp_chain"}
	for _, name := range append(names, i.tables...) {
		errs = append(errs, i.Drop(ctx, name))
	}
	return errors.Join(errs...)
}

func (i *importing) run(ctx context.Context, staged Staged) (Snapshot, error) {
	i.meter.Stage("checking record ids", 0, "")
	if err := i.Numbered(ctx, "imp_stage", staged.Tokens...); err != nil {
		return Snapshot{}, err
	}
	rows, err := checkRows(ctx, i)
	if err != nil {
		return Snapshot{}, err
	}

	snapshot := i.begun(staged)
	var before int64
	if last := i.manifest.last(); last != nil {
		before = last.People
	}
	if i.segment == 0 {
		err = i.first(ctx, len(staged.Tokens), &snapshot)
	} else {
		err = i.later(ctx, &snapshot)
	}
	if err != nil {
		return Snapshot{}, err
	}
	snapshot.People = before + snapshot.Added - snapshot.Gone
	if snapshot.People != rows {
		return Snapshot{}, fmt.Errorf("importing the snapshot of %s: %d people come out of %d rows", day(staged.AsOf), snapshot.People, rows)
	}
	if snapshot.Gone*2 > before {
		snapshot.Warnings = append(snapshot.Warnings, fmt.Sprintf(
			"%d of the %d people of the snapshot before are not in this one. If it is a part of the register only, its absent people now count as gone.",
			snapshot.Gone, before))
	}
	return snapshot, i.finish(ctx, staged, &snapshot)
}

// begun is what is known of a snapshot beforehand.
func (i *importing) begun(staged Staged) Snapshot {
	snapshot := Snapshot{
		ID: segmentID(i.segment), AsOf: staged.AsOf.UTC(), Imported: staged.Imported.UTC(),
		Source: staged.Source, SHA256: staged.SHA256, Columns: staged.Columns, Shapes: staged.Shapes, ChangedValues: map[string]int64{}, Filled: map[string]int64{},
	}
	for _, c := range i.manifest.Layout {
		if i.layout.Index(c) < 0 {
			snapshot.Unobserved = append(snapshot.Unobserved, c.Name())
		}
	}
	return snapshot
}

// finish writes what new values look like, and tells the snapshot what it takes.
func (i *importing) finish(ctx context.Context, staged Staged, snapshot *Snapshot) error {
	if err := i.writeLexicon(ctx, staged.Lexicon); err != nil {
		return err
	}
	snapshot.Files = i.files
	for _, f := range i.files {
		snapshot.Bytes += f.Bytes
	}
	return nil
}

// write writes a part of the segment; one without rows is left out.
func (i *importing) write(ctx context.Context, part, query string) error {
	name := fileName(i.segment, part)
	path := filepath.Join(i.segments(), name)
	if err := i.Write(ctx, path, query); err != nil {
		return err
	}
	rows, err := token.RowsOfFile(path)
	if err != nil {
		return err
	}
	if rows == 0 {
		return os.Remove(path)
	}
	file, err := i.describe(name)
	if err != nil {
		return fmt.Errorf("reading back %s: %w", path, err)
	}
	i.files = append(i.files, file)
	return nil
}
