package form_test

import (
	"strings"
	"testing"
	"unicode"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/internal/words"
)

// decide puts a decision in force into the facts.
func decide(f *form.Facts, subject casefile.Subject, choice casefile.Choice) {
	for i := range f.State.Decisions {
		if d := &f.State.Decisions[i]; d.Subject == subject && d.Progress == casefile.Decided {
			d.Progress = casefile.Past
		}
	}
	f.State.Seen++
	f.State.Decisions = append(f.State.Decisions, casefile.Decision{
		Number: f.State.Seen, Time: formtest.Now, Who: casefile.Person{Account: "adupont"}, Subject: subject, Choice: choice, Reason: "test", Progress: casefile.Decided,
	})
}

// judged makes the file of the facts another one.
func judged(f *form.Facts, class string) {
	f.Assessment.Verdict.Class, f.Assessment.Verdict.Refused = class, ""
	if class == "undetermined" {
		f.Assessment.Verdict.Refused = "too few rows to tell where they come from"
	}
}

// told are a case's statements, by what was decided and found.
func told(t *testing.T) map[string]*form.Document {
	all := map[string]*form.Document{"bare": drafted(t, "statement", formtest.Bare(t)), "confirmed": drafted(t, "statement", formtest.Facts(t))}
	f := formtest.Facts(t)
	decide(f, casefile.Standing, casefile.Suspected)
	all["suspected"] = drafted(t, "statement", f)
	for _, class := range []string{"genuine", "mixed", "recycled", "fabricated", "foreign", "undetermined"} {
		for choice, name := range map[casefile.Choice]string{casefile.Refuted: "refuted ", casefile.Confirmed: "confirmed "} {
			f := formtest.Facts(t)
			judged(f, class)
			decide(f, casefile.Standing, choice)
			all[name+class] = drafted(t, "statement", f)
		}
	}
	f = formtest.Facts(t)
	f.Assessment.Suspects = nil
	all["no logs"] = drafted(t, "statement", f)
	f = formtest.Facts(t)
	for _, k := range kind.All() {
		if k != kind.Unknown && f.Assessment.Exposures.ByKind[k.String()] == 0 {
			f.Assessment.Exposures.ByKind[k.String()] = 1_000
			f.Assessment.Exposures.Kinds = append(f.Assessment.Exposures.Kinds, assessment.Exposure{Kind: k, People: 1_000, Unconfirmed: 1_000})
			f.Assessment.Columns = append(f.Assessment.Columns, assessment.Column{Name: k.String(), Kind: k, Filled: 1_000})
		}
	}
	f.Claims[1].Ransom = "50000 EUR"
	high := int64(2_000_000)
	f.Assessment.Size.High = &high
	formtest.Told(f, 30, map[string]form.Value{"people.check": {Text: []words.Both{{FR: "sur notre site", EN: "on our site"}}}, "people.complaint": {Text: []words.Both{{FR: "en ligne", EN: "online"}}}})
	all["every kind"] = drafted(t, "statement", f)
	return all
}

// prose is what is read out of a document, paragraph by paragraph, headings among them.
func prose(d *form.Document) []words.Both {
	var all []words.Both
	for _, s := range d.Sections {
		if !s.Prose {
			continue
		}
		all = append(all, s.Note)
		for _, b := range s.Boxes {
			all = append(append(all, b.Label), b.Value.Text...)
		}
	}
	return all
}

// TestStatementReads holds the text to plain language: no sentence of more than 25 words,
// 12 on average, and no word of specialists.
func TestStatementReads(t *testing.T) {
	t.Parallel()
	for name, d := range told(t) {
		for _, lang := range words.Languages {
			sentences, count := 0, 0
			for _, p := range prose(d) {
				for _, s := range strings.FieldsFunc(p.In(lang), func(r rune) bool { return strings.ContainsRune(".?!:", r) }) {
					n := len(strings.FieldsFunc(s, unicode.IsSpace))
					if n > 25 {
						t.Errorf("%s, %s: %d words: %s", name, lang, n, s)
					}
					if n > 0 {
						sentences, count = sentences+1, count+n
					}
				}
				for _, jargon := range []string{"exfiltr", "article", "RGPD", "GDPR", "compromi", "hash", "credential", "violation de données", "data breach", "token", "NIR"} {
					if strings.Contains(p.In(lang), jargon) {
						t.Errorf("%s, %s: %q in: %s", name, lang, jargon, p.In(lang))
					}
				}
			}
			if sentences == 0 || count > 12*sentences {
				t.Errorf("%s, %s: %d words in %d sentences", name, lang, count, sentences)
			}
		}
	}
}

// text is the prose of a document in one language.
func text(d *form.Document, lang string) string {
	var all []string
	for _, p := range prose(d) {
		all = append(all, p.In(lang))
	}
	return strings.Join(all, "\n")
}

// TestStatementSays: each standing has its own text; nothing is said to be taken before a
// person confirmed it; what was found is never among what was not; accounts and shares stay
// inside.
func TestStatementSays(t *testing.T) {
	t.Parallel()
	all := told(t)
	has := func(name string, yes []string, no []string) {
		t.Helper()
		got := text(all[name], "en")
		for _, s := range yes {
			if !strings.Contains(got, s) {
				t.Errorf("%s does not say %q:\n%s", name, s, got)
			}
		}
		for _, s := range append(no, "partner-rgl-07", "192.0.2.7", "we promise", "guarantee") {
			if strings.Contains(got, s) {
				t.Errorf("%s says %q:\n%s", name, s, got)
			}
		}
	}
	has("confirmed", []string{"were taken without any right", "1,187,402\u00a0people", "bank account number (IBAN): 280,831", "– passwords", "between Wednesday 8 April 2026 and Thursday 9 April 2026", "0 800 00 00 00"}, []string{"– bank account numbers", "– social security numbers", "at most"})
	has("suspected", []string{"claims to hold", "We do not know yet"}, []string{"were taken", "1,187,402", "IBAN", "copied"})
	has("bare", []string{"Beware of messages"}, []string{"were taken", "claims to hold"})
	has("refuted foreign", []string{"These data do not come from us", "not from us"[4:]}, []string{"were taken without", "1,187,402", "made up", "may try"})
	has("refuted fabricated", []string{"It was made up"}, []string{"come from another", "1,187,402"})
	has("refuted recycled", []string{"older leaks"}, []string{"1,187,402"})
	has("refuted undetermined", []string{"found nothing that shows"}, []string{"1,187,402", "do not come from us"})
	has("no logs", []string{"between Wednesday 1 April 2026 and Wednesday 15 April 2026", "Most likely it was Thursday 9 April 2026"}, []string{"By what we see"})
	has("confirmed foreign", []string{"That one does not come from us"}, []string{"1,187,402", "copied"})
	has("every kind", []string{"password, readable or scrambled", "all the kinds that we usually look for", "up to 2,000,000\u00a0people", "Change your password", "block your card", "on our site", "online", "Have you paid a ransom?"}, []string{"We found none"})
}

// TestStatementForbidden: where a law forbids to tell the people, none is drafted.
func TestStatementForbidden(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	decide(f, casefile.People, casefile.Restricted)
	which, err := form.ByName("statement")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := form.Draft(which, f); err == nil {
		t.Error("a statement is drafted that a law forbids")
	}
}
