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

// nearTables works out, for each family, which values of the dump are near
// which of the register: near_<family>(a, b, class), a in the dump, b in the
// register, a <> b. It is done once per distinct value, not once per person.
func (l *linker) nearTables(ctx context.Context) error {
	for _, f := range []kind.Family{kind.Name, kind.Date, kind.Place, kind.Street} {
		used := false
		for _, a := range l.aspects {
			for _, j := range a.joins {
				used = used || j.family == f
			}
		}
		if !used {
			continue
		}
		err := l.s.Table(ctx, "near_"+f.String(), fmt.Sprintf(`
WITH dl AS (SELECT DISTINCT value, class, variant FROM dump_lexicon WHERE family = %[1]d),
     rl AS (SELECT DISTINCT value, class, variant FROM reg_lexicon WHERE family = %[1]d),
     common AS (SELECT class, variant FROM rl GROUP BY class, variant HAVING count(*) > %[2]d),
     rare AS (SELECT rl.value, rl.class, rl.variant FROM rl
              LEFT JOIN common ON common.class = rl.class AND common.variant = rl.variant
              WHERE common.variant IS NULL)
SELECT dl.value AS a, rare.value AS b, min(dl.class) AS class
FROM dl JOIN rare ON rare.class = dl.class AND rare.variant = dl.variant
WHERE dl.value <> rare.value
GROUP BY dl.value, rare.value`, f, maxVariant))
		if err != nil {
			return err
		}
	}
	return nil
}
