package source

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// copyReader takes the bytes of a COPY … TO STDOUT (FORMAT BINARY), in whatever
// pieces they come, and hands each row to each. The format is that of
// PostgreSQL's manual, COPY, "Binary Format": a header, then for each
// row the number of cells and for each cell its length, -1 for null, and text.
type copyReader struct {
	width int
	each  func(cells [][]byte) error // cells are void after it returns
	err   error                      // the first, for good

	begun, ended bool
	rest         []byte // the beginning of something not yet whole
	cells        [][]byte
}

var (
	copySignature = []byte("PGCOPY\n\xff\r\n\x00")
	errCopy       = errors.New("the database sent something else than a copy in binary format")
	errCopyEnd    = errors.New("the database stopped in the middle of the copy")
)

// copyHeader is the signature, flags and the length of an extension.
const copyHeader = 11 + 4 + 4

func (r *copyReader) Write(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	data := p
	if len(r.rest) > 0 {
		r.rest = append(r.rest, p...)
		data = r.rest
	}
	used, err := r.take(data)
	if err != nil {
		r.err = err
		return 0, err
	}
	r.rest = append(r.rest[:0], data[used:]...)
	return len(p), nil
}

// take reads what is whole at the start of data and says how long that was.
func (r *copyReader) take(data []byte) (used int, err error) {
	if !r.begun {
		if len(data) < copyHeader {
			return 0, nil
		}
		extension := binary.BigEndian.Uint32(data[copyHeader-4:])
		if !bytes.HasPrefix(data, copySignature) || extension > 1<<16 {
			return 0, errCopy
		}
		if len(data) < copyHeader+int(extension) {
			return 0, nil
		}
		used, r.begun = copyHeader+int(extension), true
	}
	for used < len(data) {
		n, err := r.row(data[used:])
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
		used += n
	}
	return used, nil
}

// row reads one row and says how long it was, 0 where it is not whole.
func (r *copyReader) row(data []byte) (int, error) {
	if r.ended {
		return 0, errCopy
	}
	if len(data) < 2 {
		return 0, nil
	}
	width := int16(binary.BigEndian.Uint16(data))
	if width == -1 {
		r.ended = true
		return 2, nil
	}
	if int(width) != r.width {
		return 0, errCopy
	}
	r.cells = r.cells[:0]
	at := 2
	for range r.width {
		if len(data) < at+4 {
			return 0, nil
		}
		length := int(int32(binary.BigEndian.Uint32(data[at:])))
		at += 4
		switch {
		case length == -1:
			r.cells = append(r.cells, nil)
			continue
		case length < 0 || length > 1<<30:
			return 0, errCopy
		case len(data) < at+length:
			return 0, nil
		}
		r.cells = append(r.cells, data[at:at+length])
		at += length
	}
	return at, r.each(r.cells)
}

// finish says whether the copy came to its end.
func (r *copyReader) finish() error {
	if !r.ended || len(r.rest) > 0 {
		return errCopyEnd
	}
	return nil
}
