package dump

import (
	"fmt"
	"strings"

	"constat.example/clear/column"
)

// shape is one table of a member that may hold several.
type shape struct {
	name    string // within the member
	columns []string
	header  bool  // the names come from the text
	keys    []Key // as declared; their tables are places among those of the member
}

// tabled is a layout whose rows belong to tables that it names; its parser
// says of every row which one. Only a pass over the whole text tells them.
type tabled interface {
	layout
	// survey is what cuts the text in that pass; it notes the tables it meets. It
	// is asked for again after each pass until it is nil.
	survey() splitter
	// surveyed ends the pass: the tables met, in their order; none where the
	// text holds none.
	surveyed() []shape
}

// surveyParser reads nothing: in a survey the splitter sees all there is to see.
type surveyParser struct{}

func (surveyParser) parse(c *chunk, out *output) { out.between(len(c.text)) }

// named makes names of columns fit to be shown. A name that looks like a value
// is not shown, since it may be someone's.
func named(raw []string) []string {
	telling := column.Telling(raw)
	names := make([]string, len(raw))
	for i, name := range raw {
		if !telling[i] && !valued(name) {
			names[i] = fitName(name)
		}
		if names[i] == "" {
			names[i] = columnName(i)
		}
	}
	distinct(names)
	return names
}

// valued reports that a name looks like a value.
func valued(name string) bool {
	t := typeOf([]byte(name), false)
	return t == cellNumber || t == cellDate || strings.Contains(name, "@") || digitsIn(name) > 5
}

// tableName is the name of the table at that place among those of a member,
// fit to be shown.
func tableName(raw string, at int) string {
	if name := fitName(raw); name != "" && !valued(raw) && !column.Telling([]string{raw})[0] {
		return name
	}
	return fmt.Sprintf("table %d", at+1)
}
