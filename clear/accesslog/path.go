package accesslog

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"constat.example/blind/access"
	"constat.example/blind/kind"
)

// pattern is a form of requests: METHOD /segment/{record}?name={kind}&page={page}. A
// parameter that a request lacks does no harm, but for those of the path.
type pattern struct {
	method   string // "" for any
	segments []string
	query    []parameter
	action   access.Action
	acted    bool
}

type parameter struct {
	name string
	slot string // what its value is
}

// Slots that are no kind of data.
const (
	slotRecord = "record"
	slotPage   = "page"
	slotAny    = "any"
)

func parsePattern(match, action string) (pattern, error) {
	var p pattern
	rest := match
	if method, path, ok := strings.Cut(match, " "); ok {
		p.method, rest = strings.ToUpper(method), strings.TrimSpace(path)
	}
	path, query, _ := strings.Cut(rest, "?")
	if !strings.HasPrefix(path, "/") {
		return p, fmt.Errorf("the path pattern %q does not begin with /", match)
	}
	p.segments = strings.Split(path[1:], "/")
	for _, s := range p.segments {
		if err := checkSlot(s); err != nil {
			return p, err
		}
	}
	for _, one := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		name, slot, ok := strings.Cut(one, "=")
		if err := checkSlot(slot); err != nil || !ok || slotOf(slot) == "" {
			return p, errors.Join(err, fmt.Errorf("in the path pattern %q the parameter %q is not written name={kind}", match, name))
		}
		p.query = append(p.query, parameter{name, slotOf(slot)})
	}
	if action != "" {
		a, err := access.ParseAction(action)
		if err != nil {
			return p, err
		}
		p.action, p.acted = a, true
	}
	return p, nil
}

// slotOf is what a segment stands for; "" where it stands for itself.
func slotOf(segment string) string {
	if strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}") {
		return segment[1 : len(segment)-1]
	}
	return ""
}

func checkSlot(segment string) error {
	slot := slotOf(segment)
	if slot == "" || slot == slotRecord || slot == slotPage || slot == slotAny {
		return nil
	}
	if _, err := kind.Parse(slot); err != nil {
		return fmt.Errorf("a pattern has {%s}, which is neither record, page, any nor a kind of data", slot)
	}
	return nil
}

// request is a request as the web log tells it.
type request struct{ method, path, query []byte }

func (r *request) split(target []byte) {
	r.path, r.query, _ = bytes.Cut(target, []byte("?"))
}

// apply fills e with what the request says, if it is of the pattern.
func (p *pattern) apply(r *request, e *entry) bool {
	if p.method != "" && !strings.EqualFold(p.method, string(r.method)) {
		return false
	}
	rest := bytes.TrimPrefix(r.path, []byte("/"))
	had := len(e.records)
	for i, want := range p.segments {
		one, after, more := bytes.Cut(rest, []byte("/"))
		if more == (i == len(p.segments)-1) && (more && len(after) > 0 || !more) {
			e.records = e.records[:had]
			return false
		}
		rest = after
		switch slot := slotOf(want); {
		case slot == "" && want != string(one) || slot != "" && len(one) == 0:
			e.records = e.records[:had]
			return false
		case slot != "":
			e.tell(slot, one)
		}
	}
	for _, want := range p.query {
		if v := parameterOf(r.query, want.name); len(v) > 0 {
			e.tell(want.slot, v)
		}
	}
	if p.acted {
		e.action, e.acted = p.action, true
	}
	return true
}

// tell takes up a value of a request.
func (e *entry) tell(slot string, value []byte) {
	if bytes.IndexByte(value, '%') >= 0 || bytes.IndexByte(value, '+') >= 0 {
		if plain, err := url.QueryUnescape(string(value)); err == nil {
			value = []byte(plain)
		}
	}
	switch slot {
	case slotRecord:
		for one := range bytes.SplitSeq(value, []byte(",")) {
			if len(one) > 0 {
				e.records = append(e.records, one)
			}
		}
	case slotPage:
		if n, ok := digits(value); ok && len(value) < 10 && e.by == kind.Unknown {
			e.sought = int64(n) + 1
		}
	case slotAny:
	default:
		k, err := kind.Parse(slot)
		if err != nil || e.by != kind.Unknown && e.by != kind.RecordID {
			return
		}
		e.by, e.sought = k, ordinal(k, value)
	}
}

// ordinal is a value as a number whose steps tell a walk: days of a date, the first
// letters of a name, the digits of a number.
func ordinal(k kind.Kind, value []byte) int64 {
	switch k.Family() {
	case kind.Date:
		return days(value)
	case kind.Name, kind.Place, kind.Street:
		n := int64(0)
		for i := range 6 {
			n *= 27
			if i < len(value) {
				if c := value[i] | 0x20; c >= 'a' && c <= 'z' {
					n += int64(c-'a') + 1
				}
			}
		}
		return n
	}
	return numberOf(value)
}

// days counts the days since 1 March of the year 0, so that no date of a person is 0.
func days(s []byte) int64 {
	const since = 719_469
	year, month, day := 0, 0, 0
	ok := [3]bool{}
	switch {
	case len(s) >= 10 && (s[4] == '-' || s[4] == '/'):
		year, ok[0] = digits(s[0:4])
		month, ok[1] = digits(s[5:7])
		day, ok[2] = digits(s[8:10])
	case len(s) >= 10 && (s[2] == '/' || s[2] == '-' || s[2] == '.'):
		day, ok[2] = digits(s[0:2])
		month, ok[1] = digits(s[3:5])
		year, ok[0] = digits(s[6:10])
	case len(s) == 8:
		year, ok[0] = digits(s[0:4])
		month, ok[1] = digits(s[4:6])
		day, ok[2] = digits(s[6:8])
	}
	if ok != [3]bool{true, true, true} || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0
	}
	return daysSince(year, month, day) + since
}

// parameterOf is the value of a parameter of a query; nil where it has none.
func parameterOf(query []byte, name string) []byte {
	for len(query) > 0 {
		one, rest, _ := bytes.Cut(query, []byte("&"))
		if key, value, ok := bytes.Cut(one, []byte("=")); ok && string(key) == name {
			return value
		}
		query = rest
	}
	return nil
}

// follow takes up what a request says: by the patterns of the map, or, without a map, any
// segment or usual parameter that may be a record id. Whether it is one the register tells.
func (m *Map) follow(r *request, e *entry) {
	if m != nil && len(m.Paths) > 0 {
		for i := range m.Paths {
			if m.Paths[i].apply(r, e) {
				return
			}
		}
		return
	}
	rest := r.path
	for len(rest) > 0 {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte("/"))
		if looksLikeID(one) {
			e.records = append(e.records, one)
		}
	}
	query := r.query
	for len(query) > 0 {
		var one []byte
		one, query, _ = bytes.Cut(query, []byte("&"))
		key, value, _ := bytes.Cut(one, []byte("="))
		switch p := plain(string(key)); {
		case len(value) == 0:
		case p == "id" || p == "record" || p == "recordid" || p == "dossier" || p == "usager" || p == "numero":
			e.tell(slotRecord, value)
		case p == "page" || p == "offset" || p == "start":
			e.tell(slotPage, value)
		}
	}
}

// looksLikeID tells whether a segment may be a record id: digits, three at least, with no
// more than letters, - and _ beside them.
func looksLikeID(s []byte) bool {
	n := 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			n++
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '_':
		default:
			return false
		}
	}
	return n >= 3 && len(s) <= 64 && 2*n >= len(s)
}
