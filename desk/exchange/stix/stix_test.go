package stix_test

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
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"constat.example/desk/casefile"
	"constat.example/desk/exchange"
	"constat.example/desk/exchange/exchangetest"
	"constat.example/desk/exchange/stix"
	"constat.example/internal/datatest"
)

var update = flag.Bool("update", false, "write golden files anew")

func written(t testing.TB, told *exchange.Told) (*stix.Bundle, []byte) {
	t.Helper()
	b, err := stix.Of(told)
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.Write()
	if err != nil {
		t.Fatal(err)
	}
	return b, text
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
			t.Errorf("%s is not told as in %s (%v); \"go test ./desk/exchange/stix -update\" writes it anew", name, path, err)
		}
	}
}

// oasis compiles the schemas of the OASIS committee, by path.
func oasis(t testing.TB) func(path string) *jsonschema.Schema {
	t.Helper()
	const base = "http://raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/stix2.1/"
	c := jsonschema.NewCompiler()
	files := tar.NewReader(bytes.NewReader(datatest.Read(t, "stix21-schemas/stix21-schemas.tar.gz")))
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(h.Name, "schemas/") || filepath.Ext(h.Name) != ".json" {
			continue
		}
		doc, err := jsonschema.UnmarshalJSON(files)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(base+h.Name, doc); err != nil {
			t.Fatal(err)
		}
	}
	return func(path string) *jsonschema.Schema {
		s, err := c.Compile(base + "schemas/" + path + ".json")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// schemas are those of types of objects; impact is of an extension.
var schemas = map[string]string{
	"marking-definition": "common/marking-definition", "extension-definition": "common/extension-definition", "identity": "sdos/identity", "incident": "sdos/incident",
	"observed-data": "sdos/observed-data", "report": "sdos/report", "file": "observables/file", "sighting": "sros/sighting", "relationship": "sros/relationship", "impact": "common/core",
}

// unbundled are types that the schema of bundles forgets: an object of them matches both
// its schema of domain objects and that of observables, and is to match one.
var unbundled = []string{"incident", "impact", "extension-definition"}

// TestValid holds every bundle and every object in it against the schemas of OASIS.
func TestValid(t *testing.T) {
	t.Parallel()
	compile := oasis(t)
	of := map[string]*jsonschema.Schema{}
	for kind, path := range schemas {
		of[kind] = compile(path)
	}
	bundle := compile("common/bundle")
	valid := func(text []byte) error {
		v := value(t, text).(map[string]any)
		var known []any
		for _, o := range v["objects"].([]any) {
			kind := o.(map[string]any)["type"].(string)
			if of[kind] == nil {
				return errors.New("there is no schema for " + kind)
			}
			if err := of[kind].Validate(o); err != nil {
				return err
			}
			if !slices.Contains(unbundled, kind) {
				known = append(known, o)
			}
		}
		v["objects"] = known
		return bundle.Validate(v)
	}
	for name, told := range exchangetest.Cases() {
		if _, text := written(t, told); valid(text) != nil {
			t.Errorf("%s: %v", name, valid(text))
		}
	}
	bare := exchangetest.Cases()["bare"]
	for i, tlp := range casefile.TLPs() {
		bare.TLP, bare.PAP = tlp, casefile.PAPs()[i%len(casefile.PAPs())]
		if _, text := written(t, bare); valid(text) != nil {
			t.Errorf("%s, %s: %v", bare.TLP, bare.PAP, valid(text))
		}
	}
	_, text := written(t, exchangetest.Cases()["whole"])
	for was, is := range map[string]string{
		`"type": "sighting"`: `"type": "sightings"`, `"number_observed": 1`: `"number_observed": 0`, `-939a9414`: `-939a941`, `"confidence": 85`: `"confidence": 101`,
		`.000Z`: `Z`, `"confidentiality-ext"`: `"confidentiality"`,
	} {
		if valid(bytes.ReplaceAll(text, []byte(was), []byte(is))) == nil {
			t.Errorf("with %s for %s a bundle is valid", is, was)
		}
	}
}

func value(t testing.TB, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestExtension holds what is told by the extension of ours against its schema.
func TestExtension(t *testing.T) {
	t.Parallel()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("claim.json", value(t, stix.Schema())); err != nil {
		t.Fatal(err)
	}
	s := c.MustCompile("claim.json")
	held := 0
	for name, told := range exchangetest.Cases() {
		b, _ := written(t, told)
		for _, o := range b.Objects {
			raw, there := o.Extensions[stix.Extension]
			if !there {
				continue
			}
			held++
			if err := s.Validate(value(t, raw)); err != nil {
				t.Errorf("%s: %s: %v", name, o.Type, err)
			}
			if err := s.Validate(value(t, bytes.Replace(raw, []byte(`"extension_type"`), []byte(`"comment":"free words","extension_type"`), 1))); err == nil {
				t.Errorf("%s: %s: free words are valid", name, o.Type)
			}
		}
	}
	if held < 7 {
		t.Errorf("only %d objects were looked at", held)
	}
}

// TestWhole holds bundles against rules of the standard that its schemas do not tell.
func TestWhole(t *testing.T) {
	t.Parallel()
	for name, told := range exchangetest.Cases() {
		b, _ := written(t, told)
		ids := map[string]bool{}
		for _, o := range b.Objects {
			if ids[o.ID] {
				t.Errorf("%s: %s is there twice", name, o.ID)
			}
			ids[o.ID] = true
		}
		for _, o := range b.Objects {
			refs := slices.Concat([]string{o.CreatedBy, o.SightedOf, o.Source, o.Target}, o.Markings, o.Refs, o.SeenData, o.SeenBy, o.ImpactedRefs)
			for _, raw := range o.Extensions {
				var e struct {
					Impacts []string `json:"impact_refs"`
				}
				if err := json.Unmarshal(raw, &e); err != nil {
					t.Fatal(err)
				}
				refs = append(refs, e.Impacts...)
			}
			for _, ref := range refs {
				if ref != "" && !ids[ref] {
					t.Errorf("%s: %s refers to %s, which is not there", name, o.ID, ref)
				}
			}
			if o.Type == "impact" && o.Extensions[o.ImpactCategory+"-ext"] == nil {
				t.Errorf("%s: the impact %s has no extension of its category", name, o.ID)
			}
			marked := len(o.Markings) == 2
			if own := o.Type == "marking-definition" || o.Type == "extension-definition" || o.Type == "identity"; own == marked {
				t.Errorf("%s: %s has %d markings", name, o.ID, len(o.Markings))
			}
			if !o.Modified.IsZero() && o.Modified.Before(o.Created.Time) {
				t.Errorf("%s: %s was modified before it was created", name, o.ID)
			}
		}
	}
}

// TestLater: a later bundle of a case has the same ids, with a later time; one that says
// the same is the same; another case has other ids.
func TestLater(t *testing.T) {
	t.Parallel()
	told := exchangetest.Cases()["whole"]
	before, text := written(t, told)
	if _, again := written(t, told); !bytes.Equal(text, again) {
		t.Error("the same case is told in another way")
	}
	told.Modified = told.Modified.Add(time.Hour)
	told.Finding.People++
	after, _ := written(t, told)
	if len(after.Objects) != len(before.Objects) || after.ID == before.ID {
		t.Fatalf("%d objects became %d", len(before.Objects), len(after.Objects))
	}
	for i, o := range after.Objects {
		was := before.Objects[i]
		if o.ID != was.ID || o.Created != was.Created {
			t.Errorf("%s became %s", was.ID, o.ID)
		}
		if later := o.Modified.After(was.Modified.Time); !later && !reflect.DeepEqual(o, was) {
			t.Errorf("%s changed without being modified", o.ID)
		}
	}
	told.Case, told.TLP = "another", casefile.AmberStrict
	told.Created = told.Created.Add(time.Minute)
	for i, o := range mustOf(t, told).Objects {
		fixed := o.Type == "file" || o.Type == "marking-definition" || o.Type == "extension-definition" || o.Type == "identity"
		if (o.ID == before.Objects[i].ID) != fixed {
			t.Errorf("another case has %s for %s", o.ID, before.Objects[i].ID)
		}
		if fixed && o.Type != "file" && !reflect.DeepEqual(o, before.Objects[i]) {
			t.Errorf("another case changes %s", o.ID)
		}
	}
}

func mustOf(t *testing.T, told *exchange.Told) *stix.Bundle {
	b, _ := written(t, told)
	return b
}

// TestFileID: ids of files are those that OASIS's own library makes (cti-python-stix2 3.0).
func TestFileID(t *testing.T) {
	t.Parallel()
	const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for name, want := range map[string]string{
		"":              "file--22f8ff52-8f62-5f03-a53a-6f50f54fd74c",
		"dump.csv":      "file--7f76cea7-7350-5175-b6b5-76fa83ccbffc",
		"été \"<&>.csv": "file--760fa599-c8fd-5e21-accc-02c06a7825b4",
	} {
		if got := stix.FileID(name, sum); got != want {
			t.Errorf("%q is %s, not %s", name, got, want)
		}
	}
}

// TestMeaning: what was decided is told in the words of the vocabularies.
func TestMeaning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		change      func(*exchange.Told)
		has, hasNot []string
	}{
		{"whole", func(*exchange.Told) {}, []string{`"determination": "confirmed"`, `"loss_type": "confirmed-loss"`, `"individual": 11700000`, `"record_count": 9400`, `"revoked": true`, `"government"`, `"confidence": 85`}, []string{"suspected"}},
		{"whole", func(t *exchange.Told) { t.Standing = casefile.Suspected }, []string{`"determination": "suspected"`, `"loss_type": "suspected-loss"`, `"confidence": 50`}, []string{"confirmed"}},
		{"whole", func(t *exchange.Told) { t.Standing = "" }, []string{`"determination": "suspected"`, `"loss_type": "suspected-loss"`}, []string{"confirmed", `"confidence"`}},
		{"whole", func(t *exchange.Told) { t.Standing, t.Finding.Verdict = "", "foreign" }, []string{`"verdict": "foreign"`}, []string{`"type": "impact"`}},
		{"whole", func(t *exchange.Told) { t.Finding.Estimate, t.Finding.High = nil, nil }, []string{`"individual": 11650000`, "at least 11,650,000 people"}, []string{"estimated"}},
		{"refuted", func(*exchange.Told) {}, []string{`"determination": "false-positive"`, `"loss_type": "none"`, `"investigation_status": "closed"`}, []string{"record_count", "confirmed-loss", `"relationship"`}},
		{"first", func(*exchange.Told) {}, []string{`"investigation_status": "new"`, `"external-notification"`}, []string{`"impact"`, `"relationship"`, "revoked"}},
		{"bare", func(*exchange.Told) {}, []string{"TLP:RED", "PAP:RED"}, []string{"sighting", "file--", "detection_methods"}},
	} {
		told := exchangetest.Cases()[c.name]
		c.change(told)
		_, text := written(t, told)
		text = text[bytes.Index(text, []byte(`"extension_types"`)):] // the definition of the extension has all words
		if c.name == "bare" {
			_, text = written(t, told)
			text = bytes.ReplaceAll(text, []byte("on a sighting"), nil)
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
	if _, err := stix.Of(told); err == nil {
		t.Error("a marking that there is not is written")
	}
}

// TestBack: claims that were told are read back.
func TestBack(t *testing.T) {
	t.Parallel()
	told := exchangetest.Cases()["whole"]
	_, text := written(t, told)
	b, err := stix.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.Write(); err != nil || !bytes.Equal(text, again) {
		t.Errorf("what was read is written in another way: %v", err)
	}
	claims, err := stix.Claims(b)
	if err != nil || len(claims) != 1 {
		t.Fatalf("%d claims are read, %v", len(claims), err)
	}
	want := told.Claims[1].Claim
	want.Corrects = 0 // a number of their case, not of ours
	if got := *claims[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, not %+v", got, want)
	}
	if _, err := stix.Claims(&stix.Bundle{Objects: []stix.Object{{Type: "sighting", Extensions: map[string]json.RawMessage{stix.Extension: []byte(`{"claim":7}`)}}}}); err == nil || err.Error() != "its object 1 holds a claim that is not written as one" {
		t.Error(err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``: "it is no bundle of STIX", `[]`: "it is no bundle of STIX", `{"type":"report"}`: "it is no bundle of STIX",
		`{"type":"bundle","objects":[{"type":"file","id":"file--22f8ff52-8f62-5f03-a53a-6f50f54fd74c"},{"type":"file","id":"zoe@example"}]}`: "its object 2 has no id of its type",
		`{"type":"bundle","objects":[{"type":"report","id":"file--22f8ff52-8f62-5f03-a53a-6f50f54fd74c"}]}`:                                  "its object 1 has no id of its type",
		`{"type":"bundle","objects":[{"type":"file","id":"file--22f8ff52-8f62-5f03-a53a-6f50f54fd74c","size":"zoe@example"}]}`:               "its object 1 is not what STIX has",
		`{"type":"bundle","objects":[{"type":"report","id":"report--22f8ff52-8f62-5f03-a53a-6f50f54fd74c","created":"zoe@example"}]}`:        "its object 1 is not what STIX has",
	} {
		if _, err := stix.Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, not %q", text, err, want)
		}
	}
}

// TestDrafts: counts are read as each draft of the extension writes them.
func TestDrafts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]stix.Counts{
		`{"individual":7,"employee":2}`: {"individual": 7, "employee": 2}, `[{"entity_type":"individual","count":7}]`: {"individual": 7},
		`{"entity_type":"individual","count":7}`: {"individual": 7},
	} {
		o, err := stix.ParseObject([]byte(`{"type":"impact","id":"impact--22f8ff52-8f62-5f03-a53a-6f50f54fd74c","impacted_entity_counts":` + text + `}`))
		if err != nil || !reflect.DeepEqual(o.Impacted, want) {
			t.Errorf("%s: %+v, %v", text, o, err)
		}
	}
	for _, text := range []string{`"impacted_entity_counts":"zoe"`, `"created":"9999-12-31T23:59:59-14:00"`, `"created":7`} {
		if _, err := stix.ParseObject([]byte(`{"type":"impact","id":"impact--22f8ff52-8f62-5f03-a53a-6f50f54fd74c",` + text + `}`)); err == nil || err.Error() != "is not what STIX has" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"type":"bundle","objects":[{"type":"sighting","id":"sighting--22f8ff52-8f62-5f03-a53a-6f50f54fd74c","first_seen":"2026-04-16T20:15:00Z","extensions":{"` + stix.Extension + `":{"claim":{"claimed_count":7,"fields":["nom"],"samples":[{"sha256":"ab","rows":1}]}}}}]}`))
	f.Add([]byte(`{"type":"bundle","objects":[{"type":"impact","id":"impact--22f8ff52-8f62-5f03-a53a-6f50f54fd74c","impacted_entity_counts":[{"entity_type":"individual","count":7}],"confidence":5}]}`))
	f.Add([]byte(`{"type":"bundle","id":"bundle--1","objects":[{"type":"x-y","id":"x-y--22f8ff52-8f62-5f03-a53a-6f50f54fd74c","extensions":{"a":null},"created":"2020-01-01T00:00:00+02:00"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := stix.Parse(text)
		if err != nil {
			return
		}
		_, _ = stix.Claims(b)
		once, err := b.Write()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := stix.Parse(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if twice, err := again.Write(); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("written in two ways: %v", err)
		}
	})
}
