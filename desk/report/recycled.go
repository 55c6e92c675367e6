package report

import (
	"fmt"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// The bar of what was out has one segment for each of the leaks that make most of it up,
// in order of what they add; the others share one.
const mostLeaks = 5

// recycled is what of the dump stood in earlier leaks, worked out to be drawn.
type recycled struct {
	N       assessment.Recycled
	Refused *text
	Lead    string // the finding in one sentence
	Copy    string // whether it is an old copy; "" where that is no question
	Parts   []part // values by the leak that had them first, then what is new
	Rows    []part
	Leaks   []leak
	Kinds   []leakKind
	Aside   []asideLeak
	Low     string // bounds of the share that adds nothing
	High    string
}

type leak struct {
	Name  string
	Whose string
	Seen  *instant
	Class string // of its segment; "" where it adds nothing
	N     assessment.Leak
}

type leakKind struct {
	Name string
	N    assessment.LeakKind
}

type asideLeak struct {
	Name string
	Why  text
}

// leftOut are why an earlier leak was not compared.
var leftOut = map[string]pair{
	assessment.AsideLater:    {"elle a été vue après ce fichier", "it was seen after this file"},
	assessment.AsideOtherKey: {"elle est scellée sous une autre clé", "it is sealed under another key"},
	assessment.AsideDamaged:  {"ce qui en est conservé est endommagé", "what is kept of it is damaged"},
}

// copies tell an old copy of the register from a new one.
var copies = map[string]pair{
	assessment.CopyOld: {
		"Ce qui a changé au registre depuis ces fuites y figure encore sous son ancienne valeur : ce sont des données d’alors, et non celles d’un nouveau vol.",
		"What has changed in the register since these leaks still has its old value here: these are data of then, not of a new theft.",
	},
	assessment.CopyNew: {
		"Ce qui a changé au registre depuis ces fuites y figure sous sa nouvelle valeur : c’est une nouvelle copie, faite après elles.",
		"What has changed in the register since these leaks has its new value here: this is a new copy, made after them.",
	},
	assessment.CopyOpen: {
		"Trop peu de valeurs ont changé au registre depuis ces fuites pour distinguer une ancienne copie d’une nouvelle : un nouveau vol n’est pas exclu.",
		"Too few values have changed in the register since these leaks to tell an old copy from a new one: a new theft is not ruled out.",
	},
}

// Copy tells in a sentence whether a dump is an old copy of the register or a new one;
// "" where that is no question.
func (l language) Copy(r assessment.Recycled) string {
	p, ok := copies[r.Copy]
	if !ok {
		return ""
	}
	return l.of(p)
}

// recycled works the section out; nil where nothing was looked for, or nothing is kept to
// look in.
func (e *edition) recycled() *recycled {
	r := e.A.Recycled
	if r.Refused == assessment.NotAssessed || r.Refused == assessment.NoLeaks {
		return nil
	}
	shown := &recycled{N: r, Refused: e.refusal(r.Refused), Low: e.bound(r.Share.Low), High: e.bound(r.Share.High)}
	for _, x := range r.Aside {
		shown.Aside = append(shown.Aside, asideLeak{Name: visible.Text(x.Name, longest), Why: e.word(leftOut, x.Why)})
	}
	if shown.Refused != nil {
		return shown
	}
	shown.Copy = e.Copy(r)
	shown.Lead = e.adds(r)
	var fresh, stranger, others int64
	for _, k := range r.Kinds {
		shown.Kinds = append(shown.Kinds, leakKind{Name: k.Kind.Label(string(e.language)), N: k})
		if k.Counted {
			fresh, stranger = fresh+k.Fresh, stranger+k.Stranger
		}
	}
	var parts []part
	for i, l := range r.Leaks {
		x := leak{Name: visible.Text(l.Name, longest), Whose: e.whose(l), N: l}
		if l.Seen != "" {
			x.Seen = e.instant(l.Seen + "T00:00:00Z")
		}
		switch {
		case l.Adds == 0:
		case i < mostLeaks:
			x.Class = fmt.Sprintf("leak-%d", i+1)
			parts = append(parts, part{Name: x.Name, Class: x.Class, N: l.Adds})
		default:
			x.Class = fmt.Sprintf("leak-%d", mostLeaks+1)
			others += l.Adds
		}
		shown.Leaks = append(shown.Leaks, x)
	}
	parts = append(parts,
		part{Name: e.T("d’autres fuites", "other leaks"), Class: fmt.Sprintf("leak-%d", mostLeaks+1), N: others},
		part{Name: e.T("nouvelles, sur des personnes déjà sorties", "new, about people who were out"), Class: "fresh", N: fresh},
		part{Name: e.T("nouvelles, sur des personnes jamais sorties", "new, about people who were not"), Class: "stranger", N: stranger})
	shown.Parts = bar(100, parts...)
	shown.Rows = bar(100,
		part{Name: e.T("n’ajoutent rien", "add nothing"), Class: "known", N: r.Known},
		part{Name: e.T("ajoutent quelque chose", "add something"), Class: "fresh", N: r.Partly},
		part{Name: e.T("sur des personnes jamais sorties", "about people who were not out"), Class: "stranger", N: r.New},
		part{Name: e.T("non comparables", "not comparable"), Class: "unlinked", N: r.Apart})
	return shown
}

// adds tells in a sentence how much of the dump is new.
func (e *edition) adds(r assessment.Recycled) string {
	switch {
	case r.Known+r.Partly == 0:
		return e.T("Rien de ce fichier ne figurait dans les fuites antérieures conservées.", "Nothing of this file was in the earlier leaks that are kept.")
	case r.Known == r.Rows:
		return e.T("Ce fichier n’ajoute rien : tout ce qu’il contient était déjà sorti.", "This file adds nothing: all that it holds was out already.")
	}
	return e.T("%s des lignes n’ajoutent rien : tout ce qu’elles contiennent était déjà sorti sur la même personne.",
		"%s of the rows add nothing: all that they hold was out already about the same person.", e.Share(r.Known, r.Rows))
}

func (e *edition) whose(l assessment.Leak) string {
	switch {
	case l.Ours == nil:
		return e.T("non établi", "not established")
	case *l.Ours:
		return e.T("du registre", "of the register")
	}
	return e.T("d’un autre organisme", "someone else’s")
}
