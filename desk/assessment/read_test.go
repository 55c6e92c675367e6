package assessment_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"constat.example/desk/assessment"
)

// TestRefusalsAreReadAsWritten: what was found is not refused when it is read again, what
// was refused is, and what was never written is not assessed.
func TestRefusalsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	read := func(a *assessment.Assessment) *assessment.Assessment {
		t.Helper()
		var text bytes.Buffer
		if err := a.Write(&text); err != nil {
			t.Fatal(err)
		}
		back, err := assessment.Read(&text)
		if err != nil {
			t.Fatal(err)
		}
		return back
	}
	a := assessment.New()
	if back := read(a); !reflect.DeepEqual(a, back) {
		t.Errorf("refused: %+v\nread: %+v", a, back)
	}
	// Every finding of its own that can be refused.
	v := reflect.ValueOf(a).Elem()
	n := 0
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Struct {
			if r := f.FieldByName("Refused"); r.IsValid() {
				r.SetString("")
				n++
			}
		}
	}
	if back := read(a); n < 6 || !reflect.DeepEqual(a, back) {
		t.Errorf("found: %+v\nread: %+v", a, back)
	}
	old, err := assessment.Read(strings.NewReader(`{"schema": "constat.assessment/1"}`))
	if err != nil || old.Window.Refused != assessment.NotAssessed || old.Trace.Refused != assessment.NotTraced {
		t.Errorf("an older one: %+v, %v", old, err)
	}
}

// TestPersonsOnly: how many people rows are linked to is told without the rest, which need not even be there.
func TestPersonsOnly(t *testing.T) {
	t.Parallel()
	a := assessment.New()
	a.Linked.Persons = 11_700_000
	a.Columns = append(a.Columns, assessment.Column{Name: "linked", Evidence: []string{`{"linked": 3}`}})
	var text bytes.Buffer
	if err := a.Write(&text); err != nil {
		t.Fatal(err)
	}
	whole := text.String()
	for name, written := range map[string]string{"whole": whole, "cut behind": whole[:strings.Index(whole, `"certainty"`)]} {
		if n, err := assessment.Persons(strings.NewReader(written)); n != 11_700_000 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if n, err := assessment.Persons(strings.NewReader(`{"schema": "constat.assessment/1"}`)); n != 0 || err != nil {
		t.Errorf("without: %d, %v", n, err)
	}
	for _, bad := range []string{"", "[]", "{", `{"linked"`, `{"linked": "x"}`, whole[:40], `{"a" 1}`} {
		if n, err := assessment.Persons(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: %d", bad, n)
		}
	}
}
