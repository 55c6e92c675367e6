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
