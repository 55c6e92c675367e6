package triage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"constat.example/blind/register"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// A home has one register, or several of one organisation. The main one lies where
// the register of a home always lay; the others lie beside, each in a folder named
// after it.
const (
	// MainRegister names the register of a home that nobody gave a name.
	MainRegister = "main"
	// EveryRegister stands for all registers of a home, and names none.
	EveryRegister = "all"

	registersDir = "registers"
)

// registerName is what names a register: a folder on any disk.
var registerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// named is a register and its name.
type named struct {
	name string
	*register.Register
}

// last is the latest snapshot of a register that has some.
func (n named) last() register.Snapshot {
	all := n.Manifest().Snapshots
	return all[len(all)-1]
}

func checkRegister(name string) error {
	switch {
	case name == EveryRegister:
		return failure.New(failure.Usage, "Give it another name.", "%q stands for all registers and can name none", name)
	case !registerName.MatchString(name):
		return failure.New(failure.Usage, "Use small letters, digits and dashes, at most 32.", "%q cannot be the name of a register", visible.Text(name, 40))
	}
	return nil
}

func (b Bench) registerDir(name string) string {
	if name == MainRegister {
		return filepath.Join(b.Home, registerDir)
	}
	return filepath.Join(b.Home, registersDir, name)
}

// Registers names the registers of the home that hold something: the main one
// first, then by name. It opens none.
func (b Bench) Registers() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(b.Home, registersDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, homeError(b.Home, err)
	}
	all := []string{MainRegister}
	for _, e := range entries {
		if e.IsDir() && e.Name() != MainRegister && checkRegister(e.Name()) == nil {
			all = append(all, e.Name())
		}
	}
	return slices.DeleteFunc(all, func(name string) bool { return !register.In(b.registerDir(name)) }), nil
}

// openRegister opens a register of the home. One that is not there is empty.
func (b Bench) openRegister(name string) (named, error) {
	if err := checkRegister(name); err != nil {
		return named{}, err
	}
	reg, err := register.Open(b.registerDir(name))
	return named{name, reg}, homeError(b.Home, err)
}

// openRegisters opens the register of that name, which must hold something; for
// "" and for EveryRegister all of the home.
func (b Bench) openRegisters(name string) ([]named, error) {
	names, err := b.Registers()
	if err != nil {
		return nil, err
	}
	if name != "" && name != EveryRegister {
		if err := checkRegister(name); err != nil {
			return nil, err
		}
		if !slices.Contains(names, name) {
			return nil, b.noRegister(name, names)
		}
		names = []string{name}
	}
	var all []named
	for _, each := range names {
		reg, err := b.openRegister(each)
		if err != nil {
			return nil, err
		}
		if len(reg.Manifest().Snapshots) > 0 {
			all = append(all, reg)
		}
	}
	if len(all) == 0 && len(names) == 1 && names[0] == name {
		return nil, b.noRegister(name, nil)
	}
	return all, nil
}

func (b Bench) noRegister(name string, names []string) error {
	hint := fmt.Sprintf("Give it a first snapshot: constat register import FILE --register %s.", name)
	if len(names) > 0 {
		hint = fmt.Sprintf("The registers are %s.", strings.Join(names, ", "))
	}
	return failure.New(failure.BadInput, hint, "there is no register %s in %s", name, b.Home)
}

// theRegister opens the register of that one name; for "" the only one, or the main
// one of several.
func (b Bench) theRegister(name string) (named, error) {
	if name != "" {
		if err := checkRegister(name); err != nil {
			return named{}, err
		}
		all, err := b.openRegisters(name)
		if err != nil {
			return named{}, err
		}
		return all[0], nil
	}
	names, err := b.Registers()
	if err != nil {
		return named{}, err
	}
	switch {
	case len(names) == 0:
		return b.openRegister(MainRegister)
	case len(names) == 1:
		return b.openRegister(names[0])
	case names[0] != MainRegister:
		return named{}, failure.New(failure.Usage, fmt.Sprintf("Name one with --register: %s.", strings.Join(names, ", ")), "the home has %d registers, and none is the main one", len(names))
	}
	b.Say(fmt.Sprintf("This is the register %s; there is also %s (--register).", MainRegister, strings.Join(names[1:], ", ")))
	return b.openRegister(MainRegister)
}

// against are the registers that a dump is compared with.
type against struct {
	// What any of these holds tells what columns of the dump hold.
	known []named
	// One of these is the one that the dump was copied from, if it is of any.
	asked []named
	named bool // the one asked was named by somebody
}

// against opens the registers that a dump is to be compared with: that of the name,
// else all. All are sealed with one key.
func (b Bench) against(name string) (*against, error) {
	all, err := b.openRegisters("")
	if err != nil {
		return nil, err
	}
	if len(all) == 0 && (name == "" || name == EveryRegister) {
		return nil, failure.New(failure.BadInput, "Give it one first: constat register import FILE.", "there is no register in %s to compare the dump with", b.Home)
	}
	a := &against{known: all, asked: all}
	if name != "" && name != EveryRegister {
		if err := a.name(b, name); err != nil {
			return nil, err
		}
	}
	key := a.asked[0].Manifest().KeyID
	for _, r := range a.asked {
		if r.Manifest().KeyID != key {
			return nil, failure.New(failure.BadInput, "Name the one to compare with: --register.", "the registers %s and %s are sealed with different keys", a.asked[0].name, r.name)
		}
	}
	a.known = slices.DeleteFunc(slices.Clone(a.known), func(r named) bool { return r.Manifest().KeyID != key })
	return a, nil
}

// name narrows what is asked to one register.
func (a *against) name(b Bench, name string) error {
	if err := checkRegister(name); err != nil {
		return err
	}
	i := slices.IndexFunc(a.known, func(r named) bool { return r.name == name })
	if i < 0 {
		var names []string
		for _, r := range a.known {
			names = append(names, r.name)
		}
		return b.noRegister(name, names)
	}
	a.asked, a.named = a.known[i:i+1], true
	return nil
}

// asBefore narrows what is asked to the register that somebody named when the case
// was assessed before, unless another is named now.
func (a *against) asBefore(b Bench, id, name string) error {
	if name != "" || len(a.asked) < 2 {
		return nil
	}
	before, _ := b.assessment(id) // one that cannot be read is made anew
	if before == nil || !before.Register.Named {
		return nil
	}
	if err := a.name(b, before.Register.Name); err != nil {
		return err
	}
	b.Say(fmt.Sprintf("Compared with the register %s, as before; --register all compares with all.", before.Register.Name))
	return nil
}
