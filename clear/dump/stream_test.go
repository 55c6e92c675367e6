package dump

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
)

// records is a layout of rows that no splitter could cut: each begins with the
// table it belongs to and its length.
type records struct{ rows int }

func (records) describe() string  { return "records: with lengths" }
func (records) columns() []string { return nil }
func (records) header() bool      { return false }
func (records) start() int        { return 0 }
func (records) split() splitter   { return nil }
func (records) parser() parser    { return nil }

func (r records) stream(_ context.Context, in io.Reader, out *output) error {
	from := bufio.NewReaderSize(in, 16)
	at := 0
	for range r.rows {
		var head [2]byte
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return nil //nolint:nilerr // the end is the caller's to tell
		}
		row := make([]byte, head[1])
		n, err := io.ReadFull(from, row)
		out.into(int(head[0] - '0'))
		if err != nil {
			out.reject(rowCut, at, 2+n)
			return nil //nolint:nilerr // it is told as a reject
		}
		out.batch.Append(row)
		out.row(2+n, false)
		at += 2 + n
	}
	out.between(from.Buffered()) // taken from the reader and not looked at
	return nil
}

// TestStreamed reads a member whose layout reads it itself.
func TestStreamed(t *testing.T) {
	t.Parallel()
	const text = "0\x01a1\x02bc0\x01d1\x03efg"
	for _, c := range []struct {
		name, text string
		stop       int
		rows       []string
		tables     []int
		rejects    map[string]int64
	}{
		{"two tables", text, 99, []string{"a", "bc", "d", "efg"}, []int{0, 1, 0, 1}, nil},
		{"cut short", text[:len(text)-1], 99, []string{"a", "bc", "d"}, []int{0, 1, 0}, map[string]int64{"row cut short by the end of the data": 1}},
		{"left behind", text + string(make([]byte, 100)), 4, []string{"a", "bc", "d", "efg"}, []int{0, 1, 0, 1}, map[string]int64{"what follows cannot be read": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, packed := range []string{c.text, gz(t, c.text)} {
				d := openAll(t, file(t, "a.csv", "id;nom\n1;x\n"))
				how := plain(int64(len(packed)))
				if packed != c.text {
					how = openAll(t, file(t, "c.gz", gz(t, "id;nom\n1;x\n"))).members[0].packed
				}
				d.Inputs[0] = Input{Bytes: int64(len(packed))}
				d.sources = []Source{{Size: int64(len(packed)), At: strings.NewReader(packed)}}
				d.members[0] = member{packed: how, layout: records{c.stop}, shapes: []shape{{name: "x", columns: []string{"a"}}, {name: "y", columns: []string{"b"}}}}
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
				if s.account.DecodedTotal != int64(len(c.text)) {
					t.Errorf("account %+v", s.account)
				}
				expectRejects(t, s.account, c.rejects)
				for i, want := range []int{2, 2} {
					b, err := d.Sample(t.Context(), i, 10)
					if err != nil || b.Rows() > want || b.Rows() == 0 {
						t.Errorf("sample of %d rows, %v", b.Rows(), err)
					}
				}
			}
		})
	}
}
