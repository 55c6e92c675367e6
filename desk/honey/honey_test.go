package honey

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func place(copied string) Act {
	return Act{At: time.Unix(1, 0).UTC(), By: "somebody", Act: Placed, Copy: copied, When: time.Unix(2, 0).UTC(), People: 3, Key: "k", SHA256: "s"}
}

// TestLog writes acts and reads what they come to; what does not follow, and what was
// changed, is refused.
func TestLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := Read(filepath.Join(dir, "absent"))
	if err != nil || len(c.Entries) != 0 {
		t.Fatal(c, err)
	}
	retired := Act{At: time.Unix(9, 0).UTC(), By: "somebody", Act: Retired, Copy: "a", When: time.Unix(8, 0).UTC()}
	for _, act := range []Act{place("a"), place("b"), retired} {
		if err := Append(&c, dir, act); err != nil {
			t.Fatal(err)
		}
	}
	if c, err = Read(dir); err != nil {
		t.Fatal(err)
	}
	sets, err := Sets(c)
	if err != nil || len(sets) != 2 || !sets[0].Until.Equal(retired.When) || !sets[1].Until.IsZero() || sets[1].File != "b.parquet" {
		t.Errorf("%+v, %v", sets, err)
	}
	for name, act := range map[string]Act{"twice": place("a"), "nobody's end": {Act: Retired, Copy: "z", When: time.Unix(8, 0)}, "retired twice": retired} {
		bad := c
		bad.Entries = append(bad.Entries[:len(bad.Entries):len(bad.Entries)], act)
		if _, err := Sets(bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[20] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err = Read(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Sets(c); err == nil {
		t.Error("a changed log is taken for whole")
	}
}

func TestActsAreChecked(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Act){
		"no act": func(a *Act) { a.Act = "moved" }, "a path": func(a *Act) { a.Copy = "../x" }, "nobody": func(a *Act) { a.People = 0 },
		"no key": func(a *Act) { a.Key = "" }, "no sum": func(a *Act) { a.SHA256 = "" }, "no time": func(a *Act) { a.When = time.Time{} },
	} {
		a := place("a")
		if a.Check() != nil {
			t.Fatal("a good act is refused")
		}
		if change(&a); a.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
