package cli_test

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/cli"
)

// TestClaimKilledAtAnyInstant kills the adding of a claim under way. After each kill
// the case holds the claim, whole and with all that was sealed with it, or does not;
// and at the end it holds it once.
func TestClaimKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some twenty processes")
	}
	dir := t.TempDir()
	text := write(t, dir, "claim.yaml", "source: a forum\nactor: somebody\nclaimed: {count: 12}\nsamples: [{what: rows, file: rows.csv}]\n")
	write(t, dir, "rows.csv", "a;b;c\n")
	post := write(t, dir, "post.html", strings.Repeat("<p>selling</p>\n", 100_000))
	base := on(t, filepath.Join(t.TempDir(), "home"))
	base.must(0, "key", "new")
	add := []string{"claim", "add", text, "--case", "c", "--post", post}
	killed := killer(t, rand.New(rand.NewPCG(7, 12)), on(t, copyOf(t, base.home)).child(add...))
	claims := func(p program) (all []cli.ClaimAdded) {
		if err := json.Unmarshal([]byte(p.must(0, "claim", "list", "--json")), &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	before, after := 0, 0
	for i := range kills {
		p := on(t, copyOf(t, base.home))
		killed(i, p.child(add...))
		now := claims(p)
		switch {
		case len(now) == 0:
			before++
		case len(now) == 1 && now[0].Sealed == 2 && len(now[0].Samples) == 1:
			after++
		default:
			t.Fatalf("after a kill the case holds %+v", now)
		}
		p.evidence() // holds
		p.must(0, add...)
		if got := claims(p); len(got) != 1 {
			t.Fatalf("added again, the case holds %d claims", len(got))
		}
		p.evidence()
		if opened := p.must(0, "claim", "show", "c", "1", "--open"); i == 0 && !strings.Contains(opened, "actor: somebody") {
			t.Errorf("what was sealed is not opened: %.200s", opened)
		}
	}
	t.Logf("killed %d times before the claim was kept, %d times after", before, after)
	if before == 0 {
		t.Error("no adding was killed under way")
	}
}
