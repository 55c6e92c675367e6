package dump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"constat.example/internal/failure"
)

// headSize is how much of the start of a text is looked at.
const headSize = 512 << 10

// Pieces from further on in a plain file, to see what encodings it holds.
const (
	spreadPieces = 16
	spreadSize   = 16 << 10 // bytes
)

// add opens one input.
func (d *Dump) add(ctx context.Context, path string) error {
	name := shown(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return failure.New(failure.BadInput, "Check the name; files are named one by one.", "%s: no such file", name)
	case err != nil:
		return failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
	case info.IsDir():
		return failure.New(failure.BadInput, "Name the files in it.", "%s is a directory", name)
	case !info.Mode().IsRegular():
		return failure.New(failure.BadInput, "Copy it to a file first: a dump is read more than once.", "%s is not a regular file", name)
	case info.Size() == 0:
		return failure.New(failure.BadInput, "Check that the file was copied whole.", "%s is empty", name)
	}
	input := len(d.Inputs)
	d.Inputs = append(d.Inputs, Input{Name: name, Path: path, Bytes: info.Size()})

	r, err := openRaw(path)
	if err != nil {
		return failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
	}
	defer func() { _ = r.file.Close() }()
	head := make([]byte, 1024)
	n, err := r.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	head = head[:n]

	members := []packed{plain(info.Size())}
	var refused []refusal
	packing := ""
	if like := unread(head); like != "" {
		return unsupported(name, like)
	}
	for _, p := range packings {
		if p.magic(head) {
			packing = p.name()
			if members, refused, err = p.list(path, info.Size()); err != nil {
				return err
			}
			break
		}
	}
	if packing == "zip" {
		if like := office(members); like != "" {
			return unsupported(name, like)
		}
	}
	var first error
	found := false
	for _, p := range members {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := member{index: len(d.members), table: len(d.Tables), input: input, name: name, packed: p}
		if p.name != "" {
			m.name += "/" + p.name
		}
		why, err := d.sniff(ctx, r, &m)
		if err != nil {
			if failure.CodeOf(err) != failure.BadInput {
				return err
			}
			if first == nil {
				first = err
			}
			refused = append(refused, refusal{name: p.name, why: why, bytes: p.size})
			continue
		}
		found = true
		d.keep(m)
	}
	for _, f := range refused {
		f.input = input
		f.name = name + "/" + f.name
		d.refused = append(d.refused, f)
	}
	switch {
	case found:
		return nil
	case packing == "zip" && len(refused) > 0 && refused[0].why == encrypted:
		return failure.New(failure.BadInput, "Unpack it with its password, and name the files that come out.", "%s: the zip archive is encrypted", name)
	case packing == "zip" && len(refused) == 0:
		return failure.New(failure.BadInput, "Check that the file was copied whole.", "%s: the zip archive holds no file", name)
	default:
		return first
	}
}

// keep makes tables of m.
func (d *Dump) keep(m member) {
	format := m.layout.describe()
	kind, dialect, _ := strings.Cut(format, ": ")
	if m.packed.how != "" {
		kind += ", " + m.packed.how
	}
	d.members = append(d.members, m)
	for _, s := range m.shapes {
		t := Table{Input: m.input, Name: m.name, Format: kind, Dialect: dialect + ", " + m.charset.String(), Columns: s.columns, Header: s.header}
		if s.dialect != "" {
			t.Dialect = s.dialect + ", " + m.charset.String()
		}
		if s.name != "" {
			t.Name += ": " + s.name
		}
		d.owner = append(d.owner, m.index)
		d.Tables = append(d.Tables, t)
	}
}

// sniff finds out how m is written. The reason goes with an error.
func (d *Dump) sniff(ctx context.Context, r *raw, m *member) (reason, error) {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("reading %s: %w", m.name, err)
	}
	r.read = 0
	in, err := m.packed.open(r, d.options.MaxDecoded)
	if err != nil {
		return 0, err
	}
	defer func() { _ = in.Close() }()
	// What is decoded for a look is dropped: the scan starts afresh.
	bytes := make([]byte, headSize)
	n, err := io.ReadFull(in, bytes)
	end, isBroken := errors.AsType[*broken](err)
	whole := err != nil
	if err != nil && !isBroken && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, fmt.Errorf("reading %s: %w", m.name, err)
	}
	bytes = bytes[:n]
	if n == 0 {
		if isBroken {
			return end.why, failure.New(failure.BadInput, "Ask for the file again: nothing of it can be unpacked.", "%s: %s", m.name, end.why)
		}
		return unknownMember, failure.New(failure.BadInput, "Check that the file was copied whole.", "%s is empty", m.name)
	}
	if m.packed.how != "" {
		if like := unread(bytes); like != "" {
			return unknownMember, unsupported(m.name, like)
		}
		for _, p := range packings {
			if p.magic(bytes) {
				return nested, failure.New(failure.BadInput, "Unpack it first, and name the files that come out.", "%s holds a %s archive within", m.name, p.name())
			}
		}
	}
	s := &sample{whole: whole, maxRow: d.options.MaxRow}
	if m.packed.seekable && !whole { // of UTF-16 and UTF-32 the start suffices
		if s.spread, err = spread(r.file, m.packed.size); err != nil {
			return 0, fmt.Errorf("reading %s: %w", m.name, err)
		}
	}
	return d.read(ctx, m, s, bytes)
}

// read finds charset, format and columns of m in a sample of its bytes.
func (d *Dump) read(ctx context.Context, m *member, s *sample, head []byte) (reason, error) {
	var mark int
	var ok bool
	s.charset, ok = detect(head, s.spread)
	if !ok && startsSQL(head) {
		s.charset, ok = utf8Text, true // with binary values in quotes
	}
	if !ok {
		return unknownMember, failure.New(failure.BadInput, "Check what the file is: it is no text that can be read.", "%s: binary noise", m.name)
	}
	m.charset = s.charset
	s.text, mark = s.charset.head(head)
	if like := unreadText(s.text); like != "" {
		return unknownMember, unsupported(m.name, like)
	}
	best := 0.0
	var by format
	for _, f := range formats {
		if score := f.probe(s); score > best {
			best, by = score, f
		}
	}
	if by == nil {
		return unknownMember, failure.New(failure.BadInput, "Check that the file was copied whole.", "%s holds no row", m.name)
	}
	m.layout = by.open(s)
	if l, ok := m.layout.(*sqlLayout); ok && !m.charset.wide() {
		m.charset = l.mode.charset // as the text itself says
	}
	m.start = int64(mark + m.layout.start())
	if k, ok := m.layout.(keyed); ok {
		if err := d.gatherKeys(ctx, m, k); err != nil {
			return badMember, err
		}
	}
	if l, ok := m.layout.(tabled); ok {
		if err := d.surveyTables(ctx, m, l); err != nil {
			return badMember, err
		}
		if m.shapes = l.surveyed(); len(m.shapes) == 0 {
			return unknownMember, failure.New(failure.BadInput, "Ask for the part that holds the data.", "%s holds no table", m.name)
		}
		return 0, nil
	}
	m.shapes = []shape{{columns: m.layout.columns(), header: m.layout.header()}}
	return 0, nil
}

// spread reads pieces of a plain file from all over it.
func spread(f *os.File, size int64) ([][]byte, error) {
	var pieces [][]byte
	for i := range int64(spreadPieces) {
		at := headSize + (size-headSize)*i/spreadPieces
		b := make([]byte, spreadSize)
		n, err := f.ReadAt(b, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		pieces = append(pieces, b[:n])
	}
	return pieces, nil
}

// shown is the base name of a path, fit to be shown.
func shown(path string) string { return clean(filepath.Base(path)) }

// clean takes out of a name what could play tricks on a terminal or a page.
func clean(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
}

// plainCause is err without the path, which may be long or hold anything.
func plainCause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

func unsupported(name, like string) error {
	return failure.New(failure.BadInput, "Turn it into CSV or JSON Lines, and name that file.", "%s looks like %s, which is not read yet", name, like)
}
