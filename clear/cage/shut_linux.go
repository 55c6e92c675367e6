package cage

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// attributes start the child in a group of its own, so that Ctrl-C is the
// parent's to deal with, and end it with its parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// widen makes a pipe hold more at once, where the system lets it.
func widen(pipe *os.File) { _, _ = unix.FcntlInt(pipe.Fd(), unix.F_SETPIPE_SZ, 1<<20) }

// shutIn takes from this process, for good, whatever it needs no more, and
// tries whether it is gone. Everything that Go opens by itself must be open.
func shutIn(l limits, files int) gaps {
	var g gaps
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) // nobody looks into its memory; a refusal changes nothing
	l.set()

	// Landlock: no file, no TCP, no signal to anybody outside. It is asked on
	// every thread, and does what this kernel's Landlock can.
	_ = landlock.V8.BestEffort().Restrict() // what came of it is tried
	if !errors.Is(openRoot(), unix.EACCES) {
		g.Lacks = append(g.Lacks, "Landlock")
	}
	limit(unix.RLIMIT_NOFILE, int64(files)) // and no more from here on
	if !filtered() {
		g.Lacks = append(g.Lacks, "seccomp filter that Constat knows how to write")
	}
	// A folder is no program, and signal 0 none that anybody feels: only who
	// forbids the thing itself says EPERM.
	for _, t := range []struct {
		can     string
		refused bool
	}{
		{"open files", openRoot() != nil},
		{"reach the network", socket() != nil},
		{"start programs", errors.Is(unix.Exec("/", []string{"/"}, nil), unix.EPERM)},
		{"stop other programs", errors.Is(unix.Kill(os.Getppid(), 0), unix.EPERM)},
	} {
		if !t.refused {
			g.Can = append(g.Can, t.can)
		}
	}
	return g
}

func openRoot() error { return closed(unix.Open("/", unix.O_RDONLY|unix.O_CLOEXEC, 0)) }

func socket() error { return closed(unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)) }

// closed is how opening something was refused. That too many are open is no
// refusal: one could be closed.
func closed(fd int, err error) error {
	if err == nil {
		_ = unix.Close(fd)
	}
	if errors.Is(err, unix.EMFILE) {
		return nil
	}
	return err
}

// filtered has the kernel refuse every system call that is not on the list, on
// every thread, and reports that it does.
func filtered() bool {
	program, err := filter(os.Getpid())
	if err != nil {
		return false
	}
	prog := socketFilter(program)
	runtime.LockOSThread() // the first promise is the thread's, the filter all threads'
	defer runtime.UnlockOSThread()
	if unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != nil {
		return false
	}
	got, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&prog)))
	return errno == 0 && got == 0
}

// socketFilter is a filter as the kernel takes it.
func socketFilter(program []bpf.RawInstruction) unix.SockFprog {
	raw := make([]unix.SockFilter, len(program))
	for i, p := range program {
		raw[i] = unix.SockFilter{Code: p.Op, Jt: p.Jt, Jf: p.Jf, K: p.K}
	}
	return unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]}
}
