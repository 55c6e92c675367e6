package field

import (
	"unicode"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/internal/fold"
)

// Splitter turns cells into the parts that are sealed. It keeps its buffers
// from cell to cell: use one per goroutine. Its zero value is ready.
type Splitter struct {
	monthFirst bool
	cleaner    fold.Cleaner
	out        []byte   // canonical text of the cell under way
	whole      int      // the first bytes of out that are the cell's own canonical text
	spans      []span   // its parts
	words      []byte   // folded text under way
	spare      []byte   // text of the second half of a cell
	tokens     [][]byte // words of words
	picked     [][]byte // words of a surname that stand apart
	line       []byte   // surname of a full name
	starts     []byte   // the mark before each token of an address, or 0
	cases      []byte   // case of each word of a full name
	parts      []Part
}

// span is a part while out may still move: of the first column of its kind.
type span struct {
	kind     kind.Kind
	role     token.Role
	from, to int
}

// MonthFirst makes ambiguous dates such as 03/04/1990 read month first. The
// default is day first. The figures of a whole column say which it is.
func (s *Splitter) MonthFirst(yes bool) { s.monthFirst = yes }

// Split canonicalises a cell of the occurrence-th column of kind k (from 1)
// and returns the parts to seal, which alias s until its next call. An invalid
// cell still gives parts where comparing makes sense; a kind that is not
// compared gives none, but its validity all the same.
//
// A second and third column of given names give the second and third name. A
// full name with one surname gives it as birth surname.
func (s *Splitter) Split(k kind.Kind, occurrence int, raw []byte) ([]Part, Validity, Reason) {
	validity, reason := s.read(k, raw)
	s.parts = s.parts[:0]
	if validity == Empty || !k.Info().Compared {
		return s.parts, validity, reason
	}
	for i := range s.spans {
		// Field by field: what was just written in small pieces is slow to read in
		// large ones.
		p := &s.spans[i]
		n, role := 1, p.role
		if p.kind == k {
			if k == kind.GivenNames && occurrence > 1 {
				if role += token.Role(occurrence - 1); role > token.Third {
					continue
				}
			} else {
				n = occurrence
			}
		}
		s.parts = append(s.parts, Part{})
		to := &s.parts[len(s.parts)-1]
		to.Column.Kind, to.Column.Occurrence, to.Column.Role = p.kind, n, role
		to.Text = s.out[p.from:p.to:p.to]
	}
	return s.parts, validity, reason
}

// read canonicalises a cell into s.out and s.spans. Cells that look as most do
// take a short way.
func (s *Splitter) read(k kind.Kind, raw []byte) (Validity, Reason) {
	s.out, s.spans, s.whole = s.out[:0], s.spans[:0], 0
	if validity, reason, ok := s.plain(k, raw); ok {
		return validity, reason
	}
	return s.readAny(k, raw)
}

// readAny is read, whatever the cell looks like.
func (s *Splitter) readAny(k kind.Kind, raw []byte) (Validity, Reason) {
	text, damage := s.cleaner.Clean(raw, k == kind.Address)
	if len(text) == 0 || missing(k, text) {
		return Empty, NoReason
	}
	validity, reason := s.dispatch(k, text)
	if len(s.spans) == 1 {
		s.whole = len(s.out)
	}
	if validity == Empty || len(s.out) == 0 || s.whole > 0 && missing(k, s.out[:s.whole]) {
		// Nothing was left, or a mark for a missing value.
		s.out, s.spans, s.whole = s.out[:0], s.spans[:0], 0
		return Empty, NoReason
	}
	if validity == Valid && damage != fold.Intact {
		validity, reason = Odd, Encoding
		if damage == fold.Lost {
			reason = CharactersLost
		}
	}
	return validity, reason
}

func (s *Splitter) dispatch(k kind.Kind, text []byte) (Validity, Reason) {
	switch k {
	case kind.BirthSurname, kind.UsedSurname:
		return s.surname(k, text)
	case kind.GivenNames:
		return s.givenNames(text)
	case kind.FullName:
		return s.fullName(text)
	case kind.Sex:
		return s.sex(text)
	case kind.BirthDate:
		return s.birthDate(text)
	case kind.BirthPlace, kind.City:
		return s.place(k, text)
	case kind.BirthPlaceCode, kind.CityCode:
		return s.placeCode(k, text)
	case kind.BirthCountry, kind.Country:
		return s.country(k, text)
	case kind.Region:
		return s.region(text)
	case kind.NIR:
		return s.nir(text)
	case kind.TaxNumber:
		return s.taxNumber(text)
	case kind.SIRET:
		return s.siret(text)
	case kind.IBAN:
		return s.iban(text)
	case kind.PaymentCard:
		return s.paymentCard(text)
	case kind.IDCard, kind.Passport, kind.Permit:
		return s.document(k, text)
	case kind.Email:
		return s.email(text)
	case kind.Phone:
		return s.phone(text)
	case kind.Address:
		return s.address(text)
	case kind.AddressExtra:
		return s.addressExtra(text)
	case kind.HouseNumber:
		return s.houseNumber(text)
	case kind.PostCode:
		return s.postCode(text)
	case kind.Login:
		return s.identifier(k, text, unicode.LowerCase)
	case kind.RecordID, kind.Identifier:
		return s.identifier(k, text, unicode.UpperCase)
	case kind.IPAddress:
		return s.ipAddress(text)
	case kind.DateTime:
		return s.dateTime(text)
	case kind.Password:
		return s.password(text)
	default:
		s.out = append(s.out, text...)
		s.whole = len(s.out)
		return Valid, NoReason
	}
}

// add makes what was appended to s.out since from a part.
func (s *Splitter) add(k kind.Kind, role token.Role, from int) {
	s.spans = append(s.spans, span{k, role, from, len(s.out)})
}

// one makes all of s.out the canonical text of the cell and its only part.
func (s *Splitter) one(k kind.Kind) {
	s.whole = len(s.out)
	s.add(k, token.Whole, 0)
}

// ends adds to the whole value its two ends, n characters each, unless it is
// too short.
func (s *Splitter) ends(k kind.Kind, n int) {
	s.one(k)
	if n < 1 || s.whole < 4 || 2*n > s.whole+1 {
		return
	}
	s.spans = append(s.spans,
		span{k, token.Head, 0, n},
		span{k, token.Tail, s.whole - n, s.whole})
}

// bare makes all of s.out the canonical text of a cell that gives no part.
func (s *Splitter) bare() { s.whole = len(s.out) }

// odd is Odd for that reason, or Valid for none.
func odd(reason Reason) (Validity, Reason) {
	if reason == NoReason {
		return Valid, NoReason
	}
	return Odd, reason
}
