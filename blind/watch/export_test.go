package watch

// Levels are the bits from which counts alarm.
func (w *Watch) Levels() (all [4]float32) {
	for i := range all {
		all[i] = w.levels[i].at
	}
	return all
}
