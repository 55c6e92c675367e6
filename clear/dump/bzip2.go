package dump

import (
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"io"
)

// bzip2Container is bzip2, of one stream or several one after another.
type bzip2Container struct{}

func (bzip2Container) name() string { return "bzip2" }

func (bzip2Container) about() Packing {
	return Packing{
		Name: "bzip2", What: "one stream or several one after another",
		NotRead: "what follows the last stream",
	}
}

func (bzip2Container) magic(head []byte) bool {
	return len(head) > 9 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9' &&
		(bytes.HasPrefix(head[4:], []byte("1AY&SY")) || bytes.HasPrefix(head[4:], []byte("\x17rE8P\x90")))
}

func (bzip2Container) unpack(_ context.Context, f *entry) ([]*blob, []refusal, error) {
	how := func(in io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(in)), nil }
	why := func(err error) (reason, bool) {
		damage, is := errors.AsType[bzip2.StructuralError](err)
		if is && damage == "bad magic value in continuation file" {
			return trailing, true
		}
		return corrupt, is
	}
	return []*blob{squeezed{how, why}.blob(f)}, nil, nil
}
