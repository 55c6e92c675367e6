package deadline_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"constat.example/desk/deadline"
)

// lawPage is the page that tells what each rule rests on. What stands in it between the marks is
// written from the rules.
const (
	lawPage = "../../docs/law.md"
	lawMark = "<!-- from desk/deadline/rules.yaml, by go test ./desk/deadline -update -->\n"
	lawEnd  = "<!-- end -->\n"
)

// TestLawPage holds the page of the law to the rules.
func TestLawPage(t *testing.T) {
	t.Parallel()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(lawPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, marked := strings.Cut(string(page), lawMark)
	_, after, ended := strings.Cut(rest, lawEnd)
	if !marked || !ended {
		t.Fatal("the page does not mark where the rules stand")
	}
	golden(t, lawPage, []byte(before+lawMark+lawText(book)+lawEnd+after))
	// What the rules speak of by name is told in the words around them, too.
	for _, name := range book.Switches() {
		if !strings.Contains(before+after, "`"+name+"`") {
			t.Errorf("the switch %s is not explained", name)
		}
	}
}

// lawText tells the rules one after another, in their order.
func lawText(book *deadline.Rulebook) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nRules of %s.\n", book.Version)
	b.WriteString("\n| duty | *en français* | within | |\n|---|---|---|---|\n")
	for i := range book.Rules {
		r := &book.Rules[i]
		how, _, _ := strings.Cut(within(r), ";")
		fmt.Fprintf(&b, "| %s: %s | *%s : %s* | %s | %s |\n", r.Article.EN, r.What.EN, r.Article.FR, r.What.FR, strings.TrimPrefix(how, "no hour is set: "), map[bool]string{false: string(r.Binding)}[r.Binding == deadline.Law])
	}
	for i := range book.Rules {
		r := &book.Rules[i]
		fmt.Fprintf(&b, "\n### %s: %s\n\n", r.Article.EN, r.What.EN)
		fmt.Fprintf(&b, "*%s : %s.* (`%s`)\n\n", r.Article.FR, r.What.FR, r.ID)
		line := func(what, text string) {
			if text != "" {
				fmt.Fprintf(&b, "- **%s** %s\n", what, text)
			}
		}
		line("Told:", whom(r))
		line("By:", bound(r))
		line("Runs from:", runs(r))
		line("Within:", within(r))
		line("Not due:", notDue(r))
		line("Met by:", list(r.Met, " or "))
		line("Note:", r.Note.EN+" *"+r.Note.FR+"*")
		line("Rests on:", rests(r))
	}
	b.WriteString("\n")
	return b.String()
}

func whom(r *deadline.Rule) string {
	text := r.Whom.EN + " (*" + r.Whom.FR + "*)"
	for _, c := range slices.Sorted(maps.Keys(r.Local)) {
		text += fmt.Sprintf("; in %s %s", c, r.Local[c].EN)
	}
	return text
}

func bound(r *deadline.Rule) string {
	var who []string
	for _, f := range r.Who {
		who = append(who, f.Words().EN)
	}
	text := strings.Join(who, " that is ")
	if text == "" {
		text = "everybody"
	}
	if len(r.Unless) > 0 {
		var not []string
		for _, f := range r.Unless {
			not = append(not, f.Words().EN)
		}
		text += ", unless it is " + strings.Join(not, " or ")
	}
	if len(r.Country) > 0 {
		text += "; in " + strings.Join(r.Country, ", ")
	}
	for _, c := range slices.Sorted(maps.Keys(r.Dormant)) {
		text += fmt.Sprintf("; in %s only where `%s` switches it on", c, r.Dormant[c])
	}
	if r.Each {
		text += "; to each controller that it serves"
	}
	return text
}

func runs(r *deadline.Rule) string {
	text := list(r.Starts, " or ")
	switch {
	case r.LatestStart:
		text += ", whichever was last"
	case len(r.Starts) > 1:
		text += ", whichever was first"
	}
	if len(r.Strict) > 0 {
		text += "; a strict authority may count from " + list(r.Strict, " or ")
	}
	if r.Inquiry {
		text += "; a short investigation may come before"
	}
	if len(r.Needs) > 0 {
		text += "; needs " + list(r.Needs, " or ")
	}
	return text
}

func within(r *deadline.Rule) string {
	text := ""
	switch {
	case r.Hours > 0:
		text = fmt.Sprintf("%d hours", r.Hours)
	case r.Days > 0:
		text = fmt.Sprintf("%d days", r.Days)
	case r.Months > 0:
		text = fmt.Sprintf("%d month", r.Months)
		if r.Months > 1 {
			text += "s"
		}
	case r.Set:
		text = "the time that was set"
	default:
		return "no hour is set: without undue delay"
	}
	if r.CapHours > 0 {
		text += fmt.Sprintf(", at most %d hours after %s", r.CapHours, list(r.CapFrom, " or "))
	}
	switch r.Counting {
	case deadline.EU:
		text += "; elapsed on the clock, and at the latest arguable as Regulation 1182/71 counts"
	case deadline.DORA:
		text += "; elapsed on the clock, moved to noon of the next working day where Regulation 2025/301, article 5(4) to (6), does so"
	default:
		text += "; elapsed on the clock"
	}
	switch r.Ongoing {
	case "progress":
		text += "; only while " + list(r.Ends, " or ") + " has not come"
	case "final":
		text += "; where it lasted longer, from " + list(r.Ends, " or ")
	}
	return text
}

func notDue(r *deadline.Rule) string {
	text := ""
	if len(r.Waived) > 0 {
		text = "after " + list(r.Waived, " or ")
	}
	if len(r.Restores) > 0 {
		text += "; due again after " + list(r.Restores, " or ")
	}
	if r.Arises {
		text = strings.TrimPrefix(text+"; before what it runs from: until then there is no such duty", "; ")
	}
	return text
}

func rests(r *deadline.Rule) string {
	text := map[deadline.Binding]string{deadline.Law: "law", deadline.Guidance: "guidance, no law", deadline.Proposal: "a proposal, no law: `" + r.Switch + "` switches it on"}[r.Binding]
	if r.Replaces != "" {
		text += ", in place of `" + r.Replaces + "`"
	}
	if r.From != "" {
		text += ", applies from " + r.From
	}
	if r.Until != "" {
		text += " until " + r.Until
	}
	switch {
	case r.Checked:
		return text + "; <" + r.Source + ">, wording read on " + r.Read
	case strings.HasPrefix(r.Source, "https://"):
		return text + "; <" + r.Source + ">, **wording not read: to be checked**"
	}
	return text + "; **wording " + r.Source + "**"
}

// list names kinds of events.
func list(kinds []deadline.Kind, and string) string {
	var all []string
	for _, k := range kinds {
		all = append(all, k.Words().EN)
	}
	return strings.Join(all, and)
}
