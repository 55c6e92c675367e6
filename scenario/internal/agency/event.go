package agency

import "constat.example/internal/chance"

// event is one change of one person's entry.
type event struct {
	at    int64 // instant
	what  what
	value uint32
}

// what names the part of the state that an event sets.
type what uint8

const (
	setGone what = iota
	setHome
	setUsed
	setMail
	setPhone
	setAccount
	setCorrected
)

// hazards is what may befall people, in chances a month. Together they change
// some value of about a quarter of the people in a year, as INSEE's figures of
// moves (one person in ten a year), marriages, divorces and deaths have it and
// as agencies see for mail, phone and account.
type hazards struct {
	move, leave, marry, divorce, mail, firstMail, phone, account, correct, close chance.Hazard
	death                                                                        []chance.Hazard // by age
}

func newHazards(months int) hazards {
	h := hazards{
		move:      chance.NewHazard(4600, months), // twice: two draws
		leave:     chance.NewHazard(9000, months),
		marry:     chance.NewHazard(4500, months),
		divorce:   chance.NewHazard(800, months),
		mail:      chance.NewHazard(2900, months), // twice
		firstMail: chance.NewHazard(4000, months),
		phone:     chance.NewHazard(3100, months), // twice
		account:   chance.NewHazard(3300, months),
		correct:   chance.NewHazard(20_000, months),
		close:     chance.NewHazard(400, months),
	}
	// Mortality grows by a tenth a year of age (Gompertz 1825): 1 in 1,000 a
	// year at 44, 1 in 100 at 68, 1 in 10 at 92.
	perMonth := 1.0
	for age := range 110 {
		if age > 25 {
			perMonth = perMonth * 110 / 100
		}
		h.death = append(h.death, chance.NewHazard(uint64(min(13*perMonth, 60_000)), months))
	}
	return h
}

// instant turns a month into an instant within it.
func (w *World) instant(month int, d *chance.Dice) int64 {
	from, to := w.months[month], w.months[month+1]
	return from + 1 + int64(d.Below(int(to-from-1)))
}

// live draws what befalls a household and its members.
func (c *Chunk) live(h *house) {
	w, d := c.w, chance.NewDice(c.w.seed, chance.Mix(h.key+7))
	type note struct {
		who int32
		event
	}
	var notes [256]note
	log := notes[:0]
	add := func(who int32, at int64, what what, value uint32) {
		log = append(log, note{who, event{at, what, value}})
	}
	lead := &c.people[h.from]
	for turn := range uint64(2) {
		month, moves := w.hazards.move.When(&d)
		if !moves {
			continue
		}
		at := w.instant(month, &d)
		to := c.moveTo(h, &d)
		var line uint32
		for k := h.from; k < h.to; k++ {
			add(k, at, setHome, to)
			if p := &c.people[k]; p.phone == homePhone {
				if line == 0 {
					line = w.fixedLine(lead.Index, turn+1, w.f.Communes[c.homes[to].commune].Department())
				}
				add(k, at, setPhone, line)
			}
		}
	}
	if h.couple {
		a, b := &c.people[h.from], &c.people[h.from+1]
		if !h.married {
			if month, marry := w.hazards.marry.When(&d); marry {
				at := w.instant(month, &d)
				a.spouse, b.spouse = b.name+1, a.name+1
				for i, p := range []*person{a, b} {
					switch {
					case p.sex == women && d.Chance(6400):
						add(h.from+int32(i), at, setUsed, spouseName)
					case d.Chance(500):
						add(h.from+int32(i), at, setUsed, doubleName)
					}
				}
			}
		} else if month, part := w.hazards.divorce.When(&d); part {
			at := w.instant(month, &d)
			for i := range int32(2) {
				if c.people[h.from+i].usedNow != noUsedName && d.Chance(8500) {
					add(h.from+i, at, setUsed, noUsedName)
				}
			}
			add(h.from+1, at, setHome, c.moveTo(h, &d))
		}
	}
	for k := h.from; k < h.to; k++ {
		p := &c.people[k]
		age := int(float64(w.start-p.born) / daysAYear)
		if k >= h.from+2 && age >= 18 {
			if month, leaves := w.hazards.leave.When(&d); leaves {
				add(k, w.instant(month, &d), setHome, c.moveTo(h, &d))
			}
		}
		if p.mail == ownMail {
			for range 2 {
				if month, changes := w.hazards.mail.When(&d); changes {
					at, mail := w.instant(month, &d), c.newMail(p, uint8(d.Pick(mailStyles)), uint8(d.Pick(domainWeights)), false)
					add(k, at, setMail, mail)
					if k != h.from {
						continue
					}
					for other := h.from + 1; other < h.to; other++ {
						if c.people[other].mail == parentMail && d.Chance(7500) {
							add(other, at, setMail, mail)
						}
					}
				}
			}
		} else if p.mail == noMail && age >= 13 {
			if month, gets := w.hazards.firstMail.When(&d); gets {
				add(k, w.instant(month, &d), setMail, c.newMail(p, p.mailStyle, p.mailDomain, false))
			}
		}
		if p.phone == ownPhone {
			for turn := range uint64(2) {
				if month, changes := w.hazards.phone.When(&d); changes {
					if number := w.mobile(p.Index, turn+1); number != 0 {
						add(k, w.instant(month, &d), setPhone, number)
					}
				}
			}
		}
		if p.at.account != 0 {
			if month, changes := w.hazards.account.When(&d); changes {
				add(k, w.instant(month, &d), setAccount, 2)
			}
		}
		if p.slip != noSlip {
			if month, corrected := w.hazards.correct.When(&d); corrected {
				add(k, w.instant(month, &d), setCorrected, 0)
			}
		}
		if month, dies := w.hazards.death[min(max(age, 0), len(w.hazards.death)-1)].When(&d); dies {
			add(k, w.instant(month, &d), setGone, 1)
		}
		if month, closes := w.hazards.close.When(&d); closes {
			add(k, w.instant(month, &d), setGone, 1)
		}
	}
	for k := h.from; k < h.to; k++ {
		p := &c.people[k]
		p.events.from = int32(len(c.events))
		for _, n := range log {
			if n.who != k {
				continue
			}
			// In order of time; few, so by insertion.
			i := len(c.events)
			c.events = append(c.events, n.event)
			for ; i > int(p.events.from) && c.events[i-1].at > n.at; i-- {
				c.events[i] = c.events[i-1]
			}
			c.events[i] = n.event
		}
		p.events.to = int32(len(c.events))
	}
}

// apply carries e out.
func (s *state) apply(e event) {
	switch e.what {
	case setGone:
		s.gone = true
	case setHome:
		s.home = e.value
	case setUsed:
		s.used = e.value
	case setMail:
		s.mail = e.value
	case setPhone:
		s.phone = e.value
	case setAccount:
		s.account = e.value
	case setCorrected:
		s.slipped = false
	}
}

// stateAt is a person's state at an instant, and whether they are in the register then.
func (c *Chunk) stateAt(p *person, at int64) (state, bool) {
	s := p.at
	for _, e := range c.events[p.events.from:p.events.to] {
		if e.at > at {
			break
		}
		s.apply(e)
	}
	return s, !s.gone && p.arrival <= at
}
