// Package engine is the contract of whatever runs set-at-a-time work over
// token tables: joins, counts, histograms. A plan names its tables and writes
// SQL; where the tables live, in memory, on disk, on a cluster, is the engine's
// affair. Statistics and judgement stay in Go, over the small results.
//
// Statements keep to what DuckDB and Spark SQL both run: select, inner, left
// and full join, union all, group by, window functions, case, cast, coalesce,
// nullif, bit operators and bit_or, count, sum, min, max, max_by, abs, ln, exp,
// floor, last_value(x ignore nulls) over a window, and hash(a, b, ...), a 64-bit
// number that is the same for the same values in one session and never null. Where the engines write
// one of these differently, the engine translates; the statement is DuckDB's.
// Integers are signed, nulls sort first. There are no parameters: the only values written into
// statements are numbers and names made by the program.
package engine

import "context"

// Session is a private namespace of tables. It is not safe for concurrent use.
// Every method's error says which table or file it was about.
type Session interface {
	// View names the rows of one or several Parquet files of the same columns,
	// read when used. Columns missing in some of the files read as null there.
	View(ctx context.Context, name string, files ...string) error

	// Numbered is View with one more column, ordinal BIGINT: the place of each
	// row among those of the files, in the order in which they are given, from 0.
	Numbered(ctx context.Context, name string, files ...string) error

	// Define names a select, which runs anew wherever the name is used. What it
	// reads must exist when it is defined and stay as long as it is used.
	Define(ctx context.Context, name, query string) error

	// Table runs a select and keeps its result under that name, replacing a
	// table of the same name.
	Table(ctx context.Context, name, query string) error

	// Load keeps a small table made in Go under that name. Every value is an
	// int64, a float64, a string, or nil; types holds one SQL type per column
	// (BIGINT, INTEGER, SMALLINT, DOUBLE, VARCHAR).
	Load(ctx context.Context, name string, columns, types []string, rows [][]any) error

	// Drop forgets a table or view; it is no error if there is none.
	Drop(ctx context.Context, name string) error

	// Query runs a select whose result is small, or is read as a stream, and
	// calls each with every row. Values are int64, float64, string, bool,
	// []byte or nil; the slice is reused, its values may be kept.
	Query(ctx context.Context, query string, each func(row []any) error) error

	// Write runs a select and writes its result to one Parquet file, in the
	// order the select gives, synced and put in place only when whole. A select
	// that takes every row of a view of one file that Write or package token wrote
	// (without join, group or order by) gives them in the order of the file, without
	// sorting. The same rows in the same order are the same bytes.
	Write(ctx context.Context, path, query string) error

	// Close forgets all tables and frees what they took.
	Close() error
}

// Config is what every engine can be told.
type Config struct {
	Threads int    // how many threads to use. Defaults to the number of cores.
	Memory  int64  // bytes to keep within, spilling to Dir beyond. Defaults to half of the machine's.
	Dir     string // where to spill. Defaults to the system's temporary folder.
}

// Opener opens sessions of one engine.
type Opener func(ctx context.Context, config Config) (Session, error)
