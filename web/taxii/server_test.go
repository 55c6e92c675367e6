package taxii_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/desk/exchange/shelf"
	"constat.example/internal/fetch"
	"constat.example/internal/taxii"
	web "constat.example/web/taxii"
)

var noon = time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC)

// source is shelves in memory.
type source struct {
	mu    sync.Mutex
	acts  []shelf.Act
	reads []shelf.Read
	fail  error
}

func (s *source) Reader(_ context.Context, token string) (*shelf.Reader, error) {
	switch token {
	case "secret":
		return &shelf.Reader{Name: "cert", Shelves: []string{"amber", "green"}}, nil
	case "open":
		return &shelf.Reader{Name: "press", Shelves: []string{"green"}}, nil
	}
	return nil, nil
}

func (s *source) Objects(_ context.Context, name string) ([]shelf.Item, error) {
	return shelf.On(s.acts, name), s.fail
}

func (s *source) Note(_ context.Context, r shelf.Read) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads = append(s.reads, r)
	return nil
}

const (
	amberID = "8f2cf7a1-3f3c-5b7c-9d83-0d6a5f4a0001"
	greenID = "8f2cf7a1-3f3c-5b7c-9d83-0d6a5f4a0002"
)

func id(kind string, n int) string {
	return fmt.Sprintf("%s--8f2cf7a1-3f3c-4b7c-9d83-%012d", kind, n)
}

func object(on, kind string, n, day int) shelf.Object {
	name := id(kind, n)
	return shelf.Object{Shelf: on, ID: name, Version: noon.AddDate(0, 0, day), Spec: "2.1", Body: json.RawMessage(fmt.Sprintf(`{"type":%q,"spec_version":"2.1","id":%q,"day":%d}`, kind, name, day))}
}

// stocked has on amber two incidents, of which the first in three versions, and five
// reports; on green a report.
func stocked(t testing.TB) *source {
	t.Helper()
	s := &source{}
	var want []shelf.Object
	for day := range 3 {
		want = []shelf.Object{object("amber", "incident", 1, day), object("amber", "incident", 2, 0), object("green", "report", 9, 0)}
		for n := range 5 {
			want = append(want, object("amber", "report", n+3, 0))
		}
		more, err := shelf.Lines(s.acts, want, noon.AddDate(0, 0, day))
		if err != nil {
			t.Fatal(err)
		}
		s.acts = append(s.acts, more...)
	}
	return s
}

func started(t testing.TB, s *source) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(web.Handler(web.Config{
		Source: s, Title: "Constat", Most: 4, Fail: func(err error) { t.Log("inside:", err) },
		Collections: []web.Collection{{Shelf: "amber", ID: amberID, Title: "TLP:AMBER"}, {Shelf: "green", ID: greenID, Title: "TLP:GREEN"}},
	}))
	t.Cleanup(server.Close)
	return server
}

func client(t testing.TB, address, credentials string) *taxii.Client {
	t.Helper()
	at, err := fetch.At(address, fetch.Access{Header: credentials})
	if err != nil {
		t.Fatal(err)
	}
	return taxii.NewClient(at)
}

// TestClient reads all there is with our own client, by every filter.
func TestClient(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	server := started(t, s)
	c, ctx := client(t, server.URL, fetch.Bearer("secret")), t.Context()
	d, err := c.Discovery(ctx, web.Discovery)
	if err != nil || len(d.Roots) != 1 {
		t.Fatal(d, err)
	}
	root := server.URL + d.Roots[0]
	if r, err := c.Root(ctx, root); err != nil || !slices.Contains(r.Versions, taxii.MediaType) {
		t.Error(r, err)
	}
	if all, err := c.Collections(ctx, root); err != nil || len(all) != 2 || all[0].ID != amberID || all[0].CanWrite || !all[0].CanRead {
		t.Error(all, err)
	}
	at := root + "collections/" + amberID + "/"
	if one, err := c.Collection(ctx, root+"collections/amber/"); err != nil || one.ID != amberID {
		t.Error(one, err)
	}
	late := noon.AddDate(0, 0, 1).Add(-time.Hour)
	for name, x := range map[string]struct {
		f    taxii.Filter
		want int
	}{
		"the latest of all":      {taxii.Filter{}, 7},
		"one by one":             {taxii.Filter{Limit: 1}, 7},
		"three by three":         {taxii.Filter{Limit: 3}, 7},
		"every version":          {taxii.Filter{Versions: []string{taxii.All}}, 9},
		"every version, by two":  {taxii.Filter{Versions: []string{taxii.All}, Limit: 2}, 9},
		"the first":              {taxii.Filter{Versions: []string{taxii.First}}, 7},
		"first and last":         {taxii.Filter{Versions: []string{taxii.First, taxii.Last}, IDs: []string{id("incident", 1)}}, 2},
		"of a day":               {taxii.Filter{Versions: []string{taxii.Stamp(noon.AddDate(0, 0, 1))}}, 1},
		"incidents":              {taxii.Filter{Types: []string{"incident"}}, 2},
		"incidents and reports":  {taxii.Filter{Types: []string{"incident", "report"}}, 7},
		"two by id":              {taxii.Filter{IDs: []string{id("incident", 2), id("report", 4)}}, 2},
		"added late":             {taxii.Filter{AddedAfter: late}, 1},
		"added late, every one":  {taxii.Filter{AddedAfter: late, Versions: []string{taxii.All}}, 2},
		"of another STIX":        {taxii.Filter{SpecVersions: []string{"2.0"}}, 0},
		"of this STIX":           {taxii.Filter{SpecVersions: []string{"2.0", "2.1"}}, 7},
		"nothing after tomorrow": {taxii.Filter{AddedAfter: noon.AddDate(1, 0, 0)}, 0},
		"another marking's":      {taxii.Filter{IDs: []string{id("report", 9)}}, 0},
	} {
		n := map[string]bool{}
		err := c.Objects(ctx, at, x.f, func(all []json.RawMessage) error {
			for _, o := range all {
				if n[string(o)] {
					t.Errorf("%s: %s comes twice", name, o)
				}
				n[string(o)] = true
			}
			return nil
		})
		m, err2 := c.Manifest(ctx, at, x.f)
		if err != nil || err2 != nil || len(n) != x.want || len(m) != x.want {
			t.Errorf("%s: %d objects and %d records, not %d: %v, %v", name, len(n), len(m), x.want, err, err2)
		}
	}
	all, err := c.Object(ctx, at, id("incident", 1), taxii.Filter{Versions: []string{taxii.All}, Limit: 2})
	versions, err2 := c.Versions(ctx, at, id("incident", 1), taxii.Filter{Limit: 1})
	if err != nil || err2 != nil || len(all) != 3 || !slices.Equal(versions, []string{"2026-04-21T12:00:00.000Z", "2026-04-22T12:00:00.000Z", "2026-04-23T12:00:00.000Z"}) {
		t.Error(len(all), versions, err, err2)
	}
	if last := s.reads[len(s.reads)-1]; last.Reader != "cert" || last.What != "versions" || last.Shelf != "amber" || last.Objects != 1 || last.Status != 200 {
		t.Errorf("the last read is noted as %+v", last)
	}
}

// TestRefuses asks for what is not to be had.
func TestRefuses(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	server := started(t, s)
	objects := "/constat/collections/" + amberID + "/objects/"
	for name, x := range map[string]struct {
		method, path, token, accept string
		want                        int
	}{
		"no token":              {"GET", "/taxii2/", "", "", 401},
		"another token":         {"GET", objects, "guess", "", 401},
		"a token far too long":  {"GET", objects, strings.Repeat("x", 300), "", 401},
		"nothing there":         {"GET", "/", "secret", "", 404},
		"no slash":              {"GET", "/taxii2", "secret", "", 404},
		"no such collection":    {"GET", "/constat/collections/red/objects/", "secret", "", 404},
		"somebody else's":       {"GET", objects, "open", "", 404},
		"no such object":        {"GET", objects + id("incident", 77) + "/", "secret", "", 404},
		"an object of another":  {"GET", objects + id("report", 9) + "/versions/", "secret", "", 404},
		"no id":                 {"GET", objects + "x/", "secret", "", 404},
		"to be written":         {"POST", objects, "secret", "", 405},
		"to be deleted":         {"DELETE", objects + id("incident", 1) + "/", "secret", "", 405},
		"another version":       {"GET", objects, "secret", "application/taxii+json;version=2.0", 406},
		"a page":                {"GET", objects, "secret", "text/html", 406},
		"whatever":              {"GET", objects, "secret", "text/html, */*;q=0.1", 200},
		"no version":            {"GET", objects, "secret", "application/taxii+json", 200},
		"a bad limit":           {"GET", objects + "?limit=-1", "secret", "", 400},
		"a bad time":            {"GET", objects + "?added_after=yesterday", "secret", "", 400},
		"a bad page":            {"GET", objects + "?next=somewhere", "secret", "", 400},
		"a bad id":              {"GET", objects + "?match[id]=%3Cscript%3E", "secret", "", 400},
		"a bad version":         {"GET", objects + "?match[version]=latest", "secret", "", 400},
		"given twice":           {"GET", objects + "?limit=1&limit=2", "secret", "", 400},
		"a filter nobody knows": {"GET", objects + "?match[colour]=blue&fields=id", "secret", "", 200},
		"the head of it":        {"HEAD", objects, "secret", "", 200},
		"a page after the last": {"GET", objects + "?next=2036-01-01T00:00:00Z", "secret", "", 200},
		"out of the folder":     {"GET", "/constat/collections/../../etc/passwd", "secret", "", 404},
		"a match on one object": {"GET", objects + id("incident", 1) + "/?match[version]=first", "secret", "", 200},
	} {
		r, err := http.NewRequestWithContext(t.Context(), x.method, server.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		path, query, _ := strings.Cut(x.path, "?")
		r.URL.Path, r.URL.RawQuery = path, strings.NewReplacer("[", "%5B", "]", "%5D").Replace(query)
		if x.token != "" {
			r.SetBasicAuth("anybody", x.token)
		}
		if x.accept != "" {
			r.Header.Set("Accept", x.accept)
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode/100 == 3 { // the path is cleaned first
			continue
		}
		if resp.StatusCode != x.want || resp.Header.Get("Content-Type") != taxii.MediaType {
			t.Errorf("%s: %d %s, not %d: %s", name, resp.StatusCode, resp.Header.Get("Content-Type"), x.want, text)
		}
		var e taxii.Error
		if x.want >= 400 && (json.Unmarshal(text, &e) != nil || e.Title == "" || e.Status != fmt.Sprint(x.want)) {
			t.Errorf("%s: %s is no error of TAXII", name, text)
		}
		if strings.Contains(string(text), "script") {
			t.Errorf("%s: the answer quotes the question: %s", name, text)
		}
		if x.want == 401 && len(resp.Header.Values("WWW-Authenticate")) != 2 {
			t.Errorf("%s: it does not say how to be let in", name)
		}
	}
	for _, r := range s.reads {
		if r.Reader != "cert" && r.Reader != "press" {
			t.Errorf("a read by nobody is noted: %+v", r)
		}
	}
	s.fail = errors.New("the disk is on fire")
	var failed *taxii.Failed
	if _, err := client(t, server.URL, fetch.Bearer("secret")).Manifest(t.Context(), server.URL+"/constat/collections/amber/", taxii.Filter{}); !errors.As(err, &failed) || failed.Status != 500 || strings.Contains(err.Error(), "fire") {
		t.Error(err)
	}
}

// TestServe stops when it is told to, and answers until then.
func TestServe(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, l, web.Config{Source: stocked(t), Most: 10, Fail: func(error) {}}) }()
	base := "http://" + l.Addr().String()
	if _, err := client(t, base, fetch.Basic("me:open")).Discovery(t.Context(), web.Discovery); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestPython reads with the client that OASIS keeps.
func TestPython(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err == nil {
		err = exec.CommandContext(t.Context(), python, "-c", "import taxii2client.v21").Run()
	}
	if err != nil {
		t.Skip("taxii2-client, the TAXII client of OASIS, is not installed (pip install taxii2-client)")
	}
	server := started(t, stocked(t))
	script := `
import sys
from taxii2client.v21 import Server, as_pages
s = Server(sys.argv[1] + "/taxii2/", user="cert", password="secret")
root = s.default
print(s.title, [c.title for c in root.collections])
c = root.collections[0]
print(sum(len(p.get("objects", [])) for p in as_pages(c.get_objects, per_request=2)))
print(sum(len(p.get("objects", [])) for p in as_pages(c.get_manifest, per_request=2)))
print(len(c.object_versions("` + id("incident", 1) + `")["versions"]), len(c.get_object("` + id("incident", 1) + `", version="all")["objects"]))
`
	out, err := exec.CommandContext(t.Context(), python, "-c", script, server.URL).CombinedOutput()
	if want := "Constat ['TLP:AMBER', 'TLP:GREEN']\n7\n7\n3 3\n"; err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}
