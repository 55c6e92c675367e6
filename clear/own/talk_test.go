package own_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"constat.example/blind/kind"
	"constat.example/clear/own"
	"constat.example/clear/table"
	"constat.example/internal/progress"
)

// pipe is a wire within a test. What crosses it can be listened to and tampered with.
type pipe struct {
	in, out chan message
	gone    chan struct{}
	abort   func()
	tamper  func(kind byte, payload []byte) (byte, []byte)
}

type message struct {
	kind    byte
	payload []byte
}

func pipes() (*pipe, *pipe) {
	a, b, gone := make(chan message, 4), make(chan message, 4), make(chan struct{})
	abort := sync.OnceFunc(func() { close(gone) })
	return &pipe{in: a, out: b, gone: gone, abort: abort}, &pipe{in: b, out: a, gone: gone, abort: abort}
}

func (p *pipe) Abort() { p.abort() }

func (p *pipe) Send(kind byte, payload []byte) error {
	if p.tamper != nil {
		kind, payload = p.tamper(kind, payload)
	}
	select {
	case p.out <- message{kind, payload}:
		return nil
	case <-p.gone:
		return io.ErrClosedPipe
	}
}

func (p *pipe) Receive() (byte, []byte, error) {
	select {
	case m := <-p.in:
		return m.kind, m.payload, nil
	case <-p.gone:
		select {
		case m := <-p.in:
			return m.kind, m.payload, nil
		default:
			return 0, nil, io.ErrClosedPipe
		}
	}
}

var columns = own.Columns{Kinds: []kind.Kind{kind.RecordID, kind.BirthSurname, kind.GivenNames, kind.BirthDate, kind.Email, kind.Phone}}

// person is the row of an invented person.
func person(i int) []string {
	return []string{
		fmt.Sprint(i), fmt.Sprintf("NOM%c%c%c", 'A'+i%26, 'A'+i/26%26, 'A'+i/676%26), "Zoé", fmt.Sprintf("%02d/%02d/%d", 1+i%28, 1+i%12, 1950+i%50),
		fmt.Sprintf("p%d@mail.example", i), fmt.Sprintf("06%08d", 10_000_000+i),
	}
}

func batchOf(rows [][]string) *table.Batch {
	b := new(table.Batch)
	b.Reset(0, len(columns.Kinds))
	for i, row := range rows {
		for _, cell := range row {
			b.AppendString(cell)
		}
		b.EndRow(int64(i + 1))
	}
	return b
}

func people(from, to int) (rows [][]string) {
	for i := from; i < to; i++ {
		rows = append(rows, person(i))
	}
	return rows
}

func hold(t *testing.T, rows [][]string) *own.Hold {
	t.Helper()
	h, err := own.NewHold(t.Context(), t.TempDir(), columns, 2, scanOf(rows))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func scanOf(rows [][]string) own.Scan {
	return func(_ context.Context, each func(*table.Batch, func()) error) error {
		return each(batchOf(rows), func() {})
	}
}

func valuesOf(rows [][]string) [][]own.Value {
	r, b := own.NewReader(columns), batchOf(rows)
	var all [][]own.Value
	for row := range rows {
		all = append(all, append([]own.Value(nil), r.Row(b, row)...))
	}
	return all
}

func asking(rows [][]string) own.Asking {
	return own.Asking{Rows: valuesOf(rows), Most: 1e6, Threads: 2, Meter: progress.None}
}

func answering(h *own.Hold) own.Answering {
	return own.Answering{Hold: h, Least: 20, Most: 1000, Threads: 2, Meter: progress.None}
}

func meet(t *testing.T, asker, answerer *pipe, a own.Asking, b own.Answering) (*own.Asked, *own.Answered, error, error) {
	t.Helper()
	var (
		asked    *own.Asked
		answered *own.Answered
		errA     error
		errB     error
		g        errgroup.Group
	)
	g.Go(func() error {
		if asked, errA = own.Ask(t.Context(), asker, a); errA != nil {
			asker.Abort()
		}
		return nil
	})
	g.Go(func() error {
		if answered, errB = own.Answer(t.Context(), answerer, b); errB != nil {
			answerer.Abort()
		}
		return nil
	})
	_ = g.Wait()
	return asked, answered, errA, errB
}

func TestShare(t *testing.T) {
	t.Parallel()
	// 60 people of a register of 150 are in a dump of 100; of three the e-mail is another,
	// and one more shares nothing but a phone.
	dump := append(people(90, 150), people(1000, 1040)...)
	dump[0][4], dump[1][4], dump[2][4] = "x@mail.example", "", "broken"
	dump[99][5] = person(3)[5]
	h := hold(t, people(0, 150))
	a, b := pipes()
	asked, answered, errA, errB := meet(t, a, b, asking(dump), answering(h))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if answered.Rows != 60 || answered.By[own.NameBirth] != 60 || answered.By[own.Email] != 57 || answered.By[own.Phone] != 61 || answered.By[own.NamePhone] != 60 {
		t.Errorf("the answerer found %d rows, %v", answered.Rows, answered.By)
	}
	if len(answered.People) != 60 || answered.People[0] != 91 || answered.People[59] != 150 {
		t.Errorf("people %v", answered.People)
	}
	want := map[string]int64{"email": 55, "name_birth": 60, "name_phone": 60, "phone": 60, "record_id": 60}
	if asked.Rows != 60 || asked.People != 60 || asked.Step != 5 || asked.Sent != 100 || fmt.Sprint(asked.By) != fmt.Sprint(want) {
		t.Errorf("the asker was told %+v", asked)
	}
	if asked.Points != h.Points || h.Points < 5*150 {
		t.Errorf("%d points of %d", asked.Points, h.Points)
	}
}

func TestStep(t *testing.T) {
	t.Parallel()
	h := hold(t, people(0, 30))
	for _, test := range []struct {
		mine           int
		asks, answers  bool
		told, stepWant int64
	}{
		{4, false, false, 0, 5},
		{4, true, false, 0, 5},
		{4, false, true, 0, 5},
		{4, true, true, 4, 1},
		{0, false, false, 0, 5},
		{9, false, false, 5, 5},
	} {
		dump := append(people(0, test.mine), people(1000, 1020)...)
		for i := range dump {
			dump[i][0], dump[i][5] = "", ""
		}
		ask, answer := asking(dump), answering(h)
		ask.Exact, answer.Exact = test.asks, test.answers
		a, b := pipes()
		asked, answered, errA, errB := meet(t, a, b, ask, answer)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if asked.Rows != test.told || asked.Step != test.stepWant || asked.People != test.told || asked.By["email"] != test.told || answered.Rows != int64(test.mine) {
			t.Errorf("%+v: told %+v", test, asked)
		}
	}
}

func TestPlaceholdersProveNothing(t *testing.T) {
	t.Parallel()
	register := people(0, 40)
	for i := range 30 {
		register[i][4] = "inconnu@mail.example"
	}
	dump := people(1000, 1025)
	for i := range dump {
		dump[i][0], dump[i][4] = "", "inconnu@mail.example"
	}
	a, b := pipes()
	_, answered, errA, errB := meet(t, a, b, asking(dump), answering(hold(t, register)))
	if errA != nil || errB != nil || answered.Rows != 0 || len(answered.People) != 0 {
		t.Errorf("%+v, %v, %v", answered, errA, errB)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	h := hold(t, people(0, 100))
	for _, test := range []struct {
		name string
		dump [][]string
		set  func(*own.Asking, *own.Answering)
		why  own.Why
	}{
		{"a dump of one", people(0, 1), nil, own.TooFewRows},
		{"rows that hold nothing", make([][]string, 50), nil, own.NothingShared},
		{"a dump too large", people(0, 50), func(_ *own.Asking, b *own.Answering) { b.Most = 40 }, own.TooManyRows},
		{"a register too large", people(0, 50), func(a *own.Asking, _ *own.Answering) { a.Most = 10 }, own.TooManyPoints},
	} {
		ask, answer := asking(test.dump), answering(h)
		if test.set != nil {
			test.set(&ask, &answer)
		}
		a, b := pipes()
		_, _, errA, errB := meet(t, a, b, ask, answer)
		var ours, theirs *own.Refusal
		if !errors.As(errA, &ours) || !errors.As(errB, &theirs) || ours.Why != test.why || theirs.Why != test.why || ours.Theirs == theirs.Theirs {
			t.Errorf("%s: %v and %v", test.name, errA, errB)
		}
	}
	if _, err := own.NewHold(t.Context(), t.TempDir(), columns, 1, scanOf(people(0, 5))); !errors.Is(err, own.ErrSmall) {
		t.Errorf("a register of five: %v", err)
	}
}

// A dishonest asker who sends fewer rows than the least, whatever it said, is refused
// by the answerer too.
func TestTheAnswererCounts(t *testing.T) {
	t.Parallel()
	h := hold(t, people(0, 100))
	for name, query := range map[string]string{
		"too few":             `{"protocol":"constat.own/1","rows":1,"slots":["email"],"exact":false}`,
		"none":                `{"protocol":"constat.own/1","rows":0,"slots":["email"],"exact":false}`,
		"fewer than none":     `{"protocol":"constat.own/1","rows":-20,"slots":["email"],"exact":false}`,
		"too many":            `{"protocol":"constat.own/1","rows":900000000,"slots":["email"],"exact":false}`,
		"another protocol":    `{"protocol":"constat.own/2","rows":50,"slots":["email"],"exact":false}`,
		"no slot":             `{"protocol":"constat.own/1","rows":50,"slots":[],"exact":false}`,
		"a slot of nothing":   `{"protocol":"constat.own/1","rows":50,"slots":["nir"],"exact":false}`,
		"only a phone":        `{"protocol":"constat.own/1","rows":50,"slots":["phone"],"exact":false}`,
		"slots in disorder":   `{"protocol":"constat.own/1","rows":50,"slots":["phone","email"],"exact":false}`,
		"too many slots":      `{"protocol":"constat.own/1","rows":50,"slots":[` + strings.Repeat(`"email",`, 40) + `"email"],"exact":false}`,
		"a key of its own":    `{"protocol":"constat.own/1","rows":50,"slots":["email"],"exact":false,"x":1}`,
		"something after it":  `{"protocol":"constat.own/1","rows":50,"slots":["email"],"exact":false}{}`,
		"no JSON":             `rows`,
		"a number too large":  `{"rows":99999999999999999999999}`,
		"a refusal of theirs": "",
	} {
		a, b := pipes()
		var g errgroup.Group
		g.Go(func() error {
			if kind, _, err := a.Receive(); kind != own.MsgOffer {
				return fmt.Errorf("%c, %w", kind, err)
			}
			if query == "" {
				return a.Send(own.MsgRefused, []byte(`{"why":"<b>call +33 6 12 34 56 78</b>"}`))
			}
			return a.Send(own.MsgQuery, []byte(query))
		})
		_, err := own.Answer(t.Context(), b, answering(h))
		if err == nil || strings.Contains(err.Error(), "+33") {
			t.Errorf("%s: %v", name, err)
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

// Who raises one point otherwise than the others, or changes the order, is found out.
func TestUneven(t *testing.T) {
	t.Parallel()
	h := hold(t, people(0, 40))
	other := own.NewSecret()
	once := func(change func(payload []byte) []byte) func(byte, []byte) (byte, []byte) {
		done := false
		return func(kind byte, payload []byte) (byte, []byte) {
			if kind == own.MsgRaised && !done {
				done = true
				payload = change(payload)
			}
			return kind, payload
		}
	}
	for _, test := range []struct {
		name   string
		change func([]byte) []byte
	}{
		{"one point by another secret", func(p []byte) []byte {
			q, err := other.Raise(own.Point(p[:32]))
			if err != nil {
				t.Error(err)
			}
			return append(q[:], p[32:]...)
		}},
		{"two points in each other's place", func(p []byte) []byte {
			return append(append(append([]byte{}, p[32:64]...), p[:32]...), p[64:]...)
		}},
		{"a point too few", func(p []byte) []byte { return p[32:] }},
		{"a point cut short", func(p []byte) []byte { return p[:len(p)-1] }},
		{"no point", func(p []byte) []byte { return append(make([]byte, 32), p[32:]...) }},
		{"nothing", func([]byte) []byte { return nil }},
	} {
		a, b := pipes()
		a.tamper = once(test.change)
		_, answered, errA, errB := meet(t, a, b, asking(people(0, 25)), answering(h))
		if errB == nil || answered != nil || errA == nil {
			t.Errorf("%s: the asker %v, the answerer %v", test.name, errA, errB)
		}
	}
	// The same meeting, untouched, is answered: a hold can be asked again.
	a, b := pipes()
	if _, _, errA, errB := meet(t, a, b, asking(people(0, 25)), answering(h)); errA != nil || errB != nil {
		t.Error(errA, errB)
	}
}

// An answer that cannot be is not believed.
func TestImpossibleAnswers(t *testing.T) {
	t.Parallel()
	h := hold(t, people(0, 22))
	for _, change := range []func(*own.Told){
		func(o *own.Told) { o.Rows = 30 },
		func(o *own.Told) { o.Rows = 7 },
		func(o *own.Told) { o.Rows = -5 },
		func(o *own.Told) { o.People = -5 },
		func(o *own.Told) { o.Step = 1 },
		func(o *own.Told) { o.By = nil },
		func(o *own.Told) { o.By["nir"] = 0 },
		func(o *own.Told) { o.By["email"] = 25 },
		func(o *own.Told) { delete(o.By, "email") },
	} {
		a, b := pipes()
		b.tamper = func(kind byte, payload []byte) (byte, []byte) {
			if kind == own.MsgTold {
				var o own.Told
				if err := json.Unmarshal(payload, &o); err != nil {
					t.Error(err)
				}
				change(&o)
				payload, _ = json.Marshal(o)
			}
			return kind, payload
		}
		if _, _, errA, _ := meet(t, a, b, asking(people(0, 25)), answering(h)); !errors.Is(errA, own.ErrMessage) {
			t.Errorf("believed: %v", errA)
		}
	}
}

// The wire and the disk hold no value, nor what a row does not hold.
func TestNothingClearCrosses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	register := people(0, 150)
	h, err := own.NewHold(t.Context(), dir, columns, 2, scanOf(register))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	a, b := pipes()
	var mu sync.Mutex
	var heard strings.Builder
	sizes := map[int]bool{}
	listen := func(kind byte, payload []byte) (byte, []byte) {
		mu.Lock()
		defer mu.Unlock()
		heard.Write(payload)
		if kind == own.MsgRows {
			sizes[len(payload)] = true
		}
		return kind, payload
	}
	a.tamper, b.tamper = listen, listen
	dump := people(100, 200)
	for i := range dump {
		if i%3 == 0 {
			dump[i][4] = "" // as long on the wire as a row that has one
		}
	}
	if _, _, errA, errB := meet(t, a, b, asking(dump), answering(h)); errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 64 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		heard.Write(text)
	}
	if heard.Len() < 90_000 {
		t.Fatalf("only %d bytes were heard", heard.Len())
	}
	for _, row := range append(register, dump...) {
		for c, cell := range row {
			if c > 0 && len(cell) > 5 && strings.Contains(strings.ToUpper(heard.String()), strings.ToUpper(cell)) {
				t.Fatalf("the wire or the disk holds a cell of column %d", c)
			}
		}
	}
	// Every row takes the same room: 100 rows of 5 slots.
	if len(sizes) != 1 || !sizes[100*5*own.PointSize] {
		t.Errorf("messages of %v bytes", sizes)
	}
}

// Whatever the other side says is read or refused, without a panic.
func FuzzMessages(f *testing.F) {
	f.Add(byte(own.MsgOffer), []byte(`{"protocol":"constat.own/1","identifiers":["nir"],"points":3,"least_rows":1,"most_rows":2,"exact":true}`))
	f.Add(byte(own.MsgQuery), []byte(`{"protocol":"constat.own/1","rows":50,"slots":["email"],"exact":false}`))
	f.Add(byte(own.MsgTold), []byte(`{"step":5,"rows":10,"by":{"nir":5},"people":5}`))
	f.Add(byte(own.MsgRefused), []byte(`{"why":"too few rows"}`))
	f.Add(byte(own.MsgRows), make([]byte, 64))
	f.Fuzz(func(_ *testing.T, kind byte, payload []byte) { _ = own.ParseMessage(kind, payload) })
}

// A hostile asker's whole side of the conversation, as bytes: the answerer ends
// with an error, and does not hang.
func FuzzAnswer(f *testing.F) {
	h, err := own.NewHold(context.Background(), f.TempDir(), columns, 1, scanOf(people(0, 30)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"protocol":"constat.own/1","rows":20,"slots":["email"],"exact":false}`), make([]byte, 640), []byte{1})
	f.Fuzz(func(t *testing.T, query, rows, raised []byte) {
		a, b := pipes()
		go func() {
			_, _, _ = a.Receive()
			_ = a.Send(own.MsgQuery, query)
			_, _, _ = a.Receive()
			_ = a.Send(own.MsgRows, rows)
			_, _, _ = a.Receive()
			_ = a.Send(own.MsgRaised, raised)
			a.Abort()
		}()
		if _, err := own.Answer(t.Context(), b, answering(h)); err == nil {
			t.Error("was answered")
		}
	})
}
