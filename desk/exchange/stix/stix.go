// Package stix reads and writes STIX 2.1 (OASIS, 2021): bundles of objects that say
// what is known of an incident. The types hold the properties in use here; others
// are passed over when read.
package stix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Bundle is objects that travel together.
type Bundle struct {
	Type    string   `json:"type"` // "bundle"
	ID      string   `json:"id"`
	Objects []Object `json:"objects,omitempty"`
}

// Object is an object of any type: properties that its type has not are empty, and
// what is empty is not written.
type Object struct {
	Type        string `json:"type"`
	SpecVersion string `json:"spec_version,omitempty"`
	ID          string `json:"id"`

	// Common properties.
	CreatedBy  string      `json:"created_by_ref,omitempty"`
	Created    Time        `json:"created,omitzero"`
	Modified   Time        `json:"modified,omitzero"`
	Revoked    bool        `json:"revoked,omitempty"`
	Labels     []string    `json:"labels,omitempty"`
	Confidence *int        `json:"confidence,omitempty"` // 0 to 100
	Lang       string      `json:"lang,omitempty"`
	References []Reference `json:"external_references,omitempty"`
	Markings   []string    `json:"object_marking_refs,omitempty"`

	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`

	// identity
	Class   string   `json:"identity_class,omitempty"`
	Sectors []string `json:"sectors,omitempty"`
	Roles   []string `json:"roles,omitempty"`

	// report
	ReportTypes []string `json:"report_types,omitempty"`
	Published   Time     `json:"published,omitzero"`
	Refs        []string `json:"object_refs,omitempty"` // of observed-data too

	// observed-data
	FirstObserved Time `json:"first_observed,omitzero"`
	LastObserved  Time `json:"last_observed,omitzero"`
	Observed      int  `json:"number_observed,omitempty"`

	// sighting
	FirstSeen Time     `json:"first_seen,omitzero"`
	LastSeen  Time     `json:"last_seen,omitzero"`
	Count     int      `json:"count,omitempty"`
	SightedOf string   `json:"sighting_of_ref,omitempty"`
	SeenData  []string `json:"observed_data_refs,omitempty"`
	SeenBy    []string `json:"where_sighted_refs,omitempty"`

	// relationship
	Relation string `json:"relationship_type,omitempty"`
	Source   string `json:"source_ref,omitempty"`
	Target   string `json:"target_ref,omitempty"`

	// file
	Hashes map[string]string `json:"hashes,omitempty"`
	Size   *int64            `json:"size,omitempty"`

	// impact (of the incident core extension)
	ImpactCategory string   `json:"impact_category,omitempty"`
	Impacted       Counts   `json:"impacted_entity_counts,omitempty"`
	ImpactedRefs   []string `json:"impacted_refs,omitempty"`

	// marking-definition, of before extensions
	DefinitionType string          `json:"definition_type,omitempty"`
	Definition     json.RawMessage `json:"definition,omitempty"`

	// extension-definition
	Schema         string   `json:"schema,omitempty"`
	Version        string   `json:"version,omitempty"`
	ExtensionTypes []string `json:"extension_types,omitempty"`

	Extensions map[string]json.RawMessage `json:"extensions,omitempty"`
}

// Reference points to something that is not in STIX.
type Reference struct {
	SourceName  string `json:"source_name"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
	ExternalID  string `json:"external_id,omitempty"`
}

// Time is an instant. It is written in UTC, to the millisecond.
type Time struct{ time.Time }

// At is an instant, without what is finer than a millisecond.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

const layout = "2006-01-02T15:04:05.000Z"

// MarshalText implements encoding.TextMarshaler.
func (t Time) MarshalText() ([]byte, error) { return t.AppendFormat(nil, layout), nil }

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) { return t.AppendFormat(nil, `"`+layout+`"`), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Time) UnmarshalText(text []byte) error {
	at, err := time.Parse(time.RFC3339, string(text))
	if at = at.UTC(); err != nil || at.Year() < 0 || at.Year() > 9999 { // a zone may lead out of what can be written
		return errors.New("it is no time")
	}
	t.Time = at
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Time) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return errors.New("it is no time")
	}
	return t.UnmarshalText([]byte(s))
}

// Counts are numbers by type of entity. The drafts of the incident core extension write
// them in two ways, and both are read.
type Counts map[string]int64

// UnmarshalJSON implements json.Unmarshaler.
func (c *Counts) UnmarshalJSON(text []byte) error {
	var of map[string]int64
	if json.Unmarshal(text, &of) == nil {
		*c = of
		return nil
	}
	type entity struct {
		Type  string `json:"entity_type"`
		Count int64  `json:"count"`
	}
	var one entity
	list := []entity{}
	if json.Unmarshal(text, &list) != nil {
		if json.Unmarshal(text, &one) != nil {
			return errors.New("it counts nothing")
		}
		list = []entity{one}
	}
	*c = Counts{}
	for _, e := range list {
		(*c)[e.Type] = e.Count
	}
	return nil
}

// Largest is far more than a bundle about incidents takes, in bytes.
const Largest = 64 << 20

var identifier = regexp.MustCompile(`^[a-z][a-z0-9-]*[a-z0-9]--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`)

// Parse reads a bundle. Errors tell which object, and quote nothing.
func Parse(text []byte) (*Bundle, error) {
	var b struct {
		Type    string            `json:"type"`
		ID      string            `json:"id"`
		Objects []json.RawMessage `json:"objects"`
	}
	switch {
	case len(text) > Largest:
		return nil, fmt.Errorf("it is larger than %d bytes", Largest)
	case json.Unmarshal(text, &b) != nil || b.Type != "bundle":
		return nil, errors.New("it is no bundle of STIX")
	}
	out := &Bundle{Type: b.Type, ID: b.ID, Objects: make([]Object, 0, len(b.Objects))}
	for i, raw := range b.Objects {
		o, err := ParseObject(raw)
		if err != nil {
			return nil, fmt.Errorf("its object %d %w", i+1, err)
		}
		out.Objects = append(out.Objects, *o)
	}
	return out, nil
}

// ParseObject reads an object of version 2.1 or 2.0. Its error quotes nothing; it is
// words that follow "object 3".
func ParseObject(text []byte) (*Object, error) {
	o := new(Object)
	if err := json.Unmarshal(text, o); err != nil {
		return nil, errors.New("is not what STIX has") // the decoder's own words quote
	}
	if len(o.ID) < len(o.Type)+2 || o.ID[:len(o.Type)] != o.Type || o.ID[len(o.Type):][:2] != "--" || !identifier.MatchString(o.ID) {
		return nil, errors.New("has no id of its type")
	}
	return o, nil
}

// Write words the bundle, indented. The same bundle gives the same bytes.
func (b *Bundle) Write() ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(b)
	return text.Bytes(), err
}
