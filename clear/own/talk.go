package own

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	crand "crypto/rand"

	"golang.org/x/sync/errgroup"

	"constat.example/internal/progress"
)

// Wire carries messages to and from the other side. Send and Receive may be
// called at the same time, each by one goroutine.
type Wire interface {
	Send(kind byte, payload []byte) error
	Receive() (kind byte, payload []byte, err error)
	// Abort has Send and Receive fail from now on, those under way too.
	Abort()
}

// Protocol is what both sides must speak.
const Protocol = "constat.own/1"

// Messages.
const (
	msgOffer    = 'O'
	msgQuery    = 'Q'
	msgAccepted = 'A'
	msgRefused  = 'R'
	msgRows     = 'X'
	msgPoints   = 'Y'
	msgRaised   = 'Z'
	msgTold     = 'T'
	msgHeard    = 'H'
)

// chunk is how many points one message holds at most.
const chunk = 1024

// Step is what counts are told in multiples of, rounded down, unless both sides
// want them exact: below it, nothing is told.
const Step = 5

// Why says why a meeting ended without an answer. The other side's may be any text:
// only those below are believed.
type Why string

// The reasons.
const (
	TooFewRows    Why = "too few rows"
	TooManyRows   Why = "too many rows"
	TooManyPoints Why = "too many points"
	NothingShared Why = "no identifier in common"
	OtherProtocol Why = "another protocol"
)

// Refusal says that one side refused.
type Refusal struct {
	Why    Why
	Theirs bool // the other side's
}

func (r *Refusal) Error() string {
	if r.Theirs {
		return "the other side refused: " + string(r.Why)
	}
	return "refused: " + string(r.Why)
}

// ErrMessage says that what came is not what the protocol has there.
var ErrMessage = errors.New("what came is no message of the protocol")

// offer is what the answerer says first.
type offer struct {
	Protocol    string   `json:"protocol"`
	Identifiers []string `json:"identifiers"`
	Points      int64    `json:"points"`
	Least       int64    `json:"least_rows"`
	Most        int64    `json:"most_rows"`
	Exact       bool     `json:"exact"` // willing to tell counts exactly
}

// query is what is asked.
type query struct {
	Protocol string   `json:"protocol"`
	Rows     int64    `json:"rows"`
	Slots    []string `json:"slots"` // the identifier of each point of a row
	Exact    bool     `json:"exact"`
}

type accepted struct {
	Step int64 `json:"step"`
}

type refused struct {
	Why Why `json:"why"`
}

// Told is the answer. Counts are multiples of Step, rounded down.
type Told struct {
	Step   int64            `json:"step"`
	Rows   int64            `json:"rows"`   // that agree in an identifier that proves a person
	By     map[string]int64 `json:"by"`     // rows that agree, by identifier
	People int64            `json:"people"` // records of the answerer that those rows are of
}

// maxSlots is how many points a row has at most.
const maxSlots = int(count) * Each

// maxRows bounds what the answerer keeps in memory, whatever limit is asked for.
const maxRows = 200_000

func send(w Wire, kind byte, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return w.Send(kind, text)
}

// receive reads a message of that kind. A refusal in its place is an error.
func receive(w Wire, kind byte, message any) error {
	got, payload, err := w.Receive()
	if err != nil {
		return err
	}
	return parse(got, payload, kind, message)
}

func parse(got byte, payload []byte, kind byte, message any) error {
	if got == msgRefused && kind != msgRefused {
		var r refused
		if err := parse(got, payload, msgRefused, &r); err != nil {
			return err
		}
		return &Refusal{r.Why.known(), true}
	}
	if got != kind {
		return ErrMessage
	}
	in := json.NewDecoder(bytes.NewReader(payload))
	in.DisallowUnknownFields()
	if in.Decode(message) != nil || in.More() {
		return ErrMessage
	}
	return nil
}

// known is the reason, or that it is none of ours: words of a stranger are not
// shown to people.
func (w Why) known() Why {
	if slices.Contains([]Why{TooFewRows, TooManyRows, TooManyPoints, NothingShared, OtherProtocol}, w) {
		return w
	}
	return "for a reason that this version does not know"
}

// refuse tells the other side why, and returns that.
func refuse(w Wire, why Why) error {
	return errors.Join(&Refusal{Why: why}, w.Send(msgRefused, fmt.Appendf(nil, `{"why":%q}`, why)))
}

// points splits a payload of points.
func points(payload []byte) ([]Point, error) {
	if len(payload) == 0 || len(payload)%PointSize != 0 || len(payload) > chunk*PointSize {
		return nil, ErrMessage
	}
	all := make([]Point, 0, len(payload)/PointSize)
	for part := range slices.Chunk(payload, PointSize) {
		all = append(all, Point(part))
	}
	return all, nil
}

func join(all []Point) []byte {
	text := make([]byte, 0, len(all)*PointSize)
	for _, p := range all {
		text = append(text, p[:]...)
	}
	return text
}

// receivePoints reads as many points, at most, as are still to come.
func receivePoints(w Wire, kind byte, left int64) ([]Point, error) {
	got, payload, err := w.Receive()
	if err != nil {
		return nil, err
	}
	if got != kind {
		return nil, ErrMessage
	}
	all, err := points(payload)
	if err == nil && int64(len(all)) > left {
		return nil, ErrMessage
	}
	return all, err
}

// each calls do for parts of n things on several threads.
func each(threads, n int, do func(i int) error) error {
	var g errgroup.Group
	size := max((n+threads-1)/max(threads, 1), 1)
	for from := 0; from < n; from += size {
		g.Go(func() error {
			for i := from; i < min(from+size, n); i++ {
				if err := do(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// raise raises points where they stand.
func (s *Secret) raise(all []Point, threads int) error {
	return each(threads, len(all), func(i int) (err error) {
		all[i], err = s.Raise(all[i])
		return err
	})
}

// Asking is the asker's side of a meeting.
type Asking struct {
	Rows    [][]Value // of the dump: what each holds
	Most    int64     // points of the other side that are raised at most
	Exact   bool      // exact counts, if the other side wants them too
	Threads int
	Meter   progress.Meter
}

// Asked is what the asker knows after it.
type Asked struct {
	Told
	Identifiers []Identifier // compared
	Sent        int64        // rows that held one of those that prove a person, and were sent
	Points      int64        // of the other side
}

// Ask asks the answerer at the other end how many of the rows are hers.
func Ask(ctx context.Context, w Wire, a Asking) (*Asked, error) {
	var o offer
	if err := receive(w, msgOffer, &o); err != nil {
		return nil, err
	}
	if o.Protocol != Protocol {
		return nil, refuse(w, OtherProtocol)
	}
	if o.Points < 0 || o.Least < 0 || o.Most < 0 {
		return nil, ErrMessage
	}
	slots, rows := layOut(a.Rows, o.Identifiers)
	switch {
	case len(slots) == 0:
		return nil, refuse(w, NothingShared)
	case int64(len(rows)) < o.Least || len(rows) == 0:
		return nil, refuse(w, TooFewRows)
	case int64(len(rows)) > o.Most:
		return nil, refuse(w, TooManyRows)
	case o.Points > a.Most:
		return nil, refuse(w, TooManyPoints)
	}
	q := query{Protocol: Protocol, Rows: int64(len(rows)), Exact: a.Exact}
	for _, id := range slots {
		q.Slots = append(q.Slots, id.String())
	}
	if err := send(w, msgQuery, q); err != nil {
		return nil, err
	}
	var ok accepted
	if err := receive(w, msgAccepted, &ok); err != nil {
		return nil, err
	}
	if ok.Step != stepOf(a.Exact, o.Exact) {
		return nil, ErrMessage
	}
	secret := NewSecret()
	if err := a.sendRows(ctx, w, secret, rows, slots); err != nil {
		return nil, err
	}
	a.Meter.Stage("raising the other side's points", o.Points, "points")
	for left := o.Points; left > 0; {
		all, err := receivePoints(w, msgPoints, left)
		if err != nil {
			return nil, err
		}
		if err := secret.raise(all, a.Threads); err != nil {
			return nil, err
		}
		if err := w.Send(msgRaised, join(all)); err != nil {
			return nil, err
		}
		left -= int64(len(all))
		a.Meter.Add(int64(len(all)))
	}
	out := &Asked{Sent: q.Rows, Points: o.Points, Identifiers: slices.Compact(slots)}
	if err := receive(w, msgTold, &out.Told); err != nil {
		return nil, err
	}
	if !out.possible(ok.Step) {
		return nil, ErrMessage
	}
	// The answer is here; that the other side hears so is a courtesy.
	_ = w.Send(msgHeard, nil)
	return out, nil
}

// possible reports whether the answer can be one.
func (a *Asked) possible(step int64) bool {
	fits := func(n, most int64) bool { return n >= 0 && n <= most && n%step == 0 }
	if a.Step != step || !fits(a.Rows, a.Sent) || !fits(a.People, math.MaxInt64) || len(a.By) != len(a.Identifiers) {
		return false
	}
	for _, id := range a.Identifiers {
		if n, ok := a.By[id.String()]; !ok || !fits(n, a.Sent) || id.Alone() && n > a.Rows {
			return false
		}
	}
	return true
}

func stepOf(a, b bool) int64 {
	if a && b {
		return 1
	}
	return Step
}

// layOut lays out rows in slots: of each identifier that the other side has too,
// as many as a row has values of it. Rows that hold none that proves a person are left out.
func layOut(rows [][]Value, theirs []string) (slots []Identifier, kept [][]Value) {
	var most [count]int
	for _, row := range rows {
		var has [count]int
		proves := false
		for _, v := range row {
			if slices.Contains(theirs, v.ID.String()) {
				has[v.ID]++
				proves = proves || v.ID.Alone()
			}
		}
		if !proves {
			continue
		}
		kept = append(kept, row)
		for id, n := range has {
			most[id] = max(most[id], n)
		}
	}
	for _, id := range All() {
		for range most[id] {
			slots = append(slots, id)
		}
	}
	return slots, kept
}

// sendRows blinds and sends the rows in an order of chance. What a row does not
// hold is a point of nobody: how rows are filled is not shown.
func (a *Asking) sendRows(ctx context.Context, w Wire, secret *Secret, rows [][]Value, slots []Identifier) error {
	a.Meter.Stage("blinding the dump's rows", int64(len(rows)), "rows")
	var seed [32]byte
	_, _ = crand.Read(seed[:]) // never fails
	order := rand.New(rand.NewChaCha8(seed)).Perm(len(rows))
	for some := range slices.Chunk(order, chunk/len(slots)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		all := make([]Point, len(some)*len(slots))
		_ = each(a.Threads, len(some), func(i int) error {
			left := slices.Clone(rows[some[i]])
			for s, id := range slots {
				at := slices.IndexFunc(left, func(v Value) bool { return v.ID == id })
				if at < 0 {
					all[i*len(slots)+s] = RandomPoint()
					continue
				}
				all[i*len(slots)+s] = secret.Blind(id, []byte(left[at].Text))
				left = slices.Delete(left, at, at+1)
			}
			return nil
		})
		if err := w.Send(msgRows, join(all)); err != nil {
			return err
		}
		a.Meter.Add(int64(len(some)))
	}
	return nil
}

// Answering is the answerer's side of a meeting.
type Answering struct {
	Hold        *Hold
	Least, Most int64 // rows that are answered for
	Exact       bool  // exact counts, if the other side wants them too
	Threads     int
	Meter       progress.Meter
}

// Answered is what the answerer knows after it.
type Answered struct {
	Told        Told         // what the other side was told
	Asked       int64        // rows
	Identifiers []Identifier // compared
	Rows        int64        // exactly
	By          map[Identifier]int64
	People      []int64 // rows of her register that were found, ascending
}

// crowd is how many records may share a value that is believed: what more of them
// hold is a placeholder.
const crowd = 10

// Answer answers one question.
func Answer(ctx context.Context, w Wire, a Answering) (*Answered, error) {
	o := offer{Protocol: Protocol, Points: a.Hold.Points, Least: a.Least, Most: min(a.Most, maxRows), Exact: a.Exact, Identifiers: []string{}}
	for _, id := range a.Hold.identifiers {
		o.Identifiers = append(o.Identifiers, id.String())
	}
	if err := send(w, msgOffer, o); err != nil {
		return nil, err
	}
	var q query
	if err := receive(w, msgQuery, &q); err != nil {
		return nil, err
	}
	if q.Protocol != Protocol {
		return nil, refuse(w, OtherProtocol)
	}
	slots, err := a.slots(q.Slots)
	if err != nil {
		return nil, err
	}
	switch {
	case q.Rows < o.Least || q.Rows < 1:
		return nil, refuse(w, TooFewRows)
	case q.Rows > o.Most:
		return nil, refuse(w, TooManyRows)
	}
	step := stepOf(a.Exact, q.Exact)
	if err := send(w, msgAccepted, accepted{step}); err != nil {
		return nil, err
	}
	m, err := a.receiveRows(ctx, w, q.Rows, slots)
	if err != nil {
		return nil, err
	}
	if err := a.exchange(ctx, w, m); err != nil {
		return nil, err
	}
	out := m.count()
	out.Told = out.tell(step)
	if err := send(w, msgTold, out.Told); err != nil {
		return nil, err
	}
	// Who hangs up at the answer has it, or may have.
	_, _, _ = w.Receive()
	return out, nil
}

// slots are those of a query: identifiers of the register, in order.
func (a *Answering) slots(names []string) ([]Identifier, error) {
	if len(names) == 0 || len(names) > maxSlots {
		return nil, ErrMessage
	}
	var slots []Identifier
	for _, name := range names {
		id, ok := Parse(name)
		if !ok || !slices.Contains(a.Hold.identifiers, id) {
			return nil, ErrMessage
		}
		slots = append(slots, id)
	}
	if !slices.IsSorted(slots) || !slices.ContainsFunc(slots, Identifier.Alone) {
		return nil, ErrMessage
	}
	return slots, nil
}

// matching finds what both sides have.
type matching struct {
	slots []Identifier
	rows  int64
	cells map[Point]int32 // the last cell of a point, from 1
	next  []int32         // by cell: another one of the same point; 0 for none

	hits map[int32][]int64 // by cell: the records it is of
}

func (a *Answering) receiveRows(ctx context.Context, w Wire, rows int64, slots []Identifier) (*matching, error) {
	n := rows * int64(len(slots))
	m := &matching{slots: slots, rows: rows, cells: make(map[Point]int32, n), next: make([]int32, n+1), hits: map[int32][]int64{}}
	a.Meter.Stage("raising the dump's points", n, "points")
	for at := int64(0); at < n; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all, err := receivePoints(w, msgRows, n-at)
		if err != nil {
			return nil, err
		}
		if err := a.Hold.secret.raise(all, a.Threads); err != nil {
			return nil, err
		}
		for _, p := range all {
			at++
			m.next[at], m.cells[p] = m.cells[p], int32(at)
		}
		a.Meter.Add(int64(len(all)))
	}
	return m, nil
}

// exchange has the other side raise the register's points, and compares.
func (a *Answering) exchange(ctx context.Context, w Wire, m *matching) error {
	h := a.Hold
	a.Meter.Stage("comparing with the register", h.Points, "points")
	h.sums.listen()
	g, ctx := errgroup.WithContext(ctx)
	sent := make(chan [][]entry, 64) // chunks on their way
	// One of the two may wait for the other side when the other fails.
	aborted := func(err error) error {
		if err != nil {
			w.Abort()
		}
		return err
	}
	g.Go(func() error {
		defer close(sent)
		return aborted(a.sendPoints(ctx, w, sent))
	})
	g.Go(func() error { return aborted(a.comparePoints(w, m, sent)) })
	if err := g.Wait(); err != nil {
		return err
	}
	return h.sums.hold()
}

// sendPoints sends the points of the register, and tells what it sent.
func (a *Answering) sendPoints(ctx context.Context, w Wire, sent chan<- [][]entry) error {
	var some [][]entry
	flush := func() error {
		if len(some) == 0 {
			return nil
		}
		var all []Point
		for _, run := range some {
			all = append(all, run[0].point)
		}
		select {
		case sent <- some:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		some = nil
		return w.Send(msgPoints, join(all))
	}
	for i := range a.Hold.files {
		heap, err := a.Hold.read(i)
		if err != nil {
			return err
		}
		for run := range runs(heap) {
			if some = append(some, run); len(some) == chunk {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// comparePoints takes what comes back for them.
func (a *Answering) comparePoints(w Wire, m *matching, sent <-chan [][]entry) error {
	for some := range sent {
		back, err := receivePoints(w, msgRaised, int64(len(some)))
		if err != nil {
			return err
		}
		if len(back) != len(some) {
			return ErrMessage
		}
		for i, p := range back {
			if err := m.compare(&a.Hold.sums, some[i], p); err != nil {
				return err
			}
		}
		a.Meter.Add(int64(len(some)))
	}
	return nil
}

// compare takes what came back for a point of the register.
func (m *matching) compare(s *sums, run []entry, back Point) error {
	if run[0].row == 0 {
		s.back[run[0].point] = back
		_, err := decode(back)
		return err
	}
	if err := s.add(run[0].point, back); err != nil {
		return err
	}
	if len(run) > crowd {
		return nil
	}
	for cell := m.cells[back]; cell > 0; cell = m.next[cell] {
		for _, e := range run {
			m.hits[cell] = append(m.hits[cell], e.row)
		}
	}
	return nil
}

// count counts what was found. A row is of the records that share the strongest of
// its identifiers: a couple may have one account, and each a row.
func (m *matching) count() *Answered {
	out := &Answered{Asked: m.rows, Identifiers: slices.Compact(slices.Clone(m.slots)), By: map[Identifier]int64{}}
	for row := range m.rows {
		found, last := false, count
		for s, id := range m.slots {
			records := m.hits[int32(row*int64(len(m.slots))+int64(s)+1)]
			if len(records) == 0 {
				continue
			}
			if id != last {
				out.By[id]++
				last = id
			}
			if id.Alone() && !found {
				found = true
				out.People = append(out.People, records...)
			}
		}
		if found {
			out.Rows++
		}
	}
	slices.Sort(out.People)
	out.People = slices.Compact(out.People)
	return out
}

// tell is what the other side is told.
func (a *Answered) tell(step int64) Told {
	down := func(n int64) int64 { return n - n%step }
	t := Told{Step: step, Rows: down(a.Rows), People: down(int64(len(a.People))), By: map[string]int64{}}
	for _, id := range a.Identifiers {
		t.By[id.String()] = down(a.By[id])
	}
	return t
}
