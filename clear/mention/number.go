package mention

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// mostDigits is how many digits of a run are read: an IBAN's, a NIR's and a
// card's fit, and what is longer is none of them.
const mostDigits = 24

// run is digits that stand together, with one mark at most between two of them.
type run struct {
	digits [mostDigits]byte
	ends   [mostDigits + 1]int // ends[n] is where the first n digits end
	breaks uint32              // bit n: something stands between digit n and the next
	n      int
	marks  [mostDigits + 1]byte // what stands after digit n, where something does: ' ', '.', '-', '/'
	whole  bool                 // the text goes on with neither digit nor letter
}

// parted reports whether the first n digits are a run of their own: the next
// character is neither digit nor letter.
func (r *run) parted(n int) bool {
	return n < r.n && r.breaks&(1<<n) != 0 || n == r.n && r.whole
}

// grouped reports whether the first n digits are broken at some of the places
// of a mask only.
func (r *run) grouped(n int, places uint32) bool {
	within := r.breaks & (1<<n - 1)
	return within&^places == 0
}

// oneMark reports whether all breaks of the first n digits are the same mark.
func (r *run) oneMark(n int) (mark byte, ok bool) {
	for i := 1; i < n; i++ {
		if r.breaks&(1<<i) == 0 {
			continue
		}
		if mark == 0 {
			mark = r.marks[i]
		} else if mark != r.marks[i] {
			return mark, false
		}
	}
	return mark, true
}

func places(at ...int) (mask uint32) {
	for _, n := range at {
		mask |= 1 << n
	}
	return mask
}

// Where people break numbers.
var (
	nirBreaks  = places(1, 3, 5, 7, 10, 13)
	cardBreaks = places(4, 8, 12, 16)
	amexBreaks = places(4, 10) // and those of Diners Club
)

// number looks at digits that begin at i and returns where to go on.
func (f *Finder) number(i int) int {
	from := i
	for from > 0 && alnum(f.text[from-1]) && i-from < 40 {
		from--
	}
	f.seen = false
	if f.iban(from, i) {
		return f.last
	}
	if from < i { // letters in front: at most a document's number
		end := i
		for end < len(f.text) && alnum(f.text[end]) {
			end++
		}
		if f.free(from) && f.document(from, end) {
			return f.last
		}
		return end
	}
	f.read(i)
	if f.opens(i) {
		r := &f.run
		switch {
		case f.abroad(i), f.nir(i), f.card(i), f.named(i), f.phone(i), f.birth(i):
			return f.last
		case r.parted(12) && f.document(i, r.ends[12]):
			return f.last
		}
		if f.document(i, f.tokenEnd(i)) {
			return f.last
		}
	}
	// The digits up to the first break are none; the next may begin anew.
	for i++; i < len(f.text) && digit(f.text[i]); i++ {
	}
	return i
}

func (f *Finder) tokenEnd(i int) int {
	for i < len(f.text) && alnum(f.text[i]) {
		i++
	}
	return i
}

// read fills f.run from the digits at i.
func (f *Finder) read(i int) {
	r := &f.run
	r.n, r.breaks, r.whole = 0, 0, true
	for r.n < mostDigits {
		c := f.at(i)
		switch {
		case digit(c):
		case (c == 'A' || c == 'B' || c == 'a' || c == 'b') && r.n == 6 && r.digits[5] == '2' && r.breaks&(1<<6) == 0: // Corsica in a NIR
			c &^= 0x20
		default:
			r.whole = !letter(c)
			return
		}
		r.digits[r.n] = c
		r.n++
		i++
		r.ends[r.n] = i
		mark, size := f.at(i), 1
		switch mark {
		case '.', '-', '/':
		default:
			if size = f.blank(i); size == 0 {
				continue
			}
			mark = ' '
		}
		if !digit(f.at(i + size)) {
			r.whole = true
			if mark != ' ' && letter(f.at(i+size)) && mark != '.' { // 1234-abc
				r.whole = false
			}
			return
		}
		r.breaks |= 1 << r.n
		r.marks[r.n] = mark
		i += size
	}
	r.whole = !alnum(f.at(i))
}

// opens reports whether a number may begin at i, going by what stands before.
func (f *Finder) opens(i int) bool {
	if i == f.last && i > 0 && f.at(i-1) == '/' {
		return true
	}
	switch c := f.at(i - 1); c {
	case '#', '_', '@', '%', '\\', '$', '&', '*', '~', '^':
		return false
	case '.', ',':
		return !digit(f.at(i-2)) && !f.linked(i)
	case '-', '/':
		return i-1 == f.last && f.last > 0 || !alnum(f.at(i-2)) && f.at(i-2) != '/' && f.at(i-2) != '.'
	case ':', '=':
		return !f.linked(i) && !digit(f.at(i-2))
	case '+':
		return !alnum(f.at(i - 2))
	}
	return true
}

// free reports whether nothing that makes a longer name stands before from.
func (f *Finder) free(from int) bool {
	switch f.at(from - 1) {
	case '#', '_', '@', '%', '\\', '/', '-', '.', '&', '=', '$':
		return false
	}
	return true
}

// linked reports whether i is inside of an address of the web.
func (f *Finder) linked(i int) bool {
	from := i
	for from > 0 && i-from < 256 && f.text[from-1] > ' ' && f.text[from-1] != '"' && f.text[from-1] != '<' {
		from--
	}
	word := f.text[from:i]
	return bytes.Contains(word, []byte("://")) || bytes.HasPrefix(word, []byte("www.")) || bytes.IndexByte(word, '?') >= 0
}

// closes reports whether a number may end at to, going by what follows.
func (f *Finder) closes(to int) bool {
	switch c, next := f.at(to), f.at(to+1); c {
	case '_', '@', '%', '$', '*', '\\', '&', '=':
		return false
	case ',':
		return !digit(next)
	case '.', '-', '/', ':':
		return !alnum(next) || c == '.' && !digit(next) || c == '/' && next == '0'
	}
	return !f.priced(to)
}

// priced reports whether a unit follows: euros are not called.
func (f *Finder) priced(to int) bool {
	to += f.blank(to)
	rest := f.text[min(to, len(f.text)):min(to+6, len(f.text))]
	for _, unit := range [...]string{"€", "eur", "kg", "km", "usd", "chf", "mb", "ko", "mo", "kwh", "pts"} {
		if len(rest) >= len(unit) && (equalFold(rest[:len(unit)], unit) || string(rest[:len(unit)]) == unit) {
			return !letter(f.at(to+len(unit))) || unit == "eur"
		}
	}
	return false
}

// said is what the words in front of i say, looked up once for each number.
func (f *Finder) said(i int) near {
	if !f.seen {
		f.near, f.seen = f.before(i), true
	}
	return f.near
}

// bare copies the first n digits of the run.
func (f *Finder) bare(n int) []byte {
	f.plain = append(f.plain[:0], f.run.digits[:n]...)
	return f.plain
}

func (f *Finder) nir(i int) bool {
	r := &f.run
	if r.n < 13 || r.digits[0] < '1' || r.digits[0] > '8' || r.digits[0] > '2' && f.said(i) != nirWord {
		return false
	}
	if r.n >= 15 && r.parted(15) && r.grouped(15, nirBreaks) && f.closes(r.ends[15]) {
		sure := f.said(i) != other || r.breaks&(1<<15-1) != 0
		if sure && f.add(kind.NIR, f.bare(15), i, r.ends[15], true, usable) {
			return true
		}
		// A key that does not fit: the number may be right all the same.
		if f.said(i) == nirWord {
			return f.add(kind.NIR, f.bare(13), i, r.ends[15], false, usable)
		}
	}
	if r.parted(13) && r.grouped(13, nirBreaks) && f.closes(r.ends[13]) && f.said(i) == nirWord {
		return f.add(kind.NIR, f.bare(13), i, r.ends[13], false, usable)
	}
	return false
}

func (f *Finder) card(i int) bool {
	r := &f.run
	for n := min(r.n, 19); n >= 12; n-- {
		if !r.parted(n) || !f.closes(r.ends[n]) {
			continue
		}
		if mark, ok := r.oneMark(n); !ok || mark == '.' || mark == '/' {
			continue
		}
		switch {
		case n >= 16 && r.grouped(n, cardBreaks), n == 15 && r.grouped(n, amexBreaks):
			if f.said(i) == other || f.said(i) == nirWord || f.said(i) == bankWord {
				continue
			}
		case r.grouped(n, cardBreaks), n == 14 && r.grouped(n, amexBreaks):
			if f.said(i) != cardWord {
				continue
			}
		default:
			continue
		}
		if f.add(kind.PaymentCard, f.bare(n), i, r.ends[n], true, valid) {
			return true
		}
	}
	return false
}

// named looks for numbers of which only the words in front say what they are.
func (f *Finder) named(i int) bool {
	r := &f.run
	if r.n < 12 {
		return false
	}
	switch f.said(i) {
	case taxWord:
		if !r.parted(13) || !f.closes(r.ends[13]) {
			return false
		}
		number := f.bare(13)
		_, v, _ := f.split.Split(kind.TaxNumber, 1, number)
		return f.add(kind.TaxNumber, number, i, r.ends[13], v == field.Valid, usable)
	case bankWord:
		// A RIB of digits only; those with letters are met in iban.
		return r.n >= 23 && r.parted(23) && f.add(kind.IBAN, f.bare(23), i, r.ends[23], true, usable)
	}
	return false
}

// document looks for the number of a card, passport or licence behind a word
// that says so. It may have letters and one blank.
func (f *Finder) document(from, to int) bool {
	if to-from < 7 && to-from != 2 || to-from > 20 {
		return false
	}
	var k kind.Kind
	switch f.said(from) {
	case identityWord:
		k = kind.IDCard
	case passportWord:
		k = kind.Passport
	case permitWord:
		k = kind.Permit
	default:
		return false
	}
	if to-from == 2 { // 12 AB 34567
		const characters = 9
		end, ok := f.gather(from, characters)
		if !ok {
			return false
		}
		to = end
	}
	f.plain = f.plain[:0]
	digits := 0
	for _, c := range f.text[from:to] {
		if digit(c) {
			digits++
		}
		if alnum(c) {
			f.plain = append(f.plain, c)
		}
	}
	if digits == 0 || alnum(f.at(to)) || !f.closes(to) {
		return false
	}
	accept := valid
	if n := len(f.plain); k == kind.Passport && n >= 8 && n <= 9 && digits >= 6 && n > digits {
		accept = usable // of another country
	}
	return f.add(k, f.plain, from, to, false, accept)
}
