package report

import (
	"maps"
	"math"
	"slices"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// rules are the rules that the cells of a row are held to, as what breaks them.
var rules = map[string]pair{
	"nir_key":        {"la clé du numéro de sécurité sociale est fausse", "the key of the social security number is wrong"},
	"nir_sex":        {"le numéro de sécurité sociale est celui d’une personne de l’autre sexe", "the social security number is that of a person of the other sex"},
	"nir_year":       {"le numéro de sécurité sociale contredit l’année de naissance", "the social security number contradicts the year of birth"},
	"nir_month":      {"le numéro de sécurité sociale contredit le mois de naissance", "the social security number contradicts the month of birth"},
	"nir_department": {"le numéro de sécurité sociale contredit le lieu de naissance", "the social security number contradicts the birthplace"},
	"postcode_city":  {"le code postal n’est pas du département de la commune", "the postcode is not of the département of the commune"},
	"birth_date":     {"la date de naissance n’existe pas", "the birth date does not exist"},
	"age":            {"la personne aurait plus de 110 ans ou ne serait pas née", "the person would be older than 110 or not born yet"},
}

// findings begin the sentence that tells a verdict.
var findings = map[string]pair{
	"genuine":    {"Ce fichier est une copie de notre registre", "This file is a copy of our register"},
	"mixed":      {"Une partie de ce fichier est une copie de notre registre, le reste y a été ajouté", "A part of this file is a copy of our register, the rest was added"},
	"fabricated": {"Ce fichier est fabriqué : il ne vient pas de notre registre", "This file is made up: it is not from our register"},
	"foreign":    {"Ce fichier ne vient pas de notre registre, mais d’une autre source", "This file is not from our register but from another source"},
	"recycled":   {"Ce fichier reprend des fuites antérieures et n’ajoute presque rien", "This file is made of earlier leaks and adds next to nothing"},
}

// Decisive tells a verdict and what weighs most for it in one sentence; "" where
// there is none.
func (l language) Decisive(v assessment.Verdict) string {
	finding, ok := findings[v.Class]
	if !ok || len(v.Reasons) == 0 || v.Reasons[0].Weight <= 0 {
		return ""
	}
	// Of a mixture the share decides, of what is made up that nobody is in it, and of what
	// was out that it was.
	decisive := v.Reasons[0]
	for _, r := range v.Reasons {
		if r.Code == "people_found" && r.Weight > 0 && (v.Class == "mixed" || v.Class == "fabricated") {
			decisive = r
		}
		if r.Code == "already_out" && v.Class == "recycled" {
			decisive = r
		}
	}
	return l.of(finding) + ". " + l.Reason(decisive)
}

// factNames are the numbers that reasons rest on.
var factNames = map[string]pair{
	"rows":         {"lignes", "rows"},
	"found":        {"rattachées ou ambiguës", "linked or ambiguous"},
	"people":       {"personnes au registre", "people in the register"},
	"strange":      {"avec une valeur étrangère au registre", "with a value that the register never had"},
	"worst_share":  {"part dans la pire catégorie", "share in the worst kind"},
	"changes":      {"changements datables", "changes that date it"},
	"against":      {"qui contredisent l’époque la plus probable", "that contradict the likeliest time"},
	"torn":         {"vraies à aucun moment", "true at no moment"},
	"times":        {"fois la fréquence du registre", "times as often as in the register"},
	"share":        {"part dans le fichier", "share in the file"},
	"ours":         {"part au registre", "share in the register"},
	"known":        {"connus du registre", "known to the register"},
	"never_issued": {"d’un format jamais attribué", "of a format never issued"},
	"cells":        {"cellules", "cells"},
	"values":       {"valeurs distinctes", "distinct values"},
	"same":         {"écrites de même", "written alike"},
	"unlike":       {"écrites autrement", "written otherwise"},
	"broken":       {"en défaut", "broken"},
	"rules":        {"règles essayées", "rules tried"},
	"honey":        {"personnes inventées retrouvées", "made-up people found"},
	"honey_placed": {"personnes inventées placées", "made-up people placed"},
	"out":          {"déjà sorties en entier", "wholly out before"},
	"changed":      {"dont une valeur a changé depuis", "with a value that changed since"},
	"renewed":      {"avec la valeur d’aujourd’hui", "with the value of today"},
	"off":          {"écart de répartition", "difference in spread"},
}

// facts words the numbers of a reason, in the order of their names.
func (l language) facts(r assessment.Reason) []fact {
	var all []fact
	for _, name := range slices.Sorted(maps.Keys(r.Facts)) {
		value := l.Dec(r.Facts[name], 4)
		if x := r.Facts[name]; x == math.Trunc(x) {
			value = l.Int(int64(x))
		}
		label, _ := l.known(factNames, name)
		all = append(all, fact{visible.Text(label, longest), value})
	}
	return all
}

// Reason words a piece of evidence as a sentence.
func (l language) Reason(r assessment.Reason) string {
	n := func(name string) int64 { return int64(math.Round(r.Facts[name])) }
	share := func(part, whole string) string { return l.Share(n(part), n(whole)) }
	switch r.Code {
	case "people_found":
		if n("found") == 0 {
			return l.T("Aucune des %s lignes ne correspond à une personne du registre, qui en compte %s.",
				"None of the %s rows is of a person of the register, which has %s.", l.Int(n("rows")), l.Int(n("people")))
		}
		return l.T("%s des %s lignes correspondent à une personne du registre ; les autres ne sont à personne qu’il connaisse.",
			"%s of the %s rows are of a person of the register; the others are of nobody that it knows.", share("found", "rows"), l.Int(n("rows")))
	case "values_held":
		worst, kind := l.Percent(r.Facts["worst_share"], 1), l.Aspect(r.Of)
		if r.Bits.Copied < r.Bits.Other {
			return l.T("Une donnée (%s) n’a jamais figuré au registre pour la personne dans %s des lignes où elle est indiquée : une copie n’en contiendrait presque pas.",
				"A value (%s) never stood in the register for the person in %s of the rows that give it: a copy would have hardly any.", kind, worst)
		}
		return l.T("Ce que disent les lignes rattachées a figuré au registre pour la même personne, sauf pour %s des valeurs dans la catégorie où il y a le plus d’écarts (%s).",
			"What the linked rows say stood in the register for the same person, but for %s of the values of the kind that differs most (%s).", worst, kind)
	case "one_instant":
		if r.Bits.Copied < r.Bits.Other {
			return l.T("Sur %s changements (déménagements, noms, coordonnées) qui permettent de le dater, %s contredisent toute date unique : il a été réuni à des dates différentes, ce qu’une copie du registre ne peut pas être.",
				"Of %s changes (moves, names, contact details) that date it, %s contradict any one date: it was gathered at different dates, as no copy of the register is.", l.Int(n("changes")), share("against", "changes"))
		}
		return l.T("Sur %s changements (déménagements, noms, coordonnées) qui permettent de le dater, %s le montrent tel que le registre était à une même époque ; une autre source mêlerait les dates.",
			"Of %s changes (moves, names, contact details) that date it, %s show the register as it stood at one time; another source would mix dates.", l.Int(n("changes")), l.Share(n("changes")-n("against"), n("changes")))
	case "torn_rows":
		if n("torn")*100 < n("rows") {
			return l.T("Ce que dit chaque ligne a été vrai à un même moment, sauf pour %s des %s lignes dont la personne a changé.",
				"What each row says was true at one moment, but for %s of the %s rows whose person changed.", share("torn", "rows"), l.Int(n("rows")))
		}
		return l.T("%s des %s lignes dont la personne a changé disent ce qui n’a été vrai à aucun moment : elles ont été assemblées à partir de plusieurs sources.",
			"%s of the %s rows whose person changed say what was true at no moment: they were put together from several sources.", share("torn", "rows"), l.Int(n("rows")))
	case "ids_known":
		if n("known") == 0 {
			return l.T("Aucun des %s numéros de dossier du fichier n’est celui que le registre a donné à cette personne.",
				"None of the %s record ids of the file is the one that the register gave that person.", l.Int(n("rows")))
		}
		return l.T("Sur %s lignes avec un numéro de dossier, %s portent celui que le registre a donné à cette personne et que personne d’autre ne connaît.",
			"Of %s rows with a record id, %s have the one that the register gave that person and that nobody else knows.", l.Int(n("rows")), share("known", "rows"))
	case "ids_never_issued":
		return l.T("%s des %s identifiants ont un format que le registre n’a jamais attribué.",
			"%s of the %s identifiers have a format that the register never issued.", share("never_issued", "cells"), l.Int(n("cells")))
	case "same_writing":
		return l.T("Écrit comme le registre pour %s (casse, accents, dates, téléphones), autrement pour %s.",
			"Written as the register is in %s (case, accents, dates, phones), otherwise in %s.",
			l.N(n("same"), "catégorie de données", "catégories de données", "kind of data", "kinds of data"), l.Int(n("unlike")))
	case "rule_broken":
		what, _ := l.known(rules, r.Of)
		return l.T("Dans %s des lignes, %s.", "In %s of rows, %s.", share("broken", "rows"), what)
	case "rules_kept":
		return l.T("Les données d’une même ligne s’accordent entre elles, ce qu’une fabrication négligente ne fait pas.",
			"The data of a row fit one another, as careless fabrication does not.")
	case "names_off":
		return l.T("Deux lignes prises au hasard ont la même valeur (%s) %s fois aussi souvent qu’au registre : de vraies personnes ne se ressemblent pas ainsi.",
			"Two rows taken at random have the same value (%s) %s times as often as in the register: real people are not alike in that way.", l.Aspect(r.Of), l.Dec(r.Facts["times"], 1))
	case "mail_off":
		return l.T("L’adresse électronique contient le nom de la personne dans %s des lignes, contre %s au registre : elles n’ont pas été choisies par de vraies personnes.",
			"The mail address holds the name of the person in %s of rows, and in %s of the register’s: real people did not choose them.", l.Percent(r.Facts["share"], 0), l.Percent(r.Facts["ours"], 0))
	case "digits_off":
		return l.T("Les derniers chiffres (%s) ne se répartissent pas comme au registre : ceux de vraies personnes le feraient.",
			"Last digits (%s) are not spread as in the register: those of real people would be.", l.Aspect(r.Of))
	case "honey_found":
		return l.T("%s dans le fichier : inventées pour le registre et ses copies, nul autre ne les connaît.",
			"%s in the file: made up for the register and its copies, nobody else knows of them.",
			l.N(n("honey"), "personne inventée figure", "personnes inventées figurent", "made-up person stands", "made-up people stand"))
	case "repeated":
		return l.T("Les %s identifiants personnels du fichier n’ont que %s valeurs : elles sont répétées.",
			"The %s personal identifiers of the file have only %s values: they are repeated.", l.Int(n("cells")), l.Int(n("values")))
	case "already_out":
		return l.T("Tout ce que contiennent %s des %s lignes figurait déjà, sur la même personne, dans des fuites antérieures.",
			"All that %s of the %s rows hold stood in earlier leaks already, about the same person.", share("out", "rows"), l.Int(n("rows")))
	case "changed_since":
		return l.T("Sur les %s lignes dont une valeur a changé au registre depuis ces fuites, %s montrent la nouvelle valeur ; une reprise de ces fuites n’en montre aucune.",
			"Of the %s rows with a value that changed in the register since those leaks, %s show the new value; what is made of the leaks shows none.", l.Int(n("changed")), share("renewed", "changed"))
	case "copied_since":
		return l.T("Le fichier a été copié du registre après que ces fuites ont été vues.", "The file was copied from the register after those leaks were seen.")
	case "same_files":
		return l.T("Ce sont les fichiers mêmes d’une fuite antérieure, à l’octet près.", "These are the very files of an earlier leak, to the byte.")
	}
	return visible.Text(r.Code, longest)
}
