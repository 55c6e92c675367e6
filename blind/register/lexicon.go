package register

import (
	"context"
	"fmt"

	"constat.example/blind/engine"
	"constat.example/blind/token"
)

// A lexicon file is a large part of a small register, so it leaves out what can
// be told: a value that has Edit variants is its own Form and its own Edit. Its
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
	fresh, keep := "select family, value, class, variant from imp_lexicon l", i.Define
	if known := i.Register.files(0, lexiconPart); len(known) > 0 {
		if err := i.View(ctx, "imp_known", known...); err != nil {
			return err
		}
		keep = i.Table // few are left
		fresh += " where not exists (select 1 from (select distinct family, value from imp_known) k where k.family = l.family and k.value = l.value)"
	}
	if err := keep(ctx, "imp_fresh", fresh); err != nil {
		return err
	}
	own := "variant = " + token.VariantSQL("value")
	if err := i.Table(ctx, "imp_bare", fmt.Sprintf(`select family, value from imp_fresh
		group by family, value having count(case when class = %d and not (%s) then 1 end) = 0`, token.Edit, own)); err != nil {
		return err
	}
	if err := i.Table(ctx, "imp_words", fmt.Sprintf(`select distinct family, value, class, variant from imp_fresh f where class > %d or not (%s)
		or exists (select 1 from imp_bare b where b.family = f.family and b.value = f.value)`, token.Edit, own)); err != nil {
		return err
	}
	return i.write(ctx, lexiconPart, "select family, value, class, variant from imp_words order by family, value, class, variant")
}

// lexicon makes the view reg_lexicon.
func (r *Register) lexicon(ctx context.Context, s engine.Session) error {
	files := r.files(0, lexiconPart)
	if len(files) == 0 {
		return noLexicon(ctx, s)
	}
	if err := s.View(ctx, "reg_words", files...); err != nil {
		return err
	}
	query := "select family, value, class, variant from reg_words"
	for class := token.Form; class <= token.Edit; class++ {
		query += fmt.Sprintf(" union all select distinct family, value, cast(%d as smallint) as class, %s as variant from reg_words where class = %d",
			class, token.VariantSQL("value"), token.Edit)
	}
	return s.Define(ctx, "reg_lexicon", query)
}

func noLexicon(ctx context.Context, s engine.Session) error {
	return s.Load(ctx, "reg_lexicon", lexiconColumns, lexiconTypes, nil)
}
