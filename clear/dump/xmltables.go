package dump

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"constat.example/internal/failure"
)

// xmlTablesFormat is XML of any kind that repeats itself: each element that
// does is a row, what is in it are its columns.
type xmlTablesFormat struct{}

// probe reads the start as XML: a text that only begins with a '<' has no tags
// that end.
func (xmlTablesFormat) probe(_ context.Context, l *look) float64 {
	text := bytes.TrimLeft(l.text[:min(len(l.text), 64<<10)], " \t\r\n")
	if len(text) < 3 || text[0] != '<' {
		return 0
	}
	x := newXMLReader(bytes.NewReader(text), utf8Text, len(text))
	good, bad := 0, 0
	var open []string
	for x.next() {
		switch {
		case x.kind == textToken && len(open) == 0 && len(bytes.TrimSpace(x.text)) > 0:
			bad++
		case x.kind == brokenToken && x.offset() < int64(len(text)):
			bad++
		case x.kind == startTag && x.closed:
			good++
		case x.kind == startTag:
			open = append(open, string(x.name))
		case x.kind == endTag:
			if n := len(open); n > 0 && open[n-1] == string(x.name) {
				open = open[:n-1]
				good++
			} else {
				bad++
			}
		}
	}
	if good > 0 && bad <= good || bytes.HasPrefix(text, []byte("<?xml")) && good+len(open) > 0 {
		return 0.975
	}
	return 0
}

func (xmlTablesFormat) about() About {
	return About{
		Name: "XML", What: "`mysqldump --xml`, `mysql --xml`, exports of phpMyAdmin, and any XML that repeats an element: each is a row, its attributes and what is in it are columns; several tables where several elements are repeated",
		Example: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clients>\n<client id=\"1\"><nom>Martin</nom><adresse><ville>Lyon</ville></adresse></client>\n<client id=\"2\"><nom>Petit</nom><mel>a@x.example</mel><mel>b@x.example</mel></client>\n</clients>\n",
		NotRead: "text outside of rows: each is a reject; entities other than the five of XML and numbers stay as written",
	}
}

// Limits of XML.
const (
	maxXMLNodes = 20_000 // kinds of elements and attributes, by their path
	maxXMLDepth = 128
	otherSkip   = 1 << 20 // elements that are open and not looked into
)

// xmlNode is a kind of element by its path, or an attribute of one.
type xmlNode struct {
	name   string // as it is shown
	parent *xmlNode
	child  map[string]*xmlNode
	order  []*xmlNode
	attr   bool
	count  int64 // times it was there
	texts  int64 // times it held text
	table  int   // its elements are rows of that table, or -1
	column int   // in the table it is in, or -1
	forced bool  // known to be a row
	hidden bool  // known to hold no rows: what a table is made of
}

// rated is how often it is repeated within its parent.
func (n *xmlNode) rated() float64 { return float64(n.count) / float64(max(n.parent.count, 1)) }

// holds reports that there is something in it that is in no table of its own.
func (n *xmlNode) holds() bool {
	return n.texts > 0 || slices.ContainsFunc(n.order, func(c *xmlNode) bool { return c.table < 0 && c.holds() })
}

// says reports that there is text in it, beyond attributes, that is in no table
// of its own.
func (n *xmlNode) says() bool {
	return n.texts > 0 && !n.attr || slices.ContainsFunc(n.order, func(c *xmlNode) bool { return c.table < 0 && c.says() })
}

// alone reports that it is all that is in its parent.
func (n *xmlNode) alone() bool {
	return !slices.ContainsFunc(n.parent.order, func(c *xmlNode) bool { return c != n && !c.attr })
}

// xmlTables is a text in XML and the tables found in it.
type xmlTables struct {
	file  xmlFile
	root  *xmlNode
	nodes int
	all   []shape
}

func (xmlTablesFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	in, err := openXMLFile(ctx, f)
	if err != nil {
		return nil, err
	}
	x := &xmlTables{file: in, root: &xmlNode{count: 1, table: -1, column: -1}}
	if err := x.walk(ctx, nil); err != nil {
		return nil, err
	}
	x.choose()
	if len(x.all) == 0 {
		return nil, failure.New(failure.BadInput, "Ask for the part that holds the data.", "%s: XML that holds no table", f.name)
	}
	return x, nil
}

func (x *xmlTables) describe() string { return "XML: " + x.file.as.name }
func (x *xmlTables) shapes() []shape  { return x.all }

func (x *xmlTables) read(ctx context.Context, out *output) error { return x.walk(ctx, out) }

// choose says which elements are rows, and what their columns are.
func (x *xmlTables) choose() {
	var rows []*xmlNode
	x.force(x.root, &rows)
	if len(rows) == 0 {
		x.best(x.root, &rows)
	}
	if len(rows) == 0 && len(x.root.order) > 0 { // nothing is repeated: one row
		for _, n := range x.root.order {
			if n.holds() {
				rows = append(rows, n)
			}
		}
	}
	for i, n := range rows {
		n.table = i
	}
	// What is around rows, and repeated, is rows too.
	for _, n := range slices.Clone(rows) {
		for p := n.parent; p != nil && p != x.root; p = p.parent {
			if p.table < 0 && !n.forced && (p.count > 1 && p.holds() || p.says()) {
				p.table = len(rows)
				rows = append(rows, p)
			}
		}
	}
	for i, n := range rows {
		var paths []string
		x.columns(n, n, nil, &paths)
		s := shape{columns: xmlNames(paths), header: true}
		if len(paths) > maxColumns {
			s.columns = append(s.columns[:maxColumns], otherKeys)
		}
		if len(rows) > 1 || n.forced {
			s.name = tableName(xmlTableName(n), i)
		}
		x.all = append(x.all, s)
	}
	names := make([]string, len(x.all))
	for i := range x.all {
		names[i] = x.all[i].name
	}
	distinct(names)
	if len(names) > 1 {
		for i := range x.all {
			x.all[i].name = names[i]
		}
	}
}

// xmlTableName is what the rows say they are of.
func xmlTableName(n *xmlNode) string {
	if n.forced && n.name == "row" && n.parent.parent != nil {
		return n.parent.name
	}
	return n.name
}

// xmlNames are paths of keys, each ended by a zero byte, as names of columns.
func xmlNames(paths []string) []string {
	if len(paths) == 0 {
		return nil
	}
	return (&keySet{paths: paths}).names()
}

func (x *xmlTables) force(n *xmlNode, rows *[]*xmlNode) {
	for _, c := range n.order {
		if c.forced {
			*rows = append(*rows, c)
		} else {
			x.force(c, rows)
		}
	}
}

// best finds what is repeated most within n, and goes on beside the way there.
func (x *xmlTables) best(n *xmlNode, rows *[]*xmlNode) {
	var found *xmlNode
	var look func(n *xmlNode, leaves bool)
	look = func(n *xmlNode, leaves bool) {
		for _, c := range n.order {
			if !c.attr && !c.hidden && c.rated() > 1 && (len(c.order) > 0 || leaves && c.alone()) && c.holds() && (found == nil || c.rated() > found.rated()) {
				found = c
			}
			look(c, leaves)
		}
	}
	look(n, false)
	if found == nil {
		look(n, true)
	}
	if found == nil || len(*rows) == maxSheets {
		return
	}
	*rows = append(*rows, found)
	for c := found; c != n; c = c.parent {
		for _, s := range c.parent.order {
			if s != c && !s.attr && !s.hidden {
				x.beside(s, rows)
			}
		}
	}
}

// beside looks for rows in what stands beside the way to others.
func (x *xmlTables) beside(n *xmlNode, rows *[]*xmlNode) {
	if n.rated() > 1 && len(n.order) > 0 && n.holds() && n.parent.count == 1 {
		*rows = append(*rows, n)
		return
	}
	if n.count > 1 {
		return // it is of the rows around it
	}
	x.best(n, rows)
}

// columns gives what is in rows a column each.
func (x *xmlTables) columns(row, n *xmlNode, path []string, paths *[]string) {
	give := func(n *xmlNode, path []string) {
		n.column = min(len(*paths), maxColumns)
		if len(*paths) <= maxColumns { // the last one stands for all the others
			*paths = append(*paths, strings.Join(path, "\x00")+"\x00")
		}
	}
	if n.texts > 0 {
		if n == row {
			give(n, []string{n.name})
		} else {
			give(n, path)
		}
	}
	for _, c := range n.order {
		if c.table < 0 {
			x.columns(row, c, append(path[:len(path):len(path)], c.name), paths)
		}
	}
}

// namedElements are elements that say in an attribute what they are called.
var namedElements = []string{"field", "column", "col", "table", "table_data", "table_structure", "database", "property", "param", "attribute", "data", "value", "cell"}

// enter is the kind of the element at hand within its parent; nil where there
// are too many kinds.
func (x *xmlTables) enter(r *xmlReader, parent *xmlNode) *xmlNode {
	if parent == nil {
		return nil
	}
	key, name := string(r.name), string(r.name)
	if slices.Contains(namedElements, strings.ToLower(name)) {
		if said := r.value("name"); said != "" && len(said) <= 200 {
			key, name = key+"\x00"+said, said
		}
	}
	n := x.child(parent, key, name)
	if n == nil || x.all != nil {
		return n
	}
	n.count++
	switch string(r.name) {
	case "row":
		n.forced = n.forced || parent.parent == x.root && parent.name == "resultset" || parent.parent != nil && parent.parent.parent != nil && parent.parent.parent.name == "mysqldump"
	case "table":
		n.forced = n.forced || parent.parent != nil && parent.parent.name == "pma_xml_export"
	}
	n.hidden = n.hidden || parent.hidden || parent.parent != nil && (string(r.name) == "table_structure" || string(r.name) == "options" || string(r.name) == "structure_schemas") && xmlDump(parent)
	return n
}

// xmlDump reports that n is within a dump of MySQL or phpMyAdmin.
func xmlDump(n *xmlNode) bool {
	for ; n != nil; n = n.parent {
		if n.name == "mysqldump" || n.name == "pma_xml_export" {
			return true
		}
	}
	return false
}

func (x *xmlTables) child(parent *xmlNode, key, name string) *xmlNode {
	if n := parent.child[key]; n != nil {
		return n
	}
	if x.nodes == maxXMLNodes || x.all != nil {
		return nil
	}
	x.nodes++
	n := &xmlNode{name: name, parent: parent, table: -1, column: -1}
	if parent.child == nil {
		parent.child = map[string]*xmlNode{}
	}
	parent.child[key] = n
	parent.order = append(parent.order, n)
	return n
}

// xmlWalk goes through the elements of a text. Without out it looks for tables.
type xmlWalk struct {
	x      *xmlTables
	r      *xmlReader
	out    *output
	most   int
	open   []xmlOpen
	deeper int // elements open beyond the depth that is gone into
	taint  int // elements open when something was broken
	rows   []*xmlRow
	spare  []*xmlRow
	fresh  bool // no text of the element yet
	gap    bool // another element came between it and more text
	told   int64
	size   int64
	left   int64
	over   bool
}

type xmlOpen struct {
	node *xmlNode
	name string
	row  bool
}

// xmlRow is a row under way.
type xmlRow struct {
	table  int
	start  int64
	values [][]byte
	size   int
	any    bool // it holds elements, if only empty ones
	mended bool
	bad    bool
	why    reason
}

func (r *xmlRow) fail(why reason) {
	if !r.bad {
		r.bad, r.why = true, why
	}
}

func (x *xmlTables) walk(ctx context.Context, out *output) error {
	return x.file.read(func(in io.Reader) error {
		w := &xmlWalk{x: x, out: out, most: x.file.entry.maxRow(), size: x.file.entry.blob.size, left: x.file.entry.budget()}
		w.r = newXMLReader(in, x.file.as.values(), w.most)
		for w.r.next() {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			w.token()
		}
		if err := fault(w.r.cause); err != nil {
			return err
		}
		at := w.r.offset()
		cut := len(w.open)+w.deeper > 0
		for _, r := range w.rows {
			r.fail(rowCut)
			cut = false
		}
		w.leave(0, at)
		if cut {
			w.reject(cutShort, at, 0)
		}
		return nil
	})
}

func (w *xmlWalk) reject(why reason, at, size int64) {
	if w.out == nil {
		return
	}
	size = max(0, min(size, w.size-w.told))
	w.told += size
	w.out.reject(why, int(at), int(size))
}

// row is the row under way, or nil.
func (w *xmlWalk) row() *xmlRow {
	if n := len(w.rows); n > 0 {
		return w.rows[n-1]
	}
	return nil
}

// broken notes that something could not be read.
func (w *xmlWalk) broken() {
	if name, ok := bytes.CutPrefix(w.r.text, []byte("</")); ok && w.r.kind == brokenToken && len(w.open) > 0 && w.deeper == 0 {
		// An end tag without its '>' ends what it names all the same.
		n := 0
		for n < len(name) && nameByte(name[n]) {
			n++
		}
		if string(local(name[:n])) == w.open[len(w.open)-1].name {
			if r := w.row(); r != nil {
				r.mended = true
			} else {
				w.reject(badMarkup, w.r.start, w.r.offset()-w.r.start)
			}
			w.leave(len(w.open)-1, w.r.offset())
			return
		}
	}
	w.taint = len(w.open)
	if r := w.row(); r != nil {
		r.fail(badMarkup)
		return
	}
	w.reject(badMarkup, w.r.start, w.r.offset()-w.r.start)
}

func (w *xmlWalk) token() {
	switch w.r.kind {
	case brokenToken:
		w.broken()
	case textToken:
		text := w.r.text
		if w.fresh || w.gap {
			text = bytes.TrimLeft(text, " \t\r\n")
		}
		if len(text) > 0 {
			var node *xmlNode
			if n := len(w.open); n > 0 {
				node = w.open[n-1].node
			}
			w.put(node, text, w.r.cdata, w.r.start)
		}
	case startTag:
		w.begin()
	case endTag:
		w.finish()
	}
}

func (w *xmlWalk) begin() {
	name := string(w.r.name)
	if w.taint > 0 {
		// After something broken, an element that is open already begins anew.
		for i := min(w.taint, len(w.open)) - 1; i > 0; i-- {
			if w.open[i].name == name {
				w.spoil(i)
				w.leave(i, w.r.start)
				break
			}
		}
		w.taint = min(w.taint, len(w.open))
	}
	if len(w.open) == maxXMLDepth {
		if w.deeper == 0 {
			if r := w.row(); r != nil {
				r.fail(nested)
			} else {
				w.reject(nested, w.r.start, w.r.offset()-w.r.start)
			}
		}
		if !w.r.closed {
			w.deeper = min(w.deeper+1, otherSkip)
		}
		return
	}
	parent := w.x.root
	if n := len(w.open); n > 0 {
		parent = w.open[n-1].node
	}
	node := w.x.enter(w.r, parent)
	o := xmlOpen{node: node, name: name}
	if w.out != nil && node != nil && node.table >= 0 {
		o.row = true
		w.beginRow(node.table)
	}
	w.open = append(w.open, o)
	w.fresh, w.gap = true, false
	if r := w.row(); r != nil {
		r.any = r.any || !o.row
	}
	for _, a := range w.r.attrs {
		switch key := string(a.name); {
		case key == "xmlns" || bytes.HasPrefix(a.full, []byte("xmlns:")) || bytes.HasPrefix(a.full, []byte("xsi:")):
		case key == "name" && node != nil && node.name != name: // what the element is called
		case len(bytes.TrimSpace(a.value)) == 0:
		case parent == w.x.root && w.out != nil && !o.row: // what the text says of itself
		default:
			var c *xmlNode
			if node != nil {
				c = w.x.child(node, "\x00"+key, key)
			}
			if c != nil {
				c.attr, c.hidden = true, node.hidden
			}
			w.put(c, a.value, false, w.r.start)
			w.fresh, w.gap = true, false
		}
	}
	if w.r.closed {
		w.leave(len(w.open)-1, w.r.offset())
	}
}

func (w *xmlWalk) finish() {
	if w.deeper > 0 {
		w.deeper--
		return
	}
	name := string(w.r.name)
	for i := len(w.open) - 1; i >= 0; i-- {
		if w.open[i].name == name {
			if i < len(w.open)-1 { // ends of others are missing
				w.spoil(i + 1)
				if r := w.row(); r != nil {
					r.mended = true
				}
			}
			w.leave(i, w.r.offset())
			w.taint = min(w.taint, len(w.open))
			return
		}
	}
	w.broken()
}

// spoil notes that the rows that are open from there on have no end.
func (w *xmlWalk) spoil(from int) {
	k := len(w.rows)
	for i := len(w.open) - 1; i >= from; i-- {
		if w.open[i].row {
			k--
			w.rows[k].fail(badMarkup)
		}
	}
}

// leave ends the elements from there on.
func (w *xmlWalk) leave(from int, at int64) {
	for i := len(w.open) - 1; i >= from; i-- {
		if w.open[i].row {
			w.endRow(at)
		}
	}
	w.open = w.open[:from]
	w.fresh, w.gap = false, true
}

func (w *xmlWalk) beginRow(table int) {
	var r *xmlRow
	if n := len(w.spare); n > 0 {
		r, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		r = &xmlRow{}
	}
	r.table, r.start, r.size, r.any, r.mended, r.bad = table, w.r.start, 0, false, false, false
	width := len(w.x.all[table].columns)
	if cap(r.values) < width {
		r.values = make([][]byte, width)
	}
	r.values = r.values[:width]
	for i := range r.values {
		r.values[i] = r.values[i][:0]
	}
	w.rows = append(w.rows, r)
}

func (w *xmlWalk) endRow(at int64) {
	n := len(w.rows) - 1
	r := w.rows[n]
	w.rows = w.rows[:n]
	w.spare = append(w.spare, r)
	w.out.into(r.table)
	if w.left -= int64(r.size + 4*len(r.values)); w.left < 0 && !r.bad {
		if w.over {
			return
		}
		w.over = true
		r.fail(bomb)
	}
	switch {
	case r.bad:
		w.reject(r.why, r.start, at-r.start)
	case r.size > 0 || r.any:
		for _, v := range r.values {
			w.out.batch.Append(bytes.TrimRight(v, " \t\r\n"))
		}
		w.out.row(0, r.mended)
	}
}

// put adds text to the column of an element or attribute.
func (w *xmlWalk) put(of *xmlNode, text []byte, cdata bool, at int64) {
	fresh, gap := w.fresh, w.gap
	w.fresh, w.gap = false, false
	blank := len(bytes.TrimSpace(text)) == 0
	if w.out == nil {
		if of != nil && !blank && w.deeper == 0 {
			of.texts++
		}
		return
	}
	r := w.row()
	switch {
	case r == nil:
		if !blank && !(of != nil && of.hidden) {
			w.reject(outside, at, int64(len(text)))
		}
	case w.deeper > 0:
	case of == nil || of.column < 0 || of.column >= len(r.values):
		if !blank {
			r.fail(newKey)
		}
	case r.size > w.most:
		r.fail(tooLong)
	default:
		v := r.values[of.column]
		had := len(v)
		switch {
		case had > 0 && fresh:
			v = append(bytes.TrimRight(v, " \t\r\n"), ',')
		case had > 0 && gap:
			v = append(bytes.TrimRight(v, " \t\r\n"), ' ')
		}
		var mended bool
		v, mended = w.r.appendText(v, text, cdata)
		r.mended = r.mended || mended
		r.values[of.column] = v
		r.size += max(len(v)-had, 0)
	}
}
