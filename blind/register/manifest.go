package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"constat.example/blind/token"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// schema names the shape of manifest.json.
const schema = "constat.register/3"

// readable are the schemas that are read: of /2 no change is dated.
var readable = []string{"constat.register/2", schema}

// errSchema says that the register was written by another version of Constat.
var errSchema = errors.New("it is of another version of this program")

// stored is a Manifest as it stands in manifest.json.
type stored struct {
	Schema    string     `json:"schema"`
	KeyID     string     `json:"key_id"`
	Columns   []string   `json:"columns"`
	Snapshots []Snapshot `json:"snapshots"`
}

func (r *Register) path() string { return filepath.Join(r.dir, "manifest.json") }

// load reads the manifest and looks that every file it names is there and has
// its size: a segment that was lost or cut short is told before it is used.
func (r *Register) load() error {
	data, err := os.ReadFile(r.path())
	if errors.Is(err, fs.ErrNotExist) {
		r.manifest = Manifest{}
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening the register: %w", err)
	}
	manifest, err := decode(data)
	if errors.Is(err, errSchema) {
		return failure.New(failure.BadInput, "Import the register's snapshots anew into an empty home.",
			"the register's manifest %s cannot be read: %w", r.path(), err)
	}
	if err != nil {
		return failure.New(failure.BadInput, "Put manifest.json back from a backup; the segments beside it are of no use without it.",
			"the register's manifest %s cannot be read: %w", r.path(), err)
	}
	for _, s := range manifest.Snapshots {
		for _, f := range s.Files {
			path := filepath.Join(r.segments(), f.Name)
			info, err := os.Stat(path)
			if err == nil && info.Size() != f.Bytes {
				err = fmt.Errorf("it has %d bytes and should have %d", info.Size(), f.Bytes)
			}
			if err != nil {
				return failure.New(failure.BadInput, "Put the register's folder back from a backup, or import its snapshots anew into an empty home.",
					"the register's segment %s is damaged: %w", path, err)
			}
		}
	}
	r.manifest = manifest
	return nil
}

// decode reads what encode wrote, and nothing that would not hold together.
func decode(data []byte) (Manifest, error) {
	var m stored
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, err
	}
	if !slices.Contains(readable, m.Schema) {
		return Manifest{}, fmt.Errorf("%w: its schema is %q, this program reads %q", errSchema, m.Schema, schema)
	}
	manifest := Manifest{KeyID: m.KeyID, Snapshots: m.Snapshots}
	for _, name := range m.Columns {
		c, err := token.ParseColumn(name)
		if err != nil {
			return Manifest{}, err
		}
		manifest.Layout = append(manifest.Layout, c)
	}
	var people int64
	for i, s := range m.Snapshots {
		if s.ID != segmentID(i) {
			return Manifest{}, fmt.Errorf("snapshot %d is named %q", i, s.ID)
		}
		if i > 0 && !s.AsOf.After(m.Snapshots[i-1].AsOf) {
			return Manifest{}, fmt.Errorf("snapshot %s is not later than the one before", s.ID)
		}
		if people += s.Added - s.Gone; people != s.People {
			return Manifest{}, fmt.Errorf("the people of snapshot %s do not add up", s.ID)
		}
		if h := s.History; h != nil && (h.Read != h.Applied+h.Held+h.Earlier+h.Later+h.Repeated+h.Same+h.Unknown || min(h.Applied, h.Held, h.Earlier, h.Later, h.Repeated, h.Same, h.Unknown) < 0) {
			return Manifest{}, fmt.Errorf("the changes of snapshot %s do not add up", s.ID)
		}
		for _, n := range s.Filled {
			if n < 0 || n > s.People {
				return Manifest{}, fmt.Errorf("snapshot %s has %d values of %d people", s.ID, n, s.People)
			}
		}
		for _, f := range s.Files {
			if !slices.ContainsFunc([]string{valuesPart, peoplePart, lexiconPart, countPart, placePart}, func(part string) bool { return f.Name == fileName(i, part) }) {
				return Manifest{}, fmt.Errorf("snapshot %s names a file that is none of its own", s.ID)
			}
		}
	}
	return manifest, nil
}

func encode(m Manifest) ([]byte, error) {
	data, err := json.MarshalIndent(stored{schema, m.KeyID, m.Layout.Names(), m.Snapshots}, "", "  ")
	return append(data, '\n'), err
}

// commit puts m in place of the manifest, on disk before it returns.
func (r *Register) commit(m Manifest) error {
	data, err := encode(m)
	if err != nil {
		return fmt.Errorf("writing the register's manifest: %w", err)
	}
	if err := renameio.WriteFile(r.path(), data, 0o600, renameio.WithTempDir(r.dir)); err != nil {
		return fmt.Errorf("writing the register's manifest: %w", err)
	}
	r.manifest = m
	if err := disk.SyncFolder(r.dir); err != nil {
		return fmt.Errorf("writing the register's manifest: %w", err)
	}
	return nil
}

// lock keeps a second import out; the lock dies with the process.
func (r *Register) lock() (unlock func() error, err error) {
	if err := os.MkdirAll(r.segments(), 0o700); err != nil {
		return nil, fmt.Errorf("making the register's folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(r.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the register: %w", err)
	}
	if err := disk.TryLock(f); err != nil {
		_ = f.Close() // nothing was written
		if errors.Is(err, disk.ErrLocked) {
			return nil, failure.New(failure.Refused, "Wait until the other import has ended.", "another import into %s is under way", r.dir)
		}
		return nil, fmt.Errorf("locking the register: %w", err)
	}
	return f.Close, nil
}

// sweep removes the files that the manifest does not name: an import that was
// cut short left them.
func (r *Register) sweep() error {
	named := map[string]bool{}
	for _, s := range r.manifest.Snapshots {
		for _, f := range s.Files {
			named[f.Name] = true
		}
	}
	entries, err := os.ReadDir(r.segments())
	if err != nil {
		return fmt.Errorf("tidying the register: %w", err)
	}
	for _, e := range entries {
		if named[e.Name()] || e.IsDir() {
			continue
		}
		if err := os.Remove(filepath.Join(r.segments(), e.Name())); err != nil {
			return fmt.Errorf("tidying the register: %w", err)
		}
	}
	left, err := filepath.Glob(filepath.Join(r.dir, ".manifest.json*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return fmt.Errorf("tidying the register: %w", err)
	}
	return nil
}

// describe returns what the manifest keeps of a file of a segment.
func (r *Register) describe(name string) (File, error) {
	f, err := os.Open(filepath.Join(r.segments(), name))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	if err != nil {
		return File{}, err
	}
	return File{Name: name, Bytes: n, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// day writes an instant as people read it: the day, and the time when it counts.
func day(t time.Time) string {
	t = t.UTC()
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}
