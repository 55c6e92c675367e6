package column

import (
	"fmt"
	"math"

	"constat.example/blind/kind"
)

// What the register knows of a column, as evidence. A dump may be somebody
// else's or made up, so that values the register does not know say little: no
// less than hitFloor. A record id is the exception: it is one only by being
// the register's.
const (
	hitExpect = .9
	hitFloor  = -1.0
	hitFew    = .2 // below this share a column of a dump does not hold the register's record ids
	hitLeast  = 10 // values it takes to say so
)

// hitChance is the share of values of another kind that would be in a large
// register under k, and how many values speak for themselves.
func hitChance(k kind.Kind, p *profile) (chance, most float64) {
	switch k {
	case kind.RecordID, kind.Identifier, kind.Login:
		if p.share[plainInt] > .5 { // small numbers are in every register that counts its records
			return .5, 5
		}
		return .001, 20
	case kind.NIR, kind.Email, kind.Phone, kind.IBAN, kind.TaxNumber, kind.IDCard, kind.Passport, kind.Permit, kind.PaymentCard:
		return .001, 20
	case kind.Address, kind.FullName:
		return .02, 10
	case kind.BirthSurname, kind.UsedSurname:
		return .25, 8
	}
	return .5, 5
}

// hitWeight is the log-likelihood ratio of a hit rate.
func hitWeight(k kind.Kind, rate float64, of int, p *profile) float64 {
	chance, most := hitChance(k, p)
	w := min(float64(of), most) * (rate*math.Log(hitExpect/chance) + (1-rate)*math.Log((1-hitExpect)/(1-chance)))
	return max(w, hitFloor)
}

func hitText(k kind.Kind, rate float64, of int) string {
	return fmt.Sprintf("the register knows %s of %s distinct values as %s", percent(rate), count(of), label(k))
}
