package scenario

import (
	"bytes"
	"context"
	"math"
	"math/bits"
	"slices"

	"constat.example/blind/kind"
	"constat.example/internal/chance"
	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
	"constat.example/scenario/internal/office"
)

// job is a theft under way.
type job struct {
	w       *World
	t       Theft
	columns []agency.Column
	at      int64 // instant of the theft, of its beginning where it takes long
	until   int64 // instant of its end
	leaked  int64 // instant at which what was taken came out
	last    int64 // instant of the last snapshot
	seed    uint64
	slips   slips
	limit   uint64    // of those picked, the highest key; see pick
	share   uint64    // of a share of the people, the highest key
	ids     [2]uint64 // record numbers wanted: from, and up to but without
	sources []*job    // the earlier leaks
	second  *second   // the register that is copied, where it is not the first
	honey   []*madeUp // the agency's made-up people

	logs   bool           // what accounts read is wanted
	taken  []office.Taken // all of it
	shifts [][2]int64     // when the thief is at it
	active int64          // seconds of all shifts
	paging int64          // seconds between pages
	firsts uint64         // of the first people, about how many record numbers they have
}

// nobody is the number of a row that is nobody's in the register.
const nobody = math.MaxUint64

// loot is the rows taken from one chunk.
type loot struct {
	chunk *agency.Chunk
	text  []byte
	rows  []lootRow
	taken []office.Taken
	said  []said // in notes, in the order of rows
	tally tally

	raw      [][]byte // cells of one state of a person, as the register has them
	scratch  []byte   // that some of them stand in
	instants []int64
}

type lootRow struct {
	to     int    // its text ends here
	number uint64 // record number, or nobody
	key    uint64 // place in a dump that is put in order

	filled kind.Set // columns that hold something
	stale  bool     // some value is no longer current
}

func (w *World) newJob(t Theft) (*job, error) {
	seed := w.c.Seed
	if t.Thief > 0 {
		seed ^= chance.Mix(t.Thief)
	}
	dice := chance.NewDice(seed, 0x6c61796f)
	if t.Relaid {
		t.Format = drawFormat(&dice)
	}
	t.Format = t.Format.withDefaults()
	if err := t.Format.validate(); err != nil {
		return nil, err
	}
	columns, err := columns(t.Columns)
	if err != nil {
		return nil, err
	}
	if t.Dropped > 0 {
		columns = thin(columns, t.Dropped, &dice)
	}
	if t.Notes > 0 {
		if t.ordered() || t.Duplicated > 0 || t.Invented > 0 || t.OnlyInvented || t.Foreign || t.History || t.Merged {
			return nil, failure.New(failure.Usage, "Leave one or the other.", "a dump with notes is neither put in order, invented nor made of others")
		}
		columns = append(columns, agency.Note)
	}
	last := w.c.Snapshots[len(w.c.Snapshots)-1]
	t.Leaked = max(t.Leaked, t.Months+t.Over)
	if t.Months < 0 || t.Over < 0 || t.Leaked > float64(last) {
		return nil, failure.New(failure.Usage, "Give an instant between the first snapshot and the last one written, in months.", "the theft cannot come %g months after the first snapshot and its leak %g: the last one comes after %d", t.Months, t.Leaked, last)
	}
	j := &job{
		w: w, t: t, columns: columns, at: w.instant(t.Months), until: w.instant(t.Months + t.Over), leaked: w.instant(t.Leaked), last: w.w.Month(last), seed: seed,
		slips: slips{t, columns}, limit: math.MaxUint64, share: math.MaxUint64, ids: [2]uint64{0, nobody},
	}
	if t.Share > 0 && !t.Foreign {
		j.share = math.MaxUint64 / 10_000 * uint64(t.Share)
	}
	if t.IDs[1] > 0 {
		lowest, beyond := w.w.Numbers()
		for i, part := range t.IDs {
			j.ids[i] = lowest + (beyond-lowest)*uint64(part)/10_000
		}
	}
	j.layShifts()
	j.paging = max(1, j.active*pageSize/int64(j.expected()))
	if t.First > 0 {
		lowest, beyond := w.w.Numbers()
		j.firsts = (beyond-lowest)*uint64(min(t.First, w.c.People))/uint64(w.c.People) + 1
	}
	if len(t.Earlier) > mostEarlier {
		return nil, failure.New(failure.Usage, "Leave some out.", "a dump is not made of more than %d earlier leaks", mostEarlier)
	}
	for _, s := range t.Earlier {
		source, err := w.newJob(s.Theft)
		if err != nil {
			return nil, err
		}
		j.sources = append(j.sources, source)
	}
	return j, nil
}

// instant is so many months after the first snapshot, in seconds.
func (w *World) instant(months float64) int64 {
	month := int(months)
	from := w.w.Month(month)
	return from + int64((months-float64(month))*float64(w.w.Month(month+1)-from))
}

// named are the columns without which nobody could tell who a row is of.
var named = []agency.Column{agency.BirthSurname, agency.GivenNames, agency.BirthDate}

// thin leaves so many columns out and puts the others in another order.
func thin(columns []agency.Column, dropped int, dice *chance.Dice) []agency.Column {
	columns = slices.Clone(columns)
	for i := range columns {
		other := i + dice.Below(len(columns)-i)
		columns[i], columns[other] = columns[other], columns[i]
	}
	return slices.DeleteFunc(columns, func(c agency.Column) bool {
		if dropped == 0 || slices.Contains(named, c) {
			return false
		}
		dropped--
		return true
	})
}

// random is a number that looks random and goes with that person and seed.
func (j *job) random(c *agency.Chunk, k int) uint64 {
	return chance.Mix(c.Key(k) ^ j.seed ^ 0x51ed27)
}

// rank is what a pick goes by: at random, or in order of record.
func (j *job) rank(c *agency.Chunk, k int) uint64 {
	if j.t.First > 0 {
		return c.Number(k)
	}
	return j.random(c, k)
}

// place is where a record number stands among all there will be, of 2^64.
func (j *job) place(number uint64) uint64 {
	lowest, beyond := j.w.w.Numbers()
	at, _ := bits.Div64(number-lowest, 0, beyond-lowest)
	return at
}

// wanted reports whether the theft concerns that person, going by their record,
// where they live, or chance.
func (j *job) wanted(c *agency.Chunk, k int, row *agency.Row) bool {
	if n := c.Number(k); n < j.ids[0] || n >= j.ids[1] || j.random(c, k) > j.share {
		return false
	}
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
			if f.chunk.Row(&row, k, j.turn(f.chunk, k)) && j.wanted(f.chunk, k, &row) {
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
	l = l.begin(j.w.w, i)
	var row, now agency.Row
	for k := range l.chunk.People() {
		at := j.turn(l.chunk, k)
		if j.t.Foreign {
			var known bool
			if at, known = j.knows(l.chunk, k); !known {
				continue
			}
		}
		if !l.chunk.Row(&row, k, at) {
			continue
		}
		l.tally.register++
		if !j.wanted(l.chunk, k, &row) {
			j.beside(l, k)
			continue
		}
		l.tally.reached++
		if j.rank(l.chunk, k) > j.limit {
			j.beside(l, k)
			continue
		}
		number := l.chunk.Number(k)
		kept := j.t.Offered == 0 || chance.Mix(j.random(l.chunk, k)+2)%10_000 < uint64(j.t.Offered)
		if j.logs {
			l.taken = append(l.taken, office.Taken{At: j.w.micro(at), Number: uint32(number), Kept: kept})
		}
		if !kept {
			continue
		}
		l.tally.copied(at)
		current := &row
		there := true
		if l.chunk.ChangedBetween(k, min(at, j.last), j.last) {
			there = l.chunk.Row(&now, k, j.last)
			current = &now
		}
		states := [][][]byte{j.cells(l, k, &row, current, there, number)}
		if j.t.History {
			states = append(states, j.past(l, k, at, states[0])...)
		}
		rows := l.tally.genuine
		j.write(l, k, states, current, there, number)
		for i, s := range j.sources {
			if l.chunk.Row(&row, k, s.turn(l.chunk, k)) && s.wanted(l.chunk, k, &row) {
				l.tally.before[i] += l.tally.genuine - rows
			}
		}
	}
	return l
}

// begin makes chunk i of a world, and empties the rest of l, which may be nil.
func (l *loot) begin(w *agency.World, i int) *loot {
	if l == nil {
		l = new(loot)
	}
	l.chunk = w.Make(i, l.chunk)
	l.text, l.rows, l.taken, l.said, l.tally = l.text[:0], l.rows[:0], l.taken[:0], l.said[:0], none
	return l
}

// cells are those of the k-th person's row, as the register has them: row as it
// was taken, now as it stands in the last snapshot, where they may no longer be.
func (j *job) cells(l *loot, k int, row, now *agency.Row, there bool, number uint64) [][]byte {
	raw := l.raw[:0]
	for _, c := range j.columns {
		if c == agency.Note {
			raw = append(raw, j.note(l, k, row, now, there, number))
			continue
		}
		raw = append(raw, row.Cell(c))
	}
	l.raw = raw
	return raw
}

// past are the cells of the k-th person as they stood before each change of a
// column of the dump until an instant, last ones first.
func (j *job) past(l *loot, k int, at int64, newest [][]byte) [][][]byte {
	l.instants = l.chunk.Instants(l.instants[:0], k, 0, at)
	var states [][][]byte
	for _, change := range slices.Backward(l.instants) {
		var row agency.Row
		if !l.chunk.Row(&row, k, change-1) {
			break // before they came
		}
		var before [][]byte
		for _, c := range j.columns {
			before = append(before, row.Cell(c))
		}
		if !slices.EqualFunc(before, newest, bytes.Equal) {
			states = append(states, before)
			newest = before
		}
	}
	return states
}

// write adds the rows of the k-th person: each of the states they were taken
// in, the last one first; now as they stand in the last snapshot, where they
// may no longer be.
func (j *job) write(l *loot, k int, states [][][]byte, now *agency.Row, there bool, number uint64) {
	key := chance.Mix(l.chunk.Key(k) ^ j.seed + 0x2545f491)
	written := make([][][]byte, len(states))
	var room [2048]byte
	b := room[:0]
	var exposed, current, altered [agency.Columns + 1]bool
	for n, raw := range states {
		cells := make([][]byte, len(j.columns))
		for i, c := range j.columns {
			if c == agency.Note {
				cells[i] = raw[i]
				continue
			}
			from := len(b)
			b = j.t.Format.cell(b, c, raw[i])
			if j.t.Foreign {
				b = elsewhere(b, from, c, l.chunk.Key(k)+j.t.Other<<32)
			}
			if j.t.Careless && number == nobody {
				b = careless(b, from, c, key)
			}
			if j.t.StrangeIDs && c == agency.RecordID {
				b = unissued(b[:from], l.chunk.Key(k))
			}
			cells[i] = b[from:len(b):len(b)]
		}
		before := slices.Clone(cells)
		j.slips.spoil(cells, key+uint64(n)<<32)
		spoilt := false
		for i, c := range j.columns {
			changed := !bytes.Equal(before[i], cells[i])
			spoilt = spoilt || changed
			if number == nobody || len(cells[i]) == 0 {
				continue
			}
			exposed[c] = true
			altered[c] = altered[c] || changed
			current[c] = current[c] || c == agency.Note || there && bytes.Equal(raw[i], now.Cell(c))
		}
		add(&l.tally.mistyped, spoilt)
		written[n] = cells
	}
	stale := false
	var filled kind.Set
	for _, c := range j.columns {
		if !exposed[c] {
			continue
		}
		filled = filled.With(c.Kind())
		l.tally.exposed[c]++
		add(&l.tally.altered[c], altered[c])
		add(&l.tally.old[c], !current[c])
		stale = stale || !current[c]
	}
	add(&l.tally.persons, number != nobody)
	add(&l.tally.stale, stale)
	add(&l.tally.gone, number != nobody && !there)
	for n, cells := range written {
		key := key + uint64(n)<<32
		copies := 1
		if int(chance.Mix(key+1)%10_000) < j.t.Duplicated {
			copies = 2
			l.tally.duplicates++
		}
		for again := range copies {
			place := chance.Mix(key + uint64(again) + 2)
			if j.t.ByID && number != nobody {
				place = j.place(number)
			}
			from := len(l.text)
			l.text = j.t.Format.row(l.text, j.columns, cells)
			l.rows = append(l.rows, lootRow{len(l.text), number, place, filled, stale})
			rows := bytes.Count(l.text[from:], []byte{'\n'})
			if number == nobody {
				l.tally.invented += rows
			} else {
				l.tally.genuine += rows
			}
		}
	}
}

func add(n *int, yes bool) {
	if yes {
		*n++
	}
}

// invent makes n rows of people who never existed and gives them to use.
func (j *job) invent(ctx context.Context, n int, use func(*loot) error) error {
	if n == 0 {
		return nil
	}
	other, err := j.strangers(ctx, n+n/10+100)
	if err != nil {
		return err
	}
	return agency.InOrder(ctx, j.w.c.Threads, other.Chunks(), func(i int, l *loot) *loot {
		l = l.begin(other, i)
		var row agency.Row
		// In proportion to the chunk, so that the last communes are not left out.
		want := (i+1)*n/other.Chunks() - i*n/other.Chunks()
		for k := 0; k < l.chunk.People() && want > 0; k++ {
			if l.chunk.Row(&row, k, j.at) {
				j.write(l, k, [][][]byte{j.cells(l, k, &row, &row, true, nobody)}, &row, true, nobody)
				want--
			}
		}
		return l
	}, use)
}

// strangers is a world of so many people of whom none is the agency's.
func (j *job) strangers(ctx context.Context, people int) (*agency.World, error) {
	c := j.w.c.agency()
	c.Universe, c.People, c.Threads = 1, people, j.w.c.Threads
	return agency.New(ctx, c)
}
