package invent

import (
	"fmt"

	"constat.example/clear/field"
)

// highRank is the rank of birth from which nobody is found. A NIR ends with the
// rank of the birth among those of its commune and month. Six hundred births a
// month are more than any maternity of France has; a commune of few thousand
// people has a few, or the hundreds of one hospital. Ranks that run out go on
// under another code of commune, so that an unknown code would be no such proof.
const (
	highRank = 600
	lastRank = 989
)

// nir is a social security number of fifteen characters whose key fits.
func (i *Inventor) nir(p *person) string {
	n := fmt.Sprintf("%d%02d%02d%s%03d", p.sex, p.born.Year()%100, p.born.Month(), p.birthplace.Code, highRank+i.below(lastRank-highRank+1))
	return fmt.Sprintf("%s%02d", n, field.NIRKey([]byte(n)))
}

// fiction are the numbers that are kept for works of fiction, without the last four
// digits (Arcep, decision 2018-0881, annex 1): mobile, and by zone.
var fiction = [...]string{"063998", "019900", "026191", "035301", "046571", "053649"}

func (i *Inventor) phone(department string) string {
	n := 0
	if i.below(10) >= 7 {
		n = zone(department)
	}
	return fmt.Sprintf("%s%04d", fiction[n], i.below(10_000))
}

// zone is the first digit after 0 of the fixed lines of a département.
func zone(department string) int {
	switch department {
	case "75", "77", "78", "91", "92", "93", "94", "95":
		return 1
	case "14", "18", "22", "27", "28", "29", "35", "36", "37", "41", "44", "45", "49", "50", "53", "56", "61", "72", "76", "85", "974", "976":
		return 2
	case "02", "08", "10", "21", "25", "39", "51", "52", "54", "55", "57", "58", "59", "60", "62", "67", "68", "70", "71", "80", "88", "89", "90":
		return 3
	case "01", "03", "04", "05", "06", "07", "11", "13", "15", "26", "30", "34", "38", "42", "43", "48", "63", "66", "69", "73", "74", "83", "84", "2A", "2B":
		return 4
	}
	return 5
}

// iban is a French account whose keys fit, of a bank code below those that banks
// have: their five digits begin with 1 or more.
func (i *Inventor) iban() string {
	bank, branch, account := 1000+i.below(8000), 1+i.below(9999), i.random.Uint64N(99_999_999_999)+1
	key := 97 - (89*uint64(bank)+15*uint64(branch)+3*account)%97
	bban := fmt.Sprintf("%05d%05d%011d%02d", bank, branch, account, key)
	rest := uint64(0)
	for _, c := range bban + "152700" { // FR is 1527 (ISO 13616)
		rest = (rest*10 + uint64(c-'0')) % 97
	}
	return fmt.Sprintf("FR%02d%s", 98-rest, bban)
}

// tax is a tax number: ten digits, of the highest there may be, and what they leave
// divided by 511.
func (i *Inventor) tax() string {
	n := 3_900_000_000 + i.random.Uint64N(100_000_000)
	return fmt.Sprintf("%010d%03d", n, n%511)
}
