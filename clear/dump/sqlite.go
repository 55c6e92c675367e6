package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"strings"

	"constat.example/clear/internal/spell"
)

// sqliteFormat is the database file of SQLite 3 (sqlite.org/fileformat2.html).
// It is read without its library, which would run what a stranger wrote into
// the schema, and which stops at the first page that is damaged.
type sqliteFormat struct{}

const (
	sqliteMark   = "SQLite format 3\x00"
	sqliteHeader = 100 // bytes of the first page
	sqliteDepth  = 40  // levels of a tree; four thousand million pages need less
)

func (sqliteFormat) probe(_ context.Context, l *look) float64 {
	if bytes.HasPrefix(l.head, []byte(sqliteMark)) {
		return certain
	}
	return 0
}

func (sqliteFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	db, err := openSQLite(ctx, f)
	if err != nil {
		return nil, err
	}
	l := &sqliteLayout{in: f, charset: db.charset}
	w := db.walk(ctx, f.maxRow())
	w.row = func(r *sqliteRow) error {
		l.note(db, r)
		return nil
	}
	if err := w.tree(1, false); err != nil {
		return nil, err
	}
	for i := range l.tables {
		t := &l.tables[i]
		if len(t.columns) == 0 { // a CREATE TABLE that cannot be read
			if err := t.widthOf(db.walk(ctx, f.maxRow())); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// sqliteLayout is the tables of a database.
type sqliteLayout struct {
	in      *entry
	charset charset
	tables  []sqliteTable
	others  []uint32 // roots of indexes, and of SQLite's own tables
}

// sqliteTable is a table as the schema has it.
type sqliteTable struct {
	name    string
	root    uint32
	columns []string
	stored  []int    // by value of a record, the column
	rowid   int      // the column that is the key of the tree, or -1
	missing [][]byte // by column, its value in rows older than it
	index   bool     // it is kept in the tree of an index
}

func (l *sqliteLayout) describe() string {
	return "SQLite: a database, text in " + l.charset.String()
}

func (l *sqliteLayout) shapes() []shape {
	var all []shape
	for i, t := range l.tables {
		all = append(all, shape{name: tableName(t.name, i), columns: named(t.columns), header: true})
	}
	return all
}

// note takes an entry of the schema: type, name, table, root page, statement.
func (l *sqliteLayout) note(db *sqliteFile, r *sqliteRow) {
	v := r.values
	if len(v) < 5 || v[3].integer <= 0 || v[3].integer > math.MaxUint32 {
		return
	}
	root := uint32(v[3].integer)
	kind, name := string(db.text(nil, v[0].bytes)), string(db.text(nil, v[1].bytes))
	if kind != "table" || strings.HasPrefix(name, "sqlite_") || len(l.tables) == maxTables {
		l.others = append(l.others, root)
		return
	}
	t := sqliteTable{name: name, root: root, rowid: -1}
	if head, ok := readTableHead(db.text(nil, v[4].bytes)); ok {
		t.describe(head)
	}
	l.tables = append(l.tables, t)
}

// describe takes the columns of a CREATE TABLE, and how they lie in records.
func (t *sqliteTable) describe(head *tableHead) {
	var key []int
	single := false // the key is one column, named by a clause of its own or by the column's
	find := func(name string) int {
		for i, c := range t.columns {
			if strings.EqualFold(c, name) {
				return i
			}
		}
		return -1
	}
	virtual := make([]bool, len(head.columns))
	for i, c := range head.columns {
		t.columns = append(t.columns, c.name)
		upper := " " + strings.Join(strings.Fields(strings.ToUpper(string(c.rest))), " ")
		virtual[i] = (strings.Contains(upper, "GENERATED ALWAYS") || strings.Contains(upper, " AS (") || strings.Contains(upper, " AS(")) && !strings.Contains(upper, "STORED")
		if strings.Contains(upper, "PRIMARY KEY") {
			key, single = []int{i}, true
		}
		t.missing = append(t.missing, defaultOf(c.rest))
	}
	for _, clause := range head.clauses {
		l := &lexer{text: clause}
		if l.ahead() == "CONSTRAINT" {
			l.word()
			l.part()
		}
		if l.word() != "PRIMARY" || l.word() != "KEY" || !l.take('(') {
			continue
		}
		key = nil
		for {
			name, ok := l.part()
			if !ok {
				break
			}
			if i := find(name); i >= 0 {
				key = append(key, i)
			}
			if !l.clause() {
				break
			}
		}
		single = len(key) == 1
	}
	if single && strings.EqualFold(head.columns[key[0]].kind, "INTEGER") {
		t.rowid = key[0]
	}
	t.index = strings.Contains(strings.Join(strings.Fields(strings.ToUpper(string(head.tail))), " "), "WITHOUT ROWID")
	taken := make([]bool, len(t.columns))
	if t.index { // the key comes first
		t.rowid = -1
		for _, i := range key {
			if !taken[i] {
				taken[i] = true
				t.stored = append(t.stored, i)
			}
		}
	}
	for i := range t.columns {
		if !taken[i] && !virtual[i] {
			t.stored = append(t.stored, i)
		}
	}
}

// defaultOf is the literal after DEFAULT in what is said of a column; nil where
// there is none, or one that only a server can work out.
func defaultOf(clause []byte) []byte {
	l := &lexer{text: clause}
	for l.i < len(clause) {
		c := l.peek()
		switch {
		case c == 0:
			return nil
		case c == '\'' || c == '"' || c == '`':
			if end := quotedEnd(clause, l.i, false); end > 0 {
				l.i = end
				continue
			}
			return nil
		case !wordByte(c):
			l.i++
			continue
		}
		if l.word() != "DEFAULT" {
			continue
		}
		switch c := l.peek(); {
		case c == '\'' || c == '"':
			v, _ := l.part()
			return []byte(v)
		case c == '(':
			return nil
		}
		word := clause[l.i:]
		if n := bytes.IndexAny(word, " \t\r\n"); n >= 0 {
			word = word[:n]
		}
		if isNull(word) || bytes.HasPrefix(bytes.ToUpper(word), []byte("CURRENT_")) {
			return nil
		}
		return bytes.TrimPrefix(word, []byte{'+'})
	}
	return nil
}

// widthOf names the columns of a table whose statement cannot be read by the
// values of its first row.
func (t *sqliteTable) widthOf(w *sqliteWalk) error {
	first := errors.New("seen enough")
	w.row = func(r *sqliteRow) error {
		t.columns = make([]string, min(max(len(r.values), 1), maxColumns))
		return first
	}
	for _, index := range []bool{false, true} {
		if err := w.tree(t.root, index); err != nil && !errors.Is(err, first) {
			return err
		}
		if len(t.columns) > 0 {
			t.index = index
			break
		}
		clear(w.seen)
	}
	if len(t.columns) == 0 {
		t.columns = make([]string, 1)
	}
	for i := range t.columns {
		t.stored = append(t.stored, i)
	}
	t.missing = make([][]byte, len(t.columns))
	return nil
}

func (l *sqliteLayout) read(ctx context.Context, out *output) error {
	db, err := openSQLite(ctx, l.in)
	if err != nil {
		return err // it was opened before
	}
	w := db.walk(ctx, l.in.maxRow())
	p := &sqliteRows{db: db, out: out, cells: cellWriter{charset: utf8Text}}
	bad := false
	w.tell = func(why reason, at, bytes int64) {
		bad = true
		out.lost(why, at, bytes, db.size)
	}
	out.into(0)
	if err := w.tree(1, false); err != nil {
		return err
	}
	var broken []int
	for i := range l.tables {
		out.into(i)
		p.table = &l.tables[i]
		w.row, bad = p.row, false
		if err := w.tree(p.table.root, p.table.index); err != nil {
			return err
		}
		if bad {
			broken = append(broken, i)
		}
	}
	w.row = nil
	out.into(0)
	for _, root := range l.others {
		if err := w.either(root); err != nil {
			return err
		}
	}
	if err := w.free(); err != nil {
		return err
	}
	p.mended = true
	if err := l.orphans(w, p, broken); err != nil {
		return err
	}
	out.into(0)
	return w.rest()
}

// orphans reads leaves that nothing leads to any more, where one table only has
// lost pages and rows of that width.
func (l *sqliteLayout) orphans(w *sqliteWalk, p *sqliteRows, broken []int) error {
	if len(broken) == 0 {
		return nil
	}
	for n := uint32(2); n <= w.pages; n++ {
		if w.seen.has(n) {
			continue
		}
		page, err := w.load(n, 0)
		if err != nil {
			return err
		}
		width, ok := w.orphan(page)
		if !ok {
			continue
		}
		owner, owners := 0, 0
		for _, i := range broken {
			if t := &l.tables[i]; !t.index && len(t.stored) == width {
				owner, owners = i, owners+1
			}
		}
		if owners != 1 {
			continue
		}
		p.out.into(owner)
		p.table, w.row = &l.tables[owner], p.row
		if err := w.page(n, false, 0); err != nil {
			return err
		}
	}
	w.row = nil
	return nil
}

// sqliteRows writes rows.
type sqliteRows struct {
	db     *sqliteFile
	out    *output
	table  *sqliteTable
	mended bool // where the rows were found says little of whose they are
	cells  cellWriter
	slots  []int // by column, the value plus one
	plain  []byte
}

func (p *sqliteRows) row(r *sqliteRow) error {
	t := p.table
	if len(r.values) > len(t.stored) {
		p.out.lost(tooManyCells, r.at, 0, p.db.size)
		return nil
	}
	p.slots = append(p.slots[:0], make([]int, len(t.columns))...)
	for i := range r.values {
		p.slots[t.stored[i]] = i + 1
	}
	mended := p.mended
	b := &p.out.batch
	for c, i := range p.slots {
		switch {
		case i == 0:
			b.Append(t.missing[c])
		case r.values[i-1].kind == sqliteNull && c == t.rowid:
			p.plain = strconv.AppendInt(p.plain[:0], r.rowid, 10)
			b.Append(p.plain)
		default:
			mended = p.cell(r.values[i-1]) || mended
		}
	}
	p.out.row(0, mended)
	return nil
}

// cell writes one value, and reports whether it had to be mended.
func (p *sqliteRows) cell(v sqliteValue) bool {
	b := &p.out.batch
	switch v.kind {
	case sqliteNull:
		b.Append(nil)
	case sqliteInteger:
		p.plain = strconv.AppendInt(p.plain[:0], v.integer, 10)
		b.Append(p.plain)
	case sqliteReal:
		p.plain = spell.Float(p.plain[:0], math.Float64frombits(uint64(v.integer)), 64)
		b.Append(p.plain)
	case sqliteBlob:
		if !textual(v.bytes) {
			p.plain = spell.Hex(p.plain[:0], v.bytes)
			b.Append(p.plain)
			return false
		}
		b.Append(v.bytes)
	default:
		if p.db.charset.wide() {
			p.plain = p.db.text(p.plain[:0], v.bytes)
			return p.cells.value(b, p.plain)
		}
		return p.cells.value(b, v.bytes)
	}
	return false
}

func (sqliteFormat) about() About {
	return About{
		Name: "SQLite", What: "the database file of SQLite 3; each table by itself, also `WITHOUT ROWID`, of any encoding, whole or damaged",
		Example: "A database with one table: CREATE TABLE clients (id INTEGER PRIMARY KEY, nom TEXT).",
		NotRead: "what was deleted and lies in free pages, SQLite's own tables, a write-ahead log beside the file",
		Made:    sqliteExample,
	}
}

// sqliteExample is a database of two pages: the schema, and a table of two rows.
func sqliteExample() []byte {
	const size = 512
	leaf := func(page []byte, head int, records ...[]byte) {
		page[head] = tableLeaf
		binary.BigEndian.PutUint16(page[head+3:], uint16(len(records)))
		end := size
		for i, r := range records {
			cell := append([]byte{byte(len(r)), byte(i + 1)}, r...)
			end -= len(cell)
			copy(page[end:], cell)
			binary.BigEndian.PutUint16(page[head+8+2*i:], uint16(end))
		}
		binary.BigEndian.PutUint16(page[head+5:], uint16(end))
	}
	db := make([]byte, 2*size)
	copy(db, sqliteMark)
	binary.BigEndian.PutUint16(db[16:], size)
	copy(db[18:], "\x01\x01\x00\x40\x20\x20")
	binary.BigEndian.PutUint32(db[24:], 1)
	binary.BigEndian.PutUint32(db[28:], 2)
	binary.BigEndian.PutUint32(db[44:], 4)
	binary.BigEndian.PutUint32(db[56:], 1)
	binary.BigEndian.PutUint32(db[92:], 1)
	const create = "CREATE TABLE clients (id INTEGER PRIMARY KEY, nom TEXT)"
	const long = 13 + 2*len(create)
	schema := append([]byte{7, 13 + 2*5, 13 + 2*7, 13 + 2*7, 1, byte(0x80 | long>>7), byte(long & 0x7f)}, "tableclientsclients\x02"+create...)
	leaf(db, sqliteHeader, schema)
	leaf(db[size:], 0, append([]byte{3, 0, 13 + 2*6}, "Martin"...), append([]byte{3, 0, 13 + 2*5}, "Petit"...))
	return db
}
