package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"constat.example/desk/ledger"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/triage"
)

// small reads a file that can only be small: a key, a checkpoint, certificates. ""
// names none.
func small(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	const most = 1 << 20
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading %w", err)
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

func verifyCase(ctx context.Context, r VerifyRequest) (*Audit, error) {
	request := triage.VerifyRequest{Case: r.Case, ReadOnly: r.Key != "", Noted: map[string][]byte{}}
	var err error
	if request.Key, err = small(r.Key); err != nil {
		return nil, err
	}
	if request.Roots, err = small(r.Authorities); err != nil {
		return nil, err
	}
	for _, path := range r.Checkpoints {
		if request.Noted[path], err = small(path); err != nil {
			return nil, err
		}
	}
	for _, path := range r.Witnesses {
		key, err := small(path)
		if err != nil {
			return nil, err
		}
		request.Witnesses = append(request.Witnesses, key)
	}
	checks, err := r.bench().Verify(ctx, request)
	if err != nil {
		return nil, err
	}
	audit := &Audit{Checks: []Check{}}
	for _, c := range checks {
		audit.Checks = append(audit.Checks, Check{Name: c.Name, OK: c.OK, Detail: c.Detail})
	}
	return audit, nil
}

func ledgerEntries(ctx context.Context, r LedgerRequest) ([]LedgerEntry, error) {
	entries, err := r.bench().LedgerEntries(ctx, r.Case)
	var all []LedgerEntry
	for _, e := range entries {
		all = append(all, LedgerEntry{Number: e.Number, Name: e.Name, Entry: e.Entry})
	}
	return all, err
}

func ledgerKey(_ context.Context, c Common) (string, error) { return c.bench().LedgerKey() }

func ledgerCheckpoint(_ context.Context, c Common) (string, error) {
	text, err := c.bench().LedgerCheckpoint()
	return string(text), err
}

func exportLedger(ctx context.Context, r LedgerFileRequest) (*LedgerExported, error) {
	files, err := r.bench().ExportLedger(ctx, r.File)
	return &LedgerExported{Files: int64(files)}, err
}

func stampLedger(ctx context.Context, r StampRequest) (*Stamped, error) {
	roots, err := small(r.Authorities)
	if err != nil {
		return nil, err
	}
	done, err := r.bench().StampLedger(ctx, triage.StampRequest{URL: r.URL, Roots: roots, Do: r.Yes})
	if err != nil {
		return nil, err
	}
	out := &Stamped{URL: done.URL, Size: done.Size, SHA256: done.SHA256}
	if done.Done {
		out.Time = &done.Time
	}
	return out, nil
}

func witnessLedger(ctx context.Context, r WitnessRequest) (string, error) {
	request := triage.WitnessRequest{Ledger: r.Ledger}
	var err error
	if request.Key, err = small(r.Key); err != nil {
		return "", err
	}
	if request.Signer, err = small(r.Signer); err != nil {
		return "", err
	}
	if request.Last, err = small(r.Last); err != nil {
		return "", err
	}
	text, err := r.bench().WitnessLedger(ctx, request)
	return string(text), err
}

func newWitness(_ context.Context, path string) (string, error) {
	private, public, err := ledger.NewWitnessKey()
	if err != nil {
		return "", err
	}
	if err := disk.Create(path, func(w io.Writer) error { _, err := fmt.Fprintln(w, private); return err }); err != nil {
		return "", failure.New(failure.BadInput, "Name a file that is not there yet.", "keeping the key of the witness: %w", err)
	}
	return public, nil
}

func keepCheckpoint(ctx context.Context, r LedgerFileRequest) (*LedgerKept, error) {
	text, err := small(r.File)
	if err != nil {
		return nil, err
	}
	c, err := r.bench().KeepCheckpoint(ctx, text)
	if err != nil {
		return nil, err
	}
	return &LedgerKept{Size: c.Size}, nil
}
