package source

import (
	"net/url"
	"strings"

	"constat.example/internal/failure"
)

// form is what an address of a register in PostgreSQL looks like, for hints.
const form = "postgres://user@host:5432/database?table=schema.name (or ?query=… with the query percent-encoded)"

// address is a PostgreSQL address taken apart.
type address struct {
	connect string // for libpq and pgx, without table and query
	table   string
	query   string
}

// parseAddress takes the parameters table and query out of a libpq connection
// URI and leaves the rest as it was. As in libpq, + is a plus sign and not a
// blank. Its errors hold nothing of the address, which may hold a password.
func parseAddress(uri string) (address, error) {
	base, parameters, _ := strings.Cut(uri, "?")
	var a address
	var rest []string
	for p := range strings.SplitSeq(parameters, "&") {
		name, value, _ := strings.Cut(p, "=")
		var into *string
		switch name {
		case "table":
			into = &a.table
		case "query":
			into = &a.query
		case "":
			continue
		default:
			rest = append(rest, p)
			continue
		}
		if *into != "" {
			return address{}, failure.New(failure.Usage, "Name one: "+form+".", "the address names a %s twice", name)
		}
		text, err := url.PathUnescape(value)
		if err != nil {
			return address{}, failure.New(failure.Usage, "Write % as %25, & as %26, # as %23 and a blank as %20: "+form+".", "the %s in the address is not percent-encoded as it should be", name)
		}
		if strings.ContainsRune(text, 0) {
			return address{}, failure.New(failure.Usage, "Name it without: "+form+".", "the %s in the address holds a NUL", name)
		}
		*into = strings.TrimSpace(text)
	}
	if a.table != "" && a.query != "" {
		return address{}, failure.New(failure.Usage, "Leave one of them out: "+form+".", "the address names both a table and a query")
	}
	a.connect = base
	if len(rest) > 0 {
		a.connect += "?" + strings.Join(rest, "&")
	}
	return a, nil
}

// parseTable splits the name of a table at its dots. Parts in double quotes
// are taken as they are, as in SQL.
func parseTable(name string) ([]string, bool) {
	var parts []string
	for {
		var part string
		if rest, quoted := strings.CutPrefix(name, `"`); quoted {
			var b strings.Builder
			for {
				text, after, closed := strings.Cut(rest, `"`)
				b.WriteString(text)
				if !closed {
					return nil, false
				}
				if rest = after; !strings.HasPrefix(rest, `"`) {
					break
				}
				b.WriteByte('"')
				rest = rest[1:]
			}
			part, name = b.String(), rest
		} else {
			i := strings.IndexAny(name, `."`)
			if i < 0 {
				i = len(name)
			}
			part, name = name[:i], name[i:]
		}
		if part == "" {
			return nil, false
		}
		parts = append(parts, part)
		if name == "" {
			return parts, len(parts) <= 2
		}
		if name[0] != '.' {
			return nil, false
		}
		name = name[1:]
	}
}
