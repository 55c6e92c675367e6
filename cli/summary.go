package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/report"
	"constat.example/internal/visible"
)

// summary prints an assessment for a tired person: what was found in one
// sentence, the figures behind it, what is not known, and last where to look
// next.
func summary(out io.Writer, o *Outcome, s style, columns int) error {
	w := &watched{w: out}
	findings(w, o.Assessment, s, columns)
	next(w, o, s)
	return w.err
}

// findings prints all of an assessment but where it is.
func findings(w io.Writer, a *assessment.Assessment, s style, columns int) {
	section := func(title string) { fmt.Fprintf(w, "\n%s\n", s.bold(title)) }

	fmt.Fprintf(w, "%s\n", s.bold(headline(a)))
	if decisive := report.English.Decisive(a.Verdict); decisive != "" {
		fold(w, "", "", decisive, columns)
	}
	fmt.Fprintln(w)
	established(w, a, s)

	if len(a.Registers) > 0 {
		section("Which register it is from")
		owners(w, a, s, columns)
	}
	if len(a.Exposures.Kinds) > 0 {
		section("Exposed, by kind of data, the most sensitive first")
		exposures(w, a, s, columns)
	}
	if says := report.English.HoneySays(a.Honey); says != "" {
		section("The made-up people")
		honeyFound(w, a.Honey, says, s, columns)
	}
	if a.Window.Refused == "" {
		section("When the copy was made")
		copied(w, a.Window, s)
	}
	if len(a.Trace.Logs) > 0 {
		section("Who read the exposed people")
		suspected(w, a.Trace, a.Suspects, s, columns)
		if n := len(a.Trace.BlindSpots); n > 0 {
			item(w, fmt.Sprintf("What these logs cannot show: %s; \"constat trace --case %s\" lists them.", plural(int64(n), "blind spot"), visible.Text(a.Case, 80)), columns)
		}
	}
	if a.Recycled.Refused == "" {
		section("What was out already")
		outAlready(w, a.Recycled, s, columns)
	}
	if len(a.Columns) > 0 {
		section("What the columns hold")
		columnTable(w, a, s, columns)
	}
	if len(a.Ties)+len(a.NotTied) > 0 {
		section("How the tables hang together")
		ties(w, a, columns)
	}
	if len(a.Rejects) > 0 {
		section("Rejected")
		rejectTable(w, a.Rejects, s)
	}
	if refused := refusals(a); len(refused) > 0 {
		section("Not established")
		for _, line := range refused {
			item(w, line, columns)
		}
	}
	if len(a.Notes) > 0 {
		section("To know")
		for _, note := range a.Notes {
			item(w, visible.Text(note, 1000), columns)
		}
	}
}

// next prints where an assessment is, and what can be done with it.
func next(w io.Writer, o *Outcome, s style) {
	fmt.Fprintf(w, "\n%s\n", s.bold("Where to look next"))
	f := newFacts(s)
	f.add("case", either(visible.Text(o.Assessment.Case, 80), "none"))
	for _, file := range []struct{ name, path string }{
		{"home", o.Home}, {"links", o.Links}, {"all figures, JSON", o.JSON}, {"page to hand on", o.Page},
	} {
		if file.path != "" {
			f.add(file.name, file.path)
		}
	}
	f.write(w, "  ")
}

// headline is the finding in one sentence.
func headline(a *assessment.Assessment) string {
	switch {
	case a.Rows.Read == 0:
		return "No row of the dump could be read."
	case a.Exposures.Persons == 0:
		return "Nobody of the register was found in the dump."
	}
	with := ""
	if n := len(a.Exposures.Kinds); n > 0 {
		with = ", with " + plural(int64(n), "kind") + " of data"
	}
	if a.Exposures.Persons == 1 {
		return "1 person of the register is in the dump" + with + "."
	}
	return count(a.Exposures.Persons) + " people of the register are in the dump" + with + "."
}

func established(w io.Writer, a *assessment.Assessment, s style) {
	g := newGrid(s, left(""), right(""), left(""))
	read := a.Rows.Read
	from := plural(int64(len(a.Inputs)), "file")
	if len(a.Inputs) == 1 {
		from = visible.Text(a.Inputs[0].Name, 40)
	}
	if claimed := a.Size.Claimed; claimed != nil {
		g.row("claimed", count(*claimed), "people or records, as whoever offers them says")
	}
	g.row("read", count(read), fmt.Sprintf("%s of %s, %s", noun(read, "row"), from, size(a.Bytes.Total)))
	if a.Rows.Rejected > 0 {
		g.row("rejected", count(a.Rows.Rejected), noun(a.Rows.Rejected, "row")+" that could not be read")
	}
	if a.Rows.Repaired > 0 {
		g.row("mended", count(a.Rows.Repaired), noun(a.Rows.Repaired, "row")+" read after a repair")
	}
	if read > 0 {
		g.row("linked", count(a.Linked.Rows), percent(a.Linked.Rows, read)+" of rows belong to a person of the register")
		g.row("ambiguous", count(a.Linked.Ambiguous), percent(a.Linked.Ambiguous, read)+" fit several people: twins, namesakes")
		g.row("unlinked", count(a.Linked.Unlinked), percent(a.Linked.Unlinked, read)+" fit nobody")
	}
	if d := a.Decided; d.Same+d.Not+d.Unknown > 0 {
		g.row("decided", count(d.Same+d.Not+d.Unknown), fmt.Sprintf("by people: %s same, %s not, %s unknown", count(d.Same), count(d.Not), count(d.Unknown)))
	}
	g.row("register", count(a.Register.People), "people, "+plural(int64(a.Register.Snapshots), "snapshot")+span(a.Register))
	if n := a.Exposures.Persons; n > 0 {
		g.row("concerned", count(n), percent(n, a.Register.People)+" of those people are in the dump")
		freeText(g, a.Exposures.FreeText)
		g.row("out of date", count(a.Exposures.Stale), percent(a.Exposures.Stale, n)+" of them have a value that has changed since")
	}
	leak(g, a.Size)
	g.body(w, "  ")
	if a.Bytes.Accounted != a.Bytes.Total {
		fmt.Fprintf(w, "  %s %s of %s bytes are accounted for\n", s.yellow("attention:"), count(a.Bytes.Accounted), count(a.Bytes.Total))
	}
}

// freeText tells of the people whose identifiers stand in notes and messages.
func freeText(g *grid, f assessment.FreeText) {
	if f.Persons == 0 {
		return
	}
	said := "of them through free text"
	if f.Only > 0 {
		said += ", " + count(f.Only) + " nowhere else"
	}
	g.row("free text", count(f.Persons), said)
}

func span(r assessment.Register) string {
	switch {
	case r.From == "" || r.To == "":
		return ""
	case r.From == r.To:
		return " of " + day(r.From)
	}
	return " from " + day(r.From) + " to " + day(r.To)
}

// day cuts an RFC 3339 time to its date.
func day(instant string) string {
	date, _, _ := strings.Cut(instant, "T")
	return date
}

// exposures draws one line per kind, the most sensitive first, and of equal
// ones that with most people. The bar's full part is what is current, its
// lighter parts what is stale and what is unconfirmed.
func exposures(w io.Writer, a *assessment.Assessment, s style, columns int) {
	kinds := slices.SortedStableFunc(slices.Values(a.Exposures.Kinds), func(x, y assessment.Exposure) int {
		return cmp.Or(cmp.Compare(y.Kind.Info().Sensitivity, x.Kind.Info().Sensitivity), cmp.Compare(y.People, x.People))
	})
	most := int64(1)
	label := 0
	for _, e := range kinds {
		most = max(most, e.People)
		label = max(label, len([]rune(e.Kind.Label("en"))))
	}
	wide := min(30, max(10, columns-label-60))
	g := newGrid(s, left(""), left(""), right("people"), right("current"), right("out of date"), right("unconfirmed"))
	for _, e := range kinds {
		g.row(e.Kind.Label("en"), split(e, most, wide), count(e.People), count(e.Current), count(e.Stale), count(e.Unconfirmed))
	}
	g.paint = func(_, column int, padded string) string {
		if column == 1 {
			return s.cyan(padded)
		}
		return padded
	}
	g.write(w, "  ")
	fmt.Fprintln(w, s.dim("  █ the register’s value now   ▒ an earlier one   ░ not in the register"))
}

// split draws the parts of an exposure, each with at least one cell when it is
// not empty, as long as the bar has room.
func split(e assessment.Exposure, most int64, wide int) string {
	cells := func(n int64) int { return int(float64(n)/float64(most)*float64(wide) + 0.5) }
	total := max(cells(e.People), 1)
	if e.People == 0 {
		return ""
	}
	stale := min(max(cells(e.Stale), sign(e.Stale)), total)
	other := min(max(cells(e.Unconfirmed), sign(e.Unconfirmed)), total-stale)
	return strings.Repeat("█", total-stale-other) + strings.Repeat("▒", stale) + strings.Repeat("░", other)
}

func sign(n int64) int { return int(min(1, n)) }

// columnTable lists what columns hold; the first reason for it too, where there
// is room. Columns of no kind are named below, as far as there is room. All
// reasons are in the page.
func columnTable(w io.Writer, a *assessment.Assessment, s style, columns int) {
	heads := []head{left("column"), left("holds"), right("sure"), right("filled"), right("invalid")}
	reasons := columns >= 96
	if reasons {
		heads = append(heads, left("because"))
	}
	several := len(a.Tables) > 1
	table := -1
	var g *grid
	var unknown []string
	flush := func() {
		if g != nil && len(g.rows) > 0 {
			g.write(w, "  ")
		}
		if len(unknown) > 0 {
			names := unknown[:min(8, len(unknown))]
			more := ""
			if n := len(unknown) - len(names); n > 0 {
				more = " and " + count(int64(n)) + " more"
			}
			fold(w, "  ", "  ", plural(int64(len(unknown)), "column")+" counted, not compared: "+strings.Join(names, ", ")+more, columns)
			unknown = nil
		}
	}
	for _, c := range a.Columns {
		if g == nil || several && c.Table != table {
			flush()
			g = newGrid(s, heads...)
			if reasons {
				g.columns = columns
			}
			table = c.Table
			if several && table >= 0 && table < len(a.Tables) {
				fmt.Fprintf(w, "  %s\n", visible.Text(a.Tables[table].Name, 80))
			}
		}
		if c.Kind == kind.Unknown {
			unknown = append(unknown, visible.Text(c.Name, 24))
			continue
		}
		row := []string{visible.Text(c.Name, 24), c.Kind.Label("en"), sure(c.Confidence), count(c.Filled), count(c.Invalid)}
		if reasons {
			because := ""
			if len(c.Evidence) > 0 {
				because = visible.Text(c.Evidence[0], 200)
			}
			row = append(row, because)
		}
		g.row(row...)
	}
	flush()
}

// sure writes a confidence. It is never rounded to certainty.
func sure(confidence float64) string {
	if confidence > 0.99 && confidence < 1 {
		return "> 99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*confidence)
}

func rejectTable(w io.Writer, rejects []assessment.Reject, s style) {
	g := newGrid(s, right("pieces"), right("size"), left("reason"), left("file"), left("first at"))
	for _, r := range rejects {
		var first []string
		for _, p := range r.First[:min(3, len(r.First))] {
			first = append(first, place(p))
		}
		g.row(count(r.Count), size(r.Bytes), visible.Text(r.Reason, 60), visible.Text(r.File, 32), strings.Join(first, "; "))
	}
	g.write(w, "  ")
}

func place(p assessment.Place) string {
	if p.Row == 0 {
		return "byte " + count(p.Offset)
	}
	return fmt.Sprintf("row %s, byte %s", count(p.Row), count(p.Offset))
}

// refusals says which findings there are none of, and why, those that share a
// reason together.
func refusals(a *assessment.Assessment) []string {
	reasons := map[string][]string{}
	for _, finding := range []struct{ name, refused string }{
		{"verdict on the claim", a.Verdict.Refused},
		{"window of the theft", a.Window.Refused},
		{"what was out already", notCompared(a.Recycled)},
		{"size of the leak", a.Size.Refused},
	} {
		if finding.refused != "" {
			reasons[finding.refused] = append(reasons[finding.refused], finding.name)
		}
	}
	var lines []string
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		names := strings.Join(reasons[reason], ", ")
		if reason == assessment.NotAssessed {
			lines = append(lines, "not assessed in this version of the case: "+names)
		} else {
			lines = append(lines, fmt.Sprintf("%s: %s", names, visible.Text(reason, 200)))
		}
	}
	return lines
}

// item writes a sentence as an item of a list, folded at the terminal's width.
func item(w io.Writer, text string, columns int) { fold(w, "  - ", "    ", text, columns) }

// fold writes a text after a lead, its further lines after an indent, none
// wider than columns where words allow.
func fold(w io.Writer, lead, indent, text string, columns int) {
	line, empty := lead, true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			fmt.Fprintln(w, line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	fmt.Fprintln(w, line)
}

// importSummary prints what an import did.
func importSummary(out io.Writer, i *Imported, s style, columns int) error {
	w := &watched{w: out}
	x := i.Snapshot
	fmt.Fprintln(w, s.bold(fmt.Sprintf("Snapshot %s, as of %s: %s.", x.ID, instant(x.AsOf), people(x.People))))
	fmt.Fprintln(w)
	f := newFacts(s)
	f.add("source", sourceName(x.Source))
	if x.Added < x.People || x.Gone > 0 {
		f.add("since the last", fmt.Sprintf("%s added, %s changed, %s gone", count(x.Added), count(x.Changed), count(x.Gone)))
	}
	if h := i.History; h != nil {
		toldFacts(f, *h)
	}
	onDisk := size(x.Bytes)
	if x.People >= 1000 { // below, what any file takes weighs more than people
		onDisk += fmt.Sprintf(", %.0f bytes a person", float64(x.Bytes)/float64(x.People))
	}
	f.add("on disk", onDisk)
	f.write(w, "  ")
	if len(i.Columns) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.bold("What the columns hold"))
		columnTable(w, &assessment.Assessment{Columns: i.Columns}, s, columns)
	}
	if len(i.Rejects) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.bold("Rejected"))
		rejectTable(w, i.Rejects, s)
	}
	return w.err
}
