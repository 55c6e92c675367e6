package report

import (
	"strconv"
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/finding"
	"constat.example/internal/visible"
)

// movedNames are what moved from one finding to the next.
var movedNames = map[string]pair{
	"originals": {"autres fichiers", "other files"}, "snapshots": {"instantanés du registre", "register snapshots"}, "claim": {"examiné face à l’affirmation", "held against claim"},
	"claimed": {"affirmé", "claimed"}, "class": {"verdict", "verdict"}, "people": {"personnes trouvées", "people found"}, "size": {"personnes dans la fuite", "people in the leak"},
	"rows": {"lignes", "rows"}, "linked": {"lignes rattachées", "rows linked"}, "kinds": {"catégories de données", "kinds of data"}, "share": {"part authentique", "genuine share"},
	"copied_after": {"copié après", "copied after"}, "copied_before": {"copié avant", "copied before"},
}

// Move words what moved from one finding to the next, numbers as number writes them.
func Move(l Language, m finding.Move, number func(int64) string) string {
	name := visible.Text(m.What, longest)
	if words, ok := movedNames[m.What]; ok {
		name = l.of(words)
	}
	if m.What == "kinds" {
		var told []string
		if added := l.kindsApart(m.From, m.To); added != "" {
			told = append(told, l.T("et ", "and ")+added)
		}
		if gone := l.kindsApart(m.To, m.From); gone != "" {
			told = append(told, l.T("sans ", "without ")+gone)
		}
		return name + " " + strings.Join(told, ", ")
	}
	if m.What == "originals" && m.From == m.To {
		return name
	}
	return name + " " + l.movedValue(m.What, m.From, number) + " → " + l.movedValue(m.What, m.To, number)
}

func (l language) movedValue(what, value string, number func(int64) string) string {
	switch {
	case value == "":
		return l.T("aucun", "none")
	case what == "class":
		return l.Class(value)
	case what == "share":
		if x, err := strconv.ParseFloat(value, 64); err == nil {
			return l.Percent(x, 1)
		}
	case what == "copied_after" || what == "copied_before":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return l.Time(at)
		}
	default:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return number(n)
		}
	}
	return visible.Text(value, longest)
}

// kindsApart lists the kinds that stand in a list and not in another.
func (l language) kindsApart(in, of string) string {
	have := map[string]bool{}
	for name := range strings.SplitSeq(in, ", ") {
		have[name] = true
	}
	var all []string
	for name := range strings.SplitSeq(of, ", ") {
		if name == "" || have[name] {
			continue
		}
		label := visible.Text(name, longest)
		if k, err := kind.Parse(name); err == nil {
			label = k.Label(string(l))
		}
		all = append(all, label)
	}
	return strings.Join(all, ", ")
}

// history is how what is established moved.
type history struct {
	Versions []version
	Chart    *steps // nil for a single version
}

// version is one finding that was not the one before.
type version struct {
	Number        string
	When          *instant
	Who, Class    string
	People        int64
	Size, Claimed *int64
	Moved         []string
}

// steps is a chart of numbers of people by version: lines that go level and jump.
type steps struct {
	Series []series
	Ticks  []stepTick // of people
	Labels []stepTick // of versions
	Says   string
}

// series is one number through all versions.
type series struct {
	Class, Name string
	Level       []segment // of versions
	Jump        []segment // between them
}

// segment is a line from one point to another, in hundredths.
type segment struct{ X1, Y1, X2, Y2 float64 }

type stepTick struct {
	At   float64
	Text string
}

func (p *casePage) moved(lines []finding.Line) *history {
	if len(lines) == 0 {
		return nil
	}
	h := &history{}
	for i, l := range lines {
		v := version{Number: p.Int(int64(i + 1)), When: p.moment(l.Time, p.Zone), Who: visible.Text(l.Who, longest), Class: p.Class(l.Class), People: l.People, Size: l.Size, Claimed: l.Claimed}
		if i > 0 {
			for _, m := range finding.Moved(lines[i-1].Facts, l.Facts) {
				v.Moved = append(v.Moved, Move(p.language, m, p.Int))
			}
		}
		h.Versions = append(h.Versions, v)
	}
	if len(lines) > 1 {
		h.Chart = p.stepChart(lines)
	}
	return h
}

// mostLabels is how many versions have their day written under them.
const mostLabels = 4

func (l language) stepChart(lines []finding.Line) *steps {
	var top int64 = 1
	for _, x := range lines {
		top = max(top, x.People, value(x.Size), value(x.Claimed))
	}
	n := float64(len(lines))
	across := func(i int) float64 { return hundredths(100 * float64(i) / n) }
	height := func(v int64) float64 { return hundredths(87 - 79*float64(v)/float64(top)) }
	c := &steps{}
	var said []string
	draw := func(class, name string, of func(finding.Line) *int64) {
		s := series{Class: class, Name: name}
		var before *float64
		var told []string
		for i, x := range lines {
			v := of(x)
			if v == nil {
				before = nil
				told = append(told, "–")
				continue
			}
			y := height(*v)
			if before != nil && *before != y {
				s.Jump = append(s.Jump, segment{across(i), *before, across(i), y})
			}
			s.Level = append(s.Level, segment{across(i), y, across(i + 1), y})
			before = &y
			told = append(told, l.Int(*v))
		}
		if len(s.Level) > 0 {
			c.Series = append(c.Series, s)
			said = append(said, name+l.T(" : ", ": ")+strings.Join(told, ", "))
		}
	}
	draw("claimedline", l.T("affirmé", "claimed"), func(x finding.Line) *int64 { return x.Claimed })
	draw("sizeline", l.T("personnes dans la fuite", "people in the leak"), func(x finding.Line) *int64 { return x.Size })
	draw("foundline", l.T("personnes trouvées", "people found"), func(x finding.Line) *int64 { return &x.People })
	c.Says = strings.Join(said, l.T(" ; ", "; ")) + "."
	for _, v := range []int64{0, top / 2, top} {
		c.Ticks = append(c.Ticks, stepTick{height(v), l.Int(v)})
	}
	every := (len(lines) + mostLabels - 1) / mostLabels
	for i := 0; i < len(lines); i += every {
		c.Labels = append(c.Labels, stepTick{across(i), l.T("n° %s", "no. %s", l.Int(int64(i+1)))})
	}
	return c
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
