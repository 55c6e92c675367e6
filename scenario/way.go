package scenario

import (
	"math/bits"
	"time"

	"constat.example/internal/chance"
	"constat.example/scenario/internal/agency"
	"constat.example/scenario/internal/office"
)

// Way is how the thief got at the records, as far as logs can tell.
type Way string

// Ways.
const (
	WayNone     Way = ""         // nothing was taken
	WayReads    Way = "reads"    // one file after the other, through an account
	WayPages    Way = "pages"    // searches of many pages, whose records are logged
	WayCounts   Way = "counts"   // the same, of which only the number of records is logged
	WayAPI      Way = "api"      // by number, one after the other, those that were not given too
	WayExport   Way = "export"   // the application's own, of which the number of records is logged
	WayCopy     Way = "copy"     // a statement of the database, logged without relation or number
	WayBackup   Way = "backup"   // a backup was stolen: no log tells of it
	WayPartner  Way = "partner"  // an extract leaked at the partner's: no log tells of it
	WayUnlogged Way = "unlogged" // through an account whose deeds are not logged
	WayGap      Way = "gap"      // while the logs have a gap
)

// raids is what of a theft would stand in a log.
var raids = map[Way]office.Way{
	WayReads: office.Reads, WayPages: office.Pages, WayCounts: office.Counts, WayAPI: office.Enumeration, WayExport: office.Export, WayCopy: office.Bulk,
	WayUnlogged: office.Reads, WayGap: office.Pages,
}

// reads reports whether an account read the records, logged or not.
func (w Way) reads() bool {
	_, ok := raids[w]
	return ok
}

// way is how the records were got at; none where nothing was copied from the register.
func (j *job) way() Way {
	if !j.ours() || j.t.Second {
		return WayNone
	}
	return j.t.Way
}

// TruthAccess is who got at the records, and what the logs tell of it.
type TruthAccess struct {
	Files      []string       `json:"files"` // under logs/
	From       time.Time      `json:"from"`  // period of the logs
	To         time.Time      `json:"to"`
	Lines      int            `json:"lines"`
	Accounts   int            `json:"accounts"`
	How        Way            `json:"how"`
	InLogs     bool           `json:"in_logs"`     // the logs have what the guilty accounts did
	Named      bool           `json:"named"`       // and name the records
	ThiefLines int            `json:"thief_lines"` // in the logs, of logins and of attempts in vain too
	Guilty     []TruthAccount `json:"guilty"`      // who read most first; also those that the logs do not have
}

// TruthAccount is what one account did for the thief.
type TruthAccount struct {
	Account string    `json:"account"`
	Role    string    `json:"role"`
	First   time.Time `json:"first"` // instants of records
	Last    time.Time `json:"last"`
	Lines   int       `json:"lines"`   // that records were got by
	Read    int       `json:"read"`    // people
	Offered int       `json:"offered"` // of them: in the dump
}

// Hours is when a thief is at it.
type Hours string

// Hours.
const (
	Always      Hours = ""        // day and night
	ByNight     Hours = "night"   // from ten in the evening to five in the morning, UTC
	WorkingTime Hours = "working" // from nine to five on weekdays, UTC
)

// hours are the seconds of the day from and up to which the thief is at it.
func (h Hours) of(day int64) [][2]int64 {
	weekday := (day + 3) % 7
	switch h {
	case ByNight:
		return [][2]int64{{0, 5 * 3600}, {22 * 3600, 24 * 3600}}
	case WorkingTime:
		if weekday >= 5 {
			return nil
		}
		return [][2]int64{{9 * 3600, 12 * 3600}, {13 * 3600, 17 * 3600}}
	}
	return [][2]int64{{0, 24 * 3600}}
}

// shifts are the times at which the thief is at it, in order; the whole of the copy
// where none of the hours are within it.
func (j *job) layShifts() {
	const day = 86_400
	epoch := j.w.c.Start.Unix()
	for d := (epoch + j.at) / day; d <= (epoch+j.until)/day; d++ {
		for _, h := range j.t.Hours.of(d) {
			from, to := max(d*day+h[0]-epoch, j.at), min(d*day+h[1]-epoch, j.until)
			if from < to {
				j.shifts = append(j.shifts, [2]int64{from, to})
				j.active += to - from
			}
		}
	}
	if j.active == 0 && j.until > j.at {
		j.shifts, j.active = [][2]int64{{j.at, j.until}}, j.until-j.at
	}
}

// pageSize is how many records a page of a thief's search has, in the mean.
const pageSize = 50

// turn is when the k-th person is copied: all at one instant, or one after the
// other, in order of record or haphazardly, while the thief is at it. Those on one
// page of a search are copied at once.
func (j *job) turn(c *agency.Chunk, k int) int64 {
	if j.until == j.at {
		return j.at
	}
	share := j.place(c.Number(k))
	switch {
	case j.t.Haphazard:
		share = chance.Mix(j.random(c, k) + 1)
	case j.t.IDs[1] > 0:
		share = 0
		if n := c.Number(k); n >= j.ids[0] && n < j.ids[1] {
			share, _ = bits.Div64(n-j.ids[0], 0, j.ids[1]-j.ids[0])
		}
	case j.t.First > 0:
		// About as many numbers as people: the last of them come at the end.
		lowest, _ := j.w.w.Numbers()
		share, _ = bits.Div64(min(c.Number(k)-lowest, j.firsts-1), 0, j.firsts)
	}
	hi, _ := bits.Mul64(share, uint64(j.active))
	after := int64(hi)
	if j.t.Way == WayPages || j.t.Way == WayCounts || j.t.Way == WayGap {
		after -= after % j.paging
	}
	for _, s := range j.shifts {
		if after < s[1]-s[0] {
			return s[0] + after
		}
		after -= s[1] - s[0]
	}
	return j.until
}

// expected is about how many people the theft takes.
func (j *job) expected() int {
	n := j.w.c.People
	switch {
	case j.t.Sample+j.t.First > 0:
		n = min(n, j.t.Sample+j.t.First)
	case j.t.IDs[1] > 0:
		n = n * (j.t.IDs[1] - j.t.IDs[0]) / 10_000
	case len(j.t.Departments) > 0:
		n = n * len(j.t.Departments) / 50
	case j.t.Share > 0:
		n = n * j.t.Share / 10_000
	}
	return max(n, 1)
}
