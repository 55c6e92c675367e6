package form

import (
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/kind"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/evidence"
	"constat.example/desk/report"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// nis2 are the reports of article 23(4), in the order in which they are due.
func nis2() []*Form {
	stages := []string{"nis2-warning", "nis2-notification", "nis2-intermediate", "nis2-progress", "nis2-final"}
	report := func(i int, point string, meets deadline.Kind, title words.Both, parts ...func(*Maker)) *Form {
		return &Form{
			Name: stages[i], Version: "2022/2555", Title: title, After: stages, Meets: string(meets),
			Basis: pair(
				"Directive (UE) 2022/2555 (NIS2), article 23(4)("+point+"). La France ne l’avait pas transposée à la mi-2026 : le devoir n’y court que si l’affaire l’active (« with: [nis2-fr] »).",
				"Directive (EU) 2022/2555 (NIS2), article 23(4)("+point+"). France had not transposed it by mid-2026: the duty runs there only where the case switches it on (\"with: [nis2-fr]\").",
			),
			For: pair("CSIRT ou autorité compétente ; en France l’ANSSI (CERT-FR). À transmettre par la voie qu’ils indiquent.", "CSIRT or competent authority; in France ANSSI (CERT-FR). To be handed in by the way that they name."),
			Fill: func(m *Maker) {
				m.nis2Entity(meets)
				for _, part := range parts {
					part(m)
				}
			},
		}
	}
	return []*Form{
		report(0, "a", deadline.NIS2Warned, pair("NIS2 : alerte précoce (24 heures)", "NIS2: early warning (24 hours)"), nis2Incident, nis2Suspicion, nis2Borders),
		report(1, "b", deadline.NIS2Notified, pair("NIS2 : notification d’incident (72 heures)", "NIS2: incident notification (72 hours)"),
			nis2Incident, nis2Suspicion, nis2Borders, nis2Severity, nis2Indicators, nis2Measures),
		report(2, "c", deadline.NIS2Intermediate, pair("NIS2 : rapport intermédiaire, à la demande", "NIS2: intermediate report, on request"),
			nis2Incident, nis2Status, nis2Suspicion, nis2Borders, nis2Severity, nis2Indicators, nis2Measures),
		report(3, "e", deadline.NIS2Progress, pair("NIS2 : rapport d’avancement, tant que l’incident dure", "NIS2: progress report, while the incident lasts"),
			nis2Incident, nis2Status, nis2Suspicion, nis2Borders, nis2Severity, nis2Indicators, nis2Measures),
		report(4, "d", deadline.NIS2Final, pair("NIS2 : rapport final (un mois)", "NIS2: final report (one month)"),
			nis2Incident, nis2Description, nis2Severity, nis2Cause, nis2Borders, nis2Indicators, nis2Measures),
	}
}

func (m *Maker) nis2Entity(meets deadline.Kind) {
	note := words.Both{}
	if p := m.party(); p != nil {
		rule := map[deadline.Kind]string{
			deadline.NIS2Warned: "nis2-early", deadline.NIS2Notified: "nis2-72h", deadline.NIS2Intermediate: "nis2-asked", deadline.NIS2Progress: "nis2-progress", deadline.NIS2Final: "nis2-final",
		}[meets]
		for i := range m.Duties {
			if d := &m.Duties[i]; d.Rule == rule && d.Party == p.ID {
				w := d.Standing()
				note = joined(" ", pair("Échéance : "+lower(w.FR)+".", "Deadline: "+lower(w.EN)+"."), d.Why)
			}
		}
	}
	m.part(pair("L’entité", "The entity"), note)
	m.describe()
	m.add(ownActivity())
	class := Box{
		Key: "nis2.class", Label: pair("Catégorie d’entité", "Class of entity"), Type: Choice, Ask: pair("Le service juridique le sait.", "The legal department knows."),
		Options: []Option{{"essential", pair("Essentielle", "Essential")}, {"important", pair("Importante", "Important")}, {"none", pair("Ni l’une ni l’autre : signalement volontaire (article 30)", "Neither: reported voluntarily (article 30)")}},
	}
	if p := m.party(); p != nil && p.NIS2 != "" {
		class.Value = chosen(p.NIS2)
	}
	m.put(class, m.parties()...)
	m.put(Box{Key: "contact.security", Label: pair("Contact joignable à toute heure", "Contact who can be reached at any hour"), Type: Text, Ask: askSecurity})
	reference := Box{Key: "nis2.reference", Label: pair("Référence donnée par le destinataire", "Reference that the addressee gave"), Type: Text, Optional: true}
	var from []Source
	for i := range m.Filings {
		if f := &m.Filings[i]; f.Reference != "" && strings.HasPrefix(f.Form, "nis2-") {
			reference.Value, from = paragraphs(outside(f.Reference)), []Source{m.fromFiling(f)}
		}
	}
	m.put(reference, from...)
}

func nis2Incident(m *Maker) {
	m.part(pair("L’incident", "The incident"), words.Both{})
	m.put(Box{Key: "case.id", Label: pair("Référence de l’incident", "Reference of the incident"), Type: Text, Value: paragraphs(same(m.Case))}, m.fromCase())
	m.add(m.standingBox())
	m.add(m.discovered())
	m.when(Box{Key: "incident.significant", Label: pair("Connaissance d’un incident important", "Awareness of a significant incident"), Ask: pair("À enregistrer : c’est de là que courent les 24 et les 72 heures (événement « significant »).", "To be recorded: the 24 and 72 hours run from it (event \"significant\").")}, deadline.Significant)
	m.significance()
	m.add(m.circumstances())
	m.add(m.begun())
	m.add(m.ended())
	m.add(m.ongoing())
}

// significance says by which of the two criteria of article 23(3) an incident is
// significant. That a high risk to people is likely is a person's decision, and the second.
func (m *Maker) significance() {
	box := Box{
		Key: "nis2.significance", Label: pair("Pourquoi il est important (article 23(3))", "Why it is significant (article 23(3))"), Type: Choices, Ask: pair("La direction et la sécurité en décident.", "Management and security decide it."),
		Options: []Option{
			{"operations", pair("Perturbation grave des services ou pertes financières pour l’entité", "Severe disruption of services or financial loss for the entity")},
			{"others", pair("Dommages matériels ou moraux considérables pour d’autres personnes", "Considerable material or non-material damage to other persons")},
		},
	}
	var from []Source
	if d := m.State.Current(casefile.People); d != nil && (d.Choice == casefile.Inform || d.Choice == casefile.Publicly) {
		box.Value, from = chosen("others"), []Source{m.fromDecision(d)}
	}
	m.put(box, from...)
}

func nis2Suspicion(m *Maker) {
	m.part(pair("Acte illicite ou malveillant", "Unlawful or malicious act"), words.Both{})
	m.unlawful()
	box := Box{Key: "cause.grounds", Label: pair("Ce qui le fait penser", "What makes one think so"), Type: Text, Ask: askSecurity}
	grounds, from := m.grounds()
	box.Value = paragraphs(grounds...)
	if m.coded("cause.malicious") == "no" {
		box.Value, box.Why = Value{}, pair("Aucun n’est soupçonné.", "None is suspected.")
	}
	m.put(box, from...)
}

// unlawful says whether an unlawful or malicious act is suspected: a person said so with the
// severity, or a copy of the register is offered by somebody.
func (m *Maker) unlawful() {
	box := Box{Key: "cause.malicious", Label: pair("Un acte illicite ou malveillant est-il soupçonné ?", "Is an unlawful or malicious act suspected?"), Type: Choice, Options: yesNo, Ask: askSecurity}
	var from []Source
	known := false
	if m.Severity != nil {
		for _, p := range m.Severity.CB {
			if p.Part == "malice" && p.Known {
				known, from = true, []Source{m.fromSeverity("cb.malice")}
				box.Value = chosen(map[bool]string{true: "yes", false: "no"}[p.Points > 0])
			}
		}
	}
	if !known && m.ours() && len(m.Claims) > 0 {
		box.Value, from = chosen("yes"), []Source{m.Assessed("verdict", pair("provenance du fichier", "origin of the file")), m.fromClaim(0)}
	}
	m.put(box, from...)
}

// grounds are what speaks for a malicious act.
func (m *Maker) grounds() (all []words.Both, from []Source) {
	if m.ours() && len(m.Claims) > 0 {
		all = append(all, Say(func(l report.Language) string {
			return l.T("Une copie du registre est proposée ou publiée par un tiers (%s).", "A copy of the register is offered or published by somebody (%s).", l.N(int64(len(m.Claims)), "revendication", "revendications", "claim", "claims"))
		}))
		from = append(from, m.Assessed("verdict", pair("provenance du fichier", "origin of the file")), m.fromClaim(len(m.Claims)-1))
	}
	if m.Assessment != nil {
		for i, s := range m.Assessment.Suspects {
			if s.Likelihood <= 0.5 {
				continue
			}
			all = append(all, Say(func(l report.Language) string {
				return l.T("Le compte « %s » a lu %s, dont %s exposées ; son travail en explique environ %s.", "The account “%s” read %s, %s of them exposed; its work explains about %s.",
					visible.Text(s.Account, longest), l.N(s.Read, "personne", "personnes", "person", "people"), l.Int(s.Exposed), l.Int(int64(s.Expected+0.5)))
			}))
			from = append(from, m.Assessed(fmt.Sprintf("suspects[%d]", i), pair("comptes", "accounts")))
		}
	}
	for _, x := range m.chronology(false) {
		if x.from.Room == FromAlarm {
			when := m.dated(x)
			all, from = append(all, pair(when.FR+" : "+x.what.FR, when.EN+": "+x.what.EN)), append(from, x.from)
		}
	}
	return all, from
}

func nis2Borders(m *Maker) {
	m.part(pair("Effet transfrontière", "Effect across borders"), words.Both{})
	m.borders()
}

// borders says whether other states are concerned: parties of the case in another country
// are; whether people abroad are, no evidence tells surely.
func (m *Maker) borders() {
	box := Box{Key: "crossborder", Label: pair("L’incident peut-il toucher d’autres États membres ?", "May the incident affect other Member States?"), Type: Choice, Options: yesNo, Ask: pair("La personne déléguée à la protection des données et la sécurité le savent.", "The data-protection officer and security know.")}
	states := Box{Key: "crossborder.states", Label: pair("Lesquels, et comment", "Which, and how"), Type: Text, Ask: box.Ask}
	var from []Source
	if p := m.party(); p != nil {
		for _, o := range m.Clock.Parties {
			if o.Country != p.Country {
				box.Value = chosen("yes")
				states.Value.Text = append(states.Value.Text, pair(visible.Text(o.Name, longest)+" : "+o.Country, visible.Text(o.Name, longest)+": "+o.Country))
				from = m.parties()
			}
		}
	}
	if answer, ok := m.Answers[box.Key]; ok && !slices.Contains(answer.Value.Codes, "yes") {
		states.Why, states.Value = pair("Aucun autre État n’est dit touché.", "No other State is said to be affected."), Value{}
	}
	m.put(box, from...)
	m.put(states, from...)
}

func nis2Severity(m *Maker) {
	m.part(pair("Gravité et effets", "Severity and impact"), words.Both{})
	m.put(m.severity(), m.severityFrom()...)
	m.add(m.peopleCount())
	m.add(m.peopleBasis())
	m.add(m.detail(pair("Données touchées, par catégorie", "Data affected, by kind")))
	m.put(Box{Key: "impact.services", Label: pair("Services touchés, et depuis quand", "Services affected, and since when"), Type: Text, Ask: askSecurity})
	m.put(Box{Key: "impact.losses", Label: pair("Pertes financières et autres dommages connus", "Financial losses and other damage known"), Type: Text, Ask: pair("La direction financière le sait.", "The finance department knows.")})
}

// severity is the severity in words: ENISA's band, and what it means for people.
func (m *Maker) severity() Box {
	box := Box{Key: "severity.text", Label: pair("Gravité pour les personnes", "Severity for people"), Type: Text, Ask: askOfficer}
	if s := m.Severity; s != nil && s.Band != "" {
		band := pair("Gravité selon l’ENISA : "+s.BandWords.FR+".", "Severity by ENISA: "+s.BandWords.EN+".")
		if s.SE != nil {
			band = Say(func(l report.Language) string {
				return l.T("Gravité selon l’ENISA : %s (score de %s).", "Severity by ENISA: %s (score %s).", s.BandWords.In(l.Lang()), l.Dec(s.SE.Value(), 2))
			})
		}
		box.Value = paragraphs(band, s.Criterion)
	}
	return box
}

func (m *Maker) severityFrom() []Source { return []Source{m.fromSeverity("se")} }

func nis2Indicators(m *Maker) {
	m.part(pair("Indicateurs de compromission", "Indicators of compromise"),
		pair("Comptes et adresses tels que les journaux les montrent : un compte n’est pas une personne.", "Accounts and addresses as logs show them: an account is not a person."))
	box := Box{Key: "indicators", Label: pair("Indicateurs, s’il y en a", "Indicators, where available"), Type: Table, Optional: true}
	var from []Source
	box.Value, from = m.indicators()
	m.put(box, from...)
	m.put(Box{Key: "indicators.more", Label: pair("Autres indicateurs", "Other indicators"), Type: Text, Optional: true})
}

// indicators are accounts, addresses and files by which others may know the same attack.
func (m *Maker) indicators() (Value, []Source) {
	head := []words.Both{pair("Type", "Type"), pair("Valeur", "Value"), pair("Du", "From"), pair("Au", "To")}
	var all [][]words.Both
	var from []Source
	seen := map[string]bool{}
	add := func(s Source, kind words.Both, value string, first, last words.Both) {
		if value == "" || seen[kind.EN+value] {
			return
		}
		seen[kind.EN+value] = true
		all, from = append(all, []words.Both{kind, same(value), first, last}), append(from, s)
	}
	account, address := pair("Compte utilisé", "Account used"), pair("Adresse d’origine", "Address of origin")
	if m.Assessment != nil {
		for i, s := range m.Assessment.Suspects {
			if s.Likelihood <= 0.5 {
				continue
			}
			src := m.Assessed(fmt.Sprintf("suspects[%d]", i), pair("comptes", "accounts"))
			is := account
			if s.Address {
				is = address
			}
			add(src, is, visible.Text(s.Account, longest), m.told(&s.First), m.told(&s.Last))
			for _, w := range s.Addresses {
				add(src, address, visible.Text(w.Name, longest), m.told(&s.First), m.told(&s.Last))
			}
		}
	}
	for i := range m.Alarms {
		x := &m.Alarms[i]
		add(m.fromAlarm(i), account, visible.Text(x.Account, longest), m.instant(x.At), m.instant(x.At))
		add(m.fromAlarm(i), address, visible.Text(x.Address, longest), m.instant(x.At), m.instant(x.At))
	}
	for i := range m.Originals {
		o := &m.Originals[i]
		if o.Role == evidence.Post {
			continue // what we kept of a page is ours
		}
		add(m.fromOriginal(o), pair("Fichier proposé (SHA-256)", "File offered (SHA-256)"), o.SHA256, m.instant(o.Received), words.Both{})
	}
	return rows(head, all), from
}

func nis2Measures(m *Maker) {
	m.part(pair("Mesures", "Measures"), words.Both{})
	m.add(m.measures())
	m.add(m.prevention())
}

func nis2Status(m *Maker) {
	m.part(pair("Où en est le traitement", "Where the handling stands"), words.Both{})
	m.put(Box{Key: "nis2.status", Label: pair("État du traitement", "State of the handling"), Type: Text, Ask: askSecurity})
	value, from := m.moves()
	m.put(Box{Key: "estimates.moved", Label: pair("Ce qui a changé dans les constats", "What changed in the findings"), Type: Table, Optional: true, Value: value}, from...)
}

// moves are how findings moved from one assessment to the next.
func (m *Maker) moves() (Value, []Source) {
	head := []words.Both{pair("Constaté le", "Established on"), pair("Fichier", "File"), pair("Personnes dans le fichier", "People in the file"), pair("Estimation", "Estimate"), pair("Annoncé", "Claimed")}
	var all [][]words.Both
	var from []Source
	for i := range m.History {
		h := &m.History[i]
		all = append(all, []words.Both{
			m.instant(h.Time), Say(func(l report.Language) string { return l.Class(h.Class) }), integer(h.People), orDash(h.Size), orDash(h.Claimed),
		})
		from = append(from, m.fromHistory(i))
	}
	if len(all) < 2 {
		return Value{}, nil
	}
	return rows(head, all), from
}

func orDash(n *int64) words.Both {
	if n == nil {
		return same("–")
	}
	return integer(*n)
}

func nis2Description(m *Maker) {
	m.part(pair("Description détaillée", "Detailed description"), words.Both{})
	value, from := m.timeline(false)
	m.put(Box{Key: "timeline", Label: pair("Déroulement", "Course of events"), Type: Table, Value: value, Ask: askSecurity}, from...)
	value, from = m.moves()
	m.put(Box{Key: "estimates.moved", Label: pair("Ce qui a changé dans les constats", "What changed in the findings"), Type: Table, Optional: true, Value: value}, from...)
}

func nis2Cause(m *Maker) {
	m.part(pair("Menace ou cause", "Threat or root cause"), words.Both{})
	m.unlawful()
	m.rootCause()
}

// threats are kinds of root causes, after the types of incidents that CSIRTs count.
var threats = []Option{
	{"account", pair("Compte usurpé ou détourné", "Account taken over")},
	{"insider", pair("Acte d’une personne habilitée", "Act of a person with rights")},
	{"vulnerability", pair("Faille exploitée", "Vulnerability exploited")},
	{"configuration", pair("Défaut de configuration ou de droits", "Fault of configuration or rights")},
	{"malware", pair("Logiciel malveillant", "Malware")},
	{"social", pair("Hameçonnage ou manipulation", "Phishing or manipulation")},
	{"supplier", pair("Par un sous-traitant ou un partenaire", "Through a processor or partner")},
	{"lost", pair("Perte ou vol d’un support", "Loss or theft of a medium")},
	{"unknown", pair("Inconnue pour l’instant", "Not known yet")},
}

// rootCause asks for the root cause, beside what the logs show of the way.
func (m *Maker) rootCause() {
	m.put(Box{Key: "cause.threat", Label: pair("Type de menace ou de cause", "Type of threat or cause"), Type: Choices, Options: threats, Ask: askSecurity, Help: m.forced()})
	m.put(Box{Key: "cause.root", Label: pair("Cause première", "Root cause"), Type: Text, Ask: askSecurity})
	way := Box{Key: "cause.way", Label: pair("Comptes par lesquels les personnes exposées ont été lues", "Accounts that exposed people were read through"), Type: Table, Value: m.suspects(), Ask: pair("Des journaux d’accès le diraient (« constat trace »).", "Access logs would tell (\"constat trace\").")}
	m.put(way, m.Assessed("suspects", pair("comptes", "accounts")))
	m.put(Box{Key: "cause.blind", Label: pair("Ce que les journaux ne peuvent pas montrer", "What the logs cannot show"), Type: Text, Value: paragraphs(m.blind()...), Ask: way.Ask}, m.Assessed("trace.blind_spots", pair("angles morts", "blind spots")))
}

// forced says what in the evidence bears on the type of cause; it proves none.
func (m *Maker) forced() words.Both {
	var hints []words.Both
	if m.exposedBy().Has(kind.Password) {
		hints = append(hints, pair("des mots de passe sont dans le fichier", "passwords are in the file"))
	}
	for i := range m.Alarms {
		switch m.Alarms[i].Rule {
		case "forced":
			hints = append(hints, pair("la veille a vu des connexions échouées puis réussies", "the watch saw failed logins, then one that succeeded"))
		case "left":
			hints = append(hints, pair("la veille a vu le compte d’une personne partie", "the watch saw the account of somebody who left"))
		}
	}
	if len(hints) == 0 {
		return words.Both{}
	}
	all := parted(hints...)
	return pair("À considérer : "+all.FR+".", "To be considered: "+all.EN+".")
}
