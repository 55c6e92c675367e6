package scenario_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"constat.example/blind/kind"
	"constat.example/desk/claim"
	"constat.example/internal/failure"
	"constat.example/internal/figures"
	"constat.example/scenario"
)

// config is an agency of a few thousand people with three snapshots.
func config(seed uint64) scenario.Config {
	return scenario.Config{People: 3000, Seed: seed, Snapshots: []int{0, 12, 23}}
}

// write writes a drill into a new folder.
func write(t *testing.T, c scenario.Config, kind string, adjust ...func(*scenario.Theft)) (string, *scenario.Truth) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "drill")
	truth, err := scenario.Write(t.Context(), dir, c, kind, adjust...)
	if err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

// readCSV reads a file with a header.
func readCSV(t *testing.T, path string, comma rune) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[rows[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

// readDump reads a dump of CSV, and brings column names, dates and phones back
// to what the register has.
func readDump(t *testing.T, path string, f scenario.Format, columns []string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch f.Encoding {
	case scenario.UTF8BOM:
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	case scenario.Windows1252:
		text, err = charmap.Windows1252.NewDecoder().Bytes(text)
	case scenario.UTF16:
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = rune(f.Delimiter[0])
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if f.Header != "none" {
		rows = rows[1:]
	}
	var out []map[string]string
	for _, row := range rows {
		m := map[string]string{}
		for i, cell := range row {
			switch column := columns[i]; {
			case cell == "":
			case column == "date_naissance" || column == "date_creation":
				if date, err := time.Parse(f.Dates, cell); err == nil { // else mistyped
					cell = date.Format(time.DateOnly)
				}
			case column == "telephone":
				cell = strings.NewReplacer("+33", "0", " ", "", ".", "").Replace(cell)
			}
			m[columns[i]] = cell
		}
		out = append(out, m)
	}
	return out
}

// same reports whether a cell of a dump is the register's, which the format may
// have in upper case.
func same(f scenario.Format, cell, register string) bool {
	return cell == register || f.Upper && cell == strings.ToUpper(figures.Fold(register))
}

// links reads truth/links.csv: the record id of each row, "" of nobody's.
func links(t *testing.T, dir string, rows int) []string {
	t.Helper()
	return linksOf(t, filepath.Join(dir, "truth", "links.csv"), rows)
}

func linksOf(t *testing.T, path string, rows int) []string {
	t.Helper()
	ids := make([]string, rows+1)
	for _, l := range readCSV(t, path, ',') {
		row, err := strconv.Atoi(l["row"])
		if err != nil || row < 1 || row > rows || ids[row] != "" {
			t.Fatalf("a link of row %q, of %d rows", l["row"], rows)
		}
		ids[row] = l["record_id"]
	}
	return ids
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	for _, k := range scenario.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			var contents [3]map[string][]byte
			for i := range contents {
				c := config(7)
				c.Threads = 1 + i%2
				if i == 2 {
					c.Seed++
				}
				dir, _ := write(t, c, k.Name)
				contents[i] = tree(t, dir)
			}
			for name, text := range contents[0] {
				if !bytes.Equal(contents[1][name], text) {
					t.Errorf("%s differs from one thread to two", name)
				}
				if filepath.Ext(name) == ".csv" && !strings.HasPrefix(name, filepath.Join("truth", "links")) && bytes.Equal(contents[2][name], text) {
					t.Errorf("%s is the same for another seed", name)
				}
			}
		})
	}
}

// tree reads every file under dir.
func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestTruthMatchesTheFiles derives the truth anew from the register, the dump
// and the links alone.
func TestTruthMatchesTheFiles(t *testing.T) {
	t.Parallel()
	for _, k := range scenario.Kinds() {
		if k.Theft.Foreign || k.Theft.Beside > 0 || slices.Contains([]string{"database", "two-registers", "honey-partner"}, k.Name) {
			continue // their cells are laid out otherwise; see TestForeign, TestDatabase, TestTwoRegisters and TestHoney
		}
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			dir, truth := write(t, config(5), k.Name, func(t *scenario.Theft) {
				if t.Notes == 0 {
					t.Duplicated = 200
				}
			})
			last := map[string]map[string]string{}
			ever := map[string]bool{}
			for i, s := range truth.Snapshots {
				rows := readCSV(t, filepath.Join(dir, "register", s.File), ';')
				if len(rows) != s.People {
					t.Errorf("%s: %d people, %d told", s.File, len(rows), s.People)
				}
				for _, row := range rows {
					ever[row["identifiant"]] = true
					if i == len(truth.Snapshots)-1 {
						last[row["identifiant"]] = row
					}
				}
			}
			dump := readDump(t, filepath.Join(dir, truth.Dump), truth.Format, truth.Columns)
			ids := links(t, dir, len(dump))
			if len(dump) != truth.Rows || truth.Rows != truth.Genuine+truth.Invented {
				t.Fatalf("%d rows, truth %+v", len(dump), truth)
			}
			noisy := k.Theft.Mistyped > 0
			people, stale, gone := map[string]bool{}, map[string]bool{}, map[string]bool{}
			type cell struct{ id, column string }
			held := map[cell]bool{} // by column of a person, whether a value of theirs is current
			genuine, between := 0, 0
			for i, row := range dump {
				id := ids[i+1]
				if id == "" {
					continue
				}
				genuine++
				if row["identifiant"] != "" && row["identifiant"] != id {
					t.Error("a row is linked to another record than its own")
				}
				if !people[id] && !ever[id] {
					between++ // came and went between two snapshots
				}
				people[id] = true
				now, there := last[id]
				if !there {
					gone[id] = true
				}
				for column, value := range row {
					if value == "" {
						continue
					}
					c := cell{id, column}
					held[c] = held[c] || column == "commentaire" || there && same(truth.Format, value, now[column])
				}
			}
			exposed, old := map[string]int{}, map[string]int{}
			for c, current := range held {
				exposed[c.column]++
				if !current {
					old[c.column]++
					stale[c.id] = true
				}
			}
			again := genuine - len(people)
			if genuine != truth.Genuine || len(people) != truth.Persons || len(gone) != truth.Gone || again != truth.Duplicates && truth.Invented == 0 && !k.Theft.History {
				t.Errorf("%d genuine rows, %d people, %d gone, %d again; truth %d, %d, %d, %d",
					genuine, len(people), len(gone), again, truth.Genuine, truth.Persons, truth.Gone, truth.Duplicates)
			}
			if between > truth.Persons/50 {
				t.Errorf("%d people are in no snapshot", between)
			}
			if !noisy && len(stale) != truth.Stale {
				t.Errorf("%d people have a stale value, truth %d", len(stale), truth.Stale)
			}
			for i, column := range truth.Columns {
				var told scenario.TruthExposure
				for _, e := range truth.Exposures {
					if e.Kind.String() == truth.Kinds[i] {
						told = e
					}
				}
				if told.People != exposed[column] || told.Current+told.Stale != told.People || !noisy && told.Stale != old[column] {
					t.Errorf("%s: %d exposed, %d stale; truth %+v", column, exposed[column], old[column], told)
				}
				if noisy != (told.Altered > 0) && slices.Contains([]string{"prenoms", "date_naissance", "courriel"}, column) && told.People > 0 {
					t.Errorf("%s: %d altered", column, told.Altered)
				}
			}
			var read scenario.Truth
			text, err := os.ReadFile(filepath.Join(dir, "truth", "truth.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &read); err != nil || read.Persons != truth.Persons || !read.Theft.Equal(truth.Theft) {
				t.Errorf("truth.json tells something else: %v", err)
			}
		})
	}
}

func TestStaleThird(t *testing.T) {
	t.Parallel()
	c := config(3)
	c.People = 12_000
	_, truth := write(t, c, "stale-third")
	if share := float64(truth.Stale) / float64(truth.Persons); share < 0.31 || share > 0.36 {
		t.Errorf("%.3f of the people have a stale value", share)
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind    string
		genuine [2]float64
		class   string
		rows    [2]int
	}{
		{"full-copy", [2]float64{1, 1}, "genuine", [2]int{2900, 3500}},
		{"sample", [2]float64{1, 1}, "genuine", [2]int{1000, 1000}},
		{"first-n", [2]float64{1, 1}, "genuine", [2]int{2900, 3500}}, // fewer people than it asks for
		{"fabricated", [2]float64{0, 0}, "fabricated", [2]int{3000, 3000}},
		{"padded", [2]float64{0.765, 0.773}, "mixed", [2]int{3800, 4400}},
		{"partial", [2]float64{1, 1}, "genuine", [2]int{100, 400}},
	} {
		_, truth := write(t, config(8), c.kind)
		if truth.GenuineShare < c.genuine[0] || truth.GenuineShare > c.genuine[1] || truth.Class != c.class || truth.Rows < c.rows[0] || truth.Rows > c.rows[1] {
			t.Errorf("%s: class %s, genuine share %.4f, %d rows", c.kind, truth.Class, truth.GenuineShare, truth.Rows)
		}
	}
}

func TestFirstAreTheFirst(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, config(9), "first-n", func(t *scenario.Theft) { t.First = 100 })
	taken := map[string]bool{}
	highest := ""
	for _, row := range readCSV(t, filepath.Join(dir, "dump.csv"), ';') {
		taken[row["identifiant"]] = true
		highest = max(highest, row["identifiant"])
	}
	below := 0
	for _, row := range readCSV(t, filepath.Join(dir, "register", "2025-01-01.csv"), ';') {
		if row["identifiant"] <= highest && !taken[row["identifiant"]] {
			below++ // gone before the theft
		}
	}
	if len(taken) != 100 || below > 5 {
		t.Errorf("%d taken, %d below the highest are not", len(taken), below)
	}
}

func TestForeign(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(6), "foreign")
	text, err := os.ReadFile(filepath.Join(dir, "dump.csv"))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(text)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(decoded))
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ids := links(t, dir, len(rows)-1)
	known := map[string]map[string]string{}
	for _, s := range truth.Snapshots {
		for _, row := range readCSV(t, filepath.Join(dir, "register", s.File), ';') {
			known[row["identifiant"]] = row
		}
	}
	overlap, same := 0, 0
	born, id := slices.Index(rows[0], "date_naissance"), slices.Index(rows[0], "identifiant")
	for i, row := range rows[1:] {
		if _, err := time.Parse("02/01/2006", row[born]); err != nil {
			t.Error("a date is not laid out as the other agency does")
		}
		if !strings.HasPrefix(row[id], "PSP") {
			t.Error("an id of our own")
		}
		if ids[i+1] == "" {
			continue
		}
		overlap++
		if ours, ok := known[ids[i+1]]; ok {
			d, _ := time.Parse(time.DateOnly, ours["date_naissance"])
			if d.Format("02/01/2006") == row[born] {
				same++
			}
		}
	}
	if share := float64(overlap) / float64(len(rows)); share < 0.45 || share > 0.65 || float64(same) < 0.97*float64(overlap) {
		t.Errorf("%.3f of the rows are of our people, %d of %d born on the same day", share, same, overlap)
	}
	if truth.Class != "foreign" || truth.GenuineShare != 0 {
		t.Errorf("%+v", truth)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	_, want := write(t, config(4), "stale-third")
	for _, c := range []struct {
		name   string
		format scenario.Format
		file   string
		check  func(t *testing.T, text []byte)
	}{
		{"tab, english, compact dates", scenario.Format{Delimiter: "\t", Header: "en", Dates: scenario.Compact}, "dump.csv", func(t *testing.T, text []byte) {
			lines := strings.Split(string(text), "\n")
			if !strings.HasPrefix(lines[0], "birth_surname\tused_surname\t") || len(strings.Split(lines[1], "\t")[4]) != 8 {
				t.Errorf("header %q", lines[0])
			}
		}},
		{"no header", scenario.Format{Header: "none"}, "dump.csv", func(t *testing.T, text []byte) {
			if n := bytes.Count(text, []byte("\n")); n != want.Rows {
				t.Errorf("%d lines, %d rows", n, want.Rows)
			}
		}},
		{"comma", scenario.Format{Delimiter: ","}, "dump.csv", func(t *testing.T, text []byte) {
			rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil || len(rows) != want.Rows+1 {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		}},
		{"BOM", scenario.Format{Encoding: scenario.UTF8BOM}, "dump.csv", func(t *testing.T, text []byte) {
			if !bytes.HasPrefix(text, []byte("\xef\xbb\xbfnom_naissance")) {
				t.Error("no BOM")
			}
		}},
		{"UTF-16", scenario.Format{Encoding: scenario.UTF16}, "dump.csv", func(t *testing.T, text []byte) {
			units := make([]uint16, len(text)/2)
			if err := binary.Read(bytes.NewReader(text), binary.LittleEndian, units); err != nil {
				t.Fatal(err)
			}
			if s := string(utf16.Decode(units)); strings.Count(s, "\n") != want.Rows+1 || !strings.HasPrefix(s, "\ufeffnom_naissance") {
				t.Error("not the rows in UTF-16")
			}
		}},
		{"gzip", scenario.Format{Gzip: true}, "dump.csv.gz", func(t *testing.T, text []byte) {
			z, err := gzip.NewReader(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := b.ReadFrom(z); err != nil || bytes.Count(b.Bytes(), []byte("\n")) != want.Rows+1 {
				t.Errorf("not the rows: %v", err)
			}
		}},
		{"JSON lines", scenario.Format{Type: "jsonl"}, "dump.jsonl", func(t *testing.T, text []byte) {
			n := 0
			for line := range bytes.Lines(text) {
				var row map[string]string
				if err := json.Unmarshal(line, &row); err != nil || len(row) != len(want.Columns) {
					t.Fatalf("line %d: %d keys, %v", n+1, len(row), err)
				}
				n++
			}
			if n != want.Rows {
				t.Errorf("%d lines", n)
			}
		}},
		{"phones in pairs", scenario.Format{Phones: scenario.Pairs}, "dump.csv", func(t *testing.T, text []byte) {
			if n := len(regexp.MustCompile(`;0[1-9]( [0-9][0-9]){4};`).FindAll(text, -1)); n < want.Rows/2 {
				t.Errorf("%d phones in pairs", n)
			}
		}},
		{"phones as from abroad", scenario.Format{Phones: scenario.Abroad}, "dump.csv", func(t *testing.T, text []byte) {
			if n := len(regexp.MustCompile(`;\+33[1-9][0-9]{8};`).FindAll(text, -1)); n < want.Rows/2 {
				t.Errorf("%d phones as from abroad", n)
			}
		}},
		{"upper case", scenario.Format{Upper: true}, "dump.csv", func(t *testing.T, text []byte) {
			row := strings.Split(strings.Split(string(text), "\n")[7], ";")
			if row[2] != strings.ToUpper(row[2]) || strings.ContainsAny(row[2], "ÉÈÊËÀÂÎÏÔÛÇ") {
				t.Error("names in lower case or with accents")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, truth := write(t, config(4), "stale-third", func(t *scenario.Theft) { t.Format = c.format })
			if truth.Rows != want.Rows || truth.Stale != want.Stale || truth.Dump != c.file {
				t.Errorf("the format changed the theft: %+v", truth)
			}
			text, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			c.check(t, text)
		})
	}
}

func TestSnapshotAtAnyInstant(t *testing.T) {
	t.Parallel()
	w, err := scenario.New(t.Context(), config(5))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := w.WriteRegister(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "then.csv")
	n, err := w.WriteSnapshot(t.Context(), path, w.SnapshotTime(12))
	if err != nil {
		t.Fatal(err)
	}
	files := tree(t, dir)
	if !bytes.Equal(files["then.csv"], files["2025-01-01.csv"]) || bytes.Count(files["then.csv"], []byte("\n")) != n+1 {
		t.Error("the register at the instant of a snapshot is another")
	}
	if _, err := w.WriteSnapshot(t.Context(), path, w.SnapshotTime(12).AddDate(0, 0, 17)); err != nil {
		t.Error(err)
	}
	if bytes.Equal(tree(t, dir)["then.csv"], files["then.csv"]) {
		t.Error("nothing changed in seventeen days")
	}
	for _, months := range []int{-1, 25} {
		if _, err := w.WriteSnapshot(t.Context(), path, w.SnapshotTime(months)); failure.CodeOf(err) != failure.Usage {
			t.Errorf("month %d: %v", months, err)
		}
	}
}

func TestClaimReads(t *testing.T) {
	t.Parallel()
	for _, k := range scenario.Kinds() {
		small := config(2)
		small.People = 300
		dir, truth := write(t, small, k.Name)
		c, err := claim.Read(filepath.Join(dir, "claim.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Claimed.Count == nil || float64(*c.Claimed.Count) < 0.9*float64(truth.Rows) || !c.FirstSeen.After(truth.Theft) || c.Source == "" {
			t.Errorf("%s: %d rows claimed as %+v", k.Name, truth.Rows, c)
		}
		for _, field := range c.Claimed.Fields {
			if _, err := kind.Parse(field); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestFolderHoldsWhatItShould(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, config(1), "noisy")
	var names []string
	for name := range tree(t, dir) {
		names = append(names, filepath.ToSlash(name))
	}
	slices.Sort(names)
	want := []string{"claim.yaml", "dump.csv", "register/2024-01-01.csv", "register/2025-01-01.csv", "register/2025-12-01.csv", "truth/links.csv", "truth/truth.json"}
	if !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	if _, err := scenario.Write(t.Context(), dir, config(1), "noisy"); failure.CodeOf(err) != failure.Usage {
		t.Errorf("written over another drill: %v", err)
	}
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		kind   string
		config func(*scenario.Config)
		theft  func(*scenario.Theft)
	}{
		{name: "no such kind", kind: "phishing"},
		{name: "nobody", config: func(c *scenario.Config) { c.People = 0 }},
		{name: "snapshot after the end", config: func(c *scenario.Config) { c.Snapshots = []int{24} }},
		{name: "snapshots out of order", config: func(c *scenario.Config) { c.Snapshots = []int{3, 2} }},
		{name: "theft after the last snapshot", theft: func(t *scenario.Theft) { t.Months = 23.5 }},
		{name: "theft before the first", theft: func(t *scenario.Theft) { t.Months = -1 }},
		{name: "leaked after the last snapshot", theft: func(t *scenario.Theft) { t.Leaked = 23.5 }},
		{name: "copied until after it", theft: func(t *scenario.Theft) { t.Over = 20 }},
		{name: "copied for less than no time", theft: func(t *scenario.Theft) { t.Over = -1 }},
		{name: "a leak of before that cannot be", theft: func(t *scenario.Theft) { t.Earlier = []scenario.Source{{"x", scenario.Theft{Months: 30}}} }},
		{name: "notes in another order", kind: "notes", theft: func(t *scenario.Theft) { t.ByID = true }},
		{name: "no such column", theft: func(t *scenario.Theft) { t.Columns = []string{"groupe_sanguin"} }},
		{name: "no such encoding", theft: func(t *scenario.Theft) { t.Format.Encoding = "ebcdic" }},
		{name: "no such layout of phones", theft: func(t *scenario.Theft) { t.Format.Phones = "0 639" }},
		{name: "no such type", theft: func(t *scenario.Theft) { t.Format.Type = "docx" }},
		{name: "long delimiter", theft: func(t *scenario.Theft) { t.Format.Delimiter = "||" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			con, kind := config(1), "full-copy"
			if c.kind != "" {
				kind = c.kind
			}
			if c.config != nil {
				c.config(&con)
			}
			var adjust []func(*scenario.Theft)
			if c.theft != nil {
				adjust = append(adjust, c.theft)
			}
			dir := filepath.Join(t.TempDir(), "drill")
			_, err := scenario.Write(t.Context(), dir, con, kind, adjust...)
			if failure.CodeOf(err) != failure.Usage || failure.HintOf(err) == "" {
				t.Errorf("%v, hint %q", err, failure.HintOf(err))
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("a folder was left behind")
			}
		})
	}
}
