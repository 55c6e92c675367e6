// Package agency simulates a French agency: people in households, what befalls
// them month by month, and the register the agency keeps of them.
//
// A world is cut into chunks of neighbouring communes. A chunk is made from
// the seed and its number alone, used and thrown away, so that a world of any
// size streams through little memory and the number of threads changes
// nothing. What must differ between all people (NIR, phone, mail, account,
// record number) differs by construction, from two kinds of knowledge about
// the whole: how many people of each kind stand in the chunks before, and who
// comes first among those who would choose the same mail address.
//
// Instants are seconds since Config.Start.
package agency

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"constat.example/internal/chance"
	"constat.example/internal/failure"
	"constat.example/internal/figures"
)

// MaxPeople is the most people a world may hold: beyond it, commune and month
// of birth would run out of order numbers.
const MaxPeople = 50_000_000

// chunkPeople is the least people in a chunk; a large commune may make one of more.
const chunkPeople = 8192

// Config says which world.
type Config struct {
	People   int       // people in the register at Start
	Seed     uint64    // another seed, another world
	Start    time.Time // instant of the first monthly snapshot. Default 2024-01-01 UTC
	Months   int       // months simulated, at most 120. Default 24
	IDPrefix string    // what record ids begin with. Default "FT-"
	Threads  int       // default 2
	// Universe sets apart the people of worlds that must share nobody and no
	// number: 0 for the agency, 1 for people who are invented. Default 0
	Universe int
}

// WithDefaults fills what was left empty.
func (c Config) WithDefaults() Config {
	if c.Start.IsZero() {
		c.Start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	c.Start = c.Start.UTC()
	if c.Months == 0 {
		c.Months = 24
	}
	if c.IDPrefix == "" {
		c.IDPrefix = "FT-"
	}
	if c.Threads == 0 {
		c.Threads = 2
	}
	return c
}

func (c Config) validate() error {
	switch {
	case c.People < 1 || c.People > MaxPeople:
		return failure.New(failure.Usage, fmt.Sprintf("Give a number of people from 1 to %d.", MaxPeople), "a world cannot have %d people", c.People)
	case c.Months < 1 || c.Months > 120:
		return failure.New(failure.Usage, "Give a number of months from 1 to 120.", "a history cannot last %d months", c.Months)
	case c.Start.Day() > 28:
		return failure.New(failure.Usage, "Give a start on a day that every month has.", "months cannot start on day %d", c.Start.Day())
	case c.Start.Year() < 2000 || c.Start.Year() > 2030:
		return failure.New(failure.Usage, "Give a start from 2000 to 2030: names are known for people born in these times.", "a world cannot start in %d", c.Start.Year())
	}
	return nil
}

// World is a simulated agency. It is safe for concurrent use.
type World struct {
	c      Config
	f      *figures.France
	seed   uint64
	start  day
	months []int64 // start of each month, and the end of the last
	chunks []extent
	total  uint64 // people who are in the register at any time
	// Of the people of each chunk: how many of the same kind stand before it.
	bornAway [][]uint32 // by sex and month of birth
	arriving [][]uint32 // by month of arrival; counted from Config.People on
	cells    []uint32   // people born away, by sex and month of birth, of all chunks
	mailbox  []uint32   // by hash of an address: 1 + the index of the first who would choose it

	places   places
	identity chance.Permutation // index of those there at the start, to order of record
	phones   chance.Permutation
	accounts chance.Permutation
	taxes    chance.Permutation
	codes    chance.Permutation // chunk to what its mail addresses are told apart by
	hazards  hazards
}

// extent is a chunk: a run of communes and of people.
type extent struct {
	first, last int // communes first to last-1
	from, to    int // people from to to-1 of those there at the start
}

// New lays out a world. It goes over all people once, about a second for a million.
func New(ctx context.Context, c Config) (*World, error) {
	c = c.WithDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	w := &World{c: c, f: figures.Load(), seed: chance.Mix(c.Seed*2+1) ^ uint64(c.Universe)*0xd1342543de82ef95}
	w.start = dayOf(c.Start)
	for m := range c.Months + 1 {
		w.months = append(w.months, int64(c.Start.AddDate(0, m, 0).Sub(c.Start)/time.Second))
	}
	w.hazards = newHazards(c.Months)
	w.lay()
	w.places = newPlaces(w.f)
	w.codes = chance.NewPermutation(uint64(len(w.chunks)), chance.Mix(w.seed+1))
	w.identity = chance.NewPermutation(uint64(c.People), chance.Mix(w.seed+2))
	if err := w.count(ctx); err != nil {
		return nil, err
	}
	w.phones = chance.NewPermutation(w.total, chance.Mix(w.seed+3))
	w.accounts = chance.NewPermutation(1<<36, chance.Mix(w.seed+4))
	w.taxes = chance.NewPermutation(w.total, chance.Mix(w.seed+5))
	return w, nil
}

// Config returns what w was made from, defaults filled in.
func (w *World) Config() Config { return w.c }

// Chunks is the number of pieces w is made in.
func (w *World) Chunks() int { return len(w.chunks) }

// Month is the instant at which month m starts: that of its snapshot.
func (w *World) Month(m int) int64 { return w.months[m] }

// lay shares the people out over the communes and those over the chunks.
func (w *World) lay() {
	var inhabitants uint64
	for i := range w.f.Communes {
		inhabitants += w.f.Communes[i].People
	}
	var sum uint64
	var e extent
	for i := range w.f.Communes {
		sum += w.f.Communes[i].People
		e.last = i + 1
		e.to = int(sum * uint64(w.c.People) / inhabitants)
		if e.to-e.from >= chunkPeople || (e.last == len(w.f.Communes) && e.to > e.from) {
			w.chunks = append(w.chunks, e)
			e = extent{first: e.last, from: e.to}
		}
	}
}

// count goes over everybody to learn what New promises to know.
func (w *World) count(ctx context.Context) error {
	size := 1 << 10
	for size < 2*w.c.People && size < 1<<27 {
		size *= 2
	}
	w.mailbox = make([]uint32, size)
	w.bornAway = make([][]uint32, len(w.chunks))
	w.arriving = make([][]uint32, len(w.chunks))
	err := InOrder(ctx, w.c.Threads, len(w.chunks), func(i int, p *plan) *plan {
		if p == nil {
			p = new(plan)
		}
		w.plan(i, p)
		away, arriving := make([]uint32, 2*birthMonths), make([]uint32, w.c.Months)
		var scratch []byte
		for k := range p.people {
			who := &p.people[k]
			if who.away {
				away[who.cell()]++
			}
			if who.arrival != 0 {
				arriving[who.arrivalMonth]++
			} else if who.mail == ownMail {
				scratch = appendLocal(scratch[:0], w.f, who, who.mailStyle)
				w.claim(hashMail(scratch, who.mailDomain), uint32(who.Index)+1)
			}
		}
		w.bornAway[i], w.arriving[i] = away, arriving
		return p
	}, func(*plan) error { return nil })
	if err != nil {
		return err
	}
	w.cells = make([]uint32, 2*birthMonths)
	for _, counts := range w.bornAway {
		for cell, n := range counts {
			counts[cell], w.cells[cell] = w.cells[cell], w.cells[cell]+n
		}
	}
	next := uint32(w.c.People)
	for m := range w.c.Months {
		for _, counts := range w.arriving {
			counts[m], next = next, next+counts[m]
		}
	}
	w.total = uint64(next)
	return nil
}

// claim notes that who would choose the address of that hash. The first in
// order of index has it, whoever comes first in time.
func (w *World) claim(hash uint64, who uint32) {
	slot := &w.mailbox[hash&uint64(len(w.mailbox)-1)]
	for {
		now := atomic.LoadUint32(slot)
		if now != 0 && now <= who || atomic.CompareAndSwapUint32(slot, now, who) {
			return
		}
	}
}

// hashMail is FNV-1a of an address.
func hashMail(local []byte, domain uint8) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range local {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return chance.Mix((h ^ uint64(domain)) * 1099511628211)
}

// places is where people born away from home are born.
type places struct {
	upTo       []uint64 // cumulated weights: communes, then countries
	total      uint64
	department []extent // of each commune: the communes of its department
}

func newPlaces(f *figures.France) places {
	var p places
	for i := range f.Communes {
		p.total += f.Communes[i].People
		p.upTo = append(p.upTo, p.total)
		here := extent{first: i, last: i + 1}
		if i > 0 && f.Communes[i].Department() == f.Communes[i-1].Department() {
			here.first = p.department[i-1].first
		}
		p.department = append(p.department, here)
	}
	for i := len(f.Communes) - 2; i >= 0; i-- {
		if next := p.department[i+1]; next.first <= i {
			p.department[i] = next
		}
	}
	// 29 in 100 of those born away were born abroad.
	var weights uint64
	for _, c := range f.Abroad {
		weights += c.Weight
	}
	abroad := p.total / 71 * 29
	for _, c := range f.Abroad {
		p.total += abroad * c.Weight / weights
		p.upTo = append(p.upTo, p.total)
	}
	return p
}

// birthplace returns the place, as an index over communes then countries, of
// the rank-th of n people born away in one month, and how many of them were
// born at the same place before. The ranks are shuffled and then spread evenly
// over the weights (systematic sampling), so that the number of people born at
// a place follows from arithmetic: nobody needs counting.
func (p places) birthplace(rank, n, key uint64) (place int, before uint64) {
	q := chance.NewPermutation(n, key).At(rank)
	shift := chance.Mix(key) % p.total
	at := q * p.total / n
	place, _ = slices.BinarySearch(p.upTo, (at+shift)%p.total+1)
	var low uint64
	if place > 0 {
		low = p.upTo[place-1]
	}
	// The place covers [low, upTo) of the shifted circle: from start on.
	start := (low + p.total - shift) % p.total
	first := (start*n + p.total - 1) / p.total // first rank at or after start
	if at >= start {
		return place, q - first
	}
	return place, q + n - first
}

// key derives the key of a random stream of w.
func (w *World) key(a, b uint64) uint64 {
	return chance.Mix(chance.Mix(w.seed^a+0x632be59bd9b4e019) ^ b)
}
