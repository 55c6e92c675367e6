package scenario_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"constat.example/scenario"
)

func TestNotes(t *testing.T) {
	t.Parallel()
	c := config(11)
	c.Snapshots = nil // every month: what notes quote is in the register
	dir, truth := write(t, c, "notes", func(t *scenario.Theft) { t.Sample = 800 })
	values := map[string]map[string]bool{} // record id → its values, without blanks
	for _, s := range truth.Snapshots {
		for _, row := range readCSV(t, filepath.Join(dir, "register", s.File), ';') {
			v := values[row["identifiant"]]
			if v == nil {
				v = map[string]bool{}
				values[row["identifiant"]] = v
			}
			for column, cell := range row {
				switch {
				case column == "telephone" && cell != "":
					cell = "+33" + cell[1:]
				case column == "nir":
					cell = cell[:13]
				}
				v[cell] = true
			}
		}
	}
	dump := readCSV(t, filepath.Join(dir, "dump.csv"), ';')
	ids := links(t, dir, len(dump))
	people, only, of := map[string]bool{}, 0, map[string]int{}
	mentions := readCSV(t, filepath.Join(dir, "truth", "mentions.csv"), ',')
	rows := map[string]bool{}
	for _, id := range ids {
		rows[id] = true
	}
	press := strings.NewReplacer(" ", "", "-", "", ".", "")
	unknown := 0
	for _, m := range mentions {
		row, err := strconv.Atoi(m["row"])
		if err != nil || row < 1 || row > len(dump) {
			t.Fatalf("a mention in row %q", m["row"])
		}
		text := dump[row-1]["commentaire"]
		if text == "" {
			t.Errorf("row %d has a mention and no note", row)
		}
		switch m["kind"] {
		case "nir", "iban", "tax_number", "payment_card":
			if !strings.Contains(press.Replace(text), m["value"]) {
				t.Errorf("the note of row %d does not hold its %s", row, m["kind"])
			}
		}
		id := m["record_id"]
		if id == "" {
			continue
		}
		if !people[id] && !rows[id] {
			only++
		}
		people[id] = true
		switch {
		case id == ids[row]:
			of["self"]++
		default:
			of["other"]++
		}
		if m["kind"] != "payment_card" && !values[id][m["value"]] {
			unknown++
		}
	}
	if f := truth.FreeText; f == nil || f.Mentions != len(mentions) || f.Persons != len(people) || f.Only != only {
		t.Errorf("truth %+v; %d mentions, %d people, %d only there", f, len(mentions), len(people), only)
	}
	if of["self"] < 200 || of["other"] < 50 || only < 30 {
		t.Errorf("mentions of the person %d, of others %d, of people who are only there %d", of["self"], of["other"], only)
	}
	if unknown > len(mentions)/50 {
		t.Errorf("%d of %d values are in no snapshot", unknown, len(mentions))
	}
}
