package dump

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"testing"
)

// rar5 makes an archive of stored members, of names and contents in turn, in
// one volume or in several of so many bytes of content.
func rar5(size int, files ...string) (volumes []string) {
	v := func(n int) []byte { return binary.AppendUvarint(nil, uint64(n)) }
	block := func(fields ...[]byte) []byte {
		body := slices.Concat(fields...)
		sized := append(v(len(body)), body...)
		return append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(sized)), sized...)
	}
	var now []byte
	begin := func(several bool) {
		now = []byte("Rar!\x1a\x07\x01\x00")
		switch n := len(volumes); {
		case !several:
			now = append(now, block(v(1), v(0), v(0))...)
		case n == 0:
			now = append(now, block(v(1), v(0), v(1))...)
		default:
			now = append(now, block(v(1), v(0), v(3), v(n))...)
		}
	}
	end := func(more int) {
		volumes = append(volumes, string(append(now, block(v(5), v(0), v(more))...)))
	}
	total := 0
	for i := 1; i < len(files); i += 2 {
		total += len(files[i])
	}
	several := total > size
	begin(several)
	room := size
	for i := 0; i < len(files); i += 2 {
		name, rest := files[i], files[i+1]
		for first := true; first || len(rest) > 0; first = false {
			if room == 0 {
				end(1)
				begin(true)
				room = size
			}
			part := rest[:min(room, len(rest))]
			rest = rest[len(part):]
			room -= len(part)
			flags := 2 // data follow
			if !first {
				flags |= 8
			}
			if len(rest) > 0 {
				flags |= 16
			}
			sum := crc32.ChecksumIEEE([]byte(files[i+1]))
			if len(rest) > 0 {
				sum = crc32.ChecksumIEEE([]byte(part))
			}
			now = append(now, block(v(2), v(flags), v(len(part)), v(4), v(len(files[i+1])), v(0), binary.LittleEndian.AppendUint32(nil, sum), v(0), v(1), v(len(name)), []byte(name))...)
			now = append(now, part...)
		}
	}
	end(0)
	return volumes
}

// rar5Encrypted makes an archive of one stored member under a password.
func rar5Encrypted(t *testing.T, word, name, data string) string {
	t.Helper()
	const turns = 8 // as a power of two
	salt, iv := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	derive := func(turns int) []byte {
		key, err := pbkdf2.Key(sha256.New, word, salt, turns, 32)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	block, err := aes.NewCipher(derive(1 << turns))
	if err != nil {
		t.Fatal(err)
	}
	packed := append([]byte(data), make([]byte, (16-len(data)%16)%16)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(packed, packed)
	check := make([]byte, 8)
	for i, c := range derive(1<<turns + 32) {
		check[i%8] ^= c
	}
	sum := sha256.Sum256(check)
	v := func(n int) []byte { return binary.AppendUvarint(nil, uint64(n)) }
	record := slices.Concat(v(1), v(0), v(1), []byte{turns}, salt, iv, check, sum[:4])
	extra := append(v(len(record)), record...)
	part := func(fields ...[]byte) []byte {
		body := slices.Concat(fields...)
		sized := append(v(len(body)), body...)
		return append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(sized)), sized...)
	}
	out := append([]byte("Rar!\x1a\x07\x01\x00"), part(v(1), v(0), v(0))...)
	out = append(out, part(v(2), v(3), v(len(extra)), v(len(packed)), v(4), v(len(data)), v(0),
		binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(data))), v(0), v(1), v(len(name)), []byte(name), extra)...)
	return string(append(append(out, packed...), part(v(5), v(0), v(0))...))
}

func TestRarEncrypted(t *testing.T) {
	t.Parallel()
	whole := rar5Encrypted(t, "secret", "a.csv", numbered(10))
	expect(t, unpackAll(t, []string{"wrong", "secret"}, "x", whole), fmt.Sprintf("x/a.csv %d", len(numbered(10))))
	expect(t, unpackAll(t, nil, "x", whole), "x/a.csv !"+encrypted.String())
	expect(t, unpackAll(t, []string{"wrong", "other"}, "x", whole), "x/a.csv !"+wrongPassword.String())
}

func TestRar(t *testing.T) {
	t.Parallel()
	text := numbered(100)
	a, b := fmt.Sprintf("a.csv %d", len(text)), "b.csv 5"
	expect(t, unpackAll(t, nil, "x", rar5(1<<20, "a.csv", text, "b.csv", "hello")[0]), "x/"+a, "x/"+b)
	volumes := rar5(len(text)/3, "a.csv", text, "b.csv", "hello")
	if len(volumes) != 4 {
		t.Fatal(len(volumes))
	}
	for _, name := range []func(n int) string{
		func(n int) string { return fmt.Sprintf("x.part%d.rar", n+1) },
		func(n int) string { return fmt.Sprintf("x.PART%02d.RAR", n+1) },
		func(n int) string { return [...]string{"x.rar", "x.r00", "x.r01", "x.r02"}[n] },
	} {
		var files []string
		for n := range volumes {
			files = append([]string{name(n), volumes[n]}, files...)
		}
		expect(t, unpackAll(t, nil, files...), name(0)+"/"+a, name(0)+"/"+b)
		expect(t, unpackAll(t, nil, files[2:]...), name(0)+"/a.csv part !"+volumeMissing.String())
	}
}

// TestRarDamaged cuts an archive at every length and changes bytes at random.
func TestRarDamaged(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	whole := rar5(1<<20, "a.csv", numbered(10), "b.csv", "hello")[0]
	for n := 9; n < len(whole); n++ {
		if all := unpackAll(t, nil, "x", whole[:n]); len(all) == 0 {
			t.Fatalf("cut at %d, nothing is said", n)
		}
	}
	for range 1000 {
		b := []byte(whole)
		b[8+r.IntN(len(b)-8)] ^= 1 << r.IntN(8)
		if all := unpackAll(t, []string{"x"}, "x", string(b)); len(all) == 0 {
			t.Fatal("nothing is said")
		}
	}
}
