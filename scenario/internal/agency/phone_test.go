package agency

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"testing"

	"constat.example/internal/datatest"
)

func TestPhonesAreInTheBlocksOfTheirZone(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	allowed := func(n uint32) bool {
		for _, p := range append(fixed[:], mobiles) {
			for _, b := range p {
				if n >= b.from && n < b.from+b.count {
					return true
				}
			}
		}
		return false
	}
	fiction := 0
	for _, e := range register(t, w, w.Month(23)) {
		if e[Phone] == "" {
			continue
		}
		n, err := strconv.ParseUint(e[Phone], 10, 32)
		if err != nil || len(e[Phone]) != 10 || !allowed(uint32(n)) {
			t.Fatal("a phone is outside the blocks allowed")
		}
		if n/10_000 == 63998 {
			fiction++
		}
	}
	if fiction < 5000 {
		t.Errorf("%d phones in the range reserved for fiction: it is used first", fiction)
	}
}

func TestPoolsHoldEachNumberOnce(t *testing.T) {
	t.Parallel()
	for i, p := range append(fixed[:], mobiles) {
		for k, b := range p {
			for _, other := range p[:k] {
				if b.from < other.from+other.count && other.from < b.from+b.count {
					t.Errorf("pool %d: blocks %d and %d overlap", i, b.from, other.from)
				}
			}
			if first := b.from / 100_000_000; i < 5 && first != uint32(i+1) || i == 5 && first != 6 && first != 7 {
				t.Errorf("pool %d holds numbers in 0%d", i, first)
			}
		}
		if p.at(p.size()-1) == 0 || p.at(p.size()) != 0 {
			t.Errorf("pool %d ends elsewhere than its size says", i)
		}
	}
}

// The blocks are those that ARCEP's list gives to no operator.
func TestBlocksAreAllottedToNobody(t *testing.T) {
	t.Parallel()
	r := csv.NewReader(bytes.NewReader(datatest.Read(t, "fr-telephone/MAJNUM-2025-07.csv.gz")))
	r.Comma, r.LazyQuotes = ';', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	allotted := 0
	for _, row := range rows {
		if len(row[1]) != 10 || row[1][0] != '0' {
			continue // short numbers, numbers of machines
		}
		from, err1 := strconv.ParseUint(row[1], 10, 32)
		to, err2 := strconv.ParseUint(row[2], 10, 32)
		if err1 != nil || err2 != nil {
			t.Fatal(fmt.Errorf("reading the list: %w, %w", err1, err2))
		}
		allotted++
		for _, p := range append(fixed[:], mobiles) {
			for _, b := range p {
				if uint64(b.from) <= to && from < uint64(b.from)+uint64(b.count) {
					t.Errorf("block %d holds numbers given to an operator: %d to %d", b.from, from, to)
				}
			}
		}
	}
	if allotted < 15_000 {
		t.Errorf("only %d runs of numbers were read", allotted)
	}
}
