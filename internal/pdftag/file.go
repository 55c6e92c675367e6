package pdftag

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// file is a PDF taken apart: what stands between "n 0 obj" and "endobj", by n.
type file struct {
	header     string
	objects    []string
	root, info int
}

// What a file may have: a document of a thousand boxes is far below.
const (
	mostObjects = 1 << 20
	mostContent = 256 << 20 // bytes of one page, unpacked
)

// read takes a file apart by its table of objects.
func read(pdf []byte) (*file, error) {
	at := bytes.LastIndex(pdf, []byte("startxref\n"))
	if at < 0 || !bytes.HasPrefix(pdf, []byte("%PDF-1.")) {
		return nil, errOther
	}
	where, _, _ := strings.Cut(string(pdf[at+len("startxref\n"):]), "\n")
	table, err := strconv.Atoi(strings.TrimSpace(where))
	if err != nil || table < 0 || table > at {
		return nil, errOther
	}
	head, rest, ok := strings.Cut(string(pdf[table:at]), "trailer\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || lines[0] != "xref" {
		return nil, errOther
	}
	var first, count int
	if _, err := fmt.Sscanf(lines[1], "%d %d", &first, &count); err != nil || first != 0 || count < 1 || count > mostObjects || len(lines) < count+2 {
		return nil, errOther
	}
	f := &file{objects: make([]string, count)}
	starts := []int{table}
	offsets := make([]int, count)
	for n := 1; n < count; n++ {
		line := lines[n+2]
		if len(line) < 18 || line[17] != 'n' {
			continue // free
		}
		if offsets[n], err = strconv.Atoi(line[:10]); err != nil || offsets[n] <= 0 || offsets[n] >= table {
			return nil, errOther
		}
		starts = append(starts, offsets[n])
	}
	sort.Ints(starts)
	f.header = string(pdf[:starts[0]])
	for n, offset := range offsets {
		if offset == 0 {
			continue
		}
		next := starts[sort.SearchInts(starts, offset+1)]
		body, ok := strings.CutPrefix(string(pdf[offset:next]), fmt.Sprintf("%d 0 obj\n", n))
		end := strings.LastIndex(body, "endobj")
		if !ok || end < 0 {
			return nil, errOther
		}
		f.objects[n] = body[:end]
	}
	trailer, err := parse(rest)
	if err != nil {
		return nil, err
	}
	f.root, f.info = number(trailer.get("Root")), number(trailer.get("Info"))
	for _, n := range []int{f.root, f.info} {
		if _, err := f.dictionary(n); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// bytes puts the file together.
func (f *file) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(f.header)
	offsets := make([]int, len(f.objects))
	for n := 1; n < len(f.objects); n++ {
		if f.objects[n] == "" {
			continue
		}
		offsets[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, strings.TrimRight(f.objects[n], "\n"))
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects))
	for _, offset := range offsets[1:] {
		if offset == 0 {
			b.WriteString("0000000000 65535 f \n")
			continue
		}
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d\n/Root %s\n/Info %s>>\nstartxref\n%d\n%%%%EOF\n", len(f.objects), reference(f.root), reference(f.info), table)
	return b.Bytes()
}

// add gives a new object its number.
func (f *file) add(body string) int {
	f.objects = append(f.objects, body)
	return len(f.objects) - 1
}

func (f *file) catalog() dictionary {
	d, _ := f.dictionary(f.root) // read has seen it
	return d
}

// dictionary is an object that is one, or a stream's.
func (f *file) dictionary(n int) (dictionary, error) {
	if n <= 0 || n >= len(f.objects) || !strings.HasPrefix(f.objects[n], "<<") {
		return nil, errOther
	}
	return parse(f.objects[n])
}

const beginStream, endStream = "stream\n", "\nendstream"

// stream is what an object holds, unpacked.
func (f *file) stream(n int) ([]byte, error) {
	d, err := f.dictionary(n)
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(d.get("Length"))
	at := strings.Index(f.objects[n], beginStream)
	if err != nil || at < 0 || length < 0 || at+len(beginStream)+length > len(f.objects[n]) {
		return nil, errOther
	}
	packed := f.objects[n][at+len(beginStream):][:length]
	if d.get("Filter") == "" {
		return []byte(packed), nil
	}
	if d.get("Filter") != "/FlateDecode" || d.get("DecodeParms") != "" {
		return nil, errOther
	}
	z, err := zlib.NewReader(strings.NewReader(packed))
	if err != nil {
		return nil, errOther
	}
	content, err := io.ReadAll(io.LimitReader(z, mostContent+1))
	if err != nil || len(content) > mostContent {
		return nil, errOther
	}
	return content, nil
}

// setStream has an object hold that, packed.
func (f *file) setStream(n int, content []byte) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(content) // a buffer refuses nothing
	_ = z.Close()
	f.objects[n] = fmt.Sprintf("<</Filter /FlateDecode\n/Length %d>> %s%s%s\n", b.Len(), beginStream, b.String(), endStream)
}

// dictionary is the entries of a dictionary in their order, values as they are written.
type dictionary []struct{ key, value string }

func (d dictionary) get(key string) string {
	for _, e := range d {
		if e.key == key {
			return e.value
		}
	}
	return ""
}

// set gives a key a value. New ones go to the end, so that the order of calls decides.
func (d *dictionary) set(key, value string) {
	for i := range *d {
		if (*d)[i].key == key {
			(*d)[i].value = value
			return
		}
	}
	*d = append(*d, struct{ key, value string }{key, value})
}

func (d dictionary) String() string {
	var b strings.Builder
	b.WriteString("<<")
	for i, e := range d {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("/" + e.key + " " + e.value)
	}
	b.WriteString(">>\n")
	return b.String()
}

// parse reads the dictionary that a text begins with.
func parse(s string) (dictionary, error) {
	l := lexer{s: s}
	if l.next() != "<<" {
		return nil, errOther
	}
	var d dictionary
	for {
		switch key := l.next(); {
		case key == ">>":
			return d, nil
		case !strings.HasPrefix(key, "/"):
			return nil, errOther
		default:
			value, err := l.value()
			if err != nil {
				return nil, err
			}
			d.set(key[1:], value)
		}
	}
}

// elements are those of an array; of anything else, itself; of nothing, none.
func elements(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	if !strings.HasPrefix(s, "[") {
		return []string{s}, nil
	}
	l := lexer{s: s, at: 1}
	var all []string
	for {
		l.space()
		if strings.HasPrefix(l.s[l.at:], "]") {
			return all, nil
		}
		value, err := l.value()
		if err != nil {
			return nil, err
		}
		all = append(all, value)
	}
}

// lexer reads tokens of a text.
type lexer struct {
	s  string
	at int
}

func (l *lexer) space() {
	for l.at < len(l.s) && strings.IndexByte(" \t\r\n\f\x00", l.s[l.at]) >= 0 {
		l.at++
	}
}

// next is the next token: "<<", ">>", "[", "]", a name, string, number or word; "" at the
// end, and where a string does not end.
func (l *lexer) next() string {
	l.space()
	from := l.at
	if from == len(l.s) {
		return ""
	}
	rest := l.s[from:]
	switch {
	case strings.HasPrefix(rest, "<<"), strings.HasPrefix(rest, ">>"):
		l.at += 2
	case rest[0] == '[', rest[0] == ']':
		l.at++
	case rest[0] == '<':
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			return ""
		}
		l.at += end + 1
	case rest[0] == '(':
		depth := 0
		for i := 0; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					l.at += i + 1
					return rest[:i+1]
				}
			}
		}
		return ""
	default:
		l.at++
		for l.at < len(l.s) && strings.IndexByte(" \t\r\n\f\x00()<>[]/", l.s[l.at]) < 0 {
			l.at++
		}
	}
	return l.s[from:l.at]
}

// deepest is how deep values may stand in one another.
const deepest = 32

// value is the next value as it is written, references whole.
func (l *lexer) value() (string, error) {
	l.space()
	from := l.at
	err := l.skip(0)
	return l.s[from:l.at], err
}

func (l *lexer) skip(depth int) error {
	if depth > deepest {
		return errOther
	}
	end := map[string]string{"<<": ">>", "[": "]"}
	token := l.next()
	switch token {
	case "", ">>", "]":
		return errOther
	case "<<", "[":
		for {
			before := l.at
			if inner := l.next(); inner == end[token] {
				return nil
			} else if inner == "" {
				return errOther
			}
			l.at = before
			if err := l.skip(depth + 1); err != nil {
				return err
			}
		}
	}
	if digits(token) { // "12 0 R"
		after := *l
		if digits(after.next()) && after.next() == "R" {
			*l = after
		}
	}
	return nil
}

func digits(token string) bool {
	return token != "" && strings.Trim(token, "0123456789") == ""
}

// number is that of a reference; 0 of anything else.
func number(reference string) int {
	fields := strings.Fields(reference)
	if len(fields) != 3 || fields[2] != "R" {
		return 0
	}
	n, err := strconv.Atoi(fields[0])
	if err != nil {
		return 0
	}
	return n
}

func reference(n int) string { return strconv.Itoa(n) + " 0 R" }

// The operators that draw (ISO 32000-1, tables 59 to 61, 77, 87 and 109).
var (
	paths  = []string{"m", "l", "c", "v", "y", "h", "re"}
	paints = []string{"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"}
	shows  = []string{"Tj", "TJ", "'", "\"", "Do", "sh"}
)

// artifacts puts all that a page draws outside of marked content into an artifact.
func artifacts(content []byte) ([]byte, error) {
	const begin, end = "/Artifact BMC\n", "EMC\n"
	l := lexer{s: string(content)}
	var b bytes.Buffer
	copied, operands, path := 0, -1, -1
	var marks []bool // of the marked content that is open: whether the tree or an artifact has it
	owned := func() bool { return slices.Contains(marks, true) }
	wrap := func(from int) {
		b.WriteString(l.s[copied:from])
		b.WriteString(begin + l.s[from:l.at] + "\n" + end)
		copied = l.at
	}
	for {
		l.space()
		from := l.at
		if from == len(l.s) {
			break
		}
		if c := l.s[from]; c == '/' || c == '<' || c == '(' || c == '[' || c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9' {
			if operands < 0 {
				operands = from
			}
			if _, err := l.value(); err != nil {
				return nil, err
			}
			continue
		}
		start := from
		if operands >= 0 {
			start = operands
		}
		operands = -1
		switch op := l.next(); {
		case op == "BI" || op == "":
			return nil, errOther // an image among the operators
		case op == "BDC" || op == "BMC":
			said := l.s[start:from]
			if op == "BDC" && !strings.Contains(said, "<<") {
				return nil, errOther // whose it is stands elsewhere
			}
			marks = append(marks, strings.HasPrefix(said, "/Artifact") || strings.Contains(said, "/MCID"))
		case op == "EMC":
			if len(marks) == 0 {
				return nil, errOther
			}
			marks = marks[:len(marks)-1]
		case slices.Contains(paths, op):
			if path < 0 {
				path = start
			}
		case op == "n":
			path = -1 // it clips, and draws nothing
		case slices.Contains(paints, op):
			if path >= 0 && !owned() {
				wrap(path)
			}
			path = -1
		case slices.Contains(shows, op):
			if !owned() {
				wrap(start)
			}
		}
	}
	if len(marks) != 0 {
		return nil, errOther
	}
	b.WriteString(l.s[copied:])
	return b.Bytes(), nil
}
