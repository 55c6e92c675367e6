package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"golang.org/x/text/unicode/norm"

	"constat.example/internal/pgtest"
	"constat.example/scenario"
)

// TestNothingClear plays a whole incident, mishaps included, and looks for
// every value of the register and of the dumps in everything that was printed
// and in every file of the homes. There is none (law 1).
func TestNothingClear(t *testing.T) {
	t.Parallel()
	const people, seed = 300, 41
	months := []int{0, 10, 20}
	noisy := drill(t, "noisy", people, seed, months)
	copied := drill(t, "full-copy", people, seed, months, func(theft *scenario.Theft) { theft.Format.Type = "jsonl" })
	bare := drill(t, "full-copy", people, seed, months, func(theft *scenario.Theft) { theft.Format.Header = "none" })

	noted := drill(t, "notes", people, seed, months)

	values := newSecrets()
	for _, path := range slices.Concat(snapshotsOf(t, noisy), []string{dumpOf(t, noisy), dumpOf(t, noted)}) {
		values.addCSV(t, path)
	}
	values.addMentions(t, filepath.Join(noted, "truth", "mentions.csv"))
	values.addJSON(t, dumpOf(t, copied))
	values.without(ownWords(t, snapshotsOf(t, noisy)))
	if len(values.all) < 15*people {
		t.Fatalf("only %d values to look for", len(values.all))
	}

	outside := t.TempDir()
	p := on(t, filepath.Join(t.TempDir(), "home"))
	p.must(0, "key", "new")
	for i, path := range snapshotsOf(t, noisy) {
		args := []string{"register", "import", path}
		if i == 2 {
			args = append(args, "--json")
		}
		p.must(0, args...)
	}
	// A post that quotes rows, in its own key and as a file, and samples.
	rows := strings.SplitN(read(t, dumpOf(t, noisy)), "\n", 4)
	quoting := write(t, outside, "quoting.yaml", "source: a forum\nclaimed: {count: 300, fields: [nom, courriel]}\nactor: somebody\npost: |\n  "+rows[1]+"\n")
	p.must(0, "claim", "add", quoting, "--case", "both", "--post", dumpOf(t, noted), "--sample", dumpOf(t, noisy))
	p.must(0, "claim", "list", "--json")
	p.must(0, "claim", "show", "both", "1")
	p.run("claim", "add", write(t, outside, "sampled.yaml", "source: a forum\nsamples:\n  - "+rows[1]+"\n"))
	p.run("claim", "add", write(t, outside, "priced.yaml", "source: a forum\nprice: {"+rows[1]+": "+rows[2]+"}\n"))
	p.must(0, "leak", "add", dumpOf(t, noisy), "--name", "earlier", "--seen", "2024-06-01")
	p.must(0, "leak", "add", dumpOf(t, noted), dumpOf(t, bare), "--name", "two", "--ours", "--json")
	if kept, err := os.ReadDir(filepath.Join(p.home, "leaks")); err != nil || len(kept) != 2 {
		t.Errorf("%d leaks to look through, %v", len(kept), err)
	}
	p.run("assess", dumpOf(t, noisy), "--links", filepath.Join(outside, "links.csv"), "--claim", filepath.Join(noisy, "claim.yaml"))
	p.run("assess", dumpOf(t, copied), "--json", "--links", filepath.Join(outside, "links.parquet"), "--verbose")
	p.run("assess", dumpOf(t, noisy), dumpOf(t, bare), "--case", "both")
	p.run("assess", dumpOf(t, noted), "--case", "notes")
	p.run("assess", "--case", "both", "--as", "an analyst")
	p.must(0, "case", "discard", "both", sumOf(t, dumpOf(t, bare)), "--reason", "a test", "--yes")
	for _, args := range [][]string{
		{"register", "list"},
		{"register", "show"},
		{"register", "audit"},
		{"key", "list"},
		{"leak", "list"},
		{"leak", "show", "two"},
		{"leak", "remove", "two"},
		{"case", "list"},
		{"case", "show", "both"},
		{"claim", "compare", "both"},
		{"verify", "both"},
	} {
		p.run(args...)
		p.run(append(args, "--json")...)
	}
	// A row that is opened is shown to whoever asked, and leaves nothing behind: what
	// another terminal shows is not looked through, and the home is.
	told := on(t, p.home)
	told.must(0, "link", "explain", "notes", "3")
	told.must(0, "link", "explain", "notes", "3", "--lang", "fr")
	told.must(0, "link", "explain", "notes", "3", "--json")
	for _, value := range values.find(told.said.Bytes()) {
		if !strings.HasPrefix(value, "ft-") { // record ids are told, as links tell them
			t.Errorf("an explanation holds %q", value)
		}
	}
	p.must(0, "link", "review", "notes")
	p.must(0, "link", "decide", "notes", "3", "unknown", "--reason", "a test")
	p.run("assess", "--case", "notes")
	shown := on(t, p.home)
	shown.must(0, "link", "explain", "notes", "3", "--open")
	shown.must(0, "link", "explain", "notes", "3", "--open", "--json")
	if len(values.find(shown.said.Bytes())) == 0 {
		t.Error("a row that was opened shows no value")
	}
	telling(t, p, rows[1], outside)
	p.must(0, "drill", "run", noisy)
	p.run("drill", "score", noisy)
	meeting(t, p, copied, outside)
	mishaps(t, p, noisy, copied)
	// At the end: each assessment compares all registers.
	p.must(0, "register", "import", snapshotsOf(t, noisy)[0], "--register", "employers")
	p.run("assess", dumpOf(t, noted), "--case", "registers")
	if sealed, err := filepath.Glob(filepath.Join(p.home, "cases", "*", "evidence", "*.age")); err != nil || len(sealed) < 10 {
		t.Errorf("only %d sealed originals to look through, %v", len(sealed), err)
	}
	t.Run("from PostgreSQL", func(t *testing.T) { fromPostgres(t, p, snapshotsOf(t, noisy)[2]) })

	values.findNone(t, "what was printed", p.said.Bytes())
	for _, home := range []string{p.home, filepath.Join(noisy, "home")} {
		for _, found := range values.walk(t, home) {
			t.Error(found)
		}
	}
	values.canBeFound(t, p.home)
}

// telling tells others of cases, of one too whose claim quotes a row wherever a claim has
// words.
func telling(t *testing.T, p program, row, outside string) {
	t.Helper()
	quoting := on(t, copyOf(t, p.home)) // the claim itself is kept as it is, there
	cells := strings.Split(row, ";")
	list, err := json.Marshal(cells)
	if err != nil {
		t.Fatal(err)
	}
	for i, cell := range cells {
		source := "a forum"
		if strings.Contains(cell, "@") || len(strings.Trim(cell, "0123456789")) == 0 && len(cell) > 4 {
			source += ", " + cell
		} else if i > 0 {
			continue // a name cannot be told from a place
		}
		text := fmt.Sprintf("source: %q\nclaimed: {count: 7, fields: %s}\nprice: %q\nransom: %q\ndeadline: %q\n", source, list, cell, cell, cell)
		quoting.must(0, "claim", "add", write(t, outside, "row.yaml", text), "--case", "both")
	}
	told := on(t, quoting.home)
	for _, form := range []string{"stix", "misp"} {
		for _, id := range []string{"both", "notes"} {
			if code, out, talk := told.run("exchange", form, id); code != 0 || !strings.Contains(out, "data-leak-claim") {
				t.Errorf("exchange %s %s ended with %d:\n%s", form, id, code, talk)
			}
		}
	}
	p.said.Write(told.said.Bytes())
}

// mishaps provokes errors with files full of values.
func mishaps(t *testing.T, p program, noisy, copied string) {
	t.Helper()
	dir := t.TempDir()
	snapshot, dump, lines := read(t, snapshotsOf(t, noisy)[2]), read(t, dumpOf(t, noisy)), read(t, dumpOf(t, copied))
	header, rows, _ := strings.Cut(snapshot, "\n")
	edit := func(text string, every int, change func(line string) string) string {
		all := strings.SplitAfter(text, "\n")
		for i := range all {
			if i%every == every-1 {
				all[i] = change(all[i])
			}
		}
		return strings.Join(all, "")
	}
	broken := edit(dump, 7, func(l string) string { return "\"" + l })
	longer := edit(dump, 5, func(l string) string { return strings.TrimSuffix(l, "\n") + ";" + l })
	shorter := edit(dump, 5, func(l string) string { return l[:len(l)/2] + "\n" })
	noise := edit(dump, 5, func(l string) string { return l[:len(l)/3] + "\x00\x01\xff\xfe" + l[len(l)/3:] })
	torn := edit(lines, 5, func(l string) string { return l[:len(l)*2/3] + "\n" })
	keyed := `{"` + strings.ReplaceAll(strings.SplitN(rows, "\n", 3)[1], ";", `":1,"`) + "\":2}\n"
	for i, texts := range [][]string{
		{broken, longer, shorter, noise}, {rows}, {strings.ReplaceAll(dump, ";", "\t"), strings.ToUpper(dump)}, {dump[len(dump)/2:]},
	} {
		args := []string{"assess"}
		for j, text := range texts {
			args = append(args, write(t, dir, fmt.Sprintf("dump%d-%d.csv", i, j), text))
		}
		if i%2 == 0 {
			args = append(args, "--json")
		}
		p.run(args...)
	}
	p.run("assess", write(t, dir, "torn.jsonl", torn), write(t, dir, "lines.jsonl", "["+lines), write(t, dir, "unmarked.jsonl", strings.ReplaceAll(lines, `":`, `" `)), "--json")
	p.run("assess", write(t, dir, "keyed.jsonl", keyed), "--json")
	// Registers that cannot be.
	date := []string{"--as-of", "2026-03-01"}
	twice := snapshot + strings.SplitN(rows, "\n", 2)[0] + "\n"
	nameless := strings.ReplaceAll(edit(snapshot, 9, func(l string) string { return l[strings.Index(l, ";"):] }), "\r", "")
	for i, text := range []string{twice, nameless, rows, header + "\n", header + "\n" + broken, broken, noise, torn} {
		path := write(t, dir, fmt.Sprintf("register%d.csv", i), text)
		for _, more := range [][]string{nil, {"--id", "column 1", "--json"}} {
			if code, _, _ := on(t, copyOf(t, p.home)).runInto(p, slices.Concat([]string{"register", "import", path}, date, more)...); code == 70 {
				t.Errorf("register%d.csv: an internal error", i)
			}
		}
	}
	// Files in one another's place.
	path := snapshotsOf(t, noisy)[2]
	for _, args := range [][]string{
		{"assess", path, "--map", path},
		{"assess", path, "--claim", path},
		{"claim", "add", path},
		{"register", "import", path, "--map", path},
		{"assess", path, "--identity", path},
		{"register", "import", path, "--identity", path},
		{"assess", path, "--passphrase-file", path},
		{"assess", path, "--links", filepath.Join(path, "x.csv")},
		{"register", "import", path, "--as-of", "2020-01-01"},
		{"assess", path, "--claim", write(t, dir, "claim.yaml", "source: [\nclaimed: "+rows[:400])},
		{"assess", path, "--map", write(t, dir, "map.yaml", "columns:\n  "+strings.ReplaceAll(rows[:400], ";", ": "))},
		{"assess", path, "--map", write(t, dir, "map2.yaml", "columns: ["+rows[:400])},
	} {
		if code, _, _ := p.run(args...); code == 70 {
			t.Errorf("constat %q: an internal error", args)
		}
	}
	for i := range 4 { // at the end: each assessment looks through all leaks
		p.run("leak", "add", filepath.Join(dir, fmt.Sprintf("dump%d.csv", 2*i+1)), "--name", fmt.Sprintf("broken%d", i))
	}
}

// meeting has a home ask itself whose rows a dump holds, and answer; and fail to.
func meeting(t *testing.T, p program, drill, outside string) {
	t.Helper()
	p.run("assess", dumpOf(t, drill), "--case", "whose")
	register := snapshotsOf(t, drill)[2]
	pin, at := strings.TrimSpace(p.must(0, "owner", "pin")), "127.0.0.1:"+freePort(t)
	p.must(0, "owner", "ask", at, "--case", "whose", "--peer", pin)
	p.must(0, "owner", "answer", register, "--listen", at, "--peer", pin, "--json")
	p.must(2, "owner", "ask", at, "--case", "whose", "--peer", register)
	p.must(3, "owner", "ask", at, "--case", "whose", "--peer", pin, "--wait", "0s", "--yes")
	for _, more := range [][]string{nil, {"--json"}} {
		other := on(t, p.home)
		var beside sync.WaitGroup
		beside.Go(func() {
			if code, _, talk := other.run(append([]string{"owner", "answer", register, "--listen", at, "--peer", pin, "--yes", "--records", filepath.Join(outside, "found.csv")}, more...)...); code != 0 {
				t.Errorf("answering ended with %d:\n%s", code, talk)
			}
		})
		if code, _, talk := p.run(append([]string{"owner", "ask", at, "--case", "whose", "--peer", pin, "--yes", "--wait", "1m"}, more...)...); code != 0 {
			t.Errorf("asking ended with %d:\n%s", code, talk)
		}
		beside.Wait()
		p.said.Write(other.said.Bytes())
	}
	p.run("assess", "--case", "whose", "--json")
}

// runInto is run, with everything printed kept where another program's is.
func (p program) runInto(other program, args ...string) (code int, out, talk string) {
	p.said = other.said
	return p.run(args...)
}

// fromPostgres imports from a database, and provokes errors there.
func fromPostgres(t *testing.T, p program, snapshot string) {
	server := pgtest.Start(t)
	rows := cells(t, snapshot)
	var create []string
	for _, name := range rows[0] {
		create = append(create, name+" text")
	}
	var insert strings.Builder
	for i, row := range rows[1:] {
		if i > 0 {
			insert.WriteString(",")
		}
		for c, cell := range row {
			before := ","
			if c == 0 {
				before = "("
			}
			insert.WriteString(before + "'" + strings.ReplaceAll(cell, "'", "''") + "'")
		}
		insert.WriteString(")")
	}
	address := server.Database(t, "create table people ("+strings.Join(create, ",")+")", "insert into people values "+insert.String())
	home := on(t, filepath.Join(t.TempDir(), "home"))
	home.said = p.said
	home.must(0, "register", "import", address+"&table=people", "--as-of", "2026-01-01")
	home.run("register", "list")
	home.run("register", "show", "--json")
	for _, query := range []string{
		"select identifiant, nom_naissance::int from people", "select nir::date from people", "select * from people where courriel = 1",
		"select *, 1/(length(sexe)-1) from people",
	} {
		if code, _, _ := home.run("register", "import", address+"&query="+url.PathEscape(query), "--as-of", "2026-02-01"); code != 3 {
			t.Errorf("a query that fails ended with %d", code)
		}
	}
	if bytes.Contains(p.said.Bytes(), []byte(server.Password)) || bytes.Contains(p.said.Bytes(), []byte(url.QueryEscape(server.Password))) {
		t.Error("the password was printed")
	}
	values := newSecrets()
	values.addCSV(t, snapshot)
	values.without(ownWords(t, []string{snapshot}))
	for _, found := range values.walk(t, home.home) {
		t.Error(found)
	}
}

// ownWords is what the program says and keeps when nobody's values are there:
// a register of the same columns and dates, of people who have no names.
func ownWords(t *testing.T, snapshots []string) []byte {
	t.Helper()
	dir := t.TempDir()
	p := on(t, filepath.Join(t.TempDir(), "home"))
	for _, path := range snapshots {
		header, _, _ := strings.Cut(read(t, path), "\n")
		text := header + "\n"
		for i := range 9 {
			var row []string
			for c := range strings.Count(header, ";") + 1 {
				row = append(row, fmt.Sprintf("q%dzz%dx", i, c))
			}
			text += strings.Join(row, ";") + "\n"
		}
		nobody := write(t, dir, filepath.Base(path), text)
		p.must(0, "register", "import", nobody)
		p.run("assess", nobody)
	}
	for _, args := range [][]string{{"help"}, {"help", "assess"}, {"help", "register", "import"}, {"help", "drill", "new"}, {"register", "list", "--json"}} {
		p.run(args...)
	}
	words := bytes.Clone(p.said.Bytes())
	// Days between the snapshots are those of the incident: a copy is dated by them.
	day := func(path string) time.Time {
		at, err := time.Parse(time.DateOnly, strings.TrimSuffix(filepath.Base(path), ".csv"))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for at := day(snapshots[0]); !at.After(day(snapshots[len(snapshots)-1])); at = at.AddDate(0, 0, 1) {
		words = at.AppendFormat(append(words, ' '), time.DateOnly)
	}
	err := filepath.WalkDir(p.home, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && filepath.Ext(path) != ".parquet" {
			words = append(words, read(t, path)...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// secrets are the values that must not be found. They are looked for whatever
// the case of their letters, and names as whole words.
type secrets struct {
	all   map[string]bool // whether it is a name
	index map[[6]byte][]string
}

func newSecrets() *secrets { return &secrets{all: map[string]bool{}, index: map[[6]byte][]string{}} }

var nameColumns = []string{"nom_naissance", "nom_usage", "prenoms", "commune_naissance", "commune", "pays_naissance"}

var otherColumns = []string{
	"identifiant", "date_naissance", "nir", "courriel", "telephone", "adresse", "complement_adresse", "iban", "numero_fiscal", "date_creation", "commentaire",
}

// add adds a cell in every layout it is likely to be written in.
func (s *secrets) add(column, cell string) {
	forms := []string{cell}
	name := slices.Contains(nameColumns, column)
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, cell)
	switch {
	case name:
		forms = append(forms, strings.FieldsFunc(cell, func(r rune) bool { return r == ',' || r == ';' })...)
	case !slices.Contains(otherColumns, column):
		return
	case column == "telephone" && len(digits) == 10:
		for _, gap := range []string{" ", ".", "-", ""} {
			tail := gap + digits[2:4] + gap + digits[4:6] + gap + digits[6:8] + gap + digits[8:]
			forms = append(forms, digits[:2]+tail, "+33"+gap+digits[1:2]+tail, "0033"+gap+digits[1:2]+tail)
		}
	case column == "iban" && len(cell) > 20:
		var groups []string
		for part := range slices.Chunk([]byte(cell), 4) {
			groups = append(groups, string(part))
		}
		forms = append(forms, strings.Join(groups, " "), cell[4:])
	case column == "nir" && len(cell) == 15:
		forms = append(forms, cell[:13], strings.Join([]string{cell[:1], cell[1:3], cell[3:5], cell[5:7], cell[7:10], cell[10:13], cell[13:]}, " "))
	case strings.HasPrefix(column, "date_"):
		if at, err := time.Parse(time.DateOnly, cell); err == nil {
			for _, layout := range []string{"02/01/2006", "02.01.2006", "02-01-2006", "20060102", "2 January 2006"} {
				forms = append(forms, at.Format(layout))
			}
		}
	}
	for _, form := range forms {
		form = strings.TrimSpace(form)
		bare := strings.Map(func(r rune) rune {
			if r >= 0x300 && r < 0x370 {
				return -1
			}
			return r
		}, norm.NFD.String(form))
		for _, f := range []string{form, strings.ToUpper(form), strings.ToLower(form), bare} {
			if f = string(lower([]byte(f))); len(f) >= 6 {
				s.all[f] = name
			}
		}
	}
}

func cells(t *testing.T, path string) [][]string {
	t.Helper()
	in := csv.NewReader(strings.NewReader(read(t, path)))
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = ';', true, -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (s *secrets) addCSV(t *testing.T, path string) {
	t.Helper()
	rows := cells(t, path)
	for _, row := range rows[1:] {
		for c, cell := range row {
			s.add(rows[0][c], cell)
		}
	}
}

// addMentions adds what stands in notes: row, kind, value, record id.
func (s *secrets) addMentions(t *testing.T, path string) {
	t.Helper()
	for line := range strings.Lines(read(t, path)) {
		s.add("commentaire", strings.Split(line, ",")[2])
	}
}

func (s *secrets) addJSON(t *testing.T, path string) {
	t.Helper()
	for line := range strings.Lines(read(t, path)) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		for column, cell := range row {
			s.add(column, fmt.Sprint(cell))
		}
	}
}

// without leaves out what the program says of itself, and makes the rest ready
// to be looked for.
func (s *secrets) without(own []byte) {
	s.index = map[[6]byte][]string{}
	for value := range s.all {
		s.index[[6]byte([]byte(value)[:6])] = append(s.index[[6]byte([]byte(value)[:6])], value)
	}
	for _, value := range s.find(own) {
		delete(s.all, value)
	}
	s.index = map[[6]byte][]string{}
	for _, value := range slices.Sorted(maps.Keys(s.all)) {
		key := [6]byte([]byte(value)[:6])
		s.index[key] = append(s.index[key], value)
	}
}

// find returns the values that stand in a text.
func (s *secrets) find(text []byte) (found []string) {
	text = lower(text)
	word := func(i int) bool {
		if i < 0 || i >= len(text) {
			return false
		}
		c := text[i]
		return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80 || c == '_'
	}
	for i := 0; i+6 <= len(text); i++ {
		for _, value := range s.index[[6]byte(text[i:i+6])] {
			if bytes.HasPrefix(text[i:], []byte(value)) && (!s.all[value] || !word(i-1) && !word(i+len(value))) {
				found = append(found, value)
			}
		}
	}
	return found
}

// lower makes small letters of ASCII's, and leaves all other bytes.
func lower(text []byte) []byte {
	text = bytes.Clone(text)
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			text[i] = c | 0x20
		}
	}
	return text
}

func (s *secrets) findNone(t *testing.T, where string, text []byte) {
	t.Helper()
	if found := s.find(text); len(found) > 0 {
		t.Errorf("%s holds %d values, among them %q", where, len(found), found[:min(5, len(found))])
	}
}

// walk looks through every file under a home, and through the cells of those
// in Parquet, and says what it finds.
func (s *secrets) walk(t *testing.T, home string) (found []string) {
	t.Helper()
	files, tables := 0, 0
	err := filepath.WalkDir(home, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(home, path)
		if n := s.find([]byte(name)); n != nil {
			found = append(found, fmt.Sprintf("the name of %s holds %q", name, n))
		}
		if e.IsDir() {
			return nil
		}
		files++
		n := s.find([]byte(read(t, path)))
		if ext := filepath.Ext(path); ext == ".age" || ext == ".key" {
			// Among so many bytes of chance a short value may well be.
			n = slices.DeleteFunc(n, func(value string) bool { return len(value) < 8 })
		}
		if n != nil {
			found = append(found, fmt.Sprintf("%s holds %d values, among them %q", name, len(n), n[0]))
		}
		if filepath.Ext(path) == ".parquet" {
			tables++
			found = append(found, s.unpack(t, path, name)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 6 || tables < 3 {
		t.Errorf("only %d files and %d tables under %s", files, tables, filepath.Base(home))
	}
	return found
}

// unpack looks through the cells of a Parquet file: only whole numbers, truth
// values and sealed record ids may be there.
func (s *secrets) unpack(t *testing.T, path, name string) (found []string) {
	t.Helper()
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	in, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	// Whole numbers hold no text; the library cannot read all of DuckDB's.
	var texts, groups []int
	schema := f.MetaData().Schema
	for c := range schema.NumColumns() {
		column := schema.Column(c)
		switch column.PhysicalType() {
		case parquet.Types.Int32, parquet.Types.Int64, parquet.Types.Boolean:
			continue
		}
		texts = append(texts, c)
		if column.Name() != "sealed" {
			found = append(found, fmt.Sprintf("%s has a column %s of %v", name, column.Name(), column.PhysicalType()))
		}
	}
	for g := range f.NumRowGroups() {
		groups = append(groups, g)
	}
	if len(texts) == 0 {
		return found
	}
	cells, err := in.ReadRowGroups(t.Context(), texts, groups)
	if err != nil {
		t.Fatal(err)
	}
	defer cells.Release()
	for c := range int(cells.NumCols()) {
		column := cells.Column(c)
		for _, chunk := range column.Data().Chunks() {
			for i := range chunk.Len() {
				var text []byte
				switch v := chunk.(type) {
				case *array.Binary:
					text = v.Value(i)
				default:
					text = []byte(chunk.ValueStr(i))
				}
				if n := s.find(text); n != nil {
					found = append(found, fmt.Sprintf("%s, column %s, row %d holds %q", name, column.Name(), i+1, n))
					return found
				}
			}
		}
	}
	return found
}

// longest is a value that chance would not make.
func longest(values map[string]bool) string {
	return slices.MaxFunc(slices.Sorted(maps.Keys(values)), func(a, b string) int { return len(a) - len(b) })
}

// sumOf is the SHA-256 of a file.
func sumOf(t *testing.T, path string) string {
	t.Helper()
	return fmt.Sprintf("%x", sha256.Sum256([]byte(read(t, path))))
}

// canBeFound checks that the search finds what is there: values planted in a
// copy of a home.
func (s *secrets) canBeFound(t *testing.T, home string) {
	t.Helper()
	value := slices.Sorted(maps.Keys(s.all))[len(s.all)/2]
	plant := func(what string, in func(home string)) {
		to := copyOf(t, home)
		in(to)
		if len(s.walk(t, to)) == 0 {
			t.Errorf("%s is not found", what)
		}
	}
	plant("a value in a file", func(home string) { write(t, home, "left", "x="+strings.ToUpper(value)+"\n") })
	plant("an original that is not sealed", func(home string) {
		to := filepath.Join(home, "cases", "both", "evidence")
		write(t, to, strings.Repeat("a", 64)+".age", "nom;\n"+longest(s.all)+"\n")
	})
	plant("a value in the name of a file", func(home string) { write(t, home, strings.ReplaceAll(value, "/", "-")+".txt", "") })
	plant("a column of texts in a table", func(home string) {
		schema := arrow.NewSchema([]arrow.Field{{Name: "value", Type: arrow.BinaryTypes.String}}, nil)
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		b.Field(0).(*array.StringBuilder).Append(value)
		rows := b.NewRecordBatch()
		defer rows.Release()
		var text bytes.Buffer
		out, err := pqarrow.NewFileWriter(schema, &text, nil, pqarrow.DefaultWriterProps())
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Write(rows); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, "more.parquet"), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	})
}
