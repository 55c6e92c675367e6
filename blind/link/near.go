package link

import (
	"context"
	"fmt"

	"constat.example/blind/kind"
)

// maxVariant is the number of register values that may share a variant before
// it is too common to tell anything: a two-letter sound, a name part like
// SAINT.
const maxVariant = 400

// nearTables works out which values of the open rows are near which of the
// register, once per distinct value and not once per person:
//
//   - near_<family>(a, b, class): a in the dump, b in the register, a <> b;
//   - around_<family>(a, b): what a may stand for, itself or one typing error
//     away.
func (l *linker) nearTables(ctx context.Context) error {
	for _, f := range []kind.Family{kind.Name, kind.Date, kind.Place, kind.Street} {
		var columns []string
		for _, a := range l.aspects {
			for _, j := range a.joins {
				if j.family == f {
					columns = append(columns, j.dump)
				}
			}
		}
		if len(columns) == 0 {
			continue
		}
		if err := l.s.Table(ctx, "open_value", "SELECT DISTINCT value FROM ("+values(l.pool, columns)+")"); err != nil {
			return err
		}
		if err := l.s.Table(ctx, "near_"+f.String(), fmt.Sprintf(`
WITH dl AS (SELECT DISTINCT w.value, w.class, w.variant FROM dump_lexicon w JOIN open_value o ON o.value = w.value WHERE w.family = %[1]d),
     wanted AS (SELECT DISTINCT class, variant FROM dl),
     rl AS (SELECT DISTINCT w.value, w.class, w.variant FROM reg_lexicon w JOIN wanted n ON n.class = w.class AND n.variant = w.variant WHERE w.family = %[1]d),
     common AS (SELECT class, variant FROM rl GROUP BY class, variant HAVING count(*) > %[2]d),
     rare AS (SELECT rl.value, rl.class, rl.variant FROM rl
              LEFT JOIN common ON common.class = rl.class AND common.variant = rl.variant
              WHERE common.variant IS NULL)
SELECT dl.value AS a, rare.value AS b, min(dl.class) AS class
FROM dl JOIN rare ON rare.class = dl.class AND rare.variant = dl.variant
WHERE dl.value <> rare.value
GROUP BY dl.value, rare.value`, f, maxVariant)); err != nil {
			return err
		}
		if err := l.s.Table(ctx, "around_"+f.String(), fmt.Sprintf(
			"SELECT a, b FROM near_%s WHERE class <= 2 UNION ALL SELECT value AS a, value AS b FROM open_value", f)); err != nil {
			return err
		}
	}
	return l.s.Drop(ctx, "open_value")
}
