package triage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"constat.example/desk/evidence"
	"constat.example/desk/finding"
	"constat.example/desk/ledger"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// Where a home keeps its ledger, and the key that signs it.
const (
	ledgerDir = "ledger"
	ledgerKey = "ledger.key"
	// ledgerKept is the folder of checkpoints that others vouched for.
	ledgerKept = ledgerDir + "/kept"
)

// onCase is what entries of the ledger call the folder of a case.
func onCase(id string) string { return casesDir + "/" + id }

// onRegister is that of a register.
func onRegister(name string) string {
	if name == MainRegister {
		return registerDir
	}
	return registersDir + "/" + name
}

func (b Bench) ledger() (*ledger.Log, error) {
	l, err := ledger.Open(filepath.Join(b.Home, ledgerDir), filepath.Join(b.Home, keysDir, ledgerKey))
	return l, homeError(b.Home, err)
}

// record is an act that the ledger was told of before it changed anything.
type record struct {
	b      Bench
	log    *ledger.Log
	begun  ledger.Entry
	number int64
	before map[string]footprint // of the files of its folder
	closes []int64              // acts before it that never ended: it tells what they left
	had    []string             // files that the ledger vouched for then
}

// footprint tells whether a file was written to: its inode, size, and the times that the
// system keeps.
type footprint struct {
	inode          uint64
	size           int64
	written, moved unix.Timespec
}

// begin tells the ledger that an act on a folder of the home begins, and with which
// inputs (SHA-256 in hexadecimal). What the act does is told by end. Files that were
// in the folder before the ledger knew of it are vouched for from now on.
func (b Bench) begin(act ledger.Act, on string, inputs ...string) (*record, error) {
	log, err := b.ledger()
	if err != nil {
		return nil, err
	}
	r := &record{b: b, log: log, begun: ledger.Entry{At: b.Now().UTC().Truncate(time.Second), Actor: ledger.ActorOf(b.Who), Act: act, Step: ledger.Begun, On: on}}
	for _, sum := range inputs {
		if sum == "" {
			continue // a database has none
		}
		h, err := ledger.ParseHash(sum)
		if err != nil {
			return nil, fmt.Errorf("recording an input: it %w", err)
		}
		r.begun.Inputs = append(r.begun.Inputs, h)
	}
	numbers, about, err := log.About(r.begun.On)
	if err != nil {
		return nil, err
	}
	books := ledger.NewBooks()
	for i, e := range about {
		if err := books.Take(numbers[i], e); err != nil {
			return nil, failure.New(failure.BadInput, "Bring the folder of the ledger back from a backup; \"constat verify\" tells all that does not hold.", "the ledger does not hold: %w", err)
		}
	}
	r.closes = books.Open(r.begun.On)
	r.had = books.Vouched(r.begun.On)
	files, err := ledger.Walk(b.Home, on)
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	all := []*ledger.Entry{&r.begun}
	if len(about) == 0 && len(files) > 0 {
		found, err := r.told(files, slices.Sorted(maps.Keys(files)))
		if err != nil {
			return nil, err
		}
		var adopted []*ledger.Entry
		for part := range slices.Chunk(found, chunk) {
			adopted = append(adopted, &ledger.Entry{At: r.begun.At, Actor: r.begun.Actor, Act: ledger.Found, Step: ledger.Done, On: r.begun.On, Files: part})
		}
		all = append(adopted, all...)
	}
	if r.before, err = footprints(files); err != nil {
		return nil, err
	}
	first, err := log.Append(context.Background(), all...)
	r.number = first + int64(len(all)) - 1
	return r, homeError(b.Home, err)
}

// chunk is how many files stand in one entry.
const chunk = 100

// end tells the ledger how the act ended, and of every file of its folder that was
// written or taken away since it began. An act that the ledger cannot be told of
// fails.
func (r *record) end(err *error) { *err = errors.Join(*err, r.ended(*err)) }

func (r *record) ended(outcome error) error {
	files, err := ledger.Walk(r.b.Home, r.begun.On)
	if err != nil {
		return err
	}
	now, err := footprints(files)
	if err != nil {
		return err
	}
	var written []string
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if len(r.closes) > 0 || now[name] != r.before[name] {
			written = append(written, name)
		}
	}
	told, err := r.told(files, written)
	if err != nil {
		return err
	}
	had := slices.Collect(maps.Keys(r.before))
	if len(r.closes) > 0 { // those took files away, too
		had = append(had, r.had...)
	}
	slices.Sort(had)
	for _, name := range slices.Compact(had) {
		if _, is := now[name]; !is {
			told = append(told, ledger.File{Name: name, Gone: true})
		}
	}
	last := r.begun
	last.At, last.Of, last.Inputs, last.Closes = r.b.Now().UTC().Truncate(time.Second), r.number, nil, r.closes
	last.Step, last.Exit = ledger.Done, int(failure.CodeOf(outcome))
	if last.Exit > int(failure.Attention) {
		last.Step = ledger.Failed
	}
	var all []*ledger.Entry
	for len(told) > chunk {
		part := last
		part.Step, part.Exit, part.Closes, part.Files = ledger.Wrote, 0, nil, told[:chunk]
		all, told = append(all, &part), told[chunk:]
	}
	last.Files = told
	_, err = r.log.Append(context.Background(), append(all, &last)...)
	return homeError(r.b.Home, err)
}

// told is what is told of files, in the order of names.
func (r *record) told(files map[string]string, names []string) ([]ledger.File, error) {
	all := make([]ledger.File, len(names))
	var group errgroup.Group
	group.SetLimit(max(1, r.b.Threads))
	for i, name := range names {
		group.Go(func() (err error) {
			all[i], err = ledger.Sum(files[name], ledger.Grows(name), func(int64) {})
			all[i].Name = name
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("telling the ledger of what was written: %w", err)
	}
	return all, nil
}

func footprints(files map[string]string) (map[string]footprint, error) {
	all := map[string]footprint{}
	for name, path := range files {
		var st unix.Stat_t
		if err := unix.Stat(path, &st); err != nil {
			return nil, &fs.PathError{Op: "stat", Path: path, Err: err}
		}
		all[name] = footprint{st.Ino, st.Size, st.Mtim, st.Ctim}
	}
	return all, nil
}

// recorded does something that changes a folder of the home, and has the ledger told
// before and after; inputs are as for begin.
func (b Bench) recorded(act ledger.Act, on string, do func() error, inputs ...string) (err error) {
	r, err := b.begin(act, on, inputs...)
	if err != nil {
		return err
	}
	defer r.end(&err)
	return do()
}

// VerifyRequest asks for a case, or for the whole home, to be verified.
type VerifyRequest struct {
	Case string // "": all of the home
	// Key verifies the ledger; nil: the one beside it, which whoever can rewrite the
	// ledger can replace.
	Key []byte
	// ReadOnly: nothing is written, and no key of the register is opened; originals are
	// verified as they lie there, sealed.
	ReadOnly  bool
	Noted     map[string][]byte // checkpoints that were kept elsewhere, by the name of their file
	Witnesses [][]byte          // public keys
	Roots     []byte            // certificates, in PEM, of time-stamp authorities that are trusted
}

// Verify replays the ledger of the home, and holds the files of a case, or all that
// the ledger tells of, against it; then the evidence, its chain of custody and every
// original.
func (b Bench) Verify(ctx context.Context, req VerifyRequest) (checks []evidence.Check, err error) {
	b = b.withDefaults()
	if req.Case != "" {
		if err := b.knownCase(req.Case); err != nil {
			return nil, err
		}
	}
	said := newActSums()
	books, checks, err := b.verifyLedger(ctx, req, said)
	if err != nil {
		return nil, err
	}
	said.whole = books != nil
	cases := []string{req.Case}
	if req.Case == "" {
		if cases, err = b.Cases(); err != nil {
			return nil, err
		}
	}
	if books != nil {
		more, err := b.verifyFiles(req.Case, cases, books)
		if err != nil {
			return nil, err
		}
		checks = append(checks, more...)
		if more, err = b.verifyActs(ctx, "", said); err != nil {
			return nil, err
		}
		checks = append(checks, more...)
	}
	for _, id := range cases {
		more, err := b.verifyCase(ctx, req, id, books != nil && books.Known(onCase(id)), said)
		if err != nil {
			return nil, err
		}
		if req.Case == "" {
			for i := range more {
				more[i].Name = id + ": " + more[i].Name
			}
		}
		checks = append(checks, more...)
	}
	return checks, nil
}

// verifyCase holds what was established in a case against its assessment, and
// verifies its evidence. Where there is some, that is an act on the case, recorded
// unless the ledger does not hold or does not know the case: nothing is built upon the
// one, and verifying the other must not make it known.
func (b Bench) verifyCase(ctx context.Context, req VerifyRequest, id string, record bool, acts *actSums) (checks []evidence.Check, err error) {
	said, err := b.verifyFindings(id)
	if err != nil {
		return nil, err
	}
	if acts.whole {
		decided, err := b.verifyActs(ctx, id, acts)
		if err != nil {
			return nil, err
		}
		said = append(said, decided...)
	}
	if req.ReadOnly {
		chain, err := b.evidence(id).Chain()
		if err != nil {
			return nil, err
		}
		check := evidence.Check{Name: "the chain of custody holds", OK: len(chain.Breaks) == 0, Detail: fmt.Sprintf("%d acts, the last %s", len(chain.Entries), chain.Head)}
		if !check.OK {
			check.Detail = chain.Breaks[0].String()
		} else if len(chain.Entries) == 0 {
			check.Detail = "no original was received"
		}
		return append(said, check), nil
	}
	if _, err := os.Stat(filepath.Join(b.CaseDir(id), evidenceDir)); err == nil && record {
		r, err := b.begin(ledger.Verify, onCase(id))
		if err != nil {
			return nil, err
		}
		defer r.end(&err)
	}
	checks, err = b.verifyEvidence(ctx, id)
	return append(said, checks...), err
}

// verifyFindings holds the findings of a case against each other: the latest line of
// what was established is what the assessment says, and its other records are whole.
func (b Bench) verifyFindings(id string) ([]evidence.Check, error) {
	check := evidence.Check{Name: "what was established is what the assessment says", OK: true}
	fail := func(err error) ([]evidence.Check, error) {
		if failure.CodeOf(err) == failure.Internal {
			return nil, err
		}
		check.OK, check.Detail = false, err.Error()
		return []evidence.Check{check}, nil
	}
	a, err := b.assessment(id)
	if err != nil {
		return fail(err)
	}
	lines, err := b.established(id).Lines()
	if err != nil {
		return fail(err)
	}
	if _, err := b.decisions(id).Chain(); err != nil {
		return fail(err)
	}
	if _, err := b.Claims(id); err != nil {
		return fail(err)
	}
	if a == nil && len(lines) == 0 {
		return nil, nil
	}
	if a == nil || len(lines) == 0 {
		check.OK, check.Detail = false, "one of them is missing"
		return []evidence.Check{check}, nil
	}
	of, err := json.Marshal(finding.Of(a))
	if err != nil {
		return nil, err
	}
	last, err := json.Marshal(lines[len(lines)-1].Facts)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(of, last) {
		check.OK, check.Detail = false, fmt.Sprintf("by line %d of what was established, it said something else", len(lines))
	} else {
		check.Detail = fmt.Sprintf("established %d times, the last %s", len(lines), lines[len(lines)-1].Time.Format(time.RFC3339))
	}
	return []evidence.Check{check}, nil
}

// verifyLedger replays the ledger, and gives acts what it tells of decisions; books are nil where it does not hold.
func (b Bench) verifyLedger(ctx context.Context, req VerifyRequest, acts *actSums) (*ledger.Books, []evidence.Check, error) {
	dir := filepath.Join(b.Home, ledgerDir)
	check := evidence.Check{Name: "the ledger holds"}
	fail := func(why string, args ...any) (*ledger.Books, []evidence.Check, error) {
		check.Detail = fmt.Sprintf(why, args...)
		return nil, []evidence.Check{check}, nil
	}
	text, whose := req.Key, "the key that was given"
	if text == nil {
		whose = "its own key"
		var err error
		if text, err = os.ReadFile(filepath.Join(dir, "key")); errors.Is(err, fs.ErrNotExist) {
			return fail("the ledger is missing, or its key")
		} else if err != nil {
			return nil, nil, homeError(b.Home, err)
		}
	}
	key, err := ledger.ParseKey(text)
	if err != nil {
		if req.Key != nil {
			return nil, nil, err
		}
		return fail("the key beside the ledger is damaged")
	}
	vouched, err := b.vouched(req, key)
	if err != nil {
		return nil, nil, err
	}
	books := ledger.NewBooks()
	replayed, err := ledger.Replay(ctx, dir, key, vouched.checkpoints, b.Meter, func(n int64, e *ledger.Entry) error {
		acts.take(n, e)
		return books.Take(n, e)
	})
	if broke, is := errors.AsType[*ledger.Break](err); is {
		return fail("%s", broke.Error())
	}
	if err != nil {
		return nil, nil, homeError(b.Home, err)
	}
	c := replayed.Checkpoint
	check.OK, check.Detail = true, fmt.Sprintf("%d entries, root %s, signed by %s", c.Size, c.Root, whose)
	if replayed.Left > 0 {
		check.Detail += fmt.Sprintf("; files that an interrupted append left beside it: %d", replayed.Left)
	}
	checks := append([]evidence.Check{check}, vouched.checks...)
	if books.Back > 0 {
		checks = append(checks, evidence.Check{Name: "the clock never went back", OK: true, Detail: fmt.Sprintf("it did before entry %d; what is told of times rests on that clock", books.Back)})
	}
	return books, checks, nil
}

// verifyFiles holds the files of cases against the ledger, and, where all of the home
// is verified, those of every other folder that it tells of.
func (b Bench) verifyFiles(of string, cases []string, books *ledger.Books) (checks []evidence.Check, err error) {
	folders := books.Folders()
	if of != "" {
		folders = []string{onCase(of)}
	} else {
		for _, id := range cases {
			if !slices.Contains(folders, onCase(id)) {
				folders = append(folders, onCase(id))
			}
		}
	}
	slices.Sort(folders)
	for _, on := range folders {
		check := evidence.Check{Name: fmt.Sprintf("%s is as the last act left it", on), OK: true}
		if !books.Known(on) {
			files, err := ledger.Walk(b.Home, on)
			if err != nil {
				return nil, homeError(b.Home, err)
			}
			// A folder is made before its act begins: an act cut short between the two leaves it empty.
			check.OK, check.Detail = len(files) == 0, "no entry of the ledger is about it"
			if check.OK {
				check.Detail = "empty"
			}
			checks = append(checks, check)
			continue
		}
		b.Meter.Stage("reading "+path.Base(on), 0, "bytes")
		faults, err := books.Look(b.Home, on, b.Meter.Add)
		if err != nil {
			return nil, homeError(b.Home, err)
		}
		open := books.Open(on)
		check.Detail = fmt.Sprintf("%d files", books.Held(on))
		switch {
		case len(faults) > 0 && faults[0].Open > 0:
			check.Name, check.OK = fmt.Sprintf("every act on %s ended", on), false
			check.Detail = fmt.Sprintf("the act that began with entry %d is under way, or was cut short: until it is done again, nobody vouches that %s", open[len(open)-1], faults[0])
		case len(faults) > 0:
			check.OK, check.Detail = false, faults[0].String()
		case len(open) > 0:
			check.Detail += fmt.Sprintf("; the act that began with entry %d is under way, or was cut short before it wrote anything", open[len(open)-1])
		}
		if n := len(faults); n > 1 {
			check.Detail += fmt.Sprintf("; and %d more like it", n-1)
		}
		checks = append(checks, check)
	}
	return checks, nil
}

// vouched are the checkpoints that others vouch for, and what is to be told of them.
type vouched struct {
	checkpoints []*ledger.Checkpoint
	checks      []evidence.Check
}

// vouched reads the checkpoints that were given, and those that the home keeps with
// signatures of witnesses and time stamps.
func (b Bench) vouched(req VerifyRequest, key note.Verifier) (v vouched, err error) {
	var witnesses []note.Verifier
	for _, text := range req.Witnesses {
		w, err := ledger.ParseWitness(text)
		if err != nil {
			return v, err
		}
		witnesses = append(witnesses, w)
	}
	all := map[string][]byte{}
	maps.Copy(all, req.Noted)
	kept, err := filepath.Glob(filepath.Join(b.Home, filepath.FromSlash(ledgerKept), "*"+checkpointExt))
	if err != nil {
		return v, err
	}
	for _, path := range kept {
		if all[ledgerKept+"/"+filepath.Base(path)], err = os.ReadFile(path); err != nil {
			return v, homeError(b.Home, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		check := evidence.Check{Name: fmt.Sprintf("the checkpoint %s is of this ledger", visible.Text(name, 100))}
		c, err := ledger.OpenCheckpoint(all[name], key, witnesses...)
		if err != nil {
			check.Detail = err.Error()
			v.checks = append(v.checks, check)
			continue
		}
		v.checkpoints = append(v.checkpoints, c)
		check.OK, check.Detail = true, fmt.Sprintf("the first %d entries are those of then", c.Size)
		if len(c.By) > 0 {
			check.Detail += "; cosigned by " + strings.Join(c.By, ", ")
		}
		v.checks = append(v.checks, check)
		if stamped, err := b.verifyStamp(req, name, all[name]); err != nil {
			return v, err
		} else if stamped != nil {
			v.checks = append(v.checks, *stamped)
		}
	}
	return v, nil
}
