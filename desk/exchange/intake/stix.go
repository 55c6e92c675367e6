package intake

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/desk/claim"
	"constat.example/desk/exchange/stix"
)

// Bundle reads a bundle of STIX 2.1 or 2.0 that came from a host, "" for a file. Its error
// quotes nothing.
func Bundle(text []byte, from string, w Watch) (*Told, error) {
	var b struct {
		Type    string            `json:"type"`
		Objects []json.RawMessage `json:"objects"`
	}
	switch {
	case len(text) > Largest:
		return nil, fmt.Errorf("it is larger than %d bytes", Largest)
	case json.Unmarshal(text, &b) != nil || b.Type != "bundle":
		return nil, errors.New("it is no bundle of STIX")
	}
	return Objects(b.Objects, from, w)
}

// mostOf is how many items an object can tell more of: one about everything is about
// nothing, and would be sealed with each.
const mostOf = 20

// Objects reads objects of STIX that came from a host, "" for a file. Of an object in
// several versions the latest counts.
//
// A sighting with the extension of ours tells a claim; so does an incident that no such
// sighting is of. A report, a note or another sighting tells one where it is about neither
// of them, and is part of theirs where it is. Observed data tell when something was seen.
func Objects(raw []json.RawMessage, from string, w Watch) (*Told, error) {
	if len(raw) > 1_000_000 {
		return nil, errors.New("it has more than 1,000,000 objects")
	}
	g := &graph{from: from, watch: w, at: map[string]int{}}
	told := &Told{}
	for _, r := range raw {
		o, err := stix.ParseObject(r)
		if err != nil {
			i := named("stix", "", "object.json", canonical(r), time.Time{})
			i.Left = Unreadable
			told.Items = append(told.Items, i)
			continue
		}
		g.add(o, r)
	}
	g.attach()
	held := 0
	for i := range g.nodes {
		n := &g.nodes[i]
		switch {
		case n.is == root:
			one := g.item(n)
			held += len(one.Full)
			told.Items = append(told.Items, one)
		case n.is == loose:
			told.Other++
		}
		if len(told.Items) > MostItems || held > 4*Largest {
			return nil, errors.New("it has more items than fit here")
		}
	}
	return told, nil
}

// What an object is in the graph.
const (
	loose = iota // no claim is made of it
	root         // a claim is
	part         // it tells more of one
)

type node struct {
	*stix.Object

	raw   json.RawMessage
	is    int
	of    []int // roots that it is part of
	parts []int // of a root, in order
	ours  bool  // a sighting that tells a claim in the words of ours
}

type graph struct {
	from  string
	watch Watch
	nodes []node
	at    map[string]int   // by id
	by    map[string][]int // by id, what points to it
}

// add keeps an object, or a later version of it.
func (g *graph) add(o *stix.Object, raw json.RawMessage) {
	_, ours := o.Extensions[stix.Extension]
	n := node{Object: o, raw: raw, ours: ours && o.Type == "sighting"}
	if i, there := g.at[o.ID]; !there {
		g.at[o.ID] = len(g.nodes)
		g.nodes = append(g.nodes, n)
	} else if changed(o).After(changed(g.nodes[i].Object)) {
		g.nodes[i] = n
	}
}

func changed(o *stix.Object) time.Time {
	if !o.Modified.IsZero() {
		return o.Modified.Time
	}
	return o.Created.Time
}

// attach finds the roots, and which objects tell more of them.
func (g *graph) attach() {
	for i := range g.nodes { // incidents that a sighting of ours is of are no roots themselves
		n := &g.nodes[i]
		switch {
		case n.ours:
			n.is = root
		case n.Type == "incident" && n.is == loose:
			n.is = root
		}
	}
	for i := range g.nodes {
		if n := &g.nodes[i]; n.ours {
			if at, there := g.at[n.SightedOf]; there && !g.nodes[at].ours {
				g.nodes[at].is = loose
				g.join(at, i)
			}
		}
	}
	g.by = map[string][]int{}
	for i := range g.nodes {
		for _, ref := range refs(&g.nodes[i]) {
			g.by[ref] = append(g.by[ref], i)
		}
	}
	// What is about roots is part of them; in the order of what can be about what.
	for _, kind := range []string{"impact", "relationship", "sighting", "report", "note", "observed-data", "identity"} {
		for i := range g.nodes {
			if n := &g.nodes[i]; n.Type == kind && n.is != root {
				g.about(i)
				if n.is == loose && (kind == "sighting" || kind == "report" || kind == "note") {
					n.is = root
				}
			}
		}
	}
}

// about makes an object part of the roots that it is about, or that are about it.
func (g *graph) about(i int) {
	n := &g.nodes[i]
	var refs []string
	switch n.Type {
	case "impact", "observed-data", "identity":
		for _, j := range g.by[n.ID] {
			if n.Type == "observed-data" || g.nodes[j].is == root || g.nodes[j].Type == "relationship" { // a report names all that it is about
				g.joinAll(i, j)
			}
		}
		return
	case "relationship":
		refs = []string{n.Source}
	case "sighting":
		refs = []string{n.SightedOf}
	default:
		refs = n.Refs
	}
	for _, ref := range refs {
		if j, there := g.at[ref]; there && g.nodes[j].Type != "observed-data" {
			g.joinAll(i, j)
		}
	}
}

// joinAll makes an object part of a root, or of the roots that another is part of.
func (g *graph) joinAll(i, j int) {
	if g.nodes[j].is == root {
		g.join(i, j)
		return
	}
	for _, r := range g.nodes[j].of {
		g.join(i, r)
	}
}

func (g *graph) join(i, r int) {
	n := &g.nodes[i]
	if i == r || n.is == root || len(n.of) == mostOf || slices.Contains(n.of, r) {
		return
	}
	n.is, n.of = part, append(n.of, r)
	g.nodes[r].parts = append(g.nodes[r].parts, i)
}

// core is the incident core extension, from the repository of common objects of the OASIS
// CTI committee; loss is its impact on confidentiality.
const core = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"

// refs are what an object points to, of what may tell more of it.
func refs(n *node) []string {
	all := append(slices.Clone(n.SeenData), n.Refs...)
	if n.Type == "relationship" {
		all = append(all, n.Target)
	}
	if raw, there := n.Extensions[core]; there {
		var incident struct {
			Impacts []string `json:"impact_refs"`
		}
		if json.Unmarshal(raw, &incident) == nil {
			all = append(all, incident.Impacts...)
		}
	}
	return all
}

// item makes one of a root and its parts.
func (g *graph) item(n *node) Item {
	slices.Sort(n.parts)
	texts := []string{n.Name, n.Description + "\n" + prose(n.raw)}
	full := []json.RawMessage{canonical(n.raw)}
	last, seen := changed(n.Object), n.FirstSeen.Time
	structured := n.ours
	var (
		loss losses
		more strings.Builder // what its parts say
	)
	for _, at := range n.parts {
		p := &g.nodes[at]
		full = append(full, canonical(p.raw))
		if t := changed(p.Object); t.After(last) && len(p.of) == 1 {
			last = t
		}
		for _, t := range []time.Time{p.FirstSeen.Time, p.FirstObserved.Time} {
			if n.FirstSeen.IsZero() && len(p.of) == 1 && !t.IsZero() && (seen.IsZero() || t.Before(seen)) {
				seen = t
			}
		}
		switch {
		case p.Type == "impact" && p.ImpactCategory == "confidentiality":
			structured = true
			loss.add(p.Object)
		case p.Type == "identity" || len(p.of) == 1 && p.Type != "impact" && p.Type != "incident":
			fmt.Fprintf(&more, "%s\n%s\n%s\n", p.Name, p.Description, prose(p.raw))
		}
	}
	for _, t := range []time.Time{n.Published.Time, n.FirstObserved.Time, n.Created.Time} {
		if seen.IsZero() {
			seen = t
		}
	}
	i := named("stix", n.ID, n.Type+".json", written(full), last)
	i.Claim.Source = source(n.Type+" "+i.Short()+" in STIX", g.from)
	i.Claim.FirstSeen = when(seen)
	if n.ours {
		i.ours(n.Object)
	} else {
		loss.into(&i)
	}
	if n.Revoked {
		i.Left = Withdrawn
	}
	i.read(g.watch, structured, "", append(texts, more.String())...)
	return i
}

// ours reads the claim of a sighting in the words of ours.
func (i *Item) ours(o *stix.Object) {
	whole, withdrawn := *o, o.Revoked
	whole.Revoked = false
	all, err := stix.Claims(&stix.Bundle{Objects: []stix.Object{whole}})
	if err != nil || len(all) != 1 {
		if !withdrawn {
			i.Left = Unreadable
		}
		return
	}
	i.told(all[0])
}

// told takes a claim that is told each thing in its place. Words are taken where they are
// of those that are known, and where they are not it is noted. Hashes of samples are
// sealed: they are not here to be held against them.
func (i *Item) told(is *claim.Claim) {
	c := &i.Claim
	if n := is.Claimed.Count; n != nil && *n >= 0 {
		c.Claimed.Count = n
		if slices.Contains([]string{claim.People, claim.Records, claim.Rows, claim.Bytes}, is.Claimed.Unit) {
			c.Claimed.Unit = is.Claimed.Unit
		}
	}
	i.fields(is.Claimed.Fields)
	for _, s := range is.Samples[:min(len(is.Samples), 100)] {
		c.Samples = append(c.Samples, claim.Sample{Rows: s.Rows})
	}
	for _, x := range []struct {
		text string
		to   *string
		not  Reason
	}{{is.Price, &c.Price, Prices}, {is.Ransom, &c.Ransom, Ransoms}} {
		told := claim.ReadProse("price " + x.text).Price
		if *x.to = told; told == "" && x.text != "" {
			i.note(x.not)
		}
	}
	if at, ok := claim.DeadlineAt(is.Deadline, c.FirstSeen); ok {
		c.Deadline = at.Format(time.RFC3339)
	} else if is.Deadline != "" {
		i.note(Deadlines)
	}
	switch h := host(is.Source); {
	case h != "":
		c.Source += ", seen at " + h
	case is.Source != "":
		i.note(Whence)
	}
}

// losses are counts of what was lost.
type losses struct{ people, records []int64 }

func (l *losses) add(o *stix.Object) {
	for _, key := range []string{"individual", "person", "customer", "employee"} {
		if n, there := o.Impacted[key]; there {
			l.people = append(l.people, n)
		}
	}
	for _, key := range []string{"confidentiality-ext", "confidentiality"} {
		var ext struct {
			Records *int64 `json:"record_count"`
		}
		if json.Unmarshal(o.Extensions[key], &ext) == nil && ext.Records != nil {
			l.records = append(l.records, *ext.Records)
		}
	}
}

// into takes the one count there is, of people before that of records.
func (l *losses) into(i *Item) {
	for _, x := range []struct {
		all  []int64
		unit string
	}{{l.people, claim.People}, {l.records, claim.Records}} {
		slices.SortFunc(x.all, cmp.Compare[int64])
		switch all := slices.Compact(x.all); {
		case len(all) == 0:
			continue
		case len(all) > 1 || all[0] < 0:
			i.note(Counts)
		default:
			i.Claim.Claimed.Count, i.Claim.Claimed.Unit = &all[0], x.unit
		}
		return
	}
}

// prose is what notes say.
func prose(raw json.RawMessage) string {
	var note struct {
		Abstract string `json:"abstract"`
		Content  string `json:"content"`
	}
	if json.Unmarshal(raw, &note) != nil {
		return ""
	}
	return note.Abstract + "\n" + note.Content
}
