package watch

import (
	"math"
	"slices"
	"time"

	"constat.example/blind/access"
)

// wake begins the account's day.
func (w *Watch) wake(e *event, a *account) {
	gap := w.day - a.last
	if a.first < 0 {
		a.first = w.day
	}
	a.signs, a.weak = 0, 0
	a.last = w.day
	a.look, a.lookBare = uint32(w.options.Least), uint32(w.options.Least/2)
	if a.had >= 10 {
		if gap > 45 {
			w.sign(a, Dormant, min(float32(math.Log2(float64(gap))), 8))
		}
		if w.weekend == 1 {
			w.sign(a, OddHour, rarity(a.daily[1].n, a.had))
		}
	}
	w.active = append(w.active, e.account)
}

// sign adds to what makes counts of the day weigh more.
func (w *Watch) sign(a *account, s Sign, bits float32) {
	bit := uint32(1) << slices.Index(signs, s)
	if a.signs&bit != 0 || bits < 1 {
		return
	}
	a.signs |= bit
	// An address, a device and an hour that are new are often new together.
	if a.weak > 0 {
		bits /= 2
	}
	a.weak = min(a.weak+bits, 12)
	a.look, a.lookHour = min(a.look, max(uint32(w.options.Least), a.day.n)), min(a.lookHour, max(uint32(w.options.Least/2), a.hour.n))
}

// whence looks from where and with what an account comes.
func (w *Watch) whence(e *event, a *account) {
	if e.address != 0 && a.addresses[0] != uint32(e.address)|1 && !met(a.addresses[:], uint32(e.address)) && a.had >= 5 {
		w.sign(a, NewAddress, rarity(a.strayed, a.had))
		w.newHere(e, a)
	}
	if e.device != 0 && a.devices[0] != uint32(e.device)|1 && !met(a.devices[:], uint32(e.device)) && a.had >= 5 {
		w.sign(a, NewDevice, rarity(a.switched, a.had))
	}
}

// together is how many accounts at an address where none of them ever was are too many.
const together = 5

// newHere counts accounts for whom an address is new.
func (w *Watch) newHere(e *event, a *account) {
	p := w.place(e.address)
	if p == nil || !p.accounts.add(mix(int64(e.account)+1)) {
		return
	}
	p.offices.add(mix(int64(a.group) + 1))
	offices := p.offices.n >= 2 || len(w.groups) == 1 && p.accounts.n >= 2*together
	if p.accounts.n >= together && (offices || p.refused.n >= 3) {
		w.alarm(e, Gathered, Alarm{Severity: High, Run: int64(p.accounts.n)})
	}
}

// mostPlaces is how many addresses that were new for somebody are followed in a day.
const mostPlaces = 1 << 16

func (w *Watch) place(address uint64) *place {
	p := w.places[address]
	if p == nil && address != 0 && len(w.places) < mostPlaces {
		p = &place{}
		w.places[address] = p
	}
	return p
}

const (
	patience = 10 * 60 * 1_000_000 // between failed logins of one attempt, in microseconds
	guesses  = 20                  // failed logins of one account that alarm, when one succeeds
	sprayed  = 10                  // accounts tried from one address that do
)

// refusedAt counts failed logins of an address.
func (w *Watch) refusedAt(e *event, who uint64) {
	if p := w.place(e.address); p != nil {
		p.refused.add(uint32(who))
	}
}

// refused counts failed logins of an account.
func (w *Watch) refused(e *event, a *account) {
	if e.at-a.refusedAt > patience {
		a.refused = 0
	}
	a.refused++
	a.refusedAt = e.at
	w.refusedAt(e, uint64(mix(int64(e.account)+1)))
}

// enters weighs a login.
func (w *Watch) enters(e *event, a *account) {
	if a.refused >= 5 && e.at-a.refusedAt <= patience {
		w.sign(a, Guessed, min(float32(a.refused), 8))
		if a.refused >= guesses {
			w.alarm(e, Forced, Alarm{Severity: High, Run: int64(a.refused)})
		}
	}
	a.refused = 0
	if p := w.places[e.address]; p != nil && p.refused.n >= sprayed {
		w.sign(a, Guessed, 8)
		w.alarm(e, Forced, Alarm{Severity: High, Run: int64(p.refused.n)})
	}
}

// certain raises what needs no count.
func (w *Watch) certain(e *event, a *account) {
	if e.record != 0 && w.options.Honey != nil && w.options.Honey.Has(e.record) {
		w.alarm(e, Honey, Alarm{Severity: Critical})
	}
	if e.action != access.Copy && e.action != access.Backup || e.permitted {
		return
	}
	if a.bulks[w.hourOf] < often || a.bulky > 0 && e.count > 4*a.bulky {
		w.alarm(e, Bulk, Alarm{Severity: Critical, Run: max(e.count, 0)})
	}
	a.bulky = max(a.bulky, e.count)
	a.bulkToday |= 1 << w.hourOf
}

// often is on how many days a bulk statement came in an hour that is its own.
const often = 2.5

// count takes a read in, and weighs counts when they have grown far enough. now is false
// for one of an hour that has ended.
func (w *Watch) count(e *event, a *account, now bool) {
	if now && a.today&(1<<w.hourOf) == 0 {
		a.today |= 1 << w.hourOf
		a.lookHour = uint32(w.options.Least / 2)
		w.busy = append(w.busy, e.account)
		if a.had >= 5 {
			w.sign(a, OddHour, rarity(a.hours[w.hourOf], a.had))
		}
	}
	switch {
	case e.record != 0:
		h := mix(e.record)
		// Whoever changes nothing in the hour changes nothing in the day.
		if now && !a.hour.add(h) {
			break
		}
		if a.day.add(h) {
			copy(a.recent[1:], a.recent[:])
			a.recent[0] = e.record
			a.since.add(h)
		}
	case e.count > 0 && e.action != access.Copy && e.action != access.Backup:
		a.dayRows += e.count
		a.sinceRows += e.count
		if now {
			a.hourRows += e.count
		}
	}
	if e.step != 0 {
		w.step(e, a)
	}
	if e.bare {
		if a.bare == nil {
			a.bare = &people{}
		}
		if a.bare.add(mix(e.record)); a.bare.n >= a.lookBare {
			w.weighBare(e, a)
		}
	}
	if now && total(&a.hour, a.hourRows) >= float64(a.lookHour) {
		w.weighHour(e, a)
	}
	if total(&a.day, a.dayRows) >= float64(a.look) {
		w.weighDay(e, a)
	}
}

func (w *Watch) step(e *event, a *account) {
	a.walk.step(e.by, e.step)
	if a.walk.ratio < walked || a.walk.run < walkedFor {
		return
	}
	w.sign(a, Walking, 8)
	if total(&a.day, a.dayRows) >= walkedFor {
		w.alarm(e, Walk, Alarm{Severity: High, By: e.by.String(), Step: e.step, Run: a.walk.run, Bits: float64(a.walk.ratio)})
	}
}

// next is the count at which one that was nothing out of the ordinary is weighed again.
func next(n float64) uint32 { return uint32(n*1.05) + 1 }

const never = math.MaxUint32

func (w *Watch) weighDay(e *event, a *account) {
	n := total(&a.day, a.dayRows)
	g := &w.groups[a.group]
	if e.at-g.factorAt > every || g.factorAt == 0 {
		g.factor, g.factorAt = w.factor(g, dayOf), e.at
	}
	own, peers := w.daily(a, g)
	bits := surprise(n, own.times(g.factor), peers.times(g.factor)) + float64(a.weak)
	if bits < float64(w.levels[levelDay].at) {
		a.look = next(n)
		return
	}
	a.look = never
	w.alarm(e, Day, Alarm{Severity: grave(bits, w.levels[levelDay]), Bits: bits, Usual: own.mean * g.factor, Peers: peers.mean * g.factor})
}

func (w *Watch) weighHour(e *event, a *account) {
	n := total(&a.hour, a.hourRows)
	g := &w.groups[a.group]
	if e.at-g.factorHourAt > every || g.factorHourAt == 0 {
		g.factorHour, g.factorHourAt = w.factor(g, hourOf), e.at
	}
	own, peers := w.hourly(a, g)
	bits := surprise(n, own.times(g.factorHour), peers.times(g.factorHour)) + float64(a.weak)
	if bits < float64(w.levels[levelHour].at) {
		a.lookHour = next(n)
		return
	}
	a.lookHour = never
	w.alarm(e, Hour, Alarm{Severity: grave(bits, w.levels[levelHour]), Bits: bits, Usual: own.mean * g.factorHour, Peers: peers.mean * g.factorHour, People: int64(a.hour.n), Rows: a.hourRows})
}

func (w *Watch) weighBare(e *event, a *account) {
	n := float64(a.bare.n)
	own, peers := w.barely(a, &w.groups[a.group])
	bits := surprise(n, own, peers) + float64(a.weak)
	if bits < float64(w.levels[levelBare].at) {
		a.lookBare = next(n)
		return
	}
	a.lookBare = never
	w.alarm(e, Bare, Alarm{Severity: grave(bits, w.levels[levelBare]), Bits: bits, Usual: own.mean, Peers: peers.mean, People: int64(a.bare.n)})
}

// grave is how grave a surprise is.
func grave(bits float64, l level) Severity {
	if bits >= 2*float64(l.at) {
		return Critical
	}
	return High
}

// daily, hourly and barely are what is expected of an account, by its own past and by its
// peers'.
func (w *Watch) daily(a *account, g *group) (own, peers usual) {
	peers = g.daily[w.weekend].over(w.groups[0].daily[w.weekend].over(beforeDay))
	return a.daily[w.weekend].of(peers), peers
}

func (w *Watch) hourly(a *account, g *group) (own, peers usual) {
	peers = g.hourly.over(w.groups[0].hourly.over(beforeHour))
	return a.hourly.of(peers), peers
}

func (w *Watch) barely(a *account, g *group) (own, peers usual) {
	peers = g.barely.over(w.groups[0].barely.over(beforeBare))
	return a.barely.of(peers), peers
}

const (
	dayOf = iota
	hourOf

	every  = 10 * 60 * 1_000_000 // how often peers are looked at, in microseconds
	asked  = 256                 // how many of them
	fewest = 5                   // and at least
)

// factor is how much more than usual the accounts of a group read today or this hour: the
// median of those that did. A mass mailing, a deadline, an outage of the day before
// move them all; a thief does not move his colleagues.
func (w *Watch) factor(g *group, what int) float64 {
	stride := max(len(g.members)/asked, 1)
	var room [asked + 2]float64
	all := room[:0]
	for i := 0; i < len(g.members) && len(all) < len(room); i += stride {
		a := &w.of[g.members[i]]
		if a.last != w.day || a.had == 0 {
			continue
		}
		if what == dayOf {
			own, _ := w.daily(a, &w.groups[a.group])
			all = append(all, total(&a.day, a.dayRows)/own.mean)
		} else if a.today&(1<<w.hourOf) != 0 {
			own, _ := w.hourly(a, &w.groups[a.group])
			all = append(all, total(&a.hour, a.hourRows)/own.mean)
		}
	}
	if len(all) < fewest {
		return 1
	}
	slices.Sort(all)
	return max(all[len(all)/2], 1)
}

// many is how many counts a group's habit reaches back.
const many = 4000

// endHour learns from the hour that ends.
func (w *Watch) endHour() {
	for i := range w.groups {
		w.groups[i].factorHourAt = 0
	}
	slices.Sort(w.busy)
	l := &w.levels[levelHour]
	for _, i := range w.busy {
		a := &w.of[i]
		g := &w.groups[a.group]
		if g.factorHourAt == 0 {
			g.factorHour, g.factorHourAt = w.factor(g, hourOf), 1
		}
		n := total(&a.hour, a.hourRows)
		own, peers := w.hourly(a, g)
		w.tests[levelHour]++
		if n >= float64(w.options.Least/2) {
			l.add(surprise(n, own.times(g.factorHour), peers.times(g.factorHour)) + float64(a.weak))
		} else {
			l.add(0)
		}
		learnt := n / g.factorHour
		a.hourly.learn(own.clipped(learnt), 4*memory)
		g.hourly.learn(peers.clipped(learnt), many)
		if a.group != 0 {
			w.groups[0].hourly.learn(peers.clipped(learnt), 4*many)
		}
		a.hour.reset()
		a.hourRows = 0
	}
	w.busy = w.busy[:0]
	for i := range w.groups {
		w.groups[i].factorHourAt = 0
	}
}

// drift is the bits a day that a slow sum gives away, twice what an ordinary day has.
const drift = 3

// endDay learns from the day that ends.
func (w *Watch) endDay() {
	for i := range w.groups {
		w.groups[i].factorAt = 0
	}
	slices.Sort(w.active)
	for _, i := range w.active {
		g := &w.groups[w.of[i].group]
		if g.factorAt == 0 { // before any of its habits has learnt of today
			g.factor, g.factorAt = w.factor(g, dayOf), 1
		}
	}
	for _, i := range w.active {
		w.endDayOf(i)
	}
	for i := range w.groups {
		w.groups[i].factorAt = 0
	}
	w.active = w.active[:0]
	clear(w.places)
	clear(w.given)
	for i := range w.levels {
		if w.tests[i] > 0 {
			w.levels[i].settle(w.tests[i], w.options.Quiet*shares[i])
		}
		w.tests[i] = 0
	}
}

func (w *Watch) endDayOf(i uint32) {
	a := &w.of[i]
	g := &w.groups[a.group]
	n := total(&a.day, a.dayRows)
	if n == 0 {
		w.forget(a)
		return // it only logged in
	}
	own, peers := w.daily(a, g)
	w.tests[levelDay]++
	w.tests[levelSlow]++
	bits := 0.0
	if n > own.mean*g.factor {
		bits = surprise(n, own.times(g.factor), peers.times(g.factor))
	}
	if n >= float64(w.options.Least) {
		w.levels[levelDay].add(bits + float64(a.weak))
	} else {
		w.levels[levelDay].add(0)
	}
	w.slowly(i, a, bits+float64(a.weak)/2, own, peers)
	learnt := n / g.factor
	a.daily[w.weekend].learn(own.clipped(learnt), memory)
	g.daily[w.weekend].learn(peers.clipped(learnt), many)
	if a.group != 0 {
		w.groups[0].daily[w.weekend].learn(peers.clipped(learnt), 4*many)
	}
	if w.options.Reasons != nil {
		bare := 0.0
		if a.bare != nil {
			bare = float64(a.bare.n)
		}
		own, peers := w.barely(a, g)
		w.tests[levelBare]++
		if bare >= float64(w.options.Least/2) {
			w.levels[levelBare].add(surprise(bare, own, peers) + float64(a.weak))
		} else {
			w.levels[levelBare].add(0)
		}
		a.barely.learn(own.clipped(bare), memory)
		g.barely.learn(peers.clipped(bare), many)
		if a.group != 0 {
			w.groups[0].barely.learn(peers.clipped(bare), 4*many)
		}
	}
	w.forget(a)
	a.had++
}

// forget ends the day of an account.
func (w *Watch) forget(a *account) {
	fade := func(x *float32, today bool) {
		*x *= 1 - 1.0/memory
		if today {
			*x++
		}
	}
	has := func(s Sign) bool { return a.signs&(1<<slices.Index(signs, s)) != 0 }
	for h := range a.hours {
		fade(&a.hours[h], a.today&(1<<h) != 0)
		fade(&a.bulks[h], a.bulkToday&(1<<h) != 0)
	}
	fade(&a.strayed, has(NewAddress))
	fade(&a.switched, has(NewDevice))
	a.today, a.bulkToday = 0, 0
	a.walk.rest()
	a.day.reset()
	a.dayRows = 0
	a.bare = nil
}

// slowly adds a day to the cumulative sum of surprise (Page 1954).
func (w *Watch) slowly(i uint32, a *account, bits float64, own, peers usual) {
	if a.had < 10 {
		return // what is usual is not known yet
	}
	was := a.slow
	a.slow = max(a.slow+float32(min(bits, 24)-drift), 0)
	// A sum that alarms goes on growing with the thief; it must not lift the level for others.
	w.levels[levelSlow].add(float64(min(a.slow, w.levels[levelSlow].at+1)))
	switch {
	case a.slow == 0:
		a.since.reset()
		a.sinceRows = 0
		return
	case was == 0:
		a.began = w.day
	}
	if float64(a.slow) < float64(w.levels[levelSlow].at) || a.began == w.day || a.told >= a.began && w.day-a.told < 7 || total(&a.since, a.sinceRows) < 3*float64(w.options.Least) {
		return
	}
	a.told = w.day
	e := event{at: w.to - 1, account: i, source: none}
	w.alarm(&e, Slow, Alarm{
		Severity: High, Bits: float64(a.slow), Usual: own.mean, Peers: peers.mean, People: int64(a.since.n), Rows: a.sinceRows, Since: dateOf(a.began),
	})
}

func dateOf(day int32) string { return time.Unix(int64(day)*86_400, 0).UTC().Format(time.DateOnly) }

// matched hands an access to the rules of others.
func (w *Watch) matched(e *event) {
	m := Marked{At: e.at, Marks: e.marks, Record: e.record, Account: e.who, Office: e.office, Address: e.address, Device: e.device, Relation: e.relation, Reason: e.reason, Session: e.session}
	for _, x := range w.options.Matcher.Take(m) {
		severity := High
		if x.Critical {
			severity = Critical
		}
		w.alarm(e, Sigma, Alarm{Severity: severity, Title: x.Title, Rules: x.Rules, Run: x.Count})
	}
}

// alarm gives an alarm, once for its account, rule and period.
func (w *Watch) alarm(e *event, rule Rule, a Alarm) {
	day, hour := w.day, w.hourOf
	a.Rule, a.At = rule, time.UnixMicro(e.at).UTC()
	a.Period = dateOf(day)
	if rule == Hour {
		a.Period += time.Unix(int64(hour)*3600, 0).UTC().Format(" 15h")
	}
	t := w.names[w.sources.Of(access.Name(e.source%none))]
	a.Address, a.Device, a.Relation = w.text(t, e.address), w.text(t, e.device), w.text(t, e.relation)
	a.Sample, a.Signs = a.Sample[:0:0], []Sign{}
	if e.account != none {
		of := &w.of[e.account]
		a.Account, a.Office = w.accounts.Of(access.Name(e.account+1)), w.offices.Of(access.Name(of.group))
		if a.People == 0 && a.Rows == 0 && of.last == w.day {
			a.People, a.Rows = int64(of.day.n), of.dayRows
		}
		for _, r := range of.recent {
			if r != 0 {
				a.Sample = append(a.Sample, r)
			}
		}
		for i, s := range signs {
			if of.signs&(1<<i) != 0 {
				a.Signs = append(a.Signs, s)
			}
		}
	} else {
		a.Account = w.text(t, e.who)
	}
	who := a.Account
	switch rule {
	case Gathered:
		who = a.Address
	case Honey:
		a.Sample = append(a.Sample[:0:0], e.record)
	case Sigma:
		who += "\x00" + a.Title
	}
	if a.Rules == nil {
		a.Rules = []string{}
	}
	if a.Sample == nil {
		a.Sample = []int64{}
	}
	if e.source != none {
		a.Source, a.Line, a.Action = w.sources.Of(access.Name(e.source)), e.line, e.action.String()
	}
	if a.ID = identify(string(rule), who, a.Period); w.given[a.ID] {
		return
	}
	w.given[a.ID] = true
	a.Bits, a.Usual, a.Peers = round(a.Bits), round(a.Usual), round(a.Peers)
	w.raised = append(w.raised, a)
}

func round(x float64) float64 { return math.Round(10*x) / 10 }

// text is the name of that hash.
func (w *Watch) text(t *translation, hash uint64) string {
	if hash == 0 {
		return ""
	}
	if t != nil {
		if t.names == nil {
			t.names = map[uint64]access.Name{}
		}
		for ; t.named < len(t.all); t.named++ {
			t.names[t.all[t.named].hash] = access.Name(t.named)
		}
		if n, ok := t.names[hash]; ok {
			return t.from.Of(n)
		}
	}
	return w.texts[hash]
}
