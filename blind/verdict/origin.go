package verdict

import (
	"cmp"
	"math"
	"slices"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/shape"
)

// Evidence is the counts that tell where a dump comes from.
type Evidence struct {
	Rows      int64 // of the dump
	Linked    int64
	Ambiguous int64
	People    int64 // in the register

	// How much a row can say of whose it is, in bits: what agreeing on all that dump
	// and register both hold would be worth.
	Power float64

	Agreement link.Agreement

	Counts Counts // of changes of people's values, as far as the dump shows them
	Window Window // what follows from them if the dump is a copy

	Register []shape.Facts // of each snapshot that was counted, by date
	Dump     shape.Facts
	Year     int // of the last snapshot

	// People who were made up for the register and its copies: how many stand in the
	// dump, of how many, and how many rows of theirs are linked to nobody.
	Honey, HoneyPlaced, HoneyRows int64
	Out                           *Out // what stood in earlier leaks; nil where none is kept
}

// Origin is where a dump comes from.
type Origin struct {
	Class   Class
	Refused string // why the class is Undetermined

	// The share of the rows that are copied from the register, with nineteen
	// chances in twenty; none where the class is undetermined.
	Share, Low, High float64
	NoShare          bool // of the share only the bounds are known

	Copy Copy // old or new, against earlier leaks

	// How much likelier what was counted is if the dump is copied from the register
	// than if it is another source's, as a logarithm to base 2: of all evidence but the
	// number found, which alone is none; and with it, to hold registers against one another.
	Bits, Score float64

	Reasons []Reason // that which weighs most first
}

// Reason is one piece of evidence. Pieces do not repeat one another.
type Reason struct {
	Code string

	// The logarithm, to base 2, of the chance of what was found if the dump is
	// copied from the register, from another source about real people, or made up;
	// only their differences mean something.
	Copied, Other, Made float64

	Weight float64 // for the class that was found, against the next; less than 0: against it
	Facts  []Fact  // what was counted
	Kind   kind.Kind
	Rule   string
}

// Fact is a number that a reason rests on.
type Fact struct {
	Name  string
	Value float64
}

// The pieces of evidence.
const (
	FoundPeople  = "people_found"     // how many rows are of people of the register
	ValuesHeld   = "values_held"      // whether all that rows say stood in the register
	OneInstant   = "one_instant"      // whether rows agree with the register as of one time
	TornRows     = "torn_rows"        // rows that say what was true at no one time
	KnownIDs     = "ids_known"        // whether the register has the record ids
	IDsNotOurs   = "ids_never_issued" // ids of a format that the register never issued
	SameWriting  = "same_writing"     // whether it is written as the register writes
	RuleBroken   = "rule_broken"      // cells that cannot be true together
	RulesKept    = "rules_kept"
	NamesOff     = "names_off"   // names recur far more, or less, than among people
	MailOff      = "mail_off"    // names stand in mail addresses far more, or less, than in the register
	DigitsOff    = "digits_off"  // last digits as real people do not have them
	Repetitious  = "repeated"    // values of one person that many rows have
	HoneyFound   = "honey_found" // whether people stand in it who were made up for the register
	franceLives  = 68_000_000    // INSEE, population of France on 1 January 2024, rounded
	slowly       = 3             // bits against a copy made over weeks: one in eight, before anything is known
	ourPattern   = 5             // bits against another source, of ids that are of our own pattern
	fewCells     = 200           // from which a distribution is compared
	powerBeyond  = 15            // bits beyond those that tell the people of the register apart
	otherIDs     = 0.02          // share of linked rows under other ids than their person's that is no error
	wrongChanges = 0.015         // share of changes that wrong links and haste explain
	anyTimes     = 0.12          // least share of changes that another source contradicts one time by
	unlikeNames  = 8             // times as often as in the register that two rows share a name
	unlikeMail   = 0.3           // difference of shares
	unlikeDigits = 0.15          // total variation that chance does not explain in fewCells
	repeatedFrom = 0.5           // share of identifiers that repeat another
)

// OriginOf tells where a dump comes from. How each piece is weighed, and why, is
// in docs/design/origin.md.
func OriginOf(e Evidence) Origin {
	o := Origin{Class: Undetermined}
	found := e.Linked + e.Ambiguous
	e.Rows = max(found, e.Rows-e.HoneyRows) // they are the register's all the same
	if e.Rows == 0 {
		o.Refused = TooFewRows
		return o
	}
	o.Reasons = append(o.Reasons, e.found(found))
	ours := e.ours()
	if ours {
		o.Reasons = append(o.Reasons, e.held()...)
		o.Reasons = append(o.Reasons, e.instant()...)
		o.Reasons = append(o.Reasons, e.torn()...)
	} else {
		o.Reasons = append(o.Reasons, e.repeated()...)
	}
	o.Reasons = append(o.Reasons, e.made()...)
	o.Reasons = append(o.Reasons, e.ids()...)
	o.Reasons = append(o.Reasons, e.writing()...)
	o.Reasons = append(o.Reasons, e.rules()...)
	for _, r := range o.Reasons {
		bits := r.Copied - r.Other
		o.Score += bits
		if r.Code != FoundPeople {
			o.Bits += bits
		}
	}
	if ours {
		o.ofOurs(e, found)
	} else {
		o.ofNobody(e, found)
	}
	switch {
	case e.Rows < fewestRows:
		o.Class, o.Refused = Undetermined, TooFewRows
	case !ours && e.Power < math.Log2(float64(max(1, e.People)))+powerBeyond:
		// That nobody is found means nothing where nobody could be.
		o.Class, o.Refused = Undetermined, NotComparable
	}
	if o.Class == Undetermined {
		o.Share, o.Low, o.High = 0, 0, 0
	}
	o.recycled(e)
	slices.SortStableFunc(o.Reasons, func(a, b Reason) int {
		return cmp.Or(-cmp.Compare(a.Weight, b.Weight), cmp.Compare(a.Code, b.Code))
	})
	return o
}

// ofOurs judges a dump in which people of the register are: copied, or another
// source's. How many are found is no evidence of that, as any file about the same
// people has them; it tells which share is copied once that is known.
func (o *Origin) ofOurs(e Evidence, found int64) {
	bits, weighed := 0.0, 0.0
	for i := range o.Reasons {
		r := &o.Reasons[i]
		if r.Code == FoundPeople {
			continue
		}
		r.Weight = r.Copied - r.Other
		bits += r.Weight
		weighed += math.Abs(r.Weight)
	}
	switch {
	case bits >= enough:
		o.share(e, found)
	case bits <= -enough:
		o.Class = Foreign
		o.Share, o.Low, o.High = 0, 0, min(1, math.Exp2(bits))
		for i := range o.Reasons {
			o.Reasons[i].Weight = positive(-o.Reasons[i].Weight)
		}
	case weighed < enough:
		o.Refused = NoEvidence
	default:
		o.Refused = Against
	}
}

// share tells which part of the rows is copied. Some rows of people in the register
// are not linked: those that are spoilt, about as often as two values of one row
// are where one in Strange is, and those of people who came and went between two
// snapshots, taken as at most one in a hundred. Rows of people of the register that
// another source's file was blown up with are not copied: where rows have record ids,
// theirs are others; else, where changes contradict one time, some may be.
func (o *Origin) share(e Evidence, found int64) {
	linked, n := float64(found)/float64(e.Rows), float64(e.Rows)
	missed := 0.01
	if a := e.Agreement; a.Rows > 0 {
		spoilt := float64(a.Strange) / float64(a.Rows)
		missed += spoilt * spoilt
	}
	p, beside := linked, 0.0
	if others := e.others(); others > 0 {
		p *= 1 - others
	} else if _, fit := e.ownIDs(); fit == 0 {
		beside = e.beside()
	}
	low, high := wilson(p, n)
	o.Class, o.Share, o.Low, o.High = Mixed, p*(1-beside/4), low*(1-beside), min(1, high/(1-missed))
	if o.High >= 1 {
		o.Class, o.Share = Genuine, min(1, p*(1-beside/4)/(1-missed/2))
	}
	for i := range o.Reasons {
		if r := &o.Reasons[i]; r.Code == FoundPeople && o.Class == Mixed {
			// Whether all is copied, or a part: the rows that nobody fits decide.
			r.Weight = max(0, min(capped, -(1-linked/(1-missed))*n*math.Log2(missed)))
		} else if r.Code == FoundPeople {
			r.Weight = positive(r.Copied - max(r.Other, r.Made))
		}
	}
}

// others is the share of linked rows that stand beside the copy under others' ids: so
// many have their person's id, and so many not, that neither is chance. 0 else.
func (e Evidence) others() float64 {
	if e.Agreement.IDs == 0 {
		return 0
	}
	rows, fit := e.ownIDs()
	others := 1 - float64(fit)/float64(rows)
	if fit < fewestRows || others <= otherIDs || others >= 1-otherIDs {
		return 0
	}
	return others
}

// beyond is how many of k, of n, are more than the rows of others explain.
func (e Evidence) beyond(k, n int64) int64 {
	return max(0, k-int64(math.Ceil(e.others()*float64(n))))
}

// beside is the largest share of linked rows that may be another source's, going by
// the changes that contradict one time.
func (e Evidence) beside() float64 {
	all, against := e.Counts.contradicting()
	if all < fewestRows || e.Window.slow() || float64(against) < 2*wrongChanges*float64(all) {
		return 0
	}
	_, most := wilson(float64(against)/float64(all), float64(all))
	return min(1, max(0, most-wrongChanges)/anyTimes)
}

// slow tells whether the copy was made bit by bit, over days or weeks: what took
// longer is rather a file that was kept up.
func (w Window) slow() bool { return w.Shape == Over && w.NotAfter.Sub(w.NotBefore) < 100*24*time.Hour }

// ofNobody judges a dump in which nobody of the register is: made up, or about
// other people.
func (o *Origin) ofNobody(e Evidence, found int64) {
	bits := 0.0
	for i := range o.Reasons {
		r := &o.Reasons[i]
		r.Weight = r.Made - r.Other
		bits += r.Weight
	}
	_, o.High = wilson(float64(found)/float64(e.Rows), float64(e.Rows))
	switch {
	case bits >= enough:
		o.Class = Fabricated
	case bits <= -enough:
		o.Class = Foreign
		for i := range o.Reasons {
			o.Reasons[i].Weight = positive(-o.Reasons[i].Weight)
		}
	default:
		o.Refused = NobodyOurs
	}
}

// found weighs how many rows are of people of the register. Of a copy all are, but
// for few; of what is made up none, but by chance; of another source any share, or,
// where it is about other people of the country, that which the register has of them.
func (e Evidence) found(found int64) Reason {
	n, k := e.Rows, found
	lives := min(1, float64(max(1, e.People))/franceLives)
	r := Reason{
		Code:   FoundPeople,
		Copied: betaBinomial(n-k, n, 1, 60),
		Other:  mix(0.75, betaBinomial(k, n, 1, 1), betaBinomial(k, n, max(1, 50*lives), max(1, 50*lives)*(1-lives)/lives)),
		Made:   betaBinomial(k, n, 1, 5000),
		Facts:  []Fact{{"rows", float64(n)}, {"found", float64(k)}, {"people", float64(e.People)}},
	}
	r.bound()
	return r
}

// drifting are the kinds that people change and that every source has its own way
// with. Names and births are the same in all: what differs there is how they are
// written, or errors.
var drifting = []kind.Kind{kind.Email, kind.Phone, kind.Address, kind.PostCode, kind.City, kind.CityCode, kind.IBAN, kind.Login}

// held weighs the kind of data of which most linked rows say something that never
// stood in the register, of those that drift if there are any. Typing errors are
// spread over the kinds, and a copy has few others: where a value came and went
// between two snapshots, or all that changed before the first or after the last.
// Another source has its own addresses, unless it is as careful as the register.
func (e Evidence) held() []Reason {
	a := e.Agreement
	if a.Rows == 0 {
		return nil
	}
	var worst link.KindAgreement
	for _, only := range []bool{true, false} {
		for _, k := range a.Kinds {
			if k.Kind == kind.RecordID || k.Rows < fewestRows || only && !slices.Contains(drifting, k.Kind) {
				continue // ids are weighed by themselves
			}
			if worst.Rows == 0 || float64(k.Never)/float64(k.Rows) > float64(worst.Never)/float64(worst.Rows) {
				worst = k
			}
		}
		if worst.Rows > 0 {
			break
		}
	}
	if worst.Rows == 0 {
		worst = link.KindAgreement{Rows: a.Rows, Never: a.Strange}
	}
	errors := 30.0
	if w := e.Window; (w.NotBefore.IsZero() || w.NotAfter.IsZero()) && w.Refused != Contradictory {
		errors = 8
	}
	r := Reason{
		Code: ValuesHeld, Kind: worst.Kind, Copied: betaBinomial(e.beyond(worst.Never, worst.Rows), worst.Rows, 1, errors),
		Other: mix(0.65, betaBinomial(worst.Never, worst.Rows, 2, 3), betaBinomial(worst.Never, worst.Rows, 1, 12)),
		Facts: []Fact{{"rows", float64(a.Rows)}, {"strange", float64(a.Strange)}, {"worst_share", float64(worst.Never) / float64(worst.Rows)}},
	}
	r.Made = max(r.Copied, r.Other)
	r.bound()
	return []Reason{r}
}

// instant weighs how many changes contradict the one time that fits most of them:
// the dump shows what was before a change long past, or after one yet to come. Rows of
// another source are of all times. A copy made over weeks contradicts some.
func (e Evidence) instant() []Reason {
	all, against := e.Counts.contradicting()
	if all < fewestRows {
		return nil
	}
	// What no copy at one instant explains, one made over weeks may.
	ours := e.beyond(against, all)
	copied := mix(0.998, betaBinomial(ours, all, 1, 100), betaBinomial(ours, all, 2, 40))
	if w := e.Window; w.slow() {
		copied = max(copied, betaBinomial(min(w.Against, ours), all, 1, 100)-slowly)
	}
	r := Reason{
		Code: OneInstant, Copied: copied, Other: betaBinomial(against, all, 2, 5),
		Facts: []Fact{{"changes", float64(all)}, {"against", float64(against)}},
	}
	r.Made = max(r.Copied, r.Other)
	r.bound()
	return []Reason{r}
}

// torn weighs rows that say what was true at no one time: whoever puts rows together
// from several sources has the address of one year and the name of another. A copy has
// none but by wrong links, however long it took.
func (e Evidence) torn() []Reason {
	c := e.Counts
	if c.Rows < fewestRows {
		return nil
	}
	r := Reason{
		Code: TornRows, Copied: betaBinomial(e.beyond(c.Torn, c.Rows), c.Rows, 1, 300),
		Other: mix(0.3, betaBinomial(c.Torn, c.Rows, 2, 4), betaBinomial(c.Torn, c.Rows, 1, 300)), // what has one source is not torn either
		Facts: []Fact{{"rows", float64(c.Rows)}, {"torn", float64(c.Torn)}},
	}
	r.Made = max(r.Copied, r.Other)
	r.bound()
	return []Reason{r}
}

// contradicting counts changes, and of them those that contradict the one time,
// between two snapshots, that fits most. What changed between those two fits either way.
func (c Counts) contradicting() (all, against int64) {
	if len(c.Snapshots) < 3 {
		return 0, 0 // whatever changed fits
	}
	for _, x := range c.Changes {
		all += x.Before + x.After
	}
	against = all
	for i := range len(c.Snapshots) - 1 {
		from, to, wrong := c.Snapshots[i], c.Snapshots[i+1], int64(0)
		for _, x := range c.Changes {
			switch {
			case !x.To.After(from):
				wrong += x.Before
			case !x.From.Before(to):
				wrong += x.After
			}
		}
		against = min(against, wrong)
	}
	return all, against
}

// ids weighs record ids. Nobody else knows the register's; a dump may lack them, or
// number its rows, which says nothing.
func (e Evidence) ids() []Reason {
	a := e.Agreement
	issued := func(code string) bool {
		return slices.ContainsFunc(e.Register, func(f shape.Facts) bool {
			return slices.ContainsFunc(f.Of(kind.RecordID), func(c shape.Count) bool { return c.Code == code || c.Code == shape.Other })
		})
	}
	never := func(k kind.Kind) (of, n int64) {
		for _, c := range e.Dump.Of(k) {
			if of += c.Cells; c.Code != shape.Other && structured(c.Code) && !issued(c.Code) {
				n += c.Cells
			}
		}
		return of, n
	}
	known := slices.ContainsFunc(e.Register, func(f shape.Facts) bool { return len(f.Of(kind.RecordID)) > 0 })
	if a.IDs > 0 {
		rows, fit := e.ownIDs()
		r := Reason{
			Code: KnownIDs, Copied: mix(0.9, betaBinomial(rows-fit, rows, 1, 40), betaBinomial(fit, rows, 1, 1)), Other: betaBinomial(fit, rows, 1, 200),
			Facts: []Fact{{"rows", float64(rows)}, {"known", float64(fit)}},
		}
		of, n := never(kind.RecordID)
		if n > 0 {
			r.Facts = append(r.Facts, Fact{"never_issued", float64(n)})
		}
		r.Made = r.Other
		if 10*n < of && of >= shape.Fewest && !slices.ContainsFunc(e.Dump.Of(kind.RecordID), func(c shape.Count) bool { return 10*c.Cells > of && !structured(c.Code) }) {
			r.Other -= ourPattern // nobody else hands out ids of that pattern
		}
		r.bound()
		return []Reason{r}
	}
	of, n := never(kind.Identifier)
	if !known || of < shape.Fewest || 10*n < 9*of {
		return nil
	}
	return []Reason{{Code: IDsNotOurs, Copied: -10, Facts: []Fact{{"cells", float64(of)}, {"never_issued", float64(n)}}}}
}

// ownIDs counts linked rows with a record id, and those whose id is their person's:
// rows of nobody, whose ids are nobody's, are not held against the others. Where too
// few are linked, it counts all rows and the ids that the register has.
func (e Evidence) ownIDs() (rows, fit int64) {
	for _, k := range e.Agreement.Kinds {
		if k.Kind == kind.RecordID && k.Rows >= fewestRows {
			return k.Rows, k.Current + k.Stale
		}
	}
	return e.Agreement.IDs, e.Agreement.KnownIDs
}

// structured tells whether a pattern is that of ids that somebody hands out, not of
// rows that are numbered.
func structured(code string) bool {
	return slices.ContainsFunc([]byte(code), func(c byte) bool { return c == 'L' || c == 'l' || c == '-' || c == '/' || c == '.' }) || len(code) == 3 || len(code) == 2 && code[1] >= '8'
}

// choices are those that whoever writes a file makes, each for several kinds of
// data: one program writes all names alike. other is how many bits it says that a
// source writes as the register does: French files that do are one in 2^other.
var choices = []struct {
	kinds []kind.Kind
	other float64
}{
	{[]kind.Kind{kind.BirthSurname, kind.UsedSurname}, 1.2},      // case, accents
	{[]kind.Kind{kind.BirthPlace, kind.Address, kind.City}, 0.8}, // often otherwise than names
	{[]kind.Kind{kind.GivenNames}, 1},                            // and what parts several
	{[]kind.Kind{kind.BirthDate}, 1.3},
	{[]kind.Kind{kind.Phone}, 1.3},
	{[]kind.Kind{kind.Sex}, 1},
	{[]kind.Kind{kind.Email}, 0.5},
	{[]kind.Kind{kind.NIR, kind.IBAN}, 0.7}, // blanks in numbers
}

// writing weighs how many of those choices are the register's. Whoever copies may
// write anew, and whoever makes up may imitate.
func (e Evidence) writing() []Reason {
	r := Reason{Code: SameWriting}
	same, unlike := 0.0, 0.0
	for _, c := range choices {
		alike, otherwise := 0, 0
		for _, k := range c.kinds {
			switch x := e.alike(k); {
			case x >= 0.85:
				alike++
			case x >= 0 && x < 0.5:
				otherwise++
			}
		}
		switch {
		case alike > otherwise:
			same++
			r.Copied += c.other - 0.4 // three copies in four are written as they stood
			r.Made += c.other
		case otherwise > alike:
			unlike++
			r.Copied--
		}
	}
	if same+unlike == 0 {
		return nil
	}
	r.Copied = max(-3, min(5, r.Copied))
	r.Facts = []Fact{{"same", same}, {"unlike", unlike}}
	return []Reason{r}
}

// alike is how much the formats of a kind have in common with those of the snapshot
// that they fit best; -1 where too few are known.
func (e Evidence) alike(k kind.Kind) float64 {
	dump, best := e.Dump.Of(k), -1.0
	if shape.Total(dump) < fewestRows {
		return best
	}
	for _, f := range e.Register {
		if reg := f.Of(k); shape.Total(reg) >= fewestRows {
			best = max(best, shape.Alike(dump, reg))
		}
	}
	return best
}

// rules weighs the worst of the rules that the cells of rows are held to: errors of
// one generator break several at once, so that only one counts. Real data keep them
// but for errors; careless fabrication does not, and every second is careful.
func (e Evidence) rules() []Reason {
	var worst *Reason
	tried := 0
	for _, c := range e.checks() {
		if c.Rows < fewestRows || e.breaks(c.Code) > 0.05 || c.Code == shape.MailName {
			continue
		}
		tried++
		like := betaBinomial(c.Broken, c.Rows, 1, 20)
		r := Reason{
			Code: RuleBroken, Rule: c.Code, Copied: like, Other: like, Made: sum2(like-1, betaBinomial(c.Broken, c.Rows, 1, 1)-1),
			Facts: []Fact{{"rows", float64(c.Rows)}, {"broken", float64(c.Broken)}},
		}
		r.bound()
		if worst == nil || r.Made-r.Other > worst.Made-worst.Other {
			worst = &r
		}
	}
	for _, off := range []*Reason{e.digits(), e.mail(), e.namesakes()} {
		if off != nil && (worst == nil || off.Made-off.Other > worst.Made-worst.Other) {
			worst = off
		}
	}
	if worst == nil {
		return nil
	}
	if worst.Made <= worst.Other {
		return []Reason{{Code: RulesKept, Made: worst.Made - worst.Other, Facts: []Fact{{"rules", float64(tried)}}}}
	}
	return []Reason{*worst}
}

// ages is the rule that nobody is older than 119 or not yet born.
const ages = "age"

func (e Evidence) checks() []shape.Check {
	all := slices.Clone(e.Dump.Checks)
	age := shape.Check{Code: ages}
	for _, c := range e.Dump.Births {
		if c.Code == shape.Other {
			continue
		}
		decade := 0
		for _, d := range c.Code {
			decade = 10*decade + int(d-'0')
		}
		age.Rows += c.Cells
		if decade > e.Year || decade+9 < e.Year-110 {
			age.Broken += c.Cells
		}
	}
	return append(all, age)
}

// breaks is how often the register itself breaks a rule.
func (e Evidence) breaks(code string) float64 {
	for _, f := range slices.Backward(e.Register) {
		for _, c := range f.Checks {
			if c.Code == code && c.Rows >= fewestRows {
				return float64(c.Broken) / float64(c.Rows)
			}
		}
	}
	return 0
}

// digits finds last digits that are spread otherwise than the register's.
func (e Evidence) digits() *Reason {
	if len(e.Register) == 0 {
		return nil
	}
	for _, d := range e.Dump.Digits {
		for _, r := range e.Register[len(e.Register)-1].Digits {
			if r.Of != d.Of {
				continue
			}
			a, b, off := total(d.N), total(r.N), 0.0
			if a < fewCells || b < fewCells {
				continue
			}
			for i := range d.N {
				off += math.Abs(float64(d.N[i])/float64(a)-float64(r.N[i])/float64(b)) / 2
			}
			if off >= unlikeDigits {
				return &Reason{Code: DigitsOff, Kind: d.Of, Copied: -4, Other: -3, Facts: []Fact{{"cells", float64(a)}, {"off", off}}}
			}
		}
	}
	return nil
}

// mail finds names in mail addresses more often than in the register's, or less: one
// who makes up writes all from the name, or forgets to.
func (e Evidence) mail() *Reason {
	if len(e.Register) == 0 {
		return nil
	}
	for _, d := range e.Dump.Checks {
		for _, r := range e.Register[len(e.Register)-1].Checks {
			if d.Code != shape.MailName || r.Code != d.Code || d.Rows < fewCells || r.Rows < fewCells {
				continue
			}
			share, ours := 1-float64(d.Broken)/float64(d.Rows), 1-float64(r.Broken)/float64(r.Rows)
			if math.Abs(share-ours) >= unlikeMail {
				return &Reason{Code: MailOff, Kind: kind.Email, Copied: -4, Other: -2, Facts: []Fact{{"cells", float64(d.Rows)}, {"share", share}, {"ours", ours}}}
			}
		}
	}
	return nil
}

// namesakes finds names that recur otherwise than among people, in a dump of which
// nobody is known: who makes people up draws from a short list, or evenly from a long one.
func (e Evidence) namesakes() *Reason {
	if e.ours() {
		return nil
	}
	var worst *Reason
	for _, n := range e.Agreement.Namesakes {
		if n.DumpRows < fewCells || n.RegisterRows < fewCells || n.Register*float64(n.RegisterRows)*float64(n.RegisterRows) < fewCells {
			continue
		}
		// Of few rows, none that share a name is no wonder.
		pairs := float64(n.DumpRows) * float64(n.DumpRows-1)
		times := n.Dump / n.Register
		if times < unlikeNames && (times > 1./unlikeNames || pairs*n.Register < fewCells) {
			continue
		}
		r := &Reason{Code: NamesOff, Kind: n.Kind, Copied: -7, Other: -5, Facts: []Fact{{"rows", float64(n.DumpRows)}, {"times", times}}}
		if worst == nil {
			worst = r
		}
	}
	return worst
}

// ours tells whether rows enough are of people of the register for the dump to be
// about them.
func (e Evidence) ours() bool { return float64(e.Linked+e.Ambiguous) >= 0.02*float64(e.Rows) }

func total(n [10]int64) (sum int64) {
	for _, x := range n {
		sum += x
	}
	return sum
}

// repeated weighs identifiers that repeat others, in a dump of which nobody is
// known: whoever fills in templates says the same many times.
func (e Evidence) repeated() []Reason {
	a := e.Agreement
	if a.Cells < fewestRows {
		return nil
	}
	if again := 1 - float64(a.Values)/float64(a.Cells); again >= repeatedFrom {
		return []Reason{{Code: Repetitious, Copied: -3, Other: -3, Facts: []Fact{{"cells", float64(a.Cells)}, {"values", float64(a.Values)}}}}
	}
	return nil
}

// bound brings the three nearer, the best apart, until none is further off than
// one piece may weigh.
func (r *Reason) bound() {
	best := max(r.Copied, r.Other, r.Made)
	for _, x := range []*float64{&r.Copied, &r.Other, &r.Made} {
		*x = max(*x-best, -capped)
	}
}

func positive(x float64) float64 {
	if x == 0 {
		return 0 // and not less than it
	}
	return x
}

// betaBinomial is the logarithm, to base 2, of the chance of k in n where the rate
// is drawn from a beta distribution (Skellam 1948).
func betaBinomial(k, n int64, a, b float64) float64 {
	x, y := float64(k), float64(n-k)
	return (lbeta(x+a, y+b) - lbeta(a, b) + lgamma(float64(n)+1) - lgamma(x+1) - lgamma(y+1)) / math.Ln2
}

func lbeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}

// mix is the chance of what has the chance a, by its logarithm to base 2, in so large
// a share of cases, and b in the others.
func mix(share, a, b float64) float64 { return sum2(a+math.Log2(share), b+math.Log2(1-share)) }

// sum2 adds two chances given by their logarithms to base 2.
func sum2(a, b float64) float64 {
	top := max(a, b)
	return top + math.Log2(math.Exp2(a-top)+math.Exp2(b-top))
}

// wilson is the interval of a share p of n, with nineteen chances in twenty (Wilson 1927).
func wilson(p, n float64) (low, high float64) {
	const z = 1.96
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, mid-half), min(1, mid+half)
}
