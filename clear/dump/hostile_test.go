package dump

import (
	"strings"
	"testing"
	"time"
)

// TestHostileSQL holds that texts made to be read again and again are not: each
// repeats what opens something that nothing closes.
func TestHostileSQL(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it reads thousands of files one after the other, which shows nothing to the race detector")
	}
	for _, piece := range []string{
		"(1,'x',", "(1,'x'),(", "('\n", "/*\n", "INSERT INTO t VALUES ($a$\n", "INSERT INTO t VALUES (1,'x\n", "SELECT $a$\nINSERT INTO t SELECT ", "SELECT '\n", "COPY t (a) FROM stdin;\n",
		"),($b$", "'x',\n", "(((((", "\\\n", "\\\\\t", "INSERT INTO t (a", "CREATE TABLE a (b '", "DELIMITER x\n", "\n\n(", "),(1,2", "\"),(\"", "'),('", "--", "#", "$", "INSERT ALL INTO ",
	} {
		t.Run(piece, func(t *testing.T) {
			begun := time.Now()
			for _, before := range []string{"INSERT INTO t VALUES (1,'x'),(2,'y');\n", "INSERT INTO t VALUES (1,'x'),(2,'y'),", "COPY t (a, b) FROM stdin;\n1\tx\n"} {
				s := scanAll(t, openAll(t, file(t, "a.sql", before+strings.Repeat(piece, 1<<20/len(piece)))))
				if s.account.Read == 0 {
					t.Errorf("%+v", s.account)
				}
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// TestHostileCSV holds the same of CSV whose rows all have to be mended, and of
// texts that look like another table every few rows.
func TestHostileCSV(t *testing.T) {
	t.Parallel()
	before := "id,nom,prenom,naissance,ville\n" + strings.Repeat("1,Martin,Anne,1970-01-02,Lyon\n", 20_000)
	for _, piece := range []string{
		"a;b;c;d\na;b;c;d\nx,y\nx,y\n1,M,A,1970-01-02,L\n", strings.Repeat("a b,", 28) + "\n", "1,\"M,A,1970,'L,\n", "\nx,y,z,t,u\nv,w,x,y,z\n",
		"\na;b;c\n" + strings.Repeat("1;2;3\n", 12) + "\nd,e,f,g\n" + strings.Repeat("1,2,3,4\n", 12), strings.Repeat("a ", 20) + "\n", "+--+--+\n|", "\",\"", "\"\n",
	} {
		t.Run(piece, func(t *testing.T) {
			begun := time.Now()
			s := scanAll(t, openAll(t, file(t, "a.csv", before+strings.Repeat(piece, 1<<19/len(piece)))))
			if s.account.Read < 20_000 {
				t.Errorf("%+v", s.account)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}
