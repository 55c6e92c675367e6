package triage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/clear/cage"
	"constat.example/clear/seal"
	"constat.example/clear/table"
	"constat.example/desk/assessment"
	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/desk/review"
	"constat.example/internal/failure"
)

// ExplainRequest asks why a row is linked, or is not.
type ExplainRequest struct {
	Case string
	Row  int64 // 1-based, in the dump
	// Open reads the row from the sealed originals and tells what it holds. That is
	// logged in the chain of custody before.
	Open      bool
	Passwords [][]byte // tried on what of the dump is encrypted
}

// Explain tells why a row of an assessed dump is linked, or is not. Without Open
// nothing of what it returns is a value; with it the cells of the row are, and
// nowhere else.
func (b Bench) Explain(ctx context.Context, req ExplainRequest) (*assessment.Explanation, error) {
	b = b.withDefaults()
	made, err := b.assessed(req.Case)
	if err != nil {
		return nil, err
	}
	if err := made.within(req.Row); err != nil {
		return nil, err
	}
	know, err := b.learnt(req.Case)
	if err != nil {
		return nil, err
	}
	var out *assessment.Explanation
	err = b.withLinks(ctx, made, func(s engine.Session, key *seal.Key, m register.Manifest, dir string) error {
		if err := know.still(m, req.Case); err != nil {
			return err
		}
		b.Meter.Stage("explaining the row", 0, "")
		found, err := link.Explain(ctx, link.Kept{
			Session: s, Model: know.Model, Layout: m.Layout,
			Tokens: made.file(keptTokens), Lexicon: made.file(keptLexicon), Links: made.file(linksFile), Open: made.file(candidatesFile),
		}, req.Row)
		switch {
		case errors.Is(err, link.ErrNoRow):
			return made.rejected(req.Row)
		case errors.Is(err, link.ErrModel):
			return failure.New(failure.BadInput, fmt.Sprintf("Assess it again as before: \"constat assess --case %s\".", req.Case),
				"case %s was assessed by another version of Constat: %w", req.Case, err)
		case err != nil:
			return err
		}
		if out, err = explained(key, made, know.Model, found); err != nil {
			return err
		}
		if err := made.decisions(ctx, s, key, out); err != nil {
			return err
		}
		if req.Open {
			return b.showCells(ctx, made, key, dir, req, found, out)
		}
		return nil
	})
	return out, err
}

// assessedCase is a case whose dump was assessed.
type assessedCase struct {
	*Case
	dir  string
	made []review.Decision // all that were ever made
}

func (c *assessedCase) file(name string) string { return filepath.Join(c.dir, name) }

// assessed reads a case that must have an assessment.
func (b Bench) assessed(id string) (*assessedCase, error) {
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	if c.Assessment == nil {
		return nil, failure.New(failure.BadInput, fmt.Sprintf("Assess a dump in it first: \"constat assess DUMP --case %s\".", id), "nothing was assessed in case %s", id)
	}
	chain, err := b.decisions(id).Chain()
	if err != nil {
		return nil, err
	}
	return &assessedCase{c, b.CaseDir(id), chain.Entries}, nil
}

// rows is the number of the last row of the dump, rejected ones counted.
func (c *assessedCase) rows() int64 { return c.Assessment.Rows.Read + c.Assessment.Rows.Rejected }

// within refuses a number that is no row's of the dump.
func (c *assessedCase) within(row int64) error {
	if row >= 1 && row <= c.rows() {
		return nil
	}
	return failure.New(failure.BadInput, fmt.Sprintf("Rows are numbered from 1, over all files of the dump; \"constat link review %s\" lists some.", c.ID),
		"there is no row %d in the dump of case %s: it has %d", row, c.ID, c.rows())
}

// rejected is the error of a row that was not read.
func (c *assessedCase) rejected(row int64) error {
	return failure.New(failure.BadInput, "The assessment of the case says which pieces were rejected, where and why.", "row %d of the dump of case %s could not be read, and was not compared", row, c.ID)
}

// dump names the dump that was assessed.
func (c *assessedCase) dump() string { return dumpSum(c.Assessment.Inputs) }

func dumpSum(inputs []assessment.Input) string {
	var sums []string
	for _, in := range inputs {
		sums = append(sums, in.SHA256)
	}
	return review.DumpSum(sums)
}

// withLinks hands over a session that holds the views of the register that the case
// was assessed against, and the register's key.
func (b Bench) withLinks(ctx context.Context, c *assessedCase, do func(s engine.Session, key *seal.Key, m register.Manifest, dir string) error) (err error) {
	reg, err := b.theRegister(cmp.Or(c.Assessment.Register.Name, MainRegister))
	if err != nil {
		return err
	}
	manifest := reg.Manifest()
	ring, err := b.ring()
	if err != nil {
		return err
	}
	key, err := ring.Open(manifest.KeyID, b.Unlock)
	if err != nil {
		return err
	}
	defer key.Destroy()
	dir, done, err := b.scratch()
	if err != nil {
		return err
	}
	defer done()
	s, err := b.session(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	b.Meter.Stage("opening the register", 0, "")
	if err := reg.Views(ctx, s); err != nil {
		return err
	}
	return do(s, key, manifest, dir)
}

// explained opens the record ids of an explanation.
func explained(key *seal.Key, c *assessedCase, m *link.Model, found *link.Explanation) (*assessment.Explanation, error) {
	out := &assessment.Explanation{
		Schema: assessment.ExplanationSchema, Case: c.ID, Row: found.Row, Rows: m.Rows, People: m.People,
		Expected: rounded(found.Expected), Threshold: m.Sure,
		Verdict: string(found.Verdict), Probability: millionths(found.Probability),
		Decisions: []assessment.RowDecision{}, Candidates: []assessment.Candidate{}, Others: found.Others, Aside: found.Aside,
	}
	open := func(sealed []byte) (string, error) {
		id, err := key.OpenRecordID(sealed)
		if err != nil {
			return "", fmt.Errorf("row %d: %w", found.Row, err)
		}
		return id, nil
	}
	if t := found.Tie; t != nil {
		id, err := open(t.Sealed)
		if err != nil {
			return nil, err
		}
		out.Tie = &assessment.RowTie{TieEnd: assessment.TieEnd(t.TieName), Row: t.Row, RecordID: id}
	}
	if found.Against != nil {
		end := assessment.TieEnd(*found.Against)
		out.Against = &end
	}
	for _, c := range found.Candidates {
		id, err := open(c.Sealed)
		if err != nil {
			return nil, err
		}
		w := waterfall(&c.Waterfall)
		w.Row = found.Row
		out.Candidates = append(out.Candidates, assessment.Candidate{RecordID: id, Waterfall: w})
	}
	return out, nil
}

// decisions adds the decisions about the row that stand.
func (c *assessedCase) decisions(ctx context.Context, s engine.Session, key *seal.Key, out *assessment.Explanation) error {
	for _, d := range review.Standing(c.made) {
		if d.Row != out.Row || d.Dump != c.dump() {
			continue
		}
		id := ""
		if d.Person != "" {
			var err error
			if id, err = recordOf(ctx, s, key, d); err != nil {
				return err
			}
		}
		told := rowDecision(d, id)
		told.Applied = d.Seq <= c.Assessment.Decided.Upto
		out.Decisions = append(out.Decisions, *told)
	}
	return nil
}

// recordOf opens the record id of a decision; "" where the register has none.
func recordOf(ctx context.Context, s engine.Session, key *seal.Key, d review.Decision) (id string, err error) {
	err = s.Query(ctx, fmt.Sprintf("select sealed from reg_people where record_id = %d", d.Ruling().Record), func(row []any) (err error) {
		id, err = key.OpenRecordID(row[0].([]byte))
		return err
	})
	return id, err
}

// errFound ends the reading of a dump.
var errFound = errors.New("the row was found")

// showCells reads the row from the sealed originals. That somebody looks at it is
// on the disk before.
func (b Bench) showCells(ctx context.Context, c *assessedCase, key *seal.Key, dir string, req ExplainRequest, found *link.Explanation, out *assessment.Explanation) error {
	list, err := c.originals()
	if err != nil {
		return err
	}
	store := b.evidence(c.ID)
	if err := b.recorded(ledger.OpenRow, onCase(c.ID), func() error {
		return store.Log(b.hand(fmt.Sprintf("row %d, to see why it is linked or not", req.Row)), evidence.Shown, distinct(list))
	}); err != nil {
		return err
	}
	readers, err := store.Open(key, list)
	if err != nil {
		return err
	}
	given := &originals{caseID: c.ID, readers: readers}
	defer given.close()
	var cells []assessment.Cell
	_, err = b.readDump(ctx, given.sealed(), req.Passwords, dir, func(d *cage.Reader) error {
		b.Meter.Stage("looking for the row", c.rows(), "rows")
		cells = nil
		_, err := d.Scan(ctx, func(batch *table.Batch, release func()) error {
			defer release()
			b.Meter.Add(int64(batch.Rows()))
			at, ok := slices.BinarySearch(batch.Ordinal, req.Row)
			if !ok {
				return nil
			}
			names := d.Tables[batch.Table].Columns
			for col := range batch.Width {
				if text := batch.Cell(at, col); len(text) > 0 {
					name := ""
					if col < len(names) {
						name = names[col]
					}
					cells = append(cells, assessment.Cell{Column: name, Kind: c.kindOf(batch.Table, col), Text: string(text)})
				}
			}
			return errFound
		})
		return err
	})
	if !errors.Is(err, errFound) {
		if err != nil {
			return err
		}
		return c.rejected(req.Row)
	}
	out.Opened = true
	place(cells, found, out)
	return nil
}

// originals are those that the assessment read, in its order; all must be held.
func (c *assessedCase) originals() ([]evidence.Original, error) {
	held := c.Custody.Held()
	var all []evidence.Original
	for _, in := range c.Assessment.Inputs {
		i := slices.IndexFunc(held, func(o evidence.Original) bool { return o.SHA256 == in.SHA256 })
		if i < 0 {
			return nil, failure.New(failure.BadInput, "Without --open the row is explained without its values.",
				"case %s does not hold the original %s any more, and the row cannot be shown", c.ID, in.SHA256[:12])
		}
		all = append(all, held[i])
	}
	return all, nil
}

// kindOf is what a column was taken for when the dump was assessed.
func (c *assessedCase) kindOf(table, column int) kind.Kind {
	for _, col := range c.Assessment.Columns {
		if col.Table != table {
			continue
		}
		if column == 0 {
			return col.Kind
		}
		column--
	}
	return kind.Unknown
}

// place puts the cells of a row beside the aspects that they are compared in,
// for every candidate, and what is left apart.
func place(cells []assessment.Cell, found *link.Explanation, out *assessment.Explanation) {
	compared := make([]bool, len(cells))
	for i := range out.Candidates {
		for j := range out.Candidates[i].Evidence {
			e := &out.Candidates[i].Evidence[j]
			for n, cell := range cells {
				if holds(cell.Kind, found.Candidates[i].Evidence[j].Kinds) {
					e.Cells = append(e.Cells, cell.Text)
					compared[n] = true
				}
			}
		}
	}
	for n, cell := range cells {
		if !compared[n] {
			out.Cells = append(out.Cells, cell)
		}
	}
}

// holds reports whether a cell of kind k holds values of some of these kinds.
func holds(k kind.Kind, kinds []kind.Kind) bool {
	for _, c := range token.LayoutOf([]kind.Kind{k}) {
		if c.Kind == k && slices.Contains(kinds, k) || k == kind.FullName && slices.Contains(kinds, c.Kind) {
			return true
		}
	}
	return false
}
