package seal

import (
	"bytes"
	"fmt"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/internal/packed"
	"constat.example/clear/table"
)

// Columns says what a source's columns are and what they are sealed into.
type Columns struct {
	Kinds      []kind.Kind // of each source column
	MonthFirst []bool      // of each source column, whether its dates read month first; nil for none
	Search     []bool      // of each source column, whether its texts are searched for identifiers; nil for none
	Layout     token.Layout

	// Met is shared by the sealers of one source, so that the variants of a value
	// are written once; nil for one of the sealer's own.
	Met *Met
}

// Sealer turns rows of personal values into rows of tokens. It keeps buffers,
// counts and what it has seen: use one per goroutine.
type Sealer struct {
	key     *Key
	layout  token.Layout
	columns []column
	at      targets

	// By layout column.
	owned  []bool // whether a source column is of its very kind
	short  []bool // whether its tokens are
	family []kind.Family

	split   [2]field.Splitter
	scratch block

	// Of the column and stretch under way.
	sought  []sought  // cells that may be remembered
	parts   []part    // of those that are not
	text    []byte    // canonical text of the parts
	unknown []unknown // parts that were not sealed lately
	fetched uint64    // of no meaning: what is added up here has been read

	id      []byte // of a record id cell, as written; empty where there is none
	late    []placedRow
	lexicon lexicon
	ear     ear
}

// stretch is how many rows are sealed column by column before the next: as many
// as have their text in the nearest cache.
const stretch = 256

// column is one source column and what became of it so far.
type column struct {
	kind       kind.Kind
	occurrence int
	splitter   int // index in Sealer.split
	memo       *memo
	count      tally
}

// targets finds the layout column a part goes to; -1 for none.
type targets [kind.Count][token.MaxOccurrences + 1][roleCount]int16

// target is the layout column that a token goes to, doubled, and 1 more where a
// source column of the very kind comes first.
type target int16

const noTarget target = -1

func (t target) index() int { return int(t >> 1) }

func (t target) late() bool { return t&1 != 0 }

// placed is a token and where it goes.
type placed struct {
	token  token.Token
	target target
}

// part is one of the parts of a cell that are to be sealed.
type part struct {
	row       int32 // in the batch
	from, end int32 // in Sealer.text
	target    target
	family    kind.Family
	short     bool
	mac       *mac
	near      near
	token     token.Token
}

type placedRow struct {
	row int
	placed
}

// outcome is what a cell comes to beside its tokens.
type outcome struct {
	kinds    kind.Set
	validity field.Validity
	reason   field.Reason
}

// NewSealer returns a sealer of rows with those columns. Several source columns
// of a kind that repeats fill its occurrences in order, and those beyond
// token.MaxOccurrences are counted but not sealed; of a kind that does not
// repeat, the first that is filled is sealed.
func NewSealer(key *Key, c Columns) *Sealer {
	s := &Sealer{key: key, layout: c.Layout, owned: make([]bool, len(c.Layout))}
	for k := range s.at {
		for n := range s.at[k] {
			for role := range s.at[k][n] {
				s.at[k][n][role] = -1
			}
		}
	}
	for i, to := range c.Layout {
		s.at[to.Kind][to.Occurrence][to.Role] = int16(i)
		s.short = append(s.short, to.Short())
		s.family = append(s.family, to.Kind.Family())
	}
	s.split[1].MonthFirst(true)
	s.lexicon.start(key, c.Met)
	s.ear.open(c)

	var seen [kind.Count]int
	for i, k := range c.Kinds {
		col := column{kind: k, occurrence: 1}
		if k.Info().Repeats {
			seen[k]++
			col.occurrence = seen[k]
		}
		if i < len(c.MonthFirst) && c.MonthFirst[i] {
			col.splitter = 1
		}
		if recurs(k) {
			col.memo = new(memo)
		}
		s.columns = append(s.columns, col)
		for j, to := range c.Layout {
			if to.Kind == k {
				s.owned[j] = true
			}
		}
	}
	return s
}

// recurs reports whether the values of a column of kind k are few enough that
// remembering them may pay. A kind that identifies a person hardly repeats.
func recurs(k kind.Kind) bool {
	info := k.Info()
	return info.Compared && !info.Direct && !readAtOnce(k)
}

// readAtOnce reports whether most cells of a column of kind k are read as quickly
// as they would be looked up: single names, dates.
func readAtOnce(k kind.Kind) bool {
	switch k {
	case kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.BirthDate:
		return true
	}
	return false
}

// Seal fills dst, which it resets, with a row for each row of src. Where two
// source columns give a value for one column of dst (a postcode of its own and
// one inside an address) the column of that very kind wins, then the first.
//
// The kinds of a row are those of its cells that are not empty, with the
// surname and given name, postcode and city found inside a cell of another
// kind. A full name counts as surname and given names, the number inside an
// address as address.
//
// With withIDs, and a record id in the layout, dst.RecordID gets the sealed
// record ids: as they were written, so that the register's owner finds them
// again, blanks around them apart. A row without one gets an empty one.
func (s *Sealer) Seal(dst *token.Batch, src *table.Batch, withIDs bool) error {
	if src.Width != len(s.columns) {
		return fmt.Errorf("sealing rows of %d columns with a sealer made for %d", src.Width, len(s.columns))
	}
	if len(dst.Cells) != len(s.layout) {
		return fmt.Errorf("sealing into %d token columns with a sealer made for %d", len(dst.Cells), len(s.layout))
	}
	rows := src.Rows()
	dst.Reset(rows)
	copy(dst.Row, src.Ordinal)
	withIDs = withIDs && s.at[kind.RecordID][1][token.Whole] >= 0
	if withIDs {
		dst.RecordID = emptied(dst.RecordID, rows)
	}
	s.late = s.late[:0]
	for first := 0; first < rows; first += stretch {
		for c := range s.columns {
			s.sealColumn(dst, src, c, first, min(first+stretch, rows), withIDs)
		}
	}
	for _, p := range s.late {
		fill(dst, p.row, p.placed)
	}
	return nil
}

// sealColumn seals the cells of a column in the rows from first on, before end.
// It goes over them in passes, so that what each has to fetch from memory is on
// its way before the first is waited for.
func (s *Sealer) sealColumn(dst *token.Batch, src *table.Batch, c, first, end int, withIDs bool) {
	col := &s.columns[c]
	s.sought = s.sought[:0]
	s.unseal()
	s.lexicon.fit()
	if col.memo != nil {
		col.memo.fit()
	}
	for row := first; row < end; row++ {
		raw := src.Cell(row, c)
		switch {
		case len(raw) == 0:
			col.count.cells[field.Empty]++
			if col.kind == kind.RecordID {
				col.count.missing(dst.Row[row])
			}
		case col.memo != nil && len(raw) <= packed.Longest:
			text := packed.Of(raw)
			s.sought = append(s.sought, sought{})
			cell := &s.sought[len(s.sought)-1]
			cell.row, cell.text, cell.at = row, text, col.memo.seek(text)
		default:
			s.count(dst, col, row, s.read(col, row, raw))
			if col.kind == kind.RecordID {
				s.sealID(dst, col, row, withIDs)
			}
		}
	}
	s.seal()
	for i := range s.parts {
		p := &s.parts[i]
		s.place(dst, int(p.row), placed{p.token, p.target})
	}
	s.fetched ^= fetched(s.sought)
	for i := range s.sought {
		cell := &s.sought[i]
		if !col.memo.has(cell) {
			s.unseal()
			o := s.read(col, cell.row, src.Cell(cell.row, c))
			s.seal()
			col.memo.remember(cell, o, s.parts)
			s.count(dst, col, cell.row, o)
			for j := range s.parts {
				p := &s.parts[j]
				s.place(dst, cell.row, placed{p.token, p.target})
			}
			continue
		}
		known := &cell.at.value
		s.count(dst, col, cell.row, outcome{known.kinds, known.validity, known.reason})
		for j, to := range known.targets {
			if to == noTarget {
				break
			}
			s.place(dst, cell.row, placed{known.tokens[j], to})
		}
	}
	if col.memo != nil && !col.memo.worth() {
		col.memo = nil
	}
}

// count notes what a cell of a row came to.
func (s *Sealer) count(dst *token.Batch, col *column, row int, o outcome) {
	dst.Kinds[row] |= int64(o.kinds)
	col.count.add(o.validity, o.reason)
}

// place puts a token into its row.
func (s *Sealer) place(dst *token.Batch, row int, p placed) {
	if p.target.late() {
		s.late = append(s.late, placedRow{row, p})
		return
	}
	fill(dst, row, p)
}

func fill(dst *token.Batch, row int, p placed) {
	if cell := &dst.Cells[p.target.index()][row]; *cell == 0 {
		*cell = p.token
	}
}

// unseal forgets the parts that were read.
func (s *Sealer) unseal() { s.parts, s.text = s.parts[:0], s.text[:0] }

// read finds out what a cell comes to, and appends the parts that are to be
// sealed.
func (s *Sealer) read(col *column, row int, raw []byte) outcome {
	parts, validity, reason := s.split[col.splitter].Split(col.kind, col.occurrence, raw)
	o := outcome{validity: validity, reason: reason}
	s.id = s.id[:0]
	if validity == field.Empty {
		return o
	}
	if col.kind == kind.FullName {
		o.kinds = o.kinds.With(kind.BirthSurname).With(kind.GivenNames)
	} else {
		o.kinds = o.kinds.With(col.kind)
	}
	if col.kind == kind.RecordID && len(parts) > 0 {
		s.id = append(s.id, written(raw, parts[0].Text)...)
	}
	for i := range parts {
		found := &parts[i]
		own := found.Column.Kind == col.kind
		if found.Column.Kind != kind.HouseNumber {
			o.kinds = o.kinds.With(found.Column.Kind)
		}
		if found.Column.Occurrence > token.MaxOccurrences {
			continue
		}
		index := s.at[found.Column.Kind][found.Column.Occurrence][found.Column.Role]
		if index < 0 {
			continue
		}
		to := target(index) << 1
		if !own && s.owned[index] {
			to |= 1
		}
		s.parts = append(s.parts, part{})
		p := &s.parts[len(s.parts)-1]
		p.row, p.target, p.from = int32(row), to, int32(len(s.text))
		s.text = append(s.text, found.Text...)
		p.end = int32(len(s.text))
		p.mac, p.short = s.key.columns[found.Column.Kind][found.Column.Role], s.short[index]
		if p.family = s.family[index]; p.family != kind.NoFamily {
			p.near = s.lexicon.seek(p.family, found.Text)
		}
	}
	return o
}

// seal seals the parts that were read, and puts values that are new into the
// lexicon. What is far in memory is fetched for all parts at once (see fetched),
// and what AES is to work on is written before it is to be read.
func (s *Sealer) seal() {
	sum := s.fetched
	for i := range s.parts {
		if p := &s.parts[i]; p.near.at != nil {
			sum ^= p.near.at.text.Touch()
		}
	}
	s.unknown = s.unknown[:0]
	for i := range s.parts {
		p := &s.parts[i]
		if known, ok := p.near.known(); ok {
			p.token = known
			continue
		}
		s.unknown = append(s.unknown, unknown{part: i})
		p.mac.begin(&s.unknown[len(s.unknown)-1].block, s.text[p.from:p.end])
	}
	for i := range s.unknown {
		u := &s.unknown[i]
		p := &s.parts[u.part]
		p.mac.end(&u.block)
		if p.short {
			p.token = u.block.short()
			continue
		}
		p.token = u.block.long()
	}
	for i := range s.unknown {
		if p := &s.parts[s.unknown[i].part]; p.family != kind.NoFamily {
			sum ^= s.lexicon.met.fetch(p.family, p.token)
		}
	}
	for i := range s.unknown {
		if p := &s.parts[s.unknown[i].part]; p.family != kind.NoFamily {
			s.lexicon.learn(p.family, p.near, p.token, s.text[p.from:p.end])
		}
	}
	s.fetched = sum
}

// unknown is a part that was not sealed lately, and its tag under way.
type unknown struct {
	part  int // in Sealer.parts
	block block
}

// sealID seals the record id of a row, just split, and counts the missing.
func (s *Sealer) sealID(dst *token.Batch, col *column, row int, withIDs bool) {
	if len(s.id) == 0 {
		col.count.missing(dst.Row[row])
		return
	}
	if withIDs && len(dst.RecordID[row]) == 0 {
		dst.RecordID[row] = s.key.appendRecordID(dst.RecordID[row], s.id)
	}
}

// written is the record id as its owner writes it: the cell without the blanks
// around it where that differs from the canonical form by case alone, else the
// canonical form (a spreadsheet's "17.0" is 17).
func written(raw, canonical []byte) []byte {
	if trimmed := bytes.TrimSpace(raw); bytes.EqualFold(trimmed, canonical) {
		return trimmed
	}
	return canonical
}

// emptied returns ids with n empty entries that keep their room.
func emptied(ids [][]byte, n int) [][]byte {
	if cap(ids) < n {
		grown := make([][]byte, n)
		copy(grown, ids[:cap(ids)])
		ids = grown
	}
	ids = ids[:n]
	for i := range ids {
		ids[i] = ids[i][:0]
	}
	return ids
}

// Lexicon returns, and forgets, the entries of the values first met since the
// last call. The next ones are put into spare, whose entries are void then. A value
// may come again much later, and does from a sealer with which no Met is shared.
func (s *Sealer) Lexicon(spare []token.Entry) []token.Entry { return s.lexicon.take(spare) }

// Counts tells of each source column what its cells were.
func (s *Sealer) Counts() []Count {
	counts := make([]Count, len(s.columns))
	for i := range s.columns {
		counts[i] = s.columns[i].count.result()
	}
	return counts
}
