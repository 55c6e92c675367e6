package triage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"constat.example/desk/alarm"
	"constat.example/desk/reminder"
	"constat.example/desk/store"
	"constat.example/internal/courier"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Where a home keeps what was reminded of, and how far it was sent.
const (
	remindDir     = "remind"
	remindJournal = "reminders.jsonl"
)

// RemindRequest asks which duties fall due, and may have that sent.
type RemindRequest struct {
	Case    string          // "": all that are open
	Within  []time.Duration // before they are due; one is reminded once for each
	Outputs Outputs         // where that is sent
	Send    bool            // it is; else it is only told
}

// Reminded is which duties fall due.
type Reminded struct {
	At        time.Time
	Reminders []reminder.Reminder // the soonest first
	Unsure    int                 // more that hang on what nobody said of a party

	To     []string // to whom it is sent, or would be
	New    int      // of Reminders: those that were not sent before
	Sent   bool
	Unsent []string // why some wait for the next run, by receiver
}

// Remind tells which duties of open cases are overdue or fall due. What is sent is put
// into a journal first, each reminder once; how far it was sent to whom stands beside
// it, so that after a stop at any instant none is forgotten. A case that cannot be read
// is an error, beside the reminders of the others. It opens no key.
func (b Bench) Remind(ctx context.Context, r RemindRequest) (*Reminded, error) {
	b = b.withDefaults()
	receivers, to, err := r.Outputs.receivers(b.Now, wording{"deadline", remindCEF, remindMail})
	if err != nil {
		return nil, err
	}
	if r.Send && len(to) == 0 {
		return nil, failure.New(failure.Usage, "Name a receiver with --webhook, --syslog or --outputs.", "reminders are to be sent to nobody")
	}
	out := &Reminded{At: b.Now().UTC().Truncate(time.Second), To: to}
	broken, err := b.due(ctx, r, out)
	if err != nil {
		return nil, err
	}
	if len(to) > 0 {
		if err := b.sendReminders(ctx, out, receivers, r.Send); err != nil {
			return nil, err
		}
	}
	return out, broken
}

// due finds the reminders of cases. broken tells which could not be read.
func (b Bench) due(ctx context.Context, r RemindRequest, out *Reminded) (broken, err error) {
	ids := []string{r.Case}
	if r.Case == "" {
		ids, err = b.Cases()
	} else {
		err = b.knownCase(r.Case)
	}
	if err != nil {
		return nil, err
	}
	err = b.withStore(ctx, false, func(s *store.Store) error {
		for _, id := range ids {
			d, _, err := desk(ctx, s, id)
			if err != nil && failure.CodeOf(err) != failure.BadInput {
				return err
			}
			if err == nil {
				var clock *Clock
				if clock, err = b.Clock(d.Case); err == nil && clock != nil {
					found, unsure := reminder.Of(clock.Case, clock.Duties, r.Within, clock.At)
					out.Reminders = append(out.Reminders, found...)
					out.Unsure += unsure
				}
			}
			broken = errors.Join(broken, err)
		}
		return nil
	})
	reminder.Sort(out.Reminders)
	return broken, err
}

// sendReminders keeps those that were not kept before, and sends what was not sent.
func (b Bench) sendReminders(ctx context.Context, out *Reminded, receivers []Receiver, send bool) error {
	dir := filepath.Join(b.Home, remindDir)
	journal := filepath.Join(dir, remindJournal)
	if send {
		if err := disk.MakeFolder(dir); err != nil {
			return homeError(b.Home, err)
		}
		unlock, err := lock(dir, false)
		if errors.Is(err, disk.ErrLocked) {
			out.Unsent = append(out.Unsent, "another run is sending")
			return nil
		}
		if err != nil {
			return homeError(b.Home, err)
		}
		defer unlock()
	}
	text, err := os.ReadFile(journal)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return homeError(b.Home, err)
	}
	known := map[string]bool{}
	for line := range bytes.Lines(text) {
		var was reminder.Reminder
		if json.Unmarshal(line, &was) != nil {
			return failure.New(failure.BadInput, "Move it away: each duty is then reminded of once more.", "the journal of reminders in %s is damaged", dir)
		}
		known[was.ID] = true
	}
	more := bytes.Clone(text)
	for _, x := range out.Reminders {
		if known[x.ID] {
			continue
		}
		line, err := json.Marshal(x)
		if err != nil {
			return err
		}
		more = append(append(more, line...), '\n')
		out.New++
	}
	if !send {
		return nil
	}
	cursor := func(r Receiver) string { return filepath.Join(dir, "sent-"+r.Name) }
	for _, r := range receivers { // who is new is not told of what others were told before
		if _, err := os.Stat(cursor(r)); errors.Is(err, fs.ErrNotExist) {
			if err := disk.WriteFile(cursor(r), strconv.AppendInt(nil, int64(len(text)), 10)); err != nil {
				return homeError(b.Home, err)
			}
		}
	}
	if out.New > 0 {
		if err := disk.WriteFile(journal, more); err != nil {
			return homeError(b.Home, err)
		}
	}
	out.Sent = true
	for _, r := range receivers {
		if _, err := courier.Pump(ctx, journal, cursor(r), r); err != nil {
			out.Unsent = append(out.Unsent, r.Name+": "+err.Error())
		}
	}
	return nil
}

// remindCEF writes a line of the journal as CEF.
func remindCEF(line []byte) (string, time.Time, error) {
	var r reminder.Reminder
	if err := json.Unmarshal(line, &r); err != nil {
		return "", time.Time{}, err
	}
	return reminder.CEF(&r), r.At, nil
}

// remindMail writes lines of the journal as a mail.
func remindMail(lines [][]byte, now time.Time, l alarm.Language) (courier.Message, error) {
	all := make([]reminder.Reminder, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal(line, &all[i]); err != nil {
			return courier.Message{}, err
		}
	}
	m := courier.Message{ID: "constat-" + all[0].ID + "-" + all[len(all)-1].ID, At: now}
	m.Subject, m.Text = reminder.Mail(all, string(l))
	return m, nil
}
