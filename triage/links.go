package triage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/renameio/v2"
	"golang.org/x/sync/errgroup"

	"constat.example/blind/link"
	"constat.example/clear/seal"
	"constat.example/internal/failure"
)

// writeLinks writes one line per linked row, with the record id opened: who
// reads links works with the organisation's own ids.
func writeLinks(ctx context.Context, path string, linked *link.Result, key *seal.Key) error {
	had, err := roomIn(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	err = putLinks(ctx, path, linked, key)
	if failure.DiskFull(err) {
		return failure.New(failure.Internal, "Free some room on its disk, or name a file on a larger one with --links; the same command goes on from what was sealed.",
			"%w; %d MiB were free in %s when that began", err, had.free>>20, had.dir)
	}
	return err
}

func putLinks(ctx context.Context, path string, linked *link.Result, key *seal.Key) error {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o600), renameio.WithTempDir(filepath.Dir(path)))
	if err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	defer file.Cleanup() //nolint:errcheck // after a successful replacement there is nothing left to clean
	out := bufio.NewWriterSize(file, 1<<16)
	var to linkWriter = &linksCSV{out: out}
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		if to, err = newLinksParquet(out); err != nil {
			return fmt.Errorf("writing links: %w", err)
		}
	}
	if err := eachLinks(ctx, linked, key, to); err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	if err := errors.Join(to.close(), out.Flush()); err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	return file.CloseAtomicallyReplace()
}

// openedLinks is a run of links with their record ids opened.
type openedLinks struct {
	links []link.Link
	ids   []string
	text  []byte // as CSV
	err   error
	done  chan struct{}
}

// linksBatch is how many links are opened at a time.
const linksBatch = 4096

// linkWriter writes links in a format. ready may be called from several
// goroutines, write is called in order.
type linkWriter interface {
	ready(*openedLinks)
	write(*openedLinks) error
	close() error
}

// eachLinks reads the links, opens their record ids on all cores, and writes them in
// order.
func eachLinks(ctx context.Context, linked *link.Result, key *seal.Key, to linkWriter) error {
	g, ctx := errgroup.WithContext(ctx)
	threads := runtime.GOMAXPROCS(0)
	todo, ordered := make(chan *openedLinks), make(chan *openedLinks, 2*threads)
	g.Go(func() error {
		defer close(todo)
		defer close(ordered)
		next := &openedLinks{done: make(chan struct{})}
		pass := func() error {
			for _, queue := range []chan *openedLinks{ordered, todo} {
				select {
				case queue <- next:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
			next = &openedLinks{done: make(chan struct{}), links: make([]link.Link, 0, linksBatch)}
			return nil
		}
		if err := linked.Links(ctx, func(l link.Link) error {
			if next.links = append(next.links, l); len(next.links) == linksBatch {
				return pass()
			}
			return nil
		}); err != nil {
			return err
		}
		return pass()
	})
	for range threads {
		g.Go(func() error {
			for b := range todo {
				for i := range b.links {
					l := &b.links[i]
					id, err := key.OpenRecordID(l.Sealed)
					if err != nil {
						b.err = fmt.Errorf("row %d: %w", l.Row, err)
						break
					}
					l.Probability, l.Weight = decimals(l.Probability, 6), decimals(l.Weight, 3)
					b.ids = append(b.ids, id)
				}
				to.ready(b)
				close(b.done)
			}
			return nil
		})
	}
	g.Go(func() error {
		for b := range ordered {
			select {
			case <-b.done:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if b.err != nil {
				return b.err
			}
			if err := to.write(b); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// decimals keeps so many of them: what the text has, the other format has too.
func decimals(x float64, n int) float64 {
	scale := math.Pow10(n)
	return math.Round(x*scale) / scale
}

var linkColumns = []string{"row", "record_id", "probability", "weight", "agreement"}

type linksCSV struct {
	out  *bufio.Writer
	some bool
}

func (w *linksCSV) ready(b *openedLinks) {
	text := make([]byte, 0, 128*len(b.ids))
	for i, id := range b.ids {
		l := b.links[i]
		text = append(strconv.AppendInt(text, l.Row, 10), ',')
		text = append(appendField(text, id), ',')
		text = append(strconv.AppendFloat(text, l.Probability, 'f', 6, 64), ',')
		text = append(strconv.AppendFloat(text, l.Weight, 'f', 3, 64), ',')
		text = append(appendField(text, l.Agreement), '\n')
	}
	b.text = text
}

// appendField appends a field, in quotes where it needs them (RFC 4180).
func appendField(text []byte, field string) []byte {
	if !strings.ContainsAny(field, "\",\r\n") && strings.TrimSpace(field) == field && field != "" {
		return append(text, field...)
	}
	text = append(text, '"')
	text = append(text, strings.ReplaceAll(field, `"`, `""`)...)
	return append(text, '"')
}

func (w *linksCSV) header() error {
	if w.some {
		return nil
	}
	w.some = true
	_, err := w.out.WriteString(strings.Join(linkColumns, ",") + "\n")
	return err
}

func (w *linksCSV) write(b *openedLinks) error {
	if err := w.header(); err != nil {
		return err
	}
	_, err := w.out.Write(b.text)
	return err
}

func (w *linksCSV) close() error { return w.header() }

// linksGroup is how many links go into one row group.
const linksGroup = 1 << 17

type linksParquet struct {
	out *pqarrow.FileWriter
	b   *array.RecordBuilder
	n   int
}

func newLinksParquet(w *bufio.Writer) (*linksParquet, error) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: linkColumns[0], Type: arrow.PrimitiveTypes.Int64},
		{Name: linkColumns[1], Type: arrow.BinaryTypes.String},
		{Name: linkColumns[2], Type: arrow.PrimitiveTypes.Float64},
		{Name: linkColumns[3], Type: arrow.PrimitiveTypes.Float64},
		{Name: linkColumns[4], Type: arrow.BinaryTypes.String},
	}, nil)
	out, err := pqarrow.NewFileWriter(schema, w, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	return &linksParquet{out: out, b: array.NewRecordBuilder(memory.DefaultAllocator, schema)}, nil
}

func (w *linksParquet) ready(*openedLinks) {}

func (w *linksParquet) write(b *openedLinks) error {
	for i, id := range b.ids {
		l := b.links[i]
		w.b.Field(0).(*array.Int64Builder).Append(l.Row)
		w.b.Field(1).(*array.StringBuilder).Append(id)
		w.b.Field(2).(*array.Float64Builder).Append(l.Probability)
		w.b.Field(3).(*array.Float64Builder).Append(l.Weight)
		w.b.Field(4).(*array.StringBuilder).Append(l.Agreement)
	}
	if w.n += len(b.ids); w.n < linksGroup {
		return nil
	}
	return w.flush()
}

func (w *linksParquet) flush() error {
	rec := w.b.NewRecordBatch()
	defer rec.Release()
	w.n = 0
	return w.out.Write(rec)
}

func (w *linksParquet) close() error {
	defer w.b.Release()
	return errors.Join(w.flush(), w.out.Close())
}
