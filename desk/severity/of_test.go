package severity_test

import (
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/severity"
)

// An assessment fills in DPC and EI, and leaves to a person what no dump tells.
func TestOf(t *testing.T) {
	t.Parallel()
	found := assessment.New()
	found.Exposures.Persons, found.Exposures.Stale = 1000, 40
	found.Exposures.Kinds = []assessment.Exposure{{Kind: kind.FullName, People: 1000}, {Kind: kind.Email, People: 900}, {Kind: kind.BirthDate, People: 1000}, {Kind: kind.IBAN}}
	b := severity.Of(found)
	a, err := severity.Assess(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.DPC.Score.Value() != 1 || a.EI.Score.Value() != 1 || a.SE != nil || strings.Join(a.Missing, " ") != "confidentiality integrity availability malice" {
		t.Errorf("DPC %g, EI %g, SE %v, missing %v", a.DPC.Score.Value(), a.EI.Score.Value(), a.SE, a.Missing)
	}
	b.Confidentiality, b.Integrity, b.Availability, b.Malice = severity.Full, severity.None, severity.None, yes()
	if a, err = severity.Assess(b, nil); err != nil || a.SE == nil || a.SE.Value() != 2 || a.Level != "limitée" {
		t.Errorf("with what a person adds: %+v, %v", a, err)
	}
}
