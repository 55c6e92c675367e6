package plainyaml_test

import (
	"fmt"
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

func TestTree(t *testing.T) {
	t.Parallel()
	var got plainyaml.Tree
	text := "# a comment\na: 0612345678 # another\nb: 1.10\nc: 'it''s'\nd:\ne: true\nf: |\n  one\n  two\ng: [x, 2026-04-20]\nh: {fr: un, en: one}\n\"i.j\": ~\nk:\n  - a: 1\n    b: 2\n  - {}\n"
	if err := plainyaml.Decode([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	var show func(t plainyaml.Tree) string
	show = func(t plainyaml.Tree) string {
		var all []string
		switch t.Shape {
		case plainyaml.Null:
			return "null"
		case plainyaml.Scalar:
			return fmt.Sprintf("%q", t.Text)
		case plainyaml.List:
			for _, i := range t.Items {
				all = append(all, show(i))
			}
			return "[" + strings.Join(all, " ") + "]"
		}
		for _, p := range t.Pairs {
			all = append(all, p.Key+":"+show(p.Value))
		}
		return "{" + strings.Join(all, " ") + "}"
	}
	want := `{a:"0612345678" b:"1.10" c:"it's" d:null e:"true" f:"one\ntwo\n" g:["x" "2026-04-20"] h:{fr:"un" en:"one"} i.j:null k:[{a:"1" b:"2"} {}]}`
	if show(got) != want {
		t.Errorf("%s\n%s", show(got), want)
	}
	if got.Pairs[3].Value.Line != 5 || got.Pairs[0].Value.Line != 2 {
		t.Errorf("%+v", got.Pairs)
	}
	for text, why := range map[string]string{
		"a: secret\nb: 1\na: 2\n":  "line 3, column 1 is not as expected",
		"? [secret]\n: a\n":        "is not as expected",
		"a: &x secret\n":           "it is not the YAML expected",
		"a: !!binary c2VjcmV0\n":   "it is not the YAML expected",
		"a: {secret: 1, secret: 2": "is not as expected",
	} {
		err := plainyaml.Decode([]byte(text), &plainyaml.Tree{})
		if err == nil || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %q", text, err, why)
		}
	}
}

func FuzzTree(f *testing.F) {
	f.Add("a: 0612\nb: [c, {d: e}]\n")
	f.Add("? a\n: |\n  b\n")
	f.Fuzz(func(t *testing.T, text string) {
		var tree plainyaml.Tree
		if err := plainyaml.Decode([]byte(text), &tree); err != nil && len(err.Error()) > 80 {
			t.Errorf("the error quotes: %v", err)
		}
	})
}
