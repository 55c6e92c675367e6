package scenario

import (
	"bytes"
	"path/filepath"
	"strconv"

	"constat.example/blind/kind"
	"constat.example/internal/chance"
	"constat.example/scenario/internal/agency"
	"constat.example/scenario/internal/note"
)

// TruthFreeText is what the notes of a dump quote. A person counts whose
// identifier stands in a note: their own, wherever it is; a birth date in their
// own note alone; a payment card in the note of the one it was noted for.
type TruthFreeText struct {
	Mentions int         `json:"mentions"` // identifiers in notes
	Persons  int         `json:"persons"`
	Only     int         `json:"only"`  // of them: not otherwise in the dump
	Stale    int         `json:"stale"` // of them: a value noted is no longer current, and no other of theirs in the dump
	ByKind   []TruthSaid `json:"by_kind"`
}

// TruthSaid is of how many people notes quote a kind, and of how many of them
// no column of the dump holds it.
type TruthSaid struct {
	Kind   kind.Kind `json:"kind"`
	People int       `json:"people"`
	Beyond int       `json:"beyond"`
}

// said is a mention in the note of a row.
type said struct {
	row    int // in the loot
	kind   kind.Kind
	value  string
	number uint64 // record of the person it is of, or nobody
	stale  bool
}

// quoted are what notes quote, by the column it stands in.
var quoted = []struct {
	kind   kind.Kind
	column agency.Column
}{
	{kind.Email, agency.Email},
	{kind.Phone, agency.Phone},
	{kind.NIR, agency.NIR},
	{kind.IBAN, agency.IBAN},
	{kind.TaxNumber, agency.TaxNumber},
	{kind.BirthDate, agency.BirthDate},
}

// personOf is what a note may quote of the person of a row.
func personOf(row *agency.Row, alone bool) note.Person {
	return note.Person{
		Mail: row.Cell(agency.Email), Phone: row.Cell(agency.Phone), NIR: row.Cell(agency.NIR), IBAN: row.Cell(agency.IBAN),
		Tax: row.Cell(agency.TaxNumber), Born: row.Cell(agency.BirthDate), Shared: !alone,
	}
}

// note writes what an adviser noted about the k-th person, or nothing.
func (j *job) note(l *loot, k int, row, now *agency.Row, there bool, number uint64) []byte {
	dice := chance.NewDice(j.seed^0x6e6f7465, l.chunk.Key(k))
	if !dice.Chance(j.t.Notes) {
		return nil
	}
	self := personOf(row, l.chunk.Alone(k))
	var other *note.Person
	var otherRow, otherNow agency.Row
	at := dice.Below(l.chunk.People())
	otherThere := true
	if at != k && l.chunk.Row(&otherRow, at, j.at) {
		p := personOf(&otherRow, l.chunk.Alone(at))
		other = &p
		otherThere = l.chunk.Row(&otherNow, at, j.last)
	}
	text, mentions := note.Append(nil, &dice, &self, other, nil)
	for _, m := range mentions {
		s := said{row: len(l.rows), kind: m.Kind, value: m.Value, number: nobody}
		switch m.Of {
		case note.Self:
			s.number, s.stale = number, !there || changed(m.Kind, row, now)
		case note.Other:
			s.number, s.stale = l.chunk.Number(at), !otherThere || changed(m.Kind, &otherRow, &otherNow)
		}
		l.said = append(l.said, s)
	}
	return text
}

// changed reports whether what a note quotes has changed since.
func changed(k kind.Kind, then, now *agency.Row) bool {
	for _, q := range quoted {
		if q.kind == k {
			return !bytes.Equal(then.Cell(q.column), now.Cell(q.column))
		}
	}
	return false
}

// notes adds up what the notes of a dump quote; nil for a dump without notes.
type notes struct {
	file   *file
	people map[uint64]*told
	count  int
	w      *World
}

// told is what of one person is in the dump.
type told struct {
	rows     bool
	columns  kind.Set // filled in their rows
	said     kind.Set
	rowStale bool
	stale    bool
}

func (j *job) newNotes(dir string) (*notes, error) {
	if j.t.Notes == 0 {
		return nil, nil
	}
	f, err := create(filepath.Join(dir, "truth", "mentions.csv"))
	if err != nil {
		return nil, err
	}
	f.write([]byte("row,kind,value,record_id\n"))
	return &notes{file: f, people: map[uint64]*told{}, w: j.w}, nil
}

func (n *notes) abandon() {
	if n != nil {
		n.file.abandon()
	}
}

func (n *notes) keep() error {
	if n == nil {
		return nil
	}
	return n.file.keep()
}

func (n *notes) of(number uint64) *told {
	t := n.people[number]
	if t == nil {
		t = &told{}
		n.people[number] = t
	}
	return t
}

// take adds the notes of a chunk, whose first row follows so many others.
func (n *notes) take(l *loot, rows int) {
	if n == nil {
		return
	}
	for _, r := range l.rows {
		t := n.of(r.number)
		t.rows, t.columns, t.rowStale = true, t.columns|r.filled, t.rowStale || r.stale
	}
	var line []byte
	for _, s := range l.said {
		n.count++
		line = append(strconv.AppendInt(line[:0], int64(rows+s.row+1), 10), ',')
		line = append(append(line, s.kind.String()...), ',')
		line = append(append(line, s.value...), ',')
		if s.number != nobody {
			line = n.w.w.AppendRecordID(line, s.number)
			t := n.of(s.number)
			t.said = t.said.With(s.kind)
			t.stale = t.stale || s.stale && !t.columns.Has(s.kind)
		}
		n.file.write(append(line, '\n'))
	}
}

func (n *notes) truth() *TruthFreeText {
	if n == nil {
		return nil
	}
	t := &TruthFreeText{Mentions: n.count}
	var people, beyond [kind.Count]int
	for _, p := range n.people { // sums: the order does not matter
		if p.said == 0 {
			continue
		}
		t.Persons++
		add(&t.Only, !p.rows)
		add(&t.Stale, p.stale && !p.rowStale)
		for _, k := range p.said.Kinds() {
			people[k]++
			add(&beyond[k], !p.columns.Has(k))
		}
	}
	for _, k := range kind.All() {
		if people[k] > 0 {
			t.ByKind = append(t.ByKind, TruthSaid{k, people[k], beyond[k]})
		}
	}
	return t
}
