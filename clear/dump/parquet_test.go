package dump

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// nestedRecord has columns of every shape.
func nestedRecord(t testing.TB) arrow.RecordBatch {
	t.Helper()
	text := arrow.BinaryTypes.String
	fields := []arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "mels", Type: arrow.ListOf(text), Nullable: true},
		{Name: "adresse", Type: arrow.StructOf(arrow.Field{Name: "ville", Type: text, Nullable: true}, arrow.Field{Name: "cp", Type: text, Nullable: true}), Nullable: true},
		{Name: "liens", Type: arrow.ListOf(arrow.StructOf(arrow.Field{Name: "nom", Type: text, Nullable: true})), Nullable: true},
		{Name: "b", Type: arrow.BinaryTypes.Binary, Nullable: true},
		{Name: "né", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	if err := b.UnmarshalJSON([]byte(`{"id":1,"mels":["a@x.example",null,"b@x.example"],"adresse":{"ville":"Lyon","cp":"69001"},"liens":[{"nom":"x"},{"nom":null},{"nom":"y"}],"b":"/wE=","né":"1951-05-16"}`)); err != nil {
		t.Fatal(err)
	}
	if err := b.UnmarshalJSON([]byte(`{"id":2,"mels":[],"adresse":null,"liens":null,"b":"YWI=","né":null}`)); err != nil {
		t.Fatal(err)
	}
	if err := b.UnmarshalJSON([]byte(`{"id":3,"mels":null,"adresse":{"ville":null,"cp":"1"},"liens":[],"b":null,"né":"2020-01-02"}`)); err != nil {
		t.Fatal(err)
	}
	return b.NewRecordBatch()
}

var nestedRows = [][]string{
	{"1", "a@x.example,b@x.example", "Lyon", "69001", "x,y", "0xFF01", "1951-05-16"},
	{"2", "", "", "", "", "ab", ""},
	{"3", "", "", "1", "", "", "2020-01-02"},
}

func parquetOf(t testing.TB, rec arrow.RecordBatch, groupRows int64, o ...parquet.WriterProperty) []byte {
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

// manyRows is a record of that many rows.
func manyRows(n int) arrow.RecordBatch {
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "nom", Type: arrow.BinaryTypes.String}, {Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32)}}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprint("Martin ", i))
		l := b.Field(2).(*array.ListBuilder)
		l.Append(true)
		for k := range i % 5 {
			l.ValueBuilder().(*array.Int32Builder).Append(int32(k))
		}
	}
	return b.NewRecordBatch()
}

func TestParquet(t *testing.T) {
	t.Parallel()
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip, compress.Codecs.Brotli, compress.Codecs.Zstd, compress.Codecs.Lz4Raw} {
		for _, version := range []parquet.DataPageVersion{parquet.DataPageV1, parquet.DataPageV2} {
			content := parquetOf(t, nestedRecord(t), 2, parquet.WithCompression(codec), parquet.WithDataPageVersion(version))
			d, err := openGiven(t, Options{}, given("a.parquet", content))
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			if want := []string{"id", "mels", "adresse.ville", "adresse.cp", "liens.nom", "b", "né"}; !slices.Equal(d.Tables[0].Columns, want) {
				t.Errorf("%v: columns %q", codec, d.Tables[0].Columns)
			}
			if !slices.EqualFunc(s.rows, nestedRows, slices.Equal) || len(s.account.Rejects) > 0 {
				t.Errorf("%v: %q, %+v", codec, s.rows, s.account.Rejects)
			}
		}
	}
	t.Run("long columns of lists", func(t *testing.T) {
		t.Parallel()
		const n = 20_000
		d, err := openGiven(t, Options{}, given("a.parquet", parquetOf(t, manyRows(n), 7000, parquet.WithDataPageSize(4<<10))))
		if err != nil {
			t.Fatal(err)
		}
		s := scanAll(t, d)
		if len(s.rows) != n {
			t.Fatalf("%d rows", len(s.rows))
		}
		for i, row := range s.rows {
			if want := []string{fmt.Sprint(i), fmt.Sprint("Martin ", i), "0,1,2,3,4"[:max(2*(i%5)-1, 0)]}; !slices.Equal(row, want) {
				t.Fatalf("row %d: %q", i, row)
			}
		}
		b, err := d.Sample(t.Context(), 0, 100)
		if err != nil || b.Rows() != 100 || string(b.Cell(0, 0)) != "0" || string(b.Cell(99, 0)) < "19" {
			t.Errorf("sample of %d rows to %s, %v", b.Rows(), b.Cell(99, 0), err)
		}
	})
	t.Run("encrypted", func(t *testing.T) {
		t.Parallel()
		if _, err := openGiven(t, Options{}, given("a", []byte("PARE\x00\x00\x00\x00PARE"))); err == nil || !strings.Contains(err.Error(), "encrypted") {
			t.Errorf("%v", err)
		}
	})
}

// TestParquetDamage overwrites a row group: the others are read, and it is told.
func TestParquetDamage(t *testing.T) {
	t.Parallel()
	content := parquetOf(t, manyRows(3000), 1000, parquet.WithCompression(compress.Codecs.Snappy))
	d, err := openGiven(t, Options{}, given("a", content))
	if err != nil {
		t.Fatal(err)
	}
	l := d.members[0].whole.(*parquetLayout)
	p, _, err := l.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	from, size := p.Extent(1)
	hit := bytes.Clone(content)
	for i := from; i < from+size; i++ {
		hit[i] = 0xa7
	}
	a := settled(t, hit)
	if a == nil || a.Read != 2000 || a.Rejected != 1 || a.Rejects[0].First[0].Offset != from || a.Rejects[0].Bytes != size {
		t.Errorf("%+v", a)
	}
	hurt(t, parquetOf(t, nestedRecord(t), 2), 4)
}

func FuzzParquet(f *testing.F) {
	f.Add(parquetExample())
	f.Add(parquetOf(f, nestedRecord(f), 2))
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, append([]byte("PAR1"), content[min(len(content), 4):]...))
		settled(t, []byte(gz(t, "PAR1"+string(content))))
	})
}
