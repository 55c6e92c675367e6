package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/cli"
	"constat.example/desk/casefile"
	"constat.example/desk/chain"
	"constat.example/desk/store"
	"constat.example/internal/pgtest"
)

// Tests here kill a process that works on cases, on both stores: whatever it said was
// done is there, once, and nothing is half done.

// caseStep is one command of somebody's casework, and the acts that it adds to a history.
type caseStep struct {
	stream string // case, or "" for the roles
	args   []string
	second bool // another person does it
	acts   []string
}

// perCase is how many steps a case takes from its opening to the end of its data.
const perCase = 14

// stepAt is step n of an endless work on one case after another. Each act is told from all others.
func stepAt(dir string, n int) caseStep {
	id, note := fmt.Sprintf("c%d", n/perCase), fmt.Sprintf("step %d", n)
	in := func(name string) string { return filepath.Join(dir, name) }
	reason := []string{"--reason", note}
	switch s := (caseStep{stream: id}); n % perCase {
	case 0:
		s.args, s.acts = append([]string{"case", "open", id}, reason...), []string{"open " + note}
		return s
	case 1:
		s.args = []string{"case", "deadlines", id, "--facts", in("parties.yaml"), "--event", "aware=2026-04-20T12:17", "--evidence", strings.ReplaceAll(note, " ", "-"), "--at", "2026-04-20T14:00"}
		s.acts = []string{"state facts", "state aware step-" + strconv.Itoa(n)}
		return s
	case 2: // an act of its own kind: evidence, none in the history
		s.args = []string{"claim", "add", in("claim.yaml"), "--case", id, "--post", in("post.html")}
		return s
	case 3:
		s.args, s.acts = append([]string{"case", "mark", id, "--tlp", "RED"}, reason...), []string{"mark RED " + note}
		return s
	case 4:
		s.args, s.acts = append([]string{"case", "decide", id, "standing", "confirmed"}, reason...), []string{"decide standing confirmed " + note}
		return s
	case 5:
		s.args, s.acts = append([]string{"case", "decide", id, "people", "inform"}, reason...), []string{"decide people inform " + note}
		return s
	case 6:
		s.args, s.acts, s.second = append([]string{"case", "approve", id, "6"}, reason...), []string{"approve 6 " + note}, true
		return s
	case 7, 8:
		who, do := fmt.Sprintf("analyst%d", n/perCase), []string{"grant", "revoke"}[n%perCase-7]
		return caseStep{args: []string{"role", do, who, "analyst"}, acts: []string{do + " analyst " + who}}
	case 9:
		s.args, s.acts = append([]string{"case", "decide", id, "authority", "notify"}, reason...), []string{"decide authority notify " + note}
		return s
	case 10:
		s.args, s.acts = append([]string{"case", "close", id}, reason...), []string{"decide case close " + note}
		return s
	case 11:
		s.args, s.acts = append([]string{"case", "destroy", id}, reason...), []string{"decide destroy destroy " + note}
		return s
	case 12:
		s.args, s.acts, s.second = append([]string{"case", "approve", id, "10"}, reason...), []string{"approve 10 " + note}, true
		return s
	default:
		s.args, s.acts = []string{"case", "destroy", id, "--yes"}, []string{"shred 10", "destroyed 10"}
		return s
	}
}

// actText tells an act as stepAt has it.
func actText(a *casefile.Act) string {
	words := []string{string(a.Do)}
	add := func(word string) {
		if word != "" {
			words = append(words, word)
		}
	}
	add(string(a.Subject))
	add(string(a.Choice))
	add(string(a.TLP))
	add(string(a.Role))
	add(a.Whom)
	if a.Of > 0 {
		add(strconv.FormatInt(a.Of, 10))
	}
	if a.Facts != nil {
		add("facts")
	}
	if a.Event != nil {
		add(string(a.Event.Kind))
		words = append(words, a.Event.Evidence...)
	}
	add(a.Reason)
	return strings.Join(words, " ")
}

// casework does one step after another, from the one that it is told, and says which are
// done. It is a process of its own, and is killed.
func casework() {
	from, err := strconv.Atoi(os.Args[2])
	for n := from; err == nil; n++ {
		s := stepAt(os.Args[1], n)
		getenv := func(name string) string {
			if name == "SUDO_USER" && s.second {
				return "bob"
			}
			return os.Getenv(name)
		}
		var talk bytes.Buffer
		if code := cli.Run(context.Background(), s.args, cli.Streams{In: strings.NewReader(""), Out: &talk, Err: &talk}, getenv); code != 0 {
			err = fmt.Errorf("constat %q ended with %d: %s", s.args, code, talk.String())
			break
		}
		fmt.Println(n) // in one write
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// caseStore is a store under test.
type caseStore struct {
	at    string
	quiet func() // waits until nobody is connected any more; nil: there is nothing to wait for
}

// histories reads a store: of each stream its acts, in words, once each history is seen to hold.
func (c caseStore) histories(t *testing.T) map[string][]string {
	t.Helper()
	if c.quiet != nil {
		c.quiet()
	}
	s, err := store.Open(t.Context(), c.at)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	streams, err := s.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, id := range streams {
		text, err := s.Lines(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		history := casefile.Parse(id, text)
		if len(history.Breaks) > 0 {
			t.Fatalf("the history of %q does not hold: %s", id, history.Breaks[0])
		}
		for i := range history.Entries {
			all[id] = append(all[id], actText(&history.Entries[i]))
		}
	}
	return all
}

// using names the store of the program's commands.
func (p program) using(c caseStore) program {
	p.store = c.at
	return p
}

// team gives the two people of the work their roles.
func (p program) team() []string {
	p.t.Helper()
	me, err := user.Current()
	if err != nil {
		p.t.Fatal(err)
	}
	roles := [][2]string{{me.Username, "administrator"}, {me.Username, "dpo"}, {me.Username + ", sudo by bob", "administrator"}}
	var acts []string
	for _, r := range roles {
		p.must(0, "role", "grant", r[0], r[1])
		acts = append(acts, "grant "+r[1]+" "+r[0])
	}
	return acts
}

// caseworkFiles writes what the commands of the work name.
func caseworkFiles(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "parties.yaml", "parties:\n  - {id: agency, name: The agency, country: FR, controller: true, public: true, nis2: none, financial: none}\n")
	write(t, dir, "claim.yaml", "source: a forum\nclaimed: {count: 12}\n")
	write(t, dir, "post.html", strings.Repeat("<p>selling</p>\n", 100))
	return dir
}

// TestCaseworkKilledAtAnyInstant: see above.
func TestCaseworkKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some forty processes")
	}
	killOnStores(t, 6, 4, 3)
}

// killOnStores kills work on cases that many times, then destroying, then backing up and as often
// bringing back, on both kinds of store.
func killOnStores(t *testing.T, times, destroys, backups int) {
	all := func(t *testing.T, fresh func(t *testing.T) caseStore) {
		t.Run("casework", func(t *testing.T) { killCasework(t, fresh, times, 11) })
		t.Run("destroy", func(t *testing.T) { killDestroy(t, fresh, destroys, 12) })
		t.Run("backup", func(t *testing.T) { killBackup(t, fresh, backups, 13) })
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		all(t, func(t *testing.T) caseStore {
			t.Helper()
			return caseStore{at: filepath.Join(t.TempDir(), "desk.db")}
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		server := pgtest.Start(t)
		all(t, func(t *testing.T) caseStore {
			t.Helper()
			at := server.Database(t)
			return caseStore{at, func() {
				// What a killed client had sent is done or undone once its server process is gone.
				server.Exec(t, at, `DO $$ BEGIN
					WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) LOOP
						PERFORM pg_sleep(0.002), pg_stat_clear_snapshot();
					END LOOP;
				END $$`)
			}}
		})
	})
}

// killCasework kills somebody's work on cases over and over, and has it
// gone on with: what was done is in the histories once, and the ledger agrees with them.
func killCasework(t *testing.T, fresh func(t *testing.T) caseStore, times int, seed uint64) {
	dir, desk := caseworkFiles(t), fresh(t)
	p := on(t, filepath.Join(t.TempDir(), "home")).using(desk)
	p.must(0, "key", "new")
	want := map[string][]string{"": p.team()}
	key := write(t, dir, "ledger.vkey", p.must(0, "ledger", "key"))
	rng := rand.New(rand.NewPCG(seed, 7))
	next, doubtful, torn := 0, 0, 0
	for i := range times {
		// It is killed some milliseconds after it did so many steps, or after it began.
		done := p.killed(dir, next, rng.IntN(6), time.Duration(rng.IntN(60_000))*time.Microsecond)
		for ; next < done; next++ {
			s := stepAt(dir, next)
			want[s.stream] = append(want[s.stream], s.acts...)
		}
		// What was under way is there whole, or not at all; but that destroying began and
		// that it ended are two acts.
		got, s := desk.histories(t), stepAt(dir, next)
		if also := slices.Concat(want[s.stream], s.acts); len(s.acts) > 0 && slices.Equal(got[s.stream], also) {
			want[s.stream] = also
			doubtful++
			next++
		} else if begun := slices.Concat(want[s.stream], []string{"shred 10"}); next%perCase == perCase-1 && slices.Equal(got[s.stream], begun) {
			torn++
			got[s.stream] = want[s.stream]
		}
		for id, acts := range got {
			if !slices.Equal(acts, want[id]) {
				t.Fatalf("after kill %d, in step %d, the history of %q has\n%q\nnot\n%q", i+1, next, id, acts, want[id])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("after kill %d there are %d histories, not %d", i+1, len(got), len(want))
		}
		p.holdsButCut("--key", key)
	}
	// Gone on with to the end of the case, all holds.
	for n := next; n%perCase > 0 || n == next; n++ {
		s := stepAt(dir, n)
		q := p
		if s.second {
			q.sudo = "bob"
		}
		q.must(0, s.args...)
	}
	p.must(0, "verify")
	t.Logf("killed %d times in %d steps: %d times what was under way was done and not yet said, %d times destroying was under way", times, next, doubtful, torn)
	if next < times/2 {
		t.Errorf("only %d steps were done", next)
	}
}

// killed has another process go on with the work from a step, kills it after that many steps
// and that time, and tells the first step that it did not say was done.
func (p program) killed(dir string, from, steps int, after time.Duration) (next int) {
	p.t.Helper()
	cmd := p.child()
	cmd.Args = []string{"casework", dir, strconv.Itoa(from)}
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	kill := func() { time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) } // it may have ended
	if steps == 0 {
		after += 100 * time.Millisecond // starting takes that long
		kill()
	}
	next = from
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		if err != nil || n != next {
			p.t.Fatalf("it said %q after step %d", lines.Text(), next)
		}
		next++
		if steps--; steps == 0 {
			kill()
		}
	}
	_ = cmd.Wait() // it was killed
	if talk.Len() > 0 {
		p.t.Fatalf("the work ended by itself: %s", talk.String())
	}
	return next
}

// holdsButCut verifies the home. An act that was cut short may have left what nobody vouches for: that, and
// nothing else, may not hold.
func (p program) holdsButCut(args ...string) {
	p.t.Helper()
	code, out, talk := p.run(append([]string{"verify", "--json"}, args...)...)
	var audit cli.Audit
	if err := json.Unmarshal([]byte(out), &audit); err != nil || code > 1 {
		p.t.Fatalf("verifying: code %d, %v: %s", code, err, talk)
	}
	for _, c := range audit.Checks {
		if !c.OK && !strings.HasPrefix(c.Name, "every act on ") && !strings.Contains(c.Detail, "discarding it began and did not end") {
			p.t.Errorf("does not hold: %s: %s", c.Name, c.Detail)
		}
	}
}

// killDestroy kills the destruction of a case's data. After each kill either
// all is there, or it began and goes on; keys are gone before what they open.
func killDestroy(t *testing.T, fresh func(t *testing.T) caseStore, times int, seed uint64) {
	dir, desk := caseworkFiles(t), fresh(t)
	base := on(t, filepath.Join(t.TempDir(), "home")).using(desk)
	base.must(0, "register", "import", write(t, dir, "register.csv", "ref,nom,prenom,naissance\nA1,MOREL,Inès,1987-03-14\nA2,LAGRANGE,Théo,1992-11-02\n"), "--id", "ref", "--as-of", "2026-01-01")
	base.must(0, "claim", "add", filepath.Join(dir, "claim.yaml"), "--case", "c", "--post", filepath.Join(dir, "post.html"))
	base.must(0, "assess", write(t, dir, "dump.csv", "nom,prenom,naissance\nMOREL,Inès,1987-03-14\n"), "--case", "c")
	base.must(0, "case", "close", "c", "--reason", "ended")
	base.must(0, "case", "destroy", "c", "--reason", "ended")
	bob := base
	bob.sudo = "bob"
	bob.must(0, "case", "approve", "c", "2")
	agreed := desk.histories(t)["c"]
	backup := filepath.Join(t.TempDir(), "backup")
	base.must(0, "store", "backup", backup)
	// Keys and what holds tokens or originals; what stays is not counted.
	perishable := func(home string) (all []string) {
		for _, f := range filesOf(t, filepath.Join(home, "cases", "c")) {
			if slices.Contains([]string{".key", ".age", ".parquet"}, filepath.Ext(f)) {
				all = append(all, f)
			}
		}
		return all
	}
	whole := perishable(base.home)
	rng := rand.New(rand.NewPCG(seed, 7))
	before, during, after := 0, 0, 0
	for i := range times {
		desk := fresh(t)
		p := on(t, copyOf(t, base.home)).using(desk)
		restored, err := store.Open(t.Context(), desk.at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := restored.Restore(t.Context(), strings.NewReader(read(t, backup)), func(string, []byte) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := restored.Close(); err != nil {
			t.Fatal(err)
		}
		// It is killed when so many files are gone, and, every other time, some time after.
		cmd := p.child("case", "destroy", "c", "--yes")
		gone, wait := rng.IntN(len(whole)), time.Duration(rng.IntN(2)*rng.IntN(20_000))*time.Microsecond
		if i%4 == 0 {
			gone, wait = 0, time.Duration(rng.IntN(200))*time.Millisecond
		}
		killWhen(t, cmd, wait, func() bool { return len(whole)-len(perishable(p.home)) >= gone })

		left, acts := perishable(p.home), desk.histories(t)["c"]
		switch {
		case slices.Equal(acts, agreed): // nothing began
			before++
			if !slices.Equal(left, whole) {
				t.Fatalf("nothing began, and of %q there is left %q", whole, left)
			}
		case slices.Equal(acts, append(slices.Clone(agreed), "shred 2")):
			during++
			keysFirst(t, whole, left)
		case slices.Equal(acts, append(slices.Clone(agreed), "shred 2", "destroyed 2")):
			after++
		default:
			t.Fatalf("the history has %q", acts)
		}
		p.holdsButCut()
		if !slices.Contains(acts, "destroyed 2") {
			p.must(0, "case", "destroy", "c", "--yes")
		}
		if left := perishable(p.home); len(left) > 0 {
			t.Errorf("destroyed, it has %q", left)
		}
		if acts, want := desk.histories(t)["c"], append(slices.Clone(agreed), "shred 2", "destroyed 2"); !slices.Equal(acts, want) {
			t.Errorf("destroyed, the history has %q", acts)
		}
		p.must(0, "verify")
	}
	t.Logf("killed %d times: %d before it began, %d under way, %d after", times, before, during, after)
	if times >= 100 && during < times/10 { // of a few, a quick disk may have ended all
		t.Error("it was hardly ever killed under way")
	}
}

// keysFirst checks that nothing is gone before the keys that make it noise.
func keysFirst(t *testing.T, whole, left []string) {
	t.Helper()
	keys := 0
	for _, f := range left {
		if filepath.Ext(f) == ".key" {
			keys++
		}
	}
	for _, f := range whole {
		if slices.Contains(left, f) {
			continue
		}
		switch name, sealed := strings.CutSuffix(f, ".age"); {
		case sealed && slices.Contains(left, name+".key"):
			t.Errorf("%s is gone, and its key is not", f)
		case filepath.Ext(f) == ".parquet" && keys > 0:
			t.Errorf("%s is gone, and %d keys are not", f, keys)
		}
	}
}

// killWhen starts a process and kills it that time after something is so.
func killWhen(t *testing.T, cmd *exec.Cmd, wait time.Duration, so func() bool) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // it was killed
	for over := false; !over && !so(); {
		select {
		case <-ended:
			over = true
		case <-time.After(time.Millisecond):
		}
	}
	select {
	case <-ended:
	case <-time.After(wait):
	}
	_ = cmd.Process.Kill() // it may have ended
	<-ended
}

// filesOf are the files under a folder, by their names from there, in order.
func filesOf(t *testing.T, dir string) (all []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if os.IsNotExist(err) { // it goes while it is listed
			return nil
		}
		if err == nil && !e.IsDir() {
			all = append(all, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// killBackup kills backing up and bringing back: a backup is there whole or not at all, and
// so is what it brings back.
func killBackup(t *testing.T, fresh func(t *testing.T) caseStore, times int, seed uint64) {
	const acts = 1500
	desk := fresh(t)
	history := casefile.Parse("c", nil)
	var lines []string
	for n := range acts {
		line, err := chain.Next(&history, casefile.Act{Time: time.Date(2026, 4, 20, 9, 0, n, 0, time.UTC), Who: casefile.Person{Account: "ana"}, Do: casefile.Open, Reason: fmt.Sprintf("act %d", n)})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSuffix(string(line), "\n"))
	}
	s, err := store.Open(t.Context(), desk.at)
	if err == nil {
		err = s.Add(t.Context(), "c", 0, lines...)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	p := on(t, filepath.Join(t.TempDir(), "home")).using(desk)
	rng := rand.New(rand.NewPCG(seed, 7))
	calm := filepath.Join(t.TempDir(), "calm")
	spans := func(cmd *exec.Cmd) time.Duration {
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return time.Since(began)
	}
	never := func() bool { return true }
	span := spans(p.child("store", "backup", calm))
	want := read(t, calm)
	none, all := 0, 0
	for i := range times {
		dir := t.TempDir()
		file := filepath.Join(dir, "backup")
		killWhen(t, p.child("store", "backup", file), time.Duration((float64(i)+rng.Float64())/float64(times)*float64(span)), never)
		if !there(file) {
			none++
			p.must(0, "store", "backup", file)
		} else {
			all++
		}
		if read(t, file) != want {
			t.Fatal("another backup")
		}
	}
	t.Logf("backups: killed %d times before it was there, %d times after", none, all)

	elsewhere := on(t, filepath.Join(t.TempDir(), "home"))
	span = spans(elsewhere.using(fresh(t)).child("store", "restore", calm))
	none, all = 0, 0
	for i := range times {
		desk := fresh(t)
		p := elsewhere.using(desk)
		killWhen(t, p.child("store", "restore", calm), time.Duration((float64(i)+rng.Float64())/float64(times)*float64(span)), never)
		switch got := len(desk.histories(t)["c"]); got {
		case 0:
			none++
			p.must(0, "store", "restore", calm)
		case acts:
			all++
			p.must(4, "store", "restore", calm)
		default:
			t.Fatalf("%d acts were brought back of %d", got, acts)
		}
		if got := len(desk.histories(t)["c"]); got != acts {
			t.Fatalf("%d acts were brought back of %d", got, acts)
		}
	}
	t.Logf("restores: killed %d times before, %d times after", none, all)
	if none == 0 {
		t.Error("no restore was killed under way")
	}
}
