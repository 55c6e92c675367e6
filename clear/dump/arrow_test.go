package dump

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// arrowOf writes a record some times over.
func arrowOf(t testing.TB, file bool, rec arrow.RecordBatch, times int, o ...ipc.Option) []byte {
	t.Helper()
	var b bytes.Buffer
	var w interface {
		Write(arrow.RecordBatch) error
		Close() error
	}
	o = append(o, ipc.WithSchema(rec.Schema()))
	if w = ipc.NewWriter(&b, o...); file {
		var err error
		if w, err = ipc.NewFileWriter(&b, o...); err != nil {
			t.Fatal(err)
		}
	}
	for range times {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArrow(t *testing.T) {
	t.Parallel()
	for _, file := range []bool{false, true} {
		for name, o := range map[string][]ipc.Option{"plain": nil, "lz4": {ipc.WithLZ4()}, "zstd": {ipc.WithZstd()}} {
			d, err := openGiven(t, Options{}, given("a.arrow", arrowOf(t, file, nestedRecord(t), 2, o...)))
			if err != nil {
				t.Fatal(name, err)
			}
			s := scanAll(t, d)
			if want := []string{"id", "mels", "adresse.ville", "adresse.cp", "liens", "b", "né"}; !slices.Equal(d.Tables[0].Columns, want) {
				t.Errorf("%s: columns %q", name, d.Tables[0].Columns)
			}
			if !slices.EqualFunc(s.rows, slices.Concat(nestedRows, nestedRows), slices.Equal) || len(s.account.Rejects) > 0 {
				t.Errorf("%s: %q, %+v", name, s.rows, s.account.Rejects)
			}
		}
	}
}

func TestArrowTypes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		typ  arrow.DataType
		json string
		want string
	}{
		{"large text", arrow.BinaryTypes.LargeString, `"Zoé"`, "Zoé"},
		{"view", arrow.BinaryTypes.StringView, `"a long text that does not fit in a view"`, "a long text that does not fit in a view"},
		{"truth", arrow.FixedWidthTypes.Boolean, `true`, "true"},
		{"uint64", arrow.PrimitiveTypes.Uint64, `18446744073709551615`, "18446744073709551615"},
		{"double", arrow.PrimitiveTypes.Float64, `2990199123456`, "2990199123456"},
		{"timestamp", &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}, `"1970-01-01T00:00:01.5Z"`, "1970-01-01T00:00:01.5Z"},
		{"local timestamp", &arrow.TimestampType{Unit: arrow.Second}, `"1970-01-01 00:00:01"`, "1970-01-01T00:00:01"},
		{"time", arrow.FixedWidthTypes.Time64us, `"01:00:00.5"`, "01:00:00.5"},
		{"decimal", &arrow.Decimal128Type{Precision: 10, Scale: 2}, `"-12.30"`, "-12.30"},
		{"fixed bytes", &arrow.FixedSizeBinaryType{ByteWidth: 2}, `"/wE="`, "0xFF01"},
		{"dictionary", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, `"Rennes"`, "Rennes"},
		{"runs", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.String), `"Pau"`, "Pau"},
		{"map", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String), `[{"key":"a","value":"b"}]`, "a,b"},
		{"fixed list", arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int8), `[1,2]`, "1,2"},
		{"null", arrow.Null, `null`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "c", Type: c.typ, Nullable: true}}, nil))
			defer b.Release()
			err := errors.Join(b.UnmarshalJSON([]byte(`{"c":`+c.json+`}`)), b.UnmarshalJSON([]byte(`{"c":null}`)))
			if err != nil {
				t.Fatal(err)
			}
			d, err := openGiven(t, Options{}, given("a", arrowOf(t, false, b.NewRecordBatch(), 1)))
			if err != nil {
				t.Fatal(err)
			}
			if s := scanAll(t, d); !slices.EqualFunc(s.rows, [][]string{{c.want}, {""}}, slices.Equal) || len(s.account.Rejects) > 0 {
				t.Errorf("%q, want %q; %+v", s.rows, c.want, s.account.Rejects)
			}
		})
	}
}

func TestArrowHurt(t *testing.T) {
	t.Parallel()
	hurt(t, arrowExample(), 16)
	hurt(t, arrowOf(t, true, nestedRecord(t), 2), 16)
}

func FuzzArrow(f *testing.F) {
	f.Add(arrowExample())
	f.Add(arrowOf(f, true, nestedRecord(f), 1))
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, content)
		settled(t, []byte(gz(t, arrowMark+string(content))))
	})
}
