package dump

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
	"github.com/klauspost/compress/zstd"

	"constat.example/internal/failure"
)

// zipPacking is the ZIP archive (APPNOTE.TXT 6.3.10): each member is a table of
// its own.
type zipPacking struct{}

func (zipPacking) name() string { return "zip" }

func (zipPacking) magic(head []byte) bool {
	return strings.HasPrefix(string(head), "PK\x03\x04") || strings.HasPrefix(string(head), "PK\x05\x06")
}

// Most members of an archive that are looked at.
const maxMembers = 10_000

func (zipPacking) list(s Source) ([]packed, []refusal, error) {
	z, err := zip.NewReader(s.At, s.Size)
	if err != nil {
		if isDiskError(err) {
			return nil, nil, err
		}
		return nil, nil, failure.New(failure.BadInput, "Ask for the file again, or repair it with `zip -FF`.", "%s: the zip archive is damaged or cut short", clean(s.Name))
	}
	if len(z.File) > maxMembers {
		return nil, nil, failure.New(failure.BadInput, "Unpack the archive and name the files that matter.", "%s: the zip archive has more than %d members", clean(s.Name), maxMembers)
	}
	var members []packed
	var refused []refusal
	for i, f := range z.File {
		p := packed{name: clean(f.Name), how: "zip", size: int64(f.CompressedSize64)}
		switch {
		case f.FileInfo().IsDir():
			continue // holds nothing
		case f.Flags&1 != 0:
			refused = append(refused, refusal{name: p.name, why: encrypted, bytes: p.size})
			continue
		}
		p.open = func(r *raw, limit int64) (io.ReadCloser, error) { return openZipMember(r, i, p.size, limit) }
		members = append(members, p)
	}
	return members, refused, nil
}

// openZipMember opens the member of that index. The archive is read at many
// places: its raw reader, which hashes it, is left alone.
func openZipMember(r *raw, index int, packedSize, limit int64) (io.ReadCloser, error) {
	z, err := zip.NewReader(r.source.At, r.source.Size)
	if err != nil || index >= len(z.File) {
		return nil, failure.New(failure.BadInput, "Copy the file to a place where nobody writes to it, and try again.", "%s changed while it was read", clean(r.source.Name))
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20)))
	f := z.File[index]
	out, err := f.Open()
	if err != nil {
		if isDiskError(err) {
			return nil, fmt.Errorf("reading %s: %w", clean(r.source.Name), err)
		}
		return ended{&broken{why: badMember, bytes: packedSize}}, nil
	}
	s := &stream{raw: &raw{read: packedSize}, in: bufio.NewReaderSize(nil, 16), out: out, size: packedSize, limit: most(packedSize, limit)}
	s.reason = func(err error) (reason, bool) { return corrupt, !isDiskError(err) }
	return s, nil
}

// isDiskError tells the machine's failures from those of the data.
func isDiskError(err error) bool {
	_, ok := errors.AsType[*fs.PathError](err)
	return ok || errors.Is(err, os.ErrClosed)
}
