// Package taxii serves what others may know of cases over TAXII 2.1, to be read and
// nothing else: one collection for each marking. Whoever reads shows a token, and each
// read is noted before it is answered.
package taxii

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/desk/exchange/shelf"
	"constat.example/internal/taxii"
)

// Source is what the server is handed.
type Source interface {
	// Reader tells who shows a token; nil for nobody.
	Reader(ctx context.Context, token string) (*shelf.Reader, error)
	// Objects are what stands on a shelf, in the order in which it was added.
	Objects(ctx context.Context, shelf string) ([]shelf.Item, error)
	// Note notes a read, before it is answered.
	Note(ctx context.Context, r shelf.Read) error
}

// Collection is a shelf as readers see it.
type Collection struct {
	Shelf string // its alias
	ID    string // UUID
	Title string
	About string
}

// Config is how a server is.
type Config struct {
	Source      Source
	Title       string
	About       string
	Collections []Collection
	Most        int         // objects of a page
	Fail        func(error) // is told what goes wrong inside
}

// Paths of the server: Discovery is the one of the standard.
const (
	Discovery = "/taxii2/"
	Root      = "/constat/"
)

// failed is what is answered where it cannot be as asked.
type failed struct {
	status int
	title  string
}

func (f *failed) Error() string { return f.title }

func no(status int, title string, args ...any) error {
	return &failed{status, fmt.Sprintf(title, args...)}
}

// answer is what is answered where it can.
type answer struct {
	message     any
	objects     int
	first, last time.Time // when the first and the last of them were added; zero for none
}

type server struct{ Config }

// Handler answers requests.
func Handler(c Config) http.Handler {
	s := server{c}
	mux := http.NewServeMux()
	for path, h := range map[string]struct {
		what string
		do   func(*http.Request, *shelf.Reader, *Collection) (*answer, error)
	}{
		Discovery + "{$}":                                 {"discovery", s.discovery},
		Root + "{$}":                                      {"root", s.root},
		Root + "collections/{$}":                          {"collections", s.collections},
		Root + "collections/{c}/{$}":                      {"collection", s.collection},
		Root + "collections/{c}/objects/{$}":              {"objects", s.objects},
		Root + "collections/{c}/objects/{o}/{$}":          {"object", s.object},
		Root + "collections/{c}/objects/{o}/versions/{$}": {"versions", s.versions},
		Root + "collections/{c}/manifest/{$}":             {"manifest", s.manifest},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, h.what, h.do) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, "", nil) })
	return mux
}

// serve lets a reader in, answers, and notes it.
func (s server) serve(w http.ResponseWriter, r *http.Request, what string, do func(*http.Request, *shelf.Reader, *Collection) (*answer, error)) {
	h := w.Header()
	h.Set("Content-Type", taxii.MediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	reader, err := s.admit(r)
	if err != nil {
		if f, is := errors.AsType[*failed](err); is && f.status == http.StatusUnauthorized {
			h.Set("WWW-Authenticate", `Bearer realm="constat"`)
			h.Add("WWW-Authenticate", `Basic realm="constat"`)
		}
		s.refuse(w, err)
		return
	}
	read := shelf.Read{Reader: reader.Name, What: what, Status: http.StatusOK}
	var a *answer
	var c *Collection
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		err = no(http.StatusMethodNotAllowed, "it is to be read and nothing else")
	case do == nil:
		err = no(http.StatusNotFound, "there is nothing there")
	case !accepts(r.Header.Values("Accept")):
		err = no(http.StatusNotAcceptable, "it speaks %s", taxii.MediaType)
	default:
		if c, err = s.chosen(r, reader); err == nil {
			a, err = do(r, reader, c)
		}
	}
	if c != nil {
		read.Shelf = c.Shelf
	}
	if a != nil {
		read.Objects = a.objects
	}
	if err != nil {
		read.Status = http.StatusInternalServerError
		if f, is := errors.AsType[*failed](err); is {
			read.Status = f.status
		}
	}
	if note := s.Source.Note(r.Context(), read); note != nil {
		err = note // what cannot be noted is not told
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	if !a.first.IsZero() {
		h.Set(taxii.FirstHeader, taxii.Stamp(a.first))
		h.Set(taxii.LastHeader, taxii.Stamp(a.last))
	}
	s.write(w, http.StatusOK, a.message)
}

// admit finds who shows a token: as a bearer's, or as the password of whatever name.
func (s server) admit(r *http.Request) (*shelf.Reader, error) {
	token := ""
	if _, password, basic := r.BasicAuth(); basic {
		token = password
	} else if kind, rest, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(kind, "Bearer") {
		token = strings.TrimSpace(rest)
	}
	if token == "" || len(token) > 200 {
		return nil, no(http.StatusUnauthorized, "show a token")
	}
	reader, err := s.Source.Reader(r.Context(), token)
	if err == nil && reader == nil {
		err = no(http.StatusUnauthorized, "the token is none, or no longer")
	}
	return reader, err
}

// refuse answers with an error as TAXII has it. What goes wrong inside is told inside.
func (s server) refuse(w http.ResponseWriter, err error) {
	f, is := errors.AsType[*failed](err)
	if !is {
		s.Fail(err)
		f = &failed{http.StatusInternalServerError, "something went wrong here; it is noted"}
	}
	s.write(w, f.status, taxii.Error{Title: f.title, Status: strconv.Itoa(f.status)})
}

func (s server) write(w http.ResponseWriter, status int, message any) {
	text, err := json.Marshal(message)
	if err != nil {
		s.Fail(err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // whoever asked has gone away
}

// accepts tells whether an answer of TAXII 2.1 is wanted, in whatever version of it that
// says nothing else.
func accepts(headers []string) bool {
	if len(headers) == 0 {
		return true
	}
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if v, given := params["version"]; (kind == "*/*" || kind == "application/*" || kind == "application/taxii+json") && (!given || v == "2.1") {
			return true
		}
	}
	return false
}

// chosen is the collection that an address names, by id or alias, and that the reader may
// read; nil where it names none.
func (s server) chosen(r *http.Request, reader *shelf.Reader) (*Collection, error) {
	name := r.PathValue("c")
	if name == "" {
		return nil, nil
	}
	for i := range s.Collections {
		if c := &s.Collections[i]; (c.ID == name || c.Shelf == name) && slices.Contains(reader.Shelves, c.Shelf) {
			return c, nil
		}
	}
	return nil, no(http.StatusNotFound, "there is no such collection")
}

func (s server) discovery(*http.Request, *shelf.Reader, *Collection) (*answer, error) {
	return &answer{message: taxii.Discovery{Title: s.Title, Description: s.About, Default: Root, Roots: []string{Root}}}, nil
}

func (s server) root(*http.Request, *shelf.Reader, *Collection) (*answer, error) {
	return &answer{message: taxii.Root{Title: s.Title, Description: s.About, Versions: []string{taxii.MediaType}, Most: 1}}, nil
}

func told(c *Collection) taxii.Collection {
	return taxii.Collection{ID: c.ID, Title: c.Title, Description: c.About, Alias: c.Shelf, CanRead: true, MediaTypes: []string{taxii.STIXType}}
}

func (s server) collections(_ *http.Request, reader *shelf.Reader, _ *Collection) (*answer, error) {
	var all taxii.Collections
	for i := range s.Collections {
		if c := &s.Collections[i]; slices.Contains(reader.Shelves, c.Shelf) {
			all.Collections = append(all.Collections, told(c))
		}
	}
	return &answer{message: all}, nil
}

func (s server) collection(_ *http.Request, _ *shelf.Reader, c *Collection) (*answer, error) {
	return &answer{message: told(c)}, nil
}

// page is what is handed out at once, and how the next one is called.
type page struct {
	items []shelf.Item
	more  bool
	next  string
}

func (p page) answer(message any) *answer {
	a := &answer{message: message, objects: len(p.items)}
	if n := len(p.items); n > 0 {
		a.first, a.last = p.items[0].Added, p.items[n-1].Added
	}
	return a
}

// page finds what is asked for. Each object was added at an instant of its own, so that
// what comes next is what was added after the last.
func (s server) page(r *http.Request, c *Collection, allowed ...string) (p page, err error) {
	f, err := taxii.ParseFilter(r.URL.Query(), append(allowed, "added_after", "limit", "next")...)
	if err != nil {
		return p, no(http.StatusBadRequest, "%s", err)
	}
	if f.Next != "" {
		if f.AddedAfter, err = time.Parse(time.RFC3339Nano, f.Next); err != nil {
			return p, no(http.StatusBadRequest, "next is none that was given out here")
		}
	}
	if id := r.PathValue("o"); id != "" {
		if !taxii.IsObjectID(id) {
			return p, no(http.StatusNotFound, "there is no such object")
		}
		f.IDs = []string{id}
	}
	items, err := s.Source.Objects(r.Context(), c.Shelf)
	if err != nil {
		return p, err
	}
	all := chosen(items, f, slices.Contains(allowed, "match[version]"))
	if len(all) == 0 && r.PathValue("o") != "" && !slices.ContainsFunc(items, func(i shelf.Item) bool { return i.ID == f.IDs[0] }) {
		return p, no(http.StatusNotFound, "there is no such object")
	}
	from, _ := slices.BinarySearchFunc(all, f.AddedAfter, func(i shelf.Item, t time.Time) int {
		if i.Added.After(t) {
			return 1
		}
		return -1
	})
	all = all[from:]
	most := s.Most
	if f.Limit > 0 {
		most = min(most, f.Limit)
	}
	if p.items = all; len(all) > most {
		p.items, p.more = all[:most], true
		p.next = taxii.Stamp(p.items[most-1].Added)
	}
	return p, nil
}

// chosen are those of the items that a filter asks for. Without byVersion all versions
// are asked for.
func chosen(items []shelf.Item, f taxii.Filter, byVersion bool) []shelf.Item {
	var all []shelf.Item
	ends := map[string][2]time.Time{} // the first and the last version of each
	specs := f.SpecVersions
	if len(specs) == 0 {
		specs = []string{"2.1"}
	}
	for _, i := range items {
		kind, _, _ := strings.Cut(i.ID, "--")
		if len(f.IDs) > 0 && !slices.Contains(f.IDs, i.ID) || len(f.Types) > 0 && !slices.Contains(f.Types, kind) || !slices.Contains(specs, i.Spec) {
			continue
		}
		all = append(all, i)
		e, there := ends[i.ID]
		if !there || i.Version.Before(e[0]) {
			e[0] = i.Version
		}
		if !there || i.Version.After(e[1]) {
			e[1] = i.Version
		}
		ends[i.ID] = e
	}
	versions := f.Versions
	if len(versions) == 0 {
		versions = []string{taxii.Last}
	}
	if !byVersion || slices.Contains(versions, taxii.All) {
		return all
	}
	return slices.DeleteFunc(all, func(i shelf.Item) bool {
		return !slices.ContainsFunc(versions, func(word string) bool {
			switch word {
			case taxii.First:
				return i.Version.Equal(ends[i.ID][0])
			case taxii.Last:
				return i.Version.Equal(ends[i.ID][1])
			}
			at, err := time.Parse(time.RFC3339Nano, word)
			return err == nil && i.Version.Equal(at)
		})
	})
}

func (s server) objects(r *http.Request, _ *shelf.Reader, c *Collection) (*answer, error) {
	return s.envelope(r, c, "match[id]", "match[type]", "match[version]", "match[spec_version]")
}

func (s server) object(r *http.Request, _ *shelf.Reader, c *Collection) (*answer, error) {
	return s.envelope(r, c, "match[version]", "match[spec_version]")
}

func (s server) envelope(r *http.Request, c *Collection, allowed ...string) (*answer, error) {
	p, err := s.page(r, c, allowed...)
	if err != nil {
		return nil, err
	}
	e := taxii.Envelope{More: p.more, Next: p.next}
	for _, i := range p.items {
		e.Objects = append(e.Objects, i.Body)
	}
	return p.answer(e), nil
}

func (s server) versions(r *http.Request, _ *shelf.Reader, c *Collection) (*answer, error) {
	p, err := s.page(r, c, "match[spec_version]")
	if err != nil {
		return nil, err
	}
	v := taxii.Versions{More: p.more, Next: p.next}
	for _, i := range p.items {
		v.Versions = append(v.Versions, version(i))
	}
	return p.answer(v), nil
}

func (s server) manifest(r *http.Request, _ *shelf.Reader, c *Collection) (*answer, error) {
	p, err := s.page(r, c, "match[id]", "match[type]", "match[version]", "match[spec_version]")
	if err != nil {
		return nil, err
	}
	m := taxii.Manifest{More: p.more, Next: p.next}
	for _, i := range p.items {
		m.Objects = append(m.Objects, taxii.Record{ID: i.ID, DateAdded: taxii.Stamp(i.Added), Version: version(i), MediaType: taxii.STIXType})
	}
	return p.answer(m), nil
}

// version is written as the object itself has it: to the millisecond, or finer where it is.
func version(i shelf.Item) string {
	if t := i.Version.UTC(); !t.Truncate(time.Millisecond).Equal(t) {
		return taxii.Stamp(t)
	}
	return i.Version.UTC().Format("2006-01-02T15:04:05.000Z")
}

// Serve answers on a listener until ctx ends, and then returns nil.
func Serve(ctx context.Context, l net.Listener, c Config) error {
	server := &http.Server{
		Handler:           Handler(c),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // it quotes requests
	}
	stop := context.AfterFunc(ctx, func() {
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if server.Shutdown(wait) != nil {
			_ = server.Close() // whoever reads so slowly is not waited for
		}
	})
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
