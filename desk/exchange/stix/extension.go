package stix

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"constat.example/desk/claim"
	"constat.example/desk/exchange"
)

// Extension is the id of the extension of ours: what STIX has no property for.
var Extension = "extension-definition--" + exchange.UUID("stix extension data-leak-claim/1")

// schema is the JSON schema of the extension, for whoever wants to check it.
//
//go:embed data-leak-claim.json
var schema string

// Schema is the JSON schema of the extension.
func Schema() []byte { return []byte(schema) }

// extensionVersion is that of the schema.
const extensionVersion = "1.0.0"

// defined is when the extension was.
var defined = At(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC))

// Definition is the extension as an object, and who defined it.
func Definition() (by, definition *Object) {
	by = &Object{
		Type: "identity", SpecVersion: "2.1", ID: "identity--" + exchange.UUID("stix identity constat"), Created: defined, Modified: defined,
		Name: "Constat", Class: "system", Description: "Turns claims of stolen data into established facts.", Lang: "en",
	}
	definition = &Object{
		Type: "extension-definition", SpecVersion: "2.1", ID: Extension, CreatedBy: by.ID, Created: defined, Modified: defined,
		Name: "data-leak-claim", Description: "What is claimed of stolen data (on a sighting), and what was established of it (on an incident).",
		Schema: compact(schema), Version: extensionVersion, ExtensionTypes: []string{"property-extension"},
	}
	return by, definition
}

// extended is what the extension holds: Claim on a sighting, Finding on an incident.
type extended struct {
	Type    string       `json:"extension_type"`
	Claim   *toldClaim   `json:"claim,omitempty"`
	Finding *toldFinding `json:"finding,omitempty"`
}

type toldClaim struct {
	Number   int          `json:"number"`
	Corrects int          `json:"corrects,omitempty"`
	Source   string       `json:"source,omitempty"`
	Count    *int64       `json:"claimed_count,omitempty"`
	Unit     string       `json:"claimed_unit,omitempty"`
	Fields   []string     `json:"fields,omitempty"`
	Other    int          `json:"other_fields,omitempty"`
	Price    string       `json:"price,omitempty"`
	Ransom   string       `json:"ransom,omitempty"`
	Deadline string       `json:"deadline,omitempty"`
	Samples  []toldSample `json:"samples,omitempty"`
}

type toldSample struct {
	SHA256 string `json:"sha256"`
	Rows   *int64 `json:"rows,omitempty"`
}

type toldFinding struct {
	State    exchange.State   `json:"case_state"`
	Standing string           `json:"standing,omitempty"`
	Verdict  string           `json:"verdict,omitempty"`
	Share    *share           `json:"genuine_share,omitempty"`
	People   *people          `json:"people,omitempty"`
	Kinds    map[string]int64 `json:"people_by_kind,omitempty"`
	Window   *window          `json:"copied,omitempty"`
}

type share struct {
	Estimate *float64 `json:"estimate,omitempty"`
	Low      *float64 `json:"low,omitempty"`
	High     *float64 `json:"high,omitempty"`
}

type people struct {
	Found    int64  `json:"found"`
	Estimate *int64 `json:"estimate,omitempty"`
	Low      *int64 `json:"low,omitempty"`
	High     *int64 `json:"high,omitempty"`
}

type window struct {
	NotBefore  *Time `json:"not_before,omitempty"`
	NotAfter   *Time `json:"not_after,omitempty"`
	MostLikely *Time `json:"most_likely,omitempty"`
}

func claimExtension(c *exchange.Claim) extended {
	out := &toldClaim{
		Number: c.Number, Corrects: c.Corrects, Source: c.Source, Count: c.Claimed.Count, Unit: c.Claimed.Unit, Fields: c.Claimed.Fields, Other: c.Other,
		Price: c.Price, Ransom: c.Ransom, Deadline: c.Deadline,
	}
	for _, s := range c.Samples {
		out.Samples = append(out.Samples, toldSample{s.SHA256, s.Rows})
	}
	return extended{Type: "property-extension", Claim: out}
}

func findingExtension(t *exchange.Told) extended {
	out := &toldFinding{State: t.State, Standing: string(t.Standing)}
	if f := t.Finding; f != nil {
		if out.Verdict = f.Verdict; f.Refused {
			out.Verdict = "undetermined"
		}
		if f.Genuine.Estimate != nil {
			out.Share = &share{f.Genuine.Estimate, f.Genuine.Low, f.Genuine.High}
		}
		out.People = &people{f.People, f.Estimate, f.Low, f.High}
		out.Kinds = map[string]int64{}
		for _, k := range f.Kinds {
			out.Kinds[k.Kind.String()] = k.People
		}
		if f.NotBefore != nil || f.NotAfter != nil || f.MostLikely != nil {
			out.Window = &window{at(f.NotBefore), at(f.NotAfter), at(f.MostLikely)}
		}
	}
	return extended{Type: "property-extension", Finding: out}
}

func at(t *time.Time) *Time {
	if t == nil {
		return nil
	}
	x := At(*t)
	return &x
}

// compact takes the white space out of a schema.
func compact(text string) string {
	var short bytes.Buffer
	if err := json.Compact(&short, []byte(text)); err != nil {
		panic("the schema of the extension is no JSON") // it is compiled in, and tested
	}
	return short.String()
}

// Claims are the claims that a bundle tells by the extension of ours, in order. Those
// that were revoked are left out.
func Claims(b *Bundle) ([]*claim.Claim, error) {
	var all []*claim.Claim
	for i := range b.Objects {
		o := &b.Objects[i]
		raw, there := o.Extensions[Extension]
		if !there || o.Type != "sighting" || o.Revoked {
			continue
		}
		var e extended
		if err := json.Unmarshal(raw, &e); err != nil || e.Claim == nil {
			return nil, fmt.Errorf("its object %d holds a claim that is not written as one", i+1)
		}
		c := &claim.Claim{
			Source: e.Claim.Source, FirstSeen: o.FirstSeen.Time, Price: e.Claim.Price, Ransom: e.Claim.Ransom, Deadline: e.Claim.Deadline,
			Claimed: claim.Claimed{Count: e.Claim.Count, Unit: e.Claim.Unit, Fields: e.Claim.Fields},
		}
		for _, s := range e.Claim.Samples {
			c.Samples = append(c.Samples, claim.Sample{Rows: s.Rows, SHA256: s.SHA256})
		}
		all = append(all, c)
	}
	return all, nil
}
