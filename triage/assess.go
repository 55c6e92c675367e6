package triage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/verdict"
	"constat.example/clear/column"
	"constat.example/clear/dump"
	"constat.example/clear/seal"
	"constat.example/clear/table"
	"constat.example/desk/assessment"
	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/desk/report"
	"constat.example/internal/failure"
)

// samples is how many rows of a table are looked at to tell what its columns
// hold.
const samples = 20_000

// Files of a case that an assessment writes.
const (
	assessmentFile = "assessment.json"
	pageFile       = "assessment.html"
)

// AssessRequest asks for a dump to be assessed.
type AssessRequest struct {
	Paths []string // none: the originals that the case holds
	Case  string   // id; "": named after the dump
	Claim string   // file, or number of one of the case; "": the latest of the case, if it has one
	Map   string   // file, or ""
	// Register names the one to compare with; EveryRegister: the likeliest of all;
	// "": the one that was named for the case before, else the likeliest
	Register string
	Links    string // file to write links to, ending in .csv or .parquet; or ""

	Passwords [][]byte // tried on what of the dump is encrypted
	Fresh     bool     // use nothing that an earlier run made
}

// Assessed is an assessment and where it was put.
type Assessed struct {
	Assessment        *assessment.Assessment
	Page, JSON, Links string
}

// Assess assesses a dump against the register of the home: the main job. It
// seals the files in the case before anything is read from them, reads them
// through the seal, and keeps the assessment, its page and the dump's tokens.
func (b Bench) Assess(ctx context.Context, req AssessRequest) (_ *Assessed, err error) {
	b = b.withDefaults()
	b.bound()
	out := assessment.New()
	watch := b.stopwatch(out.Timings)
	if err := checkLinks(req.Links); err != nil {
		return nil, err
	}
	if err := checkCase(req.Case); err != nil {
		return nil, err
	}
	columnMap, err := readMap(req.Map)
	if err != nil {
		return nil, err
	}
	asserted, err := b.asserted(req.Claim, req.Case)
	if err != nil {
		return nil, err
	}
	out.Size.Claimed = asserted.count()

	with, err := b.against(req.Register)
	if err != nil {
		return nil, err
	}
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	key, err := ring.Open(with.asked[0].Manifest().KeyID, b.Unlock)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()

	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	had, err := roomIn(b.Home)
	if err != nil {
		return nil, err
	}
	defer func() { err = had.told(err) }()
	given, err := b.originals(ctx, req, key, dir)
	if err != nil {
		return nil, err
	}
	defer given.close()
	defer func() { b.stay(given, err) }()
	act, err := b.begin(ledger.Assess, onCase(given.caseID), sums(given.list)...)
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	if err := with.asBefore(b, given.caseID, req.Register); err != nil {
		return nil, err
	}
	watch.lap("receive")
	var d *crossed
	if err := b.inSession(ctx, dir, func(s engine.Session) (err error) {
		d, err = b.cross(ctx, crossing{
			given: given, passwords: req.Passwords, columnMap: columnMap, key: key, registers: with.known, session: s, dir: dir, watch: watch, fresh: req.Fresh,
		})
		return err
	}); err != nil {
		return nil, err
	}
	plan := d.plan
	out.Case, out.Inputs = given.caseID, given.inputs()
	fillRows(out, d.tables, d.account)
	fillColumns(out, d.columns, plan.counts)

	reg, err := b.owner(ctx, out, d, with.asked)
	if err != nil {
		return nil, err
	}
	s, err := b.session(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	out.Register.Name, out.Register.Named = reg.name, with.named
	manifest := reg.Manifest()
	if err := reg.Views(ctx, s); err != nil {
		return nil, err
	}
	watch.lap("choose")
	ties, err := plan.ties.find(ctx, s, &plan)
	if err != nil {
		return nil, err
	}
	last := reg.last()
	decided, err := b.rulings(out.Case, out.Inputs)
	if err != nil {
		return nil, err
	}
	planted, err := b.plant(ctx, s, manifest)
	if err != nil {
		return nil, err
	}
	linked, err := link.Run(ctx, link.Config{
		Session: s, Tokens: []string{plan.tokens}, Lexicon: []string{plan.lexicon},
		Dump: plan.layout, Register: manifest.Layout, People: last.People, Filled: last.Filled, Meter: b.Meter, Ties: ties,
		Rulings: decided.taken, Unreal: planted.unreal(),
	})
	if err != nil {
		return nil, err
	}
	watch.lap("link")
	if err := plan.spoken.hear(ctx, linked, manifest.Layout, out); err != nil {
		return nil, err
	}
	watch.lap("hear")
	if err := fillFindings(ctx, out, manifest, linked); err != nil {
		return nil, err
	}
	b.Meter.Stage("dating the copy", 0, "")
	changes, dated, err := fillWindow(ctx, out, s, manifest, linked, asserted.claim())
	if err != nil {
		return nil, err
	}
	if err := errors.Join(planted.fill(ctx, out, s, plan.layout, linked), planted.date(out)); err != nil {
		return nil, err
	}
	watch.lap("date")
	fillTies(out, ties, linked)
	decided.fill(out, linked.Ruled)
	if n := len(out.Decided.Void); n > 0 {
		b.Say(fmt.Sprintf("Of the decisions about links, %d could not be applied; \"constat link review %s --decided\" says which, and why.", n, out.Case))
	}
	if err := fillCertainty(ctx, out, linked); err != nil {
		return nil, err
	}
	before, err := b.fillRecycled(ctx, out, s, manifest, &plan, asserted.claim())
	if err != nil {
		return nil, err
	}
	watch.lap("compare")
	if err := fillOrigin(ctx, out, manifest, linked, plan.shapes, changes, dated, planted.weigh, func(e *verdict.Evidence) { e.Out = before }); err != nil {
		return nil, err
	}
	if err := b.fillOwnership(out); err != nil {
		return nil, err
	}
	size, err := b.fillSize(ctx, out, s, manifest, linked, d, key)
	if err != nil {
		return nil, err
	}
	if err := b.fillTrace(ctx, out, s, manifest); err != nil {
		return nil, err
	}
	watch.lap("judge")
	asserted.fill(out)
	if err := errors.Join(reconcile(out), plan.spoken.adds(out.Exposures)); err != nil {
		return nil, err
	}
	res, err := b.keep(ctx, out, req, plan, linked, manifest, key, watch)
	if err != nil {
		return nil, err
	}
	if err := b.keepSize(out.Case, size); err != nil {
		return nil, err
	}
	return res, attention(out)
}

var caseID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// caseOf names a case after what it is about, so that the same dump gives the
// same name.
func caseOf(inputs []evidence.Original) string {
	h := sha256.New()
	for _, in := range inputs {
		fmt.Fprintln(h, in.SHA256)
	}
	return "dump-" + hex.EncodeToString(h.Sum(nil))[:12]
}

func columnsOf(typed []column.Column, sample *table.Batch) seal.Columns {
	c := seal.Columns{Kinds: make([]kind.Kind, len(typed)), MonthFirst: make([]bool, len(typed))}
	for i, col := range typed {
		c.Kinds[i] = col.Kind
		c.MonthFirst[i] = col.Kind.Family() == kind.Date && column.MonthFirst(sample, i)
	}
	return c
}

func fillRows(out *assessment.Assessment, tables []dump.Table, a *dump.Account) {
	out.Bytes = assessment.Bytes{Total: a.BytesTotal, Accounted: a.BytesAccounted}
	out.Rows = assessment.Rows{Read: a.Read, Rejected: a.Rejected, Repaired: a.Repaired}
	out.Rejects = rejects(a.Rejects)
	for i, t := range tables {
		out.Tables = append(out.Tables, assessment.Table{
			Name: t.Name, Format: t.Format, Dialect: t.Dialect, Rows: a.TableRows[i], Rejected: a.TableRejected[i],
		})
	}
}

func rejects(rs []dump.Reject) []assessment.Reject {
	all := make([]assessment.Reject, len(rs))
	for i, r := range rs {
		all[i] = assessment.Reject{File: r.Name, Reason: r.Reason, Count: r.Count, Bytes: r.Bytes, First: []assessment.Place{}}
		for _, p := range r.First {
			all[i].First = append(all[i].First, assessment.Place{Offset: p.Offset, Row: p.Row})
		}
	}
	return all
}

func fillColumns(out *assessment.Assessment, columns [][]column.Column, counts [][]seal.Count) {
	for t := range columns {
		out.Columns = append(out.Columns, describe(t, columns[t], counts[t])...)
	}
}

func describe(t int, columns []column.Column, counts []seal.Count) []assessment.Column {
	all := make([]assessment.Column, len(columns))
	for i, c := range columns {
		n := counts[i]
		evidence := append([]string{}, c.Evidence...)
		for _, r := range n.Reasons {
			evidence = append(evidence, fmt.Sprintf("%d cells: %s", r.Cells, r.Reason))
		}
		all[i] = assessment.Column{
			Table: t, Name: c.Name, Kind: c.Kind, Confidence: probability(c.Confidence), Evidence: evidence,
			Filled: n.Filled, Valid: n.Valid, Odd: n.Odd, Invalid: n.Invalid,
		}
	}
	return all
}

// probability keeps what is worth reading of a probability, without making it
// a certainty.
func probability(p float64) float64 {
	if x := rounded(p); x < 1 || p >= 1 {
		return x
	}
	return 0.9999
}

// rounded keeps what is worth reading of a share.
func rounded(x float64) float64 { return float64(int64(x*10_000+0.5)) / 10_000 }

func fillFindings(ctx context.Context, out *assessment.Assessment, m register.Manifest, linked *link.Result) error {
	first, last := m.Snapshots[0], m.Snapshots[len(m.Snapshots)-1]
	out.Register.People, out.Register.Snapshots = last.People, len(m.Snapshots)
	out.Register.From, out.Register.To = first.AsOf.UTC().Format(time.RFC3339), last.AsOf.UTC().Format(time.RFC3339)
	out.Linked = assessment.Linked{
		Rows: linked.Linked, Persons: linked.Persons, Ambiguous: linked.Ambiguous,
		Unlinked: linked.Rows - linked.Linked - linked.Ambiguous,
	}
	exposed, stale, err := linked.Exposures(ctx)
	if err != nil {
		return err
	}
	out.Exposures.Persons = linked.Persons - linked.Unreal + out.Exposures.FreeText.Only
	out.Exposures.Stale = stale
	for _, e := range exposed {
		out.Exposures.ByKind[e.Kind.String()] = e.People
		out.Exposures.Kinds = append(out.Exposures.Kinds, assessment.Exposure{
			Kind: e.Kind, People: e.People, Current: e.Current, Stale: e.Stale, Unconfirmed: e.Unconfirmed,
			FreeText: out.Exposures.FreeText.ByKind[e.Kind.String()],
		})
	}
	for _, a := range linked.Aspects {
		w := assessment.Aspect{Name: a.Name}
		for _, l := range a.Levels {
			w.Levels = append(w.Levels, assessment.Level{Name: l.Name, Match: significant(l.Match), Chance: significant(l.Chance), Weight: rounded(l.Weight())})
		}
		out.Weights = append(out.Weights, w)
	}
	if len(linked.Aspects) == 0 {
		out.Notes = append(out.Notes, "No column of the dump holds a kind of data that the register holds too: nothing could be compared. A map file (--map) can say what the columns are.")
	}
	return nil
}

// significant keeps four significant digits of a rate.
func significant(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// reconcile checks law 4: everything adds up.
func reconcile(out *assessment.Assessment) error {
	if out.Bytes.Total != out.Bytes.Accounted {
		return fmt.Errorf("the bytes do not add up: %d of %d accounted for", out.Bytes.Accounted, out.Bytes.Total)
	}
	if l := out.Linked; l.Rows+l.Ambiguous+l.Unlinked != out.Rows.Read || l.Unlinked < 0 {
		return fmt.Errorf("the rows do not add up: %d linked, %d ambiguous and %d unlinked of %d read", l.Rows, l.Ambiguous, l.Unlinked, out.Rows.Read)
	}
	for _, e := range out.Exposures.Kinds {
		if e.Unconfirmed < 0 {
			return fmt.Errorf("the people exposed by %s do not add up: %d current and %d stale of %d", e.Kind, e.Current, e.Stale, e.People)
		}
	}
	return nil
}

// attention is what the user must be told although the job is done.
func attention(out *assessment.Assessment) error {
	if len(out.Rejects) == 0 {
		return nil
	}
	pieces := int64(0)
	for _, r := range out.Rejects {
		pieces += r.Count
	}
	if pieces == 1 {
		return failure.New(failure.Attention, "The assessment says where it stands and why; the rest was read.", "a piece of the dump could not be read")
	}
	return failure.New(failure.Attention, "The assessment says where they stand and why; the rest was read.", "%d pieces of the dump could not be read", pieces)
}

// keep writes everything into the case, all of it or nothing.
func (b Bench) keep(ctx context.Context, out *assessment.Assessment, req AssessRequest, plan sealing, linked *link.Result, m register.Manifest, key *seal.Key, watch *stopwatch) (_ *Assessed, err error) {
	b.Meter.Stage("writing", 0, "")
	res := &Assessed{Assessment: out}
	if req.Links != "" {
		if err := writeLinks(ctx, req.Links, linked, key); err != nil {
			return nil, err
		}
		res.Links = req.Links
	}
	// What is half-written when the job is killed lies in its own folder, which
	// the next job clears away.
	exposures := filepath.Join(plan.dir, "exposures.parquet")
	if err := linked.Keep(ctx, exposures); err != nil {
		return nil, err
	}
	if err := keepLinks(ctx, plan.dir, linked, m); err != nil {
		return nil, err
	}
	dir := b.CaseDir(out.Case)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, homeError(b.Home, err)
	}
	for _, f := range [][2]string{
		{plan.tokens, keptTokens},
		{plan.lexicon, keptLexicon},
		{exposures, "exposures.parquet"},
		{filepath.Join(plan.dir, modelFile), modelFile},
		{filepath.Join(plan.dir, linksFile), linksFile},
		{filepath.Join(plan.dir, candidatesFile), candidatesFile},
	} {
		if err := os.Rename(f[0], filepath.Join(dir, f[1])); err != nil {
			return nil, err
		}
	}
	if err := plan.spoken.keep(dir); err != nil {
		return nil, err
	}
	watch.lap("write")
	if res.Page, res.JSON, err = b.writeAssessment(ctx, dir, plan.dir, out); err != nil {
		return nil, err
	}
	return res, b.establish(out)
}

// writeAssessment writes an assessment and its page into the folder of a case, by
// way of that of the job.
func (b Bench) writeAssessment(ctx context.Context, dir, job string, out *assessment.Assessment) (pagePath, jsonPath string, err error) {
	duties, err := b.dutiesOf(ctx, out.Case)
	if err != nil { // the assessment is worth more than a line of its page
		b.Say(fmt.Sprintf("The page does not tell the deadlines of the case: %s.", err))
	}
	pagePath, jsonPath = filepath.Join(dir, pageFile), filepath.Join(dir, assessmentFile)
	page, err := renameio.NewPendingFile(pagePath, renameio.WithPermissions(0o600), renameio.WithTempDir(job))
	if err != nil {
		return "", "", err
	}
	defer page.Cleanup() //nolint:errcheck // after a successful replacement there is nothing left to clean
	if err := report.Page(page, out, time.Time{}, duties...); err != nil {
		return "", "", fmt.Errorf("drawing the page: %w", err)
	}
	if err := page.CloseAtomicallyReplace(); err != nil {
		return "", "", err
	}
	file, err := renameio.NewPendingFile(jsonPath, renameio.WithPermissions(0o600), renameio.WithTempDir(job))
	if err != nil {
		return "", "", err
	}
	defer file.Cleanup() //nolint:errcheck // as above
	if err := out.Write(file); err != nil {
		return "", "", err
	}
	return pagePath, jsonPath, file.CloseAtomicallyReplace()
}

// mapFile is a map file as read; its columns must stand in some table.
type mapFile struct {
	path string
	m    column.Map
}

func readMap(path string) (mapFile, error) {
	if path == "" {
		return mapFile{}, nil
	}
	m, err := column.ReadMap(path)
	return mapFile{path, m}, err
}

// of is the part of the map that a table's columns can use.
func (f mapFile) of(names []string) column.Map {
	part := column.Map{}
	for name, k := range f.m {
		if hasColumn(names, name) {
			part[name] = k
		}
	}
	return part
}

// known checks that every column of the map is in some table.
func (f mapFile) known(tables []dump.Table) error {
	var all []string
	for _, t := range tables {
		all = append(all, t.Columns...)
	}
	for _, name := range slices.Sorted(maps.Keys(f.m)) {
		if !hasColumn(all, name) {
			return failure.New(failure.BadInput, fmt.Sprintf("The columns are %q.", all), "the map file %s names a column %q that the dump does not have", f.path, name)
		}
	}
	return nil
}

func hasColumn(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.TrimSpace(n) == strings.TrimSpace(name) })
}

func checkLinks(path string) error {
	if path == "" {
		return nil
	}
	if ext := filepath.Ext(path); !strings.EqualFold(ext, ".csv") && !strings.EqualFold(ext, ".parquet") {
		return failure.New(failure.Usage, "Name a file that ends in .csv or .parquet.", "links cannot be written as %q", ext)
	}
	switch st, err := os.Stat(filepath.Dir(path)); {
	case errors.Is(err, fs.ErrNotExist):
		return failure.New(failure.BadInput, "Make the folder first.", "the folder of the links file, %s, does not exist", filepath.Dir(path))
	case err == nil && !st.IsDir():
		return failure.New(failure.BadInput, "Name a file in a folder.", "the folder of the links file, %s, is a file", filepath.Dir(path))
	}
	return nil
}
