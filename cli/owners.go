package cli

import (
	"fmt"
	"io"
	"strings"

	"constat.example/desk/assessment"
)

// owners prints how the dump compares with each of several registers.
func owners(w io.Writer, a *assessment.Assessment, s style, columns int) {
	against := a.Register.Name
	sources := a.Sources()
	others := make([]string, 0, len(sources))
	for _, name := range sources {
		if name != against {
			others = append(others, name)
		}
	}
	switch {
	case len(others) > 0:
		item(w, fmt.Sprintf("rows were copied from %s; what follows is about %s only, and --register %s assesses the dump against the other", strings.Join(sources, " and "), against, others[0]), columns)
	case len(sources) > 0:
		item(w, "it was copied from "+against, columns)
	default:
		item(w, "nothing establishes that it was copied from one of them; it is compared with "+against+", which it is most like", columns)
	}
	g := newGrid(s, left(""), right("people"), right("rows found"), right("by it alone"), left("compared with it"), right("bits for a copy"))
	for _, r := range a.Registers {
		g.row(r.Name, count(r.People), count(r.Found), count(r.Alone), r.Class, fmt.Sprintf("%.1f", r.Bits))
	}
	g.write(w, "  ")
	item(w, fmt.Sprintf("%s looked at: %s of people of several registers, %s of nobody in any", plural(a.Parts.Sampled, "row"), count(a.Parts.Several), count(a.Parts.Nobody)), columns)
}
