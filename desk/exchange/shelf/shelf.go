// Package shelf keeps what other organisations may fetch: which version of which object
// was put where, and when, each at an instant of its own. Lines are only ever added: what
// somebody has fetched can be told later, and who asks for what was added since a time
// misses nothing.
package shelf

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"constat.example/desk/chain"
)

// Object is a version of an object of STIX, as it is put on a shelf.
type Object struct {
	Shelf string // where it stands: one for each marking
	ID    string
	// Version is when it was last changed; zero of objects that have no versions.
	Version time.Time
	Spec    string // version of STIX
	Body    json.RawMessage
}

// Act is a line: an object is put on a shelf, or, without a body, taken off.
type Act struct {
	Seq     int64           `json:"seq"`
	Added   time.Time       `json:"added"` // of no other line; to the microsecond
	Shelf   string          `json:"shelf"`
	ID      string          `json:"id"`
	Version time.Time       `json:"version,omitzero"`
	Spec    string          `json:"spec,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`
	Prev    string          `json:"prev"`
}

// Place implements chain.Act.
func (a *Act) Place() (seq *int64, prev *string) { return &a.Seq, &a.Prev }

// Check implements chain.Act.
func (a *Act) Check() error {
	if a.Shelf == "" || a.ID == "" || a.Added.IsZero() {
		return errors.New("puts nothing anywhere")
	}
	return nil
}

// About is what the chain of a home's shelves is about.
const About = "constat.shelf/1"

// Lines are the lines that make the shelves hold what they are to hold now, none where
// they do: objects that are new or changed are put there, and what is no longer to be had
// is taken off. now is the clock.
func Lines(before []Act, wanted []Object, now time.Time) ([]Act, error) {
	now = now.UTC().Truncate(time.Microsecond)
	if n := len(before); n > 0 && !now.After(before[n-1].Added) {
		now = before[n-1].Added.Add(time.Microsecond)
	}
	stands := standing(before)
	var all []Act
	add := func(a Act) {
		a.Added = now
		all, now = append(all, a), now.Add(time.Microsecond)
	}
	want := map[place]bool{}
	for _, o := range wanted {
		p := place{o.Shelf, o.ID}
		if want[p] {
			continue // cases share markings and definitions
		}
		want[p] = true
		body, err := json.Marshal(o.Body) // as a line writes it
		if err != nil {
			return nil, fmt.Errorf("an object is not JSON: %w", err)
		}
		o.Body = body
		if was, there := stands[p]; there && was.same(o) {
			continue
		}
		add(Act{Shelf: o.Shelf, ID: o.ID, Version: o.Version.UTC(), Spec: o.Spec, Body: o.Body})
	}
	var gone []place
	for p := range stands {
		if !want[p] {
			gone = append(gone, p)
		}
	}
	slices.SortFunc(gone, func(x, y place) int { return cmp.Or(strings.Compare(x.shelf, y.shelf), strings.Compare(x.id, y.id)) })
	for _, p := range gone {
		add(Act{Shelf: p.shelf, ID: p.id})
	}
	return all, nil
}

type place struct{ shelf, id string }

// standing is the latest version of what stands on the shelves.
func standing(acts []Act) map[place]Act {
	all := map[place]Act{}
	for _, a := range acts {
		if p := (place{a.Shelf, a.ID}); a.Body == nil {
			delete(all, p)
		} else {
			all[p] = a
		}
	}
	return all
}

func (a *Act) same(o Object) bool {
	return a.Version.Equal(o.Version) && a.Spec == o.Spec && string(a.Body) == string(o.Body)
}

// Item is a version of an object that can be had.
type Item struct {
	Object

	Added time.Time
}

// On is what can be had from a shelf, in the order in which it was added: all versions of
// the objects that stand there. A version that was put there twice counts as the later.
func On(acts []Act, shelf string) []Item {
	stands := standing(acts)
	type version struct {
		id string
		at int64
	}
	last := map[version]int{}
	for i, a := range acts {
		if a.Shelf == shelf && a.Body != nil {
			last[version{a.ID, a.Version.UnixNano()}] = i
		}
	}
	var all []Item
	for i, a := range acts {
		if _, there := stands[place{shelf, a.ID}]; !there || a.Shelf != shelf || a.Body == nil || last[version{a.ID, a.Version.UnixNano()}] != i {
			continue
		}
		item := Item{Object{a.Shelf, a.ID, a.Version, a.Spec, a.Body}, a.Added}
		if item.Version.IsZero() {
			item.Version = a.Added
		}
		all = append(all, item)
	}
	return all
}

// Parse reads the lines of a home's shelves.
func Parse(text []byte) *chain.Chain[Act] {
	c := chain.Parse[Act](About, text)
	return &c
}

// Reader is who reads from shelves.
type Reader struct {
	Name    string
	Shelves []string // that they may read
}

// Read is one read, and a line of the log of reads.
type Read struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Reader  string    `json:"reader"`          // "" of Opened and Closed
	What    string    `json:"what"`            // Opened, Closed, "discovery", "root", "collections", "collection", "objects", "object", "versions", "manifest"; "" for nothing there is
	Shelf   string    `json:"shelf,omitempty"` // "" for none
	Objects int       `json:"objects"`         // or records of them, that were handed out
	Status  int       `json:"status"`          // of HTTP
	Prev    string    `json:"prev"`
}

// Lines of the log of reads that are no reads: a server begins or ends.
const (
	Opened = "opened"
	Closed = "closed"
)

// Place implements chain.Act.
func (r *Read) Place() (seq *int64, prev *string) { return &r.Seq, &r.Prev }

// Check implements chain.Act.
func (r *Read) Check() error {
	if (r.Reader == "") != (r.What == Opened || r.What == Closed) || r.At.IsZero() {
		return errors.New("is a read by nobody")
	}
	return nil
}

// Pass is a line of the log of tokens: a reader is given one, or it is taken back. Of
// the token its SHA-256 is kept, which is enough to know it again.
type Pass struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reader string    `json:"reader"`
	SHA256 string    `json:"sha256,omitempty"` // "": taken back
	TLP    string    `json:"tlp,omitempty"`    // the strictest marking that may be read
	Until  time.Time `json:"until,omitzero"`   // zero: until it is taken back
	Prev   string    `json:"prev"`
}

// Place implements chain.Act.
func (p *Pass) Place() (seq *int64, prev *string) { return &p.Seq, &p.Prev }

// Check implements chain.Act.
func (p *Pass) Check() error {
	switch {
	case !IsReader(p.Reader):
		return errors.New("is of no reader")
	case (p.SHA256 == "") != (p.TLP == ""):
		return errors.New("gives nothing")
	}
	return nil
}

var reader = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// IsReader tells whether a reader can be called so.
func IsReader(name string) bool { return reader.MatchString(name) }

// What the logs of a home are about.
const (
	AboutReads  = "constat.reads/1"
	AboutPasses = "constat.passes/1"
)

// Passes are those that are good at a time, one for each reader, by name.
func Passes(all []Pass, now time.Time) (good []Pass) {
	last := map[string]Pass{}
	for _, p := range all {
		last[p.Reader] = p
	}
	for _, p := range last {
		if p.SHA256 != "" && (p.Until.IsZero() || now.Before(p.Until)) {
			good = append(good, p)
		}
	}
	slices.SortFunc(good, func(x, y Pass) int { return strings.Compare(x.Reader, y.Reader) })
	return good
}
