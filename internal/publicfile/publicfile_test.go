package publicfile_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"constat.example/internal/publicfile"
)

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, text := range files {
		w, err := z.Create("file")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		data       []byte
		want       [][]string
		fails      bool
	}{
		{"not compressed after all", "a.csv.gz", []byte("a,b\n1,2\n"), nil, true},
		{"empty", "a.csv", nil, nil, false},
		{"header only", "a.csv", []byte("a,b\n"), nil, false},
		{"commas", "a.csv", []byte("a,b\n1,2\n3\n"), [][]string{{"1", "2"}, {"3"}}, false},
		{"semicolons, compressed", "a.csv.gz", packed(t, "a;b\r\n1,5;\"2\"\r\n"), [][]string{{"1,5", "2"}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rows, err := publicfile.Rows(write(t, test.file, test.data))
			if (err != nil) != test.fails || len(rows) != len(test.want) || len(rows) > 0 && !reflect.DeepEqual(rows, test.want) {
				t.Errorf("rows %q, error %v", rows, err)
			}
		})
	}
}

func TestEachLine(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for _, test := range []struct {
		name  string
		data  []byte
		want  []string
		fails bool
	}{
		{"no archive", []byte("a\n"), nil, true},
		{"nothing in it", archive(t), nil, true},
		{"lines", archive(t, "a\r\nb\nc", "d\n"), []string{"a", "b", "c"}, false},
		{"stopped", archive(t, "a\nstop\nb\n"), []string{"a"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			err := publicfile.EachLine(write(t, "a.zip", test.data), func(line string) error {
				if line == "stop" {
					return stop
				}
				got = append(got, line)
				return nil
			})
			if (err != nil) != test.fails || !slices.Equal(got, test.want) {
				t.Errorf("lines %q, error %v", got, err)
			}
		})
	}
}
