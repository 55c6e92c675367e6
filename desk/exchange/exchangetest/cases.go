// Package exchangetest has invented cases for tests of how cases are told.
package exchangetest

import (
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/exchange"
)

// Cases are invented cases by name, each made anew: "whole" has everything,
// "first" only a claim, "refuted" was refuted and closed, "bare" says next to nothing.
func Cases() map[string]*exchange.Told {
	all := map[string]*exchange.Told{"whole": whole(), "first": whole(), "refuted": whole(), "bare": whole()}

	first := all["first"]
	first.State, first.Standing, first.Files, first.Received, first.Finding, first.Owner = exchange.New, "", nil, [2]time.Time{}, nil, nil
	first.Claims = first.Claims[:1]
	first.Claims[0].CorrectedBy = 0

	refuted := all["refuted"]
	refuted.State, refuted.Standing, refuted.TLP, refuted.PAP = exchange.Closed, casefile.Refuted, casefile.Clear, "CLEAR"
	refuted.Finding.Verdict = "fabricated"
	refuted.Finding.Estimate, refuted.Finding.Low, refuted.Finding.High = nil, nil, nil
	refuted.Finding.NotBefore, refuted.Finding.NotAfter, refuted.Finding.MostLikely = nil, nil, nil

	*all["bare"] = exchange.Told{
		Case: "bare", Seed: "another", Began: at("2026-04-20T07:00:00Z"), Created: at("2026-04-20T07:00:00Z"), Modified: at("2026-04-20T07:00:00Z"), TLP: casefile.Red, PAP: "RED", State: exchange.New,
	}
	return all
}

func whole() *exchange.Told {
	count, rows, people := int64(19_000_000), int64(500), int64(21_000)
	share, low, high := 0.98, 0.96, 0.99
	estimate, from, to := int64(11_700_000), int64(11_650_000), int64(11_760_000)
	notBefore, notAfter, likely := at("2026-03-28T00:00:00Z"), at("2026-04-14T18:30:00Z"), at("2026-04-11T09:00:00Z")
	return &exchange.Told{
		Case: "forum-2026-04", Seed: "ledger+0badcafe+key", Began: at("2025-11-03T10:00:00Z"), Created: at("2026-04-20T07:02:00Z"), Modified: at("2026-04-21T15:40:10Z").Add(2 * time.Millisecond),
		TLP: casefile.AmberStrict, PAP: "AMBER", State: exchange.Open, Standing: casefile.Confirmed, Watched: true,
		Owner: &exchange.Owner{Name: "L’Agence <des titres>", Country: "FR", Public: true},
		Claims: []exchange.Claim{
			{
				Number: 1, CorrectedBy: 2, Other: 1,
				Claim: claim.Claim{
					Source: "a forum", FirstSeen: at("2026-04-16T20:15:00Z"), Claimed: claim.Claimed{Count: &count, Unit: claim.Records, Fields: []string{"nom", "courriel", "NIR"}},
					Price: "5000 USD", Deadline: "2026-04-30T00:00:00Z", Samples: []claim.Sample{{SHA256: strings.Repeat("5a", 32), Rows: &rows}, {SHA256: strings.Repeat("0c", 32)}},
				},
			},
			{
				Number: 2,
				Claim: claim.Claim{
					FirstSeen: at("2026-04-18T06:00:00Z"), Corrects: 1, Claimed: claim.Claimed{Count: &count, Unit: claim.People, Fields: []string{"email", "iban"}}, Ransom: "2.5 BTC",
				},
			},
		},
		Files: []exchange.File{
			{Name: "customers.csv", SHA256: strings.Repeat("0c", 32), Bytes: 2_700_000},
			{SHA256: strings.Repeat("7e", 32), Bytes: 1_000},
		},
		Received: [2]time.Time{at("2026-04-20T07:30:00Z"), at("2026-04-21T08:00:00Z")},
		Finding: &exchange.Finding{
			Verdict: "genuine", Genuine: assessment.Interval{Estimate: &share, Low: &low, High: &high}, Rows: 21_500, Bytes: 2_701_000, People: people,
			Estimate: &estimate, Low: &from, High: &to, NotBefore: &notBefore, NotAfter: &notAfter, MostLikely: &likely,
			Kinds: []exchange.Exposed{{Kind: kind.BirthSurname, People: 21_000}, {Kind: kind.NIR, People: 20_100}, {Kind: kind.Email, People: 19_000}, {Kind: kind.IBAN, People: 9_400}, {Kind: kind.Login, People: 70}, {Kind: kind.Password, People: 60}},
		},
	}
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}
