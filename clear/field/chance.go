package field

import "constat.example/blind/kind"

// Chance is the rate at which a random string of the right shape would be
// Valid for k: 1 where the kind has no check.
func Chance(k kind.Kind) float64 {
	switch k {
	case kind.NIR, kind.IBAN:
		return 1.0 / 97
	case kind.TaxNumber:
		return 1.0 / 511
	case kind.SIRET, kind.PaymentCard:
		return 1.0 / 10
	}
	return 1
}
