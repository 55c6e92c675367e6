package dump

import (
	"archive/tar"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func headersOf(names ...string) (all []tar.Header) {
	for _, n := range names {
		all = append(all, tar.Header{Name: n})
	}
	return all
}

func TestVolumesTogether(t *testing.T) {
	t.Parallel()
	text := numbered(100)
	third := len(text) / 3
	parts := []string{text[:third], text[third : 2*third], text[2*third:]}
	packed := zipped(t, "a.csv", text)
	half := []string{packed[:len(packed)/2], packed[len(packed)/2:]}
	row := "id;nom;ville\n1;x;y\n"
	for _, c := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"split", []string{"x.csv.ac", parts[2], "x.csv.aa", parts[0], "x.csv.ab", parts[1]}, []string{fmt.Sprintf("x.csv.aa %d", len(text))}},
		{"split without a name", []string{"xab", parts[1], "xaa", parts[0], "xac", parts[2]}, []string{fmt.Sprintf("xaa %d", len(text))}},
		{"split in numbers", []string{"x.csv.00", parts[0], "x.csv.01", parts[1], "x.csv.02", parts[2]}, []string{fmt.Sprintf("x.csv.00 %d", len(text))}},
		{"zip.001", []string{"x.zip.001", half[0], "x.zip.002", half[1]}, []string{fmt.Sprintf("x.zip.001/a.csv %d", len(text))}},
		{"volumes in an archive", []string{"x.tar", tarred(t, headersOf("v/x.zip.001", "v/x.zip.002"), half...)}, []string{fmt.Sprintf("x.tar/v/x.zip.001/a.csv %d", len(text))}},
		{"one is missing", []string{"x.csv.aa", parts[0], "x.csv.ac", parts[2]}, []string{fmt.Sprintf("x.csv.aa %d", third), "x.csv.ab !" + volumeMissing.String(), fmt.Sprintf("x.csv.ac %d", len(parts[2]))}},
		{"one is missing in an archive", []string{"x.tar", tarred(t, headersOf("v/x.001", "v/x.003"), parts[0], parts[2])}, []string{fmt.Sprintf("x.tar/v/x.001 %d", third), "x.tar/v/x.002 !" + volumeMissing.String(), fmt.Sprintf("x.tar/v/x.003 %d", len(parts[2]))}},
		{"files of their own, by their header", []string{"x.001", row + "2;a;b\n", "x.002", row}, []string{"x.001 25", "x.002 19"}},
		{"files of their own, by their mark", []string{"x.001", gz(t, "a"), "x.002", gz(t, "bc")}, []string{"x.001 1", "x.002 2"}},
		{"other names", []string{"x1.csv", "a;b\n", "x2.csv", "c;d\n", "2024.csv", "a"}, []string{"x1.csv 4", "x2.csv 4", "2024.csv 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, unpackAll(t, nil, c.files...), c.want...)
		})
	}
}

// TestVolumesAreAccountedFor holds that the bytes of every volume count, and
// that each is hashed.
func TestVolumesAreAccountedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	packed := gz(t, numbered(20_000))
	var paths []string
	for i := range 3 {
		path := filepath.Join(dir, fmt.Sprintf("x.csv.gz.%03d", i+1))
		if err := os.WriteFile(path, []byte(packed[i*len(packed)/3:(i+1)*len(packed)/3]), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if got := Volumes(paths[:1]); !slices.Equal(got, paths) {
		t.Fatal(got)
	}
	if got := Volumes(paths[1:2]); len(got) != 1 {
		t.Error(got)
	}
	s := scanAll(t, openAll(t, Volumes(paths[:1])...))
	if len(s.rows) != 20_000 || s.account.BytesAccounted != int64(len(packed)) || s.account.BytesTotal != int64(len(packed)) {
		t.Errorf("%d rows, %+v", len(s.rows), s.account)
	}
	if s.dump.Tables[0].Name != "x.csv.gz.001" {
		t.Error(s.dump.Tables[0].Name)
	}
}

// TestVolumesBeside holds which files beside one that is given are its volumes.
func TestVolumesBeside(t *testing.T) {
	t.Parallel()
	rar, zip := rar5(10, "a", strings.Repeat("x", 25)), zipped(t, "a", "b")
	for _, c := range []struct {
		name  string
		given string
		files []string // names and contents
		want  []string
	}{
		{"rar", "x.part1.rar", []string{"x.part1.rar", rar[0], "x.part2.rar", rar[1], "x.part3.rar", rar[2], "y.part2.rar", rar[1]}, []string{"x.part1.rar", "x.part2.rar", "x.part3.rar"}},
		{"old rar", "x.rar", []string{"x.rar", rar[0], "x.r00", rar[1], "x.r01", rar[2]}, []string{"x.rar", "x.r00", "x.r01"}},
		{"zip by its last", "x.zip", []string{"x.z01", zip[:9], "x.zip", zip[9:]}, []string{"x.zip", "x.z01"}},
		{"no volumes", "x.zip", []string{"x.zip", zip, "y.z01", zip, "x.txt", "a"}, []string{"x.zip"}},
		{"other data", "x.001", []string{"x.001", zip, "x.002", zip}, []string{"x.001"}},
		{"a gap", "x.csv.aa", []string{"x.csv.aa", "a;b\n", "x.csv.ac", "1;2\n"}, []string{"x.csv.aa", "x.csv.ac"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for i := 0; i < len(c.files); i += 2 {
				if err := os.WriteFile(filepath.Join(dir, c.files[i]), []byte(c.files[i+1]), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, p := range Volumes([]string{filepath.Join(dir, c.given)}) {
				got = append(got, filepath.Base(p))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
