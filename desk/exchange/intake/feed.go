package intake

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
)

// Feed reads RSS or Atom. Its error quotes nothing.
func Feed(text []byte, w Watch) (*Told, error) {
	if len(text) > Largest {
		return nil, fmt.Errorf("it is larger than %d bytes", Largest)
	}
	if deep(text) {
		return nil, errors.New("its elements stand in one another deeper than any feed has them")
	}
	switch gofeed.DetectFeedType(bytes.NewReader(text)) {
	case gofeed.FeedTypeRSS, gofeed.FeedTypeAtom:
	default:
		return nil, errors.New("it is neither RSS nor Atom")
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(text))
	if err != nil {
		return nil, errors.New("it is not the XML of a feed") // the parser's own words quote
	}
	if len(feed.Items) > MostItems {
		return nil, fmt.Errorf("it has more than %d items", MostItems)
	}
	from := host(feed.Link)
	if from == "" {
		from = host(feed.FeedLink)
	}
	told := &Told{}
	for _, x := range feed.Items {
		told.Items = append(told.Items, item(x, from, w))
	}
	return told, nil
}

// item makes one of an entry of the feed of a host.
func item(x *gofeed.Item, from string, w Watch) Item {
	id := x.GUID
	if id == "" {
		id = x.Link
	}
	if id != "" {
		id = from + "\n" + id
	}
	title, body := plainText(x.Title), plainText(x.Description)
	if content := plainText(x.Content); content != body {
		body += "\n" + content
	}
	said := struct { // what is the entry's own: the rest is the reader's, and may change with it
		ID         string   `json:"id"`
		Link       string   `json:"link"`
		Title      string   `json:"title"`
		Text       string   `json:"text"`
		Published  string   `json:"published"`
		Updated    string   `json:"updated"`
		Categories []string `json:"categories"`
	}{x.GUID, x.Link, x.Title, x.Description + "\n" + x.Content, x.Published, x.Updated, x.Categories}
	var seen, changed time.Time
	if x.UpdatedParsed != nil {
		seen, changed = *x.UpdatedParsed, *x.UpdatedParsed
	}
	if x.PublishedParsed != nil {
		seen = *x.PublishedParsed
	}
	i := named("feed", id, "item.json", written(said), changed)
	i.Claim.Source = source("item "+i.Short()+" of a feed", from)
	i.Claim.FirstSeen = when(seen)
	i.read(w, false, "", title, body, strings.Join(x.Categories, "\n"))
	return i
}

// source words where a claim was seen.
func source(what, from string) string {
	if from != "" {
		what += " of " + from
	}
	return what
}

// when is a time that a claim can have: to the second, and in years that have four digits.
func when(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// deepest is how far elements may stand in one another. Feeds have five, and markup
// within them some more.
const deepest = 200

// deep tells whether elements stand in one another further than that: readers of XML
// descend by calling themselves.
func deep(text []byte) bool {
	depth := 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '<' {
			continue
		}
		switch c := text[i+1]; {
		case c == '/':
			depth = max(0, depth-1)
		case c == '!' && bytes.HasPrefix(text[i:], []byte("<![CDATA[")):
			end := bytes.Index(text[i:], []byte("]]>"))
			if end < 0 {
				return false // it is cut short, as the parser will say
			}
			i += end
		case c == '!' || c == '?':
		default:
			end := bytes.IndexByte(text[i:], '>')
			if end < 0 {
				return false
			}
			if text[i+end-1] != '/' {
				depth++
			}
		}
		if depth > deepest {
			return true
		}
	}
	return false
}

// plainText is the text of markup, blocks on lines of their own.
func plainText(markup string) string {
	if !strings.ContainsAny(markup, "<&") {
		return markup
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "p", "br", "li", "ul", "ol", "div", "tr", "td", "th", "h1", "h2", "h3", "h4", "table":
				b.WriteByte('\n')
			}
		default:
		}
	}
}
