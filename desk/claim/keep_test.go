package claim

import (
	"slices"
	"strings"
	"testing"
)

const post = `source: a forum # seen by Jeanne Exemple
first_seen: 2026-04-20T08:00:00Z
claimed:
  count: 43000000
  fields: [name, nir, e-mail]
  proof: jeanne@exemple.example
price: 5000 USD
text: |
  selling the data of Jeanne Exemple, 06 39 98 00 01
sample: Jeanne;Exemple;0639980001
`

func TestKeepLeavesFreeTextOut(t *testing.T) {
	t.Parallel()
	k, err := Keep([]byte(post))
	if err != nil {
		t.Fatal(err)
	}
	const want = "source: a forum\nfirst_seen: 2026-04-20T08:00:00Z\nclaimed:\n  count: 43000000\n  fields:\n  - name\n  - nir\n  - e-mail\nprice: 5000 USD\n"
	if string(k.Text) != want {
		t.Errorf("kept\n%s\nwant\n%s", k.Text, want)
	}
	if !slices.Equal(k.Left, []int{6, 8, 10}) {
		t.Errorf("lines left out: %v", k.Left)
	}
	again, err := Keep(k.Text)
	if err != nil {
		t.Fatal(err)
	}
	if string(again.Text) != want || len(again.Left) != 0 || again.Hash() != k.Hash() {
		t.Errorf("what is kept is not kept as it is: %s", again.Text)
	}
}

func TestKeepRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "neither where the claim was seen"},
		{"no source", "claimed: {count: 3}\n", "does not say its source"},
		{"a post", "Selling 43M records of Jeanne Exemple!!", "not as expected"},
		{"a quote for a source", "source: " + strings.Repeat("x", 201), "longer than 200"},
		{"several lines", "source: |\n  a\n  b\n", "several lines"},
		{"a field that quotes", "source: x\nclaimed:\n  fields: [" + strings.Repeat("y", 81) + "]\n", "field 1"},
		{"too many fields", "source: x\nclaimed:\n  fields: [" + strings.Repeat("a, ", 101) + "]\n", "more than 100"},
		{"a price that quotes", "source: x\nprice: " + strings.Repeat("9", 100) + "\n", "price"},
		{"a negative count", "source: x\nclaimed: {count: -1}\n", "negative"},
	} {
		_, err := Keep([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "Jeanne") {
			t.Errorf("%s: the error quotes: %v", test.name, err)
		}
	}
}

func FuzzKeep(f *testing.F) {
	f.Add([]byte(post))
	f.Add([]byte("source: x\nclaimed: {count: 1, more: [1]}\n? a\n: b\n"))
	f.Add([]byte("&a source: *a\n---\nsource: b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := Keep(text)
		if err != nil {
			return
		}
		again, err := Keep(k.Text)
		if err != nil || string(again.Text) != string(k.Text) {
			t.Fatalf("not its own form: %v", err)
		}
	})
}
