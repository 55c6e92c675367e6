package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgconn"

	"constat.example/internal/failure"
)

// schema of a backup: a line that says so, one for each act, and one that counts and
// hashes all before it.
const schema = "constat.store/1"

type backupLine struct {
	Schema string `json:"schema,omitempty"`
	Stream string `json:"stream,omitempty"`
	Number int64  `json:"number,omitempty"`
	Line   string `json:"line,omitempty"`
	Acts   *int64 `json:"acts,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// Backup writes all of the store, as it is at one instant, and returns how many acts
// there are. Either kind of store brings it back.
func (s *Store) Backup(ctx context.Context, w io.Writer) (acts int64, err error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if !s.postgres { // it has one isolation, and knows no other
		tx, err = s.db.BeginTx(ctx, nil)
	}
	if err != nil {
		return 0, s.unreachable(err)
	}
	defer func() { err = errors.Join(err, rolledBack(tx)) }()
	hash := sha256.New()
	out := bufio.NewWriter(w)
	put := func(l backupLine, to io.Writer) error {
		text, err := json.Marshal(l)
		if err == nil {
			_, err = to.Write(append(text, '\n'))
		}
		return err
	}
	both := io.MultiWriter(out, hash)
	if err := put(backupLine{Schema: schema}, both); err != nil {
		return 0, err
	}
	err = s.query(ctx, tx, func(rows *sql.Rows) error {
		var l backupLine
		if err := rows.Scan(&l.Stream, &l.Number, &l.Line); err != nil {
			return s.unreachable(err)
		}
		acts++
		return put(l, both)
	}, `SELECT stream, number, line FROM act ORDER BY stream, number`)
	if err == nil {
		err = put(backupLine{Acts: &acts, SHA256: hex.EncodeToString(hash.Sum(nil))}, out)
	}
	if err != nil {
		return 0, err
	}
	return acts, out.Flush()
}

// Restore brings a backup back into an empty store, all of it or nothing, and returns
// how many acts it has. holds is asked about the lines of each stream, before any is kept.
func (s *Store) Restore(ctx context.Context, r io.Reader, holds func(stream string, text []byte) error) (acts int64, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		var has int64
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM act`).Scan(&has); err != nil {
			return err
		}
		if has > 0 {
			return failure.New(failure.Refused, "Name another store, or move this one away.", "the store is not empty: it holds %d acts", has)
		}
		acts, err = s.restore(ctx, tx, r, holds)
		return err
	})
	return acts, err
}

func (s *Store) restore(ctx context.Context, tx *sql.Tx, r io.Reader, holds func(stream string, text []byte) error) (acts int64, err error) {
	torn := func(n int64, why string) error {
		return failure.New(failure.BadInput, "Take another backup; nothing was brought back.", "the backup %s, at line %d", why, n)
	}
	var stream string // which is read, and its lines
	var lines []byte
	hash := sha256.New()
	in := bufio.NewReader(r)
	add, err := tx.PrepareContext(ctx, s.say(`INSERT INTO act (stream, number, line) VALUES (?, ?, ?)`))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, add.Close()) }()
	for n := int64(1); ; n++ {
		text, end := in.ReadBytes('\n')
		if end != nil && !errors.Is(end, io.EOF) {
			return 0, failure.New(failure.BadInput, "Check the file and your right to read it.", "reading the backup: %w", end)
		}
		if end != nil {
			return 0, torn(n, "ends too early")
		}
		var l backupLine
		if d := json.NewDecoder(bytes.NewReader(text)); d.Decode(&l) != nil {
			return 0, torn(n, "is damaged")
		}
		switch {
		case n == 1:
			if l.Schema != schema {
				return 0, torn(n, "is none of constat's")
			}
		case l.Acts != nil:
			if *l.Acts != acts || l.SHA256 != hex.EncodeToString(hash.Sum(nil)) {
				return 0, torn(n, "is not what was written")
			}
			if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
				return 0, torn(n+1, "goes on after its end")
			}
			return acts, holds(stream, lines)
		case l.Number < 1 || l.Line == "":
			return 0, torn(n, "is damaged")
		default:
			if l.Stream != stream {
				if err := holds(stream, lines); err != nil {
					return 0, err
				}
				stream, lines = l.Stream, nil
			}
			lines = append(append(lines, l.Line...), '\n')
			if _, err := add.ExecContext(ctx, l.Stream, l.Number, l.Line); err != nil {
				return 0, fmt.Errorf("line %d: %w", n, err)
			}
			acts++
		}
		hash.Write(text)
	}
}

// said is the code of PostgreSQL's error, which quotes nothing.
func said(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return ": it says SQLSTATE " + e.Code
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return ": it does not answer, or takes nobody in"
	}
	return ""
}
