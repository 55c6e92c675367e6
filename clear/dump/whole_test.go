package dump

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
)

// records is a format of rows that no splitter could cut: each begins with the
// table it belongs to and its length.
type records struct {
	in   *entry
	stop int // rows after which it stops
}

func (r records) describe() string { return "records: with lengths" }
func (r records) shapes() []shape {
	return []shape{{name: "x", columns: []string{"a"}}, {name: "y", columns: []string{"b"}}}
}

func (r records) read(ctx context.Context, out *output) error {
	in, size, err := r.in.random(ctx)
	if err != nil {
		return err
	}
	at := int64(0)
	for n := 0; at < size; n++ {
		if n == r.stop {
			out.reject(leftover, int(at), int(size-at))
			return nil
		}
		var head [2]byte
		if _, err := in.ReadAt(head[:], at); err != nil {
			out.reject(rowCut, int(at), int(size-at))
			return nil //nolint:nilerr // it is told as a reject
		}
		out.into(int(head[0] - '0'))
		row := make([]byte, head[1])
		if _, err := in.ReadAt(row, at+2); err != nil && at+2+int64(head[1]) > size {
			out.reject(rowCut, int(at), int(size-at))
			return nil // it is told as a reject
		}
		out.batch.Append(row)
		out.row(2+len(row), false)
		at += 2 + int64(len(row))
	}
	return nil
}

// TestWhole reads a member whose format reads it by itself.
func TestWhole(t *testing.T) {
	t.Parallel()
	text := "0\x01a1\x02bc0\x01d1\x03efg"
	for _, c := range []struct {
		name, text string
		stop       int
		rows       []string
		tables     []int
		rejects    map[string]int64
	}{
		{"two tables", text, 99, []string{"a", "bc", "d", "efg"}, []int{0, 1, 0, 1}, nil},
		{"cut short", text[:len(text)-1], 99, []string{"a", "bc", "d"}, []int{0, 1, 0}, map[string]int64{"row cut short by the end of the data": 1}},
		{"left behind", text + strings.Repeat("0\x01a", 9), 4, []string{"a", "bc", "d", "efg"}, []int{0, 1, 0, 1}, map[string]int64{"what follows cannot be read": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, packed := range []string{c.text, gz(t, c.text)} {
				d := openAll(t, file(t, "a", gz(t, "id;nom\n1;x\n"))) // whatever
				in := &input{Source: Source{Name: "a", Size: int64(len(packed)), At: bytes.NewReader([]byte(packed))}}
				d.inputs[0], d.Inputs[0].Bytes = in, in.Size
				b := &blob{packed: in.Size, weight: in.Size, size: in.Size, open: in.open, at: in}
				e := &entry{name: "a", dump: d, blob: b}
				if packed != c.text {
					inner, _, err := gzipContainer{}.unpack(t.Context(), e)
					if err != nil {
						t.Fatal(err)
					}
					e = &entry{name: "a", dump: d, blob: inner[0]}
				}
				d.members = []member{{name: "a", blob: e.blob, file: e, whole: records{e, c.stop}, shapes: records{}.shapes()}}
				d.Tables = []Table{{Columns: []string{"a"}}, {Columns: []string{"b"}}}
				d.owner = []int{0, 0}
				s := scanAll(t, d)
				var got []string
				for _, r := range s.rows {
					got = append(got, r...)
				}
				if !slices.Equal(got, c.rows) || !slices.Equal(s.table, c.tables) {
					t.Errorf("rows %q of tables %v", got, s.table)
				}
				if s.account.DecodedTotal != int64(len(c.text)) || s.account.BytesAccounted != in.Size {
					t.Errorf("account %+v", s.account)
				}
				expectRejects(t, s.account, c.rejects)
				for i := range 2 {
					b, err := d.Sample(t.Context(), i, 10)
					if err != nil || b.Rows() > 2 || b.Rows() == 0 {
						t.Errorf("sample of %d rows, %v", b.Rows(), err)
					}
				}
			}
		})
	}
}

// TestSpool holds that what is kept reads back at any place, and lies on no
// disk as it is.
func TestSpool(t *testing.T) {
	t.Parallel()
	s, err := newSpool(Unnamed(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	s.limit = 1 << 30
	var at []io.ReaderAt
	var want []string
	for i, n := range []int{0, 1, 15, 16, 17, 300_001} {
		text := strings.Repeat(string(rune('a'+i))+"martin;", n/8+1)[:n]
		in, size, err := s.keep(t.Context(), strings.NewReader(text))
		if err != nil || size != int64(n) {
			t.Fatal(size, err)
		}
		at, want = append(at, in), append(want, text)
	}
	for i, text := range want {
		for _, from := range []int{0, 1, 7, 16, 31, len(text) / 2, len(text) - 1, len(text), len(text) + 5} {
			for _, n := range []int{0, 1, 16, 33, len(text)} {
				p := make([]byte, n)
				got, err := at[i].ReadAt(p, int64(from))
				lo, hi := min(max(from, 0), len(text)), min(max(from+n, 0), len(text))
				if from < 0 {
					continue
				}
				if string(p[:got]) != text[lo:hi] || got < n && err == nil {
					t.Fatalf("region %d, %d bytes from %d: %d bytes, %v", i, n, from, got, err)
				}
			}
		}
	}
	kept := make([]byte, s.end)
	if _, err := s.file.ReadAt(kept, 0); err != nil || bytes.Contains(kept, []byte("martin")) {
		t.Errorf("what is kept lies in the clear, %v", err)
	}
	s.limit = 10
	if _, _, err := s.keep(t.Context(), strings.NewReader("12345678901")); err == nil {
		t.Error("more was kept than is allowed")
	}
}
