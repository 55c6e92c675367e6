package column

import (
	"bytes"
	"net/netip"

	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// look is one thing a value may look like. The share of a column's distinct
// values that do is a piece of evidence.
type look uint8

const (
	wordy      look = iota // has letters, is more than three characters long
	nameShaped             // letters, hyphens, apostrophes: up to five words
	givenName              // every word is a frequent given name
	surnameHit             // the value, or its last word, is a frequent surname
	fullName               // a given name first or last, beside another name
	cityHit                // a larger town
	street                 // a word such as rue, avenue, street
	numbered               // a number before words
	placeWord              // a word that towns are named with: Saint, sur, les
	extraLine              // begins with a word such as appartement, bâtiment
	sexWord
	sexDigit
	regionName
	countryName
	regionAny // a name, a number of a département or a short code
	countryAny
	house       // a number in a street: 12, 12 bis, 12B
	repeated    // such a number with bis, ter or a letter, not a département of Corsica
	fiveDigits  // the shape of a French postcode
	postShaped  // the shape of some postcode
	endsInZero  // five digits, the last a zero, the one before not: round sums end in two
	leadingZero // five digits, the first a zero
	inseeShaped // two digits, 2A or 2B, then three digits
	inseeHit    // the INSEE code of a larger town
	inseeAbroad // 99 and a country
	day         // a date
	dateAny     // whatever the field package reads as a birth date, years and serial numbers too
	clocked     // a date with a time of day
	epoch       // seconds or milliseconds since 1970
	nir
	nirShaped // 13 or 15 digits
	nirNoKey  // 13 characters in which sex, month and département are in range
	tax
	thirteen // 13 digits
	siret
	iban
	email
	phone      // in a form that only phones take
	phoneLoose // 8 to 15 digits, or that and phone punctuation
	ipAddress
	hash // of a password, by its form
	longText
	token     // one word without blanks: an identifier, a login
	keyShaped // could be an identifier: short, not a date, an amount or a sentence
	idCard    // the shapes of both French cards
	passport  // two digits, two letters, five digits
	permit    // twelve digits, or an old number
	plainInt  // digits only, seven or fewer
	amount    // a decimal number, a sum of money, a percentage
	card      // a payment card: its issuer and Luhn digit
	lookCount
)

// looker looks at cells.
type looker struct {
	lists *lookup
	split field.Splitter
	buf   []byte
	c     cell
}

func (l *looker) valid(k kind.Kind, text []byte) field.Validity {
	_, v, _ := l.split.Split(k, 1, text)
	return v
}

// checks reports whether the cell's check passes, whatever else is odd about it.
func (l *looker) checks(k kind.Kind) bool {
	_, v, reason := l.split.Split(k, 1, l.c.text)
	return v == field.Valid || v == field.Odd && reason != field.KeyMismatch && reason != field.KeyMissing && reason != field.Masked
}

// missing tells marks for a missing value, as the field package knows them.
func (l *looker) missing(raw []byte) bool {
	return len(raw) == 0 || l.valid(kind.Identifier, raw) == field.Empty
}

// look adds to seen, with a weight, what a raw value looks like.
func (l *looker) look(raw []byte, weight float64, seen *[lookCount]float64) {
	l.c.read(raw)
	c := &l.c
	n := len(c.text)
	if n == 0 {
		return
	}
	yes := func(x look, ok bool) {
		if ok {
			seen[x] += weight
		}
	}
	hasLetters := c.letters > 0
	digitsOnly := c.digits == n
	yes(wordy, hasLetters && n > 3)
	if hasLetters {
		l.words(yes)
	}
	if c.digits > 0 {
		l.numbers(yes, digitsOnly)
	}
	yes(sexWord, l.lists.sex[string(c.folded)])
	yes(token, hasLetters && c.blanks == 0 && n >= 3 && n <= 40 && c.others <= 4 && bytes.IndexByte(c.text, '@') < 0)
	yes(keyShaped, c.blanks <= 1 && n >= 1 && n <= 64 && c.digits > 0 && bytes.IndexByte(c.text, '@') < 0 && !isAmount(c.text))
	yes(longText, c.blanks >= 4 && n >= 25 && c.letters*2 >= n && !binary(c.text))
	if at := bytes.IndexByte(c.text, '@'); at > 0 && bytes.IndexByte(c.text[at:], '.') > 0 && hasLetters {
		yes(email, l.valid(kind.Email, c.text) != field.Invalid)
	}
	if n >= 3 && n <= 45 && (bytes.Count(c.text, []byte(".")) == 3 || bytes.Count(c.text, []byte(":")) >= 2) {
		_, err := netip.ParseAddr(string(c.text))
		yes(ipAddress, err == nil)
	}
	l.hashes(yes)
}

// binary tells bytes that no text has: pictures, packed numbers.
func binary(t []byte) bool {
	for _, b := range t {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' {
			return true
		}
	}
	return false
}

// words are the looks of values with letters.
func (l *looker) words(yes func(look, bool)) {
	c := &l.c
	n := len(c.text)
	shaped := c.digits == 0 && c.others <= 3 && c.letters >= 2 && n <= 50 && c.words <= 5 && c.letters+c.blanks+c.others >= n-n/2
	yes(nameShaped, shaped && !bytes.ContainsAny(c.text, "@_/:;#"))
	yes(countryName, l.lists.country[string(c.folded)])
	yes(regionName, l.lists.region[string(c.folded)])
	yes(countryAny, l.lists.country[string(c.folded)] || n <= 3 && c.letters == n && l.valid(kind.Country, c.text) == field.Valid)
	yes(regionAny, l.lists.region[string(c.folded)] || n <= 4 && c.others == 0 && c.letters >= n-1)
	if c.digits == 0 && shaped {
		l.names(yes)
	}
	place := bytes.TrimRight(c.folded, "0123456789 ")
	place = bytes.TrimSuffix(place, []byte(" CEDEX"))
	_, city := l.lists.city[string(l.saint(place))]
	yes(cityHit, city && c.letters > 1)
	yes(placeWord, shaped && placeNamed(c.folded))
	first, rest, _ := bytes.Cut(c.folded, []byte(" "))
	leads := first[0] >= '0' && first[0] <= '9'
	yes(numbered, leads && len(first) <= 5 && len(rest) > 3 && c.blanks > 0)
	yes(extraLine, l.lists.extra[string(first)])
	if c.words >= 2 {
		yes(street, l.hasStreet(c.folded))
	}
}

// saint writes ST and STE in full.
func (l *looker) saint(place []byte) []byte {
	for _, abbreviation := range [...][2]string{{"ST ", "SAINT "}, {"STE ", "SAINTE "}} {
		if rest, ok := bytes.CutPrefix(place, []byte(abbreviation[0])); ok {
			l.buf = append(append(l.buf[:0], abbreviation[1]...), rest...)
			return l.buf
		}
	}
	return place
}

func (l *looker) names(yes func(look, bool)) {
	folded := l.c.folded
	if first, rest, ok := bytes.Cut(folded, []byte(" ")); ok && isTitle(first) {
		folded = rest
	}
	given, named, lastWord := 0, 0, folded
	firstGiven, lastGiven := false, false
	for word := range bytes.SplitSeq(folded, []byte(" ")) {
		_, ok := l.lists.given[string(word)]
		if named == 0 {
			firstGiven = ok
		}
		named++
		lastGiven = ok
		if ok {
			given++
		}
		lastWord = word
	}
	yes(givenName, given == named)
	yes(surnameHit, l.lists.surname[string(folded)] || l.lists.surname[string(lastWord)] && named <= 2)
	yes(fullName, named >= 2 && (firstGiven || lastGiven) && (given < named || l.lists.surname[string(lastWord)]))
}

// placeNamed tells names such as Le Poët, Saint-Malo, Rouvroy-sur-Audry, L'Hay-les-Roses.
func placeNamed(folded []byte) bool {
	i := 0
	for word := range bytes.SplitSeq(folded, []byte(" ")) {
		switch string(word) {
		case "SAINT", "SAINTE", "ST", "STE":
			return i == 0
		case "SUR", "SOUS", "LES", "EN":
			return len(folded) > len(word)+3
		}
		i++
	}
	return false
}

func isTitle(word []byte) bool {
	switch string(word) {
	case "M", "MR", "MME", "MLLE", "MRS", "MS", "MISS", "MONSIEUR", "MADAME", "MADEMOISELLE", "DR":
		return true
	}
	return false
}

func (l *looker) hasStreet(folded []byte) bool {
	i, count := 0, bytes.Count(folded, []byte(" "))
	for word := range bytes.SplitSeq(folded, []byte(" ")) {
		// In French the type stands before the name, in English after it.
		if (i < 3 || i == count) && l.lists.street[string(word)] && (len(word) > 1 || i < 2) {
			return true
		}
		i++
	}
	return false
}

// numbers are the looks of values with digits.
func (l *looker) numbers(yes func(look, bool), digitsOnly bool) {
	c := &l.c
	n := len(c.text)
	yes(amount, isAmount(c.text))
	yes(plainInt, digitsOnly && n <= 7)
	yes(sexDigit, n == 1 && (c.text[0] == '1' || c.text[0] == '2'))
	yes(house, isHouse(c.folded))
	if i := bytes.LastIndexAny(c.folded, "0123456789"); i >= 0 && i < 4 {
		rest := bytes.TrimSpace(c.folded[i+1:])
		yes(repeated, isHouse(c.folded) && (isRepeat(rest) || i == 2 && len(rest) == 1))
	}
	yes(postShaped, n >= 3 && n <= 10 && c.digits >= 2 && c.others == 0 && (digitsOnly && (n == 4 || n == 5) || c.letters > 0 && c.letters <= 4))
	yes(regionAny, digitsOnly && n <= 3)
	if d, ok := readDate(c.text); ok {
		yes(day, true)
		yes(dateAny, true)
		yes(clocked, d.clock)
	} else if n >= 4 && n <= 40 {
		v := l.valid(kind.BirthDate, c.text)
		yes(dateAny, v == field.Valid || v == field.Odd || n == 8 && digitsOnly)
		yes(day, c.letters >= 3 && c.digits >= 3 && c.digits <= 8 && v == field.Valid)
	}
	if n == 5 {
		tail := allDigits(c.text[2:])
		corsica := c.text[0] == '2' && (c.text[1]|0x20 == 'a' || c.text[1]|0x20 == 'b')
		yes(fiveDigits, digitsOnly)
		yes(endsInZero, digitsOnly && c.text[4] == '0' && c.text[3] != '0')
		yes(leadingZero, digitsOnly && c.text[0] == '0')
		yes(inseeShaped, tail && (digitsOnly || corsica))
		yes(inseeAbroad, digitsOnly && c.text[0] == '9' && c.text[1] == '9')
		yes(inseeHit, l.lists.code[string(bytes.ToUpper(c.text))])
	}
	l.buf = compact(l.buf[:0], c.text)
	packed := l.buf
	if m := len(packed); m >= 8 && m <= 40 {
		l.numbered(yes, packed, c.letters)
	}
}

// numbered are the looks of numbers that carry a check or a fixed shape.
func (l *looker) numbered(yes func(look, bool), packed []byte, letters int) {
	c := &l.c
	m, all := len(packed), allDigits(packed)
	if (m == 13 || m == 15) && letters <= 1 {
		yes(nirShaped, packed[0] >= '1' && packed[0] <= '8')
		yes(nir, m == 15 && l.checks(kind.NIR))
		yes(nirNoKey, m == 13 && nirPlausible(packed))
	}
	if m == 13 && all {
		yes(thirteen, true)
		yes(tax, packed[0] <= '3' && l.checks(kind.TaxNumber))
	}
	if (m == 9 || m == 14) && all {
		yes(siret, l.checks(kind.SIRET))
	}
	// A bare RIB is a French IBAN without its country and key, and has a key of its own.
	if letters >= 2 && m >= 15 && m <= 34 && packed[0] >= 'A' || m == 23 && letters < 12 {
		yes(iban, l.checks(kind.IBAN))
	}
	if all && m >= 13 && m <= 19 {
		yes(card, l.valid(kind.PaymentCard, c.text) == field.Valid)
	}
	if letters == 0 {
		yes(phone, isPhone(c.text, packed))
		yes(phoneLoose, m <= 15 && onlyPhone(c.text))
	}
	if all {
		yes(epoch, m == 10 && packed[0] == '1' || m == 13 && packed[0] == '1' && packed[1] >= '0')
	}
	if m == 12 && all {
		month := packed[2:4]
		yes(idCard, string(month) >= "01" && string(month) <= "12")
		yes(permit, true)
	}
	if m == 9 && letters >= 2 && letters <= 8 {
		yes(passport, allDigits(packed[:2]) && allDigits(packed[4:]) && !allDigits(packed[2:4]))
		yes(idCard, letters <= 6 && !allDigits(packed[1:]))
		yes(permit, allDigits(packed[:2]) && allDigits(packed[4:]))
	}
}

// nirPlausible holds for one in fifty strings of 13 digits, and not for the
// clock of a computer in milliseconds: the month is a known one.
func nirPlausible(p []byte) bool {
	month := string(p[3:5])
	sex := p[0] == '1' || p[0] == '2' || p[0] == '7' || p[0] == '8'
	return sex && month >= "01" && month <= "12" && string(p[5:7]) != "00" && string(p[7:10]) != "000"
}

// isPhone holds for forms that hardly anything else takes: international with
// its mark, national French with its zero, North American with its punctuation.
func isPhone(text, packed []byte) bool {
	digits := packed
	plus := packed[0] == '+'
	if plus {
		digits = packed[1:]
	}
	if !onlyPhone(text) {
		return false
	}
	digits = bytes.Map(func(r rune) rune {
		if r == '(' || r == ')' || r == '+' {
			return -1
		}
		return r
	}, digits)
	m := len(digits)
	switch {
	case !allDigits(digits):
		return false
	case plus || bytes.HasPrefix(digits, []byte("00")):
		return m >= 9 && m <= 16 && !bytes.HasPrefix(digits, []byte("000"))
	case digits[0] == '0':
		return m == 10 && digits[1] != '0'
	}
	return m == 10 && len(text) >= 12 && digits[0] >= '2' && digits[3] >= '2' && text[3] != '.'
}

func onlyPhone(text []byte) bool {
	digits := 0
	for i, b := range text {
		switch {
		case b >= '0' && b <= '9':
			digits++
		case b == '+' && i <= 1, b == ' ', b == '.', b == '-', b == '(', b == ')', b == '/':
		case b == 0xC2 || b == 0xA0: // a non-breaking space
		default:
			return false
		}
	}
	return digits >= 8 && digits <= 15
}

// hashes are the looks of secrets.
func (l *looker) hashes(yes func(look, bool)) {
	c := &l.c
	n := len(c.text)
	t := bytes.TrimPrefix(c.text, []byte(`\x`))
	isHex := len(t) >= 14 && hexOnly(t)
	switch {
	case n >= 20 && c.text[0] == '$' && bytes.Count(c.text, []byte("$")) >= 2,
		n >= 20 && c.text[0] == '{' && isScheme(c.text), // of LDAP: {SSHA}…
		bytes.HasPrefix(c.text, []byte("pbkdf2_")):
		yes(hash, true)
	case isHex && c.letters > 0 && (len(t) == 32 || len(t) == 40 || len(t) == 64 || len(t) == 128):
		// Version 4 UUIDs without hyphens are 32 hexadecimal digits too.
		yes(hash, len(t) != 32 || t[12] != '4')
	}
}

// isScheme tells {SCHEME} and base64 from arrays and objects in braces.
func isScheme(t []byte) bool {
	end := bytes.IndexByte(t, '}')
	if end < 3 || end > 20 {
		return false
	}
	for _, b := range t[1:end] {
		if b|0x20 < 'a' || b|0x20 > 'z' {
			if b < '0' || b > '9' {
				if b != '-' {
					return false
				}
			}
		}
	}
	return !bytes.ContainsAny(t[end:], " ,\"':")
}

func hexOnly(t []byte) bool {
	for _, b := range t {
		if b|0x20 >= 'a' && b|0x20 <= 'f' || b >= '0' && b <= '9' {
			continue
		}
		return false
	}
	return true
}

// isAmount tells decimal numbers, sums of money and percentages.
func isAmount(t []byte) bool {
	t = bytes.TrimSpace(bytes.TrimRight(t, "€$%EURUSDeur "))
	t = bytes.TrimLeft(t, "+-€$ ")
	mark := bytes.LastIndexAny(t, ".,")
	if mark <= 0 || mark == len(t)-1 {
		return false
	}
	for _, b := range t[:mark] {
		if (b < '0' || b > '9') && b != ' ' && b != ',' && b != 0xC2 && b != 0xA0 {
			return false
		}
	}
	return allDigits(t[mark+1:])
}

func isHouse(folded []byte) bool {
	digits := 0
	for digits < len(folded) && folded[digits] >= '0' && folded[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits > 4 {
		return false
	}
	rest := bytes.TrimSpace(folded[digits:])
	return len(rest) == 0 || isRepeat(rest) || len(rest) == 1 && rest[0] >= 'A' && rest[0] <= 'Z'
}

// isRepeat tells the words that repeat a number in a street.
func isRepeat(word []byte) bool {
	switch string(word) {
	case "BIS", "TER", "QUATER":
		return true
	}
	return false
}
