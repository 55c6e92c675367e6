package plainyaml_test

import (
	"strings"
	"testing"

	"constat.example/internal/plainyaml"
)

type note struct {
	Name string   `yaml:"name"`
	List []string `yaml:"list"`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	var got note
	if err := plainyaml.Decode([]byte("name: a\nlist: [b, c]\nmore: d\n"), &got); err != nil || got.Name != "a" || len(got.List) != 2 {
		t.Errorf("read %+v: %v", got, err)
	}
	if err := plainyaml.Decode([]byte("# nothing\n"), &got, plainyaml.Strict); err != nil {
		t.Errorf("nothing was read as %v", err)
	}
	for _, c := range []struct{ text, why string }{
		{"name: a\nmore: secret\n", "line 2, column 1 is not as expected"},
		{"name: [secret\n", "is not as expected"},
		{"name: {secret: a}\n", "is not as expected"},
		{"name: &x secret\n", "it is not the YAML expected"},
		{"name: &x secret\nlist: [*x]\n", "it is not the YAML expected"},
		{"name: !!binary c2VjcmV0\n", "it is not the YAML expected"},
		{"a: &a {name: secret}\n<<: *a\n", "it is not the YAML expected"},
	} {
		err := plainyaml.Decode([]byte(c.text), &note{}, plainyaml.Strict)
		if err == nil || !strings.Contains(err.Error(), c.why) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %q", c.text, err, c.why)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("name: a\nlist: [b, c]\n")
	f.Add("name: &x a\nlist: [*x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		var n note
		if err := plainyaml.Decode([]byte(text), &n, plainyaml.Strict); err != nil && len(err.Error()) > 80 {
			t.Errorf("the error quotes: %v", err)
		}
	})
}
