package dump

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/clear/column"
)

// typed is the kinds of the columns of a text's first table, by name.
func typed(t *testing.T, text string) map[string]kind.Kind {
	t.Helper()
	d := openAll(t, file(t, "a", text))
	sample, err := d.Sample(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := column.Type(sample, d.Tables[0].Columns, column.Options{Role: column.Dump})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]kind.Kind{}
	for _, c := range columns {
		kinds[c.Name] = c.Kind
	}
	return kinds
}

// readAs opens a text and holds its format, its columns and its rows.
func readAs(t *testing.T, text, format string, columns []string, rows [][]string, rejects map[string]int64) {
	t.Helper()
	s := scanAll(t, openAll(t, file(t, "a", text)))
	if got := s.dump.Tables[0]; got.Format != format || columns != nil && !slices.Equal(got.Columns, columns) {
		t.Errorf("%s with columns %q", got.Format, got.Columns)
	}
	if fmt.Sprint(s.rows) != fmt.Sprint(rows) {
		t.Errorf("rows\n%q\nwant\n%q", s.rows, rows)
	}
	expectRejects(t, s.account, rejects)
}

func TestCombo(t *testing.T) {
	t.Parallel()
	mail := func(i int) string { return fmt.Sprintf("user%d@courriel.example", i) }
	many := func(line func(i int) string) string {
		var b strings.Builder
		for i := range 30 {
			b.WriteString(line(i) + "\n")
		}
		return b.String()
	}
	for _, c := range []struct {
		name, text string
		columns    []string
		rows       [][]string // the first ones
	}{
		{"mail and password", many(func(i int) string { return mail(i) + ":pa:ss;" + fmt.Sprint(i) }), []string{"email", "password"}, [][]string{{mail(0), "pa:ss;0"}}},
		{"semicolons", many(func(i int) string { return mail(i) + ";\"quo;te" + fmt.Sprint(i) }), []string{"email", "password"}, [][]string{{mail(0), `"quo;te0`}}},
		{"bars", many(func(i int) string { return mail(i) + "|x" }), []string{"email", "password"}, [][]string{{mail(0), "x"}}},
		{"login, hash and salt", many(func(i int) string { return fmt.Sprintf("user%d:%032x:s:%d", i, i*7919, i) }), []string{"login", "password", "salt"}, [][]string{{"user0", strings.Repeat("0", 32), "s:0"}}},
		{"mail and bcrypt", many(func(i int) string { return mail(i) + ":$2y$10$abcdefghijklmnopqrstuv" }), []string{"email", "password"}, [][]string{{mail(0), "$2y$10$abcdefghijklmnopqrstuv"}}},
		{"login and password", many(func(i int) string { return fmt.Sprintf("user%d:secret%d", i, i) }), []string{"login", "password"}, [][]string{{"user0", "secret0"}}},
		{"bars and a site", many(func(i int) string { return fmt.Sprintf("https://site.example:8443/a:b?c=%d|user%d|a|b", i, i) }), []string{"url", "login", "password"}, [][]string{{"https://site.example:8443/a:b?c=0", "user0", "a|b"}}},
		{"colons and a site", many(func(i int) string {
			return []string{"https://site.example/path:u@courriel.example:p:w", "https://site.example:8080:u:p", "https://site.example:u:p", "site.example/x:u:p", "https://site.example:8080/x:12345:p", "https://site.example:12345:p"}[i%6]
		}), []string{"url", "login", "password"}, [][]string{
			{"https://site.example/path", "u@courriel.example", "p:w"},
			{"https://site.example:8080", "u", "p"},
			{"https://site.example", "u", "p"},
			{"site.example/x", "u", "p"},
			{"https://site.example:8080/x", "12345", "p"},
			{"https://site.example", "12345", "p"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := scanAll(t, openAll(t, file(t, "a", c.text)))
			if got := s.dump.Tables[0]; got.Format != "combo list" || !slices.Equal(got.Columns, c.columns) || got.Header {
				t.Fatalf("%+v", got)
			}
			if len(s.rows) != 30 || len(s.account.Rejects) > 0 || fmt.Sprintf("%q", s.rows[:len(c.rows)]) != fmt.Sprintf("%q", c.rows) {
				t.Errorf("%d rows, %q, %+v", len(s.rows), s.rows[:len(c.rows)], s.account.Rejects)
			}
			kinds := typed(t, c.text)
			for name, want := range map[string]kind.Kind{"email": kind.Email, "login": kind.Login, "password": kind.Password} {
				if slices.Contains(c.columns, name) && kinds[name] != want && len(c.rows) == 1 {
					t.Errorf("column %s is taken for %v", name, kinds[name])
				}
			}
		})
	}
	t.Run("a line without the mark", func(t *testing.T) {
		t.Parallel()
		s := scanAll(t, openAll(t, file(t, "a", many(func(i int) string { return mail(i) + ":x" })+"rubbish\n\n"+mail(99)+":y")))
		if len(s.rows) != 31 {
			t.Errorf("%d rows", len(s.rows))
		}
		expectRejects(t, s.account, map[string]int64{tooFewCells.String(): 1})
	})
}

// TestNoCombo holds texts that look a little like lists of accounts.
func TestNoCombo(t *testing.T) {
	t.Parallel()
	var dated, words, ids, keys, named, born, phones strings.Builder
	dated.WriteString("mail;date;ville\n")
	words.WriteString("email;password\n")
	for i := range 40 {
		fmt.Fprintf(&dated, "u%d@courriel.example;2024-01-%02d;Lyon;x;y\n", i, 1+i%28)
		fmt.Fprintf(&words, "u%d@courriel.example;x%d\n", i, i)
		fmt.Fprintf(&ids, "%d:%d:%d\n", 10+i%10, i, i*3%60)
		fmt.Fprintf(&named, "u%d@courriel.example;MARTIN %c\n", i, 'A'+i%26)
		fmt.Fprintf(&born, "u%d@courriel.example|%02d/01/1970\n", i, 1+i%28)
		fmt.Fprintf(&phones, "u%d@courriel.example;06 39 98 %02d %02d\n", i, i, i)
		fmt.Fprintf(&keys, "%s: %d\n", []string{"nom", "ville", "age"}[i%3], i)
	}
	for name, text := range map[string]string{
		"five columns": dated.String(), "a header": words.String(), "times": ids.String(), "keys": keys.String(),
		"mail and name": named.String(), "mail and birth date": born.String(), "mail and phone": phones.String(),
		"names": strings.Repeat("MARTIN;Anne\nPETIT;Luc\nDURAND;Paul\n", 20), "lines of a program": strings.Repeat("case x:\n  return a;\n", 20),
		"passwd": strings.Repeat("root:x:0:0:root:/root:/bin/sh\n", 30),
	} {
		if got := openTables(t, "a.txt", text)[0].Format; got == "combo list" {
			t.Errorf("%s are taken for a list of accounts", name)
		}
	}
}

func TestLDIF(t *testing.T) {
	t.Parallel()
	readAs(t, "# extended LDIF\n#\n# base <> with\n#  scope subtree\n\nversion: 1\n\n"+
		"dn: uid=a,dc=x,dc=example\nobjectClass: top\nobjectClass: person\nmail: a@x.example\nmail: b@x.example\nmail: c@x.example\nmail: d@x.example\nmail: e@x.example\nsn;lang-fr: M\n art\n in\n"+
		"\r\n\n\ndn:: dWlkPWIsZGM9eCxkYz1leGFtcGxl\nsn:: w4lsb2lzZQ==\nuserPassword:: e1NTSEF9YWJj\nphoto:: /9j/4AAA\nlabeledURI:< file:///x\n\n"+
		"dn: uid=c,dc=x,dc=example\nchangetype: modify\nreplace: mail\nmail: n@x.example\n-\n\n"+
		"sn: nobody\n\ndn: uid=d\nrubbish\n\n# search result\nsearch: 2\nresult: 0 Success\n",
		"LDIF",
		[]string{"dn", "objectClass", "objectClass (2)", "mail", "mail (2)", "mail (3)", "mail (more)", "sn;lang-fr", "sn", "userPassword", "photo", "labeledURI", "changetype"},
		[][]string{
			{"uid=a,dc=x,dc=example", "top", "person", "a@x.example", "b@x.example", "c@x.example", "d@x.example,e@x.example", "Martin", "", "", "", "", ""},
			{"uid=b,dc=x,dc=example", "", "", "", "", "", "", "", "Éloise", "{SSHA}abc", "0xffd8ffe00000", "file:///x", ""},
			{"uid=c,dc=x,dc=example", "", "", "n@x.example", "", "", "", "", "", "", "", "", "modify"},
		}, map[string]int64{badRecord.String(): 2})
	people := func(i int) string {
		return fmt.Sprintf("dn: uid=u%d,dc=x,dc=example\nsn: MARTIN%c\ngivenName: Anne\nmail: u%d@courriel.example\ntelephoneNumber: +33 6 39 98 %02d %02d\n\n", i, 'A'+i%26, i, i%100, i*7%100)
	}
	var b strings.Builder
	for i := range 40 {
		b.WriteString(people(i))
	}
	kinds := typed(t, b.String())
	if kinds["mail"] != kind.Email || kinds["telephoneNumber"] != kind.Phone {
		t.Errorf("%v", kinds)
	}
}

func TestVCard(t *testing.T) {
	t.Parallel()
	readAs(t, "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Martin;=C3=89lo=\r\nise;;;\r\nTEL;CELL;VOICE:06 39 98 00 00\r\nTEL;HOME:01 99 00 00 00\r\nPHOTO;ENCODING=BASE64;TYPE=JPEG:\r\n /9j/4AAQ\r\n\r\nEND:VCARD\r\n\r\n"+
		"begin:vcard\nversion:4.0\nfn:Luc Petit\nn:Petit;Luc;Jean,Marie;M.;\nitem1.EMAIL;TYPE=\"home,internet\":luc@courriel.example\nTEL;VALUE=uri:tel:+33-6-39-98-00-01\nADR;LABEL=\"3 rue: x\":;;3 rue du Bac\\, 2e;Lyon;;69003;France\nBDAY:19700131\nNOTE:un\\ndeux\\;\n  trois\nX-NOM:x\nend:vcard\n"+
		"BEGIN:VCARD\nFN:cut\nBEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nFN:cut",
		"vCard",
		[]string{"surname", "given name", "phone", "phone (2)", "full name", "other given names", "civility", "email", "street address", "city", "postal code", "country", "birth date", "note", "x-nom"},
		[][]string{
			{"Martin", "Éloise", "06 39 98 00 00", "01 99 00 00 00", "", "", "", "", "", "", "", "", "", "", ""},
			{"Petit", "Luc", "+33-6-39-98-00-01", "", "Luc Petit", "Jean,Marie", "M.", "luc@courriel.example", "3 rue du Bac, 2e", "Lyon", "69003", "France", "1970-01-31", "un\ndeux; trois", "x"},
		}, map[string]int64{badRecord.String(): 2})
	var b strings.Builder
	surnames, given := strings.Fields("MARTIN BERNARD PETIT DURAND LEROY MOREAU SIMON"), strings.Fields("Marie Jean Pierre Anne Louise")
	for i := range 40 {
		fmt.Fprintf(&b, "BEGIN:VCARD\nVERSION:3.0\nN:%s;%s;;;\nFN:%[2]s %[1]s\nTEL:06 39 98 %02[3]d %02[3]d\nEMAIL:u%[3]d@courriel.example\nBDAY:19%02[3]d-01-31\nADR:;;%[3]d rue du Bac;Lyon;;69003;France\nEND:VCARD\n", surnames[i%7], given[i%5], 40+i)
	}
	kinds := typed(t, b.String())
	for name, want := range map[string]kind.Kind{
		"surname": kind.BirthSurname, "given name": kind.GivenNames, "phone": kind.Phone, "email": kind.Email, "birth date": kind.BirthDate, "city": kind.City, "postal code": kind.PostCode,
	} {
		if kinds[name] != want {
			t.Errorf("column %s is taken for %v", name, kinds[name])
		}
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	readAs(t, "***************\nURL: https://a.example\nUsername: u1\nPassword: p:1\nApplication: Chrome\n\n===============\n\nURL: https://b.example\nUsername:\nPassword: p2\nsecond line\n===============\nonly rubbish here\n===============\nURL: https://c.example\nPassword: p3",
		"records", []string{"URL", "Username", "Password", "Application"},
		[][]string{{"https://a.example", "u1", "p:1", "Chrome"}, {"https://b.example", "", "p2\nsecond line", ""}, {"https://c.example", "", "p3", ""}},
		map[string]int64{badRecord.String(): 1})
	readAs(t, "*************************** 1. row ***************************\n    id: 1\n   nom: MARTIN\n  note: a: b\n*************************** 2. row ***************************\n    id: 2\n   nom: PETIT\n  note: NULL\n2 rows in set (0.00 sec)\n",
		"records", []string{"id", "nom", "note"}, [][]string{{"1", "MARTIN", "a: b"}, {"2", "PETIT", "NULL\n2 rows in set (0.00 sec)"}}, nil)
	readAs(t, strings.Repeat("Host: a.example\nLogin: x\nPass: y\n", 3), "records", []string{"Host", "Login", "Pass"}, [][]string{{"a.example", "x", "y"}, {"a.example", "x", "y"}, {"a.example", "x", "y"}}, nil)
}

// TestPeopleDamaged cuts texts of people at every length and changes bytes at
// random: rows and rejects add up, and nothing is lost in silence.
func TestPeopleDamaged(t *testing.T) {
	t.Parallel()
	for _, f := range []About{ldifFormat{}.about(), vcardFormat{}.about(), recordsFormat{}.about(), comboFormat{}.about()} {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			for n := 1; n < len(f.Example); n += 3 {
				reconcile(t, file(t, "a", f.Example[:n]))
			}
			for range 60 {
				b := []byte(strings.Repeat(f.Example, 3))
				for range 1 + r.IntN(3) {
					b[r.IntN(len(b))] ^= 1 << r.IntN(8)
				}
				reconcile(t, file(t, "a", string(b)))
			}
		})
	}
}

func fuzzPeople(f *testing.F, by interface{ about() About }, seeds ...string) {
	f.Helper()
	example := by.about().Example
	for _, seed := range append(seeds, example) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reconcile(t, file(t, "a", example+text))
		reconcile(t, file(t, "a", gz(t, example+text)))
	})
}

func FuzzLDIF(f *testing.F) {
	fuzzPeople(f, ldifFormat{}, "\ndn: x\n y\n\n\n- \n:\n", "\nsn:: !\n\n\ndn:\n")
}

func FuzzVCard(f *testing.F) {
	fuzzPeople(f, vcardFormat{}, "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=3D\nEND:VCARD", "END:VCARD\n\";:\n")
}

func FuzzRecords(f *testing.F) {
	fuzzPeople(f, recordsFormat{}, "*** 1. row ***\na: 1\n-----\n\n---\nb\n", "URL: \nURL: x\n\xe9\x00: y")
}

func FuzzCombo(f *testing.F) {
	fuzzPeople(f, comboFormat{}, "a\n:\nb:c:d\r\n", "https://[::1]:80/:x:y\n")
}
