package dump

import (
	"errors"
	"io"
	"sort"
)

// join puts blobs that can be read at any place together, in order.
func join(pieces []*blob) *blob {
	first := pieces[0]
	all := &blob{input: first.input, name: first.name, how: first.how, of: pieces}
	at := &joinedAt{}
	for _, p := range pieces {
		all.packed += p.packed
		all.weight += p.weight
		all.size += p.size
		at.pieces = append(at.pieces, p.at)
		at.ends = append(at.ends, all.size)
	}
	all.broken = pieces[len(pieces)-1].broken
	all.at = at
	all.open = func() (io.ReadCloser, error) { return &joinedReader{rest: pieces}, nil }
	return all
}

// takeOver counts the bytes of the inputs that all was put together from as its own.
func (d *Dump) takeOver(all *blob) {
	for _, b := range all.of[1:] {
		if b.name == "" {
			d.inputs[all.input].more += d.inputs[b.input].Size
		}
	}
}

// joinedAt reads pieces that follow one another.
type joinedAt struct {
	pieces []io.ReaderAt
	ends   []int64 // of each piece in the whole
}

func (j *joinedAt) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 {
		return 0, errors.New("reading before the start")
	}
	read := 0
	for i := sort.Search(len(j.ends), func(i int) bool { return j.ends[i] > at }); i < len(j.ends) && read < len(p); i++ {
		start := int64(0)
		if i > 0 {
			start = j.ends[i-1]
		}
		want := min(int64(len(p)-read), j.ends[i]-at)
		n, err := j.pieces[i].ReadAt(p[read:read+int(want)], at-start)
		read += n
		at += int64(n)
		if int64(n) < want {
			return read, err
		}
	}
	if read < len(p) {
		return read, io.EOF
	}
	return read, nil
}

// joinedReader reads pieces from start to end.
type joinedReader struct {
	now  io.ReadCloser
	rest []*blob
}

func (j *joinedReader) Read(p []byte) (int, error) {
	for {
		if j.now == nil {
			if len(j.rest) == 0 {
				return 0, io.EOF
			}
			var err error
			if j.now, err = j.rest[0].open(); err != nil {
				return 0, err
			}
			j.rest = j.rest[1:]
		}
		n, err := j.now.Read(p)
		if errors.Is(err, io.EOF) {
			err = j.now.Close()
			j.now = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (j *joinedReader) Close() error {
	j.rest = nil
	if j.now == nil {
		return nil
	}
	return j.now.Close()
}
