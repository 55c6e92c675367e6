// Package near finds the word that somebody meant.
package near

// Word returns the word most like typed, or "" when none is like it: at
// most two letters differ, or one of the two begins the other.
func Word(typed string, words []string) string {
	best, least := "", 3
	for _, word := range words {
		d := distance(typed, word)
		if len(typed) >= 2 && len(word) > len(typed) && word[:len(typed)] == typed {
			d = min(d, 1)
		}
		if d < least && d < len(word) {
			best, least = word, d
		}
	}
	return best
}

// distance is the number of letters to insert, leave out, replace or swap with
// their neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, row := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	var twoBefore []int
	for i := 1; i <= len(x); i++ {
		twoBefore, before, row = before, row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], twoBefore[j-2]+1)
			}
		}
	}
	return row[len(y)]
}
