package triage

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/blind/reach"
)

func TestParseRights(t *testing.T) {
	t.Parallel()
	got, err := parseRights([]byte(`accounts: a.csv
offices: o.csv
rights:
  - {role: [adviser, medical], office: "075", people: office}
  - {account: nightly, people: all, kinds: [email, nir]}
  - {people: assigned, files: f.csv}
`))
	want := &rights{accounts: "a.csv", offices: "o.csv", all: []right{
		{roles: []string{"adviser", "medical"}, offices: []string{"075"}, people: "office", kinds: everyKind},
		{accounts: []string{"nightly"}, people: "all", kinds: kind.Set(0).With(kind.Email).With(kind.NIR)},
		{people: "assigned", files: "f.csv", kinds: everyKind},
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for text, says := range map[string]string{
		"":                            "",
		"rights: []":                  "declares no rights",
		"accounts: a":                 "declares no rights",
		"rights:\n  - {people: mine}": "right 1 is over no people of all, office, assigned",
		"rights:\n  - {people: all}\n  - {people: assigned}":                     "right 2: files go with people: assigned",
		"rights:\n  - {people: all, files: f.csv}":                               "right 1: files go with people: assigned",
		"rights:\n  - {people: office}":                                          "no file says who follows whom",
		"rights:\n  - {role: adviser, people: all}":                              "no file lists accounts",
		"rights:\n  - {people: all, kinds: [nom]}":                               `there is no kind "nom"`,
		"rights:\n  - {people: all, secret: dupont}":                             "line 2 is not as expected",
		"rights: {people: dupont":                                                "",
		"accounts: a.csv\nrights:\n  - {role: {adviser: dupont}, people: all}\n": "",
	} {
		if _, err := parseRights([]byte(text)); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "dupont") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzRights: whatever the file holds, rights are whole or there is an error.
func FuzzRights(f *testing.F) {
	f.Add([]byte("accounts: a.csv\nrights:\n  - {role: adviser, people: all, kinds: nir}\n"))
	f.Add([]byte("rights:\n  - {people: assigned, files: f.csv}\n"))
	f.Add([]byte("rights: ["))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parseRights(text)
		if err != nil {
			return
		}
		for _, one := range r.all {
			if one.kinds == 0 || one.people == "" || (one.people == "assigned") != (one.files != "") || one.people == "office" && r.offices == "" {
				t.Errorf("%+v", one)
			}
		}
	})
}

// TestHolders: the list of accounts, and what each may do.
func TestHolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := &rights{path: filepath.Join(dir, "rights.yaml"), accounts: "a.csv", offices: "o.csv", all: []right{
		{roles: []string{"adviser"}, people: "office", kinds: 1},
		{offices: []string{"69"}, people: "assigned", kinds: 2},
		{accounts: []string{"c1", "c9"}, people: "all", kinds: 4},
	}}
	list := func(text string) (map[string]*holder, error) {
		if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return r.holders(time.UTC)
	}
	got, err := list("account,left,office,role\nc1,2026-01-31,75,adviser\nc1,,69,adviser\nc2,,69,clerk\n")
	want := map[string]*holder{
		"c1": {role: "adviser", offices: []string{"75", "69"}, left: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), listed: true},
		"c2": {role: "clerk", offices: []string{"69"}, listed: true},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	var names access.Names
	for _, n := range []string{"69", "75", "c1"} {
		names.Number([]byte(n))
	}
	if g, is := r.grant("c1", got["c1"], &names), (reach.Grant{Account: 3, All: 4, Office: 1, Assigned: 2, Offices: []int64{1, 2}, Listed: true, Role: 4, Left: want["c1"].left.UnixMicro()}); !reflect.DeepEqual(g, is) {
		t.Errorf("%+v, not %+v", g, is)
	}
	if g, is := r.grant("c9", &holder{}, &names), (reach.Grant{Account: 5, All: 4}); !reflect.DeepEqual(g, is) {
		t.Errorf("%+v, not %+v", g, is)
	}
	for text, says := range map[string]string{
		"compte\nc1\n":                       "has no column account",
		"account,role\nc1,a\nc1,b\n":         "line 3: an account has two roles",
		"account,role\n,a\n":                 "an account has no name",
		"account,left\nc1,31/01/2026\n":      "line 2: a time is written",
		"account,role\nc1,a,more,and more\n": "no CSV at line 2",
	} {
		if _, err := list(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDepartmentCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"75": "75", "1": "01", "01": "01", "001": "01", "2a": "2A", "02A": "2A", "971": "971", " 69 ": "69"} {
		if got := departmentCode(text); got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
}
