package tie

import (
	"fmt"
	"slices"
	"testing"

	"constat.example/blind/kind"
)

// sketch is a dump for judgement: tables "name: kinds", keys with the values they
// hold, as plain numbers.
type sketch struct {
	d      Dump
	counts counts
	values []map[int]int
	pairs  map[string]agreement
}

func (s *sketch) table(name string, kinds ...kind.Kind) int {
	s.d.Tables = append(s.d.Tables, Table{Name: name, Kinds: kinds})
	return len(s.d.Tables) - 1
}

// key adds a key whose n cells hold the values from first on, each times times.
func (s *sketch) key(table int, name string, room float64, first, n, times int) int {
	k := len(s.d.Keys)
	s.d.Keys = append(s.d.Keys, Key{Table: table, Column: k, Name: name, Room: room})
	held := map[int]int{}
	for i := range n {
		held[first+i] = times
	}
	s.values = append(s.values, held)
	return k
}

func (s *sketch) judge(t *testing.T) *judge {
	t.Helper()
	s.counts.shared = map[[2]int]int64{}
	for a, values := range s.values {
		filled := 0
		for v, n := range values {
			filled += n
			for b := a + 1; b < len(s.values); b++ {
				if s.values[b][v] > 0 {
					s.counts.shared[[2]int{a, b}]++
				}
			}
		}
		s.counts.keys = append(s.counts.keys, tally{int64(filled), int64(len(values))})
	}
	j := &judge{d: s.d, counts: &s.counts, agree: func(from, to int) (agreement, error) {
		return s.pairs[fmt.Sprintf("%d-%d", from, to)], nil
	}}
	if err := j.all(); err != nil {
		t.Fatal(err)
	}
	return j
}

func (s *sketch) word(t Tie) string {
	at := func(k int) string { return s.d.Tables[s.d.Keys[k].Table].Name + "." + s.d.Keys[k].Name }
	return at(t.From) + " -> " + at(t.To) + ": " + string(t.Reason)
}

func (s *sketch) words(ties []Tie) []string {
	var all []string
	for _, t := range ties {
		all = append(all, s.word(t))
	}
	return all
}

func TestJudge(t *testing.T) {
	t.Parallel()
	names := []kind.Kind{kind.BirthSurname, kind.GivenNames, kind.BirthDate}
	const serial, uuid = 3.0, 30.0
	for _, c := range []struct {
		name          string
		draw          func(s *sketch)
		held, refused []string
		ways          []string // "table by table"
	}{
		{
			"client_id names clients", func(s *sketch) {
				a, b := s.table("clients", names...), s.table("comptes", kind.IBAN)
				s.key(a, "id", serial, 1, 1000, 1)
				s.key(b, "id", serial, 1, 900, 1)
				s.key(b, "client_id", serial, 1, 800, 2)
			},
			[]string{"comptes.client_id -> clients.id: " + string(NamesIt)},
			[]string{"comptes.id -> clients.id: " + string(Serial)},
			[]string{"comptes by clients"},
		},
		{
			"two columns that count up", func(s *sketch) {
				a, b := s.table("clients", names...), s.table("produits")
				s.key(a, "id", serial, 1, 1000, 1)
				s.key(b, "id", serial, 1, 1000, 1)
			},
			nil,
			[]string{"clients.id -> produits.id: " + string(Serial), "produits.id -> clients.id: " + string(Serial)},
			nil,
		},
		{
			"the same, declared", func(s *sketch) {
				a, b := s.table("clients", names...), s.table("extension", kind.IBAN)
				s.key(a, "id", serial, 1, 1000, 1)
				s.key(b, "id", serial, 1, 900, 1)
				s.d.References = []Reference{{1, 0}}
			},
			[]string{"extension.id -> clients.id: " + string(Declared)},
			nil,
			[]string{"extension by clients"},
		},
		{
			"the same, confirmed by rows", func(s *sketch) {
				a, b := s.table("base1", kind.GivenNames, kind.Email), s.table("base2", kind.Email)
				s.key(a, "num", serial, 1, 1000, 1)
				s.key(b, "num", serial, 1, 1000, 1)
				s.pairs = map[string]agreement{"1-0": {1000, .9, .001}, "0-1": {1000, .9, .001}}
			},
			[]string{"base1.num -> base2.num: " + string(RowsAgree)},
			nil,
			[]string{"base2 by base1"},
		},
		{
			"UUIDs need no name", func(s *sketch) {
				a, b := s.table("a", names...), s.table("b", kind.IBAN)
				s.key(a, "x", uuid, 1, 1000, 1)
				s.key(b, "y", uuid, 1, 500, 3)
			},
			[]string{"b.y -> a.x: " + string(NoChance)},
			nil,
			[]string{"b by a"},
		},
		{
			"names that fit and values that do not", func(s *sketch) {
				a, b := s.table("clients", names...), s.table("comptes", kind.IBAN)
				s.key(a, "id", serial, 1, 1000, 1)
				s.key(b, "client_id", serial, 500, 1000, 1)
			},
			nil,
			[]string{"comptes.client_id -> clients.id: " + string(Partly)},
			nil,
		},
		{
			"a chain, and a table that no one names", func(s *sketch) {
				a, b, c, d := s.table("clients", names...), s.table("comptes"), s.table("operations", kind.IBAN), s.table("devises")
				s.key(a, "id", serial, 1, 1000, 1)
				s.key(b, "id", serial, 1, 1500, 1)
				s.key(b, "id_client", serial, 1, 1000, 1)
				s.key(c, "compte_id", serial, 1, 1500, 4)
				s.key(c, "devise_id", serial, 1, 9, 600)
				s.key(d, "id", serial, 1, 9, 1)
			},
			[]string{
				"comptes.id_client -> clients.id: " + string(NamesIt),
				"operations.compte_id -> comptes.id: " + string(NamesIt),
				"operations.devise_id -> devises.id: " + string(NamesIt),
			},
			nil,
			[]string{"comptes by clients", "operations by comptes"},
		},
		{
			"details that the people's table names", func(s *sketch) {
				a, b := s.table("customer", names...), s.table("address", kind.Address)
				s.key(a, "customer_id", serial, 1, 599, 1)
				s.key(a, "address_id", serial, 5, 599, 1)
				s.key(b, "address_id", serial, 1, 603, 1)
			},
			[]string{"customer.address_id -> address.address_id: " + string(NamesIt)},
			nil,
			[]string{"address by customer"},
		},
		{
			"the finer of two keys to people", func(s *sketch) {
				a, b, c := s.table("customers", names...), s.table("staff", names...), s.table("payments", kind.IBAN)
				s.key(a, "id", serial, 1, 600, 1)
				s.key(b, "id", serial, 1, 6, 1)
				s.key(c, "staff_id", serial, 1, 6, 500)
				s.key(c, "customer_id", serial, 1, 600, 5)
			},
			[]string{"payments.customer_id -> customers.id: " + string(NamesIt)},
			[]string{"payments.staff_id -> staff.id: " + string(Coarser), "staff.id -> customers.id: " + string(Serial)},
			[]string{"payments by customers"},
		},
		{
			"somebody in a role", func(s *sketch) {
				a, b := s.table("staff", names...), s.table("stores", kind.IBAN)
				s.key(a, "staff_id", serial, 1, 20, 1)
				s.key(b, "manager_staff_id", serial, 1, 20, 1)
				s.d.References = []Reference{{1, 0}}
			},
			nil,
			[]string{"stores.manager_staff_id -> staff.staff_id: " + string(InARole)},
			nil,
		},
		{
			"other people with the client's number", func(s *sketch) {
				a, b := s.table("clients", names...), s.table("contacts", names...)
				s.key(a, "id", serial, 1, 1000, 1)
				s.key(b, "client_id", serial, 1, 900, 1)
				s.pairs = map[string]agreement{"1-0": {900, .02, .01}}
			},
			nil,
			[]string{"contacts.client_id -> clients.id: " + string(OtherPeople)},
			nil,
		},
		{
			"the same people twice", func(s *sketch) {
				a, b := s.table("clients", names...), s.table("inscriptions", names...)
				s.key(a, "id", serial, 1, 1000, 1)
				s.key(b, "client_id", serial, 1, 900, 1)
				s.pairs = map[string]agreement{"1-0": {900, .97, .01}}
			},
			[]string{"inscriptions.client_id -> clients.id: " + string(NamesIt)},
			nil,
			[]string{"inscriptions by clients"},
		},
		{
			"several rows of a person, and no table of clients", func(s *sketch) {
				a, b := s.table("commandes", names...), s.table("paiements", kind.IBAN)
				s.key(a, "client_id", serial, 1, 500, 3)
				s.key(b, "client_id", serial, 1, 480, 2)
			},
			[]string{"paiements.client_id -> commandes.client_id: " + string(SameName)},
			nil,
			[]string{"paiements by commandes"},
		},
		{
			"keys that name each other end", func(s *sketch) {
				a, b, c := s.table("clients", names...), s.table("foyers"), s.table("adresses", kind.Address)
				s.key(a, "id", serial, 1, 300, 1)
				s.key(a, "foyer_id", serial, 1, 300, 1)
				s.key(b, "id", serial, 1, 300, 1)
				s.key(b, "adresse_id", serial, 1, 300, 1)
				s.key(c, "id", serial, 1, 300, 1)
				s.key(c, "client_id", serial, 1, 300, 1)
			},
			[]string{
				"clients.foyer_id -> foyers.id: " + string(NamesIt),
				"foyers.adresse_id -> adresses.id: " + string(NamesIt),
				"adresses.client_id -> clients.id: " + string(NamesIt),
			},
			nil,
			[]string{"foyers by clients", "adresses by clients"},
		},
		{
			"UUIDs that fit two tables", func(s *sketch) {
				a, b, c := s.table("a", names...), s.table("b", names...), s.table("c", kind.IBAN)
				s.key(a, "x", uuid, 1, 1000, 1)
				s.key(b, "y", uuid, 1, 1000, 1)
				s.key(c, "z", uuid, 1, 500, 3)
				s.pairs = map[string]agreement{}
			},
			nil,
			[]string{"c.z -> a.x: " + string(Ambiguous), "a.x -> b.y: " + string(TooFew), "b.y -> a.x: " + string(TooFew)},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var s sketch
			c.draw(&s)
			j := s.judge(t)
			var ways []string
			for _, w := range j.settle(j.ways()) {
				ways = append(ways, s.d.Tables[w.Table].Name+" by "+s.d.Tables[w.ByTable].Name)
			}
			if got := s.words(j.held); !slices.Equal(got, c.held) {
				t.Errorf("held\n got  %q\n want %q", got, c.held)
			}
			if got := s.words(j.refused); c.refused != nil && !slices.Equal(got, c.refused) {
				t.Errorf("refused\n got  %q\n want %q", got, c.refused)
			}
			if !slices.Equal(ways, c.ways) {
				t.Errorf("ways\n got  %q\n want %q", ways, c.ways)
			}
		})
	}
}
