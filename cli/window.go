package cli

import (
	"io"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// copied prints when the copy was made.
func copied(w io.Writer, window assessment.Window, s style) {
	f := newFacts(s)
	if window.MostLikely != nil {
		f.add("most likely", dated(window.MostLikely))
	}
	f.add("not before", dated(window.NotBefore))
	f.add("not after", dated(window.NotAfter))
	switch low, high := window.Interval.Low, window.Interval.High; {
	case window.Shape == assessment.ShapeOnce && window.Even && low != nil && high != nil:
		f.add("95 chances in 100", dated(low)+" to "+dated(high))
	case window.Shape == assessment.ShapeTwice:
		f.add("how", "in two goes")
	case window.Shape == assessment.ShapeOver:
		f.add("how", "bit by bit")
	}
	for _, i := range window.Instants {
		if window.Shape == assessment.ShapeTwice {
			f.add("a copy", dated(i.At)+", "+sure(i.Share)+" of what was copied")
		} else {
			f.add("it took", dated(i.From)+" to "+dated(i.To))
		}
	}
	f.write(w, "  ")
}

// dated writes a time that an assessment holds.
func dated(rfc3339 *string) string {
	if rfc3339 == nil {
		return "unknown"
	}
	t, err := time.Parse(time.RFC3339, *rfc3339)
	if err != nil {
		return visible.Text(*rfc3339, 40)
	}
	return instant(t)
}
