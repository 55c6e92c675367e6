package agency

import (
	"slices"

	"constat.example/internal/chance"
)

// Chunk is a piece of a world: some people, and what befalls them.
type Chunk struct {
	w *World
	plan
	code   uint64 // tells the mail addresses of chunks apart
	homes  []home
	mails  []span // in text
	text   []byte
	events []event
	taken  map[uint64]uint32 // mail addresses with a number, by hash of what precedes it
	born   map[uint32]uint16 // people born at home so far, by commune and cell
	away   []uint32          // people born away so far, by cell
	order  []int32           // people in order of record number
}

// Make makes chunk i, in the memory of old where that is not nil.
func (w *World) Make(i int, old *Chunk) *Chunk {
	c := old
	if c == nil {
		c = &Chunk{taken: map[uint64]uint32{}, born: map[uint32]uint16{}, away: make([]uint32, 2*birthMonths)}
	}
	c.w = w
	c.code = w.codes.At(uint64(i))
	c.homes, c.mails, c.text, c.events = c.homes[:0], c.mails[:0], c.text[:0], c.events[:0]
	clear(c.taken)
	clear(c.born)
	copy(c.away, w.bornAway[i])
	w.plan(i, &c.plan)
	arriving := slices.Clone(w.arriving[i])
	for k := range c.people {
		p := &c.people[k]
		if p.arrival != 0 {
			p.Index = Index(arriving[p.arrivalMonth])
			arriving[p.arrivalMonth]++
		}
		c.birth(p, k, w.chunks[i])
		w.enrol(p)
	}
	for h := range c.houses {
		c.start(&c.houses[h])
		c.live(&c.houses[h])
	}
	c.order = c.order[:0]
	for k := range c.people {
		c.order = append(c.order, int32(k))
	}
	slices.SortFunc(c.order, func(a, b int32) int {
		return int(int64(c.people[a].number) - int64(c.people[b].number))
	})
	return c
}

// birth gives a person their birthplace and order of birth there.
func (c *Chunk) birth(p *person, k int, e extent) {
	cell := p.cell()
	if p.away {
		n := uint64(c.w.cells[cell])
		place, before := c.w.places.birthplace(uint64(c.away[cell]), n, c.w.key(uint64(cell), 2))
		c.away[cell]++
		p.place, p.order = int32(place), uint16(999-before) // from above: those born at home are counted from below
		return
	}
	h := &c.houses[p.house]
	switch {
	case p.twin && c.people[k-1].house == p.house && !c.people[k-1].away:
		p.place = c.people[k-1].place
	case h.twin != 0 && int32(k) == h.from:
		p.place = c.people[h.twin-1].place
	default:
		p.place = c.w.nearby(e, chance.Mix(h.key+uint64(chance.Below(chance.Mix(p.key+3), 5)/4)))
	}
	key := uint32(int(p.place)-e.first)*2*birthMonths + uint32(cell)
	c.born[key]++
	p.order = c.born[key]
}

// nearby is a commune of the extent, by number of inhabitants.
func (w *World) nearby(e extent, random uint64) int32 {
	var low uint64
	if e.first > 0 {
		low = w.places.upTo[e.first-1]
	}
	at := low + uint64(chance.Below(random, int(w.places.upTo[e.last-1]-low)))
	i, _ := slices.BinarySearch(w.places.upTo, at+1)
	return int32(i)
}

// recordGap is the mean distance between record numbers: some were given to
// people who are gone.
const (
	recordGap   = 7
	firstRecord = 1_000_000
)

// enrol gives a person a record number and the date it was opened. Numbers
// follow the order in which records were opened, save that nobody's record is
// older than they are.
func (w *World) enrol(p *person) {
	rank := uint64(p.Index)
	if p.arrival == 0 {
		rank = w.identity.At(rank)
		// Records were opened over fifteen years, ever faster.
		const opening = 15 * 365
		span := uint64(opening) * opening
		since := isqrt(span * rank / uint64(w.c.People))
		p.opened = max(w.start-opening+day(since), min(p.born+10, w.start-1), p.born)
	} else {
		p.opened = w.start + day(p.arrival/86_400)
	}
	p.number = firstRecord + rank*recordGap
	if w.c.Universe == 0 {
		p.number += uint64(chance.Below(chance.Mix(p.key+4), recordGap-1))
	} else {
		p.number += recordGap - 1 // a number in the range that nobody has
	}
}

func isqrt(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}

// start gives the members of a household their state at the start.
func (c *Chunk) start(h *house) {
	w := c.w
	homeAt := c.newHome(h.commune, chance.Mix(h.key+5))
	lead := &c.people[h.from]
	for k := h.from; k < h.to; k++ {
		p := &c.people[k]
		s := &p.at
		*s = state{home: homeAt, used: p.usedNow, slipped: p.slip != noSlip}
		switch {
		case p.mail == ownMail:
			s.mail = c.newMail(p, p.mailStyle, p.mailDomain, p.arrival == 0)
		case p.mail == parentMail:
			s.mail = lead.at.mail
		}
		switch p.phone {
		case ownPhone:
			s.phone = w.mobile(p.Index, 0)
		case parentPhone:
			s.phone = lead.at.phone
		}
		if s.phone == 0 && p.phone != noPhone && h.fixed {
			s.phone = w.fixedLine(lead.Index, 0, w.f.Communes[h.commune].Department())
		}
		if p.born < w.start-years(16) && chance.Below(chance.Mix(p.key+6), 10) < 7 {
			s.account = 1
		}
	}
}
