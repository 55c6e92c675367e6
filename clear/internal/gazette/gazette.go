// Package gazette holds small tables of public facts: given names, their short
// forms, surnames, communes, countries, départements and régions. Names in it
// are folded: plain upper-case words with one space between them.
package gazette

import (
	_ "embed"
	"iter"
	"strings"
	"sync"
)

//go:generate go run ./generate

// given.txt: the 3,000 most frequent given names since 1930, the most frequent
// first, with the sex of those who bear each and how much more often it is a
// given name than a surname. Source: INSEE, Fichier des prénoms and Fichier des
// noms de famille (Licence Ouverte 2.0).
//
//go:embed given.txt
var givenText string

// surname.txt: the 3,000 most frequent surnames of those born in France from
// 1891 to 2000, the most frequent first. Source: INSEE, Fichier des noms de
// famille (Licence Ouverte 2.0).
//
//go:embed surname.txt
var surnameText string

// city.txt: the 2,500 largest communes after their INSEE codes, the largest
// first. Source: INSEE, Etalab (Licence Ouverte 2.0).
//
//go:embed city.txt
var cityText string

// former_code.txt: former INSEE codes of communes (merged, of another
// département, arrondissements of Paris, Lyon and Marseille), each with the present one
// after it. former_city.txt: names of communes that are parts of others now, and
// the names of those. Source: INSEE, Etalab (Licence Ouverte 2.0).
//
//go:embed former_code.txt
var formerCodeText string

//go:embed former_city.txt
var formerCityText string

// short.txt: short forms, nicknames and spellings of given names, after their
// head. A name may stand under several heads.
//
//go:embed short.txt
var shortText string

// country.txt: ISO 3166 codes, INSEE codes (Licence Ouverte 2.0) and names of
// countries in French and English (INSEE, Unicode CLDR).
//
//go:embed country.txt
var countryText string

// departement.txt: codes and names of départements, and names of régions
// (INSEE, Etalab; Licence Ouverte 2.0).
//
//go:embed departement.txt
var departementText string

var given = sync.OnceValue(func() map[string]int8 {
	m := make(map[string]int8, 4096)
	for line := range strings.Lines(givenText) {
		name, odds := line[:len(line)-4], line[len(line)-2]
		m[name] = int8(odds) - 'k'
	}
	return m
})

// Given reports whether name is among the frequent given names, and the
// logarithm in base 2 of how much more often it is a given name than a
// surname, -10 to 15.
func Given(name []byte) (odds int, ok bool) {
	o, ok := given()[string(name)]
	return int(o), ok
}

// GivenNames yields the given names, the most frequent first, with the sex that
// nine in ten or more of their bearers have: '1' men, '2' women, '0' neither.
func GivenNames() iter.Seq2[string, byte] {
	return func(yield func(name string, sex byte) bool) {
		for line := range strings.Lines(givenText) {
			if !yield(line[:len(line)-4], line[len(line)-3]) {
				return
			}
		}
	}
}

// Surnames yields the surnames, the most frequent first.
func Surnames() iter.Seq[string] {
	return strings.SplitSeq(strings.TrimSuffix(surnameText, "\n"), "\n")
}

// Cities yields the INSEE codes and the names of communes, the largest first.
func Cities() iter.Seq2[string, string] {
	return func(yield func(code, name string) bool) {
		for line := range strings.Lines(cityText) {
			if !yield(line[:5], line[5:len(line)-1]) {
				return
			}
		}
	}
}

var presentCode = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 8192)
	for line := range strings.Lines(formerCodeText) {
		m[line[:5]] = line[5:10]
	}
	return m
})

// PresentCode returns the INSEE code of the commune that the one of a former
// code, or an arrondissement, has become or is a part of.
func PresentCode(code []byte) (present string, ok bool) {
	present, ok = presentCode()[string(code)]
	return present, ok
}

var merged = sync.OnceValue(func() map[string][]string {
	m := make(map[string][]string, 4096)
	for line := range strings.Lines(formerCityText) {
		was, now, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ";")
		m[was] = append(m[was], now)
	}
	return m
})

// Merged returns the names of the communes that one of that name has become a
// part of; usually none. CHATILLON EN MICHAILLE gives VALSERHONE.
func Merged(name []byte) []string { return merged()[string(name)] }

var short = sync.OnceValue(func() map[string][]string {
	m := make(map[string][]string, 4096)
	for line := range strings.Lines(shortText) {
		head, list, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		for name := range strings.SplitSeq(list, ", ") {
			m[name] = append(m[name], head)
		}
	}
	return m
})

// Heads returns the names of which name is a short form, a nickname or
// another spelling; usually none. MOHAMMED gives MOHAMED, ALEX gives
// ALEXANDRA, ALEXANDRE and ALEXIS.
func Heads(name []byte) []string { return short()[string(name)] }

// aliases are names that neither INSEE nor CLDR has.
var aliases = map[string]string{
	"UK": "GB", "GRANDE BRETAGNE": "GB", "GREAT BRITAIN": "GB", "ANGLETERRE": "GB", "ENGLAND": "GB",
	"ECOSSE": "GB", "SCOTLAND": "GB", "PAYS DE GALLES": "GB", "WALES": "GB", "NORTHERN IRELAND": "GB",
	"U S A": "US", "U K": "GB", "UNITED STATES OF AMERICA": "US", "AMERIQUE": "US",
	"HOLLANDE": "NL", "HOLLAND": "NL", "THE NETHERLANDS": "NL", "FRANCE METROPOLITAINE": "FR",
	"REPUBLIQUE FRANCAISE": "FR", "FRANCAISE": "FR", "FRANCAIS": "FR", "FRENCH": "FR", "IRAK": "IQ",
	"IVORY COAST": "CI", "COTE IVOIRE": "CI", "RDC": "CD", "ZAIRE": "CD", "CONGO RDC": "CD", "CONGO BRAZZAVILLE": "CG",
	"BURMA": "MM", "CZECH REPUBLIC": "CZ", "RUSSIAN FEDERATION": "RU", "FEDERATION DE RUSSIE": "RU",
	"SOUTH KOREA": "KR", "COREE DU SUD": "KR", "COREE": "KR", "NORTH KOREA": "KP", "COREE DU NORD": "KP",
	"MACEDOINE": "MK", "MACEDONIA": "MK", "BIELORUSSIE": "BY", "TURKEY": "TR", "TURKIYE": "TR",
	"CAPE VERDE": "CV", "CABO VERDE": "CV", "SWAZILAND": "SZ", "BOSNIE": "BA", "BOSNIA": "BA",
	"BURKINA FASO": "BF", "ILE MAURICE": "MU", "EMIRATS": "AE", "VATICAN": "VA", "PALESTINE": "PS",
	"TAIWAN": "TW", "HONG KONG": "HK", "HONGKONG": "HK", "MACAO": "MO", "SALVADOR": "SV",
	"REP DOMINICAINE": "DO", "REPUBLIQUE DOMINICAINE": "DO", "REPUBLIQUE CENTRAFRICAINE": "CF", "CENTRAFRIQUE": "CF",
	"SYRIAN ARAB REPUBLIC": "SY", "KOSOVO": "XK", "LYBIE": "LY", "GUINEE CONAKRY": "GN", "LA FRANCE": "FR",
}

var country = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 2048)
	for line := range strings.Lines(countryText) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), ";")
		iso := f[0]
		m[iso] = iso
		for _, name := range append(strings.Split(f[3], "|"), f[1], f[2]) {
			if _, taken := m[name]; name != "" && !taken {
				m[name] = iso
			}
		}
	}
	for name, iso := range aliases {
		m[name] = iso
	}
	return m
})

// Country returns the ISO 3166 code of two letters of the country that name
// names: a French or English name, an ISO code of two or three letters, or an
// INSEE code (99 and three digits).
func Country(name []byte) (iso string, ok bool) {
	iso, ok = country()[string(name)]
	return iso, ok
}

// formerRegions are the régions before 2016.
var formerRegions = [...]string{
	"ALSACE", "AQUITAINE", "AUVERGNE", "BASSE NORMANDIE", "BOURGOGNE", "CENTRE", "CHAMPAGNE ARDENNE",
	"FRANCHE COMTE", "HAUTE NORMANDIE", "LANGUEDOC ROUSSILLON", "LIMOUSIN", "LORRAINE", "MIDI PYRENEES",
	"NORD PAS DE CALAIS", "PICARDIE", "POITOU CHARENTES", "RHONE ALPES", "PACA",
}

var region = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 512)
	for line := range strings.Lines(departementText) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ";")
		if code == "" {
			code = name
		}
		m[name], m[code] = code, code
	}
	for _, name := range formerRegions {
		m[name] = name
	}
	m["20"], m["REUNION"] = "20", "974" // Corsica before 1976
	return m
})

// Region returns the code of the département that name names (a code or a
// name), or the name itself of a région.
func Region(name []byte) (code string, ok bool) {
	code, ok = region()[string(name)]
	return code, ok
}
