package field

import (
	"bytes"
	"unicode"

	"golang.org/x/net/idna"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/internal/fold"
)

// email reads an e-mail address (RFC 5321, with the letters of RFC 6531): its
// canonical form is lower case, the domain in ASCII. Plus-tags and dots stay in
// it; the head, which is for comparing, is the local part without them.
func (s *Splitter) email(text []byte) (Validity, Reason) {
	reason := NoReason
	wrapped := !unwrapped(text)
	if wrapped {
		text, reason = unwrapMail(text)
	}
	s.words = fold.Case(s.words[:0], text, unicode.LowerCase)
	for range 4 {
		if !wrapped {
			break
		}
		clean, _ := s.cleaner.Clean(s.words, false)
		if clean, _ = unwrapMail(clean); string(clean) == string(s.words) {
			break
		}
		s.words = fold.Case(s.words[:0], bytes.Clone(clean), unicode.LowerCase)
	}
	mail := s.words
	at := bytes.LastIndexByte(mail, '@')
	if at < 0 {
		s.out = append(s.out, mail...)
		if len(mail) < 5 || bytes.IndexByte(mail, ' ') >= 0 {
			s.bare()
		} else {
			s.one(kind.Email)
		}
		return Invalid, Shape
	}
	local, domain := bytes.TrimSpace(mail[:at]), bytes.Trim(mail[at+1:], " .")
	s.out = append(append(s.out, local...), '@')
	from := len(s.out)
	plain := true
	for _, c := range domain {
		plain = plain && c < 0x80
	}
	if plain {
		s.out = append(s.out, domain...)
	} else if ascii, err := idna.Lookup.ToASCII(string(domain)); err == nil {
		s.out = append(s.out, ascii...)
		if reason == NoReason {
			reason = NotASCII
		}
	} else {
		s.out = append(s.out, domain...)
	}
	s.one(kind.Email)
	end := len(s.out)
	s.mailHead(from - 1)
	if how := judgeLocal(s.out[:from-1]); how == Shape || !hostname(s.out[from:end]) || end > 254 {
		return Invalid, Shape
	} else if reason == NoReason {
		reason = how
	}
	return odd(reason)
}

// mailHead adds the head of the address in s.out, whose sign is there: its local
// part without dots and tag.
func (s *Splitter) mailHead(at int) {
	end := len(s.out)
	for _, c := range s.out[:at] {
		if c == '+' {
			break
		}
		if c != '.' {
			s.out = append(s.out, c)
		}
	}
	if len(s.out) > end {
		s.spans = append(s.spans, span{kind.Email, token.Head, end, len(s.out)})
	}
}

// unwrapped reports whether text is an address as most are, with nothing
// around it.
func unwrapped(text []byte) bool {
	signs := 0
	for _, c := range text {
		switch {
		case c >= 'a' && c <= 'z' || isAlnum(c) || c == '.' || c == '_' || c == '-' || c == '+':
		case c == '@':
			signs++
		default:
			return false
		}
	}
	return signs == 1
}

// unwrapMail takes the address out of "Name <a@b>", mailto: and a list, and
// undoes spelt-out signs.
func unwrapMail(text []byte) ([]byte, Reason) {
	reason := NoReason
	for {
		before := len(text)
		if i, j := bytes.LastIndexByte(text, '<'), bytes.LastIndexByte(text, '>'); i >= 0 && j > i+1 {
			text = text[i+1 : j]
		}
		text = bytes.Trim(text, " <>\"'")
		if len(text) > 7 && bytes.EqualFold(text[:7], []byte("mailto:")) {
			text = text[7:]
			if i := bytes.IndexByte(text, '?'); i > 0 {
				text = text[:i]
			}
		}
		// Several: the first that holds a sign.
		if i := bytes.IndexByte(text, '@'); i >= 0 {
			if j := bytes.IndexAny(text[i:], ";, |/"); j > 0 && bytes.IndexByte(text[i+j:], '@') >= 0 {
				text, reason = text[:i+j], Several
			}
			for j := bytes.IndexAny(text[:i], ";,|"); j >= 0; j = bytes.IndexAny(text[:i], ";,|") {
				text, reason = text[j+1:], Several
				i -= j + 1
			}
			text = bytes.TrimRight(text, ";,. ")
		} else {
			for _, sign := range []string{"(at)", "[at]", " at ", "%40", "(a)", "[arobase]", "(arobase)"} {
				if i := bytes.Index(text, []byte(sign)); i > 0 {
					text = bytes.Join([][]byte{text[:i], text[i+len(sign):]}, []byte("@"))
					reason = Repairable
					break
				}
			}
		}
		if len(text) == before {
			return text, reason
		}
	}
}

// judgeLocal is Shape for what is no local part, NotASCII for an unusual one.
func judgeLocal(local []byte) Reason {
	if len(local) == 0 || len(local) > 64 {
		return Shape
	}
	reason := NoReason
	for i, c := range local {
		switch {
		case c >= 'a' && c <= 'z' || isDigit(c) || c == '_' || c == '-' || c == '+':
		case c == '.':
			if i == 0 || i == len(local)-1 || local[i-1] == '.' {
				reason = NotASCII // some providers gave out such addresses
			}
		case c >= 0x80:
			reason = NotASCII
		case bytes.IndexByte([]byte("!#$%&'*/=?^`{|}~"), c) >= 0:
			reason = NotASCII
		default:
			return Shape
		}
	}
	return reason
}

// hostname reports whether name is a domain of two labels or more whose last
// is not a number.
func hostname(name []byte) bool {
	labels, from := 0, 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '.' {
			c := name[i]
			if !(c >= 'a' && c <= 'z') && !isDigit(c) && (c != '-' || i == from) {
				return false
			}
			continue
		}
		label := name[from:i]
		if len(label) == 0 || len(label) > 63 || label[len(label)-1] == '-' {
			return false
		}
		if i == len(name) && (len(label) < 2 || digits(label)) {
			return false
		}
		labels++
		from = i + 1
	}
	return labels >= 2
}
