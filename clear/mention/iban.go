package mention

import (
	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// iban looks for an account number whose country stands right before the
// digits at i, and for a RIB. from is where the word of the digits begins.
func (f *Finder) iban(from, i int) bool {
	switch {
	case i-from == 2:
	case i-from == 6 && equalFold(f.text[from:from+4], "iban"):
		from += 4
	default:
		return f.rib(from, i)
	}
	if !digit(f.at(i + 1)) {
		return false
	}
	country := [2]byte{f.text[from] &^ 0x20, f.text[from+1] &^ 0x20}
	length := field.IBANLength(string(country[:]))
	if length == 0 {
		return false
	}
	to, ok := f.gather(from, length)
	return ok && f.add(kind.IBAN, f.plain, from, to, true, func(v field.Validity, r field.Reason) bool {
		return v == field.Valid || v == field.Odd && r == field.KeyMismatch // of the bank's own key: the account's fits
	})
}

// ribLength is how many characters a French account has without country and key.
const ribLength = 23

// rib looks for a bank, branch, account and key behind the word RIB: the
// account may have letters.
func (f *Finder) rib(from, i int) bool {
	if from != i || f.said(i) != bankWord {
		return false
	}
	to, ok := f.gather(from, ribLength)
	return ok && f.add(kind.IBAN, f.plain, from, to, true, func(v field.Validity, r field.Reason) bool {
		return v == field.Odd && r == field.BareRIB
	})
}

// gather collects n letters and digits into f.plain, one blank or hyphen at
// most between two of them, and reports where they end and whether a word ends there.
func (f *Finder) gather(from, n int) (to int, ok bool) {
	f.plain = f.plain[:0]
	for i := from; i < len(f.text); {
		c := f.text[i]
		if alnum(c) {
			f.plain = append(f.plain, c)
			i++
			if len(f.plain) == n {
				return i, !alnum(f.at(i))
			}
			continue
		}
		size := f.blank(i)
		if c == '-' || c == '.' {
			size = 1
		}
		if size == 0 || i == from || !alnum(f.at(i+size)) {
			return i, false
		}
		i += size
	}
	return len(f.text), false
}
