package misp_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/exchange"
	"constat.example/desk/exchange/exchangetest"
	"constat.example/desk/exchange/misp"
	"constat.example/internal/datatest"
)

var update = flag.Bool("update", false, "write golden files anew")

func written(t testing.TB, told *exchange.Told) (*misp.Event, []byte) {
	t.Helper()
	e, err := misp.Of(told)
	if err != nil {
		t.Fatal(err)
	}
	text, err := e.Write()
	if err != nil {
		t.Fatal(err)
	}
	return e, text
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, told := range exchangetest.Cases() {
		_, text := written(t, told)
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(text, want) {
			t.Errorf("%s is not told as in %s (%v); \"go test ./desk/exchange/misp -update\" writes it anew", name, path, err)
		}
	}
}

// template is an object as MISP describes it.
type template struct {
	Name, Description, UUID string
	Category                string `json:"meta-category"`
	Version                 int
	Required, RequiredOneOf []string
	Attributes              map[string]struct {
		Type     string `json:"misp-attribute"`
		Multiple bool
		Values   []string `json:"values_list"`
	}
}

// objects reads the templates of MISP, with ours.
func objects(t testing.TB) (all map[string]template, schema any) {
	t.Helper()
	all = map[string]template{}
	add := func(text []byte) {
		var o template
		if err := json.Unmarshal(text, &o); err != nil {
			t.Fatal(err)
		}
		all[o.Name] = o
	}
	files := tar.NewReader(bytes.NewReader(datatest.Read(t, "misp-objects/misp-objects-all.tar.gz")))
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case h.Name == "schema_objects.json":
			// It names no draft that there is; it is written as draft 4 has it.
			schema = value(t, bytes.Replace(text, []byte("http://json-schema.org/schema#"), []byte("http://json-schema.org/draft-04/schema#"), 1))
		case strings.HasPrefix(h.Name, "objects/") && filepath.Base(h.Name) == "definition.json":
			add(text)
		}
	}
	if _, there := all["data-leak-claim"]; there {
		t.Error("MISP has an object data-leak-claim of its own by now")
	}
	add(misp.Template())
	return all, schema
}

func value(t testing.TB, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTemplate holds our template against the schema that MISP has for templates.
func TestTemplate(t *testing.T) {
	t.Parallel()
	_, schema := objects(t)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	s := c.MustCompile("schema.json")
	if err := s.Validate(value(t, misp.Template())); err != nil {
		t.Error(err)
	}
	for was, is := range map[string]string{`"misc"`: `"leaks"`, `"counter"`: `"count"`, `"version": 1`: `"version": "1"`, `"ui-priority"`: `"priority"`} {
		if s.Validate(value(t, bytes.ReplaceAll(misp.Template(), []byte(was), []byte(is)))) == nil {
			t.Errorf("with %s for %s it is valid", is, was)
		}
	}
}

var uuids = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// TestObjects holds every object of an event against its template.
func TestObjects(t *testing.T) {
	t.Parallel()
	templates, _ := objects(t)
	for name, told := range exchangetest.Cases() {
		e, _ := written(t, told)
		ids := map[string]bool{}
		unique := func(id string) {
			if ids[id] || !uuids.MatchString(id) {
				t.Errorf("%s: %q is there twice, or no UUID", name, id)
			}
			ids[id] = true
		}
		unique(e.UUID)
		for i := range e.Objects {
			o := &e.Objects[i]
			is, there := templates[o.Name]
			if !there || is.UUID != o.TemplateUUID || is.Description != o.Description || is.Category != o.MetaCategory || misp.Text(json.Number(jsonInt(is.Version))) != o.TemplateVersion {
				t.Errorf("%s: %s is not of the template %+v", name, o.Name, is)
			}
			unique(o.UUID)
			seen := map[string]int{}
			for _, a := range o.Attributes {
				unique(a.UUID)
				of, there := is.Attributes[a.Relation]
				if seen[a.Relation]++; !there || of.Type != a.Type || seen[a.Relation] > 1 && !of.Multiple || a.Value == "" || bool(a.ToIDS) {
					t.Errorf("%s: %s has an odd %s (%s)", name, o.Name, a.Relation, a.Type)
				}
				if of.Values != nil && !slices.Contains(of.Values, string(a.Value)) {
					t.Errorf("%s: %s of %s is none of %v", name, a.Relation, o.Name, of.Values)
				}
			}
			some := func(r string) bool { return seen[r] > 0 }
			if len(is.RequiredOneOf) > 0 && !slices.ContainsFunc(is.RequiredOneOf, some) || slices.ContainsFunc(is.Required, func(r string) bool { return !some(r) }) {
				t.Errorf("%s: %s lacks what it needs", name, o.Name)
			}
		}
		for _, o := range e.Objects {
			for _, r := range o.References {
				unique(r.UUID)
				if r.ObjectUUID != o.UUID || !ids[r.Referenced] || r.Referenced == o.UUID {
					t.Errorf("%s: %s refers to what is not there", name, o.Name)
				}
			}
		}
	}
}

func jsonInt(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

// TestTags: every tag is a word of a taxonomy of MISP.
func TestTags(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, name := range []string{"tlp", "PAP", "data-classification", "rsit", "incident-disposition"} {
		var tax struct {
			Namespace  string
			Predicates []struct{ Value string }
			Values     []struct {
				Predicate string
				Entry     []struct{ Value string }
			}
		}
		if err := json.Unmarshal(datatest.Read(t, "misp-taxonomies/"+name+".json"), &tax); err != nil {
			t.Fatal(err)
		}
		for _, p := range tax.Predicates {
			known[tax.Namespace+":"+p.Value] = true
		}
		for _, v := range tax.Values {
			for _, e := range v.Entry {
				known[tax.Namespace+":"+v.Predicate+`="`+e.Value+`"`] = true
			}
		}
	}
	told := exchangetest.Cases()["whole"]
	for _, tlp := range casefile.TLPs() {
		for _, pap := range casefile.PAPs() {
			for _, standing := range append(casefile.Choices(casefile.Standing), "") {
				told.TLP, told.PAP, told.Standing = tlp, pap, standing
				e, _ := written(t, told)
				for _, tag := range e.Tags {
					if !known[tag.Name] {
						t.Errorf("%s is of no taxonomy", tag.Name)
					}
				}
			}
		}
	}
}

func TestMeaning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                         string
		change                       func(*exchange.Told)
		threat, analysis, goes, date misp.Text
		has, hasNot                  []string
	}{
		{"whole", func(*exchange.Told) {}, "1", "1", "0", "2026-04-16", []string{"successful-attempt", "confirmed-loss", `"deleted": true`, "government public services", "tlp:amber+strict"}, nil},
		{"whole", func(t *exchange.Told) { t.TLP, t.Finding.Kinds = casefile.Amber, t.Finding.Kinds[:1] }, "2", "1", "1", "2026-04-16", nil, []string{"tlp:amber+strict", "payment"}},
		{"whole", func(t *exchange.Told) { t.Standing, t.TLP = "", casefile.Green }, "1", "1", "2", "2026-04-16", []string{"suspected-loss"}, []string{"incident-disposition", `"standing"`}},
		{"whole", func(t *exchange.Told) { t.Standing, t.Finding.Verdict = "", "recycled" }, "3", "1", "0", "2026-04-16", nil, nil},
		{"whole", func(t *exchange.Told) { t.Standing, t.Finding.Refused = "", true }, "4", "1", "0", "2026-04-16", []string{`"undetermined"`}, []string{`"genuine"`}},
		{"refuted", func(*exchange.Told) {}, "3", "2", "3", "2026-04-16", []string{"false-positive", `"value": "none"`}, []string{"rsit", `"impacts"`}},
		{"first", func(*exchange.Told) {}, "4", "0", "0", "2026-04-16", []string{"suspected"}, []string{"Orgc", "confidentiality-impact", "deleted\": true"}},
		{"bare", func(*exchange.Told) {}, "4", "0", "0", "2026-04-20", []string{"tlp:red", "PAP:RED", "case-state"}, []string{"sha256"}},
	} {
		told := exchangetest.Cases()[c.name]
		c.change(told)
		e, text := written(t, told)
		if e.ThreatLevel != c.threat || e.Analysis != c.analysis || e.Distribution != c.goes || e.Date != string(c.date) || bool(e.Published) {
			t.Errorf("%s: threat %s, analysis %s, distribution %s, date %s", c.name, e.ThreatLevel, e.Analysis, e.Distribution, e.Date)
		}
		for _, want := range c.has {
			if !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s: %s is not told", c.name, want)
			}
		}
		for _, not := range c.hasNot {
			if bytes.Contains(text, []byte(not)) {
				t.Errorf("%s: %s is told", c.name, not)
			}
		}
	}
	told := exchangetest.Cases()["whole"]
	told.TLP = "PINK"
	if _, err := misp.Of(told); err == nil {
		t.Error("a marking that there is not is written")
	}
}

// TestLater: a later event of a case has the same UUIDs, whatever moved up the list.
func TestLater(t *testing.T) {
	t.Parallel()
	told := exchangetest.Cases()["whole"]
	before, text := written(t, told)
	if _, again := written(t, told); !bytes.Equal(text, again) {
		t.Error("the same case is told in another way")
	}
	had := values(before)
	told.Modified = told.Modified.Add(time.Hour)
	told.Finding.Kinds = told.Finding.Kinds[1:]
	after, _ := written(t, told)
	if after.UUID != before.UUID || after.Timestamp <= before.Timestamp {
		t.Error("a later event is another, or not later")
	}
	now := values(after)
	for id, what := range now {
		if had[id] != what {
			t.Errorf("%s is %s by now, and was %s", id, what, had[id])
		}
	}
	if len(had) != len(now)+1 {
		t.Errorf("%d values became %d", len(had), len(now))
	}
}

// values are attributes by their UUID, but for sentences.
func values(e *misp.Event) map[string]string {
	all := map[string]string{}
	for _, o := range e.Objects {
		for _, a := range o.Attributes {
			if a.Relation != "description" {
				all[a.UUID] = o.UUID + " " + a.Relation + " " + string(a.Value)
			}
		}
	}
	return all
}

// TestBack: claims that were told are read back, but for how many rows samples have.
func TestBack(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]int{"whole": 1, "first": 0} {
		told := exchangetest.Cases()[name]
		_, text := written(t, told)
		e, err := misp.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := e.Write(); err != nil || !bytes.Equal(text, again) {
			t.Errorf("what was read is written in another way: %v", err)
		}
		claims, err := misp.Claims(e)
		if err != nil || len(claims) != 1 {
			t.Fatalf("%d claims are read, %v", len(claims), err)
		}
		want := told.Claims[of].Claim
		want.Corrects = 0
		for i := range want.Samples {
			want.Samples[i].Rows = nil
		}
		if got := *claims[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("read %+v, not %+v", got, want)
		}
	}
}

// TestOtherSpellings: MISP writes numbers and booleans as texts, or the other way round.
func TestOtherSpellings(t *testing.T) {
	t.Parallel()
	e, err := misp.Parse([]byte(`{"uuid":"u","info":"i","published":"1","distribution":3,"analysis":2,"threat_level_id":null,"Object":[{"deleted":0,"Attribute":[{"value":12,"to_ids":"0"},{"object_relation":"a","value":true},{"object_relation":"a","value":"x","deleted":true}]}]}`))
	if err != nil || !bool(e.Published) || e.Distribution != "3" || e.Analysis != "2" || e.ThreatLevel != "" || e.Objects[0].Attributes[0].Value != "12" || e.Objects[0].Get("a") != "true" || e.Objects[0].Get("b") != "" {
		t.Errorf("%+v, %v", e, err)
	}
	if all := e.Objects[0].All("a"); !reflect.DeepEqual(all, []string{"true"}) {
		t.Error(all)
	}
	for text, want := range map[string]string{
		``: "it is no event of MISP", `[]`: "it is no event of MISP", `{"Event":{}}`: "it is no event of MISP", `{"Event":"zoe@example"}`: "it is no event of MISP",
		`{"uuid":"u","info":"i","published":"zoe@example"}`: "it is no event of MISP", `{"uuid":"u","info":"i","analysis":[]}`: "it is no event of MISP",
	} {
		if _, err := misp.Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, not %q", text, err, want)
		}
	}
	told, _ := written(t, exchangetest.Cases()["first"])
	for relation, want := range map[string]string{"first-seen": "holds a time that is none", "claimed-count": "holds a count that is none", "sample-sha256": "holds a SHA-256 that is none"} {
		_, text := written(t, exchangetest.Cases()["first"])
		e, err := misp.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for i := range e.Objects {
			for j := range e.Objects[i].Attributes {
				if a := &e.Objects[i].Attributes[j]; a.Relation == relation {
					a.Value = "zoe@example"
				}
			}
		}
		if _, err := misp.Claims(e); err == nil || !strings.HasSuffix(err.Error(), want) || strings.Contains(err.Error(), "zoe") {
			t.Errorf("%s: %v", relation, err)
		}
	}
	if claims, err := misp.Claims(told); err != nil || len(claims) != 1 {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"Event":{"uuid":"u","info":"i","Object":[{"name":"data-leak-claim","template_uuid":"44a8d55b-5d58-5012-b3ba-97ae08bfcde8","Attribute":[{"object_relation":"claimed-count","value":"7"},{"object_relation":"source","value":"a"},{"object_relation":"first-seen","value":"2026-04-16T20:15:00.000000+00:00"}]}]}}`))
	f.Add([]byte(`{"uuid":"u","info":"i","published":"1","distribution":3,"Tag":null,"Object":[{"Attribute":[{"value":1e9}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := misp.Parse(text)
		if err != nil {
			return
		}
		claims, _ := misp.Claims(e)
		for _, c := range claims {
			if c.Claimed.Count != nil && *c.Claimed.Count < 0 {
				t.Error("a claim counts less than nothing")
			}
			if _, err := (claim.Draft{Claim: *c}).Write(); err != nil {
				t.Error(err)
			}
		}
		once, err := e.Write()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := misp.Parse(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if twice, err := again.Write(); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("written in two ways: %v", err)
		}
	})
}
