package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"constat.example/desk/assessment"
)

// TestExplanationsAreThoseOfTheLinks explains rows of drills: each is linked to
// the person of the links file, with that probability and weight, and what makes
// it adds up to that.
func TestExplanationsAreThoseOfTheLinks(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"noisy", "stale-third", "padded"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := drill(t, kind, 900, 17, []int{0, 20})
			p := on(t, filepath.Join(t.TempDir(), "home"))
			for _, path := range snapshotsOf(t, dir) {
				p.must(0, "register", "import", path)
			}
			out := filepath.Join(t.TempDir(), "links.csv")
			var a assessment.Assessment
			if err := json.Unmarshal([]byte(p.must(0, "assess", dumpOf(t, dir), "--json", "--links", out, "--case", "c")), &a); err != nil {
				t.Fatal(err)
			}
			links := map[int64][]string{}
			rows, err := csv.NewReader(strings.NewReader(read(t, out))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows[1:] {
				n, err := strconv.ParseInt(row[0], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				links[n] = row
			}
			explained := 0
			for row := int64(1); row <= a.Rows.Read; row++ {
				link := links[row]
				doubt := link == nil || link[2] < "0.999900"
				if !doubt && row%61 != 0 || doubt && row%7 != 0 && link == nil {
					continue
				}
				if explained++; explained > 12 {
					break
				}
				var x assessment.Explanation
				if err := json.Unmarshal([]byte(p.must(0, "link", "explain", "c", strconv.FormatInt(row, 10), "--json")), &x); err != nil {
					t.Fatal(err)
				}
				if (x.Verdict == "linked") != (link != nil) {
					t.Fatalf("row %d is %s, and its link is %q", row, x.Verdict, link)
				}
				for _, c := range x.Candidates {
					sum := c.Start + c.Present + c.Relatives + c.Rivals + c.Shown
					for _, e := range c.Evidence {
						sum += e.Bits
					}
					if math.Abs(sum-c.Total) > 0.02 || math.Abs(1/(1+math.Exp2(-sum))-c.Probability) > 0.001 {
						t.Errorf("row %d: %g bits and a probability of %g, and the parts make %g", row, c.Total, c.Probability, sum)
					}
				}
				if link == nil {
					continue
				}
				best := x.Candidates[0]
				if best.RecordID != link[1] || strconv.FormatFloat(x.Probability, 'f', 6, 64) != link[2] || math.Abs(best.Probability-x.Probability) > 2e-6 {
					t.Errorf("row %d: %s with %.6f of %.6f, and the link is %q", row, best.RecordID, best.Probability, x.Probability, link)
				}
				weight, err := strconv.ParseFloat(link[3], 64)
				if err != nil || math.Abs(best.Total-best.Rivals-weight) > 0.002 {
					t.Errorf("row %d: a weight of %g, and the link has %s", row, best.Total-best.Rivals, link[3])
				}
			}
			if explained < 10 {
				t.Errorf("only %d rows were explained", explained)
			}
		})
	}
}
