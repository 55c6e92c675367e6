package dump

import (
	"maps"
	"slices"
	"strings"
)

// maxTables is how many tables of a text are told apart.
const maxTables = 10_000

// sqlTables is the tables of a text: the survey notes them, and the scan asks.
type sqlTables struct {
	all   []*sqlTable
	named map[string]int
	done  bool // the survey is over
	wide  bool // the text is decoded, whatever it says of its charset
}

type sqlTable struct {
	name    string
	columns []string // as named by CREATE TABLE, else by lists of columns
	created bool
	binary  []bool         // by column: the values are bytes
	exact   map[string]int // columns by name
	folded  map[string]int // and by name in small letters
	counts  map[int]int    // rows without names of columns by their number of values
	width   int            // the number that most of them have
	filled  bool           // it has data
	at      int            // its place among the tables of the member; -1 for none
	keys    []sqlKey       // as declared
}

// sqlTarget is where the rows of a statement go.
type sqlTarget struct {
	table  int // place among the tables of the member
	of     *sqlTable
	list   int    // columns that the statement names
	slots  []int  // by value, the column; nil: in order
	binary []bool // by column
	mode   sqlMode
	style  *copyStyle // of COPY, where it says how its lines are written
	fresh  bool
}

func newSQLTables() *sqlTables { return &sqlTables{named: map[string]int{}} }

// get returns the table of that name. The last of too many takes the rest.
func (t *sqlTables) get(name string) *sqlTable {
	i, ok := t.named[name]
	if !ok {
		if len(t.all) == maxTables {
			return t.all[maxTables-1]
		}
		i = len(t.all)
		t.named[name] = i
		t.all = append(t.all, &sqlTable{name: name, at: -1, exact: map[string]int{}, folded: map[string]int{}, counts: map[int]int{}})
	}
	return t.all[i]
}

// created notes what a CREATE TABLE says, the first time.
func (t *sqlTables) created(name string, columns []string, binary []bool, keys []sqlKey) {
	of := t.get(name)
	if of.created || len(columns) == 0 {
		return
	}
	of.created = true
	t.declare(name, keys)
	had := of.columns
	of.columns, of.binary = nil, binary
	clear(of.exact)
	clear(of.folded)
	for _, c := range columns {
		of.add(c)
	}
	for _, c := range had {
		of.column(c)
	}
}

// column is the place of a column, which is added where it is new.
func (of *sqlTable) column(name string) int {
	if i, ok := of.exact[name]; ok {
		return i
	}
	if i, ok := of.folded[strings.ToLower(name)]; ok {
		return i
	}
	if len(of.columns) == maxColumns {
		return maxColumns - 1
	}
	return of.add(name)
}

func (of *sqlTable) add(name string) int {
	i := len(of.columns)
	of.columns = append(of.columns, name)
	of.exact[name] = i
	if small := strings.ToLower(name); of.folded[small] == 0 {
		of.folded[small] = i
	}
	return i
}

// target is where rows go that a statement gives to the columns of a table.
func (t *sqlTables) target(name string, columns []string, mode sqlMode) *sqlTarget {
	of := t.get(name)
	of.filled = true
	to := &sqlTarget{table: max(of.at, 0), of: of, list: len(columns), mode: mode, binary: of.binary, fresh: true}
	ordered := true
	for i, c := range columns {
		slot := of.column(c)
		to.slots = append(to.slots, slot)
		ordered = ordered && slot == i
	}
	if ordered {
		to.slots = nil
	}
	return to
}

// width notes how many values a row without a list of columns has.
func (t *sqlTables) width(to *sqlTarget, cells int) {
	if !t.done && to.list == 0 && !to.of.created {
		to.of.counts[min(cells, maxColumns)]++
	}
}

// known is how many values a row of a target has, as far as that is known.
func (t *sqlTables) known(to *sqlTarget) int {
	if to.of.created {
		return len(to.of.columns)
	}
	return to.of.width
}

// shapes ends the survey: the tables with data, or all where none has any.
func (t *sqlTables) shapes() []shape {
	t.done = true
	filled := false
	for _, of := range t.all {
		filled = filled || of.filled
	}
	var out []shape
	for _, of := range t.all {
		if filled && !of.filled {
			continue
		}
		of.at = len(out)
		for _, n := range slices.Sorted(maps.Keys(of.counts)) {
			if of.counts[n] >= of.counts[of.width] {
				of.width = n
			}
		}
		names := slices.Clone(of.columns)
		for len(names) < max(of.width, 1) {
			names = append(names, "")
		}
		out = append(out, shape{name: tableName(of.name, of.at), columns: named(names), header: len(of.columns) > 0})
	}
	for _, of := range t.all {
		if of.at >= 0 {
			out[of.at].keys = t.keysOf(of)
		}
	}
	return out
}
