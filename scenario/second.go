package scenario

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"constat.example/internal/chance"
	"constat.example/scenario/internal/agency"
)

// A second register of the same organisation knows every second person of the first,
// and as many who are not in the first. It learns of what changes weeks or months
// later, has other mail addresses and phones of some, ids of its own, fewer columns,
// and writes in another way.

// SecondRegister names the second register of a drill: its snapshots are in
// register-b/.
const SecondRegister = "b"

var (
	secondColumns = []agency.Column{
		agency.RecordID, agency.BirthSurname, agency.UsedSurname, agency.GivenNames, agency.Sex, agency.BirthDate,
		agency.Email, agency.Phone, agency.Address, agency.PostCode, agency.City, agency.IBAN,
	}
	secondFormat = Format{Delimiter: ",", Header: "en", Dates: DayFirst, Phones: Pairs, Upper: true}.withDefaults()
)

// second is the second register.
type second struct {
	w      *World
	others *agency.World // who is in it and not in the first
}

func (j *job) newSecond(ctx context.Context) (*second, error) {
	others, err := j.strangers(ctx, j.w.c.People/2+50)
	return &second{j.w, others}, err
}

// row writes what the register holds of the k-th person at an instant, and reports
// whether they are in it then.
func (s *second) row(r *agency.Row, c *agency.Chunk, k int, at int64) bool {
	const longest = 120 * 86_400 // until it learns of something
	random := chance.Mix(c.Key(k) + 0x5ec0)
	there := c.Row(r, k, max(0, at-int64(chance.Mix(random)%longest)))
	r.Set(agency.RecordID, secondID(nil, c.Number(k)))
	r.Set(agency.Email, elsewhere(bytes.Clone(r.Cell(agency.Email)), 0, agency.Email, c.Key(k)))
	if phone := r.Cell(agency.Phone); len(phone) == len(Bare) && random>>16%10 < 3 {
		r.Set(agency.Phone, fmt.Appendf(nil, "079%07d", chance.Mix(random+1)%10_000_000)) // numbers given to nobody
	}
	return there
}

// secondID writes the second register's name of a record. No two numbers under
// 999,999,937, which is prime, have the same.
func secondID(b []byte, number uint64) []byte {
	return fmt.Appendf(b, "E%09d", number*92_821%999_999_937)
}

// chunks gives to use the people of the register, a chunk at a time: make_ is told
// which of a chunk's people they are.
func (s *second) chunks(ctx context.Context, make_ func(w *agency.World, i int, l *loot, in func(l *loot, k int) bool) *loot, use func(*loot) error) error {
	for _, w := range []*agency.World{s.w.w, s.others} {
		in := func(l *loot, k int) bool { return w == s.others || chance.Mix(l.chunk.Key(k)+0x5ec1)%2 == 0 }
		if err := agency.InOrder(ctx, s.w.c.Threads, w.Chunks(), func(i int, l *loot) *loot { return make_(w, i, l, in) }, use); err != nil {
			return err
		}
	}
	return nil
}

// collect gives to use all that is copied from the register.
func (s *second) collect(ctx context.Context, j *job, use func(*loot) error) error {
	return s.chunks(ctx, func(w *agency.World, i int, l *loot, in func(*loot, int) bool) *loot {
		l = l.begin(w, i)
		var row, now agency.Row
		for k := range l.chunk.People() {
			if !in(l, k) || !s.row(&row, l.chunk, k, j.at) {
				continue
			}
			l.tally.register++
			l.tally.reached++
			l.tally.copied(j.at)
			there := s.row(&now, l.chunk, k, j.last)
			number := l.chunk.Number(k)
			j.write(l, k, [][][]byte{j.cells(l, k, &row, &now, there, number)}, &now, there, number)
		}
		return l
	}, use)
}

// writeRegister writes the register at each of the instants into dir, and tells what
// it wrote.
func (s *second) writeRegister(ctx context.Context, dir string, instants []int64) ([]Snapshot, error) {
	var files []*file
	var written []Snapshot
	defer func() {
		for _, f := range files {
			f.abandon()
		}
	}()
	for _, since := range instants {
		at := s.w.time(since)
		f, err := create(filepath.Join(dir, snapshotFile(at)))
		if err != nil {
			return nil, err
		}
		f.write(secondFormat.header(nil, secondColumns))
		files, written = append(files, f), append(written, Snapshot{File: f.name, At: at})
	}
	// One instant at a time of every chunk, so that no more than a chunk is held.
	for i, since := range instants {
		err := s.chunks(ctx, func(w *agency.World, n int, l *loot, in func(*loot, int) bool) *loot {
			l = l.begin(w, n)
			var row agency.Row
			cells := make([][]byte, len(secondColumns))
			for k := range l.chunk.People() {
				if !in(l, k) || !s.row(&row, l.chunk, k, since) {
					continue
				}
				for c, column := range secondColumns {
					cells[c] = secondFormat.cell(nil, column, row.Cell(column))
				}
				l.text = secondFormat.row(l.text, secondColumns, cells)
				l.tally.register++
			}
			return l
		}, func(l *loot) error {
			files[i].write(l.text)
			written[i].People += l.tally.register
			return files[i].err
		})
		if err != nil {
			return nil, err
		}
		if err := files[i].keep(); err != nil {
			return nil, err
		}
	}
	return written, nil
}
