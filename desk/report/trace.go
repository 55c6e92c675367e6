package report

import (
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// traced is who read the exposed people, as it is shown; nil where no log was given.
type traced struct {
	Refused *text
	From    *instant
	To      *instant
	Found   bool // some account is likelier than not
	Spots   []spot
	N       assessment.Trace
}

// spot is a blind spot, worded.
type spot struct {
	Text     string
	Accounts []string
	Share    string
	Width    float64 // hundredths
}

// reads is what a suspect read over time, as bars: days from left to right, in hundredths,
// over the days of all suspects.
type reads struct {
	Bars        []dayBar
	Band        *stretch // the window
	Time        *stretch // in which it read what its work does not explain
	From, To    *instant
	Description string
}

type dayBar struct{ X, Width, Read, Exposed float64 } // heights in hundredths of the highest

// bulkKinds are what bulk statements do, and outlets are.
var bulkKinds = map[string]pair{
	"copy":    {"copie en masse (COPY)", "bulk copy (COPY)"},
	"export":  {"export par l’application", "export by the application"},
	"backup":  {"sauvegarde", "backup"},
	"replica": {"réplique", "replica"},
	"partner": {"extrait remis à un partenaire", "partner's extract"},
	"other":   {"autre voie", "other way out"},
}

// BlindSpot words a blind spot.
func BlindSpot(l Language, b assessment.BlindSpot) string {
	text := l.spot(b)
	from, to := l.optionalTime(b.From), l.optionalTime(b.To)
	switch {
	case b.Code == "begins_after" || b.Code == "ends_before" || b.Code == "no_window":
	case from != "" && to != "" && from != to:
		text += l.T(", du %s au %s", ", from %s to %s", from, to)
	case from != "":
		text += l.T(", le %s", ", at %s", from)
	}
	return text
}

func (l language) optionalTime(at *string) string {
	if at == nil {
		return ""
	}
	t, err := time.Parse(time.RFC3339, *at)
	if err != nil {
		return ""
	}
	return l.Time(t)
}

func (l language) spot(b assessment.BlindSpot) string {
	kind := func() string {
		if p, ok := bulkKinds[b.Kind]; ok {
			return l.of(p)
		}
		return visible.Text(b.Kind, longest)
	}
	switch b.Code {
	case "bulk_statement":
		return l.T("%s, %s : le journal ne dit pas de qui étaient les fiches", "%s, %s: the log does not say whose records these were", kind(), l.N(b.Count, "fois", "fois", "time", "times"))
	case "logging_changed":
		return l.T("le journal lui-même a été arrêté, lancé ou modifié (%s)", "logging itself was stopped, started or changed (%s)", l.N(b.Count, "ligne", "lignes", "line", "lines"))
	case "silent_hours":
		return l.T("%s sans une ligne, à des heures où ce journal n’est jamais muet", "%s without a line, at times when this log is never silent", l.N(b.Count, "heure", "heures", "hour", "hours"))
	case "begins_after":
		return l.T("les journaux commencent après le début de la période du vol : %s de cette période leur échappe", "the logs begin after the window of theft does: they miss %s of it", l.Percent(b.Part, 0))
	case "ends_before":
		return l.T("les journaux s’arrêtent avant la fin de la période du vol : %s de cette période leur échappe", "the logs end before the window of theft does: they miss %s of it", l.Percent(b.Part, 0))
	case "no_window":
		return l.T("la copie n’est pas datée des deux côtés : elle a pu être faite avant ou après ce que couvrent les journaux", "the copy is not dated on both sides: it may have been made before or after what the logs cover")
	case "counts_only":
		return l.T("%s dont les lignes disent combien de fiches, et non lesquelles", "%s whose lines tell how many records, not whose", l.N(b.Count, "compte", "comptes", "account", "accounts"))
	case "unknown_reader":
		return l.T("%s sans compte ni adresse", "%s without account or address", l.N(b.Count, "lecture", "lectures", "read", "reads"))
	case "rejected_lines":
		return l.T("%s que l’on n’a pas pu lire", "%s that could not be read", l.N(b.Count, "ligne", "lignes", "line", "lines"))
	case "unseen_accounts":
		return l.T("%s qui se connectent et que l’on ne voit jamais lire : leurs lectures sont peut-être hors journal", "%s that come in and are never seen to read: their reads may not be logged", l.N(b.Count, "compte", "comptes", "account", "accounts"))
	case "ordinary_reach":
		return l.T("%s dont le travail ordinaire lit déjà l’essentiel des fiches exposées : un vol par là ne se verrait pas", "%s whose ordinary work reads most of the exposed people already: a theft that way would not show", l.N(b.Count, "compte", "comptes", "account", "accounts"))
	case "declared":
		return l.T("%s « %s », déclaré par l’organisme et hors de ces journaux", "%s “%s”, declared by the organisation and not in these logs", kind(), visible.Text(b.Name, longest))
	}
	return visible.Text(b.Code, longest)
}

func (e *edition) trace() *traced {
	from := e.A.Trace
	if from.Refused == assessment.NotTraced || from.Refused == "" && len(from.Logs) == 0 {
		return nil
	}
	t := &traced{Refused: e.refusal(from.Refused), From: e.optional(from.From), To: e.optional(from.To), N: from}
	t.Found = len(e.A.Suspects) > 0 && e.A.Suspects[0].Likelihood > 0.5
	for _, b := range from.BlindSpots {
		s := spot{Text: BlindSpot(e.language, b), Share: e.Percent(b.Share, 0), Width: hundredths(100 * min(1, max(0, b.Share)))}
		for _, a := range b.Accounts {
			s.Accounts = append(s.Accounts, visible.Text(a, longest))
		}
		t.Spots = append(t.Spots, s)
	}
	return t
}

// spanned are the first and the last day on which a suspect read anything; and whether there is one.
func spanned(all []assessment.Suspect) (first, last time.Time, there bool) {
	for _, s := range all {
		for _, d := range s.Days {
			t, err := time.Parse(time.DateOnly, d.Day)
			if err != nil {
				continue
			}
			if !there || t.Before(first) {
				first = t
			}
			if !there || t.After(last) {
				last = t
			}
			there = true
		}
	}
	return first, last, there
}

// reads draws a suspect's days; nil where there are none.
func (e *edition) reads(s assessment.Suspect) *reads {
	if len(s.Days) == 0 {
		return nil
	}
	days := make([]time.Time, len(s.Days))
	top := int64(1)
	for i, d := range s.Days {
		t, err := time.Parse(time.DateOnly, d.Day)
		if err != nil || i > 0 && !t.After(days[i-1]) {
			return nil
		}
		days[i], top = t, max(top, d.Read)
	}
	first, last, _ := spanned(e.A.Suspects)
	span := last.Sub(first).Hours()/24 + 1
	place := func(t time.Time) float64 { return 100 * min(1, max(0, t.Sub(first).Hours()/24/span)) }
	r := &reads{From: e.instant(first.Format(time.RFC3339)), To: e.instant(last.Format(time.RFC3339))}
	exposed := int64(0)
	for i, d := range s.Days {
		r.Bars = append(r.Bars, dayBar{
			X: hundredths(place(days[i])), Width: max(0.3, hundredths(80/span)),
			Read: hundredths(100 * float64(d.Read) / float64(top)), Exposed: hundredths(100 * float64(min(d.Exposed, d.Read)) / float64(top)),
		})
		exposed += d.Exposed
	}
	if e.A.Trace.From != nil || e.A.Trace.To != nil {
		x := place(parsed(e.A.Trace.From, first))
		r.Band = &stretch{X: hundredths(x), Width: max(0.3, hundredths(place(parsed(e.A.Trace.To, last.AddDate(0, 0, 1)))-x))}
	}
	if from, to := parsed(&s.First, time.Time{}), parsed(&s.Last, time.Time{}); !from.IsZero() && !to.IsZero() {
		x := place(from)
		r.Time = &stretch{X: hundredths(x), Width: max(0.6, hundredths(place(to)-x))}
	}
	r.Description = e.T("Lectures par jour, du %s au %s ; %s de fiches exposées.", "Reads by day, from %s to %s; %s of exposed people.",
		e.Time(first), e.Time(last), e.N(exposed, "lecture", "lectures", "read", "reads"))
	return r
}

// ReadY is where the bar of all reads begins, from above.
func (b dayBar) ReadY() float64 { return hundredths(100 - b.Read) }

// ExposedY is where that of the exposed begins.
func (b dayBar) ExposedY() float64 { return hundredths(100 - b.Exposed) }
