package triage

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/renameio/v2"

	"constat.example/desk/claim"
	"constat.example/internal/failure"
)

// claimsDir is the folder of a case that holds its claims: 0001.yaml and so
// on, in the order they were added.
const claimsDir = "claims"

// AddedClaim is a claim as a case keeps it.
type AddedClaim struct {
	Case  string
	Claim *claim.Claim
}

// AddClaim keeps a claim in the case of that id, or, for "", in one named
// after the claim. Free text of the file stays out, and the user is told. The
// claim that is already the case's latest is not kept twice.
func (b Bench) AddClaim(path, id string) (*AddedClaim, error) {
	b = b.withDefaults()
	if err := checkCase(id); err != nil {
		return nil, err
	}
	text, err := claim.Text(path)
	if err != nil {
		return nil, err
	}
	kept, err := claim.Keep(text)
	if err != nil {
		return nil, claim.Unreadable(path, err)
	}
	id = cmp.Or(id, "claim-"+kept.Hash())
	dir := filepath.Join(b.CaseDir(id), claimsDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(dir, true)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if len(kept.Left) > 0 {
		b.Say(fmt.Sprintf("Not kept of the claim file: what stands under line%s. A case keeps source, first_seen, claimed (count, fields), price and deadline; free text may hold people's data.",
			lineNumbers(kept.Left)))
	}
	added := &AddedClaim{Case: id, Claim: kept.Claim}
	last, n, err := lastClaim(dir)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		same, err := os.ReadFile(last)
		if err != nil {
			return nil, err
		}
		if string(same) == string(kept.Text) {
			return added, nil
		}
	}
	if err := renameio.WriteFile(claimPath(b.CaseDir(id), n+1), kept.Text, 0o600, renameio.IgnoreUmask()); err != nil {
		return nil, fmt.Errorf("keeping the claim: %w", err)
	}
	return added, nil
}

// claimOf is the claim that an assessment is held against: the file's, else
// the latest of the case, else nil.
func (b Bench) claimOf(path, id string) (*claim.Claim, error) {
	if path != "" || id == "" {
		if path == "" {
			return nil, nil
		}
		return claim.Read(path)
	}
	last, n, err := lastClaim(filepath.Join(b.CaseDir(id), claimsDir))
	if err != nil || n == 0 {
		return nil, err
	}
	return claim.Read(last)
}

// lastClaim finds the claim that was added last, and its number; 0 where there
// is none.
func lastClaim(dir string) (path string, n int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", 0, nil
	}
	for _, e := range entries {
		if i, err := strconv.Atoi(strings.TrimSuffix(e.Name(), ".yaml")); err == nil && i > n {
			path, n = filepath.Join(dir, e.Name()), i
		}
	}
	return path, n, err
}

// lineNumbers writes " 3" or "s 3, 5 and 8"; of many the first few.
func lineNumbers(lines []int) string {
	const most = 8
	var text []string
	for _, n := range lines[:min(most, len(lines))] {
		text = append(text, strconv.Itoa(n))
	}
	if len(lines) > most {
		text = append(text, fmt.Sprintf("%d more", len(lines)-most))
	}
	if len(text) == 1 {
		return " " + text[0]
	}
	return "s " + strings.Join(text[:len(text)-1], ", ") + " and " + text[len(text)-1]
}

func checkCase(id string) error {
	if id != "" && !caseID.MatchString(id) {
		return failure.New(failure.Usage, "Use letters, digits, dots, dashes and underscores, at most 64.", "%q cannot be the id of a case", id)
	}
	return nil
}
