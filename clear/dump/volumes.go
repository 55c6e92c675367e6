package dump

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// volumes are files that were cut into pieces: by the program that packed them,
// or by split(1). Names say which pieces may belong together and in what order;
// what they hold says whether they do.
type volumes struct{}

// volume is what a name says of a piece.
type volume struct {
	set    string // what the names of the pieces have in common
	scheme *scheme
	order  int
}

// scheme is a way of naming pieces.
type scheme struct {
	name  *regexp.Regexp // the stem and the place, in groups
	kind  string         // keeps schemes apart that share stems
	order func(place string) int
	call  func(stem string, order int, like string) string // the name of a piece; like is that of another
	first func(order int) bool
	begin func(head []byte) bool // the first piece begins like this; nil: in any way
	marks bool                   // every piece has a mark of its own
}

// placeNumber is a place written in digits.
func placeNumber(place string) int {
	n, err := strconv.Atoi(place)
	if err != nil {
		return -1 // more digits than any set has
	}
	return n
}

func isRar(head []byte) bool { return rarContainer{}.magic(head) }

// lastVolume is the place of the piece of a zip archive that has no number.
const lastVolume = 1 << 20

// schemes known, the most telling first.
var schemes = []*scheme{
	{
		name: regexp.MustCompile(`(?i)^(.+)\.part(\d{1,4})\.rar$`), kind: "part", order: placeNumber, marks: true,
		call:  func(stem string, n int, like string) string { return stem + ".part" + numberLike(n, like, 4) + ".rar" },
		first: func(n int) bool { return n == 1 }, begin: isRar,
	},
	{
		name: regexp.MustCompile(`(?i)^(.+)\.(rar|[r-z]\d\d)$`), kind: "rar", marks: true,
		order: func(place string) int {
			if strings.EqualFold(place, "rar") {
				return 0
			}
			return int(place[0]|0x20-'r')*100 + placeNumber(place[1:]) + 1
		},
		call: func(stem string, n int, _ string) string {
			if n == 0 {
				return stem + ".rar"
			}
			return stem + "." + string(rune('r'+(n-1)/100)) + numberLike((n-1)%100, "00", 0)
		},
		first: func(n int) bool { return n == 0 }, begin: isRar,
	},
	{
		name: regexp.MustCompile(`(?i)^(.+)\.(zip|z\d\d)$`), kind: "zip",
		order: func(place string) int {
			if strings.EqualFold(place, "zip") {
				return lastVolume
			}
			return placeNumber(place[1:])
		},
		call: func(stem string, n int, _ string) string {
			if n == lastVolume {
				return stem + ".zip"
			}
			return stem + ".z" + numberLike(n, "00", 0)
		},
		first: func(n int) bool { return n == 1 }, begin: zipContainer{}.magic,
	},
	{
		name: regexp.MustCompile(`^(.+[^0-9])(\d{2,4})$`), kind: "number", order: placeNumber,
		call:  func(stem string, n int, like string) string { return stem + numberLike(n, like, 0) },
		first: func(n int) bool { return n <= 1 },
	},
	{
		name: regexp.MustCompile(`^(.+[^A-Za-z]|x)([a-z]{2,3})$`), kind: "letter",
		order: func(place string) int {
			n := 0
			for _, c := range place {
				n = n*26 + int(c-'a')
			}
			return n
		},
		call: func(stem string, n int, like string) string {
			place := bytes.Repeat([]byte{'a'}, len(like)-len(stem))
			for i := len(place) - 1; i >= 0; i-- {
				place[i] += byte(n % 26)
				n /= 26
			}
			return stem + string(place)
		},
		first: func(n int) bool { return n == 0 },
	},
}

// numberLike writes n with as many digits as the name like has before its last
// skip bytes.
func numberLike(n int, like string, skip int) string {
	like = like[:len(like)-skip]
	digits := 0
	for i := len(like) - 1; i >= 0 && like[i] >= '0' && like[i] <= '9'; i-- {
		digits++
	}
	text := strconv.Itoa(n)
	return strings.Repeat("0", max(digits-len(text), 0)) + text
}

// volumesOf reads the name of a file in the ways that it can be read.
func volumesOf(name string) []volume {
	var all []volume
	for _, s := range schemes {
		m := s.name.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		if n := s.order(m[2]); n >= 0 {
			set := s.kind + "/" + m[1]
			if s.kind == "letter" {
				set += "/" + strconv.Itoa(len(m[2]))
			}
			all = append(all, volume{set: set, scheme: s, order: n})
		}
	}
	return all
}

// cutPiece is one of several files that may belong together.
type cutPiece struct {
	at    int // among the files
	order int
}

// sets finds the files whose names are those of one set, each set in order.
// A set has a first piece and another.
func sets(names []string) (found [][]cutPiece, by []*scheme) {
	type key struct{ dir, set string }
	all := map[key][]cutPiece{}
	schemeOf := map[key]*scheme{}
	for i, name := range names {
		dir, base := path.Split(name)
		for _, v := range volumesOf(base) {
			k := key{dir, v.set}
			all[k] = append(all[k], cutPiece{i, v.order})
			schemeOf[k] = v.scheme
		}
	}
	keys := slices.SortedFunc(maps.Keys(all), func(a, b key) int {
		return cmp.Or(cmp.Compare(slices.Index(schemes, schemeOf[a]), slices.Index(schemes, schemeOf[b])), strings.Compare(a.dir, b.dir), strings.Compare(a.set, b.set))
	})
	for _, k := range keys {
		set := all[k]
		slices.SortStableFunc(set, func(a, b cutPiece) int { return cmp.Compare(a.order, b.order) })
		set = slices.CompactFunc(set, func(a, b cutPiece) bool { return a.order == b.order })
		if len(set) > 1 && schemeOf[k].first(set[0].order) {
			found, by = append(found, set), append(by, schemeOf[k])
		}
	}
	return found, by
}

// Volumes adds to the paths of files those of the volumes that lie beside
// their first one, each once.
func Volumes(paths []string) []string {
	given := map[string]bool{}
	for _, p := range paths {
		given[filepath.Clean(p)] = true
	}
	var all []string
	for _, p := range paths {
		all = append(all, p)
		for _, beside := range besides(p) {
			if !given[beside] {
				given[beside] = true
				all = append(all, beside)
			}
		}
	}
	return all
}

// besides are the files beside a first volume whose names go on with its own.
func besides(file string) []string {
	dir, base := filepath.Dir(file), filepath.Base(file)
	candidates := volumesOf(base)
	if len(candidates) == 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // whoever opens the file will say what is wrong
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	found, by := sets(names)
	var paths []string
	for i, set := range found {
		is := slices.IndexFunc(set, func(p cutPiece) bool { return names[p.at] == base })
		if is < 0 || is > 0 && set[is].order != lastVolume {
			continue
		}
		heads := func(at int) []byte {
			head, _ := headOf(filepath.Join(dir, names[at]))
			return head
		}
		if _, ok := together(set, by[i], heads); !ok {
			continue
		}
		for at, p := range set {
			if at != is {
				paths = append(paths, filepath.Join(dir, names[p.at]))
			}
		}
		break
	}
	return paths
}

// volumeHead is how much of the start of a piece is looked at.
const volumeHead = 4 << 10

func headOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return firstBytes(f)
}

func firstBytes(r io.Reader) ([]byte, error) {
	head := make([]byte, volumeHead)
	n, err := io.ReadFull(r, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// together reports whether files named as pieces are pieces, and how many
// follow one another without a gap.
func together(set []cutPiece, by *scheme, head func(at int) []byte) (n int, ok bool) {
	first := head(set[0].at)
	if len(first) == 0 || by.begin != nil && !by.begin(first) {
		return 0, false
	}
	line := first
	if end := bytes.IndexByte(first, '\n'); end >= 0 {
		line = first[:end+1]
	}
	n = 1
	for i, p := range set[1:] {
		h := head(p.at)
		alone := marked(h) || len(line) > 3 && bytes.HasPrefix(h, line)
		if by.marks && !isRar(h) || by.begin == nil && alone {
			return 0, false // a file of its own
		}
		if n == i+1 && (p.order == set[i].order+1 || p.order == lastVolume) {
			n++
		}
	}
	return n, true
}

// marked reports a start that only a file of its own has.
func marked(head []byte) bool {
	return unread(head) != "" || slices.ContainsFunc(containers, func(c container) bool { return c.magic(head) })
}

// gather puts pieces together.
func (volumes) gather(ctx context.Context, d *Dump, siblings []*blob) ([]*blob, []refusal, error) {
	names := make([]string, len(siblings))
	for i, b := range siblings {
		names[i] = b.name
		if b.name == "" {
			names[i] = d.inputs[b.input].Name
		}
	}
	var missing []refusal
	var failed error
	gone := map[int]bool{}
	found, by := sets(names)
	for i, set := range found {
		if slices.ContainsFunc(set, func(p cutPiece) bool { return gone[p.at] }) {
			continue
		}
		n, ok := together(set, by[i], func(at int) []byte {
			head, err := siblings[at].start()
			if err != nil && failed == nil {
				failed = err
			}
			return head
		})
		if failed != nil {
			return nil, nil, failed
		}
		if !ok {
			continue
		}
		var pieces []*blob
		for _, p := range set[:n] {
			b := siblings[p.at]
			if _, _, err := d.random(ctx, b); err != nil {
				if _, ok := errors.AsType[*broken](err); !ok {
					return nil, nil, err
				}
				break // it is told where it is entered
			}
			pieces = append(pieces, b)
			if b.broken != nil {
				break
			}
		}
		if n < len(set) {
			first := siblings[set[0].at]
			dir, base := path.Split(names[set[0].at])
			name := by[i].call(by[i].name.FindStringSubmatch(base)[1], set[n-1].order+1, base)
			if first.name != "" {
				name = d.nameOf(&blob{input: first.input, name: dir + name})
			}
			missing = append(missing, refusal{input: first.input, why: volumeMissing, name: name})
		}
		if len(pieces) < 2 {
			continue
		}
		whole := join(pieces)
		d.takeOver(whole)
		for _, p := range set[1:len(pieces)] {
			gone[p.at] = true
		}
		siblings[set[0].at] = whole
	}
	var left []*blob
	for i, b := range siblings {
		if !gone[i] {
			left = append(left, b)
		}
	}
	return left, missing, nil
}

// start is the first bytes of b.
func (b *blob) start() ([]byte, error) {
	in, err := b.open()
	if err != nil {
		return nil, err
	}
	head, err := firstBytes(in)
	if _, ok := errors.AsType[*broken](err); ok {
		err = nil
	}
	return head, errors.Join(err, in.Close())
}
