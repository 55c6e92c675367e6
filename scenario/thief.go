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

	Sample      int      // this many people at random. Default all
	First       int      // this many people in order of record id. Default all
	Departments []string // only people who live there. Default everywhere

	Mistyped int // rows with one typing error in a name, the birth date or the mail
	Swapped  int // rows whose surname and given names changed places
	Blanked  int // cells emptied

	Invented     int  // rows of people who do not exist, in 10,000 of the rows of those who do
	OnlyInvented bool // as many rows as there would be genuine ones, or as Sample says, none of them genuine
	Foreign      bool // the file of another agency that knows some of the same people

	Notes int // rows with what an adviser noted, which may quote others

	Duplicated int     // rows that stand a second time, right after themselves or anywhere if shuffled
	Shuffled   bool    // in no order. Default that of the register
	Boast      float64 // how many times the rows there are the seller claims. Default 1
}

// identity and contact are what a portal's accounts hold: no number that names a person outright.
var (
	identity = []string{"nom_naissance", "nom_usage", "prenoms", "sexe", "date_naissance", "commune_naissance"}
	contact  = []string{"courriel", "telephone", "adresse", "complement_adresse", "code_postal", "commune"}
	portal   = slices.Concat(identity, contact)
	withID   = slices.Concat([]string{"identifiant"}, portal)
)

// Kinds lists the kinds of drill there are.
func Kinds() []Kind {
	return []Kind{
		{"full-copy", "The whole register, every column, copied at one instant between two snapshots.", "genuine", Theft{Months: 20.4, Boast: 1.6}},
		{"stale-third", "An older copy without record ids or official numbers: about a third of the people have a value that has changed since.", "genuine", Theft{Months: 2.6, Columns: portal, Boast: 1.5}},
		{"noisy", "A copy keyed in by hand: typing errors, swapped names, cells left out, rows in no order.", "genuine", Theft{Months: 14.5, Columns: portal, Mistyped: 500, Swapped: 200, Blanked: 300, Shuffled: true, Boast: 1.2}},
		{"rekeyed", "An older copy keyed in by hand: about a third of the people have a value that has changed since, and there are typing errors and swapped names.", "genuine", Theft{Months: 2.6, Columns: portal, Mistyped: 500, Swapped: 200, Shuffled: true, Boast: 1.3}},
		{"sample", "People taken at random, as an extract offered in proof.", "genuine", Theft{Months: 18.2, Columns: withID, Sample: 1000, Shuffled: true, Boast: 400}},
		{"first-n", "The first people in order of record id, as one who walks through identifiers gets them.", "genuine", Theft{Months: 18.2, Columns: withID, First: 10_000, Boast: 30}},
		{"partial", "The people of a few departments, as a local account reaches them.", "genuine", Theft{Months: 16.8, Columns: withID, Departments: []string{"35", "44", "69"}, Boast: 2}},
		{"fabricated", "People who never existed, under numbers that are well formed.", "fabricated", Theft{Months: 20.4, Columns: slices.Concat(identity, []string{"nir"}, contact), OnlyInvented: true, Boast: 1.3}},
		{"foreign", "Another agency's file over some of the same people: other ids, other layout, other dates of knowledge.", "foreign", Theft{Months: 20.4, Columns: withID, Foreign: true, Shuffled: true, Format: Format{Delimiter: ",", Dates: DayFirst, Encoding: Windows1252, Upper: true}, Boast: 1}},
		{"padded", "A copy blown up with people who never existed, three rows in ten of the genuine ones.", "mixed", Theft{Months: 12.3, Columns: portal, Invented: 3000, Shuffled: true, Boast: 1}},
		{"notes", "People taken at random with what advisers noted about them: mail addresses, phones and official numbers, of others too, stand in free text only.", "genuine", Theft{Months: 18.2, Columns: slices.Concat(identity, []string{"adresse", "code_postal", "commune"}), Sample: 5000, Notes: 6000, Boast: 3}},
		{"database", "Several tables of a database: who people are stands in one, what else is known of them in others, under the client's number; one person in six does not exist.", "mixed", Theft{Months: 19.1, Columns: slices.Concat(portal, []string{"iban"}), Format: Format{Type: "sql"}, Invented: 2000, Shuffled: true, Boast: 1}},
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
