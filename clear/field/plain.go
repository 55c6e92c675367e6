package field

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/internal/fold"
)

// plain canonicalises a cell that is written as most cells of its kind are:
// nothing around it, nothing to mend, one way to read it. It comes to what readAny
// would come to, sooner; ok is false, and nothing done, for all others.
func (s *Splitter) plain(k kind.Kind, raw []byte) (validity Validity, reason Reason, ok bool) {
	switch k {
	case kind.BirthSurname, kind.UsedSurname:
		return s.plainWord(k, raw, 1)
	case kind.GivenNames:
		return s.plainGiven(raw)
	case kind.City, kind.BirthPlace:
		return s.plainWord(k, raw, 4) // ST and its like are spelt out
	case kind.BirthDate:
		return s.plainDate(raw)
	case kind.NIR:
		return s.plainNIR(raw)
	case kind.Phone:
		return s.plainPhone(raw)
	case kind.Email:
		return s.plainMail(raw)
	case kind.Address:
		return s.plainAddress(raw)
	case kind.RecordID:
		return s.plainID(raw)
	}
	return Empty, NoReason, false
}

// plainWord reads a name of one word of that many letters and more.
func (s *Splitter) plainWord(k kind.Kind, raw []byte, least int) (Validity, Reason, bool) {
	for i := 0; i < len(raw); {
		c, n := fold.Letter(raw[i:])
		if n == 0 {
			return s.notPlain()
		}
		s.out = append(s.out, c)
		i += n
	}
	if len(s.out) < least || missing(k, raw) || missing(k, s.out) {
		return s.notPlain()
	}
	s.one(k)
	return Valid, NoReason, true
}

// plainGiven reads up to three given names with commas between them, whose words
// have hyphens.
func (s *Splitter) plainGiven(raw []byte) (Validity, Reason, bool) {
	role, from, first := token.Whole, 0, 0 // first is where the first word of the name ends
	for i := 0; ; {
		if i == len(raw) || raw[i] == ',' {
			if first == from {
				first = len(s.out)
			}
			if len(s.out) == from || s.out[len(s.out)-1] == ' ' || role > token.Third || longTitle(s.out[from:first]) {
				return s.notPlain()
			}
			s.add(kind.GivenNames, role, from)
			if i == len(raw) {
				break
			}
			if i++; i < len(raw) && raw[i] == ' ' {
				i++
			}
			role++
			from, first = len(s.out), len(s.out)
			continue
		}
		if raw[i] == '-' {
			if len(s.out) == from || s.out[len(s.out)-1] == ' ' {
				return s.notPlain()
			}
			if first == from {
				first = len(s.out)
			}
			s.out = append(s.out, ' ')
			i++
			continue
		}
		c, n := fold.Letter(raw[i:])
		if n == 0 {
			return s.notPlain()
		}
		s.out = append(s.out, c)
		i += n
	}
	if len(s.spans) == 1 {
		if s.whole = len(s.out); missing(kind.GivenNames, raw) || missing(kind.GivenNames, s.out) {
			return s.notPlain()
		}
	}
	return Valid, NoReason, true
}

// plainAddress reads a street, with or without a number of up to four digits in
// front.
func (s *Splitter) plainAddress(raw []byte) (Validity, Reason, bool) {
	i := 0
	for i < len(raw) && i < 4 && isDigit(raw[i]) {
		i++
	}
	number := raw[:i]
	if i > 0 {
		if i == len(raw) || raw[i] != ' ' || number[0] == '0' {
			return s.notPlain()
		}
		i++
	}
	s.words = s.words[:0]
	gap := true
	for i < len(raw) {
		if c, n := fold.Letter(raw[i:]); n > 0 {
			s.words = append(s.words, c)
			i += n
			gap = false
			continue
		}
		if c := raw[i]; gap || c != ' ' && c != '-' && c != '\'' {
			return s.notPlain()
		}
		s.words = append(s.words, ' ')
		i++
		gap = true
	}
	if gap {
		return s.notPlain()
	}
	words := s.split(s.words)
	if len(words) < 2 || len(number) > 0 && indexOf(words[0]) != "" {
		return s.notPlain()
	}
	for _, word := range words {
		switch string(word) {
		case "ETAGE", "FRANCE", "P", "N", "NO", "NUMERO": // which mean something in an address
			return s.notPlain()
		}
	}
	s.out = appendStreet(s.out, words)
	s.add(kind.Address, token.Whole, 0)
	if len(number) > 0 {
		from := len(s.out)
		s.out = appendNumber(s.out, number, "")
		s.add(kind.HouseNumber, token.Whole, from)
	} else if s.whole = len(s.out); missing(kind.Address, raw) || missing(kind.Address, s.out) {
		return s.notPlain()
	}
	return Valid, NoReason, true
}

// plainDate reads 1951-05-06 and 06/05/1951 after 1900: what stands for no date
// is earlier.
func (s *Splitter) plainDate(raw []byte) (Validity, Reason, bool) {
	if len(raw) != 10 {
		return Empty, NoReason, false
	}
	var year, month, day []byte
	switch {
	case raw[4] == '-' && raw[7] == '-':
		year, month, day = raw[:4], raw[5:7], raw[8:]
	case raw[2] == '/' && raw[5] == '/' && !s.monthFirst:
		year, month, day = raw[6:], raw[3:5], raw[:2]
	default:
		return Empty, NoReason, false
	}
	if !digits(year) || !digits(month) || !digits(day) {
		return Empty, NoReason, false
	}
	d := date{value(year), value(month), value(day)}
	if d.year <= 1900 || !d.exists() {
		return Empty, NoReason, false
	}
	s.out = d.append(s.out)
	s.one(kind.BirthDate)
	return Valid, NoReason, true
}

// plainNIR reads the digits of a NIR, with its key.
func (s *Splitter) plainNIR(raw []byte) (Validity, Reason, bool) {
	if len(raw) != 15 || raw[0] == '0' || !digits(raw) {
		return Empty, NoReason, false
	}
	validity, reason := judgeNIR(raw)
	s.out = append(s.out, raw[:13]...)
	s.nirParts()
	return validity, reason, true
}

// plainPhone reads the ten digits of a French number, and +33 before nine.
func (s *Splitter) plainPhone(raw []byte) (Validity, Reason, bool) {
	var national []byte
	switch {
	case len(raw) == 10 && raw[0] == '0':
		national = raw[1:]
	case len(raw) == 12 && string(raw[:3]) == "+33":
		national = raw[3:]
	}
	if len(national) == 0 || national[0] == '0' || !digits(national) {
		return Empty, NoReason, false
	}
	validity, reason := s.frenchPhone(national, NoReason)
	return validity, reason, true
}

// plainMail reads an address of ASCII letters, digits and the usual marks.
func (s *Splitter) plainMail(raw []byte) (Validity, Reason, bool) {
	if len(raw) > 128 {
		return Empty, NoReason, false
	}
	at := -1
	for i, c := range raw {
		switch {
		case c >= 'a' && c <= 'z' || isDigit(c) || c == '_' || c == '-' || c == '+':
		case isUpper(c):
			c += 'a' - 'A'
		case c == '.': // none at either end of a part, and no two in a row
			if i == 0 || i == at+1 || raw[i-1] == '.' {
				return s.notPlain()
			}
		case c == '@':
			if at >= 0 || i == 0 || i > 64 || raw[i-1] == '.' {
				return s.notPlain()
			}
			at = i
		default:
			return s.notPlain()
		}
		s.out = append(s.out, c)
	}
	if at < 0 || !hostname(s.out[at+1:]) {
		return s.notPlain()
	}
	s.one(kind.Email)
	s.mailHead(at)
	return Valid, NoReason, true
}

// plainID reads a record id of letters, digits and hyphens.
func (s *Splitter) plainID(raw []byte) (Validity, Reason, bool) {
	n := len(raw)
	if n == 0 || raw[n-1] == '-' || !isAlnum(upper(raw[0])) || isDigit(raw[0]) && !digits(raw) || missing(kind.RecordID, raw) {
		return Empty, NoReason, false
	}
	for _, c := range raw {
		if c = upper(c); !isAlnum(c) && c != '-' {
			return s.notPlain()
		}
		s.out = append(s.out, c)
	}
	s.one(kind.RecordID)
	return Valid, NoReason, true
}

// notPlain undoes what was begun.
func (s *Splitter) notPlain() (Validity, Reason, bool) {
	s.out, s.spans, s.whole = s.out[:0], s.spans[:0], 0
	return Empty, NoReason, false
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}
