package accesslog

import (
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text, want string // "" where it is no time
		zone       *time.Location
	}{
		{"2026-11-21T22:50:04.951Z", "2026-11-21T22:50:04.951Z", nil},
		{"2026-11-21 22:50:04.951 UTC", "2026-11-21T22:50:04.951Z", nil},
		{"2026-11-21 22:50:04,95 CET", "2026-11-21T21:50:04.95Z", nil},
		{"2026-07-21 22:50:04 CEST", "2026-07-21T20:50:04Z", nil},
		{"2026-11-21T22:50:04.123456789+01:30", "2026-11-21T21:20:04.123456Z", nil},
		{"2026-11-21 22:50:04-05", "2026-11-22T03:50:04Z", nil},
		{"2026-11-21 22:50:04", "2026-11-21T22:50:04Z", nil},
		{"2026-11-21 22:50:04", "2026-11-21T21:50:04Z", paris},
		{"2026-07-21 22:50:04", "2026-07-21T20:50:04Z", paris},
		{"2026-10-25 02:30:00 CET", "2026-10-25T01:30:00Z", paris},
		{"17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03Z", nil},
		{"29/Feb/2024:23:59:60 -0100", "2024-03-01T01:00:00Z", nil},
		{"21/11/2026 22:50:04", "2026-11-21T22:50:04Z", nil},
		{"21/11/2026 22:50:04.5", "2026-11-21T22:50:04.5Z", nil},
		{"20261121 22:50:04", "2026-11-21T22:50:04Z", nil},
		{"261121  2:50:04", "2026-11-21T02:50:04Z", nil},
		{"Nov 21 2026 22:50:04.25 UTC", "2026-11-21T22:50:04.25Z", nil},
		{"Nov  1 22:50:04", "2026-11-01T22:50:04Z", nil},
		{"1763765404", "2025-11-21T22:50:04Z", nil},
		{"1763765404.5", "2025-11-21T22:50:04.5Z", nil},
		{"1763765404951", "2025-11-21T22:50:04.951Z", nil},
		{"1763765404951123", "2025-11-21T22:50:04.951123Z", nil},
		{"1763765404951123456", "2025-11-21T22:50:04.951123Z", nil},
		{"2026-02-29 22:50:04", "", nil},
		{"2026-13-01 22:50:04", "", nil},
		{"2026-11-21 24:00:00", "", nil},
		{"2026-11-21 22:50:04 EST", "", nil},
		{"2026-11-21", "", nil},
		{"31/04/2026 22:50:04", "", nil},
		{"21/11/2026X22:50:04", "", nil},
		{"12345", "", nil},
		{"hier", "", nil},
		{"", "", nil},
	} {
		c := newClock(Options{Zone: test.zone, Year: 2026})
		got := ""
		if at, ok := c.read([]byte(test.text)); ok {
			got = time.UnixMicro(at).UTC().Format(time.RFC3339Nano)
		}
		if got != test.want {
			t.Errorf("%q is %q, not %q", test.text, got, test.want)
		}
	}
}

func TestNewYear(t *testing.T) {
	t.Parallel()
	c := newClock(Options{Year: 2026})
	for _, test := range [][2]string{
		{"Dec 31 23:59:59", "2026-12-31"},
		{"Jan  1 00:00:00", "2027-01-01"},
		{"Dec 31 23:59:59", "2026-12-31"},
		{"Jan  1 00:00:01", "2027-01-01"},
		{"Jun 30 00:00:01", "2027-06-30"},
		{"Dec 31 00:00:01", "2027-12-31"},
		{"Jan  2 00:00:01", "2028-01-02"},
	} {
		at, ok := c.read([]byte(test[0]))
		if got := time.UnixMicro(at).UTC().Format(time.DateOnly); !ok || got != test[1] {
			t.Errorf("%s is %s, not %s", test[0], got, test[1])
		}
	}
}

// FuzzTime compares with the standard library where that reads the text.
func FuzzTime(f *testing.F) {
	f.Add("2026-11-21T22:50:04.951Z")
	f.Add("Nov 21 2026 22:50:04.951 UTC")
	f.Add("17/May/2015:10:05:03 +0000")
	f.Add("20261121 22:50:04")
	f.Fuzz(func(t *testing.T, text string) {
		c := newClock(Options{Year: 2026})
		at, ok := c.read([]byte(text))
		want, err := time.Parse(time.RFC3339Nano, text)
		if err != nil || len(text) < 20 || want.Year() < 1 {
			return
		}
		if want = want.Truncate(time.Microsecond); ok && !time.UnixMicro(at).Equal(want) {
			t.Errorf("%q is %v, not %v", text, time.UnixMicro(at).UTC(), want.UTC())
		}
	})
}
