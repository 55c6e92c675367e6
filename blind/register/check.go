package register

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/blind/token"
	"constat.example/internal/failure"
)

// Staged is a snapshot that was read and sealed, and is to be imported.
type Staged struct {
	KeyID    string
	Tokens   []string // files written by token.Create with record ids; a single one is not sorted
	Lexicon  []string // files written by token.CreateLexicon
	AsOf     time.Time
	Source   string
	SHA256   string
	Columns  []SourceColumn
	Imported time.Time
	Shapes   *shape.Facts // how the source is written; nil where that was not counted
	Story    *Story       // of a source that tells when things changed; nil of a snapshot
}

// recordID is the slot that names people.
var recordID = token.Column{Kind: kind.RecordID, Occurrence: 1}

// check rejects a snapshot that does not follow those there are, before
// anything is read.
func (m Manifest) check(staged Staged) error {
	if staged.AsOf.IsZero() {
		return failure.New(failure.BadInput, "Give its date with --as-of.", "the snapshot has no date")
	}
	last := m.last()
	if last == nil {
		return nil
	}
	if staged.KeyID != m.KeyID {
		return failure.New(failure.BadInput, "Use the key that the register was sealed with, or import all snapshots anew into an empty home.",
			"the snapshot is sealed under key %s, the register under key %s: their tokens do not compare", staged.KeyID, m.KeyID)
	}
	if !staged.AsOf.After(last.AsOf) {
		return failure.New(failure.BadInput, "Import snapshots in the order of their dates, and give the date with --as-of where the file does not tell it.",
			"the snapshot of %s is not later than the register's last one, of %s", day(staged.AsOf), day(last.AsOf))
	}
	return nil
}

// layoutOf returns the columns that the staged files have between them.
func layoutOf(files []string) (token.Layout, error) {
	var layout token.Layout
	for _, file := range files {
		l, err := token.LayoutOfFile(file)
		if err != nil {
			return nil, err
		}
		layout = token.Union(layout, l)
	}
	if layout.Index(recordID) < 0 {
		return nil, failure.New(failure.BadInput, "Name the column with --id.", "no column of the snapshot is a record id")
	}
	return layout, nil
}

// shown is how many rows an error names.
const shown = 5

// checkIDs rejects a table of staged rows that is empty or holds rows without a
// record id, and returns how many rows there are.
func checkIDs(ctx context.Context, s engine.Session, table string) (rows int64, err error) {
	counts, err := numbers(ctx, s, "select count(*), count(record_id) from "+table)
	if err != nil {
		return 0, err
	}
	rows = counts[0]
	if rows == 0 {
		return 0, failure.New(failure.BadInput, "Look whether the right file, table or query was given.", "the snapshot holds no row")
	}
	if missing := rows - counts[1]; missing > 0 {
		first, err := numbers(ctx, s, fmt.Sprintf("select row from %s where record_id is null order by row limit %d", table, shown))
		if err != nil {
			return 0, err
		}
		return 0, failure.New(failure.BadInput, "Name the column that holds the record id with --id, or give these rows one.",
			"%d of %d rows have no record id: %s", missing, rows, rowList(first, missing))
	}
	return rows, nil
}

// checkRows rejects a snapshot whose rows are not one per person. It reads the
// table imp_stage and returns how many rows there are.
func checkRows(ctx context.Context, s engine.Session) (rows int64, err error) {
	if rows, err = checkIDs(ctx, s, "imp_stage"); err != nil {
		return 0, err
	}
	if err := s.Table(ctx, "imp_twice", "select record_id from imp_stage group by record_id having count(*) > 1"); err != nil {
		return 0, err
	}
	counts, err := numbers(ctx, s, "select count(*), (select count(*) from imp_stage s join imp_twice t on t.record_id = s.record_id) from imp_twice")
	if err != nil {
		return 0, err
	}
	if ids, n := counts[0], counts[1]; ids > 0 {
		first, err := numbers(ctx, s, fmt.Sprintf(`select row from (
				select s.row, min(s.row) over (partition by s.record_id) as first from imp_stage s join imp_twice t on t.record_id = s.record_id
			) v order by first, row limit %d`, shown))
		if err != nil {
			return 0, err
		}
		return 0, failure.New(failure.BadInput, "Name with --id the column in which every person has a value of their own, or remove the repeated rows.",
			"%d record ids stand in more than one row, %d rows in all: %s", ids, n, rowList(first, n))
	}
	return rows, nil
}

// rowList writes the first rows of n.
func rowList(first []int64, n int64) string {
	texts := make([]string, len(first))
	for i, row := range first {
		texts[i] = fmt.Sprint(row)
	}
	list := "row " + strings.Join(texts, ", ")
	if len(first) > 1 {
		list = "rows " + strings.Join(texts, ", ")
	}
	if n > int64(len(first)) {
		list += " …"
	}
	return list
}

// numbers runs a select of integers and returns them row by row.
func numbers(ctx context.Context, s engine.Session, query string) (row []int64, err error) {
	err = s.Query(ctx, query, func(values []any) error {
		for _, v := range values {
			n, ok := v.(int64)
			if !ok {
				return fmt.Errorf("an engine gave a %T for a count", v)
			}
			row = append(row, n)
		}
		return nil
	})
	return row, err
}

// without returns layout without the column c.
func without(layout token.Layout, c token.Column) token.Layout {
	return slices.DeleteFunc(slices.Clone(layout), func(have token.Column) bool { return have == c })
}
