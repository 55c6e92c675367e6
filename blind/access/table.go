package access

import "constat.example/blind/token"

// columns of a table of accesses, in the file's order.
var columns = []struct {
	token.NumbersColumn

	of func(a *Access) int64
}{
	{token.NumbersColumn{Name: "instant", Bits: 64}, func(a *Access) int64 { return a.Time }},
	{token.NumbersColumn{Name: "line", Bits: 64}, func(a *Access) int64 { return a.Line }},
	{token.NumbersColumn{Name: "record", Bits: 64}, func(a *Access) int64 { return a.Record }},
	{token.NumbersColumn{Name: "returned", Bits: 64, Repeats: true}, func(a *Access) int64 { return a.Count }},
	{token.NumbersColumn{Name: "step", Bits: 64, Repeats: true}, func(a *Access) int64 { return a.Step }},
	{token.NumbersColumn{Name: "account", Bits: 32, Repeats: true}, func(a *Access) int64 { return int64(a.Account) }},
	{token.NumbersColumn{Name: "session", Bits: 32, Repeats: true}, func(a *Access) int64 { return int64(a.Session) }},
	{token.NumbersColumn{Name: "address", Bits: 32, Repeats: true}, func(a *Access) int64 { return int64(a.Address) }},
	{token.NumbersColumn{Name: "device", Bits: 32, Repeats: true}, func(a *Access) int64 { return int64(a.Device) }},
	{token.NumbersColumn{Name: "office", Bits: 32, Repeats: true}, func(a *Access) int64 { return int64(a.Office) }},
	{token.NumbersColumn{Name: "relation", Bits: 32, Repeats: true}, func(a *Access) int64 { return int64(a.Relation) }},
	{token.NumbersColumn{Name: "reason", Bits: 32, Repeats: true}, func(a *Access) int64 { return int64(a.Reason) }},
	{token.NumbersColumn{Name: "source", Bits: 16, Repeats: true}, func(a *Access) int64 { return int64(a.Source) }},
	{token.NumbersColumn{Name: "action", Bits: 16, Repeats: true}, func(a *Access) int64 { return int64(a.Action) }},
	{token.NumbersColumn{Name: "sought_by", Bits: 16, Repeats: true}, func(a *Access) int64 { return int64(a.By) }},
}

// Writer writes accesses to a Parquet file: instant, line, record, returned, step BIGINT;
// account, session, address, device, office, relation, reason INTEGER; source, action,
// sought_by SMALLINT. It is not safe for concurrent use.
type Writer struct{ *token.NumbersWriter }

// Create begins the file path, which appears when Close succeeds.
func Create(path string) (*Writer, error) {
	all := make([]token.NumbersColumn, len(columns))
	for i, c := range columns {
		all[i] = c.NumbersColumn
	}
	w, err := token.CreateNumbers(path, all)
	if err != nil {
		return nil, err
	}
	return &Writer{w}, nil
}

// Write appends accesses.
func (w *Writer) Write(all []Access) error {
	return w.NumbersWriter.Write(len(all), func(dst []int64, i, first, count int) []int64 {
		of := columns[i].of
		for j := range all[first : first+count] {
			dst = append(dst, of(&all[first+j]))
		}
		return dst
	})
}
