package triage

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/renameio/v2"

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
	write := linksCSV
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		write = linksParquet
	}
	err = write(out, func(each func(id string, l link.Link) error) error {
		return linked.Links(ctx, func(l link.Link) error {
			id, err := key.OpenRecordID(l.Sealed)
			if err != nil {
				return fmt.Errorf("row %d: %w", l.Row, err)
			}
			l.Probability, l.Weight = decimals(l.Probability, 6), decimals(l.Weight, 3)
			return each(id, l)
		})
	})
	if err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	return nil
}

// decimals keeps so many of them: what the text has, the other format has too.
func decimals(x float64, n int) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', n, 64), 64)
	if err != nil {
		return x
	}
	return y
}

type allLinks func(each func(id string, l link.Link) error) error

var linkColumns = []string{"row", "record_id", "probability", "weight", "agreement"}

func linksCSV(w *bufio.Writer, links allLinks) error {
	out := csv.NewWriter(w)
	if err := out.Write(linkColumns); err != nil {
		return err
	}
	err := links(func(id string, l link.Link) error {
		return out.Write([]string{
			strconv.FormatInt(l.Row, 10), id,
			strconv.FormatFloat(l.Probability, 'f', 6, 64), strconv.FormatFloat(l.Weight, 'f', 3, 64), l.Agreement,
		})
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// linksGroup is how many links go into one row group.
const linksGroup = 1 << 17

func linksParquet(w *bufio.Writer, links allLinks) error {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: linkColumns[0], Type: arrow.PrimitiveTypes.Int64},
		{Name: linkColumns[1], Type: arrow.BinaryTypes.String},
		{Name: linkColumns[2], Type: arrow.PrimitiveTypes.Float64},
		{Name: linkColumns[3], Type: arrow.PrimitiveTypes.Float64},
		{Name: linkColumns[4], Type: arrow.BinaryTypes.String},
	}, nil)
	out, err := pqarrow.NewFileWriter(schema, w, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return err
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	n := 0
	flush := func() error {
		rec := b.NewRecordBatch()
		defer rec.Release()
		n = 0
		return out.Write(rec)
	}
	err = links(func(id string, l link.Link) error {
		b.Field(0).(*array.Int64Builder).Append(l.Row)
		b.Field(1).(*array.StringBuilder).Append(id)
		b.Field(2).(*array.Float64Builder).Append(l.Probability)
		b.Field(3).(*array.Float64Builder).Append(l.Weight)
		b.Field(4).(*array.StringBuilder).Append(l.Agreement)
		if n++; n == linksGroup {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	return out.Close()
}
