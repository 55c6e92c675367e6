package form

import (
	"slices"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/report"
	"constat.example/internal/words"
)

// The EDPB's common template v1.0 (adopted 8 June 2026) could not be read itself: numbers,
// order and what each field takes are those of an extraction published under CC BY 4.0
// (docs/documents.md); the words are ours.

func edpb() *Form {
	return &Form{
		Name: "edpb", Version: "1.0", Meets: string(deadline.Notified), After: []string{"edpb"},
		Basis: pair("RGPD, articles 33 et 34 ; modèle commun du CEPD, version 1.0, en consultation jusqu’au 5 août 2026", "GDPR, articles 33 and 34; common template of the EDPB, version 1.0, in consultation until 5 August 2026"),
		Title: pair("Notification d’une violation selon le modèle commun européen", "Notification of a breach by the common European template"),
		For:   pair("Autorité de contrôle, quand elle aura adopté le modèle", "The supervisory authority, once it has taken the template over"),
		Refuse: func(f *Facts) words.Both {
			if f.last([]string{"edpb"}) != nil {
				return words.Both{} // what was notified can be taken back
			}
			return refuted(f)
		},
		Fill: func(m *Maker) {
			dry := m.dry()
			dry.toEDPB(false)
			m.toEDPB(dry.d.Counts.Asked == 0)
		},
	}
}

var (
	dataTypes = []Option{
		option("basic", "Identité de base (nom, prénom, naissance)", "Basic data (names, birth)"),
		option("contact", "Coordonnées", "Contact details"),
		option("biometric", "Données biométriques", "Biometric data"),
		option("offences", "Condamnations, infractions, mesures de sûreté", "Convictions, offences, security measures"),
		option("political", "Opinions politiques", "Political opinions"),
		option("origin", "Origine raciale ou ethnique", "Racial or ethnic origin"),
		option("religious", "Convictions religieuses ou philosophiques", "Religious or philosophical beliefs"),
		option("sexual", "Vie ou orientation sexuelle", "Sex life or sexual orientation"),
		option("union", "Appartenance syndicale", "Trade union membership"),
		option("genetic", "Données génétiques", "Genetic data"),
		option("health", "Santé", "Health"),
		option("economic", "Données économiques et financières", "Economic and financial data"),
		option("work_health", "Santé au travail", "Health at work"),
		option("identification", "Numéros d’identification", "Identification numbers"),
		option("location", "Localisation", "Location"),
		option("papers", "Copies de documents officiels", "Copies of official documents"),
		option("payment", "Moyens de paiement", "Means of payment"),
		option("profile", "Profils", "Profiles"),
		option("credentials", "Identifiants et secrets de connexion", "Credentials"),
		option("unknown", "Pas encore connu", "Not known yet"),
		option("other", "Autres types", "Other types"),
	}

	incidents = []Option{
		option("abuse", "Abus de droits d’accès par un employé", "Abuse of rights by an employee"),
		option("ransomware", "Chiffrement, rançongiciel", "Encryption, ransomware"),
		option("malware", "Intrusion ou logiciel malveillant détecté", "Intrusion or malware detected"),
		option("phishing", "Hameçonnage, manipulation", "Phishing, social engineering"),
		option("vulnerability", "Vulnérabilité exploitée", "Vulnerability exploited"),
		option("access", "Accès non autorisé à des données dans un système", "Unauthorised access to data in a system"),
		option("exfiltration", "Extraction non autorisée de données", "Unauthorised extraction of data"),
		option("mixed_up", "Données d’une autre personne affichées", "Data of another person shown"),
		option("device", "Appareil perdu ou volé", "Device lost or stolen"),
		option("device_waste", "Données restées sur un appareil mis au rebut", "Data left on a device thrown away"),
		option("paper_waste", "Papier mal détruit", "Paper not destroyed properly"),
		option("mail", "Courrier perdu, ouvert ou mal distribué", "Mail lost, opened or misdelivered"),
		option("configuration", "Erreur de configuration", "Misconfiguration"),
		option("permissions", "Droits d’accès mal donnés", "Wrong access rights"),
		option("paper", "Papier perdu, volé ou laissé accessible", "Paper lost, stolen or left in reach"),
		option("deleted", "Données effacées ou détruites", "Data erased or destroyed"),
		option("displayed", "Données affichées au mauvais destinataire", "Data displayed to the wrong recipient"),
		option("misdirected", "Données envoyées par erreur", "Data sent by mistake"),
		option("open_copy", "Courriel à plusieurs destinataires visibles", "E-mail with all recipients visible"),
		option("malfunction", "Panne", "Technical malfunction"),
		option("altered", "Modification non autorisée", "Unauthorised modification"),
		option("publication", "Publication involontaire", "Unintended publication"),
		option("verbal", "Divulgation orale", "Disclosure by word of mouth"),
		option("open", "À déterminer", "To be determined"),
		option("other", "Autre", "Other"),
	}

	means34 = []Option{
		option("unintelligible", "Données rendues incompréhensibles par des mesures préalables (34(3)(a))", "Data made unintelligible by measures taken before (34(3)(a))"),
		option("averted", "Risque élevé écarté par des mesures prises ensuite (34(3)(b))", "High risk removed by measures taken since (34(3)(b))"),
		option("effort", "Efforts disproportionnés, communication publique (34(3)(c))", "Disproportionate effort, public communication (34(3)(c))"),
	}

	depends = func(box string) words.Both {
		return pair("Selon la case "+box+".", "Depends on box "+box+".")
	}
)

// toEDPB fills the template, told whether nothing is asked any more.
func (m *Maker) toEDPB(complete bool) {
	m.edpbType(complete)
	m.edpbController()
	m.edpbContacts()
	m.edpbTimes()
	m.edpbNature()
	m.edpbSubjects()
	m.edpbConsequences()
	m.edpbMeasures()
	m.edpbOthers()
}

func (m *Maker) edpbType(complete bool) {
	m.Section("1.1", pair("Notification et responsable de traitement", "Notification and controller"), words.Both{})
	earlier := m.Facts.last([]string{"edpb"})
	kinds := []Option{option("new", "Nouvelle notification", "New notification"), option("follow_up", "Suite d’une notification", "Follow-up of a notification")}
	from := m.fromCase()
	value := "new"
	if earlier != nil {
		value, from = "follow_up", m.fromFiling(earlier)
	}
	m.at("3", fact{Box{Key: "form.edpb", Label: pair("Nouvelle notification ou suite", "New notification or follow-up"), Type: Choice, Options: kinds, Value: chosen(value)}, []Source{from}})
	subtype := "incomplete"
	standing := m.State.Current(casefile.Standing)
	withdraw := earlier != nil && standing != nil && standing.Choice == casefile.Refuted
	switch {
	case withdraw:
		subtype, from = "withdraw", m.fromDecision(standing)
	case complete:
		subtype = "complete"
	}
	m.at("4", fact{Box{Key: "form.edpb.subtype", Label: pair("Complète, incomplète ou retrait", "Complete, incomplete or withdrawal"), Type: Choice, Value: chosen(subtype), Options: []Option{
		option("complete", "Complète", "Complete"), option("incomplete", "Incomplète", "Incomplete"), option("withdraw", "Retrait", "Withdrawal"),
	}}, []Source{from}})
	why := asked("notification.withdrawal", pair("Motifs du retrait", "Reasons for the withdrawal"), askOfficer)
	if withdraw {
		why.Value, why.from = paragraphs(same(standing.Reason)), []Source{from}
	}
	m.at("5", why.apart(!withdraw, pair("Rien n’est retiré.", "Nothing is withdrawn.")))
	m.at("6", m.reference([]string{"edpb"}).apart(earlier == nil, pair("C’est une nouvelle notification.", "It is a new notification.")))
	m.at("7", fact{Box{Key: "case.id", Label: pair("Référence interne", "Internal reference"), Type: Text, Value: paragraphs(same(m.Case))}, []Source{m.fromCase()}})
}

func (m *Maker) edpbController() {
	m.at("10", own("organisation.identifier", pair("Type d’identifiant", "Type of identifier"), option("company", "Numéro d’entreprise", "Company number"), option("organisation", "Numéro d’organisme", "Organisation number"), option("vat", "Numéro de TVA", "VAT number")).optional())
	m.at("11", own("organisation.siren", pair("Identifiant", "Identifier")).optional())
	m.at("12", m.organisationName())
	m.at("13", own("organisation.address", pair("Coordonnées de l’organisme", "Contact details of the organisation")))
	f := m.sector()
	m.at("14", f)
	sector := m.coded("organisation.sector")
	if sector == "" && len(f.Value.Codes) > 0 {
		sector = f.Value.Codes[0]
	}
	why := depends("14")
	if sector == "public" {
		why = pair("L’organisme est public.", "The organisation is public.")
	}
	m.at("15", own("organisation.size", pair("Taille de l’organisme", "Size of the organisation"), option("micro", "Indépendant ou microentreprise", "Self-employed or micro-enterprise"), option("sme", "Petite ou moyenne entreprise", "Small or medium enterprise"), option("large", "Grande entreprise", "Large enterprise"), option("other", "Autre", "Other")).hidden(sector != "private", why))
	m.at("16", own("organisation.size.text", pair("Précisions sur l’organisme", "About the organisation")).hidden(m.coded("organisation.size") != "other", depends("15")))
	m.at("17", ownActivity())
	eea, known := m.inEEA()
	why = pair("L’organisme est établi dans l’EEE.", "The organisation is established in the EEA.")
	if !known {
		why = pair("Selon le pays de l’organisme, qui n’est pas dit.", "Depends on the country of the organisation, which is not said.")
	}
	m.at("18", own("organisation.representative.name", pair("Représentant dans l’EEE", "Representative in the EEA")).hidden(eea || !known, why))
	m.at("19", own("organisation.representative.address", pair("Ses coordonnées", "Their contact details")).hidden(eea || !known, why))

	m.Section("2.2", pair("Personne qui notifie", "Person who notifies"), words.Both{})
	m.at("21", reporter("name"))
	m.at("22", reporter("address"))
	m.at("23", reporter("function"))
	m.at("24", own("contact.reporter.function.text", pair("Sa fonction en clair", "Their function in words")).hidden(m.coded("contact.reporter.function") != "other", depends("23")))
	m.at("25", own("contact.reporter.id", pair("Numéro d’identification, là où l’État le demande", "Identification number, where the state asks for it")).optional())
	m.at("26", own("contact.reporter.accuracy", pair("Engagement sur l’exactitude, là où l’État le demande", "Assurance of accuracy, where the state asks for it")).optional())
}

// sector is public where a person stated of the party that it is an authority.
func (m *Maker) sector() fact {
	f := own("organisation.sector", pair("Secteur privé ou public", "Private or public sector"), sectors...)
	if p := m.party(); p != nil && p.Public != nil {
		code := map[bool]string{true: "public", false: "private"}[*p.Public]
		f.propose(chosen(code), joined("", confirm, pair("D’après ce qui est dit des parties de l’affaire.", "By what was stated of the parties of the case.")), m.parties()...)
	}
	return f
}

// eea are the states of the European Economic Area.
var eea = []string{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
}

func (m *Maker) inEEA() (is, known bool) {
	p := m.party()
	return p != nil && slices.Contains(eea, p.Country), p != nil
}

func (m *Maker) edpbContacts() {
	m.Section("2.3", pair("Contacts et autres parties", "Contacts and other parties"), words.Both{})
	officer := m.reporterIsOfficer()
	isReporter := pair("La personne qui notifie est le délégué.", "The person who notifies is the officer.")
	m.at("29", own("contact.dpo.designated", pair("Un délégué est-il désigné ?", "Is an officer designated?"), yesNo[:2]...).hidden(officer, isReporter))
	m.at("30", own("contact.dpo.name", pair("Nom du délégué à la protection des données", "Name of the data protection officer")).hidden(officer, isReporter))
	m.at("31", own("contact.dpo.address", pair("Ses coordonnées", "Their contact details")).hidden(officer, isReporter))
	m.at("33", own("contact.information", pair("Qui peut en dire plus", "Who can tell more"), option("dpo", "Le délégué", "The officer"), option("reporter", "La personne qui notifie", "The person who notifies"), option("other", "Une autre personne", "Somebody else")))
	who := m.coded("contact.information") != "other"
	m.at("34", own("contact.information.name", pair("Nom du contact", "Name of the contact")).hidden(who, depends("33")))
	m.at("35", own("contact.information.function", pair("Fonction du contact", "Function of the contact")).hidden(who, depends("33")))
	m.at("36", own("contact.information.address", pair("Coordonnées du contact", "Contact details of the contact")).hidden(who, depends("33")))
	m.at("38", m.processor())
	role := asked("processors.role", pair("Rôle de l’autre partie", "Role of the other party"), pair("Sous-traitant, responsable conjoint ?", "Processor, joint controller?"), option("processor", "Sous-traitant", "Processor"), option("joint", "Responsable conjoint", "Joint controller"), option("other", "Autre", "Other")).many()
	if len(m.processors()) > 0 {
		role.Value, role.from = chosen("processor"), m.parties()
	}
	m.at("39", role.apart(m.alone(), depends("38")))
	m.at("40", m.processorNames().labelled(pair("Nom des autres parties", "Name of the other parties")))
	m.at("41", asked("processors.address", pair("Leurs coordonnées", "Their contact details"), pair("Coordonnées de chacune.", "Contact details of each.")).apart(m.alone(), depends("38")))
}

func (m *Maker) edpbTimes() {
	m.Section("3.1", pair("Chronologie", "Timeline"), words.Both{})
	p := m.period()
	f := asked("breach.period", pair("Quand la violation a-t-elle eu lieu ?", "When did the breach occur?"), m.unknownPeriod(),
		option("day", "Un jour précis", "On one day"), option("between", "D’une date à une autre", "From a date to another"), option("ongoing", "Depuis une date, et elle dure", "From a date on, and it lasts"),
		option("undeterminable", "Ne peut être déterminé", "Cannot be determined"), option("open", "À déterminer", "To be determined"))
	if !p.begin.IsZero() && !p.end.IsZero() {
		f.Value, f.from = chosen("between"), p.from
		if p.begin.In(m.zone()).YearDay() == p.end.In(m.zone()).YearDay() && p.begin.In(m.zone()).Year() == p.end.In(m.zone()).Year() {
			f.Value = chosen("day")
		}
	}
	if m.lasts() {
		f.Value, f.from = chosen("ongoing"), m.of("incident.ongoing")
	}
	m.at("44", f)
	f = asked("breach.estimated", pair("Les dates ne sont qu’estimées", "The dates are estimates only"), m.unknownPeriod(), yesNo[:2]...)
	if !p.begin.IsZero() {
		f.Value, f.from = chosen("no"), p.from
		if p.estimated {
			f.Value = chosen("yes")
		}
	}
	m.at("45", f.apart(p.begin.IsZero(), depends("44")))
	m.at("46", m.begun())
	m.at("47", m.ended())
	m.at("48", m.aware())
	m.at("49", m.delay())
	m.at("50", m.how())
	m.at("51", m.discoveryText())
	other := m.first("discovery.told.at", pair("Date à laquelle l’autre partie l’a signalée", "Date on which the other party told of it"), askSecurity, deadline.Signal)
	how := m.coded("discovery.how")
	if how == "" {
		how, _ = m.seenBy()
	}
	m.at("52", other.apart(how == "" || how == "controller", depends("50")))
	m.at("53", m.timelineText())
}

// seenBy is how the breach was seen first, with where that stands: by the watch, or as
// somebody claimed to have the data; "" where nothing tells.
func (m *Maker) seenBy() (how string, from []Source) {
	if len(m.Claims) == 0 {
		return "", nil
	}
	if i := m.event(deadline.Signal); i >= 0 && m.Claims[0].FirstSeen.After(m.Clock.Events[i].At) {
		for n := range m.Alarms {
			if !m.Alarms[n].At.After(m.Clock.Events[i].At) {
				return "controller", []Source{m.fromAlarm(n)}
			}
		}
	}
	return "other", []Source{m.fromClaim(0)}
}

func (m *Maker) how() fact {
	f := asked("discovery.how", pair("Comment la violation a-t-elle été découverte ?", "How was the breach discovered?"), askSecurity,
		option("controller", "Par le responsable de traitement", "By the controller"), option("processor", "Par un sous-traitant, qui l’a signalée", "By a processor, who told of it"), option("subject", "Par une personne concernée", "By a data subject"),
		option("external", "Par un tiers", "By somebody outside"), option("press", "Par la presse", "By the press"), option("other", "Autrement", "Otherwise"))
	switch by, from := m.seenBy(); by {
	case "controller":
		f.propose(chosen("controller"), joined("", confirm, pair("Une alerte et le premier signal précèdent la première revendication.", "An alarm and the first signal came before the first claim.")), from...)
	case "other":
		f.propose(chosen("other"), joined("", confirm, pair("Quelqu’un prétend détenir les données ; qui a vu cette revendication n’est pas enregistré.", "Somebody claims to have the data; who saw that claim is not recorded.")), from...)
	}
	return f
}

func (m *Maker) timelineText() fact {
	f := asked("timeline.text", pair("Précisions sur la chronologie", "About the timeline"), askLater)
	if p := m.period(); !p.begin.IsZero() {
		f.Value, f.from = paragraphs(p.why, m.copied()), append(f.from, p.from...)
	}
	for _, i := range m.events() {
		if e := &m.Clock.Events[i]; i < len(m.State.Events) && (e.Kind == deadline.Signal || e.Kind == deadline.Investigation || e.Kind == deadline.Aware) {
			w, at := m.evidenced(e), m.instant(e.At)
			f.Value.Text = append(f.Value.Text, pair("Le "+at.FR+" : "+w.FR, at.EN+": "+w.EN))
			f.from = append(f.from, m.fromEvent(i))
		}
	}
	return f
}

func (m *Maker) edpbNature() {
	m.Section("3.2", pair("Nature de la violation", "Nature of the breach"), words.Both{})
	nature := m.nature()
	m.at("55", nature)
	codes := nature.Value.Codes
	if a, ok := m.Answers["nature"]; ok {
		codes = a.Value.Codes
	}
	is := func(code string) bool { return slices.Contains(codes, code) }
	f := asked("confidentiality.type", pair("Ce qu’il en est de la confidentialité", "What became of confidentiality"), askSecurity,
		option("exfiltrated", "Données sorties ou divulguées", "Data taken or disclosed"), option("likely", "Probablement sorties, sans preuve", "Likely taken, without evidence"), option("not", "Ni sorties ni divulguées, avec de bonnes raisons de le dire", "Neither taken nor disclosed, with good reason to say so"),
		option("undeterminable", "Ne peut être évalué", "Cannot be assessed"), option("open", "À déterminer", "To be determined"))
	if m.ours() {
		f.Value, f.from = chosen("exfiltrated"), []Source{m.Assessed("verdict", pair("d’où vient le fichier", "where the file comes from"))}
	}
	m.at("56", f.apart(!is("confidentiality"), depends("55")))
	m.at("57", m.unintelligible().apart(!is("confidentiality"), depends("55")))
	m.at("58", m.extent("integrity", pair("Ce qu’il en est de l’intégrité", "What became of integrity"),
		option("none", "Altérées, sans signe d’usage illicite", "Altered, without a sign of illegal use"), option("contained", "Altérées avec usage illicite, réparable", "Altered with illegal use, reparable"), option("full", "Altérées avec usage illicite, irréparable", "Altered with illegal use, beyond repair")).apart(!is("integrity"), depends("55")))
	m.at("59", m.extent("availability", pair("Ce qu’il en est de la disponibilité", "What became of availability"),
		option("contained", "Indisponibles pour un temps", "Not available for a time"), option("full", "Indisponibles pour de bon", "Gone for good"), option("open", "Non déterminé", "Not determined")).apart(!is("availability"), depends("55")))
	f = asked("incident.type", pair("Type d’incident", "Type of incident"), askSecurity, incidents...)
	if m.ours() {
		f.propose(chosen("exfiltration"), joined("", confirm, pair("Un fichier copié du registre est aux mains d’autrui ; le moyen est dit à part.", "A file copied from the register is in somebody's hands; the means are told apart.")), m.Assessed("verdict", pair("d’où vient le fichier", "where the file comes from")))
	}
	m.at("60", f)
	m.at("61", m.causeEDPB())
	m.at("62", m.circumstances().labelled(pair("Description de l’incident", "Description of the incident")))
	m.at("63", own("organisation.systems", pair("Systèmes, logiciels et services en cause, et où ils se trouvent", "Systems, software and services involved, and where they are")))
}

// causeEDPB is the cause in the template's list. One that a person stated goes before what
// is proposed.
func (m *Maker) causeEDPB() fact {
	options := some(causes, "internal_accidental", "internal_malicious", "external_accidental", "external_malicious", "open", "unknown")
	f := m.cause(options)
	f.Key = "cause.edpb"
	if code := m.coded("cause"); slices.ContainsFunc(options, func(o Option) bool { return o.Code == code }) {
		f.Value, f.Why, f.Proposed, f.from = chosen(code), words.Both{}, false, m.of("cause")
	}
	return f
}

// unintelligible is whether who has the data can read it: what was linked to people by its
// values could be read.
func (m *Maker) unintelligible() fact {
	f := asked("data.unintelligible", pair("Les données étaient-elles incompréhensibles pour qui les détient ?", "Were the data unintelligible to whoever has them?"), askSecurity,
		option("intact", "Oui, et la protection tient", "Yes, and the protection holds"), option("weak", "Protégées, mais la protection a pu être levée", "Protected, but the protection may be undone"), option("no", "Non", "No"),
		option("undeterminable", "Ne peut être évalué", "Cannot be assessed"), option("open", "À déterminer", "To be determined"))
	switch {
	case m.Severity != nil && m.Severity.Unintelligible:
		f.Value, f.from = chosen("intact"), []Source{m.fromSeverity("unintelligible")}
	case m.ours() && m.Assessment.Linked.Rows > 0:
		f.Value, f.from = chosen("no"), []Source{m.Assessed("linked", pair("lignes rattachées par leurs valeurs lisibles", "rows linked by values that can be read"))}
	}
	return f
}

// extent is how far a breach went in one respect, as people said for its severity.
func (m *Maker) extent(part string, label words.Both, options ...Option) fact {
	f := asked(part+".type", label, askSecurity, options...)
	if m.Severity == nil {
		return f
	}
	for _, p := range m.Severity.CB {
		if p.Part == part && p.Points > 0 {
			f.Value, f.from = chosen(map[bool]string{true: "full", false: "contained"}[p.Points > 1]), []Source{m.fromSeverity("cb." + part)}
		}
	}
	return f
}

func (m *Maker) edpbSubjects() {
	m.Section("3.3", pair("Personnes concernées", "Data subjects"), words.Both{})
	m.at("65", ownPeople())
	m.at("66", own("organisation.people.text", pair("Précisions sur les catégories de personnes", "About the categories of people")))
	m.at("67", m.peoplePrecision())
	m.at("68", m.peopleCount())
	m.Section("3.4", pair("Données concernées", "Data concerned"), words.Both{})
	kinds := m.dataKinds("data.types", pair("Types de données", "Types of data"), dataTypes, func(c class) string { return c.edpb })
	if a, ok := m.Answers["data.sensitive"]; ok {
		v, _ := fits(Value{Codes: append(slices.Clone(kinds.Value.Codes), slices.DeleteFunc(slices.Clone(a.Value.Codes), func(code string) bool { return code == "none" })...)}, dataTypes)
		kinds.Value, kinds.from = v, append(kinds.from, m.answered(&a))
	}
	m.at("70", kinds)
	m.at("71", m.detail(pair("Précisions sur les données", "About the data")))
	m.at("72", m.recordPrecision())
	m.at("73", m.recordCount())
	m.Section("3.5", pair("Mesures en place", "Measures in place"), words.Both{})
	m.at("75", own("organisation.measures", pair("Mesures en place lors de la violation", "Measures in place when the breach occurred"), safeguards[:12]...).many())
	m.at("76", own("organisation.measures.text", pair("Précisions sur ces mesures", "About these measures")))
}

func (m *Maker) edpbConsequences() {
	m.Section("4.1", pair("Conséquences", "Consequences"), words.Both{})
	f := asked("consequences.confidentiality", pair("Suites probables de la perte de confidentialité", "Likely consequences of the loss of confidentiality"), askOfficer,
		option("beyond", "Données connues de gens qui ne devaient pas les avoir", "Data known to people who were not to have them"), option("linkable", "Données que l’on peut rapprocher d’autres sans peine", "Data that can be matched with others without effort"),
		option("misused", "Données utilisables à d’autres fins, ou illicitement", "Data usable for other ends, or unlawfully"), option("other", "Autre", "Other"), option("open", "En cours d’évaluation", "Being assessed")).many()
	confidential := m.ours()
	if a, ok := m.Answers["nature"]; ok {
		confidential = slices.Contains(a.Value.Codes, "confidentiality")
	}
	if m.ours() {
		codes := []string{"beyond"}
		if named(m.exposedBy()) || reached(m.exposedBy()) {
			codes = append(codes, "linkable")
		}
		if m.malicious() {
			codes = append(codes, "misused")
		}
		f.propose(chosen(codes...), joined("", confirm, pair("Une copie est sortie ; des noms ou coordonnées la rapprochent d’autres fichiers ; elle est revendiquée.", "A copy is out; names or contact details match it with other files; somebody claims to have it.")), m.Assessed("exposures.by_kind", pair("personnes par type de donnée", "people by kind of data")))
	}
	m.at("79", f.apart(!confidential, depends("55")))
	text := func(key, id string, label words.Both, other bool, box string) {
		m.at(id, asked(key, label, askOfficer).apart(!other, depends(box)))
	}
	text("consequences.confidentiality.text", "80", pair("Autres suites pour la confidentialité", "Other consequences for confidentiality"), slices.Contains(m.Answers["consequences.confidentiality"].Value.Codes, "other"), "79")
	m.edpbOther("integrity", "81", "82", pair("Suites probables de l’altération", "Likely consequences of the alteration"), pair("Autres suites pour l’intégrité", "Other consequences for integrity"),
		option("outdated", "Données altérées utilisées bien qu’elles ne valent plus", "Altered data used although no longer valid"), option("reused", "Données altérées, valables en apparence et réutilisées", "Data altered, valid to look at, and used for other ends"))
	m.edpbOther("availability", "83", "84", pair("Suites probables de l’indisponibilité", "Likely consequences of the loss of availability"), pair("Autres suites pour la disponibilité", "Other consequences for availability"),
		option("inaccessible", "Services inaccessibles", "Services that cannot be reached"), option("disrupted", "Services perturbés", "Services disrupted"))
	m.at("85", m.consequences(some(impacts, "control", "rights", "discrimination", "identity", "fraud", "money", "pseudonyms", "reputation", "secrecy", "disclosure", "disadvantage", "harm", "property", "other", "open")))
	text("consequences.other", "86", pair("Précisions sur les autres conséquences", "About the other consequences"), slices.Contains(m.Answers["consequences"].Value.Codes, "other"), "85")
	m.at("87", m.edpbSeverity())

	m.Section("4.2", pair("Évaluation du risque", "Assessment of the risk"), words.Both{})
	m.at("89", m.risk())
	m.at("90", m.riskText())
}

func (m *Maker) edpbOther(part, id, textID string, label, textLabel words.Both, options ...Option) {
	lost := slices.Contains(m.nature().Value.Codes, part)
	if a, ok := m.Answers["nature"]; ok {
		lost = slices.Contains(a.Value.Codes, part)
	}
	key := "consequences." + part
	m.at(id, asked(key, label, askOfficer, append(options, option("other", "Autre", "Other"), option("open", "En cours d’évaluation", "Being assessed"))...).many().apart(!lost, depends("55")))
	m.at(textID, asked(key+".text", textLabel, askOfficer).apart(!slices.Contains(m.Answers[key].Value.Codes, "other"), depends(id)))
}

// edpbSeverity is the severity on the template's three levels: the CNIL's two highest are
// its highest. A level that a person stated goes before the one that is proposed.
func (m *Maker) edpbSeverity() fact {
	f := asked("severity.edpb", pair("Gravité des conséquences", "Severity of the consequences"), askOfficer, option("minor", "Mineure", "Minor"), option("moderate", "Modérée", "Moderate"), option("severe", "Grave", "Severe"), option("open", "À déterminer", "To be determined"))
	scale := map[string]string{"negligible": "minor", "limited": "moderate", "significant": "severe", "maximum": "severe"}
	if a, ok := m.Answers["severity"]; ok && scale[m.coded("severity")] != "" {
		f.Value, f.from = chosen(scale[m.coded("severity")]), []Source{m.answered(&a)}
		return f
	}
	if g := m.gravity(); len(g.Value.Codes) > 0 {
		f.propose(chosen(scale[g.Value.Codes[0]]), g.Why, g.from...)
	}
	return f
}

// risk is what was decided of it: that people are to be told means that a high risk is
// likely, that the authority is not notified that none is.
func (m *Maker) risk() fact {
	f := asked("risk.outcome", pair("Résultat de l’évaluation du risque", "Outcome of the assessment of the risk"), askTelling,
		option("high", "Risque élevé probable", "High risk likely"), option("some", "Risque probable, non élevé", "Risk likely, not high"), option("none", "Risque improbable", "No risk likely"), option("open", "Il faut en savoir plus", "More has to be known"))
	t, notify := m.telling(), m.State.Current(casefile.Authority)
	switch {
	case t.is(casefile.Inform, casefile.Publicly, casefile.Restricted):
		f.Value, f.from = chosen("high"), []Source{m.fromDecision(t.decision)}
	case notify != nil && notify.Choice == casefile.NotNotify:
		f.Value, f.from = chosen("none"), []Source{m.fromDecision(notify)}
	case t.is(casefile.NotInform, casefile.Averted, casefile.Unreadable):
		f.Value, f.from = chosen("some"), []Source{m.fromDecision(t.decision)}
	}
	return f
}

func (m *Maker) riskText() fact {
	f := asked("risk.text", pair("Méthode et facteurs", "Method and factors"), askOfficer)
	s := m.Severity
	if s == nil || !m.ours() {
		return f
	}
	f.from = []Source{m.fromSeverity("dpc, ei, cb")}
	f.Value = paragraphs(Say(func(l report.Language) string {
		score := l.T("de %s à %s", "%s to %s", l.Dec(s.Low.Value(), 2), l.Dec(s.High.Value(), 2))
		if s.SE != nil {
			score = l.Dec(s.SE.Value(), 2)
		}
		return l.T("Méthode de l’ENISA (2013) : contexte %s × identification %s + circonstances = %s.", "ENISA's method (2013): context %s × identification %s + circumstances = %s.", l.Dec(s.DPC.Score.Value(), 2), l.Dec(s.EI.Score.Value(), 2), score)
	}), s.DPC.Why, s.EI.Why)
	for _, p := range s.CB {
		f.Value.Text = append(f.Value.Text, pair(upper(p.Words.FR)+".", upper(p.Words.EN)+"."))
	}
	return f
}

func (m *Maker) edpbMeasures() {
	m.Section("4.3", pair("Mesures prises", "Measures taken"), words.Both{})
	m.at("92", m.measures())
	m.Section("4.4", pair("Prévention et information des personnes", "Prevention and telling the people"), words.Both{})
	m.at("94", asked("measures.prevention", pair("Mesures contre une répétition", "Measures against a repetition"), askSecurity,
		some(safeguards, "anonymity", "backup", "processes", "encryption", "policies", "training", "erasure", "log", "levels", "logical", "audits", "physical", "pseudonyms", "updates", "other")...).many())
	m.at("95", m.prevention())
	m.at("97", m.informedEDPB())
	m.at("98", m.informedAt())
	m.at("99", m.informedPlanned())
	exempt := asked("people.exempt", pair("Exception de l’article 34(3)", "Exception of article 34(3)"), askOfficer, means34...)
	t := m.telling()
	ground := map[casefile.Choice]string{casefile.Unreadable: "unintelligible", casefile.Averted: "averted", casefile.Publicly: "effort"}
	applies := t.is(casefile.Unreadable, casefile.Averted, casefile.Publicly)
	if applies {
		exempt.Value, exempt.from = chosen(ground[t.decision.Choice]), []Source{m.fromDecision(t.decision)}
	}
	none := pair("Aucune exception n’est invoquée.", "No exception is invoked.")
	m.at("100", exempt.apart(!applies, none))
	f := asked("people.exempt.text", pair("Pourquoi l’exception s’applique", "Why the exception applies"), askOfficer)
	if applies {
		f.Value, f.from = paragraphs(same(t.decision.Reason)), []Source{m.fromDecision(t.decision)}
	}
	m.at("101", f.apart(!applies, none))
	m.at("102", asked("people.informed.all", pair("Toutes les personnes ont-elles été informées ?", "Have all people been told?"), askCommunication, option("all", "Toutes", "All"), option("some", "Pas toutes", "Not all")).apart(!t.told(), notToldYet))
	m.at("103", asked("people.informed.some", pair("Pourquoi pas toutes", "Why not all"), askCommunication).apart(m.coded("people.informed.all") != "some", depends("102")))
	m.at("104", m.informedMeans())
	m.at("105", asked("people.informed.means.text", pair("Autres moyens", "Other means"), askCommunication).apart(!slices.Contains(m.Answers["people.informed.means"].Value.Codes, "other"), depends("104")))
	m.at("106", m.informedContent())
}

func (m *Maker) informedEDPB() fact {
	f := asked("people.informed.edpb", pair("Les personnes ont-elles été informées ?", "Have the people been told?"), askTelling,
		option("yes", "Oui", "Yes"), option("dated", "Non, elles le seront à une date fixée", "No, they will be on a date that is set"), option("planned", "Non, elles le seront, à une date à fixer", "No, they will be, on a date to be set"), option("open", "Non, l’examen dure encore", "No, it is still being examined"),
		option("no_high_risk", "Non, aucun risque élevé n’est probable", "No, no high risk is likely"), option("exempt", "Non, une exception de l’article 34(3) vaut", "No, an exception of article 34(3) holds"))
	t := m.telling()
	f.from = t.from
	switch {
	case t.told():
		f.Value = chosen("yes")
	case t.planned():
		f.Value = chosen("planned")
		if a, ok := m.Answers["people.informed.planned"]; ok && a.Value.At != "" {
			f.Value, f.from = chosen("dated"), append(f.from, m.answered(&a))
		}
	case t.is(casefile.NotInform):
		f.Value = chosen("no_high_risk")
	case t.is(casefile.Unreadable, casefile.Averted):
		f.Value = chosen("exempt")
	case t.is(casefile.Restricted):
		f.from, f.Ask = nil, pair("Une loi interdit de les informer : le modèle n’a pas de case pour cela, une personne choisit.", "A law forbids to tell them: the template has no option for it, a person chooses.")
	}
	return f
}

func (m *Maker) edpbOthers() {
	m.Section("6.1", pair("Autres autorités", "Other authorities"), words.Both{})
	m.at("109", m.complained())
	told := m.authorities()
	f := asked("authorities.other", pair("D’autres autorités ont-elles été informées au titre d’autres lois ?", "Were other authorities told under other laws?"), told.Ask, yesNo...)
	for _, i := range m.others() {
		f.Value, f.from = chosen("yes"), append(f.from, m.fromEvent(i))
	}
	m.at("110", f)
	m.at("111", told.apart(len(told.from) == 0 && m.coded("authorities.other") != "yes" && m.coded("complaint.made") != "yes", depends("109, 110")))

	m.Section("6.2", pair("Responsable établi dans l’EEE", "Controller established in the EEA"), words.Both{})
	within, known := m.inEEA()
	outside := pair("Le responsable n’est pas établi dans l’EEE.", "The controller is not established in the EEA.")
	f = abroad()
	m.at("113", f.apart(known && !within, outside))
	for _, x := range []struct {
		id, key string
		label   words.Both
		number  bool
	}{
		{"114", "crossborder.lead", pair("Autorité chef de file", "Lead supervisory authority"), false},
		{"115", "organisation.countries", pair("États où le responsable a un établissement", "States where the controller has an establishment"), false},
		{"116", "crossborder.people.countries", pair("États où se trouvent des personnes concernées", "States where affected people are"), false},
		{"117", "crossborder.people.count", pair("Nombre approximatif de personnes par État", "Approximate number of people by state"), false},
		{"118", "crossborder.authorities", pair("Autorités des autres États informées ou à informer", "Authorities of other states told, or to be told"), false},
	} {
		m.at(x.id, m.abroadCountries(x.key, x.label))
	}
	m.Section("6.3", pair("Responsable hors de l’EEE, pièces jointes", "Controller outside the EEA, attachments"), words.Both{})
	inside := pair("Le responsable est établi dans l’EEE.", "The controller is established in the EEA.")
	if !known {
		inside = pair("Selon le pays de l’organisme, qui n’est pas dit.", "Depends on the country of the organisation, which is not said.")
	}
	for _, x := range []struct {
		id, key string
		label   words.Both
		options []Option
	}{
		{"120", "outside.involved", pair("Le RGPD s’applique-t-il à ce traitement, bien que le responsable soit établi ailleurs ?", "Does the GDPR apply to this processing, although the controller is established elsewhere?"), yesNo},
		{"121", "outside.people.countries", pair("États où se trouvent des personnes concernées", "States where affected people are"), nil},
		{"122", "outside.people.count", pair("Nombre approximatif de personnes par État", "Approximate number of people by state"), nil},
		{"123", "outside.authorities", pair("Autorités informées ou à informer", "Authorities told, or to be told"), nil},
	} {
		m.at(x.id, own(x.key, x.label, x.options...).hidden(within || !known, inside))
	}
	f = asked("attachments.kinds", pair("Pièces jointes", "Attachments"), askOfficer,
		option("communication", "Copie datée du message aux personnes", "Dated copy of the message to the people"), option("risk", "Copie datée de l’évaluation du risque", "Dated copy of the assessment of the risk"), option("research", "Copie datée du rapport d’enquête", "Dated copy of the report of the investigation"),
		option("ransom", "Copie datée de la demande de rançon", "Dated copy of the ransom note"), option("phishing", "Copie datée du message d’hameçonnage", "Dated copy of the phishing message"), option("procedure", "Procédure interne de notification", "Internal procedure for notifying"),
		option("deletion", "Règles internes d’effacement", "Internal rules on erasure"), option("wrong_recipients", "Copie datée du message aux mauvais destinataires", "Dated copy of the message to wrong recipients"), option("external", "Copie datée du signalement reçu", "Dated copy of the report received"), option("other", "Autre", "Other")).many().optional()
	if m.Severity != nil && m.ours() {
		f.propose(chosen("risk"), joined("", confirm, pair("constat report … --form impact la donne. Jamais le fichier volé lui-même.", "constat report … --form impact gives it. Never the stolen file itself.")), m.fromSeverity("se"))
	}
	m.at("125", f)
	m.at("126", asked("attachments.other", pair("Autres pièces", "Other attachments"), askOfficer).apart(!slices.Contains(m.Answers["attachments.kinds"].Value.Codes, "other"), depends("125")))
}
