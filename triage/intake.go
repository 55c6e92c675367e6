package triage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"constat.example/desk/claim"
	"constat.example/desk/exchange/intake"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/fetch"
	"constat.example/internal/taxii"
	"constat.example/internal/visible"
)

// Formats that claims are imported from.
const (
	FromSTIX  = "stix"
	FromMISP  = "misp"
	FromTAXII = "taxii"
	FromRSS   = "rss"
)

// Formats are all of them.
var Formats = []string{FromSTIX, FromMISP, FromTAXII, FromRSS}

// wordsFile is where a home keeps the names that are watched for.
const wordsFile = "words.txt"

// mostTaken is how many claims one import makes: more is a mistake, or a flood.
const mostTaken = 500

// Door is how a host lets this one in, by files: nothing secret is an argument.
type Door struct {
	Token string // file of a token, "" for none
	Basic string // file of name:password
	Roots string // PEM of whom to trust; "": whom the system does
}

// IntakeRequest asks for claims to be imported.
type IntakeRequest struct {
	From  string // file, or address that starts with https:// or http://
	As    string // one of Formats; "": found from what a file holds
	Case  string // "": one case for each claim
	Words string // file of names that are watched for; "": that of the home, for feeds and collections
	Door  Door
	Since time.Time // of a collection: what was added after
}

// What became of an item.
const (
	TakenNew     = "imported"
	TakenChanged = "corrected" // a claim that corrects the one it was before
	TakenKnown   = "known"
	TakenNot     = "left"
)

// Taken is what became of an item.
type Taken struct {
	Item   string // short
	What   string
	Reason intake.Reason   // why it was left
	Notes  []intake.Reason // what of it was
	Case   string          // of its claim; "" for none
	Number int
	Claim  *claim.Claim // nil where none was made
}

// Intake is what became of the items of a source, and how many other things it held.
type Intake struct {
	As    string
	Items []Taken
	Other int
}

// ImportClaims reads what others tell of leaks, and adds a claim for each item that is one
// and is not known yet. An item that changed corrects its claim. What was said is sealed
// with it; in the clear is kept what Package intake takes of it. Stopped at any instant,
// it goes on when it is asked again.
func (b Bench) ImportClaims(ctx context.Context, req IntakeRequest) (*Intake, error) {
	b = b.withDefaults()
	if err := checkCase(req.Case); err != nil {
		return nil, err
	}
	told, as, err := b.told(ctx, req)
	if err != nil {
		return nil, err
	}
	// The oldest first: the latest of a case is what an assessment is held against.
	slices.SortStableFunc(told.Items, func(x, y intake.Item) int { return x.Claim.FirstSeen.Compare(y.Claim.FirstSeen) })
	dir := filepath.Join(b.Home, casesDir)
	if err := disk.MakeFolder(dir); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(dir, true) // two imports at once would both find an item new
	if err != nil {
		return nil, err
	}
	defer unlock()
	known, err := b.knownItems()
	if err != nil {
		return nil, err
	}
	out := &Intake{As: as, Other: told.Other}
	fresh := 0
	for i := range told.Items {
		t := known.judge(&told.Items[i])
		if t.What == TakenNew || t.What == TakenChanged {
			fresh++
		}
		out.Items = append(out.Items, t)
	}
	if fresh > mostTaken {
		return nil, failure.New(failure.BadInput, "Watch for fewer words with --words, or ask for what was added --since a time.", "%d items would become claims, and no more than %d are taken at once", fresh, mostTaken)
	}
	for i := range out.Items {
		if t := &out.Items[i]; t.What == TakenNew || t.What == TakenChanged {
			if err := b.take(ctx, req.Case, &told.Items[i], t, known); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// knownItems are the claims that were imported, by item.
type knownItems map[string]knownItem

type knownItem struct {
	*claim.Item

	id     string // of the case
	number int
}

func (b Bench) knownItems() (knownItems, error) {
	ids, err := b.Cases()
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	all := knownItems{}
	for _, id := range ids {
		claims, err := b.Claims(id)
		if err != nil {
			return nil, err
		}
		for n, c := range claims {
			if c.Item != nil {
				all[c.Item.ID] = knownItem{c.Item, id, n + 1} // a later claim of the case is a later version
			}
		}
	}
	return all, nil
}

// judge tells what becomes of an item.
func (all knownItems) judge(i *intake.Item) Taken {
	t := Taken{Item: i.Short(), What: TakenNew, Notes: i.Notes}
	is := i.Claim.Item
	was, known := all[is.ID]
	known = known && i.Left != intake.Nameless && i.Left != intake.Unreadable
	if known {
		t.Case, t.Number = was.id, was.number
	}
	switch {
	case known && (was.SHA256 == is.SHA256 || was.Changed != nil && is.Changed != nil && is.Changed.Before(*was.Changed)):
		t.What, t.Notes = TakenKnown, nil
	case i.Left != "":
		t.What, t.Reason, t.Notes = TakenNot, i.Left, nil
	case known:
		t.What = TakenChanged
	}
	return t
}

// take adds the claim of an item.
func (b Bench) take(ctx context.Context, id string, i *intake.Item, t *Taken, known knownItems) error {
	is := i.Claim.Item
	if was, there := known[is.ID]; there { // also by an item of the same source, just now
		*t = known.judge(i)
		if t.What == TakenKnown {
			return nil
		}
		id, i.Claim.Corrects = was.id, was.number
	}
	text, err := claim.Draft{Claim: i.Claim}.Write()
	if err != nil {
		return err
	}
	added, err := b.AddClaim(ctx, ClaimRequest{File: "item.yaml", Text: text, Case: id, Said: i.Full, SaidName: i.Name})
	if err != nil {
		return err
	}
	t.Case, t.Number, t.Claim = added.Case, added.Number, added.Claim
	known[is.ID] = knownItem{is, added.Case, added.Number}
	return nil
}

// told reads or fetches a source, and finds its items.
func (b Bench) told(ctx context.Context, req IntakeRequest) (*intake.Told, string, error) {
	address := strings.HasPrefix(req.From, "https://") || strings.HasPrefix(req.From, "http://")
	if req.As != "" && !slices.Contains(Formats, req.As) {
		return nil, "", failure.New(failure.Usage, "The formats are "+strings.Join(Formats, ", ")+".", "there is no format %q", visible.Text(req.As, 20))
	}
	if address && req.As == "" {
		return nil, "", failure.New(failure.Usage, "Say with --format what lies there: "+strings.Join(Formats, ", ")+".", "what an address holds is not guessed")
	}
	var (
		as   = req.As
		from string
		text []byte
		err  error
	)
	switch {
	case as == FromTAXII && !address:
		return nil, "", failure.New(failure.Usage, "Objects that lie in a file are a bundle: --format stix.", "TAXII is asked at an address")
	case as == FromTAXII:
	case address:
		text, from, err = b.fetched(ctx, req)
	default:
		text, err = readSource(req.From)
		as = cmp.Or(as, formatOf(text))
	}
	if err != nil {
		return nil, "", err
	}
	words, err := b.watched(req.Words, as)
	if err != nil {
		return nil, "", err
	}
	if as == FromTAXII {
		told, err := b.collected(ctx, req, words)
		return told, as, err
	}
	if as == FromRSS && words.Empty() {
		return nil, "", failure.New(failure.Usage, "Write the names of your organisation into a file, one a line, and name it with --words, or keep it as "+wordsFile+" in the home.", "a feed tells of everybody: it needs words to watch for")
	}
	var told *intake.Told
	switch as {
	case FromRSS:
		told, err = intake.Feed(text, words)
	case FromMISP:
		told, err = intake.Event(text, from, words)
	case FromSTIX:
		told, err = intake.Bundle(text, from, words)
	default:
		err = errors.New("it is neither a bundle of STIX, nor an event of MISP, nor a feed")
	}
	if err != nil {
		return nil, "", failure.New(failure.BadInput, "Say with --format what it is, or ask whoever gave it for another copy.", "reading %s: %w", shownSource(req.From), err)
	}
	return told, as, nil
}

// formatOf tells a format by the first byte and the keys of JSON; "" for none.
func formatOf(text []byte) string {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if len(text) > 0 && text[0] == '<' {
		return FromRSS
	}
	var keys struct {
		Type    string          `json:"type"`
		Objects json.RawMessage `json:"objects"`
	}
	switch err := json.Unmarshal(text, &keys); {
	case err == nil && keys.Type == "bundle":
		return FromSTIX
	case len(text) > 0 && (text[0] == '{' || text[0] == '['):
		return FromMISP
	}
	return ""
}

// watched reads the words that are watched for.
func (b Bench) watched(path, as string) (w intake.Watch, err error) {
	if path == "" {
		if as != FromRSS && as != FromTAXII {
			return w, nil // a bundle or an event was chosen by who gave it
		}
		path = filepath.Join(b.Home, wordsFile)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return w, nil
		}
	}
	text, err := claim.Text(path)
	if err != nil {
		return w, err
	}
	if w = intake.ReadWatch(text); w.Empty() {
		return w, failure.New(failure.BadInput, "Write one name a line.", "the file of words %s holds none", path)
	}
	return w, nil
}

// readSource reads a file that claims are imported from.
func readSource(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading what claims are imported from: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, intake.Largest+1))
	if err == nil && len(text) > intake.Largest {
		err = fmt.Errorf("it is larger than %d bytes", intake.Largest)
	}
	if err != nil {
		return nil, failure.New(failure.BadInput, "Take it in smaller parts.", "reading what claims are imported from: %w", err)
	}
	return text, nil
}

// shownSource is a file, or the host of an address: the rest of one may hold a secret.
func shownSource(from string) string {
	if at, err := fetch.At(from, fetch.Access{}); err == nil {
		return at.Host()
	}
	return from
}

// accepts is what each format goes by over HTTP.
var accepts = map[string]string{
	FromRSS:  "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8",
	FromMISP: "application/json",
	FromSTIX: "application/stix+json;version=2.1, application/json;q=0.9",
}

// fetched gets what lies at an address, and tells its host.
func (b Bench) fetched(ctx context.Context, req IntakeRequest) ([]byte, string, error) {
	at, err := b.door(req.From, req.As, req.Door)
	if err != nil {
		return nil, "", err
	}
	got, err := at.Get(ctx, req.From, accepts[req.As], intake.Largest)
	if err == nil && !got.OK() {
		err = fmt.Errorf("%s answers %d", at.Host(), got.Status)
	}
	if err != nil {
		return nil, "", unfetched(err)
	}
	return got.Body, at.Host(), nil
}

func unfetched(err error) error {
	return failure.New(failure.BadInput, "Check the address, who is let in there (--token-file, --basic-file) and whom this machine trusts (--ca).", "claims cannot be fetched: %w", err)
}

// door opens the host of an address.
func (b Bench) door(address, as string, d Door) (*fetch.Client, error) {
	var access fetch.Access
	if d.Token != "" && d.Basic != "" {
		return nil, failure.New(failure.Usage, "Leave one of them out.", "a token and a password cannot go together")
	}
	for _, x := range []struct {
		path string
		head func(string) string
	}{{d.Token, fetch.Bearer}, {d.Basic, fetch.Basic}} {
		if x.path == "" {
			continue
		}
		secret, err := firstLine(x.path)
		if err != nil {
			return nil, err
		}
		if access.Header = x.head(secret); as == FromMISP && x.path == d.Token {
			access.Header = secret // MISP has its keys bare
		}
	}
	if d.Roots != "" {
		text, err := os.ReadFile(d.Roots)
		if err != nil {
			return nil, failure.New(failure.BadInput, "Check the name of the file.", "reading whom to trust: %w", err)
		}
		if access.Roots = x509.NewCertPool(); !access.Roots.AppendCertsFromPEM(text) {
			return nil, failure.New(failure.BadInput, "It has to be certificates in PEM.", "the file %s holds no certificate", d.Roots)
		}
	}
	at, err := fetch.At(address, access)
	if err != nil {
		return nil, failure.New(failure.Usage, "Write it as https://host/path.", "the address cannot be used: %w", err)
	}
	return at, nil
}

// firstLine is the secret in a file.
func firstLine(path string) (string, error) {
	text, err := claim.Text(path)
	if err != nil {
		return "", failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "the file %s of a token or password cannot be read", path)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSpace(line); line == "" || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", failure.New(failure.BadInput, "Its first line has to be the token, or name:password.", "the file %s holds no token or password", path)
	}
	return line, nil
}

// Offered is a collection that a TAXII server has.
type Offered struct {
	Address, Root, Title, Description string
	CanRead                           bool
}

// Offers asks a TAXII server which collections it has: at the address of its discovery, of
// an API root, or of one collection.
func (b Bench) Offers(ctx context.Context, address string, d Door) ([]Offered, error) {
	b = b.withDefaults()
	at, err := b.door(address, FromTAXII, d)
	if err != nil {
		return nil, err
	}
	all, err := b.offers(ctx, at, address)
	if err != nil {
		return nil, unfetched(err)
	}
	return all, nil
}

func (b Bench) offers(ctx context.Context, at *fetch.Client, address string) (all []Offered, err error) {
	c := taxii.NewClient(at)
	offered := func(root string, x taxii.Collection) (Offered, error) {
		whole, err := at.Resolve(strings.TrimSuffix(root, "/") + "/collections/" + x.ID + "/")
		return Offered{whole, root, visible.Text(x.Title, 100), visible.Text(x.Description, 200), x.CanRead}, err
	}
	if root, id, is := strings.Cut(strings.TrimSuffix(address, "/"), "/collections/"); is && id != "" && !strings.Contains(id, "/") {
		one, err := c.Collection(ctx, address)
		if err != nil {
			return nil, err
		}
		x, err := offered(root, taxii.Collection{ID: id, Title: one.Title, Description: one.Description, CanRead: one.CanRead})
		return []Offered{x}, err
	}
	roots := []string{address}
	if d, err := c.Discovery(ctx, address); err == nil && len(d.Roots) > 0 {
		roots = d.Roots
	}
	elsewhere := 0
	for _, root := range roots {
		if root, err = at.Resolve(root); err != nil {
			elsewhere++
			continue
		}
		list, err := c.Collections(ctx, root)
		if err != nil {
			if len(roots) == 1 {
				return nil, err
			}
			b.Say(fmt.Sprintf("One of its API roots cannot be asked: %s.", err))
			continue
		}
		for _, x := range list {
			o, err := offered(root, x)
			if err != nil {
				return nil, err
			}
			all = append(all, o)
		}
	}
	if elsewhere > 0 {
		b.Say(fmt.Sprintf("API roots on other hosts are not asked, since nobody named those: %d.", elsewhere))
	}
	return all, nil
}

// collected asks a collection for its objects.
func (b Bench) collected(ctx context.Context, req IntakeRequest, words intake.Watch) (*intake.Told, error) {
	at, err := b.door(req.From, req.As, req.Door)
	if err != nil {
		return nil, err
	}
	offers, err := b.offers(ctx, at, req.From)
	if err != nil {
		return nil, unfetched(err)
	}
	offers = slices.DeleteFunc(offers, func(o Offered) bool { return !o.CanRead })
	if len(offers) != 1 {
		return nil, failure.New(failure.Usage, "\"constat exchange collections\" lists them; name the address of one.", "%d collections can be read there", len(offers))
	}
	var objects []json.RawMessage
	if err := taxii.NewClient(at).Objects(ctx, offers[0].Address, taxii.Filter{AddedAfter: req.Since}, func(page []json.RawMessage) error {
		objects = append(objects, page...)
		return nil
	}); err != nil {
		return nil, unfetched(err)
	}
	told, err := intake.Objects(objects, at.Host(), words)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Ask for what was added --since a time.", "reading the collection: %w", err)
	}
	return told, nil
}
