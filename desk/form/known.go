package form

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/alarm"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/evidence"
	"constat.example/desk/report"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// What several forms say of a case, worded once.

func pair(fr, en string) words.Both { return words.Both{FR: fr, EN: en} }

func same(text string) words.Both { return pair(text, text) }

func paragraphs(all ...words.Both) Value {
	return Value{Text: slices.DeleteFunc(all, func(w words.Both) bool { return w.EN == "" })}
}

func chosen(codes ...string) Value { return Value{Codes: codes} }

func counted(n int64) Value { return Value{Number: &n} }

// rows is a table; nothing where it has no row.
func rows(head []words.Both, rows [][]words.Both) Value {
	if len(rows) == 0 {
		return Value{}
	}
	return Value{Table: &Grid{Head: head, Rows: rows}}
}

// joined puts texts into one.
func joined(with string, all ...words.Both) words.Both {
	var fr, en []string
	for _, w := range all {
		if w.EN != "" {
			fr, en = append(fr, w.FR), append(en, w.EN)
		}
	}
	return pair(strings.Join(fr, with), strings.Join(en, with))
}

// parted puts texts into one, with semicolons as each language sets them.
func parted(all ...words.Both) words.Both {
	return pair(joined(" ; ", all...).FR, joined("; ", all...).EN)
}

// longest is how long a name from outside may be in a document, in characters.
const longest = 120

func outside(text string) words.Both { return same(visible.Text(text, longest)) }

var (
	yesNo = []Option{{"yes", pair("Oui", "Yes")}, {"no", pair("Non", "No")}, {"unknown", pair("Ne sait pas pour l’instant", "Not known yet")}}

	askOrganisation  = pair("À dire une fois pour toutes les affaires : « constat organisation ».", "To be said once for all cases: \"constat organisation\".")
	askSecurity      = pair("La personne chargée de la sécurité le sait.", "Whoever is in charge of security knows.")
	askOfficer       = pair("La personne déléguée à la protection des données en décide.", "The data-protection officer decides it.")
	askCommunication = pair("La communication en décide.", "The communication team decides it.")
)

// part begins a section with the next number.
func (m *Maker) part(title, note words.Both) { m.Section(fmt.Sprint(len(m.d.Sections)+1), title, note) }

// put adds a box with the next number of its section.
func (m *Maker) put(b Box, from ...Source) {
	s := &m.d.Sections[len(m.d.Sections)-1]
	b.ID = fmt.Sprintf("%s.%d", s.ID, len(s.Boxes)+1)
	m.Box(b, from...)
}

// answer is what a person stated, as text; none where nobody did.
func (m *Maker) answer(key string) []words.Both { return m.Answers[key].Value.Text }

// of is the source of an answer; none where nobody answered.
func (m *Maker) of(keys ...string) []Source {
	var all []Source
	for _, key := range keys {
		if a, ok := m.Answers[key]; ok {
			all = append(all, m.answered(&a))
		}
	}
	return all
}

// instant words a time by the clock of the organisation.
func (m *Maker) instant(t time.Time) words.Both { return deadline.Instant(t, m.zone()) }

// stamp is an instant in a box.
func (m *Maker) stamp(t time.Time) Value { return Value{At: t.In(m.zone()).Format(time.RFC3339)} }

// told words a time that a finding gives; "" where there is none.
func (m *Maker) told(rfc3339 *string) words.Both {
	if t, ok := read(rfc3339); ok {
		return m.instant(t)
	}
	return words.Both{}
}

func read(rfc3339 *string) (time.Time, bool) {
	if rfc3339 == nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, *rfc3339)
	return t, err == nil
}

// Where things stand.

func (m *Maker) fromDecision(d *casefile.Decision) Source {
	who := d.Who.String()
	if d.Second != nil {
		who += ", " + d.Second.String()
	}
	return Source{
		Room: FromDecision, Ref: fmt.Sprint(d.Number), Show: "constat case timeline " + m.Case,
		Words: pair(fmt.Sprintf("Décision %d, %s", d.Number, who), fmt.Sprintf("Decision %d, %s", d.Number, who)),
	}
}

// fromCase is where a case was opened.
func (m *Maker) fromCase() Source {
	return Source{Room: FromEvent, Ref: m.Case, Show: "constat case show " + m.Case, Words: pair("Ouverture de l’affaire", "Opening of the case")}
}

// fromEvent is where an event of the clock stands, by its index: those that people stated
// come first, those that decisions are after them.
func (m *Maker) fromEvent(i int) Source {
	e := &m.Clock.Events[i]
	w := e.Kind.Words()
	if i < len(m.State.Events) {
		n := m.State.Events[i].Number
		return Source{
			Room: FromEvent, Ref: fmt.Sprint(n), Show: "constat case timeline " + m.Case,
			Words: pair(fmt.Sprintf("Événement (acte %d) : %s", n, w.FR), fmt.Sprintf("Event (act %d): %s", n, w.EN)),
		}
	}
	return Source{Room: FromDecision, Ref: string(e.Kind), Show: "constat case show " + m.Case, Words: pair("Décision en vigueur : "+w.FR, "Decision in force: "+w.EN)}
}

func (m *Maker) fromSeverity(part string) Source {
	return Source{Room: FromSeverity, Ref: part, Show: "constat case show " + m.Case, Words: pair("Gravité selon l’ENISA", "Severity by ENISA")}
}

func (m *Maker) fromDuty(d *deadline.Duty) Source {
	return Source{Room: FromDuty, Ref: d.Rule, Show: "constat case deadlines " + m.Case, Words: pair("Échéance : "+d.Article.FR, "Deadline: "+d.Article.EN)}
}

func (m *Maker) fromClaim(i int) Source {
	return Source{Room: FromClaim, Ref: fmt.Sprint(i + 1), Show: fmt.Sprintf("constat claim show %s %d", m.Case, i+1), Words: pair(fmt.Sprintf("Revendication %d", i+1), fmt.Sprintf("Claim %d", i+1))}
}

func (m *Maker) fromOriginal(o *evidence.Original) Source {
	name := visible.Text(o.Name, longest)
	return Source{Room: FromEvidence, Ref: o.SHA256, Show: "constat case show " + m.Case, Words: pair("Original : "+name, "Original: "+name)}
}

func (m *Maker) fromAlarm(i int) Source {
	return Source{Room: FromAlarm, Ref: m.Alarms[i].ID, Show: "constat watch", Words: pair("Alerte "+m.Alarms[i].ID, "Alarm "+m.Alarms[i].ID)}
}

func (m *Maker) fromFiling(f *Filing) Source {
	return Source{Room: FromFiling, Ref: fmt.Sprint(f.Number), Show: "constat case timeline " + m.Case, Words: pair(fmt.Sprintf("Dépôt %d (%s)", f.Number, f.Form), fmt.Sprintf("Filing %d (%s)", f.Number, f.Form))}
}

func (m *Maker) fromLedger() Source {
	return Source{Room: FromLedger, Ref: m.Ledger.Root, Show: "constat verify " + m.Case, Words: pair("Registre des actes", "Record of acts")}
}

func (m *Maker) fromHistory(i int) Source {
	n := m.History[i].Seq
	return Source{Room: FromHistory, Ref: fmt.Sprint(n), Show: "constat case show " + m.Case, Words: pair(fmt.Sprintf("Constat %d de l’affaire", n), fmt.Sprintf("Finding %d of the case", n))}
}

// What was decided.

// standing is what a person decided the breach to be. Until one did it is suspected: a
// case is opened because somebody suspects.
func (m *Maker) standing() (casefile.Choice, []Source) {
	if d := m.State.Current(casefile.Standing); d != nil {
		return d.Choice, []Source{m.fromDecision(d)}
	}
	return casefile.Suspected, nil
}

var choiceWords = map[casefile.Choice]words.Both{
	casefile.Suspected: pair("violation soupçonnée", "breach suspected"), casefile.Confirmed: pair("violation confirmée", "breach confirmed"), casefile.Refuted: pair("violation écartée", "breach refuted"),
	casefile.Notify: pair("notifier à l’autorité", "notify the authority"), casefile.NotNotify: pair("ne pas notifier : aucun risque probable", "not notify: no risk likely"),
	casefile.Inform: pair("informer chaque personne", "tell each person"), casefile.Publicly: pair("informer par une communication publique", "tell people by a public communication"),
	casefile.Unreadable: pair("ne pas informer : données incompréhensibles", "not tell: the data cannot be understood"), casefile.Averted: pair("ne pas informer : risque élevé écarté depuis", "not tell: high risk removed since"),
	casefile.NotInform: pair("ne pas informer : pas de risque élevé probable", "not tell: no high risk likely"), casefile.Restricted: pair("ne pas informer : la loi l’interdit", "not tell: a law forbids it"),
	casefile.Publish: pair("publier", "publish"), casefile.Hold: pair("attendre", "hold"), casefile.Complain: pair("déposer plainte", "make a complaint"), casefile.NotComplain: pair("ne pas déposer plainte", "make no complaint"),
	casefile.Send: pair("envoyer", "send"), casefile.Close: pair("clore l’affaire", "close the case"), casefile.Reopen: pair("rouvrir l’affaire", "open the case again"), casefile.Shredded: pair("détruire les données de l’affaire", "destroy the data of the case"),
}

var subjectWords = map[casefile.Subject]words.Both{
	casefile.Standing: pair("Réalité de la violation", "Whether there was a breach"), casefile.Authority: pair("Notification à l’autorité (article 33)", "Notification to the authority (article 33)"),
	casefile.People: pair("Information des personnes (article 34)", "Telling the people (article 34)"), casefile.Statement: pair("Communication publique", "Public statement"),
	casefile.Complaint: pair("Plainte", "Complaint"), casefile.Notices: pair("Envoi des messages", "Sending of the notices"), casefile.Closing: pair("Clôture de l’affaire", "Closing of the case"), casefile.Destroy: pair("Destruction des données", "Destruction of the data"),
}

// event is the index of the first event of a kind that stands, by time, of the party whose
// case it is; -1 for none.
func (m *Maker) event(kinds ...deadline.Kind) int {
	found := -1
	for _, i := range m.events() {
		if e := &m.Clock.Events[i]; slices.Contains(kinds, e.Kind) && m.oursIs(e) && (found < 0 || e.At.Before(m.Clock.Events[found].At)) {
			found = i
		}
	}
	return found
}

// oursIs reports whether an event is one of the party whose case it is, and not of another
// of its parties: that a processor told is an event of who was told.
func (m *Maker) oursIs(e *deadline.Event) bool {
	p := m.party()
	switch {
	case p == nil:
		return true
	case e.Kind == deadline.ToldController:
		return e.To == p.ID
	}
	return e.Party == p.ID
}

// events are the indexes of the events that stand.
func (m *Maker) events() []int {
	if m.Clock == nil {
		return nil
	}
	back := m.Clock.TakenBack()
	var all []int
	for i := range m.Clock.Events {
		if !back[i+1] {
			all = append(all, i)
		}
	}
	return all
}

// when puts an event into a box: its day where only that is known.
func (m *Maker) when(b Box, kinds ...deadline.Kind) {
	b.Type = Time
	if i := m.event(kinds...); i >= 0 {
		b.Value.At = m.Clock.Local(i)
		m.put(b, m.fromEvent(i))
		return
	}
	m.put(b)
}

// party is the party whose case it is: the first controller; nil where nobody said.
func (m *Maker) party() *deadline.Party {
	if m.Clock == nil {
		return nil
	}
	for i := range m.Clock.Parties {
		if p := &m.Clock.Parties[i]; p.Controller != nil && *p.Controller {
			return p
		}
	}
	return nil
}

// What was established.

// ours reports whether the file comes from the register, as a whole or in part.
func (m *Maker) ours() bool {
	return m.Assessment != nil && slices.Contains([]string{"genuine", "mixed", "recycled"}, m.Assessment.Verdict.Class)
}

// verdict words where the file comes from, with the evidence that weighs most.
func (m *Maker) verdict() []words.Both {
	v := &m.Assessment.Verdict
	if v.Refused != "" {
		return []words.Both{Say(func(l report.Language) string {
			return l.T("D’où vient le fichier n’est pas établi : %s.", "Where the file comes from is not established: %s.", report.Refusal(l, v.Refused))
		})}
	}
	all := []words.Both{Say(func(l report.Language) string {
		if s := l.Decisive(*v); s != "" {
			return s
		}
		return l.T("Fichier : %s.", "File: %s.", l.Class(v.Class))
	})}
	if g := v.GenuineShare; g.Estimate != nil && g.Low != nil && g.High != nil {
		all = append(all, Say(func(l report.Language) string {
			return l.T("Part du fichier qui est une copie du registre : %s (de %s à %s).", "Share of the file that is a copy of the register: %s (%s to %s).", l.Percent(*g.Estimate, 1), l.Percent(*g.Low, 1), l.Percent(*g.High, 1))
		}))
	}
	return all
}

// estimate words how many people the leak holds, or why that is not told.
func (m *Maker) estimate() words.Both {
	z := &m.Assessment.Size
	switch {
	case z.Refused != "" && z.Low != nil:
		return Say(func(l report.Language) string {
			return l.T("Au moins %s ; au-delà, rien n’est estimé : %s.", "At least %s; beyond that nothing is estimated: %s.", l.N(*z.Low, "personne", "personnes", "person", "people"), report.Refusal(l, z.Refused))
		})
	case z.Refused != "":
		return Say(func(l report.Language) string {
			return l.T("L’ampleur n’est pas estimée : %s.", "The size is not estimated: %s.", report.Refusal(l, z.Refused))
		})
	case z.Estimate == nil || z.Low == nil || z.High == nil:
		return words.Both{}
	}
	return Say(func(l report.Language) string {
		return l.T("Estimation : %s (95 chances sur 100 : de %s à %s). Ce qui est compté : %s.", "Estimate: %s (95 chances in 100: %s to %s). What is counted: %s.",
			l.N(*z.Estimate, "personne", "personnes", "person", "people"), l.Int(*z.Low), l.Int(*z.High), report.SizeBasis(l, z.Basis))
	})
}

// copied words when the copy was made, or why that is not told.
func (m *Maker) copied() words.Both {
	w := &m.Assessment.Window
	after, before, likely := m.told(w.NotBefore), m.told(w.NotAfter), m.told(w.MostLikely)
	switch {
	case w.Refused != "":
		return Say(func(l report.Language) string {
			return l.T("La copie n’est pas datée : %s.", "The copy is not dated: %s.", report.Refusal(l, w.Refused))
		})
	case after.EN != "" && before.EN != "":
		text := pair("Copie faite après le "+after.FR+" et avant le "+before.FR+".", "Copied after "+after.EN+" and before "+before.EN+".")
		if likely.EN != "" {
			text = joined(" ", text, pair("Moment le plus probable : "+likely.FR+".", "Likeliest: "+likely.EN+"."))
		}
		return text
	case after.EN != "":
		return pair("Copie faite après le "+after.FR+" ; rien ne dit avant quand.", "Copied after "+after.EN+"; nothing tells before when.")
	case before.EN != "":
		return pair("Copie faite avant le "+before.FR+" ; rien ne dit après quand.", "Copied before "+before.EN+"; nothing tells after when.")
	}
	return words.Both{}
}

// kinds is a table of the kinds of data that people are exposed by, those that harm most
// first.
func (m *Maker) kinds() Value {
	head := []words.Both{pair("Donnée", "Data"), pair("Personnes", "People"), pair("Valeur actuelle", "Current value"), pair("Valeur ancienne", "Earlier value"), pair("Non confirmée par le registre", "Not confirmed by the register")}
	var all [][]words.Both
	for _, x := range m.exposed() {
		all = append(all, []words.Both{label(x.Kind), integer(x.People), integer(x.Current), integer(x.Stale), integer(x.Unconfirmed)})
	}
	return rows(head, all)
}

// exposed are the kinds that anybody is exposed by, those that harm most first.
func (m *Maker) exposed() []assessment.Exposure {
	if m.Assessment == nil {
		return nil
	}
	all := slices.DeleteFunc(slices.Clone(m.Assessment.Exposures.Kinds), func(x assessment.Exposure) bool { return x.People == 0 })
	slices.SortStableFunc(all, func(a, b assessment.Exposure) int {
		return int(b.Kind.Info().Sensitivity) - int(a.Kind.Info().Sensitivity)
	})
	return all
}

// exposedBy is the set of those kinds.
func (m *Maker) exposedBy() kind.Set {
	var set kind.Set
	for _, x := range m.exposed() {
		set = set.With(x.Kind)
	}
	return set
}

func label(k kind.Kind) words.Both { return pair(k.Label("fr"), k.Label("en")) }

func integer(n int64) words.Both {
	return Say(func(l report.Language) string { return l.Int(n) })
}

// suspects is a table of the accounts that exposed people were read through. They are
// accounts of the organisation: who used them is not known.
func (m *Maker) suspects() Value {
	head := []words.Both{
		pair("Compte", "Account"), pair("Du", "From"), pair("Au", "To"), pair("Personnes lues", "People read"), pair("Part des personnes exposées", "Share of the exposed people"),
		pair("Vraisemblance", "Likelihood"), pair("Depuis", "From the addresses"),
	}
	var all [][]words.Both
	if m.Assessment == nil {
		return Value{}
	}
	for _, s := range m.Assessment.Suspects {
		var ways []string
		for _, w := range s.Addresses {
			ways = append(ways, visible.Text(w.Name, longest))
		}
		if len(ways) > 5 {
			ways = append(ways[:5], "…")
		}
		all = append(all, []words.Both{
			outside(s.Account), m.told(&s.First), m.told(&s.Last), integer(s.Read), share(s.Covered), share(s.Likelihood), same(strings.Join(ways, ", ")),
		})
	}
	return rows(head, all)
}

func share(x float64) words.Both {
	return Say(func(l report.Language) string { return portion(l, x) })
}

// portion words a share, which is never rounded to nothing or everything.
func portion(l report.Language, x float64) string {
	switch {
	case x >= 1:
		return l.Percent(1, 0)
	case x > 0.999:
		return l.T("plus de %s", "more than %s", l.Percent(0.999, 1))
	case x > 0 && x < 0.001:
		return l.T("moins de %s", "less than %s", l.Percent(0.001, 1))
	}
	return l.Percent(x, 1)
}

// blind words what the logs cannot show.
func (m *Maker) blind() []words.Both {
	if m.Assessment == nil {
		return nil
	}
	t := &m.Assessment.Trace
	if t.Refused != "" {
		return []words.Both{Say(func(l report.Language) string {
			return l.T("Qui a lu les personnes exposées n’est pas établi : %s.", "Who read the exposed people is not established: %s.", report.Refusal(l, t.Refused))
		})}
	}
	var all []words.Both
	for _, b := range t.BlindSpots {
		all = append(all, Say(func(l report.Language) string {
			most := l.T("jusqu’à %s", "up to %s", portion(l, b.Share))
			if b.Share < 0.001 {
				most = portion(l, b.Share)
			}
			return l.T("%s : %s des personnes exposées.", "%s: %s of the exposed people.", upper(report.BlindSpot(l, b)), most)
		}))
	}
	return all
}

func upper(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// Over time.

// moment is one thing that happened.
type moment struct {
	at   time.Time
	day  string // where only the day is known
	what words.Both
	from Source
}

func (m *Maker) dated(x moment) words.Both {
	if x.day != "" {
		return deadline.Day(x.at, m.zone())
	}
	return m.instant(x.at)
}

// chronology is all that happened, in order: reads by suspects, alarms, claims, events,
// what was received, established and filed. Decisions are among it where asked for.
func (m *Maker) chronology(decisions bool) []moment {
	var all []moment
	add := func(at time.Time, what words.Both, from Source) {
		all = append(all, moment{at: at, what: what, from: from})
	}
	if a := m.Assessment; a != nil {
		for i, s := range a.Suspects {
			name, from := visible.Text(s.Account, longest), m.Assessed(fmt.Sprintf("suspects[%d]", i), pair("comptes", "accounts"))
			if t, ok := read(&s.First); ok {
				add(t, Say(func(l report.Language) string {
					return l.T("Le compte « %s » commence à lire plus que son travail n’explique.", "The account “%s” begins to read more than its work explains.", name)
				}), from)
			}
			if t, ok := read(&s.Last); ok {
				add(t, Say(func(l report.Language) string {
					return l.T("Dernière de ces lectures : %s lues en tout, dont %s exposées.", "Last of these reads: %s read in all, %s of them exposed.",
						l.N(s.Read, "personne", "personnes", "person", "people"), l.Int(s.Exposed))
				}), from)
			}
		}
	}
	for i := range m.Alarms {
		x := &m.Alarms[i]
		add(x.At, Say(func(l report.Language) string {
			return l.T("Alerte de la veille sur le compte « %s », à %s lues : %s.", "Alarm of the watch on the account “%s”, at %s read: %s.",
				visible.Text(x.Account, longest), l.N(x.People, "personne", "personnes", "person", "people"), alarm.Title(x, alarm.Language(l)))
		}), m.fromAlarm(i))
	}
	for i, c := range m.Claims {
		if !c.FirstSeen.IsZero() {
			add(c.FirstSeen, joined("", pair("Revendication vue : ", "Claim seen: "), outside(c.Source), same(".")), m.fromClaim(i))
		}
	}
	for _, i := range m.events() {
		if e := &m.Clock.Events[i]; i < len(m.State.Events) && e.Kind != deadline.Withdrawn {
			x := moment{at: e.At, what: m.evidenced(e), from: m.fromEvent(i)}
			if e.Day {
				x.day = m.Clock.Local(i)
			}
			all = append(all, x)
		}
	}
	for i := range m.Originals {
		o := &m.Originals[i]
		add(o.Received, Say(func(l report.Language) string {
			return l.T("Original « %s » reçu et scellé (%s).", "Original “%s” received and sealed (%s).", visible.Text(o.Name, longest), l.Bytes(o.Bytes))
		}), m.fromOriginal(o))
	}
	for i := range m.History {
		h := &m.History[i]
		add(h.Time, Say(func(l report.Language) string {
			return l.T("Constat : fichier %s ; %s du registre y figurent.", "Established: file %s; %s of the register are in it.", l.Class(h.Class), l.N(h.People, "personne", "personnes", "person", "people"))
		}), m.fromHistory(i))
	}
	for i := range m.State.Decisions {
		d := &m.State.Decisions[i]
		if !decisions || d.Progress != casefile.Decided && d.Progress != casefile.Past {
			continue
		}
		at := d.Time
		if !d.Answered.IsZero() {
			at = d.Answered
		}
		w := choiceWords[d.Choice]
		add(at, pair("Décision : "+w.FR+". Motif : "+d.Reason, "Decision: "+w.EN+". Reason: "+d.Reason), m.fromDecision(d))
	}
	for i := range m.Filings {
		f := &m.Filings[i]
		title := same(f.Form)
		if f.Document != nil {
			title = f.Document.Title
		}
		add(f.At, pair("Dépôt : "+title.FR, "Filed: "+title.EN), m.fromFiling(f))
	}
	slices.SortStableFunc(all, func(a, b moment) int { return a.at.Compare(b.at) })
	return all
}

// evidenced words an event with what proves it: an original by its number in the list of
// evidence, other things as they were named.
func (m *Maker) evidenced(e *deadline.Event) words.Both {
	w := e.Kind.Words()
	w = pair(upper(w.FR), upper(w.EN))
	for _, ref := range e.Evidence {
		i := slices.IndexFunc(m.Originals, func(o evidence.Original) bool { return o.SHA256 == ref })
		if i >= 0 {
			w = pair(fmt.Sprintf("%s (pièce %d)", w.FR, i+1), fmt.Sprintf("%s (exhibit %d)", w.EN, i+1))
		} else {
			r := visible.Text(ref, longest)
			w = pair(w.FR+" ("+r+")", w.EN+" ("+r+")")
		}
	}
	return pair(w.FR+".", w.EN+".")
}

// timeline is the chronology as a table.
func (m *Maker) timeline(decisions bool) (Value, []Source) {
	var all [][]words.Both
	var from []Source
	for _, x := range m.chronology(decisions) {
		all = append(all, []words.Both{m.dated(x), x.what})
		from = append(from, x.from)
	}
	return rows([]words.Both{pair("Quand", "When"), pair("Quoi", "What")}, all), from
}

// describe adds the boxes of who the organisation is and whom to call.
func (m *Maker) describe() {
	m.put(Box{Key: "organisation.name", Label: pair("Nom de l’organisme", "Name of the organisation"), Type: Text, Ask: askOrganisation, Value: m.named()}, m.parties()...)
	m.put(Box{Key: "organisation.siren", Label: pair("SIREN ou autre identifiant", "SIREN or other identifier"), Type: Text, Ask: askOrganisation})
	m.put(Box{Key: "organisation.address", Label: pair("Adresse", "Address"), Type: Text, Ask: askOrganisation})
}

// named is the name of the party whose case it is.
func (m *Maker) named() Value {
	if p := m.party(); p != nil {
		return paragraphs(outside(p.Name))
	}
	return Value{}
}

// parties is where the parties of the case were stated.
func (m *Maker) parties() []Source {
	if m.Clock == nil {
		return nil
	}
	return []Source{{Room: FromEvent, Ref: "parties", Show: "constat case show " + m.Case, Words: pair("Parties de l’affaire", "Parties of the case")}}
}
