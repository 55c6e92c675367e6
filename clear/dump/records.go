package dump

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// recordsFormat is blocks of lines of a key and a value each, with blank lines
// or rulers between them: the logs of programs that steal passwords, and what
// the client of MySQL prints upright (\G).
type recordsFormat struct{}

// maxKey is the longest key, in bytes.
const maxKey = 60

// keyOf is the key of a line, and its value: a letter first, then also digits,
// blanks and a few marks, a colon, and a blank before what follows.
func keyOf(line []byte) (key string, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i < 1 || i+1 < len(line) && line[i+1] != ' ' && line[i+1] != '\t' {
		return "", nil, false
	}
	raw := bytes.Trim(line[:i], " \t")
	if len(raw) == 0 || len(raw) > maxKey {
		return "", nil, false
	}
	key = string(raw)
	for at, c := range key {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= utf8.RuneSelf && unicode.IsLetter(c)
		if !letter && (at == 0 || !(c >= '0' && c <= '9') && !strings.ContainsRune(" .()/-", c)) {
			return "", nil, false
		}
	}
	return key, bytes.TrimLeft(line[i+1:], " \t"), true
}

// isRuler reports a line that separates blocks: of one mark again and again, or
// the head of a row as the client of MySQL prints it.
func isRuler(line []byte) bool {
	line = bytes.TrimSpace(line)
	if len(line) < 3 || strings.IndexByte("-=*_#~+", line[0]) < 0 {
		return false
	}
	if inner := bytes.Trim(line, "*"); len(line)-len(inner) >= 6 && bytes.HasSuffix(bytes.TrimSpace(inner), []byte(". row")) {
		return true
	}
	return len(bytes.Trim(line, string(line[0]))) == 0
}

// inBlocks calls each with every line that is of a block, and counts the blocks,
// which blank lines and rulers part.
func inBlocks(text []byte, each func(line []byte)) (blocks int) {
	within := false
	for len(text) > 0 {
		var line []byte
		line, text = nextLine(text)
		if len(bytes.TrimSpace(line)) == 0 || isRuler(line) {
			within = false
			continue
		}
		if !within {
			blocks++
			within = true
		}
		each(line)
	}
	return blocks
}

func (recordsFormat) probe(s *sample) float64 {
	text := s.text[:min(len(s.text), 64<<10)]
	if len(text) < len(s.text) || !s.whole {
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	lines, keyed, values := 0, 0, 0
	keys := map[string]int{}
	blocks := inBlocks(text, func(line []byte) {
		lines++
		if key, value, ok := keyOf(line); ok {
			keyed++
			keys[key]++
			if len(bytes.TrimSpace(value)) > 0 {
				values++
			}
		}
	})
	repeated, most := 0, 0
	for _, n := range keys {
		if n > 1 {
			repeated += n
		}
		most = max(most, n)
	}
	switch {
	case lines < 4 || most < 2 || keyed*4 < lines*3 || values*2 < keyed || repeated*5 < keyed*4:
		return 0
	case blocks < 2 && most < 3:
		return 0
	}
	return 0.8
}

func (recordsFormat) open(s *sample) layout {
	// Where nothing stands between blocks, the key that comes first and again
	// begins one.
	first, firsts := "", 0
	blocks := inBlocks(s.text, func(line []byte) {
		if key, _, ok := keyOf(line); ok {
			if first == "" {
				first = key
			}
			if key == first {
				firsts++
			}
		}
	})
	if firsts <= blocks+blocks/4 {
		first = ""
	}
	return &recordLayout{
		how: "records: lines of a key and a value, one column for each key", charset: s.charset, maxRow: s.maxRow,
		reader: func() recordReader { return &blockReader{first: first} },
	}
}

func (recordsFormat) about() About {
	return About{
		Name: "records", What: "blocks of `key: value` lines between blank lines or rulers, as in the logs of password stealers and in what `mysql` prints upright (`\\G`)",
		Example: "URL: https://site.example/login\nUsername: anne.martin\nPassword: azerty:12\n===============\nURL: https://autre.example\nUsername: luc@courriel.example\nPassword: motdepasse\n===============\n",
		NotRead: "blocks without a key",
	}
}

// blockReader reads blocks.
type blockReader struct{ first string }

func (r *blockReader) end(text []byte, begun bool) (int, bool) {
	for at := 0; at < len(text); {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		line := bytes.TrimSuffix(text[at:at+n], []byte{'\r'})
		between := len(bytes.TrimSpace(line)) == 0 || isRuler(line)
		switch {
		case between && begun:
			return at + n + 1, true
		case at > 0 && begun && r.first != "" && r.begins(line):
			return at, true
		case !between:
			begun = true
		}
		at += n + 1
	}
	return 0, begun
}

func (r *blockReader) begins(line []byte) bool {
	if !bytes.Contains(line, []byte(r.first)) {
		return false
	}
	key, _, ok := keyOf(line)
	return ok && key == r.first
}

func (r *blockReader) fields(record []byte, put func(string, []byte) bool) (bool, reason) {
	key, told := "", 0
	var value []byte
	give := func() bool {
		ok := key == "" || put(key, value)
		key = ""
		return ok
	}
	loose := 0 // lines before the first key
	for rest := record; len(rest) > 0; {
		var line []byte
		line, rest = nextLine(rest)
		if len(bytes.TrimSpace(line)) == 0 || isRuler(line) {
			continue
		}
		k, v, ok := keyOf(line)
		switch {
		case ok:
			if !give() {
				return false, newKey
			}
			key, value = k, v
			told++
		case key == "":
			loose++
		default: // the value goes on
			value = append(append(slices.Clip(value), '\n'), line...)
		}
	}
	if !give() {
		return false, newKey
	}
	if told == 0 && loose > 0 || loose > 0 && told < loose {
		return false, badRecord
	}
	return told > 0, noReason
}
