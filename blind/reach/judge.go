package reach

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"constat.example/blind/kind"
)

const (
	day = 24 * 3600 * 1_000_000 // microseconds
	// asleep is how long an account is without a line before it is said to sleep.
	asleep = 30 * day
	// turns is in how many hours an account is used from several addresses by turns
	// before it is said to be shared: once or twice is a telephone on the way home.
	turns = 3
)

// Severity is how bad it is that somebody is read with kinds of data, from 0 to 4: ENISA's data
// processing context times ease of identification (Recommendations for a methodology of
// the assessment of severity of personal data breaches, 2013, annexes 1 and 2).
func Severity(kinds kind.Set) float64 {
	worst, ease := 0, 0.25
	var name, birth, street, direct bool
	for _, k := range kinds.Kinds() {
		if k == kind.Unknown || k == kind.RecordID {
			continue // what they say, or do not, opens no door by itself
		}
		info := k.Info()
		worst = max(worst, int(info.Sensitivity))
		name = name || info.Family == kind.Name
		birth = birth || k == kind.BirthDate
		street = street || k == kind.Address
		direct = direct || info.Direct
	}
	switch {
	case direct, name && birth && street:
		ease = 1
	case name && (birth || street):
		ease = 0.75
	case name:
		ease = 0.5
	}
	return float64(worst) * ease
}

// Rules say which lists were given.
type Rules struct {
	Rights  bool     // Counts.Grants are all that accounts may read
	Listed  bool     // accounts were listed
	Reasons bool     // what explains reads
	Kinds   kind.Set // that the register holds
}

// Judge tells how far accounts reach. Its error is that counts do not add up.
func Judge(c *Counts, r Rules) (*Finding, error) {
	if err := c.check(r); err != nil {
		return nil, err
	}
	known := int64(0)
	for _, x := range c.Read {
		known += x.Now + x.Gone
	}
	switch {
	case c.Entries == 0 || len(c.Read) == 0 && c.Nameless == c.Entries:
		return &Finding{Refused: NoReads}, nil
	case known == 0 && len(c.Read) > 0:
		return &Finding{Refused: NoJoin}, nil
	}
	f := &Finding{}
	accounts := map[int64]*Account{}
	of := func(id int64) *Account {
		if accounts[id] == nil {
			accounts[id] = &Account{Account: id, Seen: Seen{Account: id}, Read: Read{Account: id}}
		}
		return accounts[id]
	}
	for _, x := range c.Seen {
		of(x.Account).Seen = x
	}
	for _, x := range c.Read {
		of(x.Account).Read = x
	}
	whole := Severity(r.Kinds)
	lists := map[int64][]Share{}
	for _, x := range c.Lists {
		lists[x.Account] = append(lists[x.Account], x)
	}
	for _, g := range c.Grants {
		a := of(g.Account)
		a.Listed = g.Listed
		a.Declared, a.Cost, a.Kinds = c.declared(g, lists[g.Account], func(kinds kind.Set) float64 {
			if whole == 0 {
				return 1
			}
			return Severity(kinds&r.Kinds) / whole
		})
		if g.Left != 0 && g.Left < c.To {
			a.Flags = append(a.Flags, Left)
			if a.Seen.AfterLeft > 0 {
				a.Flags = append(a.Flags, AfterLeft)
			}
		}
	}
	for _, a := range accounts {
		a.Could = a.Read.Now
		if r.Rights {
			a.Beyond = a.Read.Now - a.Read.Within
			a.Could = a.Declared + a.Beyond
		} else {
			a.Declared, a.Cost = 0, 0
		}
		if a.Seen.Untold == 0 {
			a.Unread = max(0, a.Could-a.Read.Now-a.Seen.Unnamed)
		}
		// With which kinds somebody was read beyond rights is not told: the whole record is taken.
		a.Cost += float64(a.Could - a.Declared)
		if a.Could < a.Read.Now || a.Read.Now < a.Read.Needed || a.Could > c.People {
			return nil, fmt.Errorf("the people of an account do not add up: it could read %d of %d, has read %d, needed %d", a.Could, c.People, a.Read.Now, a.Read.Needed)
		}
		a.flag(c, r)
		f.Could, f.Read, f.Needed = f.Could+a.Could, f.Read+a.Read.Now, f.Needed+a.Read.Needed
		f.Accounts = append(f.Accounts, *a)
	}
	slices.SortFunc(f.Accounts, func(a, b Account) int {
		return cmp.Or(cmp.Compare(b.Cost, a.Cost), cmp.Compare(a.Read.Needed, b.Read.Needed), cmp.Compare(a.Read.Now, b.Read.Now), cmp.Compare(a.Account, b.Account))
	})
	f.steps(c, r)
	return f, nil
}

// declared is how many people a grant lets an account read, what they weigh in whole
// records, and the kinds it sees of anybody.
func (c *Counts) declared(g Grant, list []Share, weigh func(kind.Set) float64) (people int64, cost float64, kinds kind.Set) {
	var near, both, listed int64 // of its offices, of these on its list, elsewhere on it
	if g.Office != 0 {
		for _, o := range g.Offices {
			near += c.Offices[o]
		}
	}
	if g.Assigned != 0 {
		for _, s := range list {
			if _, mine := slices.BinarySearch(g.Offices, s.Office); mine && g.Office != 0 {
				both += s.People
			} else {
				listed += s.People
			}
		}
	}
	add := func(n int64, of kind.Set) {
		if n > 0 && of != 0 {
			people, cost, kinds = people+n, cost+float64(n)*weigh(of), kinds|of
		}
	}
	add(both, g.All|g.Office|g.Assigned)
	add(near-both, g.All|g.Office)
	add(listed, g.All|g.Assigned)
	add(c.People-near-listed, g.All)
	return people, math.Round(cost*1000) / 1000, kinds
}

// flag says what is notable about an account.
func (a *Account) flag(c *Counts, r Rules) {
	add := func(is bool, flag string) {
		if is {
			a.Flags = append(a.Flags, flag)
		}
	}
	add(c.To-c.From >= asleep && (a.Seen.Last == 0 || a.Seen.Last < c.To-asleep), Asleep)
	add(r.Listed && !a.Listed, Unlisted)
	add(a.Seen.Shared >= turns, Shared)
	add(a.Beyond > 0, Beyond)
	add(a.Seen.Unnamed > 0, Counted)
	add(a.Seen.Bulk > 0, Bulk)
}

// Is reports whether a flag is among those of an account.
func (a *Account) Is(flag string) bool { return slices.Contains(a.Flags, flag) }

// steps says what to change, what helps most for least first.
func (f *Finding) steps(c *Counts, r Rules) {
	// add adds a step about the accounts of which it is more than nothing.
	add := func(code string, count int64, is func(*Account) bool, doors func(*Account) int64) {
		s := Step{Code: code, Count: count}
		var about []*Account
		for i := range f.Accounts {
			if a := &f.Accounts[i]; is(a) {
				about = append(about, a)
			}
		}
		slices.SortStableFunc(about, func(a, b *Account) int { return cmp.Compare(doors(b), doors(a)) })
		for _, a := range about {
			s.Accounts, s.Doors = append(s.Accounts, a.Account), s.Doors+doors(a)
		}
		if len(s.Accounts) > 0 || s.Count > 0 {
			f.Steps = append(f.Steps, s)
		}
	}
	could := func(a *Account) int64 { return a.Could }
	revoke := func(a *Account) bool { return a.Could > 0 && (a.Is(Left) || a.Is(Asleep)) }
	add(StepRevoke, 0, revoke, could)
	left := Costliest // those who are to be closed need no guard
	f.narrow(c, r)
	add(StepProtect, 0, func(a *Account) bool {
		if a.Could == 0 || left == 0 || revoke(a) {
			return false
		}
		left--
		return true
	}, func(a *Account) int64 { return int64(math.Round(a.Cost)) })
	add(StepEnforce, 0, func(a *Account) bool { return a.Is(Beyond) }, func(a *Account) int64 { return a.Beyond })
	add(StepSeparate, 0, func(a *Account) bool { return a.Is(Shared) }, could)
	add(StepList, 0, func(a *Account) bool { return a.Is(Unlisted) && a.Seen.Lines > 0 }, could)
	unnamed := int64(0)
	for _, x := range c.Seen {
		unnamed += x.Unnamed
	}
	add(StepName, unnamed, func(a *Account) bool { return a.Is(Counted) }, func(a *Account) int64 { return a.Seen.Unnamed })
	add(StepWho, c.Nameless, func(*Account) bool { return false }, could)
}

const (
	narrowRoles = 3 // are named at most
	// narrowFrom is from which part of people who cannot have been read on rights are said to be wide: a fifth
	// of them is room for the work of a longer time than that of the logs.
	narrowFrom = 0.8
)

// narrow names the roles whose accounts together could read most people whom they did not.
func (f *Finding) narrow(c *Counts, r Rules) {
	if !r.Rights {
		return
	}
	role := map[int64]int64{}
	for _, g := range c.Grants {
		role[g.Account] = g.Role
	}
	type sum struct {
		role, could, unread int64
		accounts            []int64
	}
	sums := map[int64]*sum{}
	for _, a := range f.Accounts {
		id := role[a.Account]
		if id == 0 || a.Is(Left) || a.Is(Asleep) {
			continue
		}
		if sums[id] == nil {
			sums[id] = &sum{role: id}
		}
		x := sums[id]
		x.could, x.unread, x.accounts = x.could+a.Could, x.unread+a.Unread, append(x.accounts, a.Account)
	}
	var wide []*sum
	for _, x := range sums {
		if len(x.accounts) > 1 && x.unread > 0 && float64(x.unread) >= narrowFrom*float64(x.could) {
			wide = append(wide, x)
		}
	}
	slices.SortFunc(wide, func(a, b *sum) int {
		return cmp.Or(cmp.Compare(b.unread, a.unread), cmp.Compare(a.role, b.role))
	})
	if wide = wide[:min(narrowRoles, len(wide))]; len(wide) == 0 {
		return
	}
	s := Step{Code: StepNarrow}
	for _, x := range wide {
		s.Roles, s.Accounts, s.Doors = append(s.Roles, x.role), append(s.Accounts, x.accounts...), s.Doors+x.unread
	}
	f.Steps = append(f.Steps, s)
}

// check is that the counts add up.
func (c *Counts) check(r Rules) error {
	sum := int64(0)
	for _, n := range c.Offices {
		sum += n
	}
	if sum != c.People {
		return fmt.Errorf("the people of the offices do not add up: %d of %d", sum, c.People)
	}
	w := c.Whole
	if w.Needed > w.Read || w.Read > w.Reachable || w.Reachable > c.People {
		return fmt.Errorf("the people of the register do not add up: %d, of whom %d could be read, %d were and %d had to be", c.People, w.Reachable, w.Read, w.Needed)
	}
	for _, x := range c.Read {
		if r.Rights && x.Within > x.Now || x.Needed > x.Now {
			return fmt.Errorf("the people that an account read do not add up: %d, of whom %d within its rights and %d needed", x.Now, x.Within, x.Needed)
		}
	}
	return nil
}
