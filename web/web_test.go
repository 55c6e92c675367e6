package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	const host = "127.0.0.1:8000"
	h := handler(host, []byte("<p>page"))
	for _, test := range []struct {
		name, method, target, host string
		code                       int
		body                       string
	}{
		{"another name for here", "GET", "/", "evil.example:8000", 421, "wrong host\n"},
		{"localhost", "GET", "/", "localhost:8000", 421, "wrong host\n"},
		{"a change", "POST", "/", host, 405, "only GET\n"},
		{"another path", "GET", "/../etc/passwd", host, 404, "nothing here\n"},
		{"a page", "GET", "/", host, 200, "<p>page"},
		{"a query", "GET", "/?x=1", host, 200, "<p>page"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), test.method, test.target, nil)
		r.Host = test.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.code || w.Body.String() != test.body {
			t.Errorf("%s: %d %q, want %d %q", test.name, w.Code, w.Body.String(), test.code, test.body)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", test.name, name, got, want)
			}
		}
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	url := make(chan string, 1)
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, []byte("<p>page"), func(at string) { url <- at }) }()
	at := <-url
	if !strings.HasPrefix(at, "http://127.0.0.1:") {
		t.Fatalf("shown at %s, which may not be this machine alone", at)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if string(body) != "<p>page" || answer.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%q, %q", body, answer.Header.Get("Content-Type"))
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("interrupted: %v", err)
	}
}
