package form

import (
	"slices"

	"constat.example/blind/kind"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/report"
	"constat.example/internal/words"
)

// statement is what the public is told, and what a help desk answers: short sentences in
// plain words. It says what was not found beside what was, and promises nothing.
func statement() *Form {
	return &Form{
		Name: "statement", Version: "1", After: []string{"statement"}, Meets: string(deadline.Published),
		Title: pair("Communication publique et questions-réponses", "Public statement, with questions and answers"),
		For: pair(
			"Le public, la presse, l’accueil téléphonique. Une personne habilitée en décide la publication ; Constat ne publie rien.",
			"The public, the press, the help desk. A person with the power to do so decides to publish it; Constat publishes nothing.",
		),
		Basis: pair("RGPD, article 34(2) et (3)(c) : termes clairs et simples ; nature, conséquences, mesures, contact.", "GDPR, article 34(2) and (3)(c): clear and plain language; nature, consequences, measures, contact."),
		Refuse: func(f *Facts) words.Both {
			if d := f.State.Current(casefile.People); d != nil && d.Choice == casefile.Restricted {
				return pair("une décision en vigueur dit que la loi interdit d’informer les personnes", "a decision in force says that a law forbids to tell the people")
			}
			return words.Both{}
		},
		Fill: func(m *Maker) {
			p := &public{Maker: m}
			if p.file = m.ours() || m.Assessment != nil && m.Assessment.Verdict.Refused != ""; p.file {
				p.kinds = m.exposedBy()
			}
			p.standing, p.decided = m.standing()
			m.Prose("1", pair("Communication", "Statement"))
			switch p.standing {
			case casefile.Confirmed:
				p.confirmed()
			case casefile.Refuted:
				p.refuted()
			default:
				p.suspected()
			}
			p.questions()
			p.supply()
		},
	}
}

// public is a statement under way.
type public struct {
	*Maker
	file     bool     // there is a file to tell of: it was examined, and not found to be somebody else's
	kinds    kind.Set // that people are exposed by
	standing casefile.Choice
	decided  []Source // who decided how it stands
}

// plain are kinds of data in the words of everybody, in the order in which they are told.
// Absent are those whose absence is worth telling: people ask for them.
var plain = []struct {
	name   words.Both
	absent words.Both
	kinds  []kind.Kind
}{
	{pair("le nom et les prénoms", "surname and first names"), words.Both{}, []kind.Kind{kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName}},
	{pair("le sexe ou la civilité", "sex or title"), words.Both{}, []kind.Kind{kind.Sex}},
	{pair("la date de naissance", "date of birth"), words.Both{}, []kind.Kind{kind.BirthDate}},
	{pair("le lieu de naissance", "place of birth"), words.Both{}, []kind.Kind{kind.BirthPlace, kind.BirthPlaceCode, kind.BirthCountry}},
	{pair("l’adresse électronique (e-mail)", "e-mail address"), pair("adresses électroniques (e-mail)", "e-mail addresses"), []kind.Kind{kind.Email}},
	{pair("le numéro de téléphone", "phone number"), pair("numéros de téléphone", "phone numbers"), []kind.Kind{kind.Phone}},
	{
		pair("l’adresse postale ou une partie", "postal address, or a part of it"), pair("adresses postales", "postal addresses"),
		[]kind.Kind{kind.Address, kind.AddressExtra, kind.HouseNumber, kind.PostCode, kind.City, kind.CityCode, kind.Region, kind.Country},
	},
	{pair("le numéro de sécurité sociale", "social security number"), pair("numéros de sécurité sociale", "social security numbers"), []kind.Kind{kind.NIR}},
	{pair("le numéro fiscal", "tax number"), pair("numéros fiscaux", "tax numbers"), []kind.Kind{kind.TaxNumber}},
	{pair("le numéro de compte bancaire (IBAN)", "bank account number (IBAN)"), pair("numéros de compte bancaire (IBAN)", "bank account numbers (IBAN)"), []kind.Kind{kind.IBAN}},
	{pair("le numéro de carte bancaire", "bank card number"), pair("numéros de carte bancaire", "bank card numbers"), []kind.Kind{kind.PaymentCard}},
	{
		pair("le numéro d’une pièce d’identité ou du permis de conduire", "number of an identity paper or driving licence"), pair("numéros de pièces d’identité ou de permis de conduire", "numbers of identity papers or driving licences"),
		[]kind.Kind{kind.IDCard, kind.Passport, kind.Permit},
	},
	{pair("l’identifiant de connexion", "login name"), words.Both{}, []kind.Kind{kind.Login}},
	{pair("le mot de passe, lisible ou brouillé", "password, readable or scrambled"), pair("mots de passe", "passwords"), []kind.Kind{kind.Password}},
	{pair("le numéro de dossier ou de client", "file or customer number"), words.Both{}, []kind.Kind{kind.RecordID, kind.Identifier}},
	{pair("le numéro d’entreprise", "company number"), words.Both{}, []kind.Kind{kind.SIRET}},
	{pair("l’adresse internet (IP) d’un appareil", "internet (IP) address of a device"), words.Both{}, []kind.Kind{kind.IPAddress}},
	{pair("des dates liées au dossier", "dates to do with the file"), words.Both{}, []kind.Kind{kind.DateTime}},
	{pair("des notes ou des messages", "notes or messages"), words.Both{}, []kind.Kind{kind.FreeText}},
}

func (p *public) any(kinds ...kind.Kind) bool { return slices.ContainsFunc(kinds, p.kinds.Has) }

// say adds a part of the text under a heading.
func (p *public) say(key string, heading words.Both, text []words.Both, from ...Source) {
	p.put(Box{Key: key, Label: heading, Type: Text, Value: paragraphs(text...), Ask: askCommunication}, from...)
}

// maybe is say of a part that is made of what is asked elsewhere in the document.
func (p *public) maybe(key string, heading words.Both, text []words.Both, from ...Source) {
	p.put(Box{Key: key, Label: heading, Type: Text, Value: paragraphs(text...), Optional: true}, from...)
}

func item(w words.Both) words.Both { return pair("– "+w.FR, "– "+w.EN) }

// day is the day of an event; "" for none.
func (p *public) day(kinds ...deadline.Kind) (words.Both, []Source) {
	i := p.event(kinds...)
	if i < 0 {
		return words.Both{}, nil
	}
	return deadline.Day(p.Clock.Events[i].At, p.zone()), []Source{p.fromEvent(i)}
}

// persons words a number of people.
func persons(n int64) words.Both {
	return Say(func(l report.Language) string { return l.N(n, "personne", "personnes", "person", "people") })
}

func (p *public) confirmed() {
	p.say("statement.what", pair("Que s’est-il passé ?", "What happened?"), p.happened(), p.source("verdict", append(p.period().from, p.decided...)...)...)
	p.say("statement.data", pair("Quelles données sont concernées ?", "What data are concerned?"), p.data(), p.source("exposures.kinds")...)
	p.say("statement.not", pair("Quelles données n’avons-nous pas trouvées ?", "What data did we not find?"), p.missing(), p.source("columns")...)
	p.say("statement.people", pair("Combien de personnes ?", "How many people?"), p.many(), p.source("exposures.persons")...)
	done, from := p.done()
	p.maybe("statement.done", pair("Qu’avons-nous fait ?", "What have we done?"), done, from...)
	p.say("statement.risks", pair("Que peut-il arriver ?", "What may happen?"), p.risks(), p.source("exposures.kinds")...)
	p.say("statement.advice", pair("Que pouvez-vous faire ?", "What can you do?"), p.advice(), p.source("exposures.kinds")...)
	p.contact()
}

// source is where a finding stands, beside others.
func (p *public) source(path string, more ...Source) []Source {
	if p.Assessment == nil {
		return more
	}
	return append([]Source{p.Assessed(path, pair("fichier examiné", "file examined"))}, more...)
}

func (p *public) happened() []words.Both {
	all := []words.Both{pair("Des données de nos fichiers ont été prises sans droit.", "Data from our files were taken without any right.")}
	if d, _ := p.day(deadline.Signal, deadline.Known, deadline.Aware); d.EN != "" {
		all = append(all, pair("Nous en avons eu un premier signe le "+d.FR+".", "We had a first sign of it on "+d.EN+"."))
	}
	if len(p.Claims) > 0 {
		all = append(all, pair("Quelqu’un affirme détenir ces données.", "Somebody claims to hold these data."))
	}
	switch {
	case p.Assessment == nil:
		return all
	case !p.file:
		return append(all, pair("Nous avons examiné un fichier. Celui-là ne vient pas de chez nous.", "We examined a file. That one does not come from us."))
	case p.ours():
		all = append(all, pair("Nous avons comparé un fichier avec les nôtres. Il en est une copie, au moins en partie.", "We compared a file with ours. It is a copy of them, at least in part."))
	}
	return append(all, p.since()...)
}

// since words when the data were copied: by the accounts that they surely were read
// through, else by the dating of the copy.
func (p *public) since() []words.Both {
	if read := p.period(); len(p.through()) > 0 && !read.begin.IsZero() {
		first, last := deadline.Day(read.begin, p.zone()), deadline.Day(read.end, p.zone())
		if first == last {
			return []words.Both{pair("À ce que nous voyons, les données ont été copiées le "+first.FR+".", "By what we see, the data were copied on "+first.EN+".")}
		}
		return []words.Both{pair("À ce que nous voyons, les données ont été copiées entre le "+first.FR+" et le "+last.FR+".", "By what we see, the data were copied between "+first.EN+" and "+last.EN+".")}
	}
	w := &p.Assessment.Window
	if w.Refused != "" {
		return []words.Both{pair("Nous ne savons pas encore quand les données ont été copiées.", "We do not know yet when the data were copied.")}
	}
	day := func(at *string) words.Both {
		if t, ok := read(at); ok {
			return deadline.Day(t, p.zone())
		}
		return words.Both{}
	}
	after, before, likely := day(w.NotBefore), day(w.NotAfter), day(w.MostLikely)
	var all []words.Both
	switch {
	case after.EN != "" && before.EN != "":
		all = append(all, pair("Les données ont été copiées entre le "+after.FR+" et le "+before.FR+".", "The data were copied between "+after.EN+" and "+before.EN+"."))
	case after.EN != "":
		all = append(all, pair("Les données ont été copiées après le "+after.FR+".", "The data were copied after "+after.EN+"."))
	case before.EN != "":
		all = append(all, pair("Les données ont été copiées avant le "+before.FR+".", "The data were copied before "+before.EN+"."))
	}
	if likely.EN != "" {
		all = append(all, pair("Le plus probable est le "+likely.FR+".", "Most likely it was "+likely.EN+"."))
	}
	return all
}

// most is how many people have any of the kinds: those who have the kind that most have,
// and where there are several, perhaps more.
func (p *public) most(kinds []kind.Kind) (n int64, text words.Both) {
	several := 0
	for _, x := range p.exposed() {
		if slices.Contains(kinds, x.Kind) {
			n = max(n, x.People)
			several++
		}
	}
	text = persons(n)
	if several > 1 && n < p.Assessment.Exposures.Persons {
		text = pair("au moins "+text.FR, "at least "+text.EN)
	}
	return n, text
}

func (p *public) data() []words.Both {
	if p.kinds == 0 {
		return nil
	}
	all := []words.Both{pair("Nous avons trouvé dans le fichier :", "We found in the file:")}
	partly := false
	for _, g := range plain {
		if p.any(g.kinds...) {
			count, n := p.most(g.kinds)
			partly = partly || count < p.Assessment.Exposures.Persons
			all = append(all, item(pair(g.name.FR+" : "+n.FR, g.name.EN+": "+n.EN)))
		}
	}
	if partly {
		all = append(all, pair("Le fichier n’a pas toutes ces données pour chaque personne.", "The file does not have all these data for each person."))
	}
	if x := p.Assessment.Exposures; x.Stale > 0 {
		n := persons(x.Stale)
		all = append(all, pair("Pour "+n.FR+", une donnée au moins est ancienne.", "For "+n.EN+", at least one piece of data is old."))
	}
	if p.kinds.Has(kind.FreeText) {
		all = append(all, pair("Des notes ou des messages peuvent en dire plus sur certaines personnes.", "Notes or messages may say more about some people."))
	}
	return all
}

// stands reports whether the file holds a kind at all, of whomever.
func (p *public) stands(kinds []kind.Kind) bool {
	for _, c := range p.Assessment.Columns {
		if slices.Contains(kinds, c.Kind) && c.Filled > 0 {
			return true
		}
	}
	for _, k := range kinds {
		if p.Assessment.Exposures.FreeText.ByKind[k.String()] > 0 || p.Assessment.Exposures.ByKind[k.String()] > 0 {
			return true
		}
	}
	return false
}

func (p *public) missing() []words.Both {
	if !p.file || len(p.Assessment.Columns) == 0 {
		return nil
	}
	all := []words.Both{pair("Nous n’avons pas trouvé dans le fichier :", "We did not find in the file:")}
	for _, g := range plain {
		if g.absent.EN != "" && !p.stands(g.kinds) {
			all = append(all, item(g.absent))
		}
	}
	if len(all) == 1 {
		all[0] = pair("Le fichier contient des données de toutes les sortes que nous cherchons d’habitude.", "The file holds data of all the kinds that we usually look for.")
	}
	for _, c := range p.Assessment.Columns {
		if c.Kind == kind.Unknown && c.Filled > 0 {
			all = append(all, pair("Une partie du fichier n’est pas encore comprise.", "A part of the file is not understood yet."))
			break
		}
	}
	return append(all, pair("Cela vaut pour le fichier que nous avons examiné. Il peut en exister d’autres.", "This is true of the file that we examined. There may be others."))
}

func (p *public) many() []words.Both {
	if !p.file {
		return nil
	}
	n, z := persons(p.Assessment.Exposures.Persons), p.Assessment.Size
	all := []words.Both{pair("Dans le fichier, nous avons trouvé les données de "+n.FR+".", "In the file we found the data of "+n.EN+".")}
	if z.Refused == "" && z.High != nil && *z.High > p.Assessment.Exposures.Persons+p.Assessment.Exposures.Persons/100 {
		most := persons(*z.High)
		all = append(all, pair("Le vol peut en toucher davantage : jusqu’à "+most.FR+" selon nos calculs.", "The theft may affect more: up to "+most.EN+" by our estimate."))
	}
	return append(all, pair("Ce nombre peut encore changer.", "This number may still change."))
}

// done is what was done already. What is only intended is not told.
func (p *public) done() ([]words.Both, []Source) {
	var all []words.Both
	var from []Source
	for _, act := range []struct {
		kinds  []deadline.Kind
		fr, en string
	}{
		{[]deadline.Kind{deadline.Notified}, "Nous avons prévenu l’autorité de protection des données (en France, la CNIL) le %.", "We told the data protection authority (in France, the CNIL) on %."},
		{[]deadline.Kind{deadline.Complaint}, "Nous avons porté plainte le %.", "We made a complaint to the police on %."},
		{[]deadline.Kind{deadline.ProsecutorTold}, "Nous avons prévenu le procureur le %.", "We told the public prosecutor on %."},
		{[]deadline.Kind{deadline.ANSSITold, deadline.NIS2Warned, deadline.NIS2Notified}, "Nous avons prévenu l’autorité chargée de la sécurité informatique le %.", "We told the authority in charge of computer security on %."},
		{[]deadline.Kind{deadline.PersonsTold}, "Nous avons commencé à informer les personnes le %.", "We began to tell the people on %."},
	} {
		if d, s := p.day(act.kinds...); d.EN != "" {
			all, from = append(all, pair(insert(act.fr, d.FR), insert(act.en, d.EN))), append(from, s...)
		}
	}
	if taken := p.answer("measures.taken"); len(taken) > 0 {
		all, from = append(all, taken...), append(from, p.of("measures.taken")...)
	}
	return all, from
}

func insert(text, day string) string {
	for i, r := range text {
		if r == '%' {
			return text[:i] + day + text[i+1:]
		}
	}
	return text
}

// names reports whether names are exposed.
func (p *public) names() bool {
	return p.any(kind.FullName, kind.BirthSurname, kind.UsedSurname)
}

// risks are what each kind of data makes possible.
func (p *public) risks() []words.Both {
	var all []words.Both
	add := func(when bool, fr, en string) {
		if when {
			all = append(all, pair(fr, en))
		}
	}
	add(p.any(kind.Email, kind.Phone), "Vous pouvez recevoir de faux messages ou de faux appels. Ils peuvent citer vos vraies données pour vous mettre en confiance.", "You may get false messages or calls. They may quote your real data to gain your trust.")
	add(p.any(kind.Address), "Vous pouvez recevoir de faux courriers.", "You may get false letters.")
	add(p.any(kind.IBAN), "Quelqu’un peut essayer de faire un prélèvement sur votre compte.", "Somebody may try to take money from your account.")
	add(p.any(kind.PaymentCard), "Quelqu’un peut essayer de payer avec votre carte.", "Somebody may try to pay with your card.")
	add(p.any(kind.Password), "Quelqu’un peut essayer d’entrer dans vos comptes.", "Somebody may try to get into your accounts.")
	add(p.names() && p.any(kind.BirthDate, kind.NIR, kind.TaxNumber, kind.IDCard, kind.Passport, kind.Permit), "Quelqu’un peut essayer de se faire passer pour vous.", "Somebody may try to pass for you.")
	return all
}

// advice is what a person can do, by the kinds of data that are out.
func (p *public) advice() []words.Both {
	var all []words.Both
	add := func(when bool, fr, en string) {
		if when {
			all = append(all, item(pair(fr, en)))
		}
	}
	add(p.any(kind.Password), "Changez votre mot de passe. Changez-le aussi partout où vous utilisez le même.", "Change your password. Change it too wherever you use the same one.")
	add(p.any(kind.PaymentCard), "Prévenez votre banque. Elle peut bloquer votre carte et en faire une autre.", "Tell your bank. It can block your card and make a new one.")
	add(p.any(kind.IBAN), "Regardez souvent vos relevés de compte. Si une opération n’est pas de vous, prévenez vite votre banque et contestez-la.", "Look at your bank statements often. If a payment is not yours, tell your bank quickly and contest it.")
	add(p.any(kind.NIR), "Regardez vos remboursements de santé. Si l’un d’eux n’est pas pour vous, prévenez votre caisse.", "Look at your health refunds. If one is not for you, tell your health insurance.")
	add(p.any(kind.TaxNumber), "Méfiez-vous des messages qui parlent d’impôts. Passez par le site officiel, en tapant son adresse.", "Beware of messages about taxes. Use the official site and type its address yourself.")
	add(p.any(kind.IDCard, kind.Passport, kind.Permit), "Si l’on vous parle d’un contrat ou d’un crédit que vous n’avez pas demandé, contestez-le par écrit. Portez plainte.", "If you hear of a contract or loan that you did not ask for, contest it in writing. Tell the police.")
	add(p.standing != casefile.Refuted && p.any(kind.Email, kind.Phone) || p.standing == casefile.Suspected, "Méfiez-vous des messages et des appels qui parlent de cet incident. Ne cliquez pas sur leurs liens.", "Beware of messages and calls about this incident. Do not click on their links.")
	add(p.any(kind.Address), "Vérifiez d’où viennent les courriers qui demandent de l’argent ou des papiers.", "Check where letters come from that ask for money or papers.")
	add(true, "Ne donnez à personne un mot de passe ou un code reçu par message. Une vraie banque ne le demande pas.", "Give nobody a password or a code that you got by message. A real bank does not ask for it.")
	add(p.names() && p.any(kind.BirthDate, kind.NIR, kind.IDCard, kind.Passport, kind.Permit), "Gardez cette information. Elle peut servir de preuve si quelqu’un prend votre identité.", "Keep this information. It can serve as proof if somebody takes your identity.")
	if q := p.party(); q != nil && q.Country == "FR" {
		add(true, "Si vous êtes victime, le service public 17Cyber vous aide, jour et nuit.", "If you fall victim, the French public service 17Cyber helps, day and night.")
	}
	return all
}

// contact is where to ask, to check, and to complain: what people stated.
func (p *public) contact() {
	all, from := p.reach()
	p.maybe("statement.contact", pair("Où poser vos questions ?", "Where can you ask?"), all, from...)
}

func (p *public) reach() ([]words.Both, []Source) {
	var all []words.Both
	lead := func(key, fr, en string) {
		if text := p.answer(key); len(text) > 0 {
			all = append(all, pair(fr, en))
			all = append(all, text...)
		}
	}
	lead("contact.people", "Pour toute question :", "For any question:")
	lead("people.check", "Pour savoir si vous êtes concerné :", "To know whether you are concerned:")
	lead("people.complaint", "Pour porter plainte :", "To make a complaint to the police:")
	lead("contact.dpo.address", "Pour joindre la personne chargée de la protection des données :", "To reach the data protection officer:")
	return all, p.of("contact.people", "people.check", "people.complaint", "contact.dpo.address")
}

func (p *public) suspected() {
	from := p.decided
	all := []words.Both{}
	d, s := p.day(deadline.Signal, deadline.Known)
	from = append(from, s...)
	claims := len(p.Claims) > 0
	if claims {
		from = append(from, p.fromClaim(0))
	}
	switch {
	case claims && d.EN != "":
		all = append(all, pair("Le "+d.FR+", nous avons appris que quelqu’un affirme détenir des données de nos fichiers.", "On "+d.EN+" we learnt that somebody claims to hold data from our files."))
	case claims:
		all = append(all, pair("Quelqu’un affirme détenir des données de nos fichiers.", "Somebody claims to hold data from our files."))
	case d.EN != "":
		all = append(all, pair("Le "+d.FR+", nous avons eu le signe d’un incident possible.", "On "+d.EN+" we had a sign of a possible incident."))
	}
	if len(all) > 0 {
		all = append(all, pair("Nous vérifions si c’est vrai. Nous ne le savons pas encore.", "We are checking whether it is true. We do not know yet."),
			pair("Nous ne pouvons donc pas encore dire quelles données ni combien de personnes sont concernées.", "So we cannot say yet what data or how many people are concerned."))
	}
	p.say("statement.what", pair("Que s’est-il passé ?", "What happened?"), all, from...)
	done, from := p.done()
	p.maybe("statement.done", pair("Qu’avons-nous fait ?", "What have we done?"), done, from...)
	p.kinds = 0 // nothing is said yet of what was taken
	p.say("statement.advice", pair("Que pouvez-vous faire ?", "What can you do?"), p.advice(), append(p.decided, p.fromCase())...)
	p.contact()
}

func (p *public) refuted() {
	p.kinds = 0
	all := []words.Both{}
	from := p.source("verdict", p.decided...)
	if len(p.Claims) > 0 {
		all, from = append(all, pair("Quelqu’un affirme détenir des données de nos fichiers. Nous l’avons vérifié.", "Somebody claims to hold data from our files. We checked it.")), append(from, p.fromClaim(0))
	} else {
		all = append(all, pair("Nous avons vérifié le signe d’un incident possible.", "We checked a sign of a possible incident."))
	}
	class := ""
	if p.Assessment != nil && p.Assessment.Verdict.Refused == "" {
		class = p.Assessment.Verdict.Class
	}
	switch class {
	case "foreign":
		all = append(all, pair("Nous avons comparé le fichier avec les nôtres. Ces données ne viennent pas de chez nous.", "We compared the file with ours. These data do not come from us."),
			pair("Elles peuvent venir d’un autre organisme. Certaines personnes peuvent être connues de lui et de nous.", "They may come from another organisation. It and we may both know some of the people."))
	case "fabricated":
		all = append(all, pair("Nous avons comparé le fichier avec les nôtres. Il a été inventé : il ne vient pas de chez nous.", "We compared the file with ours. It was made up: it does not come from us."))
	case "recycled":
		all = append(all, pair("Nous avons comparé le fichier avec des fuites plus anciennes. Il les reprend et n’ajoute presque rien.", "We compared the file with older leaks. It repeats them and adds almost nothing."))
	default:
		all = append(all, pair("Nous n’avons rien trouvé qui montre que des données de nos fichiers ont été prises.", "We found nothing that shows that data from our files were taken."))
	}
	p.say("statement.what", pair("Que s’est-il passé ?", "What happened?"), append(all, pair("C’est ce que nous savons à cette date.", "This is what we know at this date.")), from...)
	if done, from := p.done(); len(done) > 0 {
		p.maybe("statement.done", pair("Qu’avons-nous fait ?", "What have we done?"), done, from...)
	}
	p.say("statement.advice", pair("Que pouvez-vous faire ?", "What can you do?"), append([]words.Both{pair("Cette affirmation ne vous demande rien de particulier. Ces conseils valent toujours :", "This claim asks nothing special of you. This advice is always good:")}, p.advice()...), p.decided...)
	p.contact()
}

// questions are what a help desk is asked, and may answer.
func (p *public) questions() {
	p.Prose("2", pair("Questions et réponses pour l’accueil", "Questions and answers for the help desk"))
	p.d.Sections[len(p.d.Sections)-1].Note = pair(
		"Ne demandez jamais à la personne une donnée entière. Ne lisez et ne confirmez aucune donnée au téléphone.",
		"Never ask the person for a whole piece of data. Do not read out or confirm any data on the phone.",
	)
	concerned := p.answer("people.check")
	if len(concerned) > 0 {
		concerned = append([]words.Both{pair("Vous pouvez le vérifier ainsi :", "You can check it this way:")}, concerned...)
		if p.standing == casefile.Confirmed {
			concerned = append(concerned, pair("Ne pas avoir reçu de message ne prouve pas que vous n’êtes pas concerné.", "Not having got a message does not prove that you are not concerned."))
		}
	}
	switch p.standing {
	case casefile.Suspected:
		concerned = []words.Both{pair("Nous ne le savons pas encore. Nous vérifions.", "We do not know yet. We are checking.")}
	case casefile.Refuted:
		concerned = []words.Both{pair("À notre connaissance, aucune donnée de nos fichiers n’a été prise.", "As far as we know, no data from our files were taken.")}
	}
	p.maybe("questions.concerned", pair("Suis-je concerné ?", "Am I concerned?"), concerned, append(p.of("people.check"), append(p.decided, p.fromCase())...)...)
	if p.standing == casefile.Confirmed && p.file {
		for _, g := range plain {
			if g.absent.EN == "" {
				continue
			}
			answer := []words.Both{pair("Nous n’en avons pas trouvé dans le fichier que nous avons examiné.", "We found none in the file that we examined.")}
			switch n, people := p.most(g.kinds); {
			case n > 0:
				answer = []words.Both{pair("Oui, pour "+people.FR+".", "Yes, for "+people.EN+".")}
				if n < p.Assessment.Exposures.Persons {
					answer[0] = pair(answer[0].FR+" Toutes les personnes ne sont pas touchées de la même façon.", answer[0].EN+" Not everybody is affected in the same way.")
				}
			case p.stands(g.kinds):
				answer = []words.Both{pair("Le fichier en contient. Nous n’avons pas pu les rattacher à une personne de nos fichiers.", "The file holds some. We could not link them to a person in our files.")}
			}
			p.say("questions."+g.kinds[0].String(), pair("Le fichier contient-il des "+g.absent.FR+" ?", "Does the file hold "+g.absent.EN+"?"), answer, p.source("exposures.kinds")...)
		}
	}
	who := []words.Both{pair("Nous ne le savons pas. C’est à l’enquête de le dire.", "We do not know. It is for the investigation to say.")}
	if p.standing == casefile.Refuted {
		who = []words.Both{pair("Nous ne savons pas qui l’affirme.", "We do not know who claims it.")}
	}
	p.say("questions.who", pair("Qui a fait cela ?", "Who did this?"), who, append(p.decided, p.fromCase())...)
	p.say("questions.odd", pair("J’ai reçu un message étrange. Que faire ?", "I got a strange message. What shall I do?"), []words.Both{
		pair("N’y répondez pas. N’ouvrez pas ses liens ni ses fichiers joints.", "Do not answer it. Do not open its links or files."),
		pair("Si vous avez déjà répondu, prévenez votre banque et changez vos mots de passe.", "If you have answered already, tell your bank and change your passwords."),
	}, p.fromCase())
	complain := p.answer("people.complaint")
	if len(complain) > 0 {
		complain = append([]words.Both{pair("Oui. Voici comment :", "Yes. This is how:")}, complain...)
	}
	if p.standing == casefile.Confirmed {
		p.maybe("questions.complain", pair("Puis-je porter plainte ?", "Can I make a complaint?"), complain, p.of("people.complaint")...)
	}
	ransom := false
	for _, c := range p.Claims {
		ransom = ransom || c.Ransom != ""
	}
	if ransom {
		p.put(Box{Key: "statement.ransom", Label: pair("Avez-vous payé une rançon ?", "Have you paid a ransom?"), Type: Text, Ask: askCommunication})
	}
	if p.standing == casefile.Confirmed || len(p.answer("statement.cause")) > 0 {
		p.put(Box{Key: "statement.cause", Label: pair("Comment est-ce arrivé ?", "How did it happen?"), Type: Text, Ask: pair("La sécurité dit ce qui est établi ; la communication dit ce qui peut être dit.", "Security tells what is established; communication tells what may be told.")})
	}
}

// supply are the facts that the text needs and that only people know.
func (p *public) supply() {
	p.Section("3", pair("Avant de publier", "Before publishing"), words.Both{})
	p.put(Box{Key: "contact.people", Label: pair("Où le public pose ses questions", "Where the public asks"), Type: Text, Ask: askCommunication})
	p.put(Box{Key: "contact.dpo.address", Label: pair("Comment joindre la personne déléguée à la protection des données", "How to reach the data-protection officer"), Type: Text, Ask: askOrganisation})
	apart := words.Both{}
	if p.standing == casefile.Refuted {
		apart = pair("Aucune donnée n’a été prise, selon ce qui est décidé.", "No data were taken, by what is decided.")
	}
	p.put(Box{Key: "people.check", Label: pair("Comment chacun vérifie s’il est concerné", "How everybody checks whether they are concerned"), Type: Text, Why: apart, Ask: askCommunication})
	p.put(Box{Key: "people.complaint", Label: pair("Comment chacun porte plainte (le lien, s’il y en a un pour cet incident ; sinon le dire)", "How everybody makes a complaint (the link, if there is one for this incident; else say so)"), Type: Text, Why: apart, Ask: pair("La police ou le parquet le dit à l’organisme.", "The police or the prosecutor tells the organisation.")})
	p.put(Box{Key: "measures.taken", Label: pair("Mesures prises, en mots simples", "Measures taken, in plain words"), Type: Text, Why: apart, Ask: askSecurity})
	p.put(Box{Key: "statement.next", Label: pair("Quand et où l’information sera mise à jour", "When and where the information will be updated"), Type: Text, Optional: p.standing != casefile.Suspected, Ask: askCommunication})
	decision := Box{Key: "statement.decision", Label: pair("Décision de publier", "Decision to publish"), Type: Choice, Ask: askCommunication, Options: []Option{{"publish", choiceWords[casefile.Publish]}, {"hold", choiceWords[casefile.Hold]}}}
	var from []Source
	if d := p.State.Current(casefile.Statement); d != nil {
		decision.Value, from = chosen(string(d.Choice)), []Source{p.fromDecision(d)}
	}
	p.put(decision, from...)
}
