package link

import (
	"math"
	"testing"
)

// The aspects of a register with names, dates, places and a phone.
func testAspects(t *testing.T) ([]*aspect, func(*aspect) []float64) {
	t.Helper()
	f := filled{
		"birth_surname": true, "given_names": true, "birth_date": true, "sex": true,
		"postcode": true, "city": true, "phone": true, "phone_head": true, "phone_tail": true,
	}
	as := aspects(f, f)
	u := map[string][]float64{
		"surname":    {5e-4, 1e-3, 5e-4, 1e-4},
		"given":      {7e-3, 1e-2, 5e-3, 3e-3, 1e-4},
		"birth_date": {4e-5, 1e-3, 3e-2},
		"sex":        {0.5},
		"place":      {1e-4, 1e-4},
		"phone":      {1e-7, 2e-4},
	}
	for _, a := range as {
		if len(u[a.name]) != len(a.levels)-1 {
			t.Fatalf("aspect %s has levels %v, the test gives %d chances", a.name, a.levels, len(u[a.name]))
		}
	}
	return as, func(a *aspect) []float64 { return u[a.name] }
}

// expected gives the patterns that a true model would show among candidates:
// the pairs that agree on surname and given name, on the date and a name, on place and surname, or on the phone.
func expected(as []*aspect, truth *model, rows float64) []counted {
	total := int64(1)
	for _, n := range radix(as) {
		total *= n
	}
	var all []counted
	for p := range total {
		levels := unpack(as, p)
		by := map[string]int{}
		whole := true
		for i, a := range as {
			by[a.name] = levels[i]
			whole = whole && levels[i] > 0
		}
		candidate := by["surname"] == 1 && (by["given"] == 1 || by["birth_date"] == 1 || by["place"] == 1) ||
			by["given"] == 1 && by["birth_date"] == 1 || by["phone"] == 1
		if !whole || !candidate {
			continue
		}
		lm, lh, lt, lu := truth.logs(levels)
		if n := math.Round(math.Exp(lm) + math.Exp(lh) + math.Exp(lt) + math.Exp(lu)); n > 0 {
			all = append(all, counted{p, levels, n})
		}
	}
	return all
}

func TestLearnFindsMatchesAmongHouseholdsAndStrangers(t *testing.T) {
	const rows, people = 100_000, 1_000_000
	for _, test := range []struct {
		name                string
		matches, households float64
	}{
		{"most rows have their person", 90_000, 120_000},
		{"few have", 500, 2_000},
		{"none has", 0, 100_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			as, u := testAspects(t)
			truth := newModel(as, u, rows, people)
			truth.matches, truth.households, truth.twins = test.matches, test.households, test.households/100
			for i, a := range as {
				if a.name == "surname" {
					truth.m[i] = []float64{0.96, 0.02, 0.005, 0.005, 0.01}
				}
			}
			md := newModel(as, u, rows, people)
			learn(as, md, rows, expected(as, truth, rows))
			if math.Abs(md.matches-test.matches) > 0.05*test.matches+20 {
				t.Errorf("found %.0f matches, there are %.0f", md.matches, test.matches)
			}
			if test.matches > 10_000 {
				for i, a := range as {
					if a.name == "surname" && math.Abs(md.m[i][0]-0.96) > 0.01 {
						t.Errorf("surnames of matches agree at a rate of %.3f, in truth 0.96", md.m[i][0])
					}
				}
			}
		})
	}
}

func TestPatternsPackAndUnpack(t *testing.T) {
	as, _ := testAspects(t)
	total := int64(1)
	for _, n := range radix(as) {
		total *= n
	}
	for p := range total {
		back, unit := int64(0), int64(1)
		for i, l := range unpack(as, p) {
			back += int64(l) * unit
			unit *= radix(as)[i]
		}
		if back != p {
			t.Fatalf("pattern %d comes back as %d", p, back)
		}
	}
}

func TestRulesFindMatchesWithinTheirBudget(t *testing.T) {
	as, u := testAspects(t)
	l := &linker{aspects: as, Config: Config{People: 1_000_000}, measured: map[string]measured{}}
	for _, a := range as {
		m := measured{by: map[string]float64{}, spread: 10}
		for i, chance := range u(a) {
			m.by[a.levels[i]] = chance
		}
		l.measured[a.name] = m
	}
	l.fill = map[string]float64{}
	for _, a := range as {
		for _, c := range a.dump {
			l.fill["d."+c], l.fill["r."+c] = 1, 1
		}
	}
	ks := l.keys(true)
	for _, people := range []int64{5_000, 2_000_000, 40_000_000} {
		rules := chooseRules(ks, people, 20, uncovered)
		if len(rules) < 2 {
			t.Errorf("%d people: only %d rules", people, len(rules))
		}
		for _, r := range rules {
			if r.pairs > 20 {
				t.Errorf("%d people: rule %s brings %.1f candidates per row", people, ruleName(ks, r), r.pairs)
			}
		}
		again := chooseRules(ks, people, 20, uncovered)
		for i := range rules {
			if rules[i] != again[i] {
				t.Errorf("%d people: the choice of rules is not the same twice", people)
			}
		}
		t.Logf("%d people:", people)
		for _, r := range rules {
			t.Logf("  %s (%.2g)", ruleName(ks, r), r.pairs)
		}
	}
}
