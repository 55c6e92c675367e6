package form_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"constat.example/desk/casefile"
	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/internal/datatest"
	"constat.example/internal/words"
)

// TestVERISRecord makes the record of the rich case and of the bare one.
func TestVERISRecord(t *testing.T) {
	t.Parallel()
	for name, facts := range map[string]*form.Facts{"rich": formtest.Facts(t), "bare": formtest.Bare(t)} {
		text, err := form.VERIS(facts)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "veris."+name+".json", text)
		for _, secret := range []string{"Agence", "anpt", facts.Case, "partner-rgl-07", "192.0.2.7", "forum"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("the record of the %s case names %q", name, secret)
			}
		}
	}
}

// cases are facts that make every branch of a record.
func cases(t *testing.T) map[string]*form.Facts {
	all := map[string]*form.Facts{"rich": formtest.Facts(t), "bare": formtest.Bare(t)}
	for _, class := range []string{"foreign", "fabricated", "undetermined", "mixed"} {
		f := formtest.Facts(t)
		judged(f, class)
		decide(f, casefile.Standing, casefile.Refuted)
		all[class] = f
	}
	codes := func(name string, answers map[string][]string) {
		f := formtest.Facts(t)
		values := map[string]form.Value{}
		for key, c := range answers {
			values[key] = form.Value{Codes: c}
		}
		formtest.Told(f, 40, values)
		all[name] = f
	}
	for _, who := range []string{"external", "internal", "partner", "unknown"} {
		codes("actor "+who, map[string][]string{"veris.actor": {who}, "veris.standing": {"Near miss"}, "veris.cloud": {"NA"}})
	}
	for _, threat := range []string{"account", "insider", "vulnerability", "configuration", "malware", "social", "supplier", "lost", "unknown"} {
		codes("threat "+threat, map[string][]string{"cause.threat": {threat}})
	}
	// Every word that a box offers is one of the schema's.
	for _, action := range []string{"hacking", "malware", "social", "misuse", "error", "physical", "unknown"} {
		codes("action "+action, map[string][]string{"veris.action": {action}})
	}
	f := formtest.Facts(t)
	said := func(text string) form.Value { return form.Value{Text: []words.Both{{FR: text, EN: text}}} }
	formtest.Told(f, 41, map[string]form.Value{"veris.incident.year": said("last year"), "veris.incident.month": said("13"), "veris.incident.day": said("3")})
	all["odd dates"] = f
	for round := range 20 {
		f := formtest.Facts(t)
		for _, name := range []string{"actor external", "actor internal", "action hacking", "action malware", "action social", "action misuse", "action error", "action physical"} {
			for _, s := range drafted(t, "veris", all[name]).Sections {
				for _, b := range s.Boxes {
					if len(b.Options) > 0 && b.Key != "veris.country" && b.Key != "veris.actor" && b.Key != "veris.action" {
						formtest.Told(f, 50, map[string]form.Value{b.Key: {Codes: []string{b.Options[round%len(b.Options)].Code}}})
					}
				}
			}
		}
		formtest.Told(f, 51, map[string]form.Value{"veris.action": {Codes: []string{"hacking", "malware", "social", "misuse", "error", "physical"}}, "veris.actor": {Codes: []string{"external"}}})
		if round%2 == 0 {
			formtest.Told(f, 51, map[string]form.Value{"veris.actor": {Codes: []string{"internal"}}})
			delete(f.Answers, "veris.actor.variety")
		}
		all[fmt.Sprintf("options %d", round)] = f
	}
	return all
}

// TestVERISValid holds records to the VERIS community schema, which is not ours to keep.
func TestVERISValid(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(datatest.Read(t, "veris/verisc-merged.json")))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("veris.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("veris.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, facts := range cases(t) {
		text, err := form.VERIS(facts)
		if err != nil {
			t.Fatal(err)
		}
		record, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(record); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestVERISSaysWhatPeopleSay: an answer goes before a proposal, and into the record.
func TestVERISSaysWhatPeopleSay(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	formtest.Told(f, 40, map[string]form.Value{
		"cause.threat": {Codes: []string{"insider", "supplier"}}, "veris.actor": {Codes: []string{"internal"}}, "veris.summary": {Text: []words.Both{{FR: "Un agent.", EN: "An agent."}}},
	})
	text, err := form.VERIS(f)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Summary string
		Actor   map[string]any
		Action  map[string]any
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Summary != "An agent." || got.Actor["internal"] == nil || got.Actor["external"] != nil || got.Action["misuse"] == nil || got.Action["hacking"] != nil {
		t.Errorf("the record says %+v", got)
	}
}
