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
				"2026-03-29T01:00:00 read a1 for (free text) #78 by record_id +1",
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
		{
			name: "MariaDB's audit log", is: "mariadb-audit",
			text: "20261121 22:50:04,db1,web,10.0.0.9,7,0,CONNECT,registre,,0\n" +
				"20261121 22:50:04,db1,web,10.0.0.9,7,12,READ,registre,clients,\n" +
				"20261121 22:50:04,db1,web,10.0.0.9,7,12,QUERY,registre,'SELECT nom FROM clients\\nWHERE id = 7 AND nom <> \\'L\\'Hôte\\', x\\'',0\n" +
				"20261121 22:50:05,db1,web,10.0.0.9,7,13,QUERY,registre,'SELECT nom FROM paies WHERE id = 8',1142\n" +
				"20261121 22:50:05,db1,web,10.0.0.9,7,13,QUERY,registre,'SELECT nom FROM clients WHERE di = 8',1054\n" +
				"20261121 22:50:06,db1,dba,localhost,8,14,QUERY,registre,'SELECT * FROM clients INTO OUTFILE \\'/tmp/x\\'',0\n" +
				"20261121 22:50:07,db1,dba,localhost,8,15,QUERY,registre,'SET GLOBAL server_audit_logging=OFF',0\n" +
				"20261121 22:50:08,db1,root,10.0.0.66,9,0,FAILED_CONNECT,,,1045\n" +
				"20261121 22:50:09,db1,web,10.0.0.9,7,0,DISCONNECT,registre,,0\n" +
				"20261121 22:50:09,db1,web\n",
			want: []string{
				"2026-11-21T22:50:04 login web @10.0.0.9 $7",
				"2026-11-21T22:50:04 read web @10.0.0.9 $7 in clients #7 by record_id",
				"2026-11-21T22:50:05 denied web @10.0.0.9 $7 in paies #8 by record_id +1",
				"2026-11-21T22:50:05 search web @10.0.0.9 $7 in clients x0",
				"2026-11-21T22:50:06 copy dba @localhost $8 in clients",
				"2026-11-21T22:50:07 logging dba @localhost $8",
				"2026-11-21T22:50:08 refused root @10.0.0.66 $9",
				"2026-11-21T22:50:09 logout web @10.0.0.9 $7",
			},
			not: [2]int64{1, 1},
		},
		{
			name: "MariaDB's audit log of tables alone", is: "mariadb-audit",
			text: "20261121 22:50:04,db1,web,10.0.0.9,7,12,READ,registre,clients,\n" +
				"20261121 22:50:04,db1,web,10.0.0.9,7,12,READ,mysql,user,\n" +
				"20261121 22:50:04,db1,web,10.0.0.9,7,12,WRITE,registre,clients,\n",
			want: []string{
				"2026-11-21T22:50:04 list web @10.0.0.9 $7 in clients",
				"2026-11-21T22:50:04 write web @10.0.0.9 $7 in clients",
			},
			not: [2]int64{1, 0},
		},
		{
			name: "MariaDB's general log", is: "mariadb-general",
			text: "/usr/sbin/mariadbd, Version: 10.11.19-MariaDB-0+deb12u1 (Debian 12). started with:\n" +
				"Tcp port: 3306  Unix socket: /run/mysqld/mysqld.sock\n" +
				"Time\t\t    Id Command\tArgument\n" +
				"261121  2:50:04\t     3 Connect\tweb@10.0.0.9 on registre using TCP/IP\n" +
				"\t\t     3 Query\tSELECT nom\n  FROM clients\nWHERE id = 5\n" +
				"\t\t     4 Connect\tdba@localhost on  using Socket\n" +
				"261121  2:50:05\t     4 Query\tSELECT /*!40001 SQL_NO_CACHE */ * FROM `clients`\n" +
				"\t\t     3 Execute\tSELECT nom FROM clients WHERE id = 9\n" +
				"\t\t     5 Connect\tAccess denied for user 'root'@'10.0.0.66' (using password: YES)\n" +
				"\t\t     3 Quit\t\n",
			want: []string{
				"2026-11-21T02:50:04 login web @10.0.0.9 $3",
				"2026-11-21T02:50:04 read web @10.0.0.9 $3 in clients #5 by record_id",
				"2026-11-21T02:50:04 login dba @localhost $4",
				"2026-11-21T02:50:05 backup dba @localhost $4 in clients",
				"2026-11-21T02:50:05 read web @10.0.0.9 $3 in clients #9 by record_id +4",
				"2026-11-21T02:50:05 refused root @10.0.0.66 $5",
				"2026-11-21T02:50:05 logout web @10.0.0.9 $3",
			},
			not: [2]int64{3, 0},
		},
		{
			name: "PostgreSQL over syslog, in pieces, over New Year", is: "syslog+postgres", o: Options{Year: 2026},
			text: "Dec 31 23:59:58 db1 postgres[81]: [7-1] user=web,db=registre,client=10.0.0.9 LOG:  statement: SELECT nom\n" +
				"Dec 31 23:59:58 db1 postgres[81]: [7-2] #011FROM clients WHERE i\n" +
				"Dec 31 23:59:58 db1 postgres[81]: [7-3] d = 4\n" +
				"Dec 31 23:59:59 db1 postgres[81]: [8-1] user=web,db=registre,client=10.0.0.9 LOG:  execute s1: SELECT nom FROM clients WHERE id = $1\n" +
				"Dec 31 23:59:59 db1 postgres[81]: [8-2] user=web,db=registre,client=10.0.0.9 DETAIL:  parameters: $1 = '6'\n" +
				"Jan  1 00:00:01 db1 sshd[9]: Accepted publickey for dba from 10.0.0.3 port 50022 ssh2\n" +
				"Dec 31 23:59:59 db1 postgres[82]: [9-2] #011FROM clients WHERE id = 4\n" +
				"Jan  1 00:00:02 db1 postgres[81]: [9-1] user=web,db=registre,client=10.0.0.9 LOG:  statement: COPY clients TO stdout\n",
			want: []string{
				"2026-12-31T23:59:58 read web @10.0.0.9 in clients #4 by record_id",
				"2026-12-31T23:59:59 read web @10.0.0.9 in clients #6 by record_id +2",
				"2027-01-01T00:00:02 copy web @10.0.0.9 in clients",
			},
			not: [2]int64{1, 1},
		},
		{
			name: "programs in RFC 5424", is: "syslog+web+mariadb-audit",
			text: "<134>1 2026-11-21T22:50:04.5+01:00 www nginx 12 - [meta@1 a=\"x]\\\"\"][b@2] 10.0.0.7 - c031 [21/Nov/2026:22:50:04 +0100] \"GET /dossiers/5501 HTTP/1.1\" 200 5 \"-\" \"curl\"\n" +
				"<14>1 2026-11-21T22:50:05Z db1 mysql-server_auditing 12 - - db1,web,10.0.0.9,7,12,QUERY,registre,'SELECT nom FROM clients WHERE id = 7',0\n" +
				"<14>1 2026-11-21T22:50:06Z db1 cron 12 - - (root) CMD (true)\n" +
				"<14>1 yesterday db1 cron 12 - - (root) CMD (true)\n" +
				"<14>1 2026-11-21T22:50:06Z db1 cron 12 - - (root) CMD (true)\n",
			want: []string{
				"2026-11-21T21:50:04 read c031 @10.0.0.7 #5501 by record_id",
				"2026-11-21T22:50:05 read web @10.0.0.9 $7 in clients #7 by record_id",
			},
			not: [2]int64{2, 1},
		},
		{
			name: "CEF over syslog", is: "syslog+cef", o: Options{Year: 2026},
			text: `Nov 21 22:50:04 app CEF:0|Editeur|Portail|1.2|100|consultation|3|rt=1763765404951 suser=c031 src=10.0.0.7 cs1=FT-12 cs1Label=dossier reason=suivi du a\=b msg=x y=z
Nov 21 22:50:05 app CEF:0|Editeur|Por\|tail|1.2|101|login|3|suser=c031 src=10.0.0.7 outcome=Failure
`,
			want: []string{
				"2025-11-21T22:50:04.951 read c031 @10.0.0.7 for (free text) #FT-12 by record_id",
				"2026-11-21T22:50:05 refused c031 @10.0.0.7",
			},
		},
		{
			name: "LEEF of both versions", is: "leef",
			text: "LEEF:1.0|Editeur|Portail|1.2|consultation|devTime=Nov 21 2026 22:50:04.25 UTC\tusrName=c031\tsrc=10.0.0.7\tdossier=FT-12\n" +
				"LEEF:2.0|Editeur|Portail|1.2|recherche|^|devTime=1763765404^usrName=c031^src=10.0.0.7^rows=12\n" +
				"LEEF:2.0|Editeur|Portail|1.2|recherche|x5e|devTime=1763765405^usrName=c031^src=10.0.0.7^rows=13\n" +
				"LEEF:2.0|Editeur|Portail|1.2|menu|x5e|devTime=1763765405^usrName=c031\n" +
				"LEEF:2.0|\n",
			want: []string{
				"2026-11-21T22:50:04.25 read c031 @10.0.0.7 #FT-12 by record_id",
				"2025-11-21T22:50:04 search c031 @10.0.0.7 x12",
				"2025-11-21T22:50:05 search c031 @10.0.0.7 x13",
			},
			not: [2]int64{1, 1},
		},
		{
			name: "an Elasticsearch answer, two pages", is: "document+json",
			text: `{"took":1,"hits":{"total":{"value":2},"hits":[
  {"_id":"a","_source":{"@timestamp":"2026-03-01T08:00:00Z","user":{"name":"c031"},"event":{"action":"view"},"dossier":{"id":"FT-1"},"note":"a]}\\\"{["}},
  {"_id":"b","_source":{"@timestamp":"2026-03-01T08:00:02Z","user.name":"c032","event":{"action":"view"},"dossier":{"id":"FT-4"}}}
]},"aggregations":{"x":[{"y":"]"}]}}
{"took":1,"hits":{"hits":[{"_id":"c","_source":{"@timestamp":"2026-03-01T08:00:03Z","user":{"name":"c031"},"event":{"action":"view"},"dossier":{"id":"FT-3"}}}]}}
`,
			want: []string{
				"2026-03-01T08:00:00 read c031 #FT-1 by record_id",
				"2026-03-01T08:00:02 read c032 #FT-4 by record_id",
				"2026-03-01T08:00:03 read c031 #FT-3 by record_id +2",
			},
		},
		{
			name: "an array", is: "document+json",
			text: `[{"time":"21/11/2026 22:50:04","compte":"a","dossier":"X-1"},{"time":"21/11/2026 22:50:05","compte":"a","dossier":"X-2"}]`,
			want: []string{"2026-11-21T22:50:04 read a #X-1 by record_id", "2026-11-21T22:50:05 read a #X-2 by record_id +1"},
		},
		{
			name: "a Splunk export of raw lines", is: "wrapped+web",
			text: `{"preview":false,"result":{"_time":"2026-11-21T22:50:04.000+0100","_raw":"10.0.0.7 - c031 [21/Nov/2026:22:50:04 +0100] \"GET /dossiers/5501 HTTP/1.1\" 200 5","host":"w1"}}` + "\n",
			want: []string{"2026-11-21T21:50:04 read c031 @10.0.0.7 #5501 by record_id"},
		},
		{
			name: "a Splunk export of fields", is: "json",
			text: `{"preview":false,"result":{"_time":"2026-11-21T22:50:04.000+0100","user":"c031","dossier":"FT-1","action":"view"}}` + "\n",
			want: []string{"2026-11-21T21:50:04 read c031 #FT-1 by record_id"},
		},
		{
			name: "logs of OpenTelemetry", is: "otlp+json",
			text: `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"portail"}}]},"scopeLogs":[{"logRecords":[
{"timeUnixNano":"1763765404951000000","body":{"stringValue":"lu"},"attributes":[{"key":"user.name","value":{"stringValue":"c031"}},{"key":"event.action","value":{"stringValue":"view"}},{"key":"record.id","value":{"intValue":"55"}},{"key":"client.address","value":{"stringValue":"10.0.0.7"}}]},
{"observedTimeUnixNano":"1763765405000000000","attributes":[{"key":"user.name","value":{"stringValue":"c031"}},{"key":"event.action","value":{"stringValue":"view"}},{"key":"record.id","value":{"arrayValue":{"values":[{"intValue":"57"}]}}}]}]}]}]}` + "\n",
			want: []string{
				"2025-11-21T22:50:04.951 read c031 @10.0.0.7 #55 by record_id",
				"2025-11-21T22:50:05 read c031 #57 by record_id +2",
			},
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
