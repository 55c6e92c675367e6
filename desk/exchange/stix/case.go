package stix

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"constat.example/desk/casefile"
	"constat.example/desk/exchange"
)

// Extensions of others, from the repository of common objects of the OASIS CTI
// committee: incident core and impact as of its version 2.0, revision 06 (2024).
const (
	incidentCore = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
	impactCore   = "extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9"
	tlp2         = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
	pap1         = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
)

// marking is a marking as its standard defines it: no other object may stand for it.
type marking struct{ id, created string }

// The markings of TLP 2.0 and PAP 1.0.
var (
	tlps = map[casefile.TLP]marking{
		casefile.Red:         {"e828b379-4e03-4974-9ac4-e53a884c97c1", "2022-10-01T00:00:00.000Z"},
		casefile.AmberStrict: {"939a9414-2ddd-4d32-a0cd-375ea402b003", "2022-10-01T00:00:00.000Z"},
		casefile.Amber:       {"55d920b0-5e8b-4f79-9ee9-91f868d9b421", "2022-10-01T00:00:00.000Z"},
		casefile.Green:       {"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "2022-10-01T00:00:00.000Z"},
		casefile.Clear:       {"94868c89-83c2-464b-929b-a1a8aa3c8487", "2022-10-01T00:00:00.000Z"},
	}
	paps = map[casefile.PAP]marking{
		"RED":   {"740d36e5-7714-4c30-961a-3ae632ceee0e", "2022-10-06T00:00:00.000Z"},
		"AMBER": {"60f8932b-e51e-4458-b265-a2e8be9a80ab", "2022-10-02T00:00:00.000Z"},
		"GREEN": {"c43594d1-4b11-4c59-93ab-1c9b14d53ce9", "2022-10-09T00:00:00.000Z"},
		"CLEAR": {"ad15a0cd-55b6-4588-a14c-a66105329b92", "2022-10-01T00:00:00.000Z"},
	}
)

// Of words a case as a bundle: its markings, the organisation, the files by hash, where
// claims were seen, impacts, the incident, and a report of all of them. The same case
// gives the same bytes; a later bundle of it has the same ids.
func Of(t *exchange.Told) (*Bundle, error) {
	w := &writer{told: t, created: At(t.Created), modified: At(t.Modified)}
	w.marks()
	w.definition()
	w.owner()
	w.files()
	w.claims()
	w.impacts()
	w.incident()
	w.report()
	b := &Bundle{Type: "bundle", Objects: w.all}
	if w.err != nil {
		return nil, w.err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	b.ID = "bundle--" + t.UUID(fmt.Sprintf("bundle %x", sum))
	return b, nil
}

// writer makes the objects of a bundle.
type writer struct {
	told              *exchange.Told
	created, modified Time
	all               []Object
	owned             string            // id of the organisation, or ""
	marked            []string          // ids of the markings
	fileIDs           map[string]string // ids of files by SHA-256
	impactIDs         []string
	about             []string // ids that the report is about
	err               error
}

// add adds an object whose name is its own within the case.
func (w *writer) add(o Object, name string) string {
	o.SpecVersion, o.Created, o.Modified, o.Markings = "2.1", w.created, w.modified, w.marked
	o.ID = o.Type + "--" + w.told.UUID(o.Type+" "+name)
	o.CreatedBy = w.owned
	if o.Description != "" {
		o.Lang = "en"
	}
	w.all, w.about = append(w.all, o), append(w.about, o.ID)
	return o.ID
}

// raw is a value of an extension.
func (w *writer) raw(v any) json.RawMessage {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		w.err = err
	}
	return bytes.TrimSpace(text.Bytes())
}

func (w *writer) marks() {
	for _, m := range []struct {
		is        marking
		name      string
		extension string
		key       string
	}{
		{tlps[w.told.TLP], "TLP:" + string(w.told.TLP), tlp2, "tlp_2_0"},
		{paps[w.told.PAP], "PAP:" + string(w.told.PAP), pap1, "pap"},
	} {
		if m.is.id == "" {
			w.err = fmt.Errorf("there is no marking %s in STIX", m.name)
			return
		}
		created, _ := time.Parse(time.RFC3339, m.is.created) // written above
		_, colour, _ := strings.Cut(m.name, ":")
		o := Object{
			Type: "marking-definition", SpecVersion: "2.1", ID: "marking-definition--" + m.is.id, Created: At(created), Name: m.name,
			Extensions: map[string]json.RawMessage{m.extension: w.raw(map[string]string{"extension_type": "property-extension", m.key: strings.ToLower(colour)})},
		}
		w.all, w.marked = append(w.all, o), append(w.marked, o.ID)
	}
}

func (w *writer) definition() {
	by, def := Definition()
	w.all = append(w.all, *by, *def)
}

// owner adds the organisation. Cases of a home share it, whatever they are marked: it has
// no marking, and does not change without another id.
func (w *writer) owner() {
	o := w.told.Owner
	if o == nil {
		return
	}
	began := At(w.told.Began)
	identity := Object{Type: "identity", SpecVersion: "2.1", Created: began, Modified: began, Name: o.Name, Class: "organization"}
	if o.Public {
		identity.Sectors = []string{"government"}
	}
	identity.ID = "identity--" + w.told.OwnUUID(fmt.Sprintf("identity %s, public: %t", o.Name, o.Public))
	w.all, w.about, w.owned = append(w.all, identity), append(w.about, identity.ID), identity.ID
}

// sco is the namespace of ids of observables (STIX 2.1, 2.9).
var sco = uuid.MustParse("00abedb4-aa42-466c-9c01-fed23315a9b7")

// FileID is the id of a file, which everybody who knows its hash and its name, if it is
// given, makes alike.
func FileID(name, sha256 string) string {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(struct { // texts cannot fail
		Hashes map[string]string `json:"hashes"`
		Name   string            `json:"name,omitempty"`
	}{map[string]string{"SHA-256": sha256}, name})
	return "file--" + uuid.NewSHA1(sco, bytes.TrimSpace(text.Bytes())).String()
}

// file adds a file once, and returns its id.
func (w *writer) file(name, sum string, size *int64) string {
	if id, there := w.fileIDs[sum]; there {
		return id
	}
	o := Object{Type: "file", SpecVersion: "2.1", ID: FileID(name, sum), Markings: w.marked, Name: name, Hashes: map[string]string{"SHA-256": sum}, Size: size}
	w.all, w.about = append(w.all, o), append(w.about, o.ID)
	w.fileIDs[sum] = o.ID
	return o.ID
}

func (w *writer) files() {
	w.fileIDs = map[string]string{}
	var ids []string
	for _, f := range w.told.Files {
		if id := w.file(f.Name, f.SHA256, &f.Bytes); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if first, last := w.told.Received[0], w.told.Received[1]; len(ids) > 0 && !first.IsZero() {
		w.add(Object{Type: "observed-data", FirstObserved: At(first), LastObserved: At(last), Observed: 1, Refs: ids}, "files")
	}
}

// incidentID is made before the incident is: sightings point to it.
func (w *writer) incidentID() string { return "incident--" + w.told.UUID("incident case") }

func (w *writer) claims() {
	for i := range w.told.Claims {
		c := &w.told.Claims[i]
		o := Object{
			Type: "sighting", Description: c.Words(), Count: 1, SightedOf: w.incidentID(), Revoked: c.CorrectedBy > 0,
			Extensions: map[string]json.RawMessage{Extension: w.raw(claimExtension(c))},
		}
		if w.owned != "" {
			o.SeenBy = []string{w.owned}
		}
		if c.Source != "" {
			o.References = []Reference{{SourceName: c.Source, Description: "Where the claim was seen."}}
		}
		var samples []string
		for _, s := range c.Samples {
			if id := w.file("", s.SHA256, nil); !slices.Contains(samples, id) {
				samples = append(samples, id)
			}
		}
		if !c.FirstSeen.IsZero() {
			o.FirstSeen = At(c.FirstSeen)
			if len(samples) > 0 {
				o.SeenData = []string{w.add(Object{Type: "observed-data", FirstObserved: o.FirstSeen, LastObserved: o.FirstSeen, Observed: 1, Refs: samples}, fmt.Sprintf("samples %d", c.Number))}
			}
		}
		w.add(o, fmt.Sprintf("claim %d", c.Number))
	}
}

// impacts tells which information was lost, of how many people.
func (w *writer) impacts() {
	for _, x := range w.told.Impacts() {
		loss := struct {
			Information string `json:"information_type"`
			Loss        string `json:"loss_type"`
			Records     *int64 `json:"record_count,omitempty"`
			Bytes       *int64 `json:"record_size,omitempty"`
		}{x.Information, x.Loss, x.Records, x.Bytes}
		o := Object{
			Type: "impact", ImpactCategory: "confidentiality", Confidence: w.confidence(), Description: x.Words,
			Extensions: map[string]json.RawMessage{impactCore: w.raw(map[string]string{"extension_type": "new-sdo"}), "confidentiality-ext": w.raw(loss)},
		}
		if w.owned != "" {
			o.ImpactedRefs = []string{w.owned}
		}
		if x.Individuals != nil {
			o.Impacted = map[string]int64{"individual": *x.Individuals}
		}
		w.impactIDs = append(w.impactIDs, w.add(o, x.Information))
	}
}

// confidence is how sure it is, as the scale None, Low, Med, High of STIX 2.1 (appendix A)
// has it: a person decided, or suspects; nil where nobody decided anything.
func (w *writer) confidence() *int {
	var c int
	switch w.told.Standing {
	case casefile.Confirmed, casefile.Refuted:
		c = 85
	case casefile.Suspected:
		c = 50
	default:
		return nil
	}
	return &c
}

func (w *writer) incident() {
	t := w.told
	core := struct {
		Type          string   `json:"extension_type"`
		Determination string   `json:"determination"`
		Status        string   `json:"investigation_status"`
		Types         []string `json:"incident_types,omitempty"`
		Methods       []string `json:"detection_methods,omitempty"`
		Impacts       []string `json:"impact_refs,omitempty"`
	}{Type: "property-extension", Determination: "suspected", Status: string(t.State), Impacts: w.impactIDs, Types: t.IncidentTypes()}
	switch t.Standing {
	case casefile.Confirmed:
		core.Determination = "confirmed"
	case casefile.Refuted:
		core.Determination = "false-positive"
	}
	if len(t.Claims) > 0 {
		core.Methods = append(core.Methods, "external-notification")
	}
	if t.Watched {
		core.Methods = append(core.Methods, "automated-tool")
	}
	w.add(Object{
		Type: "incident", Name: t.Title(), Description: t.Summary(), Confidence: w.confidence(),
		Extensions: map[string]json.RawMessage{incidentCore: w.raw(core), Extension: w.raw(findingExtension(t))},
	}, "case")
	if w.owned != "" && t.Standing != casefile.Refuted {
		w.add(Object{Type: "relationship", Relation: "impacts", Source: w.incidentID(), Target: w.owned}, "impacts owner")
	}
}

func (w *writer) report() {
	w.add(Object{
		Type: "report", Name: w.told.Title(), Description: w.told.Summary(), ReportTypes: []string{"observed-data"}, Published: w.modified,
		Refs: slices.Clone(w.about), Confidence: w.confidence(),
	}, "case")
}
