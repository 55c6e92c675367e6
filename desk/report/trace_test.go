package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/blind/trace"
	"constat.example/desk/assessment"
	"constat.example/desk/report"
)

// tracedIn fills in who read the exposed people, with a suspect who is surely one and one
// known by counts only, and a blind spot of every code.
func tracedIn(a *assessment.Assessment) {
	at := func(s string) *string { return &s }
	a.Suspects = []assessment.Suspect{
		{
			Account: "svc-<partner>", First: "2026-02-16T20:01:00Z", Last: "2026-02-17T22:13:00Z", Covered: 0.9871, Read: 1_926_332, Likelihood: 0.9984,
			Exposed: 1_905_117, Reads: 1_905_402, Expected: 312.4, Addresses: []assessment.SuspectWay{{Name: "192.0.2.7", Reads: 1_905_402}},
			Days: []assessment.SuspectDay{
				{Day: "2026-02-10", Read: 4120, Exposed: 702},
				{Day: "2026-02-11", Read: 3980, Exposed: 655},
				{Day: "2026-02-16", Read: 801_223, Exposed: 798_004},
				{Day: "2026-02-17", Read: 1_117_009, Exposed: 1_106_002},
				{Day: "2026-02-19", Read: 4001, Exposed: 700},
			},
		},
		{Account: "203.0.113.9", Likelihood: 0.21, Covered: 0.9, Read: 1_800_000, Counted: true, Address: true},
	}
	t := &a.Trace
	*t = assessment.NoTrace("")
	t.Logs = []assessment.Log{{Name: "access.log.gz", Format: "web", Lines: 10, Used: 8, Idle: 1, Rejected: 1}}
	t.From, t.To, t.Accounts, t.Leaked, t.Read, t.Remainder, t.Explained, t.Nobody = at("2026-01-31T00:00:00Z"), at("2026-03-02T00:00:00Z"), 4120, 1_930_001, 1_910_233, 19_768, 0.9871, 0.0129
	for i, code := range trace.AllSpots {
		b := assessment.BlindSpot{Code: code, Share: 1 - float64(i)/13, Count: int64(i + 1), Accounts: []string{}}
		switch code {
		case trace.BulkStatement:
			b.Kind, b.Accounts, b.From, b.To = "copy", []string{"<dba>"}, at("2026-02-12T22:00:00Z"), at("2026-02-12T22:00:00Z")
		case trace.Declared:
			b.Kind, b.Name = "backup", "nightly <tape>"
		case trace.SilentHours:
			b.From, b.To = at("2026-02-14T01:00:00Z"), at("2026-02-14T04:00:00Z")
		case trace.BeginsAfter, trace.EndsBefore:
			b.Part = 0.25
		}
		t.BlindSpots = append(t.BlindSpots, b)
	}
}

// TestBlindSpotsAreWorded: every code has words in both languages.
func TestBlindSpotsAreWorded(t *testing.T) {
	t.Parallel()
	for _, code := range trace.AllSpots {
		b := assessment.BlindSpot{Code: code, Kind: "copy", Count: 2}
		fr, en := report.BlindSpot(report.French, b), report.BlindSpot(report.English, b)
		if fr == en || fr == code || en == code {
			t.Errorf("%s is %q in French and %q in English", code, fr, en)
		}
	}
	for _, kind := range []string{"copy", "export", "backup", "replica", "partner", "other"} {
		b := assessment.BlindSpot{Code: trace.Declared, Kind: kind, Name: "x"}
		if fr, en := report.BlindSpot(report.French, b), report.BlindSpot(report.English, b); fr == en {
			t.Errorf("%s is %q in French and %q in English", kind, fr, en)
		}
	}
}

// TestTracesAreWorded: a suspect, nobody, and each refusal, in both languages.
func TestTracesAreWorded(t *testing.T) {
	t.Parallel()
	a := later()
	says := func(a *assessment.Assessment, fr, en string, yes bool) {
		t.Helper()
		for i, edition := range editions(t, draw(t, a, time.Time{})) {
			if text := words(edition); strings.Contains(text, []string{fr, en}[i]) != yes {
				t.Errorf("edition %d says %q: %v", i, []string{fr, en}[i], !yes)
			}
		}
	}
	says(a, "un compte peut avoir été détourné", "an account may have been hijacked", true)
	says(a, "Le vol n’est pas dans ces journaux", "The theft is not in these logs", false)
	a.Suspects = slices.DeleteFunc(a.Suspects, func(s assessment.Suspect) bool { return s.Likelihood > 0.5 })
	says(a, "Le vol n’est pas dans ces journaux", "The theft is not in these logs", true)
	says(a, "Ce que ces journaux ne peuvent pas montrer", "What these logs cannot show", true)
	for _, why := range []string{trace.NoLeaked, trace.NoReads, trace.NoJoin} {
		a.Suspects, a.Trace.Refused = nil, why
		for i, edition := range editions(t, draw(t, a, time.Time{})) {
			if text := words(edition); strings.Contains(text, why) != (i == 1) || strings.Contains(text, "The theft is not in these logs") {
				t.Errorf("edition %d of %q is in the wrong language, or says more", i, why)
			}
		}
	}
}
