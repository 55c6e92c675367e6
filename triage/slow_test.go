package triage_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
)

// open opens the engine; with CONSTAT_SLOW set it prints what statements took,
// which is where optimising begins.
func open(ctx context.Context, c engine.Config) (engine.Session, error) {
	s, err := duckdb.Open(ctx, c)
	if err != nil || os.Getenv("CONSTAT_SLOW") == "" {
		return s, err
	}
	return timed{s}, nil
}

type timed struct{ engine.Session }

func (t timed) Table(ctx context.Context, name, query string) error {
	defer told(time.Now(), "table "+name, query)
	return t.Session.Table(ctx, name, query)
}

func (t timed) Query(ctx context.Context, query string, each func([]any) error) error {
	defer told(time.Now(), "query", query)
	return t.Session.Query(ctx, query, each)
}

func (t timed) Write(ctx context.Context, path, query string) error {
	defer told(time.Now(), "write", query)
	return t.Session.Write(ctx, path, query)
}

func told(start time.Time, what, query string) {
	if took := time.Since(start); took > 100*time.Millisecond {
		fmt.Printf("%8.2fs %s: %.300s\n", took.Seconds(), what, strings.Join(strings.Fields(query), " "))
	}
}
