package form

import (
	"fmt"
	"slices"
	"unicode"

	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/deadline"
	"constat.example/desk/evidence"
	"constat.example/desk/report"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// complaint is the file for the police or the prosecutor: facts with their times, what was
// taken in counts, and evidence by hashes that they can check. It accuses nobody: accounts
// are accounts, and offences are for the prosecutor to qualify.
func complaint() *Form {
	return &Form{
		Name: "complaint", Version: "1", After: []string{"complaint"}, Meets: string(deadline.Complaint),
		Title: pair("Dossier de plainte", "Complaint file"),
		For: pair(
			"Police, gendarmerie ou procureur de la République. Une personne habilitée le signe et le remet.",
			"Police, gendarmerie or public prosecutor. A person with the power to do so signs it and hands it in.",
		),
		Basis: pair(
			"Code de procédure pénale, article 40 (autorités et agents publics : avis au procureur sans délai) ; code des assurances, article L12-10-1 (loi 2023-22, LOPMI : plainte dans les 72 heures pour être indemnisé).",
			"Code of criminal procedure, article 40 (public authorities and officials tell the prosecutor without delay); insurance code, article L12-10-1 (law 2023-22, LOPMI: complaint within 72 hours to be covered).",
		),
		Fill: func(m *Maker) {
			m.complainant()
			m.narrative()
			m.taken()
			m.demands()
			m.accounts()
			m.exhibits()
			m.offences()
			m.damage()
		},
	}
}

func (m *Maker) complainant() {
	m.part(pair("Le plaignant", "The complainant"), words.Both{})
	m.describe()
	m.put(Box{Key: "complaint.representative", Label: pair("Représenté par (nom, qualité, pouvoir)", "Represented by (name, capacity, power to act)"), Type: Text, Ask: pair("Le service juridique le sait.", "The legal department knows.")})
	m.put(Box{Key: "contact.security", Label: pair("Contact pour les enquêteurs", "Contact for investigators"), Type: Text, Ask: askSecurity})
	to := Box{
		Key: "complaint.to", Label: pair("Remis à", "Handed to"), Type: Choices, Ask: pair("Le service juridique en décide.", "The legal department decides it."),
		Options: []Option{{"police", pair("Police ou gendarmerie (plainte)", "Police or gendarmerie (complaint)")}, {"prosecutor", pair("Procureur de la République (article 40)", "Public prosecutor (article 40)")}},
	}
	var from []Source
	if p := m.party(); p != nil && p.Public != nil {
		from = m.parties()
		to.Value = chosen("police")
		if *p.Public {
			to.Value = chosen("prosecutor")
			if p.Insured != nil && *p.Insured {
				to.Value = chosen("police", "prosecutor")
			}
		}
	}
	m.put(to, from...)
	terms := Box{Key: "complaint.terms", Label: pair("Délais", "Time limits"), Type: Text, Ask: pair("Les parties de l’affaire sont à décrire (« constat case deadlines »).", "The parties of the case are to be described (\"constat case deadlines\").")}
	from = nil
	for i := range m.Duties {
		d := &m.Duties[i]
		if p := m.party(); p == nil || d.Party != p.ID || d.State == deadline.NotApplicable || !slices.Contains([]string{"lopmi", "cpp-40"}, d.Rule) {
			continue
		}
		title, standing := d.Title(), d.Standing()
		terms.Value.Text = append(terms.Value.Text, pair(title.FR+" ("+d.Article.FR+"). "+standing.FR+".", title.EN+" ("+d.Article.EN+"). "+standing.EN+"."))
		from = append(from, m.fromDuty(d))
	}
	m.put(terms, from...)
}

// narrative are the facts in numbered paragraphs.
func (m *Maker) narrative() {
	m.Prose(fmt.Sprint(len(m.d.Sections)+1), pair("Les faits", "The facts"))
	n, used := 0, map[string]int{}
	say := func(w words.Both, from ...Source) {
		if w.EN == "" {
			return
		}
		n++
		key := ofForm + "facts"
		if len(from) > 0 {
			key = fmt.Sprintf("%sfacts.%s.%s", ofForm, from[0].Room, from[0].Ref)
		}
		if used[key]++; used[key] > 1 {
			key = fmt.Sprintf("%s.%d", key, used[key])
		}
		m.put(Box{Key: key, Type: Text, Value: paragraphs(pair(fmt.Sprintf("%d. %s", n, w.FR), fmt.Sprintf("%d. %s", n, w.EN)))}, from...)
	}
	standing, from := m.standing()
	if from != nil {
		say(map[casefile.Choice]words.Both{
			casefile.Confirmed: pair("L’organisme tient pour établi que des données personnelles dont il répond ont été prises.", "The organisation holds it established that personal data in its charge were taken."),
			casefile.Suspected: pair("L’organisme soupçonne que des données personnelles dont il répond ont été prises ; il ne le tient pas encore pour établi.", "The organisation suspects that personal data in its charge were taken; it does not hold it established yet."),
			casefile.Refuted:   pair("L’organisme a écarté la violation. Les faits qui suivent sont ceux de la revendication.", "The organisation has refuted the breach. The facts that follow are those of the claim."),
		}[standing], from...)
	}
	for _, x := range m.chronology(false) {
		when := m.dated(x)
		say(pair("Le "+when.FR+" : "+lower(x.what.FR), upper(when.EN)+": "+lower(x.what.EN)), x.from)
	}
	if a := m.Assessment; a != nil {
		for _, w := range m.verdict() {
			say(w, m.Assessed("verdict", pair("provenance du fichier", "origin of the file")))
		}
		if m.ours() {
			say(m.copied(), m.Assessed("window", pair("date de la copie", "time of the copy")))
		}
	}
	m.put(Box{Key: "complaint.facts", Label: pair("Autres faits", "Other facts"), Type: Text, Optional: true})
}

// lower begins a text with a small letter, unless it begins with an abbreviation.
func lower(s string) string {
	r := []rune(s)
	if len(r) < 2 || unicode.IsUpper(r[1]) {
		return s
	}
	return string(unicode.ToLower(r[0])) + string(r[1:])
}

func (m *Maker) taken() {
	m.part(pair("Ce qui a été pris", "What was taken"), pair("Des nombres, par catégorie : aucune donnée de personne n’est dans ce dossier.", "Counts, by kind: no data of anybody are in this file."))
	m.add(m.peopleCount())
	m.add(m.peopleBasis())
	m.add(m.recordCount())
	m.add(m.detail(pair("Données, par catégorie", "Data, by kind")))
}

// demands are what was claimed: by whom nobody knows, where, and for what price.
func (m *Maker) demands() {
	m.part(pair("Ce qui est affirmé et demandé", "What is claimed and demanded"), words.Both{})
	head := []words.Both{
		pair("N°", "No."), pair("Vu sur", "Seen on"), pair("Le", "On"), pair("Annoncé", "Claimed"), pair("Données annoncées", "Data claimed"),
		pair("Prix", "Price"), pair("Rançon", "Ransom"), pair("Ultimatum", "Deadline"),
	}
	var all [][]words.Both
	var from []Source
	for i, c := range m.Claims {
		first := words.Both{}
		if !c.FirstSeen.IsZero() {
			first = m.instant(c.FirstSeen)
		}
		number := same(fmt.Sprint(i + 1))
		if c.Corrects > 0 {
			number = pair(fmt.Sprintf("%d (remplace %d)", i+1, c.Corrects), fmt.Sprintf("%d (replaces %d)", i+1, c.Corrects))
		}
		var fields []words.Both
		for _, f := range c.Claimed.Fields {
			fields = append(fields, outside(f))
		}
		all = append(all, []words.Both{number, outside(c.Source), first, m.claimed(i), joined(", ", fields...), outside(c.Price), outside(c.Ransom), outside(c.Deadline)})
		from = append(from, m.fromClaim(i))
	}
	m.put(Box{Key: "claims", Label: pair("Revendications", "Claims"), Type: Table, Value: rows(head, all), Optional: len(m.Alarms) > 0, Ask: pair("Ce qui a été vu est à saisir (« constat claim new »).", "What was seen is to be entered (\"constat claim new\").")}, from...)
	exchanges := Box{Key: "complaint.exchanges", Label: pair("Échanges avec l’auteur des revendications", "Exchanges with whoever claims"), Type: Text, Ask: askSecurity}
	if len(m.Claims) == 0 {
		exchanges.Why = pair("Aucune revendication n’est enregistrée.", "No claim is recorded.")
	}
	m.put(exchanges)
}

// claimed words the count of a claim.
func (m *Maker) claimed(i int) words.Both {
	c := m.Claims[i].Claimed
	if c.Count == nil {
		return words.Both{}
	}
	return Say(func(l report.Language) string {
		unit := map[string]string{"people": l.Word(*c.Count, "personne", "personnes", "person", "people"), "records": l.Word(*c.Count, "fiche", "fiches", "record", "records"), "rows": l.Word(*c.Count, "ligne", "lignes", "row", "rows"), "bytes": l.Word(*c.Count, "octet", "octets", "byte", "bytes")}[c.Unit]
		if unit == "" {
			return l.Int(*c.Count)
		}
		return l.Int(*c.Count) + "\u00a0" + unit
	})
}

// accounts are the accounts that exposed people were read through.
func (m *Maker) accounts() {
	m.part(pair("Comptes de l’organisme", "Accounts of the organisation"), pair(
		"Comptes et adresses que les journaux désignent. Un compte n’est pas une personne : il a pu être usurpé, et qui s’en est servi reste à établir.",
		"Accounts and addresses that the logs point to. An account is not a person: it may have been taken over, and who used it is to be established.",
	))
	ask := pair("Des journaux d’accès le diraient (« constat trace »).", "Access logs would tell (\"constat trace\").")
	m.put(Box{Key: "cause.way", Label: pair("Comptes par lesquels les personnes exposées ont été lues", "Accounts that exposed people were read through"), Type: Table, Value: m.suspects(), Ask: ask}, m.Assessed("suspects", pair("comptes", "accounts")))
	m.put(Box{Key: "cause.blind", Label: pair("Ce que les journaux ne peuvent pas montrer", "What the logs cannot show"), Type: Text, Value: paragraphs(m.blind()...), Ask: ask}, m.Assessed("trace.blind_spots", pair("angles morts", "blind spots")))
}

var roleWords = map[evidence.Role]words.Both{
	evidence.Dump: pair("fichier proposé", "file offered"), evidence.Post: pair("annonce", "post"), evidence.Sample: pair("échantillon", "sample"),
}

var actWords = map[evidence.Act]words.Both{
	evidence.Received: pair("reçu et scellé", "received and sealed"), evidence.Read: pair("lu", "read"), evidence.Verified: pair("vérifié, intact", "verified, intact"), evidence.Altered: pair("trouvé altéré", "found altered"),
	evidence.Discarding: pair("destruction commencée", "destruction begun"), evidence.Discarded: pair("détruit", "destroyed"), evidence.Shown: pair("montré à une personne", "shown to a person"), evidence.Traced: pair("journal examiné, non conservé", "log examined, not kept"),
}

var stateWords = map[evidence.State]words.Both{
	evidence.StateHeld: pair("conservé, chiffré", "held, encrypted"), evidence.StateDiscarding: pair("en cours de destruction", "being destroyed"), evidence.StateDiscarded: pair("détruit", "destroyed"),
}

// exhibits are the evidence, who had it when, and how to check that nothing was changed.
func (m *Maker) exhibits() {
	m.part(pair("Pièces et chaîne de conservation", "Exhibits and chain of custody"), words.Both{})
	ask := pair("Ce qui a été reçu est à verser à l’affaire (« constat assess », « constat claim add »).", "What was received is to be put into the case (\"constat assess\", \"constat claim add\").")
	head := []words.Both{pair("Pièce", "Exhibit"), pair("Nom", "Name"), pair("Nature", "Nature"), pair("Octets", "Bytes"), pair("SHA-256", "SHA-256"), pair("Reçu le", "Received on"), pair("Par", "By"), pair("État", "State")}
	var all [][]words.Both
	var from []Source
	for i := range m.Originals {
		o := &m.Originals[i]
		all = append(all, []words.Both{same(fmt.Sprint(i + 1)), outside(o.Name), roleWords[o.Role], integer(o.Bytes), same(o.SHA256), m.instant(o.Received), outside(o.By), stateWords[o.State]})
		from = append(from, m.fromOriginal(o))
	}
	m.put(Box{Key: "evidence.list", Label: pair("Pièces", "Exhibits"), Type: Table, Value: rows(head, all), Ask: ask}, from...)
	m.logs()
	head = []words.Both{pair("N°", "No."), pair("Quand", "When"), pair("Qui", "Who"), pair("Quoi", "What"), pair("Pièce", "Exhibit"), pair("SHA-256 (début)", "SHA-256 (beginning)")}
	all = nil
	for i := range m.Custody {
		e := &m.Custody[i]
		exhibit := slices.IndexFunc(m.Originals, func(o evidence.Original) bool { return o.SHA256 == e.SHA256 })
		number := same("–")
		if exhibit >= 0 {
			number = same(fmt.Sprint(exhibit + 1))
		}
		what := actWords[e.Act]
		if e.Reason != "" {
			r := visible.Text(e.Reason, 2*longest)
			what = pair(what.FR+" : "+r, what.EN+": "+r)
		}
		all = append(all, []words.Both{same(fmt.Sprint(e.Seq)), m.instant(e.Time), outside(e.Who), what, number, same(e.SHA256[:min(16, len(e.SHA256))])})
	}
	m.put(Box{Key: "evidence.custody", Label: pair("Chaîne de conservation", "Chain of custody"), Type: Table, Value: rows(head, all), Ask: ask}, from...)
	m.verification()
}

// logs are the access logs that were examined: their owner keeps them, the hash says which.
func (m *Maker) logs() {
	box := Box{Key: "evidence.logs", Label: pair("Journaux d’accès examinés, que l’organisme conserve", "Access logs examined, which the organisation keeps"), Type: Table, Ask: pair("Des journaux d’accès se donnent par « constat trace ».", "Access logs are given by \"constat trace\".")}
	head := []words.Both{pair("Nom", "Name"), pair("Octets", "Bytes"), pair("SHA-256", "SHA-256"), pair("Du", "From"), pair("Au", "To"), pair("Lignes", "Lines"), pair("Non lues", "Not read")}
	var all [][]words.Both
	if m.Assessment != nil {
		for _, x := range m.Assessment.Trace.Logs {
			all = append(all, []words.Both{outside(x.Name), integer(x.Bytes), same(x.SHA256), m.told(x.First), m.told(x.Last), integer(x.Lines), integer(x.Rejected)})
		}
	}
	box.Value = rows(head, all)
	m.put(box, m.Assessed("trace.logs", pair("journaux", "logs")))
}

// verification says how to check the file on another machine.
func (m *Maker) verification() {
	box := Box{Key: "evidence.ledger", Label: pair("Registre des actes, et comment vérifier", "Record of acts, and how to check"), Type: Text, Ask: pair("Le registre des actes est vide (« constat ledger »).", "The record of acts is empty (\"constat ledger\").")}
	if m.Ledger.Root != "" {
		box.Value = paragraphs(
			Say(func(l report.Language) string {
				return l.T("Chaque acte est inscrit dans un registre que l’on ne peut réécrire sans que cela se voie : %s, racine %s (%s).", "Each act is entered in a record that cannot be rewritten unseen: %s, root %s (%s).",
					l.N(m.Ledger.Entries, "inscription", "inscriptions", "entry", "entries"), m.Ledger.Root, visible.Text(m.Ledger.Origin, longest))
			}),
			pair("Pour vérifier, hors ligne et sur une autre machine : « constat verify "+m.Case+" » recalcule le registre, les empreintes des pièces et les constats, et nomme la première chose qui ne tient pas.",
				"To check, offline and on another machine: \"constat verify "+m.Case+"\" works out the record, the hashes of the exhibits and the findings again, and names the first thing that does not hold."),
			pair("Les pièces sont chiffrées ; l’organisme en remet l’original en clair sur réquisition. Son empreinte SHA-256 doit être celle de la liste (« sha256sum »).",
				"The exhibits are encrypted; the organisation hands over the original in the clear when required to. Its SHA-256 must be the one of the list (\"sha256sum\")."),
		)
	}
	m.put(box, m.fromLedger())
}

// offences are articles of the penal code that the facts bear on; the prosecutor qualifies.
func (m *Maker) offences() {
	m.part(pair("Infractions susceptibles de s’appliquer", "Offences that may apply"), pair("À qualifier par le procureur : l’organisme rapporte des faits.", "For the prosecutor to qualify: the organisation reports facts."))
	head := []words.Both{pair("Code pénal", "Penal code"), pair("Objet", "Subject"), pair("Fait qui s’y rapporte", "Fact that bears on it")}
	var all [][]words.Both
	var from []Source
	add := func(article string, subject, fact words.Both, sources ...Source) {
		all, from = append(all, []words.Both{same("art. " + article), subject, fact}), append(from, sources...)
	}
	origin := m.Assessed("verdict", pair("provenance du fichier", "origin of the file"))
	if len(m.through()) > 0 {
		add("323-1", pair("Accès ou maintien frauduleux dans un système de traitement automatisé de données", "Fraudulent access to a data-processing system, or remaining in it"),
			pair("Des personnes exposées ont été lues par un compte, bien au-delà de son travail.", "Exposed people were read through an account, far beyond its work."), m.Assessed("suspects", pair("comptes", "accounts")))
	}
	if m.ours() {
		add("323-3", pair("Extraction, détention, reproduction ou transmission frauduleuse de données d’un tel système", "Fraudulent extraction, holding, reproduction or transmission of the data of such a system"),
			pair("Le fichier est, en tout ou partie, une copie du registre.", "The file is, as a whole or in part, a copy of the register."), origin)
		add("226-18", pair("Collecte de données personnelles par un moyen frauduleux, déloyal ou illicite", "Collection of personal data by fraudulent, unfair or unlawful means"),
			pair("Des données personnelles du registre sont aux mains d’un tiers.", "Personal data of the register are in the hands of somebody else."), origin, m.Assessed("exposures", pair("personnes exposées", "people exposed")))
	}
	m.put(Box{Key: "complaint.offences", Label: pair("Infractions", "Offences"), Type: Table, Value: rows(head, all), Ask: pair("Le service juridique le sait.", "The legal department knows.")}, from...)
	ransom := slices.IndexFunc(m.Claims, func(c *claim.Claim) bool { return c.Ransom != "" })
	if ransom >= 0 {
		m.put(Box{Key: "complaint.ransom", Label: pair("Rançon demandée", "Ransom demanded"), Type: Text, Value: paragraphs(pair(
			"De l’argent est exigé en échange du silence ou du retrait des données : cela peut relever d’une autre qualification, que le procureur dira.",
			"Money is demanded for silence or for taking the data down: that may fall under another offence, which the prosecutor will say.",
		))}, m.fromClaim(ransom))
	}
	m.put(Box{Key: "complaint.offences.more", Label: pair("Autres qualifications proposées", "Other offences proposed"), Type: Text, Optional: true})
}

func (m *Maker) damage() {
	m.part(pair("Préjudice et demandes", "Damage and requests"), words.Both{})
	m.put(Box{Key: "impact.losses", Label: pair("Préjudice", "Damage"), Type: Text, Ask: pair("La direction financière et le service juridique le savent.", "The finance and legal departments know.")})
	m.add(m.measures())
	m.put(Box{Key: "complaint.requests", Label: pair("Demandes (conservation de données chez un tiers, retrait …)", "Requests (preservation of data held by others, taking down …)"), Type: Text, Optional: true})
	m.filed()
}

// filed are the documents that were handed in already.
func (m *Maker) filed() {
	head := []words.Both{pair("N°", "No."), pair("Document", "Document"), pair("Le", "On"), pair("Référence", "Reference"), pair("SHA-256", "SHA-256")}
	var all [][]words.Both
	var from []Source
	for i := range m.Filings {
		f := &m.Filings[i]
		title := same(f.Form)
		if f.Document != nil {
			title = f.Document.Title
		}
		all = append(all, []words.Both{same(fmt.Sprint(f.Number)), title, m.instant(f.At), outside(f.Reference), same(f.SHA256)})
		from = append(from, m.fromFiling(f))
	}
	m.put(Box{Key: "filings", Label: pair("Documents déjà déposés", "Documents handed in already"), Type: Table, Optional: true, Value: rows(head, all)}, from...)
}
