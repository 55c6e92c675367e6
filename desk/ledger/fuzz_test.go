package ledger_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"constat.example/desk/ledger"
	"constat.example/internal/tsatest"
)

// FuzzEntry: what is read as an entry is written again to the byte.
func FuzzEntry(f *testing.F) {
	for _, e := range []*ledger.Entry{entry(1), {
		At: day, Actor: ledger.ActorOf("Jeanne Exemple (agent)"), Act: ledger.Assess, Step: ledger.Done, Of: 3, On: "cases/x", Exit: 1,
		Files: []ledger.File{{Name: "evidence/custody.jsonl", Bytes: 9, Grows: true}, {Name: "a", Gone: true}}, Closes: []int64{1, 2},
	}} {
		text, err := e.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"at":"2026-04-20T09:00:00+00:00","actor":"a","act":"assess","step":"begun"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ledger.ParseEntry(text)
		if err != nil {
			return
		}
		again, err := e.Marshal()
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%s is written as %s, %v", text, again, err)
		}
	})
}

// FuzzCheckpoint: of a checkpoint that is accepted no other spelling is.
func FuzzCheckpoint(f *testing.F) {
	skey, vkey, err := note.GenerateKey(strings.NewReader(strings.Repeat("seed of a test, thirty-two bytes", 2)), "constat.example/ledger/test")
	if err != nil {
		f.Fatal(err)
	}
	by, err := note.NewSigner(skey)
	if err != nil {
		f.Fatal(err)
	}
	key, err := note.NewVerifier(vkey)
	if err != nil {
		f.Fatal(err)
	}
	text, err := note.Sign(&note.Note{Text: "constat.example/ledger/test\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"}, by)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := ledger.OpenCheckpoint(text, key); err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(bytes.Replace(text, []byte("\n7\n"), []byte("\n07\n"), 1))
	f.Fuzz(func(t *testing.T, other []byte) {
		c, err := ledger.OpenCheckpoint(other, key)
		if err != nil {
			return
		}
		// Signatures of others may stand below; what the key signed is the same.
		if !bytes.HasPrefix(other, text[:bytes.Index(text, []byte("\n\n"))]) || c.Size != 7 {
			t.Fatalf("accepted: %s", other)
		}
	})
}

// FuzzStamp: what is no time stamp of a checkpoint is refused, whatever it is.
func FuzzStamp(f *testing.F) {
	f.Add(stampOf(f, tsatest.New(f, day), []byte("a checkpoint")))
	f.Add([]byte{0x30, 0x03, 0x02, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, err := ledger.ReadStamp(answer, []byte("another checkpoint")); err == nil {
			t.Fatal("accepted")
		}
	})
}
