package mariadbtest_test

import (
	"bytes"
	"testing"

	"constat.example/internal/mariadbtest"
)

func TestStart(t *testing.T) {
	s := mariadbtest.Start(t)
	s.Exec(t, "create database d; use d; create table t (n int); insert into t values (1), (2);")
	if out := s.Dump(t, "d"); !bytes.Contains(out, []byte("INSERT INTO `t` VALUES")) {
		t.Errorf("%d bytes without the rows", len(out))
	}
}
