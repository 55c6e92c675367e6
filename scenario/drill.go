package scenario

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
)

// Write lays out a whole drill in dir, which must be empty or absent:
//
//	register/2024-01-01.csv …  the agency's snapshots
//	claim.yaml                 what the seller says
//	dump.csv                   what the seller offers
//	truth/links.csv            row of the dump, record id; rows of nobody are left out
//	truth/mentions.csv         of dumps with notes: row, kind, value, record id of whose it is, or none
//	truth/truth.json           see Truth
//
// adjust may change what the thief does. The same arguments write the same bytes.
func Write(ctx context.Context, dir string, c Config, kind string, adjust ...func(*Theft)) (*Truth, error) {
	k, err := LookUp(kind)
	if err != nil {
		return nil, err
	}
	progress := c.Progress
	if progress == nil {
		progress = func(float64) {}
	}
	c.Progress = func(done float64) { progress(done * 0.8) }
	w, err := New(ctx, c)
	if err != nil {
		return nil, err
	}
	t := k.Theft
	// The instants of the table are for 24 months.
	t.Months *= float64(w.c.Snapshots[len(w.c.Snapshots)-1]) / 23
	for _, change := range adjust {
		change(&t)
	}
	j, err := w.newJob(t)
	if err != nil {
		return nil, err
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return nil, failure.New(failure.Usage, "Name a folder that is empty or does not exist yet.", "a drill cannot be written over what is in %s", filepath.Base(dir))
	}
	for _, d := range []string{"register", "truth"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, fmt.Errorf("creating the drill's folder: %w", err)
		}
	}
	people, err := w.WriteRegister(ctx, filepath.Join(dir, "register"))
	if err != nil {
		return nil, err
	}
	truth := &Truth{
		Schema: TruthSchema, Kind: k.Name, Class: k.Class, Seed: c.Seed,
		Theft: w.c.Start.Add(time.Duration(j.at) * time.Second), Dump: j.t.Format.name(),
	}
	for i, m := range w.c.Snapshots {
		truth.Snapshots = append(truth.Snapshots, Snapshot{w.snapshotName(m), w.SnapshotTime(m), people[i]})
	}
	if err := j.writeDump(ctx, dir, truth); err != nil {
		return nil, err
	}
	text, err := truth.json()
	if err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{filepath.Join("truth", "truth.json"), text}, {"claim.yaml", j.claim(truth)}} {
		out, err := create(filepath.Join(dir, f.name))
		if err != nil {
			return nil, err
		}
		defer out.abandon()
		out.write(f.text)
		if err := out.keep(); err != nil {
			return nil, err
		}
	}
	progress(1)
	return truth, nil
}

// writeDump writes the dump and its links, and fills the truth with what is in them.
func (j *job) writeDump(ctx context.Context, dir string, truth *Truth) error {
	dump, err := create(filepath.Join(dir, j.t.Format.name()))
	if err != nil {
		return err
	}
	defer dump.abandon()
	links, err := create(filepath.Join(dir, "truth", "links.csv"))
	if err != nil {
		return err
	}
	defer links.abandon()
	out := j.t.Format.encoder(dump)
	if _, err := out.Write(j.t.Format.header(nil, j.columns)); err != nil {
		return fmt.Errorf("writing %s: %w", dump.name, err)
	}
	var linked, text []byte
	links.write([]byte("row,record_id\n"))
	rows := 0
	var count numbers
	put := func(number uint64, row []byte) error {
		n := 1
		if j.t.Format.Type == "sql" {
			text, n = count.fill(text, row)
		} else {
			text = append(text, row...)
		}
		for range n {
			rows++
			if number == nobody {
				continue
			}
			linked = append(strconv.AppendInt(linked, int64(rows), 10), ',')
			linked = append(j.w.w.AppendRecordID(linked, number), '\n')
		}
		if len(text) < 1<<18 {
			return nil
		}
		links.write(linked)
		_, err := out.Write(text)
		linked, text = linked[:0], text[:0]
		return err
	}
	var sum tally
	shuffled := &pile{dir: dir}
	defer shuffled.remove()
	notes, err := j.newNotes(dir)
	if err != nil {
		return err
	}
	defer notes.abandon()
	use := func(l *loot) error {
		sum.add(&l.tally)
		notes.take(l, rows)
		from := 0
		for _, r := range l.rows {
			row := l.text[from:r.to]
			from = r.to
			var err error
			if j.t.Shuffled {
				err = shuffled.add(r.key, r.number, row)
			} else {
				err = put(r.number, row)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := j.pick(ctx); err != nil {
		return err
	}
	invented := 0
	if j.t.OnlyInvented {
		if invented = j.w.c.People; j.t.Sample > 0 {
			invented = j.t.Sample
		}
	} else {
		if err := agency.InOrder(ctx, j.w.c.Threads, j.w.w.Chunks(), j.take, use); err != nil {
			return err
		}
		invented = (sum.persons + sum.duplicates) * j.t.Invented / 10_000
		if j.t.Foreign {
			invented = sum.genuine * 8 / 10 // the people that only the other agency knows
		}
	}
	if err := j.invent(ctx, invented, use); err != nil {
		return err
	}
	if err := shuffled.each(put); err != nil {
		return err
	}
	links.write(linked)
	if _, err := out.Write(text); err != nil {
		return fmt.Errorf("writing %s: %w", dump.name, err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", dump.name, err)
	}
	if err := dump.keep(); err != nil {
		return err
	}
	j.tell(truth, &sum)
	truth.FreeText = notes.truth()
	return errors.Join(notes.keep(), links.keep())
}

// tell fills the truth with what was counted.
func (j *job) tell(truth *Truth, sum *tally) {
	truth.Rows = sum.genuine + sum.invented
	truth.Genuine, truth.Invented = sum.genuine, sum.invented
	truth.Duplicates, truth.Mistyped = sum.duplicates, sum.mistyped
	if truth.Rows > 0 && !j.t.Foreign {
		truth.GenuineShare = float64(sum.genuine) / float64(truth.Rows)
	}
	truth.Persons, truth.Stale, truth.Gone = sum.persons, sum.stale, sum.gone
	truth.Exposures = []TruthExposure{}
	for _, c := range j.columns {
		truth.Columns = append(truth.Columns, c.Header("fr"))
		truth.Kinds = append(truth.Kinds, c.Kind().String())
		if n := sum.exposed[c]; n > 0 {
			truth.Exposures = append(truth.Exposures, TruthExposure{c.Kind(), n, n - sum.old[c], sum.old[c], sum.altered[c]})
		}
	}
}

// sampled is how many rows the seller shows.
const sampled = 3

// claim is what the seller says, without any value: first seen three weeks after the theft, a
// count rounded to two figures, a price of five euros a thousand rows.
func (j *job) claim(truth *Truth) []byte {
	seen := truth.Theft.AddDate(0, 0, 21)
	boast := j.t.Boast
	if boast == 0 {
		boast = 1
	}
	count := int(math.Round(boast * float64(truth.Rows)))
	unit := 1
	for count/unit >= 100 {
		unit *= 10
	}
	count = (count + unit/2) / unit * unit
	var b strings.Builder
	fmt.Fprintf(&b, "source: a forum where data is sold, seen on a drill\nfirst_seen: %s\nclaimed:\n  count: %d\n  fields:\n", seen.Format(time.RFC3339), count)
	for _, c := range j.columns {
		fmt.Fprintf(&b, "    - %s\n", c.Kind())
	}
	fmt.Fprintf(&b, "price: %d EUR\ndeadline: %s\n", max(50, count/1000*5), seen.AddDate(0, 0, 7).Format(time.RFC3339))
	fmt.Fprintf(&b, "sample: the first %d rows of %s\n", min(sampled, truth.Rows), truth.Dump)
	return []byte(b.String())
}
