package mention

import (
	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// birth looks for a date behind a word that makes it one of birth: 12/03/1985,
// 1985-03-12, 12 mars 1985, March 12, 1985.
func (f *Finder) birth(i int) bool {
	r := &f.run
	from, to := i, 0
	switch {
	case r.n == 8 && r.parted(8) && r.breaks&(1<<8-1) == 0, r.n >= 8 && r.parted(8) && r.grouped(8, places(2, 4)) && r.breaks&places(2, 4) == places(2, 4),
		r.n >= 8 && r.parted(8) && r.grouped(8, places(4, 6)) && r.breaks&places(4, 6) == places(4, 6):
		to = r.ends[8]
	case r.n >= 7 && r.parted(7) && (r.breaks&(1<<7-1) == places(1, 3) || r.breaks&(1<<7-1) == places(2, 3)):
		to = r.ends[7]
	case r.n >= 6 && r.parted(6) && (r.breaks&(1<<6-1) == places(1, 2) || r.breaks&(1<<6-1) == places(2, 4)):
		to = r.ends[6]
	case r.n >= 1 && r.n <= 2 || r.n > 2 && r.breaks&6 != 0: // a day, then a month in letters
		if from, to = f.dayOfMonth(i); to == 0 {
			return false
		}
	default:
		return false
	}
	what := f.said(i)
	if from != i {
		what = f.before(from)
	}
	if what != birthWord {
		return false
	}
	if _, same := r.oneMark(min(r.n, 8)); !same && from == i && digit(f.at(to-1)) && r.n >= 6 && to == r.ends[min(r.n, 8)] {
		return false
	}
	return f.add(kind.BirthDate, f.text[from:to], from, to, false, func(v field.Validity, reason field.Reason) bool {
		return v == field.Valid || v == field.Odd && reason == field.TwoDigits
	})
}

// dayOfMonth reads a month in letters after the day at i, or before it, and the
// year behind both; to is 0 where there is none.
func (f *Finder) dayOfMonth(i int) (from, to int) {
	day := i
	for day < len(f.text) && digit(f.text[day]) {
		day++
	}
	if day-i > 2 {
		return 0, 0
	}
	at := day
	for _, ordinal := range [...]string{"er", "st", "nd", "rd", "th"} {
		if at+2 <= len(f.text) && equalFold(f.text[at:at+2], ordinal) {
			at += 2
			break
		}
	}
	after := at + f.blank(at)
	end := after
	for end < len(f.text) && end-after < 16 && (letter(f.text[end]) || f.text[end] >= 0x80 && f.blank(end) == 0) {
		end++
	}
	if after > at && end > after && f.month(after, end) {
		if f.at(end) == '.' {
			end++
		}
		year := end + f.blank(end)
		if year > end && f.fourDigits(year) {
			return i, year + 4
		}
		return 0, 0
	}
	// March 12, 1985
	if f.at(at) == ',' {
		at++
	}
	year := at + f.blank(at)
	before := i - 1
	if year == at || !f.fourDigits(year) || f.at(before) != ' ' {
		return 0, 0
	}
	start := before
	for start > 0 && before-start < 12 && letter(f.text[start-1]) {
		start--
	}
	if start < before && f.month(start, before) {
		return start, year + 4
	}
	return 0, 0
}

func (f *Finder) fourDigits(i int) bool {
	return digit(f.at(i)) && digit(f.at(i+1)) && digit(f.at(i+2)) && digit(f.at(i+3)) && !alnum(f.at(i+4))
}

// month reports whether a word names a month, in French or English, in full or short.
func (f *Finder) month(from, to int) bool {
	var room [longest]byte
	word, start, _, _ := f.word(room[:], to)
	if start != from {
		return false
	}
	switch string(word) {
	case "janvier", "janv", "january", "jan", "fevrier", "fevr", "fev", "february", "feb", "mars", "march", "mar", "avril", "avr", "april", "apr", "mai", "may",
		"juin", "june", "jun", "juillet", "juil", "july", "jul", "aout", "august", "aug", "septembre", "sept", "september", "sep",
		"octobre", "october", "oct", "novembre", "november", "nov", "decembre", "december", "dec":
		return true
	}
	return false
}
