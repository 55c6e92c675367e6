package shape

import (
	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/clear/field"
)

// longest is the longest text whose pattern is told; what is longer is told by
// that alone.
const longest = 40

// appendCode appends the code of how a cell of kind k is written. It is made of
// what formats are made of, never of what the cell says: letters and digits are
// counted, marks between them are kept, words come from fixed lists.
func appendCode(dst []byte, k kind.Kind, cell []byte) []byte {
	if len(cell) == 0 {
		return append(dst, shape.Empty...)
	}
	if field.Missing(k, cell) {
		return appendMissing(dst, cell)
	}
	switch k {
	case kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName, kind.City, kind.BirthPlace,
		kind.Address, kind.AddressExtra, kind.Country, kind.BirthCountry, kind.Region:
		return appendText(dst, cell)
	case kind.Sex:
		return appendSex(dst, cell)
	case kind.Phone:
		return appendPhone(dst, cell)
	case kind.Email:
		return appendMail(dst, cell)
	case kind.FreeText, kind.Password, kind.IPAddress, kind.Login:
		return append(dst, "text"...)
	case kind.Unknown:
		return appendNumber(dst, cell)
	}
	return appendPattern(dst, cell)
}

// appendMissing tells which mark stands for a missing value. Marks are those of a
// fixed list, or one sign over and over.
func appendMissing(dst, cell []byte) []byte {
	dst = append(append(dst, shape.Missing...), ':')
	if sign(cell[0]) {
		same := true
		for _, c := range cell {
			same = same && c == cell[0]
		}
		if same || !letterOrDigit(cell) {
			return append(dst, cell[0])
		}
	}
	return append(dst, cell...)
}

func sign(c byte) bool { return c < 0x80 && !letter(c) && !digit(c) }

func letterOrDigit(text []byte) bool {
	for _, c := range text {
		if letter(c) || digit(c) || c >= 0x80 {
			return true
		}
	}
	return false
}

// appendText tells the case of words, whether accents are written, and what marks
// stand between words.
func appendText(dst, cell []byte) []byte {
	upper, lower, title := 0, 0, true
	var accent, blank, hyphen, quote, comma, figure, around bool
	head := true // at the beginning of a word
	for i, c := range cell {
		switch {
		case c >= 'A' && c <= 'Z':
			upper++
			title = title && head
			head = false
		case c >= 'a' && c <= 'z':
			lower++
			title = title && !head
			head = false
		case c >= 0x80:
			accent, head = true, false
		case digit(c):
			figure = true
		default:
			head = true
			switch c {
			case ' ':
				blank = true
				around = around || i == 0 || i == len(cell)-1
			case '-':
				hyphen = true
			case '\'':
				quote = true
			case ',', ';':
				comma = true
			}
		}
	}
	switch {
	case upper+lower == 0:
		dst = append(dst, "none"...)
	case lower == 0:
		dst = append(dst, "upper"...)
	case upper == 0:
		dst = append(dst, "lower"...)
	case title:
		dst = append(dst, "title"...)
	default:
		dst = append(dst, "mixed"...)
	}
	for _, f := range [...]struct {
		has  bool
		name string
	}{
		{accent, "+accent"},
		{blank, "+blank"},
		{hyphen, "+hyphen"},
		{quote, "+apostrophe"},
		{comma, "+comma"},
		{figure, "+figure"},
		{around, "+around"},
	} {
		if f.has {
			dst = append(dst, f.name...)
		}
	}
	return dst
}

// appendSex tells the code of a sex or a title, as its list has it.
func appendSex(dst, cell []byte) []byte {
	switch string(cell) {
	case "M", "F", "H", "m", "f", "h", "1", "2", "0", "9", "X", "Homme", "Femme", "HOMME", "FEMME", "homme", "femme",
		"Masculin", "Féminin", "MASCULIN", "FEMININ", "male", "female", "Male", "Female", "MALE", "FEMALE",
		"M.", "MR", "Mr", "Mr.", "Mme", "MME", "Mlle", "MLLE", "Monsieur", "Madame", "Mademoiselle", "MONSIEUR", "MADAME":
		return append(dst, cell...)
	}
	return append(dst, shape.Other...)
}

// appendPhone tells how a phone number begins and how its digits are grouped.
func appendPhone(dst, cell []byte) []byte {
	for _, start := range [...]string{"+33", "0033", "0", "+", "33"} {
		if len(cell) > len(start) && string(cell[:len(start)]) == start {
			dst = append(append(dst, start...), ' ')
			break
		}
	}
	return appendPattern(dst, cell)
}

// appendMail tells the case of an address and what its local part is made with.
func appendMail(dst, cell []byte) []byte {
	var upper, dot, under, hyphen, figure, at bool
	for _, c := range cell {
		switch {
		case c == '@':
			at = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case at:
		case c == '.':
			dot = true
		case c == '_':
			under = true
		case c == '-':
			hyphen = true
		case digit(c):
			figure = true
		}
	}
	switch {
	case !at:
		return append(dst, "none"...)
	case upper:
		dst = append(dst, "upper"...)
	default:
		dst = append(dst, "lower"...)
	}
	for _, f := range [...]struct {
		has  bool
		name string
	}{{dot, "+dot"}, {under, "+underscore"}, {hyphen, "+hyphen"}, {figure, "+figure"}} {
		if f.has {
			dst = append(dst, f.name...)
		}
	}
	return dst
}

// appendNumber tells how many decimals a number has, of what is one.
func appendNumber(dst, cell []byte) []byte {
	mark := -1
	for i, c := range cell {
		switch {
		case digit(c):
		case c == '-' && i == 0 && len(cell) > 1:
		case (c == '.' || c == ',') && mark < 0:
			mark = i
		default:
			return append(dst, "text"...)
		}
	}
	dst = append(dst, "number"...)
	if mark >= 0 {
		dst = append(dst, cell[mark])
		dst = appendCount(dst, len(cell)-1-mark)
	}
	return dst
}

// appendPattern tells runs of letters and digits by their length, and the marks
// between them: "L2-D10", "D4-D2-D2". A run of small letters is an l, of letters
// that are not ASCII an A.
func appendPattern(dst, cell []byte) []byte {
	if len(cell) > longest {
		return append(dst, "long"...)
	}
	for i := 0; i < len(cell); {
		class := classOf(cell[i])
		from := i
		for i < len(cell) && classOf(cell[i]) == class {
			i++
		}
		if class == 0 {
			dst = append(dst, cell[from:i]...)
			continue
		}
		dst = appendCount(append(dst, class), i-from)
	}
	return dst
}

func classOf(c byte) byte {
	switch {
	case digit(c):
		return 'D'
	case c >= 'A' && c <= 'Z':
		return 'L'
	case c >= 'a' && c <= 'z':
		return 'l'
	case c >= 0x80:
		return 'A'
	}
	return 0
}

// appendCount appends a number of at most longest.
func appendCount(dst []byte, n int) []byte {
	if n >= 10 {
		dst = append(dst, '0'+byte(min(n, 99)/10))
	}
	return append(dst, '0'+byte(min(n, 99)%10))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

// Code tells how a cell of kind k is written.
func Code(k kind.Kind, cell string) string { return string(appendCode(nil, k, []byte(cell))) }
