package watch

// Levels are the bits from which counts alarm.
func (w *Watch) Levels() (all [levels]float32) {
	for i := range all {
		all[i] = w.levels[i].at
	}
	return all
}

// LogTail is logTail.
var LogTail = logTail

// CountPeople counts n people, each twice.
func CountPeople(n int) uint32 {
	var p people
	for range 2 {
		for i := range n {
			p.add(mix(int64(i) * 977))
		}
	}
	return p.n
}
