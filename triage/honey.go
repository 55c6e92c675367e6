package triage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"constat.example/blind/engine"
	"constat.example/blind/honey"
	"constat.example/blind/kind"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/invent"
	"constat.example/clear/seal"
	"constat.example/clear/source"
	"constat.example/clear/table"
	"constat.example/desk/chain"
	deskhoney "constat.example/desk/honey"
	"constat.example/desk/ledger"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// honeyDir is the folder of a home that keeps made-up people, as tokens.
const honeyDir = "honey"

func (b Bench) honeyDir() string { return filepath.Join(b.Home, honeyDir) }

// HoneyRequest asks for people to be made up, or to be kept who were made up elsewhere.
type HoneyRequest struct {
	Copy       string    // that alone holds them, or, Everywhere, a name for them
	Everywhere bool      // they go into the register, and so into every copy
	AsOf       time.Time // since when they stand there
	Register   string    // that they are made up for, or into; "": the only one, or the main one

	// Of people to be made:
	Count      int
	Like       string // source whose columns and writing they have; "": the last snapshot's
	FirstID    string // record id of the first, the next ones counted on; "": none
	MailDomain string
	Out        string // file to be written; must not exist

	// Of people who were made:
	File string

	ID  string // name of the record id column of Like or File; "": as in the register
	Map string // map file of Like or File, or ""
}

// HoneyMade is made-up people who are kept.
type HoneyMade struct {
	Copy   string
	People int64
	Left   []string // columns that were left empty, for the owner of the register to fill
}

// HoneyShown is the people of a copy, and what the register knows of them.
type HoneyShown struct {
	deskhoney.Set
	InRegister int64    // of them: stand in the register, or stood there
	RecordIDs  []string // of them, where they are known, in order
}

// NewHoney makes people up, writes them to a file, once, and keeps their tokens.
func (b Bench) NewHoney(ctx context.Context, req HoneyRequest) (_ *HoneyMade, err error) {
	b = b.withDefaults()
	b.bound()
	if _, err := os.Lstat(req.Out); err == nil {
		return nil, failure.New(failure.Usage, "Name a file that does not exist yet.", "the file %s exists: made-up people are not written over anything", req.Out)
	}
	columnMap, err := readMap(req.Map)
	if err != nil {
		return nil, err
	}
	w, err := b.honeyWork(ctx, req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	style, separator, err := b.styleOf(ctx, req.Like, req.ID, columnMap, w.manifest)
	if err != nil {
		return nil, err
	}
	style.MailDomain, style.Year = req.MailDomain, w.manifest.Snapshots[len(w.manifest.Snapshots)-1].AsOf.UTC().Year()
	if err := style.Check(); err != nil {
		return nil, failure.New(failure.BadInput, "Name with --like a file that has such columns, or say with --map which they are.", "nobody can be made up for these columns: %w", err)
	}
	kinds := make([]kind.Kind, len(style.Columns))
	names := make([]string, len(style.Columns))
	for i, c := range style.Columns {
		kinds[i], names[i] = c.Kind, c.Name
	}
	b.Meter.Stage("making people up", int64(req.Count), "people")
	inventor := invent.New(w.key.Seed(fmt.Sprintf("honey/%s/%d", req.Copy, len(w.chain.Entries))), style)
	rows, err := w.unlikeAnybody(ctx, inventor, kinds, req.Count)
	if err != nil {
		return nil, err
	}
	if err := number(rows, slices.Index(kinds, kind.RecordID), req.FirstID); err != nil {
		return nil, err
	}
	plan := w.plan(kinds, nil)
	if err := w.seal(ctx, plan, batchOf(rows)); err != nil {
		return nil, err
	}
	clash, err := w.clashes(ctx, plan)
	if err != nil {
		return nil, err
	}
	if len(clash) > 0 { // the record ids are new since unlikeAnybody
		return nil, failure.New(failure.BadInput, "Begin with --ids where the register has none.", "of the %d record ids from the one given on, %d are in the register", req.Count, len(clash))
	}
	if err := writeRows(req.Out, separator, names, rows); err != nil {
		return nil, err
	}
	if err := w.keep(b, plan, req, int64(len(rows))); err != nil {
		return nil, err
	}
	left := style.Left()
	if at := slices.Index(kinds, kind.RecordID); at >= 0 && req.FirstID == "" {
		left = append([]string{names[at]}, left...)
	}
	return &HoneyMade{Copy: req.Copy, People: int64(len(rows)), Left: left}, nil
}

// AddHoney keeps the tokens of people whom somebody else made up.
func (b Bench) AddHoney(ctx context.Context, req HoneyRequest) (_ *HoneyMade, err error) {
	b = b.withDefaults()
	b.bound()
	columnMap, err := readMap(req.Map)
	if err != nil {
		return nil, err
	}
	src, err := source.Open(ctx, req.File, source.Options{Threads: b.Threads, Progress: b.Meter})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	sample, err := src.Sample(ctx, samples)
	if err != nil {
		return nil, err
	}
	w, err := b.honeyWork(ctx, req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	typed, err := typeLike(sample, src.Columns(), req.ID, columnMap, w.manifest)
	if err != nil {
		return nil, err
	}
	c := columnsOf(typed, sample)
	plan := w.plan(c.Kinds, c.MonthFirst)
	var stats source.Stats
	if err := plan.run(ctx, func(ctx context.Context, each func(*table.Batch, func()) error) (err error) {
		stats, err = src.Scan(ctx, each)
		return err
	}); err != nil {
		return nil, err
	}
	if stats.Rejected > 0 || stats.Read == 0 {
		return nil, failure.New(failure.BadInput, "Mend the file.", "of the rows of made-up people %d could be read and %d not", stats.Read, stats.Rejected)
	}
	// Here the register may have them already: they were put there first.
	if err := w.keep(b, plan, req, stats.Read); err != nil {
		return nil, err
	}
	return &HoneyMade{Copy: req.Copy, People: stats.Read}, nil
}

// styleOf is the style of a source, or of the last snapshot of the register, and
// what separates the cells of its rows.
func (b Bench) styleOf(ctx context.Context, like, id string, columnMap mapFile, m register.Manifest) (_ invent.Style, separator rune, err error) {
	if like == "" {
		last := m.Snapshots[len(m.Snapshots)-1]
		style := invent.Style{}
		for i, c := range last.Columns {
			made := invent.Column{Name: c.Name, Kind: c.Kind}
			if last.Shapes != nil && i < len(last.Shapes.Columns) {
				made.Shapes = last.Shapes.Columns[i].Shapes
			}
			style.Columns = append(style.Columns, made)
		}
		if last.Shapes != nil {
			style.Births = last.Shapes.Births
		}
		return style, ';', nil
	}
	src, err := source.Open(ctx, like, source.Options{Threads: b.Threads, Progress: b.Meter})
	if err != nil {
		return invent.Style{}, 0, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	sample, err := src.Sample(ctx, samples)
	if err != nil {
		return invent.Style{}, 0, err
	}
	typed, err := typeLike(sample, src.Columns(), id, columnMap, m)
	if err != nil {
		return invent.Style{}, 0, err
	}
	c := columnsOf(typed, sample)
	return invent.StyleOf(src.Columns(), c.Kinds, c.MonthFirst, sample), separatorOf(like, len(typed)), nil
}

// typeLike tells what columns hold: what the register's of the same name do, unless a
// map says otherwise, and else what they seem to. An extract may lack the record id.
func typeLike(sample *table.Batch, names []string, id string, columnMap mapFile, m register.Manifest) ([]column.Column, error) {
	known := column.Map{}
	for _, c := range m.Snapshots[len(m.Snapshots)-1].Columns {
		switch {
		case !hasColumn(names, c.Name):
		case c.Kind == kind.RecordID:
			id = cmp.Or(id, c.Name)
		case c.Kind != kind.Unknown:
			known[c.Name] = c.Kind
		}
	}
	maps.Copy(known, columnMap.m)
	o := column.Options{Role: column.Dump, ID: id, Map: known}
	if id != "" {
		o.Role = column.Register
	}
	return column.Type(sample, names, o)
}

// separatorOf is what stands between the names in the first line of a text file;
// a semicolon where that is not to be told.
func separatorOf(path string, columns int) rune {
	f, err := os.Open(path)
	if err != nil {
		return ';'
	}
	defer f.Close()
	head := make([]byte, 1<<16)
	n, _ := f.Read(head) // what cannot be read separates nothing
	line, _, _ := bytes.Cut(head[:n], []byte("\n"))
	for _, c := range []byte{';', ',', '\t', '|'} {
		if bytes.Count(line, []byte{c}) == columns-1 && columns > 1 {
			return rune(c)
		}
	}
	return ';'
}

// honeyWork is what it takes to make people up: everything is locked, nothing made.
type honeyWork struct {
	dir      string // scratch
	home     string // folder of the made-up people
	threads  int
	manifest register.Manifest
	key      *seal.Key
	session  engine.Session
	chain    deskhoney.Chain
	others   token.Layout // of the people made before, in the table honey; nil for nobody
	undo     []func() error
}

func (w *honeyWork) close() error {
	var errs []error
	for _, undo := range slices.Backward(w.undo) {
		errs = append(errs, undo())
	}
	return errors.Join(errs...)
}

func (b Bench) honeyWork(ctx context.Context, req HoneyRequest) (_ *honeyWork, err error) {
	reg, err := b.theRegister(req.Register)
	if err != nil {
		return nil, err
	}
	w := &honeyWork{home: b.honeyDir(), threads: b.Threads, manifest: reg.Manifest()}
	if len(w.manifest.Snapshots) == 0 {
		return nil, failure.New(failure.BadInput, "Give it one first: constat register import FILE.", "there is no register in %s that people could be made up for", b.Home)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	if w.key, err = ring.Open(w.manifest.KeyID, b.Unlock); err != nil {
		return nil, err
	}
	w.undo = append(w.undo, func() error { w.key.Destroy(); return nil })
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	w.dir = dir
	w.undo = append(w.undo, func() error { done(); return nil })
	if err := os.MkdirAll(w.home, 0o700); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(w.home, true)
	if err != nil {
		return nil, err
	}
	w.undo = append(w.undo, func() error { unlock(); return nil })
	if w.chain, err = deskhoney.Read(w.home); err != nil {
		return nil, err
	}
	sets, err := honeySets(w.chain)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(sets, func(s deskhoney.Set) bool { return s.Copy == req.Copy }) {
		return nil, failure.New(failure.Usage, `Give each copy and period a name of its own; "constat honey list" shows those there are.`, "there are made-up people of %s already", req.Copy)
	}
	if w.session, err = b.session(ctx, dir); err != nil {
		return nil, err
	}
	w.undo = append(w.undo, w.session.Close)
	if err := reg.Views(ctx, w.session); err != nil {
		return nil, err
	}
	w.others, err = b.viewHoney(ctx, w.session, sets)
	return w, err
}

// plan is how rows of those columns are sealed.
func (w *honeyWork) plan(kinds []kind.Kind, monthFirst []bool) *sealing {
	c := seal.Columns{Kinds: kinds, MonthFirst: monthFirst, Layout: layoutOf([][]kind.Kind{kinds})}
	return &sealing{key: w.key, columns: []seal.Columns{c}, layout: c.Layout, withIDs: c.Layout.Has(kind.RecordID), threads: w.threads, dir: w.dir}
}

func (w *honeyWork) seal(ctx context.Context, plan *sealing, batch *table.Batch) error {
	return plan.run(ctx, func(_ context.Context, each func(*table.Batch, func()) error) error {
		return each(batch, func() {})
	})
}

// clashes are the rows, from 1, that have something in common with somebody of the
// register, in whichever snapshot, or with made-up people of before.
func (w *honeyWork) clashes(ctx context.Context, plan *sealing) (map[int64]bool, error) {
	const candidates, clash = "honey_new", "honey_clash"
	if err := w.session.View(ctx, candidates, plan.tokens); err != nil {
		return nil, err
	}
	found := map[int64]bool{}
	for _, with := range []struct {
		table  string
		layout token.Layout
	}{{"reg_state", w.manifest.Layout}, {honey.Table, w.others}} {
		if with.layout == nil {
			continue
		}
		if err := honey.Clashes(ctx, w.session, clash, candidates, plan.layout, with.table, with.layout); err != nil {
			return nil, err
		}
		if err := w.session.Query(ctx, "SELECT CAST(row AS BIGINT) FROM "+clash, func(row []any) error {
			found[row[0].(int64)] = true
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return found, errors.Join(w.session.Drop(ctx, clash), w.session.Drop(ctx, candidates))
}

// rounds is how often people are made up anew in place of those who clash.
const rounds = 30

// unlikeAnybody makes up so many people who have nothing that is one person's alone
// in common with anybody, nor with one another.
func (w *honeyWork) unlikeAnybody(ctx context.Context, i *invent.Inventor, kinds []kind.Kind, count int) (rows [][]string, err error) {
	taken := map[string]bool{}
	for range rounds {
		var made [][]string
		for range 2*(count-len(rows)) + 20 {
			if row := i.Row(); alone(row, kinds, taken) {
				made = append(made, row)
			}
		}
		if len(made) == 0 {
			continue
		}
		plan := w.plan(kinds, nil)
		if err := w.seal(ctx, plan, batchOf(made)); err != nil {
			return nil, err
		}
		clash, err := w.clashes(ctx, plan)
		if err != nil {
			return nil, err
		}
		for n, row := range made {
			if len(rows) < count && !clash[int64(n+1)] {
				rows = append(rows, row)
			}
		}
		if len(rows) == count {
			return rows, nil
		}
	}
	return nil, failure.New(failure.BadInput, "Make up fewer; the register may hold the phone numbers that are kept for fiction.",
		"only %d of %d people could be made up whom nobody in the register is like", len(rows), count)
}

// alone reports whether nobody made so far has a value of a row that is one
// person's alone, and notes them.
func alone(row []string, kinds []kind.Kind, taken map[string]bool) bool {
	var own []string
	for i, k := range kinds {
		if k.Info().Direct && row[i] != "" {
			own = append(own, k.String()+" "+row[i])
		}
	}
	if slices.ContainsFunc(own, func(v string) bool { return taken[v] }) {
		return false
	}
	for _, v := range own {
		taken[v] = true
	}
	return true
}

func batchOf(rows [][]string) *table.Batch {
	b := new(table.Batch)
	b.Reset(0, len(rows[0]))
	for n, row := range rows {
		for _, cell := range row {
			b.AppendString(cell)
		}
		b.EndRow(int64(n + 1))
	}
	return b
}

// number gives the rows the record ids from first on.
func number(rows [][]string, at int, first string) error {
	if first == "" {
		return nil
	}
	head := strings.TrimRight(first, "0123456789")
	digits := first[len(head):]
	n, err := strconv.ParseUint(digits, 10, 64)
	if at < 0 || err != nil || n > 1<<62 {
		return failure.New(failure.Usage, "Give one that ends in a number, as FT-0000900001, for a register that has record ids.", "record ids cannot be counted on from the one given with --ids")
	}
	for i := range rows {
		rows[i][at] = fmt.Sprintf("%s%0*d", head, len(digits), n+uint64(i))
	}
	return nil
}

// writeRows hands the rows over, in a file that only its owner may read.
func writeRows(path string, separator rune, names []string, rows [][]string) error {
	f, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o600), renameio.WithTempDir(filepath.Dir(path)))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return failure.New(failure.BadInput, "Make the folder first.", "the folder of %s does not exist", path)
		}
		return err
	}
	defer f.Cleanup() //nolint:errcheck // after a successful replacement there is nothing left to clean
	out := csv.NewWriter(f)
	out.Comma = separator
	if err := out.WriteAll(append([][]string{names}, rows...)); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}

// keep puts the tokens into the home. From the line in the log on they count.
func (w *honeyWork) keep(b Bench, plan *sealing, req HoneyRequest, people int64) (err error) {
	text, err := os.ReadFile(plan.tokens)
	if err != nil {
		return err
	}
	act, err := b.begin(ledger.AddHoney, honeyDir)
	if err != nil {
		return err
	}
	defer act.end(&err)
	if err := os.Rename(plan.tokens, filepath.Join(w.home, deskhoney.FileOf(req.Copy))); err != nil {
		return err
	}
	if err := disk.SyncFolder(w.home); err != nil {
		return err
	}
	return deskhoney.Append(&w.chain, w.home, deskhoney.Act{
		At: b.Now().UTC().Truncate(time.Second), By: b.Who, Act: deskhoney.Placed, Copy: req.Copy, When: req.AsOf.UTC(), Everywhere: req.Everywhere,
		People: people, Key: w.key.ID(), SHA256: chain.Sum(text),
	})
}

// honeySets reads the sets of a chain.
func honeySets(c deskhoney.Chain) ([]deskhoney.Set, error) {
	sets, err := deskhoney.Sets(c)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Put the folder honey of the home back from a backup.", "%w", err)
	}
	return sets, nil
}

// Honey lists the made-up people there are, and opens no key.
func (b Bench) Honey() ([]deskhoney.Set, error) {
	c, err := deskhoney.Read(b.honeyDir())
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	return honeySets(c)
}

// viewHoney makes the table of made-up people known to a session, and returns its
// layout; nil where there are none.
func (b Bench) viewHoney(ctx context.Context, s engine.Session, sets []deskhoney.Set) (token.Layout, error) {
	if len(sets) == 0 {
		return nil, nil
	}
	blind, err := b.blindSets(sets)
	if err != nil {
		return nil, err
	}
	return honey.View(ctx, s, blind)
}

func (b Bench) blindSets(sets []deskhoney.Set) (blind []honey.Set, err error) {
	for _, s := range sets {
		path := filepath.Join(b.honeyDir(), s.File)
		text, err := os.ReadFile(path)
		if err == nil && chain.Sum(text) != s.SHA256 {
			err = errors.New("it is not the file that was written")
		}
		if err != nil {
			return nil, failure.New(failure.BadInput, "Put the folder honey of the home back from a backup.", "the made-up people of %s are damaged: %w", s.Copy, err)
		}
		blind = append(blind, honey.Set{Copy: s.Copy, Everywhere: s.Everywhere, From: s.From, Until: s.Until, People: s.People, File: path})
	}
	return blind, nil
}

func (b Bench) honeyOf(copyName string) (deskhoney.Set, error) {
	sets, err := b.Honey()
	if err != nil {
		return deskhoney.Set{}, err
	}
	for _, s := range sets {
		if s.Copy == copyName {
			return s, nil
		}
	}
	return deskhoney.Set{}, failure.New(failure.BadInput, `"constat honey list" shows those there are.`, "there are no made-up people of that copy")
}

// ShowHoney tells of the people of a copy what the register knows of them. It opens
// the key only where ids are to be told.
func (b Bench) ShowHoney(ctx context.Context, copyName, registerName string) (_ *HoneyShown, err error) {
	b = b.withDefaults()
	set, err := b.honeyOf(copyName)
	if err != nil {
		return nil, err
	}
	reg, err := b.theRegister(registerName)
	if err != nil {
		return nil, err
	}
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	key, err := ring.Open(set.Key, b.Unlock)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	s, err := b.session(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := reg.Views(ctx, s); err != nil {
		return nil, err
	}
	layout, err := b.viewHoney(ctx, s, []deskhoney.Set{set})
	if err != nil {
		return nil, err
	}
	if err := honeyPeople(ctx, s, reg.Manifest(), layout, set.People); err != nil {
		return nil, err
	}
	shown := &HoneyShown{Set: set, RecordIDs: []string{}}
	// The register's ids where it has the people, else those that they were given.
	ids := map[int64]string{}
	open := func(row []any) error {
		sealed, _ := row[1].([]byte)
		if len(sealed) == 0 {
			return nil
		}
		id, err := key.OpenRecordID(sealed)
		ids[row[0].(int64)] = id
		return err
	}
	if layout.Has(kind.RecordID) {
		if err := s.Query(ctx, "SELECT CAST(row - 1 AS BIGINT), sealed FROM honey_set_0", open); err != nil {
			return nil, err
		}
	}
	if err := s.Query(ctx, "SELECT CAST(h.honey AS BIGINT), p.sealed FROM honey_person h JOIN reg_sealed p ON p.person = h.person ORDER BY h.honey, h.person", func(row []any) error {
		shown.InRegister++
		return open(row)
	}); err != nil {
		return nil, err
	}
	for _, id := range ids {
		shown.RecordIDs = append(shown.RecordIDs, id)
	}
	slices.Sort(shown.RecordIDs)
	return shown, nil
}

// RetireHoney notes that the people of a copy are no longer in it, or, without yes,
// tells of whom that would be noted.
func (b Bench) RetireHoney(copyName string, when time.Time, yes bool) (_ *deskhoney.Set, err error) {
	b = b.withDefaults()
	set, err := b.honeyOf(copyName)
	if err != nil {
		return nil, err
	}
	switch {
	case !set.Until.IsZero():
		return nil, failure.New(failure.BadInput, "Nothing is left to do.", "the made-up people of %s were taken out on %s", copyName, set.Until.Format(time.DateOnly))
	case !when.After(set.From):
		return nil, failure.New(failure.Usage, "Give a later time with --as-of.", "the made-up people of %s cannot be taken out before they were put in", copyName)
	}
	set.Until = when.UTC()
	if !yes {
		return &set, nil
	}
	unlock, err := lock(b.honeyDir(), true)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c, err := deskhoney.Read(b.honeyDir())
	if err != nil {
		return nil, err
	}
	if _, err := honeySets(c); err != nil {
		return nil, err
	}
	act, err := b.begin(ledger.RetireHoney, honeyDir)
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	return &set, deskhoney.Append(&c, b.honeyDir(), deskhoney.Act{
		At: b.Now().UTC().Truncate(time.Second), By: b.Who, Act: deskhoney.Retired, Copy: copyName, When: set.Until,
	})
}

// honeyPeople makes the table honey_person (person, honey): who of the register is a
// made-up person.
func honeyPeople(ctx context.Context, s engine.Session, m register.Manifest, layout token.Layout, people int64) error {
	const found = "honey_found"
	if err := honey.Find(ctx, s, found, honey.Rows{Table: "reg_state", ID: "person", Layout: m.Layout, Count: m.Snapshots[len(m.Snapshots)-1].People}, layout, people); err != nil {
		return err
	}
	if err := s.Table(ctx, "honey_person", "SELECT CAST(id AS INTEGER) AS person, honey FROM "+found); err != nil {
		return err
	}
	return s.Drop(ctx, found)
}
