package mention

import (
	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// frenchGroups are where people break ten digits.
var frenchGroups = [...]uint32{
	places(2, 4, 6, 8), places(4, 7), places(4, 6, 8), places(2, 4, 7), places(2), places(3, 6), places(4), places(2, 6), places(2, 5), places(3, 6, 8), places(6),
}

// phone looks for a French number: ten digits from 0, together or in groups.
func (f *Finder) phone(i int) bool {
	r := &f.run
	if r.n < 9 {
		return false
	}
	n := 10
	if r.digits[0] != '0' { // "tel. 6 39 98 12 34": the zero was lost
		if f.said(i) != phoneWord {
			return false
		}
		n = 9
		if !r.grouped(9, places(1, 3, 5, 7)) || r.digits[0] == '0' || r.breaks&(1<<9-1) == 0 {
			return false
		}
	} else if r.n < 10 || r.digits[1] == '0' || r.digits[1] == '8' {
		return false
	}
	if !r.parted(n) || !f.closes(r.ends[n]) {
		return false
	}
	mark, same := r.oneMark(n)
	if !same {
		return false
	}
	within := r.breaks & (1<<n - 1)
	if n == 10 && within != 0 {
		known := false
		for _, g := range frenchGroups {
			known = known || within == g
		}
		if !known {
			return false
		}
	}
	if r.n > n { // digits go on: another phone, or no phone
		pairs := r.n == n+2 || r.breaks&(1<<(n+2)) != 0
		if r.marks[n] == '.' || r.marks[n] == mark && r.digits[n] != '0' && (mark != ' ' || pairs) {
			return false
		}
	}
	// Alone, the digits may count something else; in pairs, hardly.
	if what := f.said(i); within != places(2, 4, 6, 8) && (what == other || what == nirWord || what == taxWord) || what == bankWord && within == 0 {
		return false
	}
	// Pairs before them make them a part of something longer.
	if mark != 0 && f.preceded(i, mark) {
		return false
	}
	return f.add(kind.Phone, f.bare(n), i, r.ends[n], false, func(v field.Validity, reason field.Reason) bool {
		return v == field.Valid || v == field.Odd && reason == field.ZeroLost
	})
}

// preceded reports whether two digits and the same mark stand right before i,
// and are no part of the last mention.
func (f *Finder) preceded(i int, mark byte) bool {
	if f.at(i-1) != mark || !digit(f.at(i-2)) || i-1 <= f.last && f.last > 0 {
		return false
	}
	return mark != ' ' || digit(f.at(i-3)) && !alnum(f.at(i-4)) && f.at(i-4) == mark
}

// abroad looks for a number with its country code: behind a plus, or 00.
func (f *Finder) abroad(i int) bool {
	from := i
	switch {
	case f.at(i-1) == '+':
		from--
	case f.run.n > 10 && f.run.digits[0] == '0' && f.run.digits[1] == '0' && f.run.digits[2] != '0':
		if what := f.said(i); what != nothing && what != phoneWord {
			return false
		}
	default:
		return false
	}
	// Digits with what people put between them, "(0)" too.
	var ends [16]int
	groups := 0
	f.plain = append(f.plain[:0], f.text[from:i]...)
	n, at := 0, i
	for n < 18 {
		c := f.at(at)
		if digit(c) {
			f.plain = append(f.plain, c)
			n++
			at++
			continue
		}
		if alnum(c) {
			return false
		}
		if groups < len(ends) && n >= 8 {
			ends[groups] = len(f.plain)<<32 | at
			groups++
		}
		skip := 0
		for skip < 4 {
			switch size := f.blank(at + skip); {
			case size > 0:
				skip += size
				continue
			case f.at(at+skip) == '(' && f.at(at+skip+1) == '0' && f.at(at+skip+2) == ')':
				skip += 3
				continue
			case f.at(at+skip) == '.' || f.at(at+skip) == '-' || f.at(at+skip) == '/' || f.at(at+skip) == '(' || f.at(at+skip) == ')':
				skip++
				continue
			}
			break
		}
		if skip == 0 || !digit(f.at(at+skip)) {
			break
		}
		at += skip
	}
	// The longest first, and few, in a text too: each is a question to libphonenumber.
	const mostTries, e164 = 3, 15
	number, tries, longest := f.plain, 0, 2+e164
	if from < i {
		longest = 1 + e164
	}
	for g := groups - 1; g >= 0 && tries < mostTries && f.asked < mostTries*Most; g-- {
		length, to := ends[g]>>32, ends[g]&(1<<32-1)
		if length > longest || !f.closes(to) {
			continue
		}
		tries++
		f.asked++
		if f.add(kind.Phone, number[:length], from, to, false, valid) {
			return true
		}
	}
	return false
}
