package dump

import (
	"context"
	"path"
	"strings"
)

// tabPairs finds what `mysqldump --tab` writes: for each table a file with its
// CREATE TABLE, name.sql, and one with its rows, name.txt, which has no names.
type tabPairs struct{}

// maxTabHead is the longest file with a CREATE TABLE that is looked at.
const maxTabHead = 1 << 20

func (tabPairs) gather(_ context.Context, d *Dump, siblings []*blob) ([]*blob, []refusal, error) {
	nameOf := func(b *blob) string {
		if b.name == "" {
			return d.inputs[b.input].Name
		}
		return b.name
	}
	heads := map[string]*blob{}
	for _, b := range siblings {
		if name, ok := strings.CutSuffix(nameOf(b), ".sql"); ok {
			heads[name] = b
		}
	}
	used := map[*blob]bool{}
	for _, b := range siblings {
		name := nameOf(b)
		head := heads[strings.TrimSuffix(name, path.Ext(name))]
		if head == nil || path.Ext(name) != ".txt" || b.written != nil {
			continue
		}
		f, err := tabHead(head)
		if err != nil {
			return nil, nil, err
		}
		if f != nil {
			b.written = f
			used[head] = true
		}
	}
	var rest []*blob
	for _, b := range siblings {
		if !used[b] {
			rest = append(rest, b)
		}
	}
	return rest, nil, nil
}

// tabHead reads a file that holds the CREATE TABLE of one table and no rows; nil
// where it is another.
func tabHead(b *blob) (*tabbedTable, error) {
	text, err := b.first(maxTabHead + 1)
	if err != nil || len(text) > maxTabHead || !startsSQL(text) {
		return nil, err
	}
	s := &sample{text: text, whole: true, maxRow: maxTabHead}
	l := sqlFormat{}.open(s).(*sqlLayout)
	sp := l.splitter(l.tables)
	_, marks := sp.split(text, true)
	if len(marks) > 0 || len(l.tables.all) != 1 || !l.tables.all[0].created {
		return nil, nil
	}
	return &tabbedTable{l.tables.all[0]}, nil
}

// tabbedTable is text between tabs whose columns are known.
type tabbedTable struct{ of *sqlTable }

func (t *tabbedTable) probe(*sample) float64 { return 0 } // it does not tell itself
func (t *tabbedTable) about() About          { return tabFormat{}.about() }

func (t *tabbedTable) open(s *sample) layout {
	mode := sqlMode{charset: s.charset}
	return &tabbedLayout{maxRow: s.maxRow, names: named(t.of.columns), to: &sqlTarget{of: t.of, binary: t.of.binary, mode: mode}}
}

// tabbedLayout is how such a text is written.
type tabbedLayout struct {
	maxRow int
	names  []string
	to     *sqlTarget
}

func (l *tabbedLayout) describe() string {
	return "tab-separated: backslash escapes, \\N for nothing, columns named by the table's definition"
}
func (l *tabbedLayout) columns() []string { return l.names }
func (l *tabbedLayout) header() bool      { return true }
func (l *tabbedLayout) start() int        { return 0 }
func (l *tabbedLayout) split() splitter   { return &tabSplitter{} }

func (l *tabbedLayout) parser() parser {
	sql := &sqlLayout{dialect: mysql, mode: l.to.mode, maxRow: l.maxRow}
	return &tabParser{sqlParser{layout: sql}, l.to}
}
