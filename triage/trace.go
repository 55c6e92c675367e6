package triage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/register"
	"constat.example/blind/trace"
	"constat.example/clear/accesslog"
	"constat.example/clear/seal"
	"constat.example/desk/assessment"
	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Files of a case that a trace writes: the accesses, whose name ends in a sum of theirs, and what
// is known of them. The second names the first, so that a trace cut short leaves the one before.
const (
	accessesFile = "accesses.json"
	accessesName = "accesses-%08x.parquet"
	accessesAll  = "accesses-*.parquet"
)

// Why a trace of logs that a case keeps is refused.
const (
	damagedLogs = "what the case keeps of its logs is damaged: they must be traced again"
	otherKey    = "the logs were read for a register of another key"
)

// grace is how far clocks of logs and the dating of a copy may be apart.
const grace = 24 * time.Hour

// TraceRequest asks who read the exposed people.
type TraceRequest struct {
	Case      string
	Logs      []string       // paths; none: those that were given before
	Map       string         // file that says what the fields of the logs are, or ""
	Format    string         // of accesslog.Formats; "": found out
	Zone      *time.Location // of times that tell none; nil: UTC
	Skew      time.Duration  // added to the times of the logs
	Inventory string         // file of other ways out, or ""
}

// Traced is a trace and where it was put.
type Traced struct {
	Assessment *assessment.Assessment
	Page, JSON string
}

// keptLogs is what a case keeps of logs beside the accesses made of them.
type keptLogs struct {
	KeyID    string           `json:"key_id"` // of the tokens of record ids
	Accesses keptFile         `json:"accesses"`
	Logs     []assessment.Log `json:"logs"`
	Names    []string         `json:"names"` // by number, from 1
	Outlets  []outlet         `json:"outlets"`
}

// name is the name of a number.
func (k *keptLogs) name(n access.Name) string {
	if n == 0 || int64(n) > int64(len(k.Names)) {
		return ""
	}
	return k.Names[n-1]
}

// Trace reads logs, keeps the accesses that they tell of in the case, and finds out who
// read the people that its assessment found exposed. The suspects stand in the assessment
// from then on, also when the dump is assessed again.
func (b Bench) Trace(ctx context.Context, req TraceRequest) (_ *Traced, err error) {
	b = b.withDefaults()
	b.bound()
	made, err := b.assessed(req.Case)
	if err != nil {
		return nil, err
	}
	options := accesslog.Options{Format: req.Format, Zone: req.Zone, Skew: req.Skew, Threads: b.Threads}
	if req.Map != "" {
		if options.Map, err = accesslog.ReadMap(req.Map); err != nil {
			return nil, err
		}
	}
	var outlets []outlet
	if req.Inventory != "" {
		if outlets, err = readInventory(req.Inventory); err != nil {
			return nil, err
		}
	}
	if len(req.Logs) == 0 {
		if kept, err := b.keptLogs(req.Case); err != nil || kept == nil {
			return nil, errors.Join(err, failure.New(failure.Usage, "Name the logs: constat trace LOG --case ID.", "no logs were given, and case %s has none yet", req.Case))
		}
	}
	act, err := b.begin(ledger.Trace, onCase(req.Case))
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	out := &Traced{Assessment: made.Assessment}
	err = b.withLinks(ctx, made, func(s engine.Session, key *seal.Key, m register.Manifest, dir string) error {
		var fresh *keptLogs
		if len(req.Logs) > 0 {
			b.Meter.Stage("reading the logs", 0, "")
			if fresh, err = b.readLogs(ctx, req.Logs, options, key, dir); err != nil {
				return err
			}
			var read []evidence.Original
			for _, l := range fresh.Logs {
				read = append(read, evidence.Original{SHA256: l.SHA256, Bytes: l.Bytes, Name: l.Name})
			}
			if err := b.evidence(req.Case).Log(b.hand("who read the exposed people"), evidence.Traced, distinct(read)); err != nil {
				return homeError(b.Home, err)
			}
		}
		unlock, err := lock(made.dir, true)
		if err != nil {
			return err
		}
		defer unlock()
		if err := b.keepLogs(req.Case, dir, fresh, outlets, req.Inventory != ""); err != nil {
			return err
		}
		exposures := made.file("exposures.parquet")
		if _, err := os.Stat(exposures); err != nil {
			return failure.New(failure.BadInput, fmt.Sprintf("Assess it again as before: \"constat assess --case %s\".", req.Case), "case %s does not hold its exposures any more", req.Case)
		}
		if err := s.View(ctx, "exposure", exposures); err != nil {
			return err
		}
		if err := b.fillTrace(ctx, made.Assessment, s, m); err != nil {
			return err
		}
		out.Page, out.JSON, err = b.writeAssessment(ctx, made.dir, dir, made.Assessment)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, rejectedLines(made.Assessment.Trace.Logs)
}

// rejectedLines tells of lines that could not be read, although the job is done.
func rejectedLines(logs []assessment.Log) error {
	n := int64(0)
	for _, l := range logs {
		n += l.Rejected
	}
	if n == 0 {
		return nil
	}
	return failure.New(failure.Attention, "With --json it is said where they stand and why; the others were read.", "lines of the logs that could not be read: %d", n)
}

// readLogs makes accesses of logs, their record ids sealed, in the folder of the job.
func (b Bench) readLogs(ctx context.Context, paths []string, options accesslog.Options, key *seal.Key, dir string) (kept *keptLogs, err error) {
	path := filepath.Join(dir, "accesses.parquet")
	w, err := access.Create(path)
	if err != nil {
		return nil, err
	}
	open := true
	defer func() {
		if open {
			err = errors.Join(err, w.Close())
		}
	}()
	options.Seal = sealers(key)
	reader := accesslog.New(options)
	entries := int64(0)
	if err := reader.Scan(ctx, paths, func(batch *accesslog.Batch) error {
		entries += int64(len(batch.Accesses))
		return w.Write(batch.Accesses)
	}); err != nil {
		return nil, err
	}
	open = false
	if err := w.Close(); err != nil {
		return nil, err
	}
	kept = &keptLogs{KeyID: key.ID(), Names: []string{}, Outlets: []outlet{}}
	for i := range reader.Names.Len() {
		kept.Names = append(kept.Names, reader.Names.Of(access.Name(i+1)))
	}
	for i, a := range reader.Accounts() {
		l := assessment.Log{
			Name: filepath.Base(a.Name), Bytes: a.Bytes, Format: a.Format, Zone: a.Zone, Lines: a.Lines, Used: a.Used, Idle: a.Idle, Rejected: a.Rejected, Entries: a.Entries,
			Rejects: []assessment.LogReject{}, First: stamp(a.First), Last: stamp(a.Last),
		}
		for _, r := range a.Rejects {
			l.Rejects = append(l.Rejects, assessment.LogReject{Reason: r.Reason, Count: r.Count, Lines: orNone(r.Lines)})
		}
		if i < len(paths) {
			if l.SHA256, err = sumOfFile(paths[i]); err != nil {
				return nil, err
			}
		}
		entries -= a.Entries
		kept.Logs = append(kept.Logs, l)
	}
	if entries != 0 {
		return nil, fmt.Errorf("the entries of the logs do not add up: %d more were given than counted", entries)
	}
	if kept.Accesses, err = describeFile(path); err != nil {
		return nil, err
	}
	name := fmt.Sprintf(accessesName, kept.Accesses.CRC32C)
	kept.Accesses.Name = name
	return kept, os.Rename(path, filepath.Join(dir, name))
}

func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func sumOfFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", failure.New(failure.BadInput, "Check the path.", "reading a log: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading a log: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// keepLogs puts what was read of logs into the case, in place of what was read before. fresh
// is nil where only the outlets are new.
func (b Bench) keepLogs(id, job string, fresh *keptLogs, outlets []outlet, declared bool) error {
	before, err := b.keptLogs(id)
	if err != nil && fresh == nil {
		return err
	}
	dir := b.CaseDir(id)
	kept := fresh
	if fresh == nil {
		if kept = before; !declared {
			return nil
		}
	} else {
		if before != nil {
			kept.Outlets = before.Outlets
		}
		if err := os.Rename(filepath.Join(job, fresh.Accesses.Name), filepath.Join(dir, fresh.Accesses.Name)); err != nil {
			return homeError(b.Home, err)
		}
		if err := disk.SyncFolder(dir); err != nil {
			return homeError(b.Home, err)
		}
	}
	if declared {
		kept.Outlets = outlets
	}
	if err := writeDescription(filepath.Join(dir, accessesFile), kept); err != nil {
		return homeError(b.Home, err)
	}
	old, err := filepath.Glob(filepath.Join(dir, accessesAll))
	for _, path := range old {
		if filepath.Base(path) != kept.Accesses.Name {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}

// keptLogs reads what a case keeps of logs; nil where it has none.
func (b Bench) keptLogs(id string) (*keptLogs, error) {
	text, err := os.ReadFile(filepath.Join(b.CaseDir(id), accessesFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, homeError(b.Home, err)
	}
	kept := &keptLogs{}
	if err := decodeDescription(text, kept); err != nil || !kept.Accesses.beside() {
		return nil, failure.New(failure.BadInput, "Trace the logs again: constat trace LOG --case ID.", "what case %s keeps of its logs is damaged", id)
	}
	return kept, nil
}

// fillTrace finds out who read the exposed people, by the logs that the case keeps. The
// session has the views of the register, and the view exposure.
func (b Bench) fillTrace(ctx context.Context, out *assessment.Assessment, s engine.Session, m register.Manifest) error {
	out.Suspects, out.Trace = []assessment.Suspect{}, assessment.NoTrace(assessment.NotTraced)
	kept, err := b.keptLogs(out.Case)
	if failure.CodeOf(err) == failure.BadInput {
		out.Trace.Refused = damagedLogs
		return nil // the dump is assessed all the same
	}
	if err != nil || kept == nil {
		return err
	}
	b.Meter.Stage("tracing the reads", 0, "")
	to := &out.Trace
	to.Logs = kept.Logs
	if kept.KeyID != m.KeyID {
		to.Refused = otherKey
		return nil
	}
	path := filepath.Join(b.CaseDir(out.Case), kept.Accesses.Name)
	if st, _ := os.Stat(path); st == nil || st.Size() != kept.Accesses.Bytes {
		to.Refused = damagedLogs
		return nil
	}
	if err := s.View(ctx, "accesses", path); err != nil {
		return err
	}
	if err := s.Table(ctx, "leaked", "select distinct p.record_id as record from exposure e join reg_people p on p.person = e.person"); err != nil {
		return err
	}
	from, until := windowOf(&out.Window)
	config := trace.Config{Session: s, Accesses: "accesses", Leaked: "leaked", People: out.Register.People, From: micros(from, -grace), To: micros(until, grace)}
	outlook := trace.Outlook{From: micros(from, 0), To: micros(until, 0)}
	for _, l := range kept.Logs {
		outlook.Sources = append(outlook.Sources, trace.Source{Lines: l.Lines, Rejected: l.Rejected, Used: l.Used, Entries: l.Entries})
	}
	for _, o := range kept.Outlets {
		outlook.Outlets = append(outlook.Outlets, o.outlet())
	}
	found, err := trace.Run(ctx, config, outlook)
	if err != nil {
		return err
	}
	return tellTrace(out, kept, config, found)
}

// windowOf is when the copy was made, as far as it is bounded.
func windowOf(w *assessment.Window) (from, to time.Time) {
	if w.Refused != "" {
		return from, to
	}
	read := func(text *string) time.Time {
		if text == nil {
			return time.Time{}
		}
		t, err := time.Parse(time.RFC3339, *text)
		if err != nil {
			return time.Time{}
		}
		return t
	}
	from, to = read(w.NotBefore), read(w.NotAfter)
	for _, i := range w.Instants {
		if at := read(i.From); !from.IsZero() && !at.IsZero() && at.Before(from) {
			from = at
		}
		if at := read(i.To); !to.IsZero() && at.After(to) {
			to = at
		}
	}
	return from, to
}

func micros(t time.Time, by time.Duration) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Add(by).UnixMicro()
}

// instant is the reverse of micros.
func instant(micros int64) *string {
	if micros == 0 {
		return nil
	}
	return stamp(time.UnixMicro(micros))
}

// tellTrace puts what was found into words that an assessment has, numbers into names.
func tellTrace(out *assessment.Assessment, kept *keptLogs, c trace.Config, found *trace.Traced) error {
	to, counts := &out.Trace, found.Counts
	to.Refused, to.From, to.To = found.Refused, instant(c.From), instant(c.To)
	to.Accounts, to.Leaked, to.Read = int64(len(counts.Tallies)), counts.Leaked, counts.Read
	if to.Remainder = counts.Leaked - counts.Read; to.Remainder < 0 {
		return fmt.Errorf("the people read do not add up: %d of %d", counts.Read, counts.Leaked)
	}
	if found.Refused == "" {
		to.Explained, to.Nobody = rounded(found.Explained), probability(found.Nobody)
	}
	name := func(a trace.Actor) string {
		if a < 0 {
			return kept.name(access.Name(-a))
		}
		return kept.name(access.Name(a))
	}
	for i, s := range found.Suspects {
		d := found.Details[i]
		exposed := s.Exposed
		if s.Counted {
			exposed = min(s.Read, counts.Leaked)
		}
		told := assessment.Suspect{
			Account: name(s.Actor), Covered: rounded(float64(exposed) / float64(counts.Leaked)), Read: s.Read, Likelihood: probability(s.Likelihood),
			Exposed: s.Exposed, Reads: s.Reads, Expected: significant(s.Expected), Counted: s.Counted, Address: s.Actor < 0,
			Addresses: ways(kept, d.Addresses), Sessions: ways(kept, d.Sessions), Days: []assessment.SuspectDay{},
		}
		if first, last := instant(d.First), instant(d.Last); first != nil && last != nil {
			told.First, told.Last = *first, *last
		}
		for _, day := range d.Days {
			told.Days = append(told.Days, assessment.SuspectDay{Day: time.Unix(day.Day*86_400, 0).UTC().Format(time.DateOnly), Read: day.Read, Exposed: day.Exposed})
		}
		out.Suspects = append(out.Suspects, told)
	}
	for _, s := range found.Spots {
		spot := assessment.BlindSpot{Code: s.Code, Share: rounded(s.Share), Name: s.Name, Kind: s.Kind, Count: s.Count, Part: rounded(s.Part), From: instant(s.From), To: instant(s.To), Accounts: []string{}}
		for _, a := range s.Actors {
			spot.Accounts = append(spot.Accounts, name(a))
		}
		spot.Accounts = slices.DeleteFunc(spot.Accounts, func(n string) bool { return strings.TrimSpace(n) == "" })
		to.BlindSpots = append(to.BlindSpots, spot)
	}
	return nil
}

func ways(kept *keptLogs, all []trace.Way) []assessment.SuspectWay {
	told := []assessment.SuspectWay{}
	for _, w := range all {
		told = append(told, assessment.SuspectWay{Name: kept.name(w.Name), Reads: w.Reads})
	}
	return told
}
