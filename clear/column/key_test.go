package column_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"constat.example/clear/column"
	"constat.example/clear/table"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	names := []string{"id", "client_id", "ref", "uuid", "nom", "naissance", "montant", "actif", "note", "courriel", "quantite"}
	var b table.Batch
	b.Reset(0, len(names))
	surnames := []string{"Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand"}
	for i := range 400 {
		for _, cell := range []string{
			fmt.Sprint(i + 1), fmt.Sprint(1 + i*7%150), fmt.Sprintf("CLI-%06d", i+1),
			fmt.Sprintf("%08x-1c2b-4a%02x-8b%02x-%012x", i*2654435761%(1<<32), i%256, i*37%256, i*40503*2654435761%(1<<48)),
			surnames[i%8], fmt.Sprintf("19%02d-%02d-%02d", 30+i%60, 1+i%12, 1+i%28),
			fmt.Sprintf("%d.%02d", i*13%4000, i%100), fmt.Sprint(i % 2),
			"a customer since the year 2001 who calls every week", fmt.Sprintf("a%d.martin@mail.example", i), fmt.Sprint(1 + i%12),
		} {
			b.AppendString(cell)
		}
		b.EndRow(int64(i + 1))
	}
	typed, err := column.Type(&b, names, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	room := map[string]float64{}
	for _, k := range column.Keys(&b, typed, nil) {
		got = append(got, names[k.Column])
		room[names[k.Column]] = k.Room
	}
	if want := []string{"id", "client_id", "ref", "uuid", "courriel", "quantite"}; !slices.Equal(got, want) {
		t.Errorf("the keys are %q, want %q", got, want)
	}
	for name, want := range map[string][2]float64{"id": {2.5, 2.7}, "client_id": {2, 2.3}, "ref": {2.5, 3}, "uuid": {15, 40}, "courriel": {2, 6}} {
		if r := room[name]; math.IsNaN(r) || r < want[0] || r > want[1] {
			t.Errorf("the room of %s is 10^%.2f, want between 10^%v and 10^%v", name, r, want[0], want[1])
		}
	}
	if keys := column.Keys(&b, typed, []int{4}); !slices.ContainsFunc(keys, func(k column.KeyColumn) bool { return k.Column == 4 }) {
		t.Error("a column that the file declares to be a key is none")
	}
	if keys := column.Keys(&table.Batch{}, nil, nil); keys != nil {
		t.Errorf("no columns have the keys %v", keys)
	}
}
