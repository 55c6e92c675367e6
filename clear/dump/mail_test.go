package dump

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// aMessage is a message with a text in two forms and something attached.
func aMessage(n int, attached string) string {
	return fmt.Sprintf("Return-Path: <anne@courriel.example>\r\nFrom: =?ISO-8859-1?Q?Anne_Martin=E9?= <anne@courriel.example>\r\nTo: \"Petit, Luc\" <luc@courriel.example>,\r\n paul@courriel.example\r\n"+
		"Subject: =?utf-8?B?w6l0w6k=?= %d\r\nDate: Tue, 3 Feb 2026 10:11:%02d +0100\r\nMessage-ID: <m%[1]d@courriel.example>\r\nX-Originating-IP: [192.0.2.7]\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"=_a b\"\r\n\r\n"+
		"This is a multi-part message.\r\n--=_a b\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nBonjour =E9l=\r\n=E8ve\r\n>From the start\r\n--inner\r\nContent-Type: text/html\r\n\r\n<p>other</p>\r\n--inner--\r\n\r\n"+
		"--=_a b\r\nContent-Type: application/octet-stream; name=\"x\"\r\nContent-Disposition: attachment; filename*=utf-8''d%%C3%%A9.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n%[3]s\r\n--=_a b--\r\n", n, n, folded76(base64.StdEncoding.EncodeToString([]byte(attached))))
}

func folded76(text string) string {
	var lines []string
	for len(text) > 76 {
		lines, text = append(lines, text[:76]), text[76:]
	}
	return strings.Join(append(lines, text), "\r\n")
}

func mboxOf(messages ...string) string {
	var b strings.Builder
	for i, m := range messages {
		fmt.Fprintf(&b, "From anne@courriel.example Tue Feb  3 10:11:%02d 2026\n%s\n", i, strings.ReplaceAll(m, "\r\n", "\n"))
	}
	return b.String()
}

func TestMail(t *testing.T) {
	t.Parallel()
	row := func(n int) []string {
		return []string{fmt.Sprintf("2026-02-03T10:11:%02d+01:00", n), "anne@courriel.example", "Anne Martiné", `"Petit, Luc" <luc@courriel.example>, paul@courriel.example`, "", "", "", fmt.Sprintf("été %d", n), "Bonjour élève\nFrom the start", fmt.Sprintf("<m%d@courriel.example>", n), "192.0.2.7"}
	}
	csv := "id;nom\n1;Martin\n2;Petit\n"
	nested := "From: a@courriel.example\nTo: b@courriel.example\nSubject: outer\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nsee below\n--x\nContent-Type: message/rfc822\n\n" + strings.ReplaceAll(aMessage(3, csv), "\r\n", "\n") + "\n--x--\n"
	plain := "From: b <b@courriel.example>\nSubject: x\nDate: yesterday\n\nFrom here on\ntext\n"
	for _, c := range []struct {
		name, text string
		tables     []string
		rows       [][]string // of messages
		others     int        // rows of what is attached
	}{
		{"one message", aMessage(1, csv), []string{"a/messages", "a/1/dé.csv"}, [][]string{row(1)}, 2},
		{"a box", mboxOf(aMessage(1, csv), aMessage(2, csv+"3;x\n")), []string{"a/messages", "a/1/dé.csv", "a/2/dé.csv"}, [][]string{row(1), row(2)}, 5},
		{"a box in gzip", gz(t, mboxOf(aMessage(1, csv), aMessage(2, csv))), []string{"a/messages", "a/1/dé.csv", "a/2/dé.csv"}, [][]string{row(1), row(2)}, 4},
		{"a message in a message", nested, []string{"a/messages", "a/1/part 2.eml/messages", "a/1/part 2.eml/1/dé.csv"}, [][]string{
			{"", "a@courriel.example", "", "b@courriel.example", "", "", "", "outer", "see below", "", ""}, row(3),
		}, 2},
		{"a box with lengths", fmt.Sprintf("From a Tue Feb  3 10:11:12 2026\nContent-Length: %d\nFrom: a@courriel.example\nSubject: x\n\nFrom b Tue Feb  3 10:11:12 2026\ntext\n\nFrom a Tue Feb  3 10:11:12 2026\n%s", len("From b Tue Feb  3 10:11:12 2026\ntext\n"), plain), []string{"a/messages"}, [][]string{
			{"", "a@courriel.example", "", "", "", "", "", "x", "From b Tue Feb  3 10:11:12 2026\ntext", "", ""},
			{"yesterday", "b@courriel.example", "b", "", "", "", "", "x", "From here on\ntext", "", ""},
		}, 0},
		{"parts that never come", "From: a@courriel.example\nSubject: x\nDate: y\nContent-Type: multipart/mixed; boundary=x\n\nhello\nthere\n", []string{"a/messages"}, [][]string{{"y", "a@courriel.example", "", "", "", "", "", "x", "hello\nthere", "", ""}}, 0},
		{"a page alone", "From: a@courriel.example\nSubject: x\nDate: y\nContent-Type: text/html; charset=windows-1252\n\n<html><style>p{}</style><p>caf\xe9 <b>noir</b></p><div>suite&amp;fin</div></html>", []string{"a/messages"}, [][]string{{"y", "a@courriel.example", "", "", "", "", "", "x", "café noir\nsuite&fin", "", ""}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := scanAll(t, openAll(t, file(t, "a", c.text)))
			var tables []string
			for _, tab := range s.dump.Tables {
				tables = append(tables, tab.Name)
			}
			if !slices.Equal(tables, c.tables) {
				t.Errorf("tables %q", tables)
			}
			var messages [][]string
			others := 0
			for i, r := range s.rows {
				if strings.HasSuffix(s.dump.Tables[s.table[i]].Name, "messages") {
					messages = append(messages, r)
				} else {
					others++
				}
			}
			if fmt.Sprintf("%q", messages) != fmt.Sprintf("%q", c.rows) || others != c.others {
				t.Errorf("messages\n%q\nwant\n%q\nand %d rows, want %d", messages, c.rows, others, c.others)
			}
			expectRejects(t, s.account, nil)
		})
	}
}

// TestMailFolders holds single messages that lie side by side.
func TestMailFolders(t *testing.T) {
	t.Parallel()
	csv := "id;nom\n1;Martin\n"
	var files []string
	for i := range 5 {
		files = append(files, fmt.Sprintf("box/%d.eml", i), aMessage(i, csv))
	}
	files = append(files, "other/cur/1.2.host:2,S", aMessage(7, csv), "other/new/2.3.host", aMessage(8, csv), "other/new/3.4.host", aMessage(9, csv), "box/x.eml", "no message\n")
	s := scanAll(t, openAll(t, file(t, "a.zip", zipped(t, files...))))
	names := map[string]int{}
	for i := range s.rows {
		names[s.dump.Tables[s.table[i]].Name]++
	}
	want := map[string]int{"a.zip/box/messages": 5, "a.zip/other/cur/1.2.host:2,S/messages": 1, "a.zip/other/new/messages": 2, "a.zip/box/x.eml": 1}
	for name, n := range want {
		if names[name] != n {
			t.Errorf("%s has %d rows: %v", name, names[name], names)
		}
	}
	if len(s.account.Rejects) > 0 {
		t.Errorf("%+v", s.account.Rejects)
	}
	s = scanAll(t, openAll(t, file(t, "1.eml", aMessage(1, csv)), file(t, "2.eml", aMessage(2, csv))))
	if len(s.dump.Tables) != 3 || s.account.TableRows[0] != 2 {
		t.Errorf("%+v %+v", s.dump.Tables, s.account)
	}
}

// TestHostileMail holds what is made to be read for ever or to fill the memory.
func TestHostileMail(t *testing.T) {
	t.Parallel()
	head := "From: a@courriel.example\nSubject: x\nDate: y\n"
	deep, flat := head, head+"Content-Type: multipart/mixed; boundary=b\n\n"
	for i := range 200 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	for range 5000 {
		flat += "--b\nContent-Disposition: attachment\n\nx\n"
	}
	for name, text := range map[string]string{
		"deep": deep, "flat": flat, "a long header": head + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\n", 2000) + "\nbody\n",
		"a line without end": head + "\n" + strings.Repeat("x", 1<<20), "bad base64": head + "Content-Type: application/x\nContent-Transfer-Encoding: base64\n\nQUJD!RE\n",
		"only a header": head, "bad names": head + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=\"../../etc/passwd\"\n\na;b\n--b--\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scanAll(t, openAll(t, file(t, "a", text)))
			if len(s.rows) == 0 {
				t.Error("no message is read")
			}
			for _, tab := range s.dump.Tables {
				if strings.Contains(tab.Name, "..") {
					t.Error(tab.Name)
				}
			}
		})
	}
}

// TestMailDamaged cuts a box at many lengths and changes bytes at random.
func TestMailDamaged(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	whole := mboxOf(aMessage(1, "id;nom\n1;x\n"), aMessage(2, "id;nom\n1;x\n"))
	for n := 50; n < len(whole); n += 31 {
		reconcile(t, file(t, "a", whole[:n]))
	}
	for range 100 {
		b := []byte(whole)
		for range 1 + r.IntN(4) {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		reconcile(t, file(t, "a", string(b)))
	}
}

func FuzzMail(f *testing.F) {
	f.Add("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n")
	f.Add("Content-Length: 3\n\nabc\nFrom a 1:1 2026\n")
	f.Fuzz(func(t *testing.T, text string) {
		reconcile(t, file(t, "a", "From: a@courriel.example\nSubject: x\nDate: y\n"+text))
		reconcile(t, file(t, "a", gz(t, mboxOf("From: a@courriel.example\nSubject: x\nDate: y\n"+text, text))))
	})
}
