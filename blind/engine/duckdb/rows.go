package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/duckdb/duckdb-go/v2"
)

// window is how many rows of a result are in Go's hands at a time.
const window = 1 << 17

// Query keeps the result as a table, which may spill, and reads it by windows:
// the driver would hold a whole result in memory outside of all limits. It
// also leaves the session free for other statements while rows are read.
func (s *session) Query(ctx context.Context, query string, each func(row []any) error) (err error) {
	s.reading++
	defer func() { s.reading-- }()
	result := fmt.Sprintf("query__%d", s.reading)
	if err := s.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS %s", result, query)); err != nil {
		return explain(ctx, "query", err)
	}
	defer func() {
		if e := s.Drop(context.WithoutCancel(ctx), result); err == nil {
			err = e
		}
	}()
	for first := 0; ; first += window {
		n, err := s.read(ctx, each, fmt.Sprintf("SELECT * FROM %s WHERE rowid >= %d AND rowid < %d ORDER BY rowid", result, first, first+window))
		if err != nil || n < window {
			return err
		}
	}
}

// read runs a select and calls each with every row, its values turned into the
// contract's types. It returns how many rows there were.
func (s *session) read(ctx context.Context, each func(row []any) error, query string) (n int, err error) {
	rows, err := s.conn.QueryContext(ctx, query, nil)
	if err != nil {
		return 0, explain(ctx, "query", err)
	}
	defer func() {
		if e := rows.Close(); e != nil && err == nil {
			err = explain(ctx, "query", e)
		}
	}()
	columns := rows.Columns()
	values := make([]driver.Value, len(columns))
	row := make([]any, len(columns))
	for ; ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return n, fmt.Errorf("query: %w", context.Cause(ctx))
			}
		}
		if err := rows.Next(values); err != nil {
			if errors.Is(err, io.EOF) {
				return n, nil
			}
			return n, explain(ctx, "query", err)
		}
		for i, v := range values {
			var err error
			if row[i], err = plain(v); err != nil {
				return n, fmt.Errorf("query: column %s: %w", columns[i], err)
			}
		}
		if err := each(row); err != nil {
			return n, err
		}
	}
}

// plain turns what DuckDB returns into an int64, float64, string, bool, []byte
// or nil. Sums of integers come as 128 bits and are narrowed, never wrapped.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, int64, float64, string, bool, []byte:
		return v, nil
	case int8:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case uint8:
		return int64(v), nil
	case uint16:
		return int64(v), nil
	case uint32:
		return int64(v), nil
	case float32:
		return float64(v), nil
	case uint64:
		if v > 1<<63-1 {
			return nil, errors.New("an integer beyond 64 bits")
		}
		return int64(v), nil
	case *big.Int:
		if !v.IsInt64() {
			return nil, errors.New("an integer beyond 64 bits")
		}
		return v.Int64(), nil
	case duckdb.Decimal:
		return v.Float64(), nil
	default:
		return nil, fmt.Errorf("a value of type %T, which plans do not use", v)
	}
}
