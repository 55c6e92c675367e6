package form

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/internal/failure"
	"constat.example/internal/words"
)

// register is the record of article 33(5): every breach, notified or not, with its facts,
// its effects and what was done. A case gives one entry.
func register() *Form {
	return &Form{
		Name: "register", Version: "1",
		Basis: pair("RGPD, article 33(5)", "GDPR, article 33(5)"),
		Title: pair("Registre des violations de données", "Record of data breaches"),
		For:   pair("Tenu par l’organisme, à la disposition de l’autorité de contrôle", "Kept by the organisation, for the supervisory authority to check"),
		Fill: func(m *Maker) {
			m.Section("1", same(m.Case), words.Both{})
			for i, f := range m.entry() {
				f.ID = "1." + strconv.Itoa(i+1)
				m.Box(f.Box, f.from...)
			}
		},
	}
}

// entry is what the record has of a case, in the order of article 33(5): facts, effects,
// remedial action; then what was decided, and what was filed.
func (m *Maker) entry() []fact {
	all := []fact{
		{Box{Key: "case.id", Label: pair("Référence", "Reference"), Type: Text, Value: paragraphs(same(m.Case))}, []Source{m.fromCase()}},
		m.openedAt(),
		m.closedAt(),
		m.standingOfRecord(),
		m.discovered(),
		m.aware(),
		m.begun(),
		m.ended(),
		m.circumstances(),
		m.nature(),
		m.cause(some(causes, "internal_malicious", "internal_accidental", "external_malicious", "external_accidental", "other", "unknown")),
		m.dataKinds("data.typologies", pair("Types de données concernées", "Kinds of data concerned"), typologies, func(c class) string { return c.cnil }),
		ownPeople(),
		m.peopleCount(),
		m.recordCount(),
		m.consequences(impacts[:10]),
		m.gravity(),
		m.measures(),
		m.prevention(),
		m.decisionOn(casefile.Authority, "authority.decision", pair("Notification à l’autorité : décision et motif", "Notifying the authority: decision and reason")),
		m.notified(),
		m.delay(),
		m.decisionOn(casefile.People, "people.decision", pair("Information des personnes : décision et motif", "Telling the people: decision and reason")),
		m.informedAt(),
		m.authorities(),
		m.filings(),
	}
	if d := m.State.Current(casefile.Standing); d != nil && d.Choice == casefile.Refuted {
		for i := range all { // of what was no breach nobody is asked what it did
			all[i] = all[i].apart(all[i].Value.Zero(), pair("La violation est écartée.", "The breach is refuted."))
		}
	}
	return all
}

func (m *Maker) openedAt() fact {
	f := fact{Box: Box{Key: "case.opened", Label: pair("Ouverture de l’affaire", "Opening of the case"), Type: Time, Optional: true}, from: []Source{m.fromCase()}}
	if !m.State.Opened.IsZero() {
		f.Value = m.stamp(m.State.Opened)
	}
	return f
}

func (m *Maker) closedAt() fact {
	f := fact{Box: Box{Key: "case.closed", Label: pair("Clôture de l’affaire", "Closing of the case"), Type: Time}}
	if d := m.State.Current(casefile.Closing); d != nil && d.Choice == casefile.Close {
		f.Value, f.from = m.stamp(d.Time), []Source{m.fromDecision(d)}
		return f
	}
	return f.apart(true, pair("L’affaire est ouverte.", "The case is open."))
}

// standingOfRecord has what was refuted too: the record shows that it was looked at.
func (m *Maker) standingOfRecord() fact {
	f := m.standingBox()
	f.Options = append(slices.Clone(f.Options), option("refuted", "Écarté", "Refuted"))
	if d := m.State.Current(casefile.Standing); d != nil {
		f.Value, f.from = chosen(string(d.Choice)), []Source{m.fromDecision(d)}
	}
	return f
}

// decisionOn is a decision with its reason, who took it and when.
func (m *Maker) decisionOn(subject casefile.Subject, key string, label words.Both) fact {
	f := asked(key, label, askOfficer)
	d := m.State.Current(subject)
	if d == nil {
		return f
	}
	at, who := d.Time, d.Who.String()
	if d.Second != nil {
		at, who = d.Answered, who+", "+d.Second.String()
	}
	day := m.instant(at)
	what := choiceWords[d.Choice]
	f.Value = paragraphs(pair(upper(what.FR)+" ("+who+", "+day.FR+")", upper(what.EN)+" ("+who+", "+day.EN+")"), same(d.Reason))
	f.from = []Source{m.fromDecision(d)}
	return f
}

// notified is when the authority was; nobody is asked where it was decided not to.
func (m *Maker) notified() fact {
	f := m.first("authority.notified", pair("Date de la notification à l’autorité", "Date of the notification to the authority"),
		pair("Quand l’autorité a-t-elle été notifiée ? « constat case deadlines » l’enregistre (notified).", "When was the authority notified? \"constat case deadlines\" records it (notified)."), deadline.Notified)
	for i := range m.Filings {
		if x := &m.Filings[i]; f.Value.Zero() && (x.Form == "cnil-initial" || x.Form == "edpb") {
			f.Value, f.from = m.stamp(x.At), []Source{m.fromFiling(x)}
		}
	}
	d := m.State.Current(casefile.Authority)
	return f.apart(f.Value.Zero() && d != nil && d.Choice == casefile.NotNotify, pair("Il est décidé de ne pas notifier.", "It is decided not to notify."))
}

func (m *Maker) filings() fact {
	f := fact{Box: Box{Key: "filings", Label: pair("Documents déposés", "Documents filed"), Type: Table, Optional: true}}
	var all [][]words.Both
	for i := range m.Filings {
		x := &m.Filings[i]
		title := same(x.Form)
		if x.Document != nil {
			title = x.Document.Title
		}
		all = append(all, []words.Both{title, m.instant(x.At), outside(x.Reference), same(x.SHA256)})
		f.from = append(f.from, m.fromFiling(x))
	}
	f.Value = rows([]words.Both{pair("Document", "Document"), pair("Date", "Date"), pair("Référence", "Reference"), pair("SHA-256", "SHA-256")}, all)
	return f
}

// Register is the record of all cases as one document: one table of them, then a section for
// each. Cases are in the order given. What nobody told yet is counted in the table and left
// empty below: it is asked in its case. Keys of boxes begin with their case. now is when it
// is drawn, by the clock of zone.
func Register(cases []*Facts, now time.Time, zone *time.Location) *Document {
	form := register()
	whole := &Facts{Now: now, Zone: zone, State: &casefile.Case{}}
	d := &Document{
		Schema: Schema, Form: form.Name, Version: form.Version, Basis: form.Basis, At: now.In(whole.zone()).Format(time.RFC3339), Title: form.Title, For: form.For,
		Sections: []Section{}, Sources: []Source{}, TLP: strictest(cases, casefile.TLPs(), func(f *Facts) casefile.TLP { return f.State.TLP }), PAP: strictest(cases, casefile.PAPs(), func(f *Facts) casefile.PAP { return f.State.PAP }),
	}
	all := &Maker{Facts: whole, d: d}
	all.Section("0", pair("Toutes les violations", "All breaches"), words.Both{})
	head := []words.Both{pair("Référence", "Reference"), pair("Réalité", "Standing"), pair("Découverte", "Discovered"), pair("Personnes", "People"), pair("Autorité notifiée", "Authority notified"), pair("Personnes informées", "People told"), pair("À dire", "To be told")}
	var table [][]words.Both
	var entries []*Document
	for _, f := range cases {
		e := drafted(form, f)
		entries = append(entries, e)
		cells := []words.Both{same(f.Case)}
		for _, key := range []string{"case.standing", "incident.signal", "people.count", "authority.notified", "people.informed.at"} {
			cells = append(cells, e.cell(key, &Maker{Facts: f}))
		}
		table = append(table, append(cells, integer(int64(e.Counts.Asked))))
	}
	summary := Box{Key: "form.cases", Label: pair("Violations enregistrées", "Breaches recorded"), Type: Table, Value: rows(head, table), Optional: true}
	all.Box(summary, Source{Room: FromHistory, Ref: "home", Show: "constat case list", Words: pair("Affaires de l’organisme", "Cases of the organisation")})
	for n, e := range entries {
		d.take(e, n+1)
	}
	return d
}

// strictest is the strictest of the markings of cases; "" for none.
func strictest[M ~string](cases []*Facts, order []M, of func(*Facts) M) string {
	for _, mark := range order { // the strictest first
		if slices.ContainsFunc(cases, func(f *Facts) bool { return of(f) == mark }) {
			return string(mark)
		}
	}
	return ""
}

// cell words the box of a key in a table; a dash where nothing stands there.
func (d *Document) cell(key string, m *Maker) words.Both {
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			if b.Key == key && !b.Value.Zero() {
				return shown(b.Value, b.Options, m)
			}
		}
	}
	return same("–")
}

// take adds the section of an entry, with its sources.
func (d *Document) take(e *Document, n int) {
	id := strconv.Itoa(n)
	s := e.Sections[0]
	s.ID = id
	for i := range s.Boxes {
		b := &s.Boxes[i]
		b.ID = id + "." + strconv.Itoa(i+1)
		b.Key = e.Case + ":" + b.Key
		if b.State == Asked {
			b.State, b.Ask, b.Optional = Empty, words.Both{}, true
		}
		for k := range b.From {
			b.From[k] += len(d.Sources)
		}
	}
	for _, from := range e.Sources { // the same act of another case is another source
		from.Words = pair(e.Case+" : "+from.Words.FR, e.Case+": "+from.Words.EN)
		d.Sources = append(d.Sources, from)
	}
	d.Sections = append(d.Sections, s)
	c := &d.Counts
	c.Boxes, c.Filled, c.Stated, c.Asked, c.Empty, c.Apart, c.Proposed = c.Boxes+e.Counts.Boxes, c.Filled+e.Counts.Filled, c.Stated+e.Counts.Stated, 0, c.Empty+e.Counts.Empty+e.Counts.Asked, c.Apart+e.Counts.Apart, c.Proposed+e.Counts.Proposed
}

// RegisterCSV writes the record as CSV, one row a case, in French ("fr") or English ("en"):
// RFC 4180, in UTF-8 with a byte order mark, by which spreadsheets know it. Numbers are
// digits, times RFC 3339; what nobody told yet is empty. A cell that a spreadsheet would
// take for a formula begins with an apostrophe.
func RegisterCSV(w io.Writer, cases []*Facts, lang string) error {
	if !slices.Contains(words.Languages, lang) {
		return failure.New(failure.Usage, "Languages are fr and en.", "there is no such language")
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	var head []string
	form := register()
	for _, b := range drafted(form, &Facts{State: &casefile.Case{}}).Sections[0].Boxes {
		head = append(head, b.Label.In(lang))
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, f := range cases {
		var row []string
		for _, b := range drafted(form, f).Sections[0].Boxes {
			row = append(row, harmless(spelt(b, lang)))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// spelt is a value as programs read it: rows of tables on lines of their own.
func spelt(b Box, lang string) string {
	v := b.Value
	switch {
	case v.Number != nil:
		return strconv.FormatInt(*v.Number, 10)
	case v.At != "":
		return v.At
	case len(v.Codes) > 0:
		return offered(b.Options, v.Codes).In(lang)
	}
	var lines []string
	for _, t := range v.Text {
		lines = append(lines, t.In(lang))
	}
	if v.Table != nil {
		for _, row := range v.Table.Rows {
			var cells []string
			for _, c := range row {
				if text := c.In(lang); text != "" {
					cells = append(cells, text)
				}
			}
			lines = append(lines, strings.Join(cells, " · "))
		}
	}
	return strings.Join(lines, "\n")
}

// harmless keeps a spreadsheet from running a cell: each of its lines may become a cell of
// its own when it is pasted.
func harmless(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if start := strings.TrimLeft(line, " \t\r\v\f\u00a0\u202f\ufeff\u200b"); start != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(start)[0]) || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "\r") {
			lines[i] = "'" + line
		}
	}
	return strings.Join(lines, "\n")
}
