package triage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/overlap"
	"constat.example/blind/token"
	"constat.example/clear/cage"
	"constat.example/clear/dump"
	"constat.example/clear/seal"
	"constat.example/desk/assessment"
	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Earlier leaks are kept as tokens alone, one folder each. A folder is made in a
// job's own, synced, and put in its place by one renaming; it is taken away the same way.
const (
	leaksDir   = "leaks" // in a home
	leakFile   = "leak.json"
	leakSchema = "constat.leak/1"
)

// Leak is an earlier leak as the home keeps it.
type Leak struct {
	Schema  string             `json:"schema"`
	Name    string             `json:"name"`
	Seen    time.Time          `json:"seen,omitzero"` // day; zero where it is not known
	Added   time.Time          `json:"added"`
	By      string             `json:"by"`
	Ours    bool               `json:"ours"` // said to be copied from the register
	KeyID   string             `json:"key_id"`
	Inputs  []assessment.Input `json:"inputs"`
	Rows    assessment.Rows    `json:"rows"`
	Columns []LeakColumn       `json:"columns"`
	Tokens  keptFile           `json:"tokens"`

	Rejects []assessment.Reject `json:"-"` // told when it is added
}

// LeakColumn is what a column of a leak was taken for.
type LeakColumn struct {
	Table string    `json:"table"`
	Name  string    `json:"name"`
	Kind  kind.Kind `json:"kind"`
}

// LeakRequest asks for an earlier leak to be kept.
type LeakRequest struct {
	Paths     []string
	Name      string
	Seen      time.Time // zero: not known
	Ours      bool
	Map       string   // file, or ""
	Passwords [][]byte // tried on what is encrypted
}

func (b Bench) leakDir(name string) string { return filepath.Join(b.Home, leaksDir, name) }

// onLeak is what entries of the ledger call the folder of a leak.
func onLeak(name string) string { return leaksDir + "/" + name }

// sums are the SHA-256 of the leak's files, in hexadecimal.
func (l *Leak) sums() (all []string) {
	for _, in := range l.Inputs {
		all = append(all, in.SHA256)
	}
	return all
}

func checkLeak(name string) error {
	if !caseID.MatchString(name) {
		return failure.New(failure.Usage, "Use letters, digits, dots, dashes and underscores, at most 64.", "%q cannot be the name of a leak", name)
	}
	return nil
}

// AddLeak reads an earlier leak and keeps its tokens, sealed under the key of the
// register, made now if there is none. Nothing else of its files is kept.
func (b Bench) AddLeak(ctx context.Context, req LeakRequest) (_ *Leak, err error) {
	b = b.withDefaults()
	b.bound()
	if err := checkLeak(req.Name); err != nil {
		return nil, err
	}
	columnMap, err := readMap(req.Map)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(b.leakDir(req.Name)); err == nil {
		return nil, leakThere(req.Name)
	}
	files, closeFiles, err := dump.Files(dump.Volumes(req.Paths))
	if err != nil {
		return nil, err
	}
	defer closeFiles()
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	had, err := roomIn(b.Home)
	if err != nil {
		return nil, err
	}
	defer func() { err = had.told(err) }()
	key, err := b.keyOfHomeLocked()
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	leak := &Leak{
		Schema: leakSchema, Name: req.Name, Seen: req.Seen.UTC(), Added: b.Now().UTC().Truncate(time.Second), By: b.Who, Ours: req.Ours, KeyID: key.ID(),
		Inputs: []assessment.Input{}, Columns: []LeakColumn{},
	}
	inputs, err := b.leakInputs(ctx, files, leak)
	if err != nil {
		return nil, err
	}
	s, err := b.session(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	regs, err := b.openRegisters("")
	if err != nil {
		return nil, err
	}
	regs = slices.DeleteFunc(regs, func(r named) bool { return r.Manifest().KeyID != key.ID() })
	if err := openProbed(ctx, s, regs); err != nil {
		return nil, err
	}
	d, err := b.sealLeak(ctx, inputs, req.Passwords, crossing{columnMap: columnMap, key: key, registers: regs, session: s, dir: dir})
	if err != nil {
		return nil, err
	}
	leak.Rows = assessment.Rows{Read: d.account.Read, Rejected: d.account.Rejected, Repaired: d.account.Repaired}
	leak.Rejects = rejects(d.account.Rejects)
	for t, columns := range d.columns {
		for _, c := range columns {
			leak.Columns = append(leak.Columns, LeakColumn{d.tables[t].Name, c.Name, c.Kind})
		}
	}
	if d.account.Read == 0 || !overlap.Comparable(d.plan.layout) {
		return nil, failure.New(failure.BadInput, "A map file (--map) can say what the columns are; see \"constat help map\".",
			"the leak holds nothing by which a person could be found: neither names with a birth date nor an identifier")
	}
	if err := b.recorded(ledger.AddLeak, onLeak(leak.Name), func() error { return b.keepLeak(dir, d.plan.tokens, leak) }, leak.sums()...); err != nil {
		return nil, err
	}
	if leak.Rows.Rejected > 0 {
		return leak, failure.New(failure.Attention, "The leak is kept without them; \"--json\" says where they stand and why.", "%d rows of the leak could not be read", leak.Rows.Rejected)
	}
	return leak, nil
}

func leakThere(name string) error {
	return failure.New(failure.BadInput, fmt.Sprintf("Choose another name, or take that one away first: constat leak remove %s.", name), "there is a leak named %s already", name)
}

// keyOfHomeLocked is keyOfHome while nobody else makes a key.
func (b Bench) keyOfHomeLocked() (*seal.Key, error) {
	unlock, err := lock(b.Home, true) // as an import holds it, which may make a key too
	if err != nil {
		return nil, err
	}
	defer unlock()
	return b.keyOfHome()
}

// leakInputs notes the files of a leak, and readies them to be read.
func (b Bench) leakInputs(ctx context.Context, files []dump.Source, leak *Leak) ([]cage.Input, error) {
	total := int64(0)
	for _, f := range files {
		total += f.Size
	}
	b.Meter.Stage("reading the files once", total, "bytes")
	var inputs []cage.Input
	for _, f := range files {
		sum, err := evidence.Sum(ctx, io.NewSectionReader(f.At, 0, f.Size), b.Meter)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name, err)
		}
		leak.Inputs = append(leak.Inputs, assessment.Input{Name: f.Name, SHA256: sum, Bytes: f.Size})
		file, ok := f.At.(*os.File)
		if !ok {
			return nil, fmt.Errorf("%s is no file", f.Name)
		}
		inputs = append(inputs, cage.Input{Name: f.Name, File: file, Size: f.Size})
	}
	return inputs, nil
}

// sealLeak brings a leak across the curtain as a dump is.
func (b Bench) sealLeak(ctx context.Context, inputs []cage.Input, passwords [][]byte, x crossing) (d *crossed, err error) {
	x.watch = b.stopwatch(map[string]float64{})
	_, err = b.readDump(ctx, inputs, passwords, x.dir, func(r *cage.Reader) (err error) {
		d, err = b.readAcross(ctx, x, r, nil)
		return err
	})
	return d, err
}

// keepLeak puts a leak in its place.
func (b Bench) keepLeak(dir, tokens string, leak *Leak) (err error) {
	made := filepath.Join(dir, "leak")
	if err := os.Mkdir(made, 0o700); err != nil {
		return err
	}
	if err := os.Rename(tokens, filepath.Join(made, tokensFile)); err != nil {
		return err
	}
	if leak.Tokens, err = describeFile(filepath.Join(made, tokensFile)); err != nil {
		return err
	}
	if err := writeDescription(filepath.Join(made, leakFile), leak); err != nil {
		return err
	}
	return b.amongLeaks(func(all string) error {
		to := filepath.Join(all, leak.Name)
		if _, err := os.Lstat(to); err == nil {
			return leakThere(leak.Name)
		}
		return os.Rename(made, to)
	})
}

// amongLeaks changes the folder of leaks while nobody else does, and has the change
// on the disk before it returns.
func (b Bench) amongLeaks(change func(dir string) error) error {
	dir := filepath.Join(b.Home, leaksDir)
	if err := disk.MakeFolder(dir); err != nil {
		return homeError(b.Home, err)
	}
	unlock, err := lock(dir, true)
	if err != nil {
		return err
	}
	defer unlock()
	if err := change(dir); err != nil {
		return err
	}
	return disk.SyncFolder(dir)
}

// Leaks lists the earlier leaks of the home by name. It opens no key, and does not look
// whether their tables are whole.
func (b Bench) Leaks() ([]Leak, error) {
	entries, err := os.ReadDir(filepath.Join(b.Home, leaksDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	var all []Leak
	for _, e := range entries {
		if !e.IsDir() || checkLeak(e.Name()) != nil {
			continue
		}
		l, err := b.Leak(e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, *l)
	}
	return all, nil
}

// Leak reads what the home keeps of an earlier leak.
func (b Bench) Leak(name string) (*Leak, error) {
	if err := checkLeak(name); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(b.leakDir(name), leakFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(b.leakDir(name)); err != nil {
			return nil, failure.New(failure.BadInput, "\"constat leak list\" shows the leaks of the home.", "there is no leak %s in %s", name, b.Home)
		}
		return nil, leakDamaged(name)
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	l := new(Leak)
	if decodeDescription(text, l) != nil || l.Schema != leakSchema || l.Name != name || l.Tokens.Name != tokensFile {
		return nil, leakDamaged(name)
	}
	return l, nil
}

func leakDamaged(name string) error {
	return failure.New(failure.BadInput, fmt.Sprintf("Bring its folder back from a backup, or take it away (constat leak remove %s) and add it again.", name), "what is kept of the leak %s is damaged", name)
}

// RemoveLeak takes an earlier leak away, if it is to be done; it returns which one. Of a
// damaged one only the name is known.
func (b Bench) RemoveLeak(name string, do bool) (*Leak, error) {
	l, err := b.Leak(name)
	if err != nil {
		if _, there := os.Lstat(b.leakDir(name)); checkLeak(name) != nil || there != nil {
			return nil, err
		}
		l = &Leak{Name: name}
	}
	if !do {
		return l, nil
	}
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done() // with what was moved there
	return l, b.recorded(ledger.RemoveLeak, onLeak(name), func() error {
		return b.amongLeaks(func(all string) error {
			return os.Rename(filepath.Join(all, name), filepath.Join(dir, "leak"))
		})
	})
}

// earlier is an earlier leak that a dump is held against.
type earlier struct {
	leak  overlap.Leak
	told  assessment.Leak
	seen  time.Time // zero where it is not known
	files []string  // SHA-256 of its inputs
}

// earlierLeaks are the leaks that a dump is held against, and those that are left out:
// the leaks that the home keeps, and its other cases that were seen a day before the
// dump or more. Seen is when the dump was.
func (b Bench) earlierLeaks(ctx context.Context, caseID string, inputs []assessment.Input, seen time.Time, keyID string) (all []earlier, aside []assessment.Aside, err error) {
	leaks, err := b.Leaks()
	if err != nil {
		return nil, nil, err
	}
	for _, l := range leaks {
		why := ""
		dir := b.leakDir(l.Name)
		e := earlier{seen: l.Seen, told: assessment.Leak{Name: l.Name, Rows: l.Rows.Read}}
		if l.Ours {
			e.told.Ours = &l.Ours
		}
		for _, in := range l.Inputs {
			e.files = append(e.files, in.SHA256)
		}
		switch {
		case l.KeyID != keyID:
			why = assessment.AsideOtherKey
		case !l.Seen.IsZero() && l.Seen.After(seen):
			why = assessment.AsideLater
		case whole(ctx, b.Meter, dir, []keptFile{l.Tokens}) != nil:
			if ctx.Err() != nil {
				return nil, nil, context.Cause(ctx)
			}
			why = assessment.AsideDamaged
		}
		if why == "" {
			why = e.table(filepath.Join(dir, tokensFile))
		}
		if why != "" {
			aside = append(aside, assessment.Aside{Name: l.Name, Why: why})
			continue
		}
		all = append(all, e)
	}
	cases, err := b.earlierCases(caseID, inputs, seen, keyID)
	return append(all, cases...), aside, err
}

// table sets the leak's table; it tells why it cannot.
func (e *earlier) table(path string) (why string) {
	layout, err := token.LayoutOfFile(path)
	if err != nil {
		return assessment.AsideDamaged
	}
	e.leak = overlap.Leak{Tokens: path, Layout: layout}
	if !e.seen.IsZero() {
		e.told.Seen = e.seen.UTC().Format(time.DateOnly)
	}
	return ""
}

// sameIncident is how near two cases are seen that are taken for one incident.
const sameIncident = 24 * time.Hour

// earlierCases are the other cases of the home that count as earlier leaks: past
// incidents, of other files.
func (b Bench) earlierCases(caseID string, inputs []assessment.Input, seen time.Time, keyID string) ([]earlier, error) {
	ids, err := b.Cases()
	if err != nil {
		return nil, err
	}
	var all []earlier
	for _, id := range ids {
		if id == caseID {
			continue
		}
		c, err := b.Case(id)
		if err != nil {
			b.Say(fmt.Sprintf("The dump is not compared with case %s: %v.", id, err))
			continue
		}
		if c.Assessment == nil {
			continue
		}
		of, err := b.evidence(id).KeyID()
		if err != nil || of != keyID {
			continue
		}
		e := earlier{seen: b.seenOf(c), told: assessment.Leak{Name: id, Case: true, Rows: c.Assessment.Rows.Read}}
		for _, in := range c.Assessment.Inputs {
			e.files = append(e.files, in.SHA256)
		}
		if e.shares(inputs) || e.seen.IsZero() || e.seen.After(seen.Add(-sameIncident)) {
			continue
		}
		switch c.Assessment.Verdict.Class {
		case "genuine", "mixed":
			e.told.Ours = ref(true)
		case "foreign", "fabricated":
			e.told.Ours = ref(false)
		}
		if e.table(filepath.Join(b.CaseDir(id), keptTokens)) == "" {
			all = append(all, e)
		}
	}
	return all, nil
}

// seenOf is when the dump of a case was seen first: as its claim says, else when the
// case was opened.
func (b Bench) seenOf(c *Case) time.Time {
	for _, claim := range slices.Backward(c.Claims) {
		if !claim.FirstSeen.IsZero() {
			return claim.FirstSeen
		}
	}
	return c.Opened
}

func (e *earlier) shares(inputs []assessment.Input) bool {
	return slices.ContainsFunc(inputs, func(in assessment.Input) bool { return slices.Contains(e.files, in.SHA256) })
}

func ref[T any](x T) *T { return &x }

// recordIDs counts the record ids of a leak, and those that the register has.
func recordIDs(ctx context.Context, s engine.Session, tokens string) (ids, known int64, err error) {
	if err := s.View(ctx, "leak_ids", tokens); err != nil {
		return 0, 0, err
	}
	err = s.Query(ctx, "SELECT count(*), count(p.record_id) FROM leak_ids l LEFT JOIN (SELECT DISTINCT record_id FROM reg_people) p ON p.record_id = l.record_id WHERE l.record_id IS NOT NULL", func(row []any) error {
		ids, known = row[0].(int64), row[1].(int64)
		return nil
	})
	return ids, known, cmp.Or(err, s.Drop(ctx, "leak_ids"))
}
