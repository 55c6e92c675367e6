package form

import (
	"slices"

	"constat.example/blind/kind"
	"constat.example/internal/words"
)

// class is what a kind of data is to the CNIL and in the EDPB's template.
type class struct{ cnil, edpb string }

// classes has every kind. A column that nothing recognises is not known; free text can hold
// anything, and is other data. Numbers of papers are counted with papers by the CNIL; the
// template keeps that for copies of them, and has identification data for numbers.
var classes = [kind.Count]class{
	kind.Unknown:  {"unknown", "unknown"},
	kind.RecordID: {"access", "identification"}, kind.Identifier: {"access", "identification"}, kind.TaxNumber: {"access", "identification"},
	kind.BirthSurname: {"civil", "basic"}, kind.UsedSurname: {"civil", "basic"}, kind.GivenNames: {"civil", "basic"}, kind.FullName: {"civil", "basic"},
	kind.Sex: {"civil", "basic"}, kind.BirthDate: {"civil", "basic"}, kind.BirthPlace: {"civil", "basic"}, kind.BirthPlaceCode: {"civil", "basic"}, kind.BirthCountry: {"civil", "basic"},
	kind.NIR:   {"nir", "identification"},
	kind.Email: {"contact", "contact"}, kind.Phone: {"contact", "contact"}, kind.Address: {"contact", "contact"}, kind.AddressExtra: {"contact", "contact"},
	kind.HouseNumber: {"contact", "contact"}, kind.PostCode: {"contact", "contact"}, kind.City: {"contact", "contact"}, kind.CityCode: {"contact", "contact"},
	kind.Region: {"contact", "contact"}, kind.Country: {"contact", "contact"},
	kind.IBAN: {"financial", "payment"}, kind.PaymentCard: {"financial", "payment"}, kind.SIRET: {"financial", "economic"},
	kind.IDCard: {"documents", "identification"}, kind.Passport: {"documents", "identification"}, kind.Permit: {"documents", "identification"},
	kind.Login: {"access", "credentials"}, kind.Password: {"access", "credentials"}, kind.IPAddress: {"access", "other"},
	kind.DateTime: {"other", "other"}, kind.FreeText: {"other", "other"},
}

// classed are the codes of the kinds of a set, in the order of the options.
func classed(set kind.Set, options []Option, code func(class) string) []string {
	var all []string
	for _, o := range options {
		if slices.ContainsFunc(set.Kinds(), func(k kind.Kind) bool { return code(classes[k]) == o.Code }) {
			all = append(all, o.Code)
		}
	}
	return all
}

// means of harm: what each of the impacts takes. Only what data make possible by what they
// are is proposed: discrimination, damage to reputation, loss of secrecy hang on who the
// people are and what the organisation does, and are left to a person.
var harms = []struct {
	impact string
	when   func(kind.Set) bool
	why    words.Both
}{
	{"control", func(s kind.Set) bool { return s != 0 }, pair("des données sont sorties", "data are out")},
	{"identity", func(s kind.Set) bool { return named(s) && (official(s) || born(s)) }, pair("nom avec un numéro officiel, ou avec date et lieu de naissance", "name with an official number, or with birth date and place")},
	{"fraud", func(s kind.Set) bool { return named(s) && reached(s) || paid(s) || s.Has(kind.Password) }, pair("nom avec des coordonnées, coordonnées bancaires, ou mots de passe", "name with contact details, bank details, or passwords")},
	{"money", paid, pair("coordonnées bancaires ou cartes", "bank details or cards")},
}

func has(s kind.Set, any ...kind.Kind) bool { return slices.ContainsFunc(any, s.Has) }

func named(s kind.Set) bool {
	return has(s, kind.FullName) || has(s, kind.BirthSurname, kind.UsedSurname) && has(s, kind.GivenNames)
}

func official(s kind.Set) bool {
	return has(s, kind.NIR, kind.IDCard, kind.Passport, kind.Permit, kind.TaxNumber)
}

func born(s kind.Set) bool {
	return has(s, kind.BirthDate) && has(s, kind.BirthPlace, kind.BirthPlaceCode)
}

func reached(s kind.Set) bool { return has(s, kind.Email, kind.Phone, kind.Address) }

func paid(s kind.Set) bool { return has(s, kind.IBAN, kind.PaymentCard) }

// harmed are the impacts that the kinds of a set make possible, in the order of the
// options, with what each takes.
func harmed(s kind.Set) (codes []string, why words.Both) {
	var texts []words.Both
	for _, h := range harms {
		if h.when(s) {
			codes = append(codes, h.impact)
			texts = append(texts, joined("", offered(impacts, []string{h.impact}), pair(" ("+h.why.FR+")", " ("+h.why.EN+")")))
		}
	}
	return codes, parted(texts...)
}
