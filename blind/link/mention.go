package link

import (
	"context"
	"fmt"
	"strings"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Said is what the free text of a dump gave. Confirmed + ByRow + Ambiguous +
// Unattributed is the number of mentions read.
type Said struct {
	Persons int64         // people exposed through free text
	Only    int64         // of them: no row is linked to them
	Kinds   []PeopleOfOne // in the order of kinds

	Checked      int64 // mentions that a key confirms
	Confirmed    int64 // a value of the register, and whose is known
	ByRow        int64 // a key fits, the register does not know it: the person of the row's
	Ambiguous    int64 // a value that several people of the register share, the row's person not among them
	Unattributed int64 // nobody's as far as is known
}

// PeopleOfOne is how many people one kind is exposed for.
type PeopleOfOne struct {
	Kind   kind.Kind
	People int64
}

// Hear reads the identifiers that stand in the free text of rows, from Parquet
// files that token.MentionWriter wrote, says whose they are, and adds those
// people to the table exposure: its mask free holds the kinds exposed through
// free text. register is the layout of the register.
//
// An identifier that one person alone has or had is theirs, whoever the row is
// of. One that several share is the row's person's if they are among them. One
// that the register does not know is the row's person's if a key confirms it. A
// birth date says nothing but of the row's person.
func (r *Result) Hear(ctx context.Context, files []string, register token.Layout) (*Said, error) {
	s := r.s
	if err := s.View(ctx, "mention_file", files...); err != nil {
		return nil, err
	}
	// The same value in one row counts once for people, each time for mentions.
	if err := s.Table(ctx, "mention", `
SELECT m.row, m.kind, m.value, max(m.checked) AS checked, sum(m.checked) AS marks, count(*) AS times, max(l.person) AS linked
FROM mention_file m LEFT JOIN link l ON l.row = m.row GROUP BY m.row, m.kind, m.value`); err != nil {
		return nil, err
	}
	if err := r.holders(ctx, register); err != nil {
		return nil, err
	}
	if err := s.Table(ctx, "attributed", `
SELECT m.row, m.kind, m.marks, m.times,
       CASE WHEN h.people = 1 THEN h.person WHEN o.person IS NOT NULL THEN o.person WHEN h.people IS NULL AND m.checked = 1 THEN m.linked END AS person,
       CASE WHEN h.people = 1 OR o.person IS NOT NULL THEN 1 WHEN h.people > 1 THEN 3 WHEN m.checked = 1 AND m.linked IS NOT NULL THEN 2 ELSE 4 END AS how,
       CASE WHEN h.people = 1 THEN h.holds WHEN o.person IS NOT NULL THEN o.holds END AS holds
FROM mention m
LEFT JOIN (SELECT kind, value, count(*) AS people, max(person) AS person, max(holds) AS holds FROM holder GROUP BY kind, value) h ON h.kind = m.kind AND h.value = m.value
LEFT JOIN holder_of_row o ON o.kind = m.kind AND o.value = m.value AND o.person = m.linked`); err != nil {
		return nil, err
	}
	said := &Said{}
	if err := s.Query(ctx, `
SELECT coalesce(sum(marks), 0), coalesce(sum(CASE WHEN how = 1 THEN times ELSE 0 END), 0), coalesce(sum(CASE WHEN how = 2 THEN times ELSE 0 END), 0),
       coalesce(sum(CASE WHEN how = 3 THEN times ELSE 0 END), 0), coalesce(sum(CASE WHEN how = 4 THEN times ELSE 0 END), 0)
FROM attributed`, func(row []any) error {
		for i, to := range []*int64{&said.Checked, &said.Confirmed, &said.ByRow, &said.Ambiguous, &said.Unattributed} {
			*to = int64(toFloat(row[i]))
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if err := r.merge(ctx); err != nil {
		return nil, err
	}
	return said, r.countSaid(ctx, said)
}

// holders makes the tables holder (kind, value, person, holds: 1 if the value
// is theirs now), of the identifiers that are mentioned, and holder_of_row, the
// same with the birth dates of people whose rows mention one.
func (r *Result) holders(ctx context.Context, register token.Layout) error {
	direct := []string{"SELECT CAST(0 AS SMALLINT) AS kind, CAST(0 AS BIGINT) AS value, CAST(0 AS INTEGER) AS person, 0 AS holds WHERE FALSE"}
	for _, c := range register {
		if c.Role != token.Whole || c.Short() || !c.Kind.Info().Direct {
			continue
		}
		direct = append(direct, fmt.Sprintf(
			"SELECT m.kind, m.value, v.person, CASE WHEN v.current THEN 1 ELSE 0 END AS holds FROM mentioned m JOIN reg_version v ON v.%s = m.value WHERE m.kind = %d", c.Name(), c.Kind))
	}
	if err := r.s.Table(ctx, "mentioned", "SELECT DISTINCT kind, value FROM mention"); err != nil {
		return err
	}
	if err := r.s.Table(ctx, "holder", "SELECT kind, value, person, max(holds) AS holds FROM ("+strings.Join(direct, " UNION ALL ")+") GROUP BY kind, value, person"); err != nil {
		return err
	}
	born := "SELECT kind, value, person, holds FROM holder"
	if register.Has(kind.BirthDate) {
		born += fmt.Sprintf(` UNION ALL
SELECT m.kind, m.value, v.person, max(CASE WHEN v.current THEN 1 ELSE 0 END) AS holds
FROM mention m JOIN reg_version v ON v.person = m.linked AND v.%s = m.value WHERE m.kind = %d GROUP BY m.kind, m.value, v.person`, whole(kind.BirthDate).Name(), kind.BirthDate)
	}
	return r.s.Table(ctx, "holder_of_row", born)
}

// merge adds to the table exposure the people exposed through free text.
func (r *Result) merge(ctx context.Context) error {
	var bits []string
	for _, k := range kind.All() {
		bits = append(bits, fmt.Sprintf("WHEN %d THEN CAST(%d AS BIGINT)", k, int64(1)<<k))
	}
	bit := "CASE kind " + strings.Join(bits, " ") + " ELSE CAST(0 AS BIGINT) END"
	if err := r.s.Table(ctx, "heard", fmt.Sprintf(`
SELECT person, bit_or(bit) AS free, bit_or(CASE WHEN holds = 1 THEN bit ELSE CAST(0 AS BIGINT) END) AS current,
       bit_or(CASE WHEN holds = 0 THEN bit ELSE CAST(0 AS BIGINT) END) AS stale
FROM (SELECT a.person, holds, %s AS bit FROM attributed a %s AND a.person IS NOT NULL) x GROUP BY person`, bit, r.l.butUnreal("a"))); err != nil {
		return err
	}
	if err := r.s.Table(ctx, "exposure_of_rows", "SELECT person, rows, exposed, current, stale FROM exposure"); err != nil {
		return err
	}
	if err := r.s.Table(ctx, "exposure", `
SELECT e.person, e.rows, e.exposed | coalesce(h.free, 0) AS exposed, e.current | coalesce(h.current, 0) AS current,
       e.stale | coalesce(h.stale, 0) AS stale, coalesce(h.free, 0) AS free
FROM exposure_of_rows e LEFT JOIN heard h ON h.person = e.person
UNION ALL
SELECT h.person, CAST(0 AS BIGINT) AS rows, h.free AS exposed, h.current, h.stale, h.free
FROM heard h LEFT JOIN exposure_of_rows e ON e.person = h.person WHERE e.person IS NULL`); err != nil {
		return err
	}
	for _, t := range []string{"exposure_of_rows", "heard", "attributed", "holder_of_row", "holder", "mentioned", "mention"} {
		if err := r.s.Drop(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (r *Result) countSaid(ctx context.Context, said *Said) error {
	sel := []string{"sum(CASE WHEN free <> 0 THEN 1 ELSE 0 END)", "sum(CASE WHEN rows = 0 THEN 1 ELSE 0 END)"}
	for _, k := range kind.All() {
		sel = append(sel, fmt.Sprintf("sum(CASE WHEN (free & %d) <> 0 THEN 1 ELSE 0 END)", int64(1)<<k))
	}
	return r.s.Query(ctx, "SELECT "+strings.Join(sel, ", ")+" FROM exposure", func(row []any) error {
		said.Persons, said.Only = int64(toFloat(row[0])), int64(toFloat(row[1]))
		for i, k := range kind.All() {
			if n := int64(toFloat(row[2+i])); n > 0 {
				said.Kinds = append(said.Kinds, PeopleOfOne{k, n})
			}
		}
		return nil
	})
}
