package report_test

import (
	"strings"
	"testing"

	"constat.example/desk/assessment"
)

// owned is an invented assessment of an organisation that has three registers.
func owned() *assessment.Assessment {
	share := func(x float64) *float64 { return &x }
	a := later()
	a.Register.Name = "insured"
	a.Parts = assessment.Parts{Sampled: 20_003, Several: 4_117, Nobody: 211}
	a.Registers = []assessment.Owner{
		{
			Name: "main", People: 81_244, Sampled: 20_003, Found: 4_011, Alone: 9,
			Class: "undetermined", Refused: "the evidence contradicts itself", Bits: 1.305, Score: -13.695,
		},
		{
			Name: "insured", People: 2_481_906, Sampled: 20_003, Found: 19_780, Alone: 15_663, Chosen: true, Score: 36.838,
			Class: "genuine", Bits: 29.983, GenuineShare: assessment.Interval{Estimate: share(1), Low: share(0.99), High: share(1)},
			Apart: &assessment.OwnerApart{Rows: 15_883, Found: 15_663, Class: "genuine", Bits: 28.013},
		},
		{
			Name: "job-seekers", People: 512_003, Sampled: 20_003, Found: 2_205, Alone: 3,
			Class: "foreign", Bits: -21.7, Score: -36.7,
		},
	}
	return a
}

// TestOwners reads what the page says of where the dump comes from.
func TestOwners(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*assessment.Assessment)
		says   [2]string
		alert  bool
	}{
		{"one", func(*assessment.Assessment) {}, [2]string{"Il a été copié du registre insured.", "It was copied from the register insured."}, false},
		{"two", func(a *assessment.Assessment) {
			a.Registers[2].Apart = &assessment.OwnerApart{Rows: 300, Found: 290, Class: "mixed"}
		}, [2]string{"Ce fichier réunit des copies de plusieurs registres\u00a0: insured et job-seekers.", "This file brings together copies of several registers: insured and job-seekers."}, true},
		{"another", func(a *assessment.Assessment) {
			a.Registers[1].Class, a.Registers[1].Apart = "undetermined", nil
			a.Registers[2].Apart = &assessment.OwnerApart{Rows: 300, Found: 290, Class: "mixed"}
		}, [2]string{"Des lignes viennent du registre job-seekers, alors que le fichier a été comparé au registre insured.", "Rows come from the register job-seekers, and the file was compared with the register insured."}, true},
		{"none", func(a *assessment.Assessment) { a.Registers[1].Class, a.Registers[1].Apart = "foreign", nil }, [2]string{"Rien n’établit qu’il vienne de l’un des registres.", "Nothing establishes that it is from one of the registers."}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := owned()
			c.change(a)
			for i, article := range editions(t, draw(t, a, pages[0].at)) {
				if got := words(article); !strings.Contains(got, c.says[i]) {
					t.Errorf("edition %d does not say %q", i, c.says[i])
				}
			}
			if got := strings.Count(string(draw(t, a, pages[0].at)), "--register"); (got > 0) != c.alert {
				t.Errorf("--register is named %d times", got)
			}
		})
	}
	if page := string(draw(t, later(), pages[0].at)); strings.Contains(page, "owners-fr") {
		t.Error("the page of one register compares with several")
	}
}
