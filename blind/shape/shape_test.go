package shape_test

import (
	"math"
	"reflect"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
)

func TestAddAndFold(t *testing.T) {
	t.Parallel()
	a := shape.Facts{
		Rows:    30,
		Columns: []shape.Column{{Kind: kind.Sex, Shapes: []shape.Count{{Code: "F", Cells: 12}, {Code: "M", Cells: 18}}}},
		Checks:  []shape.Check{{Code: shape.NIRKey, Rows: 30, Broken: 1}},
		Digits:  []shape.Digits{{Of: kind.Phone, N: [10]int64{1}}},
		Births:  []shape.Count{{Code: "1950", Cells: 30}},
	}
	b := shape.Facts{
		Rows:    10,
		Columns: []shape.Column{{Kind: kind.Sex, Shapes: []shape.Count{{Code: "F", Cells: 8}, {Code: "X", Cells: 2}}}},
		Checks:  []shape.Check{{Code: shape.BirthDate, Rows: 10}, {Code: shape.NIRKey, Rows: 10, Broken: 2}},
		Digits:  []shape.Digits{{Of: kind.BirthDate, N: [10]int64{0, 4}}, {Of: kind.Phone, N: [10]int64{2}}},
		Births:  []shape.Count{{Code: "1940", Cells: 10}},
	}
	want := shape.Facts{
		Rows:    40,
		Columns: []shape.Column{{Kind: kind.Sex, Shapes: []shape.Count{{Code: "F", Cells: 20}, {Code: shape.Other, Cells: 20}}}},
		Checks:  []shape.Check{{Code: shape.BirthDate, Rows: 10}, {Code: shape.NIRKey, Rows: 40, Broken: 3}},
		Digits:  []shape.Digits{{Of: kind.BirthDate, N: [10]int64{0, 4}}, {Of: kind.Phone, N: [10]int64{3}}},
		Births:  []shape.Count{{Code: "1950", Cells: 30}, {Code: shape.Other, Cells: 10}},
	}
	for _, sum := range []shape.Facts{a.Add(b), b.Add(a)} {
		if got := sum.Fold(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v", got)
		}
	}
	if got := (shape.Facts{}).Add(a); !reflect.DeepEqual(got, a) {
		t.Errorf("added to nothing: %+v", got)
	}
}

func TestAlike(t *testing.T) {
	t.Parallel()
	upper, lower := []shape.Count{{Code: "upper", Cells: 40}}, []shape.Count{{Code: "lower", Cells: 10}}
	half := []shape.Count{{Code: "lower", Cells: 30}, {Code: "upper", Cells: 30}}
	for _, c := range []struct {
		a, b []shape.Count
		want float64
	}{{upper, upper, 1}, {upper, lower, 0}, {upper, half, 0.5}, {half, upper, 0.5}, {nil, upper, 0}} {
		if got := shape.Alike(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v are alike by %g, not %g", c.a, c.b, got, c.want)
		}
	}
	f := shape.Facts{Columns: []shape.Column{
		{Kind: kind.Phone, Shapes: []shape.Count{{Code: shape.Empty, Cells: 3}, {Code: "missing:NULL", Cells: 4}}},
		{Kind: kind.Phone, Shapes: []shape.Count{{Code: shape.Empty, Cells: 3}, {Code: "0 D10", Cells: 4}}},
	}}
	if got := f.Of(kind.Phone); shape.Total(got) != 4 {
		t.Errorf("the phones are %v", got)
	}
	if f.Of(kind.Email) != nil {
		t.Error("there are mail addresses")
	}
}
