package scenario_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/clear/field"
	"constat.example/internal/figures"
	"constat.example/scenario"
)

// registerAt is the register as it stood at an instant, by record id.
func registerAt(t *testing.T, c scenario.Config, at time.Time) map[string]map[string]string {
	t.Helper()
	w, err := scenario.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "then.csv")
	if _, err := w.WriteSnapshot(t.Context(), path, at); err != nil {
		t.Fatal(err)
	}
	people := map[string]map[string]string{}
	for _, row := range readCSV(t, path, ';') {
		people[row["identifiant"]] = row
	}
	return people
}

// TestPopulation derives anew whom the thief could choose from, and finds the
// rows as the register stood at the theft.
func TestPopulation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, how, class string
		persons          [2]int
		reached          func(p *scenario.Population, id string, row map[string]string) bool
	}{
		{kind: "full-copy", how: "all", class: "genuine", persons: [2]int{3000, 3300}},
		{kind: "sample", how: "random", class: "genuine", persons: [2]int{1000, 1000}},
		{kind: "ten-rows", how: "random", class: "genuine", persons: [2]int{10, 10}},
		{kind: "first-n", how: "first", class: "genuine", persons: [2]int{3000, 3300}},
		{kind: "partial", how: "region", class: "genuine", persons: [2]int{100, 400}, reached: func(p *scenario.Population, _ string, row map[string]string) bool {
			return slices.ContainsFunc(p.Departments, func(d string) bool { return strings.HasPrefix(row["code_commune"], d) })
		}},
		{kind: "id-range", how: "ids", class: "genuine", persons: [2]int{450, 650}, reached: func(p *scenario.Population, id string, _ map[string]string) bool {
			return id >= p.IDs[0] && id < p.IDs[1]
		}},
		{kind: "partner", how: "random", class: "genuine", persons: [2]int{650, 900}},
		{kind: "recycled", how: "random", class: "recycled", persons: [2]int{1900, 2400}},
		{kind: "reshaped", how: "all", class: "genuine", persons: [2]int{3000, 3300}},
		{kind: "reformatted", how: "all", class: "genuine", persons: [2]int{3000, 3300}},
		{kind: "padded", how: "all", class: "mixed", persons: [2]int{3000, 3300}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			dir, truth := write(t, config(12), c.kind)
			p := truth.Population
			if p == nil || p.How != c.how || truth.Class != c.class || truth.Persons < c.persons[0] || truth.Persons > c.persons[1] {
				t.Fatalf("class %s, %d persons of %+v", truth.Class, truth.Persons, p)
			}
			kind, err := scenario.LookUp(c.kind)
			if err != nil {
				t.Fatal(err)
			}
			// What goes through an account takes hours or days, within which few change.
			most := time.Duration(kind.Theft.Over * 31 * 24 * float64(time.Hour))
			if truth.TheftFrom == nil || truth.TheftFrom.Before(truth.Theft) || truth.TheftTo.After(truth.Theft.Add(most)) || truth.TheftFrom.After(*truth.TheftTo) || truth.Leaked.Before(*truth.TheftTo) {
				t.Fatalf("copied from %v to %v, at %v", truth.TheftFrom, truth.TheftTo, truth.Theft)
			}
			then := registerAt(t, config(12), *truth.TheftFrom)
			later := registerAt(t, config(12), *truth.TheftTo)
			reached, moved := 0, 0
			for id, row := range then {
				if c.reached == nil || c.reached(p, id, row) {
					reached++
				}
			}
			if most > 0 {
				moved = 12 // who came, went or moved while it lasted
			}
			if c.kind == "partner" || c.kind == "recycled" {
				reached = truth.Persons // chance chose
			}
			if off := max(p.Register-len(then), len(then)-p.Register, p.Reached-reached, reached-p.Reached); off > moved {
				t.Errorf("%d in the register, %d reached; truth %+v", len(then), reached, p)
			}
			dump := readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns)
			ids := links(t, dir, len(dump))
			for i, row := range dump {
				was, is := then[ids[i+1]], later[ids[i+1]]
				if ids[i+1] == "" {
					continue
				}
				if c.reached != nil && !c.reached(p, ids[i+1], was) && !c.reached(p, ids[i+1], is) {
					t.Fatal("a row of somebody out of reach")
				}
				for column, cell := range row {
					if !same(truth.Format, cell, was[column]) && !same(truth.Format, cell, is[column]) {
						t.Fatalf("row %d: %s is not what it was at the theft", i+1, column)
					}
				}
			}
		})
	}
}

func TestScrapeGoesByID(t *testing.T) {
	t.Parallel()
	c := config(13)
	c.People = 9000
	dir, truth := write(t, c, "scrape")
	if truth.TheftTo.Sub(*truth.TheftFrom) < 40*24*time.Hour || truth.TheftFrom.Before(truth.Theft) || truth.TheftTo.After(truth.Leaked) {
		t.Fatalf("copied from %v to %v", truth.TheftFrom, truth.TheftTo)
	}
	first, last := registerAt(t, c, *truth.TheftFrom), registerAt(t, c, *truth.TheftTo)
	dump := readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns)
	var old, renewed [2]int // of those who changed, by half of the dump
	before := ""
	for i, row := range dump {
		id := row["identifiant"]
		if id <= before {
			t.Fatal("the rows are not in order of id")
		}
		before = id
		for column, cell := range row {
			a, b := first[id][column], last[id][column]
			if first[id] == nil || last[id] == nil || a == b {
				continue
			}
			half := 2 * i / len(dump)
			switch cell {
			case a:
				old[half]++
			case b:
				renewed[half]++
			}
		}
	}
	if old[0] <= 2*renewed[0] || renewed[1] <= 2*old[1] {
		t.Errorf("old values %d, new values %d by half of the dump", old, renewed)
	}
}

func TestPartnerLeaksLater(t *testing.T) {
	t.Parallel()
	_, truth := write(t, config(14), "partner")
	if truth.Leaked.Sub(truth.Theft) < 300*24*time.Hour || slices.Contains(truth.Columns, "sexe") || truth.Format.Header != "en" {
		t.Errorf("%+v", truth)
	}
}

// early reads the leaks of before and their links.
func early(t *testing.T, dir string, truth *scenario.Truth, each func(e scenario.TruthEarly, id string, row map[string]string)) {
	t.Helper()
	for _, e := range truth.Earlier {
		rows := readDump(t, filepath.Join(dir, e.File), e.Format, e.Columns)
		ids := linksOf(t, filepath.Join(dir, "truth", e.Links), len(rows))
		people := map[string]bool{}
		for i, row := range rows {
			if ids[i+1] != "" {
				people[ids[i+1]] = true
			}
			each(e, ids[i+1], row)
		}
		if len(rows) != e.Rows || len(people) != e.Persons || e.Leaked.Before(e.Theft) || !e.Leaked.Before(truth.Leaked) {
			t.Errorf("%s: %d rows, %d people, told %+v", e.File, len(rows), len(people), e)
		}
	}
}

func TestRecycledStoodBefore(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(15), "recycled")
	was := map[string]map[string]string{}
	early(t, dir, truth, func(_ scenario.TruthEarly, id string, row map[string]string) { was[id] = row })
	dump := readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns)
	ids := links(t, dir, len(dump))
	for i, row := range dump {
		for column, cell := range row {
			if was[ids[i+1]][column] != cell {
				t.Fatalf("row %d: %s did not stand in the leak of before", i+1, column)
			}
		}
	}
	if e := truth.Earlier; len(e) != 1 || !e[0].Ours || e[0].DumpRows != len(dump) || e[0].Rows <= len(dump) {
		t.Errorf("%+v", e)
	}
}

func TestAggregateIsMadeOfFive(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(16), "aggregate")
	was := map[string][]string{}         // cells by column and record id
	names := map[string]bool{}           // of strangers, who have no record id
	kept := map[string]map[string]bool{} // people of the register, by file
	key := func(row map[string]string) string {
		return strings.ToUpper(figures.Fold(row["nom_naissance"] + row["prenoms"] + row["date_naissance"]))
	}
	early(t, dir, truth, func(e scenario.TruthEarly, id string, row map[string]string) {
		if row["identifiant"] == "" || strings.HasPrefix(row["identifiant"], "FT-") {
			t.Fatal("an id of ours in another organisation's file")
		}
		if kept[e.File] == nil {
			kept[e.File] = map[string]bool{}
		}
		if id == "" {
			names[key(row)] = true
			return
		}
		kept[e.File][id] = true
		for column, cell := range row {
			was[column+id] = append(was[column+id], strings.ToUpper(figures.Fold(cell)))
		}
	})
	dump := readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns)
	ids := links(t, dir, len(dump))
	inDump := map[string]bool{}
	strangers, known := 0, 0
	for i, row := range dump {
		id := ids[i+1]
		if id == "" {
			strangers++
			if names[key(row)] {
				known++
			}
			continue
		}
		if inDump[id] {
			t.Fatal("two rows of one person")
		}
		inDump[id] = true
		for column, cell := range row {
			if cell != "" && !slices.Contains(was[column+id], strings.ToUpper(figures.Fold(cell))) {
				t.Fatalf("row %d: %s is of no leak of before", i+1, column)
			}
		}
	}
	for file, people := range kept {
		for id := range people {
			if !inDump[id] {
				t.Fatalf("%s: somebody is not in the dump", file)
			}
		}
	}
	// A few names were corrected between one leak and the next.
	if len(truth.Earlier) != 5 || known < strangers*98/100 || strangers < 500 || truth.TheftFrom != nil || truth.GenuineShare != 0 || truth.Class != "recycled" {
		t.Errorf("%d strangers, %d of them in a leak of before; %+v", strangers, known, truth)
	}
	for _, e := range truth.Earlier {
		if e.Ours || e.DumpRows != e.Rows {
			t.Errorf("%+v", e)
		}
	}
}

func TestReshapedIsThinned(t *testing.T) {
	t.Parallel()
	var shapes [2][]string
	for i := range shapes {
		_, truth := write(t, config(17+uint64(i)), "reshaped")
		shapes[i] = truth.Columns
		if len(truth.Columns) != 10 || !slices.Contains(truth.Columns, "nom_naissance") || !slices.Contains(truth.Columns, "prenoms") || !slices.Contains(truth.Columns, "date_naissance") {
			t.Errorf("%q", truth.Columns)
		}
	}
	if slices.Equal(shapes[0], shapes[1]) {
		t.Error("another seed, the same columns")
	}
}

func TestReformattedIsLaidOutOtherwise(t *testing.T) {
	t.Parallel()
	drawn := map[scenario.Format]bool{}
	for seed := range uint64(6) {
		c := config(seed)
		c.People = 100
		_, truth := write(t, c, "reformatted")
		drawn[truth.Format] = true
		if truth.Format.Dates == scenario.ISO || truth.Format.Phones == scenario.Bare {
			t.Errorf("%+v", truth.Format)
		}
	}
	if len(drawn) < 4 {
		t.Errorf("six seeds drew %d formats", len(drawn))
	}
}

func TestAccountsHaveAHistory(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(19), "accounts")
	if rows := float64(truth.Rows) / float64(truth.Persons); rows < 1.5 || rows > 1.8 {
		t.Errorf("%.2f rows a person", rows)
	}
	dump := readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns)
	ids := links(t, dir, len(dump))
	line := func(row map[string]string) string {
		var cells []string
		for _, column := range truth.Columns {
			cells = append(cells, row[column])
		}
		return strings.Join(cells, "|")
	}
	held := map[string][]string{}
	for i, row := range dump {
		held[ids[i+1]] = append(held[ids[i+1]], line(row))
	}
	now := registerAt(t, config(19), truth.Theft)
	states := 0
	for id := range held {
		if now[id] == nil {
			t.Fatal("somebody who was not in the register at the theft")
		}
		slices.Sort(held[id])
		states += len(slices.Compact(slices.Clone(held[id])))
	}
	for _, at := range []time.Time{truth.Snapshots[0].At, truth.Snapshots[1].At, truth.Theft} {
		for id, row := range registerAt(t, config(19), at) {
			if now[id] != nil && !slices.Contains(held[id], line(row)) {
				t.Fatalf("what somebody was on %s is not in the dump", at.Format(time.DateOnly))
			}
		}
	}
	if states != truth.Rows-truth.Duplicates {
		t.Errorf("%d different rows, %d rows and %d duplicates told", states, truth.Rows, truth.Duplicates)
	}
}

// TestFabricatedIsWellFormed finds that what is made up keeps every rule that a
// row can be held against by itself, and shares no number with the register but
// by chance, as a NIR and a mail address may be.
func TestFabricatedIsWellFormed(t *testing.T) {
	t.Parallel()
	places := map[[2]string]bool{}
	for _, c := range figures.Load().Communes {
		for _, code := range c.Postcodes {
			places[[2]string{code, c.City}] = true
		}
	}
	dir, truth := write(t, config(20), "fabricated", func(t *scenario.Theft) { t.Columns = append(slices.Clone(t.Columns), "iban", "numero_fiscal") })
	ours := map[string]bool{}
	for _, s := range truth.Snapshots {
		for _, row := range readCSV(t, filepath.Join(dir, "register", s.File), ';') {
			for _, column := range []string{"telephone", "iban", "numero_fiscal"} {
				ours[row[column]] = true
			}
		}
	}
	delete(ours, "")
	for i, row := range readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns) {
		nir, born := row["nir"], row["date_naissance"]
		if len(nir) != 15 || field.NIRKey([]byte(nir[:13])) != int(nir[13]-'0')*10+int(nir[14]-'0') {
			t.Errorf("row %d: the key of the NIR is wrong", i+1)
		}
		if (nir[0] == '1') != (row["sexe"] == "M") || nir[1:3] != born[2:4] {
			t.Errorf("row %d: the NIR is of another sex or year", i+1)
		}
		if !places[[2]string{row["code_postal"], row["commune"]}] {
			t.Errorf("row %d: the commune has not that postcode", i+1)
		}
		for column, cell := range row {
			if ours[cell] && column != "sexe" {
				t.Errorf("row %d: %s is in the register", i+1, column)
			}
		}
	}
	if truth.TheftFrom != nil || truth.Population != nil || truth.Persons != 0 {
		t.Errorf("%+v", truth)
	}
}

func TestFalseClaimHasStrangeIDs(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(21), "false-claim")
	issued, never := regexp.MustCompile(`^FT-[0-9]{10}$`), regexp.MustCompile(`^[0-9A-F]{8}/[A-Z]$`)
	for _, row := range readCSV(t, filepath.Join(dir, truth.Dump), ';') {
		if issued.MatchString(row["identifiant"]) || !never.MatchString(row["identifiant"]) {
			t.Fatal("an id of another format")
		}
	}
	for _, s := range truth.Snapshots {
		for _, row := range readCSV(t, filepath.Join(dir, "register", s.File), ';') {
			if !issued.MatchString(row["identifiant"]) {
				t.Fatal("the register has an id of another format")
			}
		}
	}
	if truth.Class != "fabricated" || truth.Rows != 2000 || truth.GenuineShare != 0 {
		t.Errorf("%+v", truth)
	}
}

func TestDailySnapshots(t *testing.T) {
	t.Parallel()
	lead := map[time.Duration]bool{}
	for _, c := range []struct {
		kind string
		seed uint64
		days int
	}{{"full-copy", 1, 30}, {"partner", 2, 30}, {"scrape", 3, 75}} {
		con := config(c.seed)
		con.People, con.Daily = 200, true
		dir, truth := write(t, con, c.kind)
		day, before, run := 24*time.Hour, time.Time{}, 0
		var first, last time.Time
		for _, s := range truth.Snapshots {
			if n := len(readCSV(t, filepath.Join(dir, "register", s.File), ';')); n != s.People || s.File != s.At.Format(time.DateOnly)+".csv" {
				t.Errorf("%s: %d people, told %+v", c.kind, n, s)
			}
			if s.At.Sub(before) == day {
				if run == 0 {
					first = before
				}
				run++
				last = s.At
			}
			before = s.At
		}
		if run < c.days || run > c.days+3 || truth.TheftFrom.Sub(first) < 5*day || last.Sub(*truth.TheftTo) < 4*day {
			t.Errorf("%s: %d days from %v to %v, theft from %v to %v", c.kind, run, first, last, truth.TheftFrom, truth.TheftTo)
		}
		lead[truth.TheftFrom.Sub(first).Round(day)] = true
		monthly, err := scenario.New(t.Context(), con)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range con.Snapshots {
			if !slices.ContainsFunc(truth.Snapshots, func(s scenario.Snapshot) bool { return s.At.Equal(monthly.SnapshotTime(m)) }) {
				t.Errorf("%s: the snapshot of month %d is not there", c.kind, m)
			}
		}
	}
	if len(lead) < 2 {
		t.Error("the theft always comes at the same day of the run")
	}
}

// TestSecondCopyIsNew: what changed since the first copy shows as it is now.
func TestSecondCopyIsNew(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(19), "second-copy")
	was := map[string]map[string]string{}
	early(t, dir, truth, func(_ scenario.TruthEarly, id string, row map[string]string) { was[id] = row })
	dump := readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns)
	ids := links(t, dir, len(dump))
	then := registerAt(t, config(19), truth.Theft)
	before, changed := 0, 0
	for i, row := range dump {
		for column, cell := range row {
			if cell != then[ids[i+1]][column] {
				t.Fatalf("row %d: %s is not what it was at the theft", i+1, column)
			}
		}
		if old := was[ids[i+1]]; old != nil {
			before++
			if !maps.Equal(old, row) {
				changed++
			}
		}
	}
	if e := truth.Earlier; len(e) != 1 || !e[0].Ours || e[0].DumpRows != before || before == len(dump) || truth.Class != "genuine" || changed < 100 {
		t.Errorf("%d of %d rows are of people who were out, %d of them changed; %+v", before, len(dump), changed, e)
	}
}
