package report

import (
	"strings"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
)

// Words that other rooms write as short English names, in the page's two
// languages. A word that is not here is shown as it came.

type pair struct{ fr, en string }

func (l language) of(p pair) string { return l.T(p.fr, p.en) }

// classes are the verdicts on a claim.
var classes = map[string]pair{
	"genuine":      {"authentique", "genuine"},
	"mixed":        {"en partie authentique", "mixed: genuine in part"},
	"recycled":     {"recyclé d’une fuite antérieure", "recycled from an earlier leak"},
	"fabricated":   {"fabriqué", "fabricated"},
	"foreign":      {"provenant d’un autre organisme", "foreign: someone else’s data"},
	"undetermined": {"indéterminé", "undetermined"},
}

// refusals are reasons why a finding is refused.
var refusals = map[string]pair{
	"not assessed": {
		"non évalué dans cette version du dossier",
		"not assessed in this version of the case",
	},
	"too few rows to tell where they come from": {
		"trop peu de lignes pour dire d’où elles viennent",
		"too few rows to tell where they come from",
	},
	"nothing at hand tells a copy of the register from another file about the same people": {
		"rien ne distingue ici une copie du registre d’un autre fichier sur les mêmes personnes",
		"nothing at hand tells a copy of the register from another file about the same people",
	},
	"nobody of the register is in it; whether it is made up or somebody else's cannot be told": {
		"personne du registre n’y figure ; on ne peut dire s’il est fabriqué ou s’il vient d’ailleurs",
		"nobody of the register is in it; whether it is made up or somebody else’s cannot be told",
	},
	"the evidence contradicts itself": {
		"les indices se contredisent",
		"the evidence contradicts itself",
	},
	"the dump holds too little in common with the register to find people by": {
		"le fichier a trop peu de données en commun avec le registre pour y retrouver des personnes",
		"the dump holds too little in common with the register to find people by",
	},
	"the register has one snapshot only, so no change of a value dates the copy": {
		"le registre n’a qu’un instantané : aucun changement de valeur ne date la copie",
		"the register has one snapshot only, so no change of a value dates the copy",
	},
	"no row is linked to a person of the register, so no change of theirs dates the copy": {
		"aucune ligne n’est rattachée à une personne du registre : aucun changement ne date la copie",
		"no row is linked to a person of the register, so no change of theirs dates the copy",
	},
	"no value of the people linked changed between the snapshots, or the dump holds none that did": {
		"aucune valeur des personnes rattachées n’a changé entre les instantanés, ou le fichier n’en contient aucune qui ait changé",
		"no value of the people linked changed between the snapshots, or the dump holds none that did",
	},
	"too few changes of the people linked were seen to date the copy": {
		"trop peu de changements ont été vus chez les personnes rattachées pour dater la copie",
		"too few changes of the people linked were seen to date the copy",
	},
	assessment.HoneyUnseen: {
		"le fichier contient trop peu de données sur chacun pour distinguer les personnes inventées des autres",
		"the dump holds too little of people to tell made-up ones from others",
	},
	"no earlier leak is kept": {
		"aucune fuite antérieure n’est conservée",
		"no earlier leak is kept",
	},
	"the earlier leaks hold nothing by which people of this dump could be found": {
		"les fuites antérieures n’ont rien qui permette d’y retrouver les personnes de ce fichier",
		"the earlier leaks hold nothing by which people of this file could be found",
	},
	"none of the earlier leaks kept could be compared": {
		"aucune des fuites antérieures conservées n’a pu être comparée",
		"none of the earlier leaks kept could be compared",
	},
	"the changes seen fit any time": {
		"les changements vus conviennent à n’importe quelle date",
		"the changes seen fit any time",
	},
	"the dump is no copy of the register, so there is no copy to date": {
		"le fichier n’est pas une copie du registre : il n’y a pas de copie à dater",
		"the dump is no copy of the register, so there is no copy to date",
	},
	"the changes seen contradict each other: no copy, made at once, in two goes or bit by bit, shows such values": {
		"les changements vus se contredisent : aucune copie, faite d’un coup, en deux fois ou petit à petit, ne montre de telles valeurs",
		"the changes seen contradict each other: no copy, made at once, in two goes or bit by bit, shows such values",
	},
}

// reasons are why a piece of a file was rejected.
var reasons = map[string]pair{
	"too many cells":                                                  {"trop de cellules pour le tableau", "too many cells"},
	"one cell where several were expected":                            {"une seule cellule au lieu de plusieurs", "one cell where several were expected"},
	"row too long":                                                    {"ligne trop longue", "row too long"},
	"quote never closed":                                              {"guillemet jamais refermé", "quote never closed"},
	"malformed JSON":                                                  {"JSON mal formé", "malformed JSON"},
	"not a JSON object":                                               {"n’est pas un objet JSON", "not a JSON object"},
	"JSON nested too deeply":                                          {"JSON imbriqué trop profondément", "JSON nested too deeply"},
	"compressed data is cut short":                                    {"données compressées tronquées", "compressed data is cut short"},
	"compressed data is damaged":                                      {"données compressées endommagées", "compressed data is damaged"},
	"unpacks to far more than it should":                              {"se décompresse démesurément", "unpacks to far more than it should"},
	"bytes after the end of the compressed data":                      {"octets après la fin des données compressées", "bytes after the end of the compressed data"},
	"encrypted member":                                                {"fichier chiffré dans l’archive", "encrypted member"},
	"member is not in a format that is read":                          {"fichier de l’archive d’un format qui n’est pas lu", "member is not in a format that is read"},
	"empty member":                                                    {"fichier vide", "empty member"},
	"packed too many times over":                                      {"compressé dans trop d’archives successives", "packed too many times over"},
	"name that leads out of the archive":                              {"nom qui mène hors de l’archive", "name that leads out of the archive"},
	"link or device instead of a file":                                {"lien ou périphérique au lieu d’un fichier", "link or device instead of a file"},
	"too many members":                                                {"trop de fichiers dans l’archive", "too many members"},
	"encrypted, and no password offered fits":                         {"chiffré, et aucun mot de passe proposé ne convient", "encrypted, and no password offered fits"},
	"the reader failed on it":                                         {"le lecteur a échoué dessus", "the reader failed on it"},
	"malformed record":                                                {"enregistrement mal formé", "malformed record"},
	"malformed markup":                                                {"balises mal formées", "malformed markup"},
	"the file is damaged here":                                        {"le fichier est endommagé ici", "the file is damaged here"},
	"volume of a split archive that is missing":                       {"volume manquant d’une archive en plusieurs parties", "volume of a split archive that is missing"},
	"shares its bytes with another member":                            {"partage ses octets avec un autre fichier de l’archive", "shares its bytes with another member"},
	"packed by a method that is not read":                             {"compressé par une méthode qui n’est pas lue", "packed by a method that is not read"},
	"the archive's list of its members is missing or damaged":         {"la liste des fichiers de l’archive manque ou est endommagée", "the archive's list of its members is missing or damaged"},
	"a value of a type that is not read":                              {"valeur d’un type qui n’est pas lu", "a value of a type that is not read"},
	"a key that was not there when the file was opened":               {"clé qui n’était pas là à l’ouverture du fichier", "a key that was not there when the file was opened"},
	"row cut short by the end of the data":                            {"ligne coupée par la fin des données", "row cut short by the end of the data"},
	"what follows cannot be read":                                     {"la suite ne peut pas être lue", "what follows cannot be read"},
	"malformed list of values":                                        {"liste de valeurs SQL mal formée", "malformed list of values"},
	"not an SQL statement":                                            {"n’est pas une instruction SQL", "not an SQL statement"},
	"COPY in a format that is not read":                               {"COPY dans un format qui n’est pas lu", "COPY in a format that is not read"},
	"member cannot be unpacked":                                       {"fichier de l’archive impossible à décompresser", "member cannot be unpacked"},
	"text outside of rows":                                            {"texte hors des lignes", "text outside of rows"},
	"nested too deeply":                                               {"imbriqué trop profondément", "nested too deeply"},
	"the data that the archive's table of contents names are missing": {"les données que la table des matières de l’archive annonce manquent", "the data that the archive’s table of contents names are missing"},
	"page without text, such as a scan":                               {"page sans texte, par exemple numérisée", "page without text, such as a scan"},
	"damaged document, of which text may be missing":                  {"document endommagé, dont du texte peut manquer", "damaged document, of which text may be missing"},
	"too large for a document":                                        {"trop volumineux pour un document", "too large for a document"},
}

// voids are why a decision about a link could not be applied.
var voids = map[string]pair{
	assessment.VoidRow:    {"le fichier n’a pas cette ligne", "the dump has no such row"},
	assessment.VoidPerson: {"le registre n’a pas cette personne", "the register has no such person"},
	assessment.VoidDump:   {"elle portait sur d’autres fichiers", "it was made about other files"},
}

// notes are what a reader must know.
var notes = map[string]pair{
	"No column of the dump holds a kind of data that the register holds too: nothing could be compared. A map file (--map) can say what the columns are.": {
		"Aucune colonne du fichier ne contient une catégorie de données que le registre contient aussi : rien n’a pu être comparé. Un fichier de correspondance (--map) peut dire ce que sont les colonnes.",
		"No column of the file holds a kind of data that the register holds too: nothing could be compared. A map file (--map) can say what the columns are.",
	},
}

// aspects are what a row and a person can agree on, where it is no kind.
var aspects = map[string]pair{
	"surname":    {"Nom", "Surname"},
	"given":      {"Prénoms", "Given names"},
	"birthplace": {"Lieu de naissance", "Birthplace"},
	"place":      {"Commune de résidence", "Place of residence"},
	"street":     {"Voie", "Street"},
}

// levels are how a row and a person agree on an aspect.
var levels = map[string]pair{
	"exact":       {"identique", "the same"},
	"near":        {"proche (faute de frappe, forme abrégée)", "near (typing error, short form)"},
	"sound":       {"se prononce de même", "sounds alike"},
	"swapped":     {"interverti", "swapped"},
	"other":       {"un autre prénom en commun", "another given name in common"},
	"two_parts":   {"deux éléments sur trois", "two parts of three"},
	"partly":      {"en partie", "in part"},
	"street_only": {"même voie, autre numéro", "same street, another number"},
	"exchanged":   {"lignes d’adresse interverties", "address lines exchanged"},
	"number":      {"autre voie, même numéro", "another street, the same number"},
	"part":        {"une extrémité commune", "one end in common"},
	"differs":     {"différent", "different"},
}

// known returns the word in l, and whether it is one the page knows.
func (l language) known(words map[string]pair, word string) (string, bool) {
	if p, ok := words[word]; ok {
		return l.of(p), true
	}
	return word, false
}

// Aspect returns the name of an aspect: a kind's label, or a word of its own.
func (l language) Aspect(name string) string {
	if k, err := kind.Parse(name); err == nil {
		return k.Label(string(l))
	}
	text, _ := l.known(aspects, name)
	return text
}

// Level returns the word for a level of agreement.
func (l language) Level(name string) string {
	text, _ := l.known(levels, name)
	return strings.ReplaceAll(text, "_", " ")
}

// sensitivities are the ranks of sensitivity, and what somebody can do with
// data of the rank.
var sensitivities = map[kind.Sensitivity]struct{ name, means pair }{
	kind.Simple: {
		pair{"Simple", "Simple"},
		pair{
			"État civil et coordonnées : hameçonnage ciblé, démarchage frauduleux, recoupement avec d’autres fuites.",
			"Identity and contact details: targeted phishing, fraudulent calls, matching with other leaks.",
		},
	},
	kind.Behavioural: {
		pair{"Comportement", "Behavioural"},
		pair{
			"Habitudes, connexions, textes libres : profilage, pression sur la personne.",
			"Habits, connections, free text: profiling, pressure on the person.",
		},
	},
	kind.Financial: {
		pair{"Financière", "Financial"},
		pair{
			"Comptes bancaires et impôts : prélèvements frauduleux, escroqueries au faux conseiller.",
			"Bank accounts and taxes: fraudulent debits, false-adviser fraud.",
		},
	},
	kind.Sensitive: {
		pair{"Élevée", "High"},
		pair{
			"Identifiants d’État et secrets de connexion : usurpation d’identité durable, accès à d’autres comptes.",
			"State identifiers and credentials: lasting identity theft, access to other accounts.",
		},
	},
}
