package deadline

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Calendar writes the duties that have a time as an iCalendar feed (RFC 5545 and
// 7986): an entry of no length at Due, with reminders until it is met. The same
// duties come out the same to the byte. Entries keep their identity when a case
// moves on, so that a subscribed calendar moves them; instants are in UTC.
func Calendar(c *Case, duties []Duty, lang string) []byte {
	var out feed
	name := pair("Échéances du dossier "+c.ID, "Deadlines of case "+c.ID).In(lang)
	out.line("BEGIN", "VCALENDAR")
	out.line("VERSION", "2.0")
	out.line("PRODID", "-//Constat//Deadlines//"+strings.ToUpper(lang))
	out.line("CALSCALE", "GREGORIAN")
	out.text("NAME", name)
	out.text("X-WR-CALNAME", name)
	out.line("REFRESH-INTERVAL;VALUE=DURATION", "PT15M")
	var changed time.Time // when the case last moved
	for _, e := range c.Events {
		if e.At.After(changed) {
			changed = e.At
		}
	}
	for i := range duties {
		if d := &duties[i]; d.Due != nil {
			out.entry(c, d, changed, lang)
		}
	}
	out.line("END", "VCALENDAR")
	return []byte(out.String())
}

type feed struct{ strings.Builder }

const utcForm = "20060102T150405Z"

func (f *feed) entry(c *Case, d *Duty, changed time.Time, lang string) {
	party := c.party(d.Party)
	id := sha256.Sum256(fmt.Appendf(nil, "constat.deadline/1\n%s\n%s\n%s\n%s", c.ID, d.Party, d.Rule, d.To))
	f.line("BEGIN", "VEVENT")
	f.line("UID", hex.EncodeToString(id[:16])+"@constat")
	f.line("DTSTAMP", changed.UTC().Format(utcForm))
	f.line("SEQUENCE", fmt.Sprint(len(c.Events)))
	f.line("DTSTART", d.Due.Format(utcForm))
	title := d.Title().In(lang)
	switch {
	case d.Met != nil:
		title = pair("Fait : ", "Done: ").In(lang) + title
	case len(d.If) > 0:
		title += pair(" (à vérifier)", " (to be checked)").In(lang)
	}
	if len(c.Parties) > 1 {
		title = party.Name + " – " + title
	}
	f.text("SUMMARY", title)
	f.text("DESCRIPTION", strings.Join(description(d, lang), "\n"))
	if strings.HasPrefix(d.Source, "https://") {
		f.line("URL", d.Source)
	}
	f.line("STATUS", "CONFIRMED")
	f.line("TRANSP", "TRANSPARENT")
	if d.Met == nil {
		for _, lead := range reminders(d.Due.Sub(d.start)) {
			f.line("BEGIN", "VALARM")
			f.line("ACTION", "DISPLAY")
			f.line("TRIGGER", trigger(lead))
			f.text("DESCRIPTION", title)
			f.line("END", "VALARM")
		}
	}
	f.line("END", "VEVENT")
}

// description is what an entry says besides its title: what does not change by the
// minute.
func description(d *Duty, lang string) []string {
	due := Instant(*d.Due, d.zone)
	say := func(fr, en string) string { return pair(fr, en).In(lang) }
	out := []string{
		d.Article.In(lang),
		say("Échéance : "+due.FR+" ("+d.Zone+"), "+d.Counted.FR+".", "Due: "+due.EN+" ("+d.Zone+"), "+d.Counted.EN+"."),
	}
	if a := d.Latest; a != nil {
		at := Instant(a.At, d.zone)
		out = append(out, say("Défendable au plus tard : "+at.FR+". "+a.Why.FR, "Latest arguable: "+at.EN+". "+a.Why.EN))
	}
	if a := d.Earliest; a != nil {
		at := Instant(a.At, d.zone)
		out = append(out, say("Au plus tôt : "+at.FR+". "+a.Why.FR, "At the earliest: "+at.EN+". "+a.Why.EN))
	}
	switch {
	case d.Met != nil:
		out = append(out, d.Standing().In(lang)+".")
	case len(d.If) > 0:
		c := d.condition()
		out = append(out, upper(say(c.FR+".", c.EN+".")))
	}
	return append(out, d.Note.In(lang))
}

// reminders are how long before it is due one is reminded, of a period so long.
func reminders(length time.Duration) []time.Duration {
	var out []time.Duration
	for _, lead := range []time.Duration{7 * 24 * time.Hour, 48 * time.Hour, 24 * time.Hour, 6 * time.Hour, time.Hour, 30 * time.Minute} {
		if lead <= length/2 && lead >= length/200 {
			out = append(out, lead)
		}
	}
	return out
}

// trigger is a time before, whole hours or minutes of one (RFC 5545, 3.3.6).
func trigger(lead time.Duration) string {
	if lead%time.Hour == 0 {
		return fmt.Sprintf("-PT%dH", lead/time.Hour)
	}
	return fmt.Sprintf("-PT%dM", lead/time.Minute)
}

// text writes a property whose value is text: escaped (RFC 5545, 3.3.11).
func (f *feed) text(name, value string) {
	f.line(name, escapes.Replace(strings.ToValidUTF8(value, "\ufffd")))
}

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// line writes a content line, folded to 75 octets and never within a character
// (RFC 5545, 3.1).
func (f *feed) line(name, value string) {
	const most = 75
	text := name + ":" + value
	for limit := most; len(text) > limit; limit = most - 1 { // the space that goes before counts
		cut := limit
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		f.WriteString(text[:cut] + "\r\n ")
		text = text[cut:]
	}
	f.WriteString(text + "\r\n")
}
