package triage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/exchange/shelf"
	"constat.example/internal/failure"
	"constat.example/internal/taxii"
	"constat.example/triage"
)

// desk is a bench at a time that the test turns on.
func desk(t *testing.T) (*triage.Bench, *time.Time) {
	t.Helper()
	now := time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC)
	return &triage.Bench{Home: filepath.Join(t.TempDir(), "home"), Now: func() time.Time { return now }, Who: "ana", As: casefile.Person{Account: "ana"}}, &now
}

func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// bulletin has an item about the agency, which quotes Zoé Zorglub, and others.
func bulletin(text string) string {
	return `<rss version="2.0"><channel><link>https://cert.example/</link>
<item><guid>zoe.zorglub-1</guid><title>Leak at the agency, says Zoe Zorglub</title><description>` + text + ` zoe.zorglub@mail.example, 06 12 34 56 78</description><pubDate>Mon, 20 Apr 2026 08:00:00 GMT</pubDate></item>
<item><guid>2</guid><title>The agency moves</title></item>
<item><guid>3</guid><title>Leak at Zorglub's</title></item></channel></rss>`
}

func counted(all *triage.Intake) string {
	n := map[string]int{}
	for _, x := range all.Items {
		n[x.What]++
	}
	return fmt.Sprintf("%d new, %d changed, %d known, %d not", n[triage.TakenNew], n[triage.TakenChanged], n[triage.TakenKnown], n[triage.TakenNot])
}

// TestImportOnce imports a feed again and again, changed and as it was: each item is
// imported once, a change corrects, and nothing that anybody is called lies in the clear.
func TestImportOnce(t *testing.T) {
	t.Parallel()
	b, _ := desk(t)
	words := fileOf(t, "words.txt", "the agency\n")
	for i, step := range []struct{ text, want string }{
		{"12 million people.", "1 new, 0 changed, 0 known, 2 not"},
		{"12 million people.", "0 new, 0 changed, 1 known, 2 not"},
		{"11.7 million people.", "0 new, 1 changed, 0 known, 2 not"},
		{"11.7 million people.", "0 new, 0 changed, 1 known, 2 not"},
	} {
		got, err := b.ImportClaims(t.Context(), triage.IntakeRequest{From: fileOf(t, "feed.xml", bulletin(step.text)), Words: words})
		if err != nil || counted(got) != step.want {
			t.Fatalf("step %d: %s, not %s: %v", i, counted(got), step.want, err)
		}
	}
	cases, err := b.Cases()
	if err != nil || len(cases) != 1 {
		t.Fatal(cases, err)
	}
	claims, err := b.Claims(cases[0])
	if err != nil || len(claims) != 2 || claims[1].Corrects != 1 || *claims[1].Claimed.Count != 11_700_000 {
		t.Fatal(claims, err)
	}
	texts, err := b.OpenClaim(cases[0], 2)
	if err != nil || len(texts) != 1 || !strings.Contains(string(texts[0].Text), "zoe.zorglub@mail.example") {
		t.Error("what was said is not sealed with it", texts, err)
	}
	if err := filepath.WalkDir(b.Home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, secret := range []string{"orglub", "06 12 34"} {
			if strings.Contains(string(text)+path, secret) {
				t.Errorf("%q lies in the clear in %s", secret, path)
			}
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	checks, err := b.Verify(t.Context(), triage.VerifyRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.OK {
			t.Error(c.Name, c.Detail)
		}
	}
}

// TestImportGoesOn stops an import after its first claim: the next one makes the rest.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	b, _ := desk(t)
	var feed strings.Builder
	feed.WriteString(`<rss version="2.0"><channel>`)
	for i := range 4 {
		fmt.Fprintf(&feed, "<item><guid>%d</guid><title>leak %d of the agency</title></item>", i, i)
	}
	feed.WriteString(`</channel></rss>`)
	r := triage.IntakeRequest{From: fileOf(t, "feed.xml", feed.String()), Words: fileOf(t, "words.txt", "agency"), Case: "all"}
	stop := *b
	left := 3
	stop.Now = func() time.Time {
		if left--; left == 0 {
			panic("killed")
		}
		return b.Now()
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = stop.ImportClaims(t.Context(), r)
	}()
	if _, err := b.ImportClaims(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	claims, err := b.Claims("all")
	if err != nil || len(claims) != 4 {
		t.Errorf("%d claims of 4 items, %v", len(claims), err)
	}
	if got, err := b.ImportClaims(t.Context(), r); err != nil || counted(got) != "0 new, 0 changed, 4 known, 0 not" {
		t.Error(got, err)
	}
}

// TestImportRefuses gives sources that cannot be used as they are.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	b, _ := desk(t)
	var flood strings.Builder
	flood.WriteString(`<rss version="2.0"><channel>`)
	for i := range 501 {
		fmt.Fprintf(&flood, "<item><guid>%d</guid><title>leak of the agency</title></item>", i)
	}
	flood.WriteString(`</channel></rss>`)
	feed, words := fileOf(t, "feed.xml", bulletin("")), fileOf(t, "words.txt", "agency")
	for name, c := range map[string]struct {
		r    triage.IntakeRequest
		code failure.Code
		says string
	}{
		"no words":         {triage.IntakeRequest{From: feed}, failure.Usage, "words to watch for"},
		"words of nothing": {triage.IntakeRequest{From: feed, Words: fileOf(t, "w.txt", "# none")}, failure.BadInput, "holds none"},
		"a flood":          {triage.IntakeRequest{From: fileOf(t, "flood.xml", flood.String()), Words: words}, failure.BadInput, "501 items would become claims"},
		"a format unknown": {triage.IntakeRequest{From: feed, As: "csv"}, failure.Usage, "no format"},
		"an address":       {triage.IntakeRequest{From: "https://cert.example/zorglub"}, failure.Usage, "not guessed"},
		"not encrypted":    {triage.IntakeRequest{From: "http://cert.example/zorglub", As: "stix"}, failure.Usage, "not encrypted"},
		"TAXII in a file":  {triage.IntakeRequest{From: feed, As: "taxii"}, failure.Usage, "asked at an address"},
		"no file":          {triage.IntakeRequest{From: "/nowhere", As: "stix"}, failure.BadInput, "reading what claims"},
		"another format":   {triage.IntakeRequest{From: feed, As: "stix"}, failure.BadInput, "no bundle"},
		"no format":        {triage.IntakeRequest{From: fileOf(t, "x", "zorglub")}, failure.BadInput, "neither a bundle"},
		"two ways in":      {triage.IntakeRequest{From: "https://cert.example/", As: "stix", Door: triage.Door{Token: words, Basic: words}}, failure.Usage, "cannot go together"},
		"an empty token":   {triage.IntakeRequest{From: "https://cert.example/", As: "stix", Door: triage.Door{Token: fileOf(t, "t", "\n")}}, failure.BadInput, "no token"},
		"a case unnamable": {triage.IntakeRequest{From: feed, Case: "../x"}, failure.Usage, "id of a case"},
	} {
		_, err := b.ImportClaims(t.Context(), c.r)
		if failure.CodeOf(err) != c.code || !strings.Contains(fmt.Sprint(err), c.says) || strings.Contains(fmt.Sprint(err), "zorglub") {
			t.Errorf("%s: %d %v", name, failure.CodeOf(err), err)
		}
	}
	if cases, _ := b.Cases(); len(cases) > 0 {
		t.Error("something was kept of what was refused")
	}
}

// TestImportFetches gets an event from a MISP that wants its key bare, and a collection
// from a TAXII server, of which other hosts are not asked.
func TestImportFetches(t *testing.T) {
	t.Parallel()
	b, _ := desk(t)
	var said []string
	b.Say = func(s string) { said = append(said, s) }
	const id = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
	mux := http.NewServeMux()
	mux.HandleFunc("/events/view/1", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "key" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(`{"Event":{"uuid":"u","info":"Leak of 5 people","date":"2026-04-20"}}`))
	})
	taxi := func(path string, message any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer key" || r.Header.Get("Accept") != taxii.MediaType {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_ = json.NewEncoder(w).Encode(message)
		})
	}
	taxi("/taxii2/", taxii.Discovery{Title: "x", Roots: []string{"/api/", "https://elsewhere.example/api/"}})
	taxi("/api/collections/", taxii.Collections{Collections: []taxii.Collection{{ID: id, Title: "leaks", CanRead: true}, {ID: "other", Title: "to be written"}}})
	taxi("/api/collections/"+id+"/{$}", taxii.Collection{ID: id, Title: "leaks", CanRead: true})
	taxi("/api/collections/"+id+"/objects/", taxii.Envelope{Objects: []json.RawMessage{[]byte(`{"type":"incident","spec_version":"2.1","id":"incident--0a1b2c3d-1111-4111-8111-000000000003","created":"2026-04-20T08:00:00Z","modified":"2026-04-20T08:00:00Z","name":"leak of 7 people"}`)}})
	server := httptest.NewServer(mux)
	defer server.Close()
	key := triage.Door{Token: fileOf(t, "key", "key\n")}
	for _, c := range []struct {
		path, as, want string
	}{
		{"/events/view/1", "misp", "1 new, 0 changed, 0 known, 0 not"},
		{"/taxii2/", "taxii", "1 new, 0 changed, 0 known, 0 not"},
		{"/api/collections/" + id + "/", "taxii", "0 new, 0 changed, 1 known, 0 not"},
	} {
		got, err := b.ImportClaims(t.Context(), triage.IntakeRequest{From: server.URL + c.path, As: c.as, Door: key})
		if err != nil || counted(got) != c.want {
			t.Errorf("%s: %+v, %v", c.path, got, err)
		}
	}
	if all := strings.Join(said, " "); !strings.Contains(all, "other hosts are not asked, since nobody named those: 1") {
		t.Error(all)
	}
	if _, err := b.ImportClaims(t.Context(), triage.IntakeRequest{From: server.URL + "/events/view/1", As: "misp"}); err == nil || !strings.Contains(err.Error(), "answers 403") || strings.Contains(err.Error(), "view") {
		t.Error(err)
	}
}

// TestShare serves a case as it is marked, told by its marking at once.
func TestShare(t *testing.T) {
	t.Parallel()
	b, now := desk(t)
	ctx := t.Context()
	if _, err := b.ImportClaims(ctx, triage.IntakeRequest{From: fileOf(t, "feed.xml", bulletin("12 million people.")), Words: fileOf(t, "w", "the agency"), Case: "leak"}); err != nil {
		t.Fatal(err)
	}
	mark := func(tlp casefile.TLP) {
		t.Helper()
		*now = now.Add(time.Minute)
		if _, err := b.Act(ctx, triage.ActRequest{Case: "leak", Acts: []casefile.Act{{Do: casefile.Mark, TLP: tlp}}}); err != nil {
			t.Fatal(err)
		}
	}
	token, err := b.GivePass(ctx, triage.PassRequest{Reader: "cert", TLP: casefile.Amber})
	if err != nil {
		t.Fatal(err)
	}
	green, err := b.GivePass(ctx, triage.PassRequest{Reader: "press", TLP: casefile.Green, Until: now.AddDate(0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Share(ctx, triage.ShareRequest{TLP: casefile.Amber})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Share(ctx, triage.ShareRequest{TLP: casefile.Amber}); failure.CodeOf(err) != failure.Refused {
		t.Error("two servers serve one home", err)
	}
	has := func(name string) int {
		t.Helper()
		*now = now.Add(time.Minute)
		all, err := s.Objects(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			if strings.Contains(string(x.Body), "orglub") || !json.Valid(x.Body) {
				t.Errorf("what is served names somebody: %s", x.Body)
			}
		}
		return len(all)
	}
	if n := has("amber"); n != 0 {
		t.Errorf("%d objects of a case that nobody marked", n)
	}
	mark(casefile.Amber)
	first := has("amber")
	if first == 0 || has("green") != 0 {
		t.Errorf("%d objects of a case marked AMBER, %d of GREEN", first, has("green"))
	}
	mark(casefile.Green)
	if has("amber") != 0 || has("green") == 0 {
		t.Error("a case marked GREEN is not where it belongs")
	}
	mark(casefile.Red)
	if has("amber")+has("green")+has("clear") != 0 {
		t.Error("a case marked RED is served")
	}
	for shown, want := range map[string]string{token: "clear green amber", green: "clear green", "constat_guess": ""} {
		r, err := s.Reader(ctx, shown)
		if err != nil || (r == nil) != (want == "") || r != nil && strings.Join(r.Shelves, " ") != want {
			t.Errorf("%+v, not %q: %v", r, want, err)
		}
	}
	*now = now.AddDate(0, 0, 2)
	if r, _ := s.Reader(ctx, green); r != nil {
		t.Error("a token is good after its time")
	}
	if err := b.TakePass(ctx, "cert"); err != nil {
		t.Error(err)
	}
	if r, _ := s.Reader(ctx, token); r != nil {
		t.Error("a token that was taken back is good")
	}
	if err := s.Note(ctx, shelf.Read{Reader: "cert", What: "objects", Shelf: "amber", Objects: 3, Status: 200}); err != nil {
		t.Error(err)
	}
	verified(t, b, "while it serves")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	verified(t, b, "after")
	text, err := os.ReadFile(filepath.Join(b.Home, "exchange", "readers", "readers.jsonl"))
	if err != nil || strings.Contains(string(text), strings.TrimPrefix(token, "constat_")) {
		t.Error("the token itself is kept", err)
	}
}

func verified(t *testing.T, b *triage.Bench, when string) {
	t.Helper()
	checks, err := b.Verify(context.WithoutCancel(t.Context()), triage.VerifyRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.OK {
			t.Errorf("%s: %s: %s", when, c.Name, c.Detail)
		}
	}
}

// TestPassRefuses lets nobody in who may not be, and by nobody who may not let them.
func TestPassRefuses(t *testing.T) {
	t.Parallel()
	b, now := desk(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		r    triage.PassRequest
		code failure.Code
	}{
		"RED":             {triage.PassRequest{Reader: "cert", TLP: casefile.Red}, failure.Refused},
		"no marking":      {triage.PassRequest{Reader: "cert", TLP: "BLUE"}, failure.Usage},
		"a time past":     {triage.PassRequest{Reader: "cert", TLP: casefile.Amber, Until: *now}, failure.Usage},
		"nobody":          {triage.PassRequest{Reader: "", TLP: casefile.Amber}, failure.Usage},
		"somebody's mail": {triage.PassRequest{Reader: "zoe@mail.example", TLP: casefile.Amber}, failure.Usage},
	} {
		if token, err := b.GivePass(ctx, c.r); failure.CodeOf(err) != c.code || strings.Contains(fmt.Sprint(err), "zoe") {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
	if err := b.TakePass(ctx, "cert"); failure.CodeOf(err) != failure.Usage {
		t.Error(err)
	}
	if _, err := b.Share(ctx, triage.ShareRequest{TLP: casefile.Red}); failure.CodeOf(err) != failure.Refused {
		t.Error(err)
	}
	for _, grant := range []casefile.Act{{Do: casefile.Grant, Whom: "ana", Role: casefile.Administrator}, {Do: casefile.Grant, Whom: "ben", Role: casefile.Analyst}} {
		if _, err := b.Act(ctx, triage.ActRequest{Acts: []casefile.Act{grant}}); err != nil {
			t.Fatal(err)
		}
	}
	ben := *b
	ben.Who, ben.As = "ben", casefile.Person{Account: "ben"}
	if _, err := ben.GivePass(ctx, triage.PassRequest{Reader: "cert", TLP: casefile.Amber}); failure.CodeOf(err) != failure.Refused {
		t.Error("an analyst lets others in", err)
	}
	if _, err := ben.Share(ctx, triage.ShareRequest{TLP: casefile.Amber}); failure.CodeOf(err) != failure.Refused {
		t.Error("an analyst serves", err)
	}
	if _, err := b.GivePass(ctx, triage.PassRequest{Reader: "cert", TLP: casefile.Amber}); err != nil {
		t.Error(err)
	}
}
