package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/desk/claim"
	"constat.example/desk/exchange/misp"
)

// leakClaim is the name of the object of ours in MISP.
const leakClaim = "data-leak-claim"

// tellers are objects of MISP that tell of data taken whatever their words are.
var tellers = map[string]bool{"leaked-document": true, "ail-leak": true, "ransomware-group-post": true, "confidentiality-impact": true, "ransom-negotiation": true}

// Event reads events of MISP: one, a list of them, or the answer to a search. A
// data-leak-claim object tells a claim; an event without one tells one itself.
// Its error quotes nothing.
func Event(text []byte, from string, w Watch) (*Told, error) {
	raw, err := events(text)
	if err != nil {
		return nil, err
	}
	told := &Told{}
	for _, r := range raw {
		e, err := misp.Parse(r)
		if err != nil {
			i := named("misp", "", "event.json", canonical(r), time.Time{})
			i.Left = Unreadable
			told.Items = append(told.Items, i)
			continue
		}
		told.Items = append(told.Items, eventItems(e, r, from, w)...)
		if len(told.Items) > MostItems {
			return nil, fmt.Errorf("it has more than %d items", MostItems)
		}
	}
	return told, nil
}

// events takes the events out of what holds them.
func events(text []byte) ([]json.RawMessage, error) {
	odd := errors.New("it is neither an event of MISP nor a list of them")
	if len(text) > Largest {
		return nil, fmt.Errorf("it is larger than %d bytes", Largest)
	}
	var all []json.RawMessage
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '[' {
		if json.Unmarshal(text, &all) != nil {
			return nil, odd
		}
		return all, nil
	}
	var within struct {
		Response json.RawMessage `json:"response"`
		Event    json.RawMessage `json:"Event"`
		UUID     string          `json:"uuid"`
		Info     string          `json:"info"`
	}
	switch {
	case json.Unmarshal(text, &within) != nil:
		return nil, odd
	case within.Response != nil:
		if json.Unmarshal(within.Response, &all) != nil {
			return nil, odd
		}
		return all, nil
	case within.Event == nil && (within.UUID == "" || within.Info == ""):
		return nil, odd
	}
	return []json.RawMessage{text}, nil
}

func eventItems(e *misp.Event, raw json.RawMessage, from string, w Watch) (all []Item) {
	day, _ := time.Parse(time.DateOnly, e.Date)
	var (
		body, tags strings.Builder
		counts     losses
		seen       time.Time
		structured bool
		claims     []*misp.Object
	)
	say := func(attributes []misp.Attribute) {
		for i := range attributes {
			if a := &attributes[i]; !bool(a.Deleted) && slices.Contains([]string{"text", "comment", "target-org", "counter", "float"}, a.Type) {
				fmt.Fprintf(&body, "%s\n%s\n", a.Value, a.Comment)
			}
		}
	}
	say(e.Attributes)
	for i := range e.Objects {
		o := &e.Objects[i]
		if o.Name == leakClaim {
			claims = append(claims, o)
			continue
		}
		if o.Deleted {
			continue
		}
		structured = structured || tellers[o.Name]
		if n, err := strconv.ParseInt(o.Get("record_count"), 10, 64); err == nil && o.Name == "confidentiality-impact" {
			counts.records = append(counts.records, n)
		}
		if t := first(o.Get("first-seen"), o.Get("date-published"), o.FirstSeen); tellers[o.Name] && !t.IsZero() && (seen.IsZero() || t.Before(seen)) {
			seen = t
		}
		say(o.Attributes)
	}
	for _, t := range e.Tags {
		fmt.Fprintln(&tags, t.Name)
	}
	for _, o := range claims {
		all = append(all, claimItem(e, o, day, from, body.String(), w))
	}
	if all != nil {
		return all
	}
	i := named("misp", e.UUID, "event.json", canonical(raw), seconds(e.Timestamp))
	i.Claim.Source = source("event "+i.Short()+" in MISP", from)
	i.Claim.FirstSeen = when(first(seen, day))
	counts.into(&i)
	i.read(w, structured, "", e.Info, body.String(), tags.String())
	return []Item{i}
}

// claimItem makes an item of the object of ours.
func claimItem(e *misp.Event, o *misp.Object, day time.Time, from, around string, w Watch) Item {
	i := named("misp", o.UUID, leakClaim+".json", written(o), seconds(o.Timestamp))
	i.Claim.Source = source("object "+i.Short()+" in MISP", from)
	i.Claim.FirstSeen = when(first(o.Get("first-seen"), o.FirstSeen, day)) // before what counts from it
	one := *o
	one.Deleted = false
	switch claims, err := misp.Claims(&misp.Event{Objects: []misp.Object{one}}); {
	case bool(o.Deleted):
		i.Left = Withdrawn
	case err != nil || len(claims) != 1:
		i.Left = Unreadable
	default:
		i.told(claims[0])
	}
	i.read(w, true, around, e.Info, o.Comment)
	return i
}

// seconds are those since 1970.
func seconds(t misp.Text) time.Time {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || n <= 0 || n > 1<<37 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// first is the first of times, or of texts that are one.
func first(all ...any) time.Time {
	for _, x := range all {
		switch x := x.(type) {
		case time.Time:
			if !x.IsZero() {
				return x
			}
		case string:
			if t, err := claim.Seen(x); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}
