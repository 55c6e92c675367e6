package cli

import (
	"fmt"
	"io"

	"constat.example/desk/assessment"
	"constat.example/desk/report"
	"constat.example/internal/visible"
)

// notCompared is why nothing is said of earlier leaks, where some are kept.
func notCompared(r assessment.Recycled) string {
	if r.Refused == assessment.NoLeaks || r.Refused == assessment.NotAssessed {
		return ""
	}
	return r.Refused
}

// outAlready prints what of the dump stood in earlier leaks.
func outAlready(w io.Writer, r assessment.Recycled, s style, columns int) {
	item(w, fmt.Sprintf("%s of the %s add nothing: all that they hold was out about the same person.", count(r.Known), plural(r.Rows, "row")), columns)
	if told := report.English.Copy(r); told != "" {
		item(w, told, columns)
	}
	g := newGrid(s, left("leak"), left("out since"), left("ours"), right("rows here"), right("values here"), right("only there"), right("adds"))
	for _, l := range r.Leaks {
		name := visible.Text(l.Name, 64)
		if l.Case {
			name = "case " + name
		}
		whose := "unknown"
		if l.Ours != nil && *l.Ours {
			whose = "yes"
		} else if l.Ours != nil {
			whose = "no"
		}
		g.row(name, either(l.Seen, "unknown"), whose, count(l.Shared), count(l.Values), count(l.Only), count(l.Adds))
	}
	if len(r.Leaks) > 0 {
		g.write(w, "  ")
	}
	for _, x := range r.Aside {
		item(w, fmt.Sprintf("%s is left out: %s.", visible.Text(x.Name, 64), visible.Text(x.Why, 100)), columns)
	}
}
