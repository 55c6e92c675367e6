package report

import (
	"strings"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// honey is what made-up people say, as it is drawn.
type honey struct {
	Refused             *text
	Says                string // the finding in one sentence
	Copies              []honeyCopy
	NotBefore, NotAfter *instant
	N                   assessment.Honey
}

// honeyCopy is one copy and how many of its made-up people were found.
type honeyCopy struct {
	Name        string
	Named       bool
	From, Until *instant
	Bar         []part
	Likely      string
	Bits        string
	N           assessment.HoneyCopy
}

// Honey is nil where nobody was made up.
func (e *edition) Honey() *honey {
	n := e.A.Honey
	if n.Placed == 0 {
		return nil
	}
	h := &honey{Refused: e.refusal(n.Refused), N: n}
	if n.NotBefore != nil {
		h.NotBefore = e.instant(*n.NotBefore)
	}
	if n.NotAfter != nil {
		h.NotAfter = e.instant(*n.NotAfter)
	}
	for _, c := range n.Copies {
		shown := honeyCopy{Name: visible.Text(c.Name, longest), From: e.instant(c.From), N: c}
		if c.Until != nil {
			shown.Until = e.instant(*c.Until)
		}
		for _, name := range n.Named {
			shown.Named = shown.Named || name == c.Name
		}
		shown.Bar = bar(100, part{Class: "linked", N: c.Found}, part{Class: "unlinked", N: c.Placed - c.Found})
		if c.Likelihood != nil {
			shown.Likely = e.sureness(*c.Likelihood)
		}
		if c.Bits != nil {
			shown.Bits = e.Signed(*c.Bits)
		}
		h.Copies = append(h.Copies, shown)
	}
	h.Says = e.HoneySays(n)
	return h
}

// sureness writes how likely it is that a copy leaked, without making it certain.
func (l language) sureness(p float64) string {
	if p > 0.999 {
		return l.T("plus de %s", "over %s", l.Percent(0.999, 1))
	}
	if p < 0.001 {
		return l.T("moins de %s", "under %s", l.Percent(0.001, 1))
	}
	return l.Percent(p, 1)
}

// HoneySays tells what made-up people say, in one sentence; "" where nobody was made
// up, or nothing can be said.
func (l language) HoneySays(n assessment.Honey) string {
	everywhere := int64(0)
	for _, c := range n.Copies {
		if c.Everywhere {
			everywhere += c.Found
		}
	}
	named := make([]string, len(n.Named))
	for i, name := range n.Named {
		named[i] = visible.Text(name, longest)
	}
	people := l.N(n.Found, "personne inventée figure", "personnes inventées figurent", "made-up person stands", "made-up people stand")
	switch {
	case n.Refused != "" || n.Placed == 0:
		return ""
	case len(named) == 1:
		return l.T("Le fichier vient de la copie %s : ses personnes inventées, qui ne sont dans aucune autre, y figurent.",
			"The file is from the copy %s: its made-up people, who are in no other, stand in it.", named[0])
	case len(named) > 1:
		return l.T("Le fichier réunit plusieurs copies : %s. Des personnes inventées de chacune y figurent.",
			"The file puts several copies together: %s. Made-up people of each stand in it.", strings.Join(named, ", "))
	case n.Found == 0:
		return l.T("Aucune personne inventée ne figure dans le fichier. Si c’en est une petite partie, ou d’avant leur ajout, cela ne dit rien.",
			"No made-up person stands in the file. If it is a small part, or from before they were put in place, that says nothing.")
	case everywhere == n.Found:
		return l.T("%s dans le fichier : il a été copié du registre, ou d’une copie qui n’a pas de personnes inventées à elle.",
			"%s in the file: it was copied from the register, or from a copy without made-up people of its own.", people)
	}
	return l.T("%s dans le fichier, trop peu pour désigner une copie : une seule peut être une erreur, ou un piège tendu à un autre.",
		"%s in the file, too few to name a copy: a single one may be a mistake, or put there to have another blamed.", people)
}
