package report

import (
	"bytes"
	"cmp"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"

	judged "constat.example/blind/reach"
	"constat.example/desk/reach"
	"constat.example/internal/visible"
)

// ReachPage writes the page of how far accounts reach: one file, as Page does.
func ReachPage(w io.Writer, r *reach.Reach) error {
	own, err := files.ReadFile("reach.css")
	if err != nil {
		return err
	}
	var page bytes.Buffer // so that a failure writes nothing
	if err := pageTemplate.ExecuteTemplate(&page, "reach.html.tmpl", struct {
		Style template.CSS
		Page  []reached
	}{Style() + template.CSS(own), []reached{newReached(french, r), newReached(english, r)}}); err != nil {
		return err
	}
	_, err = w.Write(page.Bytes())
	return err
}

// reached is the page of how far accounts reach, in one language.
type reached struct {
	language
	R        *reach.Reach
	Refused  *text
	From, To *instant

	CouldRefused, NeededRefused *text

	Top    []reachedAccount
	Curves []reachCurve
	Says   string // what the curves say, in words
	Ticks  []reachTick
	Roles  []reachedRole
	Steps  []reachedStep
	Rest   int // accounts that no table lists
}

type reachedAccount struct {
	Name, Role    string
	N             reach.Account
	Flags         []string
	Bars          []reachBar
	Sees          string
	Could, Needed string
	Read          string
}

// reachBar is a bar of the number of people, in hundredths of the register.
type reachBar struct {
	Class string
	Width float64
}

type reachedRole struct {
	Name          string
	N             reach.Role
	Bars          []reachBar
	Could, Needed string
	Unopened      string // share of its doors that nobody went through
}

type reachedStep struct {
	Title, Why string
	Accounts   []string
	More       int64
}

// reachCurve is accounts by how many people, most first: a line through a picture of 100 by 100.
type reachCurve struct{ Class, Name, Points string }

type reachTick struct {
	Y    float64
	Text string
}

// reachRefusals are why something of a reach is not told.
var reachRefusals = map[string]pair{
	judged.NoReads:   {"les journaux ne montrent aucune lecture de fiche par un compte", judged.NoReads},
	judged.NoJoin:    {"aucun identifiant de fiche des journaux n’est du registre : le plan du journal désigne peut-être un autre champ", judged.NoJoin},
	judged.NoRights:  {"aucun droit n’a été déclaré : d’un compte, on sait seulement qu’il pouvait lire au moins les personnes qu’il a lues", judged.NoRights},
	judged.NoReasons: {"aucun motif n’a été déclaré : d’un compte, on sait seulement qu’il n’avait besoin de lire que des personnes qu’il a lues", judged.NoReasons},
}

// reachFlags are what is notable about an account.
var reachFlags = map[string]pair{
	judged.Left:      {"son titulaire est parti", "its holder has left"},
	judged.AfterLeft: {"utilisé depuis ce départ", "used since"},
	judged.Asleep:    {"inactif depuis 30 jours ou plus", "idle for 30 days or more"},
	judged.Unlisted:  {"absent de la liste des comptes", "not in the list of accounts"},
	judged.Shared:    {"plusieurs adresses à la fois", "several addresses at once"},
	judged.Beyond:    {"lit au-delà de ses droits", "reads beyond its rights"},
	judged.Counted:   {"fiches comptées, non nommées", "records counted, not named"},
	judged.Bulk:      {"copies en masse", "bulk copies"},
}

// reachSteps are what to change: what to do, and why.
var reachSteps = map[string]struct{ what, why pair }{
	judged.StepRevoke: {
		pair{"Fermer ces comptes : leurs titulaires sont partis, ou ils ne servent pas", "Close these accounts: their holders have left, or nobody uses them"},
		pair{"Personne n’y perd rien, et un voleur y perd tout.", "Nobody loses anything by it, and a thief loses all."},
	},
	judged.StepProtect: {
		pair{"Protéger d’abord ces dix comptes, ou réduire ce qu’ils atteignent", "Guard these ten accounts first, or narrow what they reach"},
		pair{"Ce sont ceux dont le vol coûterait le plus : deuxième facteur, plafond de fiches par jour, droits ramenés aux personnes suivies.", "Theirs is the theft that would cost most: a second factor, a ceiling of records a day, rights brought down to the people they follow."},
	},
	judged.StepNarrow: {
		pair{"Resserrer les droits de ces rôles", "Narrow the rights of these roles"},
		pair{"L’essentiel de ce que leurs comptes pouvaient lire n’a été lu par aucun d’eux pendant la période : droits par bureau ou par personnes suivies.", "Most of what their accounts could read none of them read within the period: rights by office, or by the people they follow."},
	},
	judged.StepEnforce: {
		pair{"Faire appliquer les droits par l’application", "Have the application hold accounts to their rights"},
		pair{"Ces comptes ont lu des personnes que leurs droits déclarés ne leur ouvrent pas.", "These accounts read people whom their declared rights do not open to them."},
	},
	judged.StepSeparate: {
		pair{"Donner à chacun son compte", "Give everybody an account of their own"},
		pair{"Ces comptes servent depuis plusieurs adresses en même temps : on ne saurait pas qui a lu.", "These accounts are used from several addresses at the same time: nobody could tell who read."},
	},
	judged.StepList: {
		pair{"Dire à qui sont ces comptes", "Say whose accounts these are"},
		pair{"Ils lisent, et la liste des comptes ne les connaît pas.", "They read, and the list of accounts does not know them."},
	},
	judged.StepName: {
		pair{"Journaliser quelles fiches sont renvoyées, et pas seulement combien", "Log whose records are returned, not only how many"},
		pair{"Sans cela, aucun journal ne dira de qui les données sont sorties par là.", "Without it no log will tell whose data left that way."},
	},
	judged.StepWho: {
		pair{"Journaliser quel compte lit", "Log which account reads"},
		pair{"Ces lectures n’ont pas d’auteur.", "These reads have no author."},
	},
}

// ReachRefusal words why something of a reach is not told.
func ReachRefusal(l Language, why string) string { return l.word(reachRefusals, why).Text }

// ReachFlag words what is notable about an account.
func ReachFlag(l Language, flag string) string { return l.word(reachFlags, flag).Text }

// ReachStep words what to change: what to do, with figures, and why.
func ReachStep(l Language, s reach.Step) (what, why string) {
	words, ok := reachSteps[s.Code]
	if !ok {
		return visible.Text(s.Code, longest), ""
	}
	what, why = l.of(words.what), l.of(words.why)
	accounts := l.N(int64(len(s.Accounts)), "compte", "comptes", "account", "accounts")
	switch s.Code {
	case judged.StepProtect:
		if n := int64(len(s.Accounts)); n != judged.Costliest {
			what = l.T("Protéger d’abord %s, ou réduire ce qu’ils atteignent", "Guard %s first, or narrow what they reach", l.N(n, "compte", "comptes", "account", "accounts"))
		}
	case judged.StepNarrow:
		names := make([]string, len(s.Roles))
		for i, n := range s.Roles {
			names[i] = visible.Text(n, longest)
		}
		what = l.T("Resserrer les droits : %s", "Narrow the rights of: %s", strings.Join(names, ", "))
		why = accounts + ". " + why
	case judged.StepName:
		why = l.T("%s par %s. ", "%s by %s. ", l.N(s.Count, "fiche renvoyée sans être nommée", "fiches renvoyées sans être nommées", "record returned without a name", "records returned without a name"), accounts) + why
	case judged.StepWho:
		what += " (" + l.N(s.Count, "lecture", "lectures", "read", "reads") + ")"
	case judged.StepEnforce:
		why = l.T("%s, %s. ", "%s, %s. ", accounts, l.N(s.Doors, "personne lue ainsi", "personnes lues ainsi", "person read so", "people read so")) + why
	default:
		why = accounts + ". " + why
	}
	return what, why
}

const (
	listedAccounts = 10 // in a step
	curveWidth     = 100
)

func newReached(l language, r *reach.Reach) reached {
	p := reached{language: l, R: r, From: l.optional(r.From), To: l.optional(r.LastDay())}
	refusal := func(why string) *text {
		if why == "" {
			return nil
		}
		t := l.word(reachRefusals, why)
		return &t
	}
	p.Refused, p.CouldRefused, p.NeededRefused = refusal(r.Refused), refusal(r.Could.Refused), refusal(r.Needed.Refused)
	if p.Refused != nil {
		return p
	}
	for i, a := range r.Accounts {
		if i == judged.Costliest || len(p.Top) == len(r.Costliest) {
			break
		}
		shown := reachedAccount{Name: visible.Text(a.Account, longest), Role: visible.Text(a.Role, longest), N: a, Bars: l.reachBars(a.Could, a.Read, a.Needed, r.People), Could: l.orUnknown(a.Could), Needed: l.orUnknown(a.Needed), Read: l.atLeast(a)}
		for _, f := range a.Flags {
			shown.Flags = append(shown.Flags, l.word(reachFlags, f).Text)
		}
		p.Top = append(p.Top, shown)
	}
	p.Rest = len(r.Accounts) - len(p.Top)
	p.curves()
	for _, x := range r.Roles {
		shown := reachedRole{Name: visible.Text(x.Role, longest), N: x, Bars: l.reachBars(x.Median.Could, x.Median.Read, x.Median.Needed, r.People), Could: l.orUnknown(x.Median.Could), Needed: l.orUnknown(x.Median.Needed)}
		if shown.Name == "" {
			shown.Name = l.T("rôle non indiqué", "role not told")
		}
		if x.Could != nil && x.Unread != nil {
			shown.Unopened = l.Share(*x.Unread, *x.Could)
		}
		p.Roles = append(p.Roles, shown)
	}
	for _, s := range r.Steps {
		shown := reachedStep{}
		shown.Title, shown.Why = ReachStep(l, s)
		for i, name := range s.Accounts {
			if s.Code == judged.StepNarrow {
				break // the roles say it
			}
			if i == listedAccounts {
				shown.More = int64(len(s.Accounts) - i)
				break
			}
			shown.Accounts = append(shown.Accounts, visible.Text(name, longest))
		}
		p.Steps = append(p.Steps, shown)
	}
	return p
}

func (l language) orUnknown(n *int64) string {
	if n == nil {
		return "–"
	}
	return l.Int(*n)
}

// atLeast writes how many people an account read, with a sign where it may be more.
func (l language) atLeast(a reach.Account) string {
	if a.AtLeast() {
		return "≥" + nbsp + l.Int(a.Read)
	}
	return l.Int(a.Read)
}

// reachBars are could, read and needed, one upon the other. Nobody's bar is too thin to be seen.
func (l language) reachBars(could *int64, read int64, needed *int64, people int64) []reachBar {
	width := func(n int64) float64 {
		if n == 0 {
			return 0
		}
		return max(0.4, hundredths(full(n, people)))
	}
	var bars []reachBar
	if could != nil {
		bars = append(bars, reachBar{"could", width(*could)})
	}
	bars = append(bars, reachBar{"read", width(read)})
	if needed != nil {
		bars = append(bars, reachBar{"needed", width(*needed)})
	}
	return bars
}

// curves lays accounts out by how many people each could read, has read and needed, most
// first, by powers of ten from below.
func (p *reached) curves() {
	if len(p.R.Accounts) < 2 || p.R.People < 2 {
		return
	}
	top := math.Log10(float64(p.R.People) + 1)
	height := func(n int64) float64 { return hundredths(100 - 100*math.Log10(float64(n)+1)/top) }
	draw := func(class, name string, of func(reach.Account) *int64) {
		var all []int64
		for _, a := range p.R.Accounts {
			if n := of(a); n != nil {
				all = append(all, *n)
			}
		}
		if len(all) == 0 {
			return
		}
		slices.SortFunc(all, func(a, b int64) int { return cmp.Compare(b, a) })
		c := reachCurve{Class: class, Name: name}
		steps := min(len(all), curveWidth)
		for i := range steps {
			// The account in the middle of the step stands for it; the first and last for themselves.
			at := (2*i + 1) * len(all) / (2 * steps)
			if i == 0 {
				at = 0
			} else if i == steps-1 {
				at = len(all) - 1
			}
			y := p.number(height(all[at]))
			c.Points += p.number(hundredths(100*float64(i)/float64(steps))) + "," + y + " " + p.number(hundredths(100*float64(i+1)/float64(steps))) + "," + y + " "
		}
		p.Curves = append(p.Curves, c)
	}
	draw("could", p.T("pouvait lire", "could read"), func(a reach.Account) *int64 { return a.Could })
	draw("read", p.T("a lu", "has read"), func(a reach.Account) *int64 { return &a.Read })
	draw("needed", p.T("en avait besoin", "needed to"), func(a reach.Account) *int64 { return a.Needed })
	for n := int64(1); n <= p.R.People; n *= 10 {
		p.Ticks = append(p.Ticks, reachTick{Y: height(n), Text: p.Int(n)})
	}
}

func (p *reached) number(x float64) string { return english.Dec(x, 2) }

// Each is how many accounts there are for a person, on the average.
func (p reached) Each(doors *int64) string {
	if doors == nil || p.R.People == 0 {
		return "–"
	}
	n := float64(*doors) / float64(p.R.People)
	switch {
	case n >= 100:
		return p.Int(int64(math.Round(n)))
	case n >= 10:
		return p.Dec(n, 0)
	}
	return p.Dec(n, 1)
}

// Of writes a part of the people of the register.
func (p reached) Of(n *int64) string {
	if n == nil {
		return "–"
	}
	return p.Share(*n, p.R.People)
}

// reachedWhole is a row of the people of the register.
type reachedWhole struct {
	Somebody, Share, Nobody string
	Refused                 *text
}

// Cells writes a row of the people of the register.
func (p reached) Cells(w reach.Whole) reachedWhole {
	out := reachedWhole{Somebody: p.orUnknown(w.Somebody), Share: p.Of(w.Somebody), Nobody: p.orUnknown(w.Nobody)}
	if w.Refused != "" {
		t := p.word(reachRefusals, w.Refused)
		out.Refused = &t
	}
	return out
}

// Shown makes a name from outside fit to be shown.
func (p reached) Shown(name string) string { return visible.Text(name, longest) }
