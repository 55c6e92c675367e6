package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"constat.example/internal/chance"
	"constat.example/scenario/internal/agency"
)

// Honey is the agency's made-up people: some in the register itself, others in the
// extract of each of two partners. The thief takes that of the first.
type Honey struct {
	People int     // in each of the three
	Months float64 // after the first snapshot at which they were put in place
}

// HoneyFolder and HoneyList are where a drill says which made-up people there are:
// what the agency knows and a run is told.
const (
	HoneyFolder = "honey"
	HoneyList   = "honey.json"
)

// HoneySet is the made-up people of one copy.
type HoneySet struct {
	Copy       string    `json:"copy"`
	Everywhere bool      `json:"everywhere"` // they stand in the register
	From       time.Time `json:"from"`
	File       string    `json:"file"` // in the folder of made-up people, as the register is written
}

// TruthHoney is what of made-up people is in a dump.
type TruthHoney struct {
	Copy  string         `json:"copy"`  // that the dump was taken from
	Found map[string]int `json:"found"` // people, by copy
	Rows  int            `json:"rows"`  // of theirs
}

// The copies that hold made-up people: the register, and two partners' extracts.
var honeyCopies = [...]string{"register", "partner-a", "partner-b"}

// stolenCopy is which of them the thief takes.
const stolenCopy = 1

// madeUp is one made-up person.
type madeUp struct {
	row    agency.Row
	copied int    // index in honeyCopies
	number uint64 // record number, beyond those that the agency gives
	key    uint64
}

// madeUp draws the made-up people: strangers, under record ids that the agency has
// not come to.
func (j *job) madeUp(ctx context.Context) ([]*madeUp, error) {
	n := j.t.Honey.People * len(honeyCopies)
	if n == 0 {
		return nil, nil
	}
	others, err := j.strangers(ctx, 2*n+100)
	if err != nil {
		return nil, err
	}
	_, beyond := j.w.w.Numbers()
	var all []*madeUp
	var chunk *agency.Chunk
	for i := 0; i < others.Chunks() && len(all) < n; i++ {
		chunk = others.Make(i, chunk)
		for k := 0; k < chunk.People() && len(all) < n; k++ {
			m := &madeUp{copied: len(all) % len(honeyCopies), number: beyond + 1000 + uint64(len(all)), key: chance.Mix(chunk.Key(k) + 0x686f6e)}
			if chunk.Row(&m.row, k, 0) {
				all = append(all, m)
			}
		}
	}
	if len(all) < n {
		return nil, fmt.Errorf("only %d of %d people could be made up", len(all), n)
	}
	return all, nil
}

// stolen reports whether the thief got a made-up person: those of the copy, and of
// the register's the share that the copy has.
func (j *job) stolen(m *madeUp) bool {
	return m.copied == stolenCopy || m.copied == 0 && m.key <= j.share
}

// appendMadeUp writes a made-up person as the register does.
func (w *World) appendMadeUp(b []byte, m *madeUp) []byte {
	for i, c := range agency.AllColumns() {
		if i > 0 {
			b = append(b, ';')
		}
		cell := m.row.Cell(c)
		if c == agency.RecordID {
			cell = w.w.AppendRecordID(nil, m.number)
		}
		b = agency.AppendCell(b, cell, ';')
	}
	return append(b, '\n')
}

// plant puts made-up people into the snapshots that were written of the register, and
// writes who they are beside it.
func (j *job) plant(ctx context.Context, dir string, snapshots []Snapshot) error {
	all, err := j.madeUp(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	j.honey = all
	from := j.w.time(j.w.instant(j.t.Honey.Months))
	var texts [len(honeyCopies)][]byte
	for _, m := range all {
		texts[m.copied] = j.w.appendMadeUp(texts[m.copied], m)
	}
	for i := range snapshots {
		s := &snapshots[i]
		if s.At.Before(from) {
			continue
		}
		f, err := os.OpenFile(filepath.Join(dir, "register", s.File), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("putting made-up people into the register: %w", err)
		}
		_, err = f.Write(texts[0])
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return fmt.Errorf("putting made-up people into the register: %w", err)
		}
		s.People += j.t.Honey.People
	}
	if err := os.MkdirAll(filepath.Join(dir, HoneyFolder), 0o700); err != nil {
		return err
	}
	var sets []HoneySet
	write := func(name string, text []byte) error {
		f, err := create(filepath.Join(dir, HoneyFolder, name))
		if err != nil {
			return err
		}
		defer f.abandon()
		f.write(text)
		return f.keep()
	}
	for i, name := range honeyCopies {
		set := HoneySet{Copy: name, Everywhere: i == 0, From: from, File: name + ".csv"}
		sets = append(sets, set)
		if err := write(set.File, append(agency.AppendHeader(nil, ';'), texts[i]...)); err != nil {
			return err
		}
	}
	list, err := json.MarshalIndent(sets, "", "  ")
	if err != nil {
		return err
	}
	return write(HoneyList, append(list, '\n'))
}

// takeMadeUp gives to use the rows of made-up people that the thief got with the
// copy.
func (j *job) takeMadeUp(use func(*loot) error) error {
	l := &loot{tally: none}
	for _, m := range j.honey {
		if !j.stolen(m) {
			continue
		}
		var b []byte
		cells := make([][]byte, len(j.columns))
		for i, c := range j.columns {
			cell := m.row.Cell(c)
			if c == agency.RecordID {
				cell = j.w.w.AppendRecordID(nil, m.number)
			}
			from := len(b)
			b = j.t.Format.cell(b, c, cell)
			cells[i] = b[from:len(b):len(b)]
		}
		l.text = j.t.Format.row(l.text, j.columns, cells)
		number := uint64(nobody)
		if m.copied == 0 {
			number = m.number
			l.tally.genuine++
		} else {
			l.tally.invented++
		}
		l.rows = append(l.rows, lootRow{to: len(l.text), number: number, key: m.key})
	}
	return use(l)
}

// tellHoney adds to the truth what of made-up people is in the dump. Those of the
// copy alone are no part of what could be genuine.
func (j *job) tellHoney(truth *Truth) {
	if len(j.honey) == 0 {
		return
	}
	t := &TruthHoney{Copy: honeyCopies[stolenCopy], Found: map[string]int{}}
	for _, m := range j.honey {
		if j.stolen(m) {
			t.Found[honeyCopies[m.copied]]++
			t.Rows++
		}
	}
	truth.Honey = t
	truth.GenuineShare = float64(truth.Genuine) / float64(truth.Rows-t.Found[t.Copy])
}
