package trace

import (
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/token"
)

// tokenOf is a token of a person, as scattered as real ones.
func tokenOf(person int) token.Token {
	return token.Token(rand.New(rand.NewPCG(uint64(person), 3)).Uint64() | 1)
}

// written writes the agency's reads as a table of accesses.
func (a *agency) written(t testing.TB, more ...access.Access) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "accesses.parquet")
	w, err := access.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []access.Access
	for i, reads := range a.reads {
		for j, r := range reads {
			all = append(all, access.Access{
				Time: (int64(r.day)*24+8+int64(j%9))*hourMicros + epoch, Line: int64(len(all) + 1), Record: tokenOf(r.person), Count: 1,
				Account: access.Name(i + 1), Address: access.Name(1000 + i), Session: access.Name(5000 + i), Office: access.Name(a.offices[i]), Action: access.Read,
			})
		}
	}
	if err := w.Write(append(all, more...)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	hourMicros = hourLong
	epoch      = int64(20_000 * day) // a day of 2024
)

func session(t testing.TB, accesses string, leaked []int) engine.Session {
	t.Helper()
	s, err := duckdb.Open(t.Context(), engine.Config{Dir: t.TempDir(), Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.View(t.Context(), "accesses", accesses); err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for _, p := range leaked {
		rows = append(rows, []any{tokenOf(p)})
	}
	if err := s.Load(t.Context(), "leaked", []string{"record"}, []string{"BIGINT"}, rows); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSQLCountsAsGoDoes: the statements and the counting in Go of the same reads agree, and
// so do the findings; and the theft is placed in its days and addresses.
func TestSQLCountsAsGoDoes(t *testing.T) {
	t.Parallel()
	a := newAgency(5, 6000, 80, 8, 42)
	leaked := a.some(900, -1)
	a.steal(leaked, 7)
	want, counts := a.judge(leaked, true)
	c := Config{
		Session: session(t, a.written(t), leaked), Accesses: "accesses", Leaked: "leaked", People: 6000,
		From: int64(a.from)*24*hourMicros + epoch, To: int64(a.to)*24*hourMicros + epoch - 1,
	}
	got, err := Run(t.Context(), c, Outlook{From: c.From, To: c.To})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Counts.Tallies, counts.Tallies) || got.Counts.Read != counts.Read || got.Counts.Leaked != counts.Leaked {
		t.Errorf("counted %+v, not %+v", got.Counts, counts)
	}
	if len(got.Suspects) != 1 || len(want.Suspects) != 1 || got.Suspects[0].Actor != 8 || got.Suspects[0].Exposed != 900 || got.Suspects[0].Read != want.Suspects[0].Read {
		t.Fatalf("suspects %+v, not %+v", got.Suspects, want.Suspects)
	}
	d := got.Details[0]
	if d.First < c.From || d.Last > c.To || d.First >= d.Last || len(d.Addresses) != 1 || d.Addresses[0].Name != 1007 || d.Sessions[0].Name != 5007 || d.Addresses[0].Reads < 900 {
		t.Errorf("detail %+v", d)
	}
	if len(got.Spots) != 0 {
		t.Errorf("blind spots %+v", got.Spots)
	}
}

// TestBlindSpots: each is found, and what does not bear on the window is not.
func TestBlindSpots(t *testing.T) {
	t.Parallel()
	a := newAgency(6, 3000, 40, 4, 42)
	leaked := a.some(500, -1)
	in := int64(a.from+2)*24*hourMicros + epoch + 3*hourMicros
	path := a.written(t,
		access.Access{Time: in, Account: 90, Action: access.Copy, Count: -1},
		access.Access{Time: in + 5, Account: 91, Action: access.Export, Count: 100},
		access.Access{Time: epoch, Account: 92, Action: access.Copy, Count: -1}, // before the window
		access.Access{Time: in, Action: access.Logging, Account: 90, Count: -1},
		access.Access{Time: in, Action: access.Login, Account: 93, Count: -1},
		access.Access{Time: in, Action: access.Read, Record: tokenOf(leaked[0]), Count: 1},
	)
	c := Config{
		Session: session(t, path, leaked), Accesses: "accesses", Leaked: "leaked", People: 3000,
		From: int64(a.from)*24*hourMicros + epoch, To: int64(a.to)*24*hourMicros + epoch - 1,
	}
	o := Outlook{
		From: c.From, To: c.To, Sources: []Source{{Lines: 110, Used: 100, Entries: 100, Rejected: 10}},
		Outlets: []Outlet{
			{Name: "nightly", Kind: "backup", Share: 1},
			{Name: "old", Kind: "replica", Share: 1, To: epoch},
			{Name: "seen", Kind: "replica", Share: 1, Logged: true},
			{Name: "mutuelle", Kind: "partner", Share: 0.4},
		},
	}
	got, err := Run(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	type told struct {
		code, name string
		share      float64
	}
	var all []told
	for _, s := range got.Spots {
		all = append(all, told{s.Code, s.Name, s.Share})
	}
	want := []told{
		{BulkStatement, "", 1},
		{LoggingChanged, "", 1},
		{Declared, "nightly", 1},
		{UnseenAccounts, "", 1},
		{Declared, "mutuelle", 0.4},
		{BulkStatement, "", 0.2},
		{CountsOnly, "", 0.2},
		{RejectedLines, "", 0.02},
		{UnknownReader, "", 0.002},
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("blind spots\n%+v, not\n%+v", all, want)
	}
	if got.Nobody <= 0.5 {
		t.Errorf("nobody %.3f: %+v", got.Nobody, got.Suspects)
	}
}

// TestSilence: hours without a line count where other weeks have many lines in them.
func TestSilence(t *testing.T) {
	t.Parallel()
	var hours []hour
	for h := range int64(8 * 168) {
		if h%24 < 8 || h >= 500 && h < 520 || h%168 == 132 {
			continue
		}
		hours = append(hours, hour{0, h, 9})
	}
	// A quiet log, in which now and then an hour has no line by chance.
	for h := range int64(8 * 168) {
		if h%9 != 0 {
			hours = append(hours, hour{1, h, 2})
		}
	}
	got := silences(hours, Outlook{})
	if len(got) != 1 || got[0].Count != 12 || got[0].From != 500*hourMicros || got[0].To != 520*hourMicros {
		t.Errorf("silences %+v", got)
	}
	if got := silences(hours, Outlook{From: 600 * hourMicros, To: 700 * hourMicros}); len(got) != 0 {
		t.Errorf("outside of the window: %+v", got)
	}
}

// TestAnotherField: logs that name other ids than the register's are refused.
func TestAnotherField(t *testing.T) {
	t.Parallel()
	a := newAgency(7, 3000, 20, 4, 30)
	var others []int
	for i := range 200 {
		others = append(others, 100_000+i)
	}
	s := session(t, a.written(t), others)
	got, err := Run(t.Context(), Config{Session: s, Accesses: "accesses", Leaked: "leaked", People: 3000}, Outlook{})
	if err != nil || got.Refused != NoJoin {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Run(t.Context(), Config{Session: session(t, a.written(t), nil), Accesses: "accesses", Leaked: "leaked", People: 3000}, Outlook{}); err != nil {
		t.Errorf("of nobody: %v", err)
	}
}
