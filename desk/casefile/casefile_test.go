package casefile_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/chain"
	"constat.example/desk/deadline"
	"constat.example/internal/failure"
	"constat.example/internal/words"
)

var noon = time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC)

// story plays acts: each has to be allowed, or refused with a code.
type story struct {
	t    *testing.T
	team casefile.Team
	c    *casefile.Case
	home chain.Chain[casefile.Act]
	of   chain.Chain[casefile.Act]
}

func begin(t *testing.T) *story {
	s := &story{t: t, home: casefile.Parse("", nil), of: casefile.Parse("forum", nil)}
	s.team, s.c = casefile.TeamOf(nil), casefile.Of("forum", nil)
	return s
}

func (s *story) do(who string, a casefile.Act) error {
	s.t.Helper()
	a.Time, a.Who = noon.Add(time.Duration(s.c.Seen)*time.Minute), casefile.Person{Account: who}
	history, id, c := &s.of, "forum", s.c
	if a.Do == casefile.Grant || a.Do == casefile.Revoke {
		history, id, c = &s.home, "", nil
	}
	if err := s.team.May(c, a); err != nil {
		return err
	}
	if _, err := chain.Next(history, a); err != nil {
		s.t.Fatal(err)
	}
	// What is read back is what was written.
	var text []byte
	for _, e := range history.Entries {
		line, err := chain.Line(e)
		if err != nil {
			s.t.Fatal(err)
		}
		text = append(text, line...)
	}
	again := casefile.Parse(id, text)
	if len(again.Breaks) > 0 {
		s.t.Fatal(again.Breaks)
	}
	if id == "" {
		s.team = casefile.TeamOf(again.Entries)
	} else {
		s.c = casefile.Of(id, again.Entries)
	}
	return nil
}

func (s *story) must(who string, a casefile.Act) int64 {
	s.t.Helper()
	if err := s.do(who, a); err != nil {
		s.t.Fatalf("%s may not %s %s %s: %v (%s)", who, a.Do, a.Subject, a.Choice, err, failure.HintOf(err))
	}
	return s.c.Seen
}

func (s *story) refused(who string, a casefile.Act, code failure.Code, words string) {
	s.t.Helper()
	before := s.c.Seen
	err := s.do(who, a)
	if failure.CodeOf(err) != code || !strings.Contains(err.Error()+" "+failure.HintOf(err), words) {
		s.t.Errorf("%s does %s %s %s: %v (%s), not refused with %d for %q", who, a.Do, a.Subject, a.Choice, err, failure.HintOf(err), code, words)
	}
	if s.c.Seen != before {
		s.t.Error("what is refused was kept")
	}
}

func decide(s casefile.Subject, c casefile.Choice) casefile.Act {
	return casefile.Act{Do: casefile.Decide, Subject: s, Choice: c, Reason: "because"}
}

func grant(who string, r casefile.Role) casefile.Act {
	return casefile.Act{Do: casefile.Grant, Whom: who, Role: r}
}

func answer(do casefile.Do, of int64) casefile.Act {
	return casefile.Act{Do: do, Of: of, Reason: "because"}
}

// team gives out one of each role.
func (s *story) engage() *story {
	s.t.Helper()
	s.must("root", grant("root", casefile.Administrator))
	for who, r := range map[string]casefile.Role{"ana": casefile.Analyst, "dan": casefile.Officer, "dora": casefile.Officer, "com": casefile.Communication, "aud": casefile.Auditor} {
		s.must("root", grant(who, r))
	}
	return s
}

// TestRights holds each subject against each role.
func TestRights(t *testing.T) {
	t.Parallel()
	may := map[casefile.Subject]string{
		casefile.Standing: "ana dan", casefile.Authority: "dan", casefile.People: "dan", casefile.Statement: "dan com", casefile.Complaint: "dan root",
		casefile.Notices: "dan com", casefile.Closing: "dan",
	}
	for subject, them := range may {
		for _, who := range []string{"ana", "dan", "com", "aud", "root", "stranger"} {
			s := begin(t).engage()
			a := decide(subject, casefile.Choices(subject)[0])
			if strings.Contains(" "+them+" ", " "+who+" ") {
				s.must(who, a)
			} else {
				s.refused(who, a, failure.Refused, "Ask ")
			}
		}
	}
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	s := begin(t).engage()
	n := s.must("dan", decide(casefile.People, casefile.Inform))
	if s.c.Current(casefile.People) != nil || len(s.c.Waiting()) != 1 {
		t.Fatal("one yes was enough")
	}
	s.refused("dan", answer(casefile.Approve, n), failure.Refused, "your own")
	s.refused("ana", answer(casefile.Approve, n), failure.Refused, "Ask dan, dora, root")
	s.refused("dora", answer(casefile.Withdraw, n), failure.Refused, "not yours")
	s.refused("dora", answer(casefile.Approve, n+7), failure.Usage, "no decision 8")
	s.must("dora", answer(casefile.Approve, n))
	if d := s.c.Current(casefile.People); d == nil || d.Choice != casefile.Inform || d.Second.Account != "dora" {
		t.Fatalf("%+v", d)
	}
	s.refused("root", answer(casefile.Reject, n), failure.Refused, "waits for nothing: it is decided")
	// The next one leaves the first in force until it is approved itself.
	n = s.must("dora", decide(casefile.People, casefile.Publicly))
	if d := s.c.Current(casefile.People); d.Choice != casefile.Inform {
		t.Error("a decision that waits is in force")
	}
	s.refused("dora", decide(casefile.Closing, casefile.Close), failure.Refused, "waits for a second yes")
	s.refused("dan", casefile.Act{Do: casefile.Reject, Of: n}, failure.Usage, "--reason")
	s.must("dan", answer(casefile.Reject, n))
	n = s.must("dora", decide(casefile.People, casefile.Publicly))
	s.must("dora", answer(casefile.Withdraw, n))
	n = s.must("dora", decide(casefile.People, casefile.NotInform))
	s.must("root", answer(casefile.Approve, n))
	var all []string
	for _, d := range s.c.Decisions {
		all = append(all, string(d.Choice)+" "+string(d.Progress))
	}
	if got := strings.Join(all, ", "); got != "inform past, publicly rejected, publicly withdrawn, not_inform decided" {
		t.Error(got)
	}
}

func TestCloseAndDestroy(t *testing.T) {
	t.Parallel()
	s := begin(t).engage()
	s.must("ana", casefile.Act{Do: casefile.Mark, TLP: casefile.Red})
	s.refused("dan", decide(casefile.Destroy, casefile.Shredded), failure.Refused, "Close it first")
	s.refused("dan", decide(casefile.Closing, casefile.Reopen), failure.Refused, "not closed")
	s.refused("dan", casefile.Act{Do: casefile.Decide, Subject: casefile.Closing, Choice: casefile.Close, Reason: " "}, failure.Usage, "--reason")
	s.must("dan", decide(casefile.Closing, casefile.Close))
	s.refused("ana", casefile.Act{Do: casefile.Mark, PAP: "RED"}, failure.Refused, "closed")
	tell := casefile.Act{Do: casefile.Tell, Files: []casefile.Kept{{Name: "stix.json", SHA256: strings.Repeat("0a", 32)}}, Reason: "for the CERT"}
	s.must("com", tell) // of what is over too
	s.refused("aud", tell, failure.Refused, "Ask ")
	s.must("dan", decide(casefile.Closing, casefile.Reopen))
	s.must("ana", casefile.Act{Do: casefile.Mark, PAP: "RED"})
	if s.c.TLP != casefile.Red || s.c.PAP != "RED" {
		t.Errorf("it is marked %s, %s", s.c.TLP, s.c.PAP)
	}
	s.must("dan", decide(casefile.Closing, casefile.Close))
	s.refused("dan", casefile.Act{Do: casefile.Destroyed, Of: 1}, failure.Refused, "nobody agreed")
	n := s.must("dan", decide(casefile.Destroy, casefile.Shredded))
	s.refused("dora", answer(casefile.Approve, n), failure.Refused, "Ask root")
	s.refused("dan", casefile.Act{Do: casefile.Destroyed, Of: n}, failure.Refused, "nobody agreed")
	s.must("root", answer(casefile.Approve, n))
	s.must("dan", casefile.Act{Do: casefile.Shred, Of: n, Files: []casefile.Kept{{Name: "case.key", SHA256: strings.Repeat("0a", 32)}}})
	s.refused("dan", decide(casefile.Closing, casefile.Reopen), failure.Refused, "is being destroyed")
	s.must("dan", casefile.Act{Do: casefile.Destroyed, Of: n})
	if s.c.Destroyed == nil || len(s.c.Shredded) != 1 {
		t.Errorf("%+v", s.c)
	}
	s.refused("dan", decide(casefile.Closing, casefile.Reopen), failure.Refused, "was destroyed")
}

func TestTeam(t *testing.T) {
	t.Parallel()
	s := begin(t)
	s.must("anybody", decide(casefile.Authority, casefile.Notify)) // no roles yet
	n := s.must("anybody", decide(casefile.People, casefile.Inform))
	s.refused("anybody", answer(casefile.Approve, n), failure.Refused, "your own")
	s.refused("root", grant("dan", casefile.Officer), failure.Refused, "constat role grant root administrator")
	s.refused("root", grant("dan", casefile.Administrator), failure.Refused, "an administrator's own")
	s.engage()
	s.refused("anybody", decide(casefile.Authority, casefile.Notify), failure.Refused, "Ask dan, dora")
	s.refused("dan", grant("dan", casefile.Administrator), failure.Refused, "Ask root")
	s.refused("root", casefile.Act{Do: casefile.Revoke, Whom: "root", Role: casefile.Administrator}, failure.Refused, "last administrator")
	s.must("root", grant("dan", casefile.Administrator))
	s.must("dan", casefile.Act{Do: casefile.Revoke, Whom: "root", Role: casefile.Administrator})
	s.refused("root", grant("ana", casefile.Officer), failure.Refused, "Ask dan")
}

// TestDecisionsAreEvents: the clocks go by decisions in force, and by no others.
func TestDecisionsAreEvents(t *testing.T) {
	t.Parallel()
	yes := true
	s := begin(t)
	s.must("ana", casefile.Act{Do: casefile.State, Facts: &casefile.Facts{Parties: []deadline.PartyEntry{{ID: "host"}, {ID: "agency", Name: "The agency", Country: "FR", Controller: &yes}}}})
	s.must("ana", casefile.Act{Do: casefile.State, Event: &deadline.EventEntry{Kind: deadline.Aware, Party: "agency", At: "2026-04-20T12:17"}})
	n := s.must("ana", decide(casefile.People, casefile.Inform))
	kinds := func() string {
		var all []string
		for _, e := range s.c.Deadlines().Events {
			all = append(all, string(e.Kind)+" of "+e.Party)
		}
		return strings.Join(all, ", ")
	}
	if got := kinds(); got != "aware of agency" {
		t.Errorf("before the second yes: %s", got)
	}
	s.must("dan", answer(casefile.Approve, n))
	if got := kinds(); got != "aware of agency, high_risk of agency" {
		t.Errorf("after it: %s", got)
	}
	n = s.must("ana", decide(casefile.People, casefile.NotInform))
	s.must("dan", answer(casefile.Approve, n))
	s.must("ana", decide(casefile.Authority, casefile.NotNotify))
	if got := kinds(); got != "aware of agency, no_high_risk of agency, no_risk of agency" {
		t.Errorf("decided anew: %s", got)
	}
}

// TestNoAct: what cannot be an act is refused, and breaks a history that holds it.
func TestNoAct(t *testing.T) {
	t.Parallel()
	who := casefile.Person{Account: "ana"}
	for why, a := range map[string]casefile.Act{
		"does not say to whom":                {Time: noon, Who: who, Do: casefile.Tell, Files: []casefile.Kept{{Name: "a", SHA256: strings.Repeat("0a", 32)}}, Reason: " "},
		"tells nothing":                       {Time: noon, Who: who, Do: casefile.Tell, Reason: "r"},
		"tells no time":                       {Who: who, Do: casefile.Open},
		"tells no time in UTC, to the second": {Who: who, Do: casefile.Open, Time: noon.Add(1)},
		"does not say who":                    {Time: noon, Do: casefile.Open},
		"does what nobody can do":             {Time: noon, Who: who, Do: "think"},
		"gives out no role":                   {Time: noon, Who: who, Do: casefile.Grant, Whom: "x", Role: "king"},
		"decides nothing":                     {Time: noon, Who: who, Do: casefile.Decide, Subject: casefile.People, Choice: casefile.Notify},
		"text of several lines":               {Time: noon, Who: who, Do: casefile.Open, Reason: "a\nb"},
		"too long":                            {Time: noon, Who: who, Do: casefile.Open, Reason: strings.Repeat("é", 501)},
		"marks the case with nothing":         {Time: noon, Who: who, Do: casefile.Mark, TLP: "PINK"},
		"states neither facts nor an event":   {Time: noon, Who: who, Do: casefile.State},
		"answers no decision":                 {Time: noon, Who: who, Do: casefile.Approve},
		"not by its SHA-256":                  {Time: noon, Who: who, Do: casefile.Open, Files: []casefile.Kept{{Name: "a", SHA256: "12"}}},
	} {
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%+v: %v, not %q", a, err, why)
		}
		c := casefile.Parse("forum", nil)
		line, err := chain.Next(&c, a)
		if err != nil {
			t.Fatal(err)
		}
		if again := casefile.Parse("forum", line); len(again.Breaks) == 0 {
			t.Errorf("%s holds", line)
		}
	}
}

func FuzzParse(f *testing.F) {
	c := casefile.Parse("forum", nil)
	line, err := chain.Next(&c, casefile.Act{Time: noon, Who: casefile.Person{Account: "ana"}, Do: casefile.Decide, Subject: casefile.People, Choice: casefile.Inform, Reason: "r"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := casefile.Parse("forum", text)
		if len(c.Breaks) > 0 {
			return
		}
		state := casefile.Of("forum", c.Entries)
		if int(state.Seen) != len(c.Entries) {
			t.Errorf("%d acts, the last is %d", len(c.Entries), state.Seen)
		}
		if _, err := json.Marshal(state); err != nil {
			t.Error(err)
		}
	})
}

func ExampleTeam_May() {
	team := casefile.TeamOf([]casefile.Act{{Number: 1, Do: casefile.Grant, Whom: "dan", Role: casefile.Officer}})
	err := team.May(casefile.Of("forum", nil), casefile.Act{
		Time: noon, Who: casefile.Person{Account: "ana"}, Do: casefile.Decide, Subject: casefile.Authority, Choice: casefile.Notify, Reason: "18 million people",
	})
	fmt.Println(err)
	// Output: ana may not decide on authority: that takes the role dpo
}

func say(key string, v casefile.Value) casefile.Act {
	return casefile.Act{Do: casefile.Say, Answers: []casefile.Answer{{Key: key, Value: v}}}
}

func text(s string) casefile.Value { return casefile.Value{Text: []words.Both{{FR: s, EN: s}}} }

// TestAnswers: the last one of each question is in force, and an empty one takes it back.
func TestAnswers(t *testing.T) {
	t.Parallel()
	s := begin(t).engage()
	for _, who := range []string{"aud", "root", "stranger"} {
		s.refused(who, say("cause", text("a")), failure.Refused, "Ask ana, com, dan")
	}
	s.must("ana", say("cause", text("a")))
	s.must("dan", casefile.Act{Do: casefile.Say, Answers: []casefile.Answer{{Key: "measures.taken", Value: text("b")}, {Key: "nature", Value: casefile.Value{Codes: []string{"loss"}}}}})
	n := s.must("com", say("cause", text("c")))
	in := func() string {
		var all []string
		for _, x := range s.c.Answers {
			all = append(all, fmt.Sprintf("%s by %s in act %d", x.Key, x.Who.Account, x.Act))
		}
		return strings.Join(all, ", ")
	}
	if got := in(); got != fmt.Sprintf("measures.taken by dan in act 2, nature by dan in act 2, cause by com in act %d", n) || s.c.Answers[2].Value.Text[0].EN != "c" {
		t.Error(got)
	}
	s.must("ana", casefile.Act{Do: casefile.Say, Answers: []casefile.Answer{{Key: "cause"}, {Key: "never.said"}}})
	if got := in(); got != "measures.taken by dan in act 2, nature by dan in act 2" {
		t.Error(got)
	}
	if got := casefile.Words(&s.of.Entries[3]); got.EN != "took back cause, never.said" || got.FR != "a retiré sa réponse sur cause, never.said" {
		t.Error(got)
	}
	// The organisation speaks of itself in the history of the home.
	team := casefile.TeamOf([]casefile.Act{
		{Number: 1, Do: casefile.Grant, Whom: "root", Role: casefile.Administrator},
		{Number: 2, Do: casefile.Say, Who: casefile.Person{Account: "root"}, Answers: []casefile.Answer{{Key: "organisation.name", Value: text("The agency")}}},
	})
	if len(team.Answers) != 1 || team.Answers[0].Act != 2 {
		t.Errorf("%+v", team)
	}
	a := say("organisation.name", text("a"))
	a.Time, a.Who = noon, casefile.Person{Account: "root"}
	if err := team.May(nil, a); err != nil {
		t.Errorf("an administrator may not: %v", err)
	}
}

// TestAnswersThatAreNone: what no box could hold is no answer.
func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	n := int64(3)
	grid := func(head int, row int) *casefile.Grid {
		return &casefile.Grid{Head: make([]words.Both, head), Rows: [][]words.Both{make([]words.Both, row)}}
	}
	for why, a := range map[string]casefile.Act{
		"answers nothing":     {Do: casefile.Say},
		"has no name":         say("Cause of it", text("a")),
		"one question twice":  {Do: casefile.Say, Answers: []casefile.Answer{{Key: "a"}, {Key: "a"}}},
		"one kind":            say("a", casefile.Value{Number: &n, At: "2026-04-20"}),
		"empty table":         say("a", casefile.Value{Table: &casefile.Grid{}}),
		"no code":             say("a", casefile.Value{Codes: []string{"a\nb"}}),
		"no time":             say("a", casefile.Value{At: "yesterday"}),
		"as wide as its head": say("a", casefile.Value{Table: grid(2, 3)}),
		"too much text":       say("a", casefile.Value{Text: make([]words.Both, 1001)}),
		"several lines":       say("a", text("a\nb")),
		"too long":            say("a", text(strings.Repeat("é", 2001))),
		"one language":        say("a", casefile.Value{Text: []words.Both{{FR: "a"}}}),
	} {
		a.Time, a.Who = noon, casefile.Person{Account: "ana"}
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, not %q", err, why)
		}
	}
	for _, v := range []casefile.Value{{}, text("a"), {Codes: []string{"a-1", "3.2"}}, {Number: &n}, {At: "2026-04-20"}, {At: "2026-04-20T12:17:00+02:00"}, {Table: grid(2, 2)}} {
		a := say("a.b_c-d", v)
		a.Time, a.Who = noon, casefile.Person{Account: "ana"}
		if err := a.Check(); err != nil {
			t.Errorf("%+v: %v", v, err)
		}
	}
}

func file(number int, kind deadline.Kind) casefile.Act {
	a := casefile.Act{Do: casefile.File, Filing: &casefile.Filing{Number: number, Form: "a-form", At: noon, SHA256: strings.Repeat("0a", 32)}}
	if kind != "" {
		a.Event = &deadline.EventEntry{Kind: kind, Party: "agency", At: "2026-04-20"}
	}
	return a
}

// TestFilings: nothing is filed that nobody decided to, by nobody else than may.
func TestFilings(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		kind    deadline.Kind
		decided casefile.Act
		by      string // who may file
	}{
		{deadline.Notified, decide(casefile.Authority, casefile.Notify), "dan dora root"},
		{deadline.Completed, decide(casefile.Authority, casefile.Notify), "dan dora root"},
		{deadline.Complaint, decide(casefile.Complaint, casefile.Complain), "dan dora root"},
		{deadline.Published, decide(casefile.Statement, casefile.Publish), "dora com"},
		{deadline.NIS2Warned, casefile.Act{}, "dan dora root"},
		{"", casefile.Act{}, "ana dan dora root"},
	} {
		for _, who := range []string{"ana", "dan", "dora", "com", "aud", "root"} {
			s := begin(t).engage()
			if x.decided.Do != "" {
				s.refused("dora", file(1, x.kind), failure.Refused, "it is not decided that")
				s.must("dan", x.decided)
			}
			if strings.Contains(" "+x.by+" ", " "+who+" ") {
				s.must(who, file(1, x.kind))
				s.refused(who, file(1, x.kind), failure.Refused, "filed a document meanwhile")
				s.must(who, file(2, x.kind))
			} else {
				s.refused(who, file(1, x.kind), failure.Refused, "")
			}
		}
	}
	s := begin(t).engage()
	s.must("dan", decide(casefile.Statement, casefile.Publish))
	s.refused("dan", file(1, deadline.Published), failure.Refused, "takes two people")
	s.must("com", file(1, deadline.Published))
	s.must("dan", decide(casefile.Statement, casefile.Hold))
	s.refused("com", file(2, deadline.Published), failure.Refused, "it is not decided that statement of case forum is publish")
	if len(s.c.Filings) != 1 || s.c.Filings[0].Act != 2 || len(s.c.Events) != 1 || s.c.Events[0].Event.Kind != deadline.Published {
		t.Errorf("%+v", s.c)
	}
}
