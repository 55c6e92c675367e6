package field

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Splitter turns cells into the parts that are sealed. It keeps its buffers
// from cell to cell: use one per goroutine.
type Splitter struct {
	monthFirst bool
	buf        []byte
	parts      []Part
}

// MonthFirst makes ambiguous dates such as 03/04/1990 read month first. The
// default is day first.
func (s *Splitter) MonthFirst(yes bool) { s.monthFirst = yes }

// Split canonicalises a cell of the occurrence-th column of kind k (from 1)
// and returns the parts to seal, which alias s until its next call. An invalid
// cell still gives parts where comparing makes sense; a kind that is not
// compared gives none, but its validity all the same.
func (s *Splitter) Split(k kind.Kind, occurrence int, raw []byte) ([]Part, Validity, Reason) {
	text, validity, reason := s.canonical(k, raw)
	s.parts = s.parts[:0]
	if validity != Empty && k.Info().Compared {
		s.parts = append(s.parts, Part{token.Column{Kind: k, Occurrence: occurrence, Role: token.Whole}, text})
	}
	return s.parts, validity, reason
}

func (s *Splitter) canonical(k kind.Kind, raw []byte) ([]byte, Validity, Reason) {
	_ = k
	text := bytes.ToUpper(bytes.TrimSpace(raw))
	if len(text) == 0 {
		return nil, Empty, NoReason
	}
	s.buf = append(s.buf[:0], text...)
	return s.buf, Valid, NoReason
}
