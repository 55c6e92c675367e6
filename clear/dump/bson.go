package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
)

// bsonFormat is the documents of a collection one after another, as mongodump
// writes them to a file of their own.
type bsonFormat struct{}

func (bsonFormat) probe(_ context.Context, l *look) float64 {
	if bsonStart(l.head) && !bytes.HasPrefix(l.head, []byte(archiveMark)) {
		return certain
	}
	return 0
}

func (bsonFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	l := &bsonLayout{in: f}
	row := bsonReader{keyRow: growingKeyRow()}
	all, seen := &keySet{}, map[string]bool{}
	err := l.documents(ctx, func(doc []byte, _ int64) {
		row.read(doc)
		if len(row.found.paths) > maxColumns {
			all.gather(seen, row.found)
			row.keyRow = growingKeyRow()
		}
	}, func(reason, int64, int64) {})
	if err != nil {
		return nil, err
	}
	all.gather(seen, row.found)
	l.keys = all
	return l, nil
}

// bsonLayout is a file of documents.
type bsonLayout struct {
	in   *entry
	keys *keySet
}

func (l *bsonLayout) describe() string { return "BSON: documents, one column for each key" }

func (l *bsonLayout) shapes() []shape { return []shape{bsonShape("", l.keys)} }

// bsonShape is a table with a column for each of the keys.
func bsonShape(name string, k *keySet) shape {
	if len(k.paths) == 0 {
		k.more = true // rows there may be, but no key
	}
	return shape{name: name, columns: k.names(), header: true}
}

func (l *bsonLayout) read(ctx context.Context, out *output) error {
	size, err := l.size(ctx)
	if err != nil {
		return err
	}
	w := bsonWriter{out: out, size: size, cells: cellWriter{charset: utf8Text}, maxRow: l.in.maxRow()}
	w.row.keyRow = newKeyRow(l.keys)
	return l.documents(ctx, func(doc []byte, at int64) { w.write(&w.row, doc, at) }, w.lost)
}

func (l *bsonLayout) size(ctx context.Context) (int64, error) {
	_, size, err := l.in.random(ctx)
	return size, err
}

// bsonWriter writes documents as rows.
type bsonWriter struct {
	out    *output
	row    bsonReader
	size   int64
	maxRow int
	cells  cellWriter
}

func (w *bsonWriter) lost(why reason, at, bytes int64) { w.out.lost(why, at, bytes, w.size) }

func (w *bsonWriter) write(row *bsonReader, doc []byte, at int64) {
	if len(doc) > w.maxRow {
		w.lost(tooLong, at, int64(len(doc)))
		return
	}
	if !row.read(doc) {
		w.lost(row.why, at, int64(len(doc)))
		return
	}
	mended := false
	for _, value := range row.slots {
		mended = w.cells.value(&w.out.batch, value) || mended
	}
	w.out.row(len(doc), mended)
}

// documents reads all of the file: each document, and each piece that is none.
func (l *bsonLayout) documents(ctx context.Context, each func(doc []byte, at int64), lost func(why reason, at, bytes int64)) error {
	w, err := l.in.window(ctx)
	if err != nil {
		return err
	}
	s := bsonStream{window: w}
	for at := int64(0); at < w.size; {
		doc, n, err := s.next(at)
		if err != nil {
			return err
		}
		if doc != nil {
			each(doc, at)
		} else {
			why := badRecord
			if at+n == w.size {
				why = rowCut
			}
			lost(why, at, n)
		}
		at += n
	}
	return nil
}

// bsonStream finds documents.
type bsonStream struct {
	*window
	key  []byte // that the first one begins with, and its end
	vain int64  // bytes looked at that were no document
}

// patience is how many bytes are looked at in vain before only short documents
// are looked for, so that what is made to be looked at again and again is not.
const patience = 1 << 30

// next is the document at an offset; where none is there, nil, and how far it is
// to where reading goes on.
func (s *bsonStream) next(at int64) (doc []byte, n int64, err error) {
	if doc, err := s.document(at); doc != nil || err != nil {
		if s.key == nil {
			s.key = append(bytes.Clone(firstBSONKey(doc)), 0)
		}
		return doc, int64(len(doc)), err
	}
	// The length may be right where the rest is not.
	head, err := s.at(at, 4)
	if err != nil {
		return nil, 0, err
	}
	if len(head) == 4 {
		if n = int64(int32(binary.LittleEndian.Uint32(head))); n >= 5 && at+n <= s.size {
			good, err := s.starts(at + n)
			if err != nil {
				return nil, 0, err
			}
			if good {
				return nil, n, nil
			}
		}
	}
	to, err := s.resume(at + 1)
	return nil, to - at, err
}

// document is the whole document at an offset, nil for none.
func (s *bsonStream) document(at int64) ([]byte, error) {
	head, err := s.at(at, 4)
	if err != nil || len(head) < 4 {
		return nil, err
	}
	n := int64(int32(binary.LittleEndian.Uint32(head)))
	if n < 5 || n > maxBSON || at+n > s.size {
		return nil, nil
	}
	if n > 1<<16 && s.vain > patience {
		return nil, nil
	}
	doc, err := s.at(at, int(n))
	if err != nil {
		return nil, err
	}
	if int64(len(doc)) < n || !validBSON(doc, 0) {
		s.vain += n
		return nil, nil
	}
	return doc, nil
}

// starts reports that reading can go on at an offset.
func (s *bsonStream) starts(at int64) (bool, error) {
	if at == s.size {
		return true, nil
	}
	doc, err := s.document(at)
	return doc != nil, err
}

// resume is the next place from an offset on at which a document begins, as all
// do, with the key of the first; else the end.
func (s *bsonStream) resume(from int64) (int64, error) {
	if len(s.key) == 0 {
		return s.size, nil
	}
	for at := from + 5; ; {
		k, err := s.find(at, s.key)
		if err != nil {
			return 0, err
		}
		if k < 0 {
			return s.size, nil
		}
		doc, err := s.document(k - 5)
		if err != nil {
			return 0, err
		}
		if doc != nil {
			return k - 5, nil
		}
		at = k + 1
	}
}

func (bsonFormat) about() About {
	return About{
		Name: "BSON", What: "the documents of a collection as `mongodump` writes them; a column for each key",
		Example: "Two documents: {nom: \"Martin\", adresse: {ville: \"Lyon\"}} and {nom: \"Petit\"}.",
		NotRead: "documents of more than 64 MiB",
		Made:    bsonExample,
	}
}

func bsonExample() []byte {
	town := bsonOf(bsonText("ville", "Lyon"))
	return append(bsonOf(bsonText("nom", "Martin"), append(append([]byte{bsonDocument}, "adresse\x00"...), town...)), bsonOf(bsonText("nom", "Petit"))...)
}

// bsonOf makes a document of elements.
func bsonOf(elements ...[]byte) []byte {
	doc := slices.Concat(append([][]byte{make([]byte, 4)}, append(elements, []byte{0})...)...)
	binary.LittleEndian.PutUint32(doc, uint32(len(doc)))
	return doc
}

// bsonText makes an element that is a text.
func bsonText(key, value string) []byte {
	e := append(append([]byte{bsonString}, key...), 0)
	e = binary.LittleEndian.AppendUint32(e, uint32(len(value)+1))
	return append(append(e, value...), 0)
}
