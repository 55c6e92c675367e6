package triage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"constat.example/blind/watch"
	"constat.example/clear/accesslog"
	"constat.example/clear/seal"
	"constat.example/desk/ledger"
	"constat.example/internal/courier"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

const (
	watchDir     = "watch"
	watchState   = "state"
	watchJournal = "alarms.jsonl"
	alarmFile    = "alarm.json"
)

// WatchRequest asks for logs to be watched.
type WatchRequest struct {
	Logs   []string       // paths; "-" is standard input
	Map    string         // file that says what the fields of the logs are, or ""
	Format string         // of accesslog.Formats; "": found out
	Zone   *time.Location // of times that tell none, and of working days and hours; nil: UTC
	Skew   time.Duration  // added to the times of the logs
	Year   int            // of the first line of logs whose times tell no year; 0: they are refused
	Rules  string         // file of reasons and known bulk statements, or ""
	State  string         // folder of the state; "": the home's

	// What is watched until the context is done, which is no error then.
	Follow bool   // logs that grow and are rotated
	Listen string // host:port where syslog is taken over TCP; "": nowhere
	OTLP   string // host:port where OpenTelemetry logs are taken over HTTP; "": nowhere

	Receivers []Receiver // where alarms are sent besides

	Each func(a *watch.Alarm, id string) error // takes each new alarm, with the case that it opened
	Open func(input, address string)           // is told where what is sent is taken; may be nil
}

func (r *WatchRequest) live() bool { return r.Follow || r.Listen != "" || r.OTLP != "" }

// Receiver is where alarms are sent, as lines of JSON.
type Receiver struct {
	Name  string        // as "webhook": how far it was sent to is kept under this name
	Every time.Duration // how often at most it is sent to; 0: as alarms come
	courier.Sender
}

// ZoneTold is the zone of a log all of whose times told theirs.
const ZoneTold = accesslog.ZoneTold

// Watched is what came of it.
type Watched struct {
	Logs      []accesslog.Account
	Accesses  int64 // taken in, over all runs of this state
	Fresh     int64 // of them: in this one
	Late      int64 // of a day that had ended
	Unwatched int64 // of accounts beyond the most that are kept
	Accounts  int
	Alarms    int // new ones
	Known     int // that had been given before

	Unsent []string // why alarms wait for the next run to be sent, by receiver
}

// Watch reads logs and raises alarms. Each is written to a journal and to a case before it
// is handed on; the state and how far the logs were read stand in one file, so that
// after a stop at any instant the same alarms come, each once.
func (b Bench) Watch(ctx context.Context, req WatchRequest) (_ *Watched, err error) {
	b = b.withDefaults()
	b.bound()
	if req.Follow && slices.Contains(req.Logs, "-") {
		return nil, failure.New(failure.Usage, "Name the file that grows, or send it to --listen.", "standard input cannot be followed: it cannot be read again after a stop")
	}
	options := accesslog.Options{Format: req.Format, Zone: req.Zone, Skew: req.Skew, Year: req.Year, Threads: b.Threads}
	if req.Map != "" {
		if options.Map, err = accesslog.ReadMap(req.Map); err != nil {
			return nil, err
		}
	}
	key, err := b.keyToWatch()
	if err != nil {
		return nil, err
	}
	options.Seal = sealers(key)
	v := &vigil{b: b, req: req, key: key, dir: cmp.Or(req.State, filepath.Join(b.Home, watchDir)), known: map[string]bool{}, spooled: map[string]int64{}}
	if err := disk.MakeFolder(v.dir); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(v.dir, false)
	if errors.Is(err, disk.ErrLocked) {
		return nil, failure.New(failure.Refused, "Wait for it to end, or name another folder with --state.", "another watch uses the state in %s", v.dir)
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	defer unlock()
	o := watch.Options{Zone: req.Zone}
	if req.Rules != "" {
		if err := readWatchRules(req.Rules, key, &o); err != nil {
			return nil, err
		}
	}
	if o.Honey, err = b.honeyToWatch(ctx, key, o.Honey); err != nil {
		return nil, err
	}
	v.watch = watch.New(o)
	if err := v.restore(); err != nil {
		return nil, err
	}
	if v.spool, err = openSpool(filepath.Join(v.dir, spoolDir), v.spooled); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.spool.close()) }()
	if v.journal, err = v.openJournal(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.journal.Close()) }()
	before := v.watch.Taken
	if v.out.Logs, err = v.read(ctx, options); err != nil {
		return nil, v.full(err)
	}
	if !req.live() { // what waits is gone on with by the next run of one that is live
		if err := v.give(v.watch.Flush()); err != nil {
			return nil, v.full(err)
		}
	}
	if err := v.save(); err != nil {
		return nil, v.full(err)
	}
	if req.live() {
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), sendLast)
		defer stop()
		ctx = last
	}
	v.out.Unsent = v.send(ctx)
	v.out.Accesses, v.out.Fresh = v.watch.Taken, v.watch.Taken-before
	v.out.Late, v.out.Unwatched, v.out.Accounts = v.watch.Late, v.watch.Unwatched, v.watch.Accounts()
	return &v.out, nil
}

// full says of an error what a full disk means for a watch.
func (v *vigil) full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return failure.New(failure.BadInput, "Make room and start it again: it goes on from the state that was kept last, and nothing is counted twice.", "the disk of the state in %s is full: %w", v.dir, err)
	}
	return err
}

// keyToWatch opens the key of the register, which is made where there is none.
func (b Bench) keyToWatch() (*seal.Key, error) {
	if err := disk.MakeFolder(b.Home); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(b.Home, true)
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	defer unlock()
	return b.keyOfHome()
}

// vigil is one run of a watch.
type vigil struct {
	b       Bench
	req     WatchRequest
	key     *seal.Key
	dir     string
	watch   *watch.Watch
	journal *os.File
	known   map[string]bool // ids of alarms in the journal
	spool   *spool

	positions []position       // of all logs that were ever watched
	spooled   map[string]int64 // by input: the last portion of the spool that was taken

	saved time.Time
	took  time.Duration // to keep the state
	fresh bool          // something was taken since it was kept
	told  sync.Mutex    // held while anything is told: alarms come and are sent side by side
	out   Watched
}

// kept is the first line of a state; the watch follows.
type keptWatch struct {
	KeyID     string           `json:"key_id"` // of the tokens
	Positions []position       `json:"positions"`
	Spooled   map[string]int64 `json:"spooled,omitempty"`
}

// keepEvery is how often the state is kept: less often where it takes long.
const keepEvery = 5 * time.Second

// due tells whether it is time to keep the state.
func (v *vigil) due() bool { return v.b.Now().Sub(v.saved) >= max(keepEvery, 20*v.took) }

func (v *vigil) save() error {
	began := v.b.Now()
	if err := v.spool.cut(); err != nil {
		return err
	}
	var all bytes.Buffer
	head, err := json.Marshal(keptWatch{KeyID: v.key.ID(), Positions: v.positions, Spooled: v.spooled})
	if err != nil {
		return err
	}
	all.Write(head)
	all.WriteByte('\n')
	if err := v.watch.Save(&all); err != nil {
		return err
	}
	if err := disk.WriteFile(filepath.Join(v.dir, watchState), all.Bytes()); err != nil {
		return err
	}
	v.saved = v.b.Now()
	v.took, v.fresh = v.saved.Sub(began), false
	return v.spool.drop(v.spooled)
}

func (v *vigil) restore() error {
	path := filepath.Join(v.dir, watchState)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return homeError(v.b.Home, err)
	}
	head, rest, _ := bytes.Cut(text, []byte{'\n'})
	var kept keptWatch
	err = json.Unmarshal(head, &kept)
	if err == nil && kept.KeyID != v.key.ID() {
		return failure.New(failure.BadInput, "Name another folder with --state, or the home whose key it was.", "the state in %s was made under another key", v.dir)
	}
	if err == nil {
		err = v.watch.Restore(bytes.NewReader(rest))
	}
	if err != nil {
		return failure.New(failure.BadInput, "Bring it back from a backup, or move it away: the watch then begins anew and learns again what is usual.", "the state %s cannot be read: %w", path, err)
	}
	v.positions = kept.Positions
	maps.Copy(v.spooled, kept.Spooled)
	return nil
}

// openJournal reads which alarms were given, and opens the journal for more. A last line
// that a crash cut off was not given.
func (v *vigil) openJournal() (*os.File, error) {
	path := filepath.Join(v.dir, watchJournal)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, homeError(v.b.Home, err)
	}
	text, err := io.ReadAll(f)
	whole := bytes.LastIndexByte(text, '\n') + 1
	for line := range bytes.Lines(text[:whole]) {
		var a watch.Alarm
		if json.Unmarshal(line, &a) != nil {
			err = errors.Join(err, failure.New(failure.BadInput, "Bring it back from a backup, or move it away.", "the journal of alarms %s is damaged", path))
			break
		}
		v.known[a.ID] = true
	}
	if err == nil {
		err = f.Truncate(int64(whole))
	}
	if err == nil {
		_, err = f.Seek(int64(whole), io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// give keeps alarms and hands them on: first the case, then the journal, then out.
func (v *vigil) give(alarms []watch.Alarm) error {
	for i := range alarms {
		a := &alarms[i]
		if v.known[a.ID] {
			v.out.Known++
			continue
		}
		id, err := v.openCase(a)
		if err != nil {
			return err
		}
		line, err := json.Marshal(a)
		if err != nil {
			return err
		}
		if _, err := v.journal.Write(append(line, '\n')); err != nil {
			return err
		}
		if err := v.journal.Sync(); err != nil {
			return err
		}
		v.known[a.ID] = true
		v.out.Alarms++
		if v.req.Each != nil {
			v.told.Lock()
			err := v.req.Each(a, id)
			v.told.Unlock()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// send sends what of the journal has not been sent. Where a receiver does not take it, it
// waits for the next time, or the next run.
func (v *vigil) send(ctx context.Context) (why []string) {
	for _, r := range v.req.Receivers {
		if err := v.sendTo(ctx, r); err != nil {
			why = append(why, r.Name+": "+err.Error())
		}
	}
	return why
}

// errSoon says that a receiver was sent to so lately that it is left in peace.
var errSoon = errors.New("the last was sent less than a minute ago")

func (v *vigil) sendTo(ctx context.Context, r Receiver) error {
	journal, cursor := filepath.Join(v.dir, watchJournal), filepath.Join(v.dir, "sent-"+r.Name)
	if st, err := os.Stat(cursor); err == nil && v.b.Now().Sub(st.ModTime()) < r.Every {
		if waits, err := courier.Waits(journal, cursor); err != nil || !waits {
			return err
		}
		return errSoon
	}
	_, err := courier.Pump(ctx, journal, cursor, r)
	return err
}

// sendOn sends alarms as they come, beside the watch, until ctx is done. A receiver that
// takes nothing is told of once, and again when it takes something after all.
func (v *vigil) sendOn(ctx context.Context) error {
	var group sync.WaitGroup
	for _, r := range v.req.Receivers {
		group.Go(func() {
			failing := false
			for ctx.Err() == nil {
				pause := sendEvery
				err := v.sendTo(ctx, r)
				v.told.Lock()
				switch {
				case ctx.Err() != nil || errors.Is(err, errSoon):
				case err != nil:
					if !failing {
						v.b.Say(fmt.Sprintf("Alarms wait to be sent: %s: %s.", r.Name, err))
					}
					failing, pause = true, sendAgain
				case failing:
					v.b.Say(fmt.Sprintf("Alarms are sent again: %s.", r.Name))
					failing = false
				}
				v.told.Unlock()
				select {
				case <-time.After(pause):
				case <-ctx.Done():
				}
			}
		})
	}
	group.Wait()
	return nil
}

const (
	sendEvery = 500 * time.Millisecond // how often it is looked for alarms to send
	sendAgain = 20 * time.Second       // after a receiver took nothing
	sendLast  = 15 * time.Second       // for all receivers, when a watch that is live ends
)

// alarmCase names the case of an alarm: that of its account and day.
func alarmCase(a *watch.Alarm) string {
	sum := sha256.Sum256([]byte(a.Account))
	return "alarm-" + a.Period[:min(len(a.Period), len(time.DateOnly))] + "-" + hex.EncodeToString(sum[:4])
}

// openCase puts an alarm in its case, which it may open.
func (v *vigil) openCase(a *watch.Alarm) (string, error) {
	id := alarmCase(a)
	if err := disk.MakeFolder(v.b.CaseDir(id)); err != nil {
		return "", err
	}
	return id, v.b.recorded(ledger.Alarm, onCase(id), func() error { return v.b.addAlarm(id, a) })
}

// addAlarm puts an alarm into the file of a case, unless it is there.
func (b Bench) addAlarm(id string, a *watch.Alarm) error {
	all, err := b.alarms(id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o watch.Alarm) bool { return o.ID == a.ID }) {
		return nil
	}
	text, err := json.MarshalIndent(append(all, *a), "", "  ")
	if err != nil {
		return err
	}
	return disk.WriteFile(filepath.Join(b.CaseDir(id), alarmFile), append(text, '\n'))
}

// alarms are those that a case holds, in the order in which they were given.
func (b Bench) alarms(id string) ([]watch.Alarm, error) {
	all := []watch.Alarm{}
	text, err := os.ReadFile(filepath.Join(b.CaseDir(id), alarmFile))
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err == nil && json.Unmarshal(text, &all) != nil {
		return nil, failure.New(failure.BadInput, "Bring it back from a backup, or move it away: the journal of the watch has the alarms too.", "the alarms of case %s are damaged", id)
	}
	return all, homeError(b.Home, err)
}
