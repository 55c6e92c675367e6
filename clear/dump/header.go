package dump

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat.example/clear/column"
)

// How much of a sample the header is judged on.
const (
	headerRows   = 300
	preambleRows = 100 // most lines before the first row
	maxName      = 80  // characters of a column's name

	maxHeaderRows = 3
)

// layOut finds where the rows begin, how wide they are, and what their columns
// are called.
func (d *dialect) layOut(s *sample) {
	rows := cutRows(d, wholeLines(d, s.text, s.whole), preambleRows+headerRows)
	if len(rows) == 0 {
		rows = cutRows(d, s.text, 1) // one line, longer than what is judged
	}
	if len(rows) == 0 {
		d.width, d.names, d.looks = 1, []string{columnName(0)}, looksOf(1, 0, nil)
		return
	}
	d.width = usualWidth(rows)
	d.settle(rows)
}

// settle finds the header and the names of rows that were cut for a look.
func (d *dialect) settle(rows []cutLine) {
	d.headedBy(rows, d.firstRow(rows), false)
}

// headedBy names the columns by the row at begin, and by those below that go on
// with it, where that is a header, as sure says, or as it looks. It returns how
// many rows the header has.
func (d *dialect) headedBy(rows []cutLine, begin int, sure bool) (headed int) {
	h := rows[begin]
	if len(h.cells) != d.width {
		h = d.reread(h, rows[begin+1:])
	}
	body := slices.DeleteFunc(slices.Clone(rows[begin+1:]), func(r cutLine) bool {
		return bytes.Equal(d.chomp(r.text), d.chomp(h.text)) // the header again
	})
	d.head, d.offset = h.at, h.at
	first := d.judgeFirst(h.cells, body)
	if sure || d.isHeader(h.cells, body) && first.Header() {
		d.named, headed = true, 1
		d.offset = h.at + len(h.text)
		d.width = max(d.width, len(trimEmpty(h.cells)))
		d.title = bytes.Clone(d.chomp(h.text))
	}
	names := d.namesIn(h.cells, first)
	if d.named {
		for i, r := range rows[begin+1 : min(begin+maxHeaderRows, len(rows))] {
			below := rows[begin+i+2:]
			again := sameCells(r.cells, h.cells)
			if !again && !d.isSubheader(r, below) {
				break
			}
			for k, more := range d.namesIn(r.cells, d.judgeFirst(r.cells, below)) {
				if k < len(names) && (again || more != names[k]) {
					names[k] = strings.TrimSpace(names[k] + " " + more)
				}
			}
			d.offset = r.at + len(r.text)
			body = below
			headed++
		}
	}
	for i := range d.width {
		name := ""
		if d.named && i < len(names) {
			name = names[i]
		}
		if name == "" {
			name = columnName(i)
		}
		d.names = append(d.names, name)
	}
	distinct(d.names)
	d.short = shortWidth(body, d.width)
	d.looks = looksOf(d.width, d.short, body)
	return headed
}

// shortWidth is the number of cells of most rows, where that is less than the
// table has columns: they end before the columns that are mostly empty. 0 where
// most rows have all.
func shortWidth(rows []cutLine, width int) int {
	usual, n := usualWidth(rows), 0
	for _, r := range rows {
		if len(r.cells) == usual {
			n++
		}
	}
	if usual < 2 || usual >= width || 2*n <= len(rows) {
		return 0
	}
	return usual
}

// namesIn is the names that the cells of a header give; none for those that look
// like values.
func (d *dialect) namesIn(cells []cutCell, first column.First) []string {
	names := make([]string, len(cells))
	for i, c := range cells {
		if !first.Values[i] {
			names[i] = d.name(c.text)
		}
	}
	return names
}

// sameCells reports rows of the same texts.
func sameCells(a, b []cutCell) bool {
	return slices.EqualFunc(a, b, func(a, b cutCell) bool { return bytes.Equal(a.text, b.text) })
}

// isSubheader reports that a row under a header is a part of it: it names
// columns too, and stands over columns of numbers and dates, of which no row of
// the table would have none.
func (d *dialect) isSubheader(r cutLine, below []cutLine) bool {
	if len(r.cells) != d.width || len(below) < 3 || !d.isHeader(r.cells, below) || !d.judgeFirst(r.cells, below).Header() {
		return false
	}
	typed, words := 0, 0
	for i, c := range r.cells {
		filled, like := 0, 0
		for _, b := range below {
			if i < len(b.cells) {
				switch typeOf(b.cells[i].text, false) {
				case cellEmpty:
				case cellNumber, cellDate, cellCode:
					filled++
					like++
				default:
					filled++
				}
			}
		}
		if filled == 0 || 10*like < 9*filled {
			continue
		}
		typed++
		if t := typeOf(c.text, false); t == cellText || t == cellOther {
			words++
		}
	}
	return typed > 1 && 3*typed >= d.width && 2*words >= typed
}

func columnName(i int) string { return fmt.Sprintf("column %d", i+1) }

// distinct tells columns of one name apart.
func distinct(names []string) {
	seen := map[string]bool{}
	for i, name := range names {
		for n := 2; seen[names[i]]; n++ {
			names[i] = fmt.Sprintf("%s (%d)", name, n)
		}
		seen[names[i]] = true
	}
}

// usualWidth is the number of cells most rows have; one only where no row has
// more.
func usualWidth(rows []cutLine) int {
	widths := map[int]int{}
	for _, r := range rows {
		widths[len(r.cells)]++
	}
	best, most := 1, 0
	for _, w := range slices.Sorted(maps.Keys(widths)) {
		if w > 1 && widths[w] >= most {
			best, most = w, widths[w]
		}
	}
	return best
}

// firstRow is the row at which the table begins: what precedes has another
// width, or says something about the table in a cell or two.
func (d *dialect) firstRow(rows []cutLine) int {
	last := min(len(rows)-1, preambleRows)
	for i := range last {
		r := rows[i]
		if len(r.cells) != d.width {
			r = d.reread(r, rows[i+1:])
		}
		filled := len(r.cells) - countEmpty(r.cells)
		remark := comment(r.cells[0].text, d.delim) && !r.cells[0].quoted
		switch {
		case d.width == 1:
			if !remark {
				return i
			}
		case len(r.cells) != d.width && (remark || len(r.cells) == 1 || 2*filled <= d.width):
		case len(r.cells) == d.width && d.sparse(r, rows[i+1:]):
		default:
			return i
		}
	}
	return last
}

// sparse reports that a row is nearly empty and that one of the next is the
// first to be well filled.
func (d *dialect) sparse(r cutLine, next []cutLine) bool {
	few := func(r cutLine) bool { return 3*(len(r.cells)-countEmpty(r.cells)) <= len(r.cells) }
	if d.width < 3 || !few(r) {
		return false
	}
	for i, n := range next[:min(len(next), 20)] {
		if !few(n) {
			return 3*countEmpty(n.cells) <= len(n.cells) && len(next) > i+1
		}
	}
	return false
}

func countEmpty(cells []cutCell) int {
	n := 0
	for _, c := range cells {
		if len(bytes.TrimSpace(c.text)) == 0 {
			n++
		}
	}
	return n
}

// trimEmpty leaves out the empty cells at the end.
func trimEmpty(cells []cutCell) []cutCell {
	for len(cells) > 0 && len(bytes.TrimSpace(cells[len(cells)-1].text)) == 0 {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// isHeader reports that a row names columns: no cell of it looks like a value,
// and what stands below looks different, or the words are those of headers.
func (d *dialect) isHeader(header []cutCell, body []cutLine) bool {
	header = trimEmpty(header)
	if len(header) == 0 || 3*countEmpty(header) > len(header) {
		return false
	}
	score := 0.0
	seen := map[string]bool{}
	for i, c := range header {
		word := plainWord(d.decode(c.text))
		if t := typeOf(c.text, false); t == cellNumber || t == cellDate || t == cellCode || digitsIn(word) > 5 && c.text[0] != '_' || len(c.text) > 400 {
			return false
		}
		if word != "" && seen[word] {
			score--
		}
		seen[word] = true
		if headerWords[word] {
			score++
		} else if strings.Contains(string(c.text), "_") && !bytes.Contains(c.text, []byte(" ")) {
			score += 0.5
		}
		score += d.contrast(c.text, i, body)
	}
	return score > 0.45
}

// judgeFirst tells words of headers from values in a row that may name columns.
func (d *dialect) judgeFirst(header []cutCell, body []cutLine) column.First {
	const enough = 60
	texts := func(cells []cutCell) (row [][]byte) {
		for _, c := range cells {
			row = append(row, d.decode(c.text))
		}
		return row
	}
	var below [][][]byte
	for _, r := range body[:min(len(body), enough)] {
		below = append(below, texts(r.cells))
	}
	return column.ReadFirst(texts(header), below)
}

// contrast says how much a name differs from the cells below it.
func (d *dialect) contrast(name []byte, at int, body []cutLine) float64 {
	filled, typed, same, shaped := 0, 0, 0, 0
	shape := shapeOf(name)
	for _, r := range body {
		if at >= len(r.cells) || len(r.cells) != d.width {
			continue
		}
		c := r.cells[at]
		t := typeOf(c.text, false)
		if t == cellEmpty {
			continue
		}
		filled++
		if t == cellNumber || t == cellDate || t == cellCode {
			typed++
		}
		if bytes.EqualFold(bytes.TrimSpace(c.text), bytes.TrimSpace(name)) {
			same++
		}
		if shapeOf(c.text) == shape {
			shaped++
		}
	}
	switch {
	case filled == 0 || len(bytes.TrimSpace(name)) == 0:
		return 0
	case same > 0 && same*50 >= filled:
		return -1
	case typed*5 >= filled*4:
		return 1
	case filled > 4 && shaped*20 <= filled:
		return 0.3
	}
	return 0
}

// shapeOf is how the letters of a text are written, whether it has digits, and
// whether it has several words.
func shapeOf(text []byte) uint8 {
	var lower, upper, digit, blank bool
	for i, c := range bytes.TrimSpace(text) {
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'A' && c <= 'Z':
			upper = upper || i > 0
		case c >= 'a' && c <= 'z':
			lower = true
		case c == ' ':
			blank = true
		}
	}
	shape := uint8(0)
	for i, is := range []bool{lower, upper, digit, blank} {
		if is {
			shape |= 1 << i
		}
	}
	return shape
}

func digitsIn(word string) int {
	n := 0
	for _, c := range word {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// decode is a cell of the sample as UTF-8.
func (d *dialect) decode(cell []byte) []byte {
	as, _ := d.charset.of(cell)
	if as.isUTF8() {
		return cell
	}
	return as.appendUTF8(nil, cell)
}

// name is a cell of the header made fit to be shown.
func (d *dialect) name(cell []byte) string {
	if d.quote != 0 {
		cell = bytes.ReplaceAll(cell, []byte{d.quote, d.quote}, []byte{d.quote})
	}
	return fitName(string(d.decode(cell)))
}

// fitName makes a name of one short line, without characters that are not seen.
func fitName(name string) string {
	name = strings.Join(strings.Fields(clean(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		if r == 0xfeff || r == 0 {
			return -1
		}
		return r
	}, name))), " ")
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName-1]) + "…"
	}
	return name
}

// plainWord is a name in small letters without accents, blanks and marks.
func plainWord(name []byte) string {
	var b strings.Builder
	for _, r := range strings.ToLower(string(name)) {
		switch r {
		case 'é', 'è', 'ê', 'ë':
			r = 'e'
		case 'à', 'â', 'ä':
			r = 'a'
		case 'ô', 'ö':
			r = 'o'
		case 'î', 'ï':
			r = 'i'
		case 'û', 'ù', 'ü':
			r = 'u'
		case 'ç':
			r = 'c'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// headerWords are words that name columns, as plainWord leaves them.
var headerWords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`
		id uid uuid guid ref reference identifiant numero num no number key code index rank type kind status statut etat
		nom noms nomnaissance nomusage nomdenaissance nomdusage nomfamille name fullname lastname surname familyname firstname
		givenname givennames prenom prenoms middlename username user login pseudo identifier customer client clientid userid
		civilite titre title sexe sex gender genre date time datetime timestamp annee year mois month jour day
		naissance datenaissance datedenaissance dob birthdate dateofbirth birthday lieunaissance birthplace
		adresse adresse1 adresse2 address address1 address2 street streetaddress rue voie ville city town commune suburb
		cp codepostal postcode postalcode zip zipcode pays country region state province departement department
		tel telephone phone mobile portable fax telephonenumber phonenumber email mail courriel adressemail emailaddress
		nir nss numsecu securitesociale iban bic rib siret siren password pass pwd hash motdepasse mdp empreinte
		ip ipaddress adresseip url website lang langue language latitude longitude lat lon lng
		note notes comment comments commentaire commentaires description desc label libelle value valeur amount montant price prix
		quantity qty quantite total count created createdat updated updatedat lastlogin company societe organisation organization
		field field1 field2 field3 column1 column2 col1 col2 category categorie list events question answer item product role
	`) {
		m[w] = true
	}
	return m
}()
