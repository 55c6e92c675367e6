package cage

import (
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// limits are what the child may use.
type limits struct {
	Memory  int64 // bytes that it tries to keep within
	Most    int64 // bytes that it cannot exceed
	Seconds int64 // of all its processors together
	Spool   int64 // bytes
}

// A child may work for a while, however small its input, and in proportion to
// it: a packed file may hold 250 times its size, which is read three times at
// no less than 40 MB a second.
const (
	leastSeconds  = 600
	bytesASecond  = 50_000
	memoryBesides = 768 << 20 // what Go and its threads set aside and do not use
	mostStack     = 64 << 20  // bytes; nothing here nests that deep
)

func limitsOf(c Config, inputs []Input) limits {
	l := limits{Memory: c.Memory, Most: 2*c.Memory + memoryBesides, Seconds: leastSeconds}
	for _, in := range inputs {
		l.Seconds += in.Size / bytesASecond
	}
	if c.Spool != nil {
		l.Spool = c.SpoolSize
	}
	return l
}

// set sets the limits of this process, which has so many files open and will
// need no more.
func (l limits) set(files int) {
	// The number of processors is told once and for all: Go would look it up
	// again from time to time.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	debug.SetMemoryLimit(l.Memory)
	debug.SetMaxStack(mostStack)
	for _, r := range []struct {
		what int
		most int64
	}{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_CPU, l.Seconds},
		{unix.RLIMIT_DATA, l.Most},
		{unix.RLIMIT_FSIZE, l.Spool},
		{unix.RLIMIT_NOFILE, int64(files)},
	} {
		_ = unix.Setrlimit(r.what, &unix.Rlimit{Cur: uint64(r.most), Max: uint64(r.most)}) // what is refused holds as it was
	}
}
