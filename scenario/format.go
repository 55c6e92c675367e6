package scenario

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"constat.example/internal/chance"
	"constat.example/internal/failure"
	"constat.example/internal/figures"
	"constat.example/scenario/internal/agency"
)

// Format is how a dump is laid out.
type Format struct {
	Type      string `json:"type"`      // "csv", "jsonl" or "sql", which is of several tables. Default "csv"
	Delimiter string `json:"delimiter"` // one ASCII character, of CSV. Default ";"
	Encoding  string `json:"encoding"`  // UTF8, UTF8BOM, Windows1252 or UTF16. Default UTF8
	Dates     string `json:"dates"`     // ISO, DayFirst or Compact. Default ISO
	Phones    string `json:"phones"`    // Bare, Pairs, Dotted or Abroad. Default Bare
	Header    string `json:"header"`    // "fr", "en" or "none", the language of the column names. Default "fr"
	Upper     bool   `json:"upper"`     // names, streets and communes in upper case without accents
	Gzip      bool   `json:"gzip"`
}

// The encodings, and the layouts of dates and phones, of a dump.
const (
	UTF8        = "utf-8"
	UTF8BOM     = "utf-8 with BOM"
	Windows1252 = "windows-1252"
	UTF16       = "utf-16le"

	ISO      = "2006-01-02"
	DayFirst = "02/01/2006"
	Compact  = "20060102"

	Bare   = "0639980000"
	Pairs  = "06 39 98 00 00"
	Dotted = "06.39.98.00.00"
	Abroad = "+33639980000"
)

// The layouts that a drawn format is of.
var (
	delimiters = []string{",", ";", "\t", "|"}
	encodings  = []string{UTF8, UTF8BOM, Windows1252, UTF16}
	dates      = []string{ISO, DayFirst, Compact}
	phones     = []string{Bare, Pairs, Dotted, Abroad}
	headers    = []string{"fr", "en", "none"}
)

// drawFormat draws the layout of a dump of CSV that is not laid out as the
// register is: dates and phones never are, and it has a header.
func drawFormat(dice *chance.Dice) Format {
	draw := func(from []string) string { return from[dice.Below(len(from))] }
	return Format{
		Delimiter: draw(delimiters), Encoding: draw(encodings), Dates: draw(dates[1:]), Phones: draw(phones[1:]),
		Header: draw(headers[:2]), Upper: dice.Chance(5000),
	}
}

func (f Format) withDefaults() Format {
	for _, d := range []struct {
		field *string
		value string
	}{{&f.Type, "csv"}, {&f.Delimiter, ";"}, {&f.Encoding, UTF8}, {&f.Dates, ISO}, {&f.Phones, Bare}, {&f.Header, "fr"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	return f
}

func (f Format) validate() error {
	for _, c := range []struct {
		what, got string
		want      []string
	}{
		{"type", f.Type, []string{"csv", "jsonl", "sql"}},
		{"encoding", f.Encoding, encodings},
		{"layout of dates", f.Dates, dates},
		{"layout of phones", f.Phones, phones},
		{"header", f.Header, headers},
	} {
		if !slices.Contains(c.want, c.got) {
			return failure.New(failure.Usage, "Choose another.", "a dump cannot have the %s %q: there are %q", c.what, c.got, c.want)
		}
	}
	if len(f.Delimiter) != 1 || f.Delimiter[0] >= 0x80 {
		return failure.New(failure.Usage, "Give one character, like \";\".", "a delimiter cannot be %q", f.Delimiter)
	}
	return nil
}

// name is the file a dump of that name and format is written to.
func (f Format) name(stem string) string {
	name := stem + "." + f.Type
	if f.Gzip {
		name += ".gz"
	}
	return name
}

// header writes the line of column names, where there is one.
func (f Format) header(b []byte, columns []agency.Column) []byte {
	if f.Type == "sql" {
		return f.create(b, columns)
	}
	if f.Type == "jsonl" || f.Header == "none" {
		return b
	}
	for i, c := range columns {
		if i > 0 {
			b = append(b, f.Delimiter[0])
		}
		b = append(b, c.Header(f.Header)...)
	}
	return append(b, '\n')
}

// row writes a row of cells, in UTF-8; of a database, the rows of a person.
func (f Format) row(b []byte, columns []agency.Column, cells [][]byte) []byte {
	switch f.Type {
	case "sql":
		return f.insert(b, columns, cells)
	case "jsonl":
		b = append(b, '{')
		for i, c := range columns {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, '"'), c.Header(f.Header)...), `":"`...)
			for _, x := range cells[i] {
				if x == '"' || x == '\\' {
					b = append(b, '\\')
				}
				b = append(b, x)
			}
			b = append(b, '"')
		}
		return append(b, "}\n"...)
	}
	for i := range columns {
		if i > 0 {
			b = append(b, f.Delimiter[0])
		}
		b = agency.AppendCell(b, cells[i], f.Delimiter[0])
	}
	return append(b, '\n')
}

// cell writes a cell of the register as the format has it.
func (f Format) cell(b []byte, c agency.Column, cell []byte) []byte {
	switch c {
	case agency.BirthDate, agency.Opened:
		if len(cell) != len(ISO) {
			return append(b, cell...)
		}
		y, m, d := cell[:4], cell[5:7], cell[8:]
		switch f.Dates {
		case DayFirst:
			b = append(append(b, d...), '/')
			b = append(append(b, m...), '/')
			return append(b, y...)
		case Compact:
			return append(append(append(b, y...), m...), d...)
		}
	case agency.Phone:
		return f.phone(b, cell)
	case agency.BirthSurname, agency.UsedSurname, agency.GivenNames, agency.BirthPlace, agency.Address, agency.AddressExtra, agency.City:
		if f.Upper {
			return append(b, bytes.ToUpper([]byte(figures.Fold(string(cell))))...)
		}
	}
	return append(b, cell...)
}

// phone writes a number of ten digits.
func (f Format) phone(b, cell []byte) []byte {
	if len(cell) != len(Bare) {
		return append(b, cell...)
	}
	between := byte(' ')
	switch f.Phones {
	case Abroad:
		return append(append(b, "+33"...), cell[1:]...)
	case Dotted:
		between = '.'
	case Pairs:
	default:
		return append(b, cell...)
	}
	for i, c := range cell {
		if i > 0 && i%2 == 0 {
			b = append(b, between)
		}
		b = append(b, c)
	}
	return b
}

// encoder writes UTF-8 to w in the format's encoding and compression. Closing
// it does not close w.
func (f Format) encoder(w io.Writer) io.WriteCloser {
	s := stack{}
	if f.Gzip {
		z := gzip.NewWriter(w)
		s.closers, w = append(s.closers, z), z
	}
	var e *encoding.Encoder
	switch f.Encoding {
	case UTF8BOM:
		e = unicode.UTF8BOM.NewEncoder()
	case Windows1252:
		e = encoding.ReplaceUnsupported(charmap.Windows1252.NewEncoder())
	case UTF16:
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	}
	if e != nil {
		t := e.Writer(w)
		if c, ok := t.(io.Closer); ok {
			s.closers = append(s.closers, c)
		}
		w = t
	}
	s.Writer = w
	return &s
}

// stack is writers one on the other, closed from the top.
type stack struct {
	io.Writer
	closers []io.Closer
}

func (s *stack) Close() error {
	for _, c := range slices.Backward(s.closers) {
		if err := c.Close(); err != nil {
			return err
		}
	}
	return nil
}
