package token

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"constat.example/blind/kind"
	"constat.example/internal/failure"
)

func TestFullDisk(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no device that is always full: %v", err)
	}
	defer full.Close()
	path := filepath.Join(t.TempDir(), "t.parquet")
	layout := LayoutOf([]kind.Kind{kind.NIR})
	w, err := Create(path, layout, false)
	if err != nil {
		t.Fatal(err)
	}
	w.file.sink.Writer = bufio.NewWriterSize(full, 16)
	b := NewBatch(layout)
	b.Reset(rowGroup)
	err = w.Write(b)
	closed := w.Close()
	if err == nil {
		err = closed
	}
	if !errors.Is(err, syscall.ENOSPC) || failure.HintOf(err) == "" {
		t.Errorf("got %v", err)
	}
	if closed == nil {
		t.Error("a file that could not be written was closed as whole")
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
