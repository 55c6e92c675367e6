package link

import (
	"slices"
	"testing"
)

// What nearness could have told better is not settled without it, and a house
// number has an aspect of its own only where one stands alone.
func TestAspectsOfAddresses(t *testing.T) {
	with := func(columns ...string) filled { return filledBy(columns) }
	for _, test := range []struct {
		name           string
		dump, register filled
		street         []string // levels, nil: no such aspect
		settled        int      // the last level that nearness does not change
		number         bool
		unless         bool // the number is left to the street where there is one
		lines          bool // further lines are left to the street where lines were exchanged
	}{
		{
			"streets alone", with("address"), with("address"),
			[]string{"exact", "near", "street_only", "differs"},
			3, false, false, false,
		},
		{
			"streets and numbers", with("address", "house_number"), with("address", "house_number"),
			[]string{"exact", "near", "street_only", "number", "differs"},
			3, false, false, false,
		},
		{
			"a number without its street", with("address", "house_number", loneNumber), with("address", "house_number"),
			[]string{"exact", "near", "street_only", "number", "differs"},
			3, true, true, false,
		},
		{
			"further lines", with("address", "address_extra", "house_number"), with("address", "address_extra", "house_number"),
			[]string{"exact", "near", "street_only", "exchanged", "number", "differs"},
			3, false, false, true,
		},
		{
			"a further line on one side", with("address", "address_extra"), with("address"),
			[]string{"exact", "near", "street_only", "exchanged", "differs"},
			3, false, false, false,
		},
		{"numbers alone", with("house_number"), with("address", "house_number"), nil, 0, true, false, false},
		{"no number there", with("address", "house_number", loneNumber), with("address"), []string{"exact", "near", "street_only", "differs"}, 3, false, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			by := map[string]*aspect{}
			for _, a := range aspects(test.dump, test.register) {
				by[a.name] = a
				if len(a.match) != len(a.levels) || len(a.conditions) != len(a.levels)-1 || a.home != nil && len(a.home) != len(a.levels) {
					t.Errorf("%s has %d levels, %d conditions, %d rates of matches, %d of households", a.name, len(a.levels), len(a.conditions), len(a.match), len(a.home))
				}
				if total := rest(a.match); total > 1e-9 || total < -1e-9 {
					t.Errorf("%s: rates of matches lack %g of one", a.name, total)
				}
			}
			var levels []string
			if street := by["street"]; street != nil {
				levels = street.levels
				for level := range levels {
					if got, want := street.settled(level+1), level+1 <= test.settled; got != want {
						t.Errorf("%s is settled: %t", levels[level], got)
					}
				}
			}
			if !slices.Equal(levels, test.street) {
				t.Errorf("streets have levels %v", levels)
			}
			number := by["house_number"]
			if (number != nil) != test.number || number != nil && (number.unless != "") != test.unless {
				t.Errorf("a number is compared: %+v", number)
			}
			if extra := by["address_extra"]; test.lines && (extra == nil || extra.unless == "") {
				t.Error("further lines that were exchanged tell twice")
			}
		})
	}
}
