package triage

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/clear/cage"
	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// Words that make the test's own program a reader, and one that dies when it
// comes to certain members.
const (
	asReader = "triage-test-reader"
	asFrail  = "triage-test-frail"
)

func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == asReader:
		if Read() != nil {
			os.Exit(1)
		}
	case len(os.Args) > 1 && os.Args[1] == asFrail:
		beFrail(os.Args[2:])
	default:
		os.Exit(m.Run())
	}
}

// beFrail passes on what a reader answers, and dies when that begins with one
// of the members: when it tells their names and nothing else.
func beFrail(members []string) {
	r, w, err := os.Pipe()
	if err != nil {
		os.Exit(1)
	}
	self, err := os.Executable()
	if err != nil {
		os.Exit(1)
	}
	cmd := exec.Command(self, asReader)
	cmd.ExtraFiles = []*os.File{os.NewFile(3, "requests"), w}
	for fd := uintptr(5); fd < 5+2; fd++ { // the spool's place, and one input
		cmd.ExtraFiles = append(cmd.ExtraFiles, os.NewFile(fd, "input"))
	}
	if cmd.Start() != nil || w.Close() != nil {
		os.Exit(1)
	}
	up := os.NewFile(4, "answers")
	var all []byte
	passed := 0
	buf := make([]byte, 1<<16)
	for {
		n, err := r.Read(buf)
		all = append(all, buf[:n]...)
		for _, m := range members {
			body := `"` + m + `"`
			frame := append(binary.LittleEndian.AppendUint32(nil, uint32(len(body))), "\x00\x00\x00\x00\x00\x00\x00\x00"+body...)
			if at := bytes.Index(all, frame); at >= 0 {
				_, _ = up.Write(all[passed : at+len(frame)]) // and nothing of what came after
				_ = cmd.Process.Kill()
				os.Exit(2)
			}
		}
		_, _ = up.Write(all[passed:])
		passed = len(all)
		if errors.Is(err, io.EOF) {
			os.Exit(0)
		}
	}
}

// TestReadAgainWithout reads a dump again without what its reader dies of, and
// counts nothing twice.
func TestReadAgainWithout(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(path, zipOf(t, 12), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		reader []string
		rows   int
		barred []string
		said   int
	}{
		{"here", nil, 24, nil, 0},
		{"caged", []string{self, asReader}, 24, nil, 0},
		{"two that it dies of", []string{self, asFrail, "a.zip/b.csv", "a.zip/l.csv"}, 20, []string{"a.zip/b.csv", "a.zip/l.csv"}, 2},
		{"the whole file", []string{self, asFrail, "a.zip"}, 0, nil, 1},
		{"too many", slices.Concat([]string{self, asFrail}, members(12)), 0, nil, crashes},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			inputs := []cage.Input{{Name: "a.zip", File: f, Size: info.Size()}}
			said := 0
			b := Bench{Reader: c.reader, Threads: 2, Meter: progress.None, Say: func(s string) {
				if strings.Contains(s, "The rest is read without it.") {
					said++
				}
			}}
			var rows int
			var account *dump.Account
			whole, err := b.readDump(t.Context(), inputs, nil, t.TempDir(), func(r *cage.Reader) error {
				rows = 0
				a, err := r.Scan(context.WithoutCancel(t.Context()), func(b *table.Batch, release func()) error {
					rows += b.Rows()
					release()
					return nil
				})
				account = a
				return err
			})
			if said != c.said {
				t.Errorf("%d parts were told, not %d", said, c.said)
			}
			if c.rows == 0 {
				if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
					t.Errorf("ended with %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var without []string
			for _, r := range account.Rejects {
				without = append(without, r.Name)
			}
			if whole != (c.barred == nil) {
				t.Errorf("read whole: %t", whole)
			}
			if rows != c.rows || !slices.Equal(without, c.barred) || account.BytesTotal != account.BytesAccounted {
				t.Errorf("%d rows without %q, account %+v", rows, without, account)
			}
		})
	}
}

// members are the names of the first n members of such archives.
func members(n int) []string {
	var all []string
	for i := range n {
		all = append(all, "a.zip/"+string(rune('a'+i))+".csv")
	}
	return all
}

// zipOf is an archive of n members of two rows.
func zipOf(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range members(n) {
		f, err := w.Create(strings.TrimPrefix(name, "a.zip/"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "id;nom\n1;x\n2;y\n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
