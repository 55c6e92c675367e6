package cli

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// observe is a clock that moves when it is told to.
type observe struct {
	mu sync.Mutex
	at time.Time
}

func (w *observe) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *observe) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// shown is what is left on the terminal's last line.
func shown(drawn string) string {
	line := drawn[strings.LastIndexAny(drawn, "\r\n")+1:]
	return strings.TrimSuffix(line, "\x1b[K")
}

func TestMeterDraws(t *testing.T) {
	t.Parallel()
	clock := &observe{at: noon}
	var drawn bytes.Buffer
	m := newMeter(&drawn, true, false, 80, clock.now)

	m.Stage("reading the dump", 4<<20, "bytes")
	if got := shown(drawn.String()); !strings.HasPrefix(got, "reading the dump") || !strings.HasSuffix(got, "  0 %") {
		t.Errorf("at the start: %q", got)
	}
	before := drawn.Len()
	m.Add(1 << 20)
	if drawn.Len() != before {
		t.Error("drawn again at once")
	}
	clock.pass(2 * time.Second)
	m.Add(0)
	if got := shown(drawn.String()); !strings.Contains(got, "██████      ") || !strings.HasSuffix(got, " 25 %  512 KiB/s  2.0 s  6.0 s left") {
		t.Errorf("after a quarter: %q", got)
	}
	clock.pass(time.Second)
	m.Add(8 << 20)
	if got := shown(drawn.String()); !strings.Contains(got, "100 %") || strings.Contains(got, "left") {
		t.Errorf("beyond the total: %q", got)
	}

	m.Stage("linking", 0, "steps")
	clock.pass(3 * time.Second)
	m.Add(6)
	if got := shown(drawn.String()); got != "linking  2 steps/s  3.0 s" {
		t.Errorf("without a total: %q", got)
	}
	m.Stage("looking for near values", 0, "")
	clock.pass(4 * time.Second)
	m.tick() // nothing is heard of the stage
	if got := shown(drawn.String()); got != "looking for near values  4.0 s" {
		t.Errorf("of unknown length: %q", got)
	}
	m.Stage("comparing", 4, "rules")
	m.Add(1)
	clock.pass(2 * time.Second)
	m.tick()
	if got := shown(drawn.String()); !strings.HasSuffix(got, " 25 %  1 of 4 rules  2.0 s  6.0 s left") {
		t.Errorf("of few steps: %q", got)
	}
	m.close()
	if got := shown(drawn.String()); got != "" {
		t.Errorf("%q is left at the end", got)
	}
	if strings.Contains(drawn.String(), "\n") {
		t.Error("the line was left behind")
	}
}

func TestMeterSaysLittleWhenPiped(t *testing.T) {
	t.Parallel()
	clock := &observe{at: noon}
	var drawn bytes.Buffer
	m := newMeter(&drawn, false, false, 80, clock.now)
	m.Stage("reading", 4000, "rows")
	clock.pass(9 * time.Second)
	m.Add(900)
	m.tick()
	if drawn.Len() != 0 {
		t.Errorf("before ten seconds: %q", drawn.String())
	}
	clock.pass(time.Second)
	m.Add(100)
	m.Add(0)
	clock.pass(9 * time.Second)
	m.tick()
	m.Stage("linking", 0, "")
	clock.pass(2 * time.Second)
	m.tick()
	m.close()
	clock.pass(time.Minute)
	m.tick()
	want := "constat: reading, 25 %, 100 rows/s, 10 s, 30 s left\nconstat: linking, 2.0 s\n"
	if drawn.String() != want {
		t.Errorf("%q, want %q", drawn.String(), want)
	}
	drawn.Reset()

	m = newMeter(&drawn, false, true, 80, clock.now)
	m.Stage("reading", 10, "rows")
	clock.pass(3200 * time.Millisecond)
	m.Stage("linking", 10, "rows")
	clock.pass(75 * time.Second)
	m.close()
	m.close()
	if got := drawn.String(); got != "reading: done in 3.2 s\nlinking: done in 75 s\n" {
		t.Errorf("verbose: %q", got)
	}
}

func TestMeterFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for columns := 20; columns < 90; columns++ {
		m := newMeter(&bytes.Buffer{}, true, false, columns, func() time.Time { return noon })
		m.Stage("reading the register’s snapshots", 1000, "rows")
		m.Add(500)
		if n := utf8.RuneCountInString(m.line(noon.Add(time.Minute), "  ", columns-1)); n >= columns {
			t.Errorf("%d characters on %d columns", n, columns)
		}
	}
}

func TestMeterFromManyGoroutines(t *testing.T) {
	t.Parallel()
	clock := &observe{at: noon}
	m := newMeter(&bytes.Buffer{}, true, false, 80, clock.now)
	m.Stage("reading", 8000, "rows")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				clock.pass(time.Millisecond)
				m.Add(1)
			}
		})
	}
	wg.Wait()
	if m.done != 8000 {
		t.Errorf("%d done, want 8000", m.done)
	}
}

func TestTalkTakesTheLineAway(t *testing.T) {
	t.Parallel()
	b := newBundle()
	b.services.ListRegister = func(_ context.Context, c RegisterRequest) ([]Snapshot, error) {
		c.Progress.Stage("looking", 10, "files")
		c.Say("a word")
		return []Snapshot{}, nil
	}
	if code := b.run("register", "list", "-v"); code != 0 || !strings.HasPrefix(b.err, "constat: a word\n") || !strings.Contains(b.err, "looking: done in 0.0 s\n") {
		t.Errorf("exit code %d, stderr %q", code, b.err)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		share float64
		want  string
	}{
		{0, "    "}, {1, "████"}, {0.5, "██  "}, {0.53125, "██▏ "}, {-1, "    "}, {2, "████"}, {0.99, "████"},
	} {
		if got := bar(test.share, 4); got != test.want {
			t.Errorf("%g: %q, want %q", test.share, got, test.want)
		}
	}
}
