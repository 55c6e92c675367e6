package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
)

// Write lays out a whole drill in dir, which must be empty or absent:
//
//	register/2024-01-01.csv …  the agency's snapshots
//	register/changes-….csv     of drills with a history: what changed since, with when; then there is one snapshot
//	claim.yaml                 what the seller says
//	dump.csv                   what the seller offers
//	register-b/2024-01-01.csv … the snapshots of a second register, of kinds that have one
//	earlier/club.csv …         the leaks of before that the dump is made of, of kinds that have some
//	honey/honey.json …         the agency's made-up people, of kinds that have some
//	truth/links.csv            row of the dump, record id; rows of nobody are left out
//	truth/links-club.csv …     the same of the leaks of before
//	truth/mentions.csv         of dumps with notes: row, kind, value, record id of whose it is, or none
//	truth/truth.json           see Truth
//	logs/application-2025-06.jsonl.gz … what accounts did, where Config.Accounts are at work
//	rights/rights.yaml …       then, too: who has an account and may read whom, and what explains a read
//
// adjust may change what the thief does. The same arguments write the same bytes.
func Write(ctx context.Context, dir string, c Config, kind string, adjust ...func(*Theft)) (*Truth, error) {
	progress := c.Progress
	if progress == nil {
		progress = func(float64) {}
	}
	c.Progress = func(done float64) { progress(done * 0.8) }
	if _, err := LookUp(kind); err != nil {
		return nil, err
	}
	w, err := New(ctx, c)
	if err != nil {
		return nil, err
	}
	truth, err := w.steal(ctx, dir, kind, adjust, func(j *job) ([]Snapshot, error) {
		dir := filepath.Join(dir, "register")
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, fmt.Errorf("creating the drill's folder: %w", err)
		}
		instants := w.monthly()
		switch {
		case c.Daily:
			instants = w.around(j.at, j.until)
		case c.History:
			instants = instants[:1]
		}
		return w.writeRegister(ctx, dir, instants)
	})
	if err == nil {
		progress(1)
	}
	return truth, err
}

// Steal lays out a drill as Write does, but for the register: that was written
// before, once for many thefts from one agency, and register is what
// WriteRegister told of it.
func (w *World) Steal(ctx context.Context, dir, kind string, register []Snapshot, adjust ...func(*Theft)) (*Truth, error) {
	return w.steal(ctx, dir, kind, adjust, func(*job) ([]Snapshot, error) { return register, nil })
}

func (w *World) steal(ctx context.Context, dir, kind string, adjust []func(*Theft), register func(*job) ([]Snapshot, error)) (*Truth, error) {
	k, err := LookUp(kind)
	if err != nil {
		return nil, err
	}
	t := k.Theft
	// The instants of the table are for 24 months.
	t.scale(float64(w.c.Snapshots[len(w.c.Snapshots)-1]) / 23)
	for _, change := range adjust {
		change(&t)
	}
	j, err := w.newJob(t)
	if err != nil {
		return nil, err
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return nil, failure.New(failure.Usage, "Name a folder that is empty or does not exist yet.", "a drill cannot be written over what is in %s", filepath.Base(dir))
	}
	folders := []string{"truth"}
	if t.Second {
		if j.second, err = j.newSecond(ctx); err != nil {
			return nil, err
		}
		folders = append(folders, "register-"+SecondRegister)
	}
	if w.c.Accounts > 0 {
		folders = append(folders, "logs")
	}
	if len(j.sources) > 0 {
		folders = append(folders, "earlier")
	}
	for _, d := range folders {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, fmt.Errorf("creating the drill's folder: %w", err)
		}
	}
	snapshots, err := register(j)
	if err != nil {
		return nil, err
	}
	j.logs = w.c.Accounts > 0 && j.way().reads()
	if err := j.plant(ctx, dir, snapshots); err != nil {
		return nil, err
	}
	changes := ""
	if w.c.History {
		last := w.monthly()
		if changes, _, err = w.writeChanges(ctx, filepath.Join(dir, "register"), last[0], last[len(last)-1]); err != nil {
			return nil, err
		}
	}
	truth, err := j.writeDump(ctx, dir, "dump", "links.csv")
	if err != nil {
		return nil, err
	}
	if w.c.Accounts > 0 {
		if truth.Access, err = j.writeLogs(ctx, dir); err != nil {
			return nil, err
		}
	}
	if j.second != nil {
		more, err := j.second.writeRegister(ctx, filepath.Join(dir, "register-"+SecondRegister), w.monthly())
		if err != nil {
			return nil, err
		}
		truth.Register, truth.Second = SecondRegister, more
	}
	truth.Changes = changes
	truth.Schema, truth.Kind, truth.Class, truth.Seed, truth.Snapshots = TruthSchema, k.Name, k.Class, w.c.Seed, snapshots
	for i, s := range j.sources {
		early, err := s.writeEarlier(ctx, dir, j.t.Earlier[i].Name)
		if err != nil {
			return nil, err
		}
		early.DumpRows = truth.before[i]
		if j.t.Merged {
			early.DumpRows = early.Rows // a row of the dump for each of its people
		}
		truth.Earlier = append(truth.Earlier, early)
	}
	text, err := truth.json()
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{filepath.Join("truth", "truth.json"), text}, {"claim.yaml", j.claim(truth)}} {
		out, err := create(filepath.Join(dir, f.name))
		if err != nil {
			return nil, err
		}
		defer out.abandon()
		out.write(f.text)
		if err := out.keep(); err != nil {
			return nil, err
		}
	}
	return truth, nil
}

// writeEarlier writes a leak of before and tells of it.
func (j *job) writeEarlier(ctx context.Context, dir, name string) (TruthEarly, error) {
	links := "links-" + name + ".csv"
	is, err := j.writeDump(ctx, dir, filepath.Join("earlier", name), links)
	if err != nil {
		return TruthEarly{}, err
	}
	return TruthEarly{
		File: "earlier/" + is.Dump, Links: links, Ours: !j.t.Foreign, Theft: is.Theft, Leaked: is.Leaked,
		Format: is.Format, Columns: is.Columns, Rows: is.Rows, Persons: is.Persons,
	}, nil
}

// writeDump writes a dump of that name and its links, and tells what is in them.
func (j *job) writeDump(ctx context.Context, dir, name, linksName string) (*Truth, error) {
	path := filepath.Join(dir, j.t.Format.name(name))
	dump, err := create(path)
	if err != nil {
		return nil, err
	}
	defer dump.abandon()
	links, err := create(filepath.Join(dir, "truth", linksName))
	if err != nil {
		return nil, err
	}
	defer links.abandon()
	out := j.t.Format.encoder(dump)
	if _, err := out.Write(j.t.Format.header(nil, j.columns)); err != nil {
		return nil, fmt.Errorf("writing %s: %w", dump.name, err)
	}
	var linked, text []byte
	links.write([]byte("row,record_id\n"))
	rows := 0
	var count numbers
	put := func(number uint64, row []byte) error {
		n := 1
		if j.t.Format.Type == "sql" {
			text, n = count.fill(text, row)
		} else {
			text = append(text, row...)
		}
		for range n {
			rows++
			if number == nobody {
				continue
			}
			linked = append(strconv.AppendInt(linked, int64(rows), 10), ',')
			linked = append(j.appendRecordID(linked, number), '\n')
		}
		if len(text) < 1<<18 {
			return nil
		}
		links.write(linked)
		_, err := out.Write(text)
		linked, text = linked[:0], text[:0]
		return err
	}
	sum := none
	ordered := &pile{dir: dir}
	defer ordered.remove()
	notes, err := j.newNotes(dir)
	if err != nil {
		return nil, err
	}
	defer notes.abandon()
	use := func(l *loot) error {
		sum.add(&l.tally)
		j.taken = append(j.taken, l.taken...)
		notes.take(l, rows)
		from := 0
		for _, r := range l.rows {
			row := l.text[from:r.to]
			from = r.to
			var err error
			if j.t.ordered() {
				err = ordered.add(r.key, r.number, row)
			} else {
				err = put(r.number, row)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := errors.Join(j.collect(ctx, &sum, use), j.takeMadeUp(use)); err != nil {
		return nil, err
	}
	if err := ordered.each(put); err != nil {
		return nil, err
	}
	links.write(linked)
	if _, err := out.Write(text); err != nil {
		return nil, fmt.Errorf("writing %s: %w", dump.name, err)
	}
	if err := out.Close(); err != nil {
		return nil, fmt.Errorf("writing %s: %w", dump.name, err)
	}
	if err := dump.keep(); err != nil {
		return nil, err
	}
	truth := j.tell(&sum)
	truth.Dump = filepath.Base(path)
	truth.FreeText = notes.truth()
	j.tellHoney(truth)
	return truth, errors.Join(notes.keep(), links.keep())
}

// appendRecordID writes the name of a record in the register that is copied.
func (j *job) appendRecordID(b []byte, number uint64) []byte {
	if j.second != nil {
		return secondID(b, number)
	}
	return j.w.w.AppendRecordID(b, number)
}

// collect gives to use all that the theft takes or makes up; sum is what has
// been used so far.
func (j *job) collect(ctx context.Context, sum *tally, use func(*loot) error) error {
	if j.second != nil {
		return j.second.collect(ctx, j, use)
	}
	if j.t.Merged || j.t.Other > 0 {
		return j.gather(ctx, use)
	}
	if j.t.OnlyInvented {
		return j.invent(ctx, cmp.Or(j.t.Sample, j.w.c.People), use)
	}
	if err := j.pick(ctx); err != nil {
		return err
	}
	if err := agency.InOrder(ctx, j.w.c.Threads, j.w.w.Chunks(), j.take, use); err != nil {
		return err
	}
	invented := (sum.persons + sum.duplicates) * j.t.Invented / 10_000
	if j.t.Foreign {
		invented = sum.genuine * 8 / 10 // the people that only the other agency knows
	}
	return j.invent(ctx, invented, use)
}

// ours reports whether what the dump holds was copied from the register.
func (j *job) ours() bool { return !j.t.OnlyInvented && !j.t.Foreign && !j.t.Merged }

// tell is the truth of what was counted.
func (j *job) tell(sum *tally) *Truth {
	truth := &Truth{Theft: j.w.time(j.at), Leaked: j.w.time(j.leaked), Format: j.t.Format, before: sum.before}
	if j.ours() && sum.to >= 0 {
		from, to := j.w.time(sum.from), j.w.time(sum.to)
		truth.TheftFrom, truth.TheftTo = &from, &to
		truth.Population = j.population(sum)
	}
	truth.Rows = sum.genuine + sum.invented
	truth.Genuine, truth.Invented = sum.genuine, sum.invented
	truth.Duplicates, truth.Mistyped = sum.duplicates, sum.mistyped
	if truth.Rows > 0 && j.ours() {
		truth.GenuineShare = float64(sum.genuine-sum.beside) / float64(truth.Rows)
	}
	truth.Persons, truth.Stale, truth.Gone = sum.persons, sum.stale, sum.gone
	truth.Exposures = []TruthExposure{}
	for _, c := range j.columns {
		truth.Columns = append(truth.Columns, c.Header("fr"))
		truth.Kinds = append(truth.Kinds, c.Kind().String())
		if n := sum.exposed[c]; n > 0 {
			truth.Exposures = append(truth.Exposures, TruthExposure{c.Kind(), n, n - sum.old[c], sum.old[c], sum.altered[c]})
		}
	}
	return truth
}

// population tells whom the thief chose from, and how.
func (j *job) population(sum *tally) *Population {
	p := &Population{How: "all", Register: sum.register, Reached: sum.reached, Departments: j.t.Departments}
	if j.t.IDs[1] > 0 {
		for _, number := range j.ids {
			p.IDs = append(p.IDs, string(j.w.w.AppendRecordID(nil, number)))
		}
	}
	switch {
	case j.t.First > 0:
		p.How = "first"
	case j.t.Sample > 0:
		p.How = "random"
	case len(p.Departments) > 0:
		p.How = "region"
	case len(p.IDs) > 0:
		p.How = "ids"
	case j.t.Share+j.t.Offered > 0:
		p.How = "random"
	}
	return p
}

// sampled is how many rows the seller shows.
const sampled = 3

// claim is what the seller says, without any value: first seen three weeks after it came out, a
// count rounded to two figures, a price of five euros a thousand rows.
func (j *job) claim(truth *Truth) []byte {
	seen := truth.Leaked.AddDate(0, 0, 21)
	boast := j.t.Boast
	if boast == 0 {
		boast = 1
	}
	count := int(math.Round(boast * float64(truth.Rows)))
	unit := 1
	for count/unit >= 100 {
		unit *= 10
	}
	count = (count + unit/2) / unit * unit
	var b strings.Builder
	fmt.Fprintf(&b, "source: a forum where data is sold, seen on a drill\nfirst_seen: %s\nclaimed:\n  count: %d\n  fields:\n", seen.Format(time.RFC3339), count)
	for _, c := range j.columns {
		fmt.Fprintf(&b, "    - %s\n", c.Kind())
	}
	fmt.Fprintf(&b, "price: %d EUR\ndeadline: %s\n", max(50, count/1000*5), seen.AddDate(0, 0, 7).Format(time.RFC3339))
	fmt.Fprintf(&b, "sample: the first %d rows of %s\n", min(sampled, truth.Rows), truth.Dump)
	return []byte(b.String())
}
