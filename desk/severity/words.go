package severity

import (
	"fmt"
	"strings"

	"constat.example/blind/kind"
	"constat.example/internal/words"
)

var categoryWords = map[kind.Sensitivity]Words{
	kind.Simple:      pair("données simples", "simple data"),
	kind.Behavioural: pair("données de comportement", "behavioural data"),
	kind.Financial:   pair("données financières", "financial data"),
	kind.Sensitive:   pair("données sensibles, ou qui en ouvrent", "sensitive data, or what opens them"),
}

var reasonWords = map[Reason]Words{
	Volume:     pair("beaucoup de données par personne", "much data about each person"),
	Controller: pair("le domaine de l’organisme en dit long", "the organisation's field says much"),
	Vulnerable: pair("personnes vulnérables", "vulnerable people"),
	Invalid:    pair("données fausses ou anciennes", "data wrong or old"),
	Public:     pair("données déjà publiques", "data public before"),
	Little:     pair("données qui révèlent peu", "data that reveal little"),
	Context:    pair("contexte", "context"),
}

var partWords = map[string]map[Extent]Words{
	"confidentiality": {
		NotSaid:   pair("confidentialité : non renseigné", "confidentiality: not said"),
		None:      pair("données exposées, aucun signe d’usage illicite", "data exposed, no evidence of illegal use"),
		Contained: pair("divulguées à des destinataires connus", "disclosed to known recipients"),
		Full:      pair("divulguées à des inconnus, ou publiées", "disclosed to unknown recipients, or published"),
	},
	"integrity": {
		NotSaid:   pair("intégrité : non renseigné", "integrity: not said"),
		None:      pair("données non altérées, ou sans usage illicite", "data not altered, or without illegal use"),
		Contained: pair("données altérées, récupérables", "data altered, recoverable"),
		Full:      pair("données altérées, irrécupérables", "data altered, not recoverable"),
	},
	"availability": {
		NotSaid:   pair("disponibilité : non renseigné", "availability: not said"),
		None:      pair("données disponibles, ou rétablies sans difficulté", "data available, or back without difficulty"),
		Contained: pair("indisponibles pour un temps", "not available for a time"),
		Full:      pair("perdues pour de bon", "lost for good"),
	},
	"malice": {
		NotSaid: pair("intention de nuire : non renseigné", "malicious intent: not said"),
		None:    pair("sans intention de nuire", "no malicious intent"),
		Full:    pair("intention de nuire", "malicious intent"),
	},
}

// bands are ENISA's with the CNIL's levels that mean the same, in our words.
var bands = []struct {
	band      string
	words     Words
	level     string
	criterion Words
}{
	{
		"low", pair("faible", "low"), "négligeable",
		pair("Les personnes ne sont pas touchées, ou ont quelques désagréments qu’elles surmontent sans difficulté.", "People are not affected, or meet a few inconveniences that they overcome without difficulty."),
	},
	{
		"medium", pair("moyenne", "medium"), "limitée",
		pair("Les personnes peuvent avoir de vrais désagréments, qu’elles surmontent malgré quelques difficultés.", "People may meet real inconveniences, which they overcome despite some difficulty."),
	},
	{
		"high", pair("élevée", "high"), "importante",
		pair("Les personnes peuvent subir des conséquences sérieuses, qu’elles devraient surmonter, avec de réelles difficultés.", "People may suffer serious consequences, which they should overcome, with real difficulty."),
	},
	{
		"very_high", pair("très élevée", "very high"), "maximale",
		pair("Les personnes peuvent subir des conséquences graves, voire irrémédiables, qu’elles pourraient ne pas surmonter.", "People may suffer grave, even irreversible consequences, which they might not overcome."),
	},
}

func fromCategory(c Category) Words {
	fr := make([]string, len(c.Kinds))
	en := make([]string, len(c.Kinds))
	for i, name := range c.Kinds {
		k, err := kind.Parse(name)
		if err != nil {
			panic(err) // it was written by String
		}
		fr[i], en[i] = k.Label("fr"), k.Label("en")
	}
	least, most := words.Count(c.Least), words.Count(c.Most)
	toFR, toEN := least.FR, least.EN
	if c.Most != c.Least {
		toFR, toEN = "de "+least.FR+" à "+most.FR, least.EN+" to "+most.EN
	}
	return pair(
		fmt.Sprintf("La catégorie la plus haute : %s (%s), personnes : %s.", c.Words.FR, strings.Join(fr, ", "), toFR),
		fmt.Sprintf("The highest category: %s (%s), people: %s.", c.Words.EN, strings.Join(en, ", "), toEN),
	)
}

func bandArgument(a *Assessment) Words {
	if a.SE == nil {
		return pair(
			fmt.Sprintf("La gravité selon l’ENISA est %s (de %g à %g).", a.BandWords.FR, a.Low.Value(), a.High.Value()),
			fmt.Sprintf("The severity by ENISA is %s (%g to %g).", a.BandWords.EN, a.Low.Value(), a.High.Value()),
		)
	}
	return pair(
		fmt.Sprintf("La gravité selon l’ENISA est %s (%g).", a.BandWords.FR, a.SE.Value()),
		fmt.Sprintf("The severity by ENISA is %s (%g).", a.BandWords.EN, a.SE.Value()),
	)
}

var (
	nothing   = pair("Aucun type de donnée n’est établi.", "No kind of data is established.")
	undecided = pair(
		"Si un risque élevé est probable (article 34), une personne en décide, en donnant ses motifs ; le nombre de personnes n’entre pas dans la formule.",
		"Whether a high risk is likely (article 34) a person decides, with reasons; the number of people is not in the formula.",
	)

	nameAndPaper  = pair("Nom et numéro officiel ensemble : la personne est désignée.", "Name and an official number together: the person is named.")
	nameBornReach = pair("Nom, date de naissance et coordonnées ensemble : la personne est désignée (exemple de l’ENISA).", "Name, birth date and a contact together: the person is named (ENISA's example).")
	nameAndMore   = pair("Nom avec une donnée qui distingue les homonymes.", "A name with something that tells namesakes apart.")
	paperAlone    = pair("Numéro officiel sans nom : il faut une base où le retrouver.", "An official number without a name: it takes a database to look it up in.")
	emailAlone    = pair("Adresse électronique : souvent l’identifiant de la personne, et son nom (exemple de l’ENISA).", "E-mail address: often what a person is known by, and their name (ENISA's example).")
	nameAlone     = pair("Nom seul : souvent porté par plusieurs (l’ENISA va de 0,25 à 1 selon sa rareté).", "A name alone: often shared by several (ENISA goes from 0.25 to 1 by how rare it is).")
	reachAlone    = pair("Sans nom, mais avec de quoi retrouver la personne par d’autres sources.", "No name, but what other sources can find the person by.")
	onlyTraits    = pair("Rien qui désigne une personne par lui-même.", "Nothing that names a person by itself.")

	argCredentials = pair("Des mots de passe ou leurs empreintes ouvrent d’autres comptes.", "Passwords or their hashes open other accounts.")
	argIdentity    = pair("Des numéros officiels permettent l’usurpation d’identité, et ne se changent guère.", "Official numbers allow identity theft, and can hardly be changed.")
	argMoney       = pair("Des coordonnées bancaires permettent des fraudes.", "Bank details allow fraud.")
	argApproach    = pair("Nom et coordonnées permettent un hameçonnage crédible.", "Names with contacts allow credible phishing.")
	argFreeText    = pair("Le texte libre peut en dire plus que ses colonnes : santé, famille, difficultés.", "Free text may say more than its columns: health, family, hardship.")
	argOffered     = pair("Les données sont aux mains d’inconnus qui veulent nuire ou vendre.", "The data are in the hands of strangers who mean harm or mean to sell.")
	argVulnerable  = pair("Des personnes vulnérables sont concernées.", "Vulnerable people are concerned.")
	argMany        = pair("Plus de cent mille personnes : la formule n’en tient pas compte, les fraudeurs si.", "More than a hundred thousand people: the formula does not count that, fraudsters do.")
	argBeyond      = pair("Des facteurs aggravants dépassent l’échelle.", "Aggravating factors go beyond the scale.")

	argUnintelligible  = pair("Les données sont incompréhensibles pour qui les détient (34(3)(a)).", "The data are unintelligible to whoever has them (34(3)(a)).")
	argNoMisuse        = pair("Aucun signe d’usage illicite.", "No evidence of illegal use.")
	argKnownRecipients = pair("Les destinataires sont connus ; leur confiance et l’effacement restent à vérifier.", "The recipients are known; whether they can be trusted and have deleted is to be checked.")
	argNotIdentified   = pair("Les personnes ne peuvent guère être identifiées.", "People can hardly be identified.")
	argPublic          = pair("Les données étaient publiques auparavant.", "The data were public before.")
	argInvalid         = pair("Les données sont fausses ou anciennes.", "The data are wrong or old.")
	argStale           = pair("De plus de la moitié des personnes, une valeur n’est plus actuelle.", "Of more than half of the people some value is no longer current.")
)

var levelWords = map[Level]Words{
	Negligible:  pair("négligeable", "negligible"),
	Limited:     pair("limitée", "limited"),
	Significant: pair("significative", "significant"),
	Maximum:     pair("maximale", "maximum"),
}

// Words name the reason.
func (r Reason) Words() Words { return reasonWords[r] }

// Words name the level.
func (l Level) Words() Words { return levelWords[l] }

// PartWords say how far a breach went in one part of its circumstances: confidentiality,
// integrity, availability; malice is None or Full.
func PartWords(part string, e Extent) Words { return partWords[part][e] }
