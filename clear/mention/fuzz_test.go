package mention

import (
	"bytes"
	"strings"
	"testing"

	"constat.example/clear/field"
)

// FuzzFind checks that nothing panics, that mentions stand in the text one after
// the other, that each is a value of its kind in its canonical form, and that a
// line in front that has nothing to do with them changes none.
func FuzzFind(f *testing.F) {
	for _, d := range decoys {
		f.Add(d)
	}
	for _, s := range []string{
		"né(e) le 12.03.1985, NIR 1 85 05 78 006 084 91, tél. +33 (0)6 39 98 12 34", "FR7630006000011234567890189",
		"jean [at] courriel [dot] example", "CNI n° 880692310285 / passeport 12 AB 34567", "4111-1111-1111-1111 3782 822463 10005",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var finder Finder
		found, more := finder.Find([]byte(text))
		if more > 0 && len(found) != Most {
			t.Fatalf("%d counted beyond %d", more, len(found))
		}
		last := 0
		var before []Mention
		for _, m := range found {
			if m.From < last || m.To <= m.From || m.To > len(text) || len(m.Text) == 0 {
				t.Fatalf("a %s from %d to %d after %d, of %d", m.Kind, m.From, m.To, last, len(text))
			}
			last = m.To
			if v := field.Parse(m.Kind, string(m.Text)); v.Canonical() != string(m.Text) {
				t.Fatalf("the %s at %d is not in its canonical form", m.Kind, m.From)
			}
			m.Text = bytes.Clone(m.Text)
			before = append(before, m)
		}
		const line = "Une ligne sans rien.\n\n"
		again, _ := finder.Find([]byte(line + text))
		if len(again) != len(before) {
			t.Fatalf("%d mentions, %d behind a line without any", len(before), len(again))
		}
		for i, m := range again {
			if m.Kind != before[i].Kind || m.From != before[i].From+len(line) || !bytes.Equal(m.Text, before[i].Text) {
				t.Fatalf("the %s at %d changes behind a line", m.Kind, m.From)
			}
		}
	})
}

// prose is French as advisers write it, with a number now and then.
var prose = []byte(strings.Repeat(`L'usager s'est présenté au guichet pour signaler un changement d'adresse intervenu en mars 2021 ;
il a été invité à produire un justificatif de moins de 3 mois. Dossier transmis au service compétent le 12/03/2024 à 14h30.
Un rappel est prévu dans 15 jours si aucune réponse ne parvient entre-temps. `, 40))

func BenchmarkFindNothing(b *testing.B) {
	var f Finder
	b.SetBytes(int64(len(prose)))
	b.ReportAllocs()
	for b.Loop() {
		if found, _ := f.Find(prose); len(found) > 0 {
			b.Fatal("something was found")
		}
	}
}

func BenchmarkFind(b *testing.B) {
	var f Finder
	text := append(bytes.Clone(prose), "Tél 06 39 98 12 34, jean@courriel.example, NIR 185057800608491. "...)
	text = bytes.Repeat(text, 4)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f.Find(text)
	}
}

func TestNothingIsAllocatedForNothing(t *testing.T) {
	var f Finder
	f.Find(prose)
	if n := testing.AllocsPerRun(20, func() { f.Find(prose) }); n > 0 {
		t.Errorf("%.0f allocations for a text that holds nothing", n)
	}
}
