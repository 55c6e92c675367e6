package dump

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/pgtest"
)

// TestPgCopyBinary reads what the real server writes: types are told by values.
func TestPgCopyBinary(t *testing.T) {
	t.Parallel()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("skipped: psql is not installed (Debian: apt install postgresql-client)")
	}
	server := pgtest.Start(t)
	address := server.Database(t, `create table t as select
		i::int as id, (i * 1000)::smallint as petit, 33639980000 + i as tel, 199001011234500 + i as nir, 'Zoé, ' || i as nom, i % 2 = 0 as vrai,
		date '1950-03-02' + i * 400 as ne, timestamp '2021-05-06 07:08:09' + i * interval '1 hour' as le, timestamp '2021-05-06 07:08:09.123457' + i * interval '1 hour' as us,
		(i * 12.5)::numeric(9,2) as prix, (i * 0.25)::float8 as f8, (i * 0.5)::float4 as f4, jsonb_build_object('a', i) as j, json_build_object('a', i) as k,
		('00000000-0000-4000-8000-00000000000' || i)::uuid as u, '\xff0001'::bytea as b, nullif(i, 3) as rien
		from generate_series(1, 9) i`)
	text := func(format string) []byte {
		out, err := exec.Command(psql, "--dbname", address, "--command", "copy t to stdout "+format).Output()
		if err != nil {
			t.Skipf("skipped: psql does not run against this server: %v", err)
		}
		return out
	}
	d, err := openGiven(t, Options{}, given("t.bin", text("(format binary)")))
	if err != nil {
		t.Fatal(err)
	}
	s := scanAll(t, d)
	if len(s.rows) != 9 || len(s.account.Rejects) > 0 {
		t.Fatalf("%d rows, %+v", len(s.rows), s.account.Rejects)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text("(null '')"))), "\n") {
		want := strings.Split(line, "\t")
		for c, cell := range want {
			switch c {
			case 5:
				cell = map[string]string{"t": "true", "f": "false"}[cell]
			case 7, 8:
				cell = strings.Replace(cell, " ", "T", 1)
			case 15:
				cell = "0xFF0001"
			}
			if s.rows[i][c] != cell {
				t.Errorf("row %d, column %d: %q, want %q", i, c, s.rows[i][c], cell)
			}
		}
	}
}

// pgCopyClients are rows, and where they begin.
func pgCopyClients(n int) (content []byte, starts []int) {
	var rows [][][]byte
	for i := range n {
		starts = append(starts, len(pgCopyOf(rows...))-2)
		rows = append(rows, [][]byte{binary.BigEndian.AppendUint32(nil, uint32(i)), fmt.Appendf(nil, "Martin %d", i), nil})
	}
	return pgCopyOf(rows...), starts
}

func TestPgCopyDamage(t *testing.T) {
	t.Parallel()
	const n = 100
	content, starts := pgCopyClients(n)
	for _, at := range []int{0, 3, 10} { // number of values, lengths
		hit := bytes.Clone(content)
		copy(hit[starts[50]+at:], "\x7f\xff")
		a := settled(t, hit)
		if a == nil || a.Read != n-1 || a.Rejected != 1 || a.Rejects[0].First[0].Offset != int64(starts[50]) {
			t.Errorf("damage at %d: %+v", at, a)
		}
	}
	few, _ := pgCopyClients(8)
	hurt(t, few, len(pgCopyMark))
	t.Run("header with more in it", func(t *testing.T) {
		t.Parallel()
		more := slices.Insert(bytes.Clone(content), len(pgCopyMark)+8, 1, 2, 3)
		more[len(pgCopyMark)+7] = 3
		if a := settled(t, more); a == nil || a.Read != n || len(a.Rejects) > 0 {
			t.Errorf("%+v", a)
		}
	})
}

func FuzzPgCopy(f *testing.F) {
	f.Add(pgCopyExample())
	content, _ := pgCopyClients(5)
	f.Add(content)
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, append([]byte(pgCopyMark), content[min(len(content), len(pgCopyMark)):]...))
		settled(t, []byte(gz(t, string(append(pgCopyExample()[:40:40], content...)))))
	})
}
