package triage_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/datatest"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
	"constat.example/triage"
)

// assess imports a register and assesses a dump against it.
func assess(t *testing.T, register, dump []byte, dumpName string) (*assessment.Assessment, map[int64][]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string][]byte{"register.csv": register, dumpName: dump} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := triage.Bench{Home: filepath.Join(dir, "home"), Engine: open, Now: time.Now}
	ctx := context.Background()
	_, err := w.Import(ctx, triage.ImportRequest{Source: filepath.Join(dir, "register.csv"), AsOf: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), ID: "numero"})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	links := filepath.Join(dir, "links.csv")
	res, err := w.Assess(ctx, triage.AssessRequest{Paths: []string{filepath.Join(dir, dumpName)}, Links: links})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	text, err := os.ReadFile(links)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	linked := map[int64][]string{}
	for _, r := range rows[1:] {
		var row int64
		fmt.Sscan(r[0], &row)
		linked[row] = r
	}
	return res.Assessment, linked
}

// tiesTold words ties, "dossiers.client_id -> clients.id: why".
func tiesTold(a *assessment.Assessment, ties []assessment.Tie) []string {
	var all []string
	end := func(c assessment.TieColumn) string {
		name := a.Tables[c.Table].Name
		return name[strings.LastIndexAny(name, ".: ")+1:] + "." + c.Column
	}
	for _, t := range ties {
		all = append(all, fmt.Sprintf("%s -> %s: %s (%.2f, %d rows, %d linked, %d against)", end(t.From), end(t.To), t.Reason, t.Inclusion, t.Rows, t.Linked, t.Conflicts))
	}
	return all
}

// TestTiesOfDumpsGenerated: 3,000 customers in one table, and their files with an
// IBAN in another, under client_id. The register knows the people by other ids,
// which count from 1 as well.
func TestTiesOfDumpsGenerated(t *testing.T) {
	t.Parallel()
	customers, err := csv.NewReader(bytes.NewReader(datatest.Read(t, "dumps-generated/clients-copy.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := map[string]string{} // by the dump's id, the register's
	var register bytes.Buffer
	out := csv.NewWriter(&register)
	at := func(name string) int { return slices.Index(customers[0], name) }
	fields := []string{"nom", "prenom", "naissance", "sexe", "code_postal", "commune"}
	_ = out.Write(append([]string{"numero"}, fields...))
	for i, c := range customers[1:] {
		n := fmt.Sprint(1 + (i*7+1234)%(len(customers)-1))
		number[c[at("id")]] = n
		row := []string{n}
		for _, f := range fields {
			row = append(row, c[at(f)])
		}
		_ = out.Write(row)
	}
	out.Flush()
	for _, name := range []string{"pg15-plain-copy", "mariadb1011-default"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, links := assess(t, register.Bytes(), datatest.Read(t, "dumps-generated/"+name+".sql.gz"), name+".sql")
			if got := tiesTold(a, a.Ties); len(got) != 1 || !strings.HasPrefix(got[0], "dossiers.client_id -> clients.id: ") {
				t.Fatalf("the ties are %q, and not %q", got, tiesTold(a, a.NotTied))
			}
			if a.Linked.Rows+a.Linked.Ambiguous+a.Linked.Unlinked != a.Rows.Read || a.Linked.Persons != 3000 {
				t.Errorf("%+v of %d rows", a.Linked, a.Rows.Read)
			}
			// Whose each file is, as the customers before it say.
			text := string(datatest.Read(t, "dumps-generated/"+name+".sql.gz"))
			owners := clientsOfFiles(text)
			people := map[string]bool{}
			wrong, missed := 0, 0
			for i, client := range owners {
				people[client] = true
				switch r, ok := links[int64(3000+i+1)]; {
				case !ok:
					missed++
				case r[1] != number[client]:
					wrong++
				}
			}
			if int64(len(owners)) != a.Tables[1].Rows || wrong > 0 || missed > 0 {
				t.Errorf("of %d files, %d read, %d are linked to somebody else and %d to nobody", len(owners), a.Tables[1].Rows, wrong, missed)
			}
			if got := a.Exposures.ByKind["iban"]; got != int64(len(people)) {
				t.Errorf("the IBAN of %d people is exposed, want %d", got, len(people))
			}
		})
	}
}

// clientsOfFiles are the client_id of the files in a dump, in their order.
func clientsOfFiles(text string) []string {
	_, copied, _ := strings.Cut(text, "COPY public.dossiers ")
	copied, _, _ = strings.Cut(copied, "\n\\.")
	_, inserted, _ := strings.Cut(text, "INSERT INTO `dossiers` VALUES\n")
	var clients []string
	for line := range strings.SplitSeq(copied, "\n") {
		if f := strings.Split(line, "\t"); len(f) > 2 {
			clients = append(clients, f[1])
		}
	}
	for line := range strings.SplitSeq(inserted, "\n") {
		if f := strings.Split(line, ","); strings.HasPrefix(line, "(") {
			clients = append(clients, f[1])
		}
	}
	return clients
}

// TestTiesOfSakila follows what the schema of Sakila declares.
func TestTiesOfSakila(t *testing.T) {
	t.Parallel()
	dump := slices.Concat(datatest.Read(t, "dumps-sakila/mysql-sakila-schema.sql.gz"), datatest.Read(t, "dumps-sakila/mysql-sakila-data.sql.gz"))
	var register bytes.Buffer
	register.WriteString("numero;nom;prenom;courriel\n")
	n := 0
	for line := range strings.SplitSeq(string(dump), "\n") {
		rows, ok := strings.CutPrefix(line, "INSERT INTO customer VALUES ")
		if !ok {
			continue
		}
		for row := range strings.SplitSeq(rows, "),(") {
			f := strings.Split(row, ",")
			n++
			fmt.Fprintf(&register, "R%05d;%s;%s;%s\n", n*17%1000, strings.Trim(f[3], "'"), strings.Trim(f[2], "'"), strings.Trim(f[4], "'"))
		}
	}
	a, _ := assess(t, register.Bytes(), dump, "sakila.sql")
	got := map[string]assessment.Tie{}
	for i, said := range tiesTold(a, a.Ties) {
		got[said[:strings.IndexByte(said, ':')]] = a.Ties[i]
	}
	// What is the customers' own hangs on them, through one table or two; what they
	// share (cities of several, films, stores) on nobody.
	for name, want := range map[string]int64{
		"customer.address_id -> address.address_id": 599, "payment.customer_id -> customer.customer_id": 16049,
		"rental.customer_id -> customer.customer_id": 16044, "address.city_id -> city.city_id": 595,
		"city.country_id -> country.country_id": 0, "customer.store_id -> store.store_id": 0, "rental.inventory_id -> inventory.inventory_id": 0,
	} {
		if tie, ok := got[name]; !ok || tie.Linked != want {
			t.Errorf("%s: %+v, want %d rows linked", name, tie, want)
		}
	}
	for _, not := range []string{
		"store.manager_staff_id -> staff.staff_id: it names somebody in a role", "payment.staff_id -> staff.staff_id: another column leads", "rental.staff_id -> staff.staff_id: another column leads",
	} {
		if !slices.ContainsFunc(tiesTold(a, a.NotTied), func(s string) bool { return strings.HasPrefix(s, not) }) {
			t.Errorf("%q is not told; what is: %q", not, tiesTold(a, a.NotTied))
		}
	}
	if n != 599 || a.Exposures.ByKind["phone"] != 599 || a.Exposures.ByKind["address"] != 599 {
		t.Errorf("of %d customers the exposures are %v", n, a.Exposures.ByKind)
	}
}

// TestDatabaseDrill scores the exposures of a dump of several tables against the
// truth: whoever is linked by the table of clients has what the others hold of
// them.
func TestDatabaseDrill(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "drill")
	ctx := context.Background()
	truth, err := scenario.Write(ctx, dir, scenario.Config{People: 4000, Seed: 41, Snapshots: []int{0, 12, 23}}, "database")
	if err != nil {
		t.Fatal(err)
	}
	w := triage.Bench{Home: filepath.Join(dir, "home"), Engine: open, Now: time.Now}
	for i, s := range truth.Snapshots {
		_, err := w.Import(ctx, triage.ImportRequest{Source: filepath.Join(dir, "register", s.File), AsOf: truth.Snapshots[i].At})
		if failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
	}
	links := filepath.Join(dir, "links.csv")
	res, err := w.Assess(ctx, triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}, Links: links})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	a := res.Assessment
	report, err := score.Links(filepath.Join(dir, "truth", "links.csv"), links)
	if err != nil {
		t.Fatal(err)
	}
	if p := report.Pairs; p.Precision < .999 || p.Recall < .99 {
		t.Errorf("of %d rows the links have precision %.5f and recall %.5f", a.Rows.Read, p.Precision, p.Recall)
	}
	for _, e := range truth.Exposures {
		if got := a.Exposures.ByKind[e.Kind.String()]; got < int64(e.People)*99/100 || got > int64(e.People)*1005/1000+1 {
			t.Errorf("%s: %d people exposed, %d in truth", e.Kind, got, e.People)
		}
	}
	if len(a.Ties) != 3 || len(a.Tables) != 4 {
		t.Errorf("the ties are %q, and not %q", tiesTold(a, a.Ties), tiesTold(a, a.NotTied))
	}
	if os.Getenv("CONSTAT_SHOW") != "" {
		t.Logf("rows %+v, pairs %+v\n%s\n%s", a.Linked, report.Pairs, strings.Join(tiesTold(a, a.Ties), "\n"), strings.Join(tiesTold(a, a.NotTied), "\n"))
		for _, e := range truth.Exposures {
			for _, k := range a.Exposures.Kinds {
				if k.Kind == e.Kind {
					t.Logf("%-16s people %d true %d, stale %d true %d", e.Kind, k.People, e.People, k.Stale, e.Stale)
				}
			}
		}
	}
}
