package link_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/tie"
	"constat.example/blind/token"
)

// The tests make their own people and a stand-in for sealing (a plain hash:
// nothing here is personal), so that the blind side is tested by itself.

type person map[string]string // token column → value

// sealed is the token of a value in a column.
func sealed(column, value string) int64 {
	if value == "" {
		return 0
	}
	c, err := token.ParseColumn(column)
	if err != nil {
		panic(err)
	}
	domain := column
	if f := c.Kind.Family(); f != kind.NoFamily {
		domain = f.String()
	}
	if c.Short() {
		return int64(int16(hash(domain+value)|1)) | 1
	}
	return hash(domain + value)
}

func hash(s string) int64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return int64(h.Sum64() | 1)
}

// variants are those of a value: itself, and with one character left out.
func variants(f kind.Family, value string) []token.Entry {
	of := hash(f.String() + value)
	entries := []token.Entry{
		{Family: f, Value: of, Class: token.Form, Variant: token.VariantOf(of)},
		{Family: f, Value: of, Class: token.Edit, Variant: token.VariantOf(hash("edit" + value))},
	}
	for i := range value {
		entries = append(entries, token.Entry{Family: f, Value: of, Class: token.Edit, Variant: token.VariantOf(hash("edit" + value[:i] + value[i+1:]))})
	}
	return entries
}

var layout = token.LayoutOf([]kind.Kind{
	kind.RecordID, kind.BirthSurname, kind.GivenNames, kind.BirthDate, kind.Sex, kind.PostCode, kind.City, kind.Address, kind.AddressExtra, kind.Email, kind.Phone,
})

// world makes n people. Names repeat as names do; dates, places too.
func world(n int, seed uint64) []person {
	r := rand.New(rand.NewPCG(seed, 1))
	zipf := func(words int) int { return int(float64(words) * r.Float64() * r.Float64() * r.Float64()) }
	people := make([]person, n)
	for i := range people {
		city := zipf(300)
		people[i] = person{
			"record_id":     fmt.Sprintf("id%d-%d", seed, i),
			"birth_surname": fmt.Sprintf("surname%s", word(zipf(4000))),
			"given_names":   fmt.Sprintf("given%s", word(zipf(400))),
			"birth_date":    fmt.Sprintf("%04d%02d%02d", 1930+r.IntN(80), 1+r.IntN(12), 1+r.IntN(28)),
			"sex":           fmt.Sprint(1 + r.IntN(2)),
			"postcode":      fmt.Sprint(10000 + city),
			"city":          "city" + word(city),
			"email":         fmt.Sprintf("mail%d-%d", seed, i),
			"phone":         fmt.Sprintf("phone%d-%d", seed, i),
		}
	}
	return people
}

func word(n int) string {
	s := ""
	for range 4 {
		s += string(rune('A' + n%23))
		n = n*7 + 11
	}
	return s + fmt.Sprint(n%97)
}

func (p person) with(changes ...string) person {
	q := maps.Clone(p)
	for i := 0; i < len(changes); i += 2 {
		q[changes[i]] = changes[i+1]
	}
	return q
}

// version is a state of a person, numbered as in the register.
type version struct {
	person  int
	segment int
	until   any // the segment it ended in, or nil
	values  person
}

func current(people []person) []version {
	vs := make([]version, len(people))
	for i, p := range people {
		vs[i] = version{person: i, values: p}
	}
	return vs
}

// run links rows to versions and returns the person linked to each row, the
// result, and the printed links.
func run(t *testing.T, rows []person, register []version, threads int, memory int64) (map[int64]string, *link.Result, []string) {
	t.Helper()
	return runAll(t, rows, register, threads, memory, nil, func(engine.Session, *link.Result) {})
}

// runAnd is run, with something done while the session is open.
func runAnd(t *testing.T, rows []person, register []version, threads int, memory int64, and func(engine.Session, *link.Result)) (map[int64]string, *link.Result, []string) {
	t.Helper()
	return runAll(t, rows, register, threads, memory, nil, and)
}

// runTied is run where the rows are those of several tables; it leaves in of what
// is exposed.
func runTied(t *testing.T, rows []person, register []version, threads int, memory int64, of *leak) (map[int64]string, *link.Result, []string) {
	t.Helper()
	return runAll(t, rows, register, threads, memory, of, func(engine.Session, *link.Result) {})
}

func runAll(t *testing.T, rows []person, register []version, threads int, memory int64, of *leak, and func(engine.Session, *link.Result)) (map[int64]string, *link.Result, []string) {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	s, err := duckdb.Open(ctx, engine.Config{Threads: threads, Dir: dir, Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	people, filled := loadRegister(t, s, register)

	out, err := token.Create(filepath.Join(dir, "t.parquet"), layout, false)
	if err != nil {
		t.Fatal(err)
	}
	words, err := token.CreateLexicon(filepath.Join(dir, "l.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	b := token.NewBatch(layout)
	b.Reset(len(rows))
	for i, row := range rows {
		b.Row[i] = int64(i + 1)
		for j, c := range layout {
			if b.Cells[j][i] = sealed(c.Name(), row[c.Name()]); b.Cells[j][i] != 0 && c.Role == token.Whole {
				b.Kinds[i] |= 1 << c.Kind
			}
		}
		if err := words.Write(lexicon(row)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := words.Close(); err != nil {
		t.Fatal(err)
	}
	var found *tie.Found
	if of != nil {
		found = of.find(t, s, dir, filepath.Join(dir, "t.parquet"))
	}
	res, err := link.Run(ctx, link.Config{
		Session: s, Tokens: []string{filepath.Join(dir, "t.parquet")}, Lexicon: []string{filepath.Join(dir, "l.parquet")},
		Dump: layout, Register: layout, People: people, Filled: filled, Ties: found,
	})
	if err != nil {
		t.Fatal(err)
	}
	linked := map[int64]string{}
	var printed []string
	if err := res.Links(ctx, func(l link.Link) error {
		linked[l.Row] = string(l.Sealed)
		printed = append(printed, fmt.Sprintf("%d %s %.6f %.3f %s", l.Row, l.Sealed, l.Probability, l.Weight, l.Agreement))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	exposed, _, err := res.Exposures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	and(s, res)
	if of != nil {
		of.exposed = exposed
	}
	return linked, res, printed
}

func lexicon(p person) []token.Entry {
	var all []token.Entry
	for _, c := range []string{"birth_surname", "given_names"} {
		if p[c] != "" {
			all = append(all, variants(kind.Name, p[c])...)
		}
	}
	if p["birth_date"] != "" {
		all = append(all, variants(kind.Date, p["birth_date"])...)
	}
	if p["city"] != "" {
		all = append(all, variants(kind.Place, p["city"])...)
	}
	for _, c := range []string{"address", "address_extra"} {
		if p[c] != "" {
			all = append(all, variants(kind.Street, p[c])...)
		}
	}
	return all
}

// loadRegister stands in for register.Views.
func loadRegister(t *testing.T, s engine.Session, versions []version) (here int64, filled map[string]int64) {
	t.Helper()
	ctx := context.Background()
	columns, types := []string{"person", "segment", "until", "current", "gone"}, []string{"INTEGER", "INTEGER", "INTEGER", "INTEGER", "INTEGER"}
	for _, c := range layout {
		columns, types = append(columns, c.Name()), append(types, c.SQLType())
	}
	var table, people, words [][]any
	known := map[int]bool{}
	for _, v := range versions {
		cur := int64(0)
		if v.until == nil {
			cur = 1
		}
		row := []any{int64(v.person), int64(v.segment), v.until, cur, int64(0)}
		for _, c := range layout {
			if x := sealed(c.Name(), v.values[c.Name()]); x != 0 {
				row = append(row, x)
			} else {
				row = append(row, nil)
			}
		}
		table = append(table, row)
		if !known[v.person] {
			known[v.person] = true
			people = append(people, []any{int64(v.person), sealed("record_id", v.values["record_id"]), v.values["record_id"]})
		}
		for _, e := range lexicon(v.values) {
			words = append(words, []any{int64(e.Family), e.Value, int64(e.Class), int64(e.Variant)})
		}
	}
	load := func(name string, columns, types []string, rows [][]any) {
		if err := s.Load(ctx, name, columns, types, rows); err != nil {
			t.Fatal(err)
		}
	}
	load("versions", columns, types, table)
	load("people", []string{"person", "record_id", "id"}, []string{"INTEGER", "BIGINT", "VARCHAR"}, people)
	load("words", []string{"family", "value", "class", "variant"}, []string{"SMALLINT", "BIGINT", "SMALLINT", "INTEGER"}, words)
	for name, query := range map[string]string{
		"reg_version": "SELECT person, segment, CAST(segment AS BIGINT) AS step, until, current = 1 AS current, gone = 1 AS gone, " + strings.Join(layout.Names(), ", ") + " FROM versions",
		"reg_people":  "SELECT person, record_id, CAST(id AS BLOB) AS sealed FROM people",
		"reg_sealed":  "SELECT person, CAST(id AS BLOB) AS sealed FROM people",
		"reg_lexicon": "SELECT DISTINCT family, value, class, variant FROM words",
	} {
		if err := s.Table(ctx, name, query); err != nil {
			t.Fatal(err)
		}
	}
	var counts []string
	set := func(k kind.Kind, role token.Role, least int, columns ...string) {
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = "SELECT person, CAST(" + c + " AS BIGINT) AS value FROM reg_version WHERE current AND " + c + " IS NOT NULL"
		}
		counts = append(counts, fmt.Sprintf("SELECT CAST(%d AS SMALLINT) AS kind, CAST(%d AS SMALLINT) AS role, value, count(DISTINCT person) AS n FROM (%s) v GROUP BY value HAVING count(DISTINCT person) >= %d",
			k, role, strings.Join(values, " UNION ALL "), least))
	}
	set(kind.BirthSurname, token.Whole, 1, "birth_surname", "used_surname")
	set(kind.GivenNames, token.Whole, 1, "given_names")
	set(kind.GivenNames, token.Second, 1, "given_names", "given_names_2", "given_names_3")
	for _, c := range layout {
		switch {
		case c.Kind == kind.BirthSurname || c.Kind == kind.UsedSurname || c.Kind == kind.GivenNames:
		case c.Short() || c.Kind.Family() != kind.NoFamily:
			set(c.Kind, c.Role, 1, c.Name())
		default:
			set(c.Kind, c.Role, 2, c.Name())
		}
	}
	for _, table := range [][2]string{
		{"reg_count", strings.Join(counts, " UNION ALL ")},
		{"reg_place", "SELECT CAST(2 AS SMALLINT) AS set, postcode, city, count(*) AS n FROM reg_version WHERE current AND (postcode IS NOT NULL OR city IS NOT NULL) GROUP BY postcode, city"},
		{"reg_current", "SELECT * FROM reg_version WHERE current"},
		{"reg_state", "SELECT person, segment, step, gone, " + strings.Join(layout.Names(), ", ") + " FROM reg_version"},
		{"reg_touched", "SELECT person, count(*) AS states FROM reg_version GROUP BY person HAVING count(*) > 1"},
	} {
		if err := s.Table(ctx, table[0], table[1]); err != nil {
			t.Fatal(err)
		}
	}
	filled = map[string]int64{}
	for _, c := range layout {
		if err := s.Query(ctx, "SELECT count(*), count("+c.Name()+") FROM reg_version WHERE current", func(row []any) error {
			here, filled[c.Name()] = row[0].(int64), row[1].(int64)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return here, filled
}

func TestLinkKnowsPeopleThroughErrorsAndChanges(t *testing.T) {
	people := world(3000, 7)
	register := current(people)
	// Somebody moved and changed mail after the copy was made.
	moved := people[20].with("email", "new-mail", "postcode", "99999", "city", "elsewhere")
	register[20].until = int64(1)
	register = append(register, version{person: 20, segment: 1, values: moved})
	// One person holds two records; twins share everything but their names and numbers.
	register = append(register, version{person: 3000, values: people[30].with("record_id", "second", "email", "", "phone", "")})
	twin := people[40].with("record_id", "twin", "given_names", "givenZZZZ1", "email", "twin-mail")
	register = append(register, version{person: 3001, values: twin})

	var rows []person
	for i := range 1000 {
		rows = append(rows, people[i].with("record_id", ""))
	}
	rows[10] = rows[10].with("birth_surname", rows[10]["birth_surname"]+"E", "email", "", "phone", "")
	rows[11] = rows[11].with("birth_date", "19010101", "email", "")
	rows[12] = rows[12].with("birth_surname", rows[12]["given_names"], "given_names", rows[12]["birth_surname"])
	rows[13] = person{"email": rows[13]["email"]}
	rows[30] = rows[30].with("email", "", "phone", "")
	rows = append(rows, twin.with("record_id", "", "email", ""))       // 1001: the twin
	rows = append(rows, rows[50].with("phone", "", "city", ""))        // 1002: a second row of person 50
	rows = append(rows, world(500, 8)...)                              // people the register never had
	rows = append(rows, person{}, person{"birth_surname": "nobody42"}) // 1503, 1504

	linked, res, printed := run(t, rows, register, 2, 1<<30)
	for i := range 1000 {
		if i == 30 {
			continue
		}
		if got := linked[int64(i+1)]; got != people[i]["record_id"] {
			t.Errorf("row %d is linked to %q, not %q", i+1, got, people[i]["record_id"])
		}
	}
	if got := linked[1001]; got != "twin" {
		t.Errorf("the twin's row is linked to %q", got)
	}
	if got := linked[1002]; got != people[50]["record_id"] {
		t.Errorf("the second row of a person is linked to %q", got)
	}
	if got, ok := linked[31]; ok {
		t.Errorf("the row of a person with two records is linked to %q: it is ambiguous", got)
	}
	if res.Ambiguous < 1 {
		t.Error("no row is ambiguous")
	}
	for i := 1003; i <= 1504; i++ {
		if got, ok := linked[int64(i)]; ok {
			t.Errorf("row %d, of nobody in the register, is linked to %q", i, got)
		}
	}
	if res.Rows != 1504 || res.Linked != int64(len(linked)) || res.Persons != res.Linked-1 {
		t.Errorf("rows %d, linked %d, persons %d", res.Rows, res.Linked, res.Persons)
	}
	if !strings.HasSuffix(printed[20], " stale=email,postcode,city") {
		t.Errorf("the row of somebody who moved does not show what is stale: %s", printed[20])
	}

	_, _, again := run(t, rows, register, 1, 0) // the register read where it lies
	if !slices.Equal(printed, again) {
		t.Error("one thread and two do not give the same links")
	}
}

// A house number tells something without a street to go with it, on the short way of
// rows that are whole copies as well, and address lines may change places.
func TestLinkReadsNumbersAloneAndExchangedLines(t *testing.T) {
	people := world(3000, 7)
	for i, p := range people {
		people[i] = p.with("house_number", fmt.Sprint(1+i*i%90), "address", "street"+word(i*i%700), "address_extra", "lodge"+word(i*i%500))
		if i%2 == 1 {
			people[i] = people[i].with("address", "")
		}
	}
	var rows []person
	for i := range 400 {
		rows = append(rows, people[i].with("record_id", ""))
		if i >= 200 { // no number that names somebody
			rows[i] = rows[i].with("email", "", "phone", "")
		}
	}
	lines := rows[300]
	rows[300] = lines.with("address", lines["address_extra"], "address_extra", lines["address"])
	rows[302] = rows[302].with("address", rows[302]["address"]+"x")
	rows[304] = rows[304].with("address", "elsewhere")
	rows[306] = rows[306].with("address", "elsewhere", "house_number", "999")

	linked, _, printed := run(t, rows, current(people), 2, 1<<30)
	if len(printed) != len(rows) {
		t.Fatalf("%d of %d rows are linked", len(printed), len(rows))
	}
	special := map[int][]string{
		300: {" street=exchanged "}, 302: {" street=near "}, 304: {" street=number "}, 306: {" street=differs "},
	}
	for i, line := range printed {
		line += " "
		if got := linked[int64(i+1)]; got != people[i]["record_id"] {
			t.Errorf("row %d is linked to %q", i+1, got)
		}
		want, not := []string{" street=exact ", " address_extra=exact "}, " house_number="
		switch {
		case special[i] != nil:
			want = special[i]
		case i%2 == 1:
			want, not = []string{" house_number=exact ", " address_extra=exact "}, " street="
		}
		for _, w := range want {
			if !strings.Contains(line, w) {
				t.Errorf("row %d lacks %q: %s", i+1, w, line)
			}
		}
		if strings.Contains(line, not) || i == 300 && strings.Contains(line, " address_extra=") {
			t.Errorf("row %d says twice what is said once: %s", i+1, line)
		}
	}
}

func TestLinkIsHonestAboutTinyAndForeignDumps(t *testing.T) {
	people := world(3000, 7)
	register := current(people)
	t.Run("ten rows", func(t *testing.T) {
		linked, res, _ := run(t, people[:10], register, 2, 1<<30)
		if len(linked) != 10 || res.Ambiguous != 0 {
			t.Errorf("%d of 10 whole rows are linked, %d ambiguous", len(linked), res.Ambiguous)
		}
	})
	t.Run("another population", func(t *testing.T) {
		foreign := world(2000, 9)
		for i, p := range foreign {
			foreign[i] = p.with("record_id", people[i]["record_id"]) // numbered alike
		}
		linked, _, _ := run(t, foreign, register, 2, 1<<30)
		if len(linked) > 0 {
			t.Errorf("%d rows of other people are linked", len(linked))
		}
	})
	t.Run("empty rows", func(t *testing.T) {
		linked, res, _ := run(t, []person{{}, {}}, register, 1, 1<<30)
		if len(linked) != 0 || res.Rows != 2 {
			t.Errorf("%d links, %d rows", len(linked), res.Rows)
		}
	})
}
