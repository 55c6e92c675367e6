package claim

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestCount(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		n    int64
		unit string
	}{
		{"19 millions", 19_000_000, ""},
		{"19M", 19_000_000, ""},
		{"1,9 Mio", 1_900_000, ""},
		{"1.95 million records", 1_950_000, Records},
		{"43 000 000", 43_000_000, ""},
		{"43\u202f000\u00a0000 lignes", 43_000_000, Rows},
		{"43,000,000", 43_000_000, ""},
		{"43.000.000", 43_000_000, ""},
		{"1'234'567", 1_234_567, ""},
		{"12k", 12_000, ""},
		{"200 mille personnes", 200_000, People},
		{"1,5 milliard d’enregistrements", 1_500_000_000, Records},
		{"2 millions de comptes", 2_000_000, Records},
		{"2 million of users", 2_000_000, People},
		{"11 700 000 Assurés", 11_700_000, People},
		{"318442907 octets", 318_442_907, Bytes},
		{"0", 0, ""},
		{"19,000", 19_000, ""},
		{"2.50k", 2_500, ""},
		{"1 personnes", 1, People},
	} {
		n, unit, err := Count(test.text)
		if err != nil || n != test.n || unit != test.unit {
			t.Errorf("%q: %d %q, %v; want %d %q", test.text, n, unit, err, test.n, test.unit)
		}
	}
	for _, text := range []string{
		"", "many", "1 billion", "1.500 million", "1,5", "1.5", "12 34", "1,23,456", "-3", "19 millions ou plus", "9999999999999999999", "99999999999 mds",
		"1.2345k", "1,2,3M", "millions", "1 000.5", "3 choses", "1 000,000", "0x10", "1e6",
	} {
		if n, _, err := Count(text); err == nil {
			t.Errorf("%q is taken for %d", text, n)
		}
	}
}

func FuzzCount(f *testing.F) {
	for _, text := range []string{"19 millions", "1,9 Mio", "43 000 000 lignes", "1'000", "1.500 million", "200 mille personnes"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, unit, err := Count(text)
		if err != nil {
			return
		}
		if n < 0 || unit != "" && !isUnit(unit) {
			t.Fatalf("%q: %d %q", text, n, unit)
		}
		// Written in full it is the same.
		if again, _, err := Count(strconv.FormatInt(n, 10)); err != nil || again != n {
			t.Fatalf("%q: %d, and in full %d, %v", text, n, again, err)
		}
	})
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"5000 USD": "5000 USD", "5 000 €": "5000 EUR", "€5,000": "5000 EUR", "0.50 btc": "0.5 BTC", "5k usd": "5000 USD", "1,5M EUR": "1500000 EUR",
		"USD 12,5": "12.5 USD", "£3": "3 GBP", "5000 euros": "5000 EUR", "007 EUR": "7 EUR",
	} {
		if got, ok := Money(text); !ok || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "5000", "$5000", "5000 $", "USD", "EUR 5000 USD", "negotiable", "1.500 M EUR", "5000 USD or best offer", "1e9 EUR"} {
		if got, ok := Money(text); ok {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}

func FuzzMoney(f *testing.F) {
	f.Add("5 000 €")
	f.Add("1,5M EUR")
	f.Fuzz(func(t *testing.T, text string) {
		told, ok := Money(text)
		if !ok {
			return
		}
		if again, ok := Money(told); !ok || again != told {
			t.Fatalf("%q is %q, and that %q, %v", text, told, again, ok)
		}
	})
}

func TestDeadlineAt(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 4, 20, 8, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"48 hours": "2026-04-22T08:00:00Z", "48h": "2026-04-22T08:00:00Z", "3 jours": "2026-04-23T08:00:00Z", "2 weeks": "2026-05-04T08:00:00Z", "72 Heures": "2026-04-23T08:00:00Z",
		"2026-05-01": "2026-05-02T00:00:00Z", "2026-05-01T12:00:00+02:00": "2026-05-01T10:00:00Z",
	} {
		if at, ok := DeadlineAt(text, seen); !ok || at.Format(time.RFC3339) != want {
			t.Errorf("%q: %v, %v, want %s", text, at, ok, want)
		}
	}
	for _, text := range []string{"", "soon", "48", "until Friday", "2026-13-01"} {
		if at, ok := DeadlineAt(text, seen); ok {
			t.Errorf("%q ends %v", text, at)
		}
	}
	if _, ok := DeadlineAt("48 hours", time.Time{}); ok {
		t.Error("a deadline from an unknown time has an end")
	}
}

func TestParseTakesBothSpellings(t *testing.T) {
	t.Parallel()
	c, err := Parse([]byte(`source: x
corrects: 2
claimed: {count: 9, unit: rows}
price: {amount: 0.5, currency: btc}
ransom: 20000 €
deadline: 48 hours
samples: [first rows, {what: a photo, file: a.png}, {rows: 3, sha256: zz}]
`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Price != "0.5 BTC" || c.Ransom != "20000 EUR" || c.Corrects != 2 || c.Claimed.Unit != Rows || len(c.Samples) != 3 ||
		c.Samples[0].What != "first rows" || c.Samples[1].File != "a.png" || *c.Samples[2].Rows != 3 {
		t.Errorf("%+v", c)
	}
	const secret = "Jeanne"
	for _, text := range []string{
		"price: {amount: Jeanne, currency: EUR}", "price: {amount: 5, currency: EUR, of: Jeanne}", "price: [Jeanne]", "samples: Jeanne", "samples: {Jeanne: 1}",
		"samples: [{rows: Jeanne}]", "samples: [[Jeanne]]", "samples: [{rows: -1}]", "deadline: {Jeanne: 1}", "corrects: -1", "claimed: {count: 1, unit: Jeanne}",
		"claimed: {count: Jeanne}", "claimed: {count: 19M}", "price: .inf", "samples: [{sha256: Jeanne}]", "sealed: [Jeanne]",
		"samples: [\"Jeanne 0639980001\"]", "samples: [jeanne@exemple.example]",
	} {
		_, err := Keep([]byte("source: x\n" + text + "\n"))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
