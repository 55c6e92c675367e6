package visible_test

import (
	"strings"
	"testing"
	"unicode"

	"constat.example/internal/visible"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"direction turned", "nom\u202etxt.exe", 40, `nom\u202etxt.exe`},
		{"isolates", "a\u2066b\u2069", 40, `a\u2066b\u2069`},
		{"escape sequence", "\x1b[31mnom", 40, `\u001b[31mnom`},
		{"lines", "a\r\nb", 40, `a\u000d\u000ab`},
		{"no width", "no\u200bm\ufeff", 40, `no\u200bm\ufeff`},
		{"not UTF-8", "nom\xff", 40, `nom\ufffd`},
		{"line separator", "a\u2028b", 40, `a\u2028b`},
		{"accents, marks and spaces stay", "Prénom d’usage e\u0301\u00a0!", 40, "Prénom d’usage e\u0301\u00a0!"},
		{"cut", "abcdef", 3, "abc…"},
		{"just fits", "abc", 3, "abc"},
		{"empty", "", 3, ""},
	} {
		if got := visible.Text(test.text, test.limit); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("nom\u202e\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := visible.Text(text, 30)
		if strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("a control character is left in %q", got)
		}
		if visible.Text(got, 1000) != got {
			t.Errorf("%q is changed again", got)
		}
	})
}

func TestQuotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"ticket 4711": false, "minutes of the 3rd, 18:00": false, "CERTFR-2025-RFX-007": false, "": false,
		"zoe@example": true, "12345": true, "01 99 00 12": true, "01.99.00": true, "1987-03-14": true, "1\u202f234\u00a05": true, "2/4/1987": true,
	} {
		if visible.Quotes(text) != want {
			t.Errorf("Quotes(%q) is not %t", text, want)
		}
	}
}
