package agency

import (
	"bytes"
	"slices"
	"strings"
)

// AppendHeader writes the register's header.
func AppendHeader(b []byte, separator byte) []byte {
	for c := range Column(Columns) {
		if c > 0 {
			b = append(b, separator)
		}
		b = append(b, c.Header("fr")...)
	}
	return append(b, '\n')
}

// Snapshots writes the chunk's part of the register, as CSV, at each of the
// instants, which ascend: out[i] is appended to, and rows[i] grows by the rows
// that were. A row that did not change is copied from the snapshot before.
func (c *Chunk) Snapshots(out [][]byte, rows []int, instants []int64) {
	var row Row
	var line []byte
	for k := range c.People() {
		p := &c.people[c.order[k]]
		for i, at := range instants {
			if i == 0 || c.ChangedBetween(k, instants[i-1], at) {
				s, there := c.stateAt(p, at)
				line = line[:0]
				if there {
					c.write(&row, p, s)
					line = row.appendCSV(line, ';')
				}
			}
			if len(line) > 0 {
				out[i] = append(out[i], line...)
				rows[i]++
			}
		}
	}
}

// Changes appends the chunk's part of the register's change feed, as CSV: for each
// instant after from and until to at which something of somebody changed, the time
// that tell writes, the operation (I, U, D) and the row from then on, of somebody
// gone the record id alone. rows grows by the rows that were.
func (c *Chunk) Changes(out []byte, rows *int, from, to int64, tell func(b []byte, at int64) []byte) []byte {
	var row Row
	var instants []int64
	for k := range c.People() {
		p := &c.people[c.order[k]]
		instants = c.Instants(instants[:0], k, from, to)
		if p.arrival > from && p.arrival <= to {
			instants = append(instants, p.arrival)
		}
		slices.Sort(instants)
		for _, at := range slices.Compact(instants) {
			_, was := c.stateAt(p, at-1)
			s, is := c.stateAt(p, at)
			if !was && !is {
				continue
			}
			*rows++
			out = append(tell(out, at), ';')
			switch {
			case !is:
				out = append(out, "D;"...)
				out = c.w.AppendRecordID(out, p.number)
				out = append(out, strings.Repeat(";", Columns-1)...)
				out = append(out, '\n')
				continue
			case !was:
				out = append(out, "I;"...)
			default:
				out = append(out, "U;"...)
			}
			c.write(&row, p, s)
			out = row.appendCSV(out, ';')
		}
	}
	return out
}

// appendCSV writes the whole row (RFC 4180, with that separator).
func (r *Row) appendCSV(b []byte, separator byte) []byte {
	for c := range Column(Columns) {
		if c > 0 {
			b = append(b, separator)
		}
		b = AppendCell(b, r.Cell(c), separator)
	}
	return append(b, '\n')
}

// AppendCell writes one cell, in quotes where it needs them.
func AppendCell(b, cell []byte, separator byte) []byte {
	if bytes.IndexByte(cell, separator) < 0 && bytes.IndexByte(cell, '"') < 0 && bytes.IndexByte(cell, '\n') < 0 && bytes.IndexByte(cell, '\r') < 0 {
		return append(b, cell...)
	}
	b = append(b, '"')
	for _, c := range cell {
		if c == '"' {
			b = append(b, '"')
		}
		b = append(b, c)
	}
	return append(b, '"')
}
