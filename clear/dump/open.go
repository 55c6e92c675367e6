package dump

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"constat.example/internal/failure"
)

// headSize is how much of the start of a text is looked at.
const headSize = 512 << 10

// Pieces from further on in a text that can be read at any place, to see what
// encodings it holds.
const (
	spreadPieces = 16
	spreadSize   = 16 << 10 // bytes
)

// explorer finds what is in the inputs.
type explorer struct {
	*Dump
	first   error // of the members that are not read
	members int   // of the input under way that were looked at
}

// explore finds out of every input how it is packed, encoded and written.
func (d *Dump) explore(ctx context.Context) error {
	var all []*blob
	for i, in := range d.inputs {
		if in.Size == 0 {
			return empty(in.Name)
		}
		all = append(all, &blob{input: i, packed: in.Size, weight: in.Size, size: in.Size, open: in.open, at: in})
	}
	e := &explorer{Dump: d}
	all, err := e.gather(ctx, all)
	if err != nil {
		return err
	}
	for _, b := range all {
		e.members = 0
		if err := e.enter(ctx, b); err != nil {
			return err
		}
	}
	if len(d.members) == 0 {
		return e.first
	}
	return nil
}

// enter looks into b, and at what is packed in it.
func (e *explorer) enter(ctx context.Context, b *blob) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f := &entry{name: e.nameOf(b), dump: e.Dump, blob: b}
	e.members++
	switch {
	case slices.Contains(e.options.Barred, f.name):
		return e.refuse(b, readerFailed, failure.New(failure.BadInput, "Ask for the file in another form.", "%s: %s", f.name, readerFailed))
	case e.members > maxMembers:
		return e.refuse(b, tooMany, failure.New(failure.BadInput, "Unpack it and name the files that matter.", "%s: %s", f.name, tooMany))
	}
	e.options.Working(f.name)
	m := member{index: len(e.Dump.members), table: len(e.Tables), name: f.name, blob: b, file: f}
	how, why, err := e.sniff(ctx, &m)
	if end, ok := errors.AsType[*broken](err); ok {
		why, err = end.why, failure.New(failure.BadInput, "Ask for the file again.", "%s: %s", f.name, end.why)
	}
	switch {
	case err != nil && (isSourceError(err) || failure.CodeOf(err) != failure.BadInput):
		return err
	case err != nil:
		return e.refuse(b, why, err)
	case how == nil:
		e.keep(m)
		return nil
	}
	return e.unpack(ctx, f, how)
}

// unpack looks into what is packed in f.
func (e *explorer) unpack(ctx context.Context, f *entry, how container) error {
	b := f.blob
	if len(b.how) >= e.options.Depth {
		return e.refuse(b, tooDeeplyPacked, failure.New(failure.BadInput, "Unpack it first, and name the files that come out.",
			"%s is packed more than %d times over", f.name, e.options.Depth))
	}
	inner, refused, err := how.unpack(ctx, f)
	if err != nil {
		if end, ok := errors.AsType[*broken](err); ok {
			return e.refuse(b, end.why, failure.New(failure.BadInput, "Ask for the file again.", "%s: %s", f.name, end.why))
		}
		if d, ok := errors.AsType[*declined](err); ok {
			return e.refuse(b, d.why, d.error)
		}
		if isSourceError(err) || failure.CodeOf(err) != failure.BadInput {
			return err
		}
		return e.refuse(b, badMember, err)
	}
	sum := int64(0)
	for _, in := range inner {
		sum += max(in.packed, 0)
	}
	safe := inner[:0]
	for _, in := range inner {
		if unsafeName(in.name) {
			refused = append(refused, refusal{name: in.name, why: badName, bytes: in.packed})
			continue
		}
		in.input = b.input
		in.how = append(slices.Clone(b.how), how.name())
		in.weight = int64(float64(b.weight) * float64(max(in.packed, 0)) / float64(max(sum, 1)))
		in.name = joined(b.name, clean(in.name))
		safe = append(safe, in)
	}
	for _, r := range refused {
		r.name = e.nameOf(&blob{input: b.input, name: joined(b.name, clean(r.name))})
		r.input = b.input
		e.refused = append(e.refused, r)
		switch r.why {
		case encrypted:
			e.fail(failure.New(failure.BadInput, "Offer its password with --password-file, or unpack it and name the files that come out.", "%s: the %s archive is encrypted", f.name, how.name()))
		case wrongPassword:
			e.fail(failure.New(failure.BadInput, "Add its password to the file of passwords, or unpack it and name the files that come out.", "%s: the %s archive is encrypted, and no password offered fits", f.name, how.name()))
		}
		e.fail(failure.New(failure.BadInput, "Unpack it, and name the files that come out.", "%s: %s", r.name, r.why))
	}
	if len(safe)+len(refused) == 0 {
		return e.refuse(b, unknownMember, failure.New(failure.BadInput, "Check that the file was copied whole.", "%s: the %s archive holds no file", f.name, how.name()))
	}
	if safe, err = e.gather(ctx, safe); err != nil {
		return err
	}
	if b.broken != nil { // what came before was unpacked
		e.refused = append(e.refused, refusal{input: b.input, name: f.name, why: b.broken.why, bytes: b.broken.bytes})
	}
	for _, in := range safe {
		if err := e.enter(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// gather puts together what belongs together.
func (e *explorer) gather(ctx context.Context, siblings []*blob) ([]*blob, error) {
	for _, g := range gatherings {
		if len(siblings) < 2 {
			break
		}
		together, missing, err := g.gather(ctx, e.Dump, siblings)
		if err != nil {
			return nil, err
		}
		for _, r := range missing {
			e.refused = append(e.refused, r)
			e.fail(failure.New(failure.BadInput, "Give all its volumes.", "%s: %s", r.name, r.why))
		}
		siblings = together
	}
	return siblings, nil
}

// refuse counts b as not read, and the rest goes on. err is for the case that
// nothing else is read either.
func (e *explorer) refuse(b *blob, why reason, err error) error {
	e.refused = append(e.refused, refusal{input: b.input, name: e.nameOf(b), why: why, bytes: b.packed})
	e.fail(err)
	return nil
}

func (e *explorer) fail(err error) { e.first = cmp.Or(e.first, err) }

func joined(outer, inner string) string {
	return strings.Trim(outer+"/"+inner, "/")
}

// nameOf is the name of b as it is shown: of its input, and within it.
func (d *Dump) nameOf(b *blob) string {
	name := d.inputs[b.input].Name
	if b.name != "" {
		name += "/" + b.name
	}
	return name
}

// keep makes tables of m.
func (d *Dump) keep(m member) {
	kind, dialect, _ := strings.Cut(m.describe(), ": ")
	for _, how := range slices.Backward(m.blob.how) {
		kind += ", " + how
	}
	if m.layout != nil {
		dialect += ", " + m.charset.String()
	}
	d.members = append(d.members, m)
	for _, s := range m.shapes {
		t := Table{Input: m.blob.input, Name: m.name, Format: kind, Dialect: dialect, Columns: s.columns, Header: s.header, Keys: keysFrom(s.keys, m.table)}
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

// sniff finds out how m is packed or written. The reason goes with an error.
func (d *Dump) sniff(ctx context.Context, m *member) (container, reason, error) {
	if m.blob.as != nil {
		why, err := d.openWhole(ctx, m, m.blob.as)
		return nil, why, err
	}
	if m.blob.in != nil {
		return m.blob.in, 0, nil
	}
	// What is decoded for a look is dropped: the scan starts afresh.
	in, err := m.file.reader()
	if err != nil {
		return nil, badMember, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(in, head)
	err = cmp.Or(err, in.Close())
	end, isBroken := errors.AsType[*broken](err)
	enough := err == nil
	if err != nil && !isBroken && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, badMember, err
	}
	head = head[:n]
	if n == 0 {
		if isBroken {
			return nil, end.why, failure.New(failure.BadInput, "Ask for the file again: nothing of it can be unpacked.", "%s: %s", m.name, end.why)
		}
		return nil, emptyMember, empty(m.name)
	}
	l := &look{head: head, file: m.file}
	if m.blob.written != nil {
		why, err := d.read(ctx, m, &sample{whole: !enough, maxRow: d.options.MaxRow}, l)
		return nil, why, err
	}
	for _, w := range wholes {
		if w.probe(ctx, l) == certain {
			why, err := d.openWhole(ctx, m, w)
			return nil, why, err
		}
	}
	for _, c := range containers {
		if c.magic(head) {
			return c, 0, nil
		}
	}
	if like := unread(head); like != "" {
		return nil, unknownMember, unsupported(m.name, like)
	}
	s := &sample{whole: !enough, maxRow: d.options.MaxRow}
	if m.blob.at != nil && enough { // of UTF-16 and UTF-32 the start suffices
		if s.spread, err = spread(m.blob.at, m.blob.size); err != nil {
			return nil, badMember, err
		}
	}
	why, err := d.read(ctx, m, s, l)
	return nil, why, err
}

// openWhole opens m in a format that reads it by itself.
func (d *Dump) openWhole(ctx context.Context, m *member, by whole) (reason, error) {
	var err error
	if m.whole, err = by.open(ctx, m.file); err != nil {
		return badMember, err
	}
	if m.shapes = m.whole.shapes(); len(m.shapes) == 0 {
		return unknownMember, failure.New(failure.BadInput, "Ask for the part that holds the data.", "%s holds no table", m.name)
	}
	return 0, nil
}

// read finds charset, format and columns of m in a sample of its bytes.
func (d *Dump) read(ctx context.Context, m *member, s *sample, l *look) (reason, error) {
	var mark int
	var ok bool
	s.charset, ok = detect(l.head, s.spread)
	if !ok && (startsSQL(l.head) || m.blob.written != nil) {
		s.charset, ok = utf8Text, true // with binary values
	}
	best := 0.0
	var by format
	var alone whole
	if ok {
		s.text, mark = s.charset.head(l.head)
		l.text = s.text
		for _, f := range formats {
			if score := f.probe(s); score > best {
				best, by = score, f
			}
		}
	}
	if m.blob.written != nil {
		best, by = certain, m.blob.written
	}
	for _, w := range wholes {
		if score := w.probe(ctx, l); score > best {
			best, alone = score, w
		}
	}
	switch {
	case alone != nil:
		return d.openWhole(ctx, m, alone)
	case !ok:
		return unknownMember, failure.New(failure.BadInput, "Check what the file is: it is no text that can be read.", "%s: binary noise", m.name)
	}
	if like := unreadText(s.text); like != "" {
		return unknownMember, unsupported(m.name, like)
	}
	if by == nil {
		return unknownMember, failure.New(failure.BadInput, "Check that the file was copied whole.", "%s holds no row", m.name)
	}
	m.charset = s.charset
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

// spread reads pieces from all over a text.
func spread(in io.ReaderAt, size int64) ([][]byte, error) {
	var pieces [][]byte
	for i := range int64(spreadPieces) {
		at := headSize + (size-headSize)*i/spreadPieces
		b := make([]byte, spreadSize)
		n, err := in.ReadAt(b, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading pieces of a text: %w", err)
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
	return failure.New(failure.BadInput, "Turn it into CSV or JSON Lines, and name that file.", "%s looks like %s, which is not read", name, like)
}
