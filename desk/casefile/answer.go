package casefile

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"constat.example/internal/words"
)

// Answer is what a person says of a fact that evidence cannot tell. One whose value is
// zero takes back what was said before.
type Answer struct {
	Key   string `json:"key"` // of the fact, the same in all documents: "people.count"
	Value Value  `json:"value"`
}

// Value is what stands in a box of a document: one of these.
type Value struct {
	Text   []words.Both `json:"text,omitempty"`   // paragraphs
	Codes  []string     `json:"codes,omitempty"`  // of the options that a box offers, in their order
	Number *int64       `json:"number,omitempty"` // written out where it stands in text too
	At     string       `json:"at,omitempty"`     // RFC 3339 with the offset of the clock that showed it, or a day
	Table  *Grid        `json:"table,omitempty"`
}

// Grid is a table in a box.
type Grid struct {
	Head []words.Both   `json:"head"`
	Rows [][]words.Both `json:"rows"`
}

// Zero reports whether nothing stands in the box.
func (v Value) Zero() bool {
	return len(v.Text) == 0 && len(v.Codes) == 0 && v.Number == nil && v.At == "" && (v.Table == nil || len(v.Table.Rows) == 0)
}

// Texts are all texts of a value, in both languages.
func (v Value) Texts() []string {
	var all []string
	add := func(b words.Both) { all = append(all, b.FR, b.EN) }
	for _, b := range v.Text {
		add(b)
	}
	if v.Table != nil {
		for _, row := range append([][]words.Both{v.Table.Head}, v.Table.Rows...) {
			for _, b := range row {
				add(b)
			}
		}
	}
	return all
}

// Stated is an answer as it was given.
type Stated struct {
	Answer
	Act  int64     `json:"act"` // number of it
	Time time.Time `json:"time"`
	Who  Person    `json:"who"`
}

// stated are the answers in force after a were given: each key once, in the order of the
// acts that stand for it.
func stated(before []Stated, a *Act) []Stated {
	var after []Stated
	gone := map[string]bool{}
	for _, x := range a.Answers {
		gone[x.Key] = true
	}
	for _, s := range before {
		if !gone[s.Key] {
			after = append(after, s)
		}
	}
	for _, x := range a.Answers {
		if !x.Value.Zero() {
			after = append(after, Stated{Answer: x, Act: a.Number, Time: a.Time, Who: a.Who})
		}
	}
	return after
}

// Bounds of an answer: a long story has its place, a book has not.
const (
	mostAnswers = 500
	mostPieces  = 1000 // texts of one answer
	longestText = 2000 // characters
)

var (
	answerKey = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$`)
	optionKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/ -]{0,79}$`)
)

func checkAnswers(all []Answer) error {
	if len(all) == 0 || len(all) > mostAnswers {
		return errors.New("answers nothing, or too much at once")
	}
	seen := map[string]bool{}
	for i := range all {
		if err := all[i].check(); err != nil {
			return err
		}
		if seen[all[i].Key] {
			return errors.New("answers one question twice")
		}
		seen[all[i].Key] = true
	}
	return nil
}

func (a *Answer) check() error {
	v := &a.Value
	kinds := 0
	for _, is := range []bool{len(v.Text) > 0, len(v.Codes) > 0, v.Number != nil, v.At != "", v.Table != nil} {
		if is {
			kinds++
		}
	}
	if !answerKey.MatchString(a.Key) || len(a.Key) > 80 {
		return errors.New("answers a question that has no name")
	}
	if kinds > 1 || v.Table != nil && v.Zero() {
		return errors.New("answers with more than one kind of value, or an empty table")
	}
	for _, c := range v.Codes {
		if !optionKey.MatchString(c) {
			return errors.New("answers with what is no code of an option")
		}
	}
	if v.At != "" {
		_, instant := time.Parse(time.RFC3339, v.At)
		_, day := time.Parse(time.DateOnly, v.At)
		if instant != nil && day != nil {
			return errors.New("answers with what is no time")
		}
	}
	if v.Table != nil {
		for _, row := range v.Table.Rows {
			if len(row) != len(v.Table.Head) {
				return errors.New("answers with a table whose rows are not all as wide as its head")
			}
		}
	}
	texts := v.Texts()
	if len(texts) > 2*mostPieces {
		return errors.New("answers with too much text")
	}
	for _, t := range texts {
		if !line(t, longestText) {
			return errors.New("answers with a paragraph of several lines, or one that is too long")
		}
	}
	for _, b := range v.Text {
		if !b.Whole() {
			return errors.New("answers in one language only")
		}
	}
	return nil
}

// answered words answers by their keys: what they say may be long.
func answered(all []Answer) Both {
	const most = 4 // named; more would drown what else happened
	var said, back []string
	for _, x := range all {
		if x.Value.Zero() {
			back = append(back, x.Key)
		} else {
			said = append(said, x.Key)
		}
	}
	list := func(verb Both, keys []string) Both {
		if len(keys) == 0 {
			return Both{}
		}
		more := Both{}
		if n := len(keys) - most; n > 0 {
			keys, more = keys[:most], both(" et %d de plus", " and %d more", n)
		}
		names := " " + strings.Join(keys, ", ")
		return pair(verb.FR+names+more.FR, verb.EN+names+more.EN)
	}
	a, b := list(pair("a répondu sur", "answered"), said), list(pair("a retiré sa réponse sur", "took back"), back)
	if a.EN != "" && b.EN != "" {
		return pair(a.FR+" ; "+b.FR, a.EN+"; "+b.EN)
	}
	return pair(a.FR+b.FR, a.EN+b.EN)
}
