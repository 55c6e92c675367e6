package cage

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unsafe"

	"constat.example/clear/dump"
	"constat.example/clear/table"
)

// A frame is a head of 16 bytes, little-endian, and a body. The head is its
// kind and three numbers; what these say is with the kind.
type frame struct {
	kind    kind
	a, b, c uint32
}

type kind uint32

// Frames that go down. Their bodies are JSON, of a bytes.
const (
	askOpen    kind = iota + 1 // order
	askSample                  // sampleOrder
	askScan                    // null
	givePDF                    // no JSON: a bytes of text of the document that was asked about
	givePDFEnd                 // no body: there is no more, for the dump.PDFTrouble a, where it is not 0
)

// Frames that come up. Unless another is said, their bodies are JSON, of a bytes.
const (
	tellShut    kind = iota + 101 // gaps: the child has shut itself in
	tellOpened                    // opened
	tellRows                      // rows of table a: b rows, c bytes of text; a batch, in the machine's own byte order
	tellSample                    // the same, and the end of a sample
	tellAccount                   // account: the end of a scan
	tellFailed                    // failed: the end of any request
	tellStage                     // stage
	tellMember                    // string: the member under way
	tellGoing                     // no body: a | b<<32 more units of the stage are done
	tellPDF                       // no body: a PDF document of a bytes follows, whose text is wanted
	tellPDFPart                   // no JSON: a bytes of it
)

const (
	headSize  = 16 // bytes
	mostJSON  = 64 << 20
	mostText  = 1 << 30   // bytes of a sample
	mostRows  = 128 << 20 // bytes of a batch: some MiB, and a row as long as can be
	mostCells = 64 << 20  // of either, beyond those of one row
)

// order says how a dump is to be read.
type order struct {
	Inputs  []orderInput
	Spool   bool
	Limits  limits
	Options options
}

type orderInput struct {
	Name     string
	Size     int64
	Identity string `json:",omitempty"`
}

// options are those of dump.Options that cross.
type options struct {
	Threads    int
	MaxRow     int
	MaxDecoded int64
	Depth      int
	Passwords  [][]byte `json:",omitempty"`
	Barred     []string
	OneByOne   bool
	PDF        bool // there is somebody who gives the text of PDF documents
}

type sampleOrder struct{ Table, Rows int }

// gaps are what holds the child less than it should.
type gaps struct {
	Lacks []string // what the machine does not offer
	Can   []string // what the child can still do
}

type opened struct {
	Inputs []dump.Input
	Tables []dump.Table
}

type account dump.Account

type failed struct {
	Code       int
	What, Hint string
}

type stage struct {
	Name  string
	Total int64
	Unit  string
}

// errNonsense is what an answer is that no child of ours gives.
var errNonsense = errors.New("it answered nonsense")

func nonsense(what string) error { return fmt.Errorf("%w (%s)", errNonsense, what) }

// write writes a frame whose body are parts.
func (f frame) write(to io.Writer, parts ...[]byte) error {
	var head [headSize]byte
	for i, n := range []uint32{uint32(f.kind), f.a, f.b, f.c} {
		binary.LittleEndian.PutUint32(head[4*i:], n)
	}
	for _, part := range append([][]byte{head[:]}, parts...) {
		if len(part) == 0 {
			continue
		}
		if _, err := to.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// writeJSON writes a frame with v as its body.
func writeJSON(to io.Writer, k kind, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(body) > mostJSON {
		return fmt.Errorf("%d bytes are more than one message holds", len(body))
	}
	return frame{kind: k, a: uint32(len(body))}.write(to, body)
}

func readFrame(from io.Reader) (frame, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return frame{}, err
	}
	at := func(i int) uint32 { return binary.LittleEndian.Uint32(head[4*i:]) }
	return frame{kind: kind(at(0)), a: at(1), b: at(2), c: at(3)}, nil
}

// json reads the body of a frame into v.
func (f frame) json(from io.Reader, v any) error {
	if f.a > mostJSON {
		return nonsense("a message too long")
	}
	// Grown as it comes, so that a length alone costs nothing.
	body, err := io.ReadAll(io.LimitReader(from, int64(f.a)))
	if err != nil {
		return err
	}
	if len(body) < int(f.a) {
		return io.ErrUnexpectedEOF
	}
	if json.Unmarshal(body, v) != nil {
		return nonsense("a message that cannot be read")
	}
	return nil
}

// writeBatch writes the frame of a batch.
func writeBatch(to io.Writer, k kind, b *table.Batch) error {
	ordinals, ends, text := b.Parts()
	if len(text) > k.most() || len(ends) > mostCells+b.Width {
		return errors.New("reading the dump: rows too long to be handed on")
	}
	return frame{kind: k, a: uint32(b.Table), b: uint32(len(ordinals)), c: uint32(len(text))}.
		write(to, bytesOf(ordinals), bytesOf(ends), text)
}

// most is how many bytes of text a batch of that kind may have.
func (k kind) most() int {
	if k == tellSample {
		return mostText
	}
	return mostRows
}

// batch reads the body of a batch's frame into b. Its rows follow those up to
// the ordinal after.
func (f frame) batch(from io.Reader, b *table.Batch, tables []dump.Table, after int64) error {
	if int64(f.a) >= int64(len(tables)) {
		return nonsense("rows of a table that is not there")
	}
	width := len(tables[f.a].Columns)
	if int64(f.c) > int64(f.kind.most()) || uint64(f.b)*uint64(max(width, 1)) > uint64(mostCells+width) {
		return nonsense("more rows at once than there can be")
	}
	b.Resize(int(f.a), width, int(f.b), int(f.c))
	ordinals, ends, text := b.Parts()
	for _, part := range [][]byte{bytesOf(ordinals), bytesOf(ends), text} {
		if _, err := io.ReadFull(from, part); err != nil {
			return err
		}
	}
	if !b.Whole(after) {
		return nonsense("rows that do not follow one another")
	}
	return nil
}

// bytesOf is the memory of numbers: both ends of a pipe are one machine.
func bytesOf[T int64 | uint32](numbers []T) []byte {
	if len(numbers) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&numbers[0])), len(numbers)*int(unsafe.Sizeof(numbers[0])))
}
