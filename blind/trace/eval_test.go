//go:build eval

package trace

import (
	"fmt"
	"testing"
)

// TestEvalTrace plays every theft with many seeds, and prints how often the guilty came
// first, nobody was said where it is nobody, and an innocent was held for likelier than not.
func TestEvalTrace(t *testing.T) {
	const rounds = 25
	var in, first, out, nobody, innocent int
	for _, theft := range thefts {
		right, wrong := 0, 0
		for seed := range uint64(rounds) {
			ok, blamed, _ := play(t, theft, 1000+seed)
			if ok {
				right++
			}
			if blamed {
				wrong++
			}
		}
		fmt.Printf("%-50s %3d of %d right, %d innocents blamed\n", theft.name, right, rounds, wrong)
		innocent += wrong
		if theft.guilty > 0 {
			in, first = in+rounds, first+right
		} else {
			out, nobody = out+rounds, nobody+right
		}
	}
	fmt.Printf("guilty first in %d of %d, nobody said in %d of %d, innocents blamed in %d\n", first, in, nobody, out, innocent)
	if float64(first) < 0.99*float64(in) || float64(nobody) < 0.98*float64(out) || innocent > 0 {
		t.Error("worse than it must be")
	}
}
