package link

import (
	"context"
	"fmt"
)

// Found lists, in order, the rows that are of people of the register, whether or not
// it can be told of which: those linked, and those ambiguous. It reads what Run left,
// and is for samples: all of them are held in memory.
func (r *Result) Found(ctx context.Context) ([]int64, error) {
	rows := make([]int64, 0, r.Linked+r.Ambiguous)
	err := r.s.Query(ctx, fmt.Sprintf("SELECT row FROM link UNION ALL SELECT d.row FROM %s ORDER BY row",
		r.unlinked(fmt.Sprintf("d.mine < %g AND d.someone >= 0.5", r.l.Sure))), func(v []any) error {
		rows = append(rows, v[0].(int64))
		return nil
	})
	if err == nil && int64(len(rows)) != r.Linked+r.Ambiguous {
		err = fmt.Errorf("the rows do not add up: %d found, of %d linked and %d ambiguous", len(rows), r.Linked, r.Ambiguous)
	}
	return rows, err
}
