// Package chain keeps lines of which none can be changed, taken out or put in
// without showing: each is a JSON object that carries the SHA-256 of the line
// before it, the first that of what the chain is about. The chain of custody of
// a case is one, its decisions about links are another.
//
// Lines cut off the end do not show in a chain; who has noted its head sees
// that too.
package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"constat.example/internal/disk"
)

// Act is what a line holds: a struct E that is written as JSON.
type Act[E any] interface {
	*E
	// Place is where the act keeps its number, from 1, and the SHA-256 of the
	// line before.
	Place() (seq *int64, prev *string)
	// Check tells what cannot be an act, as words that follow "line 3".
	Check() error
}

// Chain is a chain as read.
type Chain[E any] struct {
	Entries []E
	Head    string  // SHA-256 of the last line
	Breaks  []Break // what does not hold; nil where all does
	Whole   int64   // bytes of whole lines; what follows was torn by a crash
}

// Break is a place at which a chain does not hold.
type Break struct {
	Line int // from 1
	Why  string
}

func (b Break) String() string { return fmt.Sprintf("line %d %s", b.Line, b.Why) }

// Sum is the SHA-256 of text, in hexadecimal.
func Sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// Line is the act as it is written: JSON on one line.
func Line[E any](act E) ([]byte, error) {
	text, err := json.Marshal(act)
	return append(text, '\n'), err
}

// read reads a line. It refuses what Line would have written otherwise, so that
// one act has one spelling.
func read[E any, P Act[E]](line []byte) (act E, err error) {
	if err := json.Unmarshal(line, &act); err != nil {
		return act, errors.New("is no act")
	}
	if again, err := Line(act); err != nil || !bytes.Equal(again, line) {
		return act, errors.New("is not written as acts are")
	}
	return act, P(&act).Check()
}

// whole is how many bytes of a chain are whole lines. A line that a crash tore is
// none, since it was never accepted: its end is missing, or it holds what a disk
// shows of what was not written.
func whole(text []byte) int {
	end := bytes.LastIndexByte(text, '\n') + 1
	for end > 0 {
		start := bytes.LastIndexByte(text[:end-1], '\n') + 1
		if bytes.IndexByte(text[start:end], 0) < 0 {
			break
		}
		end = start
	}
	return end
}

// Parse reads a chain, as far as crashes left it whole. about names its kind
// and what it is about: the lines of one chain break another.
func Parse[E any, P Act[E]](about string, text []byte) Chain[E] {
	c := Chain[E]{Head: Sum([]byte(about)), Whole: int64(whole(text))}
	n := 0
	for line := range bytes.Lines(text[:c.Whole]) {
		n++
		act, err := read[E, P](line)
		seq, prev := P(&act).Place()
		switch {
		case err != nil:
			c.Breaks = append(c.Breaks, Break{n, err.Error()})
		case *prev != c.Head:
			c.Breaks = append(c.Breaks, Break{n, "does not follow what stands before it: one of them was changed, or something between them taken out"})
			c.Entries = append(c.Entries, act)
		case *seq != int64(n):
			c.Breaks = append(c.Breaks, Break{n, fmt.Sprintf("is numbered %d", *seq)})
			c.Entries = append(c.Entries, act)
		default:
			c.Entries = append(c.Entries, act)
		}
		c.Head = Sum(line)
	}
	return c
}

// Next puts an act at the end of a chain in memory, and returns its line.
func Next[E any, P Act[E]](c *Chain[E], act E) ([]byte, error) {
	seq, prev := P(&act).Place()
	*seq, *prev = int64(len(c.Entries)+1), c.Head
	line, err := Line(act)
	if err != nil {
		return nil, err
	}
	c.Entries, c.Head = append(c.Entries, act), Sum(line)
	c.Whole += int64(len(line))
	return line, nil
}

// Append adds acts to the chain that the file at path holds, and returns once
// they are on the disk. It heals a line that a crash tore. Whoever calls it
// holds the chain alone, and has read it from that file.
func Append[E any, P Act[E]](c *Chain[E], path string, acts ...E) (err error) {
	var text bytes.Buffer
	next := *c
	for _, act := range acts {
		line, err := Next[E, P](&next, act)
		if err != nil {
			return err
		}
		text.Write(line)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = f.Truncate(c.Whole)
	if err == nil {
		_, err = f.WriteAt(text.Bytes(), c.Whole)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		err = errors.Join(err, f.Truncate(c.Whole)) // what was not accepted is not left to be found
	}
	if err = errors.Join(err, f.Close()); err == nil && c.Whole == 0 {
		err = disk.SyncFolder(filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	*c = next
	return nil
}
