package score

import (
	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/scenario"
)

// spokenOf is what free text adds to what the rows of a dump expose.
type spokenOf struct {
	scenario.TruthFreeText
	beyond [kind.Count]int // people of whom no column holds the kind
}

func freeText(t *scenario.Truth) (s spokenOf) {
	if t.FreeText == nil {
		return s
	}
	s.TruthFreeText = *t.FreeText
	for _, k := range t.FreeText.ByKind {
		s.beyond[k.Kind] = k.Beyond
	}
	return s
}

// spoken checks what an assessment found in free text.
func (v *Outcome) spoken(a *assessment.Assessment, t *scenario.Truth) {
	if t.FreeText == nil {
		return
	}
	f := a.Exposures.FreeText
	v.number("identifiers in free text", f.Mentions.Found, int64(t.FreeText.Mentions))
	v.number("persons exposed through free text", f.Persons, int64(t.FreeText.Persons))
	v.number("persons exposed through free text only", f.Only, int64(t.FreeText.Only))
	columns := kind.Set(0)
	for _, e := range t.Exposures {
		columns = columns.With(e.Kind)
	}
	for _, k := range t.FreeText.ByKind {
		name := k.Kind.String()
		v.number("persons exposed through free text: "+name, f.ByKind[name], int64(k.People))
		if !columns.Has(k.Kind) {
			v.number("persons exposed: "+name, a.Exposures.ByKind[name], int64(k.Beyond))
		}
	}
}
