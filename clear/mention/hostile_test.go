package mention

import (
	"strings"
	"testing"
	"time"
)

// TestHostileTextsTakeNoLongTime reads texts made to be looked at again and
// again: each piece a hundred thousand times over.
func TestHostileTextsTakeNoLongTime(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{
		"1", "1 ", "1a", "a1", "@", "a@", "@a", "a.", "(at)", "a(at)a", "0 ", "+1", "00 1", "FR76", "FR76 ", "A1 ", "é1", "\n1", ":\n", ". 1", "' 1", "-1", "1-",
		"né le ", "né le 1/1/1 ", "tel ", "06 39 98 12 3 ", "06 39 98 12 34 ", "4111 1111 1111 1111 ", "4111-", "1 85 05 78 006 084 37 ", "NIR 1 ", "a@b.C", "a@b.cC.", "  ", "\u00a0", "\xff1", "{at}", "[@]a[.]",
	} {
		text := []byte(strings.Repeat(piece, 100_000))
		var f Finder
		begun := time.Now()
		f.Find(text)
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%q a hundred thousand times took %v", piece, took)
		}
	}
}
