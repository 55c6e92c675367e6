package dump

import (
	"bytes"
	"io"
	"regexp"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// lettering is how a text in markup is written as bytes, by its byte order
// mark, by what it says of itself, or by what its bytes look like.
type lettering struct {
	charset charset           // of its bytes, or of what they are decoded to
	whole   encoding.Encoding // it is decoded by before it is read; nil where each value is by itself
	name    string
}

var (
	declaredXML  = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']`)
	declaredHTML = regexp.MustCompile(`(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})`)
)

// letteringOf finds the lettering of a text that begins with head.
func letteringOf(head []byte) lettering {
	c, ok := detect(head[:min(len(head), headSize)], nil)
	if !ok {
		c = utf8Text // its values are looked at one by one
	}
	if c.wide() || bytes.HasPrefix(head, byteOrderMark) {
		return lettering{charset: c, name: c.String()}
	}
	said := declaredXML.FindSubmatch(head[:min(len(head), 1024)])
	if said == nil {
		said = declaredHTML.FindSubmatch(head[:min(len(head), 8192)])
	}
	if said == nil {
		return lettering{charset: c, name: c.String()}
	}
	e, err := htmlindex.Get(string(said[1]))
	if err != nil {
		return lettering{charset: c, name: c.String()}
	}
	name, err := htmlindex.Name(e)
	if err != nil {
		return lettering{charset: c, name: c.String()}
	}
	switch name {
	case "utf-8":
		c = utf8Text
	case "windows-1252":
		c = windows1252
	case "iso-8859-15":
		c = latin9
	case "macintosh":
		c = macRoman
	case "utf-16le", "utf-16be", "replacement", "x-user-defined":
		// It would not have been read so far.
	default:
		return lettering{charset: utf8Text, whole: e, name: name}
	}
	return lettering{charset: c, name: c.String()}
}

// reader decodes what must be decoded before it is read.
func (l lettering) reader(in io.Reader) io.Reader {
	if l.whole != nil {
		return transform.NewReader(in, l.whole.NewDecoder())
	}
	return l.charset.reader(in)
}

// values is the charset of values in what is read.
func (l lettering) values() charset {
	if l.charset.wide() {
		return utf8Text
	}
	return l.charset
}
