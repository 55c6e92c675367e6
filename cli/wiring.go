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
		OpenCase:         openCase,
		ActOnCase:        actOnCase,
		Timeline:         timeline,
		DraftDocument:    draftDocument,
		FileDocument:     fileDocument,
		Answer:           answer,
		Severity:         caseSeverity,
		CasePage:         casePage,
		Clock:            caseClock,
		Remind:           remind,
		TellCase:         tellCase,
		DestroyCase:      destroyCase,
		Team:             team,
		BackUpStore:      backUpStore,
		RestoreStore:     restoreStore,
		Assess:           assess,
		Trace:            traceLogs,
		Watch:            watchLogs,
		Cases:            func(home string) ([]string, error) { return triage.Bench{Home: home}.Cases() },
		ListCases:        listCases,
		ShowCase:         showCase,
		Deadlines:        deadlines,
		VerifyCase:       verifyCase,
		LedgerEntries:    ledgerEntries,
		LedgerKey:        ledgerKey,
		LedgerCheckpoint: ledgerCheckpoint,
		ExportLedger:     exportLedger,
		StampLedger:      stampLedger,
		WitnessLedger:    witnessLedger,
		NewWitness:       newWitness,
		KeepCheckpoint:   keepCheckpoint,
		DiscardOriginal:  discardOriginal,
		ExplainLink:      explainLink,
		ReviewLinks:      reviewLinks,
		DecideLink:       decideLink,
		UndoDecision:     undoDecision,
		Account:          account,
		ImportRegister:   importRegister,
		Registers:        func(home string) ([]string, error) { return triage.Bench{Home: home}.Registers() },
		ListRegister:     listRegister,
		ShowRegister:     showRegister,
		AuditRegister:    auditRegister,
		SourceColumns:    triage.SourceColumns,
		OwnerPin:         ownerPin,
		OwnerAsk:         ownerAsk,
		OwnerAnswer:      ownerAnswer,
		AddClaim:         addClaim,
		ImportClaims:     importClaims,
		Serve:            serve,
		LetRead:          letRead,
		Readers:          readers,
		Collections:      collections,
		Claims:           listClaims,
		CompareClaims:    compareClaims,
		OpenClaim:        openClaim,
		NewHoney:         newHoney,
		AddHoney:         addHoney,
		ListHoney:        listHoney,
		ShowHoney:        showHoney,
		RetireHoney:      retireHoney,
		AddLeak:          addLeak,
		ListLeaks:        listLeaks,
		ShowLeak:         showLeak,
		RemoveLeak:       removeLeak,
		NewKey:           newKey,
		RotateKey:        rotateKey,
		ListKeys:         listKeys,
		DrillKinds:       drillKinds(),
		NewDrill:         newDrill,
		RunDrill:         runDrill,
		ScoreDrill:       scoreDrill,
		Demo:             demo,
		ReachRegister:    reachRegister,
	}
}

// bench is what a request's jobs work with.
func (c Common) bench() triage.Bench {
	return triage.Bench{
		Home: c.Home, Unlock: c.unlock(), Engine: duckdb.Open,
		Meter: c.Progress, Now: c.Now, Say: c.Say, Detail: c.Detail, Who: c.Who.String(), As: c.Who, Store: c.Store, Build: build(), Memory: c.Memory, Threads: c.Threads,
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
	res, err := r.bench().Assess(ctx, triage.AssessRequest{Paths: r.Paths, Case: r.Case, Claim: r.Claim, Map: r.Map, Register: r.Register, Links: r.Links, Passwords: r.Passwords, Fresh: r.Fresh})
	if res == nil {
		return nil, err
	}
	return &Outcome{Assessment: res.Assessment, Page: res.Page, JSON: res.JSON, Links: res.Links}, err
}

func importRegister(ctx context.Context, r ImportRequest) (*Imported, error) {
	b := r.bench()
	b.Keep = r.kept()
	res, err := b.Import(ctx, triage.ImportRequest{Register: r.Register, Source: r.Source, ID: r.ID, AsOf: r.AsOf, Map: r.Map, Fresh: r.Fresh, Told: r.Told.told()})
	if res == nil {
		return nil, err
	}
	return &Imported{
		History:  (*ToldRows)(res.Snapshot.History),
		Snapshot: snapshot(res.Register, res.Snapshot), Rows: res.Rows, Rejects: res.Rejects, Columns: res.Columns, Warnings: res.Warnings,
	}, err
}

func (t *Told) told() *triage.Told {
	if t == nil {
		return nil
	}
	return &triage.Told{
		Changes: t.Changes, Times: triage.Times{From: t.ValidFrom, To: t.ValidTo, Operation: t.Operation, Zone: t.Zone},
		Since: t.Since, Column: t.Column, Value: t.Value,
	}
}

func snapshot(register string, s register.Snapshot) Snapshot {
	return Snapshot{
		Register: register, ID: string(s.ID), AsOf: s.AsOf, Imported: s.Imported, Source: s.Source, SHA256: s.SHA256,
		People: s.People, Added: s.Added, Changed: s.Changed, Gone: s.Gone, Bytes: s.Bytes,
	}
}

func snapshots(register string, all []register.Snapshot) []Snapshot {
	out := make([]Snapshot, len(all))
	for i, s := range all {
		out[i] = snapshot(register, s)
	}
	return out
}

func listRegister(_ context.Context, r RegisterRequest) ([]Snapshot, error) {
	all, err := r.bench().Snapshots(r.Register)
	var out []Snapshot
	for _, reg := range all {
		out = append(out, snapshots(reg.Register, reg.Snapshots)...)
	}
	return out, err
}

func showRegister(ctx context.Context, r RegisterRequest) (*RegisterSummary, error) {
	name, sum, err := r.bench().Summary(ctx, r.Register)
	if err != nil {
		return nil, err
	}
	out := &RegisterSummary{Register: name, Key: sum.KeyID, People: sum.Known, Present: sum.People, Bytes: sum.Bytes, Columns: []ColumnSummary{}, Snapshots: snapshots(name, sum.Snapshots)}
	for _, col := range sum.Columns {
		out.Columns = append(out.Columns, ColumnSummary{Kind: col.Name, Filled: col.Filled, Distinct: col.Distinct})
	}
	return out, nil
}

func auditRegister(ctx context.Context, r RegisterRequest) (*Audit, error) {
	all, err := r.bench().Audit(ctx, r.Register)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		all = []triage.Audited{{Register: triage.MainRegister}} // an empty one holds
	}
	audit, problems := &Audit{Checks: []Check{}}, 0
	for _, is := range all {
		prefix := ""
		if len(all) > 1 {
			prefix = is.Register + ": "
		}
		for _, p := range is.Problems {
			audit.Checks = append(audit.Checks, Check{Name: prefix + "the register is what was imported", Detail: p})
			problems++
		}
		if len(is.Problems) == 0 {
			audit.Checks = append(audit.Checks, Check{
				Name: prefix + "every file is the one that was written, everybody has one number and one record id, and people add up",
				OK:   true, Detail: fmt.Sprintf("%d snapshots", is.Snapshots),
			})
		}
	}
	if problems > 0 {
		return audit, failure.New(failure.Attention, "Restore the register's folder from a backup, or import its snapshots anew.",
			"the register does not hold: %d problems", problems)
	}
	return audit, nil
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
