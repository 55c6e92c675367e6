package seal_test

import (
	"slices"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/seal"
)

func TestRowKeys(t *testing.T) {
	t.Parallel()
	src := rows(3,
		"17", "x", " ab-1 ",
		"", "y", "AB-1",
		"17.0", "z", "-",
	)
	s := seal.NewKeySealer(testKey(), []seal.KeyColumn{{Column: 0, Number: 4}, {Column: 2, Number: 5}})
	var k token.RowKeys
	for range 2 {
		s.Seal(&k, src)
		if !slices.Equal(k.Row, []int64{100, 102, 100, 101}) || !slices.Equal(k.Number, []int16{4, 4, 5, 5}) {
			t.Fatalf("rows %v, numbers %v", k.Row, k.Number)
		}
		if k.Value[0] != k.Value[1] || k.Value[2] != k.Value[3] || k.Value[0] == k.Value[2] {
			t.Errorf("the values are %v", k.Value)
		}
	}
	if k.Value[0] == testKey().Token(whole(kind.RecordID), []byte("17")) {
		t.Error("a key of a row is sealed as a record id of the register")
	}
}

func TestRowKeysAllocateNothing(t *testing.T) {
	src := rows(2, "17", "CLI-1", "18", "cli-2")
	s := seal.NewKeySealer(testKey(), []seal.KeyColumn{{Column: 0}, {Column: 1, Number: 1}})
	var k token.RowKeys
	s.Seal(&k, src)
	if n := testing.AllocsPerRun(100, func() { s.Seal(&k, src) }); n > 0 {
		t.Errorf("sealing keys allocates %v times", n)
	}
}
