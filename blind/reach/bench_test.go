package reach

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// BenchmarkReach counts and judges CONSTAT_REACH_MILLIONS (10) million accesses of a thousand
// accounts over 90 days to a tenth as many people in a hundred offices; an eighth of the
// accounts may read everybody, each other has a list besides its office.
func BenchmarkReach(b *testing.B) {
	millions := 10
	if text := os.Getenv("CONSTAT_REACH_MILLIONS"); text != "" {
		var err error
		if millions, err = strconv.Atoi(text); err != nil || millions < 1 {
			b.Fatalf("CONSTAT_REACH_MILLIONS is %q", text)
		}
	}
	entries, accounts, offices := int64(millions)*1_000_000, int64(1000), int64(100)
	people := entries / 10
	dir := b.TempDir()
	scatter := func(n int64) int64 { // splitmix64
		x := uint64(n) + 0x9E3779B97F4A7C15
		x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
		x = (x ^ x>>27) * 0x94D049BB133111EB
		return int64((x ^ x>>31) | 1)
	}
	write := func(name string, n int64, columns []string, cell func(row int64, column int) int64) string {
		path := filepath.Join(dir, name)
		var all []token.NumbersColumn
		for _, c := range columns {
			all = append(all, token.NumbersColumn{Name: c, Bits: 64})
		}
		w, err := token.CreateNumbers(path, all)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Write(int(n), func(dst []int64, column, first, count int) []int64 {
			for i := range count {
				dst = append(dst, cell(int64(first+i), column))
			}
			return dst
		}); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		return path
	}
	register := write("people.parquet", people, []string{"person", "record_id", "home"}, func(row int64, column int) int64 {
		return []int64{row, scatter(row), 5000 + row%offices}[column]
	})
	lists := write("lists.parquet", people, []string{"account", "record", "since", "until"}, func(row int64, column int) int64 {
		return []int64{1 + row%accounts, scatter(row * 7 % people), 0, 1 << 62}[column]
	})
	path := filepath.Join(dir, "accesses.parquet")
	w, err := access.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]access.Access, 0, 1<<16)
	for i := range entries {
		r := uint64(scatter(i ^ 0xABCDEF))
		account := int64(1 + (r>>32)%uint64(accounts))
		batch = append(batch, access.Access{
			Time: epoch + i*(90*day/entries), Line: i + 1, Record: scatter(int64(r % uint64(people))), Count: 1,
			Account: access.Name(account), Address: access.Name(20_000 + account), Office: access.Name(9000 + account%offices), Reason: access.Name(r >> 20 % 5), Action: access.Read,
		})
		if len(batch) == cap(batch) || i == entries-1 {
			if err := w.Write(batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	places := map[int64]int64{}
	for o := range offices {
		places[5000+o] = 9000 + o
	}
	sees := kind.Set(0).With(kind.NIR).With(kind.BirthSurname)
	var grants []Grant
	for a := int64(1); a <= accounts; a++ {
		g := Grant{Account: a, Office: sees, Offices: []int64{9000 + a%offices}, Listed: true, Role: 7}
		if a%8 == 0 {
			g.All = sees
		}
		if a%2 == 0 {
			g.Assigned = sees
		}
		grants = append(grants, g)
	}
	b.ResetTimer()
	for b.Loop() {
		s, err := duckdb.Open(b.Context(), engine.Config{Dir: dir, Threads: 2, Memory: 3 << 30})
		if err != nil {
			b.Fatal(err)
		}
		for name, file := range map[string]string{"reg_people": register, "reg_current": register, "lists": lists, "accesses": path} {
			if err := s.View(b.Context(), name, file); err != nil {
				b.Fatal(err)
			}
		}
		c := &Config{Session: s, Accesses: "accesses", Column: "home", Places: places, Lists: "lists", Reasons: Reasons{Declared: []int64{1, 2}, Assigned: "lists"}}
		if c.From, c.To, _, err = Period(b.Context(), s, c.Accesses); err != nil {
			b.Fatal(err)
		}
		seen, err := Look(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		counts, err := Count(b.Context(), c, seen, grants)
		if err != nil {
			b.Fatal(err)
		}
		f, err := Judge(counts, Rules{Rights: true, Listed: true, Reasons: true, Kinds: sees})
		if err != nil || f.Refused != "" {
			b.Fatalf("%+v, %v", f, err)
		}
		b.Logf("%d people, %d accounts; doors %d, %d, %d", counts.People, len(f.Accounts), f.Could, f.Read, f.Needed)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds()*float64(b.N), "accesses/s")
}
