package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"unicode/utf16"

	"constat.example/internal/failure"
)

// compound is a compound file, the file system within a file that old Office
// documents and protected new ones are ([MS-CFB]).
type compound struct {
	at     io.ReaderAt
	size   int64
	sector int64
	table  []uint32 // the sector that follows each
	small  []uint32 // the same for the small sectors, which lie in a stream
	lies   []run64  // that stream
	cutoff int64
	names  []compoundEntry
}

const compoundMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// compoundEntry is a stream or a folder.
type compoundEntry struct {
	name  string
	kind  byte // 1 a folder, 2 a stream, 5 the root
	start uint32
	size  int64
}

// run64 is a run of bytes of a stream: where it lies, and how long it is.
type run64 struct{ at, size int64 }

const (
	noSector   = 0xfffffffa // from here on numbers stand for something else
	smallSize  = 64
	mostListed = 1 << 16 // entries that are read
)

var errCompound = errors.New("the compound file is damaged")

// compound opens f as a compound file.
func (f *entry) compound(ctx context.Context) (*compound, error) {
	at, size, err := f.random(ctx)
	if err != nil {
		return nil, err
	}
	c, err := openCompound(at, size)
	if err != nil && !isSourceError(err) {
		err = failure.New(failure.BadInput, "Ask for the file again.", "%s: the compound file is damaged or cut short", f.name)
	}
	return c, err
}

// openCompound reads the tables of a compound file. What the file says of their
// size is believed up to the size of the file.
func openCompound(at io.ReaderAt, size int64) (*compound, error) {
	head := make([]byte, 512)
	if _, err := at.ReadAt(head, 0); err != nil {
		return nil, asCompound(err)
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if string(head[:8]) != compoundMagic || shift != 9 && shift != 12 {
		return nil, errCompound
	}
	c := &compound{at: at, size: size, sector: 1 << shift, cutoff: int64(binary.LittleEndian.Uint32(head[56:]))}
	most := int(size/c.sector) + 1
	var tables []uint32
	list := head[76:512]
	next := binary.LittleEndian.Uint32(head[68:])
	for {
		for i := 0; i+4 <= len(list); i += 4 {
			if n := binary.LittleEndian.Uint32(list[i:]); n < noSector && len(tables) < most {
				tables = append(tables, n)
			}
		}
		if next >= noSector || most == 0 {
			break
		}
		most-- // a circle ends all the same
		part, err := c.read(next)
		if err != nil {
			break // what it lists is missing, and told where it is missed
		}
		list, next = part[:len(part)-4], binary.LittleEndian.Uint32(part[len(part)-4:])
	}
	for _, n := range tables {
		part, err := c.read(n)
		if err != nil {
			if isSourceError(err) {
				return nil, err
			}
			part = bytes.Repeat([]byte{0xff}, int(c.sector))
		}
		c.table = append(c.table, numbers(part)...)
	}
	names, _ := c.chain(c.table, binary.LittleEndian.Uint32(head[48:]), c.sector, 1<<62)
	if err := c.list(names); err != nil {
		return nil, err
	}
	for i := range c.names {
		if c.names[i].kind == 5 {
			c.lies, _ = c.chain(c.table, c.names[i].start, c.sector, c.names[i].size)
			break
		}
	}
	smalls, _ := c.chain(c.table, binary.LittleEndian.Uint32(head[60:]), c.sector, 1<<62)
	for _, r := range smalls {
		part := make([]byte, min(r.size, max(size-r.at, 0)))
		if _, err := at.ReadAt(part, r.at); err != nil && !errors.Is(err, io.EOF) {
			return nil, asCompound(err)
		}
		c.small = append(c.small, numbers(part)...)
	}
	return c, nil
}

func asCompound(err error) error {
	if isSourceError(err) {
		return err
	}
	return errCompound
}

func numbers(part []byte) []uint32 {
	n := make([]uint32, len(part)/4)
	for i := range n {
		n[i] = binary.LittleEndian.Uint32(part[4*i:])
	}
	return n
}

// place is where a sector lies.
func (c *compound) place(n uint32) int64 { return (int64(n) + 1) * c.sector }

func (c *compound) read(n uint32) ([]byte, error) {
	part := make([]byte, c.sector)
	if _, err := c.at.ReadAt(part, c.place(n)); err != nil {
		return nil, asCompound(err)
	}
	return part, nil
}

// chain follows the sectors of a stream. It reports false where the chain ends
// before the size is reached.
func (c *compound) chain(table []uint32, start uint32, sector, size int64) ([]run64, bool) {
	var runs []run64
	left := size
	for n, steps := start, 0; left > 0; n, steps = table[n], steps+1 {
		if n >= noSector || int(n) >= len(table) || steps > len(table) {
			return runs, n == noSector+4 && size == 1<<62
		}
		at := int64(n) * sector
		if sector != smallSize {
			at = c.place(n)
		}
		k := min(sector, left)
		if last := len(runs) - 1; last >= 0 && runs[last].at+runs[last].size == at {
			runs[last].size += k
		} else {
			runs = append(runs, run64{at, k})
		}
		left -= k
	}
	return runs, true
}

// list reads the directory.
func (c *compound) list(runs []run64) error {
	entry := make([]byte, 128)
	for _, r := range runs {
		for at := r.at; at+128 <= r.at+r.size && len(c.names) < mostListed; at += 128 {
			if _, err := c.at.ReadAt(entry, at); err != nil {
				if isSourceError(err) {
					return err
				}
				return nil // what is missing is told where it is missed
			}
			kind := entry[66]
			if kind != 1 && kind != 2 && kind != 5 {
				continue
			}
			n := min(int(binary.LittleEndian.Uint16(entry[64:])), 64)/2 - 1
			var units []uint16
			for i := range max(n, 0) {
				units = append(units, binary.LittleEndian.Uint16(entry[2*i:]))
			}
			size := int64(binary.LittleEndian.Uint64(entry[120:]))
			if c.sector == 512 {
				size &= 0xffffffff
			}
			c.names = append(c.names, compoundEntry{string(utf16.Decode(units)), kind, binary.LittleEndian.Uint32(entry[116:]), max(size, 0)})
		}
	}
	return nil
}

// short reports that the file ends before the last sector in use.
func (c *compound) short() bool {
	for n := len(c.table) - 1; n >= 0; n-- {
		if c.table[n] != 0xffffffff {
			return c.place(uint32(n))+c.sector > c.size
		}
	}
	return true
}

// has reports a stream of that name.
func (c *compound) has(name string) bool {
	return slices.ContainsFunc(c.names, func(e compoundEntry) bool { return e.kind == 2 && e.name == name })
}

// stream opens a stream by its name. Of one that the file does not hold whole,
// what is there can be read.
func (c *compound) stream(name string) (*compoundStream, bool) {
	i := slices.IndexFunc(c.names, func(e compoundEntry) bool { return e.kind == 2 && e.name == name })
	if i < 0 {
		return nil, false
	}
	e := c.names[i]
	s := &compoundStream{c: c}
	if e.size >= c.cutoff {
		s.runs, s.whole = c.chain(c.table, e.start, c.sector, e.size)
	} else {
		runs, whole := c.chain(c.small, e.start, smallSize, e.size)
		s.whole = whole
		for _, r := range runs { // within the stream of small ones
			got := int64(0)
			for _, l := range c.lies {
				if r.size > 0 && r.at < l.size {
					n := min(r.size, l.size-r.at)
					s.runs = append(s.runs, run64{l.at + r.at, n})
					r.at, r.size = r.at+n, r.size-n
					got += n
				}
				r.at -= l.size
			}
			s.whole = s.whole && r.size == 0
		}
	}
	for k := range s.runs {
		n := max(0, min(s.runs[k].size, c.size-s.runs[k].at))
		s.whole = s.whole && n == s.runs[k].size
		s.starts = append(s.starts, s.size)
		s.size += n
		if n < s.runs[k].size {
			s.runs[k].size = n
			s.runs = s.runs[:k+1]
			break
		}
	}
	return s, true
}

// compoundStream is a stream, to be read at any place.
type compoundStream struct {
	c      *compound
	runs   []run64
	starts []int64 // of runs in the stream
	size   int64
	whole  bool
}

// find is the run that holds a place of the stream.
func (s *compoundStream) find(at int64) int {
	i, ok := slices.BinarySearch(s.starts, at)
	if !ok {
		i--
	}
	for i+1 < len(s.starts) && s.starts[i+1] == at {
		i++
	}
	return i
}

// place is where in the file a place of the stream is.
func (s *compoundStream) place(at int64) int64 {
	if len(s.runs) == 0 {
		return 0
	}
	i := s.find(max(0, min(at, s.size)))
	return s.runs[i].at + at - s.starts[i]
}

func (s *compoundStream) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= s.size {
		return 0, io.EOF
	}
	done := 0
	for i := s.find(at); done < len(p) && i < len(s.runs); i++ {
		from := at + int64(done) - s.starts[i]
		n := min(int64(len(p)-done), s.runs[i].size-from)
		if n <= 0 {
			continue
		}
		k, err := s.c.at.ReadAt(p[done:done+int(n)], s.runs[i].at+from)
		done += k
		if err != nil && !(errors.Is(err, io.EOF) && int64(k) == n) {
			return done, err
		}
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}
