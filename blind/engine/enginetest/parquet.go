package enginetest

import (
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
)

// readColumn returns the values of a column without nulls as they stand in a
// Parquet file, in the order of the file, whatever the engine would make of it.
func readColumn(t *testing.T, path, column string) []int64 {
	t.Helper()
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	i := f.MetaData().Schema.ColumnIndexByName(column)
	var all []int64
	for g := range f.NumRowGroups() {
		reader, err := f.RowGroup(g).Column(i)
		if err != nil {
			t.Fatal(err)
		}
		values := make([]int64, f.RowGroup(g).NumRows())
		levels := make([]int16, len(values))
		for reader.HasNext() {
			_, n, err := reader.(*file.Int64ColumnChunkReader).ReadBatch(int64(len(values)), values, levels, nil)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, values[:n]...)
		}
	}
	return all
}
