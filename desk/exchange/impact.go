package exchange

import (
	"fmt"
	"strings"

	"constat.example/blind/kind"
	"constat.example/desk/casefile"
)

// Impact is what information was lost, in the words of the incident core extension of
// STIX, which MISP has too.
type Impact struct {
	Information string // of the vocabulary of information types
	Loss        string // of the vocabulary of losses
	// Of the files at hand; nil where nothing was lost.
	Records *int64 // people whose information it is; at least so many where several kinds are of one type
	Bytes   *int64
	// Individuals are the people of the whole leak, as far as is known; nil for what
	// is told in the impact on personal information.
	Individuals *int64
	Words       string // an English sentence
}

// Words of the vocabulary of information types.
const (
	credentials = "credentials-user"
	payment     = "payment"
	personal    = "pii"
)

func informationType(k kind.Kind) string {
	switch k {
	case kind.Login, kind.Password:
		return credentials
	case kind.IBAN, kind.PaymentCard:
		return payment
	}
	return personal
}

// losses are words for what was decided.
var losses = map[casefile.Choice]string{"": "suspected-loss", casefile.Suspected: "suspected-loss", casefile.Confirmed: "confirmed-loss", casefile.Refuted: "none"}

// Impacts are what is known to be lost, by information type. There are none of files that
// are nobody's here, unless a person decided that there was a breach.
func (t *Told) Impacts() []Impact {
	f := t.Finding
	if f == nil || f.People == 0 {
		return nil
	}
	undecided := t.Standing == "" || t.Standing == casefile.Suspected
	if undecided && !f.Refused && (f.Verdict == "fabricated" || f.Verdict == "foreign") {
		return nil
	}
	var all []Impact
	for _, of := range []string{personal, payment, credentials} {
		var kinds []string
		most := int64(0)
		for _, k := range f.Kinds {
			if informationType(k.Kind) == of {
				kinds, most = append(kinds, fmt.Sprintf("%s %s", k.Kind.Label("en"), grouped(k.People))), max(most, k.People)
			}
		}
		if len(kinds) == 0 && of != personal {
			continue
		}
		x := Impact{Information: of, Loss: losses[t.Standing]}
		if t.Standing != casefile.Refuted {
			x.Words = "People of the register whose data are in the files at hand"
			switch {
			case of == personal:
				individuals := f.individuals()
				x.Records, x.Bytes, x.Individuals = &f.People, &f.Bytes, &individuals
			case len(kinds) > 1:
				x.Words += ": at least so many"
				fallthrough
			default:
				x.Records = &most
			}
			if len(kinds) > 0 {
				x.Words += ". By kind: " + strings.Join(kinds, ", ")
			}
			x.Words += "."
		}
		all = append(all, x)
	}
	return all
}

// individuals is how many people are in the leak, as far as is known.
func (f *Finding) individuals() int64 {
	switch {
	case f.Estimate != nil:
		return *f.Estimate
	case f.Low != nil:
		return max(*f.Low, f.People)
	}
	return f.People
}

// IncidentTypes are words of the vocabulary of events of the incident core extension.
func (t *Told) IncidentTypes() []string {
	switch t.Standing {
	case casefile.Confirmed:
		all := []string{"confirmed", "unauthorized-access-information"}
		if len(t.Claims)+len(t.Files) > 0 {
			all = append(all, "unauthorized-release")
		}
		return all
	case casefile.Refuted:
		return []string{"refuted"}
	}
	return []string{"undetermined"}
}
