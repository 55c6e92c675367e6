package report

import (
	"maps"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

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
	"genuine":    {"Ce fichier est une copie du registre", "This file is a copy of the register"},
	"mixed":      {"Ce fichier mêle une copie du registre à des lignes qui n’en viennent pas", "This file mixes a copy of the register with rows that are not from it"},
	"recycled":   {"Ce fichier reprend des fuites antérieures et n’ajoute presque rien", "This file is made of earlier leaks and adds next to nothing"},
	"fabricated": {"Ce fichier est fabriqué et ne vient pas du registre", "This file is made up and is not from the register"},
	"foreign":    {"Ce fichier ne vient pas du registre, mais d’une autre source", "This file is not from the register but from another source"},
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
	return l.of(finding) + l.T(" : ", ": ") + lowered(l.Reason(decisive))
}

// lowered is a sentence that goes on after a colon.
func lowered(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToLower(first)) + sentence[size:]
}

// factNames are the numbers that reasons rest on.
var factNames = map[string]pair{
	"rows":         {"lignes", "rows"},
	"found":        {"rattachées ou ambiguës", "linked or ambiguous"},
	"people":       {"personnes au registre", "people in the register"},
	"strange":      {"avec une valeur étrangère au registre", "with a value that the register never had"},
	"worst_share":  {"part dans la pire catégorie", "share in the worst kind"},
	"fit":          {"d’une même époque", "of one time"},
	"snapshot":     {"rang de cet état du registre", "number of that snapshot"},
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
		return l.T("Sur les lignes rattachées, %s contiennent une valeur qui n’a jamais figuré au registre pour cette personne ; une copie n’en contient guère, une autre source en contient beaucoup.",
			"Of the rows linked, %s hold a value that the register never had for that person; a copy has hardly any, another source has many.", share("strange", "rows"))
	case "one_instant":
		return l.T("%s des %s lignes dont la personne a changé entre deux états du registre montrent le registre tel qu’il était à une même époque ; une autre source mêle les époques.",
			"%s of the %s rows whose person changed between two snapshots show the register as it stood at one time; another source mixes times.", share("fit", "rows"), l.Int(n("rows")))
	case "ids_known":
		return l.T("%s des identifiants de dossier du fichier sont au registre, que nul autre ne connaît.",
			"%s of the record ids of the file are the register’s, which nobody else knows.", share("known", "rows"))
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
