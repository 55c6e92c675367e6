package dump

import (
	"context"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
)

// pgFiles puts together what `pg_dump --format=directory` and `--format=tar`
// write: a table of contents, toc.dat, and a file for the data of each table.
type pgFiles struct{}

func (pgFiles) gather(ctx context.Context, d *Dump, siblings []*blob) ([]*blob, []refusal, error) {
	names := make([]string, len(siblings))
	tocs := map[string]int{} // by folder
	for i, b := range siblings {
		names[i] = b.name
		if b.name == "" {
			names[i] = d.inputs[b.input].Name
		}
		if dir, base := path.Split(names[i]); base == "toc.dat" {
			if head, err := b.first(len(pgMark)); err != nil {
				return nil, nil, err
			} else if string(head) == pgMark {
				tocs[dir] = i
			}
		}
	}
	if len(tocs) == 0 {
		return siblings, nil, nil
	}
	gone := map[int]bool{}
	for i, name := range names {
		dir, base := path.Split(name)
		at, ok := tocs[dir]
		if !ok || at == i {
			continue
		}
		toc := siblings[at]
		of, _ := toc.in.(*pgFolder)
		if of == nil {
			of = &pgFolder{files: map[string]*blob{}, restores: map[string]*blob{}}
			toc.in = of
		}
		switch {
		case base == "restore.sql" || strings.HasPrefix(base, "blobs") && strings.HasSuffix(base, ".toc"):
			of.restores[base] = siblings[i]
		case pgPart(base) != "":
			of.files[pgPart(base)] = siblings[i]
		default:
			continue
		}
		toc.packed += siblings[i].packed
		toc.weight += siblings[i].weight
		gone[i] = true
	}
	var rest []*blob
	for i, b := range siblings {
		if !gone[i] {
			rest = append(rest, b)
		}
	}
	return rest, nil, nil
}

// pgPart is the name of a file of data as the table of contents has it; empty
// for other files.
func pgPart(base string) string {
	name, ok := strings.CutSuffix(base, ".dat")
	for _, packed := range []string{".gz", ".lz4", ".zst"} {
		if !ok {
			name, ok = strings.CutSuffix(base, ".dat"+packed)
		}
	}
	if !ok || name == "" || strings.Trim(name, "0123456789") != "" {
		return ""
	}
	return name + ".dat"
}

// first is the start of b.
func (b *blob) first(n int) ([]byte, error) {
	in, err := b.open()
	if err != nil {
		return nil, err
	}
	head := make([]byte, n)
	got, err := io.ReadFull(in, head)
	_ = in.Close()
	if err != nil && isSourceError(err) {
		return nil, err
	}
	return head[:got], nil
}

// pgFolder is the files of such an archive, beside its table of contents.
type pgFolder struct {
	files    map[string]*blob // with data, by the names the table of contents has
	restores map[string]*blob // that repeat what the table of contents says
}

func (*pgFolder) name() string { return "pg_dump archive" }

func (*pgFolder) about() Packing { return pgContainer{}.about() }

func (*pgFolder) magic([]byte) bool { return false }

func (p *pgFolder) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	t, err := readPgTOC(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	var members []*blob
	var refused []refusal
	if t.missing {
		refused = append(refused, refusal{name: "toc.dat", why: rowCut})
	}
	taken := map[string]bool{}
	for _, e := range t.entries {
		b := p.files[e.file]
		switch {
		case e.blobs:
			continue // each is a file of its own
		case b == nil || taken[e.file]:
			refused = append(refused, refusal{name: e.member(), why: missingData})
			continue
		}
		taken[e.file] = true
		b, why, err := p.table(ctx, f, b, t.before(e))
		if err != nil {
			return nil, nil, err
		}
		if b == nil {
			refused = append(refused, refusal{name: e.member(), why: why})
			continue
		}
		b.name = e.member()
		members = append(members, b)
	}
	for _, name := range sortedKeys(p.files) {
		if !taken[name] { // the table of contents does not know it
			b := *p.files[name]
			b.name = name
			members = append(members, &b)
		}
	}
	for _, name := range sortedKeys(p.restores) {
		b := *p.restores[name]
		says, err := b.saysMore()
		if err != nil {
			return nil, nil, err
		}
		if says {
			b.name = name
			members = append(members, &b)
		}
	}
	return members, refused, nil
}

// table is the data of a table, unpacked, with the statement that loads it.
func (p *pgFolder) table(ctx context.Context, f *entry, b *blob, lead []byte) (*blob, reason, error) {
	whole := *b
	name := f.dump.nameOf(b)
	in := &entry{name: name, dump: f.dump, blob: b}
	var inner []*blob
	var refused []refusal
	var err error
	switch path.Ext(name) {
	case ".gz":
		inner, refused, err = gzipContainer{}.unpack(ctx, in)
	case ".zst":
		inner, refused, err = zstdContainer{}.unpack(ctx, in)
	case ".lz4":
		inner, refused, err = lz4Container{}.unpack(ctx, in)
	default:
		inner = []*blob{&whole}
	}
	if err != nil {
		return nil, 0, err
	}
	if len(inner) == 0 {
		return nil, refused[0].why, nil
	}
	whole = *inner[0]
	whole.packed = b.packed
	whole.prefix(lead)
	return &whole, 0, nil
}

// saysMore reports rows in an SQL text that should have none, so that nobody
// hides any there.
func (b *blob) saysMore() (bool, error) {
	in, err := b.open()
	if err != nil {
		return false, err
	}
	defer func() { _ = in.Close() }()
	buf := make([]byte, 0, 256<<10)
	for {
		n, err := io.ReadFull(in, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if rowsInSQL.Match(buf) {
			return true, nil
		}
		if err != nil {
			if isSourceError(err) {
				return false, err
			}
			return false, nil
		}
		buf = append(buf[:0], buf[len(buf)-64:]...)
	}
}

// rowsInSQL is what stands before rows. A COPY block that ends at once has none.
var rowsInSQL = regexp.MustCompile(`(?i)insert\s+(ignore\s+)?into\b|replace\s+into\b|from\s+stdin[^\n]*\r?\n([^\\]|\\[^.])`)

func sortedKeys(m map[string]*blob) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
