package link

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"constat.example/blind/token"
)

// Rows go through tiers, each with more candidates than the one before, and
// leave as soon as a pair has settled them: nine rows in ten agree with their
// person on a number that nobody else has, and need not pay for what finds the
// tenth.
const (
	// A row is settled by a pair whose odds are at least e^(surely/1000), and
	// whose rivals weigh next to nothing: their summed odds, in billionths of its own, with its
	// own, are at most unrivalled.
	surely     = 9210
	unrivalled = 1_000_100_000

	mostMissed  = 1e-2 // share of the matches among open rows that rules may leave unmet, at most
	strongShare = 0.3  // share of rows that must be expected to be found by one key
	openShare   = 0.2  // share of rows still open from which on it is worth going through them all again

	// How many people a row may meet by chance under one rule: few while all rows
	// go through, and a tenth of the matches may be left; then what time allows for
	// the rows that are still open.
	firstBudget = 2.0
	firstEnough = 0.1
	nearBudget  = 4.0
	lastBudget  = 60.0
	lastPairs   = 2e7 // expected pairs under one rule, over all open rows
)

// sift takes all rows through the tiers, and leaves the tables scored and best of
// those that were not settled alone.
func (l *linker) sift(ctx context.Context) (*model, error) {
	t := &tiers{linker: l, open: l.rows, pairs: "SELECT CAST(0 AS BIGINT) AS row, CAST(0 AS INTEGER) AS person WHERE FALSE"}
	l.pool = "dump"
	for _, k := range l.strong() {
		if float64(t.open) < openShare*float64(l.rows) || t.open == 0 {
			break
		}
		l.meter.Stage("comparing by "+k.name, 0, "")
		if err := t.alone(ctx, k); err != nil {
			return nil, err
		}
	}
	if float64(t.open) >= openShare*float64(l.rows) && t.open > 0 {
		ks := l.keys(false)
		if err := t.run(ctx, "comparing", ks, chooseRules(ks, l.People, firstBudget, firstEnough), false); err != nil {
			return nil, err
		}
	}
	l.meter.Stage("looking for near values", 0, "")
	if err := l.nearTables(ctx); err != nil {
		return nil, err
	}
	if err := l.nearChances(ctx); err != nil {
		return nil, err
	}
	ks := l.keys(true)
	if float64(t.open)*lastBudget > lastPairs {
		if err := t.run(ctx, "comparing what is left", ks, chooseRules(ks, l.People, nearBudget, t.enough()), true); err != nil {
			return nil, err
		}
	}
	budget := math.Min(lastBudget, math.Max(nearBudget, lastPairs/math.Max(float64(t.open), 1)))
	rules := chooseRules(ks, l.People, budget, t.enough())
	return t.last(ctx, ks, rules)
}

// tiers is the state of the rows on their way.
type tiers struct {
	*linker
	n     int
	open  int64    // rows still open
	pairs string   // select of the pairs of open rows that earlier tiers found
	done  []string // compared pairs of settled rows, one select each
	sets  []string // tables with those that done selects from, by pattern
}

// enough is the share of the matches among the open rows that may be missed.
func (t *tiers) enough() float64 {
	share := float64(max(1, t.open)) / float64(max(1, t.rows))
	return math.Min(mostMissed, 5*uncovered/share)
}

// strong returns the keys that name a person alone and are in enough rows, the
// one that finds most first.
func (l *linker) strong() []key {
	var ks []key
	for _, k := range l.keys(false) {
		a := l.aspect(k.name)
		if a == nil || a.sort != sortID || a.kappa > strongKappa || len(k.dump) != 1 || len(k.reg) != 1 {
			continue
		}
		if k.fill*(1-k.miss) >= strongShare {
			ks = append(ks, k)
		}
	}
	slices.SortStableFunc(ks, func(a, b key) int {
		switch x, y := a.fill*(1-a.miss), b.fill*(1-b.miss); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return ks
}

// alone compares all open rows with whoever has their value of one key, and
// settles those of which one person has it and agrees with the rest. Rows that
// are the copy of somebody as they are now need not be compared value by value.
func (t *tiers) alone(ctx context.Context, k key) error {
	name := t.next()
	alike, other := "alike_"+name, "other_"+name
	if err := t.alike(ctx, alike, k); err != nil {
		return fmt.Errorf("comparing by %s: %w", k.name, err)
	}
	// Both sides are read once, and compared as they meet.
	rest := fmt.Sprintf("(SELECT d.* FROM %s d LEFT JOIN (SELECT DISTINCT row FROM %s) a ON a.row = d.row WHERE a.row IS NULL)", t.pool, alike)
	if err := t.compared(ctx, other, fmt.Sprintf("%s d JOIN reg_state r ON r.%s = d.%s", t.rated(rest), k.reg[0], k.dump[0]), false); err != nil {
		return fmt.Errorf("comparing by %s: %w", k.name, err)
	}
	if err := t.s.Define(ctx, name, fmt.Sprintf("SELECT * FROM %s UNION ALL SELECT * FROM %s", alike, other)); err != nil {
		return err
	}
	if _, err := t.weigh(ctx, append(slices.Clone(t.sets), name)...); err != nil {
		return err
	}
	return t.settle(ctx, name, fmt.Sprintf(
		"SELECT o.row FROM (%s) o LEFT JOIN (SELECT row FROM %s GROUP BY row HAVING count(*) > 1) t ON t.row = o.row WHERE o.whole AND o.w >= %d AND o.clear = 1 AND t.row IS NULL",
		logOdds(name), name, surely), true)
}

// alike makes the table, as compared does, of the rows that have the key of
// somebody and all else that both sides hold as that person has it now. They are
// found by that key and a hash of all columns: equal by chance once in 2^64 people of one key.
// What such a pair agrees on is what the row holds.
func (t *tiers) alike(ctx context.Context, table string, k key) error {
	l := t.linker
	var columns []string
	for _, c := range l.Dump { // the ends of a value are as the value is
		if name := c.Name(); l.dumpFilled[name] && l.registerFilled[name] && c.Role != token.Head && c.Role != token.Tail {
			columns = append(columns, name)
		}
	}
	pattern, unit := "CAST(0 AS BIGINT)", int64(1)
	exact := map[string]string{}
	for i, n := range radix(l.aspects) {
		a := l.aspects[i]
		exact[a.name] = "NOT " + allNull("d", l.key(a.dump, a))
		if a.unless != "" {
			exact[a.name] += " AND NOT " + strings.ReplaceAll(a.unless, "r.", "d.")
		}
		pattern += fmt.Sprintf(" + CASE WHEN %s THEN CAST(%d AS BIGINT) ELSE 0 END", exact[a.name], unit)
		unit *= n
	}
	held := "CAST(0 AS BIGINT)"
	for _, k := range l.common() {
		d := l.dumpFilled.of(occurrences(k, token.Whole)...)
		held += fmt.Sprintf(" + CASE WHEN %s THEN CAST(0 AS BIGINT) ELSE CAST(%d AS BIGINT) END", allNull("d", d), int64(1)<<k)
	}
	rare := l.rare(exact)
	all := strings.Join(columns, ", ")
	return l.s.Table(ctx, table, fmt.Sprintf(`
SELECT d.row, r.person, d.kinds, d.held AS held_now, d.held AS held_once, TRUE AS whole, d.pattern, d.rare_h, d.rare_t, d.rare_u
FROM (SELECT row, %[1]s AS k, hash(%[2]s) AS h, kinds, %[3]s AS held, %[4]s AS pattern, %[5]s FROM %[6]s d WHERE %[1]s IS NOT NULL) d
JOIN (SELECT person, %[7]s AS k, hash(%[2]s) AS h FROM reg_current WHERE %[7]s IS NOT NULL) r ON r.k = d.k AND r.h = d.h`,
		k.dump[0], all, held, pattern, rare, l.rated(l.pool), k.reg[0]))
}

// rare is the columns rare_h, rare_t and rare_u of compared, given the condition
// under which each aspect agrees exactly.
func (l *linker) rare(exact map[string]string) string {
	terms := map[string]string{}
	for _, a := range l.aspects {
		// The frequency of the very value tells nothing that is implied.
		when := exact[a.name]
		if by := exact[impliedBy(a.name)]; by != "" {
			when += " AND NOT (" + by + ")"
		}
		term := fmt.Sprintf(" + CASE WHEN %s THEN CAST(tf_%s AS INTEGER) - (%d) ELSE 0 END", when, a.name, milli(math.Log(l.average(a)[0])))
		terms["u"] += term
		if a.home == nil {
			terms["h"] += term
			if !a.born {
				terms["t"] += term
			}
		}
	}
	return fmt.Sprintf("CAST(0%s AS INTEGER) AS rare_h, CAST(0%s AS INTEGER) AS rare_t, CAST(0%s AS INTEGER) AS rare_u", terms["h"], terms["t"], terms["u"])
}

// run takes the open rows through one tier of rules.
func (t *tiers) run(ctx context.Context, stage string, ks []key, rules []rule, near bool) error {
	name, err := t.compare(ctx, stage, ks, rules, near)
	if err != nil {
		return err
	}
	if _, err := t.weigh(ctx, append(slices.Clone(t.sets), name)...); err != nil {
		return err
	}
	if err := t.score(ctx, name); err != nil {
		return err
	}
	clear := "w.clear = 1"
	if near {
		clear = "TRUE"
	}
	return t.settle(ctx, name, fmt.Sprintf(`
SELECT b.row FROM best b JOIN scored s ON s.row = b.row AND s.person = b.person JOIN weight w ON w.pattern = s.pattern
WHERE b.w >= %d AND b.rivals <= %d AND %s`, surely, unrivalled, clear), false)
}

// last compares what no tier settled, learns from everything, and leaves scored
// and best.
func (t *tiers) last(ctx context.Context, ks []key, rules []rule) (*model, error) {
	name, err := t.compare(ctx, "comparing what is left", ks, rules, true)
	if err != nil {
		return nil, err
	}
	t.meter.Stage("deciding", 3, "steps")
	md, err := t.weigh(ctx, append(slices.Clone(t.sets), name)...)
	if err != nil {
		return nil, err
	}
	t.meter.Add(1)
	if err := t.s.Define(ctx, "rivalled", strings.Join(append(t.done, "SELECT * FROM "+name), " UNION ALL ")); err != nil {
		return nil, err
	}
	if err := errors.Join(t.score(ctx, "rivalled"), t.overrule(ctx)); err != nil {
		return nil, err
	}
	t.meter.Add(1)
	if t.pool != "dump" {
		if err := t.s.Drop(ctx, t.pool); err != nil {
			return nil, err
		}
	}
	t.pool = "dump"
	return md, nil
}

func (t *tiers) next() string {
	t.n++
	return fmt.Sprintf("compared_%d", t.n)
}

// compare finds the pairs of a tier and how each agrees; it returns the table.
func (t *tiers) compare(ctx context.Context, stage string, ks []key, rules []rule, near bool) (string, error) {
	name := t.next()
	t.meter.Stage(stage, int64(len(rules)+1), "rules")
	if err := t.candidates(ctx, "pair", ks, rules, t.pairs); err != nil {
		return "", err
	}
	if err := t.agree(ctx, name, "pair", near); err != nil {
		return "", err
	}
	t.meter.Add(1)
	return name, t.s.Drop(ctx, "pair")
}

// settle takes the rows that a select gives out of the pool. The pairs of the others
// are compared anew in the next tier.
func (t *tiers) settle(ctx context.Context, compared, rows string, lone bool) error {
	// What a person decided about is never settled.
	if err := t.s.Table(ctx, "settled", fmt.Sprintf("SELECT g.row FROM (%s) g LEFT JOIN (SELECT DISTINCT row FROM ruling) u ON u.row = g.row WHERE u.row IS NULL", rows)); err != nil {
		return err
	}
	unsettled := fmt.Sprintf("unsettled_%d", t.n)
	if err := t.s.Table(ctx, unsettled, fmt.Sprintf(
		"SELECT DISTINCT c.row, c.person FROM %s c LEFT JOIN settled s ON s.row = c.row WHERE s.row IS NULL", compared)); err != nil {
		return err
	}
	kept := fmt.Sprintf("SELECT c.* FROM %s c LEFT JOIN (SELECT DISTINCT row FROM %s) u ON u.row = c.row WHERE u.row IS NULL", compared, unsettled)
	set := "settled_" + compared
	if err := t.s.Define(ctx, set, kept); err != nil {
		return err
	}
	t.sets = append(t.sets, set)
	if lone {
		// Each strong key adds to those settled alone.
		if t.linker.lone != "" {
			kept = "SELECT * FROM " + t.linker.lone + " UNION ALL SELECT * FROM " + set
		} else {
			kept = "SELECT * FROM " + set
		}
		t.linker.lone = "lone_" + compared
		if err := t.s.Define(ctx, t.linker.lone, kept); err != nil {
			return err
		}
	} else {
		t.done = append(t.done, "SELECT * FROM "+set)
	}
	pool := fmt.Sprintf("pool_%d", t.n)
	if err := t.s.Table(ctx, pool, fmt.Sprintf("SELECT * FROM %s d",
		t.rated(fmt.Sprintf("(SELECT d.* FROM %s d LEFT JOIN settled s ON s.row = d.row WHERE s.row IS NULL)", t.pool)))); err != nil {
		return err
	}
	if t.pool != "dump" {
		if err := t.s.Drop(ctx, t.pool); err != nil {
			return err
		}
	}
	t.pool = pool
	open, err := t.number(ctx, "SELECT count(*) FROM "+pool)
	if err != nil {
		return err
	}
	t.open = int64(open)
	t.pairs = "SELECT row, person FROM " + unsettled
	return t.s.Drop(ctx, "settled")
}

// compared makes the table of how pairs agree: row, person, pattern, the kinds of
// the row and those of them that the person holds now or held once, and what the
// frequency of the very values adds for a member of the household (rare_h), a twin
// (rare_t), a stranger (rare_u), in thousandths. from gives rated rows as d and
// versions of people as r, near values if near. Of a person with several versions
// every aspect counts at its best; whole says that all versions were compared.
//
// Levels go through it as bits: those of several versions are joined by or.
func (l *linker) compared(ctx context.Context, table, from string, near bool) error {
	var words []string // of bits
	free := 0          // first free bit of the last word
	var tfs, levels, groups []string
	pattern, unit := "CAST(0 AS BIGINT)", int64(1)
	exact := map[string]string{} // by aspect, the condition that it agrees exactly
	for i, n := range radix(l.aspects) {
		a := l.aspects[i]
		if free+len(a.levels) > 62 || words == nil {
			words, free = append(words, "CAST(0 AS BIGINT)"), 0
		}
		word, first := len(words)-1, free
		bit := func(level int) int64 { return 1 << (first + level - 1) }
		free += len(a.levels)
		words[word] += " + " + a.sql(near, bit)
		var level strings.Builder
		for j := range a.levels {
			fmt.Fprintf(&level, " WHEN (word_%d & %d) <> 0 THEN %d", word, bit(j+1), int64(j+1)*unit)
		}
		pattern += " + CASE" + level.String() + " ELSE 0 END"
		unit *= n
		exact[a.name] = fmt.Sprintf("(word_%d & %d) <> 0", word, bit(1))
		tfs = append(tfs, "d.tf_"+a.name)
		levels = append(levels, "tf_"+a.name)
		groups = append(groups, fmt.Sprintf("max(tf_%[1]s) AS tf_%[1]s", a.name))
	}
	var wordsOf, or []string
	for i, w := range words {
		wordsOf = append(wordsOf, fmt.Sprintf("%s AS word_%d", w, i))
		or = append(or, fmt.Sprintf("bit_or(word_%[1]d) AS word_%[1]d", i))
		levels = append(levels, fmt.Sprintf("word_%d", i))
	}
	if err := l.s.Table(ctx, "state", fmt.Sprintf("SELECT d.row, r.person, r.step, r.gone, t.states, d.kinds, %s AS held%s FROM %s LEFT JOIN reg_touched t ON t.person = r.person",
		l.sameValues(), listed(tfs, wordsOf), from)); err != nil {
		return err
	}
	return errors.Join(l.s.Table(ctx, table, fmt.Sprintf(`
SELECT row, person, kinds, held_now, held_once, whole, %s AS pattern, %s
FROM (SELECT row, person, kinds, held AS held_now, held AS held_once, TRUE AS whole%s FROM state WHERE states IS NULL
      UNION ALL
      SELECT row, person, max(kinds), max_by(CASE WHEN gone THEN CAST(0 AS BIGINT) ELSE held END, step), bit_or(held), count(DISTINCT step) = max(states)%s
      FROM state WHERE states IS NOT NULL GROUP BY row, person) x`,
		pattern, l.rare(exact), listed(levels), listed(groups, or))), l.s.Drop(ctx, "state"))
}

// listed writes further columns of a select.
func listed(columns ...[]string) string {
	var b strings.Builder
	for _, cs := range columns {
		for _, c := range cs {
			b.WriteString(", " + c)
		}
	}
	return b.String()
}

// agree works out how each pair agrees, near values looked for or not. The people
// in the pairs are fetched first, in one go, unless they are most of the register.
func (l *linker) agree(ctx context.Context, table, pairs string, near bool) error {
	wanted, err := l.number(ctx, "SELECT count(*) FROM (SELECT DISTINCT person FROM "+pairs+") p")
	if err != nil {
		return err
	}
	states := "reg_state"
	if wanted*fetchedOf < float64(l.People) {
		states = "fetched"
		if err := l.s.Table(ctx, states, fmt.Sprintf("SELECT r.* FROM reg_state r JOIN (SELECT DISTINCT person FROM %s) p ON p.person = r.person", pairs)); err != nil {
			return err
		}
	}
	var joins strings.Builder
	if near {
		for _, a := range l.aspects {
			for _, j := range a.joins {
				joins.WriteString(j.sql())
			}
		}
	}
	if err := l.compared(ctx, table, fmt.Sprintf("%s p JOIN %s d ON d.row = p.row JOIN %s r ON r.person = p.person%s", pairs, l.rated(l.pool), states, joins.String()), near); err != nil {
		return err
	}
	return l.s.Drop(ctx, "fetched")
}

// fetchedOf is how many times more people the register must have than pairs
// name for them to be fetched.
const fetchedOf = 4

// candidates makes the table of distinct pairs that some rule joins, or that a
// select gives.
func (l *linker) candidates(ctx context.Context, table string, ks []key, rules []rule, more string) error {
	parts := []string{more}
	for i, r := range rules {
		part := fmt.Sprintf("part_%d", i)
		if err := l.join(ctx, part, ks, r); err != nil {
			return fmt.Errorf("joining on %s: %w", ruleName(ks, r), err)
		}
		parts = append(parts, "SELECT row, person FROM "+part)
		l.meter.Add(1)
	}
	if err := l.s.Table(ctx, table, "SELECT DISTINCT row, person FROM ("+strings.Join(parts, " UNION ALL ")+") x"); err != nil {
		return err
	}
	for i := range rules {
		if err := l.s.Drop(ctx, fmt.Sprintf("part_%d", i)); err != nil {
			return err
		}
	}
	return nil
}

// sameValues is the SQL of the mask of kinds whose value in the row is that of
// the version.
func (l *linker) sameValues() string {
	terms := []string{"CAST(0 AS BIGINT)"}
	for _, k := range l.common() {
		terms = append(terms, fmt.Sprintf("CASE WHEN %s THEN CAST(%d AS BIGINT) ELSE CAST(0 AS BIGINT) END", l.sameValue(k), int64(1)<<k))
	}
	return "(" + strings.Join(terms, " + ") + ")"
}

// strongKappa is the most that another person may be expected to share a value of
// a kind that names a person alone.
const strongKappa = 5e-3
