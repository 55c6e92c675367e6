package link

import (
	"context"
	"fmt"
	"strings"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// common returns the kinds that dump and register both hold, whose values can
// thus be told current from stale.
func (l *linker) common() []kind.Kind {
	var ks []kind.Kind
	for _, k := range kind.All() {
		if l.sameValue(k) != "" && k != kind.HouseNumber {
			ks = append(ks, k)
		}
	}
	return ks
}

// sameValue is the SQL that a row's value of kind k is that of a version; ""
// when one side has none. Surnames count whichever column they stand in, and
// so do given names.
func (l *linker) sameValue(k kind.Kind) string {
	dump, reg := l.compares(k)
	if len(dump) == 0 || len(reg) == 0 {
		return ""
	}
	return anyEqual(dump, reg)
}

// compares are the columns of the two sides that hold values of kind k to be
// told current from stale.
func (l *linker) compares(k kind.Kind) (dump, register []string) {
	var d, r []token.Column
	switch k {
	case kind.BirthSurname, kind.UsedSurname:
		d = []token.Column{whole(k)}
		r = []token.Column{whole(kind.BirthSurname), whole(kind.UsedSurname)}
	default:
		d = occurrences(k, token.Whole)
		r = d
	}
	return l.dumpFilled.of(d...), l.registerFilled.of(r...)
}

// Shared is a kind that dump and register both hold.
type Shared struct {
	Kind     kind.Kind
	Register []string // its columns in the register
	Same     string   // the SQL that a row d of the dump has a value of a person's version r
}

// Shared lists the kinds whose values can be told current from stale, in order.
func (r *Result) Shared() []Shared {
	var all []Shared
	for _, k := range r.l.common() {
		_, register := r.l.compares(k)
		all = append(all, Shared{Kind: k, Register: register, Same: r.l.sameValue(k)})
	}
	return all
}

// expose makes the tables link, which says of each linked row which kinds are
// current and which stale, and the view exposure, one row per person.
func (l *linker) expose(ctx context.Context) error {
	own := "SELECT row, person, weight, probability, pattern, tie, against, via, kinds, held_now, held_once FROM chosen WHERE kinds IS NOT NULL"
	if l.Ties != nil || len(l.Rulings) > 0 {
		// Whoever took the person of another row, or was given one by somebody's
		// decision, was compared with nobody.
		if err := l.s.Table(ctx, "given", fmt.Sprintf(`
SELECT row, max(kinds) AS kinds, max_by(CASE WHEN gone THEN CAST(0 AS BIGINT) ELSE held END, step) AS held_now, bit_or(held) AS held_once
FROM (SELECT c.row, d.kinds, r.step, r.gone, %s AS held
      FROM chosen c JOIN dump d ON d.row = c.row JOIN reg_state r ON r.person = c.person WHERE c.kinds IS NULL) x
GROUP BY row`, l.sameValues())); err != nil {
			return err
		}
		own += ` UNION ALL SELECT c.row, c.person, c.weight, c.probability, c.pattern, c.tie, c.against, c.via, g.kinds, g.held_now, g.held_once
FROM chosen c JOIN given g ON g.row = c.row WHERE c.kinds IS NULL`
	}
	// A value that is current is not stale, even if it was held before too.
	if err := l.s.Table(ctx, "link", fmt.Sprintf(`
SELECT x.row, person, weight, probability, pattern, tie, against, via, u.row IS NOT NULL AS ruled, kinds AS exposed, kinds & held_now AS current, kinds & held_once & ~held_now AS stale
FROM (%s) x LEFT JOIN (SELECT row FROM ruling WHERE answer = %d) u ON u.row = x.row`, own, Same)); err != nil {
		return err
	}
	// Few people have several rows: the others need no grouping.
	if err := l.s.Table(ctx, "several", "SELECT person FROM link GROUP BY person HAVING count(*) > 1"); err != nil {
		return err
	}
	real := "link"
	if l.Unreal != "" {
		real = "real_link"
		if err := l.s.Define(ctx, real, "SELECT k.* FROM link k "+l.butUnreal("k")); err != nil {
			return err
		}
	}
	return l.s.Define(ctx, "exposure", fmt.Sprintf(`
SELECT k.person, CAST(1 AS BIGINT) AS rows, k.exposed, k.current, k.stale FROM %[1]s k LEFT JOIN several s ON s.person = k.person WHERE s.person IS NULL
UNION ALL
SELECT k.person, count(*) AS rows, bit_or(k.exposed) AS exposed, bit_or(k.current) AS current, bit_or(k.stale) AS stale
FROM %[1]s k JOIN several s ON s.person = k.person GROUP BY k.person`, real))
}

// butUnreal joins a table that has a column person so that people who do not exist
// are left out. It ends a FROM clause.
func (l *linker) butUnreal(table string) string {
	if l.Unreal == "" {
		return "WHERE TRUE"
	}
	return fmt.Sprintf("LEFT JOIN (SELECT DISTINCT person FROM %s) unreal ON unreal.person = %s.person WHERE unreal.person IS NULL", l.Unreal, table)
}

// unreal counts the people of linked rows who do not exist.
func (l *linker) unreal(ctx context.Context) (int64, error) {
	n, err := l.number(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT DISTINCT k.person FROM link k JOIN %s u ON u.person = k.person) x", l.Unreal))
	return int64(n), err
}

// Exposed is how many people of linked rows a kind is exposed for. A value
// that the dump holds both current and stale for a person counts as current.
type Exposed struct {
	Kind                                kind.Kind
	People, Current, Stale, Unconfirmed int64
}

// Exposures counts people by kind, and those of whom some value is stale.
func (r *Result) Exposures(ctx context.Context) (kinds []Exposed, anyStale int64, err error) {
	all := make([]Exposed, kind.Count)
	err = r.s.Query(ctx, "SELECT exposed, current, stale, count(*) FROM exposure GROUP BY exposed, current, stale", func(row []any) error {
		exposed, current, n := kind.Set(row[0].(int64)), kind.Set(row[1].(int64)), row[3].(int64)
		stale := kind.Set(row[2].(int64)) &^ current
		if stale != 0 {
			anyStale += n
		}
		for _, k := range kind.All() {
			e := &all[k]
			switch {
			case !exposed.Has(k):
				continue
			case current.Has(k):
				e.Current += n
			case stale.Has(k):
				e.Stale += n
			default:
				e.Unconfirmed += n
			}
			e.People += n
		}
		return nil
	})
	for _, k := range kind.All() {
		if all[k].Kind = k; all[k].People > 0 && k != kind.Unknown {
			kinds = append(kinds, all[k])
		}
	}
	return kinds, anyStale, err
}

// Link is one linked row.
type Link struct {
	Row         int64
	Sealed      []byte  // the person's sealed record id
	Probability float64 // that the row is this person's
	Weight      float64 // the same as log2 odds
	Agreement   string  // "surname=exact given=near email=exact …", then "tie=clients.id" or "against=clients.id" or "decided=same", then "stale=phone,city"
}

// Links calls each with every linked row, in order of row.
func (r *Result) Links(ctx context.Context, each func(Link) error) error {
	// There are few ways to agree, and many links.
	type way struct {
		pattern, stale int64
		tie, against   any
		ruled          bool
	}
	told := map[way]string{}
	return r.s.Query(ctx, `
SELECT k.row, p.sealed, k.probability, k.weight, k.pattern, k.stale, k.tie, k.against, k.ruled
FROM link k JOIN reg_sealed p ON p.person = k.person ORDER BY k.row`, func(row []any) error {
		w := way{row[4].(int64), row[5].(int64), row[6], row[7], row[8].(bool)}
		agreement, ok := told[w]
		if !ok {
			agreement = r.agreement(w.pattern, r.tied(w.tie, w.against, w.ruled), kind.Set(w.stale))
			told[w] = agreement
		}
		return each(Link{
			Row: row[0].(int64), Sealed: row[1].([]byte), Probability: toFloat(row[2]) / 1e6, Weight: toFloat(row[3]) / 1000 / ln2, Agreement: agreement,
		})
	})
}

const ln2 = 0.6931471805599453

func (r *Result) agreement(pattern int64, tied string, stale kind.Set) string {
	var b strings.Builder
	for i, level := range unpack(r.aspects, pattern) {
		if level == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(r.aspects[i].name + "=" + r.aspects[i].levels[level-1])
	}
	b.WriteString(tied)
	sep := " stale="
	for _, k := range stale.Kinds() {
		b.WriteString(sep + k.String())
		sep = ","
	}
	return strings.TrimPrefix(b.String(), " ")
}

// Keep writes the exposures to a Parquet file, ordered by person.
func (r *Result) Keep(ctx context.Context, path string) error {
	return r.s.Write(ctx, path, "SELECT * FROM exposure ORDER BY person")
}
