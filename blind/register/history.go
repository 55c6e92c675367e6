package register

import (
	"context"
	"fmt"

	"constat.example/blind/engine"
	"constat.example/blind/token"
)

// HistoryView makes the view reg_history_<column> of when each value of a
// column held, and returns its name. Its columns are person, value,
// from_segment, to_segment (the segment from which it no longer held, null
// while it does). Someone gone holds no value until they are back. Views must
// have been called before.
func (r *Register) HistoryView(ctx context.Context, s engine.Session, column token.Column) (name string, err error) {
	if r.manifest.Layout.Index(column) < 0 {
		return "", fmt.Errorf("the register has no column %s", column.Name())
	}
	c := column.Name()
	name = "reg_history_" + c
	stay := fmt.Sprintf("select person, %s as value, segment as from_segment, until as to_segment from reg_stay where %s is not null", c, c)
	// Versions that follow one another with the same value are one spell: it
	// begins where the value was another, or nothing, just before.
	spells := fmt.Sprintf(`select person, value, min(segment) as from_segment, case when count(*) = count(until) then max(until) end as to_segment from (
			select person, segment, step, until, value, sum(begins) over (partition by person order by step rows between unbounded preceding and current row) as spell from (
				select person, segment, step, until, value,
					case when lag(until) over (partition by person order by step) = segment
						and lag(value) over (partition by person order by step) = value then 0 else 1 end as begins
				from (select person, segment, step, until, %s as value from reg_moved where not gone and %s is not null) v
			) marked
		) counted group by person, value, spell`, c, c)
	return name, s.Define(ctx, name, stay+" union all "+spells)
}
