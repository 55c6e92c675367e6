package report

import (
	"math"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, fr, wantFR, en, wantEN string }{
		{"int", french.Int(1234567), "1\u202f234\u202f567", english.Int(1234567), "1,234,567"},
		{"small int", french.Int(999), "999", english.Int(0), "0"},
		{"negative", french.Int(-1000), "−1\u202f000", english.Int(-1000), "−1,000"},
		{"least int", french.Int(math.MinInt64), "−9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808", english.Int(-1), "−1"},
		{"decimals", french.Dec(1234.56, 1), "1\u202f234,6", english.Dec(-0.04, 1), "0.0"},
		{"percent", french.Percent(0.1234, 1), "12,3\u00a0%", english.Percent(0.1234, 1), "12.3%"},
		{"share of nothing", french.Share(0, 0), "–", english.Share(0, 10), "0.0%"},
		{"nearly nothing", french.Share(1, 1e6), "<\u00a00,1\u00a0%", english.Share(1, 1e6), "<\u00a00.1%"},
		{"nearly all", french.Share(999_999, 1e6), ">\u00a099,9\u00a0%", english.Share(10, 10), "100.0%"},
		{"rate", french.Rate(0.25), "25,0\u00a0%", english.Rate(0.012), "1.20%"},
		{"rare", french.Rate(0.0000372), "1 sur 26\u202f900", english.Rate(0.0000372), "1 in 26,900"},
		{"rarest", french.Rate(1e-300), "moins de 1 sur 1\u202f000\u202f000\u202f000\u202f000\u202f000", english.Rate(math.NaN()), "–"},
		{"never", french.Rate(0), "0\u00a0%", english.Rate(0), "0%"},
		{"bytes", french.Bytes(318_442_907), "318,4\u00a0Mo", english.Bytes(318_442_907), "318.4\u00a0MB"},
		{"one byte", french.Bytes(1), "1\u00a0octet", english.Bytes(2), "2\u00a0bytes"},
		{"nearly the next unit", french.Bytes(999_960), "1,0\u00a0Mo", english.Bytes(999), "999\u00a0bytes"},
		{"none", french.N(0, "ligne", "lignes", "row", "rows"), "0\u00a0ligne", english.N(0, "ligne", "lignes", "row", "rows"), "0\u00a0rows"},
		{"one", french.N(1, "ligne", "lignes", "row", "rows"), "1\u00a0ligne", english.N(1, "ligne", "lignes", "row", "rows"), "1\u00a0row"},
		{"spaces", french.T("« a » : b ; c ?", ""), "«\u00a0a\u00a0»\u00a0: b\u202f; c\u202f?", english.T("", "a: b; c?"), "a: b; c?"},
	} {
		if test.fr != test.wantFR {
			t.Errorf("%s: %q, want %q", test.name, test.fr, test.wantFR)
		}
		if test.en != test.wantEN {
			t.Errorf("%s: %q, want %q", test.name, test.en, test.wantEN)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	paris := time.FixedZone("", 2*60*60)
	for _, test := range []struct {
		at     time.Time
		fr, en string
	}{
		{time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), "1er\u00a0août 2026", "1\u00a0August 2026"},
		{time.Date(2026, 12, 21, 18, 5, 0, 0, time.UTC), "21\u00a0décembre 2026 à 18\u00a0h\u00a005\u00a0UTC", "21\u00a0December 2026 at 18:05\u00a0UTC"},
		{time.Date(2026, 3, 1, 1, 0, 0, 0, paris), "28\u00a0février 2026 à 23\u00a0h\u00a000\u00a0UTC", "28\u00a0February 2026 at 23:00\u00a0UTC"},
	} {
		if got := french.Time(test.at); got != test.fr {
			t.Errorf("%q, want %q", got, test.fr)
		}
		if got := english.Time(test.at); got != test.en {
			t.Errorf("%q, want %q", got, test.en)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		at     time.Time
		fr, en string
	}{
		{time.Date(2026, 4, 15, 10, 30, 0, 0, time.FixedZone("", 2*60*60)), "15\u00a0avril 2026 à 10\u00a0h\u00a030 (UTC+2)", "15\u00a0April 2026 at 10:30 (UTC+2)"},
		{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "1er\u00a0janvier 2026 à 00\u00a0h\u00a000 (UTC)", "1\u00a0January 2026 at 00:00 (UTC)"},
		{time.Date(2026, 1, 1, 0, 0, 59, 0, time.FixedZone("", -(9*60+30)*60)), "1er\u00a0janvier 2026 à 00\u00a0h\u00a000 (UTC−9:30)", "1\u00a0January 2026 at 00:00 (UTC−9:30)"},
	} {
		if got := french.Clock(test.at); got != test.fr {
			t.Errorf("%q, want %q", got, test.fr)
		}
		if got := english.Clock(test.at); got != test.en {
			t.Errorf("%q, want %q", got, test.en)
		}
	}
}

func TestBarKeepsThinPartsVisible(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		width float64
		parts []int64
		want  int
	}{
		{"nothing", 100, []int64{0, 0}, 0},
		{"one", 100, []int64{5, 0, 0}, 1},
		{"a millionth", 100, []int64{1_000_000, 1}, 2},
		{"a short bar", 0.1, []int64{1, 1, 1}, 3},
		{"many", 100, []int64{1_000_000, 1, 1, 1}, 4},
	} {
		parts := make([]part, len(test.parts))
		for i, n := range test.parts {
			parts[i].N = n
		}
		got := bar(test.width, parts...)
		if len(got) != test.want {
			t.Errorf("%s: %d segments, want %d", test.name, len(got), test.want)
		}
		end := 0.0
		for _, p := range got {
			if p.Width < 0.59 || math.Abs(p.X-end) > 0.011 {
				t.Errorf("%s: segment at %g, %g wide, after %g", test.name, p.X, p.Width, end)
			}
			end = p.X + p.Width
		}
	}
}
