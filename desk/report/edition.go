package report

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// edition is the page in one language: the assessment, and what is worked out
// from it to be drawn.
type edition struct {
	language
	A *assessment.Assessment

	Drawn     *instant // when the page was drawn; nil where it is not told
	Exposures []exposure
	Ranks     []rank
	Rows      []part
	Rejects   []reject
	Tables    []table
	Ties      []tie
	NotTied   []tie
	Verdict   verdict
	Window    window
	Recycled  *recycled // nil where nothing was looked for
	Size      size
	Suspects  []suspect
	Traced    *traced // nil where no log was given
	Aspects   []aspect
	Certain   *certainty // nil where nothing tells how sure the links are
	Void      []void
	From, To  *instant // of the register
	Due       []dueLine
}

type instant struct{ Text, Machine string }

// text is a word of another room, with whether it is in the page's language.
type text struct {
	Text    string
	English bool // in English on a French page
}

// part is a segment of a bar, in hundredths of its width.
type part struct {
	Name, Class string
	N           int64
	X, Width    float64
}

type exposure struct {
	Name        string
	Sensitivity string
	Rank        kind.Sensitivity
	Direct      bool
	N           assessment.Exposure
	Bar         []part
}

// rank is a rank of sensitivity and the kinds of it that are exposed.
type rank struct {
	Name, Means string
	Rank        kind.Sensitivity
	Kinds       []string
	People      int64 // exposed by the kind of the rank that exposes most
}

type reject struct {
	Reason text
	N      assessment.Reject
	File   string
}

// table is a table of the dump with its columns.
type table struct {
	Name    string
	Format  string
	Dialect text
	N       assessment.Table
	Columns []column
}

type column struct {
	Name     string
	Kind     string
	Known    bool // the kind is one
	N        assessment.Column
	Evidence []text
}

type verdict struct {
	Class   string
	Refused *text
	Share   *struct{ Estimate, Low, High string }
	Reasons []reason
	Silent  []reason // that weigh nothing

	Decisive string // the finding and what decides it, in one sentence
}

// reason is a piece of evidence, worded.
type reason struct {
	Text  string
	N     assessment.Reason
	Facts []fact
}

// fact is a number that a reason rests on.
type fact struct {
	Name, Value string
}

type suspect struct {
	Account     string
	First, Last *instant
	Reads       *reads
	N           assessment.Suspect
}

// Ordinary is what its reads would be by its ordinary work, rounded.
func (s suspect) Ordinary() int64 { return int64(s.N.Expected + 0.5) }

type aspect struct {
	Name   string
	Levels []level
}

type level struct {
	Name string
	N    assessment.Level
}

// void is a decision that could not be applied.
type void struct {
	N   assessment.VoidDecision
	Why text
}

// longest is how much of a name from outside is shown.
const longest = 120

func newEdition(l language, a *assessment.Assessment, at time.Time) edition {
	e := edition{language: l, A: a, From: l.instant(a.Register.From), To: l.instant(a.Register.To)}
	if !at.IsZero() {
		e.Drawn = l.instant(at.Format(time.RFC3339))
	}
	e.expose()
	e.Rows = bar(100,
		part{Name: l.T("rattachées", "linked"), Class: "linked", N: a.Linked.Rows},
		part{Name: l.T("ambiguës", "ambiguous"), Class: "ambiguous", N: a.Linked.Ambiguous},
		part{Name: l.T("non rattachées", "unlinked"), Class: "unlinked", N: a.Linked.Unlinked},
		part{Name: l.T("rejetées", "rejected"), Class: "rejected", N: a.Rows.Rejected},
	)
	for _, r := range a.Rejects {
		e.Rejects = append(e.Rejects, reject{Reason: l.word(reasons, r.Reason), N: r, File: visible.Text(r.File, longest)})
	}
	for _, t := range a.Tables {
		e.Tables = append(e.Tables, table{Name: visible.Text(t.Name, longest), Format: visible.Text(t.Format, longest), Dialect: l.dialect(visible.Text(t.Dialect, longest)), N: t})
	}
	e.Ties, e.NotTied = e.ties(a.Ties), e.ties(a.NotTied)
	for _, c := range a.Columns {
		if c.Table < 0 || c.Table >= len(e.Tables) {
			continue
		}
		t := &e.Tables[c.Table]
		shown := column{Name: visible.Text(c.Name, longest), Kind: c.Kind.Label(string(l)), Known: c.Kind != kind.Unknown, N: c}
		for _, reason := range c.Evidence {
			shown.Evidence = append(shown.Evidence, l.evidence(visible.Text(reason, 2*longest)))
		}
		t.Columns = append(t.Columns, shown)
	}
	e.find()
	e.Certain = e.certain()
	for _, v := range a.Decided.Void {
		e.Void = append(e.Void, void{N: v, Why: l.word(voids, v.Why)})
	}
	for _, x := range a.Weights {
		shown := aspect{Name: l.Aspect(x.Name)}
		for _, v := range x.Levels {
			shown.Levels = append(shown.Levels, level{Name: l.Level(v.Name), N: v})
		}
		e.Aspects = append(e.Aspects, shown)
	}
	return e
}

// expose works out the chart of exposures, the most sensitive first and of equal
// ones that with most people, and the ranks of sensitivity, highest first.
func (e *edition) expose() {
	kinds := slices.SortedStableFunc(slices.Values(e.A.Exposures.Kinds), func(x, y assessment.Exposure) int {
		return cmp.Or(cmp.Compare(y.Kind.Info().Sensitivity, x.Kind.Info().Sensitivity), cmp.Compare(y.People, x.People))
	})
	full := e.A.Exposures.Persons
	ranks := map[kind.Sensitivity]*rank{}
	for _, x := range kinds {
		full = max(full, x.People)
	}
	for _, x := range kinds {
		info := x.Kind.Info()
		shown := exposure{
			Name:        x.Kind.Label(string(e.language)),
			Sensitivity: e.of(sensitivities[info.Sensitivity].name),
			Rank:        info.Sensitivity,
			Direct:      info.Direct,
			N:           x,
			Bar: bar(100*float64(x.People)/float64(max(1, full)),
				part{Name: e.T("à jour", "current"), Class: "current", N: x.Current},
				part{Name: e.T("périmée", "out of date"), Class: "stale", N: x.Stale},
				part{Name: e.T("non confirmée", "unconfirmed"), Class: "unconfirmed", N: x.Unconfirmed},
			),
		}
		e.Exposures = append(e.Exposures, shown)
		if x.People == 0 {
			continue
		}
		r := ranks[info.Sensitivity]
		if r == nil {
			words := sensitivities[info.Sensitivity]
			r = &rank{Name: e.of(words.name), Means: e.of(words.means), Rank: info.Sensitivity}
			ranks[info.Sensitivity] = r
		}
		r.Kinds = append(r.Kinds, shown.Name)
		r.People = max(r.People, x.People)
	}
	for s := kind.Sensitive; s >= kind.Simple; s-- {
		if r := ranks[s]; r != nil {
			e.Ranks = append(e.Ranks, *r)
		}
	}
}

// find words the findings on the claim.
func (e *edition) find() {
	a := e.A
	class, _ := e.known(classes, a.Verdict.Class)
	e.Verdict = verdict{Class: class, Refused: e.refusal(a.Verdict.Refused)}
	if s := a.Verdict.GenuineShare; s.Estimate != nil {
		e.Verdict.Share = &struct{ Estimate, Low, High string }{e.Percent(*s.Estimate, 1), e.bound(s.Low), e.bound(s.High)}
	}
	e.Verdict.Decisive = e.Decisive(a.Verdict)
	for _, r := range a.Verdict.Reasons {
		to := &e.Verdict.Reasons
		if r.Weight == 0 {
			to = &e.Verdict.Silent
		}
		*to = append(*to, reason{Text: e.Reason(r), N: r, Facts: e.facts(r)})
	}
	e.Window = e.window()
	e.Size = e.size()
	e.Recycled = e.recycled()
	for _, s := range a.Suspects {
		e.Suspects = append(e.Suspects, suspect{Account: visible.Text(s.Account, longest), First: e.instant(s.First), Last: e.instant(s.Last), Reads: e.reads(s), N: s})
	}
	e.Traced = e.trace()
}

// bar lays parts out from left to right over width hundredths, each as long as
// its share. A part that is not empty is never too thin to be seen; what that
// takes is taken from the longest.
func bar(width float64, parts ...part) []part {
	const least = 0.6
	var total int64
	for _, p := range parts {
		total += p.N
	}
	if total == 0 {
		return nil
	}
	width = max(width, least*float64(len(parts)))
	longest, lent := 0, 0.0
	for i := range parts {
		parts[i].Width = width * float64(parts[i].N) / float64(total)
		if parts[i].N > 0 && parts[i].Width < least {
			lent += least - parts[i].Width
			parts[i].Width = least
		}
		if parts[i].N > parts[longest].N {
			longest = i
		}
	}
	parts[longest].Width -= lent
	x := 0.0
	var shown []part
	for _, p := range parts {
		if p.N == 0 {
			continue
		}
		p.X = x
		x += p.Width
		p.X, p.Width = math.Round(p.X*100)/100, math.Round(p.Width*100)/100
		shown = append(shown, p)
	}
	return shown
}

func (l language) word(words map[string]pair, word string) text {
	shown, ok := l.known(words, word)
	return text{Text: visible.Text(shown, 2*longest), English: l == french && !ok}
}

func (l language) refusal(reason string) *text {
	if reason == "" {
		return nil
	}
	t := l.word(refusals, reason)
	return &t
}

// instant words an RFC 3339 time; nil where there is none.
func (l language) instant(rfc3339 string) *instant {
	if rfc3339 == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return &instant{Text: visible.Text(rfc3339, 40)}
	}
	return &instant{Text: l.Time(t), Machine: t.UTC().Format(time.RFC3339)}
}

func (l language) optional(rfc3339 *string) *instant {
	if rfc3339 == nil {
		return nil
	}
	return l.instant(*rfc3339)
}

func (l language) bound(x *float64) string {
	if x == nil {
		return "–"
	}
	return l.Percent(*x, 1)
}

// Name makes a name from outside fit to be shown.
func (e edition) Name(name string) string { return visible.Text(name, longest) }

// Note words a note, or makes it fit to be shown as it came.
func (e edition) Note(sentence string) text {
	shown, ok := e.known(notes, sentence)
	return text{Text: visible.Text(shown, 10*longest), English: e.language == french && !ok}
}

// List joins names as the language does.
func (e edition) List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + e.T(" et ", " and ") + names[len(names)-1]
}

// Sure writes a confidence. It is never rounded to certainty.
func (e edition) Sure(confidence float64) string {
	if confidence > 0.99 && confidence < 1 {
		return ">" + nbsp + e.Percent(0.99, 0)
	}
	return e.Percent(confidence, 0)
}

// Signed writes a weight with its sign.
func (e edition) Signed(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	text := e.Dec(x, 1)
	if x > 0 && strings.ContainsAny(text, "123456789") {
		return "+" + text
	}
	return text
}

// Rest is the number of places of a reject that are not listed.
func (e edition) Rest(r assessment.Reject) int64 { return max(0, r.Count-int64(len(r.First))) }

// KindsExposed is the number of kinds by which anybody is exposed.
func (e edition) KindsExposed() (n int64) {
	for _, r := range e.Ranks {
		n += int64(len(r.Kinds))
	}
	return n
}

// Sum writes the sum of two numbers.
func (e edition) Sum(a, b int64) string { return e.Int(a + b) }

// Held is what the dump holds: rows read and rejected.
func (e edition) Held() int64 { return e.A.Rows.Read + e.A.Rows.Rejected }
