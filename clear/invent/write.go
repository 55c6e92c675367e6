package invent

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	clearshape "constat.example/clear/shape"
)

// always are the kinds by which people are told again: they are never left empty.
var always = []kind.Kind{kind.BirthSurname, kind.GivenNames, kind.FullName, kind.BirthDate, kind.Sex, kind.PostCode, kind.City, kind.CityCode}

// write writes the cell of a column.
func (i *Inventor) write(p *person, c Column) string {
	if c.Kind == kind.Unknown {
		d := newDraw(len(c.Values), func(k int) uint64 { return uint64(c.Values[k].Rows) })
		if d.total() == 0 {
			return ""
		}
		return c.Values[d.pick(i.random)].Text
	}
	ways := i.ways(p, c.Kind)
	if len(ways) == 0 || ways[0] == "" {
		return ""
	}
	code := i.code(c)
	if !slices.Contains(always, c.Kind) {
		if code == shape.Empty {
			return ""
		}
		if mark, found := strings.CutPrefix(code, shape.Missing+":"); found {
			return mark
		}
	}
	if text(c.Kind) {
		return styled(ways[0], c.Kind, i.tone(c))
	}
	for _, way := range ways {
		if clearshape.Code(c.Kind, way) == code {
			return way
		}
	}
	// The way most cells are written that this value can be written in.
	best, most := ways[0], int64(0)
	for _, way := range ways {
		for _, s := range c.Shapes {
			if s.Cells > most && s.Code == clearshape.Code(c.Kind, way) {
				best, most = way, s.Cells
			}
		}
	}
	return best
}

// code draws how a cell of the column is written; "" where nothing is known of it.
func (i *Inventor) code(c Column) string {
	d := newDraw(len(c.Shapes), func(k int) uint64 { return uint64(c.Shapes[k].Cells) })
	if d.total() == 0 {
		return ""
	}
	return c.Shapes[d.pick(i.random)].Code
}

// text reports whether cells of a kind are words, which are written in a tone.
func text(k kind.Kind) bool {
	switch k {
	case kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName, kind.City, kind.BirthPlace, kind.Address, kind.Country, kind.BirthCountry, kind.Region:
		return true
	}
	return false
}

// tone is how the words of a column are written.
type tone struct {
	letters string // "upper", "lower", else as in a sentence
	accents bool
	commas  bool // between given names
}

// tone draws the case of words; accents and commas are those of the column, as
// a cell that lacks them may have had no place for them.
func (i *Inventor) tone(c Column) tone {
	var upper, lower, other, accent, comma int64
	for _, s := range c.Shapes {
		letters, marks, _ := strings.Cut(s.Code, "+")
		switch letters {
		case "upper":
			upper += s.Cells
		case "lower":
			lower += s.Cells
		case "title", "mixed":
			other += s.Cells
		default:
			continue
		}
		if strings.Contains(marks, "accent") {
			accent += s.Cells
		}
		if strings.Contains(marks, "comma") {
			comma += s.Cells
		}
	}
	all := upper + lower + other
	t := tone{letters: "natural", accents: true}
	if all == 0 {
		return t
	}
	switch at := i.random.Int64N(all); {
	case at < upper:
		t.letters = "upper"
	case at < upper+lower:
		t.letters = "lower"
	}
	t.accents, t.commas = 200*accent >= all, 50*comma >= all
	return t
}

// styled writes words in a tone.
func styled(words string, k kind.Kind, t tone) string {
	if !t.accents {
		words = plain(words)
	}
	if !t.commas {
		words = strings.ReplaceAll(words, ",", "")
	}
	switch t.letters {
	case "upper":
		return strings.ToUpper(words)
	case "lower":
		return strings.ToLower(words)
	}
	if k == kind.Address { // as French streets are written
		return words
	}
	return titled(words)
}

// plain takes the accents off.
func plain(words string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(words) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'œ':
			b.WriteString("oe")
		case r == 'Œ':
			b.WriteString("Oe")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// titled writes words that stand in capitals as names are written; others stay.
func titled(words string) string {
	if strings.ToUpper(words) != words {
		return words
	}
	head := true
	return strings.Map(func(r rune) rune {
		if !head {
			r = unicode.ToLower(r)
		}
		head = !unicode.IsLetter(r)
		return r
	}, words)
}

// ways are the ways in which the value of a kind may be written, the plainest first.
func (i *Inventor) ways(p *person, k kind.Kind) []string {
	switch k {
	case kind.BirthSurname:
		return []string{p.surname}
	case kind.UsedSurname:
		return []string{p.used}
	case kind.GivenNames:
		return []string{strings.Join(p.given, ", ")}
	case kind.FullName:
		return []string{p.surname + " " + p.given[0]}
	case kind.Sex:
		men := []string{"M", "H", "m", "h", "1", "Homme", "HOMME", "homme", "Masculin", "MASCULIN", "male", "Male", "MALE", "M.", "MR", "Mr", "Mr.", "Monsieur", "MONSIEUR"}
		women := []string{"F", "f", "2", "Femme", "FEMME", "femme", "Féminin", "FEMININ", "female", "Female", "FEMALE", "Mme", "MME", "Madame", "MADAME"}
		return [...][]string{nil, men, women}[p.sex]
	case kind.BirthDate:
		return dates(p.born)
	case kind.BirthPlace:
		return []string{p.birthplace.Name}
	case kind.BirthPlaceCode:
		return []string{p.birthplace.Code}
	case kind.BirthCountry, kind.Country:
		return []string{"FRANCE"}
	case kind.NIR:
		n := p.nir
		spaced := n[:1] + " " + n[1:3] + " " + n[3:5] + " " + n[5:7] + " " + n[7:10] + " " + n[10:13]
		return []string{n, n[:13], spaced + " " + n[13:], spaced, n[:13] + " " + n[13:]}
	case kind.TaxNumber:
		n := p.tax
		return []string{n, n[:2] + " " + n[2:4] + " " + n[4:7] + " " + n[7:10] + " " + n[10:]}
	case kind.Email:
		local, _, _ := strings.Cut(p.mail, "@")
		all := []string{local, strings.ReplaceAll(local, ".", "_"), strings.ReplaceAll(local, ".", "-"), strings.ToUpper(local)}
		for n, one := range all {
			all[n] = one + "@" + i.style.MailDomain
		}
		all[3] = strings.ToUpper(all[3])
		return all
	case kind.Phone:
		return phones(p.phone)
	case kind.Address:
		return []string{fmt.Sprintf("%d %s", p.number, p.street)}
	case kind.HouseNumber:
		return []string{fmt.Sprint(p.number)}
	case kind.PostCode:
		return []string{p.postcode, strings.TrimPrefix(p.postcode, "0"), p.postcode[:2] + " " + p.postcode[2:]}
	case kind.City:
		return []string{p.home.City}
	case kind.CityCode:
		return []string{p.home.Code}
	case kind.Region:
		return []string{p.home.Department()}
	case kind.IBAN:
		return []string{p.iban, grouped(p.iban, 4)}
	case kind.Login:
		given, _ := utf8.DecodeRuneInString(plain(p.given[0]))
		return []string{strings.ToLower(string(given) + strings.Map(letter, plain(p.surname)) + fmt.Sprintf("%04d", p.login))}
	case kind.DateTime:
		return times(p.opened)
	case kind.Identifier:
		all := []string{}
		for n := 9; n >= 5; n-- {
			all = append(all, fmt.Sprintf("%0*d", n, p.otherKey)[:n])
		}
		return all
	}
	return nil
}

func letter(r rune) rune {
	if unicode.IsLetter(r) {
		return r
	}
	return -1
}

func dates(t time.Time) (all []string) {
	for _, layout := range []string{
		"2006-01-02", "02/01/2006", "02-01-2006", "02.01.2006", "20060102", "2006/01/02", "02/01/06", "2/1/2006",
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z", "02/01/2006 15:04:05", "2006-01-02 15:04:05.000",
	} {
		all = append(all, t.Format(layout))
	}
	return all
}

func times(t time.Time) (all []string) {
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02T15:04:05Z", "2006-01-02T15:04:05", "02/01/2006 15:04:05", "02/01/2006 15:04", "2006-01-02 15:04",
		"2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05.000",
	} {
		all = append(all, t.Format(layout))
	}
	return append(all, dates(t)...)
}

// phones writes a national number in the ways there are.
func phones(n string) []string {
	pairs := grouped(n, 2)
	rest := n[1:]
	abroad := rest[:1] + " " + grouped(rest[1:], 2)
	return []string{
		n, pairs, strings.ReplaceAll(pairs, " ", "."), strings.ReplaceAll(pairs, " ", "-"),
		"+33" + rest, "+33 " + abroad, "0033" + rest, "0033 " + abroad, "33" + rest, "+33 (0)" + abroad, rest,
	}
}

// grouped puts a space between every n characters.
func grouped(text string, n int) string {
	var b strings.Builder
	for at, r := range text {
		if at > 0 && at%n == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
