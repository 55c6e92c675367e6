package severity

import "constat.example/desk/assessment"

// Of is what an assessment knows of a breach: who is exposed by what. How far it
// went, and whether somebody means harm, no dump tells: a person adds that. A
// dump that is offered or published is Full in confidentiality, with malice.
func Of(a *assessment.Assessment) Breach {
	b := Breach{People: a.Exposures.Persons, Stale: a.Exposures.Stale}
	for _, x := range a.Exposures.Kinds {
		b.Exposed = append(b.Exposed, Exposed{x.Kind, x.People})
	}
	return b
}
