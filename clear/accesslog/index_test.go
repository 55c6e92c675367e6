package accesslog

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/token"
)

// TestNames reads a log whose names are short, long and of all lengths between, in several
// blocks: with and without names forgotten on the way, each access has the names of its line.
func TestNames(t *testing.T) {
	t.Parallel()
	name := func(i int) string { return strings.Repeat("n", i%40) + fmt.Sprint(i%9000) }
	var b strings.Builder
	const n = 40_000
	for i := range n {
		fmt.Fprintf(&b, `{"ts":%d,"account":%q,"action":"read","record":"%d","device":%q,"office":"o%d"}`+"\n", 1763765404+i, name(i), i, name(i*7), i%50)
	}
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, forget := range []bool{false, true} {
		r := New(Options{Threads: 3, Seal: func() func([]byte) token.Token {
			return func(id []byte) token.Token { return numberOf(id) + 1 }
		}})
		at := 0
		err := r.Scan(t.Context(), []string{path}, func(batch *Batch) error {
			if batch.IDs != nil {
				t.Error("ids were handed on that are sealed")
			}
			for _, a := range batch.Accesses {
				got := []string{r.Names.Of(a.Account), r.Names.Of(a.Device), r.Names.Of(a.Office), fmt.Sprint(a.Record)}
				if want := []string{name(at), name(at * 7), fmt.Sprintf("o%d", at%50), fmt.Sprint(at + 1)}; !slices.Equal(got, want) {
					t.Fatalf("line %d has %q, not %q", at+1, got, want)
				}
				at++
			}
			if forget {
				r.Forget()
			}
			return nil
		})
		if err != nil || at != n {
			t.Fatal(at, err)
		}
	}
}

// TestKeysGuessed reads objects whose keys change from line to line as each by itself is read.
func TestKeysGuessed(t *testing.T) {
	t.Parallel()
	lines := []string{
		`{"a":"1","b":{"c":"2","d":"3"},"e":["4","5"]}`, `{"a":"1","b":{"d":"3","c":"2"},"e":["4","5"]}`, `{ "a" : "1" , "e":[]}`,
		`{"b":{"c":"\u0041"},"a":null,"a":"6"}`, `{"ab":"7","a":"8"}`, `{"a\u0062":"9","a":"10"}`, `{"e":{"a":"11"},"b":"12"}`, `{"a":"1","b":{"c":"2","d":"3"},"e":["4"]`,
	}
	slot := map[string]int{"a": 0, "b.c": 1, "e": 2, "ab": 3}
	grown := func() *tree {
		return growing(func(path string) (int, int) {
			if n, ok := slot[path]; ok {
				return n, 0
			}
			return -1, 0
		})
	}
	var s scanner
	used := grown()
	for range 3 {
		for i := range lines {
			for _, text := range []string{lines[i], lines[(i*5+3)%len(lines)]} {
				var alone scanner
				want := alone.scan([]byte(text), grown(), len(slot))
				if got := s.scan([]byte(text), used, len(slot)); got != want || fmt.Sprintf("%q", s.values) != fmt.Sprintf("%q", alone.values) {
					t.Fatalf("%s: %v %q, not %v %q", text, got, s.values, want, alone.values)
				}
			}
		}
	}
}
