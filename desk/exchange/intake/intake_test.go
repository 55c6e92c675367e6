package intake_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat.example/desk/claim"
	"constat.example/desk/exchange/exchangetest"
	"constat.example/desk/exchange/intake"
	"constat.example/desk/exchange/misp"
	"constat.example/desk/exchange/stix"
)

var update = flag.Bool("update", false, "write the golden files anew")

func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func words(t testing.TB) intake.Watch { return intake.ReadWatch(read(t, "words.txt")) }

// written is what becomes of items: the claim as it is kept, or why there is none.
func written(t testing.TB, told *intake.Told) string {
	t.Helper()
	var b strings.Builder
	for i, item := range told.Items {
		fmt.Fprintf(&b, "item %d: %s", i+1, item.Name)
		if item.Left != "" {
			fmt.Fprintf(&b, ", left out: %s\n\n", item.Left)
			continue
		}
		for _, n := range item.Notes {
			fmt.Fprintf(&b, ", without %s", n)
		}
		text, err := claim.Draft{Claim: item.Claim}.Write()
		if err != nil {
			t.Fatal(err)
		}
		kept, err := claim.Keep(text)
		if err != nil || len(kept.Left) > 0 {
			t.Fatalf("item %d cannot be kept: %v, %v", i+1, err, kept)
		}
		fmt.Fprintf(&b, "\n%s\n", kept.Text)
	}
	fmt.Fprintf(&b, "and %d other things\n", told.Other)
	return b.String()
}

func sources(t testing.TB) map[string]*intake.Told {
	t.Helper()
	all := map[string]*intake.Told{}
	var err error
	for name, read := range map[string]func() (*intake.Told, error){
		"feed":   func() (*intake.Told, error) { return intake.Feed(read(t, "feed.xml"), words(t)) },
		"atom":   func() (*intake.Told, error) { return intake.Feed(read(t, "atom.xml"), words(t)) },
		"bundle": func() (*intake.Told, error) { return intake.Bundle(read(t, "bundle.json"), "", intake.Watch{}) },
		"event":  func() (*intake.Told, error) { return intake.Event(read(t, "event.json"), "misp.example", words(t)) },
	} {
		if all[name], err = read(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}

// TestGolden reads a source of each kind. Nothing of what people say comes through, though
// each source quotes somebody.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, told := range sources(t) {
		got := written(t, told)
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != got {
			t.Errorf("%s (-update writes it anew): %v\n%s", name, err, got)
		}
		for _, secret := range []string{"jean", "exemple", "mail.example"} {
			if strings.Contains(strings.ToLower(got), secret) {
				t.Errorf("%s: %q stands in the clear:\n%s", name, secret, got)
			}
		}
	}
}

// TestWatch leaves out what names nobody that is watched for, in any spelling of the name.
func TestWatch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"L’AGENCE   DES\nPermis": true, "agence-des-permis.example": true, "Agence des permissions": false, "The Permit-Agency's data": true, "": false, "permit agencies": false,
	} {
		feed := fmt.Sprintf(`<rss version="2.0"><channel><item><guid>1</guid><title>%s leak</title></item></channel></rss>`, text)
		told, err := intake.Feed([]byte(feed), words(t))
		if err != nil || len(told.Items) != 1 || (told.Items[0].Left == "") != want {
			t.Errorf("%q: %+v, %v", text, told, err)
		}
	}
	if !intake.ReadWatch([]byte("# nothing\n\n  \n")).Empty() {
		t.Error("remarks are watched for")
	}
}

// TestBack reads the claims of a case that Constat told itself, and of the case none more.
func TestBack(t *testing.T) {
	t.Parallel()
	for name, told := range exchangetest.Cases() {
		for form, read := range map[string]func() (*intake.Told, error){
			"stix": func() (*intake.Told, error) {
				b, err := stix.Of(told)
				if err != nil {
					return nil, err
				}
				text, err := b.Write()
				if err != nil {
					return nil, err
				}
				return intake.Bundle(text, "", intake.Watch{})
			},
			"misp": func() (*intake.Told, error) {
				e, err := misp.Of(told)
				if err != nil {
					return nil, err
				}
				text, err := e.Write()
				if err != nil {
					return nil, err
				}
				return intake.Event(text, "", intake.Watch{})
			},
		} {
			got, err := read()
			if err != nil {
				t.Fatal(err)
			}
			var back []claim.Claim
			for _, x := range got.Items {
				if x.Left == "" {
					back = append(back, x.Claim)
				}
			}
			for _, c := range told.Claims {
				if c.CorrectedBy > 0 {
					continue
				}
				if len(back) == 0 {
					t.Fatalf("%s, %s: claim %d does not come back", name, form, c.Number)
				}
				one := back[0]
				if back = back[1:]; !reflect.DeepEqual(one.Claimed, c.Claimed) || one.Price != c.Price || one.Ransom != c.Ransom || one.Deadline != c.Deadline || !one.FirstSeen.Equal(c.FirstSeen) {
					t.Errorf("%s, %s: claim %d comes back as %+v", name, form, c.Number, one)
				}
			}
			if len(back) > 0 && len(told.Claims) > 0 {
				t.Errorf("%s, %s: more than its claims comes back: %+v", name, form, back)
			}
		}
	}
}

// TestChange tells an item by its hash: the same for the same, another for another.
func TestChange(t *testing.T) {
	t.Parallel()
	feed := read(t, "atom.xml")
	item := func(text []byte) *claim.Item {
		told, err := intake.Feed(text, words(t))
		if err != nil || len(told.Items) != 1 {
			t.Fatal(told, err)
		}
		return told.Items[0].Claim.Item
	}
	one := item(feed)
	if again := item(bytes.ReplaceAll(feed, []byte("<title>Leaks"), []byte("<title>All leaks"))); again.ID != one.ID || again.SHA256 != one.SHA256 {
		t.Error("the feed's title changes its items")
	}
	other := item(bytes.ReplaceAll(feed, []byte("19M"), []byte("12M")))
	if other.ID != one.ID || other.SHA256 == one.SHA256 {
		t.Error("what an item says does not tell it from what it said before")
	}
	if one.Changed == nil || !one.Changed.Equal(time.Date(2026, 4, 22, 18, 30, 2, 0, time.UTC)) {
		t.Error(one.Changed)
	}
	// Of two versions of an object the later one counts, in whatever order they come.
	old := `{"type":"incident","id":"incident--0a1b2c3d-1111-4111-8111-000000000003","created":"2026-04-20T08:00:00Z","modified":"2026-04-20T08:00:00Z","name":"leak of 5 people"}`
	late := strings.NewReplacer(`"modified":"2026-04-20`, `"modified":"2026-04-21`, "5", "6").Replace(old)
	for _, all := range [][]json.RawMessage{{[]byte(old), []byte(late)}, {[]byte(late), []byte(old)}} {
		told, err := intake.Objects(all, "", intake.Watch{})
		if err != nil || len(told.Items) != 1 || *told.Items[0].Claim.Claimed.Count != 6 {
			t.Errorf("%+v, %v", told, err)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	deep := `<rss version="2.0"><channel><item><title>` + strings.Repeat("<b>", 1<<16) + `</title></item></channel></rss>`
	entities := `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("leak ", 10) + `"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><guid>1</guid><title>leak &b; &c;</title></item></channel></rss>`
	bundle := func(text []byte, w intake.Watch) (*intake.Told, error) { return intake.Bundle(text, "", w) }
	event := func(text []byte, w intake.Watch) (*intake.Told, error) { return intake.Event(text, "", w) }
	for name, c := range map[string]struct {
		read func([]byte, intake.Watch) (*intake.Told, error)
		text string
		want string
	}{
		"no feed":         {intake.Feed, "<html><body>name</body></html>", "neither RSS nor Atom"},
		"a feed of JSON":  {intake.Feed, `{"version":"https://jsonfeed.org/version/1","items":[]}`, "neither RSS nor Atom"},
		"a broken feed":   {intake.Feed, `<rss version="2.0"><channel><item><title>Jean`, "not the XML"},
		"a deep feed":     {intake.Feed, deep, "deeper"},
		"no bundle":       {bundle, `{"type":"incident"}`, "no bundle"},
		"a deep bundle":   {bundle, `{"type":"bundle","objects":` + strings.Repeat("[", 1<<20), "no bundle"},
		"no event":        {event, `{"a":1}`, "neither an event"},
		"a broken answer": {event, `{"response":7}`, "neither an event"},
	} {
		_, err := c.read([]byte(c.text), intake.Watch{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "Jean") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if told, err := intake.Feed([]byte(entities), intake.Watch{}); err == nil {
		for _, i := range told.Items {
			if strings.Contains(string(i.Full), "root:") || len(i.Full) > 1<<12 {
				t.Errorf("an entity was resolved: %s", i.Full)
			}
		}
	}
}

// fuzzed reads whatever comes, and what is read of it can be kept.
func fuzzed(f *testing.F, read func([]byte) (*intake.Told, error)) {
	f.Helper()
	f.Fuzz(func(t *testing.T, text []byte) {
		told, err := read(text)
		if err != nil {
			return
		}
		for _, i := range told.Items {
			if i.Left != "" {
				continue
			}
			text, err := claim.Draft{Claim: i.Claim}.Write()
			if err != nil {
				t.Fatal(err)
			}
			if kept, err := claim.Keep(text); err != nil || len(kept.Left) > 0 {
				t.Errorf("it cannot be kept: %v\n%s", err, text)
			}
		}
	})
}

func FuzzFeed(f *testing.F) {
	f.Add(read(f, "feed.xml"))
	f.Add(read(f, "atom.xml"))
	fuzzed(f, func(text []byte) (*intake.Told, error) { return intake.Feed(text, intake.Watch{}) })
}

func FuzzBundle(f *testing.F) {
	f.Add(read(f, "bundle.json"))
	fuzzed(f, func(text []byte) (*intake.Told, error) { return intake.Bundle(text, "", intake.Watch{}) })
}

func FuzzEvent(f *testing.F) {
	f.Add(read(f, "event.json"))
	fuzzed(f, func(text []byte) (*intake.Told, error) { return intake.Event(text, "", intake.Watch{}) })
}

// TestHostileGraph: a report about everything, of many incidents and organisations, takes
// no long time and is not sealed with each of them.
func TestHostileGraph(t *testing.T) {
	t.Parallel()
	var raw []json.RawMessage
	var refs []string
	for i := range 4_000 {
		kind := []string{"incident", "identity"}[i%2]
		id := fmt.Sprintf("%s--0a1b2c3d-1111-4111-8111-%012d", kind, i)
		refs = append(refs, id)
		raw = append(raw, json.RawMessage(fmt.Sprintf(`{"type":%q,"spec_version":"2.1","id":%q,"created":"2026-04-20T08:00:00Z","modified":"2026-04-20T08:00:00Z","name":"leak"}`, kind, id)))
	}
	report, err := json.Marshal(map[string]any{"type": "report", "id": "report--0a1b2c3d-1111-4111-8111-000000000001", "object_refs": refs, "created": "2026-04-20T08:00:00Z", "modified": "2026-04-20T08:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	told, err := intake.Objects(append(raw, report), "", intake.Watch{})
	if err != nil || len(told.Items) != 2_000 {
		t.Fatal(len(told.Items), err)
	}
}
