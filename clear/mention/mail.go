package mention

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// local reports whether c may stand in the part of an address before its sign.
func local(c byte) bool {
	return alnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%' || c == '\''
}

// longestLocal and longestDomain are those of RFC 5321.
const (
	longestLocal  = 64
	longestDomain = 253
)

// accented is the length of an accented letter of two bytes that ends at i, or 0.
func (f *Finder) accented(i int) int {
	if c := f.at(i - 2); c == 0xC3 || c == 0xC5 {
		if f.at(i-1) >= 0x80 && f.at(i-1) < 0xC0 {
			return 2
		}
	}
	return 0
}

// localFrom is where the local part that ends before a sign begins.
func (f *Finder) localFrom(end int) int {
	from := end
	for from > f.last && end-from <= longestLocal {
		if local(f.text[from-1]) {
			from--
		} else if size := f.accented(from); size > 0 && from-size >= f.last {
			from -= size
		} else {
			break
		}
	}
	for from < end && (f.text[from] == '\'' || f.text[from] == '.' || f.text[from] == '-') {
		from++
	}
	// "d'anne@…": an elision, not O'Brien.
	if end-from > 2 && f.text[from+1] == '\'' && bytes.IndexByte([]byte("dljnmtsc"), f.text[from]|0x20) >= 0 {
		from += 2
	}
	return from
}

// domainTo is where a domain that begins at from ends.
func (f *Finder) domainTo(from int) int {
	to := from
	for to < len(f.text) && to-from <= longestDomain {
		c := f.text[to]
		if c == '.' && to > from && capital(f.at(to+1)) && !capital(f.text[to-1]) && bytes.IndexByte(f.text[from:to], '.') > 0 {
			break // a sentence goes on without a blank: a@b.example.Merci
		}
		if alnum(c) || c == '.' || c == '-' {
			to++
		} else if (c == 0xC3 || c == 0xC5) && f.at(to+1) >= 0x80 && f.at(to+1) < 0xC0 {
			to += 2
		} else {
			break
		}
	}
	for to > from && (f.text[to-1] == '.' || f.text[to-1] == '-') {
		to--
	}
	return to
}

func capital(c byte) bool { return c >= 'A' && c <= 'Z' }

// mail looks for an address around the sign at i.
func (f *Finder) mail(i int) int {
	from, to := f.localFrom(i), f.domainTo(i+1)
	if from == i || i-from > longestLocal || to == i+1 || !f.mailAlone(from, to) || unlike(f.text[i+1:to]) {
		return i + 1
	}
	if f.add(kind.Email, f.text[from:to], from, to, false, address) {
		return f.last
	}
	return i + 1
}

func address(v field.Validity, r field.Reason) bool {
	return v == field.Valid || v == field.Odd && r == field.NotASCII
}

// mailAlone holds unless the address is part of something else: a password and
// a host in a link, the place of a repository, the name of a message.
func (f *Finder) mailAlone(from, to int) bool {
	if f.at(to) == ':' && (alnum(f.at(to+1)) || f.at(to+1) == '~') || f.at(to) == '@' {
		return false
	}
	switch f.at(from - 1) {
	case '/':
		return f.at(from-2) != '/' || f.at(from-3) != ':'
	case ':':
		return !f.linked(from)
	case '@':
		return false
	}
	return !f.headed(from)
}

// unlike reports whether a domain is none: a picture at twice its size, a release.
func unlike(domain []byte) bool {
	dot := bytes.LastIndexByte(domain, '.')
	if dot < 0 {
		return true
	}
	last := domain[dot+1:]
	for _, c := range last {
		if digit(c) && !bytes.HasPrefix(last, []byte("xn--")) {
			return true
		}
	}
	for _, end := range [...]string{"png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "css", "js", "html", "local", "internal", "localdomain"} {
		if equalFold(last, end) {
			return true
		}
	}
	return false
}

// signs are how people spell the sign of an address, dots how they spell a dot.
var (
	signs = [...]string{"at", "arobase", "arobas", "a", "@"}
	dots  = [...]string{"dot", "point", "pt", "."}
)

// bracketed returns the end of a bracket at i that holds one of the words.
func (f *Finder) bracketed(i int, words []string) int {
	for _, w := range words {
		end := i + 1 + len(w)
		if end < len(f.text) && equalFold(f.text[i+1:end], w) && (f.text[end] == ']' || f.text[end] == ')' || f.text[end] == '}') {
			return end + 1
		}
	}
	return 0
}

// spelt looks for "name [at] domain [dot] fr" around the bracket at i.
func (f *Finder) spelt(i int) int {
	after := f.bracketed(i, signs[:])
	if after == 0 {
		return i + 1
	}
	end := i
	for end > 0 && f.text[end-1] == ' ' && i-end < 2 {
		end--
	}
	from := f.localFrom(end)
	if from == end {
		return i + 1
	}
	f.plain = append(append(f.plain[:0], f.text[from:end]...), '@')
	at := after + f.blank(after)
	for range 6 {
		to := f.domainTo(at)
		if to == at {
			return i + 1
		}
		f.plain = append(f.plain, f.text[at:to]...)
		at = to
		next := at + f.blank(at)
		if c := f.at(next); c != '[' && c != '(' && c != '{' {
			break
		}
		dot := f.bracketed(next, dots[:])
		if dot == 0 {
			break
		}
		f.plain = append(f.plain, '.')
		at = dot + f.blank(dot)
	}
	sign := bytes.IndexByte(f.plain, '@')
	if unlike(f.plain[sign+1:]) {
		return i + 1
	}
	if f.add(kind.Email, f.plain, from, at, false, address) {
		return f.last
	}
	return i + 1
}
