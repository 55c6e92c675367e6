package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// meter draws progress as one line on a terminal: stage, bar, share, rate and
// time left. Where stderr is no terminal it draws nothing. With verbose it
// leaves a plain line for each stage that ended.
//
// Add is called for every batch from several goroutines, so it only counts;
// the line is drawn again at most ten times a second.
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
	shown bool // a line is on the terminal
}

// redraw is how long a line stays before it is drawn again.
const redraw = 100 * time.Millisecond

func newMeter(w io.Writer, draw, verbose bool, columns int, now func() time.Time) *meter {
	return &meter{w: w, draw: draw, verbose: verbose, columns: columns, now: now}
}

// Stage implements progress.Meter.
func (m *meter) Stage(name string, total int64, unit string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end()
	m.stage, m.total, m.unit, m.done = name, total, unit, 0
	m.began = m.now()
	m.paint(m.began)
}

// Add implements progress.Meter.
func (m *meter) Add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	if !m.draw {
		return
	}
	if now := m.now(); now.Sub(m.drawn) >= redraw {
		m.paint(now)
	}
}

// close ends the stage under way and leaves the terminal clean.
func (m *meter) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end()
	m.stage = ""
}

// wipe takes the line away; the next Add draws it again.
func (m *meter) wipe() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erase()
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
	fmt.Fprint(m.w, "\r"+m.line(now)+"\x1b[K")
	m.shown = true
}

// line is what is drawn, cut to the terminal's width.
func (m *meter) line(now time.Time) string {
	const barWidth = 24
	elapsed := now.Sub(m.began)
	parts := []string{m.stage}
	if m.total > 0 {
		share := min(1, float64(m.done)/float64(m.total))
		parts = append(parts, bar(share, barWidth), fmt.Sprintf("%3.0f %%", share*100))
	}
	if elapsed >= time.Second && m.done > 0 {
		rate := float64(m.done) / elapsed.Seconds()
		parts = append(parts, amount(int64(rate), m.unit)+"/s")
		if m.total > m.done {
			left := time.Duration(float64(m.total-m.done) / rate * float64(time.Second))
			parts = append(parts, seconds(left)+" left")
		}
	} else if m.total == 0 && m.done > 0 {
		parts = append(parts, amount(m.done, m.unit))
	}
	return cut(strings.Join(parts, "  "), m.columns-1)
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
