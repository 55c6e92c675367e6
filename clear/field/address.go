package field

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/internal/fold"
)

var (
	addressMarks = fold.SetOf("\n,;/")
	addressGaps  = fold.SetOf(" \n,;/")
)

// address reads a postal address after NF Z10-011: the street, with its type
// spelt out, and where the cell holds them house number, postcode and city.
// What precedes the number or the street (a residence, a floor) is left to the
// address complement.
func (s *Splitter) address(text []byte) (Validity, Reason) {
	s.words = fold.Words(s.words[:0], text, addressMarks)
	s.addressWords(s.words)
	words, starts := s.tokens, s.starts
	post := postcodeAt(words, starts)
	city := len(words)
	street, streetStarts := words, starts
	if post >= 0 {
		for city = post + 1; city < len(words) && starts[city] == 0; city++ {
		}
		if post > 0 {
			street, streetStarts = words[:post], starts[:post]
		} else {
			street, streetStarts = words[city:], starts[city:]
		}
	}
	line := bestLine(street, streetStarts)
	figures, index, line := takeNumber(line)
	if len(line) > 0 {
		s.out = appendStreet(s.out, line)
		s.add(kind.Address, token.Whole, 0)
	}
	if len(figures) > 0 {
		from := len(s.out)
		s.out = appendNumber(s.out, figures, index)
		s.add(kind.HouseNumber, token.Whole, from)
	}
	if post < 0 {
		if len(line) == 0 {
			return Odd, NoStreet
		}
		return Valid, NoReason
	}
	from := len(s.out)
	s.out = append(s.out, words[post]...)
	onePostcode(s.out[from:])
	s.add(kind.PostCode, token.Whole, from)
	if post+1 < city {
		from = len(s.out)
		if s.out = appendPlace(s.out, words[post+1:city]); len(s.out) > from {
			s.add(kind.City, token.Whole, from)
		}
	}
	if len(line) == 0 {
		return Odd, NoStreet
	}
	return Odd, WholeAddress
}

// addressExtra reads a complement: building, floor, residence, locality.
func (s *Splitter) addressExtra(text []byte) (Validity, Reason) {
	s.words = fold.Words(s.words[:0], text, noMarks)
	s.out = appendStreet(s.out, s.split(s.words))
	s.one(kind.AddressExtra)
	return Valid, NoReason
}

// addressWords parts a folded address into s.tokens, and notes in s.starts the
// mark before each that begins a line: a comma or a line end. Floors are left
// out.
func (s *Splitter) addressWords(text []byte) {
	s.tokens, s.starts = s.tokens[:0], s.starts[:0]
	start := byte('\n')
	for len(text) > 0 {
		n := addressGaps.Index(text)
		if n < 0 {
			n = len(text)
		}
		word := text[:n]
		mark := byte(' ')
		if n < len(text) {
			mark = text[n]
		}
		text = text[min(n+1, len(text)):]
		if mark == '/' && string(word) == "S" {
			word = []byte("SUR")
			if len(text) > 1 && text[0] == 'S' && (text[1] == '/' || text[1] == ' ') {
				word, text = []byte("SOUS"), text[2:]
			}
		}
		switch k := len(word); {
		case k == 0:
		case string(word) == "ETAGE" && len(s.tokens) > 0 && ordinal(s.tokens[len(s.tokens)-1]):
			start = max(start, s.starts[len(s.tokens)-1])
			s.tokens, s.starts = s.tokens[:len(s.tokens)-1], s.starts[:len(s.tokens)-1]
		case k > 8 && digits(word[k-5:]) && letters(word[:k-5]):
			// A postcode run into the word before.
			s.tokens, s.starts = append(s.tokens, word[:k-5], word[k-5:]), append(s.starts, start, 0)
			start = 0
		case string(word) == "P" && len(s.tokens) > 0 && string(s.tokens[len(s.tokens)-1]) == "B":
			s.tokens[len(s.tokens)-1] = []byte("BP")
		default:
			s.tokens, s.starts = append(s.tokens, word), append(s.starts, start)
			start = 0
		}
		switch {
		case mark == '\n':
			start = '\n'
		case mark != ' ' && mark != '/' && start == 0:
			start = ','
		}
	}
	// The country closes an address and tells nothing.
	if n := len(s.tokens); n > 1 && string(s.tokens[n-1]) == "FRANCE" {
		s.tokens, s.starts = s.tokens[:n-1], s.starts[:n-1]
	}
}

// postcodeAt finds the postcode: the last number of five digits that is not
// that of a box, before a word or at the end; -1 if there is none.
func postcodeAt(words [][]byte, starts []byte) int {
	for i := len(words) - 1; i >= 0; i-- {
		if len(words[i]) != 5 || !digits(words[i]) || boxNumber(words, i) {
			continue
		}
		if i+1 < len(words) && starts[i+1] == 0 && isDigit(words[i+1][0]) {
			continue
		}
		if i == 0 {
			// "12345 MAIN STREET" begins with a house number.
			if len(words) == 1 {
				return 0
			}
			for j := 1; j < len(words) && starts[j] == 0; j++ {
				if streetType(words[j]) != "" || englishType(words[j]) != "" && j > 1 {
					return -1
				}
			}
		}
		return i
	}
	return -1
}

// box reports whether a folded word announces a post box or a special
// delivery (BP, CS, TSA, CIDEX).
func box(word []byte) bool {
	switch string(word) {
	case "BP", "CS", "TSA", "CIDEX":
		return true
	}
	return false
}

func boxNumber(words [][]byte, i int) bool {
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		if box(words[j]) {
			return true
		}
		if w := string(words[j]); w != "N" && w != "NO" {
			return false
		}
	}
	return false
}

// bestLine is the line that names the street: one with a number before a street
// type, else with a type in front, else with a number in front, else the first.
func bestLine(words [][]byte, starts []byte) [][]byte {
	var best [][]byte
	top := -1
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && starts[to] == 0 {
			to++
		}
		line := words[from:to]
		// A comma often follows the number: it ends no line.
		if to < len(words) && (onlyNumber(line) || starts[to] == ',' && endsInNumber(line) && streetType(words[to]) != "") {
			for to++; to < len(words) && starts[to] == 0; to++ {
			}
			line = words[from:to]
		}
		from = to
		score := 0
		at, _, ok := findNumber(line)
		switch {
		case ok && at < len(line) && hasType(line[at:]):
			score = 3
		case streetType(line[0]) != "" && len(line) > 1:
			score = 2
		case ok && len(line) > 1:
			score = 1
		}
		if score > top {
			best, top = line, score
		}
	}
	return best
}

func hasType(words [][]byte) bool {
	for i, word := range words {
		if i < len(words)-1 && streetType(word) != "" || i > 0 && i == len(words)-1 && englishType(word) != "" {
			return true
		}
	}
	return false
}

func onlyNumber(line [][]byte) bool {
	if _, _, ok := numberAndIndex(line[0], 4); !ok {
		return false
	}
	return len(line) == 1 || len(line) == 2 && indexOf(line[1]) != ""
}

// endsInNumber reports whether the last word of line may be a house number: it
// is not that of a box or a building.
func endsInNumber(line [][]byte) bool {
	last := len(line) - 1
	if last > 0 && len(line[last]) > 1 && indexOf(line[last]) != "" {
		last--
	}
	_, _, ok := numberAndIndex(line[last], 4)
	return ok && last > 0 && !numbered(line[last-1])
}

// numbered reports whether a folded word announces a number that is not that
// of a house.
func numbered(word []byte) bool {
	switch string(word) {
	case "BAT", "BATIMENT", "BT", "APPT", "APT", "APPARTEMENT", "ESC", "ESCALIER", "ETAGE", "ETG", "LOT", "PORTE", "ENTREE",
		"HALL", "CHAMBRE", "BLOC", "UNIT", "FLAT", "SUITE", "DU", "LE":
		return true
	}
	return box(word)
}

// findNumber finds the house number of a line: in front, or before a street
// type.
func findNumber(line [][]byte) (at, after int, ok bool) {
	for i, word := range line {
		most := 4
		if i == 0 {
			most = 5
		}
		if _, _, is := numberAndIndex(word, most); !is || i > 0 && numbered(line[i-1]) {
			continue
		}
		if i == 0 {
			return 0, 1, true
		}
		next := i + 1
		if next < len(line) && indexOf(line[next]) != "" && next+1 < len(line) && streetType(line[next+1]) != "" {
			next++
		}
		if next+1 < len(line) && streetType(line[next]) != "" {
			return i, i + 1, true
		}
	}
	return 0, 0, false
}

// takeNumber parts the house number from the street of a line.
func takeNumber(line [][]byte) (figures []byte, index string, street [][]byte) {
	for len(line) > 1 && (string(line[0]) == "N" || string(line[0]) == "NO" || string(line[0]) == "NUMERO") && isDigit(line[1][0]) {
		line = line[1:]
	}
	at, after, ok := findNumber(line)
	if !ok {
		return nil, "", line
	}
	figures, index, _ = numberAndIndex(line[at], 5)
	street = line[after:]
	if index == "" && len(street) > 0 {
		if i := indexOf(street[0]); i != "" && (len(street[0]) > 1 || len(street) == 1 || indexBefore(street)) {
			index, street = i, street[1:]
		}
	}
	// Of "12-14 RUE" the first number is taken.
	for len(street) > 1 {
		if _, _, number := numberAndIndex(street[0], 4); !number || !hasType(street[1:]) || streetType(street[0]) != "" {
			break
		}
		street = street[1:]
	}
	return figures, index, street
}

// indexBefore reports whether the letter in front of street is an index: D, L
// and R may belong to the street (D ARTAGNAN, L EGLISE, R for rue).
func indexBefore(street [][]byte) bool {
	if streetType(street[1]) != "" {
		return true
	}
	c := street[0][0]
	return c != 'D' && c != 'L' && c != 'R'
}

func (s *Splitter) composeAddress() []byte {
	var text []byte
	if number := s.text(kind.HouseNumber, token.Whole); number != nil {
		// Number and index in one word: a letter is surely an index then.
		text = append(text, bytes.ReplaceAll(number, []byte(" "), nil)...)
	}
	if street := s.text(kind.Address, token.Whole); street != nil {
		if len(text) > 0 {
			text = append(text, ' ')
		}
		text = append(text, street...)
	}
	if post := s.text(kind.PostCode, token.Whole); post != nil {
		if len(text) > 0 {
			text = append(text, ", "...)
		}
		text = append(text, post...)
		if city := s.text(kind.City, token.Whole); city != nil {
			text = append(append(text, ' '), city...)
		}
	}
	return text
}
