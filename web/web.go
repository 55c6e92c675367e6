// Package web shows pages in a browser on this machine. It listens on the
// loopback address only, and answers nothing but the page it was given.
package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// policy is what a browser lets a page do: show itself and its own style. It
// runs no script, loads nothing, and is shown in no frame.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Serve shows a page on a free port of the loopback interface until ctx ends,
// and then returns nil. Its address is told to ready once it answers.
func Serve(ctx context.Context, page []byte, ready func(url string)) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("showing the page: %w", err)
	}
	host := l.Addr().String()
	server := &http.Server{
		Handler:           handler(host, page),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	ready("http://" + host + "/")
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("showing the page: %w", err)
	}
	return nil
}

// handler answers GET / with the page. A request that names another host comes
// from a foreign page that had a name point here (DNS rebinding): it is refused.
func handler(host string, page []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		switch {
		case r.Host != host:
			http.Error(w, "wrong host", http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
		case r.URL.Path != "/":
			http.Error(w, "nothing here", http.StatusNotFound)
		default:
			h.Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(page) // whoever asked has gone away
		}
	})
}
