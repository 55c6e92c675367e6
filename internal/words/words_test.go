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

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]words.Both{0: {FR: "0", EN: "0"}, 999: {FR: "999", EN: "999"}, 1290008: {FR: "1\u202f290\u202f008", EN: "1,290,008"}, -1000: {FR: "−1\u202f000", EN: "−1,000"}} {
		if got := words.Count(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}
