package form_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/watch"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/internal/datatest"
	"constat.example/internal/words"
)

// boxes are those of a document by key.
func boxes(d *form.Document) map[string]form.Box {
	all := map[string]form.Box{}
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			all[b.Key] = b
		}
	}
	return all
}

// filling tells of the boxes that apply, those of the form itself left out, how many the
// evidence fills, the organisation filled of itself, and are asked.
func filling(d *form.Document) (all, evidence, organisation, asked int) {
	for _, b := range boxes(d) {
		if strings.HasPrefix(b.Key, "form.") || b.State == form.Apart {
			continue
		}
		all++
		switch b.State {
		case form.Filled:
			evidence++
		case form.Stated:
			organisation++
		case form.Asked:
			asked++
		}
	}
	return all, evidence, organisation, asked
}

// TestFilledFromEvidence is the figure: at least 85 of 100 boxes of the CNIL's form are
// filled once the organisation described itself and people made their decisions.
func TestFilledFromEvidence(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/documents.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := strings.Join(strings.Fields(string(text)), " ")
	for name, least := range map[string]int{"cnil-initial": 85, "cnil-complementary": 85, "edpb": 75} {
		f := formtest.Facts(t)
		formtest.Filed(t, f, "cnil-initial", formtest.Now.Add(-20*time.Hour), "CNIL-2026-1")
		d := drafted(t, name, f)
		all, evidence, organisation, asked := filling(d)
		told := fmt.Sprintf("%d boxes apply: %d (%d %%) are filled from evidence and decisions, %d of them as proposals; %d (%d %%) are what the organisation says of itself, %d are asked, %d may stay empty",
			all, evidence, 100*evidence/all, d.Counts.Proposed, organisation, 100*organisation/all, asked, d.Counts.Empty)
		t.Logf("%s: %s", name, told)
		if !strings.Contains(docs, "`"+name+"`: "+told) {
			t.Errorf("docs/documents.md does not say of %s: %s", name, told)
		}
		if 100*(evidence+organisation) < least*all {
			t.Errorf("%s: %d and %d of %d boxes are filled", name, evidence, organisation, all)
		}
		if evidence+organisation+asked+d.Counts.Empty != all {
			t.Errorf("%s: %d boxes are neither filled nor asked", name, all-evidence-organisation-asked-d.Counts.Empty)
		}
	}
}

// vocabulary is the closed lists of the CNIL's open data.
type vocabulary struct {
	Natures     []string `json:"natures"`
	Causes      []string `json:"causes"`
	Information []string `json:"information_des_personnes"`
	Typologies  []string `json:"typologies_observed"`
	Origins     []string `json:"origines_observed"`
	Sectors     []string `json:"secteurs_observed"`
}

// TestVocabulary: what the CNIL's open data has is offered in its own words.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	var v vocabulary
	if err := json.Unmarshal(datatest.Read(t, "cnil-notifications/cnil-vocabulary.json"), &v); err != nil {
		t.Fatal(err)
	}
	all := boxes(drafted(t, "cnil-initial", formtest.Bare(t)))
	for key, list := range map[string][]string{
		"nature": v.Natures, "cause": v.Causes, "people.informed": v.Information, "data.typologies": v.Typologies, "origin": v.Origins, "organisation.activity": v.Sectors,
	} {
		if len(list) == 0 {
			t.Errorf("the vocabulary has no list for %s", key)
		}
		for _, text := range list {
			if !slices.ContainsFunc(all[key].Options, func(o form.Option) bool { return o.Words.FR == text }) {
				t.Errorf("%s does not offer %q", key, text)
			}
		}
	}
}

// only is the rich case with those kinds exposed and no others.
func only(t *testing.T, kinds ...kind.Kind) *form.Facts {
	f := formtest.Facts(t)
	a := f.Assessment
	a.Exposures.Kinds, a.Exposures.ByKind, a.Columns = []assessment.Exposure{}, map[string]int64{}, []assessment.Column{}
	for _, k := range kinds {
		a.Exposures.ByKind[k.String()] = 1000
		a.Exposures.Kinds = append(a.Exposures.Kinds, assessment.Exposure{Kind: k, People: 1000, Current: 1000})
		a.Columns = append(a.Columns, assessment.Column{Name: k.String(), Kind: k, Filled: 1000, Valid: 1000})
	}
	return f
}

// TestEveryKindHasItsPlace: every kind is one of the CNIL's typologies, and one of the
// types of the common template.
func TestEveryKindHasItsPlace(t *testing.T) {
	t.Parallel()
	want := map[kind.Kind]string{
		kind.NIR: "nir", kind.Email: "contact", kind.BirthDate: "civil", kind.FullName: "civil", kind.IBAN: "financial", kind.PaymentCard: "financial", kind.Password: "access",
		kind.Login: "access", kind.RecordID: "access", kind.Passport: "documents", kind.PostCode: "contact", kind.FreeText: "other", kind.Unknown: "unknown",
	}
	for _, k := range kind.All() {
		f := only(t, k)
		got := boxes(drafted(t, "cnil-initial", f))["data.typologies"].Value.Codes
		if len(got) != 1 || want[k] != "" && got[0] != want[k] {
			t.Errorf("%s is %v to the CNIL", k, got)
		}
		if got := boxes(drafted(t, "edpb", f))["data.types"].Value.Codes; len(got) != 1 {
			t.Errorf("%s is %v in the common template", k, got)
		}
	}
}

// TestImpacts: what is proposed hangs on which kinds stand together, and on nothing else.
func TestImpacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kinds []kind.Kind
		want  string
	}{
		{nil, ""},
		{[]kind.Kind{kind.Sex}, "control"},
		{[]kind.Kind{kind.NIR}, "control"},
		{[]kind.Kind{kind.BirthSurname, kind.NIR}, "control"},
		{[]kind.Kind{kind.BirthSurname, kind.GivenNames, kind.NIR}, "control identity"},
		{[]kind.Kind{kind.FullName, kind.BirthDate}, "control"},
		{[]kind.Kind{kind.FullName, kind.BirthDate, kind.BirthPlace}, "control identity"},
		{[]kind.Kind{kind.Email}, "control"},
		{[]kind.Kind{kind.FullName, kind.Phone}, "control fraud"},
		{[]kind.Kind{kind.IBAN}, "control fraud money"},
		{[]kind.Kind{kind.Login, kind.Password}, "control fraud"},
	} {
		b := boxes(drafted(t, "cnil-initial", only(t, c.kinds...)))["consequences"]
		if got := strings.Join(b.Value.Codes, " "); got != c.want || b.Proposed != (c.want != "") {
			t.Errorf("%v: %q (proposed: %v), want %q", c.kinds, got, b.Proposed, c.want)
		}
	}
}

// TestSensitive: no data of article 9 are proposed where all columns are recognised, and
// asked by name where one is not.
func TestSensitive(t *testing.T) {
	t.Parallel()
	b := boxes(drafted(t, "cnil-initial", only(t, kind.Email)))["data.sensitive"]
	if b.State != form.Filled || !b.Proposed || !slices.Equal(b.Value.Codes, []string{"none"}) {
		t.Errorf("all recognised: %+v", b)
	}
	for _, k := range []kind.Kind{kind.Unknown, kind.FreeText} {
		b := boxes(drafted(t, "cnil-initial", only(t, kind.Email, k)))["data.sensitive"]
		if b.State != form.Asked || !strings.Contains(b.Ask.EN, "“"+k.String()+"”") {
			t.Errorf("with %s: %+v", k, b)
		}
	}
}

// decided is the rich case with the last decision on a subject replaced; "" for none.
func decided(t *testing.T, subject casefile.Subject, choice casefile.Choice) *form.Facts {
	f := formtest.Facts(t)
	f.State.Decisions = slices.DeleteFunc(f.State.Decisions, func(d casefile.Decision) bool { return d.Subject == subject })
	if choice != "" {
		f.State.Decisions = append(f.State.Decisions, casefile.Decision{Number: 40, Time: formtest.Now, Subject: subject, Choice: choice, Reason: "As it was weighed.", Progress: casefile.Decided})
	}
	return f
}

// with is facts with one more event, as its clock reads it.
func with(t *testing.T, f *form.Facts, kind deadline.Kind, at string) *form.Facts {
	t.Helper()
	f.State.Events = append(f.State.Events, casefile.Event{Number: 50, Time: formtest.Now, Event: deadline.EventEntry{Kind: kind, Party: "anpt", At: at}})
	clock, err := f.State.Deadlines().Read()
	if err != nil {
		t.Fatal(err)
	}
	f.Clock = clock
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if f.Duties, err = deadline.Duties(book, clock, f.Now); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestEveryChoiceHasItsOption: what people decided stands in the boxes of both forms.
func TestEveryChoiceHasItsOption(t *testing.T) {
	t.Parallel()
	told := map[casefile.Choice][2]string{
		"": {"", ""}, casefile.Inform: {"planned", "planned"}, casefile.Publicly: {"planned", "planned"}, casefile.NotInform: {"no", "no_high_risk"},
		casefile.Unreadable: {"no", "exempt"}, casefile.Averted: {"no", "exempt"}, casefile.Restricted: {"no", ""},
	}
	for _, choice := range append(casefile.Choices(casefile.People), "") {
		want, ok := told[choice]
		f := decided(t, casefile.People, choice)
		cnil, edpb := boxes(drafted(t, "cnil-initial", f)), boxes(drafted(t, "edpb", f))
		got := [2]string{strings.Join(cnil["people.informed"].Value.Codes, ","), strings.Join(edpb["people.informed.edpb"].Value.Codes, ",")}
		if !ok || got != want {
			t.Errorf("people %q: %v, want %v", choice, got, want)
		}
		if why := cnil["people.notinformed.why"]; (why.State == form.Filled) != (want[0] == "no") {
			t.Errorf("people %q: the reason is %s", choice, why.State)
		}
	}
	for choice, want := range map[casefile.Choice]string{"": "", casefile.Suspected: "suspected", casefile.Confirmed: "confirmed"} {
		if got := strings.Join(boxes(drafted(t, "cnil-initial", decided(t, casefile.Standing, choice)))["case.standing"].Value.Codes, ","); got != want {
			t.Errorf("standing %q: %q, want %q", choice, got, want)
		}
	}
	for _, choice := range casefile.Choices(casefile.Complaint) {
		f := decided(t, casefile.Complaint, choice)
		f.Clock.Events, f.State.Events = nil, nil
		if got := boxes(drafted(t, "cnil-initial", f))["complaint.made"].Value.Codes; !slices.Equal(got, []string{"no"}) {
			t.Errorf("complaint %q, not made: %v", choice, got)
		}
	}
	if got := boxes(drafted(t, "cnil-initial", formtest.Facts(t)))["complaint.made"].Value.Codes; !slices.Equal(got, []string{"yes"}) {
		t.Errorf("complaint made: %v", got)
	}
	f := with(t, formtest.Facts(t), deadline.PersonsTold, "2026-04-23T10:00")
	b := boxes(drafted(t, "cnil-initial", f))
	if got := b["people.informed"].Value.Codes; !slices.Equal(got, []string{"yes"}) || b["people.informed.at"].Value.At != "2026-04-23T10:00:00+02:00" || b["people.informed.planned"].State != form.Apart || b["people.informed.content"].State != form.Asked {
		t.Errorf("people told: %v, %+v", got, b["people.informed.at"])
	}
}

// TestRefuted: what was found to be no breach is not notified; what was notified before is
// taken back in the common template.
func TestRefuted(t *testing.T) {
	t.Parallel()
	f := decided(t, casefile.Standing, casefile.Refuted)
	for _, name := range []string{"cnil-initial", "edpb"} {
		which, err := form.ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := form.Draft(which, f); err == nil {
			t.Errorf("%s of a refuted breach is drafted", name)
		}
	}
	g := formtest.Facts(t)
	formtest.Filed(t, g, "edpb", formtest.Now.Add(-time.Hour), "SA-1")
	f.Filings = g.Filings
	b := boxes(drafted(t, "edpb", f))
	if got := b["form.edpb.subtype"].Value.Codes; !slices.Equal(got, []string{"withdraw"}) || b["notification.withdrawal"].Value.Zero() {
		t.Errorf("refuted after it was notified: %v, %+v", got, b["notification.withdrawal"])
	}
}

// TestDelay: reasons are asked only of who is late, with how late.
func TestDelay(t *testing.T) {
	t.Parallel()
	late := formtest.Facts(t)
	late.Now = time.Date(2026, 4, 24, 9, 40, 0, 0, time.UTC) // 72 hours to the second
	late = with(t, late, deadline.Published, "2026-04-24T11:00")
	if b := boxes(drafted(t, "cnil-initial", late))["delay.reasons"]; b.State != form.Apart {
		t.Errorf("at 72 hours: %+v", b)
	}
	late.Now = late.Now.Add(time.Second)
	late = with(t, late, deadline.Published, "2026-04-24T11:10")
	for _, name := range []string{"cnil-initial", "edpb"} {
		if b := boxes(drafted(t, name, late))["delay.reasons"]; b.State != form.Asked || !strings.Contains(b.Ask.EN, "24 April 2026, 11:40") {
			t.Errorf("%s a second later: %+v", name, b)
		}
	}
}

// TestWhatIsNotEstablishedIsAsked: origin and cause hang on signs of a hijacked account,
// times on logs, then on the copy; a file of somebody else's fills nothing.
func TestWhatIsNotEstablishedIsAsked(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	b := boxes(drafted(t, "cnil-initial", f))
	if b["cause"].Value.Codes[0] != "external_malicious" || b["origin"].Value.Codes[0] != "hacking" || !b["cause"].Proposed {
		t.Errorf("hijacked: %+v, %+v", b["cause"], b["origin"])
	}
	f.Alarms[0].Signs = []watch.Sign{watch.OddHour}
	b = boxes(drafted(t, "cnil-initial", f))
	if b["cause"].Value.Codes[0] != "unknown" || b["origin"].State != form.Asked {
		t.Errorf("no sign of hijacking: %+v, %+v", b["cause"], b["origin"])
	}
	f.Claims = nil
	if b = boxes(drafted(t, "cnil-initial", f)); b["cause"].State != form.Asked {
		t.Errorf("nobody claims it: %+v", b["cause"])
	}
	f.Assessment.Suspects[0].Likelihood = 0.7
	b = boxes(drafted(t, "cnil-initial", f))
	if b["breach.begin"].Value.At != "2026-04-08T07:40:00+02:00" || b["breach.end"].Value.At != "2026-04-09T21:55:00+02:00" || !b["breach.begin"].Proposed || b["incident.ongoing"].State != form.Asked {
		t.Errorf("no sure account: %+v, %+v", b["breach.begin"].Value, b["breach.end"].Value)
	}
	f.Assessment.Window = assessment.NoWindow(assessment.NotAssessed)
	if b = boxes(drafted(t, "cnil-initial", f)); b["breach.begin"].State != form.Asked || !strings.Contains(b["breach.begin"].Ask.EN, "not dated") {
		t.Errorf("not dated: %+v", b["breach.begin"])
	}
	f.Assessment.Size = assessment.NoSize(assessment.NotAssessed)
	if b = boxes(drafted(t, "cnil-initial", f)); *b["people.count"].Value.Number != 1_187_402 || b["people.precision"].Value.Codes[0] != "approximate" {
		t.Errorf("size not estimated: %+v", b["people.count"])
	}
	f.Assessment.Verdict.Class = "foreign"
	f.Severity = nil
	b = boxes(drafted(t, "cnil-initial", f))
	for _, key := range []string{"nature", "origin", "cause", "data.typologies", "data.sensitive", "data.table", "records.count", "people.count", "consequences", "severity", "breach.begin"} {
		if b[key].State != form.Asked {
			t.Errorf("of somebody else's file %s is %s", key, b[key].State)
		}
	}
}

// TestComplementary tells first what is no longer as it was notified.
func TestComplementary(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	later := f.Assessment.Size
	n := int64(1_150_000)
	f.Assessment.Size.Estimate, f.Assessment.Size.Low, f.Assessment.Size.High = &n, &n, &n
	formtest.Filed(t, f, "cnil-initial", formtest.Now.Add(-20*time.Hour), "CNIL-2026-1")
	f.Assessment.Size = later
	formtest.Told(f, 60, map[string]form.Value{"measures.taken": {Text: []words.Both{{FR: "Compte fermé.", EN: "Account closed."}}}})
	d := drafted(t, "cnil-complementary", f)
	b := boxes(d)
	if d.Sections[0].ID != "0" || d.Since == nil || b["form.reference"].Value.Text[0].EN != "CNIL-2026-1" {
		t.Fatalf("it does not begin with what changed: %+v", d.Since)
	}
	told := map[string][2]string{}
	for _, row := range b["form.changes"].Value.Table.Rows {
		told[row[0].EN] = [2]string{row[1].EN, row[2].EN}
	}
	if told["Number of people concerned"] != [2]string{"1,150,000", "1,187,402"} || told["Measures taken to end the breach and to limit its effects"] != [2]string{"nothing", "Account closed."} || len(told) != d.Since.Changed+d.Since.New {
		t.Errorf("what changed: %q, of %+v", told, d.Since)
	}
	f.Assessment.Exposures.Kinds[5].Current--
	f.Assessment.Exposures.Kinds[5].Stale++
	f.Assessment.Exposures.Kinds[6].People++
	tables := 0
	for _, row := range boxes(drafted(t, "cnil-complementary", f))["form.changes"].Value.Table.Rows {
		if row[0].EN == "About the data" {
			tables++
		}
		if row[0].EN == "About the data" && (row[1].EN != "E-mail: 998,642" || row[2].EN != "E-mail: 998,643") {
			t.Errorf("of a table: %q, then %q", row[1].EN, row[2].EN)
		}
	}
	if tables != 1 {
		t.Error("that a table moved is not told")
	}
	if _, there := told["Type of notification"]; there {
		t.Error("the type of the form is told as a change")
	}
	// Nothing was filed: nothing to compare with, and its number is asked.
	b = boxes(drafted(t, "cnil-complementary", formtest.Facts(t)))
	if b["form.changes"].State != form.Apart || b["form.reference"].State != form.Asked {
		t.Errorf("nothing filed: %+v, %+v", b["form.changes"], b["form.reference"])
	}
}

// TestAnswerOfAnotherForm: an option that only another form has is "other" here.
func TestAnswerOfAnotherForm(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	formtest.Told(f, 60, map[string]form.Value{"consequences": {Codes: []string{"identity", "harm"}}, "cause": {Codes: []string{"open"}}, "case.standing": {Codes: []string{"refuted"}}})
	b := boxes(drafted(t, "cnil-initial", f))
	if got := b["consequences"]; got.State != form.Stated || !slices.Equal(got.Value.Codes, []string{"identity", "other"}) || got.Found == nil || got.Proposed {
		t.Errorf("consequences: %+v", got)
	}
	if got := b["cause"]; got.State != form.Filled || got.Value.Codes[0] != "external_malicious" {
		t.Errorf("that it is open is no answer where that is no option: %+v", got)
	}
	if got := boxes(drafted(t, "edpb", f))["cause.edpb"].Value.Codes; !slices.Equal(got, []string{"open"}) {
		t.Errorf("cause in the template: %v", got)
	}
	if got := b["case.standing"]; got.State != form.Filled || got.Value.Codes[0] != "confirmed" {
		t.Errorf("an answer that the form does not offer: %+v", got)
	}
}

// TestBare: of a case that was just opened a form says its type and its case, and makes
// nothing up.
func TestBare(t *testing.T) {
	t.Parallel()
	for name, few := range map[string]int{"cnil-initial": 0, "cnil-complementary": 0, "edpb": 1, "register": 2} {
		d := drafted(t, name, formtest.Bare(t))
		_, evidence, stated, asked := filling(d)
		if evidence != few || stated != 0 || asked < 18 || d.Counts.Proposed != 0 {
			t.Errorf("%s: %d filled, %d stated, %d asked, %d proposed", name, evidence, stated, asked, d.Counts.Proposed)
		}
	}
}

// TestOtherParties: what a processor did and knew is not what its controller did and knew;
// that the processor told the controller is when the controller became aware.
func TestOtherParties(t *testing.T) {
	t.Parallel()
	yes := true
	f := formtest.Facts(t)
	f.State.Facts = &casefile.Facts{Parties: []deadline.PartyEntry{
		{ID: "host", Name: "The host", Country: "FR", Serves: []deadline.ServiceEntry{{Party: "anpt"}}},
		{ID: "anpt", Name: "The agency", Country: "FR", Controller: &yes},
	}}
	event := func(kind deadline.Kind, party, to, at string) casefile.Event {
		return casefile.Event{Number: 50, Event: deadline.EventEntry{Kind: kind, Party: party, To: to, At: at}}
	}
	f.State.Events = []casefile.Event{
		event(deadline.Signal, "host", "", "2026-04-10T08:00"), event(deadline.Aware, "host", "", "2026-04-11T08:00"), event(deadline.ANSSITold, "host", "", "2026-04-12T08:00"),
		event(deadline.PersonsTold, "host", "", "2026-04-13T08:00"),
	}
	f = with(t, f, deadline.Investigation, "2026-04-20T10:00")
	b := boxes(drafted(t, "cnil-initial", f))
	for _, key := range []string{"incident.signal", "awareness.at", "authorities.told"} {
		if b[key].State != form.Asked {
			t.Errorf("%s is the processor's: %+v", key, b[key].Value)
		}
	}
	if got := b["people.informed"].Value.Codes; !slices.Equal(got, []string{"planned"}) {
		t.Errorf("people are told: %v", got)
	}
	if got := b["processors.names"].Value.Text; b["processors.involved"].Value.Codes[0] != "yes" || len(got) != 1 || got[0].EN != "The host" {
		t.Errorf("processors: %v", got)
	}
	f.State.Events = append(f.State.Events, event(deadline.ToldController, "host", "anpt", "2026-04-21T09:00"))
	f = with(t, f, deadline.Investigation, "2026-04-21T10:00")
	if got := boxes(drafted(t, "cnil-initial", f))["awareness.at"].Value.At; got != "2026-04-21T09:00:00+02:00" {
		t.Errorf("aware by being told: %q", got)
	}
}

// TestAnswersLead: what people answered in one box decides which others apply.
func TestAnswersLead(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	code := func(code string) form.Value { return form.Value{Codes: []string{code}} }
	formtest.Told(f, 60, map[string]form.Value{
		"incident.ongoing": code("yes"), "people.informed": code("yes"), "organisation.crossborder": code("yes"), "processors.involved": code("yes"), "severity": code("significant"), "discovery.how": code("controller"),
	})
	cnil, edpb := boxes(drafted(t, "cnil-initial", f)), boxes(drafted(t, "edpb", f))
	if cnil["breach.end"].State != form.Apart || edpb["breach.period"].Value.Codes[0] != "ongoing" {
		t.Errorf("it goes on: %+v, %+v", cnil["breach.end"], edpb["breach.period"])
	}
	for _, key := range []string{"people.informed.at", "people.informed.count", "people.informed.content", "organisation.countries", "processors.names"} {
		if cnil[key].State != form.Asked {
			t.Errorf("%s is %s", key, cnil[key].State)
		}
	}
	if edpb["people.informed.edpb"].Value.Codes[0] != "yes" || edpb["severity.edpb"].Value.Codes[0] != "severe" || edpb["severity.edpb"].Proposed || edpb["discovery.told.at"].State != form.Apart {
		t.Errorf("the template does not follow: %+v, %+v", edpb["people.informed.edpb"], edpb["severity.edpb"])
	}
}
