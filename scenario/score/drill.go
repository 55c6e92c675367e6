package score

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
)

// Verdict is what an assessment made of a drill, figure by figure.
type Verdict struct {
	Kind    string   `json:"kind"` // of drill
	Figures []Figure `json:"figures"`
}

// Figure is one thing the assessment said and what is true of it.
type Figure struct {
	Name string  `json:"name"`
	Said string  `json:"said"`
	True string  `json:"true"`
	Off  float64 `json:"off"` // relative error of a number; 0 or 1 of a statement
	// Refused: the assessment said that it does not say. Neither right nor wrong.
	Refused bool `json:"refused,omitempty"`
}

// Drill scores an assessment, in the JSON of assess --json, against the truth
// of the drill in dir.
func Drill(dir, assessmentJSON string) (*Verdict, error) {
	text, err := os.ReadFile(filepath.Join(dir, "truth", "truth.json"))
	if err != nil {
		return nil, failure.New(failure.BadInput, "Name a folder that drill new has written.", "reading the truth: %w", err)
	}
	var truth scenario.Truth
	if err := json.Unmarshal(text, &truth); err != nil || truth.Schema != scenario.TruthSchema {
		return nil, failure.New(failure.BadInput, "Name a folder that drill new has written.", "truth.json is not the truth of a drill")
	}
	text, err = os.ReadFile(assessmentJSON)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Name what assess --json has printed.", "reading the assessment: %w", err)
	}
	var a assessment.Assessment // not assessment.New: a refusal that is absent must stay absent
	if err := json.Unmarshal(text, &a); err != nil || a.Schema != assessment.Schema {
		return nil, failure.New(failure.BadInput, "Name what assess --json has printed.", "%s is not an assessment", filepath.Base(assessmentJSON))
	}
	v := &Verdict{Kind: truth.Kind}
	v.number("rows read", a.Rows.Read, int64(truth.Rows))
	v.number("rows linked", a.Linked.Rows, int64(truth.Genuine))
	v.number("persons linked", a.Linked.Persons, int64(truth.Persons))
	v.number("persons exposed", a.Exposures.Persons, int64(truth.Persons))
	v.number("persons with a stale value", a.Exposures.Stale, int64(truth.Stale))
	for _, e := range truth.Exposures {
		name := e.Kind.String()
		v.number("persons exposed: "+name, a.Exposures.ByKind[name], int64(e.People))
		for _, said := range a.Exposures.Kinds {
			if said.Kind == e.Kind {
				v.number("persons with a stale "+name, said.Stale, int64(e.Stale))
			}
		}
	}
	v.statement("verdict", a.Verdict.Class, truth.Class, a.Verdict.Class == truth.Class, a.Verdict.Refused)
	share := a.Verdict.GenuineShare
	v.statement("genuine share within its bounds", interval(share.Low, share.High), fmt.Sprintf("%.4f", truth.GenuineShare),
		share.Low != nil && share.High != nil && *share.Low <= truth.GenuineShare && truth.GenuineShare <= *share.High, a.Verdict.Refused)
	v.statement("theft within its window", deref(a.Window.NotBefore)+" to "+deref(a.Window.NotAfter), truth.Theft.Format(time.RFC3339), within(a.Window, truth.Theft), a.Window.Refused)
	size := a.Size
	v.statement("size within its bounds", interval(size.Low, size.High), fmt.Sprint(truth.Persons),
		size.Low != nil && size.High != nil && *size.Low <= int64(truth.Persons) && int64(truth.Persons) <= *size.High, size.Refused)
	return v, nil
}

func (v *Verdict) number(name string, said, is int64) {
	off := 0.0
	if said != is {
		off = float64(max(said-is, is-said)) / float64(max(is, 1))
	}
	v.Figures = append(v.Figures, Figure{Name: name, Said: fmt.Sprint(said), True: fmt.Sprint(is), Off: off})
}

func (v *Verdict) statement(name, said, is string, right bool, refused string) {
	f := Figure{Name: name, Said: said, True: is}
	switch {
	case refused != "":
		f.Said, f.Refused = refused, true
	case !right:
		f.Off = 1
	}
	v.Figures = append(v.Figures, f)
}

func within(w assessment.Window, theft time.Time) bool {
	if w.NotBefore == nil || w.NotAfter == nil {
		return false
	}
	from, err1 := time.Parse(time.RFC3339, *w.NotBefore)
	to, err2 := time.Parse(time.RFC3339, *w.NotAfter)
	return err1 == nil && err2 == nil && !theft.Before(from) && !theft.After(to)
}

func interval[N int64 | float64](low, high *N) string {
	if low == nil || high == nil {
		return "no bounds"
	}
	return fmt.Sprintf("%v to %v", *low, *high)
}

func deref(s *string) string {
	if s == nil {
		return "unknown"
	}
	return *s
}

// String is the figures as a table for people.
func (v *Verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-40s %24s %24s %9s\n", v.Kind, "said", "true", "off")
	for _, f := range v.Figures {
		off := fmt.Sprintf("%.3f %%", 100*f.Off)
		if f.Refused {
			off = "refused"
		}
		fmt.Fprintf(&b, "%-40s %24s %24s %9s\n", f.Name, f.Said, f.True, off)
	}
	return b.String()
}
