package triage

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/source"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// Told says that a source tells its own history, and how.
type Told struct {
	Changes bool      // it holds what changed since the last snapshot only; else all versions there were
	Times   Times     // its columns of time
	Since   time.Time // of versions: from when on changes are kept; zero for register.Keeps years
	// Of changes whose rows hold the new value of one column each: what the columns are
	// called that hold the name and the value; "" where rows are whole.
	Column, Value string
}

// Times names the columns of a source that tell when its rows became so.
type Times = source.Times

// momentsFile holds when rows became so, beside the tokens.
const momentsFile = "moments.parquet"

// telling is the reading of a source that tells its own history. A nil one reads
// one that does not.
type telling struct {
	*Told
	clock *source.Clock
	had   []register.SourceColumn // of the last snapshot
	// How many columns rows hold one of each; 0 where rows are whole.
	pieces int
	days   bool // every time read is a day
	write  *token.MomentWriter
}

// tells finds how a source tells its history; it may be read otherwise for that.
func (b Bench) tells(src source.Source, told *Told, id, registerName string) (source.Source, *telling, error) {
	if told == nil {
		return src, nil, nil
	}
	t := &telling{Told: told}
	if told.Changes {
		reg, err := b.openRegister(registerName)
		if err != nil {
			return src, nil, err
		}
		snapshots := reg.Manifest().Snapshots
		if len(snapshots) == 0 {
			return src, nil, failure.New(failure.BadInput, "Import the register as it stood before them first, without --changes.", "changes change nothing where the register is empty")
		}
		for _, s := range snapshots { // the last one that says it of a name
			t.had = append(append([]register.SourceColumn(nil), s.Columns...), t.had...)
		}
	}
	if told.Column != "" {
		var names []string
		for _, c := range t.had {
			if c.Kind == kind.Unknown || slices.Contains(names, c.Name) {
				continue
			}
			names = append(names, c.Name)
			if c.Kind == kind.RecordID && id == "" {
				id = c.Name
			}
		}
		wide, err := source.Pieces(src, names, id, told.Column, told.Value, told.Times)
		if err != nil {
			return src, nil, err
		}
		src = wide
		t.pieces = len(names)
	}
	clock, err := source.NewClock(src.Columns(), told.Times, !told.Changes)
	t.clock = clock
	return src, t, err
}

// mapped is the map with what is known beforehand: columns of time hold nothing of
// people, and those of changes hold what they did in the register.
func (t *telling) mapped(names []string, m column.Map, id string) column.Map {
	if t == nil {
		return m
	}
	all := column.Map{}
	for _, name := range names {
		if t.Changes && name != id {
			all[name] = kind.Unknown
		}
		for _, c := range t.had {
			if c.Name == name && (c.Kind != kind.RecordID || id == "" || id == name) {
				all[name] = c.Kind
				break
			}
		}
	}
	for name, k := range m {
		all[name] = k
	}
	for _, name := range t.clock.Columns() {
		all[name] = kind.Unknown
	}
	return all
}

// explain says why columns were taken for what they are.
func (t *telling) explain(typed []column.Column, m column.Map) {
	if t == nil {
		return
	}
	times := t.clock.Columns()
	for i, c := range typed {
		if _, said := m[c.Name]; said || !c.Overridden {
			continue
		}
		typed[i].Evidence = []string{"the register's snapshots say so"}
		if c.Kind == kind.Unknown {
			typed[i].Evidence = []string{"the register's snapshots have no such column"}
		}
		for _, name := range times {
			if name == c.Name {
				typed[i].Evidence = []string{"it tells when things changed"}
			}
		}
	}
}

// begin prepares the file of moments.
func (t *telling) begin(dir string) (err error) {
	if t != nil {
		t.write, err = token.CreateMoments(filepath.Join(dir, momentsFile))
	}
	return err
}

// scan is the source's, with the moments of its rows kept.
func (t *telling) scan(src source.Source) func(context.Context, func(*table.Batch, func()) error) (source.Stats, error) {
	if t == nil {
		return src.Scan
	}
	return func(ctx context.Context, each func(*table.Batch, func()) error) (source.Stats, error) {
		stats, err := src.Scan(ctx, func(b *table.Batch, release func()) error {
			moments, err := t.clock.Read(b)
			if err == nil {
				err = t.write.Write(moments)
			}
			if err != nil {
				release()
				return err
			}
			return each(b, release)
		})
		if err != nil {
			_ = t.write.Abort()
			return stats, err
		}
		t.days = t.clock.Days()
		return stats, t.write.Close()
	}
}

// story is what the register is told.
func (t *telling) story(plan *sealing, typed []column.Column) (*register.Story, error) {
	if t == nil {
		return nil, nil
	}
	story := &register.Story{Moments: plan.moments, Whole: !t.Changes, Since: t.Since, Days: t.days}
	if t.pieces == 0 {
		return story, nil
	}
	story.Parts = map[token.Column]int64{}
	for i, c := range typed[:t.pieces] {
		for _, made := range token.LayoutOf([]kind.Kind{c.Kind}) {
			for _, of := range plan.layout {
				if of.Kind != made.Kind || c.Kind == kind.RecordID {
					continue
				}
				if had := story.Parts[of]; had&^(1<<i) != 0 {
					return nil, failure.New(failure.BadInput, "Export whole rows after each change, without --column.",
						"two columns of the register hold %s, so that changes of one column each do not tell which", of.Kind)
				}
				story.Parts[of] |= 1 << i
			}
		}
	}
	return story, nil
}

// how is how moments are read, for the mark of what is kept.
func (t *telling) how() string {
	if t == nil {
		return ""
	}
	return t.clock.String()
}
