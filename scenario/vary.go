package scenario

import "constat.example/internal/chance"

// Vary makes of a kind of drill one of many: another thief, who comes at another
// time, takes other people and columns, errs more or less and writes another
// format. The truth of the kind stays what it is. The same seed varies a kind in
// the same way.
func Vary(seed uint64) func(*Theft) {
	return func(t *Theft) {
		dice := chance.NewDice(seed, 0x76617279)
		between := func(low, high int) int { return low + dice.Below(high-low+1) }
		t.Thief = seed | 1<<63
		t.scale(float64(between(70, 105)) / 100)
		t.Mistyped, t.Swapped, t.Blanked = t.Mistyped*between(50, 150)/100, t.Swapped*between(50, 150)/100, t.Blanked*between(50, 150)/100
		if dice.Chance(2500) {
			t.Mistyped += between(0, 300)
		}
		if dice.Chance(2500) {
			t.Blanked += between(0, 500)
		}
		for _, share := range []*int{&t.Share, &t.Sample} {
			*share = min(*share*between(40, 160)/100, 9500)
		}
		t.Invented = t.Invented * between(30, 200) / 100
		t.Beside = t.Beside * between(30, 150) / 100
		if t.First > 0 {
			t.First = between(1000, 12_000)
		}
		if t.IDs[1] > 0 {
			t.IDs[0] = between(0, 7000)
			t.IDs[1] = t.IDs[0] + between(800, 3000)
		}
		if len(t.Departments) > 0 {
			t.Departments = nil
			for range between(3, 12) {
				t.Departments = append(t.Departments, departments[dice.Below(len(departments))])
			}
		}
		if t.Foreign && t.Share == 0 {
			t.Share = between(2000, 9000)
		}
		t.Boast = t.Boast * float64(between(50, 150)) / 100
		if t.Format.Type == "sql" {
			return // its tables are cut by columns
		}
		if t.Dropped == 0 && dice.Chance(5000) {
			t.Dropped = between(1, 4)
		}
		// Who writes as the register does to be believed always does; and nobody draws
		// people as they are, name by name, without a look at how they are written.
		imitates := t.Format == (Format{}) && (t.Foreign || t.OnlyInvented && !t.Careless)
		if !imitates && dice.Chance(6000) {
			t.Format = varied(&dice)
		}
		if t.Notes == 0 && !t.ByID && dice.Chance(4000) {
			t.Shuffled = true
		}
	}
}

// departments are some of those with many people.
var departments = []string{"06", "13", "31", "33", "34", "35", "38", "44", "57", "59", "62", "67", "69", "75", "76", "77", "78", "83", "91", "92", "93", "94"}

// varied draws any layout of a dump of one table.
func varied(dice *chance.Dice) Format {
	f := drawFormat(dice)
	draw := func(from []string) string { return from[dice.Below(len(from))] }
	f.Dates, f.Phones = draw(dates), draw(phones)
	f.Upper = f.Upper && dice.Chance(5000)
	f.Gzip = dice.Chance(1500)
	if dice.Chance(1500) {
		f.Type, f.Encoding = "jsonl", UTF8
	}
	return f
}

// At makes the copy be made at an instant, in months after the first snapshot,
// unless it leaked long after or is made of leaks of before.
func At(months float64) func(*Theft) {
	return func(t *Theft) {
		if len(t.Earlier) == 0 && t.Leaked == 0 {
			t.Months = months
		}
	}
}
