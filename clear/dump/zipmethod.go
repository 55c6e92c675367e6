package dump

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
)

// Methods of packing a member.
const (
	zipStore     = 0
	zipDeflate   = 8
	zipDeflate64 = 9
	zipBzip2     = 12
	zipLZMA      = 14
	zipZstdOld   = 20
	zipZstd      = 93
	zipXZ        = 95
	zipAESMethod = 99
)

// known reports that m can be unpacked.
func (m *zipMember) known() bool {
	switch m.method {
	case zipStore, zipDeflate, zipDeflate64, zipBzip2, zipLZMA, zipZstdOld, zipZstd, zipXZ:
		return true
	}
	return false
}

// decompress unpacks what in holds.
func (m *zipMember) decompress(in io.Reader) (io.ReadCloser, error) {
	switch m.method {
	case zipDeflate:
		return flate.NewReader(in), nil
	case zipDeflate64:
		return io.NopCloser(newInflate64(in)), nil
	case zipBzip2:
		return io.NopCloser(bzip2.NewReader(in)), nil
	case zipLZMA:
		return m.lzma(in)
	case zipZstdOld, zipZstd:
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	case zipXZ:
		return openXZ(in)
	}
	return io.NopCloser(in), nil
}

// lzma unpacks LZMA as an archive holds it: two bytes of version, the length of
// the properties, the properties, and data whose length the archive may know.
func (m *zipMember) lzma(in io.Reader) (io.ReadCloser, error) {
	const properties, endMarked = 5, 1 << 1
	head := make([]byte, 4+properties)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint16(head[2:]) != properties {
		return nil, errors.New("properties of LZMA that are none")
	}
	size := uint64(1<<64 - 1)
	if m.flags&endMarked == 0 && m.size >= 0 {
		size = uint64(m.size)
	}
	plain := binary.LittleEndian.AppendUint64(head[4:], size)
	if said := binary.LittleEndian.Uint32(plain[1:]); m.size >= 0 && int64(said) > m.size {
		// It never needs to be larger than the file.
		binary.LittleEndian.PutUint32(plain[1:], uint32(max(m.size, lzma.MinDictCap))) //nolint:gosec // less than said
	}
	r, err := lzma.ReaderConfig{DictCap: xzDictionary}.NewReader(io.MultiReader(bytes.NewReader(plain), in))
	if err != nil {
		return nil, err
	}
	return io.NopCloser(r), nil
}

// whyZip is why a member could not be unpacked to its end.
func whyZip(err error) reason {
	_, dictionary := errors.AsType[*lzma.ErrDictSize](err)
	switch {
	case dictionary, errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return bomb
	}
	if why, ok := whyXZ(err); ok {
		return why
	}
	return corrupt
}
