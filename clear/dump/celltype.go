package dump

import "bytes"

// cellType is what a cell looks like, when one asks only whether it could be a
// cell: the right dialect cuts a text into cells that look like something.
type cellType uint8

const (
	cellOther  cellType = iota // like nothing in particular
	cellEmpty                  // nothing, or a word for nothing
	cellNumber                 // with sign, groups, exponent, unit or currency
	cellDate                   // a date, a time, or both
	cellCode                   // an e-mail, URL, IP address or identifier
	cellText                   // words
)

// typeOf classifies a cell. Quoted cells may hold any character as text.
func typeOf(cell []byte, quoted bool) cellType {
	cell = bytes.Trim(cell, " \u00a0")
	if len(cell) == 0 {
		return cellEmpty
	}
	var digits, letters, high, spaces, marks, other int
	var seen [128]uint8
	for _, c := range cell {
		switch {
		case c >= 0x80:
			high++
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		case c == ' ':
			spaces++
		case c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f:
			other++
		default:
			marks++
			if seen[c] < 255 {
				seen[c]++
			}
		}
	}
	if other > 0 {
		return cellOther
	}
	if absent(cell) {
		return cellEmpty
	}
	if digits > 0 {
		if number(cell) {
			return cellNumber
		}
		if date(cell) {
			return cellDate
		}
	}
	if letters > 0 && spaces == 0 && (address(cell, int(seen['@'])) || bytes.Contains(cell, []byte("://")) || bytes.HasPrefix(cell, []byte("www."))) {
		return cellCode
	}
	if quoted {
		return cellText
	}
	if first, last := cell[0], cell[len(cell)-1]; first == '[' && last == ']' || first == '{' && last == '}' {
		return cellCode // JSON, of which a delimiter within would leave one half
	}
	if letters+high == 0 && digits == 0 {
		return cellOther
	}
	// Words: what ends up between words in cells, and not what is likely to
	// separate cells. Brackets must pair.
	for _, c := range []byte(",;|\t\"^~<>={}[]\\$*`\n\r") {
		if seen[c] > 0 {
			return cellOther
		}
	}
	if seen['('] != seen[')'] || seen[':'] > 0 && !bytes.Contains(cell, []byte(": ")) && spaces == 0 {
		return cellOther
	}
	if first := cell[0]; marks > 0 && first < 0x80 && first != '(' && first != '#' && first != '\'' && first != '-' && first != '+' && first != '_' && first != '.' && !alnum(first) {
		return cellOther
	}
	return cellText
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// absent reports a word that stands for no value.
func absent(cell []byte) bool {
	if len(cell) > 9 {
		return false
	}
	switch string(bytes.ToLower(cell)) {
	case "''", "-", "--", "?", "*", ".", "..", "...", "na", "n/a", "n.a.", "n/d", "nd", "nan", "null", `\n`, "(null)", "none", "nil", "#n/a", "<null>":
		return true
	}
	return false
}

// number reports a number: digits with at most one kind of grouping, a decimal
// mark, an exponent; a sign, currency or percent sign around it.
func number(cell []byte) bool {
	for _, p := range []string{"+", "-", "$", "€", "£", "\x80", "\xa3", "(", "-$", "-£"} {
		if bytes.HasPrefix(cell, []byte(p)) {
			cell = bytes.TrimLeft(cell[len(p):], " ")
			break
		}
	}
	for _, p := range []string{"%", "€", "$", "£", ")", "\x80"} {
		if bytes.HasSuffix(cell, []byte(p)) {
			cell = bytes.TrimRight(cell[:len(cell)-len(p)], " ")
			break
		}
	}
	if len(cell) == 0 {
		return false
	}
	digits, points, commas, spaces := 0, 0, 0, 0
	lastMark := -1
	for i, c := range cell {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
			lastMark = i
		case c == ',':
			commas++
			lastMark = i
		case (c == ' ' || c == '\'') && i > 0 && i+3 < len(cell):
			spaces++
		case (c == 'e' || c == 'E') && digits > 0 && i+1 < len(cell):
			return exponent(cell[i+1:]) && commas+points <= 1
		default:
			return false
		}
	}
	if digits == 0 || cell[len(cell)-1] == ',' || cell[0] == ',' {
		return false
	}
	switch {
	case points > 0 && commas > 0:
		// One groups, the other marks the decimals, and comes last.
		by := byte(',')
		if cell[lastMark] == ',' {
			by = '.'
		}
		return bytes.Count(cell, cell[lastMark:lastMark+1]) == 1 && grouped(cell[:lastMark], by)
	case commas > 1:
		return grouped(cell, ',')
	case points > 1:
		return grouped(cell, '.')
	case commas == 1 && points == 0:
		return true
	case spaces > 0:
		return grouped(bytes.ReplaceAll(cell, []byte{'\''}, []byte{' '}), ' ')
	}
	return true
}

func exponent(text []byte) bool {
	if text[0] == '+' || text[0] == '-' {
		text = text[1:]
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0 && len(text) < 5
}

// grouped reports digits in groups of three.
func grouped(cell []byte, by byte) bool {
	groups := bytes.Split(cell, []byte{by})
	for i, g := range groups {
		if i == len(groups)-1 {
			if k := bytes.IndexAny(g, ".,"); k >= 0 {
				g = g[:k]
			}
		}
		if i == 0 && (len(g) == 0 || len(g) > 3) || i > 0 && len(g) != 3 {
			return false
		}
	}
	return true
}

// date reports a date, a time of day, or both.
func date(cell []byte) bool {
	if len(cell) < 4 || len(cell) > 40 {
		return false
	}
	groups, digits := 0, 0 // groups of digits, and digits in this one
	var marks [128]int
	words := 0
	for i := 0; i < len(cell); i++ {
		switch c := cell[i]; {
		case c >= '0' && c <= '9':
			if digits == 0 {
				groups++
			}
			if digits++; digits > 9 {
				return false
			}
			continue
		case c == '/' || c == '-' || c == ':' || c == '.' || c == ' ' || c == '+':
			if digits == 0 && i > 0 && cell[i-1] != ' ' && cell[i-1] != 'Z' && words == 0 {
				return false // two marks side by side
			}
			marks[c]++
		case c == 'T' || c == 'Z' || c == 'h':
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			n := 0
			for i+n < len(cell) && cell[i+n]|0x20 >= 'a' && cell[i+n]|0x20 <= 'z' {
				n++
			}
			if !dateWord(cell[i : i+n]) {
				return false
			}
			words++
			i += n - 1
		default:
			return false
		}
		digits = 0
	}
	if marks['/'] != 0 && marks['/'] != 2 || marks[':'] > 3 || groups < 2 || groups > 9 {
		return false
	}
	return marks['/'] == 2 || marks['-'] >= 2 || marks[':'] >= 1 || marks['.'] >= 2 || words > 0
}

// dateWord reports the name of a month or a day, or half of a day.
func dateWord(word []byte) bool {
	if len(word) == 2 {
		w := string(bytes.ToLower(word))
		return w == "am" || w == "pm"
	}
	if len(word) < 3 {
		return false
	}
	switch string(bytes.ToLower(word[:3])) {
	case "jan", "feb", "fev", "mar", "apr", "avr", "may", "mai", "jun", "jui", "jul", "aug", "aou", "sep", "oct", "nov", "dec",
		"mon", "tue", "wed", "thu", "fri", "sat", "sun", "utc", "gmt", "cet", "edt", "est":
		return len(word) <= 9
	}
	return false
}

// address reports an e-mail address.
func address(cell []byte, ats int) bool {
	if ats != 1 {
		return false
	}
	at := bytes.IndexByte(cell, '@')
	domain := cell[at+1:]
	dot := bytes.LastIndexByte(domain, '.')
	return at > 0 && dot > 0 && dot+2 < len(domain) && !bytes.ContainsAny(cell, ",;|\t\"")
}
