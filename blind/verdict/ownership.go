package verdict

// Owned is the share of a dump's rows that are another register's, from told rows
// of sent that were found there, told in multiples of step, rounded down, with
// nineteen chances in twenty. Where all rows were sent nothing is left to chance
// but what the rounding hides. sent is not 0.
//
// It is a share of rows that agree exactly: one with errors in every identifier is
// not found.
func Owned(told, step, sent int64, all bool) (estimate, low, high float64) {
	n := float64(sent)
	least, most := float64(told)/n, float64(min(told+step-1, sent))/n
	estimate = (least + most) / 2
	if all {
		return estimate, least, most
	}
	low, _ = wilson(least, n)
	_, high = wilson(most, n)
	return estimate, low, high
}
