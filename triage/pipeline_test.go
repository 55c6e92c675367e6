package triage_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"constat.example/blind/token"
	"constat.example/triage"
)

// The table of tokens is the same to the byte on any number of threads, and the
// lexicon has the same entries.
func TestThreadsDoNotShowInTokens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var csv bytes.Buffer
	csv.WriteString("identifiant;nom_naissance;prenoms;date_naissance;courriel;telephone;adresse;code_postal;commune\n")
	for i := range 140_000 { // more than a row group
		name := fmt.Sprintf("%c%c%c%c", 'a'+i*7%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i%26)
		fmt.Fprintf(&csv, "A-%06d;Nom%s;Zoé, Jean-%s;19%02d-%02d-%02d;%s%d@b.example;06399%05d;%d rue de %s;%05d;Saint-%s\n",
			i, name, name, 1+i%99, 1+i%12, 1+i%28, name, i, 80000+i%10000, 1+i%300, name, 35000+i%500, name[1:3])
	}
	source := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(source, csv.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	w := triage.Bench{Home: filepath.Join(dir, "home")}
	if err := os.Mkdir(w.Home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := w.NewDrillKey([]byte("seed")); err != nil {
		t.Fatal(err)
	}
	var tokens []byte
	var words int64
	for _, threads := range []int{1, 2, 4} {
		w.Threads = threads
		rows, err := w.Seal(context.Background(), source, "", dir, true)
		if err != nil || rows != 140_000 {
			t.Fatal(rows, err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "tokens.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := token.RowsOfFile(filepath.Join(dir, "lexicon.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		if threads > 1 && (!bytes.Equal(got, tokens) || n != words) {
			t.Errorf("on %d threads: other bytes, or %d words for %d", threads, n, words)
		}
		tokens, words = got, n
	}
}
