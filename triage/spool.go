package triage

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// spool keeps accesses that were sent and cannot be asked for again, from when they were
// accepted until a state that holds them is kept. It is a folder of segments, each a row
// of portions: length and CRC-32C of what follows, ordinal, input, accesses. They hold
// what a state holds: record ids are sealed, names are those of accounts and the like.
type spool struct {
	mu       sync.Mutex // of all below
	dir      string
	seq      int64 // of the latest portion
	file     *os.File
	size     int64
	segments []*segment // the last is file's while there is one
	room     []byte
}

type segment struct {
	path string
	last map[string]int64 // the latest portion of each input
}

const (
	spoolDir    = "spool"
	spoolHeader = 8
	mostPortion = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openSpool finds what an earlier run left. taken is what of it the state holds.
func openSpool(dir string, taken map[string]int64) (*spool, error) {
	s := &spool{dir: dir}
	for _, n := range taken {
		s.seq = max(s.seq, n)
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries { // by name, which is in their order
		one := &segment{path: filepath.Join(dir, e.Name()), last: map[string]int64{}}
		if err := one.each(func(input string, seq int64, _ []byte) error {
			one.last[input] = seq
			s.seq = max(s.seq, seq)
			return nil
		}); err != nil {
			return nil, err
		}
		if len(one.last) == 0 { // it was killed before anything was accepted
			if err := os.Remove(one.path); err != nil {
				return nil, err
			}
			continue
		}
		s.segments = append(s.segments, one)
	}
	return s, nil
}

// left are the inputs of which it holds anything that was not taken.
func (s *spool) left(taken map[string]int64) (inputs []string) {
	for _, one := range s.segments {
		for input, last := range one.last {
			if last > taken[input] && !slices.Contains(inputs, input) {
				inputs = append(inputs, input)
			}
		}
	}
	slices.Sort(inputs)
	return inputs
}

// add puts a portion on the disk before it returns its ordinal and bytes.
func (s *spool) add(input string, all []access.Access, names *access.Names) (seq int64, text []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		if err := disk.MakeFolder(s.dir); err != nil {
			return 0, nil, err
		}
		one := &segment{path: filepath.Join(s.dir, fmt.Sprintf("%020d", s.seq+1)), last: map[string]int64{}}
		if s.file, err = os.OpenFile(one.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
			return 0, nil, err
		}
		s.size = 0
		s.segments = append(s.segments, one)
		if err := disk.SyncFolder(s.dir); err != nil {
			return 0, nil, err
		}
	}
	b := append(s.room[:0], make([]byte, spoolHeader)...)
	b = binary.LittleEndian.AppendUint64(b, uint64(s.seq+1))
	b = appendText(b, input)
	at := len(b)
	b = appendAccesses(b, all, names)
	s.room = b
	binary.LittleEndian.PutUint32(b, uint32(len(b)-spoolHeader))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[spoolHeader:], castagnoli))
	if _, err = s.file.Write(b); err == nil {
		err = s.file.Sync()
	}
	if err != nil { // as if it had not come
		return 0, nil, errors.Join(err, s.file.Truncate(s.size))
	}
	s.seq++
	s.size += int64(len(b))
	s.segments[len(s.segments)-1].last[input] = s.seq
	return s.seq, slices.Clone(b[at:]), nil
}

// cut has what comes from now on in another segment.
func (s *spool) cut() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// drop removes segments of which everything was taken into a state that is kept.
func (s *spool) drop(taken map[string]int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	var current *segment
	if s.file != nil {
		current = s.segments[len(s.segments)-1]
	}
	s.segments = slices.DeleteFunc(s.segments, func(one *segment) bool {
		for input, last := range one.last {
			if last > taken[input] {
				return false
			}
		}
		if one == current {
			return false
		}
		errs = append(errs, os.Remove(one.path))
		return true
	})
	return errors.Join(errs...)
}

func (s *spool) close() error { return s.cut() }

// each gives the portions of a segment. One that a crash cut off at its end had not been
// accepted.
func (one *segment) each(do func(input string, seq int64, text []byte) error) error {
	f, err := os.Open(one.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	damaged := failure.New(failure.BadInput, "Bring the state back from a backup, or move the file away: what it holds is then not watched.", "the spool %s is damaged", one.path)
	in := bufio.NewReaderSize(f, 1<<16)
	var head [spoolHeader]byte
	for {
		if _, err := io.ReadFull(in, head[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		} else if err != nil {
			return err
		}
		n := int64(binary.LittleEndian.Uint32(head[:]))
		if n > mostPortion {
			return damaged
		}
		text, err := io.ReadAll(io.LimitReader(in, n))
		if err != nil {
			return err
		}
		if int64(len(text)) < n {
			return nil
		}
		d := decoder{left: text}
		seq, input := int64(d.uint64()), d.text()
		if crc32.Checksum(text, castagnoli) != binary.LittleEndian.Uint32(head[4:]) || d.bad {
			if _, err := in.Peek(1); errors.Is(err, io.EOF) {
				return nil
			}
			return damaged
		}
		if err := do(input, seq, d.left); err != nil {
			return err
		}
	}
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// numbers are what of an access is kept, names apart.
func numbersOf(a *access.Access) []int64 {
	return []int64{a.Time, a.Record, a.Count, a.Step, int64(a.Action), int64(a.By)}
}

func namesOf(a *access.Access) []*access.Name {
	return []*access.Name{&a.Account, &a.Session, &a.Address, &a.Device, &a.Office, &a.Relation, &a.Reason}
}

// appendAccesses writes accesses with the names that they speak of.
func appendAccesses(b []byte, all []access.Access, names *access.Names) []byte {
	own := map[access.Name]uint64{0: 0}
	var used []string
	for i := range all {
		for _, n := range namesOf(&all[i]) {
			if _, ok := own[*n]; !ok {
				used = append(used, names.Of(*n))
				own[*n] = uint64(len(used))
			}
		}
	}
	b = binary.AppendUvarint(b, uint64(len(used)))
	for _, name := range used {
		b = appendText(b, name)
	}
	b = binary.AppendUvarint(b, uint64(len(all)))
	for i := range all {
		a := &all[i]
		for _, n := range numbersOf(a) {
			b = binary.AppendVarint(b, n)
		}
		for _, n := range namesOf(a) {
			b = binary.AppendUvarint(b, own[*n])
		}
	}
	return b
}

var errPortion = errors.New("a portion of the spool cannot be read")

// readAccesses reads what appendAccesses wrote, and numbers its names. There is no line to
// look at, so all stand in one.
func readAccesses(text []byte, names *access.Names) ([]access.Access, error) {
	d := decoder{left: text}
	own := []access.Name{0}
	for range d.length() {
		own = append(own, names.Number([]byte(d.text())))
		if d.bad {
			return nil, errPortion
		}
	}
	var all []access.Access
	for range d.length() {
		var a access.Access
		a.Time, a.Record, a.Count, a.Step = d.varint(), d.varint(), d.varint(), d.varint()
		action, by := d.varint(), d.varint()
		if action < 0 || action >= int64(access.Actions) || by < 0 || by > math.MaxUint8 {
			d.bad = true
		}
		a.Action, a.By = access.Action(action), kind.Kind(by)
		for _, n := range namesOf(&a) {
			i := d.uvarint()
			if i >= uint64(len(own)) {
				d.bad = true
				break
			}
			*n = own[i]
		}
		if d.bad {
			return nil, errPortion
		}
		all = append(all, a)
	}
	if d.bad || len(d.left) > 0 {
		return nil, errPortion
	}
	return all, nil
}

// decoder reads numbers and texts; bad tells that one was none.
type decoder struct {
	left []byte
	bad  bool
}

func (d *decoder) uint64() uint64 {
	if len(d.left) < 8 {
		d.left, d.bad = nil, true
		return 0
	}
	n := binary.LittleEndian.Uint64(d.left)
	d.left = d.left[8:]
	return n
}

func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.left)
	if size <= 0 {
		d.left, d.bad = nil, true
		return 0
	}
	d.left = d.left[size:]
	return n
}

func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.left)
	if size <= 0 {
		d.left, d.bad = nil, true
		return 0
	}
	d.left = d.left[size:]
	return n
}

// length is how many follow, of which each takes a byte at least.
func (d *decoder) length() uint64 {
	n := d.uvarint()
	if n > uint64(len(d.left)) {
		d.left, d.bad = nil, true
		return 0
	}
	return n
}

func (d *decoder) text() string {
	n := d.length()
	s := string(d.left[:n])
	d.left = d.left[n:]
	return s
}
