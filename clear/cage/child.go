package cage

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"constat.example/internal/failure"
)

// child is the parent's end of the pipes, and the process at the other.
type child struct {
	down, up *os.File
	watch    *watch
	seconds  int64 // that all its processors together may take
	process  *os.Process
	state    *os.ProcessState // once it is gone
	gone     chan struct{}
	last     string // kind of its last words, once it is gone
	ended    sync.Once

	killing sync.Mutex
	why     string // it was killed by us; "" while it was not
}

// environment is all that the child is told of this process's: where the loader
// finds libraries, which was decided for this program and so for that one too.
// It tells no state when it dies, and has a time zone that needs no file.
func environment() []string {
	env := []string{"GOTRACEBACK=none", "TZ=UTC"}
	if path, set := syscall.Getenv("LD_LIBRARY_PATH"); set {
		env = append(env, "LD_LIBRARY_PATH="+path)
	}
	return env
}

// start starts the child.
func start(config Config, inputs []Input, l limits) (*child, error) {
	// Pairs of reader and writer.
	var ends [3][2]*os.File
	for i := range ends {
		r, w, err := os.Pipe()
		if err != nil {
			for _, pair := range ends[:i] {
				_ = pair[0].Close()
				_ = pair[1].Close()
			}
			return nil, fmt.Errorf("starting the reader: %w", err)
		}
		ends[i] = [2]*os.File{r, w}
	}
	requests, answers, words := ends[0], ends[1], ends[2]
	widen(answers[1])

	cmd := exec.Command(config.Command[0], config.Command[1:]...)
	cmd.Env = environment()
	cmd.Stderr = words[1]
	cmd.SysProcAttr = attributes()
	spool := config.Spool
	if spool == nil {
		spool = words[1] // holds the place
	}
	cmd.ExtraFiles = []*os.File{requests[0], answers[1], spool}
	for _, in := range inputs {
		cmd.ExtraFiles = append(cmd.ExtraFiles, in.File)
	}
	c := &child{down: requests[1], up: answers[0], gone: make(chan struct{}), seconds: l.Seconds}
	c.watch = newWatch(config.Stall, func() { c.kill(fmt.Sprintf("it made no progress for %v", config.Stall)) })

	started := make(chan error)
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		c.last = lastWords(words[0])
		_ = words[0].Close()
	}()
	go func() {
		// The child dies with the thread that started it, so that this one stays
		// until it has.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		for _, f := range []*os.File{requests[0], answers[1], words[1]} {
			_ = f.Close()
		}
		c.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait() // the state says it
			c.state = cmd.ProcessState
		}
		<-listened
		close(c.gone)
	}()
	if err := <-started; err != nil {
		<-c.gone
		_ = c.down.Close()
		_ = c.up.Close()
		return nil, failure.New(failure.Internal, "Check that this program may be run by you, and that the machine has room for another process.", "the reader cannot be started: %w", err)
	}
	return c, nil
}

// kill ends the child for a reason, unless it is being ended for another.
func (c *child) kill(why string) {
	c.killing.Lock()
	defer c.killing.Unlock()
	if c.why == "" {
		c.why = why
	}
	_ = c.process.Kill() // it may be gone
}

// end ends the child and waits until it is gone.
func (c *child) end() {
	c.ended.Do(func() {
		c.kill("it was not needed any longer")
		_ = c.down.Close()
		<-c.gone
		c.watch.pause()
		_ = c.up.Close()
	})
}

// Why a child died, in words. Nothing it says is among them: what it says when
// it dies may hold anything.
const (
	diedOfFault  = "it met a fault of its own"
	diedOfMemory = "it needed more memory than it may use"
	diedOfTime   = "it needed more time than such a dump may take"
	diedKilled   = "something on this machine killed it; perhaps memory ran out"
)

// lastWords listens to what a dying child says until it is dead, and tells
// what kind of words they were.
func lastWords(from io.Reader) string {
	head, _ := io.ReadAll(io.LimitReader(from, 4096)) // what there is will do
	_, _ = io.Copy(io.Discard, from)
	words := string(head)
	for _, known := range []struct{ words, why string }{
		{"out of memory", diedOfMemory},
		{"cannot allocate", diedOfMemory},
		{"failed to create new OS thread", diedOfMemory},
		{"pthread_create failed", diedOfMemory},
	} {
		if strings.Contains(words, known.words) {
			return known.why
		}
	}
	return diedOfFault
}

// cause is why the child is gone.
func (c *child) cause() string {
	c.killing.Lock()
	defer c.killing.Unlock()
	if c.why != "" {
		return c.why
	}
	if status, ok := c.state.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		return c.last
	}
	// The clock that the kernel kills by is a little ahead of the one it tells.
	if c.state.UserTime()+c.state.SystemTime() >= time.Duration(c.seconds)*time.Second*9/10 {
		return diedOfTime
	}
	return diedKilled
}
