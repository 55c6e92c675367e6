package dump

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

func TestAvro(t *testing.T) {
	t.Parallel()
	zig := func(v int64) string { return string(binary.AppendVarint(nil, v)) }
	text := func(s string) string { return zig(int64(len(s))) + s }
	for _, c := range []struct {
		name, typ, data string
		columns         []string
		row             []string
	}{
		{
			"plain", `{"type":"record","name":"r","fields":[{"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"y","type":"bytes"},{"name":"s","type":"string"},{"name":"n","type":"null"}]}`,
			"\x01" + zig(-7) + string(binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.1))) + string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(2990199123456))) + text("\xff\x01") + text("Zoé"),
			[]string{"b", "i", "f", "d", "y", "s", "n"},
			[]string{"true", "-7", "0.1", "2990199123456", "0xFF01", "Zoé", ""},
		},
		{
			"logical", `{"type":"record","name":"r","fields":[{"name":"né","type":{"type":"int","logicalType":"date"}},{"name":"h","type":{"type":"int","logicalType":"time-millis"}},{"name":"t","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},{"name":"l","type":{"type":"long","logicalType":"local-timestamp-millis"}},{"name":"m","type":{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}},{"name":"u","type":{"type":"fixed","name":"u","size":16,"logicalType":"uuid"}},{"name":"d","type":{"type":"fixed","name":"dur","size":12,"logicalType":"duration"}}]}`,
			zig(-6805) + zig(61_000) + zig(1) + zig(-1) + zig(1500) + text("\xff\x85") + "0123456789abcdef" + "\x01\x00\x00\x00\x02\x00\x00\x00\xdc\x05\x00\x00",
			[]string{"né", "h", "t", "l", "m", "u", "d"},
			[]string{"1951-05-16", "00:01:01", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:01.5", "-1.23", "30313233-3435-3637-3839-616263646566", "P1M2DT1.5S"},
		},
		{
			"nested", `{"type":"record","name":"r","namespace":"n","fields":[{"name":"a","type":{"type":"record","name":"adr","fields":[{"name":"v","type":"string"}]}},{"name":"b","type":["null","adr"]},{"name":"l","type":{"type":"array","items":"string"}},{"name":"e","type":{"type":"enum","name":"sexe","symbols":["F","M"]}},{"name":"m","type":{"type":"map","values":"int"}},{"name":"k","type":{"type":"array","items":"n.adr"}}]}`,
			text("Lyon") + zig(1) + text("Pau") + zig(2) + text("x") + text("y") + zig(-1) + zig(2) + text("z") + zig(0) + zig(1) + zig(1) + text("q") + zig(3) + zig(0) + zig(2) + text("i") + text("j") + zig(0),
			[]string{"a.v", "b.v", "l", "e", "m", "k.v"},
			[]string{"Lyon", "Pau", "x,y,z", "M", "q=3", "i,j"},
		},
		{
			"within itself", `{"type":"record","name":"r","fields":[{"name":"nom","type":"string"},{"name":"enfants","type":{"type":"array","items":"r"}}]}`,
			text("a") + zig(2) + text("b") + zig(0) + text("c") + zig(1) + text("d") + zig(0) + zig(0) + zig(0),
			[]string{"nom", "enfants"},
			[]string{"a", "b,c,d"},
		},
		{"no record", `"string"`, text("x"), []string{"value"}, []string{"x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := openGiven(t, Options{}, given("a", avroFile(c.typ, "null", avroRecords{1, []byte(c.data)})))
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			if !slices.Equal(d.Tables[0].Columns, c.columns) || len(s.rows) != 1 || !slices.Equal(s.rows[0], c.row) || len(s.account.Rejects) > 0 {
				t.Errorf("%q: %q, %+v", d.Tables[0].Columns, s.rows, s.account.Rejects)
			}
		})
	}
}

// avroClients are blocks of so many records each, packed.
func avroClients(t testing.TB, codec string, blocks, each int) (content []byte, seams []int) {
	t.Helper()
	const schema = `{"type":"record","name":"c","fields":[{"name":"id","type":"long"},{"name":"nom","type":"string"}]}`
	var all []avroRecords
	for b := range blocks {
		var data []byte
		for i := range each {
			name := fmt.Sprint("Martin ", i)
			data = binary.AppendVarint(data, int64(b*each+i))
			data = append(binary.AppendVarint(data, int64(len(name))), name...)
		}
		all = append(all, avroRecords{int64(each), avroPacked(t, codec, data)})
		seams = append(seams, len(avroFile(schema, codec, all[:b]...)))
	}
	return avroFile(schema, codec, all...), seams
}

func avroPacked(t testing.TB, codec string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	switch codec {
	case "deflate":
		w, err := flate.NewWriter(&b, 6)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	case "snappy":
		return binary.BigEndian.AppendUint32(s2.EncodeSnappy(nil, data), crc32.ChecksumIEEE(data))
	case "zstandard":
		w, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		return w.EncodeAll(data, nil)
	}
	return data
}

func TestAvroBlocks(t *testing.T) {
	t.Parallel()
	for _, codec := range []string{"null", "deflate", "snappy", "zstandard"} {
		t.Run(codec, func(t *testing.T) {
			t.Parallel()
			content, seams := avroClients(t, codec, 5, 100)
			a := settled(t, content)
			if a == nil || a.Read != 500 || len(a.Rejects) > 0 {
				t.Fatalf("%+v", a)
			}
			for _, hit := range []int{0, 4, 30} { // counts, data
				hurt := bytes.Clone(content)
				copy(hurt[seams[2]+hit:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
				a := settled(t, hurt)
				if a == nil || a.Read < 400 || a.Read >= 500 || len(a.Rejects) != 1 || a.Rejects[0].First[0].Offset != int64(seams[2]) {
					t.Errorf("damage at %d: %+v", hit, a)
				}
			}
		})
	}
	t.Run("packed in an unknown way", func(t *testing.T) {
		t.Parallel()
		if _, err := openGiven(t, Options{}, given("a", avroFile(`"int"`, "x", avroRecords{}))); err == nil {
			t.Error("it was opened")
		}
	})
}

func TestAvroHurt(t *testing.T) {
	t.Parallel()
	content, seams := avroClients(t, "null", 3, 5)
	hurt(t, content, len(avroMark), seams...)
}

func FuzzAvro(f *testing.F) {
	f.Add(avroExample())
	for _, codec := range []string{"deflate", "snappy", "zstandard"} {
		content, _ := avroClients(f, codec, 2, 3)
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, append([]byte(avroMark), content[min(len(content), 4):]...))
		settled(t, []byte(gz(t, string(append(avroExample(), content...)))))
	})
}
