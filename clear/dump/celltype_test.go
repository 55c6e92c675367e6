package dump

import "testing"

func TestTypeOf(t *testing.T) {
	t.Parallel()
	for want, cells := range map[cellType][]string{
		cellEmpty:  {"", " ", "NULL", "n/a", "-", `\N`},
		cellNumber: {"1", "-1.5", "1,5", "1,234.56", "1.234,56", "1 234 567", "12 %", "€12.00", "1e-9", "(1,000)", "06"},
		cellDate:   {"2024-01-02", "01/02/1990", "10:11", "2024-01-02T10:11:12Z", "2 jan 1990", "10:11:12 PM", "02.01.1990"},
		cellCode:   {"a.b@x.example", "https://x.example/a", "www.x.example", `["a", "b"]`},
		cellText:   {"Lyon", "12 rue des Lilas", "O'Brien", "M. Petit (dit P)", "note: ok"},
		cellOther:  {"a,b", "a;b", "x\x01y", `a"b`, "a|b", ":", "(a", "1,2,3,4"},
	} {
		for _, cell := range cells {
			if got := typeOf([]byte(cell), false); got != want {
				t.Errorf("%q is %d, want %d", cell, got, want)
			}
		}
	}
	if typeOf([]byte("a, b; c"), true) != cellText {
		t.Error("a quoted cell may hold separators")
	}
}
