// Package ledger is the record of all that was done in a home: who did what to which
// folder when, with the SHA-256 of what was given and of what was written. It is an
// append-only log whose entries are the leaves of a Merkle tree (RFC 6962); the root
// is signed with the ledger's key each time it grows. Whoever keeps one signed
// checkpoint sees any later change, insertion or deletion of what stood before it.
//
// # Files
//
// A ledger is a folder in the layout of C2SP tlog-tiles, which other programs read:
//
//	checkpoint                 size and root of the tree, signed
//	key                        what verifies the signature: one line
//	tile/entries/000           the first 256 entries, each with its length
//	tile/0/000                 the hashes of these entries
//	tile/1/000                 the hashes of 256 such tiles, and so on
//	tile/entries/001.p/7       the last entries, here 7
//	kept/                      checkpoints that witnesses cosigned or that were time-stamped
//
// # Crashes
//
// An entry is accepted once the checkpoint that covers it is on the disk, which is
// after its bundle and tiles are. These have names that no earlier checkpoint reads,
// so that a crash at any instant leaves the ledger as it was before or after.
package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Files of a ledger.
const (
	checkpointFile = "checkpoint"
	keyFile        = "key"
	keptDir        = "kept"
	tileDir        = "tile"
	newExt         = ".new"
)

// height is log2 of how many hashes a tile holds, and width that number.
const (
	height = 8
	width  = 1 << height
)

// Log is a ledger that is appended to. It may be shared, in one process and
// between processes.
type Log struct {
	dir    string
	signer note.Signer
	key    note.Verifier

	mu    sync.Mutex // of what follows
	queue []*waiting
	busy  bool

	edge edge // of whoever is busy
}

// waiting is an append that is not on the disk yet.
type waiting struct {
	texts [][]byte
	first int64
	err   error
	done  chan struct{}
}

// Open opens the ledger in dir, which is signed with the key that keyPath holds. Where
// there is neither, both are made.
func Open(dir, keyPath string) (*Log, error) {
	if err := disk.MakeFolder(dir); err != nil {
		return nil, err
	}
	unlock, err := hold(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	skey, err := os.ReadFile(keyPath)
	if errors.Is(err, fs.ErrNotExist) {
		skey, err = begin(dir, keyPath)
	}
	if err != nil {
		return nil, err
	}
	l := &Log{dir: dir}
	if l.signer, err = note.NewSigner(strings.TrimSpace(string(skey))); err != nil {
		return nil, failure.New(failure.BadInput, "Bring it back from a backup.", "the key of the ledger, %s, is damaged", keyPath)
	}
	vkey, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err == nil {
		l.key, err = note.NewVerifier(strings.TrimSpace(string(vkey)))
	}
	if err != nil || l.key.Name() != l.signer.Name() || l.key.KeyHash() != l.signer.KeyHash() {
		return nil, broken("its key is missing, damaged or another")
	}
	return l, nil
}

// begin makes an empty ledger and its key, whose file comes last: without it nothing
// was ever recorded, and all can be made anew.
func begin(dir, keyPath string) (skey []byte, err error) {
	if _, err := os.Lstat(filepath.Join(dir, tileDir)); err == nil {
		return nil, failure.New(failure.BadInput, "Bring it back from a backup; until then nothing can be recorded, and so nothing is done.",
			"the key that signs the ledger, %s, is missing", keyPath)
	}
	private, public, err := NewKey()
	if err != nil {
		return nil, err
	}
	by, err := note.NewSigner(private)
	if err != nil {
		return nil, err
	}
	empty, err := sign(by, 0, emptyRoot())
	if err != nil {
		return nil, err
	}
	if err := disk.WriteFile(filepath.Join(dir, keyFile), []byte(public+"\n")); err != nil {
		return nil, err
	}
	if err := disk.WriteFile(filepath.Join(dir, checkpointFile), empty.text); err != nil {
		return nil, err
	}
	if err := disk.MakeFolder(filepath.Dir(keyPath)); err != nil {
		return nil, err
	}
	return []byte(private), disk.WriteFile(keyPath, []byte(private+"\n"))
}

func emptyRoot() tlog.Hash { return tlog.Hash(HashOf(nil)) }

// broken is an error about a ledger that cannot be gone on with.
func broken(why string, args ...any) error {
	return failure.New(failure.BadInput, `Bring the folder of the ledger back from a backup, and keep this one to look into; "constat verify" tells all that does not hold.`,
		"the ledger does not hold: %w", fmt.Errorf(why, args...))
}

// hold locks a ledger until unlock is called or the process ends.
func hold(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := disk.Lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// Key is what verifies the ledger.
func (l *Log) Key() note.Verifier { return l.key }

// Dir is the folder of the ledger.
func (l *Log) Dir() string { return l.dir }

// Checkpoint is the latest.
func (l *Log) Checkpoint() (*Checkpoint, error) { return readCheckpoint(l.dir, l.key) }

func readCheckpoint(dir string, key note.Verifier) (*Checkpoint, error) {
	text, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, broken("its checkpoint is missing")
	}
	if err != nil {
		return nil, err
	}
	c, err := OpenCheckpoint(text, key)
	if err != nil {
		return nil, broken("its checkpoint: %w", err)
	}
	return c, nil
}

// Append adds entries one after another, and returns the number of the first, from 1,
// once all are on the disk. Appends that wait for the disk together share the waiting.
// Once an append waits, the end of ctx does not stop it.
func (l *Log) Append(ctx context.Context, entries ...*Entry) (first int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	w := &waiting{done: make(chan struct{})}
	for _, e := range entries {
		text, err := e.Marshal()
		if err != nil {
			return 0, err
		}
		w.texts = append(w.texts, text)
	}
	l.mu.Lock()
	l.queue = append(l.queue, w)
	if l.busy {
		l.mu.Unlock()
		<-w.done
		return w.first, w.err
	}
	l.busy = true
	for len(l.queue) > 0 {
		all := l.queue
		l.queue = nil
		l.mu.Unlock()
		l.commit(all)
		l.mu.Lock()
	}
	l.busy = false
	l.mu.Unlock()
	return w.first, w.err
}

// commit puts appends on the disk, all or none.
func (l *Log) commit(all []*waiting) {
	first, err := l.write(all)
	for _, w := range all {
		w.first, w.err = first, err
		first += int64(len(w.texts))
		close(w.done)
	}
}

// edge is what is known of the right edge of the tree: of each level its last tile,
// and the last bundle.
type edge struct {
	of     *Checkpoint
	tiles  map[tlog.Tile][]byte // by level and number, of any width
	bundle []byte
}

func (l *Log) write(all []*waiting) (first int64, err error) {
	unlock, err := hold(l.dir)
	if err != nil {
		return 0, err
	}
	defer unlock()
	was, err := readCheckpoint(l.dir, l.key)
	if err != nil {
		return 0, err
	}
	if l.edge.of == nil || !bytes.Equal(l.edge.of.text, was.text) { // the first time, or another process was here
		if err := l.load(was); err != nil {
			return 0, err
		}
	}
	next, err := l.grow(was, all)
	l.edge = edge{}
	if err != nil {
		return 0, fmt.Errorf("writing the ledger: %w", err)
	}
	l.edge = *next
	l.sweep(was.Size, next.of.Size)
	return was.Size + 1, nil
}

// load reads the right edge of the tree, and checks it against the checkpoint:
// nothing is built upon what does not hold.
func (l *Log) load(was *Checkpoint) (err error) {
	e := edge{of: was, tiles: map[tlog.Tile][]byte{}}
	for level := 0; was.Size>>(level*height) > 0; level++ {
		n := was.Size >> (level * height)
		if n%width == 0 {
			continue // of full tiles the level above tells
		}
		t := tlog.Tile{H: height, L: level, N: (n - 1) / width, W: int((n-1)%width) + 1}
		if e.tiles[slot(t)], err = os.ReadFile(filepath.Join(l.dir, path(t))); err != nil {
			return broken("%s cannot be read", path(t))
		}
		if len(e.tiles[slot(t)]) != t.W*tlog.HashSize {
			return broken("%s is not of its size", path(t))
		}
	}
	l.edge = e
	if was.Size == 0 {
		return nil
	}
	hashes := tlog.TileHashReader(tlog.Tree{N: was.Size, Hash: was.Root}, e)
	root, err := tlog.TreeHash(was.Size, hashes)
	if err != nil || root != was.Root {
		return broken("its tiles are not those that the checkpoint signs")
	}
	part := int(was.Size % width)
	if part == 0 {
		return nil
	}
	b := bundleAt(was.Size/width, part)
	if l.edge.bundle, err = os.ReadFile(filepath.Join(l.dir, path(b))); err != nil {
		return broken("%s cannot be read", path(b))
	}
	texts, err := splitBundle(l.edge.bundle, part)
	if err != nil {
		return broken("%s %w", path(b), err)
	}
	var at []int64
	for i := range texts {
		at = append(at, tlog.StoredHashIndex(0, was.Size-int64(part)+int64(i)))
	}
	want, err := hashes.ReadHashes(at)
	if err != nil {
		return broken("its tiles are not those that the checkpoint signs")
	}
	for i, text := range texts {
		if tlog.RecordHash(text) != want[i] {
			return broken("entry %d is not the one that was recorded", was.Size-int64(part)+int64(i)+1)
		}
	}
	return nil
}

// slot is where an edge keeps a tile, whatever its width.
func slot(t tlog.Tile) tlog.Tile { return tlog.Tile{H: t.H, L: t.L, N: t.N} }

// Height implements tlog.TileReader.
func (e edge) Height() int { return height }

// ReadTiles implements tlog.TileReader.
func (e edge) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data := e.tiles[slot(t)]
		if len(data) < t.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is not at the edge of the tree", path(t))
		}
		all = append(all, data[:t.W*tlog.HashSize])
	}
	return all, nil
}

// SaveTiles implements tlog.TileReader.
func (edge) SaveTiles([]tlog.Tile, [][]byte) {}

// grow writes bundles and tiles and, once they are on the disk, the checkpoint.
func (l *Log) grow(was *Checkpoint, all []*waiting) (*edge, error) {
	fresh := map[int64]tlog.Hash{} // by index of stored hashes
	old := tlog.TileHashReader(tlog.Tree{N: was.Size, Hash: was.Root}, l.edge)
	hashes := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(at))
		var ask []int64
		for i, x := range at {
			if h, is := fresh[x]; is {
				found[i] = h
			} else {
				ask = append(ask, x)
			}
		}
		if len(ask) == 0 {
			return found, nil
		}
		told, err := old.ReadHashes(ask)
		if err != nil {
			return nil, err
		}
		for i, x := range at {
			if _, is := fresh[x]; !is {
				found[i], told = told[0], told[1:]
			}
		}
		return found, nil
	})
	size := was.Size
	files := map[string][]byte{}
	bundle := slices.Clone(l.edge.bundle)
	for _, w := range all {
		for _, text := range w.texts {
			stored, err := tlog.StoredHashes(size, text, hashes)
			if err != nil {
				return nil, err
			}
			at := tlog.StoredHashIndex(0, size)
			for i, h := range stored {
				fresh[at+int64(i)] = h
			}
			bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(text)))
			bundle = append(bundle, text...)
			if size++; size%width == 0 {
				files[path(bundleAt(size/width-1, width))], bundle = bundle, nil
			}
		}
	}
	if part := int(size % width); part > 0 {
		files[path(bundleAt(size/width, part))] = bundle
	}
	next := &edge{tiles: map[tlog.Tile][]byte{}, bundle: bundle}
	for _, t := range tlog.NewTiles(height, was.Size, size) {
		data, err := tlog.ReadTileData(t, hashes)
		if err != nil {
			return nil, err
		}
		files[path(t)], next.tiles[slot(t)] = data, data
	}
	for t, data := range l.edge.tiles { // what did not grow
		if next.tiles[t] == nil {
			next.tiles[t] = data
		}
	}
	root, err := tlog.TreeHash(size, hashes)
	if err != nil {
		return nil, err
	}
	if next.of, err = sign(l.signer, size, root); err != nil {
		return nil, err
	}
	for t := range next.tiles { // what is no longer at the edge
		if last := (size>>(t.L*height) - 1) / width; t.N != last {
			delete(next.tiles, t)
		}
	}
	if err := l.place(files); err != nil {
		return nil, err
	}
	if err := replace(l.dir, checkpointFile, next.of.text); err != nil {
		return nil, err
	}
	return next, disk.SyncFolder(l.dir)
}

// place writes files and has them on the disk, their names too.
func (l *Log) place(files map[string][]byte) error {
	folders := map[string]bool{}
	for name := range files {
		dir := filepath.Dir(filepath.Join(l.dir, name))
		if !folders[dir] {
			folders[dir] = true
			if err := disk.MakeFolder(dir); err != nil {
				return err
			}
		}
	}
	var group errgroup.Group
	group.SetLimit(8) // what waits for a disk together waits once
	for name, data := range files {
		group.Go(func() error { return replace(l.dir, name, data) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for dir := range folders {
		group.Go(func() error { return disk.SyncFolder(dir) })
	}
	return group.Wait()
}

// replace writes a file of the ledger, whole or not at all. The name is on the disk
// once its folder is synced.
func replace(dir, name string, data []byte) (err error) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	f, err := os.OpenFile(path+newExt, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+newExt))
	}
	return os.Rename(path+newExt, path)
}

// sweep removes the parts that a longer one replaced, and what a crash left beside
// them. What cannot be removed stays for the next time, and is no part of the ledger.
func (l *Log) sweep(from, to int64) {
	for level := -1; level < 0 || from>>(level*height) > 0; level++ {
		n, m := from, to
		if level > 0 {
			n, m = from>>(level*height), to>>(level*height)
		}
		if n%width == 0 && m%width == 0 {
			continue
		}
		for _, at := range []int64{n / width, m / width} {
			dir := filepath.Join(l.dir, path(tlog.Tile{H: height, L: level, N: at, W: width})+".p")
			if at != m/width || m%width == 0 {
				_ = os.RemoveAll(dir) // see above
				continue
			}
			left, _ := os.ReadDir(dir) // see above
			for _, f := range left {
				if f.Name() != fmt.Sprint(m%width) {
					_ = os.Remove(filepath.Join(dir, f.Name())) // see above
				}
			}
		}
	}
}

// bundleAt is bundle n, of that many entries.
func bundleAt(n int64, entries int) tlog.Tile { return tlog.Tile{H: height, L: -1, N: n, W: entries} }

// path is where a tile or, of level -1, a bundle stands, by C2SP tlog-tiles.
func path(t tlog.Tile) string {
	name := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", height))
	return tileDir + "/" + strings.Replace(name, "data/", "entries/", 1)
}

// splitBundle cuts a bundle of n entries into them.
func splitBundle(data []byte, n int) ([][]byte, error) {
	all := make([][]byte, 0, n)
	for range n {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("is cut short")
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		all, data = append(all, data[2:end:end]), data[end:]
	}
	if len(data) > 0 {
		return nil, errors.New("holds more than its entries")
	}
	return all, nil
}

// About reads the entries on a folder, in order, without checking the ledger. Numbers
// are from 1.
func (l *Log) About(on string) (numbers []int64, entries []*Entry, err error) {
	unlock, err := hold(l.dir)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	c, err := l.Checkpoint()
	if err != nil {
		return nil, nil, err
	}
	mark := fmt.Appendf(nil, `"on":%q`, on)
	for at := int64(0); at < c.Size; at += width {
		n := int(min(width, c.Size-at))
		data, err := readBundle(l.dir, at/width, n)
		if err != nil {
			return nil, nil, err
		}
		if !bytes.Contains(data, mark) { // most have nothing to do with it
			continue
		}
		texts, err := splitBundle(data, n)
		if err != nil {
			return nil, nil, broken("%s %w", path(bundleAt(at/width, n)), err)
		}
		for i, text := range texts {
			if !bytes.Contains(text, mark) {
				continue
			}
			e, err := ParseEntry(text)
			if err != nil {
				return nil, nil, broken("entry %d %w", at+int64(i)+1, err)
			}
			numbers, entries = append(numbers, at+int64(i)+1), append(entries, e)
		}
	}
	return numbers, entries, nil
}

// Began is when the first entry was made, without checking the ledger; zero of an
// empty one.
func (l *Log) Began() (time.Time, error) {
	unlock, err := hold(l.dir)
	if err != nil {
		return time.Time{}, err
	}
	defer unlock()
	c, err := l.Checkpoint()
	if err != nil || c.Size == 0 {
		return time.Time{}, err
	}
	n := int(min(width, c.Size))
	data, err := readBundle(l.dir, 0, n)
	if err != nil {
		return time.Time{}, err
	}
	texts, err := splitBundle(data, n)
	if err != nil {
		return time.Time{}, broken("%s %w", path(bundleAt(0, n)), err)
	}
	e, err := ParseEntry(texts[0])
	if err != nil {
		return time.Time{}, broken("entry 1 %w", err)
	}
	return e.At, nil
}

// readBundle reads the first n entries of a bundle, which may have grown or be
// full by now.
func readBundle(dir string, at int64, n int) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, path(bundleAt(at, n))))
	if err != nil {
		return nil, broken("%s cannot be read", path(bundleAt(at, n)))
	}
	return data, nil
}
