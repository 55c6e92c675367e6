package report

import (
	"fmt"

	judged "constat.example/blind/verdict"
	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// size is how many people the leak holds, as it is drawn.
type size struct {
	N       assessment.Size
	Refused *text
	Basis   *text
	Drawn   bool // there is more to say than the number
	Counts  []sizeCount
	Tests   []sizeTest
	Range   string
	Bars    []bin
	Picture string // what the bars say, in words
	Whole   []string
	Files   []sizeFile
	History []sizeVersion
}

// sizeCount is one of the counts that are kept apart.
type sizeCount struct {
	Name, Means string
	N           assessment.SizeCount
	Refused     *text
}

type sizeTest struct {
	Text, Result string
	N            assessment.SizeTest
}

// bin is a bar of the picture, in hundredths.
type bin struct{ X, Y, Width, Height float64 }

type sizeFile struct {
	Name string
	N    assessment.SizeFile
}

type sizeVersion struct {
	N       assessment.SizeVersion
	When    *instant
	Refused *text
	Why     []text
}

// sizeRefusals are why there is no size, and why a count is not known.
var sizeRefusals = map[string]pair{
	judged.SizeNotOurs:   {"ce que contient le fichier n’a pas été copié du registre : rien du registre n’a fui par lui", "what is in the file was not copied from the register: nothing of the register leaked by it"},
	judged.SizeNobody:    {"aucune ligne n’est rattachée à une personne du registre", "nobody of the register is linked to a row"},
	judged.SizeUntold:    {"on ne sait pas si le fichier a été copié du registre : seules les personnes qui s’y trouvent sont comptées", "whether the file was copied from the register is not told: only the people found in it are counted"},
	judged.SizeFewRows:   {"trop peu de lignes pour dire de quoi elles sont tirées", "too few rows to tell what they were taken from"},
	judged.SizeFewPeople: {"moins de 200 personnes, c’est trop peu pour vérifier si elles sont un échantillon au hasard du registre", "fewer than 200 people are too few to test whether they are a random sample of the register"},
	judged.SizeFirst:     {"le fichier contient les premières personnes du registre, dans son ordre : le début d’une liste ne dit rien de sa longueur", "the file holds the first people of the register in its order: the beginning of a list tells nothing of its length"},
	judged.SizeStretch:   {"le fichier est un intervalle d’identifiants pris en entier, et le vendeur annonce davantage : ce qu’il y a au-delà ne peut être établi", "the file is one stretch of the record ids, taken whole, and more is claimed: what lies beyond it cannot be told"},
	judged.SizeRegion:    {"le fichier contient des départements entiers, et le vendeur annonce davantage : ce qu’il y a au-delà ne peut être établi", "the file holds some départements whole, and more is claimed: what lies beyond them cannot be told"},
	judged.SizeNotRandom: {"les personnes du fichier ne sont pas un échantillon au hasard du registre : elles ne disent rien de celles qui n’y sont pas", "the people in the file are no random sample of the register: they tell nothing of those who are not in it"},
	judged.SizeUnclaimed: {"les personnes du fichier sont réparties comme un échantillon au hasard du registre, et rien ne dit si elles sont tout ce qui a été pris ; une revendication chiffrée le dirait", "the people in the file are spread as a random sample of the register is, and nothing says whether they are all that was taken; a claim with a count would"},

	assessment.NoLogs:    {"seuls les journaux d’accès le disent, et aucun n’a été fourni", "only access logs tell, and none were given"},
	assessment.NoReach:   {"rien ne dit jusqu’où le voleur pouvait aller", "nothing tells how far the thief could reach"},
	assessment.NoLeaking: {"rien n’a été copié du registre", "nothing was copied from the register"},
}

// sizeBases are what an estimate is of.
var sizeBases = map[string]pair{
	judged.WholeRegister: {"les personnes du fichier, qui contient tout le registre tel qu’il était lors de la copie", "the people in the file, which holds the whole register as it stood when it was copied"},
	judged.WholeFile:     {"les personnes du fichier, qui est à peu près tout ce que le vendeur annonce", "the people in the file, which is about all that is claimed"},
	judged.WholeRegions:  {"les personnes du fichier, qui contient des départements entiers et presque personne d’autre", "the people in the file, which holds some départements whole and next to nobody else"},
	judged.WholeRange:    {"les personnes du fichier, qui contient un intervalle d’identifiants en entier et personne d’autre", "the people in the file, which holds one stretch of the record ids whole and nobody else"},
	judged.ReachedAll:    {"les personnes que le voleur pouvait atteindre : l’échantillon est réparti sur le registre comme s’il y avait été tiré au hasard, donc tiré de l’ensemble", "the people whom the thief could reach: the sample is spread over the register as a random one is, so it was drawn from the whole"},
	judged.ReachedRange:  {"les personnes que le voleur pouvait atteindre : l’échantillon est réparti sur un intervalle d’identifiants comme s’il y avait été tiré au hasard, donc tiré de cet intervalle", "the people whom the thief could reach: the sample is spread over one range of record ids as a random one is, so it was drawn from this range"},
	judged.DrawnTwice:    {"les personnes de l’ensemble dont les fichiers ont été tirés, d’après le nombre de celles qui figurent dans plusieurs", "the people in what the files were drawn from, by how many stand in several of them"},
}

// sizeMoves are what moves a size.
var sizeMoves = map[string]pair{
	assessment.SizeMovedFiles:     {"d’autres fichiers", "other files"},
	assessment.SizeMovedRegister:  {"un autre registre, ou davantage d’instantanés", "another register, or more snapshots of it"},
	assessment.SizeMovedClaim:     {"une autre revendication", "another claim"},
	assessment.SizeMovedDecisions: {"des décisions sur les rattachements", "decisions about links"},
	assessment.SizeMovedProgram:   {"une autre version de Constat", "another version of Constat"},
}

// sizeCounts name the counts, and say what each is.
var sizeCounts = map[string]struct{ name, means pair }{
	assessment.Referenced:  {pair{"Au registre", "In the register"}, pair{"quand la copie a été faite", "when the copy was made"}},
	assessment.Reachable:   {pair{"Atteignables", "Reachable"}, pair{"que le voleur pouvait atteindre", "whom the thief could reach"}},
	assessment.Queried:     {pair{"Demandées", "Queried"}, pair{"que quelqu’un a cherchées", "whom somebody asked for"}},
	assessment.Returned:    {pair{"Renvoyées", "Returned"}, pair{"qu’une réponse contenait", "whom an answer held"}},
	assessment.Exfiltrated: {pair{"Sorties", "Taken"}, pair{"qui sont dans ce qui a été pris", "who are in what was taken"}},
}

// sizeTests word a test that passed and one that failed.
var sizeTests = map[string]struct{ passed, failed, not pair }{
	judged.IDsEven: {
		pair{"D’un bout à l’autre des identifiants, le fichier en prend partout autant.", "From end to end of the record ids the file has as many people everywhere."},
		pair{"Certains intervalles d’identifiants sont bien plus présents que d’autres.", "Some stretches of the record ids are there far more than others."},
		pair{"Répartition selon les identifiants : rien n’en est dit.", "Spread by record id: not told."},
	},
	judged.IDsApart: {
		pair{"Les identifiants ne se suivent pas plus qu’au hasard.", "Record ids do not stand together more than by chance."},
		pair{"Les identifiants se suivent par paquets.", "Record ids stand in clusters."},
		pair{"Identifiants par paquets : rien n’en est dit.", "Record ids in clusters: not told."},
	},
	judged.FileEven: {
		pair{"Dans l’ordre du registre, le fichier prend partout autant de personnes.", "In the order of the register the file has as many people everywhere."},
		pair{"Certaines parties du registre, dans son ordre, sont bien plus présentes que d’autres.", "Some parts of the register, in its order, are there far more than others."},
		pair{"Répartition dans l’ordre du registre : rien n’en est dit.", "Spread in the order of the register: not told."},
	},
	judged.FileApart: {
		pair{"Les personnes ne se suivent pas dans le registre plus qu’au hasard.", "People do not stand together in the register more than by chance."},
		pair{"Les personnes se suivent par paquets dans le registre.", "People stand in clusters in the register."},
		pair{"Paquets dans l’ordre du registre : rien n’en est dit.", "Clusters in the order of the register: not told."},
	},
	judged.RegionEven: {
		pair{"Les départements y ont chacun leur part.", "Each département has its share."},
		pair{"Certains départements sont bien plus présents que d’autres.", "Some départements are there far more than others."},
		pair{"Répartition par département : rien n’en est dit.", "Spread over départements: not told."},
	},
	judged.EvenInTime: {
		pair{"Les dossiers anciens et récents y ont chacun leur part.", "Old and recent records have their shares."},
		pair{"Les dossiers d’une époque sont bien plus présents que les autres.", "The records of one time are there far more than others."},
		pair{"Dossiers anciens et récents : rien n’en est dit.", "Old and recent records: not told."},
	},
}

// SizeTest words a test.
func (l language) sizeTest(t assessment.SizeTest) string {
	if t.Name == judged.RowOrder {
		switch {
		case t.Result == judged.NotTold:
			return l.T("Ordre des lignes : rien n’en est dit.", "Order of the rows: not told.")
		case t.Off > 0.5:
			return l.T("Les lignes se suivent dans l’ordre des identifiants ; cela dit comment elles ont été écrites, et ne décide de rien.", "The rows are in order of record id; it tells how they were written, and decides nothing.")
		}
		return l.T("Les lignes ne se suivent pas dans l’ordre des identifiants ; cela ne décide de rien.", "The rows are not in order of record id; it decides nothing.")
	}
	words, ok := sizeTests[t.Name]
	if !ok {
		return visible.Text(t.Name, longest)
	}
	switch t.Result {
	case judged.Passed:
		return l.of(words.passed)
	case judged.Failed:
		return l.of(words.failed)
	}
	return l.of(words.not)
}

// results are the results of tests.
var results = map[string]pair{
	judged.Passed:  {"conforme au hasard", "as random"},
	judged.Failed:  {"contraire au hasard", "not as random"},
	judged.NotTold: {"non testé", "not tested"},
}

func (e *edition) size() size {
	from := e.A.Size
	s := size{N: from, Refused: e.sizeRefusal(from.Refused), Drawn: len(from.Counts) > 0}
	if from.Basis != "" {
		basis := e.word(sizeBases, from.Basis)
		s.Basis = &basis
	}
	for _, c := range from.Counts {
		words := sizeCounts[c.Name]
		shown := sizeCount{Name: e.of(words.name), Means: e.of(words.means), N: c, Refused: e.sizeRefusal(c.Refused)}
		if words.name.en == "" {
			shown.Name = visible.Text(c.Name, longest)
		}
		s.Counts = append(s.Counts, shown)
	}
	for _, t := range from.Tests {
		result, _ := e.known(results, t.Result)
		if t.Name == judged.RowOrder {
			result = "" // it decides nothing
		}
		s.Tests = append(s.Tests, sizeTest{Text: e.sizeTest(t), Result: visible.Text(result, longest), N: t})
	}
	if r := from.Range; r.From > 0 || r.To > 0 && r.To < 1 {
		s.Range = e.T("de %s à %s du registre, dans l’ordre des identifiants", "from %s to %s of the register, in order of record id", e.Percent(r.From, 1), e.Percent(r.To, 1))
	}
	s.Bars, s.Picture = e.bars(from.Range.Bins)
	for _, g := range from.Regions {
		if g.Whole {
			s.Whole = append(s.Whole, visible.Text(g.Name, longest))
		}
	}
	for _, f := range from.Files {
		s.Files = append(s.Files, sizeFile{Name: visible.Text(f.Name, longest), N: f})
	}
	for _, v := range from.History {
		shown := sizeVersion{N: v, When: e.instant(v.When), Refused: e.sizeRefusal(v.Refused)}
		for _, why := range v.Why {
			shown.Why = append(shown.Why, e.word(sizeMoves, why))
		}
		s.History = append(s.History, shown)
	}
	return s
}

func (l language) sizeRefusal(reason string) *text {
	if _, ok := sizeRefusals[reason]; !ok {
		return l.refusal(reason)
	}
	t := l.word(sizeRefusals, reason)
	return &t
}

// bars lays out the share of people in the dump along the record ids, the highest bar
// as high as the picture.
func (e *edition) bars(dense []float64) (all []bin, words string) {
	top := 0.0
	for _, d := range dense {
		top = max(top, d)
	}
	if top <= 0 || len(dense) < 2 {
		return nil, ""
	}
	width := 100 / float64(len(dense))
	low, first, last := top, -1, 0
	for i, d := range dense {
		low = min(low, d)
		height := hundredths(96 * max(0, d) / top)
		if d > 0 {
			height = max(1, height) // somebody is seen
			if last = i; first < 0 {
				first = i
			}
		}
		all = append(all, bin{X: hundredths(float64(i) * width), Width: hundredths(width * 0.86), Y: hundredths(100 - height), Height: height})
	}
	n := float64(len(dense))
	words = e.T("Part des personnes du registre qui sont dans le fichier, dans l’ordre des identifiants : entre %s et %s selon l’intervalle ; la première à %s du registre, la dernière à %s.",
		"Share of the people of the register who are in the file, in order of record id: between %s and %s by stretch; the first at %s of the register, the last at %s.",
		e.Percent(low, 1), e.Percent(top, 1), e.Percent(float64(first)/n, 0), e.Percent(float64(last+1)/n, 0))
	return all, words
}

// Between writes a number with its bounds, or what is known of it.
func (e edition) Between(estimate, low, high *int64) string {
	switch {
	case estimate != nil && low != nil && high != nil && *low == *high:
		return e.Int(*estimate)
	case estimate != nil && low != nil && high != nil:
		return fmt.Sprintf("%s (%s)", e.Int(*estimate), e.T("entre %s et %s", "between %s and %s", e.Int(*low), e.Int(*high)))
	case low != nil:
		return e.T("au moins %s", "at least %s", e.Int(*low))
	}
	return "–"
}
