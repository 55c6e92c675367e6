package score

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
)

// Traced is what a trace should say, and whether it does.
type Traced struct {
	// Wanted tells whether the logs can show who did it: what the guilty accounts did is in
	// them, with the records or how many there were.
	Wanted   bool
	First    bool // a guilty account is named first, or nobody is where the logs cannot show it
	Innocent bool // an account that did nothing is named first, as more likely than not
	Named    int  // guilty accounts among the suspects who are more likely than not
	Guilty   int  // guilty accounts that the logs show
}

// likely is from where on somebody is more likely than not.
const likely = 0.5

// Suspects compares suspects, most likely first, with who did it.
func Suspects(t *scenario.TruthAccess, suspects []assessment.Suspect) Traced {
	guilty := func(account string) bool {
		return slices.ContainsFunc(t.Guilty, func(g scenario.TruthAccount) bool { return g.Account == account })
	}
	var s Traced
	s.Wanted = t.InLogs && (t.Named || t.How == scenario.WayCounts || t.How == scenario.WayExport)
	if t.InLogs {
		s.Guilty = len(t.Guilty)
	}
	for _, one := range suspects {
		if guilty(one.Account) && one.Likelihood > likely {
			s.Named++
		}
	}
	if len(suspects) > 0 {
		s.First = guilty(suspects[0].Account)
		s.Innocent = !s.First && suspects[0].Likelihood > likely
	}
	if !s.Wanted && !s.First {
		s.First = len(suspects) == 0 || suspects[0].Likelihood <= likely
	}
	return s
}

// Trace is the file beside a drill that holds what trace --json has printed of it.
const Trace = "trace.json"

// traced checks what a trace said, where the drill has logs and was traced.
func (v *Outcome) traced(dir string, t *scenario.Truth) error {
	text, err := os.ReadFile(filepath.Join(dir, Trace))
	if errors.Is(err, fs.ErrNotExist) || t.Access == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the trace: %w", err)
	}
	var said struct {
		Suspects []assessment.Suspect `json:"suspects"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return failure.New(failure.BadInput, "Name what trace --json has printed.", "%s is not a trace", Trace)
	}
	s := Suspects(t.Access, said.Suspects)
	first := "nobody"
	if len(said.Suspects) > 0 {
		first = fmt.Sprintf("%s (%.0f %%)", said.Suspects[0].Account, 100*said.Suspects[0].Likelihood)
	}
	is := "not in these logs"
	if s.Wanted {
		is = t.Access.Guilty[0].Account
	}
	v.statement("suspected first", first, is, s.First, "")
	v.statement("no innocent account suspected first", first, is, !s.Innocent, "")
	if s.Wanted && s.Guilty > 1 {
		v.statement("guilty accounts suspected", fmt.Sprint(s.Named), fmt.Sprint(s.Guilty), s.Named == s.Guilty, "")
	}
	return nil
}
