package shape

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/table"
)

// reader reads cells as they are sealed, so that all spellings of a value fit.
type reader struct {
	split      [2]field.Splitter
	monthFirst bool
	born       [10]byte
	place      [2]byte
	local      []byte // letters of a mail address before the @, in capitals
	name       []byte
}

func (f *fit) open(kinds []kind.Kind, monthFirst []bool) {
	for k := range f.at {
		f.at[k] = -1
	}
	for i, k := range kinds {
		if f.at[k] < 0 {
			f.at[k] = i
			f.read.monthFirst = f.read.monthFirst || k == kind.BirthDate && i < len(monthFirst) && monthFirst[i]
		}
	}
	f.read.split[1].MonthFirst(true)
}

// cell is what stands in the first column of a kind.
func (f *fit) cell(b *table.Batch, row int, k kind.Kind) []byte {
	if f.at[k] < 0 {
		return nil
	}
	return b.Cell(row, f.at[k])
}

// canonical is the canonical form of a cell; nil where it has none. It is void
// after the next call.
func (r *reader) canonical(k kind.Kind, raw []byte) ([]byte, field.Validity) {
	if len(raw) == 0 {
		return nil, field.Empty
	}
	s := &r.split[0]
	if k == kind.BirthDate && r.monthFirst {
		s = &r.split[1]
	}
	parts, validity, _ := s.Split(k, 1, raw)
	for _, p := range parts {
		if p.Column.Kind == k && p.Column.Role == token.Whole {
			return p.Text, validity
		}
	}
	return nil, validity
}

// look holds a row to the rules that its cells can be held to.
func (f *fit) look(b *table.Batch, row int) {
	r := &f.read
	born := f.birth(b, row)
	if phone, _ := r.canonical(kind.Phone, f.cell(b, row, kind.Phone)); len(phone) > 0 {
		f.last(1, phone[len(phone)-1])
	}
	if house := number(f.cell(b, row, kind.HouseNumber)); house != 0 {
		f.last(2, house)
	} else if house := number(f.cell(b, row, kind.Address)); house != 0 {
		f.last(2, house)
	}
	if code, validity := r.canonical(kind.PostCode, f.cell(b, row, kind.PostCode)); validity == field.Valid && len(code) == 5 {
		copy(r.place[:], code)
		if city, validity := r.canonical(kind.CityCode, f.cell(b, row, kind.CityCode)); validity == field.Valid && len(city) == 5 {
			f.hold(rulePostCodeCity, near(r.place, [2]byte(city[:2])))
		}
	}
	f.nir(b, row, born)
	f.mail(b, row)
}

// shortName is how long a name must be to be looked for in a mail address.
const shortName = 3

// mail tells whether one of the names of a row stands in its mail address.
func (f *fit) mail(b *table.Batch, row int) {
	r := &f.read
	mail, _ := r.canonical(kind.Email, f.cell(b, row, kind.Email))
	at := bytes.IndexByte(mail, '@')
	if at <= 0 {
		return
	}
	r.local = r.local[:0]
	for _, c := range mail[:at] {
		if letter(c) {
			r.local = append(r.local, c&^0x20)
		}
	}
	tried, found := false, false
	for _, k := range [...]kind.Kind{kind.BirthSurname, kind.UsedSurname, kind.GivenNames} {
		name, _ := r.canonical(k, f.cell(b, row, k))
		for len(name) > 0 && !found {
			n := 0
			for n < len(name) && letter(name[n]) {
				n++
			}
			if n >= shortName {
				tried = true
				r.name = append(r.name[:0], name[:n]...)
				for i := range r.name {
					r.name[i] &^= 0x20
				}
				found = bytes.Contains(r.local, r.name)
			}
			name = name[min(n+1, len(name)):]
		}
	}
	if tried {
		f.hold(ruleMailName, found)
	}
}

// birth counts the birth date of a row and reports whether there is a whole one.
func (f *fit) birth(b *table.Batch, row int) bool {
	date, validity := f.read.canonical(kind.BirthDate, f.cell(b, row, kind.BirthDate))
	if validity == field.Empty {
		return false
	}
	f.hold(ruleBirthDate, validity != field.Invalid)
	if validity == field.Invalid || len(date) != 10 || string(date[5:7]) == "00" || string(date[8:]) == "00" {
		return false
	}
	copy(f.read.born[:], date)
	f.last(0, date[9])
	if decade := 10*int(date[0]-'0')*10 + 10*int(date[1]-'0') + int(date[2]-'0') - 180; decade >= 0 && decade < len(f.births) {
		f.births[decade]++
	}
	return true
}

func (f *fit) last(of int, c byte) {
	if digit(c) {
		f.digits[of][c-'0']++
	}
}

// nir holds the social security number of a row to its key and to the other cells.
func (f *fit) nir(b *table.Batch, row int, born bool) {
	r := &f.read
	raw := f.cell(b, row, kind.NIR)
	if len(raw) == 0 {
		return
	}
	parts, validity, reason := r.split[0].Split(kind.NIR, 1, raw)
	if validity == field.Empty || len(parts) == 0 {
		return
	}
	if validity == field.Invalid {
		f.hold(ruleNIRKey, reason != field.KeyMismatch && reason != field.Shape && reason != field.MonthWrong)
		return
	}
	if reason != field.KeyMissing {
		f.hold(ruleNIRKey, true)
	}
	number := parts[0].Text
	if len(number) != 13 || validity != field.Valid && reason != field.KeyMissing {
		return // a number handed out before birth, sex or place were known
	}
	var nir [13]byte
	copy(nir[:], number)
	if sex, _ := r.canonical(kind.Sex, f.cell(b, row, kind.Sex)); len(sex) == 1 && digit(sex[0]) {
		f.hold(ruleNIRSex, sex[0] == nir[0])
	}
	if born {
		f.hold(ruleNIRYear, string(nir[1:3]) == string(r.born[2:4]))
		f.hold(ruleNIRMonth, string(nir[3:5]) == string(r.born[5:7]))
	}
	if place, _ := r.canonical(kind.BirthPlaceCode, f.cell(b, row, kind.BirthPlaceCode)); len(place) == 5 {
		f.hold(ruleNIRDepartment, born1968(r.born, born) && parted(nir[5], nir[6]) || near([2]byte(nir[5:7]), [2]byte(place[:2])))
	}
}

// born1968 tells whether somebody may have been born before the départements
// around Paris were parted, which numbers do not follow.
func born1968(date [10]byte, known bool) bool { return !known || string(date[:4]) < "1968" }

// parted are the codes of départements that were parted since, or lie abroad now.
func parted(a, b byte) bool { return a == '9' || a == '7' && (b == '5' || b == '8') }

// near tells whether two codes are those of one département: Corsica has several,
// those overseas share 97 and 98, and abroad is 99.
func near(a, b [2]byte) bool {
	if a == b {
		return true
	}
	overseas := func(c [2]byte) bool { return c == [2]byte{'9', '7'} || c == [2]byte{'9', '8'} }
	corsica := func(c [2]byte) bool { return c[0] == '2' && (c[1] == '0' || c[1] == 'A' || c[1] == 'B') }
	return corsica(a) && corsica(b) || overseas(a) && overseas(b)
}

// number is the last digit of the number that a text begins with; 0 for none.
func number(text []byte) (last byte) {
	for i, c := range text {
		if !digit(c) || i == 5 {
			break
		}
		last = c
	}
	return last
}
