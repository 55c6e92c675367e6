package report

import (
	"slices"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// owners is how the dump compares with the registers of an organisation that has
// several.
type owners struct {
	Sources []string // registers that rows were copied from
	Against string   // the register that the rest of the page is about
	Others  []string // of Sources: those that it is not about
	Rows    []owner
	Apart   bool // rows of some were judged by themselves
	Sampled bool // not all rows were looked at
}

type owner struct {
	Name    string
	N       assessment.Owner
	Class   text
	Refused *text
	Bar     []part
	Apart   *ownerApart
}

// ownerApart is the verdict on the rows that no other register knows.
type ownerApart struct {
	N       assessment.OwnerApart
	Class   text
	Refused *text
}

// Owners words the comparison with several registers; nil where there was one.
func (e edition) Owners() *owners {
	if len(e.A.Registers) == 0 {
		return nil
	}
	o := &owners{Sampled: e.A.Parts.Sampled < e.A.Rows.Read}
	for _, r := range e.A.Registers {
		name := visible.Text(r.Name, longest)
		if r.Chosen {
			o.Against = name
		}
		shown := owner{Name: name, N: r, Class: e.word(classes, r.Class), Refused: e.refusal(r.Refused)}
		shown.Bar = bar(full(r.Found, r.Sampled), part{Class: "linked", N: r.Alone}, part{Class: "ambiguous", N: r.Found - r.Alone})
		if r.Apart != nil {
			o.Apart = true
			shown.Apart = &ownerApart{N: *r.Apart, Class: e.word(classes, r.Apart.Class), Refused: e.refusal(r.Apart.Refused)}
		}
		o.Rows = append(o.Rows, shown)
	}
	for _, name := range e.A.Sources() {
		name = visible.Text(name, longest)
		o.Sources = append(o.Sources, name)
		if name != o.Against {
			o.Others = append(o.Others, name)
		}
	}
	slices.SortStableFunc(o.Rows, func(x, y owner) int { // the one chosen first
		switch {
		case x.N.Chosen == y.N.Chosen:
			return 0
		case x.N.Chosen:
			return -1
		}
		return 1
	})
	return o
}

// full is the part of a whole in hundredths.
func full(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// OfRegister names the register that the dump was compared with, where it has a name
// of its own; "" else.
func (e edition) OfRegister() string {
	if name := e.A.Register.Name; name != "main" {
		return visible.Text(name, longest)
	}
	return ""
}
