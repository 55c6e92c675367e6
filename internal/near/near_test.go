package near_test

import (
	"testing"

	"constat.example/internal/near"
)

func TestWord(t *testing.T) {
	t.Parallel()
	words := []string{"assess", "register", "drill", "demo", "key", "import", "json", "home"}
	for typed, want := range map[string]string{
		"asess": "assess", "regsiter": "register", "reg": "register", "drlil": "drill", "jsn": "json", "hoem": "home",
		"xyz": "", "": "", "k": "key", "q": "", "imports": "import", "é": "",
	} {
		if got := near.Word(typed, words); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
