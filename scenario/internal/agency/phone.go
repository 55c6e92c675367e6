package agency

// block is a run of national numbers without their leading 0.
type block struct {
	from  uint32
	count uint32
}

// pool is blocks used one after the other.
type pool []block

// at returns the i-th number of the pool, or 0 past its end.
func (p pool) at(i uint64) uint32 {
	for _, b := range p {
		if i < uint64(b.count) {
			return b.from + uint32(i)
		}
		i -= uint64(b.count)
	}
	return 0
}

func (p pool) size() (n uint64) {
	for _, b := range p {
		n += uint64(b.count)
	}
	return n
}

// The numbers used: first the range ARCEP keeps for works of fiction (decision
// 2018-0881, annex 1), then blocks that its list of numbers given to operators
// (MAJNUM, July 2025) does not hold, so that no phone here is anybody's.
// Those that libphonenumber holds for possible mobile numbers come first.
var mobiles = pool{
	{639980000, 10_000},     // fiction
	{790000000, 10_000_000}, // 07 90 to 07 99: given to nobody
	{746600000, 1_500_000},  // 07 46 60 to 07 48 09
	{709380000, 33_620_000}, // 07 09 38 to 07 42 99
	{700000000, 8_560_000},  // 07 00 to 07 08 55
}

// fixed is the numbers of the five zones, 01 to 05.
var fixed = [5]pool{
	{{199000000, 10_000}, {106000000, 18_100_000}, {124300000, 5_700_000}, {192000000, 7_000_000}},
	{{261910000, 10_000}, {286000000, 4_000_000}, {215000000, 3_000_000}, {224000000, 3_000_000}, {273000000, 3_000_000}, {291000000, 5_000_000}, {200000000, 14_000_000}},
	{{353010000, 10_000}, {311000000, 9_000_000}, {330000000, 9_000_000}, {346000000, 5_000_000}, {300000000, 10_000_000}},
	{{465710000, 10_000}, {451720000, 4_280_000}, {416000000, 4_000_000}, {459000000, 4_000_000}, {444900000, 3_100_000}, {439000000, 3_000_000}, {400000000, 11_000_000}},
	{{536490000, 10_000}, {568520000, 10_490_000}, {525690000, 5_310_000}, {508560000, 7_440_000}, {520000000, 3_510_000}},
}

// zone is the first digit of the fixed lines of a department, less one.
func zone(department string) int {
	switch department {
	case "75", "77", "78", "91", "92", "93", "94", "95":
		return 0
	case "14", "18", "22", "27", "28", "29", "35", "36", "37", "41", "44", "45", "49", "50", "53", "56", "61", "72", "76", "85", "974", "976":
		return 1
	case "02", "08", "10", "21", "25", "39", "51", "52", "54", "55", "57", "58", "59", "60", "62", "67", "68", "70", "71", "80", "88", "89", "90":
		return 2
	case "01", "03", "04", "05", "06", "07", "11", "13", "15", "26", "30", "34", "38", "42", "43", "48", "63", "66", "69", "73", "74", "83", "84", "2A", "2B":
		return 3
	}
	return 4
}

// mobile is the number of the version-th mobile of somebody, or 0 where the
// pool is used up. Each version of each person has its own place in the pool.
func (w *World) mobile(who Index, version uint64) uint32 {
	return w.draw(mobiles, who, version)
}

// fixedLine is the number of a household's version-th fixed line, by its first
// member, or 0 where the pool is used up.
func (w *World) fixedLine(who Index, version uint64, department string) uint32 {
	return w.draw(fixed[zone(department)], who, version)
}

// draw takes from the pool's start for the agency, from its end for invented people.
func (w *World) draw(p pool, who Index, version uint64) uint32 {
	i, size := version*w.total+w.phones.At(uint64(who)), p.size()
	switch {
	case i >= size:
		return 0
	case w.c.Universe > 0:
		i = size - 1 - i
	}
	return p.at(i)
}
