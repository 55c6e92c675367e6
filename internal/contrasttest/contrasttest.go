// Package contrasttest measures how well one colour stands out against another, for tests
// of style sheets.
package contrasttest

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// Ratio is the contrast of two colours, "1c4373" or "fff", as WCAG 2.2 defines it: from 1
// to 21. Text needs 4.5 (1.4.3), what carries meaning in drawings 3 (1.4.11).
func Ratio(t testing.TB, one, other string) float64 {
	t.Helper()
	x, y := luminance(t, one), luminance(t, other)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is WCAG's relative luminance of a colour.
func luminance(t testing.TB, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = strings.Repeat(hex[:1], 2) + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:], 2)
	}
	if len(hex) != 6 {
		t.Fatalf("%q is no colour", hex)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
