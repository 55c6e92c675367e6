package link

import (
	"context"
	"fmt"
	"math"
	"strings"

	"constat.example/blind/kind"
	"constat.example/blind/tie"
)

// Tied is what came of a tie that leads to people.
type Tied struct {
	Tie         int     // index in Ties of the Config
	Rows        int64   // rows linked by it
	Conflicts   int64   // rows that agree with one person by themselves and are tied to another, or to a row of nobody
	Won         int64   // of these, those for which the tie weighed more: they are among Rows
	Reliability float64 // how far it was believed
	Refused     tie.Reason
}

// Limits of what ties may do.
const (
	// A tie is believed like one of which 24.5 of 25 rows were seen to be right,
	// and further by the rows that are linked by themselves.
	tieSeen, tieRight = 25.0, 24.5

	tieLeast = 20  // rows seen from which on a tie can be refused
	tieHalf  = 0.5 // share of them that must be right
	tieMixed = 0.9 // share of the keys of several rows whose rows belong to one person

	idsLeast = 5   // rows with other evidence that must show ids to be the register's
	idsShare = 0.8 // share of such rows whose ids must agree
	idsRoom  = 3   // without such rows: common logarithm of how much larger than the register the room of the ids must be
)

// follow gives the rows of tied tables the person of the row they are tied to,
// once the rows that say by themselves whose they are have been decided. It makes
// the table chosen anew.
//
// A row keeps its person where nothing is tied to it or the tie agrees. Where the
// two contradict each other the weightier stays, and the row is counted. A row of
// which nothing but a number agrees weighs nothing: numbers that count up agree
// with somebody's in any register, unless rows with names show that these are
// the register's own.
func (l *linker) follow(ctx context.Context, res *Result) error {
	if err := l.s.Table(ctx, "own_best", `
SELECT * FROM decided`); err != nil {
		return err
	}
	if err := l.bare(ctx); err != nil {
		return err
	}
	if err := l.s.Table(ctx, "own", fmt.Sprintf(`
SELECT row, person, w AS weight, CAST(floor(1000000 * mine + 0.5) AS INTEGER) AS probability, pattern, kinds, held_now, held_once, bare
FROM own_kept WHERE mine >= %g`, l.Sure)); err != nil {
		return err
	}
	took := []string{"SELECT CAST(0 AS BIGINT) AS row, CAST(0 AS INTEGER) AS person, CAST(0 AS INTEGER) AS weight, CAST(0 AS INTEGER) AS probability, CAST(0 AS INTEGER) AS tie, CAST(0 AS BIGINT) AS via WHERE FALSE"}
	against := []string{"SELECT CAST(0 AS BIGINT) AS row, CAST(0 AS INTEGER) AS tie WHERE FALSE"}
	none := []string{"SELECT CAST(0 AS BIGINT) AS row WHERE FALSE"}
	taken := map[int]int{} // by table, the way that gave its rows people
	for i, w := range l.Ties.Ways {
		t, err := l.way(ctx, i, w, taken)
		if err != nil {
			return err
		}
		res.Tied = append(res.Tied, t)
		if t.Refused != "" {
			continue
		}
		taken[w.Table] = i
		took = append(took, fmt.Sprintf("SELECT row, person, weight, probability, CAST(%d AS INTEGER) AS tie, via FROM took_%d", w.Tie, i))
		none = append(none, fmt.Sprintf("SELECT row FROM none_%d", i))
		against = append(against, fmt.Sprintf("SELECT row, CAST(%d AS INTEGER) AS tie FROM against_%d", w.Tie, i))
	}
	if err := l.s.Table(ctx, "took", strings.Join(took, " UNION ALL ")); err != nil {
		return err
	}
	if err := l.s.Table(ctx, "none", strings.Join(none, " UNION ALL ")); err != nil {
		return err
	}
	if err := l.s.Table(ctx, "chosen", fmt.Sprintf(`
SELECT o.row, o.person, o.weight, o.probability, o.pattern, CAST(NULL AS INTEGER) AS tie, a.tie AS against, CAST(NULL AS BIGINT) AS via, o.kinds, o.held_now, o.held_once
FROM own o LEFT JOIN took t ON t.row = o.row LEFT JOIN (%s) a ON a.row = o.row LEFT JOIN none n ON n.row = o.row
WHERE t.row IS NULL AND n.row IS NULL
UNION ALL SELECT row, person, weight, probability, CAST(0 AS BIGINT), tie, NULL, via, NULL, NULL, NULL FROM took`, strings.Join(against, " UNION ALL "))); err != nil {
		return err
	}
	err := l.s.Query(ctx, fmt.Sprintf(`
SELECT (SELECT count(*) FROM chosen),
       (SELECT count(*) FROM own_kept k LEFT JOIN chosen c ON c.row = k.row LEFT JOIN none n ON n.row = k.row WHERE c.row IS NULL AND n.row IS NULL AND k.mine < %g AND k.someone >= 0.5)`, l.Sure), func(row []any) error {
		res.Linked, res.Ambiguous = row[0].(int64), row[1].(int64)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range l.Ties.Ways {
		for _, table := range []string{"took", "against", "none"} {
			if err := l.s.Drop(ctx, fmt.Sprintf("%s_%d", table, i)); err != nil {
				return err
			}
		}
	}
	for _, table := range []string{"own_best", "own_kept", "own", "took", "none"} {
		if err := l.s.Drop(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

// bare makes own_kept: the best person of each row, and whether a mere number is
// all that agrees. Such rows stay only where the column was shown to hold the
// register's own ids: by rows that agree on more, in it or in a column that it
// is tied to; or, where there are none, by numbers so long that they would not
// meet the register's by chance.
func (l *linker) bare(ctx context.Context) error {
	var patterns [][]any
	bare := map[int64]bool{}
	err := l.s.Query(ctx, "SELECT DISTINCT pattern FROM own_best ORDER BY pattern", func(row []any) error {
		if p := row[0].(int64); l.onlyNumbers(p) {
			bare[p] = true
			patterns = append(patterns, []any{p})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := l.s.Load(ctx, "bare_pattern", []string{"pattern"}, []string{"BIGINT"}, patterns); err != nil {
		return err
	}
	shown, err := l.shown(ctx, bare)
	if err != nil {
		return err
	}
	if err := l.s.Load(ctx, "shown_key", []string{"number", "p"}, []string{"SMALLINT", "DOUBLE"}, shown); err != nil {
		return err
	}
	if err := l.s.Table(ctx, "own_kept", fmt.Sprintf(`
SELECT o.row, o.person, o.w, o.mine, o.someone, o.pattern, o.kinds, o.held_now, o.held_once, 0 AS bare
FROM own_best o LEFT JOIN bare_pattern b ON b.pattern = o.pattern WHERE b.pattern IS NULL
UNION ALL
SELECT o.row, o.person, CAST(floor(1000 * ln(k.p / (1 - k.p)) + 0.5) AS INTEGER), k.p * o.mine / o.someone, k.p, o.pattern, o.kinds, o.held_now, o.held_once, 1
FROM own_best o JOIN bare_pattern b ON b.pattern = o.pattern
JOIN (SELECT x.row, max(s.p) AS p FROM %s x JOIN shown_key s ON s.number = x.number GROUP BY x.row) k ON k.row = o.row`, tie.RowKeys)); err != nil {
		return err
	}
	return l.drop(ctx, "bare_pattern", "shown_key")
}

// number reports an aspect that is a mere number of a file's own.
func (a *aspect) number() bool {
	return a.name == kind.RecordID.String() || a.name == kind.Identifier.String()
}

// onlyNumbers reports that nothing but numbers agrees in a pattern.
func (l *linker) onlyNumbers(pattern int64) bool {
	number := false
	for i, level := range unpack(l.aspects, pattern) {
		if level == 0 || level == len(l.aspects[i].levels) {
			continue
		}
		if !l.aspects[i].number() {
			return false
		}
		number = true
	}
	return number
}

// shown are the keys whose values are the register's own ids, each with how likely
// a row is that of the person whose id it holds: as often as ids agree where names
// do.
func (l *linker) shown(ctx context.Context, bare map[int64]bool) ([][]any, error) {
	aspects := map[int]int{} // by key
	var numbers []string
	for k, key := range l.Ties.Keys {
		for i, a := range l.aspects {
			if a.number() && a.name == key.Kind.String() {
				aspects[k] = i
				numbers = append(numbers, fmt.Sprint(k))
			}
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	agree, differ := map[int]int64{}, map[int]int64{}
	err := l.s.Query(ctx, fmt.Sprintf(`
SELECT k.number, o.pattern, count(*) FROM own_best o JOIN %s k ON k.row = o.row
WHERE o.mine >= %g AND k.number IN (%s) GROUP BY k.number, o.pattern`, tie.RowKeys, l.Sure, strings.Join(numbers, ", ")), func(row []any) error {
		k, pattern := int(row[0].(int64)), row[1].(int64)
		if bare[pattern] {
			return nil
		}
		switch level := unpack(l.aspects, pattern)[aspects[k]]; level {
		case 0:
		case 1:
			agree[k] += row[2].(int64)
		default:
			differ[k] += row[2].(int64)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	likely := make([]float64, len(l.Ties.Keys))
	for k, key := range l.Ties.Keys {
		_, counted := aspects[k]
		room := key.Room - math.Log10(float64(max(l.People, 1)))
		switch rows := agree[k] + differ[k]; {
		case rows >= idsLeast:
			if p := (float64(agree[k]) + 0.5) / (float64(rows) + 1); p >= idsShare {
				likely[k] = p
			}
		case counted && room >= idsRoom:
			likely[k] = 1 - math.Pow(10, -idsRoom)
		}
	}
	// What names such ids holds them too.
	for more := true; more; {
		more = false
		for _, t := range l.Ties.Ties {
			for _, way := range [][2]int{{t.From, t.To}, {t.To, t.From}} {
				if likely[way[1]] == 0 && likely[way[0]] > 0 && agree[way[1]]+differ[way[1]] < idsLeast {
					likely[way[1]], more = likely[way[0]], true
				}
			}
		}
	}
	var shown [][]any
	for k, p := range likely {
		if p > 0 {
			shown = append(shown, []any{int64(k), p})
		}
	}
	return shown, nil
}

// way gives the rows of one table people: it makes the tables took_i, of rows that
// take the person of the tie, and against_i, of those that keep another one.
func (l *linker) way(ctx context.Context, i int, w tie.Way, taken map[int]int) (Tied, error) {
	out := Tied{Tie: w.Tie}
	before := "SELECT row, person, probability FROM own"
	if p, ok := taken[w.ByTable]; ok {
		before = fmt.Sprintf(`
SELECT row, person, probability FROM took_%[1]d
UNION ALL SELECT o.row, o.person, o.probability FROM own o LEFT JOIN took_%[1]d t ON t.row = o.row WHERE t.row IS NULL`, p)
	}
	// The person of each key, where its rows are not of several.
	if err := l.s.Table(ctx, "named", fmt.Sprintf(`
SELECT k.value, min(h.person) AS person, max(h.person) AS other, max(h.probability) AS probability, count(*) AS n, min(h.row) AS via
FROM %s k JOIN (%s) h ON h.row = k.row WHERE k.number = %d GROUP BY k.value`, tie.RowKeys, before, w.ByKey)); err != nil {
		return out, err
	}
	several, one, err := l.pair(ctx, "SELECT sum(CASE WHEN n > 1 THEN 1 ELSE 0 END), sum(CASE WHEN n > 1 AND person = other THEN 1 ELSE 0 END) FROM named")
	if err != nil {
		return out, err
	}
	if several >= tieLeast && one < tieMixed*several {
		out.Refused = tie.Mixed
		return out, l.s.Drop(ctx, "named")
	}
	if err := l.s.Table(ctx, "offer", fmt.Sprintf(
		`
SELECT k.row, n.person, n.probability, n.via FROM %s k JOIN named n ON n.value = k.value
LEFT JOIN ruling x ON x.row = k.row AND (x.answer <> %d OR x.person = n.person)
WHERE k.number = %d AND n.person = n.other AND x.row IS NULL`, tie.RowKeys, Not, w.Key)); err != nil {
		return out, err
	}
	both, right, err := l.pair(ctx, "SELECT count(*), sum(CASE WHEN o.person = f.person THEN 1 ELSE 0 END) FROM offer f JOIN own o ON o.row = f.row WHERE o.bare = 0")
	if err != nil {
		return out, err
	}
	if both >= tieLeast && right < tieHalf*both {
		out.Refused = tie.Disputed
		return out, l.drop(ctx, "named", "offer")
	}
	out.Reliability = (right + tieRight) / (both + tieSeen)
	if err := l.s.Table(ctx, "weighed", fmt.Sprintf(`
WITH p AS (SELECT row, person, via, CASE WHEN probability * %[1]g >= 999999 THEN 999999 ELSE CAST(floor(probability * %[1]g + 0.5) AS INTEGER) END AS probability FROM offer)
SELECT row, person, via, probability, CAST(floor(1000 * ln(probability / (1000000.0 - probability)) + 0.5) AS INTEGER) AS weight
FROM p WHERE probability >= %[2]g`, math.Round(out.Reliability*1e6)/1e6, 1e6*l.Sure)); err != nil {
		return out, err
	}
	if err := l.s.Table(ctx, fmt.Sprintf("took_%d", i), `
SELECT f.row, f.person, f.via, f.weight, f.probability, CASE WHEN o.row IS NULL OR o.bare = 1 THEN 0 ELSE 1 END AS won
FROM weighed f LEFT JOIN own o ON o.row = f.row
WHERE o.row IS NULL OR o.person <> f.person AND (o.bare = 1 OR o.weight < f.weight)`); err != nil {
		return out, err
	}
	if err := l.s.Table(ctx, fmt.Sprintf("against_%d", i), `
SELECT f.row FROM weighed f JOIN own o ON o.row = f.row WHERE o.person <> f.person AND o.bare = 0 AND o.weight >= f.weight`); err != nil {
		return out, err
	}
	unlinked, err := l.nobody(ctx, i, w, taken, out.Reliability)
	if err != nil {
		return out, err
	}
	rows, won, err := l.pair(ctx, fmt.Sprintf("SELECT count(*), sum(won) FROM took_%d", i))
	if err != nil {
		return out, err
	}
	kept, err := l.number(ctx, fmt.Sprintf("SELECT count(*) FROM against_%d", i))
	if err != nil {
		return out, err
	}
	out.Rows, out.Won, out.Conflicts = int64(rows), int64(won), int64(won+kept)+unlinked
	return out, l.drop(ctx, "named", "offer", "weighed")
}

// nobody makes none_i, the rows that are tied to rows which name somebody whom
// the register does not have: a mail address or a street that agrees with somebody
// else's weighs less than that, unless it outweighs the tie. It returns how many
// rows lose a person so.
func (l *linker) nobody(ctx context.Context, i int, w tie.Way, taken map[int]int, reliability float64) (int64, error) {
	names := kind.Set(0).With(kind.BirthSurname).With(kind.UsedSurname).With(kind.GivenNames)
	from := fmt.Sprintf(`
SELECT k.row FROM %s k JOIN dump d ON d.row = k.row LEFT JOIN own_kept o ON o.row = k.row
WHERE k.number = %d AND (d.kinds & %d) <> 0 AND (o.row IS NULL OR o.someone < 0.5)`, tie.RowKeys, w.ByKey, int64(names))
	if p, ok := taken[w.ByTable]; ok {
		from = fmt.Sprintf("SELECT row FROM none_%d", p)
	}
	if err := l.s.Table(ctx, "absent_key", fmt.Sprintf(`
SELECT DISTINCT k.value FROM %s k JOIN (%s) f ON f.row = k.row LEFT JOIN named n ON n.value = k.value
WHERE k.number = %d AND n.value IS NULL`, tie.RowKeys, from, w.ByKey)); err != nil {
		return 0, err
	}
	weight := milli(math.Log(reliability / (1 - reliability)))
	if err := l.s.Table(ctx, fmt.Sprintf("none_%d", i), fmt.Sprintf(`
SELECT k.row FROM %s k JOIN absent_key a ON a.value = k.value LEFT JOIN own o ON o.row = k.row
WHERE k.number = %d AND (o.row IS NULL OR o.bare = 1 OR o.weight < %d)`, tie.RowKeys, w.Key, weight)); err != nil {
		return 0, err
	}
	lost, err := l.number(ctx, fmt.Sprintf("SELECT count(*) FROM none_%d n JOIN own o ON o.row = n.row WHERE o.bare = 0", i))
	if err != nil {
		return 0, err
	}
	return int64(lost), l.s.Drop(ctx, "absent_key")
}

func (l *linker) drop(ctx context.Context, tables ...string) error {
	for _, t := range tables {
		if err := l.s.Drop(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// tied is how a link says that it follows a tie, or stands against one, or was
// decided by a person.
func (r *Result) tied(by, against any, ruled bool) string {
	word := func(at any) string {
		key := r.ties.Keys[r.ties.Ties[at.(int64)].To]
		return oneWord(tie.Short(r.ties.Tables[key.Table].Name)) + "." + oneWord(key.Name)
	}
	switch {
	case ruled:
		return " decided=" + Same.String()
	case by != nil:
		return " tie=" + word(by)
	case against != nil:
		return " against=" + word(against)
	}
	return ""
}

func oneWord(name string) string { return strings.Join(strings.Fields(name), "_") }
