package office

import (
	"fmt"
	"time"

	"constat.example/internal/chance"
	"constat.example/internal/failure"
)

// Person is somebody whom accounts may read.
type Person struct {
	Number   uint32 // of the record
	From, To int32  // in the register from the one up to the other, in seconds since Config.Start
}

// Config says who works at which agency.
type Config struct {
	Seed        uint64
	Accounts    int // from MinAccounts to MaxAccounts
	Start       time.Time
	Departments []string   // their codes
	People      [][]Person // of each department
}

// How many accounts an agency may have: fewer have no offices, more no addresses.
const (
	MinAccounts = 20
	MaxAccounts = 100_000
)

// Role is what an account is for.
type Role uint8

// Roles.
const (
	Adviser    Role = iota // follows some hundred people
	Supervisor             // looks after advisers' work, makes extracts
	Medical                // sees some people of the office
	CallCentre             // answers whoever calls, from all of the country
	Partner                // somebody at another organisation
	Client                 // a program of another organisation
	DBA                    // looks after the database
	Batch                  // a program that works at night
	Roles      int  = iota
)

var roles = [Roles]struct {
	name   string
	prefix byte
	share  int   // of accounts, in thousandths; the programs and the DBA have the rest
	a      int64 // pieces of work a day, in thousandths
}{
	Adviser:    {"adviser", 'c', 730, 20_000},
	Supervisor: {"supervisor", 'r', 60, 9_000},
	Medical:    {"medical", 'm', 35, 14_000},
	CallCentre: {"call-centre", 't', 120, 55_000},
	Partner:    {"partner", 'x', 45, 5_000},
	Client:     {"client", 'a', 0, 500_000},
	DBA:        {"dba", 'd', 0, 6_000},
	Batch:      {"batch", 'b', 0, 0},
}

func (r Role) String() string { return roles[r].name }

// local reports whether accounts of that role belong to an office and read its people.
func (r Role) local() bool { return r <= Medical }

// account is one account.
type account struct {
	key   uint64
	role  Role
	rate  int64 // pieces of work on an ordinary day, in thousandths
	off   uint8 // weekdays that it does not work, as bits
	late  bool  // the later shift of a call centre
	begin day   // works from begin up to end
	end   day
	desks [2]desk // now, and from moves on
	moves day
}

// desk is a place in an office.
type desk struct{ office, seat int32 }

// office is a region of departments and those who look after its people.
type office struct {
	name   string // code of the first department, in three characters
	first  int    // department
	people []Person
	seats  [Medical + 1]int32 // accounts by role
}

// Staff is all accounts of an agency. It is safe for concurrent use.
type Staff struct {
	seed     uint64
	origin   day
	start    int64 // of the history, in microseconds
	accounts []account
	offices  []office
	everyone []Person
	mailings []day // on which many were written to: they call in the days after
	extra    map[day][]Event
	returned []uint32 // what pages of extra name
	silent   map[int32]bool
	gaps     [][2]int64
}

// never is a day that does not come.
const never = day(1<<31 - 1)

// NewStaff engages everybody.
func NewStaff(c Config) (*Staff, error) {
	if c.Accounts < MinAccounts || c.Accounts > MaxAccounts {
		return nil, failure.New(failure.Usage, fmt.Sprintf("Give a number of accounts from %d to %d.", MinAccounts, MaxAccounts), "an agency cannot have %d accounts", c.Accounts)
	}
	s := &Staff{seed: chance.Mix(c.Seed ^ 0x6f6666696365), origin: day(c.Start.Unix() / 86_400), start: c.Start.UnixMicro(), extra: map[day][]Event{}, silent: map[int32]bool{}}
	for _, p := range c.People {
		s.everyone = append(s.everyone, p...)
	}
	if len(s.everyone) == 0 {
		return nil, failure.New(failure.Usage, "Give a larger number of people.", "an agency without people has nobody to look after")
	}
	counts := share(c.Accounts)
	s.open(c, counts)
	s.engage(c.Accounts, counts)
	for m := range 130 {
		first := s.origin + day(30*m)
		if s.luck(uint64(m), 1)%3 > 0 {
			s.mailings = append(s.mailings, first+day(s.luck(uint64(m), 2)%28))
		}
	}
	return s, nil
}

// luck is a number that goes with two others and the seed.
func (s *Staff) luck(a, b uint64) uint64 { return chance.Mix(chance.Mix(s.seed^a) + b) }

// share is how many accounts have each role.
func share(n int) (counts [Roles]int) {
	counts[Client], counts[DBA], counts[Batch] = 2+n/2500, 2+n/2500, 2
	left := n - counts[Client] - counts[DBA] - counts[Batch]
	counts[Adviser] = left
	for r := Supervisor; r <= Partner; r++ {
		counts[r] = max(1, left*roles[r].share/1000)
		counts[Adviser] -= counts[r]
	}
	return counts
}

// open opens offices: each for so many neighbouring departments as give six advisers work.
func (s *Staff) open(c Config, counts [Roles]int) {
	least := len(s.everyone) * 6 / max(counts[Adviser], 6)
	var o office
	for i, people := range c.People {
		if o.name == "" {
			o.name, o.first = fmt.Sprintf("%03s", c.Departments[i]), i
		}
		o.people = append(o.people, people...)
		if len(o.people) >= max(least, 1) {
			s.offices = append(s.offices, o)
			o = office{}
		}
	}
	switch last := len(s.offices) - 1; {
	case last < 0:
		s.offices = append(s.offices, o)
	case len(o.people) > 0:
		s.offices[last].people = append(s.offices[last].people, o.people...)
	}
}

// engage gives accounts their roles, offices and habits.
func (s *Staff) engage(n int, counts [Roles]int) {
	s.accounts = make([]account, n)
	order := chance.NewPermutation(uint64(n), s.luck(0, 3))
	at := 0
	for r := range Role(Roles) {
		for i := range counts[r] {
			a := &s.accounts[order.At(uint64(at))]
			at++
			a.key, a.role, a.begin, a.end, a.moves = s.luck(uint64(at), 4), r, -never, never, never
			d := chance.NewDice(a.key, 1)
			a.rate = roles[r].a * lognormal[d.Below(cells)] / 1000
			if r == Client || r == Batch || r == DBA {
				a.rate, a.desks[0].seat = roles[r].a, int32(i)
				continue
			}
			if d.Chance(150) {
				a.rate *= 4 // whoever does the work of all
			}
			if r == CallCentre {
				a.rate = min(a.rate, 2*roles[r].a) // calls take their time
			}
			a.rate = min(a.rate, 6*roles[r].a)
			if d.Chance(2000) {
				a.off |= 1 << d.Below(5)
			}
			a.late = d.Chance(4500)
			switch { // over two years
			case d.Chance(1200):
				a.begin = s.origin + day(d.Below(730))
			case d.Chance(1200):
				a.end = s.origin + day(d.Below(730))
			case d.Chance(300):
				a.end = s.origin - 1 // an account that nobody closed
			}
			if !r.local() {
				continue
			}
			a.desks[0] = s.seat(r, i, counts[r])
			a.desks[1] = a.desks[0]
			if d.Chance(700) && len(s.offices) > 1 {
				a.moves = s.origin + day(d.Below(730))
				a.desks[1] = desk{int32(d.Below(len(s.offices))), int32(d.Below(1 << 20))}
			}
		}
	}
}

// seat places the i-th of n accounts of a role, by the number of people.
func (s *Staff) seat(r Role, i, n int) desk {
	at := (2*i + 1) * len(s.everyone) / (2 * n)
	for k := range s.offices {
		o := &s.offices[k]
		if at -= len(o.people); at < 0 || k == len(s.offices)-1 {
			o.seats[r]++
			return desk{int32(k), o.seats[r] - 1}
		}
	}
	panic("no office")
}

// Accounts is how many there are.
func (s *Staff) Accounts() int { return len(s.accounts) }

// Role is that of an account.
func (s *Staff) Role(account int32) Role { return s.accounts[account].role }

// at is where an account works on a day.
func (a *account) at(d day) desk {
	if d >= a.moves {
		return a.desks[1]
	}
	return a.desks[0]
}

// AppendAccount writes the name of an account.
func (s *Staff) AppendAccount(b []byte, account int32) []byte {
	return fmt.Appendf(b, "%c%04d", roles[s.accounts[account].role].prefix, account)
}

// Office is the name of the office of an account at an instant; "" for none.
func (s *Staff) Office(account int32, at int64) string {
	a := &s.accounts[account]
	if !a.role.local() {
		return ""
	}
	return s.offices[a.at(day(at/whole)).office].name
}

// OfficeNumber numbers offices from 1; 0 for none.
func (s *Staff) OfficeNumber(account int32, at int64) int {
	a := &s.accounts[account]
	if !a.role.local() {
		return 0
	}
	return int(a.at(day(at/whole)).office) + 1
}

// works reports whether an account works on a day: weekends, holidays, days off and leave.
func (s *Staff) works(a *account, d day) bool {
	if d < a.begin || d >= a.end {
		return false
	}
	weekday := d.weekday()
	switch a.role {
	case Client, Batch:
		return true
	case CallCentre:
		if weekday == 6 || weekday == 5 && chance.Mix(a.key+uint64(d))%4 > 0 {
			return false
		}
	default:
		if weekday >= 5 || a.off>>weekday&1 == 1 {
			return false
		}
	}
	return !holiday(d) && !away(a, d)
}

// away reports whether an account is on leave or ill: three weeks in summer, half of
// them one at the end of the year, one week in sixteen otherwise.
func away(a *account, d day) bool {
	year, month, _ := d.date()
	week := int(d+3) / 7
	switch month {
	case time.July, time.August:
		first := int(civil(year, time.July, 1)+3) / 7
		since := week - first - int(chance.Mix(a.key+uint64(year))%7)
		return since >= 0 && since < 3
	case time.December:
		if d >= civil(year, time.December, 23) {
			return chance.Mix(a.key+uint64(year)+7)%2 == 0
		}
	}
	return chance.Mix(a.key+uint64(week)<<20)%16 == 0 || chance.Mix(a.key+uint64(d)<<24)%70 == 0
}

// Listed reports whether an account is in the list of accounts that goes with logs from one
// instant up to another, and when its person left, in microseconds since 1970; 0 if not by then.
func (s *Staff) Listed(account int32, from, to int64) (listed bool, left int64) {
	a := &s.accounts[account]
	if a.begin > day((to-1)/whole) || a.end >= s.origin && a.end <= day(from/whole) {
		return false, 0 // not engaged yet, or closed in time
	}
	if a.end <= day((to-1)/whole) {
		left = int64(a.end) * whole
	}
	return true, left
}

// OfficeOf is the office that follows the people of a department, by its place among all.
func (s *Staff) OfficeOf(department int) string {
	name := ""
	for i := range s.offices {
		if s.offices[i].first <= department {
			name = s.offices[i].name
		}
	}
	return name
}
