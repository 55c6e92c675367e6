// Package note writes what advisers note about people: sentences in French,
// some in English, in which identifiers of the person and of others stand among
// years, amounts, orders and parcels. It says which identifiers it wrote.
package note

import (
	"bytes"
	"fmt"
	"strconv"

	"constat.example/blind/kind"
	"constat.example/internal/chance"
)

// Whose is whose an identifier in a note is.
type Whose uint8

// Those it can be of.
const (
	Nobody Whose = iota // of somebody who is in no register, or that nothing tells
	Self                // of the person the note is about
	Other               // of the other person
)

// Person is what notes quote of somebody; empty is what they do not have.
type Person struct {
	Mail, Phone, NIR, IBAN, Tax []byte
	Born                        []byte // 2006-01-02
	Shared                      bool   // others have the mail or the phone too
}

// Mention is an identifier in a note, in its canonical form.
type Mention struct {
	Kind  kind.Kind
	Of    Whose
	Value string
}

// sentences are pieces of notes. A letter in braces is an identifier: small of
// the person, capital of the other; a word in braces is a decoy.
var sentences = []string{
	"Usager rappelé le {date}, sans réponse.",
	"Dossier complet depuis {year}.",
	"Montant réglé : {amount}, facture n° {order}.",
	"Commande {order} expédiée, colis {parcel}.",
	"Reçu au guichet à {time}, attend un courrier sous {days} jours.",
	"Appareil IMEI {imei} déclaré volé le {date}.",
	"Employeur : SIRET {siret}.",
	"A écrit le {date} au sujet de l'article {article} du code.",
	"Réf. {order} close.",
	"Connexion depuis {ip} en {year}.",
	"Livre ISBN {isbn} rendu.",
	"Produit EAN {ean}, version {version}.",
	"Habite au {house} depuis {year}, secteur {zip}.",
	"Called on {date}, invoice {order} still open.",
	"Paid {amount} in {year}.",
	"Echéance reportée au {date}, {days} mensualités de {amount}.",

	"Rappeler au {p} après {time}.",
	"Joindre par mail à {m}, pas par téléphone.",
	"Nouveau numéro : {p}.",
	"tel {p} / {m}",
	"Coordonnées mises à jour ({m}, {p}).",
	"Usager né le {b}, pièce vérifiée.",
	"Date de naissance : {b}, vérifiée le {date}.",
	"NIR {n} vérifié avec la caisse.",
	"N° de sécurité sociale {n}, droits ouverts depuis {year}.",
	"Virement de {amount} demandé sur le compte {i}.",
	"RIB fourni : {i}.",
	"Prélèvement refusé sur {i} le {date}, {amount} à représenter.",
	"Numéro fiscal {t}, avis {year} reçu.",
	"Please write to {m} or call {p}.",
	"DOB: {b}, identity checked in {year}.",
	"A réglé par carte {c}, à détruire du dossier.",
	"CB {c} notée par erreur.",
	"Passeport {d} présenté le {date}.",
	"CNI n° {k} en cours de validité.",
	"Mail : {m} (commande {order}).",

	"Sa sœur (NIR {N}) demande le même changement.",
	"Son conjoint a donné l'IBAN {I} pour le remboursement de {amount}.",
	"Ancien titulaire du compte : {I}.",
	"Voir aussi le dossier de {M}.",
	"Confondu avec l'assuré {N} en {year}, corrigé le {date}.",
	"Personne de confiance : {P}.",
	"Numéro fiscal du foyer {T}, et non celui de l'usager.",
	"Doublon avec {N}, fiche fusionnée.",
	"Contact de secours {M}, {P}.",
	"Father's account is {I}, he was called in {year}.",
}

// Append writes a note of one to four sentences about self, which may quote
// other, and says what stands in it.
func Append(b []byte, d *chance.Dice, self, other *Person, said []Mention) ([]byte, []Mention) {
	w := writer{b: b, d: d, self: self, other: other, said: said}
	from := len(b)
	for n := 1 + d.Pick([]int{30, 40, 20, 10}); n > 0; n-- {
		s := sentences[d.Below(len(sentences))]
		if !w.able(s) {
			continue
		}
		if len(w.b) > from {
			w.b = append(w.b, ' ')
		}
		w.sentence(s)
	}
	return w.b, w.said
}

type writer struct {
	b           []byte
	d           *chance.Dice
	self, other *Person
	said        []Mention
}

// able reports whether the people have what a sentence quotes. Of the other,
// what is shared names nobody.
func (w *writer) able(s string) bool {
	for i := range len(s) - 2 {
		if s[i] != '{' || s[i+2] != '}' {
			continue
		}
		p, c := w.self, s[i+1]
		if c >= 'A' && c <= 'Z' {
			p, c = w.other, c|0x20
			if p == nil || p.Shared && (c == 'm' || c == 'p') {
				return false
			}
		}
		if v, known := p.value(c); known && len(v) == 0 {
			return false
		}
	}
	return true
}

func (p *Person) value(c byte) (v []byte, known bool) {
	switch c {
	case 'm':
		return p.Mail, true
	case 'p':
		return p.Phone, true
	case 'n':
		return p.NIR, true
	case 'i':
		return p.IBAN, true
	case 't':
		return p.Tax, true
	case 'b':
		return p.Born, true
	}
	return nil, false
}

func (w *writer) sentence(s string) {
	for len(s) > 0 {
		i := 0
		for i < len(s) && s[i] != '{' {
			i++
		}
		w.b = append(w.b, s[:i]...)
		if i == len(s) {
			return
		}
		j := i
		for s[j] != '}' {
			j++
		}
		if name := s[i+1 : j]; len(name) == 1 {
			w.identifier(name[0])
		} else {
			w.decoy(name)
		}
		s = s[j+1:]
	}
}

func (w *writer) identifier(c byte) {
	p, of := w.self, Self
	if c >= 'A' && c <= 'Z' {
		p, of, c = w.other, Other, c|0x20
	}
	v, _ := p.value(c)
	say := func(k kind.Kind, of Whose, value string) { w.said = append(w.said, Mention{k, of, value}) }
	switch c {
	case 'm':
		say(kind.Email, of, string(v))
		if w.d.Chance(300) {
			at := bytes.IndexByte(v, '@')
			w.b = append(append(append(w.b, v[:at]...), " [at] "...), v[at+1:]...)
			return
		}
		w.b = append(w.b, v...)
	case 'p':
		say(kind.Phone, of, "+33"+string(v[1:]))
		w.phone(v)
	case 'n':
		say(kind.NIR, of, string(v[:13]))
		if w.d.Chance(5000) {
			w.b = append(w.b, v...)
			return
		}
		w.groups(v, " ", 1, 2, 2, 2, 3, 3, 2)
	case 'i':
		say(kind.IBAN, of, string(v))
		if w.d.Chance(4000) {
			w.b = append(w.b, v...)
			return
		}
		w.groups(v, " ", 4, 4, 4, 4, 4, 4, 3)
	case 't':
		say(kind.TaxNumber, of, string(v))
		if w.d.Chance(5000) {
			w.b = append(w.b, v...)
			return
		}
		w.groups(v, " ", 2, 2, 3, 3, 3)
	case 'b':
		say(kind.BirthDate, of, string(v))
		w.date(string(v))
	case 'c':
		number := luhn(append([]byte{"45"[w.d.Below(2)]}, fmt.Sprintf("%d%013d", 1+w.d.Below(5), w.d.Below(1e13))...))
		say(kind.PaymentCard, of, string(number))
		if w.d.Chance(4000) {
			w.b = append(w.b, number...)
			return
		}
		w.groups(number, " -"[w.d.Below(2):][:1], 4, 4, 4, 4)
	case 'd':
		number := fmt.Sprintf("%02d%c%c%05d", w.d.Below(30), 'A'+w.d.Below(26), 'A'+w.d.Below(26), w.d.Below(1e5))
		say(kind.Passport, Nobody, number)
		w.b = append(w.b, number...)
	case 'k':
		number := fmt.Sprintf("%02d%02d%02d%06d", w.d.Below(20), 1+w.d.Below(12), 1+w.d.Below(95), w.d.Below(1e6))
		say(kind.IDCard, Nobody, number)
		w.b = append(w.b, number...)
	}
}

// luhn adds the check digit.
func luhn(digits []byte) []byte {
	sum := 0
	for i := range digits {
		x := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return append(digits, byte('0'+(10-sum%10)%10))
}

func (w *writer) groups(v []byte, mark string, sizes ...int) {
	for i, n := range sizes {
		if i > 0 {
			w.b = append(w.b, mark...)
		}
		n = min(n, len(v))
		w.b, v = append(w.b, v[:n]...), v[n:]
	}
}

func (w *writer) phone(v []byte) {
	switch w.d.Pick([]int{40, 25, 15, 10, 10}) {
	case 0:
		w.groups(v, " ", 2, 2, 2, 2, 2)
	case 1:
		w.b = append(w.b, v...)
	case 2:
		w.groups(v, ".", 2, 2, 2, 2, 2)
	case 3:
		w.b = append(w.b, "+33 "...)
		w.groups(v[1:], " ", 1, 2, 2, 2, 2)
	case 4:
		w.groups(v, "-", 2, 2, 2, 2, 2)
	}
}

var months = []string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func (w *writer) date(iso string) {
	y, m, d := iso[:4], iso[5:7], iso[8:]
	switch w.d.Pick([]int{60, 15, 15, 10}) {
	case 0:
		w.b = append(w.b, d+"/"+m+"/"+y...)
	case 1:
		w.b = append(w.b, iso...)
	case 2:
		month, _ := strconv.Atoi(m)
		day, _ := strconv.Atoi(d)
		w.b = fmt.Appendf(w.b, "%d %s %s", day, months[month-1], y)
	case 3:
		w.b = append(w.b, d+"."+m+"."+y...)
	}
}

func (w *writer) decoy(name string) {
	d := w.d
	switch name {
	case "date":
		w.date(fmt.Sprintf("20%02d-%02d-%02d", 15+d.Below(10), 1+d.Below(12), 1+d.Below(28)))
	case "year":
		w.b = fmt.Appendf(w.b, "%d", 1995+d.Below(30))
	case "amount":
		w.b = fmt.Appendf(w.b, "%d,%02d €", d.Below(5000), d.Below(100))
	case "order":
		// As long as phones, cards and official numbers are, and begun as they are.
		w.b = fmt.Appendf(w.b, []string{"06%08d", "01%08d", "2024%08d", "F-%08d", "18%011d", "2%014d", "4%015d", "FR%08d"}[d.Below(8)], d.Below(1e8))
	case "parcel":
		w.b = fmt.Appendf(w.b, []string{"6A%011d", "%013d", "XY%09dFR", "5%015d"}[d.Below(4)], d.Below(1e9))
	case "time":
		w.b = fmt.Appendf(w.b, "%dh%02d", 8+d.Below(11), d.Below(60))
	case "days":
		w.b = fmt.Appendf(w.b, "%d", 2+d.Below(60))
	case "imei":
		w.b = append(w.b, luhn(fmt.Appendf(nil, "35%012d", d.Below(1e12)))...)
	case "siret":
		w.groups(luhn(fmt.Appendf(nil, "%08d%05d", 3e7+d.Below(6e7), d.Below(1e5))), " ", 3, 3, 3, 5)
	case "article":
		w.b = fmt.Appendf(w.b, "L. %d-%d", 100+d.Below(900), 1+d.Below(30))
	case "ip":
		w.b = fmt.Appendf(w.b, "10.%d.%d.%d", d.Below(256), d.Below(256), d.Below(256))
	case "isbn":
		w.b = fmt.Appendf(w.b, "978-2-%02d-%06d-%d", d.Below(100), d.Below(1e6), d.Below(10))
	case "ean":
		w.b = fmt.Appendf(w.b, "3%012d", d.Below(1e12))
	case "version":
		w.b = fmt.Appendf(w.b, "%d.%d.%d", d.Below(9), d.Below(20), d.Below(30))
	case "house":
		w.b = fmt.Appendf(w.b, "%d rue des Lilas", 1+d.Below(200))
	case "zip":
		w.b = fmt.Appendf(w.b, "%05d", 1000+d.Below(95000))
	}
}
