package triage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/seal"
	"constat.example/desk/assessment"
)

// mentionsFile is the table of what was found in free text, in a case and on
// its way there.
const mentionsFile = "mentions.parquet"

// spoken is what the free text of a source gave.
type spoken struct {
	path string // of the Parquet file made; "" where nothing was found
	seal.Heard
}

// searched tells which columns' texts are searched: those of free text, and
// those of no kind, of which only long texts are. A column that a person has
// mapped to "ignore" is not.
func searched(typed []column.Column) []bool {
	search := make([]bool, len(typed))
	for i, c := range typed {
		search[i] = c.Kind == kind.FreeText || c.Kind == kind.Unknown && !c.Overridden
	}
	return search
}

func (s *spoken) create(dir string) *token.MentionWriter {
	s.path = filepath.Join(dir, mentionsFile)
	return token.CreateMentions(s.path)
}

func (s *spoken) close(w *token.MentionWriter, sealers [][]*seal.Sealer) error {
	for _, set := range sealers {
		for _, one := range set {
			s.Heard = s.Add(one.Heard())
		}
	}
	if !w.Written() {
		s.path = ""
	}
	return w.Close()
}

// hear adds the people whose identifiers stand in free text to the exposures.
func (s *spoken) hear(ctx context.Context, linked *link.Result, register token.Layout, out *assessment.Assessment) error {
	free := &out.Exposures.FreeText
	free.Mentions.Found = s.Mentions
	free.Mentions.Unattributed = s.Untold
	if s.path == "" {
		return nil
	}
	said, err := linked.Hear(ctx, []string{s.path}, register)
	if err != nil {
		return err
	}
	free.Persons, free.Only = said.Persons, said.Only
	for _, k := range said.Kinds {
		free.ByKind[k.Kind.String()] = k.People
	}
	m := &free.Mentions
	m.ConfirmedByChecksum = said.Checked
	m.ConfirmedByRegister = said.Confirmed
	m.ByRow, m.Ambiguous = said.ByRow, said.Ambiguous
	m.Unattributed += said.Unattributed
	return nil
}

// adds checks that what was found in free text adds up.
func (s *spoken) adds(e assessment.Exposures) error {
	f := e.FreeText
	m := f.Mentions
	if m.Found != m.ConfirmedByRegister+m.ByRow+m.Ambiguous+m.Unattributed || m.ConfirmedByChecksum > m.Found {
		return fmt.Errorf("the mentions in free text do not add up: %d confirmed, %d by their row, %d ambiguous, %d of nobody, of %d",
			m.ConfirmedByRegister, m.ByRow, m.Ambiguous, m.Unattributed, m.Found)
	}
	if f.Only > f.Persons || f.Persons > e.Persons {
		return fmt.Errorf("the people exposed through free text do not add up: %d, %d of them nowhere else, of %d", f.Persons, f.Only, e.Persons)
	}
	for _, k := range e.Kinds {
		if k.FreeText > k.People || k.FreeText > f.Persons || k.FreeText != f.ByKind[k.Kind.String()] {
			return fmt.Errorf("the people exposed through free text by %s do not add up: %d of %d", k.Kind, k.FreeText, k.People)
		}
	}
	return nil
}

// keep puts the table into the case, or clears away that of an earlier assessment.
func (s *spoken) keep(dir string) error {
	to := filepath.Join(dir, mentionsFile)
	if s.path != "" {
		return os.Rename(s.path, to)
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
