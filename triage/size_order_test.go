package triage

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCompareIDs orders ids as who counts through them does.
func TestCompareIDs(t *testing.T) {
	t.Parallel()
	ordered := []string{"", "2-1", "2-10", "10-2", "0012", "13", "A-9-x", "A-09-y", "A-10", "A-10B", "FT-0000001", "FT-2", "FT-99999999999999999999998", "FT-99999999999999999999999", "é"}
	shuffled := slices.Clone(ordered)
	r := rand.New(rand.NewPCG(6, 71))
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	slices.SortFunc(shuffled, compareIDs)
	if !slices.Equal(shuffled, ordered) {
		t.Errorf("%q", shuffled)
	}
	for _, a := range ordered {
		for _, b := range ordered {
			if x, y := compareIDs(a, b), compareIDs(b, a); x != -y || (x == 0) != (a == b) {
				t.Errorf("%q and %q: %d and %d", a, b, x, y)
			}
		}
	}
}

func FuzzCompareIDs(f *testing.F) {
	f.Add("FT-0001", "FT-1", "FT-01x")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if compareIDs(a, a) != 0 || compareIDs(a, b) != -compareIDs(b, a) {
			t.Errorf("%q and %q are in no order", a, b)
		}
		if compareIDs(a, b) <= 0 && compareIDs(b, c) <= 0 && compareIDs(a, c) > 0 {
			t.Errorf("%q, %q and %q go round", a, b, c)
		}
	})
}
