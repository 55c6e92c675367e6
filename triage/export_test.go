package triage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/seal"
	"constat.example/clear/source"
	"constat.example/clear/table"
)

// Seal types and seals a CSV file into dir as an import does, or, without ids,
// as a dump is, and says how many rows it had. The home has a key.
func (b Bench) Seal(ctx context.Context, path, mapFile, dir string, ids bool) (rows int64, err error) {
	b = b.withDefaults()
	ring, err := b.ring()
	if err != nil {
		return 0, err
	}
	key, err := ring.Open("", b.Unlock)
	if err != nil {
		return 0, err
	}
	defer key.Destroy()
	columnMap, err := readMap(mapFile)
	if err != nil {
		return 0, err
	}
	src, err := source.Open(ctx, path, source.Options{Threads: b.Threads})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	sample, err := src.Sample(ctx, samples)
	if err != nil {
		return 0, err
	}
	role := column.Dump
	if ids {
		role = column.Register
	}
	typed, err := column.Type(sample, src.Columns(), column.Options{Role: role, Map: columnMap.of(src.Columns())})
	if err != nil {
		return 0, err
	}
	columns := columnsOf(typed, sample)
	columns.Layout = layoutOf([][]kind.Kind{columns.Kinds})
	if !ids {
		columns.Search = searched(typed)
	}
	plan := sealing{key: key, columns: []seal.Columns{columns}, layout: columns.Layout, withIDs: ids, threads: b.Threads, dir: dir}
	var stats source.Stats
	err = plan.run(ctx, func(ctx context.Context, each func(*table.Batch, func()) error) (err error) {
		stats, err = src.Scan(ctx, each)
		return err
	})
	return stats.Read, err
}

// Sample draws about so many rows from those that a case keeps of its dump. It tells
// their numbers, the bytes of the sample, and how many values of them that the lexicon
// has their own one lacks.
func (b Bench) Sample(ctx context.Context, id string, rows, most int64, dir string) (numbers []int64, text []byte, missing int64, err error) {
	d := &crossed{plan: sealing{dir: dir, tokens: filepath.Join(b.CaseDir(id), keptTokens), lexicon: filepath.Join(b.CaseDir(id), keptLexicon)}}
	if d.plan.layout, err = token.LayoutOfFile(d.plan.tokens); err != nil {
		return nil, nil, 0, err
	}
	s, err := b.session(ctx, dir)
	if err != nil {
		return nil, nil, 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	sample, err := drawSample(ctx, s, d, rows, most)
	if err != nil {
		return nil, nil, 0, err
	}
	if err := errors.Join(s.View(ctx, "drawn", sample.tokens), s.View(ctx, "words", d.plan.lexicon), s.View(ctx, "own_words", sample.lexicon)); err != nil {
		return nil, nil, 0, err
	}
	if err := s.Query(ctx, "SELECT row FROM drawn", func(v []any) error {
		numbers = append(numbers, v[0].(int64))
		return nil
	}); err != nil {
		return nil, nil, 0, err
	}
	for _, c := range d.plan.layout {
		if c.Short() {
			continue
		}
		if err := s.Query(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT DISTINCT w.family, w.value FROM words w JOIN drawn d ON d.%s = w.value) a"+
			" LEFT JOIN (SELECT DISTINCT family, value FROM own_words) o ON o.family = a.family AND o.value = a.value WHERE o.value IS NULL", c.Name()), func(v []any) error {
			missing += v[0].(int64)
			return nil
		}); err != nil {
			return nil, nil, 0, err
		}
	}
	text, err = os.ReadFile(sample.tokens)
	return numbers, text, missing, err
}

// MakeKey makes the key of a home.
func (b Bench) MakeKey() error {
	_, err := b.withDefaults().keyToWatch()
	return err
}

// Spool is a spool of accesses that were sent.
type Spool struct{ *spool }

// OpenSpool opens one.
func OpenSpool(dir string, taken map[string]int64) (Spool, error) {
	s, err := openSpool(dir, taken)
	return Spool{s}, err
}

// Add puts accesses into it.
func (s Spool) Add(input string, all []access.Access, names *access.Names) (int64, error) {
	seq, _, err := s.add(input, all, names)
	return seq, err
}

// Keep is what keeping a state does.
func (s Spool) Keep(taken map[string]int64) error { return errors.Join(s.cut(), s.drop(taken)) }

// Left reads what of an input an earlier run left.
func (s Spool) Left(input string, after int64, names *access.Names) (all []access.Access, err error) {
	for _, one := range s.segments {
		err = errors.Join(err, one.each(func(of string, seq int64, text []byte) error {
			if of != input || seq <= after {
				return nil
			}
			more, err := readAccesses(text, names)
			all = append(all, more...)
			return err
		}))
	}
	return all, err
}

// ReadAccesses reads the accesses of a portion, and writes them again.
func ReadAccesses(text []byte) ([]byte, error) {
	var names access.Names
	all, err := readAccesses(text, &names)
	return appendAccesses(nil, all, &names), err
}
