package verdict_test

import (
	"math"
	"testing"

	"constat.example/blind/verdict"
)

func TestOwned(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		told, step, sent    int64
		all                 bool
		estimate, low, high float64
	}{
		{0, 5, 100, true, .02, 0, .04},
		{100, 5, 100, true, 1, 1, 1},
		{95, 5, 100, true, .97, .95, .99},
		{40, 1, 100, true, .4, .4, .4},
		{40, 1, 100, false, .4, .3094, .4980},           // Wilson (1927), as tables have it
		{0, 1, 100, false, 0, 0, .0370},                 //
		{0, 5, 100, false, .02, 0, .0984},               // as many as four may be hidden
		{12_000, 5, 20_000, false, .6001, .5932, .6070}, //
	} {
		e, l, h := verdict.Owned(test.told, test.step, test.sent, test.all)
		for i, got := range []float64{e, l, h} {
			if want := []float64{test.estimate, test.low, test.high}[i]; math.Abs(got-want) > .0001 {
				t.Errorf("%+v: %.4f, %.4f, %.4f", test, e, l, h)
				break
			}
		}
	}
}
