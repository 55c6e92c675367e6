package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"filippo.io/age"

	"constat.example/internal/progress"
)

// Sealed is an original that is sealed and not yet received into a case.
type Sealed struct {
	Name   string
	SHA256 string
	Bytes  int64
	Role   Role

	path     string
	identity *age.X25519Identity
}

// Seal encrypts an original into a new file at path, for an identity of its
// own, in one pass that counts and hashes beside. What it wrote is on the disk when
// it returns; where it fails the file is left to be cleared away. The meter hears
// of bytes read.
func Seal(ctx context.Context, name string, src io.Reader, path string, meter progress.Meter) (*Sealed, error) {
	s := &Sealed{Name: name, path: path}
	var err error
	if s.identity, err = age.GenerateX25519Identity(); err != nil {
		return nil, fmt.Errorf("sealing the original: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sealing the original: %w", err)
	}
	hash := sha256.New()
	err = func() error {
		w, err := age.Encrypt(f, s.identity.Recipient())
		if err != nil {
			return err
		}
		if s.Bytes, err = pump(ctx, src, meter, hash, w); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		return f.Sync()
	}()
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("sealing the original: %w", err)
	}
	s.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return s, nil
}

// Sum is the SHA-256 of an original, as Seal finds it. The meter hears of bytes
// read.
func Sum(ctx context.Context, src io.Reader, meter progress.Meter) (string, error) {
	hash := sha256.New()
	if _, err := pump(ctx, src, meter, hash); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// SealedSize is about how many bytes an original of that size takes sealed: a
// header, and 16 bytes for each 64 KiB.
func SealedSize(size int64) int64 { return size + size>>12 + 4096 }

// blockSize is how much is read at once.
const blockSize = 1 << 20

// pump reads src to its end into all of the writers at the same time, and reads
// on while they work. It returns how much was read.
func pump(ctx context.Context, src io.Reader, meter progress.Meter, to ...io.Writer) (total int64, err error) {
	var working sync.WaitGroup
	failed := make([]error, len(to))
	defer working.Wait()
	for blocks := [2][]byte{make([]byte, blockSize), make([]byte, blockSize)}; ; blocks[0], blocks[1] = blocks[1], blocks[0] {
		n, end := io.ReadFull(src, blocks[0])
		if end != nil && !errors.Is(end, io.EOF) && !errors.Is(end, io.ErrUnexpectedEOF) {
			return total, end
		}
		working.Wait()
		if err := errors.Join(ctx.Err(), errors.Join(failed...)); err != nil {
			return total, err
		}
		total += int64(n)
		block := blocks[0][:n]
		for i, w := range to {
			working.Go(func() { _, failed[i] = w.Write(block) })
		}
		meter.Add(int64(n))
		if end != nil {
			working.Wait()
			return total, errors.Join(failed...)
		}
	}
}
