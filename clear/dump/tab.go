package dump

import "bytes"

// tabFormat is text as mysqldump --tab and COPY of PostgreSQL write it: cells
// between tabs, never in quotes, with backslash escapes, and \N for nothing.
type tabFormat struct{}

func (tabFormat) probe(s *sample) float64 {
	text := s.text[:min(len(s.text), sniffSize)]
	if !s.whole || len(text) < len(s.text) {
		text = text[:lastLineEnd(text)]
	}
	widths := map[int]int{}
	lines, most, nothing := 0, 0, 0
	for at := 0; at < len(text); lines++ {
		end := copyLineEnd(text, at)
		line := bytes.TrimRight(text[at:end], "\r\n")
		at = end
		n := 0
		for i, c := range line {
			if c == '\t' && !escapedAt(line, i) {
				n++
			}
		}
		widths[n]++
		most = max(most, widths[n]*min(n, 1))
		for cell := range bytes.SplitSeq(line, []byte{'\t'}) {
			if string(cell) == `\N` {
				nothing++
			}
		}
	}
	if nothing > 0 && most*20 >= lines*19 {
		return 0.5
	}
	return 0
}

func (tabFormat) open(s *sample) layout {
	d := &dialect{delim: '\t', escape: '\\', charset: s.charset, maxRow: s.maxRow}
	// Ends of lines and tabs within cells would mislead.
	plain := *s
	plain.text = bytes.ReplaceAll(bytes.ReplaceAll(s.text, []byte("\\\n"), []byte("\\ ")), []byte("\\\t"), []byte("\\ "))
	d.layOut(&plain)
	of := &sqlTable{columns: d.names}
	return &tabLayout{dialect: d, to: &sqlTarget{of: of, mode: sqlMode{charset: s.charset}}}
}

// tabLayout is a text of escaped cells between tabs.
type tabLayout struct {
	*dialect
	to *sqlTarget
}

func (l *tabLayout) describe() string {
	words := "tab-separated: backslash escapes, \\N for nothing"
	if l.named {
		return words + ", header"
	}
	return words + ", no header"
}

func (l *tabLayout) split() splitter { return &tabSplitter{} }

func (l *tabLayout) parser() parser {
	sql := &sqlLayout{dialect: postgres, mode: l.to.mode, maxRow: l.maxRow}
	return &tabParser{sqlParser{layout: sql}, l.to}
}

// tabSplitter cuts text into lines, of which some go on after a backslash.
type tabSplitter struct{}

func (*tabSplitter) split(text []byte, final bool) (int, []mark) {
	if final {
		return len(text), nil
	}
	return lastLineEnd(text), nil
}

func (*tabSplitter) skip(text []byte, _ bool) (int, bool) {
	return skipLine(text)
}

func (*tabSplitter) tail(text []byte) int { return lastLineEnd(text) }

// skipLine looks for the end of a line that is too long: it returns how much of
// text belongs to it, and whether that ended there.
func skipLine(text []byte) (int, bool) {
	n := copyLineEnd(text, 0)
	switch {
	case n > 0 && text[n-1] == '\n' && !escapedAt(text, n-1):
		return n, true
	case escapedAt(text, n):
		return n - 1, false // what it escapes comes next
	}
	return n, false
}

// tabParser reads all of a chunk as lines.
type tabParser struct {
	sqlParser
	to *sqlTarget
}

func (p *tabParser) parse(c *chunk, out *output) {
	p.out = out
	p.begin(c, p.to.mode)
	p.lines(c.text, mark{as: rowsCopy, to: p.to})
}
