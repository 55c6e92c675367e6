package dump

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/nwaples/rardecode/v2"

	"constat.example/internal/failure"
)

// rarContainer is the RAR archive, of version 1.5 to 5, and of several volumes.
// Its members may be packed as one stream, so that they are unpacked once, in
// order, and kept.
type rarContainer struct{}

func (rarContainer) name() string { return "rar" }

func (rarContainer) about() Packing {
	return Packing{
		Name: "rar", What: "versions 1.5 to 5, solid, encrypted, of several volumes",
		NotRead: "links; members that need more than 128 MiB",
	}
}

func (rarContainer) magic(head []byte) bool {
	return bytes.HasPrefix(head, []byte("Rar!\x1a\x07\x00")) || bytes.HasPrefix(head, []byte("Rar!\x1a\x07\x01\x00"))
}

// rarDictionary is the most memory that unpacking may take.
const rarDictionary = 128 << 20 // bytes

func (rarContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	z := &rarFile{f: f, size: size, volumes: []*io.SectionReader{io.NewSectionReader(in, 0, size)}}
	if of := f.blob.of; len(of) > 0 {
		z.volumes = nil
		for _, b := range of {
			z.volumes = append(z.volumes, io.NewSectionReader(b.at, 0, b.size))
		}
	}
	if len(f.passwords()) == 0 {
		return z.members(ctx, nil, encrypted)
	}
	for _, word := range f.passwords() {
		if fits, err := z.fits(ctx, word); err != nil {
			return nil, nil, err
		} else if fits {
			return z.members(ctx, word, wrongPassword)
		}
	}
	return z.members(ctx, nil, wrongPassword) // what is not encrypted can be read
}

// rarFile is an archive being read.
type rarFile struct {
	f       *entry
	size    int64
	volumes []*io.SectionReader
}

func (z *rarFile) open(word []byte) (r *rardecode.ReadCloser, err error) {
	options := []rardecode.Option{
		rardecode.FileSystem(&rarVolumes{of: z.volumes}), rardecode.MaxDictionarySize(rarDictionary),
	}
	if word != nil {
		options = append(options, rardecode.Password(string(word)))
	}
	err = guarded(func() (err error) {
		r, err = rardecode.OpenReader("v.part1.rar", options...)
		return err
	})
	return r, err
}

// needsPassword reports an error that comes of none or of a wrong one.
func needsPassword(err error) bool {
	return errors.Is(err, rardecode.ErrArchiveEncrypted) || errors.Is(err, rardecode.ErrArchivedFileEncrypted) || errors.Is(err, rardecode.ErrBadPassword)
}

// fits reports that the first encrypted member can be read with a password, or
// that none is encrypted.
func (z *rarFile) fits(ctx context.Context, word []byte) (bool, error) {
	r, err := z.open(word)
	for err == nil {
		if err = ctx.Err(); err != nil {
			return false, err
		}
		var h *rardecode.FileHeader
		err = guarded(func() (err error) {
			h, err = r.Next()
			return err
		})
		if err != nil {
			break
		}
		if !h.Encrypted || h.IsDir || h.UnPackedSize == 0 {
			continue
		}
		_, err = io.CopyN(io.Discard, &guardedReader{r}, trialSize)
		if err == nil || errors.Is(err, io.EOF) {
			return true, nil
		}
		if !isSourceError(err) {
			return false, nil // garbage comes of a wrong password
		}
	}
	if isSourceError(err) {
		return false, err
	}
	return errors.Is(err, io.EOF), nil
}

// members unpacks all files. why is what to say of those that the password does
// not open.
func (z *rarFile) members(ctx context.Context, word []byte, why reason) (members []*blob, refused []refusal, err error) {
	r, err := z.open(word)
	if err != nil {
		return z.ended(nil, nil, err, why)
	}
	lost := reason(0) // why nothing more of a solid archive can be read
	for {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		var h *rardecode.FileHeader
		if err := guarded(func() (err error) {
			h, err = r.Next()
			return err
		}); err != nil {
			if lost != 0 && !errors.Is(err, io.EOF) && !isSourceError(err) {
				return members, refused, nil // it is told where it began
			}
			return z.ended(members, refused, err, why)
		}
		packed := max(h.PackedSize, 0)
		switch {
		case h.IsDir:
			continue
		case h.LinkType != rardecode.LinkTypeNone || h.Mode()&fs.ModeType != 0:
			refused = append(refused, refusal{name: h.Name, why: noFile, bytes: packed})
			continue
		case lost != 0 && h.Solid:
			refused = append(refused, refusal{name: h.Name, why: lost, bytes: packed})
			continue
		}
		b := &blob{name: h.Name, input: z.f.blob.input, packed: packed}
		s := &stream{limit: z.f.budget(), out: io.NopCloser(&guardedReader{r}), rest: func() int64 { return packed }}
		s.reason = func(err error) (reason, bool) { return z.why(err, why), true }
		err := z.f.dump.fill(ctx, b, s)
		end, ok := errors.AsType[*broken](err)
		switch {
		case ok:
			lost = end.why
		case err != nil:
			return nil, nil, err
		case b.broken != nil:
			lost = b.broken.why
			if b.size == 0 {
				end = b.broken
			}
		}
		if end != nil {
			refused = append(refused, refusal{name: h.Name, why: end.why, bytes: packed})
			continue
		}
		members = append(members, b)
	}
}

// ended ends the list of members, where err is io.EOF as it should.
// locked is what to say where it needs a password.
func (z *rarFile) ended(members []*blob, refused []refusal, err error, locked reason) ([]*blob, []refusal, error) {
	switch {
	case isSourceError(err):
		return nil, nil, err
	case errors.Is(err, io.EOF):
		return members, refused, nil
	case needsPassword(err):
		return members, append(refused, refusal{why: locked, bytes: z.size}), nil
	case len(members)+len(refused) == 0:
		return nil, nil, failure.New(failure.BadInput, "Ask for the file again; give all its volumes where it has several.", "%s: the rar archive is damaged or cut short", z.f.name)
	}
	return members, append(refused, refusal{why: z.why(err, locked)}), nil
}

// why a member cannot be unpacked to its end.
func (z *rarFile) why(err error, locked reason) reason {
	switch {
	case needsPassword(err):
		return locked
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, rardecode.ErrMultiVolume):
		return volumeMissing
	case errors.Is(err, rardecode.ErrDictionaryTooLarge):
		return bomb
	case errors.Is(err, rardecode.ErrUnsupportedDecoder) || errors.Is(err, rardecode.ErrUnknownDecoder) || errors.Is(err, rardecode.ErrUnknownEncryptMethod):
		return unreadMethod
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, rardecode.ErrUnexpectedArcEnd) || errors.Is(err, rardecode.ErrDecoderOutOfData):
		return cutShort
	}
	return corrupt
}

// rarVolumes gives the decoder its volumes: the decoder asks for the next one
// by the name it makes of that of the last, whatever they are called.
type rarVolumes struct {
	of    []*io.SectionReader
	names []string // asked for, in order
}

func (v *rarVolumes) Open(name string) (fs.File, error) {
	at := -1
	for i, known := range v.names {
		if known == name {
			at = i
		}
	}
	if at < 0 {
		if at = len(v.names); at >= len(v.of) {
			return nil, fs.ErrNotExist
		}
		v.names = append(v.names, name)
	}
	all := v.of[at]
	return &rarVolume{io.NewSectionReader(all, 0, all.Size())}, nil
}

// rarVolume is a volume as a file.
type rarVolume struct{ *io.SectionReader }

func (v *rarVolume) Stat() (fs.FileInfo, error) { return v, nil }
func (v *rarVolume) Close() error               { return nil }
func (v *rarVolume) Name() string               { return "" }
func (v *rarVolume) Mode() fs.FileMode          { return 0 }
func (v *rarVolume) ModTime() time.Time         { return time.Time{} }
func (v *rarVolume) IsDir() bool                { return false }
func (v *rarVolume) Sys() any                   { return nil }
