package accesslog

import (
	"bytes"
	"strings"

	"constat.example/blind/access"
)

// cef reads the Common Event Format (ArcSight, revision 25): CEF:0|vendor|product|version|
// event class|name|severity|extension; leef the Log Event Extended Format (QRadar, 1.0 and
// 2.0): LEEF:2.0|vendor|product|version|event|delimiter|attributes. Both hold key=value.
type cef struct {
	lines

	options Options
	leef    bool
}

var (
	cefMark  = []byte("CEF:")
	leefMark = []byte("LEEF:")
)

// cefKeys are the keys of the two formats that the usual names do not cover.
var cefKeys = map[string]named{
	"rt": {fieldTime, 0}, "end": {fieldTime, 1}, "start": {fieldTime, 2}, "devTime": {fieldTime, 0}, "deviceReceiptTime": {fieldTime, 1},
	"suser": {fieldAccount, 0}, "usrName": {fieldAccount, 0}, "duser": {fieldAccount, 50}, "suid": {fieldAccount, 51}, "duid": {fieldAccount, 52}, "accountName": {fieldAccount, 1}, "identSrc": {fieldAccount, 53},
	"act": {fieldAction, 50}, "cat": {fieldAction, 51}, "fname": {fieldRecord, 50}, "fileId": {fieldRecord, 51}, "resource": {fieldRecord, 52},
	"shost": {fieldAddress, 50}, "externalId": {fieldSession, 50}, "requestClientApplication": {fieldDevice, 0}, "destinationServiceName": {fieldRelation, 50}, "app": {fieldRelation, 51},
}

func openCEF(o Options, head []byte, forced bool) format  { return openKeys(o, head, false, forced) }
func openLEEF(o Options, head []byte, forced bool) format { return openKeys(o, head, true, forced) }

func openKeys(o Options, head []byte, leef, forced bool) format {
	f := cef{options: o, leef: leef}
	good, all := 0, 0
	var pairs pairs
	for line := range bytes.Lines(head) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if all++; all > sniffed {
			break
		}
		if !pairs.read(line, leef) {
			continue
		}
		good++
	}
	if good == 0 || !forced && 5*good < 4*all {
		return nil
	}
	return f
}

func (f cef) parser() parser {
	return &cefParser{cef: f, clock: newClock(f.options), of: map[string]named{}}
}

type cefParser struct {
	cef
	pairs

	clock clock
	of    map[string]named // of the keys met; rank -1: nothing
	cells [fields][1][]byte
	found [fields][][]byte
}

// stands tells what a key stands for.
func (p *cefParser) stands(key []byte) (named, bool) {
	n, ok := p.of[string(key)]
	if !ok {
		if n, ok = p.options.Map.fieldOf(string(key)); !ok && (p.options.Map == nil || len(p.options.Map.Fields) == 0) {
			n, ok = cefKeys[string(key)]
		}
		if !ok {
			n.rank = -1
		}
		if len(p.of) < mostPaths {
			p.of[string(key)] = n
		}
	}
	return n, n.rank >= 0
}

func (p *cefParser) parse(text []byte, e *entry) (fate, string) {
	if !p.read(text, p.leef) {
		return rejected, notKeys
	}
	p.found = [fields][][]byte{}
	var ranks [fields]int
	for i, key := range p.keys {
		if n, ok := p.stands(key); ok && p.values[i] != nil && (p.found[n.field] == nil || n.rank < ranks[n.field]) {
			p.cells[n.field][0], ranks[n.field] = p.values[i], n.rank
			p.found[n.field] = p.cells[n.field][:]
		}
	}
	what, why := lines{}.told(p.found[:], &p.clock, e, p.options.Map)
	if what == rejected {
		return what, why
	}
	for _, name := range [][]byte{p.event, p.title} {
		if a, ok := p.options.Map.action(name); ok && !e.acted { // the event's own name tells what was done
			e.action, e.acted = a, true
		}
	}
	if e.action == access.Login && p.failed {
		e.action = access.Refused
	}
	return e.settle(), ""
}

const notKeys = "not of the form that CEF and LEEF have"

// pairs are the keys and values of a line of CEF or LEEF. Custom fields (cs1 with cs1Label)
// go by their labels.
type pairs struct {
	event, title []byte
	keys, values [][]byte
	failed       bool // outcome tells that it failed
	room         []byte
}

func (p *pairs) read(line []byte, leef bool) bool {
	p.keys, p.values, p.room, p.failed = p.keys[:0], p.values[:0], p.room[:0], false
	p.event, p.title = nil, nil
	mark, parts := cefMark, 7
	if leef {
		mark, parts = leefMark, 5
	}
	at := bytes.Index(line, mark)
	if at < 0 || at > 200 {
		return false
	}
	line = line[at+len(mark):]
	for i := range parts {
		one, rest, ok := cutBar(line)
		if !ok {
			return false
		}
		switch {
		case i == 0 && len(one) == 0:
			return false
		case i == 4:
			p.event = one
		case i == 5:
			p.title = one
		case i == 0 && leef && one[0] == '2':
			parts = 6
		}
		if line = rest; leef && i == 4 {
			if parts == 6 {
				p.split(line)
			} else {
				p.delimited(line, []byte{'\t'})
			}
			p.label()
			return true
		}
	}
	p.spaced(line)
	p.label()
	return true
}

// cutBar cuts at the next | that no backslash stands before.
func cutBar(line []byte) (one, rest []byte, ok bool) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			return line[:i], line[i+1:], true
		}
	}
	return nil, line, false
}

// split reads what LEEF 2.0 has after the event: the delimiter, as it is or by its number.
func (p *pairs) split(line []byte) {
	mark, rest, ok := bytes.Cut(line, []byte("|"))
	if !ok || len(mark) > 6 {
		p.delimited(line, []byte{'\t'})
		return
	}
	by := []byte{'\t'}
	if hex, is := bytes.CutPrefix(bytes.ToLower(mark), []byte("0x")); is || len(mark) > 1 && mark[0]|0x20 == 'x' {
		if !is {
			hex = mark[1:]
		}
		padded := append([]byte("0000"), hex...)
		if r, ok := hex4(padded[len(padded)-4:]); ok && r > 0 && r < 128 {
			by = []byte{byte(r)}
		}
	} else if len(mark) == 1 {
		by = mark
	}
	p.delimited(rest, by)
}

func (p *pairs) delimited(line, by []byte) {
	for one := range bytes.SplitSeq(line, by) {
		if key, value, ok := bytes.Cut(one, []byte("=")); ok {
			p.add(bytes.TrimSpace(key), bytes.TrimSpace(value))
		}
	}
}

// spaced reads key=value key=value, in which values may have blanks: a value ends before
// the last word that stands before the next = without a backslash.
func (p *pairs) spaced(line []byte) {
	var key []byte
	from := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '=':
			begin := bytes.LastIndexByte(line[from:i], ' ') + 1 + from
			if begin == from && key != nil {
				continue // = in a value
			}
			if key != nil {
				p.add(key, p.plain(bytes.TrimSpace(line[from:begin])))
			}
			key, from = line[begin:i], i+1
		}
	}
	if key != nil {
		p.add(key, p.plain(bytes.TrimSpace(line[from:])))
	}
}

// plain takes the backslashes out of a value.
func (p *pairs) plain(value []byte) []byte {
	if bytes.IndexByte(value, '\\') < 0 {
		return value
	}
	first := len(p.room)
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c == '\\' && i+1 < len(value) {
			i++
			if c = value[i]; c == 'n' || c == 'r' {
				c = '\n'
			}
		}
		p.room = append(p.room, c)
	}
	return p.room[first:len(p.room):len(p.room)]
}

func (p *pairs) add(key, value []byte) {
	if len(key) == 0 || len(value) == 0 {
		return
	}
	if string(key) == "outcome" || string(key) == "eventOutcome" {
		p.failed = strings.HasPrefix(strings.ToLower(string(value)), "fail")
	}
	p.keys, p.values = append(p.keys, key), append(p.values, value)
}

var labelMark = []byte("Label")

// label gives custom fields their own names.
func (p *pairs) label() {
	for i, key := range p.keys {
		of, ok := bytes.CutSuffix(key, labelMark)
		if !ok {
			continue
		}
		for j, other := range p.keys {
			if bytes.Equal(other, of) {
				p.keys[j] = p.values[i]
				break
			}
		}
	}
}
