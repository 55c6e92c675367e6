package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"constat.example/internal/failure"
)

// What a server says of an error may hold values of the register ("invalid
// input syntax for type date: …") or of the query, and what the library says
// may hold the address. So neither is repeated: the SQLSTATE says what
// happened, and these say it in words.

// connecting explains why no connection came about.
func connecting(ctx context.Context, where, database string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "28P01":
			return failure.New(failure.BadInput, "Check the user and the password; the password may also come from $PGPASSWORD or ~/.pgpass.", "the database server %s refuses the password", where)
		case "28000":
			return failure.New(failure.BadInput, "Check the user, and whether the server lets it in from this machine (pg_hba.conf).", "the database server %s does not let this user in", where)
		case "3D000":
			return failure.New(failure.BadInput, "Check the name after the server's in the address.", "the database server %s has no database %q", where, database)
		default:
			return failure.New(failure.BadInput, "Ask the database's owner; the SQLSTATE is in PostgreSQL's manual.", "the database server %s refuses the connection (SQLSTATE %s)", where, pg.Code)
		}
	}
	why := "no connection comes about"
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns != nil {
		why = "its name is not known"
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		why = errno.Error()
	}
	return failure.New(failure.BadInput, "Check the host, the port and sslmode in the address, and that the server runs and can be reached from here.", "the database server %s cannot be reached: %s", where, why)
}

// reading explains an error met once connected. Errors of our own and of the
// context pass.
func reading(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*failure.Error](err); ok {
		return err
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return failure.New(failure.BadInput, "Check that the database server still runs and can be reached, and try again; nothing was changed.", "the connection to %s broke", name)
	}
	at := ""
	if pg.Position > 0 {
		at = fmt.Sprintf(" at character %d of the query", pg.Position)
	}
	what, hint := "the database refuses to read it", "Look the SQLSTATE up in PostgreSQL's manual; the server's log has the whole message."
	switch pg.Code {
	case "42601":
		what, hint = "the query is not understood"+at, "Try the query in psql, and percent-encode it in the address: % as %25, & as %26, # as %23."
	case "42703":
		what, hint = "a column it names does not exist"+at, "Try the query in psql; in SQL, text stands in single quotes."
	case "42P01", "3F000":
		what, hint = "a table it names does not exist"+at, "Try the query in psql, and write tables as schema.name."
	case "42501":
		what, hint = "this user may not read it", "Have its owner grant SELECT on it to this user."
	case "25006":
		what, hint = "it writes, and a register is only read", "Write a query that changes nothing."
	case "0A000":
		what, hint = "it cannot be copied", "Write one query that begins with SELECT."
	case "57014", "25P03", "57P01", "57P05":
		what, hint = "the server broke it off", "Try again, or ask the database's owner for a longer time limit; nothing was changed."
	}
	return failure.New(failure.BadInput, hint, "reading %s: %s (SQLSTATE %s)", name, what, pg.Code)
}
