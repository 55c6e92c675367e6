package token_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// column is one column as it stands in a file: nil for null.
type column struct {
	name, sqlType string
	values        []any
}

func readFile(t testing.TB, path string) []column {
	t.Helper()
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	columns := make([]column, f.MetaData().Schema.NumColumns())
	for i := range columns {
		description := f.MetaData().Schema.Column(i)
		columns[i].name = description.Name()
		columns[i].sqlType = description.PhysicalType().String() + " " + description.LogicalType().String()
		for g := range f.NumRowGroups() {
			reader, err := f.RowGroup(g).Column(i)
			if err != nil {
				t.Fatal(err)
			}
			n := f.RowGroup(g).NumRows()
			levels := make([]int16, n)
			longs, shorts, blobs := make([]int64, n), make([]int32, n), make([]parquet.ByteArray, n)
			for reader.HasNext() {
				var total int64
				var read int
				switch r := reader.(type) {
				case *file.Int64ColumnChunkReader:
					total, read, err = r.ReadBatch(n, longs, levels, nil)
				case *file.Int32ColumnChunkReader:
					total, read, err = r.ReadBatch(n, shorts, levels, nil)
				case *file.ByteArrayColumnChunkReader:
					total, read, err = r.ReadBatch(n, blobs, levels, nil)
				}
				if err != nil {
					t.Fatal(err)
				}
				at := 0
				for _, level := range levels[:total] {
					if level < description.MaxDefinitionLevel() {
						columns[i].values = append(columns[i].values, nil)
						continue
					}
					switch reader.(type) {
					case *file.Int64ColumnChunkReader:
						columns[i].values = append(columns[i].values, longs[at])
					case *file.Int32ColumnChunkReader:
						columns[i].values = append(columns[i].values, int64(shorts[at]))
					default:
						columns[i].values = append(columns[i].values, string(blobs[at]))
					}
					at++
				}
				if at != read {
					t.Fatalf("column %s: %d values for %d levels", columns[i].name, read, at)
				}
			}
		}
	}
	return columns
}

// people fills b with n rows as a register would have: names and dates that
// repeat, identifiers that do not, a tenth of the cells empty.
func people(b *token.Batch, first, n int, seed uint64, withIDs bool) {
	rng := rand.New(rand.NewPCG(seed, uint64(first)))
	b.Reset(n)
	for i := range n {
		b.Row[i] = int64(first + i + 1)
		b.Kinds[i] = int64(kind.Set(0).With(kind.NIR).With(kind.Email))
		if withIDs {
			id := make([]byte, 18)
			for j := range id {
				id[j] = byte(rng.Uint32())
			}
			b.RecordID = append(b.RecordID, id)
		}
	}
	for j, c := range b.Layout {
		for i := range n {
			if rng.IntN(10) == 0 {
				continue
			}
			switch {
			case c.Short():
				b.Cells[j][i] = int64(int16(rng.Uint32() | 1))
			case c.Kind.Family() != kind.NoFamily:
				b.Cells[j][i] = (rng.Int64N(2000) + 1) * -7046029254386353131
			default:
				b.Cells[j][i] = rng.Int64() - rng.Int64() | 1
			}
		}
	}
}

func TestWriteAndRead(t *testing.T) {
	t.Parallel()
	layout := token.LayoutOf([]kind.Kind{kind.RecordID, kind.BirthSurname, kind.GivenNames, kind.Sex, kind.NIR, kind.Email, kind.Address})
	for _, test := range []struct {
		name    string
		layout  token.Layout
		batches []int
		withIDs bool
	}{
		{"no row", layout, nil, false},
		{"no row, in batches", layout, []int{0, 0}, true},
		{"no column", nil, []int{3}, false},
		{"one row", layout, []int{1}, true},
		{"batches that straddle row groups", layout, []int{100_000, 31_072, 1, 70_000}, true},
		{"a batch larger than a row group", layout, []int{300_000}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "t.parquet")
			w, err := token.Create(path, test.layout, test.withIDs)
			if err != nil {
				t.Fatal(err)
			}
			want := make([][]any, len(test.layout)+2)
			var sealed []any
			b := token.NewBatch(test.layout)
			for i, n := range test.batches {
				people(b, i*1_000_000, n, 1, test.withIDs)
				if err := w.Write(b); err != nil {
					t.Fatal(err)
				}
				for r := range n {
					want[0] = append(want[0], b.Row[r])
					want[1] = append(want[1], b.Kinds[r])
					for c, cells := range b.Cells {
						if cells[r] == 0 {
							want[2+c] = append(want[2+c], nil)
						} else {
							want[2+c] = append(want[2+c], cells[r])
						}
					}
					if test.withIDs {
						sealed = append(sealed, string(b.RecordID[r]))
					}
				}
			}
			if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
				t.Error("the file is there before it is whole")
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			names := append([]string{"row", "kinds"}, test.layout.Names()...)
			if test.withIDs {
				names = slices.Insert(names, 2, "sealed")
				want = slices.Insert(want, 2, sealed)
			}
			got := readFile(t, path)
			for i, c := range got {
				if c.name != names[i] {
					t.Fatalf("column %d is %s, want %s", i, c.name, names[i])
				}
				if !slices.Equal(c.values, want[i]) {
					t.Errorf("column %s: other values were read than written", c.name)
				}
			}
			if len(got) != len(names) {
				t.Errorf("%d columns, want %d", len(got), len(names))
			}
			layout, err := token.LayoutOfFile(path)
			if err != nil || !slices.Equal(layout, test.layout) {
				t.Errorf("LayoutOfFile: %v, %v", layout, err)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// Columns that repeat, by dictionary: runs long and short, one word only, more
// words than fit two bytes, row groups without any.
func TestRepeatingColumns(t *testing.T) {
	t.Parallel()
	const group = 1 << 17
	layout := token.LayoutOf([]kind.Kind{kind.BirthSurname, kind.GivenNames, kind.Sex, kind.PostCode})
	rng := rand.New(rand.NewPCG(5, 6))
	b := token.NewBatch(layout)
	b.Reset(3*group + 1000)
	for i := range b.Len() {
		b.Row[i], b.Kinds[i] = int64(i+1), 5
		word := func(n int) int64 { return int64(1+n) * 0x123456789ABCDEF }
		b.Cells[0][i] = word(i / 8 % 1000)                         // runs of eight
		b.Cells[1][i] = word(i/(1+i%7) - i/3)                      // runs and none
		b.Cells[2][i] = word(rng.IntN(70_000) * min(1, i/(8<<10))) // many words, after some that repeat
		b.Cells[3][i] = word(7) * min(1, int64(i/group%2)+max(0, int64(2-i/100)))
		b.Cells[4][i] = 1
		b.Cells[5][i] = int64(1 + i&1)
		b.Cells[6][i] = word(min(i, 3)) * int64(min(1, i%1000))
	}
	path := filepath.Join(t.TempDir(), "t.parquet")
	w, err := token.Create(path, layout, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(b), w.Close()); err != nil {
		t.Fatal(err)
	}
	got := readFile(t, path)
	for i, cells := range b.Cells {
		for row, want := range cells {
			if have := got[2+i].values[row]; have != any(want) && (have != nil || want != 0) {
				t.Fatalf("column %d row %d: %v, want %d", i, row, have, want)
			}
		}
	}
}

func TestShortTokensAreSmallints(t *testing.T) {
	t.Parallel()
	layout := token.LayoutOf([]kind.Kind{kind.Phone})
	path := filepath.Join(t.TempDir(), "t.parquet")
	w, err := token.Create(path, layout, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range readFile(t, path) {
		want := "INT64 None"
		if c.name == "phone_head" || c.name == "phone_tail" {
			want = "INT32 Int(bitWidth=16, isSigned=true)"
		}
		if c.sqlType != want {
			t.Errorf("column %s is %s, want %s", c.name, c.sqlType, want)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	layout := token.LayoutOf([]kind.Kind{kind.BirthSurname, kind.NIR})
	var files [2][]byte
	for i := range files {
		path := filepath.Join(t.TempDir(), "t.parquet")
		w, err := token.Create(path, layout, true)
		if err != nil {
			t.Fatal(err)
		}
		b := token.NewBatch(layout)
		people(b, 0, 20_000, 3, true)
		if err := errors.Join(w.Write(b), w.Close()); err != nil {
			t.Fatal(err)
		}
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(files[0], files[1]) {
		t.Error("two writes of the same rows differ")
	}
}

func TestBatchesThatDoNotFit(t *testing.T) {
	t.Parallel()
	layout := token.LayoutOf([]kind.Kind{kind.NIR})
	for _, test := range []struct {
		name  string
		spoil func(b *token.Batch)
	}{
		{"another layout", func(b *token.Batch) { *b = *token.NewBatch(token.LayoutOf([]kind.Kind{kind.Email})); b.Reset(2) }},
		{"a short column", func(b *token.Batch) { b.Cells[1] = b.Cells[1][:1] }},
		{"kinds missing", func(b *token.Batch) { b.Kinds = nil }},
		{"record ids missing", func(b *token.Batch) { b.RecordID = b.RecordID[:1] }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, err := token.Create(filepath.Join(t.TempDir(), "t.parquet"), layout, true)
			if err != nil {
				t.Fatal(err)
			}
			b := token.NewBatch(layout)
			people(b, 0, 2, 1, true)
			test.spoil(b)
			if w.Write(b) == nil {
				t.Error("it was written")
			}
			if err := w.Abort(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAbortLeavesTheOldFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.parquet")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	layout := token.LayoutOf([]kind.Kind{kind.NIR})
	w, err := token.Create(path, layout, false)
	if err != nil {
		t.Fatal(err)
	}
	b := token.NewBatch(layout)
	people(b, 0, 10, 1, false)
	if err := errors.Join(w.Write(b), w.Abort(), w.Abort(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if w.Write(b) == nil {
		t.Error("a closed file was written to")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
		t.Errorf("got %q, %v", got, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCreateFails(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "absent", "t.parquet")
	_, err := token.Create(path, nil, false)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := token.CreateLexicon(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestLexicon(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "l.parquet")
	w, err := token.CreateLexicon(path)
	if err != nil {
		t.Fatal(err)
	}
	want := [4][]any{}
	for start := range 3 {
		var entries []token.Entry
		for i := range 70_000 {
			e := token.Entry{Family: kind.Name, Value: int64(start*70_000+i) * -31, Class: token.Edit, Variant: int32(int64(i) * 1_000_003)}
			entries = append(entries, e)
			for c, v := range []int64{int64(e.Family), e.Value, int64(e.Class), int64(e.Variant)} {
				want[c] = append(want[c], v)
			}
		}
		if err := w.Write(entries); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for i, c := range readFile(t, path) {
		if c.name != []string{"family", "value", "class", "variant"}[i] || !slices.Equal(c.values, want[i]) {
			t.Errorf("column %s: other values were read than written", c.name)
		}
	}
}

func TestLayoutOfWhatIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.parquet")
	if _, err := token.LayoutOfFile(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent file: got %v", err)
	}
	for _, content := range []string{"", "PAR1", "PAR1 nothing here PAR1", "PAR1\xff\xff\xff\x7fPAR1"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := token.LayoutOfFile(path); err == nil {
			t.Errorf("%q passed for a token table", content)
		}
	}
}

func FuzzLayoutOfFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.parquet")
	layout := token.LayoutOf([]kind.Kind{kind.NIR, kind.Email})
	w, err := token.Create(path, layout, false)
	if err != nil {
		f.Fatal(err)
	}
	b := token.NewBatch(layout)
	people(b, 0, 5, 1, false)
	if err := errors.Join(w.Write(b), w.Close()); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte("PAR1\x15\x00\x01\x00\x00\x00PAR1"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "t.parquet")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		layout, err := token.LayoutOfFile(path)
		if err != nil && layout != nil {
			t.Error("a layout and an error")
		}
	})
}

func BenchmarkWriter(b *testing.B) {
	layout := token.LayoutOf([]kind.Kind{
		kind.RecordID, kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.Sex, kind.BirthDate, kind.NIR,
		kind.Email, kind.Phone, kind.Address, kind.PostCode, kind.City,
	})
	batch := token.NewBatch(layout)
	const rows = 65_536
	people(batch, 0, rows, 1, true)
	path := filepath.Join(b.TempDir(), "t.parquet")
	for b.Loop() {
		w, err := token.Create(path, layout, true)
		if err != nil {
			b.Fatal(err)
		}
		for range 8 {
			if err := w.Write(batch); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	cells := float64(8*rows*(len(layout)+3)) * float64(b.N)
	b.ReportMetric(cells/b.Elapsed().Seconds()/1e6, "Mcells/s")
	b.ReportMetric(0, "ns/op")
}
