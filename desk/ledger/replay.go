package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"constat.example/internal/progress"
)

// Break is what first does not hold of a ledger.
type Break struct {
	Where string // "entry 12", or a file of the ledger
	Why   string // words that follow it
}

func (b *Break) Error() string { return b.Where + " " + b.Why }

func breakAt(where, why string, args ...any) error { return &Break{where, fmt.Sprintf(why, args...)} }

func entryName(n int64) string { return fmt.Sprintf("entry %d", n) }

// Replayed is a ledger that holds.
type Replayed struct {
	Checkpoint *Checkpoint
	Left       int // files that an interrupted append left, which are no part of it
}

// Replay reads a whole ledger and builds its tree anew, with other code than it was
// written with, and holds every byte of it against what it must be: the signature of
// the checkpoint, the root, every tile, every entry, and the checkpoints that were
// noted earlier. It gives each the entries in order, numbered from 1. What does not
// hold is a Break: the first in the order of the entries. It writes nothing.
func Replay(ctx context.Context, dir string, key note.Verifier, noted []*Checkpoint, meter progress.Meter, each func(int64, *Entry) error) (*Replayed, error) {
	c, edge, err := snapshot(dir, key)
	if err != nil {
		return nil, err
	}
	r := &replay{dir: dir, edge: edge, size: c.Size, tree: (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)}
	byRoot := map[int64][]*Checkpoint{}
	for _, n := range noted {
		if n.Size > c.Size {
			return nil, breakAt(checkpointFile, "tells of %d entries, and one that was noted of %d: the end of the ledger was cut off, or an older state put back", c.Size, n.Size)
		}
		byRoot[n.Size] = append(byRoot[n.Size], n)
	}
	meter.Stage("replaying the ledger", c.Size, "entries")
	if err := r.noted(0, byRoot[0]); err != nil {
		return nil, err
	}
	bundles := (c.Size + width - 1) / width
	const together = 64
	for at := int64(0); at < bundles; at += together {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		read := make([]bundle, min(together, bundles-at))
		var group errgroup.Group
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range read {
			group.Go(func() error { read[i] = r.read(at + int64(i)); return nil })
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		for i, b := range read {
			for j, e := range b.entries {
				n := (at+int64(i))*width + int64(j) + 1
				if err := r.append(n, b.hashes[j], byRoot[n]); err != nil {
					return nil, err
				}
				if err := each(n, e); err != nil {
					return nil, err
				}
			}
			if b.err != nil {
				return nil, b.err
			}
			meter.Add(int64(len(b.entries)))
		}
	}
	return r.end(c)
}

// snapshot reads the checkpoint and what of its tree a longer one would replace,
// while nobody appends.
func snapshot(dir string, key note.Verifier) (*Checkpoint, map[string][]byte, error) {
	unlock, err := hold(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, breakAt("the ledger", "is missing")
	}
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	if vkey, err := os.ReadFile(filepath.Join(dir, keyFile)); err != nil || !isKey(vkey, key) {
		return nil, nil, breakAt(keyFile, "is missing, or is not the key that the ledger is verified with")
	}
	text, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if err != nil {
		return nil, nil, breakAt(checkpointFile, "is missing")
	}
	c, err := OpenCheckpoint(text, key)
	if err != nil {
		return nil, nil, breakAt(checkpointFile, "does not hold: %v", err)
	}
	if strings.Count(string(text), "\n") != 5 {
		return nil, nil, breakAt(checkpointFile, "carries a signature that is not the ledger's")
	}
	edge := map[string][]byte{}
	for level := -1; level < 0 || c.Size>>(level*height) > 0; level++ {
		n := c.Size >> (max(0, level) * height)
		if n%width == 0 {
			continue
		}
		name := path(tlog.Tile{H: height, L: level, N: n / width, W: int(n % width)})
		if edge[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, nil, breakAt(name, "cannot be read")
		}
	}
	return c, edge, nil
}

// isKey tells whether the file of a ledger's key holds that one, in its one spelling.
func isKey(file []byte, key note.Verifier) bool {
	line, ended := strings.CutSuffix(string(file), "\n")
	v, err := note.NewVerifier(line)
	return ended && err == nil && v.Name() == key.Name() && v.KeyHash() == key.KeyHash() &&
		!strings.ContainsAny(line, " \t\r\n") && strings.HasPrefix(line, fmt.Sprintf("%s+%08x+", key.Name(), key.KeyHash()))
}

// replay is a tree under construction.
type replay struct {
	dir   string
	edge  map[string][]byte // files of parts of bundles and tiles
	size  int64             // in the end
	tree  *compact.Range
	tiles [][]byte // of each level, the last tile as far as it is built
	full  []int64  // of each level, how many tiles before it
}

// bundle is a bundle as read, as far as it holds.
type bundle struct {
	entries []*Entry
	hashes  [][]byte
	err     error
}

// read reads bundle n and the tile of its hashes.
func (r *replay) read(n int64) (b bundle) {
	entries := int(min(width, r.size-n*width))
	at, of := bundleAt(n, entries), tlog.Tile{H: height, L: 0, N: n, W: entries}
	data, err := r.file(path(at))
	if err != nil {
		return bundle{err: err}
	}
	tile, err := r.file(path(of))
	if err != nil {
		return bundle{err: err}
	}
	texts, err := splitBundle(data, entries)
	if err != nil {
		// What stands before the cut is still told apart, by the hashes.
		texts, _ = splitPrefix(data)
		b.err = breakAt(path(at), "%v", err)
	}
	for i, text := range texts {
		h := rfc6962.DefaultHasher.HashLeaf(text)
		number := n*width + int64(i) + 1
		if (i+1)*tlog.HashSize > len(tile) || !bytes.Equal(h, tile[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
			b.err = breakAt(entryName(number), "is not the one whose hash stands in %s: one of them was changed", path(of))
			return b
		}
		e, err := ParseEntry(text)
		if err != nil {
			b.err = breakAt(entryName(number), "%v", err)
			return b
		}
		b.entries, b.hashes = append(b.entries, e), append(b.hashes, h)
	}
	return b
}

// splitPrefix cuts off as many entries as a damaged bundle shows.
func splitPrefix(data []byte) (all [][]byte, rest []byte) {
	for n := 1; n <= width; n++ {
		if len(data) < 2 {
			break
		}
		end := 2 + (int(data[0])<<8 | int(data[1]))
		if len(data) < end {
			break
		}
		all, data = append(all, data[2:end]), data[end:]
	}
	return all, data
}

func (r *replay) file(name string) ([]byte, error) {
	if data, is := r.edge[name]; is {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, breakAt(name, "is missing")
	}
	return data, err
}

// append grows the tree by an entry, and holds the tiles that become full, and the
// checkpoints of that size, against it.
func (r *replay) append(n int64, hash []byte, noted []*Checkpoint) error {
	var bad error
	visit := func(id compact.NodeID, hash []byte) {
		if id.Level%height == 0 && bad == nil {
			bad = r.tile(int(id.Level/height), hash)
		}
	}
	if err := r.tree.Append(hash, visit); err != nil {
		return err
	}
	if bad != nil {
		return bad
	}
	return r.noted(n, noted)
}

// tile adds a hash to the last tile of a level.
func (r *replay) tile(level int, hash []byte) error {
	for len(r.tiles) <= level {
		r.tiles, r.full = append(r.tiles, nil), append(r.full, 0)
	}
	r.tiles[level] = append(r.tiles[level], hash...)
	if len(r.tiles[level]) < width*tlog.HashSize {
		return nil
	}
	err := r.same(tlog.Tile{H: height, L: level, N: r.full[level], W: width}, r.tiles[level])
	r.tiles[level] = r.tiles[level][:0]
	r.full[level]++
	return err
}

func (r *replay) same(t tlog.Tile, want []byte) error {
	got, err := r.file(path(t))
	if err == nil && !bytes.Equal(got, want) {
		err = breakAt(path(t), "is not what the entries give")
	}
	return err
}

// noted holds checkpoints of n entries against the tree.
func (r *replay) noted(n int64, all []*Checkpoint) error {
	if len(all) == 0 {
		return nil
	}
	root, err := r.root(n)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Root != root {
			return breakAt("the ledger", "is not the one that was noted: of the first %d entries, one was changed, taken out or put in after the checkpoint was noted", n)
		}
	}
	return nil
}

func (r *replay) root(n int64) (tlog.Hash, error) {
	if n == 0 {
		return emptyRoot(), nil
	}
	root, err := r.tree.GetRootHash(nil)
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Hash{}, errors.Join(errors.New("the tree has no root"), err)
	}
	return tlog.Hash(root), nil
}

// end holds the tree against the checkpoint, and the folder against the tree.
func (r *replay) end(c *Checkpoint) (*Replayed, error) {
	own := map[string]bool{checkpointFile: true, keyFile: true}
	for level, data := range r.tiles {
		if len(data) > 0 {
			if err := r.same(tlog.Tile{H: height, L: level, N: r.full[level], W: len(data) / tlog.HashSize}, data); err != nil {
				return nil, err
			}
		}
		for at := range r.full[level] {
			own[path(tlog.Tile{H: height, L: level, N: at, W: width})] = true
			if level == 0 {
				own[path(bundleAt(at, width))] = true
			}
		}
	}
	for name := range maps.Keys(r.edge) {
		own[name] = true
	}
	root, err := r.root(c.Size)
	if err != nil {
		return nil, err
	}
	if root != c.Root {
		return nil, breakAt("the ledger", "is not the one that its checkpoint signs: entries were changed together with their hashes")
	}
	done := &Replayed{Checkpoint: c}
	var strange []string
	err = filepath.WalkDir(r.dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(r.dir, p)
		if err != nil {
			return err
		}
		switch name = filepath.ToSlash(name); {
		case own[name], strings.HasPrefix(name, keptDir+"/"): // those are in the ledger's own books
		case leftover.MatchString(name):
			done.Left++
		default:
			strange = append(strange, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(strange) > 0 {
		return nil, breakAt(NameOf(slices.Min(strange)), "is no part of the ledger: somebody put it there")
	}
	return done, nil
}

// leftover are names of what an interrupted append may leave: parts of tiles, tiles
// beyond the end, files half-written (with digits where package renameio wrote them).
var leftover = regexp.MustCompile(`^(checkpoint|key)\.new$|^\.(checkpoint|key)[0-9]+$|^tile/(entries|[0-9])/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?(\.new)?$`)
