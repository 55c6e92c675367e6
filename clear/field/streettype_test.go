package field

import "testing"

func TestUntyped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ about, in, want string }{
		{"French", "RUE DE PARIS", "DE PARIS"},
		{"English", "STANLEY STREET", "STANLEY"},
		{"letter missing", "BOULEVRD VOLTAIRE", "VOLTAIRE"},
		{"letters swapped", "HICKS SRTEET", "HICKS"},
		{"two errors in a long one", "FERNY CEESCNT", "FERNY"},
		{"two errors in a short one", "RIVER TRET", "RIVER TRET"},
		{"parted in two", "BRAND STR EET", "BRAND"},
		{"run into the name", "STUBBSCRESCENT", "STUBBS"},
		{"a letter for the blank", "FERNYHOUGHHCRESCENT", "FERNYHOUGHH"},
		{"run into the name, in front", "AVENUEFOCH", "FOCH"},
		{"no type", "LE BOURG", "LE BOURG"},
		{"no type, one word", "KERGUELEN", "KERGUELEN"},
		{"the type alone", "AVENUE", "AVENUE"},
		{"nothing", "", ""},
		{"other letters", "王小明路", "王小明路"},
	} {
		if got := string(appendJoined(nil, untyped(appendWords(nil, []byte(test.in))))); got != test.want {
			t.Errorf("%s: %q leaves %q, want %q", test.about, test.in, got, test.want)
		}
	}
}

func TestTypos(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"STREET", "STREET", 0},
		{"STRET", "STREET", 1},
		{"SSTREET", "STREET", 1},
		{"STRWET", "STREET", 1},
		{"TSREET", "STREET", 1},
		{"SUIRWET", "STREET", 3},
		{"AAAAAAAAAAAAAAAAAAAA", "STREET", longestType},
	} {
		if got := typos([]byte(test.a), test.b); got != test.want {
			t.Errorf("%s and %s are %d errors apart, want %d", test.a, test.b, got, test.want)
		}
	}
}
