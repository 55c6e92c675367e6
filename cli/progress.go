package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// meter draws progress as one line on a terminal: stage, bar, share, rate, time
// passed and left. Where stderr is no terminal it leaves a plain line now and then,
// for whoever reads the log of a long job. With verbose it leaves one for each stage
// that ended.
//
// Add is called for every batch from several goroutines, so it only counts;
// the line is drawn again at most ten times a second. Some stages hear nothing for
// long, while the engine is at one statement, so the line is drawn again by itself too.
type meter struct {
	w       io.Writer
	draw    bool
	verbose bool
	columns int
	now     func() time.Time

	mu    sync.Mutex
	stage string
	unit  string
	total int64
	done  int64
	began time.Time
	drawn time.Time
	told  time.Time // the last plain line, or what there was to tell of last
	shown bool      // a line is on the terminal

	stop    func() // ends the drawing by itself; nil where there is none
	stopped sync.WaitGroup
}

// redraw is how long a line stays before it is drawn again, idle the same where
// nothing is heard, and plain how long where it would be another line in a log.
const (
	redraw = 100 * time.Millisecond
	idle   = time.Second
	plain  = 10 * time.Second
)

func newMeter(w io.Writer, draw, verbose bool, columns int, now func() time.Time) *meter {
	return &meter{w: w, draw: draw, verbose: verbose, columns: columns, now: now}
}

// start has the meter look by itself, until it is closed, how much time has passed.
func (m *meter) start() {
	ticker := time.NewTicker(idle)
	over := make(chan struct{})
	m.stop = sync.OnceFunc(func() { close(over) })
	m.stopped.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-over:
				return
			case <-ticker.C:
				m.tick()
			}
		}
	})
}

// tick shows that time has passed.
func (m *meter) tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stage != "" {
		m.show(m.now(), idle)
	}
}

// show draws the line if that is long enough ago, or leaves a plain one.
func (m *meter) show(now time.Time, after time.Duration) {
	switch {
	case m.draw && now.Sub(m.drawn) >= after:
		m.paint(now)
	case !m.draw && now.Sub(m.told) >= plain:
		m.told = now
		fmt.Fprintf(m.w, "constat: %s\n", m.line(now, ", ", unfolded))
	}
}

// Stage implements progress.Meter.
func (m *meter) Stage(name string, total int64, unit string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end()
	m.stage, m.total, m.unit, m.done = name, total, unit, 0
	m.began = m.now()
	if m.told.IsZero() {
		m.told = m.began
	}
	m.paint(m.began)
}

// Add implements progress.Meter.
func (m *meter) Add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	m.show(m.now(), redraw)
}

// close ends the stage under way and leaves the terminal clean.
func (m *meter) close() {
	if m.stop != nil {
		m.stop()
		m.stopped.Wait()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end()
	m.stage = ""
}

// aside takes the line away and keeps it away while something else is written;
// after that it is drawn again when it is due.
func (m *meter) aside(write func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erase()
	write()
}

func (m *meter) erase() {
	if m.shown {
		fmt.Fprint(m.w, "\r\x1b[K")
		m.shown = false
	}
}

func (m *meter) end() {
	m.erase()
	if m.verbose && m.stage != "" {
		fmt.Fprintf(m.w, "%s: done in %s\n", m.stage, seconds(m.now().Sub(m.began)))
	}
}

func (m *meter) paint(now time.Time) {
	if !m.draw {
		return
	}
	m.drawn = now
	fmt.Fprint(m.w, "\r"+m.line(now, "  ", m.columns-1)+"\x1b[K")
	m.shown = true
}

// few is up to how many units are counted one by one: of a handful of steps there
// is no rate worth telling.
const few = 1000

// line is what is told of the stage under way, cut to a number of characters.
func (m *meter) line(now time.Time, between string, limit int) string {
	const barWidth = 24
	elapsed := now.Sub(m.began)
	parts := []string{m.stage}
	if m.total > 0 {
		share := min(1, float64(m.done)/float64(m.total))
		if m.draw {
			parts = append(parts, bar(share, barWidth))
		}
		parts = append(parts, fmt.Sprintf("%3.0f %%", share*100))
	}
	steps := m.total > 0 && m.total <= few && m.unit != "bytes"
	rate := float64(m.done) / elapsed.Seconds()
	switch {
	case m.unit == "": // only the share means something
	case steps:
		parts = append(parts, fmt.Sprintf("%s of %s", count(min(m.done, m.total)), amount(m.total, m.unit)))
	case elapsed >= time.Second && m.done > 0:
		parts = append(parts, amount(int64(rate), m.unit)+"/s")
	case m.total == 0 && m.done > 0:
		parts = append(parts, amount(m.done, m.unit))
	}
	if elapsed >= time.Second {
		parts = append(parts, seconds(elapsed))
		if m.done > 0 && m.total > m.done {
			left := time.Duration(float64(m.total-m.done) / rate * float64(time.Second))
			parts = append(parts, seconds(left)+" left")
		}
	}
	if !m.draw { // without the room that keeps columns in their places
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
	}
	return cut(strings.Join(parts, between), limit)
}

// bar draws a share of width cells in eighths of a cell.
func bar(share float64, width int) string {
	const eighths = " ▏▎▍▌▋▊▉"
	n := int(min(1, max(0, share))*float64(width)*8 + 0.5)
	full := strings.Repeat("█", n/8)
	if n/8 == width {
		return full
	}
	part := []rune(eighths)[n%8]
	return full + string(part) + strings.Repeat(" ", width-n/8-1)
}

// cut shortens text to a number of characters.
func cut(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:max(0, limit-1)]) + "…"
}
