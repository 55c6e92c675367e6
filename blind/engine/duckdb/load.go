package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

func (s *session) Load(ctx context.Context, name string, columns, types []string, rows [][]any) (err error) {
	about := "loading table " + name
	if err := checkName(name); err != nil {
		return fmt.Errorf("%s: %w", about, err)
	}
	if len(columns) == 0 || len(columns) != len(types) {
		return fmt.Errorf("%s: %d columns and %d types", about, len(columns), len(types))
	}
	defs := make([]string, len(columns))
	for i, c := range columns {
		if err := checkName(c); err != nil {
			return fmt.Errorf("%s: column %d: %w", about, i+1, err)
		}
		if !sqlTypes[types[i]] {
			return fmt.Errorf("%s: column %s: no type %q", about, c, types[i])
		}
		defs[i] = c + " " + types[i]
	}
	if s.views[name] {
		if err := s.Drop(ctx, name); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE %s (%s)", name, strings.Join(defs, ", "))); err != nil {
		return explain(ctx, about, err)
	}
	appender, err := duckdb.NewAppenderFromConn(s.conn, "", name)
	if err != nil {
		return explain(ctx, about, err)
	}
	defer func() {
		if e := appender.CloseWithCancel(ctx); e != nil && err == nil {
			err = explain(ctx, about, e)
		}
		if err != nil { // no half-filled table
			err = errors.Join(err, s.Drop(context.WithoutCancel(ctx), name))
		}
	}()
	values := make([]driver.Value, len(columns))
	for n, row := range rows {
		if len(row) != len(columns) {
			return fmt.Errorf("%s: row %d has %d values for %d columns", about, n+1, len(row), len(columns))
		}
		for i, v := range row {
			if values[i], err = fit(v, types[i]); err != nil {
				return fmt.Errorf("%s: row %d, column %s: %w", about, n+1, columns[i], err)
			}
		}
		if err := appender.AppendRow(values...); err != nil {
			return explain(ctx, about, err)
		}
	}
	return nil
}

var sqlTypes = map[string]bool{"BIGINT": true, "INTEGER": true, "SMALLINT": true, "DOUBLE": true, "VARCHAR": true}

// fit returns v as the appender wants it for a column of that type, or an
// error when the type cannot hold it.
func fit(v any, sqlType string) (driver.Value, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		switch {
		case sqlType == "BIGINT":
			return v, nil
		case sqlType == "INTEGER" && math.MinInt32 <= v && v <= math.MaxInt32:
			return int32(v), nil
		case sqlType == "SMALLINT" && math.MinInt16 <= v && v <= math.MaxInt16:
			return int16(v), nil
		}
	case float64:
		if sqlType == "DOUBLE" {
			return v, nil
		}
	case string:
		if sqlType == "VARCHAR" {
			return v, nil
		}
	}
	return nil, fmt.Errorf("a value of type %T does not fit in %s", v, sqlType)
}
