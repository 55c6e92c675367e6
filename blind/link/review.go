package link

import (
	"context"
	"fmt"

	"constat.example/blind/token"
)

// Answer is what a person decided about a row.
type Answer int

// The answers. Same: the row is that person's. Not: it is not that person's;
// whoever fits next best is considered. Unknown: nobody can tell.
const (
	Same Answer = iota + 1
	Not
	Unknown
)

// String is the word that commands and files use.
func (a Answer) String() string {
	switch a {
	case Same:
		return "same"
	case Not:
		return "not"
	case Unknown:
		return "unknown"
	}
	return ""
}

// Ruling is a decision about one row. Record is the token of the record id of
// the person it is about; Unknown is about nobody.
type Ruling struct {
	Row    int64
	Record token.Token
	Answer Answer
}

// Ruled is what came of the rulings: how many rows were decided by them, and
// which of them could not be applied.
type Ruled struct {
	Same, Not, Unknown int64
	Void               []Void
}

// Void is a ruling that could not be applied.
type Void struct {
	Ruling int  // index in the Rulings of the Config
	Row    bool // the dump has no such row; otherwise the register has no such person
}

// assured is the weight of a pair that a person decided, in thousandths of a
// natural logarithm: more than any tie weighs, and a probability of one in millionths.
const assured = 20_000

// rule makes the table ruling (row, person, answer) of the rulings that apply,
// and ruled_pair, what the linker itself made of their rows, still empty.
func (l *linker) rule(ctx context.Context, res *Result) error {
	if err := l.s.Load(ctx, "ruled_pair", []string{"row", "person", "pattern", "w"}, []string{"BIGINT", "INTEGER", "BIGINT", "INTEGER"}, nil); err != nil {
		return err
	}
	var applied [][]any
	if len(l.Rulings) > 0 {
		given := make([][]any, len(l.Rulings))
		for i, r := range l.Rulings {
			given[i] = []any{int64(i), r.Row, int64(r.Record)}
		}
		if err := l.s.Load(ctx, "ruling_given", []string{"n", "row", "record"}, []string{"INTEGER", "BIGINT", "BIGINT"}, given); err != nil {
			return err
		}
		err := l.s.Query(ctx, `
SELECT g.n, d.row IS NOT NULL, p.person FROM ruling_given g
LEFT JOIN dump d ON d.row = g.row LEFT JOIN reg_people p ON p.record_id = g.record ORDER BY g.n`, func(row []any) error {
			n := row[0].(int64)
			r := l.Rulings[n]
			switch {
			case !row[1].(bool):
				res.Ruled.Void = append(res.Ruled.Void, Void{Ruling: int(n), Row: true})
				return nil
			case row[2] == nil && r.Answer != Unknown:
				res.Ruled.Void = append(res.Ruled.Void, Void{Ruling: int(n)})
				return nil
			}
			var person any
			switch r.Answer {
			case Same:
				res.Ruled.Same++
				person = row[2]
			case Not:
				res.Ruled.Not++
				person = row[2]
			case Unknown:
				res.Ruled.Unknown++
			}
			applied = append(applied, []any{r.Row, person, int64(r.Answer)})
			return nil
		})
		if err != nil {
			return err
		}
		if err := l.s.Drop(ctx, "ruling_given"); err != nil {
			return err
		}
	}
	return l.s.Load(ctx, "ruling", []string{"row", "person", "answer"}, []string{"BIGINT", "INTEGER", "INTEGER"}, applied)
}

// overrule has the rulings stand above what was scored: a person who is not it
// is out, and one who is it is alone. What the linker itself made of such rows stays
// in ruled_pair.
func (l *linker) overrule(ctx context.Context) error {
	if len(l.Rulings) == 0 {
		return nil
	}
	if err := l.s.Table(ctx, "ruled_pair", "SELECT s.row, s.person, s.pattern, s.w FROM scored s JOIN (SELECT DISTINCT row FROM ruling) x ON x.row = s.row"); err != nil {
		return err
	}
	// The agreement of a decided pair is that it was decided.
	if err := l.s.Table(ctx, "scored_kept", fmt.Sprintf(`
SELECT s.row, s.person, s.pattern, s.w
FROM scored s LEFT JOIN ruling x ON x.row = s.row AND (x.answer = %[1]d OR (x.answer = %[2]d AND x.person = s.person)) WHERE x.row IS NULL
UNION ALL SELECT row, person, CAST(0 AS BIGINT), CAST(%[3]d AS INTEGER) FROM ruling WHERE answer = %[1]d`, Same, Not, assured)); err != nil {
		return err
	}
	if err := l.s.Table(ctx, "scored", "SELECT * FROM scored_kept"); err != nil {
		return err
	}
	if err := l.rank(ctx); err != nil {
		return err
	}
	// Where nobody can tell, so many rivals are as likely that no one can be it.
	if err := l.s.Table(ctx, "best_kept", fmt.Sprintf(`
SELECT b.row, b.w, b.person, CASE WHEN x.row IS NULL THEN b.rivals ELSE CAST(1000000000000000 AS BIGINT) END AS rivals
FROM best b LEFT JOIN (SELECT row FROM ruling WHERE answer = %d) x ON x.row = b.row`, Unknown)); err != nil {
		return err
	}
	if err := l.s.Table(ctx, "best", "SELECT * FROM best_kept"); err != nil {
		return err
	}
	return l.drop(ctx, "scored_kept", "best_kept")
}

// settledAt is the probability from which a row is not looked at again, and
// its rivals are not kept.
const settledAt = 0.9999

// KeepLinks writes every linked row to a Parquet file, in order: row, person,
// weight, probability, pattern, tie, against, via, ruled.
func (r *Result) KeepLinks(ctx context.Context, path string) error {
	return r.s.Write(ctx, path, "SELECT row, person, weight, probability, pattern, tie, against, via, ruled FROM link ORDER BY row")
}

// KeepOpen writes to a Parquet file everybody who was considered for the rows
// that are not settled beyond doubt, or that a person decided: row, person,
// pattern, w; the likeliest of a row first.
func (r *Result) KeepOpen(ctx context.Context, path string) error {
	open := fmt.Sprintf("SELECT row FROM decided WHERE mine < %g", settledAt)
	if r.ties != nil { // by which a row may lose a person that it has no doubt about
		open += fmt.Sprintf(" UNION ALL SELECT d.row FROM decided d LEFT JOIN link k ON k.row = d.row WHERE d.mine >= %g AND k.row IS NULL", settledAt)
	}
	return r.s.Write(ctx, path, fmt.Sprintf(`
SELECT s.row, s.person, s.pattern, s.w
FROM scored s JOIN (%s) o ON o.row = s.row LEFT JOIN (SELECT DISTINCT row FROM ruling) x ON x.row = s.row WHERE x.row IS NULL
UNION ALL SELECT row, person, pattern, w FROM ruled_pair
ORDER BY row, w DESC, person`, open))
}
