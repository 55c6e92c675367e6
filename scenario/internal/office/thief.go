package office

import (
	"slices"

	"constat.example/blind/access"
	"constat.example/internal/chance"
)

// Taken is a record as it was copied.
type Taken struct {
	At     int64 // instant
	Number uint32
	Kept   bool // it is in what is offered
}

// Way is how a thief gets at records, as a log tells it.
type Way uint8

// Ways.
const (
	Reads       Way = iota // one record after the other
	Pages                  // searches of many pages, whose records are named
	Counts                 // the same, of which only the number of records is told
	Enumeration            // by number, one after the other, those that were not given too
	Export                 // the application's own, whose number of records is told
	Bulk                   // a statement of the database, which tells nothing
)

// Raid is how a thief goes about it.
type Raid struct {
	Way      Way
	Accounts []int32 // who share the work
	Stolen   bool    // the accounts are others', from another address and machine; else their owners do it
}

// Deed is what an account did for a thief.
type Deed struct {
	Account     int32
	First, Last int64 // instants of records
	Read        int   // people
	Kept        int   // of them: in what is offered
	Lines       int   // that tell of it
}

// Choose picks an account of a role that is at work from one instant to another; one of
// the office that looks after a department, unless that is "".
func (s *Staff) Choose(role Role, departments []string, department string, from, to int64, luck uint64) (int32, bool) {
	wanted := -1
	if department != "" {
		at := slices.Index(departments, department)
		for i := range s.offices {
			if s.offices[i].first <= at {
				wanted = i
			}
		}
	}
	order := chance.NewPermutation(uint64(len(s.accounts)), luck)
	for i := range s.accounts {
		id := int32(order.At(uint64(i)))
		a := &s.accounts[id]
		if a.role == role && a.begin <= day(from/whole) && a.end > day(to/whole) && a.moves == never && (wanted < 0 || int(a.desks[0].office) == wanted) {
			return id, true
		}
	}
	return 0, false
}

// Silence leaves out of the log all that an account does.
func (s *Staff) Silence(account int32) { s.silent[account] = true }

// Gap leaves out of the log all from one instant to another.
func (s *Staff) Gap(from, to int64) { s.gaps = append(s.gaps, [2]int64{from, to}) }

// Steal adds to the log what a thief does, who copies records in order of time. It tells
// of each account what it did; those that did nothing are left out.
func (s *Staff) Steal(taken []Taken, r Raid) []Deed {
	thieves := make([]thief, len(r.Accounts))
	for i, id := range r.Accounts {
		thieves[i] = thief{s: s, raid: r, id: id, dice: chance.NewDice(s.seed, s.luck(uint64(id), 5)), deed: Deed{Account: id}}
	}
	// Of those who share the work, each has some records, or some pages.
	n := uint64(len(thieves))
	for from := 0; from < len(taken); {
		to := from + 1
		if r.Way != Reads && r.Way != Enumeration {
			for to < len(taken) && taken[to].At == taken[from].At {
				to++
			}
		}
		who := s.luck(uint64(taken[from].Number), 6) % n
		thieves[who].take(taken[from:to])
		from = to
	}
	var deeds []Deed
	for i := range thieves {
		if thieves[i].deed.Read > 0 {
			deeds = append(deeds, thieves[i].deed)
		}
	}
	for _, events := range s.extra {
		slices.SortStableFunc(events, func(a, b Event) int { return int(a.At - b.At) })
	}
	return deeds
}

// thief is one account in a thief's hands.
type thief struct {
	s    *Staff
	raid Raid
	id   int32
	dice chance.Dice
	deed Deed

	now     int64 // of the last line
	last    int64 // of the last records, before they were late
	number  uint32
	page    uint16
	session uint32
	address uint32
	device  uint32
}

func (t *thief) log(at int64, e Event) {
	t.now = max(at, t.now+second/1000)
	e.At, e.Account, e.Session, e.Address, e.Device, e.Theft = t.now, t.id, t.session, t.address, t.device, true
	d := day(t.now / whole)
	t.s.extra[d] = append(t.s.extra[d], e)
}

// take copies records that come at once.
func (t *thief) take(all []Taken) {
	at := all[0].At
	fresh := t.session == 0 || at-t.last > 90*minute
	if fresh {
		t.login(at)
	}
	switch e := (Event{Action: access.Read, Count: 1, Reason: t.reason()}); t.raid.Way {
	case Reads:
		e.Record = all[0].Number
		t.log(at+int64(t.dice.Below(900))*1000, e)
	case Enumeration:
		if !fresh && all[0].Number > t.number {
			t.miss(at, all[0].Number)
		}
		e.Record = all[0].Number
		t.log(at, e)
	case Pages, Counts:
		t.page++
		if t.page > 1 && t.dice.Chance(400) {
			t.page = 1 // another search
		}
		e.Action, e.Count, e.Page = access.Search, int32(len(all)), t.page
		if t.raid.Way == Pages {
			e.First = uint32(len(t.s.returned))
			for _, k := range all {
				t.s.returned = append(t.s.returned, k.Number)
			}
			e.Last = uint32(len(t.s.returned))
		}
		t.log(at, e)
	case Export:
		e.Action, e.Count = access.Export, int32(len(all))
		t.log(at, e)
	case Bulk:
		e.Action, e.Count = access.Copy, -1
		t.log(at, e)
	}
	if t.deed.Lines == 0 {
		t.deed.First = at
	}
	t.deed.Last = at
	t.deed.Lines++
	t.deed.Read += len(all)
	for _, k := range all {
		if k.Kept {
			t.deed.Kept++
		}
	}
	t.last, t.number = at, all[len(all)-1].Number
}

// miss asks for the numbers between the last one and the next, which nobody has.
func (t *thief) miss(at int64, next uint32) {
	const most = 2000 // after so many in vain it skips the rest
	between := int64(min(next-t.number-1, most))
	for i := range between {
		t.log(t.last+(at-t.last)*(i+1)/(between+1), Event{Action: access.Read, Record: t.number + 1 + uint32(i), Count: 0})
	}
}

// login comes in: with somebody else's password, from elsewhere, some of the time after others.
func (t *thief) login(at int64) {
	d := &t.dice
	t.session, t.page = uint32(d.Uint64())|1, 0
	w := worker{s: t.s, a: &t.s.accounts[t.id], id: t.id, day: day(at / whole), desk: t.s.accounts[t.id].at(day(at / whole)), dice: *d}
	w.where()
	t.address, t.device = w.address, w.device
	before := at - 40*second
	if t.raid.Stolen {
		// The thief has one machine and, most of the time, one address.
		t.address, t.device = ip(203, 0, 113, byte(1+t.s.luck(uint64(d.Below(5)/4*d.Below(3)), 7)%250)), uint32(len(t.s.accounts))<<2|3
		if t.now == 0 && d.Chance(5000) {
			for i := d.Below(4); i >= 0; i-- {
				t.log(before-int64(20*(i+1))*second, Event{Action: access.Refused, Count: -1})
			}
		}
	}
	if t.raid.Way != Enumeration || t.now == 0 {
		t.log(before, Event{Action: access.Login, Count: -1})
	}
}

// reason is what a thief declares: nothing, or what is asked first.
func (t *thief) reason() Reason {
	if t.dice.Chance(6000) {
		return NoReason
	}
	return FollowUp
}
