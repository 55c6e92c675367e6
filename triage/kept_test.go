package triage

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/dump"
	"constat.example/clear/seal"
)

// aCheckpoint is a description with something in every part of it.
func aCheckpoint() checkpoint {
	return checkpoint{
		Schema: checkpointSchema, Mark: "00ff", Files: []keptFile{{tokensFile, 12, 7}},
		Tables:  []dump.Table{{Name: "a<b>&c.csv", Format: "CSV", Keys: []dump.Key{{Columns: []int{0}, Table: -1}}}},
		Columns: [][]column.Column{{{Name: "é", Kind: kind.Email, Confidence: 0.123456789012345678, Evidence: []string{"a < b"}}}},
		Account: &dump.Account{Read: 3, Rejected: 1, Rejects: []dump.Reject{{Name: "a", Reason: "torn", First: []dump.Place{{Offset: 1, Row: 2}}}}},
		Probes:  []keptProbe{{probe{Table: 0, Column: 1, Kind: kind.NIR, Found: 4}, 9}},
		Layout:  token.Layout{{Kind: kind.Email, Occurrence: 2, Role: token.Head}},
		Sealed:  []seal.Columns{{Kinds: []kind.Kind{kind.Email}, MonthFirst: []bool{true}, Search: []bool{false}}},
		Counts:  [][]seal.Count{{{Filled: 3, Valid: 2, Odd: 1, Reasons: []seal.ReasonCount{{Cells: 1}}}}},
		Shapes:  []shape.Facts{{Rows: 3, Columns: []shape.Column{{Kind: kind.Email, Shapes: []shape.Count{{Code: "lower", Cells: 3}}}}}},
		Heard:   seal.Heard{Mentions: 2},
	}
}

// TestDescriptionComesBack writes a description and reads it: it is the same, and
// with any one bit changed it is none.
func TestDescriptionComesBack(t *testing.T) {
	t.Parallel()
	want := aCheckpoint()
	text, err := encodeDescription(want)
	if err != nil {
		t.Fatal(err)
	}
	var got checkpoint
	if err := decodeDescription(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("came back as %+v, %v", got, err)
	}
	for i := range len(text) - 1 { // the line's end means nothing
		for bit := range 8 {
			changed := bytes.Clone(text)
			changed[i] ^= 1 << bit
			var got checkpoint
			if err := decodeDescription(changed, &got); err == nil && !reflect.DeepEqual(got, want) {
				t.Fatalf("byte %d, bit %d: taken for whole", i, bit)
			}
		}
	}
}

func FuzzDescription(f *testing.F) {
	text, err := encodeDescription(aCheckpoint())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"crc32c":0,"of":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c checkpoint
		if err := decodeDescription(text, &c); err != nil {
			if !errors.Is(err, errDamaged) {
				t.Errorf("failed with %v", err)
			}
			return
		}
		again, err := encodeDescription(c)
		if err != nil {
			t.Fatal(err)
		}
		var same checkpoint
		if err := decodeDescription(again, &same); err != nil || !reflect.DeepEqual(c, same) {
			t.Errorf("what was read is not what is written: %v", err)
		}
	})
}
