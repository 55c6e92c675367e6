package dump

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// comboFormat is lists of accounts as they are traded: a mail address or a login,
// a mark, a password, which may hold the mark too; or an address of a site before
// them; or a hash and a salt behind them. No line says what is what.
type comboFormat struct{}

// comboShape is what stands on each line.
type comboShape struct {
	mark byte
	url  bool // an address of a site comes first
	mail bool // the accounts are mail addresses
	hash bool // a hash and a salt follow
}

const (
	comboLines  = 400 // of a sample
	comboEnough = 3   // lines that show a shape
)

var (
	comboMail  = regexp.MustCompile(`^[^\s@:;|,"'<>]{1,64}@[\pL\pN.-]{1,250}\.\pL{2,24}$`)
	comboLogin = regexp.MustCompile(`^[\pL\pN][\pL\pN._@+-]{2,63}$`)
	comboHour  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d$`) // of a time, which a colon cuts
	comboURL   = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/]|(?:[\pL\pN-]{1,63}\.)+\pL{2,24}[:/|;])`)
	comboHash  = regexp.MustCompile(`^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128}|\*[0-9A-Fa-f]{40}|\$[0-9A-Za-z]{1,12}\$\S{8,})$`)
)

func (comboFormat) probe(s *sample) float64 {
	if _, ok := comboOf(s); ok {
		return 0.7
	}
	return 0
}

// comboOf finds the shape of a list. Nearly every line must have it.
func comboOf(s *sample) (comboShape, bool) {
	text := s.text[:min(len(s.text), 64<<10)]
	if len(text) < len(s.text) || !s.whole {
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	var lines [][]byte
	for rest := text; len(rest) > 0 && len(lines) < comboLines; {
		var line []byte
		if line, rest = nextLine(rest); len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, bytes.TrimSpace(line))
		}
	}
	if len(lines) < comboEnough {
		return comboShape{}, false
	}
	nearly := func(n int) bool { return n*20 >= len(lines)*19 }
	for _, mark := range []byte(":;|") {
		shape := comboShape{mark: mark}
		urls, mails, logins, more, hashes, spaced, digits, tabs, others := 0, 0, 0, 0, 0, 0, 0, 0, 0
		distinct := map[string]bool{}
		for _, line := range lines {
			if comboURL.Match(line) {
				if _, _, _, ok := (comboShape{mark: mark, url: true}).cut(line); ok {
					urls++
				}
			}
			account, secret, ok := bytes.Cut(line, []byte{mark})
			if !ok {
				continue
			}
			switch {
			case comboMail.Match(account):
				mails++
			case comboLogin.Match(account) && !comboHour.Match(account):
				logins++
			}
			distinct[string(account)] = true
			if len(secret) > 0 && secret[0] == ' ' {
				spaced++
			}
			if bytes.IndexByte(line, '\t') >= 0 {
				tabs++
			}
			if len(account) == digitsIn(string(account)) {
				digits++
			}
			hash, salt, salted := bytes.Cut(secret, []byte{mark})
			if comboHash.Match(hash) && salted && len(salt) > 0 {
				hashes++
			}
			if bytes.Count(secret, []byte{mark}) >= 2 {
				more++
			}
			if noSecret(secret) {
				others++
			}
		}
		switch {
		case nearly(urls):
			shape.url = true
			return shape, true
		case tabs*10 > len(lines) || spaced*2 > len(lines) || !nearly(mails+logins):
			continue
		}
		shape.hash = nearly(hashes)
		shape.mail = mails*2 > len(lines)
		first, _, _ := bytes.Cut(lines[0], []byte{mark})
		if more*4 > len(lines) && !shape.hash || others*10 > len(lines)*7 || shape.mail && !comboMail.Match(first) || headerWords[plainWord(first)] {
			continue
		}
		// Other lists of two columns have words, numbers or times first, and a
		// header.
		if shape.hash || nearly(mails) || mark == ':' && shape.mail ||
			mark == ':' && len(lines) >= 20 && digits*10 < len(lines) && len(distinct)*10 >= len(lines)*8 && more*20 < len(lines) {
			return shape, true
		}
	}
	return comboShape{}, false
}

// noSecret reports what is more likely a name, a date or a phone number than a
// password.
func noSecret(text []byte) bool {
	text = bytes.TrimSpace(text)
	if typeOf(text, false) == cellDate {
		return true
	}
	letters, digits, blanks, capital := 0, 0, 0, false
	for i, c := range string(text) {
		switch {
		case unicode.IsLetter(c):
			letters++
			capital = capital || i == 0 && unicode.IsUpper(c)
		case c >= '0' && c <= '9':
			digits++
		case strings.ContainsRune(" -'.+/", c):
			blanks++
		default:
			return false
		}
	}
	return letters > 0 && digits == 0 && (capital || blanks > 0) || letters == 0 && digits >= 9
}

// cut cuts a line into what precedes the account, the account and the secret.
func (c comboShape) cut(line []byte) (url, account, secret []byte, ok bool) {
	rest := line
	if c.url {
		n := c.urlEnd(line)
		if n < 0 {
			return nil, nil, nil, false
		}
		url, rest = line[:n], line[n+1:]
	}
	account, secret, ok = bytes.Cut(rest, []byte{c.mark})
	return url, account, secret, ok
}

// urlEnd is where the address of a site ends that a line begins with: at the
// first mark that is not part of it. A colon is part of it behind the scheme,
// and before the digits of a port.
func (c comboShape) urlEnd(line []byte) int {
	from := 0
	if i := bytes.Index(line, []byte("://")); i >= 0 && i < 24 {
		from = i + 3
	}
	for {
		n := bytes.IndexByte(line[from:], c.mark)
		if n < 0 {
			return -1
		}
		at := from + n
		if c.mark != ':' {
			return at
		}
		digits := 0
		for at+1+digits < len(line) && line[at+1+digits] >= '0' && line[at+1+digits] <= '9' {
			digits++
		}
		behind := line[at+1+digits:]
		host := bytes.IndexByte(line[from:at], '/') < 0
		port := host && digits > 0 && digits <= 5 && len(behind) > 0 && (behind[0] == '/' || behind[0] == ':' && bytes.Count(behind, []byte{':'}) >= 2)
		if !port {
			return at
		}
		from = at + 1 + digits
		if behind[0] == ':' {
			return from
		}
	}
}

func (comboFormat) open(s *sample) layout {
	shape, _ := comboOf(s)
	return &comboLayout{shape: shape, charset: s.charset, maxRow: s.maxRow}
}

func (comboFormat) about() About {
	return About{
		Name: "combo list", What: "`mail:password`, `login:password`, `url:login:password`, `login:hash:salt` and the like, also between `;` or `|`; passwords may hold the mark, addresses a colon",
		Example: "https://site.example:8443/login:anne.martin@courriel.example:azerty:12\nhttps://autre.example:luc@courriel.example:motdepasse\nandroid://com.example.app/:petit@courriel.example:secret\n",
		NotRead: "lines without the mark; the password before the login",
	}
}

// comboLayout is how such a list is written.
type comboLayout struct {
	shape   comboShape
	charset charset
	maxRow  int
}

func (l *comboLayout) describe() string {
	words := "combo list: "
	if l.shape.url {
		words += "site, "
	}
	words += "account, password"
	if l.shape.hash {
		words += ", salt"
	}
	return words + ", separator '" + string(l.shape.mark) + "', no header"
}

func (l *comboLayout) columns() []string {
	var names []string
	if l.shape.url {
		names = append(names, "url")
	}
	if l.shape.mail {
		names = append(names, "email")
	} else {
		names = append(names, "login")
	}
	names = append(names, "password")
	if l.shape.hash {
		names = append(names, "salt")
	}
	return names
}

func (l *comboLayout) header() bool    { return false }
func (l *comboLayout) start() int      { return 0 }
func (l *comboLayout) split() splitter { return &lineSplitter{} }
func (l *comboLayout) parser() parser {
	return &comboParser{layout: l, cells: cellWriter{charset: l.charset}}
}

type comboParser struct {
	layout *comboLayout
	cells  cellWriter
}

func (p *comboParser) parse(c *chunk, out *output) {
	p.cells.begin(c.text)
	for at := 0; at < len(c.text); {
		size := len(c.text) - at
		if n := bytes.IndexByte(c.text[at:], '\n'); n >= 0 {
			size = n + 1
		}
		p.row(c.text[at:at+size], at, out)
		at += size
	}
}

func (p *comboParser) row(text []byte, at int, out *output) {
	line := bytes.Trim(text, "\r\n")
	switch {
	case len(text) > p.layout.maxRow:
		out.reject(tooLong, at, len(text))
		return
	case len(bytes.TrimSpace(line)) == 0:
		out.between(len(text))
		return
	}
	mended := p.cells.row(line)
	url, account, secret, ok := p.layout.shape.cut(line)
	if !ok {
		out.reject(tooFewCells, at, len(text))
		return
	}
	if p.layout.shape.url {
		p.cells.put(&out.batch, bytes.TrimSpace(url))
	}
	p.cells.put(&out.batch, bytes.TrimSpace(account))
	if p.layout.shape.hash {
		hash, salt, _ := bytes.Cut(secret, []byte{p.layout.shape.mark})
		p.cells.put(&out.batch, hash)
		secret = salt
	}
	p.cells.put(&out.batch, secret)
	out.row(len(text), mended)
}
