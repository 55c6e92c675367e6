package accesslog

import (
	"bytes"

	"constat.example/blind/access"
	"constat.example/blind/kind"
)

// jsonLines reads one JSON object a line, of any shape: every line's fields are found by
// the paths that it has. Wrappers of exports (Splunk's result, Elastic's _source) are paths
// like others.
type jsonLines struct {
	lines

	options Options
}

// sniffed is how many lines are looked at.
const sniffed = 200

func openJSON(o Options, head []byte, forced bool) format {
	f := jsonLines{options: o}
	p := f.parser()
	objects, timed, all := 0, 0, 0
	var e entry
	for line := range bytes.Lines(head) {
		if !bytes.HasSuffix(line, []byte("\n")) && all > 0 {
			break // cut off by the size of the head
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if all++; all > sniffed {
			break
		}
		e.reset()
		switch what, why := p.parse(line, &e); {
		case what != rejected:
			timed++
			fallthrough
		case why == noTime:
			objects++
		}
	}
	if objects == 0 || 10*objects < 9*all || timed == 0 && !forced && !o.enclosed {
		return nil
	}
	return f
}

func (f jsonLines) parser() parser {
	return &jsonParser{jsonLines: f, clock: newClock(f.options), tree: growing(func(path string) (slot, rank int) {
		if n, ok := f.options.Map.fieldOf(path); ok {
			return int(n.field), n.rank
		}
		return -1, 0
	})}
}

type jsonParser struct {
	jsonLines
	scanner

	clock clock
	tree  *tree
}

func (p *jsonParser) parse(text []byte, e *entry) (fate, string) {
	if !p.scan(text, p.tree, fields) {
		return rejected, notJSON
	}
	return p.told(p.values, &p.clock, e, p.options.Map)
}

// Why entries are rejected.
const (
	notJSON   = "not a JSON object"
	noTime    = "no time that can be read"
	notCSV    = "not as many fields as the header has"
	notAccess = "not of the format of the log"
)

// told makes an entry of what a line tells of each field, however it was found.
func (lines) told(of [][][]byte, clock *clock, e *entry, m *Map) (fate, string) {
	one := func(f field) []byte {
		if all := of[f]; len(all) > 0 {
			return blankless(all[0])
		}
		return nil
	}
	if !e.when(clock, one(fieldTime)) {
		return rejected, noTime
	}
	e.account, e.session, e.address, e.device = one(fieldAccount), one(fieldSession), one(fieldAddress), one(fieldDevice)
	e.office, e.reason, e.table = one(fieldOffice), m.reason(one(fieldReason)), one(fieldRelation)
	if text := one(fieldCount); len(text) > 0 && len(text) < 16 {
		if n, ok := digits(text); ok {
			e.count = int64(n)
		}
	}
	if word := one(fieldAction); len(word) > 0 {
		e.action, e.acted = m.action(word)
	}
	for _, id := range of[fieldRecord] {
		if id = blankless(id); len(id) > 0 {
			e.records = append(e.records, id)
		}
	}
	if target := one(fieldPath); len(target) > 0 {
		var r request
		r.method = one(fieldMethod)
		if method, rest, ok := bytes.Cut(target, []byte(" ")); ok { // "GET /path HTTP/1.1"
			r.method, target = method, rest
			target, _, _ = bytes.Cut(target, []byte(" "))
		}
		r.split(target)
		if q := one(fieldQuery); len(q) > 0 {
			r.query = bytes.TrimPrefix(q, []byte("?"))
		}
		if len(e.records) == 0 {
			m.follow(&r, e)
		}
		e.answered(&r, one(fieldStatus))
	}
	return e.settle(), ""
}

// answered takes up how a request ended.
func (e *entry) answered(r *request, status []byte) {
	if len(status) != 3 {
		return
	}
	asked := len(e.records) > 0 || e.by != kind.Unknown || e.acted && e.action.Reads()
	method := string(r.method)
	switch {
	case !asked:
	case string(status) == "401" || string(status) == "403":
		e.action, e.acted = access.Denied, true
	case method == "OPTIONS":
		e.action, e.acted, e.records, e.by = access.Other, true, e.records[:0], kind.Unknown
	case status[0] != '2' && string(status) != "304" || method == "HEAD":
		// Nothing was seen of what was asked for; that it was asked for may be a walk.
		e.count = 0
		if !e.acted && len(e.records) > 0 {
			e.action, e.acted = access.Read, true
		}
	case !e.acted && (method == "PUT" || method == "PATCH" || method == "DELETE"):
		e.action, e.acted = access.Write, true
	}
}

func blankless(s []byte) []byte {
	if len(s) > 0 && (s[0] == ' ' || s[len(s)-1] == ' ') {
		return bytes.TrimSpace(s)
	}
	if len(s) == 1 && s[0] == '-' {
		return nil
	}
	return s
}
