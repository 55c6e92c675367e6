package dump

import (
	"slices"
	"testing"
)

func TestExtendedJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		columns    []string
		rows       [][]string
	}{
		{
			"as mongoexport writes it",
			`{"_id":{"$oid":"65a1b2c3d4e5f60718293a4b"},"né":{"$date":"1951-05-16T00:00:00Z"},"n":{"$numberLong":"9007199254740993"},"p":{"adr":{"cp":{"$numberInt":"35000"}}}}` + "\n" +
				`{"_id":{"$oid":"65a1b2c3d4e5f60718293a4c"},"né":{"$date":{"$numberLong":"-588124800000"}},"n":{"$numberDecimal":"12.50"},"p":{"adr":{"cp":"35200"}}}`,
			[]string{"_id", "né", "n", "p.adr.cp"},
			[][]string{{"65a1b2c3d4e5f60718293a4b", "1951-05-16T00:00:00Z", "9007199254740993", "35000"}, {"65a1b2c3d4e5f60718293a4c", "1951-05-14T00:00:00Z", "12.50", "35200"}},
		},
		{
			"bytes",
			`{"a":{"$binary":{"base64":"/wA=","subType":"00"}},"b":{"$binary":"YWJj","$type":"00"}}` + "\n" +
				`{"a":{"$binary":{"subType":"04","base64":"MDEyMzQ1Njc4OWFiY2RlZg=="}},"b":{"$uuid":"30313233-3435-3637-3839-616263646566"}}`,
			[]string{"a", "b"},
			[][]string{{"0xFF00", "abc"}, {"30313233-3435-3637-3839-616263646566", "30313233-3435-3637-3839-616263646566"}},
		},
		{
			"in arrays, and nothing",
			`{"l":[{"$oid":"aa"},{"$oid":"bb"}],"m":{"$undefined":true},"d":{"$date":0}}` + "\n" + `{"l":[],"m":1,"d":null}`,
			[]string{"l", "m", "d"},
			[][]string{{"aa,bb", "", "1970-01-01T00:00:00Z"}, {"", "1", ""}},
		},
		{
			"what only looks like it",
			`{"a":{"$oid":{"x":1}},"b":{"$date":"x","y":2},"c":{"$set":3},"d":{"$binary":{"base64":"=","subType":"00"}}}` + "\n" + `{"c":4}`,
			[]string{"a.$oid.x", "b.$date", "b.y", "c.$set", "d.$binary.base64", "d.$binary.subType", "c"},
			[][]string{{"1", "x", "2", "3", "=", "00", ""}, {"", "", "", "", "", "", "4"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := scanAll(t, openAll(t, file(t, "a.json", c.text)))
			if got := s.dump.Tables[0].Columns; !slices.Equal(got, c.columns) {
				t.Errorf("columns %q", got)
			}
			if !slices.EqualFunc(s.rows, c.rows, slices.Equal) || len(s.account.Rejects) > 0 {
				t.Errorf("rows %q, %+v", s.rows, s.account.Rejects)
			}
		})
	}
}
