//go:build eval

package scenario_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/watch"
	"constat.example/scenario"
)

// watched is an agency's accounts before a watch.
type watched struct {
	work  *scenario.Work
	names access.Names

	accounts, offices  []access.Name
	addresses, devices map[access.Name]access.Name
	reasons            map[access.Name]access.Name
	spent              time.Duration // in the watch
	taken              int64
}

func watchWork(k *scenario.Work) *watched {
	g := &watched{work: k, addresses: map[access.Name]access.Name{}, devices: map[access.Name]access.Name{}, reasons: map[access.Name]access.Name{}}
	for i := range k.Names().Len() {
		g.accounts = append(g.accounts, g.names.Number([]byte(k.Names().Of(access.Name(i+1)))))
	}
	return g
}

// name gives names to what stands for itself.
func (g *watched) name(all []access.Access) {
	number := func(m map[access.Name]access.Name, n access.Name, prefix string) access.Name {
		if n == 0 {
			return 0
		}
		got, ok := m[n]
		if !ok {
			got = g.names.Number(strconv.AppendUint([]byte(prefix), uint64(n), 10))
			m[n] = got
		}
		return got
	}
	for i := range all {
		a := &all[i]
		a.Account = g.accounts[a.Account-1]
		for len(g.offices) <= int(a.Office) {
			g.offices = append(g.offices, 0)
		}
		if a.Office != 0 {
			if g.offices[a.Office] == 0 {
				g.offices[a.Office] = g.names.Number(fmt.Appendf(nil, "office-%d", a.Office))
			}
			a.Office = g.offices[a.Office]
		}
		if i > 0 && a.Line == all[i-1].Line {
			a.Address, a.Device, a.Reason, a.Session = all[i-1].Address, all[i-1].Device, all[i-1].Reason, 0
			continue
		}
		a.Address, a.Device, a.Reason, a.Session = number(g.addresses, a.Address, "ip-"), number(g.devices, a.Device, "pc-"), number(g.reasons, a.Reason, "reason-"), 0
	}
}

// run has a watch take so many days in, until each says that it is enough.
func (g *watched) run(ctx context.Context, w *watch.Watch, from, to time.Time, each func(a *watch.Alarm) bool) error {
	enough := errors.New("enough")
	err := g.work.Stream(ctx, from, to, func(all []access.Access) error {
		g.name(all)
		began := time.Now()
		alarms := w.Take("log", all, &g.names)
		g.spent += time.Since(began)
		g.taken += int64(len(all))
		for i := range alarms {
			if each(&alarms[i]) {
				return enough
			}
		}
		return nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	return err
}

// days a watch learns before anything is counted.
const learning = 8 * 7

func evalNumber(t *testing.T, name, otherwise string) (from, to int) {
	t.Helper()
	low, high, found := strings.Cut(cmp.Or(os.Getenv(name), otherwise), "-")
	if !found {
		high = low
	}
	from, err1 := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	if err1 != nil || err2 != nil || from > to || from < 1 {
		t.Fatalf("%s: no range of numbers", name)
	}
	return from, to
}

func paris(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func sayAlarm(a *watch.Alarm) {
	say("%s %-8s %-6s %5.1f bits %5d people %6d rows, usual %6.1f peers %6.1f run %d %v since %s", a.At.Format("Mon 2006-01-02 15:04"), a.Rule, a.Account, a.Bits, a.People, a.Rows, a.Usual, a.Peers, a.Run, a.Signs, a.Since)
}

// TestEvalWatchQuiet counts the alarms of agencies at which nobody steals.
//
//	CONSTAT_EVAL_SEEDS=7000          agencies
//	CONSTAT_EVAL_ACCOUNTS=10000      of each
//	CONSTAT_EVAL_WEEKS=52            weeks, after eight in which the watch learns
//	CONSTAT_EVAL_LIST=1              list each
//	CONSTAT_EVAL_STATE=folder        go on from there, and leave there how far it came
func TestEvalWatchQuiet(t *testing.T) {
	from, to := evalNumber(t, "CONSTAT_EVAL_SEEDS", "7000")
	accounts, _ := evalNumber(t, "CONSTAT_EVAL_ACCOUNTS", "10000")
	weeks, _ := evalNumber(t, "CONSTAT_EVAL_WEEKS", "52")
	zone := paris(t)
	for seed := from; seed <= to; seed++ {
		ctx := context.Background()
		world, err := scenario.New(ctx, scenario.Config{People: 100 * accounts, Seed: uint64(seed), Accounts: accounts, Threads: runtime.GOMAXPROCS(0)})
		if err != nil {
			t.Fatal(err)
		}
		k, err := world.Work(ctx, scenario.Theft{Months: 20})
		if err != nil {
			t.Fatal(err)
		}
		g := watchWork(k)
		began := time.Now()
		start := world.SnapshotTime(0).AddDate(0, 2, 0)
		counted := start.AddDate(0, 0, learning)
		until := counted.AddDate(0, 0, 7*weeks)
		w := watch.New(watch.Options{Zone: zone})
		state := ""
		if dir := os.Getenv("CONSTAT_EVAL_STATE"); dir != "" {
			state = filepath.Join(dir, fmt.Sprintf("%d-%d", seed, accounts))
			if text, err := os.ReadFile(state); err == nil {
				day, rest, _ := bytes.Cut(text, []byte("\n"))
				if start, err = time.Parse(time.DateOnly, string(day)); err != nil {
					t.Fatal(err)
				}
				if err := w.Restore(bytes.NewReader(rest)); err != nil {
					t.Fatal(err)
				}
				until = start.AddDate(0, 0, 7*weeks)
			}
		}
		rules, early := map[watch.Rule]int{}, map[watch.Rule]int{}
		total := 0
		err = g.run(ctx, w, start, until, func(a *watch.Alarm) bool {
			if a.At.Before(counted) {
				early[a.Rule]++
				return false
			}
			rules[a.Rule]++
			total++
			if os.Getenv("CONSTAT_EVAL_LIST") != "" {
				sayAlarm(a)
			}
			return false
		})
		if err != nil {
			t.Fatal(err)
		}
		if state != "" {
			var out bytes.Buffer
			out.WriteString(until.Format(time.DateOnly) + "\n")
			if err := w.Save(&out); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(state, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		say("seed %d: %d accounts, %d weeks: %d alarms %v (while learning %v); %d M accesses in %.0f s, %.2f M/s watched", seed, accounts, weeks, total, rules, early, g.taken/1e6, time.Since(began).Seconds(), float64(g.taken)/1e6/g.spent.Seconds())
		if total > weeks {
			t.Errorf("seed %d: %d false alarms in %d weeks", seed, total, weeks)
		}
	}
}

// watchTheft is one way of stealing.
type watchTheft struct {
	name  string
	slow  bool
	once  bool // by one statement, so that all of it is out when it is logged
	theft scenario.Theft
}

func watchThefts() []watchTheft {
	of := func(kind string) scenario.Theft {
		k, err := scenario.LookUp(kind)
		if err != nil {
			panic(err)
		}
		return k.Theft
	}
	byDay := of("hijacked")
	byDay.Hours, byDay.Over = scenario.WorkingTime, 0.2
	calls, medical, supervisor, local := of("hijacked"), of("hijacked"), of("colluding"), of("colluding")
	calls.Role, calls.Hours = "call-centre", scenario.WorkingTime
	medical.Role = "medical"
	supervisor.Role, supervisor.Thieves = "supervisor", 2
	local.Thieves, local.Share, local.Departments = 1, 0, []string{"35"} // of the people of its own office
	slowCalls := of("slow-scrape")
	slowCalls.Role = "call-centre"
	return []watchTheft{
		{name: "hijacked", theft: of("hijacked")},
		{name: "hijacked-by-day", theft: byDay},
		{name: "colluding", theft: of("colluding")},
		{name: "enumeration", theft: of("enumeration")},
		{name: "counts-only", theft: of("counts-only")},
		{name: "slow-scrape", slow: true, theft: of("slow-scrape")},
		{name: "hijacked-calls", theft: calls},
		{name: "hijacked-medical", theft: medical},
		{name: "supervisors", theft: supervisor},
		{name: "own-office", theft: local},
		{name: "slow-calls", slow: true, theft: slowCalls},
		{name: "export", once: true, theft: scenario.Theft{Way: scenario.WayExport, Share: 3000}},
		{name: "copy", once: true, theft: of("dba-copy")},
	}
}

// caught is when a thief was.
type caught struct {
	kind      string
	slow      bool
	once      bool
	people    int // whom the thieves had read by then; -1: never
	took      int // in all
	after     time.Duration
	rule      watch.Rule
	bits      float64
	guilty    string
	role      string
	usual     float64
	otherwise int // alarms of others before
}

// TestEvalWatchThieves has thieves at agencies whose habits were learnt, and prints how
// many people they had read when an alarm was given of an account in their hands.
//
//	CONSTAT_EVAL_SEEDS=7000-7003     agencies
//	CONSTAT_EVAL_THIEVES=4           of each kind at each
//	CONSTAT_EVAL_KINDS=hijacked,…    default all
func TestEvalWatchThieves(t *testing.T) {
	from, to := evalNumber(t, "CONSTAT_EVAL_SEEDS", "7000-7003")
	_, thieves := evalNumber(t, "CONSTAT_EVAL_THIEVES", "4")
	only := os.Getenv("CONSTAT_EVAL_KINDS")
	zone := paris(t)
	ctx := context.Background()
	var all []caught
	for seed := from; seed <= to; seed++ {
		accounts := []int{500, 1000, 1500, 2000}[seed%4]
		world, err := scenario.New(ctx, scenario.Config{People: 100 * accounts, Seed: uint64(seed), Accounts: accounts, Threads: runtime.GOMAXPROCS(0)})
		if err != nil {
			t.Fatal(err)
		}
		months := 15.2 + 0.057*float64(seed%11) // thefts begin on another day, at another hour
		k, err := world.Work(ctx, scenario.Theft{Months: months})
		if err != nil {
			t.Fatal(err)
		}
		w := watch.New(watch.Options{Zone: zone})
		begins, _ := k.Period() // ten weeks before
		g := watchWork(k)
		theft := begins.AddDate(0, 0, 70)
		if err := g.run(ctx, w, theft.AddDate(0, 0, -learning), theft, func(*watch.Alarm) bool { return false }); err != nil {
			t.Fatal(err)
		}
		var learnt bytes.Buffer
		if err := w.Save(&learnt); err != nil {
			t.Fatal(err)
		}
		for i, x := range watchThefts() {
			if only != "" && !slices.Contains(strings.Split(only, ","), x.name) {
				continue
			}
			for n := range thieves {
				th := x.theft
				th.Months, th.Leaked, th.Over = months, 0, th.Over*(0.6+0.3*float64(n%4))
				if x.slow {
					th.Over = x.theft.Over
				}
				th.Thief = uint64(seed)<<16 + uint64(i)<<8 + uint64(n)
				all = append(all, catch(ctx, t, world, g, learnt.Bytes(), theft, x, th))
				c := all[len(all)-1]
				say("%d %-16s %-6s %-10s caught %6d of %6d after %5.1f d by %-6s %6.1f bits usual %5.1f (others %d)", seed, c.kind, c.guilty, c.role, c.people, c.took, c.after.Hours()/24, c.rule, c.bits, c.usual, c.otherwise)
			}
		}
	}
	watchFigures(all)
}

// catch has a watch that learnt see one theft.
func catch(ctx context.Context, t *testing.T, world *scenario.World, g *watched, learnt []byte, from time.Time, x watchTheft, th scenario.Theft) caught {
	t.Helper()
	k, err := world.Work(ctx, th)
	if err != nil {
		t.Fatal(err)
	}
	w := watch.New(watch.Options{Zone: paris(t)})
	if err := w.Restore(bytes.NewReader(learnt)); err != nil {
		t.Fatal(err)
	}
	truth := k.Truth()
	c := caught{kind: x.name, slow: x.slow, once: x.once, people: -1, took: k.Read(from.AddDate(9, 0, 0))}
	first, last := truth.Guilty[0].First, truth.Guilty[0].Last
	guilty := map[string]bool{}
	for _, a := range truth.Guilty {
		guilty[a.Account] = true
		c.guilty, c.role = a.Account, a.Role
		if a.First.Before(first) {
			first = a.First
		}
		if a.Last.After(last) {
			last = a.Last
		}
	}
	was := g.work
	g.work = k
	err = g.run(ctx, w, from, last.AddDate(0, 0, 2).Truncate(24*time.Hour), func(a *watch.Alarm) bool {
		if !guilty[a.Account] || a.At.Before(first.Add(-time.Hour)) {
			c.otherwise++
			if os.Getenv("CONSTAT_EVAL_LIST") != "" {
				sayAlarm(a)
			}
			return false
		}
		out := a.At.Add(30 * time.Second) // when it is handed out
		c.people, c.after, c.rule, c.bits, c.usual, c.guilty = k.Read(out), out.Sub(first), a.Rule, a.Bits, a.Usual, a.Account
		return true
	})
	g.work = was
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// watchFigures prints what came of thieves, by kind and in all.
func watchFigures(all []caught) {
	line := func(name string, some []caught) {
		if len(some) == 0 {
			return
		}
		var people []int
		missed, week := 0, 0
		for _, c := range some {
			if c.people < 0 {
				missed++
				people = append(people, 1<<40)
				continue
			}
			if c.after <= 7*24*time.Hour {
				week++
			}
			people = append(people, c.people)
		}
		slices.Sort(people)
		below := func(n int) int { i, _ := slices.BinarySearch(people, n); return i }
		say("%-18s %4d drills, %d missed; people read: median %d, 95th of 100 %d; before the 500th %d, the 2000th %d; within a week %d", name, len(some), missed, people[len(people)/2], people[(len(people)*95+99)/100-1], below(500), below(2000), week)
	}
	var mass []caught
	for _, x := range watchThefts() {
		var some []caught
		for _, c := range all {
			if c.kind == x.name {
				some = append(some, c)
			}
		}
		line(x.name, some)
		if !x.slow && !x.once {
			mass = append(mass, some...)
		}
	}
	line("mass, not at once", mass)
}
