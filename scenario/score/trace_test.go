package score_test

import (
	"strings"
	"testing"

	"constat.example/blind/trace"
	"constat.example/desk/assessment"
	"constat.example/scenario"
	"constat.example/scenario/score"
)

func TestTrace(t *testing.T) {
	t.Parallel()
	two := []scenario.TruthAccount{{Account: "c0001"}, {Account: "c0002"}}
	suspect := func(account string, likelihood float64) assessment.Suspect {
		return assessment.Suspect{Account: account, Likelihood: likelihood}
	}
	type suspects = []assessment.Suspect
	records := scenario.TruthAccess{InLogs: true, Named: true, How: scenario.WayPages, Guilty: two}
	copied := scenario.TruthAccess{InLogs: true, How: scenario.WayCopy, Guilty: two[:1]}
	ran := []assessment.BlindSpot{{Code: trace.BulkStatement, Accounts: []string{"c0001"}}}
	type verdict struct {
		is                      score.Evidence
		right, likely, innocent bool
	}
	for _, c := range []struct {
		name     string
		truth    scenario.TruthAccess
		suspects suspects
		spots    []assessment.BlindSpot
		want     verdict
	}{
		{"both", records, suspects{suspect("c0002", 0.9), suspect("c0001", 0.8)}, nil, verdict{score.Records, true, true, false}},
		{"both, one hardly", records, suspects{suspect("c0002", 0.9), suspect("c0001", 0.3)}, nil, verdict{score.Records, true, false, false}},
		{"one", records, suspects{suspect("c0002", 0.9), suspect("c0003", 0.8)}, nil, verdict{score.Records, false, false, false}},
		{"one of two", records, suspects{suspect("c0002", 0.9)}, nil, verdict{score.Records, false, false, false}},
		{"an innocent", records, suspects{suspect("c0003", 0.9), suspect("c0001", 0.6)}, nil, verdict{score.Records, false, false, true}},
		{"nobody, wrongly", scenario.TruthAccess{InLogs: true, How: scenario.WayCounts, Guilty: two[:1]}, nil, nil, verdict{score.Numbers, false, false, false}},
		{"nobody, but its numbers are told", scenario.TruthAccess{InLogs: true, How: scenario.WayExport, Guilty: two[:1]}, nil, ran, verdict{score.Numbers, true, false, false}},
		{"an innocent by numbers", scenario.TruthAccess{InLogs: true, How: scenario.WayExport, Guilty: two[:1]}, suspects{suspect("c0003", 0.9)}, ran, verdict{score.Numbers, false, false, true}},
		{"who it is, by numbers", scenario.TruthAccess{InLogs: true, How: scenario.WayExport, Guilty: two[:1]}, suspects{suspect("c0001", 0.9)}, nil, verdict{score.Numbers, true, true, false}},
		{"nobody, rightly", scenario.TruthAccess{How: scenario.WayBackup}, nil, nil, verdict{score.Elsewhere, true, true, false}},
		{"nothing taken", scenario.TruthAccess{}, suspects{suspect("c0003", 0.51)}, nil, verdict{score.NoTheft, false, false, true}},
		{"hardly anybody, rightly", scenario.TruthAccess{How: scenario.WayGap, Guilty: two[:1]}, suspects{suspect("c0003", 0.2)}, nil, verdict{score.Elsewhere, true, true, false}},
		{"who is guilty elsewhere", scenario.TruthAccess{How: scenario.WayGap, Guilty: two[:1]}, suspects{suspect("c0001", 0.9)}, nil, verdict{score.Elsewhere, false, false, true}},
		{"a statement", copied, nil, ran, verdict{score.Statement, true, true, false}},
		{"a statement that nobody told of", copied, nil, nil, verdict{score.Statement, false, false, false}},
		{"a statement, and an innocent", copied, suspects{suspect("c0003", 0.9)}, ran, verdict{score.Statement, false, false, true}},
	} {
		a := assessment.New()
		a.Suspects, a.Trace.BlindSpots = c.suspects, c.spots
		a.Trace.Refused = ""
		got := score.Trace(&scenario.Truth{Kind: c.name, Access: &c.truth}, a)
		if (verdict{got.Is, got.Right, got.Likely, got.Innocent}) != c.want {
			t.Errorf("%s: %+v, not %+v", c.name, got, c.want)
		}
		if figures := score.TraceFigures([]score.Traced{got}); strings.Contains(figures, "| all | 1 | 1 of 1 (") != c.want.right {
			t.Errorf("%s: figures are\n%s", c.name, figures)
		}
	}
}
