//go:build !linux

package cage

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes start the child in a group of its own, so that Ctrl-C is the
// parent's to deal with.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// widen is for systems whose pipes can be made to hold more.
func widen(*os.File) {}

// shutIn sets the limits that every system has; more is there on Linux only.
func shutIn(l limits, files int) gaps {
	l.set()
	limit(unix.RLIMIT_NOFILE, int64(files))
	return gaps{
		Lacks: []string{"Landlock", "seccomp filter"},
		Can:   []string{"open files", "reach the network", "start programs"},
	}
}
