// Package triage is the whole flow in one place: a register imported, a dump
// assessed against it. It is the only room that sees both sides of the
// curtain: it takes rows from the clear rooms, has them sealed, and hands
// tokens to the blind ones.
package triage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"constat.example/blind/engine"
	"constat.example/clear/seal"
	"constat.example/desk/casefile"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// Bench is what every job works with.
type Bench struct {
	Home   string // folder of keys, register and cases
	Unlock Unlock // how keys are opened
	Keep   Unlock // how a key is kept that has to be made
	Engine engine.Opener
	Meter  progress.Meter   // defaults to progress.None
	Now    func() time.Time // the clock
	Who    string           // acts, for the chain of custody; defaults to "unknown"
	As     casefile.Person  // the same, for acts that take a role
	Store  string           // where those are kept: a file or a PostgreSQL; defaults to a file in the home
	Say    func(string)     // tells the user a sentence; defaults to nobody
	Detail func(string)     // tells who wants to know more a clause; defaults to nobody
	Build  string           // tells this program from others: what another left half-done is not gone on with

	// Reader is the program and the arguments that start a process which calls
	// Read: dumps are read there, shut in. Defaults to reading them in this one.
	Reader []string
	// PDF is the same for ReadPDF; without it PDF documents are not read.
	PDF []string

	Memory  int64 // bytes to keep within; 0: 1200 MiB
	Threads int   // 0: the number of cores
}

// Folders of a home.
const (
	keysDir     = "keys"
	registerDir = "register"
	casesDir    = "cases"
	scratchDir  = "tmp"
)

func (b Bench) withDefaults() Bench {
	if b.Meter == nil {
		b.Meter = progress.None
	}
	if b.Say == nil {
		b.Say = func(string) {}
	}
	if b.Detail == nil {
		b.Detail = func(string) {}
	}
	b.Who = cmp.Or(b.Who, "unknown")
	b.As.Account = cmp.Or(b.As.Account, "unknown")
	if b.Threads <= 0 {
		b.Threads = runtime.GOMAXPROCS(0)
	}
	return b
}

// CaseDir is the folder of a case.
func (b Bench) CaseDir(id string) string { return filepath.Join(b.Home, casesDir, id) }

// Cases lists the cases of the home.
func (b Bench) Cases() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(b.Home, casesDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	return ids, err
}

// ring opens the home's keys.
func (b Bench) ring() (*seal.Ring, error) {
	return seal.OpenRing(filepath.Join(b.Home, keysDir))
}

// scratch makes a private folder for a job. Folders that a killed job left
// behind are removed on the way: a job holds a lock on its folder for as long as it runs.
func (b Bench) scratch() (dir string, done func(), err error) {
	root := filepath.Join(b.Home, scratchDir)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", nil, homeError(b.Home, err)
	}
	// Between the making of a folder and its lock no other job may clear it away.
	unlockRoot, err := lock(root, true)
	if err != nil {
		return "", nil, err
	}
	defer unlockRoot()
	entries, err := os.ReadDir(root)
	if err != nil {
		return "", nil, err
	}
	for _, e := range entries {
		left := filepath.Join(root, e.Name())
		if unlock, err := lock(left, false); err == nil {
			err = os.RemoveAll(left)
			unlock()
			if err != nil {
				return "", nil, fmt.Errorf("clearing what an interrupted job left: %w", err)
			}
		}
	}
	dir, err = os.MkdirTemp(root, "job-")
	if err != nil {
		return "", nil, err
	}
	unlock, err := lock(dir, false)
	if err != nil {
		return "", nil, err
	}
	return dir, func() {
		_ = os.RemoveAll(dir) // what stays is cleared by the next job
		unlock()
	}, nil
}

// told adds to an error of a full disk how much room there was. The job has
// cleared away after itself by the time that anybody looks.
func (r room) told(err error) error {
	if _, told := errors.AsType[*failure.Error](err); told || !failure.DiskFull(err) {
		return err
	}
	return failure.New(failure.Internal, failure.HintOf(err), "%w; %d MiB were free in %s when the work began", err, r.free>>20, r.dir)
}

// room is how much of a disk was free when work began.
type room struct {
	dir  string
	free int64
}

func roomIn(dir string) (room, error) {
	free, err := disk.Free(dir)
	return room{dir, free}, err
}

// lock holds a folder until unlock is called or the process ends, however it
// ends.
func lock(dir string, wait bool) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	take := disk.TryLock
	if wait {
		take = disk.Lock
	}
	if err := take(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// homeError tells of a home that cannot be one from what else may go wrong.
func homeError(home string, err error) error {
	if failure.CodeOf(err) != failure.Internal {
		return err // it says itself what to do
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EROFS) {
		return failure.New(failure.BadInput, "Name another folder with --home, or give yourself the right to write there.",
			"the home %s cannot be used: %w", home, err)
	}
	return err
}

// session opens an engine session that spills into dir.
func (b Bench) session(ctx context.Context, dir string) (engine.Session, error) {
	return b.Engine(ctx, engine.Config{Threads: b.Threads, Memory: b.engineMemory(), Dir: dir})
}

// inSession lends a session that spills into dir, and closes it: what the engine keeps
// of files it has read goes with it.
func (b Bench) inSession(ctx context.Context, dir string, do func(engine.Session) error) (err error) {
	s, err := b.session(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// memory is what the process keeps within, the child that reads a dump apart: that
// one has a bound of its own, and ends before the engine has much to do.
func (b Bench) memory() int64 { return cmp.Or(max(b.Memory, 0), defaultMemory) }

// engineMemory is the engine's part of it: all but what the process takes besides.
// Of very little it is half, so that there is something to work with.
func (b Bench) engineMemory() int64 { return max(b.memory()-besides, b.memory()/2) }

const (
	// defaultMemory is kept within when nothing else is asked: enough for millions
	// of rows, little enough for any machine.
	defaultMemory = 1200 << 20
	// besides is what Go and the engine take outside of the engine's own bound
	// while they link, as measured. While rows are sealed the engine takes next to
	// nothing, and Go may have what it leaves.
	besides = 128 << 20
)

// bound has Go's collector keep its part: it works harder rather than let the heap
// grow beyond. It only ever lowers what the process was started with.
func (b Bench) bound() {
	if limit := b.engineMemory(); limit < debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(limit)
	}
}

// stopwatch adds up the seconds of named stages, to the millisecond: more
// digits tell nothing, and could look like anything.
type stopwatch struct {
	now  func() time.Time
	at   time.Time
	took map[string]float64
}

func (b Bench) stopwatch(took map[string]float64) *stopwatch {
	return &stopwatch{now: b.Now, at: b.Now(), took: took}
}

func (w *stopwatch) lap(stage string) {
	now := w.now()
	took := w.took[stage] + now.Sub(w.at).Seconds()
	w.took[stage] = math.Round(1000*took) / 1000
	w.at = now
}
