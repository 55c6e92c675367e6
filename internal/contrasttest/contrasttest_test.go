package contrasttest_test

import (
	"math"
	"testing"

	"constat.example/internal/contrasttest"
)

func TestRatio(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		one, other string
		want       float64
	}{{"000", "fff", 21}, {"fff", "000000", 21}, {"1c4373", "1c4373", 1}, {"767676", "ffffff", 4.54}} {
		if got := contrasttest.Ratio(t, c.one, c.other); math.Abs(got-c.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %g", c.one, c.other, got, c.want)
		}
	}
}
