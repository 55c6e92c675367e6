package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"constat.example/internal/failure"
	"constat.example/internal/progress"
	"constat.example/internal/visible"
)

// Check is one thing that was looked at.
type Check struct {
	Name   string // what must hold
	OK     bool
	Detail string // what was found
}

// Verify recomputes the chain of custody, reads every original that the case
// holds through its seal and hashes it, and looks whether what was discarded is
// gone and whether anything is there that the chain does not tell of. What was
// looked at is logged, unless the chain itself does not hold. k may be nil where
// the case holds nothing.
func (s Store) Verify(ctx context.Context, k Keeper, by Hand, meter progress.Meter) ([]Check, error) {
	if _, err := os.Stat(s.dir); errors.Is(err, fs.ErrNotExist) {
		return []Check{{"the chain of custody holds", true, "no original was received"}}, nil
	}
	c, err := s.Chain()
	if err != nil {
		return nil, err
	}
	if len(c.Breaks) == 0 {
		if err := s.hold(func(held *Chain) error { c = held; return nil }); err != nil {
			return nil, err
		}
	}
	checks := []Check{chainCheck(c)}
	held := c.Held()
	total := int64(0)
	for _, o := range held {
		total += o.Bytes
	}
	meter.Stage("reading the originals", total, "bytes")
	for _, o := range held {
		check, err := s.rehash(ctx, k, o, meter)
		if err != nil {
			return nil, err
		}
		checks = append(checks, check)
		if len(c.Breaks) > 0 {
			continue
		}
		act := Verified
		if !check.OK {
			act = Altered
		}
		if err := s.Log(by, act, []Original{o}); err != nil {
			return nil, err
		}
	}
	rest, err := s.rest(c)
	return append(checks, rest...), err
}

func chainCheck(c *Chain) Check {
	if len(c.Breaks) == 0 {
		detail := "no original was received"
		if n := len(c.Entries); n > 0 {
			detail = fmt.Sprintf("%d acts, the last %s", n, c.Head)
		}
		return Check{"the chain of custody holds", true, detail}
	}
	var all []string
	for _, b := range c.Breaks[:min(5, len(c.Breaks))] {
		all = append(all, b.String())
	}
	return Check{"the chain of custody holds", false, strings.Join(all, "; ")}
}

// rehash reads an original and compares it with what was received.
func (s Store) rehash(ctx context.Context, k Keeper, o Original, meter progress.Meter) (Check, error) {
	check := Check{Name: fmt.Sprintf("%s is what was received", visible.Text(o.Name, 60)), Detail: fmt.Sprintf("SHA-256 %s, %d bytes", o.SHA256, o.Bytes)}
	readers, err := s.Open(k, []Original{o})
	if err == nil {
		defer func() { _ = readers[0].Close() }() // it was only read
		var got string
		if got, err = Sum(ctx, io.NewSectionReader(readers[0], 0, o.Bytes), meter); err == nil && got != o.SHA256 {
			err = altered(o, "its SHA-256 is another")
		}
	}
	switch {
	case err == nil:
		check.OK = true
	case failure.CodeOf(err) == failure.BadInput:
		check.Detail = err.Error()
	default:
		return check, err
	}
	return check, nil
}

// rest looks at what was discarded, and for what the chain does not tell of.
func (s Store) rest(c *Chain) ([]Check, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("verifying the evidence: %w", err)
	}
	state := map[string]State{}
	left := map[string]bool{}
	unknown := 0
	for _, o := range c.Originals() {
		state[o.SHA256] = o.State
	}
	for _, e := range entries {
		name, of, _ := strings.Cut(e.Name(), ".")
		_, fresh := strings.CutSuffix(of, newExt)
		switch {
		case e.Name() == CustodyFile, e.Name() == keyFile, fresh, name == "":
		case (of == sealedExt[1:] || of == keyExt[1:]) && state[name] != "":
			left[name] = true
		default:
			unknown++
		}
	}
	var checks []Check
	for _, o := range c.Originals() {
		name := visible.Text(o.Name, 60)
		switch {
		case o.State == StateDiscarding:
			checks = append(checks, Check{name + " is discarded", false, "discarding it began and did not end: discard it again"})
		case o.State == StateDiscarded && left[o.SHA256]:
			checks = append(checks, Check{name + " is discarded", false, "files of it are still there"})
		case o.State == StateDiscarded:
			checks = append(checks, Check{name + " is discarded", true, "nothing of it is left"})
		}
	}
	if unknown > 0 {
		checks = append(checks, Check{
			"the chain tells of every file", false,
			fmt.Sprintf("not told of: %d; somebody put them there, or cut lines off the end of the chain", unknown),
		})
	}
	return checks, nil
}
