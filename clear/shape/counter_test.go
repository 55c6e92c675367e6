package shape

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/clear/field"
	"constat.example/clear/table"
)

var kinds = []kind.Kind{kind.RecordID, kind.Sex, kind.BirthDate, kind.BirthPlaceCode, kind.NIR, kind.PostCode, kind.CityCode, kind.Phone, kind.Address}

// nir is the number of somebody with its key.
func nir(thirteen string) string {
	return fmt.Sprintf("%s%02d", thirteen, field.NIRKey([]byte(thirteen)))
}

func batch(from int64, width int, rows ...[]string) *table.Batch {
	b := &table.Batch{}
	b.Reset(0, width)
	for i, row := range rows {
		for _, cell := range row {
			b.AppendString(cell)
		}
		b.EndRow(from + int64(i))
	}
	return b
}

func TestRules(t *testing.T) {
	t.Parallel()
	whole := []string{"FT-1", "M", "1951-05-06", "35238", nir("1510535238001"), "35000", "35238", "0199001234", "7 RUE X"}
	with := func(column int, cell string) []string {
		row := append([]string{}, whole...)
		row[column] = cell
		return row
	}
	key := []byte(whole[4])
	key[14] = '0' + (key[14]-'0'+1)%10
	for _, c := range []struct {
		name   string
		row    []string
		broken string
	}{
		{"all fits", whole, ""},
		{"a key that does not fit", with(4, string(key)), shape.NIRKey},
		{"another sex", with(1, "F"), shape.NIRSex},
		{"another year", with(2, "1952-05-06"), shape.NIRYear},
		{"another month", with(2, "1951-06-06"), shape.NIRMonth},
		{"another département", with(3, "44109"), shape.NIRDepartment},
		{"Corsica before it was parted", with(4, nir("1510520004001")), shape.NIRDepartment},
		{"a postcode of elsewhere", with(5, "44000"), shape.PostCodeCity},
		{"a date that does not exist", with(2, "1951-02-31"), shape.BirthDate},
	} {
		counter := New(kinds, nil)
		counter.Look(batch(1, len(kinds), c.row))
		var broken []string
		for _, check := range counter.Facts().Checks {
			if check.Broken > 0 {
				broken = append(broken, check.Code)
			}
		}
		if got := strings.Join(broken, " "); got != c.broken {
			t.Errorf("%s: %q broken, not %q", c.name, got, c.broken)
		}
	}
	counter := New([]kind.Kind{kind.BirthSurname, kind.GivenNames, kind.Email}, nil)
	counter.Look(batch(1, 3,
		[]string{"Lévêque", "Zoé, Anaël", "z.leveque@b.example"}, []string{"LE GOFF", "Zoé", "goff7@b.example"}, []string{"Le Goff", "Zoé", "renard@b.example"},
		[]string{"Ly", "Jo", "ly@b.example"}, []string{"Le Goff", "Zoé", ""}))
	if got := counter.Facts().Checks; len(got) != 1 || got[0] != (shape.Check{Code: shape.MailName, Rows: 3, Broken: 1}) {
		t.Errorf("mail against name: %v", got)
	}
	counter = New(kinds, nil)
	counter.Look(batch(1, len(kinds), whole))
	f := counter.Facts()
	if len(f.Checks) != 7 || len(f.Digits) != 3 || f.Digits[0].N[6] != 1 || f.Digits[1].N[4] != 1 || f.Digits[2].N[7] != 1 {
		t.Errorf("%+v", f)
	}
	if want := []shape.Count{{Code: "1950", Cells: 1}}; !reflect.DeepEqual(f.Births, want) {
		t.Errorf("births %v", f.Births)
	}
}

// TestParts counts a source in parts, as several goroutines do.
func TestParts(t *testing.T) {
	t.Parallel()
	var rows [][]string
	for i := range 9000 {
		rows = append(rows, []string{fmt.Sprintf("FT-%d", i), "M", "1951-05-06", "35238", "", "35000", "35238", "", ""})
	}
	one := New(kinds, nil)
	one.Look(batch(1, len(kinds), rows...))
	a, b := New(kinds, nil), New(kinds, nil)
	for from := 0; from < len(rows); from += 700 {
		part := batch(int64(from+1), len(kinds), rows[from:min(from+700, len(rows))]...)
		if from/700%3 == 0 {
			a.Look(part)
		} else {
			b.Look(part)
		}
	}
	whole := one.Facts()
	if got := b.Facts().Add(a.Facts()); !reflect.DeepEqual(got, whole) {
		t.Error("the parts do not add up to the whole")
	}
	if want := int64(first + 9000/stride - first/stride); whole.Rows != want {
		t.Errorf("%d rows were looked at, not %d", whole.Rows, want)
	}
	for _, c := range whole.Fold().Columns {
		if shape.Total(c.Shapes) != whole.Rows {
			t.Errorf("the cells of %s do not add up: %d", c.Kind, shape.Total(c.Shapes))
		}
		for _, n := range c.Shapes {
			if n.Code != shape.Other && n.Cells < shape.Fewest {
				t.Errorf("%s: a format of %d cells is told", c.Kind, n.Cells)
			}
		}
	}
}

// FuzzLook looks at rows of any text: nothing breaks, every cell is counted once,
// and no code holds a letter run of the text beyond what lists have.
func FuzzLook(f *testing.F) {
	f.Add("FT-0000000001", "1951-05-06")
	f.Add("+33 1 99 00 12 34", "1.5.1951")
	f.Add("\xff\x00é", "NULL")
	f.Fuzz(func(t *testing.T, a, b string) {
		all := kind.All()
		row := make([]string, len(all))
		for i := range row {
			if row[i] = a; i%2 == 1 {
				row[i] = b
			}
		}
		c := New(all, nil)
		c.Look(batch(1, len(all), row, row))
		facts := c.Facts()
		for _, col := range facts.Columns {
			if shape.Total(col.Shapes) != 2 {
				t.Fatalf("cells of %s were not counted once", col.Kind)
			}
			if len(col.Shapes) != 1 {
				t.Fatalf("the same cell of %s has two formats", col.Kind)
			}
		}
		for _, check := range facts.Checks {
			if check.Rows != 2 || check.Broken > check.Rows {
				t.Fatalf("the rule %s was not held to each row once", check.Code)
			}
		}
	})
}
