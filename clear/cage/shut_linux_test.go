package cage

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"constat.example/clear/dump"
)

// escapes tries what a parser that was taken over would, and names what worked.
func escapes(spool *os.File) []string {
	worked := []string{}
	note := func(what string, err error) {
		if err == nil {
			worked = append(worked, what)
		}
	}
	open := func(name string, flags int) error {
		f, err := os.OpenFile(name, flags, 0o600)
		if err == nil {
			_ = f.Close()
		}
		return err
	}
	call := func(number uintptr, arguments ...uintptr) error {
		arguments = append(arguments, 0, 0, 0, 0, 0)
		if _, _, err := unix.Syscall6(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], 0); err != 0 {
			return err
		}
		return nil
	}
	note("read a file", open("/etc/passwd", os.O_RDONLY))
	note("read its program", open("/proc/self/exe", os.O_RDONLY))
	note("read a device", open("/dev/zero", os.O_RDONLY))
	note("write a file", open(filepath.Join(os.TempDir(), "constat-escaped"), os.O_CREATE|os.O_WRONLY))
	note("make a folder", unix.Mkdir(filepath.Join(os.TempDir(), "constat-escaped.d"), 0o700))
	note("remove a file", unix.Unlink(filepath.Join(os.TempDir(), "constat-not-there")))
	_, err := os.Stat("/etc")
	note("look at a folder", err)
	_, err = net.Dial("tcp", "127.0.0.1:9")
	note("dial", err)
	_, err = net.Listen("tcp", "127.0.0.1:0")
	note("listen", err)
	for name, family := range map[string]int{"a TCP socket": unix.AF_INET, "a local socket": unix.AF_UNIX, "a kernel socket": unix.AF_NETLINK} {
		_, err = unix.Socket(family, unix.SOCK_DGRAM, 0)
		note(name, err)
	}
	_, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	note("a pair of sockets", err)
	_, err = os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
	note("start a program", err)
	note("become a program", unix.Exec("/bin/true", []string{"true"}, nil))
	note("trace", call(unix.SYS_PTRACE, unix.PTRACE_TRACEME))
	note("trace the parent", call(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(os.Getppid())))
	note("signal the parent", unix.Kill(os.Getppid(), 0))
	note("signal everybody", unix.Kill(-1, 0))
	note("signal a thread of the parent", unix.Tgkill(os.Getppid(), os.Getppid(), 0))
	note("leave a namespace", unix.Unshare(0))
	note("another user", unix.Setuid(os.Getuid()))
	note("outlive the parent", unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0))
	note("be looked into", unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0))
	note("raise a limit", unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1024, Max: 1024}))
	_, err = unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
	note("memory to run", err)
	if b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE); err == nil {
		note("run its memory", unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC))
	}
	_, err = unix.MemfdCreate("x", 0)
	note("a file in memory", err)
	_, err = unix.IoctlGetInt(answersAt, unix.TIOCINQ)
	note("control a device", err)
	_, err = spool.WriteAt([]byte("x"), 1<<20)
	note("a spool beyond its bound", err)
	_, err = unix.Dup(answersAt)
	note("another descriptor", err)
	note("io_uring", call(425, 1, 0))
	note("bpf", call(unix.SYS_BPF))
	note("userfaultfd", call(unix.SYS_USERFAULTFD))
	if status, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err == nil && status == 0 {
		worked = append(worked, "new privileges")
	}
	return worked
}

// TestEscape tries to get out of the cage, from inside.
func TestEscape(t *testing.T) {
	t.Parallel()
	spool, err := os.Create(filepath.Join(t.TempDir(), "spool"))
	if err != nil {
		t.Fatal(err)
	}
	defer spool.Close()
	config := caged()
	config.Spool, config.SpoolSize = spool, 1<<20
	r, err := Open(t.Context(), config, files(t, "escape.csv", people(5)), dump.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION); errno != 0 || abi == 0 {
		t.Skip("this kernel has no Landlock: ", r.Missing)
	}
	if r.Missing != "" {
		t.Error(r.Missing)
	}
	report, err := os.ReadFile(spool.Name())
	if err != nil {
		t.Fatal(err)
	}
	var worked []string
	if err := json.Unmarshal(report, &worked); err != nil {
		t.Fatalf("no report: %v in %q", err, report)
	}
	if len(worked) > 0 {
		t.Errorf("a way out: %s", strings.Join(worked, ", "))
	}

	// What the kernel says of it.
	status, err := os.ReadFile("/proc/" + strconv.Itoa(r.child.process.Pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2"} {
		if !strings.Contains(string(status), want) {
			t.Errorf("the child is without %q", want)
		}
	}
	tasks, err := os.ReadDir("/proc/" + strconv.Itoa(r.child.process.Pid) + "/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		status, err := os.ReadFile("/proc/" + strconv.Itoa(r.child.process.Pid) + "/task/" + task.Name() + "/status")
		if err == nil && !strings.Contains(string(status), "Seccomp:\t2") {
			t.Error("a thread is without filter")
		}
	}
	if env, err := os.ReadFile("/proc/" + strconv.Itoa(r.child.process.Pid) + "/environ"); err == nil && strings.Contains(string(env), "HOME=") {
		t.Error("the child knows the parent's environment")
	}
}
