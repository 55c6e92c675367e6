// Package link ties the rows of a dump to the people of a register, seeing
// only tokens: which pairs to compare, how each agrees, how much that is
// worth, and how likely it is that both are the same person. The theory is
// that of Fellegi and Sunter (1969) with value-specific frequencies; what
// departs from it, and why, is in docs/design/spine.md.
//
// Joins and counts are SQL run by an engine; weights are learnt in Go from
// the counts of patterns.
package link

import (
	"context"
	"fmt"
	"math"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/tie"
	"constat.example/blind/token"
	"constat.example/internal/progress"
)

// Config says what to link. The session must already hold the register's
// views (register.Views).
type Config struct {
	Session  engine.Session
	Tokens   []string // Parquet files of the dump's tokens
	Lexicon  []string // Parquet files of the dump's lexicon
	Dump     token.Layout
	Register token.Layout
	People   int64            // in the register now
	Filled   map[string]int64 // how many of them have a value, by column of Register
	Meter    progress.Meter   // defaults to progress.None

	// Ties is how the tables of the dump hang together, where it has several; the
	// session must hold the view tie.RowKeys.
	Ties *tie.Found

	// Sure is the probability from which a row is linked. Defaults to 0.75.
	Sure float64

	// Rulings are what people decided about rows; they stand above what is linked.
	Rulings []Ruling

	// Unreal is a table of people (person) of the register who do not exist: rows are
	// linked to them as to others, and nothing of theirs is exposed. "" for none.
	Unreal string
}

// Result is what linking established, and where it left the details: tables
// of the session named link (row, person, probability in millionths, weight in
// thousandths of a natural logarithm, pattern, current and stale masks) and exposure (person,
// rows, and masks of kinds: exposed, current, stale).
type Result struct {
	Rows      int64 // rows compared
	Linked    int64
	Persons   int64 // distinct people of linked rows
	Unreal    int64 // of them: people who do not exist
	Ambiguous int64
	Aspects   []Aspect
	Tied      []Tied // what came of each tie of Config.Ties that leads to people
	Ruled     Ruled  // what came of the rulings of the Config

	aspects []*aspect
	ties    *tie.Found
	s       engine.Session
	l       *linker
	md      *model
}

// Aspect is what was learnt of one aspect.
type Aspect struct {
	Name   string
	Levels []Level
}

// Level is one level of agreement: how often matches show it, and how often strangers do.
type Level struct {
	Name          string
	Match, Chance float64
}

type linker struct {
	Config
	s     engine.Session
	meter progress.Meter

	rows                       int64
	dumpFilled, registerFilled filled
	aspects                    []*aspect
	measured                   map[string]measured
	fill                       map[string]float64 // share of rows and people that have each column
	sameNumbers                float64            // chance that two addresses have the same house number, or none
	sharedNumbers              float64            // chance that they have the same

	pool string // table of the rows still to be settled: dump, then pool_1 …
	lone string // view of the pairs settled by one key that one person holds; "" if none were
}

func (l *linker) aspect(name string) *aspect {
	for _, a := range l.aspects {
		if a.name == name {
			return a
		}
	}
	return nil
}

// Run links. It leaves the tables link and exposure in the session.
func Run(ctx context.Context, c Config) (*Result, error) {
	if c.Meter == nil {
		c.Meter = progress.None
	}
	if c.Sure == 0 {
		c.Sure = 0.75
	}
	l := &linker{Config: c, s: c.Session, meter: c.Meter, measured: map[string]measured{}}
	if err := l.open(ctx); err != nil {
		return nil, err
	}
	res := &Result{Rows: l.rows, ties: l.Ties, s: l.s, l: l}
	if err := l.rule(ctx, res); err != nil {
		return nil, err
	}
	l.meter.Stage("weighing values", int64(len(l.aspects)), "aspects")
	if err := l.chances(ctx); err != nil {
		return nil, err
	}
	md, err := l.sift(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.decide(ctx, res); err != nil {
		return nil, err
	}
	if l.Ties != nil {
		if err := l.follow(ctx, res); err != nil {
			return nil, err
		}
	}
	if err := l.expose(ctx); err != nil {
		return nil, err
	}
	l.meter.Add(1)
	persons, err := l.number(ctx, "SELECT count(*) FROM exposure")
	if err != nil {
		return nil, err
	}
	if l.Unreal != "" {
		if res.Unreal, err = l.unreal(ctx); err != nil {
			return nil, err
		}
	}
	res.Persons = int64(persons) + res.Unreal
	res.aspects, res.md = l.aspects, md
	for i, a := range l.aspects {
		out := Aspect{Name: a.name}
		for j, level := range a.levels {
			out.Levels = append(out.Levels, Level{level, md.m[i][j], md.u[i][j]})
		}
		res.Aspects = append(res.Aspects, out)
	}
	return res, nil
}

// open names the dump's tables and finds what the two sides have in common.
func (l *linker) open(ctx context.Context) error {
	if err := l.s.View(ctx, "dump", l.Tokens...); err != nil {
		return err
	}
	if err := l.s.View(ctx, "dump_lexicon", l.Lexicon...); err != nil {
		return err
	}
	l.dumpFilled, l.registerFilled, l.fill = filled{}, filled{}, map[string]float64{}
	columns := l.Dump.Names()
	sel := []string{"count(*)"}
	for _, c := range columns {
		sel = append(sel, "count("+c+")")
	}
	alone := "CAST(0 AS BIGINT)"
	if l.Dump.Has(kind.HouseNumber) && l.Dump.Has(kind.Address) {
		alone = "count(CASE WHEN address IS NULL THEN house_number END)"
	}
	if err := l.s.Query(ctx, "SELECT "+strings.Join(append(sel, alone), ", ")+" FROM dump", func(row []any) error {
		l.rows = row[0].(int64)
		for i, c := range columns {
			n := row[i+1].(int64)
			l.dumpFilled[c] = n > 0
			l.fill["d."+c] = float64(n) / float64(max(1, l.rows))
		}
		l.dumpFilled[loneNumber] = row[len(columns)+1].(int64) > 0
		return nil
	}); err != nil {
		return err
	}
	for c, n := range l.Filled {
		l.registerFilled[c] = n > 0
		l.fill["r."+c] = float64(n) / float64(max(1, l.People))
	}
	l.aspects = aspects(l.dumpFilled, l.registerFilled)
	return l.sample(ctx)
}

// sampleRows is how many rows averages are worked out over, at most: a million
// are as good as twenty.
const sampleRows = 1_000_000

// sample names the rows that averages over the dump are worked out over: all, or
// of a large dump those whose number is divisible by a fixed one.
func (l *linker) sample(ctx context.Context) error {
	stride := (l.rows + sampleRows - 1) / sampleRows
	if stride <= 1 {
		return l.s.Define(ctx, "sample", "SELECT * FROM dump")
	}
	return l.s.Table(ctx, "sample", fmt.Sprintf("SELECT * FROM dump WHERE row %% %d = 0", stride))
}

// weigh counts the patterns and learns from them, and loads what each is worth
// as the table weight: logarithms in thousandths, and whether looking for near
// values could not change the pattern (clear).
func (l *linker) weigh(ctx context.Context, compared ...string) (*model, error) {
	parts := make([]string, len(compared))
	for i, table := range compared {
		parts[i] = "SELECT pattern, count(*) AS n FROM " + table + " GROUP BY pattern"
	}
	var patterns []counted
	err := l.s.Query(ctx, "SELECT pattern, CAST(sum(n) AS BIGINT) FROM ("+strings.Join(parts, " UNION ALL ")+") GROUP BY pattern ORDER BY pattern", func(row []any) error {
		p := row[0].(int64)
		patterns = append(patterns, counted{p, unpack(l.aspects, p), toFloat(row[1])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	md := newModel(l.aspects, l.average, l.rows, l.People)
	if l.Ties != nil {
		for i, a := range l.aspects {
			md.held[i] = 0
			for _, c := range a.dump {
				md.held[i] = max(md.held[i], l.fill["d."+c])
			}
		}
	}
	learn(l.aspects, md, l.rows, patterns)
	absent := math.Log(md.absent(l.rows))
	table := make([][]any, len(patterns))
	for i, p := range patterns {
		lm, lh, lt, lu := md.logs(p.levels)
		lm -= absent
		clear := int64(1)
		for j, level := range p.levels {
			if !l.aspects[j].settled(level) {
				clear = 0
			}
		}
		table[i] = []any{p.pattern, milli(lm), milli(lh), milli(lt), milli(lu), clear}
	}
	return md, l.s.Load(ctx, "weight", []string{"pattern", "lm", "lh", "lt", "lu", "clear"},
		[]string{"BIGINT", "INTEGER", "INTEGER", "INTEGER", "INTEGER", "INTEGER"}, table)
}

func milli(x float64) int64 { return int64(math.Round(1000 * x)) }

// logOdds is the select of pairs with what they weigh: the columns of a compared
// table, w (log odds in thousandths) and clear.
func logOdds(compared string) string {
	return fmt.Sprintf(`
SELECT row, person, pattern, kinds, held_now, held_once, whole, clear,
       CAST(floor(greatest(lm - top - 1000 * ln(exp((lh - top) / 1000.0) + exp((lt - top) / 1000.0) + exp((lu - top) / 1000.0)), -1e6) + 0.5) AS INTEGER) AS w
FROM (SELECT *, greatest(lh, lt, lu) AS top
      FROM (SELECT c.row, c.person, c.pattern, c.kinds, c.held_now, c.held_once, c.whole, w.clear, w.lm,
                   w.lh + c.rare_h AS lh, w.lt + c.rare_t AS lt, w.lu + c.rare_u AS lu
            FROM %s c JOIN weight w ON w.pattern = c.pattern) x) y`, compared)
}

// score makes the tables scored (pairs and what they weigh) and best (row, best,
// w, rivals: summed odds of the row's candidates as billionths of the best one's).
func (l *linker) score(ctx context.Context, compared string) error {
	// Odds under one in a thousand are nobody's.
	if err := l.s.Table(ctx, "scored", "SELECT * FROM ("+logOdds(compared)+") o WHERE w > -7000"); err != nil {
		return err
	}
	return l.rank(ctx)
}

// rank makes the table best from scored.
func (l *linker) rank(ctx context.Context) error {
	return l.s.Table(ctx, "best", `
WITH top AS (SELECT row, max(CAST(w AS BIGINT) * 4294967296 + (2147483647 - person)) AS packed FROM scored GROUP BY row),
     named AS (SELECT row, CAST(floor(packed / 4294967296.0) AS INTEGER) AS w, packed FROM top)
SELECT n.row, n.w, CAST(2147483647 - (n.packed - CAST(n.w AS BIGINT) * 4294967296) AS INTEGER) AS person,
       CAST(sum(CAST(floor(1e9 * exp((s.w - n.w) / 1000.0) + 0.5) AS BIGINT)) AS BIGINT) AS rivals
FROM named n JOIN scored s ON s.row = n.row
GROUP BY n.row, n.w, n.packed`)
}

// decide says of every row whether it is linked, ambiguous or neither.
func (l *linker) decide(ctx context.Context, res *Result) error {
	// What was settled at once has no rival.
	parts := []string{"SELECT b.row, b.person, b.w, b.rivals, s.pattern, s.kinds, s.held_now, s.held_once FROM best b JOIN scored s ON s.row = b.row AND s.person = b.person"}
	if l.lone != "" {
		parts = append(parts, "SELECT row, person, w, CAST(1000000000 AS BIGINT) AS rivals, pattern, kinds, held_now, held_once FROM ("+logOdds(l.lone)+") o")
	}
	if err := l.s.Define(ctx, "decided", fmt.Sprintf(`
SELECT row, person, w, 1e9 / (rivals + 1e9 * exp(-w / 1000.0)) AS mine, rivals / (rivals + 1e9 * exp(-w / 1000.0)) AS someone,
       pattern, kinds, held_now, held_once
FROM (%s) b`, strings.Join(parts, " UNION ALL "))); err != nil {
		return err
	}
	if err := l.s.Define(ctx, "chosen", fmt.Sprintf(`
SELECT row, person, w AS weight, CAST(floor(1000000 * mine + 0.5) AS INTEGER) AS probability, pattern,
       CAST(NULL AS INTEGER) AS tie, CAST(NULL AS INTEGER) AS against, CAST(NULL AS BIGINT) AS via, kinds, held_now, held_once
FROM decided
WHERE mine >= %g`, l.Sure)); err != nil {
		return err
	}
	linked, ambiguous, err := l.pair(ctx, fmt.Sprintf(
		"SELECT sum(CASE WHEN mine >= %[1]g THEN 1 ELSE 0 END), sum(CASE WHEN mine < %[1]g AND someone >= 0.5 THEN 1 ELSE 0 END) FROM decided", l.Sure))
	res.Linked, res.Ambiguous = int64(linked), int64(ambiguous)
	return err
}

// Weight is what the level is worth as evidence, in bits.
func (l Level) Weight() float64 { return math.Log2(l.Match / l.Chance) }
