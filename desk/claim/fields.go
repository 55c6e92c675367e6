package claim

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"constat.example/blind/kind"
)

var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\t", " ", "’", "'", "_", " ", "-", " ")

// Fold brings what people write to small letters without accents, words parted
// by one space.
func Fold(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(spaces.Replace(text)))
	return strings.Join(strings.Fields(text), " ")
}

var marks = strings.NewReplacer(".", "", "(s)", "", "°", "")

// Kinds are the kinds of data that a field of a claim may mean, in the words of
// posts, French or English; none where the word is not known.
func Kinds(field string) []kind.Kind {
	word := Fold(marks.Replace(field))
	for _, w := range []string{word, strings.TrimSuffix(word, "s"), strings.TrimSuffix(word, "es")} {
		if kinds := words[w]; kinds != nil {
			return slices.Clone(kinds)
		}
	}
	return nil
}

// words are field names by what they may mean: what kinds are called, and what
// posts call them.
var words = func() map[string][]kind.Kind {
	all := map[string][]kind.Kind{}
	for _, means := range []struct {
		kinds []kind.Kind
		names string
	}{
		{[]kind.Kind{kind.BirthSurname, kind.UsedSurname, kind.FullName}, "nom,nom de famille,surname,last name,lastname,family name,patronyme"},
		{[]kind.Kind{kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName}, "name,identity,identite,etat civil,nom et prenom,nom prenom,nom et prenoms,noms et prenoms,fullname,complete name"},
		{[]kind.Kind{kind.GivenNames, kind.FullName}, "given name,first name,firstname,prenom,forename"},
		{[]kind.Kind{kind.UsedSurname}, "nom marital,married name,nom d'epouse"},
		{[]kind.Kind{kind.BirthSurname}, "maiden name,nom de jeune fille"},
		{[]kind.Kind{kind.Sex}, "sex,sexe,gender,genre,civilite,title"},
		{[]kind.Kind{kind.BirthDate}, "dob,date of birth,birthdate,birthday,birth,naissance,ddn,date naissance,age"},
		{[]kind.Kind{kind.BirthPlace, kind.BirthPlaceCode, kind.BirthCountry}, "place of birth,birth place,commune de naissance,ville de naissance"},
		{[]kind.Kind{kind.NIR}, "nir,ssn,social security,social security number,secu,numero de secu,numero de securite sociale,securite sociale,nss,n secu,num secu"},
		{[]kind.Kind{kind.TaxNumber}, "tax id,tin,spi,numero spi,tax"},
		{[]kind.Kind{kind.Email}, "email,e mail,mail,courriel,email address,e mail address,adresse mail,adresse e mail,adresse email"},
		{[]kind.Kind{kind.Phone}, "phone,phone number,telephone,tel,mobile,cell,portable,numero de telephone,numero,telephone number"},
		{[]kind.Kind{kind.Address, kind.AddressExtra, kind.PostCode, kind.City, kind.CityCode}, "address,adresse,postal address,home address,physical address,adresse postale,domicile"},
		{[]kind.Kind{kind.PostCode}, "zip,zip code,zipcode,post code,postal code,cp,code postal"},
		{[]kind.Kind{kind.City, kind.CityCode}, "city,town,ville,commune"},
		{[]kind.Kind{kind.IBAN}, "iban,bank,bank account,rib,bank details,coordonnees bancaires,compte bancaire,banking,bic,bank data"},
		{[]kind.Kind{kind.PaymentCard}, "card,credit card,payment card,cb,carte bancaire,carte bleue,pan,card number"},
		{[]kind.Kind{kind.IDCard}, "id card,identity card,cni,carte d'identite,carte nationale d'identite,national id"},
		{[]kind.Kind{kind.Passport}, "passport,passeport,passport number,numero de passeport"},
		{[]kind.Kind{kind.Permit}, "driving licence,driving license,driver license,driver's license,permis,permis de conduire"},
		{[]kind.Kind{kind.Login}, "login,username,user name,pseudo,identifiant de connexion,nickname"},
		{[]kind.Kind{kind.Password}, "password,hash,password hash,mot de passe,mdp,hashed password,pwd,passwd"},
		{[]kind.Kind{kind.IPAddress}, "ip,ip address,adresse ip"},
		{[]kind.Kind{kind.RecordID, kind.Identifier}, "id,identifier,identifiant,customer id,client id,user id,account number,numero client,numero de dossier,reference"},
		{[]kind.Kind{kind.FreeText}, "note,comment,commentaire,message,notes,observations"},
		{[]kind.Kind{kind.IDCard, kind.Passport, kind.Permit}, "identity document,id document,piece d'identite,document"},
		{[]kind.Kind{kind.Address, kind.AddressExtra, kind.PostCode, kind.City, kind.Email, kind.Phone}, "contact,contact details,coordonnees,contact information"},
		{[]kind.Kind{kind.Region}, "region,state,departement"},
		{[]kind.Kind{kind.Country}, "country,pays"},
		{[]kind.Kind{kind.SIRET}, "siret,siren,company number"},
	} {
		for name := range strings.SplitSeq(means.names, ",") {
			all[name] = means.kinds
		}
	}
	for _, k := range kind.All() {
		if k == kind.Unknown {
			continue
		}
		for _, name := range []string{k.String(), k.Label("en"), k.Label("fr")} {
			if all[Fold(name)] == nil {
				all[Fold(name)] = []kind.Kind{k}
			}
		}
	}
	return all
}()
