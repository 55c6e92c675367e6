package chance_test

import (
	"math"
	"testing"

	"constat.example/internal/chance"
)

func TestAliasDrawsByWeight(t *testing.T) {
	t.Parallel()
	for _, weights := range [][]uint64{{1}, {0, 1}, {1, 0, 3}, {5, 5, 5}, {1, 1_000_000}, {700_000_000, 1, 2, 3, 4, 300_000_000}} {
		a := chance.NewAlias(weights)
		var total uint64
		for _, w := range weights {
			total += w
		}
		d := chance.NewDice(1, 2)
		counts := make([]float64, len(weights))
		const draws = 200_000
		for range draws {
			counts[a.Pick(d.Uint64())]++
		}
		for i, w := range weights {
			expected := draws * float64(w) / float64(total)
			if w == 0 && counts[i] > 0 || math.Abs(counts[i]-expected) > 5*math.Sqrt(expected)+1 {
				t.Errorf("weights %v: %d drawn %.0f times, %.0f expected", weights, i, counts[i], expected)
			}
		}
	}
}

func TestPermutationIsABijection(t *testing.T) {
	t.Parallel()
	for _, n := range []uint64{1, 2, 3, 4, 5, 7, 8, 9, 100, 1023, 1024, 1025, 40_000} {
		p := chance.NewPermutation(n, n*31)
		seen := make([]bool, n)
		fixed := 0
		for i := range n {
			at := p.At(i)
			if at >= n || seen[at] {
				t.Fatalf("n %d: %d maps to %d, out of range or taken", n, i, at)
			}
			seen[at] = true
			if at == i {
				fixed++
			}
		}
		if n > 100 && fixed > 12 {
			t.Errorf("n %d: %d numbers stay where they are", n, fixed)
		}
	}
}

func TestHazardHappensAtItsRate(t *testing.T) {
	t.Parallel()
	const months, draws = 24, 100_000
	for _, ppm := range []uint64{0, 400, 9000, 1_000_000} {
		h := chance.NewHazard(ppm, months)
		d := chance.NewDice(3, ppm)
		byMonth := make([]float64, months)
		for range draws {
			if m, happens := h.When(&d); happens {
				byMonth[m]++
			}
		}
		rate := float64(ppm) / 1e6
		left := float64(draws)
		for m, n := range byMonth {
			expected := left * rate
			left -= expected
			if math.Abs(n-expected) > 5*math.Sqrt(expected)+1 {
				t.Errorf("%d ppm, month %d: %.0f times, %.0f expected", ppm, m, n, expected)
			}
		}
	}
}

func TestDice(t *testing.T) {
	t.Parallel()
	a, b, c := chance.NewDice(1, 2), chance.NewDice(1, 2), chance.NewDice(1, 3)
	same, differ := true, false
	for range 100 {
		x := a.Uint64()
		same = same && x == b.Uint64()
		differ = differ || x != c.Uint64()
	}
	if !same || !differ {
		t.Error("a stream must follow from seed and key alone")
	}
	for range 1000 {
		if n := a.Below(7); n < 0 || n > 6 {
			t.Fatalf("Below(7) = %d", n)
		}
		if i := a.Pick([]int{0, 3, 0, 1}); i != 1 && i != 3 {
			t.Fatalf("Pick gave weight 0 to %d", i)
		}
	}
	if a.Chance(0) || !a.Chance(10_000) {
		t.Error("never and always")
	}
}
