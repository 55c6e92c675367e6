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
	memoryBesides = 768 << 20 // bytes that Go sets aside and does not use
	memoryThread  = 16 << 20  // the same for each processor's threads
	mostStack     = 64 << 20  // bytes; nothing here nests that deep
)

func limitsOf(c Config, inputs []Input) limits {
	l := limits{Memory: c.Memory, Most: 2*c.Memory + memoryBesides + int64(runtime.NumCPU())*memoryThread, Seconds: leastSeconds}
	for _, in := range inputs {
		l.Seconds += in.Size / bytesASecond
	}
	if c.Spool != nil {
		l.Spool = c.SpoolSize
	}
	return l
}

// set sets the limits of this process, but for the number of its files.
func (l limits) set() {
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
	} {
		limit(r.what, r.most)
	}
}

func limit(what int, most int64) {
	_ = unix.Setrlimit(what, &unix.Rlimit{Cur: uint64(most), Max: uint64(most)}) // what is refused holds as it was
}
