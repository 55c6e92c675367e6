// Package scenario simulates a French agency, the thief who copied its
// register, and the truth of it: the drills by which a team is trained and
// Constat is scored. People are drawn from public figures and exist nowhere;
// their mail domains are under .example and their phones nobody's.
//
// Nothing that judges a dump may import it: only the drill command, the
// demonstration and tests do.
package scenario

import (
	"context"
	"slices"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
)

// Config says which agency, and what of its register is written.
type Config struct {
	People   int       // people in the register at Start
	Seed     uint64    // another seed, another agency
	Start    time.Time // instant of the first monthly snapshot. Default 2024-01-01 UTC
	Months   int       // months simulated: as many snapshots, one at the start of each. Default 24
	IDPrefix string    // what record ids begin with. Default "FT-"
	Threads  int       // default 2; changes nothing in the result

	// Snapshots are the months, from 0, whose snapshots are written, in order. Default all
	Snapshots []int
	// Daily adds to a drill's snapshots one a day for a month around the theft,
	// as far as the history goes. Default false
	Daily bool
	// Accounts is how many accounts work at the agency, of a drill whose logs are written.
	// Default 0: no logs. See Accounts
	Accounts int
	// LogWeeks is for how many weeks before the theft and after it there are logs. Default 10 and 2
	LogWeeks [2]int
	// History has a drill's register be the first snapshot and, with the instant of
	// each, all changes until the last. Default false
	History bool
	// Progress is told how much of the whole is done, from 0 to 1. Default none
	Progress func(done float64)
}

func (c Config) agency() agency.Config {
	return agency.Config{People: c.People, Seed: c.Seed, Start: c.Start, Months: c.Months, IDPrefix: c.IDPrefix, Threads: c.Threads}
}

// World is a simulated agency.
type World struct {
	c Config
	w *agency.World
}

// New lays out the agency. It holds no list of people: they are made, a few
// thousand at a time, whenever something is written.
func New(ctx context.Context, c Config) (*World, error) {
	w, err := agency.New(ctx, c.agency())
	if err != nil {
		return nil, err
	}
	full := w.Config()
	c.Start, c.Months, c.IDPrefix, c.Threads = full.Start, full.Months, full.IDPrefix, full.Threads
	if c.Progress == nil {
		c.Progress = func(float64) {}
	}
	if len(c.Snapshots) == 0 {
		for m := range c.Months {
			c.Snapshots = append(c.Snapshots, m)
		}
	}
	c.Snapshots = slices.Clone(c.Snapshots)
	for i, m := range c.Snapshots {
		if m < 0 || m >= c.Months || i > 0 && m <= c.Snapshots[i-1] {
			return nil, failure.New(failure.Usage, "Give months from 0, each after the one before.", "there is no snapshot %d of %d months in that place", m, c.Months)
		}
	}
	return &World{c: c, w: w}, nil
}

// SnapshotTime is the instant of month m's snapshot.
func (w *World) SnapshotTime(m int) time.Time { return w.c.Start.AddDate(0, m, 0) }

// time is the instant so many seconds after the first snapshot.
func (w *World) time(since int64) time.Time { return w.c.Start.Add(time.Duration(since) * time.Second) }
