package watch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"constat.example/blind/access"
)

// Coder writes a state, or reads one, by one and the same walk over it: what is
// written is what is read. The first error stays.
type Coder struct {
	to   *bufio.Writer
	from *bufio.Reader
	sum  hash.Hash
	err  error
	room [8]byte
}

// Err is the first error.
func (c *Coder) Err() error { return c.err }

// Reading tells the direction.
func (c *Coder) Reading() bool { return c.from != nil }

// Bytes codes bytes of known length.
func (c *Coder) Bytes(b []byte) {
	if c.err != nil {
		return
	}
	if c.from != nil {
		_, c.err = io.ReadFull(c.from, b)
	} else {
		_, c.err = c.to.Write(b)
	}
	if c.err == nil {
		c.sum.Write(b)
	}
}

// Code codes a number of 64 bits at most.
func Code[T ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int8 | ~int32 | ~int64 | ~int](c *Coder, n *T) {
	binary.LittleEndian.PutUint64(c.room[:], uint64(*n))
	c.Bytes(c.room[:])
	if c.from != nil && c.err == nil {
		*n = T(binary.LittleEndian.Uint64(c.room[:]))
	}
}

func (c *Coder) word(n *uint32) {
	binary.LittleEndian.PutUint32(c.room[:], *n)
	c.Bytes(c.room[:4])
	if c.from != nil && c.err == nil {
		*n = binary.LittleEndian.Uint32(c.room[:])
	}
}

func (c *Coder) float(x *float32) {
	b := math.Float32bits(*x)
	c.word(&b)
	*x = math.Float32frombits(b)
}

func (c *Coder) flag(b *bool) {
	n := uint8(0)
	if *b {
		n = 1
	}
	Code(c, &n)
	*b = n != 0
}

// Text codes a text.
func (c *Coder) Text(s *string) {
	n := c.Length(len(*s), 1<<31)
	if c.from == nil {
		c.Bytes([]byte(*s))
		return
	}
	var all []byte
	for len(all) < n && c.err == nil { // no more room than there is text
		from := len(all)
		all = append(all, make([]byte, min(n-from, 1<<16))...)
		c.Bytes(all[from:])
	}
	*s = string(all)
}

var errState = errors.New("it is damaged, or of another version")

// Length codes a length, which is most at most.
func (c *Coder) Length(n, most int) int {
	Code(c, &n)
	if n < 0 || n > most {
		c.err = errors.Join(c.err, errState)
	}
	if c.err != nil {
		return 0
	}
	return n
}

func (c *Coder) names(n *access.Names) {
	count := c.Length(n.Len(), math.MaxUint32)
	for i := range count {
		text := ""
		if c.from == nil {
			text = n.Of(access.Name(i + 1))
		}
		c.Text(&text)
		if c.err != nil {
			return
		}
		if c.from != nil && int(n.Number([]byte(text))) != i+1 {
			c.err = errState
		}
	}
}

// Slice codes a slice, each element by visit.
func Slice[T any](c *Coder, all *[]T, visit func(*T)) {
	n := c.Length(len(*all), math.MaxUint32)
	if c.from != nil {
		*all = (*all)[:0]
		for i := 0; i < n && c.err == nil; i++ {
			var x T
			visit(&x)
			*all = append(*all, x)
		}
		return
	}
	for i := range *all {
		visit(&(*all)[i])
	}
}

// Table codes a map in the order of its keys.
func Table[K interface {
	~uint64 | ~string
}, V any](c *Coder, all map[K]V, visit func(*K, *V)) {
	n := c.Length(len(all), math.MaxUint32)
	if c.from != nil {
		clear(all)
		for i := 0; i < n && c.err == nil; i++ {
			var k K
			var v V
			visit(&k, &v)
			all[k] = v
		}
		return
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		v := all[k]
		visit(&k, &v)
	}
}

// magic begins a state; the number is its version.
const magic = "constat.watch/2\n"

// Save writes the state.
func (w *Watch) Save(to io.Writer) error {
	c := &Coder{to: bufio.NewWriterSize(to, 1<<16), sum: sha256.New()}
	w.visit(c)
	sum := c.sum.Sum(nil)
	c.Bytes(sum)
	return errors.Join(c.err, c.to.Flush())
}

// Restore reads what Save wrote into a watch that has seen nothing, whose options are the
// same.
func (w *Watch) Restore(from io.Reader) error {
	c := &Coder{from: bufio.NewReaderSize(from, 1<<16), sum: sha256.New()}
	w.visit(c)
	want := c.sum.Sum(nil)
	got := make([]byte, len(want))
	c.Bytes(got)
	if c.err != nil || string(got) != string(want) {
		return errState
	}
	return w.sound()
}

// sound tells whether what was read can be gone on with.
func (w *Watch) sound() error {
	index := func(all []uint32) bool {
		return !slices.ContainsFunc(all, func(i uint32) bool { return int(i) >= len(w.of) })
	}
	ok := len(w.of) == w.accounts.Len() && len(w.groups) >= 1 && len(w.groups) <= w.offices.Len()+1 && index(w.active) && index(w.busy) && w.weekend>>1 == 0 && w.hourOf >= 0 && w.hourOf < 24
	for i := range w.groups {
		ok = ok && index(w.groups[i].members)
	}
	for i := range w.of {
		a := &w.of[i]
		ok = ok && int(a.group) < len(w.groups) && a.day.kept <= dense && a.hour.kept <= dense && a.slowly.kept <= dense && a.known.kept <= knownMost
	}
	for _, e := range w.pending {
		ok = ok && (e.account == none || int(e.account) < len(w.of)) && int(e.group) < len(w.groups) && int(e.source) <= w.sources.Len()
	}
	if !ok {
		return errState
	}
	return nil
}

func (w *Watch) visit(c *Coder) {
	head := []byte(magic)
	c.Bytes(head)
	if string(head) != magic {
		c.err = errState
		return
	}
	if !c.Reading() {
		w.keepTexts()
	}
	c.names(&w.sources)
	c.names(&w.accounts)
	c.names(&w.offices)
	Slice(c, &w.of, func(a *account) { a.visit(c) })
	Slice(c, &w.groups, func(g *group) { g.visit(c) })
	Table(c, w.texts, func(k *uint64, v *string) { Code(c, k); c.Text(v) })
	Table(c, w.given, func(k *string, v *bool) { c.Text(k); *v = true })
	Table(c, w.places, func(k *uint64, v **place) {
		if *v == nil {
			*v = &place{}
		}
		Code(c, k)
		(*v).accounts.visit(c)
		(*v).offices.visit(c)
		(*v).refused.visit(c)
	})
	Slice(c, &w.pending, func(e *event) { e.visit(c) })
	Code(c, &w.newest)
	Code(c, &w.from)
	Code(c, &w.to)
	Code(c, &w.day)
	Code(c, &w.hourOf)
	Code(c, &w.weekend)
	Slice(c, &w.active, func(i *uint32) { Code(c, i) })
	Slice(c, &w.busy, func(i *uint32) { Code(c, i) })
	c.flag(&w.began)
	for i := range w.levels {
		l := &w.levels[i]
		for j := range l.seen {
			c.float(&l.seen[j])
		}
		c.float(&l.all)
		c.float(&l.at)
		Code(c, &w.tests[i])
	}
	for i := range w.bulks.seen {
		c.float(&w.bulks.seen[i])
	}
	c.float(&w.bulks.weeks)
	c.float(&w.bulks.at)
	for i := range w.signed {
		c.float(&w.signed[i])
	}
	c.float(&w.lived)
	Code(c, &w.Taken)
	Code(c, &w.Late)
	Code(c, &w.Unwatched)
	w.visitMatcher(c)
}

// visitMatcher codes the state of rules of others as one text, so that a state can be
// read where other rules are loaded than were.
func (w *Watch) visitMatcher(c *Coder) {
	text, m := "", w.options.Matcher
	if m != nil && !c.Reading() {
		var b bytes.Buffer
		part := &Coder{to: bufio.NewWriter(&b), sum: sha256.New()}
		m.Visit(part)
		c.err = errors.Join(c.err, part.err, part.to.Flush())
		text = b.String()
	}
	c.Text(&text)
	if m != nil && c.Reading() && c.err == nil && text != "" {
		part := &Coder{from: bufio.NewReader(strings.NewReader(text)), sum: sha256.New()}
		m.Visit(part)
		c.err = part.err
	}
}

// keepTexts keeps the names that accesses which wait may need in an alarm.
func (w *Watch) keepTexts() {
	kept := map[uint64]string{}
	for _, e := range w.pending {
		t := w.names[w.sources.Of(access.Name(e.source))]
		for _, h := range []uint64{e.address, e.device, e.relation, e.who} {
			if h != 0 {
				kept[h] = w.text(t, h)
			}
		}
	}
	w.texts = kept
}

func (p *people) visit(c *Coder) {
	Code(c, &p.kept)
	if p.kept == 0 {
		return
	}
	Code(c, &p.zeros)
	Code(c, &p.n)
	Code(c, &p.sum)
	for i := range p.room {
		c.word(&p.room[i])
	}
}

func (k *known) visit(c *Coder) {
	if Code(c, &k.kept); k.kept == 0 {
		return
	}
	for _, words := range []*[knownBits / 64]uint64{&k.young, &k.elder} {
		for i := range words {
			Code(c, &words[i])
		}
	}
}

func (h *habit) visit(c *Coder) {
	c.float(&h.n)
	c.float(&h.mean)
	c.float(&h.vary)
}

func (a *account) visit(c *Coder) {
	Code(c, &a.group)
	Code(c, &a.first)
	Code(c, &a.last)
	Code(c, &a.had)
	Code(c, &a.since)
	Code(c, &a.here)
	Code(c, &a.before)
	Code(c, &a.leftAt)
	Code(c, &a.turns)
	Code(c, &a.rung)
	for m := range a.looks {
		Code(c, &a.looks[m])
	}
	Code(c, &a.signs)
	c.float(&a.weak)
	Code(c, &a.today)
	a.day.visit(c)
	a.hour.visit(c)
	a.slowly.visit(c)
	some := a.bare != nil
	if c.flag(&some); some {
		if a.bare == nil {
			a.bare = &people{}
		}
		a.bare.visit(c)
	}
	a.known.visit(c)
	Code(c, &a.dayRows)
	Code(c, &a.hourRows)
	Code(c, &a.slowRows)
	Code(c, &a.files)
	Code(c, &a.fresh)
	for m := range a.habits {
		a.habits[m].visit(c)
	}
	Code(c, &a.endured)
	c.float(&a.slow)
	c.float(&a.peak)
	Code(c, &a.began)
	Code(c, &a.told)
	Code(c, &a.tells)
	Code(c, &a.walk.last)
	Code(c, &a.walk.run)
	c.float(&a.walk.ratio)
	c.float(&a.walk.share)
	Code(c, &a.walk.by)
	Code(c, &a.walk.steps)
	Code(c, &a.walk.small)
	for h := range a.hours {
		c.float(&a.hours[h])
		c.float(&a.bulks[h])
	}
	for i := range a.addresses {
		Code(c, &a.addresses[i])
	}
	for i := range a.devices {
		Code(c, &a.devices[i])
	}
	c.float(&a.strayed)
	c.float(&a.switched)
	c.float(&a.doubled)
	Code(c, &a.refused)
	Code(c, &a.refusedAt)
	Code(c, &a.bulkToday)
	Code(c, &a.bulky)
	for i := range a.recent {
		Code(c, &a.recent[i])
	}
}

func (g *group) visit(c *Coder) {
	for m := range g.habits {
		g.habits[m].visit(c)
	}
	Slice(c, &g.members, func(i *uint32) { Code(c, i) })
	for m := range g.factors {
		f := &g.factors[m]
		n := math.Float64bits(f.by)
		Code(c, &n)
		f.by = math.Float64frombits(n)
		Code(c, &f.at)
	}
}

func (e *event) visit(c *Coder) {
	Code(c, &e.at)
	Code(c, &e.count)
	Code(c, &e.step)
	Code(c, &e.line)
	Code(c, &e.record)
	Code(c, &e.account)
	Code(c, &e.group)
	Code(c, &e.source)
	for _, h := range []*uint64{&e.address, &e.device, &e.relation, &e.reason, &e.session, &e.office, &e.marks, &e.who} {
		Code(c, h)
	}
	Code(c, &e.action)
	Code(c, &e.by)
	c.flag(&e.bare)
	c.flag(&e.permitted)
}
