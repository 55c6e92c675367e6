// Package failure is the one error that crosses from the rooms to the command
// line and the pages: a code for machines, a sentence for people, and a hint
// that says what to do next. An error that carries no code is internal.
//
// Nothing in an error may be a personal value: give the file, the offset, the
// row, the column and the kind instead.
package failure

import (
	"errors"
	"fmt"
	"syscall"
)

// Code says whose turn it is to act, and is the exit code of the command.
type Code int

// The codes, which are also the exit codes of the command.
const (
	OK        Code = 0  // done
	Attention Code = 1  // done, and something needs attention: rejects, alarms
	Usage     Code = 2  // the command was not understood
	BadInput  Code = 3  // what was given cannot be used as it is
	Refused   Code = 4  // not allowed: rights, or an approval is missing
	Internal  Code = 70 // our fault, or the machine's
)

// Error is an error for people: what went wrong, and what to do next.
type Error struct {
	Code Code
	What string // a lower-case clause without full stop, the cause included
	Hint string // a sentence that says what to do next; may be empty
	Err  error  // the cause, or nil
}

func (e *Error) Error() string { return e.What }

func (e *Error) Unwrap() error { return e.Err }

// New returns an error of that code. what and args are a format for
// fmt.Errorf: a %w in it is kept as the cause.
func New(code Code, hint, what string, args ...any) error {
	err := fmt.Errorf(what, args...)
	return &Error{Code: code, What: err.Error(), Hint: hint, Err: errors.Unwrap(err)}
}

// CodeOf returns err's code: OK for nil, Internal for an error without one.
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// DiskFull tells whether err comes from a disk without room, from whatever depth.
func DiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// HintOf returns what to do next about err, or "". A full disk is told from
// every depth, since any write may meet it.
func HintOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Hint != "" {
		return e.Hint
	}
	if DiskFull(err) {
		return "Free some room on the disk, or name a home on a larger one with --home; nothing half-done was kept, and the same command goes on after the last stage that was done."
	}
	return ""
}
