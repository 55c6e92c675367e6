package dump

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var sqlPieces = []string{"INSERT INTO t VALUES (1,'x','y')", ";\n", ",(2,'a','b')", "'", "\n", "COPY u (id, v) FROM stdin;\n", "1\tx\n", "\\.\n", "\\\n", "$a$", "/*", "*/", "-- x\n", "(", ")", "SET NAMES latin1;\n", "é", "\xe9", "''", "\\'", ",", "O'Brien", "CREATE TABLE t (a int, b text, c text);\n", "GO\n", "NULL", "INSERT ALL INTO t (a) VALUES (1) INTO u (id) VALUES ('z')", "DELIMITER $$\n", "$$", "q'[x'y]'", "E'\\n'", "SELECT 'x", "\"", "`", "#", "INSERT INTO u (v, id) VALUES ", "long long long long long long long long long long long long ", "::text", "||", "CAST(N'x' AS y)", "\r\n", "REM x\n", "/\n", "COPY ", "\\restrict x\n", "USE `d`;\n", "INSERT", "\tq\t", "BEGIN;\n", " ON CONFLICT DO NOTHING"}

// TestSQLPieces puts pieces of SQL together at random, and cuts what comes out
// in several ways: all must give the same.
func TestSQLPieces(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // the same texts each time
		var text strings.Builder
		text.WriteString("CREATE TABLE t (a int, b text, c text);\nINSERT INTO t VALUES (1,'x','y'),(2,'z','t');\n")
		for range r.IntN(60) {
			text.WriteString(sqlPieces[r.IntN(len(sqlPieces))])
		}
		path := file(t, "a.sql", text.String())
		var first string
		for _, chunk := range []int{1 << 20, 16, 50, 130, 300} {
			d, err := open(context.Background(), sourcesOf(t, path), Options{Threads: 2, MaxRow: 200}, chunk)
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			got := fmt.Sprintf("%+v %q %v %v %+v", d.Tables, s.rows, s.table, s.ordinal, *s.account)
			if first == "" {
				first = got
			}
			if got != first {
				t.Fatalf("seed %d, chunks of %d bytes: another result\n%q\n%s\n%s", seed, chunk, text.String(), first, got)
			}
		}
	}
}
