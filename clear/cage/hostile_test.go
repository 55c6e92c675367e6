package cage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// misbehave is what the test's child does when it comes to a member of a
// telling name, as a parser would that a hostile file has led astray.
func misbehave() func(name string, spool *os.File) {
	met := map[string]int{}
	var kept [][]byte
	var deep func(n int) int
	deep = func(n int) int { return deep(n+1) + n }
	return func(name string, spool *os.File) {
		met[name]++
		switch filepath.Base(name) {
		case "panic.csv":
			panic("Martin, Jeanne") // what nobody may hear
		case "late.csv":
			if met[name] > 3 { // neither to open it, to find its tables, nor for a sample
				panic("Martin, Jeanne")
			}
		case "bomb.csv":
			for {
				b := make([]byte, 32<<20)
				for i := 0; i < len(b); i += 4096 {
					b[i] = 1
				}
				kept = append(kept, b)
			}
		case "huge.csv":
			kept = append(kept, make([]byte, 1<<42))
		case "deep.csv":
			deep(0)
		case "loop.csv":
			for n := 0; n >= 0; n ^= 1 {
			}
		case "exit.csv":
			os.Exit(0)
		case "escape.csv":
			report, _ := json.Marshal(escapes(spool))
			_, _ = spool.WriteAt(report, 0)
		}
	}
}

// TestCrash ends parsers that go astray, names the member, and reads the rest
// without it.
func TestCrash(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ member, why string }{
		{"panic.csv", diedOfFault},
		{"late.csv", diedOfFault},
		{"deep.csv", diedOfFault},
		{"bomb.csv", diedOfMemory},
		{"huge.csv", diedOfMemory},
		{"loop.csv", "it made no progress for 2s"},
		{"exit.csv", diedOfFault},
	} {
		t.Run(c.member, func(t *testing.T) {
			t.Parallel()
			inputs := files(t, "a.zip", zipped(t, "good.csv", people(40), c.member, people(50), "fine.csv", people(60)), "b.csv", people(70))
			config := caged()
			config.Memory = 64 << 20
			if c.member == "loop.csv" {
				config.Stall = 2 * time.Second
			}
			_, err := readAll(t, config, inputs, dump.Options{OneByOne: true})
			crash, ok := errors.AsType[*Crash](err)
			if !ok || crash.Member != "a.zip/"+c.member || crash.Why != c.why {
				t.Fatalf("ended with %v, not for %q", err, c.why)
			}
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || strings.Contains(err.Error(), "Jeanne") {
				t.Errorf("the error %q, %q", err, failure.HintOf(err))
			}
			got, err := readAll(t, config, inputs, dump.Options{OneByOne: true, Barred: []string{crash.Member}})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.rows) != 170 || len(got.account.Rejects) != 1 || got.account.Rejects[0].Name != crash.Member || got.account.Rejects[0].Reason != "the reader failed on it" {
				t.Errorf("%d rows, rejects %+v", len(got.rows), got.account.Rejects)
			}
		})
	}
}

// TestCrashOfOneOfSeveral: several members are read at once, and only reading
// them one by one tells which it was.
func TestCrashOfOneOfSeveral(t *testing.T) {
	t.Parallel()
	inputs := files(t, "a.csv", people(40), "late.csv", people(50))
	_, err := readAll(t, caged(), inputs, dump.Options{})
	crash, ok := errors.AsType[*Crash](err)
	if !ok || crash.Member != "" || failure.HintOf(err) == "" {
		t.Errorf("ended with %v", err)
	}
	_, err = readAll(t, caged(), files(t, "late.csv", people(50)), dump.Options{})
	if crash, ok := errors.AsType[*Crash](err); !ok || crash.Member != "late.csv" {
		t.Errorf("the only member: ended with %v", err)
	}
}

// TestTooMuchTime stops a child that goes on and on.
func TestTooMuchTime(t *testing.T) {
	t.Parallel()
	inputs := files(t, "loop.csv", people(50))
	talk, err := begin(t, inputs, limits{Memory: 64 << 20, Most: 1 << 30, Seconds: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer talk.end()
	<-talk.gone
	if why := talk.cause(); why != diedOfTime {
		t.Errorf("it ended after %v, since %s", talk.state.UserTime()+talk.state.SystemTime(), why)
	}
}

// begin has a child open inputs under other limits than Open sets.
func begin(t *testing.T, inputs []Input, l limits) (*child, error) {
	t.Helper()
	c, err := start(caged().withDefaults(), inputs, l)
	if err != nil {
		return nil, err
	}
	o := order{Limits: l}
	for _, in := range inputs {
		o.Inputs = append(o.Inputs, orderInput{Name: in.Name, Size: in.Size})
	}
	return c, writeJSON(c.down, askOpen, o)
}

// pretend is a child that answers what no child of ours does.
func pretend(what string) {
	down, up := os.NewFile(requestsAt, "requests"), os.NewFile(answersAt, "answers")
	next := func() {
		f, err := readFrame(down)
		if err != nil {
			os.Exit(0)
		}
		_, _ = io.CopyN(io.Discard, down, int64(f.a))
	}
	send := func(k kind, v any) { _ = writeJSON(up, k, v) }
	row := func(ordinal int64, cells ...string) *table.Batch {
		var b table.Batch
		b.Reset(0, len(cells))
		for _, c := range cells {
			b.AppendString(c)
		}
		b.EndRow(ordinal)
		return &b
	}
	next()
	if what == "eager" {
		send(tellMember, "a.csv")
	}
	send(tellShut, gaps{})
	in := dump.Input{Name: "a.csv", Bytes: 9}
	tab := dump.Table{Name: "a.csv", Columns: []string{"x", "y"}}
	good := dump.Account{BytesTotal: 9, BytesAccounted: 9, Read: 1, TableRows: []int64{1}, TableRejected: []int64{0}}
	switch what {
	case "silent":
		time.Sleep(time.Minute)
	case "endless":
		_ = frame{kind: tellOpened, a: 1<<32 - 1}.write(up)
		return
	case "no JSON":
		_ = frame{kind: tellOpened, a: 3}.write(up, []byte("{{{"))
	case "no kind":
		_ = frame{kind: 7}.write(up)
	case "shut twice":
		send(tellShut, gaps{})
	case "other size":
		send(tellOpened, opened{[]dump.Input{{Name: "a.csv", Bytes: 10}}, nil})
	case "other files":
		send(tellOpened, opened{nil, nil})
	case "trick":
		send(tellOpened, opened{[]dump.Input{in}, []dump.Table{{Name: "a\x1b[2J"}}})
	case "trick of a column":
		send(tellOpened, opened{[]dump.Input{in}, []dump.Table{{Columns: []string{"a\u202e"}}}})
	case "no input":
		send(tellOpened, opened{[]dump.Input{in}, []dump.Table{{Input: 1}}})
	case "backwards":
		_ = frame{kind: tellGoing, b: 1 << 31}.write(up)
	case "trick of a stage":
		send(tellStage, stage{Name: "\x07"})
	case "trick of a member":
		send(tellMember, "\x07")
	case "PDF of nobody", "PDF too large":
		_ = frame{kind: tellPDF, a: 1 << 31}.write(up)
	case "PDF that is none":
		_ = frame{kind: tellPDF, a: 5}.write(up)
		_ = frame{kind: tellPDFPart, a: 6}.write(up, []byte("Martin"))
	case "no code":
		send(tellFailed, failed{Code: 1234})
	case "trick of an error":
		send(tellFailed, failed{Code: int(failure.BadInput), What: "\x1b[2J", Hint: "x"})
	default:
		send(tellOpened, opened{[]dump.Input{in}, []dump.Table{tab}})
	}
	next()
	switch what {
	case "other table":
		_ = frame{kind: tellRows, a: 1, b: 1}.write(up)
	case "huge":
		_ = frame{kind: tellRows, b: 1<<32 - 1, c: 1<<32 - 1}.write(up)
	case "no rows":
		_ = frame{kind: tellRows}.write(up)
	case "backward rows":
		_ = writeBatch(up, tellRows, row(2, "a", "b"))
		_ = writeBatch(up, tellRows, row(2, "c", "d"))
	case "cells askew":
		_ = frame{kind: tellRows, b: 1, c: 2}.write(up, bytesOf([]int64{1}), bytesOf([]uint32{2, 1}), []byte("ab"))
	case "cells too short":
		_ = frame{kind: tellRows, b: 1, c: 2}.write(up, bytesOf([]int64{1}), bytesOf([]uint32{0, 1}), []byte("ab"))
	case "half a row":
		_ = frame{kind: tellRows, b: 1, c: 2}.write(up, bytesOf([]int64{1}), []byte{1})
		return
	case "sample":
		_ = writeBatch(up, tellSample, row(1, "a", "b"))
	default:
		_ = writeBatch(up, tellRows, row(1, "a", "b"))
		bad := good
		switch what {
		case "too many":
			bad.Read, bad.TableRows = 2, []int64{2}
		case "bytes missing":
			bad.BytesAccounted = 8
		case "text missing":
			bad.DecodedTotal = 1
		case "no tables":
			bad.TableRows = nil
		case "rejects":
			bad.Rejected = 3
		case "reason":
			bad.Rejects = []dump.Reject{{Count: 1, Reason: "Martin, Jeanne"}}
		case "place":
			bad.Rejects = []dump.Reject{{Count: 1, Reason: "too many cells", First: []dump.Place{{Row: 9}}}}
		case "input":
			bad.Rejects = []dump.Reject{{Input: 3, Count: 1, Reason: "too many cells"}}
		}
		send(tellAccount, bad)
	}
	next()
}

// TestNonsense: no answer is believed unchecked.
func TestNonsense(t *testing.T) {
	t.Parallel()
	inputs := files(t, "a.csv", "x;y\n1;23\n")
	if inputs[0].Size != 9 {
		t.Fatal("the file has another size than the fakes know")
	}
	read := func(what string, stall time.Duration) error {
		config := caged(asFake, what)
		config.Stall = stall
		if strings.HasPrefix(what, "PDF t") {
			config.PDF = []string{self(), asFakePDF, "silent"}
		}
		r, err := Open(t.Context(), config, inputs, dump.Options{})
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = r.Scan(t.Context(), func(_ *table.Batch, release func()) error {
			release()
			return nil
		})
		return err
	}
	if err := read("good", time.Minute); err != nil {
		t.Fatalf("a good answer: %v", err)
	}
	for _, what := range []string{
		"no JSON", "endless", "no kind", "shut twice", "other size", "other files", "trick", "trick of a column", "no input", "backwards",
		"trick of a stage", "trick of a member", "no code", "other table", "huge", "no rows", "backward rows", "cells askew", "cells too short", "sample",
		"too many", "bytes missing", "text missing", "no tables", "rejects", "reason", "place", "input", "PDF of nobody", "PDF too large", "PDF that is none",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			err := read(what, time.Minute)
			if _, ok := errors.AsType[*Crash](err); !ok || !strings.Contains(err.Error(), "nonsense") || strings.ContainsAny(err.Error(), "\x1b\x07\u202e") || strings.Contains(err.Error(), "Jeanne") {
				t.Errorf("ended with %v", err)
			}
		})
	}
	if err := read("eager", time.Minute); failure.CodeOf(err) != failure.Internal || !strings.Contains(err.Error(), "before it was shut in") {
		t.Errorf("work before it was shut in: %v", err)
	}
	if err := read("silent", time.Second); err == nil || !strings.Contains(err.Error(), "no progress for 1s") {
		t.Errorf("a silent child: %v", err)
	}
	if err := read("half a row", time.Minute); err == nil || !strings.Contains(err.Error(), "fault of its own") {
		t.Errorf("half an answer: %v", err)
	}
	if err := read("trick of an error", time.Minute); failure.CodeOf(err) != failure.BadInput || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("an error that plays tricks: %q", err)
	}
}

// TestStopped: whoever is stopped leaves no process and no goroutine behind.
func TestStopped(t *testing.T) {
	before := runtime.NumGoroutine()
	var gone []int
	for _, at := range []string{"opening", "a sample", "rows", "its end"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		inputs := files(t, "a.csv", people(300_000))
		if at == "opening" {
			inputs = files(t, "loop.csv", people(5))
			time.AfterFunc(300*time.Millisecond, cancel)
		}
		r, err := Open(ctx, caged(), inputs, dump.Options{})
		if at == "opening" {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("stopped at opening: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		gone = append(gone, r.child.process.Pid)
		switch at {
		case "a sample":
			cancel()
			_, err = r.Sample(ctx, 0, 10)
		case "rows":
			_, err = r.Scan(ctx, func(*table.Batch, func()) error {
				cancel()
				return nil
			})
		case "its end":
			cancel()
			err = ctx.Err()
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped at %s: %v", at, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		cancel()
	}
	for _, pid := range gone {
		if alive(pid) {
			t.Errorf("process %d is still there", pid)
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines where there were %d", runtime.NumGoroutine(), before)
}

func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// beParent opens a file in the cage, tells who reads it, and waits.
func beParent(path string) {
	inputs, _, err := plainFiles(path)
	if err != nil {
		os.Exit(1)
	}
	l := limitsOf(caged().withDefaults(), inputs)
	c, err := start(caged().withDefaults(), inputs, l)
	if err != nil {
		os.Exit(1)
	}
	_ = writeJSON(c.down, askOpen, order{Inputs: []orderInput{{Name: inputs[0].Name, Size: inputs[0].Size}}, Limits: l})
	_, _ = readFrame(c.up)
	fmt.Println(c.process.Pid)
	time.Sleep(time.Minute)
}

// TestNoOrphan: a child that loops dies with a parent that is killed.
func TestNoOrphan(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with its parent")
	}
	cmd := exec.CommandContext(t.Context(), self(), asParent, files(t, "loop.csv", people(5))[0].File.Name())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 20)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
	if err != nil || !alive(pid) {
		t.Fatalf("no child, %v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for range 100 {
		if !alive(pid) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("the child outlives its parent")
}

// TestNoChild tells of a child that cannot be started, or is something else.
func TestNoChild(t *testing.T) {
	t.Parallel()
	inputs := files(t, "a.csv", people(5))
	for _, command := range [][]string{{filepath.Join(t.TempDir(), "none")}, {"/bin/false"}, {"/bin/cat"}} {
		_, err := Open(t.Context(), Config{Command: command}, inputs, dump.Options{})
		if failure.CodeOf(err) != failure.Internal || failure.HintOf(err) == "" {
			t.Errorf("%q: %v", filepath.Base(command[0]), err)
		}
		if _, ok := errors.AsType[*Crash](err); ok {
			t.Errorf("%q: laid at the door of the dump", filepath.Base(command[0]))
		}
	}
}

// FuzzFrames reads whatever comes as frames of rows: it is an error or a batch
// that can be read to the end.
func FuzzFrames(f *testing.F) {
	var b table.Batch
	b.Reset(0, 2)
	b.AppendString("a")
	b.AppendString("bc")
	b.EndRow(1)
	var good strings.Builder
	_ = writeBatch(&good, tellRows, &b)
	f.Add([]byte(good.String()))
	f.Add([]byte(good.String())[:30])
	f.Add(slices.Repeat([]byte{0xff}, 60))
	f.Add([]byte{byte(tellFailed), 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', '}'})
	f.Fuzz(func(t *testing.T, data []byte) {
		// A fuzzer that asks for memory gets little of it.
		if len(data) >= headSize && (data[10]|data[11]|data[13]|data[14]|data[15]) != 0 {
			t.Skip("a frame of more than a fuzzer may ask for")
		}
		from := strings.NewReader(string(data))
		after := int64(0)
		for {
			head, err := readFrame(from)
			if err != nil {
				return
			}
			if head.kind != tellRows {
				var any failed
				if head.json(from, &any) != nil {
					return
				}
				continue
			}
			var b table.Batch
			if head.batch(from, &b, []dump.Table{{Columns: []string{"a", "b"}}, {}}, after) != nil {
				return
			}
			bytes := 0
			for row := range b.Rows() {
				if b.Ordinal[row] <= after {
					t.Fatal("ordinals go back")
				}
				after = b.Ordinal[row]
				for c := range b.Width {
					bytes += len(b.Cell(row, c))
				}
			}
			if bytes != b.Bytes() {
				t.Fatal("cells and text differ")
			}
		}
	})
}
