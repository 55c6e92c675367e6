package cli

import (
	"constat.example/desk/assessment"
)

// leak is a row of the summary: how many people the leak holds, where that is told.
func leak(g *grid, s assessment.Size) {
	switch {
	case s.Estimate != nil && s.Low != nil && s.High != nil && *s.Low == *s.High:
		g.row("size", count(*s.Estimate), s.Basis)
	case s.Estimate != nil && s.Low != nil && s.High != nil:
		g.row("size", count(*s.Estimate), count(*s.Low)+" to "+count(*s.High)+": "+s.Basis)
	case s.Low != nil:
		g.row("size", count(*s.Low), "people at least are in the leak")
	}
}
