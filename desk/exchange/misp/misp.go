// Package misp reads and writes events of MISP in the JSON of its REST interface
// (draft-dulaunoy-misp-core-format). The types hold what is in use here; the rest is
// passed over when read.
package misp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// File is an event as a file or an answer of MISP holds it.
type File struct {
	Event Event `json:"Event"`
}

// Event is what is told of an incident.
type Event struct {
	UUID             string      `json:"uuid"`
	Info             string      `json:"info"`
	Date             string      `json:"date"` // 2006-01-02
	ThreatLevel      Text        `json:"threat_level_id"`
	Analysis         Text        `json:"analysis"`
	Distribution     Text        `json:"distribution"`
	SharingGroup     Text        `json:"sharing_group_id"`
	Published        Flag        `json:"published"`
	Timestamp        Text        `json:"timestamp"`         // seconds since 1970
	PublishTimestamp Text        `json:"publish_timestamp"` // the same; "0": never
	Orgc             *Org        `json:"Orgc,omitempty"`    // who made it
	Tags             []Tag       `json:"Tag"`
	Attributes       []Attribute `json:"Attribute"`
	Objects          []Object    `json:"Object"`
}

// Org is an organisation.
type Org struct {
	Name string `json:"name"`
	UUID string `json:"uuid"`
}

// Tag is a word of a taxonomy: `tlp:amber`.
type Tag struct {
	Name string `json:"name"`
}

// Object is attributes that belong together, by a template.
type Object struct {
	Name            string      `json:"name"`
	MetaCategory    string      `json:"meta-category"`
	Description     string      `json:"description"`
	TemplateUUID    string      `json:"template_uuid"`
	TemplateVersion Text        `json:"template_version"`
	UUID            string      `json:"uuid"`
	Timestamp       Text        `json:"timestamp"`
	Distribution    Text        `json:"distribution"`
	SharingGroup    Text        `json:"sharing_group_id"`
	Comment         string      `json:"comment"`
	Deleted         Flag        `json:"deleted"`
	FirstSeen       string      `json:"first_seen,omitempty"` // RFC 3339
	LastSeen        string      `json:"last_seen,omitempty"`
	References      []Reference `json:"ObjectReference,omitempty"`
	Attributes      []Attribute `json:"Attribute"`
}

// Reference is from its object to another one of the event.
type Reference struct {
	UUID       string `json:"uuid"`
	ObjectUUID string `json:"object_uuid"`     // that it is from
	Referenced string `json:"referenced_uuid"` // that it is to
	Relation   string `json:"relationship_type"`
	Comment    string `json:"comment"`
	Timestamp  Text   `json:"timestamp"`
	Deleted    Flag   `json:"deleted"`
}

// Attribute is one value.
type Attribute struct {
	UUID               string `json:"uuid"`
	Relation           string `json:"object_relation,omitempty"` // within an object
	Type               string `json:"type"`
	Category           string `json:"category"`
	Value              Text   `json:"value"`
	ToIDS              Flag   `json:"to_ids"`
	Comment            string `json:"comment"`
	Timestamp          Text   `json:"timestamp"`
	Distribution       Text   `json:"distribution"`
	SharingGroup       Text   `json:"sharing_group_id"`
	Deleted            Flag   `json:"deleted"`
	DisableCorrelation Flag   `json:"disable_correlation"`
	FirstSeen          string `json:"first_seen,omitempty"`
	LastSeen           string `json:"last_seen,omitempty"`
	Tags               []Tag  `json:"Tag,omitempty"`
}

// Text is a text that some versions of MISP write as a number or a boolean.
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(text []byte) error {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return errors.New("it is no text")
	}
	switch v := v.(type) {
	case nil:
		*t = ""
	case string:
		*t = Text(v)
	case json.Number:
		*t = Text(v)
	case bool:
		*t = Text(strconv.FormatBool(v))
	default:
		return errors.New("it is no text")
	}
	return nil
}

// Flag is a boolean that some versions of MISP write as a text or a number.
type Flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *Flag) UnmarshalJSON(text []byte) error {
	var t Text
	if err := t.UnmarshalJSON(text); err != nil {
		return err
	}
	switch t {
	case "true", "1":
		*f = true
	case "false", "0", "":
		*f = false
	default:
		return errors.New("it is neither yes nor no")
	}
	return nil
}

// Largest is far more than an event about an incident takes, in bytes.
const Largest = 64 << 20

// Parse reads an event, within `{"Event": …}` or bare. Its error quotes nothing.
func Parse(text []byte) (*Event, error) {
	if len(text) > Largest {
		return nil, fmt.Errorf("it is larger than %d bytes", Largest)
	}
	var f struct {
		Event json.RawMessage `json:"Event"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, errors.New("it is no event of MISP") // the decoder's own words quote
	}
	if f.Event == nil {
		f.Event = text
	}
	e := new(Event)
	if err := json.Unmarshal(f.Event, e); err != nil || e.Info == "" || e.UUID == "" {
		return nil, errors.New("it is no event of MISP")
	}
	return e, nil
}

// Write words the event, indented. The same event gives the same bytes.
func (e *Event) Write() ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(File{*e})
	return text.Bytes(), err
}

// Get is the first value of an object under a relation; "" for none.
func (o *Object) Get(relation string) string {
	for i := range o.Attributes {
		if a := &o.Attributes[i]; a.Relation == relation && !bool(a.Deleted) {
			return string(a.Value)
		}
	}
	return ""
}

// All are the values of an object under a relation, in order.
func (o *Object) All(relation string) []string {
	var all []string
	for i := range o.Attributes {
		if a := &o.Attributes[i]; a.Relation == relation && !bool(a.Deleted) {
			all = append(all, string(a.Value))
		}
	}
	return all
}
