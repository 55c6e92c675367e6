package cli

import (
	"fmt"
	"io"

	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// ties prints which columns name rows of other tables, and of those that might and
// do not, how many there are: the page says why.
func ties(w io.Writer, a *assessment.Assessment, columns int) {
	end := func(c assessment.TieColumn) string {
		table := "?"
		if c.Table >= 0 && c.Table < len(a.Tables) {
			table = a.Tables[c.Table].Name
		}
		return visible.Text(table, 60) + "." + visible.Text(c.Column, 40)
	}
	for _, t := range a.Ties {
		came := ""
		if t.Linked > 0 {
			came = fmt.Sprintf(", %s linked by it", plural(t.Linked, "row"))
		}
		if t.Conflicts > 0 {
			came += fmt.Sprintf(", %s contradicted", count(t.Conflicts))
		}
		item(w, fmt.Sprintf("%s names rows of %s: %s%s", end(t.From), end(t.To), visible.Text(t.Reason, 200), came), columns)
	}
	switch n := int64(len(a.NotTied)); n {
	case 0:
	case 1:
		item(w, "1 other column might name rows, and is not tied: the page says why", columns)
	default:
		item(w, count(n)+" other columns might name rows, and are not tied: the page says why", columns)
	}
}
