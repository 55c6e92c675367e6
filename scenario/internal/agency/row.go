package agency

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/internal/chance"
)

// Column is a column of the register.
type Column int

// The columns, in the register's order.
const (
	RecordID Column = iota
	BirthSurname
	UsedSurname
	GivenNames
	Sex
	BirthDate
	BirthPlace
	BirthPlaceCode
	BirthCountry
	NIR
	Email
	Phone
	Address
	AddressExtra
	PostCode
	City
	CityCode
	IBAN
	TaxNumber
	Opened
	Columns int = iota // how many there are
)

// Note is no column of the register: it is what a dump may hold beside.
const Note = Column(Columns)

// columns says of each its header in French and English, and what it holds.
var columns = [Columns + 1]struct {
	french, english string
	kind            kind.Kind
}{
	RecordID:       {"identifiant", "record_id", kind.RecordID},
	BirthSurname:   {"nom_naissance", "birth_surname", kind.BirthSurname},
	UsedSurname:    {"nom_usage", "used_surname", kind.UsedSurname},
	GivenNames:     {"prenoms", "given_names", kind.GivenNames},
	Sex:            {"sexe", "sex", kind.Sex},
	BirthDate:      {"date_naissance", "birth_date", kind.BirthDate},
	BirthPlace:     {"commune_naissance", "birth_place", kind.BirthPlace},
	BirthPlaceCode: {"code_commune_naissance", "birth_place_code", kind.BirthPlaceCode},
	BirthCountry:   {"pays_naissance", "birth_country", kind.BirthCountry},
	NIR:            {"nir", "social_security_number", kind.NIR},
	Email:          {"courriel", "email", kind.Email},
	Phone:          {"telephone", "phone", kind.Phone},
	Address:        {"adresse", "address", kind.Address},
	AddressExtra:   {"complement_adresse", "address_line_2", kind.AddressExtra},
	PostCode:       {"code_postal", "postcode", kind.PostCode},
	City:           {"commune", "city", kind.City},
	CityCode:       {"code_commune", "city_code", kind.CityCode},
	IBAN:           {"iban", "iban", kind.IBAN},
	TaxNumber:      {"numero_fiscal", "tax_number", kind.TaxNumber},
	Opened:         {"date_creation", "account_created", kind.DateTime},
	Note:           {"commentaire", "comment", kind.FreeText},
}

// Header is c's name in the register ("fr") or in English.
func (c Column) Header(lang string) string {
	if lang == "en" {
		return columns[c].english
	}
	return columns[c].french
}

// Kind is what c holds.
func (c Column) Kind() kind.Kind { return columns[c].kind }

// AllColumns lists every column in order.
func AllColumns() []Column {
	all := make([]Column, Columns)
	for i := range all {
		all[i] = Column(i)
	}
	return all
}

// Row is one entry of the register, in clear. Cells alias its memory.
type Row struct {
	text []byte
	ends [Columns]int
}

// Cell returns what stands in c.
func (r *Row) Cell(c Column) []byte {
	if c == 0 {
		return r.text[:r.ends[0]]
	}
	return r.text[r.ends[c-1]:r.ends[c]]
}

// Set puts another value into c.
func (r *Row) Set(c Column, value []byte) {
	from := r.ends[c] - len(r.Cell(c))
	longer := len(value) - (r.ends[c] - from)
	r.text = slices.Replace(r.text, from, r.ends[c], value...)
	for i := int(c); i < Columns; i++ {
		r.ends[i] += longer
	}
}

// People is how many people c holds, whether or not they are in the register at a given instant.
func (c *Chunk) People() int { return len(c.order) }

// Key is a number that looks random and belongs to the k-th person alone.
func (c *Chunk) Key(k int) uint64 { return c.people[c.order[k]].key }

// Number is the number in the k-th person's record id.
func (c *Chunk) Number(k int) uint64 { return c.people[c.order[k]].number }

// Row writes the k-th person's entry as it stands at an instant, and reports
// whether they are in the register then. Where they are not, the row is what it last was.
func (c *Chunk) Row(r *Row, k int, at int64) bool {
	p := &c.people[c.order[k]]
	s, there := c.stateAt(p, at)
	c.write(r, p, s)
	return there
}

// Alone reports whether the k-th person never shared a household, and with it a
// phone or a mail address.
func (c *Chunk) Alone(k int) bool {
	h := &c.houses[c.people[c.order[k]].house]
	return h.to-h.from == 1
}

// ChangedBetween reports whether anything of the k-th person changes after
// from and until to, entering and leaving included.
func (c *Chunk) ChangedBetween(k int, from, to int64) bool {
	p := &c.people[c.order[k]]
	if p.arrival > from && p.arrival <= to {
		return true
	}
	for _, e := range c.events[p.events.from:p.events.to] {
		if e.at > from && e.at <= to {
			return true
		}
	}
	return false
}

// Instants appends to at, in order, the instants after from and until to at which
// something of the k-th person changes.
func (c *Chunk) Instants(at []int64, k int, from, to int64) []int64 {
	p := &c.people[c.order[k]]
	for _, e := range c.events[p.events.from:p.events.to] {
		if e.at > from && e.at <= to {
			at = append(at, e.at)
		}
	}
	return at
}

// Numbers bounds the numbers in record ids, of the first people and of the last
// to come: from lowest up to, and not with, beyond.
func (w *World) Numbers() (lowest, beyond uint64) {
	return firstRecord, firstRecord + w.total*recordGap
}

// AppendRecordID writes the agency's name of a record.
func (w *World) AppendRecordID(b []byte, number uint64) []byte {
	return appendPadded(append(b, w.c.IDPrefix...), number, 10)
}

func (c *Chunk) write(r *Row, p *person, s state) {
	w, f := c.w, c.w.f
	b := r.text[:0]
	slip := noSlip
	if s.slipped {
		slip = p.slip
	}
	end := func(c Column) { r.ends[c] = len(b) }

	b = w.AppendRecordID(b, p.number)
	end(RecordID)
	from := len(b)
	b = f.Surnames.Append(b, p.name)
	if slip == slipSurname {
		b = mistype(b, from, chance.Mix(p.key+13))
	}
	if p.second != 0 {
		b = f.Surnames.Append(append(b, ' '), p.second-1)
	}
	end(BirthSurname)
	switch s.used {
	case spouseName:
		b = f.Surnames.Append(b, p.spouse-1)
	case doubleName:
		b = f.Surnames.Append(append(f.Surnames.Append(b, p.name), '-'), p.spouse-1)
	}
	end(UsedSurname)
	from = len(b)
	names := f.Given[p.sex].Names
	for i, n := range p.given {
		if n == 0 {
			break
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, names[n-1]...)
		if i == 0 && slip == slipGiven {
			b = mistype(b, from, chance.Mix(p.key+14))
		}
	}
	end(GivenNames)
	b = append(b, " MF"[p.sex])
	end(Sex)
	born := p.born
	if slip == slipBirth {
		born = misdate(born, chance.Mix(p.key+15))
	}
	b = born.appendDate(b)
	end(BirthDate)
	from = len(b)
	country := "FRANCE"
	if int(p.place) < len(f.Communes) {
		b = append(b, f.Communes[p.place].Name...)
		if slip == slipPlace {
			b = mistype(b, from, chance.Mix(p.key+16))
		}
	} else {
		country = f.Abroad[int(p.place)-len(f.Communes)].Name
	}
	end(BirthPlace)
	b = append(b, w.placeCode(p.place)...)
	end(BirthPlaceCode)
	b = append(b, country...)
	end(BirthCountry)
	b = w.appendNIR(b, p)
	end(NIR)
	if s.mail != 0 {
		at := c.mails[s.mail-1]
		b = append(b, c.text[at.from:at.to]...)
	}
	end(Email)
	if s.phone != 0 {
		b = strconv.AppendUint(append(b, '0'), uint64(s.phone), 10)
	}
	end(Phone)
	h := c.homes[s.home]
	commune := &f.Communes[h.commune]
	b = w.appendAddress(b, h)
	end(Address)
	b = w.appendExtra(b, h)
	end(AddressExtra)
	b = append(b, w.postcode(h)...)
	end(PostCode)
	b = append(b, commune.City...)
	end(City)
	b = append(b, commune.Code...)
	end(CityCode)
	if s.account != 0 {
		b = w.appendIBAN(b, p, s.account)
	}
	end(IBAN)
	b = w.appendTax(b, p)
	end(TaxNumber)
	b = p.opened.appendDate(b)
	end(Opened)
	r.text = b
}

// mistype changes one ASCII letter of b[from:] into another, leaving out the first.
func mistype(b []byte, from int, random uint64) []byte {
	n := len(b) - from
	if n < 3 {
		return b
	}
	at := from + 1 + chance.Below(random, n-1)
	c := b[at]
	if c >= utf8.RuneSelf || c < 'A' {
		return b
	}
	lower := c & 0x20
	letter := byte('A' + (int(c&^0x20-'A')+1+chance.Below(chance.Mix(random), 25))%26)
	b[at] = letter | lower
	return b
}

// misdate gives a date a wrong day, or swaps day and month where that is a date.
func misdate(d day, random uint64) day {
	y, m, dom := d.date()
	if dom <= 12 && dom != m && random%2 == 0 {
		return civil(y, dom, m)
	}
	wrong := 1 + (dom+chance.Below(chance.Mix(random), 27))%28
	if wrong == dom {
		wrong = dom%28 + 1
	}
	return civil(y, m, wrong)
}
