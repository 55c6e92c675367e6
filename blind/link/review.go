package link

import (
	"context"
	"fmt"
	"strings"

	"constat.example/blind/kind"
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
			given[i] = []any{int64(i), r.Row, r.Record}
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
SELECT s.row, s.person, s.pattern, s.w, s.kinds, s.held_now, s.held_once
FROM scored s LEFT JOIN ruling x ON x.row = s.row AND (x.answer = %[1]d OR (x.answer = %[2]d AND x.person = s.person)) WHERE x.row IS NULL
UNION ALL SELECT row, person, CAST(0 AS BIGINT), CAST(%[3]d AS INTEGER), NULL, NULL, NULL FROM ruling WHERE answer = %[1]d`, Same, Not, assured)); err != nil {
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

// Reviewed is a page of the rows that a person should look at.
type Reviewed struct {
	Total int64 // of all pages
	Rows  []Doubt
	Next  int64 // the row after which the next page begins; 0: there is none
}

// Doubt is a row that a person should look at, and why.
type Doubt struct {
	Row         int64
	Verdict     Verdict
	Probability float64
	Kinds       kind.Set
	Reason      Reason
	People      int      // who fit about as well as the best
	Agree       []string // aspects on which the best agrees
	Differ      []string // and does not
}

// Stake is the highest rank of sensitivity of what the row holds.
func (d Doubt) Stake() kind.Sensitivity {
	stake := kind.Simple
	for _, k := range d.Kinds.Kinds() {
		stake = max(stake, k.Info().Sensitivity)
	}
	return stake
}

// Reason is why a row should be looked at.
type Reason string

// The reasons.
const (
	Alike   Reason = "alike"   // several people fit equally well
	Several Reason = "several" // several fit, one of them better
	Mixed   Reason = "mixed"   // some of it agrees and some does not
	Thin    Reason = "thin"    // what can be compared agrees, and is too little
	Kin     Reason = "kin"     // it agrees as a relative's would
	ByTie   Reason = "tie"     // it follows a tie that is not sure
)

// What is looked at: rows that are not linked and could be, and linked ones
// that might not be so.
const (
	leastDoubt = 0.05
	mostDoubt  = 0.95
)

// Candidates whose odds are within these of the best's, as natural logarithms in
// thousandths, fit equally well, and about as well.
const (
	equally = 105
	aboutAs = 2996 // a twentieth
)

// mostThin is how many aspects that agree may be too few by themselves.
const mostThin = 4

// Review lists rows that a person should look at, those with most at stake
// first: by the highest rank of sensitivity of what they hold, then by how much
// they hold, then by number. Rows in except are left out. A page begins after
// the row after, unless that is 0. The session needs no register.
func Review(ctx context.Context, k Kept, limit int, after int64, except []int64) (*Reviewed, error) {
	as, _, err := k.Model.restore()
	if err != nil {
		return nil, err
	}
	l := &linker{Config: Config{Session: k.Session, Sure: k.Model.Sure}, s: k.Session, aspects: as}
	for _, f := range [][2]string{{"dump_all", k.Tokens}, {"kept_link", k.Links}, {"kept_open", k.Open}} {
		if err := l.s.View(ctx, f[0], f[1]); err != nil {
			return nil, err
		}
	}
	if err := l.doubtful(ctx); err != nil {
		return nil, err
	}
	var skip [][]any
	for _, row := range except {
		skip = append(skip, []any{row})
	}
	if err := l.s.Load(ctx, "except_row", []string{"row"}, []string{"BIGINT"}, skip); err != nil {
		return nil, err
	}
	from := 0.0
	if after != 0 {
		if from, err = l.number(ctx, fmt.Sprintf("SELECT pos FROM doubt WHERE row = %d", after)); err != nil {
			return nil, err
		}
		if from == 0 {
			return nil, ErrNoRow
		}
	}
	out := &Reviewed{}
	const open = "FROM doubt d LEFT JOIN except_row x ON x.row = d.row WHERE x.row IS NULL"
	total, err := l.number(ctx, "SELECT count(*) "+open)
	if err != nil {
		return nil, err
	}
	out.Total = int64(total)
	if err := l.s.Query(ctx, fmt.Sprintf("SELECT d.row, d.probability, d.linked, d.ambiguous, d.kinds %s AND d.pos > %d ORDER BY d.pos LIMIT %d", open, int64(from), limit+1), func(v []any) error {
		if len(out.Rows) == limit {
			out.Next = out.Rows[limit-1].Row
			return nil
		}
		d := Doubt{Row: v[0].(int64), Probability: toFloat(v[1]), Verdict: Unlinked, Kinds: kind.Set(v[4].(int64)), Reason: ByTie, People: 1}
		switch {
		case v[2].(bool):
			d.Verdict = Linked
		case v[3].(bool):
			d.Verdict = Ambiguous
		}
		out.Rows = append(out.Rows, d)
		return nil
	}); err != nil {
		return nil, err
	}
	return out, l.reasons(ctx, out.Rows)
}

// doubtful makes the table doubt: the rows to be looked at, with their places in
// the order.
func (l *linker) doubtful(ctx context.Context) error {
	if err := l.s.Table(ctx, "own_odds", `
WITH top AS (SELECT row, max(w) AS w FROM kept_open GROUP BY row),
     odds AS (SELECT t.row, t.w, CAST(sum(CAST(floor(1e9 * exp((o.w - t.w) / 1000.0) + 0.5) AS BIGINT)) AS BIGINT) AS rivals
              FROM top t JOIN kept_open o ON o.row = t.row GROUP BY t.row, t.w)
SELECT row, 1e9 / (rivals + 1e9 * exp(-w / 1000.0)) AS mine, rivals / (rivals + 1e9 * exp(-w / 1000.0)) AS someone FROM odds`); err != nil {
		return err
	}
	stake, holds := "CASE", []string{"0"}
	for s := kind.Sensitive; s > kind.Simple; s-- {
		var of kind.Set
		for _, k := range kind.All() {
			if k.Info().Sensitivity == s {
				of = of.With(k)
			}
		}
		stake += fmt.Sprintf(" WHEN (d.kinds & %d) <> 0 THEN %d", int64(of), s)
	}
	stake += fmt.Sprintf(" ELSE %d END", kind.Simple)
	for _, k := range kind.All() {
		holds = append(holds, fmt.Sprintf("CASE WHEN (d.kinds & %d) <> 0 THEN 1 ELSE 0 END", int64(1)<<k))
	}
	return l.s.Table(ctx, "doubt", fmt.Sprintf(`
WITH x AS (SELECT row, probability / 1e6 AS probability, TRUE AS linked, FALSE AS ambiguous FROM kept_link WHERE NOT ruled AND probability < %[1]d
           UNION ALL
           SELECT o.row, o.mine, FALSE, o.mine < %[2]g AND o.someone >= 0.5 FROM own_odds o LEFT JOIN kept_link k ON k.row = o.row
           WHERE k.row IS NULL AND (o.mine > %[3]g OR o.someone >= 0.5)),
     y AS (SELECT x.row, x.probability, x.linked, x.ambiguous, d.kinds, %[4]s AS stake, %[5]s AS holds FROM x JOIN dump_all d ON d.row = x.row)
SELECT row, probability, linked, ambiguous, kinds, row_number() OVER (ORDER BY stake DESC, holds DESC, row) AS pos FROM y`,
		int64(1e6*mostDoubt), l.Sure, leastDoubt, stake, strings.Join(holds, " + ")))
}

// reasons says why each row should be looked at.
func (l *linker) reasons(ctx context.Context, rows []Doubt) error {
	if len(rows) == 0 {
		return nil
	}
	at := map[int64]*Doubt{}
	numbers := make([]int64, len(rows))
	for i := range rows {
		at[rows[i].Row], numbers[i] = &rows[i], rows[i].Row
	}
	best := map[int64]int64{}
	return l.s.Query(ctx, "SELECT row, pattern, w FROM kept_open WHERE row IN ("+list(numbers)+") ORDER BY row, w DESC, person", func(v []any) error {
		d, w := at[v[0].(int64)], v[2].(int64)
		top, more := best[d.Row]
		switch {
		case !more:
			best[d.Row] = w
			l.compare(d, unpack(l.aspects, v[1].(int64)))
		case top-w <= equally:
			d.People++
			d.Reason = Alike
		case top-w <= aboutAs && d.Reason != Alike:
			d.People++
			d.Reason = Several
		}
		return nil
	})
}

// compare tells on what the best candidate agrees.
func (l *linker) compare(d *Doubt, levels []int) {
	for i, level := range levels {
		switch {
		case level == len(l.aspects[i].levels):
			d.Differ = append(d.Differ, l.aspects[i].name)
		case level > 0:
			d.Agree = append(d.Agree, l.aspects[i].name)
		}
	}
	switch {
	case len(d.Differ) > 0:
		d.Reason = Mixed
	case len(d.Agree) > mostThin:
		d.Reason = Kin
	default:
		d.Reason = Thin
	}
}
