package dump

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"constat.example/internal/failure"
)

// TestBombs holds that no archive unpacks to more than it may, by one member or
// by many, and that what came before is read.
func TestBombs(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	text := numbered(1000)
	zeros := strings.Repeat("a;b\n", limit/2)
	var many bytes.Buffer
	w := zip.NewWriter(&many)
	for i := range 100 {
		m, err := w.Create(fmt.Sprintf("%d.csv", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(m, zeros[:limit/10]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lying := []byte(zipped(t, "a.csv", zeros)) // which says that it is small
	at := bytes.Index(lying, []byte(zipDirectory))
	lying[at+24], lying[at+25], lying[at+26], lying[at+27] = 16, 0, 0, 0
	for _, c := range []struct {
		name, content string
		want          reason
	}{
		{"one member", zipped(t, "x.csv", text, "y.csv", zeros), bomb},
		{"many members", many.String(), bomb},
		{"one that says it is small", string(lying), corrupt},
		{"a tar in gzip", gz(t, tarred(t, []tar.Header{{Name: "x.csv"}, {Name: "y.csv"}}, text, zeros)), bomb},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := Open(context.Background(), sourcesOf(t, file(t, "a", c.content)), Options{MaxDecoded: limit})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			s := scanAll(t, d)
			told := false
			for _, r := range s.account.Rejects {
				told = told || r.Reason == c.want.String()
			}
			if !told || s.account.DecodedTotal > 2*limit {
				t.Errorf("%d bytes, %+v", s.account.DecodedTotal, s.account.Rejects)
			}
		})
	}
}

// TestQuine holds that what unpacks to itself, or seems to go on for ever, ends
// by its depth (Cox, Zip Files All The Way Down, 2010).
func TestQuine(t *testing.T) {
	t.Parallel()
	inner := "id;nom\n1;x\n"
	for range DefaultDepth + 3 {
		inner = gz(t, inner)
	}
	_, err := Open(context.Background(), sourcesOf(t, file(t, "a", inner)), Options{})
	if failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), "packed more than") {
		t.Errorf("error %v", err)
	}
	mail := "From: a@courriel.example\nSubject: x\nDate: y\n\ntext\n"
	for range DefaultDepth + 3 {
		mail = "From: a@courriel.example\nSubject: x\nDate: y\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=m.eml\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(mail)) + "\n--b--\n"
	}
	s := scanAll(t, openAll(t, file(t, "a", mail)))
	if s.account.Read != DefaultDepth {
		t.Errorf("%d messages", s.account.Read)
	}
	expectRejects(t, s.account, map[string]int64{tooDeeplyPacked.String(): 1})
}
