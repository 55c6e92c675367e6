package courier_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"constat.example/internal/courier"
)

type taker struct {
	took []string
	fail bool
}

func (t *taker) Send(_ context.Context, line []byte) error {
	if t.fail {
		return errors.New("not now")
	}
	t.took = append(t.took, string(line))
	return nil
}

func TestPump(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	journal, cursor := filepath.Join(dir, "journal"), filepath.Join(dir, "sent")
	var to taker
	for _, step := range []struct {
		add  string
		fail bool
		want int // lines taken by then
	}{{"", false, 0}, {"one\ntwo\n", true, 0}, {"", false, 2}, {"thr", false, 2}, {"ee\n", false, 3}, {"", false, 3}} {
		f, err := os.OpenFile(journal, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(step.add); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		to.fail = step.fail
		if _, err := courier.Pump(t.Context(), journal, cursor, &to); (err != nil) != step.fail {
			t.Fatal(err)
		}
		if len(to.took) != step.want {
			t.Errorf("after %q: %q", step.add, to.took)
		}
	}
	if err := os.WriteFile(journal, []byte("four\n"), 0o600); err != nil { // another one, in its place
		t.Fatal(err)
	}
	if waits, err := courier.Waits(journal, cursor); !waits || err != nil {
		t.Error("nothing waits", err)
	}
	if n, err := courier.Pump(t.Context(), journal, cursor, &to); n != 1 || err != nil || to.took[3] != "four" {
		t.Error(to.took, err)
	}
	if waits, err := courier.Waits(journal, cursor); waits || err != nil {
		t.Error("it waits", err)
	}
	if to.took[2] != "three" {
		t.Errorf("took %q", to.took)
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if calls++; calls == 1 || err != nil || string(body) != `{"id":"a"}` {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	if err := (courier.Webhook{URL: server.URL}).Send(t.Context(), []byte(`{"id":"a"}`)); err != nil || calls != 2 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestSyslog(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	got := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			got <- err.Error()
			return
		}
		text, _ := io.ReadAll(c)
		got <- string(text)
	}()
	s := courier.Syslog{Address: l.Addr().String(), Hostname: "here", Kind: "alarm", Format: func(line []byte) (string, time.Time, error) {
		return "CEF:" + string(line), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), nil
	}}
	if err := s.Send(t.Context(), []byte("x")); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "56 <105>1 2026-03-02T09:00:00Z here constat - alarm - CEF:x" {
		t.Errorf("sent %q", text)
	}
}
