package verdict_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/verdict"
)

// TestDatedToTheMinute: ten thousand linked people, three hundred changes a day whose
// instants the register tells, and two snapshots sixty days apart. Copies are dated
// to minutes; nothing about how changes are spread is supposed, so that they are not
// spread evenly here: none at night, many at nine o'clock.
func TestDatedToTheMinute(t *testing.T) {
	t.Parallel()
	const perDay, days, copies, linked = 300, 33, 6, 10_000 // everybody changes once
	r := rand.New(rand.NewPCG(31, 32))
	micros := func(x time.Time) any { return x.UnixMicro() }
	var moved [][]any
	var first, second []int64
	var instants []time.Time
	for person := int64(1); person <= perDay*days; person++ {
		at := start.Add(time.Duration(r.IntN(days))*day + 7*time.Hour + time.Duration(r.Float64()*float64(13*time.Hour)))
		if r.IntN(5) == 0 {
			at = at.Truncate(day).Add(9*time.Hour + time.Duration(r.IntN(600))*time.Second)
		}
		instants = append(instants, at)
		first, second = append(first, 2*person), append(second, 2*person+1)
		moved = append(moved, []any{person, int64(0), int64(0), nil, nil, int64(1), first[person-1]}, []any{person, int64(1), int64(1) << 32, micros(at), micros(at), nil, second[person-1]})
	}
	truths, held := 0, 0
	var widest time.Duration
	for range copies {
		s, err := duckdb.Open(t.Context(), engine.Config{Threads: 1, Memory: 256 << 20, Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		load := func(name string, columns, types []string, rows [][]any) {
			t.Helper()
			if err := s.Load(t.Context(), name, columns, types, rows); err != nil {
				t.Fatal(err)
			}
		}
		at := start.Add(5*day + time.Duration(r.Float64()*float64((days-10)*day)))
		at = at.Truncate(day).Add(8*time.Hour + time.Duration(r.Float64()*float64(11*time.Hour)))
		var dump, links [][]any
		for i, changed := range instants {
			value := first[i]
			if !changed.After(at) != (r.IntN(200) == 0) { // one row in two hundred is wrong
				value = second[i]
			}
			dump = append(dump, []any{int64(i + 1), value})
			links = append(links, []any{int64(i + 1), int64(i + 1), int64(999_000)})
		}
		load("moves", []string{"person", "segment", "step", "at_from", "at_to", "until", "email"}, []string{"INTEGER", "INTEGER", "BIGINT", "BIGINT", "BIGINT", "INTEGER", "BIGINT"}, moved)
		load("dump", []string{"row", "email"}, []string{"BIGINT", "BIGINT"}, dump)
		load("link", []string{"row", "person", "probability"}, []string{"BIGINT", "BIGINT", "BIGINT"}, links)
		for name, query := range map[string]string{
			"reg_moved":   "SELECT *, FALSE AS gone FROM moves",
			"reg_touched": "SELECT DISTINCT person FROM moves",
			"exposure":    "SELECT DISTINCT person FROM link",
		} {
			if err := s.Table(t.Context(), name, query); err != nil {
				t.Fatal(err)
			}
		}
		m := register.Manifest{Snapshots: []register.Snapshot{{AsOf: start, People: linked}, {AsOf: start.Add(days * day), People: linked}}}
		c, err := verdict.Count(t.Context(), s, []link.Shared{{Kind: kind.Email, Register: []string{"email"}, Same: "coalesce(d.email = r.email, FALSE)"}}, m)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Changes) > 2500 {
			t.Errorf("%d counts are not few", len(c.Changes))
		}
		w := verdict.WindowOf(c, time.Time{})
		if w.Refused != "" || w.Shape != verdict.Once || w.Basis != verdict.History || !w.Even {
			t.Fatalf("%+v", w)
		}
		truths++
		if within(at, w.NotBefore, w.NotAfter) && within(at, w.Low, w.High) {
			held++
		}
		widest = max(widest, w.NotAfter.Sub(w.NotBefore))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d copies within their bounds, of %v at most", held, truths, widest)
	if held < truths-1 || widest > time.Hour {
		t.Errorf("%d of %d copies lie within their bounds, which are %v apart at most", held, truths, widest)
	}
}

// TestDatedCoverage draws copies of registers that tell the instants of changes.
func TestDatedCoverage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(33, 34))
	worlds, held, bounded, dated := 100, 0, 0, 0
	var widths []float64
	for range worlds {
		const days = 3
		c := verdict.Counts{People: 100_000, Linked: 10_000, Snapshots: []time.Time{start, start.Add(days * day)}}
		at := start.Add(day + time.Duration(r.Float64()*float64((days-2)*day)))
		perDay, wrong := 20+r.IntN(400), 0.03*r.Float64()*r.Float64()
		bins := map[time.Time]int{}
		for range perDay * days {
			changed := start.Add(time.Duration(r.Float64() * float64(days*day)))
			bin := changed.Truncate(time.Minute)
			i, ok := bins[bin]
			if !ok {
				i = len(c.Changes)
				bins[bin] = i
				c.Changes = append(c.Changes, verdict.Change{From: bin, To: bin.Add(time.Minute), Kind: kind.Email, Dated: true, Exact: true})
			}
			if !changed.After(at) != (r.Float64() < wrong) {
				c.Changes[i].After++
			} else {
				c.Changes[i].Before++
			}
		}
		w := verdict.WindowOf(c, time.Time{})
		if w.Refused != "" || w.Shape != verdict.Once {
			continue
		}
		dated++
		if within(at, w.Low, w.High) {
			held++
		}
		if within(at, w.NotBefore, w.NotAfter) {
			bounded++
		}
		if perDay > 250 {
			widths = append(widths, w.NotAfter.Sub(w.NotBefore).Minutes())
		}
	}
	t.Logf("%d dated, interval holds %.1f %%, bounds %.1f %%; with 250 changes a day and more the bounds are %.0f minutes apart (median)",
		dated, 100*float64(held)/float64(dated), 100*float64(bounded)/float64(dated), median(widths))
	if dated*20 < worlds*19 || float64(held) < 0.95*float64(dated) || float64(bounded) < 0.95*float64(dated) || median(widths) > 60 {
		t.Errorf("%d of %d dated; %d intervals and %d bounds hold the truth; median width %v minutes", dated, worlds, held, bounded, median(widths))
	}
}
