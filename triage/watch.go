package triage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"constat.example/blind/access"
	"constat.example/blind/watch"
	"constat.example/clear/accesslog"
	"constat.example/clear/seal"
	"constat.example/internal/courier"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

const (
	watchDir      = "watch"
	watchState    = "state"
	watchJournal  = "alarms.jsonl"
	alarmFile     = "alarm.json"
	statePosition = 4 << 10 // bytes a log is known by
)

// WatchRequest asks for logs to be watched.
type WatchRequest struct {
	Logs   []string       // paths; "-" is standard input
	Map    string         // file that says what the fields of the logs are, or ""
	Format string         // of accesslog.Formats; "": found out
	Zone   *time.Location // of times that tell none, and of working days and hours; nil: UTC
	Skew   time.Duration  // added to the times of the logs
	Rules  string         // file of reasons and known bulk statements, or ""
	State  string         // folder of the state; "": the home's

	Receivers []Receiver // where alarms are sent besides

	Each func(a *watch.Alarm, id string) error // takes each new alarm, with the case that it opened
}

// Receiver is where alarms are sent, as lines of JSON.
type Receiver struct {
	Name string // as "webhook": how far it was sent to is kept under this name
	courier.Sender
}

// Watched is what came of it.
type Watched struct {
	Logs      []accesslog.Account
	Accesses  int64 // taken in, over all runs of this state
	Fresh     int64 // of them: in this one
	Late      int64 // of a day that had ended
	Unwatched int64 // of accounts beyond the most that are kept
	Accounts  int
	Alarms    int // new ones
	Known     int // that had been given before

	Unsent []string // why alarms wait for the next run to be sent, by receiver
}

// position is how far a log has been watched. It is known again by its first bytes,
// whatever it is called by then.
type position struct {
	Begins string `json:"begins"` // SHA-256 of them
	Head   int64  `json:"head"`   // how many
	Line   int64  `json:"line"`   // the last that an access was taken of
}

// Watch reads logs and raises alarms. Each is written to a journal and to a case before it
// is handed on; the state and how far the logs were read stand in one file, so that
// after a stop at any instant the same alarms come, each once.
func (b Bench) Watch(ctx context.Context, req WatchRequest) (_ *Watched, err error) {
	b = b.withDefaults()
	b.bound()
	options := accesslog.Options{Format: req.Format, Zone: req.Zone, Skew: req.Skew, Threads: b.Threads}
	if req.Map != "" {
		if options.Map, err = accesslog.ReadMap(req.Map); err != nil {
			return nil, err
		}
	}
	key, err := b.keyToWatch()
	if err != nil {
		return nil, err
	}
	options.Seal = sealers(key)
	v := &vigil{b: b, req: req, key: key, dir: cmp.Or(req.State, filepath.Join(b.Home, watchDir)), known: map[string]bool{}}
	if err := disk.MakeFolder(v.dir); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(v.dir, false)
	if errors.Is(err, disk.ErrLocked) {
		return nil, failure.New(failure.Refused, "Wait for it to end, or name another folder with --state.", "another watch uses the state in %s", v.dir)
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	defer unlock()
	o := watch.Options{Zone: req.Zone}
	if req.Rules != "" {
		if err := readWatchRules(req.Rules, key, &o); err != nil {
			return nil, err
		}
	}
	v.watch = watch.New(o)
	if err := v.restore(); err != nil {
		return nil, err
	}
	if v.journal, err = v.openJournal(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.journal.Close()) }()
	v.send(ctx)
	before := v.watch.Taken
	accounts, err := v.read(ctx, options)
	if err != nil {
		return nil, err
	}
	if err := v.give(v.watch.Flush()); err != nil {
		return nil, err
	}
	if err := v.save(); err != nil {
		return nil, err
	}
	v.out.Unsent = v.send(ctx)
	v.out.Logs, v.out.Accesses, v.out.Fresh = accounts, v.watch.Taken, v.watch.Taken-before
	v.out.Late, v.out.Unwatched, v.out.Accounts = v.watch.Late, v.watch.Unwatched, v.watch.Accounts()
	return &v.out, nil
}

// keyToWatch opens the key of the register, which is made where there is none.
func (b Bench) keyToWatch() (*seal.Key, error) {
	if err := disk.MakeFolder(b.Home); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(b.Home, true)
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	defer unlock()
	return b.keyOfHome()
}

// vigil is one run of a watch.
type vigil struct {
	b       Bench
	req     WatchRequest
	key     *seal.Key
	dir     string
	watch   *watch.Watch
	journal *os.File
	known   map[string]bool // ids of alarms in the journal

	positions []position // of all logs that were ever watched
	saved     time.Time
	out       Watched
}

// stream is one log while it is read.
type stream struct {
	path, name string
	reader     *accesslog.Reader
	at         int // of positions; -1 for standard input

	batches chan *accesslog.Batch
	done    chan struct{} // answered for each batch
	batch   *accesslog.Batch
	next    int
}

func (s *stream) now() int64 { return s.batch.Accesses[s.next].Time }

// read reads the logs side by side and takes their accesses in by time.
func (v *vigil) read(ctx context.Context, options accesslog.Options) ([]accesslog.Account, error) {
	var all []*stream
	names := map[string]int{}
	for _, path := range v.req.Logs {
		s := &stream{path: path, name: filepath.Base(path), reader: accesslog.New(options), at: -1, batches: make(chan *accesslog.Batch), done: make(chan struct{})}
		if path == "-" {
			s.name, s.path = "standard input", "/dev/stdin"
		} else {
			at, err := v.find(path)
			if err != nil {
				return nil, err
			}
			s.at = at
		}
		if names[s.name]++; names[s.name] > 1 {
			s.name = fmt.Sprintf("%s (%d)", s.name, names[s.name])
		}
		all = append(all, s)
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range all {
		group.Go(func() error {
			defer close(s.batches)
			return s.reader.Scan(ctx, []string{s.path}, func(b *accesslog.Batch) error {
				select {
				case s.batches <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
				select { // the batch is the reader's again once it was taken
				case <-s.done:
				case <-ctx.Done():
					return ctx.Err()
				}
				return nil
			})
		})
	}
	group.Go(func() error { return v.merge(ctx, slices.Clone(all)) })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var accounts []accesslog.Account
	for _, s := range all {
		accounts = append(accounts, s.reader.Accounts()...)
	}
	return accounts, nil
}

// merge takes accesses of all logs in, the earliest first.
func (v *vigil) merge(ctx context.Context, all []*stream) error {
	v.saved = v.b.Now()
	for _, s := range slices.Clone(all) {
		if err := v.fill(ctx, s, &all); err != nil {
			return err
		}
	}
	for len(all) > 0 {
		first, limit := all[0], int64(1<<63-1)
		for _, s := range all[1:] {
			if s.now() < first.now() {
				first = s
			}
		}
		after := false
		for _, s := range all {
			if s == first {
				after = true
				continue
			}
			until := s.now()
			if after {
				until++ // of the same instant, the log named first comes first
			}
			limit = min(limit, until)
		}
		from := first.next
		run := first.batch.Accesses
		for first.next++; first.next < len(run) && (run[first.next].Time < limit || run[first.next].Line == run[first.next-1].Line); first.next++ {
		}
		if err := v.take(ctx, first, run[from:first.next]); err != nil {
			return err
		}
		if err := v.fill(ctx, first, &all); err != nil {
			return err
		}
	}
	return nil
}

// fill waits for a stream to have an access, and drops it when it ends.
func (v *vigil) fill(ctx context.Context, s *stream, all *[]*stream) error {
	for s.batch == nil || s.next == len(s.batch.Accesses) {
		if s.batch != nil {
			s.batch, s.next = nil, 0
			select {
			case s.done <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case b, ok := <-s.batches:
			if !ok {
				*all = slices.DeleteFunc(*all, func(o *stream) bool { return o == s })
				return ctx.Err()
			}
			s.batch, s.next = b, 0
		case <-ctx.Done():
			return ctx.Err()
		}
		if s.at >= 0 { // what was taken in an earlier run
			for s.next < len(s.batch.Accesses) && s.batch.Accesses[s.next].Line <= v.positions[s.at].Line {
				s.next++
			}
		}
	}
	return nil
}

// keepEvery is how often the state is kept.
const keepEvery = 5 * time.Second

func (v *vigil) take(ctx context.Context, s *stream, run []access.Access) error {
	alarms := v.watch.Take(s.name, run, &s.reader.Names)
	if s.at >= 0 {
		v.positions[s.at].Line = run[len(run)-1].Line
	}
	if err := v.give(alarms); err != nil {
		return err
	}
	if now := v.b.Now(); now.Sub(v.saved) >= keepEvery {
		v.saved = now
		if err := v.save(); err != nil {
			return err
		}
		v.send(ctx) // what is not taken is told at the end
	}
	return nil
}

// find is the place among positions of a log, by what it begins with.
func (v *vigil) find(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the log: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, statePosition)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, failure.New(failure.BadInput, "Copy the file again from where it was made.", "reading the log %s: %w", path, err)
	}
	if head = head[:n]; n == 0 {
		return -1, nil // there is nothing to know it by, and nothing to go on after
	}
	for i, p := range v.positions {
		if p.Head > 0 && p.Head <= int64(n) && p.Begins == headSum(head[:p.Head]) {
			if p.Head < int64(n) { // it has grown: it can be told apart better
				v.positions[i].Begins, v.positions[i].Head = headSum(head), int64(n)
			}
			return i, nil
		}
	}
	v.positions = append(v.positions, position{Begins: headSum(head), Head: int64(n)})
	return len(v.positions) - 1, nil
}

func headSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// kept is the first line of a state; the watch follows.
type keptWatch struct {
	KeyID     string     `json:"key_id"` // of the tokens
	Positions []position `json:"positions"`
}

func (v *vigil) save() error {
	var all bytes.Buffer
	head, err := json.Marshal(keptWatch{KeyID: v.key.ID(), Positions: v.positions})
	if err != nil {
		return err
	}
	all.Write(head)
	all.WriteByte('\n')
	if err := v.watch.Save(&all); err != nil {
		return err
	}
	return disk.WriteFile(filepath.Join(v.dir, watchState), all.Bytes())
}

func (v *vigil) restore() error {
	path := filepath.Join(v.dir, watchState)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return homeError(v.b.Home, err)
	}
	head, rest, _ := bytes.Cut(text, []byte{'\n'})
	var kept keptWatch
	err = json.Unmarshal(head, &kept)
	if err == nil && kept.KeyID != v.key.ID() {
		return failure.New(failure.BadInput, "Name another folder with --state, or the home whose key it was.", "the state in %s was made under another key", v.dir)
	}
	if err == nil {
		err = v.watch.Restore(bytes.NewReader(rest))
	}
	if err != nil {
		return failure.New(failure.BadInput, "Bring it back from a backup, or move it away: the watch then begins anew and learns again what is usual.", "the state %s cannot be read: %w", path, err)
	}
	v.positions = kept.Positions
	return nil
}

// openJournal reads which alarms were given, and opens the journal for more. A last line
// that a crash cut off was not given.
func (v *vigil) openJournal() (*os.File, error) {
	path := filepath.Join(v.dir, watchJournal)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, homeError(v.b.Home, err)
	}
	text, err := io.ReadAll(f)
	whole := bytes.LastIndexByte(text, '\n') + 1
	for line := range bytes.Lines(text[:whole]) {
		var a watch.Alarm
		if json.Unmarshal(line, &a) != nil {
			err = errors.Join(err, failure.New(failure.BadInput, "Bring it back from a backup, or move it away.", "the journal of alarms %s is damaged", path))
			break
		}
		v.known[a.ID] = true
	}
	if err == nil {
		err = f.Truncate(int64(whole))
	}
	if err == nil {
		_, err = f.Seek(int64(whole), io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// give keeps alarms and hands them on: first the case, then the journal, then out.
func (v *vigil) give(alarms []watch.Alarm) error {
	for i := range alarms {
		a := &alarms[i]
		if v.known[a.ID] {
			v.out.Known++
			continue
		}
		id, err := v.openCase(a)
		if err != nil {
			return homeError(v.b.Home, err)
		}
		line, err := json.Marshal(a)
		if err != nil {
			return err
		}
		if _, err := v.journal.Write(append(line, '\n')); err != nil {
			return err
		}
		if err := v.journal.Sync(); err != nil {
			return err
		}
		v.known[a.ID] = true
		v.out.Alarms++
		if v.req.Each != nil {
			if err := v.req.Each(a, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// send sends what of the journal has not been sent. Where a receiver does not take it, it
// waits for the next time, or the next run.
func (v *vigil) send(ctx context.Context) (why []string) {
	for _, o := range v.req.Receivers {
		if _, err := courier.Pump(ctx, filepath.Join(v.dir, watchJournal), filepath.Join(v.dir, "sent-"+o.Name), o); err != nil {
			why = append(why, o.Name+": "+err.Error())
		}
	}
	return why
}

// openCase puts an alarm in the case of its account and day, which it may open.
func (v *vigil) openCase(a *watch.Alarm) (string, error) {
	sum := sha256.Sum256([]byte(a.Account))
	id := "alarm-" + a.Period[:len(time.DateOnly)] + "-" + hex.EncodeToString(sum[:4])
	dir := v.b.CaseDir(id)
	if err := disk.MakeFolder(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, alarmFile)
	all := []watch.Alarm{}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if slices.ContainsFunc(all, func(o watch.Alarm) bool { return o.ID == a.ID }) {
		return id, nil
	}
	text, err = json.MarshalIndent(append(all, *a), "", "  ")
	if err != nil {
		return "", err
	}
	return id, disk.WriteFile(path, append(text, '\n'))
}
