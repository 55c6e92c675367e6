package form

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/internal/failure"
	"constat.example/internal/near"
	"constat.example/internal/plainyaml"
	"constat.example/internal/words"
)

// Question is a fact that forms have a box for, by its key. A person may state it whether
// it is asked or not.
type Question struct {
	Key     string          `json:"key"`
	Label   words.Both      `json:"label"`
	Help    words.Both      `json:"help,omitzero"`
	Ask     words.Both      `json:"ask,omitzero"`
	Type    Type            `json:"type"`
	Options []Option        `json:"options,omitempty"`
	Head    []words.Both    `json:"head,omitempty"` // of a table, where the form says it
	Boxes   []string        `json:"boxes"`          // of forms: "cnil-initial 3.2"
	Asked   bool            `json:"asked"`          // a form of the case waits for it
	Answer  *casefile.Value `json:"answer"`         // in force; null for none
}

// OfOrganisation reports whether a fact is one that an organisation says of itself, once
// for all cases.
func OfOrganisation(key string) bool {
	return strings.HasPrefix(key, "organisation.") || strings.HasPrefix(key, "contact.")
}

// Questions are the facts that forms have boxes for, each once, in the order of the forms:
// those that are drafted of the case, and those that a case has of which nothing is known.
func Questions(forms []*Form, facts *Facts) []Question {
	bare := &Facts{Case: facts.Case, Now: facts.Now, Zone: facts.Zone, State: casefile.Of(facts.Case, nil), Answers: map[string]Answer{}}
	var all []Question
	at := map[string]int{}
	take := func(f *Form, d *Document, now bool) {
		for _, s := range d.Sections {
			for _, b := range s.Boxes {
				if b.Key == "" || strings.HasPrefix(b.Key, ofForm) && b.State != Asked {
					continue // prose that nobody can state, and what a form tells of itself
				}
				i, seen := at[b.Key]
				if !seen {
					i = len(all)
					at[b.Key] = i
					all = append(all, Question{Key: b.Key, Label: b.Label, Help: b.Help, Type: b.Type, Options: b.Options, Boxes: []string{}})
				}
				q := &all[i]
				for _, o := range b.Options { // one form may offer more than another
					if !slices.ContainsFunc(q.Options, func(x Option) bool { return x.Code == o.Code }) {
						q.Options = append(slices.Clip(q.Options), o)
					}
				}
				if box := f.Name + " " + b.ID; !slices.Contains(q.Boxes, box) {
					q.Boxes = append(q.Boxes, box)
				}
				if q.Head == nil && b.Value.Table != nil {
					q.Head = b.Value.Table.Head
				}
				q.Asked = q.Asked || now && b.State == Asked
				if q.Ask.EN == "" || now && b.State == Asked {
					q.Ask = b.Ask
				}
			}
		}
	}
	for _, f := range forms {
		if f.refusal(facts) == "" {
			take(f, drafted(f, facts), true)
		}
		take(f, drafted(f, bare), false)
	}
	for i := range all {
		if a, is := facts.Answers[all[i].Key]; is {
			value := a.Value
			all[i].Answer = &value
		}
	}
	return all
}

// Given is an answer as it was written.
type Given struct {
	Key   string
	Value plainyaml.Tree // Null says nothing; an empty text, or list, takes back
}

// ReadAnswers reads a file of answers: a mapping of keys.
func ReadAnswers(text []byte) ([]Given, error) {
	var tree plainyaml.Tree
	if err := plainyaml.Decode(text, &tree); err != nil {
		return nil, err
	}
	if tree.Shape == plainyaml.Null {
		return nil, nil
	}
	if tree.Shape != plainyaml.Mapping {
		return nil, errors.New("it holds no keys with what is answered")
	}
	var all []Given
	for _, p := range tree.Pairs {
		all = append(all, Given(p))
	}
	return all, nil
}

// Answers are what was given, as it is kept: what says nothing is left out. Times without an
// offset are those of zone. Errors are those of who wrote it, and quote nothing that is
// no key.
func Answers(questions []Question, given []Given, zone *time.Location) ([]casefile.Answer, error) {
	var all []casefile.Answer
	for n, g := range given {
		i := slices.IndexFunc(questions, func(q Question) bool { return q.Key == g.Key })
		if i < 0 {
			return nil, unknownKey(questions, g, n+1)
		}
		if g.Value.Shape == plainyaml.Null {
			continue
		}
		v, err := questions[i].read(&g.Value, zone)
		if err != nil {
			return nil, failure.New(failure.Usage, "With --questions it is told what each question takes.", "%s%s %w", lineOf(g), g.Key, err)
		}
		all = append(all, casefile.Answer{Key: g.Key, Value: v})
	}
	return all, nil
}

func lineOf(g Given) string {
	if g.Value.Line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", g.Value.Line)
}

func unknownKey(questions []Question, g Given, n int) error {
	where := lineOf(g)
	if where == "" {
		where = fmt.Sprintf("answer %d: ", n)
	}
	var keys []string
	for _, q := range questions {
		keys = append(keys, q.Key)
	}
	hint := "With --questions all of them are listed."
	if like := near.Word(g.Key, keys); like != "" {
		hint = fmt.Sprintf("Did you mean %s? %s", like, hint)
	}
	return failure.New(failure.Usage, hint, "%sno form asks for that key", where)
}

// read reads an answer to q.
func (q *Question) read(t *plainyaml.Tree, zone *time.Location) (v Value, err error) {
	if t.Shape == plainyaml.Scalar && strings.TrimSpace(t.Text) == "" || t.Shape == plainyaml.List && len(t.Items) == 0 {
		return v, nil // taken back
	}
	switch q.Type {
	case Choice, Choices:
		v.Codes, err = q.codes(t)
	case Number:
		v.Number, err = readNumber(t)
	case Time:
		v.At, err = readInstant(t, zone)
	case Table:
		v.Table, err = q.table(t)
	default:
		v.Text, err = readText(t)
	}
	return v, err
}

func (q *Question) codes(t *plainyaml.Tree) ([]string, error) {
	var given []string
	switch {
	case t.Shape == plainyaml.Scalar:
		for code := range strings.SplitSeq(t.Text, ",") {
			given = append(given, strings.TrimSpace(code))
		}
	case t.Shape == plainyaml.List && !slices.ContainsFunc(t.Items, func(i plainyaml.Tree) bool { return i.Shape != plainyaml.Scalar }):
		for _, i := range t.Items {
			given = append(given, strings.TrimSpace(i.Text))
		}
	default:
		return nil, errors.New("takes codes of options")
	}
	if q.Type == Choice && len(given) > 1 {
		return nil, errors.New("takes one code only")
	}
	var all, there []string
	for _, o := range q.Options {
		there = append(there, o.Code)
		if slices.Contains(given, o.Code) {
			all = append(all, o.Code) // in the order of the form
		}
	}
	for _, code := range given {
		if !slices.Contains(there, code) {
			return nil, fmt.Errorf("takes of these: %s", strings.Join(there, ", "))
		}
	}
	return all, nil
}

func readNumber(t *plainyaml.Tree) (*int64, error) {
	digits := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "_", "").Replace(t.Text)
	n, err := strconv.ParseInt(digits, 10, 64)
	if t.Shape != plainyaml.Scalar || err != nil || n < 0 {
		return nil, errors.New("takes a whole number, in digits")
	}
	return &n, nil
}

func readInstant(t *plainyaml.Tree, zone *time.Location) (string, error) {
	if t.Shape != plainyaml.Scalar {
		return "", errors.New("takes a time")
	}
	at, day, err := deadline.Time(strings.TrimSpace(t.Text), zone)
	switch {
	case err != nil:
		return "", fmt.Errorf("takes a time: %w", err)
	case day:
		return at.Format(time.DateOnly), nil
	}
	return at.Format(time.RFC3339), nil
}

// readText reads paragraphs: in one language for both, or as {fr: …, en: …}.
func readText(t *plainyaml.Tree) ([]words.Both, error) {
	fr, en := t, t
	if t.Shape == plainyaml.Mapping {
		fr, en = nil, nil
		for i := range t.Pairs {
			switch t.Pairs[i].Key {
			case "fr":
				fr = &t.Pairs[i].Value
			case "en":
				en = &t.Pairs[i].Value
			default:
				return nil, errors.New("takes a text, or one as fr and one as en")
			}
		}
		if fr == nil || fr.Shape == plainyaml.Null {
			fr = en
		}
		if en == nil || en.Shape == plainyaml.Null {
			en = fr
		}
	}
	french, err := readLines(fr)
	if err != nil {
		return nil, err
	}
	english, err := readLines(en)
	if err != nil {
		return nil, err
	}
	if len(french) != len(english) {
		return nil, errors.New("has not as many paragraphs in French as in English")
	}
	var all []words.Both
	for i := range french {
		all = append(all, words.Both{FR: french[i], EN: english[i]})
	}
	return all, nil
}

// readLines reads the lines of a text, or the items of a list.
func readLines(t *plainyaml.Tree) ([]string, error) {
	var lines []string
	switch {
	case t != nil && t.Shape == plainyaml.Scalar:
		lines = strings.Split(t.Text, "\n")
	case t != nil && t.Shape == plainyaml.List && !slices.ContainsFunc(t.Items, func(i plainyaml.Tree) bool { return i.Shape != plainyaml.Scalar }):
		for _, i := range t.Items {
			lines = append(lines, strings.Split(i.Text, "\n")...)
		}
	default:
		return nil, errors.New("takes a text, or one as fr and one as en")
	}
	var all []string
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			all = append(all, l)
		}
	}
	return all, nil
}

// table reads a list of rows, each a mapping from what stands in the head to a text. Where
// the form says no head, the first row does.
func (q *Question) table(t *plainyaml.Tree) (*Grid, error) {
	wrong := errors.New("takes a list of rows, each with what stands in the head")
	if t.Shape != plainyaml.List {
		return nil, wrong
	}
	g := &Grid{Head: q.Head}
	for i, row := range t.Items {
		if row.Shape != plainyaml.Mapping {
			return nil, wrong
		}
		if i == 0 && g.Head == nil {
			for _, p := range row.Pairs {
				g.Head = append(g.Head, words.Both{FR: p.Key, EN: p.Key})
			}
		}
		cells := make([]words.Both, len(g.Head))
		for _, p := range row.Pairs {
			at := slices.IndexFunc(g.Head, func(h words.Both) bool { return h.EN == p.Key || h.FR == p.Key })
			if at < 0 {
				return nil, fmt.Errorf("row %d: the head of the table is %s", i+1, headWords(g.Head))
			}
			if p.Value.Shape == plainyaml.Null {
				continue
			}
			cell, err := readText(&p.Value)
			if err != nil || len(cell) > 1 {
				return nil, fmt.Errorf("row %d: takes one line in each cell", i+1)
			}
			if len(cell) == 1 {
				cells[at] = cell[0]
			}
		}
		g.Rows = append(g.Rows, cells)
	}
	return g, nil
}

func headWords(all []words.Both) string {
	var names []string
	for _, h := range all {
		names = append(names, h.EN)
	}
	return strings.Join(names, ", ")
}
