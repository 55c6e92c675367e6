package dump

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/datatest"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		text    string
		format  string
		columns []string
		rows    [][]string
		rejects map[string]int64
	}{
		{
			name: "broken line among good ones", format: "JSON Lines",
			text:    "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\n{\"a\":3,\"b\":\"z\"}\n{\"a\":4}\n",
			columns: []string{"a", "b"},
			rows:    [][]string{{"1", "x"}, {"3", "z"}, {"4", ""}},
			rejects: map[string]int64{"malformed JSON": 1},
		},
		{
			name: "key of the last line only", format: "JSON Lines",
			text:    strings.Repeat("{\"a\":1}\n", 3) + "{\"b\":2}",
			columns: []string{"a", "b"},
			rows:    [][]string{{"1", ""}, {"1", ""}, {"1", ""}, {"", "2"}},
		},
		{
			name: "nested objects, arrays, escapes", format: "JSON Lines",
			text:    `{"p":{"nom":"D\u00e9","mails":["a@x.example","b@x.example"]},"ok":true,"n":null}` + "\n" + `{"p":{"nom":"\ud83d\ude00"},"l":[{"v":"x"},{"v":"y"}]}`,
			columns: []string{"p.nom", "p.mails", "ok", "n", "l.v"},
			rows:    [][]string{{"Dé", "a@x.example,b@x.example", "true", "", ""}, {"😀", "", "", "", "x,y"}},
		},
		{
			name: "key twice", format: "JSON Lines",
			text: "{\"a\":1,\"a\":2}\n{\"a\":3}\n", columns: []string{"a"}, rows: [][]string{{"1,2"}, {"3"}},
		},
		{
			name: "array", format: "JSON",
			text:    "[ {\"a\":1},\n{\"a\":2} ]\n",
			columns: []string{"a"}, rows: [][]string{{"1"}, {"2"}},
		},
		{
			name: "array on one line with a broken quote", format: "JSON",
			text:    `[{"a":"1","b":"x"},{"a":"2","b":"y},{"a":"3","b":"z"},{"a":"4","b":"t"}]`,
			columns: []string{"a", "b"}, rows: [][]string{{"1", "x"}, {"3", "z"}, {"4", "t"}},
			rejects: map[string]int64{"malformed JSON": 1},
		},
		{
			name: "array with a brace too few", format: "JSON",
			text:    "[{\"a\":1},\n{\"a\":{\"c\":2,\n{\"a\":3},\n{\"a\":4}]",
			columns: []string{"a"}, rows: [][]string{{"1"}, {"3"}, {"4"}},
			rejects: map[string]int64{"malformed JSON": 1},
		},
		{
			name: "array within one object", format: "JSON",
			text:    `{"page":1,"data":[{"a":1},{"a":2},{"a":3}],"total":3}`,
			columns: []string{"a"}, rows: [][]string{{"1"}, {"2"}, {"3"}},
		},
		{
			name: "objects over several lines", format: "JSON",
			text:    "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n",
			columns: []string{"a"}, rows: [][]string{{"1"}, {"2"}},
		},
		{
			name: "array with scalars between", format: "JSON",
			text:    `[{"a":1},"x, y",7,{"a":2}]`,
			columns: []string{"a"}, rows: [][]string{{"1"}, {"2"}},
			rejects: map[string]int64{"not a JSON object": 3},
		},
		{
			name: "key that looks like somebody's", format: "JSON Lines",
			text:    "{\"luc@a.example\":1}\n{\"b\":2}\n",
			columns: []string{"column 1", "b"}, rows: [][]string{{"1", ""}, {"", "2"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := openAll(t, file(t, "a.json", c.text))
			if got := d.Tables[0]; got.Format != c.format || !slices.Equal(got.Columns, c.columns) {
				t.Errorf("%s with columns %q", got.Format, got.Columns)
			}
			s := scanAll(t, d)
			if !slices.EqualFunc(s.rows, c.rows, slices.Equal) {
				t.Errorf("rows %q", s.rows)
			}
			expectRejects(t, s.account, c.rejects)
		})
	}
}

func expectRejects(t *testing.T, a *Account, want map[string]int64) {
	t.Helper()
	got := map[string]int64{}
	for _, r := range a.Rejects {
		got[r.Reason] += r.Count
	}
	if len(got) != len(want) {
		t.Errorf("rejects %v, want %v", got, want)
	}
	for reason, n := range want {
		if got[reason] != n {
			t.Errorf("%s: %d, want %d", reason, got[reason], n)
		}
	}
}

// TestJSONTestSuite reads every text of the suite: none may break the reader or
// the account.
func TestJSONTestSuite(t *testing.T) {
	t.Parallel()
	read, refused := 0, 0
	for name, text := range unpacked(t, datatest.Path(t, "json-testsuite/test_parsing.tar.gz")) {
		d, err := Open(t.Context(), []Source{{Name: "a.json", Size: int64(len(text)), At: bytes.NewReader(text)}}, Options{})
		if err != nil {
			refused++
			continue
		}
		s := scanAll(t, d)
		read++
		if strings.HasPrefix(filepath.Base(name), "y_object") && s.account.Rejected > 0 {
			t.Errorf("%s: %d rejects", name, s.account.Rejected)
		}
	}
	t.Logf("%d read, %d refused", read, refused)
}
