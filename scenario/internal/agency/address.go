package agency

import (
	"strconv"

	"constat.example/internal/chance"
)

// home is an address: what is written of it follows from the seed.
type home struct {
	commune int32
	seed    uint64
}

func (c *Chunk) newHome(commune int32, seed uint64) uint32 {
	c.homes = append(c.homes, home{commune, seed})
	return uint32(len(c.homes) - 1)
}

// moveTo makes the home somebody moves to: in the same commune, the same
// department or anywhere in about equal parts.
func (c *Chunk) moveTo(h *house, d *chance.Dice) uint32 {
	w := c.w
	commune := h.commune
	switch d.Pick([]int{35, 35, 30}) {
	case 1:
		commune = w.nearby(w.places.department[commune], d.Uint64())
	case 2:
		commune = w.nearby(extent{first: 0, last: len(w.f.Communes)}, d.Uint64())
	}
	return c.newHome(commune, d.Uint64())
}

// The streets that nearly every commune has, most frequent first.
var commonStreets = []string{
	"rue de l'Église", "rue du Moulin", "rue de la Mairie", "place de l'Église", "grande rue", "rue du Château", "route de la Gare", "rue des Écoles",
	"rue de la Gare", "rue Principale", "rue du Stade", "rue de la Fontaine", "rue Pasteur", "rue Victor Hugo", "rue Jean Jaurès", "rue des Jardins",
	"place de la Mairie", "rue du 8 Mai 1945", "rue du 11 Novembre", "rue de la République", "avenue de la République", "rue Jules Ferry", "rue des Lilas",
	"impasse des Acacias", "rue Jean Moulin", "avenue du Général de Gaulle", "rue du Général Leclerc", "chemin des Vignes", "rue des Vignes", "rue de Verdun",
	"allée des Tilleuls", "rue des Tilleuls", "rue du Bourg", "rue Neuve", "rue Haute", "rue Basse", "rue du Lavoir", "rue de la Poste", "rue des Rosiers",
	"rue du Puits", "rue Émile Zola", "rue Gambetta", "boulevard Gambetta", "avenue Jean Jaurès", "rue Marcel Pagnol", "rue Saint-Martin", "rue Saint-Michel",
	"allée des Chênes", "rue des Peupliers", "rue des Érables", "rue de la Forge", "route de Paris", "rue de Bretagne", "rue Jacques Prévert", "rue du Stade",
	"chemin du Moulin", "chemin de la Croix", "rue de la Croix", "impasse du Moulin", "impasse des Lilas", "lotissement les Pins", "rue Pierre Curie",
	"rue Marie Curie", "square des Platanes", "rue des Prés", "route Nationale", "rue de la Libération", "rue du Maréchal Foch", "place de la Liberté",
	"cours Lafayette", "quai de la Loire", "rue Louis Pasteur", "rue Anatole France", "rue Voltaire", "rue Molière", "boulevard de la Liberté", "rue Carnot",
	"avenue Foch", "rue Paul Bert", "rue Lamartine", "passage du Commerce", "rue des Champs", "rue du Bois", "chemin du Bois", "résidence du Parc",
}

// appendAddress writes number and street.
func (w *World) appendAddress(b []byte, h home) []byte {
	commune := &w.f.Communes[h.commune]
	streets := int(8 + commune.People/60)
	street := chance.Below(chance.Mix(h.seed+1), streets)
	pick := chance.Mix(uint64(h.commune)<<20 | uint64(street))
	length := 12 + chance.Below(pick, 90)
	if length >= 16 { // the shortest are hamlets, whose houses have no number
		b = strconv.AppendInt(b, int64(1+chance.Below(chance.Mix(h.seed+2), length)), 10)
		switch chance.Below(chance.Mix(h.seed+3), 60) {
		case 0, 1:
			b = append(b, " bis"...)
		case 2:
			b = append(b, " ter"...)
		case 3:
			b = append(b, " B"...)
		}
		b = append(b, ' ')
	}
	if street < 3+chance.Below(pick, 20) {
		return append(b, commonStreets[chance.Below(chance.Mix(pick), len(commonStreets))]...)
	}
	return w.appendStreet(b, chance.Mix(pick))
}

// What streets that no other commune has are called: a way, and whom or what
// it remembers.
var (
	ways = []string{"rue", "rue", "rue", "rue", "rue", "avenue", "allée", "allée", "impasse", "impasse", "chemin", "place", "square", "boulevard", "route", "passage", "résidence"}

	ranks = []string{"", "", "", "", "", "du Docteur ", "du Général ", "de l'Abbé ", "du Colonel ", "du Commandant ", "du Capitaine "}

	plants = []string{
		"Aulnes", "Bruyères", "Cerisiers", "Coquelicots", "Genêts", "Glycines", "Hirondelles", "Iris", "Jonquilles", "Lauriers", "Marronniers", "Mésanges",
		"Noisetiers", "Ormes", "Pâquerettes", "Pommiers", "Roitelets", "Sapins", "Saules", "Sorbiers", "Tulipes", "Violettes", "Alouettes", "Amandiers",
		"Bleuets", "Bouleaux", "Camélias", "Capucines", "Cèdres", "Charmes", "Châtaigniers", "Cormorans", "Cyprès", "Frênes", "Goélands", "Grives",
		"Hêtres", "Hortensias", "Jasmins", "Loriots", "Magnolias", "Mimosas", "Mûriers", "Myosotis", "Œillets", "Oliviers", "Orchidées", "Pervenches",
		"Pinsons", "Primevères", "Rossignols", "Tourterelles", "Troènes", "Vanneaux", "Carrières", "Fontaines", "Fossés", "Granges", "Landes", "Tanneurs",
		"Meuniers", "Potiers", "Remparts", "Sources", "Tisserands", "Tonneliers", "Vergers", "Vignerons", "Cordiers", "Forgerons", "Lavandières", "Pêcheurs",
	}
)

// appendStreet writes the name of a street: most remember somebody, whose name
// is drawn like everybody's.
func (w *World) appendStreet(b []byte, seed uint64) []byte {
	draw := func(n uint64, of int) int { return chance.Below(chance.Mix(seed+n), of) }
	b = append(append(b, ways[draw(1, len(ways))]...), ' ')
	if draw(2, 3) == 0 {
		return append(append(b, "des "...), plants[draw(3, len(plants))]...)
	}
	// A hundred thousand people have streets, few of them in many towns.
	who := chance.Mix(uint64(draw(4, 1000)*draw(5, 1000)/1000*100 + draw(6, 100)))
	draw = func(n uint64, of int) int { return chance.Below(chance.Mix(who+n), of) }
	if rank := ranks[draw(1, len(ranks))]; rank != "" {
		b = append(b, rank...)
	} else {
		given := w.f.Given[1+draw(2, 2)]
		b = append(append(b, given.Names[draw(3, min(300, len(given.Names)))]...), ' ')
	}
	surname := w.f.Surnames.Names[draw(4, len(w.f.Surnames.Names))]
	start := true
	for _, c := range []byte(surname) { // upper case without accents
		if !start && c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		start = c == ' ' || c == '-' || c == '\''
		b = append(b, c)
	}
	return b
}

// appendExtra writes the line before the street, which one home in five has.
func (w *World) appendExtra(b []byte, h home) []byte {
	random := chance.Mix(h.seed + 4)
	n := int64(1 + chance.Below(chance.Mix(random), 80))
	switch chance.Below(random, 30) {
	case 0, 1:
		return strconv.AppendInt(append(b, "Appartement "...), n, 10)
	case 2:
		return strconv.AppendInt(append(b, "Appt "...), n, 10)
	case 3:
		return append(append(b, "Bâtiment "...), byte('A'+n%8))
	case 4:
		return strconv.AppendInt(append(append(append(b, "Bât "...), byte('A'+n%6)), " appt "...), n, 10)
	case 5:
		return append(append(b, "Escalier "...), byte('A'+n%4))
	}
	return b
}

// postcode is the postcode of a home: a large commune has several.
func (w *World) postcode(h home) string {
	codes := w.f.Communes[h.commune].Postcodes
	return codes[chance.Below(chance.Mix(h.seed+5), len(codes))]
}
