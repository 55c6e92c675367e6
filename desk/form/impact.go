package form

import (
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/report"
	"constat.example/desk/severity"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// impact is the internal assessment: what a person needs to decide under articles 33 and 34,
// with what speaks for and against, and what it all rests on. It decides nothing.
func impact() *Form {
	return &Form{
		Name: "impact", Version: "1", After: []string{"impact"},
		Title: pair("Évaluation interne de l’impact", "Internal impact assessment"),
		For:   pair("Interne : la personne déléguée à la protection des données, la direction.", "Internal: the data-protection officer, management."),
		Basis: pair("RGPD, articles 33 à 35 ; ENISA 2013 (gravité des violations de données personnelles).", "GDPR, articles 33 to 35; ENISA 2013 (severity of personal data breaches)."),
		Fill: func(m *Maker) {
			m.glance()
			m.scored()
			m.affected()
			m.weighed()
			m.open()
			m.cannot()
			m.rests()
		},
	}
}

func (m *Maker) glance() {
	m.part(pair("En un coup d’œil", "At a glance"), words.Both{})
	m.add(m.standingBox())
	m.add(m.circumstances())
	m.add(m.peopleCount())
	m.add(m.gravity())
	m.add(m.begun())
	m.add(m.ended())
	m.add(m.discovered())
	m.add(m.aware())
}

// scored shows ENISA's formula with every factor.
func (m *Maker) scored() {
	m.part(pair("Gravité : chaque facteur", "Severity: every factor"), pair("SE = DPC × EI + CB (ENISA, 2013). Le nombre de personnes n’y entre pas.", "SE = DPC × EI + CB (ENISA, 2013). The number of people is not in it."))
	table := Box{Key: "severity.factors", Label: pair("Facteurs", "Factors"), Type: Table, Ask: pair("Un fichier évalué le dirait (« constat assess »).", "An assessed file would tell (\"constat assess\").")}
	score := Box{Key: "severity.score", Label: pair("Résultat", "Result"), Type: Text, Ask: table.Ask}
	missing := Box{Key: "severity.missing", Label: pair("Ce qui manque pour le calcul", "What the score lacks"), Type: Text, Optional: true}
	var from []Source
	if s := m.Severity; s != nil {
		from = []Source{m.fromSeverity("dpc, ei, cb")}
		points := func(q severity.Quarters) words.Both {
			return Say(func(l report.Language) string { return l.Dec(q.Value(), 2) })
		}
		var all [][]words.Both
		factor := func(name words.Both, f severity.Factor) {
			all = append(all, []words.Both{name, points(f.Filled), f.Why})
			for _, x := range f.Moved {
				why := x.Words
				if x.Note != "" {
					why = joined("", why, same(" ("+visible.Text(x.Note, 2*longest)+")"))
				}
				if x.Who != "" {
					why = joined(", ", why, outside(x.Who))
				}
				all = append(all, []words.Both{joined(" ", name, pair("(ajusté)", "(adjusted)")), points(x.By), why})
			}
		}
		factor(pair("DPC : contexte du traitement", "DPC: context of the processing"), s.DPC)
		factor(pair("EI : facilité d’identifier", "EI: ease of identification"), s.EI)
		for _, p := range s.CB {
			value := points(p.Points)
			if !p.Known {
				value = pair("de 0 à 0,5", "0 to 0.5")
			}
			all = append(all, []words.Both{pair("CB : circonstances", "CB: circumstances"), value, p.Words})
		}
		table.Value = rows([]words.Both{pair("Facteur", "Factor"), pair("Points", "Points"), pair("Pourquoi", "Why")}, all)
		score.Value = paragraphs(m.band(), s.Criterion)
		missing.Value = paragraphs(m.lacking()...)
	}
	m.put(table, from...)
	m.put(score, from...)
	m.put(missing, from...)
}

// band words the score, or what it can come to.
func (m *Maker) band() words.Both {
	s := m.Severity
	name := s.BandWords
	if s.Band == "" {
		name = pair("non déterminée", "not determined")
	}
	return Say(func(l report.Language) string {
		if s.SE != nil {
			return l.T("Gravité %s : %s.", "Severity %s: %s.", name.In(l.Lang()), l.Dec(s.SE.Value(), 2))
		}
		return l.T("Gravité %s : de %s à %s.", "Severity %s: %s to %s.", name.In(l.Lang()), l.Dec(s.Low.Value(), 2), l.Dec(s.High.Value(), 2))
	})
}

var missingWords = map[string]words.Both{
	"kinds": pair("les catégories de données", "the kinds of data"), "confidentiality": pair("jusqu’où va la perte de confidentialité", "how far the loss of confidentiality goes"),
	"integrity": pair("si des données ont été altérées", "whether data were altered"), "availability": pair("si des données manquent", "whether data are lost"), "malice": pair("s’il y a intention de nuire", "whether harm is meant"),
}

// lacking words what the score lacks.
func (m *Maker) lacking() []words.Both {
	var all []words.Both
	for _, what := range m.Severity.Missing {
		w, ok := missingWords[what]
		if !ok {
			w = same(what)
		}
		all = append(all, pair(upper(w.FR)+" : une personne le dit.", upper(w.EN)+": a person says so."))
	}
	return all
}

func (m *Maker) affected() {
	m.part(pair("Qui est touché, par quoi", "Who is affected, by what"), words.Both{})
	m.add(ownPeople())
	counts := Box{Key: "size.counts", Label: pair("Nombres de personnes, chacun avec ses bornes", "Numbers of people, each with its bounds"), Type: Table, Ask: pair("Un fichier évalué le dirait (« constat assess »).", "An assessed file would tell (\"constat assess\").")}
	if m.Assessment != nil {
		var all [][]words.Both
		for _, c := range m.Assessment.Size.Counts {
			all = append(all, []words.Both{
				Say(func(l report.Language) string { t, _ := report.SizeCount(l, c.Name); return t }),
				Say(func(l report.Language) string { _, t := report.SizeCount(l, c.Name); return t }),
				m.between(c),
			})
		}
		counts.Value = rows([]words.Both{pair("Personnes", "People"), pair("Ce que c’est", "What it is"), pair("Nombre", "Number")}, all)
	}
	m.put(counts, m.found("size.counts", pair("nombres", "counts"))...)
	m.add(m.peopleBasis())
	m.add(m.detail(pair("Données, par catégorie, actuelles ou anciennes", "Data, by kind, current or earlier")))
	m.add(m.special())
	text := Box{Key: "freetext", Label: pair("Personnes citées dans du texte libre", "People named in free text"), Type: Text, Optional: true}
	if m.Assessment != nil && m.Assessment.Exposures.FreeText.Persons > 0 {
		x := m.Assessment.Exposures.FreeText
		text.Value = paragraphs(Say(func(l report.Language) string {
			return l.T("%s, dont %s qu’aucune ligne ne concerne. Le texte peut dire d’elles plus que ce qui est compté.", "%s, of whom %s by no row of their own. The text may say more of them than is counted.",
				l.N(x.Persons, "personne", "personnes", "person", "people"), l.Int(x.Only))
		}))
	}
	m.put(text, m.found("exposures.free_text", pair("texte libre", "free text"))...)
	m.put(Box{Key: "people.vulnerable", Label: pair("Des personnes vulnérables sont-elles touchées (enfants, personnes protégées, malades) ?", "Are vulnerable people affected (children, protected people, patients)?"), Type: Choice, Options: yesNo, Ask: pair("Qui tient le registre le sait.", "Whoever keeps the register knows.")})
}

// found is where a finding of the latest assessment stands; none without one.
func (m *Maker) found(path string, what words.Both) []Source {
	if m.Assessment == nil {
		return nil
	}
	return []Source{m.Assessed(path, what)}
}

// between words a count with its bounds, or why it is not known.
func (m *Maker) between(c assessment.SizeCount) words.Both {
	return Say(func(l report.Language) string {
		switch {
		case c.Refused != "":
			return l.T("non établi : %s", "not established: %s", report.Refusal(l, c.Refused))
		case c.Estimate != nil && c.Low != nil && c.High != nil && *c.Low < *c.High:
			return l.T("%s (de %s à %s)", "%s (%s to %s)", l.Int(*c.Estimate), l.Int(*c.Low), l.Int(*c.High))
		case c.Estimate != nil:
			return l.Int(*c.Estimate)
		case c.Low != nil:
			return l.T("au moins %s", "at least %s", l.Int(*c.Low))
		}
		return "–"
	})
}

// weighed lays out what speaks for and against a high risk. None has a weight.
func (m *Maker) weighed() {
	m.part(pair("Risque élevé ? Le pour et le contre", "A high risk? For and against"), pair("Une personne décide, et une seconde dit oui ; rien ici ne décide.", "A person decides, and a second one says yes; nothing here decides."))
	m.add(m.consequences(impacts))
	ask := pair("Un fichier évalué le dirait (« constat assess »).", "An assessed file would tell (\"constat assess\").")
	pro := Box{Key: "risk.for", Label: pair("Ce qui parle pour un risque élevé", "What speaks for a high risk"), Type: Text, Ask: ask}
	con := Box{Key: "risk.against", Label: pair("Ce qui parle contre", "What speaks against"), Type: Text, Ask: ask}
	var from []Source
	if s := m.Severity; s != nil {
		from = []Source{m.fromSeverity("for, against")}
		none := pair("Rien de ce qui est établi.", "Nothing that is established.")
		pro.Value, con.Value = paragraphs(arguments(s.For, none)...), paragraphs(arguments(s.Against, none)...)
	}
	m.put(pro, from...)
	m.put(con, from...)
	m.put(Box{Key: "risk.more", Label: pair("Autres arguments", "Other arguments"), Type: Text, Optional: true})
}

func arguments(all []severity.Argument, none words.Both) []words.Both {
	if len(all) == 0 {
		return []words.Both{none}
	}
	var texts []words.Both
	for _, a := range all {
		texts = append(texts, a.Words)
	}
	return texts
}

// open is what is decided, and what is still to be.
func (m *Maker) open() {
	m.part(pair("Décisions et échéances", "Decisions and deadlines"), words.Both{})
	head := []words.Both{pair("Objet", "Subject"), pair("Où cela en est", "Where it stands"), pair("Par", "By"), pair("Motif", "Reason")}
	var all [][]words.Both
	from := []Source{m.fromCase()}
	for _, subject := range []casefile.Subject{casefile.Standing, casefile.Authority, casefile.People, casefile.Statement, casefile.Complaint, casefile.Notices} {
		row := []words.Both{subjectWords[subject], pair("à décider", "to be decided"), {}, {}}
		if d := m.State.Current(subject); d != nil {
			who := d.Who.String()
			if d.Second != nil {
				who += ", " + d.Second.String()
			}
			row = []words.Both{subjectWords[subject], choiceWords[d.Choice], outside(who), same(d.Reason)}
			from = append(from, m.fromDecision(d))
		}
		for _, d := range m.State.Waiting() {
			if d.Subject == subject {
				w := choiceWords[d.Choice]
				row[1] = parted(row[1], pair("proposé, attend un second oui : "+w.FR, "proposed, waits for a second yes: "+w.EN))
				from = append(from, m.fromDecision(&d))
			}
		}
		all = append(all, row)
	}
	m.put(Box{Key: "decisions", Label: pair("Décisions", "Decisions"), Type: Table, Value: rows(head, all)}, from...)
	m.duties(func(d *deadline.Duty) bool { return d.State != deadline.NotApplicable })
}

// duties are those of the party whose case it is, as they stand.
func (m *Maker) duties(which func(*deadline.Duty) bool) {
	box := Box{Key: "duties", Label: pair("Échéances", "Deadlines"), Type: Table, Ask: pair("Les parties et les événements sont à dire (« constat case deadlines »).", "Parties and events are to be stated (\"constat case deadlines\").")}
	var all [][]words.Both
	var from []Source
	p := m.party()
	for i := range m.Duties {
		if d := &m.Duties[i]; p != nil && d.Party == p.ID && which(d) {
			all = append(all, []words.Both{d.Title(), d.Article, d.Standing()})
			from = append(from, m.fromDuty(d))
		}
	}
	box.Value = rows([]words.Both{pair("Devoir", "Duty"), pair("Texte", "Article"), pair("Où il en est", "Where it stands")}, all)
	m.put(box, from...)
}

func (m *Maker) cannot() {
	m.part(pair("Ce qui ne se voit pas", "What cannot be seen"), words.Both{})
	m.put(Box{Key: "cause.blind", Label: pair("Angles morts des journaux", "Blind spots of the logs"), Type: Text, Value: paragraphs(m.blind()...), Ask: pair("Des journaux d’accès le diraient (« constat trace »).", "Access logs would tell (\"constat trace\").")}, m.found("trace.blind_spots", pair("angles morts", "blind spots"))...)
	m.put(Box{Key: "findings.refused", Label: pair("Constats refusés, et pourquoi", "Findings refused, and why"), Type: Table, Optional: true, Value: m.refusals()}, m.found("verdict, window, size, recycled, honey, trace", pair("refus", "refusals"))...)
}

// refusals are the findings that were refused.
func (m *Maker) refusals() Value {
	a := m.Assessment
	if a == nil {
		return Value{}
	}
	var all [][]words.Both
	for _, x := range []struct {
		what words.Both
		why  string
	}{
		{pair("Provenance du fichier", "Origin of the file"), a.Verdict.Refused},
		{pair("Date de la copie", "Time of the copy"), a.Window.Refused},
		{pair("Ampleur du vol", "Size of the theft"), a.Size.Refused},
		{pair("Fuites antérieures", "Earlier leaks"), a.Recycled.Refused},
		{pair("Personnes inventées", "Made-up people"), a.Honey.Refused},
		{pair("Comptes par lesquels les données ont été lues", "Accounts that data were read through"), a.Trace.Refused},
	} {
		if x.why != "" {
			all = append(all, []words.Both{x.what, Say(func(l report.Language) string { return report.Refusal(l, x.why) })})
		}
	}
	return rows([]words.Both{pair("Constat", "Finding"), pair("Pourquoi il est refusé", "Why it is refused")}, all)
}

// rests says what the numbers are taken from.
func (m *Maker) rests() {
	m.part(pair("Sur quoi reposent ces nombres", "What these numbers rest on"), words.Both{})
	box := Box{Key: "basis", Label: pair("Fichiers, registre, rattachements", "Files, register, links"), Type: Text, Ask: pair("Un fichier évalué le dirait (« constat assess »).", "An assessed file would tell (\"constat assess\").")}
	tests := Box{Key: "size.tests", Label: pair("Vérifications de l’échantillon", "Tests of the sample"), Type: Text, Optional: true}
	if a := m.Assessment; a != nil {
		box.Value = paragraphs(
			Say(func(l report.Language) string {
				return l.T("%s, %s lues et %s rejetées ; octets dont il est rendu compte : %s sur %s.", "%s, %s read and %s rejected; bytes accounted for: %s of %s.",
					l.N(int64(len(a.Inputs)), "fichier", "fichiers", "file", "files"), l.N(a.Rows.Read, "ligne", "lignes", "row", "rows"), l.Int(a.Rows.Rejected), l.Int(a.Bytes.Accounted), l.Int(a.Bytes.Total))
			}),
			Say(func(l report.Language) string {
				return l.T("Comparés à %s du registre, en %s.", "Compared with %s of the register, in %s.",
					l.N(a.Register.People, "personne", "personnes", "person", "people"), l.N(int64(a.Register.Snapshots), "instantané", "instantanés", "snapshot", "snapshots"))
			}),
			Say(func(l report.Language) string {
				return l.T("Lignes rattachées : %s ; ambiguës : %s ; sans personne du registre : %s.", "Rows linked: %s; ambiguous: %s; of nobody of the register: %s.", l.Int(a.Linked.Rows), l.Int(a.Linked.Ambiguous), l.Int(a.Linked.Unlinked))
			}),
		)
		for _, t := range a.Size.Tests {
			tests.Value.Text = append(tests.Value.Text, Say(func(l report.Language) string { return report.SizeTest(l, t) }))
		}
		if a.Honey.Found > 0 {
			box.Value.Text = append(box.Value.Text, Say(func(l report.Language) string { return l.HoneySays(a.Honey) }))
		}
	}
	m.put(box, m.found("inputs, register, linked", pair("fichiers, registre, rattachements", "files, register, links"))...)
	m.put(tests, m.found("size.tests", pair("vérifications", "tests"))...)
	value, from := m.moves()
	m.put(Box{Key: "estimates.moved", Label: pair("Comment les nombres ont bougé", "How the numbers moved"), Type: Table, Optional: true, Value: value}, from...)
	m.put(Box{Key: "impact.review", Label: pair("Quand cette évaluation sera revue", "When this assessment will be reviewed"), Type: Text, Ask: askOfficer})
}
