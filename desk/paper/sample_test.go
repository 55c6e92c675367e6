package paper_test

import (
	"testing"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/form"
	"constat.example/internal/words"
)

// sample is a document of an invented form that has everything a form may have: all
// types and states, what changed and what is new, what people say against the evidence.
func sample(t testing.TB) *form.Document {
	t.Helper()
	paris := time.FixedZone("", 2*60*60)
	facts := &form.Facts{
		Case: "2026-0042", Now: time.Date(2026, 4, 21, 18, 5, 0, 0, paris), Zone: paris,
		State: &casefile.Case{TLP: casefile.AmberStrict, PAP: "AMBER"},
		Answers: map[string]form.Answer{
			"organisation.name": {Key: "organisation.name", Value: answer("Agence des titres d’essai", "Agence des titres d’essai")},
			"measures.before":   {Key: "measures.before", Value: answer("Chiffrement des sauvegardes, double authentification des administrateurs.", ""), Who: "dpo", Act: 12},
			"origin":            {Key: "origin", Value: form.Value{Codes: []string{"internal"}}, Who: "analyst", Act: 14},
			"cause":             {Key: "cause", Value: form.Value{Codes: []string{"theft"}}, Who: "analyst", Act: 15},
		},
	}
	first, err := form.Draft(invented(true), facts)
	if err != nil {
		t.Fatal(err)
	}
	facts.Filings = []form.Filing{{Number: 1, Form: "invented", At: time.Date(2026, 4, 18, 9, 12, 0, 0, paris), Document: first}}
	second, err := form.Draft(invented(false), facts)
	if err != nil {
		t.Fatal(err)
	}
	return second
}

// bare is a document of which nothing is known and nothing said: everything is asked.
func bare(t testing.TB) *form.Document {
	t.Helper()
	d, err := form.Draft(&form.Form{
		Name: "bare", Version: "1", Title: both("Signalement <b>bref</b>", "Short <b>report</b>"), For: both("La direction", "Management"), Basis: both("Usage interne", "In-house use"),
		Fill: func(m *form.Maker) {
			m.Section("1", both("Faits", "Facts"), words.Both{})
			m.Box(form.Box{ID: "1.1", Key: "what", Label: both("Que s’est-il passé ?", "What happened?"), Type: form.Text})
		},
	}, &form.Facts{Case: "vide", Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), State: &casefile.Case{}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func both(fr, en string) words.Both { return words.Both{FR: fr, EN: en} }

func answer(fr, en string) form.Value { return form.Value{Text: []words.Both{both(fr, en)}} }

func count(n int64) form.Value { return form.Value{Number: &n} }

// invented is the form; first is how it was filed the first time.
func invented(first bool) *form.Form {
	return &form.Form{
		Name: "invented", Version: "2026-04", After: []string{"invented"},
		Title: both("Notification complémentaire d’une violation de données à caractère personnel", "Complementary notification of a personal data breach"),
		For:   both("L’autorité de contrôle, par son téléservice ; la personne qui dépose recopie les cases", "The supervisory authority, through its online service; who files copies the boxes"),
		Basis: both("Règlement (UE) 2016/679, article 33", "Regulation (EU) 2016/679, Article 33"),
		Fill:  func(m *form.Maker) { fill(m, first) },
	}
}

func fill(m *form.Maker, first bool) {
	people, what := int64(36_800_000), both("nombre de personnes", "number of people")
	if first {
		people = 43_000_000
	}
	source := m.Assessed("exposures.persons", what)

	m.Section("1", both("Organisme", "Organisation"), words.Both{})
	m.Box(form.Box{ID: "1.1", Key: "organisation.name", Label: both("Nom de l’organisme", "Name of the organisation"), Type: form.Text})
	m.Box(form.Box{
		ID: "1.2", Key: "contact.dpo", Label: both("Délégué ou déléguée à la protection des données", "Data-protection officer"), Type: form.Text,
		Help: both("Nom, fonction, et comment la joindre pendant l’instruction.", "Name, post, and how to reach them during the inquiry."),
		Ask:  both("Le nom et les coordonnées : le secrétariat général les connaît.", "Name and address: the general secretariat knows them."),
	})
	m.Box(form.Box{ID: "1.3", Key: "measures.before", Label: both("Mesures en place avant la violation", "Measures in force before the breach"), Type: form.Text})

	m.Section("2", both("Violation", "Breach"), both("Les instants sont donnés à l’heure de l’organisme.", "Instants are those of the organisation’s clock."))
	m.Box(form.Box{ID: "2.1", Key: "time.awareness", Label: both("Prise de connaissance", "Awareness"), Type: form.Time, Value: form.Value{At: "2026-04-15T10:30:00+02:00"}},
		form.Source{Room: form.FromEvent, Ref: "3", Words: both("Événement : prise de connaissance", "Event: awareness"), Show: "constat case timeline 2026-0042"})
	begin := form.Value{At: "2026-04-01"}
	if first {
		begin = form.Value{}
	}
	m.Box(form.Box{ID: "2.2", Key: "time.begin", Label: both("Début de la violation", "Beginning of the breach"), Type: form.Time, Value: begin, Ask: both("Le jour où les données sont sorties.", "The day on which the data left.")},
		m.Assessed("window", both("période du vol", "window of theft")))
	natures := []form.Option{{Code: "confidentiality", Words: both("Perte de confidentialité", "Loss of confidentiality")}, {Code: "integrity", Words: both("Perte d’intégrité", "Loss of integrity")}, {Code: "availability", Words: both("Perte de disponibilité", "Loss of availability")}}
	m.Box(form.Box{ID: "2.3", Key: "nature", Label: both("Nature de la violation", "Nature of the breach"), Type: form.Choices, Options: natures, Value: form.Value{Codes: []string{"confidentiality"}}, Proposed: true, Why: both("Proposé : des données sont sorties.", "Proposed: data left.")},
		m.Assessed("verdict", both("verdict", "verdict")))
	origins := []form.Option{{Code: "external", Words: both("Acte externe malveillant", "Malicious act from outside")}, {Code: "internal", Words: both("Acte interne malveillant", "Malicious act from inside")}, {Code: "accident", Words: both("Accident", "Accident")}, {Code: "unknown", Words: both("Inconnue", "Unknown")}}
	m.Box(form.Box{ID: "2.4", Key: "origin", Label: both("Origine de l’incident", "Origin of the incident"), Type: form.Choice, Options: origins, Value: form.Value{Codes: []string{"external"}}},
		m.Assessed("suspects", both("comptes qui ont lu", "accounts that read")))
	m.Box(form.Box{ID: "2.5", Key: "cause", Label: both("Cause", "Cause"), Type: form.Choice, Options: []form.Option{{Code: "theft", Words: both("Vol d’un compte", "Theft of an account")}, {Code: "flaw", Words: both("Faille d’un logiciel", "Flaw of a program")}}, Value: form.Value{Codes: []string{"theft"}}},
		m.Assessed("suspects", both("comptes qui ont lu", "accounts that read")))
	m.Box(form.Box{ID: "2.6", Key: "late", Label: both("Motif du retard", "Reasons for the delay"), Type: form.Text, Why: both("Le délai de 72 heures n’est pas dépassé.", "The 72 hours have not passed.")})

	m.Section("3", both("Données et personnes", "Data and people"), words.Both{})
	m.Box(form.Box{ID: "3.1", Key: "people.count", Label: both("Nombre de personnes concernées", "Number of people concerned"), Type: form.Number, Value: count(people), Why: both("Entre 36,1 et 37,4 millions, à 95 % de confiance.", "Between 36.1 and 37.4 million, at 95% confidence.")}, source)
	kinds := []form.Option{}
	for _, k := range []struct{ code, fr, en string }{
		{"name", "État civil", "Civil status"},
		{"contact", "Coordonnées", "Contact data"},
		{"nir", "Numéro d’inscription au répertoire", "National identification number"},
		{"bank", "Données bancaires", "Bank data"},
		{"login", "Identifiants de connexion", "Login data"},
		{"papers", "Documents officiels", "Official papers"},
		{"place", "Données de localisation", "Location data"},
		{"offences", "Infractions, condamnations, mesures de sûreté", "Offences, convictions, security measures"},
		{"health", "Données de santé", "Health data"},
	} {
		kinds = append(kinds, form.Option{Code: k.code, Words: both(k.fr, k.en)})
	}
	taken := []string{"name", "contact", "nir", "autre-chose"}
	if first {
		taken = []string{"name", "contact", "bank"}
	}
	m.Box(form.Box{ID: "3.2", Key: "data.kinds", Label: both("Types de données", "Types of data"), Type: form.Choices, Options: kinds, Value: form.Value{Codes: taken}}, m.Assessed("exposures.by_kind", both("données par catégorie", "data by kind")))
	m.Box(form.Box{
		ID: "3.3", Key: "people.categories", Label: both("Catégories de personnes", "Categories of people"), Type: form.Choices,
		Options: []form.Option{{Code: "users", Words: both("Usagers du service", "Users of the service")}, {Code: "staff", Words: both("Agents", "Staff")}},
		Ask:     both("De qui sont les fiches : la maîtrise d’ouvrage le sait.", "Whose records they are: the owner of the application knows."),
	})
	table := &form.Grid{Head: []words.Both{both("Catégorie de données", "Kind of data"), both("Personnes", "People"), both("Valeurs encore à jour", "Values still current"), both("Anticonstitutionnellement long intitulé", "A rather long heading of a column")}}
	for _, r := range []struct{ fr, en, n, current string }{{"Nom", "Name", "36 800 000", "31 200 414"}, {"Adresse électronique", "E-mail address", "29 114 807", "22 004 310"}, {"Numéro d’inscription au répertoire", "National identification number", "8 112 004", "8 112 004"}} {
		if first && r.fr == "Nom" {
			r.n = "43 000 000"
		}
		if r.fr == "Adresse électronique" {
			r.current = "" // nobody counted them
		}
		table.Rows = append(table.Rows, []words.Both{both(r.fr, r.en), both(r.n, r.n), both(r.current, r.current), both("établi", "established")})
	}
	m.Box(form.Box{ID: "3.4", Key: "data.table", Label: both("Détail par catégorie", "Detail by kind"), Type: form.Table, Value: form.Value{Table: table}}, source,
		form.Source{Room: form.FromEvidence, Ref: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Words: both("Fichier reçu : lot.csv", "File received: lot.csv"), Show: "constat case evidence 2026-0042"})
	m.Box(form.Box{ID: "3.5", Key: "remarks", Label: both("Observations", "Remarks"), Type: form.Text, Optional: true})

	m.Prose("4", both("Texte pour le public", "Text for the public"))
	m.Box(form.Box{Key: "public.what", Label: both("Ce qui s’est passé", "What happened"), Type: form.Text, Value: form.Value{Text: []words.Both{
		both("Le 15 avril 2026, nous avons constaté que des données de nos usagers étaient proposées à la vente. « Elles sont authentiques » : une comparaison avec nos fichiers l’établit.", "On 15 April 2026 we found that data of our users were offered for sale. They are genuine: a comparison with our files establishes it."),
		both("Nous avons fermé les accès en cause le jour même.", "We closed the accesses concerned on the same day."),
	}}}, m.Assessed("verdict", both("verdict", "verdict")))
	m.Box(form.Box{Key: "public.where", Type: form.Text, Help: both("Gratuit depuis un poste fixe.", "Free of charge from a fixed line."), Ask: both("Le numéro d’appel ouvert aux usagers : la communication le connaît.", "The telephone number open to users: communication knows it.")})
	m.Box(form.Box{Key: "public.todo", Label: both("Ce que vous pouvez faire", "What you can do"), Type: form.Text, Value: answer("Méfiez-vous des messages qui demandent un code ou un paiement.", "Beware of messages that ask for a code or a payment.")}, source)
}
