package paper

import (
	"strings"

	"constat.example/desk/form"
	"constat.example/internal/words"
)

// standings are the states of boxes in words, and the sign that goes with them where
// signs are letters.
var standings = map[form.State]struct {
	words.Both
	sign string
}{
	form.Filled: {words.Both{FR: "d’après les éléments", EN: "from evidence"}, "✓"},
	form.Stated: {words.Both{FR: "déclaré", EN: "stated"}, "+"},
	form.Asked:  {words.Both{FR: "à établir", EN: "to find out"}, "?"},
	form.Empty:  {words.Both{FR: "facultatif, laissé vide", EN: "optional, left empty"}, "–"},
	form.Apart:  {words.Both{FR: "sans objet", EN: "does not apply"}, "–"},
}

func (s *sheet) standing(state form.State) string {
	if said, ok := standings[state]; ok {
		return said.In(string(s.Language))
	}
	return clean(string(state))
}

// rooms name where facts come from.
var rooms = map[form.Room]words.Both{
	form.FromAssessment:   {FR: "évaluation", EN: "assessment"},
	form.FromHistory:      {FR: "historique, ligne", EN: "history, line"},
	form.FromSeverity:     {FR: "gravité", EN: "severity"},
	form.FromDecision:     {FR: "décision, acte", EN: "decision, act"},
	form.FromEvent:        {FR: "événement, acte", EN: "event, act"},
	form.FromDuty:         {FR: "échéance, règle", EN: "duty, rule"},
	form.FromClaim:        {FR: "affirmation", EN: "claim"},
	form.FromEvidence:     {FR: "pièce, SHA-256", EN: "original, SHA-256"},
	form.FromAlarm:        {FR: "alerte", EN: "alarm"},
	form.FromFiling:       {FR: "dépôt", EN: "filing"},
	form.FromLedger:       {FR: "registre des actes, racine", EN: "ledger, root"},
	form.FromPerson:       {FR: "déclaration, acte", EN: "statement, act"},
	form.FromOrganisation: {FR: "organisme", EN: "organisation"},
}

func (s *sheet) room(r form.Room) string {
	if said, ok := rooms[r]; ok {
		return said.In(string(s.Language))
	}
	return clean(string(r))
}

// colour is the name of a marking's colour, for style sheets: "amber".
func colour(marking string) string {
	name, _, _ := strings.Cut(strings.ToLower(marking), "+")
	switch name {
	case "red", "amber", "green", "clear":
		return name
	}
	return "clear"
}

// summary says in one sentence how far the document is.
func (s *sheet) summary(c form.Counts) string {
	proposed := ""
	if c.Proposed > 0 {
		proposed = s.T(" (dont %s)", " (%s)", s.N(int64(c.Proposed), "proposée, à confirmer", "proposées, à confirmer", "proposed, to be confirmed", "proposed, to be confirmed"))
	}
	said := s.T("%s sur %s d’après les éléments%s, %s, %s",
		"%s of %s filled from evidence%s, %s, %s",
		s.Int(int64(c.Filled)), s.N(int64(c.Boxes), "case remplie", "cases remplies", "box", "boxes"), proposed,
		s.N(int64(c.Stated), "déclarée", "déclarées", "stated", "stated"),
		s.N(int64(c.Asked), "à établir", "à établir", "to find out", "to find out"))
	if c.Empty > 0 {
		said += s.T(", %s", ", %s", s.N(int64(c.Empty), "laissée vide", "laissées vides", "left empty", "left empty"))
	}
	if c.Apart > 0 {
		said += s.T(" ; %s", "; %s", s.N(int64(c.Apart), "autre est sans objet", "autres sont sans objet", "more does not apply", "more do not apply"))
	}
	return said + "."
}

// tallies are the parts of the bar, of those states that boxes are in.
func (s *sheet) tallies(c form.Counts) []tally {
	var all []tally
	x := 0.0
	for _, t := range []tally{
		{State: form.Filled, N: int64(c.Filled), Words: s.Word(int64(c.Filled), "d’après les éléments", "d’après les éléments", "from evidence", "from evidence")},
		{State: form.Stated, N: int64(c.Stated), Words: s.Word(int64(c.Stated), "déclarée", "déclarées", "stated", "stated")},
		{State: form.Asked, N: int64(c.Asked), Words: s.T("à établir", "to find out")},
		{State: form.Empty, N: int64(c.Empty), Words: s.Word(int64(c.Empty), "laissée vide", "laissées vides", "left empty", "left empty")},
	} {
		if t.N == 0 || c.Boxes == 0 {
			continue
		}
		t.X, t.Width = x, float64(t.N)*100/float64(c.Boxes)
		x += t.Width
		all = append(all, t)
	}
	return all
}

// since says which filing the document is compared with, and what came of it.
func (s *sheet) since(f *form.Since) string {
	if f == nil {
		return ""
	}
	name := clean(f.Form)
	if known, err := form.ByName(f.Form); err == nil {
		name = s.words(known.Title)
	}
	return s.T("Comparé au dépôt nᵒ\u00a0%d (%s, %s) : %s, %s.", "Compared with filing %d (%s, %s): %s, %s.", f.Number, name, s.moment(f.At).Text,
		s.N(int64(f.Changed), "case a changé", "cases ont changé", "box changed", "boxes changed"), s.N(int64(f.New), "est nouvelle", "sont nouvelles", "is new", "are new"))
}

// Lead says whether it can go.
func (s *sheet) Lead() string {
	n := int64(len(s.Questions))
	if n == 0 {
		return s.T("Aucune question n’est ouverte : à relire, puis à remettre par une personne habilitée.", "No question is open: to be read again, then handed on by a person who may.")
	}
	return s.T("Projet : %s avant que ce document soit complet.", "Draft: %s before this document is complete.", s.N(n, "réponse manque", "réponses manquent", "answer is missing", "answers are missing"))
}

// Name is what the file is called: the title, and the case where it is of one.
func (s *sheet) Name() string {
	if s.Case == "" {
		return s.Title
	}
	return s.Title + " – " + s.Case
}

// Foot stands at the foot of each page.
func (s *sheet) Foot() string {
	if s.Case == "" {
		return s.At.Text
	}
	return s.T("Dossier %s · %s", "Case %s · %s", s.Case, s.At.Text)
}

// Missing heads the questions.
func (s *sheet) Missing() string {
	return s.T("Ce qui reste à établir", "What is still to be found out")
}

// How says how an answer is given.
func (s *sheet) How() string {
	return s.T("Une réponse se donne une fois, pour tous les documents :", "An answer is given once, for all documents:")
}

// Answer is the command that answers a question.
func (s *sheet) Answer(q question) string {
	return "constat case answer " + s.Case + " " + q.Key + "=…"
}

// Offers says what a question may be answered with.
func (s *sheet) Offers(q question) string {
	if len(q.Options) == 0 {
		return ""
	}
	options := strings.Join(q.Options, s.T(" ; ", "; "))
	if q.One {
		return s.T("Une réponse parmi : %s.", "One of: %s.", options)
	}
	return s.T("Une ou plusieurs réponses parmi : %s.", "Any of: %s.", options)
}

// Of says where a change stands: "before", "now".
func (s *sheet) Of(c change) string {
	if c == before {
		return s.T("Avant :", "Before:")
	}
	return s.T("Maintenant :", "Now:")
}

// Moved says that an option was taken or left since the last filing.
func (s *sheet) Moved(c change) string {
	if c == before {
		return s.T("retiré depuis", "withdrawn since")
	}
	return s.T("ajouté depuis", "added since")
}

// Picked is said of an option that is chosen.
func (s *sheet) Picked() string { return s.T("retenu", "chosen") }

// Nothing is said of a box in which nothing stands.
func (s *sheet) Nothing(b box) string {
	switch {
	case b.State == form.Asked && b.Ask != "":
		return b.Ask
	case b.State == form.Asked:
		return s.T("Non connu.", "Not known.")
	case b.Why != "":
		return b.Why
	}
	return s.T("Rien.", "Nothing.")
}
