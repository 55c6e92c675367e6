package column_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/clear/column"
)

// TestLabelledColumns types files drawn at random, a third of their columns
// decoys, and holds precision and recall above a floor. The weights were tuned
// on other seeds.
func TestLabelledColumns(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it types hundreds of files one after the other, which shows nothing to the race detector")
	}
	w := loadWorld(t)
	var total tally
	for seed := uint64(firstSeed); seed < firstSeed+files; seed++ {
		rows, labels := makeFile(w, rand.New(rand.NewPCG(seed, 0)), 0)
		names := make([]string, len(labels))
		for i, l := range labels {
			names[i] = l.header
		}
		columns, err := column.Type(batch(rows, len(names)), names, column.Options{})
		if err != nil {
			t.Fatalf("file %d: %v", seed, err)
		}
		for i, c := range columns {
			if wrong := total.count(labels[i], c.Kind); wrong {
				t.Logf("file %d: %q is %v (%.2f), want %s\n    %s\n    %v", seed, labels[i].header, c.Kind, c.Confidence, labels[i].label, strings.Join(c.Evidence, "\n    "), c.Alternatives)
			}
		}
	}
	t.Log(total.String())
	if total.precision() < .99 || total.recall() < .97 {
		t.Errorf("below the floor of 99 %% precision and 97 %% recall: %s", total.String())
	}
}

// The files scored. The weights were tuned on seeds below 1000.
const (
	firstSeed = 1000
	files     = 60
)

// tally counts typed columns against labels.
type tally struct{ columns, decoys, typed, right, wanted, found int }

// count reports whether k is wrong.
func (t *tally) count(l labelled, k kind.Kind) bool {
	ok := matches(l.label, k)
	t.columns++
	if l.decoy {
		t.decoys++
	}
	if k != kind.Unknown {
		t.typed++
		if ok {
			t.right++
		}
	}
	if !matches(l.label, kind.Unknown) {
		t.wanted++
		if ok {
			t.found++
		}
	}
	return !ok
}

func (t *tally) precision() float64 { return float64(t.right) / float64(max(1, t.typed)) }
func (t *tally) recall() float64    { return float64(t.found) / float64(max(1, t.wanted)) }

func (t *tally) String() string {
	return fmt.Sprintf("%d columns, %d of them decoys: precision %.2f %% (%d of %d), recall %.2f %% (%d of %d)",
		t.columns, t.decoys, 100*t.precision(), t.right, t.typed, 100*t.recall(), t.found, t.wanted)
}
