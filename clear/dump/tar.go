package dump

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
)

// tarContainer is the tape archive: of Unix version 7, ustar, pax and GNU.
// Members lie in it as they are. Where a header is damaged, the next whole one
// is looked for.
type tarContainer struct{}

const tarBlock = 512 // bytes

func (tarContainer) name() string { return "tar" }

func (tarContainer) about() Packing {
	return Packing{
		Name: "tar", What: "Unix version 7, ustar, pax, GNU; goes on behind a damaged header",
		NotRead: "sparse files, links, devices",
	}
}

func (tarContainer) magic(head []byte) bool { return isTarHeader(head) }

// isTarHeader reports that the sum a header holds is that of its bytes.
func isTarHeader(block []byte) bool {
	const at, size = 148, 8 // of the sum
	if len(block) < tarBlock || block[0] == 0 && block[257] != 'u' {
		return false
	}
	said, err := strconv.ParseInt(strings.Trim(string(block[at:at+size]), " \x00"), 8, 32)
	if err != nil {
		return false
	}
	unsigned, signed := int64(size*' '), int64(size*' ')
	for i, c := range block[:tarBlock] {
		if i < at || i >= at+size {
			unsigned += int64(c)
			signed += int64(int8(c)) //nolint:gosec // as some old programs sum
		}
	}
	return said == unsigned || said == signed
}

func (tarContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	w := tarWalk{in: in, size: size}
	for at := int64(0); at < size && err == nil; {
		if len(w.members)+len(w.refused) > maxListed {
			w.refused = append(w.refused, refusal{why: tooMany, bytes: size - at})
			break
		}
		if err = ctx.Err(); err == nil {
			at, err = w.step(at)
		}
	}
	w.lose()
	return w.members, w.refused, err
}

// tarWalk goes through an archive.
type tarWalk struct {
	in      io.ReaderAt
	size    int64
	lost    int64 // bytes passed over since the last member
	members []*blob
	refused []refusal
}

// step reads the member whose header is at that place, or passes over what is
// none, and returns where to go on.
func (w *tarWalk) step(at int64) (int64, error) {
	const window = 64 * tarBlock
	buf := make([]byte, min(window, w.size-at))
	n, err := w.in.ReadAt(buf, at)
	if n < len(buf) {
		return 0, err
	}
	if isTarHeader(buf) {
		in := io.NewSectionReader(w.in, at, w.size-at)
		h, err := tar.NewReader(in).Next()
		if isSourceError(err) {
			return 0, err
		}
		if err == nil {
			w.lose()
			from, _ := in.Seek(0, io.SeekCurrent) // never fails: it only asks
			return w.member(h, at+from), nil
		}
	}
	for i := 0; i < len(buf); i += tarBlock {
		block := buf[i:min(i+tarBlock, len(buf))]
		if i > 0 && isTarHeader(block) {
			return at + int64(i), nil
		}
		if len(bytes.Trim(block, "\x00")) > 0 {
			w.lost += int64(len(block))
		}
	}
	return at + int64(len(buf)), nil
}

// member notes a member whose bytes begin at from, and returns where they end.
func (w *tarWalk) member(h *tar.Header, from int64) int64 {
	size, left := max(h.Size, 0), max(w.size-from, 0)
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont, '\x00':
		if sparse(h) {
			w.refused = append(w.refused, refusal{name: h.Name, why: unreadMethod, bytes: size})
			break
		}
		m := section(h.Name, w.in, from, min(size, left))
		if size > left {
			m.breakOff(&broken{why: cutShort, bytes: size - left})
		}
		w.members = append(w.members, m)
	case tar.TypeGNUSparse:
		w.refused = append(w.refused, refusal{name: h.Name, why: unreadMethod, bytes: size})
	case tar.TypeDir, tar.TypeXGlobalHeader:
		size = 0 // they hold nothing of anybody
	case tar.TypeLink, tar.TypeSymlink:
		size = 0
		fallthrough
	default:
		w.refused = append(w.refused, refusal{name: h.Name, why: noFile, bytes: size})
	}
	return from + (min(size, left)+tarBlock-1)/tarBlock*tarBlock
}

// sparse reports a member whose holes were left out.
func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// lose tells what was passed over.
func (w *tarWalk) lose() {
	if w.lost > 0 {
		w.refused = append(w.refused, refusal{why: damaged, bytes: w.lost})
		w.lost = 0
	}
}
