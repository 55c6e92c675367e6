package fetch_test

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"constat.example/internal/fetch"
)

func TestAt(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://cert.example/feed": "", "http://127.0.0.1:80/x": "", "http://[::1]/x": "", "http://localhost:5000/": "",
		"http://cert.example/feed": "not encrypted", "ftp://cert.example/": "not encrypted", "file:///etc/passwd": "no address",
		"https://user:secret@cert.example/": "shows to everybody", "feed.xml": "no address", "http://127.0.0.1.cert.example/": "not encrypted",
		"https://:443/": "no address", "": "no address",
	} {
		_, err := fetch.At(address, fetch.Access{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error quotes the address: %v", err)
		}
	}
}

// TestGet gets over TLS from whoever is trusted, shows the credentials to that host only,
// follows nothing, and takes no more than was said.
func TestGet(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("somebody else was asked, and shown %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 1 << 10 {
				_, _ = z.Write(make([]byte, 1<<10))
			}
			_ = z.Close()
		default:
			_, _ = w.Write([]byte(r.Header.Get("Authorization") + " " + r.Header.Get("Accept")))
		}
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c, err := fetch.At(server.URL+"/feeds/", fetch.Access{Header: fetch.Basic("me:secret"), Roots: roots})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Get(t.Context(), "one", "text/xml", 1<<10)
	if err != nil || got.Status != 200 || !bytes.Equal(got.Body, []byte("Basic bWU6c2VjcmV0 text/xml")) {
		t.Error(got, err)
	}
	for address, want := range map[string]string{"/moved": "points elsewhere", elsewhere.URL: "another host", "/bomb": "larger than", "http://" + c.Host() + "/": "another host"} {
		if _, err := c.Get(t.Context(), address, "*/*", 1<<19); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	untrusted, err := fetch.At(server.URL, fetch.Access{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := untrusted.Get(t.Context(), "/name/of/somebody", "*/*", 10); err == nil || !strings.Contains(err.Error(), "certificate") || strings.Contains(err.Error(), "somebody") {
		t.Error(err)
	}
}
