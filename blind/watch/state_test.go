package watch_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/blind/watch"
)

// days makes the accesses of a small agency with two thieves.
func days(n int) (*agency, []access.Access) {
	g := newAgency(3, 60, n)
	g.thieves = []thief{{adviser: 7, from: n - 3, days: 1, strange: true}, {adviser: 40, from: n - 8, days: 8, perDay: 250}}
	var all []access.Access
	for day := range n {
		all = append(all, g.day(day, nil)...)
	}
	return g, all
}

func told(t *testing.T, alarms []watch.Alarm) string {
	t.Helper()
	text, err := json.Marshal(alarms)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func saved(t *testing.T, w *watch.Watch) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := w.Save(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// However accesses are cut, and wherever the state is put down and taken up, the
// alarms and the state at the end are the same to the byte.
func TestStoppedAnywhere(t *testing.T) {
	t.Parallel()
	g, all := days(40)
	calm := watch.New(watch.Options{})
	alarms := calm.Take("log", all, &g.names)
	alarms = append(alarms, calm.Flush()...)
	want, state := told(t, alarms), saved(t, calm)
	if len(alarms) == 0 {
		t.Fatal("no alarm was raised")
	}
	rng := rand.New(rand.NewPCG(5, 6))
	w := watch.New(watch.Options{})
	var got []watch.Alarm
	for at := 0; at < len(all); {
		n := min(1+rng.IntN(len(all)/30), len(all)-at)
		got = append(got, w.Take("log", all[at:at+n], &g.names)...)
		at += n
		next := watch.New(watch.Options{})
		if err := next.Restore(bytes.NewReader(saved(t, w))); err != nil {
			t.Fatal(err)
		}
		w = next
	}
	got = append(got, w.Flush()...)
	if told(t, got) != want {
		t.Errorf("alarms\n%s\nnot\n%s", told(t, got), want)
	}
	if !bytes.Equal(saved(t, w), state) {
		t.Error("another state")
	}
	if w.Taken != int64(len(all)) {
		t.Errorf("%d accesses were taken, not %d", w.Taken, len(all))
	}
	if perAccount := len(state) / 60; perAccount > 2600 || watch.PerAccount > 2500 {
		t.Errorf("%d bytes an account, %d in memory", perAccount, watch.PerAccount)
	}
}

// Out of order by less than the time that is waited, nothing changes.
func TestOutOfOrder(t *testing.T) {
	t.Parallel()
	g, all := days(30)
	calm := watch.New(watch.Options{})
	want := told(t, append(calm.Take("log", all, &g.names), calm.Flush()...))
	rng := rand.New(rand.NewPCG(7, 8))
	for i := 0; i+1 < len(all); i++ {
		if all[i].Time != all[i+1].Time && all[i+1].Time-all[i].Time < 15_000_000 && rng.IntN(3) == 0 {
			all[i], all[i+1] = all[i+1], all[i]
			i++
		}
	}
	w := watch.New(watch.Options{})
	if got := told(t, append(w.Take("log", all, &g.names), w.Flush()...)); got != want {
		t.Errorf("alarms\n%s\nnot\n%s", got, want)
	}
}

func FuzzRestore(f *testing.F) {
	g, all := days(12)
	w := watch.New(watch.Options{})
	w.Take("log", all[:500], &g.names)
	var out bytes.Buffer
	if err := w.Save(&out); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add(out.Bytes()[:out.Len()/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		w := watch.New(watch.Options{})
		if w.Restore(bytes.NewReader(data)) == nil {
			w.Take("log", all[500:600], &g.names)
			w.Flush()
		}
	})
}

// TestSigns gives each rule what it looks for, and something like it that is none.
func TestSigns(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		make func(s *story)
		want watch.Rule // "": no alarm
	}{
		{"a made-up person", func(s *story) { s.read("c1", 99) }, watch.Honey},
		{"somebody real", func(s *story) { s.read("c1", 98) }, ""},
		{"a bulk statement", func(s *story) { s.add(access.Access{Action: access.Copy, Count: -1}, "dba") }, watch.Bulk},
		{"one that is known", func(s *story) { s.add(access.Access{Action: access.Backup, Count: -1}, "backup") }, ""},
		{"one of every night", func(s *story) {
			for range 9 {
				s.at = s.at.AddDate(0, 0, 1)
				s.add(access.Access{Action: access.Copy, Count: 10}, "nightly")
			}
			s.clear = 3
		}, ""},
		{"logging switched off", func(s *story) { s.add(access.Access{Action: access.Logging}, "dba") }, watch.Logging},
		{"guessed", func(s *story) {
			s.read("c1", 5)
			for range 25 {
				s.add(access.Access{Action: access.Refused}, "c1")
			}
			s.add(access.Access{Action: access.Login}, "c1")
		}, watch.Forced},
		{"mistyped", func(s *story) {
			s.read("c1", 5)
			for range 4 {
				s.add(access.Access{Action: access.Refused}, "c1")
			}
			s.add(access.Access{Action: access.Login}, "c1")
		}, ""},
		{"a walk through ids", func(s *story) {
			for i := range 40 {
				s.add(access.Access{Action: access.Read, Record: token.Token(1000 + i), By: kind.RecordID, Step: 1}, "c1")
			}
		}, watch.Walk},
		{"jumps through ids", func(s *story) {
			for i := range 40 {
				s.add(access.Access{Action: access.Read, Record: token.Token(1000 + i), By: kind.RecordID, Step: int64((i*7919)%5000) - 2500}, "c1")
			}
		}, ""},
		{"a walk through dates", func(s *story) {
			for i := range 40 {
				s.add(access.Access{Action: access.Search, Record: token.Token(1000 + i), By: kind.BirthDate, Step: 1}, "c1")
			}
		}, ""}, // steps of one sign only, of dates one day: 40 are not enough to be sure
		{"an export of everything", func(s *story) {
			s.add(access.Access{Action: access.Export, Count: 1_000_000}, "c1")
		}, watch.Export},
		{"strangers", func(s *story) {
			s.work("c1", "north", 0)
			for i := range 80 {
				s.read("c1", token.Token(50_000+i))
			}
		}, watch.Fresh},
		{"as many whom it knows", func(s *story) {
			s.work("c1", "north", 0)
			for i := range 80 {
				s.read("c1", token.Token(1000+i*3))
			}
		}, ""},
		{"the people of another office", func(s *story) {
			s.work("c1", "north", 0)
			s.office = "south"
			for i := range 80 {
				s.read("c1", token.Token(50_000+i))
			}
		}, ""},
		{"everybody's people are new", func(s *story) {
			for i := range 7 {
				s.at = start
				s.work(fmt.Sprint("c", i), "north", i*1000)
			}
			for i := range 80 * 7 {
				s.read(fmt.Sprint("c", i%7), token.Token(50_000+i))
			}
		}, ""},
		{"in vain", func(s *story) {
			s.work("c1", "north", 0)
			for i := range 300 {
				s.add(access.Access{Action: access.Read, Record: token.Token(50_000 + i), Count: 0}, "c1")
			}
		}, ""},
		{"somebody who left", func(s *story) { s.read("gone", 5) }, watch.Left},
		{"an export of a list", func(s *story) { s.add(access.Access{Action: access.Export, Count: 40}, "c1") }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &story{at: start}
			c.make(s)
			slices.SortStableFunc(s.all, func(a, b access.Access) int { return cmp.Compare(a.Time, b.Time) })
			w := watch.New(watch.Options{Honey: one(99), Allowed: []watch.Permit{{Account: "backup", Action: access.Backup}}, Staff: staff{}})
			got := append(w.Take("log", s.all, &s.names), w.Flush()...)
			got = got[min(s.clear, len(got)):]
			found := c.want == "" && len(got) == 0
			for _, a := range got {
				found = found || a.Rule == c.want
			}
			if !found {
				t.Errorf("alarms %s, want %q", told(t, got), c.want)
			}
		})
	}
}

// staff has left where the name says so; everybody is of the one role.
type staff struct{}

func (staff) Peers(_, office string, _ time.Time) string { return "adviser, " + office }
func (staff) Left(account string, _ time.Time) bool      { return account == "gone" }

// Peers are those whom the staff names; and names that begin anew while accesses wait are
// told all the same.
func TestStaffAndNewNames(t *testing.T) {
	t.Parallel()
	w := watch.New(watch.Options{Staff: staff{}})
	var names access.Names
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	take := func(account, address string, action access.Action) []watch.Alarm {
		at = at.Add(time.Second)
		return w.Take("log", []access.Access{{Time: at.UnixMicro(), Line: 1, Action: action, Count: -1, Account: names.Number([]byte(account)), Address: names.Number([]byte(address)), Office: names.Number([]byte("075"))}}, &names)
	}
	take("dba", "192.0.2.7", access.Copy)
	if w.Waiting() != 1 {
		t.Fatalf("%d accesses wait", w.Waiting())
	}
	w.Renew("log")
	names.Reset()
	take("c1", "192.0.2.8", access.Read)
	take("c2", "192.0.2.9", access.Read)
	got := w.Flush()
	if len(got) != 1 || got[0].Rule != watch.Bulk || got[0].Account != "dba" || got[0].Address != "192.0.2.7" || got[0].Office != "adviser, 075" {
		t.Errorf("alarms %s", told(t, got))
	}
}

type one token.Token

func (o one) Has(t token.Token) bool { return token.Token(o) == t }

// story makes accesses a second apart.
type story struct {
	names  access.Names
	at     time.Time
	all    []access.Access
	clear  int // alarms that come first and are not looked at
	office string
}

// work has an account read, for thirty days, from 40 to 70 of its 300 people.
func (s *story) work(account, office string, of int) {
	s.office = office
	for day := range 30 {
		for i := range 40 + day*7%30 {
			s.read(account, token.Token(1000+of+(day*97+i*7)%300))
		}
		s.at = s.at.Add(24 * time.Hour).Truncate(24 * time.Hour).Add(9 * time.Hour)
	}
}

func (s *story) add(a access.Access, account string) {
	a.Office = s.names.Number([]byte(s.office))
	a.Account, a.Time, a.Line = s.names.Number([]byte(account)), s.at.UnixMicro(), int64(len(s.all)+1)
	s.all = append(s.all, a)
	s.at = s.at.Add(time.Second)
}

func (s *story) read(account string, record token.Token) {
	s.add(access.Access{Action: access.Read, Record: record, Count: 1}, account)
}

func TestPeopleAreCounted(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 10, 56, 57, 65, 100, 300, 600, 1000, 5000, 100_000} {
		got := float64(watch.CountPeople(n))
		allowed := 0.2 * float64(n)
		if n <= 56 {
			allowed = 0
		}
		if math.Abs(got-float64(n)) > allowed {
			t.Errorf("%d people are counted as %v", n, got)
		}
	}
}

// The tail of a negative binomial against its terms added up.
func TestTail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, mean, vary float64 }{{50, 40, 400}, {100, 40, 400}, {30, 40, 400}, {5, 1, 2}, {300, 40, 360}} {
		size := c.mean * c.mean / (c.vary - c.mean)
		sum := 0.0
		for k := int(c.n); k < 3000; k++ {
			a, _ := math.Lgamma(float64(k) + size)
			b, _ := math.Lgamma(size)
			d, _ := math.Lgamma(float64(k) + 1)
			sum += math.Exp(a - b - d + size*math.Log(size/(size+c.mean)) + float64(k)*math.Log(c.mean/(size+c.mean)))
		}
		if got := watch.LogTail(c.n, c.mean, c.vary); math.Abs(got-math.Log2(sum)) > 1e-3 {
			t.Errorf("the tail of %v from %v on is 2^%.4f, not 2^%.4f", c.mean, c.n, got, math.Log2(sum))
		}
	}
}
