package triage

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/evidence"
	"constat.example/desk/exchange"
	"constat.example/desk/exchange/misp"
	"constat.example/desk/exchange/stix"
	"constat.example/desk/ledger"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// Told gathers what may be told of a case to other organisations. It opens no key.
// What may quote somebody is left out, and said so.
func (b Bench) Told(ctx context.Context, id string) (*exchange.Told, error) {
	b = b.withDefaults()
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	d, err := b.Desk(ctx, id)
	if err != nil {
		return nil, err
	}
	t := &exchange.Told{Case: id, TLP: d.Case.TLP, PAP: d.Case.PAP, State: exchange.Open, Watched: len(c.Alarms) > 0}
	if s := d.Case.Current(casefile.Standing); s != nil {
		t.Standing = s.Choice
	}
	switch {
	case d.Case.Closed():
		t.State = exchange.Closed
	case c.Assessment == nil && len(d.Case.Decisions) == 0:
		t.State = exchange.New
	}
	t.Owner = b.ownerOf(d.Case.Facts)
	for i, beside := range claim.Beside(c.Claims, nil, nil) {
		t.Claims = append(t.Claims, b.claimTold(c.Claims[i], beside.Number, beside.CorrectedBy))
	}
	if c.Assessment != nil {
		b.fileClaimTold(t, c.Assessment.Claims)
	}
	b.filesTold(t, c)
	if t.Finding, err = findingOf(c.Assessment); err != nil {
		return nil, err
	}
	return t, b.agesOf(t, c, d.Acts)
}

// TellRequest asks for a case as others read it.
type TellRequest struct {
	Case   string
	Form   TellForm
	Yes    bool   // a case marked RED too
	Reason string // noted in the case with what was written; one marked RED needs it
}

// TellForm is a format in which cases are told.
type TellForm string

// The formats.
const (
	TellSTIX TellForm = "stix" // a bundle of STIX 2.1
	TellMISP TellForm = "misp" // an event in the JSON of MISP's REST interface
)

// Telling is a case as others read it. Nothing was sent.
type Telling struct {
	Text   []byte
	SHA256 string // of Text
	TLP    casefile.TLP
	PAP    casefile.PAP
}

// Tell words what may be told of a case in a format of others. What is marked RED is for
// named recipients: it is refused until a person says yes and to whom, which is kept.
func (b Bench) Tell(ctx context.Context, r TellRequest) (*Telling, error) {
	b = b.withDefaults()
	r.Reason = strings.TrimSpace(r.Reason)
	told, err := b.Told(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	if told.TLP == casefile.Red && (!r.Yes || r.Reason == "") {
		return nil, failure.New(failure.Refused, "Where a named recipient is to have it, write it with --yes, and say with --reason to whom and why: that is kept. Else mark the case otherwise first.",
			"case %s is marked TLP:RED, %s", r.Case, casefile.Red.Words().EN)
	}
	out := &Telling{TLP: told.TLP, PAP: told.PAP}
	if out.Text, err = written(told, r.Form); err != nil {
		return nil, err
	}
	out.SHA256 = ledger.HashOf(out.Text).String()
	if r.Reason == "" {
		return out, nil
	}
	_, err = b.Act(ctx, ActRequest{Case: r.Case, Acts: []casefile.Act{{Do: casefile.Tell, Files: []casefile.Kept{{Name: string(r.Form) + ".json", SHA256: out.SHA256}}, Reason: r.Reason}}})
	return out, err
}

func written(told *exchange.Told, form TellForm) ([]byte, error) {
	switch form {
	case TellSTIX:
		bundle, err := stix.Of(told)
		if err != nil {
			return nil, err
		}
		return bundle.Write()
	case TellMISP:
		event, err := misp.Of(told)
		if err != nil {
			return nil, err
		}
		return event.Write()
	}
	return nil, fmt.Errorf("there is no format %q", form)
}

// ownerOf is the organisation whose case it is: the first controller, as for deadlines.
func (b Bench) ownerOf(facts *casefile.Facts) *exchange.Owner {
	if facts == nil {
		return nil
	}
	for _, p := range facts.Parties {
		if p.Controller == nil || !*p.Controller {
			continue
		}
		name := p.Name
		if name == "" {
			name = p.ID
		}
		if mayQuote(name) {
			b.Say("Whose case it is, is not told: the name of the party has an @, or digits as values of people have them.")
			return nil
		}
		return &exchange.Owner{Name: visible.Text(name, 200), Country: p.Country, Public: p.Public != nil && *p.Public}
	}
	return nil
}

// fileClaimTold tells the claim of a file of its own that the assessment was held
// against, unless it is one of the case.
func (b Bench) fileClaimTold(t *exchange.Told, claims []assessment.Claim) {
	for i := range claims {
		x := &claims[i]
		if x.Number != 0 {
			continue
		}
		c := &claim.Claim{Source: x.Source, Claimed: claim.Claimed{Count: x.Count, Unit: x.Unit}, Price: x.Price, Ransom: x.Ransom, Deadline: x.Deadline}
		if x.FirstSeen != nil {
			c.FirstSeen, _ = time.Parse(time.RFC3339, *x.FirstSeen) // one that is none is not told
		}
		for _, f := range x.Fields {
			c.Claimed.Fields = append(c.Claimed.Fields, f.Field)
		}
		for _, s := range x.Samples {
			c.Samples = append(c.Samples, claim.Sample{Rows: s.Rows, SHA256: s.SHA256})
		}
		told := b.claimTold(c, 0, 0)
		if !slices.ContainsFunc(t.Claims, func(had exchange.Claim) bool {
			return had.FirstSeen.Equal(told.FirstSeen) && had.Source == told.Source && reflect.DeepEqual(had.Claimed, told.Claimed)
		}) {
			t.Claims = append(t.Claims, told)
		}
	}
}

// claimTold is what is told of a claim.
func (b Bench) claimTold(c *claim.Claim, number, correctedBy int) exchange.Claim {
	out := exchange.Claim{Number: number, CorrectedBy: correctedBy, Claim: claim.Claim{
		FirstSeen: c.FirstSeen, Corrects: c.Corrects, Claimed: claim.Claimed{Count: c.Claimed.Count, Unit: c.Claimed.Unit},
	}}
	var left []string
	if out.Source = visible.Text(c.Source, claim.LongestSource); mayQuote(c.Source) {
		out.Source = ""
		left = append(left, "its source")
	}
	for _, f := range c.Claimed.Fields {
		if len(claim.Kinds(f)) == 0 {
			out.Other++
			continue
		}
		out.Claimed.Fields = append(out.Claimed.Fields, visible.Text(strings.TrimSpace(f), claim.LongestWord))
	}
	if out.Other > 0 {
		left = append(left, fmt.Sprintf("%d of its fields", out.Other))
	}
	for _, amount := range []struct {
		put  string
		told *string
		what string
	}{{c.Price, &out.Price, "its price"}, {c.Ransom, &out.Ransom, "its ransom"}} {
		var ok bool
		if *amount.told, ok = claim.Money(amount.put); !ok && amount.put != "" {
			left = append(left, amount.what)
		}
	}
	if at, ok := claim.DeadlineAt(c.Deadline, c.FirstSeen); ok {
		out.Deadline = at.UTC().Format(time.RFC3339)
	} else if c.Deadline != "" {
		left = append(left, "its deadline")
	}
	for _, s := range c.Samples {
		if s.SHA256 != "" {
			out.Samples = append(out.Samples, claim.Sample{Rows: s.Rows, SHA256: s.SHA256})
		}
	}
	if len(left) > 0 {
		of := fmt.Sprintf("Claim %d", number)
		if number == 0 {
			of = "The claim that the assessment was held against"
		}
		b.Say(fmt.Sprintf("%s is told without %s: free words may quote somebody.", of, strings.Join(left, ", ")))
	}
	return out
}

// mayQuote reports whether a text may quote a value of somebody.
func mayQuote(text string) bool { return visible.Quotes(text) || quotesNothing(text) != nil }

// filesTold tells the files that were assessed, or those that wait for it.
func (b Bench) filesTold(t *exchange.Told, c *Case) {
	if c.Assessment != nil {
		for _, in := range c.Assessment.Inputs {
			t.Files = append(t.Files, exchange.File{Name: in.Name, SHA256: in.SHA256, Bytes: in.Bytes})
		}
	} else {
		for _, o := range c.Custody.Dump() {
			t.Files = append(t.Files, exchange.File{Name: o.Name, SHA256: o.SHA256, Bytes: o.Bytes})
		}
	}
	left := 0
	for i := range t.Files {
		f := &t.Files[i]
		if f.Name = visible.Text(f.Name, 120); mayQuote(f.Name) {
			f.Name = ""
			left++
		}
		for _, e := range c.Custody.Entries {
			if e.Act != evidence.Received || e.SHA256 != f.SHA256 {
				continue
			}
			if t.Received[0].IsZero() || e.Time.Before(t.Received[0]) {
				t.Received[0] = e.Time
			}
			if e.Time.After(t.Received[1]) {
				t.Received[1] = e.Time
			}
		}
	}
	if left > 0 {
		b.Say(fmt.Sprintf("The names of %d files are not told: they have an @, or digits as values of people have them.", left))
	}
}

// findingOf is what is told of an assessment; nil of none.
func findingOf(a *assessment.Assessment) (*exchange.Finding, error) {
	if a == nil {
		return nil, nil
	}
	f := &exchange.Finding{
		Verdict: a.Verdict.Class, Refused: a.Verdict.Refused != "", Genuine: a.Verdict.GenuineShare, Rows: a.Rows.Read, Bytes: a.Bytes.Total,
		People: a.Exposures.Persons, Estimate: a.Size.Estimate, Low: a.Size.Low, High: a.Size.High,
	}
	for _, x := range a.Exposures.Kinds {
		if x.People > 0 {
			f.Kinds = append(f.Kinds, exchange.Exposed{Kind: x.Kind, People: x.People})
		}
	}
	for _, at := range []struct {
		text *string
		to   **time.Time
	}{{a.Window.NotBefore, &f.NotBefore}, {a.Window.NotAfter, &f.NotAfter}, {a.Window.MostLikely, &f.MostLikely}} {
		if at.text == nil || a.Window.Refused != "" {
			continue
		}
		when, err := time.Parse(time.RFC3339, *at.text)
		if err != nil {
			return nil, fmt.Errorf("the window of the assessment holds what is no time")
		}
		when = when.UTC()
		*at.to = &when
	}
	return f, nil
}

// tells are the acts of the ledger that may change what is told of a case; decisions
// are told by the acts themselves.
var tells = []ledger.Act{ledger.AddClaim, ledger.Receive, ledger.Assess, ledger.Trace, ledger.Alarm, ledger.Decide, ledger.Undo, ledger.Discard, ledger.Destroy}

// agesOf works out from what was recorded since when there is a case, since when it is
// told as it is, and what no other home has.
func (b Bench) agesOf(t *exchange.Told, c *Case, acts []casefile.Act) error {
	var last time.Time
	same := 0 // how many happened in that second
	happened := func(at time.Time) {
		if t.Created.IsZero() || at.Before(t.Created) {
			t.Created = at.UTC()
		}
		switch {
		case at.After(last):
			last, same = at.UTC(), 0
		case at.Equal(last):
			same++
		}
	}
	for i := range acts {
		if acts[i].Do != casefile.Tell { // to tell changes nothing of what is told
			happened(acts[i].Time)
		}
	}
	log, err := b.ledger() // its key names the home: where there is none yet, it is made
	if err != nil {
		return err
	}
	_, about, err := log.About(onCase(t.Case))
	if err != nil {
		return err
	}
	for _, e := range about {
		if slices.Contains(tells, e.Act) {
			happened(e.At)
		}
	}
	if t.Seed, err = b.LedgerKey(); err != nil {
		return err
	}
	if t.Began, err = log.Began(); err != nil {
		return err
	}
	if t.Created.IsZero() && !c.Opened.IsZero() { // a case of before there were ledgers
		happened(c.Opened)
	}
	if t.Created.IsZero() {
		return failure.New(failure.BadInput, "", "nothing happened in case %s that could be told", t.Case)
	}
	if t.Began.IsZero() {
		t.Began = t.Created
	}
	t.Modified = last.Add(time.Duration(min(same, 999)) * time.Millisecond)
	return nil
}
