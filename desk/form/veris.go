package form

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/report"
	"constat.example/internal/failure"
	"constat.example/internal/words"
)

// verisVersion is that of the VERIS community schema that records follow
// (github.com/vz-risk/veris, verisc-merged.json).
const verisVersion = "1.4.1"

// veris is the record of the incident in the Vocabulary for Event Recording and Incident
// Sharing: who did what to which asset with what effect. A box is named by its path in the
// record, and VERIS makes the record of the boxes. It names neither the organisation nor
// the case, so that it can be shared.
func veris() *Form {
	return &Form{
		Name: "veris", Version: verisVersion, After: []string{"veris"},
		Title: pair("Fiche VERIS de l’incident", "VERIS record of the incident"),
		For:   pair("Partage d’incidents entre pairs, statistiques. Le format « veris » en donne le JSON.", "Sharing of incidents among peers, statistics. The format \"veris\" gives the JSON."),
		Basis: pair("VERIS, schéma communautaire "+verisVersion+" (vz-risk/veris). Le vocabulaire reste en anglais dans la fiche.", "VERIS community schema "+verisVersion+" (vz-risk/veris)."),
		Fill: func(m *Maker) {
			m.verisIncident()
			m.verisVictim()
			m.verisActor()
			m.verisAction()
			m.verisAsset()
			m.verisAttribute()
			m.verisDiscovery()
		},
	}
}

// term is a word of VERIS with what it means.
func term(code, fr, en string) Option { return Option{code, pair(fr+" ("+code+")", en)} }

func plainly(code, fr string) Option { return term(code, fr, code) }

var (
	verisUnits = []Option{
		plainly("Seconds", "Secondes"), plainly("Minutes", "Minutes"), plainly("Hours", "Heures"), plainly("Days", "Jours"), plainly("Weeks", "Semaines"),
		plainly("Months", "Mois"), plainly("Years", "Années"), plainly("Never", "Jamais"), plainly("NA", "Sans objet"), plainly("Unknown", "Inconnu"),
	}
	verisStaff = []Option{
		plainly("1 to 10", "1 à 10"), plainly("11 to 100", "11 à 100"), plainly("101 to 1000", "101 à 1 000"), plainly("1001 to 10000", "1 001 à 10 000"), plainly("10001 to 25000", "10 001 à 25 000"),
		plainly("25001 to 50000", "25 001 à 50 000"), plainly("50001 to 100000", "50 001 à 100 000"), plainly("Over 100000", "plus de 100 000"), plainly("Unknown", "Inconnu"),
	}
	verisGovernment = []Option{
		term("Federal", "État", "National (Federal)"), plainly("Regional", "Région"), plainly("Local", "Collectivité locale"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu"), term("NA", "Pas une administration", "Not a government body (NA)"),
	}
	verisActors  = []Option{plainly("external", "Externe"), plainly("internal", "Interne"), plainly("partner", "Partenaire"), plainly("unknown", "Inconnu")}
	verisOutside = []Option{
		plainly("Acquaintance", "Connaissance"), plainly("Activist", "Militant"), plainly("Auditor", "Auditeur"), plainly("Competitor", "Concurrent"), plainly("Customer", "Client"), plainly("Former employee", "Ancien salarié"),
		plainly("Nation-state", "État"), plainly("Organized crime", "Crime organisé"), plainly("State-affiliated", "Lié à un État"), plainly("Terrorist", "Terroriste"), plainly("Unaffiliated", "Isolé"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu"),
	}
	verisInside = []Option{
		plainly("Call center", "Centre d’appel"), plainly("Developer", "Développeur"), plainly("End-user", "Utilisateur"), plainly("Executive", "Dirigeant"), plainly("Finance", "Finances"), plainly("Helpdesk", "Assistance"),
		plainly("Human resources", "Ressources humaines"), plainly("Manager", "Encadrant"), plainly("System admin", "Administrateur système"), plainly("Doctor or nurse", "Soignant"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu"),
	}
	verisMotives = []Option{
		plainly("Convenience", "Commodité"), plainly("Espionage", "Espionnage"), plainly("Fear", "Peur"), plainly("Financial", "Argent"), plainly("Fun", "Jeu ou défi"), plainly("Grudge", "Rancune"), plainly("Ideology", "Idéologie"),
		plainly("Secondary", "Moyen d’une autre attaque"), plainly("NA", "Sans objet"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu"),
	}
	verisActions = []Option{
		plainly("hacking", "Intrusion"), plainly("malware", "Logiciel malveillant"), plainly("social", "Manipulation"), plainly("misuse", "Abus de droits"), plainly("error", "Erreur"), plainly("physical", "Physique"), plainly("unknown", "Inconnu"),
	}
	// verisWays are the varieties and the vectors that are offered of each action; VERIS has more.
	verisWays = map[string][2][]Option{
		"hacking": {
			{
				plainly("Use of stolen creds", "Identifiants volés"), plainly("Brute force", "Mots de passe essayés"), plainly("Abuse of functionality", "Détournement d’une fonction"), plainly("Exploit vuln", "Faille exploitée"),
				plainly("Exploit misconfig", "Mauvaise configuration exploitée"), plainly("Forced browsing", "Adresses devinées"), plainly("Session replay", "Session rejouée"), plainly("SQLi", "Injection SQL"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu"),
			},
			{plainly("Web application", "Application web"), plainly("VPN", "VPN"), plainly("Partner", "Partenaire"), plainly("Desktop sharing", "Bureau à distance"), plainly("Other network service", "Autre service réseau"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
		},
		"malware": {
			{plainly("Spyware/Keylogger", "Logiciel espion"), plainly("Ransomware", "Rançongiciel"), plainly("Export data", "Extraction de données"), plainly("Password dumper", "Vol de mots de passe"), plainly("Trojan", "Cheval de Troie"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
			{plainly("Email attachment", "Fichier joint"), plainly("Email link", "Lien dans un courriel"), plainly("Web application - drive-by", "Page web"), plainly("Software update", "Mise à jour"), plainly("Partner", "Partenaire"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
		},
		"social": {
			{plainly("Phishing", "Hameçonnage"), plainly("Pretexting", "Prétexte"), plainly("Bribery", "Corruption"), plainly("Prompt bombing", "Rafale de demandes de validation"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
			{plainly("Email", "Courriel"), plainly("Phone", "Téléphone"), plainly("SMS", "SMS"), plainly("In-person", "En personne"), plainly("Social media", "Réseaux sociaux"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
		},
		"misuse": {
			{plainly("Privilege abuse", "Abus de droits"), plainly("Data mishandling", "Données mal maniées"), plainly("Password or Session Sharing", "Mot de passe partagé"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
			{plainly("LAN access", "Réseau interne"), plainly("Remote access", "À distance"), plainly("Web application", "Application web"), plainly("Physical access", "Sur place"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
		},
		"error": {
			{plainly("Misconfiguration", "Mauvaise configuration"), plainly("Publishing error", "Publication par erreur"), plainly("Misdelivery", "Envoi par erreur"), plainly("Loss", "Perte"), plainly("Programming error", "Erreur de programme"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
			{plainly("Carelessness", "Inattention"), plainly("Inadequate processes", "Procédures insuffisantes"), plainly("Inadequate technology", "Technique insuffisante"), plainly("Web application", "Application web"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
		},
		"physical": {
			{plainly("Theft", "Vol"), plainly("Snooping", "Regard indiscret"), plainly("Tampering", "Altération"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
			{plainly("Victim work area", "Bureaux"), plainly("Victim secure area", "Zone protégée"), plainly("Public facility", "Lieu public"), plainly("Personal residence", "Domicile"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu")},
		},
	}
	// verisThreats are what types of threats are in VERIS: an action and its variety.
	verisThreats = map[string][2]string{
		"account": {"hacking", "Use of stolen creds"}, "insider": {"misuse", "Privilege abuse"}, "vulnerability": {"hacking", "Exploit vuln"}, "configuration": {"error", "Misconfiguration"},
		"malware": {"malware", "Unknown"}, "social": {"social", "Unknown"}, "lost": {"error", "Loss"},
	}
	verisAssets = []Option{
		plainly("S - Database", "Base de données"), plainly("S - Web application", "Application web"), plainly("S - File", "Serveur de fichiers"), plainly("S - Backup", "Sauvegarde"), plainly("S - Mail", "Messagerie"), plainly("S - Directory", "Annuaire"),
		plainly("U - Desktop or laptop", "Poste de travail"), plainly("P - End-user or employee", "Utilisateur ou salarié"), plainly("P - Partner", "Partenaire"), plainly("S - Other", "Autre serveur"), plainly("S - Unknown", "Inconnu"),
	}
	verisHosting = []Option{plainly("On-Premise Asset(s)", "Chez l’organisme"), plainly("External Cloud Asset(s)", "Dans un nuage externe"), plainly("Other", "Autre"), plainly("Unknown", "Inconnu"), plainly("NA", "Sans objet")}
	verisVictims = []Option{
		plainly("Customer", "Clients, usagers"), plainly("Employee", "Salariés"), plainly("Partner", "Partenaires"), plainly("Patient", "Patients"), plainly("Student", "Élèves, étudiants"), plainly("Victim organization", "L’organisme lui-même"), plainly("Other", "Autres"), plainly("Unknown", "Inconnu"),
	}
	verisFound = []Option{
		term("external/Actor disclosure", "Par l’auteur, qui l’annonce", "By the actor, who told"), term("external/Emergency response team", "Par un CERT", "By a response team"), term("external/Law enforcement", "Par la police", "By the police"),
		term("external/Customer", "Par une personne concernée", "By somebody concerned"), term("external/Security researcher", "Par un chercheur", "By a researcher"), term("external/Unrelated 3rd party", "Par un tiers", "By a third party"),
		term("internal/Log review", "Par l’examen des journaux", "By review of the logs"), term("internal/Security alarm", "Par une alarme", "By an alarm"), term("internal/Reported by employee", "Par un salarié", "By an employee"),
		term("partner/Monitoring service", "Par un service de veille", "By a monitoring service"), term("unknown", "Inconnu", "Unknown"),
	}
	verisPeople = map[string]string{
		"employees": "Employee", "users": "Customer", "members": "Customer", "customers": "Customer", "students": "Student", "patients": "Patient", "military": "Other", "minors": "Other", "vulnerable": "Other", "other": "Other",
	}
	// verisIndustry are NAICS sectors by section of the French nomenclature (NAF).
	verisIndustry = map[string]string{
		"A": "11", "B": "21", "C": "31", "D": "22", "E": "22", "F": "23", "G": "44", "H": "48", "I": "72", "J": "51", "K": "52", "L": "53", "M": "54", "N": "56", "O": "92", "P": "61", "Q": "62", "R": "71", "S": "81", "T": "81",
	}
)

// verisData are the varieties of data, in the order of the record.
var verisData = []struct {
	variety string
	kinds   []kind.Kind
}{
	{"Sensitive Personal", []kind.Kind{kind.NIR, kind.TaxNumber, kind.IDCard, kind.Passport, kind.Permit}},
	{"Personal", []kind.Kind{
		kind.RecordID, kind.Identifier, kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName, kind.Sex, kind.BirthDate, kind.BirthPlace, kind.BirthPlaceCode, kind.BirthCountry, kind.Email, kind.Phone,
		kind.Address, kind.AddressExtra, kind.HouseNumber, kind.PostCode, kind.City, kind.CityCode, kind.Region, kind.Country,
	}},
	{"Bank", []kind.Kind{kind.IBAN}},
	{"Payment", []kind.Kind{kind.PaymentCard}},
	{"Credentials", []kind.Kind{kind.Login, kind.Password}},
	{"System", []kind.Kind{kind.IPAddress}},
	{"Other", []kind.Kind{kind.DateTime, kind.FreeText, kind.SIRET}},
}

// verisID names a case to others without naming it: a UUID (version 8) made of its hash.
func (m *Maker) verisID() string {
	h := sha256.Sum256([]byte("constat.veris/1\n" + m.Ledger.Origin + "\n" + m.Case))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func (m *Maker) verisIncident() {
	m.Section("1", pair("L’incident", "The incident"), words.Both{})
	m.at("schema_version", fact{Box{Key: ofForm + "version", Label: pair("Version du schéma", "Version of the schema"), Type: Text, Value: paragraphs(same(verisVersion))}, []Source{m.fromCase()}})
	m.at("incident_id", fact{Box{Key: ofForm + "id", Label: pair("Identifiant, qui ne nomme pas l’affaire", "Identifier, which does not name the case"), Type: Text, Value: paragraphs(same(m.verisID()))}, []Source{m.fromCase()}})
	standing, from := m.standing()
	f := asked("veris.standing", pair("Incident confirmé ?", "Confirmed incident?"), askOfficer, plainly("Confirmed", "Confirmé"), plainly("Suspected", "Soupçonné"), plainly("Near miss", "Évité de peu"), plainly("False positive", "Fausse alerte"))
	if from != nil {
		f.Value, f.from = chosen(map[casefile.Choice]string{casefile.Confirmed: "Confirmed", casefile.Suspected: "Suspected", casefile.Refuted: "False positive"}[standing]), from
	}
	m.at("security_incident", f)
	m.at("summary", m.verisSummary())

	m.Section("2", pair("Dates et durées", "Dates and spans"), words.Both{})
	p := m.period()
	begin, why, from := p.begin, p.why, p.from
	if begin.IsZero() {
		begin, why, from = m.State.Opened, pair("Le début n’est pas établi ; VERIS veut une année : celle de l’ouverture de l’affaire.", "The beginning is not established; VERIS wants a year: the one in which the case was opened."), []Source{m.fromCase()}
	}
	begin = begin.In(m.zone())
	for _, x := range []struct {
		part  string
		label words.Both
		n     int
		give  bool
	}{
		{"year", pair("Année du début", "Year of the beginning"), begin.Year(), true},
		{"month", pair("Mois", "Month"), int(begin.Month()), !p.begin.IsZero()},
		{"day", pair("Jour", "Day"), begin.Day(), !p.begin.IsZero() && !p.estimated},
	} {
		b := Box{Key: "veris.incident." + x.part, Label: x.label, Type: Text, Optional: !x.give} // a year is no quantity
		if x.give {
			b.Value, b.Help = paragraphs(same(fmt.Sprint(x.n))), why
		}
		m.at("timeline.incident."+x.part, fact{b, from})
	}
	event := func(kinds ...deadline.Kind) (time.Time, []Source) {
		if i := m.event(kinds...); i >= 0 && !m.Clock.Events[i].Day {
			return m.Clock.Events[i].At, []Source{m.fromEvent(i)}
		}
		return time.Time{}, nil
	}
	signal, heard := event(deadline.Signal, deadline.Known, deadline.Aware)
	ended, over := event(deadline.Ended)
	exact := p.begin
	if p.estimated {
		exact = time.Time{}
	}
	for _, x := range []struct {
		part     string
		label    words.Both
		from, to time.Time
		sources  []Source
	}{
		{"exfiltration", pair("Du premier accès à la sortie des données", "From first access to the data leaving"), exact, p.end, p.from},
		{"discovery", pair("Du premier accès à la découverte", "From first access to discovery"), exact, signal, slices.Concat(p.from, heard)},
		{"containment", pair("De la découverte à la fin de l’incident", "From discovery to the end of the incident"), signal, ended, slices.Concat(heard, over)},
	} {
		unit, n, ok := verisSpan(x.from, x.to)
		u := Box{Key: "veris." + x.part + ".unit", Label: joined("", x.label, pair(" : unité", ": unit")), Type: Choice, Options: verisUnits, Optional: true}
		v := Box{Key: "veris." + x.part, Label: x.label, Type: Number, Optional: true}
		if ok {
			u.Value, v.Value = chosen(unit), counted(n)
		}
		m.at("timeline."+x.part+".unit", fact{u, x.sources})
		m.at("timeline."+x.part+".value", fact{v, x.sources})
	}
}

// verisSpan is a length of time in the largest unit that it fills twice.
func verisSpan(from, to time.Time) (unit string, n int64, ok bool) {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return "", 0, false
	}
	d := to.Sub(from)
	for _, u := range []struct {
		name   string
		length time.Duration
	}{{"Days", 24 * time.Hour}, {"Hours", time.Hour}, {"Minutes", time.Minute}} {
		if d >= 2*u.length {
			return u.name, int64((d + u.length/2) / u.length), true
		}
	}
	return "Seconds", int64(d / time.Second), true
}

// verisSummary tells the incident without naming the organisation.
func (m *Maker) verisSummary() fact {
	f := fact{Box: Box{Key: "veris.summary", Label: pair("Résumé, qui ne nomme pas l’organisme", "Summary, which does not name the organisation"), Type: Text, Ask: askSecurity}}
	if !m.ours() {
		if m.Assessment != nil {
			f.Value, f.from = paragraphs(m.verdict()[0]), m.found("verdict", pair("provenance du fichier", "origin of the file"))
		}
		return f
	}
	f.from = slices.Concat(m.found("verdict", pair("provenance du fichier", "origin of the file")), m.found("exposures.persons", pair("personnes exposées", "people exposed")))
	f.Value = paragraphs(Say(func(l report.Language) string {
		text := l.T("Un registre de personnes a été copié ; des données de %s sont dans le fichier examiné.", "A register of people was copied; data of %s are in the file examined.", l.N(m.Assessment.Exposures.Persons, "personne", "personnes", "person", "people"))
		if len(m.Claims) > 0 {
			text += l.T(" Le fichier a été proposé ou publié.", " The file was offered or published.")
		}
		if n := len(m.through()); n > 0 {
			text += l.T(" Il a été lu par %s bien au-delà du travail ordinaire.", " It was read through %s far beyond ordinary work.", l.N(int64(n), "compte", "comptes", "account", "accounts"))
		}
		return text
	}))
	return f
}

func (m *Maker) verisVictim() {
	m.Section("3", pair("La victime", "The victim"), pair("L’organisme n’est pas nommé.", "The organisation is not named."))
	country := Box{Key: "veris.country", Label: pair("Pays", "Country"), Type: Choices, Options: []Option{plainly("Unknown", "Inconnu")}, Ask: askOrganisation}
	if p := m.party(); p != nil {
		country.Options = append([]Option{{p.Country, same(p.Country)}}, country.Options...)
		country.Value = chosen(p.Country)
	}
	m.at("victim.country", fact{country, m.parties()})
	m.at("victim.employee_count", asked("organisation.employees", pair("Nombre de salariés", "Number of employees"), askOrganisation, verisStaff...))
	var sectors []Option
	for _, o := range activities {
		code := verisIndustry[o.Code]
		if code != "" && !slices.ContainsFunc(sectors, func(s Option) bool { return s.Code == code }) {
			sectors = append(sectors, term(code, o.Words.FR, o.Words.EN))
		}
	}
	industry := asked("veris.industry", pair("Secteur (NAICS)", "Sector (NAICS)"), askOrganisation, sectors...)
	if code := verisIndustry[m.coded("organisation.activity")]; code != "" {
		industry.Value, industry.from = chosen(code), m.of("organisation.activity")
	}
	m.at("victim.industry", industry)
	government := asked("veris.government", pair("Administration", "Government"), askOrganisation, verisGovernment...).many()
	if m.coded("organisation.sector") == "private" {
		government.Value, government.from = chosen("NA"), m.of("organisation.sector")
	}
	m.at("victim.government", government)
}

// offences of inside and outside, by the cause that a person stated or that is proposed.
var verisCauses = map[string]string{
	"internal_malicious": "internal", "internal_accidental": "internal", "external_malicious": "external", "external_accidental": "external",
}

// code is what a box will choose, answered or found.
func (m *Maker) code(f fact) string {
	if code := m.coded(f.Key); code != "" {
		return code
	}
	if len(f.Value.Codes) > 0 {
		return f.Value.Codes[0]
	}
	return ""
}

func (m *Maker) verisActor() {
	m.Section("4", pair("L’auteur", "The actor"), words.Both{})
	actor := asked("veris.actor", pair("Auteur", "Actor"), askSecurity, verisActors...)
	if cause := m.cause(causes); verisCauses[m.code(cause)] != "" {
		actor.propose(chosen(verisCauses[m.code(cause)]), joined("", confirm, cause.Why), cause.from...)
		if len(m.of("cause")) > 0 {
			actor.Proposed, actor.Why, actor.from = false, words.Both{}, m.of("cause")
		} else {
			actor.Why = cause.Why
		}
	}
	m.at("actor", actor)
	who := m.code(actor)
	options := map[string][]Option{"external": verisOutside, "internal": verisInside}[who]
	if options != nil {
		m.at("actor."+who+".variety", asked("veris.actor.variety", pair("Quelle sorte d’auteur", "What kind of actor"), askSecurity, options...).many())
	}
	if who == "" || who == "unknown" {
		return
	}
	motive := asked("veris.actor.motive", pair("Mobile", "Motive"), askSecurity, verisMotives...).many()
	for i, c := range m.Claims {
		if c.Price != "" || c.Ransom != "" {
			motive.propose(chosen("Financial"), joined("", confirm, pair("De l’argent est demandé.", "Money is asked for.")), m.fromClaim(i))
			break
		}
	}
	m.at("actor."+who+".motive", motive)
}

func (m *Maker) verisAction() {
	m.Section("5", pair("L’action", "The action"), words.Both{})
	action := asked("veris.action", pair("Action", "Action"), askSecurity, verisActions...).many()
	variety := map[string][]string{}
	for _, threat := range m.Answers["cause.threat"].Value.Codes {
		if v, ok := verisThreats[threat]; ok {
			if !slices.Contains(action.Value.Codes, v[0]) {
				action.Value.Codes = append(action.Value.Codes, v[0])
			}
			variety[v[0]] = append(variety[v[0]], v[1])
			action.from = m.of("cause.threat")
		}
	}
	proposed := false
	if len(action.Value.Codes) == 0 && len(m.hijacked()) > 0 {
		proposed = true
		action.propose(chosen("hacking"), hijackWhy, m.hijackSources()...)
		variety["hacking"] = []string{"Use of stolen creds"}
	}
	m.at("action", action)
	codes := action.Value.Codes
	if answered := m.Answers[action.Key].Value.Codes; len(answered) > 0 {
		codes = answered
	}
	for _, code := range codes {
		ways, ok := verisWays[code]
		if !ok {
			continue
		}
		v := asked("veris."+code+".variety", pair("Comment", "How"), askSecurity, ways[0]...).many()
		if len(variety[code]) > 0 {
			v.Value, v.from = chosen(variety[code]...), action.from
			if proposed {
				v.Proposed, v.Why = true, hijackWhy
			}
		}
		m.at("action."+code+".variety", v)
		m.at("action."+code+".vector", asked("veris."+code+".vector", pair("Par quelle voie", "By what way"), askSecurity, ways[1]...).many())
	}
}

func (m *Maker) verisAsset() {
	m.Section("6", pair("Ce qui a été touché", "What was affected"), words.Both{})
	m.at("asset.assets", asked("veris.assets", pair("Systèmes et personnes touchés", "Systems and people affected"), askSecurity, verisAssets...).many())
	m.at("asset.cloud", asked("veris.cloud", pair("Hébergement", "Hosting"), askSecurity, verisHosting...).many())
}

// varieties is a table of the people by variety of data: as many as have the kind of it
// that most have.
func (m *Maker) varieties() Value {
	var all [][]words.Both
	if !m.ours() {
		return Value{}
	}
	for _, d := range verisData {
		most := int64(0)
		for _, x := range m.exposed() {
			if slices.Contains(d.kinds, x.Kind) {
				most = max(most, x.People)
			}
		}
		if most > 0 {
			all = append(all, []words.Both{same(d.variety), integer(most)})
		}
	}
	return rows([]words.Both{pair("Sorte", "Variety"), pair("Personnes", "People")}, all)
}

func (m *Maker) verisAttribute() {
	m.Section("7", pair("L’atteinte", "The effect"), words.Both{})
	disclosed := asked("veris.disclosure", pair("Données divulguées ?", "Data disclosed?"), askOfficer, plainly("Yes", "Oui"), plainly("Potentially", "Peut-être"), plainly("No", "Non"), plainly("Unknown", "Inconnu"))
	standing, from := m.standing()
	switch origin := m.found("verdict", pair("provenance du fichier", "origin of the file")); {
	case standing == casefile.Refuted:
		disclosed.Value, disclosed.from = chosen("No"), from
	case m.ours() && standing == casefile.Confirmed:
		disclosed.Value, disclosed.from = chosen("Yes"), append(origin, from...)
	case m.ours():
		disclosed.Value, disclosed.from = chosen("Potentially"), append(origin, from...)
	}
	m.at("attribute.confidentiality.data_disclosure", disclosed)
	total := m.recordCount()
	total.Label = pair("Nombre d’enregistrements", "Number of records")
	m.at("attribute.confidentiality.data_total", total)
	m.at("attribute.confidentiality.data", fact{
		Box{Key: ofForm + "data", Label: pair("Données, par sorte", "Data, by variety"), Type: Table, Optional: true, Value: m.varieties()},
		m.found("exposures.kinds", pair("catégories de données", "kinds of data")),
	})
	victims := asked("veris.victims", pair("De qui sont les données", "Whose data they are"), askOrganisation, verisVictims...).many()
	for _, code := range m.Answers["organisation.people"].Value.Codes {
		if v := verisPeople[code]; v != "" && !slices.Contains(victims.Value.Codes, v) {
			victims.Value.Codes, victims.from = append(victims.Value.Codes, v), m.of("organisation.people")
		}
	}
	m.at("attribute.confidentiality.data_victim", victims)
	for _, part := range []struct {
		name  string
		label words.Both
	}{{"integrity", pair("Intégrité", "Integrity")}, {"availability", pair("Disponibilité", "Availability")}} {
		b := Box{Key: "veris." + part.name, Label: part.label, Type: Choices, Optional: true, Options: []Option{plainly("Other", "Autre"), plainly("Unknown", "Inconnu")}}
		var from []Source
		if m.Severity != nil {
			for _, p := range m.Severity.CB {
				if p.Part == part.name && p.Points > 0 {
					b.Value, from = chosen("Unknown"), []Source{m.fromSeverity("cb." + part.name)}
				}
			}
		}
		m.at("attribute."+part.name+".variety", fact{b, from})
	}
}

func (m *Maker) verisDiscovery() {
	m.Section("8", pair("La découverte", "Discovery"), words.Both{})
	f := asked("veris.discovery.method", pair("Comment l’incident a été découvert", "How the incident was discovered"), askSecurity, verisFound...)
	if i := m.event(deadline.Signal); i >= 0 {
		for n, c := range m.Claims {
			if at := m.Clock.Events[i].At; !c.FirstSeen.IsZero() && !c.FirstSeen.After(at) && at.Sub(c.FirstSeen) < 48*time.Hour {
				f.propose(chosen("external/Actor disclosure"), joined("", confirm, pair("Une revendication a été vue juste avant le premier signal.", "A claim was seen just before the first signal.")), m.fromClaim(n), m.fromEvent(i))
				break
			}
		}
	}
	m.at("discovery_method", f)
}

// VERIS is the record of facts as JSON.
func VERIS(facts *Facts) ([]byte, error) {
	d, err := Draft(veris(), facts)
	if err != nil {
		return nil, err
	}
	return d.VERIS()
}

// VERIS is the record as JSON, valid under the VERIS community schema, of a document of the
// form "veris"; others are refused. What is not known is "Unknown" where the schema wants a
// word, and left out else. Source: verisc-merged.json of github.com/vz-risk/veris.
func (d *Document) VERIS() ([]byte, error) {
	if d.Form != "veris" {
		return nil, failure.New(failure.Usage, "Draft it with --form veris.", "the document %s is no VERIS record", d.Form)
	}
	record := map[string]any{"source_id": "constat"}
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			if b.State != Empty && b.State != Apart {
				verisPut(record, b, d)
			}
		}
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// verisPut puts what stands in a box into the record.
func verisPut(record map[string]any, b Box, d *Document) {
	codes := b.Value.Codes
	if len(codes) == 0 {
		codes = []string{"Unknown"}
	}
	set := func(path string, v any) {
		at, parts := record, strings.Split(path, ".")
		for _, p := range parts[:len(parts)-1] {
			next, ok := at[p].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[p] = next
			}
			at = next
		}
		at[parts[len(parts)-1]] = v
	}
	switch b.ID {
	case "actor", "action": // what is known of them stands in boxes of their own
		for _, code := range codes {
			switch code = strings.ToLower(code); {
			case b.ID == "action" && len(verisWays[code][0]) > 0:
				set("action."+code+".variety", []string{"Unknown"})
				set("action."+code+".vector", []string{"Unknown"})
				if code == "social" {
					set("action.social.target", []string{"Unknown"})
				}
			case b.ID == "actor" && (code == "external" || code == "internal"):
				set("actor."+code+".variety", []string{"Unknown"})
				set("actor."+code+".motive", []string{"Unknown"})
			case b.ID == "actor" && code == "partner":
				set("actor.partner.country", []string{"Unknown"})
				set("actor.partner.motive", []string{"Unknown"})
			default:
				set(b.ID+"."+code, map[string]any{})
			}
		}
	case "asset.assets":
		var all []map[string]string
		for _, code := range codes {
			if code == "Unknown" {
				code = "S - Unknown"
			}
			all = append(all, map[string]string{"variety": code})
		}
		set(b.ID, all)
	case "attribute.confidentiality.data":
		var all []map[string]any
		for _, row := range b.Value.Table.Rows {
			all = append(all, map[string]any{"variety": row[0].EN, "amount": digits(row[1].EN)})
		}
		set(b.ID, all)
	case "discovery_method":
		if by, variety, ok := strings.Cut(codes[0], "/"); ok {
			set(b.ID+"."+by+".variety", []string{variety})
		} else {
			set(b.ID+".unknown", true)
		}
	case "victim.industry":
		code := "000000" // not known
		if len(b.Value.Codes) > 0 {
			code = b.Value.Codes[0]
		}
		set(b.ID, code)
	case "timeline.incident.year":
		set(b.ID, cmp.Or(whole(b, 1950, 2050), digits(d.At[:4])))
	case "timeline.incident.month", "timeline.incident.day":
		if n := whole(b, 1, map[string]int64{"timeline.incident.month": 12, "timeline.incident.day": 31}[b.ID]); n > 0 {
			set(b.ID, n)
		}
	case "security_incident":
		code := "Suspected"
		if len(b.Value.Codes) > 0 {
			code = b.Value.Codes[0]
		}
		set(b.ID, code)
	case "summary":
		set(b.ID, joined(" ", b.Value.Text...).EN)
	default:
		switch {
		case b.Type == Choices:
			set(b.ID, codes)
		case b.Type == Choice:
			set(b.ID, codes[0])
		case b.Value.Number != nil:
			set(b.ID, *b.Value.Number)
		case len(b.Value.Text) > 0:
			set(b.ID, joined(" ", b.Value.Text...).EN)
		}
	}
}

// whole is the number that a box says, between bounds; 0 for none.
func whole(b Box, least, most int64) int64 {
	if n := digits(joined(" ", b.Value.Text...).EN); n >= least && n <= most {
		return n
	}
	return 0
}

// digits is the number that a text writes in groups.
func digits(text string) (n int64) {
	for _, r := range text {
		if r >= '0' && r <= '9' {
			n = 10*n + int64(r-'0')
		}
	}
	return n
}
