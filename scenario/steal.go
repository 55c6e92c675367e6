package scenario

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"constat.example/blind/kind"
	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
	"constat.example/scenario/internal/chance"
)

// job is a theft under way.
type job struct {
	w       *World
	t       Theft
	columns []agency.Column
	at      int64 // instant of the theft
	last    int64 // instant of the last snapshot
	slips   slips
	limit   uint64 // of those picked, the highest key; see pick
}

// nobody is the number of a row that is nobody's in the register.
const nobody = math.MaxUint64

// loot is the rows taken from one chunk.
type loot struct {
	chunk *agency.Chunk
	text  []byte
	rows  []lootRow
	said  []said // in notes, in the order of rows
	tally tally
}

type lootRow struct {
	to     int    // its text ends here
	number uint64 // record number, or nobody
	key    uint64 // place in a shuffled dump

	filled kind.Set // columns that hold something
	stale  bool     // some value is no longer current
}

func (w *World) newJob(t Theft) (*job, error) {
	t.Format = t.Format.withDefaults()
	if err := t.Format.validate(); err != nil {
		return nil, err
	}
	columns, err := columns(t.Columns)
	if err != nil {
		return nil, err
	}
	if t.Notes > 0 {
		if t.Shuffled || t.Duplicated > 0 || t.Invented > 0 || t.OnlyInvented || t.Foreign {
			return nil, failure.New(failure.Usage, "Leave one or the other.", "a dump with notes is neither shuffled nor invented")
		}
		columns = append(columns, agency.Note)
	}
	last := w.c.Snapshots[len(w.c.Snapshots)-1]
	if t.Months < 0 || t.Months > float64(last) {
		return nil, failure.New(failure.Usage, "Give an instant between the first snapshot and the last one written, in months.", "the theft cannot come %g months after the first snapshot: the last one comes after %d", t.Months, last)
	}
	month := int(t.Months)
	at := w.w.Month(month) + int64((t.Months-float64(month))*float64(w.w.Month(month+1)-w.w.Month(month)))
	return &job{w: w, t: t, columns: columns, at: at, last: w.w.Month(last), slips: slips{t, columns}, limit: math.MaxUint64}, nil
}

// rank is what a pick goes by: at random, or in order of record.
func (j *job) rank(c *agency.Chunk, k int) uint64 {
	if j.t.First > 0 {
		return c.Number(k)
	}
	return chance.Mix(c.Key(k) ^ j.w.c.Seed ^ 0x51ed27)
}

// wanted reports whether the theft concerns that person, going by where they live.
func (j *job) wanted(row *agency.Row) bool {
	if len(j.t.Departments) == 0 {
		return true
	}
	code := row.Cell(agency.CityCode)
	return slices.ContainsFunc(j.t.Departments, func(d string) bool { return bytes.HasPrefix(code, []byte(d)) })
}

// pick finds the limit under which there are as many people as the theft takes.
func (j *job) pick(ctx context.Context) error {
	n := j.t.First + j.t.Sample
	if n == 0 {
		return nil
	}
	type found struct {
		chunk *agency.Chunk
		ranks []uint64
	}
	var ranks []uint64
	err := agency.InOrder(ctx, j.w.c.Threads, j.w.w.Chunks(), func(i int, f *found) *found {
		if f == nil {
			f = new(found)
		}
		f.chunk, f.ranks = j.w.w.Make(i, f.chunk), f.ranks[:0]
		var row agency.Row
		for k := range f.chunk.People() {
			if f.chunk.Row(&row, k, j.at) && j.wanted(&row) {
				f.ranks = append(f.ranks, j.rank(f.chunk, k))
			}
		}
		return f
	}, func(f *found) error {
		ranks = append(ranks, f.ranks...)
		if len(ranks) > 4*n+1_000_000 {
			slices.Sort(ranks)
			ranks = ranks[:n]
		}
		return nil
	})
	slices.Sort(ranks)
	if len(ranks) > n {
		j.limit = ranks[n-1]
	}
	return err
}

// take takes what the theft takes from chunk i of the agency.
func (j *job) take(i int, l *loot) *loot {
	if l == nil {
		l = new(loot)
	}
	l.chunk = j.w.w.Make(i, l.chunk)
	l.text, l.rows, l.said, l.tally = l.text[:0], l.rows[:0], l.said[:0], tally{}
	var row, now agency.Row
	for k := range l.chunk.People() {
		at := j.at
		if j.t.Foreign {
			// The other agency knows six people in ten, each as of another time.
			random := chance.Mix(l.chunk.Key(k) + 0x7f4a)
			if random%10 >= 6 {
				continue
			}
			at = int64(chance.Mix(random) % uint64(j.at+1))
		}
		if !l.chunk.Row(&row, k, at) || !j.wanted(&row) || j.rank(l.chunk, k) > j.limit {
			continue
		}
		current := &row
		there := true
		if l.chunk.ChangedBetween(k, min(at, j.last), j.last) {
			there = l.chunk.Row(&now, k, j.last)
			current = &now
		}
		j.write(l, k, &row, current, there, l.chunk.Number(k))
	}
	return l
}

// write adds the row of the k-th person: row as it was taken, now as it stands
// in the last snapshot, where they may no longer be.
func (j *job) write(l *loot, k int, row, now *agency.Row, there bool, number uint64) {
	key := chance.Mix(l.chunk.Key(k) ^ j.w.c.Seed + 0x2545f491)
	cells := make([][]byte, len(j.columns))
	var room [2048]byte
	b := room[:0]
	for i, c := range j.columns {
		from := len(b)
		if c == agency.Note {
			cells[i] = j.note(l, k, row, now, there, number)
			continue
		}
		b = j.t.Format.cell(b, c, row.Cell(c))
		if j.t.Foreign {
			b = elsewhere(b, from, c, l.chunk.Key(k))
		}
		cells[i] = b[from:len(b):len(b)]
	}
	before := slices.Clone(cells)
	j.slips.spoil(cells, key)
	spoilt, stale := false, false
	var filled kind.Set
	for i, c := range j.columns {
		changed := !bytes.Equal(before[i], cells[i])
		spoilt = spoilt || changed
		if number == nobody || len(cells[i]) == 0 {
			continue
		}
		l.tally.exposed[c]++
		filled = filled.With(c.Kind())
		if changed {
			l.tally.altered[c]++
		}
		if c != agency.Note && (!there || !bytes.Equal(row.Cell(c), now.Cell(c))) {
			l.tally.old[c]++
			stale = true
		}
	}
	add(&l.tally.mistyped, spoilt)
	add(&l.tally.persons, number != nobody)
	add(&l.tally.stale, stale)
	add(&l.tally.gone, number != nobody && !there)
	copies := 1
	if int(chance.Mix(key+1)%10_000) < j.t.Duplicated {
		copies = 2
		l.tally.duplicates++
	}
	for n := range copies {
		from := len(l.text)
		l.text = j.t.Format.row(l.text, j.columns, cells)
		l.rows = append(l.rows, lootRow{len(l.text), number, chance.Mix(key + uint64(n) + 2), filled, stale})
		rows := bytes.Count(l.text[from:], []byte{'\n'})
		if number == nobody {
			l.tally.invented += rows
		} else {
			l.tally.genuine += rows
		}
	}
}

func add(n *int, yes bool) {
	if yes {
		*n++
	}
}

// elsewhere turns a cell into what another agency has: ids of its own, and for
// four people in ten another mail address.
func elsewhere(b []byte, from int, c agency.Column, key uint64) []byte {
	switch c {
	case agency.RecordID:
		return fmt.Appendf(b[:from], "PSP%09d%c", chance.Mix(key+0x11)%1_000_000_000, 'A'+rune(chance.Mix(key+0x12)%26))
	case agency.Email:
		if at := bytes.IndexByte(b[from:], '@'); at > 0 && chance.Mix(key+0x13)%10 < 4 {
			return fmt.Appendf(b[:from+at], "%d@sport-loisir.example", chance.Mix(key+0x14)%1000)
		}
	}
	return b
}

// invent makes n rows of people who never existed and gives them to use.
func (j *job) invent(ctx context.Context, n int, use func(*loot) error) error {
	if n == 0 {
		return nil
	}
	c := j.w.c.agency()
	c.Universe, c.People, c.Threads = 1, n+n/10+100, j.w.c.Threads
	other, err := agency.New(ctx, c)
	if err != nil {
		return err
	}
	return agency.InOrder(ctx, j.w.c.Threads, other.Chunks(), func(i int, l *loot) *loot {
		if l == nil {
			l = new(loot)
		}
		l.chunk = other.Make(i, l.chunk)
		l.text, l.rows, l.tally = l.text[:0], l.rows[:0], tally{}
		var row agency.Row
		// In proportion to the chunk, so that the last communes are not left out.
		want := (i+1)*n/other.Chunks() - i*n/other.Chunks()
		for k := 0; k < l.chunk.People() && want > 0; k++ {
			if l.chunk.Row(&row, k, j.at) {
				j.write(l, k, &row, &row, true, nobody)
				want--
			}
		}
		return l
	}, use)
}
