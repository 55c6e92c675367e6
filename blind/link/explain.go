package link

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/tie"
	"constat.example/blind/token"
	"constat.example/internal/progress"
)

// ModelSchema names the shape of a Model in JSON.
const ModelSchema = "constat.model/1"

// Model is what linking learnt, kept so that it can be told afterwards why a
// row was linked: rates and counts, no values.
type Model struct {
	Schema     string         `json:"schema"`
	Rows       int64          `json:"rows"`
	People     int64          `json:"people"`
	Sure       float64        `json:"sure"`
	Matches    float64        `json:"matches"` // how many pairs of each sort there are
	Households float64        `json:"households"`
	Twins      float64        `json:"twins"`
	Dump       []string       `json:"dump_columns"` // those that hold any value
	Register   []string       `json:"register_columns"`
	Numbers    float64        `json:"same_numbers"` // chance that two addresses have the same house number
	Aspects    []LearntAspect `json:"aspects"`
	Tied       bool           `json:"tied"` // the dump is of several tables
	Ties       []TieName      `json:"ties"`
}

// LearntAspect is what was learnt of one aspect.
type LearntAspect struct {
	Name   string        `json:"name"`
	Kappa  float64       `json:"kappa"` // see chance.go
	Levels []LearntLevel `json:"levels"`
}

// LearntLevel is how often each sort of pair agrees so.
type LearntLevel struct {
	Name    string  `json:"name"`
	Match   float64 `json:"match"`
	Follows float64 `json:"follows"` // of matches, where it goes with another aspect
	Home    float64 `json:"home"`
	Twin    float64 `json:"twin"`
	Chance  float64 `json:"chance"`
}

// TieName is the end of a tie: a column of another table.
type TieName struct {
	Table  string `json:"table"`
	Column string `json:"column"`
}

// Model returns what was learnt.
func (r *Result) Model() *Model {
	l, md := r.l, r.md
	m := &Model{
		Schema: ModelSchema, Rows: l.rows, People: l.People, Sure: l.Sure,
		Matches: md.matches, Households: md.households, Twins: md.twins, Numbers: l.sameNumbers,
		Dump: l.dumpFilled.names(), Register: l.registerFilled.names(),
		Aspects: []LearntAspect{}, Tied: l.Ties != nil, Ties: []TieName{},
	}
	for i, a := range l.aspects {
		out := LearntAspect{Name: a.name, Kappa: l.measured[a.name].kappa}
		for j, name := range a.levels {
			level := LearntLevel{Name: name, Match: md.m[i][j], Home: md.h[i][j], Twin: md.t[i][j], Chance: md.u[i][j]}
			if md.f[i] != nil {
				level.Follows = md.f[i][j]
			}
			out.Levels = append(out.Levels, level)
		}
		m.Aspects = append(m.Aspects, out)
	}
	if l.Ties != nil {
		for _, t := range l.Ties.Ties {
			key := l.Ties.Keys[t.To]
			m.Ties = append(m.Ties, TieName{tie.Short(l.Ties.Tables[key.Table].Name), key.Name})
		}
	}
	return m
}

// names are those of the columns that hold a value, in order.
func (f filled) names() []string {
	names := []string{}
	for _, c := range slices.Sorted(maps.Keys(f)) {
		if f[c] {
			names = append(names, c)
		}
	}
	return names
}

// ErrModel says that a model is not one of this program.
var ErrModel = errors.New("what was learnt does not fit this program")

// restore is the aspects and the model that m was made of.
func (m *Model) restore() ([]*aspect, *model, error) {
	as := aspects(filledBy(m.Dump), filledBy(m.Register))
	if m.Schema != ModelSchema || len(as) != len(m.Aspects) || m.Rows < 0 || m.People < 0 {
		return nil, nil, ErrModel
	}
	md := newModel(as, nil, m.Rows, m.People)
	md.matches, md.households, md.twins = m.Matches, m.Households, m.Twins
	for i, a := range as {
		kept := m.Aspects[i]
		if kept.Name != a.name || len(kept.Levels) != len(a.levels) {
			return nil, nil, ErrModel
		}
		n := len(a.levels)
		md.m[i], md.h[i], md.t[i], md.u[i] = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for j, level := range kept.Levels {
			if level.Name != a.levels[j] {
				return nil, nil, ErrModel
			}
			md.m[i][j], md.h[i][j], md.t[i][j], md.u[i][j] = level.Match, level.Home, level.Twin, level.Chance
			if md.f[i] != nil {
				md.f[i][j] = level.Follows
			}
		}
	}
	return as, md, nil
}

func filledBy(columns []string) filled {
	f := filled{}
	for _, c := range columns {
		f[c] = true
	}
	return f
}

// Waterfall is what makes a probability: the odds one starts from, what each
// aspect adds to them, and what is taken off for people who are alike. All are
// in bits: one doubles the odds. Start, Present, the Evidence, Relatives, Rivals
// and Shown add up to the odds of Probability.
type Waterfall struct {
	Row         int64
	Person      int64
	Start       float64 // odds of any pair of a row and a person
	Present     float64 // a stranger fits best only where the row's own person is not in the register
	Evidence    []Evidence
	Relatives   float64 // what a household or a twin could explain as well
	Rivals      float64 // what others who fit take
	Shown       float64 // what is known of the numbers of the dump, where they alone agree
	Probability float64
}

// Evidence is what one aspect says.
type Evidence struct {
	Aspect string
	Kinds  []kind.Kind // what of a row is compared
	Level  string      // "" where one side has no value
	Bits   float64
	Chance float64 // that a stranger agrees so, and on that very value where Exact
	Exact  bool
	Told   bool // another aspect that agrees tells it already, as a mail address tells a name
	Stale  bool // what agrees is what the register held before, not what it holds now
}

// pair is a pair whose weight is to be told.
type pair struct {
	row, person, pattern, w int64
	tf                      []any // of each aspect: the logarithm of the chance of the row's value, in thousandths; nil: none
}

// fall works out what makes the weight of a pair, rivals left out, and that
// weight as a natural logarithm.
func (md *model) fall(p pair, rows int64) (w *Waterfall, weight float64) {
	levels := unpack(md.as, p.pattern)
	w = &Waterfall{Row: p.row, Person: p.person}
	_, home, twin, chance := md.logs(levels)
	start, present := safeLog(md.matches)-safeLog(md.pairs), -math.Log(md.absent(rows))
	w.Start, w.Present = start/ln2, present/ln2
	weight = start + present
	for i, level := range levels {
		e := Evidence{Aspect: md.as[i].name, Kinds: md.as[i].kinds()}
		if level == 0 {
			w.Evidence = append(w.Evidence, e)
			continue
		}
		e.Level = md.as[i].levels[level-1]
		e.Told = md.implied(i, levels) > md.u[i][level-1]
		match, by := md.m[i][level-1], safeLog(max(md.u[i][level-1], md.implied(i, levels)))
		if md.follows(i, levels) {
			match = md.f[i][level-1]
		}
		if level == 1 && md.implied(i, levels) == 0 {
			e.Exact = true
			if tf, ok := p.tf[i].(int64); ok {
				more := float64(tf)/1000 - by
				by += more
				chance += more
				if md.as[i].home == nil {
					home += more
					if !md.as[i].born {
						twin += more
					}
				}
			}
		}
		e.Chance = math.Exp(by)
		bits := safeLog(match) - by
		weight += bits
		e.Bits = bits / ln2
		w.Evidence = append(w.Evidence, e)
	}
	relatives := -math.Log1p(math.Exp(home-chance) + math.Exp(twin-chance))
	w.Relatives = relatives / ln2
	return w, weight + relatives
}

// kinds are those of the row's values that the aspect compares.
func (a *aspect) kinds() (ks []kind.Kind) {
	columns := a.dump
	if a.sort == sortStreet {
		columns = append(slices.Clone(columns), kind.HouseNumber.String())
	}
	for _, name := range columns {
		if c, err := token.ParseColumn(name); err == nil && !slices.Contains(ks, c.Kind) {
			ks = append(ks, c.Kind)
		}
	}
	return ks
}

// kept checks that what was worked out is what was decided on, in thousandths,
// and takes that: each of its terms was rounded by itself.
func (w *Waterfall) kept(decided int64, weight float64) error {
	off := float64(decided)/1000 - weight
	if math.Abs(off) > 0.01 {
		return fmt.Errorf("row %d: the evidence does not add up: %.3f of %.3f", w.Row, weight, float64(decided)/1000)
	}
	w.Relatives += off / ln2
	return nil
}

// among takes off what the others of the row have, as odds.
func (w *Waterfall) among(weight int64, others float64) {
	taken := math.Log1p(others)
	w.Rivals = -taken / ln2
	w.Probability = logistic(float64(weight)/1000 - taken)
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// Kept says where what an assessment kept lies. The session must hold the views of
// the register as it was then.
type Kept struct {
	Session engine.Session
	Model   *Model
	Layout  token.Layout // of the register

	Tokens, Lexicon string // of the dump
	Links, Open     string // as KeepLinks and KeepOpen wrote them
}

// Explanation is why a row is linked, or is not.
type Explanation struct {
	Row     int64
	Verdict Verdict
	Ruled   bool      // by a person
	Tie     *Followed // the row took its person from a row that it is tied to
	Against *TieName  // a tie says somebody else, and weighed less
	Aside   bool      // somebody fits by the row's own evidence, which was set aside

	// Candidates are those who fit best, the best first; Others is how many more
	// were considered.
	Candidates []Candidate
	Others     int

	// Expected is the share of rows whose person is taken to be in the register.
	Expected float64

	// Probability is that of the link, or of the best candidate.
	Probability float64
}

// Followed is a tie that a row follows.
type Followed struct {
	TieName
	Row         int64 // the row whose person it took
	Person      int64
	Sealed      []byte
	Probability float64
}

// Candidate is one who was considered for a row.
type Candidate struct {
	Waterfall
	Sealed []byte // record id
}

// Verdict is what was decided on a row.
type Verdict string

// The verdicts.
const (
	Linked    Verdict = "linked"
	Ambiguous Verdict = "ambiguous"
	Unlinked  Verdict = "unlinked"
)

// ErrNoRow says that the dump has no row of that number.
var ErrNoRow = errors.New("there is no such row")

// MostCandidates is how many candidates an explanation shows.
const MostCandidates = 5

// Explain tells why a row is linked or not, from what was kept.
func Explain(ctx context.Context, k Kept, row int64) (*Explanation, error) {
	as, md, err := k.Model.restore()
	if err != nil {
		return nil, err
	}
	l := &linker{
		Config: Config{Session: k.Session, Register: k.Layout, People: k.Model.People, Meter: progress.None, Sure: k.Model.Sure},
		s:      k.Session, meter: progress.None, rows: k.Model.Rows, pool: "dump", sameNumbers: k.Model.Numbers,
		dumpFilled: filledBy(k.Model.Dump), registerFilled: filledBy(k.Model.Register), aspects: as, measured: map[string]measured{},
	}
	for _, a := range k.Model.Aspects {
		l.measured[a.Name] = measured{kappa: a.Kappa}
	}
	if err := l.reopen(ctx, k, row); err != nil {
		return nil, err
	}
	out := &Explanation{Row: row, Verdict: Unlinked, Expected: 1 - md.absent(l.rows)}
	pairs, err := l.considered(ctx, row)
	if err != nil {
		return nil, err
	}
	linked, err := l.linkOf(ctx, k.Model, row, out)
	if err != nil {
		return nil, err
	}
	var others []float64 // odds of all candidates but one
	if linked != nil && len(pairs) == 0 && out.Tie == nil && !out.Ruled {
		pairs, others = []pair{linked.pair}, []float64{linked.others()}
	} else {
		others = rivals(pairs)
	}
	switch {
	case linked != nil:
		out.Probability = linked.probability
	case len(pairs) > 0:
		own := float64(pairs[0].w) / 1000
		out.Probability = logistic(own - math.Log1p(others[0]))
		if someone := logistic(own + math.Log1p(others[0]/math.Exp(own))); out.Probability < l.Sure && someone >= 0.5 {
			out.Verdict = Ambiguous
		}
		out.Aside = out.Probability >= l.Sure
	}
	if len(pairs) > MostCandidates {
		pairs, out.Others = pairs[:MostCandidates], len(pairs)-MostCandidates
	}
	if len(pairs) == 0 && out.Tie == nil {
		return out, nil
	}
	if err := l.tell(ctx, md, k.Model.Tied, out, pairs, others, linked); err != nil {
		return nil, err
	}
	return out, nil
}

// reopen names what was kept, for one row.
func (l *linker) reopen(ctx context.Context, k Kept, row int64) error {
	for _, f := range [][2]string{{"dump_all", k.Tokens}, {"dump_lexicon", k.Lexicon}, {"kept_link", k.Links}, {"kept_open", k.Open}} {
		if err := l.s.View(ctx, f[0], f[1]); err != nil {
			return err
		}
	}
	if err := l.s.Table(ctx, "dump", fmt.Sprintf("SELECT * FROM dump_all WHERE row = %d", row)); err != nil {
		return err
	}
	rows, err := l.number(ctx, "SELECT count(*) FROM dump")
	if err != nil {
		return err
	}
	if rows != 1 {
		return ErrNoRow
	}
	return nil
}

// considered are those who were considered for a row, the best first.
func (l *linker) considered(ctx context.Context, row int64) (pairs []pair, err error) {
	err = l.s.Query(ctx, fmt.Sprintf("SELECT row, person, pattern, w FROM kept_open WHERE row = %d ORDER BY w DESC, person", row), func(v []any) error {
		pairs = append(pairs, pair{row: v[0].(int64), person: v[1].(int64), pattern: v[2].(int64), w: v[3].(int64)})
		return nil
	})
	return pairs, err
}

// rivals are, for each pair of a row, the odds of all the others together.
func rivals(pairs []pair) []float64 {
	others := make([]float64, len(pairs))
	for i := range pairs {
		for j, p := range pairs {
			if j != i {
				others[i] += math.Exp(float64(p.w) / 1000)
			}
		}
	}
	return others
}

// chosen is a link as it was kept.
type chosen struct {
	pair
	probability float64
}

// others are the odds of the rivals of a settled row, which were not kept: as
// far as the probability tells of them.
func (c *chosen) others() float64 {
	if c.probability >= 1 {
		return 0
	}
	return max(0, math.Exp(float64(c.w)/1000-logit(c.probability))-1)
}

// linkOf reads the link of a row, if it has one, into what is told of it.
func (l *linker) linkOf(ctx context.Context, m *Model, row int64, out *Explanation) (link *chosen, err error) {
	name := func(at any) (TieName, error) {
		if i := at.(int64); i >= 0 && i < int64(len(m.Ties)) {
			return m.Ties[i], nil
		}
		return TieName{}, ErrModel
	}
	err = l.s.Query(ctx, fmt.Sprintf("SELECT person, weight, probability, pattern, tie, against, via, ruled FROM kept_link WHERE row = %d", row), func(v []any) error {
		link = &chosen{pair{row: row, person: v[0].(int64), w: v[1].(int64), pattern: v[3].(int64)}, toFloat(v[2]) / 1e6}
		out.Verdict, out.Ruled = Linked, v[7].(bool)
		if v[4] != nil {
			tie, err := name(v[4])
			if err != nil {
				return err
			}
			out.Tie = &Followed{TieName: tie, Row: v[6].(int64), Person: link.person, Probability: link.probability}
		}
		if v[5] != nil {
			tie, err := name(v[5])
			if err != nil {
				return err
			}
			out.Against = &tie
		}
		return nil
	})
	return link, err
}

// tell fills in the candidates: what each aspect says, and whose they are.
func (l *linker) tell(ctx context.Context, md *model, tied bool, out *Explanation, pairs []pair, others []float64, linked *chosen) error {
	if err := l.rarity(ctx); err != nil {
		return err
	}
	table := make([][]any, len(pairs))
	for i, p := range pairs {
		table[i] = []any{p.row, p.person, p.pattern, p.w}
	}
	if err := l.s.Load(ctx, "told", []string{"row", "person", "pattern", "w"}, []string{"BIGINT", "INTEGER", "BIGINT", "INTEGER"}, table); err != nil {
		return err
	}
	told, err := l.weighed(ctx, "SELECT row, person, pattern, w FROM told")
	if err != nil {
		return err
	}
	stale, err := l.staleness(ctx)
	if err != nil {
		return err
	}
	for i, p := range told {
		w, weight := md.fall(p, l.rows)
		// Where nothing but numbers agree, and tables hang together, the link has
		// another weight: how far the numbers are known to be the register's (tied.go).
		if linked != nil && linked.person == p.person && tied && l.onlyNumbers(p.pattern) {
			w.Probability = linked.probability
			w.Shown = (logit(min(linked.probability, 1-1e-6)) - weight) / ln2
		} else {
			if err := w.kept(p.w, weight); err != nil {
				return err
			}
			w.among(p.w, others[i])
		}
		for j := range w.Evidence {
			w.Evidence[j].Stale = stale[p.person][j]
		}
		out.Candidates = append(out.Candidates, Candidate{Waterfall: *w})
	}
	return l.seals(ctx, out)
}

// rarity makes the chances of values, as they were when all was linked.
func (l *linker) rarity(ctx context.Context) (err error) {
	for _, a := range l.aspects {
		m := l.measured[a.name]
		if a.sort == sortPlace {
			m.rarest, err = l.tupleChance(ctx, a)
		} else {
			m.rarest, err = l.valueChance(ctx, a, m.kappa, "("+a.counts()+")")
		}
		if err != nil {
			return err
		}
		l.measured[a.name] = m
	}
	return nil
}

// weighed reads the pairs of a select (row, person, pattern, w), in order of row,
// with the chance of the values of their rows.
func (l *linker) weighed(ctx context.Context, query string) (pairs []pair, err error) {
	if err := l.s.Table(ctx, "told_pair", query); err != nil {
		return nil, err
	}
	var tf strings.Builder
	for _, a := range l.aspects {
		fmt.Fprintf(&tf, ", t.tf_%s", a.name)
	}
	rows := l.rated("(SELECT d.* FROM dump d JOIN (SELECT DISTINCT row FROM told_pair) q ON q.row = d.row)")
	err = l.s.Query(ctx, fmt.Sprintf("SELECT q.row, q.person, q.pattern, q.w%s FROM told_pair q JOIN %s t ON t.row = q.row ORDER BY q.row, q.w DESC, q.person", tf.String(), rows), func(v []any) error {
		pairs = append(pairs, pair{v[0].(int64), v[1].(int64), v[2].(int64), v[3].(int64), append([]any(nil), v[4:]...)})
		return nil
	})
	return pairs, errors.Join(err, l.s.Drop(ctx, "told_pair"))
}

// staleness tells of each person that is told of, by aspect, that what agrees
// best is what the register held before.
func (l *linker) staleness(ctx context.Context) (map[int64][]bool, error) {
	if err := l.nearTables(ctx); err != nil {
		return nil, err
	}
	var joins strings.Builder
	for _, a := range l.aspects {
		for _, j := range a.joins {
			joins.WriteString(j.sql())
		}
	}
	now, ever := map[int64][]int{}, map[int64][]int{}
	err := l.s.Query(ctx, fmt.Sprintf("SELECT p.person, r.current, %s FROM told p JOIN dump d ON d.row = p.row JOIN reg_version r ON r.person = p.person%s",
		packed(l.aspects), joins.String()), func(v []any) error {
		person, levels := v[0].(int64), unpack(l.aspects, v[2].(int64))
		ever[person] = better(ever[person], levels)
		if v[1].(bool) {
			now[person] = better(now[person], levels)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	stale := map[int64][]bool{}
	for person, levels := range ever {
		stale[person] = make([]bool, len(levels))
		for i, level := range levels {
			agrees := level > 0 && level < len(l.aspects[i].levels)
			stale[person][i] = agrees && (now[person] == nil || now[person][i] == 0 || now[person][i] > level)
		}
	}
	return stale, nil
}

// better is the fuller agreement of two, aspect by aspect.
func better(a, b []int) []int {
	if a == nil {
		return b
	}
	for i, level := range b {
		if a[i] == 0 || level > 0 && level < a[i] {
			a[i] = level
		}
	}
	return a
}

// seals fills in the sealed record ids of all who are told of.
func (l *linker) seals(ctx context.Context, out *Explanation) error {
	var persons []int64
	if out.Tie != nil {
		persons = append(persons, out.Tie.Person)
	}
	for _, c := range out.Candidates {
		persons = append(persons, c.Person)
	}
	if len(persons) == 0 {
		return nil
	}
	return l.s.Query(ctx, "SELECT person, sealed FROM reg_sealed WHERE person IN ("+list(persons)+") ORDER BY person", func(v []any) error {
		person, sealed := v[0].(int64), append([]byte(nil), v[1].([]byte)...)
		if out.Tie != nil && out.Tie.Person == person {
			out.Tie.Sealed = sealed
		}
		for i := range out.Candidates {
			if out.Candidates[i].Person == person {
				out.Candidates[i].Sealed = sealed
			}
		}
		return nil
	})
}

func list(numbers []int64) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}
