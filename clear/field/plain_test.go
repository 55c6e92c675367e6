package field

import (
	"math/rand/v2"
	"slices"
	"testing"

	"constat.example/blind/kind"
)

// plainCells are cells that take the short way, and others that must not.
var plainCells = []string{
	"DUPONT", "Zoé", "Ÿ", "Straße", "NA", "null", "Néant", "x", "ST", "Ste", "Lyon", "D’Arc", "Ã©", "é\u0301",
	"1951-05-06", "06/05/1951", "29/02/1951", "1900-01-01", "31/12/1899", "1951-13-01", "05-06-1951",
	"295109912611193", "000000000000000", "195109912611193", "0639980123", "+33639980123", "0833980123", "0666666666", "+33039980123",
	"Jean.Dupont+x@Mail.Example", ".a@b.example", "a..b@c.example", "a.@b.example", "a@b", "a@b.1", "a@-b.example", "a@b-.example", "a@@b.example", "+@b.example",
	"Zoé, Jean-Pierre,Marie", "A, B, C, D", "Mme-Marie", "Marie, Mme", "Jean-", "-Jean", "Jean--Luc", "A,,B", "A ,B", "non-connu", "non, connu", "Léa, ",
	"85 allée des Chênes", "rue Sandra Cesana", "12 B rue X", "12 bis rue X", "0012 rue X", "12345 rue X", "12  rue X", "2 étage droite", "1 rue de l'Eglise", "N rue X",
	"sans adresse", "12 sans-objet", "5 A", "rue", "12 rue de France", "B P 12", "1 RUE D'", "8 St Stanley St",
	"FT-0001000249", "1e5", "17.0", "-1", "a-", "SNP", "0012",
}

func TestPlainIsTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind kind.Kind
		in   string
	}{
		{kind.BirthSurname, "Dupont"},
		{kind.GivenNames, "Zoé"},
		{kind.City, "Orléans"},
		{kind.BirthDate, "1951-05-06"},
		{kind.BirthDate, "06/05/1951"},
		{kind.NIR, "295109912611193"},
		{kind.Phone, "0639980123"},
		{kind.Phone, "+33639980123"},
		{kind.Email, "j.dupont42@mail.example"},
		{kind.RecordID, "FT-0001000249"},
	} {
		if _, _, ok := new(Splitter).plain(c.kind, []byte(c.in)); !ok {
			t.Errorf("%s as most are takes the long way", c.kind)
		}
	}
}

// agree checks that the short way comes to what the long way comes to, and tells
// whether it was taken.
func agree(t *testing.T, k kind.Kind, in string, monthFirst bool) bool {
	t.Helper()
	var short, long Splitter
	short.MonthFirst(monthFirst)
	long.MonthFirst(monthFirst)
	validity, reason, ok := short.plain(k, []byte(in))
	if !ok {
		if len(short.out)+len(short.spans)+short.whole > 0 {
			t.Fatalf("%s %q: something was left behind", k, in)
		}
		return false
	}
	wantValidity, wantReason := long.readAny(k, []byte(in))
	if validity != wantValidity || reason != wantReason {
		t.Fatalf("%s %q: %s %d, want %s %d", k, in, validity, reason, wantValidity, wantReason)
	}
	if string(short.out) != string(long.out) || short.whole != long.whole || !slices.Equal(short.spans, long.spans) {
		t.Fatalf("%s %q gives %q %v %d, want %q %v %d", k, in, short.out, short.spans, short.whole, long.out, long.spans, long.whole)
	}
	return true
}

// Cells put together from pieces that matter to some kind.
func TestPlainAgrees(t *testing.T) {
	t.Parallel()
	pieces := append([]string{
		"", " ", "  ", "-", "'", ",", ", ", ".", "@", "+", "/", "_", "0", "1", "12", "1951", "-05-06", "06/05/", "1900", "95109912611193", "0639980123",
		"a", "É", "ü", "ß", "Æ", "D", "l", "P", "B", "bis", "ST", "STE", "Marie", "Jean", "Léa", "MME", "melle", "née", "rue", "R", "av", "des Lilas", "place", "France", "étage",
		"null", "na", "xx", "sans", "nom", "non", "connu", "inconnu", "snp", "vide", "n", "no", "mail.example", "b.fr", "cedex", "e",
	}, plainCells...)
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := []kind.Kind{
		kind.BirthSurname, kind.GivenNames, kind.City, kind.BirthDate, kind.NIR, kind.Phone, kind.Email, kind.RecordID, kind.Address,
	}
	n := 400_000
	if testing.Short() {
		n = 40_000
	}
	taken := map[kind.Kind]int{}
	for range n {
		var in string
		for range 1 + rng.IntN(5) {
			in += pieces[rng.IntN(len(pieces))]
		}
		k := kinds[rng.IntN(len(kinds))]
		if agree(t, k, in, rng.IntN(4) == 0) {
			taken[k]++
		}
	}
	for _, k := range kinds {
		if taken[k] == 0 {
			t.Errorf("no cell took the short way of %s", k)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, k := range kind.All() {
		for _, in := range append(plainCells, seeds...) {
			f.Add(byte(k), in, false)
		}
	}
	f.Add(byte(kind.BirthDate), "06/05/1951", true)
	f.Fuzz(func(t *testing.T, code byte, in string, monthFirst bool) {
		agree(t, kind.Kind(int(code)%kind.Count), in, monthFirst)
	})
}
