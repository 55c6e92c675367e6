package figures_test

import (
	"math"
	"os"
	"regexp"
	"testing"

	"constat.example/internal/chance"
	"constat.example/internal/figures"
)

func TestTablesAreSmall(t *testing.T) {
	t.Parallel()
	var total int64
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil && regexp.MustCompile(`\.gz$`).MatchString(f.Name()) {
			total += info.Size()
		}
	}
	if total == 0 || total > 1_500_000 {
		t.Errorf("%d bytes are embedded, 1,500,000 at most", total)
	}
}

func TestCommunes(t *testing.T) {
	t.Parallel()
	f := figures.Load()
	code, postcode := regexp.MustCompile(`^(\d\d|2A|2B)\d{3}$`), regexp.MustCompile(`^\d{5}$`)
	var people uint64
	for i, c := range f.Communes {
		people += c.People
		if !code.MatchString(c.Code) || c.Name == "" || c.People == 0 || i > 0 && c.Code <= f.Communes[i-1].Code {
			t.Errorf("commune %+v", c)
		}
		for _, p := range c.Postcodes {
			if !postcode.MatchString(p) {
				t.Errorf("commune %s: postcode %q", c.Code, p)
			}
		}
	}
	if len(f.Communes) < 34_900 || people < 68_000_000 || people > 70_000_000 {
		t.Errorf("%d communes, %d people", len(f.Communes), people)
	}
	for code, want := range map[string][2]string{"75115": {"Paris", "75"}, "2A004": {"Ajaccio", "2A"}, "97411": {"Saint-Denis", "974"}} {
		for _, c := range f.Communes {
			if c.Code == code && (c.City != want[0] || c.Department() != want[1]) {
				t.Errorf("%s: city %q, department %q", code, c.City, c.Department())
			}
		}
	}
}

func TestGivenNamesFollowTheFigures(t *testing.T) {
	t.Parallel()
	f := figures.Load()
	d := chance.NewDice(1, 1)
	for sex := 1; sex <= 2; sex++ {
		g := &f.Given[sex]
		if len(g.Names) != 1500 || len(g.Folded) != 1500 {
			t.Fatalf("%d names of sex %d", len(g.Names), sex)
		}
		for _, decade := range []int{0, 3, 6, 9} {
			const draws = 100_000
			counts := make([]float64, len(g.Names))
			for range draws {
				counts[g.Draw(figures.FirstDecade+10*decade+figures.DecadeMiddle, d.Uint64(), d.Uint64())]++
			}
			var total float64
			for _, b := range g.Births {
				total += float64(b[decade])
			}
			var chi float64
			cells := 0
			for i, b := range g.Births {
				if expected := draws * float64(b[decade]) / total; expected >= 20 {
					chi += (counts[i] - expected) * (counts[i] - expected) / expected
					cells++
				}
			}
			if limit := float64(cells) + 5*math.Sqrt(2*float64(cells)); chi > limit {
				t.Errorf("sex %d, decade %d: chi-square %.0f over %d cells", sex, decade, chi, cells)
			}
		}
	}
}

func TestSurnamesFollowTheFigures(t *testing.T) {
	t.Parallel()
	s := &figures.Load().Surnames
	d := chance.NewDice(1, 2)
	const draws = 200_000
	listed, rare := map[uint32]float64{}, 0.0
	for range draws {
		n := s.Draw(1985, d.Uint64(), d.Uint64())
		if int(n) < len(s.Names) {
			listed[n]++
		} else {
			rare++
		}
	}
	era := figures.Era(1985)
	total := float64(s.Rare[era])
	for _, b := range s.Births {
		total += float64(b[era])
	}
	if share := float64(s.Rare[era]) / total; math.Abs(rare/draws-share) > 0.005 {
		t.Errorf("%.3f of the surnames are rare, %.3f in the figures", rare/draws, share)
	}
	for i, b := range s.Births {
		if expected := draws * float64(b[era]) / total; expected >= 50 && math.Abs(listed[uint32(i)]-expected) > 6*math.Sqrt(expected) {
			t.Errorf("surname %d drawn %.0f times, %.0f expected", i, listed[uint32(i)], expected)
		}
	}
}

func TestRareSurnamesLookLikeNames(t *testing.T) {
	t.Parallel()
	s := &figures.Load().Surnames
	shape := regexp.MustCompile(`^[A-Z]{5,20}$`)
	seen := map[string]bool{}
	for k := range 50_000 {
		name := string(s.Append(nil, uint32(len(s.Names)+k*24)))
		if !shape.MatchString(name) {
			t.Fatalf("number %d gives %q", k, name)
		}
		seen[name] = true
	}
	if len(seen) < 45_000 {
		t.Errorf("50,000 numbers give %d names", len(seen))
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"Élodie": "elodie", "Jean-François": "jean-francois", "Cœur d'Ænéas": "coeur d'aeneas", "": ""} {
		if got := figures.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q", in, got)
		}
	}
}

func TestAbroad(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`^99\d{3}$`)
	var weights, algeria uint64
	for _, c := range figures.Load().Abroad {
		if !code.MatchString(c.Code) || c.Name == "" || c.Weight == 0 {
			t.Errorf("country %+v", c)
		}
		weights += c.Weight
		if c.Code == "99352" {
			algeria = c.Weight
		}
	}
	if share := float64(algeria) / float64(weights); share < 0.12 || share > 0.2 {
		t.Errorf("Algeria has %.3f of the births abroad", share)
	}
}
