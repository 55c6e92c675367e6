package figures

// Draw returns the name, as an index in Names, of somebody born in that year.
// It goes from one decade's figures to the next year by year, so that names
// come and go smoothly.
func (g *Given) Draw(year int, random, other uint64) int {
	at := (year - FirstDecade - DecadeMiddle) // years after the middle of the first decade
	decade := at / 10
	switch {
	case at <= 0:
		decade = 0
	case decade >= Decades-1:
		decade = Decades - 1
	case other%10 < uint64(at%10):
		decade++
	}
	return g.decade[decade].Pick(random)
}

// Era is the era that people born in that year belong to.
func Era(year int) int {
	return min(max((year-FirstEra)/YearsPerEra, 0), Eras-1)
}

// Draw returns the surname, as a number for Append, of somebody born in that year.
func (s *Surnames) Draw(year int, random, other uint64) uint32 {
	i := s.era[Era(year)].Pick(random)
	if i < len(s.Names) {
		return uint32(i)
	}
	return uint32(len(s.Names)) + uint32(other%rareNames)
}

// rareNames is how many rare surnames there are. INSEE counts over a million
// borne by fewer than thirty people each.
const rareNames = 1_200_000

// The syllables rare surnames are made of: a head, a middle, a tail.
var (
	heads = []string{
		"BA", "BAR", "BEL", "BER", "BLAN", "BO", "BOU", "BRI", "CA", "CAR", "CHA", "CHAR", "CHE", "CLE", "CO", "COR", "COU", "CRE", "DA", "DEL",
		"DES", "DO", "DU", "DUR", "ES", "FA", "FER", "FLO", "FON", "FOU", "FRE", "GA", "GAR", "GER", "GI", "GOU", "GRA", "GUE", "GUI", "HA",
		"HE", "HOU", "JA", "JOU", "KER", "LA", "LAN", "LE", "LES", "LO", "MA", "MAL", "MAR", "MER", "MI", "MON", "MOU", "NA", "NO", "OR",
		"PA", "PEL", "PER", "PI", "PLAN", "PO", "POU", "PRE", "QUE", "RA", "RE", "RI", "RO", "ROU", "SA", "SAL", "SE", "SOU", "TA", "TEI",
		"THE", "TOU", "TRE", "VA", "VAL", "VER", "VI", "VOI", "YVE", "ZA",
	}
	middles = []string{
		"BA", "BE", "BI", "BOU", "CA", "CHE", "CHI", "DA", "DE", "DI", "DOU", "FE", "GA", "GE", "GNA", "GUE", "LA", "LE", "LI", "LLE", "LOU",
		"MA", "ME", "MI", "MON", "NA", "NE", "NI", "NO", "PE", "PI", "QUE", "RA", "RE", "RI", "RO", "SA", "SE", "SI", "SSE", "TA", "TE",
		"TI", "TRE", "VA", "VE", "VI", "ZE", "ZI", "DRE",
	}
	tails = []string{
		"BERT", "BON", "CHARD", "CHON", "DEAU", "DET", "DIER", "DOUX", "FORT", "GEON", "GNAC", "GNON", "GUET", "LAC", "LAIS", "LARD", "LAUD", "LEC",
		"LET", "LIER", "LIN", "LLAT", "LLEUX", "LOT", "MAN", "MARD", "MEAU", "NARD", "NAUD", "NEC", "NEL", "NET", "NEUF", "NIER", "NOT", "PIN",
		"RAC", "RAND", "RAUD", "REAU", "REL", "RET", "REZ", "RIC", "RIN", "RON", "ROUX", "SAC", "SART", "SEAU", "SET", "SIER", "SON", "TARD",
		"TEAU", "TEL", "THIEU", "TIN", "TON", "VAL", "VEAU", "VERT", "VIER", "VILLE", "VOIS", "ZAC", "ZEL", "ZOU",
	}
)

// Append writes the surname of that number to b.
func (s *Surnames) Append(b []byte, n uint32) []byte {
	if int(n) < len(s.Names) {
		return append(b, s.Names[n]...)
	}
	// A multiplication by an odd number walks over the syllables, so that
	// neighbouring numbers do not give neighbouring names.
	k := (uint64(n) - uint64(len(s.Names))) * 7919 % rareNames
	pick := func(syllables []string) string {
		i := k % uint64(len(syllables))
		k /= uint64(len(syllables))
		return syllables[i]
	}
	b = append(b, pick(heads)...)
	tail := pick(tails)
	b = append(b, pick(middles)...)
	if k > 0 { // the numbers that three syllables do not tell apart have a fourth
		b = append(b, middles[k*7%uint64(len(middles))]...)
	}
	return append(b, tail...)
}
