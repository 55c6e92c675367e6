package own_test

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"constat.example/clear/own"
	"constat.example/internal/datatest"
)

// TestRFC9497 holds blinding and raising to the vectors of the standard's OPRF
// mode, and what comes of both to its output.
func TestRFC9497(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(datatest.Path(t, "oprf-rfc9497/rfc9497.json"))
	if err != nil {
		t.Fatal(err)
	}
	var suites []struct {
		Identifier string
		Mode       int
		SkSm       string
		Vectors    []struct{ Blind, BlindedElement, EvaluationElement, Input, Output string }
	}
	if err := json.Unmarshal(text, &suites); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, s := range suites {
		if s.Identifier != "ristretto255-SHA512" || s.Mode != 0 {
			continue
		}
		for _, v := range s.Vectors {
			tried++
			input, err := hex.DecodeString(v.Input)
			if err != nil {
				t.Fatal(err)
			}
			blind, key := own.SecretOf(t, v.Blind), own.SecretOf(t, s.SkSm)
			blinded := blind.BlindInput(input)
			if got := hex.EncodeToString(blinded[:]); got != v.BlindedElement {
				t.Errorf("blinded %s, want %s", got, v.BlindedElement)
			}
			raised, err := key.Raise(blinded)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(raised[:]); got != v.EvaluationElement {
				t.Errorf("raised %s, want %s", got, v.EvaluationElement)
			}
			// Finalize, section 3.3.1.
			plain := blind.Unblind(t, raised)
			h := sha512.New()
			for _, part := range [][]byte{input, plain[:]} {
				_ = binary.Write(h, binary.BigEndian, uint16(len(part)))
				h.Write(part)
			}
			h.Write([]byte("Finalize"))
			if got := hex.EncodeToString(h.Sum(nil)); got != v.Output {
				t.Errorf("output %s, want %s", got, v.Output)
			}
		}
	}
	if tried < 2 {
		t.Fatalf("%d vectors were tried", tried)
	}
}

func TestBlindingCommutes(t *testing.T) {
	t.Parallel()
	a, b := own.NewSecret(), own.NewSecret()
	raise := func(s *own.Secret, p own.Point) own.Point {
		out, err := s.Raise(p)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	seen := map[own.Point]string{}
	for _, id := range own.All() {
		for _, text := range []string{"", "a", "DUPONT"} {
			ab, ba := raise(b, a.Blind(id, []byte(text))), raise(a, b.Blind(id, []byte(text)))
			if ab != ba {
				t.Errorf("%s of %d bytes: two ways to two points", id, len(text))
			}
			if was := seen[ab]; was != "" {
				t.Errorf("%s and %s %q share a point", was, id, text)
			}
			seen[ab] = fmt.Sprint(id, text)
		}
	}
}

func TestRaiseRefuses(t *testing.T) {
	t.Parallel()
	s := own.NewSecret()
	good := s.Blind(own.Email, []byte("a@b.example"))
	negative := good
	negative[0] |= 1
	high := good
	high[31] |= 0x80
	for name, p := range map[string]own.Point{
		"the neutral element": {},
		"all ones":            own.Point(bytes.Repeat([]byte{0xff}, 32)),
		"a negative one":      negative,
		"a bit too many":      high,
		"one":                 {1},
	} {
		if _, err := s.Raise(p); err == nil {
			t.Errorf("%s was raised", name)
		}
	}
}

func TestSecretsShowNothing(t *testing.T) {
	t.Parallel()
	s := own.NewSecret()
	if got := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Count(got, "secret of a meeting") != 4 || len(got) > 120 {
		t.Errorf("shown as %q", got)
	}
	if got := fmt.Sprintf("%v %#v", own.Value{ID: own.Email, Text: "a@b.example"}, own.Value{ID: own.Email, Text: "a@b.example"}); strings.Contains(got, "example") {
		t.Errorf("shown as %q", got)
	}
}

// Bytes from outside are one encoding of a point, or refused; never a panic.
func FuzzRaise(f *testing.F) {
	s := own.NewSecret()
	p := s.Blind(own.Email, []byte("a@b.example"))
	f.Add(p[:])
	f.Add(make([]byte, 32))
	f.Add(bytes.Repeat([]byte{0xff}, 32))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) != own.PointSize {
			return
		}
		out, err := s.Raise(own.Point(text))
		if err != nil {
			return
		}
		if back := s.Unblind(t, out); back != own.Point(text) {
			t.Error("a second encoding was taken")
		}
	})
}
