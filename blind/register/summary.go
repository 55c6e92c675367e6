package register

import (
	"context"
	"fmt"

	"constat.example/blind/engine"
	"constat.example/blind/token"
)

// Summary is the register at a glance.
type Summary struct {
	KeyID          string          `json:"key_id"`
	People         int64           `json:"people"` // in the last snapshot
	Known          int64           `json:"known"`  // in any snapshot
	Snapshots      []Snapshot      `json:"snapshots"`
	Columns        []ColumnSummary `json:"columns"`
	Bytes          int64           `json:"bytes"` // on disk, all segments
	BytesPerPerson float64         `json:"bytes_per_person"`
}

// ColumnSummary is what the last snapshot has of one column of whole values.
type ColumnSummary struct {
	Column   token.Column `json:"-"`
	Name     string       `json:"name"`
	Filled   int64        `json:"filled"`   // people who have a value
	Distinct int64        `json:"distinct"` // different values
}

// Summary counts what the register holds. It calls Views.
func (r *Register) Summary(ctx context.Context, s engine.Session) (Summary, error) {
	sum := Summary{KeyID: r.manifest.KeyID, Snapshots: r.manifest.Snapshots}
	last := r.manifest.last()
	if last == nil {
		return sum, nil
	}
	sum.People = last.People
	for _, snapshot := range r.manifest.Snapshots {
		sum.Bytes += snapshot.Bytes
	}
	if err := r.Views(ctx, s); err != nil {
		return Summary{}, err
	}
	known, err := numbers(ctx, s, "select count(*) from reg_people_file")
	if err != nil {
		return Summary{}, err
	}
	sum.Known = known[0]
	sum.BytesPerPerson = float64(sum.Bytes) / float64(sum.Known)
	for _, c := range r.manifest.Layout {
		if c.Role == token.Head || c.Role == token.Tail {
			continue
		}
		// One column at a time: the values of one are as much as memory may hold.
		distinct, err := numbers(ctx, s, fmt.Sprintf("select count(distinct %s) from reg_current", c.Name()))
		if err != nil {
			return Summary{}, err
		}
		sum.Columns = append(sum.Columns, ColumnSummary{Column: c, Name: c.Name(), Filled: last.Filled[c.Name()], Distinct: distinct[0]})
	}
	return sum, nil
}
