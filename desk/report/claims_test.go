package report_test

import (
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
)

// TestClaimsAreWorded: what is claimed and what is established is said in both
// languages, with no word of the other.
func TestClaimsAreWorded(t *testing.T) {
	t.Parallel()
	a := rich()
	a.Claims[1].Counts[0].State = assessment.CountAgrees
	a.Claims[2].Counts[0].State = assessment.CountMore
	a.Claims = append(a.Claims, assessment.Claim{Fields: []assessment.ClaimField{{Field: "NIR", State: assessment.FieldNotAssessed}}, Deadline: "2026-05-01T10:00:00Z"})
	for i, edition := range editions(t, draw(t, a, time.Time{})) {
		text := words(edition)
		for _, want := range [][]string{
			{
				"Affirmé et établi", "Affirmation 1\u00a0: corrigée par l’affirmation 2", "43\u202f000\u202f000\u00a0fiches", "moins, dans les fichiers examinés", "comme affirmé", "davantage",
				"confirmé\u00a0: 1\u202f951\u202f350\u00a0personnes", "non trouvé", "pour personne du registre", "non jugé\u00a0: aucune catégorie", "non évalué", "2\u00a0textes", "sous scellé",
				"Trouvé sans être affirmé", "Compte bancaire (IBAN) (390\u202f831)", "aucune date ne s’en déduit", "22\u00a0avril 2026", "1er\u00a0mai 2026", "Affirmation jointe", "source non indiquée", "l’examen s’y rapporte",
			},
			{
				"Claimed and established", "Claim 1: corrected by claim 2", "43,000,000\u00a0records", "fewer, in the files at hand", "as claimed", "more",
				"confirmed: 1,951,350\u00a0people", "not found", "of nobody of the register", "not judged: no kind", "not assessed", "2\u00a0texts", "sealed",
				"Found and not claimed", "no time can be told from it", "22\u00a0April 2026", "Claim of a file of its own", "source not said", "held against it",
			},
		}[i] {
			if !strings.Contains(text, want) {
				t.Errorf("edition %d does not say %q", i, want)
			}
		}
		if held, letter, corrected := strings.Index(text, "the same forum"), strings.Index(text, "a letter"), strings.Index(text, "a forum where"); held < 0 || letter < held || corrected < letter {
			t.Errorf("edition %d tells claims out of order: %d, %d, %d", i, held, letter, corrected)
		}
	}
	a.Claims = []assessment.Claim{}
	for i, edition := range editions(t, draw(t, a, time.Time{})) {
		if text := words(edition); strings.Contains(text, []string{"Affirmé et établi", "Claimed and established"}[i]) {
			t.Errorf("edition %d has a section of no claims", i)
		}
	}
}
