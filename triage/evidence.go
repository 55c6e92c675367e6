package triage

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"constat.example/clear/cage"
	"constat.example/clear/dump"
	"constat.example/clear/seal"
	"constat.example/desk/assessment"
	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// evidenceDir is the folder of a case that holds its originals.
const evidenceDir = "evidence"

func (b Bench) evidence(id string) evidence.Store {
	return evidence.In(filepath.Join(b.CaseDir(id), evidenceDir), id)
}

// hand is the user of this job.
func (b Bench) hand(reason string) evidence.Hand {
	return evidence.Hand{Who: b.Who, Reason: reason, Now: b.Now}
}

// originals are what an assessment reads: the originals of its case, through
// their seals.
type originals struct {
	caseID  string
	fresh   bool // received just now
	list    []evidence.Original
	readers []*evidence.Reader
}

// originals receives the files of a request into its case, or, where it names
// none, takes those that the case holds. Nothing is read from a file but to seal
// it; whoever reads through the seals logs that first.
func (b Bench) originals(ctx context.Context, req AssessRequest, key *seal.Key, dir string) (*originals, error) {
	o := &originals{caseID: req.Case, fresh: len(req.Paths) > 0}
	var list []evidence.Original
	if o.fresh {
		files, done, err := dump.Files(dump.Volumes(req.Paths))
		if err != nil {
			return nil, err
		}
		defer done()
		if list, err = b.receiveAgain(ctx, req.Case, files, key); err != nil {
			return nil, err
		}
		if list == nil {
			if list, err = b.receive(ctx, req.Case, files, key, dir); err != nil {
				return nil, err
			}
		}
		o.caseID = cmp.Or(req.Case, caseOf(list))
	} else {
		chain, err := b.evidence(req.Case).Chain()
		if err != nil {
			return nil, err
		}
		if list = chain.Dump(); len(list) == 0 {
			return nil, failure.New(failure.Usage, "Name the files of the dump, or a case that holds originals; \"constat case list\" shows them.",
				"there is nothing to assess: the case %q holds no original", req.Case)
		}
	}
	var err error
	o.list = list
	o.readers, err = b.evidence(o.caseID).Open(key, list)
	return o, err
}

// receive seals files and takes them into a case: that of the id, or, for "", one
// named after them.
func (b Bench) receive(ctx context.Context, id string, files []dump.Source, key *seal.Key, dir string) (list []evidence.Original, err error) {
	sealed, err := b.sealFiles(ctx, files, dir)
	if err != nil {
		return nil, err
	}
	for _, s := range sealed {
		list = append(list, evidence.Original{SHA256: s.SHA256, Bytes: s.Bytes, Name: s.Name})
	}
	id = cmp.Or(id, caseOf(list))
	return list, b.recorded(ledger.Receive, onCase(id), func() error {
		return homeError(b.Home, b.evidence(id).Receive(key, b.hand(""), sealed))
	}, sums(list)...)
}

// receiveAgain receives files that their case holds already, as it does when a run
// was cut short: that they came again is logged, and they are not sealed a second
// time. It returns nil where they must be sealed. Files are read for that only
// where the home holds originals of their sizes.
func (b Bench) receiveAgain(ctx context.Context, id string, files []dump.Source, key *seal.Key) ([]evidence.Original, error) {
	cases := []string{id}
	if id == "" {
		var err error
		if cases, err = b.Cases(); err != nil {
			return nil, err
		}
	}
	holds := func(of []evidence.Original, same func(evidence.Original) bool) bool {
		return slices.ContainsFunc(of, same)
	}
	all, total := []evidence.Original{}, int64(0)
	for _, c := range cases {
		chain, err := b.evidence(c).Chain()
		if err != nil {
			return nil, err
		}
		all = append(all, chain.Held()...)
	}
	for _, f := range files {
		if !holds(all, func(o evidence.Original) bool { return o.Bytes == f.Size }) {
			return nil, nil
		}
		total += f.Size
	}
	b.Meter.Stage("comparing with the evidence", total, "bytes")
	var list []evidence.Original
	for _, f := range files {
		sum, err := evidence.Sum(ctx, io.NewSectionReader(f.At, 0, f.Size), b.Meter)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name, err)
		}
		if !holds(all, func(o evidence.Original) bool { return o.SHA256 == sum && o.Bytes == f.Size }) {
			return nil, nil
		}
		list = append(list, evidence.Original{SHA256: sum, Bytes: f.Size, Name: f.Name})
	}
	store := b.evidence(cmp.Or(id, caseOf(list)))
	chain, err := store.Chain()
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if !holds(chain.Held(), func(o evidence.Original) bool { return o.SHA256 == f.SHA256 }) {
			return nil, nil // another case's
		}
	}
	readers, err := store.Open(key, list)
	if err != nil {
		return nil, nil //nolint:nilerr // what cannot be opened is worth sealing anew, which tells what is wrong if that cannot be either
	}
	for _, r := range readers {
		_ = r.Close() // it was only opened
	}
	return list, b.recorded(ledger.Receive, onCase(cmp.Or(id, caseOf(list))), func() error {
		return store.Log(b.hand(""), evidence.Received, list)
	}, sums(list)...)
}

// sums are the SHA-256 of originals, in hexadecimal.
func sums(list []evidence.Original) (all []string) {
	for _, o := range list {
		all = append(all, o.SHA256)
	}
	return all
}

// distinct leaves out what was given twice.
func distinct(list []evidence.Original) []evidence.Original {
	var all []evidence.Original
	for _, o := range list {
		if !slices.ContainsFunc(all, func(have evidence.Original) bool { return have.SHA256 == o.SHA256 }) {
			all = append(all, o)
		}
	}
	return all
}

// sealFiles seals files into dir, for a case that is not known yet.
func (b Bench) sealFiles(ctx context.Context, files []dump.Source, dir string) (all []*evidence.Sealed, err error) {
	total, room := int64(0), int64(0)
	for _, f := range files {
		total += f.Size
		room += evidence.SealedSize(f.Size)
	}
	free, err := disk.Free(dir)
	if err != nil {
		return nil, fmt.Errorf("sealing the originals: %w", err)
	}
	if room > free {
		return nil, failure.New(failure.Internal, failure.HintOf(syscall.ENOSPC),
			"sealing the originals: they take %d MiB and %d MiB are free in %s: %w", (room+1<<20-1)>>20, free>>20, b.Home, syscall.ENOSPC)
	}
	b.Meter.Stage("sealing the originals", total, "bytes")
	for i, f := range files {
		s, err := evidence.Seal(ctx, f.Name, io.NewSectionReader(f.At, 0, f.Size), filepath.Join(dir, fmt.Sprintf("original-%d", i)), b.Meter)
		if err != nil {
			return nil, err
		}
		if s.Bytes != f.Size {
			return nil, failure.New(failure.BadInput, "Copy it to a place where nobody writes to it, and try again.",
				"%s changed while it was sealed: %d bytes at first, %d in the end", f.Name, f.Size, s.Bytes)
		}
		all = append(all, s)
	}
	return all, nil
}

// sealed are the originals for a process that opens them by itself.
func (o *originals) sealed() []cage.Input {
	var all []cage.Input
	for _, r := range o.readers {
		file, identity := r.Handover()
		all = append(all, cage.Input{Name: r.Name, File: file, Size: r.Bytes, Identity: identity})
	}
	return all
}

func (o *originals) inputs() []assessment.Input {
	all := []assessment.Input{}
	for _, r := range o.readers {
		all = append(all, assessment.Input{Name: r.Name, SHA256: r.SHA256, Bytes: r.Bytes})
	}
	return all
}

func (o *originals) close() {
	for _, r := range o.readers {
		_ = r.Close() // it was only read
	}
}

// stay tells the user of a failed assessment that what was received is kept.
func (b Bench) stay(o *originals, err error) {
	if o.fresh && failure.CodeOf(err) > failure.Attention {
		b.Say(fmt.Sprintf("The originals are sealed in case %s, and stay there; \"constat assess --case %s\" reads them.", o.caseID, o.caseID))
	}
}

// verifyEvidence checks the evidence of a case: its chain of custody, and every
// original that it holds.
func (b Bench) verifyEvidence(ctx context.Context, id string) ([]evidence.Check, error) {
	store := b.evidence(id)
	keyID, err := store.KeyID()
	if err != nil && failure.CodeOf(err) != failure.BadInput {
		return nil, err
	}
	if keyID == "" { // no key, or a damaged one: that is for the checks to tell
		return store.Verify(ctx, nil, b.hand(""), b.Meter)
	}
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	key, err := ring.Open(keyID, b.Unlock)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	return store.Verify(ctx, key, b.hand(""), b.Meter)
}

// DiscardRequest asks for an original to be destroyed.
type DiscardRequest struct {
	Case   string
	SHA256 string // how that of the original begins
	Reason string
	Do     bool // else it is only told what would be done
}

// Discard destroys an original of a case and the key that opens it, if it is to
// be done; it returns which one. The case's assessments and tokens stay.
func (b Bench) Discard(req DiscardRequest) (evidence.Original, error) {
	b = b.withDefaults()
	if err := b.knownCase(req.Case); err != nil {
		return evidence.Original{}, err
	}
	store := b.evidence(req.Case)
	chain, err := store.Chain()
	if err != nil {
		return evidence.Original{}, err
	}
	var found []evidence.Original
	for _, o := range chain.Originals() {
		if o.State != evidence.StateDiscarded && strings.HasPrefix(o.SHA256, strings.ToLower(req.SHA256)) {
			found = append(found, o)
		}
	}
	show := fmt.Sprintf("\"constat case show %s\" lists the originals of the case.", req.Case)
	switch {
	case len(found) == 0:
		return evidence.Original{}, failure.New(failure.BadInput, show, "the case %s holds no original whose SHA-256 begins with %q", req.Case, req.SHA256)
	case len(found) > 1:
		return evidence.Original{}, failure.New(failure.BadInput, "Give more digits; "+show, "the SHA-256 of %d originals begins with %q", len(found), req.SHA256)
	case !req.Do:
		return found[0], nil
	}
	return found[0], b.recorded(ledger.Discard, onCase(req.Case), func() error { return store.Discard(b.hand(req.Reason), found[0]) })
}
