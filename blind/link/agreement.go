package link

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Agreement is what tells a copy of the register from another file about the same
// people: how linked rows agree with the register as a whole.
type Agreement struct {
	Rows    int64 // linked rows that hold a kind that the register holds too
	Strange int64 // of Rows: some value is none that the register ever had for the person
	Kinds   []KindAgreement

	IDs, KnownIDs int64 // rows with a record id, and of them those whose id the register has

	Distinct, Seen int64 // rows that differ in some value, of rows looked at for that
	Values, Cells  int64 // distinct values of kinds that name a person alone, and cells that hold one

	Namesakes []Namesakes
}

// Namesakes is how often two rows chosen by chance have the same value of a kind, in
// the dump and in the register as it stands: names recur as they do among people.
type Namesakes struct {
	Kind                   kind.Kind
	Dump, Register         float64
	DumpRows, RegisterRows int64 // that have a value, of those looked at
}

// KindAgreement is how linked rows agree on one kind. Current + Stale + Never = Rows.
type KindAgreement struct {
	Kind                        kind.Kind
	Rows, Current, Stale, Never int64
}

// manyRows is how many rows are compared with one another, or with record ids,
// about; of more, some by their number or their person's, or, so that equal
// rows are both there, by the value of their fullest column.
const manyRows = 1_000_000

// Agreement counts how the rows of the dump agree with the register and with one
// another. It reads what Run left.
func (r *Result) Agreement(ctx context.Context) (a Agreement, err error) {
	common := kind.Set(0)
	for _, k := range r.l.common() {
		common = common.With(k)
	}
	all := make([]KindAgreement, kind.Count)
	if err := r.s.Query(ctx, "SELECT exposed, current, stale, count(*) FROM link GROUP BY exposed, current, stale", func(v []any) error {
		exposed, current, stale, n := kind.Set(v[0].(int64))&common, kind.Set(v[1].(int64)), kind.Set(v[2].(int64)), v[3].(int64)
		if exposed == 0 {
			return nil
		}
		a.Rows += n
		if exposed&^(current|stale) != 0 {
			a.Strange += n
		}
		for _, k := range exposed.Kinds() {
			x := &all[k]
			x.Rows += n
			switch {
			case current.Has(k):
				x.Current += n
			case stale.Has(k):
				x.Stale += n
			default:
				x.Never += n
			}
		}
		return nil
	}); err != nil {
		return a, err
	}
	for k, x := range all {
		if x.Kind = kind.Kind(k); x.Rows > 0 {
			a.Kinds = append(a.Kinds, x)
		}
	}
	if id := whole(kind.RecordID).Name(); r.l.dumpFilled[id] && r.l.registerFilled[id] {
		some := fmt.Sprintf("FROM dump d WHERE d.%s IS NOT NULL AND d.row %% %d = 0", id, 1+r.Rows/manyRows)
		for _, q := range []struct {
			query string
			to    *int64
		}{
			{"SELECT count(*) " + some, &a.IDs},
			{fmt.Sprintf("SELECT count(*) %s AND d.%s IN (SELECT record_id FROM reg_people)", some, id), &a.KnownIDs},
		} {
			if err := r.s.Query(ctx, q.query, func(v []any) error {
				*q.to = v[0].(int64)
				return nil
			}); err != nil {
				return a, err
			}
		}
	}
	return a, errors.Join(r.repeats(ctx, &a), r.namesakes(ctx, &a))
}

// namesakes counts how often names recur.
func (r *Result) namesakes(ctx context.Context, a *Agreement) error {
	for _, k := range []kind.Kind{kind.BirthSurname, kind.GivenNames} {
		c := whole(k).Name()
		if !r.l.dumpFilled[c] || !r.l.registerFilled[c] {
			continue
		}
		x := Namesakes{Kind: k}
		for _, side := range []struct {
			from, number string
			all          int64
			share        *float64
			rows         *int64
		}{{"dump", "row", r.Rows, &x.Dump, &x.DumpRows}, {"reg_current", "person", r.l.People, &x.Register, &x.RegisterRows}} {
			if err := r.s.Query(ctx, fmt.Sprintf("SELECT coalesce(CAST(sum(n) AS BIGINT), 0), coalesce(CAST(sum(CAST(n AS DOUBLE) * (n - 1)) AS DOUBLE), 0) FROM (SELECT count(*) AS n FROM %s WHERE %s IS NOT NULL AND %s %% %d = 0 GROUP BY %[2]s) x",
				side.from, c, side.number, 1+side.all/manyRows), func(v []any) error {
				if *side.rows = v[0].(int64); *side.rows > 1 {
					*side.share = toFloat(v[1]) / float64(*side.rows) / float64(*side.rows-1)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		a.Namesakes = append(a.Namesakes, x)
	}
	return nil
}

// repeats counts the rows that say the same as others, and the values of direct
// kinds that stand more than once.
func (r *Result) repeats(ctx context.Context, a *Agreement) error {
	var columns, direct []string
	fullest, filled := "", 0.0
	for _, c := range r.l.Dump {
		name := c.Name()
		if !r.l.dumpFilled[name] || c.Role == token.Head || c.Role == token.Tail {
			continue
		}
		columns = append(columns, name)
		if f := r.l.fill["d."+name]; f > filled && !c.Short() {
			fullest, filled = name, f
		}
		if info := c.Kind.Info(); info.Direct && !c.Short() {
			direct = append(direct, name)
		}
	}
	if fullest == "" {
		return nil
	}
	some := ""
	if r.Rows > manyRows {
		some = fmt.Sprintf(" WHERE %s %% %d = 0", fullest, 1+r.Rows/manyRows)
	}
	all := strings.Join(columns, ", ")
	if err := r.s.Query(ctx, fmt.Sprintf("SELECT count(*), coalesce(CAST(sum(n) AS BIGINT), 0) FROM (SELECT count(*) AS n FROM dump%s GROUP BY %s) x", some, all), func(v []any) error {
		a.Distinct, a.Seen = v[0].(int64), v[1].(int64)
		return nil
	}); err != nil {
		return err
	}
	for _, c := range direct {
		some := ""
		if r.Rows > manyRows {
			some = fmt.Sprintf(" WHERE %s %% %d = 0", c, 1+r.Rows/manyRows)
		}
		if err := r.s.Query(ctx, fmt.Sprintf("SELECT count(DISTINCT %s), count(%[1]s) FROM dump%s", c, some), func(v []any) error {
			a.Values += v[0].(int64)
			a.Cells += v[1].(int64)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
