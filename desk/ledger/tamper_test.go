package ledger_test

import (
	"bytes"
	cryptorand "crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"constat.example/desk/ledger"
	"constat.example/internal/progress"
)

// TestTampered changes a ledger in one place after another: every change is found.
func TestTampered(t *testing.T) {
	t.Parallel()
	tamper(t, 1000, 3)
}

// tamper makes that many random changes to a ledger, undoes each, and tells of those
// that a replay does not find.
func tamper(t *testing.T, times int, seed uint64) {
	home := t.TempDir()
	l := open(t, home)
	grow(t, l, 0, 300, 300)
	older := map[string][]byte{}
	ledgerFiles(t, l.Dir(), older)
	grow(t, l, 300, 310, 10)
	now := map[string][]byte{}
	files := ledgerFiles(t, l.Dir(), now)
	noted := []*ledger.Checkpoint{checkpoint(t, l)}
	key := l.Key()
	signer, err := os.ReadFile(filepath.Join(home, "keys", "ledger.key"))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 17))
	kinds := map[string]int{}
	for made := 0; made < times; made++ {
		kind, changed := change(rng, files, now, older, signer)
		if changed == nil {
			made-- // it was put in its own place
			continue
		}
		put(t, l.Dir(), changed)
		_, err := ledger.Replay(t.Context(), l.Dir(), key, noted, progress.None, func(int64, *ledger.Entry) error { return nil })
		if _, is := errors.AsType[*ledger.Break](err); !is {
			t.Fatalf("not found: %s of %v: %v", kind, names(changed), err)
		}
		kinds[kind]++
		back := map[string][]byte{}
		for name := range changed {
			back[name] = now[name]
		}
		put(t, l.Dir(), back)
	}
	if _, err := ledger.Replay(t.Context(), l.Dir(), key, noted, progress.None, func(int64, *ledger.Entry) error { return nil }); err != nil {
		t.Fatalf("undone, it does not hold: %v", err)
	}
	t.Logf("found: %v", kinds)
	if len(kinds) < 14 {
		t.Errorf("only %d kinds of changes were made", len(kinds))
	}
}

// change is a random change: the files as they are to be, nil for one that is to go.
func change(rng *rand.Rand, files []string, now, older map[string][]byte, signer []byte) (kind string, changed map[string][]byte) {
	name := files[rng.IntN(len(files))]
	text := now[name]
	bundles := []string{"tile/entries/000", "tile/entries/001.p/54"}
	bundle := bundles[rng.IntN(2)]
	switch rng.IntN(14) {
	case 10, 11, 12, 13:
		return redrawn(rng, now, signer)
	case 0, 1, 2: // mostly bits, anywhere
		b := bytes.Clone(text)
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		kind, changed = "a bit", map[string][]byte{name: b}
	case 3:
		kind, changed = "a cut", map[string][]byte{name: text[:rng.IntN(len(text))]}
	case 4:
		kind, changed = "bytes put in", map[string][]byte{name: bytes.Join([][]byte{text[:1+rng.IntN(len(text))], text}, nil)}
	case 5:
		kind, changed = "a file that is gone", map[string][]byte{name: nil}
	case 6:
		other := files[rng.IntN(len(files))]
		if other != name {
			kind, changed = "two files for each other", map[string][]byte{name: now[other], other: text}
		}
	case 7, 8: // entries as whole ones
		entries := split(now[bundle])
		i, j := rng.IntN(len(entries)), rng.IntN(len(entries))
		switch rng.IntN(3) {
		case 0:
			if i == j {
				return "", nil
			}
			kind = "two entries for each other"
			entries[i], entries[j] = entries[j], entries[i]
		case 1:
			kind = "an entry taken out"
			entries = append(entries[:i], entries[i+1:]...)
		default:
			kind = "an entry put in"
			entries = append(entries[:i], append([][]byte{entries[j]}, entries[i:]...)...)
		}
		changed = map[string][]byte{bundle: join(entries)}
	default:
		kind, changed = "an older state", map[string][]byte{}
		for name, text := range older {
			changed[name] = text
		}
		for name := range now {
			if older[name] == nil {
				changed[name] = nil
			}
		}
	}
	return kind, changed
}

// redrawn is a ledger whose entries were changed as whole ones, and all of it laid out anew, so that
// every hash fits. Whoever did it has the key or not; the checkpoint before it was noted elsewhere.
func redrawn(rng *rand.Rand, now map[string][]byte, signer []byte) (kind string, changed map[string][]byte) {
	entries := slices.Concat(split(now["tile/entries/000"]), split(now["tile/entries/001.p/54"]))
	i, j := rng.IntN(len(entries)), rng.IntN(len(entries))
	switch rng.IntN(5) {
	case 0: // somebody else did it
		entries[i] = bytes.Replace(entries[i], []byte(`"analyst"`), []byte(`"another"`), 1)
	case 1:
		entries = slices.Delete(entries, i, i+1)
	case 2:
		entries = slices.Insert(entries, i, entries[j])
	case 3:
		if i == j {
			return "", nil
		}
		entries[i], entries[j] = entries[j], entries[i]
	default: // the end is cut off
		entries = entries[:i]
	}
	changed = layout(entries)
	for name := range now {
		if _, is := changed[name]; !is && name != "checkpoint" && name != "key" {
			changed[name] = nil
		}
	}
	root := rootOf(entries)
	origin, rest, _ := strings.Cut(string(now["checkpoint"]), "\n")
	body := fmt.Sprintf("%s\n%d\n%s\n", origin, len(entries), base64.StdEncoding.EncodeToString(root[:]))
	_, signature, _ := strings.Cut(rest, "\n\n")
	signed := func(skey string) []byte {
		by, err := note.NewSigner(skey)
		if err != nil {
			panic(err) // the key is one
		}
		text, err := note.Sign(&note.Note{Text: body}, by)
		if err != nil {
			panic(err) // the body is one
		}
		return text
	}
	switch rng.IntN(4) {
	case 0:
		kind = "redrawn, under the old checkpoint"
	case 1:
		kind, changed["checkpoint"] = "redrawn, with the old signature", []byte(body+"\n"+signature)
	case 2:
		skey, vkey, err := note.GenerateKey(cryptorand.Reader, origin)
		if err != nil {
			panic(err) // the name is one
		}
		kind, changed["checkpoint"] = "redrawn, signed by another key", signed(skey)
		if rng.IntN(2) == 0 {
			kind, changed["key"] = "redrawn, signed by another key that stands beside it", []byte(vkey+"\n")
		}
	default:
		kind, changed["checkpoint"] = "redrawn, signed by its own key, after a checkpoint was noted", signed(strings.TrimSpace(string(signer)))
	}
	return kind, changed
}

func split(bundle []byte) (all [][]byte) {
	for len(bundle) > 0 {
		n := 2 + int(binary.BigEndian.Uint16(bundle))
		all, bundle = append(all, bundle[2:n]), bundle[n:]
	}
	return all
}

func join(entries [][]byte) (bundle []byte) {
	for _, e := range entries {
		bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(e))), e...)
	}
	return bundle
}

func names(files map[string][]byte) (all []string) {
	for name := range files {
		all = append(all, name)
	}
	return all
}

// ledgerFiles reads the files of a ledger.
func ledgerFiles(t *testing.T, dir string, into map[string][]byte) (names []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(p, dir+string(filepath.Separator)))
		names = append(names, name)
		into[name], err = os.ReadFile(p)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names
}

func put(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		if text == nil {
			err = os.Remove(path)
		} else if err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
