package dump

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"constat.example/internal/failure"
)

// pgTOC is the table of contents of an archive of pg_dump (versions 1.7 to 1.16
// of its format, PostgreSQL 7.4 to 18; src/bin/pg_dump/pg_backup_archiver.c):
// in front of the data in a custom archive, in a file of its own, toc.dat, in
// tar and directory archives.
type pgTOC struct {
	minor   int // of version 1
	format  byte
	packing byte // of the data in a custom archive
	ints    int  // bytes of a number
	offsets int  // bytes of an offset
	entries []pgEntry
	missing bool   // the file ends before the last of them
	end     int64  // offset past it
	lead    string // what the archive says of how literals are written
}

// Formats of archives, and ways data are packed.
const (
	pgMark      = "PGDMP"
	pgCustom    = 1
	pgTar       = 3
	pgDirectory = 5

	pgPlain = 0
	pgGzip  = 1
	pgLZ4   = 2
	pgZstd  = 3
)

// pgEntry is an entry that has data.
type pgEntry struct {
	id    int64
	blobs bool   // large objects
	name  string // of the table
	copy  string // the statement that loads it; empty where the data are statements
	file  string // of tar and directory archives
	at    int64  // offset of the data in a custom archive; 0 where it is not known
}

// pgCursor reads numbers and texts of an archive.
type pgCursor struct {
	w    *window
	at   int64
	ints int // bytes of a number
	err  error
}

var errPgShort = errors.New("the archive ends")

func (c *pgCursor) take(n int) []byte {
	if c.err != nil {
		return nil
	}
	b, err := c.w.at(c.at, n)
	if err == nil && len(b) < n {
		err = errPgShort
	}
	if err != nil {
		c.err = err
		return nil
	}
	c.at += int64(n)
	return b
}

func (c *pgCursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

// int is a sign and a number, its lowest byte first.
func (c *pgCursor) int() int64 {
	b := c.take(1 + c.ints)
	if b == nil {
		return 0
	}
	v := int64(0)
	for i := c.ints; i > 0; i-- {
		v = v<<8 | int64(b[i])
	}
	if b[0] != 0 {
		return -v
	}
	return v
}

// text is a text, and whether there is one.
func (c *pgCursor) text() (string, bool) {
	n := c.int()
	if n < 0 || c.err != nil {
		return "", false
	}
	if n > c.w.size-c.at || n > maxPgText {
		c.err = errPgShort
		return "", false
	}
	return string(c.take(int(n))), true
}

func (c *pgCursor) string() string {
	s, _ := c.text()
	return s
}

const (
	maxPgText    = 64 << 20  // bytes of one text
	maxPgEntries = maxTables // with data
	maxPgDefined = 64 << 20  // bytes of statements that are kept
)

// readPgTOC reads a table of contents. Where it is cut short, what comes before
// stands.
func readPgTOC(ctx context.Context, f *entry) (*pgTOC, error) {
	w, err := f.window(ctx)
	if err != nil {
		return nil, err
	}
	c := &pgCursor{w: w, at: int64(len(pgMark)), ints: 4}
	t := &pgTOC{}
	major := c.byte()
	t.minor = int(c.byte())
	c.byte() // revision
	c.ints = int(c.byte())
	t.offsets = int(c.byte())
	t.format = c.byte()
	if c.err == nil && (major != 1 || t.minor < 7 || t.minor > 16) {
		return nil, failure.New(failure.BadInput, "Turn it into SQL with `pg_restore --file=dump.sql`, and name that file.",
			"%s is a PostgreSQL archive of version %d.%d, which is not read", f.name, major, t.minor)
	}
	if t.ints = c.ints; t.ints != 4 && t.ints != 8 || t.offsets != 4 && t.offsets != 8 {
		c.err = cmp.Or(c.err, errPgShort)
	}
	switch {
	case t.minor >= 15:
		t.packing = c.byte()
	case c.int() != 0:
		t.packing = pgGzip
	}
	for range 7 { // when it was made
		c.int()
	}
	for range 3 { // of which database, by which programs
		c.string()
	}
	count := c.int()
	if c.err != nil {
		if isSourceError(c.err) || !errors.Is(c.err, errPgShort) {
			return nil, c.err
		}
		return nil, damagedFile(f, "a PostgreSQL archive")
	}
	defined, kept := map[string]string{}, 0
	for range count {
		e, statement := t.entry(c, defined)
		if c.err != nil {
			if !errors.Is(c.err, errPgShort) {
				return nil, c.err
			}
			t.missing = true
			break
		}
		if kept += len(statement); kept > maxPgDefined {
			clear(defined) // columns are named by COPY, too
			kept = 0
		}
		if e != nil && len(t.entries) < maxPgEntries {
			t.entries = append(t.entries, *e)
		}
	}
	t.end = c.at
	for i, e := range t.entries {
		if e.copy == "" && !e.blobs {
			t.entries[i].copy = defined[e.name]
		} else if !e.blobs {
			t.entries[i].copy = defined[e.name] + e.copy
		}
	}
	return t, nil
}

// entry reads an entry, and returns it where it has data. Statements that make
// tables are noted.
func (t *pgTOC) entry(c *pgCursor, defined map[string]string) (*pgEntry, string) {
	e := &pgEntry{id: c.int()}
	has := c.int() != 0
	if t.minor >= 8 {
		c.string()
	}
	c.string() // its number in the catalogue
	tag, desc := c.string(), c.string()
	if t.minor >= 11 {
		c.int() // section
	}
	defn := c.string()
	c.string() // what drops it
	e.copy = c.string()
	schema := c.string()
	if t.minor >= 10 {
		c.string() // tablespace
	}
	if t.minor >= 14 {
		c.string() // access method
	}
	if t.minor >= 16 {
		c.int() // kind of relation
	}
	c.string() // owner
	if t.minor >= 9 {
		c.string()
	}
	for c.err == nil {
		if _, ok := c.text(); !ok {
			break
		}
	}
	if t.format == pgCustom {
		state, at := c.byte(), int64(0)
		b := c.take(t.offsets)
		for i := len(b) - 1; i >= 0; i-- {
			at = at<<8 | int64(b[i])
		}
		if state == 2 { // it is known
			e.at = at
		}
	} else {
		e.file = c.string()
	}
	if c.err != nil {
		return nil, ""
	}
	e.name = schema + "." + tag
	switch desc {
	case "ENCODING", "STDSTRINGS":
		t.lead += defn
		return nil, defn
	case "TABLE", "FOREIGN TABLE":
		defined[e.name] = defn
		return nil, defn
	case "TABLE DATA":
		if has {
			return e, ""
		}
	case "BLOBS":
		e.blobs = true
		return e, ""
	}
	return nil, ""
}

// before is what pg_restore writes before the data of a table: what it says of
// literals, the table, and the COPY statement.
func (t *pgTOC) before(e pgEntry) []byte {
	text := t.lead + e.copy
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return []byte(text)
}

// member is the name of the data of an entry, as in archives of files.
func (e pgEntry) member() string { return fmt.Sprintf("%d.dat", e.id) }

// pgContainer is a custom archive of pg_dump: a table of contents, and then the
// data of each table. It unpacks to the SQL that pg_restore makes of each table.
type pgContainer struct{}

func (pgContainer) name() string { return "pg_dump archive" }

func (pgContainer) about() Packing {
	return Packing{
		Name: "pg_dump archive", What: "the custom, tar and directory formats of pg_dump, whatever packs their data; each table by itself",
		NotRead: "large objects; archives of the schema alone",
	}
}

func (pgContainer) magic(head []byte) bool { return bytes.HasPrefix(head, []byte(pgMark)) }
