package accesslog

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/datatest"
)

// FuzzJSON reads what encoding/json takes for an object as that does.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":"x","b":{"c":[1,"\u00e9\ud83d\ude00"]},"d":null}`)
	f.Add(`{"a":["x",["y"]],"b":{"c":"\\\"/"},"z":[{"a":1}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var s scanner
		ok := s.scan([]byte(text), newTree([][]string{{"a"}, {"b", "c"}}), 2)
		var object map[string]any
		if strings.ContainsRune(text, '\ufffd') || !validUTF8Escapes(text) || json.Unmarshal([]byte(text), &object) != nil || object == nil {
			return
		}
		if !ok {
			if strings.Count(text, "[")+strings.Count(text, "{") < deepest {
				t.Fatalf("%q was not read", text)
			}
			return
		}
		if repeats(text) {
			return
		}
		want := scalars(nil, object["a"])
		if got := s.values[0]; len(got) != len(want) || !slices.EqualFunc(got, want, func(a []byte, b string) bool { return string(a) == b }) {
			t.Errorf("%q: a is %q, not %q", text, got, want)
		}
	})
}

func validUTF8Escapes(text string) bool {
	return !strings.Contains(text, `\u`) && strings.ToValidUTF8(text, "") == text
}

// repeats tells whether an object may hold a key twice: then the last counts for
// encoding/json, and all for us; keys differ in their case for us alone.
func repeats(text string) bool { return strings.Count(text, `:`) > 1 || strings.Contains(text, `\`) }

func scalars(all []string, v any) []string {
	switch v := v.(type) {
	case string:
		return append(all, v)
	case bool:
		return append(all, fmt.Sprint(v))
	case []any:
		for _, one := range v {
			if _, number := one.(float64); number {
				return nil
			}
			all = scalars(all, one)
		}
	}
	return all
}

// FuzzCSV splits records as encoding/csv does.
func FuzzCSV(f *testing.F) {
	f.Add("a,\"b \"\"c\"\"\nd\",\n")
	f.Add(",\"\",x\"y\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r") {
			return
		}
		r := csv.NewReader(strings.NewReader(text))
		want, err := r.Read()
		if err != nil {
			return
		}
		text = strings.TrimLeft(text, "\n") // it skips empty lines
		n := quoted{}.next([]byte(text))
		var got record
		if !got.split(bytes.TrimSuffix([]byte(text)[:n], []byte("\n")), ',') || !slices.EqualFunc(got.fields, want, func(a []byte, b string) bool { return string(a) == b }) {
			t.Errorf("%q is %q, not %q", text, got.fields, want)
		}
	})
}

// FuzzFormats gives any text to every format: lines add up, cut and next agree, and what is
// told does not depend on how many workers read.
func FuzzFormats(f *testing.F) {
	f.Add("{\"time\":1763765404,\"account\":\"a\",\"record\":\"X-1\"}\n")
	f.Add("10.1.2.3 - m [17/May/2026:10:05:03 +0200] \"GET /api/usagers/55012 HTTP/1.1\" 200 512 \"-\" \"curl/8\"\n")
	f.Add("2026-11-21 22:51:04.000 UTC [2] web@r 10.0.0.9 LOG:  execute q1: SELECT *\n\tFROM c WHERE id = $1\n2026-11-21 22:51:04.000 UTC [2] web@r 10.0.0.9 DETAIL:  parameters: $1 = '42'\n")
	f.Add("Dec 31 23:59:58 db1 postgres[81]: [7-1] user=web LOG:  statement: SELECT nom\nDec 31 23:59:58 db1 postgres[81]: [7-2] #011FROM c WHERE id = 4\n")
	f.Add("<14>1 2026-11-21T22:50:05Z db1 m 12 - [a b=\"]\"] db1,web,10.0.0.9,7,12,QUERY,r,'SELECT nom FROM c WHERE id = 7',0\n")
	f.Add("20261121 22:50:04,db1,web,10.0.0.9,7,12,QUERY,r,'SELECT nom FROM c WHERE id = 7',0\n")
	f.Add("Time\t\t    Id Command\tArgument\n261121  2:50:04\t     3 Connect\tweb@10.0.0.9 on r\n\t\t     3 Query\tSELECT nom\n FROM c WHERE id = 5\n")
	f.Add("CEF:0|E|P|1|100|consultation|3|rt=1763765404951 suser=c cs1=FT-12 cs1Label=dossier reason=a\\=b\n")
	f.Add("LEEF:2.0|E|P|1|recherche|x5e|devTime=1763765405^usrName=c^rows=13\n")
	f.Add("[{\"time\":1763765404,\"account\":\"a\",\"record\":\"X-1\"},{}]")
	f.Add("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"1763765404951000000\",\"body\":{\"stringValue\":\"x\"}}]}]}]}")
	f.Add("horodatage;compte;dossier\n2026-03-29 01:59:59;a1;\"7\n7\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range append(Formats(), "") {
			first := ""
			for _, threads := range []int{1, 3} {
				told, err := tell(t, Options{Format: name, Threads: threads, Year: 2026}, strings.NewReader(text))
				if err != nil {
					told = "error"
				}
				if threads == 1 {
					first = told
				} else if told != first {
					t.Fatalf("%s: three workers tell\n%s\none\n%s", name, told, first)
				}
			}
			made := opened(name, []byte(text))
			if made == nil {
				continue
			}
			whole := made.cut([]byte(text), false)
			if whole < 0 || whole > len(text) {
				t.Fatalf("%s: cut at %d of %d", name, whole, len(text))
			}
			at := 0
			for at < whole {
				n := made.next([]byte(text)[at:])
				if n < 1 {
					t.Fatalf("%s: an entry of no length", name)
				}
				at += n
			}
			if at != whole {
				t.Errorf("%s: cut at %d, which is inside of an entry that ends at %d of\n%q", name, whole, at, text)
			}
		}
	})
}

func opened(name string, head []byte) format {
	for _, k := range formats() {
		if k.name == name {
			return k.open(Options{Year: 2026}, head, true)
		}
	}
	return nil
}

// tell reads a log from anywhere and says all that is told of it.
func tell(t *testing.T, o Options, from io.Reader) (string, error) {
	t.Helper()
	r := New(o)
	var told strings.Builder
	account := &Account{Name: "log"}
	err := r.scan(t.Context(), from, account, func(b *Batch) error {
		for i, a := range b.Accesses {
			fmt.Fprintf(&told, "%+v %q\n", a, b.IDs[i])
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := account.adds(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&told, "%+v", *account)
	return told.String(), nil
}

// TestBlocks reads a log of several blocks with one, two and four workers alike.
func TestBlocks(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&b, "2026-03-01 %02d:%02d:%02d UTC [%d] web%d@r 10.0.0.9 LOG:  execute q: SELECT *\n\tFROM c WHERE id = $1\n2026-03-01 %02d:%02d:%02d UTC [%d] web@r 10.0.0.9 DETAIL:  parameters: $1 = '%d'\n",
			i/3600%24, i/60%60, i%60, i%50, i%7, i/3600%24, i/60%60, i%60, i%50, i*31)
	}
	var first string
	for _, threads := range []int{1, 2, 4} {
		told, err := tell(t, Options{Threads: threads}, strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = told
		}
		if told != first {
			t.Errorf("%d workers tell another thing than one", threads)
		}
	}
	if n := strings.Count(first, "\n"); n != 30_000 {
		t.Errorf("%d entries", n)
	}
}

// TestRealLogs reads logs that real programs wrote: what becomes of their lines.
func TestRealLogs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file, want string
		o          Options
	}{
		{file: "logs-elastic/apache_logs.gz", want: "web in the log: 10000 lines, 605 used, 9395 idle, 0 rejected, 605 entries, 405 backwards"},
		{file: "logs-generated/pg15-pgaudit17.csv.gz", want: "postgres-csv in the log: 12430 lines, 4096 used, 8334 idle, 0 rejected, 879 entries, 0 backwards"},
		{file: "logs-generated/pg15-pgaudit17.json.gz", want: "postgres-json in the log: 7497 lines, 879 used, 6618 idle, 0 rejected, 879 entries, 0 backwards"},
		{file: "logs-pgbadger/begin_end.log", want: "postgres in the log: 24 lines, 16 used, 8 idle, 0 rejected, 16 entries, 0 backwards"},
		{file: "logs-pgbadger/cloudsql.log.gz", want: "wrapped+postgres in the log: 1343 lines, 797 used, 471 idle, 75 rejected, 797 entries, 0 backwards"},
		{file: "logs-pgbadger/light.postgres.log.bz2", want: "postgres in the log: 630 lines, 442 used, 188 idle, 0 rejected, 442 entries, 0 backwards"},
		{file: "logs-pgbadger/logplex.gz", want: "syslog+postgres in the log: 36 lines, 4 used, 27 idle, 5 rejected, 4 entries, 0 backwards"},
		{file: "logs-pgbadger/pg-syslog.2.gz", want: "syslog+postgres UTC: 59921 lines, 42772 used, 17149 idle, 0 rejected, 42772 entries, 0 backwards", o: Options{Year: 2020}},
		{file: "logs-pgbadger/queryid.log.gz", want: "postgres in the log: 63 lines, 5 used, 53 idle, 5 rejected, 5 entries, 0 backwards"},
		{file: "logs-pgbadger/stmt_type.log", want: "postgres UTC: 12 lines, 8 used, 4 idle, 0 rejected, 8 entries, 0 backwards"},
		{file: "logs-pgbadger/tempfile_only.log.gz", want: "postgres in the log: 188 lines, 36 used, 152 idle, 0 rejected, 1044 entries, 0 backwards"},
		{file: "logs-pgbadger/weeknumber.log", want: "postgres-csv in the log: 6 lines, 6 used, 0 idle, 0 rejected, 6 entries, 0 backwards"},
		{file: "logs-pgbadger/anonymize.log", want: "postgres-csv in the log: 8 lines, 3 used, 5 idle, 0 rejected, 3 entries, 0 backwards"},
	} {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			r := New(test.o)
			if err := r.Scan(t.Context(), []string{datatest.Path(t, test.file)}, func(*Batch) error { return nil }); err != nil {
				t.Fatal(err)
			}
			a := r.Accounts()[0]
			got := fmt.Sprintf("%s %s: %d lines, %d used, %d idle, %d rejected, %d entries, %d backwards", a.Format, a.Zone, a.Lines, a.Used, a.Idle, a.Rejected, a.Entries, a.Backwards)
			if got != test.want {
				t.Errorf("%s\n%+v", got, a.Rejects)
			}
		})
	}
}
