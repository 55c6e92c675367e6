package failure_test

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"constat.example/internal/failure"
)

func TestCodeAndHintSurviveWrapping(t *testing.T) {
	err := fmt.Errorf("importing: %w", failure.New(failure.BadInput, "Name the column with --id.", "reading %s: %w", "a.csv", fs.ErrNotExist))
	if got := failure.CodeOf(err); got != failure.BadInput {
		t.Errorf("code %d, want %d", got, failure.BadInput)
	}
	if got := failure.HintOf(err); got != "Name the column with --id." {
		t.Errorf("hint %q", got)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause was lost")
	}
	if got, want := err.Error(), "importing: reading a.csv: file does not exist"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestUncodedErrorsAreInternal(t *testing.T) {
	if failure.CodeOf(errors.New("x")) != failure.Internal || failure.CodeOf(nil) != failure.OK {
		t.Error("wrong code for an uncoded error or none")
	}
}

func TestFullDiskHasAHintFromAnyDepth(t *testing.T) {
	err := fmt.Errorf("writing: %w", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if failure.HintOf(err) == "" {
		t.Error("a full disk has no hint")
	}
}
