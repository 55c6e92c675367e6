package report

import (
	"math"
	"slices"
	"strings"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/internal/visible"
)

// timeline is all that happened about a case, on one axis of time.
type timeline struct {
	Lanes  []lane
	Height int // of the picture, in pixels
	Foot   int // where the axis is written
	Ticks  []stepTick
	Now    float64 // where the drawing is, in hundredths
	Says   string
	List   []happened
}

// lane is a line of the picture.
type lane struct {
	Name, Class   string
	Label, Y, End int // of the picture, in pixels
	Dots          []dot
}

// dot is what happened at about one time.
type dot struct {
	X float64
	R float64
	N int64
}

type happened struct {
	When            *instant
	Lane, What, Who string
	Class           string
	English         bool
}

const (
	laneHeight = 46 // pixels
	laneMargin = 2  // hundredths, left and right
	apart      = 1  // hundredths: what is nearer is one dot
)

func (p *casePage) timeline(c *Case) *timeline {
	if len(c.Happened) == 0 {
		return nil
	}
	t := &timeline{}
	var dues []time.Time
	for _, d := range deadline.Pressing(c.Duties) {
		if c.State.Closed() {
			break // nothing presses any more
		}
		dues = append(dues, *d.Due)
	}
	from, to := c.Happened[0].At, c.At
	for _, h := range c.Happened {
		if h.At.Before(from) {
			from = h.At
		}
		if h.At.After(to) {
			to = h.At
		}
	}
	if len(dues) > 0 && dues[0].After(to) {
		to = dues[0]
	}
	if !to.After(from) {
		to = from.Add(time.Hour)
	}
	place := func(at time.Time) float64 {
		return hundredths(laneMargin + (100-2*laneMargin)*float64(at.Sub(from))/float64(to.Sub(from)))
	}
	var said []string
	add := func(name, class string, at []time.Time) {
		if len(at) == 0 {
			return
		}
		l := lane{Name: name, Class: class, Label: laneHeight*len(t.Lanes) + 16, Y: laneHeight*len(t.Lanes) + 32, End: laneHeight * (len(t.Lanes) + 1)}
		for _, x := range at {
			at := place(x)
			if n := len(l.Dots); n > 0 && at-l.Dots[n-1].X < apart {
				l.Dots[n-1].N++
				continue
			}
			l.Dots = append(l.Dots, dot{X: at, N: 1})
		}
		for i := range l.Dots {
			l.Dots[i].R = hundredths(4.5 + min(4, math.Log2(float64(l.Dots[i].N))))
		}
		t.Lanes = append(t.Lanes, l)
		said = append(said, name+p.T(" : ", ": ")+p.Int(int64(len(at))))
	}
	for _, of := range casefile.Lanes() {
		var at []time.Time
		for _, h := range c.Happened {
			if h.From == of {
				at = append(at, h.At)
			}
		}
		add(p.both(of.Words()), "lane-"+string(of), at)
	}
	dues = slices.DeleteFunc(dues, func(at time.Time) bool { return at.Before(from) || at.After(to) })
	add(p.T("échéances non tenues", "deadlines not met yet"), "lane-due", dues)
	t.Height = laneHeight*len(t.Lanes) + 26
	t.Foot = t.Height - 8
	t.Now = place(c.At)
	t.Ticks = p.timeTicks(from, to, place)
	t.Says = p.T("Du %s au %s. %s.", "From %s to %s. %s.", p.moment(from, p.Zone).Text, p.moment(to, p.Zone).Text, strings.Join(said, ", "))
	for _, h := range c.Happened {
		what := h.What
		t.List = append(t.List, happened{
			When: p.moment(h.At, p.Zone), Lane: p.both(h.From.Words()), Class: "lane-" + string(h.From), Who: visible.Text(h.Who, longest), What: visible.Text(p.both(what), 2*casefile.LongestReason),
		})
	}
	return t
}

// timeTicks marks an axis of time, at most five times, at whole hours or days of the
// clock of the page.
func (p *casePage) timeTicks(from, to time.Time, place func(time.Time) float64) (all []stepTick) {
	const most = 5
	day := 24 * time.Hour
	length := to.Sub(from)
	step := 10 * 365 * day
	for _, s := range []time.Duration{15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 91 * day, 182 * day, 365 * day, 730 * day} {
		if length/s <= most {
			step = s
			break
		}
	}
	at := from.In(p.Zone)
	first := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, p.Zone)
	for n := 0; ; n++ {
		x := first.Add(time.Duration(n) * step)
		if step >= day { // whole days, whatever clocks do
			x = time.Date(at.Year(), at.Month(), at.Day()+n*int(step/day), 0, 0, 0, 0, p.Zone)
		}
		if x.After(to) {
			return all
		}
		if x.Before(from) {
			continue
		}
		text := x.Format("2 Jan")
		if p.language == french {
			text = x.Format("02/01")
		}
		switch {
		case step < day:
			text += x.Format(" 15:04")
		case step >= 91*day:
			text += x.Format(" 2006")
			if p.language == french {
				text = x.Format("02/01/2006")
			}
		}
		all = append(all, stepTick{place(x), text})
	}
}
