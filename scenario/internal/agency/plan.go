package agency

import "constat.example/internal/chance"

// plan is a chunk's households before what needs knowledge of other chunks.
type plan struct {
	people []person
	houses []house
}

// house is a household at the start.
type house struct {
	key     uint64
	commune int32
	from    int32 // its people are from to to-1
	to      int32
	twin    int32 // one more than the number of the person whose twin the head is; 0: nobody's
	couple  bool  // the first two people are a couple
	married bool
	fixed   bool // has a fixed line
}

// Ages of heads of households in bands, per thousand, after INSEE's census.
var (
	headAges = []int{12, 55, 76, 84, 88, 88, 88, 90, 88, 82, 76, 68, 49, 31, 18, 7}
	headFrom = []int{18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 98}
)

// byAge is a chance in 10,000 that depends on age: the last entry whose age is reached.
type byAge []struct{ from, chance int }

func (b byAge) at(age int) int {
	chance := 0
	for _, e := range b {
		if age >= e.from {
			chance = e.chance
		}
	}
	return chance
}

var (
	livesInCouple = byAge{{18, 2200}, {25, 5600}, {30, 6600}, {65, 6200}, {75, 5000}, {85, 2600}}
	isMarried     = byAge{{18, 1500}, {25, 3000}, {30, 4800}, {40, 6000}, {55, 7800}, {70, 9200}}
	takesName     = byAge{{18, 6400}, {40, 7600}, {60, 8900}}
	aloneIsWoman  = byAge{{18, 5000}, {40, 5300}, {60, 6600}, {75, 7700}}
	ownsMail      = byAge{{13, 7600}, {18, 9750}, {70, 8900}, {80, 7000}, {90, 4500}}
	ownsMobile    = byAge{{11, 8000}, {15, 9500}, {70, 8500}, {80, 5500}, {90, 3000}}
	hasFixedLine  = byAge{{18, 900}, {45, 2500}, {60, 5000}, {75, 7500}}
)

const (
	daysAYear        = 365.2425
	noDay            = day(-1 << 31)
	twinBirths       = 170 // births in 10,000 that are of twins, INSEE 2021-2023: 1.5 to 1.7 %
	lateHouseholds   = 780 // households in 10,000 that the agency comes to know within 24 months
	twinHeads        = 650 // heads born where they live, in 10,000, whose twin heads the next household
	slipsInTenThousd = 150
)

func years(n int) day { return day(float64(n) * daysAYear) }

// plan lays out the households of chunk i.
func (w *World) plan(i int, p *plan) {
	p.people, p.houses = p.people[:0], p.houses[:0]
	e := w.chunks[i]
	there := e.from // people who are there at the start so far
	at := e.first
	var twin int32
	for k := uint64(0); there < e.to; k++ {
		for at+1 < e.last && w.peopleUpTo(at) <= there {
			at++
		}
		key := w.key(uint64(i)<<32|k, 1)
		head := int32(len(p.people))
		there += w.household(p, at, there, e.to-there, key, twin)
		twin = 0
		if int(head) < len(p.people) && !p.people[head].away && p.houses[len(p.houses)-1].twin == 0 && chance.Below(chance.Mix(key), 10_000) < twinHeads {
			twin = head + 1
		}
	}
}

// peopleUpTo is how many people there at the start live in the communes up to i.
func (w *World) peopleUpTo(i int) int {
	return int(w.places.upTo[i] * uint64(w.c.People) / w.places.upTo[len(w.f.Communes)-1])
}

// household adds one household, of at most room people who are there at the
// start, and returns how many those are. Its head may be somebody's twin.
func (w *World) household(p *plan, commune, index, room int, key uint64, twin int32) int {
	d := chance.NewDice(w.seed, key)
	h := house{key: key, commune: int32(commune), from: int32(len(p.people)), twin: twin}
	band := d.Pick(headAges)
	age := headFrom[band] + d.Below(headFrom[band+1]-headFrom[band])
	born := w.start - years(age) - day(d.Below(365))
	h.couple = d.Chance(livesInCouple.at(age))
	h.fixed = d.Chance(hasFixedLine.at(age))
	if twin != 0 {
		born = p.people[twin-1].born
		age = int(float64(w.start-born) / daysAYear)
	}
	head := person{sex: men, born: born}
	if h.couple {
		if d.Chance(200) {
			head.sex = uint8(men + d.Below(2))
		}
		p.people = append(p.people, head)
		// Men are two years and a half older on average.
		mate := person{sex: 3 - head.sex, born: born + years(1)*5/2 + day(d.Below(2200)+d.Below(2200)-2200)}
		if d.Chance(200) {
			mate.sex = head.sex
		}
		mate.born = min(max(mate.born, w.start-years(97)), w.start-years(18))
		p.people = append(p.people, mate)
		h.married = d.Chance(isMarried.at(age))
	} else {
		if d.Chance(aloneIsWoman.at(age)) {
			head.sex = women
		}
		p.people = append(p.people, head)
	}
	adults := len(p.people) - int(h.from)
	for k := range adults {
		who := &p.people[int(h.from)+k]
		who.name = w.f.Surnames.Draw(who.born.year(), d.Uint64(), d.Uint64())
		who.away = d.Chance(4800)
	}
	if twin != 0 {
		h, other := &p.people[h.from], &p.people[twin-1]
		h.name, h.second, h.away = other.name, other.second, false
	}
	if h.married {
		a, b := &p.people[h.from], &p.people[h.from+1]
		a.spouse, b.spouse = b.name+1, a.name+1
		for _, who := range []*person{a, b} {
			if who.sex == women && d.Chance(takesName.at(age)) {
				who.usedNow = spouseName
			} else if d.Chance(400) {
				who.usedNow = doubleName
			}
		}
	}
	w.children(p, &h, &d)
	there := w.settle(p, &h, &d, index, room)
	h.to = int32(len(p.people))
	if h.to > h.from {
		p.houses = append(p.houses, h)
	}
	return there
}

// children adds the children who live with their parents, those to be born
// within the time simulated included.
func (w *World) children(p *plan, h *house, d *chance.Dice) {
	parent := p.people[h.from]
	if h.couple && p.people[h.from+1].sex == women {
		parent = p.people[h.from+1]
	}
	number := []int{0, 1, 2, 3, 4, 5}[d.Pick([]int{14, 19, 37, 20, 7, 3})]
	if !h.couple {
		if parent.sex == men && d.Chance(7500) || parent.sex == women && d.Chance(4500) {
			return
		}
	}
	if number == 0 {
		return
	}
	end := w.start + day(w.months[len(w.months)-1]/86_400)
	name, second := parent.name, uint32(0)
	if h.couple {
		father, mother := p.people[h.from], p.people[h.from+1]
		if father.sex == women {
			father, mother = mother, father
		}
		switch d.Pick([]int{82, 6, 12}) {
		case 0:
			name = father.name
		case 1:
			name = mother.name
		default:
			name, second = father.name, mother.name+1
			if name+1 == second {
				second = 0
			}
		}
	}
	birth := parent.born + years(19) + day(d.Below(2900)+d.Below(2900)+d.Below(1700))
	away := d.Chance(1000)
	for range number {
		if birth >= end || birth > parent.born+years(47) {
			return
		}
		births := 1
		if d.Chance(twinBirths) {
			births = 2
		}
		// Grown children have left, or are leaving.
		stays := birth > w.start-years(18) || birth > w.start-years(25) && d.Chance(5000)
		for k := range births {
			child := person{
				sex: uint8(men + min(d.Below(205)/105, 1)), born: birth,
				name: name, second: second, away: away, twin: k > 0,
			}
			if birth > w.start {
				seconds := int64(birth-w.start)*86_400 + int64(5+d.Below(35))*86_400 + int64(d.Below(86_400))
				child.arrival = seconds
			}
			if stays {
				p.people = append(p.people, child)
			}
		}
		birth += day(460 + d.Below(700) + d.Below(900))
	}
}

// settle gives the members of a household what they have at the start, and
// drops those for whom there is no room or who come after the end.
func (w *World) settle(p *plan, h *house, d *chance.Dice, index, room int) int {
	var late int64
	end := w.months[len(w.months)-1]
	if d.Below(10_000*24) < lateHouseholds*w.c.Months {
		late = 1 + int64(chance.Below(d.Uint64(), int(end-1)))
	}
	there := 0
	kept := p.people[:h.from]
	for k := int(h.from); k < len(p.people); k++ {
		who := p.people[k]
		who.house = int32(len(p.houses))
		who.key = chance.Mix(h.key + uint64(k-int(h.from)) + 1)
		w.endow(&who, k == int(h.from), h, d)
		if h.twin != 0 && k == int(h.from) {
			w.rename(&who, p.people[h.twin-1:h.twin], d)
		} else if k > int(h.from) {
			w.rename(&who, kept[h.from:], d)
		}
		if late != 0 {
			who.arrival = max(who.arrival, late)
		}
		if who.arrival == 0 {
			if there == room {
				if k == int(h.from)+1 {
					h.couple, h.married = false, false
				}
				continue
			}
			who.Index = Index(index + there)
			there++
		} else if who.arrival >= end {
			continue
		} else {
			for w.months[who.arrivalMonth+1] <= who.arrival {
				who.arrivalMonth++
			}
		}
		kept = append(kept, who)
	}
	p.people = kept
	return there
}

// rename draws another first name for one whose twin, or others of the same
// surname in the household, have it.
func (w *World) rename(who *person, others []person, d *chance.Dice) {
	taken := func(given uint16) bool {
		for i := range others {
			if others[i].name == who.name && others[i].sex == who.sex && others[i].given[0] == given {
				return true
			}
		}
		return given == who.given[1] || given == who.given[2]
	}
	year := who.born.year()
	for taken(who.given[0]) {
		who.given[0] = uint16(w.f.Given[who.sex].Draw(year, d.Uint64(), d.Uint64()) + 1)
	}
}

// endow draws given names, mail, phone and typing errors.
func (w *World) endow(who *person, head bool, h *house, d *chance.Dice) {
	age := int(float64(w.start-who.born) / daysAYear)
	year := who.born.year()
	names := &w.f.Given[who.sex]
	given := d.Pick([]int{25, 30, 45}) + 1
	for k := range given {
		// The second and third names are often those of grandparents.
		n := uint16(names.Draw(year-25*k, d.Uint64(), d.Uint64()) + 1)
		if k == 0 || n != who.given[0] && n != who.given[1] {
			who.given[k] = n
		}
	}
	if who.given[1] == 0 {
		who.given[1], who.given[2] = who.given[2], 0
	}
	who.mailStyle = uint8(d.Pick(mailStyles))
	who.mailDomain = uint8(d.Pick(domainWeights))
	switch {
	case age < 13:
		if d.Chance(8500) {
			who.mail = parentMail
		}
	case d.Chance(ownsMail.at(age)):
		who.mail = ownMail
		if !head && age >= 18 && d.Chance(500) {
			who.mail = parentMail
		}
	}
	switch {
	case age < 11:
		if d.Chance(6000) {
			who.phone = parentPhone
		}
	case d.Chance(ownsMobile.at(age)):
		who.phone = ownPhone
		if !head && d.Chance(300) {
			who.phone = parentPhone
		}
	case h.fixed:
		who.phone = homePhone
	}
	if d.Chance(slipsInTenThousd) {
		who.slip = slip(1 + d.Pick([]int{30, 35, 20, 15}))
	}
}
