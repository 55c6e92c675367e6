package scenario_test

import (
	"os"
	"path/filepath"
	"testing"

	"constat.example/scenario"
)

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	for _, k := range scenario.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			var contents [2]map[string]string
			for i := range contents {
				dir := filepath.Join(t.TempDir(), "drill")
				c := scenario.Config{People: 2000, Seed: 7, Snapshots: []int{0, 23}, Threads: 1 + i}
				if _, err := scenario.Write(t.Context(), dir, c, k.Name); err != nil {
					t.Fatal(err)
				}
				contents[i] = tree(t, dir)
			}
			for name, text := range contents[0] {
				if contents[1][name] != text {
					t.Errorf("%s differs", name)
				}
			}
		})
	}
}

// tree reads every file under dir.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
