package register

import (
	"context"
	"fmt"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// A lexicon file is a large part of a small register, so it leaves out what can
// be told: every value is its own Form and its own Edit, and is counted. Its
// rows stand in the order of their values, each of which thus costs little more
// than once; variants are random, and cost what they are.

var (
	lexiconColumns = []string{"family", "value", "class", "variant"}
	lexiconTypes   = []string{"SMALLINT", "BIGINT", "SMALLINT", "INTEGER"}
)

// writeLexicon keeps the entries of values that no earlier segment has.
func (i *importing) writeLexicon(ctx context.Context, staged []string) error {
	if len(staged) == 0 {
		return nil
	}
	i.meter.Stage("sorting the lexicon", 0, "")
	if err := i.View(ctx, "imp_lexicon", staged...); err != nil {
		return err
	}
	words := fmt.Sprintf("select distinct family, value, class, variant from imp_lexicon l where (class > %d or variant <> %s)", token.Edit, token.VariantSQL("value"))
	if known := i.Register.files(0, lexiconPart); len(known) > 0 {
		if err := i.View(ctx, "imp_known", known...); err != nil {
			return err
		}
		words += " and not exists (select 1 from (select distinct family, value from imp_known) k where k.family = l.family and k.value = l.value)"
	}
	if err := i.Table(ctx, "imp_words", words); err != nil {
		return err
	}
	return i.write(ctx, lexiconPart, "select family, value, class, variant from imp_words order by family, value, class, variant")
}

// lexicon makes the view reg_lexicon. What the files leave out is put back for
// every value that was ever counted.
func (r *Register) lexicon(ctx context.Context, s engine.Session) error {
	files := r.files(0, lexiconPart)
	if len(files) == 0 {
		return noLexicon(ctx, s)
	}
	if err := s.View(ctx, "reg_words", files...); err != nil {
		return err
	}
	query := "select family, value, class, variant from reg_words"
	for _, k := range kind.All() {
		role := token.Whole
		switch {
		case k.Family() == kind.NoFamily || k == kind.UsedSurname:
			continue
		case k == kind.GivenNames:
			role = token.Second
		}
		for class := token.Form; class <= token.Edit; class++ {
			query += fmt.Sprintf(" union all select cast(%d as smallint), value, cast(%d as smallint), %s from reg_counted where kind = %d and role = %d",
				k.Family(), class, token.VariantSQL("value"), k, role)
		}
	}
	return s.Define(ctx, "reg_lexicon", query)
}

func noLexicon(ctx context.Context, s engine.Session) error {
	return s.Load(ctx, "reg_lexicon", lexiconColumns, lexiconTypes, nil)
}
