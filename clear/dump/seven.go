package dump

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"

	"github.com/bodgit/sevenzip"

	"constat.example/internal/failure"
)

// sevenContainer is the 7z archive. Its members are packed one after another in
// one stream or several, so that they are unpacked once, in order, and kept.
type sevenContainer struct{}

func (sevenContainer) name() string { return "7z" }

func (sevenContainer) about() Packing {
	return Packing{
		Name: "7z", What: "all usual methods and filters, solid archives, encrypted names and contents",
		NotRead: "links",
	}
}

func (sevenContainer) magic(head []byte) bool {
	return bytes.HasPrefix(head, []byte("7z\xbc\xaf\x27\x1c"))
}

func (sevenContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	z := &sevenFile{f: f, in: in, size: size, words: append([][]byte{nil}, f.passwords()...)}
	files, why, err := z.directory(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case why == encrypted || why == wrongPassword:
		return nil, []refusal{{why: why, bytes: size}}, nil
	case why != 0:
		return nil, nil, failure.New(failure.BadInput, "Ask for the file again; give all its volumes where it has several.", "%s: the 7z archive is damaged or cut short", f.name)
	}
	return z.members(ctx, files)
}

// sevenFile is an archive being read.
type sevenFile struct {
	f      *entry
	in     io.ReaderAt
	size   int64
	words  [][]byte           // passwords; the first is none
	opened []*sevenzip.Reader // by password
	one    bool               // its directory is encrypted, and so there is one password

	wire    *tripwire
	tripped *sevenzip.Reader // on wire
}

// errDecoder stands for the panic of a decoder that is not ours, which may tell
// what it read.
var errDecoder = errors.New("the decoder failed")

// guarded runs a decoder that is not ours.
func guarded(run func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errDecoder
		}
	}()
	return run()
}

// reader is the archive under a password.
func (z *sevenFile) reader(word int) (*sevenzip.Reader, error) {
	if z.opened == nil {
		z.opened = make([]*sevenzip.Reader, len(z.words))
	}
	if z.opened[word] != nil {
		return z.opened[word], nil
	}
	r, err := openSeven(z.in, z.size, z.words[word])
	z.opened[word] = r
	return r, err
}

func openSeven(in io.ReaderAt, size int64, word []byte) (r *sevenzip.Reader, err error) {
	err = guarded(func() (err error) {
		r, err = sevenzip.NewReaderWithPassword(in, size, string(word))
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// directory lists the members, under the first password that fits.
func (z *sevenFile) directory(ctx context.Context) ([]*sevenzip.File, reason, error) {
	for word := range z.words {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		r, err := z.reader(word)
		switch {
		case err == nil:
			if word > 0 { // the others do not open it
				z.words = [][]byte{z.words[word]}
				z.opened = []*sevenzip.Reader{r}
				z.one = true
			}
			return r.File, 0, nil
		case isSourceError(err):
			return nil, 0, err
		case word == 0 && !sealed(err):
			return nil, badMember, nil
		}
	}
	if len(z.words) == 1 {
		return nil, encrypted, nil
	}
	return nil, wrongPassword, nil
}

// sealed reports an error that may come of a wrong password.
func sealed(err error) bool {
	at, ok := errors.AsType[*sevenzip.ReadError](err)
	return ok && at.Encrypted
}

// members unpacks all files.
func (z *sevenFile) members(ctx context.Context, files []*sevenzip.File) (members []*blob, refused []refusal, err error) {
	total := int64(0)
	for _, m := range files {
		total += int64(min(m.UncompressedSize, 1<<50)) //nolint:gosec // bounded
		total = min(total, 1<<60)
	}
	stream, word := -1, 0
	var lost reason // why nothing more of the stream can be read
	for i, m := range files {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		size := int64(min(m.UncompressedSize, 1<<50))                             //nolint:gosec // bounded
		packed := int64(float64(z.size) / float64(max(total, 1)) * float64(size)) // its share: a stream is one
		mode := m.FileInfo().Mode()
		if mode.IsDir() {
			continue
		}
		if mode&fs.ModeType != 0 {
			refused = append(refused, refusal{name: m.Name, why: noFile, bytes: packed})
			continue
		}
		if m.Stream != stream && size > 0 {
			stream = m.Stream
			if word, lost, err = z.fit(ctx, i, word); err != nil {
				return nil, nil, err
			}
		}
		if lost != 0 && size > 0 {
			refused = append(refused, refusal{name: m.Name, why: lost, bytes: packed})
			continue
		}
		b := &blob{name: m.Name, input: z.f.blob.input, packed: packed}
		err := z.unpack(ctx, b, z.opened[word].File[i], size)
		if end, ok := errors.AsType[*broken](err); ok {
			refused = append(refused, refusal{name: m.Name, why: end.why, bytes: packed})
			lost = end.why
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		members = append(members, b)
	}
	return members, refused, nil
}

// fit finds the password of the stream that file i is in; before fitted that
// of the stream before.
func (z *sevenFile) fit(ctx context.Context, i, before int) (word int, why reason, err error) {
	is, err := z.encrypted(i)
	switch {
	case err != nil:
		return 0, 0, err
	case !is || z.one:
		return 0, 0, nil
	case len(z.words) == 1:
		return 0, encrypted, nil
	}
	for try := range z.words {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		at := (before + try) % len(z.words)
		if at == 0 {
			continue // no password
		}
		// The library (1.6.5) spoils what it knows of a stream when it works out
		// a key that it has not at hand: the archive is opened afresh after that.
		r, err := openSeven(z.in, z.size, z.words[at])
		if err == nil {
			err = z.trial(r.File[i])
		}
		if err == nil {
			_, err = z.reader(at)
		}
		switch {
		case isSourceError(err):
			return 0, 0, err
		case err == nil:
			return at, 0, nil
		}
	}
	return 0, wrongPassword, nil
}

// encrypted reports that the stream of file i is. The decoder tells only when
// it fails, and so it is made to.
func (z *sevenFile) encrypted(i int) (bool, error) {
	if z.tripped == nil {
		z.wire = &tripwire{in: z.in}
		var err error
		if z.tripped, err = openSeven(z.wire, z.size, z.words[0]); err != nil {
			return false, err // never: it was opened before
		}
		z.wire.cut = true
	}
	var is bool
	err := guarded(func() error {
		in, err := z.tripped.File[i].Open()
		if err == nil {
			_, err = in.Read(make([]byte, 1))
		}
		is = sealed(err)
		return nil
	})
	return is, err
}

// tripwire is a source that fails once it is told to.
type tripwire struct {
	in  io.ReaderAt
	cut bool
}

func (w *tripwire) ReadAt(p []byte, at int64) (int, error) {
	if w.cut {
		return 0, errDecoder
	}
	return w.in.ReadAt(p, at)
}

// trial unpacks the start of a file.
func (z *sevenFile) trial(m *sevenzip.File) error {
	return guarded(func() error {
		in, err := m.Open()
		if err != nil {
			return err
		}
		_, err = io.CopyN(io.Discard, &summed{in: in, want: m.CRC32, size: m.UncompressedSize}, trialSize)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return err // in is not closed: its decoder would be taken up where it is
	})
}

// unpack keeps what is in a file.
func (z *sevenFile) unpack(ctx context.Context, b *blob, m *sevenzip.File, size int64) error {
	var in io.ReadCloser
	err := guarded(func() (err error) {
		in, err = m.Open()
		return err
	})
	if err != nil {
		return z.explain(err)
	}
	s := &stream{limit: z.f.budget(), rest: func() int64 { return b.packed }}
	s.out = io.NopCloser(&guardedReader{&summed{in: in, want: m.CRC32, size: uint64(size)}})
	s.reason = func(err error) (reason, bool) {
		end, ok := errors.AsType[*broken](z.explain(err))
		if !ok {
			return 0, false
		}
		return end.why, true
	}
	if err := z.f.dump.fill(ctx, b, s); err != nil {
		return err
	}
	if b.broken != nil {
		return nil //nolint:nilerr // there is none: the break is the blob's to tell
	}
	return guarded(in.Close) // so that the next file goes on where this one ends
}

// explain turns an error of the decoder into why a member ends.
func (z *sevenFile) explain(err error) error {
	switch {
	case isSourceError(err):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &broken{why: cutShort}
	}
	if at, ok := errors.AsType[*sevenzip.ReadError](err); ok && at.Err != nil && at.Err.Error() == "sevenzip: unsupported compression algorithm" {
		return &broken{why: unreadMethod}
	}
	return &broken{why: cmp.Or(whyZip(err), corrupt)}
}

// summed checks the CRC-32 of what is read at its end.
type summed struct {
	in   io.Reader
	want uint32 // 0: not known
	size uint64
	n    uint64
	sum  uint32
}

var errMemberSum = errors.New("the sum of a member is wrong")

func (r *summed) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.n += uint64(n) //nolint:gosec // not below zero
	r.sum = crc32.Update(r.sum, crc32.IEEETable, p[:n])
	if errors.Is(err, io.EOF) {
		switch {
		case r.n < r.size:
			err = io.ErrUnexpectedEOF
		case r.want != 0 && r.sum != r.want:
			err = errMemberSum
		}
	}
	return n, err
}

// guardedReader turns the panics of a decoder that is not ours into errors.
type guardedReader struct{ in io.Reader }

func (r *guardedReader) Read(p []byte) (n int, err error) {
	err = guarded(func() (err error) {
		n, err = r.in.Read(p)
		return err
	})
	if errors.Is(err, errDecoder) {
		n = 0
	}
	return n, err
}
