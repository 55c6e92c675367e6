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
	seconds  int64  // that all its processors together may take
	last     string // kind of its last words, once it is gone
	ended    sync.Once
	program
}

// program is a process that was started and dies with this one.
type program struct {
	process *os.Process
	state   *os.ProcessState // once it is gone
	gone    chan struct{}

	killing sync.Mutex
	why     string // it was killed by us; "" while it was not
}

// start starts it. Its ends of the pipes are closed here; listen hears what it
// says until it has no more to say.
func (p *program) start(cmd *exec.Cmd, its []*os.File, listen func()) error {
	p.gone = make(chan struct{})
	started := make(chan error)
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		listen()
	}()
	go func() {
		// It dies with the thread that started it, so that this one stays until it
		// has.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		for _, f := range its {
			_ = f.Close()
		}
		p.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait() // the state says it
			p.state = cmd.ProcessState
		}
		<-listened
		close(p.gone)
	}()
	err := <-started
	if err != nil {
		<-p.gone
	}
	return err
}

// pipes makes pairs of reader and writer.
func pipes(n int) ([][2]*os.File, error) {
	var ends [][2]*os.File
	for range n {
		r, w, err := os.Pipe()
		if err != nil {
			for _, pair := range ends {
				_ = pair[0].Close()
				_ = pair[1].Close()
			}
			return nil, err
		}
		ends = append(ends, [2]*os.File{r, w})
	}
	return ends, nil
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
	ends, err := pipes(3)
	if err != nil {
		return nil, fmt.Errorf("starting the reader: %w", err)
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
	c := &child{down: requests[1], up: answers[0], seconds: l.Seconds}
	c.watch = newWatch(config.Stall, func() { c.kill(fmt.Sprintf("it made no progress for %v", config.Stall)) })

	err = c.start(cmd, []*os.File{requests[0], answers[1], words[1]}, func() {
		c.last = lastWords(words[0])
		_ = words[0].Close()
	})
	if err != nil {
		_ = c.down.Close()
		_ = c.up.Close()
		return nil, failure.New(failure.Internal, "Check that this program may be run by you, and that the machine has room for another process.", "the reader cannot be started: %w", err)
	}
	return c, nil
}

// kill ends it for a reason, unless it is being ended for another.
func (p *program) kill(why string) {
	p.killing.Lock()
	defer p.killing.Unlock()
	if p.why == "" {
		p.why = why
	}
	_ = p.process.Kill() // it may be gone
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
		{"failed to allocate", diedOfMemory},
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
	if c.state.UserTime()+c.state.SystemTime() >= time.Duration(c.seconds)*time.Second*3/4 {
		return diedOfTime
	}
	return diedKilled
}
