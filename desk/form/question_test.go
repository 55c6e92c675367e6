package form_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/internal/failure"
	"constat.example/internal/plainyaml"
)

// TestQuestions: each fact once, the boxes that it fills, and whether it is asked.
func TestQuestions(t *testing.T) {
	t.Parallel()
	small, other := formtest.Small(), formtest.Small()
	other.Name = "other"
	facts := formtest.Facts(t)
	value := form.Value{Codes: []string{"attack"}}
	facts.Answers["cause"] = form.Answer{Key: "cause", Value: value, Who: "ana", Act: 4}
	var got []string
	for _, q := range form.Questions([]*form.Form{small, other}, facts) {
		got = append(got, fmt.Sprintf("%s %v %v %v", q.Key, q.Boxes, q.Asked, q.Answer != nil))
	}
	want := `people.count [small 1.1 other 1.1] false false
cause [small 1.2 other 1.2] false true
nature [small 1.3 other 1.3] true false
measures.taken [small 1.4 other 1.4] true false
ended [small 1.5 other 1.5] false false
commitments [small 1.6 other 1.6] true false`
	if s := strings.Join(got, "\n"); !strings.HasPrefix(s, want) {
		t.Errorf("%s\n\nnot\n%s", s, want)
	}
	bare := form.Questions([]*form.Form{small}, formtest.Bare(t))
	if len(bare) != 8 || !bare[0].Asked || bare[5].Head[1].EN != "Who" || bare[1].Ask.EN != "What was the cause? IT security may know." {
		t.Errorf("%+v", bare)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	questions := form.Questions([]*form.Form{formtest.Small()}, formtest.Bare(t))
	for _, test := range []struct{ yaml, want string }{
		{"people.count: 36 800 000", `{"number":36800000}`},
		{"people.count: ", ``},
		{"people.count: ''", `{}`},
		{"people.count: many", "people.count takes a whole number"},
		{"people.count: -3", "people.count takes a whole number"},
		{"people.count: 3.5", "people.count takes a whole number"},
		{"people.count: [3]", "people.count takes a whole number"},
		{"cause: attack", `{"codes":["attack"]}`},
		{"cause: 1.10", `{"codes":["1.10"]}`},
		{"cause: [attack]", `{"codes":["attack"]}`},
		{"cause: attack, mistake", "cause takes one code only"},
		{"cause: secret", "cause takes of these: attack, mistake, 1.10"},
		{"nature: [integrity, confidentiality, integrity]", `{"codes":["confidentiality","integrity"]}`},
		{"nature: availability,integrity", `{"codes":["integrity","availability"]}`},
		{"nature: []", `{}`},
		{"nature: {a: b}", "nature takes codes of options"},
		{"measures.taken: Accounts closed.", `{"text":[{"fr":"Accounts closed.","en":"Accounts closed."}]}`},
		{"measures.taken: {fr: Comptes fermés., en: Accounts closed.}", `{"text":[{"fr":"Comptes fermés.","en":"Accounts closed."}]}`},
		{"measures.taken: {fr: Comptes fermés.}", `{"text":[{"fr":"Comptes fermés.","en":"Comptes fermés."}]}`},
		{"measures.taken: {fr: , en: Accounts closed.}", `{"text":[{"fr":"Accounts closed.","en":"Accounts closed."}]}`},
		{"measures.taken: |\n  One.\n\n  Two.\n", `{"text":[{"fr":"One.","en":"One."},{"fr":"Two.","en":"Two."}]}`},
		{"measures.taken: {fr: [Un., Deux.], en: [One.]}", "not as many paragraphs"},
		{"measures.taken: {de: Eins.}", "takes a text"},
		{"measures.taken: [[a]]", "takes a text"},
		{"ended: 2026-04-20T12:17", `{"at":"2026-04-20T12:17:00+02:00"}`},
		{"ended: 2026-04-20T12:17Z", `{"at":"2026-04-20T14:17:00+02:00"}`},
		{"ended: 2026-04-20", `{"at":"2026-04-20"}`},
		{"ended: lunch", "ended takes a time"},
		{"ended: 2026-03-29T02:30", "clocks were put forward"},
		{"commitments:\n  - {What: Logs, Who (fr): IT}\n  - {Who: Board}", `{"table":{"head":[{"fr":"What (fr)","en":"What"},{"fr":"Who (fr)","en":"Who"}],"rows":[[{"fr":"Logs","en":"Logs"},{"fr":"IT","en":"IT"}],[{"fr":"","en":""},{"fr":"Board","en":"Board"}]]}}`},
		{"commitments: [{When: now}]", "row 1: the head of the table is What, Who"},
		{"commitments: Logs", "takes a list of rows"},
		{"commitments: [{What: \"a\\nb\"}]", "row 1: takes one line in each cell"},
		{"organisation.name: 0612", `{"text":[{"fr":"0612","en":"0612"}]}`},
		{"cuase: attack", "line 1: no form asks for that key (Did you mean cause?"},
	} {
		given, err := form.ReadAnswers([]byte(test.yaml + "\n"))
		if err != nil {
			t.Fatalf("%s: %v", test.yaml, err)
		}
		answers, err := form.Answers(questions, given, paris)
		got := ""
		switch {
		case err != nil:
			got = err.Error() + " (" + failure.HintOf(err)
			if failure.CodeOf(err) != failure.Usage || strings.Contains(got, "secret") {
				t.Errorf("%s: %v", test.yaml, err)
			}
			if !strings.Contains(got, test.want) || test.want == "" {
				t.Errorf("%s: %s, not %s", test.yaml, got, test.want)
			}
			continue
		case len(answers) == 1:
			text, err := json.Marshal(answers[0].Value)
			if err != nil {
				t.Fatal(err)
			}
			got = string(text)
		}
		if got != test.want {
			t.Errorf("%s: %s, not %s", test.yaml, got, test.want)
		}
	}
	// On a command line nothing is a list, and nothing was in a file.
	_, err = form.Answers(questions, []form.Given{{Key: "commitments", Value: plainyaml.Word("Logs")}}, paris)
	if err == nil || strings.Contains(err.Error(), "line ") {
		t.Errorf("%v", err)
	}
}

func FuzzReadAnswers(f *testing.F) {
	f.Add("people.count: 3\nnature: [integrity]\nmeasures.taken: {fr: a, en: b}\n")
	f.Add("commitments: [{What: a}]\nended: 2026-04-20\n")
	questions := form.Questions([]*form.Form{formtest.Small()}, formtest.Bare(f))
	f.Fuzz(func(t *testing.T, text string) {
		given, err := form.ReadAnswers([]byte(text))
		if err != nil {
			return
		}
		answers, err := form.Answers(questions, given, time.UTC)
		if err != nil {
			return
		}
		for _, a := range answers {
			if len(a.Value.Codes) > 3 {
				t.Errorf("%+v", a)
			}
		}
	})
}

// TestFormsAgree: a fact is of one type in all forms, and offers the same options where it
// offers as many, so that what was answered for one fits the others; and whoever is asked
// is told what.
func TestFormsAgree(t *testing.T) {
	t.Parallel()
	type first struct {
		form string
		box  form.Box
	}
	seen := map[string]first{}
	for _, facts := range []*form.Facts{formtest.Facts(t), formtest.Bare(t)} {
		for _, f := range form.Forms() {
			d, err := form.Draft(f, facts)
			if failure.CodeOf(err) == failure.Refused {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range d.Sections {
				for i, b := range s.Boxes {
					if b.State == form.Asked && (!b.Ask.Whole() || b.Key == "") {
						t.Errorf("%s %s (%s) asks, and does not say what in both languages", f.Name, b.ID, b.Key)
					}
					was, is := seen[b.Key]
					if !is {
						seen[b.Key] = first{f.Name, b}
						continue
					}
					if a, b := codesOf(was.box), codesOf(b); was.box.Type != s.Boxes[i].Type || !within(a, b) && !within(b, a) {
						t.Errorf("%s is %s of %q in %s, and %s of %q in %s", s.Boxes[i].Key, was.box.Type, a, was.form, s.Boxes[i].Type, b, f.Name)
					}
				}
			}
		}
	}
}

func codesOf(b form.Box) (all []string) {
	for _, o := range b.Options {
		all = append(all, o.Code)
	}
	return all
}

func within(few, many []string) bool {
	return !slices.ContainsFunc(few, func(code string) bool { return !slices.Contains(many, code) })
}
