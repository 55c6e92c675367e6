package cli

import (
	"math"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, got, want string }{
		{"count", count(1234567), "1\u202f234\u202f567"},
		{"small count", count(999), "999"},
		{"negative count", count(-1000), "-1\u202f000"},
		{"least count", count(math.MinInt64), "-9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808"},
		{"plural", plural(2, "row"), "2 rows"},
		{"singular", plural(1, "row"), "1 row"},
		{"none", plural(0, "row"), "0 rows"},
		{"bytes", size(1023), "1023 B"},
		{"kibibytes", size(1536), "1.5 KiB"},
		{"gibibytes", size(20 << 30), "20 GiB"},
		{"greatest size", size(math.MaxInt64), "8192 PiB"},
		{"nothing of nothing", percent(0, 0), "–"},
		{"nearly nothing", percent(1, 1e6), "< 0.1 %"},
		{"nearly all", percent(999_999, 1e6), "> 99.9 %"},
		{"all", percent(10, 10), "100.0 %"},
		{"seconds", seconds(1500 * time.Millisecond), "1.5 s"},
		{"minutes", seconds(125 * time.Second), "2 min 05 s"},
		{"hours", seconds(25 * time.Hour), "25 h 00 min"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestParseSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"2GiB": 2 << 30, "2G": 2 << 30, "2gb": 2 << 30, "1.5 GiB": 3 << 29, "800M": 800 << 20, "1024": 1024, " 1 TiB ": 1 << 40, "1B": 1,
		"": 0, "GiB": 0, "-1G": 0, "0": 0, "NaN": 0, "inf": 0, "1e30": 0, "1X": 0, "2GiBs": 0, "0.1": 0,
	} {
		got, err := parseSize(text)
		if got != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	f.Add("2GiB")
	f.Add("-1.5e3 kb")
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := parseSize(text); err == nil && n < 1 {
			t.Errorf("%q is read as %d bytes", text, n)
		}
	})
}
