package scenario

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/klauspost/compress/gzip"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/internal/chance"
	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
	"constat.example/scenario/internal/office"
)

// Accounts is how many accounts an agency of so many people has, unless told otherwise.
func Accounts(people int) int {
	return max(office.MinAccounts, min(people/100, 10_000))
}

// Work is the accounts of an agency at work, a thief among them, and what the logs tell of it.
type Work struct {
	w        *World
	j        *job
	staff    *office.Staff
	accounts []office.Deed // in a thief's hands
	names    access.Names
	truth    *TruthAccess
	from, to int64 // period of the logs: instants, at midnight
}

// Work sets the accounts to work from so many weeks before a theft up to so many after it.
// Nothing is written; Config.Accounts may be 0 for as many as usual.
func (w *World) Work(ctx context.Context, t Theft) (*Work, error) {
	j, err := w.newJob(t)
	if err != nil {
		return nil, err
	}
	sum := none
	j.logs = true
	if j.way().reads() {
		err = j.collect(ctx, &sum, func(l *loot) error {
			sum.add(&l.tally)
			j.taken = append(j.taken, l.taken...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return j.work(ctx)
}

// work is the accounts at work while the theft is under way.
func (j *job) work(ctx context.Context) (*Work, error) {
	c := office.Config{Seed: j.w.c.Seed, Accounts: cmp.Or(j.w.c.Accounts, Accounts(j.w.c.People)), Start: j.w.c.Start, Departments: j.w.w.Departments()}
	c.People = make([][]office.Person, len(c.Departments))
	type piece struct {
		people []office.Person
		where  []int
		chunk  *agency.Chunk
	}
	err := agency.InOrder(ctx, j.w.c.Threads, j.w.w.Chunks(), func(i int, p *piece) *piece {
		if p == nil {
			p = new(piece)
		}
		p.chunk, p.people, p.where = j.w.w.Make(i, p.chunk), p.people[:0], p.where[:0]
		for k := range p.chunk.People() {
			at, _ := slices.BinarySearch(c.Departments, p.chunk.Department(k, j.at))
			from, to := p.chunk.Presence(k)
			p.people = append(p.people, office.Person{Number: uint32(p.chunk.Number(k)), From: int32(from), To: int32(to)})
			p.where = append(p.where, at)
		}
		return p
	}, func(p *piece) error {
		for i, who := range p.people {
			c.People[p.where[i]] = append(c.People[p.where[i]], who)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	staff, err := office.NewStaff(c)
	if err != nil {
		return nil, err
	}
	k := &Work{w: j.w, j: j, staff: staff}
	weeks := j.w.c.LogWeeks
	if weeks == [2]int{} {
		weeks = [2]int{10, 2}
	}
	const day, week = 86_400, 7 * 86_400
	end := j.w.w.Month(j.w.c.Months)
	k.from = max(0, j.at-int64(weeks[0])*week) / day * day
	k.to = min(end, (j.until+int64(weeks[1])*week)/day*day+day)
	if err := k.steal(c.Departments); err != nil {
		return nil, err
	}
	var name []byte
	for id := range staff.Accounts() {
		name = staff.AppendAccount(name[:0], int32(id))
		k.names.Number(name)
	}
	return k, nil
}

// micro is an instant of the history in microseconds since 1970.
func (w *World) micro(since int64) int64 { return w.c.Start.UnixMicro() + since*1_000_000 }

// steal lets the thief at the records, through accounts that go with the way.
func (k *Work) steal(departments []string) error {
	j, way := k.j, k.j.way()
	k.truth = &TruthAccess{How: way, From: j.w.time(k.from), To: j.w.time(k.to), Accounts: k.staff.Accounts(), Guilty: []TruthAccount{}}
	if !way.reads() {
		return nil
	}
	slices.SortFunc(j.taken, func(a, b office.Taken) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Number, b.Number)) })
	raid := office.Raid{Way: raids[way], Stolen: way != WayCopy && way != WayExport && way != WayAPI}
	role := office.Adviser
	switch way {
	case WayAPI:
		role = office.Client
	case WayCopy:
		role = office.DBA
	case WayExport:
		role = office.Supervisor
	}
	for r := range office.Role(office.Roles) {
		if r.String() == j.t.Role {
			role = r
		}
	}
	department := ""
	if len(j.t.Departments) > 0 {
		department = j.t.Departments[0]
	}
	for i := range max(j.t.Thieves, 1) {
		id, found := int32(0), false
		for turn := range uint64(20) { // another one each, where there are enough
			id, found = k.staff.Choose(role, departments, department, j.w.micro(j.at), j.w.micro(j.until), chance.Mix(j.seed^0x7261_6964)+uint64(i)*100+turn)
			if !found {
				if department == "" {
					role = office.Adviser // nobody else is at work
				}
				department = "" // nobody there
				continue
			}
			if !slices.Contains(raid.Accounts, id) {
				break
			}
		}
		if !found {
			return failure.New(failure.Usage, "Give more accounts or people.", "no account of the agency is at work while the theft lasts")
		}
		if !slices.Contains(raid.Accounts, id) {
			raid.Accounts = append(raid.Accounts, id)
		}
	}
	k.accounts = k.staff.Steal(j.taken, raid)
	const hour = 3600
	switch way {
	case WayUnlogged:
		for _, id := range raid.Accounts {
			k.staff.Silence(id)
		}
	case WayGap:
		k.staff.Gap(j.w.micro(j.at-2*hour), j.w.micro(j.until+3*hour))
	}
	k.truth.InLogs = way != WayUnlogged && way != WayGap
	k.truth.Named = k.truth.InLogs && (way == WayReads || way == WayPages || way == WayAPI)
	for _, d := range k.accounts {
		k.truth.Guilty = append(k.truth.Guilty, TruthAccount{
			Account: string(k.staff.AppendAccount(nil, d.Account)), Role: k.staff.Role(d.Account).String(),
			First: time.UnixMicro(d.First).UTC(), Last: time.UnixMicro(d.Last).UTC(), Lines: d.Lines, Read: d.Read, Offered: d.Kept,
		})
	}
	slices.SortStableFunc(k.truth.Guilty, func(a, b TruthAccount) int { return b.Read - a.Read })
	return nil
}

// Truth is who did it, and what the logs tell of it.
func (k *Work) Truth() *TruthAccess { return k.truth }

// Read is how many people the thieves have read before an instant, logged or not.
func (k *Work) Read(before time.Time) int {
	n, _ := slices.BinarySearchFunc(k.j.taken, before.UnixMicro(), func(t office.Taken, at int64) int { return cmp.Compare(t.At, at) })
	return n
}

// Names are those of accounts, in the order of their numbers.
func (k *Work) Names() *access.Names { return &k.names }

// Period is the time that the logs are about.
func (k *Work) Period() (from, to time.Time) { return k.w.time(k.from), k.w.time(k.to) }

// days gives to use what happens on each day of a period, in order. make_ is called on
// several goroutines, with the memory of a thing that was used.
func days[T any](ctx context.Context, k *Work, from, to time.Time, make_ func(d *office.Day, old T) T, use func(T) error) error {
	type made struct {
		day   *office.Day
		thing T
	}
	first := int(from.Unix() / 86_400)
	n := int(to.Add(24*time.Hour-1).Unix()/86_400) - first
	return agency.InOrder(ctx, k.w.c.Threads, max(n, 0), func(i int, m *made) *made {
		if m == nil {
			m = new(made)
		}
		m.day = k.staff.Make(first+i, m.day)
		m.thing = make_(m.day, m.thing)
		return m
	}, func(m *made) error { return use(m.thing) })
}

// Stream gives to use what a log of the accounts at work from a day up to another would
// say, as readers of logs have it, a day at a time and in order: an entry for each line,
// or for each record that a line names. Records are numbers that look random and belong to
// one record each. Steps are those within a day. What use is given is its own until it
// returns.
func (k *Work) Stream(ctx context.Context, from, to time.Time, use func([]access.Access) error) error {
	type streamed struct {
		all   []access.Access
		asked []uint32 // by account: the record that was looked at last
	}
	line := int64(0)
	return days(ctx, k, from, to, func(d *office.Day, s *streamed) *streamed {
		if s == nil {
			s = &streamed{asked: make([]uint32, k.staff.Accounts())}
		}
		s.all = s.all[:0]
		clear(s.asked)
		for i := range d.Events {
			e := &d.Events[i]
			s.all = k.append(s.all, d, e, int64(i)+1)
			if e.Action != access.Read || e.Record == 0 {
				continue
			}
			a := &s.all[len(s.all)-1]
			a.By = kind.RecordID
			if was := s.asked[e.Account]; was != 0 {
				a.Step = int64(e.Record) - int64(was)
			}
			s.asked[e.Account] = e.Record
		}
		return s
	}, func(s *streamed) error {
		all := s.all
		if len(all) == 0 {
			return nil
		}
		last := all[len(all)-1].Line
		for i := range all {
			all[i].Line += line
		}
		line += last
		return use(all)
	})
}

// Record is what Stream has for a record of that number.
func Record(number uint32) int64 { return int64(chance.Mix(uint64(number))) }

// Offices, addresses, machines and reasons have numbers that stand for themselves.
func (k *Work) append(all []access.Access, d *office.Day, e *office.Event, line int64) []access.Access {
	a := access.Access{
		Time: e.At, Line: line, Count: int64(e.Count), Account: access.Name(e.Account + 1), Session: access.Name(e.Session), Address: access.Name(e.Address),
		Device: access.Name(e.Device + 1), Office: access.Name(k.staff.OfficeNumber(e.Account, e.At)), Reason: access.Name(e.Reason), Action: e.Action,
	}
	records := d.Of(e)
	if len(records) == 0 {
		if e.Record != 0 {
			a.Record = Record(e.Record)
		}
		return append(all, a)
	}
	for _, n := range records {
		a.Record = Record(n)
		all = append(all, a)
	}
	return all
}

// write writes the logs into dir, a file a month, and completes the truth. A day is a
// member of its file (RFC 1952 has several follow each other), so that days are packed
// at the same time.
func (k *Work) write(ctx context.Context, dir string) error {
	type packed struct {
		buffer
		gz     *gzip.Writer
		lines  int
		thefts int
		text   []byte
	}
	layout, name, ending := office.JSON, "application", ".jsonl.gz"
	if k.j.t.WebLog {
		layout, name, ending = office.Web, "web", ".log.gz"
	}
	var out *file
	defer func() { out.abandon() }()
	from, to := k.Period()
	at := from
	err := days(ctx, k, from, to, func(d *office.Day, p *packed) *packed {
		if p == nil {
			p = new(packed)
			p.gz, _ = gzip.NewWriterLevel(&p.buffer, gzip.BestSpeed) // no error: the level exists
		}
		p.buffer, p.text, p.lines, p.thefts = p.buffer[:0], p.text[:0], len(d.Events), 0
		p.gz.Reset(&p.buffer)
		for i := range d.Events {
			p.text = k.staff.AppendLine(p.text, layout, d, &d.Events[i], k.w.w.AppendRecordID)
			if len(p.text) > 1<<18 || i == len(d.Events)-1 {
				_, _ = p.gz.Write(p.text) // to memory: no error
				p.text = p.text[:0]
			}
			if d.Events[i].Theft {
				p.thefts++
			}
		}
		_ = p.gz.Close()
		return p
	}, func(p *packed) error {
		month := filepath.Join(dir, name+"-"+at.Format("2006-01")+ending)
		if out == nil || out.name != filepath.Base(month) {
			if out != nil {
				if err := out.keep(); err != nil {
					return err
				}
			}
			var err error
			if out, err = create(month); err != nil {
				return err
			}
			k.truth.Files = append(k.truth.Files, out.name)
		}
		at = at.AddDate(0, 0, 1)
		k.truth.Lines += p.lines
		k.truth.ThiefLines += p.thefts
		out.write(p.buffer)
		return out.err
	})
	if err != nil {
		return fmt.Errorf("writing the logs: %w", err)
	}
	if out == nil {
		return nil
	}
	return out.keep()
}

// writeLogs sets the accounts to work and writes their logs, and beside them their rights, into dir.
func (j *job) writeLogs(ctx context.Context, dir string) (*TruthAccess, error) {
	if j.w.c.Accounts < office.MinAccounts {
		return nil, failure.New(failure.Usage, fmt.Sprintf("Give %d accounts or more, or none.", office.MinAccounts), "%d accounts are no agency", j.w.c.Accounts)
	}
	k, err := j.work(ctx)
	if err != nil {
		return nil, err
	}
	if err := k.writeRights(filepath.Join(dir, "rights"), j.w.w.Departments()); err != nil {
		return nil, err
	}
	return k.truth, k.write(ctx, filepath.Join(dir, "logs"))
}

// buffer is bytes in memory.
type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
