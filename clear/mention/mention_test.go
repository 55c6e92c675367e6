package mention

import (
	"fmt"
	"strings"
	"testing"

	"constat.example/blind/kind"
)

// told writes mentions as "kind=text", with a mark behind those a key confirms.
func told(text string) string {
	var f Finder
	found, more := f.Find([]byte(text))
	var out []string
	for _, m := range found {
		s := m.Kind.String() + "=" + string(m.Text)
		if m.Checked {
			s += "!"
		}
		out = append(out, s)
	}
	if more > 0 {
		out = append(out, fmt.Sprint(more, " more"))
	}
	return strings.Join(out, " ")
}

func TestMentions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"mail", "Écrire à jean.dupont@courriel.example, merci.", "email=jean.dupont@courriel.example"},
		{"mail before a full stop", "mon mail : Jean.Dupont+x@Courriel.Example.", "email=jean.dupont+x@courriel.example"},
		{"mail and a sentence without a blank", "jean@courriel.example.Merci", "email=jean@courriel.example"},
		{"mail in brackets", "<jean@courriel.example>", "email=jean@courriel.example"},
		{"mail in a link", `<a href="mailto:jean@courriel.example">`, "email=jean@courriel.example"},
		{"mail spelt out", "jean.dupont [at] courriel [dot] example", "email=jean.dupont@courriel.example"},
		{"mail spelt out in French", "jean(arobase)courriel(point)example svp", "email=jean@courriel.example"},
		{"mail after an elision", "réponse d'anne.martin@courriel.example", "email=anne.martin@courriel.example"},
		{"mail with an accent", "chloé.petit@courriel.example", "email=chloé.petit@courriel.example"},
		{"mail with a phone as its name", "06.39.98.12.34@courriel.example", "email=06.39.98.12.34@courriel.example"},
		{"phone in pairs", "rappeler au 06 39 98 12 34 demain", "phone=+33639981234"},
		{"phone with dots", "Tél.: 01.99.00.12.34.", "phone=+33199001234"},
		{"phone alone", "joignable 0639981234", "phone=+33639981234"},
		{"phone with hyphens", "(02-61-91-12-34)", "phone=+33261911234"},
		{"phone with blanks that do not break", "06\u00a039\u00a098\u00a012\u00a034", "phone=+33639981234"},
		{"phone abroad", "mobile +33 (0)6 39 98 12 34", "phone=+33639981234"},
		{"phone abroad, dots", "+33.6.39.98.12.34", "phone=+33639981234"},
		{"phone with zeros", "0033 6 39 98 12 34", "phone=+33639981234"},
		{"phone of Belgium", "depuis Bruxelles +32 2 555 12 12, rappeler", "phone=+3225551212"},
		{"phone without zero", "portable : 6 39 98 12 34", "phone=+33639981234"},
		{"two phones", "06 39 98 12 34 / 01 99 00 12 34", "phone=+33639981234 phone=+33199001234"},
		{"two phones, one slash", "0639981234/0199001234", "phone=+33639981234 phone=+33199001234"},
		{"two phones, one run", "06 39 98 12 34 01 99 00 12 34", "phone=+33639981234 phone=+33199001234"},
		{"NIR with key", "NIR 1 85 05 78 006 084 91", "nir=1850578006084!"},
		{"NIR together", "assuré 185057800608491", "nir=1850578006084!"},
		{"NIR of Corsica", "n° sécu 1 85 05 2A 006 084 35", "nir=185052A006084!"},
		{"NIR without key", "n° de sécurité sociale : 1850578006084", "nir=1850578006084"},
		{"NIR with a wrong key", "NIR 1 85 05 78 006 084 37", "nir=1850578006084"},
		{"IBAN", "virement sur FR14 2004 1010 0505 0001 3M02 606 svp", "iban=FR1420041010050500013M02606!"},
		{"IBAN together", "IBAN:BE31435411161155.", "iban=BE31435411161155!"},
		{"IBAN glued", "IBANBE31435411161155", "iban=BE31435411161155!"},
		{"IBAN of Norway", "NO93 8601 1117 947 pour Oslo", "iban=NO9386011117947!"},
		{"RIB", "RIB : 20041 01005 0500013M026 06", "iban=FR1420041010050500013M02606!"},
		{"card", "a payé par 4111 1111 1111 1111 hier", "payment_card=4111111111111111!"},
		{"card with hyphens", "CB 5555-5555-5555-4444", "payment_card=5555555555554444!"},
		{"card of 15", "Amex 3782 822463 10005 exp 12/27", "payment_card=378282246310005!"},
		{"card of 14 behind its word", "carte 3056 930902 5904", "payment_card=30569309025904!"},
		{"tax number", "numéro fiscal 30 23 217 600 053", "tax_number=3023217600053!"},
		{"identity card", "CNI n° 880692310285", "id_card=880692310285"},
		{"identity card, new", "carte nationale d’identité X4RTBPFW4 périmée", "id_card=X4RTBPFW4"},
		{"passport", "passeport 12AB34567", "passport=12AB34567"},
		{"passport in pieces", "Passport no. 12 AB 34567", "passport=12AB34567"},
		{"passport in pieces, and more", "passeport 12 AB 34567 et visa", "passport=12AB34567"},
		{"licence", "permis de conduire n°860275100123", "permit=860275100123"},
		{"driving licence", "driving licence 13AA00002", "permit=13AA00002"},
		{"born", "né le 12/03/1985 à Lyon", "birth_date=1985-03-12"},
		{"born, inclusive", "né(e) le 12.03.1985", "birth_date=1985-03-12"},
		{"born somewhere", "Née à Saint-Denis (93) le 1er mars 1985", "birth_date=1985-03-01"},
		{"born, capitals without accent", "NE LE 12-03-1985", "birth_date=1985-03-12"},
		{"date of birth", "Date de naissance : 1985-03-12", "birth_date=1985-03-12"},
		{"ddn", "ddn 12031985", "birth_date=1985-03-12"},
		{"dob", "DOB: 12 March 1985", "birth_date=1985-03-12"},
		{"born in English", "born on March 12, 1985.", "birth_date=1985-03-12"},
		{"two digits", "née le 12/03/85", "birth_date=1985-03-12"},
		{"label in a line of its own", "Date de naissance :\n12/03/1985", "birth_date=1985-03-12"},
		{"several", "M. X né le 12/03/1985, NIR 185057800608491, tél 0639981234, jean@courriel.example", "birth_date=1985-03-12 nir=1850578006084! phone=+33639981234 email=jean@courriel.example"},
		{"the account, not what looks like a phone in it", "FR7630006000011234567890189", "iban=FR7630006000011234567890189!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := told(c.text); got != c.want {
				t.Errorf("%q: %s, want %s", c.text, got, c.want)
			}
		})
	}
}

// decoys are pieces of notes that hold no identifier of a person.
var decoys = strings.Split(`en 2019 puis en 2021, soit 24 mois
le 12/03/2024 à 14:30
du 01/02/2023 au 31/12/2023
il ne paiera pas le 12/03/2024
rendez-vous le 3 mars 2024 à 9h
commande n° 0612345678 expédiée
commande 202300012345 du 12/03
réf. 0123456789
facture F-2023-0612345678
CMD-0612345678
colis 6A12345678901
suivi 4111111111111111
n° de suivi 4970101234567890
montant 1 234,56 €
1234567890 €
0123456789 EUR
total 12 345 678,90
SIRET 552 100 554 00025
siret 73282932000074
SIREN 732 829 320
RCS Nancy B 323 159 715
TVA FR40303265045
IMEI 356938035643809
356938035643809
ISBN 978-2-07-036822-8
ISBN 0306406152
EAN 4006381333931
4006381333931
3017620422003
version 1.2.3
v10.15.7
192.168.10.12
10.0.0.1:8080
2001:db8::8a2e:370:7334
550e8400-e29b-41d4-a716-446655440000
5f4dcc3b5aa765d61d8327deb882cf99
https://site.example/p/0612345678?x=1
https://user:secret@site.example/path
git@depot.example:groupe/projet.git
icone@2x.png
lodash@4.17.21
@compte_public
Message-ID: <a1b2c3@serveur.example>
#0612345678
lat 48.856613, lon 2.352222
1711234567
1711234567890
dossier 1234567890123
contrat 123456789012
lot 0102030405060708
12 34 56 78 90
75012 Paris
code postal 33000
12 rue des Lilas, 69003 Lyon
3 x 20 mg par jour
tension 12/8
page 12-34
35 h par semaine
taux de 12,5 %
art. L. 121-1 du code
B4 2.0 TDI 150
AB-123-CD
0,0612345678
0 800 123 456
3949
36 39
code 1234
code PIN 0000
2023-W12
Q3 2024
+5 %
+12 points
1er étage, porte 12
bât. B2, apt 34
vol AF1234
réunion à 18h30-20h00
50-55 ans
12345678
00000000000000
1234 5678 9012 3456
0000 0000 0000 0000
4111 1111 1111 1112
FR76 3000 6000 0112 3456 7890 188
1 85 05 78 006 084 37
note 15/20
le score est de 3-2
1990
né en 1985
née à Lyon
naissance de son fils
âgé de 45 ans
passeport en cours
CNI périmée depuis 2 ans
permis B
carte vitale perdue
carte de fidélité 4970101234567890
numéro fiscal inconnu
IBAN à fournir
mail à redemander
@
a@b
jean@localhost
jean@@courriel.example
06 39
06-39-98
06 39 98 12 34 56 78 90
12.06.39.98.12.34
01.02.03.04.05.06
base64 MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=
sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709
t=0612345678&u=1`, "\n")

func TestDecoys(t *testing.T) {
	t.Parallel()
	for _, d := range decoys {
		for _, text := range []string{d, "Bonjour, " + d, d + ".", "- " + d + "\n- suite", "(" + d + ")"} {
			if got := told(text); got != "" {
				t.Errorf("%q: %s, want nothing", text, got)
			}
		}
	}
}

func TestManyMentionsAreCounted(t *testing.T) {
	t.Parallel()
	var f Finder
	found, more := f.Find([]byte(strings.Repeat("jean@courriel.example ", Most+7)))
	if len(found) != Most || more != 7 {
		t.Errorf("%d told and %d counted, want %d and 7", len(found), more, Most)
	}
	if found, more = f.Find([]byte("rien")); len(found) != 0 || more != 0 {
		t.Errorf("%d told and %d counted of nothing", len(found), more)
	}
	if kind.Email.Family() != kind.NoFamily {
		t.Error("a mail compares with other kinds")
	}
}
