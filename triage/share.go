package triage

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/chain"
	"constat.example/desk/exchange"
	"constat.example/desk/exchange/shelf"
	"constat.example/desk/exchange/stix"
	"constat.example/desk/ledger"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Where a home keeps who may read over TAXII, and what was put there and read. Each is a
// folder that the ledger tells of.
const (
	passesDir = "exchange/readers"
	servedDir = "exchange/served"

	passesFile = "readers.jsonl"
	shelfFile  = "shelf.jsonl"
	readsFile  = "reads.jsonl"
)

// givers may let other organisations read.
var givers = []casefile.Role{casefile.Officer, casefile.Administrator}

// shelved are the markings under which cases can be served, the widest first. What is
// RED is for named recipients: no server tells it.
var shelved = []casefile.TLP{casefile.Clear, casefile.Green, casefile.Amber, casefile.AmberStrict}

// ShelfName is what a marking is called in addresses.
func ShelfName(t casefile.TLP) string {
	return strings.ToLower(strings.ReplaceAll(string(t), "+", "-"))
}

// upTo are the markings that are no stricter than one.
func upTo(most casefile.TLP) ([]casefile.TLP, error) {
	i := slices.Index(shelved, most)
	switch {
	case i >= 0:
		return shelved[:i+1], nil
	case most == casefile.Red:
		return nil, failure.New(failure.Refused, "Write it for the recipient by hand: constat exchange stix CASE.", "what is marked TLP:RED is for named recipients, and served to nobody")
	}
	return nil, failure.New(failure.Usage, "Write CLEAR, GREEN, AMBER or AMBER+STRICT.", "there is no such marking")
}

// chained is a chain in a file of a folder that is held.
func chained[E any, P chain.Act[E]](dir, file, about string) (*chain.Chain[E], error) {
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	c := chain.Parse[E, P](about, text)
	if len(c.Breaks) > 0 {
		return nil, failure.New(failure.BadInput, "Bring it back from a backup; \"constat verify\" tells since when.", "%s does not hold: %s", file, c.Breaks[0])
	}
	return &c, nil
}

// PassRequest asks for a reader to be let in, or no longer.
type PassRequest struct {
	Reader string
	TLP    casefile.TLP
	Until  time.Time // zero: until it is taken back
}

func (b Bench) mayGive(ctx context.Context) error {
	d, err := b.Team(ctx)
	if err != nil {
		return err
	}
	return d.Team.Allows(b.As, "let others read", givers...)
}

// GivePass makes a token for a reader. It takes the place of one that they had. It is
// told once: what is kept tells whether a token is it, and not what it is.
func (b Bench) GivePass(ctx context.Context, r PassRequest) (token string, err error) {
	b = b.withDefaults()
	if _, err := upTo(r.TLP); err != nil {
		return "", err
	}
	if !r.Until.IsZero() && !b.Now().Before(r.Until) {
		return "", failure.New(failure.Usage, "Name a time to come, or leave it out.", "the token would be none from the beginning")
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return "", err
	}
	token = "constat_" + base64.RawURLEncoding.EncodeToString(secret)
	return token, b.pass(ctx, ledger.GivePass, shelf.Pass{Reader: r.Reader, SHA256: chain.Sum([]byte(token)), TLP: string(r.TLP), Until: r.Until.UTC().Truncate(time.Second)})
}

// TakePass takes a reader's token back.
func (b Bench) TakePass(ctx context.Context, reader string) error {
	b = b.withDefaults()
	good, err := b.Passes(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(good, func(p shelf.Pass) bool { return p.Reader == reader }) {
		return failure.New(failure.Usage, "\"constat exchange readers\" lists who may read.", "nobody who is called so may read")
	}
	return b.pass(ctx, ledger.TakePass, shelf.Pass{Reader: reader})
}

// Passes are those that are good, by reader.
func (b Bench) Passes(context.Context) ([]shelf.Pass, error) {
	b = b.withDefaults()
	c, err := chained[shelf.Pass](filepath.Join(b.Home, passesDir), passesFile, shelf.AboutPasses)
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	return shelf.Passes(c.Entries, b.Now()), nil
}

func (b Bench) pass(ctx context.Context, act ledger.Act, p shelf.Pass) error {
	if !shelf.IsReader(p.Reader) {
		return failure.New(failure.Usage, "Write letters, digits, dots, dashes and underscores, as cert-fr; name the organisation, not a person.", "a reader cannot be called so")
	}
	if err := b.mayGive(ctx); err != nil {
		return err
	}
	dir := filepath.Join(b.Home, passesDir)
	if err := disk.MakeFolder(dir); err != nil {
		return homeError(b.Home, err)
	}
	unlock, err := lock(dir, true)
	if err != nil {
		return err
	}
	defer unlock()
	c, err := chained[shelf.Pass](dir, passesFile, shelf.AboutPasses)
	if err != nil {
		return err
	}
	p.At, p.By = b.Now().UTC().Truncate(time.Second), b.Who
	return b.recorded(act, passesDir, func() error { return chain.Append(c, filepath.Join(dir, passesFile), p) })
}

// ShareRequest asks for cases to be served.
type ShareRequest struct {
	TLP   casefile.TLP  // the strictest marking that is
	Every time.Duration // how long what was found of the cases is taken for what they are
}

// Shared is a collection that is served.
type Shared struct {
	TLP   casefile.TLP
	Shelf string
	ID    string // UUID, the same for the life of the home
	Cases int    // now
}

// Share is cases being served. It is what a server is handed.
type Share struct {
	b           Bench
	every       time.Duration
	markings    []casefile.TLP
	Collections []Shared

	mu     sync.Mutex
	unlock func()
	dir    string
	acts   *chain.Chain[shelf.Act]
	reads  *chain.Chain[shelf.Read]
	found  time.Time // when the cases were looked at last
	items  map[string][]shelf.Item
}

// Plan tells what would be served: how many cases under each marking.
func (b Bench) Plan(ctx context.Context, r ShareRequest) ([]Shared, error) {
	b = b.withDefaults()
	markings, err := upTo(r.TLP)
	if err != nil {
		return nil, err
	}
	by, err := b.shareable(ctx, markings)
	if err != nil {
		return nil, err
	}
	var all []Shared
	for _, m := range markings {
		n := 0
		for _, t := range by {
			if t == m {
				n++
			}
		}
		all = append(all, Shared{TLP: m, Shelf: ShelfName(m), Cases: n})
	}
	return all, nil
}

// shareable are the cases that their marking lets be served, by id. Those whose data was
// destroyed are not.
func (b Bench) shareable(ctx context.Context, markings []casefile.TLP) (map[string]casefile.TLP, error) {
	ids, err := b.Cases()
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	desks, err := b.Desks(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := map[string]casefile.TLP{}
	for id, d := range desks {
		// Who never decided about a case did not mark it either.
		if c := d.Case; c != nil && c.Seen > 0 && c.Destroyed == nil && slices.Contains(markings, c.TLP) {
			all[id] = c.TLP
		}
	}
	return all, nil
}

// Share opens the shelves of the home. The ledger tells of what is put there, and vouches
// for what was read whenever shelves are opened or closed.
func (b Bench) Share(ctx context.Context, r ShareRequest) (_ *Share, err error) {
	b = b.withDefaults()
	s := &Share{b: b, every: r.Every, dir: filepath.Join(b.Home, servedDir), items: map[string][]shelf.Item{}}
	if s.Collections, err = b.Plan(ctx, r); err != nil {
		return nil, err
	}
	for _, c := range s.Collections {
		s.markings = append(s.markings, c.TLP)
	}
	if err := b.mayGive(ctx); err != nil {
		return nil, err
	}
	if err := disk.MakeFolder(s.dir); err != nil {
		return nil, homeError(b.Home, err)
	}
	if s.unlock, err = lock(s.dir, false); err != nil {
		return nil, failure.New(failure.Refused, "Stop that one first.", "another server serves the cases of this home: %w", err)
	}
	defer func() {
		if err != nil {
			s.unlock()
		}
	}()
	if s.acts, err = chained[shelf.Act](s.dir, shelfFile, shelf.About); err != nil {
		return nil, err
	}
	if s.reads, err = chained[shelf.Read](s.dir, readsFile, shelf.AboutReads); err != nil {
		return nil, err
	}
	if err := s.turn(shelf.Opened); err != nil {
		return nil, err
	}
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	key, err := b.LedgerKey()
	if err != nil {
		return nil, err
	}
	for i := range s.Collections {
		s.Collections[i].ID = exchange.UUID("taxii collection\n" + key + "\n" + s.Collections[i].Shelf)
	}
	return s, nil
}

// Close has the ledger vouch for what was read.
func (s *Share) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.unlock()
	return s.turn(shelf.Closed)
}

// turn notes that the shelves are opened or closed, and so has the ledger vouch for all
// reads until then.
func (s *Share) turn(what string) error {
	return s.b.recorded(ledger.Serve, servedDir, func() error { return s.note(shelf.Read{What: what}) })
}

// Reader tells who shows a token; nil for nobody. One that was taken back is none at once.
func (s *Share) Reader(ctx context.Context, token string) (*shelf.Reader, error) {
	good, err := s.b.Passes(ctx)
	if err != nil {
		return nil, err
	}
	sum := chain.Sum([]byte(token))
	i := slices.IndexFunc(good, func(p shelf.Pass) bool { return p.SHA256 == sum })
	if i < 0 {
		return nil, nil
	}
	most, err := upTo(casefile.TLP(good[i].TLP))
	if err != nil {
		return nil, err
	}
	r := &shelf.Reader{Name: good[i].Reader}
	for _, m := range s.markings {
		if slices.Contains(most, m) {
			r.Shelves = append(r.Shelves, ShelfName(m))
		}
	}
	return r, nil
}

// Objects are what stands on a shelf.
func (s *Share) Objects(ctx context.Context, name string) ([]shelf.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.b.Now(); now.Sub(s.found) >= s.every || now.Before(s.found) {
		if err := s.refresh(ctx); err != nil {
			return nil, err
		}
	}
	return s.items[name], nil
}

// Note keeps that somebody reads.
func (s *Share) Note(_ context.Context, r shelf.Read) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note(r)
}

func (s *Share) note(r shelf.Read) error {
	r.At = s.b.Now().UTC().Truncate(time.Second)
	return chain.Append(s.reads, filepath.Join(s.dir, readsFile), r)
}

// refresh puts the cases on the shelves as they are now.
func (s *Share) refresh(ctx context.Context) error {
	now := s.b.Now()
	by, err := s.b.shareable(ctx, s.markings)
	if err != nil {
		return err
	}
	quiet := s.b
	quiet.Say = func(string) {} // what is left out of a case is said when it is written by hand
	var wanted []shelf.Object
	ids := make([]string, 0, len(by))
	for id := range by {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		told, err := quiet.Told(ctx, id)
		if err != nil {
			return err
		}
		if told.TLP != by[id] {
			continue // it was marked otherwise meanwhile: next time
		}
		bundle, err := stix.Of(told)
		if err != nil {
			return err
		}
		for i := range bundle.Objects {
			o := &bundle.Objects[i]
			body, err := json.Marshal(o)
			if err != nil {
				return err
			}
			x := shelf.Object{Shelf: ShelfName(told.TLP), ID: o.ID, Version: o.Modified.Time, Spec: o.SpecVersion, Body: body}
			if x.Version.IsZero() {
				x.Version = o.Created.Time
			}
			wanted = append(wanted, x)
		}
	}
	lines, err := shelf.Lines(s.acts.Entries, wanted, now)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		if err := s.b.recorded(ledger.Serve, servedDir, func() error { return chain.Append(s.acts, filepath.Join(s.dir, shelfFile), lines...) }); err != nil {
			return fmt.Errorf("putting the cases on the shelves: %w", err)
		}
	}
	for _, m := range s.markings {
		s.items[ShelfName(m)] = shelf.On(s.acts.Entries, ShelfName(m))
	}
	s.found = now
	return nil
}
