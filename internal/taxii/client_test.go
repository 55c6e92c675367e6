package taxii_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/internal/datatest"
	"constat.example/internal/fetch"
	"constat.example/internal/taxii"
)

const (
	indicators = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
	indicator  = "indicator--cd981c25-8042-4166-8945-51178443bdac"
)

func client(t *testing.T, address, credentials string) *taxii.Client {
	t.Helper()
	at, err := fetch.At(address, fetch.Access{Header: credentials})
	if err != nil {
		t.Fatal(err)
	}
	return taxii.NewClient(at)
}

// sample is what OASIS's server ships as its example.
type sample struct {
	Discovery taxii.Discovery `json:"/discovery"`
	Group     struct {
		Information taxii.Root `json:"information"`
		Collections []struct {
			taxii.Collection

			Objects  []json.RawMessage `json:"objects"`
			Manifest []taxii.Record    `json:"manifest"`
		} `json:"collections"`
	} `json:"trustgroup1"`
}

func readSample(t *testing.T) (sample, string) {
	t.Helper()
	path := datatest.Path(t, "taxii21-medallion/default_data.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s sample
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s, path
}

// asks plays the whole client on a server of the sample.
func asks(t *testing.T, c *taxii.Client, base string) {
	t.Helper()
	ctx := t.Context()
	d, err := c.Discovery(ctx, "/taxii2/")
	if err != nil || d.Title != "Some TAXII Server" || len(d.Roots) != 3 {
		t.Fatal(d, err)
	}
	root, err := c.Root(ctx, base+"trustgroup1")
	if err != nil || root.Title != "Malware Research Group" || !slices.Contains(root.Versions, taxii.MediaType) {
		t.Fatal(root, err)
	}
	all, err := c.Collections(ctx, base+"trustgroup1/")
	if err != nil || len(all) != 5 || all[0].CanRead || !all[2].CanRead {
		t.Fatal(all, err)
	}
	at := base + "trustgroup1/collections/" + indicators + "/"
	one, err := c.Collection(ctx, at)
	if err != nil || one.ID != indicators {
		t.Fatal(one, err)
	}
	count := func(f taxii.Filter) (n int) {
		if err := c.Objects(ctx, at, f, func(page []json.RawMessage) error { n += len(page); return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	whole := count(taxii.Filter{})
	for _, limit := range []int{1, 2, 3} {
		if n := count(taxii.Filter{Limit: limit}); n != whole {
			t.Errorf("in pages of %d there are %d objects, and %d in all", limit, n, whole)
		}
	}
	if n := count(taxii.Filter{Types: []string{"indicator", "relationship"}, Versions: []string{taxii.All}}); n < 2 || n >= whole+3 {
		t.Errorf("%d indicators and relationships of %d", n, whole)
	}
	late := time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)
	if n := count(taxii.Filter{AddedAfter: late}); n == 0 || n >= whole {
		t.Errorf("%d objects of %d were added late", n, whole)
	}
	manifest, err := c.Manifest(ctx, at, taxii.Filter{Limit: 2})
	if err != nil || len(manifest) < whole {
		t.Errorf("%d records of %d objects, %v", len(manifest), whole, err)
	}
	objects, err := c.Object(ctx, at, indicator, taxii.Filter{Versions: []string{taxii.All}})
	versions, err2 := c.Versions(ctx, at, indicator, taxii.Filter{Limit: 1})
	if err != nil || err2 != nil || len(objects) == 0 || len(objects) != len(versions) {
		t.Errorf("%d objects, %d versions, %v, %v", len(objects), len(versions), err, err2)
	}
	var failed *taxii.Failed
	if _, err := c.Collection(ctx, base+"trustgroup1/collections/11111111-1111-4111-8111-111111111111/"); !errors.As(err, &failed) || failed.Status != 404 {
		t.Error(err)
	}
	if _, err := c.Object(ctx, at, "../../secret", taxii.Filter{}); err == nil {
		t.Error("an id that is a path was asked for")
	}
}

// TestSample asks a small server that hands out the sample page by page, by "next".
func TestSample(t *testing.T) {
	t.Parallel()
	s, _ := readSample(t)
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, message any) {
		w.Header().Set("Content-Type", taxii.MediaType)
		_ = json.NewEncoder(w).Encode(message)
	}
	mux.HandleFunc("/taxii2/", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.Discovery) })
	mux.HandleFunc("/trustgroup1/{$}", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.Group.Information) })
	mux.HandleFunc("/trustgroup1/collections/{$}", func(w http.ResponseWriter, _ *http.Request) {
		var all taxii.Collections
		for _, c := range s.Group.Collections {
			all.Collections = append(all.Collections, c.Collection)
		}
		answer(w, all)
	})
	of := s.Group.Collections[2]
	mux.HandleFunc("/trustgroup1/collections/"+indicators+"/{$}", func(w http.ResponseWriter, _ *http.Request) { answer(w, of.Collection) })
	// chosen is which of the manifest are asked for, and where the page begins and ends.
	chosen := func(r *http.Request, id string) (at []int, from, to int) {
		f, err := taxii.ParseFilter(r.URL.Query(), "added_after", "limit", "next", "match[id]", "match[type]", "match[version]")
		if err != nil {
			t.Error(err)
		}
		for i, record := range of.Manifest {
			added, _ := time.Parse(time.RFC3339Nano, record.DateAdded)
			name, _, _ := strings.Cut(record.ID, "--")
			if added.After(f.AddedAfter) && (id == "" || id == record.ID) && (f.Types == nil || slices.Contains(f.Types, name)) {
				at = append(at, i)
			}
		}
		from, _ = strconv.Atoi(f.Next)
		to = len(at)
		if f.Limit > 0 {
			to = min(to, from+f.Limit)
		}
		return at, from, to
	}
	next := func(to, all int) string {
		if to < all {
			return strconv.Itoa(to)
		}
		return ""
	}
	objects := func(w http.ResponseWriter, r *http.Request, id string) {
		at, from, to := chosen(r, id)
		e := taxii.Envelope{More: to < len(at), Next: next(to, len(at))}
		for _, i := range at[from:to] {
			e.Objects = append(e.Objects, of.Objects[i])
		}
		answer(w, e)
	}
	base := "/trustgroup1/collections/" + indicators
	mux.HandleFunc(base+"/objects/", func(w http.ResponseWriter, r *http.Request) { objects(w, r, "") })
	mux.HandleFunc(base+"/objects/{id}/", func(w http.ResponseWriter, r *http.Request) { objects(w, r, r.PathValue("id")) })
	mux.HandleFunc(base+"/objects/{id}/versions/", func(w http.ResponseWriter, r *http.Request) {
		at, from, to := chosen(r, r.PathValue("id"))
		v := taxii.Versions{More: to < len(at)}
		for _, i := range at[from:to] {
			v.Versions = append(v.Versions, of.Manifest[i].Version)
		}
		w.Header().Set(taxii.LastHeader, of.Manifest[at[to-1]].DateAdded)
		answer(w, v)
	})
	mux.HandleFunc(base+"/manifest/", func(w http.ResponseWriter, r *http.Request) {
		at, from, to := chosen(r, "")
		m := taxii.Manifest{More: to < len(at), Next: next(to, len(at))}
		for _, i := range at[from:to] {
			m.Objects = append(m.Objects, of.Manifest[i])
		}
		answer(w, m)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	asks(t, client(t, server.URL, ""), server.URL+"/")
}

// TestReference asks the server that OASIS keeps as the reference.
func TestReference(t *testing.T) {
	t.Parallel()
	medallion, err := exec.LookPath("medallion")
	if err != nil {
		t.Skip("medallion, the TAXII server of OASIS, is not installed (pip install medallion)")
	}
	_, data := readSample(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	_ = l.Close()
	config := filepath.Join(t.TempDir(), "medallion.json")
	text, err := json.Marshal(map[string]any{
		"backend": map[string]any{"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": data},
		"users":   map[string]any{"admin": "secret"}, "taxii": map[string]any{"max_page_size": 3},
	})
	if err == nil {
		err = os.WriteFile(config, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), medallion, "--port", port, config)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Wait() })
	base := "http://127.0.0.1:" + port + "/"
	c := client(t, base, fetch.Basic("admin:secret"))
	for range 100 {
		if _, err = c.Discovery(t.Context(), "/taxii2/"); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	asks(t, c, base)
	var failed *taxii.Failed
	if _, err := client(t, base, fetch.Basic("admin:wrong")).Collections(t.Context(), base+"trustgroup1/"); !errors.As(err, &failed) || failed.Status != 401 {
		t.Error(err)
	}
}

// TestHostile asks servers that do not keep to the standard.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ answer, want string }{
		"pages without end":   {`{"more":true,"next":"x","objects":[{}]}`, "2000 pages"},
		"more of nothing":     {`{"more":true,"next":"x","objects":[]}`, "gives nothing"},
		"more, and not where": {`{"more":true,"objects":[{}]}`, "not how to ask"},
		"no JSON":             {`<html>`, "no message"},
		"another JSON":        {`[1]`, "no message"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(c.answer)) }))
			defer server.Close()
			err := client(t, server.URL, "").Objects(t.Context(), server.URL+"/c/", taxii.Filter{}, func([]json.RawMessage) error { return nil })
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"title":"\u001b[31mno"}`))
	}))
	defer server.Close()
	if _, err := client(t, server.URL, "").Root(t.Context(), server.URL); err == nil || strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), "400") {
		t.Error(err)
	}
}

func FuzzParseFilter(f *testing.F) {
	f.Add("added_after=2016-11-01T03:04:05.000000Z&limit=20&match[id]=" + indicator + "&match[type]=incident,report&match[version]=all,2016-11-01T03:04:05Z&match[spec_version]=2.1&next=abc")
	f.Add("limit=0")
	f.Add("match[version]=first,last")
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Skip()
		}
		all := []string{"added_after", "limit", "next", "match[id]", "match[type]", "match[version]", "match[spec_version]"}
		one, err := taxii.ParseFilter(v, all...)
		if err != nil {
			return
		}
		again, err := taxii.ParseFilter(one.Query(), all...)
		if err != nil || again.Limit != one.Limit || !slices.Equal(again.Versions, one.Versions) || !again.AddedAfter.Equal(one.AddedAfter.Truncate(time.Microsecond)) {
			t.Errorf("%+v is written as %q and read as %+v, %v", one, one.Query().Encode(), again, err)
		}
	})
}
