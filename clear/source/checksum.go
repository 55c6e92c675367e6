package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// original is the file of a register, as it was when it was opened.
type original struct {
	name string
	file *os.File
	info fs.FileInfo
}

func openOriginal(path string) (*original, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Make the file readable by the account that runs this command.", "opening the register: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the register: %w", err), f.Close())
	}
	return &original{name: filepath.Base(path), file: f, info: info}, nil
}

// Size implements Filed.
func (o *original) Size() int64 { return o.info.Size() }

// Checksum implements Filed.
func (o *original) Checksum(ctx context.Context, meter progress.Meter) (string, error) {
	meter.Stage("comparing the file with what was sealed", o.Size(), "bytes")
	return o.checksum(ctx, meter)
}

// checksum reads the whole file once more, which the system has at hand, and
// makes sure that it is the file that was opened. The meter hears of bytes.
func (o *original) checksum(ctx context.Context, meter progress.Meter) (string, error) {
	h := sha256.New()
	r := io.NewSectionReader(o.file, 0, o.info.Size())
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		meter.Add(int64(n))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("reading %s: %w", o.name, err)
		}
	}
	now, err := o.file.Stat()
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", o.name, err)
	}
	if now.Size() != o.info.Size() || !now.ModTime().Equal(o.info.ModTime()) {
		return "", failure.New(failure.BadInput, "Wait until it is written, or import a copy.", "%s changed while it was read", o.name)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// summing takes the checksum while read runs.
func (o *original) summing(ctx context.Context, read func() error) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		sum string
		err error
	}
	done := make(chan result, 1)
	go func() {
		sum, err := o.checksum(ctx, progress.None)
		done <- result{sum, err}
	}()
	if err := read(); err != nil {
		cancel()
		<-done
		return "", err
	}
	r := <-done
	return r.sum, r.err
}
