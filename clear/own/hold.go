package own

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"constat.example/clear/table"
)

// Hold is what the answerer has: the points of a register, blinded with the
// secret of the meeting, and the row of each. It lies on disk in heaps by the
// second byte of the point, so that memory stays bounded.
type Hold struct {
	secret      *Secret
	identifiers []Identifier
	dir         string

	mu    sync.Mutex
	heaps [heaps]*bufio.Writer
	files [heaps]*os.File

	Rows   int64 // of the register that hold an identifier
	Points int64 // distinct; set by settle
	sums   sums  // of the points
}

// heaps is how many heaps there are: of forty million people with four identifiers
// each, a heap is a hundred megabytes.
const heaps = 64

// LeastPoints is how many points a register has at least. The sums of the check
// would show among fewer, and so would people.
const LeastPoints = 100

// ErrSmall says that a register holds too little to be asked about.
var ErrSmall = errors.New("the register holds too few identifiers")

// entry is a point and the row that it is of.
type entry struct {
	point Point
	row   int64 // from 1; 0 for the points of a check
}

const entrySize = PointSize + 8

// Scan reads a register: source.Source's, without what it counts.
type Scan func(ctx context.Context, each func(b *table.Batch, release func()) error) error

// NewHold blinds what a register holds into files in dir.
func NewHold(ctx context.Context, dir string, c Columns, threads int, scan Scan) (h *Hold, err error) {
	h = &Hold{secret: NewSecret(), identifiers: c.Identifiers(), dir: dir}
	for i := range h.files {
		if h.files[i], err = os.OpenFile(filepath.Join(dir, fmt.Sprintf("points-%02d", i)), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
			return nil, errors.Join(err, h.Close())
		}
		h.heaps[i] = bufio.NewWriterSize(h.files[i], 1<<14)
	}
	if err := h.fill(ctx, c, threads, scan); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	if err := h.settle(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// Close forgets the points. Their files go with the folder.
func (h *Hold) Close() error {
	var err error
	for _, f := range h.files {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

func (h *Hold) fill(ctx context.Context, c Columns, threads int, scan Scan) error {
	type job struct {
		b       *table.Batch
		release func()
	}
	g, ctx := errgroup.WithContext(ctx)
	todo := make(chan job)
	g.Go(func() error {
		defer close(todo)
		return scan(ctx, func(b *table.Batch, release func()) error {
			select {
			case todo <- job{b, release}:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	})
	for range max(threads, 1) {
		g.Go(func() error {
			r := NewReader(c)
			var made []entry
			for j := range todo {
				made = made[:0]
				rows := int64(0)
				for row := range j.b.Rows() {
					values := r.Row(j.b, row)
					if len(values) > 0 {
						rows++
					}
					for _, v := range values {
						made = append(made, entry{h.secret.Blind(v.ID, []byte(v.Text)), j.b.Ordinal[row]})
					}
					if row%64 == 0 && ctx.Err() != nil {
						return context.Cause(ctx)
					}
				}
				j.release()
				if err := h.put(made, rows); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

func (h *Hold) put(made []entry, rows int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Rows += rows
	for _, e := range made {
		if err := writeEntry(h.heaps[heapOf(e.point)], e); err != nil {
			return fmt.Errorf("keeping blinded points: %w", err)
		}
	}
	return nil
}

// heapOf picks a heap. The first and the last byte of a point are not evenly
// spread; the second is.
func heapOf(p Point) int { return int(p[1]) % heaps }

func writeEntry(w io.Writer, e entry) error {
	var text [entrySize]byte
	copy(text[:], e.point[:])
	binary.LittleEndian.PutUint64(text[PointSize:], uint64(e.row))
	_, err := w.Write(text[:])
	return err
}

// settle sorts the heaps, counts the points, and adds the points of the check.
// Points are pseudo-random: the order of their bytes is one of chance, and says
// nothing of the register's.
func (h *Hold) settle() error {
	h.sums.start()
	for i, w := range h.heaps {
		if err := w.Flush(); err != nil {
			return fmt.Errorf("keeping blinded points: %w", err)
		}
		all, err := h.read(i)
		if err != nil {
			return err
		}
		for run := range runs(all) {
			h.Points++
			if err := h.sums.add(run[0].point, run[0].point); err != nil {
				return err
			}
		}
	}
	if h.Points < LeastPoints {
		return ErrSmall
	}
	for _, p := range h.sums.seal() {
		h.Points++
		if err := writeEntry(h.files[heapOf(p)], entry{p, 0}); err != nil {
			return fmt.Errorf("keeping blinded points: %w", err)
		}
	}
	return nil
}

// read reads a heap, sorted.
func (h *Hold) read(i int) ([]entry, error) {
	if _, err := h.files[i].Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(h.files[i])
	if err != nil {
		return nil, fmt.Errorf("reading blinded points: %w", err)
	}
	all := make([]entry, 0, len(text)/entrySize)
	for part := range slices.Chunk(text, entrySize) {
		if len(part) < entrySize {
			return nil, errors.New("reading blinded points: a heap is cut short")
		}
		all = append(all, entry{Point(part[:PointSize]), int64(binary.LittleEndian.Uint64(part[PointSize:]))})
	}
	slices.SortFunc(all, func(a, b entry) int {
		if d := bytes.Compare(a.point[:], b.point[:]); d != 0 {
			return d
		}
		return int(min(max(a.row-b.row, -1), 1))
	})
	return all, nil
}

// runs are the stretches of sorted entries with one point.
func runs(all []entry) func(yield func([]entry) bool) {
	return func(yield func([]entry) bool) {
		for from := 0; from < len(all); {
			to := from + 1
			for to < len(all) && all[to].point == all[from].point {
				to++
			}
			if !yield(all[from:to:to]) {
				return
			}
			from = to
		}
	}
}
