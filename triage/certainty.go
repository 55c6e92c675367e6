package triage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/desk/assessment"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Files of a case that tell why rows are linked.
const (
	modelFile      = "model.json"
	linksFile      = "links.parquet"
	candidatesFile = "candidates.parquet"
	keptTokens     = "dump-tokens.parquet"
	keptLexicon    = "dump-lexicon.parquet"
)

// learnt is what a case keeps of how its rows were linked: the model, and which
// register it was learnt on.
type learnt struct {
	Key       string              `json:"key"`       // of the register's tokens
	Snapshots int                 `json:"snapshots"` // of the register, then
	Last      register.SnapshotID `json:"last"`      // of them
	Model     *link.Model         `json:"model"`
}

func learntOn(m register.Manifest, model *link.Model) learnt {
	l := learnt{Key: m.KeyID, Snapshots: len(m.Snapshots), Model: model}
	if n := len(m.Snapshots); n > 0 {
		l.Last = m.Snapshots[n-1].ID
	}
	return l
}

// keepLinks writes into dir what tells why rows are linked.
func keepLinks(ctx context.Context, dir string, linked *link.Result, m register.Manifest) error {
	text, err := json.MarshalIndent(learntOn(m, linked.Model()), "", "  ")
	if err != nil {
		return err
	}
	if err := disk.WriteFile(filepath.Join(dir, modelFile), append(text, '\n')); err != nil {
		return err
	}
	if err := linked.KeepLinks(ctx, filepath.Join(dir, linksFile)); err != nil {
		return err
	}
	return linked.KeepOpen(ctx, filepath.Join(dir, candidatesFile))
}

// learnt reads what the case keeps of how its rows were linked.
func (b Bench) learnt(id string) (*learnt, error) {
	again := fmt.Sprintf("Assess it again as before: \"constat assess --case %s\".", id)
	text, err := os.ReadFile(filepath.Join(b.CaseDir(id), modelFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure.New(failure.BadInput, again, "case %s does not say how its rows were linked: it was assessed before that was kept", id)
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	l := &learnt{}
	if err := json.Unmarshal(text, l); err != nil || l.Model == nil {
		return nil, failure.New(failure.BadInput, again, "what case %s keeps of how its rows were linked is damaged", id)
	}
	return l, nil
}

// still refuses a register that is not the one the case was assessed against.
func (l *learnt) still(m register.Manifest, id string) error {
	if now := learntOn(m, nil); now.Key != l.Key || now.Snapshots != l.Snapshots || now.Last != l.Last {
		return failure.New(failure.BadInput, fmt.Sprintf("Assess it again as before: \"constat assess --case %s\".", id),
			"the register is not the one that case %s was assessed against: it has %d snapshots now and had %d", id, now.Snapshots, l.Snapshots)
	}
	return nil
}

// fillCertainty tells how sure the links are, and what people decided.
func fillCertainty(ctx context.Context, out *assessment.Assessment, linked *link.Result) error {
	found, err := linked.Certainty(ctx)
	if err != nil {
		return err
	}
	c := &out.Certainty
	c.None, c.Sampled = found.None, found.Sampled
	rows := found.None
	for i, b := range found.Bands {
		to := 1.0
		if i+1 < len(found.Bands) {
			to = found.Bands[i+1].From
		}
		c.Bands = append(c.Bands, assessment.Band{From: b.From, To: to, Linked: b.Linked, Open: b.Open})
		rows += b.Linked + b.Open
	}
	if rows != out.Rows.Read {
		return fmt.Errorf("the rows do not add up: %d by their probability, of %d read", rows, out.Rows.Read)
	}
	if found.Average != nil {
		w := waterfall(found.Average)
		w.Of = assessment.OfAverage
		c.Waterfalls = append(c.Waterfalls, w)
	}
	for _, e := range found.Examples {
		w := waterfall(&e.Waterfall)
		w.Of, w.Row = e.Of, e.Row
		c.Waterfalls = append(c.Waterfalls, w)
	}
	return nil
}

// waterfall words a waterfall, to thousandths of a bit.
func waterfall(w *link.Waterfall) assessment.Waterfall {
	out := assessment.Waterfall{
		Start: thousandths(w.Start), Present: thousandths(w.Present), Evidence: []assessment.Evidence{}, Relatives: thousandths(w.Relatives), Rivals: thousandths(w.Rivals),
		Shown: thousandths(w.Shown), Total: thousandths(w.Bits()), Probability: millionths(w.Probability),
	}
	for _, e := range w.Evidence {
		out.Evidence = append(out.Evidence, assessment.Evidence{
			Aspect: e.Aspect, Level: e.Level, Bits: thousandths(e.Bits), Chance: significant(e.Chance), Exact: e.Exact, Told: e.Told, Stale: e.Stale,
		})
	}
	return out
}

func thousandths(x float64) float64 {
	if y := math.Round(1000*x) / 1000; y != 0 {
		return y
	}
	return 0 // and not less than it
}

func millionths(p float64) float64 { return math.Floor(1e6*p+0.5) / 1e6 }
