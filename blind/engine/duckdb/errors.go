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
	if full, spilling := fullDisk(e); spilling {
		return fmt.Errorf("%s: spilling to the scratch folder: %w", about, full)
	} else if full != nil {
		return fmt.Errorf("%s: %w", about, full)
	}
	if outOfMemory(e) {
		return failure.New(failure.Internal, "Allow more with --memory, or fewer --threads: each needs room of its own. What was done by then is gone on with.",
			"%s: not enough memory: %w", about, firstLine(e))
	}
	return fmt.Errorf("%s: %w", about, firstLine(e))
}

// fullDisk tells whether the error comes from a disk without room, and whether
// that is where work spills to, of which DuckDB takes nine tenths of what was free.
func fullDisk(e *duckdb.Error) (full error, spilling bool) {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if strings.Contains(strings.ToLower(e.Msg), full.Error()) {
			return full, false
		}
	}
	if strings.Contains(e.Msg, "max_temp_directory_size") {
		return syscall.ENOSPC, true
	}
	return nil, false
}

// outOfMemory tells whether a statement found too little memory.
func outOfMemory(err error) bool {
	e, ok := errors.AsType[*duckdb.Error](err)
	if !ok || e.Type != duckdb.ErrorTypeOutOfMemory {
		return false
	}
	full, _ := fullDisk(e)
	return full == nil
}

func firstLine(e *duckdb.Error) *duckdb.Error {
	line, _, _ := strings.Cut(e.Msg, "\n")
	return &duckdb.Error{Type: e.Type, Msg: line}
}
