package cli

import (
	"context"
	"fmt"
	"os"

	"constat.example/blind/engine/duckdb"
	"constat.example/blind/register"
	"constat.example/internal/failure"
	"constat.example/triage"
)

// wired returns the services of the program as it stands: the one place where
// commands meet what they run on, and where a concrete engine is chosen.
func wired() Services {
	return Services{
		Assess:          assess,
		Cases:           func(home string) ([]string, error) { return triage.Bench{Home: home}.Cases() },
		ListCases:       listCases,
		ShowCase:        showCase,
		VerifyCase:      verifyCase,
		DiscardOriginal: discardOriginal,
		ExplainLink:     explainLink,
		ReviewLinks:     reviewLinks,
		DecideLink:      decideLink,
		UndoDecision:    undoDecision,
		Account:         account,
		ImportRegister:  importRegister,
		ListRegister:    listRegister,
		ShowRegister:    showRegister,
		AuditRegister:   auditRegister,
		SourceColumns:   triage.SourceColumns,
		AddClaim:        addClaim,
		AddLeak:         addLeak,
		ListLeaks:       listLeaks,
		ShowLeak:        showLeak,
		RemoveLeak:      removeLeak,
		NewKey:          newKey,
		RotateKey:       rotateKey,
		ListKeys:        listKeys,
		DrillKinds:      drillKinds(),
		NewDrill:        newDrill,
		RunDrill:        runDrill,
		ScoreDrill:      scoreDrill,
		Demo:            demo,
	}
}

// bench is what a request's jobs work with.
func (c Common) bench() triage.Bench {
	return triage.Bench{
		Home: c.Home, Unlock: c.unlock(), Engine: duckdb.Open,
		Meter: c.Progress, Now: c.Now, Say: c.Say, Detail: c.Detail, Who: c.Who, Build: build(), Memory: c.Memory, Threads: c.Threads,
		Reader: again(ReadDump), PDF: again(ReadPDF),
	}
}

// again is what starts this program again for a command. By the name under
// which the system keeps the running program, it is the same one even where
// another lies in its place by now.
func again(command string) []string {
	self := "/proc/self/exe"
	if _, err := os.Stat(self); err != nil {
		if self, err = os.Executable(); err != nil {
			self = "constat"
		}
	}
	return []string{self, command}
}

// unlock is how keys are opened. A key kept by an identity never asks for the
// passphrase; one kept under a passphrase asks where it stands.
func (c Common) unlock() triage.Unlock {
	return triage.Unlock{Passphrase: c.Passphrase, IdentityFile: c.Identity}
}

// kept is how a new key is kept: under the passphrase the user named, else by
// an identity.
func (c Common) kept() triage.Unlock {
	if c.PassphraseNamed {
		return c.unlock()
	}
	return triage.Unlock{IdentityFile: c.Identity}
}

func assess(ctx context.Context, r AssessRequest) (*Outcome, error) {
	res, err := r.bench().Assess(ctx, triage.AssessRequest{Paths: r.Paths, Case: r.Case, Claim: r.Claim, Map: r.Map, Links: r.Links, Passwords: r.Passwords, Fresh: r.Fresh})
	if res == nil {
		return nil, err
	}
	return &Outcome{Assessment: res.Assessment, Page: res.Page, JSON: res.JSON, Links: res.Links}, err
}

func addClaim(_ context.Context, r ClaimRequest) (*ClaimAdded, error) {
	added, err := r.bench().AddClaim(r.File, r.Case)
	if err != nil {
		return nil, err
	}
	out := claimOf(added.Case, added.Claim)
	return &out, nil
}

func importRegister(ctx context.Context, r ImportRequest) (*Imported, error) {
	b := r.bench()
	b.Keep = r.kept()
	res, err := b.Import(ctx, triage.ImportRequest{Source: r.Source, ID: r.ID, AsOf: r.AsOf, Map: r.Map, Fresh: r.Fresh})
	if res == nil {
		return nil, err
	}
	return &Imported{
		Snapshot: snapshot(res.Snapshot), Rows: res.Rows, Rejects: res.Rejects, Columns: res.Columns, Warnings: res.Warnings,
	}, err
}

func snapshot(s register.Snapshot) Snapshot {
	return Snapshot{
		ID: string(s.ID), AsOf: s.AsOf, Imported: s.Imported, Source: s.Source, SHA256: s.SHA256,
		People: s.People, Added: s.Added, Changed: s.Changed, Gone: s.Gone, Bytes: s.Bytes,
	}
}

func snapshots(all []register.Snapshot) []Snapshot {
	out := make([]Snapshot, len(all))
	for i, s := range all {
		out[i] = snapshot(s)
	}
	return out
}

func listRegister(_ context.Context, c Common) ([]Snapshot, error) {
	all, err := c.bench().Snapshots()
	return snapshots(all), err
}

func showRegister(ctx context.Context, c Common) (*RegisterSummary, error) {
	sum, err := c.bench().Summary(ctx)
	if err != nil {
		return nil, err
	}
	out := &RegisterSummary{Key: sum.KeyID, People: sum.Known, Present: sum.People, Bytes: sum.Bytes, Columns: []ColumnSummary{}, Snapshots: snapshots(sum.Snapshots)}
	for _, col := range sum.Columns {
		out.Columns = append(out.Columns, ColumnSummary{Kind: col.Name, Filled: col.Filled, Distinct: col.Distinct})
	}
	return out, nil
}

func auditRegister(ctx context.Context, c Common) (*Audit, error) {
	problems, err := c.bench().Audit(ctx)
	if err != nil {
		return nil, err
	}
	audit := &Audit{Checks: []Check{}}
	for _, p := range problems {
		audit.Checks = append(audit.Checks, Check{Name: "the register is what was imported", Detail: p})
	}
	if len(problems) > 0 {
		return audit, failure.New(failure.Attention, "Restore the register's folder from a backup, or import its snapshots anew.",
			"the register does not hold: %d problems", len(problems))
	}
	all, err := c.bench().Snapshots()
	audit.Checks = append(audit.Checks, Check{
		Name: "every file is the one that was written, everybody has one number and one record id, and people add up",
		OK:   true, Detail: fmt.Sprintf("%d snapshots", len(all)),
	})
	return audit, err
}

func newKey(_ context.Context, r KeyRequest) (*Key, error) {
	b := r.bench()
	b.Keep = r.to()
	info, err := b.NewKey()
	return keyOf(info), err
}

func rotateKey(_ context.Context, r KeyRequest) (*Key, error) {
	info, err := r.bench().RotateKey(r.to())
	return keyOf(info), err
}

// to is how a key is to be kept from now on.
func (r KeyRequest) to() triage.Unlock {
	if r.ToPassphrase != nil {
		return triage.Unlock{Passphrase: r.ToPassphrase}
	}
	return triage.Unlock{IdentityFile: r.Identity}
}

func listKeys(_ context.Context, c Common) ([]Key, error) {
	infos, err := c.bench().Keys()
	if err != nil {
		return nil, err
	}
	out := make([]Key, len(infos))
	for i, info := range infos {
		out[i] = *keyOf(info)
	}
	return out, nil
}

func keyOf(info triage.KeyInfo) *Key {
	return &Key{
		ID: info.ID, Created: info.Created, KeptBy: string(info.Kept), Current: info.Current,
		Path: info.File, Identity: info.IdentityFile, Warnings: info.Warnings,
	}
}
