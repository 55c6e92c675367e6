package triage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/reach"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/clear/accesslog"
	"constat.example/clear/seal"
	deskreach "constat.example/desk/reach"
	"constat.example/internal/failure"
)

// ReachRequest asks how far accounts reach into a register.
type ReachRequest struct {
	Register string // "": the only one, or the main one
	Logs     []string
	Map      string // file that says what the fields of the logs are, or ""
	Format   string // of accesslog.Formats; "": found out
	Zone     *time.Location
	Skew     time.Duration
	Rights   string // file of who may read whom, or ""
	Rules    string // file of what explains a read, or ""
}

// Reach reads logs and tells of each account how many people it could read, has read and
// needed to, and whose loss would cost most. Nothing is kept.
func (b Bench) Reach(ctx context.Context, req ReachRequest) (_ *deskreach.Reach, err error) {
	b = b.withDefaults()
	b.bound()
	options := accesslog.Options{Format: req.Format, Zone: req.Zone, Skew: req.Skew, Threads: b.Threads}
	if req.Map != "" {
		if options.Map, err = accesslog.ReadMap(req.Map); err != nil {
			return nil, err
		}
	}
	j := reachJob{b: b, zone: cmp.Or(req.Zone, time.UTC), path: req.Rules}
	if req.Rights != "" {
		if j.rights, err = readRights(req.Rights); err != nil {
			return nil, err
		}
	}
	if req.Rules != "" {
		if j.rules, err = readRulesFile(req.Rules); err != nil {
			return nil, err
		}
	}
	reg, err := b.theRegister(req.Register)
	if err != nil {
		return nil, err
	}
	if j.manifest = reg.Manifest(); len(j.manifest.Snapshots) == 0 {
		return nil, failure.New(failure.BadInput, "Give it one first: constat register import FILE.", "there is no register in %s into which accounts could reach", b.Home)
	}
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	key, err := ring.Open(j.manifest.KeyID, b.Unlock)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	j.key, j.dir, j.sealer = key, dir, &recordSealer{key: key}
	b.Meter.Stage("reading the logs", 0, "")
	if j.logs, err = b.readLogs(ctx, req.Logs, options, key, dir); err != nil {
		return nil, err
	}
	for _, name := range j.logs.Names {
		j.names.Number([]byte(name))
	}
	err = b.inSession(ctx, dir, func(s engine.Session) error {
		b.Meter.Stage("opening the register", 0, "")
		if err := reg.Views(ctx, s); err != nil {
			return err
		}
		return j.run(ctx, s)
	})
	if err != nil {
		return nil, err
	}
	j.out.Register = reg.name
	return j.out, rejectedLines(j.logs.Logs)
}

// reachJob is one audit.
type reachJob struct {
	b        Bench
	key      *seal.Key
	sealer   *recordSealer
	manifest register.Manifest
	dir      string
	zone     *time.Location
	logs     *keptLogs
	names    access.Names
	rights   *rights // nil: none were declared
	rules    *rulesFile
	path     string // of rules
	holders  map[string]*holder

	out *deskreach.Reach
}

func (j *reachJob) run(ctx context.Context, s engine.Session) error {
	if err := s.View(ctx, "accesses", filepath.Join(j.dir, j.logs.Accesses.Name)); err != nil {
		return err
	}
	c := &reach.Config{Session: s, Accesses: "accesses"}
	var outside int64
	var err error
	if c.From, c.To, outside, err = reach.Period(ctx, s, c.Accesses); err != nil {
		return err
	}
	seen, err := reach.Look(ctx, c)
	if err != nil {
		return err
	}
	j.b.Meter.Stage("reading rights and reasons", 0, "")
	grants, err := j.grants(ctx, c, seen)
	if err != nil {
		return err
	}
	if err := j.reasons(ctx, c); err != nil {
		return err
	}
	j.b.Meter.Stage("counting who reaches whom", 0, "")
	counts, err := reach.Count(ctx, c, seen, grants)
	if err != nil {
		return err
	}
	counts.Outside = outside
	r := reach.Rules{Rights: j.rights != nil, Listed: j.rights != nil && j.rights.accounts != "", Reasons: j.rules != nil && len(j.rules.Reasons) > 0}
	for _, column := range j.manifest.Layout {
		r.Kinds = r.Kinds.With(column.Kind)
	}
	found, err := reach.Judge(counts, r)
	if err != nil {
		return err
	}
	j.tell(counts, r, found)
	return nil
}

// grants is what each account may read: those of the list, and those that the logs name.
func (j *reachJob) grants(ctx context.Context, c *reach.Config, seen []reach.Seen) ([]reach.Grant, error) {
	if j.holders = map[string]*holder{}; j.rights != nil {
		var err error
		if j.holders, err = j.rights.holders(j.zone); err != nil {
			return nil, err
		}
	}
	for _, x := range seen {
		name := j.names.Of(access.Name(x.Account))
		h := j.holders[name]
		if h == nil {
			h = &holder{}
			j.holders[name] = h
		}
		if len(h.offices) == 0 && x.Office != 0 {
			h.offices = []string{j.names.Of(access.Name(x.Office))}
		}
	}
	if j.rights == nil {
		return nil, nil
	}
	var names []string
	for name := range j.holders {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []reach.Grant
	for _, name := range names {
		all = append(all, j.rights.grant(name, j.holders[name], &j.names))
	}
	slices.SortFunc(all, func(a, b reach.Grant) int { return cmp.Compare(a.Account, b.Account) })
	if j.rights.offices != "" {
		if err := j.follows(ctx, c); err != nil {
			return nil, err
		}
	}
	path, err := j.rights.lists(j.dir, j.sealer, j.zone, func(name string) *holder { return j.holders[name] }, &j.names)
	if err != nil || path == "" {
		return all, err
	}
	c.Lists = "rights_files"
	return all, c.Session.View(ctx, c.Lists, path)
}

// follows says which office follows whom.
func (j *reachJob) follows(ctx context.Context, c *reach.Config) error {
	path, byDepartment, err := j.rights.follows(j.dir, j.sealer, &j.names)
	if err != nil {
		return err
	}
	if path != "" {
		c.Follows = "rights_offices"
		if err := c.Session.View(ctx, c.Follows, path); err != nil {
			return err
		}
		switch n, err := reach.Twice(ctx, c.Session, c.Follows); {
		case err != nil:
			return err
		case n > 0:
			return badRights(j.rights.path, fmt.Errorf("%s names records more than once, each of which only one office can follow: %d", filepath.Base(j.rights.offices), n))
		}
		return nil
	}
	column, departmentOf := regionsOf(j.manifest.Layout, j.key)
	if column == "" {
		return badRights(j.rights.path, errors.New("the register tells no commune or postcode of residence, so départements cannot say who follows whom; list records"))
	}
	places, err := reach.Places(ctx, c.Session, column)
	if err != nil {
		return err
	}
	c.Column, c.Places = column, map[int64]int64{}
	for place := range places {
		if office, followed := byDepartment[departmentOf[place]]; followed {
			c.Places[place] = office
		}
	}
	return nil
}

// reasons says what explains reads.
func (j *reachJob) reasons(ctx context.Context, c *reach.Config) (err error) {
	if j.rules == nil || len(j.rules.Reasons) == 0 {
		return nil
	}
	taker := &reasonFiles{names: &j.names, to: &c.Reasons}
	if taker.assigned, err = newNumberFile(j.dir, "reasons-files", "account", "record", "since", "until"); err != nil {
		return err
	}
	if taker.follows, err = newNumberFile(j.dir, "reasons-offices", "record", "office"); err != nil {
		return errors.Join(err, taker.assigned.Close())
	}
	err = errors.Join(j.rules.reasons(j.path, j.sealer, j.zone, taker), taker.assigned.Close(), taker.follows.Close())
	if err != nil {
		return err
	}
	for _, f := range []struct {
		file *numberFile
		view string
		to   *string
	}{{taker.assigned, "reasons_files", &c.Reasons.Assigned}, {taker.follows, "reasons_offices", &c.Reasons.Follows}} {
		if f.file.rows == 0 {
			continue
		}
		*f.to = f.view
		if err := c.Session.View(ctx, f.view, f.file.path); err != nil {
			return err
		}
	}
	return nil
}

// reasonFiles takes reasons into files for the engine.
type reasonFiles struct {
	names             *access.Names
	to                *reach.Reasons
	assigned, follows *numberFile
}

func (r *reasonFiles) declare(reason string) error {
	if n := r.names.Find([]byte(reason)); n != 0 {
		r.to.Declared = append(r.to.Declared, int64(n))
	}
	return nil
}

func (r *reasonFiles) assign(account string, record token.Token, s span) error {
	return r.assigned.put(int64(r.names.Number([]byte(account))), record, s.from, s.to)
}

func (r *reasonFiles) follow(record token.Token, office string) error {
	return r.follows.put(record, int64(r.names.Number([]byte(office))))
}

// tell puts what was found into a document, numbers into names.
func (j *reachJob) tell(counts *reach.Counts, r reach.Rules, found *reach.Finding) {
	out := &deskreach.Reach{
		From: instant(counts.From), To: instant(counts.To), Logs: orNone(j.logs.Logs), Refused: found.Refused, People: counts.People, Outside: counts.Outside,
		RankedBy: "read", Costliest: []string{}, Accounts: []deskreach.Account{}, Roles: []deskreach.Role{}, Steps: []deskreach.Step{},
	}
	j.out = out
	if r.Rights {
		out.RankedBy = "could"
	}
	whole := func(people, doors int64) deskreach.Whole {
		nobody := counts.People - people
		return deskreach.Whole{Somebody: &people, Nobody: &nobody, Doors: &doors}
	}
	if out.Refused != "" {
		refused := deskreach.Whole{Refused: out.Refused}
		out.Could, out.Read, out.Needed = refused, refused, refused
		return
	}
	out.Could, out.Read, out.Needed = whole(counts.Whole.Reachable, found.Could), whole(counts.Whole.Read, found.Read), whole(counts.Whole.Needed, found.Needed)
	if !r.Rights {
		out.Could = deskreach.Whole{AtLeast: &found.Read, Refused: reach.NoRights}
	}
	if !r.Reasons {
		out.Needed = deskreach.Whole{AtMost: &found.Read, Refused: reach.NoReasons}
	}
	name := func(id int64) string { return j.names.Of(access.Name(id)) }
	given := func(n int64, is bool) *int64 {
		if !is {
			return nil
		}
		return &n
	}
	for i, a := range found.Accounts {
		told := deskreach.Account{
			Account: name(a.Account), Could: given(a.Could, r.Rights), Read: a.Read.Now, Needed: given(a.Read.Needed, r.Reasons),
			Unread: given(a.Unread, r.Rights), Beyond: a.Beyond, Gone: a.Read.Gone, Unknown: a.Read.Unknown, Unnamed: a.Seen.Unnamed, Largest: a.Seen.Largest, Bulk: a.Seen.Bulk,
			Cost: math.Round(10*a.Cost) / 10, Kinds: []string{}, First: instant(a.Seen.First), Last: instant(a.Seen.Last), Flags: orNone(a.Flags),
			Addresses: a.Seen.Addresses, Shared: a.Seen.Shared,
		}
		if h := j.holders[told.Account]; h != nil {
			told.Role = h.role
			if len(h.offices) > 0 {
				told.Office = h.offices[0]
			}
		}
		for _, k := range (a.Kinds & r.Kinds).Kinds() {
			if k != kind.Unknown {
				told.Kinds = append(told.Kinds, k.String())
			}
		}
		if i < reach.Costliest && a.Could > 0 {
			out.Costliest = append(out.Costliest, told.Account)
		}
		out.Accounts = append(out.Accounts, told)
	}
	for _, s := range found.Steps {
		step := deskreach.Step{Code: s.Code, Accounts: []string{}, Roles: []string{}, Doors: s.Doors, Count: s.Count}
		for _, id := range s.Roles {
			step.Roles = append(step.Roles, name(id))
		}
		for _, id := range s.Accounts {
			step.Accounts = append(step.Accounts, name(id))
		}
		out.Steps = append(out.Steps, step)
	}
	out.Roles = deskreach.Roles(out.Accounts)
}

// numberFile writes rows of numbers to a Parquet file of the job.
type numberFile struct {
	*token.NumbersWriter

	path    string
	width   int
	rows    int64
	pending []int64
}

// numbersAtOnce is how many numbers are held before they are written.
const numbersAtOnce = 1 << 18

func newNumberFile(dir, name string, columns ...string) (*numberFile, error) {
	f := &numberFile{path: filepath.Join(dir, name+".parquet"), width: len(columns)}
	var all []token.NumbersColumn
	for _, c := range columns {
		all = append(all, token.NumbersColumn{Name: c, Bits: 64})
	}
	var err error
	f.NumbersWriter, err = token.CreateNumbers(f.path, all)
	return f, err
}

// put appends a row.
func (f *numberFile) put(row ...int64) error {
	f.pending = append(f.pending, row...)
	f.rows++
	if len(f.pending) < numbersAtOnce {
		return nil
	}
	return f.flush()
}

func (f *numberFile) flush() error {
	err := f.Write(len(f.pending)/f.width, func(dst []int64, column, first, count int) []int64 {
		for i := first; i < first+count; i++ {
			dst = append(dst, f.pending[i*f.width+column])
		}
		return dst
	})
	f.pending = f.pending[:0]
	return err
}

// Close writes what is pending and puts the file in place.
func (f *numberFile) Close() error {
	return errors.Join(f.flush(), f.NumbersWriter.Close())
}
