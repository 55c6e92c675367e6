package report

import (
	"strings"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// said is what another organisation said of the dump, as it is drawn.
type said struct {
	N               assessment.Asked
	Name            string
	At              *instant
	Bar             []part
	Share           string
	Low, High       string
	All             bool // every row that could be compared was
	Theirs, Records string
	By              []agreeing
}

// agreeing is the rows that agree in one identifier.
type agreeing struct {
	Identifier text
	Rows       string
}

// identifiers are what organisations compare.
var identifiers = map[string]pair{
	"nir":        {"numéro de sécurité sociale (NIR)", "social security number (NIR)"},
	"tax_number": {"numéro fiscal", "tax number"},
	"name_birth": {"nom, premier prénom et date de naissance", "surname, first given name and birth date"},
	"name_phone": {"nom, premier prénom et téléphone", "surname, first given name and phone"},
	"email":      {"adresse électronique", "e-mail address"},
	"iban":       {"compte bancaire (IBAN)", "bank account (IBAN)"},
	"phone":      {"téléphone (ne suffit pas à lui seul)", "phone (not enough by itself)"},
	"record_id":  {"identifiant interne (ne suffit pas à lui seul)", "record id (not enough by itself)"},
}

// Said is what other organisations said.
func (e edition) Said() []said {
	var all []said
	for _, a := range e.A.Ownership.Asked {
		s := said{
			N: a, Name: visible.Text(a.Name, longest), At: e.instant(a.At), All: a.Sent == a.Rows,
			Share: e.bound(a.Share.Estimate), Low: e.bound(a.Share.Low), High: e.bound(a.Share.High),
			Theirs:  e.steps(a.Theirs, a.Step, "ligne", "lignes", "row", "rows"),
			Records: e.steps(a.People, a.Step, "fiche", "fiches", "record", "records"),
		}
		if low, high := a.Share.Low, a.Share.High; low != nil && high != nil {
			per := func(x float64) int64 { return int64(x*10_000 + 0.5) }
			s.Bar = bar(100,
				part{Name: e.T("dans son registre", "in its register"), Class: "current", N: per(*low)},
				part{Name: e.T("marge d’incertitude", "margin of uncertainty"), Class: "stale", N: per(*high) - per(*low)},
				part{Name: e.T("non retrouvé dans son registre", "not found there"), Class: "unconfirmed", N: 10_000 - per(*high)},
			)
		}
		for _, id := range a.Identifiers {
			s.By = append(s.By, agreeing{e.word(identifiers, id), e.steps(a.By[id], a.Step, "ligne", "lignes", "row", "rows")})
		}
		all = append(all, s)
	}
	return all
}

// steps words a count that is told in multiples of a step, rounded down.
func (l language) steps(n, step int64, frOne, frMany, enOne, enMany string) string {
	switch {
	case step <= 1:
		return l.N(n, frOne, frMany, enOne, enMany)
	case n == 0:
		return l.T("moins de %s", "fewer than %s", l.Int(step))
	}
	return l.T("%s à %s", "%s to %s", l.Int(n), l.N(n+step-1, frOne, frMany, enOne, enMany))
}

// pinStart is enough of a pin to know it again.
func (s said) PinStart() string {
	start, _, _ := strings.Cut(s.N.Peer, "-")
	return visible.Text(start, 16)
}
