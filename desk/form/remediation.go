package form

import (
	"cmp"
	"fmt"
	"time"

	"constat.example/blind/trace"
	"constat.example/blind/watch"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/report"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// remediation is the report for an independent review, once the incident is handled: how
// long each step took, what let it happen, what would have changed it, and who commits to
// what by when.
func remediation() *Form {
	return &Form{
		Name: "remediation", Version: "1", After: []string{"remediation"},
		Title: pair("Rapport de remédiation et de contrôle", "Remediation and oversight report"),
		For:   pair("Une revue indépendante : audit, conseil d’administration, autorité de contrôle, parlement.", "An independent review: audit, board, supervisory authority, parliament."),
		Basis: pair("RGPD, articles 5(2), 24, 32 et 33(5) : rendre compte, mesures de sécurité, documentation des violations.", "GDPR, articles 5(2), 24, 32 and 33(5): accountability, security measures, documentation of breaches."),
		Fill: func(m *Maker) {
			m.part(pair("Ce qui s’est passé", "What happened"), words.Both{})
			m.add(m.standingBox())
			m.add(m.circumstances())
			m.add(m.peopleCount())
			m.add(m.detail(pair("Données, par catégorie", "Data, by kind")))
			value, from := m.timeline(true)
			m.put(Box{Key: "timeline", Label: pair("Déroulement", "Course of events"), Type: Table, Value: value, Ask: askSecurity}, from...)
			m.spans()

			m.part(pair("Les causes", "The causes"), words.Both{})
			m.rootCause()
			m.add(own("organisation.measures.text", pair("Mesures de sécurité en place avant la violation", "Security measures in place before the breach")))

			m.part(pair("Ce qui l’aurait changé", "What would have changed it"), pair("Des calculs sur ce qui s’est passé, chacun avec ce qu’il suppose. Ils ne disent pas ce que l’auteur aurait fait d’autre.", "Reckoned from what happened, each with what it assumes. They do not tell what else the attacker would have done."))
			m.averted()
			m.closed()
			m.put(Box{Key: "remediation.changed", Label: pair("Autres mesures, et ce que chacune aurait changé", "Other measures, and what each would have changed"), Type: Text, Optional: true})

			m.part(pair("Mesures et engagements", "Measures and commitments"), words.Both{})
			m.add(m.measures())
			m.add(m.prevention())
			m.put(Box{Key: "remediation.commitments", Label: pair("Engagements : quoi, quelle fonction en répond, pour quand", "Commitments: what, which function answers for it, by when"), Type: Text, Ask: pair("La direction s’engage.", "Management commits itself.")})
			m.put(Box{Key: "remediation.cost", Label: pair("Moyens accordés", "Means granted"), Type: Text, Ask: pair("La direction le décide.", "Management decides it.")})

			m.part(pair("Contrôle", "Oversight"), words.Both{})
			m.seconded()
			m.duties(func(d *deadline.Duty) bool { return d.State != deadline.NotApplicable && d.Start != nil })
			m.filed()
			m.verification()
			m.put(Box{Key: "remediation.reviewer", Label: pair("Qui contrôle, et quand", "Who reviews, and when"), Type: Text, Ask: pair("La direction le décide ; ce n’est pas qui a traité l’incident.", "Management decides it; not whoever handled the incident.")})

			m.part(pair("Chiffres à suivre", "Figures to follow"), words.Both{})
			m.figures()
			m.put(Box{Key: "remediation.targets", Label: pair("Objectifs pour ces chiffres", "Targets for these figures"), Type: Text, Ask: pair("La direction les fixe.", "Management sets them.")})
		},
	}
}

// span is how long it took from one thing to the next.
type span struct {
	from, to words.Both
	length   time.Duration
	sources  []Source
}

// steps are the spans between what is known to have happened.
func (m *Maker) steps() []span {
	type point struct {
		at   time.Time
		what words.Both
		from Source
		is   bool
	}
	event := func(kinds ...deadline.Kind) point {
		if i := m.event(kinds...); i >= 0 {
			e := &m.Clock.Events[i]
			return point{e.At, e.Kind.Words(), m.fromEvent(i), !e.Day}
		}
		return point{}
	}
	var read, alarm point
	if p := m.period(); len(m.through()) > 0 && !p.begin.IsZero() {
		read = point{p.begin, pair("la première lecture anormale", "the first abnormal read"), p.from[0], true}
	}
	for _, s := range m.through() {
		if i := m.firstAlarm(s); i >= 0 && (!alarm.is || m.Alarms[i].At.Before(alarm.at)) {
			alarm = point{m.Alarms[i].At, pair("la première alerte de la veille", "the first alarm of the watch"), m.fromAlarm(i), true}
		}
	}
	signal, aware, authority := event(deadline.Signal), event(deadline.Aware), event(deadline.Notified)
	people, complaint, ended := event(deadline.PersonsTold), event(deadline.Complaint, deadline.ProsecutorTold), event(deadline.Ended)
	public := event(deadline.Published)
	var all []span
	for _, s := range [][2]point{
		{read, alarm}, {alarm, signal}, {read, signal}, {signal, event(deadline.Investigation)}, {signal, aware}, {aware, authority}, {aware, people}, {signal, public}, {aware, complaint}, {signal, ended},
	} {
		if s[0].is && s[1].is && !s[1].at.Before(s[0].at) {
			all = append(all, span{s[0].what, s[1].what, s[1].at.Sub(s[0].at), []Source{s[0].from, s[1].from}})
		}
	}
	return all
}

func (m *Maker) spans() {
	box := Box{Key: "spans", Label: pair("Combien de temps chaque étape a pris", "How long each step took"), Type: Table, Ask: pair("Les événements sont à dire avec leur heure (« constat case deadlines »).", "Events are to be stated with their time (\"constat case deadlines\").")}
	var all [][]words.Both
	var from []Source
	for _, s := range m.steps() {
		all = append(all, []words.Both{pair(upper(s.from.FR), upper(s.from.EN)), pair(upper(s.to.FR), upper(s.to.EN)), deadline.Span(int64(s.length / time.Second))})
		from = append(from, s.sources...)
	}
	box.Value = rows([]words.Both{pair("De", "From"), pair("À", "To"), pair("Temps", "Time")}, all)
	m.put(box, from...)
}

// tenfold is the ceiling on reads that is reckoned with, as a multiple of what the work of
// an account explains.
const tenfold = 10

// averted reckons what measures would have left unread.
func (m *Maker) averted() {
	box := Box{Key: "remediation.averted", Label: pair("Mesures, et ce que chacune aurait laissé non lu", "Measures, and what each would have left unread"), Type: Table, Ask: pair("Des journaux d’accès le diraient (« constat trace »).", "Access logs would tell (\"constat trace\").")}
	var all [][]words.Both
	var from []Source
	add := func(what, assumed, effect words.Both, sources ...Source) {
		all, from = append(all, []words.Both{what, assumed, effect}), append(from, sources...)
	}
	unread := func(n, of int64) words.Both {
		return Say(func(l report.Language) string {
			return l.T("jusqu’à %s non lues par ce compte, sur %s", "up to %s not read through this account, of %s", l.N(n, "personne", "personnes", "person", "people"), l.Int(of))
		})
	}
	for i, s := range m.through() {
		name, src := visible.Text(s.Account, longest), m.Assessed(fmt.Sprintf("suspects[%d]", i), pair("comptes", "accounts"))
		block, first := pair("Bloquer « "+name+" » à la première alerte de la veille", "Block “"+name+"” at the first alarm of the watch"), m.firstAlarm(s)
		last, _ := read(&s.Last)
		switch {
		case first < 0:
			add(block, pair("Aucune alerte n’est enregistrée pour ce compte depuis qu’il lisait plus que son travail n’explique.", "No alarm on this account is recorded since it read more than its work explains."), same("–"), src)
		case m.Alarms[first].At.After(last):
			add(block, pair("L’alerte est venue après la dernière de ces lectures.", "The alarm came after the last of these reads."), pair("rien", "nothing"), m.fromAlarm(first), src)
		default:
			by := min(s.Read, m.readBy(s, first))
			add(block, Say(func(l report.Language) string {
				return l.T("Quelqu’un agit aussitôt ; le compte avait lu au moins %s.", "Somebody acts at once; the account had read at least %s.", l.N(by, "personne", "personnes", "person", "people"))
			}), unread(s.Read-by, s.Read), m.fromAlarm(first), src)
		}
		ceiling := int64(s.Expected*tenfold + 0.5)
		if !s.Counted && ceiling < s.Reads {
			add(pair("Plafonner les lectures de « "+name+" »", "A ceiling on the reads of “"+name+"”"),
				Say(func(l report.Language) string {
					return l.T("À dix fois ce que son travail explique : %s.", "At ten times what its work explains: %s.", l.N(ceiling, "lecture", "lectures", "read", "reads"))
				}), unread(max(0, s.Exposed-ceiling), s.Exposed), src)
		}
	}
	if a := m.Assessment; a != nil {
		for _, c := range a.Size.Counts {
			if c.Name == assessment.Reachable && c.Refused == "" {
				add(pair("Restreindre les droits à ce que le travail demande", "Restrict rights to what the work asks for"), pair("Le nombre de personnes atteignables borne ce qui peut être lu.", "The number of people within reach bounds what can be read."), m.between(c), m.Assessed("size.counts", pair("nombres", "counts")))
			}
		}
		if h := a.Honey; h.Placed > 0 {
			add(pair("Surveiller la lecture de personnes inventées", "Watch for reads of made-up people"), pair("Leur lecture déclenche une alerte : personne n’a de raison de les lire.", "Reading one raises an alarm: nobody has a reason to."),
				Say(func(l report.Language) string {
					return l.T("%s placées, dont %s dans le fichier", "%s in place, %s of them in the file", l.N(h.Placed, "personne inventée", "personnes inventées", "made-up person", "made-up people"), l.Int(h.Found))
				}), m.Assessed("honey", pair("personnes inventées", "made-up people")))
		}
	}
	box.Value = rows([]words.Both{pair("Mesure", "Measure"), pair("Ce qui est supposé", "What is assumed"), pair("Effet", "Effect")}, all)
	m.put(box, from...)
}

// firstAlarm is the first alarm on an account since it read beyond its work; -1 for none.
func (m *Maker) firstAlarm(s assessment.Suspect) int {
	found := -1
	since, _ := read(&s.First)
	for i := range m.Alarms {
		if x := &m.Alarms[i]; x.Account == s.Account && !x.At.Before(since) && (found < 0 || x.At.Before(m.Alarms[found].At)) {
			found = i
		}
	}
	return found
}

// readBy is how many people an account had read by an alarm, at least: those of the days
// before, and those of the alarm's own period.
func (m *Maker) readBy(s assessment.Suspect, alarm int) int64 {
	x := &m.Alarms[alarm]
	n, day := x.People, x.Period[:min(len(x.Period), len(time.DateOnly))] // a period may be an hour of it
	for _, d := range s.Days {
		if d.Day < day {
			n += d.Read
		}
	}
	return n
}

// closing are the measures that close blind spots, by code.
var closing = map[string]words.Both{
	trace.BulkStatement:  pair("Journaliser quelles fiches chaque extraction contient ; réserver les extractions à peu de comptes.", "Log which records each extract holds; keep extracts to few accounts."),
	trace.LoggingChanged: pair("Garder une copie des journaux hors d’atteinte de qui peut les arrêter.", "Keep a copy of the logs out of reach of whoever can stop them."),
	trace.SilentHours:    pair("Alerter quand un journal se tait.", "Raise an alarm when a log falls silent."),
	trace.BeginsAfter:    pair("Garder les journaux plus longtemps (la CNIL recommande de 6 à 12 mois).", "Keep logs longer (the CNIL recommends 6 to 12 months)."),
	trace.EndsBefore:     pair("Verser les journaux au fil de l’eau, sans attendre l’incident.", "Take logs in as they come, without waiting for an incident."),
	trace.WholeWindow:    pair("Garder des instantanés plus rapprochés du registre, pour dater une copie.", "Keep snapshots of the register at shorter intervals, so that a copy can be dated."),
	trace.CountsOnly:     pair("Journaliser quelles fiches sont lues, et non seulement combien.", "Log which records are read, and not only how many."),
	trace.UnknownReader:  pair("Journaliser le compte et l’adresse de chaque lecture.", "Log the account and address of each read."),
	trace.RejectedLines:  pair("Corriger le format du journal, ou son plan de lecture.", "Mend the format of the log, or the map that it is read by."),
	trace.UnseenAccounts: pair("Journaliser toutes les voies par lesquelles un compte lit.", "Log every way by which an account reads."),
	trace.OrdinaryReach:  pair("Réduire ce que ces comptes lisent d’ordinaire ; exiger un motif.", "Reduce what these accounts ordinarily read; ask for a reason."),
	trace.Declared:       pair("Journaliser cette voie, ou la fermer.", "Log this way, or close it."),
}

func (m *Maker) closed() {
	box := Box{Key: "remediation.blind", Label: pair("Angles morts, et ce qui les fermerait", "Blind spots, and what would close them"), Type: Table, Ask: pair("Des journaux d’accès le diraient (« constat trace »).", "Access logs would tell (\"constat trace\").")}
	var all [][]words.Both
	if m.Assessment != nil && m.Assessment.Trace.Refused == "" {
		for _, b := range m.Assessment.Trace.BlindSpots {
			all = append(all, []words.Both{
				Say(func(l report.Language) string { return upper(report.BlindSpot(l, b)) }),
				share(b.Share), cmp.Or(closing[b.Code], same("–")),
			})
		}
	}
	box.Value = rows([]words.Both{pair("Angle mort", "Blind spot"), pair("Part des personnes exposées qu’il peut expliquer, au plus", "Share of the exposed people that it can explain, at most"), pair("Ce qui le fermerait", "What would close it")}, all)
	m.put(box, m.found("trace.blind_spots", pair("angles morts", "blind spots"))...)
}

// seconded are the decisions in force, with who said the second yes.
func (m *Maker) seconded() {
	var all [][]words.Both
	var from []Source
	for i := range m.State.Decisions {
		d := &m.State.Decisions[i]
		if d.Progress != casefile.Decided {
			continue
		}
		second := pair("non requis", "not required")
		if d.Second != nil {
			second = outside(d.Second.String())
		}
		all = append(all, []words.Both{m.instant(d.Time), subjectWords[d.Subject], choiceWords[d.Choice], outside(d.Who.String()), second, same(d.Reason)})
		from = append(from, m.fromDecision(d))
	}
	m.put(Box{
		Key: "decisions.inforce", Label: pair("Décisions en vigueur, et le second oui", "Decisions in force, and the second yes"), Type: Table, Ask: pair("Rien n’est encore décidé (« constat case decide »).", "Nothing is decided yet (\"constat case decide\")."),
		Value: rows([]words.Both{pair("Quand", "When"), pair("Objet", "Subject"), pair("Décision", "Decision"), pair("Par", "By"), pair("Second oui", "Second yes"), pair("Motif", "Reason")}, all),
	}, from...)
}

// figures are what a later review compares with.
func (m *Maker) figures() {
	box := Box{Key: "remediation.figures", Label: pair("Chiffres de cet incident", "Figures of this incident"), Type: Table, Ask: pair("Un fichier évalué et des journaux le diraient (« constat assess », « constat trace »).", "An assessed file and logs would tell (\"constat assess\", \"constat trace\").")}
	var all [][]words.Both
	var from []Source
	add := func(name, value words.Both, sources ...Source) {
		all, from = append(all, []words.Both{name, value}), append(from, sources...)
	}
	if a := m.Assessment; a != nil {
		if n, _, _, src := m.people(); n > 0 {
			add(pair("Personnes dont des données sont sorties", "People whose data left"), integer(n), src...)
		}
		if x := a.Exposures; x.Persons > 0 {
			add(pair("Dont au moins une donnée n’est plus actuelle", "Of whom some value is no longer current"), integer(x.Stale), m.Assessed("exposures.stale", pair("valeurs anciennes", "earlier values")))
		}
		if t := a.Trace; t.Refused == "" && len(t.Logs) > 0 {
			add(pair("Personnes exposées que les comptes désignés expliquent", "Exposed people that the accounts named explain"), share(t.Explained), m.Assessed("trace.explained", pair("part expliquée", "share explained")))
			add(pair("Angles morts des journaux", "Blind spots of the logs"), integer(int64(len(t.BlindSpots))), m.Assessed("trace.blind_spots", pair("angles morts", "blind spots")))
		}
	}
	late, done := int64(0), int64(0)
	p := m.party()
	for i := range m.Duties {
		d := &m.Duties[i]
		if p == nil || d.Party != p.ID {
			continue
		}
		switch d.State {
		case deadline.Met:
			done++
		case deadline.MetLate, deadline.Overdue:
			late++
		default:
			continue
		}
		from = append(from, m.fromDuty(d))
	}
	if done+late > 0 {
		add(pair("Devoirs remplis à temps", "Duties met in time"), integer(done))
		add(pair("Devoirs en retard", "Duties late"), integer(late))
	}
	if len(m.Alarms) > 0 {
		critical := int64(0)
		for i := range m.Alarms {
			if m.Alarms[i].Severity == watch.Critical {
				critical++
			}
		}
		add(pair("Alertes de la veille sur cette affaire, dont critiques", "Alarms of the watch on this case, of them critical"), Say(func(l report.Language) string {
			return l.T("%s, dont %s", "%s, of them %s", l.Int(int64(len(m.Alarms))), l.Int(critical))
		}), m.fromAlarm(0))
	}
	box.Value = rows([]words.Both{pair("Chiffre", "Figure"), pair("Valeur", "Value")}, all)
	m.put(box, from...)
}
