package triage

import (
	"context"
	"errors"
	"path/filepath"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"

	"constat.example/blind/kind"
	counted "constat.example/blind/shape"
	"constat.example/blind/token"
	"constat.example/clear/seal"
	"constat.example/clear/shape"
	"constat.example/clear/table"
)

// sealing is what sealing a source needs and leaves.
type sealing struct {
	key     *seal.Key
	columns []seal.Columns // per table of the source
	layout  token.Layout
	withIDs bool
	threads int
	dir     string
	ties    *tying   // of a dump of several tables; nil otherwise
	told    *telling // of a register that tells its history; nil otherwise

	tokens, lexicon string          // paths of the Parquet files made
	moments         string          // and of the one of when rows became so
	spoken          spoken          // what was found in free text
	counts          [][]seal.Count  // per table and column
	shapes          []counted.Facts // per table
}

// Files that sealing makes in its folder.
const (
	tokensFile  = "tokens.parquet"
	lexiconFile = "lexicon.parquet"
	keysFile    = "keys.parquet"
)

// files are the names of those that were made.
func (s *sealing) files() []string {
	all := []string{tokensFile, lexiconFile}
	if s.spoken.path != "" {
		all = append(all, mentionsFile)
	}
	if s.ties != nil {
		all = append(all, keysFile)
	}
	if s.told != nil {
		all = append(all, momentsFile)
	}
	return all
}

// scan is a source's Scan without its result.
type scan func(context.Context, func(b *table.Batch, release func()) error) error

// layoutOf is the layout of all tables together.
func layoutOf(tables [][]kind.Kind) token.Layout {
	var layout token.Layout
	for _, kinds := range tables {
		layout = token.Union(layout, token.LayoutOf(kinds))
	}
	return layout
}

// run seals a source into Parquet files, and gives back the memory that took:
// the engine needs it next, and does not know what Go keeps. Rows are sealed in
// parallel and written in the order they were read.
func (s *sealing) run(ctx context.Context, read scan) error {
	defer debug.FreeOSMemory()
	return s.seal(ctx, read)
}

func (s *sealing) seal(ctx context.Context, read scan) (err error) {
	s.tokens = filepath.Join(s.dir, tokensFile)
	s.lexicon = filepath.Join(s.dir, lexiconFile)
	s.moments = filepath.Join(s.dir, momentsFile)
	out, err := token.Create(s.tokens, s.layout, s.withIDs)
	if err != nil {
		return err
	}
	words, err := token.CreateLexicon(s.lexicon)
	if err != nil {
		return errors.Join(err, out.Abort())
	}
	mentions := s.spoken.create(s.dir)
	keys, err := s.ties.create(s.dir)
	if err != nil {
		return errors.Join(err, out.Abort(), words.Abort())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.Abort(), words.Abort(), mentions.Abort(), keys.abort())
		}
	}()

	type job struct {
		in      *table.Batch
		release func()
		sealed  *token.Batch
		words   []token.Entry // of the values first met in it
		heard   []token.Mention
		keys    *token.RowKeys
		err     error
		done    chan struct{}
	}
	g, ctx := errgroup.WithContext(ctx)
	todo := make(chan *job)
	ordered := make(chan *job, 2*s.threads)
	free := sync.Pool{New: func() any { return &job{sealed: token.NewBatch(s.layout)} }}

	g.Go(func() error {
		defer close(todo)
		defer close(ordered)
		return read(ctx, func(b *table.Batch, release func()) error {
			j := free.Get().(*job)
			j.in, j.release, j.done = b, release, make(chan struct{})
			for _, queue := range []chan *job{ordered, todo} {
				select {
				case queue <- j:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
			return nil
		})
	})
	met := new(seal.Met)
	var sealers [][]*seal.Sealer
	var lookers [][]*shape.Counter
	for range s.threads {
		set := make([]*seal.Sealer, len(s.columns))
		look := make([]*shape.Counter, len(s.columns))
		for i, c := range s.columns {
			c.Met = met
			set[i] = seal.NewSealer(s.key, c)
			look[i] = shape.New(c.Kinds, c.MonthFirst)
		}
		sealers, lookers = append(sealers, set), append(lookers, look)
		keySealers := s.ties.sealers(s.key)
		g.Go(func() error {
			for j := range todo {
				j.err = set[j.in.Table].Seal(j.sealed, j.in, s.withIDs)
				look[j.in.Table].Look(j.in)
				j.words = set[j.in.Table].Lexicon(j.words)
				j.heard = append(j.heard[:0], set[j.in.Table].Mentions(j.in)...)
				j.keys = keys.seal(keySealers, j.in)
				j.release()
				close(j.done)
			}
			return nil
		})
	}
	g.Go(func() error {
		for j := range ordered {
			select {
			case <-j.done:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if j.err != nil {
				return j.err
			}
			if err := errors.Join(out.Write(j.sealed), words.Write(j.words), mentions.Write(j.heard), keys.write(j.keys)); err != nil {
				return err
			}
			j.in, j.release, j.keys = nil, nil, nil
			free.Put(j)
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return err
	}
	if err := s.spoken.close(mentions, sealers); err != nil {
		return err
	}
	s.counts = make([][]seal.Count, len(s.columns))
	s.shapes = make([]counted.Facts, len(s.columns))
	for t := range s.columns {
		for _, look := range lookers {
			s.shapes[t] = s.shapes[t].Add(look[t].Facts())
		}
		s.shapes[t] = s.shapes[t].Fold()
		s.counts[t] = sealers[0][t].Counts()
		for _, set := range sealers[1:] {
			for c, more := range set[t].Counts() {
				s.counts[t][c] = s.counts[t][c].Add(more)
			}
		}
	}
	if err := errors.Join(out.Close(), keys.close()); err != nil {
		return errors.Join(err, words.Abort())
	}
	return words.Close()
}
