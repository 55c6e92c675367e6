package dump

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
)

// textStore keeps the numbered texts of a workbook, which its cells share:
// small ones in memory, many in the spool. Of their places only some are kept,
// fewer the more there are.
type textStore struct {
	at     io.ReaderAt
	size   int64
	count  int
	stride int     // of the texts whose places are kept
	places []int64 // in at
}

// mostPlaces is how many are kept.
const mostPlaces = 1 << 20

// storeTexts keeps what next gives until it says that there is no more.
func (d *Dump) storeTexts(ctx context.Context, input int, next func() (text []byte, more bool, err error)) (*textStore, error) {
	s := &textStore{stride: 16}
	at := int64(0)
	in := &textSource{next: func() ([]byte, bool, error) {
		text, more, err := next()
		if err != nil || !more {
			return nil, more, err
		}
		if s.count%s.stride == 0 {
			if len(s.places) == mostPlaces {
				for i := range mostPlaces / 2 {
					s.places[i] = s.places[2*i]
				}
				s.places = s.places[:mostPlaces/2]
				s.stride *= 2
			}
			if s.count%s.stride == 0 {
				s.places = append(s.places, at)
			}
		}
		s.count++
		at += int64(len(binary.AppendUvarint(nil, uint64(len(text)))) + len(text))
		return text, true, nil
	}}
	var err error
	s.at, s.size, err = d.unpacked(ctx, input, in)
	return s, err
}

// textSource reads texts, each after its length.
type textSource struct {
	next func() ([]byte, bool, error)
	buf  []byte
	rest []byte
	err  error
}

func (r *textSource) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		text, more, err := r.next()
		switch {
		case err != nil:
			r.err = err
		case !more:
			r.err = io.EOF
		default:
			r.buf = append(binary.AppendUvarint(r.buf[:0], uint64(len(text))), text...)
			r.rest = r.buf
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// What of a textStore is kept in memory while it is read from.
const (
	textPage  = 64 << 10 // bytes
	textPages = 512
)

// textReader reads from a textStore, and keeps what it read last.
type textReader struct {
	s     *textStore
	pages [textPages][]byte
	tags  [textPages]int64 // page number, from 1
}

// page returns what is kept from a place on, as far as its page goes.
func (r *textReader) page(at int64) ([]byte, error) {
	number := at / textPage
	slot := number % textPages
	if r.tags[slot] != number+1 {
		if r.pages[slot] == nil {
			r.pages[slot] = make([]byte, textPage)
		}
		p := r.pages[slot][:textPage]
		n, err := r.s.at.ReadAt(p, number*textPage)
		if err != nil && !errors.Is(err, io.EOF) {
			r.tags[slot] = 0
			return nil, err
		}
		r.pages[slot], r.tags[slot] = p[:n], number+1
	}
	return r.pages[slot][min(at-number*textPage, int64(len(r.pages[slot]))):], nil
}

// append appends a text by its number; false where there is none.
func (r *textReader) append(dst []byte, number int) ([]byte, bool, error) {
	s := r.s
	if s == nil || number < 0 || number >= s.count {
		return dst, false, nil
	}
	at := s.places[number/s.stride]
	for skip := number % s.stride; ; skip-- {
		length := uint64(0)
		for shift := 0; ; shift += 7 {
			p, err := r.page(at)
			if err != nil {
				return dst, false, err
			}
			if len(p) == 0 || shift > 63 {
				return dst, false, nil
			}
			at++
			length |= uint64(p[0]&0x7f) << shift
			if p[0] < 0x80 {
				break
			}
		}
		if skip > 0 {
			at += int64(length)
			continue
		}
		for length > 0 {
			p, err := r.page(at)
			if err != nil {
				return dst, false, err
			}
			if len(p) == 0 {
				return dst, false, nil
			}
			p = p[:min(uint64(len(p)), length)]
			dst = append(dst, p...)
			at += int64(len(p))
			length -= uint64(len(p))
		}
		return dst, true, nil
	}
}
