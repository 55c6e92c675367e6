package shape

import (
	"testing"

	"constat.example/blind/kind"
)

func TestCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind       kind.Kind
		cell, want string
	}{
		{kind.BirthSurname, "", "empty"},
		{kind.BirthSurname, "NULL", "missing:NULL"},
		{kind.Email, "-----", "missing:-"},
		{kind.Phone, `\N`, `missing:\N`},
		{kind.BirthDate, "00/00/0000", "missing:00/00/0000"},
		{kind.BirthSurname, "NA", "upper"},
		{kind.BirthSurname, "LE GOFF", "upper+blank"},
		{kind.BirthSurname, "Le Goff", "title+blank"},
		{kind.BirthSurname, "D'ALVE-ROCH", "upper+hyphen+apostrophe"},
		{kind.GivenNames, "Zoé, Anaël", "title+accent+blank+comma"},
		{kind.GivenNames, "zoe", "lower"},
		{kind.GivenNames, "ZoE", "mixed"},
		{kind.GivenNames, " Zoe", "title+blank+around"},
		{kind.BirthDate, "1951-05-06", "D4-D2-D2"},
		{kind.BirthDate, "06/05/1951", "D2/D2/D4"},
		{kind.BirthDate, "6 mai 1951", "D1 l3 D4"},
		{kind.DateTime, "1951-05-06 10:20:30", "D4-D2-D2 D2:D2:D2"},
		{kind.Phone, "0199001234", "0 D10"},
		{kind.Phone, "01 99 00 12 34", "0 D2 D2 D2 D2 D2"},
		{kind.Phone, "+33199001234", "+33 +D11"},
		{kind.Sex, "M", "M"},
		{kind.Sex, "Somebody", "other"},
		{kind.RecordID, "FT-0000012345", "L2-D10"},
		{kind.RecordID, "a7Z", "l1D1L1"},
		{kind.PostCode, "1000", "D4"},
		{kind.Email, "A.B@courrier.example", "upper+dot"},
		{kind.Email, "a_b7@courrier.example", "lower+underscore+figure"},
		{kind.Unknown, "12,50", "number,2"},
		{kind.Unknown, "-7", "number"},
		{kind.Unknown, "some words", "text"},
		{kind.IBAN, "FR00 0101 7000 0000 0000 0000 000 and more of it", "long"},
	} {
		if got := string(appendCode(nil, c.kind, []byte(c.cell))); got != c.want {
			t.Errorf("case of kind %s: the code is not %q", c.kind, c.want)
			t.Logf("it is %q", got)
		}
	}
}
