// Package reminder tells of duties that fall due: which ones, from when on, in words for
// a screen, a mail or a server of logs. A reminder is a line of a journal, and comes once
// for a duty and each length of time that one is reminded before it.
package reminder

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/desk/deadline"
	"constat.example/internal/cef"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// Reminder is that a duty of a case falls due within a time, or is overdue.
type Reminder struct {
	ID       string     `json:"id"` // of the duty, when it is due and how long before: the same is told once
	At       time.Time  `json:"at"` // how it stood then
	Case     string     `json:"case"`
	Party    string     `json:"party"` // name
	Rule     string     `json:"rule"`
	What     words.Both `json:"what"`
	Article  words.Both `json:"article"`
	Due      time.Time  `json:"due"`
	Overdue  bool       `json:"overdue"`
	Within   string     `json:"within"` // the time that was reached, as "24h0m0s"; "" where it is overdue
	Standing words.Both `json:"standing"`
}

// Of are the reminders of a case's duties at an instant, the soonest first: of those that
// are sure and open, and overdue or due within the longest of the times. unsure counts
// those that would be told of if they were sure: they hang on what nobody said of a party.
func Of(c *deadline.Case, duties []deadline.Duty, within []time.Duration, now time.Time) (all []Reminder, unsure int) {
	now = now.UTC().Truncate(time.Second)
	for i := range duties {
		d := &duties[i]
		if !d.Open() || d.Binding == deadline.Guidance {
			continue
		}
		left := d.Left(now)
		reached, is := reach(within, left)
		switch {
		case left >= 0 && !is:
			continue
		case !d.Sure():
			unsure++
			continue
		}
		r := Reminder{At: now, Case: c.ID, Party: c.Name(d.Party), Rule: d.Rule, What: d.Title(), Article: d.Article, Due: *d.Due, Overdue: left < 0, Standing: d.Standing()}
		if !r.Overdue {
			r.Within = reached.String()
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "constat.reminder/1\n%s\n%s\n%s\n%s\n%s\n%s", c.ID, d.Party, d.Rule, d.To, d.Due.Format(time.RFC3339), r.Within))
		r.ID = hex.EncodeToString(sum[:12])
		all = append(all, r)
	}
	Sort(all)
	return all, unsure
}

// Sort puts reminders in order: the soonest first, of equal ones by case.
func Sort(all []Reminder) {
	slices.SortStableFunc(all, func(a, b Reminder) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Case, b.Case)) })
}

// reach is the shortest of the times that has been reached with so much left.
func reach(within []time.Duration, left time.Duration) (shortest time.Duration, is bool) {
	for _, w := range within {
		if left <= w && (!is || w < shortest) {
			shortest, is = w, true
		}
	}
	return shortest, is
}

// CEF writes a reminder as an event for a server of logs.
func CEF(r *Reminder) string {
	grave := 7
	if r.Overdue {
		grave = 10
	}
	return cef.Line("deadline", r.What.In("en"), grave,
		cef.Field{Key: "externalId", Value: r.ID}, cef.Field{Key: "rt", Value: fmt.Sprint(r.At.UnixMilli())}, cef.Field{Key: "end", Value: fmt.Sprint(r.Due.UnixMilli())},
		cef.Field{Key: "cs1Label", Value: "case"}, cef.Field{Key: "cs1", Value: r.Case}, cef.Field{Key: "cs2Label", Value: "party"}, cef.Field{Key: "cs2", Value: r.Party},
		cef.Field{Key: "msg", Value: r.Standing.In("en")})
}

// Mail writes reminders as a mail, the soonest first. There is at least one.
func Mail(all []Reminder, lang string) (subject, text string) {
	say := func(fr, en string) string { return words.Both{FR: fr, EN: en}.In(lang) }
	all = slices.Clone(all)
	Sort(all)
	gone := 0
	for _, r := range all {
		if r.Overdue {
			gone++
		}
	}
	first := fmt.Sprintf("%s (%s)", all[0].What.In(lang), all[0].Case)
	switch {
	case len(all) == 1 && gone == 1:
		subject = say("Constat, échéance passée : ", "Constat, overdue: ") + first
	case len(all) == 1:
		subject = say("Constat, échéance proche : ", "Constat, due soon: ") + first
	default:
		subject = fmt.Sprintf(say("Constat, %d échéances (passées : %d) : %s…", "Constat, %d deadlines (overdue: %d): %s…"), len(all), gone, first)
	}
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "%s – %s\n", fmt.Sprintf(say("Dossier %s", "Case %s"), visible.Text(r.Case, 64)), visible.Text(r.Party, 80))
		fmt.Fprintf(&b, "  %s (%s)\n  %s.\n", r.What.In(lang), r.Article.In(lang), r.Standing.In(lang))
		fmt.Fprintf(&b, "  %s\n", fmt.Sprintf(say("Noté le %s UTC.", "Noted %s UTC."), r.At.Format("2006-01-02 15:04")))
		fmt.Fprintf(&b, "  constat case deadlines %s\n\n", r.Case)
	}
	b.WriteString(say("Ce message ne contient aucune donnée des personnes concernées.\n", "This message holds nothing of the people concerned.\n"))
	return visible.Text(subject, 200), b.String()
}
