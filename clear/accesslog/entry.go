package accesslog

import (
	"constat.example/blind/access"
	"constat.example/blind/kind"
)

// entry is what one line tells. Its texts alias the line, or the parser's scratch.
type entry struct {
	time    int64 // microseconds since 1970, UTC
	local   bool  // the time told no zone
	timed   bool  // what encloses the line told a time, which stands where the line tells none
	action  access.Action
	acted   bool // an action was told; else it follows from the rest
	count   int64
	account []byte
	session []byte
	address []byte
	device  []byte
	office  []byte
	table   []byte
	reason  []byte
	records [][]byte

	by     kind.Kind
	sought int64 // the number that was asked for: of the record id, days of a date; 0: none
}

func (e *entry) reset() {
	records := e.records[:0]
	*e = entry{count: -1, records: records}
}

// when takes up the time of the line.
func (e *entry) when(c *clock, text []byte) bool {
	at, ok := c.read(text)
	if ok {
		e.time, e.local = at, c.assumed
	}
	return ok || e.timed
}

// fate is what becomes of a line.
type fate uint8

const (
	used fate = iota
	idle
	rejected
)

// settle works out the action where the line told none, and whether the line is of use.
func (e *entry) settle() fate {
	if !e.acted {
		switch {
		case len(e.records) == 1 && e.count <= 1:
			e.action = access.Read
		case len(e.records) > 0 || e.count >= 0:
			e.action = access.List
		case e.by != kind.Unknown:
			e.action = access.Search
		}
	}
	if e.action == access.Other && len(e.records) == 0 {
		return idle
	}
	if len(e.records) == 1 && e.sought == 0 && e.by == kind.Unknown {
		e.by, e.sought = kind.RecordID, numberOf(e.records[0])
	}
	if e.count == 0 && e.action.Reads() {
		e.records = e.records[:0] // it was asked for, and nothing was seen
	}
	return used
}

// numberOf is the number in a record id: its last run of digits. 0 where there is none, or
// it is longer than ids are.
func numberOf(id []byte) int64 {
	to := len(id)
	for to > 0 && (id[to-1] < '0' || id[to-1] > '9') {
		to--
	}
	from := to
	for from > 0 && id[from-1] >= '0' && id[from-1] <= '9' {
		from--
	}
	if to-from > 18 {
		return 0
	}
	n := int64(0)
	for _, c := range id[from:to] {
		n = 10*n + int64(c-'0')
	}
	return n
}
