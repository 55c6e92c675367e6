package report_test

import (
	"time"

	"constat.example/blind/kind"
	judged "constat.example/blind/verdict"
	"constat.example/desk/assessment"
)

// rich is an invented assessment in which every part has something, all its
// counts differ, and some names come from somebody who means harm.
func rich() *assessment.Assessment {
	a := assessment.New()
	a.Case = "forum-2026-04"
	a.Inputs = []assessment.Input{
		{Name: "ANPT_full_2026.csv.gz", SHA256: "3f0a94c1d7be52680e1c77a9b46f3d20915ce8ab7764f1d20bb8e35c90a1f7d2", Bytes: 318_442_907},
		{Name: `x"><img src=https://evil.example/p.png onerror=alert(1)>.csv`, SHA256: "77b1c3fe0a4482d95c6e2f91ab3047d8e6510c9f2b8d7a41e35f06bc98d21a64", Bytes: 1_204_118},
	}
	a.Bytes = assessment.Bytes{Total: 319_647_025, Accounted: 319_647_025}
	a.Rows = assessment.Rows{Read: 2_013_388, Rejected: 47, Repaired: 312}
	a.Rejects = []assessment.Reject{
		{File: "ANPT_full_2026.csv.gz", Reason: "too many cells", Count: 41, Bytes: 7_215, First: []assessment.Place{
			{Offset: 1_043_877, Row: 6_120}, {Offset: 22_518_004, Row: 131_702}, {Offset: 70_144_391, Row: 410_366},
		}},
		{File: "ANPT_full_2026.csv.gz", Reason: "quote never closed", Count: 5, Bytes: 1_961, First: []assessment.Place{{Offset: 90_002_116, Row: 526_813}}},
		{File: "<script>alert(2)</script>.csv", Reason: "a reason of a later version", Count: 1, Bytes: 66, First: []assessment.Place{{Offset: 319_646_959}}},
	}
	a.Tables = []assessment.Table{
		{Name: "ANPT_full_2026.csv.gz", Format: "csv", Dialect: "separator ',', quote '\"', header, UTF-8 with BOM", Rows: 2_005_219, Rejected: 46},
		{Name: "extra.csv", Format: "csv", Dialect: "separator ';', no header, windows-1252", Rows: 8_169, Rejected: 1},
	}
	col := func(table int, name string, k kind.Kind, confidence float64, filled, valid, odd, invalid int64, evidence ...string) assessment.Column {
		return assessment.Column{Table: table, Name: name, Kind: k, Confidence: confidence, Evidence: evidence, Filled: filled, Valid: valid, Odd: odd, Invalid: invalid}
	}
	a.Columns = []assessment.Column{
		col(0, "num_dossier", kind.RecordID, 0.9998, 2_005_219, 2_005_218, 0, 1, "the register knows 98 % of 20,000 distinct values as record id", "the name \"num_dossier\" says record id"),
		col(0, "nom_naissance", kind.BirthSurname, 0.998, 2_005_207, 2_004_980, 226, 1, "the name \"nom_naissance\" says birth surname", "the register knows 97 % of 9,214 distinct values as birth surname"),
		col(0, "prenoms", kind.GivenNames, 0.997, 2_005_198, 2_005_011, 185, 2, "91 % of 4,377 distinct values are frequent given names", "the name \"prenoms\" says given names"),
		col(0, "ddn", kind.BirthDate, 0.999, 2_004_871, 2_004_702, 12, 157, "100 % of 18,802 distinct values are dates", "the name \"ddn\" says birth date", "the dates span decades, as births do", "157 cells: day does not exist"),
		col(0, "nir", kind.NIR, 0.9999, 1_320_443, 1_319_871, 398, 174, "over 99 % of 19,991 distinct values are NIRs whose key matches", "the name \"nir\" says social security number (NIR)"),
		col(0, "courriel", kind.Email, 0.9997, 1_844_016, 1_843_820, 54, 142, "100 % of 19,870 distinct values are e-mail addresses", "the name \"courriel\" says e-mail"),
		col(0, "portable", kind.Phone, 0.995, 1_611_730, 1_610_003, 1_204, 523, "over 99 % of 19,655 distinct values are written as only phone numbers are", "the name \"portable\" says phone"),
		col(0, "adresse_1", kind.Address, 0.98, 1_990_118, 1_980_006, 9_001, 1_111, "64 % of 19,120 distinct values begin with a number before words"),
		col(0, "cp", kind.PostCode, 0.996, 1_991_342, 1_990_817, 221, 304, "the codes begin with the département of the towns in the same rows"),
		col(0, "ville", kind.City, 0.991, 1_991_560, 1_985_210, 5_930, 420, "58 % of 7,563 distinct values are names of larger towns"),
		col(0, "iban", kind.IBAN, 0.9999, 402_118, 402_077, 0, 41, "over 99 % of 19,998 distinct values are IBANs whose key matches"),
		col(0, "maj", kind.DateTime, 0.97, 2_005_101, 2_005_099, 0, 2, "the dates cluster in a few late years, as events do"),
		col(0, "niveau", kind.Unknown, 0.55, 1_002_334, 0, 0, 0, "there are only 4 distinct values in 20,000 rows"),
		col(1, "<script>alert(1)</script>", kind.Email, 0.91, 8_140, 8_102, 21, 17, "a sentence of a later version"),
		col(1, "\u202egnp.exe\x1b[31m", kind.Unknown, 0.4, 77, 0, 0, 0, "<b>bold</b> & plain"),
		col(1, "={{.Case}}${7*7}", kind.Unknown, 0.3, 5_555, 0, 0, 0),
	}
	between := func(from, to int, columns [2]string, inclusion float64, rows, linked, conflicts int64, reason string) assessment.Tie {
		return assessment.Tie{
			From: assessment.TieColumn{Table: from, Column: columns[0]}, To: assessment.TieColumn{Table: to, Column: columns[1]},
			Inclusion: inclusion, Rows: rows, Linked: linked, Conflicts: conflicts, Reason: reason,
		}
	}
	a.Ties = []assessment.Tie{between(1, 0, [2]string{"dossier_id<b>", "num_dossier"}, 0.9871, 8_044, 7_913, 26, "the name of the column names the other table")}
	a.NotTied = []assessment.Tie{
		between(0, 1, [2]string{"niveau", "id"}, 0.9501, 1_002_331, 0, 0, "numbers that count up are in any other column that counts up, and neither names nor rows confirm it"),
		between(1, 0, [2]string{"x", "y"}, 0.999, 12, 0, 0, "a reason of a yet later version"),
	}
	a.Register = assessment.Register{People: 2_481_906, Snapshots: 24, From: "2024-05-01T00:00:00Z", To: "2026-04-01T00:00:00Z"}
	a.Linked = assessment.Linked{Rows: 1_968_004, Persons: 1_951_377, Ambiguous: 1_822, Unlinked: 43_562}
	a.Certainty = certain()
	a.Decided = assessment.Decided{Upto: 41, Same: 17, Not: 9, Unknown: 6, Void: []assessment.VoidDecision{
		{Decision: 12, Row: 1_700_451, Why: assessment.VoidPerson}, {Decision: 39, Row: 88, Why: assessment.VoidDump}, {Decision: 40, Row: 89, Why: "a reason of a later version"},
	}}
	exposure := func(k kind.Kind, current, stale, unconfirmed int64) {
		people := current + stale + unconfirmed
		a.Exposures.ByKind[k.String()] = people
		a.Exposures.Kinds = append(a.Exposures.Kinds, assessment.Exposure{Kind: k, People: people, Current: current, Stale: stale, Unconfirmed: unconfirmed})
	}
	a.Exposures.Persons, a.Exposures.Stale = 1_951_377, 648_209
	exposure(kind.RecordID, 1_951_377, 0, 0)
	exposure(kind.BirthSurname, 1_951_002, 118, 230)
	exposure(kind.GivenNames, 1_950_871, 204, 189)
	exposure(kind.BirthDate, 1_950_633, 97, 156)
	exposure(kind.NIR, 1_288_765, 0, 1_243)
	exposure(kind.Email, 1_436_920, 329_014, 27_708)
	exposure(kind.Phone, 1_301_455, 254_117, 11_926)
	exposure(kind.Address, 1_540_288, 377_603, 19_042)
	exposure(kind.PostCode, 1_598_340, 341_816, 1_007)
	exposure(kind.City, 1_597_911, 341_299, 2_344)
	exposure(kind.IBAN, 371_006, 8_455, 11_370)
	exposure(kind.DateTime, 0, 0, 1_949_803)
	a.Exposures.Persons += 412
	a.Exposures.FreeText = assessment.FreeText{
		Persons: 5_120, Only: 412, ByKind: map[string]int64{"phone": 4_801, "email": 733},
		Mentions: assessment.Mentions{Found: 6_017, ConfirmedByChecksum: 209, ConfirmedByRegister: 5_377, ByRow: 102, Ambiguous: 31, Unattributed: 507},
	}
	for i, k := range a.Exposures.Kinds {
		a.Exposures.Kinds[i].FreeText = a.Exposures.FreeText.ByKind[k.Kind.String()]
	}
	a.Size.Claimed = new(int64)
	*a.Size.Claimed = 19_000_000
	a.Claims = invented()
	level := func(name string, match, chance, weight float64) assessment.Level {
		return assessment.Level{Name: name, Match: match, Chance: chance, Weight: weight}
	}
	a.Weights = []assessment.Aspect{
		{Name: "surname", Levels: []assessment.Level{level("exact", 0.9941, 0.00041, 11.24), level("near", 0.0021, 0.0006, 1.81), level("differs", 0.0014, 0.998, -9.48)}},
		{Name: "birth_date", Levels: []assessment.Level{level("exact", 0.9987, 0.0000372, 14.71), level("two_parts", 0.0009, 0.021, -4.54), level("differs", 0.0004, 0.9789, -11.26)}},
		{Name: "nir", Levels: []assessment.Level{level("exact", 0.9991, 0.0000004, 21.25), level("part", 0.0006, 0.00031, 0.95), level("differs", 0.0003, 0.99969, -11.7)}},
		{Name: "email", Levels: []assessment.Level{level("exact", 0.812, 0.0000007, 20.15), level("differs", 0.188, 0.9999993, -2.41)}},
	}
	a.Notes = []string{"Two columns looked like e-mail addresses in extra.csv; the fuller one was compared."}
	a.Timings = map[string]float64{"read": 3.4, "link": 9.1}
	return a
}

// invented is three claims on one leak: one of a seller who is corrected, their
// second, and a letter.
func invented() []assessment.Claim {
	at := func(s string) *string { return &s }
	num := func(n int64) *int64 { return &n }
	field := func(name, state string, people int64) assessment.ClaimField {
		return assessment.ClaimField{Field: name, State: state, People: people, Kinds: []kind.Kind{}}
	}
	return []assessment.Claim{
		{
			Number: 1, CorrectedBy: 2, Source: "a forum where data is sold", FirstSeen: at("2026-04-16T06:12:00Z"), Count: num(43_000_000), Unit: "records",
			Counts: []assessment.ClaimCount{{Of: "people", Established: 1_951_789, State: assessment.CountFewer}, {Of: "rows", Established: 2_013_388, State: assessment.CountFewer}},
		},
		{
			Number: 2, Corrects: 1, Against: true, Source: "the same forum <script>alert(3)</script>", FirstSeen: at("2026-04-20T08:00:00Z"), Count: num(19_000_000), Unit: "people",
			Counts: []assessment.ClaimCount{{Of: "people", Established: 1_951_789, State: assessment.CountFewer}},
			Fields: []assessment.ClaimField{
				field("name", assessment.FieldConfirmed, 1_951_350), field("NIR", assessment.FieldConfirmed, 1_290_008), field("passport", assessment.FieldNotFound, 0),
				field("driving licence", assessment.FieldOfNobody, 0), field("<i>full access</i>", assessment.FieldNotJudged, 0), field("x", "a state of a later version", 0),
			},
			Unclaimed: []assessment.ClaimedKind{{Kind: kind.Email, People: 1_793_642}, {Kind: kind.IBAN, People: 390_831}},
			Price:     "5000 USD", Deadline: "48 hours", DeadlineAt: at("2026-04-22T08:00:00Z"), Sealed: 2,
			Samples: []assessment.ClaimSample{{What: "the first rows", Rows: num(103), SHA256: "5be0c1f9a2d7"}, {}},
		},
		{Number: 3, Source: "a letter to the agency", Count: num(64_000_000_000), Unit: "bytes", Ransom: "20 BTC", Deadline: "soon", Counts: []assessment.ClaimCount{{Of: "bytes", Established: 319_647_025, State: assessment.CountFewer}}},
	}
}

// certain is how sure the links of an invented dump are.
func certain() assessment.Certainty {
	c := assessment.Certainty{None: 12_044, Sampled: 1_974}
	from := []float64{0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1}
	for i, n := range []int64{31_001, 311, 152, 1_876, 1_203, 977, 2_415, 7_316, 1_956_093} {
		b := assessment.Band{From: from[i], To: from[i+1], Linked: n}
		if b.To <= 0.75 {
			b.Linked, b.Open = 0, n
		}
		c.Bands = append(c.Bands, b)
	}
	fall := func(of string, row int64, start, relatives, rivals, probability float64, evidence ...assessment.Evidence) {
		w := assessment.Waterfall{Of: of, Row: row, Start: start, Present: 5.64, Evidence: evidence, Relatives: relatives, Rivals: rivals, Probability: probability}
		w.Total = start + w.Present + relatives + rivals
		for _, e := range evidence {
			w.Total += e.Bits
		}
		c.Waterfalls = append(c.Waterfalls, w)
	}
	e := func(aspect, level string, bits float64) assessment.Evidence {
		return assessment.Evidence{Aspect: aspect, Level: level, Bits: bits}
	}
	told := e("given", "exact", 1.7)
	told.Told = true
	fall(assessment.OfAverage, 0, -20.31, -18.24, -0.31, 0.999999, e("surname", "", 10.94), e("given", "", 8.21), e("birth_date", "", 13.88), e("place", "", 9.07), e("email", "", 12.75), e("nir", "", 19.95))
	fall(assessment.OfSettled, 402_117, -20.31, -21.67, 0, 0.999998, e("surname", "exact", 11.52), told, e("birth_date", "exact", 14.71), e("place", "exact", 10.02), e("email", "exact", 20.15), e("nir", "", 0))
	fall(assessment.OfThreshold, 1_311_873, -20.31, -0.42, -0.06, 0.7612, e("surname", "near", 9.13), e("given", "differs", -5.61), e("birth_date", "exact", 14.71), e("place", "partly", 4.23))
	fall(assessment.OfAmbiguous, 77_290, -20.31, -0.08, -5.02, 0.4953, e("surname", "exact", 9.13), e("given", "exact", 7.43), e("birth_date", "exact", 8.78))
	return c
}

// later is an assessment as it will be when nothing is refused.
func later() *assessment.Assessment {
	a := rich()
	at := func(s string) *string { return &s }
	num := func(n int64) *int64 { return &n }
	share := func(x float64) *float64 { return &x }
	a.Verdict = assessment.Verdict{
		Class:        "mixed",
		GenuineShare: assessment.Interval{Estimate: share(0.776), Low: share(0.741), High: share(0.802)},
		Reasons: []assessment.Reason{
			{Code: "one_instant", Weight: 14.912, Bits: assessment.Origins{Other: -14.912}, Facts: map[string]float64{"changes": 84_467, "against": 61}},
			{Code: "people_found", Weight: 13.207, Bits: assessment.Origins{Copied: -13.207, Made: -14.5}, Facts: map[string]float64{"rows": 2_515_402, "found": 1_953_412, "people": 11_700_000}},
			{Code: "rule_broken", Weight: -2.4, Bits: assessment.Origins{Copied: -2.4}, Facts: map[string]float64{"rows": 81_140, "broken": 2_104}, Of: "nir_key"},
		},
	}
	a.Window = assessment.NoWindow("")
	w := &a.Window
	w.NotBefore, w.NotAfter, w.MostLikely = at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z"), at("2026-02-17T21:40:00Z")
	w.Interval = assessment.Bounds{Low: at("2026-02-16T08:13:00Z"), High: at("2026-02-19T02:55:00Z")}
	w.Shape, w.Even, w.Against, w.Rows, w.Torn, w.Aside = assessment.ShapeOnce, true, 61, 201_733, 87, []string{assessment.AsideGone, "what a later version leaves out"}
	w.Changes = []assessment.Change{
		{From: "2024-05-01T00:00:00Z", To: "2026-01-01T00:00:00Z", Before: 59, After: 171_402},
		{From: "2026-01-01T00:00:00Z", To: "2026-02-01T00:00:00Z", After: 9_122},
		{From: "2026-02-01T00:00:00Z", To: "2026-03-01T00:00:00Z", Before: 3_577, After: 5_201},
		{From: "2026-03-01T00:00:00Z", To: "2026-04-01T00:00:00Z", Before: 9_340, After: 2},
	}
	for day, likelihood := range []float64{0, 0.0001, 0.0312, 0.4071, 1, 0.3544, 0.0207, 0, 0} {
		w.Curve = append(w.Curve, assessment.Point{At: time.Date(2026, 2, 14, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day).Format(time.RFC3339), Likelihood: likelihood})
	}
	a.Size = assessment.NoSize("")
	z := &a.Size
	z.Claimed, z.Estimate, z.Low, z.High, z.Basis = num(19_000_000), num(1_953_412), num(1_953_102), num(1_953_733), judged.WholeFile
	z.Rows, z.Persons, z.Duplicates = 2_540_118, 1_952_908, 11_203
	z.Counts = []assessment.SizeCount{
		{Name: assessment.Referenced, Estimate: num(2_101_377), Low: num(2_100_951), High: num(2_101_802)},
		{Name: assessment.Reachable, Refused: assessment.NoReach},
		{Name: assessment.Queried, Refused: assessment.NoLogs},
		{Name: assessment.Returned, Refused: "what a later version says"},
		{Name: assessment.Exfiltrated, Low: num(1_953_101)},
	}
	z.Tests = []assessment.SizeTest{
		{Name: judged.IDsEven, Result: judged.Failed, P: 1.2e-40, Off: 0.6112},
		{Name: judged.IDsApart, Result: judged.Passed, P: 0.31},
		{Name: judged.RegionEven, Result: judged.NotTold, P: 1},
		{Name: judged.RowOrder, Result: judged.Passed, Off: 0.98},
		{Name: judged.IDsEven, Result: judged.Passed, P: 0.41, Within: true},
		{Name: "<later>", Result: "<other>"},
	}
	z.Range = assessment.SizeRange{From: 0.1201, To: 0.6733}
	for i := range 40 {
		z.Range.Bins = append(z.Range.Bins, float64(max(0, min(i-4, 27-i)))/50)
	}
	z.Regions = []assessment.SizeGroup{{Name: "35", Dense: 0.9998, Whole: true}, {Name: "44", Dense: 0.9871, Whole: true}, {Name: "69", Dense: 0.0021}}
	z.Files = []assessment.SizeFile{{Name: "part-<1>.csv", Persons: 1_204_551}, {Name: "part-2.csv", Persons: 990_102, Known: 241_745}}
	z.History = []assessment.SizeVersion{
		{Version: 1, When: "2026-04-20T09:00:00Z", Claimed: num(43_000_000), Rows: 3_000_017, Persons: 2_000_031, Low: num(2_000_029), Refused: judged.SizeFirst, Why: []string{assessment.SizeMovedFiles, assessment.SizeMovedClaim}},
		{Version: 2, When: "2026-04-21T10:30:00Z", Rows: 3_100_018, Persons: 2_050_032, Estimate: num(2_050_034), Low: num(2_050_030), High: num(2_050_077), Basis: judged.WholeRange, Why: []string{"a reason of later"}},
	}
	a.Honey = assessment.Honey{
		Placed: 140, Found: 77, Rows: 79, Persons: 39, Named: []string{"partner-a-2026q1"}, NotBefore: at("2026-02-10T09:00:00Z"), NotAfter: at("2026-03-20T00:00:00Z"), Window: assessment.HoneyNarrows,
		Copies: []assessment.HoneyCopy{
			{Name: "register-2025", Everywhere: true, From: "2025-06-01T00:00:00Z", Placed: 60, Found: 39},
			{Name: "partner-a-2026q1", From: "2026-02-10T09:00:00Z", Until: at("2026-03-20T00:00:00Z"), Placed: 40, Found: 38, Bits: share(231.04), Likelihood: share(0.9999)},
			{Name: "backup-lyon", From: "2025-11-02T00:00:00Z", Placed: 40, Found: 0, Bits: share(-5.301), Likelihood: share(0.0125)},
		},
	}
	a.Recycled = outBefore()
	a.Suspects = []assessment.Suspect{{Account: "svc-<partner>", First: "2026-02-16T20:01:00Z", Last: "2026-02-17T22:13:00Z", Covered: 0.9871, Read: 1_926_332, Likelihood: 0.9984}}
	a.Ownership.Asked = []assessment.Asked{
		{
			Name: "Caisse <de l’Ouest>", Peer: "3136d59e-7367d7e1-74c4a75a-b27441b4-e1ada5a8-e610f05b-d61466a7-34f926fd", At: "2026-04-28T09:31:00Z", Dump: "d",
			Rows: 2_010_117, Sent: 20_000, Seed: 77, Identifiers: []string{"nir", "name_birth", "phone", "an identifier of a later version"}, Points: 8_412_906,
			Step: 5, Theirs: 4_715, By: map[string]int64{"nir": 3_105, "name_birth": 4_640, "phone": 1_225}, People: 4_705,
			Share: assessment.Interval{Estimate: share(0.2359), Low: share(0.2299), High: share(0.2418)},
		},
		{
			Name: "Mutuelle", Peer: "x", At: "2026-04-29T10:00:00Z", Dump: "d", Rows: 1_317, Sent: 1_317, Seed: 1, Identifiers: []string{"email"}, Points: 643,
			Step: 1, Theirs: 0, By: map[string]int64{"email": 0}, Share: assessment.Interval{Estimate: share(0), Low: share(0), High: share(0)},
		},
	}
	a.Bytes.Accounted--
	return a
}

// outBefore is what of a dump stood in earlier leaks, of more kinds than are drawn one by one.
func outBefore() assessment.Recycled {
	share := func(x float64) *float64 { return &x }
	yes, no := true, false
	r := assessment.NotRecycled("")
	r.Rows, r.Known, r.Partly, r.New, r.Apart = 2_515_402, 1_402_117, 510_225, 602_960, 100
	r.Share = assessment.Interval{Estimate: share(0.5574), Low: share(0.5567), High: share(0.5581)}
	r.Copy, r.Kept, r.Renewed = assessment.CopyNew, 12_007, 40_110
	r.Leaks = []assessment.Leak{
		{Name: "incident-2024", Ours: &yes, Seen: "2024-03-12", Rows: 9_800_000, Shared: 1_702_442, Whole: 1_300_001, Values: 9_123_007, Only: 8_000_123, Adds: 9_123_007},
		{Name: "forum-2023", Case: true, Seen: "2023-09-30", Rows: 40_000, Shared: 30_411, Whole: 20_004, Values: 210_400, Only: 90_000, Adds: 120_300},
		{Name: "<shop>", Ours: &no, Rows: 1_200_000, Shared: 110_411, Whole: 2_004, Values: 410_400, Only: 60_000, Adds: 80_300},
		{Name: "club", Rows: 70_000, Shared: 9_411, Whole: 4, Values: 9_400, Only: 6_000, Adds: 7_300},
		{Name: "operator", Rows: 70_000, Shared: 8_411, Whole: 4, Values: 8_400, Only: 5_000, Adds: 6_300},
		{Name: "clinic", Rows: 70_000, Shared: 7_411, Whole: 4, Values: 7_400, Only: 4_000, Adds: 5_300},
		{Name: "copy of the operator", Rows: 70_000, Shared: 8_411, Whole: 4, Values: 8_400},
		{Name: "none of it", Rows: 12},
	}
	r.Kinds = []assessment.LeakKind{
		{Kind: kind.BirthSurname, Counted: true, Values: 2_515_302, Out: 1_912_000, Fresh: 342, Stranger: 602_960},
		{Kind: kind.Sex, Values: 2_515_302, Out: 1_900_000, Fresh: 12_342, Stranger: 602_960},
		{Kind: kind.Email, Counted: true, Values: 2_101_200, Out: 1_400_100, Fresh: 201_100, Stranger: 500_000},
	}
	r.Aside = []assessment.Aside{{Name: "next-year", Why: assessment.AsideLater}, {Name: "other", Why: "why a later version leaves it out"}}
	return r
}
