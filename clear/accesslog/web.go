package accesslog

import (
	"bytes"
)

// web reads the logs of Apache and nginx in the common and combined formats:
//
//	host ident user [time] "request" status bytes "referer" "agent"
//
// A session, a time taken and the like may follow; they are not read.
type web struct {
	lines

	options Options
}

func openWeb(o Options, head []byte, forced bool) format {
	f := web{options: o}
	p := f.parser()
	good, all := 0, 0
	var e entry
	for line := range bytes.Lines(head) {
		if !bytes.HasSuffix(line, []byte("\n")) && all > 0 {
			break
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if all++; all > sniffed {
			break
		}
		e.reset()
		e.timed = o.enclosed
		if what, _ := p.parse(line, &e); what != rejected {
			good++
		}
	}
	if !forced && (all == 0 || 5*good < 4*all) {
		return nil
	}
	return f
}

func (f web) parser() parser { return &webParser{web: f, clock: newClock(f.options)} }

type webParser struct {
	web

	clock clock
}

func (p *webParser) parse(text []byte, e *entry) (fate, string) {
	open := bytes.IndexByte(text, '[')
	if open < 0 {
		return rejected, notAccess
	}
	shut := bytes.IndexByte(text[open:], ']')
	if shut < 0 {
		return rejected, notAccess
	}
	if !e.when(&p.clock, text[open+1:open+shut]) {
		return rejected, noTime
	}
	host, rest, ok := bytes.Cut(text[:open], []byte(" "))
	if !ok {
		return rejected, notAccess
	}
	_, user, ok := bytes.Cut(rest, []byte(" "))
	if !ok {
		return rejected, notAccess
	}
	e.address, e.account = host, blankless(bytes.TrimSpace(user))
	rest = text[open+shut+1:]
	target, rest, ok := inQuotes(rest)
	if !ok {
		return rejected, notAccess
	}
	rest = bytes.TrimLeft(rest, " ")
	status, rest, _ := bytes.Cut(rest, []byte(" "))
	if _, ok := digits(status); !ok || len(status) != 3 {
		return rejected, notAccess
	}
	_, rest, _ = bytes.Cut(rest, []byte(" "))
	if _, after, ok := inQuotes(rest); ok { // the referer
		if agent, _, ok := inQuotes(after); ok {
			e.device = blankless(agent)
		}
	}
	var r request
	method, target, ok := bytes.Cut(target, []byte(" "))
	if !ok {
		return idle, "" // not HTTP: what robots and scanners send
	}
	target, _, _ = bytes.Cut(target, []byte(" "))
	r.method = method
	r.split(target)
	p.options.Map.follow(&r, e)
	e.answered(&r, status)
	return e.settle(), ""
}

// inQuotes takes the next text in quotes, in which a quote stands behind a backslash.
func inQuotes(s []byte) (text, rest []byte, ok bool) {
	from := bytes.IndexByte(s, '"')
	if from < 0 {
		return nil, s, false
	}
	for at := from + 1; ; {
		i := bytes.IndexByte(s[at:], '"')
		if i < 0 {
			return nil, s, false
		}
		end, slashes := at+i, 0
		for s[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return s[from+1 : end], s[end+1:], true
		}
		at = end + 1
	}
}
