package source

import (
	"slices"
	"strings"
	"testing"

	"constat.example/internal/failure"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, uri string
		want      address
		fails     bool
	}{
		{"nothing to read", "postgres://h/db", address{connect: "postgres://h/db"}, false},
		{"a table", "postgres://u:p@h:5/db?table=s.t", address{"postgres://u:p@h:5/db", "s.t", ""}, false},
		{"between others", "postgres://h/db?sslmode=disable&table=t&host=/tmp", address{"postgres://h/db?sslmode=disable&host=/tmp", "t", ""}, false},
		{"an encoded query", "postgres://h/db?query=select%20a%2C+b%20%26%201", address{"postgres://h/db", "", "select a,+b & 1"}, false},
		{"a query with an equals sign", "postgres://h/db?query=select a where b=1", address{"postgres://h/db", "", "select a where b=1"}, false},
		{"several hosts", "postgres://a:1,b:2/db?table=t", address{"postgres://a:1,b:2/db", "t", ""}, false},
		{"both", "postgres://h/db?table=t&query=select", address{}, true},
		{"twice", "postgres://h/db?table=t&table=u", address{}, true},
		{"badly encoded", "postgres://u:secret@h/db?query=like 'A%'", address{}, true},
		{"a NUL", "postgres://u:secret@h/db?table=a%00", address{}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseAddress(test.uri)
			if test.fails {
				if failure.CodeOf(err) != failure.Usage || failure.HintOf(err) == "" || strings.Contains(err.Error(), "secret") {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || got != test.want {
				t.Errorf("%+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestParseTable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		want []string
	}{
		{"people", []string{"people"}},
		{"s.people", []string{"s", "people"}},
		{`"S.x".People`, []string{"S.x", "People"}},
		{`"a""b"`, []string{`a"b`}},
		{"", nil},
		{".", nil},
		{"a.", nil},
		{"a.b.c", nil},
		{`"a`, nil},
		{`"a"b`, nil},
		{`a"b"`, nil},
		{`""`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := parseTable(test.name)
			if ok != (test.want != nil) || ok && !slices.Equal(got, test.want) {
				t.Errorf("%q, %v; want %q", got, ok, test.want)
			}
		})
	}
}

func TestSelects(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"select 1": true, "SELECT\n1": true, " ( values (1))": true, "with a as (select 1) select": true, "table t": true,
		"-- why\nselect 1": true, "/* a */ /* b */ select 1": true, "select": true,
		"delete from t": false, "": false, "explain select 1": false, "selectx": false, "-- select": false, "/* select 1": false,
	} {
		if selects(query) != want {
			t.Errorf("%q: %v", query, !want)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("postgres://u:secret@h:5/db?sslmode=disable&table=s.t")
	f.Add("postgres://u:p@h/db?query=select%20%22a%22%20from%20t")
	f.Fuzz(func(t *testing.T, uri string) {
		a, err := parseAddress(uri)
		if err != nil {
			return
		}
		again, err := parseAddress(a.connect)
		if err != nil || again != (address{connect: a.connect}) {
			t.Errorf("what is left holds %+v, %v", again, err)
		}
	})
}

func FuzzParseTable(f *testing.F) {
	f.Add(`"S.x".people`)
	f.Fuzz(func(t *testing.T, name string) {
		parts, ok := parseTable(name)
		if !ok {
			return
		}
		var quoted []string
		for _, p := range parts {
			quoted = append(quoted, `"`+strings.ReplaceAll(p, `"`, `""`)+`"`)
		}
		again, ok := parseTable(strings.Join(quoted, "."))
		if !ok || !slices.Equal(again, parts) {
			t.Errorf("%q reads as %q, and quoted as %q", name, parts, again)
		}
	})
}
