package scenario

import (
	"slices"
	"strings"

	"constat.example/internal/failure"
	"constat.example/scenario/internal/agency"
)

// Kind is a kind of drill: what the thief did, or made up.
type Kind struct {
	Name  string
	About string // a sentence that says what the drill holds
	Class string // what it is, in the words of verdicts
	Theft Theft  // what the thief does unless told otherwise
}

// Theft says what is taken, when, and how it is offered. Shares are in 10,000.
type Theft struct {
	Months  float64  // instant of the theft in months after the first snapshot
	Columns []string // by their French header in the register. Default all
	Format  Format

	Over      float64 // months that the copy takes, in order of record id, everybody as they stand when their turn comes. Default one instant
	Hours     Hours   // in which the thief is at it, of a copy that takes long. Default day and night
	Way       Way     // how the thief gets at the records
	Thieves   int     // accounts that share the work. Default 1
	Role      string  // of these accounts, as "call-centre". Default one that goes with the way
	Haphazard bool    // a copy that takes long is in no order
	WebLog    bool    // the log is that of a web server. Default the application's own
	Leaked    float64 // months after the first snapshot at which what was taken came out. Default at the end of the theft

	Sample      int      // this many people at random. Default all
	First       int      // this many people in order of record id. Default all
	Offered     int      // of those read, only this share is offered. Default all
	Share       int      // only this share of the people, at random. Default everybody
	IDs         [2]int   // only records whose numbers are from this share of those given up to that one. Default all
	Departments []string // only people who live there. Default everywhere
	History     bool     // of everybody a row for each state since the first snapshot

	Mistyped int // rows with one typing error in a name, the birth date or the mail
	Swapped  int // rows whose surname and given names changed places
	Blanked  int // cells emptied

	Invented     int  // rows of people who do not exist, in 10,000 of the rows of those who do
	OnlyInvented bool // as many rows as there would be genuine ones, or as Sample says, none of them genuine
	Foreign      bool // the file of another agency that knows some of the same people, this Share of them
	StrangeIDs   bool // record ids of a format in which the agency never gave one
	Careless     bool // what is invented is drawn evenly from short lists, and does not fit together
	Beside       int  // of the people whom the theft does not take, this share stand in rows of another agency's file

	// Other tells other agencies apart that know the same strangers. Default one that knows its own
	Other   uint64
	Earlier []Source // leaks of before, written beside the dump
	Merged  bool     // the dump is what the earlier leaks of other agencies hold, one row for each person

	Second bool  // the copy is of a second register of the organisation, written beside the first
	Honey  Honey // made-up people of the agency's own. Default none

	Notes int // rows with what an adviser noted, which may quote others

	Duplicated int     // rows that stand a second time, right after themselves or anywhere if shuffled
	Shuffled   bool    // in no order. Default that of the register
	ByID       bool    // in order of record id
	Dropped    int     // so many columns are left out, never names or birth date, and the others change places
	Relaid     bool    // the format is drawn, and never that of the register
	Boast      float64 // how many times the rows there are the seller claims. Default 1
	Thief      uint64  // tells thieves apart who take from one agency: whom they take by chance, where they err
}

// Source is a leak of before.
type Source struct {
	Name  string // of the file, without what tells its type
	Theft Theft
}

// ordered reports whether rows are put in another order than they are taken in.
func (t *Theft) ordered() bool { return t.Shuffled || t.ByID }

// scale makes instants given in months of a history of 24 snapshots those of a
// shorter or longer one.
func (t *Theft) scale(by float64) {
	t.Months, t.Over, t.Leaked, t.Honey.Months = t.Months*by, t.Over*by, t.Leaked*by, t.Honey.Months*by
	t.Earlier = slices.Clone(t.Earlier)
	for i := range t.Earlier {
		t.Earlier[i].Theft.scale(by)
	}
}

// identity and contact are what a portal's accounts hold: no number that names a person outright.
var (
	identity = []string{"nom_naissance", "nom_usage", "prenoms", "sexe", "date_naissance", "commune_naissance"}
	contact  = []string{"courriel", "telephone", "adresse", "complement_adresse", "code_postal", "commune"}
	portal   = slices.Concat(identity, contact)
	withID   = slices.Concat([]string{"identifiant"}, portal)
	person   = []string{"nom_naissance", "prenoms", "date_naissance"}
	postal   = []string{"adresse", "code_postal", "commune"}
)

// hacked is five leaks of other organisations over the years.
func hacked() []Source {
	leak := func(name string, other uint64, months float64, share int, f Format, columns ...string) Source {
		return Source{name, Theft{
			Months: months, Foreign: true, Other: other, Share: share, Shuffled: true, Format: f,
			Columns: slices.Concat([]string{"identifiant"}, person, columns),
		}}
	}
	return []Source{
		leak("club", 1, 1.8, 1500, Format{Dates: DayFirst, Phones: Pairs}, "sexe", "courriel", "telephone"),
		leak("shop", 2, 6.2, 4000, Format{Delimiter: ",", Header: "en", Encoding: UTF8BOM}, slices.Concat([]string{"courriel", "telephone"}, postal)...),
		leak("insurer", 3, 10.7, 2500, Format{Delimiter: "|", Dates: Compact, Upper: true}, slices.Concat([]string{"nom_usage", "iban"}, postal)...),
		leak("operator", 4, 14.3, 3500, Format{Delimiter: ",", Dates: DayFirst, Phones: Abroad}, slices.Concat([]string{"sexe", "telephone", "iban"}, postal)...),
		leak("clinic", 5, 18.9, 1000, Format{Encoding: Windows1252, Dates: DayFirst, Phones: Dotted}, "nom_usage", "sexe", "commune_naissance", "nir", "telephone"),
	}
}

// Kinds lists the kinds of drill there are.
func Kinds() []Kind {
	return []Kind{
		{"full-copy", "The whole register, every column, copied at one instant between two snapshots.", "genuine", Theft{Way: WayCopy, Months: 20.4, Boast: 1.6}},
		{"stale-third", "An older copy without record ids or official numbers: about a third of the people have a value that has changed since.", "genuine", Theft{Way: WayBackup, Months: 2.6, Columns: portal, Boast: 1.5}},
		{"noisy", "A copy keyed in by hand: typing errors, swapped names, cells left out, rows in no order.", "genuine", Theft{Way: WayCopy, Months: 14.5, Columns: portal, Mistyped: 500, Swapped: 200, Blanked: 300, Shuffled: true, Boast: 1.2}},
		{"rekeyed", "An older copy keyed in by hand: about a third of the people have a value that has changed since, and there are typing errors and swapped names.", "genuine", Theft{Way: WayBackup, Months: 2.6, Columns: portal, Mistyped: 500, Swapped: 200, Shuffled: true, Boast: 1.3}},
		{"sample", "People taken at random, as an extract offered in proof.", "genuine", Theft{Way: WayExport, Months: 18.2, Columns: withID, Sample: 1000, Shuffled: true, Boast: 400}},
		{"first-n", "The first people in order of record id, as one who walks through identifiers gets them.", "genuine", Theft{Way: WayAPI, Over: 0.05, Months: 18.2, Columns: withID, First: 10_000, Boast: 30}},
		{"partial", "The people of a few departments, as a local account reaches them.", "genuine", Theft{Way: WayPages, Over: 0.2, Hours: WorkingTime, Months: 16.8, Columns: withID, Departments: []string{"35", "44", "69"}, Boast: 2}},
		{"fabricated", "People who never existed, under numbers that are well formed.", "fabricated", Theft{Months: 20.4, Columns: slices.Concat(identity, []string{"nir"}, contact), OnlyInvented: true, Boast: 1.3}},
		{"foreign", "Another agency's file over some of the same people: other ids, other layout, other dates of knowledge.", "foreign", Theft{Months: 20.4, Columns: withID, Foreign: true, Shuffled: true, Format: Format{Delimiter: ",", Dates: DayFirst, Encoding: Windows1252, Upper: true}, Boast: 1}},
		{"padded", "A copy blown up with people who never existed, three rows in ten of the genuine ones.", "mixed", Theft{Way: WayCopy, Months: 12.3, Columns: portal, Invented: 3000, Shuffled: true, Boast: 1}},
		{"notes", "People taken at random with what advisers noted about them: mail addresses, phones and official numbers, of others too, stand in free text only.", "genuine", Theft{Way: WayExport, Months: 18.2, Columns: slices.Concat(identity, []string{"adresse", "code_postal", "commune"}), Sample: 5000, Notes: 6000, Boast: 3}},
		{"id-range", "The people whose record ids lie in a range, in order of id, as one who counts through a part of the identifiers gets them.", "genuine", Theft{Way: WayAPI, Over: 0.1, WebLog: true, Months: 15.7, Columns: withID, IDs: [2]int{3500, 5200}, ByID: true, Boast: 5}},
		{"ten-rows", "Ten rows in proof of a large claim.", "genuine", Theft{Way: WayReads, Over: 0.05, Hours: WorkingTime, Haphazard: true, Months: 18.6, Columns: withID, Sample: 10, Shuffled: true, Boast: 1_200_000}},
		{"scrape", "A copy made over seven weeks, one identifier after the other: everybody as they stood when their turn came.", "genuine", Theft{Way: WayReads, Months: 13.4, Over: 1.6, Columns: withID, ByID: true, Boast: 1.1}},
		{"partner", "An extract handed to a partner, of a quarter of the people and in a layout of its own, that leaked from there more than a year later.", "genuine", Theft{Way: WayPartner, Months: 5.6, Leaked: 19.5, Share: 2500, Columns: slices.Concat([]string{"identifiant"}, person, []string{"telephone", "courriel"}, postal, []string{"iban"}), Format: Format{Delimiter: ",", Encoding: Windows1252, Dates: DayFirst, Phones: Pairs, Header: "en"}, Shuffled: true, Boast: 1}},
		{"honey-partner", "An extract handed to one of two partners, each with made-up people of its own beside those of the register, that leaked from there.", "genuine", Theft{Way: WayPartner, Months: 9.6, Leaked: 19.5, Honey: Honey{People: 40, Months: 6.3}, Share: 2500, Columns: slices.Concat([]string{"identifiant"}, person, []string{"telephone", "courriel"}, postal, []string{"iban"}), Format: Format{Delimiter: ",", Encoding: Windows1252, Dates: DayFirst, Phones: Pairs, Header: "en"}, Shuffled: true, Boast: 1}},
		{"recycled", "A part of a copy that had leaked a year before, sold as new: fewer columns, another layout, another order.", "recycled", Theft{Way: WayBackup, Months: 5.4, Leaked: 20.6, Share: 7000, Columns: portal, Format: Format{Delimiter: ",", Dates: DayFirst, Header: "en"}, Shuffled: true, Boast: 2, Earlier: []Source{{"incident", Theft{Months: 5.4, Leaked: 6.3, Columns: withID}}}}},
		{"second-copy", "A new copy of the whole register, half a year after a copy of it had leaked: much of it was out already, and what changed since shows that it is new.", "genuine", Theft{Way: WayBackup, Months: 20.4, Leaked: 20.9, Columns: withID, Shuffled: true, Boast: 1.2, Earlier: []Source{{"incident", Theft{Months: 14.4, Leaked: 14.9, Columns: withID}}}}},
		{"aggregate", "Five earlier leaks of other organisations put together by person, each with what it knew at its time, sold as the agency's.", "recycled", Theft{Months: 18.9, Leaked: 21.5, Merged: true, Earlier: hacked(), Columns: slices.Concat(identity, []string{"nir", "courriel", "telephone"}, postal, []string{"iban"}), Shuffled: true, Boast: 4}},
		{"reshaped", "A copy of which half the columns were left out and the others changed places.", "genuine", Theft{Way: WayBackup, Months: 11.3, Dropped: 10, Shuffled: true, Boast: 1.4}},
		{"reformatted", "A copy in another layout: delimiter, encoding, header, upper case, dates and phones.", "genuine", Theft{Way: WayCopy, Months: 9.8, Columns: withID, Relaid: true, Shuffled: true, Boast: 1.2}},
		{"false-claim", "Millions claimed, and in proof people who never existed, under record ids of a format that was never issued.", "fabricated", Theft{Months: 20.4, Columns: withID, OnlyInvented: true, StrangeIDs: true, Sample: 2000, Shuffled: true, Boast: 6000}},
		{"accounts", "A claim that counts rows: accounts with their history, several rows for a person.", "genuine", Theft{Way: WayBackup, Months: 19.8, Columns: portal, History: true, Duplicated: 2000, Shuffled: true, Boast: 1}},
		{"two-registers", "An organisation with two registers that share half of their people, each with ids, writing and dates of its own; the copy is of the second.", "genuine", Theft{Months: 15.3, Second: true, Columns: slices.Concat(person, []string{"courriel", "telephone"}, postal), Format: secondFormat, Shuffled: true, Boast: 1.4}},
		{"neighbour", "Another agency's file over some of the same people, written just as the register is: other ids, other dates of knowledge.", "foreign", Theft{Months: 20.4, Columns: withID, Foreign: true, Shuffled: true, Boast: 1.2}},
		{"imitated", "People who never existed, made up by one who has seen rows of the register: its formats, and record ids of its pattern that nobody has.", "fabricated", Theft{Months: 18.2, Columns: withID, OnlyInvented: true, Shuffled: true, Boast: 3}},
		{"careless", "People made up without care: names from a short list, dates and numbers drawn evenly, nothing that fits together.", "fabricated", Theft{Months: 18.2, Columns: slices.Concat(identity, []string{"nir"}, contact), OnlyInvented: true, Careless: true, Boast: 2}},
		{"baited", "A thousand people of an old copy among many times as many who never existed, under record ids of the register's pattern.", "mixed", Theft{Way: WayBackup, Months: 3.1, Leaked: 18.2, Columns: withID, Sample: 1000, Invented: 90_000, Shuffled: true, Boast: 2}},
		{"padded-real", "A copy of some of the register blown up with another agency's file of real people, each row under the ids of where it is from.", "mixed", Theft{Way: WayCopy, Months: 15.2, Columns: withID, Share: 6000, Beside: 5000, Invented: 2000, Shuffled: true, Boast: 1}},
		{"database", "Several tables of a database: who people are stands in one, what else is known of them in others, under the client's number; one person in six does not exist.", "mixed", Theft{Way: WayCopy, Months: 19.1, Columns: slices.Concat(portal, []string{"iban"}), Format: Format{Type: "sql"}, Invented: 2000, Shuffled: true, Boast: 1}},
		{"hijacked", "An adviser's account in a thief's hands, at night while its owner works by day: files all over the country, one after the other; some of them are not in what is offered.", "genuine", Theft{Months: 17.3, Over: 0.4, Way: WayReads, Hours: ByNight, Haphazard: true, Share: 3000, Offered: 8000, Columns: withID, Shuffled: true, Boast: 3}},
		{"colluding", "Three accounts that share the work: searches of many pages, in working hours.", "genuine", Theft{Months: 18.4, Over: 0.5, Way: WayPages, Hours: WorkingTime, Haphazard: true, Thieves: 3, Share: 4000, Columns: withID, Shuffled: true, Boast: 2}},
		{"enumeration", "A partner's program that is let at any record: by number, one after the other, those that were never given too.", "genuine", Theft{Months: 16.2, Over: 0.1, Way: WayAPI, IDs: [2]int{2000, 3600}, ByID: true, Columns: withID, Boast: 4}},
		{"slow-scrape", "An adviser's account that reads two hundred files a day more than its work asks for, over weeks.", "genuine", Theft{Months: 15.4, Over: 1.4, Way: WayReads, Hours: WorkingTime, Haphazard: true, Sample: 6000, Columns: withID, Shuffled: true, Boast: 5}},
		{"counts-only", "Searches of many pages through a hijacked account, of which the log tells how many records were returned and not whose.", "genuine", Theft{Months: 17.8, Over: 0.3, Way: WayCounts, Hours: ByNight, Haphazard: true, Share: 3500, Columns: withID, Shuffled: true, Boast: 2}},
		{"dba-copy", "The whole register, copied by one statement of the database, of which the log tells neither relation nor number.", "genuine", Theft{Months: 19.3, Way: WayCopy, Boast: 1.2}},
		{"backup", "A stolen backup: no log tells of it.", "genuine", Theft{Months: 18.9, Way: WayBackup, Boast: 1.4}},
		{"log-gap", "Searches of many pages while nothing was logged.", "genuine", Theft{Months: 17.1, Over: 0.03, Way: WayGap, Haphazard: true, Share: 4500, Columns: withID, Shuffled: true, Boast: 2}},
		{"unlogged", "Files read one after the other through an account whose deeds are not logged.", "genuine", Theft{Months: 16.6, Over: 0.4, Way: WayUnlogged, Hours: ByNight, Haphazard: true, Share: 2500, Columns: withID, Shuffled: true, Boast: 2}},
	}
}

// LookUp returns the kind of that name.
func LookUp(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return Kind{}, failure.New(failure.Usage, "Choose one of "+strings.Join(names, ", ")+".", "there is no drill of that kind")
}

// columns finds the columns of that name, all for none.
func columns(names []string) ([]agency.Column, error) {
	if len(names) == 0 {
		return agency.AllColumns(), nil
	}
	var found []agency.Column
	for _, name := range names {
		i := slices.IndexFunc(agency.AllColumns(), func(c agency.Column) bool { return c.Header("fr") == name })
		if i < 0 {
			return nil, failure.New(failure.Usage, "Name columns as the register's header does.", "the register has no column %q", name)
		}
		found = append(found, agency.Column(i))
	}
	return found, nil
}
