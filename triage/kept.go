package triage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"constat.example/internal/disk"
	"constat.example/internal/progress"
)

// keptFile is a file that a later run may go on from, and how it is known to be
// whole. The sum is against what disks and copies do by accident; whoever can write
// to the home needs no collision.
type keptFile struct {
	Name   string `json:"name"` // within the folder
	Bytes  int64  `json:"bytes"`
	CRC32C uint32 `json:"crc32c"`
}

// beside tells whether the name is one within the folder: a description comes from
// a disk.
func (f keptFile) beside() bool { return filepath.IsLocal(f.Name) && filepath.Base(f.Name) == f.Name }

// errDamaged says that the description of what is kept is not one.
var errDamaged = errors.New("its description is damaged")

func describeFiles(dir string, names []string) ([]keptFile, error) {
	var all []keptFile
	for _, name := range names {
		f, err := describeFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func describeFile(path string) (keptFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return keptFile{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	n, err := io.CopyBuffer(h, struct{ io.Reader }{f}, make([]byte, 1<<20))
	return keptFile{filepath.Base(path), n, h.Sum32()}, err
}

// whole checks that the files of a folder are those that were described.
func whole(ctx context.Context, meter progress.Meter, dir string, files []keptFile) error {
	total := int64(0)
	for _, f := range files {
		total += f.Bytes
	}
	meter.Stage("taking up what was sealed", total, "bytes")
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if !f.beside() {
			return errDamaged
		}
		now, err := describeFile(filepath.Join(dir, f.Name))
		if err != nil {
			return err
		}
		if now != f {
			return fmt.Errorf("its file %s is damaged", f.Name)
		}
		meter.Add(f.Bytes)
	}
	return nil
}

// description is a description as it lies on the disk, with a sum as its files have.
type description struct {
	CRC32C uint32          `json:"crc32c"`
	Of     json.RawMessage `json:"of"`
}

// writeDescription writes a description, whole or not at all.
func writeDescription(path string, of any) error {
	text, err := encodeDescription(of)
	if err != nil {
		return err
	}
	return disk.WriteFile(path, text)
}

func encodeDescription(of any) ([]byte, error) {
	text, err := json.Marshal(of)
	if err != nil {
		return nil, err
	}
	text, err = json.Marshal(description{sumOf(text), text})
	return append(text, '\n'), err
}

// decodeDescription reads what encodeDescription wrote, or fails with errDamaged.
func decodeDescription(text []byte, of any) error {
	var d description
	if json.Unmarshal(text, &d) != nil || sumOf(d.Of) != d.CRC32C || json.Unmarshal(d.Of, of) != nil {
		return errDamaged
	}
	return nil
}

func sumOf(text []byte) uint32 { return crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)) }
