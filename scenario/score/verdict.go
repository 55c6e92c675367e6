package score

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/desk/assessment"
	"constat.example/scenario"
)

// Judged is what an assessment said of a claim, beside what is true of the drill.
type Judged struct {
	Kind string
	Seed uint64
	Name string // tells the drill from others of its kind and seed

	Class, Said string // true and told
	Refused     string // why no class is told
	Right       bool   // the class is that, or is rightly not told
	Grave       bool   // what is made up or somebody else's was told for a copy, or a copy for made up

	Share, Window, Interval, Size Bound // widths: of shares in rows, of times in days, of people in those there are

	Daily   bool  // a snapshot a day around the copy
	Linked  int64 // rows
	Seconds float64
	Reasons string // with their weights
}

// Bound is an interval that was told, and whether it holds the truth. One that is
// open to one side holds all that lies there.
type Bound struct {
	Asked   bool // there is a truth
	Told    bool
	Holds   bool
	Closed  bool
	Width   float64
	Refused string
	Said    string
	True    string
}

// Judge holds an assessment to the truth of its drill. earlier says whether the
// leaks of before that it is made of were known when it was assessed: without them
// nothing can be known of as recycled, and what was copied once is genuine.
func Judge(truth *scenario.Truth, a *assessment.Assessment, earlier bool) Judged {
	j := Judged{Kind: truth.Kind, Seed: truth.Seed, Class: truth.Class, Said: a.Verdict.Class, Refused: a.Verdict.Refused, Linked: a.Linked.Rows}
	if truth.Class == "recycled" && !earlier {
		if j.Class = "foreign"; truth.TheftFrom != nil {
			j.Class = "genuine"
		}
	}
	j.Right = j.Said == j.Class || j.Said == "undetermined" && truth.Rows < fewest
	copied := func(class string) bool { return class == "genuine" || class == "mixed" }
	j.Grave = j.Said == "genuine" && !copied(j.Class) && j.Class != "recycled" || copied(j.Class) && j.Said == "fabricated"
	j.Share, j.Window, j.Interval, j.Size = share(truth, a), window(truth, a), interval95(truth, a), size(truth, a)
	var reasons []string
	for _, r := range a.Verdict.Reasons {
		name := r.Code
		if r.Of != "" {
			name += " " + r.Of
		}
		reasons = append(reasons, fmt.Sprintf("%s %+.1f (%.1f/%.1f/%.1f)", name, r.Weight, r.Bits.Copied, r.Bits.Other, r.Bits.Made))
	}
	j.Reasons = strings.Join(reasons, ", ")
	return j
}

// fewest is how many rows a class can be asked of.
const fewest = 30

func share(truth *scenario.Truth, a *assessment.Assessment) Bound {
	s := a.Verdict.GenuineShare
	b := Bound{Asked: true, Refused: a.Verdict.Refused, Said: interval(s.Low, s.High), True: fmt.Sprintf("%.4f", truth.GenuineShare)}
	if s.Low != nil && s.High != nil {
		b.Told, b.Closed, b.Refused = true, true, ""
		b.Holds, b.Width = *s.Low <= truth.GenuineShare && truth.GenuineShare <= *s.High, *s.High-*s.Low
	}
	return b
}

// window is whether the whole of the copy, which may have taken weeks, lies between
// the instants told; where there was none, none may be told.
func window(truth *scenario.Truth, a *assessment.Assessment) Bound {
	w := a.Window
	return times(truth, w.NotBefore, w.NotAfter, w.Refused)
}

// interval95 is the same of the narrower interval, which has 95 chances in 100.
func interval95(truth *scenario.Truth, a *assessment.Assessment) Bound {
	w := a.Window
	return times(truth, w.Interval.Low, w.Interval.High, w.Refused)
}

func times(truth *scenario.Truth, from, to *string, refused string) Bound {
	b := Bound{Asked: truth.TheftFrom != nil && truth.TheftTo != nil, Refused: refused, Said: deref(from) + " to " + deref(to), True: "no theft"}
	b.Told = from != nil || to != nil
	b.Closed = from != nil && to != nil
	if b.Told {
		b.Refused = ""
	}
	if !b.Asked {
		b.Holds = !b.Told
		return b
	}
	b.True = truth.TheftFrom.Format(time.RFC3339)
	if !truth.TheftTo.Equal(*truth.TheftFrom) {
		b.True += " to " + truth.TheftTo.Format(time.RFC3339)
	}
	low, lowOK := instant(from)
	high, highOK := instant(to)
	b.Holds = b.Told && lowOK && highOK && (from == nil || !truth.TheftFrom.Before(low)) && (to == nil || !truth.TheftTo.After(high))
	if b.Closed {
		b.Width = high.Sub(low).Hours() / 24
	}
	return b
}

// instant reads a time; null is one.
func instant(text *string) (time.Time, bool) {
	if text == nil {
		return time.Time{}, true
	}
	t, err := time.Parse(time.RFC3339, *text)
	return t, err == nil
}

// size is whether the people whom the thief could reach are as many as told. A
// bound may be open; where nothing was copied there is nothing to tell.
func size(truth *scenario.Truth, a *assessment.Assessment) Bound {
	s := a.Size
	b := Bound{Asked: truth.Population != nil, Refused: s.Refused, Told: s.Low != nil || s.High != nil, Closed: s.Low != nil && s.High != nil, True: "none"}
	b.Said = some(s.Low) + " to " + some(s.High)
	if b.Told {
		b.Refused = ""
	}
	if !b.Asked {
		return b
	}
	is := int64(truth.Population.Reached)
	b.True = fmt.Sprint(is)
	b.Holds = b.Told && (s.Low == nil || *s.Low <= is) && (s.High == nil || is <= *s.High)
	if b.Closed && is > 0 {
		b.Width = float64(*s.High-*s.Low) / float64(is)
	}
	return b
}

func some(n *int64) string {
	if n == nil {
		return "unknown"
	}
	return fmt.Sprint(*n)
}

// classes in the order of tables.
var classes = []string{"genuine", "mixed", "recycled", "fabricated", "foreign", "undetermined"}

// Figures are what many drills show, as Markdown.
func Figures(all []Judged) string {
	var b strings.Builder
	right, grave := 0, 0
	told := map[[2]string]int{}
	for _, j := range all {
		if j.Right {
			right++
		}
		if j.Grave {
			grave++
		}
		told[[2]string{j.Class, j.Said}]++
	}
	fmt.Fprintf(&b, "%d drills: the class is right in %s; a copy taken for made up, or the other way round or somebody else's for a copy, in %d.\n\n", len(all), part(right, len(all)), grave)
	b.WriteString("| is \\ told | " + strings.Join(classes, " | ") + " |\n|---|" + strings.Repeat("--:|", len(classes)) + "\n")
	for _, is := range classes[:5] {
		row, any := "| "+is, false
		for _, said := range classes {
			n := told[[2]string{is, said}]
			any = any || n > 0
			row += fmt.Sprintf(" | %d", n)
		}
		if any {
			b.WriteString(row + " |\n")
		}
	}
	b.WriteString("\n| figure | truth there | told | holds the truth | closed | width: median | 95th of 100 |\n|---|--:|--:|--:|--:|--:|--:|\n")
	large := func(j Judged) bool { return j.Daily && j.Linked >= 10_000 && j.Class != "foreign" }
	figure(&b, "share genuine", "%.3f", all, nil, func(j Judged) Bound { return j.Share })
	for _, class := range []string{"genuine", "mixed"} {
		figure(&b, "share genuine, "+class, "%.3f", all, func(j Judged) bool { return j.Class == class }, func(j Judged) Bound { return j.Share })
	}
	figure(&b, "window, days", "%.1f", all, nil, func(j Judged) Bound { return j.Window })
	figure(&b, "window, days: a snapshot a day, 10,000 rows linked", "%.1f", all, large, func(j Judged) Bound { return j.Window })
	figure(&b, "interval of the window, days", "%.1f", all, nil, func(j Judged) Bound { return j.Interval })
	figure(&b, "size, of what there is", "%.2f", all, nil, func(j Judged) Bound { return j.Size })

	b.WriteString("\n| kind | drills | right | undetermined | share holds | window holds | window, days: median | 95th of 100 | size holds |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var kinds []string
	for _, j := range all {
		if !slices.Contains(kinds, j.Kind) {
			kinds = append(kinds, j.Kind)
		}
	}
	for _, kind := range kinds {
		var of []Judged
		right, open := 0, 0
		for _, j := range all {
			if j.Kind != kind {
				continue
			}
			of = append(of, j)
			if j.Right {
				right++
			}
			if j.Said == "undetermined" {
				open++
			}
		}
		share, window, size := count(of, nil, func(j Judged) Bound { return j.Share }), count(of, nil, func(j Judged) Bound { return j.Window }), count(of, nil, func(j Judged) Bound { return j.Size })
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d of %d | %d of %d | %s | %s | %d of %d |\n", kind, len(of), right, open,
			share.holds, share.told, window.holds, window.told, window.quantile(0.5, "%.1f"), window.quantile(0.95, "%.1f"), size.holds, size.told)
	}

	b.WriteString("\nRefused, and why:\n\n")
	refused := map[string]int{}
	for _, j := range all {
		for _, r := range []struct{ of, why string }{{"class", j.Refused}, {"window", asked(j.Window)}, {"size", asked(j.Size)}} {
			if r.why != "" {
				refused[r.of+": "+r.why]++
			}
		}
	}
	var whys []string
	for why, n := range refused {
		whys = append(whys, fmt.Sprintf("- %s (%d)\n", why, n))
	}
	slices.Sort(whys)
	b.WriteString(strings.Join(whys, ""))

	b.WriteString("\nNot as it is:\n\n")
	for _, j := range all {
		var off []string
		if !j.Right {
			off = append(off, fmt.Sprintf("%s told for %s %s", j.Said, j.Class, j.Refused))
		}
		for _, f := range []struct {
			name string
			b    Bound
		}{{"share", j.Share}, {"window", j.Window}, {"size", j.Size}} {
			if f.b.Asked && f.b.Told && !f.b.Holds || !f.b.Asked && f.b.Told && f.name == "window" {
				off = append(off, fmt.Sprintf("%s %s, true %s", f.name, f.b.Said, f.b.True))
			}
		}
		if len(off) > 0 {
			fmt.Fprintf(&b, "- %s of seed %d %s: %s. %s\n", j.Kind, j.Seed, j.Name, strings.Join(off, "; "), j.Reasons)
		}
	}
	return b.String()
}

// asked is why a figure was not told of which there is one.
func asked(b Bound) string {
	if !b.Asked {
		return ""
	}
	return b.Refused
}

// counted is what the bounds of some drills come to.
type counted struct {
	asked, told, holds, closed int
	widths                     []float64
}

func count(all []Judged, only func(Judged) bool, of func(Judged) Bound) (c counted) {
	for _, j := range all {
		b := of(j)
		if only != nil && !only(j) || !b.Asked {
			continue
		}
		c.asked++
		if b.Told {
			c.told++
		}
		if b.Told && b.Holds {
			c.holds++
		}
		if b.Told && b.Closed {
			c.closed++
			c.widths = append(c.widths, b.Width)
		}
	}
	slices.Sort(c.widths)
	return c
}

func (c counted) quantile(q float64, format string) string {
	if len(c.widths) == 0 {
		return "–"
	}
	return fmt.Sprintf(format, c.widths[min(len(c.widths)-1, int(q*float64(len(c.widths))))])
}

func figure(b *strings.Builder, name, format string, all []Judged, only func(Judged) bool, of func(Judged) Bound) {
	c := count(all, only, of)
	fmt.Fprintf(b, "| %s | %d | %d | %s | %d | %s | %s |\n", name, c.asked, c.told, part(c.holds, c.told), c.closed, c.quantile(0.5, format), c.quantile(0.95, format))
}

func part(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d (%.1f %%)", n, of, 100*float64(n)/float64(of))
}
