package token_test

import (
	"slices"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

func TestColumnNamesRoundTrip(t *testing.T) {
	layout := token.LayoutOf(append(kind.All(), kind.All()...))
	seen := map[string]bool{}
	for _, c := range layout {
		if seen[c.Name()] {
			t.Errorf("two columns are named %q", c.Name())
		}
		seen[c.Name()] = true
		got, err := token.ParseColumn(c.Name())
		if err != nil || got != c {
			t.Errorf("ParseColumn(%q) = %+v, %v; want %+v", c.Name(), got, err, c)
		}
	}
	if _, err := token.ParseColumn("shoe_size"); err == nil {
		t.Error("a name that is no column was accepted")
	}
}

func TestLayoutOf(t *testing.T) {
	for _, test := range []struct {
		name  string
		kinds []kind.Kind
		want  []string
	}{
		{"nothing compared", []kind.Kind{kind.Unknown, kind.FreeText, kind.Password}, nil},
		{"surnames come in pairs", []kind.Kind{kind.UsedSurname}, []string{"birth_surname", "used_surname"}},
		{"two phones", []kind.Kind{kind.Phone, kind.Phone}, []string{
			"phone", "phone_head", "phone_tail", "phone_2", "phone_2_head", "phone_2_tail",
		}},
		{"a full name", []kind.Kind{kind.FullName}, []string{
			"birth_surname", "used_surname", "given_names", "given_names_2", "given_names_3",
		}},
		{"order of the source does not count", []kind.Kind{kind.BirthDate, kind.RecordID}, []string{"record_id", "birth_date"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := token.LayoutOf(test.kinds).Names(); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestUnion(t *testing.T) {
	a := token.LayoutOf([]kind.Kind{kind.Email, kind.BirthDate})
	b := token.LayoutOf([]kind.Kind{kind.Email, kind.Email, kind.NIR})
	u := token.Union(a, b)
	for _, c := range append(slices.Clone(a), b...) {
		if u.Index(c) < 0 {
			t.Errorf("the union lacks %s", c.Name())
		}
	}
	if len(u) != 1+3+4 {
		t.Errorf("the union has %d columns: %v", len(u), u.Names())
	}
}

func TestBatchResetClears(t *testing.T) {
	b := token.NewBatch(token.LayoutOf([]kind.Kind{kind.Email}))
	b.Reset(3)
	b.Cells[0][2] = 7
	b.Reset(3)
	if b.Len() != 3 || b.Cells[0][2] != 0 {
		t.Error("a cell survived Reset")
	}
}
