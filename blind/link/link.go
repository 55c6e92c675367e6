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
	Meter    progress.Meter // defaults to progress.None

	// Ties is how the tables of the dump hang together, where it has several; the
	// session must hold the view tie.RowKeys.
	Ties *tie.Found

	// Memory is what the session may use, in bytes. A register that fits in a
	// half of it is held in memory, for the many times it is read.
	Memory int64

	// Sure is the probability from which a row is linked. Defaults to 0.75.
	Sure float64

	// Rulings are what people decided about rows; they stand above what is linked.
	Rulings []Ruling
}

// Result is what linking established, and where it left the details: tables
// of the session named link (row, person, probability in millionths, weight in
// thousandths of a natural logarithm, pattern, current and stale masks) and exposure (person,
// rows, and masks of kinds: exposed, current, stale).
type Result struct {
	Rows      int64 // rows compared
	Linked    int64
	Persons   int64 // distinct people of linked rows
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

	rows, people               int64
	dumpFilled, registerFilled filled
	aspects                    []*aspect
	measured                   map[string]measured
	fill                       map[string]float64 // share of rows and people that have each column
	sameNumbers                float64            // chance that two addresses have the same house number
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
	fill, err := l.fills(ctx)
	if err != nil {
		return nil, err
	}
	l.fill = fill

	// First tier: all rows, few candidates, nothing near.
	ks := l.keys(fill, false)
	first := chooseRules(ks, l.people, firstBudget, firstEnough)
	l.meter.Stage("comparing", int64(len(first)), "rules")
	if err := l.candidates(ctx, "pair_1", "dump", ks, first); err != nil {
		return nil, err
	}
	if err := l.agree(ctx, "agreement_1", "pair_1", false); err != nil {
		return nil, err
	}
	md, err := l.weigh(ctx, "agreement_1")
	if err != nil {
		return nil, err
	}
	if err := l.score(ctx, "agreement_1", md); err != nil {
		return nil, err
	}

	// Second tier: the rows that no pair has settled, more candidates, near
	// values too.
	if err := l.s.Table(ctx, "settled", fmt.Sprintf(`
SELECT b.row FROM best b JOIN scored s ON s.row = b.row AND s.person = b.person JOIN weight w ON w.pattern = s.pattern
LEFT JOIN (SELECT DISTINCT row FROM ruling) x ON x.row = b.row
WHERE b.w >= %d AND b.rivals <= %d AND w.clear = 1 AND x.row IS NULL`, surely, alone)); err != nil {
		return nil, err
	}
	if err := l.s.Table(ctx, "pool", "SELECT d.* FROM dump d LEFT JOIN settled s ON s.row = d.row WHERE s.row IS NULL"); err != nil {
		return nil, err
	}
	open, err := l.number(ctx, "SELECT count(*) FROM pool")
	if err != nil {
		return nil, err
	}
	l.meter.Stage("looking for near values", 0, "")
	if err := l.nearTables(ctx); err != nil {
		return nil, err
	}
	if err := l.nearChances(ctx); err != nil {
		return nil, err
	}
	ks = l.keys(fill, true)
	second := chooseRules(ks, l.people, secondBudget(int64(open)), uncovered)
	l.meter.Stage("comparing what is left", int64(len(second)), "rules")
	if err := l.candidates(ctx, "pair_2", "pool", ks, second, "SELECT p.row, p.person FROM pair_1 p JOIN pool o ON o.row = p.row"); err != nil {
		return nil, err
	}
	if err := l.agree(ctx, "agreement_2", "pair_2", true); err != nil {
		return nil, err
	}
	if err := l.s.Table(ctx, "agreement", `
SELECT a.row, a.person, a.pattern FROM agreement_1 a JOIN settled s ON s.row = a.row
UNION ALL SELECT row, person, pattern FROM agreement_2`); err != nil {
		return nil, err
	}
	l.meter.Stage("deciding", 3, "steps")
	if md, err = l.weigh(ctx, "agreement"); err != nil {
		return nil, err
	}
	l.meter.Add(1)
	if err := l.score(ctx, "agreement", md); err != nil {
		return nil, err
	}
	if err := l.overrule(ctx); err != nil {
		return nil, err
	}
	l.meter.Add(1)
	for _, t := range []string{"settled", "pool", "pair_1", "pair_2", "agreement_1", "agreement_2"} {
		if err := l.s.Drop(ctx, t); err != nil {
			return nil, err
		}
	}
	if err := l.decide(ctx, res); err != nil {
		return nil, err
	}
	if l.Ties != nil {
		if err := l.follow(ctx, res); err != nil {
			return nil, err
		}
	}
	if err := l.expose(ctx, l.common()); err != nil {
		return nil, err
	}
	l.meter.Add(1)
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
	if err := l.hold(ctx); err != nil {
		return err
	}
	rows, people, err := l.pair(ctx, "SELECT (SELECT count(*) FROM dump), (SELECT count(*) FROM present)")
	if err != nil {
		return err
	}
	l.rows, l.people = int64(rows), int64(people)
	if l.dumpFilled, err = l.filledOf(ctx, "dump", l.Dump); err != nil {
		return err
	}
	if l.registerFilled, err = l.filledOf(ctx, "version", l.Register); err != nil {
		return err
	}
	l.aspects = aspects(l.dumpFilled, l.registerFilled)
	return nil
}

// hold names the versions of people, and those that hold now: in memory if
// they fit, else where they lie.
func (l *linker) hold(ctx context.Context) error {
	versions, err := l.number(ctx, "SELECT count(*) FROM reg_version")
	if err != nil {
		return err
	}
	keep := l.s.Define
	if versions*float64(8*len(l.Register)+16) <= float64(l.Memory)/2 {
		keep = l.s.Table
	}
	if err := keep(ctx, "version", "SELECT person, until, current, "+strings.Join(l.Register.Names(), ", ")+" FROM reg_version"); err != nil {
		return err
	}
	return l.s.Define(ctx, "present", "SELECT * FROM version WHERE current")
}

func (l *linker) filledOf(ctx context.Context, table string, layout token.Layout) (filled, error) {
	f := filled{}
	if len(layout) == 0 {
		return f, nil
	}
	sel := make([]string, len(layout))
	for i, c := range layout.Names() {
		sel[i] = "max(CASE WHEN " + c + " IS NULL THEN 0 ELSE 1 END)"
	}
	err := l.s.Query(ctx, "SELECT "+strings.Join(sel, ", ")+" FROM "+table, func(row []any) error {
		for i, c := range layout.Names() {
			f[c] = toFloat(row[i]) > 0
		}
		return nil
	})
	return f, err
}

// candidates makes the table of distinct pairs that some rule joins, or that
// the selects in more give.
func (l *linker) candidates(ctx context.Context, table, pool string, ks []key, rules []rule, more ...string) error {
	parts := append([]string{"SELECT CAST(0 AS BIGINT) AS row, CAST(0 AS INTEGER) AS person WHERE FALSE"}, more...)
	for i, r := range rules {
		part := fmt.Sprintf("part_%d", i)
		if err := l.s.Table(ctx, part, l.join(ks, r, pool)); err != nil {
			return fmt.Errorf("joining on %s: %w", ruleName(ks, r), err)
		}
		parts = append(parts, "SELECT row, person FROM "+part)
		l.meter.Add(1)
	}
	if err := l.s.Table(ctx, table, "SELECT DISTINCT row, person FROM ("+strings.Join(parts, " UNION ALL ")+")"); err != nil {
		return err
	}
	for i := range rules {
		if err := l.s.Drop(ctx, fmt.Sprintf("part_%d", i)); err != nil {
			return err
		}
	}
	return nil
}

// agree works out how each pair agrees: (row, person, pattern), near values
// looked for or not. Of a person with several versions every aspect counts at
// its best.
func (l *linker) agree(ctx context.Context, table, pairs string, near bool) error {
	if len(l.aspects) == 0 {
		return l.s.Table(ctx, table, "SELECT row, person, CAST(0 AS BIGINT) AS pattern FROM "+pairs+" WHERE FALSE")
	}
	if err := l.s.Table(ctx, "changed", "SELECT DISTINCT person FROM version WHERE until IS NOT NULL"); err != nil {
		return err
	}
	var joins strings.Builder
	level := func(a *aspect) string { return a.plain }
	if near {
		level = func(a *aspect) string { return a.level }
		for _, a := range l.aspects {
			for _, j := range a.joins {
				joins.WriteString(j.sql())
			}
		}
	}
	from := func(changed string) string {
		return fmt.Sprintf(" FROM %s p LEFT JOIN changed ch ON ch.person = p.person JOIN dump d ON d.row = p.row JOIN version r ON r.person = p.person%s WHERE ch.person IS %s",
			pairs, joins.String(), changed)
	}
	best := func(a *aspect) string {
		return fmt.Sprintf("coalesce(min(nullif(%s, 0)), 0)", level(a))
	}
	return l.s.Table(ctx, table, fmt.Sprintf(
		"SELECT p.row, p.person, %s AS pattern%s UNION ALL SELECT p.row, p.person, %s AS pattern%s GROUP BY p.row, p.person",
		pack(l.aspects, level), from("NULL"),
		pack(l.aspects, best), from("NOT NULL")))
}

// weigh counts the patterns and learns from them, and loads what each is worth
// as the table weight: logarithms in thousandths, a mask of the aspects that
// agree exactly, and whether looking for near values could change the pattern.
func (l *linker) weigh(ctx context.Context, agreement string) (*model, error) {
	var patterns []counted
	err := l.s.Query(ctx, "SELECT pattern, count(*) FROM "+agreement+" GROUP BY pattern ORDER BY pattern", func(row []any) error {
		p := row[0].(int64)
		patterns = append(patterns, counted{p, unpack(l.aspects, p), toFloat(row[1])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	md := newModel(l.aspects, l.average, l.rows, l.people)
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
		exact, clear := int64(0), int64(1)
		for j, level := range p.levels {
			// The frequency of the very value tells nothing that is implied.
			if level == 1 && md.implied(j, p.levels) == 0 {
				exact |= 1 << j
			}
			if !l.aspects[j].settled(level) {
				clear = 0
			}
		}
		table[i] = []any{p.pattern, milli(lm), milli(lh), milli(lt), milli(lu), exact, clear}
	}
	return md, l.s.Load(ctx, "weight", []string{"pattern", "lm", "lh", "lt", "lu", "exact", "clear"},
		[]string{"BIGINT", "INTEGER", "INTEGER", "INTEGER", "INTEGER", "BIGINT", "INTEGER"}, table)
}

// A row is settled by a pair whose odds are at least e^(surely/1000), and
// whose rivals weigh next to nothing: their summed odds, in billionths of its own, with its
// own, are at most alone.
const (
	surely = 9210
	alone  = 1_000_100_000
)

func milli(x float64) int64 { return int64(math.Round(1000 * x)) }

// score makes the tables scored (row, person, pattern, w: log odds in
// thousandths) and best (row, best, w, rivals: summed odds of the row's candidates
// as billionths of the best one's).
func (l *linker) score(ctx context.Context, agreement string, md *model) error {
	var all, personal, unborn strings.Builder
	for i, a := range l.aspects {
		average := milli(math.Log(md.u[i][0]))
		term := fmt.Sprintf(" + CASE WHEN (w.exact & %d) <> 0 THEN coalesce(t.tf_%s, %d) - (%d) ELSE 0 END",
			int64(1)<<i, a.name, average, average)
		all.WriteString(term)
		if a.home == nil {
			personal.WriteString(term)
			if !a.born {
				unborn.WriteString(term)
			}
		}
	}
	// Odds under one in a thousand are nobody's.
	if err := l.s.Table(ctx, "scored", fmt.Sprintf(`
WITH x AS (SELECT a.row, a.person, a.pattern, w.lm, w.lh%s AS lh, w.lt%s AS lt, w.lu%s AS lu
           FROM %s a JOIN weight w ON w.pattern = a.pattern JOIN row_chance t ON t.row = a.row),
     y AS (SELECT row, person, pattern, lm, lh, lt, lu, greatest(lh, lt, lu) AS top FROM x)
SELECT row, person, pattern,
       CAST(floor(lm - top - 1000 * ln(exp((lh - top) / 1000.0) + exp((lt - top) / 1000.0) + exp((lu - top) / 1000.0)) + 0.5) AS INTEGER) AS w
FROM y
WHERE lm - top > -7000`, personal.String(), unborn.String(), all.String(), agreement)); err != nil {
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
	if err := l.s.Table(ctx, "decided", `
SELECT row, person, w, 1e9 / (rivals + 1e9 * exp(-w / 1000.0)) AS mine, rivals / (rivals + 1e9 * exp(-w / 1000.0)) AS someone
FROM best`); err != nil {
		return err
	}
	if err := l.s.Table(ctx, "chosen", fmt.Sprintf(`
SELECT d.row, d.person, d.w AS weight, CAST(floor(1000000 * d.mine + 0.5) AS INTEGER) AS probability, s.pattern,
       CAST(NULL AS INTEGER) AS tie, CAST(NULL AS INTEGER) AS against, CAST(NULL AS BIGINT) AS via
FROM decided d JOIN scored s ON s.row = d.row AND s.person = d.person
WHERE d.mine >= %g`, l.Sure)); err != nil {
		return err
	}
	return l.s.Query(ctx, fmt.Sprintf(`
SELECT (SELECT count(*) FROM chosen), (SELECT count(DISTINCT person) FROM chosen),
       (SELECT count(*) FROM decided WHERE mine < %g AND someone >= 0.5)`, l.Sure), func(row []any) error {
		res.Linked, res.Persons, res.Ambiguous = row[0].(int64), row[1].(int64), row[2].(int64)
		return nil
	})
}

// Weight is what the level is worth as evidence, in bits.
func (l Level) Weight() float64 { return math.Log2(l.Match / l.Chance) }
