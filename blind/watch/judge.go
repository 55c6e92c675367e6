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
	a.signs, a.weak, a.turns, a.rung = 0, 0, 0, 0
	a.last = w.day
	for m := range a.looks {
		a.looks[m] = w.least(measure(m))
	}
	if e.group != 0 && e.group != a.group {
		w.moves(e.account, e.group)
	}
	if a.had >= 10 {
		if gap > 45 {
			w.sign(a, Dormant, min(float32(math.Log2(float64(gap))), 8))
		}
		if w.weekend == 1 {
			w.sign(a, OddHour, rarity(a.habits[weekEnd].n, a.had, unknown))
		}
	}
	w.active = append(w.active, e.account)
	if w.options.Staff != nil && w.options.Staff.Left(w.accounts.Of(access.Name(e.account+1)), time.UnixMicro(e.at)) {
		w.alarm(e, Left, Alarm{Severity: High})
	}
}

// least is the count under which none alarms.
func (w *Watch) least(m measure) uint32 {
	if m == ofHour || m == ofBare {
		return uint32(w.options.Least / 2)
	}
	return uint32(w.options.Least)
}

// moves has an account work in another office, whose people it does not know.
func (w *Watch) moves(i, to uint32) {
	a := &w.of[i]
	if a.group != 0 {
		g := &w.groups[a.group]
		g.members = slices.DeleteFunc(g.members, func(m uint32) bool { return m == i })
	}
	a.group, a.since = to, 0
	w.groups[to].members = append(w.groups[to].members, i)
}

// sign adds to what makes counts of the day weigh more.
func (w *Watch) sign(a *account, s Sign, bits float32) {
	bit := uint32(1) << slices.Index(signs, s)
	if a.signs&bit != 0 || bits < usually {
		return
	}
	a.signs |= bit
	// An address, a device and an hour that are new are often new together.
	if a.weak > 0 {
		bits /= 2
	}
	a.weak = min(a.weak+bits, 12)
	for m := range a.looks {
		a.looks[m] = min(a.looks[m], max(w.least(measure(m)), uint32(min(a.of(measure(m)), never-1))))
	}
}

// whence looks from where and with what an account comes.
func (w *Watch) whence(e *event, a *account) {
	here := uint32(e.address) ^ uint32(e.device)*0x9e3779b1
	if here == a.here {
		a.leftAt = e.at
		return
	}
	if here == a.before && e.at-a.leftAt < meanwhile {
		if a.turns++; a.turns == 3 && a.had >= 5 {
			w.sign(a, Doubled, rarity(a.doubled, a.had, w.share(Doubled)))
		}
		a.turns = min(a.turns, 100)
	}
	a.here, a.before, a.leftAt = here, a.here, e.at
	if e.address != 0 && a.addresses[0] != uint32(e.address)|1 && !met(a.addresses[:], uint32(e.address)) && a.had >= 5 {
		w.sign(a, NewAddress, rarity(a.strayed, a.had, w.share(NewAddress)))
		w.newHere(e, a)
	}
	if e.device != 0 && a.devices[0] != uint32(e.device)|1 && !met(a.devices[:], uint32(e.device)) && a.had >= 5 {
		w.sign(a, NewDevice, rarity(a.switched, a.had, w.share(NewDevice)))
	}
}

// meanwhile is within what time whoever goes back to where it had just been is at both
// places, in microseconds.
const meanwhile = 20 * 60 * 1_000_000

// share is on what share of everybody's days there is a sign.
func (w *Watch) share(s Sign) float64 { return w.shareOf(slices.Index(signs, s)) }

func (w *Watch) shareOf(i int) float64 { return (float64(w.signed[i]) + 1) / (float64(w.lived) + 100) }

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
	bits := w.bulk(e, a)
	if bits >= float64(w.bulks.at) {
		w.alarm(e, Bulk, Alarm{Severity: Critical, Run: max(e.count, 0), Bits: bits})
	}
	if a.bulkToday&(1<<w.hourOf) == 0 {
		w.bulks.add(bits)
	}
	a.bulky = max(a.bulky, e.count)
	a.bulkToday |= 1 << w.hourOf
}

// bulk is how rare a bulk statement of that account is at that hour: how seldom it makes
// one, and how seldom then. Where it has made few, the hours at which it works stand in.
func (w *Watch) bulk(e *event, a *account) float64 {
	if a.bulky > 0 && e.count > 4*a.bulky {
		return bins - 1 // never as large
	}
	all, near, works, nearly := 0.0, 0.0, 0.0, 0.0
	for h := range a.bulks {
		all += float64(a.bulks[h])
		works += float64(a.hours[h])
	}
	for d := 23; d <= 25; d++ { // clocks are changed, and jobs come late
		near += float64(a.bulks[(w.hourOf+d)%24])
		nearly += float64(a.hours[(w.hourOf+d)%24])
	}
	days := math.Min(float64(a.had), memory)
	seldom := -math.Log2(min((all+worth*w.shareOf(len(signs)))/(days+worth), 1))
	then := -math.Log2(min((near+2*(nearly+0.1)/(works+1))/(all+2), 1))
	return seldom + then
}

// count takes a read in, and weighs counts when they have grown far enough. now is false
// for one of an hour that has ended.
func (w *Watch) count(e *event, a *account, now bool) {
	if now && a.today&(1<<w.hourOf) == 0 {
		a.today |= 1 << w.hourOf
		a.looks[ofHour] = w.least(ofHour)
		w.busy = append(w.busy, e.account)
		if a.had >= 5 {
			w.sign(a, OddHour, rarity(a.around(w.hourOf), a.had, unknown))
		}
	}
	switch {
	case e.record != 0 && e.count != 0: // what was asked for in vain is nobody
		h := mix(e.record)
		// Whoever changes nothing in the hour changes nothing in the day.
		again := now && !a.hour.add(h)
		if again && a.hour.kept != dense {
			break
		}
		if !again && a.day.add(h) {
			copy(a.recent[1:], a.recent[:])
			a.recent[0] = e.record
			if a.slow > 0 {
				a.slowly.add(h)
			}
		}
		if a.known.stranger(h) {
			a.fresh++
		}
	case e.record != 0 || e.count <= 0 || e.action == access.Copy || e.action == access.Backup:
	case e.action == access.Export:
		a.files += e.count
		if a.files >= int64(a.looks[ofFiles]) {
			w.weigh(e, a, ofFiles)
		}
	default:
		a.dayRows += e.count
		a.slowRows += e.count
		if now {
			a.hourRows += e.count
		}
	}
	if e.step != 0 {
		w.step(e, a)
	}
	if e.bare && e.count != 0 {
		if a.bare == nil {
			a.bare = &people{}
		}
		if a.bare.add(mix(e.record)); a.bare.n >= a.looks[ofBare] {
			w.weigh(e, a, ofBare)
		}
	}
	if now && a.hourRows+int64(a.hour.n) >= int64(a.looks[ofHour]) {
		w.weigh(e, a, ofHour)
	}
	if a.dayRows+int64(a.day.n) >= int64(a.looks[ofDay]) {
		w.weigh(e, a, ofDay)
	}
	if a.fresh >= a.looks[ofFresh] && a.settled() {
		w.weigh(e, a, ofFresh)
	}
}

// settled is after how many days in an office it is learnt how many strangers there are; it
// is weighed once an account has a habit of it.
const settled = 20

func (a *account) settled() bool { return a.since >= settled && a.habits[ofFresh].n >= fledged }

func (w *Watch) step(e *event, a *account) {
	a.walk.step(e.by, e.step)
	if a.walk.ratio < walked || a.walk.run < walkedFor {
		return
	}
	w.sign(a, Walking, 8)
	w.alarm(e, Walk, Alarm{Severity: High, By: e.by.String(), Step: e.step, Run: a.walk.run, Bits: float64(a.walk.ratio)})
}

// next is the count at which one that was nothing out of the ordinary is weighed again.
func next(n float64) uint32 { return uint32(n*1.05) + 1 }

const never = math.MaxUint32

// A count within three deviations is worth less than ten bits, however its tail falls off.
const (
	deviations = 3
	within     = 10
)

// counts are the rules and levels of measures.
var counts = [measures]struct {
	rule  Rule
	level int
}{ofDay: {Day, levelDay}, ofHour: {Hour, levelHour}, ofBare: {Bare, levelBare}, ofFiles: {Export, levelFiles}, ofFresh: {Fresh, levelFresh}}

// weigh alarms where a count is too high.
func (w *Watch) weigh(e *event, a *account, m measure) {
	n := a.of(m)
	g := &w.groups[a.group]
	l := &w.levels[counts[m].level]
	if usual, _ := w.habitual(a, m); l.at-a.weak > within {
		if least := usual.mean + deviations*math.Sqrt(usual.vary); n < least {
			a.looks[m] = uint32(least) + 1
			return
		}
	}
	if f := &g.factors[m]; shared[m] && (e.at-f.at > every || f.at == 0) {
		*f = factor{w.factor(g, m), e.at}
	}
	own, peers := w.expected(a, m)
	bits := surprise(n, own, peers) + float64(a.weak)
	if bits < float64(l.at) {
		a.looks[m] = next(n)
		return
	}
	a.looks[m] = never
	x := Alarm{Severity: High, Bits: bits, Usual: own.mean, Peers: peers.mean}
	rung := uint8(1)
	if bits >= 2*float64(l.at) {
		x.Severity, rung = Critical, 2
	}
	if rung <= a.rung { // another count has told as much today
		return
	}
	a.rung = rung
	switch m {
	case ofHour:
		x.People, x.Rows = int64(a.hour.n), a.hourRows
	case ofFiles:
		x.Rows = a.files
	case ofBare, ofFresh:
		x.People = int64(n)
	}
	w.alarm(e, counts[m].rule, x)
}

// habitual is what is expected of an account, by its own past and by its peers', on an
// ordinary day.
func (w *Watch) habitual(a *account, m measure) (own, peers usual) {
	kept := w.kept(m)
	peers = w.groups[a.group].habits[kept].over(w.groups[0].habits[kept].over(before[m]))
	return a.habits[kept].of(peers), peers
}

// expected is the same, on a day like today.
func (w *Watch) expected(a *account, m measure) (own, peers usual) {
	own, peers = w.habitual(a, m)
	g := &w.groups[a.group]
	if shared[m] {
		return own.times(g.factors[m].by), peers.times(g.factors[m].by)
	}
	return own, peers
}

// shared tells which counts are divided by what the whole group's have risen.
var shared = [measures]bool{ofDay: true, ofHour: true, ofFresh: true}

// kept is where the habit of a measure is kept today.
func (w *Watch) kept(m measure) measure {
	if m == ofDay && w.weekend == 1 {
		return weekEnd
	}
	return m
}

const (
	every  = 10 * 60 * 1_000_000 // how often peers are looked at, in microseconds
	asked  = 256                 // how many of them
	fewest = 5                   // and at least
)

// factor is how much more than usual the accounts of a group read today or this hour: the
// median of those that did. A mass mailing, a deadline, an outage of the day before
// move them all; a thief does not move his colleagues.
func (w *Watch) factor(g *group, m measure) float64 {
	stride := max(len(g.members)/asked, 1)
	var room [asked + 2]float64
	all := room[:0]
	for i := 0; i < len(g.members) && len(all) < len(room); i += stride {
		a := &w.of[g.members[i]]
		if a.last != w.day || a.had == 0 || m == ofHour && a.today&(1<<w.hourOf) == 0 || m == ofFresh && !a.settled() {
			continue
		}
		own, _ := w.habitual(a, m)
		all = append(all, a.of(m)/own.mean)
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
	w.lookAt(w.busy, ofHour)
	for _, i := range w.busy {
		a := &w.of[i]
		w.learn(a, ofHour, 4*memory)
		a.hour.reset()
		a.hourRows = 0
	}
	w.busy = w.busy[:0]
	w.forgetFactors(ofHour)
}

// lookAt looks at the groups of all who were at work, before any habit learns of it.
func (w *Watch) lookAt(all []uint32, m measure) {
	w.forgetFactors(m)
	slices.Sort(all)
	for _, i := range all {
		g := &w.groups[w.of[i].group]
		if f := &g.factors[m]; f.at == 0 {
			*f = factor{w.factor(g, m), 1}
		}
	}
}

func (w *Watch) forgetFactors(m measure) {
	for i := range w.groups {
		w.groups[i].factors[m].at = 0
	}
}

// learn ends a count: its surprise goes into the level, and it into the habits. It returns
// the surprise, and whether the count stood out so far that it was not learnt whole.
func (w *Watch) learn(a *account, m measure, reach float64) (bits float64, out bool) {
	n := a.of(m)
	if m == ofFiles && n == 0 {
		return 0, false // how much is asked of days on which it exports
	}
	own, peers := w.expected(a, m)
	if n > own.mean {
		bits = surprise(n, own, peers)
	}
	if m != ofFresh || a.settled() {
		l := counts[m].level
		w.tests[l]++
		if n < float64(w.least(m)) {
			w.levels[l].add(0)
		} else {
			w.levels[l].add(bits + float64(a.weak))
		}
	}
	// What is learnt is an ordinary day's.
	own, peers = w.habitual(a, m)
	g := &w.groups[a.group]
	if shared[m] {
		n /= g.factors[m].by
	}
	kept := w.kept(m)
	mine := n
	if a.had >= fledged { // there is a habit to stand out from
		mine = own.clipped(n)
	}
	a.habits[kept].learn(mine, reach)
	g.habits[kept].learn(peers.clipped(n), many)
	if a.group != 0 {
		w.groups[0].habits[kept].learn(peers.clipped(n), 4*many)
	}
	return bits, mine < n
}

const (
	fledged  = 10 // days after which an account has habits
	enduring = 10 // days in a row that stand out, after which they are the habit
	drift    = 3  // bits a day that a slow sum gives away, twice what an ordinary day has
)

// endDay learns from the day that ends.
func (w *Watch) endDay() {
	w.lookAt(w.active, ofDay)
	w.lookAt(w.active, ofFresh)
	for _, i := range w.active {
		w.endDayOf(i)
	}
	w.forgetFactors(ofDay)
	w.forgetFactors(ofFresh)
	w.active = w.active[:0]
	clear(w.places)
	clear(w.given)
	for i := range w.levels {
		if w.tests[i] > 0 {
			w.levels[i].settle(w.tests[i], w.options.Quiet*shares[i])
		}
		w.tests[i] = 0
	}
	w.bulks.settle(w.options.Quiet * bulkShare)
	for i := range w.signed {
		w.signed[i] *= fading
	}
	w.lived *= fading
}

func (w *Watch) endDayOf(i uint32) {
	a := &w.of[i]
	if total(&a.day, a.dayRows) == 0 && a.files == 0 {
		w.forget(a)
		return // it only logged in
	}
	bits, out := w.learn(a, ofDay, memory)
	w.learn(a, ofFiles, memory)
	if w.options.Reasons != nil {
		w.learn(a, ofBare, memory)
	}
	if a.since >= settled {
		weighed := a.settled()
		if fresh, _ := w.learn(a, ofFresh, memory); weighed {
			bits = max(bits, fresh)
		}
	}
	w.slow(i, a, bits+float64(a.weak)/2)
	if a.endured++; !out {
		a.endured = 0
	}
	if a.endured >= enduring { // what has stood for two weeks is what it does
		a.endured, a.slow, a.peak = 0, 0, 0
		for m := range a.habits {
			a.habits[m].n = min(a.habits[m].n, worth)
		}
	}
	w.forget(a)
	a.had++
	a.since++
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
	for i := range signs {
		if a.signs&(1<<i) != 0 {
			w.signed[i]++
		}
	}
	if a.bulkToday != 0 {
		w.signed[len(signs)]++
	}
	w.lived++
	for h := range a.hours {
		fade(&a.hours[h], a.today&(1<<h) != 0)
		fade(&a.bulks[h], a.bulkToday&(1<<h) != 0)
	}
	fade(&a.strayed, has(NewAddress))
	fade(&a.switched, has(NewDevice))
	fade(&a.doubled, a.turns >= 3)
	a.today, a.bulkToday = 0, 0
	a.walk.rest()
	a.day.reset()
	a.dayRows, a.files, a.fresh = 0, 0, 0
	a.bare = nil
}

// slow adds a day to the cumulative sum of surprise (Page 1954). The level learns of the
// most that a sum was, once it is nothing again.
func (w *Watch) slow(i uint32, a *account, bits float64) {
	if a.had < fledged {
		return // what is usual is not known yet
	}
	l := &w.levels[levelSlow]
	w.tests[levelSlow]++
	was := a.slow
	a.slow = max(a.slow+float32(min(bits, 24)-drift), 0)
	a.peak = max(a.peak, a.slow)
	switch {
	case a.slow == 0:
		// A sum that alarmed was perhaps a thief's; it must not lift the level for others.
		l.add(float64(min(a.peak, l.at+1)))
		a.slowly.reset()
		a.slowRows, a.peak = 0, 0
		return
	case was == 0:
		a.began = w.day
		a.slowly = a.day
		a.slowRows = a.dayRows
	}
	if w.day-a.told > 4*memory {
		a.tells = 0
	}
	if a.slow < l.at || a.began == w.day || a.tells > 0 && w.day-a.told < 7<<a.tells || total(&a.slowly, a.slowRows) < 3*float64(w.options.Least) {
		return
	}
	own, peers := w.habitual(a, ofDay)
	e := event{at: w.to - 1, account: i, source: none}
	w.alarm(&e, Slow, Alarm{
		Severity: High, Bits: float64(a.slow), Usual: own.mean, Peers: peers.mean, People: int64(a.slowly.n), Rows: a.slowRows, Since: dateOf(a.began),
	})
	// It begins anew, and is told again if it goes on, after ever longer a time.
	l.add(float64(l.at))
	a.told, a.tells = w.day, min(a.tells+1, 8)
	a.slow, a.peak = 0, 0
	a.slowly.reset()
	a.slowRows = 0
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
