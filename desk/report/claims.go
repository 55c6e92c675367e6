package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// Class is the word for a verdict on a claim.
func (l language) Class(class string) string {
	word, _ := l.known(classes, class)
	return word
}

// claimed is a claim beside what is established.
type claimed struct {
	N         assessment.Claim
	Name      string
	Source    string
	FirstSeen *instant
	Lines     []beside
	Bars      []claimBar // the count, drawn; none where nothing was counted
	Caption   string
}

// beside is one line of a claim: what is claimed, what is established, and whether
// they go together.
type beside struct {
	What, Claimed, Established string
	Mark                       string // "yes", "no", "" for neither
}

type claimBar struct {
	Name  string
	N     int64
	Class string
	Width float64
}

// units are what is counted, in the numbers of one and of many.
var units = map[string]struct{ one, many pair }{
	"people":  {pair{"personne", "person"}, pair{"personnes", "people"}},
	"records": {pair{"fiche", "record"}, pair{"fiches", "records"}},
	"rows":    {pair{"ligne", "row"}, pair{"lignes", "rows"}},
	"bytes":   {pair{"octet", "byte"}, pair{"octets", "bytes"}},
}

// countWords are how an established count stands to the claimed one.
var countWords = map[string]pair{
	assessment.CountAgrees: {"comme affirmé", "as claimed"},
	assessment.CountFewer:  {"moins, dans les fichiers examinés", "fewer, in the files at hand"},
	assessment.CountMore:   {"davantage", "more"},
}

// fieldWords are what was found of a claimed field.
var fieldWords = map[string]pair{
	assessment.FieldConfirmed:   {"confirmé", "confirmed"},
	assessment.FieldOfNobody:    {"dans les fichiers, pour personne du registre", "in the files, of nobody of the register"},
	assessment.FieldNotFound:    {"non trouvé", "not found"},
	assessment.FieldNotAssessed: {"non évalué", "not assessed"},
	assessment.FieldNotJudged:   {"non jugé : aucune catégorie de données ne porte ce nom", "not judged: no kind of data goes by this word"},
}

// Claims are the claims, that which the assessment is held against first, those
// that were corrected last.
func (e edition) Claims() []claimed {
	all := []claimed{}
	for _, c := range e.A.Claims {
		all = append(all, e.claimed(c))
	}
	rank := func(c claimed) int {
		switch {
		case c.N.Against:
			return 0
		case c.N.CorrectedBy == 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b claimed) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

// claimOfPage is a claim and the page it stands on, for the template of one.
type claimOfPage struct {
	Page  edition
	Claim claimed
}

// Claim puts a claim and its page together.
func (e edition) Claim(c claimed) claimOfPage { return claimOfPage{e, c} }

// CorrectedByNumber is the number of the claim that corrects this one.
func (c claimed) CorrectedByNumber() int64 { return int64(c.N.CorrectedBy) }

// CorrectsNumber is the number of the claim that this one corrects.
func (c claimed) CorrectsNumber() int64 { return int64(c.N.Corrects) }

// ID names the claim within the page.
func (c claimed) ID() string { return "claim" + strconv.Itoa(c.N.Number) }

func (e edition) claimed(c assessment.Claim) claimed {
	out := claimed{N: c, Name: e.T("Affirmation jointe", "Claim of a file of its own"), Source: visible.Text(c.Source, 2*longest), FirstSeen: e.optional(c.FirstSeen)}
	if c.Number > 0 {
		out.Name = e.T("Affirmation %s", "Claim %s", e.Int(int64(c.Number)))
	}
	out.Caption = e.T("%s et ce qui est établi", "%s and what is established", out.Name)
	out.countLines(e, c)
	for _, f := range c.Fields {
		word, _ := e.known(fieldWords, f.State)
		mark := ""
		switch f.State {
		case assessment.FieldConfirmed:
			word += e.T(" : ", ": ") + e.Counted(f.People, "people")
			mark = "yes"
		case assessment.FieldNotFound, assessment.FieldOfNobody:
			mark = "no"
		}
		out.add(e.T("Données", "Fields"), visible.Text(f.Field, longest), word, mark)
	}
	var more []string
	for _, k := range c.Unclaimed {
		more = append(more, k.Kind.Label(string(e.language))+e.T(" (%s)", " (%s)", e.Int(k.People)))
	}
	if len(more) > 0 {
		out.add(e.T("Trouvé sans être affirmé", "Found and not claimed"), "–", e.List(more), "")
	}
	for _, x := range []struct{ name, value string }{{e.T("Prix", "Price"), c.Price}, {e.T("Rançon", "Ransom"), c.Ransom}} {
		if x.value != "" {
			out.add(x.name, visible.Text(x.value, longest), "", "")
		}
	}
	if c.Deadline != "" {
		until := e.T("aucune date ne s’en déduit", "no time can be told from it")
		if c.DeadlineAt != nil {
			until = e.instant(*c.DeadlineAt).Text
		}
		out.add(e.T("Échéance", "Deadline"), e.deadline(c.Deadline), until, "")
	}
	for _, s := range c.Samples {
		what := cmp.Or(visible.Text(s.What, longest), e.T("échantillon", "sample"))
		if s.Rows != nil {
			what += ", " + e.Counted(*s.Rows, "rows")
		}
		kept := ""
		if s.SHA256 != "" {
			kept = e.T("sous scellé, %s…", "sealed, %s…", s.SHA256[:min(12, len(s.SHA256))])
		}
		out.add(e.T("Échantillon", "Sample"), what, kept, "")
	}
	if c.Sealed > 0 {
		out.add(e.T("Annonce", "Post"), e.N(int64(c.Sealed), "texte", "textes", "text", "texts"), e.T("sous scellé", "sealed"), "")
	}
	return out
}

// add adds a line. Lines of one name say it once.
func (c *claimed) add(what, said, found, mark string) {
	for _, l := range c.Lines {
		if l.What == what {
			what = ""
		}
	}
	c.Lines = append(c.Lines, beside{what, said, found, mark})
}

// countLines words and draws the claimed count.
func (c *claimed) countLines(e edition, n assessment.Claim) {
	if n.Count == nil {
		return
	}
	said := e.Int(*n.Count)
	if n.Unit != "" {
		said = e.Counted(*n.Count, n.Unit)
	}
	full := max(*n.Count, 1)
	for _, x := range n.Counts {
		full = max(full, x.Established)
	}
	width := func(n int64) float64 { return float64(int64(max(0.6, 100*float64(n)/float64(full))*100)) / 100 }
	if len(n.Counts) > 0 {
		c.Bars = append(c.Bars, claimBar{e.T("affirmé", "claimed"), *n.Count, "unconfirmed", width(*n.Count)})
	}
	for _, x := range n.Counts {
		word, _ := e.known(countWords, x.State)
		found := e.Counted(x.Established, x.Of)
		if x.Low != nil && x.High != nil {
			found += e.T(" (entre %s et %s)", " (between %s and %s)", e.Int(*x.Low), e.Int(*x.High))
		}
		mark := "no"
		if x.State == assessment.CountAgrees {
			mark = "yes"
		}
		c.add(e.T("Combien", "How many"), said, found+e.T(" : ", ": ")+word, mark)
		said = ""
		name := units[x.Of].many
		c.Bars = append(c.Bars, claimBar{e.T("établi : ", "established: ") + e.of(name), x.Established, "linked", width(x.Established)})
	}
	if len(n.Counts) == 0 {
		c.add(e.T("Combien", "How many"), said, "–", "")
	}
}

// Counted writes a number of a unit.
func (l language) Counted(n int64, unit string) string {
	u, ok := units[unit]
	if !ok {
		return l.Int(n) + nbsp + visible.Text(unit, 20)
	}
	return l.N(n, u.one.fr, u.many.fr, u.one.en, u.many.en)
}

// deadline shows a deadline as it was put, a time as the page writes times.
func (e edition) deadline(put string) string {
	if strings.Contains(put, "T") {
		if at := e.instant(put); at.Machine != "" {
			return at.Text
		}
	}
	return visible.Text(put, longest)
}
