package token

import (
	"errors"
	"math"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// Always and Never are the instants before and after all others.
const (
	Always int64 = math.MinInt64
	Never  int64 = math.MaxInt64
)

// Moment is when what a row says became so, in microseconds since 1970, UTC.
type Moment struct {
	Row      int64 // ordinal in the source
	From, To int64 // it happened after From and not after To; equal where it is known to the instant, both Always where it was so ever since
	End      int64 // when it ceased to be so; Never where that is not known
	EndTo    int64 // End is after it and not after EndTo, as From and To
	Gone     bool  // the row says that the person is gone
	Touched  int64 // bit per column of the source that the row speaks of; -1 for all
}

// MomentWriter writes moments to a Parquet file: row BIGINT, at_from BIGINT,
// at_to BIGINT, end_from BIGINT, end_to BIGINT, gone SMALLINT (1 or 0), touched
// BIGINT. It is not safe for concurrent use.
type MomentWriter struct {
	table
	numbers []int64
}

// CreateMoments begins the file path, which appears when Close succeeds.
func CreateMoments(path string) (*MomentWriter, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	required := parquet.Repetitions.Required
	fields := schema.FieldList{
		bigint(RowColumn, required), bigint("at_from", required), bigint("at_to", required),
		bigint("end_from", required), bigint("end_to", required), smallint("gone", required), bigint("touched", required),
	}
	if err := f.start(fields, []bool{false, false, false, true, true, true, true}); err != nil {
		return nil, errors.Join(err, f.abort())
	}
	return &MomentWriter{table: table{file: f}}, nil
}

// Write appends moments.
func (w *MomentWriter) Write(moments []Moment) error {
	if w.done {
		return errors.New("writing moments: the file is closed")
	}
	return w.file.write(len(moments), func(i int, c *chunk, first, count int) {
		w.numbers = w.numbers[:0]
		for _, m := range moments[first : first+count] {
			n := [...]int64{m.Row, m.From, m.To, m.End, m.EndTo, 0, m.Touched}
			if m.Gone {
				n[5] = 1
			}
			w.numbers = append(w.numbers, n[i])
		}
		c.numbers(w.numbers)
	})
}
