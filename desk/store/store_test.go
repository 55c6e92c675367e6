package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"constat.example/desk/store"
	"constat.example/internal/failure"
	"constat.example/internal/pgtest"
)

// TestConformance: whatever a store does, both kinds do.
func TestConformance(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		conform(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "a folder #1?", "desk.db") })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server := pgtest.Start(t)
		conform(t, func(t *testing.T) string { return server.Database(t) })
	})
}

func conform(t *testing.T, place func(*testing.T) string) {
	open := func(t *testing.T, at string) *store.Store {
		t.Helper()
		s, err := store.Open(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	add := func(t *testing.T, s *store.Store, stream string, after int64, lines ...string) {
		t.Helper()
		if err := s.Add(t.Context(), stream, after, lines...); err != nil {
			t.Fatal(err)
		}
	}
	lines := func(t *testing.T, s *store.Store, stream string) string {
		t.Helper()
		text, err := s.Lines(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Run("keeps lines in order", func(t *testing.T) {
		at := place(t)
		s := open(t, at)
		if got := lines(t, s, "a"); got != "" {
			t.Errorf("an empty stream has %q", got)
		}
		add(t, s, "a", 0, "one", "two")
		add(t, s, "b", 0, "other")
		add(t, s, "a", 2, "thrée '\"\\ ?")
		if got, want := lines(t, open(t, at), "a"), "one\ntwo\nthrée '\"\\ ?\n"; got != want {
			t.Errorf("it has %q, not %q", got, want)
		}
		streams, err := s.Streams(t.Context())
		if err != nil || !slices.Equal(streams, []string{"a", "b"}) {
			t.Errorf("streams are %q: %v", streams, err)
		}
	})
	t.Run("tells who had not seen the last line", func(t *testing.T) {
		s := open(t, place(t))
		add(t, s, "a", 0, "one", "two")
		for _, after := range []int64{0, 1, 3} {
			if err := s.Add(t.Context(), "a", after, "lost"); !errors.Is(err, store.ErrMoved) {
				t.Errorf("after %d: %v", after, err)
			}
		}
		if got := lines(t, s, "a"); got != "one\ntwo\n" {
			t.Errorf("it has %q", got)
		}
	})
	t.Run("lets one of those in who add at once", func(t *testing.T) {
		at := place(t)
		const adders, rounds = 6, 10
		var stores []*store.Store
		for range adders {
			stores = append(stores, open(t, at))
		}
		var mu sync.Mutex
		won := map[int64]int{}
		var working sync.WaitGroup
		for i, s := range stores {
			working.Go(func() {
				for round := range int64(rounds) {
					for { // all of them try for each number
						err := s.Add(context.Background(), "a", round, fmt.Sprintf("%d by %d", round, i))
						if err == nil {
							mu.Lock()
							won[round]++
							mu.Unlock()
						}
						if err != nil && !errors.Is(err, store.ErrMoved) {
							t.Error(err)
							return
						}
						text, err := s.Lines(context.Background(), "a")
						if err != nil {
							t.Error(err)
							return
						}
						if int64(bytes.Count(text, []byte("\n"))) > round {
							break
						}
					}
				}
			})
		}
		working.Wait()
		for round := range int64(rounds) {
			if won[round] != 1 {
				t.Errorf("number %d was given %d times", round+1, won[round])
			}
		}
		if got := lines(t, stores[0], "a"); strings.Count(got, "\n") != rounds {
			t.Errorf("%d lines", strings.Count(got, "\n"))
		}
	})
	t.Run("is brought back from a backup", func(t *testing.T) {
		asked := map[string]string{}
		holds := func(stream string, text []byte) error {
			asked[stream] = string(text)
			return nil
		}
		s := open(t, place(t))
		add(t, s, "", 0, "home")
		add(t, s, "forum", 0, `{"a":"é<>&"}`, "two")
		var backup bytes.Buffer
		if acts, err := s.Backup(t.Context(), &backup); err != nil || acts != 3 {
			t.Fatalf("%d acts: %v", acts, err)
		}
		again := open(t, place(t))
		if acts, err := again.Restore(t.Context(), bytes.NewReader(backup.Bytes()), holds); err != nil || acts != 3 {
			t.Fatalf("%d acts: %v", acts, err)
		}
		for _, stream := range []string{"", "forum"} {
			if got, want := lines(t, again, stream), lines(t, s, stream); got != want || asked[stream] != want {
				t.Errorf("%q has %q, not %q; it was asked about %q", stream, got, want, asked[stream])
			}
		}
		for _, bad := range []string{"", "forum"} {
			empty, no := open(t, place(t)), errors.New("no")
			_, err := empty.Restore(t.Context(), bytes.NewReader(backup.Bytes()), func(stream string, _ []byte) error {
				if stream == bad {
					return failure.New(failure.BadInput, "", "%w", no)
				}
				return nil
			})
			if streams, again := empty.Streams(t.Context()); !errors.Is(err, no) || again != nil || len(streams) > 0 {
				t.Errorf("with %q that does not hold, %q was brought back: %v, %v", bad, streams, err, again)
			}
		}
		if _, err := again.Restore(t.Context(), bytes.NewReader(backup.Bytes()), holds); failure.CodeOf(err) != failure.Refused {
			t.Errorf("into a store that is not empty: %v", err)
		}
		text := backup.String()
		for name, bad := range map[string]string{
			"nothing": "", "cut": text[:len(text)-1], "a line less": strings.Replace(text, strings.SplitAfter(text, "\n")[2], "", 1),
			"another word": strings.Replace(text, "two", "tow", 1), "more": text + "x", "something else": "{}\n", "no JSON": strings.Replace(text, `{"stream"`, `"stream"`, 1),
		} {
			empty := open(t, place(t))
			if _, err := empty.Restore(t.Context(), strings.NewReader(bad), holds); failure.CodeOf(err) != failure.BadInput {
				t.Errorf("%s: %v", name, err)
			}
			if streams, err := empty.Streams(t.Context()); err != nil || len(streams) > 0 {
				t.Errorf("%s: %q was brought back: %v", name, streams, err)
			}
		}
	})
}

// TestLostAnswer: a line is on the disk, and the answer to that is lost on the way. Whoever added it
// is not told that somebody else did, or that it failed.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	direct := server.Database(t)
	at, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	var cut atomic.Bool // the answer to the next commit is lost
	at.Host = lossy(t, server.Host, &cut)
	s, err := store.Open(t.Context(), at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Add(t.Context(), "a", 0, "one"); err != nil {
		t.Fatal(err)
	}
	cut.Store(true)
	if err := s.Add(t.Context(), "a", 1, "two", "three"); err != nil {
		t.Errorf("it was added, and the answer is %v", err)
	}
	if cut.Load() {
		t.Error("no answer was lost")
	}
	if text, err := s.Lines(t.Context(), "a"); err != nil || string(text) != "one\ntwo\nthree\n" {
		t.Errorf("it has %q: %v", text, err)
	}
}

// lossy passes on what clients and a server of PostgreSQL say to each other. Where cut is set, the
// next answer to a commit is not passed on, and the line is cut.
func lossy(t *testing.T, server string, cut *atomic.Bool) (address string) {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	pass := func(client net.Conn) {
		defer client.Close()
		behind, err := net.Dial("tcp", server)
		if err != nil {
			return
		}
		defer behind.Close()
		var lost atomic.Bool
		go func() {
			defer client.Close()
			for b := make([]byte, 1<<16); ; {
				n, err := behind.Read(b)
				if err != nil || lost.Load() {
					return
				}
				if _, err := client.Write(b[:n]); err != nil {
					return
				}
			}
		}()
		for b := make([]byte, 1<<16); ; {
			n, err := client.Read(b)
			if err != nil {
				return
			}
			if bytes.Contains(bytes.ToLower(b[:n]), []byte("commit")) && cut.CompareAndSwap(true, false) {
				lost.Store(true)
			}
			if _, err := behind.Write(b[:n]); err != nil {
				return
			}
		}
	}
	go func() {
		for {
			client, err := in.Accept()
			if err != nil {
				return
			}
			go pass(client)
		}
	}()
	return in.Addr().String()
}

func TestFileIsPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("it is %v: %v", st.Mode(), err)
	}
}

func TestBadStores(t *testing.T) {
	t.Parallel()
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(damaged, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for at, code := range map[string]failure.Code{
		damaged: failure.BadInput, "mysql://somewhere": failure.Usage, "postgres://u:s3cr3t@127.0.0.1:1/x": failure.BadInput,
	} {
		_, err := store.Open(t.Context(), at)
		if failure.CodeOf(err) != code {
			t.Errorf("%s: %v", at, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("it tells the password: %v", err)
		}
	}
}

// TestNewerIsLeftAlone: an older program does not touch what a newer one made.
func TestNewerIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	store.SetVersion(t, path, 99)
	if _, err := store.Open(t.Context(), path); failure.CodeOf(err) != failure.Refused {
		t.Errorf("it opens: %v", err)
	}
}
