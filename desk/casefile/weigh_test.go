package casefile_test

import (
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/desk/casefile"
	"constat.example/desk/severity"
	"constat.example/internal/failure"
)

func weigh(t *testing.T, reason string, texts ...string) casefile.Act {
	t.Helper()
	a := casefile.Act{Do: casefile.Weigh, Reason: reason}
	for _, text := range texts {
		w, err := parse(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		a.Weighs = append(a.Weighs, w)
	}
	return a
}

// parse reads a weighing however it is written; what is taken back begins with "-".
func parse(text string) (casefile.Weighing, error) {
	if taken, ok := strings.CutPrefix(text, "-"); ok {
		return casefile.ParseTaken(taken)
	}
	if strings.Contains(text, ":") {
		return casefile.ParseAdjustment(text)
	}
	return casefile.ParseStatement(text)
}

// TestWeighed: what is said stands until something else is said of the same, or it is
// taken back; each with who and why.
func TestWeighed(t *testing.T) {
	t.Parallel()
	s := begin(t).engage()
	s.must("ana", weigh(t, "offered for sale", "confidentiality=full", "malice=yes"))
	s.must("dan", weigh(t, "minors among them", "dpc+1:vulnerable"))
	s.must("dan", weigh(t, "a whole file each", "dpc+1:volume", "ei=maximum:context"))
	s.must("dan", weigh(t, "two files each", "dpc+2:volume"))
	s.must("ana", weigh(t, "by mistake", "-malice", "integrity=none"))
	var stands []string
	for _, w := range s.c.Weighed {
		stands = append(stands, w.String()+" "+w.Who.Account+" "+w.Reason)
		if words := w.Words(); !words.Whole() {
			t.Errorf("%s has no words", w)
		}
	}
	want := "confidentiality=full ana offered for sale|dpc+1:vulnerable dan minors among them|ei=maximum:context dan a whole file each|dpc+2:volume dan two files each|integrity=none ana by mistake"
	if got := strings.Join(stands, "|"); got != want {
		t.Errorf("stands\n%s\nwant\n%s", got, want)
	}

	got, err := severity.Assess(s.c.Breach(severity.Breach{People: 10, Exposed: []severity.Exposed{{Kind: kind.Email, People: 10}}}))
	if err != nil {
		t.Fatal(err)
	}
	if got.DPC.Score.Value() != 4 || len(got.DPC.Moved) != 2 || got.EI.Score.Value() != 1 || got.Circumstances().Value() != 0.5 {
		t.Errorf("DPC %v (%d moves), EI %v, CB %v", got.DPC.Score.Value(), len(got.DPC.Moved), got.EI.Score.Value(), got.Circumstances().Value())
	}
	if strings.Join(got.Missing, " ") != "availability malice" {
		t.Errorf("missing %v", got.Missing)
	}
}

func TestWeighRefused(t *testing.T) {
	t.Parallel()
	s := begin(t).engage()
	s.refused("com", weigh(t, "x", "malice=yes"), failure.Refused, "may not say how grave the breach is: that takes the role analyst or dpo")
	s.refused("aud", weigh(t, "x", "malice=yes"), failure.Refused, "may not say")
	s.refused("ana", weigh(t, " ", "malice=yes"), failure.Usage, "needs a reason")
	s.refused("ana", weigh(t, "x", "-malice"), failure.Usage, "nothing is said of malice that could be taken back")
	s.refused("ana", weigh(t, "of 0199001234", "dpc+1:volume"), failure.Usage, "five digits in a row")
	s.refused("ana", weigh(t, "x", "malice=yes", "malice=no"), failure.Usage, "says something twice")
	s.refused("ana", weigh(t, "x"), failure.Usage, "says nothing of the severity")
	for _, w := range []casefile.Weighing{{What: "cb", To: "1"}, {What: casefile.DPC, To: "+1"}, {What: casefile.DPC, To: "1", For: severity.Volume}, {What: casefile.Malice, To: "yes", For: severity.Volume}} {
		s.refused("ana", casefile.Act{Do: casefile.Weigh, Reason: "x", Weighs: []casefile.Weighing{w}}, failure.Usage, "the act ")
	}
	s.must("ana", weigh(t, "x", "malice=yes"))
	s.must("dan", decide(casefile.Closing, casefile.Close))
	s.refused("ana", weigh(t, "x", "malice=no"), failure.Refused, "case forum is closed")
}

func TestWeighingsAreParsed(t *testing.T) {
	t.Parallel()
	for _, text := range append(casefile.Statements(), "dpc+1:volume", "dpc-3:public", "ei=negligible:context", "-malice", "-dpc:little", "-ei") {
		w, err := parse(text)
		if err != nil || w.String() != strings.TrimPrefix(text, "-") {
			t.Errorf("%q is read as %q (%v)", text, w, err)
		}
	}
	for _, text := range []string{"", "malice", "malice=", "malice=full", "confidentiality=yes", "dpc=2", "ei=maximum", "dpc+1:", "dpc+1:context", "dpc-1:volume", "dpc+4:volume", "dpc+11:volume", "dpc1:volume", "ei=most:context", "ei=maximum:volume", ":volume", "-", "-dpc", "-dpc:context", "-ei:context", "-malice:volume", "-volume"} {
		if w, err := parse(text); err == nil {
			t.Errorf("%q is read as %q", text, w)
		}
	}
	if n := len(casefile.Points()); n != 5 || len(casefile.Statements()) != 13 {
		t.Errorf("%d points", n)
	}
}

// FuzzWeighing: what is read is written again as it was, and an act may carry it.
func FuzzWeighing(f *testing.F) {
	for _, text := range []string{"malice=yes", "dpc+1:volume", "ei=maximum:context", "-dpc:volume", "-ei", "dpc--:x", "=:"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parse(text)
		if err != nil {
			return
		}
		if w.String() != strings.TrimPrefix(text, "-") {
			t.Fatalf("%q becomes %q", text, w)
		}
		a := casefile.Act{Do: casefile.Weigh, Reason: "x", Time: noon, Who: casefile.Person{Account: "a"}, Weighs: []casefile.Weighing{w}}
		if err := a.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestActsHaveWords: every act, role, subject, choice and lane has words in both languages.
func TestActsHaveWords(t *testing.T) {
	t.Parallel()
	check := func(name string, w casefile.Both) {
		t.Helper()
		if !w.Whole() {
			t.Errorf("%s lacks words: %q, %q", name, w.FR, w.EN)
		}
	}
	for _, r := range casefile.Roles() {
		check("role "+string(r), r.Words())
	}
	for _, s := range casefile.Subjects() {
		check("subject "+string(s), s.Words())
		for _, c := range casefile.Choices(s) {
			check("choice "+string(c), c.Words())
			a := decide(s, c)
			if w := casefile.Words(&a); !strings.Contains(w.FR, "motif") || !strings.Contains(w.EN, "because") {
				t.Errorf("a reason is not told: %v", w)
			}
		}
	}
	for _, l := range casefile.Lanes() {
		check("lane "+string(l), l.Words())
	}
	for _, do := range []casefile.Do{casefile.Open, casefile.Mark, casefile.Approve, casefile.Reject, casefile.Withdraw, casefile.Shred, casefile.Destroyed} {
		a := casefile.Act{Do: do, TLP: casefile.Red, Of: 3}
		w := casefile.Words(&a)
		if w.FR == string(do) || w.FR == w.EN {
			t.Errorf("%s is %q in French", do, w.FR)
		}
	}
	a := weigh(t, "x", "malice=yes", "-dpc:volume")
	if w := casefile.Words(&a); w.EN != "said of the severity: malicious intent: yes, data (much data about each person): taken back, because: x" {
		t.Errorf("%q", w.EN)
	}
	for _, missing := range []string{"kinds", "confidentiality", "integrity", "availability", "malice"} {
		check(missing, casefile.MissingWords(missing))
	}
}
