package accesslog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/internal/datatest"
)

// read reads a log and tells each entry in a line.
func read(t *testing.T, o Options, text string) ([]string, Account) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := New(o)
	var told []string
	err := r.Scan(t.Context(), []string{path}, func(b *Batch) error {
		for i, a := range b.Accesses {
			one := fmt.Sprintf("%s %s %s", time.UnixMicro(a.Time).UTC().Format("2006-01-02T15:04:05.999"), a.Action, r.Names.Of(a.Account))
			for _, part := range []struct {
				mark string
				name access.Name
			}{{"@", a.Address}, {"$", a.Session}, {"of ", a.Office}, {"in ", a.Relation}, {"for ", a.Reason}} {
				if part.name != 0 {
					one += " " + part.mark + r.Names.Of(part.name)
				}
			}
			if b.IDs[i] != nil {
				one += " #" + string(b.IDs[i])
			}
			if a.Count >= 0 {
				one += fmt.Sprintf(" x%d", a.Count)
			}
			if a.By != kind.Unknown {
				one += " by " + a.By.String()
			}
			if a.Step != 0 {
				one += fmt.Sprintf(" %+d", a.Step)
			}
			told = append(told, one)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return told, r.Accounts()[0]
}

func TestFormats(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		text string
		o    Options
		is   string
		want []string
		not  [2]int64 // of no interest, rejected
	}{
		{
			name: "an application's JSON", is: "json",
			text: `{"ts":"2026-03-01T08:00:00Z","user":{"login":"c031"},"action":"consultation","dossier":{"id":"FT-0001234"},"ip":"10.0.0.7","motif":"rdv","agence":"075"}
{"ts":"2026-03-01T08:00:05Z","user":{"login":"c031"},"action":"consultation","dossier":{"id":"FT-0001236"},"ip":"10.0.0.7"}
{"ts":"2026-03-01T08:00:09.5Z","user":{"login":"c\u00e9"},"action":"recherche","nb":40}
{"ts":"hier","user":{"login":"c031"}}
{"ts":"2026-03-01T08:01:00Z","user":{"login":"c031"},"action":"theme"}
`,
			want: []string{
				"2026-03-01T08:00:00 read c031 @10.0.0.7 of 075 for rdv #FT-0001234 by record_id",
				"2026-03-01T08:00:05 read c031 @10.0.0.7 #FT-0001236 by record_id +2",
				"2026-03-01T08:00:09.5 search cé x40",
			},
			not: [2]int64{1, 1},
		},
		{
			name: "several records in a line", is: "json",
			text: `{"time":1763765404,"account":"a","records":["X-1","X-2"],"count":2}` + "\n",
			want: []string{"2025-11-21T22:50:04 list a #X-1 x2", "2025-11-21T22:50:04 list a #X-2 x2"},
		},
		{
			name: "a combined log by patterns", is: "web",
			o: Options{Map: &Map{Paths: patterns(t, "GET /api/usagers/{record}", "read", "/recherche?ne={birth_date}&p={page}", "search")}},
			text: `10.1.2.3 - m.durand [17/May/2026:10:05:03 +0200] "GET /api/usagers/55012 HTTP/1.1" 200 512 "-" "curl/8"
10.1.2.3 - m.durand [17/May/2026:10:05:04 +0200] "GET /api/usagers/55013 HTTP/1.1" 200 512 "-" "curl/8"
10.1.2.3 - m.durand [17/May/2026:10:05:05 +0200] "GET /api/usagers/55014 HTTP/1.1" 404 12 "-" "curl/8"
10.1.2.3 - m.durand [17/May/2026:10:05:06 +0200] "GET /api/usagers/55015 HTTP/1.1" 403 12 "-" "curl/8"
10.1.2.3 - - [17/May/2026:10:05:07 +0200] "GET /recherche?ne=1980-01-31&p=1 HTTP/1.1" 200 12 "-" "curl/8"
10.1.2.3 - - [17/May/2026:10:05:08 +0200] "GET /recherche?ne=01%2F02%2F1980 HTTP/1.1" 200 12 "-" "curl/8"
10.1.2.3 - - [17/May/2026:10:05:09 +0200] "GET /logo.png HTTP/1.1" 200 12 "-" "curl/8"
nonsense
`,
			want: []string{
				"2026-05-17T08:05:03 read m.durand @10.1.2.3 #55012 by record_id",
				"2026-05-17T08:05:04 read m.durand @10.1.2.3 #55013 by record_id +1",
				"2026-05-17T08:05:05 read m.durand @10.1.2.3 x0 by record_id +1",
				"2026-05-17T08:05:06 denied m.durand @10.1.2.3 #55015 by record_id +1",
				"2026-05-17T08:05:07 search  @10.1.2.3 by birth_date",
				"2026-05-17T08:05:08 search  @10.1.2.3 by birth_date +1",
			},
			not: [2]int64{1, 1},
		},
		{
			name: "CSV in French, local time through the change of summer time", is: "csv", o: Options{Zone: paris},
			text: "horodatage;compte;type_acces;dossier;motif\n" +
				"2026-03-29 01:59:59;a1;LECTURE;77;\n" +
				"2026-03-29 03:00:00;a1;LECTURE;\"78\";\"suivi; urgent\"\n" +
				"2026-03-29 03:00:00;a1;LECTURE\n",
			want: []string{
				"2026-03-29T00:59:59 read a1 #77 by record_id",
				"2026-03-29T01:00:00 read a1 for suivi; urgent #78 by record_id +1",
			},
			not: [2]int64{1, 1},
		},
		{
			name: "PostgreSQL's stderr with statements", is: "postgres",
			text: "2026-11-21 22:50:04.951 UTC [25821] LOG:  starting PostgreSQL 15.20\n" +
				"2026-11-21 22:51:04.000 UTC [25830] web@registre 10.0.0.9 LOG:  execute q1: SELECT *\n\tFROM public.clients WHERE id = $1\n" +
				"2026-11-21 22:51:04.000 UTC [25830] web@registre 10.0.0.9 DETAIL:  parameters: $1 = '42'\n" +
				"2026-11-21 22:51:05.000 UTC [25830] web@registre 10.0.0.9 LOG:  duration: 3.1 ms  statement: SELECT nom FROM clients WHERE nom = 'L''Hôte' LIMIT 50\n" +
				"2026-11-21 22:51:06.000 UTC [25830] web@registre 10.0.0.9 LOG:  statement: COPY clients (id, nom) TO STDOUT\n" +
				"2026-11-21 22:51:07.000 UTC [25830] web@registre 10.0.0.9 LOG:  statement: SELECT * FROM clients WHERE id IN (7, 8)\n",
			want: []string{
				"2026-11-21T22:50:04.951 logging ",
				"2026-11-21T22:51:04 read web @10.0.0.9 in clients #42 by record_id",
				"2026-11-21T22:51:05 search web @10.0.0.9 in clients",
				"2026-11-21T22:51:06 copy web @10.0.0.9 in clients",
				"2026-11-21T22:51:07 list web @10.0.0.9 in clients #7",
				"2026-11-21T22:51:07 list web @10.0.0.9 in clients #8",
			},
			not: [2]int64{0, 0},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, account := read(t, test.o, test.text)
			if account.Format != test.is {
				t.Errorf("taken for %s, not %s", account.Format, test.is)
			}
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("read\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if account.Idle != test.not[0] || account.Rejected != test.not[1] {
				t.Errorf("%d of no interest and %d rejected, not %d and %d: %+v", account.Idle, account.Rejected, test.not[0], test.not[1], account.Rejects)
			}
		})
	}
}

func patterns(t *testing.T, all ...string) (made []pattern) {
	t.Helper()
	for i := 0; i < len(all); i += 2 {
		p, err := parsePattern(all[i], all[i+1])
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, p)
	}
	return made
}

// TestPgaudit reads the same day in the three forms that PostgreSQL writes.
func TestPgaudit(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"csv", "json"} {
		text := string(datatest.Read(t, "logs-generated/pg15-pgaudit17."+form+".gz"))
		got, account := read(t, Options{Map: &Map{Tables: []string{"clients"}}}, text)
		n := map[string]int{}
		for _, one := range got {
			n[strings.Join(strings.Fields(one)[1:3], " ")]++
		}
		t.Log(form, account.Lines, account.Used, account.Idle, account.Rejected, account.Rejects, n)
		if account.Format != "postgres-"+form || account.Rejected > 0 {
			t.Errorf("taken for %s, %d rejected", account.Format, account.Rejected)
		}
	}
}
