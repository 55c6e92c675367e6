package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/duckdb/duckdb-go/v2"

	"constat.example/internal/failure"
)

// explain says what an error of DuckDB was about, and recognises those that
// somebody can do something about: a cancelled context, a full disk, too
// little memory. Only the first line is kept: the rest quotes the statement.
func explain(ctx context.Context, about string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", about, context.Cause(ctx))
	}
	e, ok := errors.AsType[*duckdb.Error](err)
	if !ok {
		return fmt.Errorf("%s: %w", about, err)
	}
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if strings.Contains(strings.ToLower(e.Msg), full.Error()) {
			return fmt.Errorf("%s: %w", about, full)
		}
	}
	if strings.Contains(e.Msg, "max_temp_directory_size") { // nine tenths of what was free
		return fmt.Errorf("%s: spilling to the scratch folder: %w", about, syscall.ENOSPC)
	}
	if e.Type == duckdb.ErrorTypeOutOfMemory {
		return failure.New(failure.Internal, "Close other programs, or allow more memory, or fewer threads: each thread needs its own room.",
			"%s: not enough memory: %w", about, firstLine(e))
	}
	return fmt.Errorf("%s: %w", about, firstLine(e))
}

func firstLine(e *duckdb.Error) *duckdb.Error {
	line, _, _ := strings.Cut(e.Msg, "\n")
	return &duckdb.Error{Type: e.Type, Msg: line}
}
