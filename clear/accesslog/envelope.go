package accesslog

import (
	"bytes"
	"maps"
)

// envelope is a format whose lines hold the lines of another: syslog, JSON that carries a
// line as a text. Each program that sends (its tag) has its own format, found from what it
// sent among the first lines; what programs write that is of none is of no interest.
type envelope struct {
	framing interface {
		cut(text []byte, last bool) int
		next(text []byte) int
	}
	opener func() opener
	inner  []format       // found, in the order in which they were met
	of     map[string]int // tag → index of inner
	called string         // of the formats found

	// Where the formats of programs that the first lines do not show are to be found too,
	// by the first that each sends: the options of that. Lines are then read in order.
	options Options
}

// opener takes lines out of their envelopes. It is used by one goroutine.
type opener interface {
	// open gives the line that an entry holds and who sent it, and sets the time. A fate
	// that is not used ends the matter.
	open(text []byte, e *entry) (message, tag []byte, what fate, why string)
}

func (f envelope) cut(text []byte, last bool) int { return f.framing.cut(text, last) }
func (f envelope) next(text []byte) int           { return f.framing.next(text) }
func (f envelope) ordered() bool                  { return f.options.enclosed }
func (f envelope) name() string                   { return f.called }

func (f envelope) parser() parser {
	p := &envelopeParser{envelope: f, from: f.opener()}
	p.of = maps.Clone(f.of)
	for _, one := range f.inner {
		p.parsers = append(p.parsers, one.parser())
	}
	return p
}

type envelopeParser struct {
	envelope

	from    opener
	parsers []parser
}

func (p *envelopeParser) parse(text []byte, e *entry) (fate, string) {
	message, tag, what, why := p.from.open(text, e)
	if what != used {
		return what, why
	}
	e.timed = true
	i, ok := p.of[string(tag)]
	if !ok || i < 0 && i > -tagTries && p.options.enclosed {
		i--
		if !ok {
			i = -1
		}
		for _, k := range innermost() {
			if made := k.open(p.options, message, false); made != nil {
				i = len(p.parsers)
				p.parsers = append(p.parsers, made.parser())
				break
			}
		}
		if len(p.of) < mostTags || ok {
			p.of[string(tag)] = i
		}
	}
	if i < 0 {
		return idle, ""
	}
	return p.parsers[i].parse(message, e)
}

const (
	mostTags = 1 << 16 // far more than there are programs
	tagTries = 20      // messages of a program that are looked at to find its format
)

// innermost are the formats that lines in envelopes may have.
func innermost() []known {
	return []known{
		{"cef", openCEF}, {"leef", openLEEF}, {"postgres-json", openPostgresJSON}, {"mariadb-audit", openMariaAudit}, {"postgres", openPostgresText}, {"json", openJSON}, {"web", openWeb},
	}
}

// discover finds the formats of what stands in the envelopes of head. It tells how many
// entries of head are such envelopes, of how many.
func (f *envelope) discover(o Options, head []byte, name string) (good, all int) {
	o.enclosed = true
	f.called = name
	f.of = map[string]int{}
	heads := map[string][]byte{}
	var tags []string
	from := f.opener()
	var e entry
	if whole := f.framing.cut(head, len(head) < headSize); whole > 0 {
		head = head[:whole]
	}
	for len(head) > 0 && all < 50*sniffed {
		n := f.framing.next(head)
		one := bytes.TrimRight(head[:n], "\r\n")
		if head = head[n:]; len(one) == 0 {
			continue
		}
		all++
		e.reset()
		message, tag, what, why := from.open(one, &e)
		if why != notSyslog && why != notJSON {
			good++
		}
		if what != used || len(message) == 0 {
			continue
		}
		if _, ok := heads[string(tag)]; !ok {
			tags = append(tags, string(tag))
		}
		if len(heads[string(tag)]) < 64<<10 {
			heads[string(tag)] = append(append(heads[string(tag)], message...), '\n')
		}
	}
	index := map[string]int{}
	for _, tag := range tags {
		f.of[tag] = -1
		for _, k := range innermost() {
			made := k.open(o, heads[tag], false)
			if made == nil {
				continue
			}
			i, ok := index[k.name]
			if !ok {
				i = len(f.inner)
				f.inner = append(f.inner, made)
				f.called += "+" + k.name
			}
			index[k.name], f.of[tag] = i, i
			break
		}
	}
	return good, all
}
