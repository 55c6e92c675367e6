package source

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"constat.example/clear/internal/spell"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// postgres is a register in a PostgreSQL database: a table, a view or a query.
//
// One connection and one transaction, read-only and repeatable read, serve it
// from Open to Close: what was sampled is what is scanned, whatever is written
// meanwhile. Rows come by COPY in binary format with each column cast to text by
// the server, so that every type there is can be read and nothing needs
// unescaping.
type postgres struct {
	name    string
	conn    *pgx.Conn
	tx      pgx.Tx
	columns []string
	from    string    // what to select from, with aliases c1, c2 … for the columns
	table   *relation // nil for a query
	options Options
	pool    batches
}

// settings make the text of values and the order of rows the same whatever the
// server's and the user's defaults: synchronised or parallel scans begin
// and merge where they happen to. Timeouts are for short queries.
var settings = []string{
	"set local datestyle = 'ISO, YMD'",
	"set local intervalstyle = 'iso_8601'",
	"set local timezone = 'UTC'",
	"set local bytea_output = 'hex'",
	"set local extra_float_digits = 1",
	"set local xmlbinary = 'hex'",
	"set local lc_monetary = 'C'",
	"set local synchronize_seqscans = off",
	"set local max_parallel_workers_per_gather = 0",
	"set local statement_timeout = 0",
	"set local idle_in_transaction_session_timeout = 0",
}

func openPostgres(ctx context.Context, uri string, o Options) (Source, error) {
	a, err := parseAddress(uri)
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(a.connect)
	if err != nil {
		// The library's text is left out: it repeats the address.
		return nil, failure.New(failure.BadInput, "Write it as "+form+", with special characters of the user and password percent-encoded.",
			"the address of the database cannot be read")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "constat"
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // poolers hold no prepared statements
	where := serverName(config)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, connecting(ctx, where, config.Database, err)
	}
	p := &postgres{conn: conn, options: o}
	if err := p.begin(ctx, a, where+"/"+config.Database); err != nil {
		_ = p.Close() // the first error tells more
		return nil, err
	}
	return p, nil
}

// serverName is the server for people, as it stands in an address.
func serverName(c *pgx.ConnConfig) string {
	if strings.HasPrefix(c.Host, "/") {
		return c.Host
	}
	return net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
}

// begin begins the transaction and finds out what there is to read.
func (p *postgres) begin(ctx context.Context, a address, where string) error {
	var err error
	if p.tx, err = p.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
		return reading(ctx, where, err)
	}
	for _, s := range settings {
		if _, err := p.tx.Exec(ctx, s); err != nil {
			return reading(ctx, where, err)
		}
	}
	var body string
	switch {
	case a.query != "":
		p.name = where + " (query)"
		// Prepared by itself first, the text is known to be one whole statement:
		// what stands in brackets below cannot end them.
		body = strings.TrimRight(a.query, "; \t\r\n")
		if !selects(body) {
			return failure.New(failure.BadInput, "Write one that begins with SELECT, WITH, VALUES or TABLE.", "the query is not one that reads rows")
		}
	default:
		if p.table, err = findTable(ctx, p.tx, a.table); err != nil {
			return reading(ctx, where, err)
		}
		p.name = where + " " + p.table.String()
		body = "select * from " + p.table.quoted()
	}
	described, err := p.conn.PgConn().Prepare(ctx, "", body, nil)
	if err != nil {
		return reading(ctx, p.name, err)
	}
	if len(described.ParamOIDs) > 0 {
		return failure.New(failure.BadInput, "Write the values into the query instead of $1, $2 ….", "the query has parameters")
	}
	var aliases []string
	for i, f := range described.Fields {
		p.columns = append(p.columns, f.Name)
		aliases = append(aliases, fmt.Sprintf("c%d", i+1))
	}
	if len(p.columns) == 0 {
		return failure.New(failure.BadInput, "Name a table or a query that gives columns.", "%s has no columns", p.name)
	}
	// The line break ends a comment at the end of a query.
	p.from = "(" + body + "\n) as q(" + strings.Join(aliases, ", ") + ")"
	if p.table != nil && p.table.sampled() {
		p.from = p.table.quoted() + " as q(" + strings.Join(aliases, ", ") + ")"
	}
	return nil
}

// selects reports whether a query begins as one that reads rows. It is for a
// clear error; that nothing is written the transaction sees to.
func selects(query string) bool {
	rest := query
	for {
		rest = strings.TrimLeft(rest, "( \t\r\n")
		if after, ok := strings.CutPrefix(rest, "--"); ok {
			_, rest, _ = strings.Cut(after, "\n")
			continue
		}
		if after, ok := strings.CutPrefix(rest, "/*"); ok {
			_, rest, _ = strings.Cut(after, "*/")
			continue
		}
		break
	}
	end := strings.IndexFunc(rest, func(c rune) bool { return c < 'A' || c > 'Z' && c < 'a' || c > 'z' })
	if end < 0 {
		end = len(rest)
	}
	switch strings.ToLower(rest[:end]) {
	case "select", "with", "values", "table":
		return true
	default:
		return false
	}
}

func (p *postgres) Name() string { return p.name }

func (p *postgres) Columns() []string { return p.columns }

// Close ends the transaction and the connection.
func (p *postgres) Close() error {
	ctx := context.Background()
	if p.tx != nil {
		_ = p.tx.Rollback(ctx) // nothing was written; closing ends it anyway
	}
	if err := p.conn.Close(ctx); err != nil {
		return fmt.Errorf("closing the connection to the database: %w", err)
	}
	return nil
}

// copyStatement is the COPY of all columns as text.
func (p *postgres) copyStatement(from, rest string) string {
	var b strings.Builder
	b.WriteString("copy (select ")
	for i := range p.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "c%d::text", i+1)
	}
	b.WriteString(" from " + from + " " + rest + ") to stdout (format binary)")
	return b.String()
}

// copyOut runs a COPY and hands its rows to each, whose error it returns.
func (p *postgres) copyOut(ctx context.Context, statement string, each func(cells [][]byte) error) error {
	r := &copyReader{width: len(p.columns), each: each}
	_, err := p.conn.PgConn().CopyTo(ctx, r, statement)
	switch {
	case r.err != nil:
		return r.err // it stopped the copying; err only says so
	case err != nil:
		return reading(ctx, p.name, err)
	default:
		return r.finish()
	}
}

// Scan copies the table or the rows of the query.
func (p *postgres) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (Stats, error) {
	var total int64
	if p.table != nil {
		total = p.table.rows
	}
	p.options.Progress.Stage(stage, total, "rows")
	var stats Stats
	b, release := p.pool.get()
	b.Reset(0, len(p.columns))
	flush := func() error {
		n := b.Rows()
		if n == 0 {
			release()
			return nil
		}
		if err := each(b, release); err != nil {
			return err
		}
		p.options.Progress.Add(int64(n))
		return nil
	}
	err := p.copyOut(ctx, p.copyStatement(p.from, ""), func(row [][]byte) error {
		stats.Read++
		stats.Bytes += int64(appendRow(b, row, stats.Read, &stats.Repaired))
		if b.Bytes() < batchBytes && b.Rows() < batchRows {
			return nil
		}
		if err := flush(); err != nil {
			return err
		}
		b, release = p.pool.get()
		b.Reset(0, len(p.columns))
		return nil
	})
	if err != nil {
		return Stats{}, err
	}
	return stats, flush()
}

// appendRow adds a row to b and says how many bytes its cells had.
func appendRow(b *table.Batch, row [][]byte, ordinal int64, repaired *int64) int {
	bytes, mended := 0, false
	var room [256]byte
	for _, cell := range row {
		bytes += len(cell)
		text := cell
		if !utf8.Valid(cell) {
			text, mended = spell.Text(room[:0], cell), true
		}
		b.Append(text)
	}
	b.EndRow(ordinal)
	if mended {
		*repaired++
	}
	return bytes
}

// Of a view or a query only the beginning is looked at for a sample: to spread
// one over it, the server would have to run it whole.
const sampleHead = 200_000 // rows

// Sample takes rows spread over a table: of all its rows where it is small,
// else of pages that the server chooses (TABLESAMPLE, with a fixed seed). Of
// a view or a query it takes rows spread over the first 200,000.
func (p *postgres) Sample(ctx context.Context, n int) (*table.Batch, error) {
	if p.table == nil || !p.table.sampled() {
		return p.thinned(ctx, p.copyStatement(p.from, "limit "+strconv.Itoa(max(sampleHead, n))), n)
	}
	share := 100.0 // percent of pages
	if want := 2 * float64(n) / p.table.density(); want < float64(p.table.pages) {
		share = 100 * want / float64(p.table.pages)
	}
	for {
		from := p.from
		if share < 100 {
			from += " tablesample system (" + strconv.FormatFloat(share, 'g', 6, 64) + ") repeatable (1)"
		}
		b, err := p.thinned(ctx, p.copyStatement(from, ""), n)
		if err != nil || b.Rows() >= n || share >= 100 {
			return b, err
		}
		share = math.Min(100, 8*share) // pages hold fewer rows than was thought
	}
}

// thinned reads a statement's rows and keeps at most n, evenly spread: it keeps
// every row, and each time it holds twice too many every other one. Ordinals
// are those among the rows read.
func (p *postgres) thinned(ctx context.Context, statement string, n int) (*table.Batch, error) {
	var t thinner
	t.limit, t.stride = max(1, n), 1
	t.kept.Reset(0, len(p.columns))
	var read, repaired int64
	err := p.copyOut(ctx, statement, func(row [][]byte) error {
		read++
		if (read-1)%t.stride == 0 {
			appendRow(&t.kept, row, read, &repaired)
			t.halve()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.result(n), nil
}

type thinner struct {
	kept   table.Batch
	limit  int
	stride int64
}

// halve drops every other row once there are twice too many.
func (t *thinner) halve() {
	if t.kept.Rows() < 2*t.limit {
		return
	}
	t.kept = *pick(&t.kept, (t.kept.Rows()+1)/2, func(i int) int { return 2 * i })
	t.stride *= 2
}

// result is n of the rows kept, evenly spread, or all where there are fewer.
func (t *thinner) result(n int) *table.Batch {
	have := t.kept.Rows()
	return pick(&t.kept, min(n, have), func(i int) int { return i * have / cmp.Or(min(n, have), 1) })
}

// pick is the n rows of b that which names.
func pick(b *table.Batch, n int, which func(int) int) *table.Batch {
	out := new(table.Batch)
	out.Reset(b.Table, b.Width)
	for i := range n {
		row := which(i)
		for c := range b.Width {
			out.Append(b.Cell(row, c))
		}
		out.EndRow(b.Ordinal[row])
	}
	return out
}
