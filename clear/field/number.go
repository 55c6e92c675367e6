package field

import "constat.example/clear/internal/fold"

var pressedMarks = fold.SetOf("!#$%&()*+,:;<=>?@[]^{|}~")

// numeral undoes what spreadsheets and data frames do to numbers kept as text:
// the ".0" of a number read as a float, scientific notation. Text that is no
// number comes back as it is. Digits are appended to dst where they must be
// rewritten. The reason is Scientific, or DigitsLost when the notation rounded
// the number, or none.
func numeral(dst, text []byte) ([]byte, Reason) {
	n := len(text)
	i := 0
	for i < n && isDigit(text[i]) {
		i++
	}
	if i == n || i == 0 || text[i] != '.' && text[i] != ',' && text[i] != 'E' && text[i] != 'e' {
		return text, NoReason
	}
	whole := text[:i]
	var fraction []byte
	if text[i] == '.' || text[i] == ',' {
		from := i + 1
		for i++; i < n && isDigit(text[i]); i++ {
		}
		fraction = text[from:i]
		if len(fraction) == 0 {
			return text, NoReason
		}
	}
	if i == n {
		for _, c := range fraction {
			if c != '0' {
				return text, NoReason
			}
		}
		return whole, NoReason
	}
	if text[i] != 'E' && text[i] != 'e' || len(whole) != 1 {
		return text, NoReason
	}
	i++
	if i < n && text[i] == '+' {
		i++
	}
	if i == n || n-i > 2 {
		return text, NoReason
	}
	exponent := 0
	for ; i < n; i++ {
		if !isDigit(text[i]) {
			return text, NoReason
		}
		exponent = exponent*10 + int(text[i]-'0')
	}
	if exponent == 0 || exponent > 24 {
		return text, NoReason
	}
	dst = append(append(dst, whole...), fraction...)
	if len(fraction) < exponent {
		return dst, DigitsLost
	}
	return dst[:len(dst)-(len(fraction)-exponent)], Scientific
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func isAlnum(c byte) bool { return isDigit(c) || isUpper(c) }

// digits reports whether text is made of digits only, and of some.
func digits(text []byte) bool {
	for _, c := range text {
		if !isDigit(c) {
			return false
		}
	}
	return len(text) > 0
}

// compact appends the letters and digits of text in upper case, passing over
// blanks, quotes, dots, dashes, slashes and underscores. clean is false if it met
// anything else; what it met is appended as it is.
func compact(dst, text []byte) (out []byte, clean bool) {
	clean = true
	for _, c := range text {
		switch {
		case c >= 'a' && c <= 'z':
			dst = append(dst, c-'a'+'A')
		case isAlnum(c):
			dst = append(dst, c)
		case c == ' ' || c == '.' || c == '-' || c == '/' || c == '_' || c == '"' || c == '\'' || c == '\n':
		default:
			dst = append(dst, c)
			clean = false
		}
	}
	return dst, clean
}

// number appends to s.out the letters and digits of a number kept as text; how
// says what had become of it, clean that there was nothing else.
func (s *Splitter) number(text []byte) (how Reason, clean bool) {
	text, how = numeral(s.spare[:0], text)
	s.out, clean = s.pressed(text)
	// What stood around it may have hidden a numeral.
	if text, again := numeral(s.spare[:0], s.out); len(text) != len(s.out) || again != NoReason {
		s.out, how, clean = append(s.out[:0], text...), max(how, again), true
	}
	return how, clean
}

// pressed appends text compacted to s.out. Letters that are not ASCII are
// folded first: without the blanks between them they could look misread.
func (s *Splitter) pressed(text []byte) (out []byte, clean bool) {
	for _, c := range text {
		if c >= 0x80 {
			s.words = fold.Words(s.words[:0], text, pressedMarks)
			text = s.words
			break
		}
	}
	return compact(s.out, text)
}

// value is the number that digits write; they are few enough for an int.
func value(digits []byte) int {
	n := 0
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}
