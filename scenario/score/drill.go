package score

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
)

// Outcome is how well an assessment saw through a drill.
type Outcome struct {
	Kind    string   `json:"kind"`  // of drill
	Links   Ratio    `json:"links"` // rows tied to records; from links.csv beside the drill
	Report  Report   `json:"report"`
	Checks  []Check  `json:"checks"`
	Refused []string `json:"refused"` // figures that the assessment says it does not give: neither right nor wrong
}

// Check is one figure that the assessment gave, and what is true of it.
type Check struct {
	Name   string  `json:"name"`
	OK     bool    `json:"ok"` // a number within Tolerance, a statement that is true
	Said   string  `json:"said"`
	True   string  `json:"true"`
	Off    float64 `json:"off"` // relative error of a number; 0 or 1 of a statement
	Detail string  `json:"detail"`
}

// Tolerance is the relative error up to which a count is held for right:
// people whom nothing tells apart are marked ambiguous, not counted.
const Tolerance = 0.005

// Drill scores an assessment, in the JSON of assess --json, against the truth
// of the drill in dir; and the links in links.csv in dir, where there are some.
func Drill(dir, assessmentJSON string) (*Outcome, error) {
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
	v := &Outcome{Kind: truth.Kind, Checks: []Check{}, Refused: []string{}}
	if links := filepath.Join(dir, "links.csv"); exists(links) {
		if v.Report, err = Links(filepath.Join(dir, "truth", "links.csv"), links); err != nil {
			return nil, err
		}
		v.Links = v.Report.Pairs
	}
	if truth.Register != "" {
		v.statement("register", a.Register.Name, truth.Register, a.Register.Name == truth.Register, "")
	}
	v.number("rows read", a.Rows.Read, int64(truth.Rows))
	v.number("rows linked", a.Linked.Rows, int64(truth.Genuine))
	madeUp := 0
	if truth.Honey != nil {
		madeUp = truth.Honey.Found["register"]
	}
	v.number("persons linked", a.Linked.Persons, int64(truth.Persons+madeUp))
	spoken := freeText(&truth)
	v.number("persons exposed", a.Exposures.Persons, int64(truth.Persons+spoken.Only))
	v.number("persons with a stale value", a.Exposures.Stale, int64(truth.Stale+spoken.Stale))
	v.spoken(&a, &truth)
	for _, e := range truth.Exposures {
		name := e.Kind.String()
		v.number("persons exposed: "+name, a.Exposures.ByKind[name], int64(e.People+spoken.beyond[e.Kind]))
		for _, said := range a.Exposures.Kinds {
			if said.Kind == e.Kind {
				v.number("persons with a stale "+name, said.Stale, int64(e.Stale))
			}
		}
	}
	v.statement("verdict", a.Verdict.Class, truth.Class, a.Verdict.Class == truth.Class, a.Verdict.Refused)
	v.bound("genuine share within its bounds", share(&truth, &a))
	if w := window(&truth, &a); w.Asked {
		v.bound("theft within its window", w)
	} else {
		v.bound("no window for want of a theft", w)
	}
	if s := size(&truth, &a); s.Asked {
		v.bound("size within its bounds", s)
	} else {
		v.statement("no size for want of a theft", s.Said, "no theft", !s.Told, s.Refused)
	}
	for _, e := range truth.Earlier {
		name, _, _ := strings.Cut(filepath.Base(e.File), ".")
		for _, l := range a.Recycled.Leaks {
			if l.Name == name {
				v.number("rows about people of the leak "+name, l.Shared, int64(e.DumpRows))
			}
		}
	}
	v.honey(a.Honey, truth.Honey)
	v.traced(&a, &truth)
	return v, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (v *Outcome) number(name string, said, is int64) {
	off := 0.0
	if said != is {
		off = float64(max(said-is, is-said)) / float64(max(is, 1))
	}
	v.Checks = append(v.Checks, Check{
		Name: name, OK: off <= Tolerance, Said: fmt.Sprint(said), True: fmt.Sprint(is), Off: off,
		Detail: fmt.Sprintf("%d said, %d true, %.3f %% off", said, is, 100*off),
	})
}

func (v *Outcome) statement(name, said, is string, right bool, refused string) {
	if refused != "" {
		v.Refused = append(v.Refused, name+": "+refused)
		return
	}
	c := Check{Name: name, OK: right, Said: said, True: is, Detail: said + " said, " + is + " true"}
	if !right {
		c.Off = 1
	}
	v.Checks = append(v.Checks, c)
}

func (v *Outcome) bound(name string, b Bound) {
	v.statement(name, b.Said, b.True, b.Holds, b.Refused)
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

// String is the outcome as a table for people.
func (v *Outcome) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "drill    %s\nlinks    %s\n", v.Kind, v.Links)
	for _, c := range v.Checks {
		mark := "ok"
		if !c.OK {
			mark = "off"
		}
		fmt.Fprintf(&b, "%-3s  %-40s %s\n", mark, c.Name, c.Detail)
	}
	for _, r := range v.Refused {
		fmt.Fprintf(&b, "     %s\n", r)
	}
	return b.String()
}
