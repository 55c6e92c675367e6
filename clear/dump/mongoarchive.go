package dump

import (
	"bytes"
	"context"
)

// mongoArchive is what `mongodump --archive` writes: the documents of many
// collections in one file, in pieces that each say of which collection they are.
type mongoArchive struct{}

const (
	archiveMark = "\x6d\xe2\x99\x81"
	archiveEnd  = "\xff\xff\xff\xff" // ends a piece
)

func (mongoArchive) probe(_ context.Context, l *look) float64 {
	if rest, ok := bytes.CutPrefix(l.head, []byte(archiveMark)); ok && bsonStart(rest) {
		return certain
	}
	return 0
}

func (mongoArchive) open(ctx context.Context, f *entry) (wholeLayout, error) {
	l := &mongoLayout{in: f, at: map[string]int{}}
	var rows []*bsonReader
	seen := []map[string]bool{}
	err := l.documents(ctx, func(table int, doc []byte, _ int64) {
		for table >= len(rows) {
			rows = append(rows, &bsonReader{keyRow: growingKeyRow()})
			seen = append(seen, map[string]bool{})
			l.keys = append(l.keys, &keySet{})
		}
		row := rows[table]
		row.read(doc)
		if len(row.found.paths) > maxColumns {
			l.keys[table].gather(seen[table], row.found)
			row.keyRow = growingKeyRow()
		}
	}, func(reason, int64, int64) {})
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		l.keys[i].gather(seen[i], row.found)
	}
	for len(l.keys) < len(l.names) {
		l.keys = append(l.keys, &keySet{})
	}
	if len(l.names) == 0 {
		return nil, damagedFile(f, "an archive of mongodump")
	}
	return l, nil
}

// mongoLayout is the collections of an archive.
type mongoLayout struct {
	in    *entry
	names []string
	at    map[string]int // collections by name
	keys  []*keySet
}

func (l *mongoLayout) describe() string {
	return "mongodump archive: documents of several collections, one column for each key"
}

func (l *mongoLayout) shapes() []shape {
	var all []shape
	for i, name := range l.names {
		all = append(all, bsonShape(tableName(name, i), l.keys[i]))
	}
	return all
}

func (l *mongoLayout) read(ctx context.Context, out *output) error {
	_, size, err := l.in.random(ctx)
	if err != nil {
		return err
	}
	w := bsonWriter{out: out, size: size, cells: cellWriter{charset: utf8Text}, maxRow: l.in.maxRow()}
	rows := make([]bsonReader, len(l.names))
	for i := range rows {
		rows[i].keyRow = newKeyRow(l.keys[i])
	}
	return l.documents(ctx, func(table int, doc []byte, at int64) {
		out.into(table)
		w.write(&rows[table], doc, at)
	}, w.lost)
}

// table is the place of a collection. The last of too many takes the rest.
func (l *mongoLayout) table(name string) int {
	i, ok := l.at[name]
	if !ok {
		if i = len(l.names); i == maxTables {
			return i - 1
		}
		l.at[name] = i
		l.names = append(l.names, name)
	}
	return i
}

// documents reads all of the archive: each document of a collection, and each
// piece that cannot be read.
func (l *mongoLayout) documents(ctx context.Context, each func(table int, doc []byte, at int64), lost func(why reason, at, bytes int64)) error {
	w, err := l.in.window(ctx)
	if err != nil {
		return err
	}
	s := bsonStream{window: w}
	open := map[string]bool{} // collections whose end was not seen
	at := int64(len(archiveMark))
	prelude, table := true, -1
	for at < w.size {
		mark, err := s.at(at, len(archiveEnd))
		if err != nil {
			return err
		}
		if string(mark) == archiveEnd {
			at += int64(len(archiveEnd))
			prelude, table = false, -1
			continue
		}
		doc, err := s.document(at)
		if err != nil {
			return err
		}
		switch {
		case doc == nil:
			to, err := l.resume(&s, at+1)
			if err != nil {
				return err
			}
			why := damaged
			if to == w.size {
				why = rowCut
			}
			lost(why, at, to-at)
			at, prelude, table = to, false, -1
			continue
		case prelude: // what the archive and its collections are
			if name, ok := mongoName(doc); ok {
				open[name] = true
			}
		case table >= 0:
			each(table, doc, at)
		default:
			name, ok := mongoName(doc)
			if !ok {
				lost(badRecord, at, int64(len(doc)))
				break
			}
			table = l.table(name)
			open[name] = true
			if end, kind := bsonField(doc, "EOF"); kind == bsonBool && end[0] != 0 {
				delete(open, name)
			}
		}
		at += int64(len(doc))
	}
	if prelude || table >= 0 || len(open) > 0 {
		lost(rowCut, w.size, 0)
	}
	return nil
}

// resume is the next place from an offset on at which a piece begins; else the
// end.
func (l *mongoLayout) resume(s *bsonStream, from int64) (int64, error) {
	for at := from; ; {
		k, err := s.find(at, []byte(archiveEnd))
		if err != nil {
			return 0, err
		}
		if k < 0 {
			return s.size, nil
		}
		doc, err := s.document(k + int64(len(archiveEnd)))
		if err != nil {
			return 0, err
		}
		if doc != nil {
			if _, ok := mongoName(doc); ok {
				return k + int64(len(archiveEnd)), nil
			}
		}
		at = k + 1
	}
}

// mongoName is the collection that a document says a piece is of.
func mongoName(doc []byte) (string, bool) {
	db, a := bsonField(doc, "db")
	collection, b := bsonField(doc, "collection")
	if a != bsonString || b != bsonString {
		return "", false
	}
	return string(db[4:len(db)-1]) + "." + string(collection[4:len(collection)-1]), true
}

func (mongoArchive) about() About {
	return About{
		Name: "mongodump archive", What: "what `mongodump --archive` writes; each collection by itself",
		Example: "One collection, annuaire.clients, of the two documents of the example of BSON.",
		NotRead: "indexes and options of collections",
		Made:    mongoExample,
	}
}

func mongoExample() []byte {
	of := func(end byte) []byte {
		return bsonOf(bsonText("db", "annuaire"), bsonText("collection", "clients"), append([]byte("\x08EOF\x00"), end))
	}
	archive := []byte(archiveMark)
	for _, piece := range [][]byte{
		bsonOf(bsonText("version", "0.1")), bsonOf(bsonText("db", "annuaire"), bsonText("collection", "clients"), bsonText("metadata", "{}")), []byte(archiveEnd),
		of(0), bsonExample(), []byte(archiveEnd), of(1), []byte(archiveEnd),
	} {
		archive = append(archive, piece...)
	}
	return archive
}
