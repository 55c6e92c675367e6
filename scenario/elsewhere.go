package scenario

import (
	"bytes"
	"context"
	"fmt"

	"constat.example/internal/chance"
	"constat.example/scenario/internal/agency"
)

// Other agencies know some of the same people, each person as of another time,
// under ids of their own and some with another mail address.

// knows reports whether the other agency knows that person, and as of when: six
// people in ten, unless a share is given.
func (j *job) knows(c *agency.Chunk, k int) (at int64, known bool) {
	random := chance.Mix(c.Key(k) + 0x7f4a + j.t.Other<<32)
	known = random%10 < 6
	if j.t.Share > 0 {
		known = random%10_000 < uint64(j.t.Share)
	}
	return int64(chance.Mix(random) % uint64(j.at+1)), known
}

// elsewhere turns a cell into what another agency has: ids of its own, and for
// four people in ten another mail address.
func elsewhere(b []byte, from int, c agency.Column, key uint64) []byte {
	switch c {
	case agency.RecordID:
		return fmt.Appendf(b[:from], "PSP%09d%c", chance.Mix(key+0x11)%1_000_000_000, 'A'+rune(chance.Mix(key+0x12)%26))
	case agency.Email:
		if at := bytes.IndexByte(b[from:], '@'); at > 0 && chance.Mix(key+0x13)%10 < 4 {
			return fmt.Appendf(b[:from+at], "%d@sport-loisir.example", chance.Mix(key+0x14)%1000)
		}
	}
	return b
}

// beside adds the row that another agency has of the k-th person, whom the theft
// does not take, where the dump is blown up with such rows.
func (j *job) beside(l *loot, k int) {
	if j.t.Beside == 0 || chance.Mix(l.chunk.Key(k)^j.seed^0x6265)%10_000 >= uint64(j.t.Beside) {
		return
	}
	other := *j
	other.t.Foreign, other.t.Share, other.t.Other = true, 10_000, 9
	at, _ := other.knows(l.chunk, k)
	var row, now agency.Row
	if !l.chunk.Row(&row, k, at) {
		return
	}
	there := l.chunk.Row(&now, k, j.last)
	before := l.tally.genuine
	number := l.chunk.Number(k)
	other.write(l, k, [][][]byte{other.cells(l, k, &row, &now, there, number)}, &now, there, number)
	l.tally.beside += l.tally.genuine - before
}

// careless makes a cell of somebody who does not exist one that fits no other: names
// of a short list, dates and numbers drawn evenly.
func careless(b []byte, from int, c agency.Column, key uint64) []byte {
	n := chance.Mix(key + uint64(c)<<20)
	of := func(list []string) []byte { return append(b[:from], list[n%uint64(len(list))]...) }
	switch c {
	case agency.BirthSurname:
		return of(shortSurnames)
	case agency.GivenNames:
		return of(shortNames)
	case agency.Sex:
		return append(b[:from], "MF"[n%2])
	case agency.BirthDate:
		return fmt.Appendf(b[:from], "%04d-%02d-%02d", 1940+n%65, 1+n>>16%12, 1+n>>32%28)
	case agency.NIR:
		return fmt.Appendf(b[:from], "%d%02d%02d%05d%03d%02d", 1+n%2, n>>8%100, 1+n>>16%12, 1000+n>>24%94000, n>>44%1000, 1+n>>54%97)
	case agency.PostCode:
		return fmt.Appendf(b[:from], "%05d", 1000+n%94_000)
	}
	return b
}

// What comes to the mind of one who makes people up.
var (
	shortSurnames = []string{
		"Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent", "Simon", "Michel", "Lefebvre", "Leroy", "Roux",
		"David", "Bertrand", "Morel", "Fournier", "Girard", "Bonnet", "Dupont", "Lambert", "Fontaine", "Rousseau", "Vincent", "Muller", "Faure", "Mercier", "Blanc",
	}
	shortNames = []string{
		"Marie", "Jean", "Pierre", "Sophie", "Nathalie", "Nicolas", "Julien", "Camille", "Emma", "Lucas", "Hugo", "Thomas", "Julie", "Isabelle", "Catherine",
		"Philippe", "Michel", "Alain", "Patrick", "Laurent", "Sylvie", "Martine", "Paul", "Louis", "Chloé", "Manon", "Antoine", "Alexandre", "Claire", "Anne",
	}
)

// unissued writes an id of a format in which the agency never gave one.
func unissued(b []byte, key uint64) []byte {
	return fmt.Appendf(b, "%08X/%c", uint32(chance.Mix(key+0x15)), 'A'+rune(chance.Mix(key+0x16)%26))
}

// gather gives to use what other agencies hold: what is known of the agency's
// people, then of strangers, of whom all agencies know the same.
func (j *job) gather(ctx context.Context, use func(*loot) error) error {
	others, err := j.strangers(ctx, j.w.c.People*4/10+100)
	if err != nil {
		return err
	}
	for _, w := range []*agency.World{j.w.w, others} {
		ours := w == j.w.w
		err := agency.InOrder(ctx, j.w.c.Threads, w.Chunks(), func(i int, l *loot) *loot {
			l = l.begin(w, i)
			for k := range l.chunk.People() {
				j.join(l, k, ours)
			}
			return l
		}, use)
		if err != nil {
			return err
		}
	}
	return nil
}

// join adds one row of what the other agencies know of the k-th person: each
// column from the one that saw it last.
func (j *job) join(l *loot, k int, ours bool) {
	sources := j.sources
	if !j.t.Merged {
		sources = []*job{j}
	}
	raw := append(l.raw[:0], make([][]byte, len(j.columns))...)
	l.raw, l.scratch = raw, l.scratch[:0]
	seen := make([]int64, len(j.columns))
	found := false
	var row agency.Row
	for _, s := range sources {
		at, known := s.knows(l.chunk, k)
		if !known || !l.chunk.Row(&row, k, at) {
			continue
		}
		found = true
		for i, c := range j.columns {
			if !s.has(c) || len(row.Cell(c)) == 0 || raw[i] != nil && at < seen[i] {
				continue
			}
			from := len(l.scratch)
			l.scratch = append(l.scratch, row.Cell(c)...)
			if j.t.Merged {
				l.scratch = elsewhere(l.scratch, from, c, l.chunk.Key(k)+s.t.Other<<32)
			}
			raw[i], seen[i] = l.scratch[from:len(l.scratch):len(l.scratch)], at
		}
	}
	if !found {
		return
	}
	number := uint64(nobody)
	there := true
	now := &row
	if ours {
		number = l.chunk.Number(k)
		now = new(agency.Row)
		there = l.chunk.Row(now, k, j.last)
	}
	j.write(l, k, [][][]byte{raw}, now, there, number)
}

// has reports whether the theft has that column.
func (j *job) has(c agency.Column) bool {
	for _, have := range j.columns {
		if have == c {
			return true
		}
	}
	return false
}
