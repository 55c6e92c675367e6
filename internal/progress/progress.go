// Package progress is how long work tells how far it is. The rooms report; who
// draws, and whether, is the caller's business.
package progress

// Meter hears of the progress of long work. Its methods may be called from
// several goroutines.
type Meter interface {
	// Stage begins a stage of total units ("bytes", "rows", "steps"); total is
	// 0 when it is not known. It ends the stage before.
	Stage(name string, total int64, unit string)
	// Add reports n more units done in the stage under way.
	Add(n int64)
}

// None is a Meter that nobody looks at.
var None Meter = none{}

type none struct{}

func (none) Stage(string, int64, string) {}
func (none) Add(int64)                   {}
