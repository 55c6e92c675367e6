package mention

import (
	"bytes"
	"unicode/utf8"
)

// near is what the words in front of a number say it is.
type near uint8

const (
	nothing near = iota
	other        // an order, a parcel, a company …: not a person's
	nirWord
	taxWord
	cardWord
	bankWord
	identityWord
	passportWord
	permitWord
	phoneWord
	birthWord
)

const (
	wordsBack  = 6   // words before a number of which one may say what it is
	otherBack  = 3   // words before it of which one may say that it is nobody's
	longest    = 20  // letters of a word that is looked up
	lineOfHead = 120 // bytes of a line before an address that may name a message
)

// before reads the words before i, the nearest first, until one says what
// stands there, a sentence ends or another number comes.
func (f *Finder) before(i int) near {
	var room [longest]byte
	var later [longest]byte // the word that follows, for those of two words
	laterLength, laterStart := 0, 0
	for n := range wordsBack {
		var stop, dot bool
		i, stop, dot = f.gap(i)
		if stop {
			return nothing
		}
		end := i
		word, start, digits, accent := f.word(room[:], i)
		if start == end {
			return nothing
		}
		if dot && (end-start > 4 || n > 0 && capital(f.text[laterStart])) { // a sentence's end, not an abbreviation
			return nothing
		}
		if digits > 3 {
			return nothing
		}
		what := meaning(word)
		switch {
		case what == nothing:
			what = birthSaid(word, later[:laterLength], accent, n)
		case what == other && n >= otherBack:
			return nothing
		}
		switch string(word) {
		case "licence", "license":
			var back [longest]byte
			at, stop, _ := f.gap(start)
			if driving, _, _, _ := f.word(back[:], at); !stop && (string(driving) == "driving" || string(driving) == "drivers" || string(driving) == "driver") {
				what = permitWord
			}
		}
		if what != nothing {
			return what
		}
		laterLength, laterStart = copy(later[:], word), start
		i = start
	}
	return nothing
}

// gap goes back over what stands between words. stop says that nothing before
// it has to do with what comes after, dot that a full stop was among it.
func (f *Finder) gap(i int) (at int, stop, dot bool) {
	for i > 0 {
		c := f.text[i-1]
		switch {
		case alnum(c):
			return i, false, dot
		case c == '\n' || c == '\r' || c == ';' || c == '!' || c == '?' || c == '|' || c == '\t':
			// A label may stand in a line or cell of its own: "Téléphone :\n".
			j := i - 1
			for j > 0 && (f.text[j-1] == ' ' || f.text[j-1] == '\r' || f.text[j-1] == '\n') {
				j--
			}
			if (c == '\n' || c == '\r' || c == '\t') && j > 0 && f.text[j-1] == ':' {
				i = j
				continue
			}
			return i, true, dot
		case c == '.':
			dot = true
		case c >= utf8.RuneSelf:
			if r, size := utf8.DecodeLastRune(f.text[:i]); base(r) == 0 {
				i -= size
				continue
			}
			return i, false, dot
		}
		i--
	}
	return 0, true, dot
}

// word reads the word that ends at i backwards: its letters in lower case
// without accents, none if there are too many, how many digits it has, and
// whether its first or only vowel bears an accent.
func (f *Finder) word(room []byte, i int) (word []byte, start, digits int, accent bool) {
	n := 0
	at := len(room)
	for i > 0 {
		c := f.text[i-1]
		size := 1
		switch {
		case digit(c):
			digits++
		case letter(c):
			c |= 0x20
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeLastRune(f.text[:i])
			if c = base(r); c == 0 {
				size = 0
				break
			}
			accent = true
		default:
			size = 0
		}
		if size == 0 {
			break
		}
		if at > 0 {
			at--
			room[at] = c
		}
		i -= size
		if n++; n > 4*longest { // no word: a hash, a line of base64
			break
		}
	}
	if n > len(room) {
		return nil, i, digits, accent
	}
	return room[at:], i, digits, accent
}

// base is the letter under a French or other western accent, or 0.
func base(r rune) byte {
	switch {
	case r >= 0xC0 && r <= 0xFF && r != 0xD7 && r != 0xF7:
		return "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"[r-0xC0]
	case r == 'œ' || r == 'Œ':
		return 'o'
	}
	return 0
}

// meaning is what a word says of the number behind it.
func meaning(word []byte) near {
	switch string(word) {
	case "nir", "secu", "sociale", "vitale", "nss", "insee", "ssn", "immatriculation":
		return nirWord
	case "fiscal", "fiscale", "spi", "impots", "nif", "tax", "fisc":
		return taxWord
	case "carte", "cb", "card", "visa", "mastercard", "amex", "bancaire", "bleue", "maestro", "pan", "paiement":
		return cardWord
	case "iban", "rib", "compte", "account", "virement":
		return bankWord
	case "cni", "identite", "identity", "cnie":
		return identityWord
	case "passeport", "passport":
		return passportWord
	case "permis", "conduire", "neph":
		return permitWord
	case "tel", "telephone", "phone", "telephones", "portable", "mobile", "gsm", "fixe", "fax", "port", "mob", "cell", "joindre", "rappeler", "rappel", "appeler",
		"joignable", "appel", "contacter", "contact", "call", "whatsapp", "sms", "recontacter", "numero":
		return phoneWord
	case "naissance", "ddn", "dob", "birth", "born", "nee", "birthdate", "birthday":
		return birthWord
	case "commande", "commandes", "cmd", "facture", "factures", "colis", "suivi", "ref", "reference", "references", "refs", "dossier", "ticket", "order", "orders",
		"invoice", "tracking", "parcel", "siret", "siren", "tva", "isbn", "ean", "gtin", "imei", "serie", "serial", "lot", "contrat", "contract", "version", "article",
		"client", "customer", "code", "sku", "montant", "total", "transaction", "intervention", "incident", "bordereau", "devis", "demande", "case", "shipment", "sn",
		"livraison", "expedition", "iccid", "id", "uuid", "compteur", "pdl", "pce", "prm", "police", "rcs", "naf", "duns", "vat", "fidelite", "loyalty", "cadeau", "gift":
		return other
	}
	return nothing
}

// birthSaid reads "né le", "né à Lyon le": with its accent né is never a
// negation; without, only right before "le".
func birthSaid(word, later []byte, accent bool, n int) near {
	if string(word) == "ne" && (accent || n == 1 && string(later) == "le") {
		return birthWord
	}
	return nothing
}

// headed reports whether the line up to i has the head of a mail's line in
// which what looks like an address is the name of a message.
func (f *Finder) headed(i int) bool {
	from := max(0, i-lineOfHead)
	for j := i; j > from; j-- {
		if f.text[j-1] == '\n' {
			from = j
			break
		}
	}
	line := f.text[from:i]
	for at := bytes.IndexByte(line, ':'); at >= 0; {
		for _, head := range [...]string{"message-id", "references", "in-reply-to", "content-id"} {
			if at >= len(head) && equalFold(line[at-len(head):at], head) {
				return true
			}
		}
		next := bytes.IndexByte(line[at+1:], ':')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return false
}

// equalFold compares with a text in small ASCII letters.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
