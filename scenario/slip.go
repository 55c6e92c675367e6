package scenario

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat.example/scenario/internal/agency"
)

// slips makes the errors of one who keys rows in.
type slips struct {
	theft   Theft
	columns []agency.Column
}

// where the columns that errors befall stand, -1 where the dump lacks them.
func (s slips) position(c agency.Column) int {
	for i, have := range s.columns {
		if have == c {
			return i
		}
	}
	return -1
}

// spoil changes the cells of one row. Its randomness is the row's own.
func (s slips) spoil(cells [][]byte, key uint64) {
	if s.theft.Mistyped+s.theft.Swapped+s.theft.Blanked == 0 {
		return
	}
	dice := rand.New(rand.NewPCG(key, 0x5bd1e995))
	surname, given := s.position(agency.BirthSurname), s.position(agency.GivenNames)
	if surname >= 0 && given >= 0 && dice.IntN(10_000) < s.theft.Swapped {
		cells[surname], cells[given] = cells[given], cells[surname]
	}
	if dice.IntN(10_000) < s.theft.Mistyped {
		var able []int
		for _, c := range []agency.Column{agency.BirthSurname, agency.GivenNames, agency.BirthDate, agency.Email} {
			if i := s.position(c); i >= 0 && len(cells[i]) > 2 {
				able = append(able, i)
			}
		}
		if len(able) > 0 {
			i := able[dice.IntN(len(able))]
			if s.columns[i] == agency.BirthDate && dice.IntN(5) == 0 {
				cells[i] = s.dayForMonth(cells[i])
			} else {
				cells[i] = mistype(cells[i], dice)
			}
		}
	}
	for i, c := range s.columns {
		if c != agency.RecordID && dice.IntN(10_000) < s.theft.Blanked {
			cells[i] = nil
		}
	}
}

// dayForMonth returns a date with the two in each other's place.
func (s slips) dayForMonth(date []byte) []byte {
	day, month := strings.Index(s.theft.Format.Dates, "02"), strings.Index(s.theft.Format.Dates, "01")
	if len(date) != len(s.theft.Format.Dates) {
		return date
	}
	out := slices.Clone(date)
	copy(out[day:day+2], date[month:])
	copy(out[month:month+2], date[day:])
	return out
}

// beside are the letters that lie beside each on a French keyboard.
var beside = map[rune]string{
	'a': "zq", 'z': "aes", 'e': "zrd", 'r': "etf", 't': "ryg", 'y': "tuh", 'u': "yij", 'i': "uok", 'o': "ipl", 'p': "om",
	'q': "aswz", 's': "qdzx", 'd': "sfec", 'f': "dgrv", 'g': "fhtb", 'h': "gjyn", 'j': "hkun", 'k': "jlio", 'l': "kmop", 'm': "lp",
	'w': "xqs", 'x': "wcsd", 'c': "xvdf", 'v': "cbfg", 'b': "vngh", 'n': "bhj",
	'0': "9", '1': "2", '2': "13", '3': "24", '4': "35", '5': "46", '6': "57", '7': "68", '8': "79", '9': "80",
}

// mistype returns text with one error: a character replaced by any other or by
// its neighbour on the keyboard, left out, put in, doubled, or changed places
// with the next.
func mistype(text []byte, dice *rand.Rand) []byte {
	runes := []rune(string(text))
	i := dice.IntN(len(runes))
	alike := func(near rune) rune {
		switch {
		case near >= '0' && near <= '9':
			return '0' + (near-'0'+1+rune(dice.IntN(9)))%10
		case near >= 'A' && near <= 'Z':
			return 'A' + (near-'A'+1+rune(dice.IntN(25)))%26
		case near >= 'a' && near <= 'z':
			return 'a' + (near-'a'+1+rune(dice.IntN(25)))%26
		}
		return 'e'
	}
	switch dice.IntN(6) {
	case 0:
		runes[i] = alike(runes[i])
	case 1:
		runes = slices.Delete(runes, i, i+1)
	case 2:
		runes = slices.Insert(runes, i, alike(runes[i]))
	case 3:
		j := (i + 1) % len(runes)
		runes[i], runes[j] = runes[j], runes[i]
	case 4:
		runes = slices.Insert(runes, i, runes[i])
	case 5:
		near, ok := beside[unicode.ToLower(runes[i])]
		if !ok {
			runes[i] = alike(runes[i])
			break
		}
		c := rune(near[dice.IntN(len(near))])
		if unicode.IsUpper(runes[i]) {
			c = unicode.ToUpper(c)
		}
		runes[i] = c
	}
	var out []byte
	for _, c := range runes {
		out = utf8.AppendRune(out, c)
	}
	return out
}
