// Package intake reads what others tell of leaks, a feed, a bundle of STIX or an event of
// MISP, into claims. Of what is said it takes numbers, currencies, times, names of hosts
// and words that stand for kinds of data; all else may name somebody, and goes with the
// claim to be sealed.
package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"constat.example/desk/claim"
)

// Most items that one source may have, and the bytes of what is read of it.
const (
	MostItems = 100_000
	Largest   = 64 << 20
)

// Item is one thing that a source tells.
type Item struct {
	Claim claim.Claim // its Item is never nil
	Full  []byte      // what was said, to be sealed
	Name  string      // of that, as a file
	Left  Reason      // why it is no claim; "": it is one
	Notes []Reason    // what of it was left out
}

// Reason is a code of why an item, or a part of it, is left out.
type Reason string

// Why items are left out.
const (
	Unreadable Reason = "unreadable" // not what its format has
	Nameless   Reason = "nameless"   // nothing by which it would be known again
	Withdrawn  Reason = "withdrawn"  // by who said it
	Unwatched  Reason = "unwatched"  // none of the words that are watched for
	NoLeak     Reason = "no_leak"    // it does not speak of data taken
)

// What is left out of items.
const (
	Counts    Reason = "counts"    // several, or a range
	Prices    Reason = "prices"    // several
	Ransoms   Reason = "ransoms"   // several
	Deadlines Reason = "deadlines" // several
	Words     Reason = "words"     // fields that are of no kind
	Whence    Reason = "whence"    // a source that is no host
)

var doubts = map[claim.Doubt]Reason{claim.DoubtCount: Counts, claim.DoubtPrice: Prices, claim.DoubtRansom: Ransoms, claim.DoubtDeadline: Deadlines}

// Told is what a source told: its items in its order, and how many other things, which no
// claim can be made of.
type Told struct {
	Items []Item
	Other int
}

// Watch are words that name an organisation. An item in which none stands is left out.
type Watch struct{ names []string }

// ReadWatch reads watch words: one name a line, what follows # is a remark.
func ReadWatch(text []byte) Watch {
	var w Watch
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if name := plainWords(line); name != "" {
			w.names = append(w.names, " "+name+" ")
		}
	}
	return w
}

// Empty tells whether nothing is watched for.
func (w Watch) Empty() bool { return len(w.names) == 0 }

// in tells whether one of the names stands in the texts, as whole words.
func (w Watch) in(texts []string) bool {
	for _, text := range texts {
		text = " " + plainWords(text) + " "
		if slices.ContainsFunc(w.names, func(name string) bool { return strings.Contains(text, name) }) {
			return true
		}
	}
	return false
}

var noWord = regexp.MustCompile(`[^\pL\pN]+`)

// plainWords are the words of a text, folded, with one space between them.
func plainWords(text string) string {
	return strings.TrimSpace(noWord.ReplaceAllString(claim.Fold(text), " "))
}

// named makes an item of what its source calls it, and of what it says.
func named(format, id, name string, full []byte, changed time.Time) Item {
	i := Item{Full: full, Name: name}
	i.Claim.Item = &claim.Item{ID: sum([]byte(format + "\n" + id)), SHA256: sum(full)}
	if !changed.IsZero() {
		changed = changed.UTC().Truncate(time.Millisecond)
		i.Claim.Item.Changed = &changed
	}
	if id == "" {
		i.Left = Nameless
	}
	return i
}

// Short is how an item is called where people read.
func (i *Item) Short() string { return i.Claim.Item.ID[:8] }

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// written is what was said, as it is sealed. The same gives the same bytes.
func written(said any) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(said); err != nil {
		return nil // it was JSON, or is texts: there is no such error
	}
	return text.Bytes()
}

// read fills in what the texts of an item tell, its title first, and leaves it out where
// it is no claim. structured says that its format says that data was taken; around is what
// stands around it, which may name whom it is about and tells nothing else.
func (i *Item) read(w Watch, structured bool, around string, texts ...string) {
	p := claim.ReadProse(texts...)
	c := &i.Claim
	if c.Claimed.Count == nil {
		c.Claimed.Count, c.Claimed.Unit = p.Claimed.Count, p.Claimed.Unit
	} else {
		p.Doubts = slices.DeleteFunc(p.Doubts, func(d claim.Doubt) bool { return d == claim.DoubtCount })
	}
	if len(c.Claimed.Fields) == 0 {
		c.Claimed.Fields = p.Claimed.Fields
	}
	for _, x := range []struct {
		to    *string
		told  string
		doubt claim.Doubt
	}{{&c.Price, p.Price, claim.DoubtPrice}, {&c.Ransom, p.Ransom, claim.DoubtRansom}, {&c.Deadline, p.Deadline, claim.DoubtDeadline}} {
		if *x.to == "" {
			*x.to = x.told
		} else {
			p.Doubts = slices.DeleteFunc(p.Doubts, func(d claim.Doubt) bool { return d == x.doubt })
		}
	}
	for _, d := range p.Doubts {
		i.note(doubts[d])
	}
	switch {
	case i.Left != "":
	case !w.Empty() && !w.in(append(texts, around)):
		i.Left = Unwatched
	case !structured && !p.Theft:
		i.Left = NoLeak
	}
}

func (i *Item) note(r Reason) {
	if !slices.Contains(i.Notes, r) {
		i.Notes = append(i.Notes, r)
	}
}

// fields keeps those names of fields that stand for kinds of data.
func (i *Item) fields(all []string) {
	for _, f := range all {
		f = strings.Join(strings.Fields(f), " ")
		switch {
		case f == "" || slices.Contains(i.Claim.Claimed.Fields, f):
		case len(claim.Kinds(f)) == 0 || len([]rune(f)) > claim.LongestWord || len(i.Claim.Claimed.Fields) >= 100:
			i.note(Words)
		default:
			i.Claim.Claimed.Fields = append(i.Claim.Claimed.Fields, f)
		}
	}
}

var hostName = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

// host is the name of the host that a text is, or is an address on; "" for another text.
func host(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if _, rest, is := strings.Cut(text, "://"); is {
		text = rest
		if i := strings.IndexAny(text, "/?#:"); i >= 0 {
			text = text[:i]
		}
	}
	text = strings.TrimSuffix(text, ".")
	if len(text) > 100 || !hostName.MatchString(text) {
		return ""
	}
	return text
}

// canonical is JSON without what says nothing: one text for one content.
func canonical(raw []byte) []byte {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return raw
	}
	text, err := json.Marshal(v)
	if err != nil {
		return raw
	}
	return text
}
