package cage

import (
	"errors"
	"runtime"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// plain are the system calls that the child needs, and that can do no harm with
// what it has: to read and write what is open, to have memory, threads and time.
var plain = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_PREAD64, unix.SYS_PWRITE64, unix.SYS_READV, unix.SYS_WRITEV,
	unix.SYS_CLOSE, unix.SYS_LSEEK, unix.SYS_FSTAT, unix.SYS_FTRUNCATE,
	unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT,
	unix.SYS_BRK, unix.SYS_MUNMAP, unix.SYS_MREMAP, unix.SYS_MADVISE,
	unix.SYS_FUTEX, unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_GETTID, unix.SYS_GETPID,
	unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_RESTART_SYSCALL,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME,
	unix.SYS_GETRANDOM,
}

// Flags that the standard library of Go does not name.
const (
	cloneNew   = 0x7e020000 // every CLONE_NEW… that goes with threads: namespaces
	numberAt   = 0          // where a filter finds the number of the call
	machineAt  = 4          // the machine it is made for
	argumentAt = 16         // the first argument, of eight bytes each
)

// filter is the program that the kernel runs ahead of every system call of the
// process pid: what is not on the list is refused as if it had no right to it.
func filter(pid int) ([]bpf.RawInstruction, error) {
	return list(pid, plain, func(is func(call uint32, then ...bpf.Instruction)) {
		// Memory, but none that can be run.
		for _, call := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT} {
			is(call, argument(2), bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.PROT_EXEC, SkipTrue: 1}, allow, refuse)
		}
		// Threads, but no processes. What the newer call is asked for lies where a
		// filter cannot look; without it the older one is used.
		is(unix.SYS_CLONE3, absent)
		is(unix.SYS_CLONE, argument(0),
			bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: unix.CLONE_THREAD, SkipTrue: 2},
			bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: cloneNew, SkipTrue: 1},
			allow, refuse)
	})
}

// What becomes of a call.
var (
	allow  = bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}
	refuse = bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}
	absent = bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)}
)

// argument loads one of a call. Both machines are little-endian: the lower half
// comes first.
func argument(n uint32) bpf.Instruction { return bpf.LoadAbsolute{Off: argumentAt + 8*n, Size: 4} }

// list is a filter that lets calls pass, and those that more looks at closer.
func list(pid int, calls []uint32, more func(is func(call uint32, then ...bpf.Instruction))) ([]bpf.RawInstruction, error) {
	machine := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	if machine == 0 {
		return nil, errors.New("no filter for this machine")
	}
	p := []bpf.Instruction{
		bpf.LoadAbsolute{Off: machineAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: machine, SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_KILL_PROCESS}, // numbers that mean something else
		bpf.LoadAbsolute{Off: numberAt, Size: 4},
	}
	is := func(call uint32, then ...bpf.Instruction) {
		p = append(p, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: call, SkipTrue: uint8(len(then))})
		p = append(p, then...)
	}
	for _, call := range calls {
		is(call, allow)
	}
	more(is)
	// Signals, but only to its own threads: that is how Go stops a goroutine.
	is(unix.SYS_TGKILL, argument(0), bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(pid), SkipTrue: 1}, allow, refuse)
	return bpf.Assemble(append(p, refuse))
}
