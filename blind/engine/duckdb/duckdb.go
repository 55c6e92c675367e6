// Package duckdb runs plans on an embedded DuckDB: one process, all cores,
// spilling to disk beyond its memory. It is the only room with cgo.
//
// Views read their Parquet files when used. Tables live in DuckDB's own memory
// in columns, and are moved to the session's scratch folder, block by block,
// when memory runs short; so a plan never has to choose. The result of a Query is
// held the same way and read a window at a time. The scratch folder holds tokens only
// and goes with the session.
//
// Statements are the program's own and name tables, not files, so DuckDB's
// reach is cut down to what View and Write need: no extension can be fetched
// or loaded, and settings are locked once the session is open.
package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
	"golang.org/x/sys/unix"

	"constat.example/blind/engine"
	"constat.example/internal/disk"
)

// session is one DuckDB database in memory and the one connection to it.
type session struct {
	connector *duckdb.Connector
	conn      *duckdb.Conn
	scratch   *scratch
	views     map[string]bool // the names that are views; the others are tables
	reading   int             // queries being read, one from within another
	threads   int
	run       func(ctx context.Context, statement string) error // runs one on the connection
}

// Open starts an empty session.
func Open(ctx context.Context, config engine.Config) (engine.Session, error) {
	if config.Threads <= 0 {
		config.Threads = runtime.GOMAXPROCS(0)
	}
	if config.Memory <= 0 {
		var info unix.Sysinfo_t
		if err := unix.Sysinfo(&info); err != nil {
			return nil, fmt.Errorf("opening duckdb: asking how much memory there is: %w", err)
		}
		config.Memory = int64(info.Totalram) * int64(info.Unit) / 2
	}
	if config.Dir == "" {
		config.Dir = os.TempDir()
	}
	scratch, err := newScratch(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening duckdb: making a scratch folder: %w", err)
	}
	s := &session{scratch: scratch, views: map[string]bool{}, threads: config.Threads}
	if err := s.open(ctx, config); err != nil {
		return nil, errors.Join(explain(ctx, "opening duckdb", err), s.Close())
	}
	return s, nil
}

func (s *session) open(ctx context.Context, config engine.Config) (err error) {
	if s.connector, err = duckdb.NewConnector("", nil); err != nil {
		return err
	}
	conn, err := s.connector.Connect(ctx)
	if err != nil {
		return err
	}
	s.conn = conn.(*duckdb.Conn)
	s.run = func(ctx context.Context, statement string) error {
		_, err := s.conn.ExecContext(ctx, statement, nil)
		return err
	}
	for _, setting := range []string{
		fmt.Sprintf("threads = %d", config.Threads),
		fmt.Sprintf("memory_limit = '%dB'", config.Memory),
		"temp_directory = " + quote(s.scratch.dir),
		// Where a statement says ORDER BY, DuckDB keeps that order all the same;
		// where it does not, the order of files is worth its memory to Write only.
		ordered(false),
		"autoinstall_known_extensions = false",
		"autoload_known_extensions = false",
		"allow_community_extensions = false",
		"default_null_order = 'nulls_first'",                        // as Spark sorts
		"allowed_configs = ['preserve_insertion_order', 'threads']", // which Write and exec take back
		"lock_configuration = true",
	} {
		if err := s.exec(ctx, "SET "+setting); err != nil {
			return err
		}
	}
	return nil
}

// ordered is the setting that statements without ORDER BY give rows in the
// order of the files they read.
func ordered(yes bool) string { return fmt.Sprintf("preserve_insertion_order = %t", yes) }

// exec runs a statement. Each thread needs memory of its own that cannot be moved to
// disk: a statement that finds too little is run again on half as many, down to one.
// It left nothing behind, and its result is the same on any number of them.
func (s *session) exec(ctx context.Context, statement string) error {
	err := s.run(ctx, statement)
	threads := s.threads
	for threads > 1 && outOfMemory(err) && ctx.Err() == nil {
		threads /= 2
		if err := s.set(ctx, threads); err != nil {
			return err
		}
		err = s.run(ctx, statement)
	}
	if threads < s.threads {
		err = errors.Join(err, s.set(context.WithoutCancel(ctx), s.threads))
	}
	return err
}

func (s *session) set(ctx context.Context, threads int) error {
	return s.run(ctx, fmt.Sprintf("SET threads = %d", threads))
}

func (s *session) View(ctx context.Context, name string, files ...string) error {
	list, err := s.list(name, files)
	if err != nil {
		return err
	}
	return s.view(ctx, name, files, fmt.Sprintf("SELECT * FROM read_parquet([%s], union_by_name = true, hive_partitioning = false)", strings.Join(list, ", ")))
}

func (s *session) Numbered(ctx context.Context, name string, files ...string) error {
	list, err := s.list(name, files)
	if err != nil {
		return err
	}
	selects := make([]string, len(list))
	var before int64 // rows of the files before
	for i, file := range list {
		selects[i] = fmt.Sprintf("SELECT file_row_number + %d AS ordinal, * EXCLUDE (file_row_number) FROM read_parquet(%s, file_row_number = true, hive_partitioning = false)", before, file)
		if err := s.Query(ctx, "SELECT num_rows FROM parquet_file_metadata("+file+")", func(row []any) error {
			before += row[0].(int64)
			return nil
		}); err != nil {
			return fmt.Errorf("view %s of %s: %w", name, files[i], err)
		}
	}
	return s.view(ctx, name, files, strings.Join(selects, " UNION ALL BY NAME "))
}

// list looks whether the files of a view are there, and quotes their names.
func (s *session) list(name string, files []string) ([]string, error) {
	about := "view " + name
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("%s: %w", about, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no file given", about)
	}
	list := make([]string, len(files))
	for i, file := range files {
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("%s: %w", about, err)
		}
		list[i] = quote(globEscaper.Replace(file))
	}
	return list, nil
}

func (s *session) view(ctx context.Context, name string, files []string, query string) error {
	if err := s.Drop(ctx, name); err != nil {
		return err
	}
	if err := s.exec(ctx, "CREATE VIEW "+name+" AS "+query); err != nil {
		return explain(ctx, fmt.Sprintf("view %s of %s", name, strings.Join(files, ", ")), err)
	}
	s.views[name] = true
	return nil
}

func (s *session) Define(ctx context.Context, name, query string) error {
	about := "view " + name
	if err := checkName(name); err != nil {
		return fmt.Errorf("%s: %w", about, err)
	}
	if !s.views[name] {
		if err := s.Drop(ctx, name); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, fmt.Sprintf("CREATE OR REPLACE VIEW %s AS %s", name, query)); err != nil {
		return explain(ctx, about, err)
	}
	s.views[name] = true
	return nil
}

func (s *session) Table(ctx context.Context, name, query string) error {
	about := "table " + name
	if err := checkName(name); err != nil {
		return fmt.Errorf("%s: %w", about, err)
	}
	if !s.views[name] {
		return explain(ctx, about, s.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS %s", name, query)))
	}
	// The query may read the view that the table is to replace.
	fresh := name + "__fresh"
	if err := s.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS %s", fresh, query)); err != nil {
		return explain(ctx, about, err)
	}
	if err := s.Drop(ctx, name); err != nil {
		return err
	}
	return explain(ctx, about, s.exec(ctx, fmt.Sprintf("ALTER TABLE %s RENAME TO %s", fresh, name)))
}

func (s *session) Drop(ctx context.Context, name string) error {
	about := "dropping " + name
	if err := checkName(name); err != nil {
		return fmt.Errorf("%s: %w", about, err)
	}
	what := "TABLE"
	if s.views[name] {
		what = "VIEW"
	}
	if err := s.exec(ctx, fmt.Sprintf("DROP %s IF EXISTS %s", what, name)); err != nil {
		return explain(ctx, about, err)
	}
	delete(s.views, name)
	return nil
}

func (s *session) Write(ctx context.Context, path, query string) (err error) {
	about := "writing " + path
	folder := filepath.Dir(path)
	temp, err := os.CreateTemp(folder, "."+filepath.Base(path)+"-*.tmp")
	if err != nil {
		return fmt.Errorf("%s: %w", about, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name()) // the first error counts
		}
	}()
	defer temp.Close() // only read by then; what was written was synced
	size, dictionary, err := s.shape(ctx, query)
	if err != nil {
		return explain(ctx, about, err)
	}
	// How DuckDB cuts a stream into row groups depends on nothing but the rows if
	// they come by whole vectors, which they do where the row groups that are read
	// are of as many vectors; sorted rows do as well.
	if err := s.exec(ctx, "SET "+ordered(true)); err != nil {
		return explain(ctx, about, err)
	}
	defer func() { err = errors.Join(err, s.exec(context.WithoutCancel(ctx), "SET "+ordered(false))) }()
	err = s.exec(ctx, fmt.Sprintf("COPY (%s) TO %s (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE %d, DICTIONARY_SIZE_LIMIT %d, USE_TMP_FILE false)",
		query, quote(temp.Name()), size, dictionary))
	if err != nil {
		return explain(ctx, about, err)
	}
	if err := temp.Sync(); err != nil {
		return fmt.Errorf("%s: %w", about, err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return fmt.Errorf("%s: %w", about, err)
	}
	return disk.SyncFolder(folder)
}

// rowGroup is the rows of a row group. Tokens compress by dictionary alone, and
// a dictionary is stored once per row group: half a million rows share one. Of
// twice as many some would be two hundredths smaller, but several are in memory
// at a time, beyond what the engine counts.
const rowGroup = 1 << 19

// shape returns how many rows the row groups of a query's file should have, all
// of about the same size, and up to how many distinct values a column of one
// gets a dictionary: two in five of the cells that are filled in an average
// column. DuckDB itself would count empty cells too, and stop at one in five,
// where tokens of eight bytes still shrink by half.
func (s *session) shape(ctx context.Context, query string) (rows, dictionary int64, err error) {
	var filled, columns int64
	err = s.Query(ctx, fmt.Sprintf("SELECT count(*), count(COLUMNS(*)) FROM (%s)", unordered(query)), func(counts []any) error {
		for i, n := range counts {
			if i == 0 {
				rows = n.(int64)
			} else {
				filled += n.(int64)
				columns++
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	groups := max(1, (rows+rowGroup-1)/rowGroup)
	const vector = 2048 // rows come by as many
	return (rows/groups + vector) / vector * vector, max(1, filled/columns/groups*2/5), nil
}

// unordered is a select without the ORDER BY that ends it: rows are counted without
// being sorted, which DuckDB would do.
func unordered(query string) string {
	const order = "order by"
	depth, quoted := 0, false
	for i := len(query) - 1; i >= 0; i-- {
		switch c := query[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == ')':
			depth++
		case c == '(':
			depth--
		case depth == 0 && i+len(order) <= len(query) && strings.EqualFold(query[i:i+len(order)], order):
			if strings.Contains(strings.ToLower(query[i:]), "limit") {
				return query
			}
			return query[:i]
		}
	}
	return query
}

func (s *session) Close() error {
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
		s.conn = nil
	}
	if s.connector != nil {
		errs = append(errs, s.connector.Close())
		s.connector = nil
	}
	return errors.Join(append(errs, s.scratch.remove())...)
}

// checkName accepts the names that need no quoting in any engine.
func checkName(name string) error {
	for i, c := range []byte(name) {
		if c != '_' && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return fmt.Errorf("%q is no name of a table", name)
		}
	}
	if name == "" {
		return errors.New("a table needs a name")
	}
	return nil
}

// quote writes a string literal.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// globEscaper keeps a file name from being read as a pattern.
var globEscaper = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

var _ engine.Opener = Open
