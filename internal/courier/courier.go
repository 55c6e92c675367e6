// Package courier sends lines of a journal to where they are waited for: over HTTP, or as
// syslog over TCP. The journal is the spool: a file beside it says how much of it has been
// sent, so that a line is sent until it was taken, also after a crash. A line may come
// twice, where the crash fell between sending and noting it; whoever takes it knows it
// again by its id.
package courier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"constat.example/internal/disk"
)

// Sender sends one line, and returns once it was taken.
type Sender interface {
	Send(ctx context.Context, line []byte) error
}

// Gatherer is a Sender that rather sends many lines at once.
type Gatherer interface {
	Sender
	SendAll(ctx context.Context, lines [][]byte) error
}

// unsent reads the whole lines of a journal that have not been sent, and how many bytes
// have been. A journal that is shorter than that is another one.
func unsent(journal, cursor string) (rest []byte, at int64, err error) {
	text, err := os.ReadFile(cursor)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, 0, err
	default:
		if at, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err != nil || at < 0 {
			return nil, 0, fmt.Errorf("%s does not say how much was sent", cursor)
		}
	}
	f, err := os.Open(journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, at, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if at > st.Size() {
		at = 0
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return nil, 0, err
	}
	rest, err = io.ReadAll(f)
	return rest[:bytes.LastIndexByte(rest, '\n')+1], at, err // what comes after is still being written
}

// Waits tells whether a journal has lines that have not been sent.
func Waits(journal, cursor string) (bool, error) {
	rest, _, err := unsent(journal, cursor)
	return len(rest) > 0, err
}

// Pump sends the lines of a journal that have not been sent. Cursor is the file that says
// how many bytes have been. It stops at the first line that is not taken.
func Pump(ctx context.Context, journal, cursor string, s Sender) (sent int, err error) {
	rest, at, err := unsent(journal, cursor)
	if err != nil {
		return 0, err
	}
	note := func(n int) error {
		at += int64(n)
		return disk.WriteFile(cursor, strconv.AppendInt(nil, at, 10))
	}
	if all, ok := s.(Gatherer); ok && len(rest) > 0 {
		lines := bytes.Split(bytes.TrimSuffix(rest, []byte("\n")), []byte("\n"))
		if err := all.SendAll(ctx, lines); err != nil {
			return 0, err
		}
		return len(lines), note(len(rest))
	}
	for line := range bytes.Lines(rest) {
		if err := s.Send(ctx, bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return sent, err
		}
		if err := note(len(line)); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, nil
}

// Patience is how long one line may take to be taken, and how often it is tried.
const (
	patience = 10 * time.Second
	tries    = 3
)

// again tries a few times, waiting longer each time.
func again(ctx context.Context, do func(context.Context) error) error {
	var err error
	for i := range tries {
		if i > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(i*i) * 500 * time.Millisecond):
			}
		}
		once, stop := context.WithTimeout(ctx, patience)
		err = do(once)
		stop()
		if err == nil {
			return nil
		}
	}
	return err
}

// Webhook posts lines of JSON to a URL.
type Webhook struct{ URL string }

// Send is of Sender.
func (w Webhook) Send(ctx context.Context, line []byte) error {
	return again(ctx, func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(line))
		if err != nil {
			return errors.New("the address of the webhook is not understood") // an error of it quotes the address
		}
		r.Header.Set("Content-Type", "application/json")
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Do(r)
		if err != nil {
			return errors.New("the webhook cannot be reached")
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
		_ = answer.Body.Close() // nothing of it is used
		if answer.StatusCode < 200 || answer.StatusCode > 299 {
			return fmt.Errorf("the webhook answered %d", answer.StatusCode)
		}
		return nil
	})
}

// Syslog sends lines as RFC 5424 messages, their length before them (RFC 6587), over TCP.
// Syslog knows no acknowledgement: taken is what the network took.
type Syslog struct {
	Address  string // host:port
	Hostname string
	Kind     string // of the messages, as "alarm": their MSGID
	Format   func(line []byte) (message string, at time.Time, err error)
}

// Send is of Sender.
func (s Syslog) Send(ctx context.Context, line []byte) error {
	message, at, err := s.Format(line)
	if err != nil {
		return err
	}
	// Facility 13 is of audits, severity 1 is that something is to be done at once.
	text := fmt.Sprintf("<%d>1 %s %s constat - %s - %s", 13*8+1, at.UTC().Format(time.RFC3339), s.Hostname, s.Kind, message)
	text = fmt.Sprintf("%d %s", len(text), text)
	return again(ctx, func(ctx context.Context) error {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", s.Address)
		if err != nil {
			return errors.New("the syslog server cannot be reached")
		}
		if until, ok := ctx.Deadline(); ok {
			_ = c.SetDeadline(until)
		}
		_, err = io.WriteString(c, text)
		return errors.Join(err, c.Close())
	})
}
