package parquetfile

import (
	"context"
	"math"

	"constat.example/clear/table"
)

// samplePlaces is from how many places rows of a sample come.
const samplePlaces = 32

// Going forward in a row group means to decode it. Where there are groups
// enough to be spread by, sampling goes no further than this into one.
const (
	manyGroups = 8
	shortWay   = 1 << 16 // rows
)

// Sample takes runs of rows from places spread evenly over the file.
func (p *File) Sample(ctx context.Context, n int) (*table.Batch, error) {
	b := new(table.Batch)
	b.Reset(0, len(p.columns))
	total, wanted := p.reader.NumRows(), int64(n)
	places := min(samplePlaces, wanted)
	if total <= wanted {
		places, wanted = 1, total
	}
	c := cursor{file: p, way: math.MaxInt64}
	defer c.close()
	if p.reader.NumRowGroups() >= manyGroups {
		c.way = shortWay
	}
	for i := range places {
		if err := c.seek(i * total / places); err != nil {
			return nil, err
		}
		if err := c.read(ctx, b, (i+1)*wanted/places-i*wanted/places); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// cursor reads forward through the row groups of a file.
type cursor struct {
	file  *File
	way   int64  // the furthest that seek goes into a group
	index int    // of the group under it
	begin int64  // rows in the groups before
	open  *Group // the group under it, nil until something of it is read
}

func (c *cursor) close() {
	if c.open != nil {
		c.open.Close()
	}
}

// next goes to the beginning of the next group.
func (c *cursor) next() {
	c.close()
	c.open = nil
	c.begin += c.rows()
	c.index++
}

func (c *cursor) rows() int64 { return c.file.reader.MetaData().RowGroup(c.index).NumRows() }

func (c *cursor) ended() bool { return c.index >= c.file.reader.NumRowGroups() }

// seek goes forward to a row, or as near before it as its way allows.
func (c *cursor) seek(row int64) error {
	for !c.ended() && row >= c.begin+c.rows() {
		c.next()
	}
	if c.ended() || row <= c.begin {
		return nil
	}
	if err := c.enter(); err != nil {
		return err
	}
	return c.open.skip(min(row-c.begin, c.way))
}

func (c *cursor) enter() (err error) {
	if c.open == nil {
		c.open, err = c.file.Group(c.index)
	}
	return err
}

// read adds the next n rows to b, or those there are.
func (c *cursor) read(ctx context.Context, b *table.Batch, n int64) error {
	for n > 0 && !c.ended() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.enter(); err != nil {
			return err
		}
		if c.open.Left() <= 0 {
			c.next()
			continue
		}
		ordinal := c.begin + c.open.at + 1
		some, err := c.open.Next(n)
		if err != nil {
			return err
		}
		c.open.Add(b, some, ordinal)
		n -= int64(some)
	}
	return nil
}
