package report

import "constat.example/desk/assessment"

// Words of findings for other screens: documents say what pages say.

// Refusal words why a finding is refused, whichever it is; "" for one that is not.
func Refusal(l Language, why string) string {
	if why == "" {
		return ""
	}
	return l.sizeRefusal(why).Text
}

// SizeBasis words what an estimate of the size is of.
func SizeBasis(l Language, basis string) string { return l.word(sizeBases, basis).Text }

// SizeCount words the name of one of the counts of the size, and what it counts.
func SizeCount(l Language, name string) (text, means string) {
	w, ok := sizeCounts[name]
	if !ok {
		return l.word(nil, name).Text, ""
	}
	return l.of(w.name), l.of(w.means)
}

// SizeMoved words what moved the size from one assessment to the next.
func SizeMoved(l Language, why string) string { return l.word(sizeMoves, why).Text }

// SizeTest words a test of the size.
func SizeTest(l Language, t assessment.SizeTest) string { return l.sizeTest(t) }
