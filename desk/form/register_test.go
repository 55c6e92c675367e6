package form_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
)

// refuted is a case that was looked at, and is no breach.
func refuted(t *testing.T) *form.Facts {
	f := decided(t, casefile.Standing, casefile.Refuted)
	f.Case = "forum-2025-09"
	decide := func(subject casefile.Subject, choice casefile.Choice, reason string) {
		f.State.Decisions = slices.DeleteFunc(f.State.Decisions, func(d casefile.Decision) bool { return d.Subject == subject })
		f.State.Decisions = append(f.State.Decisions, casefile.Decision{Number: 41, Time: formtest.Now, Who: casefile.Person{Account: "adupont"}, Subject: subject, Choice: choice, Reason: reason, Progress: casefile.Decided})
	}
	decide(casefile.Authority, casefile.NotNotify, "=HYPERLINK(\"https://evil.example\")")
	decide(casefile.Closing, casefile.Close, "Nothing of ours.")
	f.Assessment.Verdict.Class, f.Severity = "foreign", nil
	return f
}

func recorded(t *testing.T) []*form.Facts {
	f := formtest.Facts(t)
	formtest.Filed(t, f, "cnil-initial", formtest.Now.Add(-time.Hour), "@CNIL-2026-1")
	formtest.Told(f, 60, nil)
	return []*form.Facts{refuted(t), f, formtest.Bare(t)}
}

// TestRegister: every case has its entry, whatever it came to.
func TestRegister(t *testing.T) {
	t.Parallel()
	cases := recorded(t)
	d := form.Register(cases, formtest.Now, cases[0].Zone)
	if len(d.Sections) != len(cases)+1 || len(d.Sections[0].Boxes[0].Value.Table.Rows) != len(cases) {
		t.Fatalf("%d sections for %d cases", len(d.Sections), len(cases))
	}
	keys, entry := map[string]bool{}, map[string]form.Box{}
	var counted form.Counts
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			if keys[b.Key] {
				t.Errorf("%s is there twice", b.Key)
			}
			keys[b.Key], entry[b.Key] = true, b
			for _, i := range b.From {
				if i < 1 || i > len(d.Sources) {
					t.Errorf("%s comes from source %d of %d", b.Key, i, len(d.Sources))
				} else if of, _, _ := strings.Cut(b.Key, ":"); of != "form.cases" && !strings.HasPrefix(d.Sources[i-1].Words.EN, of+": ") {
					t.Errorf("%s comes from another case: %s", b.Key, d.Sources[i-1].Words.EN)
				}
			}
			switch b.State {
			case form.Apart:
				counted.Apart++
			case form.Asked:
				t.Errorf("%s is asked in the record of all", b.Key)
			case form.Empty:
				counted.Empty++
				counted.Boxes++
			default:
				counted.Boxes++
			}
		}
	}
	if c := d.Counts; c.Boxes != counted.Boxes || c.Apart != counted.Apart || c.Empty != counted.Empty || c.Asked != 0 {
		t.Errorf("counts %+v, has %+v", c, counted)
	}
	for key, want := range map[string]string{"forum-2025-09:case.standing": "refuted", "forum-2026-04:case.standing": "confirmed", "forum-2026-05:case.standing": ""} {
		if got := strings.Join(entry[key].Value.Codes, ","); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if b := entry["forum-2025-09:authority.notified"]; b.State != form.Apart {
		t.Errorf("it was decided not to notify, and the date is %s", b.State)
	}
	if b := entry["forum-2026-04:authority.notified"]; b.Value.At != "2026-04-23T14:00:00+02:00" {
		t.Errorf("notified by what was filed: %+v", b)
	}
	for key, b := range entry {
		if strings.HasPrefix(key, "forum-2025-09:") && b.State == form.Empty {
			t.Errorf("%s is wanting of what was no breach", key)
		}
	}
	for i, want := range []string{"0", "2", "20"} {
		if row := d.Sections[0].Boxes[0].Value.Table.Rows[i]; row[len(row)-1].EN != want {
			t.Errorf("%s: %s to be told, want %s", row[0].EN, row[len(row)-1].EN, want)
		}
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		t.Fatal(err)
	}
	golden(t, "register.all.json", text.Bytes())
	if none := form.Register(nil, formtest.Now, nil); len(none.Sections) != 1 || none.Counts.Boxes != 1 {
		t.Errorf("of no case: %+v", none)
	}
}

// TestRegisterCSV: one row a case, read back whole by who keeps to RFC 4180, and nothing
// that a spreadsheet would run.
func TestRegisterCSV(t *testing.T) {
	t.Parallel()
	cases := recorded(t)
	for _, lang := range []string{"fr", "en"} {
		var text, again bytes.Buffer
		for _, w := range []*bytes.Buffer{&text, &again} {
			if err := form.RegisterCSV(w, cases, lang); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(text.Bytes(), again.Bytes()) {
			t.Error("the same cases give another file")
		}
		golden(t, "register."+lang+".csv", text.Bytes())
		body, marked := strings.CutPrefix(text.String(), "\ufeff")
		all, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || !marked || len(all) != len(cases)+1 || !strings.Contains(body, "\r\n") {
			t.Fatalf("%d rows, marked: %v, %v", len(all), marked, err)
		}
		guarded := 0
		for _, row := range all {
			for _, cell := range row {
				for line := range strings.SplitSeq(cell, "\n") {
					if strings.HasPrefix(line, "'") {
						guarded++
					}
					if start := strings.TrimSpace(line); start != "" && strings.ContainsRune("=+-@", rune(start[0])) {
						t.Errorf("a spreadsheet would run %q", line)
					}
				}
			}
		}
		if guarded == 0 {
			t.Error("the reason that is a formula is not guarded")
		}
	}
	if err := form.RegisterCSV(&bytes.Buffer{}, nil, "de"); err == nil {
		t.Error("a language that there is not is written")
	}
}
