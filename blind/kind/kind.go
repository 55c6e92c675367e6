// Package kind names the kinds of personal data a column can hold, and says of
// each how sensitive and how identifying it is. It knows no value.
//
// The set is closed: every room speaks of the same kinds by the same names, in
// code, in JSON, in map files and on screens.
package kind

import (
	"fmt"
	"slices"
)

// Kind is one kind of personal data. Its zero value is Unknown.
type Kind uint8

// The kinds. Their order is the order of reports and of the bits in exposure
// masks, so new kinds are added at the end.
const (
	Unknown Kind = iota // a column that fits no kind; it is counted, never compared
	RecordID
	BirthSurname
	UsedSurname
	GivenNames
	FullName // surname and given names in one cell, in either order
	Sex      // sex or title: M, F, Mme, 1, 2 …
	BirthDate
	BirthPlace     // commune of birth, as a name
	BirthPlaceCode // commune or country of birth, as an INSEE code
	BirthCountry
	NIR
	TaxNumber
	Email
	Phone
	Address      // a postal address line: number and street, or a whole address
	AddressExtra // building, floor, locality: the other address lines
	PostCode
	City
	CityCode // INSEE code of the commune of residence
	Region   // département, région, state
	Country
	IBAN
	IDCard
	Passport
	Permit
	SIRET // SIREN or SIRET
	Login
	Password // a password or its hash
	IPAddress
	DateTime
	FreeText
	Identifier // another organisation's or file's number for the person
	HouseNumber
	PaymentCard

	Count int = iota
)

// Family groups the kinds whose values can stand for one another: a birth
// surname offered as used surname, a given name in the surname column. Tokens
// of one family share a domain, so that they compare across columns.
type Family uint8

// The families. NoFamily kinds compare only with themselves.
const (
	NoFamily Family = iota
	Name
	Date
	Place
	Street
)

func (f Family) String() string {
	return [...]string{"", "name", "date", "place", "street"}[f]
}

// Sensitivity ranks what harm a kind can do when it leaks, after the base
// scores of ENISA's 2013 severity methodology (data processing context):
// simple 1, behavioural 2, financial 3, sensitive 4. Kinds that open other
// doors (credentials, state identifiers) take the score of what they open.
type Sensitivity uint8

// The ranks of sensitivity.
const (
	Simple Sensitivity = 1 + iota
	Behavioural
	Financial
	Sensitive
)

func (s Sensitivity) String() string {
	if s < Simple || s > Sensitive {
		return "unrated"
	}
	return [...]string{"simple", "behavioural", "financial", "sensitive"}[s-1]
}

// Info is what is known of a kind.
type Info struct {
	Name        string // in JSON, map files and token columns
	English     string
	French      string
	Family      Family
	Sensitivity Sensitivity
	Direct      bool // identifies a person by itself: NIR, e-mail, IBAN …
	Repeats     bool // a register may hold several per person, in several columns
	Compared    bool // sealed and compared; the others are only counted
}

var infos = [Count]Info{
	Unknown:        {Name: "unknown", English: "Unknown", French: "Inconnu", Sensitivity: Simple, Repeats: true},
	RecordID:       {Name: "record_id", English: "Record id", French: "Identifiant interne", Sensitivity: Simple, Direct: true, Compared: true},
	BirthSurname:   {Name: "birth_surname", English: "Birth surname", French: "Nom de naissance", Family: Name, Sensitivity: Simple, Compared: true},
	UsedSurname:    {Name: "used_surname", English: "Used surname", French: "Nom d’usage", Family: Name, Sensitivity: Simple, Compared: true},
	GivenNames:     {Name: "given_names", English: "Given names", French: "Prénoms", Family: Name, Sensitivity: Simple, Compared: true},
	FullName:       {Name: "full_name", English: "Full name", French: "Nom complet", Family: Name, Sensitivity: Simple, Compared: true},
	Sex:            {Name: "sex", English: "Sex or title", French: "Sexe ou civilité", Sensitivity: Simple, Compared: true},
	BirthDate:      {Name: "birth_date", English: "Birth date", French: "Date de naissance", Family: Date, Sensitivity: Simple, Compared: true},
	BirthPlace:     {Name: "birth_place", English: "Birthplace", French: "Lieu de naissance", Family: Place, Sensitivity: Simple, Compared: true},
	BirthPlaceCode: {Name: "birth_place_code", English: "Birthplace code", French: "Code du lieu de naissance", Sensitivity: Simple, Compared: true},
	BirthCountry:   {Name: "birth_country", English: "Country of birth", French: "Pays de naissance", Sensitivity: Simple, Compared: true},
	NIR:            {Name: "nir", English: "Social security number (NIR)", French: "Numéro de sécurité sociale (NIR)", Sensitivity: Sensitive, Direct: true, Compared: true},
	TaxNumber:      {Name: "tax_number", English: "Tax number", French: "Numéro fiscal", Sensitivity: Financial, Direct: true, Compared: true},
	Email:          {Name: "email", English: "E-mail", French: "Adresse électronique", Sensitivity: Simple, Direct: true, Repeats: true, Compared: true},
	Phone:          {Name: "phone", English: "Phone", French: "Téléphone", Sensitivity: Simple, Direct: true, Repeats: true, Compared: true},
	Address:        {Name: "address", English: "Postal address", French: "Adresse postale", Family: Street, Sensitivity: Simple, Compared: true},
	AddressExtra:   {Name: "address_extra", English: "Address complement", French: "Complément d’adresse", Family: Street, Sensitivity: Simple, Repeats: true, Compared: true},
	PostCode:       {Name: "postcode", English: "Postcode", French: "Code postal", Sensitivity: Simple, Compared: true},
	City:           {Name: "city", English: "City", French: "Commune", Family: Place, Sensitivity: Simple, Compared: true},
	CityCode:       {Name: "city_code", English: "City code (INSEE)", French: "Code commune (INSEE)", Sensitivity: Simple, Compared: true},
	Region:         {Name: "region", English: "Region", French: "Département ou région", Sensitivity: Simple, Compared: true},
	Country:        {Name: "country", English: "Country", French: "Pays", Sensitivity: Simple, Compared: true},
	IBAN:           {Name: "iban", English: "Bank account (IBAN)", French: "Compte bancaire (IBAN)", Sensitivity: Financial, Direct: true, Repeats: true, Compared: true},
	IDCard:         {Name: "id_card", English: "National identity card", French: "Carte nationale d’identité", Sensitivity: Sensitive, Direct: true, Compared: true},
	Passport:       {Name: "passport", English: "Passport", French: "Passeport", Sensitivity: Sensitive, Direct: true, Compared: true},
	Permit:         {Name: "permit", English: "Driving licence", French: "Permis de conduire", Sensitivity: Sensitive, Direct: true, Compared: true},
	SIRET:          {Name: "siret", English: "Business number (SIREN/SIRET)", French: "Numéro d’entreprise (SIREN/SIRET)", Sensitivity: Simple, Compared: true},
	Login:          {Name: "login", English: "Login", French: "Identifiant de connexion", Sensitivity: Simple, Direct: true, Compared: true},
	Password:       {Name: "password", English: "Password or hash", French: "Mot de passe ou empreinte", Sensitivity: Sensitive, Repeats: true},
	IPAddress:      {Name: "ip_address", English: "IP address", French: "Adresse IP", Sensitivity: Behavioural, Repeats: true},
	DateTime:       {Name: "date_time", English: "Date and time", French: "Date et heure", Sensitivity: Behavioural, Repeats: true},
	FreeText:       {Name: "free_text", English: "Free text", French: "Texte libre", Sensitivity: Behavioural, Repeats: true},
	Identifier:     {Name: "identifier", English: "Other identifier", French: "Autre identifiant", Sensitivity: Simple, Direct: true, Compared: true},
	HouseNumber:    {Name: "house_number", English: "House number", French: "Numéro dans la voie", Sensitivity: Simple, Compared: true},
	PaymentCard:    {Name: "payment_card", English: "Payment card", French: "Carte bancaire", Sensitivity: Financial, Direct: true, Repeats: true, Compared: true},
}

// Info returns what is known of k.
func (k Kind) Info() Info {
	if int(k) >= Count {
		return infos[Unknown]
	}
	return infos[k]
}

// String returns k's name in JSON, map files and token columns.
func (k Kind) String() string { return k.Info().Name }

// Family returns the family k's values compare in.
func (k Kind) Family() Family { return k.Info().Family }

// Label returns k's name for people, in "fr" or "en".
func (k Kind) Label(lang string) string {
	if lang == "fr" {
		return k.Info().French
	}
	return k.Info().English
}

// MarshalText writes k's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name that String wrote.
func (k *Kind) UnmarshalText(text []byte) (err error) {
	*k, err = Parse(string(text))
	return err
}

// Parse returns the kind of that name. Its error lists the names there are.
func Parse(name string) (Kind, error) {
	for k, info := range infos {
		if info.Name == name {
			return Kind(k), nil
		}
	}
	return Unknown, fmt.Errorf("no kind %q: the kinds are %v", name, Names())
}

// All returns every kind in order.
func All() []Kind {
	all := make([]Kind, Count)
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// Names returns the names of all kinds, sorted.
func Names() []string {
	names := make([]string, Count)
	for i, info := range infos {
		names[i] = info.Name
	}
	slices.Sort(names)
	return names
}

// Set is a set of kinds, one bit each, as stored in exposure masks.
type Set uint64

// Has reports whether k is in s.
func (s Set) Has(k Kind) bool { return s&(1<<k) != 0 }

// With returns s with k added.
func (s Set) With(k Kind) Set { return s | 1<<k }

// Kinds lists s in order.
func (s Set) Kinds() []Kind {
	var ks []Kind
	for k := range Kind(Count) {
		if s.Has(k) {
			ks = append(ks, k)
		}
	}
	return ks
}
