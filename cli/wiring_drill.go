package cli

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"constat.example/desk/claim"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
	"constat.example/triage"
)

// The drill and demo commands are the only ones that know of simulated
// agencies and of their truth.

func drillKinds() []DrillKind {
	var kinds []DrillKind
	for _, k := range scenario.Kinds() {
		kinds = append(kinds, DrillKind{Name: k.Name, What: lowerFirst(strings.TrimSuffix(k.About, "."))})
	}
	return kinds
}

func lowerFirst(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToLower(s[:n]) + s[n:]
}

// Folders and files of a drill that a run adds.
const (
	drillHome  = "home"
	drillLinks = "links.csv"
	drillFound = "assessment.json"
)

func newDrill(ctx context.Context, r DrillRequest) (*DrillMade, error) {
	c := scenario.Config{People: r.People, Seed: r.Seed, Daily: r.Daily, History: r.History, Accounts: scenario.Accounts(r.People), Threads: r.Threads, Progress: r.share("simulating the agency")}
	truth, err := scenario.Write(ctx, r.Out, c, r.Kind)
	if err != nil {
		return nil, err
	}
	made := &DrillMade{Out: r.Out, Kind: r.Kind, People: r.People, Seed: r.Seed, Dump: []string{truth.Dump}, Rows: int64(truth.Rows)}
	for _, s := range truth.Snapshots {
		made.Snapshots = append(made.Snapshots, filepath.Join("register", s.File))
	}
	for _, s := range truth.Second {
		made.Snapshots = append(made.Snapshots, filepath.Join("register-"+scenario.SecondRegister, s.File))
	}
	if truth.Changes != "" {
		made.Snapshots = append(made.Snapshots, filepath.Join("register", truth.Changes))
	}
	for _, e := range truth.Earlier {
		made.Earlier = append(made.Earlier, filepath.FromSlash(e.File))
	}
	return made, nil
}

// share tells the progress of work that knows only its share done.
func (c Common) share(stage string) func(done float64) {
	const whole = 1000
	c.Progress.Stage(stage, whole, "")
	told := int64(0)
	return func(done float64) {
		if n := int64(done * whole); n > told {
			c.Progress.Add(n - told)
			told = n
		}
	}
}

// runDrill plays a drill in a home of its own, made anew each time. Its key
// comes from the dump, so that equal drills give equal bytes: under another key
// short tokens collide elsewhere, which moves the last digits of the weights.
func runDrill(ctx context.Context, r DrillRunRequest) (*Outcome, error) {
	snapshots, err := filepath.Glob(filepath.Join(r.Dir, "register", "*.csv"))
	if err != nil {
		return nil, err
	}
	further, err := filepath.Glob(filepath.Join(r.Dir, "register-*", "*.csv"))
	if err != nil {
		return nil, err
	}
	dumps, err := filepath.Glob(filepath.Join(r.Dir, "dump.*"))
	if err != nil {
		return nil, err
	}
	if len(snapshots) == 0 || len(dumps) == 0 {
		return nil, failure.New(failure.BadInput, "Make one with: constat drill new --kind full-copy --out DIR.", "there is no drill in %s", r.Dir)
	}
	slices.Sort(snapshots)
	slices.Sort(further)
	b := r.bench()
	b.Home = filepath.Join(r.Dir, drillHome)
	b.Say = func(string) {} // its key is nobody's secret
	if err := os.RemoveAll(b.Home); err != nil {
		return nil, fmt.Errorf("clearing the run before: %w", err)
	}
	seed, err := digest(dumps)
	if err != nil {
		return nil, err
	}
	if err := b.NewDrillKey(seed); err != nil {
		return nil, err
	}
	for _, path := range slices.Concat(snapshots, further) {
		date, changes := strings.CutPrefix(strings.TrimSuffix(filepath.Base(path), ".csv"), "changes-")
		asOf, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return nil, failure.New(failure.BadInput, "Leave in register/ only the files that drill new wrote.", "the snapshot %s is not named by its date", path)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(filepath.Base(filepath.Dir(path)), "register"), "-") // "" is the main one
		request := triage.ImportRequest{Register: name, Source: path, AsOf: asOf}
		if changes { // named so that they come after the snapshot
			request.Told = &triage.Told{Changes: true}
		}
		if _, err := b.Import(ctx, request); failure.CodeOf(err) > failure.Attention {
			return nil, fmt.Errorf("importing %s: %w", path, err)
		}
	}
	if err := keepHoney(ctx, b, r.Dir); err != nil {
		return nil, err
	}
	if err := addEarlier(ctx, b, r.Dir); err != nil {
		return nil, err
	}
	claim := filepath.Join(r.Dir, "claim.yaml")
	if _, err := os.Stat(claim); errors.Is(err, fs.ErrNotExist) {
		claim = ""
	}
	res, err := b.Assess(ctx, triage.AssessRequest{Paths: dumps, Claim: claim, Links: filepath.Join(r.Dir, drillLinks)})
	if res == nil {
		return nil, err
	}
	if err := traceDrill(ctx, b, r.Dir, res); err != nil {
		return nil, err
	}
	// Beside the drill, where drill score finds it.
	text, readErr := os.ReadFile(res.JSON)
	if readErr != nil {
		return nil, readErr
	}
	if err := os.WriteFile(filepath.Join(r.Dir, drillFound), text, 0o600); err != nil {
		return nil, err
	}
	return &Outcome{Assessment: res.Assessment, Page: res.Page, JSON: res.JSON, Links: res.Links, Home: b.Home}, err
}

// traceDrill finds out who read the exposed people by the logs of a drill, where it has some.
func traceDrill(ctx context.Context, b triage.Bench, dir string, in *triage.Assessed) error {
	logs, err := filepath.Glob(filepath.Join(dir, "logs", "*"))
	if err != nil || len(logs) == 0 {
		return err
	}
	slices.Sort(logs)
	traced, err := b.Trace(ctx, triage.TraceRequest{Case: in.Assessment.Case, Logs: logs})
	if failure.CodeOf(err) > failure.Attention {
		return fmt.Errorf("tracing the logs: %w", err)
	}
	in.Assessment = traced.Assessment
	return nil
}

// keepHoney keeps the made-up people of a drill's agency, where it has some.
func keepHoney(ctx context.Context, b triage.Bench, dir string) error {
	folder := filepath.Join(dir, scenario.HoneyFolder)
	text, err := os.ReadFile(filepath.Join(folder, scenario.HoneyList))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var sets []scenario.HoneySet
	if err := json.Unmarshal(text, &sets); err != nil {
		return failure.New(failure.BadInput, "Make the drill anew.", "the drill's list of made-up people cannot be read: %w", err)
	}
	for _, s := range sets {
		if _, err := b.AddHoney(ctx, triage.HoneyRequest{Copy: s.Copy, Everywhere: s.Everywhere, AsOf: s.From, File: filepath.Join(folder, filepath.Base(s.File))}); err != nil {
			return err
		}
	}
	return nil
}

// addEarlier keeps the leaks of before that a drill comes with, by the names of
// their files.
func addEarlier(ctx context.Context, b triage.Bench, dir string) error {
	leaks, err := filepath.Glob(filepath.Join(dir, "earlier", "*"))
	if err != nil {
		return err
	}
	for _, path := range leaks {
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		if _, err := b.AddLeak(ctx, triage.LeakRequest{Paths: []string{path}, Name: name}); failure.CodeOf(err) > failure.Attention {
			return fmt.Errorf("keeping %s: %w", path, err)
		}
	}
	return nil
}

// digest is the SHA-256 of files, one after the other.
func digest(paths []string) ([]byte, error) {
	h := sha256.New()
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("reading the drill: %w", err)
		}
		_, err = io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("reading the drill: %w", err)
		}
	}
	return h.Sum(nil), nil
}

func scoreDrill(_ context.Context, r DrillRunRequest) (*Score, error) {
	if _, err := os.Stat(filepath.Join(r.Dir, drillFound)); errors.Is(err, fs.ErrNotExist) {
		return nil, failure.New(failure.BadInput, "Run it first: constat drill run "+quoteArg(r.Dir)+".", "the drill in %s has not been run", r.Dir)
	}
	s, err := score.Drill(r.Dir, filepath.Join(r.Dir, drillFound))
	if err != nil {
		return nil, err
	}
	out := &Score{
		Drill: r.Dir, Precision: s.Links.Precision, Recall: s.Links.Recall, F1: s.Links.F1,
		Links: s.Links.Found, TrueLinks: s.Links.True, Checks: []Check{},
	}
	for _, c := range s.Checks {
		out.Checks = append(out.Checks, Check{Name: c.Name, OK: c.OK, Detail: c.Detail})
	}
	return out, nil
}

// demoMonths are the snapshots of the demonstration: enough to tell current
// values from stale ones, few enough to be quick.
var demoMonths = []int{0, 8, 16, 23}

// demo plays an incident under the home, apart from the home's own register.
func demo(ctx context.Context, r DemoRequest) (*Played, error) {
	dir := filepath.Join(r.Home, "demo")
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("clearing the demonstration before: %w", err)
	}
	r.Say(fmt.Sprintf("Simulating an agency of %s, its register, and somebody who copies it, in %s.", people(int64(r.People)), dir))
	c := scenario.Config{People: r.People, Seed: r.Seed, Threads: r.Threads, Snapshots: demoMonths, Progress: r.share("simulating the agency")}
	is, err := scenario.Write(ctx, dir, c, "noisy")
	if err != nil {
		return nil, err
	}
	posted, err := claim.Read(filepath.Join(dir, "claim.yaml"))
	if err != nil {
		return nil, err
	}
	r.Say(fmt.Sprintf("On %s a post offers %s records of the agency, with %d kinds of data, for %s. Is it true, and who is in it?",
		posted.FirstSeen.Format(time.DateOnly), count(deref(posted.Claimed.Count)), len(posted.Claimed.Fields), posted.Price))
	r.Say(fmt.Sprintf("Importing %s of the register, then assessing the file, as register import and assess do.", plural(int64(len(is.Snapshots)), "snapshot")))
	run := DrillRunRequest{Common: r.Common, Dir: dir}
	outcome, err := runDrill(ctx, run)
	if outcome == nil {
		return nil, err
	}
	s, scoreErr := scoreDrill(ctx, run)
	return &Played{
		Outcome: outcome, Score: s,
		Theft: is.Theft, Persons: int64(is.Persons), Stale: int64(is.Stale), Mistyped: int64(is.Mistyped),
	}, errors.Join(err, scoreErr)
}

func deref(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
