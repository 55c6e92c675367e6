package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Books are what a ledger says of the folders of a home, entry by entry.
type Books struct {
	folders map[string]*folder
	acts    map[int64]*act // all that began, by number
	Acts    int            // that ended
	Last    time.Time
	Back    int64 // the first entry whose time is before that of one before it; 0: none
}

// act is an act that began.
type act struct {
	act   Act
	on    string
	ended bool
}

type folder struct {
	files map[string][]anchor // what entries say of a file, oldest first; the last is how it stands
	open  map[int64]bool      // acts that began, did not end, and were not closed
}

type anchor struct {
	File
	by int64 // the entry
}

// NewBooks are books of nothing.
func NewBooks() *Books { return &Books{folders: map[string]*folder{}, acts: map[int64]*act{}} }

func (b *Books) folder(on string) *folder {
	f := b.folders[on]
	if f == nil {
		f = &folder{files: map[string][]anchor{}, open: map[int64]bool{}}
		b.folders[on] = f
	}
	return f
}

// Take takes entry n in. It refuses, with a Break, what cannot follow what came
// before.
func (b *Books) Take(n int64, e *Entry) error {
	f := b.folder(e.On)
	if e.At.Before(b.Last) && b.Back == 0 {
		b.Back = n
	}
	b.Last = e.At
	if e.Step == Begun {
		b.acts[n] = &act{act: e.Act, on: e.On}
		f.open[n] = true
		return nil
	}
	if e.Of > 0 || e.Act != Found {
		was := b.acts[e.Of]
		if was == nil || was.ended || was.act != e.Act || was.on != e.On {
			return breakAt(entryName(n), "is a further step of an act that did not begin, or ended before")
		}
		if e.Step != Wrote {
			was.ended = true
			delete(f.open, e.Of)
			b.Acts++
		}
	}
	for _, c := range e.Closes { // it may have been under way all the same, and end before or after
		if was := b.acts[c]; was == nil || was.on != e.On {
			return breakAt(entryName(n), "closes an act that did not begin")
		}
		delete(f.open, c)
	}
	for _, x := range e.Files {
		f.files[x.Name] = append(f.files[x.Name], anchor{x, n})
	}
	return nil
}

// Folders are the folders that entries are about, in order.
func (b *Books) Folders() []string {
	all := slices.Sorted(maps.Keys(b.folders))
	return slices.DeleteFunc(all, func(on string) bool { return on == "" })
}

// Open are the numbers of the acts on a folder that began and did not end.
func (b *Books) Open(on string) []int64 {
	if b.folders[on] == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(b.folders[on].open))
}

// Known tells whether an entry is about a folder.
func (b *Books) Known(on string) bool { return b.folders[on] != nil }

// Vouched are the names of the files of a folder that the ledger vouches for, in order.
func (b *Books) Vouched(on string) []string {
	if b.folders[on] == nil {
		return nil
	}
	all := slices.Sorted(maps.Keys(b.folders[on].files))
	return slices.DeleteFunc(all, func(name string) bool {
		said := b.folders[on].files[name]
		return said[len(said)-1].Gone
	})
}

// Held is how many files of a folder the ledger vouches for.
func (b *Books) Held(on string) int { return len(b.Vouched(on)) }

// Fault is a file that is not what the ledger says.
type Fault struct {
	Name string // from the home, with slashes
	Why  string // words that follow it
	// Open is the act that may have written it, and of which the ledger cannot tell what
	// it wrote, since it did not end; 0: none, and somebody else did
	Open int64
}

func (f Fault) String() string { return f.Name + " " + f.Why }

// Look holds the files of a folder of the home against what the ledger says of them.
// meter is told of bytes read. The faults come in the order of names.
func (b *Books) Look(home, on string, meter func(int64)) ([]Fault, error) {
	f := b.folder(on)
	there, err := Walk(home, on)
	if err != nil {
		return nil, err
	}
	var faults []Fault
	fault := func(name, why string, args ...any) {
		x := Fault{Name: on + "/" + name, Why: fmt.Sprintf(why, args...)}
		if all := b.Open(on); len(all) > 0 {
			x.Open = all[len(all)-1]
		}
		faults = append(faults, x)
	}
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		said := f.files[name]
		last := said[len(said)-1]
		path, is := there[name]
		switch {
		case last.Gone && is:
			fault(name, "is there, and by entry %d it was taken away", last.by)
		case last.Gone:
		case !is:
			fault(name, "is missing; entry %d tells of it", last.by)
		default:
			by, err := differs(path, said, meter)
			if err != nil {
				return nil, err
			}
			if by > 0 {
				fault(name, "is not what entry %d left", by)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if len(f.files[name]) == 0 {
			fault(name, "is told of by no entry")
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
	return faults, nil
}

// differs is the entry that a file is not in accord with; 0: none.
func differs(path string, said []anchor, meter func(int64)) (int64, error) {
	last := said[len(said)-1]
	if !last.Grows {
		got, err := Sum(path, false, meter)
		if err != nil || got.Bytes != last.Bytes || got.Sum != last.Sum {
			return last.by, err
		}
		return 0, nil
	}
	// All that was ever said of its beginning still holds.
	from := 0
	for i, a := range said {
		if a.Gone || !a.Grows {
			from = i + 1
		}
	}
	marks := slices.Clone(said[from:])
	slices.SortStableFunc(marks, func(a, b anchor) int { return int(min(1, max(-1, a.Bytes-b.Bytes))) })
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }() // it was only read
	h, at := sha256.New(), int64(0)
	for _, m := range marks {
		n, err := io.CopyN(h, file, m.Bytes-at)
		meter(n)
		at += n
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if err != nil || Hash(h.Sum(nil)) != m.Sum {
			return m.by, nil
		}
	}
	return 0, nil
}

// Grows tells of files that are only ever added to, line by line.
func Grows(name string) bool { return strings.HasSuffix(name, ".jsonl") }

// Sum is what an entry says of a file: of one that grows, of its whole lines.
func Sum(path string, grows bool, meter func(int64)) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	x := File{Grows: grows}
	h := sha256.New()
	if !grows {
		x.Bytes, err = io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, make([]byte, 1<<18))
	} else if text, readErr := io.ReadAll(f); readErr != nil {
		err = readErr
	} else {
		x.Bytes = int64(strings.LastIndexByte(string(text), '\n') + 1)
		h.Write(text[:x.Bytes])
	}
	meter(x.Bytes)
	x.Sum = Hash(h.Sum(nil))
	return x, err
}

// Walk lists the files of a folder of the home: their names as entries have them, and
// their paths. A folder that is not there has none, and neither has an act on none. What begins with a dot or ends in
// ".new" is half-written, and no file yet.
func Walk(home, on string) (map[string]string, error) {
	root := filepath.Join(home, filepath.FromSlash(on))
	all := map[string]string{}
	if on == "" {
		return all, nil
	}
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err == nil && !strings.HasPrefix(e.Name(), ".") && !strings.HasSuffix(e.Name(), newExt) {
			all[NameOf(filepath.ToSlash(name))] = p
		}
		return err
	})
	return all, err
}
