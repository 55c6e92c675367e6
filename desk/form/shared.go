package form

import (
	"slices"
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/watch"
	"constat.example/desk/alarm"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/report"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// What forms for authorities ask alike, filled once.

// fact is a box with what the evidence says, and where that stands.
type fact struct {
	Box
	from []Source
}

// add puts a fact into the next box of the section.
func (m *Maker) add(f fact) { m.put(f.Box, f.from...) }

// at puts a fact into a box that its form numbers.
func (m *Maker) at(id string, f fact) {
	f.ID = id
	m.Box(f.Box, f.from...)
}

// labelled gives a fact the label of its form.
func (f fact) labelled(label words.Both) fact {
	f.Label = label
	return f
}

// apart marks a fact as one that does not apply, for a reason.
func (f fact) apart(when bool, why words.Both) fact {
	if when {
		f.Value, f.Why, f.Proposed = Value{}, why, false
	}
	return f
}

// propose fills a fact with what a person has to confirm.
func (f *fact) propose(v Value, why words.Both, from ...Source) {
	f.Value, f.Why, f.Proposed, f.from = v, why, true, append(f.from, from...)
}

// hidden marks a fact as one that the form does not have in this case, answered or not.
func (f fact) hidden(when bool, why words.Both) fact {
	f = f.apart(when, why)
	f.Box.hidden = when
	return f
}

var (
	askReporter = pair("Qui dépose la notification ?", "Who files the notification?")
	askLater    = pair("À dire quand cela sera su ; la notification peut être complétée ensuite.", "To be told once it is known; the notification can be completed later.")
	confirm     = pair("Proposition, à confirmer par une personne. ", "A proposal, to be confirmed by a person. ")
)

// own is a box that the organisation fills of itself.
func own(key string, label words.Both, options ...Option) fact {
	b := Box{Key: key, Label: label, Type: Text, Options: options, Ask: askOrganisation}
	if len(options) > 0 {
		b.Type = Choice
	}
	return fact{Box: b}
}

// asked is a box that only people can fill.
func asked(key string, label, ask words.Both, options ...Option) fact {
	f := own(key, label, options...)
	f.Ask = ask
	return f
}

func (f fact) many() fact {
	f.Type = Choices
	return f
}

func (f fact) optional() fact {
	f.Optional = true
	return f
}

// coded is the code that a person answered with; "" for none.
func (m *Maker) coded(key string) string {
	if codes := m.Answers[key].Value.Codes; len(codes) > 0 {
		return codes[0]
	}
	return ""
}

// Times.

// first is a box with the first event of those kinds.
func (m *Maker) first(key string, label, ask words.Both, kinds ...deadline.Kind) fact {
	f := fact{Box: Box{Key: key, Label: label, Type: Time, Ask: ask}}
	if i := m.event(kinds...); i >= 0 {
		f.Value.At, f.from = m.Clock.Local(i), []Source{m.fromEvent(i)}
	}
	return f
}

func (m *Maker) discovered() fact {
	return m.first("incident.signal", pair("Date et heure de la découverte", "Date and time of discovery"),
		pair("Quand le premier signal est-il arrivé ? « constat case deadlines » l’enregistre (signal).", "When did the first signal arrive? \"constat case deadlines\" records it (signal)."), deadline.Signal)
}

func (m *Maker) aware() fact {
	return m.first("awareness.at", pair("Date et heure de la prise de connaissance de la violation", "Date and time of awareness of the breach"),
		pair("Depuis quand est-il raisonnablement certain que des données sont touchées ? Une personne le dit ; les 72 heures en courent.", "Since when is it reasonably certain that data are affected? A person says so; the 72 hours run from there."), deadline.Aware, deadline.ToldController)
}

// sure is how likely an account must be to date what was done through it.
const sure = 0.95

// through are the accounts that surely were read through.
func (m *Maker) through() []assessment.Suspect {
	if m.Assessment == nil || m.Assessment.Trace.Refused != "" || !m.ours() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.Assessment.Suspects), func(s assessment.Suspect) bool { return s.Likelihood < sure || s.First == "" || s.Last == "" })
}

// period is when data left: by the accounts that read it, else by the dating of the copy.
type period struct {
	begin, end time.Time // zero: not known
	estimated  bool      // by dating the copy
	why        words.Both
	from       []Source
}

func (m *Maker) period() period {
	var p period
	if accounts := m.through(); len(accounts) > 0 {
		for _, s := range accounts {
			first, one := read(&s.First)
			last, other := read(&s.Last)
			if !one || !other {
				continue
			}
			if p.begin.IsZero() || first.Before(p.begin) {
				p.begin = first
			}
			if last.After(p.end) {
				p.end = last
			}
		}
		p.from = []Source{m.Assessed("suspects", pair("comptes par lesquels les données ont été lues", "accounts through which the data were read"))}
		p.why = Say(func(l report.Language) string {
			return l.T("D’après les journaux : première et dernière lecture, au-delà du travail ordinaire, par %s.", "By the logs: the first and the last read, beyond ordinary work, through %s.",
				l.N(int64(len(accounts)), "compte", "comptes", "account", "accounts"))
		})
		return p
	}
	if !m.ours() || m.Assessment.Window.Refused != "" {
		return p
	}
	w := &m.Assessment.Window
	p.estimated, p.from = true, []Source{m.Assessed("window", pair("date de la copie", "date of the copy"))}
	low, high := w.NotBefore, w.NotAfter
	p.why = pair("Bornes entre lesquelles la copie a été faite, d’après les changements que le fichier montre ou ne montre pas encore.", "Bounds between which the copy was made, by the changes that the file shows or does not show yet.")
	if w.Shape == assessment.ShapeOnce && w.Interval.Low != nil && w.Interval.High != nil {
		low, high = w.Interval.Low, w.Interval.High
		p.why = pair("Copie faite en une fois ; intervalle de 95 chances sur 100, d’après les changements que le fichier montre ou ne montre pas encore.", "Copied at one time; interval of 95 chances in 100, by the changes that the file shows or does not show yet.")
	}
	p.begin, _ = read(low)
	p.end, _ = read(high)
	return p
}

// unknownPeriod asks for a time that was not established, and says why not.
func (m *Maker) unknownPeriod() words.Both {
	ask := pair("Quand les données sont-elles sorties ? « Ne sait pas pour l’instant » est une réponse.", "When did the data leave? “Not known yet” is an answer.")
	if a := m.Assessment; a != nil && a.Window.Refused != "" {
		return joined(" ", m.copied(), ask)
	}
	return ask
}

func (m *Maker) bound(key string, label words.Both, end bool) fact {
	f := fact{Box: Box{Key: key, Label: label, Type: Time, Ask: m.unknownPeriod()}}
	p := m.period()
	at := p.begin
	if end {
		at = p.end
	}
	switch {
	case at.IsZero():
	case p.estimated:
		f.propose(m.stamp(at), joined("", confirm, p.why), p.from...)
	default:
		f.Value, f.from, f.Help = m.stamp(at), p.from, p.why
	}
	return f
}

func (m *Maker) begun() fact {
	return m.bound("breach.begin", pair("Date et heure du début de la violation", "Date and time at which the breach began"), false)
}

func (m *Maker) ended() fact {
	f := m.bound("breach.end", pair("Date et heure de la fin de la violation", "Date and time at which the breach ended"), true)
	return f.apart(m.lasts(), pair("La violation est en cours.", "The breach is still going on."))
}

// lasts reports whether a person said that the breach is still going on.
func (m *Maker) lasts() bool { return m.coded("incident.ongoing") == "yes" }

// ongoing is whether data still leave: the logs go on after the last read of the accounts,
// a day at least, or a person recorded the end.
func (m *Maker) ongoing() fact {
	f := asked("incident.ongoing", pair("La violation est-elle toujours en cours ?", "Is the breach still going on?"),
		pair("L’accès est-il fermé ? La personne chargée de la sécurité le sait.", "Is the access closed? Whoever is in charge of security knows."), yesNo...)
	if i := m.event(deadline.Ended); i >= 0 {
		f.Value, f.from = chosen("no"), []Source{m.fromEvent(i)}
		return f
	}
	if len(m.through()) == 0 {
		return f
	}
	var last time.Time
	for _, l := range m.Assessment.Trace.Logs {
		if t, ok := read(l.Last); ok && t.After(last) {
			last = t
		}
	}
	if p := m.period(); last.Sub(p.end) >= 24*time.Hour {
		until := m.instant(last)
		f.propose(chosen("no"), joined("", confirm, pair(
			"Les journaux vont jusqu’au "+until.FR+" et ne montrent plus de telles lectures ; que l’accès soit fermé, ils ne le disent pas.",
			"The logs go on until "+until.EN+" and show no such reads any more; that the access is closed they do not tell.")),
			m.Assessed("trace.logs", pair("journaux lus", "logs that were read")))
	}
	return f
}

// late is whether a notification to the authority is, and by which duty; nil where no
// awareness is recorded.
func (m *Maker) late() (is bool, duty *deadline.Duty) {
	p := m.party()
	for i := range m.Duties {
		d := &m.Duties[i]
		if p == nil || d.Party != p.ID || d.Rule != "gdpr-33-1" && d.Rule != "gdpr-33-1-omnibus" || d.State == deadline.NotApplicable || d.Start == nil {
			continue
		}
		return d.State == deadline.Overdue || d.State == deadline.MetLate || d.State == deadline.Unsure, d
	}
	return false, nil
}

func (m *Maker) delay() fact {
	f := asked("delay.reasons", pair("Motifs du retard de la notification", "Reasons for the late notification"), words.Both{})
	late, duty := m.late()
	switch {
	case duty == nil && m.event(deadline.Aware, deadline.ToldController) >= 0:
		return f.apart(true, pair("Le délai ne court pas : une décision l’écarte, ou manque encore.", "The time does not run: a decision waives it, or is still missing."))
	case duty == nil:
		return f.apart(true, pair("Aucune prise de connaissance n’est enregistrée : un retard ne peut être compté.", "No awareness is recorded: a delay cannot be counted."))
	case !late:
		f.from = []Source{m.fromDuty(duty)}
		return f.apart(true, joined(" ", pair("Pas de retard.", "Not late."), joined("", duty.Standing(), same("."))))
	}
	f.from = []Source{m.fromDuty(duty)}
	f.Ask = joined("", duty.Standing(), pair(". Pourquoi la notification n’a-t-elle pas pu être faite en 72 heures ?", ". Why could the notification not be made within 72 hours?"))
	return f
}

// How it came to be known, and how it was done.

func (m *Maker) discoveryText() fact {
	f := asked("discovery.text", pair("Circonstances de la découverte", "Circumstances of the discovery"), pair("Par qui, où et comment la violation a-t-elle été découverte ?", "By whom, where and how was the breach discovered?"))
	for i, c := range m.Claims {
		when := m.instant(c.FirstSeen)
		if at := c.FirstSeen.UTC(); at.Equal(at.Truncate(24 * time.Hour)) { // only the day is known
			when = deadline.Day(at, time.UTC)
		}
		f.from = append(f.from, m.fromClaim(i))
		f.Value.Text = append(f.Value.Text, Say(func(l report.Language) string {
			claimed := l.T("sans nombre", "no number")
			if n := c.Claimed.Count; n != nil {
				claimed = l.Int(*n) + " " + unit(l, c.Claimed.Unit)
			}
			text := l.T("Revendication vue (%s) : %s.", "Claim seen (%s): %s.", visible.Text(c.Source, longest), claimed)
			if !c.FirstSeen.IsZero() {
				text = l.T("Revendication vue le %s (%s) : %s.", "Claim seen %s (%s): %s.", when.In(l.Lang()), visible.Text(c.Source, longest), claimed)
			}
			if c.Price != "" {
				text += l.T(" Prix demandé : %s.", " Price asked: %s.", visible.Text(c.Price, longest))
			}
			return text
		}))
	}
	for i := range m.Alarms {
		x := &m.Alarms[i]
		f.from = append(f.from, m.fromAlarm(i))
		at := m.instant(x.At)
		f.Value.Text = append(f.Value.Text, Say(func(l report.Language) string {
			return l.T("Alerte de la veille (accès du %s) : %s.", "Alarm of the watch (access of %s): %s.", at.In(l.Lang()), alarm.Title(x, alarm.Language(l)))
		}))
	}
	return f
}

func unit(l report.Language, of string) string {
	w, ok := map[string]words.Both{
		"people": pair("personnes", "people"), "records": pair("enregistrements", "records"), "rows": pair("lignes", "rows"), "bytes": pair("octets", "bytes"),
	}[of]
	if !ok {
		w = pair("(unité non dite)", "(unit not said)")
	}
	return w.In(l.Lang())
}

func (m *Maker) circumstances() fact {
	f := asked("circumstances", pair("Circonstances de la violation", "Circumstances of the breach"), pair("Que s’est-il passé ? Ce que l’on sait à ce stade.", "What happened? What is known at this stage."))
	if m.Assessment == nil {
		return f
	}
	f.from = []Source{m.Assessed("verdict", pair("d’où vient le fichier", "where the file comes from")), m.Assessed("window", pair("date de la copie", "date of the copy"))}
	f.Value = paragraphs(append(m.verdict(), m.copied())...)
	for _, s := range m.through() {
		first, last := m.told(&s.First), m.told(&s.Last)
		f.Value.Text = append(f.Value.Text, Say(func(l report.Language) string {
			return l.T("Un compte d’accès a lu %s entre le %s et le %s : il a ainsi lu %s des personnes exposées, ce que son travail ordinaire n’explique pas.",
				"One account read %s between %s and %s: it thus read %s of the exposed people, which its ordinary work does not explain.",
				l.N(s.Read, "personne", "personnes", "person", "people"), first.In(l.Lang()), last.In(l.Lang()), portion(l, s.Covered))
		}))
	}
	if len(m.through()) > 0 {
		f.from = append(f.from, m.Assessed("suspects", pair("comptes par lesquels les données ont été lues", "accounts through which the data were read")))
	}
	for _, spot := range m.blind() {
		if m.Assessment.Trace.Refused == "" {
			spot = joined("", pair("Ce que les journaux ne peuvent exclure : ", "What the logs cannot exclude: "), spot)
		}
		f.Value.Text = append(f.Value.Text, spot)
	}
	f.from = append(f.from, m.Assessed("trace.blind_spots", pair("ce que les journaux ne montrent pas", "what the logs cannot show")))
	return f
}

// hijacked are the alarms that show that an account by which data left was used by somebody
// else: guessed passwords, two places at once, an account of somebody who left.
func (m *Maker) hijacked() []int {
	var all []int
	for _, s := range m.through() {
		for i := range m.Alarms {
			x := &m.Alarms[i]
			if x.Account == s.Account && (slices.Contains([]watch.Rule{watch.Forced, watch.Gathered, watch.Left}, x.Rule) || slices.Contains(x.Signs, watch.Guessed) || slices.Contains(x.Signs, watch.Doubled)) {
				all = append(all, i)
			}
		}
	}
	return all
}

func (m *Maker) hijackSources() []Source {
	var from []Source
	for _, i := range m.hijacked() {
		from = append(from, m.fromAlarm(i))
	}
	return append(from, m.Assessed("suspects", pair("comptes par lesquels les données ont été lues", "accounts through which the data were read")))
}

var hijackWhy = joined("", confirm, pair("Les alertes montrent qu’un compte par lequel les données ont été lues était utilisé par quelqu’un d’autre.", "Alarms show that an account through which the data were read was used by somebody else."))

// malicious reports whether somebody asserts to have data that came from the register.
func (m *Maker) malicious() bool { return m.ours() && len(m.Claims) > 0 }

func (m *Maker) nature() fact {
	f := asked("nature", pair("Nature de la violation", "Nature of the breach"), pair("Confidentialité, intégrité, disponibilité : qu’est-ce qui a été atteint ?", "Confidentiality, integrity, availability: what was lost?"), natures...).many()
	if m.ours() {
		f.Value.Codes = append(f.Value.Codes, "confidentiality")
		f.from = append(f.from, m.Assessed("verdict", pair("d’où vient le fichier", "where the file comes from")))
	}
	if m.Severity != nil {
		for _, p := range m.Severity.CB {
			if p.Points > 0 && (p.Part == "integrity" || p.Part == "availability") {
				f.Value.Codes = append(f.Value.Codes, p.Part)
				f.from = append(f.from, m.fromSeverity("cb."+p.Part))
			}
		}
	}
	return f
}

func (m *Maker) origin() fact {
	f := asked("origin", pair("Origine de l’incident", "Origin of the incident"), pair("Comment les données sont-elles sorties ? Les journaux ne suffisent pas à le dire.", "How did the data get out? The logs alone do not tell."), origins...).many()
	if len(m.hijacked()) > 0 {
		f.propose(chosen("hacking"), hijackWhy, m.hijackSources()...)
	}
	return f
}

func (m *Maker) cause(options []Option) fact {
	f := asked("cause", pair("Cause de la violation", "Cause of the breach"), pair("Acte interne ou externe, malveillant ou accidentel ?", "An act from inside or outside, malicious or accidental?"), options...)
	switch {
	case len(m.hijacked()) > 0:
		f.propose(chosen("external_malicious"), hijackWhy, m.hijackSources()...)
	case m.malicious():
		f.propose(chosen("unknown"), joined("", confirm, pair("L’acte est malveillant (les données sont revendiquées) ; s’il vient de l’intérieur ou de l’extérieur n’est pas établi.", "The act is malicious (somebody claims to have the data); whether it came from inside or outside is not established.")), m.fromClaim(0))
	}
	return f
}

// Data and people.

func (m *Maker) dataKinds(key string, label words.Both, options []Option, code func(class) string) fact {
	f := asked(key, label, pair("Quelles données sont touchées ?", "Which data are affected?"), options...).many()
	if m.ours() {
		f.Value.Codes = classed(m.exposedBy(), options, code)
		f.from = []Source{m.Assessed("exposures.by_kind", pair("personnes par type de donnée", "people by kind of data"))}
	}
	return f
}

// special is whether data of article 9 are among those that left. No column of such a kind
// is told from a value; where a column is not recognised, or holds text, a person has to
// say.
func (m *Maker) special() fact {
	f := asked("data.sensitive", pair("Données sensibles (article 9 du RGPD)", "Sensitive data (article 9 GDPR)"), pair("Le registre contient-il des données sensibles qui ont pu sortir ?", "Does the register hold sensitive data that may have left?"), sensitive...).many()
	if !m.ours() || len(m.Assessment.Columns) == 0 {
		return f
	}
	var open []string
	for _, c := range m.Assessment.Columns {
		if (c.Kind == kind.Unknown || c.Kind == kind.FreeText) && c.Filled > 0 {
			open = append(open, visible.Text(c.Name, 40))
		}
	}
	if len(open) == 0 {
		f.propose(chosen("none"), joined("", confirm, pair("Toutes les colonnes du fichier sont reconnues, et aucune n’en contient ; le NIR est compté à part. Si figurer au registre en révèle déjà (soin, syndicat, culte), dites-le.", "All columns of the file are recognised, and none holds any; the NIR is counted apart. Where to be in the register tells such a thing by itself (care, union, faith), say so.")),
			m.Assessed("columns", pair("colonnes reconnues", "columns that were recognised")))
		return f
	}
	f.Ask = Say(func(l report.Language) string {
		var shown []string
		for _, name := range open[:min(len(open), 5)] {
			shown = append(shown, l.T("« %s »", "“%s”", name))
		}
		return l.T("%s du fichier ne disent pas leur type ou contiennent du texte (%s) : y a-t-il là des données sensibles ?", "%s of the file do not tell their kind, or hold text (%s): are sensitive data among them?",
			l.N(int64(len(open)), "colonne", "colonnes", "column", "columns"), strings.Join(shown, ", "))
	})
	return f
}

func (m *Maker) detail(label words.Both) fact {
	f := fact{Box: Box{Key: "data.table", Label: label, Type: Table, Ask: pair("Quelles données, et de combien de personnes ?", "Which data, and of how many people?")}}
	if m.ours() {
		f.Value, f.from = m.kinds(), []Source{m.Assessed("exposures.kinds", pair("personnes par type de donnée", "people by kind of data"))}
	}
	return f
}

// people is how many people, as exactly as is told: the estimate of the size, else those
// who were found.
func (m *Maker) people() (n int64, exact, least bool, from []Source) {
	a := m.Assessment
	if !m.ours() || a.Exposures.Persons == 0 {
		return 0, false, false, nil
	}
	z := &a.Size
	if z.Refused == "" && z.Estimate != nil && z.Low != nil && z.High != nil {
		return *z.Estimate, *z.Low == *z.High, false, []Source{m.Assessed("size", pair("ampleur", "size"))}
	}
	return a.Exposures.Persons, false, true, []Source{m.Assessed("exposures.persons", pair("personnes exposées", "people exposed"))}
}

func (m *Maker) peopleCount() fact {
	f := fact{Box: Box{Key: "people.count", Label: pair("Nombre de personnes concernées", "Number of people concerned"), Type: Number, Ask: pair("Combien de personnes ? Un ordre de grandeur suffit d’abord.", "How many people? An order of magnitude will do at first.")}}
	if n, _, least, from := m.people(); n > 0 {
		f.Value, f.from = counted(n), from
		f.Help = m.estimate()
		if least && f.Help.EN == "" {
			f.Help = pair("Personnes retrouvées dans le fichier : il y en a au moins autant.", "People found in the file: there are at least so many.")
		}
	}
	return f
}

func (m *Maker) peoplePrecision() fact {
	f := asked("people.precision", pair("Ce nombre est-il exact ?", "Is this number exact?"), askLater, precisions...)
	if n, exact, _, from := m.people(); n > 0 {
		f.Value, f.from = chosen("approximate"), from
		if exact {
			f.Value = chosen("exact")
		}
	}
	return f
}

// peopleBasis words the interval, and what earlier assessments of the case said.
func (m *Maker) peopleBasis() fact {
	f := asked("people.basis", pair("Précisions sur le nombre de personnes", "About the number of people"), askLater)
	if n, _, _, from := m.people(); n > 0 {
		f.from = from
		f.Value = paragraphs(m.estimate(), Say(func(l report.Language) string {
			found := l.N(m.Assessment.Exposures.Persons, "personne", "personnes", "person", "people")
			if m.Assessment.Exposures.Stale == 0 {
				return l.T("Retrouvées dans le fichier : %s.", "Found in the file: %s.", found)
			}
			return l.T("Retrouvées dans le fichier : %s ; de %s d’entre elles, une valeur au moins n’est plus actuelle.", "Found in the file: %s; of %s of them some value is no longer current.",
				found, l.Int(m.Assessment.Exposures.Stale))
		}))
		f.Value.Text = append(f.Value.Text, m.moved()...)
	}
	return f
}

// moved words what earlier assessments said of the size, and why that moved.
func (m *Maker) moved() []words.Both {
	var all []words.Both
	for _, v := range m.Assessment.Size.History {
		at := m.told(&v.When)
		all = append(all, Say(func(l report.Language) string {
			what := l.T("au moins %s", "at least %s", l.Int(v.Persons))
			if v.Estimate != nil {
				what = l.Int(*v.Estimate)
			}
			var why []string
			for _, w := range v.Why {
				why = append(why, report.SizeMoved(l, w))
			}
			return l.T("Le %s, le nombre était : %s. Ce qui a changé depuis : %s.", "%s the number was: %s. What changed since: %s.", at.In(l.Lang()), what, strings.Join(why, ", "))
		}))
	}
	return all
}

func (m *Maker) recordCount() fact {
	f := fact{Box: Box{Key: "records.count", Label: pair("Nombre d’enregistrements concernés", "Number of records concerned"), Type: Number, Ask: pair("Combien d’enregistrements (lignes de la base) ?", "How many records (entries of the database)?")}}
	if m.ours() && m.Assessment.Linked.Rows > 0 {
		l := &m.Assessment.Linked
		f.Value, f.from = counted(l.Rows), []Source{m.Assessed("linked", pair("lignes rattachées", "rows that were linked"))}
		f.Help = Say(func(w report.Language) string {
			return w.T("Lignes du fichier rattachées à une personne du registre, sur %s lues ; %s de plus sont ambiguës.", "Rows of the file linked to a person of the register, of %s read; %s more are ambiguous.", w.Int(m.Assessment.Rows.Read), w.Int(l.Ambiguous))
		})
	}
	return f
}

func (m *Maker) recordPrecision() fact {
	f := asked("records.precision", pair("Ce nombre d’enregistrements est-il exact ?", "Is this number of records exact?"), askLater, precisions...)
	if m.ours() && m.Assessment.Linked.Rows > 0 {
		f.Value, f.from = chosen("approximate"), []Source{m.Assessed("linked", pair("lignes rattachées", "rows that were linked"))}
	}
	return f
}

// Consequences.

func (m *Maker) consequences(options []Option) fact {
	f := asked("consequences", pair("Conséquences possibles pour les personnes", "Possible consequences for the people"), pair("Qu’est-ce que les personnes risquent ?", "What may happen to the people?"), options...).many()
	if codes, why := harmed(m.exposedBy()); m.ours() && len(codes) > 0 {
		if m.malicious() && slices.ContainsFunc(options, func(o Option) bool { return o.Code == "disclosure" }) {
			codes = append(codes, "disclosure")
		}
		f.propose(chosen(codes...), joined("", confirm, pair("D’après les données exposées : ", "By the data exposed: "), why, pair(".", ".")), m.Assessed("exposures.by_kind", pair("personnes par type de donnée", "people by kind of data")))
	}
	return f
}

func (m *Maker) consequencesText() fact {
	f := asked("consequences.text", pair("Précisions sur les conséquences", "About the consequences"), pair("Qu’est-ce qui aggrave ou atténue ces conséquences ?", "What makes these consequences worse or milder?"))
	if s := m.Severity; s != nil && m.ours() {
		for _, a := range s.For {
			f.Value.Text = append(f.Value.Text, a.Words)
		}
		for _, a := range s.Against {
			f.Value.Text = append(f.Value.Text, joined("", pair("En sens contraire : ", "On the other side: "), a.Words))
		}
		if len(f.Value.Text) > 0 {
			f.from = []Source{m.fromSeverity("for, against")}
		}
	}
	return f
}

var gravityOf = map[string]string{"négligeable": "negligible", "limitée": "limited", "importante": "significant", "maximale": "maximum"}

func (m *Maker) gravity() fact {
	f := asked("severity", pair("Niveau de gravité", "Level of severity"), pair("Quelle gravité pour les personnes ? Il manque de quoi la proposer ; « constat case severity » montre quoi.", "How severe is it for the people? Something is missing to propose it; \"constat case severity\" shows what."), gravities...)
	if s := m.Severity; s != nil && s.Level != "" && m.ours() {
		f.propose(chosen(gravityOf[s.Level]), joined("", confirm, s.Criterion, Say(func(l report.Language) string {
			if s.SE == nil {
				return l.T(" ENISA : de %s à %s.", " ENISA: %s to %s.", l.Dec(s.Low.Value(), 2), l.Dec(s.High.Value(), 2))
			}
			return l.T(" ENISA : %s.", " ENISA: %s.", l.Dec(s.SE.Value(), 2))
		})), m.fromSeverity("level"))
	}
	return f
}

// What was done.

func (m *Maker) measures() fact {
	return asked("measures.taken", pair("Mesures prises pour mettre fin à la violation et en limiter les effets", "Measures taken to end the breach and to limit its effects"), pair("Accès fermés, mots de passe changés, vulnérabilité corrigée… et où en est-on ?", "Accesses closed, passwords changed, a hole mended… and how far is it?"))
}

func (m *Maker) prevention() fact {
	return asked("measures.planned", pair("Mesures prises ou prévues pour que cela ne se reproduise pas", "Measures taken or planned so that it does not happen again"), pair("Que change-t-on durablement, et pour quand ?", "What is changed for good, and by when?"))
}

// toPeople is what was decided of telling people, and whether it was done.
type toPeople struct {
	decision *casefile.Decision
	done     int    // event of telling them; -1: none
	said     string // what a person answered, as a code of informed; "" for nothing
	from     []Source
}

func (m *Maker) telling() toPeople {
	t := toPeople{decision: m.State.Current(casefile.People), done: m.event(deadline.PersonsTold), said: m.coded("people.informed")}
	if t.done < 0 && t.is(casefile.Publicly) {
		t.done = m.event(deadline.Published)
	}
	if t.done >= 0 {
		t.from = append(t.from, m.fromEvent(t.done))
	}
	if t.decision != nil {
		t.from = append(t.from, m.fromDecision(t.decision))
	}
	return t
}

func (t toPeople) is(any ...casefile.Choice) bool {
	return t.decision != nil && slices.Contains(any, t.decision.Choice)
}

// told reports that they were; planned that they will be; not that they will not be.
func (t toPeople) told() bool { return t.done >= 0 || t.said == "yes" }

func (t toPeople) planned() bool {
	return !t.told() && (t.said == "planned" || t.said == "" && t.is(casefile.Inform, casefile.Publicly))
}

func (t toPeople) not() bool {
	return !t.told() && (t.said == "no" || t.said == "" && t.is(casefile.NotInform, casefile.Unreadable, casefile.Averted, casefile.Restricted))
}

var (
	askTelling = pair("Une personne en décide, une seconde approuve : « constat case decide … people ».", "A person decides, a second one agrees: \"constat case decide … people\".")
	notToldYet = pair("Les personnes n’ont pas encore été informées.", "People have not been told yet.")
	undecided  = pair("L’information des personnes n’est pas décidée.", "Telling the people is not decided.")
)

func (m *Maker) informedPeople() fact {
	f := asked("people.informed", pair("Les personnes ont-elles été informées ?", "Have the people been told?"), askTelling, informed...)
	t := m.telling()
	f.from = t.from
	switch {
	case t.told():
		f.Value = chosen("yes")
	case t.planned():
		f.Value = chosen("planned")
	case t.not():
		f.Value = chosen("no")
	}
	return f
}

func (m *Maker) informedAt() fact {
	f := asked("people.informed.at", pair("Date à laquelle les personnes ont été informées", "Date on which the people were told"), askCommunication)
	f.Type = Time
	t := m.telling()
	if t.done >= 0 {
		f.Value.At, f.from = m.Clock.Local(t.done), []Source{m.fromEvent(t.done)}
	}
	return f.apart(!t.told(), notToldYet)
}

func (m *Maker) informedPlanned() fact {
	f := asked("people.informed.planned", pair("Date prévue pour informer les personnes", "Date planned for telling the people"), askCommunication)
	f.Type = Time
	t := m.telling()
	why := undecided
	switch {
	case t.told():
		why = pair("Les personnes ont été informées.", "The people have been told.")
	case t.not():
		why = pair("Il est décidé de ne pas les informer.", "It is decided not to tell them.")
	}
	return f.apart(!t.planned(), why)
}

func (m *Maker) informedCount() fact {
	f := asked("people.informed.count", pair("Nombre de personnes informées", "Number of people told"), askCommunication)
	f.Type = Number
	return f.apart(!m.telling().told(), notToldYet)
}

func (m *Maker) informedMeans() fact {
	f := asked("people.informed.means", pair("Moyen d’information des personnes", "Means of telling the people"), askCommunication, means...).many()
	t := m.telling()
	switch {
	case t.is(casefile.Inform):
		f.Value, f.from = chosen("individual"), t.from
	case t.is(casefile.Publicly):
		f.Value, f.from = chosen("public"), t.from
	case t.not():
		return f.apart(true, pair("Il est décidé de ne pas les informer.", "It is decided not to tell them."))
	case !t.told():
		return f.apart(true, undecided)
	}
	return f
}

func (m *Maker) informedContent() fact {
	f := asked("people.informed.content", pair("Contenu de l’information donnée aux personnes", "Content of what the people were told"), askCommunication)
	return f.apart(!m.telling().told(), notToldYet)
}

func (m *Maker) notInformedWhy() fact {
	f := asked("people.notinformed.why", pair("Motif pour lequel les personnes ne sont pas informées", "Why the people are not told"), askOfficer)
	t := m.telling()
	if !t.not() {
		return f.apart(true, pair("Sans objet : il n’est pas décidé de ne pas les informer.", "Not applicable: it is not decided not to tell them."))
	}
	if t.decision != nil {
		what := choiceWords[t.decision.Choice]
		f.Value, f.from = paragraphs(pair(upper(what.FR)+" : "+t.decision.Reason, upper(what.EN)+": "+t.decision.Reason)), t.from
	}
	return f
}

// Others who were told.

var authorityEvents = []deadline.Kind{
	deadline.Complaint, deadline.ProsecutorTold, deadline.ANSSITold, deadline.HealthTold, deadline.NIS2Warned, deadline.NIS2Notified, deadline.NIS2Intermediate, deadline.NIS2Progress, deadline.NIS2Final,
	deadline.DORAInitial, deadline.DORAIntermediate, deadline.DORAUpdated, deadline.DORAFinal,
}

// others are the authorities told under other laws; the police and prosecutors are apart.
func (m *Maker) others() []int {
	var all []int
	for _, i := range m.events() {
		if e := &m.Clock.Events[i]; m.oursIs(e) && slices.Contains(authorityEvents[2:], e.Kind) {
			all = append(all, i)
		}
	}
	return all
}

func (m *Maker) authorities() fact {
	f := fact{Box: Box{Key: "authorities.told", Label: pair("Autres autorités ou organismes informés", "Other authorities or bodies told"), Type: Table, Ask: pair("Plainte, procureur, ANSSI, autre autorité : qui a été informé, et quand ? « constat case deadlines » l’enregistre.", "Police, prosecutor, ANSSI, another authority: who was told, and when? \"constat case deadlines\" records it.")}}
	var all [][]words.Both
	for _, kind := range authorityEvents {
		for _, i := range m.events() {
			if e := &m.Clock.Events[i]; e.Kind == kind && m.oursIs(e) {
				x := moment{at: e.At}
				if e.Day {
					x.day = m.Clock.Local(i)
				}
				w := e.Kind.Words()
				all = append(all, []words.Both{pair(upper(w.FR), upper(w.EN)), m.dated(x)})
				f.from = append(f.from, m.fromEvent(i))
			}
		}
	}
	f.Value = rows([]words.Both{pair("Quoi", "What"), pair("Quand", "When")}, all)
	return f
}

func (m *Maker) complained() fact {
	f := asked("complaint.made", pair("Une plainte a-t-elle été déposée ?", "Was a complaint made to the police or a prosecutor?"), pair("Une plainte est-elle déposée ou décidée ?", "Is a complaint made or decided?"), yesNo...)
	if i := m.event(deadline.Complaint, deadline.ProsecutorTold); i >= 0 {
		f.Value, f.from = chosen("yes"), []Source{m.fromEvent(i)}
		return f
	}
	if d := m.State.Current(casefile.Complaint); d != nil {
		f.Value, f.from = chosen("no"), []Source{m.fromDecision(d)}
		if d.Choice == casefile.Complain {
			f.Help = pair("Décidée, pas encore enregistrée comme déposée.", "Decided, not yet recorded as made.")
		}
	}
	return f
}

// Others who process the data.

func (m *Maker) processor() fact {
	f := asked("processors.involved", pair("Un sous-traitant ou un autre organisme est-il en cause ?", "Is a processor or another organisation involved?"), pair("Qui d’autre traitait ces données ?", "Who else processed these data?"), yesNo...)
	if len(m.processors()) > 0 {
		f.Value, f.from = chosen("yes"), m.parties()
	}
	return f // that none is among the parties does not say that none is involved
}

// processors are the parties that serve another.
func (m *Maker) processors() []words.Both {
	var names []words.Both
	if m.Clock == nil {
		return nil
	}
	for i := range m.Clock.Parties {
		if p := &m.Clock.Parties[i]; len(p.Serves) > 0 {
			names = append(names, outside(p.Name))
		}
	}
	return names
}

// alone reports that nobody else is involved, as far as is known, or that it is not known.
func (m *Maker) alone() bool {
	if code := m.coded("processors.involved"); code != "" {
		return code != "yes"
	}
	return len(m.processors()) == 0
}

func (m *Maker) processorNames() fact {
	f := asked("processors.names", pair("Noms et coordonnées des sous-traitants", "Names and contacts of the processors"), pair("Nom et coordonnées de chacun.", "Name and contact of each."))
	if names := m.processors(); len(names) > 0 {
		f.Value, f.from = Value{Text: names}, m.parties()
	}
	return f.apart(m.alone(), pair("Selon qu’un sous-traitant est en cause : aucun, à ce que l’on sait.", "Depends on whether a processor is involved: none, as far as is known."))
}

// The organisation.

func (m *Maker) organisationName() fact {
	f := own("organisation.name", pair("Nom de l’organisme", "Name of the organisation"))
	f.Value, f.from = m.named(), m.parties()
	return f
}

func (m *Maker) reporterIsOfficer() bool { return m.coded("contact.reporter.function") == "dpo" }

func ownActivity() fact {
	return own("organisation.activity", pair("Secteur d’activité", "Field of activity"), activities...)
}

func ownPeople() fact {
	f := own("organisation.people", pair("Catégories de personnes concernées", "Categories of people concerned"), peoples...).many()
	f.Help = pair("De qui le registre tient les données : dit une fois par l’organisme, ou pour cette affaire.", "Whose data the register holds: said once by the organisation, or for this case.")
	return f
}

func reporter(part string) fact {
	switch part {
	case "name":
		return own("contact.reporter.name", pair("Nom de la personne qui notifie", "Name of the person who notifies"))
	case "function":
		f := own("contact.reporter.function", pair("Fonction de la personne qui notifie", "Function of the person who notifies"), functions...)
		f.Ask = askReporter
		return f
	default:
		return own("contact.reporter.address", pair("Coordonnées de la personne qui notifie", "Contact details of the person who notifies"))
	}
}

func abroad() fact {
	f := own("organisation.crossborder", pair("Le traitement concerné est-il transfrontalier (plusieurs États de l’EEE) ?", "Does the processing concerned cross borders (several EEA states)?"), yesNo...)
	f.Ask = pair("Des établissements ou des personnes concernées dans d’autres États de l’EEE ? Un organisme qui n’agit qu’en France le dit une fois (« constat organisation »).", "Establishments or people concerned in other EEA states? An organisation that acts in one state only says so once (\"constat organisation\").")
	return f
}

func (m *Maker) abroadCountries(key string, label words.Both) fact {
	f := own(key, label)
	switch m.coded("organisation.crossborder") {
	case "yes":
		return f
	case "no":
		return f.apart(true, pair("Le traitement n’est pas transfrontalier.", "The processing does not cross borders."))
	}
	return f.apart(true, pair("Selon que le traitement est transfrontalier.", "Depends on whether the processing crosses borders."))
}
