package sigma

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"

	"constat.example/blind/access"
	"constat.example/blind/watch"
)

// sought are the fields whose values can be looked at.
var sought = []string{"action", "account", "address", "device", "office", "relation", "reason", "session", "by", "count"}

var countField = slices.Index(sought, "count")

// fields are the values of an access, in the order of sought.
type fields struct {
	texts [9]string
	count float64
}

// match tests a text. Texts come again and again, so what came of them is kept.
type match struct {
	field int
	test  func(string) bool
	known map[string]bool
}

const mostKnown = 1 << 16

func (m *match) holds(f *fields) bool {
	text := f.texts[m.field]
	held, ok := m.known[text]
	if !ok {
		if len(m.known) >= mostKnown {
			clear(m.known)
		}
		held = m.test(text)
		m.known[text] = held
	}
	return held
}

// compare tests the count; one that is not told fulfils nothing.
type compare struct {
	how string
	n   float64
}

func (c compare) holds(f *fields) bool {
	if f.count < 0 {
		return false
	}
	switch c.how {
	case "gt":
		return f.count > c.n
	case "gte":
		return f.count >= c.n
	case "lt":
		return f.count < c.n
	case "lte":
		return f.count <= c.n
	}
	return f.count == c.n
}

// Mark is of watch.Matcher.
func (r *Rules) Mark(a *access.Access, of func(access.Name) string) uint64 {
	f := fields{count: float64(a.Count), texts: [9]string{
		a.Action.String(), of(a.Account), of(a.Address), of(a.Device), of(a.Office), of(a.Relation), of(a.Reason), of(a.Session), a.By.String(),
	}}
	marks := uint64(0)
	for i, d := range r.detections {
		if d.when.holds(&f) {
			marks |= 1 << i
		}
	}
	return marks
}

// window is what is kept of one group of a correlation.
type window struct {
	times  []int64          // of accesses; of a temporal one: the latest of each rule
	values map[uint64]int64 // when each was seen last
	latest int64
}

// mostGroups is how many groups a correlation follows at most.
const mostGroups = 1 << 20

// Take is of watch.Matcher.
func (r *Rules) Take(m watch.Marked) []watch.Match {
	var all []watch.Match
	for i, d := range r.detections {
		if d.alone && m.Marks&(1<<i) != 0 {
			all = append(all, watch.Match{Title: cmp.Or(d.title, d.name, d.id), Rules: []string{cmp.Or(d.id, d.name)}, Critical: d.critical, Count: 1})
		}
	}
	for _, c := range r.correlations {
		if m.Marks&c.mask == 0 {
			continue
		}
		w := c.window(m)
		if w == nil {
			r.Unfollowed++
			continue
		}
		if n := c.take(w, m); n > 0 {
			all = append(all, watch.Match{Title: cmp.Or(c.title, c.id), Rules: append([]string{c.id}, c.names...), Critical: c.critical, Count: int64(n), Window: c.span})
		}
	}
	return all
}

func valueOf(m watch.Marked, field string) uint64 {
	switch field {
	case "account":
		return m.Account
	case "address":
		return m.Address
	case "device":
		return m.Device
	case "office":
		return m.Office
	case "relation":
		return m.Relation
	case "reason":
		return m.Reason
	case "session":
		return m.Session
	}
	return uint64(m.Record)
}

// window is that of the group of an access; nil where there is room for no more.
func (c *correlation) window(m watch.Marked) *window {
	h := fnv.New64a()
	var room [8]byte
	for _, g := range c.groupBy {
		binary.LittleEndian.PutUint64(room[:], valueOf(m, g))
		h.Write(room[:])
	}
	key := h.Sum64()
	w := c.groups[key]
	if w != nil {
		return w
	}
	if len(c.groups) >= max(c.sweep, 1024) {
		old := m.At - c.span.Microseconds()
		for k, o := range c.groups {
			if o.latest < old {
				delete(c.groups, k)
			}
		}
		if c.sweep = 2 * len(c.groups); len(c.groups) >= mostGroups {
			return nil
		}
	}
	w = &window{}
	c.groups[key] = w
	return w
}

// take takes an access in; how many accesses, values or rules complete the correlation, or
// 0. What completed it begins anew.
func (c *correlation) take(w *window, m watch.Marked) int {
	w.latest = max(w.latest, m.At)
	old := m.At - c.span.Microseconds()
	n := 0
	switch c.kind {
	case "event_count":
		w.times = append(w.times, m.At)
		for w.times[0] < old {
			w.times = w.times[1:]
		}
		if n = len(w.times); n < c.least {
			return 0
		}
	case "value_count":
		v := valueOf(m, c.field)
		if v == 0 {
			return 0
		}
		if w.values == nil {
			w.values = map[uint64]int64{}
		}
		w.values[v] = m.At
		if len(w.values) < c.least {
			return 0
		}
		for k, at := range w.values {
			if at < old {
				delete(w.values, k)
			}
		}
		if n = len(w.values); n < c.least {
			return 0
		}
	default:
		if w.times == nil {
			w.times = make([]int64, len(c.of))
		}
		for i, d := range c.of {
			if m.Marks&(1<<d) != 0 {
				w.times[i] = m.At
			}
		}
		for i, at := range w.times {
			if at == 0 || at < old || c.kind == "temporal_ordered" && i > 0 && at < w.times[i-1] {
				return 0
			}
		}
		n = len(c.of)
	}
	w.times, w.values = nil, nil
	return n
}

// Visit is of watch.Matcher.
func (r *Rules) Visit(c *watch.Coder) {
	kept := r.text
	if watch.Code(c, &kept); kept != r.text {
		return // the state is of other rules: these begin anew
	}
	watch.Code(c, &r.Unfollowed)
	for _, x := range r.correlations {
		watch.Code(c, &x.sweep)
		watch.Table(c, x.groups, func(k *uint64, v **window) {
			if *v == nil {
				*v = &window{}
			}
			w := *v
			watch.Code(c, k)
			watch.Code(c, &w.latest)
			watch.Slice(c, &w.times, func(at *int64) { watch.Code(c, at) })
			if w.values == nil {
				w.values = map[uint64]int64{}
			}
			watch.Table(c, w.values, func(k *uint64, at *int64) { watch.Code(c, k); watch.Code(c, at) })
		})
	}
}
