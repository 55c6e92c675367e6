package taxii

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"constat.example/internal/fetch"
	"constat.example/internal/visible"
)

// Bounds on what a server may make a client take.
const (
	mostBytes   = 64 << 20 // of one answer
	mostPages   = 2_000
	mostObjects = 1_000_000
	mostHeld    = 256 << 20 // bytes of objects, of all pages
	// perPage is asked for where nothing else is: the reference server (medallion 3.0)
	// fails on the second page of those that tell no number.
	perPage = 1000
)

// Client asks one server.
type Client struct{ at *fetch.Client }

// NewClient makes a client of the host that gets.
func NewClient(at *fetch.Client) *Client { return &Client{at} }

// Failed is that a server says no.
type Failed struct {
	Status int
	Title  string // what it says, made fit to be shown
}

func (e *Failed) Error() string {
	why := map[int]string{
		http.StatusUnauthorized:  "it wants to know who asks, or does not know the token",
		http.StatusForbidden:     "it does not show that to whoever asks",
		http.StatusNotFound:      "there is nothing there",
		http.StatusNotAcceptable: "it does not speak TAXII 2.1",
	}[e.Status]
	if why == "" {
		why = e.Title
	}
	return strings.TrimSuffix(fmt.Sprintf("the server answers %d: %s", e.Status, why), ": ")
}

// get asks for a message.
func (c *Client) get(ctx context.Context, address string, to any) (http.Header, error) {
	got, err := c.at.Get(ctx, address, MediaType, mostBytes)
	if err != nil {
		return nil, err
	}
	if got.Status != http.StatusOK {
		var told Error
		_ = json.Unmarshal(got.Body, &told) // one that says nothing is as good
		return nil, &Failed{got.Status, visible.Text(told.Title, 100)}
	}
	if err := json.Unmarshal(got.Body, to); err != nil {
		return nil, errors.New("its answer is no message of TAXII 2.1")
	}
	return got.Header, nil
}

// Discovery asks what a server has.
func (c *Client) Discovery(ctx context.Context, address string) (*Discovery, error) {
	var d Discovery
	_, err := c.get(ctx, address, &d)
	return &d, err
}

// Root asks about an API root.
func (c *Client) Root(ctx context.Context, root string) (*Root, error) {
	var r Root
	_, err := c.get(ctx, slashed(root), &r)
	return &r, err
}

// Collections asks for the collections of an API root.
func (c *Client) Collections(ctx context.Context, root string) ([]Collection, error) {
	var all Collections
	_, err := c.get(ctx, slashed(root)+"collections/", &all)
	return all.Collections, err
}

// Collection asks about one.
func (c *Client) Collection(ctx context.Context, collection string) (*Collection, error) {
	var one Collection
	_, err := c.get(ctx, slashed(collection), &one)
	return &one, err
}

// Objects asks for objects of a collection, page after page, and hands each page on.
func (c *Client) Objects(ctx context.Context, collection string, f Filter, take func([]json.RawMessage) error) error {
	n, held := 0, 0
	return c.pages(ctx, slashed(collection)+"objects/", f, func(address string) (page, error) {
		var e Envelope
		h, err := c.get(ctx, address, &e)
		if err != nil {
			return page{}, err
		}
		for _, o := range e.Objects {
			held += len(o)
		}
		if n += len(e.Objects); n > mostObjects || held > mostHeld {
			return page{}, errors.New("it has more than fits here: ask for what was added after a time")
		}
		return page{e.More, e.Next, h, len(e.Objects)}, take(e.Objects)
	})
}

// Object asks for one object, in the versions that the filter asks for.
func (c *Client) Object(ctx context.Context, collection, id string, f Filter) (all []json.RawMessage, err error) {
	if !IsObjectID(id) {
		return nil, errors.New("that is no id of an object")
	}
	err = c.pages(ctx, slashed(collection)+"objects/"+id+"/", f, func(address string) (page, error) {
		var e Envelope
		h, err := c.get(ctx, address, &e)
		all = append(all, e.Objects...)
		return page{e.More, e.Next, h, len(e.Objects)}, err
	})
	return all, err
}

// Manifest asks for what there is of objects of a collection.
func (c *Client) Manifest(ctx context.Context, collection string, f Filter) (all []Record, err error) {
	err = c.pages(ctx, slashed(collection)+"manifest/", f, func(address string) (page, error) {
		var m Manifest
		h, err := c.get(ctx, address, &m)
		all = append(all, m.Objects...)
		return page{m.More, m.Next, h, len(m.Objects)}, err
	})
	return all, err
}

// Versions asks for the versions of an object.
func (c *Client) Versions(ctx context.Context, collection, id string, f Filter) (all []string, err error) {
	if !IsObjectID(id) {
		return nil, errors.New("that is no id of an object")
	}
	err = c.pages(ctx, slashed(collection)+"objects/"+id+"/versions/", f, func(address string) (page, error) {
		var v Versions
		h, err := c.get(ctx, address, &v)
		all = append(all, v.Versions...)
		return page{v.More, v.Next, h, len(v.Versions)}, err
	})
	return all, err
}

// pages asks for page after page. Where a page does not say how the next one is called, it
// is what was added after the last of this one (3.5). A page says the same next as the one
// before where the server remembers where it was.
func (c *Client) pages(ctx context.Context, address string, f Filter, get func(address string) (page, error)) error {
	if f.Limit == 0 {
		f.Limit = perPage
	}
	for range mostPages {
		p, err := get(address + query(f))
		if err != nil || !p.more {
			return err
		}
		if p.holds == 0 {
			return errors.New("it says that there is more, and gives nothing")
		}
		if f.Next = p.next; p.next == "" {
			if f.AddedAfter, err = time.Parse(time.RFC3339Nano, p.header.Get(LastHeader)); err != nil {
				return errors.New("it says that there is more, and not how to ask for it")
			}
		}
	}
	return fmt.Errorf("it has more than %d pages: ask for larger ones, or for what was added after a time", mostPages)
}

// page is what pages are followed by.
type page struct {
	more   bool
	next   string
	header http.Header
	holds  int
}

func query(f Filter) string {
	if q := f.Query().Encode(); q != "" {
		return "?" + q
	}
	return ""
}

// slashed is an address of TAXII: all end with a slash. Parameters are dropped.
func slashed(address string) string {
	if u, err := url.Parse(address); err == nil {
		u.RawQuery, u.Fragment = "", ""
		address = u.String()
	}
	return strings.TrimSuffix(address, "/") + "/"
}
