package dump

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
)

// vcardFormat is address books: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350).
type vcardFormat struct{}

var (
	vcardBegin = []byte("BEGIN:VCARD")
	vcardEnd   = []byte("END:VCARD")
)

func (vcardFormat) probe(s *sample) float64 {
	text := bytes.TrimLeft(s.text, " \t\r\n")
	if len(text) >= len(vcardBegin) && bytes.EqualFold(text[:len(vcardBegin)], vcardBegin) {
		return 0.96
	}
	return 0
}

func (vcardFormat) open(s *sample) layout {
	return &recordLayout{how: "vCard: one column for each property", charset: s.charset, maxRow: s.maxRow, reader: func() recordReader { return vcardReader{} }}
}

func (vcardFormat) about() About {
	return About{
		Name: "vCard", What: "address books of versions 2.1, 3.0 and 4.0; a column for each property, for each part of names and addresses, and up to three for one that comes several times",
		Example: "BEGIN:VCARD\nVERSION:3.0\nN:Martin;Anne;;Mme;\nFN:Anne Martin\nTEL;TYPE=CELL:06 39 98 12 34\nEMAIL:a.martin@courriel.example\nADR:;;3 rue du Bac;Lyon;;69003;France\nBDAY:19700131\nEND:VCARD\n",
		NotRead: "pictures, sounds and keys; calendars",
	}
}

// vcardReader reads cards.
type vcardReader struct{}

// end is behind the line that ends a card.
func (vcardReader) end(text []byte, _ bool) (int, bool) {
	for at := 0; at < len(text); {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		line := bytes.TrimSpace(text[at : at+n])
		at += n + 1
		if bytes.EqualFold(line, vcardEnd) {
			return at, true
		}
	}
	return 0, true
}

func (vcardReader) fields(record []byte, put func(string, []byte) bool) (bool, reason) {
	begun, ended, told := false, false, 0
	for rest := record; len(rest) > 0; {
		var line []byte
		line, rest = vcardLine(rest)
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		switch {
		case bytes.EqualFold(bytes.TrimSpace(line), vcardBegin):
			if begun {
				return false, badRecord
			}
			begun = true
			continue
		case bytes.EqualFold(bytes.TrimSpace(line), vcardEnd):
			ended = true
			continue
		}
		p, ok := readProperty(line)
		if !ok || !begun {
			return false, badRecord
		}
		told++
		if !p.put(put) {
			return false, newKey
		}
	}
	if !begun || !ended {
		return false, badRecord
	}
	return told > 0, noReason
}

// vcardLine is the first line put together, and what follows. In version 2.1 a
// line in quoted-printable that ends in an equals sign goes on.
func vcardLine(text []byte) (line, rest []byte) {
	line, rest = unfolded(text)
	name, _, _ := bytes.Cut(line, []byte{':'})
	if !bytes.Contains(bytes.ToUpper(name), []byte("QUOTED-PRINTABLE")) {
		return line, rest
	}
	for more := false; len(rest) > 0 && bytes.HasSuffix(line, []byte{'='}); more = true {
		var next []byte
		if next, rest = nextLine(rest); !more {
			line = bytes.Clone(line)
		}
		line = append(line[:len(line)-1], next...)
	}
	return line, rest
}

// property is a line of a card.
type property struct {
	name  string // in capitals, without its group
	value []byte // in UTF-8
}

// readProperty reads a line: a name, parameters, a colon, a value.
func readProperty(line []byte) (property, bool) {
	quoted, colon := false, -1
	for i, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if c == ':' && !quoted {
			colon = i
			break
		}
	}
	if colon <= 0 {
		return property{}, false
	}
	head, value := string(line[:colon]), line[colon+1:]
	name, parameters, _ := strings.Cut(head, ";")
	if _, after, ok := strings.Cut(name, "."); ok {
		name = after // the group
	}
	p := property{name: strings.ToUpper(strings.TrimSpace(name)), value: value}
	if p.name == "" || strings.ContainsAny(p.name, " \t") {
		return property{}, false
	}
	label, packed := "", false
	for parameter := range strings.SplitSeq(parameters, ";") {
		key, what, ok := strings.Cut(strings.ToUpper(strings.TrimSpace(parameter)), "=")
		if !ok {
			what = key // version 2.1 leaves the name out
		}
		what = strings.Trim(what, `"`)
		switch {
		case what == "QUOTED-PRINTABLE":
			plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(p.value)))
			if err == nil || len(plain) > 0 {
				p.value, packed = plain, true
			}
		case what == "B" || what == "BASE64":
			plain, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(p.value), nil)))
			if err == nil {
				p.value, packed = plain, true
			}
		case key == "CHARSET":
			label = what
		}
	}
	if packed { // what is not packed was decoded with the whole text
		if decoded, ok := decodeLabelled(label, p.value); ok {
			p.value = decoded
		} else {
			p.value = textOf(p.value)
		}
	}
	return p, true
}

// vcardColumns are names of columns for properties that have words for names.
var vcardColumns = map[string]string{
	"FN": "full name", "TEL": "phone", "EMAIL": "email", "BDAY": "birth date", "ORG": "organisation", "TITLE": "job title", "NICKNAME": "nickname",
	"NOTE": "note", "URL": "url", "GENDER": "sex", "UID": "uid", "REV": "revised", "CATEGORIES": "categories", "ROLE": "role", "BIRTHPLACE": "birthplace",
}

// Parts of names and addresses, in their order.
var (
	vcardName    = []string{"surname", "given name", "other given names", "civility", "name suffix"}
	vcardAddress = []string{"post office box", "address line 2", "street address", "city", "region", "postal code", "country"}
)

func (p property) put(put func(string, []byte) bool) bool {
	parts := func(names []string) bool {
		for i, part := range cutEscaped(p.value, ';') {
			if i < len(names) && !put(names[i], unescapeCard(part)) {
				return false
			}
		}
		return true
	}
	switch p.name {
	case "VERSION", "PRODID", "PHOTO", "LOGO", "SOUND", "KEY":
		return true
	case "N":
		return parts(vcardName)
	case "ADR":
		return parts(vcardAddress)
	case "BDAY":
		if v := p.value; len(v) == 8 && digitsIn(string(v)) == 8 {
			return put(vcardColumns["BDAY"], bytes.Join([][]byte{v[:4], v[4:6], v[6:]}, []byte{'-'}))
		}
	case "TEL":
		p.value = bytes.TrimPrefix(p.value, []byte("tel:"))
	case "EMAIL":
		p.value = bytes.TrimPrefix(p.value, []byte("mailto:"))
	}
	name := vcardColumns[p.name]
	if name == "" {
		name = strings.ToLower(p.name)
	}
	return put(name, unescapeCard(p.value))
}

// cutEscaped cuts value at a mark that no backslash precedes.
func cutEscaped(value []byte, mark byte) (parts [][]byte) {
	from := 0
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case mark:
			parts = append(parts, value[from:i])
			from = i + 1
		}
	}
	return append(parts, value[from:])
}

// unescapeCard takes the backslashes off a value, and blanks for new lines.
func unescapeCard(value []byte) []byte {
	if bytes.IndexByte(value, '\\') < 0 {
		return value
	}
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c == '\\' && i+1 < len(value) {
			i++
			if c = value[i]; c|0x20 == 'n' {
				c = '\n'
			}
		}
		out = append(out, c)
	}
	return out
}
