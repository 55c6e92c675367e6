// Package watch asks of accesses as they happen whether somebody reads what is not
// theirs to read, and raises alarms. An account is weighed against its own past
// and its peers', in bits of surprise; what is certain alarms at once. How it works
// is told in docs/design/watch.md.
//
// It is a state machine: the same accesses give the same alarms, in whatever pieces they
// come. It reads no clock; Save keeps all of it, and Restore goes on.
package watch

import (
	"hash/fnv"
	"math"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Options say how accesses are watched. Zero values are defaults.
type Options struct {
	Zone  *time.Location // of days and hours; UTC
	Late  time.Duration  // how much later than its time an access may come and still be put in order; 30 seconds
	Quiet float64        // false alarms a week that may be expected, of all counts together; one
	Least int64          // people in a day under which no count alarms; 60

	Honey   MadeUp   // made-up people; nil: none
	Reasons Reasons  // what explains a read; nil: it is not asked
	Matcher Matcher  // Sigma rules; nil: none
	Staff   Staff    // whose accounts they are; nil: not known
	Allowed []Permit // bulk statements that are known
	Actors  int      // accounts kept at most; 1,000,000
}

// MadeUp tells which records are of made-up people.
type MadeUp interface{ Has(token.Token) bool }

// Reasons tells whether a declared reason explains that an account reads a record.
type Reasons interface {
	Explains(account, office, reason string, record token.Token, at time.Time) bool
}

// Staff tells whose accounts there are.
type Staff interface {
	// Peers names those whose work an account's is held against, when it is first met: its
	// office by itself, or its role there.
	Peers(account, office string, at time.Time) string
	// Left tells whether an account should not be in use at that time.
	Left(account string, at time.Time) bool
}

// Permit is a bulk statement that is known: empty is any.
type Permit struct {
	Account, Relation string
	Action            access.Action
}

// Matcher evaluates rules of others over accesses in the order of time.
type Matcher interface {
	// Mark tells by bits which of its conditions an access fulfils.
	Mark(a *access.Access, of func(access.Name) string) uint64
	// Take takes an access of marks other than 0, whose account and the like are given as
	// hashes, and returns what it completes.
	Take(m Marked) []Match
	// Visit codes the state.
	Visit(c *Coder)
}

// Marked is an access as a Matcher takes it.
type Marked struct {
	At                                                          int64
	Marks                                                       uint64
	Record                                                      token.Token
	Account, Address, Device, Office, Relation, Reason, Session uint64
}

// Match is a rule of others that was completed.
type Match struct {
	Title    string
	Rules    []string
	Critical bool
	Count    int64
	Window   time.Duration
}

// event is an access that waits until no earlier one can come.
type event struct {
	at, count, step, line     int64
	record                    token.Token
	account                   uint32 // index; none: nobody whom a name is known of
	group                     uint32 // of the office that is told
	source                    uint32
	address, device, relation uint64
	reason, session, office   uint64 // where there are marks
	marks                     uint64
	action                    access.Action
	by                        kind.Kind
	bare                      bool   // no reason explains it
	permitted                 bool   // a bulk statement that is known
	who                       uint64 // hash of the name of who did it
}

const none = math.MaxUint32

// group is the accounts of one office. The first is everybody.
type group struct {
	habits  [measures + 1]habit
	members []uint32

	factors [measures]factor
}

// factor is how much more the accounts of a group read today, or this hour, than they use
// to, when it was last looked at.
type factor struct {
	by float64
	at int64 // 0 is never
}

// place is an address that was new for somebody today.
type place struct {
	accounts people // for whom it is new
	offices  people
	refused  people // accounts with which a login failed there
}

// Watch is the state.
type Watch struct {
	options Options

	sources  access.Names // logs
	accounts access.Names
	offices  access.Names
	of       []account         // by number of accounts, less 1
	groups   []group           // by number of offices
	texts    map[uint64]string // of accesses that waited when the state was kept
	given    map[string]bool   // ids of alarms of today
	places   map[uint64]*place

	pending []event // in the order of time, then as they came
	due     int     // how many of the first of them nothing earlier can come before
	room    []event // where they lie
	newest  int64   // time of the latest access taken

	from, to int64 // the current hour, in microseconds
	day      int32 // since 1970
	hourOf   int
	weekend  int
	active   []uint32 // accounts that read today
	busy     []uint32 // this hour
	began    bool

	levels [levels]level
	tests  [levels]int
	bulks  rare
	signed [10]float32 // days of accounts with each sign, and with a bulk statement; older ones fading
	lived  float32     // days of accounts

	Taken     int64 // accesses taken in
	Late      int64 // of a day that had ended: weighed in no count
	Unwatched int64 // of accounts beyond the most that are kept

	raised  []Alarm
	fetched uint32 // nothing: what was read to be fetched

	// Of the names that come with accesses now.
	names map[string]*translation
}

const (
	levelDay = iota
	levelHour
	levelSlow
	levelBare
	levelFiles
	levelFresh
	levels
)

// shares of the budget of false alarms. Bulk statements have what is left.
var shares = [levels]float64{0.1, 0.1, 0.1, 0.05, 0.05, 0.1}

const bulkShare = 0.5

// translation is the names of one reader as this state knows them.
type translation struct {
	from  *access.Names
	all   []translated
	names map[uint64]access.Name // by hash; as far as an alarm had to know
	named int
}

type translated struct {
	hash    uint64
	account uint32 // of an account its index and one; 0 where it is not known to be one
	group   uint32 // of an office
}

// New returns a watch that has seen nothing.
func New(o Options) *Watch {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Late == 0 {
		o.Late = 30 * time.Second
	}
	if o.Quiet == 0 {
		o.Quiet = 1
	}
	if o.Least == 0 {
		o.Least = 60
	}
	if o.Actors == 0 {
		o.Actors = 1_000_000
	}
	w := &Watch{options: o, groups: []group{{}}, places: map[uint64]*place{}, newest: math.MinInt64}
	w.texts, w.given = map[uint64]string{}, map[string]bool{}
	for i := range w.levels {
		w.levels[i].settle(0, o.Quiet*shares[i])
	}
	w.bulks.at = usually
	return w
}

// Accounts is how many accounts are kept.
func (w *Watch) Accounts() int { return len(w.of) }

// Take takes accesses in, of one log of that name, and returns the alarms that they or
// earlier ones raise. names are those that the accesses speak of; they must stay the
// same, or grow, from call to call for one log.
func (w *Watch) Take(source string, all []access.Access, names *access.Names) []Alarm {
	t := w.translate(source, names)
	log := uint32(w.sources.Number([]byte(source)))
	late := w.options.Late.Microseconds()
	for i := range all {
		a := &all[i]
		w.Taken++
		if w.due >= abreast || w.due > 0 && a.Time < w.pending[w.due-1].at {
			w.releaseDue()
		}
		if (a.Action == access.Other || a.Action == access.Logout) && w.options.Matcher == nil {
			continue
		}
		w.enter(a, t, log)
		w.newest = max(w.newest, a.Time)
		for w.due < len(w.pending) && (w.pending[w.due].at <= w.newest-late || len(w.pending)-w.due > mostPending) {
			w.due++
		}
	}
	w.releaseDue()
	return w.drain()
}

// mostPending is how many accesses wait at most to be put in order.
const mostPending = 1 << 16

// abreast is how many accesses are weighed together, so that what is kept of their
// accounts is fetched from memory at once and not for one after the other.
const abreast = 32

// releaseDue weighs the accesses that are due.
func (w *Watch) releaseDue() {
	for i := range w.pending[:w.due] {
		if e := &w.pending[i]; e.account != none {
			w.fetched += w.of[e.account].fetch(e.record)
		}
	}
	for i := range w.pending[:w.due] {
		w.release(&w.pending[i])
	}
	w.pending = w.pending[w.due:]
	w.due = 0
}

// Flush weighs what still waits, as if nothing earlier could come.
func (w *Watch) Flush() []Alarm {
	for i := range w.pending {
		w.release(&w.pending[i])
	}
	w.pending = w.pending[:0]
	return w.drain()
}

func (w *Watch) drain() []Alarm {
	raised := w.raised
	w.raised = nil
	return raised
}

// slot makes room for an event of that time among those that wait, which stay in order.
// Most are the latest.
func (w *Watch) slot(at int64) *event {
	if len(w.pending) == cap(w.pending) { // the front has moved on: go back to where the room begins
		if len(w.room) < 2*len(w.pending) || len(w.room) == 0 {
			w.room = make([]event, max(1024, 4*len(w.pending)))
		}
		w.pending = w.room[:copy(w.room, w.pending)]
	}
	w.pending = w.pending[:len(w.pending)+1]
	i := len(w.pending) - 1
	for ; i > 0 && w.pending[i-1].at > at; i-- {
		w.pending[i] = w.pending[i-1]
	}
	return &w.pending[i]
}

// Waiting is how many accesses wait until no earlier one can come.
func (w *Watch) Waiting() int { return len(w.pending) }

// Renew tells that the names which accesses of a log speak of begin anew: whoever reads it
// may forget the ones so far.
func (w *Watch) Renew(source string) {
	w.keepTexts()
	delete(w.names, source)
}

func (w *Watch) translate(source string, names *access.Names) *translation {
	if w.names == nil {
		w.names = map[string]*translation{}
	}
	t := w.names[source]
	if t == nil || t.from != names {
		t = &translation{from: names, all: []translated{{}}}
		w.names[source] = t
	}
	for i := len(t.all); i <= names.Len(); i++ {
		h := fnv.New64a()
		h.Write([]byte(names.Of(access.Name(i))))
		t.all = append(t.all, translated{hash: max(h.Sum64(), 1)})
	}
	return t
}

// enter makes an event of an access, which waits: its names become those of the state.
func (w *Watch) enter(a *access.Access, t *translation, log uint32) {
	actor := a.Account
	if actor == 0 {
		actor = a.Address // of a service without accounts the address is who reads
	}
	of, index, reads := &t.all[actor], uint32(0), a.Action.Reads()
	if actor != 0 {
		index = of.account
		if index == 0 && (reads || a.Action == access.Login || a.Action == access.Logging) {
			index = w.meet(actor, a, t)
			of.account = index
		}
		if index == 0 {
			if n := w.accounts.Find([]byte(t.from.Of(actor))); n != 0 {
				index = uint32(n)
				of.account = index
			}
		}
		if index == 0 && reads {
			w.Unwatched++
		}
	}
	group := uint32(0)
	if index != 0 {
		group = w.peersOf(t.from.Of(actor), a, t)
	}
	e := w.slot(a.Time)
	*e = event{
		at: a.Time, count: a.Count, step: a.Step, line: a.Line, record: a.Record, source: log, group: group, action: a.Action, by: a.By, account: index - 1, // none without one
		address: t.all[a.Address].hash, device: t.all[a.Device].hash, relation: t.all[a.Relation].hash, who: of.hash,
	}
	if w.options.Reasons != nil && a.Record != 0 && reads {
		e.bare = !w.options.Reasons.Explains(t.from.Of(a.Account), t.from.Of(a.Office), t.from.Of(a.Reason), a.Record, time.UnixMicro(a.Time))
	}
	if a.Action == access.Copy || a.Action == access.Backup {
		e.permitted = w.permitted(a, t)
	}
	if w.options.Matcher != nil {
		if e.marks = w.options.Matcher.Mark(a, t.from.Of); e.marks != 0 {
			e.reason, e.session, e.office = t.all[a.Reason].hash, t.all[a.Session].hash, t.all[a.Office].hash
		}
	}
}

func (w *Watch) permitted(a *access.Access, t *translation) bool {
	for _, p := range w.options.Allowed {
		if (p.Account == "" || p.Account == t.from.Of(a.Account)) && (p.Relation == "" || p.Relation == t.from.Of(a.Relation)) && p.Action == a.Action {
			return true
		}
	}
	return false
}

// meet finds or makes the account of that name; 0 where there is room for no more.
func (w *Watch) meet(actor access.Name, a *access.Access, t *translation) uint32 {
	name := []byte(t.from.Of(actor))
	if len(w.of) >= w.options.Actors && w.accounts.Find(name) == 0 {
		return 0
	}
	n := w.accounts.Number(name)
	if int(n) <= len(w.of) {
		return uint32(n)
	}
	w.releaseDue() // those before it are weighed against the accounts of then
	office := w.peersOf(string(name), a, t)
	w.of = append(w.of, account{group: office, first: -1, last: -1})
	g := &w.groups[office]
	g.members = append(g.members, uint32(n-1))
	if office != 0 {
		w.groups[0].members = append(w.groups[0].members, uint32(n-1))
	}
	return uint32(n)
}

// peersOf is the group of those whom an account is weighed with: of its role and office
// where these are known, else of the office that the access tells.
func (w *Watch) peersOf(account string, a *access.Access, t *translation) uint32 {
	if w.options.Staff == nil {
		return w.groupOf(a.Office, t)
	}
	return w.groupNamed(w.options.Staff.Peers(account, t.from.Of(a.Office), time.UnixMicro(a.Time)))
}

// groupOf is the group of an office.
func (w *Watch) groupOf(office access.Name, t *translation) uint32 {
	if office == 0 || t.all[office].group != 0 {
		return t.all[office].group
	}
	t.all[office].group = w.groupNamed(t.from.Of(office))
	return t.all[office].group
}

func (w *Watch) groupNamed(name string) uint32 {
	n := w.offices.Number([]byte(name))
	for len(w.groups) <= int(n) {
		w.groups = append(w.groups, group{})
	}
	return uint32(n)
}

// clock sets the hour that at lies in; false for an hour that has ended.
func (w *Watch) clock(at int64) bool {
	switch {
	case w.began && at < w.from:
		return false
	case w.began && at < w.to:
		return true
	}
	t := time.UnixMicro(at).In(w.options.Zone)
	_, offset := t.Zone()
	local := at + int64(offset)*1_000_000
	const hour = 3_600_000_000
	since := local - floor(local, hour)*hour
	day, hourOf := int32(floor(local, 24*hour)), int(floor(local, hour)-24*floor(local, 24*hour))
	if w.began {
		w.endHour()
		if day > w.day {
			w.endDay()
		}
	}
	w.began = true
	w.from, w.to, w.hourOf = at-since, at-since+hour, hourOf
	w.day, w.weekend = day, 0
	if weekday := t.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		w.weekend = 1
	}
	return true
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// release weighs one access, the earliest of those that wait.
func (w *Watch) release(e *event) {
	now := w.clock(e.at)
	if e.marks != 0 {
		w.matched(e)
	}
	if e.action == access.Logging {
		w.alarm(e, Logging, Alarm{Severity: High})
	}
	if !now && e.at < w.from-int64(w.hourOf)*3_600_000_000 {
		w.Late++
		if e.account != none {
			w.certain(e, &w.of[e.account])
		}
		return
	}
	if e.account == none {
		if e.action == access.Refused {
			w.refusedAt(e, e.who)
		}
		return
	}
	a := &w.of[e.account]
	if e.action == access.Refused {
		w.refused(e, a)
		return
	}
	reads := e.action.Reads()
	if !reads && e.action != access.Login {
		return
	}
	if a.last != w.day {
		w.wake(e, a)
	}
	w.whence(e, a)
	if e.action == access.Login {
		w.enters(e, a)
		return
	}
	w.certain(e, a)
	w.count(e, a, now)
}
