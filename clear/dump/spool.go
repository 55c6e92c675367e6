package dump

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// spool keeps what had to be unpacked before it can be read at any place. It is
// one file without a name, encrypted (AES-CTR) under a key that lives in this
// process only, so that no clear copy of the data ever lies on a disk.
type spool struct {
	file  *os.File
	block cipher.Block
	nonce [8]byte
	end   int64
	limit int64 // bytes
	buf   []byte
}

// Up to how many bytes are kept in memory instead: of one thing, and of all.
const (
	spoolMemory = 1 << 20
	smallMemory = 64 << 20
)

// newSpool makes a spool in the file that open gives.
func newSpool(open func() (*os.File, error)) (*spool, error) {
	f, err := open()
	if err != nil {
		return nil, fmt.Errorf("making a file for what is unpacked: %w", err)
	}
	var key [32]byte
	s := &spool{file: f}
	_, _ = rand.Read(key[:]) // never fails: crypto/rand ends the process instead
	_, _ = rand.Read(s.nonce[:])
	if s.block, err = aes.NewCipher(key[:]); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *spool) close() error { return s.file.Close() }

// stream is the key stream from a place that is a multiple of the block size.
func (s *spool) stream(at int64) cipher.Stream {
	var iv [aes.BlockSize]byte
	copy(iv[:], s.nonce[:])
	binary.BigEndian.PutUint64(iv[8:], uint64(at/aes.BlockSize))
	return cipher.NewCTR(s.block, iv[:])
}

// region is a run of bytes kept in a spool.
type region struct {
	s        *spool
	at, size int64
}

func (r region) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 {
		return 0, errors.New("reading before the start")
	}
	if at >= r.size {
		return 0, io.EOF
	}
	short := int64(len(p)) > r.size-at
	p = p[:min(int64(len(p)), r.size-at)]
	n, err := r.s.file.ReadAt(p, r.at+at)
	into := (r.at + at) % aes.BlockSize
	key := r.s.stream(r.at + at - into)
	var skip [aes.BlockSize]byte
	key.XORKeyStream(skip[:into], skip[:into])
	key.XORKeyStream(p[:n], p[:n])
	switch {
	case n < len(p):
		return n, &sourceError{fmt.Errorf("reading what was unpacked: %w", plainCause(err))}
	case short:
		return n, io.EOF
	}
	return n, nil
}

// keep writes all of in.
func (s *spool) keep(ctx context.Context, in io.Reader) (io.ReaderAt, int64, error) {
	start := (s.end + aes.BlockSize - 1) / aes.BlockSize * aes.BlockSize
	key := s.stream(start)
	if s.buf == nil {
		s.buf = make([]byte, 256<<10)
	}
	buf := s.buf
	at := start
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		n, err := io.ReadFull(in, buf)
		if at-start+int64(n) > s.limit {
			return nil, 0, &broken{why: bomb}
		}
		key.XORKeyStream(buf[:n], buf[:n])
		if _, err := s.file.WriteAt(buf[:n], at); err != nil {
			return nil, 0, &sourceError{fmt.Errorf("keeping what is unpacked: %w", plainCause(err))}
		}
		at += int64(n)
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			s.end = at
			s.limit -= at - start
			return region{s, start, at - start}, at - start, nil
		case err != nil:
			if _, ok := errors.AsType[*broken](err); ok {
				s.end = at
				s.limit -= at - start
				return region{s, start, at - start}, at - start, err
			}
			return nil, 0, err
		}
	}
}

// Unnamed makes files without a name in a folder, the system's temporary one
// for "": what is in them is gone with the process, however it ends.
func Unnamed(dir string) func() (*os.File, error) {
	return func() (*os.File, error) {
		f, err := os.CreateTemp(dir, "constat-*")
		if err != nil {
			return nil, err
		}
		if err := os.Remove(f.Name()); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return f, nil
	}
}
