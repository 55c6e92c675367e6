package cef_test

import (
	"strings"
	"testing"

	"constat.example/internal/cef"
)

func TestLine(t *testing.T) {
	t.Parallel()
	got := cef.Line("day|x", "a | b\nc", 7, cef.Field{Key: "suser", Value: `a=b\c`}, cef.Field{Key: "src"}, cef.Field{Key: "msg", Value: strings.Repeat("x", 600)})
	want := `CEF:0|Constat|constat|1|day\|x|a \| b c|7|suser=a\=b\\c msg=` + strings.Repeat("x", 500) + "…"
	if got != want {
		t.Errorf("%q", got)
	}
}
