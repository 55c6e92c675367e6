package field

import (
	"constat.example/blind/kind"
	"constat.example/clear/internal/fold"
)

// houseNumber reads a number in a street, with its index: "12 bis" and "12B"
// are both 12 BIS, 0012 is 12; of "12-14" the first is taken.
func (s *Splitter) houseNumber(text []byte) (Validity, Reason) {
	text, _ = numeral(s.spare[:0], text)
	s.words = fold.Words(s.words[:0], text, noMarks)
	words := s.split(s.words)
	for len(words) > 1 && (string(words[0]) == "N" || string(words[0]) == "NO" || string(words[0]) == "NUMERO") {
		words = words[1:]
	}
	if len(words) == 0 {
		return Invalid, Shape
	}
	figures, index, ok := numberAndIndex(words[0], 6)
	if !ok {
		s.out = appendJoined(s.out, words)
		s.one(kind.HouseNumber)
		return Odd, Shape
	}
	used := 1
	if index == "" && len(words) > 1 {
		if index = indexOf(words[1]); index != "" {
			used = 2
		}
	}
	s.out = appendNumber(s.out, figures, index)
	s.one(kind.HouseNumber)
	if used < len(words) {
		return Odd, Several
	}
	return Valid, NoReason
}

func appendNumber(dst, figures []byte, index string) []byte {
	for len(figures) > 1 && figures[0] == '0' {
		figures = figures[1:]
	}
	dst = append(dst, figures...)
	if index != "" {
		dst = append(append(dst, ' '), index...)
	}
	return dst
}

// numberAndIndex parts 12, 12B and 12BIS; at most most digits.
func numberAndIndex(word []byte, most int) (figures []byte, index string, ok bool) {
	i := 0
	for i < len(word) && isDigit(word[i]) {
		i++
	}
	if i == 0 || i > most {
		return nil, "", false
	}
	if i == len(word) {
		return word, "", true
	}
	index = indexOf(word[i:])
	return word[:i], index, index != ""
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// indexOf is the canonical index of a house number, or "". B, T and Q are the
// usual short forms of bis, ter and quater.
func indexOf(word []byte) string {
	switch string(word) {
	case "B", "BIS":
		return "BIS"
	case "T", "TER":
		return "TER"
	case "Q", "QUATER":
		return "QUATER"
	case "QUINQUIES", "SEXIES":
		return string(word)
	}
	if len(word) == 1 && isUpper(word[0]) {
		i := word[0] - 'A'
		return alphabet[i : i+1]
	}
	return ""
}
