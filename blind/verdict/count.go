package verdict

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/token"
)

// most is how many people with changes are looked at: of more, every n-th. A
// quarter of a million date a copy as well as eight million do.
const most = 250_000

// surely is the probability, in millionths, from which on a link counts.
const surely = 950_000

// places are the kinds by which a change is told from others before all other
// kinds: who moves changes phone or mail too, and others move along.
var places = []kind.Kind{kind.Address, kind.PostCode, kind.City, kind.CityCode}

// Count makes the counts of a window from what link.Run left in the session,
// which must hold the register's views; shared is what it says of the kinds to compare.
//
// Of every linked person in whom something changed, each version is compared
// with their rows, kind by kind. A change of a kind counts where the value
// before and the one after are known, and the row has the one and not the other:
// not where it has neither, nor where the value came back. What changed of a person
// between the same two snapshots is one change, and so is what changed of several from
// one value to one other: the household that moves, the commune that is renamed.
//
// Changes whose instant is known are counted by day first, and in the days that
// the copy falls in, and the ones beside them, by minute.
func Count(ctx context.Context, s engine.Session, shared []link.Shared, m register.Manifest) (c Counts, err error) {
	for _, snapshot := range m.Snapshots {
		c.Snapshots = append(c.Snapshots, snapshot.AsOf)
	}
	if len(c.Snapshots) < 2 || len(shared) == 0 {
		return c, nil
	}
	t := tally{s: s, m: m, shared: shared, c: &c}
	for _, step := range []func(context.Context) error{t.people, t.versions, t.votes, t.byDay, t.byMinute, t.rows, t.presence} {
		if err := step(ctx); err != nil {
			return Counts{}, err
		}
	}
	for _, table := range []string{"window_version", "window_vote"} {
		if err := s.Drop(ctx, table); err != nil {
			return Counts{}, err
		}
	}
	return c, nil
}

type tally struct {
	s      engine.Session
	m      register.Manifest
	shared []link.Shared
	stride int64
	c      *Counts
}

// numbers runs a select of integers.
func (t *tally) numbers(ctx context.Context, query string, each func(n []int64)) error {
	return t.s.Query(ctx, query, func(row []any) error {
		n := make([]int64, len(row))
		for i, x := range row {
			n[i], _ = x.(int64) // null is 0
		}
		each(n)
		return nil
	})
}

// people finds how many linked people changed, and which of them are looked at.
func (t *tally) people(ctx context.Context) error {
	return t.numbers(ctx, `
SELECT count(*), count(r.person) FROM exposure e LEFT JOIN reg_touched r ON r.person = e.person`, func(n []int64) {
		t.stride = 1 + n[1]/most
		t.c.Linked = n[0] / t.stride
		t.c.People = t.m.Snapshots[len(t.m.Snapshots)-1].People
	})
}

// chosen is the condition that a link is looked at.
func (t *tally) chosen() string {
	return fmt.Sprintf("k.probability >= %d AND k.person %% %d = 0", surely, t.stride)
}

// versions makes the table window_version of the people looked at: person, segment,
// step, at_from, at_to, gone, the columns that are compared, the mask of kinds that changed since the
// version before, and of each kind the change by name (change_<kind>).
func (t *tally) versions(ctx context.Context) error {
	var columns []string
	for _, s := range t.shared {
		columns = append(columns, s.Register...)
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	before := make([]string, len(columns))
	for i, c := range columns {
		before[i] = fmt.Sprintf("lag(r.%s) OVER w AS was_%[1]s", c)
	}
	changed := []string{"CAST(0 AS BIGINT)"}
	var named []string
	for _, s := range t.shared {
		var differ, values []string
		for _, c := range s.Register {
			differ = append(differ, fmt.Sprintf("was_%s <> %[1]s", c))
			values = append(values, "was_"+c, c)
		}
		changed = append(changed, fmt.Sprintf("CASE WHEN NOT was_gone AND NOT gone AND (%s) THEN CAST(%d AS BIGINT) ELSE CAST(0 AS BIGINT) END", strings.Join(differ, " OR "), int64(1)<<s.Kind))
		named = append(named, fmt.Sprintf("hash(%s) AS change_%s", strings.Join(values, ", "), s.Kind))
	}
	return t.s.Table(ctx, "window_version", fmt.Sprintf(`
SELECT person, segment, step, at_from, at_to, gone, ended, %s, %s AS changed, %s
FROM (SELECT r.person, r.segment, r.step, r.at_from, r.at_to, r.gone, r.until IS NULL AS ended, r.%s, lag(r.gone) OVER w AS was_gone, %s
      FROM reg_moved r JOIN (SELECT DISTINCT k.person FROM link k WHERE %s) p ON p.person = r.person
      WINDOW w AS (PARTITION BY r.person ORDER BY r.step)) v`,
		strings.Join(columns, ", "), strings.Join(changed, " + "), strings.Join(named, ", "),
		strings.Join(columns, ", r."), strings.Join(before, ", "), t.chosen()))
}

// votes makes the table window_vote of rows and changes of their people: row,
// segment (the one in which the change was seen), step, at_from, at_to, the kinds of which the row has
// the value before (older) and after (newer), and the change: kind and name. Of
// somebody with a row after the change, the rows before it are left out: a file that
// keeps what was true once is as new as the newest of it.
func (t *tally) votes(ctx context.Context) error {
	var masks, kinds, names []string
	order := slices.Clone(t.shared)
	slices.SortStableFunc(order, func(a, b link.Shared) int { return rank(a.Kind) - rank(b.Kind) })
	for _, s := range order {
		masks = append(masks, fmt.Sprintf("CASE WHEN %s THEN CAST(%d AS BIGINT) ELSE CAST(0 AS BIGINT) END", s.Same, int64(1)<<s.Kind))
		when := fmt.Sprintf("WHEN ((older | newer) & %d) <> 0 THEN ", int64(1)<<s.Kind)
		kinds = append(kinds, fmt.Sprintf("%s%d", when, s.Kind))
		names = append(names, when+"change_"+s.Kind.String())
	}
	var carried []string
	for _, s := range order {
		carried = append(carried, "change_"+s.Kind.String())
	}
	return t.s.Table(ctx, "window_vote", fmt.Sprintf(`
SELECT row, segment, step, at_from, at_to, older, newer, CASE %s END AS kind, CASE %s END AS change
FROM (SELECT row, segment, step, at_from, at_to, %[3]s, older & ~bit_or(newer) OVER (PARTITION BY person, step) AS older, newer
      FROM (SELECT row, person, segment, step, at_from, at_to, %[3]s, changed & coalesce(had, 0) & ~has AS older, changed & has & ~coalesce(had, 0) AS newer
      FROM (SELECT row, person, segment, step, at_from, at_to, changed, %[3]s,
                   bit_or(held) OVER (PARTITION BY row ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS had,
                   bit_or(held) OVER (PARTITION BY row ORDER BY step ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS has
            FROM (SELECT d.row, r.person, r.segment, r.step, r.at_from, r.at_to, r.changed, r.%[4]s, %[5]s AS held
                  FROM link k JOIN dump d ON d.row = k.row JOIN window_version r ON r.person = k.person WHERE %[6]s) x) y) z) o
WHERE (older | newer) <> 0`,
		strings.Join(kinds, " "), strings.Join(names, " "), strings.Join(carried, ", "), strings.Join(carried, ", r."), strings.Join(masks, " + "), t.chosen()))
}

func rank(k kind.Kind) int {
	if i := slices.Index(places, k); i >= 0 {
		return i
	}
	return len(places) + int(k)
}

// byDay counts the changes, each once for what rows show of it, those whose
// instant is known by the day.
func (t *tally) byDay(ctx context.Context) (err error) {
	t.c.Changes, err = t.changes(ctx, 24*time.Hour, "TRUE")
	return err
}

// byMinute counts those of the days near the copy anew, where they tell more.
func (t *tally) byMinute(ctx context.Context) error {
	const near = 24 * time.Hour
	if !slices.ContainsFunc(t.c.Changes, func(x Change) bool { return x.Dated }) {
		return nil
	}
	w := WindowOf(*t.c, time.Time{})
	if w.Refused != "" || w.Shape != Once {
		return nil
	}
	from, to := t.c.Snapshots[0], t.c.Snapshots[len(t.c.Snapshots)-1]
	if !w.NotBefore.IsZero() {
		from = w.NotBefore.Add(-near).Truncate(near)
	}
	if !w.NotAfter.IsZero() {
		to = w.NotAfter.Add(2*near - 1).Truncate(near)
	}
	fine, err := t.changes(ctx, time.Minute, fmt.Sprintf("at_from = at_to AND at_from > %d AND at_from <= %d", from.UnixMicro(), to.UnixMicro()))
	if err != nil {
		return err
	}
	t.c.Changes = append(slices.DeleteFunc(t.c.Changes, func(x Change) bool { return x.Exact && !x.From.Before(from) && !x.To.After(to) }), fine...)
	return nil
}

// changes counts the changes of a condition, those whose instant is known by
// stretches of a width that divides a day.
func (t *tally) changes(ctx context.Context, width time.Duration, of string) (all []Change, err error) {
	type bin struct {
		segment  int
		from, to int64
		kind     kind.Kind
	}
	at := map[bin]int{}
	// A change happened after the beginning of its stretch and not after its end.
	err = t.numbers(ctx, fmt.Sprintf(`
SELECT segment, kind, CASE WHEN newer <> 0 THEN 1 ELSE 0 END AS shown, exact, since, til, count(DISTINCT change)
FROM (SELECT segment, kind, newer, change, CASE WHEN at_from IS NULL THEN 0 WHEN at_from = at_to THEN 2 ELSE 1 END AS exact,
             CASE WHEN at_from = at_to THEN at_from - 1 - ((at_from - 1) %% %[1]d + %[1]d) %% %[1]d ELSE at_from END AS since,
             CASE WHEN at_from = at_to THEN at_from - 1 - ((at_from - 1) %% %[1]d + %[1]d) %% %[1]d + %[1]d ELSE at_to END AS til
      FROM window_vote WHERE (older = 0 OR newer = 0) AND %[2]s) v
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 5, 6, 1, 2, 3`, width.Microseconds(), of), func(n []int64) {
		b := bin{int(n[0]), n[4], n[5], kind.Kind(n[1])}
		i, ok := at[b]
		if !ok {
			i = len(all)
			at[b] = i
			x := Change{From: t.since(b.segment, b.kind), To: t.c.Snapshots[b.segment], Kind: b.kind, Dated: n[3] > 0, Exact: n[3] == 2}
			if x.Dated {
				// Within the time that the source told of.
				if from := time.UnixMicro(b.from).UTC(); from.After(x.From) {
					x.From = from
				}
				if to := time.UnixMicro(b.to).UTC(); to.Before(x.To) {
					x.To = to
				}
			}
			all = append(all, x)
		}
		if n[2] == 1 {
			all[i].After = n[6]
		} else {
			all[i].Before = n[6]
		}
	})
	return all, err
}

// since is the snapshot before that of a segment in which a kind was observed.
func (t *tally) since(segment int, k kind.Kind) time.Time {
	name := token.Column{Kind: k, Occurrence: 1}.Name()
	for segment--; segment > 0 && slices.Contains(t.m.Snapshots[segment].Unobserved, name); segment-- {
	}
	return t.c.Snapshots[segment]
}

// rows counts the rows that show some change, and those that no one instant fits.
func (t *tally) rows(ctx context.Context) error {
	return t.numbers(ctx, `
SELECT count(*), count(CASE WHEN began >= ended THEN 1 END)
FROM (SELECT row, max(CASE WHEN newer <> 0 THEN step END) AS began, min(CASE WHEN older <> 0 THEN step END) AS ended
      FROM window_vote GROUP BY row) x`, func(n []int64) { t.c.Rows, t.c.Torn = n[0], n[1] })
}

// presence counts the people in the dump who came and went.
func (t *tally) presence(ctx context.Context) error {
	came, went := make([]int64, len(t.c.Snapshots)), make([]int64, len(t.c.Snapshots))
	err := t.numbers(ctx, `
SELECT came, went, count(*)
FROM (SELECT person, min(segment) AS came, max(CASE WHEN gone AND ended THEN segment ELSE 0 END) AS went FROM window_version GROUP BY person) x
GROUP BY came, went`, func(n []int64) {
		came[n[0]] += n[2]
		went[n[1]] += n[2]
	})
	for s := 1; s < len(t.c.Snapshots); s++ {
		p := Presence{From: t.c.Snapshots[s-1], To: t.c.Snapshots[s], Here: came[s], All: t.m.Snapshots[s].Added}
		if p.Here > 0 {
			t.c.Created = append(t.c.Created, p)
		}
		if p.Here, p.All = went[s], t.m.Snapshots[s].Gone; p.Here > 0 {
			t.c.Gone = append(t.c.Gone, p)
		}
	}
	return err
}
