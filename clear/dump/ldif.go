package dump

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// ldifFormat is what directories write: LDIF (RFC 2849), of entries and of
// changes.
type ldifFormat struct{}

func (ldifFormat) probe(s *sample) float64 {
	rest := s.text
	lines := 0
	for len(rest) > 0 && lines < 1000 {
		var line []byte
		line, rest = unfolded(rest)
		lines++
		switch {
		case len(line) == 0 || line[0] == '#':
		case bytes.HasPrefix(line, []byte("version:")):
			return 0.96
		case bytes.HasPrefix(line, []byte("dn:")):
			if bytes.HasPrefix(line, []byte("dn::")) || bytes.IndexByte(line, '=') > 0 {
				return 0.96
			}
			return 0
		default:
			return 0
		}
	}
	return 0
}

func (ldifFormat) open(s *sample) layout {
	return &recordLayout{how: "LDIF: one column for each attribute", charset: s.charset, maxRow: s.maxRow, reader: func() recordReader { return ldifReader{} }}
}

func (ldifFormat) about() About {
	return About{
		Name: "LDIF", What: "entries and changes of a directory; a column for each attribute, and up to three for one that comes several times",
		Example: "version: 1\n\ndn: uid=amartin,ou=usagers,dc=agence,dc=example\nobjectClass: person\ncn:: QW5uZSBNYXJ0aW4=\nmail: a.martin@courriel.example\ndescription: un texte\n  plié\n\ndn: uid=lpetit,ou=usagers,dc=agence,dc=example\nchangetype: add\ncn: Luc Petit\n",
		NotRead: "values that are only named by a URL (`attr:< file:…`), of which the URL is kept",
	}
}

// ldifReader reads entries, which end with a blank line.
type ldifReader struct{}

func (ldifReader) end(text []byte, begun bool) (int, bool) {
	for at := 0; at < len(text); {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			return 0, begun
		}
		blank := len(bytes.TrimSpace(text[at:at+n])) == 0
		if at += n + 1; !blank {
			begun = true
		} else if begun {
			return at, true
		}
	}
	return 0, begun
}

func (ldifReader) fields(record []byte, put func(string, []byte) bool) (bool, reason) {
	named, told := false, 0
	for rest := record; len(rest) > 0; {
		var line []byte
		line, rest = unfolded(rest)
		if len(line) == 0 || line[0] == '#' || string(line) == "-" {
			continue
		}
		attribute, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || len(attribute) == 0 || bytes.ContainsAny(attribute, " \t") {
			return false, badRecord
		}
		key := string(attribute)
		switch strings.ToLower(key) {
		case "dn":
			named = true
		case "version", "search", "result", "control", "add", "replace", "delete":
			continue // of the file, and of what is done; not of the entry
		}
		if len(value) > 0 {
			switch value[0] {
			case ':':
				plain, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(value[1:]), nil)))
				if err != nil {
					return false, badRecord
				}
				value = textOf(plain)
			case '<':
				value = value[1:]
			}
		}
		told++
		if !put(key, value) {
			return false, newKey
		}
	}
	if told > 0 && !named {
		return false, badRecord
	}
	return named, noReason
}
