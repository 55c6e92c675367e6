package dump

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// bsonElement makes an element of any type.
func bsonElement(kind byte, key string, value ...byte) []byte {
	return append(append(append([]byte{kind}, key...), 0), value...)
}

func little(bits int, v uint64) []byte {
	return binary.LittleEndian.AppendUint64(nil, v)[:bits/8]
}

func TestBSON(t *testing.T) {
	t.Parallel()
	decimal := func(hexadecimal string) []byte {
		b, err := hex.DecodeString(hexadecimal)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name    string
		element []byte
		want    string
	}{
		{"double", bsonElement(bsonDouble, "v", little(64, math.Float64bits(0.1))...), "0.1"},
		{"text", bsonText("v", "Zoé, 1"), "Zoé, 1"},
		{"text that is not UTF-8", bsonText("v", "Zo\xe9"), "Zoé"},
		{"bytes", bsonElement(bsonBinary, "v", 2, 0, 0, 0, 0, 0xff, 1), "0xFF01"},
		{"bytes that are text", bsonElement(bsonBinary, "v", 2, 0, 0, 0, 0, 'a', 'b'), "ab"},
		{"UUID", bsonElement(bsonBinary, "v", append([]byte{16, 0, 0, 0, 4}, "0123456789abcdef"...)...), "30313233-3435-3637-3839-616263646566"},
		{"undefined", bsonElement(bsonUndefined, "v"), ""},
		{"id", bsonElement(bsonObjectID, "v", []byte("0123456789ab")...), "303132333435363738396162"},
		{"truth", bsonElement(bsonBool, "v", 1), "true"},
		{"date", bsonElement(bsonDate, "v", little(64, uint64(1<<64-588124800000))...), "1951-05-14T00:00:00Z"},
		{"null", bsonElement(bsonNull, "v"), ""},
		{"regular expression", bsonElement(bsonRegex, "v", []byte("^a\x00i\x00")...), "/^a/i"},
		{"pointer", bsonElement(bsonPointer, "v", []byte("\x02\x00\x00\x00a\x000123456789ab")...), "a"},
		{"code", bsonElement(bsonCode, "v", []byte("\x02\x00\x00\x00x\x00")...), "x"},
		{"code with scope", bsonElement(bsonScoped, "v", []byte("\x0f\x00\x00\x00\x02\x00\x00\x00x\x00\x05\x00\x00\x00\x00")...), "x"},
		{"int32", bsonElement(bsonInt32, "v", little(32, 1<<32-7)...), "-7"},
		{"timestamp", bsonElement(bsonTimestamp, "v", little(64, 5<<32|1)...), "1970-01-01T00:00:05Z"},
		{"int64", bsonElement(bsonInt64, "v", little(64, 9007199254740993)...), "9007199254740993"},
		{"decimal", bsonElement(bsonDecimal, "v", decimal("e2040000000000000000000000003c30")...), "12.50"},
		{"decimal without a point", bsonElement(bsonDecimal, "v", decimal("01000000000000000000000000004630")...), "1000"},
		{"negative decimal", bsonElement(bsonDecimal, "v", decimal("010000000000000000000000000040b0")...), "-1"},
		{"no number", bsonElement(bsonDecimal, "v", decimal("0000000000000000000000000000007c")...), "NaN"},
		{"array", bsonElement(bsonArray, "v", bsonOf(bsonText("0", "a"), bsonElement(bsonNull, "1"), bsonText("2", "b"))...), "a,b"},
		{"empty array", bsonElement(bsonArray, "v", bsonOf()...), ""},
		{"greatest", bsonElement(bsonMaxKey, "v"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := openGiven(t, Options{}, given("a.bson", bsonOf(bsonText("k", "x"), c.element)))
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			if !slices.Equal(d.Tables[0].Columns, []string{"k", "v"}) || len(s.rows) != 1 || s.rows[0][1] != c.want || len(s.account.Rejects) > 0 {
				t.Errorf("%q: %q, want %q", d.Tables[0].Columns, s.rows, c.want)
			}
		})
	}
}

// bsonClients are documents whose keys come in another order now and then, and
// the offsets at which they begin.
func bsonClients(n int) (content []byte, starts []int) {
	for i := range n {
		starts = append(starts, len(content))
		name := bsonText("nom", strings.Repeat("Martin", i%7))
		where := bsonElement(bsonDocument, "adresse", bsonOf(bsonText("ville", "Lyon"), bsonElement(bsonInt32, "cp", little(32, uint64(69000+i))...))...)
		if i%2 == 1 {
			name, where = where, name
		}
		content = append(content, bsonOf(bsonElement(bsonObjectID, "_id", fmt.Appendf(nil, "%012d", i)...), name, where)...)
	}
	return content, starts
}

func TestBSONDamage(t *testing.T) {
	t.Parallel()
	const n = 200
	content, starts := bsonClients(n)
	for _, hit := range []struct {
		name string
		at   int // from the start of a document
		b    string
	}{
		{"length", 0, "\xff\xff\xff\x7f"}, {"a short length", 0, "\x09\x00\x00\x00"}, {"type", 4, "\x44"}, {"text without its end", 22, "\xff\xff\xff\x7f"},
	} {
		t.Run(hit.name, func(t *testing.T) {
			t.Parallel()
			for _, i := range []int{1, 100, n - 1} {
				hurt := bytes.Clone(content)
				copy(hurt[starts[i]+hit.at:], hit.b)
				a := settled(t, hurt)
				if hit.name == "text without its end" && a.Read == n {
					continue // where it is a number
				}
				if a == nil || a.Read != n-1 || a.Rejected != 1 || a.Rejects[0].First[0].Offset != int64(starts[i]) {
					t.Errorf("document %d: %+v", i, a)
				}
			}
		})
	}
}

func TestBSONHurt(t *testing.T) {
	t.Parallel()
	content, starts := bsonClients(8)
	hurt(t, content, 8, starts...)
}

func TestMongoArchive(t *testing.T) {
	t.Parallel()
	of := func(name string, end byte) []byte {
		return bsonOf(bsonText("db", "d"), bsonText("collection", name), append([]byte("\x08EOF\x00"), end))
	}
	archive := []byte(archiveMark)
	for _, piece := range [][]byte{
		bsonOf(bsonText("version", "0.1")), bsonOf(bsonText("db", "d"), bsonText("collection", "a")), bsonOf(bsonText("db", "d"), bsonText("collection", "b")), []byte(archiveEnd),
		of("a", 0), bsonOf(bsonText("x", "1")), bsonOf(bsonText("x", "2")), []byte(archiveEnd),
		of("b", 0), bsonOf(bsonText("y", "3")), []byte(archiveEnd),
		of("a", 0), bsonOf(bsonText("z", "4")), []byte(archiveEnd),
		of("b", 1), []byte(archiveEnd), of("a", 1), []byte(archiveEnd),
	} {
		archive = append(archive, piece...)
	}
	d, err := openGiven(t, Options{}, given("all", archive))
	if err != nil {
		t.Fatal(err)
	}
	s := scanAll(t, d)
	columns, rows := s.rowsOf(t, "d.a")
	if !slices.Equal(columns, []string{"x", "z"}) || !slices.EqualFunc(rows, [][]string{{"1", ""}, {"2", ""}, {"", "4"}}, slices.Equal) {
		t.Errorf("%q: %q", columns, rows)
	}
	if _, rows := s.rowsOf(t, "d.b"); len(rows) != 1 || rows[0][0] != "3" || len(s.account.Rejects) > 0 {
		t.Errorf("%q, %+v", rows, s.account.Rejects)
	}
	hurt(t, archive, 16)
	hit := bytes.Replace(archive, bsonOf(bsonText("x", "2")), []byte("\x0ehit hit hit x\x00"), 1)
	if a := settled(t, hit); a == nil || a.Read != 3 || a.Rejected != 1 {
		t.Errorf("%+v", a)
	}
}

func FuzzBSON(f *testing.F) {
	f.Add(bsonExample())
	content, _ := bsonClients(5)
	f.Add(content)
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, content)
		settled(t, []byte(gz(t, string(append(bsonExample(), content...)))))
	})
}

func FuzzMongoArchive(f *testing.F) {
	f.Add(mongoExample())
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, append(mongoExample()[:40:40], content...))
		settled(t, []byte(gz(t, archiveMark+string(content))))
	})
}
