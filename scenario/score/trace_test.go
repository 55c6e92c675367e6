package score_test

import (
	"testing"

	"constat.example/desk/assessment"
	"constat.example/scenario"
	"constat.example/scenario/score"
)

func TestSuspects(t *testing.T) {
	t.Parallel()
	two := []scenario.TruthAccount{{Account: "c0001"}, {Account: "c0002"}}
	suspect := func(account string, likelihood float64) assessment.Suspect {
		return assessment.Suspect{Account: account, Likelihood: likelihood}
	}
	for _, c := range []struct {
		name     string
		truth    scenario.TruthAccess
		suspects []assessment.Suspect
		want     score.Traced
	}{
		{"both", scenario.TruthAccess{InLogs: true, Named: true, Guilty: two}, []assessment.Suspect{suspect("c0002", 0.9), suspect("c0001", 0.8)}, score.Traced{Wanted: true, First: true, Named: 2, Guilty: 2}},
		{"one", scenario.TruthAccess{InLogs: true, Named: true, Guilty: two}, []assessment.Suspect{suspect("c0002", 0.9), suspect("c0003", 0.8)}, score.Traced{Wanted: true, First: true, Named: 1, Guilty: 2}},
		{"an innocent", scenario.TruthAccess{InLogs: true, Named: true, Guilty: two}, []assessment.Suspect{suspect("c0003", 0.9), suspect("c0001", 0.6)}, score.Traced{Wanted: true, Innocent: true, Named: 1, Guilty: 2}},
		{"nobody, wrongly", scenario.TruthAccess{InLogs: true, How: scenario.WayCounts, Guilty: two[:1]}, nil, score.Traced{Wanted: true, Guilty: 1}},
		{"nobody, rightly", scenario.TruthAccess{How: scenario.WayBackup}, nil, score.Traced{First: true}},
		{"hardly anybody, rightly", scenario.TruthAccess{How: scenario.WayGap, Guilty: two[:1]}, []assessment.Suspect{suspect("c0003", 0.2)}, score.Traced{First: true}},
		{"somebody, wrongly", scenario.TruthAccess{How: scenario.WayPartner}, []assessment.Suspect{suspect("c0003", 0.7)}, score.Traced{Innocent: true}},
		{"a bulk statement that tells nothing", scenario.TruthAccess{InLogs: true, How: scenario.WayCopy, Guilty: two[:1]}, nil, score.Traced{First: true, Guilty: 1}},
	} {
		if got := score.Suspects(&c.truth, c.suspects); got != c.want {
			t.Errorf("%s: %+v, not %+v", c.name, got, c.want)
		}
	}
}
