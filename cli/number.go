package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// thin separates groups of three digits: U+202F, a narrow space at which no
// line is broken.
const thin = "\u202f"

// count writes n with its digits in groups of three.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(thin)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// plural writes n and the noun, with an s unless n is 1.
func plural(n int64, word string) string { return count(n) + " " + noun(n, word) }

// noun is the noun in the number of n.
func noun(n int64, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// size writes a number of bytes with three digits at most, in powers of 1024.
func size(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n), -1
	for value >= 1024 && unit < 4 {
		value /= 1024
		unit++
	}
	if value < 10 {
		return fmt.Sprintf("%.1f %ciB", value, "KMGTP"[unit])
	}
	return fmt.Sprintf("%.0f %ciB", value, "KMGTP"[unit])
}

// amount writes n of a unit of progress.
func amount(n int64, unit string) string {
	if unit == "bytes" {
		return size(n)
	}
	return count(n) + " " + unit
}

// percent writes a share of one with one decimal. What is not quite nothing or
// not quite everything is never rounded to it.
func percent(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	share := 100 * float64(part) / float64(whole)
	switch {
	case part > 0 && share < 0.1:
		return "< 0.1 %"
	case part < whole && share > 99.9:
		return "> 99.9 %"
	}
	return fmt.Sprintf("%.1f %%", share)
}

// seconds writes a duration as people say it.
func seconds(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 100*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 100*time.Minute:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

// parseSize reads a number of bytes: 2GiB, 1.5G, 800M, 1073741824.
func parseSize(text string) (int64, error) {
	trimmed := strings.TrimSpace(strings.ToUpper(text))
	trimmed = strings.TrimSuffix(strings.TrimSuffix(trimmed, "B"), "I")
	factor := 1.0
	if i := strings.IndexByte("KMGT", last(trimmed)); i >= 0 {
		trimmed = strings.TrimSpace(trimmed[:len(trimmed)-1])
		for range i + 1 {
			factor *= 1024
		}
	}
	value, err := strconv.ParseFloat(trimmed, 64)
	if err != nil || !(value > 0) || value*factor < 1 || value*factor > 1<<60 {
		return 0, fmt.Errorf("%q is no size: write 2GiB, 800MiB or a number of bytes", text)
	}
	return int64(value * factor), nil
}

func last(text string) byte {
	if text == "" {
		return 0
	}
	return text[len(text)-1]
}
