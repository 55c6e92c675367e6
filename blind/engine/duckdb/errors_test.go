package duckdb

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/duckdb/duckdb-go/v2"
	"golang.org/x/sys/unix"

	"constat.example/blind/engine"
	"constat.example/internal/failure"
)

func openSmall(t *testing.T) *session {
	t.Helper()
	s, err := Open(t.Context(), engine.Config{Threads: 1, Memory: 32 << 20, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s.(*session)
}

func TestFullDiskIsRecognised(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	err := explain(t.Context(), "writing x", s.exec(t.Context(), "COPY (SELECT range AS a FROM range(100000)) TO '/dev/full' (FORMAT parquet, USE_TMP_FILE false)"))
	if !errors.Is(err, syscall.ENOSPC) || failure.HintOf(err) == "" || !strings.HasPrefix(err.Error(), "writing x: ") {
		t.Errorf("got %v", err)
	}
	spill := explain(t.Context(), "table t", &duckdb.Error{
		Type: duckdb.ErrorTypeOutOfMemory,
		Msg:  "Out of Memory Error: failed to offload data block of size 256.0 KiB. This limit was set by the 'max_temp_directory_size' setting.",
	})
	if !errors.Is(spill, syscall.ENOSPC) {
		t.Errorf("a full scratch folder: got %v", spill)
	}
}

func TestTooLittleMemoryIsRecognised(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	err := s.Table(t.Context(), "t", "SELECT list(range) AS a FROM range(50000000)")
	if failure.CodeOf(err) != failure.Internal || failure.HintOf(err) == "" || !strings.Contains(err.Error(), "table t: not enough memory") {
		t.Errorf("got %v", err)
	}
	if err := s.Table(t.Context(), "t", "SELECT 1 AS a"); err != nil {
		t.Errorf("the session did not survive: %v", err)
	}
}

// TestFewerThreadsWhereMemoryIsShort has a statement fail on eight threads and on
// four: each time fewer try it, and afterwards all are there again.
func TestFewerThreadsWhereMemoryIsShort(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	s.threads = 8
	var tried []int
	s.run = func(_ context.Context, statement string) error {
		var n int
		if _, err := fmt.Sscanf(statement, "SET threads = %d", &n); err == nil {
			tried = append(tried, n)
			return nil
		}
		if len(tried) < 2 {
			return &duckdb.Error{Type: duckdb.ErrorTypeOutOfMemory, Msg: "Out of Memory Error: failed to pin block"}
		}
		return nil
	}
	if err := s.exec(t.Context(), "SELECT 1"); err != nil || !slices.Equal(tried, []int{4, 2, 8}) {
		t.Errorf("tried on %d, %v", tried, err)
	}
}

func TestThreadsCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	if err := s.set(t.Context(), 3); err != nil {
		t.Error(err)
	}
}

// TestFullScratchIsRecognised sorts more than the disk holds to which it spills.
func TestFullScratchIsRecognised(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("skipped: a disk of its own cannot be mounted: %v", err)
	}
	defer func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}()
	s, err := Open(t.Context(), engine.Config{Threads: 1, Memory: 24 << 20, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Table(t.Context(), "t", "SELECT hash(range) AS a, hash(range + 7) AS b, hash(range + 9) AS c FROM range(6000000) ORDER BY a")
	if !errors.Is(err, syscall.ENOSPC) || failure.HintOf(err) == "" {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestErrorsKeepOneLine(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	err := s.Table(t.Context(), "t", "SELECT a,\n b FROM absent")
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "table t: ") {
		t.Errorf("got %q", err)
	}
}

func TestACauseIsKept(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	cause := errors.New("stopped by the user")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(cause)
	if err := s.Table(ctx, "t", "SELECT 1 AS a"); !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsFetchedOrUnlocked(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	for _, statement := range []string{
		"SET memory_limit = '100GB'",
		"SET autoinstall_known_extensions = true",
		"SELECT * FROM read_csv('https://dump.example/x.csv')",
	} {
		if s.exec(t.Context(), statement) == nil {
			t.Errorf("%s: was obeyed", statement)
		}
	}
}

func TestOpenNeedsItsFolder(t *testing.T) {
	t.Parallel()
	if _, err := Open(t.Context(), engine.Config{Dir: filepath.Join(t.TempDir(), "absent")}); err == nil {
		t.Error("a scratch folder that does not exist was accepted")
	}
}

func TestSpillsBeyondItsMemory(t *testing.T) {
	t.Parallel()
	s := openSmall(t)
	if err := s.Table(t.Context(), "t", "SELECT range AS a, range * 7 AS b FROM range(4000000)"); err != nil { // 64 MB
		t.Fatal(err)
	}
	n := 0
	err := s.Query(t.Context(), "SELECT a, b FROM t ORDER BY b DESC LIMIT 300000", func([]any) error { n++; return nil })
	if err != nil || n != 300_000 {
		t.Errorf("%d rows, %v", n, err)
	}
}
