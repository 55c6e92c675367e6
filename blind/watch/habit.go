package watch

import "math"

// habit is what counts were like: their mean and variance, older ones fading.
type habit struct {
	n    float32 // how many they are worth
	mean float32
	vary float32
}

// learn takes a count in. Memory is how many counts back it reaches.
func (h *habit) learn(x, memory float64) {
	n := min(float64(h.n)+1, memory)
	mean := float64(h.mean)
	d := x - mean
	mean += d / n
	h.vary += float32((d*(x-mean) - float64(h.vary)) / n)
	h.n, h.mean = float32(n), float32(mean)
}

// usual is what a count is expected to be.
type usual struct{ mean, vary float64 }

// before is what is taken for usual while nothing is known: what people do who work
// with files, with a wide berth.
var before = [measures]usual{ofDay: {40, 1600}, ofHour: {15, 225}, ofBare: {10, 200}, ofFiles: {100, 20_000}, ofFresh: {20, 400}}

// worth is how many own counts the group's weigh as much as.
const worth = 4

// over is the habit taken with what was to be expected without it.
func (h *habit) over(u usual) usual {
	n := float64(h.n)
	mean := (n*float64(h.mean) + worth*u.mean) / (n + worth)
	vary := (n*float64(h.vary) + worth*u.vary) / (n + worth)
	return usual{max(mean, 1), max(vary, 1.5*mean, 2)}
}

// of is over for an account: of few counts neither mean nor variance is known well.
func (h *habit) of(u usual) usual {
	u = h.over(u)
	u.vary *= 1 + 1/(float64(h.n)+1)
	return u
}

func (u usual) times(f float64) usual { return usual{u.mean * f, u.vary * f * f} }

// changes is the chance that on a given day somebody does a colleague's work: the weight
// of the group in what is expected of an account.
const changes = 1.0 / 1024

// surprise is how many bits of surprise a count is worth: minus log2 of the chance of
// one as high, by the account's own past, or as seldom happens, by its peers'.
func surprise(n float64, own, peers usual) float64 {
	a := logTail(n, own.mean, own.vary) + math.Log2(1-changes)
	b := logTail(n, peers.mean, peers.vary) + math.Log2(changes)
	if a < b {
		a, b = b, a
	}
	return max(-(a + math.Log2(1+math.Exp2(b-a))), 0)
}

// clipped is what is learnt of a count: a day that stands far out teaches little, so
// that a thief does not become his own habit.
func (u usual) clipped(n float64) float64 { return min(n, u.mean+4*math.Sqrt(u.vary)+10) }
