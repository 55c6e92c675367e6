package seal

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/table"
)

// KeyColumn is a column whose cells may name rows of the dump, and its number
// among all such columns.
type KeyColumn struct {
	Column int // of the source
	Number int
}

// KeySealer seals the keys by which the tables of one dump name each other's
// rows. Their domain is their own: a number that happens to be a record id of the
// register is not equal to it here. Use one per goroutine.
type KeySealer struct {
	key     *Key
	columns []KeyColumn
	split   field.Splitter
	scratch block
}

// NewKeySealer returns a sealer of those columns of one table.
func NewKeySealer(key *Key, columns []KeyColumn) *KeySealer {
	return &KeySealer{key: key, columns: columns}
}

// Seal fills dst, which it resets, with an entry for each cell of src that holds
// a key. Keys are equal that would be as record ids, whatever their case.
func (s *KeySealer) Seal(dst *token.RowKeys, src *table.Batch) {
	dst.Reset()
	for _, c := range s.columns {
		for row := range src.Rows() {
			raw := src.Cell(row, c.Column)
			if len(raw) == 0 {
				continue
			}
			parts, _, _ := s.split.Split(kind.RecordID, 1, raw)
			if len(parts) == 0 {
				continue
			}
			s.key.rowKey.sum(&s.scratch, parts[0].Text)
			dst.Row = append(dst.Row, src.Ordinal[row])
			dst.Number = append(dst.Number, int16(c.Number))
			dst.Value = append(dst.Value, s.scratch.long())
		}
	}
}
