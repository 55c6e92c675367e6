// Package register keeps an organisation's register as tokens, in dated
// snapshots, so that a value can be told current from stale.
//
// A register is a folder: segments, one per snapshot, and a manifest that names
// them. The first segment holds every person; each later one only the people in
// whom something changed. Segments are written once; the
// manifest is replaced atomically and is the moment a snapshot exists. Whatever
// the manifest does not name is what a crash left, and goes at the next import.
//
//	manifest.json
//	lock                           held while an import runs
//	segments/0000-values.parquet   person, segment, gone, one column per slot;
//	                               where changes are dated, step, at_from, at_to before those
//	segments/0000-people.parquet   person, sealed
//	segments/0000-lexicon.parquet  family, value, class, variant
//	segments/0000-count.parquet    segment, kind, role, value, n
//	segments/0000-place.parquet    segment, set, one column per slot of places, n
//
// A row of values is whole: all that is known of the person from that segment
// on, whether it changed or not; of somebody gone, what they had last. record_id
// is a slot like the others. People are numbered from 0 in the order of their
// first rows, and keep their number when they go and come back. A column that a
// snapshot lacks was not observed, which changes nothing. A segment holds those
// counts that it changed.
package register

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/blind/token"
)

// SnapshotID names a snapshot: the number of its segment, four digits, from 0000.
type SnapshotID string

// Register is the register as it stood when it was opened, or last imported
// into. It is not safe for concurrent use.
type Register struct {
	dir      string
	manifest Manifest
}

// Manifest says what a register holds.
type Manifest struct {
	KeyID     string       // the key whose tokens these are; "" while it is empty
	Layout    token.Layout // every column that some snapshot had
	Snapshots []Snapshot   // by date; the index is the number of the segment
}

// Snapshot is what is known of one snapshot. People of the one before + Added
// - Gone = People.
type Snapshot struct {
	ID         SnapshotID     `json:"id"`
	AsOf       time.Time      `json:"as_of"` // when the register stood so
	Imported   time.Time      `json:"imported"`
	Source     string         `json:"source"` // where it was read from
	SHA256     string         `json:"sha256"` // of the source
	Columns    []SourceColumn `json:"columns"`
	Unobserved []string       `json:"unobserved,omitempty"` // token columns of the register that this snapshot lacks

	People  int64 `json:"people"`  // in this snapshot
	Added   int64 `json:"added"`   // of People: not in the snapshot before
	Changed int64 `json:"changed"` // of People: in both, with another value
	Gone    int64 `json:"gone"`    // in the snapshot before, not in this one
	// For each token column, of how many people in both snapshots its value changed.
	ChangedValues map[string]int64 `json:"changed_values"`
	// For each token column that the register has, of how many of People it is known.
	Filled map[string]int64 `json:"filled"`

	// What was made of a source that tells when things changed; nil of one that does not.
	History *History `json:"history,omitempty"`

	// How the source was written, counted; nil of what was imported before that was done.
	Shapes *shape.Facts `json:"shapes,omitempty"`

	Files    []File   `json:"files"`
	Bytes    int64    `json:"bytes"`              // on disk
	Warnings []string `json:"warnings,omitempty"` // what deserves a look, in English
}

// SourceColumn is a column of the source and the kind it was sealed as.
type SourceColumn struct {
	Name string    `json:"name"`
	Kind kind.Kind `json:"kind"`
}

// File is one file of a segment.
type File struct {
	Name   string `json:"name"` // within segments/
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Open reads the register in the folder dir. An absent one is empty.
func Open(dir string) (*Register, error) {
	r := &Register{dir: dir}
	if err := r.load(); err != nil {
		return nil, err
	}
	return r, nil
}

// In reports whether a register was ever imported into the folder dir.
func In(dir string) bool {
	_, err := os.Stat((&Register{dir: dir}).path())
	return err == nil
}

// Values are the files of all versions: the columns of the layout as they stood
// from each segment on, with person and segment.
func (r *Register) Values() []string { return r.files(0, valuesPart) }

// Manifest returns what the register holds. The caller must not change it.
func (r *Register) Manifest() Manifest { return r.manifest }

// last returns the last snapshot, or nil.
func (m Manifest) last() *Snapshot {
	if len(m.Snapshots) == 0 {
		return nil
	}
	return &m.Snapshots[len(m.Snapshots)-1]
}

// A segment file's part of the name, after the number.
const (
	valuesPart  = "values"
	peoplePart  = "people"
	lexiconPart = "lexicon"
	countPart   = "count"
	placePart   = "place"
)

func segmentID(segment int) SnapshotID { return SnapshotID(fmt.Sprintf("%04d", segment)) }

func fileName(segment int, part string) string {
	return fmt.Sprintf("%s-%s.parquet", segmentID(segment), part)
}

func (r *Register) segments() string { return filepath.Join(r.dir, "segments") }

// file returns the path of a part of a segment, or "" if the segment has none:
// a snapshot in which nobody is new has no people file.
func (r *Register) file(segment int, part string) string {
	name := fileName(segment, part)
	for _, f := range r.manifest.Snapshots[segment].Files {
		if f.Name == name {
			return filepath.Join(r.segments(), name)
		}
	}
	return ""
}

// files returns the paths of a part of all segments from one on.
func (r *Register) files(from int, part string) []string {
	var paths []string
	for segment := from; segment < len(r.manifest.Snapshots); segment++ {
		if path := r.file(segment, part); path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}
