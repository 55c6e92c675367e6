package deadline

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"constat.example/internal/words"
)

// Words are the same words in French and English.
type Words = words.Both

func pair(fr, en string) Words { return Words{FR: fr, EN: en} }

// both formats words that both take the same numbers.
func both(fr, en string, args ...any) Words {
	return pair(fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...))
}

var (
	frenchDays   = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	frenchMonths = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
)

// Instant is an instant by the clock of zone: "jeudi 11 avril 2024 à 09 h 00".
func Instant(t time.Time, zone *time.Location) Words {
	t = t.In(zone)
	w := Day(t, zone)
	return pair(w.FR+t.Format(" à 15 h 04"), w.EN+t.Format(", 15:04"))
}

// Day is the day of an instant by the clock of zone: "jeudi 11 avril 2024".
func Day(t time.Time, zone *time.Location) Words {
	t = t.In(zone)
	day := strconv.Itoa(t.Day())
	if day == "1" {
		day = "1er"
	}
	return pair(
		frenchDays[t.Weekday()]+" "+day+" "+frenchMonths[t.Month()-1]+" "+strconv.Itoa(t.Year()),
		t.Format("Monday 2 January 2006"),
	)
}

// when is a moment by the clock of zone, as far as it is known.
func (m *Moment) when(zone *time.Location) Words {
	if m.Day {
		return Day(m.At, m.zone)
	}
	return Instant(m.At, zone)
}

// Span is a length of time in days, hours and minutes: from 72 hours on in days.
// Less than a minute is told as such.
func Span(seconds int64) Words {
	if seconds < 0 {
		seconds = -seconds
	}
	minutes := seconds / 60
	if minutes == 0 {
		return pair("moins d’une minute", "less than a minute")
	}
	days, hours := int64(0), minutes/60
	if hours >= 72 {
		days, hours = hours/24, hours%24
	}
	minutes %= 60
	var fr, en []string
	if days > 0 {
		fr, en = append(fr, fmt.Sprintf("%d jours", days)), append(en, fmt.Sprintf("%d days", days))
	}
	if hours > 0 {
		fr, en = append(fr, fmt.Sprintf("%d h", hours)), append(en, fmt.Sprintf("%d h", hours))
	}
	if minutes > 0 && days == 0 {
		fr, en = append(fr, fmt.Sprintf("%d min", minutes)), append(en, fmt.Sprintf("%d min", minutes))
	}
	return pair(strings.Join(fr, " "), strings.Join(en, " "))
}

// Title is a duty in one phrase: to whom what.
func (d *Duty) Title() Words {
	return pair(upper(d.Whom.FR)+" : "+d.What.FR, upper(d.Whom.EN)+": "+d.What.EN)
}

func upper(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// Standing is the state of a duty in one sentence.
func (d *Duty) Standing() Words {
	w := d.standing()
	if len(d.If) > 0 && d.State != NotApplicable {
		c := d.condition()
		w = pair(c.FR+" : "+w.FR, c.EN+": "+w.EN)
	}
	return pair(upper(w.FR), upper(w.EN))
}

// condition is what nobody said and the duty hangs on.
func (d *Duty) condition() Words {
	var fr, en []string
	for _, f := range d.If {
		fr, en = append(fr, factWords[f].FR), append(en, factWords[f].EN)
	}
	return pair("si l’organisme est "+strings.Join(fr, " et ")+" (non renseigné)", "if the organisation is "+strings.Join(en, " and ")+" (not said)")
}

func (d *Duty) standing() Words {
	var span Words
	if d.Seconds != nil {
		span = Span(*d.Seconds)
	}
	switch d.State {
	case Running:
		if d.Due == nil {
			if d.Seconds == nil {
				return pair("dans les meilleurs délais, depuis "+d.Start.when(d.zone).FR, "without undue delay, since "+d.Start.when(d.zone).EN)
			}
			return pair("dans les meilleurs délais ; déjà "+span.FR+" depuis "+d.Start.Kind.Words().FR, "without undue delay; "+span.EN+" already since "+d.Start.Kind.Words().EN)
		}
		by := Instant(*d.Due, d.zone)
		return pair("reste "+span.FR+", jusqu’au "+by.FR, span.EN+" left, until "+by.EN)
	case Overdue:
		by := Instant(*d.Due, d.zone)
		w := pair("rien n’est enregistré ; l’échéance est passée depuis "+span.FR+" ("+by.FR+")", "nothing is recorded; it was due "+by.EN+", "+span.EN+" ago")
		if d.WithinLatest {
			by := Instant(d.Latest.At, d.zone)
			w.FR += " ; défendable jusqu’au " + by.FR
			w.EN += "; arguable until " + by.EN
		}
		return w
	case Met:
		at := d.Met.when(d.zone)
		w := pair("fait le "+at.FR, "done "+at.EN)
		switch {
		case d.Seconds != nil && d.Due != nil:
			w.FR += ", " + span.FR + " avant l’échéance"
			w.EN += ", " + span.EN + " before it was due"
		case d.Seconds != nil && d.Start != nil && *d.Seconds >= 0:
			w.FR += ", " + span.FR + " après " + d.Start.Kind.Words().FR
			w.EN += ", " + span.EN + " after " + d.Start.Kind.Words().EN
		case d.Due != nil:
			w.FR += ", à temps"
			w.EN += ", in time"
		}
		return w
	case MetLate:
		at := d.Met.when(d.zone)
		w := pair("fait le "+at.FR+", en retard", "done "+at.EN+", late")
		if d.Seconds != nil {
			w.FR += " de " + span.FR
			w.EN += " by " + span.EN
		}
		if d.WithinLatest {
			by := Instant(d.Latest.At, d.zone)
			w.FR += " ; défendable, l’échéance pouvant être comptée jusqu’au " + by.FR
			w.EN += "; arguable, since the time may be counted until " + by.EN
		}
		return w
	case Unsure:
		at := d.Met.when(d.zone)
		return pair("fait le "+at.FR+" ; à temps ou non, cela ne peut être dit", "done "+at.EN+"; whether in time cannot be told")
	case Waiting:
		w := pair("pas encore commencé", "not yet started")
		if d.undecided {
			w = pair("à décider", "to be decided")
			if d.Seconds != nil {
				w.FR += " ; déjà " + span.FR + " depuis " + d.Start.Kind.Words().FR
				w.EN += "; " + span.EN + " already since " + d.Start.Kind.Words().EN
			}
		}
		return w
	default:
		return pair("sans objet", "not applicable")
	}
}

var factWords = map[Fact]Words{
	IsController: pair("responsable de traitement", "a controller"),
	IsProcessor:  pair("sous-traitant", "a processor"),
	IsNIS2:       pair("une entité importante ou essentielle (NIS2)", "an important or essential entity (NIS2)"),
	IsFinancial:  pair("une entité financière (DORA)", "a financial entity (DORA)"),
	IsTrust:      pair("un prestataire de services de confiance", "a trust service provider"),
	IsTelecom:    pair("un fournisseur de communications électroniques au public", "a provider of public electronic communications"),
	IsInsured:    pair("assuré contre les cyberattaques", "insured against cyber attacks"),
	IsPublic:     pair("une autorité constituée, ou ses agents fonctionnaires", "an authority, or its people are officials"),
	IsOperator:   pair("un opérateur d’importance vitale ou de services essentiels", "an operator of vital importance or of essential services"),
	IsHealth:     pair("un établissement ou service de santé", "a health establishment or service"),
}

// The words of reasons. Those with %s take nothing from a case but dates and
// kinds.

var (
	noTimeSet = pair("L’autorité n’a pas fixé de délai, ou il n’est pas enregistré.", "The authority set no time, or it is not recorded.")

	setByAuthority = pair("délai fixé par l’autorité", "the time that the authority set")

	metWithoutDecision = pair("La décision qui l’exige n’est pas enregistrée.", "The decision that asks for it is not recorded.")

	unlessItLasted = pair(
		"Si l’incident durait encore un mois après la notification, enregistrez la fin de son traitement : le mois court alors de là.",
		"If the incident still lasted a month after the notification, record when its handling ended: the month then runs from there.",
	)

	hourNotCounted = pair(
		"Règlement 1182/71, art. 3(1) et 3(2)(a) : l’heure de l’événement n’est pas comptée. Les délais en heures courent les week-ends et jours fériés ; que l’art. 3(5) (deux jours ouvrables) y change quelque chose est contesté, et n’est pas compté ici.",
		"Regulation 1182/71, art. 3(1) and 3(2)(a): the hour of the event is not counted. Periods in hours run through weekends and holidays; that art. 3(5) (two working days) changes this is disputed, and not counted here.",
	)

	lastDayCounts = pair(
		"Règlement 1182/71, art. 3(2) : le délai prend fin avec la dernière heure du dernier jour.",
		"Regulation 1182/71, art. 3(2): the period ends with the last hour of its last day.",
	)

	noonIfFree = pair(
		"Règlement délégué 2025/301, art. 5(4) : midi le jour ouvrable suivant, si l’art. 5(5) et (6) ne l’exclut pas (établissement de crédit, contrepartie centrale, plate-forme de négociation, entité NIS2, entité désignée).",
		"Delegated Regulation 2025/301, art. 5(4): noon of the next working day, unless art. 5(5) or (6) excludes it (credit institution, central counterparty, trading venue, NIS2 entity, entity told so).",
	)
)

func workingDay(country string) Words {
	w := pair(
		"Règlement 1182/71, art. 3(2), 3(4) et 3(5) : la dernière heure du dernier jour, reportée au jour ouvrable.",
		"Regulation 1182/71, art. 3(2), 3(4) and 3(5): the last hour of the last day, moved to a working day.",
	)
	if country != "FR" {
		w.FR += " Seuls comptent ici les week-ends et les jours fériés renseignés."
		w.EN += " Only weekends and the holidays given are counted here."
	}
	return w
}

func from(m *Moment) Words {
	k := m.Kind.Words()
	if m.Day {
		return pair(k.FR+", dont seul le jour est connu : compté dès sa première heure", k.EN+", of which only the day is known: counted from its first hour")
	}
	return k
}

func inHours(n int, m *Moment) Words {
	f := from(m)
	return pair(fmt.Sprintf("%d heures écoulées depuis %s", n, f.FR), fmt.Sprintf("%d elapsed hours from %s", n, f.EN))
}

func inDays(n int, m *Moment) Words {
	f := from(m)
	return pair(fmt.Sprintf("%d jours depuis %s", n, f.FR), fmt.Sprintf("%d days from %s", n, f.EN))
}

func inMonths(n int, m *Moment) Words {
	f := from(m)
	if n == 1 {
		return pair("un mois, de date à date, depuis "+f.FR, "one month, date to date, from "+f.EN)
	}
	return pair(fmt.Sprintf("%d mois, de date à date, depuis %s", n, f.FR), fmt.Sprintf("%d months, date to date, from %s", n, f.EN))
}

func atNoon(w Words) Words {
	return pair(
		w.FR+" ; tombe un jour non ouvrable : midi le jour ouvrable suivant (règlement délégué 2025/301, art. 5(4))",
		w.EN+"; falls on a day that is no working day: noon of the next working day (Delegated Regulation 2025/301, art. 5(4))",
	)
}

func countedFrom(r *Rule, strict, inquiry *Moment, zone *time.Location) Words {
	f := strict.Kind.Words()
	w := pair("Si l’on compte depuis "+f.FR+".", "If it is counted from "+f.EN+".")
	if !r.Inquiry {
		return w
	}
	if inquiry == nil || inquiry.At.Before(strict.At) {
		w.FR += " Aucune enquête ouverte ensuite n’est enregistrée ; les lignes directrices 9/2022 admettent une courte enquête avant la prise de connaissance."
		w.EN += " No investigation opened after it is recorded; guidelines 9/2022 allow a short one before awareness."
		return w
	}
	at := inquiry.when(zone)
	w.FR += " Une enquête a été ouverte le " + at.FR + " ; les lignes directrices 9/2022 en admettent une courte avant la prise de connaissance."
	w.EN += " An investigation was opened " + at.EN + "; guidelines 9/2022 allow a short one before awareness."
	return w
}

func decided(m *Moment, zone *time.Location) Words {
	k, at := m.Kind.Words(), m.when(zone)
	return pair(upper(k.FR)+", le "+at.FR+".", upper(k.EN)+", "+at.EN+".")
}

func undecided(needs []Kind) Words {
	k := needs[0].Words()
	return pair("Pas encore enregistré : "+k.FR+". Une personne en décide.", "Not yet recorded: "+k.EN+". A person decides it.")
}

func notStarted(r *Rule) Words {
	var fr, en []string
	for _, k := range r.Starts {
		w := k.Words()
		fr, en = append(fr, w.FR), append(en, w.EN)
	}
	return pair("Commence avec "+strings.Join(fr, ", ou ")+" : rien n’est enregistré.", "Starts with "+strings.Join(en, ", or ")+": nothing is recorded.")
}

func metWithoutStart(r *Rule) Words {
	w := notStarted(r)
	return pair(w.FR+" Si ce fut à temps, cela ne peut être dit.", w.EN+" Whether it was in time cannot be told.")
}

func outOfForce(r *Rule) Words {
	if r.Until != "" {
		return both("S’applique du %s jusqu’au %s exclu.", "Applies from %s until %s, that day not included.", r.From, r.Until)
	}
	return both("S’applique depuis le %s.", "Applies from %s on.", r.From)
}

func replacedBy(o *Rule) Words {
	return both("Remplacé par la règle %s, que le dossier active.", "Replaced by the rule %s, which the case switches on.", o.ID)
}

func elsewhere(countries []string) Words {
	list := strings.Join(countries, ", ")
	return both("Ne vaut que dans ces pays : %s.", "Only in these countries: %s.", list)
}

// Words say what a party is that is that: a noun phrase.
func (f Fact) Words() Words { return factWords[f] }

func isNot(f Fact) Words {
	w := factWords[f]
	return pair("L’organisme n’est pas "+w.FR+".", "The organisation is not "+w.EN+".")
}

func isInstead(f Fact) Words {
	w := factWords[f]
	return pair("L’organisme est "+w.FR+" : une autre règle vaut.", "The organisation is "+w.EN+": another rule is for it.")
}

func dormant(name string) Words {
	return both("Pas encore dans le droit de ce pays, à la connaissance de Constat ; s’active par %s.", "Not yet the law of this country, as far as Constat knows; %s switches it on.", name)
}

func endedBefore(m *Moment, zone *time.Location) Words {
	at := m.when(zone)
	return pair("L’incident ne durait plus : "+m.Kind.Words().FR+", le "+at.FR+".", "The incident lasted no longer: "+m.Kind.Words().EN+", "+at.EN+".")
}

func onlyIfLasting(month time.Time, zone *time.Location) Words {
	at := Instant(month, zone)
	return pair("Seulement si l’incident dure encore le "+at.FR+".", "Only if the incident still lasts "+at.EN+".")
}

func lastsStill(month time.Time, zone *time.Location) Words {
	at := Instant(month, zone)
	return pair(
		"Aucune fin de l’incident n’est enregistrée avant le "+at.FR+" : un rapport d’avancement est dû, le rapport final un mois après la fin.",
		"No end of the incident is recorded before "+at.EN+": a progress report is due, the final report one month after the end.",
	)
}

func hourMissing(start, met *Moment) Words {
	missing := met
	if !met.Day {
		missing = start
	}
	k := missing.Kind.Words()
	return pair("Seul le jour est connu de "+k.FR+" : l’heure en décide.", "Only the day is known of "+k.EN+": the hour decides.")
}
