package dump

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"io/fs"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
	"github.com/klauspost/compress/zstd"

	"constat.example/internal/failure"
)

// zipContainer is the ZIP archive (APPNOTE.TXT 6.3.10).
type zipContainer struct{}

func (zipContainer) name() string { return "zip" }

func (zipContainer) magic(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

func (zipContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	z, err := openZip(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	if like := office(z.File); like != "" {
		return nil, nil, unsupported(f.name, like)
	}
	var members []*blob
	var refused []refusal
	for _, m := range z.File {
		name, size := m.Name, int64(m.CompressedSize64)
		switch {
		case m.FileInfo().IsDir():
			continue // holds nothing
		case m.Flags&1 != 0:
			refused = append(refused, refusal{name: name, why: encrypted, bytes: size})
			continue
		case m.Mode()&fs.ModeType != 0:
			refused = append(refused, refusal{name: name, why: noFile, bytes: size})
			continue
		}
		open := func() (io.ReadCloser, error) {
			out, err := m.Open()
			if err != nil {
				if isSourceError(err) {
					return nil, err
				}
				return ended{&broken{why: badMember, bytes: size}}, nil
			}
			return &stream{out: out, limit: f.budget(), rest: func() int64 { return size }, reason: func(error) (reason, bool) { return corrupt, true }}, nil
		}
		members = append(members, &blob{name: name, packed: size, size: int64(m.UncompressedSize64), open: open})
	}
	return members, refused, nil
}

// openZip reads the directory of a zip archive.
func openZip(ctx context.Context, f *entry) (*zip.Reader, error) {
	at, size, err := f.random(ctx)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		if isSourceError(err) {
			return nil, err
		}
		return nil, failure.New(failure.BadInput, "Ask for the file again, or repair it with `zip -FF`.", "%s: the zip archive is damaged or cut short", f.name)
	}
	// A source may be dear to read in small pieces, as what is sealed is.
	z.RegisterDecompressor(zip.Deflate, func(in io.Reader) io.ReadCloser { return flate.NewReader(bufio.NewReaderSize(in, 1<<18)) })
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20)))
	return z, nil
}
