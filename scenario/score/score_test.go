package score_test

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/internal/failure"
	"constat.example/scenario/score"
)

func seq(links ...score.Link) iter.Seq2[score.Link, error] {
	return func(yield func(score.Link, error) bool) {
		for _, l := range links {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func TestPairs(t *testing.T) {
	t.Parallel()
	truth := []score.Link{{Row: 1, RecordID: "a"}, {Row: 2, RecordID: "b"}, {Row: 4, RecordID: "a"}}
	for _, c := range []struct {
		name                     string
		found                    []score.Link
		precision, recall        float64
		people, peopleRight, all int64
	}{
		{"nothing", nil, 1, 0, 0, 0, 0},
		{"everything", truth, 1, 1, 2, 2, 3},
		{"one wrong record", []score.Link{{Row: 1, RecordID: "a", Probability: 0.9}, {Row: 2, RecordID: "c", Probability: 0.6}}, 0.5, 1. / 3, 2, 1, 2},
		{"row of nobody", []score.Link{{Row: 3, RecordID: "a"}}, 0, 0, 1, 1, 1},
		{"row beyond the dump", []score.Link{{Row: 1 << 40, RecordID: "a"}}, 0, 0, 1, 1, 1},
		{"same pair twice", []score.Link{truth[0], truth[0], {Row: 9, RecordID: "z"}, {Row: 9, RecordID: "z"}}, 0.5, 1. / 3, 2, 1, 2},
		{"row tied to two", []score.Link{truth[1], {Row: 2, RecordID: "a"}}, 0.5, 1. / 3, 2, 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, err := score.Pairs(seq(truth...), seq(c.found...))
			if err != nil {
				t.Fatal(err)
			}
			if r.Pairs.Precision != c.precision || r.Pairs.Recall != c.recall || r.Pairs.Found != c.all {
				t.Errorf("pairs: %v", r.Pairs)
			}
			if r.Persons.Found != c.people || r.Persons.Right != c.peopleRight || r.Persons.True != 2 {
				t.Errorf("persons: %v", r.Persons)
			}
			var links int64
			for _, b := range r.Calibration {
				links += b.Links
			}
			if links != r.Pairs.Found {
				t.Errorf("calibration holds %d links of %d", links, r.Pairs.Found)
			}
		})
	}
}

func TestPairsRefusesATruthThatTiesARowTwice(t *testing.T) {
	t.Parallel()
	_, err := score.Pairs(seq(score.Link{Row: 1, RecordID: "a"}, score.Link{Row: 1, RecordID: "b"}), seq())
	if failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
}

func TestCalibrationBins(t *testing.T) {
	t.Parallel()
	truth := []score.Link{{Row: 1, RecordID: "a"}, {Row: 2, RecordID: "b"}}
	r, err := score.Pairs(seq(truth...), seq(score.Link{Row: 1, RecordID: "a", Probability: 1}, score.Link{Row: 2, RecordID: "x", Probability: 0.95}, score.Link{Row: 2, RecordID: "b", Probability: 0.98}))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Calibration) != 2 || r.Calibration[0].From != 0.95 || r.Calibration[0].Links != 2 || r.Calibration[0].Right != 0.5 || r.Calibration[1].To != 1 {
		t.Errorf("%+v", r.Calibration)
	}
}

func TestLinksReadsFiles(t *testing.T) {
	t.Parallel()
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "links.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	truth := write("row,record_id\n1,FT-1\n3,FT-2\n")
	r, err := score.Links(truth, write("record_id,weight,row,probability\nFT-1,12,1,0.99\n"))
	if err != nil || r.Pairs.Right != 1 || r.Pairs.Recall != 0.5 {
		t.Errorf("%v, %v", r, err)
	}
	for name, text := range map[string]string{
		"empty":                 "",
		"no header":             "1,FT-SECRET\n",
		"row not a number":      "row,record_id\nSECRET,FT-SECRET\n",
		"row zero":              "row,record_id\n0,FT-SECRET\n",
		"too many cells":        "row,record_id\n1,FT-SECRET,3\n",
		"broken quote":          "row,record_id\n1,\"FT-SECRET\n",
		"probability above one": "row,record_id,probability\n1,FT-SECRET,1.5\n",
		"probability NaN":       "row,record_id,probability\n1,FT-SECRET,NaN\n",
	} {
		_, err := score.Links(truth, write(text))
		if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: the error tells a value: %v", name, err)
		}
	}
	if _, err := score.Links(truth, filepath.Join(t.TempDir(), "absent.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
}

func TestClusters(t *testing.T) {
	t.Parallel()
	truth := []string{"a", "a", "b", "b", "c"}
	for _, c := range []struct {
		name              string
		found             []string
		precision, recall float64
		pairs             int64
	}{
		{"same under other names", []string{"x", "x", "y", "y", "z"}, 1, 1, 2},
		{"one split", []string{"x", "x", "y", "w", "z"}, 0.5, 2. / 3, 1},
		{"all one", []string{"x", "x", "x", "x", "x"}, 0, 0, 2},
	} {
		r, err := score.Clusters(truth, c.found)
		if err != nil || r.Precision != c.precision || r.Recall != c.recall {
			t.Errorf("%s: %v, %v", c.name, r, err)
		}
		p, err := score.ClusterPairs(truth, c.found)
		if err != nil || p.Right != c.pairs {
			t.Errorf("%s: pairs %v, %v", c.name, p, err)
		}
	}
	if _, err := score.Clusters(truth, nil); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("partitions of other items: %v", err)
	}
}
