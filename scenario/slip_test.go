package scenario

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"

	"constat.example/scenario/internal/agency"
)

func TestMistypeMakesOneError(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	lengths := map[int]int{}
	for _, text := range []string{"DUPONT", "Élodie, Zoé", "1984-05-06", "a.b@courriel.example"} {
		for range 2000 {
			got := mistype([]byte(text), dice)
			if !utf8.Valid(got) {
				t.Fatalf("%q became %q", text, got)
			}
			lengths[utf8.RuneCount(got)-utf8.RuneCountInString(text)]++
		}
	}
	if len(lengths) != 3 || lengths[-1] == 0 || lengths[0] == 0 || lengths[1] == 0 {
		t.Errorf("lengths change by %v", lengths)
	}
}

func TestSpoilLeavesCleanRowsAlone(t *testing.T) {
	t.Parallel()
	columns := []agency.Column{agency.RecordID, agency.BirthSurname, agency.GivenNames, agency.Email}
	row := func() [][]byte {
		return [][]byte{[]byte("FT-1"), []byte("DUPONT"), []byte("Marie"), []byte("m@x.example")}
	}
	count := func(theft Theft) (changed, swapped, blank int) {
		for key := range uint64(5000) {
			cells := row()
			slips{theft, columns}.spoil(cells, key)
			if !slices.EqualFunc(cells, row(), bytes.Equal) {
				changed++
			}
			if string(cells[1]) == "Marie" && string(cells[2]) == "DUPONT" {
				swapped++
			}
			for _, c := range cells {
				if len(c) == 0 {
					blank++
				}
			}
			if string(cells[0]) != "FT-1" {
				t.Fatal("a record id was spoilt")
			}
		}
		return changed, swapped, blank
	}
	if n, _, _ := count(Theft{}); n != 0 {
		t.Errorf("%d clean rows changed", n)
	}
	if n, _, _ := count(Theft{Mistyped: 500}); n < 180 || n > 320 {
		t.Errorf("%d of 5,000 rows mistyped at 5 %%", n)
	}
	if _, n, _ := count(Theft{Swapped: 200}); n < 60 || n > 140 {
		t.Errorf("%d of 5,000 rows swapped at 2 %%", n)
	}
	if _, _, n := count(Theft{Blanked: 300}); n < 370 || n > 530 {
		t.Errorf("%d of 15,000 cells blank at 3 %%", n)
	}
}

func TestDayForMonth(t *testing.T) {
	t.Parallel()
	for dates, pair := range map[string][2]string{
		ISO: {"1984-05-16", "1984-16-05"}, DayFirst: {"16/05/1984", "05/16/1984"}, Compact: {"19840516", "19841605"},
	} {
		s := slips{theft: Theft{Format: Format{Dates: dates}}}
		for i := range pair {
			if got := string(s.dayForMonth([]byte(pair[i]))); got != pair[1-i] {
				t.Errorf("%s becomes %s", pair[i], got)
			}
		}
		if got := string(s.dayForMonth([]byte("1984"))); got != "1984" {
			t.Errorf("a year becomes %s", got)
		}
	}
}
