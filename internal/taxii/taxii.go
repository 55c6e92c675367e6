// Package taxii speaks TAXII 2.1 (OASIS standard, 10 June 2021): what its messages say,
// what can be asked for, and a client. It knows nothing of what the objects are about.
package taxii

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MediaType is that of messages, STIXType that of objects.
const (
	MediaType = "application/taxii+json;version=2.1"
	STIXType  = "application/stix+json;version=2.1"
)

// Headers of answers that hold objects: when the first and the last of them were added.
const (
	FirstHeader = "X-TAXII-Date-Added-First"
	LastHeader  = "X-TAXII-Date-Added-Last"
)

// Discovery is what a server says of itself (4.1).
type Discovery struct {
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Contact     string   `json:"contact,omitempty"`
	Default     string   `json:"default,omitempty"`
	Roots       []string `json:"api_roots,omitempty"`
}

// Root is an API root (4.2).
type Root struct {
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Versions    []string `json:"versions"`
	Most        int64    `json:"max_content_length"` // bytes of what may be sent to it
}

// Collection is a collection of objects (5.2).
type Collection struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Alias       string   `json:"alias,omitempty"`
	CanRead     bool     `json:"can_read"`
	CanWrite    bool     `json:"can_write"`
	MediaTypes  []string `json:"media_types,omitempty"`
}

// Collections is a list of them (5.1).
type Collections struct {
	Collections []Collection `json:"collections,omitempty"`
}

// Envelope holds objects, one page of them (3.7).
type Envelope struct {
	More    bool              `json:"more,omitempty"`
	Next    string            `json:"next,omitempty"`
	Objects []json.RawMessage `json:"objects,omitempty"`
}

// Manifest holds what there is of objects, one page of it (5.3).
type Manifest struct {
	More    bool     `json:"more,omitempty"`
	Next    string   `json:"next,omitempty"` // not of the standard, and of its reference server
	Objects []Record `json:"objects,omitempty"`
}

// Record is a version of an object (5.3).
type Record struct {
	ID        string `json:"id"`
	DateAdded string `json:"date_added"`
	Version   string `json:"version"`
	MediaType string `json:"media_type,omitempty"`
}

// Versions holds the versions of an object, one page of them (5.8).
type Versions struct {
	More     bool     `json:"more,omitempty"`
	Next     string   `json:"next,omitempty"` // as above
	Versions []string `json:"versions,omitempty"`
}

// Error is what a server answers when it cannot do as asked (3.6).
type Error struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Code        string `json:"error_code,omitempty"`
	Status      string `json:"http_status,omitempty"`
}

// stampLayout has the six digits that the examples of the standard have.
const stampLayout = "2006-01-02T15:04:05.000000Z"

// Stamp writes a time as TAXII has it (3.2).
func Stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

// Filter is which objects are asked for (3.4 and 3.5). The zero value asks for the latest
// version of all.
type Filter struct {
	AddedAfter   time.Time
	Limit        int // 0: as the server likes
	Next         string
	IDs          []string
	Types        []string
	Versions     []string // "first", "last", "all", or times; none: "last"
	SpecVersions []string // none: the latest that the server has
}

// Words that stand for versions.
const (
	First = "first"
	Last  = "last"
	All   = "all"
)

// Query writes a filter as the parameters of an address.
func (f Filter) Query() url.Values {
	v := url.Values{}
	if !f.AddedAfter.IsZero() {
		v.Set("added_after", Stamp(f.AddedAfter))
	}
	if f.Limit > 0 {
		v.Set("limit", strconv.Itoa(f.Limit))
	}
	if f.Next != "" {
		v.Set("next", f.Next)
	}
	for name, all := range map[string][]string{"match[id]": f.IDs, "match[type]": f.Types, "match[version]": f.Versions, "match[spec_version]": f.SpecVersions} {
		if len(all) > 0 {
			v.Set(name, strings.Join(all, ","))
		}
	}
	return v
}

var (
	objectID    = regexp.MustCompile(`^[a-z][a-z0-9-]{2,249}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	objectType  = regexp.MustCompile(`^[a-z][a-z0-9-]{2,249}$`)
	specVersion = regexp.MustCompile(`^[0-9]\.[0-9]$`)
)

// IsObjectID tells whether text names an object.
func IsObjectID(text string) bool { return len(text) < 300 && objectID.MatchString(text) }

// mostMatches is how many values one parameter may have.
const mostMatches = 1000

// ParseFilter reads the parameters of an address; allowed are those that are understood
// there. Errors quote nothing.
func ParseFilter(v url.Values, allowed ...string) (f Filter, err error) {
	for name, values := range v {
		if !slices.Contains(allowed, name) {
			continue // as the reference server does with what it does not know
		}
		if len(values) != 1 {
			return f, fmt.Errorf("%s is given more than once: put commas between the values", name)
		}
		text := values[0]
		switch name {
		case "added_after":
			if f.AddedAfter, err = time.Parse(time.RFC3339Nano, text); err != nil {
				return f, errors.New("added_after is no time as RFC 3339 has it")
			}
		case "limit":
			if f.Limit, err = strconv.Atoi(text); err != nil || f.Limit < 1 {
				return f, errors.New("limit is no whole number from 1")
			}
		case "next":
			if f.Next = text; text == "" || len(text) > 1000 {
				return f, errors.New("next is none that was given out here")
			}
		case "match[id]":
			f.IDs, err = list(name, text, IsObjectID)
		case "match[type]":
			f.Types, err = list(name, text, objectType.MatchString)
		case "match[spec_version]":
			f.SpecVersions, err = list(name, text, specVersion.MatchString)
		case "match[version]":
			f.Versions, err = list(name, text, func(word string) bool {
				_, no := time.Parse(time.RFC3339Nano, word)
				return no == nil || word == First || word == Last || word == All
			})
		}
		if err != nil {
			return Filter{}, err
		}
	}
	return f, nil
}

func list(name, text string, is func(string) bool) ([]string, error) {
	all := strings.Split(text, ",")
	if len(all) > mostMatches {
		return nil, fmt.Errorf("%s has more than %d values", name, mostMatches)
	}
	for _, word := range all {
		if !is(word) {
			return nil, fmt.Errorf("a value of %s is not one that it can have", name)
		}
	}
	return all, nil
}
