// Package source reads a register where it lives: a file (CSV, JSON or
// Parquet) or a PostgreSQL table or query. Every row comes as text, in UTF-8,
// in an order that is the same each time the same content is read.
//
// A register is read and never written: files are opened for reading, a
// database in a read-only transaction. Memory stays bounded whatever the size.
package source

import (
	"context"
	"strings"
	"sync"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// Source is a register that can be read. Its methods are called one at a time.
type Source interface {
	// Name says for people what is read. It holds no password.
	Name() string
	// Columns are the columns' names, in the order of the cells of a row.
	Columns() []string
	// Sample returns up to n rows spread over the source, the same each time.
	Sample(ctx context.Context, n int) (*table.Batch, error)
	// Scan reads every row once, in order, in batches of about 1 MiB. each is
	// called from one goroutine; a batch is the callee's until it calls
	// release, which it may do from any goroutine. Ordinals count from 1,
	// rejected rows too.
	Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (Stats, error)
	// Close ends the reading and frees what it held.
	Close() error
}

// Filed is a source that is a file: it can be told to be the one that was read
// before.
type Filed interface {
	// Size is in bytes.
	Size() int64
	// Checksum reads the file and returns its SHA-256, as Stats has it. The meter
	// hears of bytes.
	Checksum(ctx context.Context, meter progress.Meter) (string, error)
}

// Options is how a source is read. The zero value is good.
type Options struct {
	Threads  int            // goroutines that parse text files; default: the number of cores
	Progress progress.Meter // default: progress.None
}

// Stats is what a scan read.
type Stats struct {
	Read     int64  // rows handed out
	Rejected int64  // rows that could not be read
	Repaired int64  // of Read: rows that had to be mended to be read
	Bytes    int64  // of the file; of the cells' text for a database
	SHA256   string // of the file, in hexadecimal; "" for a database
	Rejects  []dump.Reject
}

// stage is how a scan is called in progress reports.
const stage = "reading the register"

// batchBytes and batchRows bound a batch.
const (
	batchBytes = 1 << 20
	batchRows  = 1 << 14
)

// Open opens the register at uri: the path of a CSV, JSON or Parquet file,
// or the address of a PostgreSQL database with what to read there, a table or a
// query (percent-encoded):
//
//	postgres://user@host/database?table=schema.name
//	postgres://user@host/database?query=select%20id,name%20from%20people
//
// Other parameters (sslmode, application_name …) are those of libpq; the
// password may come from the address, $PGPASSWORD or ~/.pgpass.
//
// Errors are coded failure.BadInput, with a hint, where the input is at fault.
func Open(ctx context.Context, uri string, o Options) (Source, error) {
	if o.Progress == nil {
		o.Progress = progress.None
	}
	scheme, _, found := strings.Cut(uri, "://")
	if !found {
		return openFile(ctx, uri, o)
	}
	switch strings.ToLower(scheme) {
	case "postgres", "postgresql":
		return openPostgres(ctx, uri, o)
	default:
		return nil, failure.New(failure.BadInput,
			"Name a CSV, JSON or Parquet file, or a PostgreSQL address that begins with postgres://.",
			"no register is read from an address of that scheme")
	}
}

// openFile tells Parquet by its first bytes, whatever the file is called, and
// leaves the rest to dump.
func openFile(ctx context.Context, path string, o Options) (Source, error) {
	is, err := isParquet(path)
	if err != nil {
		return nil, err
	}
	if is {
		return openParquet(path, o)
	}
	return openText(ctx, path, o)
}

// batches hands out batches and takes them back.
type batches struct{ pool sync.Pool }

// get returns a batch and what gives it back.
func (p *batches) get() (*table.Batch, func()) {
	b, ok := p.pool.Get().(*table.Batch)
	if !ok {
		b = new(table.Batch)
	}
	return b, func() { p.pool.Put(b) }
}
