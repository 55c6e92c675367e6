package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
)

// copied is a COPY in binary format of rows of cells; "\N" is null.
func copied(rows ...[]string) []byte {
	b := append([]byte(nil), copySignature...)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 3, 'e', 'x', 't') // flags, and an extension to pass over
	for _, row := range rows {
		b = binary.BigEndian.AppendUint16(b, uint16(len(row)))
		for _, cell := range row {
			if cell == `\N` {
				b = append(b, 0xff, 0xff, 0xff, 0xff)
				continue
			}
			b = binary.BigEndian.AppendUint32(b, uint32(len(cell)))
			b = append(b, cell...)
		}
	}
	return append(b, 0xff, 0xff)
}

func read(data []byte, width, piece int) (string, error) {
	var out bytes.Buffer
	r := &copyReader{width: width, each: func(cells [][]byte) error {
		fmt.Fprintf(&out, "%q\n", cells)
		return nil
	}}
	for len(data) > 0 {
		n := min(piece, len(data))
		if _, err := r.Write(data[:n]); err != nil {
			return out.String(), err
		}
		data = data[n:]
	}
	return out.String(), r.finish()
}

func TestCopyReader(t *testing.T) {
	t.Parallel()
	data := copied([]string{"a", `\N`, ""}, []string{"1\n2", "é", "long enough to be cut"})
	want := "[\"a\" \"\" \"\"]\n[\"1\\n2\" \"é\" \"long enough to be cut\"]\n"
	for piece := 1; piece <= len(data); piece++ {
		got, err := read(data, 3, piece)
		if err != nil || got != want {
			t.Fatalf("in pieces of %d: %q, %v", piece, got, err)
		}
	}
	for _, test := range []struct {
		name  string
		data  []byte
		width int
		want  error
	}{
		{"empty", nil, 3, errCopyEnd},
		{"cut short", data[:len(data)-1], 3, errCopyEnd},
		{"another width", data, 2, errCopy},
		{"text format", []byte("a\tb\tc\nd\te\tf\nmore than a header\n"), 3, errCopy},
		{"something after the end", append(bytes.Clone(data), 0, 3), 3, errCopy},
		{"a negative length", bytes.Replace(data, []byte("\xff\xff\xff\xff"), []byte("\xff\xff\xff\xfe"), 1), 3, errCopy},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := read(test.data, test.width, 7); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

func FuzzCopyReader(f *testing.F) {
	f.Add(copied([]string{"a", `\N`}), 3)
	f.Fuzz(func(t *testing.T, data []byte, piece int) {
		if piece < 1 || piece > 1<<20 {
			return
		}
		whole, wholeErr := read(data, 2, len(data)+1)
		cut, cutErr := read(data, 2, piece)
		if whole != cut || !errors.Is(cutErr, wholeErr) {
			t.Errorf("in pieces of %d: %v, at once: %v", piece, cutErr, wholeErr)
		}
	})
}

func TestThinner(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 1, 9, 10, 11, 20, 1000, 12345} {
		var th thinner
		th.limit, th.stride = 10, 1
		th.kept.Reset(0, 1)
		for i := range int64(rows) {
			if i%th.stride == 0 {
				th.kept.AppendString(fmt.Sprint(i))
				th.kept.EndRow(i + 1)
				th.halve()
			}
		}
		b := th.result(10)
		if b.Rows() != min(rows, 10) {
			t.Errorf("%d of %d rows", b.Rows(), rows)
		}
		for i := range b.Rows() {
			if string(b.Cell(i, 0)) != fmt.Sprint(b.Ordinal[i]-1) {
				t.Errorf("row %d of %d is not its own", i, rows)
			}
		}
		if n := b.Rows(); rows >= 1000 && (b.Ordinal[0] != 1 || b.Ordinal[n-1] < int64(rows)*3/4) {
			t.Errorf("the sample of %d rows goes from %d to %d", rows, b.Ordinal[0], b.Ordinal[n-1])
		}
	}
}
