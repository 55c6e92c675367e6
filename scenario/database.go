package scenario

import (
	"bytes"
	"slices"
	"strconv"

	"constat.example/scenario/internal/agency"
)

// A dump of type "sql" is a database of several tables. Whose a row is stands
// in the first alone; the others name its rows, one of them as the dump declares,
// the rest by name only. What no table is for stands in the first.
var tables = []struct {
	name     string
	columns  []agency.Column
	declared bool
}{
	{name: "clients"},
	{name: "contacts", columns: []agency.Column{agency.Email, agency.Phone}},
	{name: "adresses", columns: []agency.Column{agency.Address, agency.AddressExtra, agency.PostCode, agency.City, agency.CityCode}, declared: true},
	{name: "comptes", columns: []agency.Column{agency.IBAN, agency.TaxNumber, agency.Opened}},
}

// In the text of a person, numbers that are known only when it is written out:
// clients and rows of each table count from 1.
const (
	clientNumber = '\x00'
	rowNumber    = '\x01' // the table's place stands after it
)

// tableOf lists the places of the columns that stand in a table.
func tableOf(table int, columns []agency.Column) []int {
	var at []int
	for i, c := range columns {
		home := 0
		for t := range tables {
			if slices.Contains(tables[t].columns, c) {
				home = t
			}
		}
		if home == table {
			at = append(at, i)
		}
	}
	return at
}

// create writes the statements that make the tables.
func (f Format) create(b []byte, columns []agency.Column) []byte {
	b = append(b, "/*!40101 SET NAMES utf8mb4 */;\n"...)
	for t, table := range tables {
		at := tableOf(t, columns)
		if t > 0 && len(at) == 0 {
			continue
		}
		b = append(append(append(b, "CREATE TABLE `"...), table.name...), "` (\n  `id` int NOT NULL,\n"...)
		if t > 0 {
			b = append(b, "  `client_id` int NOT NULL,\n"...)
		}
		for _, i := range at {
			b = append(append(append(b, "  `"...), columns[i].Header(f.Header)...), "` varchar(255) DEFAULT NULL,\n"...)
		}
		b = append(b, "  PRIMARY KEY (`id`)"...)
		if table.declared {
			b = append(b, ",\n  FOREIGN KEY (`client_id`) REFERENCES `clients` (`id`)"...)
		}
		b = append(b, "\n);\n"...)
	}
	return b
}

// insert writes the rows of a person, one statement and line each. A table of
// which the person has nothing has no row of theirs.
func (f Format) insert(b []byte, columns []agency.Column, cells [][]byte) []byte {
	for t, table := range tables {
		at := tableOf(t, columns)
		if t > 0 && !slices.ContainsFunc(at, func(i int) bool { return len(cells[i]) > 0 }) {
			continue
		}
		b = append(append(append(b, "INSERT INTO `"...), table.name...), "` VALUES ("...)
		b = append(b, rowNumber, byte(t)+'0')
		if t > 0 {
			b = append(b, ',', clientNumber)
		}
		for _, i := range at {
			b = append(b, ',')
			if len(cells[i]) == 0 {
				b = append(b, "NULL"...)
				continue
			}
			b = append(b, '\'')
			for _, x := range cells[i] {
				if x == '\'' || x == '\\' {
					b = append(b, '\\')
				}
				b = append(b, x)
			}
			b = append(b, '\'')
		}
		b = append(b, ");\n"...)
	}
	return b
}

// numbers counts the rows of each table as they are written.
type numbers [8]int

// fill writes a person's rows with their numbers, and tells how many there are.
func (n *numbers) fill(b, text []byte) ([]byte, int) {
	rows := bytes.Count(text, []byte{'\n'})
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case rowNumber:
			i++
			t := text[i] - '0'
			n[t]++
			b = strconv.AppendInt(b, int64(n[t]), 10)
		case clientNumber:
			b = strconv.AppendInt(b, int64(n[0]), 10)
		default:
			b = append(b, text[i])
		}
	}
	return b, rows
}
