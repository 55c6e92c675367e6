package token

import (
	"fmt"
	"os"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// LayoutOfFile reads from the footer of a token table which columns it has.
// Columns that are no slots (row, kinds, sealed, person …) are passed over.
func LayoutOfFile(path string) (layout Layout, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading a table of tokens: %w", err)
	}
	defer f.Close()
	reader, err := openParquet(f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: it is no whole Parquet file: %w", path, err)
	}
	columns := reader.MetaData().Schema
	for i := range columns.NumColumns() {
		if c, err := ParseColumn(columns.Column(i).Name()); err == nil {
			layout = append(layout, c)
		}
	}
	return layout, nil
}

// openParquet reads the footer. The library may panic on a damaged one.
func openParquet(f parquet.ReaderAtSeeker) (reader *file.Reader, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("damaged footer: %v", r)
		}
	}()
	return file.NewParquetReader(f)
}

// RowsOfFile reads from the footer of a Parquet file how many rows it has.
func RowsOfFile(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("reading a table of tokens: %w", err)
	}
	defer f.Close()
	reader, err := openParquet(f)
	if err != nil {
		return 0, fmt.Errorf("reading %s: it is no whole Parquet file: %w", path, err)
	}
	return reader.NumRows(), nil
}
