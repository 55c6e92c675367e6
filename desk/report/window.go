package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"constat.example/desk/assessment"
)

// window is when the copy was made, as it is drawn.
type window struct {
	Refused                         *text
	NotBefore, NotAfter, MostLikely *instant
	Low, High                       *instant
	Shape                           string
	Goes                            []going
	Curve                           *curve // nil where there is none
	Seen                            int64  // changes that it is worked out from
	Before, After                   int64  // of Seen
	Changes                         []change
	Aside                           []text
	N                               assessment.Window
}

// going is one of several goes in which the copy was made.
type going struct {
	At, From, To *instant
	Share        string
}

// change is what was seen between two snapshots.
type change struct {
	From, To *instant
	N        assessment.Change
}

// curve is the likelihood as a picture, in hundredths of its width and height.
type curve struct {
	Line, Area  string // paths
	From, To    *instant
	Band        *stretch // the interval
	Peak        *float64 // where it is likeliest
	Description string
}

type stretch struct{ X, Width float64 }

// asides are what is left out of the dating.
var asides = map[string]pair{
	assessment.AsideCreated: {"les personnes arrivées depuis", "people who came later"},
	assessment.AsideGone:    {"les personnes parties avant", "people who had gone before"},
}

func (e *edition) window() window {
	from := e.A.Window
	w := window{
		Refused: e.refusal(from.Refused), Shape: from.Shape, N: from,
		NotBefore: e.optional(from.NotBefore), NotAfter: e.optional(from.NotAfter), MostLikely: e.optional(from.MostLikely),
		Low: e.optional(from.Interval.Low), High: e.optional(from.Interval.High),
	}
	for _, i := range from.Instants {
		w.Goes = append(w.Goes, going{At: e.optional(i.At), From: e.optional(i.From), To: e.optional(i.To), Share: e.Percent(i.Share, 1)})
	}
	for _, c := range from.Changes {
		w.Before, w.After = w.Before+c.Before, w.After+c.After
		w.Changes = append(w.Changes, change{From: e.instant(c.From), To: e.instant(c.To), N: c})
	}
	w.Seen = w.Before + w.After
	for _, a := range from.Aside {
		w.Aside = append(w.Aside, e.word(asides, a))
	}
	w.Curve = e.curve(from)
	return w
}

// curve lays the likelihood out along the time; nil where its points tell no time.
func (e *edition) curve(w assessment.Window) *curve {
	if len(w.Curve) < 2 {
		return nil
	}
	at := make([]time.Time, len(w.Curve))
	for i, p := range w.Curve {
		t, err := time.Parse(time.RFC3339, p.At)
		if err != nil || i > 0 && t.Before(at[i-1]) {
			return nil
		}
		at[i] = t
	}
	first, last := at[0], at[len(at)-1]
	if !last.After(first) {
		return nil
	}
	place := func(t time.Time) float64 {
		return hundredths(100 * min(1, max(0, t.Sub(first).Seconds()/last.Sub(first).Seconds())))
	}
	var line strings.Builder
	top := 0
	for i, p := range w.Curve {
		command := "L"
		if i == 0 {
			command = "M"
		}
		likelihood := p.Likelihood
		if math.IsNaN(likelihood) {
			likelihood = 0
		}
		fmt.Fprintf(&line, "%s%g %g", command, place(at[i]), hundredths(98-96*min(1, max(0, likelihood))))
		if p.Likelihood > w.Curve[top].Likelihood {
			top = i
		}
	}
	c := &curve{
		Line: line.String(), Area: line.String() + "L100 100L0 100Z",
		From: e.instant(w.Curve[0].At), To: e.instant(w.Curve[len(w.Curve)-1].At),
		Description: e.T("Vraisemblance de la date de la copie, du %s au %s ; elle est la plus haute le %s.", "Likelihood of when the copy was made, from %s to %s; it is highest on %s.",
			e.Time(first), e.Time(last), e.Time(at[top])),
	}
	if low, high := parsed(w.Interval.Low, first), parsed(w.Interval.High, last); w.Shape == assessment.ShapeOnce && !high.Before(low) {
		x := place(low)
		c.Band = &stretch{X: x, Width: max(0.3, hundredths(place(high)-x))}
	}
	if w.MostLikely != nil && w.Shape == assessment.ShapeOnce {
		x := place(parsed(w.MostLikely, first))
		c.Peak = &x
	}
	return c
}

// parsed is a time, or another where there is none.
func parsed(rfc3339 *string, otherwise time.Time) time.Time {
	if rfc3339 == nil {
		return otherwise
	}
	t, err := time.Parse(time.RFC3339, *rfc3339)
	if err != nil {
		return otherwise
	}
	return t
}
