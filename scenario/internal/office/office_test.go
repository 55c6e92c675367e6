package office_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"constat.example/blind/access"
	"constat.example/scenario/internal/office"
)

var departments = []string{"01", "13", "2A", "35", "44", "69", "75", "974"}

// staff is an agency of people who all stay, and so many accounts.
func staff(t *testing.T, seed uint64, people, accounts int) *office.Staff {
	t.Helper()
	c := office.Config{Seed: seed, Accounts: accounts, Start: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Departments: departments}
	c.People = make([][]office.Person, len(departments))
	for i := range people {
		at := i * len(departments) / people
		c.People[at] = append(c.People[at], office.Person{Number: uint32(1_000_000 + 7*i), To: 1 << 30})
	}
	s, err := office.NewStaff(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func date(year int, month time.Month, dom int) int {
	return int(time.Date(year, month, dom, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

func TestDaysAreInOrderAndTheSame(t *testing.T) {
	t.Parallel()
	a, b, other := staff(t, 1, 20_000, 200), staff(t, 1, 20_000, 200), staff(t, 2, 20_000, 200)
	var d *office.Day
	for _, at := range []int{date(2024, 9, 16), date(2024, 9, 17), date(2024, 8, 11)} {
		d = a.Make(at, d)
		again, differs := b.Make(at, nil), other.Make(at, nil)
		if !slices.Equal(d.Events, again.Events) || !slices.Equal(d.Records, again.Records) {
			t.Errorf("day %d is not the same twice", at)
		}
		if slices.Equal(d.Events, differs.Events) {
			t.Errorf("day %d is the same for another seed", at)
		}
		last := map[int32]int64{}
		before := int64(0)
		for _, e := range d.Events {
			if e.At < before || e.At/86_400_000_000 != int64(at) {
				t.Fatalf("an event at %d, after %d, on day %d", e.At, before, at)
			}
			if before = e.At; e.At <= last[e.Account] {
				t.Errorf("account %d does two things at once", e.Account)
			}
			last[e.Account] = e.At
			if n := len(d.Of(&e)); n > 0 && n != int(e.Count) {
				t.Errorf("%d records named of %d returned", n, e.Count)
			}
			if e.Action == access.Read && (e.Record < 1_000_000 || e.Record >= 1_000_000+7*20_000 || e.Record%7 != 1_000_000%7) {
				t.Errorf("a read of record %d, which nobody has", e.Record)
			}
		}
	}
}

func TestWorkIsPlausible(t *testing.T) {
	t.Parallel()
	s := staff(t, 3, 50_000, 400)
	count := func(at int) (lines, night, people int, by map[office.Role]int, peak int) {
		by = map[office.Role]int{}
		of, read := map[int32]int{}, map[uint32]bool{}
		d := s.Make(at, nil)
		for _, e := range d.Events {
			role := s.Role(e.Account)
			by[role]++
			if role == office.Client || role == office.Batch {
				continue
			}
			lines++
			if hour := e.At / 3_600_000_000 % 24; hour < 3 || hour >= 19 {
				night++
			}
			if e.Action == access.Read {
				of[e.Account]++
				peak = max(peak, of[e.Account])
			}
			read[e.Record] = true
		}
		return lines, night, len(read), by, peak
	}
	monday, nights, people, by, peak := count(date(2024, 9, 16))
	if monday < 400*10 || monday > 400*150 || people < 3000 {
		t.Errorf("%d lines about %d people on a Monday in September, of 400 accounts", monday, people)
	}
	if nights > monday/100 {
		t.Errorf("%d of %d lines by night", nights, monday)
	}
	for r := range office.Role(office.Roles) {
		if by[r] == 0 && r != office.Partner {
			t.Errorf("no %s at work", r)
		}
	}
	if peak < 60 || peak > 2000 {
		t.Errorf("the busiest read %d files", peak)
	}
	sunday, _, _, _, _ := count(date(2024, 9, 15))
	christmas, _, _, _, _ := count(date(2024, 12, 25))
	easterMonday, _, _, _, _ := count(date(2024, 4, 1))
	if sunday+christmas+easterMonday > 0 {
		t.Errorf("%d lines on a Sunday, %d at Christmas, %d on Easter Monday", sunday, christmas, easterMonday)
	}
	august, _, _, _, _ := count(date(2024, 8, 12))
	if 10*august > 7*monday {
		t.Errorf("%d lines in August, %d in September", august, monday)
	}
	overseas, _, _, _, _ := count(date(2024, 5, 9)) // Ascension
	if overseas > 0 {
		t.Errorf("%d lines on Ascension", overseas)
	}
}

// TestLines: a line is what the event says.
func TestLines(t *testing.T) {
	t.Parallel()
	s := staff(t, 5, 20_000, 100)
	d := s.Make(date(2024, 10, 15), nil)
	id := func(b []byte, n uint64) []byte { return fmt.Appendf(b, "FT-%010d", n) }
	var size int
	for i := range d.Events {
		e := &d.Events[i]
		var line struct {
			TS                                        time.Time
			Account, Action, Record, Address, Session string
			Office, Reason, Device                    string
			Records                                   []string
			Count, Page                               *int
		}
		text := s.AppendLine(nil, office.JSON, d, e, id)
		size += len(text)
		if err := json.Unmarshal(text, &line); err != nil || text[len(text)-1] != '\n' {
			t.Fatalf("%s: %v", text, err)
		}
		if line.TS.UnixMilli() != e.At/1000 || line.Account != string(s.AppendAccount(nil, e.Account)) || line.Action == "" || line.Address == "" || line.Session == "" || line.Device == "" {
			t.Fatalf("%s of %+v", text, e)
		}
		if len(line.Records) != len(d.Of(e)) || (line.Count == nil) != (e.Count < 0) || line.Count != nil && *line.Count != int(e.Count) || (line.Record == "") != (e.Record == 0) {
			t.Fatalf("%s of %+v", text, e)
		}
		web := s.AppendLine(nil, office.Web, d, e, id)
		if bytes.Count(web, []byte{'"'}) != 6 || e.Record != 0 && !bytes.Contains(web, id(nil, uint64(e.Record))) {
			t.Fatalf("%s", web)
		}
	}
	if mean := size / len(d.Events); mean < 150 || mean > 320 {
		t.Errorf("a line has %d bytes in the mean", mean)
	}
}

// TestStealAddsUp: what deeds tell is what the days have.
func TestStealAddsUp(t *testing.T) {
	t.Parallel()
	day := date(2024, 10, 15)
	for way := office.Reads; way <= office.Bulk; way++ {
		s := staff(t, 6, 20_000, 100)
		quiet := len(s.Make(day, nil).Events) + len(s.Make(day+1, nil).Events)
		from := int64(day)*86_400_000_000 + 20*3_600_000_000
		var taken []office.Taken
		for i := range 1000 { // through midnight, twenty at a time
			taken = append(taken, office.Taken{At: from + int64(i/20)*600_000_000, Number: uint32(1_000_000 + 7*i), Kept: i%4 > 0})
		}
		var accounts []int32
		for luck := uint64(0); len(accounts) < 2; luck++ {
			id, ok := s.Choose(office.Adviser, departments, "", from, from+86_400_000_000, luck)
			if !ok {
				t.Fatal("nobody at work")
			}
			if !slices.Contains(accounts, id) {
				accounts = append(accounts, id)
			}
		}
		read, kept, lines := 0, 0, 0
		for _, deed := range s.Steal(taken, office.Raid{Way: way, Accounts: accounts, Stolen: true}) {
			read += deed.Read
			kept += deed.Kept
			lines += deed.Lines
			if deed.First < from || deed.Last > taken[999].At || !slices.Contains(accounts, deed.Account) {
				t.Errorf("way %d: %+v", way, deed)
			}
		}
		if read != 1000 || kept != 750 {
			t.Errorf("way %d: %d read, %d kept", way, read, kept)
		}
		told, named, all := 0, 0, 0
		for _, d := range []*office.Day{s.Make(day, nil), s.Make(day+1, nil)} {
			all += len(d.Events)
			for _, e := range d.Events {
				if !e.Theft || e.Action == access.Login || e.Action == access.Refused || e.Count == 0 {
					continue
				}
				told++
				named += len(d.Of(&e)) + min(1, int(e.Record))
			}
		}
		if told != lines || all <= quiet {
			t.Errorf("way %d: %d lines of %d", way, told, lines)
		}
		if names := way == office.Reads || way == office.Pages || way == office.Enumeration; names && named != 1000 || !names && named != 0 {
			t.Errorf("way %d: %d records named", way, named)
		}
		s.Gap(from-3_600_000_000, from+10*3_600_000_000)
		for _, d := range []*office.Day{s.Make(day, nil), s.Make(day+1, nil)} {
			for _, e := range d.Events {
				if e.Theft {
					t.Fatalf("way %d: the theft is in a gap and is told", way)
				}
			}
		}
	}
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	c := office.Config{Accounts: 10, Departments: departments, People: [][]office.Person{{{Number: 1}}}}
	if _, err := office.NewStaff(c); err == nil {
		t.Error("ten accounts")
	}
	c.Accounts, c.People = 100, make([][]office.Person, len(departments))
	if _, err := office.NewStaff(c); err == nil {
		t.Error("no people")
	}
}
