package dump

// A format is one way of writing rows in text. Formats are asked in turn how
// much a sample looks like theirs, and the surest one reads the member.
type format interface {
	// probe says from 0 (not this format) to 1 (certain) how much s looks like
	// the format.
	probe(s *sample) float64
	// open finds out how exactly s is written.
	open(s *sample) layout
	// about is what people are told of the format.
	about() About
}

// formats, in the order that decides between equal scores.
var formats = []format{
	jsonLinesFormat{}, jsonFormat{}, sqlFormat{}, ldifFormat{}, vcardFormat{}, recordsFormat{}, comboFormat{}, tabFormat{}, fixedFormat{}, csvFormat{},
}

// sample is the start of a decoded text.
type sample struct {
	text  []byte // from the start; past a byte order mark
	whole bool   // the text is all there is
	// spread holds pieces from further on, where the member can be read at any
	// place; they begin and end anywhere.
	spread  [][]byte
	charset charset
	maxRow  int
}

// layout is how the rows of one member are written.
type layout interface {
	describe() string  // in words
	columns() []string // names; their number is the width
	header() bool      // the names come from the text
	start() int        // offset of the first row in the sample's text: what precedes is preamble and header
	split() splitter
	parser() parser
}

// A splitter cuts text into whole rows, in order, in one goroutine. It carries
// whatever must be known of the text before.
type splitter interface {
	// split returns how many bytes of text, which begins at the start of a row,
	// are whole rows, and what the parser must know of some of them. It decides
	// on text it has seen only: where more is needed, and final is false, it
	// stops before the row. When final is true it takes all.
	split(text []byte, final bool) (n int, marks []mark)
	// skip looks for the start of the row after one that is too long, called
	// with what follows until it is found: it returns how much of text belongs
	// to the long row, and whether that ended there.
	skip(text []byte, final bool) (n int, ended bool)
	// tail returns where in text, the end of data cut short, the last row
	// begins that is not whole.
	tail(text []byte) int
}

// mark is a row that the parser must read in a special way.
type mark struct {
	start, end int // in the chunk
	as         markKind
	to         *sqlTarget // for rows of SQL: where they go
	part       *textPart  // for rows of CSV and of fixed width: what they are a part of
}

// tableSplitter is a splitter of several tables.
type tableSplitter interface {
	splitter
	table() int // that the row under way belongs to
	ahead() int // bytes after a row that it may have to see
}

type markKind uint8

const (
	rowOfLines markKind = iota // several lines are one row
	rowWhole                   // an object
	rowTooLong
	rowMalformed
	rowNoObject
	rowSQL       // a list of values
	rowSQLMended // one with quotes that stand where they should not
	rowSQLBroken // one that cannot be read
	rowsCopy     // lines of a COPY block
	rowsNotRead  // lines of a COPY block in a format that is not read
	rowNoSQL     // something that is no statement
	rowsOfPart   // rows of a part of a text
	rowsBetween  // what precedes the rows of such a part
)

// A parser reads the rows of chunks. One is used by one goroutine.
type parser interface {
	parse(c *chunk, out *output)
}
