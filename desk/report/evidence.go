package report

import (
	"regexp"
	"strings"

	"constat.example/blind/kind"
)

// Evidence comes in English sentences of a few forms, as the typing of columns
// writes them. Here each form has its French; a sentence of another form is
// left in English, and marked so.

// evidence words a piece of evidence in l.
func (l language) evidence(sentence string) text {
	if l != french {
		return text{Text: sentence}
	}
	if said, ok := inFrench(sentence); ok {
		return text{Text: said}
	}
	return text{Text: sentence, English: true}
}

func inFrench(sentence string) (string, bool) {
	if whole, ok := sentences[sentence]; ok {
		return french.T(whole, ""), true
	}
	for _, f := range forms {
		m := f.english.FindStringSubmatch(sentence)
		if m == nil {
			continue
		}
		args := make([]any, len(f.parts))
		for i, part := range f.parts {
			said, ok := part(m[i+1])
			if !ok {
				return "", false
			}
			args[i] = said
		}
		return french.T(f.french, "", args...), true
	}
	return "", false
}

// form is a form of sentence: its English with groups, and its French, with
// the groups by number.
type form struct {
	english *regexp.Regexp
	french  string
	parts   []func(string) (string, bool)
}

var forms = []form{
	{regexp.MustCompile(`^(over 99 %|under 1 %|none|\d+ %) of ([\d,]+) distinct values (.+), where chance gives (over 99 %|under 1 %|none|\d+ %)$`), "%[3]s : %[1]s de %[2]s valeurs distinctes, le hasard en donnant %[4]s", parts(share, figure, looked, share)},
	{regexp.MustCompile(`^(over 99 %|under 1 %|none|\d+ %) of ([\d,]+) rows with one of (\d+) values (.+), where chance gives (over 99 %|under 1 %|none|\d+ %)$`), "%[4]s : %[1]s de %[2]s lignes qui se partagent %[3]s valeurs, le hasard en donnant %[5]s", parts(share, figure, figure, looked, share)},
	{regexp.MustCompile(`^(over 99 %|under 1 %|none|\d+ %) of ([\d,]+) distinct values (.+)$`), "%[3]s : %[1]s de %[2]s valeurs distinctes", parts(share, figure, looked)},
	{regexp.MustCompile(`^(over 99 %|under 1 %|none|\d+ %) of ([\d,]+) rows with one of (\d+) values (.+)$`), "%[4]s : %[1]s de %[2]s lignes qui se partagent %[3]s valeurs", parts(share, figure, figure, looked)},
	{regexp.MustCompile(`^the register knows (over 99 %|under 1 %|none|\d+ %) of ([\d,]+) distinct values as (.+)$`), "le registre connaît %[1]s de %[2]s valeurs distinctes (%[3]s)", parts(share, figure, labelled)},
	{regexp.MustCompile(`^the name (".*") says (.+)$`), "le nom %[1]s annonce : %[2]s", parts(same, announced)},
	{regexp.MustCompile(`^the name (".*") speaks of somebody or something else$`), "le nom %[1]s parle de quelqu’un ou de quelque chose d’autre", parts(same)},
	{regexp.MustCompile(`^there are only (\d+) distinct values in ([\d,]+) rows$`), "il n’y a que %[1]s valeurs distinctes pour %[2]s lignes", parts(figure, figure)},
	{regexp.MustCompile(`^only (over 99 %|under 1 %|none|\d+ %) of the values are distinct$`), "valeurs distinctes : %[1]s seulement", parts(share)},
	{regexp.MustCompile(`^only (over 99 %|under 1 %|none|\d+ %) of the rows have a value$`), "lignes qui ont une valeur : %[1]s seulement", parts(share)},
	{regexp.MustCompile(`^the column (.+) already holds the (.+)$`), "la colonne %[1]s contient déjà cette catégorie (%[2]s)", parts(same, labelled)},
	{regexp.MustCompile(`^([\d,]+) cells?: (.+)$`), "cellules (%[1]s) : %[2]s", parts(figure, flawed)},
}

func parts(list ...func(string) (string, bool)) []func(string) (string, bool) { return list }

func same(text string) (string, bool) { return text, true }

func figure(text string) (string, bool) { return strings.ReplaceAll(text, ",", nnbsp), true }

func share(text string) (string, bool) {
	switch text {
	case "none":
		return "aucune", true
	case "over 99 %":
		return "plus de 99" + nbsp + "%", true
	case "under 1 %":
		return "moins de 1" + nbsp + "%", true
	}
	return strings.ReplaceAll(text, " ", nbsp), true
}

// labelled is the French label of a kind, from its English one in the middle
// of a sentence.
func labelled(label string) (string, bool) {
	for _, k := range kind.All() {
		if strings.EqualFold(k.Label("en"), label) {
			return middle(k.Label("fr")), true
		}
	}
	return "", false
}

// middle writes a label as in the middle of a sentence: acronyms stay.
func middle(label string) string {
	runes := []rune(label)
	if len(runes) > 1 && strings.ToUpper(string(runes[1])) == string(runes[1]) {
		return label
	}
	return strings.ToLower(string(runes[:1])) + string(runes[1:])
}

// announced is what the name of a column says it holds.
func announced(what string) (string, bool) {
	switch what {
	case "something else":
		return "autre chose", true
	case "none of the kinds":
		return "aucune des catégories", true
	}
	return labelled(what)
}

func looked(tail string) (string, bool) { said, ok := looks[tail]; return said, ok }

func flawed(reason string) (string, bool) { said, ok := flaws[reason]; return said, ok }

// sentences are the whole sentences.
var sentences = map[string]string{
	"all rows have one and the same value":                                  "toutes les lignes ont une seule et même valeur",
	"there are too many distinct values":                                    "les valeurs distinctes sont trop nombreuses",
	"the values count the rows":                                             "les valeurs numérotent les lignes",
	"the dates reach into the future":                                       "des dates sont à venir",
	"the dates span decades, as births do":                                  "les dates couvrent des décennies, comme des naissances",
	"the name does not speak of birth":                                      "le nom ne parle pas de naissance",
	"the dates are few and late":                                            "les dates sont peu nombreuses et récentes",
	"the dates cluster in a few late years, as events do":                   "les dates se serrent sur quelques années récentes, comme des événements",
	"it holds bis, ter or letters beside a street that has no number":       "elle contient bis, ter ou des lettres à côté d’une voie sans numéro",
	"the codes are the INSEE codes of the towns in the same rows":           "les codes sont les codes INSEE des communes des mêmes lignes",
	"the INSEE codes in the same rows are of these towns":                   "les codes INSEE des mêmes lignes sont ceux de ces communes",
	"the codes begin with the département of the towns in the same rows":    "les codes commencent par le département des communes des mêmes lignes",
	"the postcodes in the same rows are of these towns":                     "les codes postaux des mêmes lignes sont ceux de ces communes",
	"the NIRs in the same rows say the same":                                "les NIR des mêmes lignes disent la même chose",
	"1 and 2 go with the sex of the given names in the same rows":           "1 et 2 suivent le sexe des prénoms des mêmes lignes",
	"it is named as a record id, but the register does not know the values": "son nom est celui d’un identifiant interne, mais le registre n’en connaît pas les valeurs",
	"a record id needs to be named as one or known to the register":         "un identifiant interne doit être nommé ainsi ou connu du registre",
	"the map file says so":                                                  "le fichier de correspondance le dit",
	"--id names it":                                                         "l’option --id la désigne",
	"their names tell which of the two surnames it is":                      "les noms des deux colonnes disent duquel des deux noms il s’agit",
	"of two surnames the first is taken for the birth surname":              "de deux noms, le premier est pris pour le nom de naissance",
	"no kind is probable enough":                                            "aucune catégorie n’est assez probable",
	"nothing tells it to be any of the kinds":                               "rien n’indique l’une des catégories",
	"empty": "vide",
}

// looks are what values look like.
var looks = map[string]string{
	"have letters":                                      "contiennent des lettres",
	"are made of letters as names are":                  "faites de lettres comme le sont les noms",
	"are frequent given names":                          "prénoms fréquents",
	"are frequent surnames":                             "noms fréquents",
	"join a given name and another name":                "un prénom joint à un autre nom",
	"are names of larger towns":                         "noms de communes importantes",
	"have a word such as rue or street":                 "contiennent un mot comme rue ou avenue",
	"begin with a number before words":                  "commencent par un numéro suivi de mots",
	"begin with a word such as appartement or bâtiment": "commencent par un mot comme appartement ou bâtiment",
	"have a word that towns are named with":             "contiennent un mot dont on fait des noms de communes",
	"are sexes or titles":                               "sexes ou civilités",
	"are 1 or 2":                                        "1 ou 2",
	"are names of départements or regions":              "noms de départements ou de régions",
	"are names of countries":                            "noms de pays",
	"are short codes or names of regions":               "codes courts ou noms de régions",
	"are codes or names of countries":                   "codes ou noms de pays",
	"are house numbers in form":                         "forme d’un numéro dans la voie",
	"have bis, ter or a letter after a number":          "bis, ter ou une lettre après un numéro",
	"are five digits":                                   "cinq chiffres",
	"have the form of a postcode":                       "forme d’un code postal",
	"are five digits that end in zero, as most postcodes do, and not in two": "cinq chiffres qui finissent par un zéro, comme la plupart des codes postaux, et non par deux",
	"are five digits that begin with zero":                                   "cinq chiffres qui commencent par zéro",
	"have the form of an INSEE code":                                         "forme d’un code INSEE",
	"are INSEE codes of larger towns":                                        "codes INSEE de communes importantes",
	"have the 2A or 2B of Corsica":                                           "2A ou 2B de la Corse",
	"begin with 99, as codes of countries do":                                "commencent par 99, comme les codes de pays",
	"are dates":            "dates",
	"can be read as dates": "peuvent se lire comme des dates",
	"have a time of day":   "comportent une heure",
	"are counts of seconds or milliseconds since 1970 in form": "forme d’un compte de secondes ou de millisecondes depuis 1970",
	"are NIRs whose key matches":                               "NIR dont la clé est juste",
	"have as many digits as a NIR":                             "autant de chiffres qu’un NIR",
	"are NIRs without key whose parts are in range":            "NIR sans clé dont les éléments sont plausibles",
	"are tax numbers whose key matches":                        "numéros fiscaux dont la clé est juste",
	"are thirteen digits":                                      "treize chiffres",
	"are SIREN or SIRET whose key matches":                     "SIREN ou SIRET dont la clé est juste",
	"are IBANs whose key matches":                              "IBAN dont la clé est juste",
	"are e-mail addresses":                                     "adresses électroniques",
	"are written as only phone numbers are":                    "écrites comme seuls le sont les numéros de téléphone",
	"have as many digits as a phone number":                    "autant de chiffres qu’un numéro de téléphone",
	"are IP addresses":                                         "adresses IP",
	"have the form of a password hash":                         "forme d’une empreinte de mot de passe",
	"are texts of several words":                               "textes de plusieurs mots",
	"are one word":                                             "un seul mot",
	"have the form of a reference":                             "forme d’une référence",
	"have the form of a French identity card number":           "forme d’un numéro de carte nationale d’identité",
	"have the form of a French passport number":                "forme d’un numéro de passeport français",
	"have the form of a driving licence number":                "forme d’un numéro de permis de conduire",
	"are short whole numbers":                                  "nombres entiers courts",
	"are decimal numbers or amounts":                           "nombres décimaux ou montants",
	"are payment cards whose key matches":                      "cartes bancaires dont la clé est juste",
	"are yes or no":                                            "oui ou non",
	"are links or paths":                                       "liens ou chemins",
	"are hexadecimal":                                          "hexadécimales",
	"are UUIDs":                                                "UUID",
	"are short capitals":                                       "courtes, en capitales",
}

// flaws are why values are odd or invalid.
var flaws = map[string]string{
	"shape is not that of the kind":                    "forme qui n’est pas celle de la catégorie",
	"wrong number of characters":                       "mauvais nombre de caractères",
	"key is left out":                                  "clé omise",
	"key does not match":                               "clé fausse",
	"series is rare":                                   "série rare",
	"number is provisional":                            "numéro provisoire",
	"month is 20-99 (unknown)":                         "mois de 20 à 99 (inconnu)",
	"month does not exist":                             "mois qui n’existe pas",
	"day does not exist":                               "jour qui n’existe pas",
	"year is before 1850 or after 2030":                "année avant 1850 ou après 2030",
	"day, month or year is unknown":                    "jour, mois ou année inconnu",
	"year has two digits":                              "année sur deux chiffres",
	"month stands before day":                          "mois placé avant le jour",
	"date is a spreadsheet's day number":               "date en numéro de jour de tableur",
	"time is counted from 1970":                        "temps compté depuis 1970",
	"number is in scientific notation":                 "nombre en notation scientifique",
	"digits were lost to scientific notation":          "chiffres perdus par la notation scientifique",
	"leading zero was lost":                            "zéro initial perdu",
	"value is partly masked":                           "valeur en partie masquée",
	"country and check digits are left out":            "pays et clé de contrôle omis",
	"shape is foreign":                                 "forme étrangère",
	"name or code is in no list":                       "nom ou code absent des listes",
	"cell holds several values":                        "plusieurs valeurs dans la cellule",
	"misspelling was undone":                           "faute d’écriture corrigée",
	"characters are unusual in the kind":               "caractères inhabituels pour la catégorie",
	"number is a special-rate one":                     "numéro spécial ou surtaxé",
	"digits look like filler":                          "chiffres de remplissage",
	"password is not hashed":                           "mot de passe en clair",
	"text was read in the wrong encoding and repaired": "texte lu dans un mauvais encodage, réparé",
	"characters were lost in an earlier conversion":    "caractères perdus dans une conversion antérieure",
	"cell holds a whole address":                       "adresse entière dans la cellule",
	"address has no street":                            "adresse sans voie",
}

// dialect words how a table is written, piece by piece.
func (l language) dialect(english string) text {
	if l != french {
		return text{Text: english}
	}
	said := english
	for _, p := range dialects {
		said = p.english.ReplaceAllString(said, p.french)
	}
	return text{Text: said, English: english != "" && said == english}
}

var dialects = []struct {
	english *regexp.Regexp
	french  string
}{
	{regexp.MustCompile(`\bseparator tab\b`), "séparateur tabulation"},
	{regexp.MustCompile(`\bseparator space\b`), "séparateur espace"},
	{regexp.MustCompile(`\bseparator\b`), "séparateur"},
	{regexp.MustCompile(`\bwith blanks\b`), "entouré de blancs"},
	{regexp.MustCompile(`\bquote (.)`), "guillemet $1"},
	{regexp.MustCompile(`\bescape (.)`), "échappement $1"},
	{regexp.MustCompile(`\bno header\b`), "sans en-tête"},
	{regexp.MustCompile(`\bheader\b`), "en-tête"},
	{regexp.MustCompile(`\bone column for each key\b`), "une colonne par clé"},
	{regexp.MustCompile(`\bone column\b`), "une colonne"},
}
