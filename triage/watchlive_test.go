package triage_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/blind/watch"
	"constat.example/triage"
)

// liveHome names, to a child of TestWatchLive, the home to watch in.
const liveHome = "CONSTAT_TEST_LIVE_HOME"

// TestWatchLiveChild is the process that TestWatchLive stops and kills. It says where it
// takes what is sent, and, when it was asked to stop, how many accesses were taken.
func TestWatchLiveChild(t *testing.T) {
	home := os.Getenv(liveHome)
	if home == "" {
		t.Skip("only a child of TestWatchLive does something")
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1)) // it is closed
		stop()
	}()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := triage.Bench{Home: home, Threads: 2, Now: func() time.Time {
		at = at.Add(time.Second) // the state is kept again and again
		return at
	}}
	done, err := b.Watch(ctx, triage.WatchRequest{
		Logs: []string{filepath.Join(filepath.Dir(home), "app.jsonl")}, Follow: true, Listen: "tcp://127.0.0.1:0", OTLP: "127.0.0.1:0",
		Open: func(input, address string) { fmt.Printf("open %s %s\n", input, address) },
		Each: func(a *watch.Alarm, _ string) error { fmt.Printf("alarm %s %s\n", a.ID, a.Rule); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("taken %d late %d\n", done.Accesses, done.Late)
}

// live is a child that watches.
type live struct {
	*exec.Cmd

	open   map[string]string
	closes func() error
	said   *bufio.Scanner
}

func startLive(t *testing.T, home string) *live {
	t.Helper()
	l := &live{Cmd: exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestWatchLiveChild$"), open: map[string]string{}}
	l.Env = append(os.Environ(), liveHome+"="+home)
	l.Stderr = os.Stderr
	in, err1 := l.StdinPipe()
	out, err2 := l.StdoutPipe()
	if err := errors.Join(err1, err2, l.Start()); err != nil {
		t.Fatal(err)
	}
	l.closes, l.said = in.Close, bufio.NewScanner(out)
	for len(l.open) < 2 && l.said.Scan() {
		if f := strings.Fields(l.said.Text()); len(f) == 3 && f[0] == "open" {
			l.open[f[1]] = f[2]
		}
	}
	return l
}

// stops asks it to stop, and tells how many accesses were taken and what alarms given.
func (l *live) stops(t *testing.T) (taken int, alarms []string) {
	t.Helper()
	if err := l.closes(); err != nil {
		t.Fatal(err)
	}
	for l.said.Scan() {
		switch f := strings.Fields(l.said.Text()); {
		case len(f) == 4 && f[0] == "taken":
			taken, _ = strconv.Atoi(f[1])
			if f[3] != "0" {
				t.Errorf("%s accesses were late", f[3])
			}
		case len(f) == 3 && f[0] == "alarm":
			alarms = append(alarms, f[2])
		case l.said.Text() != "PASS":
			t.Log(l.said.Text())
		}
	}
	if err := l.Wait(); err != nil {
		t.Fatal(err)
	}
	return taken, alarms
}

// sent posts log records as OpenTelemetry does, and tells whether they were accepted.
func sent(address, records string) bool {
	r, err := http.Post("http://"+address+"/v1/logs", "application/json", strings.NewReader(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[`+records+`]}]}]}`)) //nolint:noctx // the child's end ends it
	if err != nil {
		return false
	}
	defer r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// TestWatchLive follows a log that grows and is rotated, and takes syslog and
// OpenTelemetry logs, while the process is killed and started again: what stands in the
// log, and what was accepted, is taken, and once.
func TestWatchLive(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	log := filepath.Join(filepath.Dir(home), "app.jsonl")
	if err := (triage.Bench{Home: home, Now: time.Now}).MakeKey(); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(15, 16))
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	lines, accepted, unsure, rotations := 0, 0, 0, 0
	grow := func(n int) {
		f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			at = at.Add(time.Millisecond)
			fmt.Fprintf(f, "{\"ts\":%q,\"account\":\"c%02d\",\"action\":\"read\",\"record\":\"FT-%07d\",\"count\":1,\"office\":\"075\"}\n", at.Format(time.RFC3339Nano), rng.IntN(30), rng.IntN(10_000))
		}
		lines += n
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	record := func() string {
		at = at.Add(time.Millisecond)
		return fmt.Sprintf(`{"timeUnixNano":"%d","attributes":[{"key":"account","value":{"stringValue":"d%d"}},{"key":"action","value":{"stringValue":"read"}},{"key":"record","value":{"stringValue":"X-%d"}}]}`, at.UnixNano(), rng.IntN(5), rng.IntN(10_000))
	}
	grow(300)
	for range 8 {
		l := startLive(t, home)
		dies := time.After(time.Duration(rng.IntN(120_000)) * time.Microsecond)
		dead := make(chan struct{})
		go func() {
			<-dies
			_ = l.Process.Kill()
			close(dead)
		}()
		for alive := true; alive; {
			if grow(1 + rng.IntN(20)); rng.IntN(4) == 0 {
				rotations++
				for i := rotations; i > 1; i-- { // as logrotate does, the oldest with the highest number
					if err := os.Rename(fmt.Sprintf("%s.%d", log, i-1), fmt.Sprintf("%s.%d", log, i)); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.Rename(log, log+".1"); err != nil {
					t.Fatal(err)
				}
				grow(1)
			}
			if sent(l.open["otlp"], record()+","+record()) {
				accepted += 2
			} else {
				unsure += 2 // it was killed meanwhile, perhaps before it could answer
			}
			select {
			case <-dead:
				alive = false
			default:
			}
		}
		_ = l.Wait()
	}
	// One that is left alone takes the rest, and ends when it is asked to. What was
	// received by syslog until then is not lost.
	l := startLive(t, home)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.open["syslog"])
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		message := fmt.Sprintf("<14>1 %s h app 1 - - {\"ts\":%q,\"account\":\"e1\",\"action\":\"read\",\"record\":\"Y-%d\",\"count\":1}", at.Format(time.RFC3339), at.Format(time.RFC3339Nano), i)
		if i%2 == 0 {
			fmt.Fprintf(conn, "%d %s", len(message), message)
		} else {
			fmt.Fprintf(conn, "%s\n", message)
		}
	}
	for range 5 {
		fmt.Fprintf(conn, "<14>1 %s h db 1 - - {\"ts\":%q,\"account\":\"dba\",\"action\":\"copy\",\"address\":\"10.0.0.1\"}\n", at.Format(time.RFC3339), at.Format(time.RFC3339Nano))
	}
	// What was not received yet when a watch ends is lost, as syslog has it: it is
	// received once the other side closes.
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	want := lines + accepted + 105
	taken, alarms := 0, []string{}
	time.Sleep(time.Second) // until it was received: syslog knows no answer
	for range 20 {          // one should do, on a machine that has time
		time.Sleep(300 * time.Millisecond)
		var more []string
		if taken, more = l.stops(t); len(more) > 0 {
			alarms = append(alarms, more...)
		}
		t.Logf("%d of %d taken", taken, want)
		l = startLive(t, home)
		if taken >= want && slices.Contains(alarms, "bulk") {
			break
		}
		at = at.Add(time.Minute) // whose alarm waits for what comes after
		grow(1)
		want++
	}
	_, more := l.stops(t)
	if alarms = append(alarms, more...); taken < want || taken > want+unsure {
		t.Errorf("%d accesses were taken; %d lines stood in the log, %d were accepted, 105 sent by syslog, %d perhaps", taken, lines, accepted, unsure)
	}
	if unsure > 4*8 || accepted == 0 || rotations == 0 {
		t.Errorf("%d accepted, %d unsure, %d rotations", accepted, unsure, rotations)
	}
	slices.Sort(alarms)
	if !slices.Contains(alarms, "bulk") || len(slices.Compact(slices.Clone(alarms))) != len(alarms) {
		t.Errorf("alarms %q, not one of the copy", alarms)
	}
	if left, err := filepath.Glob(filepath.Join(home, "watch", "spool", "*")); err != nil || len(left) > 0 {
		t.Errorf("the spool keeps %q (%v)", left, err)
	}
}
