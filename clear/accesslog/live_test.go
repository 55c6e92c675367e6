package accesslog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// followed reads ids from a live source until n have come, and tells where the last stood.
func followed(t *testing.T, n int, read func(ctx context.Context, each func(*Batch) error) error) (ids []string, at Position) {
	t.Helper()
	enough := errors.New("enough")
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	err := read(ctx, func(b *Batch) error {
		for _, id := range b.IDs {
			ids = append(ids, string(id))
		}
		if at = b.Next; len(ids) >= n {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatalf("%d of %d: %v", len(ids), n, err)
	}
	return ids, at
}

func line(i int) string {
	return fmt.Sprintf("{\"time\":%d,\"account\":\"a\",\"record\":\"X-%d\"}\n", 1_763_765_404+i, i)
}

func numbers(from, to int) (all []string) {
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("X-%d", i))
	}
	return all
}

func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFollow reads a file while it grows and is rotated, stops, and goes on from where it
// was, twice: in the file as it is, and in one that was moved away and packed meanwhile.
func TestFollow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "acces.log")
	lines := func(from, to int) (text string) {
		for i := from; i < to; i++ {
			text += line(i)
		}
		return text
	}
	follow := func(n int, from Position) ([]string, Position) {
		return followed(t, n, func(ctx context.Context, each func(*Batch) error) error {
			return New(Options{}).Follow(ctx, path, from, each)
		})
	}
	write(t, path, lines(0, 3))
	go func() {
		time.Sleep(50 * time.Millisecond)
		write(t, path, lines(3, 5)+line(5)[:10]) // a line that is not whole yet
		time.Sleep(50 * time.Millisecond)
		write(t, path, line(5)[10:])
		if err := os.Rename(path, path+".1"); err != nil {
			t.Error(err)
		}
		write(t, path, lines(6, 8))
	}()
	ids, at := follow(8, Position{})
	if got, want := strings.Join(ids, " "), strings.Join(numbers(0, 8), " "); got != want {
		t.Fatalf("read %s, not %s", got, want)
	}
	write(t, path, lines(8, 10))
	ids, at = follow(2, at)
	if got := strings.Join(ids, " "); got != "X-8 X-9" {
		t.Fatalf("after a stop %s came", got)
	}
	// Lines come, then the file is moved and packed while nobody reads.
	write(t, path, lines(10, 12))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, path+".1.gz", packed.String())
	write(t, path, lines(12, 14))
	if ids, _ = follow(4, at); strings.Join(ids, " ") != "X-10 X-11 X-12 X-13" {
		t.Fatalf("after a rotation %s came", ids)
	}
	// Where the rest is nowhere, that is told.
	if err := os.Remove(path + ".1.gz"); err != nil {
		t.Fatal(err)
	}
	r := New(Options{})
	ids, _ = followed(t, 2, func(ctx context.Context, each func(*Batch) error) error { return r.Follow(ctx, path, at, each) })
	if all := r.Accounts(); strings.Join(ids, " ") != "X-12 X-13" || !all[len(all)-1].Gap {
		t.Errorf("%s came, and no gap was told", ids)
	}
}

// TestFollowQuickRotations: files that came and went between two looks are read too, in
// order, while it is watched and over a stop.
func TestFollowQuickRotations(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "acces.log")
	const most = 12 // the tenth is no neighbour of the first by name
	n := 0
	grow := func() {
		write(t, path, line(n))
		n++
	}
	rotate := func() {
		for i := most; i > 0; i-- {
			from := path
			if i > 1 {
				from += fmt.Sprintf(".%d", i-1)
			}
			if err := os.Rename(from, fmt.Sprintf("%s.%d", path, i)); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
		}
	}
	write(t, path+".2", line(99)) // of before: nobody asks for it
	at := Position{}
	want := 0
	for range 2 {
		grow()
		done := make(chan struct{})
		first := want
		more := 1 + 5 + 1
		go func() {
			defer close(done)
			time.Sleep(100 * time.Millisecond)
			for range 5 {
				rotate()
				grow()
			}
			rotate() // and for a moment there is none
			time.Sleep(20 * time.Millisecond)
			grow()
		}()
		ids, next := followed(t, more, func(ctx context.Context, each func(*Batch) error) error {
			return New(Options{}).Follow(ctx, path, at, each)
		})
		<-done
		want, at = want+more, next
		if got := strings.Join(ids, " "); got != strings.Join(numbers(first, want), " ") {
			t.Fatalf("%s came, not %s", got, strings.Join(numbers(first, want), " "))
		}
		for range 3 { // while nobody looks
			rotate()
			grow()
		}
		ids, at = followed(t, 3, func(ctx context.Context, each func(*Batch) error) error {
			return New(Options{}).Follow(ctx, path, at, each)
		})
		if got := strings.Join(ids, " "); got != strings.Join(numbers(want, want+3), " ") {
			t.Fatalf("after a stop %s came", got)
		}
		want += 3
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	send := func(text string) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if _, err := conn.Write([]byte(text)); err != nil {
			t.Error(err)
		}
	}
	go func() {
		var text string
		for i := range 5 { // ended by line ends
			text += fmt.Sprintf("<14>1 2026-11-21T22:50:%02dZ h app 1 - - %s", i, line(i))
		}
		send(text)
		text = ""
		for i := 5; i < 10; i++ { // counted, from a program that was not seen before
			m := fmt.Sprintf("<14>1 2026-11-21T22:50:%02dZ h db 1 - - db1,web,10.0.0.9,7,12,QUERY,r,'SELECT nom FROM c\\nWHERE id = %d',0", i, i)
			text += fmt.Sprintf("%d %s", len(m), m)
		}
		send(text)
	}()
	ids, _ := followed(t, 10, func(ctx context.Context, each func(*Batch) error) error {
		return New(Options{}).Listen(ctx, l, each)
	})
	// Senders are read side by side: only the order of each is kept.
	got := map[string]int{}
	for _, id := range ids {
		got[id]++
	}
	for i := range 10 {
		want := fmt.Sprintf("X-%d", i)
		if i >= 5 {
			want = fmt.Sprint(i)
		}
		if got[want] != 1 {
			t.Errorf("%s came %d times: %s", want, got[want], ids)
		}
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	fail := false
	var ids []string
	server := httptest.NewServer(r.Handler(func(b *Batch) error {
		if fail {
			return errors.New("the disk is full")
		}
		for _, id := range b.IDs {
			ids = append(ids, string(id))
		}
		return nil
	}))
	defer server.Close()
	post := func(kind, body string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/logs", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	body := func(id string) string {
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1763765404951000000","attributes":[{"key":"user.name","value":{"stringValue":"a"}},{"key":"record","value":{"stringValue":"` + id + `"}}]}]}]}]}`
	}
	for _, test := range []struct {
		kind, body string
		fail       bool
		want       int
	}{
		{"application/json", body("X-1"), false, 200},
		{"application/json; charset=utf-8", body("X-2"), true, 503},
		{"application/json", body("X-2"), false, 200},
		{"application/json", `{"resourceLogs":[]}`, false, 200},
		{"application/json", `{"resourceLogs":`, false, 400},
		{"application/x-protobuf", "x", false, 415},
	} {
		fail = test.fail
		if got := post(test.kind, test.body); got != test.want {
			t.Errorf("%s was answered %d, not %d", test.body, got, test.want)
		}
	}
	if strings.Join(ids, " ") != "X-1 X-2" {
		t.Errorf("%s came", ids)
	}
}
