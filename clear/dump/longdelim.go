package dump

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
)

// How delimiters of several characters are looked for.
const (
	longLines = 200 // lines looked at
	longMost  = 6   // characters of the longest
)

// longDelimiters finds strings of several marks that can only be delimiters:
// they stand in most lines, and their characters hardly ever without them.
func longDelimiters(text []byte) [][]byte {
	found := map[string]int{} // lines it stands in
	lines := 0
	for at := 0; at < len(text) && lines < longLines; {
		line := text[at:]
		if n := bytes.IndexAny(line, "\r\n"); n >= 0 {
			line = line[:n]
		}
		at += len(line) + 1
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		lines++
		seen := map[string]bool{}
		for i := 0; i < len(line); {
			n := 0
			for i+n < len(line) && delimits(line[i+n]) {
				n++
			}
			if n > 1 {
				// Around an empty cell it stands twice.
				unit := period(line[i : i+n])
				if len(unit) == 1 && n%2 == 0 {
					unit = line[i : i+2]
				}
				if len(unit) > 1 && len(unit) <= longMost && !seen[string(unit)] {
					seen[string(unit)] = true
					found[string(unit)]++
				}
			}
			i += n + 1
		}
	}
	var out [][]byte
	for _, f := range slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return cmp.Or(cmp.Compare(found[b], found[a]), cmp.Compare(a, b))
	}) {
		if len(out) == 3 || 10*found[f] < 9*lines {
			break
		}
		if separates([]byte(f)) && alwaysTogether(text, []byte(f)) && !filledUp(text, []byte(f)) {
			out = append(out, []byte(f))
		}
	}
	return out
}

// filledUp reports that the blanks of a delimiter are those that cells are filled
// up with: the delimiter is then what stands between the blanks.
func filledUp(text, mark []byte) bool {
	within := bytes.Trim(mark, " ")
	if len(within) == len(mark) {
		return false
	}
	wide := bytes.Count(text, append([]byte("  "), within...)) + bytes.Count(text, append(bytes.Clone(within), "  "...))
	return 3*wide > bytes.Count(text, within)
}

// delimits reports a character that delimiters are made of.
func delimits(c byte) bool {
	return c < 0x80 && !alnum(c) && c != '"' && c != '\'' && c != '\\' && c != '\r' && c != '\n' && c != '-' && c != '.' && c != '_'
}

// period is the shortest start of run that gives it when repeated.
func period(run []byte) []byte {
	for n := 1; n < len(run); n++ {
		if len(run)%n == 0 && bytes.Equal(run[n:], run[:len(run)-n]) {
			return run[:n]
		}
	}
	return run
}

// separates tells strings that are written between cells from a delimiter and
// what a value begins or ends with.
func separates(mark []byte) bool {
	if len(bytes.Trim(mark, " ")) == 0 {
		return false
	}
	mirrored := true
	for i, c := range mark {
		mirrored = mirrored && c == mark[len(mark)-1-i]
	}
	if mirrored {
		return true
	}
	only := bytes.Trim(mark, ",;|\t")
	first, last := mark[0], mark[len(mark)-1]
	return len(only) == 0 || bytes.IndexByte([]byte(",;|\t )]}%"), first) < 0 && bytes.IndexByte([]byte(" ([{$#@/+*"), last) < 0
}

// alwaysTogether reports that the characters of a delimiter stand nowhere else,
// or next to nowhere. Commas, semicolons and tabs, which stand side by side
// around empty cells in most files, must never do.
func alwaysTogether(text, mark []byte) bool {
	times := bytes.Count(text, mark)
	for i, c := range mark {
		if c == ' ' || bytes.IndexByte(mark[:i], c) >= 0 {
			continue
		}
		within, all := times*bytes.Count(mark, []byte{c}), bytes.Count(text, []byte{c})
		least := 95
		if c == ',' || c == ';' || c == '\t' {
			least = 100
		}
		if within*100 < all*least {
			return false
		}
	}
	return true
}
