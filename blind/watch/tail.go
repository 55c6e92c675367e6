package watch

import "math"

// logTail is log2 of the chance that a count with that mean and variance is n or more.
// The count is taken as negative binomial: a Poisson count whose rate itself varies.
// Its upper tail is the regularised incomplete beta function (Abramowitz and Stegun
// 26.5.26), which is worked out by its continued fraction as logarithm, since what
// matters here is far below the smallest number that 64 bits hold.
func logTail(n, mean, variance float64) float64 {
	if n <= 0 {
		return 0
	}
	size := min(max(mean*mean/max(variance-mean, mean/50), 0.2), 50)
	return logBeta(mean/(mean+size), n, size) / math.Ln2
}

// logBeta is the natural logarithm of the regularised incomplete beta function.
func logBeta(x, a, b float64) float64 {
	if x >= (a+1)/(a+b+2) {
		return math.Log(max(1-math.Exp(logBetaLow(1-x, b, a)), 1e-300))
	}
	return min(logBetaLow(x, a, b), 0)
}

// logBetaLow is logBeta where x lies below the mean, by Lentz's method.
func logBetaLow(x, a, b float64) float64 {
	ga, _ := math.Lgamma(a)
	gb, _ := math.Lgamma(b)
	gab, _ := math.Lgamma(a + b)
	front := gab - ga - gb + a*math.Log(x) + b*math.Log1p(-x) - math.Log(a)
	const tiny = 1e-300
	c, d := 1.0, 1-(a+b)*x/(a+1)
	if math.Abs(d) < tiny {
		d = tiny
	}
	d = 1 / d
	f := d
	for m := 1.0; m <= 300; m++ {
		for _, numerator := range [2]float64{
			m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)),
			-(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1)),
		} {
			if d = 1 + numerator*d; math.Abs(d) < tiny {
				d = tiny
			}
			if c = 1 + numerator/c; math.Abs(c) < tiny {
				c = tiny
			}
			d = 1 / d
			f *= d * c
		}
		if math.Abs(d*c-1) < 1e-10 {
			break
		}
	}
	return front + math.Log(f)
}
