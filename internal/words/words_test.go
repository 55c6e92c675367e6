package words_test

import (
	"testing"

	"constat.example/internal/words"
)

func TestIn(t *testing.T) {
	t.Parallel()
	b := words.Both{FR: "« Oui » : non ; quoi ? Si !", EN: "Yes : no"}
	for lang, want := range map[string]string{"fr": "«\u00a0Oui\u00a0»\u00a0: non\u202f; quoi\u202f? Si\u202f!", "en": "Yes : no"} {
		if got := b.In(lang); got != want {
			t.Errorf("in %s: %q, want %q", lang, got, want)
		}
	}
	if !b.Whole() || (words.Both{FR: "a"}).Whole() || (words.Both{EN: "a"}).Whole() {
		t.Error("Whole is wrong about a missing language")
	}
}
