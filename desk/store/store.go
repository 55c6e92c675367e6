// Package store keeps the acts of people: lines by stream (a case, or the home) and
// number. A file of SQLite holds them, or a PostgreSQL that a team shares; what either
// does is the same, held by one suite of tests.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// ErrMoved says that a line was added after the last one that its adder had seen.
var ErrMoved = errors.New("somebody else acted meanwhile")

// Store is an open store. It is safe for concurrent use, in this process and with others.
type Store struct {
	db       *sql.DB
	postgres bool
}

// Open opens a store, and makes or migrates it: the file of that path, or a database
// of PostgreSQL where it begins with postgres:// or postgresql://. Errors do not quote
// a password.
func Open(ctx context.Context, at string) (*Store, error) {
	s := &Store{}
	driver, source := "sqlite", ""
	switch {
	case strings.HasPrefix(at, "postgres://"), strings.HasPrefix(at, "postgresql://"):
		s.postgres, driver, source = true, "pgx", at
	case strings.Contains(at, "://"):
		return nil, failure.New(failure.Usage, "Name a file, or postgres://user@host/database.", "there is no such store")
	default:
		// An act is on the disk when it was accepted: synchronous=FULL. Whoever writes
		// locks the file from the beginning, so that nobody waits for somebody who waits.
		file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: at}).EscapedPath(), RawQuery: url.Values{
			"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)"}, "_txlock": {"immediate"},
		}.Encode()}
		source = file.String()
		if err := disk.MakeFolder(filepath.Dir(at)); err != nil {
			return nil, fmt.Errorf("opening the store: %w", err)
		}
		if err := private(at); err != nil {
			return nil, fmt.Errorf("opening the store: %w", err)
		}
	}
	var err error
	if s.db, err = sql.Open(driver, source); err != nil {
		return nil, s.unreachable(err)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// private makes the file, for its owner alone, where there is none.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), disk.SyncFolder(filepath.Dir(path)))
}

// unreachable is the error of a store that does not answer. The driver's own words may
// quote where it is.
func (s *Store) unreachable(err error) error {
	if s.postgres {
		return failure.New(failure.BadInput, "Check the address, the account and that the server runs; the password may stand in ~/.pgpass.", "the PostgreSQL of the store cannot be used%s", said(err))
	}
	return failure.New(failure.BadInput, "Check the rights to the file; if it is damaged, bring a backup back: constat store restore.", "the store cannot be used: %w", err)
}

// Close closes it.
func (s *Store) Close() error { return s.db.Close() }

// migrations make the tables, one after the other; none is ever changed once released.
var migrations = []string{
	`CREATE TABLE act (stream TEXT NOT NULL, number BIGINT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (stream, number))`,
}

// migrate brings the tables to what this program knows. Several may begin at once:
// one of them does it.
func (s *Store) migrate(ctx context.Context) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		if s.postgres { // creating what is there already is no error, but two at once are
			if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(7122302846318405)`); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS version (number BIGINT NOT NULL)`); err != nil {
			return err
		}
		var has int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM version`).Scan(&has); err != nil {
			return err
		}
		if has > len(migrations) {
			return failure.New(failure.Refused, "Use the newer program, or another store.", "the store was made by a newer constat: its tables are of version %d, and this one knows %d", has, len(migrations))
		}
		for ; has < len(migrations); has++ {
			if _, err := tx.ExecContext(ctx, migrations[has]); err != nil {
				return fmt.Errorf("migration %d: %w", has+1, err)
			}
			if _, err := tx.ExecContext(ctx, s.say(`INSERT INTO version (number) VALUES (?)`), has+1); err != nil {
				return err
			}
		}
		return nil
	})
}

// say numbers the parameters as the database has them.
func (s *Store) say(statement string) string {
	if !s.postgres {
		return statement
	}
	var b strings.Builder
	n := 0
	for _, r := range statement {
		if r == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// within does something in a transaction.
func (s *Store) within(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.unreachable(err)
	}
	err = do(tx)
	if err == nil {
		err = tx.Commit()
	} else {
		err = errors.Join(err, rolledBack(tx))
	}
	if _, told := errors.AsType[*failure.Error](err); err == nil || told || errors.Is(err, ErrMoved) {
		return err
	}
	return s.unreachable(err)
}

func rolledBack(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// Add adds lines to a stream, numbered from after+1 on, and returns once they are on the
// disk. It fails with ErrMoved, and adds nothing, where the last line is not of number
// after.
func (s *Store) Add(ctx context.Context, stream string, after int64, lines ...string) error {
	err := s.within(ctx, func(tx *sql.Tx) error {
		var last int64
		err := tx.QueryRowContext(ctx, s.say(`SELECT coalesce(max(number), 0) FROM act WHERE stream = ?`), stream).Scan(&last)
		if err != nil || last != after {
			return moved(err)
		}
		for i, line := range lines {
			if _, err := tx.ExecContext(ctx, s.say(`INSERT INTO act (stream, number, line) VALUES (?, ?, ?)`), stream, after+int64(i)+1, line); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || errors.Is(err, ErrMoved) {
		return err
	}
	// Two that add at once may both have seen the same last line; the primary key lets one in. And
	// where the answer to a commit is lost, it may have been done all the same: the store tells.
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	var there []string
	if again := s.query(ctx, s.db, func(rows *sql.Rows) error {
		there = append(there, "")
		return rows.Scan(&there[len(there)-1])
	}, `SELECT line FROM act WHERE stream = ? AND number > ? ORDER BY number`, stream, after); again != nil || len(there) == 0 {
		return err
	}
	if len(there) >= len(lines) && slices.Equal(there[:len(lines)], lines) {
		return nil
	}
	return ErrMoved
}

// patience is how long a store is asked again after it failed.
const patience = 10 * time.Second

func moved(err error) error {
	if err == nil {
		return ErrMoved
	}
	return err
}

// querier is the database, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
}

// Lines reads a stream, each line ending in \n, in order.
func (s *Store) Lines(ctx context.Context, stream string) ([]byte, error) {
	var text []byte
	err := s.query(ctx, s.db, func(rows *sql.Rows) error {
		var line sql.RawBytes
		err := rows.Scan(&line)
		text = append(append(text, line...), '\n')
		return err
	}, `SELECT line FROM act WHERE stream = ? ORDER BY number`, stream)
	return text, err
}

// Streams are those that have a line, in order.
func (s *Store) Streams(ctx context.Context) ([]string, error) {
	var all []string
	err := s.query(ctx, s.db, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		all = append(all, name)
		return err
	}, `SELECT DISTINCT stream FROM act ORDER BY stream`)
	return all, err
}

// query calls each for every row of a query.
func (s *Store) query(ctx context.Context, on querier, each func(*sql.Rows) error, statement string, args ...any) (err error) {
	rows, err := on.QueryContext(ctx, s.say(statement), args...)
	if err != nil {
		return s.unreachable(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return s.unreachable(err)
	}
	return nil
}
