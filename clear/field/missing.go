package field

import "constat.example/blind/kind"

// longestMark is the length of the longest mark of a missing value.
const longestMark = 24

// missing reports whether text is a mark for a missing value. Marks that are
// also words of the kind are values: NA, NC, ND, SANS and VIDE are surnames,
// an address may be "sans".
func missing(k kind.Kind, text []byte) bool {
	if len(text) > longestMark {
		return false
	}
	var buf [longestMark]byte
	lower := buf[:len(text)]
	signs := true
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != '-' && c != '?' && c != '.' && c != '_' && c != '*' && c != '/' && c != ' ' && c != '#' && c != '~' {
			signs = false
		}
		lower[i] = c
	}
	if signs {
		return k != kind.Password && k != kind.FreeText
	}
	switch string(lower) {
	case "null", `\n`, "<null>", "(null)", "[null]", "{null}", "n/a", "#n/a", "#na", "n.a.", "#value!", "#ref!", "#valeur!",
		"none", "nan", "nat", "nil", "undefined", "missing", "unknown", "inconnu", "inconnue", "inconnus",
		"non renseigné", "non renseigne", "non renseignée", "non renseignee", "non communiqué", "non communique",
		"non précisé", "non precise", "non précisée", "non disponible", "non connu", "non connue", "non saisi", "pas renseigné", "pas renseigne",
		"(vide)", "(blank)", "(empty)", "(none)", "empty", "not available", "not provided", "not specified", "not applicable",
		"sans objet", "à renseigner", "a renseigner", "à compléter", "a completer", "tbd", "xx", "xxx", "xxxx", "xxxxx",
		"[]", "{}", "snp", "sans nom", "sans prénom", "sans prenom", "sans adresse", "sans email", "sans mail":
		return k != kind.Password && (k != kind.FreeText || len(text) < 7)
	case "na", "nc", "nd", "nr", "n.c.", "n/c", "n.d.", "n/d", "n/r", "ns", "x", "sans", "vide", "aucun", "aucune", "néant", "neant":
		switch k {
		case kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName:
			return string(lower) == "x"
		case kind.Password, kind.Login, kind.RecordID, kind.Identifier, kind.Sex:
			return false
		case kind.Country, kind.BirthCountry: // Namibia, New Caledonia …
			return len(lower) != 2
		}
		return true
	case "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00-00-0000", "00.00.0000", "00000000",
		"1900-01-01", "01/01/1900", "01-01-1900", "01.01.1900", "19000101", "01011900", "1900-01-01 00:00:00", "1900-01-01t00:00:00",
		"01/01/1900 00:00:00", "1/1/1900", "1899-12-30", "30/12/1899", "1899-12-31", "31/12/1899", "0001-01-01", "01/01/0001",
		"0001-01-01 00:00:00", "0001-01-01t00:00:00", "9999-12-31", "31/12/9999", "99991231", "31129999":
		return k == kind.BirthDate || k == kind.DateTime
	}
	return false
}

// zeros reports whether text holds no digit but 0, and at least one.
func zeros(text []byte) bool {
	any := false
	for _, c := range text {
		if c >= '1' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return false
		}
		any = any || c == '0'
	}
	return any
}
