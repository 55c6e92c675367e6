package link

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"constat.example/blind/kind"
	"constat.example/blind/register"
	"constat.example/blind/token"
)

// How likely is it that a row and a person who have nothing to do with each
// other agree? It is counted, not estimated from pairs. A value that n of the
// register's N people have is met by chance in
//
//	u(v) = (max(n-1, 0) + κ) / N
//
// n-1 because the row's own person, if in the register, is one of the n; κ
// because another person may turn out to share a value of which the register
// knows one holder. κ follows Good and Turing (Good 1953): the share of values
// held by two among those held by one or two, and never less than the
// kind's own floor. The counts n are those that the register keeps (the view
// reg_count); averages are over the rows of the table sample.
//
// Levels below exact have the summed chance of the values that are near. Counts
// are summed as integers: sums of fractions would depend on their order.

// measured is the chance of each level of an aspect, averaged over the dump's
// rows.
type measured struct {
	by     map[string]float64
	kappa  float64 // the rate of another holder of a value, as met
	spread float64 // how many values one value is near, itself included
	rarest int64   // logarithm of the chance of a value that nobody shares, in thousandths
}

// average puts the chances in the order of the levels, the last left out. None
// is nil: what was not met among so many people could still be met once.
func (l *linker) average(a *aspect) []float64 {
	out := make([]float64, 0, len(a.levels)-1)
	for _, level := range a.levels[:len(a.levels)-1] {
		out = append(out, min(0.98, max(l.measured[a.name].by[level], 1e-3/float64(l.People+1))))
	}
	return out
}

// chances measures chance for every aspect but for near values.
func (l *linker) chances(ctx context.Context) error {
	for _, a := range l.aspects {
		l.meter.Add(1)
		if err := l.chance(ctx, a); err != nil {
			return fmt.Errorf("chance of agreement on %s: %w", a.name, err)
		}
	}
	return nil
}

// rated is a table of rows of the pool with a column tf_<aspect> for each aspect:
// the logarithm of the chance of exact agreement on the row's very value, in
// thousandths.
func (l *linker) rated(rows string) string {
	if l.pool != "dump" {
		return rows // pools were made so
	}
	var sel, join strings.Builder
	for _, a := range l.aspects {
		name, rarest := a.name, l.measured[a.name].rarest
		if a.sort == sortPlace {
			fmt.Fprintf(&sel, ", CAST(coalesce(c_%s.tf, %d) AS SMALLINT) AS tf_%s", name, rarest, name)
			fmt.Fprintf(&join, " LEFT JOIN chance_%s c_%s ON %s", name, name, sameTuple("c_"+name, a.dump))
			continue
		}
		// The likelier of the row's values decides: the cautious choice.
		var tfs []string
		for j, c := range l.key(a.dump, a) {
			alias := fmt.Sprintf("c_%s_%d", name, j)
			tfs = append(tfs, fmt.Sprintf("coalesce(%s.tf, %d)", alias, rarest))
			fmt.Fprintf(&join, " LEFT JOIN chance_%s %s ON %s.value = d.%s", name, alias, alias, c)
		}
		tf := tfs[0]
		if len(tfs) > 1 {
			tf = "greatest(" + strings.Join(tfs, ", ") + ")"
		}
		fmt.Fprintf(&sel, ", CAST(%s AS SMALLINT) AS tf_%s", tf, name)
	}
	return fmt.Sprintf("(SELECT d.*%s FROM %s d%s)", sel.String(), rows, join.String())
}

// key returns the columns whose values an aspect's exact level is about.
func (l *linker) key(columns []string, a *aspect) []string {
	if a.name == "given" {
		return columns[:1] // further given names agree at a level of their own
	}
	return columns
}

func sameTuple(alias string, columns []string) string {
	terms := make([]string, len(columns))
	for i, c := range columns {
		terms[i] = fmt.Sprintf("coalesce(%s.%s, 0) = coalesce(d.%s, 0)", alias, c, c)
	}
	return strings.Join(terms, " AND ")
}

// values is the SQL of all values in some columns of a table, one row each.
func values(table string, columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("SELECT %s AS value FROM %s WHERE %s IS NOT NULL", c, table, c)
		for _, before := range columns[:i] {
			parts[i] += fmt.Sprintf(" AND (%s IS NULL OR %s <> %s)", before, before, c)
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// counts is the select of how many people have each value (value, n): of the kind
// and role as the register counts them.
func counts(k kind.Kind, role token.Role) string {
	return fmt.Sprintf("SELECT value, n FROM reg_count WHERE kind = %d AND role = %d", k, role)
}

// counts is the select of how many people have each value of an aspect.
func (a *aspect) counts() string { return counts(a.kind, token.Whole) }

func (l *linker) chance(ctx context.Context, a *aspect) error {
	if a.sort == sortPlace {
		return l.placeChance(ctx, a)
	}
	dump := l.key(a.dump, a)
	// The register's counts are put together from all its segments: once.
	if err := l.s.Table(ctx, "counted", a.counts()); err != nil {
		return err
	}
	one, two, err := l.pair(ctx, "SELECT sum(CASE WHEN n = 1 THEN 1 ELSE 0 END), sum(CASE WHEN n = 2 THEN 1 ELSE 0 END) FROM counted")
	if err != nil {
		return err
	}
	if !register.Complete(a.kind, token.Whole) {
		shared, err := l.number(ctx, "SELECT sum(n) FROM counted")
		if err != nil {
			return err
		}
		for _, c := range l.key(a.register, a) {
			one += float64(l.Filled[c])
		}
		one = max(0, one-shared)
	}
	kappa := a.kappa
	if one+two > 0 {
		kappa = min(1, max(kappa, two/(one+two)))
	}
	if a.sort == sortStreet {
		if l.sameNumbers, l.sharedNumbers, err = l.sameNumber(ctx); err != nil {
			return err
		}
	}
	rarest, err := l.valueChance(ctx, a, kappa, "counted")
	if err != nil {
		return err
	}
	rows, held, err := l.pair(ctx, fmt.Sprintf("SELECT (SELECT count(*) FROM sample d WHERE NOT %s), (SELECT count(*) FROM (%s) v)", allNull("d", a.dump), values("sample", dump)))
	if err != nil {
		return err
	}
	others, err := l.number(ctx, fmt.Sprintf("SELECT sum(c.n - 1) FROM (%s) v JOIN chance_%s c ON c.value = v.value", values("sample", dump), a.name))
	if err != nil {
		return err
	}
	per := max(1, rows*float64(l.People)) // pairs in which the aspect can agree, at most
	u := map[string]float64{"exact": (others + kappa*held) / per}
	l.measured[a.name] = measured{by: u, kappa: kappa, spread: 1, rarest: rarest}
	// Until near values are known, they are taken to be a few times the exact ones.
	u["near"], u["sound"], u["two_parts"] = 5*u["exact"], 2*u["exact"], 10*u["exact"]
	if a.sort == sortStreet {
		u["street"] = u["exact"]
		l.streets(u)
		u["number"] = l.sharedNumbers
		if u["exchanged"], err = l.exchanged(ctx, per); err != nil {
			return err
		}
	}
	if a.name == "given" {
		if u["other"], err = l.crossed(ctx, a.dump, counts(kind.GivenNames, token.Second), per); err != nil {
			return err
		}
		u["other"] = max(0, u["other"]-u["exact"])
	}
	if b := l.otherName(a); b != nil {
		if u["swapped"], err = l.crossed(ctx, dump, b.counts(), per); err != nil {
			return err
		}
	}
	if slices.Contains(a.levels, "part") {
		if u["part"], err = l.endChance(ctx, a, per); err != nil {
			return err
		}
	}
	return nil
}

// valueChance makes the table of the chance of each value of an aspect that two or
// more people have, of those counted (value, n, tf: its logarithm in thousandths),
// and returns that of the others, which is the least.
func (l *linker) valueChance(ctx context.Context, a *aspect, kappa float64, counted string) (rarest int64, err error) {
	rest := 0.0
	if a.sort == sortStreet { // which agrees with its number
		rest = 1000 * math.Log(l.sameNumbers)
	}
	logChance := fmt.Sprintf("CAST(floor(1000 * ln((n - 1 + %g) / %d) + %g) AS SMALLINT)", kappa, max(1, l.People), rest)
	return int64(math.Floor(1000*math.Log(kappa/float64(max(1, l.People))) + rest)),
		l.s.Table(ctx, "chance_"+a.name, fmt.Sprintf("SELECT value, n, %s AS tf FROM %s c WHERE n > 1", logChance, counted))
}

// otherName is the aspect whose names may stand in a's place, or nil.
func (l *linker) otherName(a *aspect) *aspect {
	switch a.name {
	case "surname":
		return l.aspect("given")
	case "given":
		return l.aspect("surname")
	}
	return nil
}

// streets tells the chances of a street with and without its number from that
// of the street alone.
func (l *linker) streets(u map[string]float64) {
	near := u["near"]
	u["street_only"] = (u["street"] + near) * (1 - l.sameNumbers)
	u["exact"], u["near"] = u["street"]*l.sameNumbers, near*l.sameNumbers
}

// nearChances measures what chance is worth for near values, on the values of
// the open rows.
func (l *linker) nearChances(ctx context.Context) error {
	for _, a := range l.aspects {
		if len(a.joins) == 0 {
			continue
		}
		j := a.joins[0]
		dump, held := l.key(a.dump, a), a.counts()
		if a.sort == sortPlace {
			dump, held = []string{j.dump}, fmt.Sprintf("SELECT %[1]s AS value, sum(n) AS n FROM reg_place WHERE %[1]s IS NOT NULL AND set = %[2]d GROUP BY %[1]s", j.register, a.place)
		}
		if err := l.s.Table(ctx, "open_value", "SELECT value, count(*) AS d FROM ("+values(l.pool, dump)+") GROUP BY value"); err != nil {
			return err
		}
		if err := l.s.Table(ctx, "met", fmt.Sprintf(`
WITH pairs AS (SELECT x.a, x.b, x.class, o.d FROM open_value o JOIN near_%s x ON x.a = o.value),
     wanted AS (SELECT DISTINCT b FROM pairs),
     held AS (SELECT r.value, r.n FROM (%s) r JOIN wanted w ON w.b = r.value)
SELECT p.a, p.b, p.class, p.d, h.n FROM pairs p JOIN held h ON h.value = p.b`,
			a.family, held)); err != nil {
			return err
		}
		near, sound, err := l.pair(ctx, "SELECT sum(CASE WHEN class <= 2 THEN d * n ELSE 0 END), sum(CASE WHEN class > 2 THEN d * n ELSE 0 END) FROM met")
		if err != nil {
			return err
		}
		rows, spread, err := l.pair(ctx, fmt.Sprintf("SELECT (SELECT sum(d) FROM open_value), (SELECT sum(o.d) FROM open_value o JOIN around_%s x ON x.a = o.value)", a.family))
		if err != nil {
			return err
		}
		if rows == 0 {
			continue
		}
		m := l.measured[a.name]
		m.spread = max(1, spread/rows)
		near, sound = near/rows/float64(l.People), sound/rows/float64(l.People)
		switch a.sort {
		case sortPlace:
			m.by["partly"] += near
		case sortStreet:
			m.by["near"] = near
			l.streets(m.by)
		default:
			m.by["near"], m.by["sound"], m.by["two_parts"] = near, sound, sound
		}
		if crossed := l.otherName(a); crossed != nil {
			n, err := l.number(ctx, fmt.Sprintf(`
WITH pairs AS (SELECT x.b, sum(o.d) AS d FROM open_value o JOIN near_%s x ON x.a = o.value AND x.class <= 2 GROUP BY x.b)
SELECT sum(p.d * r.n) FROM pairs p JOIN (%s) r ON r.value = p.b`,
				a.family, crossed.counts()))
			if err != nil {
				return err
			}
			m.by["swapped"] += n / rows / float64(l.People)
		}
		l.measured[a.name] = m
	}
	if err := l.s.Drop(ctx, "met"); err != nil {
		return err
	}
	return l.s.Drop(ctx, "open_value")
}

// crossed is the chance that some value of the dump's columns is one of those
// counted.
func (l *linker) crossed(ctx context.Context, dump []string, counts string, per float64) (float64, error) {
	n, err := l.number(ctx, fmt.Sprintf("SELECT sum(c.n) FROM (%s) v JOIN (%s) c ON c.value = v.value", values("sample", dump), counts))
	return n / per, err
}

// endChance is the chance that two identifiers of different people agree on
// one end.
func (l *linker) endChance(ctx context.Context, a *aspect, per float64) (float64, error) {
	total := 0.0
	for _, id := range identifiers {
		if id.kind != a.kind {
			continue
		}
		for _, role := range id.ends {
			d := l.dumpFilled.of(occurrences(id.kind, role)...)
			if len(d) == 0 || len(l.registerFilled.of(occurrences(id.kind, role)...)) == 0 {
				continue
			}
			// The row's own person is among those who agree: leave one out.
			n, err := l.number(ctx, fmt.Sprintf("SELECT sum(CASE WHEN c.n > 1 THEN 2 * c.n - 2 ELSE 1 END) / 2.0 FROM (%s) v JOIN (%s) c ON c.value = v.value",
				values("sample", d), counts(id.kind, role)))
			if err != nil {
				return 0, err
			}
			total += n / per
		}
	}
	return total, nil
}

// sameNumber is the chance that two addresses have the same house number, or
// neither has one; shared is that of the first.
func (l *linker) sameNumber(ctx context.Context) (same, shared float64, err error) {
	if !numbered(l.dumpFilled, l.registerFilled) {
		return 1, 0, nil
	}
	same, shared, err = l.pair(ctx, fmt.Sprintf(`
WITH d AS (SELECT coalesce(house_number, 0) AS v, count(*) AS n FROM sample WHERE address IS NOT NULL GROUP BY coalesce(house_number, 0)),
     r AS (%s),
     total AS (SELECT greatest(1.0, (SELECT CAST(sum(n) AS DOUBLE) FROM d) * (SELECT sum(n) FROM r)) AS pairs)
SELECT coalesce(sum(d.n * r.n), 0) / any_value(pairs), coalesce(sum(CASE WHEN d.v <> 0 THEN d.n * r.n ELSE 0 END), 0) / any_value(pairs)
FROM d JOIN r ON d.v = r.value CROSS JOIN total`, counts(kind.HouseNumber, token.Whole)))
	return min(0.98, max(same, 1e-4)), min(0.98, max(shared, 1e-4)), err
}

// exchanged is the chance that the street of one side is a further address line of
// the other.
func (l *linker) exchanged(ctx context.Context, per float64) (float64, error) {
	extra := occurrences(kind.AddressExtra, token.Whole)
	total := 0.0
	for _, x := range []struct {
		dump []string
		held kind.Kind
	}{{[]string{"address"}, kind.AddressExtra}, {l.dumpFilled.of(extra...), kind.Address}} {
		if len(x.dump) == 0 {
			continue
		}
		n, err := l.crossed(ctx, x.dump, counts(x.held, token.Whole), per)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// placeChance works on the distinct combinations of an aspect's columns, few
// on both sides, so that columns that say the same thing are not counted
// twice.
func (l *linker) placeChance(ctx context.Context, a *aspect) error {
	rarest, err := l.tupleChance(ctx, a)
	if err != nil {
		return err
	}
	rows, err := l.number(ctx, "SELECT coalesce(sum(n), 0) FROM dt")
	if err != nil {
		return err
	}
	n1, n2, err := l.pair(ctx, "SELECT sum(n * n1), sum(n * n2) FROM chance_"+a.name)
	if err != nil {
		return err
	}
	per := max(rows, 1) * float64(l.People)
	l.measured[a.name] = measured{by: map[string]float64{"exact": n1 / per, "partly": n2 / per}, kappa: a.kappa, spread: 1, rarest: rarest}
	return nil
}

// tupleChance makes the table of the chance of each combination of values of a
// place, beside dt, the dump's combinations; it returns the least there is.
func (l *linker) tupleChance(ctx context.Context, a *aspect) (rarest int64, err error) {
	cols := strings.Join(a.dump, ", ")
	if err := l.s.Table(ctx, "dt", fmt.Sprintf("SELECT %s, count(*) AS n FROM dump d WHERE NOT %s GROUP BY %s", cols, allNull("d", a.dump), cols)); err != nil {
		return 0, err
	}
	if err := l.s.Table(ctx, "rt", fmt.Sprintf("SELECT %s, CAST(sum(n) AS BIGINT) AS n FROM reg_place d WHERE set = %d AND NOT %s GROUP BY %s", cols, a.place, allNull("d", a.dump), cols)); err != nil {
		return 0, err
	}
	var parts []string
	for i, c := range a.dump {
		on := []string{fmt.Sprintf("d.%s = r.%s", c, c)}
		for _, before := range a.dump[:i] {
			on = append(on, fmt.Sprintf("NOT coalesce(d.%s = r.%s, FALSE)", before, before))
		}
		dcols := make([]string, len(a.dump))
		for k, dc := range a.dump {
			dcols[k] = "d." + dc
		}
		parts = append(parts, fmt.Sprintf("SELECT %s, r.n AS rn, %s AS level FROM dt d JOIN rt r ON %s",
			strings.Join(dcols, ", "), a.sql(false, func(level int) int64 { return int64(level) }), strings.Join(on, " AND ")))
	}
	return int64(math.Floor(1000 * math.Log(a.kappa/float64(max(1, l.People))))), l.s.Table(ctx, "chance_"+a.name, fmt.Sprintf(`
WITH met AS (%[1]s),
     mass AS (SELECT %[2]s, sum(CASE WHEN level = 1 THEN rn ELSE 0 END) AS n1, sum(CASE WHEN level = 2 THEN rn ELSE 0 END) AS n2
              FROM met GROUP BY %[2]s)
SELECT d.*, coalesce(c.n1, 0) AS n1, coalesce(c.n2, 0) AS n2,
       CAST(floor(1000 * ln((CASE WHEN c.n1 > 1 THEN c.n1 - 1 ELSE 0 END + %[3]g) / %[4]d)) AS SMALLINT) AS tf
FROM dt d LEFT JOIN mass c ON %[5]s`,
		strings.Join(parts, " UNION ALL "), cols, a.kappa, max(1, l.People), sameTuple("c", a.dump)))
}

// number runs a select of one number.
func (l *linker) number(ctx context.Context, query string) (float64, error) {
	a, _, err := l.pair(ctx, query)
	return a, err
}

// pair runs a select of one row of one or two numbers; null is 0.
func (l *linker) pair(ctx context.Context, query string) (a, b float64, err error) {
	err = l.s.Query(ctx, query, func(row []any) error {
		a = toFloat(row[0])
		if len(row) > 1 {
			b = toFloat(row[1])
		}
		return nil
	})
	return a, b, err
}

func toFloat(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		if math.IsNaN(v) {
			return 0
		}
		return v
	}
	return 0
}
