package form

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"constat.example/desk/report"
	"constat.example/internal/failure"
	"constat.example/internal/words"
)

// Form is a document that can be drafted.
type Form struct {
	Name    string // as on the command line
	Version string
	Basis   words.Both
	Title   words.Both
	For     words.Both
	// After are the forms whose last filing a draft is compared with, itself included
	// where it may be filed again.
	After []string
	// Meets is the event of desk/deadline that filing it is; "" for none.
	Meets string
	// Refuse tells why the document cannot be drafted of these facts; zero where it can.
	Refuse func(*Facts) words.Both
	Fill   func(*Maker)
}

// Forms are all there are, in the order in which a case needs them. Each is in a file of
// its own.
func Forms() []*Form {
	return slices.Concat([]*Form{
		cnilInitial(),
		cnilComplementary(),
		edpb(),
		register(),
		complaint(),
		statement(),
		impact(),
		remediation(),
		veris(),
	}, nis2())
}

// Names are the names of all forms.
func Names() []string {
	var all []string
	for _, f := range Forms() {
		all = append(all, f.Name)
	}
	return all
}

// ByName is the form of that name.
func ByName(name string) (*Form, error) {
	for _, f := range Forms() {
		if f.Name == name {
			return f, nil
		}
	}
	return nil, failure.New(failure.Usage, "\"constat report --list\" lists them.", "there is no form of that name")
}

// Draft fills a form from the facts. The same facts give the same document.
func Draft(f *Form, facts *Facts) (*Document, error) {
	if why := f.refusal(facts); why != "" {
		return nil, failure.New(failure.Refused, "See what the case lacks with \"constat case show\".", "the document is not drafted: %s", why)
	}
	return drafted(f, facts), nil
}

// refusal is why a document cannot be drafted, in English; "" where it can.
func (f *Form) refusal(facts *Facts) string {
	if f.Refuse == nil {
		return ""
	}
	return f.Refuse(facts).EN
}

func drafted(f *Form, facts *Facts) *Document {
	d := &Document{
		Schema: Schema, Form: f.Name, Version: f.Version, Basis: f.Basis, Case: facts.Case, At: facts.Now.In(facts.zone()).Format(time.RFC3339),
		TLP: string(facts.State.TLP), PAP: string(facts.State.PAP), Title: f.Title, For: f.For, Sections: []Section{}, Sources: []Source{},
	}
	m := &Maker{Facts: facts, d: d}
	if last := facts.last(f.After); last != nil {
		m.last = map[string]Box{}
		for _, s := range last.Document.Sections {
			for _, b := range s.Boxes {
				m.last[b.Key] = b
			}
		}
		d.Since = &Since{Number: last.Number, Form: last.Form, At: last.At.In(facts.zone()).Format(time.RFC3339)}
	}
	f.Fill(m)
	return d
}

func (f *Facts) zone() *time.Location {
	if f.Zone == nil {
		return time.UTC
	}
	return f.Zone
}

// last is the last filing of any of the forms.
func (f *Facts) last(forms []string) *Filing {
	for i := len(f.Filings) - 1; i >= 0; i-- {
		if x := &f.Filings[i]; slices.Contains(forms, x.Form) && x.Document != nil {
			return x
		}
	}
	return nil
}

// Maker is a document under way. What a form fills in, it says with Section and Box.
type Maker struct {
	*Facts
	d    *Document
	last map[string]Box // of the last filing, by key; nil for none
}

// Section begins a section.
func (m *Maker) Section(id string, title, note words.Both) {
	m.d.Sections = append(m.d.Sections, Section{ID: id, Title: title, Note: note, Boxes: []Box{}})
}

// Prose begins a section of running text.
func (m *Maker) Prose(id string, title words.Both) {
	m.Section(id, title, words.Both{})
	m.d.Sections[len(m.d.Sections)-1].Prose = true
}

// Box adds a box with what the evidence says, Value, and where that stands, from. What a
// person stated goes before it. A box that does not apply to the case has Why, and no Value;
// one of which nobody knows is asked, unless it is Optional.
func (m *Maker) Box(b Box, from ...Source) {
	b.From = []int{}
	answer, answered := m.Answers[b.Key]
	if answered = answered && !b.hidden; answered {
		answer.Value, answered = fits(answer.Value, b.Options)
	}
	switch {
	case answered:
		b.State = Stated
		if !b.Value.Zero() && !reflect.DeepEqual(b.Value, answer.Value) {
			found := b.Value
			b.Found = &found
		} else if !b.Value.Zero() {
			b.State = Filled // a person confirms what the evidence says
		}
		b.Value, b.Why, b.Proposed = answer.Value, words.Both{}, false
		from = append([]Source{m.answered(&answer)}, from...)
	case !b.Value.Zero():
		b.State = Filled
	case b.Why.EN != "":
		b.State = Apart
	case b.Optional:
		b.State = Empty
	default:
		b.State = Asked
	}
	if b.State != Asked {
		b.Ask = words.Both{}
	}
	if b.State == Filled || b.State == Stated || b.Why.EN != "" {
		for _, s := range from {
			b.From = append(b.From, m.source(s))
		}
	}
	m.since(&b)
	m.count(b.State)
	if b.Proposed {
		m.d.Counts.Proposed++
	}
	s := &m.d.Sections[len(m.d.Sections)-1]
	s.Boxes = append(s.Boxes, b)
}

// fits is an answer in a box with those options: a code that another form offers, and this
// one does not, is "other" here, and none where it says that nothing is known ("open"). It
// reports whether anything is left.
func fits(v Value, options []Option) (Value, bool) {
	if len(options) == 0 || len(v.Codes) == 0 {
		return v, true
	}
	there := func(code string) bool {
		return slices.ContainsFunc(options, func(o Option) bool { return o.Code == code })
	}
	chosen := map[string]bool{}
	for _, code := range v.Codes {
		if !there(code) && code != "open" {
			code = "other"
		}
		chosen[code] = true
	}
	v.Codes = nil
	for _, o := range options {
		if chosen[o.Code] {
			v.Codes = append(v.Codes, o.Code)
		}
	}
	return v, len(v.Codes) > 0
}

// ofForm begins the keys of what a form tells of itself: its type, what changed since the
// last filing. No filing is compared by it.
const ofForm = "form."

// since compares a box with the last filing.
func (m *Maker) since(b *Box) {
	if m.last == nil || b.State == Apart || strings.HasPrefix(b.Key, ofForm) {
		return
	}
	was, there := m.last[b.Key]
	switch {
	case !there || was.Value.Zero():
		b.New = !b.Value.Zero()
	case !reflect.DeepEqual(was.Value, b.Value):
		b.Was = &was.Value
	}
	switch {
	case b.New:
		m.d.Since.New++
	case b.Was != nil:
		m.d.Since.Changed++
	}
}

func (m *Maker) count(s State) {
	c := &m.d.Counts
	if s == Apart {
		c.Apart++
		return
	}
	c.Boxes++
	switch s {
	case Filled:
		c.Filled++
	case Stated:
		c.Stated++
	case Asked:
		c.Asked++
	case Empty:
		c.Empty++
	}
}

func (m *Maker) source(s Source) int {
	i := slices.Index(m.d.Sources, s)
	if i < 0 {
		m.d.Sources = append(m.d.Sources, s)
		i = len(m.d.Sources) - 1
	}
	return i + 1
}

// Say words a text in both languages by one function.
func Say(text func(l report.Language) string) words.Both {
	return words.Both{FR: text(report.French), EN: text(report.English)}
}
