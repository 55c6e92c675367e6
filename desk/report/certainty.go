package report

import (
	"math"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// certainty is how sure the links are, as it is drawn.
type certainty struct {
	Bands []band
	None  int64
	Falls []fall
	N     assessment.Certainty
}

// band is rows whose best candidate has a probability within bounds, as a bar.
type band struct {
	Name         string
	Linked, Open int64
	Bar          []part
}

// fall is a waterfall as a picture: steps in hundredths of its width, one below
// the other.
type fall struct {
	ID, Title, Means string
	Row              int64
	Steps            []step
	Height           int
	Even             float64 // where the odds are even
	N                assessment.Waterfall
}

// step is one line of a waterfall.
type step struct {
	Name, How, Class string
	Bits             float64
	Y                int // of the bar's top
	X, Width         float64
}

// The heights of a waterfall's lines and of its bars.
const (
	lineHeight = 24
	barHeight  = 14
)

// waterfalls are what they are of, and what that means.
var waterfalls = map[string]struct{ title, means pair }{
	assessment.OfAverage: {
		pair{"Les lignes rattachées, en moyenne", "Linked rows, on average"},
		pair{"Moyenne de %s lignes.", "Average of %s rows."},
	},
	assessment.OfSettled: {
		pair{"Une ligne rattachée comme les autres", "A linked row like most"},
		pair{"Ligne %s, au milieu de toutes pour ce qui concorde.", "Row %s, in the middle of all by what agrees."},
	},
	assessment.OfThreshold: {
		pair{"La ligne rattachée la moins sûre", "The linked row that is least sure"},
		pair{"Ligne %s, la plus proche du seuil.", "Row %s, the nearest to the threshold."},
	},
	assessment.OfAmbiguous: {
		pair{"Une ligne ambiguë", "An ambiguous row"},
		pair{"Ligne %s, qui convient à plusieurs personnes.", "Row %s, which several people fit."},
	},
}

// certain works out the pictures of how sure the links are; nil where nothing tells.
func (e *edition) certain() *certainty {
	from := e.A.Certainty
	if len(from.Bands) == 0 {
		return nil
	}
	c := &certainty{None: from.None, N: from}
	var most int64
	for _, b := range from.Bands {
		most = max(most, b.Linked+b.Open)
	}
	for _, b := range from.Bands {
		c.Bands = append(c.Bands, band{
			Name: e.T("de %s à %s", "%s to %s", e.decimals(b.From), e.decimals(b.To)), Linked: b.Linked, Open: b.Open,
			Bar: bar(100*float64(b.Linked+b.Open)/float64(max(1, most)),
				part{Name: e.T("rattachées", "linked"), Class: "linked", N: b.Linked},
				part{Name: e.T("non rattachées", "not linked"), Class: "unlinked", N: b.Open}),
		})
	}
	for _, w := range from.Waterfalls {
		c.Falls = append(c.Falls, e.fall(w))
	}
	return c
}

// decimals writes a probability with as many decimals as it needs, up to three.
func (e *edition) decimals(p float64) string {
	for n := range 3 {
		if unit := math.Pow(10, float64(n)); math.Round(p*unit) == p*unit {
			return e.Dec(p, n)
		}
	}
	return e.Dec(p, 3)
}

func (e *edition) fall(w assessment.Waterfall) fall {
	words := waterfalls[w.Of]
	n := w.Row
	if w.Of == assessment.OfAverage {
		n = e.A.Certainty.Sampled
	}
	f := fall{ID: visible.Text(w.Of, 20), Title: e.of(words.title), Means: e.T(words.means.fr, words.means.en, e.Int(n)), Row: w.Row, N: w}
	f.Steps = append(f.Steps, step{Name: e.T("au départ", "to begin with"), How: e.T("une ligne et une fiche quelconques", "any row and any record"), Bits: w.Start},
		step{Name: e.T("au registre", "in the register"), How: e.T("l’inconnu ne convient qu’aux lignes dont la personne n’y est pas", "a stranger fits best only where the row’s own person is not there"), Bits: w.Present})
	for _, v := range w.Evidence {
		if v.Bits == 0 && v.Level == "" {
			continue // one side has nothing to compare
		}
		how := e.Level(v.Level)
		if v.Told {
			how += e.T(" (une autre donnée le dit déjà)", " (another aspect tells it already)")
		}
		f.Steps = append(f.Steps, step{Name: e.Aspect(v.Aspect), How: how, Bits: v.Bits})
	}
	for _, more := range []step{
		{Name: e.T("numéros", "numbers"), How: e.T("jusqu’où ils sont ceux du registre", "how far they are the register’s own"), Bits: w.Shown},
		{Name: e.T("proches", "relatives"), How: e.T("un foyer ou un jumeau l’expliquerait aussi", "a household or a twin would explain it as well"), Bits: w.Relatives},
		{Name: e.T("rivaux", "rivals"), How: e.T("d’autres personnes conviennent aussi", "other people fit too"), Bits: w.Rivals},
	} {
		if math.Abs(more.Bits) >= 0.05 {
			f.Steps = append(f.Steps, more)
		}
	}
	total := step{Name: e.T("en tout", "all in all"), How: e.T("probabilité %s", "probability %s", e.Dec(w.Probability, 4)), Bits: w.Total, Class: "sum"}
	if w.Probability > 0.9999 && w.Probability < 1 || w.Of == assessment.OfAverage {
		total.How = ""
	}
	f.lay(append(f.Steps, total))
	return f
}

// lay lays the steps out: each begins where the one before ends, but for the
// last, which is their sum.
func (f *fall) lay(steps []step) {
	low, high, at := 0.0, 0.0, 0.0
	for _, s := range steps[:len(steps)-1] {
		at += s.Bits
		low, high = min(low, at), max(high, at)
	}
	low, high = min(low, steps[len(steps)-1].Bits), max(high, steps[len(steps)-1].Bits)
	place := func(bits float64) float64 { return 100 * (bits - low) / max(high-low, 1e-9) }
	at = 0
	for i := range steps {
		s := &steps[i]
		from := at
		if i == len(steps)-1 {
			from = 0
		}
		at = from + s.Bits
		if s.Class == "" {
			if s.Class = "for"; s.Bits < 0 {
				s.Class = "counter"
			}
		}
		s.Y = i*lineHeight + (lineHeight-barHeight)/2
		s.X, s.Width = hundredths(min(place(from), place(at))), max(0.6, hundredths(math.Abs(place(at)-place(from))))
		s.X = min(s.X, 100-s.Width)
	}
	f.Steps, f.Height, f.Even = steps, len(steps)*lineHeight, hundredths(place(0))
}

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }
