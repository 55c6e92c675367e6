package column

import (
	"math"

	"constat.example/blind/kind"
)

// test says what share of a column's distinct values has a look: expect where
// the column holds the kind, chance where it holds something else. most is how
// many values speak for themselves, floor the least that the test may count
// (0 for none). Tests of one kind in one group are alternatives: the best counts.
type test struct {
	kind           kind.Kind
	look           look
	expect, chance float64
	most, floor    float64
	group          int
}

// tests is what values of each kind look like. Shares are over distinct
// values, so that rare towns and names weigh as much as frequent ones.
var tests = []test{
	{kind.RecordID, keyShaped, .98, .5, 2, 0, 0},
	{kind.RecordID, day, .02, .1, 20, 0, 0},
	{kind.Identifier, keyShaped, .95, .5, 2, 0, 0},
	{kind.Identifier, day, .02, .1, 20, 0, 0},
	{kind.Identifier, email, .01, .1, 20, 0, 0},

	{kind.BirthSurname, nameShaped, .97, .35, 3, 0, 0},
	{kind.BirthSurname, surnameHit, .45, .05, 8, -2, 0},
	{kind.BirthSurname, givenName, .12, .3, 4, 0, 0},
	{kind.BirthSurname, placeWord, .01, .1, 80, 0, 0},
	{kind.UsedSurname, nameShaped, .97, .35, 3, 0, 0},
	{kind.UsedSurname, surnameHit, .45, .05, 8, -2, 0},
	{kind.UsedSurname, givenName, .12, .3, 4, 0, 0},
	{kind.UsedSurname, placeWord, .01, .1, 80, 0, 0},
	{kind.GivenNames, nameShaped, .97, .35, 3, 0, 0},
	{kind.GivenNames, givenName, .85, .05, 6, -2, 0},
	{kind.FullName, nameShaped, .95, .35, 3, 0, 0},
	{kind.FullName, fullName, .85, .04, 6, -4, 0},

	{kind.Sex, sexWord, .99, .01, 3, 0, 1},
	{kind.Sex, sexDigit, .97, .4, 2, 0, 1},

	{kind.BirthDate, day, .93, .01, 3, 0, 1},
	{kind.BirthDate, dateAny, .93, .4, 2, 0, 1},
	{kind.BirthDate, clocked, .03, .1, 4, 0, 0},
	{kind.DateTime, day, .95, .01, 3, 0, 1},
	{kind.DateTime, epoch, .97, .4, 3, 0, 1},
	{kind.DateTime, clocked, .5, .1, 2, 0, 0},

	{kind.City, nameShaped, .9, .35, 3, 0, 0},
	{kind.City, cityHit, .5, .03, 6, -2, 0},
	{kind.City, placeWord, .2, .02, 20, -.3, 0},
	{kind.BirthPlace, nameShaped, .9, .35, 3, 0, 0},
	{kind.BirthPlace, cityHit, .5, .03, 6, -2, 0},
	{kind.BirthPlace, placeWord, .2, .02, 20, -.3, 0},
	{kind.CityCode, inseeShaped, .98, .5, 2, 0, 0},
	{kind.CityCode, inseeHit, .45, .03, 6, -2, 0},
	{kind.CityCode, endsInZero, .1, .3, 4, 0, 0},
	{kind.BirthPlaceCode, inseeShaped, .98, .5, 2, 0, 0},
	{kind.BirthPlaceCode, inseeHit, .45, .03, 6, -2, 0},
	{kind.BirthPlaceCode, endsInZero, .1, .3, 4, 0, 0},
	{kind.BirthPlaceCode, inseeAbroad, .1, .005, 10, -.3, 0},
	{kind.PostCode, fiveDigits, .97, .5, 2, 0, 1},
	{kind.PostCode, postShaped, .97, .6, 2, 0, 1},
	{kind.PostCode, endsInZero, .72, .1, 5, -2.5, 0},
	{kind.PostCode, leadingZero, .1, .003, 10, -1, 0},
	{kind.Region, regionName, .95, .003, 3, 0, 1},
	{kind.Region, regionAny, .97, .5, 2, 0, 1},
	{kind.Country, countryName, .9, .003, 3, 0, 1},
	{kind.Country, countryAny, .97, .5, 2, 0, 1},
	{kind.BirthCountry, countryName, .9, .003, 3, 0, 1},
	{kind.BirthCountry, countryAny, .97, .5, 2, 0, 1},

	{kind.Address, street, .8, .02, 6, -2.5, 0},
	{kind.Address, wordy, .97, .5, 3, 0, 0},
	{kind.Address, numbered, .6, .05, 2, -.7, 0},
	{kind.AddressExtra, extraLine, .5, .01, 4, -.5, 0},
	{kind.AddressExtra, wordy, .8, .5, 1, 0, 0},
	{kind.AddressExtra, amount, .01, .1, 20, 0, 0},
	{kind.HouseNumber, house, .97, .5, 3, 0, 0},

	{kind.NIR, nir, .9, .002, 30, 0, 1},
	{kind.NIR, nirNoKey, .9, .03, 6, 0, 1},
	{kind.NIR, nirShaped, .97, .6, 3, 0, 1},
	{kind.TaxNumber, tax, .9, .001, 30, 0, 1},
	{kind.TaxNumber, thirteen, .95, .6, 3, 0, 1},
	{kind.SIRET, siret, .95, .1, 30, -6, 0},
	{kind.IBAN, iban, .93, .003, 10, -5, 0},
	{kind.PaymentCard, card, .95, .1, 30, -12, 0},
	{kind.Email, email, .95, .002, 8, -7, 0},
	{kind.Phone, phone, .9, .01, 4, 0, 1},
	{kind.Phone, phoneLoose, .95, .6, 3, 0, 1},
	{kind.IDCard, idCard, .9, .4, 3, 0, 0},
	{kind.Passport, passport, .9, .0005, 4, -5, 0},
	{kind.Permit, permit, .9, .4, 3, -4, 0},

	{kind.Login, token, .95, .6, 2, 0, 0},
	{kind.Login, email, .1, .3, 4, 0, 0},
	{kind.Password, hash, .9, .05, 4, -.5, 0},
	{kind.Password, day, .01, .1, 20, 0, 0},
	{kind.IPAddress, ipAddress, .97, .001, 6, 0, 0},
	{kind.FreeText, longText, .6, .02, 4, -1, 0},
	{kind.FreeText, wordy, .9, .5, 2, 0, 0},
}

// prior is how probable a kind is before any evidence, against unknown, in
// nats: kinds that come with another of the same look are rarer.
func prior(k kind.Kind) float64 {
	switch k {
	case kind.Unknown:
		return 0
	case kind.UsedSurname, kind.BirthPlace, kind.BirthPlaceCode, kind.BirthCountry:
		return -3.5
	}
	return -2.5
}

// Weights of what columns tell as wholes and together, in nats.
const (
	fewValues    = -5.0 // a handful of distinct values where persons have many
	oneValue     = -4.0
	oldYears     = 3.0  // dates of which half lie far back: births
	recentYears  = -3.0 // dates that all lie in a few late years: events
	futureYears  = -6.0
	repeatedKey  = -4.0 // a record id that stands in most rows several times
	sparseKey    = -3.0
	rowNumber    = -6.0 // 1, 2, 3 … in the order of the rows
	besideCity   = 8.0  // codes that go with the town in the same row
	besideNIR    = 8.0  // what the NIR in the same row says too
	besideNames  = 5.0  // the sex that goes with the given name in the same row
	besideStreet = 4.0  // 12 bis, next to a street without a number
	notOfBirth   = -10. // a place or country under a name that speaks of no birth
)

// ofBirth are kinds whose values are those of other kinds, and which only a name
// tells for sure.
var ofBirth = kind.Set(0).With(kind.BirthPlace).With(kind.BirthPlaceCode).With(kind.BirthCountry)

// weigh is the log-likelihood ratio of a share m of n distinct values. A look
// that speaks against the kind never speaks for it by its absence: most
// columns of any kind lack it.
func (t test) weigh(m float64, n int) float64 {
	w := min(float64(n), t.most) * (m*math.Log(t.expect/t.chance) + (1-m)*math.Log((1-t.expect)/(1-t.chance)))
	if t.floor < 0 {
		w = max(w, t.floor)
	}
	if t.expect < t.chance {
		w = min(w, 0)
	}
	return w
}

// lookText says of a look what the values do: "98 % of 800 distinct values …".
var lookText = [lookCount]string{
	wordy: "have letters", nameShaped: "are made of letters as names are", givenName: "are frequent given names",
	surnameHit: "are frequent surnames", fullName: "join a given name and another name", cityHit: "are names of larger towns",
	street: "have a word such as rue or street", numbered: "begin with a number before words",
	placeWord: "have a word that towns are named with",
	extraLine: "begin with a word such as appartement or bâtiment", sexWord: "are sexes or titles", sexDigit: "are 1 or 2",
	regionName: "are names of départements or regions", countryName: "are names of countries",
	regionAny: "are short codes or names of regions", countryAny: "are codes or names of countries", house: "are house numbers in form",
	repeated:   "have bis, ter or a letter after a number",
	fiveDigits: "are five digits", postShaped: "have the form of a postcode", endsInZero: "are five digits that end in zero, as most postcodes do, and not in two",
	leadingZero: "are five digits that begin with zero", inseeShaped: "have the form of an INSEE code", inseeHit: "are INSEE codes of larger towns",
	inseeAbroad: "begin with 99, as codes of countries do", day: "are dates",
	dateAny: "can be read as dates", clocked: "have a time of day", epoch: "are counts of seconds or milliseconds since 1970 in form",
	nir: "are NIRs whose key matches", nirShaped: "have as many digits as a NIR", nirNoKey: "are NIRs without key whose parts are in range",
	tax: "are tax numbers whose key matches", thirteen: "are thirteen digits", siret: "are SIREN or SIRET whose key matches",
	iban: "are IBANs whose key matches", email: "are e-mail addresses", phone: "are written as only phone numbers are",
	phoneLoose: "have as many digits as a phone number", ipAddress: "are IP addresses", hash: "have the form of a password hash",
	longText: "are texts of several words", token: "are one word", keyShaped: "have the form of a reference",
	idCard: "have the form of a French identity card number", passport: "have the form of a French passport number",
	permit: "have the form of a driving licence number", plainInt: "are short whole numbers", amount: "are decimal numbers or amounts",
	card: "are payment cards whose key matches",
}
