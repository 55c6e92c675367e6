package agency

import (
	"strconv"

	"constat.example/internal/chance"
)

// placeCode is the five-character code of a birthplace.
func (w *World) placeCode(place int32) string {
	if int(place) < len(w.f.Communes) {
		return w.f.Communes[place].Code
	}
	return w.f.Abroad[int(place)-len(w.f.Communes)].Code
}

// appendNIR writes the social security number with its key: sex, year and
// month of birth, place, order, 97 less the rest of the whole by 97 (décret
// 82-103). Corsica was 20 for those born before 1976; Algeria, Morocco and
// Tunisia were 91 to 94, 95 and 96 before independence.
func (w *World) appendNIR(b []byte, p *person) []byte {
	from := len(b)
	y, m, _ := p.born.date()
	b = append(b, '0'+p.sex, byte('0'+y/10%10), byte('0'+y%10), byte('0'+m/10), byte('0'+m%10))
	code := w.placeCode(p.place)
	colony := uint64(0)
	switch {
	case code == "99352" && y < 1962:
		colony = 91 + uint64(chance.Below(chance.Mix(uint64(p.order)), 4))
	case code == "99350" && y < 1956:
		colony = 95
	case code == "99351" && y < 1956:
		colony = 96
	}
	switch {
	case colony != 0:
		b = append(b, byte('0'+colony/10), byte('0'+colony%10))
		// From 700 on, where the departments that have the codes 91 to 95 today have no commune.
		b = appendPadded(b, 700+uint64(chance.Below(chance.Mix(uint64(p.order)+1), 290)), 3)
	case code[0] == '2' && code[1] > '9' && y < 1976:
		b = append(append(b, "20"...), code[2:]...)
	default:
		b = append(b, code...)
	}
	b = appendPadded(b, uint64(p.order), 3)
	return appendPadded(b, nirKey(b[from:]), 2)
}

// nirKey is the key of the thirteen characters of a NIR; 2A counts as 19, 2B as 18.
func nirKey(nir []byte) uint64 {
	var n uint64
	for i, c := range nir {
		switch {
		case i == 6 && c == 'A':
			n = (n-2+1)*10 + 9
		case i == 6 && c == 'B':
			n = (n-2+1)*10 + 8
		default:
			n = n*10 + uint64(c-'0')
		}
	}
	return 97 - n%97
}

// appendTax writes the tax number (SPI): ten digits, then what they leave divided by 511.
func (w *World) appendTax(b []byte, p *person) []byte {
	const lowest, highest = 3_000_000, 3_999_999_999
	step := (highest - lowest) / w.total
	n := lowest + w.taxes.At(uint64(p.Index))*step + uint64(chance.Below(chance.Mix(p.key+8), int(step)))
	b = appendPadded(b, n, 10)
	return appendPadded(b, n%511, 3)
}

// banks is codes of banks that do not exist: those we know of have codes from
// 10 000 on.
var banks = []uint64{1017, 1029, 1041, 2063, 2087, 3019, 3043, 4057, 5071, 6083, 7019, 8053}

// appendIBAN writes the account of that version.
func (w *World) appendIBAN(b []byte, p *person, version uint32) []byte {
	i := uint64(version-1)*w.total + uint64(p.Index)
	if w.c.Universe > 0 {
		i += 1 << 35
	}
	account := w.accounts.At(i)
	bank := banks[chance.Below(chance.Mix(p.key+9+uint64(version)), len(banks))]
	branch := uint64(1 + chance.Below(chance.Mix(p.key+10), 4000))
	// The bank's own key, then that of the whole with FR as 1527 (ISO 13616).
	key := 97 - (89*bank+15*branch+3*account)%97
	var text [23]byte
	bban := appendPadded(appendPadded(appendPadded(appendPadded(text[:0], bank, 5), branch, 5), account, 11), key, 2)
	var rest uint64
	for _, c := range bban {
		rest = (rest*10 + uint64(c-'0')) % 97
	}
	rest = (rest*1_000_000 + 152_700) % 97
	b = append(b, "FR"...)
	b = appendPadded(b, 98-rest, 2)
	return append(b, bban...)
}

// appendPadded writes n in at least width digits.
func appendPadded(b []byte, n uint64, width int) []byte {
	for limit, w := uint64(10), 1; w < width; limit, w = limit*10, w+1 {
		if n < limit {
			b = append(b, '0')
		}
	}
	return strconv.AppendUint(b, n, 10)
}
