package dump

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// given is a source of that content.
func given(name string, content []byte) Source {
	return Source{Name: name, Size: int64(len(content)), At: bytes.NewReader(content)}
}

// openGiven opens contents, named one after another.
func openGiven(t testing.TB, o Options, named ...Source) (*Dump, error) {
	t.Helper()
	d, err := Open(context.Background(), named, o)
	if err == nil {
		t.Cleanup(func() { _ = d.Close() })
	}
	return d, err
}

// settled opens and scans a file that may be hurt: its bytes add up, or nothing
// of it can be read and the error says so. It returns the account, nil for none.
func settled(t testing.TB, content []byte) *Account {
	t.Helper()
	d, err := Open(context.Background(), []Source{given("hurt", content)}, Options{Threads: 1, MaxRow: 1 << 16})
	if err != nil {
		if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
			t.Fatalf("error without code or hint: %v", err)
		}
		return nil
	}
	defer func() { _ = d.Close() }()
	rows := int64(0)
	a, err := d.Scan(context.Background(), func(b *table.Batch, release func()) error {
		defer release()
		for _, o := range b.Ordinal {
			if o <= 0 {
				return errors.New("an ordinal below one")
			}
		}
		rows += int64(b.Rows())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows != a.Read || a.BytesTotal != a.BytesAccounted || a.DecodedTotal != a.DecodedAccounted {
		t.Fatalf("%d rows, %+v", rows, a)
	}
	return a
}

// hurt holds that a whole file of a format that is read by itself is read
// without a reject, that nothing after its first bytes, by which it is told, can
// be cut off in silence, but at seams, and that no byte can be changed so that
// the reader fails.
func hurt(t *testing.T, content []byte, first int, seams ...int) {
	t.Helper()
	whole := settled(t, content)
	if whole == nil || len(whole.Rejects) > 0 || whole.Read == 0 {
		t.Fatalf("the whole file: %+v", whole)
	}
	step := max(len(content)/800, 1)
	for n := first; n < len(content); n += step {
		if a := settled(t, content[:n]); a != nil && len(a.Rejects) == 0 && !slices.Contains(seams, n) {
			t.Fatalf("cut to %d of %d bytes: %d rows of %d and no reject", n, len(content), a.Read, whole.Read)
		}
	}
	chance := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		changed := bytes.Clone(content)
		for range 1 + chance.IntN(4) {
			changed[chance.IntN(len(changed))] = byte(chance.Uint32())
		}
		settled(t, changed)
	}
}
