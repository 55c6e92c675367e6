package dump

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zip"
	"github.com/klauspost/compress/zstd"

	"constat.example/internal/failure"
)

// zipContainer is the ZIP archive (APPNOTE.TXT 6.3.10), zip64 and cut into
// volumes too. Where its directory is missing or damaged, members are found by
// their own headers. What is encrypted is opened with the passwords offered.
type zipContainer struct{}

func (zipContainer) name() string { return "zip" }

func (zipContainer) about() Packing {
	return Packing{
		Name: "zip", What: "zip64, split into volumes, without its directory; stored, Deflate, Deflate64, bzip2, LZMA, xz, zstd; ZipCrypto and WinZip AES",
		NotRead: "PPMd, implode and older methods, PKWARE's strong encryption, links; members that share bytes",
	}
}

func (zipContainer) magic(head []byte) bool {
	for _, mark := range []string{zipLocal, zipEnd, zipSpanned + zipLocal, zipOneDisk + zipLocal} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

func (zipContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	if z, err := openZip(ctx, f); err == nil {
		if like := office(z.File); like != "" {
			return nil, nil, unsupported(f.name, like)
		}
	}
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	z := &zipFile{f: f, in: in, size: size}
	all, refused, err := z.list(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(all)+len(refused) == 0 && !z.whole {
		return nil, nil, failure.New(failure.BadInput, "Ask for the file again.", "%s: the zip archive is damaged or cut short", f.name)
	}
	var members []*blob
	budget := f.budget()
	for _, m := range all {
		b, why, err := z.open(m)
		switch {
		case err != nil:
			return nil, nil, err
		case b == nil:
			refused = append(refused, refusal{name: m.name, why: why, bytes: m.packed})
			continue
		}
		if budget -= max(m.size, m.packed, 0); budget < 0 {
			refused = append(refused, refusal{name: m.name, why: bomb, bytes: m.packed})
			continue
		}
		members = append(members, b)
	}
	return members, refused, nil
}

// open makes a member of m, or says why it cannot be.
func (z *zipFile) open(m *zipMember) (*blob, reason, error) {
	key, why, err := z.unlock(m)
	if err != nil || why != 0 {
		return nil, why, err
	}
	if !m.known() {
		return nil, unreadMethod, nil
	}
	b := &blob{name: m.name, packed: m.packed, size: m.size}
	b.open = func() (io.ReadCloser, error) { return z.read(m, key), nil }
	if m.method == zipStore && key == nil && m.size == m.packed {
		b.at = io.NewSectionReader(z.in, m.data, m.packed)
	}
	return b, 0, nil
}

// read unpacks m from start to end, and checks its sum.
func (z *zipFile) read(m *zipMember, key zipKey) io.ReadCloser {
	raw := io.NewSectionReader(z.in, m.data, m.packed)
	limit := z.f.budget()
	counted := &counter{r: raw}
	var in io.Reader = counted
	if key != nil {
		in = key.reader(in, m.packed)
	}
	s := &stream{limit: limit, rest: func() int64 { return m.packed - counted.n }}
	s.reason = func(err error) (reason, bool) { return whyZip(err), true }
	out, err := m.decompress(bufio.NewReaderSize(in, int(min(max(m.packed, 16), 64<<10))))
	if err != nil {
		return ended{s.explain(err)}
	}
	s.out = &zipSummed{in: out, m: m, sealed: in}
	return s
}

// zipSummed checks length and sum of a member at its end.
type zipSummed struct {
	in     io.ReadCloser
	m      *zipMember
	sealed io.Reader // what is unpacked, which may have a seal at its end
	n      int64
	sum    uint32
}

var errZipSum = errors.New("the sum of a member is wrong")

func (r *zipSummed) Read(p []byte) (int, error) {
	if r.m.size >= 0 {
		// One byte more than there should be tells that there is more.
		p = p[:min(int64(len(p)), r.m.size-r.n+1)]
	}
	n, err := r.in.Read(p)
	r.n += int64(n)
	r.sum = crc32.Update(r.sum, crc32.IEEETable, p[:n])
	if r.m.size >= 0 && r.n > r.m.size {
		return n - int(r.n-r.m.size), errZipSum
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	if _, err := io.Copy(io.Discard, r.sealed); err != nil {
		return n, err
	}
	switch {
	case r.m.cut:
		return n, io.ErrUnexpectedEOF
	case r.m.size >= 0 && r.n < r.m.size:
		return n, io.ErrUnexpectedEOF
	case r.m.summed && r.sum != r.m.sum:
		return n, errZipSum
	}
	return n, io.EOF
}

func (r *zipSummed) Close() error { return r.in.Close() }

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
