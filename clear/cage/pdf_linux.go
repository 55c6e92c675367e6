package cage

import (
	"debug/elf"
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// libraries are the folders and files that a program of the system needs to
// start, and to know what letters look like. No person's data lies in them.
func libraries() (folders, files []string) {
	return []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/poppler", "/usr/share/fonts", "/usr/share/fontconfig", "/etc/fonts"},
		[]string{"/etc/ld.so.cache"}
}

// becomeShutIn has a program of the system take this process's place, with the
// standard streams and nothing else: it can read its libraries, and reach or
// change nothing. It returns only where it cannot be, with the exit code.
func becomeShutIn(program string, words []string) int {
	loader, err := loaderOf(program)
	if err != nil {
		return codeNoProgram
	}
	folders, files := libraries()
	rules := []landlock.Rule{
		landlock.PathAccess(ll.AccessFSReadFile|ll.AccessFSReadDir, folders...).IgnoreIfMissing(),
		landlock.PathAccess(ll.AccessFSReadFile, files...).IgnoreIfMissing(),
		landlock.PathAccess(ll.AccessFSReadFile|ll.AccessFSExecute, program, loader),
	}
	filter, err := programFilter(os.Getpid())
	if err != nil {
		return codeNotShutIn
	}
	prog := socketFilter(filter)
	path, err := unix.BytePtrFromString(program)
	if err != nil {
		return codeNoProgram
	}
	argv, err := syscall.SlicePtrFromStrings(append([]string{program}, words...))
	if err != nil {
		return codeNoProgram
	}
	env, err := syscall.SlicePtrFromStrings([]string{"TZ=UTC"})
	if err != nil {
		return codeNoProgram
	}

	// From here on Go is to do nothing of its own: what this thread may not do
	// any longer it would need for a new one.
	debug.SetGCPercent(-1)
	runtime.LockOSThread()
	if unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != nil || landlock.V8.BestEffort().Restrict(rules...) != nil || !errors.Is(openRoot(), unix.EACCES) {
		return codeNotShutIn
	}
	for _, r := range []struct {
		what int
		most int64
	}{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_FSIZE, 0},
		{unix.RLIMIT_CPU, pdfSeconds},
		{unix.RLIMIT_NOFILE, pdfFiles},
		{unix.RLIMIT_DATA, pdfData},
		{unix.RLIMIT_AS, pdfSpace},
	} {
		if unix.Setrlimit(r.what, &unix.Rlimit{Cur: uint64(r.most), Max: uint64(r.most)}) != nil {
			return codeNotShutIn
		}
	}
	// The filter is this thread's alone: the others end when it becomes the
	// program.
	if _, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog))); errno != 0 {
		return codeNotShutIn
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0); errno != unix.EPERM {
		_, _, _ = unix.RawSyscall(unix.SYS_EXIT_GROUP, codeNotShutIn, 0, 0)
	}
	_, _, _ = unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&env[0])))
	_, _, _ = unix.RawSyscall(unix.SYS_EXIT_GROUP, codeNoProgram, 0, 0)
	return codeNoProgram // never
}

// loaderOf is the program that loads another one.
func loaderOf(program string) (string, error) {
	f, err := elf.Open(program)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < unix.PathMax {
			name := make([]byte, p.Filesz)
			if _, err := p.ReadAt(name, 0); err != nil {
				return "", err
			}
			return strings.TrimRight(string(name), "\x00"), nil
		}
	}
	return "", errors.New("a program without a loader")
}

// loading are the system calls that a program of the system needs besides the
// plain ones: to find and load its libraries.
var loading = []uint32{
	unix.SYS_EXECVE, unix.SYS_NEWFSTATAT, unix.SYS_STATX, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_READLINKAT, unix.SYS_GETDENTS64,
	unix.SYS_SET_TID_ADDRESS, unix.SYS_SYSINFO, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID,
}

// programFilter is the filter of a program of the system: it begins no thread
// and no process, and opens only to read.
func programFilter(pid int) ([]bpf.RawInstruction, error) {
	calls := append(append([]uint32{}, plain...), loading...)
	if runtime.GOARCH == "amd64" {
		const threadState = 158 // arch_prctl: where what belongs to the thread lies
		calls = append(calls, threadState)
	}
	return list(pid, calls, func(is func(call uint32, then ...bpf.Instruction)) {
		// Memory that can be run, but only as it lies in a file.
		is(unix.SYS_MMAP, argument(2),
			bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: unix.PROT_EXEC, SkipTrue: 3},
			bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.PROT_WRITE, SkipTrue: 3},
			argument(3),
			bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.MAP_ANONYMOUS, SkipTrue: 1},
			allow, refuse)
		is(unix.SYS_MPROTECT, argument(2), bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.PROT_EXEC, SkipTrue: 1}, allow, refuse)
		is(unix.SYS_OPENAT, argument(2),
			bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC, SkipTrue: 1},
			allow, refuse)
		// Limits can be asked for, and not set: the third argument is nothing.
		is(unix.SYS_PRLIMIT64, argument(2),
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: 3},
			bpf.LoadAbsolute{Off: argumentAt + 8*2 + 4, Size: 4},
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: 1},
			allow, refuse)
	})
}
