package office

import (
	"cmp"
	"slices"

	"constat.example/blind/access"
	"constat.example/internal/chance"
)

// The length of a working day, lunch apart, and how long a page of a list is.
const (
	workingDay = 7*hour + 20*minute
	listed     = 20
)

// Make makes what happens on a day of UTC, counted from 1970, in the memory of old
// where that is not nil.
func (s *Staff) Make(date int, old *Day) *Day {
	out := old
	if out == nil {
		out = new(Day)
	}
	out.reset()
	d := day(date)
	mailed := slices.ContainsFunc(s.mailings, func(m day) bool { return d > m && d <= m+6 })
	for id := range s.accounts {
		a := &s.accounts[id]
		if s.silent[int32(id)] || !s.works(a, d) {
			continue
		}
		w := worker{s: s, a: a, id: int32(id), day: d, desk: a.at(d), dice: chance.NewDice(a.key, uint64(d)+2), out: out}
		w.level = a.rate * season(d) / 1000 * swing(&w.dice) / 1000
		switch {
		case mailed && a.role == CallCentre:
			w.level = w.level * 17 / 10
		case mailed && a.role == Adviser:
			w.level = w.level * 5 / 4
		}
		switch a.role {
		case Client:
			w.program()
		case Batch:
			w.night()
		default:
			w.human()
		}
	}
	for _, e := range s.extra[d] {
		if s.silent[e.Account] {
			continue
		}
		pages := s.returned[e.First:e.Last]
		e.First = uint32(len(out.Records))
		out.Records = append(out.Records, pages...)
		e.Last = uint32(len(out.Records))
		out.Events = append(out.Events, e)
	}
	from, to := int64(d)*whole, int64(d+1)*whole
	out.Events = slices.DeleteFunc(out.Events, func(e Event) bool { return e.At < from || e.At >= to || s.unheard(e.At) })
	slices.SortFunc(out.Events, func(a, b Event) int {
		// Neither an account nor its thief does two things at once.
		if a.At != b.At {
			return cmp.Compare(a.At, b.At)
		}
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Session, b.Session))
	})
	return out
}

// unheard reports whether the log has a gap at an instant.
func (s *Staff) unheard(at int64) bool {
	return slices.ContainsFunc(s.gaps, func(g [2]int64) bool { return at >= g[0] && at < g[1] })
}

// worker is an account during a day.
type worker struct {
	s     *Staff
	a     *account
	id    int32
	day   day
	desk  desk
	dice  chance.Dice
	out   *Day
	level int64 // pieces of work today, in thousandths

	now     int64
	session uint32
	address uint32
	device  uint32
}

// log writes a line after so long, at least a millisecond, and names the records.
func (w *worker) log(after int64, e Event, records ...uint32) {
	w.now += max(after, second/1000)
	e.At, e.Account, e.Session, e.Address, e.Device = w.now, w.id, w.session, w.address, w.device
	e.First = uint32(len(w.out.Records))
	w.out.Records = append(w.out.Records, records...)
	e.Last = uint32(len(w.out.Records))
	w.out.Events = append(w.out.Events, e)
}

// few draws a number from 1 on, each next one with that chance in 10,000.
func (w *worker) few(more int) int {
	n := 1
	for n < 40 && w.dice.Chance(more) {
		n++
	}
	return n
}

// login comes in, some of the time after a password that was wrong.
func (w *worker) login() {
	w.session = uint32(w.dice.Uint64()) | 1
	w.where()
	if w.dice.Chance(300) {
		for range w.few(3000) {
			w.log(wait(&w.dice, 12*second), Event{Action: access.Refused, Count: -1})
		}
	}
	w.log(wait(&w.dice, 8*second), Event{Action: access.Login, Count: -1})
}

// where draws from which address and machine the account works today.
func (w *worker) where() {
	id, key := uint32(w.id), uint32(w.a.key)
	w.device = id << 2
	switch w.a.role {
	case CallCentre:
		w.address = ip(10, 180, byte(id>>6), byte(key%120)) // desks are shared
	case Partner:
		w.address = ip(198, 51, 100, byte(1+key%200))
	case Client:
		w.address = ip(192, 0, 2, byte(1+w.desk.seat%250))
	case DBA, Batch:
		w.address = ip(10, 250, byte(w.a.role), byte(1+w.desk.seat%250))
	default:
		w.address = ip(10, byte(1+w.desk.office%170), byte(w.desk.seat>>7), byte(1+w.desk.seat%250))
		if w.day.weekday() == int(key>>8%5) || w.day.weekday() == int(key>>16%7) { // from home
			w.address, w.device = ip(10, 200+byte(w.dice.Below(8)), byte(w.dice.Below(256)), byte(1+w.dice.Below(250))), id<<2|1
		}
	}
}

func ip(a, b, c, d byte) uint32 { return uint32(a)<<24 | uint32(b)<<16 | uint32(c)<<8 | uint32(d) }

// human works through a day.
func (w *worker) human() {
	department := ""
	if w.a.role.local() {
		department = w.s.offices[w.desk.office].name
	}
	midnight := int64(w.day)*whole - offset(w.day, department)
	habit := int64(w.a.key >> 32 % 90)
	start := midnight + 8*hour + habit*minute + int64(w.dice.Below(int(15*minute)))
	lunch := midnight + 12*hour + habit%60*minute
	pause := (40 + int64(w.dice.Below(40))) * minute
	if w.a.role == CallCentre {
		start, lunch, pause = midnight+8*hour-5*minute, midnight+11*hour+habit*minute/2, 35*minute
		if w.a.late {
			start, lunch = start+5*hour-30*minute, lunch+5*hour-30*minute
		}
		start += int64(w.dice.Below(int(8 * minute)))
	}
	end := start + workingDay + pause + int64(w.dice.Below(int(40*minute)))
	w.now = start
	w.login()
	if w.level < 1 {
		return
	}
	every := (end - start - pause) / w.level * 1000
	eaten := false
	for next := w.now + wait(&w.dice, every); next < end; next = w.now + wait(&w.dice, every) {
		if !eaten && next >= lunch {
			eaten = true
			next = max(next, lunch+pause)
			w.now = next
			if w.dice.Chance(5000) {
				w.login()
			}
			if next >= end {
				break
			}
		}
		w.now = max(w.now, next)
		w.work()
	}
	if w.dice.Chance(6000) {
		w.log(wait(&w.dice, minute), Event{Action: access.Logout, Count: -1})
	}
}

// work does one piece of work.
func (w *worker) work() {
	d := &w.dice
	switch w.a.role {
	case Adviser:
		switch d.Pick([]int{600, 90, 150, 100, 25, 4, 31}) {
		case 0:
			w.open(w.own(), Reason(1+d.Pick([]int{38, 45, 3, 14})))
		case 1:
			w.open(w.local(), FollowUp)
		case 2:
			w.search(w.local, Request)
		case 3:
			w.list()
		case 4: // the wrong file, then the right one
			w.open(w.anybody(), Appointment)
			w.open(w.own(), Appointment)
		case 5:
			w.log(0, Event{Action: access.Export, Count: int32(5 + d.Below(60)), Reason: Check})
		default:
			w.open(w.local(), NoReason)
		}
	case Supervisor:
		switch d.Pick([]int{55, 30, 8, 7}) {
		case 0:
			w.open(w.local(), Check)
		case 1:
			w.list()
		case 2:
			w.search(w.local, Check)
		default:
			w.log(0, Event{Action: access.Export, Count: int32(20 * exponential[d.Below(cells)] / 100), Reason: Check})
		}
	case Medical:
		if d.Chance(8000) {
			w.open(w.local(), Appointment)
		} else {
			w.search(w.local, Request)
		}
	case CallCentre:
		w.search(w.anybody, Call)
	case Partner:
		w.search(w.anybody, Request)
	case DBA:
		if d.Chance(90) { // into a test system, or for another service
			w.log(0, Event{Action: access.Copy, Count: -1})
		} else {
			w.log(0, Event{Action: access.Search, Count: int32(d.Below(40))})
		}
	}
}

// open looks at somebody's file, some of the time again, or changes it.
func (w *worker) open(who uint32, why Reason) {
	if who == 0 {
		return
	}
	w.log(0, Event{Action: access.Read, Record: who, Count: 1, Reason: why})
	for range w.few(3500) - 1 {
		w.log(wait(&w.dice, 50*second), Event{Action: access.Read, Record: who, Count: 1, Reason: why})
	}
	if w.dice.Chance(1800) {
		w.log(wait(&w.dice, 90*second), Event{Action: access.Write, Record: who, Count: 1, Reason: why})
	}
}

// search asks for somebody by name, who is found among others or not, and opens their file.
func (w *worker) search(whom func() uint32, why Reason) {
	if w.dice.Chance(900) {
		w.log(0, Event{Action: access.Search, Count: 0, Reason: why})
		return
	}
	who := whom()
	if who == 0 {
		return
	}
	found := []uint32{who}
	for range w.few(6800) - 1 {
		if other := whom(); other != 0 && !slices.Contains(found, other) {
			found = append(found, other)
		}
	}
	at := w.dice.Below(len(found))
	found[0], found[at] = found[at], found[0]
	w.log(0, Event{Action: access.Search, Count: int32(len(found)), Reason: why, Page: 1}, found...)
	w.now += wait(&w.dice, 7*second)
	w.open(who, why)
}

// list goes through pages of those an adviser follows, of all of the office for others.
func (w *worker) list() {
	o := &w.s.offices[w.desk.office]
	step, first := 1, 0
	if w.a.role == Adviser {
		step = int(max(o.seats[Adviser], 1))
		first = int(w.desk.seat) % step
	}
	for page := range w.few(3000) {
		var found []uint32
		for i := range listed {
			if at := first + (page*listed+i)*step; at < len(o.people) {
				if n := w.there(&o.people[at]); n != 0 {
					found = append(found, n)
				}
			}
		}
		if len(found) == 0 {
			return
		}
		w.log(wait(&w.dice, 20*second), Event{Action: access.List, Count: int32(len(found)), Page: uint16(page + 1), Reason: FollowUp}, found...)
	}
}

// there is the record of a person who is in the register now, else 0.
func (w *worker) there(p *Person) uint32 {
	if at := (w.now - w.s.start) / second; at < int64(p.From) || at >= int64(p.To) {
		return 0
	}
	return p.Number
}

// own is somebody whom an adviser follows: half of the time one of those whose turn it
// is in this month.
func (w *worker) own() uint32 {
	o := &w.s.offices[w.desk.office]
	step := int(max(o.seats[Adviser], 1))
	seat := int(w.desk.seat) % step
	n := (len(o.people) - seat + step - 1) / step
	if n <= 0 {
		return w.local()
	}
	i := w.dice.Below(n)
	if w.dice.Chance(5000) {
		i = (int(chance.Mix(w.a.key+uint64(w.day/28))%uint64(n)) + w.dice.Below(n/8+1)) % n
	}
	return w.there(&o.people[seat+i*step])
}

// local is somebody of the region of the office.
func (w *worker) local() uint32 {
	people := w.s.offices[w.desk.office].people
	return w.there(&people[w.dice.Below(len(people))])
}

// anybody is anybody.
func (w *worker) anybody() uint32 {
	return w.there(&w.s.everyone[w.dice.Below(len(w.s.everyone))])
}

// program is another organisation's, which asks about one person after the other, day and night.
func (w *worker) program() {
	w.now = int64(w.day) * whole
	w.login()
	every := whole * 1000 / max(min(w.level, int64(len(w.s.everyone))*20), 1000)
	for {
		w.now += wait(&w.dice, every)
		if w.now >= int64(w.day+1)*whole {
			return
		}
		if at := w.now % whole; (at < 5*hour || at > 20*hour) && w.dice.Chance(7000) {
			continue
		}
		if who := w.anybody(); who != 0 {
			w.log(0, Event{Action: access.Read, Record: who, Count: 1, Reason: Request})
		}
	}
}

// night is what runs by itself: a backup and an extract for statistics; and a program
// that looks whether files are in order, every so manieth of them a night.
func (w *worker) night() {
	w.now = int64(w.day)*whole + hour + int64(w.dice.Below(int(5*minute)))
	w.login()
	if w.desk.seat == 0 {
		w.log(minute, Event{Action: access.Export, Count: int32(len(w.s.everyone) * (25 + w.dice.Below(10)) / 1000)})
		w.log(90*minute, Event{Action: access.Backup, Count: -1})
		return
	}
	const checked = 400 // a night
	step := len(w.s.everyone)/checked + 1
	for i := int(w.day) % step; i < len(w.s.everyone); i += step {
		if who := w.there(&w.s.everyone[i]); who != 0 {
			w.log(wait(&w.dice, 5*second), Event{Action: access.Read, Record: who, Count: 1, Reason: Check})
		}
	}
}
