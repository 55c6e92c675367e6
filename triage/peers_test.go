//go:build eval && linux

package triage_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
)

// TestPeers runs the built command and its peers over the same files and prints
// what each took and how well it linked. "make bench-peers" calls it, docs/peers.md
// says how each is configured. SETS and PEERS choose, by name and separated
// by blanks; PEERS_LIMIT is when a run is given up.
func TestPeers(t *testing.T) {
	root := os.Getenv("CONSTAT_BENCH")
	if root == "" {
		t.Skip("make bench-peers runs it")
	}
	limit := 30 * time.Minute
	if text := os.Getenv("PEERS_LIMIT"); text != "" {
		var err error
		if limit, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	wanted := strings.Fields(cmp.Or(os.Getenv("SETS"), "febrl4 insee noisy 100k 1m"))
	if os.Getenv("CONSTAT_BENCH_NATION") == "1" && !slices.Contains(wanted, "nation") {
		wanted = append(wanted, "nation")
	}
	tools := strings.Fields(cmp.Or(os.Getenv("PEERS"), "constat splink4 splink5 recordlinkage floor"))
	var all []peerRun
	for _, name := range wanted {
		s := peerSet(t, root, name)
		warm(t, s)
		for _, tool := range tools {
			for _, r := range s.run(t, tool, limit) {
				r.Set, r.Date = s.name, time.Now().UTC().Format(time.DateOnly)
				r.keep(t, filepath.Join(root, "peers.jsonl"))
				fmt.Printf("    %s\n", r.line())
				all = append(all, r)
			}
		}
	}
	fmt.Printf("\n%s\n%s\n", machine(), peerHead)
	for _, r := range all {
		fmt.Println(r.line())
	}
}

// labelledPair is a register and a dump of it whose true links are known.
type labelledPair struct {
	name      string
	dump      string
	snapshots []string // of the register, the newest last
	id, key   string   // the record id; the column that the floor joins
	mapFile   string   // for Constat
	truth     string   // row, record_id
	current   string   // the same, of the records that the newest snapshot has
	huge      bool     // more than peers can be expected to hold
}

func (s *labelledPair) newest() string { return s.snapshots[len(s.snapshots)-1] }

// peerSet lays a set out under root, where it is not there yet.
func peerSet(t *testing.T, root, name string) *labelledPair {
	t.Helper()
	const folder = "linkage-insee-appariement/synthetic_data_10000_"
	switch name {
	case "febrl4":
		return filedPair(t, filepath.Join(root, name), "FEBRL 4", "soc_sec_id",
			labelled(t, "linkage-febrl/dataset4a.csv.gz"), labelled(t, "linkage-febrl/dataset4b.csv.gz"))
	case "insee":
		return filedPair(t, filepath.Join(root, name), "INSEE's pair", "surname",
			without(labelled(t, folder+"A.csv.gz"), "sorting_key"), without(labelled(t, folder+"B.csv.gz"), "sorting_key"))
	case "noisy":
		dir := filepath.Join(root, "200000-100000-noisy")
		if _, err := os.Stat(filepath.Join(dir, "truth", "truth.json")); err != nil {
			c := scenario.Config{People: 200_000, Seed: 78, Snapshots: []int{11, 23}}
			if _, err := scenario.Write(context.Background(), dir, c, "noisy", func(t *scenario.Theft) { t.Months, t.Sample = 12.5, 100_000 }); err != nil {
				t.Fatal(err)
			}
		}
		return keepCurrent(t, simulatedPair(t, dir, "noisy 100k × 200k", "courriel", ""))
	case "100k":
		return keepCurrent(t, simulatedPair(t, incident(t, 200_000, 100_000), "copy 100k × 200k", "nir", "map.yaml"))
	case "1m":
		return keepCurrent(t, simulatedPair(t, incident(t, 2_000_000, 1_000_000), "copy 1M × 2M", "nir", "map.yaml"))
	case "nation":
		s := simulatedPair(t, incident(t, 40_000_000, 19_000_000), "copy 19M × 40M", "nir", "map.yaml")
		s.huge = true
		return s
	}
	t.Fatalf("SETS names %q; there are febrl4, insee, noisy, 100k, 1m, nation", name)
	return nil
}

func simulatedPair(t *testing.T, dir, name, key, mapFile string) *labelledPair {
	t.Helper()
	snapshots, err := filepath.Glob(filepath.Join(dir, "register", "*.csv"))
	if err != nil || len(snapshots) == 0 {
		t.Fatalf("no register in %s: %v", dir, err)
	}
	slices.Sort(snapshots)
	if mapFile != "" {
		mapFile = filepath.Join(dir, mapFile)
	}
	return &labelledPair{
		name: name, dump: filepath.Join(dir, "dump.csv"), snapshots: snapshots, id: "identifiant", key: key,
		mapFile: mapFile, truth: filepath.Join(dir, "truth", "links.csv"),
	}
}

// keepCurrent writes the true links to people who are in the newest snapshot still:
// who is given that snapshot alone cannot find the others.
func keepCurrent(t *testing.T, s *labelledPair) *labelledPair {
	t.Helper()
	f, err := os.Open(s.newest())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.ReuseRecord = ';', true
	there := map[string]bool{}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		there[strings.Clone(cells[0])] = true
	}
	truth := [][]string{{"row", "record_id"}}
	for l, err := range score.Read(s.truth) {
		if err != nil {
			t.Fatal(err)
		}
		if there[l.RecordID] {
			truth = append(truth, []string{strconv.FormatInt(l.Row, 10), l.RecordID})
		}
	}
	s.current = filepath.Join(filepath.Dir(s.truth), "current.csv")
	writeCSV(t, s.current, truth)
	return s
}

// filedPair writes a set whose truth stands in the record ids.
func filedPair(t *testing.T, dir, name, key string, register, dump [][]string) *labelledPair {
	t.Helper()
	s := &labelledPair{
		name: name, dump: filepath.Join(dir, "dump.csv"), snapshots: []string{filepath.Join(dir, "register.csv")},
		id: register[0][0], key: key, truth: filepath.Join(dir, "links.csv"), current: filepath.Join(dir, "links.csv"),
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	inRegister := map[string]string{} // person → record id
	for _, r := range register[1:] {
		inRegister[person(r[0])] = r[0]
	}
	truth := [][]string{{"row", "record_id"}}
	for i, r := range dump[1:] {
		if id, ok := inRegister[person(r[0])]; ok {
			truth = append(truth, []string{strconv.Itoa(i + 1), id})
		}
	}
	writeCSV(t, s.newest(), register)
	writeCSV(t, s.dump, without(dump, dump[0][0]))
	writeCSV(t, s.truth, truth)
	return s
}

// warm reads the files once, so that nobody pays for being the first.
func warm(t *testing.T, s *labelledPair) {
	t.Helper()
	for _, path := range append([]string{s.dump}, s.snapshots...) {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, f)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// peerRun is one tool on one set. Times are in seconds, memory in bytes.
type peerRun struct {
	Date    string `json:"date"`
	Set     string `json:"set"`
	Tool    string `json:"tool"`
	Version string `json:"version,omitempty"`

	Before   *spent             `json:"before,omitempty"` // to make ready what is kept: register import, Parquet
	Spent    spent              `json:"spent"`
	Steps    map[string]float64 `json:"steps,omitempty"` // as the tool tells them
	Compared int64              `json:"compared,omitempty"`

	Links *score.Ratio `json:"links,omitempty"`     // at a probability of one half; of Constat, all it links
	Best  *score.Ratio `json:"best,omitempty"`      // at the threshold that gives the best F1, chosen by the truth
	At    float64      `json:"threshold,omitempty"` // that threshold
	Note  string       `json:"note,omitempty"`      // why it did not come to an end
}

// spent is what a command took, its children included.
type spent struct {
	Wall float64 `json:"wall"`
	CPU  float64 `json:"cpu"`
	Peak int64   `json:"peak"` // sum of the resident sets, at its highest
}

func (s *spent) add(o spent) {
	s.Wall, s.CPU, s.Peak = s.Wall+o.Wall, s.CPU+o.CPU, max(s.Peak, o.Peak)
}

const peerHead = "set                 tool                       before s   wall s    CPU s  peak MiB  precision    recall        F1    best F1"

func (r *peerRun) line() string {
	before := ""
	if r.Before != nil {
		before = fmt.Sprintf("%.1f", r.Before.Wall)
	}
	line := fmt.Sprintf("%-19s %-26s %8s %8.1f %8.1f %9.0f", r.Set, r.Tool, before, r.Spent.Wall, r.Spent.CPU, float64(r.Spent.Peak)/(1<<20))
	if l := r.Links; l != nil {
		line += fmt.Sprintf("  %9.5f %9.5f %9.5f", l.Precision, l.Recall, l.F1)
	}
	if r.Best != nil {
		line += fmt.Sprintf("  %9.5f at %.6f", r.Best.F1, r.At)
	}
	if r.Note != "" {
		line += "  " + r.Note
	}
	return line
}

// keep adds the run to a file of JSON lines.
func (r *peerRun) keep(t *testing.T, path string) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// run runs one tool, in each of the ways that it is measured.
func (s *labelledPair) run(t *testing.T, tool string, limit time.Duration) []peerRun {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(s.dump), "run-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	links := filepath.Join(dir, "links.csv")
	switch tool {
	case "constat":
		runs := []peerRun{s.constat(t, "Constat", dir, s.snapshots, s.truth, limit)}
		if len(s.snapshots) > 1 && !s.huge {
			runs = append(runs, s.constat(t, "Constat, newest snapshot", dir, s.snapshots[len(s.snapshots)-1:], s.current, limit))
		}
		return runs
	case "splink4", "splink5":
		if s.huge {
			return nil
		}
		r := peerRun{Tool: "Splink " + tool[len("splink"):]}
		s.python(t, &r, tool, limit, "with_splink.py", s.dump, s.newest(), s.id, links)
		r.score(t, s.current, links)
		return []peerRun{r}
	case "recordlinkage":
		if s.huge {
			return nil
		}
		r := peerRun{Tool: "recordlinkage"}
		s.python(t, &r, tool, limit, "with_recordlinkage.py", s.dump, s.newest(), s.id, links)
		r.score(t, s.current, links)
		return []peerRun{r}
	case "floor":
		const program, environment = "floor.py", "floor"
		fromCSV, fromParquet, before := peerRun{Tool: "floor, register CSV"}, peerRun{Tool: "floor, register Parquet"}, peerRun{}
		s.python(t, &fromCSV, environment, limit, program, "csv", s.dump, s.newest(), s.key)
		s.python(t, &before, environment, limit, program, "prepare", s.dump, s.newest(), s.key)
		defer os.Remove(s.newest() + ".parquet")
		s.python(t, &fromParquet, environment, limit, program, "parquet", s.dump, s.newest(), s.key)
		fromParquet.Before = &before.Spent
		return []peerRun{fromCSV, fromParquet}
	}
	t.Fatalf("PEERS names %q; there are constat, splink4, splink5, recordlinkage, floor", tool)
	return nil
}

// constat imports the snapshots into a new home and assesses the dump there.
func (s *labelledPair) constat(t *testing.T, name, dir string, snapshots []string, truth string, limit time.Duration) peerRun {
	t.Helper()
	r := peerRun{Tool: name, Before: &spent{}}
	home, links := filepath.Join(dir, "home"), filepath.Join(dir, "constat.csv")
	defer os.RemoveAll(home)
	program := func(args ...string) (spent, []byte, error) {
		took, text, err := measure(exec.Command(filepath.Join("..", "bin", "constat"), append([]string{"--home", home}, args...)...), limit)
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == int(failure.Attention) {
			err = nil // done, and rows need a look
		}
		return took, text, err
	}
	_, version, err := program("--version")
	if err != nil {
		t.Fatal(err)
	}
	r.Version = strings.TrimSpace(string(version))
	for i, path := range snapshots {
		args := []string{"register", "import", path, "--id", s.id}
		if s.mapFile != "" {
			args = append(args, "--map", s.mapFile)
		}
		if len(s.snapshots) == 1 {
			args = append(args, "--as-of", fmt.Sprintf("2024-%02d-01", i+1))
		}
		took, _, err := program(args...)
		if r.Before.add(took); err != nil {
			r.Note = "register import: " + err.Error()
			return r
		}
	}
	took, text, err := program("assess", s.dump, "--links", links, "--json")
	r.Spent = took
	if err != nil {
		r.Note = "assess: " + err.Error()
		return r
	}
	var told struct {
		Timings map[string]float64 `json:"timings"`
	}
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	r.Steps = told.Timings
	report, err := score.Links(truth, links)
	if err != nil {
		t.Fatal(err)
	}
	r.Links = &report.Pairs
	return r
}

// python runs a program of testdata/peer in its environment and takes what it
// tells of itself.
func (s *labelledPair) python(t *testing.T, r *peerRun, environment string, limit time.Duration, program string, args ...string) {
	t.Helper()
	python := filepath.Join("..", ".cache", "peers", environment, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		r.Note = "not run: its Python packages could not be had"
		return
	}
	// -B leaves no compiled files among the sources.
	took, text, err := measure(exec.Command(python, append([]string{"-B", filepath.Join("testdata", "peer", program)}, args...)...), limit)
	r.Spent = took
	if err != nil {
		r.Note = err.Error()
		return
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], r); err != nil {
		t.Fatalf("%s does not end in what it did: %v", program, err)
	}
}

// measure runs a command with all its children in a group of their own, and
// ends them when it takes longer than limit or more than nine tenths of the memory.
func measure(cmd *exec.Cmd, limit time.Duration) (spent, []byte, error) {
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return spent{}, nil, err
	}
	end := make(chan error, 1)
	go func() { end <- cmd.Wait() }()
	var info syscall.Sysinfo_t
	_ = syscall.Sysinfo(&info) // zero, then no limit
	most := int64(info.Totalram) / 10 * 9
	var s spent
	var stopped, err error
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-tick.C:
			s.Peak = max(s.Peak, resident(cmd.Process.Pid))
			switch {
			case stopped != nil:
				continue
			case time.Since(start) > limit:
				stopped = fmt.Errorf("given up after %s", limit)
			case most > 0 && s.Peak > most:
				stopped = fmt.Errorf("given up at %d MiB of memory", s.Peak>>20)
			default:
				continue
			}
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			continue
		case err = <-end:
			tick.Stop()
		}
		break
	}
	s.Wall = time.Since(start).Seconds()
	s.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.Peak = max(s.Peak, usage.Maxrss<<10) // what came and went between two looks
	}
	switch {
	case stopped != nil:
		return s, nil, stopped
	case err != nil: // the last line of the talk names the error
		lines := strings.Split(strings.TrimSpace(talk.String()), "\n")
		err = fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return s, out.Bytes(), err
}

// resident sums the resident sets of a process and of its descendants. Pages
// that they share count once for each.
func resident(pid int) int64 {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(folder, "statm"))
	if err != nil {
		return 0 // ended
	}
	var all int64
	if f := strings.Fields(string(text)); len(f) > 1 {
		pages, _ := strconv.ParseInt(f[1], 10, 64)
		all = pages * int64(os.Getpagesize())
	}
	threads, _ := filepath.Glob(filepath.Join(folder, "task", "*", "children"))
	for _, path := range threads {
		text, _ := os.ReadFile(path)
		for _, child := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(child); err == nil {
				all += resident(n)
			}
		}
	}
	return all
}

// scored is a link that a peer made. weight orders links whose probability is
// no longer to be told from 1.
type scored struct {
	score.Link
	weight float64
}

// score compares a peer's links with the truth: those more likely than not, and
// those above whichever threshold would have been best.
func (r *peerRun) score(t *testing.T, truth, links string) {
	t.Helper()
	if r.Note != "" {
		return
	}
	f, err := os.Open(links)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found, err := readScored(f)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[int64]string{}
	for l, err := range score.Read(truth) {
		if err != nil {
			t.Fatal(err)
		}
		ids[l.Row] = l.RecordID
	}
	half, err := score.Pairs(score.Read(truth), above(found, func(l scored) bool { return l.Probability >= 0.5 }))
	if err != nil {
		t.Fatal(err)
	}
	cut := best(found, ids)
	most, err := score.Pairs(score.Read(truth), above(found, func(l scored) bool { return l.weight >= cut.weight }))
	if err != nil {
		t.Fatal(err)
	}
	r.Links, r.Best, r.At = &half.Pairs, &most.Pairs, cut.Probability
}

// best returns the link above and at whose weight F1 is highest.
func best(found []scored, truth map[int64]string) scored {
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.weight, a.weight) })
	var cut scored
	right, most := 0, 0.0
	for i, l := range found {
		if truth[l.Row] == l.RecordID {
			right++
		}
		last := i+1 == len(found) || found[i+1].weight != l.weight
		if f1 := 2 * float64(right) / float64(i+1+len(truth)); last && f1 > most {
			most, cut = f1, l
		}
	}
	return cut
}

func above(found []scored, take func(scored) bool) func(func(score.Link, error) bool) {
	return func(yield func(score.Link, error) bool) {
		for _, l := range found {
			if take(l) && !yield(l.Link, nil) {
				return
			}
		}
	}
}

// readScored reads what Run.write of testdata/peer/people.py wrote.
func readScored(in io.Reader) ([]scored, error) {
	r := csv.NewReader(in)
	r.FieldsPerRecord = 4
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || !slices.Equal(rows[0], []string{"row", "record_id", "probability", "weight"}) {
		return nil, errors.New("the links have another header")
	}
	var all []scored
	for i, cells := range rows[1:] {
		row, err := strconv.ParseInt(cells[0], 10, 64)
		probability, err1 := strconv.ParseFloat(cells[2], 64)
		weight, err2 := strconv.ParseFloat(cells[3], 64)
		if err := errors.Join(err, err1, err2); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		all = append(all, scored{score.Link{Row: row, RecordID: cells[1], Probability: probability}, weight})
	}
	return all, nil
}

// machine describes what the figures were measured on.
func machine() string {
	model := "processor unknown"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	var info syscall.Sysinfo_t
	_ = syscall.Sysinfo(&info) // zero is shown as such
	return fmt.Sprintf("%d cores of %s, %d GiB, %s", runtime.NumCPU(), model, (info.Totalram+1<<29)>>30, runtime.Version())
}

func TestPeersScore(t *testing.T) {
	t.Parallel()
	truth := map[int64]string{1: "a", 2: "b", 3: "c", 4: "d"}
	for _, c := range []struct {
		name, links string
		want        float64 // weight of the best threshold
		err         string
	}{
		{"all right", "1,a,0.9,3\n2,b,0.8,2\n", 2, ""},
		{"wrong ones at the end", "1,a,0.9,3\n2,b,0.8,2\n3,x,0.1,-3\n", 2, ""},
		{"a wrong one worth a right one after it", "1,a,1,9\n2,x,1,8\n3,c,1,7\n4,d,1,6\n", 6, ""},
		{"equal weights stand or fall together", "1,a,1,9\n2,b,1,9\n3,c,0.5,1\n4,x,0.5,1\n4,y,0.5,1\n", 9, ""},
		{"none", "", 0, ""},
		{"not a number", "1,a,high,3\n", 0, "line 2"},
		{"a cell missing", "1,a,0.9\n", 0, "wrong number of fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found, err := readScored(strings.NewReader("row,record_id,probability,weight\n" + c.links))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := best(found, truth); got.weight != c.want {
				t.Errorf("the best threshold is %v, want %v", got.weight, c.want)
			}
		})
	}
	if _, err := readScored(strings.NewReader("row,id\n")); err == nil {
		t.Error("another header was taken")
	}
}
