package form

import (
	"math"
	"slices"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/internal/words"
)

// The CNIL's online form could not be read: its fields and their order are those of the
// facts at hand (docs/documents.md says which), its options those of the CNIL's open data
// where that has them.

const cnilVersion = "2026-03"

var cnilBasis = pair("RGPD, article 33(3) et (4) ; champs et listes de la CNIL", "GDPR, article 33(3) and (4); fields and lists of the CNIL")

func cnilInitial() *Form {
	return &Form{
		Name: "cnil-initial", Version: cnilVersion, Basis: cnilBasis, Meets: string(deadline.Notified), Refuse: refuted,
		Title: pair("Notification initiale d’une violation à la CNIL", "Initial notification of a breach to the CNIL"),
		For:   pair("CNIL, par son téléservice ; à recopier case par case", "The CNIL, through its online service; to be copied box by box"),
		Fill: func(m *Maker) {
			m.Section("1", pair("Notification", "Notification"), words.Both{})
			m.put(Box{Key: "form.type", Label: pair("Type de notification", "Type of notification"), Type: Choice, Options: cnilTypes, Value: chosen("initial")}, m.fromCase())
			m.toCNIL()
		},
	}
}

func cnilComplementary() *Form {
	return &Form{
		Name: "cnil-complementary", Version: cnilVersion, Basis: cnilBasis, Meets: string(deadline.Completed), After: []string{"cnil-initial", "cnil-complementary"},
		Title: pair("Notification complémentaire d’une violation à la CNIL", "Complementary notification of a breach to the CNIL"),
		For:   pair("CNIL, par son téléservice, sous le numéro de la notification initiale", "The CNIL, through its online service, under the number of the initial notification"),
		Fill: func(m *Maker) {
			dry := m.dry()
			dry.toCNIL()
			m.Section("0", pair("Ce qui change depuis la dernière notification", "What changes since the last notification"), words.Both{})
			m.changed(dry)
			m.Section("1", pair("Notification", "Notification"), words.Both{})
			m.put(Box{Key: "form.type", Label: pair("Type de notification", "Type of notification"), Type: Choice, Options: cnilTypes, Value: chosen("complementary")}, m.fromCase())
			m.add(m.reference([]string{"cnil-initial"}))
			m.toCNIL()
		},
	}
}

var cnilTypes = []Option{option("initial", "Initiale", "Initial"), option("complementary", "Complémentaire", "Complementary")}

// refuted refuses a first notification of what was found to be none.
func refuted(f *Facts) words.Both {
	if d := f.State.Current(casefile.Standing); d != nil && d.Choice == casefile.Refuted {
		return pair("la violation a été écartée : il n’y a rien à notifier", "the breach was refuted: there is nothing to notify")
	}
	return words.Both{}
}

// dry is a maker whose document nobody sees: what it would fill is known before.
func (m *Maker) dry() *Maker {
	return &Maker{Facts: m.Facts, d: &Document{Since: &Since{}}, last: m.last}
}

// reference is the number that the authority gave the first notification.
func (m *Maker) reference(forms []string) fact {
	f := asked("form.reference", pair("Numéro de la notification initiale", "Number of the initial notification"), pair("La CNIL l’a donné à la réception de la notification initiale.", "The authority gave it when it received the initial notification."))
	for i := range m.Filings {
		x := &m.Filings[i]
		for _, name := range forms {
			if x.Form == name && x.Reference != "" {
				f.Value, f.from = paragraphs(outside(x.Reference)), []Source{m.fromFiling(x)}
			}
		}
	}
	return f
}

// changed tells what is no longer as it was filed.
func (m *Maker) changed(now *Maker) {
	b := Box{Key: "form.changes", Label: pair("Cases qui changent", "Boxes that change"), Type: Table}
	if m.last == nil {
		b.Why = pair("Aucune notification antérieure n’est gardée dans l’affaire : il n’y a rien à comparer.", "No earlier notification is kept in the case: there is nothing to compare.")
		m.put(b)
		return
	}
	var all [][]words.Both
	for _, s := range now.d.Sections {
		for _, x := range s.Boxes {
			switch {
			case x.New:
				all = append(all, []words.Both{x.Label, orNothing(words.Both{}), shown(x.Value, x.Options, m)})
			case x.Was != nil:
				was, is := apartFrom(*x.Was, x.Value), apartFrom(x.Value, *x.Was)
				all = append(all, []words.Both{x.Label, orNothing(shown(was, x.Options, m)), orNothing(shown(is, x.Options, m))})
			}
		}
	}
	b.Value = rows([]words.Both{pair("Case", "Box"), pair("Notifié", "As notified"), pair("Maintenant", "Now")}, all)
	if len(all) == 0 {
		b.Why = pair("Rien ne change.", "Nothing changes.")
	}
	m.put(b, m.fromFiling(m.Facts.last([]string{"cnil-initial", "cnil-complementary"})))
}

// apartFrom is what of a value another does not have: of a text its paragraphs; of a table
// its rows as paragraphs, by their first two cells where these tell them apart.
func apartFrom(v, other Value) Value {
	lines := func(v Value, cells int) []words.Both {
		if v.Table == nil {
			return v.Text
		}
		var all []words.Both
		for _, row := range v.Table.Rows {
			head := joined(", ", row[1:min(cells, len(row))]...)
			all = append(all, pair(row[0].FR+" : "+head.FR, row[0].EN+": "+head.EN))
		}
		return all
	}
	differ := func(cells int) []words.Both {
		others := lines(other, cells)
		return slices.DeleteFunc(slices.Clone(lines(v, cells)), func(w words.Both) bool { return slices.Contains(others, w) })
	}
	text := differ(2)
	if len(text) == 0 {
		text = differ(math.MaxInt)
	}
	v.Text, v.Table = text, nil
	return v
}

func orNothing(w words.Both) words.Both {
	if w.EN == "" {
		return pair("rien", "nothing")
	}
	return w
}

// shown words a value in a cell of a table.
func shown(v Value, options []Option, m *Maker) words.Both {
	switch {
	case v.Number != nil:
		return integer(*v.Number)
	case len(v.Codes) > 0:
		return offered(options, v.Codes)
	case v.At != "":
		if t, ok := read(&v.At); ok {
			return m.instant(t)
		}
		return same(v.At)
	case v.Table != nil:
		return shown(apartFrom(v, Value{}), options, m)
	}
	return parted(v.Text...)
}

// standingBox is whether the breach is established.
func (m *Maker) standingBox() fact {
	f := asked("case.standing", pair("Caractère établi ou supposé de la violation", "Whether the breach is established or supposed"), pair("Une personne en décide : « constat case decide … standing ».", "A person decides: \"constat case decide … standing\"."),
		option("confirmed", "Établi", "Established"), option("suspected", "Supposé", "Supposed"))
	d := m.State.Current(casefile.Standing)
	if d == nil || d.Choice == casefile.Refuted {
		return f
	}
	f.Value, f.from = chosen("suspected"), []Source{m.fromDecision(d)}
	if d.Choice == casefile.Confirmed {
		f.Value = chosen("confirmed")
	}
	return f
}

// attachments are documents that may go with a notification. Originals never do.
func (m *Maker) attachments() fact {
	f := fact{Box: Box{
		Key: "attachments", Label: pair("Pièces jointes proposées", "Attachments proposed"), Type: Table, Optional: true,
		Help: pair("Jamais le fichier volé lui-même : il contient les données des personnes.", "Never the stolen file itself: it holds people's data."),
	}}
	if m.Assessment == nil {
		return f
	}
	f.propose(rows([]words.Both{pair("Document", "Document"), pair("S’obtient par", "How to get it")}, [][]words.Both{
		{pair("Évaluation interne de l’impact", "Internal impact assessment"), same("constat report " + m.Case + " --form impact")},
	}), confirm, m.Assessed("exposures", pair("personnes exposées", "people exposed")))
	return f
}

// toCNIL fills what both notifications have, after their type.
func (m *Maker) toCNIL() {
	none := words.Both{}
	m.Section("2", pair("Organisme et contact", "Organisation and contact"), none)
	m.add(m.organisationName())
	m.add(own("organisation.siren", pair("SIREN ou autre identifiant", "SIREN or other identifier")))
	m.add(own("organisation.address", pair("Adresse et coordonnées", "Address and contact details")))
	m.add(ownActivity())
	m.add(reporter("name"))
	m.add(reporter("function"))
	m.add(reporter("address"))
	m.add(own("contact.dpo.name", pair("Délégué à la protection des données, ou point de contact", "Data protection officer, or contact point")))
	m.add(own("contact.dpo.address", pair("Ses coordonnées", "Their contact details")))
	m.add(m.processor())
	m.add(m.processorNames())

	m.Section("3", pair("Dates et circonstances", "Dates and circumstances"), none)
	m.add(m.standingBox())
	m.add(m.discovered())
	m.add(m.aware())
	m.add(m.begun())
	m.add(m.ended())
	m.add(m.ongoing())
	m.add(m.discoveryText())
	m.add(m.circumstances())

	m.Section("4", pair("Nature, origine et cause", "Nature, origin and cause"), none)
	m.add(m.nature())
	m.add(m.origin())
	m.add(m.cause(some(causes, "internal_malicious", "internal_accidental", "external_malicious", "external_accidental", "other", "unknown")))

	m.Section("5", pair("Données concernées", "Data concerned"), none)
	m.add(m.dataKinds("data.typologies", pair("Types de données concernées", "Kinds of data concerned"), typologies, func(c class) string { return c.cnil }))
	m.add(m.special())
	m.add(m.detail(pair("Précisions sur les données", "About the data")))
	m.add(m.recordCount())
	m.add(m.recordPrecision())

	m.Section("6", pair("Personnes concernées", "People concerned"), none)
	m.add(ownPeople())
	m.add(m.peopleCount())
	m.add(m.peoplePrecision())
	m.add(m.peopleBasis())

	m.Section("7", pair("Mesures en place avant la violation", "Measures in place before the breach"), none)
	m.add(own("organisation.measures.text", pair("Mesures de sécurité en place avant la violation", "Security measures in place before the breach")))

	m.Section("8", pair("Conséquences", "Consequences"), none)
	m.add(m.consequences(impacts[:10]))
	m.add(m.consequencesText())
	m.add(m.gravity())

	m.Section("9", pair("Mesures prises ou prévues", "Measures taken or planned"), none)
	m.add(m.measures())
	m.add(m.prevention())

	m.Section("10", pair("Information des personnes", "Telling the people"), none)
	m.add(m.informedPeople())
	m.add(m.informedAt())
	m.add(m.informedPlanned())
	m.add(m.informedCount())
	m.add(m.informedMeans())
	m.add(m.informedContent())
	m.add(m.notInformedWhy())

	m.Section("11", pair("Autres pays, autres autorités", "Other countries, other authorities"), none)
	m.add(abroad())
	m.add(m.abroadCountries("organisation.countries", pair("États concernés", "States concerned")))
	m.add(m.complained())
	m.add(m.authorities())

	m.Section("12", pair("Retard de la notification", "Late notification"), none)
	m.add(m.delay())

	m.Section("13", pair("Pièces jointes", "Attachments"), none)
	m.add(m.attachments())
}
