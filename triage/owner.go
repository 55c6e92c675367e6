package triage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/verdict"
	"constat.example/clear/cage"
	"constat.example/clear/column"
	"constat.example/clear/own"
	"constat.example/clear/seal"
	"constat.example/clear/source"
	"constat.example/clear/table"
	"constat.example/desk/assessment"
	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/desk/meeting"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/meet"
	"constat.example/internal/visible"
)

const (
	ownerDir    = "owner"      // in the home: the log of meetings
	ownerFile   = "owner.json" // in a case: what others said
	ownerSchema = "constat.ownership/1"
)

// Limits of a meeting unless others are asked for.
const (
	DefaultSample = 20_000     // rows that are sent
	DefaultLeast  = 100        // rows that are answered for
	DefaultMost   = 100_000    // rows that are answered for
	DefaultPoints = 10_000_000 // identifiers of the other side that are worked on
)

// OwnerPin is the pin by which other organisations know this home.
func (b Bench) OwnerPin() (string, error) {
	own, err := b.withMeetingKey(nil)
	if err != nil {
		return "", err
	}
	return own.Pin().String(), nil
}

// withMeetingKey opens the key of the home, lends it, and returns what it is known by.
func (b Bench) withMeetingKey(do func(*seal.Key) error) (*meet.Identity, error) {
	key, err := b.keyHeld()
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	if do != nil {
		if err := do(key); err != nil {
			return nil, err
		}
	}
	return meet.NewIdentity(slices.Clone(key.Meeting()))
}

func (b Bench) meetings() meeting.Log { return meeting.In(filepath.Join(b.Home, ownerDir)) }

// OwnerAskRequest asks another organisation how many rows of a dump are hers.
type OwnerAskRequest struct {
	Case    string
	Address string
	Peer    string // pin
	Name    string // of the other organisation, as this side calls it
	Sample  int    // rows sent at most
	Seed    uint64 // of the sample
	Points  int64  // identifiers of the other side that are worked on at most
	Exact   bool   // exact counts, if the other side wants them too
	Wait    time.Duration
	Do      bool // else it is only told what would be sent

	Passwords [][]byte // tried on what of the dump is encrypted
}

// OwnerAsked is what was sent, or would be, and what came of it.
type OwnerAsked struct {
	Case        string
	Held, Rows  int64 // of the dump, and of them those that hold something to compare
	Sent        int64
	Identifiers []string // that they hold
	Bytes       int64    // on the wire, for the rows
	Asked       *assessment.Asked
	Page        string
}

// OwnerAsk asks another organisation how much of a case's dump is hers. The originals
// are read through their seals; what leaves is blinded.
func (b Bench) OwnerAsk(ctx context.Context, req OwnerAskRequest) (_ *OwnerAsked, err error) {
	b = b.withDefaults()
	b.bound()
	peer, err := meet.ParsePin(req.Peer)
	if err != nil {
		return nil, err
	}
	c, err := b.assessed(req.Case)
	if err != nil {
		return nil, err
	}
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	var s *rowSample
	self, err := b.withMeetingKey(func(key *seal.Key) error {
		s, err = b.sampleDump(ctx, c, key, dir, req)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, ids, slots := s.rows()
	out := &OwnerAsked{Case: c.ID, Held: s.held, Rows: s.testable, Sent: int64(len(rows)), Identifiers: ids, Bytes: int64(len(rows)*slots) * own.PointSize}
	if len(rows) == 0 {
		return nil, failure.New(failure.Refused, "Without a number, an e-mail address, or a surname with first name and birth date or phone, organisations have nothing in common to compare.",
			"no row of the dump of case %s holds what tells a person by itself", c.ID)
	}
	if !req.Do {
		return out, nil
	}
	act, err := b.begin(ledger.OwnerAsk, ownerDir)
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	log := b.meetings()
	begun, err := log.Add(b.Now(), meeting.Entry{Who: b.Who, Act: meeting.Asking, Peer: peer.String(), Case: c.ID, Rows: out.Sent})
	if err != nil {
		return nil, err
	}
	asked, err := b.ask(ctx, self, peer, req, rows)
	end := meeting.Entry{Who: b.Who, Act: meeting.Failed, Of: begun.Seq, Peer: begun.Peer, Case: c.ID}
	if err != nil {
		end.Why = reasonOf(err)
	} else {
		end.Act, end.Rows, end.Points, end.Step, end.Told, end.People, end.By = meeting.Done, asked.Sent, asked.Points, asked.Step, asked.Told.Rows, asked.Told.People, asked.By
	}
	if _, lost := log.Add(b.Now(), end); err != nil || lost != nil {
		return nil, errors.Join(meetingError(err), lost)
	}
	out.Sent = asked.Sent
	found := assessment.Asked{
		Name: cmp.Or(visible.Text(req.Name, 80), peer.String()[:8]), Peer: peer.String(), At: b.Now().UTC().Format(time.RFC3339), Dump: c.dump(),
		Rows: s.testable, Sent: asked.Sent, Seed: req.Seed, Identifiers: []string{}, Points: asked.Points,
		Step: asked.Step, Theirs: asked.Told.Rows, By: asked.By, People: asked.Told.People,
	}
	for _, id := range asked.Identifiers {
		found.Identifiers = append(found.Identifiers, id.String())
	}
	found.Share = interval(verdict.Owned(found.Theirs, found.Step, found.Sent, found.Sent == found.Rows))
	out.Asked = &found
	return out, b.recorded(ledger.OwnerAsk, onCase(c.ID), func() (err error) {
		out.Page, err = b.keepOwnership(ctx, c, dir, found)
		return err
	})
}

func (b Bench) ask(ctx context.Context, self *meet.Identity, peer meet.Pin, req OwnerAskRequest, rows [][]own.Value) (*own.Asked, error) {
	b.Meter.Stage("waiting for the other side", 0, "")
	conn, err := meet.Dial(ctx, req.Address, self, peer, req.Wait)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return own.Ask(ctx, conn, own.Asking{Rows: rows, Most: req.Points, Exact: req.Exact, Threads: b.Threads, Meter: b.Meter})
}

func interval(estimate, low, high float64) assessment.Interval {
	estimate, low, high = rounded(estimate), rounded(low), rounded(high)
	return assessment.Interval{Estimate: &estimate, Low: &low, High: &high}
}

// reasonOf is why a meeting failed, as its log keeps it: words of the other side are
// none that are kept.
func reasonOf(err error) string { return visible.Text(err.Error(), 200) }

// meetingError makes an error for people of what ends a meeting.
func meetingError(err error) error {
	refusal, refused := errors.AsType[*own.Refusal](err)
	switch {
	case err == nil, failure.CodeOf(err) != failure.Internal, errors.Is(err, context.Canceled):
		return err
	case refused:
		return failure.New(failure.Refused, refusalHints[refusal.Why], "%w", refusal)
	case errors.Is(err, own.ErrSmall):
		return failure.New(failure.Refused, fmt.Sprintf("People would show among fewer than %d identifiers.", own.LeastPoints), "%w to be asked about", own.ErrSmall)
	case errors.Is(err, own.ErrMessage), errors.Is(err, own.ErrPoint), errors.Is(err, own.ErrUneven), errors.Is(err, meet.ErrMessage):
		return failure.New(failure.Refused, "Nothing of this meeting is used. Speak to the other side: both need the same version of Constat.", "the other side does not keep to the protocol: %w", err)
	case errors.Is(err, meet.ErrLost):
		return failure.New(failure.BadInput, "Nothing of this meeting is used. When the network holds, both sides begin again.", "%w", err)
	}
	return err
}

var refusalHints = map[own.Why]string{
	own.TooFewRows:    "Fewer rows would tell of single people; the one who answers sets the least with --least.",
	own.TooManyRows:   "Ask with a smaller --sample, or have the one who answers raise --most.",
	own.TooManyPoints: "Ask with a larger --points if the time is there: the limit keeps the other side from using this one to work.",
	own.NothingShared: "The dump and the register hold no identifier in common.",
	own.OtherProtocol: "Both sides need the same version of Constat.",
}

// rowSample is rows of chance, the same for the same seed.
type rowSample struct {
	most     int
	seed     uint64
	kept     []sampledRow
	below    uint64 // ranks that may still be kept
	held     int64
	testable int64
}

type sampledRow struct {
	rank, ordinal uint64
	values        []own.Value
}

// rank orders rows by chance (the finalizer of Steele, Lea and Flood's SplitMix, 2014).
func rank(seed, ordinal uint64) uint64 {
	z := seed ^ ordinal*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (s *rowSample) add(ordinal int64, values []own.Value) {
	s.held++
	if !slices.ContainsFunc(values, func(v own.Value) bool { return v.ID.Alone() }) {
		return
	}
	s.testable++
	r := rank(s.seed, uint64(ordinal))
	if r > s.below {
		return
	}
	if s.kept = append(s.kept, sampledRow{r, uint64(ordinal), slices.Clone(values)}); len(s.kept) >= 2*s.most {
		s.trim()
	}
}

// trim keeps the rows of the lowest ranks.
func (s *rowSample) trim() {
	slices.SortFunc(s.kept, func(a, b sampledRow) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.ordinal, b.ordinal))
	})
	if len(s.kept) > s.most {
		clear(s.kept[s.most:])
		s.kept = s.kept[:s.most]
		s.below = s.kept[s.most-1].rank
	}
}

// rows are those of the sample, what they hold, and how many values of it one row has at most.
func (s *rowSample) rows() (rows [][]own.Value, ids []string, slots int) {
	s.trim()
	most := map[own.Identifier]int{}
	for _, r := range s.kept {
		rows = append(rows, r.values)
		has := map[own.Identifier]int{}
		for _, v := range r.values {
			has[v.ID]++
			most[v.ID] = max(most[v.ID], has[v.ID])
		}
	}
	for _, id := range own.All() {
		if n := most[id]; n > 0 {
			ids, slots = append(ids, id.String()), slots+n
		}
	}
	return rows, ids, slots
}

// sampleDump reads rows from the originals of a case. That it does is on the disk before.
func (b Bench) sampleDump(ctx context.Context, c *assessedCase, key *seal.Key, dir string, req OwnerAskRequest) (*rowSample, error) {
	list, err := c.originals()
	if err != nil {
		return nil, err
	}
	store := b.evidence(c.ID)
	if err := b.recorded(ledger.OwnerAsk, onCase(c.ID), func() error {
		return store.Log(b.hand("to ask another organisation how much of it is hers"), evidence.Read, distinct(list))
	}); err != nil {
		return nil, err
	}
	readers, err := store.Open(key, list)
	if err != nil {
		return nil, err
	}
	given := &originals{caseID: c.ID, readers: readers}
	defer given.close()
	var s *rowSample
	_, err = b.readDump(ctx, given.sealed(), req.Passwords, dir, func(d *cage.Reader) error {
		s = &rowSample{most: req.Sample, seed: req.Seed, below: math.MaxUint64}
		var rows []*own.Reader
		for t, tab := range d.Tables {
			sample, err := d.Sample(ctx, t, samples)
			if err != nil {
				return err
			}
			columns := own.Columns{}
			for col := range tab.Columns {
				k := c.kindOf(t, col)
				columns.Kinds = append(columns.Kinds, k)
				columns.MonthFirst = append(columns.MonthFirst, column.MonthFirst(sample, col))
			}
			rows = append(rows, own.NewReader(columns))
		}
		b.Meter.Stage("reading the dump", c.rows(), "rows")
		_, err := d.Scan(ctx, func(batch *table.Batch, release func()) error {
			defer release()
			for row := range batch.Rows() {
				s.add(batch.Ordinal[row], rows[batch.Table].Row(batch, row))
			}
			b.Meter.Add(int64(batch.Rows()))
			return nil
		})
		return err
	})
	return s, err
}

// ownership is what others said of a dump, as the case keeps it.
type ownership struct {
	Schema string             `json:"schema"`
	Asked  []assessment.Asked `json:"asked"`
}

func (b Bench) readOwnership(id string) (ownership, error) {
	o := ownership{Schema: ownerSchema}
	text, err := os.ReadFile(filepath.Join(b.CaseDir(id), ownerFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o, nil
	case err != nil:
		return o, homeError(b.Home, err)
	}
	if err := json.Unmarshal(text, &o); err != nil || o.Schema != ownerSchema {
		return o, failure.New(failure.BadInput, "Bring it back from a backup, or remove it and ask again.", "%s of case %s is damaged", ownerFile, id)
	}
	return o, nil
}

// fillOwnership tells what others said of this very dump.
func (b Bench) fillOwnership(out *assessment.Assessment) error {
	o, err := b.readOwnership(out.Case)
	if err != nil {
		return err
	}
	out.Ownership = assessment.NoOwnership()
	dump := dumpSum(out.Inputs)
	for _, a := range o.Asked {
		if a.Dump == dump {
			out.Ownership.Asked = append(out.Ownership.Asked, a)
		}
	}
	return nil
}

// keepOwnership keeps what another organisation said in the place of what it said
// of the same dump before, and draws the case's page anew.
func (b Bench) keepOwnership(ctx context.Context, c *assessedCase, dir string, said assessment.Asked) (page string, err error) {
	unlock, err := lock(c.dir, true)
	if err != nil {
		return "", err
	}
	defer unlock()
	o, err := b.readOwnership(c.ID)
	if err != nil {
		return "", err
	}
	o.Asked = append(slices.DeleteFunc(o.Asked, func(a assessment.Asked) bool { return a.Peer == said.Peer && a.Dump == said.Dump }), said)
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return "", err
	}
	if err := disk.WriteFile(c.file(ownerFile), append(text, '\n')); err != nil {
		return "", homeError(b.Home, err)
	}
	if err := b.fillOwnership(c.Assessment); err != nil {
		return "", err
	}
	page, _, err = b.writeAssessment(ctx, c.dir, dir, c.Assessment)
	return page, err
}

// OwnerAnswerRequest asks to answer another organisation.
type OwnerAnswerRequest struct {
	Source, ID, Map string // the register, as for an import
	Listen          string
	Peer            string // pin
	Least, Most     int64  // rows of the dump that are answered for
	Exact           bool   // exact counts, if the other side wants them too
	Records         string // file to write the record ids of those found to; or ""
	Do              bool   // else it is only told what would be answered
}

// OwnerAnswered is what would be answered, or was.
type OwnerAnswered struct {
	Source      string
	Identifiers []string
	Rows        int64 // of the register, that hold one
	Points      int64
	Done        bool
	Asked       int64 // rows
	Told        own.Told
	Found       int64 // rows, exactly
	By          map[string]int64
	People      int64
}

// OwnerAnswer answers one question of another organisation about a dump: which rows
// are of people of a register. The register is read where it lives; what is kept of it for the meeting
// is blinded, and gone after it.
func (b Bench) OwnerAnswer(ctx context.Context, req OwnerAnswerRequest) (_ *OwnerAnswered, err error) {
	b = b.withDefaults()
	b.bound()
	peer, err := meet.ParsePin(req.Peer)
	if err != nil {
		return nil, err
	}
	columnMap, err := readMap(req.Map)
	if err != nil {
		return nil, err
	}
	src, err := source.Open(ctx, req.Source, source.Options{Threads: b.Threads, Progress: b.Meter})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	b.Meter.Stage("typing columns", 0, "")
	sample, err := src.Sample(ctx, samples)
	if err != nil {
		return nil, err
	}
	typed, err := column.Type(sample, src.Columns(), column.Options{Role: column.Register, ID: req.ID, Map: columnMap.m})
	if err != nil {
		return nil, err
	}
	sealed := columnsOf(typed, sample)
	columns := own.Columns{Kinds: sealed.Kinds, MonthFirst: sealed.MonthFirst}
	out := &OwnerAnswered{Source: src.Name(), Identifiers: []string{}, By: map[string]int64{}}
	for _, id := range columns.Identifiers() {
		out.Identifiers = append(out.Identifiers, id.String())
	}
	if !slices.ContainsFunc(columns.Identifiers(), own.Identifier.Alone) {
		return nil, failure.New(failure.Refused, "A map file (--map) can say what columns hold.", "the register holds nothing that tells a person by itself")
	}
	if !req.Do {
		return out, nil
	}
	self, err := b.withMeetingKey(nil)
	if err != nil {
		return nil, err
	}
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	listener, err := meet.Listen(ctx, req.Listen, self, peer)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, listener.Close()) }()
	hold, err := own.NewHold(ctx, dir, columns, b.Threads, func(ctx context.Context, each func(*table.Batch, func()) error) error {
		_, err := src.Scan(ctx, each)
		return err
	})
	if err != nil {
		return nil, meetingError(err)
	}
	defer func() { err = errors.Join(err, hold.Close()) }()
	out.Rows, out.Points = hold.Rows, hold.Points
	answered, err := b.answer(ctx, listener, peer, req, hold)
	if err != nil {
		return nil, meetingError(err)
	}
	out.Done, out.Asked, out.Told, out.Found, out.People = true, answered.Asked, answered.Told, answered.Rows, int64(len(answered.People))
	for _, id := range answered.Identifiers {
		out.By[id.String()] = answered.By[id]
	}
	if req.Records != "" {
		err = b.writeRecords(ctx, src, typed, answered.People, req.Records)
	}
	return out, err
}

// answer waits for the other side, and logs the meeting before anything is told.
func (b Bench) answer(ctx context.Context, listener *meet.Listener, peer meet.Pin, req OwnerAnswerRequest, hold *own.Hold) (_ *own.Answered, err error) {
	b.Say(fmt.Sprintf("The register is blinded; waiting at %s for the one that was named.", listener.Address()))
	b.Meter.Stage("waiting for the other side", 0, "")
	conn, err := listener.Accept(ctx, func(from string) {
		b.Say(fmt.Sprintf("Somebody else called from %s, or with another pin, and was turned away.", visible.Text(from, 60)))
	})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	act, err := b.begin(ledger.OwnerAnswer, ownerDir)
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	log := b.meetings()
	begun, err := log.Add(b.Now(), meeting.Entry{Who: b.Who, Act: meeting.Answering, Peer: peer.String(), Points: hold.Points})
	if err != nil {
		return nil, err
	}
	answered, err := own.Answer(ctx, conn, own.Answering{Hold: hold, Least: req.Least, Most: req.Most, Exact: req.Exact, Threads: b.Threads, Meter: b.Meter})
	end := meeting.Entry{Who: b.Who, Act: meeting.Failed, Of: begun.Seq, Peer: begun.Peer}
	if err != nil {
		end.Why = reasonOf(err)
	} else {
		end.Act, end.Rows, end.Points, end.Step, end.Told, end.By = meeting.Done, answered.Asked, hold.Points, answered.Told.Step, answered.Told.Rows, answered.Told.By
		end.Found, end.People = answered.Rows, int64(len(answered.People))
	}
	_, lost := log.Add(b.Now(), end)
	if err := errors.Join(err, lost); err != nil {
		return nil, err
	}
	return answered, nil
}

// writeRecords writes the record ids of rows of the register.
func (b Bench) writeRecords(ctx context.Context, src source.Source, typed []column.Column, rows []int64, path string) error {
	ids := slices.IndexFunc(typed, func(c column.Column) bool { return c.Kind == kind.RecordID })
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	_ = w.Write([]string{"record_id"}) // to memory
	_, err := src.Scan(ctx, func(batch *table.Batch, release func()) error {
		defer release()
		for row, at := range batch.Ordinal {
			if _, found := slices.BinarySearch(rows, at); found {
				_ = w.Write([]string{string(bytes.TrimSpace(batch.Cell(row, ids)))}) // to memory
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Flush()
	return disk.WriteFile(path, text.Bytes())
}
