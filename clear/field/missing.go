package field

import (
	"constat.example/blind/kind"
	"constat.example/clear/internal/fold"
)

// longestMark is the length of the longest mark of a missing value.
const longestMark = 24

// where says in which kinds a mark means that there is no value.
type where uint8

const (
	anywhere  where = iota // but for passwords and, where it is short, free text
	elsewhere              // than where it may be a value: NA is a surname and a country
	inDates
)

type mark struct {
	text  string
	means where
}

// marks are the marks of missing values, in lower case, by their first byte.
var marks = byFirstByte(map[where][]string{
	anywhere: {
		"null", `\n`, "<null>", "(null)", "[null]", "{null}", "n/a", "#n/a", "#na", "n.a.", "#value!", "#ref!", "#valeur!",
		"none", "nan", "nat", "nil", "undefined", "missing", "unknown", "inconnu", "inconnue", "inconnus",
		"non renseigné", "non renseigne", "non renseignée", "non renseignee", "non communiqué", "non communique",
		"non précisé", "non precise", "non précisée", "non disponible", "non connu", "non connue", "non saisi", "pas renseigné", "pas renseigne",
		"(vide)", "(blank)", "(empty)", "(none)", "empty", "not available", "not provided", "not specified", "not applicable",
		"sans objet", "à renseigner", "a renseigner", "à compléter", "a completer", "tbd", "xx", "xxx", "xxxx", "xxxxx",
		"[]", "{}", "snp", "sans nom", "sans prénom", "sans prenom", "sans adresse", "sans email", "sans mail",
	},
	elsewhere: {"na", "nc", "nd", "nr", "n.c.", "n/c", "n.d.", "n/d", "n/r", "ns", "x", "sans", "vide", "aucun", "aucune", "néant", "neant"},
	inDates: {
		"0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00-00-0000", "00.00.0000", "00000000",
		"1900-01-01", "01/01/1900", "01-01-1900", "01.01.1900", "19000101", "01011900", "1900-01-01 00:00:00", "1900-01-01t00:00:00",
		"01/01/1900 00:00:00", "1/1/1900", "1899-12-30", "30/12/1899", "1899-12-31", "31/12/1899", "0001-01-01", "01/01/0001",
		"0001-01-01 00:00:00", "0001-01-01t00:00:00", "9999-12-31", "31/12/9999", "99991231", "31129999",
	},
})

func byFirstByte(all map[where][]string) (table [256][]mark) {
	for w := anywhere; w <= inDates; w++ {
		for _, text := range all[w] {
			table[text[0]] = append(table[text[0]], mark{text, w})
		}
	}
	return table
}

var signs = fold.SetOf("-?._*/ #~")

// Missing reports whether a cell of kind k, as written, is a mark for a missing
// value.
func Missing(k kind.Kind, raw []byte) bool { return missing(k, raw) }

// missing reports whether text is a mark for a missing value. Marks that are
// also words of the kind are values: NA, NC, ND, SANS and VIDE are surnames,
// an address may be "sans".
func missing(k kind.Kind, text []byte) bool {
	if len(text) == 0 || len(text) > longestMark {
		return false
	}
	if signs.Has(text[0]) && signs.All(text) {
		return k != kind.Password && k != kind.FreeText
	}
	for _, m := range marks[lower(text[0])] {
		if len(m.text) == len(text) && isMark(m.text, text) {
			return m.in(k)
		}
	}
	return false
}

func lower(c byte) byte {
	if isUpper(c) {
		return c + 'a' - 'A'
	}
	return c
}

func isMark(mark string, text []byte) bool {
	for i, c := range text {
		if lower(c) != mark[i] {
			return false
		}
	}
	return true
}

// in reports whether the mark stands for a missing value in kind k.
func (m mark) in(k kind.Kind) bool {
	switch m.means {
	case anywhere:
		return k != kind.Password && (k != kind.FreeText || len(m.text) < 7)
	case inDates:
		return k == kind.BirthDate || k == kind.DateTime
	}
	switch k {
	case kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName:
		return m.text == "x"
	case kind.Password, kind.Login, kind.RecordID, kind.Identifier, kind.Sex:
		return false
	case kind.Country, kind.BirthCountry: // Namibia, New Caledonia …
		return len(m.text) != 2
	}
	return true
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
