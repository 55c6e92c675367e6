package cage

import (
	"sync"
	"time"
)

// watch calls late when nothing was heard for as long as its patience. It
// counts steps rather than trusting one timer: a program that was stopped for a
// while and goes on (Ctrl-Z, fg) finds one step gone, not all of them.
type watch struct {
	step time.Duration
	late func()

	mu     sync.Mutex
	timer  *time.Timer
	left   int
	paused bool
}

const steps = 10

func newWatch(patience time.Duration, late func()) *watch {
	w := &watch{step: patience / steps, late: late, paused: true}
	w.timer = time.AfterFunc(w.step, w.tick)
	w.timer.Stop()
	return w
}

func (w *watch) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.paused {
		return
	}
	if w.left--; w.left <= 0 {
		w.late()
		return
	}
	w.timer.Reset(w.step)
}

// heard begins anew.
func (w *watch) heard() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = steps
	if w.paused {
		w.paused = false
		w.timer.Reset(w.step)
	}
}

// pause waits for nothing.
func (w *watch) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.paused = true
	w.timer.Stop()
}
