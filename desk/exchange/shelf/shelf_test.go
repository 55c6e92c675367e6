package shelf_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat.example/desk/chain"
	"constat.example/desk/exchange/shelf"
)

var noon = time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC)

func object(on, id string, day int) shelf.Object {
	return shelf.Object{Shelf: on, ID: id, Version: noon.AddDate(0, 0, day), Spec: "2.1", Body: json.RawMessage(fmt.Sprintf(`{"id":%q,"day":%d}`, id, day))}
}

func lines(t *testing.T, before []shelf.Act, want []shelf.Object, now time.Time) []shelf.Act {
	t.Helper()
	all, err := shelf.Lines(before, want, now)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func shown(acts []shelf.Act, on string) string {
	var all []string
	for _, i := range shelf.On(acts, on) {
		all = append(all, fmt.Sprintf("%s/%d@%d", i.ID, int(i.Version.Sub(noon).Hours()/24), i.Added.Sub(noon).Microseconds()))
	}
	return strings.Join(all, " ")
}

// TestLines puts objects on shelves, changes them, takes them off and puts them back: each
// line has an instant of its own, whatever the clock says, and the same wish adds none.
func TestLines(t *testing.T) {
	t.Parallel()
	var acts []shelf.Act
	for i, step := range []struct {
		want         []shelf.Object
		clock        time.Time
		lines        int
		amber, green string
	}{
		{nil, noon, 0, "", ""},
		{[]shelf.Object{object("amber", "a", 1), object("amber", "b", 1), object("amber", "a", 1)}, noon, 2, "a/1@0 b/1@1", ""},
		{[]shelf.Object{object("amber", "b", 1), object("amber", "a", 1)}, noon.Add(time.Hour), 0, "a/1@0 b/1@1", ""},
		{[]shelf.Object{object("amber", "a", 2), object("amber", "b", 1)}, noon.Add(-time.Hour), 1, "a/1@0 b/1@1 a/2@2", ""},
		{[]shelf.Object{object("green", "a", 2), object("amber", "b", 1)}, noon, 2, "b/1@1", "a/2@3"},
		{[]shelf.Object{object("amber", "a", 2), object("amber", "b", 1)}, noon, 2, "a/1@0 b/1@1 a/2@5", ""},
		{nil, noon, 2, "", ""},
	} {
		more := lines(t, acts, step.want, step.clock)
		if len(more) != step.lines {
			t.Errorf("step %d adds %d lines, not %d", i, len(more), step.lines)
		}
		acts = append(acts, more...)
		if amber, green := shown(acts, "amber"), shown(acts, "green"); amber != step.amber || green != step.green {
			t.Errorf("step %d: amber %q and green %q, not %q and %q", i, amber, green, step.amber, step.green)
		}
	}
	for i := 1; i < len(acts); i++ {
		if !acts[i].Added.After(acts[i-1].Added) {
			t.Errorf("line %d was added at the instant of the one before", i+1)
		}
	}
}

// TestUnversioned: what has no version has the instant at which it was added.
func TestUnversioned(t *testing.T) {
	t.Parallel()
	o := object("amber", "file--1", 0)
	o.Version = time.Time{}
	acts := lines(t, nil, []shelf.Object{o}, noon)
	if all := shelf.On(acts, "amber"); len(all) != 1 || !all[0].Version.Equal(noon) {
		t.Error(all)
	}
}

// TestKept writes lines as a chain, and reads them back; a line that was changed shows.
func TestKept(t *testing.T) {
	t.Parallel()
	c := shelf.Parse(nil)
	var text []byte
	for _, a := range lines(t, nil, []shelf.Object{object("amber", "a<b>", 1), object("amber", "b", 1)}, noon) {
		line, err := chain.Next(c, a)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, line...)
	}
	again := shelf.Parse(text)
	if len(again.Breaks) > 0 || len(again.Entries) != 2 || !reflect.DeepEqual(shown(again.Entries, "amber"), "a<b>/1@0 b/1@1") {
		t.Error(again, string(text))
	}
	if more := lines(t, again.Entries, []shelf.Object{object("amber", "a<b>", 1)}, noon); len(more) != 1 {
		t.Error("what was read is not what was written", more)
	}
	if bad := shelf.Parse([]byte(strings.Replace(string(text), `"day":1`, `"day":2`, 1))); len(bad.Breaks) == 0 {
		t.Error("a line was changed and nobody saw")
	}
}
