package accesslog

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"

	"constat.example/blind/access"
	"constat.example/clear/internal/packed"
)

// index finds the numbers of names while another goroutine adds to it: workers look up
// most names here, and number only those that are new to the log within their block.
// Which those are depends on how far the others have come; the numbers that they get in
// the end do not. A name that fits takes half a line of cache with its number.
type index struct {
	texts []string                    // by number, less 1; of the one who adds
	short atomic.Pointer[[]shortName] // a power of two of them
	long  atomic.Pointer[[]longName]
	kept  [2]int // of the one who adds
	seed  maphash.Seed
}

type shortName struct {
	text packed.Text
	name atomic.Uint32 // 0 while the place is free; it is written last
}

type longName struct {
	hash uint64
	text string
	name atomic.Uint32
}

func newIndex() *index {
	x := &index{seed: maphash.MakeSeed()}
	short, long := make([]shortName, 1<<8), make([]longName, 1<<8)
	x.short.Store(&short)
	x.long.Store(&long)
	return x
}

// sought is a name that is looked for.
type sought struct {
	text packed.Text // unless it is long
	at   uint32      // where in short it may be
	name access.Name // its number, if that is known; of an empty name 0
	is   soughtState
	long int32 // place among the long names of the block that are not known
}

type soughtState uint8

const (
	soughtShort soughtState = iota
	soughtLong
	soughtFound
)

// seek begins to look for a name among shorts.
func (x *index) seek(s *sought, text []byte, shorts []shortName) {
	switch {
	case len(text) == 0:
		s.is, s.name, s.at = soughtFound, 0, 0
	case len(text) <= packed.Longest:
		s.is, s.text = soughtShort, packed.Of(text)
		s.at = uint32(s.text.Hash() >> (64 - log2(len(shorts))))
	default:
		s.is, s.at = soughtFound, 0
		if s.name = x.findLong(text); s.name == 0 {
			s.is = soughtLong
		}
	}
}

// found is the number of a short name; 0 where it is not known yet.
func (s *sought) found(shorts []shortName) access.Name {
	for i := s.at; ; i = (i + 1) & uint32(len(shorts)-1) {
		at := &shorts[i]
		n := at.name.Load()
		if n == 0 || at.text.Is(&s.text) {
			return access.Name(n)
		}
	}
}

// findLong is the number of a long name; 0 where it is not known yet.
func (x *index) findLong(text []byte) access.Name {
	h := maphash.Bytes(x.seed, text)
	all := *x.long.Load()
	for i := h >> (64 - log2(len(all))); ; i = (i + 1) & uint64(len(all)-1) {
		at := &all[i]
		n := at.name.Load()
		if n == 0 || at.hash == h && at.text == string(text) {
			return access.Name(n)
		}
	}
}

func log2(n int) int { return bits.Len(uint(n)) - 1 }

// add keeps the next name. It is called by one goroutine at a time.
func (x *index) add(text string, name access.Name) {
	x.texts = append(x.texts, text)
	if len(text) <= packed.Longest {
		all := *x.short.Load()
		if x.kept[0]++; 4*x.kept[0] > 3*len(all) {
			grown := make([]shortName, 2*len(all))
			for i := range all {
				if n := all[i].name.Load(); n != 0 {
					putShort(grown, all[i].text, n)
				}
			}
			all = grown
			x.short.Store(&grown)
		}
		putShort(all, packed.Of([]byte(text)), uint32(name))
		return
	}
	all := *x.long.Load()
	if x.kept[1]++; 4*x.kept[1] > 3*len(all) {
		grown := make([]longName, 2*len(all))
		for i := range all {
			if n := all[i].name.Load(); n != 0 {
				putLong(grown, all[i].hash, all[i].text, n)
			}
		}
		all = grown
		x.long.Store(&grown)
	}
	putLong(all, maphash.String(x.seed, text), text, uint32(name))
}

func putShort(all []shortName, text packed.Text, name uint32) {
	i := text.Hash() >> (64 - log2(len(all)))
	for ; all[i].name.Load() != 0; i = (i + 1) & uint64(len(all)-1) {
	}
	all[i].text = text
	all[i].name.Store(name)
}

func putLong(all []longName, hash uint64, text string, name uint32) {
	i := hash >> (64 - log2(len(all)))
	for ; all[i].name.Load() != 0; i = (i + 1) & uint64(len(all)-1) {
	}
	all[i].hash, all[i].text = hash, text
	all[i].name.Store(name)
}
