package office

import (
	"math"

	"constat.example/internal/chance"
)

// Draws from distributions that are not even, from tables in thousandths: all of it
// in integers, so that every machine draws the same.

const cells = 1024

var exponential, lognormal = tables()

// tables are the quantiles, at the middles of so many equal parts, of the exponential
// distribution of mean 1, and of the log-normal one of median 1 and sigma 0.55.
func tables() (e, l [cells]int64) {
	for i := range e {
		u := (float64(i) + 0.5) / cells
		e[i] = int64(math.Round(-1000 * math.Log(1-u)))
		l[i] = int64(math.Round(1000 * math.Exp(0.55*math.Sqrt2*math.Erfinv(2*u-1))))
	}
	return e, l
}

// wait draws how long until the next of what comes every so often.
func wait(d *chance.Dice, mean int64) int64 {
	return 1 + mean*exponential[d.Below(cells)]/1000
}

// swing draws how busy a day is, in thousandths: gamma of shape 4, so that the number
// of what comes at that rate is a negative binomial.
func swing(d *chance.Dice) int64 {
	return (exponential[d.Below(cells)] + exponential[d.Below(cells)] + exponential[d.Below(cells)] + exponential[d.Below(cells)]) / 4
}
