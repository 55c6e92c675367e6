package invent

import (
	"fmt"
	"strings"
	"time"

	"constat.example/internal/figures"
)

// person is somebody who does not exist.
type person struct {
	sex             int // 1 a man, 2 a woman
	surname, used   string
	given           []string
	born            time.Time
	birthplace      *figures.Commune
	home            *figures.Commune
	number          int
	street          string
	postcode        string
	phone           string // national: "0639981234"
	mail            string // local part
	nir, iban, tax  string
	opened          time.Time
	login, otherKey int
}

// smallCommune is how many people a commune of birth has at most: see numbers.go.
const smallCommune = 5000

func (i *Inventor) person() *person {
	p := &person{sex: 1 + i.below(2)}
	year := i.year()
	p.born = time.Date(year, time.January, 1+i.below(365), 0, 0, 0, 0, time.UTC)
	p.surname = i.surname(year)
	if p.sex == 2 && year < i.style.Year-25 && i.below(10) < 6 || i.below(20) == 0 {
		p.used = i.surname(year)
	}
	g := &i.f.Given[p.sex]
	for n := 1 + min(i.below(4), 2); len(p.given) < n; {
		name := g.Names[g.Draw(year, i.random.Uint64(), i.random.Uint64())]
		if len(p.given) == 0 || name != p.given[0] && (len(p.given) < 2 || name != p.given[1]) {
			p.given = append(p.given, name)
		}
	}
	p.birthplace = &i.f.Communes[i.hidden.pick(i.random)]
	p.home = &i.f.Communes[i.where.pick(i.random)]
	p.postcode = p.home.Postcodes[i.below(len(p.home.Postcodes))]
	p.street = streets[i.below(len(streets))]
	p.number = 300 + i.below(600) // beyond the end of nearly every street of that name
	p.phone = i.phone(p.home.Department())
	p.mail = i.mailbox(p)
	p.nir, p.iban, p.tax = i.nir(p), i.iban(), i.tax()
	p.opened = time.Date(i.style.Year, time.January, 1, 8+i.below(10), i.below(60), i.below(60), 0, time.UTC).AddDate(0, 0, -1-i.below(1500))
	p.login, p.otherKey = i.below(10_000), i.below(1_000_000_000)
	return p
}

// year is a year of birth, of an adult.
func (i *Inventor) year() int {
	youngest := i.style.Year - 19
	for range 100 {
		if i.births.total() == 0 {
			break
		}
		decade := 0
		for _, c := range i.style.Births[i.births.pick(i.random)].Code {
			decade = 10*decade + int(c-'0')
		}
		if year := decade + i.below(10); year <= youngest && year > youngest-75 {
			return year
		}
	}
	return youngest - i.below(65)
}

func (i *Inventor) surname(year int) string {
	s := &i.f.Surnames
	for {
		n := s.Draw(year, i.random.Uint64(), i.random.Uint64())
		if int(n) < len(s.Names) { // the rare ones of figures are made up of syllables
			return s.Names[n]
		}
	}
}

// mailbox is the part of a mail address before the domain: as people choose it,
// with digits that make it one that nobody can guess.
func (i *Inventor) mailbox(p *person) string {
	plain := func(name string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, figures.Fold(name))
	}
	given, surname := plain(p.given[0]), plain(p.surname)
	digits := fmt.Sprintf("%d", 100+i.below(9900))
	switch i.below(4) {
	case 0:
		return given + "." + surname + digits
	case 1:
		return given[:1] + surname + digits
	case 2:
		return surname + "." + given + digits
	}
	return given + surname + digits
}

// The streets that most communes have.
var streets = []string{
	"rue de l'Église", "rue du Moulin", "rue de la Mairie", "Grande Rue", "rue du Château", "route de la Gare", "rue des Écoles", "rue de la Gare",
	"rue du Stade", "rue de la Fontaine", "rue Pasteur", "rue Victor Hugo", "rue Jean Jaurès", "rue des Jardins", "rue du 8 Mai 1945",
	"rue de la République", "avenue de la République", "rue Jules Ferry", "rue des Lilas", "rue Jean Moulin", "avenue du Général de Gaulle",
	"chemin des Vignes", "rue de Verdun", "rue des Tilleuls", "rue du Lavoir", "rue de la Poste", "rue Émile Zola", "rue Gambetta", "route Nationale",
	"rue de la Libération", "rue du Maréchal Foch", "rue Voltaire", "rue Carnot", "chemin du Bois", "chemin de la Croix", "rue des Peupliers",
}
