package score

import (
	"fmt"
	"strings"

	"constat.example/desk/assessment"
	"constat.example/scenario"
)

// honey checks that the copy that leaked is named and no other, and that its
// made-up people were found; of a drill without any, that nobody was.
func (v *Outcome) honey(h assessment.Honey, t *scenario.TruthHoney) {
	if t == nil {
		if h.Found > 0 || len(h.Named) > 0 {
			v.statement("no made-up people", fmt.Sprint(h.Found), "0", false, "")
		}
		return
	}
	v.statement("copy that leaked", strings.Join(h.Named, ", "), t.Copy, len(h.Named) == 1 && h.Named[0] == t.Copy, h.Refused)
	for _, c := range h.Copies {
		v.number("made-up people of "+c.Name, c.Found, int64(t.Found[c.Name]))
	}
}
