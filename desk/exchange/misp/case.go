package misp

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/exchange"
)

// template is the object data-leak-claim as MISP describes objects.
//
//go:embed data-leak-claim.json
var template string

// Template is the object of ours as MISP takes it in, beside its own: the file
// objects/data-leak-claim/definition.json.
func Template() []byte { return []byte(template) }

// shape is which template an object is made by.
type shape struct {
	name, category, description, uuid, version string
}

// The templates in use: ours, and those of MISP (misp-objects, November 2026).
var (
	claimed = shape{
		"data-leak-claim", "misc", "A claim that personal data was stolen, beside what was established of it. Counts and words only, no data of people.",
		exchange.UUID("misp template data-leak-claim"), "1",
	}
	file     = shape{"file", "file", "File object describing a file with meta-information", "688c46fb-5edb-40a3-8273-1af7923e2215", "25"}
	incident = shape{"incident", "misc", "Incident object template as described in STIX 2.1 Incident object and its core extension.", "38597424-f9bb-4865-9b4b-819172df0334", "1"}
	impact   = shape{"confidentiality-impact", "misc", "Confidentiality Impact object as described in STIX 2.1 Incident object extension.", "b0027f13-56e4-4c85-9632-3cf81208429b", "1"}
	victim   = shape{"victim", "misc", "Victim object describes the target of an attack or abuse.", "a8806e40-39ad-435f-be02-ac2a13d6fc7d", "10"}
)

// distributions are how far MISP passes an event on by itself, for what TLP 2.0 allows:
// RED and AMBER+STRICT stay within the organisation, AMBER within the community of the
// server, GREEN with those connected to it.
var distributions = map[casefile.TLP]Text{casefile.Red: "0", casefile.AmberStrict: "0", casefile.Amber: "1", casefile.Green: "2", casefile.Clear: "3"}

// inherit is the distribution of what goes as far as its event.
const inherit = "5"

// stages are how far the analysis of an event is.
var stages = map[exchange.State]Text{exchange.New: "0", exchange.Open: "1", exchange.Closed: "2"}

// Of words a case as an event, not published. The same case gives the same bytes; a
// later event of it has the same UUIDs.
func Of(t *exchange.Told) (*Event, error) {
	distribution, known := distributions[t.TLP]
	if !known {
		return nil, fmt.Errorf("there is no marking TLP:%s in MISP", t.TLP)
	}
	w := &writer{told: t, now: Text(strconv.FormatInt(t.Modified.Unix(), 10))}
	w.event = &Event{
		UUID: t.UUID("misp event"), Info: info(t), Date: date(t).Format(time.DateOnly), ThreatLevel: threat(t), Analysis: stages[t.State],
		Distribution: distribution, SharingGroup: "0", Timestamp: w.now, PublishTimestamp: "0", Tags: tags(t), Attributes: []Attribute{}, Objects: []Object{},
	}
	if t.Owner != nil {
		w.event.Orgc = &Org{Name: t.Owner.Name, UUID: t.OwnUUID("misp organisation " + t.Owner.Name)}
	}
	files := w.files()
	for i := range t.Claims {
		w.claim(&t.Claims[i], files)
	}
	if !slices.ContainsFunc(t.Claims, func(c exchange.Claim) bool { return c.CorrectedBy == 0 }) {
		w.established(w.add(claimed, "none")) // there is no claim that it could stand beside
	}
	w.incident()
	return w.event, nil
}

// info is the title, with what matters first; one line of 256 characters at most.
func info(t *exchange.Told) string {
	words := map[casefile.Choice]string{"": "not decided", casefile.Suspected: "suspected", casefile.Confirmed: "confirmed", casefile.Refuted: "refuted"}
	return t.Title() + ": " + words[t.Standing]
}

// date is when the first claim was seen, else when the case was opened.
func date(t *exchange.Told) time.Time {
	first := t.Created
	for i := range t.Claims {
		if at := t.Claims[i].FirstSeen; !at.IsZero() && at.Before(first) {
			first = at
		}
	}
	return first.UTC()
}

// threat is 1 (high) to 3 (low), by what the exposed kinds can do; 4 where nothing is known.
func threat(t *exchange.Told) Text {
	f := t.Finding
	switch {
	case t.Standing == casefile.Refuted:
		return "3"
	case f == nil || f.Refused && t.Standing != casefile.Confirmed:
		return "4"
	case len(t.Impacts()) == 0 || f.Verdict == "recycled" && t.Standing != casefile.Confirmed:
		return "3"
	}
	for _, k := range f.Kinds {
		if k.Kind.Info().Sensitivity >= kind.Financial {
			return "1"
		}
	}
	return "2"
}

// tags are words of taxonomies of MISP.
func tags(t *exchange.Told) []Tag {
	all := []Tag{{"tlp:" + strings.ToLower(string(t.TLP))}, {"PAP:" + string(t.PAP)}, {"data-classification:regulated-data"}}
	switch t.Standing {
	case casefile.Refuted:
		return append(all, Tag{`incident-disposition:not-an-incident="refuted"`})
	case casefile.Confirmed:
		all = append(all, Tag{`incident-disposition:incident="confirmed"`})
	}
	return append(all, Tag{`rsit:information-content-security="data-leak"`})
}

type writer struct {
	told  *exchange.Told
	now   Text
	event *Event
}

// add adds an object whose name is its own within the case.
func (w *writer) add(s shape, name string) *Object {
	w.event.Objects = append(w.event.Objects, Object{
		Name: s.name, MetaCategory: s.category, Description: s.description, TemplateUUID: s.uuid, TemplateVersion: Text(s.version),
		UUID: w.told.UUID("misp " + s.name + " " + name), Timestamp: w.now, Distribution: inherit, SharingGroup: "0", Attributes: []Attribute{},
	})
	return &w.event.Objects[len(w.event.Objects)-1]
}

// categories are those of types of attributes that do not go under "Other".
var categories = map[string]string{"sha256": "Payload delivery", "filename": "Payload delivery", "target-org": "Targeting data", "target-location": "Targeting data"}

// put adds the one value of a relation to an object; nothing for "".
func (w *writer) put(o *Object, relation, kind, value string) {
	w.attribute(o, relation, relation, kind, value, "")
}

// each adds one of the values of a relation. It is named by itself, so that it keeps its
// UUID whatever comes before it; one that is there already is not added again.
func (w *writer) each(o *Object, relation, kind, value, comment string) {
	if !slices.Contains(o.All(relation), value) {
		w.attribute(o, relation+" "+value, relation, kind, value, comment)
	}
}

func (w *writer) attribute(o *Object, name, relation, kind, value, comment string) {
	if value == "" {
		return
	}
	o.Attributes = append(o.Attributes, Attribute{
		UUID: exchange.UUID(o.UUID + " " + name), Relation: relation, Type: kind, Category: cmp.Or(categories[kind], "Other"), Value: Text(value), Comment: comment,
		Timestamp: w.now, Distribution: inherit, SharingGroup: "0", DisableCorrelation: kind != "sha256" && kind != "filename" && kind != "target-org",
	})
}

func (w *writer) count(o *Object, relation string, n *int64) {
	if n != nil {
		w.put(o, relation, "counter", strconv.FormatInt(*n, 10))
	}
}

func (w *writer) moment(o *Object, relation string, at *time.Time) {
	if at != nil && !at.IsZero() {
		w.put(o, relation, "datetime", stamp(*at))
	}
}

// stamp writes an instant as MISP does.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

// refer ties an object to another one.
func (w *writer) refer(o *Object, to, relation string) {
	o.References = append(o.References, Reference{
		UUID: exchange.UUID(o.UUID + " " + relation + " " + to), ObjectUUID: o.UUID, Referenced: to, Relation: relation, Timestamp: w.now,
	})
}

// files adds the files, and returns their objects by SHA-256.
func (w *writer) files() map[string]string {
	all := map[string]string{}
	for _, f := range w.told.Files {
		if all[f.SHA256] != "" {
			continue
		}
		o := w.add(file, f.SHA256)
		w.put(o, "filename", "filename", f.Name)
		w.put(o, "sha256", "sha256", f.SHA256)
		w.put(o, "size-in-bytes", "size-in-bytes", strconv.FormatInt(f.Bytes, 10))
		all[f.SHA256] = o.UUID
	}
	return all
}

func (w *writer) claim(c *exchange.Claim, files map[string]string) {
	o := w.add(claimed, strconv.Itoa(c.Number))
	o.Comment, o.Deleted = c.Words(), c.CorrectedBy > 0
	w.put(o, "source", "text", c.Source)
	if !c.FirstSeen.IsZero() {
		o.FirstSeen = stamp(c.FirstSeen)
		w.moment(o, "first-seen", &c.FirstSeen)
	}
	w.count(o, "claimed-count", c.Claimed.Count)
	w.put(o, "claimed-unit", "text", c.Claimed.Unit)
	for _, f := range c.Claimed.Fields {
		w.each(o, "field", "text", f, "")
	}
	if more := int64(c.Other); more > 0 {
		w.count(o, "other-fields", &more)
	}
	w.put(o, "price", "text", c.Price)
	w.put(o, "ransom", "text", c.Ransom)
	if at, err := time.Parse(time.RFC3339, c.Deadline); err == nil {
		w.moment(o, "deadline", &at)
	}
	for _, s := range c.Samples {
		comment := ""
		if s.Rows != nil {
			comment = fmt.Sprintf("%d rows", *s.Rows)
		}
		there := len(o.Attributes)
		w.each(o, "sample-sha256", "sha256", s.SHA256, comment)
		if to := files[s.SHA256]; to != "" && len(o.Attributes) > there {
			w.refer(o, to, "related-to")
		}
	}
	if c.CorrectedBy == 0 {
		w.established(o)
	}
}

// established tells what was established and decided.
func (w *writer) established(o *Object) {
	t := w.told
	w.put(o, "case-state", "text", string(t.State))
	w.put(o, "standing", "text", string(t.Standing))
	f := t.Finding
	if f == nil {
		return
	}
	verdict := f.Verdict
	if f.Refused {
		verdict = "undetermined"
	}
	w.put(o, "verdict", "text", verdict)
	if share := f.Genuine.Estimate; share != nil {
		w.put(o, "genuine-share", "float", strconv.FormatFloat(*share, 'f', -1, 64))
	}
	w.count(o, "people-found", &f.People)
	w.count(o, "people-estimate", f.Estimate)
	w.count(o, "people-low", f.Low)
	w.count(o, "people-high", f.High)
	for _, k := range f.Kinds {
		w.each(o, "exposed-kind", "text", k.Kind.String(), fmt.Sprintf("%d people", k.People))
	}
	w.moment(o, "copied-not-before", f.NotBefore)
	w.moment(o, "copied-not-after", f.NotAfter)
	w.moment(o, "copied-most-likely", f.MostLikely)
}

// determinations are words of MISP's incident object.
var determinations = map[casefile.Choice]string{"": "suspected", casefile.Suspected: "suspected", casefile.Confirmed: "successful-attempt", casefile.Refuted: "false-positive"}

// incident adds the incident, whom it is about, and its impacts.
func (w *writer) incident() {
	t := w.told
	var impacts []string
	for _, x := range t.Impacts() {
		o := w.add(impact, x.Information)
		w.put(o, "information_type", "text", x.Information)
		w.put(o, "loss_type", "text", x.Loss)
		w.count(o, "record_count", x.Records)
		if x.Bytes != nil {
			w.put(o, "record_size", "size-in-bytes", strconv.FormatInt(*x.Bytes, 10))
		}
		w.put(o, "description", "text", x.Words)
		impacts = append(impacts, o.UUID)
	}
	owner := ""
	if t.Owner != nil {
		o := w.add(victim, "owner")
		w.put(o, "name", "target-org", t.Owner.Name)
		w.put(o, "regions", "target-location", t.Owner.Country)
		if t.Owner.Public {
			w.put(o, "sectors", "text", "government public services")
		}
		owner = o.UUID
	}
	o := w.add(incident, "case")
	w.put(o, "name", "text", t.Title())
	w.put(o, "description", "text", t.Summary())
	w.put(o, "determination", "text", determinations[t.Standing])
	w.put(o, "investigation_status", "text", string(t.State))
	for _, word := range t.IncidentTypes() {
		w.each(o, "incident_type", "text", word, "")
	}
	if t.Watched {
		w.put(o, "detection_method", "text", "automated-tool")
	}
	for _, to := range impacts {
		w.refer(o, to, "includes")
	}
	if owner != "" && t.Standing != casefile.Refuted {
		w.refer(o, owner, "impacts")
	}
}

var (
	hash   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	number = regexp.MustCompile(`^[0-9]{1,18}$`)
)

// Claims are the claims that an event tells by the object of ours, in order. Those
// that were deleted, or say nothing of a claim, are left out.
func Claims(e *Event) ([]*claim.Claim, error) {
	var all []*claim.Claim
	for i := range e.Objects {
		o := &e.Objects[i]
		if o.Name != claimed.name || o.TemplateUUID != claimed.uuid || bool(o.Deleted) {
			continue
		}
		c := &claim.Claim{
			Source: o.Get("source"), Price: o.Get("price"), Ransom: o.Get("ransom"), Deadline: o.Get("deadline"),
			Claimed: claim.Claimed{Unit: o.Get("claimed-unit"), Fields: o.All("field")},
		}
		var err error
		if at := o.Get("first-seen"); at != "" {
			if c.FirstSeen, err = time.Parse(time.RFC3339, at); err != nil {
				return nil, fmt.Errorf("its object %d holds a time that is none", i+1)
			}
			c.FirstSeen = c.FirstSeen.UTC()
		}
		if at, err := time.Parse(time.RFC3339, c.Deadline); err == nil {
			c.Deadline = at.UTC().Format(time.RFC3339)
		}
		if n := o.Get("claimed-count"); n != "" {
			if !number.MatchString(n) {
				return nil, fmt.Errorf("its object %d holds a count that is none", i+1)
			}
			count, _ := strconv.ParseInt(n, 10, 64) // 18 digits fit
			c.Claimed.Count = &count
		}
		for _, sum := range o.All("sample-sha256") {
			if !hash.MatchString(sum) {
				return nil, fmt.Errorf("its object %d holds a SHA-256 that is none", i+1)
			}
			c.Samples = append(c.Samples, claim.Sample{SHA256: sum})
		}
		if c.Source != "" || c.Claimed.Count != nil || len(c.Claimed.Fields) > 0 {
			all = append(all, c)
		}
	}
	return all, nil
}
