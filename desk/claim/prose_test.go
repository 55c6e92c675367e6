package claim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"constat.example/desk/claim"
)

func TestReadProse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, count, fields, price, ransom, deadline, doubts string }{
		{text: "19 million records of the agency for sale", count: "19000000 records"},
		{text: "Fuite de données : 12 millions de personnes concernées", count: "12000000 people"},
		{text: "A seller offers 19M users", count: "19000000 people"},
		{text: "1,9 million d'usagers, vendus au prix de 5 000 €", count: "1900000 people", price: "5000 EUR"},
		{text: "36 820 828 personnes", count: "36820828 people"},
		{text: "19 million French users leaked", count: "19000000 people"},
		{text: "10,000 leaked accounts", count: "10000 records"},
		{text: "In 2026 users were told", count: ""},
		{text: "between 10 and 13 million users", doubts: "count"},
		{text: "10-13 million records", doubts: "count"},
		{text: "de 10 à 13 millions de personnes", doubts: "count"},
		{text: "19 million records of 12 million people", doubts: "count"},
		{text: "19 million records\n\nthe 19,000,000 records hold", count: "19000000 records"},
		{text: "1 billion records", doubts: "count"},
		{text: "5 millions d'euros de pertes pour les clients", count: ""},
		{text: "It holds names, e-mail addresses and phone numbers.", fields: "names,e-mail addresses,phone numbers"},
		{text: "Les données : nom, prénom, date de naissance, adresse e-mail et numéro de téléphone des usagers", fields: "nom,prénom,date de naissance,adresse e-mail,numéro de téléphone"},
		{text: "contenant les noms, prénoms, adresses postales ainsi que les IBAN de ses clients", fields: "noms,prénoms,adresses postales,iban"},
		{text: "The name of the company is known. A message was sent.", fields: ""},
		{text: "fields:\nNIR\nIBAN\nDOB", fields: "nir,iban,dob"},
		{text: "Selling for USD 5,000; ransom of 2 BTC", price: "5000 USD", ransom: "2 BTC"},
		{text: "price 5000 USD, later the price was 7000 USD", doubts: "price"},
		{text: "price $5000", price: ""},
		{text: "ultimatum: 48 hours", deadline: "48 hours"},
		{text: "Deadline 2026-04-30.", deadline: "2026-04-30"},
		{text: "Notify within 72 hours", deadline: ""},
	} {
		p := claim.ReadProse(strings.Split(c.text, "\n\n")...)
		count := ""
		if p.Claimed.Count != nil {
			count = fmt.Sprint(*p.Claimed.Count, " ", p.Claimed.Unit)
		}
		var doubts []string
		for _, d := range p.Doubts {
			doubts = append(doubts, string(d))
		}
		got := []string{count, strings.Join(p.Claimed.Fields, ","), p.Price, p.Ransom, p.Deadline, strings.Join(doubts, ",")}
		if want := []string{c.count, c.fields, c.price, c.ransom, c.deadline, c.doubts}; !slices.Equal(got, want) {
			t.Errorf("%q:\n  got  %q\n  want %q", c.text, got, want)
		}
	}
}

func TestTheft(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Data breach at the agency": true, "Fuite de données": true, "Des données volées": true, "une mise en vente": true, "Exfiltration": true,
		"The agency opens a new office": false, "Vol AF123 annulé": false, "vulnerability in a library": false,
	} {
		if got := claim.ReadProse(text).Theft; got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func FuzzReadProse(f *testing.F) {
	f.Add("19 million records: name, e-mail and IBAN for 5000 USD, deadline 48 hours")
	f.Add("10-13 millions d'usagers\x00\xff, nom, prénom")
	f.Fuzz(func(t *testing.T, text string) {
		p := claim.ReadProse(text)
		d := claim.Draft{Claim: claim.Claim{Source: "a feed", Claimed: p.Claimed, Price: p.Price, Ransom: p.Ransom, Deadline: p.Deadline}}
		written, err := d.Write()
		if err != nil {
			t.Fatal(err)
		}
		kept, err := claim.Keep(written)
		if err != nil || len(kept.Left) > 0 {
			t.Errorf("what was read of %q cannot be kept: %v, %s", text, err, written)
		}
	})
}

// A text of numbers, cues or commas without end is read as quickly as any.
func TestHostileProse(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"1 ", "10 to 20 million users ", "price ", "name, ", "a,", "1-", "'", "\xff", "price 5 € "} {
		claim.ReadProse(strings.Repeat(part, 1<<20))
	}
}
