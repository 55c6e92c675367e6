package formtest

import (
	"strconv"

	"constat.example/desk/deadline"
	"constat.example/desk/form"
	"constat.example/internal/words"
)

func both(s string) words.Both { return words.Both{FR: s + " (fr)", EN: s} }

// Small is a form with a box of every type, which evidence fills in part: for tests of what
// is done with forms.
func Small() *form.Form {
	return &form.Form{
		Name: "small", Version: "1", Basis: both("a test"), Title: both("Small form"), For: both("nobody"), After: []string{"small"}, Meets: string(deadline.Notified),
		Fill: fillSmall,
	}
}

func fillSmall(m *form.Maker) {
	var people form.Value
	var from []form.Source
	if m.Assessment != nil {
		people.Number = &m.Assessment.Exposures.Persons
		from = append(from, m.Assessed("exposures.persons", both("people")))
	}
	m.Section("1", both("Facts"), words.Both{})
	m.Box(form.Box{ID: "1.1", Key: "people.count", Label: both("People"), Type: form.Number, Value: people, Ask: both("How many people?")}, from...)
	m.Box(form.Box{ID: "1.2", Key: "cause", Label: both("Cause"), Type: form.Choice, Ask: both("What was the cause? IT security may know."), Options: []form.Option{
		{Code: "attack", Words: both("An attack")}, {Code: "mistake", Words: both("A mistake")}, {Code: "1.10", Words: both("Another")},
	}})
	m.Box(form.Box{ID: "1.3", Key: "nature", Label: both("Nature"), Type: form.Choices, Ask: both("What was lost?"), Options: []form.Option{
		{Code: "confidentiality", Words: both("Confidentiality")}, {Code: "integrity", Words: both("Integrity")}, {Code: "availability", Words: both("Availability")},
	}})
	m.Box(form.Box{ID: "1.4", Key: "measures.taken", Label: both("Measures"), Type: form.Text, Ask: both("What was done?")})
	m.Box(form.Box{ID: "1.5", Key: "ended", Label: both("End"), Type: form.Time, Optional: true})
	head := form.Value{Table: &form.Grid{Head: []words.Both{both("What"), both("Who")}}}
	m.Box(form.Box{ID: "1.6", Key: "commitments", Label: both("Commitments"), Type: form.Table, Value: head, Ask: both("Who promised what?")})
	m.Section("2", both("Organisation"), words.Both{})
	m.Box(form.Box{ID: "2.1", Key: "organisation.name", Label: both("Name"), Type: form.Text, Ask: both("What is it called?")})
	m.Box(form.Box{ID: "2.2", Key: "contact.dpo.email", Label: both("E-mail"), Type: form.Text, Ask: both("Where is the officer reached?")})
	if n := len(m.Filings); n > 0 {
		m.Box(form.Box{ID: "2.3", Key: "filings", Label: both("Filed before"), Type: form.Text, Value: form.Value{Text: []words.Both{both(strconv.Itoa(n))}}})
	}
}
