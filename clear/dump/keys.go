package dump

import (
	"bytes"
	"context"
	"strings"

	"constat.example/clear/column"
)

// Limits of the columns of JSON. The keys beyond the most that are columns
// share the column otherKeys, so that nothing is lost.
const (
	maxColumns = 2000
	otherKeys  = "other keys"
)

// keyNode is a key of JSON objects: the value found under it, and the keys of
// the objects found under it. The root stands for the row.
type keyNode struct {
	key    string
	path   string // keys from the root, each ended by a zero byte
	column int    // of its values, or -1
	child  map[string]*keyNode
	order  []*keyNode // children in the order they came
	index  int        // among its siblings
	hint   int        // index of the child that is likely to come next
	named  bool       // its column was noted
}

func newKeys() *keyNode { return &keyNode{column: -1} }

// find returns the child of that key, or nil. Keys mostly come in the same
// order, so that the next one is tried before it is looked up.
func (n *keyNode) find(key []byte) *keyNode {
	if n.hint < len(n.order) && n.order[n.hint].key == string(key) {
		c := n.order[n.hint]
		n.hint++
		return c
	}
	if c := n.child[string(key)]; c != nil {
		n.hint = c.index + 1
		return c
	}
	return nil
}

func (n *keyNode) add(key string) *keyNode {
	c := &keyNode{key: key, path: n.path + key + "\x00", column: -1, index: len(n.order)}
	if n.child == nil {
		n.child = map[string]*keyNode{}
	}
	n.child[key] = c
	n.order = append(n.order, c)
	n.hint = len(n.order)
	return c
}

// keySet is the columns that a part of a text needs, in the order they came.
type keySet struct {
	paths []string
	more  bool // there were more than can be columns
}

// gather adds what a later part of the text needs.
func (k *keySet) gather(seen map[string]bool, more *keySet) {
	k.more = k.more || more.more
	for _, p := range more.paths {
		switch {
		case seen[p]:
		case len(k.paths) == maxColumns:
			k.more = true
		default:
			seen[p] = true
			k.paths = append(k.paths, p)
		}
	}
}

// tree is the keys of k, each with the column of its values.
func (k *keySet) tree() *keyNode {
	root := newKeys()
	for at, path := range k.paths {
		n := root
		for key := range strings.SplitSeq(strings.TrimSuffix(path, "\x00"), "\x00") {
			c := n.child[key]
			if c == nil {
				c = n.add(key)
			}
			n = c
		}
		n.column = at
	}
	root.rewind()
	return root
}

// rewind expects the keys of another row.
func (n *keyNode) rewind() {
	n.hint = 0
	for _, c := range n.order {
		c.rewind()
	}
}

// names are the names of the columns: keys joined by dots. A key that looks
// like a value is not shown, since it may be someone's.
func (k *keySet) names() []string {
	var names, all []string
	known := map[string]bool{}
	for _, path := range k.paths {
		for key := range strings.SplitSeq(strings.TrimSuffix(path, "\x00"), "\x00") {
			if !known[key] {
				known[key] = true
				all = append(all, key)
			}
		}
	}
	telling := map[string]bool{}
	for i, tells := range column.Telling(all) {
		telling[all[i]] = tells
	}
	for i, path := range k.paths {
		keys := strings.Split(strings.TrimSuffix(path, "\x00"), "\x00")
		name := fitName(strings.Join(keys, "."))
		for _, key := range keys {
			if telling[key] || valued(key) {
				name = ""
			}
		}
		if name == "" {
			name = columnName(i)
		}
		names = append(names, name)
	}
	if k.more {
		names = append(names, otherKeys)
	}
	distinct(names)
	return names
}

// keyRow is the values of a row under the keys they have: the values of nested
// keys in columns of their own, several of one key one after another.
type keyRow struct {
	keys  *keyNode
	grow  bool // keys not in keys are added to it, and noted in found
	found *keySet
	slots [][]byte // values by column; nil is none
	used  []int    // columns that have values
	other int      // column for keys that have none, or -1
	why   reason   // why a row cannot be read
}

// newKeyRow is for rows with the columns of k.
func newKeyRow(k *keySet) keyRow {
	r := keyRow{keys: k.tree(), other: -1}
	width := len(k.paths)
	if k.more {
		r.other = width
		width++
	}
	r.slots = make([][]byte, width)
	return r
}

// growingKeyRow is for a look at the keys.
func growingKeyRow() keyRow {
	return keyRow{keys: newKeys(), grow: true, found: &keySet{}, other: -1}
}

// reset forgets the values of the row before.
func (r *keyRow) reset() {
	for _, c := range r.used {
		r.slots[c] = nil
	}
	r.used = r.used[:0]
}

// child is the node of a key under n, or nil with the reason why.
func (r *keyRow) child(n *keyNode, key []byte) *keyNode {
	if c := n.find(key); c != nil {
		return c
	}
	switch {
	case r.grow:
		if len(r.found.paths) > maxColumns {
			r.found.more = true
		}
		return n.add(string(key))
	case r.other >= 0:
		return &keyNode{key: string(key), path: n.path + string(key) + "\x00", column: -1}
	default:
		r.why = newKey
		return nil
	}
}

// set gives the column of n a value, after those it has.
func (r *keyRow) set(n *keyNode, value []byte) bool {
	if r.grow {
		if !n.named && n.path != "" {
			n.named = true
			if len(r.found.paths) <= maxColumns {
				r.found.paths = append(r.found.paths, n.path)
			} else {
				r.found.more = true
			}
		}
		return true
	}
	if len(value) == 0 {
		return true
	}
	column := n.column
	if column < 0 {
		if r.other < 0 {
			r.why = newKey
			return false
		}
		column = r.other
		name := bytes.ReplaceAll(bytes.TrimSuffix([]byte(n.path), []byte{0}), []byte{0}, []byte{'.'})
		value = append(append(name, '='), value...)
	}
	have := r.slots[column]
	if have == nil {
		r.used = append(r.used, column)
		r.slots[column] = value
		return true
	}
	r.slots[column] = append(append(bytes.Clone(have), ','), value...)
	return true
}

// keyed is a layout whose columns are the keys of all its rows, which only a
// pass over the whole text can tell.
type keyed interface {
	layout
	setKeys(k *keySet)
}

// gatherKeys reads all of m for its keys.
func (d *Dump) gatherKeys(ctx context.Context, m *member, layout keyed) error {
	all, seen := &keySet{}, map[string]bool{}
	r := run{options: d.options, chunk: d.chunk, made: func(m *member) parser { return m.layout.(keyFinder).keyParser() }}
	r.take = func(_ *member, p *piece, release func()) error {
		if p.keys != nil {
			all.gather(seen, p.keys)
		}
		release()
		return nil
	}
	if err := d.alone(ctx, m, r, "finding the columns"); err != nil {
		return err
	}
	layout.setKeys(all)
	return nil
}

// surveyTables reads all of m for its tables.
func (d *Dump) surveyTables(ctx context.Context, m *member, layout tabled) error {
	for by := layout.survey(); by != nil; by = layout.survey() {
		r := run{options: d.options, chunk: d.chunk, cut: by}
		r.made = func(*member) parser { return surveyParser{} }
		r.take = func(_ *member, _ *piece, release func()) error {
			release()
			return nil
		}
		if err := d.alone(ctx, m, r, "finding the tables"); err != nil {
			return err
		}
	}
	return nil
}

// keyFinder is a layout that can be read for its keys alone.
type keyFinder interface{ keyParser() parser }
