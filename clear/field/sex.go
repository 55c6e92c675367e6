package field

import (
	"constat.example/blind/kind"
	"constat.example/clear/internal/fold"
)

// sex reads a sex or a title; its canonical form is that of the NIR: 1 for men,
// 2 for women.
func (s *Splitter) sex(text []byte) (Validity, Reason) {
	text, _ = numeral(nil, text)
	s.words = fold.Words(s.words[:0], text, noMarks)
	switch string(s.words) {
	case "1", "M", "H", "MR", "HOMME", "MALE", "MASCULIN", "MASC", "MONSIEUR", "MISTER", "MAN", "GARCON", "MAS", "SIR", "HOMMES", "BOY":
		s.out = append(s.out, '1')
	case "2", "F", "W", "MME", "MLLE", "MELLE", "FEMME", "FEMALE", "FEMININ", "FEMININE", "FEM", "MADAME", "MADEMOISELLE",
		"MRS", "MS", "MISS", "WOMAN", "FILLE", "DAME", "FEMMES", "GIRL", "MAM", "MLE":
		s.out = append(s.out, '2')
	case "0":
		return Empty, NoReason
	default:
		s.out = append(s.out, s.words...)
		s.bare()
		switch string(s.words) {
		case "X", "3", "9", "U", "I", "O", "INDETERMINE", "AUTRE", "OTHER", "NON BINAIRE", "NEUTRE", "DIVERSE", "D",
			"M ET MME", "MR ET MME", "M MME", "M OU MME", "MONSIEUR ET MADAME", "MME ET M", "MME M", "DR", "DOCTEUR", "PR", "PROFESSEUR", "ME", "MAITRE":
			return Odd, Unlisted
		}
		return Invalid, Shape
	}
	s.one(kind.Sex)
	return Valid, NoReason
}
