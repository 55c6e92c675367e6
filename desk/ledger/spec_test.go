package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What stands here reads and lays out logs by the published formats alone, with the standard
// library and nothing of package ledger or of what it is built on:
//
//   - RFC 6962, section 2.1: hashes of leaves, of nodes, of trees
//   - C2SP tlog-tiles: tiles of 256 hashes, bundles of entries, and their names
//   - C2SP signed-note and tlog-checkpoint: size and root, signed with Ed25519

// leafHash and nodeHash are those of RFC 6962.
func leafHash(entry []byte) [32]byte { return sha256.Sum256(append([]byte{0}, entry...)) }

func nodeHash(left, right [32]byte) [32]byte {
	return sha256.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}

// treeHash is the root of a tree over hashes of leaves: that of the largest power of two that is
// smaller than all, and of the rest.
func treeHash(leaves [][32]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	return nodeHash(treeHash(leaves[:k]), treeHash(leaves[k:]))
}

// tileName is the name of a tile or, for level "entries", of a bundle: its number in groups of three
// digits, all but the last with an x before; of a part of one also how wide it is.
func tileName(level string, n, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 256 {
		name += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + name
}

// layout is a log without its checkpoint: what files there are, and what they hold.
func layout(entries [][]byte) map[string][]byte {
	files := map[string][]byte{}
	hashes := make([][32]byte, len(entries))
	for n := 0; n*256 < len(entries); n++ {
		part := entries[n*256 : min(len(entries), n*256+256)]
		var bundle []byte
		for i, e := range part {
			bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(e))), e...)
			hashes[n*256+i] = leafHash(e)
		}
		files[tileName("entries", n, len(part))] = bundle
	}
	for level := 0; len(hashes) > 0; level++ {
		var above [][32]byte
		for n := 0; n*256 < len(hashes); n++ {
			part := hashes[n*256 : min(len(hashes), n*256+256)]
			var tile []byte
			for _, h := range part {
				tile = append(tile, h[:]...)
			}
			files[tileName(strconv.Itoa(level), n, len(part))] = tile
			if len(part) == 256 {
				above = append(above, treeHash(part))
			}
		}
		hashes = above
	}
	return files
}

// rootOf is the root of the tree over entries.
func rootOf(entries [][]byte) [32]byte {
	var leaves [][32]byte
	for _, e := range entries {
		leaves = append(leaves, leafHash(e))
	}
	return treeHash(leaves)
}

// publicKey reads the key that verifies a log: NAME+HASH+KEY.
func publicKey(vkey string) (name string, id []byte, key ed25519.PublicKey, err error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return "", nil, nil, errors.New("the key has no three parts")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != 1 {
		return "", nil, nil, errors.New("the key is none of Ed25519")
	}
	sum := sha256.Sum256(slices.Concat([]byte(parts[0]+"\n"), raw))
	if hex.EncodeToString(sum[:4]) != parts[1] {
		return "", nil, nil, errors.New("the key has another id")
	}
	return parts[0], sum[:4], raw[1:], nil
}

// readCheckpoint reads a checkpoint that a key signed.
func readCheckpoint(text []byte, vkey string) (size int, root [32]byte, err error) {
	name, id, key, err := publicKey(vkey)
	if err != nil {
		return 0, root, err
	}
	end := bytes.Index(text, []byte("\n\n"))
	if end < 0 {
		return 0, root, errors.New("the checkpoint is no signed note")
	}
	body, signed := text[:end+1], false
	for line := range strings.Lines(string(text[end+2:])) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		if len(words) != 3 || words[0] != "—" || !strings.HasSuffix(line, "\n") {
			return 0, root, errors.New("the checkpoint has a line that is no signature")
		}
		raw, err := base64.StdEncoding.DecodeString(words[2])
		if err != nil || len(raw) < 4 {
			return 0, root, errors.New("the checkpoint has a signature that is none")
		}
		if words[1] == name && bytes.Equal(raw[:4], id) {
			signed = ed25519.Verify(key, body, raw[4:])
		}
	}
	if !signed {
		return 0, root, errors.New("the checkpoint is not signed by the key")
	}
	lines := strings.Split(string(body), "\n")
	if len(lines) < 4 || lines[0] != name {
		return 0, root, errors.New("the checkpoint is that of another log")
	}
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(raw) != 32 {
		return 0, root, errors.New("the checkpoint has no root")
	}
	size, err = strconv.Atoi(lines[1])
	return size, [32]byte(raw), err
}

// readBySpec reads a log of that folder as any client would, from the checkpoint down, and returns
// its entries once every hash of it is recomputed.
func readBySpec(dir, vkey string) ([][]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return nil, err
	}
	size, root, err := readCheckpoint(text, vkey)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for n := 0; n*256 < size; n++ {
		width := min(256, size-n*256)
		bundle, err := os.ReadFile(filepath.Join(dir, tileName("entries", n, width)))
		if err != nil {
			return nil, err
		}
		for range width {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("bundle %d ends too early", n)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			entries, bundle = append(entries, bundle[2:end]), bundle[end:]
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("bundle %d goes on after its end", n)
		}
	}
	if rootOf(entries) != root {
		return nil, errors.New("the entries do not have the root that is signed")
	}
	want := layout(entries)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want[name]) {
			return nil, fmt.Errorf("%s is not what it is by the specification: %w", name, err)
		}
	}
	return entries, nil
}

// vkeyOf is the line that verifies the ledger in a folder.
func vkeyOf(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\n")
}

// TestOthersRead: whoever reads logs by the specifications reads the ledger, at every border of
// bundles and tiles.
func TestOthersRead(t *testing.T) {
	t.Parallel()
	othersRead(t, 1, 2, 255, 256, 257, 511, 512, 600, 65_536, 65_800)
}

func othersRead(t *testing.T, sizes ...int) {
	l := open(t, t.TempDir())
	at := 0
	for _, size := range sizes {
		grow(t, l, at, size, 10_000)
		at = size
		entries, err := readBySpec(l.Dir(), vkeyOf(t, l.Dir()))
		if err != nil {
			t.Fatalf("%d entries: %v", size, err)
		}
		if len(entries) != size {
			t.Fatalf("%d entries of %d", len(entries), size)
		}
		var last struct {
			Actor  string   `json:"actor"`
			Inputs []string `json:"inputs"`
		}
		if err := json.Unmarshal(entries[size-1], &last); err != nil || last.Actor != "analyst" || last.Inputs[0] != fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, size-1))) {
			t.Fatalf("the last of %d entries is %s: %v", size, entries[size-1], err)
		}
	}
	// Nothing is left beside that the specification does not have.
	files := map[string][]byte{}
	ledgerFiles(t, l.Dir(), files)
	entries, err := readBySpec(l.Dir(), vkeyOf(t, l.Dir()))
	if err != nil {
		t.Fatal(err)
	}
	want := layout(entries)
	for name := range files {
		if _, is := want[name]; !is && name != "checkpoint" && name != "key" {
			t.Errorf("%s is no file of the log", name)
		}
	}
}

// TestSpecFindsFaults: a ledger laid out otherwise is not read.
func TestSpecFindsFaults(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	grow(t, l, 0, 300, 300)
	files := map[string][]byte{}
	vkey := vkeyOf(t, l.Dir())
	for _, name := range ledgerFiles(t, l.Dir(), files) {
		if name == "key" { // it was told before
			continue
		}
		for _, bad := range [][]byte{append(slices.Clone(files[name]), 0), files[name][:len(files[name])-1], flipped(files[name])} {
			put(t, l.Dir(), map[string][]byte{name: bad})
			if _, err := readBySpec(l.Dir(), vkey); err == nil {
				t.Errorf("with another %s it is read", name)
			}
		}
		put(t, l.Dir(), map[string][]byte{name: nil})
		if _, err := readBySpec(l.Dir(), vkey); err == nil {
			t.Errorf("without %s it is read", name)
		}
		put(t, l.Dir(), map[string][]byte{name: files[name]})
	}
	if _, err := readBySpec(l.Dir(), vkey); err != nil {
		t.Fatal(err)
	}
}

func flipped(text []byte) []byte {
	b := bytes.Clone(text)
	b[len(b)/2] ^= 1
	return b
}
