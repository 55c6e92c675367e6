package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"constat.example/clear/table"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// written is a Parquet file of one record, in row groups of that many rows.
func written(t testing.TB, rec arrow.RecordBatch, groupRows int64, o ...parquet.WriterProperty) []byte {
	t.Helper()
	var out bytes.Buffer
	props := parquet.NewWriterProperties(append(o, parquet.WithMaxRowGroupLength(groupRows))...)
	w, err := pqarrow.NewFileWriter(rec.Schema(), &out, props, pqarrow.NewArrowWriterProperties())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// saved writes a file and opens it as a source.
func saved(t testing.TB, name string, data []byte) (Source, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, Options{})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

// scanned is all rows of a source, cells joined by "|".
func scanned(t testing.TB, s Source) ([]string, Stats) {
	t.Helper()
	var rows []string
	stats, err := s.Scan(t.Context(), func(b *table.Batch, release func()) error {
		rows = append(rows, lines(b)...)
		release()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if stats.Read != int64(len(rows)) {
		t.Errorf("%d rows read, %d handed out", stats.Read, len(rows))
	}
	return rows, stats
}

func lines(b *table.Batch) []string {
	var rows []string
	for r := range b.Rows() {
		cells := make([]string, b.Width)
		for c := range cells {
			cells[c] = string(b.Cell(r, c))
		}
		rows = append(rows, fmt.Sprintf("%d:%s", b.Ordinal[r], strings.Join(cells, "|")))
	}
	return rows
}

func record(t testing.TB, fields []arrow.Field, fill func(b *array.RecordBuilder)) arrow.RecordBatch {
	t.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	fill(b)
	return b.NewRecordBatch()
}

func TestParquetTypes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		typ  arrow.DataType
		add  func(array.Builder)
		want string
	}{
		{"text", arrow.BinaryTypes.String, func(b array.Builder) { b.(*array.StringBuilder).Append("Zoé |1") }, "Zoé |1"},
		{"text that is not UTF-8", arrow.BinaryTypes.String, func(b array.Builder) { b.(*array.StringBuilder).Append("Zo\xe9") }, "Zoé"},
		{"bytes that are text", arrow.BinaryTypes.Binary, func(b array.Builder) { b.(*array.BinaryBuilder).Append([]byte("abc")) }, "abc"},
		{"bytes", arrow.BinaryTypes.Binary, func(b array.Builder) { b.(*array.BinaryBuilder).Append([]byte{0xff, 1}) }, "ff01"},
		{"truth", arrow.FixedWidthTypes.Boolean, func(b array.Builder) { b.(*array.BooleanBuilder).Append(true) }, "true"},
		{"int8", arrow.PrimitiveTypes.Int8, func(b array.Builder) { b.(*array.Int8Builder).Append(-5) }, "-5"},
		{"uint32", arrow.PrimitiveTypes.Uint32, func(b array.Builder) { b.(*array.Uint32Builder).Append(math.MaxUint32) }, "4294967295"},
		{"int64", arrow.PrimitiveTypes.Int64, func(b array.Builder) { b.(*array.Int64Builder).Append(1851075123456) }, "1851075123456"},
		{"uint64", arrow.PrimitiveTypes.Uint64, func(b array.Builder) { b.(*array.Uint64Builder).Append(math.MaxUint64) }, "18446744073709551615"},
		{"whole double", arrow.PrimitiveTypes.Float64, func(b array.Builder) { b.(*array.Float64Builder).Append(2990199123456) }, "2990199123456"},
		{"double", arrow.PrimitiveTypes.Float64, func(b array.Builder) { b.(*array.Float64Builder).Append(0.1) }, "0.1"},
		{"huge double", arrow.PrimitiveTypes.Float64, func(b array.Builder) { b.(*array.Float64Builder).Append(1e300) }, "1e+300"},
		{"no number", arrow.PrimitiveTypes.Float64, func(b array.Builder) { b.(*array.Float64Builder).Append(math.NaN()) }, "NaN"},
		{"float", arrow.PrimitiveTypes.Float32, func(b array.Builder) { b.(*array.Float32Builder).Append(0.1) }, "0.1"},
		{"half", arrow.FixedWidthTypes.Float16, func(b array.Builder) { b.(*array.Float16Builder).Append(float16.New(1.5)) }, "1.5"},
		{"date", arrow.FixedWidthTypes.Date32, func(b array.Builder) { b.(*array.Date32Builder).Append(-6805) }, "1951-05-16"},
		{"date in milliseconds", arrow.FixedWidthTypes.Date64, func(b array.Builder) { b.(*array.Date64Builder).Append(86400000) }, "1970-01-02"},
		{"local timestamp", &arrow.TimestampType{Unit: arrow.Millisecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(1500) }, "1970-01-01T00:00:01.5"},
		{"UTC timestamp", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(-1) }, "1969-12-31T23:59:59.999999Z"},
		{"timestamp in nanoseconds", &arrow.TimestampType{Unit: arrow.Nanosecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(1) }, "1970-01-01T00:00:00.000000001"},
		{"time of day", arrow.FixedWidthTypes.Time32ms, func(b array.Builder) { b.(*array.Time32Builder).Append(3600_000 + 500) }, "01:00:00.5"},
		{"time of day in microseconds", arrow.FixedWidthTypes.Time64us, func(b array.Builder) { b.(*array.Time64Builder).Append(61_000_000) }, "00:01:01"},
		{"small decimal", &arrow.Decimal128Type{Precision: 5, Scale: 2}, func(b array.Builder) { b.(*array.Decimal128Builder).Append(decimal128.FromI64(-7)) }, "-0.07"},
		{"large decimal", &arrow.Decimal128Type{Precision: 38, Scale: 3}, func(b array.Builder) {
			b.(*array.Decimal128Builder).Append(decimal128.FromI64(-123456789012))
		}, "-123456789.012"},
		{"whole decimal", &arrow.Decimal128Type{Precision: 13, Scale: 0}, func(b array.Builder) {
			b.(*array.Decimal128Builder).Append(decimal128.FromI64(1851075123456))
		}, "1851075123456"},
		{"fixed bytes that are text", &arrow.FixedSizeBinaryType{ByteWidth: 3}, func(b array.Builder) { b.(*array.FixedSizeBinaryBuilder).Append([]byte("FRA")) }, "FRA"},
		{"dictionary", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, func(b array.Builder) {
			if err := b.(*array.BinaryDictionaryBuilder).AppendString("Rennes"); err != nil {
				panic(err)
			}
		}, "Rennes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec := record(t, []arrow.Field{{Name: "c", Type: test.typ, Nullable: true}}, func(b *array.RecordBuilder) {
				test.add(b.Field(0))
				b.Field(0).AppendNull()
				test.add(b.Field(0))
			})
			s, err := saved(t, "r.parquet", written(t, rec, 10))
			if err != nil {
				t.Fatal(err)
			}
			rows, _ := scanned(t, s)
			if want := []string{"1:" + test.want, "2:", "3:" + test.want}; !slices.Equal(rows, want) {
				t.Errorf("%q, want %q", rows, want)
			}
		})
	}
}

// people is a record of n rows whose cells name their row.
func people(t testing.TB, n int) arrow.RecordBatch {
	return record(t, []arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "born", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	}, func(b *array.RecordBuilder) {
		for i := range n {
			b.Field(0).(*array.Int64Builder).Append(int64(i))
			if i%3 == 0 {
				b.Field(1).AppendNull()
			} else {
				b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("name %d, long enough to fill pages", i))
			}
			if i%5 == 0 {
				b.Field(2).AppendNull()
			} else {
				b.Field(2).(*array.Date32Builder).Append(arrow.Date32(i % 20000))
			}
		}
	})
}

func person(i int) string {
	name, born := "", ""
	if i%3 != 0 {
		name = fmt.Sprintf("name %d, long enough to fill pages", i)
	}
	if i%5 != 0 {
		born = arrow.Date32(i % 20000).ToTime().Format("2006-01-02")
	}
	return fmt.Sprintf("%d:%d|%s|%s", i+1, i, name, born)
}

func TestParquetPages(t *testing.T) {
	t.Parallel()
	const n = 30_000
	rec := people(t, n)
	for _, test := range []struct {
		name  string
		group int64
		props []parquet.WriterProperty
	}{
		{"one group, small pages", n, []parquet.WriterProperty{parquet.WithDataPageSize(1 << 12), parquet.WithDictionaryDefault(false)}},
		{"dictionary that overflows", n, []parquet.WriterProperty{parquet.WithDataPageSize(1 << 12), parquet.WithDictionaryPageSizeLimit(1 << 14)}},
		{"pages of version 2, zstd", 7_000, []parquet.WriterProperty{parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDataPageSize(1 << 12)}},
		{"many groups, snappy", 317, []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Snappy)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			data := written(t, rec, test.group, test.props...)
			s, err := saved(t, "people.bin", data) // told by its content
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.Columns(), []string{"id", "name", "born"}) || s.Name() != "people.bin" {
				t.Errorf("%q has columns %q", s.Name(), s.Columns())
			}
			rows, stats := scanned(t, s)
			if len(rows) != n {
				t.Fatalf("%d rows", len(rows))
			}
			for i, row := range rows {
				if row != person(i) {
					t.Fatalf("row %q, want %q", row, person(i))
				}
			}
			sum := sha256.Sum256(data)
			if stats.SHA256 != hex.EncodeToString(sum[:]) || stats.Bytes != int64(len(data)) {
				t.Errorf("%+v", stats)
			}
			for _, want := range []int{1, 100, 1000, n - 1, n, n + 1} {
				b, err := s.Sample(t.Context(), want)
				if err != nil {
					t.Fatal(err)
				}
				if b.Rows() > want || b.Rows() < min(want, n)*9/10 || want >= n && b.Rows() != n {
					t.Errorf("sample of %d has %d rows", want, b.Rows())
				}
				for i, line := range lines(b) {
					if line != person(int(b.Ordinal[i]-1)) || i > 0 && b.Ordinal[i] <= b.Ordinal[i-1] {
						t.Fatalf("sample of %d has %q", want, line)
					}
				}
				if last := b.Ordinal[b.Rows()-1]; want >= 100 && last < n*9/10 {
					t.Errorf("sample of %d ends at row %d", want, last)
				}
			}
			if again, _ := scanned(t, s); !slices.Equal(rows, again) {
				t.Error("a second scan differs")
			}
		})
	}
}

func TestParquetRefusals(t *testing.T) {
	t.Parallel()
	list := record(t, []arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "phones", Type: arrow.ListOf(arrow.BinaryTypes.String)},
		{Name: "home", Type: arrow.StructOf(arrow.Field{Name: "city", Type: arrow.BinaryTypes.String})},
	}, func(b *array.RecordBuilder) {})
	good := written(t, people(t, 3000), 1000, parquet.WithCompression(compress.Codecs.Zstd))
	middle := bytes.Clone(good)
	for i := 100; i < 2000; i++ {
		middle[i] = byte(i * 7)
	}
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"lists and structures", written(t, list, 10), "phones, home"},
		{"magic alone", []byte("PAR1"), "footer"},
		{"cut short", good[:len(good)/2], "footer"},
		{"noise", append([]byte("PAR1"), bytes.Repeat([]byte{0xa7}, 5000)...), "footer"},
		{"damaged in the middle", middle, "row group 1"},
		{"encrypted", []byte("PARE\x00\x00\x00\x00PARE"), "is encrypted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := saved(t, "r.parquet", test.data)
			if err == nil {
				_, err = s.Scan(t.Context(), func(_ *table.Batch, release func()) error { release(); return nil })
			}
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v (%q)", err, failure.HintOf(err))
			}
		})
	}
}

func TestParquetStops(t *testing.T) {
	t.Parallel()
	s, err := saved(t, "r.parquet", written(t, people(t, 50_000), 1000))
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if _, err := s.Scan(t.Context(), func(_ *table.Batch, release func()) error { release(); return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := s.Scan(ctx, func(_ *table.Batch, release func()) error { release(); cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(written(f, people(f, 20), 10))
	f.Add(written(f, people(f, 20), 20, parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithDictionaryDefault(false)))
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &parquetFile{original: &original{name: "f"}, options: Options{Progress: progress.None}}
		if err := p.open(bytes.NewReader(data)); err != nil {
			if failure.CodeOf(err) != failure.BadInput {
				t.Errorf("%v", err)
			}
			return
		}
		if _, err := p.Sample(t.Context(), 7); err != nil && failure.CodeOf(err) != failure.BadInput {
			t.Errorf("%v", err)
		}
		var rows int64
		read, err := p.scan(t.Context(), func(b *table.Batch, release func()) error {
			rows += int64(b.Rows())
			release()
			return nil
		})
		if err == nil && (read != rows || rows != p.Rows()) {
			t.Errorf("%d rows read, %d handed out, %d in the file", read, rows, p.Rows())
		}
		if err != nil && failure.CodeOf(err) != failure.BadInput {
			t.Errorf("%v", err)
		}
	})
}

func BenchmarkScanParquet(b *testing.B) {
	s, err := saved(b, "r.parquet", written(b, people(b, 200_000), 100_000))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Scan(b.Context(), func(_ *table.Batch, release func()) error { release(); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*200_000/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
