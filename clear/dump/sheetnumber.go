package dump

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// sheetFormat is what the format of a spreadsheet's cell makes of its number,
// as far as that says what the number is.
type sheetFormat struct {
	as    sheetNumber
	zeros int // digits that are shown at least: postcodes, telephone numbers
}

type sheetNumber uint8

const (
	plainNumber   sheetNumber = iota
	dayNumber                 // a date
	momentNumber              // a date and a time
	clockNumber               // a time of day
	elapsedNumber             // hours that may be more than a day's
)

// builtinFormat is a format that has a number and no code (ECMA-376 part 1,
// 18.8.30).
func builtinFormat(id int) sheetFormat {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 58:
		return sheetFormat{as: dayNumber}
	case id == 22:
		return sheetFormat{as: momentNumber}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47:
		return sheetFormat{as: clockNumber}
	case id == 46:
		return sheetFormat{as: elapsedNumber}
	}
	return sheetFormat{}
}

// readFormat reads the code of a format, of which the first section counts.
func readFormat(code string) sheetFormat {
	if strings.EqualFold(code, "General") || strings.EqualFold(code, "Standard") {
		return sheetFormat{}
	}
	var day, clock, month, digits, other bool
	zeros := 0
	for i := 0; i < len(code); i++ {
		c := code[i] | 0x20
		switch {
		case code[i] == ';':
			i = len(code)
		case code[i] == '"':
			k := strings.IndexByte(code[i+1:], '"')
			if k < 0 {
				k = len(code)
			}
			i += k + 1
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case code[i] == '[':
			k := strings.IndexByte(code[i:], ']')
			if k < 0 {
				i = len(code)
				break
			}
			if in := strings.ToLower(code[i+1 : i+k]); in != "" && strings.Trim(in, in[:1]) == "" && strings.Contains("hms", in[:1]) {
				return sheetFormat{as: elapsedNumber}
			}
			i += k
		case code[i] == '0' || code[i] == '#' || code[i] == '?':
			if day || clock || month {
				break // fractions of a second
			}
			digits = true
			if code[i] == '0' || zeros > 0 {
				zeros++
			}
		case digits:
			other = other || !strings.ContainsRune(" -/()", rune(code[i]))
		case c == 'y' || c == 'd' || c == 'j' || c == 'e' || c == 'g' || c == 'b':
			day = true
		case c == 'h' || c == 's':
			clock = true
		case c == 'm':
			month = true
		case c == 'a' && i+1 < len(code) && code[i+1]|0x20 == 'a':
			day = true
		}
	}
	switch {
	case digits && other:
		return sheetFormat{}
	case digits:
		return sheetFormat{zeros: zeros}
	case day && clock:
		return sheetFormat{as: momentNumber}
	case day || month && !clock:
		return sheetFormat{as: dayNumber}
	case clock:
		return sheetFormat{as: clockNumber}
	}
	return sheetFormat{}
}

// lastSerial is the day 9999-12-31 as a number.
const lastSerial = 2958465

// append appends the number that text is, as it is meant. Days count from 1904
// or from 1900, which then was a leap year.
func (f sheetFormat) append(dst, text []byte, from1904 bool) []byte {
	if f.as == plainNumber {
		at := len(dst)
		dst = appendDecimal(dst, text)
		if have := len(dst) - at; have < f.zeros && digitsOnly(dst[at:]) {
			dst = append(dst, bytes.Repeat([]byte{'0'}, f.zeros-have)...)
			copy(dst[at+f.zeros-have:], dst[at:at+have])
			copy(dst[at:], bytes.Repeat([]byte{'0'}, f.zeros-have))
		}
		return dst
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(v >= 0 && v < lastSerial+1) {
		return appendDecimal(dst, text)
	}
	day := math.Floor(v)
	ms := int64(math.Round((v - day) * 86400e3))
	if ms == 86400e3 {
		day, ms = day+1, 0
	}
	switch {
	case f.as == elapsedNumber:
		return appendClock(dst, int64(day)*86400e3+ms)
	case day == 0 && !from1904 && (f.as != dayNumber || ms > 0):
		return appendClock(dst, ms)
	case day == 0 && !from1904:
		return appendDecimal(dst, text) // a date before the first
	case day == 0 && f.as == clockNumber:
		return appendClock(dst, ms)
	}
	var date time.Time
	switch {
	case from1904:
		date = time.Date(1904, 1, 1+int(day), 0, 0, 0, 0, time.UTC)
	case day == 60:
		dst = append(dst, "1900-02-29"...)
	case day < 60:
		date = time.Date(1899, 12, 31+int(day), 0, 0, 0, 0, time.UTC)
	default:
		date = time.Date(1899, 12, 30+int(day), 0, 0, 0, 0, time.UTC)
	}
	if !date.IsZero() {
		dst = date.AppendFormat(dst, "2006-01-02")
	}
	if f.as == dayNumber && ms == 0 {
		return dst
	}
	return appendClock(append(dst, 'T'), ms)
}

func appendClock(dst []byte, ms int64) []byte {
	dst = fmt.Appendf(dst, "%02d:%02d:%02d", ms/3600e3, ms/60e3%60, ms/1e3%60)
	if ms%1e3 != 0 {
		dst = fmt.Appendf(dst, ".%03d", ms%1e3)
	}
	return dst
}

func digitsOnly(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}

// maxExponent is how many zeros a number is filled up with.
const maxExponent = 40

// appendDecimal appends a number without its exponent; what is none as it is.
func appendDecimal(dst, text []byte) []byte {
	e := bytes.IndexAny(text, "eE")
	if e < 0 {
		return append(dst, text...)
	}
	exp, err := strconv.Atoi(strings.TrimPrefix(string(text[e+1:]), "+"))
	sign, mantissa := []byte(nil), text[:e]
	if len(mantissa) > 0 && (mantissa[0] == '-' || mantissa[0] == '+') {
		sign, mantissa = bytes.TrimPrefix(mantissa[:1], []byte("+")), mantissa[1:]
	}
	whole, part, _ := bytes.Cut(mantissa, []byte("."))
	if err != nil || exp > maxExponent || exp < -maxExponent || !digitsOnly(whole) || len(part) > 0 && !digitsOnly(part) {
		return append(dst, text...)
	}
	digits := append(append([]byte(nil), whole...), part...)
	point := len(whole) + exp
	for point < 1 {
		digits = append([]byte{'0'}, digits...)
		point++
	}
	for point > len(digits) {
		digits = append(digits, '0')
	}
	integer, part := bytes.TrimLeft(digits[:point], "0"), bytes.TrimRight(digits[point:], "0")
	dst = append(dst, sign...)
	if len(integer) == 0 {
		dst = append(dst, '0')
	}
	dst = append(dst, integer...)
	if len(part) > 0 {
		dst = append(append(dst, '.'), part...)
	}
	return dst
}
