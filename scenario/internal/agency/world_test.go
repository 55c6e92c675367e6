package agency

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/internal/failure"
)

// entry is one row of a snapshot, by column.
type entry [Columns]string

// world is a world of 40,000 people, laid out once.
var world = sync.OnceValues(func() (*World, error) {
	return New(context.Background(), Config{People: 40_000, Seed: 11})
})

func register(t *testing.T, w *World, at int64) []entry {
	t.Helper()
	type part struct {
		c       *Chunk
		entries []entry
	}
	var all []entry
	err := InOrder(t.Context(), 2, w.Chunks(), func(i int, p *part) *part {
		if p == nil {
			p = new(part)
		}
		p.c, p.entries = w.Make(i, p.c), nil
		var row Row
		for k := range p.c.People() {
			if p.c.Row(&row, k, at) {
				var e entry
				for c := range Column(Columns) {
					e[c] = string(row.Cell(c))
				}
				p.entries = append(p.entries, e)
			}
		}
		return p
	}, func(p *part) error {
		all = append(all, p.entries...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func theWorld(t *testing.T) *World {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestOneOrTwoThreadsMakeTheSameWorld(t *testing.T) {
	t.Parallel()
	var texts [2][]byte
	for i := range texts {
		w, err := New(t.Context(), Config{People: 30_000, Seed: 3, Threads: i + 1})
		if err != nil {
			t.Fatal(err)
		}
		type part struct {
			c   *Chunk
			out [2][]byte
		}
		err = InOrder(t.Context(), i+1, w.Chunks(), func(k int, p *part) *part {
			if p == nil {
				p = new(part)
			}
			p.c, p.out = w.Make(k, p.c), [2][]byte{}
			p.c.Snapshots(p.out[:], make([]int, 2), []int64{w.Month(0), w.Month(20)})
			return p
		}, func(p *part) error {
			texts[i] = append(append(texts[i], p.out[0]...), p.out[1]...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("the worlds differ")
	}
}

func TestWhatNamesAPersonIsTheirsAlone(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	at := [2][]entry{register(t, w, 0), register(t, w, w.Month(23))}
	owner := map[Column]map[string]string{}
	for _, c := range []Column{NIR, TaxNumber, IBAN, RecordID} {
		owner[c] = map[string]string{}
	}
	for _, entries := range at {
		seen := map[string]bool{}
		for _, e := range entries {
			if seen[e[RecordID]] {
				t.Fatal("a record id stands twice in one snapshot")
			}
			seen[e[RecordID]] = true
			for c, of := range owner {
				if e[c] == "" {
					continue
				}
				if other := of[e[c]]; other != "" && other != e[RecordID] {
					t.Errorf("two people share a %s", c.Kind())
				}
				of[e[c]] = e[RecordID]
			}
		}
	}
}

// Mail and phone may be shared within a household, by no others.
func TestMailAndPhoneStayInTheHousehold(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	type place struct{ chunk, house int32 }
	mail, phone := map[string]place{}, map[string]place{}
	var c *Chunk
	for i := range w.Chunks() {
		c = w.Make(i, c)
		for k := range c.people {
			p := &c.people[k]
			here := place{int32(i), p.house}
			for _, at := range []int64{0, w.Month(12), w.Month(24)} {
				var row Row
				s, _ := c.stateAt(p, at)
				c.write(&row, p, s)
				for _, x := range []struct {
					cell string
					of   map[string]place
				}{{string(row.Cell(Email)), mail}, {string(row.Cell(Phone)), phone}} {
					if x.cell == "" {
						continue
					}
					if other, met := x.of[x.cell]; met && other != here {
						t.Fatal("two households share a mail address or a phone")
					}
					x.of[x.cell] = here
				}
			}
		}
	}
}

func TestNumbersAreWellFormed(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	mail := regexp.MustCompile(`^[a-z0-9._-]+@[a-z-]+\.example$`)
	shape := regexp.MustCompile(`^[12]\d\d(0[1-9]|1[0-2])(\d\d|2A|2B)\d{6}\d\d$`)
	corsican := strings.NewReplacer("2A", "19", "2B", "18")
	missing := 0
	entries := register(t, w, w.Month(12))
	for _, e := range entries {
		nir := e[NIR]
		n, _ := strconv.Atoi(nir[:5] + corsican.Replace(nir[5:7]) + nir[7:13])
		key, _ := strconv.Atoi(nir[13:])
		if !shape.MatchString(nir) || 97-n%97 != key {
			t.Errorf("a NIR is not well formed")
		}
		if (nir[0] == '1') != (e[Sex] == "M") {
			t.Error("a NIR disagrees with its bearer's sex")
		}
		born, code := e[BirthDate], e[BirthPlaceCode]
		if nir[7:10] != code[2:] && !(code[:2] == "99" && nir[5] == '9') {
			t.Error("a NIR disagrees with its bearer's birthplace")
		}
		if nir[1:3] != born[2:4] {
			t.Error("a NIR disagrees with its bearer's year of birth")
		}
		tax, _ := strconv.Atoi(e[TaxNumber])
		if len(e[TaxNumber]) != 13 || e[TaxNumber][0] > '3' || tax/1000%511 != tax%1000 {
			t.Error("a tax number is not well formed")
		}
		if iban := e[IBAN]; iban != "" {
			x, _ := new(big.Int).SetString(iban[4:]+"1527"+iban[2:4], 10)
			bank, _ := strconv.Atoi(iban[4:9])
			branch, _ := strconv.Atoi(iban[9:14])
			account, _ := strconv.Atoi(iban[14:25])
			rib, _ := strconv.Atoi(iban[25:])
			if len(iban) != 27 || x.Mod(x, big.NewInt(97)).Int64() != 1 || 97-(89*bank+15*branch+3*account)%97 != rib {
				t.Error("an IBAN is not well formed")
			}
			if bank >= 10_000 {
				t.Error("an IBAN is at a bank that may exist")
			}
		}
		if e[Email] == "" {
			missing++
		} else if !mail.MatchString(e[Email]) {
			t.Error("a mail address is not well formed or not under .example")
		}
		if _, err := time.Parse(time.DateOnly, e[BirthDate]); err != nil {
			t.Error("a birth date is none")
		}
	}
	if share := float64(missing) / float64(len(entries)); share < 0.06 || share > 0.10 {
		t.Errorf("%.3f of the people have no mail address", share)
	}
}

func TestBornInColoniesAndOldCorsica(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	index := func(code string) int32 {
		for i := range w.f.Communes {
			if w.f.Communes[i].Code == code {
				return int32(i)
			}
		}
		for i, c := range w.f.Abroad {
			if c.Code == code {
				return int32(len(w.f.Communes) + i)
			}
		}
		t.Fatalf("no place %s", code)
		return 0
	}
	for _, c := range []struct {
		code       string
		year       int
		department string
	}{
		{"2A004", 1975, "20"},
		{"2A004", 1976, "2A"},
		{"2B033", 1990, "2B"},
		{"99350", 1950, "95"},
		{"99351", 1950, "96"},
		{"99352", 1970, "99"},
		{"97411", 1980, "97"},
	} {
		p := person{sex: 1, born: civil(c.year, 5, 1), place: index(c.code), order: 7}
		if nir := string(w.appendNIR(nil, &p)); nir[5:7] != c.department || len(nir) != 15 {
			t.Errorf("born %d in %s: %s", c.year, c.code, nir)
		}
	}
	p := person{sex: 2, born: civil(1950, 5, 1), place: index("99352"), order: 7}
	if nir := string(w.appendNIR(nil, &p)); nir[5] != '9' || nir[6] < '1' || nir[6] > '4' {
		t.Errorf("born 1950 in Algeria: %s", nir)
	}
	// Vectors of the facts: 2 53 07 2B 073 004 70 and 2 55 08 14 168 025 38.
	for nir, key := range map[string]uint64{"253072B073004": 70, "253072A073004": 43, "2550814168025": 38, "2951099126111": 93} {
		if got := nirKey([]byte(nir)); got != key {
			t.Errorf("key of %s: %d, want %d", nir, got, key)
		}
	}
}

// In the largest world and the fullest month, no place runs out of order numbers.
func TestBirthplacesOfALargeWorld(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	for _, n := range []uint64{1, 2, 1000, MaxPeople * 11 / 10 * 45 / 100 * 3 / 2 / (2 * birthMonths)} {
		seen := map[[2]uint64]bool{}
		most := uint64(0)
		for rank := range n {
			place, before := w.places.birthplace(rank, n, 77)
			if place < 0 || place >= len(w.places.upTo) || seen[[2]uint64{uint64(place), before}] {
				t.Fatalf("of %d: rank %d is number %d of place %d, as another is", n, rank, before, place)
			}
			seen[[2]uint64{uint64(place), before}] = true
			most = max(most, before+1)
		}
		if most > 850 {
			t.Errorf("%d of %d are born at one place", most, n)
		}
	}
	// No commune has a code that people born in the colonies may have.
	for _, c := range w.f.Communes {
		if c.Code >= "91" && c.Code < "97" && c.Code[2:] >= "700" {
			t.Errorf("commune %s", c.Code)
		}
	}
}

func TestPeopleAreLikeFrance(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	entries := register(t, w, 0)
	if len(entries) != w.c.People {
		t.Fatalf("%d people at the start, %d asked for", len(entries), w.c.People)
	}
	n := float64(len(entries))
	var minors, old, women, abroad, used float64
	births, homes, surnames := map[[3]string]float64{}, map[[3]string]float64{}, map[string]float64{}
	alike := map[[4]string]int{}
	for _, e := range entries {
		born, _ := time.Parse(time.DateOnly, e[BirthDate])
		age := int(w.c.Start.Sub(born).Hours() / 24 / daysAYear)
		switch {
		case age < -1 || age > 99:
			t.Errorf("somebody is %d years old", age)
		case age < 18:
			minors++
		case age >= 65:
			old++
		}
		if e[Sex] == "F" {
			women++
		}
		if e[BirthCountry] != "FRANCE" {
			abroad++
		}
		if e[UsedSurname] != "" {
			used++
		}
		births[[3]string{e[BirthSurname], e[BirthDate], e[BirthPlaceCode]}]++
		homes[[3]string{e[Address] + e[AddressExtra], e[PostCode], e[City]}]++
		surnames[e[BirthSurname]]++
		first, _, _ := strings.Cut(e[GivenNames], ",")
		bearer := [4]string{e[BirthSurname], first, e[BirthDate], e[BirthPlaceCode]}
		if alike[bearer]++; alike[bearer] > 1 {
			t.Error("twins have one name")
		}
	}
	twins, together := 0.0, 0.0
	for _, k := range births {
		if k > 1 {
			twins += k
		}
	}
	for _, k := range homes {
		if k > 1 {
			together += k
		}
	}
	for _, c := range []struct {
		name      string
		share     float64
		low, high float64
	}{
		{"minors", minors / n, 0.18, 0.26},
		{"65 and older", old / n, 0.16, 0.24},
		{"women", women / n, 0.50, 0.54},
		{"born abroad", abroad / n, 0.08, 0.15},
		{"bear a used surname", used / n, 0.08, 0.20},
		{"are twins", twins / n, 0.018, 0.042},
		{"share a home", together / n, 0.70, 0.88},
		{"are called Martin", surnames["MARTIN"] / n, 0.0018, 0.0050},
	} {
		if c.share < c.low || c.share > c.high {
			t.Errorf("%.4f %s, expected from %.4f to %.4f", c.share, c.name, c.low, c.high)
		}
	}
}

func TestSnapshotsDrift(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	before, after := register(t, w, w.Month(6)), register(t, w, w.Month(18))
	last := map[string]entry{}
	for _, e := range before {
		last[e[RecordID]] = e
	}
	n := float64(len(before))
	var stayed, changed, added float64
	by := map[Column]float64{}
	for _, e := range after {
		old, known := last[e[RecordID]]
		if !known {
			added++
			continue
		}
		stayed++
		if old != e {
			changed++
		}
		for c := range Column(Columns) {
			if old[c] != e[c] {
				by[c]++
			}
		}
	}
	for _, c := range []struct {
		name      string
		share     float64
		low, high float64
	}{
		{"left", (n - stayed) / n, 0.008, 0.025},
		{"came", added / n, 0.03, 0.08},
		{"changed", changed / n, 0.18, 0.30},
		{"moved", by[Address] / n, 0.08, 0.14},
		{"have another mail address", by[Email] / n, 0.03, 0.09},
		{"have another phone", by[Phone] / n, 0.04, 0.10},
		{"have another used surname", by[UsedSurname] / n, 0.001, 0.01},
		{"had their surname corrected", by[BirthSurname] / n, 0.0003, 0.003},
	} {
		if c.share < c.low || c.share > c.high {
			t.Errorf("%.4f %s in a year, expected from %.4f to %.4f", c.share, c.name, c.low, c.high)
		}
	}
	for _, c := range []Column{RecordID, NIR, TaxNumber, Sex, BirthPlaceCode, Opened} {
		if by[c] > 0 {
			t.Errorf("%s changed, which never does", c.Kind())
		}
	}
}

func TestRecordNumbersFollowTheirDates(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	entries := register(t, w, w.Month(23))
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a[RecordID], b[RecordID]) })
	newest, late, before := "", 0, 0
	for i, e := range entries {
		if e[Opened] < e[BirthDate] {
			before++ // a birth date with a typing error
		}
		// Records of the young are dated after their births, whatever their numbers.
		if e[Opened] < newest {
			late++
		}
		if e[Opened] > newest && e[BirthDate] < "2005" {
			newest = e[Opened]
		}
		if i > 0 && e[RecordID] == entries[i-1][RecordID] {
			t.Error("a record id stands twice")
		}
	}
	if before > 10 {
		t.Errorf("%d records are older than their people", before)
	}
	if share := float64(late) / float64(len(entries)); share > 0.12 {
		t.Errorf("%.3f of the records are dated before older numbers", share)
	}
}

func TestUniversesShareNothing(t *testing.T) {
	t.Parallel()
	numbers := map[string]bool{}
	for universe := range 2 {
		w, err := New(t.Context(), Config{People: 9000, Seed: 4, Universe: universe})
		if err != nil {
			t.Fatal(err)
		}
		shared := 0
		for _, e := range register(t, w, 0) {
			for _, c := range []Column{RecordID, Phone, IBAN} {
				if e[c] == "" {
					continue
				}
				if universe == 0 {
					numbers[e[c]] = true
				} else if numbers[e[c]] {
					shared++
				}
			}
		}
		if shared > 0 {
			t.Errorf("%d record ids, phones and accounts of one universe are in the other", shared)
		}
	}
}

func TestSmallWorlds(t *testing.T) {
	t.Parallel()
	for _, people := range []int{1, 2, 3, 10, 100, 8191, 8192, 8193} {
		w, err := New(t.Context(), Config{People: people, Seed: uint64(people)})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(register(t, w, 0)); got != people {
			t.Errorf("%d people, %d asked for", got, people)
		}
		register(t, w, w.Month(24))
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"nobody":        {},
		"too many":      {People: MaxPeople + 1},
		"no time":       {People: 1, Months: -1},
		"too much time": {People: 1, Months: 121},
		"no such day":   {People: 1, Start: time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)},
		"long ago":      {People: 1, Start: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if _, err := New(t.Context(), c); failure.CodeOf(err) != failure.Usage || failure.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInOrderStops(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	used := 0
	err := InOrder(t.Context(), 3, 1000, func(i, _ int) int { return i }, func(i int) error {
		if i != used {
			return fmt.Errorf("%d came after %d", i, used-1)
		}
		if used++; used == 10 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || used != 10 {
		t.Errorf("%v after %d", err, used)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = InOrder(ctx, 2, 1000, func(i, _ int) int { return i }, func(i int) error {
		if i == 5 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run ends with %v", err)
	}
	if err := InOrder(t.Context(), 2, 0, func(i, _ int) int { return i }, func(int) error { return broken }); err != nil {
		t.Error(err)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for at := time.Date(1896, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2105; at = at.AddDate(0, 0, 17) {
		d := civil(at.Year(), int(at.Month()), at.Day())
		if got := string(d.appendDate(nil)); got != at.Format(time.DateOnly) {
			t.Fatalf("%s written as %s", at.Format(time.DateOnly), got)
		}
	}
	for n, want := range map[uint64]uint64{0: 0, 1: 1, 3: 1, 4: 2, 99: 9, 1 << 40: 1 << 20} {
		if got := isqrt(n); got != want {
			t.Errorf("isqrt(%d) = %d", n, got)
		}
	}
	if math.Abs(float64(years(100))-36524.25) > 1 {
		t.Error("a century is 36,524 days")
	}
}

func TestCells(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{"": "", "a b": "a b", "a;b": `"a;b"`, `a"b`: `"a""b"`, "a\nb": "\"a\nb\"", "a,b": "a,b"} {
		if got := string(AppendCell(nil, []byte(cell), ';')); got != want {
			t.Errorf("%q written as %q", cell, got)
		}
	}
}

func BenchmarkWorld(b *testing.B) {
	const people = 200_000
	for b.Loop() {
		w, err := New(b.Context(), Config{People: people, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		if err := InOrder(b.Context(), 2, w.Chunks(), w.Make, func(*Chunk) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(people*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}

func BenchmarkSnapshotCSV(b *testing.B) {
	w, err := New(b.Context(), Config{People: 20_000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	c := w.Make(0, nil)
	var out [1][]byte
	for b.Loop() {
		out[0] = out[0][:0]
		c.Snapshots(out[:], make([]int, 1), []int64{w.Month(12)})
	}
	b.SetBytes(int64(len(out[0])))
	b.ReportMetric(float64(c.People())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
