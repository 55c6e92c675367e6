// Package reach is how far the accounts of an organisation reach into its register:
// what "constat register audit LOG --json" prints under "reach", and its page is drawn from.
package reach

import (
	"cmp"
	"slices"
	"time"

	"constat.example/desk/assessment"
)

// Reach is how many people each account could read, has read and needed to.
type Reach struct {
	Register string           `json:"register"`
	From     *string          `json:"from"` // period that the logs tell of, RFC 3339: midnight of its first day, UTC
	To       *string          `json:"to"`   // the midnight that ends its last
	Logs     []assessment.Log `json:"logs"`
	Refused  string           `json:"refused"` // why nothing is told

	People  int64 `json:"people"` // in the register now
	Could   Whole `json:"could"`
	Read    Whole `json:"read"`
	Needed  Whole `json:"needed"`
	Outside int64 `json:"outside"` // entries dated out of the period

	RankedBy  string    `json:"ranked_by"` // "could", or "read" where no rights were declared
	Costliest []string  `json:"costliest"` // accounts whose loss would cost most, at most ten
	Accounts  []Account `json:"accounts"`  // all, whose loss would cost most first
	Roles     []Role    `json:"roles"`     // most doors that nobody went through first
	Steps     []Step    `json:"steps"`     // what to change, in this order
}

// Whole is the people of the register, each once, whom somebody could read, has read or
// needed to read, and the rest; and the same by account: a door is an account and a person.
type Whole struct {
	Somebody *int64 `json:"somebody"` // null where it is refused
	Nobody   *int64 `json:"nobody"`
	Doors    *int64 `json:"doors"`
	AtLeast  *int64 `json:"at_least"` // doors, where they are only bounded
	AtMost   *int64 `json:"at_most"`
	Refused  string `json:"refused"`
}

// Account is how far an account reaches.
type Account struct {
	Account string `json:"account"`
	Role    string `json:"role"`
	Office  string `json:"office"`
	Could   *int64 `json:"could"`  // people: by its rights, and whom it read beyond them; null without rights
	Read    int64  `json:"read"`   // people in the register now whom a line says that it read
	Needed  *int64 `json:"needed"` // of read: of whom a read is explained; null without reasons

	Unread  *int64   `json:"unread"`  // of could: people whom it cannot have read, whatever lines leave out
	Beyond  int64    `json:"beyond"`  // of could: read beyond its rights
	Gone    int64    `json:"gone"`    // people read who are not in the register any more
	Unknown int64    `json:"unknown"` // record ids read that are nobody's
	Unnamed int64    `json:"unnamed"` // records returned by lines that do not tell whose
	Largest int64    `json:"largest"` // records returned by the largest line
	Bulk    int64    `json:"bulk"`    // exports, bulk statements, backups
	Cost    float64  `json:"cost"`    // of its loss, in whole records
	Kinds   []string `json:"kinds"`   // it may see of anybody
	First   *string  `json:"first"`   // line
	Last    *string  `json:"last"`
	Flags   []string `json:"flags"`

	Addresses int64 `json:"addresses"`
	Shared    int64 `json:"shared_hours"` // in which it was used from several addresses by turns
}

// AtLeast reports whether it may have read more people than lines name.
func (a *Account) AtLeast() bool { return a.Unnamed > 0 || a.Bulk > 0 }

// LastDay is the last day of the period, RFC 3339; nil where there is none.
func (r *Reach) LastDay() *string {
	if r.To == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, *r.To)
	if err != nil {
		return nil
	}
	text := at.Add(-24 * time.Hour).Format(time.RFC3339)
	return &text
}

// Role is all accounts of a role. Medians are of people, over its accounts.
type Role struct {
	Role     string `json:"role"` // "": not told
	Accounts int64  `json:"accounts"`
	Could    *int64 `json:"could"` // doors
	Read     int64  `json:"read"`
	Needed   *int64 `json:"needed"`
	Unread   *int64 `json:"unread"` // of could: doors that nobody went through, whatever lines leave out
	Median   Median `json:"median"`
}

// Median is what half of the accounts stay below.
type Median struct {
	Could  *int64 `json:"could"`
	Read   int64  `json:"read"`
	Needed *int64 `json:"needed"`
}

// Step is something to change.
type Step struct {
	Code     string   `json:"code"`
	Accounts []string `json:"accounts"` // that it bears on most first
	Roles    []string `json:"roles"`    // whose rights are meant
	Doors    int64    `json:"doors"`    // that it is about
	Count    int64    `json:"count"`    // lines or records that logs do not tell of
}

// Roles gathers accounts by their roles: first where most doors stand open that nobody
// went through.
func Roles(accounts []Account) []Role {
	by := map[string][]Account{}
	for _, a := range accounts {
		by[a.Role] = append(by[a.Role], a)
	}
	roles := []Role{}
	for name, all := range by {
		r := Role{Role: name, Accounts: int64(len(all))}
		could, needed := all[0].Could != nil, all[0].Needed != nil
		reads, coulds, needs := make([]int64, len(all)), make([]int64, len(all)), make([]int64, len(all))
		for i, a := range all {
			reads[i] = a.Read
			if could {
				coulds[i] = *a.Could
			}
			if needed {
				needs[i] = *a.Needed
			}
		}
		r.Read, r.Median.Read = sum(reads), median(reads)
		if could {
			c, m, u := sum(coulds), median(coulds), int64(0)
			for _, a := range all {
				u += *a.Unread
			}
			r.Could, r.Median.Could, r.Unread = &c, &m, &u
		}
		if needed {
			n, m := sum(needs), median(needs)
			r.Needed, r.Median.Needed = &n, &m
		}
		roles = append(roles, r)
	}
	slices.SortFunc(roles, func(a, b Role) int {
		return cmp.Or(cmp.Compare(b.unopened(), a.unopened()), cmp.Compare(b.Read, a.Read), cmp.Compare(a.Role, b.Role))
	})
	return roles
}

// unopened is how many doors of a role nobody went through.
func (r *Role) unopened() int64 {
	if r.Unread == nil {
		return 0
	}
	return *r.Unread
}

func sum(all []int64) (n int64) {
	for _, x := range all {
		n += x
	}
	return n
}

// median is the lower one of an even number.
func median(all []int64) int64 {
	all = slices.Sorted(slices.Values(all))
	return all[(len(all)-1)/2]
}
