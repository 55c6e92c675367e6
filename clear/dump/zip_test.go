package dump

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// localRecord is a stored member as it lies in an archive.
func localRecord(name, data string, sum uint32, flags uint16) string {
	b := []byte(zipLocal)
	for _, n := range []uint16{20, flags, zipStore, 0, 0} {
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	for _, n := range []uint32{sum, uint32(len(data)), uint32(len(data))} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	b = binary.LittleEndian.AppendUint16(b, 0)
	return string(b) + name + data
}

// TestZipWithoutDirectory cuts an archive wherever it can be cut: what precedes
// is read, and the rest is told.
func TestZipWithoutDirectory(t *testing.T) {
	t.Parallel()
	whole := zipped(t, "a.csv", numbered(30), "b.csv", numbered(40))
	for n := 31; n < len(whole); n++ {
		all := unpackAll(t, nil, "a.zip", whole[:n])
		read, told := 0, false
		for _, m := range all {
			if m.why == "" {
				read++
			} else {
				told = true
			}
		}
		if !told {
			t.Fatalf("cut at %d of %d, nothing is said: %v", n, len(whole), all)
		}
		if at := strings.Index(whole, zipDirectory); n > at && read != 2 {
			t.Fatalf("cut at %d in the directory, %d members: %v", n, read, all)
		}
	}
	start := strings.Index(whole, zipDirectory)
	damaged := whole[:start] + strings.Repeat("x", len(whole)-start)
	expect(t, unpackAll(t, nil, "a.zip", damaged), fmt.Sprintf("a.zip/a.csv %d", len(numbered(30))), fmt.Sprintf("a.zip/b.csv %d", len(numbered(40))), "a.zip !"+noDirectory.String())
}

func TestZip(t *testing.T) {
	t.Parallel()
	whole := zipped(t, "a.csv", numbered(30))
	wrong := []byte(zipped(t, "a", "abcdef"))
	at := bytes.Index(wrong, []byte(zipDirectory))
	wrong[at+16] ^= 1
	// Fifield's overlap: the directory names one member twice, the second time
	// from a header that is data of the first.
	inner := localRecord("in", "data", 0xadf3f363, 0)
	outer := localRecord("out", inner, 0, 0)
	var overlap bytes.Buffer
	overlap.WriteString(outer)
	for i, name := range []string{"out", "in"} {
		size, from := len(inner), 0
		if i == 1 {
			size, from = 4, len(outer)-len(inner)
		}
		entry := make([]byte, zipDirectorySize)
		copy(entry, zipDirectory)
		binary.LittleEndian.PutUint32(entry[20:], uint32(size))
		binary.LittleEndian.PutUint32(entry[24:], uint32(size))
		binary.LittleEndian.PutUint16(entry[28:], uint16(len(name)))
		binary.LittleEndian.PutUint32(entry[42:], uint32(from))
		overlap.Write(entry)
		overlap.WriteString(name)
	}
	size := overlap.Len() - len(outer)
	end := make([]byte, zipEndSize)
	copy(end, zipEnd)
	binary.LittleEndian.PutUint16(end[10:], 2)
	binary.LittleEndian.PutUint32(end[12:], uint32(size))
	binary.LittleEndian.PutUint32(end[16:], uint32(len(outer)))
	overlap.Write(end)

	var link bytes.Buffer
	w := zip.NewWriter(&link)
	h := &zip.FileHeader{Name: "link"}
	h.SetMode(0o777 | 1<<27) // a symbolic link
	if m, err := w.CreateHeader(h); err != nil {
		t.Fatal(err)
	} else if _, err := io.WriteString(m, "/etc/passwd"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, archive string
		want          []string
	}{
		{"wrong sum", string(wrong), []string{"x/a part !" + corrupt.String()}},
		{"overlap", overlap.String(), []string{"x/in !" + overlapping.String(), "x/out !" + noDirectory.String(), "x/out/in 4"}},
		{"link", link.String(), []string{"x/link !" + noFile.String()}},
		{"comment", whole[:len(whole)-2] + "\x05\x00hello", []string{fmt.Sprintf("x/a.csv %d", len(numbered(30)))}},
		{"span mark of one disk", zipOneDisk + whole, []string{fmt.Sprintf("x/a.csv %d", len(numbered(30)))}},
		{"local headers alone", localRecord("a", "abc", 0x352441c2, 0), []string{"x !" + noDirectory.String(), "x/a 3"}},
		{"encrypted by nobody knows whom", localRecord("a", "abc", 0x352441c2, 1|1<<6), []string{"x !" + noDirectory.String(), "x/a !" + encrypted.String()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, unpackAll(t, nil, "x", c.archive), c.want...)
		})
	}
}

// TestZipFlipped changes bytes at random: whatever comes of it, each member is
// unpacked, in part perhaps, or refused.
func TestZipFlipped(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	whole := []byte(zipped(t, "a.csv", numbered(30), "b.csv", numbered(3), "!c.csv", "x"))
	for range 2000 {
		b := bytes.Clone(whole)
		for range 1 + r.IntN(3) {
			b[4+r.IntN(len(b)-4)] ^= 1 << r.IntN(8)
		}
		if len(unpackAll(t, []string{"x"}, "a.zip", string(b))) == 0 {
			t.Fatal("nothing is said")
		}
	}
}

// TestZipThatIsAllMarks holds that looking for members takes no time that grows
// faster than the file.
func TestZipThatIsAllMarks(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{zipLocal, "PK", zipLocal + strings.Repeat("\xff", 26), localRecord("a", "", 0, 1<<3)} {
		all := unpackAll(t, nil, "a.zip", localRecord("a", "b", 0, 0)+strings.Repeat(piece, 4<<20/len(piece)))
		if len(all) == 0 {
			t.Error("nothing is said")
		}
	}
}
